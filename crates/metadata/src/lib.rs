//! What a cluster knows about itself, and the only ways in which that may change.
//!
//! [`MetadataImage`] is the state: topics, partitions, brokers, configurations, quotas, credentials, features. It is
//! changed by [`Record`]s alone, one after the other, and equal records make equal images on every node. The
//! [`controller`] decides: it looks at an image and a wish and answers with the records that would fulfil it. Whoever
//! owns the replicated log (the `quorum` crate) commits these records and applies them everywhere.
//!
//! Invariants: an image never changes under its reader (a clone is a few reference counts); `apply` is deterministic and
//! leaves the image untouched when it refuses; an image rebuilt from its own [`MetadataImage::to_records`] is equal to it;
//! leader and partition epochs never decrease.
//!
//! Not here: tokio, clocks, files, randomness. Times and ids that a decision needs are arguments.
//! Sources: KIP-631 (the records), KIP-630 (snapshots), KIP-516 (topic ids), KIP-858 (directories), KIP-966 (ELR).
#![forbid(unsafe_code)]

mod broker;
mod changes;
pub mod controller;
mod error;
mod image;
pub mod record;
mod security;
mod topic;

pub use broker::{BrokerRegistration, ControllerRegistration, Endpoint, VersionRange};
pub use changes::{Change, Changes, PartitionUpdate};
pub use error::Error;
pub use image::{ConfigResource, ConfigResourceType, ConfigValues, MetadataImage, QuotaEntity};
pub use protocol::MetadataRecord as Record;
pub use security::{AccessControlEntry, DelegationToken, ScramCredential, ScramMechanism};
pub use topic::{DirectoryId, LeaderRecoveryState, Partition, Topic};

/// Names of the finalized features that decisions look at.
pub mod feature {
    pub const METADATA_VERSION: &str = "metadata.version";
    pub const TRANSACTION_VERSION: &str = "transaction.version";
    pub const GROUP_VERSION: &str = "group.version";
    pub const ELIGIBLE_LEADER_REPLICAS_VERSION: &str = "eligible.leader.replicas.version";
    /// Level 1: the voters of the quorum are in records (KIP-853).
    pub const KRAFT_VERSION: &str = "kraft.version";
    pub const SHARE_VERSION: &str = "share.version";
    pub const STREAMS_VERSION: &str = "streams.version";

    /// Kafka's 4.3-IV0: the newest level whose records we write. Kafka 4.3 tools read it.
    pub const METADATA_VERSION_LEVEL: i16 = 30;
}
