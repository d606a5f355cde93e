//! Why metadata does not change as asked.
use crate::{ConfigResource, topic::InvalidPartition};
use base::{BrokerEpoch, LeaderEpoch, NodeId, PartitionEpoch, TopicId};
use protocol::ErrorCode;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("topic `{0}` already exists")]
    TopicExists(String),
    #[error("topic name `{name}` {reason}")]
    InvalidTopicName { name: String, reason: &'static str },
    #[error(
        "topic name `{name}` differs from `{existing}` only in `.` and `_`, which metric names do not tell apart"
    )]
    TopicNameCollision { name: String, existing: String },
    #[error("topic `{0}` does not exist")]
    UnknownTopic(String),
    #[error("there is no topic with id {0}")]
    UnknownTopicId(TopicId),
    #[error("topic {topic} has no partition {index}")]
    UnknownPartition { topic: TopicId, index: i32 },
    #[error("{0}")]
    InvalidRequest(String),
    #[error("{0}")]
    InvalidPartitions(String),
    #[error("{0}")]
    InvalidReplicationFactor(String),
    #[error("{0}")]
    InvalidReplicaAssignment(String),
    #[error("{0}")]
    PolicyViolation(String),
    #[error("invalid setting of {resource}: {reason}")]
    InvalidConfig { resource: ConfigResource, reason: String },
    #[error("config resource type {0} is not known")]
    UnknownConfigResourceType(i8),
    #[error("broker {0} is not registered")]
    UnknownBroker(NodeId),
    #[error("broker epoch {sent} was sent for broker {broker}, the current one is {current}")]
    StaleBrokerEpoch { broker: NodeId, sent: BrokerEpoch, current: BrokerEpoch },
    #[error("another process is registered as broker {0} and its session has not expired")]
    DuplicateBroker(NodeId),
    #[error("the broker belongs to cluster `{sent}`, this is cluster `{expected}`")]
    InconsistentClusterId { sent: String, expected: String },
    #[error("{0}")]
    InvalidRegistration(String),
    #[error("controller {0} is not registered")]
    UnknownController(NodeId),
    #[error("leader epoch {sent} was sent, the partition is at {current}")]
    FencedLeaderEpoch { sent: LeaderEpoch, current: LeaderEpoch },
    #[error("partition epoch {sent} was sent, the partition is at {current}")]
    StalePartitionEpoch { sent: PartitionEpoch, current: PartitionEpoch },
    #[error("the sender knows a newer epoch than this controller")]
    NotController,
    #[error("broker {0} cannot be in sync: it is fenced, shutting down, or another incarnation")]
    IneligibleReplica(NodeId),
    #[error("the in-sync replicas are already part of a reassignment that changed the leader")]
    NewLeaderElected,
    #[error("the partition already has the leader asked for")]
    ElectionNotNeeded,
    #[error("preferred leader {0} is not in sync or not alive")]
    PreferredLeaderNotAvailable(NodeId),
    #[error("no replica of the partition is alive and may lead")]
    EligibleLeadersNotAvailable,
    #[error("{0}")]
    InvalidFeatureLevel(String),
    #[error("{0}")]
    UnsupportedVersion(String),
    #[error("producer ids are used up")]
    ProducerIdsExhausted,
    #[error("user `{0}` has no such SCRAM credential")]
    UnknownScramCredential(String),
    #[error("SCRAM mechanism {0} is not known")]
    UnknownScramMechanism(i8),
    #[error("there is no ACL with id {0}")]
    UnknownAcl(Uuid),
    #[error("there is no delegation token `{0}`")]
    UnknownDelegationToken(String),
    #[error("invalid partition record")]
    InvalidPartition(#[from] InvalidPartition),
    #[error("{0} is not supported")]
    Unsupported(&'static str),
}

impl Error {
    /// What a client sees. No `_` arm, so that a new variant asks for a decision.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TopicExists(_) => ErrorCode::TOPIC_ALREADY_EXISTS,
            Self::InvalidTopicName { .. } | Self::TopicNameCollision { .. } => {
                ErrorCode::INVALID_TOPIC_EXCEPTION
            }
            Self::UnknownTopic(_) | Self::UnknownPartition { .. } => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            Self::UnknownTopicId(_) => ErrorCode::UNKNOWN_TOPIC_ID,
            Self::InvalidRequest(_) | Self::UnknownConfigResourceType(_) => ErrorCode::INVALID_REQUEST,
            Self::InvalidPartitions(_) => ErrorCode::INVALID_PARTITIONS,
            Self::InvalidReplicationFactor(_) => ErrorCode::INVALID_REPLICATION_FACTOR,
            Self::InvalidReplicaAssignment(_) => ErrorCode::INVALID_REPLICA_ASSIGNMENT,
            Self::PolicyViolation(_) => ErrorCode::POLICY_VIOLATION,
            Self::InvalidConfig { .. } => ErrorCode::INVALID_CONFIG,
            Self::UnknownBroker(_) => ErrorCode::BROKER_ID_NOT_REGISTERED,
            Self::StaleBrokerEpoch { .. } => ErrorCode::STALE_BROKER_EPOCH,
            Self::DuplicateBroker(_) => ErrorCode::DUPLICATE_BROKER_REGISTRATION,
            Self::InconsistentClusterId { .. } => ErrorCode::INCONSISTENT_CLUSTER_ID,
            Self::InvalidRegistration(_) => ErrorCode::INVALID_REGISTRATION,
            Self::UnknownController(_) => ErrorCode::CONTROLLER_ID_NOT_REGISTERED,
            Self::FencedLeaderEpoch { .. } => ErrorCode::FENCED_LEADER_EPOCH,
            Self::StalePartitionEpoch { .. } | Self::InvalidFeatureLevel(_) => {
                ErrorCode::INVALID_UPDATE_VERSION
            }
            Self::NotController => ErrorCode::NOT_CONTROLLER,
            Self::IneligibleReplica(_) => ErrorCode::INELIGIBLE_REPLICA,
            Self::NewLeaderElected => ErrorCode::NEW_LEADER_ELECTED,
            Self::ElectionNotNeeded => ErrorCode::ELECTION_NOT_NEEDED,
            Self::PreferredLeaderNotAvailable(_) => ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE,
            Self::EligibleLeadersNotAvailable => ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE,
            Self::UnsupportedVersion(_) | Self::Unsupported(_) => ErrorCode::UNSUPPORTED_VERSION,
            Self::ProducerIdsExhausted | Self::InvalidPartition(_) | Self::UnknownAcl(_) => {
                ErrorCode::UNKNOWN_SERVER_ERROR
            }
            Self::UnknownScramCredential(_) => ErrorCode::RESOURCE_NOT_FOUND,
            Self::UnknownScramMechanism(_) => ErrorCode::UNSUPPORTED_SASL_MECHANISM,
            Self::UnknownDelegationToken(_) => ErrorCode::DELEGATION_TOKEN_NOT_FOUND,
        }
    }
}
