//! Membership of a consumer group: which partitions this consumer has, and what the coordinator is told of it.
//!
//! There are two protocols, [`classic`] and [`modern`], each a machine of its own. Both ask the coordinator one question
//! at a time, and both take and give partitions by [`Change`]s, which the consumer carries out while it polls: between two
//! polls a program keeps what it has, so what it read can still be committed.
//!
//! A consumer that does not poll for `max.poll.interval.ms` is taken for stuck: it leaves, so that others get its
//! partitions, and joins again with its next poll.
//!
//! Not here: clocks, sockets, the names of topics that only their ids are known of. See `member`.
pub(super) mod classic;
pub(super) mod modern;

use crate::{Backoff, Error, TopicPartition};
use classic::Classic;
use modern::Modern;
use protocol::ErrorCode;
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

pub(super) type Partitions = BTreeSet<TopicPartition>;

/// What changes for the consumer, first to last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// These go to another member once this is done; what was read of them can be committed until then.
    Revoke(Partitions),
    /// These may belong to another member already.
    Lose(Partitions),
    /// These come in addition; none at all says that a rebalance has ended.
    Assign(Partitions),
}

/// What the consumer has, and what is about to change.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    owned: Partitions,
    /// The first may be being carried out, so it stays, whatever comes.
    changes: VecDeque<Change>,
    done: u64,
}

impl Holdings {
    pub(super) fn owned(&self) -> &Partitions {
        &self.owned
    }

    /// The change to carry out, and its number.
    pub(super) fn change(&self) -> Option<(u64, &Change)> {
        self.changes.front().map(|change| (self.done, change))
    }

    fn is_settled(&self) -> bool {
        self.changes.is_empty()
    }

    fn push(&mut self, change: Change) {
        let is_nothing = match &change {
            Change::Revoke(partitions) | Change::Lose(partitions) => partitions.is_empty(),
            Change::Assign(_) => false,
        };
        if !is_nothing {
            self.changes.push_back(change);
        }
    }

    /// All that is owned, or will be after what the consumer may be at, belongs to others.
    fn lose(&mut self) {
        self.changes.truncate(1);
        let mut left = self.owned.clone();
        if let Some(first) = self.changes.front() {
            apply(&mut left, first);
        }
        self.push(Change::Lose(left));
    }

    /// The consumer has carried out the change of this number.
    fn carried_out(&mut self, number: u64) {
        if number == self.done
            && let Some(change) = self.changes.pop_front()
        {
            self.done += 1;
            apply(&mut self.owned, &change);
        }
    }
}

fn apply(owned: &mut Partitions, change: &Change) {
    match change {
        Change::Revoke(partitions) | Change::Lose(partitions) => owned.retain(|at| !partitions.contains(at)),
        Change::Assign(partitions) => owned.extend(partitions.iter().cloned()),
    }
}

/// When the consumer was last seen polling.
#[derive(Clone, Copy, Debug)]
struct Polls {
    last: Instant,
    longest: Duration,
}

impl Polls {
    fn is_stuck(&self, now: Instant) -> bool {
        now >= self.expires_at()
    }

    fn expires_at(&self) -> Instant {
        self.last + self.longest
    }

    fn warn(&self) {
        tracing::warn!(
            max_poll_interval = ?self.longest,
            "the consumer did not poll for longer than `max.poll.interval.ms`; it leaves its group until it polls again"
        );
    }
}

/// Pauses after failures.
#[derive(Debug)]
struct Patience {
    backoff: Backoff,
    failures: u32,
    until: Option<Instant>,
}

impl Patience {
    fn new(backoff: Backoff) -> Self {
        Self { backoff, failures: 0, until: None }
    }

    fn is_over(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    fn failed(&mut self, now: Instant) {
        self.failures += 1;
        self.until = Some(now + self.backoff.wait(self.failures, 0.5));
    }

    /// As [`Patience::failed`], but the first failure costs no pause.
    fn failed_once(&mut self, now: Instant) {
        self.failed(now);
        if self.failures == 1 {
            self.until = None;
        }
    }

    fn succeeded(&mut self) {
        (self.failures, self.until) = (0, None);
    }
}

/// Numbers what is asked. One question is open at a time; the answer to one that was given up is of no use.
#[derive(Debug, Default)]
struct Asks {
    last: u64,
    is_open: bool,
}

impl Asks {
    fn open(&self) -> Option<u64> {
        self.is_open.then_some(self.last)
    }

