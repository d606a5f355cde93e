use super::{
    Error, Generation, GroupConfig, GroupId, MemberId, Reply,
    classic::Replacement,
    expiry::Doomed,
    timers::{Timer, Timers},
};
use base::Offset;
use coordinator::{Answer, Now, Token};
use std::time::{Duration, Instant};

pub(crate) type Transition = coordinator::Transition<Reply, Error, Notice>;

/// What happened in a group, for logs and counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    RebalanceBegan {
        group_id: GroupId,
        generation: Generation,
        reason: String,
    },
    GenerationFormed {
        group_id: GroupId,
        generation: Generation,
        members: usize,
    },
    Stabilized {
        group_id: GroupId,
        generation: Generation,
    },
    MemberExpired {
        group_id: GroupId,
        member_id: MemberId,
    },
    /// Offsets and groups for which tombstones were written.
    Expired {
        offsets: usize,
        groups: usize,
    },
}

/// What one turn works with: the time, the settings, and where its results go.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pub(crate) now: Now,
    pub(crate) config: &'a GroupConfig,
    pub(crate) timers: &'a mut Timers,
    pub(crate) out: &'a mut Transition,
    pub(crate) undo: &'a mut Undo,
}

/// How to take back what was prepared in memory for records that were then refused.
#[derive(Debug, Default)]
pub(crate) enum Undo {
    #[default]
    Nothing,
    /// The round of this group did not get its assignment into the log.
    Assignment(GroupId),
    /// A static member was replaced without a round.
    Replacement(GroupId, Box<Replacement>),
    /// Offsets of deleted topics are still there.
    Forget(Vec<Doomed>),
    /// What has outlived its retention is still there.
    Expire,
}

impl Turn<'_> {
    pub(crate) fn answer(&mut self, token: Token, reply: Result<Reply, Error>) {
        self.answer_after(token, reply, Offset::ZERO);
    }

    pub(crate) fn answer_after(&mut self, token: Token, reply: Result<Reply, Error>, after: Offset) {
        self.out.answers.push(Answer { token, reply, after });
    }

    pub(crate) fn fail(&mut self, token: Option<Token>, error: &Error) {
        if let Some(token) = token {
            self.answer(token, Err(error.clone()));
        }
    }

    pub(crate) fn set_timer(&mut self, delay: Duration, timer: Timer) -> Instant {
        let at = self.now.instant + delay;
        self.timers.set(at, timer);
        at
    }
}
