//! What bytes nobody vouches for may cost: decoding them allocates no more than a small multiple of their length.
//!
//! One test in a program of its own, because it counts every allocation of the process.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "oracles/catalog.rs"]
#[allow(dead_code, reason = "`oracles` uses the rest")]
mod catalog;
#[path = "oracles/making.rs"]
mod making;
#[path = "../../xtask/src/codegen/parse.rs"]
mod parse;
#[path = "../../xtask/src/codegen/schema.rs"]
#[allow(dead_code, reason = "the generator uses more of it")]
mod schema;

use catalog::{codecs, schema_messages};
use making::{Chance, make};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Counts what is allocated at the same time.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator with the layout it came with.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(now, Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes of memory for a byte of the frame. An array of structs whose strings are all empty costs the most: 32 bytes
/// in memory for one on the wire, once more while the vector grows, and nothing is reserved beyond that.
const PER_BYTE: usize = 72;
/// The frame itself, the error, the first few elements of a vector.
const BESIDES: usize = 4096;

fn peak_of(decode: impl FnOnce()) -> usize {
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    decode();
    PEAK.load(Relaxed) - before
}

#[test]
fn memory_follows_the_bytes_that_came() {
    let messages = schema_messages();
    let mut worst = (0, String::new());
    for codec in codecs() {
        for version in codec.versions.clone() {
            let mut check = |bytes: &[u8], what: &str| {
                let peak = peak_of(|| {
                    let _ = (codec.decode)(bytes, version);
                });
                let limit = PER_BYTE * bytes.len() + BESIDES;
                assert!(peak <= limit, "{} v{version}, {what}: {peak} of {} bytes", codec.name, bytes.len());
                let per_byte = peak.saturating_sub(BESIDES) / bytes.len().max(1);
                if per_byte > worst.0 {
                    worst = (per_byte, format!("{} v{version}, {what}", codec.name));
                }
            };
            let mut chance = Chance(version as u64);
            for round in 0..8 {
                let random: Vec<u8> = (0..chance.below(500)).map(|_| chance.next() as u8).collect();
                check(&random, "random bytes");
                // Few large numbers, so that lengths are believable and much decodes.
                let small: Vec<u8> =
                    (0..2000).map(|_| [0, 0, 0, 1, 2, 3][chance.below(6) as usize]).collect();
                check(&small, "small numbers");
                let mut lying = make(&messages[codec.name], version, round);
                for _ in 0..lying.len() / 10 + 1 {
                    if lying.is_empty() {
                        break;
                    }
                    let at = chance.below(lying.len() as u64) as usize;
                    lying[at] = [0x7f, 0xff, 0xfe, 0x80][chance.below(4) as usize];
                    check(&lying, "lying lengths");
                }
            }
            for byte in [0, 1, 2, 0x7f, 0xff] {
                check(&vec![byte; 4000], "one byte repeated");
            }
        }
    }
    println!("at most {} bytes of memory for a byte: {}", worst.0, worst.1);
}
