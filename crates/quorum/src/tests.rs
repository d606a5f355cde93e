use crate::{log_store::RollAt, *};
use base::{BrokerEpoch, NodeId, Offset};
use metadata::{
    ConfigResource, MetadataImage, Record,
    controller::{Decision, bootstrap},
};
use protocol::metadata_records::{ConfigRecord, NoOpRecord, TopicRecord, UserScramCredentialRecord};
use std::{
    collections::{BTreeMap, BTreeSet},
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

/// The log alone, opened and closed again: how many offsets it has.
fn log_end(dir: &Path) -> Offset {
    log_store::LogStore::open(&log_dir(dir), None, RollAt { bytes: 1 << 20, age_ms: i64::MAX })
        .expect("the log opens")
        .log_end_offset()
}

#[tokio::test]
async fn a_torn_tail_is_cut_at_every_byte_of_the_last_batch() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1)]).await;
    let before = quorum.image();
    let log = files(dir.path(), ".log").pop().unwrap();
    let whole = fs::metadata(&log).unwrap().len();
    commit(&quorum, vec![topic(2), topic(3)]).await;
    let with_last = quorum.image();
    quorum.shutdown().await;
    let end = fs::metadata(&log).unwrap().len();
    for length in whole..=end {
        let copy = copy(dir.path());
        let log = log_dir(copy.path()).join(log.file_name().unwrap());
        fs::File::options().write(true).open(&log).unwrap().set_len(length).unwrap();
        let expected = if length == end { &with_last } else { &before };
        assert_eq!(log_end(copy.path()), expected.next_offset(), "cut to {length} of {end}");
        assert_eq!(fs::metadata(&log).unwrap().len(), if length == end { end } else { whole });
        if length % 32 == 0 || length == end {
            // And the whole quorum goes on from there.
            let quorum = start(copy.path()).await;
            assert_eq!(contents(&quorum.image()), contents(expected));
            commit(&quorum, vec![topic(9)]).await;
            quorum.shutdown().await;
        }
    }
}

#[tokio::test]
async fn garbage_and_flipped_bits_at_the_end_are_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1)]).await;
    let expected = quorum.image().next_offset();
    let log = files(dir.path(), ".log").pop().unwrap();
    let whole = fs::metadata(&log).unwrap().len() as usize;
    commit(&quorum, vec![topic(2)]).await;
    quorum.shutdown().await;
    let bytes = fs::read(&log).unwrap();
    for (damaged, bit) in (whole..bytes.len()).flat_map(|byte| [(byte, 0x10), (byte, 0x80), (byte, 0x01)]) {
        let copy = copy(dir.path());
        let mut bytes = bytes.clone();
        bytes[damaged] ^= bit;
        fs::write(log_dir(copy.path()).join(log.file_name().unwrap()), bytes).unwrap();
        assert_eq!(log_end(copy.path()), expected, "byte {} bit {bit:x}", damaged - whole);
    }
    for garbage in [
        &[0; 1][..],
        &[0; 5000],
        &[0xff; 100],
        b"not a batch at all, but long enough for the header of one.......",
    ] {
        let copy = copy(dir.path());
        let mut bytes = bytes[..whole].to_vec();
        bytes.extend(garbage);
        fs::write(log_dir(copy.path()).join(log.file_name().unwrap()), bytes).unwrap();
        assert_eq!(log_end(copy.path()), expected, "{} bytes of garbage", garbage.len());
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
async fn no_flipped_bit_of_a_snapshot_changes_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = start(dir.path()).await;
    commit(&quorum, vec![topic(1), setting("a", "1")]).await;
    quorum.snapshot_now().await.unwrap();
    quorum.shutdown().await;
    let (expected, contents) = snapshot::load(&log_dir(dir.path())).unwrap().unwrap();
    for byte in 0..contents.len() {
        let mut damaged = contents.to_vec();
        damaged[byte] ^= 0x04;
        if let Ok(read) = snapshot::decode(damaged.into()) {
            assert_eq!(read.image, expected.image, "byte {byte}");
            assert_eq!(read.meta, expected.meta, "byte {byte}");
        }
        assert!(snapshot::decode(contents.slice(..byte)).is_err(), "cut at {byte}");
    }
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
async fn old_segments_are_rolled() {
    let dir = tempfile::tempdir().unwrap();
    for (age, count) in [(Duration::from_secs(3600), 1), (Duration::ZERO, 3)] {
        let config = QuorumConfig { segment_age: age, ..config(&dir.path().join(count.to_string())) };
        let quorum = Quorum::start(config.clone()).await.unwrap();
        for number in 0..3 {
            commit(&quorum, vec![topic(number)]).await;
        }
        // The election and the bootstrap records are batches too.
        assert!(files(&config.dir, ".log").len() >= count);
        assert_eq!(files(&config.dir, ".log").len() == 1, count == 1);
        quorum.shutdown().await;
    }
}

#[tokio::test]
async fn snapshots_are_taken_when_enough_time_has_passed() {
    let dir = tempfile::tempdir().unwrap();
    let snapshot_after = Duration::from_millis(1);
    let quorum = Quorum::start(QuorumConfig { snapshot_after, ..config(dir.path()) }).await.unwrap();
    let begun = Instant::now();
    while files(dir.path(), ".checkpoint").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no snapshot was taken");
        tokio::task::yield_now().await;
    }
    quorum.shutdown().await;
}

