//! What is left after a crash, a kill, and damage: exactly a valid front part of what was appended, and never a byte
//! that was not.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
mod support;

use base::{BrokerEpoch, LeaderEpoch, Offset};
use bytes::Bytes;
use mainstem_storage::{Append, Error, Log, LogConfig, LogManager, fs::MemoryFileSystem};
use records::Batches;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use support::*;

/// How many cases to try: so many, times `MAINSTEM_CASES_FACTOR`.
fn cases(count: u64) -> u64 {
    let factor = std::env::var("MAINSTEM_CASES_FACTOR").ok().and_then(|factor| factor.parse().ok());
    count * factor.unwrap_or(1)
}

/// What a log ought to hold: batches by base offset, as they are stored.
#[derive(Clone, Debug, Default)]
struct Model {
    batches: BTreeMap<i64, Bytes>,
    end: i64,
    /// Below this nothing may be missing after a loss of power.
    flushed: i64,
}

impl Model {
    fn truncate(&mut self, end: i64) {
        self.batches.split_off(&end);
        self.end = end;
        self.flushed = self.flushed.min(end);
    }
}

/// Every batch of a log, as it is stored.
fn stored(log: &Log) -> BTreeMap<i64, Bytes> {
    let mut batches = BTreeMap::new();
    let mut at = log.log_start_offset().0;
    while at < log.log_end_offset().0 {
        let found = read_from(log, at).unwrap();
        for batch in Batches::new(found.chunks.concat().into()) {
            let batch = batch.unwrap();
            batches.insert(batch.base_offset.0, batch.into_bytes());
        }
        assert!(found.next_offset.0 > at);
        at = found.next_offset.0;
    }
    batches
}

/// Epoch and last sequence of each producer, from the batches.
fn producers(batches: &BTreeMap<i64, Bytes>) -> Vec<(i64, i16, i32)> {
    let mut known = BTreeMap::new();
    for bytes in batches.values() {
        let header = records::BatchHeader::read(bytes).unwrap();
        if header.has_producer_id() {
            known.insert(header.producer_id.0, (header.producer_epoch.0, header.last_sequence()));
        }
    }
    known.into_iter().map(|(id, (epoch, sequence))| (id, epoch, sequence)).collect()
}

fn active(log: &Log) -> Vec<(i64, i16, i32)> {
    let producers = log.active_producers();
    producers.iter().map(|line| (line.producer_id.0, line.producer_epoch.0, line.last_sequence)).collect()
}

/// One step of an arbitrary life of a log.
fn live(
    random: &mut Random,
    manager: &LogManager,
    log: &Log,
    model: &mut Model,
    sequences: &mut BTreeMap<i64, i32>,
) {
    match random.below(40) {
        0 => {
            log.flush().unwrap();
            model.flushed = model.end;
        }
        1 => manager.checkpoint_recovery_points().unwrap(),
        2 if random.below(3) == 0 => {
            let target = random.below(model.end as u64 + 1) as i64;
            log.truncate_to(Offset(target)).unwrap();
            model.truncate(log.log_end_offset().0);
            *sequences =
                producers(&model.batches).into_iter().map(|(id, _, sequence)| (id, sequence + 1)).collect();
        }
        3 => log.roll(NOW).unwrap(),
        4 => {
            log.set_high_watermark(Offset(model.end));
            manager.checkpoint_high_watermarks().unwrap();
        }
        5 => manager.maintain(NOW),
        _ => {
            let (records, id) = (random.below(3) as i64 + 1, random.below(4) as i64);
            let sequence = sequences.entry(id).or_default();
            let batch =
                Batch { timestamp: random.below(1000) as i64, ..Batch::by(id, 0, *sequence, records) };
            let batch = if id == 0 { Batch { producer: None, ..batch } } else { batch };
            *sequence += records as i32;
            let epoch = (model.end / 50) as i32;
            let info = log.append_as_leader(Append::new(batch.bytes(), LeaderEpoch(epoch), NOW)).unwrap();
            assert_eq!(info.first_offset, Offset(model.end));
            let base = model.end;
            model.end = info.last_offset.0 + 1;
            model.batches.insert(base, batch.stored(base, epoch));
        }
    }
}

