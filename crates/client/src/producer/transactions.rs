//! Decides what a transactional producer asks its coordinators next, and what their answers mean.
//!
//! ```text
//!   initializing ──► ready ◄──────────────┐
//!                      │ begin            │ done (and, where an epoch must be left behind, initialized anew)
//!                      ▼                  │
//!                     open ──commit──► committing
//!                      │ ╲               │
//!                      │  ╲ failed       │ failed
//!                      │   ▼             ▼
//!                      │   abortable ◄───┘        fatal: from anywhere, for good
//!                      ▼       │
//!                   aborting ◄─┘
//! ```
//!
//! One question is under way at a time. Which comes first: a coordinator that is not known, the producer id, partitions
//! and offsets, the end of the transaction; the end waits until no batch is left.
//!
//! There are two protocols, and the cluster's finalized `transaction.version` says which. In the first a partition is
//! added before a batch goes there, and a group before its offsets are committed; an abort adds again what may or may not
//! have been added; a failure is followed by InitProducerId, so that nothing late of the failed epoch counts. In the second
//! (KIP-890) brokers add both by themselves, and every end of a transaction gives a new epoch. The protocol changes between
//! transactions only.
//!
//! What fails a transaction can be aborted; what fails the producer cannot: it was fenced, is not allowed, or the
//! coordinator answers what no coordinator should (KIP-1050).
//!
//! Not here: connections, versions of requests, batches. Two-phase commit (KIP-939) is absent on purpose.
//!
//! Sources: KIP-98, KIP-360 (epoch after an abort), KIP-447 (group metadata), KIP-588 (timed out is not fenced), KIP-890.
use super::{
    batch::Identity,
    delivery::{Promise, fulfil},
};
use crate::{Backoff, Error, GroupMetadata, TopicPartition, admin::CommittedOffset};
use base::NodeId;
use protocol::ErrorCode;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant},
};

/// While the transaction before is still being finished, the first partition of the next waits this long at most.
const CONCURRENT_PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Transactions {
    id: String,
    backoff: Backoff,
    state: State,
    identity: Option<Identity>,
    cluster: Abilities,
    /// The protocol of the current transaction is the second.
    second: bool,
    coordinator: Option<NodeId>,
    group_coordinators: BTreeMap<String, NodeId>,
    /// Counts the transactions that were begun.
    number: u64,
    /// Partitions that a record goes to, by what the coordinator knows of them.
    new_partitions: BTreeSet<TopicPartition>,
    pending_partitions: BTreeSet<TopicPartition>,
    partitions: BTreeSet<TopicPartition>,
    offsets: VecDeque<Offsets>,
    /// The coordinator may have something of this transaction.
    started: bool,
    /// What was to be added when the answer was lost, so that the coordinator may have it or not.
    in_doubt: Option<Addition>,
    /// The epoch must be left behind before the next transaction.
    needs_epoch: bool,
    /// The end was agreed; what is left is the new epoch.
    ended: bool,
    waiting: Option<Promise>,
    /// Why the transaction failed that is being aborted because nobody holds it any more.
    unheard: Option<Error>,
    asked: bool,
    failures: u32,
    blocked_until: Option<Instant>,
}

#[derive(Clone, Debug)]
enum State {
    Initializing,
    Ready,
    Open,
    Committing,
    Aborting,
    Abortable(Error),
    Fatal(Error),
}

/// What the cluster's brokers can do, as far as the last answer shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Abilities {
    /// `transaction.version` is 2 or more.
    pub(super) second_protocol: bool,
    /// InitProducerId raises the epoch of a producer that it is told of (version 3).
    pub(super) raises_epochs: bool,
}

/// What the first protocol adds to a transaction.
#[derive(Clone, Debug)]
enum Addition {
    Partitions(Vec<TopicPartition>),
    Group(String),
}

#[derive(Debug)]
struct Offsets {
    group: GroupMetadata,
    left: BTreeMap<TopicPartition, CommittedOffset>,
    /// The coordinator knows that the group takes part.
    added: bool,
    promise: Promise,
}

/// A question for a coordinator.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    Coordinator,
    GroupCoordinator(String),
    /// With the identity whose epoch is to be left behind.
    Identity(NodeId, Option<Identity>),
    AddPartitions(NodeId, Identity, Vec<TopicPartition>),
    AddOffsets(NodeId, Identity, String),
    CommitOffsets {
        node: NodeId,
        identity: Identity,
        group: GroupMetadata,
        offsets: BTreeMap<TopicPartition, CommittedOffset>,
        second: bool,
    },
    End {
        node: NodeId,
        identity: Identity,
        commit: bool,
        second: bool,
    },
}

