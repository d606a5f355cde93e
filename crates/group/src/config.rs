use std::time::Duration;

/// The settings a shard goes by. They are declared, with their defaults, in [`config::GroupConfig`].
#[derive(Clone, Debug, PartialEq)]
pub struct GroupConfig {
    pub group_min_session_timeout_ms: Duration,
    pub group_max_session_timeout_ms: Duration,
    pub group_initial_rebalance_delay_ms: Duration,
    pub group_max_size: i32,
    pub offset_metadata_max_bytes: i32,
    pub offsets_retention_minutes: i32,
    pub offsets_retention_check_interval_ms: Duration,
    /// For the [`Driver`](coordinator::Driver).
    pub offsets_commit_timeout_ms: Duration,
}

impl From<&config::GroupConfig> for GroupConfig {
    fn from(server: &config::GroupConfig) -> Self {
        Self {
            group_min_session_timeout_ms: server.group_min_session_timeout_ms,
            group_max_session_timeout_ms: server.group_max_session_timeout_ms,
            group_initial_rebalance_delay_ms: server.group_initial_rebalance_delay_ms,
            group_max_size: server.group_max_size,
            offset_metadata_max_bytes: server.offset_metadata_max_bytes,
            offsets_retention_minutes: server.offsets_retention_minutes,
            offsets_retention_check_interval_ms: server.offsets_retention_check_interval_ms,
            offsets_commit_timeout_ms: server.offsets_commit_timeout_ms,
        }
    }
}

impl Default for GroupConfig {
    fn default() -> Self {
        Self::from(&config::GroupConfig::default())
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
