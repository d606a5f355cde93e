//! Where logs lie and the chores around them. What one topic's logs go by is in the topic settings.

use crate::{Scope, config, known};
use base::ByteCount;
use std::time::Duration;

config! {
    /// Where logs lie and the chores around them. What one topic's logs go by is in the topic settings.
    pub struct LogConfig: Scope::Broker {
        /// Folder for partition logs, used when `log.dirs` is not set.
        "log.dir" => log_dir: Vec<String> = vec!["/tmp/kafka-logs".to_owned()], non_empty(), HIGH;
        /// Folders for partition logs, separated by commas. Without it, `log.dir`.
        "log.dirs" => log_dirs: Option<Vec<String>> = None, non_empty(), HIGH;
        /// Time between two writes of the recovery points, which bound what a restart after a crash must
        /// read.
        "log.flush.offset.checkpoint.interval.ms" => log_flush_offset_checkpoint_interval_ms: Duration =
            Duration::from_secs(60), at_least(0), INT, HIGH;
        /// Time between two looks for logs that must be flushed by `flush.ms`; also its default.
        "log.flush.scheduler.interval.ms" => log_flush_scheduler_interval_ms: Duration =
            Duration::from_millis(i64::MAX as u64), at_least(0), HIGH;
        /// Time between two writes of the log start offsets.
        "log.flush.start.offset.checkpoint.interval.ms" => log_flush_start_offset_checkpoint_interval_ms: Duration =
            Duration::from_secs(60),
            at_least(0), INT, HIGH;
        /// Delay after the start before the chores around logs begin.
        "log.initial.task.delay.ms" => log_initial_task_delay_ms: Duration = Duration::from_secs(30),
            at_least(0), LOW, INTERNAL;
        /// Time between two looks for segments that retention allows to go.
        "log.retention.check.interval.ms" => log_retention_check_interval_ms: Duration =
            Duration::from_secs(300), at_least(1);
        /// Memory for the newest batches of all logs that somebody follows, who is served from it without a
        /// file. Not a Kafka setting.
        "mainstem.tail.cache.bytes" => mainstem_tail_cache_bytes: ByteCount = ByteCount::mib(16), at_least(0);
        /// Number of logs of one folder that are opened, recovered or flushed at the same time at start and
        /// stop.
        "num.recovery.threads.per.data.dir" => num_recovery_threads_per_data_dir: i32 = 2,
            at_least(1), HIGH, CLUSTER_WIDE;
        /// Time between two looks for producers to forget.
        "producer.id.expiration.check.interval.ms" => producer_id_expiration_check_interval_ms: Duration =
            Duration::from_secs(600), at_least(1), INT, LOW, INTERNAL;
        /// How long a partition remembers the sequence numbers of a producer that has gone silent.
        "producer.id.expiration.ms" => producer_id_expiration_ms: Duration = Duration::from_secs(24 * 3600),
            at_least(1), INT, LOW, CLUSTER_WIDE;
        /// Time between two writes of the high watermarks.
        "replica.high.watermark.checkpoint.interval.ms" => replica_high_watermark_checkpoint_interval_ms: Duration =
            Duration::from_secs(5),
            at_least(0), HIGH;
    }
}

known! {
    pub(super) fn known: Scope::Broker {
        /// Folders that get no new partitions, or `*` for all of them.
        "cordoned.log.dirs": LIST = "", PER_BROKER;
        /// How long a broker that cannot tell the controller about a failed folder goes on before it stops.
        "log.dir.failure.timeout.ms": LONG = "30000", at_least(1), LOW;
        /// Default of the topic setting `mainstem.durability`: `default`, `os` or `flush`. Not a Kafka
        /// setting.
        "mainstem.durability": STRING = "default", one_of(&["default", "os", "flush"]), HIGH, CLUSTER_WIDE,
            ACTED_ON;
    }
}
