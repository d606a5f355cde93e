//! Decides what is fetched next, from whom, and from which offset.
//!
//! A partition is either idle, in the one request that is under way to its leader, or waits after an error. It has two
//! positions: how far was fetched moves when records arrive, so the next request can go out while they are still being
//! looked at; how far was consumed moves when they are given out. Both are set by a seek, after which an answer to an
//! earlier question is not taken any more.
//! Those served longest ago come first in a request, because a broker fills its answer from the front.
//!
//! A leader may name a follower that is nearer, which is then asked for some time (KIP-392). A position that was read under an
//! older leader epoch than that of now is compared with the leader's log before the partition is fetched again, as the
//! log may have been cut below it and have grown another way since (KIP-320).
//!
//! Not here: what is said in a request (`session`), what becomes of a position that is not in the log (`reset`).
use super::{
    aborted::Aborted,
    old_messages::OldMessages,
    position::{EpochEnd, Position},
};
use crate::{Backoff, Error, Metadata, TopicPartition};
use base::{NodeId, TopicId};
use bytes::Bytes;
use protocol::ErrorCode;
use records::{BatchHeader, LOG_OVERHEAD};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

#[derive(Debug)]
pub(super) struct Fetcher {
    backoff: Backoff,
    /// How long a follower is asked in place of the leader.
    detour: Duration,
    partitions: BTreeMap<TopicPartition, Partition>,
    /// Brokers with a request under way.
    busy: BTreeSet<NodeId>,
    served: u64,
    numbers: u64,
}

#[derive(Debug)]
struct Partition {
    /// Of this assignment and position; no other of any partition has it. What was found out for another is void.
    number: u64,
    /// `None` until somebody knows where to begin.
    fetched: Option<Position>,
    consumed: Option<Position>,
    /// Exclusive; `None` follows the log.
    stop_at: Option<i64>,
    is_paused: bool,
    /// An error has ended it, until a seek.
    is_halted: bool,
    under_way: Option<Asked>,
    /// The topic in which the position was first used.
    topic_id: Option<TopicId>,
    /// The leader epoch under which the position is known to be in the log.
    checked_under: Option<i32>,
    /// Since when the leader that is known is older than what was read.
    older_since: Option<Instant>,
    /// A follower to ask in place of the leader, and until when.
    preferred: Option<(NodeId, Instant)>,
    blocked_until: Option<Instant>,
    /// The nearer follower refused. To know the leader is then no reason to hurry: it may name the same follower again.
    was_refused_nearby: bool,
    failures: u32,
    /// Grows with every answer that brought records; the smallest was served longest ago.
    served: u64,
    ends: Option<Ends>,
}

/// What was asked about a partition and is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Records, of this broker.
    Records(NodeId),
    /// Whether the position is still in the log.
    Position,
}

/// Where a partition ends, as a broker last said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) high_watermark: i64,
    pub(super) last_stable_offset: i64,
}

/// One partition of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) at: TopicPartition,
    /// [`TopicId::NONE`] where it is not known.
    pub(super) topic_id: TopicId,
    pub(super) offset: i64,
    pub(super) leader_epoch: i32,
}

/// Whether a position is in the log of the leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) at: TopicPartition,
    number: u64,
    pub(super) offset: i64,
    /// Of the batch before the position.
    pub(super) epoch: i32,
    /// Of the leader that is asked.
    pub(super) leader_epoch: i32,
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) requests: Vec<(NodeId, Vec<Target>)>,
    pub(super) questions: BTreeMap<NodeId, Vec<Question>>,
    /// Positions in a topic that was deleted and made again, so that they mean nothing in its log.
    pub(super) lost: Vec<Event>,
    /// There is no leader, or not the one that there must be by now.
    pub(super) is_stale: bool,
}

/// A broker's answer about one partition.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) at: TopicPartition,
    pub(super) code: ErrorCode,
    pub(super) ends: Ends,
    /// A nearer broker to ask from now on.
    pub(super) preferred: Option<NodeId>,
    pub(super) aborted: Aborted,
    pub(super) records: Bytes,
}

#[derive(Debug)]
pub(super) enum Event {
    Records(Chunk),
    /// The offset is not in the log. What is, the answer does not reliably say.
    OutOfRange {
        at: TopicPartition,
        number: u64,
        offset: i64,
    },
    /// What was fetched and not given out yet may no longer be in the log, and will be fetched again.
    Rewound(TopicPartition),
    /// The log was cut below what was given out; `divergent` is the end of what it has in common with that.
    Truncated {
        at: TopicPartition,
        number: u64,
        offset: i64,
        divergent: Option<Position>,
    },
    Failed(Error),
    /// The leader is likely another.
    StaleMetadata,
}

