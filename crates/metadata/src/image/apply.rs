//! How each record changes the image. A record that does not fit is refused and changes nothing.
use super::{ConfigResource, ConfigResourceType, MetadataImage, QuotaEntity};
use crate::{
    AccessControlEntry, BrokerRegistration, ControllerRegistration, DelegationToken, Error, Partition,
    Record, ScramCredential, ScramMechanism, Topic, broker::directories,
};
use base::{BrokerEpoch, NodeId, TopicId};
use bytes::Bytes;
use imbl::OrdMap;
use protocol::metadata_records::*;
use std::sync::Arc;
use wire::Text;

impl MetadataImage {
    /// Applies one record and moves one offset on.
    ///
    /// # Errors
    /// If the record speaks of what the image does not have. The image is then as before.
    pub fn apply(&mut self, record: &Record) -> Result<(), Error> {
        match record {
            Record::Topic(record) => self.add_topic(record),
            Record::Partition(record) => self.add_partition(record),
            Record::PartitionChange(record) => self.change_partition(record),
            Record::RemoveTopic(record) => self.remove_topic(record),
            Record::ClearElr(record) => self.clear_eligible_leader_replicas(record),
            Record::Config(record) => self.set_config(record),
            Record::RegisterBroker(record) => self.register_broker(record),
            Record::UnregisterBroker(record) => self.unregister_broker(record),
            Record::FenceBroker(record) => self.set_fenced(record.id, record.epoch, true),
            Record::UnfenceBroker(record) => self.set_fenced(record.id, record.epoch, false),
            Record::BrokerRegistrationChange(record) => self.change_broker(record),
            Record::RegisterController(record) => {
                let registration = ControllerRegistration::from_record(record);
                self.controllers.insert(registration.id, Arc::new(registration));
                Ok(())
            }
            Record::UnregisterController(record) => {
                let removed = self.controllers.remove(&NodeId(record.controller_id));
                removed.map(drop).ok_or(Error::UnknownController(NodeId(record.controller_id)))
            }
            Record::FeatureLevel(record) => {
                match record.feature_level {
                    0 => self.features.remove(&record.name),
                    level => self.features.insert(record.name.detached(), level),
                };
                Ok(())
            }
            Record::ProducerIds(record) => {
                self.next_producer_id = record.next_producer_id;
                Ok(())
            }
            Record::ClientQuota(record) => {
                self.set_quota(record);
                Ok(())
            }
            Record::UserScramCredential(record) => self.set_scram_credential(record),
            Record::RemoveUserScramCredential(record) => {
                let mechanism = mechanism(record.mechanism)?;
                let removed = self.scram.remove(&(record.name.clone(), mechanism));
                removed.map(drop).ok_or_else(|| Error::UnknownScramCredential(record.name.to_string()))
            }
            Record::AccessControlEntry(record) => {
                self.acls.insert(record.id, Arc::new(access_control_entry(record)));
                Ok(())
            }
            Record::RemoveAccessControlEntry(record) => {
                self.acls.remove(&record.id).map(drop).ok_or(Error::UnknownAcl(record.id))
            }
            Record::DelegationToken(record) => {
                self.delegation_tokens.insert(record.token_id.detached(), Arc::new(delegation_token(record)));
                Ok(())
            }
            Record::RemoveDelegationToken(record) => {
                let removed = self.delegation_tokens.remove(&record.token_id);
                removed.map(drop).ok_or_else(|| Error::UnknownDelegationToken(record.token_id.to_string()))
            }
            // A batch of ours is atomic by itself, so the brackets of KIP-868 add nothing.
            Record::NoOp(_) | Record::BeginTransaction(_) | Record::EndTransaction(_) => Ok(()),
            Record::ZkMigrationState(_) => Ok(()),
            Record::AbortTransaction(_) => Err(Error::Unsupported("an aborted metadata transaction")),
        }?;
        self.next_offset = self.next_offset.next();
        Ok(())
    }

