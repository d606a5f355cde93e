//! Which version of a request both sides have.
//!
//! The broker's answer to ApiVersions is kept per connection: two brokers of one cluster may differ while it
//! is being upgraded. Sources: KIP-35, KIP-511.
use protocol::{ApiKey, ApiVersionsResponse, Request};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    apis: BTreeMap<i16, RangeInclusive<i16>>,
    /// Finalized features of the cluster and their levels (KIP-584).
    features: BTreeMap<String, i16>,
}

/// What one broker offers of one API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedApi {
    pub key: i16,
    /// `None` for one that this client does not know.
    pub name: Option<&'static str>,
    /// `None` for one that brokers may have and this does not.
    pub theirs: Option<RangeInclusive<i16>>,
    /// The versions of this client; upside down where it does not know the API.
    pub ours: RangeInclusive<i16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoVersion {
    Absent,
    Apart { ours: RangeInclusive<i16>, theirs: RangeInclusive<i16> },
}

impl Versions {
    pub(crate) fn read(response: &ApiVersionsResponse) -> Self {
        let apis = response.api_keys.iter().map(|api| (api.api_key, api.min_version..=api.max_version));
        let finalized = response.finalized_features.iter().filter(|_| response.finalized_features_epoch >= 0);
        let features = finalized.map(|feature| (String::from(&feature.name), feature.max_version_level));
        Self { apis: apis.collect(), features: features.collect() }
    }

    pub(crate) fn has(&self, api: ApiKey) -> bool {
        self.apis.contains_key(&(api as i16))
    }

    /// All that the broker names, and all that it could have, by key.
    pub(crate) fn offered(&self) -> Vec<OfferedApi> {
        let known: BTreeMap<i16, ApiKey> = ApiKey::all().map(|api| (api as i16, api)).collect();
        let could = known.iter().filter(|(_, api)| api.is_served_by_brokers()).map(|(key, _)| *key);
        let keys: BTreeSet<i16> = self.apis.keys().copied().chain(could).collect();
        let offered = keys.into_iter().map(|key| OfferedApi {
            key,
            name: known.get(&key).map(|api| api.name()),
            theirs: self.apis.get(&key).cloned(),
            ours: known.get(&key).map_or(RangeInclusive::new(0, -1), |api| api.stable_versions()),
        });
        offered.collect()
    }

    /// The level of a feature that the cluster has finalized; zero where it has not.
    pub(crate) fn feature(&self, name: &str) -> i16 {
        self.features.get(name).copied().unwrap_or(0)
    }

    /// The highest version that both sides have, and that lies in `range`.
    pub(crate) fn choose<R: Request>(&self, range: &RangeInclusive<i16>) -> Result<i16, NoVersion> {
        let theirs = self.apis.get(&(R::KEY as i16)).ok_or(NoVersion::Absent)?;
        // A version that Kafka has not settled may still change its form.
        let ours = R::KEY.stable_versions();
        choose(&(*ours.start().max(range.start())..=*ours.end().min(range.end())), theirs)
    }
}

fn choose(ours: &RangeInclusive<i16>, theirs: &RangeInclusive<i16>) -> Result<i16, NoVersion> {
    let version = *ours.end().min(theirs.end());
    if version < *ours.start().max(theirs.start()) {
        return Err(NoVersion::Apart { ours: ours.clone(), theirs: theirs.clone() });
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_side_knows_is_offered_too() {
        let versions = Versions { apis: BTreeMap::from([(0, 3..=9), (999, 1..=2)]), ..Versions::default() };
        let offered = versions.offered();
        let of = |key: i16| offered.iter().find(|api| api.key == key).unwrap();
        assert_eq!((of(0).name, &of(0).theirs), (Some("Produce"), &Some(3..=9)));
        assert_eq!((of(1).name, &of(1).theirs), (Some("Fetch"), &None));
        assert_eq!((of(999).name, &of(999).theirs, of(999).ours.is_empty()), (None, &Some(1..=2), true));
        // Only controllers have it.
        assert!(offered.iter().all(|api| api.name != Some("Vote")));
    }

    #[test]
    fn picks_the_highest_common_version() {
        for (ours, theirs, expected) in [
            (3..=13, 0..=12, Some(12)),
            (3..=13, 3..=20, Some(13)),
            (3..=13, 13..=15, Some(13)),
            (3..=13, 0..=2, None),
            (3..=13, 14..=15, None),
            // A broker that names a range upside down has nothing for us.
            (0..=5, RangeInclusive::new(4, 2), None),
        ] {
            assert_eq!(choose(&ours, &theirs).ok(), expected, "{ours:?} {theirs:?}");
        }
    }
}
