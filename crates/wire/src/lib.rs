//! Kafka's primitive encoding, both directions, for bytes that nobody vouches for.
//!
//! [`Reader`] takes values off the front of a reference-counted buffer. Strings, byte fields and records come
//! back as slices of that buffer: decoding copies nothing but integers. [`Sink`] is where values are written;
//! [`LengthCounter`] measures without writing, and [`SegmentWriter`] gathers what is small in one buffer and keeps
//! what is large (record batches above all) by reference, ready for one vectored write.
//!
//! Kafka has two forms of every length: fixed width, and since KIP-482 ("flexible versions") an unsigned
//! varint holding the length plus one. Methods that depend on it take `flexible: bool`.
//!
//! Invariants:
//! - No input makes a reader panic, and a reader that failed has allocated no more than a small multiple of the
//!   bytes it was given: a length is believed only up to what remains, an element costs at least one byte, an
//!   array above [`MAX_ARRAY_ELEMENTS`] or a tag section above [`MAX_TAGGED_FIELDS`] is refused unread.
//! - What a sink accepts, a reader of the same form returns. What Kafka has no form for is an [`EncodeError`].
//!
//! Deliberately absent: messages, versions, schemas (crate `protocol`), record batches (crate `records`).
//!
//! Sources: the protocol guide of Kafka 4.4, KIP-482, and the decoder limits introduced with Kafka 4.4.
#![forbid(unsafe_code)]

mod error;
mod reader;
mod record_bytes;
mod segment_writer;
mod sink;
mod text;

pub use error::{DecodeError, EncodeError};
pub use reader::Reader;
pub use record_bytes::RecordBytes;
pub use segment_writer::SegmentWriter;
pub use sink::{LengthCounter, Sink};
pub use text::Text;

/// Most elements an array may claim.
pub const MAX_ARRAY_ELEMENTS: usize = 1_000_000;
/// Most tagged fields a struct may claim.
pub const MAX_TAGGED_FIELDS: usize = 10_000;
/// Longest string in either form, in bytes: the fixed form has a signed 16-bit length.
pub const MAX_STRING_BYTES: usize = i16::MAX as usize;
/// Most elements reserved before the first one has been read.
const MAX_INITIAL_CAPACITY: usize = 1_000;

#[cfg(test)]
mod tests;
