//! What a topic can be told, and with that each of its partitions' logs.

use crate::{Scope, Type, Value, config, macros::choice};
use base::ByteCount;
use std::time::Duration;

choice! {
    /// How batches are compressed on disk.
    pub enum TopicCompression {
        Uncompressed = "uncompressed",
        Zstd = "zstd",
        Lz4 = "lz4",
        Snappy = "snappy",
        Gzip = "gzip",
        /// As the producer sent them.
        Producer = "producer",
    }
}

choice! {
    /// Whose clock a record's timestamp comes from.
    pub enum TimestampType {
        CreateTime = "CreateTime",
        LogAppendTime = "LogAppendTime",
    }
}

choice! {
    /// When an append counts as written.
    pub enum Durability {
        /// `flush` for a topic of one replica, because nothing else holds its data; otherwise `os`.
        Default = "default",
        /// Once the page cache has it, as in Kafka.
        Os = "os",
        /// Once the disk has it.
        Flush = "flush",
    }
}

/// What happens to old records. Neither is allowed, and keeps everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CleanupPolicy {
    pub delete: bool,
    pub compact: bool,
}

impl CleanupPolicy {
    pub const DELETE: Self = Self { delete: true, compact: false };
    pub const COMPACT: Self = Self { delete: false, compact: true };
}

impl Value for CleanupPolicy {
    const TYPE: Type = Type::List;

    fn parse(text: &str) -> Option<Self> {
        let mut policy = Self { delete: false, compact: false };
        for word in Vec::<String>::parse(text)? {
            match word.as_str() {
                "delete" => policy.delete = true,
                "compact" => policy.compact = true,
                _ => return None,
            }
        }
        Some(policy)
    }

    fn to_text(&self) -> Option<String> {
        let words = [(self.compact, "compact"), (self.delete, "delete")];
        Some(words.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect::<Vec<_>>().join(","))
    }
}

/// The form of a list of throttled replicas; nothing reads it yet.
struct ReplicaList;

impl ReplicaList {
    const FORM: &str = "`*`, or `partition:broker` pairs separated by commas";
}

impl Value for ReplicaList {
    const TYPE: Type = Type::List;

    fn parse(text: &str) -> Option<Self> {
        let pair = |pair: &String| {
            let (partition, broker) = pair.split_once(':')?;
            Some((partition.parse::<u32>().ok()?, broker.parse::<u32>().ok()?))
        };
        let pairs = Vec::<String>::parse(text)?;
        (pairs == ["*"] || pairs.iter().all(|text| pair(text).is_some())).then_some(Self)
    }

    fn to_text(&self) -> Option<String> {
        None
    }
}

/// Kafka's "never" where a time must be a number.
const FOREVER: Duration = Duration::from_millis(i64::MAX as u64);
const DAY: Duration = Duration::from_secs(24 * 3600);

