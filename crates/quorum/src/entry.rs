//! A Raft entry as a record batch, and back.
//!
//! Metadata is a batch of records with the value alone. A leader's first, blank entry is the control record of a leader
//! change. A membership is a batch of voters records, one for each set of voters: two while a change is under way.
use crate::{
    disk::invalid,
    raft_types::{Entry, EntryPayload, Membership, MetadataBatch, Voter, VoterEndpoint, VoterKey, log_id},
};
use base::{LeaderEpoch, NodeId, Offset};
use bytes::Bytes;
use openraft::entry::RaftEntry as _;
use records::{
    BatchBuilder, Compression, ControlType, NewRecord, RecordBatch, Records,
    control::{Placement, leader_change},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};
use wire::{DecodeError, EncodeError, Reader, Sink};

/// How many offsets the entry takes.
pub(crate) fn record_count(entry: &Entry) -> i64 {
    match &entry.payload {
        EntryPayload::Blank => 1,
        EntryPayload::Normal(batch) => batch.records.len() as i64,
        EntryPayload::Membership(membership) => membership.get_joint_config().len() as i64,
    }
}

/// The entry at its place in the log. `leader` is who wrote it, `now_ms` is for entries that carry no time.
pub(crate) fn encode(entry: &Entry, base_offset: Offset, leader: NodeId, now_ms: i64) -> io::Result<Bytes> {
    let term = entry.log_id.leader_id.term;
    let epoch = LeaderEpoch(i32::try_from(term).map_err(invalid)?);
    match &entry.payload {
        EntryPayload::Blank => {
            let placement = Placement { base_offset, partition_leader_epoch: epoch, timestamp: now_ms };
            Ok(leader_change(placement, leader, &[leader], &[leader]))
        }
        EntryPayload::Normal(batch) => {
            let mut builder = builder(base_offset, epoch);
            for value in &batch.records {
                let record =
                    NewRecord { timestamp: batch.timestamp_ms, value: Some(value), ..NewRecord::default() };
                builder.append(&record).map_err(invalid)?;
            }
            Ok(builder.build())
        }
        EntryPayload::Membership(membership) => {
            let mut builder = builder(base_offset, epoch).control();
            append_voters(&mut builder, membership, now_ms)?;
            Ok(builder.build())
        }
    }
}

fn builder(base_offset: Offset, epoch: LeaderEpoch) -> BatchBuilder {
    BatchBuilder::new(Compression::None).base_offset(base_offset).partition_leader_epoch(epoch)
}

/// One control record for each set of voters.
pub(crate) fn append_voters(
    builder: &mut BatchBuilder,
    membership: &Membership,
    now_ms: i64,
) -> io::Result<()> {
    if membership.learner_ids().next().is_some() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "voters that only listen have no record"));
    }
    for voters in membership.get_joint_config() {
        let mut value = Vec::new();
        write_voters(&mut value, voters, membership).map_err(invalid)?;
        let key = ControlType::KraftVoters.to_key();
        let record =
            NewRecord { timestamp: now_ms, key: Some(&key), value: Some(&value), ..NewRecord::default() };
        builder.append(&record).map_err(invalid)?;
    }
    Ok(())
}

/// The entry that a batch of the log holds. `index` is known from its place.
pub(crate) fn decode(batch: &RecordBatch, index: u64) -> io::Result<Entry> {
    let header = batch.header();
    let term = u64::try_from(header.partition_leader_epoch.0).map_err(invalid)?;
    let records = batch.records(records::DEFAULT_INFLATED_LIMIT).map_err(invalid)?;
    let payload = if header.is_control() { control_payload(&records)? } else { metadata_payload(&records)? };
    Ok(Entry::new(log_id(term, index), payload))
}

fn metadata_payload(records: &Records) -> io::Result<EntryPayload> {
    let mut batch = MetadataBatch { timestamp_ms: 0, records: Vec::new() };
    for record in records {
        let record = record.map_err(invalid)?;
        batch.timestamp_ms = record.timestamp;
        let value = record.value.ok_or_else(|| invalid("a metadata record has no value"))?;
        batch.records.push(records.share(value));
    }
    Ok(EntryPayload::Normal(batch))
}

fn control_payload(records: &Records) -> io::Result<EntryPayload> {
    let mut configs = Vec::new();
    let mut nodes = BTreeMap::new();
    for record in records {
        let record = record.map_err(invalid)?;
        let control_type = ControlType::from_key(record.key.unwrap_or_default()).map_err(invalid)?;
        match control_type {
            ControlType::LeaderChange => return Ok(EntryPayload::Blank),
            ControlType::KraftVoters => {
                let value = records.share(record.value.unwrap_or_default());
                configs.push(read_voters(value, &mut nodes).map_err(invalid)?);
            }
            other => {
                return Err(invalid(format!("control record {other:?} does not belong in a metadata log")));
            }
        }
    }
    Membership::new(configs, nodes).map(EntryPayload::Membership).map_err(|error| invalid(error.to_string()))
}

/// Kafka's VotersRecord, version 0.
fn write_voters(
    value: &mut Vec<u8>,
    voters: &BTreeSet<VoterKey>,
    membership: &Membership,
) -> Result<(), EncodeError> {
    const FLEXIBLE: bool = true;
    const NO_TAGGED_FIELDS: u32 = 0;
    value.put_i16(0);
    value.put_array_len(voters.len(), FLEXIBLE)?;
    for key in voters {
        value.put_i32(key.id.0);
        value.put_uuid(key.directory);
        let endpoints = membership.get_node(key).map_or(&[][..], |voter| &voter.endpoints);
        value.put_array_len(endpoints.len(), FLEXIBLE)?;
        for endpoint in endpoints {
            value.put_string(&endpoint.listener, FLEXIBLE)?;
            value.put_string(&endpoint.host, FLEXIBLE)?;
            value.put_u16(endpoint.port);
            value.put_varint(NO_TAGGED_FIELDS);
        }
        // Levels 0 and 1 of `kraft.version`: voter sets may change.
        value.put_i16(0);
        value.put_i16(1);
        value.put_varint(NO_TAGGED_FIELDS);
        value.put_varint(NO_TAGGED_FIELDS);
    }
    value.put_varint(NO_TAGGED_FIELDS);
    Ok(())
}

pub(crate) fn read_voters(
    value: Bytes,
    nodes: &mut BTreeMap<VoterKey, Voter>,
) -> Result<BTreeSet<VoterKey>, DecodeError> {
    const FLEXIBLE: bool = true;
    let mut reader = Reader::new(value);
    reader.read_i16()?;
    let voters = reader.read_array(FLEXIBLE, |reader| {
        let key = VoterKey { id: NodeId(reader.read_i32()?), directory: reader.read_uuid()? };
        let endpoints = reader.read_array(FLEXIBLE, |reader| {
            let endpoint = VoterEndpoint {
                listener: reader.read_string(FLEXIBLE)?,
                host: reader.read_string(FLEXIBLE)?,
                port: reader.read_u16()?,
            };
            reader.skip_tagged_fields()?;
            Ok(endpoint)
        })?;
        reader.read_i16()?;
        reader.read_i16()?;
        reader.skip_tagged_fields()?;
        reader.skip_tagged_fields()?;
        Ok((key, Voter { endpoints }))
    })?;
    reader.skip_tagged_fields()?;
    let keys = voters.iter().map(|(key, _)| *key).collect();
    nodes.extend(voters);
    Ok(keys)
}
