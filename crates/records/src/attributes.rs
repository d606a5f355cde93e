use crate::compression::{Compression, UnknownCompression};
use std::fmt;

/// Whose clock a record's timestamp is from (`message.timestamp.type`, KIP-32).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimestampType {
    /// Each record has the time that its producer gave.
    #[default]
    CreateTime,
    /// Every record of the batch has the batch's max timestamp: when the broker appended it.
    LogAppendTime,
}

/// The flags of a batch. Bits that are not known here are kept.
///
/// | bits | 0-2 | 3 | 4 | 5 | 6 |
/// |---|---|---|---|---|---|
/// | | compression | timestamp type | transactional | control | delete horizon |
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Attributes(pub i16);

const COMPRESSION: i16 = 0b111;
const LOG_APPEND_TIME: i16 = 1 << 3;
const TRANSACTIONAL: i16 = 1 << 4;
const CONTROL: i16 = 1 << 5;
const DELETE_HORIZON: i16 = 1 << 6;

impl Attributes {
    pub fn compression(self) -> Result<Compression, UnknownCompression> {
        Compression::from_id((self.0 & COMPRESSION) as u8)
    }

    pub fn timestamp_type(self) -> TimestampType {
        if self.has(LOG_APPEND_TIME) { TimestampType::LogAppendTime } else { TimestampType::CreateTime }
    }

    pub fn is_transactional(self) -> bool {
        self.has(TRANSACTIONAL)
    }

    pub fn is_control(self) -> bool {
        self.has(CONTROL)
    }

    /// Whether the base timestamp is the time at which the batch's tombstones may go (KIP-534).
    pub fn has_delete_horizon(self) -> bool {
        self.has(DELETE_HORIZON)
    }

    #[must_use]
    pub fn with_compression(self, compression: Compression) -> Self {
        Self(self.0 & !COMPRESSION | i16::from(compression.id()))
    }

    #[must_use]
    pub fn with_timestamp_type(self, timestamp_type: TimestampType) -> Self {
        self.with(LOG_APPEND_TIME, timestamp_type == TimestampType::LogAppendTime)
    }

    #[must_use]
    pub fn with_transactional(self, on: bool) -> Self {
        self.with(TRANSACTIONAL, on)
    }

    #[must_use]
    pub fn with_control(self, on: bool) -> Self {
        self.with(CONTROL, on)
    }

    #[must_use]
    pub fn with_delete_horizon(self, on: bool) -> Self {
        self.with(DELETE_HORIZON, on)
    }

    fn has(self, bit: i16) -> bool {
        self.0 & bit != 0
    }

    fn with(self, bit: i16, on: bool) -> Self {
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.compression() {
            Ok(compression) => write!(f, "Attributes({compression}")?,
            Err(unknown) => write!(f, "Attributes({unknown}")?,
        }
        let flags = [
            (LOG_APPEND_TIME, "log append time"),
            (TRANSACTIONAL, "transactional"),
            (CONTROL, "control"),
            (DELETE_HORIZON, "delete horizon"),
        ];
        for (_, name) in flags.into_iter().filter(|(bit, _)| self.has(*bit)) {
            write!(f, ", {name}")?;
        }
        write!(f, ")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_has_its_bit() {
        let none = Attributes::default();
        let cases = [
            (none.with_compression(Compression::Zstd), 4),
            (none.with_timestamp_type(TimestampType::LogAppendTime), 8),
            (none.with_transactional(true), 16),
            (none.with_control(true), 32),
            (none.with_delete_horizon(true), 64),
        ];
        for (attributes, bits) in cases {
            assert_eq!(attributes.0, bits);
        }
        assert_eq!(Attributes(-1).with_compression(Compression::None), Attributes(-8));
        assert_eq!(Attributes(5).compression(), Err(UnknownCompression(5)));
        assert_eq!(format!("{:?}", Attributes(0b11_0011)), "Attributes(lz4, transactional, control)");
    }
}
