//! Directories: whose they are, what lies in them, and files on a real disk.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
mod support;

use base::{BrokerEpoch, NodeId, Offset, TopicId};
use mainstem_storage::{
    CreateLog, Error, LogConfig, LogManager, StorageOptions, TopicPartition, fs::MemoryFileSystem,
};
use std::{fs, path::Path, sync::Arc, thread, time::Duration};
use support::*;

fn real(directory: &Path) -> StorageOptions {
    StorageOptions::new([directory])
}

fn create_at(
    manager: &LogManager,
    topic: &str,
    partition: i32,
    topic_id: Option<TopicId>,
) -> Arc<mainstem_storage::Log> {
    let partition = TopicPartition::new(topic, partition);
    manager.get_or_create(CreateLog { partition, topic_id, config: config(), directory: None }, NOW).unwrap()
}

#[test]
fn two_servers_cannot_use_one_directory() {
    let directory = tempfile::tempdir().unwrap();
    let first = try_open(real(directory.path()), config()).unwrap();
    assert!(matches!(LogManager::open(real(directory.path())), Err(Error::Locked(_))));
    first.shutdown(BrokerEpoch(1)).unwrap();
    try_open(real(directory.path()), config()).unwrap();
}

#[test]
fn a_directory_belongs_to_one_node_of_one_cluster() {
    let fs = MemoryFileSystem::new();
    let manager = LogManager::open(options(&fs)).unwrap();
    assert_eq!(manager.meta_properties(), None);
    manager.format("cluster", NodeId(1)).unwrap();
    let meta = manager.meta_properties().unwrap();
    drop(manager);
    let manager = LogManager::open(options(&fs)).unwrap();
    assert_eq!(manager.meta_properties(), Some(meta));
    manager.format("cluster", NodeId(1)).unwrap();
    for (cluster, node) in [("other", 1), ("cluster", 2)] {
        assert!(matches!(manager.format(cluster, NodeId(node)), Err(Error::Malformed { .. })));
    }
}

#[test]
fn a_log_is_known_by_its_topic_id() {
    let fs = MemoryFileSystem::new();
    let manager = open(&fs, config());
    let id = TopicId(uuid(7));
    assert_eq!(create_at(&manager, "t", 0, None).topic_id(), None);
    assert_eq!(create_at(&manager, "t", 0, Some(id)).topic_id(), Some(id));
    assert_eq!(create_at(&manager, "t", 0, Some(id)).topic_id(), Some(id));
    let other = CreateLog {
        partition: TopicPartition::new("t", 0),
        topic_id: Some(TopicId(uuid(8))),
        config: config(),
        directory: None,
    };
    assert!(matches!(manager.get_or_create(other, NOW), Err(Error::InconsistentTopicId { .. })));
    drop(manager);
    assert_eq!(open(&fs, config()).get(&TopicPartition::new("t", 0)).unwrap().topic_id(), Some(id));
}

fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

#[test]
fn a_deleted_log_goes_in_two_steps() {
    let fs = MemoryFileSystem::new();
    let config = LogConfig { file_delete_delay_ms: Duration::from_millis(100), ..config() };
    let (manager, log) = fresh(&fs, config);
    append_many(&log, 30);
    manager.delete(&partition(), NOW).unwrap();
    assert!(manager.get(&partition()).is_none());
    assert!(matches!(append(&log, Batch::default()), Err(Error::Closed(_))));
    assert!(matches!(log.flush(), Err(Error::Closed(_))));
    assert!(matches!(manager.delete(&partition(), NOW), Err(Error::NoLog(_))));
    let left = || fs.files().iter().filter(|(path, _)| path.to_string_lossy().contains("-delete/")).count();
    assert!(left() > 3);
    // At once again, empty.
    let again = create(&manager, config);
    assert_eq!(again.log_end_offset(), Offset(0));
    manager.maintain(NOW + 99);
    assert!(left() > 3);
    manager.maintain(NOW + 100);
    assert_eq!(left(), 0);
    append_many(&again, 1);

    // What a crash leaves is removed at the next start.
    manager.delete(&partition(), NOW).unwrap();
    let after = fs.kill();
    let manager = open(&after, config);
    assert!(manager.logs().is_empty());
    manager.maintain(NOW);
    assert!(!after.files().iter().any(|(path, _)| path.to_string_lossy().contains("-delete/")));
}

