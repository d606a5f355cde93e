//! Settings of the broker: that they do what they say, at the start and while it runs.
use protocol::{
    ApiVersionsRequest, DescribeProducersRequest, ErrorCode, IncrementalAlterConfigsRequest,
    InitProducerIdRequest,
    describe_producers::request::TopicRequest,
    incremental_alter_configs::request::{AlterConfigsResource, AlterableConfig},
};
use records::{BatchBuilder, BatchHeader, Compression, NewRecord};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use testkit::{TestBroker, Wire, batch, batch_of, commit_request, eventually, frame, now_ms, text};

const CLUSTER: &str = "";
const THIS_BROKER: &str = "1";

/// Sets one key of one broker or of all; without a value it is removed.
fn set(wire: &mut Wire, broker: &str, key: &str, value: Option<&str>) -> ErrorCode {
    let config = AlterableConfig {
        name: text(key),
        config_operation: i8::from(value.is_none()),
        value: value.map(text),
    };
    let resource =
        AlterConfigsResource { resource_type: 4, resource_name: text(broker), configs: vec![config] };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    ErrorCode(wire.latest(&request).responses[0].error_code)
}

#[track_caller]
fn set_well(wire: &mut Wire, broker: &str, key: &str, value: Option<&str>) {
    assert_eq!(set(wire, broker, key, value), ErrorCode::NONE, "{key} = {value:?}");
}

const TWO_LISTENERS: [(&str, &str); 3] = [
    ("listeners", "BROKERS://127.0.0.1:0,CLIENTS://127.0.0.1:0"),
    ("listener.security.protocol.map", "BROKERS:PLAINTEXT,CLIENTS:PLAINTEXT"),
    ("inter.broker.listener.name", "BROKERS"),
];

/// A new connection to a listener, that asked something. It may have to wait for the answer.
fn ask_on(broker: &TestBroker, listener: &str) -> Wire {
    let mut wire = Wire::to(broker.address_of(listener));
    wire.send(0, &ApiVersionsRequest::default());
    wire
}

fn is_answered_soon(wire: &mut Wire) -> bool {
    wire.has_bytes_within(Duration::from_millis(30))
}

/// 16. New connections come no faster than `max.connection.creation.rate` allows; what is too fast waits.
#[test]
fn connections_come_no_faster_than_allowed() {
    // One window of a second is judged, so ten come at once; each further one waits for about a tenth of a second.
    let windows = [("quota.window.num", "2"), ("quota.window.size.seconds", "1")];
    for key in ["max.connection.creation.rate", "listener.name.plaintext.max.connection.creation.rate"] {
        let broker = TestBroker::with(&[&windows[..], &[(key, "10")]].concat());
        let begun = Instant::now();
        let connections: Vec<_> = (0..15)
            .map(|_| {
                let mut wire = broker.connect();
                wire.expect_open();
                wire
            })
            .collect();
        let took = begun.elapsed();
        assert!(took > Duration::from_millis(300), "{key}: {} came in {took:?}", connections.len());
    }
}

/// 16. At `max.connections` the listener between brokers goes first: it is served, and the client that has been silent
///     longest is closed.
#[test]
fn the_listener_between_brokers_goes_first() {
    let broker = TestBroker::with(&[&TWO_LISTENERS[..], &[("max.connections", "2")]].concat());
    let mut silent = Wire::to(broker.address_of("CLIENTS"));
    silent.expect_open();
    let mut busy = Wire::to(broker.address_of("CLIENTS"));
    // Until the clock has moved on.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(5) {
        busy.expect_open();
    }
    let mut waiting = ask_on(&broker, "CLIENTS");
    assert!(!is_answered_soon(&mut waiting), "it is served beyond the limit");
    Wire::to(broker.address_of("BROKERS")).expect_open();
    silent.expect_closed();
    busy.expect_open();
    waiting.receive::<ApiVersionsRequest>(0);
}

/// 16. A listener has a limit of its own, which holds for the one between brokers too.
#[test]
fn a_listener_has_its_own_limit() {
    let limits =
        [("listener.name.clients.max.connections", "1"), ("listener.name.brokers.max.connections", "2")];
    let broker = TestBroker::with(&[&TWO_LISTENERS[..], &limits].concat());
    for (listener, count) in [("CLIENTS", 1), ("BROKERS", 2)] {
        let mut open: Vec<_> = (0..count).map(|_| Wire::to(broker.address_of(listener))).collect();
        open.iter_mut().for_each(Wire::expect_open);
        let mut next = ask_on(&broker, listener);
        assert!(!is_answered_soon(&mut next), "{listener} holds more than {count}");
        open.pop();
        next.receive::<ApiVersionsRequest>(0);
    }
}

