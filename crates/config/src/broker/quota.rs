//! Windows over which quotas are measured.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Number of time windows kept to measure moves between folders.
        "alter.log.dirs.replication.quota.window.num": INT = "11", at_least(1), LOW;
        /// Length of each such window, in seconds.
        "alter.log.dirs.replication.quota.window.size.seconds": INT = "1", at_least(1), LOW;
        /// Java class that decides about quotas. There are no Java plug-ins here.
        "client.quota.callback.class": CLASS, LOW;
        /// Number of time windows kept to measure changes of metadata (KIP-599).
        "controller.quota.window.num": INT = "11", at_least(1), LOW;
        /// Length of each such window, in seconds.
        "controller.quota.window.size.seconds": INT = "1", at_least(1), LOW;
        /// Number of time windows kept to measure clients against their quotas.
        "quota.window.num": INT = "11", at_least(1), LOW;
        /// Length of each such window, in seconds.
        "quota.window.size.seconds": INT = "1", at_least(1), LOW;
        /// Number of time windows kept to measure replication.
        "replication.quota.window.num": INT = "11", at_least(1), LOW;
        /// Length of each such window, in seconds.
        "replication.quota.window.size.seconds": INT = "1", at_least(1), LOW;
    }
}
