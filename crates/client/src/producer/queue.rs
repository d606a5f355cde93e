//! The batches of one partition: which may be sent now.
//!
//! ```text
//!   records → open → closed → in flight → acknowledged
//!                      ▲          │ may be repeated
//!                      │          ▼
//!                  (never back)  retry → in flight
//! ```
//!
//! The order of a partition's batches never changes. A batch that must be repeated waits until nothing that
//! came after it is under way, and everything later waits behind it.
use super::{
    batch::{Batch, Identity, PLACES, Stamp},
    delivery::BatchDelivery,
};
use crate::Error;
use records::sequence_after;
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

#[derive(Debug, Default)]
pub(super) struct PartitionQueue {
    pub(super) open: Option<Batch>,
    closed: VecDeque<Batch>,
    /// Sent before and not acknowledged, in order.
    retry: VecDeque<Batch>,
    /// What is under way, oldest first.
    in_flight: Vec<Flying>,
    next_order: u64,
    /// Whose numbers its batches get: the producer's, or the one before as long as that is not finished here.
    identity: Option<Identity>,
    next_sequence: i32,
    /// A batch of this producer was acknowledged, so the broker knows what comes next. One that knows nothing of a producer
    /// takes any sequence as its first, and would put a second batch before a first that it refused.
    pub(super) acquainted: bool,
    blocked_until: Option<Instant>,
    /// The batch under way that one refused since had overtaken.
    overtook: Option<u64>,
    gap: Gap,
    /// The last transaction that a record of this partition belongs to.
    pub(super) transaction: u64,
    /// Bytes of the last batch that was closed: the next is likely to be as large.
    last_size: usize,
}

/// Whether a sequence was lost. While one was, nothing new is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Gap {
    #[default]
    None,
    /// A batch was given up that the broker may have. Those behind it show whether it has: they are repeated with the
    /// sequences that they had, under which the broker knows them again.
    Unresolved,
    /// The broker does not have the batch of this order. It, if it is left, and what comes behind it need a new epoch; what
    /// comes before it may have been written and keeps its sequence.
    Broken(u64),
}

#[derive(Debug)]
struct Flying {
    order: u64,
    delivery: Arc<BatchDelivery>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sendable {
    Now,
    /// When time alone makes it so.
    At(Instant),
    /// Nothing to send, or an answer comes first.
    No,
}

/// What holds for all partitions at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) now: Instant,
    pub(super) linger: Duration,
    pub(super) max_in_flight: usize,
    /// Batches have sequences.
    pub(super) numbered: bool,
    /// Whose numbers new batches get, once they are all known to the partition.
    pub(super) identity: Option<Identity>,
}

impl PartitionQueue {
    pub(super) fn take_order(&mut self) -> u64 {
        self.next_order += PLACES;
        self.next_order - PLACES
    }

    /// Batches that wait to be sent.
    pub(super) fn waiting(&self) -> usize {
        self.retry.len() + self.closed.len() + usize::from(self.open.is_some())
    }

    /// No more records for the open batch.
    pub(super) fn close_open(&mut self) -> bool {
        let open = self.take_open();
        self.closed.extend(open);
        !self.closed.is_empty()
    }

    fn take_open(&mut self) -> Option<Batch> {
        let open = self.open.take()?;
        self.last_size = open.size();
        Some(open)
    }

    /// Bytes that the next batch makes room for, so that its records are not moved as it grows.
    pub(super) fn next_capacity(&self, batch_size: usize) -> usize {
        self.last_size.next_power_of_two().min(batch_size)
    }

