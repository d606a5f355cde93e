//! What the tool that formats a server's folders leaves for its first start: the first records of a new cluster, and the
//! voters of its first quorum.
//!
//! Written as Apache Kafka 3.3 to 4.3 writes it, which 4.4 reads too: the records in `bootstrap.checkpoint` beside the log's
//! folder, the voters of a quorum that may change in a snapshot at offset 0 within it. Kafka 4.4 writes both into that
//! snapshot, which is read by what takes over Kafka's logs. Sources: KIP-778, KIP-853, KIP-900.
use crate::{
    VoterEndpoint, VoterKey,
    disk::{self, invalid},
    node::LOG_DIR,
    raft_types::{Membership, Voter},
    snapshot::{self, SnapshotId},
};
use base::{LeaderEpoch, Offset};
use bytes::Bytes;
use metadata::{Record, feature};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, ErrorKind},
    path::Path,
};

const FILE_NAME: &str = "bootstrap.checkpoint";

/// Leaves the first records in `dir`, which holds the folder of the metadata log.
///
/// # Errors
/// Where the file cannot be written, or a record is too large for a batch.
pub fn write_records(dir: &Path, records: &[Record]) -> io::Result<()> {
    let path = dir.join(FILE_NAME);
    let contents = snapshot::encode_kafkas(0, None, records)?;
    disk::replace(&path, &path.with_extension("checkpoint.tmp"), &contents)
}

/// Leaves the first voters in the metadata log's folder, which is made in `dir`.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_voters(dir: &Path, voters: &BTreeMap<VoterKey, VoterEndpoint>, now_ms: i64) -> io::Result<()> {
    let keys: BTreeSet<VoterKey> = voters.keys().copied().collect();
    let nodes = voters.iter().map(|(key, endpoint)| (*key, Voter { endpoints: vec![endpoint.clone()] }));
    let nodes: BTreeMap<VoterKey, Voter> = nodes.collect();
    let membership = Membership::new(vec![keys], nodes).map_err(|error| invalid(error.to_string()))?;
    let contents = snapshot::encode_kafkas(now_ms, Some(&membership), &[])?;
    let dir = dir.join(LOG_DIR);
    fs::create_dir_all(&dir)?;
    disk::sync_parent(&dir)?;
    let path = SnapshotId { end_offset: Offset::ZERO, epoch: LeaderEpoch(0) }.path(&dir);
    disk::replace(&path, &path.with_extension("checkpoint.part"), &contents)
}

/// The records that were left in `dir`, if any.
pub(crate) fn read(dir: &Path) -> io::Result<Option<Vec<Record>>> {
    let contents = match fs::read(dir.join(FILE_NAME)) {
        Ok(contents) => Bytes::from(contents),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let wrong = |why: &str| invalid(format!("{FILE_NAME} {why}"));
    let records = snapshot::records(contents).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
    let names_version = |record: &Record| match record {
        Record::FeatureLevel(level) => &*level.name == feature::METADATA_VERSION,
        _ => false,
    };
    match records.iter().any(names_version) {
        true => Ok(Some(records)),
        false => Err(wrong("names no metadata.version")),
    }
}
