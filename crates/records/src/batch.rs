use crate::{BatchHeader, Error, HEADER_LEN, LOG_OVERHEAD, RecordIter, Records, header::ATTRIBUTES_AT};
use bytes::Bytes;
use std::ops::Deref;

/// One batch where it lies: its header, decoded once, and a reference to its bytes. A clone costs a reference count.
///
/// It reads as its header does: `batch.base_offset`, `batch.last_offset()`. It is never changed; whoever stores a
/// batch patches a copy of [`header`](Self::header) and writes that before [`body`](Self::body).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordBatch {
    header: BatchHeader,
    /// Header and records as they came.
    bytes: Bytes,
}

impl RecordBatch {
    /// Reads the one batch that `bytes` are.
    pub fn parse(bytes: Bytes) -> Result<Self, Error> {
        let header = BatchHeader::read(&bytes)?;
        let (expected, actual) = (header.size_in_bytes(), bytes.len());
        if actual < expected {
            return Err(Error::Truncated { expected, actual });
        }
        if actual > expected {
            return Err(Error::BytesAfterBatch(actual - expected));
        }
        Ok(Self { header, bytes })
    }

    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// Header and records.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// The records as they lie in the batch, compressed or not.
    pub fn body(&self) -> Bytes {
        self.bytes.slice(HEADER_LEN..)
    }

    pub fn body_slice(&self) -> &[u8] {
        &self.bytes[HEADER_LEN..]
    }

    pub fn verify_crc(&self) -> Result<(), Error> {
        let computed = crate::header::crc32c(&self.bytes[ATTRIBUTES_AT..], &[]);
        if computed != self.header.crc {
            return Err(Error::Crc { stored: self.header.crc, computed });
        }
        Ok(())
    }

    /// The records, inflated if need be to at most `limit` bytes.
    ///
    /// Records that lie uncompressed are neither copied nor counted against the limit.
    pub fn records(&self, limit: usize) -> Result<Records, Error> {
        Records::open(&self.header, self.body(), limit)
    }

    /// The records without an allocation, if they lie uncompressed.
    pub fn uncompressed_records(&self) -> Option<RecordIter<'_>> {
        let plain = self.header.attributes.compression() == Ok(crate::Compression::None);
        plain.then(|| RecordIter::new(&self.header, self.body_slice()))
    }
}

impl Deref for RecordBatch {
    type Target = BatchHeader;

    fn deref(&self) -> &BatchHeader {
        &self.header
    }
}

/// The batches that lie one after another in a piece of a log or in the answer to a fetch.
///
/// Ends where the bytes end, also in the middle of a batch, as a fetch may cut the last one off: see
/// [`partial_tail`](Self::partial_tail). Ends after the first error.
#[derive(Clone, Debug)]
pub struct Batches {
    rest: Bytes,
    failed: bool,
}

impl Batches {
    pub fn new(bytes: Bytes) -> Self {
        Self { rest: bytes, failed: false }
    }

    /// Bytes that have not been given out. After the end: the length of a batch that is cut off, or 0. After an
    /// error: what begins with the bad batch.
    pub fn remaining(&self) -> &Bytes {
        &self.rest
    }

    /// After the end, how many bytes of a batch that is cut off are there.
    pub fn partial_tail(&self) -> usize {
        self.rest.len()
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Error> {
        // The length is enough to tell a cut off batch from a bad one.
        let Some(prefix) = self.rest.first_chunk::<LOG_OVERHEAD>() else { return Ok(None) };
        let batch_length = i32::from_be_bytes([prefix[8], prefix[9], prefix[10], prefix[11]]);
        if batch_length < (HEADER_LEN - LOG_OVERHEAD) as i32 {
            return Err(Error::BatchLength(batch_length));
        }
        let size = LOG_OVERHEAD + batch_length as usize;
        if self.rest.len() < size {
            return Ok(None);
        }
        let header = BatchHeader::read(&self.rest)?;
        Ok(Some(RecordBatch { header, bytes: self.rest.split_to(size) }))
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.next_batch();
        self.failed = next.is_err();
        next.transpose()
    }
}

impl std::iter::FusedIterator for Batches {}

#[cfg(test)]
mod tests;
