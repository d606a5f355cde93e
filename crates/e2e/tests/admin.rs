//! Making, changing and deleting topics; records, elections, features, and what the cluster says of itself.
use protocol::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteRecordsRequest, DeleteTopicsRequest,
    DescribeClientQuotasRequest, DescribeLogDirsRequest, DescribeQuorumRequest, ElectLeadersRequest,
    ErrorCode, MetadataRequest, UpdateFeaturesRequest,
    create_partitions::request::{CreatePartitionsAssignment, CreatePartitionsTopic},
    create_topics::{
        request::{CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig},
        response::CreatableTopicResult,
    },
    delete_records::request::{DeleteRecordsPartition, DeleteRecordsTopic},
    delete_topics::request::DeleteTopicState,
    describe_quorum::request::{PartitionData, TopicData},
    elect_leaders::request::TopicPartitions,
    update_features::request::FeatureUpdateKey,
};
use testkit::{TestBroker, Wire, text};
use uuid::Uuid;

fn topic(name: &str, num_partitions: i32, replication_factor: i16) -> CreatableTopic {
    CreatableTopic { name: text(name), num_partitions, replication_factor, ..Default::default() }
}

fn configured(name: &str, key: &str, value: Option<&str>) -> CreatableTopic {
    let config = CreatableTopicConfig { name: text(key), value: value.map(text) };
    CreatableTopic { configs: vec![config], ..topic(name, 1, 1) }
}

/// Partitions 0, 1, ... on these brokers.
fn assigned(name: &str, brokers: &[&[i32]]) -> CreatableTopic {
    let assignment = |(partition_index, broker_ids): (i32, &&[i32])| CreatableReplicaAssignment {
        partition_index,
        broker_ids: broker_ids.to_vec(),
    };
    CreatableTopic { assignments: (0..).zip(brokers).map(assignment).collect(), ..topic(name, -1, -1) }
}

fn creation(topics: Vec<CreatableTopic>) -> CreateTopicsRequest {
    CreateTopicsRequest { topics, timeout_ms: 30_000, ..Default::default() }
}

fn create(wire: &mut Wire, wanted: CreatableTopic) -> CreatableTopicResult {
    wire.ask(7, &creation(vec![wanted])).topics.remove(0)
}

fn partition_count(wire: &mut Wire, topic: &str) -> Option<usize> {
    let all = wire.latest(&MetadataRequest { topics: None, ..Default::default() });
    all.topics.iter().find(|found| found.name.as_deref() == Some(topic)).map(|found| found.partitions.len())
}

