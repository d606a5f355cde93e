use crate::*;
use base::{BrokerEpoch, NodeId, Offset};
use metadata::{
    ConfigResource, MetadataImage, Record,
    controller::{Decision, bootstrap},
};
use protocol::metadata_records::{ConfigRecord, NoOpRecord, TopicRecord};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use uuid::Uuid;
use wire::Text;

fn config(dir: &Path) -> QuorumConfig {
    QuorumConfig {
        endpoints: vec![VoterEndpoint {
            listener: Text::from("CONTROLLER"),
            host: Text::from("localhost"),
            port: 9093,
        }],
        bootstrap: bootstrap(&[("transaction.version", 2)]),
        ..QuorumConfig::new(dir, NodeId(1), Uuid::from_u128(0xd1), "cluster")
    }
}

async fn start(dir: &Path) -> Quorum {
    Quorum::start(config(dir)).await.expect("a quorum of one starts")
}

fn topic(number: u128) -> Record {
    TopicRecord { name: Text::from(format!("topic-{number}")), topic_id: Uuid::from_u128(1000 + number) }
        .into()
}

fn setting(key: &str, value: &str) -> Record {
    let record = ConfigRecord {
        resource_type: 4,
        resource_name: Text::default(),
        name: Text::from(key),
        value: Some(Text::from(value)),
    };
    record.into()
}

async fn commit(quorum: &Quorum, records: Vec<Record>) -> Offset {
    let decided = quorum.decide(move |_| Ok(Decision { records, reply: () })).await;
    decided.expect("the records fit").offset
}

/// What must survive everything: the image without its place in the log.
fn contents(image: &MetadataImage) -> Vec<Record> {
    image.to_records()
}

fn log_dir(dir: &Path) -> PathBuf {
    dir.join("__cluster_metadata-0")
}

fn files(dir: &Path, suffix: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(log_dir(dir)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.to_str().unwrap().ends_with(suffix)).collect();
    files.sort();
    files
}

/// The folder as a kill at this moment would leave it.
fn copy(dir: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(log_dir(copy.path())).unwrap();
    for file in fs::read_dir(log_dir(dir)).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), log_dir(copy.path()).join(file.file_name())).unwrap();
    }
    copy
}

#[tokio::test]
async fn a_new_cluster_has_its_bootstrap_records_and_a_leader() {
    let dir = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let quorum = start(dir.path()).await;
    println!("leading after {:?}", started.elapsed());
    let image = quorum.image();
    assert_eq!(image.feature_level("metadata.version"), 30);
    assert_eq!(image.feature_level("transaction.version"), 2);
    let description = quorum.describe();
    assert_eq!(description.leader, Some(NodeId(1)));
    assert_eq!(description.leader_epoch, image.epoch());
    assert_eq!(description.high_watermark, image.next_offset());
    assert_eq!(description.voters.len(), 1);
    assert_eq!(description.voters[0].log_end_offset, image.next_offset());
    assert_eq!(description.voters[0].endpoints, config(dir.path()).endpoints);
    assert_eq!(*quorum.linearizable().await.unwrap(), *image);
    quorum.shutdown().await;
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1), topic(2)]).await;
    commit(&quorum, vec![setting("a", "1")]).await;
    let before = quorum.image();
    quorum.shutdown().await;
    drop(quorum);
    let quorum = start(dir.path()).await;
    let after = quorum.image();
    assert_eq!(contents(&after), contents(&before));
    assert!(after.epoch() > before.epoch(), "each start is a new epoch");
    assert_eq!(after.next_offset(), before.next_offset().next(), "one leader change");
    quorum.shutdown().await;
}

