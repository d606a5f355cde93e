//! OffsetCommit (key 8, v2-v10): a consumer says how far it has read.
//!
//! Versions: v5 no retention time (KIP-211); v6 leader epoch; v7 `group_instance_id`; v8 flexible; v9 member
//! epoch and the errors of KIP-848; v10 topic ids (KIP-848).
//! Errors, for each partition: UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, OFFSET_METADATA_TOO_LARGE, and
//! those of the group: INVALID_GROUP_ID, UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID,
//! REBALANCE_IN_PROGRESS, GROUP_ID_NOT_FOUND, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR.
//!
//! Two phases: the commit takes its place in the group's order at once, the answer waits until it is safe.
use super::*;
use group::{Commit, CommitPartition, CommitTopic, Generation, GroupId, InstanceId, MemberId};
use protocol::{
    OffsetCommitRequest, OffsetCommitResponse,
    offset_commit::{
        request::OffsetCommitRequestTopic,
        response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic},
    },
};
use std::collections::HashMap;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::OffsetCommit, versions: 2..=10 };

const TOPIC_IDS_FROM_VERSION: i16 = 10;
/// Before this version a commit to a group that does not exist is ILLEGAL_GENERATION.
const GROUP_NOT_FOUND_FROM_VERSION: i16 = 9;

pub(crate) fn begin(
    context: &RequestContext,
    request: OffsetCommitRequest,
) -> Phase<Outcome<OffsetCommitResponse>> {
    let by_id = context.version() >= TOPIC_IDS_FROM_VERSION;
    let mut response = OffsetCommitResponse::default();
    let mut topics = Vec::new();
    for topic in request.topics {
        let (answer, known) = resolve(context, by_id, topic);
        response.topics.push(answer);
        topics.extend(known);
    }
    if topics.is_empty() && !response.topics.is_empty() {
        return Phase::Done(Outcome::Answer(response));
    }
    let group_id = GroupId::from(request.group_id);
    let commit = Commit {
        group_id: group_id.clone(),
        member_id: MemberId::optional(request.member_id),
        instance_id: request.group_instance_id.map(InstanceId::from),
        generation: Generation(request.generation_id_or_member_epoch),
        retention_ms: Some(request.retention_time_ms).filter(|ms| *ms >= 0),
        producer: None,
        topics,
    };
    let version = context.version();
    match context.state().groups.begin(&group_id, commit) {
        Err(error) => {
            fail_all(&mut response, error_code(version, &error));
            Phase::Done(Outcome::Answer(response))
        }
        Ok(answer) => Phase::Later(Box::pin(async move {
            match answer.await {
                Ok(results) => fill_in(&mut response, &results),
                Err(error) => fail_all(&mut response, error_code(version, &error)),
            }
            Outcome::Answer(response)
        })),
    }
}

/// The answer with an error where the partition is unknown, and what is left to commit.
fn resolve(
    context: &RequestContext,
    by_id: bool,
    requested: OffsetCommitRequestTopic,
) -> (OffsetCommitResponseTopic, Option<CommitTopic>) {
    let image = context.state().image();
    let topic =
        if by_id { image.topic(TopicId(requested.topic_id)) } else { image.topic_named(&requested.name) };
    let mut answer = OffsetCommitResponseTopic {
        name: requested.name,
        topic_id: requested.topic_id,
        partitions: Vec::with_capacity(requested.partitions.len()),
    };
    let mut known = Vec::new();
    for wanted in requested.partitions {
        let code = match topic {
            None if by_id => ErrorCode::UNKNOWN_TOPIC_ID,
            None => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            Some(topic) if topic.partition(wanted.partition_index).is_none() => {
                ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
            }
            Some(_) => ErrorCode::NONE,
        };
        answer.partitions.push(OffsetCommitResponsePartition {
            partition_index: wanted.partition_index,
            error_code: code.0,
        });
        if code == ErrorCode::NONE {
            known.push(CommitPartition {
                partition: wanted.partition_index,
                offset: Offset(wanted.committed_offset),
                leader_epoch: Some(LeaderEpoch(wanted.committed_leader_epoch)).filter(|epoch| epoch.0 >= 0),
                metadata: wanted.committed_metadata,
            });
        }
    }
    let commit = topic.filter(|_| !known.is_empty()).map(|topic| CommitTopic {
        name: topic.name.clone(),
        id: topic.id,
        partitions: known,
    });
    (answer, commit)
}

fn error_code(version: i16, error: &group::Error) -> ErrorCode {
    match error {
        group::Error::GroupNotFound(_) if version < GROUP_NOT_FOUND_FROM_VERSION => {
            ErrorCode::ILLEGAL_GENERATION
        }
        error => error.code(),
    }
}

fn fail_all(response: &mut OffsetCommitResponse, code: ErrorCode) {
    for partition in response.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
        if partition.error_code == ErrorCode::NONE.0 {
            partition.error_code = code.0;
        }
    }
}

/// Puts the group's results beside the partitions that it was asked about.
fn fill_in(response: &mut OffsetCommitResponse, results: &[group::TopicResult]) {
    let mut failed = HashMap::new();
    for topic in results {
        for (partition, result) in &topic.partitions {
            if let Err(error) = result {
                failed.insert((topic.name.clone(), *partition), error.code());
                failed.insert((Text::from(topic.id.to_string()), *partition), error.code());
            }
        }
    }
    if failed.is_empty() {
        return;
    }
    for topic in &mut response.topics {
        let key = if topic.name.is_empty() {
            Text::from(TopicId(topic.topic_id).to_string())
        } else {
            topic.name.clone()
        };
        for partition in &mut topic.partitions {
            if let Some(code) = failed.get(&(key.clone(), partition.partition_index))
                && partition.error_code == ErrorCode::NONE.0
            {
                partition.error_code = code.0;
            }
        }
    }
}
