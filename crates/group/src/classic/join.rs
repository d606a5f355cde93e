//! JoinGroup: who comes in, and under which id.

use super::{ClassicGroup, Error, Member, MemberId, State};
use crate::GroupConfig;
use crate::{
    InstanceId, Join, Joined, Reply, records,
    timers::Timer,
    turn::{Turn, Undo},
};
use coordinator::Token;
use std::time::Duration;
use wire::Text;

/// Most ids that a group gives out before their owners come back with them. They live for a session timeout that
/// the client chose.
const MAX_PENDING: usize = 10_000;
/// Longest member id, so that it fits Kafka's older string format everywhere.
const MAX_MEMBER_ID_BYTES: usize = i16::MAX as usize;

/// A static member that another one has taken the place of.
#[derive(Debug)]
pub(crate) struct Replacement {
    old_id: MemberId,
    old: Member,
    new_id: MemberId,
    was_leader: bool,
}

impl ClassicGroup {
    /// Parks the token, or answers it where no round is needed.
    pub(crate) fn join(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join) {
        if !self.accepts(join, turn.config.max_size()) {
            return self.turn_away(turn, token, join);
        }
        if !self.supports(join) {
            return turn.answer(token, Err(Error::InconsistentProtocol));
        }
        match &join.member_id {
            None => self.join_as_new(turn, token, join),
            Some(member_id) => self.join_as_known(turn, token, join, member_id),
        }
    }

    fn accepts(&self, join: &Join, max_size: usize) -> bool {
        let instance = || join.instance_id.as_ref().and_then(|id| self.instances.get(id));
        // A static member without its id takes the place it had.
        let place = join.member_id.as_ref().or_else(instance).and_then(|id| self.members.get(id));
        match self.state {
            State::Empty | State::Dead => true,
            // After a load with more members than allowed, the first ones to join stay.
            State::PreparingRebalance => {
                place.is_some_and(|member| member.awaiting_join.is_some()) || self.awaiting_join < max_size
            }
            State::CompletingRebalance | State::Stable => place.is_some() || self.members.len() < max_size,
        }
    }

    fn turn_away(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join) {
        turn.answer(token, Err(Error::GroupFull { max_size: turn.config.max_size() }));
        if let Some(member_id) = &join.member_id {
            self.remove_pending(turn, member_id);
            self.remove(turn, member_id);
            self.maybe_complete_join(turn);
        }
    }

    /// Whether the group would still have a common protocol with this member.
    fn supports(&self, join: &Join) -> bool {
        if join.protocol_type.is_empty() || join.protocols.is_empty() {
            return false;
        }
        if self.members.is_empty() {
            return true;
        }
        self.protocol_type.as_ref() == Some(&join.protocol_type)
            && join.protocols.iter().any(|p| self.supported.get(&p.name) == Some(&self.members.len()))
    }

    fn join_as_new(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join) {
        let member_id = new_member_id(join);
        match &join.instance_id {
            Some(instance_id) => match self.instances.get(instance_id).cloned() {
                Some(old_id) => self.replace(turn, token, join, &old_id, &member_id),
                None => self.add(turn, token, join, &member_id),
            },
            None if join.requires_known_member => self.hand_out_id(turn, token, join, member_id),
            None => self.add(turn, token, join, &member_id),
        }
    }

    /// The client is to come back with the id, so that one lost answer does not leave a member behind (KIP-394).
    fn hand_out_id(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join, member_id: MemberId) {
        if self.pending.len() >= MAX_PENDING {
            return turn.answer(token, Err(Error::GroupFull { max_size: MAX_PENDING }));
        }
        let timeout = Duration::from_millis(u64::try_from(join.session_timeout_ms).unwrap_or(0));
        let at = turn.set_timer(timeout, Timer::Session(self.id.clone(), member_id.clone()));
        self.pending.insert(member_id.clone(), at);
        turn.answer(token, Err(Error::MemberIdRequired(member_id)));
    }

    pub(super) fn remove_pending(&mut self, turn: &mut Turn<'_>, member_id: &MemberId) -> bool {
        let Some(at) = self.pending.remove(member_id) else { return false };
        turn.timers.cancel(Some(at), Timer::Session(self.id.clone(), member_id.clone()));
        true
    }

    fn join_as_known(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join, member_id: &MemberId) {
        if self.pending.contains_key(member_id) {
            if join.instance_id.is_some() {
                let error = Error::InvalidRequest("an id given to a dynamic member came with an instance id");
                return turn.answer(token, Err(error));
            }
            return self.add(turn, token, join, &member_id.detached());
        }
        if let Err(error) = self.validate(member_id, join.instance_id.as_ref()) {
            return turn.answer(token, Err(error));
        }
        let unchanged = self.members.get(member_id).is_some_and(|member| member.matches(&join.protocols));
        match self.state {
            State::PreparingRebalance => self.rejoin(turn, token, join, member_id, "joins the round"),
            State::Stable if self.is_leader(member_id) => {
                self.rejoin(turn, token, join, member_id, "leads the group and joins again");
            }
            State::Stable | State::CompletingRebalance if !unchanged => {
                self.rejoin(turn, token, join, member_id, "joins again with other protocols");
            }
            // It may have missed the answer; nothing is new.
            State::Stable | State::CompletingRebalance => {
                self.heard(turn, member_id);
                let knows_all = self.state == State::CompletingRebalance && self.is_leader(member_id);
                let members = if knows_all { self.joined_members() } else { Vec::new() };
                turn.answer(token, Ok(Reply::Join(self.joined(member_id, members))));
            }
            State::Empty | State::Dead => turn.answer(token, Err(Error::UnknownMember(member_id.clone()))),
        }
    }