#[test]
fn elections_take_as_long_as_is_set() {
    let timing = |timeout, backoff| {
        let ms = Duration::from_millis;
        let (election_timeout, election_backoff_max) = (ms(timeout), ms(backoff));
        let config = QuorumConfig { election_timeout, election_backoff_max, ..config(Path::new("x")) };
        let raft = crate::node::raft_config(&config).expect("any times will do");
        (raft.heartbeat_interval, raft.election_timeout_min, raft.election_timeout_max)
    };
    assert_eq!(timing(1000, 1000), (250, 1000, 2000));
    assert_eq!(timing(5000, 300), (250, 5000, 5300));
    assert_eq!(timing(100, 0), (25, 100, 101));
    assert_eq!(timing(0, 0), (1, 4, 5));
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
async fn when_the_log_cannot_be_written_nothing_is_acknowledged_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let quorum = Quorum::start(QuorumConfig { segment_bytes: 1, ..config(dir.path()) }).await.unwrap();
    commit(&quorum, vec![topic(1)]).await;
    // Each batch begins a segment, for which there is no folder now.
    fs::remove_dir_all(log_dir(dir.path())).unwrap();
    for number in 2..4 {
        let lost =
            quorum.decide(move |_: &MetadataImage| Ok(Decision { records: vec![topic(number)], reply: () }));
        let lost = tokio::time::timeout(Duration::from_secs(5), lost).await.expect("an answer, even so");
        assert!(lost.is_err());
    }
    let end = tokio::time::timeout(Duration::from_secs(5), quorum.stopped()).await.expect("it has stopped");
    assert!(matches!(end, Error::Raft(_)), "{end}");
    assert!(quorum.image().topic_named("topic-2").is_none());
    quorum.shutdown().await;
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

/// Leaves a folder for other programs to read: `MAINSTEM_METADATA_DIR=... cargo test -p mainstem-quorum -- --ignored`.
#[tokio::test]
#[ignore = "writes to a folder of the caller's choice"]
async fn writes_a_folder_for_kafkas_tools() {
    let dir = PathBuf::from(std::env::var("MAINSTEM_METADATA_DIR").expect("a folder to write to"));
    let quorum = start(&dir).await;
    commit(&quorum, vec![topic(1), setting("log.retention.ms", "5")]).await;
    quorum.snapshot_now().await.unwrap();
    commit(&quorum, vec![topic(2), topic(3)]).await;
    quorum.shutdown().await;
    drop(quorum);
    let quorum = start(&dir).await;
    quorum.shutdown().await;
}

/// The log against a list, under anything that openraft may ask of it and any number of restarts.
mod model {
    use super::RollAt;
    use crate::{
        log_store::{Anchor, LogStore},
        raft_types::{Entry, EntryPayload, LogId, MetadataBatch, Vote, VoterKey, log_id},
    };
    use base::{NodeId, Offset};
    use bytes::Bytes;
    use openraft::{
        entry::RaftEntry as _,
        storage::{RaftLogReader, RaftLogStorage, RaftLogStorageExt as _},
    };
    use proptest::prelude::*;
    use std::path::Path;
    use uuid::Uuid;

    #[derive(Clone, Debug)]
    enum Step {
        /// Entries of so many records each; none is a blank entry. Perhaps a new term begins.
        Append {
            new_term: bool,
            records: Vec<usize>,
        },
        /// Cuts off so many entries.
        Truncate(usize),
        /// A snapshot of all but so many entries.
        Purge(usize),
        Reopen,
    }

    fn step() -> impl Strategy<Value = Step> {
        let append = (any::<bool>(), prop::collection::vec(0..4usize, 1..5))
            .prop_map(|(new_term, records)| Step::Append { new_term, records });
        prop_oneof![
            4 => append,
            1 => (0..4usize).prop_map(Step::Truncate),
            1 => (0..6usize).prop_map(Step::Purge),
            2 => Just(Step::Reopen),
        ]
    }

    #[derive(Default)]
    struct Model {
        entries: Vec<(Entry, Offset)>,
        term: u64,
        next_offset: Offset,
        anchor: Option<Anchor>,
        purged: usize,
    }

    impl Model {
        fn make(&mut self, records: usize) -> Entry {
            let index = self.entries.len() as u64;
            let value = |n| Bytes::from(format!("record {n} of entry {index} in term {}", self.term));
            let payload = match records {
                0 => EntryPayload::Blank,
                _ => EntryPayload::Normal(MetadataBatch {
                    timestamp_ms: 7,
                    records: (0..records).map(value).collect(),
                }),
            };
            let entry = Entry::new(log_id(self.term, index), payload);
            self.entries.push((entry.clone(), self.next_offset));
            self.next_offset = self.next_offset.plus(records.max(1) as i64);
            entry
        }

        fn last_log_id(&self) -> Option<LogId> {
            self.entries.last().map(|(entry, _)| entry.log_id)
        }
    }

    async fn check(log: &mut LogStore, model: &Model) {
        let state = log.get_log_state().await.unwrap();
        assert_eq!(state.last_log_id, model.last_log_id());
        assert_eq!(state.last_purged_log_id, model.anchor.map(|anchor| anchor.last_log_id));
        assert_eq!(log.log_end_offset(), model.next_offset);
        let entries = log.try_get_log_entries(..).await.unwrap();
        let expected: Vec<_> = model.entries[model.purged..].iter().map(|(entry, _)| entry.clone()).collect();
        assert_eq!(entries, expected);
        for (entry, offset) in &model.entries[model.purged..] {
            let end = offset.plus(crate::entry::record_count(entry));
            assert_eq!(log.end_offset_of(entry.log_id.index), Some(end));
        }
    }

    async fn play(dir: &Path, steps: Vec<Step>) {
        let open = |anchor| LogStore::open(dir, anchor, RollAt { bytes: 400, age_ms: i64::MAX }).unwrap();
        let key = VoterKey { id: NodeId(1), directory: Uuid::from_u128(1) };
        let mut log = open(None);
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Append { new_term, records } => {
                    if new_term || model.term == 0 {
                        model.term += 1;
                        log.save_vote(&Vote::new_committed(model.term, key)).await.unwrap();
                    }
                    let entries: Vec<_> = records.into_iter().map(|records| model.make(records)).collect();
                    log.blocking_append(entries).await.unwrap();
                }
                Step::Truncate(count) => {
                    let keep = model.entries.len().saturating_sub(count).max(model.purged);
                    if let Some((_, offset)) = model.entries.get(keep) {
                        model.next_offset = *offset;
                    }
                    model.entries.truncate(keep);
                    log.truncate_after(model.last_log_id()).await.unwrap();
                }
                Step::Purge(but) => {
                    let count = model.entries.len().saturating_sub(but);
                    if count > model.purged {
                        let last_log_id = model.entries[count - 1].0.log_id;
                        let end_offset =
                            model.entries.get(count).map_or(model.next_offset, |(_, offset)| *offset);
                        model.anchor = Some(Anchor { last_log_id, end_offset });
                        model.purged = count;
                        log.purge(last_log_id).await.unwrap();
                    }
                }
                Step::Reopen => {
                    drop(log);
                    log = open(model.anchor);
                    let vote = log.read_vote().await.unwrap();
                    assert_eq!(vote.map(|vote| vote.leader_id.term), (model.term > 0).then_some(model.term));
                }
            }
            check(&mut log, &model).await;
        }
    }

    #[tokio::test]
    async fn a_segment_that_a_snapshot_reaches_into_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let roll_at = RollAt { bytes: 1 << 20, age_ms: i64::MAX };
        let mut log = LogStore::open(dir.path(), None, roll_at).unwrap();
        let mut model = Model { term: 1, ..Model::default() };
        let key = VoterKey { id: NodeId(1), directory: Uuid::from_u128(1) };
        log.save_vote(&Vote::new_committed(1, key)).await.unwrap();
        let ids: Vec<_> = (0..3).map(|_| model.make(1)).collect();
        log.blocking_append(ids.clone()).await.unwrap();
        log.purge(ids[1].log_id).await.unwrap();
        let last = model.make(1);
        log.blocking_append([last.clone()]).await.unwrap();
        assert_eq!(crate::segments::list(dir.path()).unwrap(), [Offset(0), Offset(3)]);
        log.purge(ids[2].log_id).await.unwrap();
        assert_eq!(crate::segments::list(dir.path()).unwrap(), [Offset(3)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
        #[test]
        fn the_log_is_a_list_of_entries(steps in prop::collection::vec(step(), 1..25)) {
            let dir = tempfile::tempdir().unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(play(dir.path(), steps));
        }
    }
}

