//! What a topic accepts from a producer, in the words of the protocol.
//!
//! The rules themselves are [`records::validate`]'s; here they get the topic's settings, the limits that only
//! the broker knows, and Kafka's error codes.
use bytes::{Bytes, BytesMut};
use config::{TimestampType, TopicCompression, TopicConfig};
use protocol::{ErrorCode, produce::response::BatchIndexAndErrorMessage};
use records::{
    Codec, Compression, RecordBatch,
    validate::{self, Depth, Kind, Rejected, Rules},
};
use std::time::Duration;
use wire::Text;

/// First version of Produce whose clients know zstd (KIP-110).
const ZSTD_FROM_VERSION: i16 = 7;

/// Why a batch is not appended, as the answer has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    pub code: ErrorCode,
    pub message: Option<String>,
    pub record_errors: Vec<BatchIndexAndErrorMessage>,
}

impl Refused {
    fn because(code: ErrorCode, message: String) -> Self {
        Self { code, message: Some(message), record_errors: Vec::new() }
    }
}

impl From<ErrorCode> for Refused {
    fn from(code: ErrorCode) -> Self {
        Self { code, message: None, record_errors: Vec::new() }
    }
}

impl From<Rejected> for Refused {
    fn from(rejected: Rejected) -> Self {
        let code = match rejected.kind() {
            Kind::Corrupt => ErrorCode::CORRUPT_MESSAGE,
            Kind::Invalid => ErrorCode::INVALID_RECORD,
            Kind::InvalidTimestamp => ErrorCode::INVALID_TIMESTAMP,
        };
        let record_errors = rejected
            .record_errors()
            .iter()
            .map(|error| BatchIndexAndErrorMessage {
                batch_index: error.index,
                batch_index_error_message: Some(Text::from(error.reason.to_string())),
            })
            .collect();
        Self { code, message: Some(rejected.to_string()), record_errors }
    }
}

/// The batch to append for what `records` of a produce request holds.
///
/// It is a slice of the request unless the topic stores another codec, or the producer's header named a wrong
/// greatest timestamp. The log stamps its own time of append.
pub(crate) fn accept(
    records: Bytes,
    topic: &TopicConfig,
    version: i16,
    now_ms: i64,
) -> Result<RecordBatch, Refused> {
    let batch = validate::one_batch(records)?;
    if batch.compression().map_err(Rejected::Unreadable)? == Compression::Zstd && version < ZSTD_FROM_VERSION
    {
        return Err(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE.into());
    }
    let limit = topic.max_message_bytes.as_usize();
    let size = batch.bytes().len();
    // Both what is sent and what is stored must fit.
    if size > limit {
        return Err(too_large(size, limit));
    }
    let accepted = validate::for_produce(&batch, &rules(topic), now_ms)?;
    if accepted.body.as_ptr() == batch.body().as_ptr()
        && (accepted.header == *batch.header()
            || topic.message_timestamp_type == TimestampType::LogAppendTime)
    {
        return Ok(batch);
    }
    let mut bytes = BytesMut::with_capacity(accepted.header.size_in_bytes());
    bytes.extend_from_slice(&accepted.header.to_bytes());
    bytes.extend_from_slice(&accepted.body);
    if bytes.len() > limit {
        return Err(too_large(bytes.len(), limit));
    }
    Ok(RecordBatch::parse(bytes.freeze()).map_err(Rejected::Unreadable)?)
}

fn too_large(size: usize, limit: usize) -> Refused {
    let message = format!("the batch has {size} bytes and the topic takes {limit} (max.message.bytes)");
    Refused::because(ErrorCode::MESSAGE_TOO_LARGE, message)
}

fn rules(topic: &TopicConfig) -> Rules {
    let milliseconds = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Rules {
        compacted: topic.cleanup_policy.compact,
        timestamp_type: match topic.message_timestamp_type {
            TimestampType::CreateTime => records::TimestampType::CreateTime,
            TimestampType::LogAppendTime => records::TimestampType::LogAppendTime,
        },
        timestamp_before_max_ms: milliseconds(topic.message_timestamp_before_max_ms),
        timestamp_after_max_ms: milliseconds(topic.message_timestamp_after_max_ms),
        codec: codec(topic),
        depth: Depth::default(),
        inflated_limit: records::DEFAULT_INFLATED_LIMIT,
    }
}

fn codec(topic: &TopicConfig) -> Option<Codec> {
    let with_level = Codec::with_level;
    match topic.compression_type {
        TopicCompression::Producer => None,
        TopicCompression::Uncompressed => Some(Codec::new(Compression::None)),
        TopicCompression::Snappy => Some(Codec::new(Compression::Snappy)),
        TopicCompression::Gzip => Some(with_level(Compression::Gzip, topic.compression_gzip_level)),
        TopicCompression::Lz4 => Some(with_level(Compression::Lz4, topic.compression_lz4_level)),
        TopicCompression::Zstd => Some(with_level(Compression::Zstd, topic.compression_zstd_level)),
    }
}
