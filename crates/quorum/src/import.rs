//! Takes over the metadata of a folder that Apache Kafka wrote.
//!
//! Kafka's log has no place for what Raft here must know of each entry, so it is not continued but read once: the
//! newest checkpoint and the log after it make an image, and the image's records become the first of a log of
//! ours. That is right only for a quorum of one, where everything in the log is committed. Kafka's folder is put
//! aside under another name, whole, before ours is begun, and is read again until ours has what it says.
//!
//! Sources: KIP-630 (checkpoints), KIP-868 (metadata transactions: what was not ended did not happen).
use crate::{
    Error, VoterKey,
    disk::{self, invalid},
    entry, segments, snapshot,
};
use base::{NodeId, Offset};
use bytes::Bytes;
use metadata::{MetadataImage, Record};
use records::{Batches, ControlType, DEFAULT_INFLATED_LIMIT, RecordBatch};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// What is added to the folder's name when it is put aside.
const ASIDE: &str = ".kafka";

/// Where Kafka's log of the folder `dir` lies once it is put aside.
pub(crate) fn aside(dir: &Path) -> PathBuf {
    dir.with_file_name(format!("{}{ASIDE}", dir.file_name().unwrap_or_default().to_string_lossy()))
}

/// From here on it is [`aside`].
pub(crate) fn put_aside(dir: &Path) -> Result<(), Error> {
    let renamed = fs::rename(dir, aside(dir)).and_then(|()| disk::sync_parent(dir));
    renamed.map_err(|source| Error::Io { path: dir.to_owned(), source })
}

/// The metadata of Kafka's log in `source`; none where that says nothing yet. Voters other than this node are an error, and
/// so is a log that is damaged, other than by a kill.
pub(crate) fn read(source: &Path, node_id: NodeId) -> Result<Vec<Record>, Error> {
    let reading = read_all(source).map_err(|error| Error::Io { path: source.to_owned(), source: error })?;
    let Reading { image, voters, .. } = reading;
    if voters.iter().any(|voter| voter.id != node_id) {
        let voters = voters.iter().map(|voter| voter.id.to_string()).collect::<Vec<_>>().join(", ");
        return Err(Error::OtherVoters { dir: source.to_owned(), voters });
    }
    let records = image.to_records();
    if !records.is_empty() {
        tracing::info!(
            folder = %source.display(),
            records = image.next_offset().0,
            topics = image.topic_count(),
            "metadata of Apache Kafka read"
        );
    }
    Ok(records)
}

/// Our log begins with its voters, and our checkpoints have a header of ours. Kafka's begin with a leader. What is
/// damaged tells nothing, and is left to the recovery of our own.
pub(crate) fn is_kafkas(dir: &Path) -> Result<bool, Error> {
    begins_as_kafkas(dir).map_err(|source| Error::Io { path: dir.to_owned(), source })
}

fn begins_as_kafkas(dir: &Path) -> io::Result<bool> {
    if !dir.is_dir() {
        return Ok(false);
    }
    if let Some(first) = segments::list(dir)?.first().filter(|first| **first == Offset::ZERO) {
        let contents = Bytes::from(fs::read(segments::path(dir, *first))?);
        if let Some(Ok(batch)) = Batches::new(contents).next() {
            let is_intact = batch.verify_crc().is_ok();
            return Ok(is_intact && first_control(&batch) != Some(ControlType::KraftVoters));
        }
    }
    Ok(snapshot::newest_whole(dir)?.is_some_and(|file| file.is_of_another))
}

fn first_control(batch: &RecordBatch) -> Option<ControlType> {
    if !batch.is_control() {
        return None;
    }
    let records = batch.records(DEFAULT_INFLATED_LIMIT).ok()?;
    let record = records.iter().next()?.ok()?;
    ControlType::from_key(record.key?).ok()
}

/// The newest checkpoint that is whole, and the log from there on. One that is damaged is passed over where the log reaches
/// back behind it.
fn read_all(dir: &Path) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let mut from = Offset::ZERO;
    let whole = snapshot::newest_whole(dir)?;
    let lacks_snapshot = whole.is_none() && snapshot::exists(dir);
    if let Some(snapshot) = whole {
        for batch in Batches::new(snapshot.contents) {
            reading.take(&batch.map_err(invalid)?)?;
        }
        from = snapshot.end_offset;
    }
    for base_offset in segments::list(dir)? {
        for batch in Batches::new(Bytes::from(fs::read(segments::path(dir, base_offset))?)) {
            // A kill may have torn the end off; what is torn was never answered.
            let Some(batch) = batch.ok().filter(|batch| batch.verify_crc().is_ok()) else { break };
            if batch.base_offset > from {
                let text = format!(
                    "the metadata log lacks what stands between offsets {from} and {}, and no whole checkpoint has it",
                    batch.base_offset
                );
                return Err(invalid(text));
            }
            if batch.base_offset == from {
                from = batch.next_offset();
                reading.take(&batch)?;
            }
        }
    }
    if from == Offset::ZERO && lacks_snapshot {
        return Err(invalid("no checkpoint of the metadata log is whole, and the log has nothing else"));
    }
    Ok(reading)
}

#[derive(Default)]
struct Reading {
    image: MetadataImage,
    /// The last that are named; none where Kafka's settings name them.
    voters: BTreeSet<VoterKey>,
    /// Records of a metadata transaction that has not ended yet.
    transaction: Option<Vec<Record>>,
}

impl Reading {
    fn take(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let records = batch.records(DEFAULT_INFLATED_LIMIT).map_err(invalid)?;
        for record in &records {
            if batch.is_control() {
                let record = record.map_err(invalid)?;
                let value = records.share(record.value.unwrap_or_default());
                if ControlType::from_key(record.key.unwrap_or_default()).ok()
                    == Some(ControlType::KraftVoters)
                {
                    self.voters = entry::read_voters(value, &mut BTreeMap::new()).map_err(invalid)?;
                }
                continue;
            }
            let value = records.share(record.map_err(invalid)?.value.unwrap_or_default());
            self.apply(metadata::record::decode(value).map_err(invalid)?)?;
        }
        Ok(())
    }

    fn apply(&mut self, record: Record) -> io::Result<()> {
        match (record, &mut self.transaction) {
            (Record::BeginTransaction(_), open) => *open = Some(Vec::new()),
            (Record::AbortTransaction(_), open) => *open = None,
            (Record::EndTransaction(_), open) => {
                for record in open.take().unwrap_or_default() {
                    self.image.apply(&record).map_err(invalid)?;
                }
            }
            (record, Some(open)) => open.push(record),
            (record, None) => self.image.apply(&record).map_err(invalid)?,
        }
        Ok(())
    }
}
