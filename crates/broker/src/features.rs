//! The features this broker can work with, and at which levels (KIP-584).
//!
//! Only what exists is offered: a client that reads `transaction.version` or `group.version` here would use
//! what is behind them.
use ::metadata::{Record, VersionRange, feature};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    pub name: &'static str,
    pub range: VersionRange,
    /// The level that a new cluster starts with.
    pub default_level: i16,
}

const fn feature(name: &'static str, min: i16, max: i16, default_level: i16) -> Feature {
    Feature { name, range: VersionRange { min, max }, default_level }
}

/// Kafka's 3.3-IV3, the oldest level that Kafka 4 reads.
const OLDEST_METADATA_VERSION: i16 = 7;

pub(crate) const SUPPORTED: &[Feature] = &[
    feature(feature::ELIGIBLE_LEADER_REPLICAS_VERSION, 0, 1, 1),
    feature("kraft.version", 0, 1, 1),
    feature(
        feature::METADATA_VERSION,
        OLDEST_METADATA_VERSION,
        feature::METADATA_VERSION_LEVEL,
        feature::METADATA_VERSION_LEVEL,
    ),
];

pub(crate) fn supported(name: &str) -> Option<VersionRange> {
    SUPPORTED.iter().find(|feature| feature.name == name).map(|feature| feature.range)
}

/// The metadata of a cluster that had features which this broker lacks: they are left out, and those that it has at
/// lower levels are lowered.
pub(crate) fn adopt(records: Vec<Record>) -> Vec<Record> {
    let fits = |record: Record| match record {
        Record::FeatureLevel(mut level) => {
            let Some(range) = supported(&level.name) else {
                tracing::warn!(feature = %level.name, level = level.feature_level, "a feature is turned off: it is not here yet");
                return None;
            };
            level.feature_level = level.feature_level.min(range.max);
            Some(level.into())
        }
        record => Some(record),
    };
    records.into_iter().filter_map(fits).collect()
}