/// What was appended up to the end of the log, no less than was flushed, with the right producers, epochs and times.
#[track_caller]
fn check(log: &Log, model: &Model, least: i64, context: &str) {
    let end = log.log_end_offset().0;
    assert!((least..=model.end).contains(&end), "{context}: ends at {end}, not in {least}..={}", model.end);
    let expected: BTreeMap<_, _> =
        model.batches.range(..end).map(|(base, bytes)| (*base, bytes.clone())).collect();
    let found = stored(log);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{context}");
    assert_eq!(found, expected, "{context}");
    assert_eq!(active(log), producers(&expected), "{context}");
    for (base, bytes) in &expected {
        let header = records::BatchHeader::read(bytes).unwrap();
        assert_eq!(
            log.epoch_at(Offset(*base)),
            Some(header.partition_leader_epoch),
            "{context}: epoch at {base}"
        );
    }
    let newest =
        expected.values().map(|bytes| records::BatchHeader::read(bytes).unwrap().max_timestamp).max();
    assert_eq!(log.max_timestamp().unwrap().map(|found| found.timestamp), newest, "{context}");
    for timestamp in [0, 300, 700, 990] {
        let first = expected.values().find_map(|bytes| {
            let batch = records::RecordBatch::parse(bytes.clone()).unwrap();
            let records = batch.records(1 << 20).unwrap();
            records
                .iter()
                .map(Result::unwrap)
                .find(|record| record.timestamp >= timestamp)
                .map(|record| record.offset)
        });
        let found = log.offset_for_timestamp(timestamp).unwrap().map(|found| found.offset);
        assert_eq!(found, first, "{context}: time {timestamp}");
    }
}

#[test]
fn after_a_loss_of_power_a_valid_front_part_is_left() {
    for seed in 0..cases(100) {
        let mut random = Random(seed);
        let mut fs = MemoryFileSystem::new();
        let mut model = Model::default();
        for life in 0..4 {
            let (manager, log) = fresh(&fs, config());
            model.truncate(log.log_end_offset().0);
            let mut sequences =
                producers(&model.batches).into_iter().map(|(id, _, last)| (id, last + 1)).collect();
            for _ in 0..random.below(120) {
                live(&mut random, &manager, &log, &mut model, &mut sequences);
            }
            // What the background does is part of the story, but not of what is promised.
            model.flushed = model.flushed.max(log.flushed_offset().0);
            fs = fs.crash(random.next());
            drop((manager, log));
            let (_manager, log) = fresh(&fs, config());
            check(&log, &model, model.flushed, &format!("seed {seed}, life {life}"));
            model.truncate(log.log_end_offset().0);
        }
    }
}

#[test]
fn a_killed_process_loses_nothing() {
    for seed in 0..cases(30) {
        let mut random = Random(seed);
        let fs = MemoryFileSystem::new();
        let (manager, log) = fresh(&fs, config());
        let (mut model, mut sequences) = (Model::default(), BTreeMap::new());
        for _ in 0..200 {
            live(&mut random, &manager, &log, &mut model, &mut sequences);
        }
        let fs = fs.kill();
        let (_manager, log) = fresh(&fs, config());
        check(&log, &model, model.end, &format!("seed {seed}"));
    }
}

/// What a thread that appends can do between two steps of one that flushes.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Append(i64),
    Roll,
    AppendAndRoll,
}

fn meanwhile(what: Meanwhile, log: &Log, model: &mut Model) {
    let count = match what {
        Meanwhile::Roll => 0,
        Meanwhile::Append(count) => count,
        Meanwhile::AppendAndRoll => 3,
    };
    for _ in 0..count {
        let batch = Batch::at(680 + model.end * 7);
        append(log, batch).unwrap();
        model.batches.insert(model.end, batch.stored(model.end, 0));
        model.end += 1;
    }
    if !matches!(what, Meanwhile::Append(_)) {
        log.roll(NOW).unwrap();
    }
}

