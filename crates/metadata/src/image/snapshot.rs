//! An image as the shortest list of records that makes it.
use super::MetadataImage;
use crate::{Record, feature};
use base::{LeaderEpoch, Offset};
use protocol::metadata_records::*;
use wire::Text;

impl MetadataImage {
    /// Records that, applied to an empty image, make this one. The metadata version comes first, because a reader
    /// needs it to understand the rest; then what later records refer to.
    pub fn to_records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        self.write_features(&mut records);
        records.extend(self.controllers.values().map(|controller| controller.to_record().into()));
        records.extend(self.brokers.values().map(|broker| broker.to_record().into()));
        for topic in self.topics.values() {
            records.push(TopicRecord { name: topic.name.clone(), topic_id: topic.id.0 }.into());
            let partitions = topic.partitions.iter();
            records.extend(partitions.map(|(&index, partition)| partition.to_record(topic.id, index).into()));
        }
        self.write_configs(&mut records);
        self.write_security(&mut records);
        if self.next_producer_id != 0 {
            let next = ProducerIdsRecord {
                broker_id: -1,
                broker_epoch: -1,
                next_producer_id: self.next_producer_id,
            };
            records.push(next.into());
        }
        records
    }

    /// Rebuilds the image that `records` describe, at the position of the snapshot that held them.
    pub fn from_snapshot<E: From<crate::Error>>(
        records: impl IntoIterator<Item = Result<Record, E>>,
        end_offset: Offset,
        epoch: LeaderEpoch,
    ) -> Result<Self, E> {
        let mut image = Self::default();
        for record in records {
            image.apply(&record?)?;
        }
        image.set_position(end_offset, epoch);
        Ok(image)
    }

    fn write_features(&self, records: &mut Vec<Record>) {
        let metadata_version_first = |(name, _): &(&Text, &i16)| &***name != feature::METADATA_VERSION;
        let mut features: Vec<_> = self.features.iter().collect();
        features.sort_by_key(metadata_version_first);
        let level =
            |(name, &feature_level): (&Text, &i16)| FeatureLevelRecord { name: name.clone(), feature_level };
        records.extend(features.into_iter().map(|feature| level(feature).into()));
    }

    fn write_configs(&self, records: &mut Vec<Record>) {
        for (resource, values) in &self.configs {
            records.extend(values.iter().map(|(name, value)| {
                let record = ConfigRecord {
                    resource_type: resource.resource_type.to_wire(),
                    resource_name: resource.name.clone(),
                    name: name.clone(),
                    value: Some(value.clone()),
                };
                record.into()
            }));
        }
        for (entity, values) in &self.quotas {
            let part = |(entity_type, entity_name): &(Text, Option<Text>)| client_quota_record::EntityData {
                entity_type: entity_type.clone(),
                entity_name: entity_name.clone(),
            };
            records.extend(values.iter().map(|(key, &value)| {
                let entity = entity.parts().iter().map(part).collect();
                ClientQuotaRecord { entity, key: key.clone(), value, remove: false }.into()
            }));
        }
    }

    fn write_security(&self, records: &mut Vec<Record>) {
        records.extend(self.scram.iter().map(|((name, mechanism), credential)| {
            let record = UserScramCredentialRecord {
                name: name.clone(),
                mechanism: mechanism.to_wire(),
                salt: credential.salt.clone(),
                stored_key: credential.stored_key.clone(),
                server_key: credential.server_key.clone(),
                iterations: credential.iterations,
            };
            record.into()
        }));
        records.extend(self.acls.values().map(|acl| {
            let record = AccessControlEntryRecord {
                id: acl.id,
                resource_type: acl.resource_type,
                resource_name: acl.resource_name.clone(),
                pattern_type: acl.pattern_type,
                principal: acl.principal.clone(),
                host: acl.host.clone(),
                operation: acl.operation,
                permission_type: acl.permission_type,
            };
            record.into()
        }));
        records.extend(self.delegation_tokens.values().map(|token| {
            let record = DelegationTokenRecord {
                owner: token.owner.clone(),
                requester: token.requester.clone(),
                renewers: token.renewers.clone(),
                issue_timestamp: token.issue_timestamp_ms,
                max_timestamp: token.max_timestamp_ms,
                expiration_timestamp: token.expiration_timestamp_ms,
                token_id: token.token_id.clone(),
            };
            record.into()
        }));
    }
}
