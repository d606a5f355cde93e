//! Segments: their batches, their records, and the records of the metadata log.
use super::{cannot_read, stream};
use crate::{
    failure::Failure,
    output::{Column, Format, Row, or_dash},
    text,
};
use bytes::Bytes;
use records::{BatchHeader, DEFAULT_INFLATED_LIMIT, HEADER_LEN, RecordBatch};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

#[derive(Debug, Serialize)]
struct Batch {
    position: u64,
    base_offset: i64,
    last_offset: i64,
    count: i32,
    base_sequence: i32,
    producer_id: i64,
    producer_epoch: i16,
    leader_epoch: i32,
    transactional: bool,
    control: bool,
    base_timestamp: i64,
    max_timestamp: i64,
    codec: String,
    size: usize,
    crc: u32,
    valid: bool,
}

impl Row for Batch {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("POSITION", |b| b.position.to_string()),
        Column::number("BASE-OFFSET", |b| b.base_offset.to_string()),
        Column::number("LAST-OFFSET", |b| b.last_offset.to_string()),
        Column::number("COUNT", |b| b.count.to_string()),
        Column::number("EPOCH", |b| b.leader_epoch.to_string()),
        Column::number("PRODUCER-ID", |b| b.producer_id.to_string()),
        Column::number("SEQUENCE", |b| b.base_sequence.to_string()),
        Column::text("CODEC", |b| b.codec.clone()),
        Column::number("SIZE", |b| b.size.to_string()),
        Column::number("MAX-TIMESTAMP", |b| b.max_timestamp.to_string()),
        Column::text("CRC", |b| if b.valid { "ok" } else { "WRONG" }.to_owned()),
        Column::text("KIND", |b| {
            match (b.control, b.transactional) {
                (true, _) => "control",
                (false, true) => "transactional",
                (false, false) => "",
            }
            .to_owned()
        }),
    ];

    fn name(&self) -> String {
        self.base_offset.to_string()
    }
}

#[derive(Debug, Serialize)]
struct Record {
    offset: i64,
    timestamp: i64,
    key: Option<String>,
    value: Option<String>,
    headers: Vec<(String, Option<String>)>,
    control: bool,
}

impl Row for Record {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("OFFSET", |r| r.offset.to_string()),
        Column::number("TIMESTAMP", |r| r.timestamp.to_string()),
        Column::text("KEY", |r| or_dash(r.key.as_ref())),
        Column::text("HEADERS", |r| {
            let shown =
                |(key, value): &(String, Option<String>)| format!("{key}={}", or_dash(value.as_ref()));
            r.headers.iter().map(shown).collect::<Vec<_>>().join(",")
        }),
        Column::text("VALUE", |r| or_dash(r.value.as_ref())),
    ];

    fn name(&self) -> String {
        self.offset.to_string()
    }
}

#[derive(Debug, Serialize)]
struct MetadataRecord {
    offset: i64,
    epoch: i32,
    #[serde(rename = "type")]
    kind: String,
    fields: String,
}

impl Row for MetadataRecord {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("OFFSET", |r| r.offset.to_string()),
        Column::number("EPOCH", |r| r.epoch.to_string()),
        Column::text("TYPE", |r| r.kind.clone()),
        Column::text("FIELDS", |r| r.fields.clone()),
    ];

    fn name(&self) -> String {
        self.kind.clone()
    }
}

/// What stands at one position of a segment.
enum Found {
    Batch {
        position: u64,
        batch: Box<RecordBatch>,
    },
    /// Nothing can be read from here on.
    Broken {
        position: u64,
        reason: String,
    },
}

/// The batches of a file, one in memory at a time.
struct Segment {
    file: BufReader<File>,
    position: u64,
    length: u64,
    is_over: bool,
}

impl Segment {
    fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
        let length = file.metadata().map_err(|error| cannot_read(path, &error))?.len();
        Ok(Self { file: BufReader::with_capacity(256 << 10, file), position: 0, length, is_over: false })
    }

    fn read(&mut self) -> Result<RecordBatch, String> {
        let plain = |error: io::Error| error.to_string();
        let mut bytes = vec![0; HEADER_LEN];
        self.file.read_exact(&mut bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => "the file ends in the header of a batch".to_owned(),
            _ => plain(error),
        })?;
        let header = BatchHeader::read(&bytes).map_err(|error| crate::failure::with_causes(&error))?;
        let size = header.size_in_bytes();
        if size as u64 > self.length - self.position {
            return Err(format!("a batch of {size} bytes goes beyond the end of the file"));
        }
        bytes.resize(size, 0);
        self.file.read_exact(&mut bytes[HEADER_LEN..]).map_err(plain)?;
        RecordBatch::parse(Bytes::from(bytes)).map_err(|error| crate::failure::with_causes(&error))
    }
}

impl Iterator for Segment {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if self.is_over || self.position >= self.length {
            return None;
        }
        let position = self.position;
        Some(match self.read() {
            Ok(batch) => {
                self.position += batch.bytes().len() as u64;
                Found::Batch { position, batch: Box::new(batch) }
            }
            Err(reason) => {
                self.is_over = true;
                Found::Broken { position, reason }
            }
        })
    }
}

