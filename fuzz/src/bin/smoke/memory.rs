//! Counts the bytes in use, so that an input which makes a decoder reserve too much is found.
use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

pub(crate) struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static BEFORE: AtomicUsize = AtomicUsize::new(0);
static HIGHEST: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        HIGHEST.fetch_max(live, Relaxed);
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the block came from `alloc` above with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Counts from here on.
pub(crate) fn start() {
    let live = LIVE.load(Relaxed);
    BEFORE.store(live, Relaxed);
    HIGHEST.store(live, Relaxed);
}

/// The most in use since the start, beyond what was in use then.
pub(crate) fn used() -> usize {
    let used = HIGHEST.load(Relaxed).saturating_sub(BEFORE.load(Relaxed));
    PEAK.fetch_max(used, Relaxed);
    used
}

/// The most that was [`used`] since this was last asked.
pub(crate) fn peak() -> usize {
    PEAK.swap(0, Relaxed)
}
