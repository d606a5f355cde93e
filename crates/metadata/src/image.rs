//! The state of the cluster at one offset of the metadata log.
//!
//! Made of persistent maps: a clone shares everything, and a change copies only the path to what it changes. So the
//! controller may try a change on a clone, brokers read without a lock, and a snapshot is taken without stopping anyone.
use crate::{
    AccessControlEntry, BrokerRegistration, ControllerRegistration, DelegationToken, Partition,
    ScramCredential, ScramMechanism, Topic,
};
use base::{LeaderEpoch, NodeId, Offset, TopicId};
use imbl::OrdMap;
use std::{fmt, sync::Arc};
use uuid::Uuid;
use wire::Text;

mod apply;
mod snapshot;
#[cfg(test)]
mod tests;

/// The settings of one resource that were set; defaults are not among them.
pub type ConfigValues = OrdMap<Text, Text>;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataImage {
    /// One past the last record that made this image.
    pub(crate) next_offset: Offset,
    /// The epoch of the leader that wrote it.
    pub(crate) epoch: Option<LeaderEpoch>,
    pub(crate) topics: OrdMap<TopicId, Arc<Topic>>,
    pub(crate) topic_ids: OrdMap<Text, TopicId>,
    pub(crate) brokers: OrdMap<NodeId, Arc<BrokerRegistration>>,
    pub(crate) controllers: OrdMap<NodeId, Arc<ControllerRegistration>>,
    pub(crate) configs: OrdMap<ConfigResource, ConfigValues>,
    pub(crate) quotas: OrdMap<QuotaEntity, OrdMap<Text, f64>>,
    pub(crate) scram: OrdMap<(Text, ScramMechanism), ScramCredential>,
    pub(crate) acls: OrdMap<Uuid, Arc<AccessControlEntry>>,
    pub(crate) delegation_tokens: OrdMap<Text, Arc<DelegationToken>>,
    pub(crate) features: OrdMap<Text, i16>,
    pub(crate) next_producer_id: i64,
}

/// Where the image stands in the log.
impl MetadataImage {
    /// The offset that the next record of the log will have. Zero before the first record.
    pub fn next_offset(&self) -> Offset {
        self.next_offset
    }

    /// The last record applied; [`Offset::NONE`] before the first.
    pub fn last_offset(&self) -> Offset {
        Offset(self.next_offset.0 - 1)
    }

    /// The epoch of the last record applied; [`LeaderEpoch::NONE`] before the first.
    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch.unwrap_or(LeaderEpoch::NONE)
    }

    /// Passes over `count` records of the log that do not change metadata: Kafka's control records.
    pub fn skip_control_records(&mut self, count: i64) {
        self.next_offset = self.next_offset.plus(count);
    }

    pub fn set_epoch(&mut self, epoch: LeaderEpoch) {
        self.epoch = Some(epoch);
    }

    /// Places an image that was rebuilt from a snapshot: the snapshot's end offset and epoch.
    pub fn set_position(&mut self, next_offset: Offset, epoch: LeaderEpoch) {
        self.next_offset = next_offset;
        self.epoch = Some(epoch);
    }
}

/// Topics.
impl MetadataImage {
    pub fn topic(&self, id: TopicId) -> Option<&Arc<Topic>> {
        self.topics.get(&id)
    }

    pub fn topic_named(&self, name: &str) -> Option<&Arc<Topic>> {
        self.topics.get(self.topic_ids.get(name)?)
    }

    pub fn topic_id(&self, name: &str) -> Option<TopicId> {
        self.topic_ids.get(name).copied()
    }

    pub fn partition(&self, id: TopicId, index: i32) -> Option<&Arc<Partition>> {
        self.topics.get(&id)?.partitions.get(&index)
    }

    /// All topics in order of their names.
    pub fn topics(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.topic_ids.values().map(|id| &self.topics[id])
    }

    /// The topics whose names are `first` or come after it, in order of their names.
    pub fn topics_from(&self, first: &str) -> impl Iterator<Item = &Arc<Topic>> {
        let from = (std::ops::Bound::Included(first), std::ops::Bound::Unbounded);
        self.topic_ids.range::<_, str>(from).map(|(_, id)| &self.topics[id])
    }

    pub fn topic_count(&self) -> usize {
        self.topics.len()
    }

    /// Counted on each call.
    pub fn partition_count(&self) -> usize {
        self.topics.values().map(|topic| topic.partitions.len()).sum()
    }
}

/// Nodes.
impl MetadataImage {
    pub fn broker(&self, id: NodeId) -> Option<&Arc<BrokerRegistration>> {
        self.brokers.get(&id)
    }

    /// Every registered broker, fenced or not, in order of id.
    pub fn brokers(&self) -> impl Iterator<Item = &Arc<BrokerRegistration>> {
        self.brokers.values()
    }

