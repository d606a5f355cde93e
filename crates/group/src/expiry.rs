//! What goes away by itself: offsets past their retention, offsets of deleted topics, deserted groups.
//!
//! An offset without an expiry of its own is kept for the retention after the group lost its last member, or after
//! the commit where the group never had members, or reads and no longer reads the topic (KIP-211). What a group
//! reads is never expired while it has members. A deserted group without offsets goes at the next search.
//!
//! Work is cut into batches of [`MAX_TOMBSTONES`] with a pause between, so that requests get their turn.

use super::{
    GroupId, State,
    groups::{Group, Groups},
    offsets::Committed,
    records,
    timers::Timer,
    turn::{Notice, Turn, Undo},
};
use base::TopicId;
use std::{
    collections::VecDeque,
    ops::Bound,
    time::{Duration, Instant},
};
use wire::Text;

const MAX_TOMBSTONES: usize = 1000;
const PAUSE: Duration = Duration::from_millis(10);
/// After the log has refused to remove offsets of deleted topics.
const RETRY: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(crate) struct Expiry {
    /// The group that the search stopped at.
    resume_at: Option<GroupId>,
    search_at: Option<Instant>,
    doomed: VecDeque<Doomed>,
}

/// An offset of a deleted topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doomed {
    group_id: GroupId,
    topic: Text,
    topic_id: TopicId,
    partition: i32,
}

impl Groups {
    /// Searches from where the last search stopped; later again, or soon if it stopped early.
    pub(crate) fn expire(&mut self, turn: &mut Turn<'_>) {
        let from = self.expiry.resume_at.take().map_or(Bound::Unbounded, Bound::Included);
        let (mut offsets, mut groups, mut unrecorded) = (0, 0, Vec::new());
        for (group_id, group) in self.by_id.range((from, Bound::Unbounded)) {
            let room = MAX_TOMBSTONES - turn.out.records.len();
            let expired = group.expired(turn, room);
            offsets += expired.len();
            for (topic, partition) in &expired {
                turn.out.records.push(records::offset_tombstone(group_id, topic, *partition));
            }
            if expired.len() >= room {
                self.expiry.resume_at = Some(group_id.clone());
                break;
            }
            if group.is_obsolete_without(expired.len()) {
                if group.recorded {
                    groups += 1;
                    turn.out.records.push(records::group_tombstone(group_id));
                } else if expired.is_empty() {
                    unrecorded.push(group_id.clone());
                }
            }
        }
        for group_id in unrecorded {
            self.by_id.remove(&group_id);
        }
        if !turn.out.records.is_empty() {
            turn.out.effects.push(Notice::Expired { offsets, groups });
            *turn.undo = Undo::Expire;
        }
        let again = self.expiry.resume_at.as_ref().map(|_| PAUSE);
        self.search_after(turn, again.unwrap_or(turn.config.offsets_retention_check_interval_ms));
    }

    pub(crate) fn search_after(&mut self, turn: &mut Turn<'_>, delay: Duration) {
        turn.timers.cancel(self.expiry.search_at, Timer::Expire);
        self.expiry.search_at = Some(turn.set_timer(delay, Timer::Expire));
    }

    /// The log refused the tombstones: the next search finds the same again.
    pub(crate) fn undo_expire(&mut self, turn: &mut Turn<'_>) {
        self.expiry.resume_at = None;
        self.search_after(turn, turn.config.offsets_retention_check_interval_ms);
    }

    pub(crate) fn forget_topics(&mut self, turn: &mut Turn<'_>, topics: &[(Text, TopicId)]) {
        for (group_id, group) in &self.by_id {
            for (topic, topic_id) in topics {
                let partitions = group.offsets.of_topic(topic, *topic_id).into_iter();
                self.expiry.doomed.extend(partitions.map(|partition| Doomed {
                    group_id: group_id.clone(),
                    topic: topic.detached(),
                    topic_id: *topic_id,
                    partition,
                }));
            }
        }
        if !self.expiry.doomed.is_empty() {
            turn.set_timer(Duration::ZERO, Timer::Forget);
        }
    }

    pub(crate) fn forget(&mut self, turn: &mut Turn<'_>) {
        let mut doomed = Vec::new();
        while let Some(next) = self.expiry.doomed.pop_front() {
            // It may have been committed again for a new topic of that name.
            let group = self.by_id.get(&next.group_id);
            if group.is_some_and(|g| g.offsets.of_topic(&next.topic, next.topic_id).contains(&next.partition))
            {
                turn.out.records.push(records::offset_tombstone(&next.group_id, &next.topic, next.partition));
                doomed.push(next);
            }
            if doomed.len() >= MAX_TOMBSTONES {
                turn.set_timer(PAUSE, Timer::Forget);
                break;
            }
        }
        *turn.undo = Undo::Forget(doomed);
    }

    pub(crate) fn undo_forget(&mut self, turn: &mut Turn<'_>, doomed: Vec<Doomed>) {
        self.expiry.doomed.extend(doomed);
        turn.set_timer(RETRY, Timer::Forget);
    }
}

impl Group {
    /// Up to `room` partitions whose offsets have outlived their retention.
    fn expired(&self, turn: &Turn<'_>, room: usize) -> Vec<(Text, i32)> {
        let Some(since) = self.retention_starts() else { return Vec::new() };
        let (now_ms, retention_ms) = (turn.now.unix_ms, turn.config.offsets_retention_ms());
        let is_expired = |committed: &Committed| match committed.value.expire_ms {
            Some(expire_ms) => now_ms >= expire_ms,
            None => now_ms.saturating_sub(since(committed)) >= retention_ms,
        };
        let expired = self.offsets.iter().filter(|(topic, partition, committed)| {
            is_expired(committed)
                && !self.classic.is_subscribed_to(topic)
                && !self.offsets.is_open(topic, *partition)
        });
        expired.map(|(topic, partition, _)| (topic.clone(), partition)).take(room).collect()
    }

    /// When an offset's retention begins, in milliseconds since 1970; `None` while nothing of the group expires.
    fn retention_starts(&self) -> Option<impl Fn(&Committed) -> i64> {
        let group = &self.classic;
        let emptied = match group.state() {
            _ if !group.has_protocol_type() => None,
            State::Empty => group.state_since_ms,
            State::Stable if group.is_consumer() && group.knows_subscription() => None,
            State::Stable | State::PreparingRebalance | State::CompletingRebalance | State::Dead => {
                return None;
            }
        };
        Some(move |committed: &Committed| emptied.unwrap_or(committed.value.commit_ms))
    }

    fn is_obsolete_without(&self, expired: usize) -> bool {
        self.classic.is_deserted()
            && !self.offsets.has_open_transactions()
            && self.offsets.iter().nth(expired).is_none()
    }
}
