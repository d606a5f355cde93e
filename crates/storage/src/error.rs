use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use std::{path::PathBuf, sync::Arc};

/// Why a log or a log directory could not do what was asked.
///
/// Can be cloned, because one failed write fails every append that it carried.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("offset {requested} is outside of the log, {start} to {end}")]
    OffsetOutOfRange { requested: Offset, start: Offset, end: Offset },
    #[error("not exactly one record batch was sent")]
    InvalidBatch(#[source] Arc<records::Error>),
    #[error("a batch of {size} bytes does not fit a segment of {segment_bytes}")]
    BatchTooLarge { size: usize, segment_bytes: u64 },
    #[error("batch at offset {base} to {last} does not follow the log end offset {end}")]
    UnexpectedOffset { base: Offset, last: Offset, end: Offset },
    #[error("leader epoch {sent} is older than {current}, the last in the log")]
    StaleLeaderEpoch { sent: LeaderEpoch, current: LeaderEpoch },
    #[error(transparent)]
    Producer(#[from] ProducerError),

    /// Nothing was written and the log is whole; the next append may succeed.
    #[error("no space left in {}", .0.display())]
    NoSpace(PathBuf),
    /// After an I/O error nothing in the directory is trusted any more. Until the server restarts with it repaired.
    #[error("log directory {} is offline: {reason}", .directory.display())]
    DirectoryOffline { directory: PathBuf, reason: Arc<str> },
    /// Bytes that were good once no longer are. They are not served.
    #[error("{} is corrupt at byte {position}: {what}", .path.display())]
    Corrupt { path: PathBuf, position: u64, what: String },

    /// A segment's file is not there, because the segment was removed or by somebody's mistake. Never leaves this crate.
    #[doc(hidden)]
    #[error("{} is gone", .0.display())]
    SegmentGone(PathBuf),
    #[error("the log of {0} is closed")]
    Closed(TopicPartition),
    #[error("there is no log of {0}")]
    NoLog(TopicPartition),
    #[error("the log of {partition} belongs to topic id {on_disk}, not {asked}")]
    InconsistentTopicId { partition: TopicPartition, on_disk: base::TopicId, asked: base::TopicId },

    #[error("another server uses the log directory {}", .0.display())]
    Locked(PathBuf),
    #[error("{} is no usable {what}: {why}", .path.display())]
    Malformed { path: PathBuf, what: &'static str, why: String },
    #[error("{partition} lies in two log directories, {} and {}", .first.display(), .second.display())]
    Duplicate { partition: TopicPartition, first: PathBuf, second: PathBuf },
    #[error("no log directory is online")]
    NoDirectory,
}

/// Why a batch does not fit what is known about its producer (KIP-98, KIP-360, KIP-890).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProducerError {
    #[error("producer {producer_id} sent sequence {sent}, expected {expected}")]
    OutOfOrderSequence { producer_id: ProducerId, sent: i32, expected: i32 },
    #[error("producer {producer_id} sent epoch {sent}, the last one seen is {current}")]
    InvalidProducerEpoch { producer_id: ProducerId, sent: ProducerEpoch, current: ProducerEpoch },
    #[error("producer {producer_id} has a transaction open and sent a batch outside of it")]
    InvalidTxnState { producer_id: ProducerId },
    #[error("marker for producer {producer_id} has coordinator epoch {sent}, the last one seen is {current}")]
    TransactionCoordinatorFenced { producer_id: ProducerId, sent: i32, current: i32 },
    #[error("a control batch of producer {producer_id} holds no end of a transaction")]
    MalformedMarker { producer_id: ProducerId },
}

use crate::TopicPartition;
