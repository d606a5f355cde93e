//! Decides what is fetched next, from whom, and from which offset.
//!
//! A partition is either idle, in the one request that is under way to its leader, or waits after an error.
//! Its position moves when records arrive, so the next request can go out while they are still being looked at.
//! Those served longest ago come first in a request, because a broker fills its answer from the front.
//!
//! Not here: fetch sessions (KIP-227), fetching from followers (KIP-392), truncation detection (KIP-320).
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
    partitions: BTreeMap<TopicPartition, Position>,
    /// Brokers with a request under way.
    busy: BTreeSet<NodeId>,
    served: u64,
}

#[derive(Debug)]
struct Position {
    next: i64,
    /// Exclusive; `None` follows the log.
    stop_at: Option<i64>,
    is_under_way: bool,
    blocked_until: Option<Instant>,
    failures: u32,
    /// Grows with every answer that brought records; the smallest was served longest ago.
    served: u64,
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
    pub(super) high_watermark: i64,
    pub(super) records: Bytes,
}

#[derive(Debug)]
pub(super) enum Event {
    Records(Chunk),
    /// The offset is not in the log. What is, the answer does not reliably say.
    OutOfRange {
        at: TopicPartition,
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
        Self { backoff, partitions: BTreeMap::new(), busy: BTreeSet::new(), served: 0 }
    }

    pub(super) fn assign(&mut self, at: TopicPartition, next: i64, stop_at: Option<i64>) {
        let position = Position {
            next,
            stop_at,
            is_under_way: false,
            blocked_until: None,
            failures: 0,
            served: self.served,
        };
        self.partitions.insert(at, position);
    }

    /// Moves a partition to another offset.
    pub(super) fn seek(&mut self, at: &TopicPartition, next: i64) {
        if let Some(position) = self.partitions.get_mut(at) {
            position.next = next;
        }
    }

    pub(super) fn stop(&mut self, at: &TopicPartition) {
        self.partitions.remove(at);
    }

    /// Whether every partition has reached its end.
    pub(super) fn is_finished(&self) -> bool {
        self.partitions.values().all(Position::is_finished)
    }

    /// The next offset that would be fetched.
    pub(super) fn position(&self, at: &TopicPartition) -> Option<i64> {
        self.partitions.get(at).map(|position| position.next)
    }

    pub(super) fn topics(&self) -> BTreeSet<std::sync::Arc<str>> {
        self.partitions.keys().map(|at| at.topic.clone()).collect()
    }

    /// The requests that can go out now.
    pub(super) fn plan(&mut self, now: Instant, metadata: &Metadata) -> Plan {
        let mut plan = Plan::default();
        let mut by_leader: BTreeMap<NodeId, Vec<(u64, Target)>> = BTreeMap::new();
        for (at, position) in &mut self.partitions {
            if position.is_finished()
                || position.is_under_way
                || position.blocked_until.is_some_and(|t| t > now)
            {
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
            position.is_under_way = true;
            let target = Target { at: at.clone(), offset: position.next, leader_epoch };
            by_leader.entry(leader).or_default().push((position.served, target));
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
        let waiting =
            self.partitions.values().filter(|position| !position.is_under_way && !position.is_finished());
        waiting.filter_map(|position| position.blocked_until).min()
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
            self.block(now, &target.at);
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
        for target in targets {
            if let Some(position) = self.partitions.get_mut(&target.at) {
                position.is_under_way = false;
            }
        }
        let mut events = Vec::new();
        for answer in answers {
            let asked_for = targets.iter().find(|target| target.at == answer.at).map(|target| target.offset);
            let position = self.partitions.get(&answer.at).map(|position| position.next);
            // An answer to what is no longer wanted.
            if asked_for.is_none() || asked_for != position {
                continue;
            }
            events.extend(self.take(now, answer));
        }
        events
    }

    fn take(&mut self, now: Instant, answer: Answer) -> Option<Event> {
        let at = answer.at;
        match answer.code {
            ErrorCode::NONE => {
                let served = self.served + 1;
                let position = self.partitions.get_mut(&at)?;
                position.failures = 0;
                position.blocked_until = None;
                let from = position.next;
                let Some(next) = end_of(&answer.records).filter(|next| *next > from) else {
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
                position.next = next;
                position.served = served;
                let (until, high_watermark) = (position.stop_at, answer.high_watermark);
                self.served = served;
                Some(Event::Records(Chunk { at, from, until, high_watermark, records: answer.records }))
            }
            ErrorCode::OFFSET_OUT_OF_RANGE => {
                let offset = self.position(&at)?;
                self.block(now, &at);
                Some(Event::OutOfRange { at, offset })
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
        if let Some(position) = self.partitions.get_mut(at) {
            position.is_under_way = false;
            position.failures += 1;
            position.blocked_until = Some(now + self.backoff.wait(position.failures, 0.5));
        }
    }
}

impl Position {
    fn is_finished(&self) -> bool {
        self.stop_at.is_some_and(|end| self.next >= end)
    }
}

/// The offset after the last whole batch, from the headers alone; `None` if there is none, or it is no batch.
fn end_of(records: &[u8]) -> Option<i64> {
    let mut rest = records;
    let mut end = None;
    while let Ok(header) = BatchHeader::read(rest) {
        let size = header.size_in_bytes();
        debug_assert!(size > LOG_OVERHEAD, "a batch is longer than its length field");
        if rest.len() < size {
            break;
        }
        end = Some(header.next_offset().0);
        rest = &rest[size..];
    }
    end
}

#[cfg(test)]
mod tests;
