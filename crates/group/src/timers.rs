//! What a shard waits for, in the order it comes due.
//!
//! An entry is a hint, not a decision: its owner compares the moment with the deadline it keeps itself, and sets a
//! new entry when there is time left. So a heartbeat only moves a deadline, and costs no change here.

use super::{GroupId, MemberId};
use std::{collections::BTreeSet, time::Instant};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A member, or a pending one, may have been silent for too long.
    Session(GroupId, MemberId),
    /// The time to join is up.
    Join(GroupId),
    /// The time to sync is up.
    Sync(GroupId),
    /// Offsets of deleted topics are to be removed.
    Forget,
    /// Offsets and groups may have outlived their retention.
    Expire,
}

#[derive(Debug, Default)]
pub(crate) struct Timers {
    due: BTreeSet<(Instant, Timer)>,
}

impl Timers {
    pub(crate) fn set(&mut self, at: Instant, timer: Timer) {
        self.due.insert((at, timer));
    }

    pub(crate) fn cancel(&mut self, at: Option<Instant>, timer: Timer) {
        if let Some(at) = at {
            self.due.remove(&(at, timer));
        }
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(Instant, Timer)> {
        if self.next()? > now {
            return None;
        }
        self.due.pop_first()
    }
}