    /// Applies all of the records or none.
    pub fn apply_all(&mut self, records: &[Record]) -> Result<(), Error> {
        let mut next = self.clone();
        for record in records {
            next.apply(record)?;
        }
        *self = next;
        Ok(())
    }

    fn add_topic(&mut self, record: &TopicRecord) -> Result<(), Error> {
        let id = TopicId(record.topic_id);
        if self.topic_ids.contains_key(&record.name) || self.topics.contains_key(&id) {
            return Err(Error::TopicExists(record.name.to_string()));
        }
        let name = record.name.detached();
        self.topic_ids.insert(name.clone(), id);
        self.topics.insert(id, Arc::new(Topic { name, id, partitions: OrdMap::new() }));
        Ok(())
    }

    fn remove_topic(&mut self, record: &RemoveTopicRecord) -> Result<(), Error> {
        let id = TopicId(record.topic_id);
        let topic = self.topics.remove(&id).ok_or(Error::UnknownTopicId(id))?;
        self.topic_ids.remove(&topic.name);
        self.configs.remove(&ConfigResource::topic(topic.name.clone()));
        Ok(())
    }

    fn topic_mut(&mut self, id: TopicId) -> Result<&mut Topic, Error> {
        self.topics.get_mut(&id).map(Arc::make_mut).ok_or(Error::UnknownTopicId(id))
    }

    fn add_partition(&mut self, record: &PartitionRecord) -> Result<(), Error> {
        let partition = Partition::from_record(record)?;
        self.topic_mut(TopicId(record.topic_id))?.partitions.insert(record.partition_id, Arc::new(partition));
        Ok(())
    }

    fn change_partition(&mut self, record: &PartitionChangeRecord) -> Result<(), Error> {
        let id = TopicId(record.topic_id);
        let index = record.partition_id;
        let before = self.partition(id, index).ok_or(Error::UnknownPartition { topic: id, index })?;
        let after = before.merge(record)?;
        self.topic_mut(id)?.partitions.insert(index, Arc::new(after));
        Ok(())
    }

    fn clear_eligible_leader_replicas(&mut self, record: &ClearElrRecord) -> Result<(), Error> {
        let ids: Vec<TopicId> = if record.topic_name.is_empty() {
            self.topics.keys().copied().collect()
        } else {
            let id = self.topic_id(&record.topic_name);
            vec![id.ok_or_else(|| Error::UnknownTopic(record.topic_name.to_string()))?]
        };
        for id in ids {
            let has_elr =
                |p: &Partition| !p.eligible_leader_replicas.is_empty() || !p.last_known_elr.is_empty();
            let holders = self.topics[&id].partitions.iter().filter(|(_, partition)| has_elr(partition));
            let cleared: Vec<_> = holders
                .map(|(&index, partition)| {
                    let mut next = Partition::clone(partition);
                    next.eligible_leader_replicas.clear();
                    next.last_known_elr.clear();
                    next.partition_epoch.0 = next.partition_epoch.0.saturating_add(1);
                    (index, Arc::new(next))
                })
                .collect();
            if !cleared.is_empty() {
                self.topic_mut(id)?.partitions.extend(cleared);
            }
        }
        Ok(())
    }

    fn set_config(&mut self, record: &ConfigRecord) -> Result<(), Error> {
        let resource_type = ConfigResourceType::from_wire(record.resource_type)
            .ok_or(Error::UnknownConfigResourceType(record.resource_type))?;
        let resource = ConfigResource { resource_type, name: record.resource_name.detached() };
        match &record.value {
            Some(value) => {
                let values = self.configs.entry(resource).or_default();
                values.insert(record.name.detached(), value.detached());
            }
            None => {
                if let Some(values) = self.configs.get_mut(&resource) {
                    values.remove(&record.name);
                    if values.is_empty() {
                        self.configs.remove(&resource);
                    }
                }
            }
        }
        Ok(())
    }

