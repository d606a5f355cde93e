//! Decides what a leader accepts from a producer, and what it stores of it.
//!
//! Kafka walks every record of every batch, inflating it for that. Here the depth is a choice: the header and the CRC
//! always; records that lie uncompressed, which costs a few nanoseconds each and no allocation; records behind a
//! codec, which costs more than all the rest of the produce path. A compacted topic needs the keys, and another codec
//! the records: both inflate, whatever the depth.
//!
//! | | header | uncompressed | all |
//! |---|---|---|---|
//! | one batch, magic, length, CRC, offsets 0..count, no control batch, sequence | yes | yes | yes |
//! | timestamp of the first record not too old, the greatest not too far ahead | header's word | if uncompressed | yes |
//! | every timestamp, number and order of records, their encoding, max timestamp | no | if uncompressed | yes |
//! | every record of a compacted topic has a key | yes | yes | yes |
//!
//! What is stored differs from what came in three cases: the header of a topic with log append time, a max timestamp
//! that the walk proves wrong, and another codec. The rest of the bytes is never touched.
//!
//! Not here: `max.message.bytes`, zstd before Produce v7, sequences and epochs, and error codes. Their callers know
//! the configuration, the version and the producer state.
//!
//! Differences from Kafka: offset deltas that are not consecutive are refused and not assigned anew; a producer that
//! marks its timestamps as log append time is refused for every topic.
//!
//! Sources: KIP-32, KIP-467 (errors per record), KIP-937 (timestamps before and after).
use crate::{
    BatchHeader, Codec, Compression, Error, NO_TIMESTAMP, RecordBatch, RecordIter, TimestampType,
    recompress::recompress_records,
};
use bytes::Bytes;

/// What a topic asks of the batches that are produced to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether the topic is compacted, so that every record needs a key.
    pub compacted: bool,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`: how old a record may be.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`: how far ahead of the broker's clock a record may be.
    pub timestamp_after_max_ms: i64,
    /// The topic's own codec; `None` keeps the producer's.
    pub codec: Option<Codec>,
    pub depth: Depth,
    /// Most that a batch may inflate to where it is inflated.
    pub inflated_limit: usize,
}

/// How deep a batch is looked into where nothing else asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    Header,
    #[default]
    Uncompressed,
    All,
}

/// Kafka's defaults of a topic, and the default depth.
impl Default for Rules {
    fn default() -> Self {
        Self {
            compacted: false,
            timestamp_type: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            codec: None,
            depth: Depth::default(),
            inflated_limit: crate::DEFAULT_INFLATED_LIMIT,
        }
    }
}

/// A batch to be stored: the header to be written, once it has its base offset and leader epoch, before the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub header: BatchHeader,
    pub body: Bytes,
    /// What the producer is told: when the batch was appended, or -1 if the records keep their own time.
    pub log_append_time_ms: i64,
}

/// Why a batch is refused.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    #[error("there is no record batch")]
    NoBatch,
    #[error("more than one record batch, or bytes after it")]
    NotOneBatch,
    #[error("the record batch cannot be read")]
    Unreadable(#[from] Error),
    #[error("the base offset is {0} and not 0")]
    BaseOffset(i64),
    #[error("the batch counts {record_count} records and has offsets 0 to {last_offset_delta}")]
    RecordCount { record_count: i32, last_offset_delta: i32 },
    #[error("record {index} has offset delta {offset_delta}")]
    OffsetDelta { index: i32, offset_delta: i32 },
    #[error("clients cannot write control records")]
    Control,
    #[error("sequence {0} of an idempotent producer is negative")]
    Sequence(i32),
    #[error("a producer cannot set log append time")]
    LogAppendTime,
    #[error("timestamp {timestamp} is not between {earliest} and {latest}")]
    Timestamp { timestamp: i64, earliest: i64, latest: i64 },
    /// At least one; at most [`MAX_RECORD_ERRORS`].
    #[error("{} records are refused, the first (index {}) because {}", .0.len(), .0[0].index, .0[0].reason)]
    Records(Vec<RecordError>),
}

/// One record that is refused (KIP-467).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// Position in the batch, from 0.
    pub index: i32,
    pub reason: RecordReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordReason {
    #[error("a record of a compacted topic needs a key")]
    NoKey,
    #[error("timestamp {timestamp} is not between {earliest} and {latest}")]
    Timestamp { timestamp: i64, earliest: i64, latest: i64 },
}

/// Records of one batch that are reported one by one.
pub const MAX_RECORD_ERRORS: usize = 1_000;

/// The three answers that a producer can get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `CORRUPT_MESSAGE`: the bytes are not what the producer sent. To be tried again.
    Corrupt,
    /// `INVALID_RECORD`.
    Invalid,
    /// `INVALID_TIMESTAMP`.
    InvalidTimestamp,
}

impl Rejected {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unreadable(error) => kind_of_unreadable(error),
            Self::LogAppendTime | Self::Timestamp { .. } => Kind::InvalidTimestamp,
            Self::Records(errors) => {
                let of_timestamp =
                    |error: &RecordError| matches!(error.reason, RecordReason::Timestamp { .. });
                if errors.iter().any(of_timestamp) { Kind::InvalidTimestamp } else { Kind::Invalid }
            }
            Self::NoBatch
            | Self::NotOneBatch
            | Self::BaseOffset(_)
            | Self::RecordCount { .. }
            | Self::OffsetDelta { .. }
            | Self::Control
            | Self::Sequence(_) => Kind::Invalid,
        }
    }

    /// The records to be named in the answer (Produce v8 and later).
    pub fn record_errors(&self) -> &[RecordError] {
        match self {
            Self::Records(errors) => errors,
            _ => &[],
        }
    }
}

