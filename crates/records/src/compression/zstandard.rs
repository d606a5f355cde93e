use super::{Fault, Output};
use zstd::{DEFAULT_COMPRESSION_LEVEL, bulk, stream::read::Decoder, zstd_safe};

pub(super) fn compress(records: &[u8], level: Option<i32>, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + zstd_safe::compress_bound(records.len()), 0);
    let written = bulk::Compressor::new(level.unwrap_or(DEFAULT_COMPRESSION_LEVEL))
        .and_then(|mut compressor| compressor.compress_to_buffer(records, &mut out[start..]))
        .expect("the level is in range and the buffer takes the worst case");
    out.truncate(start + written);
}

/// The decoder reserves the window that a frame asks for, at most 128 MiB, and touches as much of it as is inflated.
pub(super) fn inflate(compressed: &[u8], out: &mut Output<'_>) -> Result<(), Fault> {
    out.read_from(Decoder::with_buffer(compressed).map_err(Fault::Broken)?)
}
