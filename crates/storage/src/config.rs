use base::ByteCount;
use config::{Durability as Setting, TimestampType as TimestampSetting, TopicConfig};
use records::TimestampType;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// When an append counts as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Once the page cache has it. Survives the process, not the machine.
    Os,
    /// Once the disk has it.
    Flush,
}

/// The part of a topic's settings that its logs act on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogConfig {
    pub segment_bytes: ByteCount,
    pub segment_ms: Duration,
    pub segment_jitter_ms: Duration,
    pub segment_index_bytes: ByteCount,
    pub index_interval_bytes: ByteCount,
    /// Whether `cleanup.policy` has `delete`. Without it only the log start offset removes segments.
    pub delete: bool,
    /// Whether it has `compact`, which leaves gaps between offsets.
    pub compact: bool,
    pub retention_ms: Option<Duration>,
    pub retention_bytes: Option<ByteCount>,
    pub file_delete_delay_ms: Duration,
    pub flush_messages: i64,
    pub flush_ms: Duration,
    pub timestamp_type: TimestampType,
    pub durability: Durability,
}

impl LogConfig {
    /// `replicas` decides what the durability `default` means.
    pub fn new(topic: &TopicConfig, replicas: usize) -> Self {
        let durability = match topic.mainstem_durability {
            Setting::Flush => Durability::Flush,
            // One record per flush is durability by another name, and group commit does it better.
            _ if topic.flush_messages == 1 => Durability::Flush,
            Setting::Os => Durability::Os,
            Setting::Default if replicas == 1 => Durability::Flush,
            Setting::Default => Durability::Os,
        };
        Self {
            segment_bytes: topic.segment_size(),
            segment_ms: topic.segment_age(),
            segment_jitter_ms: topic.segment_jitter_ms,
            segment_index_bytes: topic.segment_index_bytes,
            index_interval_bytes: topic.index_interval_bytes,
            delete: topic.cleanup_policy.delete,
            compact: topic.cleanup_policy.compact,
            retention_ms: topic.retention_ms,
            retention_bytes: topic.retention_bytes,
            file_delete_delay_ms: topic.file_delete_delay_ms,
            flush_messages: topic.flush_messages,
            flush_ms: topic.flush_ms,
            timestamp_type: match topic.message_timestamp_type {
                TimestampSetting::CreateTime => TimestampType::CreateTime,
                TimestampSetting::LogAppendTime => TimestampType::LogAppendTime,
            },
            durability,
        }
    }
}

/// Kafka's defaults, with durability `os`.
impl Default for LogConfig {
    fn default() -> Self {
        Self::new(&TopicConfig::default(), 3)
    }
}

/// How the log directories of one server are run.
#[derive(Clone, Debug)]
pub struct StorageOptions {
    /// `log.dirs`
    pub directories: Vec<PathBuf>,
    /// `metadata.log.dir`. Where it is none of those, it is claimed and formatted as they are, and holds no logs of partitions.
    pub metadata_directory: Option<PathBuf>,
    /// Memory for the newest batches of all logs together.
    pub tail_cache: ByteCount,
    /// Files kept open between uses, over all directories.
    pub open_files: usize,
    /// `num.recovery.threads.per.data.dir`
    pub recovery_threads_per_directory: usize,
    /// Bytes that may be appended to one log before its recovery point is moved up in the background; and to all logs
    /// together, four times as many. Bounds what must be read after a crash.
    pub unflushed_bytes: ByteCount,
    /// `producer.id.expiration.ms`
    pub producer_id_expiration: Duration,
    /// `producer.id.expiration.check.interval.ms`
    pub producer_id_expiration_check: Duration,
    /// Whether batches read from a file have their CRC checked before they are served.
    pub verify_crc_on_read: bool,
    /// Where files are; tests bring one that breaks.
    pub file_system: Arc<dyn crate::FileSystem>,
}

impl StorageOptions {
    pub fn new(directories: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self {
            directories: directories.into_iter().map(Into::into).collect(),
            metadata_directory: None,
            tail_cache: ByteCount::mib(16),
            open_files: 1024,
            recovery_threads_per_directory: 2,
            unflushed_bytes: ByteCount::mib(128),
            producer_id_expiration: Duration::from_secs(24 * 3600),
            producer_id_expiration_check: Duration::from_secs(600),
            verify_crc_on_read: true,
            file_system: Arc::new(crate::fs::OsFileSystem),
        }
    }
}
