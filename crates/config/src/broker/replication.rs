//! How followers copy, and how replicas are moved.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Time after which a request between controller and broker is given up.
        "controller.socket.timeout.ms": INT = "30000";
        /// Whether a new follower starts after the part of the log that is already on remote storage.
        "follower.fetch.last.tiered.offset.enable": BOOLEAN = "false", CLUSTER_WIDE;
        /// Bytes in a second that throttled followers copy.
        "follower.replication.throttled.rate": LONG =
            "9223372036854775807", at_least(0), CLUSTER_WIDE, INTERNAL;
        /// Bytes in a second that leaders send to throttled followers.
        "leader.replication.throttled.rate": LONG =
            "9223372036854775807", at_least(0), CLUSTER_WIDE, INTERNAL;
        /// Number of threads that move replicas between folders.
        "num.replica.alter.log.dirs.threads": INT, HIGH;
        /// Number of connections that a broker uses to copy from each other broker.
        "num.replica.fetchers": INT = "1", at_least(1), HIGH, CLUSTER_WIDE;
        /// Bytes in a second that moves between folders may take.
        "replica.alter.log.dirs.io.max.bytes.per.second": LONG =
            "9223372036854775807", at_least(0), CLUSTER_WIDE, INTERNAL;
        /// Pause after a failed copy from a leader.
        "replica.fetch.backoff.ms": INT = "1000", at_least(0);
        /// Bytes that a follower asks for from one partition at a time. A larger first batch is still sent.
        "replica.fetch.max.bytes": INT = "1048576", at_least(0);
        /// Bytes for which a leader lets a follower wait.
        "replica.fetch.min.bytes": INT = "1", HIGH;
        /// Bytes that a follower asks for in one request, over all partitions.
        "replica.fetch.response.max.bytes": INT = "10485760", at_least(0);
        /// Longest time a leader lets a follower wait. Must stay below `replica.lag.time.max.ms`.
        "replica.fetch.wait.max.ms": INT = "500", HIGH;
        /// How long a follower may lag behind the leader's log end before it leaves the in-sync replicas.
        "replica.lag.time.max.ms": LONG = "30000", HIGH;
        /// How a consumer's preferred read replica is chosen. Without it, consumers read from the leader.
        "replica.selector.class": STRING;
        /// Size of a follower's receive buffer in the kernel.
        "replica.socket.receive.buffer.bytes": INT = "65536", HIGH;
        /// Time after which a follower gives up on a request. At least `replica.fetch.wait.max.ms`.
        "replica.socket.timeout.ms": INT = "30000", HIGH;
        /// Time between two looks for partitions that need an unclean election.
        "unclean.leader.election.interval.ms": LONG = "300000", at_least(1), INTERNAL;
    }
}
