//! Topics and the registration of their partitions.
//!
//! Invariants that the controller keeps and tests check: `isr` and `eligible_leader_replicas` are disjoint subsets of
//! `replicas`; `leader` is in the ISR; the epochs only grow.
use base::{LeaderEpoch, NodeId, PartitionEpoch, TopicId};
use imbl::OrdMap;
use protocol::metadata_records::{PartitionChangeRecord, PartitionRecord};
use std::{fmt, sync::Arc};
use uuid::Uuid;
use wire::Text;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub name: Text,
    pub id: TopicId,
    pub partitions: OrdMap<i32, Arc<Partition>>,
}

impl Topic {
    pub fn partition(&self, index: i32) -> Option<&Arc<Partition>> {
        self.partitions.get(&index)
    }

    /// Replicas of the first partition. Kafka reports this as the replication factor of the topic.
    pub fn replication_factor(&self) -> usize {
        self.partitions.values().next().map_or(0, |partition| partition.replicas.len())
    }
}

/// Names a log directory of a broker for good (KIP-858).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectoryId(pub Uuid);

impl DirectoryId {
    /// The broker has not chosen a directory yet.
    pub const UNASSIGNED: Self = Self(Uuid::from_u128(0));
    /// The directory went offline before it was known which one holds the replica.
    pub const LOST: Self = Self(Uuid::from_u128(1));
    /// The record comes from a time before directories were tracked.
    pub const MIGRATING: Self = Self(Uuid::from_u128(2));

    /// The first hundred ids never name a real directory.
    pub fn is_reserved(self) -> bool {
        self.0.as_u128() < 100
    }
}

/// Whether the leader was elected out of a replica that may lack acknowledged records (KIP-704).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LeaderRecoveryState {
    #[default]
    Recovered,
    Recovering,
}

impl LeaderRecoveryState {
    /// `None` for a value that no known version of Kafka writes.
    pub fn from_wire(value: i8) -> Option<Self> {
        match value {
            0 => Some(Self::Recovered),
            1 => Some(Self::Recovering),
            _ => None,
        }
    }

    pub fn to_wire(self) -> i8 {
        match self {
            Self::Recovered => 0,
            Self::Recovering => 1,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// In order of preference: the first is the preferred leader.
    pub replicas: Vec<NodeId>,
    /// The log directory of each replica, in the order of `replicas`.
    pub directories: Vec<DirectoryId>,
    pub isr: Vec<NodeId>,
    pub removing_replicas: Vec<NodeId>,
    pub adding_replicas: Vec<NodeId>,
    /// Outside the ISR, but known to hold every committed record (KIP-966).
    pub eligible_leader_replicas: Vec<NodeId>,
    pub last_known_elr: Vec<NodeId>,
    pub leader: Option<NodeId>,
    pub leader_recovery_state: LeaderRecoveryState,
    pub leader_epoch: LeaderEpoch,
    pub partition_epoch: PartitionEpoch,
}

/// In a [`PartitionChangeRecord`]: the leader stays, and its epoch too.
pub(crate) const NO_LEADER_CHANGE: i32 = -2;
/// In a record: there is no leader.
pub(crate) const NO_LEADER: i32 = -1;
const NO_RECOVERY_STATE_CHANGE: i8 = -1;

/// What is wrong with a partition record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPartition {
    #[error("{directories} directories for {replicas} replicas")]
    Directories { directories: usize, replicas: usize },
    #[error("leader recovery state {0}")]
    LeaderRecoveryState(i8),
}

impl Partition {
    /// A partition that has just been created: the first member of `isr` leads in epoch 0.
    ///
    /// # Panics
    /// If `isr` is empty or there is not one directory per replica.
    pub fn new(replicas: Vec<NodeId>, directories: Vec<DirectoryId>, isr: Vec<NodeId>) -> Self {
        assert_eq!(replicas.len(), directories.len(), "one directory per replica");
        Self {
            leader: Some(*isr.first().expect("a new partition has an in-sync replica")),
            replicas,
            directories,
            isr,
            removing_replicas: Vec::new(),
            adding_replicas: Vec::new(),
            eligible_leader_replicas: Vec::new(),
            last_known_elr: Vec::new(),
            leader_recovery_state: LeaderRecoveryState::Recovered,
            leader_epoch: LeaderEpoch::ZERO,
            partition_epoch: PartitionEpoch(0),
        }
    }

    pub fn preferred_leader(&self) -> Option<NodeId> {
        self.replicas.first().copied()
    }

    pub fn directory(&self, replica: NodeId) -> Option<DirectoryId> {
        let position = self.replicas.iter().position(|&id| id == replica)?;
        self.directories.get(position).copied()
    }

    pub fn is_reassigning(&self) -> bool {
        !self.adding_replicas.is_empty() || !self.removing_replicas.is_empty()
    }

