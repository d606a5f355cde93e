//! The codecs of a batch's records.
//!
//! Inflating appends to a buffer of the caller and stops with [`Error::TooLarge`] once more than the caller's limit
//! would come out. Lengths inside the compressed data are claims: a claim that the data is too short to keep is
//! refused before anything is reserved, so that memory follows the output and not the claim.
//!
//! Levels are KIP-390's. Snappy has none; LZ4's is accepted and has no effect, as the block compressor has only its
//! fast mode.
mod gzip;
mod lz4;
mod snappy;
mod xxh32;
mod zstandard;

use crate::Error;
use std::{
    fmt,
    io::{self, Read},
    ops::RangeInclusive,
    str::FromStr,
};

/// How the records of a batch are compressed (`compression.type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    #[default]
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("compression type {0} is unknown")]
pub struct UnknownCompression(pub u8);

impl Compression {
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    pub fn from_id(id: u8) -> Result<Self, UnknownCompression> {
        Self::ALL.get(usize::from(id)).copied().ok_or(UnknownCompression(id))
    }

    pub fn id(self) -> u8 {
        self as u8
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// The levels that may be configured, beside the default. `None` where there is no choice.
    pub fn levels(self) -> Option<RangeInclusive<i32>> {
        match self {
            Self::None | Self::Snappy => None,
            Self::Gzip => Some(1..=9),
            Self::Lz4 => Some(1..=17),
            Self::Zstd => Some(-131_072..=22),
        }
    }

    /// Appends what `compressed` inflates to, at most `limit` bytes of it, to `out`.
    pub fn inflate(self, compressed: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut output = Output { start: out.len(), bytes: out, limit };
        let inflated = match self {
            Self::None => output.append(compressed),
            Self::Gzip => gzip::inflate(compressed, &mut output),
            Self::Snappy => snappy::inflate(compressed, &mut output),
            Self::Lz4 => lz4::inflate(compressed, lz4::HeadChecksum::Verified, &mut output),
            Self::Zstd => zstandard::inflate(compressed, &mut output),
        };
        inflated.map_err(|fault| fault.of(self, limit))
    }
}

/// As [`Compression::inflate`], of LZ4 in a message of format v0, whose head has a checksum that nobody can rely on.
pub fn inflate_lz4_of_v0(compressed: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut output = Output { start: out.len(), bytes: out, limit };
    lz4::inflate(compressed, lz4::HeadChecksum::Ignored, &mut output)
        .map_err(|fault| fault.of(Compression::Lz4, limit))
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of none, gzip, snappy, lz4, zstd")]
pub struct UnknownCompressionName(pub String);

impl FromStr for Compression {
    type Err = UnknownCompressionName;

    /// Kafka's names; `uncompressed` is what a topic's configuration calls `none`.
    fn from_str(name: &str) -> Result<Self, UnknownCompressionName> {
        if name == "uncompressed" {
            return Ok(Self::None);
        }
        let known = Self::ALL.into_iter().find(|compression| compression.name() == name);
        known.ok_or_else(|| UnknownCompressionName(name.to_owned()))
    }
}

/// A compression and how hard it tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Codec {
    compression: Compression,
    level: Option<i32>,
}

impl Codec {
    /// The codec's own default level.
    pub const fn new(compression: Compression) -> Self {
        Self { compression, level: None }
    }

    /// A level outside [`Compression::levels`] becomes the nearest inside; where there are none it has no effect.
    pub fn with_level(compression: Compression, level: i32) -> Self {
        let level = compression.levels().map(|levels| level.clamp(*levels.start(), *levels.end()));
        Self { compression, level }
    }

    pub fn compression(self) -> Compression {
        self.compression
    }

    pub fn level(self) -> Option<i32> {
        self.level
    }

    /// Appends `records` to `out`, compressed.
    pub fn compress(self, records: &[u8], out: &mut Vec<u8>) {
        match self.compression {
            Compression::None => out.extend_from_slice(records),
            Compression::Gzip => gzip::compress(records, self.level, out),
            Compression::Snappy => snappy::compress(records, out),
            Compression::Lz4 => lz4::compress(records, out),
            Compression::Zstd => zstandard::compress(records, self.level, out),
        }
    }
}

impl From<Compression> for Codec {
    fn from(compression: Compression) -> Self {
        Self::new(compression)
    }
}

/// Why data does not inflate.
#[derive(Debug)]
enum Fault {
    TooLarge,
    Broken(io::Error),
}

impl Fault {
    fn broken(reason: &'static str) -> Self {
        Self::Broken(io::Error::new(io::ErrorKind::InvalidData, reason))
    }

    fn of(self, compression: Compression, limit: usize) -> Error {
        match self {
            Self::TooLarge => Error::TooLarge { limit },
            Self::Broken(source) => Error::Inflate { compression, source },
        }
    }
}

/// Where inflated bytes go: the end of a buffer, as far as the limit.
struct Output<'a> {
    bytes: &'a mut Vec<u8>,
    /// What was in the buffer before.
    start: usize,
    limit: usize,
}

impl Output<'_> {
    fn inflated(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    fn room_left(&self) -> usize {
        self.limit - (self.bytes.len() - self.start)
    }

    /// Appends `len` zeros to be overwritten.
    fn grow(&mut self, len: usize) -> Result<&mut [u8], Fault> {
        if len > self.room_left() {
            return Err(Fault::TooLarge);
        }
        let end = self.bytes.len();
        self.bytes.resize(end + len, 0);
        Ok(&mut self.bytes[end..])
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if bytes.len() > self.room_left() {
            return Err(Fault::TooLarge);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends all that `reader` gives. Memory grows with what has come out.
    fn read_from(&mut self, reader: impl Read) -> Result<(), Fault> {
        let room_left = self.room_left();
        let one_too_many = (room_left as u64).saturating_add(1);
        let read = reader.take(one_too_many).read_to_end(self.bytes).map_err(Fault::Broken)?;
        if read > room_left { Err(Fault::TooLarge) } else { Ok(()) }
    }
}
