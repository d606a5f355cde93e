//! CreateTopics (key 19, v2-v7).
//!
//! Versions: v4 -1 for the cluster's defaults (KIP-464); v5 flexible, the effective configuration in the
//! answer (KIP-525); v6 quota errors (KIP-599); v7 topic id (KIP-516).
//! Errors, for each topic: TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS,
//! INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG, INVALID_REQUEST, POLICY_VIOLATION,
//! REQUEST_TIMED_OUT.
use super::*;
use crate::{config_view, topic_creation};
use ::metadata::controller::{CreatedTopic, ManualAssignment, NewTopic};
use base::NodeId;
use protocol::{
    CreateTopicsRequest, CreateTopicsResponse,
    create_topics::{
        request::CreatableTopic,
        response::{CreatableTopicConfigs, CreatableTopicResult},
    },
};
use std::{collections::HashSet, time::Duration};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::CreateTopics, versions: 2..=7 };

pub(crate) async fn handle(context: &RequestContext, request: CreateTopicsRequest) -> CreateTopicsResponse {
    let names: Vec<Text> = request.topics.iter().map(|topic| topic.name.clone()).collect();
    let topics = request.topics.into_iter().map(new_topic).collect();
    let timeout = Duration::from_millis(u64::try_from(request.timeout_ms).unwrap_or(0));
    let created = topic_creation::create(context.state(), topics, request.validate_only, timeout).await;
    // A name that stands twice is refused, with one answer.
    let mut answered = HashSet::new();
    let topics = names
        .into_iter()
        .zip(created)
        .filter(|(name, _)| answered.insert(name.clone()))
        .map(|(name, result)| match result {
            Ok(created) => describe(context, name, &created),
            Err(topic_creation::Failed { code, message }) => CreatableTopicResult {
                name,
                error_code: code.0,
                error_message: Some(Text::from(message)),
                configs: None,
                ..Default::default()
            },
        })
        .collect();
    CreateTopicsResponse { topics, ..Default::default() }
}

fn new_topic(topic: CreatableTopic) -> NewTopic {
    let assignments = topic
        .assignments
        .into_iter()
        .map(|assignment| ManualAssignment {
            partition: assignment.partition_index,
            replicas: assignment.broker_ids.into_iter().map(NodeId).collect(),
        })
        .collect();
    NewTopic {
        name: topic.name.detached(),
        partitions: topic.num_partitions,
        replication_factor: topic.replication_factor,
        assignments,
        configs: topic.configs.into_iter().map(|config| (config.name, config.value)).collect(),
    }
}

fn describe(context: &RequestContext, name: Text, created: &CreatedTopic) -> CreatableTopicResult {
    let configs = config_view::of_topic(context.state(), &created.configs)
        .into_iter()
        .map(|entry| CreatableTopicConfigs {
            name: Text::from(entry.name),
            value: entry.value.map(Text::from),
            read_only: entry.read_only,
            config_source: entry.source as i8,
            is_sensitive: entry.is_sensitive,
        })
        .collect();
    CreatableTopicResult {
        name,
        error_message: None,
        topic_id: created.id.0,
        num_partitions: created.partitions,
        replication_factor: created.replication_factor,
        configs: Some(configs),
        ..Default::default()
    }
}
