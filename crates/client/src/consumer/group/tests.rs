//! A consumer and the coordinator of its group, which does as it is told.
use super::super::*;
use crate::{Address, Config as ClientConfig, admin::CommittedOffset, fake};
use protocol::{
    ApiKey, ErrorCode, FindCoordinatorResponse, Message as _, MetadataResponse, OffsetCommitRequest,
    OffsetCommitResponse, OffsetFetchRequest, OffsetFetchResponse,
    metadata::response::{MetadataResponsePartition, MetadataResponseTopic},
    offset_commit::response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic},
    offset_fetch::response::{OffsetFetchResponsePartition, OffsetFetchResponseTopic},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

#[derive(Debug, Default)]
struct Script {
    /// Codes for the next commits as a whole.
    refusals: VecDeque<ErrorCode>,
    /// Topics that were deleted.
    deleted: BTreeSet<&'static str>,
    /// The commits that came, each as `topic=offset ...`.
    commits: Vec<String>,
    stored: BTreeMap<String, i64>,
    /// Codes for the next questions about committed offsets.
    look_up_refusals: VecDeque<ErrorCode>,
    /// How often committed offsets were asked for.
    looked_up: usize,
}

type Shared = Arc<Mutex<Script>>;

fn at(topic: &str) -> TopicPartition {
    TopicPartition::new(topic, 0)
}

async fn broker(script: Shared) -> Address {
    fake::listen("127.0.0.1", move |socket| {
        let script = script.clone();
        let port = socket.local_addr().unwrap().port();
        fake::converse(socket, move |mut asked| {
            let mut script = script.lock().unwrap();
            match asked.key {
                ApiKey::ApiVersions => Some(asked.offer(&[
                    (ApiKey::ApiVersions, 4),
                    (ApiKey::Metadata, 9),
                    (ApiKey::FindCoordinator, 3),
                    (ApiKey::OffsetCommit, 8),
                    (ApiKey::OffsetFetch, 7),
                ])),
                ApiKey::Metadata => Some(asked.answer(&metadata(port))),
                ApiKey::FindCoordinator => Some(asked.answer(&FindCoordinatorResponse {
                    node_id: 1,
                    host: "127.0.0.1".into(),
                    port: port.into(),
                    ..Default::default()
                })),
                ApiKey::OffsetCommit => {
                    let request = OffsetCommitRequest::decode(&mut asked.body, asked.version).unwrap();
                    Some(asked.answer(&script.commit(&request)))
                }
                ApiKey::OffsetFetch => {
                    let request = OffsetFetchRequest::decode(&mut asked.body, asked.version).unwrap();
                    Some(asked.answer(&script.look_up(&request)))
                }
                _ => None,
            }
        })
    })
    .await
}

fn metadata(port: u16) -> MetadataResponse {
    let topic = |name: &str| MetadataResponseTopic {
        name: Some(name.into()),
        partitions: vec![MetadataResponsePartition { leader_id: 1, ..Default::default() }],
        ..Default::default()
    };
    fake::metadata(port, vec![topic("t"), topic("u")])
}

impl Script {
    fn commit(&mut self, request: &OffsetCommitRequest) -> OffsetCommitResponse {
        let refusal = self.refusals.pop_front();
        let mut came = Vec::new();
        let mut topics = Vec::new();
        for topic in &request.topics {
            let offset = topic.partitions[0].committed_offset;
            came.push(format!("{}={offset}", topic.name.as_str()));
            let is_deleted = self.deleted.contains(topic.name.as_str());
            let unknown = is_deleted.then_some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
            let code = refusal.or(unknown).unwrap_or(ErrorCode::NONE);
            if code == ErrorCode::NONE {
                self.stored.insert(topic.name.to_string(), offset);
            }
            let partition = OffsetCommitResponsePartition { partition_index: 0, error_code: code.0 };
            topics.push(OffsetCommitResponseTopic {
                name: topic.name.clone(),
                partitions: vec![partition],
                ..Default::default()
            });
        }
        self.commits.push(came.join(" "));
        OffsetCommitResponse { topics, ..Default::default() }
    }

