//! What a group leaves in the log, in Kafka's format.
//!
//! A key starts with two bytes for the kind of record, a value with two for its version. Offsets are written in
//! version 4 of their value (with the topic id), or 1 where the client chose an expiry; groups in version 3; every
//! earlier version is read. So Kafka's tools read what is written here, and a log that Kafka wrote is replayed.
//! Kinds that belong to other protocols are named and left alone.
//!
//! Source: the coordinator records of Kafka 4.4; KIP-915 for what a version may change.

use super::{Generation, GroupId, InstanceId, MemberId};
use base::{LeaderEpoch, Offset, TopicId};
use bytes::Bytes;
use coordinator::{CoordinatorRecord, ReplayError};
use protocol::{
    Record, from_record_key, from_record_value,
    group_records::{
        GroupMetadataKey, GroupMetadataValue, LegacyOffsetCommitKey, LegacyOffsetCommitValue,
        OffsetCommitKey, OffsetCommitValue, group_metadata_value,
    },
    read_record_kind, to_record_key, to_record_value,
};
use wire::{DecodeError, Reader, Text};

const LEGACY_OFFSET_COMMIT: i16 = LegacyOffsetCommitKey::KEY;
const OFFSET_COMMIT: i16 = OffsetCommitKey::KEY;
const GROUP_METADATA: i16 = GroupMetadataKey::KEY;

const OFFSET_VERSION: i16 = 4;
const OFFSET_VERSION_WITH_EXPIRY: i16 = 1;
const GROUP_VERSION: i16 = 3;

/// Why encoding cannot fail.
const FITS: &str = "texts came in through fields with the same limits, and member ids are made to fit";

/// A committed offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffsetValue {
    pub offset: Offset,
    pub leader_epoch: Option<LeaderEpoch>,
    pub metadata: Text,
    /// Milliseconds since 1970.
    pub commit_ms: i64,
    /// Where the client chose how long the offset is kept.
    pub expire_ms: Option<i64>,
    pub topic_id: TopicId,
}

/// A classic group after a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupMetadata {
    pub protocol_type: Text,
    pub generation: Generation,
    pub protocol: Option<Text>,
    pub leader: Option<MemberId>,
    /// Milliseconds since 1970.
    pub state_since_ms: Option<i64>,
    pub members: Vec<MemberMetadata>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberMetadata {
    pub member_id: MemberId,
    pub instance_id: Option<InstanceId>,
    pub client_id: Text,
    pub client_host: Text,
    pub rebalance_timeout_ms: i32,
    pub session_timeout_ms: i32,
    pub subscription: Bytes,
    pub assignment: Bytes,
}

/// A record as far as it concerns classic groups. No value is a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    Offset { group_id: GroupId, topic: Text, partition: i32, value: Option<OffsetValue> },
    Group { group_id: GroupId, value: Option<GroupMetadata> },
    Unknown { record_type: i16 },
}

pub fn offset_commit(
    group_id: &GroupId,
    topic: &Text,
    partition: i32,
    value: &OffsetValue,
) -> CoordinatorRecord {
    let version = if value.expire_ms.is_some() { OFFSET_VERSION_WITH_EXPIRY } else { OFFSET_VERSION };
    let message = OffsetCommitValue {
        offset: value.offset.0,
        leader_epoch: value.leader_epoch.unwrap_or(LeaderEpoch::NONE).0,
        metadata: value.metadata.clone(),
        commit_timestamp: value.commit_ms,
        expire_timestamp: value.expire_ms.unwrap_or(-1),
        topic_id: value.topic_id.0,
    };
    CoordinatorRecord {
        key: offset_key(group_id, topic, partition),
        value: Some(to_record_value(&message, version).expect(FITS)),
    }
}

pub fn offset_tombstone(group_id: &GroupId, topic: &Text, partition: i32) -> CoordinatorRecord {
    CoordinatorRecord { key: offset_key(group_id, topic, partition), value: None }
}

pub fn group_metadata(group_id: &GroupId, value: &GroupMetadata) -> CoordinatorRecord {
    let members = value.members.iter().map(|member| group_metadata_value::MemberMetadata {
        member_id: member.member_id.0.clone(),
        group_instance_id: member.instance_id.as_ref().map(|id| id.0.clone()),
        client_id: member.client_id.clone(),
        client_host: member.client_host.clone(),
        rebalance_timeout: member.rebalance_timeout_ms,
        session_timeout: member.session_timeout_ms,
        subscription: member.subscription.clone(),
        assignment: member.assignment.clone(),
    });
    let message = GroupMetadataValue {
        protocol_type: value.protocol_type.clone(),
        generation: value.generation.0,
        protocol: value.protocol.clone(),
        leader: value.leader.as_ref().map(|id| id.0.clone()),
        current_state_timestamp: value.state_since_ms.unwrap_or(-1),
        members: members.collect(),
    };
    CoordinatorRecord {
        key: group_key(group_id),
        value: Some(to_record_value(&message, GROUP_VERSION).expect(FITS)),
    }
}

