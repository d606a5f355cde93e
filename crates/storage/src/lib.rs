//! Partition logs in Kafka's own files, and the directories that they lie in.
//!
//! The model: a [`LogManager`] owns log directories and the [`Log`]s in them, one per partition. A log is a row of
//! segments of which the last is appended to; beside it stand an index by offset and one by time, the epochs of its
//! leaders, and what is known about its producers. The API is synchronous and its types are shared by threads; it knows
//! no async runtime.
//!
//! ```text
//! TOPIC-PARTITION/  00000000000000000000.log  .index  .timeindex  .txnindex  .snapshot
//!                   leader-epoch-checkpoint  partition.metadata
//! at the root       meta.properties  .lock  .kafka_cleanshutdown  recovery-point-offset-checkpoint
//!                   replication-offset-checkpoint  log-start-offset-checkpoint
//! ```
//!
//! Invariants:
//! - A batch's bytes are never copied on their way in or out, unless it is small; never changed, but for the offset,
//!   leader epoch and, if the topic wants it, time in its header.
//! - What was acknowledged as durable survives a loss of power; what was only appended survives the process. After a
//!   crash a log is exactly a valid front part of what was appended.
//! - Bytes that no longer match their CRC are not served. An index is a hint that the log confirms.
//! - After a failed flush or write the directory is offline; a full disk only fails the append. See [`Error`].
//! - An idle partition holds no open file and no buffer.
//!
//! Not here: what a topic accepts from a producer (`records::validate`), who may append (`broker`), replication
//! decisions (`replication`), compaction and tiering.
//!
//! Sources: KIP-33 (time index), KIP-98 (producers, transactions), KIP-101 and KIP-279 (leader epochs), KIP-516 (topic
//! ids), KIP-858 (directories), KIP-966 (clean shutdown).
#![forbid(unsafe_code)]
mod api;
mod checkpoint;
mod combining;
mod config;
mod directory;
mod epochs;
mod error;
pub mod fs;
mod index;
mod log;
mod manager;
mod names;
mod open_files;
mod policy;
mod producer_snapshot;
mod producers;
mod properties;
mod scan;
mod segment;
mod tail;
mod txn_index;

pub use api::{
    AbortedTransaction, ActiveProducer, Append, AppendInfo, AppendOrigin, EpochEndOffset, FetchedRecords,
    FirstSequence, Read, TimestampedOffset,
};
pub use config::{Durability, LogConfig, StorageOptions};
pub use error::{Error, ProducerError};
pub use fs::FileSystem;
pub use log::{FlushCallback, Log};
pub use manager::{CreateLog, DirectoryDescription, LogDescription, LogManager, MetaProperties};
pub use names::{DirectoryId, InvalidPartitionName, TopicPartition};
