//! What the controller decides: from an image and a wish to the records that fulfil it.
//!
//! Every function here is pure. It never changes the image it is given, and the records it returns apply to that image
//! without fail (a test applies what every decision returns). Nothing is true before the records are committed, so a
//! reply is sent only then. Ids, seeds and times are the caller's.
//!
//! Absent until several brokers need it: reassignment of partitions, moving between directories.
use crate::{ConfigResource, ConfigResourceType, ConfigValues, MetadataImage, Record};
use wire::Text;

mod brokers;
mod configs;
mod features;
mod partition_change;
mod partitions;
mod placement;
mod producer_ids;
mod sessions;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod topic_name;
mod topics;

pub use brokers::{
    Heartbeat, HeartbeatReply, RegisterBroker, RegisteredBroker, fence_broker, heartbeat, register_broker,
    register_controller, unregister_broker,
};
pub use configs::{ConfigAlteration, ConfigOperation, alter_configs, incremental_alter_configs};
pub use features::{FeatureUpdate, UpgradeType, bootstrap, cluster_min_in_sync_replicas, update_features};
pub use partition_change::ElectionType;
pub use partitions::{
    AlterPartition, AlteredPartition, ElectedPartition, InSyncReplica, alter_partition, elect_leaders,
};
pub use producer_ids::{PRODUCER_ID_BLOCK, ProducerIdBlock, allocate_producer_ids};
pub use sessions::Sessions;
pub use topic_name::validate_topic_name;
pub use topics::{
    CreateOptions, CreatedTopic, ManualAssignment, NewPartitions, NewTopic, TopicDefaults, TopicRef,
    create_partitions, create_topics, delete_topics,
};

/// Most records that one user's request may make, and most partitions that it may create.
pub const MAX_RECORDS_PER_REQUEST: usize = 10_000;

/// Records to commit, and what to answer when they are committed.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "nothing has changed until the records are committed"]
pub struct Decision<R> {
    pub records: Vec<Record>,
    pub reply: R,
}

impl<R> Decision<R> {
    /// An answer that changes nothing.
    pub fn reply(reply: R) -> Self {
        Self { records: Vec::new(), reply }
    }
}

/// What the controller must know about settings without knowing each of them.
pub trait ConfigSchema {
    /// Whether `values`, everything set on the resource after the change, is acceptable. The error is shown to the user.
    fn validate(&self, resource: &ConfigResource, values: &ConfigValues) -> Result<(), String>;

    /// Whether the value is a comma-separated list, so that it can be appended to.
    fn is_list(&self, resource_type: ConfigResourceType, key: &str) -> bool;

    /// What holds where nothing is set.
    fn default_value(&self, resource_type: ConfigResourceType, key: &str) -> Option<Text>;
}

const MIN_IN_SYNC_REPLICAS: &str = "min.insync.replicas";
const UNCLEAN_LEADER_ELECTION: &str = "unclean.leader.election.enable";

impl MetadataImage {
    /// A topic's setting: its own, or the cluster's default.
    fn topic_setting(&self, topic: &Text, key: &str) -> Option<&Text> {
        let own = self.config_value(&ConfigResource::topic(topic.clone()), key);
        own.or_else(|| self.config_value(&ConfigResource::CLUSTER, key))
    }

    fn min_in_sync_replicas(&self, topic: &Text) -> usize {
        self.topic_setting(topic, MIN_IN_SYNC_REPLICAS)
            .and_then(|value| value.trim().parse().ok())
            .unwrap_or(1)
    }

    fn unclean_leader_election(&self, topic: &Text) -> bool {
        self.topic_setting(topic, UNCLEAN_LEADER_ELECTION).is_some_and(|value| value.trim() == "true")
    }

    fn elr_enabled(&self) -> bool {
        self.feature_level(crate::feature::ELIGIBLE_LEADER_REPLICAS_VERSION) > 0
    }
}
