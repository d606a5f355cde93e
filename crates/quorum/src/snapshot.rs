//! Snapshots of the image in Kafka's checkpoint files (KIP-630): `<end offset>-<epoch>.checkpoint` beside the log.
//!
//! A control batch with header and voters, batches of metadata records, a control batch with the footer. The header carries,
//! as a tagged field that Kafka passes over, what Raft must know besides: the index of the last entry and the
//! place of the membership. A file without its footer is not a snapshot.
use crate::{
    disk::{self, invalid},
    entry,
    log_store::{Anchor, now_ms},
    raft_types::{LogId, Membership, SnapshotMeta, StoredMembership, Voter, VoterKey, log_id},
};
use base::{LeaderEpoch, Offset};
use bytes::Bytes;
use metadata::{MetadataImage, Record};
use records::{
    BatchBuilder, Batches, Compression, ControlType, DEFAULT_INFLATED_LIMIT, NewRecord, RecordBatch,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};
use wire::{DecodeError, Reader, Sink};

/// Ours among the tagged fields of the header. Kafka counts its own from 0.
const RAFT_TAG: u32 = 10_000;
const BATCH_BYTES: usize = 1 << 20;
const SUFFIX: &str = ".checkpoint";

#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) image: MetadataImage,
    pub(crate) meta: SnapshotMeta,
}

