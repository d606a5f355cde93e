use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

/// A value on cache lines of its own. 128, because processors fetch lines in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Padded<T>(pub T);

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(0) };
}

/// Tells which slot of every counter this thread uses. A thread that says nothing shares the first one, which
/// is correct and only slower.
pub fn enter_shard(shard: usize) {
    SHARD.set(shard);
}

pub(crate) fn slot<T>(slots: &[T]) -> &T {
    let shard = SHARD.get();
    // A shard beyond the slots is a thread that outlived a smaller registry, as in tests.
    slots.get(shard).unwrap_or(&slots[0])
}

/// Something that only grows. Clones count together.
#[derive(Clone, Debug)]
pub struct Counter(Arc<[Padded<AtomicU64>]>);

impl Counter {
    pub fn new(shards: usize) -> Self {
        Self((0..shards.max(1)).map(|_| Padded::default()).collect())
    }

    pub fn increment(&self) {
        self.add(1);
    }

    pub fn add(&self, count: u64) {
        slot(&self.0).0.fetch_add(count, Relaxed);
    }

    /// Everything counted so far. Additions that run at the same time may or may not be in it.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|slot| slot.0.load(Relaxed)).sum()
    }
}