    pub(crate) fn from_record(record: &PartitionRecord) -> Result<Self, InvalidPartition> {
        let replicas = nodes(&record.replicas);
        Ok(Self {
            directories: directories_for(&replicas, &record.directories)?,
            replicas,
            isr: nodes(&record.isr),
            removing_replicas: nodes(&record.removing_replicas),
            adding_replicas: nodes(&record.adding_replicas),
            eligible_leader_replicas: nodes(record.eligible_leader_replicas.as_deref().unwrap_or_default()),
            last_known_elr: nodes(record.last_known_elr.as_deref().unwrap_or_default()),
            leader: leader(record.leader),
            leader_recovery_state: recovery_state(record.leader_recovery_state)?,
            leader_epoch: LeaderEpoch(record.leader_epoch),
            partition_epoch: PartitionEpoch(record.partition_epoch),
        })
    }

    /// The partition after `change`. Every change raises the partition epoch; naming a leader, even the
    /// same one, raises the leader epoch.
    pub(crate) fn merge(&self, change: &PartitionChangeRecord) -> Result<Self, InvalidPartition> {
        let mut next = self.clone();
        if let Some(replicas) = &change.replicas {
            next.replicas = nodes(replicas);
        }
        next.directories = match &change.directories {
            Some(directories) => directories_for(&next.replicas, directories)?,
            None if next.directories.len() == next.replicas.len() => next.directories,
            None => directories_for(&next.replicas, &[])?,
        };
        let replace = |list: &mut Vec<NodeId>, new: &Option<Vec<i32>>| {
            if let Some(new) = new {
                *list = nodes(new);
            }
        };
        replace(&mut next.isr, &change.isr);
        replace(&mut next.removing_replicas, &change.removing_replicas);
        replace(&mut next.adding_replicas, &change.adding_replicas);
        replace(&mut next.eligible_leader_replicas, &change.eligible_leader_replicas);
        replace(&mut next.last_known_elr, &change.last_known_elr);
        if change.leader != NO_LEADER_CHANGE {
            next.leader = leader(change.leader);
            next.leader_epoch = LeaderEpoch(self.leader_epoch.0.saturating_add(1));
        }
        if change.leader_recovery_state != NO_RECOVERY_STATE_CHANGE {
            next.leader_recovery_state = recovery_state(change.leader_recovery_state)?;
        }
        next.partition_epoch = PartitionEpoch(self.partition_epoch.0.saturating_add(1));
        Ok(next)
    }

    pub(crate) fn to_record(&self, topic_id: TopicId, index: i32) -> PartitionRecord {
        let unless_empty = |list: &[NodeId]| (!list.is_empty()).then(|| ids(list));
        PartitionRecord {
            partition_id: index,
            topic_id: topic_id.0,
            replicas: ids(&self.replicas),
            isr: ids(&self.isr),
            removing_replicas: ids(&self.removing_replicas),
            adding_replicas: ids(&self.adding_replicas),
            leader: self.leader.map_or(NO_LEADER, |id| id.0),
            leader_recovery_state: self.leader_recovery_state.to_wire(),
            leader_epoch: self.leader_epoch.0,
            partition_epoch: self.partition_epoch.0,
            directories: self.directories.iter().map(|id| id.0).collect(),
            eligible_leader_replicas: unless_empty(&self.eligible_leader_replicas),
            last_known_elr: unless_empty(&self.last_known_elr),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leader = self.leader.unwrap_or(NodeId::NONE);
        write!(f, "leader {leader} (epoch {}), ", self.leader_epoch)?;
        write!(f, "replicas {:?}, isr {:?}", ids(&self.replicas), ids(&self.isr))
    }
}

pub(crate) fn nodes(ids: &[i32]) -> Vec<NodeId> {
    ids.iter().copied().map(NodeId).collect()
}

pub(crate) fn ids(nodes: &[NodeId]) -> Vec<i32> {
    nodes.iter().map(|node| node.0).collect()
}

fn leader(id: i32) -> Option<NodeId> {
    (id >= 0).then_some(NodeId(id))
}

fn recovery_state(value: i8) -> Result<LeaderRecoveryState, InvalidPartition> {
    LeaderRecoveryState::from_wire(value).ok_or(InvalidPartition::LeaderRecoveryState(value))
}

/// Records written before KIP-858 name no directories.
fn directories_for(replicas: &[NodeId], directories: &[Uuid]) -> Result<Vec<DirectoryId>, InvalidPartition> {
    match directories.len() {
        0 => Ok(vec![DirectoryId::MIGRATING; replicas.len()]),
        count if count == replicas.len() => Ok(directories.iter().copied().map(DirectoryId).collect()),
        count => Err(InvalidPartition::Directories { directories: count, replicas: replicas.len() }),
    }
}
