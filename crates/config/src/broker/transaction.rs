//! The transaction coordinator and its topic.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Longest time spent on such attempts.
        "add.partitions.to.txn.retry.backoff.max.ms": INT = "100", at_least(0), HIGH;
        /// First pause before a partition is added to a transaction again because the last one is still
        /// ending.
        "add.partitions.to.txn.retry.backoff.ms": INT = "20", at_least(1), HIGH;
        /// Time between two looks for transactions to abort because they took too long.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": INT = "10000", at_least(1), LOW;
        /// Longest transaction timeout that a producer may ask for.
        "transaction.max.timeout.ms": INT = "900000", at_least(1), HIGH;
        /// Whether a partition's leader asks the coordinator before it accepts a record of an unknown
        /// transaction (KIP-890).
        "transaction.partition.verification.enable": BOOLEAN = "true", LOW, CLUSTER_WIDE;
        /// Time between two looks for transactional ids to forget.
        "transaction.remove.expired.transaction.cleanup.interval.ms": INT = "3600000", at_least(1), LOW;
        /// Bytes read at once from `__transaction_state` when transactions are loaded.
        "transaction.state.log.load.buffer.size": INT = "5242880", at_least(1), HIGH;
        /// In-sync replicas that a write to `__transaction_state` needs.
        "transaction.state.log.min.isr": INT = "2", at_least(1), HIGH;
        /// Number of partitions of `__transaction_state`. Must not change once the topic exists.
        "transaction.state.log.num.partitions": INT = "50", at_least(1), HIGH;
        /// Number of replicas of `__transaction_state` when it is made.
        "transaction.state.log.replication.factor": SHORT = "3", at_least(1), HIGH;
        /// Segment size of `__transaction_state`.
        "transaction.state.log.segment.bytes": INT = "104857600", at_least(1), HIGH;
        /// Whether producers may keep a transaction open across restarts (KIP-939).
        "transaction.two.phase.commit.enable": BOOLEAN = "false", LOW;
        /// How long a transactional id without a transaction is remembered.
        "transactional.id.expiration.ms": INT = "604800000", at_least(1), HIGH;
    }
}
