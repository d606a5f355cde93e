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
use std::time::{Duration, Instant};

/// The groups of one partition of `__consumer_offsets`.
#[derive(Debug)]
pub struct Shard {
    config: GroupConfig,
    groups: Groups,
    timers: Timers,
    undo: Undo,
    /// No timer is judged before, after the broker has been away.
    held_until: Option<Instant>,
}

/// A tick that is this late says that the broker was away: suspended, stopped, or out of breath. Then members may
/// have been heard, but not yet by the shard.
const LATE: Duration = Duration::from_millis(500);
/// How long requests get to arrive after that.
const HOLD: Duration = Duration::from_secs(1);

impl Shard {
    pub fn new(config: GroupConfig) -> Self {
        Self {
            config,
            groups: Groups::default(),
            timers: Timers::default(),
            undo: Undo::Nothing,
            held_until: None,
        }
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
        let Self { config, groups, timers, undo, .. } = self;
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
        let Some(due) = self.wake_at().filter(|at| *at <= now.instant) else { return Transition::default() };
        if now.instant.duration_since(due) >= LATE {
            self.held_until = Some(now.instant + HOLD);
            return Transition::default();
        }
        let (_, timer) = self.timers.pop_due(now.instant).expect("a timer is due");
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
        self.timers.next().map(|at| self.held_until.map_or(at, |until| until.max(at)))
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