#[test]
fn a_log_that_makes_no_sense_is_set_aside() {
    let fs = MemoryFileSystem::new();
    let manager = open(&fs, config());
    create_at(&manager, "good", 0, None);
    create_at(&manager, "bad", 0, Some(TopicId(uuid(7))));
    fs.plant("/data/bad-0/partition.metadata", b"version: 9".to_vec());
    fs.plant("/data/__cluster_metadata-0/00000000000000000000.log", b"not ours".to_vec());
    fs.plant("/data/lost+found/x", Vec::new());
    let after = fs.kill();
    let manager = open(&after, config());
    assert_eq!(manager.logs().len(), 1);
    assert_eq!(manager.broken_logs()[0].0, TopicPartition::new("bad", 0));
    let create = CreateLog {
        partition: TopicPartition::new("bad", 0),
        topic_id: None,
        config: config(),
        directory: None,
    };
    assert!(matches!(manager.get_or_create(create, NOW), Err(Error::Malformed { .. })));
    assert!(
        after
            .files()
            .iter()
            .any(|(path, content)| path.ends_with("__cluster_metadata-0/00000000000000000000.log")
                && content == b"not ours")
    );
}

#[test]
fn checkpoints_are_kafkas_files() {
    let fs = MemoryFileSystem::new();
    let manager = open(&fs, config());
    let log = create_at(&manager, "a.b", 3, None);
    append_many(&log, 20);
    log.set_high_watermark(Offset(18));
    log.increment_log_start_offset(Offset(5)).unwrap();
    log.flush().unwrap();
    manager.checkpoint_high_watermarks().unwrap();
    manager.checkpoint_log_start_offsets().unwrap();
    manager.checkpoint_recovery_points().unwrap();
    let content = |name: &str| {
        let path = Path::new(DIR).join(name);
        String::from_utf8(fs.files().into_iter().find(|(other, _)| *other == path).unwrap().1).unwrap()
    };
    assert_eq!(content("recovery-point-offset-checkpoint"), "0\n1\na.b 3 20\n");
    assert_eq!(content("replication-offset-checkpoint"), "0\n1\na.b 3 18\n");
    assert_eq!(content("log-start-offset-checkpoint"), "0\n1\na.b 3 5\n");
    assert_eq!(content("a.b-3/leader-epoch-checkpoint"), "0\n1\n0 5\n");

    let after = fs.kill();
    let manager = open(&after, config());
    let log = manager.get(&TopicPartition::new("a.b", 3)).unwrap();
    assert_eq!(
        (log.log_start_offset(), log.high_watermark(), log.log_end_offset()),
        (Offset(5), Offset(18), Offset(20))
    );
}