    fn ask(&mut self) {
        (self.last, self.is_open) = (self.last + 1, true);
    }

    fn close(&mut self) {
        self.is_open = false;
    }

    /// Whether this one was open.
    fn close_if(&mut self, number: u64) -> bool {
        let is_open = self.open() == Some(number);
        self.is_open &= !is_open;
        is_open
    }
}

/// What the failure of a question means to either protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// The coordinator is another, or cannot be heard.
    Coordinator,
    Passing,
    /// The program can do something about it while the member goes on.
    Told,
    /// The member cannot go on.
    Final,
}

fn failure(error: &Error) -> Failure {
    match error.code() {
        Some(
            ErrorCode::NOT_COORDINATOR
            | ErrorCode::COORDINATOR_NOT_AVAILABLE
            // From the search for it.
            | ErrorCode::REBOOTSTRAP_REQUIRED,
        ) => Failure::Coordinator,
        Some(code) if code.retriable() => Failure::Passing,
        Some(ErrorCode::TOPIC_AUTHORIZATION_FAILED) => Failure::Told,
        None if error.is_retriable() || error.is_timeout() => Failure::Coordinator,
        _ => Failure::Final,
    }
}

/// What an answer asks of the caller.
#[derive(Clone, Debug)]
pub(super) enum Then {
    Nothing,
    FindCoordinator,
    /// The program is to hear of this; the member goes on.
    Told(Error),
    /// The member cannot go on; it has left as far as this side is concerned.
    Failed(Error),
}

/// What is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Subscription {
    #[default]
    Nothing,
    Topics(BTreeSet<Arc<str>>),
    /// Topics whose names match as the coordinator sees it (RE2).
    Pattern(Arc<str>),
}

/// Who the member is to the coordinator right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// Of a classic group the generation, else the member epoch; -1 outside.
    pub(super) generation: i32,
    pub(super) member_id: String,
}

impl Default for Identity {
    fn default() -> Self {
        Self { generation: -1, member_id: String::new() }
    }
}

#[derive(Debug)]
pub(super) enum Membership {
    Classic(Classic),
    Modern(Modern),
}

#[derive(Clone, Debug)]
pub(super) enum Question {
    Classic(classic::Question),
    Modern(modern::Heartbeat),
}

#[derive(Clone, Debug)]
pub(super) enum Answer {
    Classic(Result<classic::Answer, Error>),
    Modern(Result<modern::Told, Error>),
}

impl Membership {
    /// Reads this from now on.
    pub(super) fn subscribe(&mut self, subscription: Subscription) {
        match self {
            Self::Classic(classic) => match subscription {
                Subscription::Topics(topics) => classic.subscribe(topics),
                // Patterns are matched before: the coordinator knows none.
                Subscription::Nothing | Subscription::Pattern(_) => {}
            },
            Self::Modern(modern) => modern.subscribe(subscription),
        }
    }

    /// Reads nothing more. What is owned is for the consumer to let go first.
    pub(super) fn leave(&mut self) {
        match self {
            Self::Classic(classic) => classic.leave(),
            Self::Modern(modern) => modern.leave(),
        }
    }

    pub(super) fn polled(&mut self, at: Instant) {
        match self {
            Self::Classic(classic) => classic.polled(at),
            Self::Modern(modern) => modern.polled(at),
        }
    }

    /// The program asks for a rebalance.
    pub(super) fn rejoin(&mut self, reason: &'static str) {
        match self {
            Self::Classic(classic) => classic.rejoin(reason),
            // There the broker alone decides when to assign anew.
            Self::Modern(_) => {}
        }
    }

    pub(super) fn next(&mut self, now: Instant) -> Option<Question> {
        match self {
            Self::Classic(classic) => classic.next(now).map(Question::Classic),
            Self::Modern(modern) => modern.next(now).map(Question::Modern),
        }
    }

    /// The number of the question that waits for its answer. One that [`Membership::next`] gave is given up when it has
    /// no number any more, or another has it.
    pub(super) fn asks(&self) -> Option<u64> {
        match self {
            Self::Classic(classic) => classic.asks(),
            Self::Modern(modern) => modern.asks(),
        }
    }

