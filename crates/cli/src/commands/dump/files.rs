//! The small files beside a segment.
use super::base_offset;
use crate::output::{Column, Row, or_dash};
use crc_fast::CrcAlgorithm::Crc32Iscsi;
use serde::Serialize;
use std::path::Path;

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct OffsetEntry {
    pub(crate) offset: i64,
    pub(crate) position: u32,
}

impl Row for OffsetEntry {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("OFFSET", |e| e.offset.to_string()),
        Column::number("POSITION", |e| e.position.to_string()),
    ];

    fn name(&self) -> String {
        self.offset.to_string()
    }
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct TimeEntry {
    pub(crate) timestamp: i64,
    pub(crate) offset: i64,
}

impl Row for TimeEntry {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("TIMESTAMP", |e| e.timestamp.to_string()),
        Column::number("OFFSET", |e| e.offset.to_string()),
    ];

    fn name(&self) -> String {
        self.offset.to_string()
    }
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct AbortedEntry {
    pub(crate) version: i16,
    pub(crate) producer_id: i64,
    pub(crate) first_offset: i64,
    pub(crate) last_offset: i64,
    pub(crate) last_stable_offset: i64,
}

impl Row for AbortedEntry {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("PRODUCER-ID", |e| e.producer_id.to_string()),
        Column::number("FIRST-OFFSET", |e| e.first_offset.to_string()),
        Column::number("LAST-OFFSET", |e| e.last_offset.to_string()),
        Column::number("LAST-STABLE-OFFSET", |e| e.last_stable_offset.to_string()),
    ];

    fn name(&self) -> String {
        self.producer_id.to_string()
    }
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Producer {
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
    pub(crate) last_sequence: i32,
    pub(crate) last_offset: i64,
    pub(crate) offset_delta: i32,
    pub(crate) timestamp: i64,
    pub(crate) coordinator_epoch: i32,
    pub(crate) transaction_start_offset: Option<i64>,
}

impl Row for Producer {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("PRODUCER-ID", |p| p.producer_id.to_string()),
        Column::number("EPOCH", |p| p.producer_epoch.to_string()),
        Column::number("LAST-SEQUENCE", |p| p.last_sequence.to_string()),
        Column::number("LAST-OFFSET", |p| p.last_offset.to_string()),
        Column::number("TIMESTAMP", |p| p.timestamp.to_string()),
        Column::number("COORDINATOR-EPOCH", |p| p.coordinator_epoch.to_string()),
        Column::number("TXN-START", |p| or_dash(p.transaction_start_offset)),
    ];

    fn name(&self) -> String {
        self.producer_id.to_string()
    }
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct EpochEntry {
    epoch: i32,
    start_offset: i64,
}

impl Row for EpochEntry {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("EPOCH", |e| e.epoch.to_string()),
        Column::number("START-OFFSET", |e| e.start_offset.to_string()),
    ];

    fn name(&self) -> String {
        self.epoch.to_string()
    }
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct PartitionOffset {
    topic: String,
    partition: i32,
    offset: i64,
}

impl Row for PartitionOffset {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOPIC", |e| e.topic.clone()),
        Column::number("PARTITION", |e| e.partition.to_string()),
        Column::number("OFFSET", |e| e.offset.to_string()),
    ];

    fn name(&self) -> String {
        format!("{}:{}", self.topic, self.partition)
    }
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Property {
    key: String,
    value: String,
}

impl Row for Property {
    const COLUMNS: &'static [Column<Self>] =
        &[Column::text("KEY", |p| p.key.clone()), Column::text("VALUE", |p| p.value.clone())];

    fn name(&self) -> String {
        self.key.clone()
    }
}

fn int<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("the caller has so many bytes")
}

