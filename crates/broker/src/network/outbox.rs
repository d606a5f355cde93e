//! Bytes on their way out: segments in order, written many at a time and never joined.
use bytes::{Buf, Bytes};
use std::{collections::VecDeque, io, io::IoSlice};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Segments handed to one system call.
const SLICES: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    segments: VecDeque<Bytes>,
}

impl Outbox {
    pub(crate) fn push(&mut self, segments: Vec<Bytes>) {
        self.segments.extend(segments.into_iter().filter(|segment| !segment.is_empty()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Writes everything. Returns how many bytes went out.
    pub(crate) async fn write_to(&mut self, stream: &mut TcpStream) -> io::Result<u64> {
        let mut total = 0;
        while !self.segments.is_empty() {
            let written = {
                let mut slices = [IoSlice::new(&[]); SLICES];
                let count = self.segments.len().min(SLICES);
                for (slice, segment) in slices.iter_mut().zip(&self.segments) {
                    *slice = IoSlice::new(segment);
                }
                stream.write_vectored(&slices[..count]).await?
            };
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            total += written as u64;
            self.advance(written);
        }
        Ok(total)
    }

    fn advance(&mut self, mut written: usize) {
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
