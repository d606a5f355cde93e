//! What must hold for bytes that nobody vouches for, as one function per decoder.
//!
//! Each takes any bytes and panics if a promise of the decoder is broken. `cargo fuzz run NAME` (a nightly compiler)
//! looks for such bytes with coverage; the program `smoke` feeds the same functions with seeds and mutations of them
//! on a stable compiler, for as long as it is told.
//!
//! A target does more than not crash: what is read is written back and read again, limits are kept, what one check
//! accepts another does.
#![forbid(unsafe_code)]

mod batches;
mod codecs;
mod input;
mod messages;
mod recovery;
pub mod seeds;

pub use batches::{builder, produce, record_batch};
pub use codecs::{gzip, lz4, snappy, zstd};
pub use messages::{
    every_record, every_request, every_response, frame, header, missing_requests, primitives,
};
pub use recovery::log_recovery;

/// A decoder under test.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Good inputs, to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them, in the order of `fuzz_targets/`.
pub const TARGETS: &[Target] = &[
    Target { name: "builder", run: builder, seeds: seeds::none },
    Target { name: "every_record", run: every_record, seeds: seeds::records },
    Target { name: "every_request", run: every_request, seeds: seeds::requests },
    Target { name: "every_response", run: every_response, seeds: seeds::responses },
    Target { name: "frame", run: frame, seeds: seeds::stored_frames },
    Target { name: "gzip", run: gzip, seeds: || seeds::frames("gzip") },
    Target { name: "header", run: header, seeds: seeds::headers },
    Target { name: "log_recovery", run: log_recovery, seeds: recovery::seeds },
    Target { name: "lz4", run: lz4, seeds: || seeds::frames("lz4") },
    Target { name: "primitives", run: primitives, seeds: seeds::none },
    Target { name: "produce", run: produce, seeds: seeds::batches },
    Target { name: "record_batch", run: record_batch, seeds: seeds::batches },
    Target { name: "snappy", run: snappy, seeds: || seeds::frames("snappy") },
    Target { name: "zstd", run: zstd, seeds: || seeds::frames("zstd") },
];
