//! Requests that wait for a partition's high watermark to move.
//!
//! A waiter is woken at most once per registration; it looks again for itself. Registrations of waiters that
//! have gone are swept when the list grows, so a partition that never moves holds a bounded number.
use parking_lot::Mutex;
use std::sync::{Arc, Weak};
use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(crate) struct Waiters {
    waiting: Mutex<Vec<Weak<Notify>>>,
}

impl Waiters {
    /// Registers `waiter` for the next change. The caller must look once more after registering, so that a
    /// change in between is not missed.
    pub(crate) fn register(&self, waiter: &Arc<Notify>) {
        let mut waiting = self.waiting.lock();
        if waiting.len() == waiting.capacity() {
            waiting.retain(|other| {
                other.strong_count() > 0 && !std::ptr::eq(other.as_ptr(), Arc::as_ptr(waiter))
            });
        }
        waiting.push(Arc::downgrade(waiter));
    }

    pub(crate) fn wake_all(&self) {
        let woken = std::mem::take(&mut *self.waiting.lock());
        for waiter in woken.iter().filter_map(Weak::upgrade) {
            waiter.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dead_are_swept_and_the_living_woken() {
        let waiters = Waiters::default();
        for _ in 0..10_000 {
            waiters.register(&Arc::default());
        }
        assert!(waiters.waiting.lock().len() < 10);
        let waiter = Arc::default();
        waiters.register(&waiter);
        waiters.wake_all();
        let mut notified = std::pin::pin!(waiter.notified());
        assert!(notified.as_mut().enable(), "it was woken");
        assert!(waiters.waiting.lock().is_empty());
    }
}
