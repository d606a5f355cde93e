//! The Raft log of metadata and its snapshots.

use crate::{Scope, Voters, config, known};
use base::ByteCount;
use std::time::Duration;

config! {
    /// The Raft log of metadata and its snapshots.
    pub struct QuorumConfig: Scope::Broker {
        /// Controllers at which a node learns of the quorum, as `host:port` separated by commas.
        "controller.quorum.bootstrap.servers" => controller_quorum_bootstrap_servers: Vec<String> =
            Vec::new(), HIGH;
        /// Longest pause before the next election after one without a winner.
        "controller.quorum.election.backoff.max.ms" => controller_quorum_election_backoff_max_ms: Duration =
            Duration::from_secs(1), at_least(0), INT, HIGH;
        /// How long a voter without news of a leader waits before it stands for election.
        "controller.quorum.election.timeout.ms" => controller_quorum_election_timeout_ms: Duration =
            Duration::from_secs(1), at_least(0), INT, HIGH;
        /// Silence after which a follower looks for a new leader, and after which a leader without a majority
        /// steps down.
        "controller.quorum.fetch.timeout.ms" => controller_quorum_fetch_timeout_ms: Duration =
            Duration::from_secs(2), at_least(0), INT, HIGH, NOT_YET;
        /// How long a request within the quorum may take.
        "controller.quorum.request.timeout.ms" => controller_quorum_request_timeout_ms: Duration =
            Duration::from_secs(2), at_least(0), INT, NOT_YET;
        /// The controllers that vote, as `id@host:port` separated by commas. For a fixed quorum.
        "controller.quorum.voters" => controller_quorum_voters: Voters = Voters::default(),
            form::<Voters>("voters as `id@host:port` separated by commas"), HIGH;
        /// Folder of the metadata log. Without it, the first folder for partition logs.
        "metadata.log.dir" => metadata_log_dir: Option<String> = None, HIGH;
        /// Bytes of metadata log after which the next snapshot is taken.
        "metadata.log.max.record.bytes.between.snapshots" => metadata_log_max_record_bytes_between_snapshots: ByteCount =
            ByteCount::mib(20),
            at_least(1), HIGH;
        /// Longest time between two snapshots while there is anything new; 0 means no limit of time.
        "metadata.log.max.snapshot.interval.ms" => metadata_log_max_snapshot_interval_ms: Duration =
            Duration::from_secs(3600), at_least(0), HIGH;
        /// Size of a metadata segment without the lower bound. For tests.
        "internal.metadata.log.segment.bytes" => internal_metadata_log_segment_bytes: Option<ByteCount> = None,
            INT, NO_DEFAULT, LOW, INTERNAL;
        /// Largest segment of the metadata log.
        "metadata.log.segment.bytes" => metadata_log_segment_bytes: ByteCount = ByteCount::gib(1),
            at_least(8_388_608), INT, HIGH;
        /// Age at which the metadata log's active segment is closed. A snapshot closes it too.
        "metadata.log.segment.ms" => metadata_log_segment_ms: Duration = Duration::from_secs(7 * 24 * 3600),
            HIGH;
    }
}

impl QuorumConfig {
    /// Size at which a segment of the metadata log is closed, with a test's override.
    pub fn metadata_segment_bytes(&self) -> ByteCount {
        self.internal_metadata_log_segment_bytes.unwrap_or(self.metadata_log_segment_bytes)
    }
}

known! {
    pub(super) fn known: Scope::Broker {
        /// Duration above which a controller's event is always logged.
        "controller.performance.always.log.threshold.ms": LONG = "2000", at_least(0), INTERNAL;
        /// Time between two log lines about the speed of the controller.
        "controller.performance.sample.period.ms": LONG = "60000", at_least(100), INTERNAL;
        /// How long a leader gathers metadata records before it writes them. Here they are written at once, and
        /// those that come meanwhile together.
        "controller.quorum.append.linger.ms": INT = "25", at_least(0), MEANINGLESS;
        /// Whether a controller that is no voter yet asks to become one.
        "controller.quorum.auto.join.enable": BOOLEAN = "false", LOW;
        /// Most bytes of metadata log in one answer within the quorum.
        "controller.quorum.fetch.max.bytes": INT = "1048576", at_least(1), LOW;
        /// Most bytes of a snapshot in one answer within the quorum.
        "controller.quorum.fetch.snapshot.max.bytes": INT = "1048576", at_least(1), LOW;
        /// Pause before a request within the quorum is sent again.
        "controller.quorum.retry.backoff.ms": INT = "20", at_least(0), LOW;
        /// Delay before the files of a removed metadata segment go. Here nobody reads them any more, so they go at
        /// once.
        "internal.metadata.delete.delay.millis": LONG = "60000", LOW, INTERNAL, MEANINGLESS;
        /// Largest batch in the metadata log. Here the records of one decision are one batch, and their number is
        /// bounded.
        "internal.metadata.max.batch.size.in.bytes": INT = "8388608", LOW, INTERNAL, MEANINGLESS;
        /// How often a leader writes an empty record into an idle metadata log; 0 never. Here its heartbeats show
        /// that it lives, and nothing is written.
        "metadata.max.idle.interval.ms": INT = "500", at_least(0), LOW, MEANINGLESS;
        /// Bytes of metadata log and snapshots that are kept. Here what a newer snapshot covers goes at once.
        "metadata.max.retention.bytes": LONG = "104857600", HIGH, MEANINGLESS;
        /// Age at which metadata log and snapshots may go. Here what a newer snapshot covers goes at once.
        "metadata.max.retention.ms": LONG = "604800000", HIGH, MEANINGLESS;
    }
}
