use crate::{
    BatchHeader, Codec, Compression, Error, RecordBatch, Records,
    builder::{compressed, seal},
};

/// The same batch under another codec (a topic's `compression.type` other than `producer`).
///
/// Offsets, timestamps, producer and flags stay; compression, length and CRC change. The records are not looked at.
pub fn recompress(batch: &RecordBatch, codec: Codec, limit: usize) -> Result<RecordBatch, Error> {
    recompress_records(batch.header(), &batch.records(limit)?, codec)
}

pub(crate) fn recompress_records(
    header: &BatchHeader,
    records: &Records,
    codec: Codec,
) -> Result<RecordBatch, Error> {
    // An empty batch has no body that a codec could have written.
    let codec = if header.record_count == 0 { Codec::new(Compression::None) } else { codec };
    let attributes = header.attributes.with_compression(codec.compression());
    let batch = compressed(records.body(), codec);
    let sealed = seal(BatchHeader { attributes, ..*header }, batch);
    RecordBatch::parse(sealed.ok_or(Error::TooLarge { limit: i32::MAX as usize })?)
}
