//! Who this process is, and how topics are made when nobody says how.

use crate::{ProcessRoles, Scope, config, known};
use base::NodeId;
use std::time::Duration;

config! {
    /// Who this process is, and how topics are made when nobody says how.
    pub struct NodeConfig: Scope::Broker {
        /// Whether a client's question about an unknown topic creates it.
        "auto.create.topics.enable" => auto_create_topics_enable: bool = true, HIGH;
        /// Time between two heartbeats from a broker to the active controller.
        "broker.heartbeat.interval.ms" => broker_heartbeat_interval_ms: Duration = Duration::from_secs(2),
            at_least(0), INT, NOT_YET;
        /// Name of the rack or zone this broker stands in. Replicas are spread over racks, and consumers may
        /// read from their own.
        "broker.rack" => broker_rack: Option<String> = None;
        /// Silence after which the controller fences a broker.
        "broker.session.timeout.ms" => broker_session_timeout_ms: Duration = Duration::from_secs(9),
            at_least(0), INT, NOT_YET;
        /// Number of replicas of a topic made without a number.
        "default.replication.factor" => default_replication_factor: i32 = 1;
        /// Whether topics can be deleted at all.
        "delete.topic.enable" => delete_topic_enable: bool = true, HIGH;
        /// How long a starting broker tries to register with a controller before it gives up.
        "initial.broker.registration.timeout.ms" => initial_broker_registration_timeout_ms: Duration =
            Duration::from_secs(60), at_least(0), INT;
        /// Address for health and metrics over HTTP, as `host:port`; an empty text turns it off. Not a Kafka
        /// setting.
        "mainstem.admin.listener" => mainstem_admin_listener: String = "127.0.0.1:9644".to_owned();
        /// Number of threads that serve connections; 0 means one for each core. Not a Kafka setting.
        "mainstem.shards" => mainstem_shards: i32 = 0, at_least(0), HIGH;
        /// This node's number, unique in the cluster. Stays with the data folder for good.
        "node.id" => node_id: NodeId = NodeId(1), at_least(0), HIGH, NO_DEFAULT;
        /// Number of partitions of a topic made without a number: by automatic creation, or with -1.
        "num.partitions" => num_partitions: i32 = 1, at_least(1);
        /// What this process does: `broker`, `controller`, or both.
        "process.roles" => process_roles: ProcessRoles = ProcessRoles { broker: true, controller: true },
            some_of(ProcessRoles::NAMES), HIGH, NO_DEFAULT;
        /// How long this broker waits for an answer from another node before it tries again or fails the
        /// request.
        "request.timeout.ms" => request_timeout_ms: Duration = Duration::from_secs(30),
            at_least(0), INT, HIGH, NOT_YET;
        /// Longest time a start may take before the process gives up.
        "server.max.startup.time.ms" => server_max_startup_time_ms: Duration =
            Duration::from_millis(i64::MAX as u64), at_least(0), INTERNAL;
    }
}

known! {
    pub(super) fn known: Scope::Broker {
        /// Java class that may veto a change of configuration. There are no Java plug-ins here.
        "alter.config.policy.class.name": CLASS, LOW, MEANINGLESS;
        /// Which authorizer decides about access; an empty text lets everybody do everything.
        "authorizer.class.name": STRING = "", LOW;
        /// Whether the controller moves leadership back to preferred replicas by itself.
        "auto.leader.rebalance.enable": BOOLEAN = "true", HIGH;
        /// Size of a thread pool in Kafka for chores. Shards and one background runtime do that work here.
        "background.threads": INT = "10", at_least(1), HIGH, CLUSTER_WIDE, MEANINGLESS;
        /// The older name of `node.id`, for files that have only this one; if both are set they must agree.
        "broker.id": INT = "-1", HIGH, ACTED_ON;
        /// Names of sources from which `${name:path:key}` in other values is filled in.
        "config.providers": LIST = "", LOW, CLUSTER_WIDE;
        /// Whether a stopping broker first hands its leaderships to others.
        "controlled.shutdown.enable": BOOLEAN = "true";
        /// Java class that may veto a new topic. There are no Java plug-ins here.
        "create.topic.policy.class.name": CLASS, LOW, MEANINGLESS;
        /// Number of finished requests after which Kafka sweeps its list of waiting DeleteRecords requests.
        /// No sweep is needed here.
        "delete.records.purgatory.purge.interval.requests": INT = "1", MEANINGLESS;
        /// Listeners that accept connections before the broker has finished starting.
        "early.start.listeners": LIST, HIGH;
        /// Number of finished requests after which Kafka sweeps its list of waiting fetches. No sweep is
        /// needed here.
        "fetch.purgatory.purge.interval.requests": INT = "1000", MEANINGLESS;
        /// Time between two looks at whether leadership should move back, in seconds.
        "leader.imbalance.check.interval.seconds": LONG = "300", at_least(1), HIGH;
        /// Number of threads that carry out requests in Kafka. The shards do it here.
        "num.io.threads": INT = "8", at_least(1), HIGH, CLUSTER_WIDE, MEANINGLESS;
        /// Number of threads that serve sockets of one listener in Kafka. The shards do it here.
        "num.network.threads": INT = "3", at_least(1), HIGH, CLUSTER_WIDE, MEANINGLESS;
        /// Number of finished requests after which Kafka sweeps its list of waiting produce requests. No
        /// sweep is needed here.
        "producer.purgatory.purge.interval.requests": INT = "1000", MEANINGLESS;
        /// Number of requests that may wait for a thread in Kafka. Here memory is bounded by
        /// `queued.max.request.bytes`.
        "queued.max.requests": INT = "500", at_least(1), HIGH, MEANINGLESS;
        /// Number of finished requests after which Kafka sweeps its list of waiting share fetches. No sweep
        /// is needed here.
        "share.fetch.purgatory.purge.interval.requests": INT = "1000", MEANINGLESS;
        /// Whether request versions still under development are offered to clients. There are none here.
        "unstable.api.versions.enable": BOOLEAN = "false", HIGH, INTERNAL, MEANINGLESS;
        /// Whether feature levels still under development can be turned on. There are none here.
        "unstable.feature.versions.enable": BOOLEAN = "false", HIGH, INTERNAL, MEANINGLESS;
    }
}
