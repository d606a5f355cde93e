use super::*;
use crate::{
    Address, Cluster, Config, TopicPartition,
    admin::{GroupFilter, IsolationLevel, OffsetSpec},
};
use bytes::Bytes;
use protocol::{
    ApiKey, ApiVersionsResponse, DeleteGroupsRequest, DeleteGroupsResponse, FindCoordinatorResponse,
    ListGroupsResponse, ListOffsetsRequest, ListOffsetsResponse, Message, MetadataResponse, Response,
    api_versions::response::ApiVersion,
    delete_groups::response::DeletableGroupResult,
    encode_response,
    find_coordinator::response::Coordinator,
    list_groups::response::ListedGroup,
    list_offsets::response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse},
    metadata::response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
    read_request_header,
};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicI16, AtomicI32, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wire::Reader;

/// Brokers 1 and 2 of a cluster that changes as a test tells it.
struct Scripted {
    ports: [u16; 2],
    /// Broker that coordinates every group, and leads partition 1 of topic `t`; broker 1 leads partition 0.
    chosen: AtomicI32,
    /// What broker 2 says when asked for offsets.
    refusal: AtomicI16,
    /// The last version of ListOffsets.
    list_offsets: AtomicI16,
    /// Broker that hangs up when asked for its groups.
    broken: i32,
    /// What was asked, by broker.
    log: Mutex<Vec<String>>,
}

const VERSIONS: [(ApiKey, i16); 6] = [
    (ApiKey::ApiVersions, 3),
    (ApiKey::Metadata, 12),
    (ApiKey::FindCoordinator, 4),
    (ApiKey::ListGroups, 5),
    (ApiKey::DeleteGroups, 2),
    (ApiKey::ListOffsets, 11),
];

impl Scripted {
    fn say<R: Response>(id: i32, version: i16, response: &R) -> Vec<u8> {
        encode_response(id, response, version).unwrap().concat()
    }

    /// Empty: hangs up.
    fn answer(&self, broker: i32, frame: Vec<u8>) -> Vec<u8> {
        let mut reader = Reader::new(Bytes::from(frame));
        let (key, header) = read_request_header(&mut reader).unwrap();
        let (version, id) = (header.request_api_version, header.correlation_id);
        match key {
            ApiKey::ApiVersions => {
                let api_keys = VERSIONS.map(|(key, last)| ApiVersion {
                    api_key: key as i16,
                    min_version: 0,
                    max_version: if key == ApiKey::ListOffsets {
                        self.list_offsets.load(Relaxed)
                    } else {
                        last
                    },
                });
                let offers = ApiVersionsResponse { api_keys: api_keys.to_vec(), ..Default::default() };
                Self::say(id, version.min(3), &offers)
            }
            ApiKey::Metadata => Self::say(id, version, &self.metadata()),
            ApiKey::FindCoordinator => {
                let node_id = self.chosen.load(Relaxed);
                let coordinators =
                    ["a", "b"].map(|group| Coordinator { key: group.into(), node_id, ..Default::default() });
                let found =
                    FindCoordinatorResponse { coordinators: coordinators.to_vec(), ..Default::default() };
                Self::say(id, version, &found)
            }
            ApiKey::ListGroups if broker == self.broken => Vec::new(),
            ApiKey::ListGroups => {
                let group_id = format!("of-{broker}").as_str().into();
                let groups = vec![ListedGroup { group_id, ..Default::default() }];
                Self::say(id, version, &ListGroupsResponse { groups, ..Default::default() })
            }
            ApiKey::DeleteGroups => {
                let asked = DeleteGroupsRequest::decode(&mut reader, version).unwrap().groups_names;
                self.note(broker, asked.iter().map(ToString::to_string));
                // It moves while broker 1 answers about `b`.
                let moved = broker == 1;
                self.chosen.store(2, Relaxed);
                let results = asked.into_iter().map(|group_id| {
                    let fails = moved && group_id == *"b";
                    let error_code = if fails { ErrorCode::NOT_COORDINATOR.0 } else { 0 };
                    DeletableGroupResult { group_id, error_code, ..Default::default() }
                });
                let response = DeleteGroupsResponse { results: results.collect(), ..Default::default() };
                Self::say(id, version, &response)
            }
            ApiKey::ListOffsets => {
                let asked = ListOffsetsRequest::decode(&mut reader, version).unwrap();
                let partitions: Vec<i32> =
                    asked.topics[0].partitions.iter().map(|p| p.partition_index).collect();
                self.note(broker, partitions.iter().map(ToString::to_string));
                self.chosen.store(1, Relaxed);
                let partitions = partitions.into_iter().map(|partition_index| {
                    let error_code = if broker == 2 { self.refusal.load(Relaxed) } else { 0 };
                    ListOffsetsPartitionResponse {
                        partition_index,
                        error_code,
                        offset: 7,
                        ..Default::default()
                    }
                });
                let topic = ListOffsetsTopicResponse {
                    name: asked.topics[0].name.clone(),
                    partitions: partitions.collect(),
                };
                let response = ListOffsetsResponse { topics: vec![topic], ..Default::default() };
                Self::say(id, version, &response)
            }
            other => panic!("{other:?} is not offered"),
        }
    }