fn kind_of_unreadable(error: &Error) -> Kind {
    match error {
        Error::HeaderTooShort(_) | Error::BatchLength(_) | Error::Truncated { .. } | Error::Crc { .. } => {
            Kind::Corrupt
        }
        Error::Magic(_)
        | Error::OffsetRange { .. }
        | Error::RecordCount(_)
        | Error::BytesAfterBatch(_)
        | Error::Compression(_)
        | Error::Inflate { .. }
        | Error::TooLarge { .. }
        | Error::Record { .. }
        | Error::BytesAfterRecords(_)
        | Error::ControlKey
        | Error::ControlVersion(_)
        | Error::ControlValue(_) => Kind::Invalid,
    }
}

/// The batch that a produce request has for a partition, which must be exactly one. Its CRC is not looked at yet.
pub fn one_batch(records: Bytes) -> Result<RecordBatch, Rejected> {
    if records.is_empty() {
        return Err(Rejected::NoBatch);
    }
    RecordBatch::parse(records).map_err(|error| match error {
        Error::BytesAfterBatch(_) => Rejected::NotOneBatch,
        error => Rejected::Unreadable(error),
    })
}

/// Judges a batch that a client produces at `now_ms`.
pub fn for_produce(batch: &RecordBatch, rules: &Rules, now_ms: i64) -> Result<Accepted, Rejected> {
    let window = Window::around(now_ms, rules);
    check_header(batch.header())?;
    batch.verify_crc()?;
    let compression = batch.compression()?;
    let new_codec = rules.codec.filter(|codec| codec.compression() != compression);
    let needs_records = rules.compacted || new_codec.is_some();
    let walked_from = if compression == Compression::None { Depth::Uncompressed } else { Depth::All };

    let mut header = *batch.header();
    let mut body = batch.body();
    if needs_records || rules.depth >= walked_from {
        let records = batch.records(rules.inflated_limit)?;
        let max_timestamp = check_records(&header, records.body(), rules, window)?;
        if let Some(codec) = new_codec {
            let recompressed = recompress_records(&header, &records, codec)?;
            (header, body) = (*recompressed.header(), recompressed.body());
        }
        header.set_max_timestamp(TimestampType::CreateTime, max_timestamp, &body);
    } else {
        check_claimed_timestamps(&header, rules, window)?;
    }
    let mut log_append_time_ms = NO_TIMESTAMP;
    if rules.timestamp_type == TimestampType::LogAppendTime {
        header.set_log_append_time(now_ms, &body);
        log_append_time_ms = now_ms;
    }
    Ok(Accepted { header, body, log_append_time_ms })
}

fn check_header(header: &BatchHeader) -> Result<(), Rejected> {
    let BatchHeader { last_offset_delta, record_count, base_sequence, .. } = *header;
    if header.base_offset.0 != 0 {
        return Err(Rejected::BaseOffset(header.base_offset.0));
    }
    if record_count == 0 || record_count - 1 != last_offset_delta {
        return Err(Rejected::RecordCount { record_count, last_offset_delta });
    }
    if header.is_control() {
        return Err(Rejected::Control);
    }
    if header.has_producer_id() && base_sequence < 0 {
        return Err(Rejected::Sequence(base_sequence));
    }
    if header.timestamp_type() == TimestampType::LogAppendTime {
        return Err(Rejected::LogAppendTime);
    }
    Ok(())
}

/// The times that a record may have.
#[derive(Clone, Copy)]
struct Window {
    earliest: i64,
    latest: i64,
}

impl Window {
    fn around(now_ms: i64, rules: &Rules) -> Self {
        let earliest = now_ms.saturating_sub(rules.timestamp_before_max_ms);
        Self { earliest, latest: now_ms.saturating_add(rules.timestamp_after_max_ms) }
    }

    fn holds(self, timestamp: i64) -> bool {
        timestamp == NO_TIMESTAMP || (self.earliest..=self.latest).contains(&timestamp)
    }
}

/// What can be said of the timestamps without the records.
fn check_claimed_timestamps(header: &BatchHeader, rules: &Rules, window: Window) -> Result<(), Rejected> {
    if rules.timestamp_type == TimestampType::LogAppendTime {
        return Ok(());
    }
    let Window { earliest, latest } = window;
    match [header.base_timestamp, header.max_timestamp]
        .into_iter()
        .find(|timestamp| !window.holds(*timestamp))
    {
        Some(timestamp) => Err(Rejected::Timestamp { timestamp, earliest, latest }),
        None => Ok(()),
    }
}

/// Walks the records; returns the greatest timestamp.
fn check_records(
    header: &BatchHeader,
    inflated: &[u8],
    rules: &Rules,
    window: Window,
) -> Result<i64, Rejected> {
    let check_timestamps = rules.timestamp_type == TimestampType::CreateTime;
    let mut errors = Vec::new();
    let mut max_timestamp = NO_TIMESTAMP;
    for (index, record) in (0..).zip(RecordIter::new(header, inflated)) {
        let record = record?;
        if record.offset_delta != index {
            return Err(Rejected::OffsetDelta { index, offset_delta: record.offset_delta });
        }
        max_timestamp = max_timestamp.max(record.timestamp);
        let reason = if rules.compacted && record.key.is_none() {
            RecordReason::NoKey
        } else if check_timestamps && !window.holds(record.timestamp) {
            let Window { earliest, latest } = window;
            RecordReason::Timestamp { timestamp: record.timestamp, earliest, latest }
        } else {
            continue;
        };
        if errors.len() < MAX_RECORD_ERRORS {
            errors.push(RecordError { index, reason });
        }
    }
    if errors.is_empty() { Ok(max_timestamp) } else { Err(Rejected::Records(errors)) }
}

#[cfg(test)]
mod tests;