/// Batches of one partition, as they came.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) at: TopicPartition,
    /// The first offset wanted; a batch may begin before it.
    pub(super) from: i64,
    /// The first offset not wanted.
    pub(super) until: Option<i64>,
    pub(super) high_watermark: i64,
    pub(super) aborted: Aborted,
    pub(super) records: Bytes,
}

impl Fetcher {
    /// `detour` is how long a follower is asked in place of the leader.
    pub(super) fn new(backoff: Backoff, detour: Duration) -> Self {
        Self { backoff, detour, partitions: BTreeMap::new(), busy: BTreeSet::new(), served: 0, numbers: 0 }
    }

    /// Adds a partition, in place of an earlier assignment of it. Without a position it waits for [`Fetcher::seek`].
    pub(super) fn assign(&mut self, at: TopicPartition, position: Option<Position>, stop_at: Option<i64>) {
        let partition = Partition {
            number: self.take_number(),
            fetched: position,
            consumed: position,
            stop_at,
            is_paused: false,
            is_halted: false,
            under_way: None,
            topic_id: None,
            checked_under: None,
            older_since: None,
            preferred: None,
            blocked_until: None,
            was_refused_nearby: false,
            failures: 0,
            served: self.served,
            ends: None,
        };
        self.partitions.insert(at, partition);
    }

    /// Moves a partition to another position; false if it is not assigned.
    pub(super) fn seek(&mut self, at: &TopicPartition, position: Position) -> bool {
        let number = self.take_number();
        let state = self.partitions.get_mut(at);
        state.map(|state| state.move_to(number, Some(position))).is_some()
    }

    /// Takes a partition's position away, until [`Fetcher::seek`]. What was consumed is still known.
    pub(super) fn unplace(&mut self, at: &TopicPartition) {
        let number = self.take_number();
        if let Some(state) = self.partitions.get_mut(at) {
            let consumed = state.consumed;
            state.move_to(number, None);
            state.consumed = consumed;
        }
    }

    /// As [`Fetcher::seek`], if nothing else has moved the partition since it had this number.
    pub(super) fn seek_from(&mut self, at: &TopicPartition, number: u64, position: Position) -> bool {
        self.number(at) == Some(number) && self.seek(at, position)
    }

    pub(super) fn stop(&mut self, at: &TopicPartition) {
        self.partitions.remove(at);
    }

    /// Fetches no more of a partition until a seek.
    pub(super) fn halt(&mut self, at: &TopicPartition) {
        if let Some(partition) = self.partitions.get_mut(at) {
            partition.is_halted = true;
            partition.under_way = None;
        }
    }

    /// False if it is not assigned.
    pub(super) fn set_paused(&mut self, at: &TopicPartition, is_paused: bool) -> bool {
        let partition = self.partitions.get_mut(at);
        partition.map(|partition| partition.is_paused = is_paused).is_some()
    }

    pub(super) fn is_paused(&self, at: &TopicPartition) -> bool {
        self.partitions.get(at).is_some_and(|partition| partition.is_paused)
    }

    pub(super) fn paused(&self) -> impl Iterator<Item = &TopicPartition> {
        self.partitions.iter().filter(|(_, partition)| partition.is_paused).map(|(at, _)| at)
    }

    pub(super) fn assigned(&self) -> impl Iterator<Item = &TopicPartition> {
        self.partitions.keys()
    }

    pub(super) fn is_assigned(&self, at: &TopicPartition) -> bool {
        self.partitions.contains_key(at)
    }

    /// Those that nobody has given a position yet.
    pub(super) fn without_position(&self) -> impl Iterator<Item = &TopicPartition> {
        self.partitions.iter().filter(|(_, partition)| partition.consumed.is_none()).map(|(at, _)| at)
    }

    /// The number of the assignment and seek that count now.
    pub(super) fn number(&self, at: &TopicPartition) -> Option<u64> {
        self.partitions.get(at).map(|partition| partition.number)
    }

    /// All up to here was given out, or is not for the program.
    pub(super) fn consume(&mut self, at: &TopicPartition, position: Position) {
        let Some(partition) = self.partitions.get_mut(at) else { return };
        if partition.consumed.is_none_or(|known| known.offset < position.offset) {
            partition.consumed = Some(position);
        }
    }

    pub(super) fn consumed(&self, at: &TopicPartition) -> Option<Position> {
        self.partitions.get(at)?.consumed
    }