    /// What clients are told about: brokers that are not fenced.
    pub fn live_brokers(&self) -> impl Iterator<Item = &Arc<BrokerRegistration>> {
        self.brokers.values().filter(|broker| !broker.fenced)
    }

    /// Whether the broker may lead and be in sync: registered, not fenced, not shutting down.
    pub fn is_active(&self, id: NodeId) -> bool {
        self.brokers.get(&id).is_some_and(|broker| broker.is_active())
    }

    pub fn controller(&self, id: NodeId) -> Option<&Arc<ControllerRegistration>> {
        self.controllers.get(&id)
    }

    pub fn controllers(&self) -> impl Iterator<Item = &Arc<ControllerRegistration>> {
        self.controllers.values()
    }
}

/// Settings, credentials and the rest.
impl MetadataImage {
    /// What was set for the resource; `None` when nothing was.
    pub fn config(&self, resource: &ConfigResource) -> Option<&ConfigValues> {
        self.configs.get(resource)
    }

    pub fn config_value(&self, resource: &ConfigResource, key: &str) -> Option<&Text> {
        self.configs.get(resource)?.get(key)
    }

    pub fn configs(&self) -> impl Iterator<Item = (&ConfigResource, &ConfigValues)> {
        self.configs.iter()
    }

    pub fn quotas(&self) -> impl Iterator<Item = (&QuotaEntity, &OrdMap<Text, f64>)> {
        self.quotas.iter()
    }

    pub fn quota(&self, entity: &QuotaEntity) -> Option<&OrdMap<Text, f64>> {
        self.quotas.get(entity)
    }

    pub fn scram_credential(&self, user: &str, mechanism: ScramMechanism) -> Option<&ScramCredential> {
        self.scram.get(&(Text::copy_from(user), mechanism))
    }

    pub fn scram_credentials(&self) -> impl Iterator<Item = (&(Text, ScramMechanism), &ScramCredential)> {
        self.scram.iter()
    }

    pub fn acls(&self) -> impl Iterator<Item = &Arc<AccessControlEntry>> {
        self.acls.values()
    }

    pub fn delegation_tokens(&self) -> impl Iterator<Item = &Arc<DelegationToken>> {
        self.delegation_tokens.values()
    }

    /// The finalized level of a feature; 0 when it is off.
    pub fn feature_level(&self, name: &str) -> i16 {
        self.features.get(name).copied().unwrap_or(0)
    }

    /// Every finalized feature in order of name.
    pub fn features(&self) -> impl Iterator<Item = (&Text, i16)> {
        self.features.iter().map(|(name, &level)| (name, level))
    }

    /// The first producer id that belongs to no block yet.
    pub fn next_producer_id(&self) -> i64 {
        self.next_producer_id
    }
}

/// What a setting applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigResourceType {
    Topic,
    /// A broker by its id as text; the empty name is the default for the whole cluster.
    Broker,
    BrokerLogger,
    /// A subscription to client metrics (KIP-714).
    ClientMetrics,
    /// A group of the newer protocols (KIP-848, KIP-932, KIP-1071).
    Group,
}

impl ConfigResourceType {
    pub fn from_wire(value: i8) -> Option<Self> {
        match value {
            2 => Some(Self::Topic),
            4 => Some(Self::Broker),
            8 => Some(Self::BrokerLogger),
            16 => Some(Self::ClientMetrics),
            32 => Some(Self::Group),
            _ => None,
        }
    }

    pub fn to_wire(self) -> i8 {
        match self {
            Self::Topic => 2,
            Self::Broker => 4,
            Self::BrokerLogger => 8,
            Self::ClientMetrics => 16,
            Self::Group => 32,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigResource {
    pub resource_type: ConfigResourceType,
    pub name: Text,
}

impl ConfigResource {
    /// The default for every broker.
    pub const CLUSTER: Self = Self { resource_type: ConfigResourceType::Broker, name: Text::from_static("") };

    pub fn topic(name: impl Into<Text>) -> Self {
        Self { resource_type: ConfigResourceType::Topic, name: name.into() }
    }

    pub fn broker(id: NodeId) -> Self {
        Self { resource_type: ConfigResourceType::Broker, name: Text::from(id.to_string()) }
    }

    pub fn group(name: impl Into<Text>) -> Self {
        Self { resource_type: ConfigResourceType::Group, name: name.into() }
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} `{}`", self.resource_type, self.name)
    }
}

/// Whom a client quota limits: parts such as (`user`, `alice`), (`client-id`, default) or (`ip`, `10.0.0.1`),
/// where `None` is the default entity of its type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuotaEntity(Vec<(Text, Option<Text>)>);

impl QuotaEntity {
    /// Sorts the parts, so that equal entities are equal.
    pub fn new(mut parts: Vec<(Text, Option<Text>)>) -> Self {
        parts.sort_unstable();
        Self(parts)
    }

    pub fn parts(&self) -> &[(Text, Option<Text>)] {
        &self.0
    }
}
