//! A member of a group of the consumer protocol: one heartbeat says and hears everything, and the broker assigns.
//!
//! ```text
//!   joining ──► stable ⟲ heartbeats; an assignment is reconciled: revoke, take, acknowledge ──► leaving ──► left
//!      ▲          │
//!      └─ fenced: what it has may be somebody else's
//! ```
//!
//! A heartbeat is full when it joins or after one that may not have arrived, else it says only what changed. What goes to
//! others is revoked and acknowledged before they get it, so an assignment that comes while another is being carried out
//! waits for it.
//!
//! Topics are named by id here. A partition of a topic whose name is not known yet counts as not assigned until
//! [`Modern::learn`] names it.
//!
//! Sources: KIP-848, KIP-1082 (members choose their ids).
use super::{
    Asks, Change, Failure, Holdings, Identity, Partitions, Patience, Polls, Subscription, Then, failure,
};
use crate::{Backoff, Error, TopicPartition};
use base::TopicId;
use protocol::ErrorCode;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

#[derive(Clone, Debug)]
pub(in crate::consumer) struct Settings {
    pub(in crate::consumer) max_poll_interval: Duration,
    pub(in crate::consumer) instance_id: Option<String>,
    pub(in crate::consumer) backoff: Backoff,
}

/// Partitions by topic.
pub(in crate::consumer) type ById = BTreeMap<TopicId, BTreeSet<i32>>;

/// What to tell the coordinator; `None` is what it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::consumer) struct Heartbeat {
    pub(in crate::consumer) member_id: String,
    pub(in crate::consumer) epoch: i32,
    pub(in crate::consumer) subscription: Option<Subscription>,
    pub(in crate::consumer) owned: Option<ById>,
}

/// What the coordinator told.
#[derive(Clone, Debug)]
pub(in crate::consumer) struct Told {
    pub(in crate::consumer) epoch: i32,
    pub(in crate::consumer) interval: Duration,
    /// `None`: as before.
    pub(in crate::consumer) assignment: Option<ById>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Subscribed to nothing.
    Idle,
    Joining,
    Stable,
    /// The consumer did not poll for too long; the coordinator is still to be told.
    Expiring,
    /// As above, and told.
    Expired,
    Leaving,
    Left,
}

#[derive(Debug)]
pub(in crate::consumer) struct Modern {
    settings: Settings,
    state: State,
    member_id: String,
    epoch: i32,
    joined: Identity,
    subscription: Subscription,
    /// The coordinator has this from us.
    told: Option<(Subscription, ById)>,
    target: ById,
    names: BTreeMap<TopicId, Arc<str>>,
    holdings: Holdings,
    polls: Polls,
    next_at: Instant,
    asks: Asks,
    patience: Patience,
}

const JOINS: i32 = 0;
const LEAVES: i32 = -1;
/// Of a static member, which others do not take the place of for a while.
const LEAVES_FOR_NOW: i32 = -2;

impl Modern {
    pub(in crate::consumer) fn new(settings: Settings, member_id: String, now: Instant) -> Self {
        Self {
            polls: Polls { last: now, longest: settings.max_poll_interval },
            patience: Patience::new(settings.backoff),
            settings,
            state: State::Idle,
            member_id,
            epoch: JOINS,
            joined: Identity::default(),
            subscription: Subscription::Nothing,
            told: None,
            target: ById::new(),
            names: BTreeMap::new(),
            holdings: Holdings::default(),
            next_at: now,
            asks: Asks::default(),
        }
    }

    pub(super) fn subscribe(&mut self, subscription: Subscription) {
        self.subscription = subscription;
        if matches!(self.state, State::Idle | State::Left) {
            self.join();
        }
    }

    fn join(&mut self) {
        (self.state, self.epoch, self.told) = (State::Joining, JOINS, None);
        self.target.clear();
    }

    /// What the consumer has of the group it lets go of itself, before this.
    pub(super) fn leave(&mut self) {
        self.subscription = Subscription::Nothing;
        self.state = match self.state {
            State::Joining | State::Stable | State::Expiring | State::Leaving => State::Leaving,
            State::Idle | State::Expired | State::Left => State::Left,
        };
        self.holdings = Holdings { done: self.holdings.done + 1, ..Holdings::default() };
        self.target.clear();
        self.patience.succeeded();
        self.asks.close();
    }

    pub(super) fn polled(&mut self, at: Instant) {
        self.polls.last = self.polls.last.max(at);
    }

    /// The names of topics.
    pub(in crate::consumer) fn learn(&mut self, names: impl IntoIterator<Item = (TopicId, Arc<str>)>) {
        self.names.extend(names);
        let is_wanted = |id: &TopicId| self.target.contains_key(id);
        let owned: BTreeSet<Arc<str>> = self.holdings.owned().iter().map(|at| at.topic.clone()).collect();
        self.names.retain(|id, name| is_wanted(id) || owned.contains(name));
        self.reconcile();
    }

    /// Topics that are assigned and whose names are to be learned.
    pub(in crate::consumer) fn nameless(&self) -> impl Iterator<Item = TopicId> {
        self.target.keys().copied().filter(|id| !self.names.contains_key(id))
    }

    pub(super) fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    pub(super) fn identity(&self) -> Identity {
        let generation = if self.state == State::Stable { self.epoch } else { -1 };
        Identity { generation, member_id: self.member_id.clone() }
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
        self.reconcile();
    }