    fn look_up(&mut self, request: &OffsetFetchRequest) -> OffsetFetchResponse {
        self.looked_up += 1;
        let topics = request.topics.iter().flatten().map(|topic| OffsetFetchResponseTopic {
            name: topic.name.clone(),
            partitions: vec![OffsetFetchResponsePartition {
                committed_offset: self.stored.get(topic.name.as_str()).copied().unwrap_or(-1),
                ..Default::default()
            }],
        });
        let code = self.look_up_refusals.pop_front().unwrap_or(ErrorCode::NONE);
        OffsetFetchResponse { topics: topics.collect(), error_code: code.0, ..Default::default() }
    }
}

/// Of a group that nothing is subscribed in.
async fn consumer(script: &Shared, config: Config) -> Consumer {
    let backoff = crate::Backoff { initial: Duration::from_millis(1), max: Duration::from_millis(1) };
    // What is tried again is tried for so long.
    let api_timeout = Duration::from_millis(100);
    let bootstrap = vec![broker(script.clone()).await];
    let config_of_client = ClientConfig { backoff, api_timeout, ..ClientConfig::new(bootstrap) };
    let cluster = Cluster::connect(config_of_client).await.unwrap();
    Consumer::new(&cluster, Config { group_id: Some("g".to_owned()), ..config })
}

fn without_auto_commit() -> Config {
    Config { auto_commit_interval: None, ..Default::default() }
}

fn place(consumer: &mut Consumer, positions: &[(&str, i64)]) {
    for (topic, offset) in positions {
        consumer.place(at(topic), Some((*offset).into()), None);
    }
}

fn offsets(offsets: &[(&str, i64)]) -> BTreeMap<TopicPartition, CommittedOffset> {
    let committed = |offset| CommittedOffset { offset, leader_epoch: -1, metadata: String::new() };
    offsets.iter().map(|(topic, offset)| (at(topic), committed(*offset))).collect()
}

/// What runs in the background ends.
async fn settle(consumer: &mut Consumer) {
    while let Some(done) = consumer.jobs.join_next().await {
        consumer.take(Instant::now(), done);
    }
}

#[tokio::test]
async fn a_commit_in_the_background_does_not_undo_a_later_one() {
    let script = Shared::default();
    script.lock().unwrap().deleted.insert("u");
    let mut consumer = consumer(&script, without_auto_commit()).await;
    place(&mut consumer, &[("t", 10), ("u", 5)]);
    consumer.commit_soon();
    consumer.commit_offsets(&offsets(&[("t", 200)])).await.unwrap();
    settle(&mut consumer).await;
    assert_eq!(script.lock().unwrap().stored, [("t".to_owned(), 200)].into());
}

#[tokio::test]
async fn a_refused_commit_in_the_background_does_not_come_back() {
    let script = Shared::default();
    script.lock().unwrap().refusals.push_back(ErrorCode::NOT_COORDINATOR);
    let mut consumer = consumer(&script, without_auto_commit()).await;
    place(&mut consumer, &[("t", 10)]);
    consumer.commit_soon();
    while script.lock().unwrap().commits.is_empty() {
        tokio::task::yield_now().await;
    }
    place(&mut consumer, &[("t", 20)]);
    consumer.commit_soon();
    settle(&mut consumer).await;
    assert_eq!(script.lock().unwrap().commits, ["t=10", "t=20"]);
}

#[tokio::test]
async fn the_end_waits_for_commits_in_the_background() {
    let script = Shared::default();
    let mut consumer = consumer(&script, without_auto_commit()).await;
    place(&mut consumer, &[("t", 10)]);
    consumer.commit_soon();
    consumer.close(Duration::from_secs(30)).await.unwrap();
    assert_eq!(script.lock().unwrap().stored, [("t".to_owned(), 10)].into());
}

