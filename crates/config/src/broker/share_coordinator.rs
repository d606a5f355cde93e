//! The coordinator of share state, and its topic.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// How long the share coordinator gathers records before it writes them; -1 adapts to the load.
        "share.coordinator.append.linger.ms": INT = "-1", at_least(-1);
        /// Largest write buffer that the share coordinator keeps for the next write.
        "share.coordinator.cached.buffer.max.bytes": INT = "1048588", at_least(524_288), CLUSTER_WIDE;
        /// Time after which share state that nobody changes is written as a snapshot again.
        "share.coordinator.cold.partition.snapshot.interval.ms": INT = "300000", at_least(1), LOW, INTERNAL;
        /// Bytes read at once from `__share_group_state` when share state is loaded.
        "share.coordinator.load.buffer.size": INT = "5242880", at_least(1), HIGH;
        /// Number of small changes written between two full snapshots of share state.
        "share.coordinator.snapshot.update.records.per.snapshot": INT = "500", between(0, 500);
        /// Compression of the batches in `__share_group_state`: 0 none, 1 gzip, 2 snappy, 3 LZ4, 4 Zstandard.
        "share.coordinator.state.topic.compression.codec": INT = "0", HIGH;
        /// In-sync replicas that a write to `__share_group_state` needs.
        "share.coordinator.state.topic.min.isr": SHORT = "2", at_least(1), HIGH;
        /// Number of partitions of `__share_group_state`. Must not change once the topic exists.
        "share.coordinator.state.topic.num.partitions": INT = "50", at_least(1), HIGH;
        /// Time between two removals of share state that newer snapshots replace.
        "share.coordinator.state.topic.prune.interval.ms": INT = "300000", at_least(1), LOW, INTERNAL;
        /// Number of replicas of `__share_group_state` when it is made.
        "share.coordinator.state.topic.replication.factor": SHORT = "3", at_least(1), HIGH;
        /// Segment size of `__share_group_state`.
        "share.coordinator.state.topic.segment.bytes": INT = "104857600", at_least(1), HIGH;
        /// Number of threads of the share coordinator in Kafka.
        "share.coordinator.threads": INT = "1", at_least(1);
        /// How long a write of share state waits for its replicas.
        "share.coordinator.write.timeout.ms": INT = "5000", at_least(1), HIGH;
    }
}
