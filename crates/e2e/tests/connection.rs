//! Frames, headers, versions, and who may connect.
use protocol::{
    ApiKey, ApiVersionsRequest, ApiVersionsResponse, DescribeClusterRequest, ErrorCode, FetchRequest,
    FindCoordinatorRequest, MetadataRequest, ProduceRequest, Request,
};
use std::time::Duration;
use testkit::{TestBroker, Wire, batch, eventually, fetch_request, frame, produce_request, text};

/// Key, version and correlation id 7, and then this.
fn request(key: ApiKey, version: i16, rest: &[u8]) -> Vec<u8> {
    frame(&[&(key as i16).to_be_bytes()[..], &version.to_be_bytes(), &7i32.to_be_bytes(), rest].concat())
}

fn software(name: &str, version: &str) -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: text(name),
        client_software_version: text(version),
        ..Default::default()
    }
}

/// 1. A frame whose length is negative or above `socket.request.max.bytes` closes the connection unanswered.
#[test]
fn a_frame_length_out_of_range_closes() {
    let broker = TestBroker::with(&[("socket.request.max.bytes", "1000")]);
    for length in [-1, i32::MIN, 1001, i32::MAX] {
        let mut wire = broker.connect();
        wire.expect_open();
        wire.send_bytes(&length.to_be_bytes());
        wire.expect_closed();
    }
    let mut longest = request(ApiKey::ApiVersions, 3, &[0xff, 0xff, 0, 2, b'x', 2, b'1', 0]);
    longest.resize(4 + 1000, 0);
    longest[..4].copy_from_slice(&1000i32.to_be_bytes());
    let mut wire = broker.connect();
    wire.send_bytes(&longest);
    wire.receive::<ApiVersionsRequest>(3);
}

/// 2. Requests sent without waiting are answered in their order, the quick ones after the slow one before them.
#[test]
fn answers_leave_in_the_order_of_requests() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let slow = FetchRequest { max_wait_ms: 60, ..fetch_request(&[("t", 0, 0)]) };
    let first = wire.send(12, &slow);
    let second = wire.send(0, &ApiVersionsRequest::default());
    let third = wire.send(9, &produce_request("t", 0, batch(&["x"])));
    let fourth = wire.send(12, &fetch_request(&[("t", 0, 0)]));
    let (id, fetched) = wire.receive::<FetchRequest>(12);
    assert_eq!(id, first);
    // One request at a time: the produce behind it had not happened.
    assert!(fetched.responses[0].partitions[0].records.as_ref().unwrap().is_empty());
    assert_eq!(wire.receive::<ApiVersionsRequest>(0).0, second);
    assert_eq!(wire.receive::<ProduceRequest>(9).0, third);
    let (id, fetched) = wire.receive::<FetchRequest>(12);
    assert_eq!(id, fourth);
    assert!(!fetched.responses[0].partitions[0].records.as_ref().unwrap().is_empty());
}

