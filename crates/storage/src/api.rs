//! What goes into a [`Log`](crate::Log) and comes out of it.
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;

/// Who appends, which decides what is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendOrigin {
    /// A producer: epoch and sequence are checked, duplicates are recognised, timestamps become the log's.
    Client,
    /// A coordinator of this broker, for instance a transaction marker: only the epoch is checked.
    Coordinator,
}

/// Which sequence a producer may begin with that this log does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstSequence {
    /// Any: its earlier batches may have gone by retention (KIP-360).
    #[default]
    Any,
    /// Zero: transactions version 2, where each transaction bumps the epoch (KIP-890).
    Zero,
}

/// One batch to append as leader. Its CRC is the caller's to verify.
#[derive(Clone, Debug)]
pub struct Append {
    /// Exactly one batch, usually a slice of the request that brought it.
    pub batch: Bytes,
    pub leader_epoch: LeaderEpoch,
    pub now_ms: i64,
    pub origin: AppendOrigin,
    pub first_sequence: FirstSequence,
    /// The version of transactions that a marker was written under; 2 makes it end an epoch for good (KIP-1228).
    pub transaction_version: i16,
    /// Bytes of memory that holding on to `batch` keeps alive: its share of the buffer that it is a slice of. A
    /// batch that pins much more than itself is copied instead of kept.
    pub retained_bytes: usize,
}

impl Append {
    /// From a client, in a buffer of the right size.
    pub fn new(batch: Bytes, leader_epoch: LeaderEpoch, now_ms: i64) -> Self {
        let retained_bytes = batch.len();
        Self {
            batch,
            leader_epoch,
            now_ms,
            origin: AppendOrigin::Client,
            first_sequence: FirstSequence::Any,
            transaction_version: 0,
            retained_bytes,
        }
    }
}

/// What became of an [`Append`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendInfo {
    pub first_offset: Offset,
    pub last_offset: Offset,
    /// The log's time of append, or -1 with `message.timestamp.type=CreateTime`.
    pub log_append_time_ms: i64,
    pub log_start_offset: Offset,
    /// The batch was there already; the offsets are those of the first time.
    pub duplicate: bool,
    /// Whether the durability of the log is reached. If not, wait with [`Log::request_flush`](crate::Log::request_flush)
    /// up to the offset after `last_offset`.
    pub durable: bool,
}

/// What is read.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// The first batch returned is the one that contains this offset.
    pub from: Offset,
    pub max_bytes: usize,
    /// No batch that ends at or beyond this offset: high watermark, last stable offset or log end offset.
    pub upper_bound: Offset,
    /// Whether a first batch larger than `max_bytes` is returned all the same (KIP-74).
    pub min_one_batch: bool,
}

/// Whole batches, byte for byte as they were appended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchedRecords {
    /// To be sent one after the other; a boundary may lie inside of a batch.
    pub chunks: Vec<Bytes>,
    pub size: usize,
    /// Base offset of the first batch, or the offset asked for if there is none.
    pub base_offset: Offset,
    /// Where to read on.
    pub next_offset: Offset,
    /// Whether the first batch was larger than allowed, and therefore left out.
    pub first_batch_too_large: bool,
}

/// A record found by its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampedOffset {
    pub timestamp: i64,
    pub offset: Offset,
    pub leader_epoch: LeaderEpoch,
}

/// Where an epoch of leadership ends: the answer of OffsetForLeaderEpoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochEndOffset {
    pub leader_epoch: LeaderEpoch,
    pub end_offset: Offset,
}

/// What a log knows about a producer: a line of DescribeProducers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveProducer {
    pub producer_id: ProducerId,
    pub producer_epoch: ProducerEpoch,
    pub last_sequence: i32,
    pub last_timestamp: i64,
    pub coordinator_epoch: i32,
    /// First offset of its open transaction.
    pub current_transaction_start: Option<Offset>,
}

/// A transaction that readers of committed data must skip: an entry of the transaction index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbortedTransaction {
    pub producer_id: ProducerId,
    pub first_offset: Offset,
    /// Offset of the marker.
    pub last_offset: Offset,
    /// The last stable offset once the marker was written.
    pub last_stable_offset: Offset,
}