#[tokio::test]
async fn a_commit_in_the_background_is_tried_once() {
    for code in [ErrorCode::NOT_COORDINATOR, ErrorCode::STALE_MEMBER_EPOCH, ErrorCode::ILLEGAL_GENERATION] {
        let script = Shared::default();
        script.lock().unwrap().refusals.push_back(code);
        let mut consumer = consumer(&script, without_auto_commit()).await;
        place(&mut consumer, &[("t", 10)]);
        consumer.commit_soon();
        settle(&mut consumer).await;
        assert_eq!(script.lock().unwrap().commits, ["t=10"], "{code}");
        // It does not count as committed.
        consumer.commit_soon();
        settle(&mut consumer).await;
        assert_eq!(script.lock().unwrap().commits, ["t=10", "t=10"], "{code}");
    }
}

#[tokio::test]
async fn only_what_is_not_stored_yet_is_committed_again() {
    let script = Shared::default();
    script.lock().unwrap().deleted.insert("u");
    let mut consumer = consumer(&script, without_auto_commit()).await;
    place(&mut consumer, &[("t", 10), ("u", 5)]);
    consumer.commit_soon();
    settle(&mut consumer).await;
    consumer.commit_soon();
    settle(&mut consumer).await;
    assert_eq!(script.lock().unwrap().commits, ["t=10 u=5", "u=5"]);
    let error = consumer.commit_offsets(&offsets(&[("t", 11), ("u", 6)])).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    let script = script.lock().unwrap();
    assert_eq!(script.commits[2], "t=11 u=6");
    assert!(script.commits[3..].iter().all(|commit| commit == "u=6"));
    assert!(script.commits.len() > 4);
}

#[tokio::test]
async fn a_deleted_topic_does_not_hold_up_what_is_committed_before_partitions_go() {
    let script = Shared::default();
    script.lock().unwrap().deleted.insert("u");
    let mut consumer = consumer(&script, Config::default()).await;
    place(&mut consumer, &[("t", 10), ("u", 5)]);
    consumer.auto_commit_now(&[at("t"), at("u")].into()).await;
    assert_eq!(script.lock().unwrap().commits, ["t=10 u=5"]);
}

#[tokio::test]
async fn each_assignment_looks_for_what_is_committed() {
    for on_out_of_range in [OnOutOfRange::Fail, OnOutOfRange::Earliest] {
        let script = Shared::default();
        let mut consumer = consumer(&script, Config { on_out_of_range, ..Default::default() }).await;
        for times in 1..=3 {
            consumer.assign_committed([at("t")]).unwrap();
            // Nothing is committed, which is asked once.
            for _ in 0..2 {
                consumer.look_for_committed();
                settle(&mut consumer).await;
            }
            assert_eq!(script.lock().unwrap().looked_up, times, "{on_out_of_range:?}");
            if times == 1 {
                consumer.unassign(&at("t"));
            }
        }
    }
}

#[tokio::test]
async fn what_others_may_commit_meanwhile_is_not_known_of_a_new_assignment() {
    let script = Shared::default();
    let mut consumer = consumer(&script, without_auto_commit()).await;
    place(&mut consumer, &[("t", 10)]);
    consumer.commit().await.unwrap();
    consumer.commit_soon();
    consumer.unassign(&at("t"));
    place(&mut consumer, &[("t", 10)]);
    consumer.commit_soon();
    settle(&mut consumer).await;
    assert_eq!(script.lock().unwrap().commits, ["t=10", "t=10"]);
}

/// Its heartbeat will find out, and says who the member is by then.
#[tokio::test]
async fn a_member_that_is_not_known_waits_before_it_looks_again() {
    let script = Shared::default();
    let refusals =
        [ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::ILLEGAL_GENERATION, ErrorCode::STALE_MEMBER_EPOCH];
    script.lock().unwrap().look_up_refusals.extend(refusals);
    script.lock().unwrap().stored.insert("t".to_owned(), 7);
    let mut consumer = consumer(&script, Config::default()).await;
    consumer.assign_committed([at("t")]).unwrap();
    consumer.look_for_committed();
    settle(&mut consumer).await;
    assert_eq!(script.lock().unwrap().looked_up, 4);
    assert_eq!(consumer.position(&at("t")).map(|position| position.offset), Some(7));
}
