//! A consumer in a classic group whose coordinator does as it is told.
use crate::{
    Address, Backoff, Cluster, Config as ClientConfig, Consumer,
    consumer::Config,
    fake::{self, Asked},
};
use protocol::{
    ApiKey, ErrorCode, FetchResponse, FindCoordinatorResponse, HeartbeatResponse, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupResponse, Message as _, MetadataResponse, OffsetCommitRequest,
    OffsetCommitResponse, OffsetFetchRequest, OffsetFetchResponse, SyncGroupRequest, SyncGroupResponse,
    join_group::response::JoinGroupResponseMember,
    metadata::response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
    offset_commit::response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic},
    offset_fetch::response::{OffsetFetchResponsePartition, OffsetFetchResponseTopic},
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// What the coordinator was asked, and how it answers.
#[derive(Debug)]
struct Script {
    asked: Vec<String>,
    generation: i32,
    /// Of topic `t`.
    partitions: i32,
    topic_error: ErrorCode,
    heartbeat_error: ErrorCode,
}

type Shared = Arc<Mutex<Script>>;

const LIMIT: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(2);

impl Script {
    fn answer(&mut self, port: u16, mut asked: Asked) -> Option<Vec<u8>> {
        match asked.key {
            ApiKey::ApiVersions => Some(asked.offer(&[
                (ApiKey::ApiVersions, 3),
                (ApiKey::Metadata, 12),
                (ApiKey::FindCoordinator, 3),
                (ApiKey::JoinGroup, 5),
                (ApiKey::SyncGroup, 3),
                (ApiKey::Heartbeat, 3),
                (ApiKey::LeaveGroup, 2),
                (ApiKey::OffsetFetch, 5),
                (ApiKey::OffsetCommit, 7),
                (ApiKey::Fetch, 11),
            ])),
            ApiKey::Metadata => Some(asked.answer(&self.metadata(port))),
            ApiKey::FindCoordinator => {
                Some(asked.answer(&FindCoordinatorResponse { node_id: 1, ..Default::default() }))
            }
            ApiKey::JoinGroup => {
                let request = JoinGroupRequest::decode(&mut asked.body, asked.version).unwrap();
                self.generation += 1;
                let member_id = match request.member_id.as_str() {
                    "" => format!("m{}", self.generation).as_str().into(),
                    _ => request.member_id.clone(),
                };
                self.asked.push(format!("join {}", request.member_id.as_str()));
                let protocol = request.protocols.into_iter().next().unwrap();
                let member = JoinGroupResponseMember {
                    member_id: member_id.clone(),
                    metadata: protocol.metadata,
                    ..Default::default()
                };
                Some(asked.answer(&JoinGroupResponse {
                    generation_id: self.generation,
                    protocol_name: Some(protocol.name),
                    leader: member_id.clone(),
                    member_id,
                    members: vec![member],
                    ..Default::default()
                }))
            }
            ApiKey::SyncGroup => {
                let request = SyncGroupRequest::decode(&mut asked.body, asked.version).unwrap();
                let assignment = request.assignments.into_iter().next().unwrap().assignment;
                Some(asked.answer(&SyncGroupResponse { assignment, ..Default::default() }))
            }
            ApiKey::Heartbeat => {
                let error_code = self.heartbeat_error.0;
                Some(asked.answer(&HeartbeatResponse { error_code, ..Default::default() }))
            }
            ApiKey::LeaveGroup => {
                self.asked.push("leave".to_owned());
                Some(asked.answer(&LeaveGroupResponse::default()))
            }
            ApiKey::OffsetFetch => {
                let request = OffsetFetchRequest::decode(&mut asked.body, asked.version).unwrap();
                let topic = |topic: protocol::offset_fetch::request::OffsetFetchRequestTopic| {
                    let partition = |partition_index| OffsetFetchResponsePartition {
                        partition_index,
                        committed_offset: 5,
                        ..Default::default()
                    };
                    let partitions = topic.partition_indexes.into_iter().map(partition).collect();
                    OffsetFetchResponseTopic { name: topic.name, partitions }
                };
                let topics = request.topics.into_iter().flatten().map(topic).collect();
                Some(asked.answer(&OffsetFetchResponse { topics, ..Default::default() }))
            }
            ApiKey::OffsetCommit => {
                let request = OffsetCommitRequest::decode(&mut asked.body, asked.version).unwrap();
                self.asked.push(format!("commit @{}", request.generation_id_or_member_epoch));
                let topic = |topic: protocol::offset_commit::request::OffsetCommitRequestTopic| {
                    let partitions = topic.partitions.iter().map(|partition| OffsetCommitResponsePartition {
                        partition_index: partition.partition_index,
                        ..Default::default()
                    });
                    OffsetCommitResponseTopic {
                        name: topic.name,
                        partitions: partitions.collect(),
                        ..Default::default()
                    }
                };
                let topics = request.topics.into_iter().map(topic).collect();
                Some(asked.answer(&OffsetCommitResponse { topics, ..Default::default() }))
            }
            ApiKey::Fetch => Some(asked.answer(&FetchResponse::default())),
            _ => None,
        }
    }

