//! Images for the tests of decisions.
use super::{ConfigSchema, Decision, bootstrap};
use crate::{
    BrokerRegistration, ConfigResource, ConfigResourceType, ConfigValues, DirectoryId, Endpoint,
    MetadataImage, VersionRange, feature,
};
use base::{BrokerEpoch, NodeId};
use std::collections::BTreeMap;
use uuid::Uuid;
use wire::Text;

/// A live broker with one log directory.
pub(super) fn broker(id: i32) -> BrokerRegistration {
    BrokerRegistration {
        id: NodeId(id),
        epoch: BrokerEpoch(100 + i64::from(id)),
        incarnation_id: Uuid::from_u128(1000 + id as u128),
        endpoints: vec![Endpoint {
            listener: Text::from("PLAINTEXT"),
            host: Text::from("localhost"),
            port: 9092,
            security_protocol: 0,
        }],
        features: BTreeMap::from([
            (Text::from(feature::METADATA_VERSION), VersionRange { min: 1, max: 99 }),
            (Text::from(feature::ELIGIBLE_LEADER_REPLICAS_VERSION), VersionRange { min: 0, max: 1 }),
        ]),
        rack: None,
        fenced: false,
        in_controlled_shutdown: false,
        directories: vec![DirectoryId(Uuid::from_u128(10_000 + id as u128))],
        cordoned_directories: None,
    }
}

pub(super) fn image_of(brokers: impl IntoIterator<Item = BrokerRegistration>) -> MetadataImage {
    let mut image = MetadataImage::default();
    image.apply_all(&bootstrap(&[])).unwrap();
    for broker in brokers {
        image.apply(&broker.to_record().into()).unwrap();
    }
    image
}

/// Live brokers with these ids.
pub(super) fn cluster(ids: &[i32]) -> MetadataImage {
    image_of(ids.iter().copied().map(broker))
}

/// Applies the decision, which must fit, and gives its answer.
#[track_caller]
pub(super) fn commit<R>(image: &mut MetadataImage, decision: Decision<R>) -> R {
    image.apply_all(&decision.records).expect("a decision fits the image it was made for");
    decision.reply
}

/// Knows that `cleanup.policy` is a list whose default is `delete`, and refuses any value `bad`.
pub(super) struct TestSchema;

impl ConfigSchema for TestSchema {
    fn validate(&self, _: &ConfigResource, values: &ConfigValues) -> Result<(), String> {
        match values.iter().find(|(_, value)| &***value == "bad") {
            Some((key, _)) => Err(format!("`{key}` is bad")),
            None => Ok(()),
        }
    }

    fn is_list(&self, _: ConfigResourceType, key: &str) -> bool {
        key == "cleanup.policy"
    }

    fn default_value(&self, _: ConfigResourceType, key: &str) -> Option<Text> {
        (key == "cleanup.policy").then(|| Text::from("delete"))
    }
}
