//! A round: from the first reason for it until everyone knows who leads.

use super::{ClassicGroup, Error, State};
use crate::{
    Reply, records,
    turn::{Notice, Turn},
};
use std::time::Duration;

impl ClassicGroup {
    /// Starts a round, or sees whether the present one can end.
    pub(super) fn rebalance(&mut self, turn: &mut Turn<'_>, reason: String) {
        match self.state {
            State::PreparingRebalance => self.maybe_complete_join(turn),
            State::Empty | State::CompletingRebalance | State::Stable | State::Dead => {
                self.prepare_rebalance(turn, reason);
            }
        }
    }

    pub(super) fn prepare_rebalance(&mut self, turn: &mut Turn<'_>, reason: String) {
        if self.state == State::CompletingRebalance {
            self.abandon_assignment(turn);
        }
        self.pending_sync.clear();
        self.cancel_sync_timer(turn);
        self.initial = self.state == State::Empty;
        self.new_member_added = false;
        self.enter(turn, State::PreparingRebalance);
        let (group_id, generation) = (self.id.clone(), self.generation);
        turn.out.effects.push(Notice::RebalanceBegan { group_id, generation, reason });

        let delay = turn.config.group_initial_rebalance_delay_ms;
        if self.initial && !delay.is_zero() {
            let rest = self.rebalance_timeout().saturating_sub(delay);
            self.set_join_timer(turn, delay, Some((delay, rest)));
        } else if self.all_have_joined() || self.initial {
            self.complete_join(turn);
        } else {
            self.set_join_timer(turn, self.rebalance_timeout(), None);
        }
    }

    /// The members that wait for an assignment will not get one in this generation.
    fn abandon_assignment(&mut self, turn: &mut Turn<'_>) {
        let waiting: Vec<_> = self
            .members
            .iter_mut()
            .filter_map(|(member_id, member)| {
                member.assignment.clear();
                member.awaiting_sync.take().map(|token| (member_id.clone(), token))
            })
            .collect();
        for (member_id, token) in waiting {
            turn.fail(Some(token), &Error::RebalanceInProgress);
            self.heard(turn, &member_id);
        }
    }

    /// Ends the round once all are there. A group's first round always waits for its delay.
    pub(super) fn maybe_complete_join(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::PreparingRebalance && !self.initial && self.all_have_joined() {
            self.complete_join(turn);
        }
    }

    /// The time to join is up.
    pub(crate) fn join_timed_out(&mut self, turn: &mut Turn<'_>) {
        let Some(timer) = self.join_timer.filter(|timer| timer.at <= turn.now.instant) else { return };
        self.join_timer = None;
        match timer.initial {
            Some((delay, rest)) if self.new_member_added && !rest.is_zero() => {
                self.new_member_added = false;
                let next = turn.config.group_initial_rebalance_delay_ms.min(rest);
                self.set_join_timer(turn, next, Some((next, rest.saturating_sub(delay))));
            }
            _ => self.complete_join(turn),
        }
    }

    fn complete_join(&mut self, turn: &mut Turn<'_>) {
        self.cancel_join_timer(turn);
        self.remove_absent(turn);
        if !self.members.is_empty() && !self.elect_leader() {
            // Only static members are left, none of which has come back. They stay until their sessions end.
            self.initial = false;
            let delay = self.rebalance_timeout().max(Duration::from_millis(1));
            return self.set_join_timer(turn, delay, None);
        }
        self.generation = self.generation.next();
        self.initial = false;
        if self.members.is_empty() {
            self.complete_empty(turn);
        } else {
            self.complete_with_members(turn);
        }
    }

    /// Dynamic members that did not come are gone; static ones may only be restarting.
    fn remove_absent(&mut self, turn: &mut Turn<'_>) {
        let absent =
            self.members.iter().filter(|(_, m)| m.awaiting_join.is_none() && m.instance_id.is_none());
        let absent: Vec<_> = absent.map(|(member_id, _)| member_id.clone()).collect();
        for member_id in absent {
            self.remove(turn, &member_id);
        }
    }

    /// Keeps a leader that has joined; otherwise takes the eldest member that has. Returns whether there is one.
    fn elect_leader(&mut self) -> bool {
        let leader = self.leader.as_ref().and_then(|id| self.members.get(id));
        if leader.is_some_and(|leader| leader.awaiting_join.is_some()) {
            return true;
        }
        let elected = self.eldest(|member| member.awaiting_join.is_some());
        let found = elected.is_some();
        if found {
            self.leader = elected;
        }
        found
    }

    fn complete_empty(&mut self, turn: &mut Turn<'_>) {
        self.protocol = None;
        self.subscribed = self.compute_subscribed();
        self.enter(turn, State::Empty);
        let record = self.record(|_, member| member.assignment.clone());
        turn.out.records.push(records::group_metadata(&self.id, &record));
        self.notice_generation(turn);
    }

    fn complete_with_members(&mut self, turn: &mut Turn<'_>) {
        self.protocol = self.select_protocol();
        assert!(self.protocol.is_some(), "members are let in only with a protocol that all support");
        self.subscribed = self.compute_subscribed();
        self.enter(turn, State::CompletingRebalance);
        let member_ids: Vec<_> = self.members.keys().cloned().collect();
        for member_id in &member_ids {
            let member = self.members.get_mut(member_id).expect("no member goes meanwhile");
            member.is_new = false;
            if let Some(token) = member.awaiting_join.take() {
                self.awaiting_join -= 1;
                let members = if self.is_leader(member_id) { self.joined_members() } else { Vec::new() };
                turn.answer(token, Ok(Reply::Join(self.joined(member_id, members))));
            }
            self.heard(turn, member_id);
        }
        self.pending_sync = member_ids.into_iter().collect();
        self.set_sync_timer(turn);
        self.notice_generation(turn);
    }

    fn notice_generation(&self, turn: &mut Turn<'_>) {
        turn.out.effects.push(Notice::GenerationFormed {
            group_id: self.id.clone(),
            generation: self.generation,
            members: self.members.len(),
        });
    }
}
