use crate::{Attributes, Compression, Error, TimestampType};
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use crc_fast::{CrcAlgorithm::Crc32Iscsi, Digest};

/// Bytes of a batch before its records.
pub const HEADER_LEN: usize = 61;
/// Bytes of a batch that its length does not count: base offset and the length itself.
pub const LOG_OVERHEAD: usize = 12;
/// The format that this crate speaks.
pub const MAGIC: i8 = 2;
/// The base sequence of a batch from a producer that is not idempotent.
pub const NO_SEQUENCE: i32 = -1;
/// The timestamp of a record that has none.
pub const NO_TIMESTAMP: i64 = -1;

pub(crate) const BASE_OFFSET_AT: usize = 0;
const LENGTH_AT: usize = 8;
pub(crate) const LEADER_EPOCH_AT: usize = 12;
const MAGIC_AT: usize = 16;
pub(crate) const CRC_AT: usize = 17;
/// Where the part under the CRC begins.
pub(crate) const ATTRIBUTES_AT: usize = 21;
const LAST_OFFSET_DELTA_AT: usize = 23;
const BASE_TIMESTAMP_AT: usize = 27;
pub(crate) const MAX_TIMESTAMP_AT: usize = 35;
const PRODUCER_ID_AT: usize = 43;
const PRODUCER_EPOCH_AT: usize = 51;
const BASE_SEQUENCE_AT: usize = 53;
const RECORD_COUNT_AT: usize = 57;
const MIN_BATCH_LENGTH: i32 = (HEADER_LEN - LOG_OVERHEAD) as i32;

/// The decoded header of a batch: a plain value, to be read, changed and written back.
///
/// Changing base offset or partition leader epoch leaves the CRC valid; after any other change call
/// [`set_crc`](Self::set_crc), which [`set_log_append_time`](Self::set_log_append_time) does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchHeader {
    pub base_offset: Offset,
    /// Bytes of the batch after this field.
    pub batch_length: i32,
    pub partition_leader_epoch: LeaderEpoch,
    pub magic: i8,
    /// CRC-32C of everything from the attributes on.
    pub crc: u32,
    pub attributes: Attributes,
    /// Stays when compaction removes records, so that the batch covers the same offsets.
    pub last_offset_delta: i32,
    /// What record timestamps are relative to; with the delete horizon flag, the horizon.
    pub base_timestamp: i64,
    pub max_timestamp: i64,
    pub producer_id: ProducerId,
    pub producer_epoch: ProducerEpoch,
    pub base_sequence: i32,
    pub record_count: i32,
}

