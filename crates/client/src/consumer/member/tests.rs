//! A consumer in a group whose coordinator does as it is told.
use crate::{
    Address, Backoff, Cluster, Config as ClientConfig, Consumer, TopicPartition,
    admin::CommittedOffset,
    consumer::{Config, GroupProtocol, Heard, RebalanceListener},
    fake::{self, Asked},
};
use base::TopicId;
use protocol::{
    ApiKey, ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ErrorCode, FetchResponse,
    FindCoordinatorResponse, HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupResponse,
    Message as _, MetadataRequest, MetadataResponse, OffsetCommitRequest, OffsetCommitResponse,
    OffsetFetchRequest, OffsetFetchResponse, SyncGroupRequest, SyncGroupResponse,
    consumer_group_heartbeat::response::{Assignment, TopicPartitions},
    join_group::response::JoinGroupResponseMember,
    metadata::response::{MetadataResponsePartition, MetadataResponseTopic},
    offset_commit::response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic},
    offset_fetch::response::{OffsetFetchResponsePartition, OffsetFetchResponseTopic},
};
use std::{
    collections::BTreeMap,
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
    /// So many answers to come say that the client shall start over.
    starts_over: usize,
    metadata_asked: usize,
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
                (ApiKey::Metadata, 13),
                (ApiKey::FindCoordinator, 3),
                (ApiKey::JoinGroup, 5),
                (ApiKey::SyncGroup, 3),
                (ApiKey::Heartbeat, 3),
                (ApiKey::LeaveGroup, 2),
                (ApiKey::OffsetFetch, 5),
                (ApiKey::OffsetCommit, 7),
                (ApiKey::Fetch, 11),
                (ApiKey::ConsumerGroupHeartbeat, 0),
            ])),
            ApiKey::Metadata => {
                let request = MetadataRequest::decode(&mut asked.body, asked.version).unwrap();
                let all_or_some = request.topics.is_none_or(|topics| !topics.is_empty());
                Some(asked.answer(&self.metadata(port, all_or_some)))
            }
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
            ApiKey::ConsumerGroupHeartbeat => {
                let request = ConsumerGroupHeartbeatRequest::decode(&mut asked.body, asked.version).unwrap();
                let joins = request.member_epoch == 0;
                if request.member_epoch <= 0 {
                    self.asked.push(if joins { "join" } else { "leave" }.to_owned());
                }
                let partitions = (0..self.partitions).collect();
                let all = vec![TopicPartitions { topic_id: TopicId::METADATA.0, partitions }];
                Some(asked.answer(&ConsumerGroupHeartbeatResponse {
                    member_epoch: if request.member_epoch < 0 { -1 } else { 1 },
                    heartbeat_interval_ms: 10,
                    assignment: joins.then_some(Assignment { topic_partitions: all }),
                    ..Default::default()
                }))
            }
            ApiKey::Fetch => Some(asked.answer(&FetchResponse::default())),
            _ => None,
        }
    }

    fn metadata(&mut self, port: u16, with_topic: bool) -> MetadataResponse {
        let partition = |partition_index| MetadataResponsePartition {
            partition_index,
            leader_id: 1,
            leader_epoch: 1,
            ..Default::default()
        };
        let topic = MetadataResponseTopic {
            name: Some("t".into()),
            topic_id: TopicId::METADATA.0,
            error_code: self.topic_error.0,
            partitions: (0..self.partitions).map(partition).collect(),
            ..Default::default()
        };
        let topics = if with_topic { vec![topic] } else { Vec::new() };
        self.metadata_asked += 1;
        let starts_over = self.starts_over > 0;
        self.starts_over = self.starts_over.saturating_sub(1);
        let code = if starts_over { ErrorCode::REBOOTSTRAP_REQUIRED } else { ErrorCode::NONE };
        MetadataResponse { error_code: code.0, ..fake::metadata(port, topics) }
    }
}

async fn coordinator(partitions: i32) -> (Shared, Cluster) {
    coordinator_and(partitions, |_| {}).await
}

