//! Broker settings that stand in for a topic's own.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Used for topics that do not set `compression.gzip.level` themselves.
        "compression.gzip.level": INT = "-1", between(1, 9), also(-1), CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `compression.lz4.level` themselves.
        "compression.lz4.level": INT = "9", between(1, 17), CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `compression.type` themselves.
        "compression.type": STRING = "producer", one_of(crate::TopicCompression::NAMES), HIGH, CLUSTER_WIDE,
            ACTED_ON;
        /// Used for topics that do not set `compression.zstd.level` themselves.
        "compression.zstd.level": INT = "3", between(-131_072, 22), CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `delete.retention.ms` themselves.
        "log.cleaner.delete.retention.ms": LONG = "86400000", at_least(0), CLUSTER_WIDE;
        /// Used for topics that do not set `max.compaction.lag.ms` themselves.
        "log.cleaner.max.compaction.lag.ms": LONG = "9223372036854775807", at_least(1), CLUSTER_WIDE;
        /// Used for topics that do not set `min.cleanable.dirty.ratio` themselves.
        "log.cleaner.min.cleanable.ratio": DOUBLE = "0.5", between(0.0, 1.0), CLUSTER_WIDE;
        /// Used for topics that do not set `min.compaction.lag.ms` themselves.
        "log.cleaner.min.compaction.lag.ms": LONG = "0", at_least(0), CLUSTER_WIDE;
        /// Used for topics that do not set `cleanup.policy` themselves.
        "log.cleanup.policy": LIST = "delete", list_of(&["compact", "delete"]), CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `flush.messages` themselves.
        "log.flush.interval.messages": LONG = "9223372036854775807", at_least(1), HIGH, CLUSTER_WIDE,
            ACTED_ON;
        /// Used for topics that do not set `flush.ms` themselves.
        "log.flush.interval.ms": LONG, HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `index.interval.bytes` themselves.
        "log.index.interval.bytes": INT = "4096", at_least(0), CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `segment.index.bytes` themselves.
        "log.index.size.max.bytes": INT = "10485760", at_least(4), CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `local.retention.bytes` themselves.
        "log.local.retention.bytes": LONG = "-2", at_least(-2), CLUSTER_WIDE;
        /// Used for topics that do not set `local.retention.ms` themselves.
        "log.local.retention.ms": LONG = "-2", at_least(-2), CLUSTER_WIDE;
        /// Used for topics that do not set `message.timestamp.after.max.ms` themselves.
        "log.message.timestamp.after.max.ms": LONG = "3600000", at_least(0), CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `message.timestamp.before.max.ms` themselves.
        "log.message.timestamp.before.max.ms": LONG = "9223372036854775807", at_least(0), CLUSTER_WIDE,
            ACTED_ON;
        /// Used for topics that do not set `message.timestamp.type` themselves.
        "log.message.timestamp.type": STRING = "CreateTime", one_of(&["CreateTime", "LogAppendTime"]),
            CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `preallocate` themselves.
        "log.preallocate": BOOLEAN = "false", CLUSTER_WIDE;
        /// Used for topics that do not set `remote.copy.lag.bytes` themselves.
        "log.remote.copy.lag.bytes": LONG = "-1", at_least(-1), CLUSTER_WIDE;
        /// Used for topics that do not set `remote.copy.lag.ms` themselves.
        "log.remote.copy.lag.ms": LONG = "0", at_least(-1), CLUSTER_WIDE;
        /// Used for topics that do not set `retention.bytes` themselves.
        "log.retention.bytes": LONG = "-1", HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `retention.ms` themselves. `log.retention.minutes` comes before
        /// it. Counts in hours.
        "log.retention.hours": INT = "168", HIGH, ACTED_ON;
        /// Used for topics that do not set `retention.ms` themselves. `log.retention.ms` comes before it.
        /// Counts in minutes.
        "log.retention.minutes": INT, HIGH, ACTED_ON;
        /// Used for topics that do not set `retention.ms` themselves.
        "log.retention.ms": LONG, HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `segment.ms` themselves. `log.roll.ms` comes before it. Counts in
        /// hours.
        "log.roll.hours": INT = "168", at_least(1), HIGH, ACTED_ON;
        /// Used for topics that do not set `segment.jitter.ms` themselves. `log.roll.jitter.ms` comes before
        /// it. Counts in hours.
        "log.roll.jitter.hours": INT = "0", at_least(0), HIGH, ACTED_ON;
        /// Used for topics that do not set `segment.jitter.ms` themselves.
        "log.roll.jitter.ms": LONG, HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `segment.ms` themselves.
        "log.roll.ms": LONG, HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `segment.bytes` themselves.
        "log.segment.bytes": INT = "1073741824", at_least(1_048_576), HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `file.delete.delay.ms` themselves.
        "log.segment.delete.delay.ms": LONG = "60000", at_least(0), HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `max.message.bytes` themselves.
        "message.max.bytes": INT = "1048588", at_least(0), HIGH, CLUSTER_WIDE, ACTED_ON;
        /// Used for topics that do not set `min.insync.replicas` themselves.
        "min.insync.replicas": INT = "1", at_least(1), HIGH, CLUSTER_WIDE;
        /// Used for topics that do not set `unclean.leader.election.enable` themselves.
        "unclean.leader.election.enable": BOOLEAN = "false", HIGH, CLUSTER_WIDE;
    }
}
