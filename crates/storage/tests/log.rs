//! One log: what goes in comes out, at every offset, from memory and from files.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
mod support;

use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use mainstem_storage::{
    Append, AppendOrigin, Error, FirstSequence, Log, LogConfig, ProducerError, Read, StorageOptions,
    fs::MemoryFileSystem,
};
use records::{
    Compression,
    control::{EndTransactionMarker, Placement, end_transaction},
};
use std::time::Duration;
use support::*;

/// With and without memory for the newest batches.
fn both_ways(config: LogConfig, test: impl Fn(&Log)) {
    for tail_cache in [0, 1 << 20] {
        let fs = MemoryFileSystem::new();
        let options = StorageOptions { tail_cache: base::ByteCount(tail_cache), ..options(&fs) };
        let manager = try_open(options, config).unwrap();
        let log = create(&manager, config);
        // Somebody follows it, or nothing would be kept.
        read_from(&log, 0).unwrap();
        test(&log);
    }
}

#[test]
fn every_offset_is_found_in_its_batch() {
    both_ways(config(), |log| {
        let mut bases = Vec::new();
        for i in 0..200 {
            let info = append(log, Batch::of(i % 7 + 1)).unwrap();
            assert_eq!(info.last_offset - info.first_offset, i % 7);
            bases.push(info.first_offset.0);
        }
        assert!(log.segment_count() > 10);
        assert_eq!(read_all(log, 0).unwrap(), bases);
        for offset in 0..log.log_end_offset().0 {
            let expected = *bases.iter().rfind(|base| **base <= offset).unwrap();
            assert_eq!(read_from(log, offset).unwrap().base_offset, Offset(expected), "offset {offset}");
        }
    });
}

#[test]
fn reads_keep_to_their_bounds() {
    both_ways(config(), |log| {
        append_many(log, 5);
        let size = Batch::default().bytes().len();
        let read = |from, max_bytes, upper_bound, min_one_batch| {
            let read =
                Read { from: Offset(from), max_bytes, upper_bound: Offset(upper_bound), min_one_batch };
            log.read(read).map(|found| (found.size / size, found.next_offset.0, found.first_batch_too_large))
        };
        for (from, max_bytes, upper_bound, min_one, expected) in [
            (0, 1000, 5, true, (5, 5, false)),
            (0, 1000, 3, true, (3, 3, false)),
            (2, 1000, 99, true, (3, 5, false)),
            (0, size * 2 + 1, 5, true, (2, 2, false)),
            (0, 1, 5, true, (1, 1, false)),
            (0, 1, 5, false, (0, 0, true)),
            (3, 1000, 3, true, (0, 3, false)),
            (4, 1000, 2, true, (0, 4, false)),
            (5, 1000, 5, true, (0, 5, false)),
        ] {
            let found = read(from, max_bytes, upper_bound, min_one);
            assert_eq!(found.unwrap(), expected, "{from} {max_bytes} {upper_bound} {min_one}");
        }
        for from in [-1, 6] {
            assert!(matches!(read(from, 1000, 5, true), Err(Error::OffsetOutOfRange { .. })));
        }
    });
}

#[test]
fn batches_of_one_call_share_a_write_and_nothing_else() {
    let fs = MemoryFileSystem::new();
    let (_manager, log) = fresh(&fs, config());
    let writes = fs.writes();
    let results = append_all(
        &log,
        &[
            Batch::by(1, 0, 0, 3),
            Batch::by(1, 0, 9, 1),
            Batch::of(2),
            Batch::by(1, 0, 3, 1),
            Batch::by(1, 0, 0, 3),
        ],
    );
    let offsets: Vec<_> =
        results.iter().map(|result| result.as_ref().ok().map(|info| info.first_offset.0)).collect();
    assert_eq!(offsets, [Some(0), None, Some(3), Some(5), Some(0)]);
    assert!(matches!(results[1], Err(Error::Producer(ProducerError::OutOfOrderSequence { .. }))));
    assert!(results[4].as_ref().unwrap().duplicate);
    assert_eq!(fs.writes() - writes, 1);
    // A segment has its own write.
    let results = append_all(&log, &[Batch { value_bytes: 400, ..Batch::default() }; 6]);
    assert!(results.iter().all(Result::is_ok) && log.segment_count() > 1);
    assert_eq!(read_all(&log, 0).unwrap(), [0, 3, 5, 6, 7, 8, 9, 10, 11]);
}

