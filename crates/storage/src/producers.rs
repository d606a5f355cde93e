//! What a log knows about the producers that wrote to it: enough to recognise a batch that was sent twice, one that
//! came out of order, one from a producer that was replaced, and where transactions are open.
//!
//! The model: of each producer, its epoch, its last five batches, and where its open transaction starts. A batch is
//! first checked, then applied; applying can be undone, for when the write fails.
//!
//! Invariants:
//! - Checking and applying a batch says the same on the leader, on a follower, and when the log is read again after a
//!   crash; only a leader checks.
//! - A transaction is unstable from its first record until the high watermark has passed its end.
//! - Within an epoch, a sequence follows the one before; after 2^31-1 comes 0.
//!
//! Not here: files (see [`crate::producer_snapshot`]), the clock, the verification of transactions with their
//! coordinator.
//! Sources: KIP-98, KIP-360 (unknown producers), KIP-890 and KIP-1228 (transactions version 2).
use crate::{AbortedTransaction, ActiveProducer, FirstSequence, ProducerError};
use base::{Offset, ProducerEpoch, ProducerId};
use records::{BatchHeader, NO_SEQUENCE, control::EndTransactionMarker, sequence_after};
use std::collections::{BTreeMap, HashMap};

/// A producer may have as many requests in flight, each of which may be sent again.
pub(crate) const BATCHES_KEPT: usize = 5;

const NO_EPOCH: i16 = -1;

/// One batch, as far as it must be known again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BatchSpan {
    pub(crate) last_sequence: i32,
    pub(crate) last_offset: i64,
    pub(crate) offset_delta: i32,
    pub(crate) timestamp: i64,
}

impl BatchSpan {
    fn first_sequence(&self) -> i32 {
        sequence_after(self.last_sequence, -self.offset_delta)
    }

    pub(crate) fn first_offset(&self) -> Offset {
        Offset(self.last_offset - i64::from(self.offset_delta))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProducerState {
    pub(crate) epoch: i16,
    pub(crate) coordinator_epoch: i32,
    pub(crate) last_timestamp: i64,
    /// First offset of the open transaction.
    pub(crate) transaction_start: Option<i64>,
    /// Oldest first; the first `kept` are valid.
    batches: [BatchSpan; BATCHES_KEPT],
    kept: u8,
}

impl Default for ProducerState {
    fn default() -> Self {
        Self {
            epoch: NO_EPOCH,
            coordinator_epoch: -1,
            last_timestamp: -1,
            transaction_start: None,
            batches: Default::default(),
            kept: 0,
        }
    }
}

impl ProducerState {
    pub(crate) fn in_epoch(epoch: i16) -> Self {
        Self { epoch, ..Self::default() }
    }

    pub(crate) fn batches(&self) -> &[BatchSpan] {
        &self.batches[..usize::from(self.kept)]
    }

    pub(crate) fn last_batch(&self) -> Option<&BatchSpan> {
        self.batches().last()
    }

    fn last_sequence(&self) -> i32 {
        self.last_batch().map_or(NO_SEQUENCE, |batch| batch.last_sequence)
    }

    fn enter_epoch(&mut self, epoch: i16) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.kept = 0;
        }
    }

    pub(crate) fn push(&mut self, batch: BatchSpan) {
        let mut kept = usize::from(self.kept);
        if kept == BATCHES_KEPT {
            self.batches.rotate_left(1);
            kept -= 1;
        }
        self.batches[kept] = batch;
        self.kept = kept as u8 + 1;
        self.last_timestamp = batch.timestamp;
    }
}

/// Who vouches for a batch, and how its producer works.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    Client(FirstSequence),
    Coordinator { transaction_version: i16 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    New,
    Duplicate(BatchSpan),
}

/// A transaction that a marker has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CompletedTransaction {
    pub(crate) producer_id: i64,
    pub(crate) first_offset: i64,
    pub(crate) marker_offset: i64,
    pub(crate) committed: bool,
}

