//! Bounds the memory of requests that are being read or carried out (`queued.max.request.bytes`).
//!
//! A frame takes its share once its length is known, and gives it back when it has been answered. As long as anything
//! is left a frame may begin, whatever its size, so the bound is exceeded by less than one request for each
//! connection that comes at that moment; while nothing is left, nothing more is read. What a socket read brought
//! beyond a frame's length is not counted.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::AcqRel, Ordering::Acquire},
};
use tokio::sync::Notify;

#[derive(Debug)]
pub(crate) struct RequestMemory {
    limit: u64,
    used: AtomicU64,
    freed: Notify,
}

impl RequestMemory {
    pub(crate) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicU64::new(0), freed: Notify::new() })
    }

    /// Room for a frame of this size; `None` while nothing is left.
    pub(super) fn lease(self: &Arc<Self>, size: usize) -> Option<Lease> {
        let size = size as u64;
        let taken = |used| (used < self.limit).then_some(used + size);
        self.used.fetch_update(AcqRel, Acquire, taken).ok()?;
        Some(Lease { memory: self.clone(), size })
    }

    /// Completes when something is left.
    pub(super) async fn wait_for_room(&self) {
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            // Before the look, so that what is given back in between is not missed.
            freed.as_mut().enable();
            if self.used.load(Acquire) < self.limit {
                return;
            }
            freed.await;
        }
    }
}

/// A frame's share, given back when dropped.
#[derive(Debug)]
pub(super) struct Lease {
    memory: Arc<RequestMemory>,
    size: u64,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.size, AcqRel);
        self.memory.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_begins_while_anything_is_left() {
        let memory = RequestMemory::new(100);
        let first = memory.lease(99).expect("all is left");
        let second = memory.lease(50).expect("one byte is left");
        assert!(memory.lease(0).is_none());
        drop(first);
        assert!(memory.lease(1).is_some());
        drop(second);
        assert_eq!(memory.used.load(Acquire), 0);
    }
}