#[test]
fn what_is_done_between_the_steps_of_a_flush_is_kept() {
    // Enough for some entries of the indexes, but not for a second segment.
    let (before, again) = (5, 2);
    let things = [Meanwhile::Append(1), Meanwhile::Append(12), Meanwhile::Roll, Meanwhile::AppendAndRoll];
    for what in things {
        for had_flushed in [false, true] {
            let mut steps = 0;
            loop {
                let fs = MemoryFileSystem::new();
                let (manager, log) = fresh(&fs, config());
                let model = Arc::new(Mutex::new(Model::default()));
                meanwhile(Meanwhile::Append(before), &log, &mut model.lock().unwrap());
                if had_flushed {
                    log.flush().unwrap();
                    meanwhile(Meanwhile::Append(again), &log, &mut model.lock().unwrap());
                }
                assert_eq!(log.segment_count(), 1);
                fs.interrupt(steps, {
                    let (log, model) = (Arc::clone(&log), Arc::clone(&model));
                    move || meanwhile(what, &log, &mut model.lock().unwrap())
                });
                let mut flushed = log.log_end_offset().0;
                log.flush().unwrap();
                let passed = fs.stop_interrupting();
                let model = model.lock().unwrap();
                let context = format!("{what:?} at step {steps}, flushed before: {had_flushed}");
                // Another flush moves the recovery point behind what was done.
                for flushes in 1..=2 {
                    manager.checkpoint_recovery_points().unwrap();
                    let (_manager, after) = fresh(&fs.kill(), config());
                    check(&after, &model, model.end, &format!("{context}, then {flushes} flushes"));
                    for seed in 0..cases(3) {
                        let (_manager, after) = fresh(&fs.crash(seed), config());
                        let context = format!("{context}, then {flushes} flushes and loss {seed}");
                        check(&after, &model, flushed, &context);
                    }
                    log.flush().unwrap();
                    flushed = model.end;
                }
                if passed {
                    break;
                }
                steps += 1;
            }
            assert!(steps > 5, "{steps} steps of a flush");
        }
    }
}

#[test]
fn a_clean_shutdown_needs_no_recovery() {
    for seed in 0..cases(20) {
        let mut random = Random(seed);
        let fs = MemoryFileSystem::new();
        let (manager, log) = fresh(&fs, config());
        let (mut model, mut sequences) = (Model::default(), BTreeMap::new());
        for _ in 0..200 {
            live(&mut random, &manager, &log, &mut model, &mut sequences);
        }
        log.set_high_watermark(Offset(model.end / 2));
        let high_watermark = log.high_watermark();
        manager.shutdown(BrokerEpoch(17)).unwrap();
        assert!(matches!(append(&log, Batch::default()), Err(Error::Closed(_))));
        drop((manager, log));
        let (manager, log) = fresh(&fs, config());
        check(&log, &model, model.end, &format!("seed {seed}"));
        assert_eq!(log.high_watermark(), high_watermark);
        assert_eq!(log.recovery_point(), Offset(model.end));
        assert_eq!(manager.previous_broker_epoch(), Some(BrokerEpoch(17)));
        // Only once: from now on the log changes.
        let (manager, _log) = fresh(&fs.kill(), config());
        assert_eq!(manager.previous_broker_epoch(), None);
    }
}

