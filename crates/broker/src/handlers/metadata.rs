//! Metadata (key 3, v0-v13): brokers, topics, and who leads each partition.
//!
//! Versions: v1 null for all topics, controller, rack; v2 cluster id; v4 auto-creation can be declined; v5
//! offline replicas; v7 leader epoch; v8 authorised operations; v9 flexible; v10 topic ids in the answer; v11
//! without the cluster's operations; v12 topics by id; v13 an error for the whole answer (KIP-1102).
//! Errors, for each topic: UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, INVALID_TOPIC_EXCEPTION,
//! INVALID_REQUEST, and those of an automatic creation; for a partition LEADER_NOT_AVAILABLE,
//! LISTENER_NOT_FOUND.
//!
//! The endpoints are those of the listener that was asked.
use super::*;
use crate::{authorized_operations, topic_creation};
use ::metadata::{MetadataImage, Topic};
use protocol::{
    MetadataRequest, MetadataResponse,
    metadata::{
        request::MetadataRequestTopic,
        response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
    },
};
use std::collections::{BTreeSet, HashSet};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::Metadata, versions: 0..=13 };

/// First version that can ask for topics by id.
const TOPIC_IDS_FROM_VERSION: i16 = 12;

/// Which topics a request names.
enum Wanted {
    All,
    Named(Vec<MetadataRequestTopic>),
}

pub(crate) async fn handle(context: &RequestContext, request: MetadataRequest) -> MetadataResponse {
    let version = context.version();
    let wanted = match request.topics {
        // v0 has no null; there an empty list is everything.
        Some(topics) if version == 0 && topics.is_empty() => Wanted::All,
        Some(topics) => Wanted::Named(topics),
        None => Wanted::All,
    };
    let mut topics = Vec::new();
    match wanted {
        Wanted::All => {
            let image = context.state().image();
            topics.extend(image.topics().map(|topic| describe(context, &image, topic)));
        }
        Wanted::Named(mut named) => {
            // A topic is described once, however often it is named.
            let mut seen = HashSet::new();
            named.retain(|topic| seen.insert((topic.name.clone(), topic.topic_id)));
            let missing = missing_names(context, &named);
            if request.allow_auto_topic_creation && !missing.is_empty() {
                topics.extend(create(context, &missing).await);
            }
            let image = context.state().image();
            let answered: BTreeSet<Text> = topics.iter().filter_map(|topic| topic.name.clone()).collect();
            let left =
                named.iter().filter(|topic| topic.name.as_ref().is_none_or(|name| !answered.contains(name)));
            topics.extend(left.map(|topic| find(context, &image, topic)));
        }
    }
    if request.include_topic_authorized_operations {
        for topic in topics.iter_mut().filter(|topic| topic.error_code == ErrorCode::NONE.0) {
            topic.topic_authorized_operations = authorized_operations::TOPIC;
        }
    }
    let asked = request.include_cluster_authorized_operations && (8..=10).contains(&version);
    let image = context.state().image();
    MetadataResponse {
        brokers: brokers(context, &image),
        cluster_id: Some(context.state().cluster_id.clone()),
        controller_id: context.state().node_id.0,
        topics,
        cluster_authorized_operations: authorized_operations::if_asked(asked, authorized_operations::CLUSTER),
        ..Default::default()
    }
}

