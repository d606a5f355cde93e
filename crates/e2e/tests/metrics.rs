//! What `/metrics` says: the names that boards made for Kafka ask for, and that they tell the truth.
use protocol::{
    DeleteTopicsRequest, FetchRequest, MetadataRequest, delete_topics::request::DeleteTopicState,
};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};
use testkit::{PATIENCE, TestBroker, Wire, commit_request, eventually, fetch_request, text};

/// What a value must be.
#[derive(Clone, Copy, Debug)]
enum Value {
    Is(f64),
    AtLeast(f64),
    Above(f64),
    /// A share of the time.
    Share,
}
use Value::{Above, AtLeast, Is, Share};

impl Value {
    fn fits(self, value: f64) -> bool {
        match self {
            Is(expected) => value == expected,
            AtLeast(least) => value >= least,
            Above(bound) => value > bound,
            Share => (0.0..=1.0).contains(&value),
        }
    }
}

fn broker() -> TestBroker {
    TestBroker::with(&[("mainstem.admin.listener", "127.0.0.1:0")])
}

/// Values by series, as they are written.
fn scrape(broker: &TestBroker) -> BTreeMap<String, f64> {
    let mut stream = TcpStream::connect(broker.admin_address()).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let samples = body.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        (series.to_owned(), value.parse().unwrap())
    };
    samples.map(sample).collect()
}

/// Scrapes until all of these are so: what the writing of an answer took is counted after the client has it.
#[track_caller]
fn check(broker: &TestBroker, expected: &[(&str, Value)]) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = scrape(broker);
        let fits =
            |(series, value): &&(&str, Value)| found.get(*series).is_some_and(|found| value.fits(*found));
        let Some((series, value)) = expected.iter().find(|line| !fits(line)) else { return };
        assert!(Instant::now() < deadline, "{series} is {:?} and should be {value:?}", found.get(*series));
        thread::park_timeout(Duration::from_millis(2));
    }
}