/// 16. While requests take `queued.max.request.bytes` nothing more is read.
#[test]
fn requests_have_a_bound_in_memory() {
    let broker =
        TestBroker::with(&[("socket.request.max.bytes", "1000"), ("queued.max.request.bytes", "1000")]);
    let mut hog = broker.connect();
    hog.expect_open();
    let announced = frame(&[0; 1000]);
    hog.send_bytes(&announced[..100]);
    let mut waiting = broker.connect();
    eventually("the memory is taken", || {
        waiting.send(0, &ApiVersionsRequest::default());
        if is_answered_soon(&mut waiting) {
            waiting.receive::<ApiVersionsRequest>(0);
            return None;
        }
        Some(())
    });
    drop(hog);
    waiting.receive::<ApiVersionsRequest>(0);
    waiting.expect_open();
}

/// 104. Limits on connections change while the broker runs, for all brokers or one, and go back when removed.
#[test]
fn limits_change_while_the_broker_runs() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for who in [CLUSTER, THIS_BROKER] {
        for key in ["max.connections", "listener.name.plaintext.max.connections"] {
            set_well(&mut wire, who, key, Some("1"));
            let mut next = ask_on(&broker, "PLAINTEXT");
            assert!(!is_answered_soon(&mut next), "{key}");
            set_well(&mut wire, who, key, None);
            next.receive::<ApiVersionsRequest>(0);
        }
    }
    set_well(&mut wire, CLUSTER, "max.connections.per.ip", Some("1"));
    broker.connect().expect_closed();
    set_well(&mut wire, CLUSTER, "max.connections.per.ip.overrides", Some("localhost:9"));
    broker.connect().expect_open();
    set_well(&mut wire, THIS_BROKER, "max.connections.per.ip.overrides", Some("10.1.2.3:9"));
    broker.connect().expect_closed();
}

/// 104. A limit that is lowered closes whoever has been silent longest.
#[test]
fn a_lower_limit_closes_connections() {
    let broker = TestBroker::start();
    let mut silent = broker.connect();
    silent.expect_open();
    let mut wire = broker.connect();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(5) {
        wire.expect_open();
    }
    set_well(&mut wire, CLUSTER, "max.connections", Some("1"));
    silent.expect_closed();
    wire.expect_open();
}

/// 104. What a running broker cannot go by is refused, and changes nothing.
#[test]
fn changes_that_a_running_broker_refuses() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let threads = "num.recovery.threads.per.data.dir";
    for (key, value, code) in [
        // Threads change by half or double at most; there are 2.
        (threads, "5", ErrorCode::INVALID_REQUEST),
        (threads, "4", ErrorCode::NONE),
        (threads, "9", ErrorCode::INVALID_REQUEST),
        (threads, "8", ErrorCode::NONE),
        (threads, "3", ErrorCode::INVALID_REQUEST),
        ("num.io.threads", "17", ErrorCode::INVALID_REQUEST),
        ("num.io.threads", "16", ErrorCode::NONE),
        ("max.connections", "0", ErrorCode::INVALID_REQUEST),
        ("listener.name.plaintext.max.connections", "0", ErrorCode::INVALID_REQUEST),
        ("max.connection.creation.rate", "0", ErrorCode::INVALID_REQUEST),
        ("max.connections.per.ip", "0", ErrorCode::INVALID_REQUEST),
        ("log.cleaner.min.compaction.lag.ms", "9223372036854775807", ErrorCode::NONE),
        ("log.cleaner.max.compaction.lag.ms", "5", ErrorCode::INVALID_REQUEST),
        ("socket.send.buffer.bytes", "5", ErrorCode::INVALID_REQUEST),
    ] {
        assert_eq!(set(&mut wire, CLUSTER, key, Some(value)), code, "{key} = {value}");
    }
    broker.connect().expect_open();
}