impl Question {
    fn addition(&self) -> Option<Addition> {
        match self {
            Self::AddPartitions(_, _, partitions) => Some(Addition::Partitions(partitions.clone())),
            Self::AddOffsets(_, _, group) => Some(Addition::Group(group.clone())),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Answer {
    Coordinator(NodeId),
    Identity(Identity),
    /// To [`Question::AddPartitions`] and [`Question::CommitOffsets`].
    Partitions(Vec<(TopicPartition, ErrorCode)>),
    OffsetsAdded,
    /// With the identity for the next transaction, in the second protocol.
    Ended(Option<Identity>),
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Again,
    /// Ask for the coordinator, then again.
    Elsewhere,
    Abortable,
    /// Abortable, if the epoch can be left behind.
    NewEpoch,
    Fatal,
}

impl Transactions {
    pub(super) fn new(id: String, backoff: Backoff, initialized: Promise) -> Self {
        Self {
            id,
            backoff,
            state: State::Initializing,
            identity: None,
            cluster: Abilities::default(),
            second: false,
            coordinator: None,
            group_coordinators: BTreeMap::new(),
            number: 0,
            new_partitions: BTreeSet::new(),
            pending_partitions: BTreeSet::new(),
            partitions: BTreeSet::new(),
            offsets: VecDeque::new(),
            started: false,
            in_doubt: None,
            needs_epoch: false,
            ended: false,
            waiting: Some(initialized),
            unheard: None,
            asked: false,
            failures: 0,
            blocked_until: None,
        }
    }

    pub(super) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// Whether batches go out without their partition being added first.
    pub(super) fn is_second_protocol(&self) -> bool {
        self.second
    }

    /// Which transaction this is, from one.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Fails once, and begins nothing, where [`Transactions::abort_unheld`] aborted the one before.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        self.refuse_if_failed()?;
        assert!(matches!(self.state, State::Ready), "a transaction begins when the one before has ended");
        if let Some(error) = self.unheard.take() {
            return Err(error);
        }
        self.state = State::Open;
        self.number += 1;
        Ok(())
    }

    /// Whether a record may be added now.
    pub(super) fn check_open(&self) -> Result<(), Error> {
        self.refuse_if_failed()?;
        match self.state {
            State::Open => Ok(()),
            _ => Err(Error::NotInTransaction),
        }
    }

    /// A record goes to this partition.
    pub(super) fn add_partition(&mut self, at: TopicPartition) {
        if self.second {
            self.started = true;
            self.partitions.insert(at);
        } else if !self.partitions.contains(&at) && !self.pending_partitions.contains(&at) {
            self.new_partitions.insert(at);
        }
    }

    /// Whether a batch may go to this partition: never before the coordinator knows of it.
    pub(super) fn may_send(&self, topic: &str, partition: i32) -> bool {
        if self.is_fatal() {
            return false;
        }
        // A set of a few; a key to look up would have to be allocated.
        self.partitions.iter().any(|at| at.partition == partition && *at.topic == *topic)
    }

    pub(super) fn send_offsets(
        &mut self,
        offsets: BTreeMap<TopicPartition, CommittedOffset>,
        group: GroupMetadata,
    ) -> Result<Promise, Error> {
        self.check_open()?;
        let promise = Promise::default();
        if offsets.is_empty() {
            fulfil(&promise, Ok(()));
        } else {
            self.started |= self.second;
            let added = self.second;
            self.offsets.push_back(Offsets { group, left: offsets, added, promise: promise.clone() });
        }
        Ok(promise)
    }

    /// Ends the transaction. After an error only an abort is possible.
    pub(super) fn end(&mut self, commit: bool) -> Result<Promise, Error> {
        match (&self.state, commit) {
            (State::Open, true) => self.state = State::Committing,
            (State::Open | State::Abortable(_), false) => {
                self.state = State::Aborting;
                self.new_partitions.clear();
                self.drop_offsets(&Error::TransactionAborted { cause: None });
            }
            _ => {
                self.refuse_if_failed()?;
                return Err(Error::NotInTransaction);
            }
        }
        self.needs_epoch |= self.changes_protocol();
        self.blocked_until = None;
        let promise = Promise::default();
        self.waiting = Some(promise.clone());
        Ok(promise)
    }

    /// Aborts a transaction that failed after its commit was no longer waited for. Only where no one holds it, for who
    /// does may ask for more of it. Says whether there was one.
    pub(super) fn abort_unheld(&mut self) -> bool {
        let State::Abortable(error) = &self.state else { return false };
        self.unheard = Some(error.clone());
        self.end(false).expect("what is abortable can be aborted");
        true
    }

    /// Whether waiting batches are to be given up, and for which reason.
    pub(super) fn gives_up(&self) -> Option<Error> {
        match &self.state {
            State::Aborting => Some(Error::TransactionAborted { cause: None }),
            State::Abortable(error) | State::Fatal(error) => Some(error.clone()),
            State::Initializing | State::Ready | State::Open | State::Committing => None,
        }
    }

    pub(super) fn is_fatal(&self) -> bool {
        matches!(self.state, State::Fatal(_))
    }

    /// Whether [`Transactions::begin`] is possible, or never will be.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self.state, State::Ready | State::Fatal(_))
    }

    /// A batch was given up, so the transaction cannot be committed.
    pub(super) fn batch_failed(&mut self, error: &Error) {
        let fatal = match error {
            Error::UnsupportedVersion { .. } | Error::UnsupportedApi { .. } => true,
            other => other.code().is_some_and(|code| {
                matches!(
                    code,
                    ErrorCode::CLUSTER_AUTHORIZATION_FAILED
                        | ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED
                        | ErrorCode::PRODUCER_FENCED
                        | ErrorCode::UNSUPPORTED_VERSION
                        | ErrorCode::INVALID_PRODUCER_ID_MAPPING
                )
            }),
        };
        let verdict = if fatal { Verdict::Fatal } else { Verdict::NewEpoch };
        self.fail(verdict, error.clone());
    }

    /// The next question, if one may be asked. `undelivered`: batches are left.
    pub(super) fn next(&mut self, now: Instant, undelivered: bool) -> Option<Question> {
        if self.asked || self.is_fatal() || self.blocked_until.is_some_and(|until| until > now) {
            return None;
        }
        let question = self.pick(undelivered)?;
        self.asked = true;
        Some(question)
    }

    fn pick(&mut self, undelivered: bool) -> Option<Question> {
        let Some(node) = self.coordinator else {
            let idle = matches!(self.state, State::Ready | State::Fatal(_));
            return (!idle).then_some(Question::Coordinator);
        };
        if matches!(self.state, State::Initializing) {
            return Some(Question::Identity(node, self.identity));
        }
        let identity = self.identity?;
        match self.state {
            State::Open | State::Committing => {
                if !self.new_partitions.is_empty() {
                    self.pending_partitions.append(&mut self.new_partitions);
                }
                if !self.pending_partitions.is_empty() {
                    let partitions = self.pending_partitions.iter().cloned().collect();
                    return Some(Question::AddPartitions(node, identity, partitions));
                }
                if let Some(offsets) = self.offsets.front() {
                    return Some(self.offsets_question(node, identity, offsets));
                }
                let commits = matches!(self.state, State::Committing);
                (commits && !undelivered).then(|| self.end_question(node, identity, true)).flatten()
            }
            // The end of what the coordinator has not heard of would be refused, so it hears of it first.
            State::Aborting if !undelivered => match self.in_doubt.clone().filter(|_| !self.started) {
                Some(Addition::Partitions(added)) => Some(Question::AddPartitions(node, identity, added)),
                Some(Addition::Group(group)) => Some(Question::AddOffsets(node, identity, group)),
                None => self.end_question(node, identity, false),
            },
            _ => None,
        }
    }

    fn offsets_question(&self, node: NodeId, identity: Identity, offsets: &Offsets) -> Question {
        let group = offsets.group.group_id.clone();
        if !offsets.added {
            return Question::AddOffsets(node, identity, group);
        }
        match self.group_coordinators.get(&group) {
            None => Question::GroupCoordinator(group),
            Some(&node) => Question::CommitOffsets {
                node,
                identity,
                group: offsets.group.clone(),
                offsets: offsets.left.clone(),
                second: self.second,
            },
        }
    }

    /// Whether the next transaction is the first of the second protocol. It needs an epoch of its own: the end of the one
    /// before is agreed before its partitions hear of it, and until then they take what comes in the same epoch for a part
    /// of that one.
    fn changes_protocol(&self) -> bool {
        self.cluster.second_protocol && !self.second
    }

    /// The end, or the new epoch after it. Where the coordinator has nothing of the transaction there is nothing to end.
    fn end_question(&mut self, node: NodeId, identity: Identity, commit: bool) -> Option<Question> {
        if self.started && !self.ended {
            return Some(Question::End { node, identity, commit, second: self.second });
        }
        if self.needs_epoch {
            return Some(Question::Identity(node, Some(identity)));
        }
        self.finish();
        None
    }

    /// When time alone makes the next question possible.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        self.blocked_until.filter(|until| !self.asked && *until > now)
    }

