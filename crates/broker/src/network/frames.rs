//! Cuts a connection's byte stream into request frames: a length of four bytes, then that many bytes.
//!
//! A frame is a slice of the buffer it was read into, never a copy. Memory follows the bytes that arrived,
//! not the length a peer claims: a frame longer than [`EAGER_FRAME`] is given room as it comes in. An idle
//! connection owns no buffer.
use bytes::{Buf, Bytes, BytesMut};

/// Room offered to a read when nothing is known of what comes.
const READ_SIZE: usize = 64 << 10;
/// A frame up to this length gets its whole room at once, so that it is read without moving.
const EAGER_FRAME: usize = 2 << 20;
const LENGTH_PREFIX: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("frame length {0} is negative")]
    NegativeLength(i32),
    #[error("frame length {length} is above socket.request.max.bytes ({limit})")]
    TooLong { length: usize, limit: usize },
}

#[derive(Debug)]
pub(crate) struct Frames {
    buffer: BytesMut,
    /// Longest frame accepted, in bytes without the prefix (`socket.request.max.bytes`).
    limit: usize,
    /// Room that the last long frame needed; the next one is likely as long.
    expected: usize,
}

impl Frames {
    pub(crate) fn new(limit: usize) -> Self {
        Self { buffer: BytesMut::new(), limit, expected: READ_SIZE }
    }

    /// The next whole frame, without its length prefix.
    pub(crate) fn next_frame(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(length) = self.announced_length()? else { return Ok(None) };
        if self.buffer.len() < LENGTH_PREFIX + length {
            return Ok(None);
        }
        self.expected = (LENGTH_PREFIX + length).clamp(READ_SIZE, EAGER_FRAME);
        self.buffer.advance(LENGTH_PREFIX);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// The buffer to read into, with room for what is known to come.
    pub(crate) fn room(&mut self) -> Result<&mut BytesMut, Error> {
        let missing = match self.announced_length()? {
            None => self.expected,
            Some(length) => {
                let missing = (LENGTH_PREFIX + length).saturating_sub(self.buffer.len()).max(1);
                missing.min(EAGER_FRAME.max(self.buffer.len()))
            }
        };
        if self.buffer.capacity() - self.buffer.len() < missing.min(READ_SIZE / 4) || self.buffer.is_empty() {
            self.buffer.reserve(missing);
        }
        Ok(&mut self.buffer)
    }

    /// Gives the buffer back if nothing is in it.
    pub(crate) fn release_if_empty(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }

    /// Length of the next frame, once that has arrived.
    pub(crate) fn announced_length(&self) -> Result<Option<usize>, Error> {
        let Some(prefix) = self.buffer.first_chunk::<LENGTH_PREFIX>() else { return Ok(None) };
        let length = i32::from_be_bytes(*prefix);
        let unsigned = usize::try_from(length).map_err(|_| Error::NegativeLength(length))?;
        if unsigned > self.limit {
            return Err(Error::TooLong { length: unsigned, limit: self.limit });
        }
        Ok(Some(unsigned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(body: &[u8]) -> Vec<u8> {
        let mut bytes = i32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend_from_slice(body);
        bytes
    }

    /// Feeds `stream` in pieces of `step` bytes and returns every frame found.
    fn cut(stream: &[u8], step: usize, limit: usize) -> Result<Vec<Bytes>, Error> {
        let mut frames = Frames::new(limit);
        let mut found = Vec::new();
        for piece in stream.chunks(step) {
            frames.room()?.extend_from_slice(piece);
            while let Some(frame) = frames.next_frame()? {
                found.push(frame);
            }
        }
        Ok(found)
    }

    #[test]
    fn finds_frames_however_the_bytes_arrive() {
        let bodies: [&[u8]; 4] = [b"a", b"", b"longer body", &[7; 300]];
        let stream: Vec<u8> = bodies.iter().flat_map(|body| frame(body)).collect();
        for step in [1, 2, 3, 5, 64, stream.len()] {
            assert_eq!(cut(&stream, step, 1000).unwrap(), bodies, "in steps of {step}");
        }
    }

    #[test]
    fn refuses_lengths_out_of_range_before_the_body_arrives() {
        assert_eq!(cut(&[0xff, 0xff, 0xff, 0xff], 4, 100), Err(Error::NegativeLength(-1)));
        assert_eq!(cut(&[0, 0, 0, 101], 1, 100), Err(Error::TooLong { length: 101, limit: 100 }));
        assert_eq!(cut(&frame(&[1; 100]), 7, 100).unwrap().len(), 1);
    }

    #[test]
    fn room_follows_what_arrived_and_not_what_was_announced() {
        let mut frames = Frames::new(100 << 20);
        frames.room().unwrap().extend_from_slice(&(100_i32 << 20).to_be_bytes());
        assert!(frames.room().unwrap().capacity() <= EAGER_FRAME + READ_SIZE + LENGTH_PREFIX);
    }

    #[test]
    fn an_idle_connection_owns_no_buffer() {
        let mut frames = Frames::new(1000);
        frames.room().unwrap().extend_from_slice(&frame(b"x"));
        frames.next_frame().unwrap();
        frames.release_if_empty();
        assert_eq!(frames.buffer.capacity(), 0);
    }
}