    fn register_broker(&mut self, record: &RegisterBrokerRecord) -> Result<(), Error> {
        let registration = BrokerRegistration::from_record(record);
        self.brokers.insert(registration.id, Arc::new(registration));
        Ok(())
    }

    fn unregister_broker(&mut self, record: &UnregisterBrokerRecord) -> Result<(), Error> {
        let id = NodeId(record.broker_id);
        self.broker_mut(id, BrokerEpoch(record.broker_epoch))?;
        self.brokers.remove(&id);
        Ok(())
    }

    fn broker_mut(&mut self, id: NodeId, epoch: BrokerEpoch) -> Result<&mut BrokerRegistration, Error> {
        let current = self.brokers.get(&id).ok_or(Error::UnknownBroker(id))?.epoch;
        if current != epoch {
            return Err(Error::StaleBrokerEpoch { broker: id, sent: epoch, current });
        }
        Ok(Arc::make_mut(self.brokers.get_mut(&id).expect("found above")))
    }

    fn set_fenced(&mut self, id: i32, epoch: i64, fenced: bool) -> Result<(), Error> {
        self.broker_mut(NodeId(id), BrokerEpoch(epoch))?.fenced = fenced;
        Ok(())
    }

    fn change_broker(&mut self, record: &BrokerRegistrationChangeRecord) -> Result<(), Error> {
        let broker = self.broker_mut(NodeId(record.broker_id), BrokerEpoch(record.broker_epoch))?;
        match record.fenced {
            1 => broker.fenced = true,
            -1 => broker.fenced = false,
            _ => {}
        }
        if record.in_controlled_shutdown == 1 {
            broker.in_controlled_shutdown = true;
        }
        if !record.log_dirs.is_empty() {
            broker.directories = directories(&record.log_dirs);
        }
        if let Some(cordoned) = &record.cordoned_log_dirs {
            broker.cordoned_directories = Some(directories(cordoned));
        }
        Ok(())
    }

    fn set_quota(&mut self, record: &ClientQuotaRecord) {
        let part = |part: &client_quota_record::EntityData| {
            (part.entity_type.detached(), part.entity_name.as_ref().map(Text::detached))
        };
        let entity = QuotaEntity::new(record.entity.iter().map(part).collect());
        if !record.remove {
            self.quotas.entry(entity).or_default().insert(record.key.detached(), record.value);
        } else if let Some(values) = self.quotas.get_mut(&entity) {
            values.remove(&record.key);
            if values.is_empty() {
                self.quotas.remove(&entity);
            }
        }
    }

    fn set_scram_credential(&mut self, record: &UserScramCredentialRecord) -> Result<(), Error> {
        let credential = ScramCredential {
            salt: detached(&record.salt),
            stored_key: detached(&record.stored_key),
            server_key: detached(&record.server_key),
            iterations: record.iterations,
        };
        self.scram.insert((record.name.detached(), mechanism(record.mechanism)?), credential);
        Ok(())
    }
}

fn detached(bytes: &Bytes) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

fn mechanism(value: i8) -> Result<ScramMechanism, Error> {
    ScramMechanism::from_wire(value).ok_or(Error::UnknownScramMechanism(value))
}

fn access_control_entry(record: &AccessControlEntryRecord) -> AccessControlEntry {
    AccessControlEntry {
        id: record.id,
        resource_type: record.resource_type,
        resource_name: record.resource_name.detached(),
        pattern_type: record.pattern_type,
        principal: record.principal.detached(),
        host: record.host.detached(),
        operation: record.operation,
        permission_type: record.permission_type,
    }
}

fn delegation_token(record: &DelegationTokenRecord) -> DelegationToken {
    DelegationToken {
        token_id: record.token_id.detached(),
        owner: record.owner.detached(),
        requester: record.requester.detached(),
        renewers: record.renewers.iter().map(Text::detached).collect(),
        issue_timestamp_ms: record.issue_timestamp,
        max_timestamp_ms: record.max_timestamp,
        expiration_timestamp_ms: record.expiration_timestamp,
    }
}
