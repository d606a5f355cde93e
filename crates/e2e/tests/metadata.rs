//! Topics, brokers and coordinators, as clients find them.
use protocol::{
    DescribeClusterRequest, DescribeTopicPartitionsRequest, ErrorCode, FindCoordinatorRequest,
    MetadataRequest, MetadataResponse,
    describe_topic_partitions::request::{Cursor, TopicRequest},
    find_coordinator::response::Coordinator,
    metadata::request::MetadataRequestTopic,
};
use testkit::{TestBroker, Wire, text};
use uuid::Uuid;

const NOT_ASKED: i32 = i32::MIN;

fn named(names: &[&str]) -> MetadataRequest {
    let topic = |name: &&str| MetadataRequestTopic { name: Some(text(name)), ..Default::default() };
    MetadataRequest {
        topics: Some(names.iter().map(topic).collect()),
        allow_auto_topic_creation: false,
        ..Default::default()
    }
}

/// The same for a version that may be too old to decline creation.
fn named_in(version: i16, names: &[&str]) -> MetadataRequest {
    MetadataRequest { allow_auto_topic_creation: version < 4, ..named(names) }
}

fn creating(names: &[&str]) -> MetadataRequest {
    MetadataRequest { allow_auto_topic_creation: true, ..named(names) }
}

fn all() -> MetadataRequest {
    MetadataRequest { topics: None, ..Default::default() }
}

/// Name, error and number of partitions of each topic.
fn topics(response: &MetadataResponse) -> Vec<(String, ErrorCode, usize)> {
    let topic = |topic: &protocol::metadata::response::MetadataResponseTopic| {
        let name = topic.name.as_deref().unwrap_or("(null)").to_owned();
        (name, ErrorCode(topic.error_code), topic.partitions.len())
    };
    response.topics.iter().map(topic).collect()
}

fn names(response: &MetadataResponse) -> Vec<String> {
    topics(response).into_iter().map(|(name, ..)| name).collect()
}

/// 60. Null asks for all topics and an empty list for none; version 0 has no null, and there empty is all.
#[test]
fn all_topics_or_none() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("a", 1);
    wire.create("b", 2);
    assert_eq!(names(&wire.ask(0, &named_in(0, &[]))), ["a", "b"]);
    for version in 1..=13 {
        assert_eq!(names(&wire.ask(version, &all())), ["a", "b"], "version {version}");
        assert_eq!(names(&wire.ask(version, &named_in(version, &[]))), [""; 0], "version {version}");
        assert_eq!(names(&wire.ask(version, &named_in(version, &["b"]))), ["b"], "version {version}");
    }
}

/// 60. A topic that is named several times is described once.
#[test]
fn a_topic_is_described_once() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    assert_eq!(names(&wire.latest(&named(&["t", "none", "t", "t", "none"]))), ["t", "none"]);
}

/// 61. A topic that is missing is created if both the request and the broker want it, with `num.partitions`.
#[test]
fn missing_topics_are_created() {
    let broker = TestBroker::with(&[("num.partitions", "4")]);
    let mut wire = broker.connect();
    assert_eq!(
        topics(&wire.ask(12, &named(&["new"]))),
        [("new".to_owned(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, 0)]
    );
    let answered = topics(&wire.ask(12, &creating(&["new", "new"])));
    assert!(answered.iter().all(|(name, code, _)| {
        name == "new"
            && [ErrorCode::NONE, ErrorCode::LEADER_NOT_AVAILABLE, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION]
                .contains(code)
    }));
    assert_eq!(topics(&wire.ask(12, &named(&["new"]))), [("new".to_owned(), ErrorCode::NONE, 4)]);
    wire.append("new", 3, &["it can be used at once"]);
    // Before version 4 a client cannot decline.
    wire.ask(3, &creating(&["old"]));
    assert_eq!(topics(&wire.ask(12, &named(&["old"]))), [("old".to_owned(), ErrorCode::NONE, 4)]);
}

/// 61. With `auto.create.topics.enable=false` nothing is created.
#[test]
fn creation_can_be_turned_off() {
    let broker = TestBroker::with(&[("auto.create.topics.enable", "false")]);
    let mut wire = broker.connect();
    for _ in 0..2 {
        let answered = topics(&wire.ask(12, &creating(&["new"])));
        assert_eq!(answered, [("new".to_owned(), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, 0)]);
    }
}

/// 62. A name that no topic can have is INVALID_TOPIC_EXCEPTION, whether it is to be created or not.
#[test]
fn names_that_no_topic_can_have() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let long = "x".repeat(250);
    for name in ["", ".", "..", "a/b", "a b", "ä", "a\0", &long] {
        for request in [named(&[name]), creating(&[name])] {
            let answered = topics(&wire.ask(12, &request));
            assert_eq!(answered, [(name.to_owned(), ErrorCode::INVALID_TOPIC_EXCEPTION, 0)]);
        }
    }
}