config! {
    /// What a topic's logs go by: the topic's own settings over the broker's.
    pub struct TopicConfig: Scope::Topic {
        /// What happens to old segments: `delete` drops them by age and size, `compact` keeps the last record
        /// of each key, both do both, and an empty list keeps everything.
        "cleanup.policy" => cleanup_policy: CleanupPolicy = CleanupPolicy::DELETE,
            list_of(&["compact", "delete"]), falls_back_to(&["log.cleanup.policy"]);
        /// Compression level for gzip, 1 to 9, or -1 for the library's own choice.
        "compression.gzip.level" => compression_gzip_level: i32 = -1,
            between(1, 9), also(-1), falls_back_to(&["compression.gzip.level"]);
        /// Compression level for LZ4, 1 to 17.
        "compression.lz4.level" => compression_lz4_level: i32 = 9,
            between(1, 17), falls_back_to(&["compression.lz4.level"]);
        /// How batches are stored. `producer` keeps what was sent; any other name re-compresses a batch that
        /// comes in another form.
        "compression.type" => compression_type: TopicCompression = TopicCompression::Producer,
            one_of(TopicCompression::NAMES), falls_back_to(&["compression.type"]);
        /// Compression level for Zstandard, -131072 to 22.
        "compression.zstd.level" => compression_zstd_level: i32 = 3,
            between(-131_072, 22), falls_back_to(&["compression.zstd.level"]);
        /// How long compaction keeps a tombstone, so that a reader from the start still sees the deletion.
        "delete.retention.ms" => delete_retention_ms: Duration = DAY,
            at_least(0), falls_back_to(&["log.cleaner.delete.retention.ms"]), NOT_YET;
        /// Whether share and streams groups may use this topic for records that could not be processed.
        "errors.deadletterqueue.group.enable" => errors_deadletterqueue_group_enable: bool = false, NOT_YET;
        /// Delay between taking a segment out of the log and removing its files.
        "file.delete.delay.ms" => file_delete_delay_ms: Duration = Duration::from_secs(60),
            at_least(0), falls_back_to(&["log.segment.delete.delay.ms"]);
        /// Number of records after which the log is flushed to disk, regardless of `mainstem.durability`.
        "flush.messages" => flush_messages: i64 = i64::MAX,
            at_least(1), falls_back_to(&["log.flush.interval.messages"]);
        /// Longest time an appended record stays in the page cache only.
        "flush.ms" => flush_ms: Duration = FOREVER,
            at_least(0), falls_back_to(&["log.flush.interval.ms", "log.flush.scheduler.interval.ms"]);
        /// Replicas for which a follower limits its replication traffic, as `partition:broker` pairs or `*`.
        "follower.replication.throttled.replicas" => follower_replication_throttled_replicas: Vec<String> =
            Vec::new(), form::<ReplicaList>(ReplicaList::FORM), NOT_YET;
        /// Bytes of log between two entries of the offset index. Fewer bytes find an offset faster and cost
        /// memory.
        "index.interval.bytes" => index_interval_bytes: ByteCount = ByteCount::kib(4),
            at_least(0), INT, falls_back_to(&["log.index.interval.bytes"]);
        /// Size of a segment without the lower bound of `segment.bytes`. For tests.
        "internal.segment.bytes" => internal_segment_bytes: Option<ByteCount> = None, INT, NO_DEFAULT, INTERNAL;
        /// Replicas for which a leader limits its replication traffic, as `partition:broker` pairs or `*`.
        "leader.replication.throttled.replicas" => leader_replication_throttled_replicas: Vec<String> =
            Vec::new(), form::<ReplicaList>(ReplicaList::FORM), NOT_YET;
        /// Size of the part of a tiered partition that stays on local disk; -2 means `retention.bytes`.
        "local.retention.bytes" => local_retention_bytes: i64 = -2,
            at_least(-2), falls_back_to(&["log.local.retention.bytes"]), NOT_YET;
        /// Age of the part of a tiered partition that stays on local disk; -2 means `retention.ms`.
        "local.retention.ms" => local_retention_ms: i64 = -2,
            at_least(-2), falls_back_to(&["log.local.retention.ms"]), NOT_YET;
        /// When an append counts as written: `os` once the page cache has it, `flush` once the disk has it.
        /// `default` is `flush` for a topic of one replica and `os` otherwise. Not a Kafka setting.
        "mainstem.durability" => mainstem_durability: Durability = Durability::Default,
            one_of(Durability::NAMES), falls_back_to(&["mainstem.durability"]);
        /// Longest time a record may wait for compaction.
        "max.compaction.lag.ms" => max_compaction_lag_ms: Duration = FOREVER,
            at_least(1), falls_back_to(&["log.cleaner.max.compaction.lag.ms"]), NOT_YET;
        /// Largest record batch accepted, after compression. Takes effect at the next produce request.
        "max.message.bytes" => max_message_bytes: ByteCount = ByteCount(1024 * 1024 + 12),
            at_least(0), INT, falls_back_to(&["message.max.bytes"]);
        /// How far in the future a record's own timestamp may lie. Ignored with `LogAppendTime`.
        "message.timestamp.after.max.ms" => message_timestamp_after_max_ms: Duration = Duration::from_secs(3600),
            at_least(0), falls_back_to(&["log.message.timestamp.after.max.ms"]);
        /// How far in the past a record's own timestamp may lie. Ignored with `LogAppendTime`.
        "message.timestamp.before.max.ms" => message_timestamp_before_max_ms: Duration = FOREVER,
            at_least(0), falls_back_to(&["log.message.timestamp.before.max.ms"]);
        /// Whether a record keeps its producer's timestamp or gets the broker's time of append.
        "message.timestamp.type" => message_timestamp_type: TimestampType = TimestampType::CreateTime,
            one_of(TimestampType::NAMES), falls_back_to(&["log.message.timestamp.type"]);
        /// Share of the log that must be uncompacted before compaction runs, 0 to 1.
        "min.cleanable.dirty.ratio" => min_cleanable_dirty_ratio: f64 = 0.5,
            between(0, 1), falls_back_to(&["log.cleaner.min.cleanable.ratio"]), NOT_YET;
        /// Shortest time a record stays uncompacted.
        "min.compaction.lag.ms" => min_compaction_lag_ms: Duration = Duration::ZERO,
            at_least(0), falls_back_to(&["log.cleaner.min.compaction.lag.ms"]), NOT_YET;
        /// Replicas, leader included, that must be in sync for a produce request with `acks=all` to be
        /// accepted.
        "min.insync.replicas" => min_insync_replicas: i32 = 1,
            at_least(1), falls_back_to(&["min.insync.replicas"]), NOT_YET;
        /// Whether a new segment file gets its full size at once.
        "preallocate" => preallocate: bool = false, falls_back_to(&["log.preallocate"]), NOT_YET;
        /// Bytes of local log that may wait before they are copied to remote storage; -1 means the local
        /// retention.
        "remote.copy.lag.bytes" => remote_copy_lag_bytes: i64 = -1,
            at_least(-1), falls_back_to(&["log.remote.copy.lag.bytes"]), NOT_YET;
        /// Time that local log may wait before it is copied to remote storage; -1 means the local retention.
        "remote.copy.lag.ms" => remote_copy_lag_ms: i64 = 0,
            at_least(-1), falls_back_to(&["log.remote.copy.lag.ms"]), NOT_YET;
        /// Stops copying to remote storage; what is there stays readable.
        "remote.log.copy.disable" => remote_log_copy_disable: bool = false, NOT_YET;
        /// Whether turning remote storage off also deletes what is there.
        "remote.log.delete.on.disable" => remote_log_delete_on_disable: bool = false, NOT_YET;
        /// Whether old segments move to remote storage.
        "remote.storage.enable" => remote_storage_enable: bool = false, NOT_YET;
        /// Size of a partition's log above which the oldest segments go; `-1` (here `None`) means no limit.
        /// Counts for each partition.
        "retention.bytes" => retention_bytes: Option<ByteCount> = None, falls_back_to(&["log.retention.bytes"]);
        /// Age of its newest record at which a closed segment may go; `-1` (here `None`) keeps everything.
        "retention.ms" => retention_ms: Option<Duration> = Some(7 * DAY),
            at_least(-1), falls_back_to(&["log.retention.ms", "log.retention.minutes", "log.retention.hours"]);
        /// Size at which the active segment is closed and the next opened. Takes effect at the next roll.
        "segment.bytes" => segment_bytes: ByteCount = ByteCount::gib(1),
            at_least(ByteCount::mib(1)), INT, falls_back_to(&["log.segment.bytes"]);
        /// Size of a segment's offset index; a full index closes the segment.
        "segment.index.bytes" => segment_index_bytes: ByteCount = ByteCount::mib(10),
            at_least(4), INT, falls_back_to(&["log.index.size.max.bytes"]);
        /// Largest random time by which a roll for age comes early, so that partitions do not roll together.
        "segment.jitter.ms" => segment_jitter_ms: Duration = Duration::ZERO,
            at_least(0), falls_back_to(&["log.roll.jitter.ms", "log.roll.jitter.hours"]);
        /// Age at which the active segment is closed even if it is not full, so that retention can reach it.
        "segment.ms" => segment_ms: Duration = 7 * DAY,
            at_least(1), falls_back_to(&["log.roll.ms", "log.roll.hours"]);
        /// Whether a replica that is out of sync may become leader when no other is left, which loses
        /// records.
        "unclean.leader.election.enable" => unclean_leader_election_enable: bool = false,
            falls_back_to(&["unclean.leader.election.enable"]), NOT_YET;
    }
}

impl TopicConfig {
    /// Size at which a segment is closed, with a test's override.
    pub fn segment_size(&self) -> ByteCount {
        self.internal_segment_bytes.unwrap_or(self.segment_bytes)
    }

    /// Age at which a segment is closed: compaction cannot reach the active one, so its lag is a limit too.
    pub fn segment_age(&self) -> Duration {
        if self.cleanup_policy.compact {
            self.segment_ms.min(self.max_compaction_lag_ms)
        } else {
            self.segment_ms
        }
    }
}
