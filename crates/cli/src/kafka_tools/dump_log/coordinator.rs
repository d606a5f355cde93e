//! The records of coordinators: a key that says what the record is, and a value that begins with its version.
use super::json;
use protocol::layout::{Kind, Layout};
use serde_json::Value;
use std::fmt;
use wire::{DecodeError, Reader};

pub(in crate::kafka_tools) struct CoordinatorRecord {
    pub(in crate::kafka_tools) number: i16,
    pub(in crate::kafka_tools) key: Value,
    /// `None` where the record takes one away.
    pub(in crate::kafka_tools) value: Option<Versioned>,
}

pub(in crate::kafka_tools) struct Versioned {
    pub(in crate::kafka_tools) version: i16,
    /// The name of its layout.
    pub(super) name: &'static str,
    pub(in crate::kafka_tools) data: Value,
}

pub(in crate::kafka_tools) enum Failed {
    /// A number that no record has.
    Unknown(i16),
    Unreadable(DecodeError),
}

impl From<DecodeError> for Failed {
    fn from(error: DecodeError) -> Self {
        Self::Unreadable(error)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(number) => write!(f, "Unknown record type {number}"),
            Self::Unreadable(error) => error.fmt(f),
        }
    }
}

impl CoordinatorRecord {
    pub(in crate::kafka_tools) fn read(
        layouts: &'static [Layout],
        key: &[u8],
        value: Option<&[u8]>,
    ) -> Result<Self, Failed> {
        let mut reader = Reader::new(key.to_vec());
        let number = reader.read_i16()?;
        let find = |kind| {
            let is_it = |layout: &&Layout| layout.kind == kind && layout.number == Some(number);
            layouts.iter().find(is_it).ok_or(Failed::Unknown(number))
        };
        let layout = find(Kind::Key)?;
        let key = json::read(layout, &mut reader, layout.versions.0)?;
        let Some(value) = value else { return Ok(Self { number, key, value: None }) };
        let mut reader = Reader::new(value.to_vec());
        let version = reader.read_i16()?;
        let layout = find(Kind::Value)?;
        let mut data = json::read(layout, &mut reader, version)?;
        if layout.name == "TransactionLogValue" {
            name_status(&mut data);
        }
        Ok(Self { number, key, value: Some(Versioned { version, name: layout.name, data }) })
    }
}

fn name_status(data: &mut Value) {
    const NAMES: [&str; 8] = [
        "Empty",
        "Ongoing",
        "PrepareCommit",
        "PrepareAbort",
        "CompleteCommit",
        "CompleteAbort",
        "Dead",
        "PrepareEpochFence",
    ];
    let status = data["transactionStatus"].as_i64().unwrap_or_default();
    let name = usize::try_from(status).ok().and_then(|status| NAMES.get(status).copied());
    data["transactionStatus"] = name.map_or_else(|| status.to_string(), str::to_owned).into();
}
