//! DescribeTopicPartitions (key 75, v0): topics and partitions page by page, in order of name (KIP-966).
//!
//! Errors, for each topic: UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION. A cursor that names a topic
//! which was not asked for, or a negative partition, is INVALID_REQUEST for every topic.
use super::*;
use crate::{authorized_operations, topic_creation};
use ::metadata::{MetadataImage, Topic};
use base::NodeId;
use protocol::{
    DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse,
    describe_topic_partitions::response::{
        Cursor, DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic,
    },
};
use std::collections::BTreeSet;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeTopicPartitions, versions: 0..=0 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeTopicPartitionsRequest,
) -> DescribeTopicPartitionsResponse {
    let image = context.state().image();
    let configured = context.state().config.network.max_request_partition_size_limit;
    let limit = usize::try_from(request.response_partition_limit.min(configured).max(1)).unwrap_or(1);
    let all = request.topics.is_empty();
    let mut names: BTreeSet<Text> = request.topics.into_iter().map(|topic| topic.name).collect();
    if let Some(cursor) = &request.cursor {
        let misses_cursor = !all && !names.contains(&cursor.topic_name);
        if misses_cursor || cursor.partition_index < 0 {
            let failed = |name| unknown(name, ErrorCode::INVALID_REQUEST);
            return DescribeTopicPartitionsResponse {
                topics: names.into_iter().map(failed).collect(),
                ..Default::default()
            };
        }
        names = names.split_off(&cursor.topic_name);
    }
    let (first_topic, first_partition) =
        request.cursor.map_or((Text::default(), 0), |cursor| (cursor.topic_name, cursor.partition_index));
    let names: Box<dyn Iterator<Item = Text>> = match all {
        true => Box::new(image.topics_from(&first_topic).map(|topic| topic.name.clone())),
        false => Box::new(names.into_iter()),
    };
    page(&image, context.listener_name(), names, (&first_topic, first_partition), limit)
}

fn page(
    image: &MetadataImage,
    listener: &str,
    names: impl Iterator<Item = Text>,
    (first_topic, first_partition): (&str, i32),
    limit: usize,
) -> DescribeTopicPartitionsResponse {
    let mut response = DescribeTopicPartitionsResponse::default();
    let mut left = limit;
    for name in names {
        let Some(topic) = image.topic_named(&name) else {
            let code = match ::metadata::controller::validate_topic_name(&name) {
                Ok(()) => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
                Err(error) => error.code(),
            };
            response.topics.push(unknown(name, code));
            continue;
        };
        if left == 0 {
            response.next_cursor = Some(cursor(name, 0));
            break;
        }
        let from = if *name == *first_topic { first_partition } else { 0 };
        let partitions: Vec<_> = topic
            .partitions
            .range(from..)
            .take(left)
            .map(|(index, partition)| describe(image, listener, *index, partition))
            .collect();
        left -= partitions.len();
        let next = partitions.last().map_or(from, |partition| partition.partition_index + 1);
        let is_cut = topic.partitions.range(next..).next().is_some();
        response.topics.push(described(topic, partitions));
        if is_cut {
            response.next_cursor = Some(cursor(name, next));
            break;
        }
    }
    response
}

fn cursor(topic_name: Text, partition_index: i32) -> Cursor {
    Cursor { topic_name, partition_index }
}

fn unknown(name: Text, code: ErrorCode) -> DescribeTopicPartitionsResponseTopic {
    DescribeTopicPartitionsResponseTopic { error_code: code.0, name: Some(name), ..Default::default() }
}

fn described(
    topic: &Topic,
    partitions: Vec<DescribeTopicPartitionsResponsePartition>,
) -> DescribeTopicPartitionsResponseTopic {
    DescribeTopicPartitionsResponseTopic {
        name: Some(topic.name.clone()),
        topic_id: topic.id.0,
        is_internal: topic_creation::is_internal(&topic.name),
        partitions,
        topic_authorized_operations: authorized_operations::TOPIC,
        ..Default::default()
    }
}

fn describe(
    image: &MetadataImage,
    listener: &str,
    index: i32,
    partition: &::metadata::Partition,
) -> DescribeTopicPartitionsResponsePartition {
    let ids = |nodes: &[NodeId]| nodes.iter().map(|node| node.0).collect::<Vec<_>>();
    let leader = partition
        .leader
        .filter(|leader| image.broker(*leader).is_some_and(|broker| broker.endpoint(listener).is_some()));
    let is_offline = |node: &&NodeId| image.broker(**node).is_none_or(|broker| broker.fenced);
    DescribeTopicPartitionsResponsePartition {
        error_code: leader.map_or(ErrorCode::LEADER_NOT_AVAILABLE, |_| ErrorCode::NONE).0,
        partition_index: index,
        leader_id: leader.map_or(-1, |leader| leader.0),
        leader_epoch: partition.leader_epoch.0,
        replica_nodes: ids(&partition.replicas),
        isr_nodes: ids(&partition.isr),
        eligible_leader_replicas: Some(ids(&partition.eligible_leader_replicas)),
        last_known_elr: Some(ids(&partition.last_known_elr)),
        offline_replicas: partition.replicas.iter().filter(is_offline).map(|node| node.0).collect(),
    }
}
