//! Control records: what brokers write into a log beside the data. A control batch holds one; consumers are not
//! shown it.
//!
//! Its key is a version and a type. The value of a version that is newer than known is read as the newest known,
//! and an unknown type is skipped, as Kafka does.
//!
//! Sources: KIP-98 (end of a transaction), KIP-595 (leader change), KIP-630 (snapshots), KIP-853 (voters).
use crate::{BatchBuilder, Compression, Error, NO_SEQUENCE, Record, builder::NewRecord};
use base::{LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ControlType {
    Abort,
    Commit,
    LeaderChange,
    SnapshotHeader,
    SnapshotFooter,
    KraftVersion,
    KraftVoters,
    /// To be ignored.
    Unknown(i16),
}

impl ControlType {
    const KNOWN: [Self; 7] = [
        Self::Abort,
        Self::Commit,
        Self::LeaderChange,
        Self::SnapshotHeader,
        Self::SnapshotFooter,
        Self::KraftVersion,
        Self::KraftVoters,
    ];

    pub fn from_id(id: i16) -> Self {
        usize::try_from(id).ok().and_then(|id| Self::KNOWN.get(id).copied()).unwrap_or(Self::Unknown(id))
    }

    pub fn id(self) -> i16 {
        match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::LeaderChange => 2,
            Self::SnapshotHeader => 3,
            Self::SnapshotFooter => 4,
            Self::KraftVersion => 5,
            Self::KraftVoters => 6,
            Self::Unknown(id) => id,
        }
    }

    /// Reads the key of a control record. More may follow version and type.
    pub fn from_key(key: &[u8]) -> Result<Self, Error> {
        let [version_high, version_low, id_high, id_low, ..] = *key else { return Err(Error::ControlKey) };
        check_version([version_high, version_low])?;
        Ok(Self::from_id(i16::from_be_bytes([id_high, id_low])))
    }

    pub fn to_key(self) -> [u8; 4] {
        let [high, low] = self.id().to_be_bytes();
        [0, 0, high, low]
    }
}

/// How a transaction ended (type 0 or 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndTransactionMarker {
    pub committed: bool,
    /// Of the coordinator that wrote it, to fence one that was replaced.
    pub coordinator_epoch: i32,
}

impl EndTransactionMarker {
    pub fn control_type(self) -> ControlType {
        if self.committed { ControlType::Commit } else { ControlType::Abort }
    }

    fn to_value(self) -> [u8; 6] {
        let [a, b, c, d] = self.coordinator_epoch.to_be_bytes();
        [0, 0, a, b, c, d]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlRecord {
    EndTransaction(EndTransactionMarker),
    /// The value is not looked at.
    Other(ControlType),
}

impl ControlRecord {
    /// Reads a record of a control batch.
    pub fn read(record: &Record<'_>) -> Result<Self, Error> {
        let control_type = ControlType::from_key(record.key.ok_or(Error::ControlKey)?)?;
        let committed = match control_type {
            ControlType::Abort => false,
            ControlType::Commit => true,
            other => return Ok(Self::Other(other)),
        };
        let value = record.value.unwrap_or_default();
        let Some(&[v0, v1, epoch @ ..]) = value.first_chunk::<6>() else {
            return Err(Error::ControlValue(control_type));
        };
        check_version([v0, v1])?;
        let coordinator_epoch = i32::from_be_bytes(epoch);
        Ok(Self::EndTransaction(EndTransactionMarker { committed, coordinator_epoch }))
    }
}

fn check_version(version: [u8; 2]) -> Result<(), Error> {
    match i16::from_be_bytes(version) {
        version @ ..0 => Err(Error::ControlVersion(version)),
        _ => Ok(()),
    }
}

/// Where and when a control batch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    pub base_offset: Offset,
    pub partition_leader_epoch: LeaderEpoch,
    pub timestamp: i64,
}

/// The batch that ends a producer's transaction in one partition.
pub fn end_transaction(
    placement: Placement,
    producer_id: ProducerId,
    producer_epoch: ProducerEpoch,
    marker: EndTransactionMarker,
) -> Bytes {
    let builder = builder(placement).transactional().producer(producer_id, producer_epoch, NO_SEQUENCE);
    one_record(builder, placement, marker.control_type(), &marker.to_value())
}

/// The batch with which a new leader of a Raft-replicated log begins its epoch.
pub fn leader_change(placement: Placement, leader: NodeId, voters: &[NodeId], granting: &[NodeId]) -> Bytes {
    const VERSION: i16 = 0;
    let mut value = Vec::new();
    value.extend_from_slice(&VERSION.to_be_bytes());
    value.extend_from_slice(&leader.0.to_be_bytes());
    write_voters(voters, &mut value);
    write_voters(granting, &mut value);
    value.push(NO_TAGGED_FIELDS);
    one_record(builder(placement), placement, ControlType::LeaderChange, &value)
}

const NO_TAGGED_FIELDS: u8 = 0;

fn write_voters(voters: &[NodeId], out: &mut Vec<u8>) {
    // A compact array begins with its length plus one as an unsigned varint.
    let mut length = voters.len() + 1;
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    for voter in voters {
        out.extend_from_slice(&voter.0.to_be_bytes());
        out.push(NO_TAGGED_FIELDS);
    }
}

fn builder(placement: Placement) -> BatchBuilder {
    BatchBuilder::new(Compression::None)
        .control()
        .base_offset(placement.base_offset)
        .partition_leader_epoch(placement.partition_leader_epoch)
}

fn one_record(
    mut builder: BatchBuilder,
    placement: Placement,
    control_type: ControlType,
    value: &[u8],
) -> Bytes {
    let key = control_type.to_key();
    let record = NewRecord {
        timestamp: placement.timestamp,
        key: Some(&key),
        value: Some(value),
        ..Default::default()
    };
    builder.append(&record).expect("one small record fits every batch");
    builder.build()
}
