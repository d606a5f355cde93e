//! What openraft is told about our nodes, entries and answers.
use base::{NodeId, Offset, TopicId};
use bytes::Bytes;
use std::fmt;
use uuid::Uuid;
use wire::Text;

/// A controller on one disk. A controller whose disk was lost comes back as another voter, so that it cannot forget
/// what it voted for or had acknowledged (KIP-853).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoterKey {
    pub id: NodeId,
    pub directory: Uuid,
}

impl fmt::Display for VoterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Directory ids have the same text form as topic ids.
        write!(f, "{}@{}", self.id, TopicId(self.directory))
    }
}

/// Where a controller listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoterEndpoint {
    pub listener: Text,
    pub host: Text,
    pub port: u16,
}

/// What the voters know of one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Voter {
    pub(crate) endpoints: Vec<VoterEndpoint>,
}

/// Metadata records that are committed together, each in the frame in which it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetadataBatch {
    pub(crate) timestamp_ms: i64,
    pub(crate) records: Vec<Bytes>,
}

impl fmt::Display for MetadataBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records", self.records.len())
    }
}

/// What applying an entry led to: the offset of its last record, or why it does not fit the image.
pub(crate) type Applied = Result<Offset, Refused>;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

openraft::declare_raft_types!(
    pub(crate) Metadata:
        D = MetadataBatch,
        R = Applied,
        NodeId = VoterKey,
        Node = Voter,
        LeaderId = openraft::impls::leader_id_std::LeaderId<u64, VoterKey>,
);

pub(crate) type CommittedLeader = openraft::type_config::alias::CommittedLeaderIdOf<Metadata>;
pub(crate) type Entry = openraft::type_config::alias::EntryOf<Metadata>;
pub(crate) type EntryPayload = openraft::EntryPayload<MetadataBatch, VoterKey, Voter>;
pub(crate) type LogId = openraft::type_config::alias::LogIdOf<Metadata>;
pub(crate) type Membership = openraft::Membership<VoterKey, Voter>;
pub(crate) type SnapshotMeta = openraft::type_config::alias::SnapshotMetaOf<Metadata>;
pub(crate) type StoredMembership = openraft::type_config::alias::StoredMembershipOf<Metadata>;
pub(crate) type Vote = openraft::type_config::alias::VoteOf<Metadata>;

pub(crate) fn log_id(term: u64, index: u64) -> LogId {
    LogId { leader_id: CommittedLeader::new(term), index }
}