/// 62. Letters, digits, `.`, `_` and `-` make a name, up to 249 of them; `.` and `_` are the same to its neighbours.
#[test]
fn names_that_a_topic_can_have() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let long = "x".repeat(249);
    for name in ["a", "A-b_c.9", "...", &long] {
        wire.create(name, 1);
        wire.append(name, 0, &["x"]);
    }
    let answered = topics(&wire.ask(12, &creating(&["A-b.c_9"])));
    assert_eq!(answered[0].1, ErrorCode::INVALID_TOPIC_EXCEPTION);
}

/// 63. From version 10 an answer has topic ids, from 12 a request can; before that one with ids is refused.
#[test]
fn topics_by_id() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let id = wire.create("t", 1);
    for version in 0..=13 {
        let told = wire.ask(version, &named_in(version, &["t"])).topics[0].topic_id;
        assert_eq!(told, if version < 10 { Uuid::nil() } else { id }, "version {version}");
    }
    let by_id = |topic_id, name: Option<&str>| MetadataRequest {
        topics: Some(vec![MetadataRequestTopic { topic_id, name: name.map(text) }]),
        ..named(&[])
    };
    let found = wire.ask(12, &by_id(id, None));
    assert_eq!((topics(&found), found.topics[0].topic_id), (vec![("t".to_owned(), ErrorCode::NONE, 1)], id));
    let unknown = wire.ask(13, &by_id(Uuid::from_u128(3), None));
    assert_eq!(ErrorCode(unknown.topics[0].error_code), ErrorCode::UNKNOWN_TOPIC_ID);
    for version in [10, 11] {
        let refused = wire.ask(version, &by_id(id, Some("t")));
        assert_eq!(ErrorCode(refused.topics[0].error_code), ErrorCode::INVALID_REQUEST, "version {version}");
    }
}

/// 64. Authorised operations are a number of bits where they are asked for, and -2147483648 where not.
#[test]
fn authorized_operations_are_told_when_asked() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for (cluster, topic) in [(false, false), (true, false), (false, true), (true, true)] {
        let request = MetadataRequest {
            include_cluster_authorized_operations: cluster,
            include_topic_authorized_operations: topic,
            ..named(&["t"])
        };
        let answer = wire.ask(10, &request);
        assert_eq!(answer.cluster_authorized_operations != NOT_ASKED, cluster);
        assert_eq!(answer.topics[0].topic_authorized_operations != NOT_ASKED, topic);
    }
    let asked =
        |asked| DescribeClusterRequest { include_cluster_authorized_operations: asked, ..Default::default() };
    assert_eq!(wire.latest(&asked(false)).cluster_authorized_operations, NOT_ASKED);
    assert!(wire.latest(&asked(true)).cluster_authorized_operations > 0);
}

/// 65. The controller is a live broker; the cluster id is a UUID in base64; topics say whether they are internal.
#[test]
fn who_is_in_the_cluster() {
    let broker = TestBroker::with(&[("node.id", "5"), ("broker.rack", "r1")]);
    let mut wire = broker.connect();
    wire.create("t", 2);
    wire.latest(&FindCoordinatorRequest { coordinator_keys: vec![text("g")], ..Default::default() });
    let answer = wire.latest(&all());
    assert_eq!(answer.controller_id, 5);
    let nodes: Vec<_> =
        answer.brokers.iter().map(|node| (node.node_id, &*node.host, node.rack.as_deref())).collect();
    assert_eq!(nodes, [(5, "127.0.0.1", Some("r1"))]);
    assert_eq!(answer.brokers[0].port, i32::from(broker.address().port()));
    assert_eq!(answer.cluster_id.as_deref(), Some(broker.cluster_id()));
    assert_eq!(broker.cluster_id().len(), 22);
    assert!(broker.cluster_id().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    let internal: Vec<_> =
        answer.topics.iter().map(|topic| (topic.name.as_deref().unwrap(), topic.is_internal)).collect();
    assert_eq!(internal, [("__consumer_offsets", true), ("t", false)]);
    for partition in &answer.topics[1].partitions {
        assert_eq!((partition.leader_id, partition.leader_epoch), (5, 0));
        assert_eq!((&partition.replica_nodes[..], &partition.isr_nodes[..]), (&[5][..], &[5][..]));
        assert!(partition.offline_replicas.is_empty());
    }
}

/// Topics with their partitions, and where the next page begins.
type Page = (Vec<(String, Vec<i32>)>, Option<(String, i32)>);

fn page(wire: &mut Wire, topics: &[&str], limit: i32, cursor: Option<(&str, i32)>) -> Page {
    let request = DescribeTopicPartitionsRequest {
        topics: topics.iter().map(|name| TopicRequest { name: text(name) }).collect(),
        response_partition_limit: limit,
        cursor: cursor.map(|(topic, partition_index)| Cursor { topic_name: text(topic), partition_index }),
    };
    let answer = wire.latest(&request);
    let topic =
        |topic: protocol::describe_topic_partitions::response::DescribeTopicPartitionsResponseTopic| {
            (
                topic.name.unwrap().to_string(),
                topic.partitions.iter().map(|part| part.partition_index).collect(),
            )
        };
    let next = answer.next_cursor.map(|cursor| (cursor.topic_name.to_string(), cursor.partition_index));
    (answer.topics.into_iter().map(topic).collect(), next)
}

fn entry(topic: &str, partitions: &[i32]) -> (String, Vec<i32>) {
    (topic.to_owned(), partitions.to_vec())
}

/// 67. DescribeTopicPartitions goes through topics in order of name, page by page, and a cursor says where to go on.
#[test]
fn partitions_page_by_page() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for (topic, partitions) in [("b", 3), ("a", 2), ("c", 1)] {
        wire.create(topic, partitions);
    }
    let next = |topic: &str, partition| Some((topic.to_owned(), partition));
    let everything = vec![entry("a", &[0, 1]), entry("b", &[0, 1, 2]), entry("c", &[0])];
    assert_eq!(page(&mut wire, &[], 100, None), (everything, None));
    assert_eq!(page(&mut wire, &[], 3, None), (vec![entry("a", &[0, 1]), entry("b", &[0])], next("b", 1)));
    assert_eq!(page(&mut wire, &[], 2, Some(("b", 1))), (vec![entry("b", &[1, 2])], next("c", 0)));
    assert_eq!(page(&mut wire, &[], 2, Some(("c", 0))), (vec![entry("c", &[0])], None));
    assert_eq!(page(&mut wire, &["c", "a"], 2, None), (vec![entry("a", &[0, 1])], next("c", 0)));
    assert_eq!(page(&mut wire, &["c", "none"], 5, None), (vec![entry("c", &[0]), entry("none", &[])], None));
}