    /// Towards what is assigned, if nothing is being carried out.
    fn reconcile(&mut self) {
        if self.state != State::Stable || !self.holdings.is_settled() {
            return;
        }
        let named = self.target.iter().filter_map(|(id, partitions)| Some((self.names.get(id)?, partitions)));
        let target: Partitions = named
            .flat_map(|(topic, partitions)| {
                partitions.iter().map(|&partition| TopicPartition { topic: topic.clone(), partition })
            })
            .collect();
        let owned = self.holdings.owned();
        let revoked: Partitions = owned.difference(&target).cloned().collect();
        let added: Partitions = target.difference(owned).cloned().collect();
        if !revoked.is_empty() || !added.is_empty() {
            self.holdings.push(Change::Revoke(revoked));
            self.holdings.push(Change::Assign(added));
        }
    }

    fn owned_by_id(&self) -> ById {
        let ids: BTreeMap<&Arc<str>, TopicId> = self.names.iter().map(|(id, name)| (name, *id)).collect();
        let mut owned = ById::new();
        for at in self.holdings.owned() {
            if let Some(id) = ids.get(&at.topic) {
                owned.entry(*id).or_default().insert(at.partition);
            }
        }
        owned
    }

    pub(super) fn next(&mut self, now: Instant) -> Option<Heartbeat> {
        if self.state == State::Expired && !self.polls.is_stuck(now) {
            self.join();
        }
        if matches!(self.state, State::Joining | State::Stable) && self.polls.is_stuck(now) {
            self.expire();
        }
        if self.asks.open().is_some() || !self.patience.is_over(now) {
            return None;
        }
        let leaves = if self.settings.instance_id.is_some() { LEAVES_FOR_NOW } else { LEAVES };
        let heartbeat = match self.state {
            State::Idle | State::Left | State::Expired => return None,
            // Whoever joins anew first lets go of what it had.
            State::Joining if !self.holdings.is_settled() => return None,
            State::Leaving | State::Expiring => self.heartbeat(leaves, None, None),
            State::Joining => {
                let news = (self.subscription.clone(), ById::new());
                self.told = Some(news.clone());
                self.heartbeat(JOINS, Some(news.0), Some(news.1))
            }
            State::Stable => {
                let owned = self.owned_by_id();
                let (subscription, told_owned) = match &self.told {
                    None => (Some(self.subscription.clone()), None),
                    Some((told, had)) => {
                        ((*told != self.subscription).then(|| self.subscription.clone()), Some(had))
                    }
                };
                // While a change is being carried out nothing is acknowledged.
                let is_news = told_owned.is_none_or(|had| self.holdings.is_settled() && *had != owned);
                if subscription.is_none() && !is_news && self.next_at > now {
                    return None;
                }
                let had = told_owned.cloned().unwrap_or_default();
                let says = if is_news { owned } else { had };
                self.told = Some((self.subscription.clone(), says.clone()));
                self.heartbeat(self.epoch, subscription, is_news.then_some(says))
            }
        };
        self.asks.ask();
        Some(heartbeat)
    }

    fn heartbeat(&self, epoch: i32, subscription: Option<Subscription>, owned: Option<ById>) -> Heartbeat {
        Heartbeat { member_id: self.member_id.clone(), epoch, subscription, owned }
    }

    fn expire(&mut self) {
        self.polls.warn();
        self.holdings.lose();
        self.target.clear();
        self.state = State::Expiring;
        self.asks.close();
    }

    /// After [`Modern::next`] had nothing to say at `now`.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        let pause = self.patience.until.filter(|until| self.asks.open().is_none() && *until > now);
        let next = match self.state {
            State::Idle | State::Left | State::Expired => return None,
            State::Leaving | State::Expiring => return pause,
            State::Stable if self.asks.open().is_none() => pause.or(Some(self.next_at)),
            State::Joining | State::Stable => pause,
        };
        next.into_iter().chain([self.polls.expires_at()]).min()
    }

    pub(super) fn answered(
        &mut self,
        now: Instant,
        number: u64,
        asked: &Heartbeat,
        answer: Result<Told, Error>,
    ) -> Then {
        if asked.epoch < JOINS {
            return self.left();
        }
        // What was asked before it left or expired is of no use now.
        if !self.asks.close_if(number) {
            return Then::Nothing;
        }
        match answer {
            Ok(told) => {
                self.patience.succeeded();
                (self.state, self.epoch) = (State::Stable, told.epoch);
                self.joined = self.identity();
                self.next_at = now + told.interval;
                if let Some(target) = told.assignment {
                    self.target = target;
                }
                self.reconcile();
                Then::Nothing
            }
            Err(error) => self.failed(now, error),
        }
    }

    /// If it was not heard the session runs out by itself.
    fn left(&mut self) -> Then {
        match self.state {
            State::Leaving if self.subscription == Subscription::Nothing => self.state = State::Left,
            State::Leaving => self.join(),
            State::Expiring => self.state = State::Expired,
            _ => return Then::Nothing,
        }
        self.asks.close();
        Then::Nothing
    }

    fn failed(&mut self, now: Instant, error: Error) -> Then {
        // It may not have arrived.
        self.told = None;
        if let Some(
            ErrorCode::UNKNOWN_MEMBER_ID | ErrorCode::FENCED_MEMBER_EPOCH | ErrorCode::GROUP_ID_NOT_FOUND,
        ) = error.code()
        {
            self.patience.failed_once(now);
            self.holdings.lose();
            self.join();
            return Then::Nothing;
        }
        self.patience.failed(now);
        match failure(&error) {
            Failure::Coordinator => Then::FindCoordinator,
            Failure::Passing => Then::Nothing,
            Failure::Told => Then::Told(error),
            Failure::Final => {
                self.holdings.lose();
                self.target.clear();
                self.state = State::Left;
                Then::Failed(error)
            }
        }
    }
}

#[cfg(test)]
mod tests;
