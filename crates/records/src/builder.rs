use crate::{
    Attributes, BatchHeader, Codec, Compression, HEADER_LEN, Header, Headers, MAGIC, NO_SEQUENCE,
    NO_TIMESTAMP, Record, TimestampType,
    header::{ATTRIBUTES_AT, batch_length, crc32c},
    varint,
};
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;

/// A record that is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewRecord<'a> {
    /// Milliseconds since 1970, or [`NO_TIMESTAMP`].
    pub timestamp: i64,
    pub key: Option<&'a [u8]>,
    /// `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    pub headers: &'a [Header<'a>],
}

/// Writes one batch, record by record.
///
/// Records are encoded as they come and compressed together by [`build`](Self::build). Offsets follow one another
/// from the base offset on, unless a record is [put at its own](Self::append_at).
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    codec: Codec,
    /// What the batch's header will say; length, CRC and compression are filled in at the end.
    header: BatchHeader,
    /// Offset delta of the next record.
    next_delta: i64,
    /// Set where the batch covers more offsets than its records have.
    last_offset_delta: Option<i32>,
    /// Room for the header, then the records, uncompressed.
    batch: Vec<u8>,
}

/// What is appended cannot be said in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfRange {
    #[error("a batch takes no more than 2 GiB")]
    Size,
    #[error("offset {offset} does not come next in a batch that starts at {base_offset}")]
    Offset { offset: Offset, base_offset: Offset },
}

impl BatchBuilder {
    pub fn new(codec: impl Into<Codec>) -> Self {
        let header = BatchHeader {
            base_offset: Offset::ZERO,
            batch_length: 0,
            partition_leader_epoch: LeaderEpoch::NONE,
            magic: MAGIC,
            crc: 0,
            attributes: Attributes::default(),
            last_offset_delta: 0,
            base_timestamp: NO_TIMESTAMP,
            max_timestamp: NO_TIMESTAMP,
            producer_id: ProducerId::NONE,
            producer_epoch: ProducerEpoch::NONE,
            base_sequence: NO_SEQUENCE,
            record_count: 0,
        };
        Self {
            codec: codec.into(),
            header,
            next_delta: 0,
            last_offset_delta: None,
            batch: vec![0; HEADER_LEN],
        }
    }

    /// A batch in the place of another, for some of its records (log compaction): same offsets covered, producer,
    /// flags, and leader epoch. [`keep`](Self::keep) the records.
    ///
    /// Its codec is the other's at the default level, or none if that is unknown.
    pub fn replacing(original: &BatchHeader) -> Self {
        let compression = original.attributes.compression().unwrap_or_default();
        let mut builder = Self::new(compression);
        builder.last_offset_delta = Some(original.last_offset_delta);
        builder.header = BatchHeader { record_count: 0, base_timestamp: NO_TIMESTAMP, ..*original };
        if let Some(horizon) = original.delete_horizon() {
            builder = builder.delete_horizon(horizon);
        }
        if original.timestamp_type() == TimestampType::CreateTime {
            builder.header.max_timestamp = NO_TIMESTAMP;
        }
        builder
    }

    #[must_use]
    pub fn codec(mut self, codec: impl Into<Codec>) -> Self {
        self.codec = codec.into();
        self
    }

    /// Makes room for records of so many bytes, before compression.
    #[must_use]
    pub fn with_room_for(mut self, bytes: usize) -> Self {
        self.batch.reserve(bytes);
        self
    }

    #[must_use]
    pub fn base_offset(mut self, base_offset: Offset) -> Self {
        self.header.base_offset = base_offset;
        self
    }

    #[must_use]
    pub fn partition_leader_epoch(mut self, epoch: LeaderEpoch) -> Self {
        self.header.partition_leader_epoch = epoch;
        self
    }

    /// An idempotent producer and the sequence of the first record (KIP-98).
    #[must_use]
    pub fn producer(mut self, id: ProducerId, epoch: ProducerEpoch, base_sequence: i32) -> Self {
        self.header.producer_id = id;
        self.header.producer_epoch = epoch;
        self.header.base_sequence = base_sequence;
        self
    }