    /// The coordinator's connection shows what the cluster can do.
    pub(super) fn learn(&mut self, abilities: Abilities) {
        self.cluster = abilities;
    }

    /// An answer to the question that was asked.
    pub(super) fn answered(&mut self, now: Instant, question: &Question, answer: Result<Answer, Error>) {
        self.asked = false;
        if self.is_fatal() {
            return;
        }
        let refusal = match answer {
            Ok(answer) => self.take(question, answer),
            Err(error) => Some(error),
        };
        match refusal {
            None => {
                self.failures = 0;
                self.blocked_until = None;
            }
            Some(error) => self.refused(now, question, error),
        }
    }

    /// Takes an answer in; gives the refusal that it contains, if it does.
    fn take(&mut self, question: &Question, answer: Answer) -> Option<Error> {
        match (question, answer) {
            (Question::Coordinator, Answer::Coordinator(node)) => self.coordinator = Some(node),
            (Question::GroupCoordinator(group), Answer::Coordinator(node)) => {
                self.group_coordinators.insert(group.clone(), node);
            }
            (Question::Identity(..), Answer::Identity(identity)) => {
                self.identity = Some(identity);
                self.finish();
            }
            (Question::AddPartitions(_, _, asked), Answer::Partitions(answers)) => {
                if let Some(error) = first_refusal(asked, &answers) {
                    return Some(error);
                }
                for at in asked {
                    self.pending_partitions.remove(at);
                    self.partitions.insert(at.clone());
                }
                self.started = true;
            }
            (Question::AddOffsets(..), Answer::OffsetsAdded) => {
                self.started = true;
                if let Some(offsets) = self.offsets.front_mut() {
                    offsets.added = true;
                }
            }
            (Question::CommitOffsets { offsets, .. }, Answer::Partitions(answers)) => {
                let asked: Vec<TopicPartition> = offsets.keys().cloned().collect();
                let refusal = first_refusal(&asked, &answers);
                // It may have been dropped with the transaction meanwhile.
                let Some(front) = self.offsets.front_mut() else { return refusal };
                for (at, code) in &answers {
                    if code.is_ok() {
                        front.left.remove(at);
                    }
                }
                if front.left.is_empty()
                    && let Some(done) = self.offsets.pop_front()
                {
                    fulfil(&done.promise, Ok(()));
                }
                return refusal;
            }
            (Question::End { .. }, Answer::Ended(next)) => {
                if let Some(next) = next {
                    self.identity = Some(next);
                    self.needs_epoch = false;
                } else {
                    self.needs_epoch |= self.changes_protocol();
                }
                self.ended = true;
                if !self.needs_epoch {
                    self.finish();
                }
            }
            (question, answer) => unreachable!("{answer:?} does not answer {question:?}"),
        }
        None
    }

