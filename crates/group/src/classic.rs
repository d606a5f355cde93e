//! A classic group: members that meet in rounds, and let one of them decide.
//!
//! The parts: [`member`] what is kept of one; here the group as a whole, its timers and its record; [`join`],
//! [`round`], [`sync`] and [`leave`] what the requests do.
//!
//! A member is heard when it sends anything that belongs to the group, and when it is given an answer it waited
//! for. While its join or sync waits it counts as alive without a sound, except in its first join: that client may
//! be gone for good, and gets [`GroupConfig::NEW_MEMBER_JOIN_TIMEOUT`](super::GroupConfig).

mod join;
mod leave;
mod member;
mod round;
mod sync;

pub(crate) use join::Replacement;
pub(crate) use member::Member;

use super::{
    DescribedMember, Description, Error, Generation, GroupId, InstanceId, Joined, JoinedMember, Listed,
    MemberId, records, subscription, timers::Timer, turn::Turn,
};
use bytes::Bytes;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::{Duration, Instant},
};
use wire::Text;

/// The protocol type of Kafka's own consumers, whose metadata the broker can read.
const CONSUMER: &str = "consumer";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// No members; perhaps offsets.
    Empty,
    /// Members are to join.
    PreparingRebalance,
    /// All have joined; the leader's assignment is awaited.
    CompletingRebalance,
    /// Everyone can know its assignment.
    Stable,
    /// Only in answers about groups that are not there.
    Dead,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Stable => "Stable",
            Self::Dead => "Dead",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug)]
pub(crate) struct ClassicGroup {
    id: GroupId,
    state: State,
    /// When the state was entered, in milliseconds since 1970. Old records do not say.
    pub(crate) state_since_ms: Option<i64>,
    generation: Generation,
    /// `None` until the first member joins.
    protocol_type: Option<Text>,
    /// What the last round agreed on.
    protocol: Option<Text>,
    leader: Option<MemberId>,
    members: BTreeMap<MemberId, Member>,
    /// Eldest first.
    by_age: BTreeMap<u64, MemberId>,
    instances: BTreeMap<InstanceId, MemberId>,
    /// Ids that were given out, whose owners have yet to join with them; until when.
    pending: BTreeMap<MemberId, Instant>,
    /// Members that have not synced in this generation.
    pending_sync: BTreeSet<MemberId>,
    /// How many members wait for the round to end.
    awaiting_join: usize,
    /// How many members support each protocol.
    supported: BTreeMap<Text, usize>,
    /// What the members read, where the broker can tell.
    subscribed: Option<BTreeSet<Text>>,
    /// The present round is the first after the group was empty.
    initial: bool,
    /// Somebody joined since the initial delay was last set.
    new_member_added: bool,
    join_timer: Option<JoinTimer>,
    sync_timer: Option<Instant>,
    /// Counts members as they join, so that the eldest is known.
    next_order: u64,
}

#[derive(Clone, Copy, Debug)]
struct JoinTimer {
    at: Instant,
    /// For the initial delay: how long it was this time, and how much the rebalance timeout leaves.
    initial: Option<(Duration, Duration)>,
}

