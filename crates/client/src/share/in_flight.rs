//! The records of one partition that the program holds, and what it said of each.
//!
//! A broker acquires ranges of offsets for a consumer. Some of these offsets have no record (compaction, markers of
//! transactions): they are acknowledged as gaps. Acknowledgements leave as runs of one kind, so memory follows the
//! records that arrived and never the ranges that a broker claims.
//!
//! Sources: KIP-932, KIP-1222 (renewal).
use std::collections::BTreeMap;

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AcknowledgeType {
    /// It was processed.
    Accept,
    /// It was not, and somebody may try again.
    Release,
    /// It cannot be processed by anyone.
    Reject,
    /// It is still being processed: the lock starts anew (KIP-1222).
    Renew,
}

/// On the wire, of offsets without a record.
const GAP: i8 = 0;

impl AcknowledgeType {
    fn to_wire(self) -> i8 {
        match self {
            Self::Accept => 1,
            Self::Release => 2,
            Self::Reject => 3,
            Self::Renew => RENEW,
        }
    }
}

const RENEW: i8 = 4;

/// Offsets that a broker locked for this consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Acquired {
    pub(super) first: i64,
    /// Inclusive.
    pub(super) last: i64,
    pub(super) delivery_count: i16,
}

/// In the order of offsets, and none twice, so that what a broker claims costs no more than it says.
pub(super) fn disjoint(mut acquired: Vec<Acquired>) -> Vec<Acquired> {
    acquired.sort_unstable_by_key(|range| range.first);
    let mut next = Some(i64::MIN);
    acquired.retain_mut(|range| {
        let Some(free) = next else { return false };
        range.first = range.first.max(free);
        let holds = range.first <= range.last;
        if holds {
            next = range.last.checked_add(1);
        }
        holds
    });
    acquired
}

/// The range of [disjoint] ones that has this offset.
pub(super) fn range_of(acquired: &[Acquired], offset: i64) -> Option<&Acquired> {
    let behind = acquired.partition_point(|range| range.first <= offset);
    acquired[..behind].last().filter(|range| offset <= range.last)
}

/// Offsets that share an acknowledgement; both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: i64,
    pub(super) last: i64,
    /// As on the wire.
    pub(super) kind: i8,
}

/// Of all that a broker locked.
pub(super) fn released(acquired: &Acquired) -> Run {
    Run { first: acquired.first, last: acquired.last, kind: AcknowledgeType::Release.to_wire() }
}

impl Run {
    pub(super) fn renews(&self) -> bool {
        self.kind == RENEW
    }
}

#[derive(Debug, Default)]
pub(super) struct InFlight {
    /// By offset, and what was said of each.
    records: BTreeMap<i64, Option<AcknowledgeType>>,
    /// Records whose lock was asked to start anew; the program still holds them.
    renewed: usize,
    /// Gaps and unreadable batches, until they are told.
    untold: Vec<Run>,
}

impl InFlight {
    /// `acquired` is [disjoint], `present` are the offsets of the records that could be read, and `unreadable` the
    /// ranges, both ends inclusive and ascending, of batches that could not.
    pub(super) fn new(
        acquired: &[Acquired],
        present: impl IntoIterator<Item = i64>,
        unreadable: &[(i64, i64)],
    ) -> Self {
        let is_acquired = |offset: &i64| range_of(acquired, *offset).is_some();
        let records: BTreeMap<i64, Option<AcknowledgeType>> =
            present.into_iter().filter(is_acquired).map(|offset| (offset, None)).collect();
        let mut untold = Vec::new();
        for range in acquired {
            let mut next = range.first;
            for (&offset, _) in records.range(range.first..=range.last) {
                push_missing(&mut untold, next, offset - 1, unreadable);
                next = offset.saturating_add(1);
            }
            if records.last_key_value().is_none_or(|(&last, _)| last != i64::MAX) {
                push_missing(&mut untold, next, range.last, unreadable);
            }
        }
        Self { records, renewed: 0, untold }
    }

    /// False if the record is not held.
    pub(super) fn acknowledge(&mut self, offset: i64, kind: AcknowledgeType) -> bool {
        let Some(said) = self.records.get_mut(&offset) else { return false };
        *said = Some(kind);
        true
    }

    /// Accepts what nothing was said of.
    pub(super) fn accept_rest(&mut self) {
        for said in self.records.values_mut() {
            said.get_or_insert(AcknowledgeType::Accept);
        }
    }

    /// Records of which nothing was said, except those that were renewed.
    pub(super) fn silent(&self) -> usize {
        self.records.values().filter(|said| said.is_none()).count().saturating_sub(self.renewed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.untold.is_empty()
    }

    /// What is to be told, in the order of offsets. Records are let go, but for those that are renewed.
    pub(super) fn take(&mut self) -> Vec<Run> {
        let mut runs = std::mem::take(&mut self.untold);
        let mut renewed = 0;
        self.records.retain(|&offset, said| {
            let Some(kind) = *said else { return true };
            runs.push(Run { first: offset, last: offset, kind: kind.to_wire() });
            let stays = kind == AcknowledgeType::Renew;
            if stays {
                *said = None;
                renewed += 1;
            }
            stays
        });
        self.renewed = if renewed > 0 { renewed } else { self.renewed.min(self.records.len()) };
        runs.sort_unstable_by_key(|run| run.first);
        joined(runs)
    }
}

/// Tells of offsets without a record: unreadable ones are rejected, for nobody will read them.
fn push_missing(runs: &mut Vec<Run>, first: i64, last: i64, unreadable: &[(i64, i64)]) {
    let mut next = first;
    let reaches = unreadable.partition_point(|&(_, to)| to < first);
    for &(from, to) in &unreadable[reaches..] {
        if from > last {
            break;
        }
        let (from, to) = (from.max(next), to.min(last));
        if from > to {
            continue;
        }
        if next < from {
            runs.push(Run { first: next, last: from - 1, kind: GAP });
        }
        runs.push(Run { first: from, last: to, kind: AcknowledgeType::Reject.to_wire() });
        let Some(behind) = to.checked_add(1) else { return };
        next = behind;
    }
    if next <= last {
        runs.push(Run { first: next, last, kind: GAP });
    }
}

/// Adds later runs to those that wait to be told. Both, and what comes of them, are in the order of offsets and have none
/// twice, else a broker refuses them all. What was said last of an offset counts.
pub(super) fn merge(runs: &mut Vec<Run>, later: Vec<Run>) {
    let mut merged = Vec::with_capacity(runs.len() + later.len());
    for run in runs.drain(..) {
        let mut next = Some(run.first);
        let reaches = later.partition_point(|over| over.last < run.first);
        for over in later[reaches..].iter().take_while(|over| over.first <= run.last) {
            if let Some(first) = next.filter(|first| *first < over.first) {
                merged.push(Run { first, last: over.first - 1, ..run });
            }
            next = over.last.checked_add(1);
        }
        if let Some(first) = next.filter(|first| *first <= run.last) {
            merged.push(Run { first, ..run });
        }
    }
    merged.extend(later);
    merged.sort_unstable_by_key(|run| run.first);
    *runs = joined(merged);
}

fn joined(runs: Vec<Run>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for run in runs {
        match out.last_mut() {
            Some(before) if before.kind == run.kind && before.last.checked_add(1) == Some(run.first) => {
                before.last = run.last;
            }
            _ => out.push(run),
        }
    }
    out
}

#[cfg(test)]
mod tests;
