//! A member of a classic group: when it joins, syncs, shows that it is alive, and leaves.
//!
//! ```text
//!   outside ──join──► joining ──as leader──► assigning ──► syncing ──► stable
//!      ▲                 └──────as follower──────────────────►┘          │
//!      └── rebalance in progress; what is read changed; unknown member ──┘
//! ```
//!
//! With an eager assignor everything is revoked before each join. With a cooperative one a member keeps what it has,
//! gives up after the round what went to others, and joins once more so that they get it (KIP-429). Between rounds
//! heartbeats go on, also while the consumer has a [`Change`] still to carry out: a join waits for it.
//!
//! The member that the coordinator made leader of a round assigns for all, and watches the topics of all.
//!
//! Sources: KIP-62 (heartbeats apart from polling), KIP-345 (static members), KIP-394 (ids given before joining), KIP-429,
//! KIP-800 (reasons), KIP-814 (a static leader that comes back).
use super::{Asks, Change, Failure, Holdings, Identity, Partitions, Patience, Polls, Then, failure};
use crate::{Backoff, Error};
use bytes::Bytes;
use protocol::ErrorCode;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

#[derive(Clone, Debug)]
pub(in crate::consumer) struct Settings {
    pub(in crate::consumer) heartbeat_interval: Duration,
    /// Longest time between two polls; others wait that long for this member in a rebalance.
    pub(in crate::consumer) max_poll_interval: Duration,
    pub(in crate::consumer) instance_id: Option<String>,
    /// Every assignor that may be chosen lets members keep partitions through a rebalance.
    pub(in crate::consumer) is_cooperative: bool,
    pub(in crate::consumer) backoff: Backoff,
}

/// What the leader saw of topics when it assigned: the number of partitions of each.
pub(in crate::consumer) type Watched = BTreeMap<Arc<str>, usize>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::consumer) struct Join {
    /// Empty asks for one.
    pub(in crate::consumer) member_id: String,
    pub(in crate::consumer) topics: BTreeSet<Arc<str>>,
    pub(in crate::consumer) owned: Partitions,
    /// What this member had after the last round, and in which generation; an eager member gave it up since.
    pub(in crate::consumer) before: (Partitions, i32),
    pub(in crate::consumer) generation: i32,
    pub(in crate::consumer) reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::consumer) enum Question {
    Join(Join),
    /// For the leader: what everybody gets. Not asked of the coordinator but of the assignor.
    Assign(Round),
    Sync {
        round: Round,
        assignments: Vec<(String, Bytes)>,
    },
    Heartbeat(Identity),
    Leave(String),
}

/// One round of a group, as its coordinator began it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::consumer) struct Round {
    pub(in crate::consumer) generation: i32,
    pub(in crate::consumer) member_id: String,
    /// The name of the assignor that all members have.
    pub(in crate::consumer) protocol: String,
    /// For the leader, who else is there and what each wants.
    pub(in crate::consumer) members: Option<Vec<JoinedMember>>,
    /// The leader leaves the assignment as it is.
    pub(in crate::consumer) keeps_assignment: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::consumer) struct JoinedMember {
    pub(in crate::consumer) member_id: String,
    pub(in crate::consumer) instance_id: Option<String>,
    pub(in crate::consumer) subscription: Bytes,
}

#[derive(Clone, Debug)]
pub(in crate::consumer) enum Answer {
    Joined(Round),
    /// An id to join with.
    MemberId(String),
    Assigned {
        assignments: Vec<(String, Bytes)>,
        watched: Watched,
    },
    Synced(Partitions),
    Alive,
    Left,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Subscribed to nothing.
    Idle,
    /// Subscribed, and in no generation: the next thing is to join.
    Outside,
    Joining,
    Assigning,
    Syncing,
    Stable,
    /// The consumer did not poll for too long; the coordinator is still to be told.
    Expiring,
    /// As above, and told.
    Expired,
    Leaving,
    Left,
}