impl ClassicGroup {
    pub(crate) fn new(id: GroupId, unix_ms: Option<i64>) -> Self {
        Self {
            id,
            state: State::Empty,
            state_since_ms: unix_ms,
            generation: Generation(0),
            protocol_type: None,
            protocol: None,
            leader: None,
            members: BTreeMap::new(),
            by_age: BTreeMap::new(),
            instances: BTreeMap::new(),
            pending: BTreeMap::new(),
            pending_sync: BTreeSet::new(),
            awaiting_join: 0,
            supported: BTreeMap::new(),
            subscribed: None,
            initial: false,
            new_member_added: false,
            join_timer: None,
            sync_timer: None,
            next_order: 0,
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// No members and nobody about to become one.
    pub(crate) fn is_deserted(&self) -> bool {
        self.state == State::Empty && self.pending.is_empty()
    }

    pub(crate) fn has_protocol_type(&self) -> bool {
        self.protocol_type.is_some()
    }

    pub(crate) fn is_consumer(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER)
    }

    /// Whether it is known what the members read.
    pub(crate) fn knows_subscription(&self) -> bool {
        self.subscribed.is_some()
    }

    /// Where the broker cannot tell, consumers are taken to read everything and others nothing.
    pub(crate) fn is_subscribed_to(&self, topic: &str) -> bool {
        match &self.subscribed {
            Some(topics) => topics.contains(topic),
            None => self.is_consumer(),
        }
    }

    /// Takes over what a group record says, in the log or just written.
    ///
    /// On the path that serves requests the members are the ones the record was made from, and keep what is not
    /// in it: waiting requests, timers, protocols that were not chosen.
    pub(crate) fn restore(&mut self, record: records::GroupMetadata) {
        // Kafka writes a protocol wherever there are members; a record without one gets a nameless one.
        let protocol = record.protocol.or_else(|| (!record.members.is_empty()).then(Text::default));
        let mut known = std::mem::take(&mut self.members);
        self.by_age.clear();
        self.instances.clear();
        self.supported.clear();
        self.awaiting_join = 0;
        for restored in record.members {
            let member = match known.remove(&restored.member_id) {
                Some(member) => member.restored(&restored, protocol.as_ref()),
                None => {
                    self.next_order += 1;
                    Member::at(self.next_order).restored(&restored, protocol.as_ref())
                }
            };
            // A record that names a member twice is odd, and the last one counts.
            self.take_out(&restored.member_id);
            self.insert(restored.member_id, member);
        }
        self.state = if self.members.is_empty() { State::Empty } else { State::Stable };
        self.state_since_ms = record.state_since_ms;
        self.generation = record.generation;
        self.protocol_type = Some(record.protocol_type).filter(|text| !text.is_empty());
        self.protocol = protocol;
        let first = || self.members.keys().next().cloned();
        self.leader = record.leader.filter(|id| self.members.contains_key(id)).or_else(first);
        self.subscribed = self.compute_subscribed();
    }

    /// The record of the group as it is, except that members get these assignments.
    fn record(&self, assignment_of: impl Fn(&MemberId, &Member) -> Bytes) -> records::GroupMetadata {
        let members = self.members.iter().map(|(member_id, member)| records::MemberMetadata {
            member_id: member_id.clone(),
            instance_id: member.instance_id.clone(),
            client_id: member.client_id.clone(),
            client_host: member.client_host.clone(),
            rebalance_timeout_ms: member.rebalance_timeout_ms,
            session_timeout_ms: member.session_timeout_ms,
            subscription: member.metadata(self.protocol.as_ref()),
            assignment: assignment_of(member_id, member),
        });
        records::GroupMetadata {
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            generation: self.generation,
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
            state_since_ms: self.state_since_ms,
            members: members.collect(),
        }
    }

    /// The group is loaded: from now on members are to be heard from.
    pub(crate) fn start(&mut self, turn: &mut Turn<'_>) {
        let members: Vec<_> = self.members.keys().cloned().collect();
        for member_id in &members {
            self.heard(turn, member_id);
        }
        let max_size = turn.config.max_size();
        if self.members.len() > max_size {
            self.prepare_rebalance(turn, format!("{} members are more than {max_size}", self.members.len()));
        }
    }

    fn enter(&mut self, turn: &Turn<'_>, state: State) {
        self.state = state;
        self.state_since_ms = Some(turn.now.unix_ms);
    }

    fn insert(&mut self, member_id: MemberId, member: Member) {
        if let Some(instance_id) = &member.instance_id {
            self.instances.insert(instance_id.clone(), member_id.clone());
        }
        for protocol in &member.protocols {
            *self.supported.entry(protocol.name.clone()).or_default() += 1;
        }
        self.awaiting_join += usize::from(member.awaiting_join.is_some());
        self.by_age.insert(member.order, member_id.clone());
        self.members.insert(member_id, member);
    }

    /// Takes a member out of every index. Its waiting requests and its timer are the caller's to end.
    fn take_out(&mut self, member_id: &MemberId) -> Option<Member> {
        let member = self.members.remove(member_id)?;
        self.by_age.remove(&member.order);
        if let Some(instance_id) = &member.instance_id
            && self.instances.get(instance_id) == Some(member_id)
        {
            self.instances.remove(instance_id);
        }
        for protocol in &member.protocols {
            if let Some(count) = self.supported.get_mut(&protocol.name) {
                *count -= 1;
                if *count == 0 {
                    self.supported.remove(&protocol.name);
                }
            }
        }
        self.awaiting_join -= usize::from(member.awaiting_join.is_some());
        Some(member)
    }

    /// The member is gone: whatever it waits for is answered, and the eldest other one leads in its place.
    fn remove(&mut self, turn: &mut Turn<'_>, member_id: &MemberId) {
        let Some(member) = self.take_out(member_id) else { return };
        let gone = Error::UnknownMember(member_id.clone());
        turn.fail(member.awaiting_join, &gone);
        turn.fail(member.awaiting_sync, &gone);
        turn.timers.cancel(member.timer_at, Timer::Session(self.id.clone(), member_id.clone()));
        self.pending_sync.remove(member_id);
        if self.leader.as_ref() == Some(member_id) {
            self.leader = self.eldest(|_| true);
        }
    }

    fn eldest(&self, eligible: impl Fn(&Member) -> bool) -> Option<MemberId> {
        self.by_age.values().find(|member_id| self.members.get(member_id).is_some_and(&eligible)).cloned()
    }

    /// Checks that a request comes from a member, and from the present owner of its instance id.
    fn validate(&self, member_id: &MemberId, instance_id: Option<&InstanceId>) -> Result<(), Error> {
        if let Some(instance_id) = instance_id {
            match self.instances.get(instance_id) {
                None => return Err(Error::UnknownInstance(instance_id.clone())),
                Some(owner) if owner != member_id => return Err(Error::FencedInstance(instance_id.clone())),
                Some(_) => {}
            }
        }
        if !self.members.contains_key(member_id) {
            return Err(Error::UnknownMember(member_id.clone()));
        }
        Ok(())
    }

    fn validate_generation(&self, sent: Generation) -> Result<(), Error> {
        if sent == self.generation {
            Ok(())
        } else {
            Err(Error::IllegalGeneration { sent, current: self.generation })
        }
    }

    /// Whether a commit may go ahead. `None` and a negative generation are a client that is in no group.
    pub(crate) fn validate_commit(
        &self,
        member_id: Option<&MemberId>,
        instance_id: Option<&InstanceId>,
        generation: Generation,
        in_transaction: bool,
    ) -> Result<(), Error> {
        let has_members = self.state != State::Empty;
        if generation < Generation(0) && !has_members {
            return Ok(());
        }
        if generation >= Generation(0) || member_id.is_some() || instance_id.is_some() {
            let nobody = MemberId::default();
            self.validate(member_id.unwrap_or(&nobody), instance_id)?;
            self.validate_generation(generation)?;
        } else if !in_transaction && has_members {
            return Err(Error::UnknownMember(MemberId::default()));
        }
        if !in_transaction && self.state == State::CompletingRebalance {
            return Err(Error::RebalanceInProgress);
        }
        Ok(())
    }

    /// The member is alive: its silence is counted from now.
    pub(crate) fn heard(&mut self, turn: &mut Turn<'_>, member_id: &MemberId) {
        if let Some(member) = self.members.get_mut(member_id) {
            let timeout = member.session_timeout();
            member.allow_silence(turn, timeout, || Timer::Session(self.id.clone(), member_id.clone()));
        }
    }

    fn set_join_timer(
        &mut self,
        turn: &mut Turn<'_>,
        delay: Duration,
        initial: Option<(Duration, Duration)>,
    ) {
        self.cancel_join_timer(turn);
        let at = turn.set_timer(delay, Timer::Join(self.id.clone()));
        self.join_timer = Some(JoinTimer { at, initial });
    }

    fn cancel_join_timer(&mut self, turn: &mut Turn<'_>) {
        let at = self.join_timer.take().map(|timer| timer.at);
        turn.timers.cancel(at, Timer::Join(self.id.clone()));
    }

    fn set_sync_timer(&mut self, turn: &mut Turn<'_>) {
        self.cancel_sync_timer(turn);
        let at = turn.set_timer(self.rebalance_timeout(), Timer::Sync(self.id.clone()));
        self.sync_timer = Some(at);
    }

    fn cancel_sync_timer(&mut self, turn: &mut Turn<'_>) {
        turn.timers.cancel(self.sync_timer.take(), Timer::Sync(self.id.clone()));
    }

    /// The longest that any member asked for.
    fn rebalance_timeout(&self) -> Duration {
        self.members.values().map(Member::rebalance_timeout).max().unwrap_or_default()
    }

    fn all_have_joined(&self) -> bool {
        self.awaiting_join == self.members.len() && self.pending.is_empty()
    }

    fn is_leader(&self, member_id: &MemberId) -> bool {
        self.leader.as_ref() == Some(member_id)
    }

    /// The protocol most members prefer, among those that all support; of equals, the one the leader prefers.
    fn select_protocol(&self) -> Option<Text> {
        let is_candidate = |name: &Text| self.supported.get(name) == Some(&self.members.len());
        let mut votes: BTreeMap<&Text, usize> = BTreeMap::new();
        for member in self.members.values() {
            let vote = member.protocols.iter().map(|protocol| &protocol.name).find(|name| is_candidate(name));
            *votes.entry(vote?).or_default() += 1;
        }
        let most = votes.values().copied().max()?;
        let leader = self.members.get(self.leader.as_ref()?)?;
        let preferred = leader.protocols.iter().map(|protocol| &protocol.name);
        preferred.chain(votes.keys().copied()).find(|name| votes.get(name) == Some(&most)).cloned()
    }

    /// `None` where the members are no consumers, or one of them sent what cannot be read.
    fn compute_subscribed(&self) -> Option<BTreeSet<Text>> {
        if !self.is_consumer() {
            return None;
        }
        let mut topics = BTreeSet::new();
        for member in self.members.values() {
            let metadata = member.metadata(self.protocol.as_ref());
            topics.extend(subscription::topics(metadata).ok()?);
        }
        Some(topics)
    }

    /// What a join of this member is answered in the present generation.
    fn joined(&self, member_id: &MemberId, members: Vec<JoinedMember>) -> Joined {
        Joined {
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone().unwrap_or_default(),
            member_id: member_id.clone(),
            skip_assignment: false,
            members,
        }
    }

    fn joined_members(&self) -> Vec<JoinedMember> {
        let members = self.members.iter().map(|(member_id, member)| JoinedMember {
            member_id: member_id.clone(),
            instance_id: member.instance_id.clone(),
            metadata: member.metadata(self.protocol.as_ref()),
        });
        members.collect()
    }

    pub(crate) fn describe(&self) -> Description {
        let stable = self.state == State::Stable;
        let members = self.members.iter().map(|(member_id, member)| DescribedMember {
            member_id: member_id.clone(),
            instance_id: member.instance_id.clone(),
            client_id: member.client_id.clone(),
            client_host: member.client_host.clone(),
            metadata: if stable { member.metadata(self.protocol.as_ref()) } else { Bytes::new() },
            assignment: member.assignment.clone(),
        });
        Description {
            state: self.state,
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            protocol: self.protocol.clone().filter(|_| stable).unwrap_or_default(),
            members: members.collect(),
        }
    }

    pub(crate) fn list(&self) -> Listed {
        Listed {
            group_id: self.id.clone(),
            protocol_type: self.protocol_type.clone().unwrap_or_default(),
            state: self.state,
            group_type: "classic",
        }
    }

    /// What a replay of the log must bring back; `None` between two states that the log knows.
    #[cfg(test)]
    pub(crate) fn persistent(&self) -> Option<records::GroupMetadata> {
        let settled = matches!(self.state, State::Empty | State::Stable);
        settled.then(|| self.record(|_, member| member.assignment.clone()))
    }

    #[cfg(test)]
    pub(crate) fn member_ids(&self) -> Vec<MemberId> {
        self.members.keys().chain(self.pending.keys()).cloned().collect()
    }

    #[cfg(test)]
    pub(crate) fn generation(&self) -> Generation {
        self.generation
    }

    /// What must hold after every turn.
    #[cfg(test)]
    pub(crate) fn check(&self) {
        let waiting = self.members.values().filter(|member| member.awaiting_join.is_some()).count();
        assert_eq!(waiting, self.awaiting_join);
        assert!(self.by_age.iter().all(|(order, member_id)| self.members[member_id].order == *order));
        assert_eq!(self.by_age.len(), self.members.len());
        assert_eq!(
            self.state == State::Empty,
            self.members.is_empty() && self.state != State::PreparingRebalance
        );
        assert!(self.leader.as_ref().is_none_or(|leader| self.members.contains_key(leader)));
        assert_eq!(self.leader.is_none(), self.members.is_empty());
        assert!(self.instances.values().all(|member_id| self.members.contains_key(member_id)));
        assert!(self.pending_sync.iter().all(|member_id| self.members.contains_key(member_id)));
        assert!(self.pending.keys().all(|member_id| !self.members.contains_key(member_id)));
        assert!(self.members.is_empty() || self.select_protocol().is_some(), "no common protocol");
        for member in self.members.values() {
            assert!(member.awaiting_join.is_none() || self.state == State::PreparingRebalance);
            assert!(member.awaiting_sync.is_none() || self.state == State::CompletingRebalance);
        }
        assert_eq!(self.join_timer.is_some(), self.state == State::PreparingRebalance);
    }
}