#[tokio::test]
async fn what_was_answered_survives_a_kill_at_any_moment() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    let mut killed = Vec::new();
    for number in 0..20 {
        commit(&quorum, vec![topic(number)]).await;
        if number == 12 {
            quorum.snapshot_now().await.unwrap();
        }
        if number % 3 == 0 {
            killed.push((copy(dir.path()), contents(&quorum.image())));
        }
    }
    for (copy, expected) in killed {
        let quorum = start(copy.path()).await;
        assert_eq!(contents(&quorum.image()), expected);
        quorum.shutdown().await;
    }
    quorum.shutdown().await;
}

#[tokio::test]
async fn a_torn_tail_is_cut_at_every_byte_of_the_last_batch() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1)]).await;
    let expected = contents(&quorum.image());
    let log = files(dir.path(), ".log").pop().unwrap();
    let whole = fs::metadata(&log).unwrap().len();
    commit(&quorum, vec![topic(2), topic(3)]).await;
    let with_last = contents(&quorum.image());
    let end = fs::metadata(&log).unwrap().len();
    quorum.shutdown().await;
    for length in whole..=end {
        let copy = copy(dir.path());
        let log = log_dir(copy.path()).join(log.file_name().unwrap());
        fs::File::options().write(true).open(log).unwrap().set_len(length).unwrap();
        let quorum = start(copy.path()).await;
        let expected = if length == end { &with_last } else { &expected };
        assert_eq!(contents(&quorum.image()), *expected, "cut to {length} of {end}");
        // And the log goes on from there.
        commit(&quorum, vec![topic(9)]).await;
        quorum.shutdown().await;
    }
}

#[tokio::test]
async fn garbage_and_flipped_bits_at_the_end_are_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1)]).await;
    let expected = contents(&quorum.image());
    let log = files(dir.path(), ".log").pop().unwrap();
    let whole = fs::metadata(&log).unwrap().len() as usize;
    commit(&quorum, vec![topic(2)]).await;
    quorum.shutdown().await;
    let bytes = fs::read(&log).unwrap();
    for damaged in (whole..bytes.len()).step_by(7) {
        let copy = copy(dir.path());
        let mut bytes = bytes.clone();
        bytes[damaged] ^= 0x10;
        fs::write(log_dir(copy.path()).join(log.file_name().unwrap()), bytes).unwrap();
        let quorum = start(copy.path()).await;
        assert_eq!(contents(&quorum.image()), expected, "byte {}", damaged - whole);
        quorum.shutdown().await;
    }
}

#[tokio::test]
async fn a_snapshot_stands_for_the_log_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, (0..50).map(topic).collect()).await;
    let covered = quorum.image();
    quorum.snapshot_now().await.unwrap();
    let names: Vec<_> = files(dir.path(), ".checkpoint");
    let expected = format!("{:020}-{:010}.checkpoint", covered.next_offset().0, covered.epoch().0);
    assert_eq!(names, [log_dir(dir.path()).join(expected)]);
    assert_eq!(files(dir.path(), ".log"), [""; 0].map(PathBuf::from), "all of the log is in the snapshot");
    // Nothing after the snapshot.
    let killed = copy(dir.path());
    let again = start(killed.path()).await;
    assert_eq!(contents(&again.image()), contents(&covered));
    assert!(again.image().next_offset() > covered.next_offset(), "offsets go on");
    again.shutdown().await;
    // Something after it, and then another.
    commit(&quorum, vec![topic(100)]).await;
    let killed = copy(dir.path());
    let again = start(killed.path()).await;
    assert_eq!(contents(&again.image()), contents(&quorum.image()));
    again.snapshot_now().await.unwrap();
    assert_eq!(files(killed.path(), ".checkpoint").len(), 1, "the older snapshot is gone");
    commit(&again, vec![topic(101)]).await;
    again.shutdown().await;
    quorum.shutdown().await;
}