fn credential(name: &str) -> Record {
    let record =
        UserScramCredentialRecord { name: name.into(), mechanism: 1, iterations: 4096, ..Default::default() };
    record.into()
}

fn endpoint() -> VoterEndpoint {
    VoterEndpoint { listener: "CONTROLLER".into(), host: "localhost".into(), port: 9093 }
}

fn voters(ids: &[i32]) -> BTreeMap<VoterKey, VoterEndpoint> {
    let key = |id: &i32| VoterKey {
        id: NodeId(*id),
        directory: Uuid::from_u128(0xd0 + u128::from(id.unsigned_abs())),
    };
    ids.iter().map(|id| (key(id), endpoint())).collect()
}

#[tokio::test]
async fn a_new_cluster_begins_with_what_its_formatted_folder_says() {
    let records = [bootstrap(&[("group.version", 1)]), vec![credential("alice")]].concat();
    for with_voters in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        bootstrap::write_records(dir.path(), &records).unwrap();
        if with_voters {
            bootstrap::write_voters(dir.path(), &voters(&[1]), 0).unwrap();
        }
        for _ in 0..2 {
            let quorum = start(dir.path()).await;
            let mut found = contents(&quorum.image());
            let mut expected = records.clone();
            for records in [&mut found, &mut expected] {
                records.sort_by_key(|record| format!("{record:?}"));
            }
            assert_eq!(found, expected);
            quorum.shutdown().await;
        }
    }
}

