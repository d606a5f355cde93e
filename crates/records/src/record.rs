use crate::{BatchHeader, Compression, Error, RecordFault, TimestampType, varint};
use base::Offset;
use bytes::Bytes;
use std::borrow::Cow;

/// The records of one batch, inflated.
#[derive(Clone, Debug)]
pub struct Records {
    header: BatchHeader,
    body: Bytes,
}

impl Records {
    /// Of a batch in two pieces. See [`RecordBatch::records`](crate::RecordBatch::records).
    pub fn open(header: &BatchHeader, body: Bytes, limit: usize) -> Result<Self, Error> {
        let compression = header.compression()?;
        let body = match compression {
            Compression::None => body,
            // What compaction empties keeps no body that could be inflated.
            _ if header.record_count == 0 => Bytes::new(),
            _ => {
                let mut inflated = Vec::new();
                compression.inflate(&body, limit, &mut inflated)?;
                Bytes::from(inflated)
            }
        };
        Ok(Self { header: *header, body })
    }

    pub fn iter(&self) -> RecordIter<'_> {
        RecordIter::new(&self.header, &self.body)
    }

    /// The record where `cursor` stands, which goes on to the next: a walk like that of [`Records::iter`] that borrows nothing
    /// between its steps. A cursor belongs to the records that it began with.
    #[inline]
    pub fn next_at(&self, cursor: &mut Cursor) -> Option<Result<Record<'_>, Error>> {
        let mut iter = self.iter();
        iter.rest = self.body.get(cursor.read..).unwrap_or_default();
        iter.index = cursor.index;
        let next = iter.next();
        *cursor = Cursor { read: self.body.len() - iter.rest.len(), index: iter.index };
        next
    }

    /// Whether nothing follows.
    pub fn is_end(&self, cursor: Cursor) -> bool {
        cursor.index >= self.header.record_count
    }

    /// The records, one after another.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// A key, value or header of one of these records as bytes of its own, without a copy.
    ///
    /// # Panics
    /// If `part` does not lie in these records.
    pub fn share(&self, part: &[u8]) -> Bytes {
        self.body.slice_ref(part)
    }
}

impl<'a> IntoIterator for &'a Records {
    type Item = Result<Record<'a>, Error>;
    type IntoIter = RecordIter<'a>;

    fn into_iter(self) -> RecordIter<'a> {
        self.iter()
    }
}

/// Where a walk through [`Records`] stands; the default is its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Bytes of the records that lie behind.
    read: usize,
    index: i32,
}

/// Goes through records that lie inflated in one slice, without an allocation. Ends after the first error.
///
/// There must be exactly as many records as the header counts, and nothing after them.
#[derive(Clone, Debug)]
pub struct RecordIter<'a> {
    batch: Placement,
    rest: &'a [u8],
    record_count: i32,
    /// Index of the next record; `record_count` once the end or an error was given out.
    index: i32,
}

/// What a record's deltas are relative to.
#[derive(Clone, Copy, Debug)]
struct Placement {
    base_offset: i64,
    last_offset_delta: i32,
    base_timestamp: i64,
    log_append_time: Option<i64>,
}

impl<'a> RecordIter<'a> {
    /// `inflated` are the records of the batch of this header, uncompressed.
    pub fn new(header: &BatchHeader, inflated: &'a [u8]) -> Self {
        let log_append_time =
            (header.timestamp_type() == TimestampType::LogAppendTime).then_some(header.max_timestamp);
        let batch = Placement {
            base_offset: header.base_offset.0,
            last_offset_delta: header.last_offset_delta,
            base_timestamp: header.base_timestamp,
            log_append_time,
        };
        Self { batch, rest: inflated, record_count: header.record_count, index: 0 }
    }
}

impl<'a> Iterator for RecordIter<'a> {
    type Item = Result<Record<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.index >= self.record_count {
            return None;
        }
        let index = self.index;
        self.index += 1;
        match Record::read(&mut self.rest, &self.batch) {
            Ok(_) if self.index == self.record_count && !self.rest.is_empty() => {
                Some(Err(Error::BytesAfterRecords(self.rest.len())))
            }
            Ok(record) => Some(Ok(record)),
            Err(fault) => {
                self.index = self.record_count;
                Some(Err(Error::Record { index, fault }))
            }
        }
    }
}

impl std::iter::FusedIterator for RecordIter<'_> {}

