//! Messages of the formats v0 and v1, as Kafka wrote them before 0.11: each is a batch of its own, and a compressed one
//! wraps others.
//!
//! Only the fields that are always there are read at first. What is wrong with the others is told to who asks for them,
//! as Kafka's tool has printed the rest by then.
//!
//! Sources: KIP-31 (offsets within a wrapper), KIP-32 (timestamps), KIP-57 (the checksum of LZ4's head).
use bytes::{Buf, Bytes};
use crc_fast::CrcAlgorithm::Crc32IsoHdlc;
use records::{Compression, DEFAULT_INFLATED_LIMIT, LOG_OVERHEAD};

/// Bytes of the smallest message, without offset and size.
pub(super) const MIN_LEN: usize = 14;

/// Where what the CRC is of begins.
const MAGIC_AT: usize = 4;
const KEY_AT_V0: usize = 6;
const KEY_AT_V1: usize = 14;

const COMPRESSION: u8 = 0b111;
const LOG_APPEND_TIME: u8 = 0b1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimestampType {
    None,
    CreateTime,
    LogAppendTime,
}

impl TimestampType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "NoTimestampType",
            Self::CreateTime => "CreateTime",
            Self::LogAppendTime => "LogAppendTime",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) offset: i64,
    pub(super) crc: u32,
    pub(super) magic: i8,
    attributes: u8,
    pub(super) timestamp: i64,
    bytes: Bytes,
}

impl Message {
    /// `bytes` begin with the CRC.
    pub(super) fn parse(offset: i64, bytes: Bytes) -> Result<Self, String> {
        let head: &[u8; MIN_LEN] = bytes
            .first_chunk()
            .ok_or_else(|| format!("Record size is less than the minimum record overhead ({MIN_LEN})"))?;
        let [c0, c1, c2, c3, magic, attributes, timestamp @ ..] = *head;
        let magic = i8::from_be_bytes([magic]);
        Ok(Self {
            offset,
            crc: u32::from_be_bytes([c0, c1, c2, c3]),
            magic,
            attributes,
            timestamp: if magic == 0 { -1 } else { i64::from_be_bytes(timestamp) },
            bytes,
        })
    }

    /// With offset and size.
    pub(super) fn size_in_bytes(&self) -> usize {
        LOG_OVERHEAD + self.bytes.len()
    }

    pub(super) fn is_valid(&self) -> bool {
        crc_fast::checksum(Crc32IsoHdlc, &self.bytes[MAGIC_AT..]) == u64::from(self.crc)
    }

    pub(super) fn compression(&self) -> Result<Compression, String> {
        let id = self.attributes & COMPRESSION;
        Compression::from_id(id).map_err(|_| format!("Unknown compression type id: {id}"))
    }

    pub(super) fn timestamp_type(&self) -> TimestampType {
        match (self.magic, self.attributes & LOG_APPEND_TIME) {
            (0, _) => TimestampType::None,
            (_, 0) => TimestampType::CreateTime,
            _ => TimestampType::LogAppendTime,
        }
    }

    fn key_at(&self) -> usize {
        if self.magic == 0 { KEY_AT_V0 } else { KEY_AT_V1 }
    }

    fn value_at(&self) -> Result<usize, String> {
        let key_len = usize::try_from(self.key_size()?).unwrap_or(0);
        Ok(self.key_at().saturating_add(4).saturating_add(key_len))
    }

    /// Negative without a key.
    pub(super) fn key_size(&self) -> Result<i32, String> {
        self.size(self.key_at())
    }

    pub(super) fn value_size(&self) -> Result<i32, String> {
        self.size(self.value_at()?)
    }

    pub(super) fn key(&self) -> Result<Option<&[u8]>, String> {
        self.sized(self.key_at())
    }

    pub(super) fn value(&self) -> Result<Option<&[u8]>, String> {
        self.sized(self.value_at()?)
    }

    fn size(&self, at: usize) -> Result<i32, String> {
        let size = self.bytes.get(at..).and_then(|rest| rest.first_chunk());
        size.map(|size| i32::from_be_bytes(*size)).ok_or_else(|| self.ends(at.saturating_add(4)))
    }

    fn sized(&self, at: usize) -> Result<Option<&[u8]>, String> {
        let Ok(size) = usize::try_from(self.size(at)?) else { return Ok(None) };
        let (start, end) = (at + 4, (at + 4).saturating_add(size));
        self.bytes.get(start..end).map(Some).ok_or_else(|| self.ends(end))
    }

    fn ends(&self, wanted: usize) -> String {
        let (len, offset) = (self.bytes.len(), self.offset);
        format!("the message at offset {offset} has {len} bytes, of {wanted} that it speaks of")
    }

