use super::{
    Error, GroupConfig, Notice, Reply, Request,
    groups::Groups,
    records,
    timers::{Timer, Timers},
    turn::{Transition, Turn, Undo},
};
use base::Offset;
use coordinator::{
    Coordinator, CoordinatorRecord, EndOfTransaction, Now, Position, Producer, Refusal, ReplayError,
    Replayed, Token,
};
use std::time::Instant;

/// The groups of one partition of `__consumer_offsets`.
#[derive(Debug)]
pub struct Shard {
    config: GroupConfig,
    groups: Groups,
    timers: Timers,
    undo: Undo,
}

impl Shard {
    pub fn new(config: GroupConfig) -> Self {
        Self { config, groups: Groups::default(), timers: Timers::default(), undo: Undo::Nothing }
    }

    /// Settings that changed apply from the next turn.
    pub fn set_config(&mut self, config: GroupConfig) {
        self.config = config;
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.by_id.len()
    }

    fn turn(&mut self, now: Now, act: impl FnOnce(&mut Groups, &mut Turn<'_>)) -> Transition {
        let mut out = Transition::default();
        let Self { config, groups, timers, undo } = self;
        act(groups, &mut Turn { now, config, timers, out: &mut out, undo });
        out
    }

    #[cfg(test)]
    pub(crate) fn groups(&self) -> &Groups {
        &self.groups
    }
}

impl Coordinator for Shard {
    type Request = Request;
    type Reply = Reply;
    type Error = Error;
    type Effect = Notice;

    fn replay(&mut self, position: Position, record: &CoordinatorRecord) -> Result<Replayed, ReplayError> {
        let parsed = records::parse(record)?;
        Ok(self.groups.replay(position, parsed))
    }

    fn replay_end_of_transaction(&mut self, offset: Offset, producer: Producer, end: EndOfTransaction) {
        self.groups.replay_end(offset, producer.id, end);
    }

    fn loaded(&mut self, now: Now) -> Transition {
        self.turn(now, |groups, turn| {
            for group in groups.by_id.values_mut() {
                group.classic.start(turn);
            }
            groups.search_after(turn, turn.config.offsets_retention_check_interval_ms);
        })
    }

    fn step(&mut self, now: Now, token: Token, request: Request) -> Transition {
        self.turn(now, |groups, turn| groups.handle(turn, token, request))
    }

    fn tick(&mut self, now: Now) -> Transition {
        let Some((_, timer)) = self.timers.pop_due(now.instant) else { return Transition::default() };
        self.turn(now, |groups, turn| match timer {
            Timer::Session(group_id, member_id) => {
                if let Some(group) = groups.get_mut(&group_id) {
                    group.classic.judge_silence(turn, &member_id);
                }
                groups.drop_unformed(&group_id);
            }
            Timer::Join(group_id) => {
                if let Some(group) = groups.get_mut(&group_id) {
                    group.classic.join_timed_out(turn);
                }
            }
            Timer::Sync(group_id) => {
                if let Some(group) = groups.get_mut(&group_id) {
                    group.classic.sync_timed_out(turn);
                }
            }
            Timer::Forget => groups.forget(turn),
            Timer::Expire => groups.expire(turn),
        })
    }

    fn wake_at(&self) -> Option<Instant> {
        self.timers.next()
    }

    fn appended(&mut self, _: Offset, _: Offset) {
        self.undo = Undo::Nothing;
    }

    fn refused(&mut self, now: Now, _: Refusal) -> Transition {
        let undo = std::mem::take(&mut self.undo);
        self.turn(now, |groups, turn| match undo {
            Undo::Nothing => {}
            Undo::Assignment(group_id) => {
                if let Some(group) = groups.get_mut(&group_id) {
                    group.classic.undo_assignment(turn);
                }
            }
            Undo::Replacement(group_id, replacement) => {
                if let Some(group) = groups.get_mut(&group_id) {
                    group.classic.undo_replacement(turn, *replacement);
                }
            }
            Undo::Forget(doomed) => groups.undo_forget(turn, doomed),
            Undo::Expire => groups.undo_expire(turn),
        })
    }
}
