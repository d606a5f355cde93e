//! Tiered storage (KIP-405).

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Longest time a fetch waits for remote storage.
        "remote.fetch.max.wait.ms": INT = "500", at_least(1), CLUSTER_WIDE;
        /// Longest time ListOffsets waits for remote storage.
        "remote.list.offsets.request.timeout.ms": LONG = "30000", at_least(1), CLUSTER_WIDE;
        /// Disk space for indexes of remote segments.
        "remote.log.index.file.cache.total.size.bytes": LONG = "1073741824", at_least(1), LOW, CLUSTER_WIDE;
        /// Time without use after which such an index is dropped.
        "remote.log.index.file.cache.ttl.ms": LONG = "900000", at_least(-1), LOW, INTERNAL;
        /// Number of segments copied to remote storage at the same time.
        "remote.log.manager.copier.thread.pool.size": INT = "10", at_least(1), CLUSTER_WIDE;
        /// Bytes in a second copied to remote storage.
        "remote.log.manager.copy.max.bytes.per.second": LONG = "9223372036854775807", at_least(1),
            CLUSTER_WIDE;
        /// Number of time windows kept to measure copying.
        "remote.log.manager.copy.quota.window.num": INT = "11", at_least(1);
        /// Length of each such window, in seconds.
        "remote.log.manager.copy.quota.window.size.seconds": INT = "1", at_least(1);
        /// Number of partitions whose old remote segments are deleted at the same time.
        "remote.log.manager.expiration.thread.pool.size": INT = "10", at_least(1), CLUSTER_WIDE;
        /// Bytes in a second read from remote storage.
        "remote.log.manager.fetch.max.bytes.per.second": LONG = "9223372036854775807", at_least(1),
            CLUSTER_WIDE;
        /// Number of time windows kept to measure reading.
        "remote.log.manager.fetch.quota.window.num": INT = "11", at_least(1);
        /// Length of each such window, in seconds.
        "remote.log.manager.fetch.quota.window.size.seconds": INT = "1", at_least(1);
        /// Number of threads that read remote state for followers.
        "remote.log.manager.follower.thread.pool.size": INT = "2", at_least(1), CLUSTER_WIDE;
        /// Time between two looks for segments to copy or delete.
        "remote.log.manager.task.interval.ms": LONG = "30000", at_least(1), LOW;
        /// Longest such pause.
        "remote.log.manager.task.retry.backoff.max.ms": LONG = "30000", at_least(1), LOW, INTERNAL;
        /// First pause after a failure of remote storage.
        "remote.log.manager.task.retry.backoff.ms": LONG = "500", at_least(1), LOW, INTERNAL;
        /// Share by which such a pause varies at random.
        "remote.log.manager.task.retry.jitter": DOUBLE = "0.2", between(0.0, 0.5), LOW, INTERNAL;
        /// Number of threads that schedule remote work.
        "remote.log.manager.thread.pool.size": INT = "2", at_least(1);
        /// Most bytes that a storage plug-in may keep beside a segment's metadata.
        "remote.log.metadata.custom.metadata.max.bytes": INT = "128", at_least(0), LOW;
        /// Java class that keeps remote metadata. There are no Java plug-ins here.
        "remote.log.metadata.manager.class.name": STRING =
            "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager", non_empty();
        /// Class path for that Java class.
        "remote.log.metadata.manager.class.path": STRING;
        /// What the settings meant for that Java class begin with.
        "remote.log.metadata.manager.impl.prefix": STRING = "rlmm.config.", non_empty();
        /// Listener that the remote metadata manager connects to.
        "remote.log.metadata.manager.listener.name": STRING, non_empty();
        /// Number of remote reads that may wait; more are refused.
        "remote.log.reader.max.pending.tasks": INT = "100", at_least(1);
        /// Number of remote reads at the same time.
        "remote.log.reader.threads": INT = "10", at_least(1), CLUSTER_WIDE;
        /// Java class that moves segments to remote storage. There are no Java plug-ins here.
        "remote.log.storage.manager.class.name": STRING, non_empty();
        /// Class path for that Java class.
        "remote.log.storage.manager.class.path": STRING;
        /// What the settings meant for that Java class begin with.
        "remote.log.storage.manager.impl.prefix": STRING = "rsm.config.", non_empty();
        /// Whether topics of this cluster can use remote storage at all.
        "remote.log.storage.system.enable": BOOLEAN = "false";
    }
}