    pub(super) fn all_consumed(&self) -> impl Iterator<Item = (&TopicPartition, Position)> {
        self.partitions.iter().filter_map(|(at, partition)| Some((at, partition.consumed?)))
    }

    pub(super) fn ends(&self, at: &TopicPartition) -> Option<Ends> {
        self.partitions.get(at)?.ends
    }

    /// The follower that serves a partition, as its leader said.
    pub(super) fn preferred(&self, at: &TopicPartition) -> Option<NodeId> {
        self.partitions.get(at)?.preferred.map(|(node, _)| node)
    }

    /// Whether nothing more is fetched of any partition, until a seek.
    pub(super) fn is_finished(&self) -> bool {
        self.partitions.values().all(Partition::is_finished)
    }

    /// Whether there are partitions, and nothing is left to come up to the ends of all.
    pub(super) fn has_ended(&self) -> bool {
        let has_ended = |partition: &Partition| partition.stop_at.is_some() && partition.is_finished();
        !self.partitions.is_empty() && self.partitions.values().all(has_ended)
    }

    pub(super) fn topics(&self) -> BTreeSet<std::sync::Arc<str>> {
        self.partitions.keys().map(|at| at.topic.clone()).collect()
    }

    /// The requests that can go out now.
    pub(super) fn plan(&mut self, now: Instant, metadata: &Metadata) -> Plan {
        let mut plan = Plan::default();
        let mut by_node: BTreeMap<NodeId, Vec<(u64, Target)>> = BTreeMap::new();
        for (at, state) in &mut self.partitions {
            let Some(position) = state.fetched.filter(|_| state.is_wanted()) else { continue };
            if state.under_way.is_some() || state.blocked_until.is_some_and(|t| t > now) {
                continue;
            }
            let topic = metadata.topics.get(&at.topic);
            let known = topic.and_then(|topic| Some((topic.id, topic.partition(at.partition)?)));
            let known =
                known.and_then(|(id, partition)| Some((id, partition.leader?, partition.leader_epoch)));
            let Some((topic_id, leader, leader_epoch)) = known else {
                plan.is_stale = true;
                continue;
            };
            // A broker that knows no ids says nothing of that.
            let named = if topic_id.is_none() { state.topic_id } else { Some(topic_id) };
            if state.topic_id.is_some() && state.topic_id != named {
                // What was fetched of the old one is given out first.
                if state.is_consumed() {
                    let (number, offset) = (state.number, position.offset);
                    plan.lost.push(Event::Truncated { at: at.clone(), number, offset, divergent: None });
                }
                continue;
            }
            state.topic_id = named;
            match state.doubt(now, leader_epoch) {
                Doubt::None => state.checked_under = Some(leader_epoch),
                Doubt::Leader => {
                    plan.is_stale = true;
                    state.block(now, self.backoff);
                    continue;
                }
                Doubt::Position { epoch } => {
                    state.under_way = Some(Asked::Position);
                    let (number, offset) = (state.number, position.offset);
                    let question = Question { at: at.clone(), number, offset, epoch, leader_epoch };
                    plan.questions.entry(leader).or_default().push(question);
                    continue;
                }
            }
            state.preferred.take_if(|(_, until)| *until <= now);
            if state.preferred.take_if(|(node, _)| !metadata.brokers.contains_key(node)).is_some() {
                // It may have left, or not be heard of yet. The leader, if asked at once, would name it again.
                plan.is_stale = true;
                state.block(now, self.backoff);
                continue;
            }
            let node = state.preferred.map_or(leader, |(node, _)| node);
            if self.busy.contains(&node) {
                continue;
            }
            state.under_way = Some(Asked::Records(node));
            let target = Target { at: at.clone(), topic_id, offset: position.offset, leader_epoch };
            by_node.entry(node).or_default().push((state.served, target));
        }
        for (node, mut targets) in by_node {
            self.busy.insert(node);
            targets.sort_by_key(|(served, _)| *served);
            plan.requests.push((node, targets.into_iter().map(|(_, target)| target).collect()));
        }
        plan
    }

