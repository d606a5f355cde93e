use super::{Fault, Output};
use flate2::{Compression as Level, bufread::MultiGzDecoder, write::GzEncoder};
use std::io::Write;

pub(super) fn compress(records: &[u8], level: Option<i32>, out: &mut Vec<u8>) {
    let level = level.map_or(Level::default(), |level| Level::new(level.unsigned_abs()));
    let mut encoder = GzEncoder::new(out, level);
    encoder.write_all(records).and_then(|()| encoder.finish()).expect("a Vec takes every byte");
}

/// Several members one after another are one stream, as Java reads them.
pub(super) fn inflate(compressed: &[u8], out: &mut Output<'_>) -> Result<(), Fault> {
    out.read_from(MultiGzDecoder::new(compressed))
}
