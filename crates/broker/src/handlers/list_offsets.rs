//! ListOffsets (key 2, v1-v11): the offset that belongs to a point in time.
//!
//! Versions: v2 isolation level; v4 leader epoch; v6 flexible; v7 greatest timestamp (KIP-734); v8 earliest
//! local (KIP-405); v9 latest tiered (KIP-1005); v10 timeout; v11 earliest pending upload (KIP-1023).
//! Errors, for each partition: UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH,
//! UNKNOWN_LEADER_EPOCH, INVALID_REQUEST for a partition named twice, UNSUPPORTED_VERSION for a marker that
//! the version does not have, KAFKA_STORAGE_ERROR. A time after the last record is -1 without an error.
use super::*;
use crate::partition::{Partition, storage_error_code};
use protocol::{
    ListOffsetsRequest, ListOffsetsResponse,
    list_offsets::{
        request::ListOffsetsPartition,
        response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse},
    },
};
use std::collections::HashSet;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::ListOffsets, versions: 1..=11 };

const READ_COMMITTED: i8 = 1;
const CONSUMER: i32 = -1;
const NO_TIMESTAMP: i64 = -1;

/// What is asked for instead of a time.
mod marker {
    pub(super) const LATEST: i64 = -1;
    pub(super) const EARLIEST: i64 = -2;
    pub(super) const MAX_TIMESTAMP: i64 = -3;
    pub(super) const EARLIEST_LOCAL: i64 = -4;
    pub(super) const LATEST_TIERED: i64 = -5;
    pub(super) const EARLIEST_PENDING_UPLOAD: i64 = -6;
}

/// The first version in which a timestamp means something; `None` if there is none.
fn supported_from(timestamp: i64) -> Option<i16> {
    match timestamp {
        marker::LATEST | marker::EARLIEST | 0.. => Some(1),
        marker::MAX_TIMESTAMP => Some(7),
        marker::EARLIEST_LOCAL => Some(8),
        marker::LATEST_TIERED => Some(9),
        marker::EARLIEST_PENDING_UPLOAD => Some(11),
        _ => None,
    }
}

pub(crate) async fn handle(context: &RequestContext, request: ListOffsetsRequest) -> ListOffsetsResponse {
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    for topic in &request.topics {
        for partition in &topic.partitions {
            if !seen.insert((topic.name.clone(), partition.partition_index)) {
                twice.insert((topic.name.clone(), partition.partition_index));
            }
        }
    }
    let topics = context.state().topics.load();
    let answer = |name: &Text, wanted: ListOffsetsPartition| {
        let index = wanted.partition_index;
        let found = if twice.contains(&(name.clone(), index)) {
            Err(ErrorCode::INVALID_REQUEST)
        } else if supported_from(wanted.timestamp).is_none_or(|from| context.version() < from) {
            Err(ErrorCode::UNSUPPORTED_VERSION)
        } else {
            let topic = topics.by_name(name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
            topic.and_then(|topic| {
                look_up(topic.partition(index)?, &wanted, request.replica_id, request.isolation_level)
            })
        };
        let (found, code) = match found {
            Ok(found) => (found, ErrorCode::NONE),
            Err(code) => (Found::NOTHING, code),
        };
        ListOffsetsPartitionResponse {
            partition_index: index,
            error_code: code.0,
            timestamp: found.timestamp,
            offset: found.offset.0,
            leader_epoch: if context.version() >= 4 { found.leader_epoch.0 } else { LeaderEpoch::NONE.0 },
        }
    };
    let topics = request
        .topics
        .into_iter()
        .map(|topic| ListOffsetsTopicResponse {
            partitions: topic
                .partitions
                .into_iter()
                .map(|partition| answer(&topic.name, partition))
                .collect(),
            name: topic.name,
        })
        .collect();
    ListOffsetsResponse { topics, ..Default::default() }
}

struct Found {
    timestamp: i64,
    offset: Offset,
    leader_epoch: LeaderEpoch,
}

impl Found {
    const NOTHING: Self =
        Self { timestamp: NO_TIMESTAMP, offset: Offset::NONE, leader_epoch: LeaderEpoch::NONE };
}

fn look_up(
    partition: &Partition,
    wanted: &ListOffsetsPartition,
    replica: i32,
    isolation_level: i8,
) -> Result<Found, ErrorCode> {
    partition.check_epoch(LeaderEpoch(wanted.current_leader_epoch))?;
    let log = &partition.log;
    let last_fetchable = match replica {
        CONSUMER if isolation_level == READ_COMMITTED => log.last_stable_offset(),
        CONSUMER => partition.high_watermark(),
        _ => log.log_end_offset(),
    };
    let at = |offset: Offset, epoch| Found { timestamp: NO_TIMESTAMP, offset, leader_epoch: epoch };
    let by_time = match wanted.timestamp {
        marker::LATEST => return Ok(at(last_fetchable, partition.leader_epoch())),
        marker::EARLIEST | marker::EARLIEST_LOCAL => {
            let start = log.log_start_offset();
            return Ok(at(start, log.epoch_at(start).unwrap_or(LeaderEpoch::NONE)));
        }
        // Nothing is tiered, so there is neither a latest tiered offset nor one that waits for its upload.
        marker::LATEST_TIERED | marker::EARLIEST_PENDING_UPLOAD => return Ok(Found::NOTHING),
        marker::MAX_TIMESTAMP => log.max_timestamp(),
        timestamp => log.offset_for_timestamp(timestamp),
    };
    let found = by_time.map_err(|error| storage_error_code(&error))?;
    Ok(found.filter(|found| found.offset < last_fetchable).map_or(Found::NOTHING, |found| Found {
        timestamp: found.timestamp,
        offset: found.offset,
        leader_epoch: found.leader_epoch,
    }))
}
