//! Registrations of brokers and controllers.
use crate::DirectoryId;
use base::{BrokerEpoch, NodeId};
use protocol::metadata_records::{
    RegisterBrokerRecord, RegisterControllerRecord, register_broker_record as broker_record,
    register_controller_record as controller_record,
};
use std::collections::BTreeMap;
use uuid::Uuid;
use wire::Text;

/// Where a node listens, under the name of one of its listeners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub listener: Text,
    pub host: Text,
    pub port: u16,
    /// Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.
    pub security_protocol: i16,
}

/// The levels of a feature that a node can work with, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRange {
    pub min: i16,
    pub max: i16,
}

impl VersionRange {
    pub fn contains(self, level: i16) -> bool {
        (self.min..=self.max).contains(&level)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerRegistration {
    pub id: NodeId,
    /// The offset at which this incarnation first registered.
    pub epoch: BrokerEpoch,
    /// Chosen anew by each start of the broker's process.
    pub incarnation_id: Uuid,
    pub endpoints: Vec<Endpoint>,
    pub features: BTreeMap<Text, VersionRange>,
    pub rack: Option<Text>,
    /// Neither leads nor counts as in sync: it has not caught up with the metadata or fell silent.
    pub fenced: bool,
    pub in_controlled_shutdown: bool,
    pub directories: Vec<DirectoryId>,
    /// `None` until the broker has said which (KIP-1066).
    pub cordoned_directories: Option<Vec<DirectoryId>>,
}

impl BrokerRegistration {
    /// May lead partitions and join in-sync replica sets.
    pub fn is_active(&self) -> bool {
        !self.fenced && !self.in_controlled_shutdown
    }

    /// The address under which clients of `listener` reach the broker.
    pub fn endpoint(&self, listener: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| &*endpoint.listener == listener)
    }

    /// The directory for a new replica, if there is no choice to make.
    pub fn default_directory(&self) -> DirectoryId {
        match self.directories[..] {
            [only] => only,
            [] => DirectoryId::MIGRATING,
            _ => DirectoryId::UNASSIGNED,
        }
    }

    pub fn has_uncordoned_directory(&self) -> bool {
        match &self.cordoned_directories {
            Some(cordoned) if !self.directories.is_empty() => {
                self.directories.iter().any(|id| !cordoned.contains(id))
            }
            _ => true,
        }
    }

    pub(crate) fn from_record(record: &RegisterBrokerRecord) -> Self {
        let endpoint = |e: &broker_record::BrokerEndpoint| Endpoint {
            listener: e.name.clone(),
            host: e.host.clone(),
            port: e.port,
            security_protocol: e.security_protocol,
        };
        let feature = |f: &broker_record::BrokerFeature| {
            (f.name.clone(), VersionRange { min: f.min_supported_version, max: f.max_supported_version })
        };
        Self {
            id: NodeId(record.broker_id),
            epoch: BrokerEpoch(record.broker_epoch),
            incarnation_id: record.incarnation_id,
            endpoints: record.end_points.iter().map(endpoint).collect(),
            features: record.features.iter().map(feature).collect(),
            rack: record.rack.clone(),
            fenced: record.fenced,
            in_controlled_shutdown: record.in_controlled_shutdown,
            directories: directories(&record.log_dirs),
            cordoned_directories: record.cordoned_log_dirs.as_deref().map(directories),
        }
    }

    pub(crate) fn to_record(&self) -> RegisterBrokerRecord {
        let endpoint = |e: &Endpoint| broker_record::BrokerEndpoint {
            name: e.listener.clone(),
            host: e.host.clone(),
            port: e.port,
            security_protocol: e.security_protocol,
        };
        let feature = |(name, range): (&Text, &VersionRange)| broker_record::BrokerFeature {
            name: name.clone(),
            min_supported_version: range.min,
            max_supported_version: range.max,
        };
        RegisterBrokerRecord {
            broker_id: self.id.0,
            broker_epoch: self.epoch.0,
            incarnation_id: self.incarnation_id,
            end_points: self.endpoints.iter().map(endpoint).collect(),
            features: self.features.iter().map(feature).collect(),
            rack: self.rack.clone(),
            fenced: self.fenced,
            in_controlled_shutdown: self.in_controlled_shutdown,
            log_dirs: uuids(&self.directories),
            cordoned_log_dirs: self.cordoned_directories.as_deref().map(uuids),
            ..Default::default()
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerRegistration {
    pub id: NodeId,
    pub incarnation_id: Uuid,
    pub endpoints: Vec<Endpoint>,
    pub features: BTreeMap<Text, VersionRange>,
}

impl ControllerRegistration {
    pub(crate) fn from_record(record: &RegisterControllerRecord) -> Self {
        let endpoint = |e: &controller_record::ControllerEndpoint| Endpoint {
            listener: e.name.clone(),
            host: e.host.clone(),
            port: e.port,
            security_protocol: e.security_protocol,
        };
        let feature = |f: &controller_record::ControllerFeature| {
            (f.name.clone(), VersionRange { min: f.min_supported_version, max: f.max_supported_version })
        };
        Self {
            id: NodeId(record.controller_id),
            incarnation_id: record.incarnation_id,
            endpoints: record.end_points.iter().map(endpoint).collect(),
            features: record.features.iter().map(feature).collect(),
        }
    }

    pub fn to_record(&self) -> RegisterControllerRecord {
        let endpoint = |e: &Endpoint| controller_record::ControllerEndpoint {
            name: e.listener.clone(),
            host: e.host.clone(),
            port: e.port,
            security_protocol: e.security_protocol,
        };
        let feature = |(name, range): (&Text, &VersionRange)| controller_record::ControllerFeature {
            name: name.clone(),
            min_supported_version: range.min,
            max_supported_version: range.max,
        };
        RegisterControllerRecord {
            controller_id: self.id.0,
            incarnation_id: self.incarnation_id,
            zk_migration_ready: false,
            end_points: self.endpoints.iter().map(endpoint).collect(),
            features: self.features.iter().map(feature).collect(),
        }
    }
}

pub(crate) fn directories(ids: &[Uuid]) -> Vec<DirectoryId> {
    ids.iter().copied().map(DirectoryId).collect()
}

fn uuids(ids: &[DirectoryId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.0).collect()
}