    pub(super) fn sendable(&self, rules: &Rules) -> Sendable {
        if let Some(until) = self.blocked_until.filter(|until| *until > rules.now) {
            return Sendable::At(until);
        }
        if rules.numbered && !self.acquainted && !self.in_flight.is_empty() {
            return Sendable::No;
        }
        let is_full = self.in_flight.len() >= rules.max_in_flight;
        if let Some(again) = self.retry.front() {
            let later_is_out = self.in_flight.last().is_some_and(|flying| flying.order > again.order);
            let may_go = !later_is_out && !is_full && self.overtook.is_none() && !self.is_behind_gap(again);
            return if may_go { Sendable::Now } else { Sendable::No };
        }
        let follows = rules.identity.is_none() || rules.identity == self.identity;
        if self.gap != Gap::None || !follows || is_full {
            return Sendable::No;
        }
        if !self.closed.is_empty() {
            return Sendable::Now;
        }
        match &self.open {
            None => Sendable::No,
            Some(open) if open.created + rules.linger <= rules.now => Sendable::Now,
            Some(open) => Sendable::At(open.created + rules.linger),
        }
    }

    /// Bytes of the batch that [`PartitionQueue::take`] would give.
    pub(super) fn next_size(&self) -> usize {
        let next = self.retry.front().or(self.closed.front()).or(self.open.as_ref());
        next.map_or(0, Batch::size)
    }

    /// The next batch, with its sequence where batches have some. Only when sendable now.
    pub(super) fn take(&mut self) -> Option<Batch> {
        let mut batch = match self.retry.pop_front() {
            Some(again) => again,
            None => {
                let mut batch = self.closed.pop_front().or_else(|| self.take_open())?;
                batch.stamp = self.identity.map(|identity| self.stamp(identity, batch.record_count()));
                batch
            }
        };
        batch.attempts += 1;
        let at = self.in_flight.partition_point(|flying| flying.order < batch.order);
        self.in_flight.insert(at, Flying { order: batch.order, delivery: batch.delivery().clone() });
        Some(batch)
    }

    fn stamp(&mut self, identity: Identity, records: i32) -> Stamp {
        let base_sequence = self.next_sequence;
        self.next_sequence = sequence_after(base_sequence, records);
        Stamp { identity, base_sequence }
    }

    /// An answer came, or will not come.
    pub(super) fn landed(&mut self, order: u64) {
        if self.overtook == Some(order) {
            self.overtook = None;
        }
        self.in_flight.retain(|flying| flying.order != order);
    }

    /// Whether nothing older than this batch waits for its outcome.
    pub(super) fn is_oldest(&self, order: u64) -> bool {
        self.in_flight.first().is_none_or(|flying| flying.order > order)
            && self.retry.front().is_none_or(|waiting| waiting.order > order)
    }

    pub(super) fn again(&mut self, batch: Batch, blocked_until: Option<Instant>) {
        let at = self.retry.partition_point(|waiting| waiting.order < batch.order);
        self.retry.insert(at, batch);
        if let Some(until) = blocked_until {
            self.blocked_until = Some(self.blocked_until.map_or(until, |known| known.max(until)));
        }
    }

    /// A sequence will not be written: that of the batch of this order.
    pub(super) fn broken_at(&mut self, order: u64) {
        self.gap = match self.gap {
            Gap::Broken(known) => Gap::Broken(known.min(order)),
            Gap::None | Gap::Unresolved => Gap::Broken(order),
        };
    }

    /// The broker has this batch. If it is the last that has a sequence, it has what was given up before it.
    pub(super) fn acknowledged(&mut self, stamp: Stamp, records: i32) {
        self.acquainted = true;
        if self.gap == Gap::Unresolved && sequence_after(stamp.base_sequence, records) == self.next_sequence {
            self.gap = Gap::None;
        }
    }

    fn is_behind_gap(&self, batch: &Batch) -> bool {
        matches!(self.gap, Gap::Broken(order) if batch.order >= order)
    }

    /// Whether nothing more can be sent before another epoch.
    pub(super) fn needs_epoch(&self) -> bool {
        match self.gap {
            Gap::None => false,
            Gap::Unresolved => self.is_quiet(),
            Gap::Broken(_) => true,
        }
    }