    /// When a partition that waits may be asked for again, after the plan of `now`.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        let waiting = self.partitions.values().filter(|state| state.is_wanted() && state.under_way.is_none());
        // One whose time has come and that was not planned waits for something else.
        waiting.filter_map(|state| state.blocked_until.filter(|until| *until > now)).min()
    }

    /// The request as a whole failed.
    pub(super) fn failed(
        &mut self,
        now: Instant,
        node: NodeId,
        targets: &[Target],
        error: &Error,
    ) -> Vec<Event> {
        self.busy.remove(&node);
        for target in targets {
            let state = self.partitions.get_mut(&target.at);
            if let Some(state) = state.filter(|state| state.under_way == Some(Asked::Records(node))) {
                state.preferred = None;
                state.block(now, self.backoff);
            }
        }
        vec![failure(error.clone()).unwrap_or(Event::StaleMetadata)]
    }

    pub(super) fn answered(
        &mut self,
        now: Instant,
        node: NodeId,
        targets: &[Target],
        answers: Vec<Answer>,
    ) -> Vec<Event> {
        self.busy.remove(&node);
        let mut events = Vec::new();
        for answer in answers {
            let Some(state) = self.partitions.get_mut(&answer.at) else { continue };
            if answer.code == ErrorCode::NONE {
                // True of the partition, whatever was wanted of it.
                state.ends = Some(answer.ends);
            }
            // Else it is an answer to what is no longer wanted.
            if state.under_way == Some(Asked::Records(node)) {
                self.served += 1;
                events.extend(state.take(now, self.backoff, self.detour, self.served, answer));
            }
        }
        for target in targets {
            if let Some(state) = self.partitions.get_mut(&target.at) {
                state.under_way.take_if(|asked| *asked == Asked::Records(node));
            }
        }
        events
    }

    /// What the leader said about a position.
    pub(super) fn checked(
        &mut self,
        now: Instant,
        question: &Question,
        answer: Result<EpochEnd, Error>,
    ) -> Option<Event> {
        let rewound = self.take_number();
        let state = self.partitions.get_mut(&question.at)?;
        if state.number != question.number || state.under_way != Some(Asked::Position) {
            return None;
        }
        state.under_way = None;
        let end = match answer {
            Ok(end) => end,
            // An old broker. The log is then trusted, as it was before there were leader epochs.
            Err(Error::UnsupportedApi { .. } | Error::UnsupportedVersion { .. }) => {
                state.checked_under = Some(question.leader_epoch);
                return None;
            }
            Err(error) => {
                state.block(now, self.backoff);
                return failure(error);
            }
        };
        state.failures = 0;
        if end.reaches(question.offset) {
            state.checked_under = Some(question.leader_epoch);
            return None;
        }
        let at = question.at.clone();
        if let Some(consumed) = state.consumed.filter(|consumed| consumed.offset < question.offset) {
            state.move_to(rewound, Some(consumed));
            return Some(Event::Rewound(at));
        }
        Some(Event::Truncated {
            at,
            number: state.number,
            offset: question.offset,
            divergent: end.position(),
        })
    }

    /// The leaders of these partitions are known anew, so there is nothing to wait for if it was a leader that refused.
    pub(super) fn unblock<'a>(&mut self, partitions: impl IntoIterator<Item = &'a TopicPartition>) {
        for at in partitions {
            if let Some(state) = self.partitions.get_mut(at).filter(|state| !state.was_refused_nearby) {
                state.blocked_until = None;
            }
        }
    }

    fn take_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}

/// What is not certain before a fetch.
enum Doubt {
    None,
    /// A newer leader has written what was read.
    Leader,
    /// The leader has changed since the position, behind a batch of this leader epoch, was known to be in the log.
    Position {
        epoch: i32,
    },
}

impl Partition {
    fn is_finished(&self) -> bool {
        let is_at_end =
            || self.fetched.zip(self.stop_at).is_some_and(|(position, end)| position.offset >= end);
        self.is_halted || is_at_end()
    }

    /// Whether more of it is to be fetched.
    fn is_wanted(&self) -> bool {
        self.fetched.is_some() && !self.is_paused && !self.is_finished()
    }

    fn move_to(&mut self, number: u64, position: Option<Position>) {
        self.number = number;
        self.fetched = position;
        self.consumed = position;
        self.is_halted = false;
        self.under_way = None;
        self.topic_id = None;
        self.checked_under = None;
        self.older_since = None;
        self.blocked_until = None;
        self.failures = 0;
    }

    /// Whether all that was fetched was given out.
    fn is_consumed(&self) -> bool {
        self.consumed.zip(self.fetched).is_some_and(|(consumed, fetched)| consumed.offset >= fetched.offset)
    }