    pub(super) fn answered(&mut self, now: Instant, number: u64, asked: &Question, answer: Answer) -> Then {
        match (self, asked, answer) {
            (Self::Classic(classic), Question::Classic(asked), Answer::Classic(answer)) => {
                classic.answered(now, number, asked, answer)
            }
            (Self::Modern(modern), Question::Modern(asked), Answer::Modern(answer)) => {
                modern.answered(now, number, asked, answer)
            }
            _ => Then::Nothing,
        }
    }

    pub(super) fn carried_out(&mut self, number: u64) {
        match self {
            Self::Classic(classic) => classic.carried_out(number),
            Self::Modern(modern) => modern.carried_out(number),
        }
    }

    pub(super) fn holdings(&self) -> &Holdings {
        match self {
            Self::Classic(classic) => classic.holdings(),
            Self::Modern(modern) => modern.holdings(),
        }
    }

    pub(super) fn identity(&self) -> Identity {
        match self {
            Self::Classic(classic) => classic.identity(),
            Self::Modern(modern) => modern.identity(),
        }
    }

    /// Whether its generation is the group's, as far as it knows, so that it may commit.
    pub(super) fn is_stable(&self) -> bool {
        match self {
            Self::Classic(classic) => classic.is_stable(),
            Self::Modern(modern) => modern.is_stable(),
        }
    }

    /// Who it was when it was last in the group. It stays so after the group has put it out, so that a transaction of
    /// that time is refused (KIP-447).
    pub(super) fn joined(&self) -> &Identity {
        match self {
            Self::Classic(classic) => classic.joined(),
            Self::Modern(modern) => modern.joined(),
        }
    }

    /// Nothing is asked before the consumer polls again.
    pub(super) fn waits_for_poll(&self) -> bool {
        match self {
            Self::Classic(classic) => classic.waits_for_poll(),
            Self::Modern(modern) => modern.waits_for_poll(),
        }
    }

    pub(super) fn has_left(&self) -> bool {
        match self {
            Self::Classic(classic) => classic.has_left(),
            Self::Modern(modern) => modern.has_left(),
        }
    }

    /// When time alone makes [`Membership::next`] say something, which it did not at `now`.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        match self {
            Self::Classic(classic) => classic.wake_at(now),
            Self::Modern(modern) => modern.wake_at(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn partitions(of: &[i32]) -> Partitions {
        of.iter().map(|&partition| TopicPartition::new("t", partition)).collect()
    }

    #[test]
    fn a_change_counts_when_it_is_carried_out() {
        let mut holdings = Holdings::default();
        holdings.push(Change::Assign(partitions(&[0, 1, 2])));
        assert!(holdings.owned().is_empty());
        holdings.carried_out(0);
        holdings.carried_out(0);
        assert_eq!(*holdings.owned(), partitions(&[0, 1, 2]));
        holdings.push(Change::Revoke(partitions(&[1])));
        holdings.push(Change::Assign(partitions(&[3])));
        // The consumer may be at the first already; what comes after it is void.
        holdings.lose();
        let mut seen = Vec::new();
        while let Some((number, change)) = holdings.change() {
            seen.push(change.clone());
            holdings.carried_out(number);
        }
        assert_eq!(seen, [Change::Revoke(partitions(&[1])), Change::Lose(partitions(&[0, 2]))]);
        assert!(holdings.owned().is_empty());
        holdings.lose();
        assert!(holdings.is_settled(), "there is nothing to lose");
    }

    #[test]
    fn failures_are_of_four_kinds() {
        let refused = |code: ErrorCode| Error::refused("group", code.0, None);
        for (error, expected) in [
            (refused(ErrorCode::NOT_COORDINATOR), Failure::Coordinator),
            (refused(ErrorCode::REBOOTSTRAP_REQUIRED), Failure::Coordinator),
            (refused(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS), Failure::Passing),
            (refused(ErrorCode::TOPIC_AUTHORIZATION_FAILED), Failure::Told),
            (refused(ErrorCode::GROUP_AUTHORIZATION_FAILED), Failure::Final),
            (Error::NoLeader { subject: "group".to_owned() }, Failure::Coordinator),
            (Error::Closed, Failure::Final),
        ] {
            assert_eq!(failure(&error), expected, "{error}");
        }
    }
}
