//! Heartbeat, LeaveGroup, and silence: who is still there.

use super::{ClassicGroup, Error, MemberId, State};
use crate::{
    Heartbeat, Leave, Leaving, Left,
    timers::Timer,
    turn::{Notice, Turn},
};

impl ClassicGroup {
    pub(crate) fn heartbeat(&mut self, turn: &mut Turn<'_>, heartbeat: &Heartbeat) -> Result<(), Error> {
        self.validate(&heartbeat.member_id, heartbeat.instance_id.as_ref())?;
        self.validate_generation(heartbeat.generation)?;
        self.heard(turn, &heartbeat.member_id);
        match self.state {
            State::PreparingRebalance => Err(Error::RebalanceInProgress),
            State::CompletingRebalance | State::Stable | State::Empty | State::Dead => Ok(()),
        }
    }

    pub(crate) fn leave(&mut self, turn: &mut Turn<'_>, leave: &Leave) -> Vec<Left> {
        let before = self.members.len();
        let left = leave.members.iter().map(|leaving| Left {
            member_id: leaving.member_id.clone(),
            instance_id: leaving.instance_id.clone(),
            result: self.leave_one(turn, leaving),
        });
        let left = left.collect();
        let gone = before - self.members.len();
        if gone > 0 {
            let said = leave.members.iter().find_map(|leaving| leaving.reason.as_ref());
            let said = said.map_or(String::new(), |reason| format!("; the client says: {}", reason.as_str()));
            self.rebalance(turn, format!("{gone} members left{said}"));
        } else {
            self.maybe_complete_join(turn);
        }
        left
    }

    fn leave_one(&mut self, turn: &mut Turn<'_>, leaving: &Leaving) -> Result<(), Error> {
        let member_id = match (&leaving.member_id, &leaving.instance_id) {
            (None, None) => return Err(Error::UnknownMember(MemberId::default())),
            (None, Some(instance_id)) => {
                let owner = self.instances.get(instance_id).cloned();
                owner.ok_or_else(|| Error::UnknownInstance(instance_id.clone()))?
            }
            (Some(member_id), _) if self.remove_pending(turn, member_id) => return Ok(()),
            (Some(member_id), instance_id) => {
                self.validate(member_id, instance_id.as_ref())?;
                member_id.clone()
            }
        };
        self.remove(turn, &member_id);
        Ok(())
    }

    /// A member, or an id that was given out, may have been silent for too long.
    pub(crate) fn judge_silence(&mut self, turn: &mut Turn<'_>, member_id: &MemberId) {
        if self.pending.get(member_id).is_some_and(|at| *at <= turn.now.instant) {
            self.pending.remove(member_id);
            return self.maybe_complete_join(turn);
        }
        let Some(member) = self.members.get_mut(member_id) else { return };
        if !member.judge(turn, || Timer::Session(self.id.clone(), member_id.clone())) {
            return;
        }
        let (group_id, expired) = (self.id.clone(), member_id.clone());
        turn.out.effects.push(Notice::MemberExpired { group_id, member_id: expired });
        self.remove(turn, member_id);
        self.rebalance(turn, format!("member {member_id} was silent for too long"));
    }
}