    fn refused(&mut self, now: Instant, question: &Question, error: Error) {
        let verdict = judge(question, &error);
        match verdict {
            Verdict::Again | Verdict::Elsewhere => {
                self.failures += 1;
                let mut pause = self.backoff.wait(self.failures, 0.5);
                if let Question::AddPartitions(..) = question
                    && error.code() == Some(ErrorCode::CONCURRENT_TRANSACTIONS)
                    && self.partitions.is_empty()
                {
                    pause = pause.min(CONCURRENT_PAUSE);
                }
                self.blocked_until = Some(now + pause);
                if verdict == Verdict::Elsewhere
                    && let Some(addition) = question.addition()
                {
                    self.in_doubt = Some(addition);
                }
                if verdict == Verdict::Elsewhere {
                    match question {
                        Question::CommitOffsets { group, .. } => {
                            self.group_coordinators.remove(&group.group_id);
                        }
                        _ => self.coordinator = None,
                    }
                }
            }
            Verdict::Abortable | Verdict::NewEpoch | Verdict::Fatal => {
                if question.addition().is_some() {
                    self.in_doubt = None;
                }
                self.fail(verdict, error);
            }
        }
    }

    fn fail(&mut self, verdict: Verdict, error: Error) {
        if self.is_fatal() {
            return;
        }
        if verdict == Verdict::NewEpoch && !self.second {
            self.needs_epoch = true;
        }
        let cannot_recover = verdict == Verdict::NewEpoch && !self.second && !self.cluster.raises_epochs;
        let nothing_to_abort = matches!(self.state, State::Initializing | State::Ready);
        if verdict == Verdict::Fatal || cannot_recover || nothing_to_abort {
            let is_fencing =
                matches!(error.code(), Some(ErrorCode::PRODUCER_FENCED | ErrorCode::INVALID_PRODUCER_EPOCH));
            let error = if is_fencing {
                Error::ProducerFenced { transactional_id: self.id.clone() }
            } else {
                Error::ProducerFailed { transactional_id: self.id.clone(), cause: Box::new(error) }
            };
            self.drop_offsets(&error);
            self.settle(&Err(error.clone()));
            self.state = State::Fatal(error);
            return;
        }
        let error = Error::TransactionAborted { cause: Some(Box::new(error)) };
        self.failures = 0;
        self.blocked_until = None;
        match self.state {
            // What is being aborted needs no further reason.
            State::Aborting | State::Abortable(_) => {}
            _ => {
                self.pending_partitions.clear();
                self.new_partitions.clear();
                self.drop_offsets(&error);
                self.settle(&Err(error.clone()));
                self.state = State::Abortable(error);
            }
        }
    }

