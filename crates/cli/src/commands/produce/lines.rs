//! Lines of a stream, in chunks that end where a line does.
//!
//! Reading blocks, so it has a thread of its own; the channel holds a few chunks, so a slow broker slows the
//! reading down and memory stays bounded by the longest line.
use std::{
    io::{self, Read},
    thread,
};
use tokio::sync::mpsc;

const CHUNK: usize = 256 << 10;
const CHUNKS_AHEAD: usize = 4;

/// Reads in the background. A chunk is sent as soon as it has a whole line, so typed lines go at once.
pub(super) fn read(source: impl Read + Send + 'static) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    thread::spawn(move || {
        let result = chunks(source, |chunk| sender.blocking_send(Ok(chunk)).is_ok());
        if let Err(error) = result {
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}

/// Gives out chunks until `take` says no more. The last one may lack its newline.
fn chunks(mut source: impl Read, mut take: impl FnMut(Vec<u8>) -> bool) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let filled = buffer.len();
        buffer.resize(filled.max(CHUNK / 2) + CHUNK / 2, 0);
        let count = match source.read(&mut buffer[filled..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
        buffer.truncate(filled + count);
        if count == 0 {
            if !buffer.is_empty() {
                take(buffer);
            }
            return Ok(());
        }
        // Only what is new can end a line.
        if let Some(at) = memchr::memrchr(b'\n', &buffer[filled..]) {
            let rest = buffer.split_off(filled + at + 1);
            if !take(std::mem::replace(&mut buffer, rest)) {
                return Ok(());
            }
        }
    }
}

/// The lines of a chunk, without their newlines. A carriage return is part of the line.
pub(super) fn split(chunk: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = chunk;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, after) = match memchr::memchr(b'\n', rest) {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = after;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most so many bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(out.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines(input: &[u8], at_a_time: usize) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let take = |chunk: Vec<u8>| {
            lines.extend(split(&chunk).map(<[u8]>::to_vec));
            true
        };
        chunks(Trickle(input, at_a_time), take).unwrap();
        lines
    }

    #[test]
    fn lines_come_whole_however_they_arrive() {
        let long = [vec![b'x'; 3 * CHUNK], b"\nend".to_vec()].concat();
        let cases: [(&[u8], Vec<&[u8]>); 6] = [
            (b"", vec![]),
            (b"a", vec![b"a"]),
            (b"a\n", vec![b"a"]),
            (b"a\nb", vec![b"a", b"b"]),
            (b"\n\na\r\n", vec![b"", b"", b"a\r"]),
            (&long, vec![&long[..3 * CHUNK], b"end"]),
        ];
        for (input, expected) in cases {
            for at_a_time in [1 + input.len() / 1000, 7 + input.len() / 10, usize::MAX] {
                assert_eq!(lines(input, at_a_time), expected);
            }
        }
    }
}
