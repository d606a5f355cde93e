//! Which batches of an answer belong to transactions that were aborted.
//!
//! A broker that is asked for what is committed answers everything up to the last stable offset, and names the aborted
//! transactions that lie in it, each by its producer and first offset. From that offset on the producer's batches are
//! hidden, until a control batch of it says that the transaction has ended.
//!
//! Source: KIP-98.
use records::{ControlType, RecordBatch};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub(super) struct Aborted {
    /// First offset and producer of those that are not come to yet, the last one first.
    ahead: Vec<(i64, i64)>,
    /// Producers whose aborted transaction is open where the walk is.
    open: BTreeSet<i64>,
}

impl Aborted {
    /// From the producers and first offsets of an answer.
    pub(super) fn new(transactions: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut ahead: Vec<_> =
            transactions.into_iter().map(|(producer, first_offset)| (first_offset, producer)).collect();
        ahead.sort_unstable_by(|a, b| b.cmp(a));
        Self { ahead, open: BTreeSet::new() }
    }

    /// Whether this batch, the next of the answer, was aborted.
    pub(super) fn hides(&mut self, batch: &RecordBatch) -> bool {
        let producer = batch.producer_id.0;
        while let Some((_, begun)) = self.ahead.pop_if(|(first, _)| *first <= batch.last_offset().0) {
            self.open.insert(begun);
        }
        if self.open.is_empty() || !batch.attributes.is_transactional() {
            return false;
        }
        if batch.is_control() {
            if control_type(batch) == Some(ControlType::Abort) {
                self.open.remove(&producer);
            }
            return false;
        }
        self.open.contains(&producer)
    }
}

fn control_type(batch: &RecordBatch) -> Option<ControlType> {
    ControlType::from_key(batch.uncompressed_records()?.next()?.ok()?.key?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
    use records::{
        BatchBuilder, Compression, NewRecord,
        control::{EndTransactionMarker, Placement, end_transaction},
    };

    /// A batch of the log: base offset, what it is, and of which producer.
    #[derive(Clone, Copy)]
    enum Lies {
        /// Two records of a transaction.
        Data(i64, i64),
        /// Two records outside transactions, of an idempotent producer.
        Plain(i64, i64),
        Abort(i64, i64),
        Commit(i64, i64),
    }
    use Lies::*;

    fn batch(lies: Lies) -> RecordBatch {
        let (Data(base, producer) | Plain(base, producer) | Abort(base, producer) | Commit(base, producer)) =
            lies;
        let (id, epoch) = (ProducerId(producer), ProducerEpoch(0));
        let bytes = match lies {
            Data(..) | Plain(..) => {
                let builder = BatchBuilder::new(Compression::None).base_offset(Offset(base));
                let mut builder = builder.producer(id, epoch, 0);
                if matches!(lies, Data(..)) {
                    builder = builder.transactional();
                }
                for _ in 0..2 {
                    builder.append(&NewRecord::default()).unwrap();
                }
                builder.build()
            }
            Abort(..) | Commit(..) => {
                let placement = Placement {
                    base_offset: Offset(base),
                    partition_leader_epoch: LeaderEpoch(0),
                    timestamp: 0,
                };
                let marker =
                    EndTransactionMarker { committed: matches!(lies, Commit(..)), coordinator_epoch: 0 };
                end_transaction(placement, id, epoch, marker)
            }
        };
        RecordBatch::parse(bytes).unwrap()
    }

    /// What of the log is hidden by these aborted transactions (producer, first offset), by base offset.
    #[track_caller]
    fn check(aborted: &[(i64, i64)], log: &[Lies], hidden: &[i64]) {
        let mut aborted = Aborted::new(aborted.iter().copied());
        let batches = log.iter().map(|lies| batch(*lies));
        let seen = batches.filter(|batch| aborted.hides(batch)).map(|batch| batch.base_offset.0);
        assert_eq!(seen.collect::<Vec<_>>(), hidden);
    }

    #[test]
    fn hides_a_producer_from_its_first_offset_to_its_marker() {
        check(&[], &[Data(0, 1), Commit(2, 1)], &[]);
        check(&[(1, 0)], &[Data(0, 1), Abort(2, 1), Data(3, 1), Commit(5, 1)], &[0]);
        check(&[(1, 3)], &[Data(0, 1), Commit(2, 1), Data(3, 1), Abort(5, 1)], &[3]);
        check(&[(1, 0), (1, 3)], &[Data(0, 1), Abort(2, 1), Data(3, 1), Abort(5, 1), Data(6, 1)], &[0, 3]);
    }

    #[test]
    fn transactions_of_several_producers_lie_among_each_other() {
        let log = [
            Data(0, 1),
            Data(2, 2),
            Data(4, 1),
            Commit(6, 2),
            Data(7, 3),
            Abort(9, 1),
            Data(10, 1),
            Abort(12, 3),
        ];
        check(&[(3, 7), (1, 0)], &log, &[0, 4, 7]);
        check(&[(2, 2)], &log, &[2]);
    }

    #[test]
    fn what_is_in_no_transaction_is_seen() {
        check(&[(1, 0)], &[Plain(0, 1), Data(2, 1), Plain(4, 2)], &[2]);
    }

    /// The answer begins in the middle of a transaction, or of the batch that begins it.
    #[test]
    fn a_transaction_may_have_begun_before() {
        check(&[(1, 0)], &[Data(50, 1), Abort(52, 1), Data(53, 1)], &[50]);
        check(&[(1, 51)], &[Data(50, 1), Abort(52, 1)], &[50]);
    }

    /// Compaction may leave nothing but the marker.
    #[test]
    fn a_transaction_may_be_gone() {
        check(&[(1, 0)], &[Abort(2, 1), Data(3, 1), Commit(5, 1)], &[]);
    }
}
