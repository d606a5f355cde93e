//! `kafka-dump-log`: what stands in the files of a log, without a server.
pub(super) mod coordinator;
mod frame;
mod json;
mod legacy;
mod log;
mod own;
pub(super) mod remote;

use super::{
    Outcome, Stop,
    options::{Given, Options, flag, maybe_value, value},
    render::java_or,
};
use crate::commands::dump::files;
use legacy::Message;
use log::{Batch, Log};
use own::Own;
use records::{ControlRecord, DEFAULT_INFLATED_LIMIT, Record, RecordBatch, TimestampType};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to parse a log file and dump its contents to the console, useful for debugging a \
            seemingly corrupt log segment.",
    options: &[&[
        flag("print-data-log", "Print what the records hold; any decoder does so too."),
        flag("verify-index-only", "Check indexes without printing them."),
        flag("index-sanity-check", "Check indexes only as a broker does when it starts."),
        value("files", "String: file1, file2, ...", "The files, with commas."),
        value("max-message-size", "Integer: size", "Size of the largest batch. (default: 5242880)"),
        value("max-bytes", "Integer: size", "Read only so many bytes of each log."),
        flag("deep-iteration", "Print the records of each batch."),
        maybe_value(
            "value-decoder-class",
            "String",
            "How values are read: the StringDecoder, IntegerDecoder, LongDecoder or DefaultDecoder of \
             org.apache.kafka.tools.api.",
        ),
        maybe_value("key-decoder-class", "String", "How keys are read."),
        flag("offsets-decoder", "The records are those of __consumer_offsets."),
        flag("transaction-log-decoder", "The records are those of __transaction_state."),
        flag("cluster-metadata-decoder", "The records are those of the cluster's metadata."),
        flag("remote-log-metadata-decoder", "The records are those of __remote_log_metadata."),
        flag("share-group-state-decoder", "The records are those of __share_group_state."),
        flag("skip-record-metadata", "Print of records only what they hold."),
    ]],
};

const MAX_MESSAGE_SIZE: i32 = 5 << 20;
/// Bytes of an entry of an index.
const OFFSET_ENTRY: usize = 8;
const TIME_ENTRY: usize = 12;

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words)?;
    given.require_all(&["files"])?;
    let mut told = Told::default();
    let out = &mut io::stdout().lock();
    for file in given.require("files")?.split(',') {
        dump(out, Path::new(file), &given, &mut told)?;
    }
    told.report();
    Ok(())
}

/// How logs are shown.
struct Plan {
    prints_records: bool,
    prints_contents: bool,
    prints_metadata: bool,
    max_bytes: i32,
    contents: Contents,
}

enum Contents {
    Plain { key: Decoder, value: Decoder },
    Own(Own),
}

