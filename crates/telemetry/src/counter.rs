use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Something that only grows, counted by one thread and read by others.
///
/// One writer: adding is a load and a store, without the bus lock of an atomic addition, so two threads that add at the
/// same time may lose one. Whoever counts on several threads gives each its own counter, or takes a lock.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    pub fn increment(&self) {
        self.add(1);
    }

    pub fn add(&self, count: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(count), Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
