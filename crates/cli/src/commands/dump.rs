//! `mainstem dump`: what stands in the files of a log, without a server.
//!
//! The kind of a file is told by its name. Nothing is changed, locked or believed: what does not parse is shown with
//! the position and the reason, and ends that file.
pub(crate) mod files;
mod log;

use crate::{
    failure::{Exit, Failure},
    output::{Format, OutputArguments, Row, Stream},
};
use clap::Args;
use std::path::{Path, PathBuf};

/// Show what is in segments, indexes, snapshots and checkpoints.
#[derive(Debug, Args)]
#[command(before_help = "Examples:
  mainstem dump data/orders-0/00000000000000000000.log
  mainstem dump data/orders-0/00000000000000000000.log --records -o ndjson
  mainstem dump data/__cluster_metadata-0/*.log          # metadata records
  mainstem dump data/orders-0/*.index data/orders-0/*.timeindex
  mainstem dump data/replication-offset-checkpoint")]
pub(crate) struct Arguments {
    /// What to read.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show the records of a segment instead of its batches.
    #[arg(short, long)]
    records: bool,
    #[command(flatten)]
    output: OutputArguments,
}

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Log,
    /// Segments and snapshots of the metadata log, which have batches of metadata records.
    Metadata,
    OffsetIndex,
    TimeIndex,
    TransactionIndex,
    ProducerSnapshot,
    EpochCheckpoint,
    OffsetCheckpoint,
    Properties,
}

fn kind(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let is_metadata = folder.starts_with("__cluster_metadata");
    Some(match path.extension().and_then(|extension| extension.to_str()) {
        Some("log") if is_metadata => Kind::Metadata,
        Some("log") => Kind::Log,
        Some("index") => Kind::OffsetIndex,
        Some("timeindex") => Kind::TimeIndex,
        Some("txnindex") => Kind::TransactionIndex,
        Some("snapshot") => Kind::ProducerSnapshot,
        Some("checkpoint") => Kind::Metadata,
        Some("properties") | Some("metadata") => Kind::Properties,
        _ if name == "leader-epoch-checkpoint" => Kind::EpochCheckpoint,
        _ if name.ends_with("-offset-checkpoint") => Kind::OffsetCheckpoint,
        _ => return None,
    })
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let format = arguments.output.format;
    for path in &arguments.files {
        let kind = kind(path).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("{} is no file of a log by its name", path.display()))
                .next_step("give a .log, .index, .timeindex, .txnindex, .snapshot or a checkpoint")
        })?;
        if arguments.files.len() > 1 && format == Format::Table {
            crate::output::say(&format!("{}:", path.display()))?;
        }
        match kind {
            Kind::Log if arguments.records => log::records(path, format)?,
            Kind::Log => log::batches(path, format)?,
            Kind::Metadata => log::metadata(path, format)?,
            Kind::OffsetIndex => all(format, &files::offset_index(path, &read(path)?))?,
            Kind::TimeIndex => all(format, &files::time_index(path, &read(path)?))?,
            Kind::TransactionIndex => all(format, &files::transaction_index(&read(path)?))?,
            Kind::ProducerSnapshot => all(format, &parsed(path, files::producer_snapshot(&read(path)?))?)?,
            Kind::EpochCheckpoint => all(format, &parsed(path, files::epoch_checkpoint(&text(path)?))?)?,
            Kind::OffsetCheckpoint => all(format, &parsed(path, files::offset_checkpoint(&text(path)?))?)?,
            Kind::Properties => all(format, &parsed(path, files::properties(&text(path)?))?)?,
        }
    }
    Ok(())
}

fn all<T: Row>(format: Format, rows: &[T]) -> Result<(), Failure> {
    crate::output::list(format, rows)
}

fn parsed<T>(path: &Path, read: Result<T, String>) -> Result<T, Failure> {
    read.map_err(|reason| Failure::new(Exit::Other, format!("{}: {reason}", path.display())))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| cannot_read(path, &error))
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| cannot_read(path, &error))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    let exit = if error.kind() == std::io::ErrorKind::NotFound { Exit::NotFound } else { Exit::Other };
    Failure::new(exit, format!("cannot read {}: {error}", path.display()))
}

/// The offset in a file's name.
fn base_offset(path: &Path) -> i64 {
    path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok()).unwrap_or(0)
}

/// Where rows go one by one, however many there are.
fn stream<T: Row>(format: Format) -> Result<Stream<T>, Failure> {
    Stream::new(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        for (path, expected) in [
            ("d/t-0/00000000000000000000.log", Some(Kind::Log)),
            ("d/__cluster_metadata-0/00000000000000000000.log", Some(Kind::Metadata)),
            ("d/__cluster_metadata-0/00000000000000000042-0000000001.checkpoint", Some(Kind::Metadata)),
            ("00000000000000000000.index", Some(Kind::OffsetIndex)),
            ("d/t-0/00000000000000000000.timeindex", Some(Kind::TimeIndex)),
            ("d/t-0/00000000000000000000.txnindex", Some(Kind::TransactionIndex)),
            ("d/t-0/00000000000000000007.snapshot", Some(Kind::ProducerSnapshot)),
            ("d/t-0/leader-epoch-checkpoint", Some(Kind::EpochCheckpoint)),
            ("d/t-0/partition.metadata", Some(Kind::Properties)),
            ("d/meta.properties", Some(Kind::Properties)),
            ("d/log-start-offset-checkpoint", Some(Kind::OffsetCheckpoint)),
            ("d/README", None),
        ] {
            assert_eq!(kind(Path::new(path)), expected, "{path}");
        }
        assert_eq!(base_offset(Path::new("d/00000000000000000042.index")), 42);
    }
}
