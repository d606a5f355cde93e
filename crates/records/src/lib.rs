//! Kafka's record batch, format v2: the unit that is produced, stored, replicated and fetched.
//!
//! A batch is a header of 61 bytes and its records, compressed or not. Base offset, length and partition leader
//! epoch come first and lie outside the CRC, so that a broker gives a batch its place in the log without touching
//! the rest:
//!
//! ```text
//!  0           8       12            16     17   21          23                                    57     61
//!  base offset  length  leader epoch  magic  crc  attributes  last offset delta ... base sequence  count  records
//!                                                 └─────────────────────── under the CRC-32C ───────────────────┘
//! ```
//!
//! The model: [`BatchHeader`] is a decoded header and a plain value, [`RecordBatch`] a header with the bytes that
//! it was read from, [`Records`] the inflated records, [`Record`] one of them, borrowed. [`BatchBuilder`] writes
//! batches, [`validate`] decides what a broker accepts from a producer, [`recompress`] changes the codec.
//!
//! Invariants:
//! - A [`BatchHeader`] that was read has magic 2, a length that holds a header, and offsets that are a range.
//! - A header is read, its CRC verified, patched, and a batch shallowly validated without an allocation.
//! - Hostile bytes are an [`Error`]. Inflating stops at a limit that the caller sets, and no length that the bytes
//!   claim makes it reserve memory.
//!
//! Not here: message formats v0 and v1, offsets and producer state (`storage`), the mapping to error codes (`broker`).
//!
//! Sources: KIP-98 (format v2), KIP-32 (timestamps), KIP-82 (headers), KIP-110 (zstd), KIP-390 (levels),
//! KIP-534 (delete horizon), KIP-595 (leader change), KIP-467 (errors per record).
#![forbid(unsafe_code)]

mod attributes;
mod batch;
mod builder;
mod compression;
pub mod control;
mod error;
mod header;
pub mod patch;
mod recompress;
mod record;
pub mod validate;
mod varint;

pub use attributes::{Attributes, TimestampType};
pub use batch::{Batches, RecordBatch};
pub use builder::{BatchBuilder, NewRecord, OutOfRange};
pub use compression::{Codec, Compression, UnknownCompression, UnknownCompressionName, inflate_lz4_of_v0};
pub use control::{ControlRecord, ControlType};
pub use error::{Error, RecordFault};
pub use header::{BatchHeader, HEADER_LEN, LOG_OVERHEAD, MAGIC, NO_SEQUENCE, NO_TIMESTAMP, sequence_after};
pub use recompress::recompress;
pub use record::{Cursor, Header, Headers, Record, RecordIter, Records};

/// Inflated size above which a batch is refused where nothing else is configured.
///
/// A producer fills a batch until its *compressed* size reaches `batch.size`, so honest batches of repetitive data
/// inflate to many times the largest message. Kafka has no such limit.
pub const DEFAULT_INFLATED_LIMIT: usize = 128 << 20;