/// 36. Silent producers are forgotten after `producer.id.expiration.ms`, also if that changes.
#[test]
fn producers_expire_sooner_when_told() {
    let broker = TestBroker::with(&[("producer.id.expiration.check.interval.ms", "1")]);
    let mut wire = broker.connect();
    wire.create("t", 1);
    let producer = wire.latest(&InitProducerIdRequest { transactional_id: None, ..Default::default() });
    let builder = BatchBuilder::new(Compression::None).producer(
        base::ProducerId(producer.producer_id),
        base::ProducerEpoch(producer.producer_epoch),
        0,
    );
    let record = NewRecord { timestamp: now_ms(), key: None, value: Some(b"x"), headers: &[] };
    assert_eq!(wire.produce("t", 0, batch_of(builder, &[record])).error_code, 0);
    let known = |wire: &mut Wire| {
        let topics = vec![TopicRequest { name: text("t"), partition_indexes: vec![0] }];
        let mut answer = wire.latest(&DescribeProducersRequest { topics });
        answer.topics.remove(0).partitions.remove(0).active_producers.len()
    };
    assert_eq!(known(&mut wire), 1);
    set_well(&mut wire, CLUSTER, "producer.id.expiration.ms", Some("1"));
    eventually("the producer is forgotten", || (known(&mut wire) == 0).then_some(()));
}

/// 84. The state of groups is written with `offsets.topic.compression.codec`, and read back with any
///     `offsets.load.buffer.size`.
#[test]
fn the_state_of_groups_is_compressed_and_loaded() {
    let mut broker =
        TestBroker::with(&[("offsets.topic.compression.codec", "4"), ("offsets.load.buffer.size", "1")]);
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.find_coordinator("g");
    for offset in 1..4 {
        let committed = wire.ask(9, &commit_request("g", "t", 0, offset));
        assert_eq!(committed.topics[0].partitions[0].error_code, 0);
    }
    let records = wire.fetch("__consumer_offsets", 0, 0).records.expect("three commits");
    let header = BatchHeader::read(&records.into_bytes()).expect("a batch");
    assert_eq!(header.attributes.compression(), Ok(Compression::Zstd));
    broker.restart();
    let mut wire = broker.connect();
    wire.find_coordinator("g");
    let group = protocol::offset_fetch::request::OffsetFetchRequestGroup {
        group_id: text("g"),
        topics: None,
        ..Default::default()
    };
    let mut fetched =
        wire.ask(9, &protocol::OffsetFetchRequest { groups: vec![group], ..Default::default() });
    let topic = fetched.groups.remove(0).topics.remove(0);
    assert_eq!(topic.partitions[0].committed_offset, 3);
}

fn files(folder: &Path, suffix: &str) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(suffix)).count()
}

/// 113. The metadata log lies where `metadata.log.dir` says, and its segments and snapshots are made as told.
#[test]
fn the_metadata_log_is_kept_as_told() {
    for (settings, suffix, least) in [
        ([("internal.metadata.log.segment.bytes", "1"); 1], ".log", 4),
        ([("metadata.log.segment.ms", "0")], ".log", 4),
        ([("metadata.log.max.record.bytes.between.snapshots", "1")], ".checkpoint", 1),
        ([("metadata.log.max.snapshot.interval.ms", "1")], ".checkpoint", 1),
    ] {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let elsewhere = folder.path().join("metadata");
        let dir = [("metadata.log.dir", elsewhere.to_str().unwrap())];
        let broker = TestBroker::in_folder(folder.clone(), &[&dir[..], &settings].concat()).unwrap();
        let log = elsewhere.join("__cluster_metadata-0");
        let mut wire = broker.connect();
        for number in 0.. {
            wire.create(&format!("t{number}"), 1);
            if files(&log, suffix) >= least {
                break;
            }
            assert!(number < 1000, "{settings:?}");
        }
        assert_eq!(files(&broker.data().join("__cluster_metadata-0"), ""), 0);
    }
}

/// 113. By default the metadata log is one segment without a snapshot.
#[test]
fn the_metadata_log_is_one_segment() {
    let broker = TestBroker::start();
    broker.connect().create("t", 1);
    let log = broker.data().join("__cluster_metadata-0");
    assert_eq!([files(&log, ".log"), files(&log, ".checkpoint")], [1, 0]);
}

/// A start that takes longer than it may is an error that says so.
#[test]
fn a_start_has_its_time() {
    for key in ["server.max.startup.time.ms", "initial.broker.registration.timeout.ms"] {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let error = TestBroker::in_folder(folder, &[(key, "0")]).expect_err("there is no time");
        assert!(error.to_string().contains(key), "{error}");
    }
}

/// Memory for the newest batches can be none; they are read from the file then.
#[test]
fn nothing_need_be_kept_in_memory() {
    let broker = TestBroker::with(&[("mainstem.tail.cache.bytes", "0")]);
    let mut wire = broker.connect();
    wire.create("t", 1);
    assert_eq!(wire.produce("t", 0, batch(&["x"])).error_code, 0);
    assert_eq!(wire.read("t", 0, 0), [(0, "x".to_owned())]);
}