    fn note(&self, broker: i32, what: impl Iterator<Item = String>) {
        self.log.lock().unwrap().push(format!("{broker}:{}", what.collect::<Vec<_>>().join("+")));
    }

    fn metadata(&self) -> MetadataResponse {
        let brokers = [1, 2].map(|node_id| MetadataResponseBroker {
            node_id,
            host: "127.0.0.1".into(),
            port: self.ports[node_id as usize - 1].into(),
            ..Default::default()
        });
        let leaders = [1, self.chosen.load(Relaxed)];
        let partitions = (0..).zip(leaders).map(|(partition_index, leader_id)| MetadataResponsePartition {
            partition_index,
            leader_id,
            ..Default::default()
        });
        let topic = MetadataResponseTopic {
            name: Some("t".into()),
            partitions: partitions.collect(),
            ..Default::default()
        };
        MetadataResponse {
            brokers: brokers.to_vec(),
            topics: vec![topic],
            controller_id: 1,
            ..Default::default()
        }
    }
}

async fn scripted(chosen: i32, broken: i32) -> (Arc<Scripted>, Admin) {
    let listeners =
        [TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap()];
    let ports = [0, 1].map(|at: usize| listeners[at].local_addr().unwrap().port());
    let script = Arc::new(Scripted {
        ports,
        chosen: AtomicI32::new(chosen),
        refusal: AtomicI16::new(ErrorCode::NOT_LEADER_OR_FOLLOWER.0),
        list_offsets: AtomicI16::new(11),
        broken,
        log: Mutex::default(),
    });
    for (broker, listener) in (1..).zip(listeners) {
        let script = script.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let script = script.clone();
                tokio::spawn(async move {
                    while let Ok(length) = socket.read_u32().await {
                        let mut frame = vec![0; length as usize];
                        socket.read_exact(&mut frame).await.unwrap();
                        let said = script.answer(broker, frame);
                        if said.is_empty() || socket.write_all(&said).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
    }
    let bootstrap = vec![Address { host: "127.0.0.1".to_owned(), port: ports[0] }];
    let config = Config { api_timeout: Duration::from_millis(500), ..Config::new(bootstrap) };
    (script, Admin::new(&Cluster::connect(config).await.unwrap()))
}

#[tokio::test]
async fn a_broken_broker_does_not_lose_what_the_others_say() {
    let (_, admin) = scripted(1, 2).await;
    let listed = admin.list_groups(&GroupFilter::default()).await.unwrap();
    assert_eq!(listed.found.iter().map(|group| group.group_id.as_str()).collect::<Vec<_>>(), ["of-1"]);
    let [(broker, error)] = listed.failed.as_slice() else { panic!("{listed:?}") };
    assert!(
        *broker == NodeId(2) && error.is_connection() && matches!(error, Error::GaveUp { .. }),
        "{error}"
    );
    assert!(listed.all().is_err());
}

#[tokio::test]
async fn what_moved_is_asked_again_and_nothing_else() {
    let (script, admin) = scripted(1, 0).await;
    let groups = ["a", "b"].map(str::to_owned);
    let deleted = admin.delete_groups(&groups).await;
    assert_eq!(deleted.0.iter().map(|(group, _)| group.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    deleted.all::<Vec<_>>().unwrap();
    assert_eq!(*script.log.lock().unwrap(), ["1:a+b", "2:b"]);
}

#[tokio::test]
async fn a_leader_that_changed_is_looked_up_again() {
    for refusal in [
        ErrorCode::NOT_LEADER_OR_FOLLOWER,
        ErrorCode::KAFKA_STORAGE_ERROR,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        ErrorCode::REPLICA_NOT_AVAILABLE,
    ] {
        let (script, admin) = scripted(2, 0).await;
        script.refusal.store(refusal.0, Relaxed);
        let asked = [0, 1].map(|partition| (TopicPartition::new("t", partition), OffsetSpec::Latest));
        let listed = admin.list_offsets(&asked.into(), IsolationLevel::default()).await;
        let offsets: Vec<_> = listed.all().unwrap();
        assert!(offsets.iter().all(|(_, listed)| listed.offset == Some(7)));
        let mut log = script.log.lock().unwrap().clone();
        log[..2].sort();
        assert_eq!(log, ["1:0", "2:1", "1:1"], "{refusal}");
    }
}

#[tokio::test]
async fn a_broker_is_not_asked_for_a_place_that_it_would_take_for_a_time() {
    use OffsetSpec::{EarliestLocal, EarliestPendingUpload, Latest, LatestTiered, MaxTimestamp, Timestamp};
    for (version, spec, is_asked) in [
        (6, Timestamp(5), true),
        (6, MaxTimestamp, false),
        (7, MaxTimestamp, true),
        (7, EarliestLocal, false),
        (8, EarliestLocal, true),
        (8, LatestTiered, false),
        (9, LatestTiered, true),
        (10, EarliestPendingUpload, false),
        (11, EarliestPendingUpload, true),
    ] {
        let (script, admin) = scripted(1, 0).await;
        script.list_offsets.store(version, Relaxed);
        // What the broker understands is answered all the same.
        let asked = [(0, spec), (1, Latest)].map(|(at, spec)| (TopicPartition::new("t", at), spec));
        let listed = admin.list_offsets(&asked.clone().into(), IsolationLevel::default()).await;
        assert_eq!(listed.0.iter().map(|(at, _)| at).collect::<Vec<_>>(), [&asked[0].0, &asked[1].0]);
        assert!(listed.0[1].1.is_ok());
        match &listed.0[0].1 {
            Ok(_) => assert!(is_asked, "{spec} in {version}"),
            Err(error) => {
                assert!(matches!(error, Error::UnsupportedVersion { .. }), "{error}");
                assert!(!is_asked, "{spec} in {version}");
                assert_eq!(*script.log.lock().unwrap(), ["1:1"]);
            }
        }
    }
}

#[tokio::test]
async fn partitions_and_brokers_that_are_not_there_are_told_at_once() {
    let (script, admin) = scripted(1, 0).await;
    let asked = [(TopicPartition::new("t", 2), OffsetSpec::Latest)];
    let listed = admin.list_offsets(&asked.into(), IsolationLevel::default()).await.only();
    assert!(matches!(listed, Err(Error::UnknownPartition { partition: 2, partitions: 2, .. })));
    let dirs = admin.describe_log_dirs(&[NodeId(3)], None).await.only();
    assert_eq!(dirs.unwrap_err().code(), Some(ErrorCode::BROKER_ID_NOT_REGISTERED));
    assert!(script.log.lock().unwrap().is_empty());
}

#[test]
fn a_failure_makes_stale_what_it_says_has_moved() {
    let leader = Target::Leader(TopicPartition::new("t", 0));
    let group = Target::Coordinator(CoordinatorKind::Group, "g".to_owned());
    let refused = |code: ErrorCode| Error::refused("x", code.0, None);
    let lost = Error::Disconnected { address: "h:1".into() };
    // After a failure: topics to ask about, coordinators still known, whether to ask who the brokers are.
    for (target, error, topics, coordinators, brokers) in [
        (&leader, refused(ErrorCode::NOT_LEADER_OR_FOLLOWER), 1, 1, false),
        (&leader, refused(ErrorCode::THROTTLING_QUOTA_EXCEEDED), 0, 1, false),
        (&leader, lost.clone(), 1, 1, true),
        (&group, refused(ErrorCode::NOT_COORDINATOR), 0, 0, false),
        (&group, refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS), 0, 1, false),
        (&group, lost, 0, 0, true),
        (&Target::Controller, refused(ErrorCode::NOT_CONTROLLER), 0, 1, true),
        (&Target::Controller, Error::UnknownBroker(NodeId(3)), 0, 1, true),
    ] {
        let mut known = Known::default();
        known.coordinators.insert((CoordinatorKind::Group, "g".to_owned()), NodeId(1));
        known.forget(target, &error);
        let after = (known.stale_topics.len(), known.coordinators.len(), known.stale_brokers);
        assert_eq!(after, (topics, coordinators, brokers), "{target:?} {error}");
    }
}

#[test]
fn keys_are_looked_up_one_by_one_where_the_broker_is_old() {
    let keys = ["a", "b"].map(str::to_owned);
    let one = coordinator_request(CoordinatorKind::Transaction, &keys[..1], 3);
    assert_eq!((one.key.as_str(), one.key_type, one.coordinator_keys.len()), ("a", 1, 0));
    let many = coordinator_request(CoordinatorKind::Group, &keys, 4);
    assert_eq!((many.key.as_str(), many.key_type, many.coordinator_keys.len()), ("", 0, 2));
    assert_eq!((coordinators_in_one(3), coordinators_in_one(4)), (1, usize::MAX));

    let old = protocol::FindCoordinatorResponse { node_id: 5, ..Default::default() };
    let found = read_coordinators(CoordinatorKind::Group, &keys[..1], &old);
    assert!(matches!(found.as_slice(), [(key, Ok(NodeId(5)))] if key == "a"));
}

#[tokio::test]
async fn a_call_ends_in_its_time_though_a_broker_is_silent() {
    use crate::fake;
    // Answers about the cluster so often, and says nothing after that.
    for answers in [1, 2] {
        let left = Arc::new(AtomicI32::new(answers));
        let address = fake::listen("127.0.0.1", move |socket| {
            let port = socket.local_addr().unwrap().port();
            let left = left.clone();
            fake::converse(socket, move |asked| match asked.key {
                ApiKey::ApiVersions => Some(asked.offer(&VERSIONS)),
                ApiKey::Metadata if left.fetch_sub(1, Relaxed) > 0 => {
                    let host = "127.0.0.1".into();
                    let broker =
                        MetadataResponseBroker { node_id: 1, host, port: port.into(), ..Default::default() };
                    Some(asked.answer(&MetadataResponse { brokers: vec![broker], ..Default::default() }))
                }
                _ => Some(Vec::new()),
            })
        })
        .await;
        let config = Config {
            api_timeout: Duration::from_millis(200),
            request_timeout: Duration::from_secs(10),
            ..Config::new(vec![address])
        };
        let admin = Admin::new(&Cluster::connect(config).await.unwrap());
        let began = std::time::Instant::now();
        let listed = admin.list_groups(&GroupFilter::default()).await;
        assert!(began.elapsed() < Duration::from_secs(2), "{listed:?}");
        let error = listed.and_then(Gathered::all).unwrap_err();
        assert!(matches!(error, Error::RequestTimeout { .. }), "{error}");
    }
}
