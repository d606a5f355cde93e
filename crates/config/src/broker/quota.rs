//! Windows over which quotas are measured.

use crate::{Scope, config, known};

config! {
    /// Over what rates are measured.
    pub struct QuotaConfig: Scope::Broker {
        /// Number of time windows kept to measure how fast connections come, and clients against their quotas.
        "quota.window.num" => quota_window_num: i32 = 11, at_least(1), LOW;
        /// Length of each such window, in seconds. What is too fast never waits longer than one.
        "quota.window.size.seconds" => quota_window_size_seconds: i32 = 1, at_least(1), LOW;
    }
}

known! {
    pub(super) fn known: Scope::Broker {
        /// Number of time windows kept to measure moves between folders.
        "alter.log.dirs.replication.quota.window.num": INT = "11", at_least(1), LOW;
        /// Length of each such window, in seconds.
        "alter.log.dirs.replication.quota.window.size.seconds": INT = "1", at_least(1), LOW;
        /// Java class that decides about quotas. There are no Java plug-ins here.
        "client.quota.callback.class": CLASS, LOW, MEANINGLESS;
        /// Number of time windows kept to measure changes of metadata (KIP-599).
        "controller.quota.window.num": INT = "11", at_least(1), LOW;
        /// Length of each such window, in seconds.
        "controller.quota.window.size.seconds": INT = "1", at_least(1), LOW;
        /// Number of time windows kept to measure replication.
        "replication.quota.window.num": INT = "11", at_least(1), LOW;
        /// Length of each such window, in seconds.
        "replication.quota.window.size.seconds": INT = "1", at_least(1), LOW;
    }
}
