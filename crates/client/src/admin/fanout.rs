//! One call about several things, each asked where it lives and answered apart.
//!
//! The shell asks [`Fanout::open`] what is left, finds out where that goes, sends one request to each place, and
//! tells the answers. A failure that may pass leaves its thing open; any other closes it. What was named twice is
//! asked once. Answers about things that nobody asked for are dropped, and a thing that an answer leaves out is
//! refused, so the loop ends with every broker.
//!
//! Not here: connections, clocks, metadata. Source for what may pass: the admin handlers of Kafka's own client.
use crate::{Error, TopicPartition};
use base::NodeId;
use protocol::ErrorCode;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

/// Where a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Any,
    Controller,
    Broker(NodeId),
    Leader(TopicPartition),
    Coordinator(CoordinatorKind, String),
}

/// What a broker coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoordinatorKind {
    /// Groups of every type, by group id.
    Group,
    /// Transactions, by transactional id.
    Transaction,
}

impl CoordinatorKind {
    pub(super) fn code(self) -> i8 {
        match self {
            Self::Group => 0,
            Self::Transaction => 1,
        }
    }

    pub(super) fn subject(self, key: &str) -> String {
        match self {
            Self::Group => format!("group `{key}`"),
            Self::Transaction => format!("transactional id `{key}`"),
        }
    }
}

/// One target of the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Any,
    Controller,
    Broker(NodeId),
}

pub(super) type Answers<K, V> = Vec<(K, Result<V, Error>)>;

pub(super) struct Fanout<K, V> {
    slots: Vec<Slot<K, V>>,
    places: BTreeMap<K, usize>,
}

struct Slot<K, V> {
    key: K,
    target: Target,
    state: State<V>,
}

enum State<V> {
    /// With its last failure.
    Open(Option<Error>),
    Closed(Result<V, Error>),
}

impl<K: Ord + Clone + fmt::Display, V> Fanout<K, V> {
    pub(super) fn new(asked: impl IntoIterator<Item = (K, Target)>) -> Self {
        let mut fanout = Self { slots: Vec::new(), places: BTreeMap::new() };
        for (key, target) in asked {
            if !fanout.places.contains_key(&key) {
                fanout.places.insert(key.clone(), fanout.slots.len());
                fanout.slots.push(Slot { key, target, state: State::Open(None) });
            }
        }
        fanout
    }

    /// What is not answered yet, in the order asked.
    pub(super) fn open(&self) -> Vec<(K, Target)> {
        let open = self.slots.iter().filter(|slot| matches!(slot.state, State::Open(_)));
        open.map(|slot| (slot.key.clone(), slot.target.clone())).collect()
    }

    /// What was heard about `asked`, of one request or for want of one.
    pub(super) fn heard(&mut self, asked: &[K], answers: Result<Answers<K, V>, Error>) {
        let mut waiting: BTreeSet<&K> = asked.iter().collect();
        let answers = answers
            .unwrap_or_else(|error| asked.iter().map(|key| (key.clone(), Err(error.clone()))).collect());
        for (key, answer) in answers {
            if waiting.remove(&key) {
                self.answer(&key, answer);
            }
        }
        for key in waiting {
            self.answer(key, Err(super::unanswered(key.to_string())));
        }
    }

    fn answer(&mut self, key: &K, answer: Result<V, Error>) {
        let Some(&at) = self.places.get(key) else { return };
        let slot = &mut self.slots[at];
        slot.state = match answer {
            Err(error) if may_pass(&slot.target, &error) => State::Open(Some(error)),
            answer => State::Closed(answer),
        };
    }

    /// Why things are still open.
    pub(super) fn failures(&self) -> Vec<(&Target, &Error)> {
        let failed = self.slots.iter().filter_map(|slot| match &slot.state {
            State::Open(Some(error)) => Some((&slot.target, error)),
            _ => None,
        });
        failed.collect()
    }

    /// Closes what is open with its last failure, `after` some time if it was tried more than once.
    pub(super) fn give_up(&mut self, after: Option<Duration>) {
        for slot in &mut self.slots {
            let State::Open(last) = &mut slot.state else { continue };
            let last = last.take().unwrap_or_else(|| super::unanswered(slot.key.to_string()));
            slot.state = State::Closed(Err(match after {
                Some(after) => Error::GaveUp { after, last: Box::new(last) },
                None => last,
            }));
        }
    }

    /// In the order asked.
    pub(super) fn finish(mut self) -> Answers<K, V> {
        self.give_up(None);
        let answered = self.slots.into_iter().filter_map(|slot| match slot.state {
            State::Closed(answer) => Some((slot.key, answer)),
            State::Open(_) => None,
        });
        answered.collect()
    }
}

/// Whether to ask again: the network failed, or what answered has moved or is not ready.
fn may_pass(target: &Target, error: &Error) -> bool {
    match (target, error) {
        // Metadata named it, so whatever it lacks will come or is elsewhere. What does not exist, metadata tells.
        (Target::Leader(_), error) => error.is_retriable(),
        (_, Error::Refused { code, .. }) => HEALING.contains(code),
        (_, other) => other.is_retriable(),
    }
}

/// Kafka calls more codes retriable, such as UNKNOWN_TOPIC_OR_PARTITION, for clients that wait for a topic. Who asks
/// any broker about what does not exist is answered at once.
const HEALING: &[ErrorCode] = &[
    ErrorCode::LEADER_NOT_AVAILABLE,
    ErrorCode::NOT_LEADER_OR_FOLLOWER,
    ErrorCode::FENCED_LEADER_EPOCH,
    ErrorCode::UNKNOWN_LEADER_EPOCH,
    ErrorCode::OFFSET_NOT_AVAILABLE,
    ErrorCode::NETWORK_EXCEPTION,
    ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
    ErrorCode::COORDINATOR_NOT_AVAILABLE,
    ErrorCode::NOT_COORDINATOR,
    ErrorCode::NOT_CONTROLLER,
    ErrorCode::CONCURRENT_TRANSACTIONS,
    ErrorCode::UNSTABLE_OFFSET_COMMIT,
    ErrorCode::THROTTLING_QUOTA_EXCEEDED,
    // The cluster handle has forgotten all, and begins with the bootstrap addresses.
    ErrorCode::REBOOTSTRAP_REQUIRED,
];

/// Together what goes to one place, in the order asked.
pub(super) fn batches<K>(routed: Vec<(K, Place)>) -> BTreeMap<Place, Vec<K>> {
    let mut batches: BTreeMap<Place, Vec<K>> = BTreeMap::new();
    for (key, place) in routed {
        batches.entry(place).or_default().push(key);
    }
    batches
}

#[cfg(test)]
mod tests;