/// 105. Each reason why a topic cannot be made has its error, and a message; nothing is made.
#[test]
fn topics_that_cannot_be_made() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("there", 1);
    wire.create("a.b", 1);
    let with_count = |topic: CreatableTopic| CreatableTopic { num_partitions: 2, ..topic };
    let with_factor = |topic: CreatableTopic| CreatableTopic { replication_factor: 1, ..topic };
    for (wanted, code) in [
        (topic("there", 1, 1), ErrorCode::TOPIC_ALREADY_EXISTS),
        (topic("a_b", 1, 1), ErrorCode::INVALID_TOPIC_EXCEPTION),
        (topic("a/b", 1, 1), ErrorCode::INVALID_TOPIC_EXCEPTION),
        (topic("", 1, 1), ErrorCode::INVALID_TOPIC_EXCEPTION),
        (topic("__cluster_metadata", 1, 1), ErrorCode::INVALID_REQUEST),
        (topic("new", 0, 1), ErrorCode::INVALID_PARTITIONS),
        (topic("new", -2, 1), ErrorCode::INVALID_PARTITIONS),
        (topic("new", 1, 0), ErrorCode::INVALID_REPLICATION_FACTOR),
        (topic("new", 1, -2), ErrorCode::INVALID_REPLICATION_FACTOR),
        (topic("new", 1, 2), ErrorCode::INVALID_REPLICATION_FACTOR),
        (with_count(assigned("new", &[&[1], &[1]])), ErrorCode::INVALID_REQUEST),
        (with_factor(assigned("new", &[&[1]])), ErrorCode::INVALID_REQUEST),
        (assigned("new", &[&[]]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (assigned("new", &[&[1, 1]]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (assigned("new", &[&[9]]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (configured("new", "retention.ms", Some("soon")), ErrorCode::INVALID_CONFIG),
        (configured("new", "retention.mss", Some("1")), ErrorCode::INVALID_CONFIG),
        (configured("new", "cleanup.policy", Some("shred")), ErrorCode::INVALID_CONFIG),
        (configured("new", "segment.bytes", Some("1")), ErrorCode::INVALID_CONFIG),
    ] {
        let refused = create(&mut wire, wanted.clone());
        assert_eq!(ErrorCode(refused.error_code), code, "{wanted:?}: {:?}", refused.error_message);
        assert!(refused.error_message.is_some(), "{wanted:?}");
        assert_eq!((refused.topic_id, refused.num_partitions), (Uuid::nil(), -1), "{wanted:?}");
    }
    assert_eq!(partition_count(&mut wire, "new"), None);
}

/// 105. A gap in the partitions of an assignment is INVALID_REPLICA_ASSIGNMENT.
#[test]
fn an_assignment_counts_from_zero() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for indexes in [[1, 2], [0, 2], [0, 0]] {
        let mut wanted = assigned("t", &[&[1], &[1]]);
        for (assignment, index) in wanted.assignments.iter_mut().zip(indexes) {
            assignment.partition_index = index;
        }
        let code = create(&mut wire, wanted).error_code;
        assert_eq!(ErrorCode(code), ErrorCode::INVALID_REPLICA_ASSIGNMENT, "{indexes:?}");
    }
}

/// 105. -1 asks for the cluster's number of partitions and replicas (KIP-464).
#[test]
fn defaults_of_a_topic() {
    let broker = TestBroker::with(&[("num.partitions", "3"), ("default.replication.factor", "1")]);
    let mut wire = broker.connect();
    let made = create(&mut wire, topic("t", -1, -1));
    assert_eq!((made.error_code, made.num_partitions, made.replication_factor), (0, 3, 1));
    assert_eq!(partition_count(&mut wire, "t"), Some(3));
    let made = create(&mut wire, assigned("by-hand", &[&[1], &[1]]));
    assert_eq!((made.error_code, made.num_partitions, made.replication_factor), (0, 2, 1));
}

/// 105. The answer has the topic's settings from version 5 and its id from version 7.
#[test]
fn a_new_topic_is_described() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for version in 2..=7 {
        let name = format!("t{version}");
        let made = wire
            .ask(version, &creation(vec![configured(&name, "retention.ms", Some("12345"))]))
            .topics
            .remove(0);
        assert_eq!(made.error_code, 0, "{:?}", made.error_message);
        assert_eq!(made.topic_id.is_nil(), version < 7, "version {version}");
        if version < 5 {
            continue;
        }
        assert_eq!((made.num_partitions, made.replication_factor), (1, 1));
        let configs = made.configs.unwrap();
        let value = |key: &str| {
            let config = configs.iter().find(|config| &*config.name == key).unwrap();
            (config.value.as_deref().unwrap().to_owned(), config.config_source)
        };
        assert_eq!(value("retention.ms"), ("12345".to_owned(), 1));
        assert_eq!(value("cleanup.policy"), ("delete".to_owned(), 5));
        assert!(configs.len() > 25);
    }
}

/// 105. With `validate_only` all is checked and answered, and nothing is made.
#[test]
fn a_topic_can_be_tried() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let tried = wire.ask(7, &CreateTopicsRequest { validate_only: true, ..creation(vec![topic("t", 3, 1)]) });
    assert_eq!((tried.topics[0].error_code, tried.topics[0].num_partitions), (0, 3));
    let tried = wire.ask(7, &CreateTopicsRequest { validate_only: true, ..creation(vec![topic("t", 3, 2)]) });
    assert_eq!(ErrorCode(tried.topics[0].error_code), ErrorCode::INVALID_REPLICATION_FACTOR);
    assert_eq!(partition_count(&mut wire, "t"), None);
}

/// 105. A name that stands twice in a request is INVALID_REQUEST, and not made; the others are.
#[test]
fn a_name_stands_once_in_a_request() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let made =
        wire.ask(7, &creation(vec![topic("twice", 1, 1), topic("once", 1, 1), topic("twice", 2, 1)])).topics;
    let codes = |name: &str| -> Vec<_> {
        made.iter().filter(|topic| &*topic.name == name).map(|topic| ErrorCode(topic.error_code)).collect()
    };
    assert_eq!(codes("twice"), [ErrorCode::INVALID_REQUEST]);
    assert_eq!(codes("once"), [ErrorCode::NONE]);
    assert_eq!(partition_count(&mut wire, "twice"), None);
}

fn more(topic: &str, count: i32, assignments: Option<&[&[i32]]>) -> CreatePartitionsTopic {
    let assignment = |ids: &&[i32]| CreatePartitionsAssignment { broker_ids: ids.to_vec() };
    let assignments = assignments.map(|list| list.iter().map(assignment).collect());
    CreatePartitionsTopic { name: text(topic), count, assignments }
}

/// 106. A topic gets more partitions, never fewer, and an assignment has one entry for each new one.
#[test]
fn partitions_grow() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 3);
    wire.append("t", 2, &["old"]);
    for (wanted, code) in [
        (more("t", 2, None), ErrorCode::INVALID_PARTITIONS),
        (more("t", 3, None), ErrorCode::INVALID_PARTITIONS),
        (more("t", 0, None), ErrorCode::INVALID_PARTITIONS),
        (more("t", -1, None), ErrorCode::INVALID_PARTITIONS),
        (more("t", 5, Some(&[&[1]])), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (more("t", 4, Some(&[&[1], &[1]])), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (more("t", 4, Some(&[&[8]])), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (more("none", 4, None), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        (more("t", 4, Some(&[&[1]])), ErrorCode::NONE),
        (more("t", 6, None), ErrorCode::NONE),
    ] {
        let request = CreatePartitionsRequest {
            topics: vec![wanted.clone()],
            timeout_ms: 30_000,
            ..Default::default()
        };
        let result = wire.latest(&request).results.remove(0);
        assert_eq!(ErrorCode(result.error_code), code, "{wanted:?}: {:?}", result.error_message);
    }
    assert_eq!(partition_count(&mut wire, "t"), Some(6));
    wire.append("t", 5, &["new"]);
    assert_eq!(wire.read("t", 2, 0), [(0, "old".to_owned())]);
}

/// 106. With `validate_only` nothing grows; a topic that stands twice is INVALID_REQUEST.
#[test]
fn growth_can_be_tried() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let request =
        |topics, validate_only| CreatePartitionsRequest { topics, timeout_ms: 30_000, validate_only };
    let tried = wire.latest(&request(vec![more("t", 2, None)], true));
    assert_eq!(tried.results[0].error_code, 0);
    let twice = wire.latest(&request(vec![more("t", 2, None), more("t", 3, None)], false));
    assert!(twice.results.iter().all(|result| ErrorCode(result.error_code) == ErrorCode::INVALID_REQUEST));
    assert_eq!(partition_count(&mut wire, "t"), Some(1));
}

/// 105. Topics are deleted by name, from version 6 also by id; a new one of the same name is empty.
#[test]
fn topics_are_deleted() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let by_name = |name: &str| DeleteTopicState { name: Some(text(name)), ..Default::default() };
    let by_id = |topic_id| DeleteTopicState { name: None, topic_id };
    let first = wire.create("t", 1);
    wire.append("t", 0, &["x"]);
    let delete = |wire: &mut Wire, topics: Vec<DeleteTopicState>| {
        let answer = wire.ask(6, &DeleteTopicsRequest { topics, timeout_ms: 30_000, ..Default::default() });
        answer.responses.iter().map(|topic| ErrorCode(topic.error_code)).collect::<Vec<_>>()
    };
    assert_eq!(delete(&mut wire, vec![by_id(first)]), [ErrorCode::NONE]);
    assert_eq!(delete(&mut wire, vec![by_id(first)]), [ErrorCode::UNKNOWN_TOPIC_ID]);
    assert_eq!(delete(&mut wire, vec![by_name("t")]), [ErrorCode::UNKNOWN_TOPIC_OR_PARTITION]);
    let second = wire.create("t", 1);
    assert_ne!(first, second);
    assert_eq!(wire.read("t", 0, 0), []);
    let both = DeleteTopicState { name: Some(text("t")), topic_id: second };
    assert_eq!(delete(&mut wire, vec![both]), [ErrorCode::INVALID_REQUEST]);
    assert_eq!(delete(&mut wire, vec![by_name("t"), by_name("t")])[0], ErrorCode::INVALID_REQUEST);
    assert_eq!(delete(&mut wire, vec![by_name("t")]), [ErrorCode::NONE]);
}

/// 105. With `delete.topic.enable=false` nothing is deleted.
#[test]
fn deletion_can_be_turned_off() {
    let broker = TestBroker::with(&[("delete.topic.enable", "false")]);
    let mut wire = broker.connect();
    wire.create("t", 1);
    let request =
        DeleteTopicsRequest { topic_names: vec![text("t")], timeout_ms: 30_000, ..Default::default() };
    for (version, code) in [(2, ErrorCode::INVALID_REQUEST), (3, ErrorCode::TOPIC_DELETION_DISABLED)] {
        assert_eq!(ErrorCode(wire.ask(version, &request).responses[0].error_code), code);
    }
    assert_eq!(partition_count(&mut wire, "t"), Some(1));
}

/// 102. Records before an offset go, -1 means all that are committed, and the answer has the new start.
#[test]
fn records_are_deleted() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.create_with("compacted", 1, &[("cleanup.policy", "compact")]);
    wire.create_with("both", 1, &[("cleanup.policy", "compact,delete")]);
    wire.latest(&protocol::FindCoordinatorRequest {
        coordinator_keys: vec![text("g")],
        ..Default::default()
    });
    wire.append("t", 0, &["a", "b", "c"]);
    for (topic, partition, offset, expected) in [
        ("t", 0, 1, (ErrorCode::NONE, 1)),
        ("t", 0, 0, (ErrorCode::NONE, 1)),
        ("t", 0, 4, (ErrorCode::OFFSET_OUT_OF_RANGE, -1)),
        ("t", 0, -2, (ErrorCode::OFFSET_OUT_OF_RANGE, -1)),
        ("t", 9, 0, (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1)),
        ("none", 0, 0, (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1)),
        ("compacted", 0, 0, (ErrorCode::POLICY_VIOLATION, -1)),
        ("both", 0, 0, (ErrorCode::NONE, 0)),
        ("__consumer_offsets", 0, 0, (ErrorCode::INVALID_TOPIC_EXCEPTION, -1)),
        ("t", 0, -1, (ErrorCode::NONE, 3)),
    ] {
        let request = DeleteRecordsRequest {
            topics: vec![DeleteRecordsTopic {
                name: text(topic),
                partitions: vec![DeleteRecordsPartition { partition_index: partition, offset }],
            }],
            timeout_ms: 30_000,
        };
        let result = wire.latest(&request).topics.remove(0).partitions.remove(0);
        assert_eq!(
            (ErrorCode(result.error_code), result.low_watermark),
            expected,
            "{topic}/{partition} before {offset}"
        );
    }
    assert_eq!(wire.list_offset("t", 0, -2).offset, 3);
    assert_eq!(wire.append("t", 0, &["d"]), 3);
}

