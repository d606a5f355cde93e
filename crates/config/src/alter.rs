//! Changes to settings while the cluster runs: IncrementalAlterConfigs and AlterConfigs.
//!
//! A change of one resource is all or nothing, so these are functions from what is set and what is asked to
//! what will be set. Nothing here writes.
//!
//! Sources: KIP-339 (incremental), KIP-226 (what a broker may change while it runs).

use crate::{Error, Properties, Scope, Setting, Update, layers::elements, lookup};

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

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    Set(String),
    /// Back to what holds without it.
    Delete,
    /// Adds the elements that the list lacks.
    Append(String),
    Subtract(String),
}

/// What becomes of a resource's own settings. The result is the new value of each key that was named, `None`
/// where it is deleted, in the order of the request; all of them are valid, alone and together.
pub fn alter(
    target: Target,
    present: &Properties,
    changes: &[(String, Operation)],
) -> Result<Vec<(String, Option<String>)>, Error> {
    let mut altered = present.clone();
    let mut values = Vec::with_capacity(changes.len());
    for (at, (key, operation)) in changes.iter().enumerate() {
        if changes[..at].iter().any(|(other, _)| other == key) {
            return Err(Error::Duplicate { key: key.clone() });
        }
        let value = match operation {
            Operation::Set(value) => Some(value.clone()),
            Operation::Delete => None,
            Operation::Append(more) => Some(change_list(target, present, key, |list| {
                for element in elements(more) {
                    if !list.contains(&element) {
                        list.push(element);
                    }
                }
            })?),
            Operation::Subtract(less) => Some(change_list(target, present, key, |list| {
                let less = elements(less);
                list.retain(|element| !less.contains(element));
            })?),
        };
        match &value {
            Some(value) => {
                changeable(target, key)?.check(value)?;
                altered.insert(key.clone(), value.clone());
            }
            // Whatever is there can be taken away, also a key of an older release.
            None => {
                altered.remove(key);
            }
        }
        values.push((key.clone(), value));
    }
    check_together(target, &altered)?;
    Ok(values)
}

/// Checks the whole of a resource's own settings, as CreateTopics and AlterConfigs bring them.
pub fn check_all(target: Target, properties: &Properties) -> Result<(), Error> {
    for (key, value) in properties {
        changeable(target, key)?.check(value)?;
    }
    check_together(target, properties)
}

/// `change` applied to the list that is set, or else to the default.
fn change_list(
    target: Target,
    present: &Properties,
    key: &str,
    change: impl FnOnce(&mut Vec<String>),
) -> Result<String, Error> {
    let setting = changeable(target, key)?;
    if !setting.is_list() {
        return Err(Error::NotAList { key: key.to_owned() });
    }
    let mut list = elements(present.get(key).or(setting.default.as_ref()).map_or("", String::as_str));
    change(&mut list);
    Ok(list.join(","))
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