impl Snapshot {
    pub(crate) fn anchor(&self) -> Option<Anchor> {
        let last_log_id = self.meta.last_log_id?;
        Some(Anchor { last_log_id, end_offset: self.image.next_offset() })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SnapshotId {
    pub(crate) end_offset: Offset,
    pub(crate) epoch: LeaderEpoch,
}

impl SnapshotId {
    fn of(image: &MetadataImage) -> Self {
        Self { end_offset: image.next_offset(), epoch: image.epoch() }
    }

    pub(crate) fn path(self, dir: &Path) -> PathBuf {
        dir.join(format!("{:020}-{:010}{SUFFIX}", self.end_offset.0, self.epoch.0))
    }

    fn parse(file_name: &str) -> Option<Self> {
        let (end_offset, epoch) = file_name.strip_suffix(SUFFIX)?.split_once('-')?;
        Some(Self { end_offset: Offset(end_offset.parse().ok()?), epoch: LeaderEpoch(epoch.parse().ok()?) })
    }
}

/// The newest snapshot that can be read, and its file's contents. A damaged one is passed over: the log may still
/// reach back to an older one.
pub(crate) fn load(dir: &Path) -> io::Result<Option<(Snapshot, Bytes)>> {
    for id in list(dir)?.into_iter().rev() {
        let path = id.path(dir);
        let contents = Bytes::from(fs::read(&path)?);
        match decode(contents.clone()) {
            Ok(snapshot) if SnapshotId::of(&snapshot.image) == id => return Ok(Some((snapshot, contents))),
            Ok(_) => {
                tracing::error!(path = %path.display(), "the metadata snapshot is not what its name says");
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the metadata snapshot cannot be read");
            }
        }
    }
    Ok(None)
}

/// A whole snapshot, whoever wrote it.
pub(crate) struct Whole {
    pub(crate) end_offset: Offset,
    pub(crate) contents: Bytes,
    /// It has no header of ours.
    pub(crate) is_of_another: bool,
}

pub(crate) fn newest_whole(dir: &Path) -> io::Result<Option<Whole>> {
    for id in list(dir)?.into_iter().rev() {
        let path = id.path(dir);
        let contents = Bytes::from(fs::read(&path)?);
        match read_whole(contents.clone()) {
            Ok(Reading { raft, .. }) => {
                let is_of_another = raft.is_none();
                return Ok(Some(Whole { end_offset: id.end_offset, contents, is_of_another }));
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the metadata snapshot cannot be read");
            }
        }
    }
    Ok(None)
}

/// Whether there is a snapshot, readable or not.
pub(crate) fn exists(dir: &Path) -> bool {
    list(dir).is_ok_and(|ids| !ids.is_empty())
}

/// Writes the snapshot and, when it is durable, removes the older ones.
pub(crate) fn save(dir: &Path, snapshot: &Snapshot, contents: &[u8]) -> io::Result<()> {
    let id = SnapshotId::of(&snapshot.image);
    let path = id.path(dir);
    disk::replace(&path, &path.with_extension("checkpoint.part"), contents)?;
    for older in list(dir)?.into_iter().filter(|other| *other < id) {
        fs::remove_file(older.path(dir))?;
    }
    Ok(())
}

fn list(dir: &Path) -> io::Result<Vec<SnapshotId>> {
    let mut ids = Vec::new();
    for file in fs::read_dir(dir)? {
        ids.extend(file?.file_name().to_str().and_then(SnapshotId::parse));
    }
    ids.sort_unstable();
    Ok(ids)
}

pub(crate) fn encode(snapshot: &Snapshot) -> io::Result<Bytes> {
    let now_ms = now_ms();
    let mut raft = Vec::new();
    put_raft(&mut raft, snapshot)?;
    let mut header = header_value(now_ms, 1);
    header.put_varint(RAFT_TAG);
    header.put_varint(u32::try_from(raft.len()).map_err(invalid)?);
    header.put_slice(&raft);
    let voters = Some(snapshot.meta.last_membership.membership());
    encode_file(snapshot.image.epoch(), now_ms, &header, voters, &snapshot.image.to_records())
}

/// As Kafka writes it at the beginning of a log: without what Raft here must know.
pub(crate) fn encode_kafkas(
    last_contained_timestamp_ms: i64,
    voters: Option<&Membership>,
    records: &[Record],
) -> io::Result<Bytes> {
    let header = header_value(last_contained_timestamp_ms, 0);
    encode_file(LeaderEpoch(0), now_ms(), &header, voters, records)
}

fn encode_file(
    epoch: LeaderEpoch,
    now_ms: i64,
    header_value: &[u8],
    voters: Option<&Membership>,
    records: &[Record],
) -> io::Result<Bytes> {
    let mut file = Batcher::new(epoch);
    let mut header = file.next().control();
    append_control(&mut header, now_ms, ControlType::SnapshotHeader, header_value)?;
    if let Some(voters) = voters {
        // Levels 0 and 1 of `kraft.version`: 1 is a quorum whose voters are in records.
        append_control(&mut header, now_ms, ControlType::KraftVersion, &[0, 0, 0, 1, 0])?;
        entry::append_voters(&mut header, voters, now_ms)?;
    }
    file.push(header);
    let mut batch = file.next();
    for record in records {
        let value = metadata::record::encode(record).map_err(invalid)?;
        let record = NewRecord { timestamp: now_ms, value: Some(&value), ..NewRecord::default() };
        batch.append(&record).map_err(invalid)?;
        if batch.uncompressed_size() >= BATCH_BYTES {
            file.push(batch);
            batch = file.next();
        }
    }
    if !batch.is_empty() {
        file.push(batch);
    }
    let mut footer = file.next().control();
    append_control(&mut footer, now_ms, ControlType::SnapshotFooter, &[0, 0, 0])?;
    file.push(footer);
    Ok(Bytes::from(file.contents))
}

/// Offsets in a snapshot only count its own records.
struct Batcher {
    contents: Vec<u8>,
    next_offset: Offset,
    epoch: LeaderEpoch,
}

impl Batcher {
    fn new(epoch: LeaderEpoch) -> Self {
        Self { contents: Vec::new(), next_offset: Offset::ZERO, epoch }
    }

    fn next(&self) -> BatchBuilder {
        BatchBuilder::new(Compression::None).base_offset(self.next_offset).partition_leader_epoch(self.epoch)
    }

    fn push(&mut self, batch: BatchBuilder) {
        self.next_offset = self.next_offset.plus(i64::from(batch.record_count()));
        self.contents.extend_from_slice(&batch.build());
    }
}

fn append_control(
    batch: &mut BatchBuilder,
    now_ms: i64,
    control: ControlType,
    value: &[u8],
) -> io::Result<()> {
    let key = control.to_key();
    let record = NewRecord { timestamp: now_ms, key: Some(&key), value: Some(value), ..NewRecord::default() };
    batch.append(&record).map_err(invalid)
}

/// Kafka's SnapshotHeaderRecord, version 0, up to its tagged fields.
fn header_value(last_contained_timestamp_ms: i64, tagged_fields: u32) -> Vec<u8> {
    let mut value = Vec::new();
    value.put_i16(0);
    value.put_i64(last_contained_timestamp_ms);
    value.put_varint(tagged_fields);
    value
}

fn put_raft(value: &mut Vec<u8>, snapshot: &Snapshot) -> io::Result<()> {
    value.put_i64(snapshot.image.next_offset().0);
    value.put_i32(snapshot.image.epoch().0);
    put_log_id(value, snapshot.meta.last_log_id)?;
    put_log_id(value, *snapshot.meta.last_membership.log_id())
}

fn put_log_id(value: &mut Vec<u8>, id: Option<LogId>) -> io::Result<()> {
    let (term, index) = match id {
        Some(id) => (id.leader_id.term.try_into().map_err(invalid)?, id.index.try_into().map_err(invalid)?),
        None => (-1, -1),
    };
    value.put_i64(term);
    value.put_i64(index);
    Ok(())
}

fn read_log_id(reader: &mut Reader) -> Result<Option<LogId>, DecodeError> {
    let (term, index) = (reader.read_i64()?, reader.read_i64()?);
    Ok(u64::try_from(term).ok().zip(u64::try_from(index).ok()).map(|(term, index)| log_id(term, index)))
}

pub(crate) fn decode(contents: Bytes) -> io::Result<Snapshot> {
    let reading = read_whole(contents)?;
    let raft = reading.raft.ok_or_else(|| invalid("the snapshot has no header of ours"))?;
    let membership =
        Membership::new(reading.voters, reading.nodes).map_err(|error| invalid(error.to_string()))?;
    let last_membership = StoredMembership::new(raft.membership, membership);
    let records = reading.records.into_iter().map(Ok);
    let image = MetadataImage::from_snapshot(records, raft.id.end_offset, raft.id.epoch);
    let image = image.map_err(|error: metadata::Error| invalid(error))?;
    Ok(Snapshot { image, meta: SnapshotMeta { last_log_id: raft.last_log_id, last_membership } })
}

/// The metadata records of a whole file, whoever wrote it.
pub(crate) fn records(contents: Bytes) -> io::Result<Vec<Record>> {
    read_whole(contents).map(|reading| reading.records)
}

fn read_whole(contents: Bytes) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let mut batches = Batches::new(contents);
    for batch in &mut batches {
        let batch = batch.map_err(invalid)?;
        batch.verify_crc().map_err(invalid)?;
        reading.read(&batch)?;
    }
    if batches.partial_tail() > 0 || !reading.footer {
        return Err(invalid("the snapshot is cut off"));
    }
    Ok(reading)
}

/// What the header says in our tagged field.
struct RaftState {
    id: SnapshotId,
    last_log_id: Option<LogId>,
    membership: Option<LogId>,
}

#[derive(Default)]
struct Reading {
    raft: Option<RaftState>,
    voters: Vec<BTreeSet<VoterKey>>,
    nodes: BTreeMap<VoterKey, Voter>,
    records: Vec<Record>,
    footer: bool,
}

impl Reading {
    fn read(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let records = batch.records(DEFAULT_INFLATED_LIMIT).map_err(invalid)?;
        for record in &records {
            let record = record.map_err(invalid)?;
            let value = records.share(record.value.unwrap_or_default());
            if batch.header().is_control() {
                let control = ControlType::from_key(record.key.unwrap_or_default()).map_err(invalid)?;
                self.control(control, value).map_err(invalid)?;
            } else {
                self.records.push(metadata::record::decode(value).map_err(invalid)?);
            }
        }
        Ok(())
    }

    fn control(&mut self, control: ControlType, value: Bytes) -> Result<(), DecodeError> {
        match control {
            ControlType::SnapshotHeader => self.raft = read_header(value)?,
            ControlType::KraftVoters => {
                let voters = entry::read_voters(value, &mut self.nodes)?;
                self.voters.push(voters);
            }
            ControlType::SnapshotFooter => self.footer = true,
            _ => {}
        }
        Ok(())
    }
}

fn read_header(value: Bytes) -> Result<Option<RaftState>, DecodeError> {
    let mut reader = Reader::new(value);
    reader.read_i16()?;
    reader.read_i64()?;
    let mut raft = None;
    reader.read_tagged_fields(|tag, reader| {
        if tag != RAFT_TAG {
            return Ok(false);
        }
        let id =
            SnapshotId { end_offset: Offset(reader.read_i64()?), epoch: LeaderEpoch(reader.read_i32()?) };
        raft = Some(RaftState { id, last_log_id: read_log_id(reader)?, membership: read_log_id(reader)? });
        Ok(true)
    })?;
    Ok(raft)
}