#[derive(Debug)]
pub(in crate::consumer) struct Classic {
    settings: Settings,
    state: State,
    member_id: String,
    generation: i32,
    joined: Identity,
    is_subscribed: bool,
    topics: BTreeSet<Arc<str>>,
    /// What the coordinator heard that this member wants.
    joined_with: BTreeSet<Arc<str>>,
    holdings: Holdings,
    before: (Partitions, i32),
    /// Another round is needed, and why.
    rejoin: Option<&'static str>,
    /// The round under way, and its assignments once there are any.
    round: Option<Round>,
    assignments: Vec<(String, Bytes)>,
    watched: Option<Watched>,
    polls: Polls,
    heartbeat_at: Instant,
    asks: Asks,
    patience: Patience,
}

const NO_GENERATION: i32 = -1;

impl Classic {
    pub(in crate::consumer) fn new(settings: Settings, now: Instant) -> Self {
        Self {
            polls: Polls { last: now, longest: settings.max_poll_interval },
            patience: Patience::new(settings.backoff),
            settings,
            state: State::Idle,
            member_id: String::new(),
            generation: NO_GENERATION,
            joined: Identity::default(),
            is_subscribed: false,
            topics: BTreeSet::new(),
            joined_with: BTreeSet::new(),
            holdings: Holdings::default(),
            before: (Partitions::new(), NO_GENERATION),
            rejoin: None,
            round: None,
            assignments: Vec::new(),
            watched: None,
            heartbeat_at: now,
            asks: Asks::default(),
        }
    }

    /// Reads these topics from now on. Without any it is a member with nothing to read.
    pub(super) fn subscribe(&mut self, topics: BTreeSet<Arc<str>>) {
        let is_news = self.topics != topics;
        self.topics = topics;
        self.is_subscribed = true;
        match self.state {
            State::Idle | State::Left => self.state = State::Outside,
            // The coordinator is told that it left first; a dynamic member comes back under another id.
            State::Leaving => {}
            _ if is_news => self.rejoin("the subscription changed"),
            _ => {}
        }
    }

    pub(super) fn rejoin(&mut self, reason: &'static str) {
        if matches!(self.state, State::Joining | State::Assigning | State::Syncing | State::Stable) {
            self.rejoin.get_or_insert(reason);
        }
    }

    /// What the consumer has of the group it lets go of itself, before this.
    pub(super) fn leave(&mut self) {
        let is_known = !self.member_id.is_empty() && self.settings.instance_id.is_none();
        self.is_subscribed = false;
        self.state = match self.state {
            State::Idle | State::Left | State::Expired => State::Left,
            _ if is_known => State::Leaving,
            _ => State::Left,
        };
        self.holdings = Holdings { done: self.holdings.done + 1, ..Holdings::default() };
        self.patience.succeeded();
        self.asks.close();
        if self.state == State::Left {
            self.forget_member();
        }
    }

    pub(super) fn polled(&mut self, at: Instant) {
        self.polls.last = self.polls.last.max(at);
    }

    /// The partitions of topics as they are now, for the leader of the group.
    pub(in crate::consumer) fn topics_are(&mut self, count: impl Fn(&str) -> usize) {
        let has_changed = |watched: &Watched| watched.iter().any(|(topic, known)| count(topic) != *known);
        if self.state == State::Stable && self.watched.as_ref().is_some_and(has_changed) {
            self.rejoin("the partitions of a topic changed");
        }
    }

    /// Topics that the leader watches.
    pub(in crate::consumer) fn watched(&self) -> impl Iterator<Item = &Arc<str>> {
        self.watched.iter().flat_map(BTreeMap::keys)
    }

    pub(super) fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    pub(super) fn identity(&self) -> Identity {
        Identity { generation: self.generation, member_id: self.member_id.clone() }
    }

    pub(super) fn is_stable(&self) -> bool {
        self.state == State::Stable
    }

    pub(super) fn asks(&self) -> Option<u64> {
        self.asks.open()
    }

    pub(super) fn joined(&self) -> &Identity {
        &self.joined
    }

    pub(super) fn waits_for_poll(&self) -> bool {
        self.state == State::Expired
    }

    pub(super) fn has_left(&self) -> bool {
        matches!(self.state, State::Idle | State::Left)
    }

