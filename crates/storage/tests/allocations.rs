//! Counts what an append and a read from memory allocate: nothing that grows with the batch.
//!
//! A test binary of its own, because it has its own allocator. It counts what the thread of the test allocates, which is
//! the one that does the work.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![allow(unsafe_code)]
mod support;

use base::{LeaderEpoch, Offset};
use mainstem_storage::{Append, LogConfig, Read, StorageOptions};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
};
use support::*;

struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + layout.size());
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block came from `alloc` above with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocated_by<T>(work: impl FnOnce() -> T) -> usize {
    let before = ALLOCATED.get();
    drop(black_box(work()));
    ALLOCATED.get() - before
}

#[test]
fn a_large_batch_is_neither_copied_in_nor_out() {
    let directory = tempfile::tempdir().unwrap();
    let manager = try_open(StorageOptions::new([directory.path()]), LogConfig::default()).unwrap();
    let log = create(&manager, LogConfig::default());
    let read_from = |from, max_bytes| {
        log.read(Read { from, max_bytes, upper_bound: Offset::MAX, min_one_batch: true }).unwrap()
    };
    // Whoever is at the end is answered from memory from here on.
    read_from(log.log_end_offset(), 10);
    append_many(&log, 10);
    for value_bytes in [10_000, 100_000, 1_000_000] {
        let batch = Batch { value_bytes, ..Batch::default() }.bytes();
        let append = Append::new(batch, LeaderEpoch(0), NOW);
        let appended = allocated_by(|| log.append_as_leader(append).unwrap());
        assert!(appended < 2_000, "{appended} bytes for a batch of {value_bytes}");

        let from = Offset(log.log_end_offset().0 - 1);
        let fetched = allocated_by(|| assert!(read_from(from, 10).size > value_bytes));
        assert!(fetched < 1_000, "{fetched} bytes for a batch of {value_bytes}");
    }
}