#[test]
fn a_segments_files_are_kafkas() {
    let fs = MemoryFileSystem::new();
    let (manager, log) = fresh(&fs, LogConfig { index_interval_bytes: base::ByteCount(100), ..config() });
    let size = Batch::default().bytes().len() as u32;
    for i in 0..4 {
        append(&log, Batch::at(NOW + i)).unwrap();
    }
    manager.shutdown(BrokerEpoch(5)).unwrap();
    let content = |name: &str| fs.files().into_iter().find(|(path, _)| *path == file(name)).unwrap().1;
    // An entry before the first batch after more than 100 bytes: the third and so on, by last offset and position.
    assert_eq!(size, 88);
    let offsets: Vec<u8> = [(2u32, 176u32)]
        .iter()
        .flat_map(|(offset, at)| [offset.to_be_bytes(), at.to_be_bytes()].concat())
        .collect();
    assert_eq!(content("00000000000000000000.index"), offsets);
    let times: Vec<u8> = [(NOW + 2, 2u32), (NOW + 3, 3)]
        .iter()
        .flat_map(|(time, offset)| [&time.to_be_bytes()[..], &offset.to_be_bytes()].concat())
        .collect();
    assert_eq!(content("00000000000000000000.timeindex"), times);
    let log_file = content("00000000000000000000.log");
    assert_eq!(log_file.len(), 4 * size as usize);
    let expected: Vec<u8> = (0..4).flat_map(|i| Batch::at(NOW + i).stored(i, 0)).collect();
    assert_eq!(log_file, expected);
    let root = String::from_utf8(
        fs.files().into_iter().find(|(path, _)| path.ends_with(".kafka_cleanshutdown")).unwrap().1,
    );
    assert_eq!(root.unwrap(), r#"{"version":0,"brokerEpoch":5}"#);
}

#[test]
fn a_broken_index_is_not_believed() {
    let fs = MemoryFileSystem::new();
    let options = || StorageOptions { tail_cache: base::ByteCount(0), ..options(&fs) };
    let manager = try_open(options(), config()).unwrap();
    let log = create(&manager, config());
    append_many(&log, 60);
    manager.shutdown(BrokerEpoch(0)).unwrap();
    drop((manager, log));
    for (path, mut content) in fs.files() {
        if path.extension().is_some_and(|kind| kind == "index") && content.len() >= 16 {
            // Positions inside of batches.
            content.chunks_exact_mut(8).for_each(|entry| entry[7] ^= 3);
            fs.plant(path, content);
        }
    }
    let manager = try_open(options(), config()).unwrap();
    let log = manager.get(&partition()).unwrap();
    for offset in 0..60 {
        assert_eq!(read_from(&log, offset).unwrap().base_offset, Offset(offset));
    }
}

fn open_descriptors(directory: &Path) -> usize {
    let links =
        fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    links.filter(|path| path.starts_with(directory) && !path.ends_with(".lock")).count()
}

#[test]
fn idle_logs_hold_no_descriptor() {
    let directory = tempfile::tempdir().unwrap();
    let options = StorageOptions { open_files: 32, ..real(directory.path()) };
    let manager = try_open(options, config()).unwrap();
    for i in 0..100 {
        append_many(&create_at(&manager, "t", i, None), 3);
    }
    assert!(open_descriptors(directory.path()) <= 32, "{}", open_descriptors(directory.path()));
    manager.maintain(NOW);
    manager.maintain(NOW + 60_000);
    assert_eq!(open_descriptors(directory.path()), 0);
    for i in 0..100 {
        let log = create_at(&manager, "t", i, None);
        assert_eq!(read_all(&log, 0).unwrap(), [0, 1, 2]);
    }
    drop(manager);
    assert_eq!(open_descriptors(directory.path()), 0);
}

#[test]
fn a_real_disk_keeps_what_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let manager = try_open(real(directory.path()), config()).unwrap();
    let log = create_at(&manager, "t", 0, Some(TopicId(uuid(7))));
    append_many(&log, 200);
    assert_eq!(read_all(&log, 0).unwrap(), (0..200).collect::<Vec<_>>());
    assert!(manager.describe()[0].total_bytes >= manager.describe()[0].usable_bytes);
    manager.shutdown(BrokerEpoch(9)).unwrap();
    drop((manager, log));
    let manager =
        try_open(StorageOptions { tail_cache: base::ByteCount(0), ..real(directory.path()) }, config())
            .unwrap();
    let log = manager.get(&TopicPartition::new("t", 0)).unwrap();
    assert_eq!(
        (log.topic_id(), manager.previous_broker_epoch()),
        (Some(TopicId(uuid(7))), Some(BrokerEpoch(9)))
    );
    assert_eq!(read_all(&log, 0).unwrap(), (0..200).collect::<Vec<_>>());
    log.truncate_to(Offset(77)).unwrap();
    append_many(&log, 3);
    assert_eq!(read_all(&log, 0).unwrap(), (0..80).collect::<Vec<_>>());
}

#[test]
fn threads_share_one_log() {
    const THREADS: i64 = 6;
    const EACH: i32 = 300;
    let directory = tempfile::tempdir().unwrap();
    let options = StorageOptions { tail_cache: base::ByteCount::kib(16), ..real(directory.path()) };
    let config = LogConfig { segment_bytes: base::ByteCount::kib(64), ..config() };
    let manager = try_open(options, config).unwrap();
    let partition = partition();
    let create = CreateLog { partition, topic_id: None, config, directory: None };
    let log = manager.get_or_create(create, NOW).unwrap();
    let mut offsets = thread::scope(|scope| {
        let write = |id: i64| {
            let mut offsets = Vec::new();
            for i in 0..EACH {
                let info =
                    append(&log, Batch { value_bytes: (i % 50) as usize, ..Batch::by(id, 0, i * 2, 2) })
                        .unwrap();
                offsets.push(info.first_offset.0);
                // What was acknowledged can be read.
                let found = read_from(&log, info.last_offset.0).unwrap();
                assert_eq!(found.base_offset, info.first_offset);
            }
            offsets
        };
        // Readers, a roller, and retention that has nothing to do.
        for _ in 0..2 {
            scope.spawn(|| {
                while log.log_end_offset().0 < THREADS * i64::from(EACH) * 2 {
                    let end = log.log_end_offset().0;
                    let bases = read_all(&log, 0).unwrap();
                    assert!(bases.len() as i64 >= end / 2);
                    assert!(bases.windows(2).all(|pair| pair[1] == pair[0] + 2));
                    log.flush().unwrap();
                    log.delete_old_segments(NOW).unwrap();
                }
            });
        }
        let writers: Vec<_> = (1..=THREADS).map(|id| scope.spawn(move || write(id))).collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    offsets.sort_unstable();
    assert_eq!(offsets, (0..THREADS * i64::from(EACH) * 2).step_by(2).collect::<Vec<_>>());
    for producer in log.active_producers() {
        assert_eq!(producer.last_sequence, EACH * 2 - 1);
    }
}