/// Kafka fills an index it writes to with zeros behind the last entry; such an entry is the end.
pub(crate) fn offset_index(path: &Path, bytes: &[u8]) -> Vec<OffsetEntry> {
    let base = base_offset(path);
    let entries = bytes.chunks_exact(8).enumerate().map(|(nth, entry)| {
        let (relative, position) = (u32::from_be_bytes(int(entry, 0)), u32::from_be_bytes(int(entry, 4)));
        (nth, relative, position)
    });
    entries
        .take_while(|(nth, relative, position)| *nth == 0 || *relative != 0 || *position != 0)
        .map(|(_, relative, position)| OffsetEntry {
            offset: base.saturating_add(i64::from(relative)),
            position,
        })
        .collect()
}

pub(crate) fn time_index(path: &Path, bytes: &[u8]) -> Vec<TimeEntry> {
    let base = base_offset(path);
    let entries = bytes
        .chunks_exact(12)
        .enumerate()
        .map(|(nth, entry)| (nth, i64::from_be_bytes(int(entry, 0)), u32::from_be_bytes(int(entry, 8))));
    entries
        .take_while(|(nth, timestamp, relative)| *nth == 0 || *timestamp != 0 || *relative != 0)
        .map(|(_, timestamp, relative)| TimeEntry {
            timestamp,
            offset: base.saturating_add(i64::from(relative)),
        })
        .collect()
}

pub(crate) fn transaction_index(bytes: &[u8]) -> Vec<AbortedEntry> {
    let field = |entry: &[u8], nth: usize| i64::from_be_bytes(int(entry, 2 + 8 * nth));
    let entry = |entry: &[u8]| AbortedEntry {
        version: i16::from_be_bytes(int(entry, 0)),
        producer_id: field(entry, 0),
        first_offset: field(entry, 1),
        last_offset: field(entry, 2),
        last_stable_offset: field(entry, 3),
    };
    bytes.chunks_exact(34).map(entry).collect()
}

pub(crate) fn producer_snapshot(bytes: &[u8]) -> Result<Vec<Producer>, String> {
    const COUNT_AT: usize = 6;
    const HEAD: usize = 10;
    const ENTRY: usize = 46;
    if bytes.len() < HEAD {
        return Err(format!("{} bytes are too few for a snapshot of producers", bytes.len()));
    }
    let version = i16::from_be_bytes(int(bytes, 0));
    if version != 1 {
        let reason = format!("Snapshot contained an unknown file version {version}");
        return Err(format!("Snapshot failed schema validation: {reason}"));
    }
    let (stored, computed) =
        (u32::from_be_bytes(int(bytes, 2)), crc_fast::checksum(Crc32Iscsi, &bytes[COUNT_AT..]));
    if u64::from(stored) != computed {
        return Err(format!(
            "Snapshot is corrupt (CRC is no longer valid). Stored crc: {stored}. Computed crc: {computed}"
        ));
    }
    let count = i32::from_be_bytes(int(bytes, COUNT_AT));
    let entries = &bytes[HEAD..];
    if usize::try_from(count).ok().and_then(|count| count.checked_mul(ENTRY)) != Some(entries.len()) {
        return Err(format!("{count} producers do not fill {} bytes", entries.len()));
    }
    let producer = |entry: &[u8]| Producer {
        producer_id: i64::from_be_bytes(int(entry, 0)),
        producer_epoch: i16::from_be_bytes(int(entry, 8)),
        last_sequence: i32::from_be_bytes(int(entry, 10)),
        last_offset: i64::from_be_bytes(int(entry, 14)),
        offset_delta: i32::from_be_bytes(int(entry, 22)),
        timestamp: i64::from_be_bytes(int(entry, 26)),
        coordinator_epoch: i32::from_be_bytes(int(entry, 34)),
        transaction_start_offset: Some(i64::from_be_bytes(int(entry, 38))).filter(|offset| *offset >= 0),
    };
    Ok(entries.chunks_exact(ENTRY).map(producer).collect())
}

