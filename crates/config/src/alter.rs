//! What a resource may be told while the cluster runs: IncrementalAlterConfigs, AlterConfigs, CreateTopics.
//!
//! A change of one resource is all or nothing, so what is checked is everything that will be set on it. Working
//! that out from a request, lists included, is the metadata controller's.
//!
//! Sources: KIP-226 (what a broker may change while it runs), KIP-339 (incremental).

use crate::{Error, Properties, Scope, Setting, Update, lookup};

/// Whose settings change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Topic,
    Group,
    ClientMetrics,
    /// One broker.
    Broker,
    /// Every broker of the cluster.
    Cluster,
}

impl Target {
    pub fn scope(self) -> Scope {
        match self {
            Self::Topic => Scope::Topic,
            Self::Group => Scope::Group,
            Self::ClientMetrics => Scope::ClientMetrics,
            Self::Broker | Self::Cluster => Scope::Broker,
        }
    }
}

/// Checks the whole of a resource's own settings, as they will be.
pub fn check_all(target: Target, properties: &Properties) -> Result<(), Error> {
    for (key, value) in properties {
        changeable(target, key)?.check(value)?;
    }
    check_together(target, properties)
}

/// The setting, if this target may change it.
fn changeable(target: Target, key: &str) -> Result<&'static Setting, Error> {
    let setting = lookup(target.scope(), key)?;
    if target.scope() != Scope::Broker {
        return Ok(setting);
    }
    let key = key.to_owned();
    let has_prefix = setting.key != key;
    if setting.update == Update::ReadOnly {
        return Err(Error::ReadOnly { key });
    }
    if !has_prefix && NEEDS_LISTENER_PREFIX.contains(&setting.key) {
        return Err(Error::NeedsListenerPrefix { key });
    }
    if target == Target::Cluster && setting.update == Update::PerBroker {
        return Err(Error::PerBrokerOnly { key });
    }
    Ok(setting)
}

/// Keys and certificates: a change to all listeners at once could lock out brokers.
const NEEDS_LISTENER_PREFIX: [&str; 10] = [
    "ssl.key.password",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "ssl.keystore.type",
    "ssl.truststore.certificates",
    "ssl.truststore.location",
    "ssl.truststore.password",
    "ssl.truststore.type",
];

fn check_together(target: Target, properties: &Properties) -> Result<(), Error> {
    if target != Target::Topic {
        return Ok(());
    }
    let [least, most] = ["min.compaction.lag.ms", "max.compaction.lag.ms"];
    let number = |key: &str| -> Result<i64, Error> {
        let setting = lookup(Scope::Topic, key)?;
        properties.get(key).or(setting.default.as_ref()).map_or(Ok(0), |text| crate::typed(setting, text))
    };
    if number(least)? > number(most)? {
        let reason = "the first is larger".to_owned();
        return Err(Error::Conflict { first: least.to_owned(), second: most.to_owned(), reason });
    }
    Ok(())
}
