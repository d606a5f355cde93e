use crate::{ControlType, compression::Compression};
use std::io;

/// Why bytes are no record batch. Every variant is about the bytes; none is about what a topic accepts, for which
/// see [`crate::validate`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} bytes cannot hold the header of a record batch")]
    HeaderTooShort(usize),
    #[error("batch length {0} cannot hold a header")]
    BatchLength(i32),
    #[error("magic {0} is not 2")]
    Magic(i8),
    #[error("base offset {base_offset} and last offset delta {last_offset_delta} are no range of offsets")]
    OffsetRange { base_offset: i64, last_offset_delta: i32 },
    #[error("record count {0} is negative")]
    RecordCount(i32),
    #[error("a batch of {expected} bytes ends after {actual}")]
    Truncated { expected: usize, actual: usize },
    #[error("{0} bytes follow the batch")]
    BytesAfterBatch(usize),
    #[error("the CRC-32C is {computed:#010x}, the header says {stored:#010x}")]
    Crc { stored: u32, computed: u32 },
    #[error(transparent)]
    Compression(#[from] crate::compression::UnknownCompression),
    #[error("the {compression} data is broken")]
    Inflate {
        compression: Compression,
        #[source]
        source: io::Error,
    },
    #[error("the records inflate to more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("record {index} is malformed: {fault}")]
    Record { index: i32, fault: RecordFault },
    #[error("{0} bytes follow the last record")]
    BytesAfterRecords(usize),
    #[error("a control record has no key of version and type")]
    ControlKey,
    #[error("version {0} of a control record is negative")]
    ControlVersion(i16),
    #[error("the value of a {0:?} control record is cut off")]
    ControlValue(ControlType),
}

/// What is wrong with the encoding of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    #[error("the bytes end early")]
    Truncated,
    #[error("a number does not end")]
    VarintTooLong,
    #[error("length {0} is negative")]
    NegativeLength(i32),
    #[error("{0} bytes of the record are left over")]
    LeftOver(usize),
    #[error("header count {0} does not fit the record")]
    HeaderCount(i32),
    #[error("offset delta {delta} is not in 0..={last}")]
    OffsetDelta { delta: i32, last: i32 },
}