/// Topics asked for by name that do not exist and might be created.
fn missing_names(context: &RequestContext, named: &[MetadataRequestTopic]) -> Vec<Text> {
    if !context.state().config.node.auto_create_topics_enable {
        return Vec::new();
    }
    let image = context.state().image();
    let mut missing: Vec<Text> = named
        .iter()
        .filter_map(|topic| topic.name.clone())
        .filter(|name| image.topic_id(name).is_none())
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// Creates what is missing. Answers for the topics that are not there now.
async fn create(context: &RequestContext, missing: &[Text]) -> Vec<MetadataResponseTopic> {
    let failed = topic_creation::create_missing(context.state(), missing).await;
    failed
        .into_iter()
        .map(|(name, code)| {
            // Whoever lost a race finds the topic.
            let code =
                if code == ErrorCode::TOPIC_ALREADY_EXISTS { ErrorCode::LEADER_NOT_AVAILABLE } else { code };
            MetadataResponseTopic { error_code: code.0, name: Some(name), ..Default::default() }
        })
        .collect()
}

fn find(
    context: &RequestContext,
    image: &MetadataImage,
    wanted: &MetadataRequestTopic,
) -> MetadataResponseTopic {
    let id = TopicId(wanted.topic_id);
    let failed = |code: ErrorCode| MetadataResponseTopic {
        error_code: code.0,
        name: wanted
            .name
            .clone()
            .or_else(|| (context.version() < TOPIC_IDS_FROM_VERSION).then(Text::default)),
        topic_id: id.0,
        ..Default::default()
    };
    let by_id = !id.is_none();
    if context.version() < TOPIC_IDS_FROM_VERSION && (by_id || wanted.name.is_none()) {
        return failed(ErrorCode::INVALID_REQUEST);
    }
    let topic = match &wanted.name {
        _ if by_id => image.topic(id),
        Some(name) => image.topic_named(name),
        None => None,
    };
    match (topic, &wanted.name) {
        (Some(topic), _) => describe(context, image, topic),
        (None, _) if by_id => failed(ErrorCode::UNKNOWN_TOPIC_ID),
        (None, Some(name)) if ::metadata::controller::validate_topic_name(name).is_err() => {
            failed(ErrorCode::INVALID_TOPIC_EXCEPTION)
        }
        (None, _) => failed(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
    }
}

fn describe(context: &RequestContext, image: &MetadataImage, topic: &Topic) -> MetadataResponseTopic {
    let no_listener =
        if context.version() >= 6 { ErrorCode::LISTENER_NOT_FOUND } else { ErrorCode::LEADER_NOT_AVAILABLE };
    let partitions = topic
        .partitions
        .iter()
        .map(|(index, partition)| {
            let leader = partition.leader.and_then(|leader| image.broker(leader));
            let code = match leader {
                None => ErrorCode::LEADER_NOT_AVAILABLE,
                Some(broker) if broker.endpoint(context.listener_name()).is_none() => no_listener,
                Some(_) => ErrorCode::NONE,
            };
            let ids = |nodes: &[base::NodeId]| nodes.iter().map(|node| node.0).collect::<Vec<_>>();
            let is_offline = |node: &&base::NodeId| image.broker(**node).is_none_or(|broker| broker.fenced);
            MetadataResponsePartition {
                error_code: code.0,
                partition_index: *index,
                leader_id: if code == ErrorCode::NONE {
                    partition.leader.map_or(-1, |leader| leader.0)
                } else {
                    -1
                },
                leader_epoch: partition.leader_epoch.0,
                replica_nodes: ids(&partition.replicas),
                isr_nodes: ids(&partition.isr),
                offline_replicas: partition.replicas.iter().filter(is_offline).map(|node| node.0).collect(),
            }
        })
        .collect();
    MetadataResponseTopic {
        name: Some(topic.name.clone()),
        topic_id: topic.id.0,
        is_internal: crate::topic_creation::is_internal(&topic.name),
        partitions,
        ..Default::default()
    }
}

fn brokers(context: &RequestContext, image: &MetadataImage) -> Vec<MetadataResponseBroker> {
    let listener = context.listener_name();
    let entry = |broker: &std::sync::Arc<::metadata::BrokerRegistration>| {
        let endpoint = broker.endpoint(listener)?;
        Some(MetadataResponseBroker {
            node_id: broker.id.0,
            host: endpoint.host.clone(),
            port: endpoint.port.into(),
            rack: broker.rack.clone(),
        })
    };
    image.live_brokers().filter_map(entry).collect()
}