/// How to take an applied batch back. Only the latest one can be, then the one before, and so on.
#[derive(Debug)]
pub(crate) struct Undo {
    producer_id: i64,
    previous: Option<ProducerState>,
    started: Option<i64>,
    completed: Option<CompletedTransaction>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Producers {
    states: HashMap<i64, ProducerState>,
    /// Open transactions: producer id by first offset.
    ongoing: BTreeMap<i64, i64>,
    /// Ended transactions whose marker is not below the high watermark: marker's offset by first offset.
    unreplicated: BTreeMap<i64, i64>,
}

impl Producers {
    /// Whether a batch may be appended, and whether it was already. `header` has no offset yet.
    pub(crate) fn check(
        &self,
        header: &BatchHeader,
        marker: Option<&EndTransactionMarker>,
        check: Check,
    ) -> Result<Verdict, ProducerError> {
        let producer_id = header.producer_id;
        let known = self.states.get(&producer_id.0);
        let state = known.copied().unwrap_or_default();
        match (check, marker) {
            (Check::Coordinator { transaction_version }, Some(marker)) => {
                check_marker(header, marker, &state, transaction_version)?;
                return Ok(Verdict::New);
            }
            (Check::Client(first_sequence), _) => {
                if let Some(duplicate) = find_duplicate(&state, header) {
                    return Ok(Verdict::Duplicate(duplicate));
                }
                check_epoch(header, &state, header.producer_epoch.0 < state.epoch)?;
                check_sequence(header, &state, first_sequence)?;
            }
            (Check::Coordinator { .. }, None) => {
                check_epoch(header, &state, header.producer_epoch.0 < state.epoch)?;
            }
        }
        if state.transaction_start.is_some() && !header.is_transactional() {
            return Err(ProducerError::InvalidTxnState { producer_id });
        }
        Ok(Verdict::New)
    }

    /// Takes note of a batch that is or will be in the log, whatever it is.
    pub(crate) fn apply(
        &mut self,
        header: &BatchHeader,
        marker: Option<&EndTransactionMarker>,
    ) -> (Option<CompletedTransaction>, Undo) {
        let id = header.producer_id.0;
        let previous = self.states.get(&id).copied();
        let mut undo = Undo { producer_id: id, previous, started: None, completed: None };
        let state = self.states.entry(id).or_default();
        if let Some(marker) = marker {
            undo.completed = state.transaction_start.take().map(|first_offset| CompletedTransaction {
                producer_id: id,
                first_offset,
                marker_offset: header.base_offset.0,
                committed: marker.committed,
            });
            state.enter_epoch(header.producer_epoch.0);
            state.coordinator_epoch = marker.coordinator_epoch;
            state.last_timestamp = header.max_timestamp;
        } else if !header.is_control() {
            state.enter_epoch(header.producer_epoch.0);
            state.push(BatchSpan {
                last_sequence: header.last_sequence(),
                last_offset: header.last_offset().0,
                offset_delta: header.last_offset_delta,
                timestamp: header.max_timestamp,
            });
            if header.is_transactional() && state.transaction_start.is_none() {
                state.transaction_start = Some(header.base_offset.0);
                undo.started = state.transaction_start;
            }
        }
        if let Some(start) = undo.started {
            self.ongoing.insert(start, id);
        }
        if let Some(completed) = undo.completed {
            self.ongoing.remove(&completed.first_offset);
            self.unreplicated.insert(completed.first_offset, completed.marker_offset);
        }
        (undo.completed, undo)
    }

    pub(crate) fn undo(&mut self, undo: &Undo) {
        if let Some(start) = undo.started {
            self.ongoing.remove(&start);
        }
        if let Some(completed) = undo.completed {
            self.unreplicated.remove(&completed.first_offset);
            self.ongoing.insert(completed.first_offset, completed.producer_id);
        }
        match undo.previous {
            Some(state) => self.states.insert(undo.producer_id, state),
            None => self.states.remove(&undo.producer_id),
        };
    }

    /// The entry of the transaction index for an aborted transaction that was just applied.
    pub(crate) fn aborted(&self, completed: &CompletedTransaction) -> AbortedTransaction {
        let next_open = self.ongoing.keys().next().copied();
        AbortedTransaction {
            producer_id: ProducerId(completed.producer_id),
            first_offset: Offset(completed.first_offset),
            last_offset: Offset(completed.marker_offset),
            last_stable_offset: Offset(next_open.unwrap_or(completed.marker_offset + 1)),
        }
    }

    /// Where the oldest transaction starts that is open, or ended but not yet replicated.
    pub(crate) fn first_unstable_offset(&self) -> Option<Offset> {
        let first = |transactions: &BTreeMap<i64, i64>| transactions.keys().next().copied();
        [first(&self.ongoing), first(&self.unreplicated)].into_iter().flatten().min().map(Offset)
    }