/// 102. What was deleted stays deleted over a restart.
#[test]
fn deleted_records_stay_deleted() {
    let mut broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["a", "b", "c"]);
    let request = DeleteRecordsRequest {
        topics: vec![DeleteRecordsTopic {
            name: text("t"),
            partitions: vec![DeleteRecordsPartition { partition_index: 0, offset: 2 }],
        }],
        timeout_ms: 30_000,
    };
    assert_eq!(wire.latest(&request).topics[0].partitions[0].low_watermark, 2);
    broker.restart();
    let mut wire = broker.connect();
    assert_eq!(wire.list_offset("t", 0, -2).offset, 2);
    assert_eq!(ErrorCode(wire.fetch("t", 0, 1).error_code), ErrorCode::OFFSET_OUT_OF_RANGE);
}

/// 107. A partition that has its preferred leader needs no election; null asks about all of them.
#[test]
fn elections_are_not_needed() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for election_type in [0, 1] {
        let wanted = vec![TopicPartitions { topic: text("t"), partitions: vec![0, 5] }];
        let request =
            ElectLeadersRequest { election_type, topic_partitions: Some(wanted), timeout_ms: 30_000 };
        let answer = wire.latest(&request);
        let codes: Vec<_> = answer.replica_election_results[0]
            .partition_result
            .iter()
            .map(|partition| ErrorCode(partition.error_code))
            .collect();
        assert_eq!(codes, [ErrorCode::ELECTION_NOT_NEEDED, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION]);
        let all = wire.latest(&ElectLeadersRequest { topic_partitions: None, ..request });
        assert_eq!((all.error_code, all.replica_election_results.len()), (0, 0));
    }
}

