use bytes::{Bytes, BytesMut};
use std::fmt;

/// What a `records` field holds: bytes that may lie in several places, in order.
///
/// A produce request gives one chunk, a slice of the request. A fetch response gathers many: a batch whose
/// header was patched is its new header followed by its old body. Where the cuts lie has no meaning, so two
/// values are equal when their bytes are.
#[derive(Clone, Default)]
pub struct RecordBytes {
    /// Apart from the others, so that the common single chunk costs no allocation.
    first: Bytes,
    others: Vec<Bytes>,
    len: usize,
}

impl RecordBytes {
    pub const fn new() -> Self {
        Self { first: Bytes::new(), others: Vec::new(), len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds to the end; an empty chunk leaves no trace.
    pub fn push(&mut self, chunk: Bytes) {
        if chunk.is_empty() {
            return;
        }
        self.len += chunk.len();
        if self.first.is_empty() {
            self.first = chunk;
        } else {
            self.others.push(chunk);
        }
    }

    pub fn chunks(&self) -> impl Iterator<Item = &Bytes> {
        std::iter::once(&self.first).filter(|first| !first.is_empty()).chain(&self.others)
    }

    /// All bytes in one piece; copies only when there is more than one chunk.
    pub fn into_bytes(self) -> Bytes {
        if self.others.is_empty() {
            return self.first;
        }
        let mut whole = BytesMut::with_capacity(self.len);
        self.chunks().for_each(|chunk| whole.extend_from_slice(chunk));
        whole.freeze()
    }

    pub fn to_bytes(&self) -> Bytes {
        self.clone().into_bytes()
    }
}

impl From<Bytes> for RecordBytes {
    fn from(bytes: Bytes) -> Self {
        Self { len: bytes.len(), first: bytes, others: Vec::new() }
    }
}

impl Extend<Bytes> for RecordBytes {
    fn extend<I: IntoIterator<Item = Bytes>>(&mut self, chunks: I) {
        chunks.into_iter().for_each(|chunk| self.push(chunk));
    }
}

impl FromIterator<Bytes> for RecordBytes {
    fn from_iter<I: IntoIterator<Item = Bytes>>(chunks: I) -> Self {
        let mut records = Self::new();
        records.extend(chunks);
        records
    }
}

impl PartialEq for RecordBytes {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.chunks().flatten().eq(other.chunks().flatten())
    }
}

impl Eq for RecordBytes {}

impl fmt::Debug for RecordBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordBytes({} bytes in {} chunks)", self.len, self.chunks().count())
    }
}
