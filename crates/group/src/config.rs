use config::{Scope, config};
use std::time::Duration;

config! {
    /// How classic groups form, and how long they and their offsets are kept.
    pub struct GroupConfig: Scope::Broker {
        /// Shortest session timeout that a member may ask for. A short one finds dead members sooner and costs
        /// more heartbeats.
        "group.min.session.timeout.ms" => group_min_session_timeout_ms: Duration = Duration::from_secs(6), INT;
        /// Longest session timeout that a member may ask for. A long one gives members more time to process
        /// between heartbeats, and leaves dead ones unnoticed for longer.
        "group.max.session.timeout.ms" => group_max_session_timeout_ms: Duration = Duration::from_secs(1800), INT;
        /// How long a new group waits for more members before its first round ends. Each member that comes
        /// extends the wait once more, up to the group's rebalance timeout.
        "group.initial.rebalance.delay.ms" => group_initial_rebalance_delay_ms: Duration = Duration::from_secs(3),
            INT;
        /// Most members that one group may have.
        "group.max.size" => group_max_size: i32 = i32::MAX, at_least(1);
        /// Longest metadata that a client may attach to a committed offset.
        "offset.metadata.max.bytes" => offset_metadata_max_bytes: i32 = 4096, at_least(0), HIGH;
        /// How long offsets are kept after a group has lost its last member, after the commit where there never
        /// was one, and after the commit for topics that the group no longer reads.
        "offsets.retention.minutes" => offsets_retention_minutes: i32 = 7 * 24 * 60, at_least(1), HIGH;
        /// Time between two searches for offsets that are past their retention.
        "offsets.retention.check.interval.ms" => offsets_retention_check_interval_ms: Duration =
            Duration::from_secs(600), at_least(1), HIGH;
        /// Longest time that an offset commit, or another change to a group, waits for the other replicas.
        "offsets.commit.timeout.ms" => offsets_commit_timeout_ms: Duration = Duration::from_secs(5),
            at_least(1), INT, HIGH;
    }
}

impl GroupConfig {
    /// Longest wait of a first join, which no heartbeat accompanies: the client may be gone. Kafka's default of
    /// an internal setting.
    pub(crate) const NEW_MEMBER_JOIN_TIMEOUT: Duration = Duration::from_secs(300);

    pub(crate) fn max_size(&self) -> usize {
        usize::try_from(self.group_max_size).unwrap_or(1)
    }

    pub(crate) fn offsets_retention_ms(&self) -> i64 {
        i64::from(self.offsets_retention_minutes) * 60_000
    }
}