#[tokio::test]
async fn a_crash_between_snapshot_and_purge_is_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1)]).await;
    let before_snapshot = copy(dir.path());
    quorum.snapshot_now().await.unwrap();
    let expected = contents(&quorum.image());
    quorum.shutdown().await;
    // The snapshot is there and the log that it stands for is too.
    let checkpoint = files(dir.path(), ".checkpoint").pop().unwrap();
    let both = log_dir(before_snapshot.path());
    fs::copy(&checkpoint, both.join(checkpoint.file_name().unwrap())).unwrap();
    let again = start(before_snapshot.path()).await;
    assert_eq!(contents(&again.image()), expected);
    commit(&again, vec![topic(2)]).await;
    let expected = contents(&again.image());
    again.shutdown().await;
    drop(again);
    let again = start(before_snapshot.path()).await;
    assert_eq!(contents(&again.image()), expected);
    again.shutdown().await;
}

#[tokio::test]
async fn a_damaged_snapshot_is_never_served() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1)]).await;
    let with_log = copy(dir.path());
    quorum.snapshot_now().await.unwrap();
    let expected = contents(&quorum.image());
    quorum.shutdown().await;
    let checkpoint = files(dir.path(), ".checkpoint").pop().unwrap();
    let mut bytes = fs::read(&checkpoint).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&checkpoint, &bytes).unwrap();
    // Without the log there is nothing else: refuse, and do not begin an empty cluster.
    let refused = Quorum::start(config(dir.path())).await;
    assert!(refused.is_err(), "{refused:?}");
    // With the log, it does not matter.
    fs::write(log_dir(with_log.path()).join(checkpoint.file_name().unwrap()), &bytes).unwrap();
    let again = start(with_log.path()).await;
    assert_eq!(contents(&again.image()), expected);
    again.shutdown().await;
}

#[tokio::test]
async fn small_segments_are_rolled_and_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let config = QuorumConfig { segment_bytes: 500, ..config(dir.path()) };
    let quorum = Quorum::start(config.clone()).await.unwrap();
    for number in 0..20 {
        commit(&quorum, vec![topic(number)]).await;
    }
    assert!(files(dir.path(), ".log").len() > 3);
    let expected = contents(&quorum.image());
    quorum.shutdown().await;
    drop(quorum);
    // A hole or damage in the middle is no torn tail.
    let killed = copy(dir.path());
    fs::remove_file(&files(killed.path(), ".log")[1]).unwrap();
    assert!(Quorum::start(QuorumConfig { dir: killed.path().into(), ..config.clone() }).await.is_err());
    let killed = copy(dir.path());
    let second = &files(killed.path(), ".log")[1];
    let mut bytes = fs::read(second).unwrap();
    bytes[70] ^= 1;
    fs::write(second, bytes).unwrap();
    assert!(Quorum::start(QuorumConfig { dir: killed.path().into(), ..config.clone() }).await.is_err());

    let quorum = Quorum::start(config).await.unwrap();
    assert_eq!(contents(&quorum.image()), expected);
    quorum.snapshot_now().await.unwrap();
    commit(&quorum, vec![topic(100)]).await;
    assert_eq!(files(dir.path(), ".log").len(), 1);
    quorum.shutdown().await;
}

#[tokio::test]
async fn snapshots_are_taken_when_enough_was_logged() {
    let dir = tempfile::tempdir().unwrap();
    let quorum =
        Quorum::start(QuorumConfig { snapshot_after_bytes: 2000, ..config(dir.path()) }).await.unwrap();
    let mut number = 0;
    while files(dir.path(), ".checkpoint").is_empty() {
        commit(&quorum, vec![topic(number)]).await;
        number += 1;
        assert!(number < 1000, "no snapshot was taken");
    }
    quorum.shutdown().await;
}

#[tokio::test]
async fn a_proposal_on_an_old_image_conflicts() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    let seen = quorum.image().last_offset();
    let offset = quorum.propose(vec![topic(1)], seen).await.unwrap();
    assert_eq!(offset, Offset(seen.0 + 1));
    let late = quorum.propose(vec![topic(2)], seen).await;
    assert!(
        matches!(late, Err(Error::Conflict { expected, actual }) if expected == seen && actual == offset)
    );
    assert!(quorum.image().topic_named("topic-2").is_none());
    quorum.shutdown().await;
}

