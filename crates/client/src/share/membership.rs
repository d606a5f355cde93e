//! A share group member: when it tells the coordinator that it is there, and which partitions it has.
//!
//! ```text
//!   joining ──accepted──► stable ──unsubscribed or closed──► leaving ──► left
//!      ▲                    │
//!      └─ unknown to the coordinator: the assignment is gone
//! ```
//!
//! A heartbeat says everything when it joins or after one that may not have arrived, else only what changed. There is
//! nothing to revoke first: records are locked one by one, so a partition may be read by many members.
//!
//! Deliberately absent: `max.poll.interval.ms`. A member that does not poll fetches nothing, and its locks run out.
//!
//! Source: KIP-932.
use crate::{Backoff, Error};
use base::TopicId;
use protocol::ErrorCode;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// Partitions by topic.
pub(super) type Assignment = BTreeMap<TopicId, BTreeSet<i32>>;

#[derive(Debug)]
pub(super) struct Membership {
    backoff: Backoff,
    state: State,
    epoch: i32,
    topics: BTreeSet<String>,
    /// The coordinator has these from us.
    told: Option<BTreeSet<String>>,
    assignment: Assignment,
    next_at: Option<Instant>,
    asked: bool,
    failures: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Subscribed to nothing.
    Idle,
    Joining,
    Stable,
    Leaving,
    Left,
}

/// What to tell the coordinator; `None` is what it knows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heartbeat {
    pub(super) epoch: i32,
    pub(super) topics: Option<BTreeSet<String>>,
}

/// What the coordinator told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) epoch: i32,
    pub(super) interval: Duration,
    pub(super) assignment: Option<Assignment>,
}

/// What an answer asks of the caller.
#[derive(Debug)]
pub(super) enum Then {
    Nothing,
    /// The coordinator moved.
    FindCoordinator,
    /// The program is to hear of this; the member goes on.
    Told(Error),
    /// The member cannot go on before it subscribes again.
    Failed(Error),
}

const JOINS: i32 = 0;
const LEAVES: i32 = -1;

impl Membership {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self {
            backoff,
            state: State::Idle,
            epoch: JOINS,
            topics: BTreeSet::new(),
            told: None,
            assignment: Assignment::new(),
            next_at: None,
            asked: false,
            failures: 0,
        }
    }

    /// Reads these topics from now on; none: leaves the group.
    pub(super) fn subscribe(&mut self, topics: BTreeSet<String>) {
        match (self.state, topics.is_empty()) {
            (State::Idle | State::Left, false) => self.join(),
            (State::Joining | State::Stable, true) => self.leave(),
            (State::Leaving, false) => self.join(),
            _ => {}
        }
        self.topics = topics;
        // What changed is told at once.
        self.next_at = None;
    }

    fn join(&mut self) {
        (self.state, self.epoch, self.told) = (State::Joining, JOINS, None);
        self.assignment.clear();
        self.next_at = None;
    }

    pub(super) fn leave(&mut self) {
        self.state = match self.state {
            State::Joining | State::Stable => State::Leaving,
            State::Idle => State::Left,
            other => other,
        };
        self.assignment.clear();
        self.next_at = None;
    }

    /// Whether the coordinator hears from it.
    pub(super) fn is_active(&self) -> bool {
        !matches!(self.state, State::Idle | State::Left)
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn assignment(&self) -> &Assignment {
        &self.assignment
    }

    pub(super) fn next(&mut self, now: Instant) -> Option<Heartbeat> {
        if self.asked || self.next_at.is_some_and(|at| at > now) {
            return None;
        }
        let epoch = match self.state {
            State::Idle | State::Left => return None,
            State::Joining | State::Stable => self.epoch,
            State::Leaving => LEAVES,
        };
        self.asked = true;
        let is_news = self.state != State::Leaving && self.told.as_ref() != Some(&self.topics);
        let topics = is_news.then(|| self.topics.clone());
        if is_news {
            self.told = Some(self.topics.clone());
        }
        Some(Heartbeat { epoch, topics })
    }

    /// When time alone makes the next heartbeat due.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        self.next_at.filter(|_| !self.asked && self.is_active())
    }

    pub(super) fn answered(&mut self, now: Instant, sent: &Heartbeat, answer: Result<Told, Error>) -> Then {
        self.asked = false;
        if sent.epoch == LEAVES {
            // The session runs out by itself if this was not heard.
            if self.state == State::Leaving {
                self.state = State::Left;
            }
            return Then::Nothing;
        }
        match answer {
            Ok(_) if !matches!(self.state, State::Joining | State::Stable) => Then::Nothing,
            Ok(told) => {
                self.failures = 0;
                (self.state, self.epoch) = (State::Stable, told.epoch);
                if let Some(assignment) = told.assignment {
                    self.assignment = assignment;
                }
                self.next_at = (self.told.as_ref() == Some(&self.topics)).then(|| now + told.interval);
                Then::Nothing
            }
            Err(error) => self.failed(now, error),
        }
    }

    fn failed(&mut self, now: Instant, error: Error) -> Then {
        self.failures += 1;
        // It may not have arrived.
        self.told = None;
        let pause = now + self.backoff.wait(self.failures, 0.5);
        match error.code() {
            Some(
                ErrorCode::UNKNOWN_MEMBER_ID | ErrorCode::FENCED_MEMBER_EPOCH | ErrorCode::GROUP_ID_NOT_FOUND,
            ) if self.state != State::Leaving => {
                self.join();
                self.next_at = (self.failures > 1).then_some(pause);
                Then::Nothing
            }
            Some(
                ErrorCode::NOT_COORDINATOR
                | ErrorCode::COORDINATOR_NOT_AVAILABLE
                // From the search for it.
                | ErrorCode::REBOOTSTRAP_REQUIRED,
            ) => {
                self.next_at = Some(pause);
                Then::FindCoordinator
            }
            Some(code) if code.retriable() => {
                self.next_at = Some(pause);
                Then::Nothing
            }
            Some(ErrorCode::TOPIC_AUTHORIZATION_FAILED) => {
                self.next_at = Some(pause);
                Then::Told(error)
            }
            None if error.is_retriable() || error.is_timeout() => {
                self.next_at = Some(pause);
                Then::FindCoordinator
            }
            _ => {
                self.state = State::Left;
                self.assignment.clear();
                Then::Failed(error)
            }
        }
    }
}

#[cfg(test)]
mod tests;
