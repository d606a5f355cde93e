//! What readers get while the log changes under them: all as it was, or all as it is.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
mod support;

use base::{ByteCount, LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use mainstem_storage::{
    Append, AppendOrigin, Log, LogConfig, LogManager, StorageOptions, fs::MemoryFileSystem,
};
use records::control::{EndTransactionMarker, Placement, end_transaction};
use std::{sync::Arc, time::Duration};
use support::*;

type Change = fn(&LogManager, &Log);
type Look = fn(&Log) -> String;

/// Offset of a record in the second of several segments.
const MIDDLE: i64 = 9;
/// The last offset before anything changes.
const LAST: i64 = 33;

const CHANGES: [(&str, Change); 7] = [
    ("a roll", |_, log| {
        log.roll(NOW).unwrap();
        fill(log, 40);
    }),
    ("a flush", |_, log| log.flush().unwrap()),
    ("retention", |_, log| {
        log.set_config(LogConfig { retention_ms: Some(Duration::ZERO), ..config() });
        assert!(log.delete_old_segments(2 * NOW).unwrap() > 2);
    }),
    ("deleted records", |_, log| {
        log.increment_log_start_offset(Offset(2 * MIDDLE)).unwrap();
        assert!(log.delete_old_segments(NOW).unwrap() > 0);
    }),
    ("a truncation", |_, log| {
        log.truncate_to(Offset(MIDDLE)).unwrap();
        fill(log, 40);
    }),
    ("a new beginning", |_, log| {
        log.truncate_fully_and_start_at(Offset(0)).unwrap();
        fill(log, 40);
    }),
    ("a deletion", |manager, log| manager.delete(log.partition(), NOW).unwrap()),
];

const LOOKS: [(&str, Look); 8] = [
    ("read from the first", |log| read(log, 0)),
    ("read from the middle", |log| read(log, MIDDLE)),
    ("read from the last", |log| read(log, LAST)),
    ("the first", |log| format!("{:?}", log.offset_for_timestamp(0))),
    ("the offset of a time", |log| format!("{:?}", log.offset_for_timestamp(110))),
    ("the offset of the end", |log| format!("{:?}", log.offset_for_timestamp(i64::MAX))),
    ("the greatest time", |log| format!("{:?}", log.max_timestamp())),
    ("the aborted", |log| format!("{:?}", log.aborted_transactions(Offset(0), Offset(30)))),
];

fn read(log: &Log, from: i64) -> String {
    let found = read_from(log, from);
    format!("{:?}", found.map(|found| (found.base_offset, found.next_offset, found.chunks.concat())))
}

/// Batches of that many bytes and of one to three records, some of which are aborted.
fn fill(log: &Log, value_bytes: usize) {
    for i in 0..15 {
        let last = log.active_producers().first().map_or(-1, |line| line.last_sequence);
        let batch = Batch { value_bytes, timestamp: 100 + i, ..Batch::by(5, 0, last + 1, i % 3 + 1) };
        append(log, Batch { transactional: i % 4 == 0, ..batch }).unwrap();
        if i % 4 == 0 {
            let at = Placement {
                base_offset: Offset(0),
                partition_leader_epoch: LeaderEpoch(0),
                timestamp: 100 + i,
            };
            let marker = EndTransactionMarker { committed: false, coordinator_epoch: 0 };
            let marker = end_transaction(at, ProducerId(5), ProducerEpoch(0), marker);
            let append =
                Append { origin: AppendOrigin::Coordinator, ..Append::new(marker, LeaderEpoch(0), NOW) };
            log.append_as_leader(append).unwrap();
        }
    }
    log.set_high_watermark(log.log_end_offset());
}

/// As a restart finds it: no file is open and little is known of closed segments.
fn restarted(fs: &MemoryFileSystem) -> (MemoryFileSystem, Arc<LogManager>, Arc<Log>) {
    let fs = fs.kill();
    let options = StorageOptions { tail_cache: ByteCount(0), ..options(&fs) };
    let manager = Arc::new(try_open(options, config()).unwrap());
    let log = create(&manager, config());
    log.set_high_watermark(log.log_end_offset());
    (fs, manager, log)
}

#[test]
fn a_reader_finds_all_as_it_was_or_all_as_it_is() {
    let disk = MemoryFileSystem::new();
    let (manager, log) = fresh(&disk, config());
    fill(&log, 25);
    assert!(log.segment_count() >= 3);
    assert_eq!(log.log_end_offset(), Offset(LAST + 1));
    log.flush().unwrap();
    manager.checkpoint_recovery_points().unwrap();
    drop((manager, log));

    let mut wrong = Vec::new();
    for (change_name, change) in CHANGES {
        for (look_name, look) in LOOKS {
            let (_fs, manager, log) = restarted(&disk);
            let before = look(&log);
            change(&manager, &log);
            let after = look(&log);
            for step in 0.. {
                let (fs, manager, log) = restarted(&disk);
                fs.interrupt(step, {
                    let (manager, log) = (Arc::clone(&manager), Arc::clone(&log));
                    move || change(&manager, &log)
                });
                let found = look(&log);
                if fs.stop_interrupting() {
                    break;
                }
                let offline = manager.describe()[0].offline;
                if offline || found != before && found != after {
                    wrong.push(format!(
                        "{look_name}, {change_name} at step {step}, offline: {offline}\n   found {found}\n  before {before}\n   after {after}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