#[test]
fn large_batches_are_served_as_they_came() {
    both_ways(LogConfig::default(), |log| {
        let batch = Batch { value_bytes: 100_000, ..Batch::of(3) };
        let sent = batch.bytes();
        let info = append(log, batch).unwrap();
        let found = read_from(log, 2).unwrap();
        assert_eq!(
            (info.first_offset, found.base_offset, found.next_offset),
            (Offset(0), Offset(0), Offset(3))
        );
        // All but base offset, length and leader epoch.
        assert_eq!(found.chunks.concat()[16..], sent[16..]);
    });
}

#[test]
fn log_append_time_replaces_the_producers() {
    let config = LogConfig { timestamp_type: records::TimestampType::LogAppendTime, ..config() };
    both_ways(config, |log| {
        let info = append(log, Batch::at(5)).unwrap();
        assert_eq!(info.log_append_time_ms, NOW);
        assert_eq!(log.max_timestamp().unwrap().unwrap().timestamp, NOW);
        assert_eq!(read_all(log, 0).unwrap(), [0]);
    });
}

#[test]
fn what_is_no_batch_or_too_large_is_refused() {
    both_ways(config(), |log| {
        let refused = |bytes: Vec<u8>| {
            log.append_as_leader(Append::new(bytes.into(), LeaderEpoch(0), NOW)).unwrap_err()
        };
        let good = Batch::default().bytes();
        assert!(matches!(refused(Vec::new()), Error::InvalidBatch(_)));
        assert!(matches!(refused(good[..70].to_vec()), Error::InvalidBatch(_)));
        assert!(matches!(refused([&good[..], &good].concat()), Error::InvalidBatch(_)));
        let large = Batch { value_bytes: 1000, ..Batch::default() }.bytes();
        assert!(matches!(refused(large.to_vec()), Error::BatchTooLarge { segment_bytes: 1000, .. }));

        log.append_as_leader(Append::new(good.clone(), LeaderEpoch(4), NOW)).unwrap();
        let stale = log.append_as_leader(Append::new(good, LeaderEpoch(3), NOW));
        assert!(matches!(
            stale,
            Err(Error::StaleLeaderEpoch { sent: LeaderEpoch(3), current: LeaderEpoch(4) })
        ));
        assert_eq!(log.log_end_offset(), Offset(1));
    });
}

#[test]
fn a_batch_sent_twice_is_stored_once() {
    both_ways(config(), |log| {
        append_many(log, 3);
        for i in 0..6 {
            let info = append(log, Batch::by(9, 0, i * 2, 2)).unwrap();
            assert_eq!((info.first_offset, info.duplicate), (Offset(3 + i64::from(i) * 2), false));
        }
        let again = append(log, Batch::by(9, 0, 4, 2)).unwrap();
        assert_eq!((again.first_offset, again.last_offset, again.duplicate), (Offset(7), Offset(8), true));
        let old = append(log, Batch::by(9, 0, 0, 2)).unwrap_err();
        assert!(matches!(
            old,
            Error::Producer(ProducerError::OutOfOrderSequence { sent: 0, expected: 12, .. })
        ));
        let zombie = append(log, Batch::by(9, 1, 0, 2)).and_then(|_| append(log, Batch::by(9, 0, 12, 2)));
        assert!(matches!(zombie, Err(Error::Producer(ProducerError::InvalidProducerEpoch { .. }))));
        let unknown = Append {
            first_sequence: FirstSequence::Zero,
            ..Append::new(Batch::by(10, 0, 3, 1).bytes(), LeaderEpoch(0), NOW)
        };
        assert!(log.append_as_leader(unknown).is_err());
        assert_eq!(log.active_producers().len(), 1);
    });
}

pub fn end(log: &Log, id: i64, committed: bool) -> Offset {
    let placement =
        Placement { base_offset: Offset(0), partition_leader_epoch: LeaderEpoch(0), timestamp: NOW };
    let marker = EndTransactionMarker { committed, coordinator_epoch: 0 };
    let batch = end_transaction(placement, ProducerId(id), ProducerEpoch(0), marker);
    let append = Append { origin: AppendOrigin::Coordinator, ..Append::new(batch, LeaderEpoch(0), NOW) };
    log.append_as_leader(append).unwrap().first_offset
}

