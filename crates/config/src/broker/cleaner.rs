//! Compaction's threads and buffers.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Pause of the cleaner when no log needs it.
        "log.cleaner.backoff.ms": LONG = "15000", at_least(0), CLUSTER_WIDE;
        /// Memory for the table of newest offsets by key, over all cleaner threads.
        "log.cleaner.dedupe.buffer.size": LONG = "134217728", CLUSTER_WIDE;
        /// Whether compaction runs at all.
        "log.cleaner.enable": BOOLEAN = "true";
        /// How full that table may get, 0 to 1. Fuller means more keys in one pass and more collisions.
        "log.cleaner.io.buffer.load.factor": DOUBLE = "0.9", CLUSTER_WIDE;
        /// Memory for reading and writing during compaction, over all cleaner threads.
        "log.cleaner.io.buffer.size": INT = "524288", at_least(0), CLUSTER_WIDE;
        /// Most bytes that compaction reads and writes in a second.
        "log.cleaner.io.max.bytes.per.second": DOUBLE = "1.7976931348623157E308", CLUSTER_WIDE;
        /// Number of logs compacted at the same time.
        "log.cleaner.threads": INT = "1", at_least(0), CLUSTER_WIDE;
    }
}