#[test]
fn what_is_below_the_recovery_point_is_not_read() {
    let fs = MemoryFileSystem::new();
    let config = LogConfig { segment_bytes: base::ByteCount(1 << 20), ..LogConfig::default() };
    let (manager, log) = fresh(&fs, config);
    for i in 0..400 {
        append(&log, Batch { value_bytes: 50_000, ..Batch::by(1, 0, i, 1) }).unwrap();
    }
    log.flush().unwrap();
    manager.checkpoint_recovery_points().unwrap();
    append(&log, Batch::by(1, 0, 400, 1)).unwrap();
    let size = log.size_in_bytes();

    let after = fs.kill();
    let (_manager, log) = fresh(&after, config);
    assert_eq!((log.log_end_offset(), log.size_in_bytes()), (Offset(401), size));
    assert_eq!(log.active_producers()[0].last_sequence, 400);
    assert!(after.bytes_read() < 200_000, "{} of {size} bytes were read", after.bytes_read());
}

/// A log with something in every kind of file, as its files are after a kill.
fn rich() -> (MemoryFileSystem, Model) {
    let fs = MemoryFileSystem::new();
    let (manager, log) = fresh(&fs, config());
    let mut model = Model::default();
    let mut sequence = 0;
    for i in 0..60 {
        let batch =
            Batch { timestamp: i * 10, transactional: i % 7 == 3, ..Batch::by(5, 0, sequence, i % 3 + 1) };
        sequence += (i % 3 + 1) as i32;
        let epoch = (i / 20) as i32;
        let info = log.append_as_leader(Append::new(batch.bytes(), LeaderEpoch(epoch), NOW)).unwrap();
        model.batches.insert(info.first_offset.0, batch.stored(info.first_offset.0, epoch));
        if batch.transactional {
            let (base, bytes) = abort(&log, epoch);
            model.batches.insert(base, bytes);
        }
        if i == 45 {
            log.set_high_watermark(log.log_end_offset());
            log.flush().unwrap();
            manager.checkpoint_recovery_points().unwrap();
            manager.checkpoint_high_watermarks().unwrap();
            manager.checkpoint_log_start_offsets().unwrap();
            model.flushed = log.log_end_offset().0;
        }
    }
    model.end = log.log_end_offset().0;
    (fs.kill(), model)
}

fn abort(log: &Log, epoch: i32) -> (i64, Bytes) {
    use records::control::{EndTransactionMarker, Placement, end_transaction};
    let marker = EndTransactionMarker { committed: false, coordinator_epoch: 0 };
    let at =
        |base_offset| Placement { base_offset, partition_leader_epoch: LeaderEpoch(epoch), timestamp: NOW };
    let write =
        |base_offset| end_transaction(at(base_offset), base::ProducerId(5), base::ProducerEpoch(0), marker);
    let origin = mainstem_storage::AppendOrigin::Coordinator;
    let append = Append { origin, ..Append::new(write(Offset(0)), LeaderEpoch(epoch), NOW) };
    let offset = log.append_as_leader(append).unwrap().first_offset;
    (offset.0, write(offset))
}

/// Reads whatever can be read and compares it; what is broken may be an error, but nothing may be wrong.
fn serves_nothing_wrong(log: &Log, model: &Model, context: &str) {
    for at in log.log_start_offset().0..log.log_end_offset().0 {
        let Ok(found) = read_from(log, at) else { continue };
        for batch in Batches::new(found.chunks.concat().into()) {
            let batch = batch.unwrap();
            let base = batch.base_offset.0;
            assert_eq!(model.batches.get(&base), Some(&batch.into_bytes()), "{context}: batch at {base}");
        }
    }
}

/// Opens a damaged folder. Refusing to is fine where the file says whose data it is.
fn open_damaged(fs: &MemoryFileSystem, context: &str) -> Option<(LogManager, Arc<Log>)> {
    match try_open(options(fs), config()) {
        Ok(manager) => {
            let log = manager.get(&partition())?;
            Some((manager, log))
        }
        Err(Error::Malformed { .. } | Error::NoDirectory) => None,
        Err(error) => panic!("{context}: {error}"),
    }
}