    fn doubt(&mut self, now: Instant, leader_epoch: i32) -> Doubt {
        /// Metadata is not behind for so long: the leader is that of another topic of the same name. Sooner it would find
        /// nothing of the newer epoch in its log, which looks like a log that was cut to nothing.
        const BEHIND: Duration = Duration::from_secs(10);
        let Some(epoch) = self.fetched.and_then(|position| position.leader_epoch) else { return Doubt::None };
        if leader_epoch < 0 || self.checked_under == Some(leader_epoch) {
            return Doubt::None;
        }
        if leader_epoch >= epoch {
            self.older_since = None;
            return Doubt::Position { epoch };
        }
        let since = *self.older_since.get_or_insert(now);
        if now.duration_since(since) < BEHIND { Doubt::Leader } else { Doubt::Position { epoch } }
    }

    fn take(
        &mut self,
        now: Instant,
        backoff: Backoff,
        detour: Duration,
        served: u64,
        answer: Answer,
    ) -> Option<Event> {
        let at = answer.at;
        let asked = self.under_way.take();
        let from = self.fetched?.offset;
        match answer.code {
            ErrorCode::NONE if answer.records.is_empty() && answer.preferred.is_some() => {
                let node = answer.preferred?;
                let is_news = self.preferred.is_none() && asked != Some(Asked::Records(node));
                // A follower knows of none that is nearer, and nobody is nearer than itself.
                self.preferred = is_news.then_some((node, now + detour));
                if !is_news {
                    self.block(now, backoff);
                }
                None
            }
            ErrorCode::NONE => {
                let Some(next) = end_of(&answer.records).filter(|next| next.offset > from) else {
                    if answer.records.is_empty() {
                        self.failures = 0;
                        return None;
                    }
                    self.block(now, backoff);
                    let reason = "no whole batch was answered".to_owned();
                    return Some(Event::Failed(Error::Records {
                        partition: at.to_string(),
                        offset: from,
                        reason,
                    }));
                };
                self.failures = 0;
                self.fetched = Some(next);
                self.served = served;
                let (until, high_watermark) = (self.stop_at, answer.ends.high_watermark);
                let (aborted, records) = (answer.aborted, answer.records);
                Some(Event::Records(Chunk { at, from, until, high_watermark, aborted, records }))
            }
            ErrorCode::OFFSET_OUT_OF_RANGE => {
                self.block(now, backoff);
                // A follower may be behind, or have less of the log.
                let is_of_leader = self.preferred.take().is_none();
                // What was fetched before is still there to be given out, so it may be too early to go elsewhere.
                let number = self.number;
                (is_of_leader && self.is_consumed()).then_some(Event::OutOfRange { at, number, offset: from })
            }
            code => {
                self.block(now, backoff);
                self.was_refused_nearby = self.preferred.take().is_some();
                if [ErrorCode::FENCED_LEADER_EPOCH, ErrorCode::UNKNOWN_LEADER_EPOCH].contains(&code) {
                    self.checked_under = None;
                }
                failure(Error::refused(at.to_string(), code.0, None))
            }
        }
    }

    fn block(&mut self, now: Instant, backoff: Backoff) {
        self.under_way = None;
        self.was_refused_nearby = false;
        self.failures += 1;
        self.blocked_until = Some(now + backoff.wait(self.failures, 0.5));
    }
}

/// What to do about an error beyond trying again later.
fn failure(error: Error) -> Option<Event> {
    match error.code() {
        // The broker's copy is broken, which passes only if somebody mends it.
        Some(ErrorCode::CORRUPT_MESSAGE) => return Some(Event::Failed(error)),
        // That may pass, or another leader may do better.
        Some(ErrorCode::UNKNOWN_SERVER_ERROR) => {
            tracing::warn!(%error, "the broker failed and will be asked again");
            return Some(Event::StaleMetadata);
        }
        _ => {}
    }
    match error.is_retriable() {
        true if error.asks_for_metadata() => Some(Event::StaleMetadata),
        true => None,
        false => Some(Event::Failed(error)),
    }
}

/// The position after the last whole batch, from the headers alone; `None` if there is none, or it is no batch. What was
/// written before there were batches counts.
fn end_of(records: &[u8]) -> Option<Position> {
    let mut rest = records;
    let mut end = None;
    loop {
        let (size, behind) = if let Ok(header) = BatchHeader::read(rest) {
            (header.size_in_bytes(), Position::after(&header))
        } else if let Some(old) = OldMessages::at_front_of(rest).filter(|old| old.size > 0) {
            (old.size, old.next_offset.into())
        } else {
            return end;
        };
        debug_assert!(size > LOG_OVERHEAD, "a batch is longer than its length field");
        if rest.len() < size {
            return end;
        }
        end = Some(behind);
        rest = &rest[size..];
    }
}

#[cfg(test)]
mod tests;