impl Contents {
    /// Key and payload.
    fn show(
        &self,
        offset: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<(Option<String>, Option<String>), Stop> {
        match self {
            Self::Own(own) => own.show(offset, key, value),
            Self::Plain { key: key_decoder, value: value_decoder } => {
                let show = |decoder: &Decoder, bytes: Option<&[u8]>| {
                    bytes.map(|bytes| decoder.show(bytes)).transpose()
                };
                Ok((show(key_decoder, key)?, show(value_decoder, value)?))
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decoder {
    String,
    Integer,
    Long,
    /// Bytes as they are. Java prints an object of them, which says nothing; here they are digits.
    Default,
}

impl Decoder {
    fn named(class: Option<&str>) -> Result<Self, Stop> {
        let Some(class) = class else { return Ok(Self::String) };
        match class.strip_prefix("org.apache.kafka.tools.api.") {
            Some("StringDecoder") => Ok(Self::String),
            Some("IntegerDecoder") => Ok(Self::Integer),
            Some("LongDecoder") => Ok(Self::Long),
            Some("DefaultDecoder") => Ok(Self::Default),
            _ => Err(Stop::Failed(format!("Failed to load decoder class: {class}"))),
        }
    }

    fn show(self, bytes: &[u8]) -> Result<String, Stop> {
        let short = || Stop::Failed(format!("{} bytes are too few for {self:?}Decoder", bytes.len()));
        Ok(match self {
            Self::String => String::from_utf8_lossy(bytes).into_owned(),
            Self::Integer => i32::from_be_bytes(*bytes.first_chunk().ok_or_else(short)?).to_string(),
            Self::Long => i64::from_be_bytes(*bytes.first_chunk().ok_or_else(short)?).to_string(),
            Self::Default => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

/// What is wrong, by file, for the end.
#[derive(Debug, Default)]
struct Told {
    mismatches: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    wrong_times: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    disordered_times: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    absent: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    gaps: BTreeMap<PathBuf, BTreeMap<i64, i64>>,
}

impl Told {
    fn report(&self) {
        let each =
            |all: &BTreeMap<PathBuf, Vec<(i64, i64)>>, head: &str, line: &dyn Fn(i64, i64) -> String| {
                for (file, pairs) in all {
                    eprintln!("{head}{}", file.display());
                    pairs.iter().for_each(|(first, second)| eprintln!("  {}", line(*first, *second)));
                }
            };
        each(&self.mismatches, "Mismatches in :", &|index, log| {
            format!("Index offset: {index}, log offset: {log}")
        });
        each(&self.wrong_times, "Found timestamp mismatch in :", &|index, log| {
            format!("Index timestamp: {index}, log timestamp: {log}")
        });
        each(&self.disordered_times, "Found out of order timestamp in :", &|index, before| {
            format!("Index timestamp: {index}, Previously indexed timestamp: {before}")
        });
        each(&self.absent, "The following indexed offsets are not found in :", &|offset, found| {
            format!("Indexed offset: {offset}, found log offset: {found}")
        });
        for (file, gaps) in &self.gaps {
            eprintln!("Non-consecutive offsets in {}", file.display());
            gaps.iter().for_each(|(first, second)| eprintln!("  {first} is followed by {second}"));
        }
    }
}

fn absolute(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

fn read(file: &Path) -> Result<Vec<u8>, Stop> {
    fs::read(file).map_err(|error| Stop::Failed(format!("{}: {error}", file.display())))
}

/// As Java prints an `OptionalLong`.
fn optional(value: Option<i64>) -> String {
    value.map_or_else(|| "OptionalLong.empty".to_owned(), |value| format!("OptionalLong[{value}]"))
}

fn dump(out: &mut impl Write, file: &Path, given: &Given, told: &mut Told) -> Outcome {
    writeln!(out, "Dumping {}", file.display())?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match name.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("log") => {
            let plan = Plan::of(given)?;
            writeln!(out, "Log starting offset: {}", base_offset(file)?)?;
            plan.log(out, file, told)
        }
        Some("checkpoint") => {
            let plan = Plan::of(given)?;
            match name.strip_suffix(".checkpoint").and_then(|stem| stem.split_once('-')) {
                Some((offset, epoch)) => {
                    let number = |text: &str| text.trim_start_matches('0').parse().unwrap_or(0_i64);
                    let (offset, epoch) = (number(offset), number(epoch));
                    writeln!(out, "Snapshot end offset: {offset}, epoch: {epoch}")?;
                }
                None => writeln!(out, "KRaft bootstrap snapshot")?,
            }
            plan.log(out, file, told)
        }
        Some("index") => index(out, file, given, told),
        Some("timeindex") => time_index(out, file, given, told),
        Some("snapshot") => producers(out, file),
        Some("txnindex") => aborted(out, file),
        _ => {
            eprintln!("Ignoring unknown file {}", file.display());
            Ok(())
        }
    }
}

impl Plan {
    fn of(given: &Given) -> Result<Self, Stop> {
        let own = Own::asked_for(given);
        let prints_contents =
            own.is_some() || given.count(&["print-data-log", "value-decoder-class", "key-decoder-class"]) > 0;
        Ok(Self {
            prints_records: prints_contents || given.has("deep-iteration"),
            prints_contents,
            prints_metadata: !given.has("skip-record-metadata"),
            contents: match own {
                Some(own) => Contents::Own(own),
                None => Contents::Plain {
                    value: Decoder::named(given.get("value-decoder-class")?)?,
                    key: Decoder::named(given.get("key-decoder-class")?)?,
                },
            },
            max_bytes: given.number("max-bytes")?.unwrap_or(i32::MAX),
        })
    }

    fn log(&self, out: &mut impl Write, file: &Path, told: &mut Told) -> Outcome {
        let mut log = Log::open(file)?;
        let end = u64::try_from(self.max_bytes)
            .map_err(|_| Stop::Failed(format!("Invalid size: {} of {}", self.max_bytes, file.display())))?;
        let (mut position, mut last) = (0, -1_i64);
        while let Some(batch) = log.batch_at(position, end)? {
            match &batch {
                Batch::Legacy(message) => legacy_line(out, position, message)?,
                Batch::Current(batch) => batch_line(out, position, batch)?,
            }
            if self.prints_records {
                let mut follows = |offset: i64| {
                    if offset != last.wrapping_add(1) {
                        told.gaps.entry(absolute(file)).or_default().insert(last, offset);
                    }
                    last = offset;
                };
                match &batch {
                    Batch::Legacy(message) => self.legacy_records(out, message, &mut follows)?,
                    Batch::Current(batch) => self.records(out, batch, &mut follows)?,
                }
            }
            position += batch.size_in_bytes();
        }
        if log.length > position && self.max_bytes == i32::MAX {
            let name = file.file_name().unwrap_or_default().display();
            writeln!(out, "Found {} invalid bytes at the end of {name}", log.length - position)?;
        }
        Ok(())
    }

    fn records(&self, out: &mut impl Write, batch: &RecordBatch, follows: &mut impl FnMut(i64)) -> Outcome {
        let unreadable = |error: records::Error| Stop::Failed(crate::failure::with_causes(&error));
        let records = batch.records(DEFAULT_INFLATED_LIMIT).map_err(unreadable)?;
        for record in records.iter() {
            let record = record.map_err(unreadable)?;
            follows(record.offset.0);
            if self.prints_metadata {
                record_metadata(out, batch, &record)?;
            }
            if self.prints_contents && !batch.is_control() {
                self.contents(out, record.offset.0, record.key, record.value)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn legacy_records(
        &self,
        out: &mut impl Write,
        batch: &Message,
        follows: &mut impl FnMut(i64),
    ) -> Outcome {
        for record in batch.records().map_err(Stop::Failed)? {
            let record = record.map_err(Stop::Failed)?;
            follows(record.offset);
            if self.prints_metadata {
                write!(
                    out,
                    "| offset: {} {}: {} keySize: {} valueSize: {} isValid: {} crc: {}",
                    record.offset,
                    batch.timestamp_type().name(),
                    record.timestamp,
                    record.key_size().map_err(Stop::Failed)?,
                    record.value_size().map_err(Stop::Failed)?,
                    record.is_valid(),
                    record.crc,
                )?;
            }
            if self.prints_contents {
                let (key, value) =
                    (record.key().map_err(Stop::Failed)?, record.value().map_err(Stop::Failed)?);
                self.contents(out, record.offset, key, value)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn contents(
        &self,
        out: &mut impl Write,
        offset: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Outcome {
        let (key, payload) = self.contents.show(offset, key, value)?;
        let mut before = if self.prints_metadata { " " } else { "| " };
        for (name, text) in [("key", key), ("payload", payload)] {
            if let Some(text) = text {
                write!(out, "{before}{name}: {text}")?;
                before = " ";
            }
        }
        Ok(())
    }
}

fn index(out: &mut impl Write, file: &Path, given: &Given, told: &mut Told) -> Outcome {
    let base_offset = base_offset(file)?;
    let max_message_size: i32 = given.number("max-message-size")?.unwrap_or(MAX_MESSAGE_SIZE);
    let mut log = Log::open(&beside(file, "log"))?;
    let bytes = read(file)?;
    if bytes.len() < OFFSET_ENTRY {
        return Ok(writeln!(out, "{} is empty.", file.display())?);
    }
    if given.has("index-sanity-check") {
        return sane(out, file, &bytes, OFFSET_ENTRY);
    }
    for (nth, entry) in files::offset_index(file, &bytes).into_iter().enumerate() {
        let position = u64::from(entry.position);
        // What was not written to before a crash is zero.
        if entry.offset == base_offset && nth > 0 {
            break;
        }
        let Ok(size) = u64::try_from(max_message_size) else {
            return Err(Stop::Failed(format!("Invalid size: {max_message_size} of {}", file.display())));
        };
        let batch = log.batch_at(position, position + size)?.ok_or_else(|| {
            Stop::Failed(format!("no batch of at most {max_message_size} bytes at position {position}"))
        })?;
        let found = batch.last_offset();
        if found != entry.offset {
            told.mismatches.entry(absolute(file)).or_default().push((entry.offset, found));
        }
        if !given.has("verify-index-only") {
            writeln!(out, "offset: {} position: {position}", entry.offset)?;
        }
    }
    Ok(())
}

fn time_index(out: &mut impl Write, file: &Path, given: &Given, told: &mut Told) -> Outcome {
    let base_offset = base_offset(file)?;
    let mut log = Log::open(&beside(file, "log"))?;
    read(&beside(file, "index"))?;
    let bytes = read(file)?;
    if given.has("index-sanity-check") {
        return sane(out, file, &bytes, TIME_ENTRY);
    }
    let mut batches = Vec::new();
    let mut position = 0;
    while let Some(batch) = log.batch_at(position, u64::MAX)? {
        batches.push((batch.last_offset(), position));
        position += batch.size_in_bytes();
    }
    let mut before = -1;
    for (nth, entry) in files::time_index(file, &bytes).into_iter().enumerate() {
        let (timestamp, offset) = (entry.timestamp, entry.offset);
        if offset == base_offset && nth > 0 {
            break;
        }
        match batches.iter().find(|(last, _)| *last >= offset) {
            Some((last, position)) if *last == offset => {
                let newest = log.batch_at(*position, u64::MAX)?.map_or(Ok(-1), |batch| newest(&batch))?;
                if newest != timestamp {
                    told.wrong_times.entry(absolute(file)).or_default().push((timestamp, newest));
                }
                if before >= timestamp {
                    told.disordered_times.entry(absolute(file)).or_default().push((timestamp, before));
                }
            }
            other => {
                let found = other.map_or(-1, |(last, _)| *last);
                told.absent.entry(absolute(file)).or_default().push((offset, found));
            }
        }
        if !given.has("verify-index-only") {
            writeln!(out, "timestamp: {timestamp} offset: {offset}")?;
        }
        before = timestamp;
    }
    Ok(())
}

/// The newest timestamp of its records.
fn newest(batch: &Batch) -> Result<i64, Stop> {
    match batch {
        Batch::Legacy(message) => {
            let mut records = message.records().map_err(Stop::Failed)?;
            records
                .try_fold(-1, |newest, record| record.map(|record| record.timestamp.max(newest)))
                .map_err(Stop::Failed)
        }
        Batch::Current(batch) => Ok(batch.max_timestamp),
    }
}

/// The file of the same segment.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    file.with_file_name(format!("{stem}.{suffix}"))
}

fn base_offset(file: &Path) -> Result<i64, Stop> {
    let stem = file.file_name().and_then(|name| name.to_str()?.split('.').next()).unwrap_or_default();
    stem.parse().map_err(|_| Stop::Failed(format!("For input string: \"{stem}\"")))
}

/// What a broker looks at when it starts. The entries of a time index begin with a timestamp.
fn sane(out: &mut impl Write, file: &Path, bytes: &[u8], entry: usize) -> Outcome {
    let name = file.display();
    if !bytes.len().is_multiple_of(entry) {
        let size = bytes.len();
        return Err(Stop::Failed(format!(
            "Index file {name} is corrupt: its size {size} is no multiple of {entry}"
        )));
    }
    let timestamp =
        |bytes: Option<&[u8]>| bytes.and_then(|e| e.first_chunk()).map(|b| i64::from_be_bytes(*b));
    let (first, last) = (timestamp(bytes.chunks(entry).next()), timestamp(bytes.rchunks(entry).next()));
    if entry == TIME_ENTRY && last < first {
        return Err(Stop::Failed(format!(
            "Index file {name} is corrupt: its last timestamp {} is less than its first {}",
            last.unwrap_or_default(),
            first.unwrap_or_default()
        )));
    }
    Ok(writeln!(out, "{name} passed sanity check.")?)
}

fn batch_line(out: &mut impl Write, position: u64, batch: &RecordBatch) -> io::Result<()> {
    write!(
        out,
        "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {} producerId: {} producerEpoch: {} \
         partitionLeaderEpoch: {} isTransactional: {} isControl: {} deleteHorizonMs: {}",
        batch.base_offset,
        batch.last_offset(),
        batch.record_count,
        batch.base_sequence,
        batch.last_sequence(),
        batch.producer_id.0,
        batch.producer_epoch.0,
        batch.partition_leader_epoch.0,
        batch.is_transactional(),
        batch.is_control(),
        optional(batch.delete_horizon()),
    )?;
    let codec = batch.compression().map_or("unknown".to_owned(), |codec| format!("{codec:?}").to_lowercase());
    writeln!(
        out,
        " position: {position} {}: {} size: {} magic: {} compresscodec: {codec} crc: {} isvalid: {}",
        timestamp_type(batch),
        batch.max_timestamp,
        batch.bytes().len(),
        batch.magic,
        batch.crc,
        batch.verify_crc().is_ok(),
    )
}

fn legacy_line(out: &mut impl Write, position: u64, message: &Message) -> Outcome {
    write!(out, "offset: {}", message.offset)?;
    if !(0..=1).contains(&message.magic) {
        return Err(Stop::Failed(format!("Invalid magic used in LegacyRecord: {}", message.magic)));
    }
    Ok(writeln!(
        out,
        " position: {position} {}: {} size: {} magic: {} compresscodec: {} crc: {} isvalid: {}",
        message.timestamp_type().name(),
        message.timestamp,
        message.size_in_bytes(),
        message.magic,
        message.compression().map_err(Stop::Failed)?,
        message.crc,
        message.is_valid(),
    )?)
}

fn timestamp_type(batch: &RecordBatch) -> &'static str {
    match batch.timestamp_type() {
        TimestampType::CreateTime => "CreateTime",
        TimestampType::LogAppendTime => "LogAppendTime",
    }
}

fn record_metadata(out: &mut impl Write, batch: &RecordBatch, record: &Record<'_>) -> io::Result<()> {
    let size = |bytes: Option<&[u8]>| java_or("-1", bytes.map(<[u8]>::len));
    let sequence = match batch.base_sequence {
        -1 => -1,
        // Sequences go round before they are negative.
        base => ((i64::from(base) + i64::from(record.offset_delta)) % (i64::from(i32::MAX) + 1)) as i32,
    };
    let keys: Vec<String> = record.headers.map(|header| header.key_text().into_owned()).collect();
    write!(
        out,
        "| offset: {} {}: {} keySize: {} valueSize: {} sequence: {sequence} headerKeys: [{}]",
        record.offset,
        timestamp_type(batch),
        record.timestamp,
        size(record.key),
        size(record.value),
        keys.join(","),
    )?;
    if !batch.is_control() {
        return Ok(());
    }
    match ControlRecord::read(record) {
        Ok(ControlRecord::EndTransaction(marker)) => {
            let kind = if marker.committed { "COMMIT" } else { "ABORT" };
            write!(out, " endTxnMarker: {kind} coordinatorEpoch: {}", marker.coordinator_epoch)
        }
        Ok(ControlRecord::Other(kind)) => match own::control(kind, record.value.unwrap_or_default()) {
            Some(Ok(shown)) => write!(out, " {shown}"),
            Some(Err(error)) => write!(out, " {error}"),
            None => write!(out, " controlType: {kind:?}({})", kind.id()),
        },
        Err(error) => write!(out, " {error}"),
    }
}

fn producers(out: &mut impl Write, file: &Path) -> Outcome {
    let entries = match files::producer_snapshot(&read(file)?) {
        Ok(entries) => entries,
        Err(reason) => {
            eprintln!("{reason}");
            return Ok(());
        }
    };
    for entry in entries {
        write!(
            out,
            "producerId: {} producerEpoch: {} coordinatorEpoch: {} currentTxnFirstOffset: {} lastTimestamp: {}",
            entry.producer_id,
            entry.producer_epoch,
            entry.coordinator_epoch,
            optional(entry.transaction_start_offset),
            entry.timestamp,
        )?;
        // A producer of which only markers are left has no batch.
        if entry.last_offset >= 0 {
            let wrap = i64::from(i32::MAX) + 1;
            let first = (i64::from(entry.last_sequence) - i64::from(entry.offset_delta)).rem_euclid(wrap);
            write!(
                out,
                " firstSequence: {first} lastSequence: {} lastOffset: {} offsetDelta: {} timestamp: {}",
                entry.last_sequence, entry.last_offset, entry.offset_delta, entry.timestamp,
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn aborted(out: &mut impl Write, file: &Path) -> Outcome {
    for entry in files::transaction_index(&read(file)?) {
        writeln!(
            out,
            "version: {} producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}",
            entry.version, entry.producer_id, entry.first_offset, entry.last_offset, entry.last_stable_offset
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoders_are_known_by_their_class() {
        for (class, bytes, shown) in [
            (None, &b"text"[..], Ok("text")),
            (Some("org.apache.kafka.tools.api.IntegerDecoder"), &[0, 0, 0, 7], Ok("7")),
            (Some("org.apache.kafka.tools.api.LongDecoder"), &[0xff; 8], Ok("-1")),
            (Some("org.apache.kafka.tools.api.DefaultDecoder"), &[0xff, 1], Ok("ff01")),
            (
                Some("org.apache.kafka.tools.api.IntegerDecoder"),
                &[1],
                Err("1 bytes are too few for IntegerDecoder"),
            ),
            (Some("IntegerDecoder"), b"", Err("Failed to load decoder class: IntegerDecoder")),
            (
                Some("kafka.serializer.StringDecoder"),
                b"",
                Err("Failed to load decoder class: kafka.serializer.StringDecoder"),
            ),
            (Some("no.Such"), b"", Err("Failed to load decoder class: no.Such")),
        ] {
            let found = Decoder::named(class).and_then(|decoder| decoder.show(bytes));
            assert_eq!(found.as_deref().map_err(Stop::message), shown, "{class:?}");
        }
    }
}
