//! Hot counters. Each shard counts for itself; a scrape adds them up.
use protocol::ApiKey;
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

const API_SLOTS: usize = 128;

/// One shard's counters, on cache lines of their own.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct ShardCounters {
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    requests: [AtomicU64; API_SLOTS],
    handling_ns: [AtomicU64; API_SLOTS],
}

impl Default for ShardCounters {
    fn default() -> Self {
        let zeros = || std::array::from_fn(|_| AtomicU64::new(0));
        Self {
            bytes_read: AtomicU64::new(0),
            bytes_written: AtomicU64::new(0),
            requests: zeros(),
            handling_ns: zeros(),
        }
    }
}

impl ShardCounters {
    pub(crate) fn bytes_read(&self, count: u64) {
        self.bytes_read.fetch_add(count, Relaxed);
    }

    pub(crate) fn bytes_written(&self, count: u64) {
        self.bytes_written.fetch_add(count, Relaxed);
    }

    pub(crate) fn request(&self, key: ApiKey) {
        self.requests[slot(key)].fetch_add(1, Relaxed);
    }

    pub(crate) fn answered(&self, key: ApiKey, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.handling_ns[slot(key)].fetch_add(nanoseconds, Relaxed);
    }
}

fn slot(key: ApiKey) -> usize {
    usize::from((key as i16).unsigned_abs()).min(API_SLOTS - 1)
}

/// The counters of all shards together.
#[derive(Debug)]
pub(crate) struct Totals<'a>(pub &'a [std::sync::Arc<ShardCounters>]);

impl Totals<'_> {
    pub(crate) fn bytes_read(&self) -> u64 {
        self.sum(|shard| &shard.bytes_read)
    }

    pub(crate) fn bytes_written(&self) -> u64 {
        self.sum(|shard| &shard.bytes_written)
    }

    pub(crate) fn requests(&self, key: ApiKey) -> u64 {
        self.sum(|shard| &shard.requests[slot(key)])
    }

    pub(crate) fn handling(&self, key: ApiKey) -> Duration {
        Duration::from_nanos(self.sum(|shard| &shard.handling_ns[slot(key)]))
    }

    fn sum(&self, counter: impl Fn(&ShardCounters) -> &AtomicU64) -> u64 {
        self.0.iter().map(|shard| counter(shard).load(Relaxed)).sum()
    }
}

/// What happened on one topic since the start.
#[derive(Debug, Default)]
pub(crate) struct TopicCounters {
    pub bytes_in: AtomicU64,
    pub bytes_out: AtomicU64,
    pub messages_in: AtomicU64,
    pub bytes_rejected: AtomicU64,
    pub produce_requests: AtomicU64,
    pub fetch_requests: AtomicU64,
    pub failed_produce_requests: AtomicU64,
    pub failed_fetch_requests: AtomicU64,
}

/// Adds to a counter whose readers want no order.
pub(crate) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Relaxed);
}