/// 113. DescribeQuorum names the leader, its epoch, the high watermark and the voters of the metadata log.
#[test]
fn the_quorum_is_described() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let asked = |topic: &str, partition_index| DescribeQuorumRequest {
        topics: vec![TopicData {
            topic_name: text(topic),
            partitions: vec![PartitionData { partition_index }],
        }],
    };
    for version in 0..2 {
        let older = wire.ask(version, &asked("__cluster_metadata", 0)).topics.remove(0).partitions.remove(0);
        assert_eq!((older.leader_id, older.current_voters.len()), (1, 1));
    }
    let quorum = wire.latest(&asked("__cluster_metadata", 0)).topics.remove(0).partitions.remove(0);
    assert_eq!((quorum.error_code, quorum.leader_id), (0, 1));
    assert!(quorum.leader_epoch >= 0 && quorum.high_watermark > 0);
    let voters: Vec<_> = quorum.current_voters.iter().map(|voter| voter.replica_id).collect();
    assert_eq!(voters, [1]);
    assert!(quorum.current_voters[0].log_end_offset >= quorum.high_watermark);
    let before = quorum.high_watermark;
    wire.create("t", 1);
    let after = wire.latest(&asked("__cluster_metadata", 0)).topics.remove(0).partitions.remove(0);
    assert!(after.high_watermark > before);
    for (topic, partition) in [("__cluster_metadata", 1), ("t", 0)] {
        let code = wire.latest(&asked(topic, partition)).topics[0].partitions[0].error_code;
        assert_eq!(ErrorCode(code), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    }
}