/// What cannot be read is told beside the result, and is not fatal.
fn warn(path: &Path, position: u64, reason: &str) {
    eprintln!("warning: {}: at position {position}: {reason}", path.display());
}

pub(super) fn batches(path: &Path, format: Format) -> Result<(), Failure> {
    let mut out = stream::<Batch>(format)?;
    for found in Segment::open(path)? {
        match found {
            Found::Batch { position, batch } => out.push(describe(position, &batch))?,
            Found::Broken { position, reason } => warn(path, position, &reason),
        }
    }
    out.finish()
}

fn describe(position: u64, batch: &RecordBatch) -> Batch {
    Batch {
        position,
        base_offset: batch.base_offset.0,
        last_offset: batch.last_offset().0,
        count: batch.record_count,
        base_sequence: batch.base_sequence,
        producer_id: batch.producer_id.0,
        producer_epoch: batch.producer_epoch.0,
        leader_epoch: batch.partition_leader_epoch.0,
        transactional: batch.is_transactional(),
        control: batch.is_control(),
        base_timestamp: batch.base_timestamp,
        max_timestamp: batch.max_timestamp,
        codec: batch.compression().map_or("unknown".to_owned(), |codec| format!("{codec:?}").to_lowercase()),
        size: batch.bytes().len(),
        crc: batch.crc,
        valid: batch.verify_crc().is_ok(),
    }
}

pub(super) fn records(path: &Path, format: Format) -> Result<(), Failure> {
    let mut out = stream::<Record>(format)?;
    each_record(path, |batch, record| {
        let headers = record.headers.map(|header| (header.key_text().into_owned(), header.value.map(shown)));
        out.push(Record {
            offset: record.offset.0,
            timestamp: record.timestamp,
            key: record.key.map(shown),
            value: record.value.map(shown),
            headers: headers.collect(),
            control: batch.is_control(),
        })
    })?;
    out.finish()
}

/// Text as it is; other bytes as hexadecimal digits.
fn shown(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut hex = b"0x".to_vec();
    text::hex(&mut hex, bytes);
    String::from_utf8_lossy(&hex).into_owned()
}

pub(super) fn metadata(path: &Path, format: Format) -> Result<(), Failure> {
    let mut out = stream::<MetadataRecord>(format)?;
    each_record(path, |batch, record| {
        let (kind, fields) = match (batch.is_control(), record.value) {
            (true, _) => ("Control".to_owned(), record.key.map(shown_control).unwrap_or_default()),
            (false, None) => ("Empty".to_owned(), String::new()),
            (false, Some(value)) => match metadata::record::decode(Bytes::copy_from_slice(value)) {
                Ok(record) => named(&format!("{record:?}")),
                Err(error) => ("Unreadable".to_owned(), format!("{error}: {}", shown(value))),
            },
        };
        out.push(MetadataRecord {
            offset: record.offset.0,
            epoch: batch.partition_leader_epoch.0,
            kind,
            fields,
        })
    })?;
    out.finish()
}

fn shown_control(key: &[u8]) -> String {
    records::ControlType::from_key(key).map_or_else(|error| error.to_string(), |kind| format!("{kind:?}"))
}

/// `Topic(TopicRecord { name: "t" })` is a `Topic` with these fields.
fn named(debug: &str) -> (String, String) {
    let (kind, rest) = debug.split_once('(').unwrap_or((debug, ""));
    let inner = rest.strip_suffix(')').unwrap_or(rest);
    let fields = inner.split_once('{').map_or(inner, |(_, fields)| fields.trim_end_matches('}'));
    (kind.to_owned(), fields.trim().to_owned())
}

fn each_record(
    path: &Path,
    mut take: impl FnMut(&RecordBatch, records::Record<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for found in Segment::open(path)? {
        let (position, batch) = match found {
            Found::Batch { position, batch } => (position, batch),
            Found::Broken { position, reason } => {
                warn(path, position, &reason);
                continue;
            }
        };
        let records = match batch.records(DEFAULT_INFLATED_LIMIT) {
            Ok(records) => records,
            Err(error) => {
                warn(path, position, &crate::failure::with_causes(&error));
                continue;
            }
        };
        for record in records.iter() {
            match record {
                Ok(record) => take(&batch, record)?,
                Err(error) => {
                    warn(path, position, &crate::failure::with_causes(&error));
                    break;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metadata_record_is_named() {
        for (debug, kind, fields) in [
            ("Topic(TopicRecord { name: \"t\" })", "Topic", "name: \"t\""),
            ("NoOp(NoOpRecord)", "NoOp", "NoOpRecord"),
            ("Odd", "Odd", ""),
        ] {
            assert_eq!(named(debug), (kind.to_owned(), fields.to_owned()));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_digits() {
        assert_eq!((shown(b"text").as_str(), shown(b"\xff\0").as_str()), ("text", "0xff00"));
    }
}