    /// The message itself, or those that it wraps.
    pub(super) fn records(&self) -> Result<Records, String> {
        let compression = self.compression()?;
        if compression == Compression::None {
            return Ok(Records::One(Some(self.clone())));
        }
        let inner = Inner(self.inflate(compression)?);
        let last = inner.clone().try_fold(None, |_, message| message.map(|message| Some(message.offset)))?;
        let last =
            last.ok_or_else(|| "Found invalid compressed record set with no inner records".to_owned())?;
        // Those of v1 are counted from the first; a wrapper at 0 is one that no broker has given an offset.
        let base_offset = match (self.magic, self.offset) {
            (0, _) | (_, 0) => 0,
            (_, wrapper) if wrapper < last => {
                return Err(format!(
                    "Found invalid wrapper offset in compressed v1 message set, wrapper offset '{wrapper}' is less \
                     than the last inner message offset '{last}' and it is not zero."
                ));
            }
            (_, wrapper) => wrapper.wrapping_sub(last),
        };
        let append_time = (self.timestamp_type() == TimestampType::LogAppendTime).then_some(self.timestamp);
        Ok(Records::Wrapped { inner, base_offset, append_time })
    }

    fn inflate(&self, compression: Compression) -> Result<Bytes, String> {
        let magic = self.magic;
        if !(0..=1).contains(&magic) {
            return Err(format!("Invalid wrapper magic found in legacy deep record iterator {magic}"));
        }
        if compression == Compression::Zstd {
            return Err(format!(
                "Invalid wrapper compressionType found in legacy deep record iterator {magic}"
            ));
        }
        let value = self.value()?.ok_or_else(|| {
            format!("Found invalid compressed record set with null value (magic = {magic})")
        })?;
        let mut inflated = Vec::new();
        let inflate = match (compression, magic) {
            (Compression::Lz4, 0) => records::inflate_lz4_of_v0(value, DEFAULT_INFLATED_LIMIT, &mut inflated),
            _ => compression.inflate(value, DEFAULT_INFLATED_LIMIT, &mut inflated),
        };
        inflate.map_err(|error| crate::failure::with_causes(&error))?;
        Ok(inflated.into())
    }
}

/// The records of a message, one after another.
pub(super) enum Records {
    One(Option<Message>),
    Wrapped { inner: Inner, base_offset: i64, append_time: Option<i64> },
}

impl Iterator for Records {
    type Item = Result<Message, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let (inner, base_offset, append_time) = match self {
            Self::One(message) => return message.take().map(Ok),
            Self::Wrapped { inner, base_offset, append_time } => (inner, *base_offset, *append_time),
        };
        let whole = |mut message: Message| {
            if message.compression()? != Compression::None {
                return Err("Inner messages must not be compressed".to_owned());
            }
            message.offset = message.offset.wrapping_add(base_offset);
            if message.magic == 1 {
                message.timestamp = append_time.unwrap_or(message.timestamp);
            }
            Ok(message)
        };
        inner.next().map(|message| message.and_then(whole))
    }
}

/// The messages of a wrapper as they lie in it. One that is cut off is the end.
#[derive(Clone)]
pub(super) struct Inner(Bytes);

