use super::delivery::{Ack, BatchDelivery, Delivery, Part};
use crate::Error;
use base::{ProducerEpoch, ProducerId};
use bytes::Bytes;
use records::{
    BatchBuilder, BatchHeader, Codec, HEADER_LEN, NewRecord, OutOfRange, RecordBatch, sequence_after,
};
use std::{sync::Arc, time::Instant};
use wire::RecordBytes;

/// Who writes, as far as brokers tell duplicates apart (KIP-98).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) id: ProducerId,
    pub(super) epoch: ProducerEpoch,
}

/// What makes a batch recognisable when it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) identity: Identity,
    pub(super) base_sequence: i32,
}

/// Records of one partition that travel together.
#[derive(Debug)]
pub(super) struct Batch {
    /// Its place among the batches of its partition; up to [`Batch::places`] from here on are its own.
    pub(super) order: u64,
    places: u64,
    pub(super) created: Instant,
    pub(super) attempts: u32,
    pub(super) stamp: Option<Stamp>,
    pub(super) last_error: Option<Error>,
    delivery: Arc<BatchDelivery>,
    contents: Contents,
    size: usize,
    record_count: i32,
}

/// Between the orders of two batches, so that the parts of one have room.
pub(super) const PLACES: u64 = 1 << 20;

#[derive(Debug)]
enum Contents {
    Open(BatchBuilder),
    /// As it was first sent, and under which stamp.
    Built(Bytes, Option<Stamp>),
    /// Only while it is being built.
    Taken,
}

impl Batch {
    /// `empty` says how the records are compressed and whether they belong to a transaction.
    pub(super) fn new(
        delivery: Arc<BatchDelivery>,
        order: u64,
        created: Instant,
        empty: BatchBuilder,
    ) -> Self {
        Self {
            order,
            places: PLACES,
            created,
            attempts: 0,
            stamp: None,
            last_error: None,
            delivery,
            contents: Contents::Open(empty),
            size: HEADER_LEN,
            record_count: 0,
        }
    }

    pub(super) fn append(&mut self, record: &NewRecord<'_>) -> Result<Delivery, OutOfRange> {
        let Contents::Open(builder) = &mut self.contents else {
            unreachable!("a batch that was sent is not open")
        };
        builder.append(record)?;
        self.size = builder.uncompressed_size();
        self.record_count += 1;
        Ok(self.delivery.of_record(self.record_count - 1))
    }

    pub(super) fn topic(&self) -> &Arc<str> {
        &self.delivery.topic
    }

    pub(super) fn partition(&self) -> i32 {
        self.delivery.partition
    }

    /// Bytes before compression: what it costs while it waits.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn record_count(&self) -> i32 {
        self.record_count
    }

    pub(super) fn delivery(&self) -> &Arc<BatchDelivery> {
        &self.delivery
    }

    pub(super) fn complete(self, outcome: Result<Ack, Error>) {
        self.delivery.complete(outcome);
    }

    pub(super) fn is_divisible(&self) -> bool {
        self.record_count > 1 && self.places > 1
    }

    /// In place of a batch that was too large for the broker (KIP-126): two of about half the size, with the sequences
    /// that the whole had. Only what [is divisible](Batch::is_divisible).
    pub(super) fn split(mut self, codec: Codec) -> [Self; 2] {
        let whole = RecordBatch::parse(self.encode().into_bytes()).expect("the builder wrote it");
        let records = whole.records(usize::MAX).expect("the builder wrote them");
        let part = |order, places| {
            let delivery = BatchDelivery::new(self.topic().clone(), self.partition());
            let mut empty = BatchBuilder::new(codec);
            if whole.attributes.is_transactional() {
                empty = empty.transactional();
            }
            let attempts = self.attempts;
            Self { attempts, places, ..Self::new(delivery, order, self.created, empty) }
        };
        let half = self.places / 2;
        let mut parts = [part(self.order, half), part(self.order + half, half)];
        let mut headers = Vec::new();
        for (nth, record) in records.iter().enumerate() {
            let record = record.expect("the builder wrote it");
            headers.clear();
            headers.extend(record.headers);
            let is_last = nth + 1 == self.record_count as usize;
            let first_is_full = parts[0].record_count > 0 && (is_last || parts[0].size >= self.size / 2);
            let part = &mut parts[usize::from(first_is_full || parts[1].record_count > 0)];
            let record = NewRecord {
                timestamp: record.timestamp,
                key: record.key,
                value: record.value,
                headers: &headers,
            };
            part.append(&record).expect("it was in a larger batch");
        }
        if let Some(stamp) = self.stamp {
            let behind = sequence_after(stamp.base_sequence, parts[0].record_count);
            parts[0].stamp = Some(stamp);
            parts[1].stamp = Some(Stamp { base_sequence: behind, ..stamp });
        }
        self.delivery.split(vec![
            Part { first: 0, delivery: parts[0].delivery.clone() },
            Part { first: parts[0].record_count, delivery: parts[1].delivery.clone() },
        ]);
        parts
    }

    /// The bytes to send. Compresses on the first call; a new stamp changes the header only.
    pub(super) fn encode(&mut self) -> RecordBytes {
        if let Contents::Open(_) = self.contents {
            let Contents::Open(builder) = std::mem::replace(&mut self.contents, Contents::Taken) else {
                unreachable!("it was open a line above")
            };
            let builder = match self.stamp {
                Some(stamp) => builder.producer(stamp.identity.id, stamp.identity.epoch, stamp.base_sequence),
                None => builder,
            };
            self.contents = Contents::Built(builder.build(), self.stamp);
        }
        let Contents::Built(bytes, built_with) = &self.contents else { unreachable!("it was built above") };
        match self.stamp {
            Some(stamp) if *built_with != Some(stamp) => restamped(bytes, stamp),
            _ => RecordBytes::from(bytes.clone()),
        }
    }
}

fn restamped(batch: &Bytes, stamp: Stamp) -> RecordBytes {
    let mut header = BatchHeader::read(batch).expect("the builder wrote it");
    let body = batch.slice(HEADER_LEN..);
    header.producer_id = stamp.identity.id;
    header.producer_epoch = stamp.identity.epoch;
    header.base_sequence = stamp.base_sequence;
    header.set_crc(&body);
    [Bytes::copy_from_slice(&header.to_bytes()), body].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::{Compression, RecordBatch};

    #[test]
    fn a_new_stamp_changes_nothing_but_the_header() {
        let stamp = |epoch, base_sequence| Stamp {
            identity: Identity { id: ProducerId(7), epoch: ProducerEpoch(epoch) },
            base_sequence,
        };
        let delivery = BatchDelivery::new("t".into(), 0);
        let mut batch = Batch::new(delivery, 0, Instant::now(), BatchBuilder::new(Compression::Lz4));
        for _ in 0..10 {
            let record = NewRecord { timestamp: 5, value: Some(b"same same"), ..Default::default() };
            batch.append(&record).unwrap();
        }
        for expected in [stamp(0, 40), stamp(1, 0), stamp(1, 0)] {
            batch.stamp = Some(expected);
            let sent = RecordBatch::parse(batch.encode().into_bytes()).unwrap();
            sent.verify_crc().unwrap();
            assert_eq!(
                (sent.producer_epoch, sent.base_sequence),
                (expected.identity.epoch, expected.base_sequence)
            );
            assert_eq!(sent.records(1 << 20).unwrap().iter().filter(|r| r.is_ok()).count(), 10);
        }
    }
}