    pub(super) fn carried_out(&mut self, number: u64) {
        self.holdings.carried_out(number);
    }

    pub(super) fn next(&mut self, now: Instant) -> Option<Question> {
        if self.state == State::Expired && !self.polls.is_stuck(now) {
            self.state = State::Outside;
        }
        let is_member = !matches!(
            self.state,
            State::Idle | State::Expiring | State::Expired | State::Leaving | State::Left
        );
        if is_member && self.polls.is_stuck(now) {
            self.expire();
        }
        if self.asks.open().is_some() || !self.patience.is_over(now) {
            return None;
        }
        let question = self.question(now)?;
        self.asks.ask();
        Some(question)
    }

    fn question(&mut self, now: Instant) -> Option<Question> {
        if self.state == State::Stable && self.rejoin.is_some() && self.holdings.is_settled() {
            let revoked = self.before_joining();
            self.holdings.push(Change::Revoke(revoked));
            if self.holdings.is_settled() {
                self.state = State::Outside;
            }
        }
        match self.state {
            State::Outside if self.holdings.is_settled() => {
                let revoked = self.before_joining();
                if !revoked.is_empty() {
                    self.holdings.push(Change::Revoke(revoked));
                    return None;
                }
                self.state = State::Joining;
                self.joined_with.clone_from(&self.topics);
                self.watched = None;
                Some(Question::Join(Join {
                    member_id: self.member_id.clone(),
                    topics: self.topics.clone(),
                    owned: self.holdings.owned().clone(),
                    before: self.before.clone(),
                    generation: self.generation,
                    reason: self.rejoin.take().unwrap_or("it is new"),
                }))
            }
            State::Assigning => Some(Question::Assign(self.round.clone()?)),
            State::Syncing => {
                let assignments = std::mem::take(&mut self.assignments);
                Some(Question::Sync { round: self.round.clone()?, assignments })
            }
            State::Stable if self.heartbeat_at <= now => {
                self.heartbeat_at = now + self.settings.heartbeat_interval;
                Some(Question::Heartbeat(self.identity()))
            }
            State::Leaving | State::Expiring => Some(Question::Leave(self.member_id.clone())),
            _ => None,
        }
    }

    /// What goes before this member joins: with an eager assignor all, else what is no longer read.
    fn before_joining(&self) -> Partitions {
        let owned = self.holdings.owned().iter();
        owned
            .filter(|at| !self.settings.is_cooperative || !self.topics.contains(&at.topic))
            .cloned()
            .collect()
    }

    fn expire(&mut self) {
        self.polls.warn();
        self.holdings.lose();
        let is_told = !self.member_id.is_empty() && self.settings.instance_id.is_none();
        self.state = if is_told { State::Expiring } else { State::Expired };
        self.rejoin = None;
        self.asks.close();
        if self.state == State::Expired {
            self.forget_member();
        }
    }

    fn forget_member(&mut self) {
        self.member_id.clear();
        self.generation = NO_GENERATION;
        (self.round, self.watched, self.rejoin) = (None, None, None);
    }