    fn add(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join, member_id: &MemberId) {
        self.remove_pending(turn, member_id);
        if self.state == State::PreparingRebalance && self.initial {
            self.new_member_added = true;
        }
        if self.members.is_empty() {
            self.protocol_type = Some(join.protocol_type.detached());
        }
        self.leader.get_or_insert_with(|| member_id.clone());
        self.next_order += 1;
        let mut member = Member::new(join, self.next_order);
        member.is_new = true;
        member.awaiting_join = Some(token);
        let timer = || Timer::Session(self.id.clone(), member_id.clone());
        member.allow_silence(turn, GroupConfig::NEW_MEMBER_JOIN_TIMEOUT, timer);
        self.insert(member_id.clone(), member);
        self.rebalance(turn, reason(member_id, "is new", join));
    }

    fn rejoin(&mut self, turn: &mut Turn<'_>, token: Token, join: &Join, member_id: &MemberId, why: &str) {
        let mut member = self.take_out(member_id).expect("the caller has validated the member");
        member.update(join);
        // Only one request of a member waits; the client has given up on an older one.
        turn.fail(member.awaiting_join.replace(token), &Error::RebalanceInProgress);
        self.insert(member_id.clone(), member);
        self.rebalance(turn, reason(member_id, why, join));
    }

    /// A static member came back without its id: the new id gets the old one's place and assignment (KIP-345).
    fn replace(
        &mut self,
        turn: &mut Turn<'_>,
        token: Token,
        join: &Join,
        old_id: &MemberId,
        new_id: &MemberId,
    ) {
        let old_leader = self.leader.clone().unwrap_or_default();
        let replacement = self.put_in_place(turn, join, old_id, new_id);
        self.heard(turn, new_id);
        if self.state == State::Stable && self.select_protocol() == self.protocol {
            self.persist_replacement(turn, token, join, replacement, old_leader);
            return;
        }
        let member = self.members.get_mut(new_id).expect("it was just put in place");
        member.awaiting_join = Some(token);
        self.awaiting_join += 1;
        self.rebalance(turn, reason(new_id, "takes the place of a static member", join));
    }

    fn put_in_place(
        &mut self,
        turn: &mut Turn<'_>,
        join: &Join,
        old_id: &MemberId,
        new_id: &MemberId,
    ) -> Replacement {
        let mut old = self.take_out(old_id).expect("an instance id belongs to a member");
        if let Some(instance_id) = &old.instance_id {
            let fenced = Error::FencedInstance(instance_id.clone());
            turn.fail(old.awaiting_join.take(), &fenced);
            turn.fail(old.awaiting_sync.take(), &fenced);
        }
        turn.timers.cancel(old.timer_at.take(), Timer::Session(self.id.clone(), old_id.clone()));
        let mut member = old.clone();
        member.is_new = false;
        member.update(join);
        self.insert(new_id.clone(), member);
        let was_leader = self.is_leader(old_id);
        if was_leader {
            self.leader = Some(new_id.clone());
        }
        if self.pending_sync.remove(old_id) {
            self.pending_sync.insert(new_id.clone());
        }
        Replacement { old_id: old_id.clone(), old, new_id: new_id.clone(), was_leader }
    }

    /// Nothing changed but the id: the assignment stays and no round is needed, only a record.
    fn persist_replacement(
        &mut self,
        turn: &mut Turn<'_>,
        token: Token,
        join: &Join,
        replacement: Replacement,
        old_leader: MemberId,
    ) {
        let record = self.record(|_, member| member.assignment.clone());
        turn.out.records.push(records::group_metadata(&self.id, &record));
        let member_id = replacement.new_id.clone();
        let leads = self.is_leader(&member_id);
        let joined = if join.can_skip_assignment {
            let members = if leads { self.joined_members() } else { Vec::new() };
            Joined { skip_assignment: leads, ..self.joined(&member_id, members) }
        } else {
            // A client that cannot skip must not believe that it leads, or it would assign anew (KIP-814).
            Joined { leader: old_leader, ..self.joined(&member_id, Vec::new()) }
        };
        turn.answer(token, Ok(Reply::Join(joined)));
        *turn.undo = Undo::Replacement(self.id.clone(), Box::new(replacement));
    }

    /// The record was refused: the old id is the member again.
    pub(crate) fn undo_replacement(&mut self, turn: &mut Turn<'_>, replacement: Replacement) {
        let Replacement { old_id, old, new_id, was_leader } = replacement;
        if let Some(new) = self.take_out(&new_id) {
            turn.timers.cancel(new.timer_at, Timer::Session(self.id.clone(), new_id.clone()));
        }
        self.insert(old_id.clone(), old);
        if was_leader {
            self.leader = Some(old_id.clone());
        }
        if self.pending_sync.remove(&new_id) {
            self.pending_sync.insert(old_id.clone());
        }
        self.heard(turn, &old_id);
    }
}

/// The client's name, or the instance's, and the random part: `rdkafka-6a0c...`.
fn new_member_id(join: &Join) -> MemberId {
    let prefix = join.instance_id.as_ref().map_or(join.client_id.as_str(), InstanceId::as_str);
    let suffix = format!("-{}", join.uuid);
    let mut length = prefix.len().min(MAX_MEMBER_ID_BYTES - suffix.len());
    while !prefix.is_char_boundary(length) {
        length -= 1;
    }
    MemberId(Text::from(format!("{}{suffix}", &prefix[..length])))
}

fn reason(member_id: &MemberId, why: &str, join: &Join) -> String {
    match &join.reason {
        Some(reason) => format!("member {member_id} {why}; the client says: {}", reason.as_str()),
        None => format!("member {member_id} {why}"),
    }
}