/// The lines of a checkpoint below its version and its count, as words.
fn checkpoint<T>(text: &str, entry: impl Fn(&[&str]) -> Option<T>) -> Result<Vec<T>, String> {
    let mut lines = text.lines();
    match lines.next() {
        None => return Ok(Vec::new()),
        Some("0") => {}
        Some(version) => return Err(format!("version `{version}` of a checkpoint is not 0")),
    }
    let count: usize =
        lines.next().unwrap_or("0").parse().map_err(|_| "the number of entries is no number".to_owned())?;
    let parse = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        entry(&words).ok_or_else(|| format!("`{line}` is no entry"))
    };
    let entries: Vec<T> = lines.map(parse).collect::<Result<_, _>>()?;
    if entries.len() != count {
        return Err(format!("{count} entries were announced, {} are there", entries.len()));
    }
    Ok(entries)
}

pub(super) fn epoch_checkpoint(text: &str) -> Result<Vec<EpochEntry>, String> {
    checkpoint(text, |words| match words {
        [epoch, start] => Some(EpochEntry { epoch: epoch.parse().ok()?, start_offset: start.parse().ok()? }),
        _ => None,
    })
}

pub(super) fn offset_checkpoint(text: &str) -> Result<Vec<PartitionOffset>, String> {
    checkpoint(text, |words| match words {
        [topic, partition, offset] => Some(PartitionOffset {
            topic: (*topic).to_owned(),
            partition: partition.parse().ok()?,
            offset: offset.parse().ok()?,
        }),
        _ => None,
    })
}

/// `meta.properties`; and `partition.metadata`, whose lines have a colon.
pub(super) fn properties(text: &str) -> Result<Vec<Property>, String> {
    let properties = config::parse_properties(text).map_err(|error| error.to_string())?;
    Ok(properties.into_iter().map(|(key, value)| Property { key, value }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_end_where_zeros_begin() {
        let path = Path::new("00000000000000000100.index");
        let bytes = [[0, 0, 0, 5, 0, 0, 0, 9].as_slice(), &[0; 16]].concat();
        assert_eq!(offset_index(path, &bytes), [OffsetEntry { offset: 105, position: 9 }]);
        let bytes = [[0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 2].as_slice(), &[0; 12]].concat();
        assert_eq!(time_index(path, &bytes), [TimeEntry { timestamp: 7, offset: 102 }]);
    }

    #[test]
    fn checkpoints_are_counted() {
        for (text, expected) in [
            ("", Some(vec![])),
            ("0\n0\n", Some(vec![])),
            ("0\n1\n3 42\n", Some(vec![EpochEntry { epoch: 3, start_offset: 42 }])),
            ("0\n2\n3 42\n", None),
            ("1\n0\n", None),
            ("0\nx\n", None),
            ("0\n1\n3 42 7\n", None),
        ] {
            assert_eq!(epoch_checkpoint(text).ok(), expected, "{text:?}");
        }
        let offsets = offset_checkpoint("0\n1\nt 3 9\n").unwrap();
        assert_eq!(offsets, [PartitionOffset { topic: "t".to_owned(), partition: 3, offset: 9 }]);
    }

    #[test]
    fn a_snapshot_that_is_cut_is_said() {
        assert!(producer_snapshot(&[0; 9]).unwrap_err().contains("too few"));
        assert!(producer_snapshot(&[0; 10]).unwrap_err().contains("version 0"));
        let whole = [0, 1, 0x48, 0x67, 0x4b, 0xc7, 0, 0, 0, 0];
        assert_eq!(producer_snapshot(&whole).unwrap(), []);
        let damaged = producer_snapshot(&[0, 1, 0, 0, 0, 7, 0, 0, 0, 0]).unwrap_err();
        assert!(damaged.ends_with("Stored crc: 7. Computed crc: 1214729159"), "{damaged}");
        let mut more = [0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
        let crc = crc_fast::checksum(Crc32Iscsi, &more[6..]) as u32;
        more[2..6].copy_from_slice(&crc.to_be_bytes());
        assert!(producer_snapshot(&more).unwrap_err().contains("1 producers"));
    }
}
