use crate::{InstanceId, Join, Protocol, records::MemberMetadata, timers::Timer, turn::Turn};
use bytes::Bytes;
use coordinator::Token;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use wire::Text;

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(super) instance_id: Option<InstanceId>,
    pub(super) client_id: Text,
    pub(super) client_host: Text,
    pub(super) session_timeout_ms: i32,
    pub(super) rebalance_timeout_ms: i32,
    /// Most preferred first; each name once.
    pub(super) protocols: Vec<Protocol>,
    pub(super) assignment: Bytes,
    pub(super) awaiting_join: Option<Token>,
    pub(super) awaiting_sync: Option<Token>,
    /// Its first join has not been answered.
    pub(super) is_new: bool,
    /// Smaller for members that joined earlier.
    pub(super) order: u64,
    /// When its silence becomes too long.
    deadline: Option<Instant>,
    /// When the timer looks at the deadline; never later than it.
    pub(super) timer_at: Option<Instant>,
}

impl Member {
    /// A member of which only the place among the others is known.
    pub(super) fn at(order: u64) -> Self {
        Self {
            instance_id: None,
            client_id: Text::default(),
            client_host: Text::default(),
            session_timeout_ms: 0,
            rebalance_timeout_ms: 0,
            protocols: Vec::new(),
            assignment: Bytes::new(),
            awaiting_join: None,
            awaiting_sync: None,
            is_new: false,
            order,
            deadline: None,
            timer_at: None,
        }
    }

    pub(super) fn new(join: &Join, order: u64) -> Self {
        let mut member = Self::at(order);
        member.instance_id = join.instance_id.as_ref().map(InstanceId::detached);
        member.update(join);
        member
    }

    /// Takes over what a record says.
    pub(super) fn restored(mut self, record: &MemberMetadata, protocol: Option<&Text>) -> Self {
        self.instance_id.clone_from(&record.instance_id);
        self.client_id.clone_from(&record.client_id);
        self.client_host.clone_from(&record.client_host);
        self.session_timeout_ms = record.session_timeout_ms;
        self.rebalance_timeout_ms = record.rebalance_timeout_ms;
        self.assignment.clone_from(&record.assignment);
        // A record has one of the protocols. The others are known only to the broker that wrote it.
        let protocol =
            Protocol { name: protocol.cloned().unwrap_or_default(), metadata: record.subscription.clone() };
        if !self.protocols.contains(&protocol) {
            self.protocols = vec![protocol];
        }
        self
    }

    /// Takes over what the client says about itself, in copies: a small name must not hold a whole request in
    /// memory.
    pub(super) fn update(&mut self, join: &Join) {
        self.client_id = join.client_id.detached();
        self.client_host = join.client_host.detached();
        self.session_timeout_ms = join.session_timeout_ms;
        self.rebalance_timeout_ms = join.rebalance_timeout_ms;
        if join.rebalance_timeout_ms < 0 {
            self.rebalance_timeout_ms = join.session_timeout_ms;
        }
        let mut names = BTreeSet::new();
        let distinct = join.protocols.iter().filter(|protocol| names.insert(&protocol.name));
        self.protocols = distinct
            .map(|protocol| Protocol {
                name: protocol.name.detached(),
                metadata: Bytes::copy_from_slice(&protocol.metadata),
            })
            .collect();
    }

    pub(super) fn matches(&self, protocols: &[Protocol]) -> bool {
        self.protocols == protocols
    }

    /// Empty where the member does not support the protocol.
    pub(super) fn metadata(&self, protocol: Option<&Text>) -> Bytes {
        let chosen = self.protocols.iter().find(|candidate| Some(&candidate.name) == protocol);
        chosen.map(|protocol| protocol.metadata.clone()).unwrap_or_default()
    }

    pub(super) fn session_timeout(&self) -> Duration {
        duration(self.session_timeout_ms)
    }

    pub(super) fn rebalance_timeout(&self) -> Duration {
        duration(self.rebalance_timeout_ms)
    }

    /// A request of the member waits, so the client is there; but a first join says that only once.
    pub(super) fn is_waiting(&self) -> bool {
        !self.is_new && (self.awaiting_join.is_some() || self.awaiting_sync.is_some())
    }

    pub(super) fn allow_silence(
        &mut self,
        turn: &mut Turn<'_>,
        timeout: Duration,
        timer: impl Fn() -> Timer,
    ) {
        let deadline = turn.now.instant + timeout;
        self.deadline = Some(deadline);
        if self.timer_at.is_none_or(|at| at > deadline) {
            turn.timers.cancel(self.timer_at, timer());
            turn.timers.set(deadline, timer());
            self.timer_at = Some(deadline);
        }
    }

    /// The timer has come due. Returns whether the member has been silent for too long.
    pub(super) fn judge(&mut self, turn: &mut Turn<'_>, timer: impl Fn() -> Timer) -> bool {
        self.timer_at = None;
        match self.deadline {
            Some(deadline) if deadline > turn.now.instant => {
                turn.timers.set(deadline, timer());
                self.timer_at = Some(deadline);
                false
            }
            _ => !self.is_waiting(),
        }
    }
}

fn duration(ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