pub fn group_tombstone(group_id: &GroupId) -> CoordinatorRecord {
    CoordinatorRecord { key: group_key(group_id), value: None }
}

fn offset_key(group_id: &GroupId, topic: &Text, partition: i32) -> Bytes {
    let key = OffsetCommitKey { group: group_id.0.clone(), topic: topic.clone(), partition };
    to_record_key(&key).expect(FITS)
}

fn group_key(group_id: &GroupId) -> Bytes {
    to_record_key(&GroupMetadataKey { group: group_id.0.clone() }).expect(FITS)
}

/// Reads a record, copying out what will be kept of it.
pub fn parse(record: &CoordinatorRecord) -> Result<Parsed, ReplayError> {
    let mut key = Reader::new(record.key.clone());
    let record_type = read_record_kind(&mut key).map_err(|source| unreadable(-1, "key", source))?;
    match record_type {
        LEGACY_OFFSET_COMMIT => parse_legacy_offset(&mut key, record),
        OFFSET_COMMIT => {
            let OffsetCommitKey { group, topic, partition } = parse_key(record_type, &mut key)?;
            let value = parse_value(record_type, record)?.as_ref().map(offset_value);
            Ok(Parsed::Offset { group_id: GroupId(group.detached()), topic, partition, value })
        }
        GROUP_METADATA => {
            let GroupMetadataKey { group } = parse_key(record_type, &mut key)?;
            let value = parse_value(record_type, record)?.map(group_value);
            Ok(Parsed::Group { group_id: GroupId(group.detached()), value })
        }
        _ => Ok(Parsed::Unknown { record_type }),
    }
}

/// The kind that brokers before 0.9 wrote; its value is that of a commit.
fn parse_legacy_offset(key: &mut Reader, record: &CoordinatorRecord) -> Result<Parsed, ReplayError> {
    let LegacyOffsetCommitKey { group, topic, partition } = parse_key(LEGACY_OFFSET_COMMIT, key)?;
    let value = parse_value(LEGACY_OFFSET_COMMIT, record)?.map(|value: LegacyOffsetCommitValue| {
        offset_value(&OffsetCommitValue {
            offset: value.offset,
            metadata: value.metadata,
            commit_timestamp: value.commit_timestamp,
            ..OffsetCommitValue::default()
        })
    });
    Ok(Parsed::Offset { group_id: GroupId(group.detached()), topic, partition, value })
}

fn parse_key<K: Record>(record_type: i16, key: &mut Reader) -> Result<K, ReplayError> {
    from_record_key(key).map_err(|source| unreadable(record_type, "key", source))
}

fn parse_value<V: Record>(record_type: i16, record: &CoordinatorRecord) -> Result<Option<V>, ReplayError> {
    let value = record.value.clone().map(from_record_value).transpose();
    value.map_err(|source| unreadable(record_type, "value", source))
}

fn unreadable(record_type: i16, part: &'static str, source: DecodeError) -> ReplayError {
    ReplayError { record_type, part, source: source.into() }
}

fn offset_value(message: &OffsetCommitValue) -> OffsetValue {
    OffsetValue {
        offset: Offset(message.offset),
        leader_epoch: (message.leader_epoch >= 0).then_some(LeaderEpoch(message.leader_epoch)),
        metadata: message.metadata.detached(),
        commit_ms: message.commit_timestamp,
        expire_ms: (message.expire_timestamp >= 0).then_some(message.expire_timestamp),
        topic_id: TopicId(message.topic_id),
    }
}

fn group_value(message: GroupMetadataValue) -> GroupMetadata {
    let members = message.members.into_iter().map(|member| MemberMetadata {
        member_id: MemberId(member.member_id.detached()),
        instance_id: member.group_instance_id.map(|id| InstanceId(id.detached())),
        client_id: member.client_id.detached(),
        client_host: member.client_host.detached(),
        // Records of version 0 have no rebalance timeout.
        rebalance_timeout_ms: match member.rebalance_timeout {
            -1 => member.session_timeout,
            timeout => timeout,
        },
        session_timeout_ms: member.session_timeout,
        subscription: Bytes::copy_from_slice(&member.subscription),
        assignment: Bytes::copy_from_slice(&member.assignment),
    });
    GroupMetadata {
        protocol_type: message.protocol_type.detached(),
        generation: Generation(message.generation),
        protocol: message.protocol.map(|protocol| protocol.detached()),
        leader: message.leader.map(|id| MemberId(id.detached())),
        state_since_ms: (message.current_state_timestamp >= 0).then_some(message.current_state_timestamp),
        members: members.collect(),
    }
}
