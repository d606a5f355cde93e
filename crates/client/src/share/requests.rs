//! Share requests and answers, between the wire and the consumer.
use super::{
    AcquireMode, Config,
    in_flight::{Acquired, Run, disjoint},
    session::{Fetch, IdPartition},
};
use crate::{Address, Broker, Error, admin::check};
use base::{NodeId, TopicId};
use bytes::Bytes;
use protocol::{
    ErrorCode, ShareAcknowledgeRequest, ShareAcknowledgeResponse, ShareFetchRequest, ShareFetchResponse,
    share_acknowledge, share_fetch,
};
use std::{collections::BTreeMap, time::Duration};

/// What is told, by partition.
pub(super) type Acks = BTreeMap<IdPartition, Vec<Run>>;

/// A partition of an answer.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) at: IdPartition,
    pub(super) fetched: Result<(), Error>,
    pub(super) acknowledged: Result<(), Error>,
    pub(super) leader: Option<(NodeId, i32)>,
    pub(super) acquired: Vec<Acquired>,
    pub(super) records: Bytes,
}

/// An answer to either request.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) partitions: Vec<Answered>,
    pub(super) brokers: Vec<Broker>,
    pub(super) lock: Option<Duration>,
}

pub(super) fn fetch_request(
    config: &Config,
    member_id: &str,
    fetch: &Fetch,
    acks: &Acks,
) -> ShareFetchRequest {
    use share_fetch::request::{AcknowledgementBatch, FetchPartition, FetchTopic, ForgottenTopic};
    let mut topics: BTreeMap<TopicId, BTreeMap<i32, Vec<AcknowledgementBatch>>> = BTreeMap::new();
    for (topic, partition) in &fetch.added {
        topics.entry(*topic).or_default().entry(*partition).or_default();
    }
    for ((topic, partition), runs) in acks {
        let batches = runs.iter().map(|run| AcknowledgementBatch {
            first_offset: run.first,
            last_offset: run.last,
            acknowledge_types: vec![run.kind],
        });
        topics.entry(*topic).or_default().entry(*partition).or_default().extend(batches);
    }
    let topics = topics.into_iter().map(|(id, partitions)| FetchTopic {
        topic_id: id.0,
        partitions: partitions
            .into_iter()
            .map(|(partition_index, acknowledgement_batches)| FetchPartition {
                partition_index,
                acknowledgement_batches,
            })
            .collect(),
    });
    let mut forgotten: BTreeMap<TopicId, Vec<i32>> = BTreeMap::new();
    for (topic, partition) in &fetch.forgotten {
        forgotten.entry(*topic).or_default().push(*partition);
    }
    ShareFetchRequest {
        group_id: Some(config.group_id.as_str().into()),
        member_id: Some(member_id.into()),
        share_session_epoch: fetch.epoch,
        max_wait_ms: i32::try_from(config.max_wait.as_millis()).unwrap_or(i32::MAX),
        min_bytes: config.min_bytes,
        max_bytes: config.max_bytes,
        max_records: config.max_poll_records,
        batch_size: config.max_poll_records,
        share_acquire_mode: i8::from(config.acquire == AcquireMode::RecordLimit),
        topics: topics.collect(),
        forgotten_topics_data: forgotten
            .into_iter()
            .map(|(id, partitions)| ForgottenTopic { topic_id: id.0, partitions })
            .collect(),
        ..Default::default()
    }
}

