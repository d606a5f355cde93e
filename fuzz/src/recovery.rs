//! Any bytes in any file of a log directory: it opens with what is valid, or the log is set aside. Nothing panics, what
//! is served has its CRC, and what was recovered stays.
use crate::input::Choices;
use base::{BrokerEpoch, ByteCount, LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;
use records::{
    BatchBuilder, Batches, Compression, NewRecord,
    control::{self, EndTransactionMarker, Placement},
};
use std::sync::Arc;
use storage::{
    Append, AppendOrigin, CreateLog, Error, Log, LogConfig, LogManager, Read, StorageOptions, TopicPartition,
    fs::MemoryFileSystem,
};

const NOW: i64 = 1_700_000_000_000;
const DIRECTORY: &str = "/data";
const LOG: &str = "orders-0";
/// Offsets at which the seeds' segments begin.
const BASES: [i64; 3] = [0, 4, 9];
const SUFFIXES: [&str; 5] = ["log", "index", "timeindex", "txnindex", "snapshot"];
const OF_LOG: [&str; 2] = ["leader-epoch-checkpoint", "partition.metadata"];
/// With any of these there, what lies before a checkpoint is not looked at.
const CHECKPOINTS: [&str; 4] = [
    ".kafka_cleanshutdown",
    "recovery-point-offset-checkpoint",
    "replication-offset-checkpoint",
    "log-start-offset-checkpoint",
];

/// The files that an input can have, each by its place here.
fn names() -> Vec<String> {
    let of_segment = |base: i64| SUFFIXES.map(|suffix| format!("{DIRECTORY}/{LOG}/{base:020}.{suffix}"));
    let mut names: Vec<_> = BASES.into_iter().flat_map(of_segment).collect();
    names.extend(OF_LOG.map(|name| format!("{DIRECTORY}/{LOG}/{name}")));
    names.extend(CHECKPOINTS.map(|name| format!("{DIRECTORY}/{name}")));
    names
}

/// An input is a list of files: which one, the length in two bytes, the content.
pub fn log_recovery(data: &[u8]) {
    let (names, mut rest) = (names(), Choices(data));
    let disk = MemoryFileSystem::new();
    let mut trusted = false;
    for _ in 0..names.len() {
        let name = &names[rest.below(names.len())];
        let length = usize::from(u16::from_be_bytes([rest.byte(), rest.byte()])).min(rest.0.len());
        let (content, after) = rest.0.split_at(length);
        trusted |= CHECKPOINTS.iter().any(|checkpoint| name.ends_with(checkpoint));
        disk.plant(name, content.to_vec());
        rest = Choices(after);
        if after.is_empty() {
            break;
        }
    }

    let Ok(manager) = open(&disk) else { return };
    let Some(log) = manager.get(&partition()) else { return };
    let read = read_all(&log, trusted);
    ask(&log);
    let end = log.log_end_offset();
    let appended = log.append_as_leader(Append::new(one_record(), LeaderEpoch(i32::MAX), NOW));
    if trusted {
        return;
    }
    read.expect("all of it was checked when it was opened");
    assert_eq!(appended.expect("a recovered log takes a batch").first_offset, end);
    assert_eq!(log.log_end_offset(), end.next());

    let again = open(&disk.kill()).expect("what was recovered opens");
    assert_eq!(again.get(&partition()).expect("it is a log").log_end_offset(), end.next());
    drop(log);
    let _ = manager.shutdown(BrokerEpoch(2));
    let third = open(&disk.kill()).expect("what was shut down opens");
    assert_eq!(third.get(&partition()).expect("it is still a log").log_end_offset(), end.next());
}

/// Everything from start to end, and that it is in order unless a checkpoint said that there is no need to look.
fn read_all(log: &Log, trusted: bool) -> Result<(), Error> {
    let (mut at, end) = (log.log_start_offset(), log.log_end_offset());
    assert!(Offset::ZERO <= at && at <= end);
    while at < end {
        let read = Read { from: at, max_bytes: 1000, upper_bound: end, min_one_batch: true };
        let fetched = log.read(read)?;
        let mut batches = Batches::new(fetched.chunks.concat().into());
        let mut reached = at;
        for batch in batches.by_ref() {
            let batch = batch.expect("a batch that was checked");
            batch.verify_crc().expect("a CRC that was checked");
            assert!(trusted || reached < batch.next_offset());
            reached = reached.max(batch.next_offset());
        }
        assert_eq!(batches.partial_tail(), 0, "whole batches");
        if reached == at {
            assert!(trusted, "offset {at} of {end} is not there");
            break;
        }
        at = reached;
    }
    Ok(())
}

fn ask(log: &Log) {
    for timestamp in [i64::MIN, -1, 0, NOW - 1, NOW, NOW + 1000, i64::MAX] {
        let _ = log.offset_for_timestamp(timestamp);
    }
    for epoch in [-1, 0, 5, i32::MAX] {
        let _ = log.end_offset_for_epoch(LeaderEpoch(epoch));
    }
    let end = log.log_end_offset();
    let _ = (
        log.max_timestamp(),
        log.active_producers(),
        log.aborted_transactions(Offset::ZERO, end),
        log.epoch_at(end),
    );
    assert!(log.last_stable_offset() <= end && log.high_watermark() <= end);
}

fn open(disk: &MemoryFileSystem) -> Result<LogManager, Error> {
    let manager = LogManager::open(StorageOptions {
        file_system: Arc::new(disk.clone()),
        recovery_threads_per_directory: 1,
        tail_cache: ByteCount::kib(1),
        ..StorageOptions::new([DIRECTORY])
    })?;
    manager.format("cluster", NodeId(1))?;
    manager.load(NOW, &|_| config())?;
    Ok(manager)
}

fn config() -> LogConfig {
    LogConfig { index_interval_bytes: ByteCount(100), ..LogConfig::default() }
}

fn partition() -> TopicPartition {
    TopicPartition::new("orders", 0)
}

fn one_record() -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    builder
        .append(&NewRecord { timestamp: NOW, value: Some(b"after"), ..NewRecord::default() })
        .expect("it fits");
    builder.build()
}

