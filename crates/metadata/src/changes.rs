//! What differs between two images, so that a broker can act on it.
//!
//! Computed from the images and not collected while records are applied: then one record, a hundred, or a whole snapshot
//! that replaced everything are the same case, and a subscriber that slept may skip images. Shared parts of the two
//! images are passed over unread, so that the cost follows what changed.
use crate::{BrokerRegistration, ConfigResource, MetadataImage, Partition, Topic};
use base::NodeId;
use imbl::{OrdMap, ordmap::DiffItem};
use std::sync::Arc;

/// One thing, before and after.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<T> {
    Added(T),
    Updated { before: T, after: T },
    Removed(T),
}

impl<T> Change<T> {
    /// What there is now; `None` if it is gone.
    pub fn after(&self) -> Option<&T> {
        match self {
            Self::Added(after) | Self::Updated { after, .. } => Some(after),
            Self::Removed(_) => None,
        }
    }

    pub fn before(&self) -> Option<&T> {
        match self {
            Self::Removed(before) | Self::Updated { before, .. } => Some(before),
            Self::Added(_) => None,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Topics that came and topics that went. Act on the ones that went first: a name may have been used again.
    pub topics_created: Vec<Arc<Topic>>,
    pub topics_deleted: Vec<Arc<Topic>>,
    /// Partitions of topics that exist now: added (also those of new topics) or changed.
    pub partitions: Vec<PartitionUpdate>,
    pub brokers: Vec<Change<Arc<BrokerRegistration>>>,
    /// Resources of which some setting was set or removed. Settings of a deleted topic are among them.
    pub configs: Vec<ConfigResource>,
    pub features: bool,
    pub quotas: bool,
    pub scram_credentials: bool,
    pub acls: bool,
    pub delegation_tokens: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PartitionUpdate {
    pub topic: Arc<Topic>,
    pub index: i32,
    pub before: Option<Arc<Partition>>,
    pub partition: Arc<Partition>,
}

impl PartitionUpdate {
    /// Whether another leader, or the same one in a new epoch, leads now.
    pub fn leader_epoch_changed(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.leader_epoch != self.partition.leader_epoch)
    }

    pub fn is_replica(&self, broker: NodeId) -> bool {
        self.partition.replicas.contains(&broker)
    }
}

impl Changes {
    /// What happened from `before` to `after`.
    pub fn between(before: &MetadataImage, after: &MetadataImage) -> Self {
        let mut changes = Self {
            features: before.features != after.features,
            quotas: before.quotas != after.quotas,
            scram_credentials: before.scram != after.scram,
            acls: before.acls != after.acls,
            delegation_tokens: before.delegation_tokens != after.delegation_tokens,
            brokers: differences(&before.brokers, &after.brokers),
            ..Self::default()
        };
        for change in differences(&before.topics, &after.topics) {
            changes.add_topic(&change);
        }
        for item in before.configs.diff(&after.configs) {
            let (DiffItem::Add(resource, _)
            | DiffItem::Remove(resource, _)
            | DiffItem::Update { new: (resource, _), .. }) = item;
            changes.configs.push(resource.clone());
        }
        changes
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add_topic(&mut self, change: &Change<Arc<Topic>>) {
        let none = OrdMap::new();
        let (before, topic) = match change {
            Change::Removed(topic) => return self.topics_deleted.push(topic.clone()),
            Change::Added(topic) => {
                self.topics_created.push(topic.clone());
                (&none, topic)
            }
            Change::Updated { before, after } => (&before.partitions, after),
        };
        for item in before.diff(&topic.partitions) {
            let (index, before, partition) = match item {
                DiffItem::Add(index, partition) => (index, None, partition),
                DiffItem::Update { old: (_, before), new: (index, partition) } => {
                    (index, Some(before.clone()), partition)
                }
                // Kafka has no way to take a partition off a topic that stays.
                DiffItem::Remove(..) => continue,
            };
            let update =
                PartitionUpdate { topic: topic.clone(), index: *index, before, partition: partition.clone() };
            self.partitions.push(update);
        }
    }
}

fn differences<K: Ord, V: Clone + PartialEq>(before: &OrdMap<K, V>, after: &OrdMap<K, V>) -> Vec<Change<V>> {
    let change = |item| match item {
        DiffItem::Add(_, after) => Change::Added(V::clone(after)),
        DiffItem::Remove(_, before) => Change::Removed(V::clone(before)),
        DiffItem::Update { old: (_, before), new: (_, after) } => {
            Change::Updated { before: V::clone(before), after: V::clone(after) }
        }
    };
    before.diff(after).map(change).collect()
}
