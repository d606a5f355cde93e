//! Fetch requests, and what their answers say.
use super::{
    Config,
    fetcher::{Answer, Ends, Target},
};
use crate::{Cluster, Error, Metadata, TopicPartition};
use base::{NodeId, TopicId};
use protocol::{
    ErrorCode, FetchRequest, FetchResponse,
    fetch::{
        request::{FetchPartition, FetchTopic},
        response::FetchableTopicResponse,
    },
};
use std::sync::Arc;

pub(super) async fn fetch(
    cluster: &Cluster,
    config: &Config,
    node: NodeId,
    targets: &[Target],
) -> Result<Vec<Answer>, Error> {
    const LAST_WITH_NAMES: i16 = 12;
    let metadata = cluster.metadata();
    let id_of =
        |target: &Target| metadata.topics.get(&target.at.topic).map_or(TopicId::NONE, |topic| topic.id);
    let all_have_ids = targets.iter().all(|target| !id_of(target).is_none());
    let connection = cluster.node(node).await?;
    let version =
        connection.version_of::<FetchRequest>(if all_have_ids { i16::MAX } else { LAST_WITH_NAMES })?;
    let with_ids = version > LAST_WITH_NAMES;
    let mut topics: Vec<FetchTopic> = Vec::new();
    let mut names: Vec<Arc<str>> = Vec::new();
    for target in targets {
        let place = names.iter().position(|name| *name == target.at.topic).unwrap_or_else(|| {
            names.push(target.at.topic.clone());
            let mut topic = FetchTopic::default();
            if with_ids {
                topic.topic_id = id_of(target).0;
            } else {
                topic.topic = target.at.topic.as_ref().into();
            }
            topics.push(topic);
            names.len() - 1
        });
        topics[place].partitions.push(FetchPartition {
            partition: target.at.partition,
            current_leader_epoch: target.leader_epoch,
            fetch_offset: target.offset,
            partition_max_bytes: config.max_partition_bytes,
            ..Default::default()
        });
    }
    let request = FetchRequest {
        max_wait_ms: i32::try_from(config.max_wait.as_millis()).unwrap_or(i32::MAX),
        min_bytes: config.min_bytes,
        max_bytes: config.max_bytes,
        topics,
        ..Default::default()
    };
    let response = connection.request_in(&request, version).await?;
    read_answers(response, &names, &metadata)
}

fn read_answers(
    response: FetchResponse,
    names: &[Arc<str>],
    metadata: &Metadata,
) -> Result<Vec<Answer>, Error> {
    crate::admin::check("fetch", response.error_code, None)?;
    let name_of = |topic: &FetchableTopicResponse| {
        let id = TopicId(topic.topic_id);
        let is_it = |name: &&Arc<str>| match id {
            TopicId::NONE => *topic.topic == ***name,
            _ => metadata.topics.get(*name).is_some_and(|known| known.id == id),
        };
        names.iter().find(is_it).cloned()
    };
    let mut answers = Vec::new();
    for topic in response.responses {
        let Some(name) = name_of(&topic) else { continue };
        for partition in topic.partitions {
            answers.push(Answer {
                at: TopicPartition { topic: name.clone(), partition: partition.partition_index },
                code: ErrorCode(partition.error_code),
                ends: Ends {
                    high_watermark: partition.high_watermark,
                    last_stable_offset: partition.last_stable_offset,
                },
                records: partition.records.unwrap_or_default().into_bytes(),
            });
        }
    }
    Ok(answers)
}
