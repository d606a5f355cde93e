//! Decides what is fetched next, from whom, and from which offset.
//!
//! A partition is either idle, in the one request that is under way to its leader, or waits after an error. It has two
//! positions: how far was fetched moves when records arrive, so the next request can go out while they are still being
//! looked at; how far was consumed moves when they are given out. Both are set by a seek, after which an answer to an
//! earlier question is not taken any more.
//! Those served longest ago come first in a request, because a broker fills its answer from the front.
//!
//! Not here: fetch sessions (KIP-227), fetching from followers (KIP-392), truncation detection (KIP-320).
use super::position::Position;
use crate::{Backoff, Error, Metadata, TopicPartition};
use base::NodeId;
use bytes::Bytes;
use protocol::ErrorCode;
use records::{BatchHeader, LOG_OVERHEAD};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

#[derive(Debug)]
pub(super) struct Fetcher {
    backoff: Backoff,
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
    /// To this broker.
    under_way: Option<NodeId>,
    blocked_until: Option<Instant>,
    failures: u32,
    /// Grows with every answer that brought records; the smallest was served longest ago.
    served: u64,
    ends: Option<Ends>,
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
    pub(super) offset: i64,
    pub(super) leader_epoch: i32,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) requests: Vec<(NodeId, Vec<Target>)>,
    pub(super) leaderless: bool,
}

/// A broker's answer about one partition.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) at: TopicPartition,
    pub(super) code: ErrorCode,
    pub(super) ends: Ends,
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
    pub(super) records: Bytes,
}

impl Fetcher {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self { backoff, partitions: BTreeMap::new(), busy: BTreeSet::new(), served: 0, numbers: 0 }
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
            blocked_until: None,
            failures: 0,
            served: self.served,
            ends: None,
        };
        self.partitions.insert(at, partition);
    }

    /// Moves a partition to another position; false if it is not assigned.
    pub(super) fn seek(&mut self, at: &TopicPartition, position: Position) -> bool {
        let number = self.take_number();
        let Some(partition) = self.partitions.get_mut(at) else { return false };
        partition.number = number;
        partition.fetched = Some(position);
        partition.consumed = Some(position);
        partition.is_halted = false;
        partition.under_way = None;
        partition.blocked_until = None;
        partition.failures = 0;
        true
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
    #[allow(dead_code, reason = "for who reads committed offsets")]
    pub(super) fn without_position(&self) -> impl Iterator<Item = &TopicPartition> {
        self.partitions.iter().filter(|(_, partition)| partition.fetched.is_none()).map(|(at, _)| at)
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

    /// Whether every partition has reached its end.
    pub(super) fn is_finished(&self) -> bool {
        self.partitions.values().all(Partition::is_finished)
    }

    pub(super) fn topics(&self) -> BTreeSet<std::sync::Arc<str>> {
        self.partitions.keys().map(|at| at.topic.clone()).collect()
    }

    /// The requests that can go out now.
    pub(super) fn plan(&mut self, now: Instant, metadata: &Metadata) -> Plan {
        let mut plan = Plan::default();
        let mut by_leader: BTreeMap<NodeId, Vec<(u64, Target)>> = BTreeMap::new();
        for (at, state) in &mut self.partitions {
            let Some(position) = state.fetched.filter(|_| state.is_wanted()) else { continue };
            if state.under_way.is_some() || state.blocked_until.is_some_and(|t| t > now) {
                continue;
            }
            let partition = metadata.topics.get(&at.topic).and_then(|topic| topic.partition(at.partition));
            let Some((leader, leader_epoch)) = partition.and_then(|p| Some((p.leader?, p.leader_epoch)))
            else {
                plan.leaderless = true;
                continue;
            };
            if self.busy.contains(&leader) {
                continue;
            }
            state.under_way = Some(leader);
            let target = Target { at: at.clone(), offset: position.offset, leader_epoch };
            by_leader.entry(leader).or_default().push((state.served, target));
        }
        for (leader, mut targets) in by_leader {
            self.busy.insert(leader);
            targets.sort_by_key(|(served, _)| *served);
            plan.requests.push((leader, targets.into_iter().map(|(_, target)| target).collect()));
        }
        plan
    }

    /// When a partition that waits may be asked for again.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        let waiting = self.partitions.values().filter(|state| state.is_wanted() && state.under_way.is_none());
        waiting.filter_map(|state| state.blocked_until).min()
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
            if self.waits_for(&target.at, node) {
                self.block(now, &target.at);
            }
        }
        if error.is_retriable() { vec![Event::StaleMetadata] } else { vec![Event::Failed(error.clone())] }
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
            if self.waits_for(&answer.at, node) {
                events.extend(self.take(now, answer));
            }
        }
        for target in targets {
            if let Some(state) = self.partitions.get_mut(&target.at) {
                state.under_way.take_if(|asked| *asked == node);
            }
        }
        events
    }

    fn waits_for(&self, at: &TopicPartition, node: NodeId) -> bool {
        self.partitions.get(at).is_some_and(|state| state.under_way == Some(node))
    }

    fn take(&mut self, now: Instant, answer: Answer) -> Option<Event> {
        let at = answer.at;
        match answer.code {
            ErrorCode::NONE => {
                let served = self.served + 1;
                let state = self.partitions.get_mut(&at)?;
                state.failures = 0;
                state.blocked_until = None;
                let from = state.fetched?.offset;
                let Some(next) = end_of(&answer.records).filter(|next| next.offset > from) else {
                    if answer.records.is_empty() {
                        return None;
                    }
                    self.block(now, &at);
                    let reason = "no whole batch was answered".to_owned();
                    return Some(Event::Failed(Error::Records {
                        partition: at.to_string(),
                        offset: from,
                        reason,
                    }));
                };
                state.fetched = Some(next);
                state.served = served;
                let (until, high_watermark) = (state.stop_at, answer.ends.high_watermark);
                self.served = served;
                Some(Event::Records(Chunk { at, from, until, high_watermark, records: answer.records }))
            }
            ErrorCode::OFFSET_OUT_OF_RANGE => {
                let state = self.partitions.get(&at)?;
                let (number, offset) = (state.number, state.fetched?.offset);
                // What was fetched before is still there to be given out, so it may be too early to go elsewhere.
                let is_consumed = state.consumed.is_some_and(|consumed| consumed.offset >= offset);
                self.block(now, &at);
                is_consumed.then_some(Event::OutOfRange { at, number, offset })
            }
            code => {
                self.block(now, &at);
                let error = Error::refused(at.to_string(), code.0, None);
                match error.is_retriable() {
                    true if error.asks_for_metadata() => Some(Event::StaleMetadata),
                    true => None,
                    false => Some(Event::Failed(error)),
                }
            }
        }
    }

    fn block(&mut self, now: Instant, at: &TopicPartition) {
        if let Some(state) = self.partitions.get_mut(at) {
            state.under_way = None;
            state.failures += 1;
            state.blocked_until = Some(now + self.backoff.wait(state.failures, 0.5));
        }
    }

    fn take_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
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
}

/// The position after the last whole batch, from the headers alone; `None` if there is none, or it is no batch.
fn end_of(records: &[u8]) -> Option<Position> {
    let mut rest = records;
    let mut end = None;
    while let Ok(header) = BatchHeader::read(rest) {
        let size = header.size_in_bytes();
        debug_assert!(size > LOG_OVERHEAD, "a batch is longer than its length field");
        if rest.len() < size {
            break;
        }
        end = Some(Position::after(&header));
        rest = &rest[size..];
    }
    end
}

#[cfg(test)]
mod tests;