/// 113. DescribeLogDirs has each folder's partitions with their sizes, and from version 4 how much room there is.
#[test]
fn log_dirs_are_described() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 2);
    wire.append("t", 1, &["0123456789"]);
    for version in 1..=5 {
        let answer = wire.ask(version, &DescribeLogDirsRequest { topics: None });
        assert_eq!((answer.error_code, answer.results.len()), (0, 1));
        let dir = &answer.results[0];
        assert_eq!((dir.error_code, &*dir.log_dir), (0, broker.data().to_str().unwrap()));
        assert_eq!(
            dir.total_bytes > dir.usable_bytes && dir.usable_bytes > 0,
            version >= 4,
            "version {version}"
        );
        let topic = dir.topics.iter().find(|topic| &*topic.name == "t").unwrap();
        let mut sizes: Vec<_> =
            topic.partitions.iter().map(|part| (part.partition_index, part.partition_size > 61)).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [(0, false), (1, true)]);
        assert!(topic.partitions.iter().all(|part| part.offset_lag == 0 && !part.is_future_key));
    }
    let only = protocol::describe_log_dirs::request::DescribableLogDirTopic {
        topic: text("t"),
        partitions: vec![0],
    };
    let answer = wire.latest(&DescribeLogDirsRequest { topics: Some(vec![only]) });
    assert_eq!((answer.results[0].topics.len(), answer.results[0].topics[0].partitions.len()), (1, 1));
}

/// 113. UpdateFeatures checks levels against what is supported, and with `validate_only` changes nothing.
#[test]
fn features_are_updated() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let level = |wire: &mut Wire| {
        let request = protocol::ApiVersionsRequest {
            client_software_name: text("x"),
            client_software_version: text("1"),
            ..Default::default()
        };
        let features = wire.ask(4, &request).finalized_features;
        features
            .iter()
            .find(|feature| &*feature.name == "eligible.leader.replicas.version")
            .map(|feature| feature.max_version_level)
    };
    let update = |wire: &mut Wire, feature: &str, max_version_level, upgrade_type, validate_only| {
        let feature = FeatureUpdateKey {
            feature: text(feature),
            max_version_level,
            upgrade_type,
            ..Default::default()
        };
        let request =
            UpdateFeaturesRequest { timeout_ms: 30_000, feature_updates: vec![feature], validate_only };
        ErrorCode(wire.ask(2, &request).error_code)
    };
    const ELR: &str = "eligible.leader.replicas.version";
    assert_eq!(level(&mut wire), Some(1));
    assert_eq!(update(&mut wire, ELR, 9, 1, false), ErrorCode::INVALID_UPDATE_VERSION);
    assert_eq!(update(&mut wire, "no.such.feature", 1, 1, false), ErrorCode::INVALID_UPDATE_VERSION);
    assert_eq!(update(&mut wire, ELR, 0, 1, false), ErrorCode::INVALID_UPDATE_VERSION, "that is no upgrade");
    assert_eq!(update(&mut wire, ELR, 0, 2, true), ErrorCode::NONE);
    assert_eq!(level(&mut wire), Some(1), "it was only tried");
    assert_eq!(update(&mut wire, ELR, 0, 2, false), ErrorCode::NONE);
    assert_eq!(level(&mut wire), None, "level 0 is no feature");
    assert_eq!(update(&mut wire, ELR, 1, 7, false), ErrorCode::INVALID_REQUEST);
}

/// 109. There are no quotas yet, and asking for them says so.
#[test]
fn there_are_no_quotas() {
    let broker = TestBroker::start();
    let answer = broker.connect().latest(&DescribeClientQuotasRequest::default());
    assert_eq!((answer.error_code, answer.entries.map(|entries| entries.len())), (0, Some(0)));
}
