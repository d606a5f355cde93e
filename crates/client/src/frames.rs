//! Cuts a connection's bytes into frames, and hands request segments to the socket.
//!
//! A frame is a 32-bit length and that many bytes. Memory follows what has arrived, not what a length
//! promises: room is made for at most [`MAX_STEP`] bytes, or as much again as is already here.
use bytes::{Buf, Bytes, BytesMut};
use std::{collections::VecDeque, io::IoSlice};

pub(crate) const READ_BUFFER: usize = 64 << 10;
const MAX_STEP: usize = 4 << 20;
/// Room for small answers; less is topped up.
const ENOUGH: usize = 4 << 10;
const LENGTH_PREFIX: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadLength(pub(crate) i64);

/// The next whole frame, without its length. `None` when more bytes are needed, with room made for them.
pub(crate) fn next_frame(buffer: &mut BytesMut, limit: usize) -> Result<Option<Bytes>, BadLength> {
    let Some(prefix) = buffer.first_chunk::<LENGTH_PREFIX>() else {
        if buffer.capacity() - buffer.len() < ENOUGH {
            buffer.reserve(READ_BUFFER);
        }
        return Ok(None);
    };
    let announced = i32::from_be_bytes(*prefix);
    let length = usize::try_from(announced).map_err(|_| BadLength(i64::from(announced)))?;
    if length > limit {
        return Err(BadLength(i64::from(announced)));
    }
    let missing = (LENGTH_PREFIX + length).saturating_sub(buffer.len());
    if missing > 0 {
        let step = missing.min(MAX_STEP.max(buffer.len()));
        buffer.reserve(step.max(READ_BUFFER.min(missing)));
        return Ok(None);
    }
    buffer.advance(LENGTH_PREFIX);
    Ok(Some(buffer.split_to(length).freeze()))
}

/// Segments that wait for the socket; a [`Buf`], so that one vectored write can take many.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    queue: VecDeque<Bytes>,
    remaining: usize,
}

impl Segments {
    pub(crate) fn push(&mut self, segments: Vec<Bytes>) {
        for segment in segments {
            if !segment.is_empty() {
                self.remaining += segment.len();
                self.queue.push_back(segment);
            }
        }
    }
}

impl Buf for Segments {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.queue.front().map_or(&[], |segment| segment)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut filled = 0;
        for (slice, segment) in slices.iter_mut().zip(&self.queue) {
            *slice = IoSlice::new(segment);
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, mut count: usize) {
        assert!(count <= self.remaining, "cannot advance past the end");
        self.remaining -= count;
        while count > 0 {
            let front = self.queue.front_mut().expect("bytes remain, so a segment does");
            if count < front.len() {
                front.advance(count);
                return;
            }
            count -= front.len();
            self.queue.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(bytes: &[u8], limit: usize) -> Result<Vec<Vec<u8>>, BadLength> {
        let mut buffer = BytesMut::from(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = next_frame(&mut buffer, limit)? {
            frames.push(frame.to_vec());
        }
        Ok(frames)
    }

    #[test]
    fn cuts_at_the_lengths() {
        assert_eq!(frames(&[], 10), Ok(vec![]));
        assert_eq!(frames(&[0, 0, 0], 10), Ok(vec![]));
        assert_eq!(frames(&[0, 0, 0, 2, 7], 10), Ok(vec![]));
        assert_eq!(
            frames(&[0, 0, 0, 2, 7, 8, 0, 0, 0, 0, 0, 0, 0, 1, 9], 10),
            Ok(vec![vec![7, 8], vec![], vec![9]])
        );
    }

    #[test]
    fn refuses_lengths_that_no_broker_would_send() {
        assert_eq!(frames(&[0, 0, 0, 11], 10), Err(BadLength(11)));
        assert_eq!(frames(&[0xff, 0xff, 0xff, 0xff], 10), Err(BadLength(-1)));
        assert_eq!(frames(b"HTTP/1.1 400", 1 << 20), Err(BadLength(0x4854_5450)));
    }

    #[test]
    fn does_not_allocate_what_a_length_promises() {
        let mut buffer = BytesMut::from(&[0x3f, 0xff, 0xff, 0xff][..]);
        assert_eq!(next_frame(&mut buffer, usize::MAX), Ok(None));
        assert!(buffer.capacity() <= 2 * MAX_STEP, "{}", buffer.capacity());
    }

    #[test]
    fn segments_advance_across_their_borders() {
        let mut segments = Segments::default();
        segments.push(vec![Bytes::from_static(b"ab"), Bytes::new(), Bytes::from_static(b"cde")]);
        segments.push(vec![Bytes::from_static(b"f")]);
        let mut slices = [IoSlice::new(&[]); 8];
        assert_eq!(segments.chunks_vectored(&mut slices), 3);
        segments.advance(3);
        assert_eq!((segments.remaining(), segments.chunk()), (3, &b"de"[..]));
        segments.advance(3);
        assert!(!segments.has_remaining());
    }
}