fn transactional(log: &Log, id: i64, sequence: i32) {
    append(log, Batch { transactional: true, ..Batch::by(id, 0, sequence, 1) }).unwrap();
}

#[test]
fn committed_readers_are_told_what_to_skip() {
    both_ways(config(), |log| {
        transactional(log, 1, 0); // 0
        transactional(log, 2, 0); // 1
        append_many(log, 30); // several segments
        transactional(log, 2, 1); // 32
        log.set_high_watermark(log.log_end_offset());
        assert_eq!(log.last_stable_offset(), Offset(0));
        assert_eq!(log.ongoing_transaction(ProducerId(2)), Some(Offset(1)));

        assert_eq!(end(log, 1, true), Offset(33));
        assert_eq!(log.last_stable_offset(), Offset(0), "the marker is not replicated");
        log.set_high_watermark(Offset(34));
        assert_eq!(log.last_stable_offset(), Offset(1));
        assert_eq!(end(log, 2, false), Offset(34));
        log.set_high_watermark(Offset(35));
        assert_eq!(log.last_stable_offset(), Offset(35));

        let aborted = |from, to| log.aborted_transactions(Offset(from), Offset(to)).unwrap();
        let all = aborted(0, 35);
        assert_eq!(all.len(), 1);
        assert_eq!(
            (all[0].producer_id, all[0].first_offset, all[0].last_offset),
            (ProducerId(2), Offset(1), Offset(34))
        );
        assert!(aborted(0, 1).is_empty());
        assert_eq!(aborted(20, 21), all);
        assert!(aborted(35, 99).is_empty());
    });
}

#[test]
fn records_are_found_by_time() {
    both_ways(config(), |log| {
        // Three records each, with times that go up by ten, but for every fifth batch, which is old.
        for i in 0..60 {
            let timestamp = if i % 5 == 4 { 0 } else { i * 10 };
            let compression = if i % 2 == 0 { Compression::None } else { Compression::Lz4 };
            append(log, Batch { timestamp, compression, ..Batch::of(3) }).unwrap();
        }
        let time_of = |offset: i64| {
            let batch = offset / 3;
            if batch % 5 == 4 { offset % 3 } else { batch * 10 + offset % 3 }
        };
        for timestamp in 0..600 {
            let expected = (0..180).find(|offset| time_of(*offset) >= timestamp);
            let found = log.offset_for_timestamp(timestamp).unwrap();
            assert_eq!(found.map(|found| found.offset.0), expected, "time {timestamp}");
            assert_eq!(found.map(|found| found.timestamp), expected.map(time_of), "time {timestamp}");
        }
        let newest = log.max_timestamp().unwrap().unwrap();
        assert_eq!(
            (newest.offset, newest.timestamp, newest.leader_epoch),
            (Offset(58 * 3 + 2), 582, LeaderEpoch(0))
        );
        log.set_high_watermark(Offset(180));
        log.increment_log_start_offset(Offset(100)).unwrap();
        assert_eq!(log.offset_for_timestamp(1).unwrap().unwrap().offset, Offset(100));
    });
}

#[test]
fn an_empty_log_has_no_times() {
    both_ways(config(), |log| {
        assert_eq!(log.offset_for_timestamp(0).unwrap(), None);
        assert_eq!(log.max_timestamp().unwrap(), None);
    });
}