/// As Kafka 4.4 formats: everything in the snapshot.
#[tokio::test]
async fn the_first_snapshot_may_hold_the_first_records() {
    let dir = tempfile::tempdir().unwrap();
    let membership = raft_types::Membership::new(
        vec![voters(&[1]).into_keys().collect()],
        voters(&[1]).into_keys().map(|key| (key, raft_types::Voter::default())).collect::<BTreeMap<_, _>>(),
    );
    let records = [bootstrap(&[]), vec![credential("alice")]].concat();
    let contents = snapshot::encode_kafkas(0, Some(&membership.unwrap()), &records).unwrap();
    fs::create_dir(log_dir(dir.path())).unwrap();
    fs::write(log_dir(dir.path()).join("00000000000000000000-0000000000.checkpoint"), contents).unwrap();
    let quorum = start(dir.path()).await;
    assert_eq!(quorum.image().feature_level("metadata.version"), 30);
    assert!(self::contents(&quorum.image()).contains(&credential("alice")));
}

#[tokio::test]
async fn what_a_formatted_folder_says_must_be_possible() {
    let dir = tempfile::tempdir().unwrap();
    bootstrap::write_records(dir.path(), &[credential("alice")]).unwrap();
    let refused = Quorum::start(config(dir.path())).await.unwrap_err();
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(why, "bootstrap.checkpoint names no metadata.version");

    let dir = tempfile::tempdir().unwrap();
    bootstrap::write_voters(dir.path(), &voters(&[1, 2, 3]), 0).unwrap();
    for _ in 0..2 {
        let refused = Quorum::start(config(dir.path())).await.unwrap_err();
        assert!(matches!(&refused, Error::OtherVoters { voters, .. } if voters == "1, 2, 3"), "{refused}");
        assert_eq!(files(dir.path(), ".checkpoint").len(), 1, "nothing is put aside");
    }
}

