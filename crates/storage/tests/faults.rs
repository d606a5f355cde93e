//! Disks that are full, slow to take everything, or broken.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
mod support;

use base::{BrokerEpoch, ByteCount, Offset, ProducerId};
use mainstem_storage::{
    DirectoryId, Durability, Error, Log, LogConfig, LogManager, StorageOptions,
    fs::{Failure, Fault, MemoryFileSystem, Operation},
};
use std::{
    io::ErrorKind,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};
use support::*;

fn fault(operation: Operation, suffix: &'static str, failure: Failure) -> Fault {
    Fault { operation, suffix, skip: 0, times: 1, failure }
}

fn with_log(test: impl Fn(&MemoryFileSystem, &LogManager, &Arc<Log>)) {
    let fs = MemoryFileSystem::new();
    // Reads must meet the files.
    let options = StorageOptions { tail_cache: ByteCount(0), ..options(&fs) };
    let manager = try_open(options, config()).unwrap();
    let log = create(&manager, config());
    append_many(&log, 3);
    test(&fs, &manager, &log);
}

fn is_offline<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::DirectoryOffline { .. }))
}

#[test]
fn a_short_write_is_continued() {
    with_log(|fs, _, log| {
        for bytes in [1, 60, 61, 62, 80] {
            fs.inject(fault(Operation::Write, ".log", Failure::ShortWrite(bytes)));
            append(log, Batch { value_bytes: 200, ..Batch::default() }).unwrap();
        }
        assert_eq!(read_all(log, 0).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
    });
}

#[test]
fn a_full_disk_fails_the_append_and_nothing_else() {
    with_log(|fs, manager, log| {
        append(log, Batch::by(7, 0, 0, 2)).unwrap();
        let producers = log.active_producers();
        let size = log.size_in_bytes();
        // A part of the batch fits.
        for room in [0, 30, 70] {
            fs.limit_space(Some(fs.used_bytes() + room));
            assert!(matches!(append(log, Batch::by(7, 0, 2, 1)), Err(Error::NoSpace(_))), "{room}");
            assert_eq!((log.log_end_offset(), log.size_in_bytes()), (Offset(5), size));
            assert_eq!(log.active_producers(), producers);
            assert_eq!(read_all(log, 0).unwrap(), [0, 1, 2, 3]);
        }
        assert!(!manager.describe()[0].offline);
        fs.limit_space(None);
        // The same batch again is no duplicate.
        assert!(!append(log, Batch::by(7, 0, 2, 1)).unwrap().duplicate);
        append_many(log, 20);
        assert_eq!(read_all(log, 0).unwrap().len(), 25);
        let after = fs.kill();
        let (_manager, log) = fresh(&after, config());
        assert_eq!(log.log_end_offset(), Offset(26));
    });
}

#[test]
fn batches_of_one_write_fail_together() {
    with_log(|fs, _, log| {
        append(log, Batch::by(7, 0, 0, 2)).unwrap();
        let producers = log.active_producers();
        let batches = [
            Batch::by(7, 0, 2, 1),
            Batch::by(7, 0, 3, 1),
            // Of one that is not written either, and of one that is.
            Batch::by(7, 0, 2, 1),
            Batch::by(7, 0, 0, 2),
        ];
        fs.limit_space(Some(fs.used_bytes() + 30));
        let results = append_all(log, &batches);
        assert!(results[..3].iter().all(|result| matches!(result, Err(Error::NoSpace(_)))), "{results:?}");
        assert_eq!(results[3].as_ref().unwrap().first_offset, Offset(3));
        assert_eq!(log.active_producers(), producers);
        fs.limit_space(None);
        let results = append_all(log, &batches);
        let offsets =
            results.into_iter().map(|result| result.map(|info| (info.first_offset.0, info.duplicate)));
        let offsets: Vec<_> = offsets.collect::<Result<_, _>>().unwrap();
        assert_eq!(offsets, [(5, false), (6, false), (5, true), (3, true)]);
    });
}

#[test]
fn a_full_disk_at_a_roll_leaves_the_old_segment_in_use() {
    with_log(|fs, _, log| {
        fs.limit_space(Some(fs.used_bytes() + 2000));
        let mut failed = 0;
        for _ in 0..100 {
            match append(log, Batch::default()) {
                Ok(_) => {}
                Err(Error::NoSpace(_)) => failed += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert!(failed > 50);
        let end = log.log_end_offset();
        assert_eq!(read_all(log, 0).unwrap().len() as i64, end.0);
        fs.limit_space(None);
        append_many(log, 30);
        assert_eq!(read_all(log, 0).unwrap().len() as i64, end.0 + 30);
    });
}

#[test]
fn an_error_takes_the_directory_offline() {
    for (operation, suffix) in [(Operation::Write, ".log"), (Operation::Open, ".log")] {
        with_log(|fs, manager, log| {
            let told = Arc::new(Mutex::new(Vec::new()));
            let listener = Arc::clone(&told);
            manager.on_offline(move |id: DirectoryId, _: &Error| listener.lock().unwrap().push(id));
            fs.inject(Fault { times: 99, ..fault(operation, suffix, Failure::Error(ErrorKind::Other)) });
            let failed = if operation == Operation::Open {
                log.roll(NOW).err()
            } else {
                append(log, Batch::default()).err()
            };
            assert!(matches!(failed, Some(Error::DirectoryOffline { .. })));
            assert_eq!(*told.lock().unwrap(), manager.directories());
            assert!(is_offline(&append(log, Batch::default())));
            assert!(is_offline(&read_from(log, 0)));
            assert!(is_offline(&log.flush()));
            assert!(is_offline(&log.truncate_to(Offset(1))));
            assert!(is_offline(&log.offset_for_timestamp(0)));
            assert!(manager.describe()[0].offline);
            assert_eq!(told.lock().unwrap().len(), 1, "told once");
        });
    }
}

#[test]
fn a_read_error_takes_the_directory_offline() {
    with_log(|fs, _, log| {
        fs.inject(fault(Operation::Read, ".log", Failure::Error(ErrorKind::Other)));
        assert!(is_offline(&read_from(log, 0)));
        assert!(is_offline(&append(log, Batch::default())));
    });
}

#[test]
fn a_failed_flush_is_not_tried_again() {
    with_log(|fs, _, log| {
        fs.inject(fault(Operation::Sync, ".log", Failure::Error(ErrorKind::Other)));
        let syncs = fs.syncs();
        let (done, outcome) = mpsc::channel();
        for up_to in [Offset(2), Offset(3)] {
            let done = done.clone();
            log.request_flush(up_to, Box::new(move |result| done.send(result).unwrap()));
        }
        for _ in 0..2 {
            assert!(is_offline(&outcome.recv_timeout(Duration::from_secs(10)).unwrap()));
        }
        assert!(is_offline(&log.flush()));
        assert_eq!((fs.syncs(), log.flushed_offset()), (syncs, Offset(0)));
    });
}

#[test]
fn one_directory_offline_leaves_the_other() {
    let fs = MemoryFileSystem::new();
    let options = StorageOptions { directories: vec!["/a".into(), "/b".into()], ..options(&fs) };
    let manager = try_open(options, config()).unwrap();
    let [a, b] = [0, 1].map(|i| {
        let partition = mainstem_storage::TopicPartition::new("t", i);
        let create =
            mainstem_storage::CreateLog { partition, topic_id: None, config: config(), directory: None };
        manager.get_or_create(create, NOW).unwrap()
    });
    assert_ne!(a.directory_id(), b.directory_id(), "the least loaded directory is chosen");
    fs.inject(fault(Operation::Sync, "t-0/00000000000000000000.log", Failure::Error(ErrorKind::Other)));
    append(&a, Batch::default()).unwrap();
    append(&b, Batch::default()).unwrap();
    assert!(a.flush().is_err());
    b.flush().unwrap();
    manager.checkpoint_recovery_points().unwrap();
    manager.shutdown(BrokerEpoch(3)).unwrap();
    assert!(fs.files().iter().any(|(path, _)| path.ends_with("b/.kafka_cleanshutdown")));
    assert!(!fs.files().iter().any(|(path, _)| path.ends_with("a/.kafka_cleanshutdown")));
}

#[test]
fn with_flush_an_append_is_durable_when_it_says_so() {
    let fs = MemoryFileSystem::new();
    let config = LogConfig { durability: Durability::Flush, ..config() };
    let (_manager, log) = fresh(&fs, config);
    let mut acknowledged = Offset::ZERO;
    for i in 0..100 {
        let info = append(&log, Batch::by(1, 0, i, 1)).unwrap();
        assert!(!info.durable);
        if i % 7 == 0 {
            let (done, outcome) = mpsc::channel();
            log.request_flush(info.last_offset.next(), Box::new(move |result| done.send(result).unwrap()));
            outcome.recv_timeout(Duration::from_secs(10)).unwrap().unwrap();
            acknowledged = info.last_offset.next();
            assert!(log.durable_end_offset() >= acknowledged);
        }
        if i % 13 == 0 {
            let crashed = fs.crash(i as u64);
            let (_manager, log) = fresh(&crashed, config);
            assert!(log.log_end_offset() >= acknowledged, "{} {acknowledged}", log.log_end_offset());
        }
    }
    assert_eq!(log.active_producers()[0].producer_id, ProducerId(1));
}

#[test]
fn after_a_restart_what_is_there_is_durable() {
    let fs = MemoryFileSystem::new();
    let config = LogConfig { durability: Durability::Flush, ..config() };
    let (_manager, log) = fresh(&fs, config);
    append_many(&log, 5);
    let after = fs.kill();
    let (_manager, log) = fresh(&after, config);
    assert_eq!((log.durable_end_offset(), log.recovery_point()), (Offset(5), Offset(0)));
    let crashed = after.crash(1);
    let (_manager, log) = fresh(&crashed, config);
    assert_eq!(log.log_end_offset(), Offset(5));
}

#[test]
fn many_logs_together_do_not_leave_much_to_recover() {
    let fs = MemoryFileSystem::new();
    let options = StorageOptions { unflushed_bytes: ByteCount(1000), ..options(&fs) };
    let config = LogConfig { segment_bytes: ByteCount(1 << 20), ..config() };
    let manager = try_open(options, config).unwrap();
    let logs: Vec<_> = (0..10)
        .map(|i| {
            let partition = mainstem_storage::TopicPartition::new("t", i);
            let create = mainstem_storage::CreateLog { partition, topic_id: None, config, directory: None };
            let log = manager.get_or_create(create, NOW).unwrap();
            append_many(&log, 8);
            log
        })
        .collect();
    assert!(logs.iter().all(|log| log.recovery_point() == Offset(0)));
    manager.maintain(NOW);
    // A round of the flusher begins after the one before: the second answer comes after what was asked for first.
    for _ in 0..2 {
        append_many(&logs[0], 1);
        let (done, outcome) = mpsc::channel();
        let up_to = logs[0].log_end_offset();
        logs[0].request_flush(up_to, Box::new(move |result| done.send(result).unwrap()));
        outcome.recv_timeout(Duration::from_secs(10)).unwrap().unwrap();
    }
    assert!(logs.iter().filter(|log| log.recovery_point() >= Offset(8)).count() >= 7);
}

#[test]
fn one_flush_serves_all_who_wait() {
    with_log(|fs, _, log| {
        let before = fs.syncs();
        let (done, outcome) = mpsc::channel();
        for _ in 0..1000 {
            append(log, Batch { records: 1, value_bytes: 1, ..Batch::default() }).unwrap();
            let done = done.clone();
            log.request_flush(log.log_end_offset(), Box::new(move |result| done.send(result).unwrap()));
        }
        drop(done);
        assert!(outcome.iter().all(|result| result.is_ok()));
        assert!(fs.syncs() - before < 100_000, "{}", fs.syncs() - before);
        assert_eq!(log.flushed_offset(), log.log_end_offset());
    });
}
