//! OffsetFetch (key 9, v1-v10): how far groups have read.
//!
//! Versions: v2 all topics by null, an error for the group; v5 leader epoch; v6 flexible; v7 stable offsets
//! only (KIP-447); v8 several groups; v9 member epoch (KIP-848); v10 topic ids.
//! Errors for a group: INVALID_GROUP_ID, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR. For a partition:
//! UNSTABLE_OFFSET_COMMIT, UNKNOWN_TOPIC_ID. An offset that was never committed is -1, without an error.
use super::*;
use group::{FetchOffsets, FetchTopic, FetchedPartition, FetchedTopic, GroupId, MemberId};
use protocol::{
    OffsetFetchRequest, OffsetFetchResponse,
    offset_fetch::{
        request::OffsetFetchRequestGroup,
        response::{
            OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
            OffsetFetchResponseTopic, OffsetFetchResponseTopics,
        },
    },
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::OffsetFetch, versions: 1..=10 };

const SEVERAL_GROUPS_FROM_VERSION: i16 = 8;
const TOPIC_IDS_FROM_VERSION: i16 = 10;

pub(crate) async fn handle(context: &RequestContext, request: OffsetFetchRequest) -> OffsetFetchResponse {
    let require_stable = request.require_stable;
    if context.version() < SEVERAL_GROUPS_FROM_VERSION {
        return one_group(context, request).await;
    }
    let mut groups = Vec::with_capacity(request.groups.len());
    for group in request.groups {
        groups.push(fetch_group(context, group, require_stable).await);
    }
    OffsetFetchResponse { groups, ..Default::default() }
}

async fn one_group(context: &RequestContext, request: OffsetFetchRequest) -> OffsetFetchResponse {
    let named = |topic: protocol::offset_fetch::request::OffsetFetchRequestTopic| FetchTopic {
        id: TopicId::NONE,
        name: topic.name,
        partitions: topic.partition_indexes,
    };
    // v1 has no null: an empty list is all it can say, and it means none.
    let topics = request.topics.map(|topics| topics.into_iter().map(named).collect::<Vec<_>>());
    let fetch = FetchOffsets {
        group_id: request.group_id.into(),
        topics: topics.clone(),
        require_stable: request.require_stable,
        ..Default::default()
    };
    match context.state().groups.ask(&fetch.group_id.clone(), fetch).await {
        Ok(fetched) => {
            OffsetFetchResponse { topics: fetched.into_iter().map(old_topic).collect(), ..Default::default() }
        }
        Err(error) => {
            let code = group_error_code(&error);
            // v1 has no error for the group: every partition says it.
            let topics = topics.filter(|_| context.version() < 2).unwrap_or_default();
            let failed = |topic: FetchTopic| OffsetFetchResponseTopic {
                name: topic.name,
                partitions: topic
                    .partitions
                    .iter()
                    .map(|index| old_partition(&missing(*index), code))
                    .collect(),
            };
            OffsetFetchResponse {
                error_code: code.0,
                topics: topics.into_iter().map(failed).collect(),
                ..Default::default()
            }
        }
    }
}

async fn fetch_group(
    context: &RequestContext,
    group: OffsetFetchRequestGroup,
    require_stable: bool,
) -> OffsetFetchResponseGroup {
    let by_id = context.version() >= TOPIC_IDS_FROM_VERSION;
    let image = context.state().image();
    let mut unknown = Vec::new();
    let topics = group.topics.map(|topics| {
        let mut known = Vec::with_capacity(topics.len());
        for topic in topics {
            let id = TopicId(topic.topic_id);
            let name = if by_id { image.topic(id).map(|topic| topic.name.clone()) } else { Some(topic.name) };
            match name {
                Some(name) => known.push(FetchTopic { id, name, partitions: topic.partition_indexes }),
                None => unknown.push((id, topic.partition_indexes)),
            }
        }
        known
    });
    let fetch = FetchOffsets {
        group_id: GroupId::from(group.group_id.clone()),
        member_id: group.member_id.and_then(MemberId::optional),
        member_epoch: group.member_epoch,
        topics,
        require_stable,
    };
    match context.state().groups.ask(&fetch.group_id.clone(), fetch).await {
        Ok(fetched) => {
            let found = fetched.into_iter().filter_map(|topic| {
                // A topic may have been deleted since: then its id cannot be told.
                let id = if by_id { image.topic_id(&topic.name)? } else { TopicId::NONE };
                Some(new_topic(topic, id))
            });
            let missing = unknown.into_iter().map(|(id, partitions)| unknown_topic(id, &partitions));
            OffsetFetchResponseGroup {
                group_id: group.group_id,
                topics: found.chain(missing).collect(),
                ..Default::default()
            }
        }
        Err(error) => OffsetFetchResponseGroup {
            group_id: group.group_id,
            error_code: group_error_code(&error).0,
            ..Default::default()
        },
    }
}

/// Consumers before 3.9 take only NOT_COORDINATOR for a reason to look for the coordinator again.
fn group_error_code(error: &group::Error) -> ErrorCode {
    match error.code() {
        ErrorCode::COORDINATOR_NOT_AVAILABLE => ErrorCode::NOT_COORDINATOR,
        code => code,
    }
}

fn missing(partition: i32) -> FetchedPartition {
    FetchedPartition { partition, offset: Ok(None) }
}

fn old_topic(topic: FetchedTopic) -> OffsetFetchResponseTopic {
    let partitions =
        topic.partitions.iter().map(|partition| old_partition(partition, ErrorCode::NONE)).collect();
    OffsetFetchResponseTopic { name: topic.name, partitions }
}

fn old_partition(partition: &FetchedPartition, code: ErrorCode) -> OffsetFetchResponsePartition {
    let new = new_partition(partition, code);
    OffsetFetchResponsePartition {
        partition_index: new.partition_index,
        committed_offset: new.committed_offset,
        committed_leader_epoch: new.committed_leader_epoch,
        metadata: new.metadata,
        error_code: new.error_code,
    }
}

fn new_topic(topic: FetchedTopic, id: TopicId) -> OffsetFetchResponseTopics {
    let partitions =
        topic.partitions.iter().map(|partition| new_partition(partition, ErrorCode::NONE)).collect();
    OffsetFetchResponseTopics { name: topic.name, topic_id: id.0, partitions }
}

fn unknown_topic(id: TopicId, partitions: &[i32]) -> OffsetFetchResponseTopics {
    let failed = |index: &i32| new_partition(&missing(*index), ErrorCode::UNKNOWN_TOPIC_ID);
    OffsetFetchResponseTopics {
        topic_id: id.0,
        partitions: partitions.iter().map(failed).collect(),
        ..Default::default()
    }
}

fn new_partition(fetched: &FetchedPartition, code: ErrorCode) -> OffsetFetchResponsePartitions {
    let (committed, code) = match &fetched.offset {
        Ok(committed) => (committed.as_ref(), code),
        Err(error) => (None, error.code()),
    };
    OffsetFetchResponsePartitions {
        partition_index: fetched.partition,
        committed_offset: committed.map_or(Offset::NONE, |committed| committed.offset).0,
        committed_leader_epoch: committed
            .and_then(|committed| committed.leader_epoch)
            .unwrap_or(LeaderEpoch::NONE)
            .0,
        metadata: Some(committed.map(|committed| committed.metadata.clone()).unwrap_or_default()),
        error_code: code.0,
    }
}