    /// After [`Classic::next`] had nothing to say at `now`.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        let pause = self.patience.until.filter(|until| self.asks.open().is_none() && *until > now);
        let next = match self.state {
            State::Idle | State::Left | State::Expired => return None,
            State::Leaving | State::Expiring => return pause,
            State::Stable if self.asks.open().is_none() => pause.or(Some(self.heartbeat_at)),
            _ => pause,
        };
        next.into_iter().chain([self.polls.expires_at()]).min()
    }

    pub(super) fn answered(
        &mut self,
        now: Instant,
        number: u64,
        asked: &Question,
        answer: Result<Answer, Error>,
    ) -> Then {
        if let Question::Leave(_) = asked {
            return self.left();
        }
        // What was asked before it left or expired is of no use now.
        if !self.asks.close_if(number) {
            return Then::Nothing;
        }
        match answer {
            Ok(answer) => {
                self.patience.succeeded();
                self.take(now, answer);
                Then::Nothing
            }
            Err(error) => self.failed(now, asked, error),
        }
    }

    /// If it was not heard the session runs out by itself.
    fn left(&mut self) -> Then {
        match self.state {
            State::Leaving if self.is_subscribed => self.state = State::Outside,
            State::Leaving => self.state = State::Left,
            State::Expiring => self.state = State::Expired,
            _ => return Then::Nothing,
        }
        self.asks.close();
        self.forget_member();
        Then::Nothing
    }

    fn take(&mut self, now: Instant, answer: Answer) {
        match answer {
            Answer::MemberId(member_id) => {
                self.member_id = member_id;
                self.state = State::Outside;
            }
            Answer::Joined(round) => {
                self.generation = round.generation;
                self.member_id.clone_from(&round.member_id);
                self.state = if round.members.is_some() { State::Assigning } else { State::Syncing };
                self.round = Some(round);
            }
            Answer::Assigned { assignments, watched } => {
                self.assignments = assignments;
                self.watched = Some(watched);
                self.state = State::Syncing;
            }
            Answer::Synced(target) => self.synced(now, target),
            Answer::Alive | Answer::Left => {}
        }
    }

    fn synced(&mut self, now: Instant, target: Partitions) {
        self.state = State::Stable;
        self.joined = self.identity();
        self.heartbeat_at = now + self.settings.heartbeat_interval;
        self.round = None;
        let owned = self.holdings.owned();
        let revoked: Partitions = owned.difference(&target).cloned().collect();
        let added: Partitions = target.difference(owned).cloned().collect();
        if !revoked.is_empty() {
            // Others get these in a round of their own, once they are free.
            self.rejoin = Some("partitions were given up");
        }
        self.holdings.push(Change::Revoke(revoked));
        self.holdings.push(Change::Assign(added));
        self.before = (target, self.generation);
        if self.topics != self.joined_with {
            self.rejoin = Some("the subscription changed");
        }
    }

    fn failed(&mut self, now: Instant, asked: &Question, error: Error) -> Then {
        match error.code() {
            Some(ErrorCode::UNKNOWN_MEMBER_ID) => {
                self.patience.failed_once(now);
                self.fall_out();
                self.member_id.clear();
                return Then::Nothing;
            }
            Some(ErrorCode::ILLEGAL_GENERATION) => {
                self.patience.failed_once(now);
                self.fall_out();
                return Then::Nothing;
            }
            Some(ErrorCode::REBALANCE_IN_PROGRESS) => {
                match asked {
                    Question::Heartbeat(_) => {
                        self.patience.succeeded();
                        self.rejoin("the group rebalances");
                    }
                    _ => {
                        self.patience.failed_once(now);
                        self.again();
                    }
                }
                return Then::Nothing;
            }
            _ => {}
        }
        let kind = match (asked, error.code()) {
            // It says nothing of this member, as little as silence does.
            (Question::Heartbeat(_), Some(ErrorCode::UNKNOWN_SERVER_ERROR)) => Failure::Passing,
            _ => failure(&error),
        };
        let then = match kind {
            Failure::Coordinator => Then::FindCoordinator,
            Failure::Passing => Then::Nothing,
            Failure::Told => Then::Told(error),
            Failure::Final => {
                self.holdings.lose();
                self.forget_member();
                self.state = State::Left;
                return Then::Failed(error);
            }
        };
        self.patience.failed(now);
        match asked {
            Question::Join(_) => self.state = State::Outside,
            // The round may have gone on without this member; joining again finds out.
            Question::Sync { .. } => self.again(),
            _ => {}
        }
        then
    }

    /// To another join, as the member that it was.
    fn again(&mut self) {
        self.state = State::Outside;
        self.round = None;
        self.rejoin.get_or_insert("the group rebalances");
    }

    /// The generation is not this member's any more, and what it has may be somebody else's.
    fn fall_out(&mut self) {
        self.holdings.lose();
        self.generation = NO_GENERATION;
        (self.round, self.watched, self.rejoin) = (None, None, Some("it was taken for gone"));
        self.state = State::Outside;
    }
}

#[cfg(test)]
mod tests;