#[tokio::test]
async fn decisions_that_wait_together_see_each_other_and_share_a_batch() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    let create_unless_there = |number| {
        quorum.decide(move |image: &MetadataImage| match image.topic_named(&format!("topic-{number}")) {
            Some(_) => Err(metadata::Error::TopicExists(format!("topic-{number}"))),
            None => Ok(Decision { records: vec![topic(number)], reply: BrokerEpoch(image.next_offset().0) }),
        })
    };
    let before = quorum.image().next_offset();
    let (a, b, again) = tokio::join!(create_unless_there(1), create_unless_there(2), create_unless_there(1));
    assert_eq!(a.unwrap().reply, BrokerEpoch(before.0));
    assert_eq!(b.unwrap().reply, BrokerEpoch(before.0 + 1), "it saw the first as done");
    assert!(matches!(again, Err(Error::Metadata(metadata::Error::TopicExists(_)))));
    assert_eq!(quorum.image().next_offset(), Offset(before.0 + 2));
    quorum.shutdown().await;
}

#[tokio::test]
async fn a_decision_that_does_not_fit_or_panics_hurts_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    let twice =
        quorum.decide(|_: &MetadataImage| Ok(Decision { records: vec![topic(1), topic(1)], reply: () }));
    let panics = quorum.decide(|_: &MetadataImage| -> Result<Decision<()>, _> { panic!("a test panics") });
    let fine = quorum.decide(|_: &MetadataImage| Ok(Decision { records: vec![topic(2)], reply: () }));
    let (twice, panics, fine) = tokio::join!(twice, panics, fine);
    assert!(matches!(twice, Err(Error::Metadata(metadata::Error::TopicExists(_)))));
    assert!(matches!(panics, Err(Error::Stopped)));
    fine.unwrap();
    assert!(quorum.image().topic_named("topic-1").is_none());
    assert!(quorum.image().topic_named("topic-2").is_some());
    quorum.shutdown().await;
}

#[tokio::test]
async fn subscribers_are_told_what_changed() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    let mut changes = quorum.changes();
    commit(&quorum, vec![topic(1)]).await;
    commit(&quorum, vec![topic(2), setting("a", "1")]).await;
    let update = changes.next().await.unwrap();
    assert_eq!(update.changes.topics_created.len(), 2, "both at once, for one who slept");
    assert_eq!(update.changes.configs, [ConfigResource::CLUSTER]);
    assert_eq!(*update.image, *quorum.image());
    let mut everything = quorum.changes().from_the_beginning();
    let update = everything.next().await.unwrap();
    assert_eq!(update.changes.topics_created.len(), 2);
    assert!(update.changes.features);
    quorum.shutdown().await;
    drop(quorum);
    assert!(changes.next().await.is_none(), "the quorum has stopped");
}

#[tokio::test]
async fn another_voters_folder_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    start(dir.path()).await.shutdown().await;
    for other in [
        QuorumConfig { node_id: NodeId(2), ..config(dir.path()) },
        QuorumConfig { directory_id: Uuid::from_u128(9), ..config(dir.path()) },
    ] {
        let refused = Quorum::start(other).await;
        assert!(matches!(refused, Err(Error::AnotherVoter { .. })), "{refused:?}");
    }
    start(dir.path()).await.shutdown().await;
}

#[tokio::test]
async fn after_a_shutdown_nothing_is_decided() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    quorum.shutdown().await;
    let late = quorum
        .decide(|_: &MetadataImage| Ok(Decision { records: vec![NoOpRecord::default().into()], reply: () }));
    let late = tokio::time::timeout(Duration::from_secs(5), late).await.expect("an answer, even so");
    assert!(late.is_err());
}
