//! Records of a stream, in chunks that end where a record does.
//!
//! Reading blocks, so it has a thread of its own; the channel holds a few chunks, so a slow broker slows the
//! reading down and memory stays bounded by the longest record.
use memchr::memmem;
use std::{
    io::{self, Read},
    thread,
};
use tokio::sync::mpsc;

const CHUNK: usize = 256 << 10;
const CHUNKS_AHEAD: usize = 4;

/// Reads in the background. A chunk is sent as soon as it has a whole record, so typed lines go at once. Without a
/// delimiter chunks end anywhere.
pub(crate) fn read(
    source: impl Read + Send + 'static,
    delimiter: Option<Vec<u8>>,
) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    thread::spawn(move || {
        let result = chunks(source, delimiter.as_deref(), |chunk| sender.blocking_send(Ok(chunk)).is_ok());
        if let Err(error) = result {
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}

/// Gives out chunks until `take` says no more. The last one may lack its delimiter.
fn chunks(
    mut source: impl Read,
    delimiter: Option<&[u8]>,
    mut take: impl FnMut(Vec<u8>) -> bool,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let filled = buffer.len();
        buffer.resize(filled.max(CHUNK / 2) + CHUNK / 2, 0);
        let count = match source.read(&mut buffer[filled..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                buffer.truncate(filled);
                continue;
            }
            Err(error) => return Err(error),
        };
        buffer.truncate(filled + count);
        if count == 0 {
            if !buffer.is_empty() {
                take(buffer);
            }
            return Ok(());
        }
        let end = match delimiter {
            None => Some(buffer.len()),
            Some(delimiter) => last_end(&buffer, filled, delimiter),
        };
        if let Some(end) = end {
            let rest = buffer.split_off(end);
            if !take(std::mem::replace(&mut buffer, rest)) {
                return Ok(());
            }
        }
    }
}

/// Where the last delimiter ends. Only what came after `filled` can complete one.
fn last_end(buffer: &[u8], filled: usize, delimiter: &[u8]) -> Option<usize> {
    if let [single] = delimiter {
        return memchr::memrchr(*single, &buffer[filled..]).map(|at| filled + at + 1);
    }
    // None was complete before, so the first one ends in what is new; `aaa` has one `aa`, from the front.
    let from = filled.saturating_sub(delimiter.len() - 1);
    memmem::find_iter(&buffer[from..], delimiter).last().map(|at| from + at + delimiter.len())
}

/// Cuts chunks into records.
#[derive(Clone, Debug)]
pub(super) enum Splitter {
    Byte(u8),
    Bytes(Box<memmem::Finder<'static>>),
}

impl Splitter {
    pub(super) fn new(delimiter: &[u8]) -> Self {
        match delimiter {
            [byte] => Self::Byte(*byte),
            bytes => Self::Bytes(Box::new(memmem::Finder::new(bytes).into_owned())),
        }
    }

    /// The records of a chunk, without their delimiters. With a newline as delimiter, a carriage return is part of
    /// the record.
    pub(super) fn split<'a>(&'a self, chunk: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = chunk;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let found = match self {
                Self::Byte(byte) => memchr::memchr(*byte, rest).map(|at| (at, 1)),
                Self::Bytes(finder) => finder.find(rest).map(|at| (at, finder.needle().len())),
            };
            let (record, after) = match found {
                Some((at, length)) => (&rest[..at], &rest[at + length..]),
                None => (rest, &rest[rest.len()..]),
            };
            rest = after;
            Some(record)
        })
    }
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

    fn records(input: &[u8], delimiter: &[u8], at_a_time: usize) -> Vec<Vec<u8>> {
        let mut records = Vec::new();
        let splitter = Splitter::new(delimiter);
        let take = |chunk: Vec<u8>| {
            records.extend(splitter.split(&chunk).map(<[u8]>::to_vec));
            true
        };
        chunks(Trickle(input, at_a_time), Some(delimiter), take).unwrap();
        records
    }

    #[test]
    fn records_come_whole_however_they_arrive() {
        let long = [vec![b'x'; 3 * CHUNK], b"\nend".to_vec()].concat();
        type Case<'a> = (&'a [u8], &'a [u8], Vec<&'a [u8]>);
        let cases: [Case<'_>; 11] = [
            (b"", b"\n", vec![]),
            (b"a", b"\n", vec![b"a"]),
            (b"a\n", b"\n", vec![b"a"]),
            (b"a\nb", b"\n", vec![b"a", b"b"]),
            (b"\n\na\r\n", b"\n", vec![b"", b"", b"a\r"]),
            (b"a\0b\0", b"\0", vec![b"a", b"b"]),
            (b"a\r\nb\rc\r\n", b"\r\n", vec![b"a", b"b\rc"]),
            (b"a--b---c--", b"--", vec![b"a", b"b", b"-c"]),
            (b"aaaaa", b"aa", vec![b"", b"", b"a"]),
            (b"a-", b"--", vec![b"a-"]),
            (&long, b"\n", vec![&long[..3 * CHUNK], b"end"]),
        ];
        for (input, delimiter, expected) in cases {
            for at_a_time in [1 + input.len() / 1000, 2, 7 + input.len() / 10, usize::MAX] {
                if at_a_time == 2 && input.len() > 100 {
                    continue;
                }
                assert_eq!(records(input, delimiter, at_a_time), expected, "{at_a_time}");
            }
        }
    }
}