/// After three records were produced to `t` and fetched, a fetch beyond the end failed, and group `g` committed 2.
const SERIES: &[(&str, Value)] = &[
    // Requests.
    (r#"kafka_network_requestmetrics_requests_total{request="Produce",version="12"}"#, Is(1.0)),
    (r#"kafka_network_requestmetrics_requests_total{request="Fetch",version="12"}"#, Is(2.0)),
    (r#"kafka_network_requestmetrics_requests_total{request="FetchConsumer",version="12"}"#, Is(2.0)),
    (r#"kafka_network_requestmetrics_requests_total{request="CreateTopics",version="7"}"#, Is(1.0)),
    (r#"kafka_network_requestmetrics_errors_total{request="Produce",error="NONE"}"#, Is(1.0)),
    (r#"kafka_network_requestmetrics_errors_total{request="Fetch",error="NONE"}"#, Is(3.0)),
    (r#"kafka_network_requestmetrics_errors_total{request="Fetch",error="OFFSET_OUT_OF_RANGE"}"#, Is(1.0)),
    (r#"kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.5"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.75"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.95"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.98"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.99"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.999"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_totaltimems_count{request="Produce"}"#, Is(1.0)),
    (r#"kafka_network_requestmetrics_totaltimems_count{request="Fetch"}"#, Is(2.0)),
    (r#"kafka_network_requestmetrics_totaltimems{request="FetchConsumer",quantile="0.99"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_requestqueuetimems{request="Fetch",quantile="0.99"}"#, AtLeast(0.0)),
    (r#"kafka_network_requestmetrics_localtimems{request="Produce",quantile="0.99"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_localtimems{request="Fetch",quantile="0.5"}"#, Above(0.0)),
    // The disk.
    (r#"kafka_network_requestmetrics_remotetimems{request="Produce",quantile="0.99"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_remotetimems{request="Fetch",quantile="0.99"}"#, Is(0.0)),
    (r#"kafka_network_requestmetrics_responsequeuetimems{request="Fetch",quantile="0.99"}"#, AtLeast(0.0)),
    (r#"kafka_network_requestmetrics_responsesendtimems{request="Fetch",quantile="0.5"}"#, Above(0.0)),
    (r#"kafka_network_requestmetrics_requestbytes{request="Produce",quantile="0.5"}"#, Above(60.0)),
    (r#"kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Fetch"}"#, Is(0.0)),
    (r#"kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Produce"}"#, Is(0.0)),
    (r#"kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Rebalance"}"#, Is(0.0)),
    // Connections and threads.
    (
        r#"kafka_server_socket_server_metrics_connection_count{listener="PLAINTEXT",networkProcessor="0"}"#,
        Is(1.0),
    ),
    (
        r#"kafka_server_socket_server_metrics_connection_creation_rate{listener="PLAINTEXT",networkProcessor="0"}"#,
        Above(0.0),
    ),
    (
        r#"kafka_server_socket_server_metrics_connection_close_rate{listener="PLAINTEXT",networkProcessor="0"}"#,
        Is(0.0),
    ),
    ("kafka_network_socketserver_networkprocessoravgidle_percent", Share),
    ("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", Share),
    ("mainstem_network_bytes_read_total", Above(100.0)),
    ("mainstem_network_bytes_written_total", Above(100.0)),
    // Topics.
    ("kafka_server_brokertopicmetrics_bytesin_total", Above(60.0)),
    (r#"kafka_server_brokertopicmetrics_bytesin_total{topic="t"}"#, Above(60.0)),
    (r#"kafka_server_brokertopicmetrics_bytesout_total{topic="t"}"#, Above(60.0)),
    (r#"kafka_server_brokertopicmetrics_messagesin_total{topic="t"}"#, Is(3.0)),
    (r#"kafka_server_brokertopicmetrics_totalproducerequests_total{topic="t"}"#, Is(1.0)),
    (r#"kafka_server_brokertopicmetrics_totalfetchrequests_total{topic="t"}"#, Is(2.0)),
    (r#"kafka_server_brokertopicmetrics_failedproducerequests_total{topic="t"}"#, Is(0.0)),
    (r#"kafka_server_brokertopicmetrics_failedfetchrequests_total{topic="t"}"#, Is(1.0)),
    (r#"kafka_server_brokertopicmetrics_bytesrejected_total{topic="t"}"#, Is(0.0)),
    // Replicas.
    ("kafka_server_replicamanager_leadercount", Is(3.0)),
    ("kafka_server_replicamanager_partitioncount", Is(3.0)),
    ("kafka_server_replicamanager_offlinereplicacount", Is(0.0)),
    ("kafka_server_replicamanager_underreplicatedpartitions", Is(0.0)),
    ("kafka_server_replicamanager_underminisrpartitioncount", Is(0.0)),
    ("kafka_server_replicamanager_atminisrpartitioncount", Is(3.0)),
    ("kafka_server_replicamanager_reassigningpartitions", Is(0.0)),
    ("kafka_server_replicamanager_produceridcount", Is(0.0)),
    ("kafka_server_replicamanager_isrshrinks_total", Is(0.0)),
    ("kafka_server_replicamanager_isrexpands_total", Is(0.0)),
    (r#"kafka_cluster_partition_underminisr{topic="t",partition="1"}"#, Is(0.0)),
    (r#"kafka_cluster_partition_atminisr{topic="t",partition="1"}"#, Is(1.0)),
    (r#"kafka_cluster_partition_replicascount{topic="t",partition="1"}"#, Is(1.0)),
    // The controller.
    ("kafka_controller_kafkacontroller_activecontrollercount", Is(1.0)),
    ("kafka_controller_kafkacontroller_offlinepartitionscount", Is(0.0)),
    ("kafka_controller_kafkacontroller_globaltopiccount", Is(2.0)),
    ("kafka_controller_kafkacontroller_globalpartitioncount", Is(3.0)),
    ("kafka_controller_kafkacontroller_activebrokercount", Is(1.0)),
    ("kafka_controller_kafkacontroller_fencedbrokercount", Is(0.0)),
    ("kafka_controller_kafkacontroller_preferredreplicaimbalancecount", Is(0.0)),
    ("kafka_controller_kafkacontroller_metadataerrorcount", Is(0.0)),
    ("kafka_controller_kafkacontroller_lastappliedrecordoffset", Above(0.0)),
    ("kafka_controller_controllerstats_uncleanleaderelections_total", Is(0.0)),
    (r#"kafka_server_raftmetrics_current_state{current_state="leader"}"#, Is(1.0)),
    ("kafka_server_raftmetrics_current_leader", Is(1.0)),
    ("kafka_server_raftmetrics_current_epoch", AtLeast(0.0)),
    ("kafka_server_raftmetrics_high_watermark", Above(0.0)),
    ("kafka_server_raftmetrics_log_end_offset", Above(0.0)),
    ("kafka_server_brokermetadatametrics_last_applied_record_offset", Above(0.0)),
    ("kafka_server_brokermetadatametrics_metadata_apply_error_count", Is(0.0)),
    ("kafka_server_kafkaserver_brokerstate", Is(3.0)),
    ("kafka_server_fetchsessioncache_numincrementalfetchsessions", Is(0.0)),
    ("kafka_server_fetchsessioncache_numincrementalfetchpartitionscached", Is(0.0)),
    // Logs.
    (r#"kafka_log_log_size{topic="t",partition="0"}"#, Above(60.0)),
    (r#"kafka_log_log_logendoffset{topic="t",partition="0"}"#, Is(3.0)),
    (r#"kafka_log_log_logstartoffset{topic="t",partition="0"}"#, Is(0.0)),
    (r#"kafka_log_log_numlogsegments{topic="t",partition="0"}"#, Is(1.0)),
    (r#"kafka_log_logflushstats_logflushrateandtimems{quantile="0.99"}"#, Above(0.0)),
    ("kafka_log_logflushstats_logflushrateandtimems_count", AtLeast(1.0)),
    ("kafka_log_logmanager_offlinelogdirectorycount", Is(0.0)),
    // Groups.
    ("kafka_coordinator_group_groupmetadatamanager_numgroups", Is(1.0)),
    ("kafka_coordinator_group_groupmetadatamanager_numgroupsempty", Is(1.0)),
    ("kafka_coordinator_group_groupmetadatamanager_numgroupsstable", Is(0.0)),
    ("kafka_coordinator_group_groupmetadatamanager_numgroupsdead", Is(0.0)),
    ("kafka_coordinator_group_groupmetadatamanager_numgroupspreparingrebalance", Is(0.0)),
    ("kafka_coordinator_group_groupmetadatamanager_numgroupscompletingrebalance", Is(0.0)),
    // What kafka_exporter tells.
    ("kafka_brokers", Is(1.0)),
    (r#"kafka_topic_partitions{topic="t"}"#, Is(2.0)),
    (r#"kafka_topic_partition_current_offset{topic="t",partition="0"}"#, Is(3.0)),
    (r#"kafka_topic_partition_oldest_offset{topic="t",partition="0"}"#, Is(0.0)),
    (r#"kafka_topic_partition_leader{topic="t",partition="0"}"#, Is(1.0)),
    (r#"kafka_topic_partition_replicas{topic="t",partition="0"}"#, Is(1.0)),
    (r#"kafka_topic_partition_in_sync_replica{topic="t",partition="0"}"#, Is(1.0)),
    (r#"kafka_topic_partition_leader_is_preferred{topic="t",partition="0"}"#, Is(1.0)),
    (r#"kafka_topic_partition_under_replicated_partition{topic="t",partition="0"}"#, Is(0.0)),
    (r#"kafka_consumergroup_current_offset{consumergroup="g",topic="t",partition="0"}"#, Is(2.0)),
    (r#"kafka_consumergroup_current_offset_sum{consumergroup="g",topic="t"}"#, Is(2.0)),
    (r#"kafka_consumergroup_lag{consumergroup="g",topic="t",partition="0"}"#, Is(1.0)),
    (r#"kafka_consumergroup_lag_sum{consumergroup="g",topic="t"}"#, Is(1.0)),
    (r#"kafka_consumergroup_members{consumergroup="g"}"#, Is(0.0)),
    ("process_open_fds", AtLeast(1.0)),
];

#[test]
fn boards_find_their_names() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create("t", 2);
    wire.find_coordinator("g");
    wire.append("t", 0, &["a", "b", "c"]);
    assert_eq!(wire.fetch("t", 0, 0).error_code, 0);
    assert_ne!(wire.fetch("t", 0, 100).error_code, 0);
    let committed = wire.ask(9, &commit_request("g", "t", 0, 2));
    assert_eq!(committed.topics[0].partitions[0].error_code, 0);
    check(&broker, SERIES);

    let info = format!(r#"kafka_broker_info{{id="1",address="{}"}}"#, broker.address());
    check(&broker, &[(&info, Is(1.0))]);
    // Nothing replicates and nothing waits between threads here: no value would be true.
    let found = scrape(&broker);
    for absent in ["replicationbytes", "reassignmentbytes", "requestchannel", "commit_latency", "lagms"] {
        assert!(!found.keys().any(|series| series.contains(absent)), "{absent}");
    }
}

#[test]
fn who_waits_is_in_purgatory() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let purgatory = r#"kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Fetch"}"#;
    let (fetched, remote) = (
        r#"kafka_server_brokertopicmetrics_totalfetchrequests_total{topic="t"}"#,
        r#"kafka_network_requestmetrics_remotetimems{request="FetchConsumer",quantile="0.5"}"#,
    );
    let mut waiting = broker.connect();
    let fetch = FetchRequest { max_wait_ms: 60_000, ..fetch_request(&[("t", 0, 0)]) };
    waiting.send(12, &fetch);
    check(&broker, &[(purgatory, Is(1.0)), (fetched, Is(0.0))]);
    wire.append("t", 0, &["a"]);
    waiting.receive::<FetchRequest>(12);
    // It looked twice, and it is one request.
    check(&broker, &[(purgatory, Is(0.0)), (fetched, Is(1.0)), (remote, Above(0.0))]);

    waiting.send(12, &FetchRequest { max_wait_ms: 60_000, ..fetch_request(&[("t", 0, 1)]) });
    check(&broker, &[(purgatory, Is(1.0))]);
    drop(waiting);
    wire.append("t", 0, &["b"]);
    check(&broker, &[(purgatory, Is(0.0))]);
}

#[test]
fn requests_in_one_piece_wait_for_each_other() {
    let broker = broker();
    let mut wire = broker.connect();
    // In one write, so that they are read together.
    let frames: Vec<u8> = (0..20).flat_map(|_| wire.prepare(12, &MetadataRequest::default()).1).collect();
    wire.send_bytes(&frames);
    (0..20).for_each(|_| drop(wire.receive::<MetadataRequest>(12)));
    check(
        &broker,
        &[
            (r#"kafka_network_requestmetrics_totaltimems_count{request="Metadata"}"#, Is(20.0)),
            (
                r#"kafka_network_requestmetrics_requestqueuetimems{request="Metadata",quantile="0.999"}"#,
                Above(0.0),
            ),
        ],
    );
}

#[test]
fn totals_outlive_topics() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["a", "b"]);
    let (all, of_topic) = (
        "kafka_server_brokertopicmetrics_messagesin_total",
        r#"kafka_server_brokertopicmetrics_messagesin_total{topic="t"}"#,
    );
    check(&broker, &[(all, Is(2.0)), (of_topic, Is(2.0))]);
    let topics = vec![DeleteTopicState { name: Some(text("t")), ..Default::default() }];
    let deleted = wire.ask(6, &DeleteTopicsRequest { topics, timeout_ms: 30_000, ..Default::default() });
    assert_eq!(deleted.responses[0].error_code, 0);
    check(&broker, &[(all, Is(2.0))]);
    assert!(!scrape(&broker).contains_key(of_topic));
}

#[test]
fn connections_are_counted_by_listener() {
    let broker = TestBroker::with(&[
        ("mainstem.admin.listener", "127.0.0.1:0"),
        ("listeners", "ONE://127.0.0.1:0,TWO://127.0.0.1:0"),
        ("listener.security.protocol.map", "ONE:PLAINTEXT,TWO:PLAINTEXT"),
        ("inter.broker.listener.name", "ONE"),
    ]);
    let count = |listener| {
        format!(
            r#"kafka_server_socket_server_metrics_connection_count{{listener="{listener}",networkProcessor="0"}}"#
        )
    };
    let mut wires: Vec<_> = (0..3).map(|_| Wire::to(broker.address_of("TWO"))).collect();
    check(&broker, &[(&count("ONE"), Is(0.0)), (&count("TWO"), Is(3.0))]);
    wires.truncate(1);
    check(&broker, &[(&count("TWO"), Is(1.0))]);
    eventually("closing is a rate", || {
        let closed = count("TWO").replace("connection_count", "connection_close_rate");
        (scrape(&broker)[&closed] > 0.0).then_some(())
    });
}