#[test]
fn torn_and_garbled_files_of_every_kind() {
    let (fs, model) = rich();
    let files = fs.files();
    assert!(
        [".log", ".index", ".timeindex", ".txnindex", ".snapshot", "-checkpoint", ".properties"].iter().all(
            |kind| {
                files
                    .iter()
                    .any(|(path, content)| path.to_string_lossy().ends_with(kind) && !content.is_empty())
            }
        )
    );
    let mut random = Random(99);
    for case in 0..cases(700) {
        let (path, content) = &files[random.below(files.len() as u64) as usize];
        let mut damaged = content.clone();
        let kept = random.below(content.len() as u64 + 1) as usize;
        let what = match random.below(4) {
            0 => {
                damaged.truncate(kept);
                "cut"
            }
            1 => {
                damaged[kept..].fill(0);
                "zeroed"
            }
            2 => {
                damaged[kept..].iter_mut().for_each(|byte| *byte = random.next() as u8);
                "garbled"
            }
            _ => {
                damaged.extend((0..random.below(200)).map(|_| random.next() as u8));
                "extended"
            }
        };
        let context = format!("case {case}: {} {what} at {kept}", path.display());
        let fs = fs.kill();
        fs.plant(path, damaged);
        let Some((_manager, log)) = open_damaged(&fs, &context) else { continue };
        serves_nothing_wrong(&log, &model, &context);
        let is_log = path.extension().is_some_and(|kind| kind == "log");
        if !is_log {
            assert_eq!(log.log_end_offset(), Offset(model.end), "{context}");
            assert_eq!(stored(&log), model.batches, "{context}");
        }
        // Whatever happened, life goes on.
        let end = log.log_end_offset();
        let next = Append::new(Batch::default().bytes(), LeaderEpoch(9), NOW);
        assert_eq!(log.append_as_leader(next).unwrap().first_offset, end, "{context}");
    }
}

#[test]
fn flipped_bits_in_files_of_every_kind() {
    let (fs, model) = rich();
    let files: Vec<_> = fs.files().into_iter().filter(|(_, content)| !content.is_empty()).collect();
    let mut random = Random(7);
    for case in 0..cases(700) {
        let (path, content) = &files[random.below(files.len() as u64) as usize];
        let mut damaged = content.clone();
        let bit = random.below(content.len() as u64 * 8) as usize;
        damaged[bit / 8] ^= 1 << (bit % 8);
        let context = format!("case {case}: bit {bit} of {}", path.display());
        let fs = fs.kill();
        fs.plant(path, damaged);
        let Some((_manager, log)) = open_damaged(&fs, &context) else { continue };
        let name = path.to_string_lossy();
        // The leader epoch lies outside the CRC, as it must; the base offset is held to its neighbours.
        if !name.ends_with(".log") {
            serves_nothing_wrong(&log, &model, &context);
        }
        for timestamp in [0, 55, 300, 590] {
            // May be an error, may not hang or panic.
            let _ = log.offset_for_timestamp(timestamp);
        }
        let _ = log.max_timestamp();
        let _ = log.aborted_transactions(Offset(0), Offset(model.end));
    }
}

/// The valid part of the segment's bytes, found the slow way.
fn valid_front(bytes: &[u8]) -> usize {
    let mut at = 0;
    let mut next = 0;
    while let Ok(batch) = records::BatchHeader::read(&bytes[at..]) {
        let size = batch.size_in_bytes();
        let whole = bytes.len() - at >= size;
        let far = i32::try_from(batch.last_offset().0).is_err();
        if !whole
            || far
            || batch.base_offset.0 < next
            || batch.verify_crc(&bytes[at + 61..at + size]).is_err()
        {
            break;
        }
        next = batch.next_offset().0;
        at += size;
    }
    at
}