    /// Ended transactions whose marker lies below `offset` are stable.
    pub(crate) fn stable_below(&mut self, offset: Offset) {
        if !self.unreplicated.is_empty() {
            self.unreplicated.retain(|_, marker_offset| *marker_offset >= offset.0);
        }
    }

    /// Forgets producers that have been silent for `expiration_ms` and have no transaction open.
    pub(crate) fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.states.retain(|_, state| {
            state.transaction_start.is_some() || now_ms.saturating_sub(state.last_timestamp) < expiration_ms
        });
    }

    pub(crate) fn insert(&mut self, producer_id: i64, state: ProducerState) {
        if let Some(start) = state.transaction_start {
            self.ongoing.insert(start, producer_id);
        }
        self.states.insert(producer_id, state);
    }

    /// In the order of their ids, so that equal states have equal snapshots.
    pub(crate) fn sorted(&self) -> Vec<(i64, ProducerState)> {
        let mut states: Vec<_> = self.states.iter().map(|(&id, &state)| (id, state)).collect();
        states.sort_unstable_by_key(|(id, _)| *id);
        states
    }

    pub(crate) fn active(&self) -> Vec<ActiveProducer> {
        let line = |(id, state): (i64, ProducerState)| ActiveProducer {
            producer_id: ProducerId(id),
            producer_epoch: ProducerEpoch(state.epoch),
            last_sequence: state.last_sequence(),
            last_timestamp: state.last_timestamp,
            coordinator_epoch: state.coordinator_epoch,
            current_transaction_start: state.transaction_start.map(Offset),
        };
        self.sorted().into_iter().map(line).collect()
    }

    pub(crate) fn ongoing_transaction(&self, producer_id: ProducerId) -> Option<Offset> {
        self.states.get(&producer_id.0)?.transaction_start.map(Offset)
    }
}

fn find_duplicate(state: &ProducerState, header: &BatchHeader) -> Option<BatchSpan> {
    let (first, last) = (header.base_sequence, header.last_sequence());
    let same = |batch: &&BatchSpan| batch.first_sequence() == first && batch.last_sequence == last;
    let same_epoch = state.epoch == header.producer_epoch.0;
    same_epoch.then(|| state.batches().iter().find(same).copied()).flatten()
}

fn check_epoch(header: &BatchHeader, state: &ProducerState, fenced: bool) -> Result<(), ProducerError> {
    if fenced {
        return Err(ProducerError::InvalidProducerEpoch {
            producer_id: header.producer_id,
            sent: header.producer_epoch,
            current: ProducerEpoch(state.epoch),
        });
    }
    Ok(())
}

fn check_sequence(
    header: &BatchHeader,
    state: &ProducerState,
    first: FirstSequence,
) -> Result<(), ProducerError> {
    let sent = header.base_sequence;
    let in_order = |expected| match sent == expected {
        true => Ok(()),
        false => Err(ProducerError::OutOfOrderSequence { producer_id: header.producer_id, sent, expected }),
    };
    if state.epoch == NO_EPOCH {
        // All that it wrote may have been removed; then nothing is known to compare with.
        return if first == FirstSequence::Zero { in_order(0) } else { Ok(()) };
    }
    if header.producer_epoch.0 != state.epoch {
        return in_order(0);
    }
    match state.last_batch() {
        Some(last) => in_order(sequence_after(last.last_sequence, 1)),
        // A marker ended an epoch's transaction, or began the epoch.
        None => in_order(0),
    }
}

/// With transactions version 2 a marker belongs to an epoch that no batch has had yet. The same marker may come again.
fn check_marker(
    header: &BatchHeader,
    marker: &EndTransactionMarker,
    state: &ProducerState,
    transaction_version: i16,
) -> Result<(), ProducerError> {
    let (sent, current) = (header.producer_epoch.0, state.epoch);
    let again = sent == current && (state.transaction_start.is_none() || sent == i16::MAX);
    let fenced = if transaction_version >= 2 { sent <= current && !again } else { sent < current };
    check_epoch(header, state, fenced)?;
    if marker.coordinator_epoch < state.coordinator_epoch {
        return Err(ProducerError::TransactionCoordinatorFenced {
            producer_id: header.producer_id,
            sent: marker.coordinator_epoch,
            current: state.coordinator_epoch,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
