//! The features this broker can work with, and at which levels (KIP-584).
//!
//! Only what exists is offered: a client that reads `transaction.version` or `group.version` here would use
//! what is behind them.
use ::metadata::{Error, Record, VersionRange, feature};
use protocol::metadata_records::{ConfigRecord, FeatureLevelRecord};

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

/// What this broker makes of metadata that it `found`, of Kafka or of who formatted the folder: features that it lacks are
/// left out, those that it has at lower levels are lowered, one that is older than any here is an error, and what a new cluster here has besides features (`ours`) comes
/// to it where it is not set and eligible leader replicas are on (KIP-966).
///
/// # Errors
/// [`Error::UnsupportedVersion`]
pub(crate) fn adopt(found: Vec<Record>, ours: Vec<Record>) -> Result<Vec<Record>, Error> {
    let fits = |record: Record| match record {
        Record::FeatureLevel(mut level) => {
            let Some(range) = supported(&level.name) else {
                tracing::warn!(feature = %level.name, level = level.feature_level, "a feature is turned off: it is not here yet");
                return Ok(None);
            };
            if level.feature_level < range.min {
                return Err(too_old(&level, range));
            }
            level.feature_level = level.feature_level.min(range.max);
            Ok(Some(level.into()))
        }
        record => Ok(Some(record)),
    };
    let adopted: Result<Vec<Record>, Error> =
        found.into_iter().filter_map(|record| fits(record).transpose()).collect();
    let mut adopted = adopted?;
    let has_eligible_leader_replicas = adopted.iter().any(|record| match record {
        Record::FeatureLevel(level) => {
            &*level.name == feature::ELIGIBLE_LEADER_REPLICAS_VERSION && level.feature_level > 0
        }
        _ => false,
    });
    if has_eligible_leader_replicas {
        let is_missing = |record: &Record| match record {
            Record::Config(ours) => !adopted.iter().any(|found| sets_the_same(found, ours)),
            _ => false,
        };
        let missing: Vec<Record> = ours.into_iter().filter(is_missing).collect();
        adopted.extend(missing);
    }
    Ok(adopted)
}

fn too_old(level: &FeatureLevelRecord, range: VersionRange) -> Error {
    let (name, found) = (&level.name, level.feature_level);
    let VersionRange { min, max } = range;
    Error::UnsupportedVersion(format!(
        "the folder is at level {found} of `{name}`, and levels {min} to {max} can be read here; raise it with the Kafka that \
         wrote it (kafka-features upgrade), or format the folder anew"
    ))
}

fn sets_the_same(record: &Record, other: &ConfigRecord) -> bool {
    let place =
        |record: &ConfigRecord| (record.resource_type, record.resource_name.clone(), record.name.clone());
    matches!(record, Record::Config(record) if place(record) == place(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::metadata::controller::{bootstrap, cluster_min_in_sync_replicas};

    #[test]
    fn what_is_adopted_fits_this_broker() {
        let level = |name: &str, feature_level: i16| {
            Record::from(FeatureLevelRecord { name: name.into(), feature_level })
        };
        let ours = [bootstrap(&[]), vec![cluster_min_in_sync_replicas(2)]].concat();
        let (newest, elr) = (feature::METADATA_VERSION_LEVEL, feature::ELIGIBLE_LEADER_REPLICAS_VERSION);
        let version = level(feature::METADATA_VERSION, newest);
        for (found, adopted) in [
            (vec![level(feature::METADATA_VERSION, newest + 1)], vec![version.clone()]),
            (vec![version.clone(), level("no.such", 1)], vec![version.clone()]),
            (vec![level(feature::METADATA_VERSION, 21)], vec![level(feature::METADATA_VERSION, 21)]),
            (
                vec![version.clone(), level(elr, 1)],
                vec![version.clone(), level(elr, 1), cluster_min_in_sync_replicas(2)],
            ),
            (
                vec![version.clone(), level(elr, 1), cluster_min_in_sync_replicas(1)],
                vec![version, level(elr, 1), cluster_min_in_sync_replicas(1)],
            ),
        ] {
            assert_eq!(adopt(found.clone(), ours.clone()).unwrap(), adopted, "{found:?}");
        }
        let old = level(feature::METADATA_VERSION, OLDEST_METADATA_VERSION - 1);
        let refused = adopt(vec![old, level(elr, 1)], ours).unwrap_err().to_string();
        assert!(refused.contains("at level 6 of `metadata.version`, and levels 7 to 30"), "{refused}");
    }
}
