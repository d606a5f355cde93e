//! What a data folder keeps, and whose it is.
use base::TopicId;
use protocol::{
    DescribeQuorumRequest, FindCoordinatorRequest, MetadataRequest,
    describe_quorum::request::{PartitionData, TopicData},
};
use std::{fs, sync::Arc};
use testkit::{TestBroker, text};

const CLEAN: &str = ".kafka_cleanshutdown";

/// 101. Stopped in order, every folder has Kafka's mark of that and its checkpoints; running, the mark is gone.
#[test]
fn an_orderly_stop_leaves_its_mark() {
    let mut broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["a", "b"]);
    assert!(!broker.data().join(CLEAN).exists());
    broker.stop();
    assert!(broker.data().join(CLEAN).exists());
    let read = |name: &str| fs::read_to_string(broker.data().join(name)).unwrap();
    for checkpoint in ["recovery-point-offset-checkpoint", "replication-offset-checkpoint"] {
        assert!(read(checkpoint).lines().any(|line| line == "t 0 2"), "{checkpoint}: {}", read(checkpoint));
    }
    assert!(read("t-0/leader-epoch-checkpoint").lines().any(|line| line == "0 0"));
    broker.restart();
    assert!(!broker.data().join(CLEAN).exists());
}

/// 101. Topics, their ids and settings, records and offsets are there after a restart, and it can be written on.
#[test]
fn everything_is_there_after_a_restart() {
    let mut broker = TestBroker::start();
    let cluster_id = broker.cluster_id().to_owned();
    let mut wire = broker.connect();
    let id = wire.create_with("t", 3, &[("max.message.bytes", "5000")]);
    for round in 0..3 {
        let mut wire = broker.connect();
        assert_eq!(wire.append("t", round, &["a", "b"]), 0);
        assert_eq!(wire.append("t", round, &["c"]), 2);
        broker.restart();
        assert_eq!(broker.cluster_id(), cluster_id);
        let mut wire = broker.connect();
        let topics = wire.latest(&MetadataRequest { topics: None, ..Default::default() }).topics;
        assert_eq!((topics.len(), topics[0].topic_id, topics[0].partitions.len()), (1, id, 3));
        for partition in 0..=round {
            let values: Vec<_> = wire.read("t", partition, 0).into_iter().map(|(_, value)| value).collect();
            assert_eq!(values, ["a", "b", "c"]);
        }
    }
    assert_eq!(broker.connect().append("t", 0, &["d"]), 3);
}

/// 101. A deleted topic stays deleted, and its folder goes.
#[test]
fn a_deleted_topic_stays_deleted() {
    let mut broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["x"]);
    let request = protocol::DeleteTopicsRequest {
        topic_names: vec![text("t")],
        timeout_ms: 30_000,
        ..Default::default()
    };
    assert_eq!(wire.ask(5, &request).responses[0].error_code, 0);
    broker.restart();
    let topics = broker.connect().latest(&MetadataRequest { topics: None, ..Default::default() }).topics;
    assert!(topics.is_empty(), "{topics:?}");
    assert!(!broker.data().join("t-0").exists());
}

/// 84. The coordinator is found again after a restart, without a new offsets topic.
#[test]
fn the_coordinator_is_found_again() {
    let mut broker = TestBroker::with(&[("offsets.topic.num.partitions", "2")]);
    let find = FindCoordinatorRequest { coordinator_keys: vec![text("g")], ..Default::default() };
    let topics = |broker: &TestBroker| {
        assert_eq!(broker.connect().latest(&find).coordinators[0].error_code, 0);
        broker.connect().latest(&MetadataRequest { topics: None, ..Default::default() }).topics
    };
    let before = topics(&broker)[0].topic_id;
    broker.restart();
    let after = topics(&broker);
    assert_eq!((after.len(), after[0].topic_id, after[0].partitions.len()), (1, before, 2));
}

/// A folder has one broker at a time: the second says so in one line.
#[test]
fn a_folder_is_locked() {
    let broker = TestBroker::start();
    let refused = TestBroker::in_folder(broker.folder(), &[]).unwrap_err().to_string();
    assert!(refused.contains("another") && refused.lines().count() == 1, "{refused}");
    broker.connect().expect_open();
}

/// A folder of another cluster, or of another node, is refused in one line that names both, and left alone.
#[test]
fn a_folder_of_another_cluster_is_refused() {
    let mut broker = TestBroker::start();
    broker.connect().create("t", 1);
    broker.stop();
    let path = broker.data().join("meta.properties");
    let before = fs::read_to_string(&path).unwrap();
    let refused = TestBroker::in_folder(broker.folder(), &[("node.id", "9")]).unwrap_err().to_string();
    assert!(refused.contains('9') && refused.contains('1') && refused.lines().count() == 1, "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    // A second folder that belongs to somebody else.
    let mut other = TestBroker::start();
    let (ours, theirs) = (before, other.cluster_id().to_owned());
    other.stop();
    let both = format!("{},{}", broker.data().display(), other.data().display());
    let refused = TestBroker::in_folder(Arc::new(tempfile::tempdir().unwrap()), &[("log.dirs", &both)]);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains(&theirs) && refused.lines().count() == 1, "{refused} ({ours})");
}

/// 101, 113. The voter of the metadata log is the folder that the log is in, so a server goes on without the others; also
/// where that folder is none for partitions.
#[test]
fn the_metadata_outlives_the_other_folders() {
    for log_dirs in [&["a", "b"][..], &["a"]] {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let all = log_dirs.iter().map(|name| path(name)).collect::<Vec<_>>().join(",");
        let metadata = path("b");
        let settings = [("log.dirs", all.as_str()), ("metadata.log.dir", &metadata)];
        let mut broker = TestBroker::in_folder(folder.clone(), &settings).unwrap();
        let mut wire = broker.connect();
        wire.create("t", 1);
        let partitions = vec![PartitionData { partition_index: 0 }];
        let topics = vec![TopicData { topic_name: text("__cluster_metadata"), partitions }];
        let quorum = wire.latest(&DescribeQuorumRequest { topics }).topics.remove(0).partitions.remove(0);
        let voter = TopicId(quorum.current_voters[0].replica_directory_id).to_string();
        let meta = fs::read_to_string(folder.path().join("b/meta.properties")).unwrap();
        assert!(meta.contains(&format!("directory.id={voter}")), "{voter}: {meta}");
        broker.stop();
        fs::remove_dir_all(folder.path().join("a")).unwrap();
        broker.restart();
        let topics = broker.connect().latest(&MetadataRequest { topics: None, ..Default::default() }).topics;
        assert!(topics.iter().any(|topic| topic.name == Some(text("t"))), "{topics:?}");
    }
}

/// A port that is taken is one line with the address.
#[test]
fn a_busy_port_is_named() {
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    for (key, value) in
        [("listeners", format!("PLAINTEXT://{address}")), ("mainstem.admin.listener", address.clone())]
    {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let refused = TestBroker::in_folder(folder, &[(key, &value)]).unwrap_err().to_string();
        assert!(refused.contains(&address) && refused.lines().count() == 1, "{refused}");
    }
}