/// With other settings of the client.
async fn coordinator_and(partitions: i32, set: impl FnOnce(&mut ClientConfig)) -> (Shared, Cluster) {
    let script = Arc::new(Mutex::new(Script {
        asked: Vec::new(),
        generation: 0,
        partitions,
        topic_error: ErrorCode::NONE,
        starts_over: 0,
        metadata_asked: 0,
        heartbeat_error: ErrorCode::NONE,
    }));
    let serves = script.clone();
    let address: Address = fake::listen("127.0.0.1", move |socket| {
        let (script, port) = (serves.clone(), socket.local_addr().unwrap().port());
        fake::converse(socket, move |asked| script.lock().unwrap().answer(port, asked))
    })
    .await;
    let backoff = Backoff { initial: Duration::from_millis(1), max: Duration::from_millis(1) };
    let mut config = ClientConfig { backoff, ..ClientConfig::new(vec![address]) };
    set(&mut config);
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
    for group_protocol in [GroupProtocol::Classic, GroupProtocol::Consumer] {
        let (script, cluster) = coordinator(2).await;
        let mut consumer = Consumer::new(&cluster, Config { group_protocol, ..config() });
        consumer.subscribe(["t"]).unwrap();
        poll_until(&mut consumer, &script, 2).await;
        consumer.unsubscribe().await.unwrap();
        consumer.subscribe(["t"]).unwrap();
        poll_until(&mut consumer, &script, 2).await;
        let asked = script.lock().unwrap().asked.clone();
        assert_eq!(asked.iter().map(|said| said.trim()).collect::<Vec<_>>(), ["join", "leave", "join"]);
    }
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

/// Long before `metadata.max.age.ms`.
#[tokio::test]
async fn a_topic_that_comes_later_is_read_soon() {
    let (script, cluster) = coordinator(0).await;
    script.lock().unwrap().topic_error = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    let mut consumer = Consumer::new(&cluster, config());
    consumer.subscribe(["t"]).unwrap();
    while consumer.group_metadata().unwrap().generation < 0 {
        consumer.poll(STEP).await.unwrap();
    }
    {
        let mut script = script.lock().unwrap();
        (script.topic_error, script.partitions) = (ErrorCode::NONE, 2);
    }
    poll_until(&mut consumer, &script, 2).await;
}

#[tokio::test]
async fn a_topic_that_may_not_be_read_is_an_error_and_the_member_stays() {
    let (script, cluster) = coordinator(0).await;
    script.lock().unwrap().topic_error = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    let mut consumer = Consumer::new(&cluster, config());
    consumer.subscribe(["t"]).unwrap();
    let deadline = Instant::now() + LIMIT;
    let error = loop {
        assert!(Instant::now() < deadline, "{:?}", script.lock().unwrap());
        if let Err(error) = consumer.poll(STEP).await {
            break error;
        }
    };
    assert_eq!(error.code(), Some(ErrorCode::TOPIC_AUTHORIZATION_FAILED), "{error}");
    {
        let mut script = script.lock().unwrap();
        (script.topic_error, script.partitions) = (ErrorCode::NONE, 2);
    }
    consumer.subscribe(["t"]).unwrap();
    while consumer.assignment().len() != 2 {
        assert!(Instant::now() < deadline, "{:?}", script.lock().unwrap());
        // It may be told once more, of what was asked before.
        let _ = consumer.poll(STEP).await;
    }
    assert!(!script.lock().unwrap().asked.contains(&"leave".to_owned()));
}

/// A client that starts over from its bootstrap addresses knows no topic for a moment.
#[tokio::test]
async fn a_failure_to_ask_for_topics_is_no_news_of_them() {
    let (script, cluster) =
        coordinator_and(2, |config| config.metadata_max_age = Duration::from_millis(10)).await;
    let mut consumer = Consumer::new(&cluster, config());
    consumer.subscribe(["t"]).unwrap();
    poll_until(&mut consumer, &script, 2).await;
    let asked = {
        let mut script = script.lock().unwrap();
        script.starts_over = 3;
        script.metadata_asked
    };
    let deadline = Instant::now() + LIMIT;
    while script.lock().unwrap().metadata_asked < asked + 10 {
        assert!(Instant::now() < deadline, "{:?}", script.lock().unwrap());
        consumer.poll(STEP).await.unwrap();
    }
    assert_eq!(script.lock().unwrap().asked, ["join "]);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl RebalanceListener for Log {
    fn revoked<'a>(&'a mut self, _: &'a mut Consumer, _: &'a [TopicPartition]) -> Heard<'a> {
        self.0.lock().unwrap().push("revoked");
        Box::pin(async {})
    }

    fn lost<'a>(&'a mut self, _: &'a mut Consumer, _: &'a [TopicPartition]) -> Heard<'a> {
        self.0.lock().unwrap().push("lost");
        Box::pin(async {})
    }
}

/// What it read may be another's by now, whose commit stands.
#[tokio::test]
async fn who_is_in_no_generation_commits_nothing() {
    for closes in [false, true] {
        let (script, cluster) = coordinator(2).await;
        let auto_commit_interval = Some(Duration::from_secs(3600));
        let mut consumer = Consumer::new(&cluster, Config { auto_commit_interval, ..config() });
        let log = Log::default();
        consumer.on_rebalance(log.clone());
        consumer.subscribe(["t"]).unwrap();
        poll_until(&mut consumer, &script, 2).await;
        let at = TopicPartition::new("t", 0);
        consumer.seek(&at, 7).unwrap();
        script.lock().unwrap().heartbeat_error = ErrorCode::UNKNOWN_MEMBER_ID;
        let offset = CommittedOffset { offset: 6, leader_epoch: -1, metadata: String::new() };
        let offsets = BTreeMap::from([(at, offset)]);
        let unchecked = |script: &Shared| script.lock().unwrap().asked.contains(&"commit @-1".to_owned());
        let error = loop {
            let result = consumer.commit_offsets(&offsets).await;
            assert!(!unchecked(&script));
            if let Err(error) = result {
                break error;
            }
        };
        assert_eq!(error.code(), Some(ErrorCode::UNKNOWN_MEMBER_ID), "{error}");
        if closes {
            consumer.close(LIMIT).await.unwrap();
        } else {
            consumer.unsubscribe().await.unwrap();
        }
        assert_eq!(*log.0.lock().unwrap(), ["lost"]);
        assert!(!unchecked(&script));
    }
}
