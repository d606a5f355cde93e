//! Cuts a connection's byte stream into request frames: a length of four bytes, then that many bytes.
//!
//! A frame is a slice of the buffer it was read into, never a copy. Memory follows the bytes that arrived,
//! not the length a peer claims: a frame longer than [`EAGER_FRAME`] is given room as it comes in. An idle
//! connection owns no buffer.
use bytes::{Buf, Bytes, BytesMut};

/// Room offered to a read when nothing is known of what comes.
const READ_SIZE: usize = 64 << 10;
/// Most room that is offered to a peer that sends one short frame after the other as fast as it is read: more frames
/// for one system call, and more batches for one write to the log.
const BUSY_READ_SIZE: usize = 256 << 10;
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

/// A buffer that several frames share: as long as one of them lives, all of it does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadBuffer {
    size: usize,
    used: usize,
}

impl ReadBuffer {
    /// Bytes of memory that `length` bytes of it keep alive, if all that is used of it is kept.
    pub(crate) fn share(&self, length: usize) -> usize {
        let share = length as u128 * self.size as u128 / self.used.max(1) as u128;
        usize::try_from(share).unwrap_or(usize::MAX).max(length)
    }
}

#[derive(Debug)]
pub(crate) struct Frames {
    buffer: BytesMut,
    /// Longest frame accepted, in bytes without the prefix (`socket.request.max.bytes`).
    limit: usize,
    /// Room that the last frame needed; the next one is likely as long.
    last_frame: usize,
    /// Room that short frames are likely to fill together.
    busy: usize,
    /// Bytes of memory that a frame may keep alive, together with those that arrived beside it.
    buffer_size: usize,
}

impl Frames {
    pub(crate) fn new(limit: usize) -> Self {
        Self { buffer: BytesMut::new(), limit, last_frame: 0, busy: READ_SIZE, buffer_size: 0 }
    }

    /// The next whole frame, without its length prefix.
    pub(crate) fn next_frame(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(length) = self.announced_length()? else { return Ok(None) };
        if self.buffer.len() < LENGTH_PREFIX + length {
            return Ok(None);
        }
        self.last_frame = (LENGTH_PREFIX + length).min(EAGER_FRAME);
        self.buffer.advance(LENGTH_PREFIX);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    /// The buffer to read into, with room for what is known to come.
    pub(crate) fn room(&mut self) -> Result<&mut BytesMut, Error> {
        let missing = match self.announced_length()? {
            None => self.last_frame.max(self.busy),
            Some(length) => {
                let missing = (LENGTH_PREFIX + length).saturating_sub(self.buffer.len()).max(1);
                // Others will follow a short one; a long one is to have its buffer for itself.
                let others = if length <= self.busy / 4 { self.busy } else { 0 };
                missing.max(others).min(EAGER_FRAME.max(self.buffer.len()))
            }
        };
        if self.buffer.capacity() - self.buffer.len() < missing.min(READ_SIZE / 4) || self.buffer.is_empty() {
            self.buffer.reserve(missing);
            self.buffer_size = self.buffer.capacity();
        }
        Ok(&mut self.buffer)
    }

    /// A read brought `count` bytes, and `room` of them would have fitted.
    pub(crate) fn note_read(&mut self, count: usize, room: usize) {
        if count == room {
            self.busy = (self.busy * 2).min(BUSY_READ_SIZE);
        } else if count < self.busy / 4 {
            self.busy = (self.busy / 2).max(READ_SIZE);
        }
    }

    /// The buffer that frames of `used` bytes together were just cut from.
    pub(crate) fn read_buffer(&self, used: usize) -> ReadBuffer {
        ReadBuffer { size: self.buffer_size, used }
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
    fn a_busy_peer_gets_more_room_until_it_is_quiet() {
        let mut frames = Frames::new(1 << 20);
        let mut rooms = Vec::new();
        for share in [1, 1, 1, 1, 8, 8, 8] {
            let room = frames.room().unwrap();
            let offered = room.capacity() - room.len();
            rooms.push(offered >> 10);
            room.extend_from_slice(&vec![0; offered / share / LENGTH_PREFIX * LENGTH_PREFIX]);
            frames.note_read(offered / share, offered);
            while frames.next_frame().unwrap().is_some() {}
            frames.release_if_empty();
        }
        assert_eq!(rooms, [64, 128, 256, 256, 256, 128, 64]);
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