impl BatchHeader {
    /// Reads the header at the front of `bytes`, which may end before the batch does.
    ///
    /// Says nothing about the CRC, which needs the records: see [`verify_crc`](Self::verify_crc).
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let Some(bytes) = bytes.first_chunk::<HEADER_LEN>() else {
            return Err(Error::HeaderTooShort(bytes.len()));
        };
        let header = Self::decode(bytes);
        header.check()?;
        Ok(header)
    }

    fn decode(bytes: &[u8; HEADER_LEN]) -> Self {
        let attributes = i16::from_be_bytes(field(bytes, ATTRIBUTES_AT));
        Self {
            base_offset: Offset(i64::from_be_bytes(field(bytes, BASE_OFFSET_AT))),
            batch_length: i32::from_be_bytes(field(bytes, LENGTH_AT)),
            partition_leader_epoch: LeaderEpoch(i32::from_be_bytes(field(bytes, LEADER_EPOCH_AT))),
            magic: i8::from_be_bytes(field(bytes, MAGIC_AT)),
            crc: u32::from_be_bytes(field(bytes, CRC_AT)),
            attributes: Attributes(attributes),
            last_offset_delta: i32::from_be_bytes(field(bytes, LAST_OFFSET_DELTA_AT)),
            base_timestamp: i64::from_be_bytes(field(bytes, BASE_TIMESTAMP_AT)),
            max_timestamp: i64::from_be_bytes(field(bytes, MAX_TIMESTAMP_AT)),
            producer_id: ProducerId(i64::from_be_bytes(field(bytes, PRODUCER_ID_AT))),
            producer_epoch: ProducerEpoch(i16::from_be_bytes(field(bytes, PRODUCER_EPOCH_AT))),
            base_sequence: i32::from_be_bytes(field(bytes, BASE_SEQUENCE_AT)),
            record_count: i32::from_be_bytes(field(bytes, RECORD_COUNT_AT)),
        }
    }

    /// The magic first: of another format nothing else can be said.
    fn check(&self) -> Result<(), Error> {
        if self.magic != MAGIC {
            return Err(Error::Magic(self.magic));
        }
        if self.batch_length < MIN_BATCH_LENGTH {
            return Err(Error::BatchLength(self.batch_length));
        }
        let (base_offset, last_offset_delta) = (self.base_offset.0, self.last_offset_delta);
        // The next offset must exist too.
        let next_offset = base_offset.checked_add(i64::from(last_offset_delta) + 1);
        if base_offset < 0 || last_offset_delta < 0 || next_offset.is_none() {
            return Err(Error::OffsetRange { base_offset, last_offset_delta });
        }
        if self.record_count < 0 {
            return Err(Error::RecordCount(self.record_count));
        }
        Ok(())
    }

    pub fn write_to(&self, out: &mut [u8; HEADER_LEN]) {
        put(out, BASE_OFFSET_AT, self.base_offset.0.to_be_bytes());
        put(out, LENGTH_AT, self.batch_length.to_be_bytes());
        put(out, LEADER_EPOCH_AT, self.partition_leader_epoch.0.to_be_bytes());
        put(out, MAGIC_AT, self.magic.to_be_bytes());
        put(out, CRC_AT, self.crc.to_be_bytes());
        put(out, ATTRIBUTES_AT, self.attributes.0.to_be_bytes());
        put(out, LAST_OFFSET_DELTA_AT, self.last_offset_delta.to_be_bytes());
        put(out, BASE_TIMESTAMP_AT, self.base_timestamp.to_be_bytes());
        put(out, MAX_TIMESTAMP_AT, self.max_timestamp.to_be_bytes());
        put(out, PRODUCER_ID_AT, self.producer_id.0.to_be_bytes());
        put(out, PRODUCER_EPOCH_AT, self.producer_epoch.0.to_be_bytes());
        put(out, BASE_SEQUENCE_AT, self.base_sequence.to_be_bytes());
        put(out, RECORD_COUNT_AT, self.record_count.to_be_bytes());
    }

    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        self.write_to(&mut bytes);
        bytes
    }

    /// Size of the whole batch, header included.
    pub fn size_in_bytes(&self) -> usize {
        HEADER_LEN + self.body_len()
    }

    /// Size of the records as they lie in the batch.
    pub fn body_len(&self) -> usize {
        usize::try_from(self.batch_length.saturating_sub(MIN_BATCH_LENGTH)).unwrap_or(0)
    }

    pub fn last_offset(&self) -> Offset {
        self.base_offset.plus(i64::from(self.last_offset_delta))
    }

    /// The first offset after the batch.
    pub fn next_offset(&self) -> Offset {
        self.last_offset().next()
    }

    /// Sequence of the last record, or [`NO_SEQUENCE`].
    pub fn last_sequence(&self) -> i32 {
        if self.base_sequence < 0 {
            NO_SEQUENCE
        } else {
            sequence_after(self.base_sequence, self.last_offset_delta)
        }
    }

    pub fn has_producer_id(&self) -> bool {
        self.producer_id.0 >= 0
    }

    pub fn compression(&self) -> Result<Compression, Error> {
        Ok(self.attributes.compression()?)
    }

    pub fn timestamp_type(&self) -> TimestampType {
        self.attributes.timestamp_type()
    }

    pub fn is_transactional(&self) -> bool {
        self.attributes.is_transactional()
    }

    pub fn is_control(&self) -> bool {
        self.attributes.is_control()
    }

    /// When the batch's tombstones may go, if compaction has set it (KIP-534).
    pub fn delete_horizon(&self) -> Option<i64> {
        self.attributes.has_delete_horizon().then_some(self.base_timestamp)
    }

    /// The CRC that the batch of this header and `body` ought to have.
    pub fn compute_crc(&self, body: &[u8]) -> u32 {
        crc32c(&self.to_bytes()[ATTRIBUTES_AT..], body)
    }

    pub fn verify_crc(&self, body: &[u8]) -> Result<(), Error> {
        let computed = self.compute_crc(body);
        if computed != self.crc {
            return Err(Error::Crc { stored: self.crc, computed });
        }
        Ok(())
    }

    /// Makes the CRC fit, after a change to anything that it covers.
    pub fn set_crc(&mut self, body: &[u8]) {
        self.crc = self.compute_crc(body);
    }

    /// Gives every record the time at which the broker appends the batch (`message.timestamp.type=LogAppendTime`).
    pub fn set_log_append_time(&mut self, now_ms: i64, body: &[u8]) {
        self.set_max_timestamp(TimestampType::LogAppendTime, now_ms, body);
    }

    /// Sets whose clock the timestamps are from, and the greatest of them. The CRC is computed only if that changes
    /// something.
    pub fn set_max_timestamp(&mut self, timestamp_type: TimestampType, max_timestamp: i64, body: &[u8]) {
        if self.timestamp_type() == timestamp_type && self.max_timestamp == max_timestamp {
            return;
        }
        self.attributes = self.attributes.with_timestamp_type(timestamp_type);
        self.max_timestamp = max_timestamp;
        self.set_crc(body);
    }

    /// The batch that compaction leaves when all records are gone but the producer's last sequence, or the end of a
    /// transaction, must still be known. It covers the same offsets and has no body.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let attributes = self.attributes.with_compression(Compression::None).with_delete_horizon(false);
        let mut empty = Self {
            batch_length: MIN_BATCH_LENGTH,
            attributes,
            base_timestamp: NO_TIMESTAMP,
            record_count: 0,
            ..*self
        };
        empty.set_crc(&[]);
        empty
    }
}

/// The sequence `count` records after `sequence`. After 2^31-1 comes 0.
pub fn sequence_after(sequence: i32, count: i32) -> i32 {
    (i64::from(sequence) + i64::from(count)).rem_euclid(1 << 31) as i32
}

/// CRC-32C of two slices that lie in different places.
pub(crate) fn crc32c(head: &[u8], tail: &[u8]) -> u32 {
    let mut digest = Digest::new(Crc32Iscsi);
    digest.update(head);
    digest.update(tail);
    digest.finalize() as u32
}

/// The length of a batch with a body of `body_len` bytes, unless that is more than the format can say.
pub(crate) fn batch_length(body_len: usize) -> Option<i32> {
    i32::try_from(body_len).ok()?.checked_add(MIN_BATCH_LENGTH)
}

fn field<const N: usize>(bytes: &[u8; HEADER_LEN], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("the field lies in the header")
}

pub(crate) fn put<const N: usize>(out: &mut [u8; HEADER_LEN], at: usize, value: [u8; N]) {
    out[at..at + N].copy_from_slice(&value);
}
