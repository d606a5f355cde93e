//! The files of the metadata log, and what is in them after a crash.
//!
//! A segment is named after the offset of its first record. Only the last may end in something torn: every other was
//! flushed before the next began. So a fault in an earlier one is damage, not a crash, and is not repaired by forgetting
//! what follows.
use crate::disk::{self, invalid};
use base::{LeaderEpoch, Offset};
use bytes::Bytes;
use records::{Batches, RecordBatch};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

/// A batch and where it lies.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) batch: RecordBatch,
    pub(crate) segment: Offset,
    pub(crate) position: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) base_offset: Offset,
    pub(crate) size: u64,
}

pub(crate) fn path(dir: &Path, base_offset: Offset) -> PathBuf {
    dir.join(format!("{:020}.log", base_offset.0))
}

/// Reads every segment, hands each batch to `found` in order, and cuts off what a crash left behind.
///
/// `last_epoch` is the newest that this node voted in. The epoch of a batch lies outside its CRC, so that one which
/// goes back or beyond is damage that nothing else shows.
pub(crate) fn recover(
    dir: &Path,
    last_epoch: LeaderEpoch,
    mut found: impl FnMut(Found) -> io::Result<()>,
) -> io::Result<Vec<Segment>> {
    let base_offsets = list(dir)?;
    let mut segments = Vec::with_capacity(base_offsets.len());
    let mut expected = None;
    let mut epochs = LeaderEpoch::ZERO..=last_epoch;
    for (position, &base_offset) in base_offsets.iter().enumerate() {
        let is_last = position + 1 == base_offsets.len();
        if expected.is_some_and(|expected| expected != base_offset) {
            return Err(invalid(format!("the metadata log has a gap before offset {base_offset}")));
        }
        let path = path(dir, base_offset);
        let contents = Bytes::from(fs::read(&path)?);
        let length = contents.len() as u64;
        let (valid, next_offset) = scan(contents, base_offset, &mut epochs, &mut found)?;
        if valid < length {
            if !is_last {
                let text =
                    format!("{} is damaged at byte {valid}, and is not the last segment", path.display());
                return Err(invalid(text));
            }
            let torn = length - valid;
            tracing::warn!(path = %path.display(), torn, "cutting a torn tail off the metadata log");
            truncate(&path, valid)?;
        }
        segments.push(Segment { base_offset, size: valid });
        expected = Some(next_offset);
    }
    Ok(segments)
}

/// How many bytes are whole batches that follow one another, and the offset after them.
fn scan(
    contents: Bytes,
    base_offset: Offset,
    epochs: &mut RangeInclusive<LeaderEpoch>,
    found: &mut impl FnMut(Found) -> io::Result<()>,
) -> io::Result<(u64, Offset)> {
    let mut next_offset = base_offset;
    let mut position = 0;
    for batch in Batches::new(contents) {
        let Ok(batch) = batch else { break };
        let header = batch.header();
        let epoch = header.partition_leader_epoch;
        if header.base_offset != next_offset || !epochs.contains(&epoch) || batch.verify_crc().is_err() {
            break;
        }
        next_offset = header.next_offset();
        *epochs = epoch..=*epochs.end();
        let size = batch.bytes().len() as u64;
        found(Found { batch, segment: base_offset, position })?;
        position += size;
    }
    Ok((position, next_offset))
}

pub(crate) fn list(dir: &Path) -> io::Result<Vec<Offset>> {
    let mut base_offsets = Vec::new();
    for file in fs::read_dir(dir)? {
        let name = file?.file_name();
        let stem = name.to_str().and_then(|name| name.strip_suffix(".log"));
        base_offsets.extend(stem.and_then(|stem| stem.parse().ok()).map(Offset));
    }
    base_offsets.sort_unstable();
    Ok(base_offsets)
}

pub(crate) fn truncate(path: &Path, size: u64) -> io::Result<()> {
    let file = File::options().write(true).open(path)?;
    file.set_len(size)?;
    file.sync_all()
}

pub(crate) fn remove(dir: &Path, base_offsets: &[Offset]) -> io::Result<()> {
    for base_offset in base_offsets {
        match fs::remove_file(path(dir, *base_offset)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    if base_offsets.is_empty() { Ok(()) } else { disk::sync_dir(dir) }
}

/// One batch, checked again.
pub(crate) fn read_batch(dir: &Path, segment: Offset, position: u64, size: usize) -> io::Result<RecordBatch> {
    let mut file = File::open(path(dir, segment))?;
    file.seek(SeekFrom::Start(position))?;
    let mut bytes = vec![0; size];
    file.read_exact(&mut bytes)?;
    let batch = RecordBatch::parse(Bytes::from(bytes)).map_err(invalid)?;
    batch.verify_crc().map_err(invalid)?;
    Ok(batch)
}
