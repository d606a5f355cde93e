use crate::{EncodeError, Sink};
use bytes::{Bytes, BytesMut};

/// Shared bytes from this length on are kept by reference. Below it a copy costs less than one more entry in
/// the vectored write.
const SHARED_FROM: usize = 1024;
/// Enough for most answers that hold no records.
const INITIAL_CAPACITY: usize = 512;
const LENGTH_PREFIX: usize = 4;

/// Gathers a message as a list of segments for one vectored write.
///
/// Everything small goes into one growing buffer; large shared bytes are only noted with the place where they
/// belong. The buffer is cut at those places once, at the end.
#[derive(Debug, Default)]
pub struct SegmentWriter {
    buffer: BytesMut,
    /// Each with the length the buffer had when it arrived.
    shared: Vec<(usize, Bytes)>,
    shared_len: usize,
    framed: bool,
}

impl SegmentWriter {
    pub fn new() -> Self {
        Self { buffer: BytesMut::with_capacity(INITIAL_CAPACITY), ..Self::default() }
    }

    /// A writer whose segments begin with their own 32-bit length, as every request and response does.
    pub fn framed() -> Self {
        let mut writer = Self::new();
        writer.put_i32(0);
        Self { framed: true, ..writer }
    }

    pub fn len(&self) -> usize {
        self.buffer.len() + self.shared_len
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was written, in order, without an empty segment.
    pub fn into_segments(mut self) -> Result<Vec<Bytes>, EncodeError> {
        if self.framed {
            let length = self.len() - LENGTH_PREFIX;
            let prefix = i32::try_from(length).map_err(|_| EncodeError::TooManyBytes(length))?;
            self.buffer[..LENGTH_PREFIX].copy_from_slice(&prefix.to_be_bytes());
        }
        let buffer = self.buffer.freeze();
        let mut segments = Vec::with_capacity(2 * self.shared.len() + 1);
        let mut done = 0;
        for (position, shared) in self.shared {
            if done < position {
                segments.push(buffer.slice(done..position));
                done = position;
            }
            segments.push(shared);
        }
        if done < buffer.len() {
            segments.push(buffer.slice(done..));
        }
        Ok(segments)
    }

    /// The same in one piece, copying when there is more than one segment.
    pub fn into_bytes(self) -> Result<Bytes, EncodeError> {
        let mut segments = self.into_segments()?;
        Ok(match segments.len() {
            0 => Bytes::new(),
            1 => segments.swap_remove(0),
            _ => segments.concat().into(),
        })
    }
}

impl Sink for SegmentWriter {
    fn put_slice(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn put_bytes(&mut self, bytes: &Bytes) {
        if bytes.len() < SHARED_FROM {
            self.buffer.extend_from_slice(bytes);
        } else {
            self.shared_len += bytes.len();
            self.shared.push((self.buffer.len(), bytes.clone()));
        }
    }
}