/// 3. Old versions have request header v1 and response header v0, flexible ones v2 and v1; the client id keeps its
///    two-byte length; ApiVersions is always answered with header v0.
#[test]
fn headers_follow_the_version() {
    let broker = TestBroker::start();
    let client_id = [0, 2, b'm', b'e'];
    let null_client_id = [0xff, 0xff];
    // ListGroups v2 is the last old version: its body is empty, and its answer is throttle, error, array.
    for client in [&client_id[..], &null_client_id] {
        let mut wire = broker.connect();
        wire.send_bytes(&request(ApiKey::ListGroups, 2, client));
        assert_eq!(*wire.receive_frame(), [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        // v3 is flexible: tagged fields after the header and after the body, on both ways.
        let tags_and_body = [0, 0];
        wire.send_bytes(&request(ApiKey::ListGroups, 3, &[client, &tags_and_body].concat()));
        assert_eq!(*wire.receive_frame(), [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
        // ApiVersions v3: tags, then two names; the answer's error code follows the correlation id at once.
        wire.send_bytes(&request(ApiKey::ApiVersions, 3, &[client, &[0, 2, b'x', 2, b'1', 0]].concat()));
        assert_eq!(wire.receive_frame()[..6], [0, 0, 0, 7, 0, 0]);
    }
}

/// 4. ApiVersions of an unknown version is answered in version 0 with UNSUPPORTED_VERSION and its own range.
#[test]
fn an_unknown_version_of_api_versions_is_answered() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for version in [6, 99, i16::MAX, -1] {
        wire.send_bytes(&request(ApiKey::ApiVersions, version, &[1, 2, 3, 4, 5]));
        let (correlation_id, answer) = wire.receive::<ApiVersionsRequest>(0);
        assert_eq!(correlation_id, 7);
        assert_eq!(answer.error_code, ErrorCode::UNSUPPORTED_VERSION.0);
        let ranges: Vec<_> =
            answer.api_keys.iter().map(|api| (api.api_key, api.min_version, api.max_version)).collect();
        assert_eq!(ranges, [(18, 0, 5)]);
    }
    wire.expect_open();
}

/// 5. A key that is not known, or a version that is not served, closes the connection unanswered.
#[test]
fn unknown_keys_and_versions_close() {
    let broker = TestBroker::start();
    let rest = [0xff, 0xff, 0, 0, 0, 0, 0, 0];
    for (key, version) in
        [(-1, 0), (1000, 0), (i16::MAX, 0), (4, 0), (3, 14), (3, -1), (1, 3), (0, 14), (2, 0)]
    {
        let mut wire = broker.connect();
        let head = [&i16::to_be_bytes(key)[..], &i16::to_be_bytes(version), &[0, 0, 0, 7], &rest].concat();
        wire.send_bytes(&frame(&head));
        wire.expect_closed();
    }
}

/// 6. Names of client software are letters, digits, dots and dashes, else INVALID_REQUEST.
#[test]
fn client_software_names_are_checked() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for (name, version, code) in [
        ("librdkafka", "2.12.1", ErrorCode::NONE),
        ("a-b.c", "1", ErrorCode::NONE),
        ("", "1", ErrorCode::INVALID_REQUEST),
        ("x", "", ErrorCode::INVALID_REQUEST),
        ("-x", "1", ErrorCode::INVALID_REQUEST),
        ("x", "1.", ErrorCode::INVALID_REQUEST),
        ("x y", "1", ErrorCode::INVALID_REQUEST),
        ("ü", "1", ErrorCode::INVALID_REQUEST),
    ] {
        assert_eq!(wire.ask(3, &software(name, version)).error_code, code.0, "{name} {version}");
        // Before version 3 there is no name to be checked.
        assert_eq!(wire.ask(2, &ApiVersionsRequest::default()).error_code, 0);
    }
}

/// 7. Produce is advertised from version 0 and accepted from 3 (KAFKA-18659).
#[test]
fn produce_is_advertised_lower_than_it_is_accepted() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let served = wire.ask(3, &software("x", "1"));
    let produce = served.api_keys.iter().find(|api| api.api_key == ApiKey::Produce as i16).unwrap();
    assert_eq!((produce.min_version, produce.max_version), (0, 13));
    for version in 0..3 {
        let mut wire = broker.connect();
        wire.send_bytes(&request(ApiKey::Produce, version, &[0xff, 0xff, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
        wire.expect_closed();
    }
}

/// Asks in every version that is advertised, and in the one after the last.
fn every_version<R: Request>(broker: &TestBroker, served: &ApiVersionsResponse, request: &R) {
    let key = R::KEY as i16;
    let api = served.api_keys.iter().find(|api| api.api_key == key).unwrap_or_else(|| panic!("{}", R::NAME));
    let first = if R::KEY == ApiKey::Produce { 3 } else { api.min_version };
    let mut wire = broker.connect();
    for version in first..=api.max_version {
        wire.ask(version, request);
    }
    // ApiVersions steps down instead.
    if R::KEY != ApiKey::ApiVersions {
        let head = [&key.to_be_bytes()[..], &(api.max_version + 1).to_be_bytes(), &[0; 32]].concat();
        wire.send_bytes(&frame(&head));
        wire.expect_closed();
    }
}

macro_rules! every_version_of {
    ($broker:expr, $served:expr; $($request:expr),* $(,)?) => {{
        $(every_version($broker, $served, &$request);)*
        [$(key_of(&$request)),*]
    }};
}

fn key_of<R: Request>(_: &R) -> i16 {
    R::KEY as i16
}

/// 8. What is advertised is what is served: every API answers in every version of its range and closes above it.
#[test]
fn every_advertised_version_is_served() {
    use protocol::*;
    let broker = TestBroker::start();
    let served = broker.connect().ask(4, &software("x", "1"));
    let acks_one = ProduceRequest { acks: 1, ..Default::default() };
    let by_timestamp = FetchRequest { session_epoch: -1, ..Default::default() };
    let mut keys = every_version_of!(&broker, &served;
        acks_one, by_timestamp, ListOffsetsRequest::default(), MetadataRequest::default(),
        OffsetCommitRequest::default(), OffsetFetchRequest::default(), FindCoordinatorRequest::default(),
        JoinGroupRequest::default(), HeartbeatRequest::default(), LeaveGroupRequest::default(),
        SyncGroupRequest::default(), DescribeGroupsRequest::default(), ListGroupsRequest::default(),
        ApiVersionsRequest::default(), CreateTopicsRequest::default(), DeleteTopicsRequest::default(),
        DeleteRecordsRequest::default(), InitProducerIdRequest::default(), OffsetForLeaderEpochRequest::default(),
        DescribeConfigsRequest::default(), AlterConfigsRequest::default(), DescribeLogDirsRequest::default(),
        CreatePartitionsRequest::default(), DeleteGroupsRequest::default(), ElectLeadersRequest::default(),
        IncrementalAlterConfigsRequest::default(), OffsetDeleteRequest::default(),
        DescribeClientQuotasRequest::default(), DescribeQuorumRequest::default(), UpdateFeaturesRequest::default(),
        DescribeClusterRequest::default(), DescribeProducersRequest::default(),
        ListConfigResourcesRequest::default(), DescribeTopicPartitionsRequest::default(),
    );
    keys.sort_unstable();
    let advertised: Vec<i16> = served.api_keys.iter().map(|api| api.api_key).collect();
    assert_eq!(advertised, keys, "an API is advertised that this test does not know");
}

/// 9. From version 3 on the answer names features, with an epoch that is never negative; versions before 4 leave
///    out those whose lowest level is zero (KAFKA-17011).
#[test]
fn features_are_named() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let names = |answer: &ApiVersionsResponse| -> Vec<String> {
        answer.supported_features.iter().map(|feature| feature.name.to_string()).collect()
    };
    let third = wire.ask(3, &software("x", "1"));
    assert!(third.finalized_features_epoch >= 0);
    assert_eq!(names(&third), ["metadata.version"]);
    assert!(third.supported_features.iter().all(|feature| feature.min_version > 0));
    let finalized = &third.finalized_features;
    assert!(finalized.iter().any(|feature| &*feature.name == "metadata.version"));
    assert!(finalized.iter().all(|feature| feature.max_version_level > 0), "{finalized:?}");
    let fourth = wire.ask(4, &software("x", "1"));
    assert!(names(&fourth).contains(&"kraft.version".to_owned()), "{:?}", names(&fourth));
}

/// 10. Version 5 of ApiVersions that names another cluster or node is told to bootstrap again (KIP-1242).
#[test]
fn a_client_of_another_cluster_is_told_to_bootstrap_again() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let own = broker.cluster_id();
    for (cluster, node, code) in [
        (None, -1, ErrorCode::NONE),
        (Some(own), 1, ErrorCode::NONE),
        (Some(own), -1, ErrorCode::NONE),
        (Some("another"), 1, ErrorCode::REBOOTSTRAP_REQUIRED),
        (Some(own), 2, ErrorCode::REBOOTSTRAP_REQUIRED),
    ] {
        let request =
            ApiVersionsRequest { cluster_id: cluster.map(text), node_id: node, ..software("x", "1") };
        assert_eq!(wire.ask(5, &request).error_code, code.0, "{cluster:?} {node}");
    }
}

/// 11. The telemetry APIs are not advertised, as nobody receives telemetry.
#[test]
fn telemetry_is_hidden() {
    let broker = TestBroker::start();
    let served = broker.connect().ask(0, &ApiVersionsRequest::default());
    assert!(served.api_keys.iter().all(|api| ![71, 72].contains(&api.api_key)));
}

/// 12. Tagged fields that nobody knows are passed over, in the header and in the body.
#[test]
fn unknown_tagged_fields_are_skipped() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let tags = [2, 77, 3, b'a', b'b', b'c', 78, 0];
    // DescribeCluster v1: operations, endpoint type, tags.
    let rest = [&[0xff, 0xff][..], &tags, &[0, 1], &tags].concat();
    wire.send_bytes(&request(ApiKey::DescribeCluster, 1, &rest));
    let (_, answer) = wire.receive::<DescribeClusterRequest>(1);
    assert_eq!((answer.error_code, answer.brokers.len()), (0, 1));
}

/// 16. A connection that says nothing for `connections.max.idle.ms` is closed.
#[test]
fn idle_connections_are_closed() {
    let broker = TestBroker::with(&[("connections.max.idle.ms", "30")]);
    broker.connect().expect_closed();
    let mut wire = broker.connect();
    wire.expect_open();
    wire.expect_closed();
}

/// 16. `max.connections.per.ip` and its overrides turn the next connection away.
#[test]
fn connections_from_one_address_are_limited() {
    for settings in [
        [("max.connections.per.ip", "2"), ("max.connections.per.ip.overrides", "10.1.2.3:9")],
        [("max.connections.per.ip", "100"), ("max.connections.per.ip.overrides", "127.0.0.1:2")],
    ] {
        let broker = TestBroker::with(&settings);
        let (mut first, mut second) = (broker.connect(), broker.connect());
        first.expect_open();
        second.expect_open();
        broker.connect().expect_closed();
        drop(first);
        eventually("a place is free again", || {
            let mut wire = broker.connect();
            wire.try_send_bytes(&request(ApiKey::ApiVersions, 0, &[0xff, 0xff]));
            wire.is_answered().then_some(())
        });
        second.expect_open();
    }
}

/// 16. Above `max.connections` the next connection waits until one goes.
#[test]
fn connections_in_total_are_limited() {
    let broker = TestBroker::with(&[("max.connections", "2")]);
    let (mut first, mut second) = (broker.connect(), broker.connect());
    first.expect_open();
    second.expect_open();
    let mut third = broker.connect();
    let sent = third.send(0, &ApiVersionsRequest::default());
    assert!(!third.has_bytes_within(Duration::from_millis(30)), "it is served beyond the limit");
    drop(first);
    assert_eq!(third.receive::<ApiVersionsRequest>(0).0, sent);
    second.expect_open();
}

/// 18. APIs of the controller close the connection on a listener for clients.
#[test]
fn controller_apis_close() {
    use ApiKey::*;
    let broker = TestBroker::start();
    for key in [
        Vote,
        BeginQuorumEpoch,
        EndQuorumEpoch,
        FetchSnapshot,
        BrokerRegistration,
        BrokerHeartbeat,
        ControllerRegistration,
        AllocateProducerIds,
        AlterPartition,
        AssignReplicasToDirs,
    ] {
        let mut wire = broker.connect();
        wire.send_bytes(&request(key, 0, &[0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]));
        wire.expect_closed();
    }
}

/// 19. Whoever asks is told the endpoint of the listener that was asked.
#[test]
fn endpoints_are_those_of_the_listener() {
    let broker = TestBroker::with(&[
        ("listeners", "INSIDE://127.0.0.1:0,OUTSIDE://127.0.0.1:0"),
        ("advertised.listeners", "INSIDE://in.example:1111,OUTSIDE://out.example:2222"),
        ("listener.security.protocol.map", "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT"),
        ("inter.broker.listener.name", "INSIDE"),
    ]);
    for (listener, expected) in [("INSIDE", ("in.example", 1111)), ("OUTSIDE", ("out.example", 2222))] {
        let mut wire = Wire::to(broker.address_of(listener));
        let metadata = wire.latest(&MetadataRequest::default());
        let named: Vec<_> = metadata.brokers.iter().map(|broker| (&*broker.host, broker.port)).collect();
        assert_eq!(named, [expected]);
        let cluster = wire.latest(&DescribeClusterRequest::default());
        let named: Vec<_> = cluster.brokers.iter().map(|broker| (&*broker.host, broker.port)).collect();
        assert_eq!(named, [expected]);
        let request = FindCoordinatorRequest { coordinator_keys: vec![text("g")], ..Default::default() };
        let found = wire.latest(&request);
        let named: Vec<_> = found.coordinators.iter().map(|found| (&*found.host, found.port)).collect();
        assert_eq!(named, [expected]);
    }
}