/// A folder as Kafka leaves it: a leader, what was committed, a transaction that ended, one that did not, a torn end.
fn write_like_kafka(dir: &Path) {
    use records::{BatchBuilder, Compression, NewRecord, control};
    let epoch = base::LeaderEpoch(1);
    let placement =
        control::Placement { base_offset: Offset::ZERO, partition_leader_epoch: epoch, timestamp: 0 };
    let mut log = control::leader_change(placement, NodeId(1), &[NodeId(1)], &[NodeId(1)]).to_vec();
    let begin = || Record::from(protocol::metadata_records::BeginTransactionRecord::default());
    let end = || Record::from(protocol::metadata_records::EndTransactionRecord::default());
    let batches = [
        [bootstrap(&[]), vec![topic(1), begin(), topic(2), end()]].concat(),
        vec![topic(3), begin(), topic(4)],
    ];
    let mut base_offset = 1;
    for records in batches {
        let mut batch = BatchBuilder::new(Compression::None)
            .base_offset(Offset(base_offset))
            .partition_leader_epoch(epoch);
        base_offset += records.len() as i64;
        for record in records {
            let value = metadata::record::encode(&record).unwrap();
            batch.append(&NewRecord { value: Some(&value), ..NewRecord::default() }).unwrap();
        }
        log.extend_from_slice(&batch.build());
    }
    log.extend_from_slice(&[0; 30]);
    fs::create_dir(log_dir(dir)).unwrap();
    fs::write(log_dir(dir).join("00000000000000000000.log"), log).unwrap();
}

#[tokio::test]
async fn a_log_of_kafkas_is_taken_over_and_put_aside() {
    let dir = tempfile::tempdir().unwrap();
    write_like_kafka(dir.path());
    let names =
        |quorum: &Quorum| quorum.image().topics().map(|topic| topic.name.to_string()).collect::<Vec<_>>();
    let quorum = start(dir.path()).await;
    assert_eq!(names(&quorum), ["topic-1", "topic-2", "topic-3"]);
    commit(&quorum, vec![topic(5)]).await;
    quorum.shutdown().await;
    let quorum = start(dir.path()).await;
    assert_eq!(
        names(&quorum),
        ["topic-1", "topic-2", "topic-3", "topic-5"],
        "ours goes on, Kafka's is not read again"
    );
    quorum.shutdown().await;

    // A kill between putting aside and the first commit.
    fs::remove_dir_all(log_dir(dir.path())).unwrap();
    assert_eq!(names(&start(dir.path()).await), ["topic-1", "topic-2", "topic-3"]);
}