/// 67. DescribeCluster knows brokers; controllers are asked elsewhere, and a type that does not exist is refused.
#[test]
fn endpoint_types_of_describe_cluster() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for (endpoint_type, include_fenced_brokers, code) in [
        (1, false, ErrorCode::NONE),
        (1, true, ErrorCode::NONE),
        (2, false, ErrorCode::MISMATCHED_ENDPOINT_TYPE),
        (7, false, ErrorCode::UNSUPPORTED_ENDPOINT_TYPE),
    ] {
        let request = DescribeClusterRequest { endpoint_type, include_fenced_brokers, ..Default::default() };
        let answer = wire.ask(2, &request);
        assert_eq!(ErrorCode(answer.error_code), code, "type {endpoint_type}");
        if code == ErrorCode::NONE {
            assert_eq!((&*answer.cluster_id, answer.controller_id), (broker.cluster_id(), 1));
            assert_eq!((answer.brokers.len(), answer.brokers[0].is_fenced), (1, false));
        }
    }
}

fn find(wire: &mut Wire, version: i16, key_type: i8, keys: &[&str]) -> Vec<Coordinator> {
    let request = FindCoordinatorRequest {
        key_type,
        coordinator_keys: keys.iter().map(|key| text(key)).collect(),
        ..Default::default()
    };
    wire.ask(version, &request).coordinators
}

/// 68. From version 4 several keys can be asked about at once, before that one.
#[test]
fn several_coordinators_at_once() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let port = i32::from(broker.address().port());
    let found = find(&mut wire, 4, 0, &["g1", "g2"]);
    let told: Vec<_> =
        found.iter().map(|at| (&*at.key, at.error_code, at.node_id, &*at.host, at.port)).collect();
    assert_eq!(told, [("g1", 0, 1, "127.0.0.1", port), ("g2", 0, 1, "127.0.0.1", port)]);
    let one = wire.ask(3, &FindCoordinatorRequest { key: text("g1"), ..Default::default() });
    assert_eq!((one.error_code, one.node_id, &*one.host, one.port), (0, 1, "127.0.0.1", port));
}

/// 68. Transactions and share groups have no coordinator yet: COORDINATOR_NOT_AVAILABLE. Types that the version does
///     not know are INVALID_REQUEST.
#[test]
fn coordinator_key_types() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for (version, key_type, code) in [
        (4, 0, ErrorCode::NONE),
        (4, 1, ErrorCode::COORDINATOR_NOT_AVAILABLE),
        (6, 1, ErrorCode::COORDINATOR_NOT_AVAILABLE),
        (5, 2, ErrorCode::INVALID_REQUEST),
        (6, 3, ErrorCode::INVALID_REQUEST),
        (6, -1, ErrorCode::INVALID_REQUEST),
    ] {
        let found = find(&mut wire, version, key_type, &["k"]);
        assert_eq!(ErrorCode(found[0].error_code), code, "type {key_type} in version {version}");
    }
}

/// 68. Asking for a group's coordinator creates `__consumer_offsets`, compacted, with as many partitions as set.
#[test]
fn the_offsets_topic_is_created_when_needed() {
    let broker = TestBroker::with(&[("offsets.topic.num.partitions", "3")]);
    let mut wire = broker.connect();
    assert_eq!(names(&wire.latest(&all())), [""; 0]);
    assert_eq!(find(&mut wire, 4, 0, &["g"])[0].error_code, 0);
    assert_eq!(topics(&wire.latest(&all())), [("__consumer_offsets".to_owned(), ErrorCode::NONE, 3)]);
}