impl Iterator for Inner {
    type Item = Result<Message, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.len() < LOG_OVERHEAD {
            return None;
        }
        let (offset, size) = (self.0.get_i64(), self.0.get_i32());
        let size = usize::try_from(size).unwrap_or(0);
        if size < MIN_LEN {
            return Some(Message::parse(offset, Bytes::new()));
        }
        (size <= self.0.len()).then(|| Message::parse(offset, self.0.split_to(size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::Codec;

    fn message(
        magic: i8,
        attributes: u8,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Vec<u8> {
        let mut body = vec![magic.cast_unsigned(), attributes];
        if magic != 0 {
            body.extend(timestamp.to_be_bytes());
        }
        for field in [key, value] {
            let len = field.map_or(-1, |field| field.len() as i32);
            body.extend(len.to_be_bytes());
            body.extend(field.unwrap_or_default());
        }
        let crc = crc_fast::checksum(Crc32IsoHdlc, &body) as u32;
        [&crc.to_be_bytes()[..], &body].concat()
    }

    fn entry(offset: i64, message: &[u8]) -> Vec<u8> {
        [&offset.to_be_bytes()[..], &(message.len() as i32).to_be_bytes(), message].concat()
    }

    fn parse(offset: i64, message: Vec<u8>) -> Message {
        Message::parse(offset, message.into()).unwrap()
    }

    fn wrapper(magic: i8, attributes: u8, offset: i64, compression: Compression, inner: &[u8]) -> Message {
        let mut value = Vec::new();
        Codec::from(compression).compress(inner, &mut value);
        parse(offset, message(magic, attributes | compression.id(), 9, None, Some(&value)))
    }

    fn records(message: &Message) -> Result<Vec<(i64, i64)>, String> {
        message.records()?.map(|record| record.map(|record| (record.offset, record.timestamp))).collect()
    }

    #[test]
    fn fields_stand_where_the_format_says() {
        let (v0, create, append) =
            (TimestampType::None, TimestampType::CreateTime, TimestampType::LogAppendTime);
        for (magic, attributes, key, value, kind, timestamp) in [
            (0, 0, None, Some(&b"v"[..]), v0, -1),
            (0, LOG_APPEND_TIME, Some(&b""[..]), None, v0, -1),
            (1, 0, Some(b"key"), Some(b""), create, 7),
            (1, LOG_APPEND_TIME, None, None, append, 7),
        ] {
            let read = parse(3, message(magic, attributes, 7, key, value));
            let len = |field: Option<&[u8]>| field.map_or(-1, |field| field.len() as i32);
            assert!(read.is_valid());
            assert_eq!((read.key(), read.value()), (Ok(key), Ok(value)));
            assert_eq!((read.key_size(), read.value_size()), (Ok(len(key)), Ok(len(value))));
            assert_eq!((read.timestamp_type(), read.timestamp), (kind, timestamp));
        }
        let mut flipped = message(0, 0, 0, None, Some(b"v"));
        flipped[0] ^= 1;
        assert!(!parse(0, flipped).is_valid());
    }

    #[test]
    fn offsets_within_v1_are_counted_from_the_first() {
        let inner = |magic, first: i64| {
            let each = |offset, timestamp| entry(offset, &message(magic, 0, timestamp, None, Some(b"v")));
            [each(first, 5), each(first + 2, 6)].concat()
        };
        let (gzip, lz4) = (Compression::Gzip, Compression::Lz4);
        for (magic, attributes, offset, compression, inner, expected) in [
            (0, 0, 12, gzip, inner(0, 10), [(10, -1), (12, -1)]),
            (1, 0, 12, gzip, inner(1, 0), [(10, 5), (12, 6)]),
            (1, LOG_APPEND_TIME, 12, lz4, inner(1, 0), [(10, 9), (12, 9)]),
            (1, 0, 0, Compression::Snappy, inner(1, 0), [(0, 5), (2, 6)]),
            (1, LOG_APPEND_TIME, 12, gzip, inner(0, 0), [(10, -1), (12, -1)]),
            // What is cut off after them is left out.
            (1, 0, 2, gzip, [inner(1, 0), inner(1, 0)[..30].to_vec()].concat(), [(0, 5), (2, 6)]),
        ] {
            let wrapper = wrapper(magic, attributes, offset, compression, &inner);
            assert_eq!(records(&wrapper).unwrap(), expected, "{magic} {compression} {offset}");
        }
    }

    /// KIP-57: clients took the magic of the frame into the checksum of its head.
    #[test]
    fn the_checksum_of_the_head_of_lz4_counts_since_v1() {
        for (magic, is_read) in [(0, true), (1, false)] {
            let mut value = Vec::new();
            let inner = entry(0, &message(magic, 0, 5, None, Some(b"v")));
            Codec::from(Compression::Lz4).compress(&inner, &mut value);
            value[6] ^= 1;
            let wrapper = parse(0, message(magic, Compression::Lz4.id(), 5, None, Some(&value)));
            assert_eq!(records(&wrapper).is_ok(), is_read, "{magic}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_and_never_a_panic() {
        let gzip = |magic, offset, inner: &[u8]| wrapper(magic, 0, offset, Compression::Gzip, inner);
        let compressed = message(0, Compression::Gzip.id(), 0, None, Some(b"x"));
        let below = entry(2, &message(1, 0, 0, None, Some(b"v")));
        for (wrapper, reason) in [
            (parse(0, message(0, 5, 0, None, None)), "Unknown compression type id: 5"),
            (parse(0, message(0, 4, 0, None, None)), "Invalid wrapper compressionType found"),
            (parse(0, message(2, 1, 0, None, None)), "Invalid wrapper magic found"),
            (parse(0, message(0, 1, 0, None, None)), "null value (magic = 0)"),
            (parse(0, message(0, 1, 0, None, Some(b"no gzip"))), "the gzip data is broken"),
            (gzip(0, 0, b""), "no inner records"),
            (gzip(0, 0, &entry(0, b"short")), "Record size is less than the minimum record overhead (14)"),
            (gzip(0, 0, &[0xff; 12]), "Record size is less than the minimum record overhead (14)"),
            (gzip(0, 0, &entry(0, &compressed)), "Inner messages must not be compressed"),
            (gzip(1, 1, &below), "wrapper offset '1' is less than the last inner message offset '2'"),
        ] {
            let found = records(&wrapper).unwrap_err();
            assert!(found.contains(reason), "{found}");
        }
        for magic in [0, 1, -1] {
            let whole = message(magic, 0, 0, Some(b"key"), Some(b"value"));
            for len in MIN_LEN..whole.len() {
                let cut = parse(0, whole[..len].to_vec());
                assert!(cut.value().unwrap_err().contains(" bytes, of "), "{magic} {len}");
            }
            for at in 0..whole.len() {
                let mut other = whole.clone();
                other[at] = 0x7f;
                let other = parse(i64::MIN, other);
                let _ = (other.is_valid(), other.key(), other.value(), records(&other));
            }
        }
        assert!(Message::parse(0, Bytes::from_static(&[0; MIN_LEN - 1])).is_err());
    }
}
