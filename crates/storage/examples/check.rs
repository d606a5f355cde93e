//! Opens a data folder of Mainstem's or Kafka's as a server would, reads all of every log, and leaves it as after a clean
//! shutdown. For a copy, not for the folder of a server that runs.
//!
//! `cargo run -p mainstem-storage --example check -- FOLDER`
use base::{BrokerEpoch, Offset};
use bytes::Bytes;
use mainstem_storage::{Log, LogConfig, LogManager, Read, StorageOptions};
use records::Batches;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let started = Instant::now();
    let manager = LogManager::open(StorageOptions::new([folder]))?;
    println!("{:?}, last clean epoch {:?}", manager.meta_properties(), manager.previous_broker_epoch());
    manager.load(0, &|_| LogConfig::default())?;
    println!("{} logs opened in {:?}", manager.logs().len(), started.elapsed());
    for (partition, error) in manager.broken_logs() {
        println!("{partition}: {error}");
    }
    let mut logs = manager.logs();
    logs.sort_by(|a, b| a.partition().cmp(b.partition()));
    for log in logs.iter().filter(|log| log.size_in_bytes() > 0) {
        check(log)?;
    }
    manager.shutdown(BrokerEpoch::NONE)?;
    Ok(())
}

fn check(log: &Log) -> Result<()> {
    let (mut batches, mut records, mut previous) = (0, 0, None);
    let mut at = log.log_start_offset();
    while at < log.log_end_offset() {
        let found =
            log.read(Read { from: at, max_bytes: 1 << 16, upper_bound: Offset::MAX, min_one_batch: true })?;
        for batch in Batches::new(Bytes::from(found.chunks.concat())) {
            let batch = batch?;
            batch.verify_crc()?;
            let inside = batch.records(64 << 20)?;
            let first = inside.iter().next().transpose()?;
            // Looked up by offset and by time, where a new time begins.
            let middle = Offset(batch.base_offset.0 + i64::from(batch.last_offset_delta) / 2);
            let again =
                log.read(Read { from: middle, max_bytes: 1, upper_bound: Offset::MAX, min_one_batch: true })?;
            assert_eq!(again.base_offset, batch.base_offset);
            if let Some(first) = first.filter(|first| Some(first.timestamp) > previous) {
                let looked_up = log.offset_for_timestamp(first.timestamp)?.ok_or("a time is not found")?;
                assert_eq!((looked_up.offset, looked_up.timestamp), (first.offset, first.timestamp));
            }
            previous = previous.max(Some(batch.max_timestamp));
            (batches, records) = (batches + 1, records + i64::from(batch.record_count));
        }
        at = found.next_offset;
    }
    println!(
        "{}: {}..{} high watermark {}, {batches} batches, {records} records, {} segments, {} bytes, {} producers, \
         {} aborted, epoch {:?}, topic id {:?}, newest {:?}",
        log.partition(),
        log.log_start_offset(),
        log.log_end_offset(),
        log.high_watermark(),
        log.segment_count(),
        log.size_in_bytes(),
        log.active_producers().len(),
        log.aborted_transactions(log.log_start_offset(), log.log_end_offset())?.len(),
        log.latest_epoch(),
        log.topic_id(),
        log.max_timestamp()?,
    );
    Ok(())
}
