//! SyncGroup: the leader's assignment goes to the log, and then to everyone.

use super::{ClassicGroup, Error, State};
use crate::{
    MemberId, Reply, Sync, Synced, records,
    turn::{Notice, Turn, Undo},
};
use base::Offset;
use bytes::Bytes;
use coordinator::Token;
use std::collections::BTreeMap;
use wire::Text;

impl ClassicGroup {
    /// `written_to` is the end of the group's last record, which the assignment may come from.
    pub(crate) fn sync(&mut self, turn: &mut Turn<'_>, token: Token, sync: &Sync, written_to: Offset) {
        if let Err(error) = self.validate_sync(sync) {
            return turn.answer(token, Err(error));
        }
        match self.state {
            State::PreparingRebalance => {
                self.heard(turn, &sync.member_id);
                turn.answer(token, Err(Error::RebalanceInProgress));
            }
            State::CompletingRebalance => {
                self.await_sync(turn, token, &sync.member_id);
                if self.is_leader(&sync.member_id) {
                    self.persist_assignment(turn, &sync.assignments);
                }
            }
            State::Stable => {
                self.has_synced(turn, &sync.member_id);
                self.heard(turn, &sync.member_id);
                let assignment = self.members.get(&sync.member_id).map(|member| member.assignment.clone());
                let synced = self.synced(assignment.unwrap_or_default());
                turn.answer_after(token, Ok(Reply::Sync(synced)), written_to);
            }
            State::Empty | State::Dead => {
                turn.answer(token, Err(Error::UnknownMember(sync.member_id.clone())));
            }
        }
    }

    fn validate_sync(&self, sync: &Sync) -> Result<(), Error> {
        self.validate(&sync.member_id, sync.instance_id.as_ref())?;
        self.validate_generation(sync.generation)?;
        let differs = |sent: &Option<Text>, ours: &Option<Text>| matches!((sent, ours), (Some(sent), Some(ours)) if sent != ours);
        if differs(&sync.protocol_type, &self.protocol_type) || differs(&sync.protocol, &self.protocol) {
            return Err(Error::InconsistentProtocol);
        }
        Ok(())
    }

    fn await_sync(&mut self, turn: &mut Turn<'_>, token: Token, member_id: &MemberId) {
        let member = self.members.get_mut(member_id).expect("the caller has validated the member");
        turn.fail(member.awaiting_sync.replace(token), &Error::RebalanceInProgress);
        self.has_synced(turn, member_id);
    }

    fn has_synced(&mut self, turn: &mut Turn<'_>, member_id: &MemberId) {
        self.pending_sync.remove(member_id);
        if self.pending_sync.is_empty() {
            self.cancel_sync_timer(turn);
        }
    }

    /// Replaying the record makes the group stable. Members that the leader forgot get an empty assignment.
    fn persist_assignment(&mut self, turn: &mut Turn<'_>, assignments: &[(MemberId, Bytes)]) {
        let by_member: BTreeMap<&MemberId, &Bytes> =
            assignments.iter().map(|(id, bytes)| (id, bytes)).collect();
        let mut record = self.record(|member_id, _| {
            by_member.get(member_id).map(|assignment| Bytes::copy_from_slice(assignment)).unwrap_or_default()
        });
        record.state_since_ms = Some(turn.now.unix_ms);
        turn.out.records.push(records::group_metadata(&self.id, &record));
        for member in record.members {
            let waiting =
                self.members.get_mut(&member.member_id).and_then(|member| member.awaiting_sync.take());
            if let Some(token) = waiting {
                turn.answer(token, Ok(Reply::Sync(self.synced(member.assignment))));
                self.heard(turn, &member.member_id);
            }
        }
        let (group_id, generation) = (self.id.clone(), self.generation);
        turn.out.effects.push(Notice::Stabilized { group_id, generation });
        *turn.undo = Undo::Assignment(self.id.clone());
    }

    /// The record was refused: the members are told, and meet again.
    pub(crate) fn undo_assignment(&mut self, turn: &mut Turn<'_>) {
        self.prepare_rebalance(turn, "the assignment could not be written".to_owned());
    }

    fn synced(&self, assignment: Bytes) -> Synced {
        Synced { protocol_type: self.protocol_type.clone(), protocol: self.protocol.clone(), assignment }
    }

    /// The time to sync is up: whoever has not is gone.
    pub(crate) fn sync_timed_out(&mut self, turn: &mut Turn<'_>) {
        if self.sync_timer.is_none_or(|at| at > turn.now.instant) {
            return;
        }
        self.sync_timer = None;
        let late = std::mem::take(&mut self.pending_sync);
        if late.is_empty() || !matches!(self.state, State::CompletingRebalance | State::Stable) {
            return;
        }
        for member_id in &late {
            self.remove(turn, member_id);
        }
        self.prepare_rebalance(turn, format!("{} members did not sync in time", late.len()));
    }
}