    #[must_use]
    pub fn transactional(mut self) -> Self {
        self.header.attributes = self.header.attributes.with_transactional(true);
        self
    }

    #[must_use]
    pub fn control(mut self) -> Self {
        self.header.attributes = self.header.attributes.with_control(true);
        self
    }

    /// All records get this time, whatever they say themselves.
    #[must_use]
    pub fn log_append_time(mut self, now_ms: i64) -> Self {
        self.header.attributes = self.header.attributes.with_timestamp_type(TimestampType::LogAppendTime);
        self.header.max_timestamp = now_ms;
        self
    }

    /// When the batch's tombstones may go (KIP-534). Before the first record.
    #[must_use]
    pub fn delete_horizon(mut self, horizon_ms: i64) -> Self {
        assert!(self.is_empty(), "the horizon is what the records' timestamps are relative to");
        self.header.attributes = self.header.attributes.with_delete_horizon(true);
        self.header.base_timestamp = horizon_ms;
        self
    }

    pub fn is_empty(&self) -> bool {
        self.header.record_count == 0
    }

    pub fn record_count(&self) -> i32 {
        self.header.record_count
    }

    /// Size of the batch as it would be without compression. A producer compares this, times the ratio that it has
    /// seen, with `batch.size`.
    pub fn uncompressed_size(&self) -> usize {
        self.batch.len()
    }

    /// At most what a record adds to [`uncompressed_size`](Self::uncompressed_size).
    pub fn size_of_record(record: &NewRecord<'_>) -> usize {
        let NewRecord { timestamp, key, value, headers } = *record;
        let entry = Entry { timestamp, key, value, headers: HeaderList::New(headers) };
        varint::MAX_VARINT_LEN + entry.len(i64::MIN, i32::MIN)
    }

    /// Appends a record at the next offset.
    pub fn append(&mut self, record: &NewRecord<'_>) -> Result<(), OutOfRange> {
        self.append_at(Offset(self.header.base_offset.0.saturating_add(self.next_delta)), record)
    }

    /// Appends a record at an offset that may leave some out.
    pub fn append_at(&mut self, offset: Offset, record: &NewRecord<'_>) -> Result<(), OutOfRange> {
        let NewRecord { timestamp, key, value, headers } = *record;
        self.encode(offset, &Entry { timestamp, key, value, headers: HeaderList::New(headers) })
    }

    /// Appends a record of another batch as it is, at its own offset.
    pub fn keep(&mut self, record: &Record<'_>) -> Result<(), OutOfRange> {
        let Record { offset, timestamp, key, value, headers, .. } = *record;
        self.encode(offset, &Entry { timestamp, key, value, headers: HeaderList::Read(headers) })
    }

    fn encode(&mut self, offset: Offset, entry: &Entry<'_>) -> Result<(), OutOfRange> {
        let offset_delta = self.delta_of(offset)?;
        if self.is_empty() && !self.header.attributes.has_delete_horizon() {
            self.header.base_timestamp = entry.timestamp;
        }
        let timestamp_delta = entry.timestamp.wrapping_sub(self.header.base_timestamp);
        let len = entry.len(timestamp_delta, offset_delta);
        if batch_length(self.batch.len() + len).is_none() {
            return Err(OutOfRange::Size);
        }
        varint::write_i64(len as i64, &mut self.batch);
        entry.write(timestamp_delta, offset_delta, &mut self.batch);
        self.next_delta = i64::from(offset_delta) + 1;
        self.header.record_count += 1;
        if self.header.timestamp_type() == TimestampType::CreateTime {
            self.header.max_timestamp = self.header.max_timestamp.max(entry.timestamp);
        }
        Ok(())
    }

    fn delta_of(&self, offset: Offset) -> Result<i32, OutOfRange> {
        let out_of_range = OutOfRange::Offset { offset, base_offset: self.header.base_offset };
        let delta = offset.0.checked_sub(self.header.base_offset.0).ok_or(out_of_range)?;
        let last = i64::from(self.last_offset_delta.unwrap_or(i32::MAX));
        if delta < self.next_delta || delta > last {
            return Err(out_of_range);
        }
        i32::try_from(delta).map_err(|_| out_of_range)
    }

