use super::delivery::{Ack, BatchDelivery, Delivery};
use crate::Error;
use base::{ProducerEpoch, ProducerId};
use bytes::Bytes;
use records::{BatchBuilder, BatchHeader, Codec, HEADER_LEN, NewRecord, OutOfRange};
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
    /// Its place among the batches of its partition.
    pub(super) order: u64,
    pub(super) created: Instant,
    pub(super) attempts: u32,
    pub(super) stamp: Option<Stamp>,
    pub(super) last_error: Option<Error>,
    delivery: Arc<BatchDelivery>,
    contents: Contents,
    size: usize,
    record_count: i32,
}

#[derive(Debug)]
enum Contents {
    Open(BatchBuilder),
    /// As it was first sent, and under which stamp.
    Built(Bytes, Option<Stamp>),
    /// Only while it is being built.
    Taken,
}

impl Batch {
    pub(super) fn new(delivery: Arc<BatchDelivery>, order: u64, created: Instant, codec: Codec) -> Self {
        Self {
            order,
            created,
            attempts: 0,
            stamp: None,
            last_error: None,
            delivery,
            contents: Contents::Open(BatchBuilder::new(codec)),
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
        let mut batch = Batch::new(delivery, 0, Instant::now(), Codec::new(Compression::Lz4));
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