/// One record, borrowed from its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    pub offset: Offset,
    /// Milliseconds since 1970, or [`NO_TIMESTAMP`](crate::NO_TIMESTAMP).
    pub timestamp: i64,
    /// No bit has a meaning yet.
    pub attributes: i8,
    /// Where the record stands in its batch, with those counted that compaction has removed.
    pub offset_delta: i32,
    pub key: Option<&'a [u8]>,
    /// `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    pub headers: Headers<'a>,
}

impl<'a> Record<'a> {
    #[inline]
    fn read(input: &mut &'a [u8], batch: &Placement) -> Result<Self, RecordFault> {
        let length = varint::read_i32(input)?;
        let length = usize::try_from(length).map_err(|_| RecordFault::NegativeLength(length))?;
        let mut body = take(input, length)?;
        let (&attributes, rest) = body.split_first().ok_or(RecordFault::Truncated)?;
        body = rest;
        let timestamp_delta = varint::read_i64(&mut body)?;
        let offset_delta = varint::read_i32(&mut body)?;
        if offset_delta < 0 || offset_delta > batch.last_offset_delta {
            return Err(RecordFault::OffsetDelta { delta: offset_delta, last: batch.last_offset_delta });
        }
        let key = take_nullable(&mut body)?;
        let value = take_nullable(&mut body)?;
        let headers = Headers::read(&mut body)?;
        if !body.is_empty() {
            return Err(RecordFault::LeftOver(body.len()));
        }
        let timestamp = batch.log_append_time.unwrap_or(batch.base_timestamp.wrapping_add(timestamp_delta));
        let offset = Offset(batch.base_offset.wrapping_add(i64::from(offset_delta)));
        Ok(Self { offset, timestamp, attributes: attributes as i8, offset_delta, key, value, headers })
    }
}

/// The headers of a record (KIP-82): in order, keys neither unique nor empty-checked, values nullable.
///
/// They were checked when the record was read, so to go through them cannot fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    count: i32,
    encoded: &'a [u8],
}

impl<'a> Headers<'a> {
    #[inline]
    fn read(input: &mut &'a [u8]) -> Result<Self, RecordFault> {
        let count = varint::read_i32(input)?;
        if count == 0 {
            return Ok(Self::default());
        }
        Self::read_some(count, input)
    }

    fn read_some(count: i32, input: &mut &'a [u8]) -> Result<Self, RecordFault> {
        if usize::try_from(count).is_ok_and(|count| count > input.len()) || count < 0 {
            return Err(RecordFault::HeaderCount(count));
        }
        let all = *input;
        for _ in 0..count {
            Header::read(input)?;
        }
        Ok(Self { count, encoded: &all[..all.len() - input.len()] })
    }

    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// As they lie in the record, after their count.
    pub(crate) fn encoded(&self) -> &'a [u8] {
        self.encoded
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        if self.count == 0 {
            return None;
        }
        self.count -= 1;
        Some(Header::read(&mut self.encoded).expect("headers are checked when their record is read"))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl ExactSizeIterator for Headers<'_> {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// UTF-8 by agreement, which no broker checks.
    pub key: &'a [u8],
    pub value: Option<&'a [u8]>,
}

impl<'a> Header<'a> {
    /// The key as text, with what is no UTF-8 replaced, as Kafka's clients do.
    pub fn key_text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.key)
    }

    fn read(input: &mut &'a [u8]) -> Result<Self, RecordFault> {
        let length = varint::read_i32(input)?;
        let length = usize::try_from(length).map_err(|_| RecordFault::NegativeLength(length))?;
        let key = take(input, length)?;
        Ok(Self { key, value: take_nullable(input)? })
    }
}

#[inline]
fn take<'a>(input: &mut &'a [u8], length: usize) -> Result<&'a [u8], RecordFault> {
    let (taken, rest) = input.split_at_checked(length).ok_or(RecordFault::Truncated)?;
    *input = rest;
    Ok(taken)
}

/// Any negative length is null, as Kafka reads it.
#[inline]
fn take_nullable<'a>(input: &mut &'a [u8]) -> Result<Option<&'a [u8]>, RecordFault> {
    match usize::try_from(varint::read_i32(input)?) {
        Ok(length) => Ok(Some(take(input, length)?)),
        Err(_) => Ok(None),
    }
}