/// A log of three segments with an aborted transaction and one that is open: killed, and shut down.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let disk = MemoryFileSystem::new();
    let manager = open(&disk).expect("an empty disk");
    let create = CreateLog { partition: partition(), topic_id: None, config: config(), directory: None };
    let log = manager.get_or_create(create, NOW).expect("a new log");
    let append = |epoch, batch, origin| {
        let append = Append { origin, ..Append::new(batch, LeaderEpoch(epoch), NOW) };
        log.append_as_leader(append).expect("a good batch");
    };
    append(0, transactional(0, 2), AppendOrigin::Client);
    append(0, transactional(2, 2), AppendOrigin::Client);
    log.roll(NOW).expect("a second segment");
    append(1, abort(), AppendOrigin::Coordinator);
    append(1, transactional(4, 4), AppendOrigin::Client);
    log.roll(NOW).expect("a third segment");
    append(1, one_record(), AppendOrigin::Client);
    append(3, one_record(), AppendOrigin::Client);
    let killed = disk.kill();
    drop(log);
    manager.shutdown(BrokerEpoch(1)).expect("a healthy disk");
    vec![archive(&killed), archive(&disk)]
}

fn archive(disk: &MemoryFileSystem) -> Vec<u8> {
    let (names, files) = (names(), disk.files());
    let place = |path: &std::path::Path| names.iter().position(|name| path == std::path::Path::new(name));
    let known = files.iter().filter_map(|(path, content)| Some((place(path)?, content)));
    let entry = |(place, content): (usize, &Vec<u8>)| {
        let length = u16::try_from(content.len()).expect("small files");
        [&[place as u8], &length.to_be_bytes()[..], content].concat()
    };
    known.flat_map(entry).collect()
}

fn transactional(first_sequence: i32, count: i32) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None)
        .producer(ProducerId(7), ProducerEpoch(0), first_sequence)
        .transactional();
    for i in 0..count {
        let record =
            NewRecord { timestamp: NOW + i64::from(i), value: Some(&[b'x'; 60]), ..NewRecord::default() };
        builder.append(&record).expect("it fits");
    }
    builder.build()
}

fn abort() -> Bytes {
    let placement =
        Placement { base_offset: Offset::ZERO, partition_leader_epoch: LeaderEpoch(1), timestamp: NOW };
    let marker = EndTransactionMarker { committed: false, coordinator_epoch: 1 };
    control::end_transaction(placement, ProducerId(7), ProducerEpoch(0), marker)
}