    fn metadata(&self, port: u16) -> MetadataResponse {
        let partition = |partition_index| MetadataResponsePartition {
            partition_index,
            leader_id: 1,
            leader_epoch: 1,
            ..Default::default()
        };
        let topic = MetadataResponseTopic {
            name: Some("t".into()),
            error_code: self.topic_error.0,
            partitions: (0..self.partitions).map(partition).collect(),
            ..Default::default()
        };
        let host = "127.0.0.1".into();
        let broker = MetadataResponseBroker { node_id: 1, host, port: port.into(), ..Default::default() };
        MetadataResponse { brokers: vec![broker], topics: vec![topic], ..Default::default() }
    }
}

async fn coordinator(partitions: i32) -> (Shared, Cluster) {
    let script = Arc::new(Mutex::new(Script {
        asked: Vec::new(),
        generation: 0,
        partitions,
        topic_error: ErrorCode::NONE,
        heartbeat_error: ErrorCode::NONE,
    }));
    let serves = script.clone();
    let address: Address = fake::listen("127.0.0.1", move |socket| {
        let (script, port) = (serves.clone(), socket.local_addr().unwrap().port());
        fake::converse(socket, move |asked| script.lock().unwrap().answer(port, asked))
    })
    .await;
    let backoff = Backoff { initial: Duration::from_millis(1), max: Duration::from_millis(1) };
    let config = ClientConfig { backoff, ..ClientConfig::new(vec![address]) };
    (script, Cluster::connect(config).await.unwrap())
}

fn config() -> Config {
    Config {
        group_id: Some("g".to_owned()),
        heartbeat_interval: Duration::from_millis(10),
        auto_commit_interval: None,
        ..Default::default()
    }
}

/// Polls until it has so many partitions.
async fn poll_until(consumer: &mut Consumer, script: &Shared, partitions: usize) {
    let deadline = Instant::now() + LIMIT;
    while consumer.assignment().len() != partitions {
        assert!(Instant::now() < deadline, "{:?}", script.lock().unwrap());
        consumer.poll(STEP).await.unwrap();
    }
}

#[tokio::test]
async fn a_subscription_may_follow_the_end_of_another_at_once() {
    let (script, cluster) = coordinator(2).await;
    let mut consumer = Consumer::new(&cluster, config());
    consumer.subscribe(["t"]).unwrap();
    poll_until(&mut consumer, &script, 2).await;
    consumer.unsubscribe().await.unwrap();
    consumer.subscribe(["t"]).unwrap();
    poll_until(&mut consumer, &script, 2).await;
    assert_eq!(script.lock().unwrap().asked, ["join ", "leave", "join "]);
}

/// What the group gave and the consumer has not taken yet.
#[tokio::test]
async fn what_comes_after_the_end_of_a_subscription_is_void() {
    let (script, cluster) = coordinator(2).await;
    let mut consumer = Consumer::new(&cluster, config());
    consumer.subscribe(["t"]).unwrap();
    while consumer.group_metadata().unwrap().generation < 0 {
        consumer.group.as_mut().unwrap().changed().await;
    }
    consumer.unsubscribe().await.unwrap();
    consumer.poll(Duration::ZERO).await.unwrap();
    assert!(consumer.assignment().is_empty());
    consumer.subscribe(["t"]).unwrap();
    poll_until(&mut consumer, &script, 2).await;
}

/// It has nothing to read and nothing else to wake up for.
#[tokio::test]
async fn who_waits_in_a_poll_is_not_stuck() {
    let (script, cluster) = coordinator(0).await;
    let max_poll_interval = Duration::from_millis(100);
    let mut consumer = Consumer::new(&cluster, Config { max_poll_interval, ..config() });
    consumer.subscribe(["t"]).unwrap();
    consumer.poll(max_poll_interval * 4).await.unwrap();
    assert_eq!(script.lock().unwrap().asked, ["join "]);
}
