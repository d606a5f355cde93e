//! Counts what the hot path allocates: nothing that grows with the batch.
//!
//! A test binary of its own, because it has its own allocator. It counts what the thread of a test allocates, since the
//! one that runs the tests allocates, too.
#![allow(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use base::{LeaderEpoch, Offset};
use bytes::Bytes;
use mainstem_records::{
    BatchBuilder, BatchHeader, Batches, Codec, Compression, HEADER_LEN, NewRecord, RecordBatch, patch,
    validate::{self, Depth, Rules},
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    hint::black_box,
};

struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
    /// Below zero where another thread had allocated what this one freed.
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + layout.size());
        LIVE.set(LIVE.get() + layout.size().cast_signed());
        PEAK.set(PEAK.get().max(LIVE.get()));
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size().cast_signed());
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

/// How far above the start the memory in use went.
fn peak_of<T>(work: impl FnOnce() -> T) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    drop(black_box(work()));
    (PEAK.get() - before).cast_unsigned()
}

fn batch(compression: Compression, record_count: usize) -> Bytes {
    let mut builder = BatchBuilder::new(compression);
    for _ in 0..record_count {
        builder
            .append(&NewRecord { timestamp: 1000, value: Some(&[7; 1000]), ..NewRecord::default() })
            .unwrap();
    }
    builder.build()
}

#[test]
fn the_hot_path_allocates_nothing() {
    for compression in Compression::ALL {
        let bytes = batch(compression, 1000);
        let rules = Rules { depth: Depth::Header, ..Rules::default() };
        let produce = || {
            let batch = validate::one_batch(bytes.clone()).unwrap();
            let mut accepted = validate::for_produce(&batch, &rules, 1000).unwrap();
            accepted.header.base_offset = Offset(77);
            accepted.header.set_log_append_time(2000, &accepted.body);
            accepted.header.to_bytes()
        };
        assert_eq!(allocated_by(produce), 0, "{compression}");
        let read = || {
            for batch in Batches::new(bytes.clone()) {
                let batch = batch.unwrap();
                batch.verify_crc().unwrap();
                let mut header: [u8; HEADER_LEN] = *batch.bytes().first_chunk().unwrap();
                patch::set_base_offset(&mut header, Offset(5));
                patch::set_partition_leader_epoch(&mut header, LeaderEpoch(5));
                patch::set_log_append_time(&mut header, batch.body_slice(), 5);
                BatchHeader::read(&header).unwrap().verify_crc(batch.body_slice()).unwrap();
            }
        };
        assert_eq!(allocated_by(read), 0, "{compression}");
    }
}

#[test]
fn the_walk_of_uncompressed_records_allocates_nothing() {
    let bytes = batch(Compression::None, 1000);
    let batch = RecordBatch::parse(bytes).unwrap();
    let walk = || validate::for_produce(&batch, &Rules::default(), 1000).unwrap();
    assert_eq!(allocated_by(walk), 0);
    assert_eq!(allocated_by(|| batch.uncompressed_records().unwrap().count()), 0);
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    const LIMIT: usize = 1 << 20;
    let zeros = vec![0; 16 << 20];
    // The best that each format can do with nothing but zeros.
    for (compression, least_ratio) in [
        (Compression::Gzip, 1000),
        (Compression::Snappy, 20),
        (Compression::Lz4, 240),
        (Compression::Zstd, 1000),
    ] {
        let mut bomb = Vec::new();
        Codec::new(compression).compress(&zeros, &mut bomb);
        let ratio = zeros.len() / bomb.len();
        assert!(ratio >= least_ratio, "{compression}: {ratio}");
        let inflate = || compression.inflate(&bomb, LIMIT, &mut Vec::new()).unwrap_err();
        assert!(matches!(inflate(), mainstem_records::Error::TooLarge { limit: LIMIT }), "{compression}");
        // Twice the limit for a buffer that doubles, once more while it moves, and the codec's own tables.
        let peak = peak_of(inflate);
        assert!(peak < 4 * LIMIT, "{compression} used {peak} bytes for a limit of {LIMIT}");
    }
}

#[test]
fn a_claim_of_size_reserves_nothing() {
    let gigabytes = [0xff, 0xff, 0xff, 0xff, 0x0f];
    let framed = [b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01\0\0\0\x05", &gigabytes[..]].concat();
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0];
    let lz4 = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    let cases: [(Compression, &[u8]); 4] = [
        (Compression::Snappy, &gigabytes),
        (Compression::Snappy, &framed),
        (Compression::Zstd, &zstd),
        (Compression::Lz4, &lz4),
    ];
    for (compression, claim) in cases {
        let peak = peak_of(|| compression.inflate(claim, usize::MAX >> 1, &mut Vec::new()));
        assert!(peak < 64 << 10, "{compression} reserved {peak} bytes for a claim");
    }
}