    fn drop_offsets(&mut self, error: &Error) {
        for offsets in self.offsets.drain(..) {
            fulfil(&offsets.promise, Err(error.clone()));
        }
    }

    /// Answers whoever waits for the beginning or the end.
    fn settle(&mut self, outcome: &Result<(), Error>) {
        if let Some(promise) = self.waiting.take() {
            fulfil(&promise, outcome.clone());
        }
    }

    fn finish(&mut self) {
        self.state = State::Ready;
        self.second = self.cluster.second_protocol;
        self.started = false;
        self.in_doubt = None;
        self.needs_epoch = false;
        self.ended = false;
        self.new_partitions.clear();
        self.pending_partitions.clear();
        self.partitions.clear();
        self.settle(&Ok(()));
    }

    fn refuse_if_failed(&self) -> Result<(), Error> {
        match &self.state {
            State::Abortable(error) | State::Fatal(error) => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

/// The refusal that decides: one that ends the transaction before one that only delays it.
fn first_refusal(asked: &[TopicPartition], answers: &[(TopicPartition, ErrorCode)]) -> Option<Error> {
    let refusals = asked.iter().filter_map(|at| {
        let answer = answers.iter().find(|(answered, _)| answered == at);
        let code = answer.map_or(ErrorCode::UNKNOWN_SERVER_ERROR, |(_, code)| *code);
        code.is_err().then(|| (code, Error::refused(at.to_string(), code.0, None)))
    });
    refusals
        .min_by_key(|(code, _)| (code.retriable(), *code == ErrorCode::OPERATION_NOT_ATTEMPTED))
        .map(|(_, error)| error)
}

fn judge(question: &Question, error: &Error) -> Verdict {
    use ErrorCode as E;
    let Some(code) = error.code() else {
        return if error.is_retriable() || error.is_timeout() { Verdict::Elsewhere } else { Verdict::Fatal };
    };
    let adds_partitions = matches!(question, Question::AddPartitions(..));
    let commits_offsets = matches!(question, Question::CommitOffsets { .. });
    let aborts = matches!(question, Question::End { commit: false, .. });
    match code {
        E::COORDINATOR_NOT_AVAILABLE | E::NOT_COORDINATOR => Verdict::Elsewhere,
        E::REQUEST_TIMED_OUT if commits_offsets => Verdict::Elsewhere,
        _ if error.is_retriable() => Verdict::Again,
        // An abort that would have to be aborted leads nowhere.
        E::TRANSACTION_ABORTABLE if aborts => Verdict::Fatal,
        E::TRANSACTION_ABORTABLE | E::GROUP_AUTHORIZATION_FAILED => Verdict::Abortable,
        E::UNKNOWN_PRODUCER_ID => Verdict::NewEpoch,
        E::FENCED_INSTANCE_ID
        | E::UNKNOWN_MEMBER_ID
        | E::ILLEGAL_GENERATION
        | E::STALE_MEMBER_EPOCH
        | E::GROUP_ID_NOT_FOUND
            if commits_offsets =>
        {
            Verdict::Abortable
        }
        E::TRANSACTIONAL_ID_AUTHORIZATION_FAILED
        | E::INVALID_TXN_STATE
        | E::INVALID_PRODUCER_ID_MAPPING
        | E::INVALID_PRODUCER_EPOCH
        | E::PRODUCER_FENCED => Verdict::Fatal,
        // A topic that is gone or not ours to write.
        _ if adds_partitions => Verdict::Abortable,
        _ => Verdict::Fatal,
    }
}

#[cfg(test)]
mod tests;