    /// Repeats a batch that was refused because one before it is missing. If that is still under way, it is with another
    /// leader, and nothing is repeated until it has landed.
    pub(super) fn again_behind(&mut self, batch: Batch) {
        let older = self.in_flight.iter().rev().find(|flying| flying.order < batch.order);
        self.overtook = older.map(|flying| flying.order).or(self.overtook);
        self.again(batch, None);
    }

    /// Whether another epoch is needed than this.
    pub(super) fn needs_epoch_after(&self, identity: Identity) -> bool {
        self.identity == Some(identity) && self.needs_epoch()
    }

    /// Whether every batch whose sequence may still count is accounted for.
    fn is_quiet(&self) -> bool {
        self.in_flight.is_empty() && self.retry.front().is_none_or(|again| self.is_behind_gap(again))
    }

    /// Goes over to the producer's identity as soon as the one before is finished here. What must be repeated then is
    /// numbered anew, from zero.
    pub(super) fn follow(&mut self, identity: Identity) {
        if self.identity == Some(identity) || !self.is_quiet() {
            return;
        }
        self.acquainted &= self.identity.is_some_and(|known| known.id == identity.id);
        self.identity = Some(identity);
        self.next_sequence = 0;
        self.gap = Gap::None;
        let mut retry = std::mem::take(&mut self.retry);
        for batch in &mut retry {
            batch.stamp = Some(self.stamp(identity, batch.record_count()));
        }
        self.retry = retry;
    }

    /// Takes out what is not under way and was created at or before `deadline`.
    pub(super) fn take_expired(&mut self, deadline: Instant) -> Vec<Batch> {
        let mut expired = Vec::new();
        for waiting in [&mut self.retry, &mut self.closed] {
            while waiting.front().is_some_and(|batch| batch.created <= deadline) {
                expired.extend(waiting.pop_front());
            }
        }
        if self.open.as_ref().is_some_and(|batch| batch.created <= deadline) {
            expired.extend(self.open.take());
        }
        expired.iter().for_each(|batch| self.given_up(batch));
        expired
    }

    /// Whether a broker has it is not known, so its sequence cannot be used for anything else.
    pub(super) fn given_up(&mut self, batch: &Batch) {
        if self.gap == Gap::None && batch.stamp.is_some() {
            self.gap = Gap::Unresolved;
        }
    }

    /// Takes out what need not be sent when its transaction is aborted: what has no sequence yet, and what cannot be
    /// delivered any more, or need not be, because a sequence was lost.
    pub(super) fn take_abandoned(&mut self) -> Vec<Batch> {
        let lost = if self.gap == Gap::None { 0 } else { self.retry.len() };
        self.retry.drain(..lost).chain(self.closed.drain(..)).chain(self.open.take()).collect()
    }

    pub(super) fn take_all(&mut self) -> Vec<Batch> {
        self.retry.drain(..).chain(self.closed.drain(..)).chain(self.open.take()).collect()
    }

    /// The oldest that is not under way.
    pub(super) fn oldest(&self) -> Option<&Batch> {
        self.retry.front().or(self.closed.front()).or(self.open.as_ref())
    }

    pub(super) fn is_idle(&self) -> bool {
        self.oldest().is_none() && self.in_flight.is_empty()
    }

    /// Everything whose outcome is open.
    pub(super) fn outstanding(&self) -> impl Iterator<Item = &Arc<BatchDelivery>> {
        let waiting = self.retry.iter().chain(&self.closed).chain(&self.open).map(Batch::delivery);
        waiting.chain(self.in_flight.iter().map(|flying| &flying.delivery))
    }

    pub(super) fn note_error(&mut self, error: &Error) {
        if let Some(batch) = self.retry.front_mut().or(self.closed.front_mut()).or(self.open.as_mut()) {
            batch.last_error = Some(error.clone());
        }
    }
}
