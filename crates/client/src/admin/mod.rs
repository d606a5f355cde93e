//! Questions and orders for a cluster: topics, configurations, groups, offsets, transactions, access, quotas, quorum.
//!
//! A call about several things answers for each of them apart, in the order asked: [`Each`]. A call that asks
//! every broker keeps what the others said when one fails: [`Gathered`]. Each thing is asked where it lives (any
//! broker, the controller, a partition's leader, a coordinator, a named broker), things of one place in one
//! request, all places at once. What failed is asked again while its failure may pass (a leader that moves, a
//! coordinator that loads, a connection that breaks), up to [`crate::Config::api_timeout`]; what succeeded is not.
//!
//! An order whose answer was lost is sent again, so that a topic created by the first attempt is told as existing
//! by the second; Kafka's own client does the same.
//!
//! Where things live and what to ask again is decided in `fanout`, free of I/O; `route` carries it out.
mod acls;
mod cluster;
mod configs;
mod fanout;
mod groups;
mod log_dirs;
mod offsets;
mod partitions;
mod quorum;
mod quotas;
mod records;
mod route;
mod scram;
mod tokens;
mod topics;
mod transactions;
mod words;

use crate::{Cluster, Error};
pub use acls::{
    AclBinding, AclFilter, AclOperation, AclPermission, AclResourceType, CLUSTER_NAME, PatternType,
    ResourcePattern,
};
pub use cluster::{
    ClusterDescription, ClusterNode, DescribeClusterOptions, FeatureUpdate, Features, SupportedVersions,
    UpgradeType,
};
pub use configs::{
    ConfigChange, ConfigEntry, ConfigSource, ConfigSynonym, ConfigType, DescribeConfigsOptions, Resource,
    ResourceType,
};
pub use fanout::CoordinatorKind;
pub use groups::{
    CommittedOffset, DescribeGroupsOptions, GroupDescription, GroupFilter, GroupListing, GroupMember,
    GroupOffsets, GroupState, GroupType, MemberRef, OffsetsOf, ShareGroupOffset, ShareGroupOffsets,
    StreamsGroupDescription, StreamsMember, StreamsTasks, StreamsTopology, Subtopology, TaskOffset,
    TopicInfo,
};
pub use log_dirs::{LogDir, LogDirReplica, LogDirReplicas, PartitionReplica, ReplicaLogDirs};
pub use offsets::{IsolationLevel, ListedOffset, OffsetSpec};
pub use partitions::{ElectionType, Reassignment};
use protocol::ErrorCode;
pub use quorum::{DirectoryId, Quorum, QuorumEndpoint, QuorumReplica};
pub use quotas::{QuotaEntity, QuotaEntityType, QuotaFilter, QuotaMatch, Quotas};
pub use records::HIGH_WATERMARK;
pub use route::Gathered;
pub use scram::{SaltedPassword, ScramChange, ScramCredential, ScramMechanism};
pub use tokens::{DelegationToken, InvalidPrincipal, NewToken, Principal};
pub use topics::{
    CreateOptions, CreatedTopic, DescribeTopicsOptions, NewPartitions, NewTopic, PartitionDescription,
    TopicDescription, TopicRef,
};
pub use transactions::{
    AbortTransaction, FencedProducer, ProducerState, TransactionDescription, TransactionFilter,
    TransactionListing, TransactionState,
};
pub use words::UnknownWord;

/// A handle; clones share the cluster.
#[derive(Clone, Debug)]
pub struct Admin {
    cluster: Cluster,
}

impl Admin {
    pub fn new(cluster: &Cluster) -> Self {
        Self { cluster: cluster.clone() }
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }
}

/// What was answered about each thing, in the order asked; what was named twice is answered once.
#[derive(Clone, Debug)]
pub struct Each<K, V>(pub Vec<(K, Result<V, Error>)>);

impl<K, V> Each<K, V> {
    /// All of them, or the first failure.
    pub fn all<C: FromIterator<(K, V)>>(self) -> Result<C, Error> {
        self.into_iter().map(|(key, answer)| Ok((key, answer?))).collect()
    }

    /// The answer about the one thing that was asked about.
    pub fn only(self) -> Result<V, Error> {
        let first = self.into_iter().next();
        first.map_or_else(|| Err(unanswered("nothing".to_owned())), |(_, answer)| answer)
    }
}

impl<K, V> IntoIterator for Each<K, V> {
    type Item = (K, Result<V, Error>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// `Ok` for NONE, else a refusal.
pub(crate) fn check(subject: impl Into<String>, code: i16, message: Option<&str>) -> Result<(), Error> {
    if code == ErrorCode::NONE.0 {
        return Ok(());
    }
    Err(Error::refused(subject, code, message))
}

/// What the broker left out of its answer.
fn unanswered(subject: String) -> Error {
    Error::refused(subject, ErrorCode::UNKNOWN_SERVER_ERROR.0, Some("the broker's answer leaves it out"))
}

fn read_node(id: i32) -> Option<base::NodeId> {
    (id >= 0).then_some(base::NodeId(id))
}

fn nodes(ids: &[i32]) -> Vec<base::NodeId> {
    ids.iter().copied().map(base::NodeId).collect()
}
