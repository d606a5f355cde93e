//! Bytes on their way out: segments in order, written many at a time and never joined.
use bytes::{Buf, Bytes};
use std::{collections::VecDeque, io, io::IoSlice};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Segments handed to one system call.
const SLICES: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    segments: VecDeque<Bytes>,
    /// Of all segments together.
    size: usize,
}

impl Outbox {
    pub(crate) fn push(&mut self, segments: Vec<Bytes>) {
        for segment in segments.into_iter().filter(|segment| !segment.is_empty()) {
            self.size += segment.len();
            self.segments.push_back(segment);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Bytes that are to be written.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Writes what the socket takes, if it takes anything. Returns how many bytes that was.
    pub(crate) async fn write_some_to(&mut self, stream: &mut TcpStream) -> io::Result<u64> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let count = self.segments.len().min(SLICES);
        for (slice, segment) in slices.iter_mut().zip(&self.segments) {
            *slice = IoSlice::new(segment);
        }
        let written = stream.write_vectored(&slices[..count]).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.advance(written);
        Ok(written as u64)
    }

    fn advance(&mut self, mut written: usize) {
        self.size -= written;
        while let Some(front) = self.segments.front_mut() {
            if front.len() > written {
                front.advance(written);
                return;
            }
            written -= front.len();
            self.segments.pop_front();
        }
    }
}