#[tokio::test]
async fn what_is_damaged_of_kafkas_is_not_taken_for_less() {
    let names =
        |quorum: &Quorum| quorum.image().topics().map(|topic| topic.name.to_string()).collect::<Vec<_>>();
    let records = [bootstrap(&[]), vec![topic(7), topic(8)]].concat();
    let whole = snapshot::encode_kafkas(0, None, &records).unwrap();
    let mut flipped = whole.to_vec();
    flipped[whole.len() / 2] ^= 1;
    let (log, checkpoint) = ("00000000000000000000.log", "00000000000000000006-0000000001.checkpoint");
    type Case<'a> = (&'a str, &'a [u8], bool, Result<&'a [&'a str], &'a str>);
    let from_log: &[&str] = &["topic-1", "topic-2", "topic-3"];
    let cases: [Case<'_>; 7] = [
        ("an empty checkpoint beside the whole log", b"", true, Ok(from_log)),
        ("half of one", &whole[..whole.len() / 2], true, Ok(from_log)),
        ("a flipped bit", &flipped, true, Ok(from_log)),
        ("a whole one, and what the log has behind it", &whole, true, Ok(&["topic-3", "topic-7", "topic-8"])),
        ("a whole one alone", &whole, false, Ok(&["topic-7", "topic-8"])),
        ("an empty one alone", b"", false, Err("neither its log nor a snapshot can be read")),
        ("a flipped bit and no log", &flipped, false, Err("neither its log nor a snapshot can be read")),
    ];
    for (what, contents, with_log, expected) in cases {
        let dir = tempfile::tempdir().unwrap();
        write_like_kafka(dir.path());
        if !with_log {
            fs::remove_file(log_dir(dir.path()).join(log)).unwrap();
        }
        fs::write(log_dir(dir.path()).join(checkpoint), contents).unwrap();
        match (Quorum::start(config(dir.path())).await, expected) {
            (Ok(quorum), Ok(expected)) => {
                assert_eq!(names(&quorum), expected, "{what}");
                quorum.shutdown().await;
            }
            (Err(error), Err(expected)) => {
                let why = std::error::Error::source(&error).unwrap().to_string();
                assert!(why.contains(expected), "{what}: {why}");
                assert!(!import::aside(&log_dir(dir.path())).exists(), "{what}: nothing is put aside");
            }
            (started, _) => panic!("{what}: {started:?}"),
        }
    }
}

#[tokio::test]
async fn a_log_of_kafkas_that_lacks_its_beginning_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write_like_kafka(dir.path());
    let [first, later] =
        ["00000000000000000000.log", "00000000000000000006.log"].map(|name| log_dir(dir.path()).join(name));
    let log = fs::read(&first).unwrap();
    let lengths: Vec<usize> = records::Batches::new(log.clone().into())
        .map_while(|batch| batch.ok().map(|batch| batch.size_in_bytes()))
        .collect();
    let second = lengths[0] + lengths[1];
    fs::write(&first, &log[..lengths[0]]).unwrap();
    fs::write(&later, &log[second..]).unwrap();
    let refused = Quorum::start(config(dir.path())).await.unwrap_err();
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert!(why.starts_with("the metadata log lacks what stands between offsets 1 and 6"), "{why}");
    assert!(!import::aside(&log_dir(dir.path())).exists());
}

#[tokio::test]
async fn what_cannot_be_adopted_stays_as_it_is() {
    let refuse = |config: QuorumConfig| QuorumConfig {
        adopt: |_, _| Err(metadata::Error::UnsupportedVersion("too old".into())),
        ..config
    };
    let kafkas = tempfile::tempdir().unwrap();
    write_like_kafka(kafkas.path());
    let formatted = tempfile::tempdir().unwrap();
    bootstrap::write_records(formatted.path(), &bootstrap(&[])).unwrap();
    for dir in [kafkas.path(), formatted.path()] {
        for _ in 0..2 {
            let refused = Quorum::start(refuse(config(dir))).await.unwrap_err();
            assert!(refused.to_string().contains("too old"), "{refused}");
        }
        let quorum = start(dir).await;
        assert_eq!(quorum.image().feature_level("metadata.version"), 30, "nothing was written before");
        quorum.shutdown().await;
    }
}

/// Once ours has what Kafka's said, that is of no consequence.
#[tokio::test]
async fn what_is_aside_is_not_read_again() {
    let dir = tempfile::tempdir().unwrap();
    write_like_kafka(dir.path());
    start(dir.path()).await.shutdown().await;
    let aside = import::aside(&log_dir(dir.path()));
    let keys: BTreeSet<VoterKey> = voters(&[1, 2]).into_keys().collect();
    let nodes = keys.iter().map(|key| (*key, raft_types::Voter::default())).collect::<BTreeMap<_, _>>();
    let membership = raft_types::Membership::new(vec![keys], nodes).unwrap();
    let contents = snapshot::encode_kafkas(0, Some(&membership), &bootstrap(&[])).unwrap();
    fs::write(aside.join("00000000000000000100-0000000001.checkpoint"), contents).unwrap();
    start(dir.path()).await.shutdown().await;
    fs::remove_dir_all(log_dir(dir.path())).unwrap();
    let refused = Quorum::start(config(dir.path())).await.unwrap_err();
    assert!(matches!(&refused, Error::OtherVoters { dir, .. } if *dir == aside), "{refused}");
}