#[test]
fn a_follower_keeps_what_its_leader_assigned() {
    both_ways(config(), |log| {
        let batches =
            [Batch::of(2).stored(0, 3), Batch::of(3).stored(2, 5), Batch::of(1).stored(9, 5)].concat();
        assert_eq!(log.append_as_follower(batches.into(), NOW).unwrap(), Offset(10));
        assert_eq!(read_all(log, 0).unwrap(), [0, 2, 9]);
        // In the gap that compaction left at the leader.
        assert_eq!(read_from(log, 6).unwrap().base_offset, Offset(9));
        assert_eq!(log.end_offset_for_epoch(LeaderEpoch(3)).unwrap().end_offset, Offset(2));
        assert_eq!(log.end_offset_for_epoch(LeaderEpoch(5)).unwrap().end_offset, Offset(10));
        assert_eq!(
            (log.epoch_at(Offset(1)), log.epoch_at(Offset(2))),
            (Some(LeaderEpoch(3)), Some(LeaderEpoch(5)))
        );

        let back = log.append_as_follower(Batch::of(1).stored(9, 5), NOW);
        assert!(matches!(back, Err(Error::UnexpectedOffset { base: Offset(9), end: Offset(10), .. })));
        let mut broken = Batch::of(1).stored(11, 5).to_vec();
        broken[65] ^= 1;
        let batches = [Batch::of(1).stored(10, 5).to_vec(), broken].concat();
        assert!(matches!(log.append_as_follower(batches.into(), NOW), Err(Error::InvalidBatch(_))));
        assert_eq!(log.log_end_offset(), Offset(11), "what came before the broken batch is good");
        // Offsets far beyond the reach of a segment begin a new one.
        log.append_as_follower(Batch::of(1).stored(1 << 40, 6), NOW).unwrap();
        assert_eq!(read_all(log, 0).unwrap(), [0, 2, 9, 10, 1 << 40]);
    });
}

#[test]
fn truncation_takes_back_whole_batches() {
    both_ways(config(), |log| {
        for offset in (1..60).rev() {
            while log.log_end_offset().0 < 180 {
                append(log, Batch::of(3)).unwrap();
            }
            let target = Offset(offset * 3 + offset % 3);
            assert!(log.truncate_to(target).unwrap());
            let end = offset * 3;
            assert_eq!(
                (log.log_end_offset(), log.flushed_offset().min(Offset(end))),
                (Offset(end), log.flushed_offset())
            );
            assert_eq!(read_all(log, 0).unwrap(), (0..end).step_by(3).collect::<Vec<_>>());
            assert!(!log.truncate_to(target.max(Offset(end))).unwrap());
        }
        // Times are known still.
        assert_eq!(log.max_timestamp().unwrap().unwrap().offset, Offset(2));
        log.truncate_fully_and_start_at(Offset(500)).unwrap();
        assert_eq!(
            (log.log_start_offset(), log.log_end_offset(), log.high_watermark()),
            (Offset(500), Offset(500), Offset(500))
        );
        assert_eq!(append(log, Batch::default()).unwrap().first_offset, Offset(500));
        assert_eq!(read_all(log, 500).unwrap(), [500]);
    });
}

#[test]
fn truncation_takes_back_what_is_known_of_producers_and_epochs() {
    both_ways(config(), |log| {
        for i in 0..40 {
            append(log, Batch::by(1, 0, i, 1)).unwrap();
        }
        transactional(log, 2, 0); // 40
        append_many(log, 20);
        end(log, 2, false); // 61
        log.append_as_leader(Append::new(Batch::default().bytes(), LeaderEpoch(1), NOW)).unwrap();
        log.set_high_watermark(log.log_end_offset());

        log.truncate_to(Offset(61)).unwrap();
        assert_eq!(log.ongoing_transaction(ProducerId(2)), Some(Offset(40)));
        assert_eq!(log.last_stable_offset(), Offset(40));
        assert!(log.aborted_transactions(Offset(0), Offset(99)).unwrap().is_empty());
        assert_eq!(log.latest_epoch(), Some(LeaderEpoch(0)));
        log.truncate_to(Offset(15)).unwrap();
        assert_eq!(log.last_stable_offset(), Offset(15));
        assert_eq!(log.active_producers().len(), 1);
        assert_eq!(append(log, Batch::by(1, 0, 15, 1)).unwrap().first_offset, Offset(15));
    });
}

