//! Records of a stream, in chunks that end where a record does.
//!
//! One buffer is read into again and again; it grows to the longest record.
use super::apart;
use memchr::memmem;
use rustix::{
    event::{self, PollFd, PollFlags, Timespec},
    io::Errno,
};
use std::{
    fs::File,
    io::{self, Read},
    os::fd::AsFd,
    sync::Arc,
};

const CHUNK: usize = 256 << 10;

/// Standard input, read without a buffer.
pub(crate) fn stdin_file() -> io::Result<File> {
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Waits until a read of the file would not. What reads it talks to the brokers meanwhile.
pub(crate) async fn ready(file: &Arc<File>) -> io::Result<()> {
    if poll(file, Some(&Timespec::default()))? {
        return Ok(());
    }
    let file = file.clone();
    apart(move || {
        while !poll(&file, None)? {}
        Ok(())
    })
    .await
}

fn poll(file: &File, at_most: Option<&Timespec>) -> io::Result<bool> {
    match event::poll(&mut [PollFd::new(file, PollFlags::IN)], at_most) {
        Ok(count) => Ok(count > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What one read led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// The next whole records, with their delimiters. The last may lack its delimiter.
    Records(&'a [u8]),
    /// No record is whole yet.
    Unfinished,
    End,
}

/// What was read of a source and is not used yet.
#[derive(Debug)]
pub(crate) struct Input<R> {
    pub(crate) source: R,
    buffer: Vec<u8>,
    filled: usize,
}

impl<R: Read> Input<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, buffer: Vec::new(), filled: 0 }
    }

    /// Reads once. Of what was there before, `used` bytes are not wanted again. Records are given as soon as there is one, so
    /// typed lines go at once.
    pub(crate) fn records(&mut self, used: usize, delimiter: &[u8]) -> io::Result<Step<'_>> {
        self.used(used);
        let known = self.filled;
        if !self.fill()? {
            return Ok(if known > 0 { Step::Records(&self.buffer[..known]) } else { Step::End });
        }
        Ok(match last_end(&self.buffer[..self.filled], known, delimiter) {
            Some(end) => Step::Records(&self.buffer[..end]),
            None => Step::Unfinished,
        })
    }

    /// Reads once: what there is, of which `used` bytes are not wanted again; more than before, or `false` because the
    /// source is at its end.
    pub(crate) fn more(&mut self, used: usize) -> io::Result<(&[u8], bool)> {
        self.used(used);
        let grew = self.fill()?;
        Ok((&self.buffer[..self.filled], grew))
    }

    /// Bytes that were read, with those that are used already.
    pub(super) fn held(&self) -> usize {
        self.filled
    }

    fn used(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
    }

    /// `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.buffer.len() < self.filled + CHUNK / 2 {
            self.buffer.resize(self.filled.max(CHUNK / 2) + CHUNK / 2, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(count) => {
                    self.filled += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
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
        let (mut input, mut used) = (Input::new(Trickle(input, at_a_time)), 0);
        loop {
            match input.records(used, delimiter).unwrap() {
                Step::Records(chunk) => {
                    records.extend(splitter.split(chunk).map(<[u8]>::to_vec));
                    used = chunk.len();
                }
                Step::Unfinished => used = 0,
                Step::End => return records,
            }
        }
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
