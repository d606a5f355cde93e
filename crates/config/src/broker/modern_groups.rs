//! Consumer, share and streams groups (KIP-848, KIP-932, KIP-1071).

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Whether topics for records that share groups gave up are created when needed.
        "errors.deadletterqueue.auto.create.topics.enable": BOOLEAN = "false", CLUSTER_WIDE;
        /// What the names of topics for such records must begin with.
        "errors.deadletterqueue.topic.name.prefix": STRING = "dlq.", CLUSTER_WIDE;
        /// Shortest time between two assignments of one consumer group.
        "group.consumer.assignment.interval.ms": INT = "1000", at_least(0), CLUSTER_WIDE;
        /// Whether assignments of consumer groups are computed apart from the coordinator.
        "group.consumer.assignor.offload.enable": BOOLEAN = "true", CLUSTER_WIDE, INTERNAL;
        /// How partitions are assigned in consumer groups; the first is the default. Known are `uniform` and
        /// `range`.
        "group.consumer.assignors": LIST = "uniform,range", non_empty();
        /// Time between two heartbeats that members of a consumer group are told to send.
        "group.consumer.heartbeat.interval.ms": INT = "5000", at_least(1);
        /// Upper bound for a group's own assignment interval.
        "group.consumer.max.assignment.interval.ms": INT = "15000", at_least(0);
        /// Upper bound for a group's own heartbeat interval.
        "group.consumer.max.heartbeat.interval.ms": INT = "15000", at_least(1);
        /// Upper bound for a group's own session timeout.
        "group.consumer.max.session.timeout.ms": INT = "60000", at_least(1);
        /// Number of members that a consumer group may have.
        "group.consumer.max.size": INT = "2147483647", at_least(1);
        /// In which directions a group may change between the classic and the consumer protocol.
        "group.consumer.migration.policy": STRING = "bidirectional", one_of_ignoring_case(&["DISABLED",
            "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL"]);
        /// Lower bound for a group's own assignment interval.
        "group.consumer.min.assignment.interval.ms": INT = "0", at_least(0);
        /// Lower bound for a group's own heartbeat interval.
        "group.consumer.min.heartbeat.interval.ms": INT = "5000", at_least(1);
        /// Lower bound for a group's own session timeout.
        "group.consumer.min.session.timeout.ms": INT = "45000", at_least(1);
        /// Time between two looks at which topics match a subscription by pattern.
        "group.consumer.regex.refresh.interval.ms": INT = "600000", at_least(10_000), INTERNAL;
        /// Silence after which a member of a consumer group is fenced.
        "group.consumer.session.timeout.ms": INT = "45000", at_least(1);
        /// Shortest time between two assignments of one share group.
        "group.share.assignment.interval.ms": INT = "1000", at_least(0), CLUSTER_WIDE;
        /// Whether assignments of share groups are computed apart from the coordinator.
        "group.share.assignor.offload.enable": BOOLEAN = "true", CLUSTER_WIDE, INTERNAL;
        /// How partitions are assigned in share groups.
        "group.share.assignors": LIST = "simple", non_empty();
        /// Number of times a record is delivered to a share group before it is given up.
        "group.share.delivery.count.limit": INT = "5", between(2, 10);
        /// Java class that writes undelivered records of share groups. There are no Java plug-ins here.
        "group.share.dlq.manager.class.name": STRING =
            "org.apache.kafka.server.share.dlq.DefaultShareGroupDLQManager", INTERNAL;
        /// Time between two heartbeats that members of a share group are told to send.
        "group.share.heartbeat.interval.ms": INT = "5000", at_least(1);
        /// Pause before the state of a share group's partitions is initialised again after a failure.
        "group.share.initialize.retry.interval.ms": INT = "30000", at_least(1), LOW, INTERNAL;
        /// Upper bound for a share group's own assignment interval.
        "group.share.max.assignment.interval.ms": INT = "15000", at_least(0);
        /// Upper bound for a share group's own delivery limit.
        "group.share.max.delivery.count.limit": INT = "10", between(5, 25);
        /// Upper bound for a share group's own heartbeat interval.
        "group.share.max.heartbeat.interval.ms": INT = "15000", at_least(1);
        /// Upper bound for a share group's own number of locks.
        "group.share.max.partition.max.record.locks": INT = "4000", between(2000, 10_000);
        /// Upper bound for a share group's own lock duration.
        "group.share.max.record.lock.duration.ms": INT = "60000", between(30_000, 3_600_000);
        /// Upper bound for a share group's own session timeout.
        "group.share.max.session.timeout.ms": INT = "60000", at_least(1);
        /// Number of share sessions kept on one broker.
        "group.share.max.share.sessions": INT = "2000", at_least(1);
        /// Number of members that a share group may have.
        "group.share.max.size": INT = "200", between(1, 1000);
        /// Lower bound for a share group's own assignment interval.
        "group.share.min.assignment.interval.ms": INT = "0", at_least(0);
        /// Lower bound for a share group's own delivery limit.
        "group.share.min.delivery.count.limit": INT = "2", between(2, 5);
        /// Lower bound for a share group's own heartbeat interval.
        "group.share.min.heartbeat.interval.ms": INT = "5000", at_least(1);
        /// Lower bound for a share group's own number of locks.
        "group.share.min.partition.max.record.locks": INT = "100", between(100, 2000);
        /// Lower bound for a share group's own lock duration.
        "group.share.min.record.lock.duration.ms": INT = "15000", between(1000, 30_000);
        /// Lower bound for a share group's own session timeout.
        "group.share.min.session.timeout.ms": INT = "45000", at_least(1);
        /// Number of records of one partition that may be out with consumers of one share group.
        "group.share.partition.max.record.locks": INT = "2000", between(100, 10_000);
        /// Java class that keeps share state. There are no Java plug-ins here.
        "group.share.persister.class.name": STRING =
            "org.apache.kafka.server.share.persister.DefaultStatePersister", INTERNAL;
        /// How long a consumer of a share group owns a record that it was given.
        "group.share.record.lock.duration.ms": INT = "30000", between(1000, 3_600_000);
        /// Silence after which a member of a share group is fenced.
        "group.share.session.timeout.ms": INT = "45000", at_least(1);
        /// Records by which a copy of a task may lag and still count as caught up.
        "group.streams.acceptable.recovery.lag": LONG = "10000", at_least(0), INTERNAL;
        /// Shortest time between two assignments of one streams group.
        "group.streams.assignment.interval.ms": INT = "1000", at_least(0), CLUSTER_WIDE;
        /// Whether assignments of streams groups are computed apart from the coordinator.
        "group.streams.assignor.offload.enable": BOOLEAN = "true", CLUSTER_WIDE, INTERNAL;
        /// How tasks are assigned in streams groups; the first is the default.
        "group.streams.assignors": LIST = "sticky", non_empty();
        /// Time between two heartbeats that members of a streams group are told to send.
        "group.streams.heartbeat.interval.ms": INT = "5000", at_least(1);
        /// How long the first member of an empty streams group waits for others.
        "group.streams.initial.rebalance.delay.ms": INT = "3000", at_least(0);
        /// Upper bound for a streams group's own assignment interval.
        "group.streams.max.assignment.interval.ms": INT = "15000", at_least(0);
        /// Upper bound for a streams group's own heartbeat interval.
        "group.streams.max.heartbeat.interval.ms": INT = "15000", at_least(1);
        /// Upper bound for a streams group's own session timeout.
        "group.streams.max.session.timeout.ms": INT = "60000", at_least(1);
        /// Number of members that a streams group may have.
        "group.streams.max.size": INT = "2147483647", at_least(1);
        /// Upper bound for a streams group's own number of standby copies.
        "group.streams.max.standby.replicas": INT = "2", at_least(0);
        /// Upper bound for a streams group's own number of catching-up copies.
        "group.streams.max.warmup.replicas": INT = "20", at_least(0), INTERNAL;
        /// Lower bound for a streams group's own assignment interval.
        "group.streams.min.assignment.interval.ms": INT = "0", at_least(0);
        /// Lower bound for a streams group's own heartbeat interval.
        "group.streams.min.heartbeat.interval.ms": INT = "5000", at_least(1);
        /// Lower bound for a streams group's own session timeout.
        "group.streams.min.session.timeout.ms": INT = "45000", at_least(1);
        /// Lower bound for a streams group's own report interval.
        "group.streams.min.task.offset.interval.ms": INT = "15000", at_least(1), INTERNAL;
        /// Number of standby copies of each stateful task.
        "group.streams.num.standby.replicas": INT = "0", at_least(0);
        /// Number of extra copies that may catch up at the same time before tasks move to them.
        "group.streams.num.warmup.replicas": INT = "2", at_least(0), INTERNAL;
        /// Client tags over which standby copies are spread.
        "group.streams.rack.aware.assignment.tags": LIST = "", LOW;
        /// Silence after which a member of a streams group is fenced.
        "group.streams.session.timeout.ms": INT = "45000", at_least(1);
        /// Time between two reports of task offsets that members are told to send.
        "group.streams.task.offset.interval.ms": INT = "60000", at_least(1), INTERNAL;
        /// Java class that stores descriptions of topologies. There are no Java plug-ins here.
        "group.streams.topology.description.plugin.class": CLASS;
    }
}
