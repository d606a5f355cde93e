//! Classic groups and the offsets of all groups.

use crate::{Scope, config, known};
use base::ByteCount;
use std::time::Duration;

config! {
    /// Classic groups and the offsets of all groups.
    pub struct GroupConfig: Scope::Broker {
        /// How long the first member of an empty classic group waits for others, so that a starting group is
        /// balanced once.
        "group.initial.rebalance.delay.ms" => group_initial_rebalance_delay_ms: Duration =
            Duration::from_secs(3), at_least(0), INT;
        /// Longest session timeout that a member of a classic group may ask for.
        "group.max.session.timeout.ms" => group_max_session_timeout_ms: Duration = Duration::from_secs(1800),
            at_least(0), INT;
        /// Number of members that a classic group may have.
        "group.max.size" => group_max_size: i32 = i32::MAX, at_least(1);
        /// Shortest session timeout that a member of a classic group may ask for.
        "group.min.session.timeout.ms" => group_min_session_timeout_ms: Duration = Duration::from_secs(6),
            at_least(0), INT;
        /// Longest text that a client may store beside an offset.
        "offset.metadata.max.bytes" => offset_metadata_max_bytes: i32 = 4096, HIGH;
        /// How long an offset commit waits for the replicas of `__consumer_offsets`.
        "offsets.commit.timeout.ms" => offsets_commit_timeout_ms: Duration = Duration::from_secs(5),
            at_least(1), INT, HIGH;
        /// Bytes read at once from `__consumer_offsets` when groups are loaded. A larger batch is still read.
        "offsets.load.buffer.size" => offsets_load_buffer_size: ByteCount = ByteCount::mib(5),
            at_least(1), INT, HIGH;
        /// Time between two looks for offsets to forget.
        "offsets.retention.check.interval.ms" => offsets_retention_check_interval_ms: Duration =
            Duration::from_secs(600), at_least(1), HIGH;
        /// How long, in minutes, offsets are kept once their group is empty, or once no member subscribes to
        /// the topic.
        "offsets.retention.minutes" => offsets_retention_minutes: i32 = 10080, at_least(1), HIGH;
        /// Compression of the batches in `__consumer_offsets`: 0 none, 1 gzip, 2 snappy, 3 LZ4, 4 Zstandard.
        "offsets.topic.compression.codec" => offsets_topic_compression_codec: i32 = 0, between(0, 4), HIGH;
        /// Number of partitions of `__consumer_offsets`. Must not change once the topic exists.
        "offsets.topic.num.partitions" => offsets_topic_num_partitions: i32 = 50, at_least(1), HIGH;
        /// Number of replicas of `__consumer_offsets` when it is made. Its creation waits for as many
        /// brokers.
        "offsets.topic.replication.factor" => offsets_topic_replication_factor: i16 = 3, at_least(1), HIGH;
        /// Segment size of `__consumer_offsets`, small so that compaction and loading are fast.
        "offsets.topic.segment.bytes" => offsets_topic_segment_bytes: ByteCount = ByteCount::mib(100),
            at_least(1), INT, HIGH;
    }
}

known! {
    pub(super) fn known: Scope::Broker {
        /// How long the group coordinator gathers records before it writes them; -1 adapts to the load. Here they
        /// are written at once, and those that come meanwhile together.
        "group.coordinator.append.linger.ms": INT = "-1", at_least(-1), MEANINGLESS;
        /// Number of threads for assignments computed apart from the coordinator. There is no such pool here.
        "group.coordinator.background.threads": INT = "2", at_least(1), HIGH, MEANINGLESS;
        /// Largest write buffer that the group coordinator keeps for the next write. None is kept here.
        "group.coordinator.cached.buffer.max.bytes": INT = "1048588", at_least(524_288), CLUSTER_WIDE, MEANINGLESS;
        /// Kinds of groups that are served: `classic` always, and `consumer`, `share`, `streams`.
        "group.coordinator.rebalance.protocols": LIST = "classic,consumer,streams", some_of(&["consumer",
            "classic", "share", "streams"]);
        /// Number of threads of the group coordinator in Kafka. The shards do that work here.
        "group.coordinator.threads": INT = "4", at_least(1), HIGH, MEANINGLESS;
    }
}