pub(super) fn acknowledge_request(
    config: &Config,
    member_id: &str,
    epoch: i32,
    acks: &Acks,
) -> ShareAcknowledgeRequest {
    use share_acknowledge::request::{AcknowledgePartition, AcknowledgeTopic, AcknowledgementBatch};
    let mut topics: BTreeMap<TopicId, Vec<AcknowledgePartition>> = BTreeMap::new();
    for ((topic, partition), runs) in acks {
        let batches = runs.iter().map(|run| AcknowledgementBatch {
            first_offset: run.first,
            last_offset: run.last,
            acknowledge_types: vec![run.kind],
        });
        topics.entry(*topic).or_default().push(AcknowledgePartition {
            partition_index: *partition,
            acknowledgement_batches: batches.collect(),
        });
    }
    let topics = topics.into_iter().map(|(id, partitions)| AcknowledgeTopic { topic_id: id.0, partitions });
    ShareAcknowledgeRequest {
        group_id: Some(config.group_id.as_str().into()),
        member_id: Some(member_id.into()),
        share_session_epoch: epoch,
        is_renew_ack: renews(acks),
        topics: topics.collect(),
    }
}

pub(super) fn renews(acks: &Acks) -> bool {
    acks.values().flatten().any(Run::renews)
}

/// What the answer of the whole and of a partition are about.
const SUBJECT: &str = "share group";

pub(super) fn read_fetch(response: ShareFetchResponse) -> Result<Answer, Error> {
    check(SUBJECT, response.error_code, response.error_message.as_deref())?;
    let mut partitions = Vec::new();
    for topic in response.responses {
        for p in topic.partitions {
            let acquired = p.acquired_records.iter().map(|range| Acquired {
                first: range.first_offset,
                last: range.last_offset,
                delivery_count: range.delivery_count,
            });
            partitions.push(Answered {
                at: (TopicId(topic.topic_id), p.partition_index),
                fetched: check(SUBJECT, p.error_code, p.error_message.as_deref()),
                acknowledged: check(
                    SUBJECT,
                    p.acknowledge_error_code,
                    p.acknowledge_error_message.as_deref(),
                ),
                leader: leader(p.current_leader.leader_id, p.current_leader.leader_epoch),
                acquired: disjoint(acquired.collect()),
                records: p.records.into_bytes(),
            });
        }
    }
    let brokers = response
        .node_endpoints
        .iter()
        .filter_map(|e| broker(e.node_id, &e.host, e.port, e.rack.as_ref().map(String::from)));
    Ok(Answer { partitions, brokers: brokers.collect(), lock: lock(response.acquisition_lock_timeout_ms) })
}

pub(super) fn read_acknowledge(response: ShareAcknowledgeResponse) -> Result<Answer, Error> {
    check(SUBJECT, response.error_code, response.error_message.as_deref())?;
    let mut partitions = Vec::new();
    for topic in response.responses {
        for p in topic.partitions {
            partitions.push(Answered {
                at: (TopicId(topic.topic_id), p.partition_index),
                fetched: Ok(()),
                acknowledged: check(SUBJECT, p.error_code, p.error_message.as_deref()),
                leader: leader(p.current_leader.leader_id, p.current_leader.leader_epoch),
                acquired: Vec::new(),
                records: Bytes::new(),
            });
        }
    }
    let brokers = response
        .node_endpoints
        .iter()
        .filter_map(|e| broker(e.node_id, &e.host, e.port, e.rack.as_ref().map(String::from)));
    Ok(Answer { partitions, brokers: brokers.collect(), lock: lock(response.acquisition_lock_timeout_ms) })
}

fn broker(id: i32, host: &str, port: i32, rack: Option<String>) -> Option<Broker> {
    let address = Address { host: host.to_owned(), port: u16::try_from(port).ok()? };
    Some(Broker { id: NodeId(id), address, rack })
}

fn leader(id: i32, epoch: i32) -> Option<(NodeId, i32)> {
    (id >= 0).then_some((NodeId(id), epoch))
}

fn lock(ms: i32) -> Option<Duration> {
    u64::try_from(ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis)
}

/// Whether the broker has no such session.
pub(super) fn loses_session(error: &Error) -> bool {
    let refused = error.code().is_some_and(|code| {
        matches!(
            code,
            ErrorCode::SHARE_SESSION_NOT_FOUND
                | ErrorCode::INVALID_SHARE_SESSION_EPOCH
                | ErrorCode::SHARE_SESSION_LIMIT_REACHED
        )
    });
    refused || error.code().is_none()
}
