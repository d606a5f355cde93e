//! Rebuilds a shard's state from its partition.
use super::OFFSETS_TOPIC;
use bytes::Bytes;
use coordinator::{CoordinatorRecord, Driver, EndOfTransaction, Position, Producer, Replayed};
use group::Shard;
use records::{Batches, ControlRecord, RecordBatch};
use std::{sync::Arc, time::Instant};
use storage::{Log, Read};

/// Replays the log up to its present end, reading `max_bytes` at once or one larger batch, unless `is_closed` says that nobody wants it any more.
pub(super) fn load(
    log: &Log,
    mut driver: Driver<Shard>,
    max_bytes: usize,
    is_closed: impl Fn() -> bool,
) -> Result<Driver<Shard>, storage::Error> {
    let begun = Instant::now();
    let (mut from, end) = (log.log_start_offset(), log.log_end_offset());
    let mut records = 0;
    while from < end && !is_closed() {
        let read = log.read(Read { from, max_bytes, upper_bound: end, min_one_batch: true })?;
        if read.chunks.is_empty() {
            break;
        }
        from = read.next_offset;
        let bytes = read.chunks.into_iter().collect::<wire::RecordBytes>().into_bytes();
        for batch in Batches::new(bytes) {
            records += batch.and_then(|batch| replay(&mut driver, &batch)).map_err(invalid)?;
        }
    }
    if records > 0 {
        let took_ms = begun.elapsed().as_millis();
        tracing::info!(partition = %log.partition(), records, took_ms, "group state loaded");
    }
    Ok(driver)
}

fn invalid(error: records::Error) -> storage::Error {
    storage::Error::InvalidBatch(Arc::new(error))
}

/// Returns how many records were taken in.
fn replay(driver: &mut Driver<Shard>, batch: &RecordBatch) -> Result<u64, records::Error> {
    let producer =
        batch.is_transactional().then_some(Producer { id: batch.producer_id, epoch: batch.producer_epoch });
    let mut count = 0;
    for record in batch.records(records::DEFAULT_INFLATED_LIMIT)?.iter() {
        let record = record?;
        let offset = record.offset;
        if batch.is_control() {
            let ControlRecord::EndTransaction(marker) = ControlRecord::read(&record)? else { continue };
            let end = if marker.committed { EndOfTransaction::Commit } else { EndOfTransaction::Abort };
            if let Some(producer) = producer {
                driver.replay_end_of_transaction(offset, producer, end);
            }
            continue;
        }
        let Some(key) = record.key else { continue };
        let record = CoordinatorRecord {
            key: Bytes::copy_from_slice(key),
            value: record.value.map(Bytes::copy_from_slice),
        };
        match driver.replay(Position { offset, producer }, &record) {
            Ok(Replayed::Applied) => count += 1,
            Ok(Replayed::Unknown { record_type }) => {
                tracing::debug!(record_type, %offset, "a record of a kind that is not acted on");
            }
            Err(error) => tracing::warn!(%offset, %error, "a record of {OFFSETS_TOPIC} was passed over"),
        }
    }
    Ok(count)
}
