//! Finalized feature levels (KIP-584).
use super::{Decision, MIN_IN_SYNC_REPLICAS, configs};
use crate::{ConfigResource, Error, MetadataImage, Record, VersionRange, feature};
use protocol::metadata_records::FeatureLevelRecord;
use wire::Text;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeType {
    Upgrade,
    SafeDowngrade,
    UnsafeDowngrade,
}

impl UpgradeType {
    pub fn from_wire(value: i8) -> Option<Self> {
        match value {
            1 => Some(Self::Upgrade),
            2 => Some(Self::SafeDowngrade),
            3 => Some(Self::UnsafeDowngrade),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct FeatureUpdate {
    pub name: Text,
    /// 0 turns the feature off.
    pub level: i16,
    pub upgrade_type: UpgradeType,
}

/// The first records of a new cluster. The metadata version is the very first, as readers of the log expect.
pub fn bootstrap(features: &[(&'static str, i16)]) -> Vec<Record> {
    let others = features.iter().copied().filter(|(name, _)| *name != feature::METADATA_VERSION);
    let metadata_version = (feature::METADATA_VERSION, feature::METADATA_VERSION_LEVEL);
    std::iter::once(metadata_version)
        .chain(others)
        .map(|(name, level)| record(&Text::from_static(name), level))
        .collect()
}

/// What belongs to [`bootstrap`] when eligible leader replicas are on: they are judged by the minimum of in-sync replicas, so
/// that all nodes must know the same one (KIP-966).
pub fn cluster_min_in_sync_replicas(minimum: i32) -> Record {
    let value = Text::from(minimum.to_string());
    configs::record(&ConfigResource::CLUSTER, &Text::from_static(MIN_IN_SYNC_REPLICAS), Some(&value))
}

/// All of the updates or none.
///
/// `supported` says what the controllers can work with; every registered broker is asked by its registration.
pub fn update_features(
    image: &MetadataImage,
    updates: &[FeatureUpdate],
    supported: &dyn Fn(&str) -> Option<VersionRange>,
    validate_only: bool,
) -> Result<Decision<()>, Error> {
    let mut records = Vec::new();
    for update in updates {
        check(image, update, supported)?;
        if update.level != image.feature_level(&update.name) {
            records.push(record(&update.name, update.level));
        }
    }
    if validate_only {
        records.clear();
    }
    Ok(Decision { records, reply: () })
}

fn record(name: &Text, feature_level: i16) -> Record {
    FeatureLevelRecord { name: name.clone(), feature_level }.into()
}

fn check(
    image: &MetadataImage,
    update: &FeatureUpdate,
    supported: &dyn Fn(&str) -> Option<VersionRange>,
) -> Result<(), Error> {
    let FeatureUpdate { name, level, upgrade_type } = update;
    let refuse = |text| Err(Error::InvalidFeatureLevel(text));
    if *level < 0 {
        return refuse(format!("level {level} of feature `{name}` is negative"));
    }
    let current = image.feature_level(name);
    match upgrade_type {
        UpgradeType::Upgrade if *level < current => {
            return refuse(format!(
                "feature `{name}` is at {current}; going down to {level} must be asked for as such"
            ));
        }
        UpgradeType::SafeDowngrade | UpgradeType::UnsafeDowngrade if *level > current => {
            return refuse(format!("feature `{name}` is at {current}; {level} is no downgrade"));
        }
        _ => {}
    }
    let one_way = [feature::METADATA_VERSION, feature::KRAFT_VERSION].contains(&&**name);
    if one_way && *level < current {
        return refuse(format!("feature `{name}` cannot go back from level {current}"));
    }
    match supported(name) {
        Some(range) if *level == 0 || range.contains(*level) => {}
        Some(range) => {
            let VersionRange { min, max } = range;
            return refuse(format!(
                "controllers support levels {min} to {max} of feature `{name}`, not {level}"
            ));
        }
        None => return refuse(format!("feature `{name}` is not known")),
    }
    let lacks = |broker: &crate::BrokerRegistration| {
        let range = broker.features.get(name).copied().unwrap_or(VersionRange { min: 0, max: 0 });
        *level != 0 && !range.contains(*level)
    };
    match image.brokers().find(|broker| lacks(broker)) {
        Some(broker) => {
            refuse(format!("broker {} does not support level {level} of feature `{name}`", broker.id))
        }
        None => Ok(()),
    }
}
