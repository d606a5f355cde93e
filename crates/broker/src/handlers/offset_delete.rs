//! OffsetDelete (key 47, v0): forgets offsets of a group, for partitions that it does not read now (KIP-496).
//!
//! Errors for the group: INVALID_GROUP_ID, GROUP_ID_NOT_FOUND, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR.
//! For a partition: UNKNOWN_TOPIC_OR_PARTITION, GROUP_SUBSCRIBED_TO_TOPIC.
use super::*;
use group::{DeleteOffsets, GroupId};
use protocol::{
    OffsetDeleteRequest, OffsetDeleteResponse,
    offset_delete::response::{OffsetDeleteResponsePartition, OffsetDeleteResponseTopic},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::OffsetDelete, versions: 0..=0 };

pub(crate) async fn handle(context: &RequestContext, request: OffsetDeleteRequest) -> OffsetDeleteResponse {
    let image = context.state().image();
    let mut unknown = Vec::new();
    let mut topics = Vec::new();
    for topic in request.topics {
        let exists =
            |index: i32| image.topic_named(&topic.name).is_some_and(|topic| topic.partition(index).is_some());
        let indexes = topic.partitions.iter().map(|partition| partition.partition_index);
        let (known, missing): (Vec<i32>, Vec<i32>) = indexes.partition(|index| exists(*index));
        if !missing.is_empty() {
            let partitions = missing
                .into_iter()
                .map(|index| partition(index, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))
                .collect();
            unknown.push(OffsetDeleteResponseTopic { name: topic.name.clone(), partitions });
        }
        if !known.is_empty() {
            topics.push((topic.name, known));
        }
    }
    let group = GroupId::from(request.group_id);
    match context.state().groups.ask(&group, DeleteOffsets { group_id: group.clone(), topics }).await {
        Err(error) => OffsetDeleteResponse { error_code: error.code().0, ..Default::default() },
        Ok(results) => {
            let mut response = OffsetDeleteResponse { topics: unknown, ..Default::default() };
            for topic in results {
                let code = |result: Result<(), group::Error>| {
                    result.map_or_else(|error| error.code(), |()| ErrorCode::NONE)
                };
                let partitions: Vec<_> = topic
                    .partitions
                    .into_iter()
                    .map(|(index, result)| partition(index, code(result)))
                    .collect();
                match response.topics.iter_mut().find(|other| other.name == topic.name) {
                    Some(other) => other.partitions.extend(partitions),
                    None => response.topics.push(OffsetDeleteResponseTopic { name: topic.name, partitions }),
                }
            }
            response
        }
    }
}

fn partition(partition_index: i32, code: ErrorCode) -> OffsetDeleteResponsePartition {
    OffsetDeleteResponsePartition { partition_index, error_code: code.0 }
}