    /// The finished batch. Without a record it is the header alone, and uncompressed.
    pub fn build(self) -> Bytes {
        let Self { codec, mut header, next_delta, last_offset_delta, batch } = self;
        let last_delta =
            i32::try_from((next_delta - 1).max(0)).expect("deltas are checked when they are appended");
        header.last_offset_delta = last_offset_delta.unwrap_or(last_delta);
        if header.record_count == 0 {
            return Bytes::copy_from_slice(&header.emptied().to_bytes());
        }
        let (compression, batch) = match codec.compression() {
            Compression::None => (Compression::None, batch),
            compression => (compression, compressed(&batch[HEADER_LEN..], codec)),
        };
        header.attributes = header.attributes.with_compression(compression);
        seal(header, batch).expect("a codec adds less to 2 GiB than the size check leaves")
    }
}

/// A batch of these records, with room for its header.
pub(crate) fn compressed(records: &[u8], codec: Codec) -> Vec<u8> {
    let mut batch = vec![0; HEADER_LEN];
    codec.compress(records, &mut batch);
    batch
}

/// Puts the header before the body that `batch` holds, with length and CRC filled in.
pub(crate) fn seal(mut header: BatchHeader, mut batch: Vec<u8>) -> Option<Bytes> {
    let (head, body) = batch.split_first_chunk_mut::<HEADER_LEN>().expect("room was made for the header");
    header.batch_length = batch_length(body.len())?;
    header.crc = crc32c(&header.to_bytes()[ATTRIBUTES_AT..], body);
    header.write_to(head);
    Some(Bytes::from(batch))
}

/// A record, new or of another batch, without its place.
struct Entry<'a> {
    timestamp: i64,
    key: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
    headers: HeaderList<'a>,
}

enum HeaderList<'a> {
    New(&'a [Header<'a>]),
    /// Encoded already.
    Read(Headers<'a>),
}

impl Entry<'_> {
    /// Bytes after the length.
    fn len(&self, timestamp_delta: i64, offset_delta: i32) -> usize {
        let attributes = 1;
        let deltas = varint::len_i64(timestamp_delta) + varint::len_i32(offset_delta);
        attributes + deltas + len_of_nullable(self.key) + len_of_nullable(self.value) + self.headers.len()
    }

    fn write(&self, timestamp_delta: i64, offset_delta: i32, out: &mut Vec<u8>) {
        out.push(NO_ATTRIBUTES);
        varint::write_i64(timestamp_delta, out);
        varint::write_i32(offset_delta, out);
        write_nullable(self.key, out);
        write_nullable(self.value, out);
        self.headers.write(out);
    }
}

/// No attribute of a record has a meaning yet.
const NO_ATTRIBUTES: u8 = 0;

impl HeaderList<'_> {
    fn count(&self) -> i64 {
        match self {
            Self::New(headers) => headers.len() as i64,
            Self::Read(headers) => headers.len() as i64,
        }
    }

    fn len(&self) -> usize {
        let each = |header: &Header<'_>| len_of_nullable(Some(header.key)) + len_of_nullable(header.value);
        let encoded = match self {
            Self::New(headers) => headers.iter().map(each).sum(),
            Self::Read(headers) => headers.encoded().len(),
        };
        varint::len_i64(self.count()) + encoded
    }

    fn write(&self, out: &mut Vec<u8>) {
        varint::write_i64(self.count(), out);
        match self {
            Self::New(headers) => {
                for header in *headers {
                    write_nullable(Some(header.key), out);
                    write_nullable(header.value, out);
                }
            }
            Self::Read(headers) => out.extend_from_slice(headers.encoded()),
        }
    }
}

fn write_nullable(bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    match bytes {
        None => varint::write_i32(-1, out),
        Some(bytes) => {
            varint::write_i64(bytes.len() as i64, out);
            out.extend_from_slice(bytes);
        }
    }
}

fn len_of_nullable(bytes: Option<&[u8]>) -> usize {
    bytes.map_or(varint::len_i32(-1), |bytes| varint::len_i64(bytes.len() as i64) + bytes.len())
}