#[test]
fn old_segments_go_by_age_size_and_start() {
    let by_age = LogConfig { retention_ms: Some(Duration::from_millis(500)), ..config() };
    both_ways(by_age, |log| {
        for i in 0..60 {
            append(log, Batch::at(NOW + i * 10)).unwrap();
        }
        let segments = log.segment_count();
        assert_eq!(log.delete_old_segments(NOW + 900).unwrap(), 0, "nothing is replicated");
        log.set_high_watermark(Offset(60));
        let deleted = log.delete_old_segments(NOW + 900).unwrap();
        assert!(deleted > 1 && deleted < segments);
        let start = log.log_start_offset();
        assert!((30..41).contains(&start.0), "{start}");
        assert_eq!(read_all(log, start.0).unwrap().len() as i64, 60 - start.0);
        assert!(matches!(read_from(log, 0), Err(Error::OffsetOutOfRange { .. })));
        // The active one goes as well, once all of it is old.
        log.delete_old_segments(NOW + 10_000).unwrap();
        assert_eq!(
            (log.log_start_offset(), log.log_end_offset(), log.size_in_bytes()),
            (Offset(60), Offset(60), 0)
        );
    });
    let by_size = LogConfig { retention_bytes: Some(base::ByteCount(3000)), ..config() };
    both_ways(by_size, |log| {
        append_many(log, 100);
        log.set_high_watermark(Offset(100));
        log.delete_old_segments(NOW).unwrap();
        assert!((3000..4000).contains(&log.size_in_bytes()), "{}", log.size_in_bytes());
    });
    let none = LogConfig { delete: false, ..config() };
    both_ways(none, |log| {
        append_many(log, 100);
        log.set_high_watermark(Offset(90));
        assert!(log.increment_log_start_offset(Offset(91)).is_err());
        assert_eq!(log.increment_log_start_offset(Offset(55)).unwrap(), Offset(55));
        assert_eq!(log.increment_log_start_offset(Offset(50)).unwrap(), Offset(55));
        assert!(log.delete_old_segments(NOW).unwrap() > 2);
        assert_eq!(log.log_start_offset(), Offset(55));
        assert!(matches!(read_from(log, 54), Err(Error::OffsetOutOfRange { .. })));
        assert_eq!(read_from(log, 55).unwrap().base_offset, Offset(55));
    });
}

#[test]
fn the_active_segment_closes_when_it_is_old() {
    let config = LogConfig { segment_ms: Duration::from_millis(100), ..config() };
    both_ways(config, |log| {
        append(log, Batch::at(5000)).unwrap();
        append(log, Batch::at(5100)).unwrap();
        assert_eq!(log.segment_count(), 1);
        append(log, Batch::at(5101)).unwrap();
        assert_eq!(log.segment_count(), 2);
        log.delete_old_segments(NOW + 100).unwrap();
        assert_eq!(log.segment_count(), 2);
        log.delete_old_segments(NOW + 101).unwrap();
        assert_eq!(log.segment_count(), 3);
        assert_eq!(read_all(log, 0).unwrap(), [0, 1, 2]);
    });
}

#[test]
fn room_ahead_is_given_back() {
    let fs = MemoryFileSystem::new();
    let config = LogConfig { segment_bytes: base::ByteCount(8 << 20), ..LogConfig::default() };
    let (manager, log) = fresh(&fs, config);
    let grow_beyond = |log: &Log, size| {
        while log.size_in_bytes() < size {
            append(log, Batch { value_bytes: 100_000, ..Batch::default() }).unwrap();
        }
    };
    grow_beyond(&log, 900_000);
    assert_eq!(fs.reserved_bytes(), 0, "most logs are small");
    grow_beyond(&log, 3 << 20);
    assert!((1..=log.size_in_bytes()).contains(&fs.reserved_bytes()), "{}", fs.reserved_bytes());
    log.truncate_to(Offset(20)).unwrap();
    assert_eq!(fs.reserved_bytes(), 0, "after a truncation");
    grow_beyond(&log, (8 << 20) - 50_000);
    append(&log, Batch { value_bytes: 100_000, ..Batch::default() }).unwrap();
    assert_eq!((log.segment_count(), fs.reserved_bytes()), (2, 0), "after a roll");
    grow_beyond(&log, 11 << 20);
    assert_ne!(fs.reserved_bytes(), 0);

    let killed = fs.kill();
    assert_ne!(killed.reserved_bytes(), 0);
    let (_manager, log) = fresh(&killed, config);
    assert_eq!(killed.reserved_bytes(), 0, "after a crash");
    drop(log);

    manager.shutdown(base::BrokerEpoch(1)).unwrap();
    assert_eq!(fs.reserved_bytes(), 0, "after a clean stop");
}