#[test]
fn a_torn_tail_is_cut_exactly_after_the_last_valid_batch() {
    let fs = MemoryFileSystem::new();
    let large = LogConfig { segment_bytes: base::ByteCount(1 << 20), ..config() };
    let (_manager, log) = fresh(&fs, large);
    for i in 0..30 {
        append(&log, Batch::by(1, 0, i * 2, 2)).unwrap();
    }
    let path = file("00000000000000000000.log");
    let whole = fs.files().into_iter().find(|(other, _)| *other == path).unwrap().1;
    let mut random = Random(1);
    for case in 0..cases(700) {
        let mut bytes = whole.clone();
        bytes.truncate(random.below(bytes.len() as u64 + 1) as usize);
        if case % 3 == 1 {
            bytes.extend((0..random.below(300)).map(|_| random.next() as u8));
        } else if case % 3 == 2 && !bytes.is_empty() {
            let bit = random.below(bytes.len() as u64 * 8) as usize;
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        let valid = valid_front(&bytes);
        let fs = fs.kill();
        fs.plant(&path, bytes.clone());
        let (_manager, log) = fresh(&fs, large);
        let left = fs.files().into_iter().find(|(other, _)| *other == path).unwrap().1;
        assert_eq!(left.len(), valid, "case {case}");
        let end =
            records::Batches::new(Bytes::from(left)).last().map_or(0, |batch| batch.unwrap().next_offset().0);
        assert_eq!(log.log_end_offset(), Offset(end), "case {case}");
        let expected = if end == 0 { Vec::new() } else { vec![end as i32 - 1] };
        let sequences: Vec<_> = log.active_producers().iter().map(|line| line.last_sequence).collect();
        assert!(sequences == expected || case % 3 == 2, "case {case}: {sequences:?}");
    }
}

#[test]
fn kafkas_padded_indexes_are_understood() {
    let fs = MemoryFileSystem::new();
    let (manager, log) = fresh(&fs, config());
    append_many(&log, 60);
    let end = log.log_end_offset();
    manager.shutdown(BrokerEpoch(0)).unwrap();
    drop((manager, log));
    for (path, mut content) in fs.files() {
        if path.extension().is_some_and(|kind| kind == "index" || kind == "timeindex") {
            // As Kafka leaves them when it is killed.
            let entry = if path.extension().is_some_and(|kind| kind == "index") { 8 } else { 12 };
            content.resize((10 << 20) / entry * entry / 100, 0);
            fs.plant(path, content);
        }
    }
    let (_manager, log) = fresh(&fs, LogConfig { segment_bytes: base::ByteCount(1000), ..config() });
    assert_eq!(log.log_end_offset(), end);
    for offset in 0..end.0 {
        assert_eq!(read_from(&log, offset).unwrap().base_offset, Offset(offset));
    }
    assert_eq!(log.offset_for_timestamp(NOW).unwrap().unwrap().offset, Offset(0));
    append_many(&log, 30);
    assert_eq!(read_all(&log, 0).unwrap(), (0..end.0 + 30).collect::<Vec<_>>());
}

#[test]
fn interrupted_compaction_is_finished_or_undone() {
    let fs = MemoryFileSystem::new();
    let (manager, log) = fresh(&fs, config());
    append_many(&log, 40);
    let segments = log.segment_count();
    manager.shutdown(BrokerEpoch(0)).unwrap();
    drop((manager, log));
    let logs: Vec<_> = listing(&fs).into_iter().filter(|name| name.ends_with(".log")).collect();
    // The first two segments were compacted into one that has a single batch left.
    let kept = Batch::default().stored(3, 0);
    fs.plant(file("00000000000000000000.log.swap"), kept.to_vec());
    fs.plant(file(&logs[2].replace(".log", ".log.cleaned")), vec![1, 2, 3]);
    fs.plant(file("00000000000000000000.index.deleted"), vec![1, 2, 3]);
    let (_manager, log) = fresh(&fs, config());
    assert_eq!(log.segment_count(), segments);
    assert_eq!(read_from(&log, 0).unwrap().base_offset, Offset(3));
    let left = listing(&fs);
    assert!(
        !left
            .iter()
            .any(|name| name.ends_with("swap") || name.ends_with("cleaned") || name.ends_with("deleted"))
    );
}
