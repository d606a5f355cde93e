//! Changing settings: the legacy way, which replaces all of a resource, and the incremental one (KIP-339).
use super::{ConfigSchema, Decision, MIN_IN_SYNC_REPLICAS};
use crate::{ConfigResource, ConfigResourceType, ConfigValues, Error, MetadataImage, Record};
use base::NodeId;
use protocol::metadata_records::{ClearElrRecord, ConfigRecord};
use wire::Text;

/// Longest value that fits the record.
const MAX_VALUE_BYTES: usize = i16::MAX as usize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigAlteration {
    pub key: Text,
    pub operation: ConfigOperation,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigOperation {
    Set(Text),
    Delete,
    /// Adds to a list what is not in it.
    Append(Text),
    Subtract(Text),
}

/// Answers for each resource in the order of the request.
pub fn incremental_alter_configs(
    image: &MetadataImage,
    resources: &[(ConfigResource, Vec<ConfigAlteration>)],
    schema: &dyn ConfigSchema,
    validate_only: bool,
) -> Decision<Vec<Result<(), Error>>> {
    alter_each(image, resources, validate_only, |resource, alterations| {
        let current = current_values(image, resource);
        let mut next = current.clone();
        for (position, ConfigAlteration { key, operation }) in alterations.iter().enumerate() {
            if alterations[..position].iter().any(|other| other.key == *key) {
                return Err(Error::InvalidRequest(format!("`{key}` of {resource} is named more than once")));
            }
            let old = current.get(key);
            match operation {
                ConfigOperation::Set(value) => next.insert(key.clone(), value.clone()),
                ConfigOperation::Delete => next.remove(key),
                ConfigOperation::Append(items) => {
                    next.insert(key.clone(), appended(resource, key, old, items, schema)?)
                }
                ConfigOperation::Subtract(items) => {
                    next.insert(key.clone(), subtracted(resource, key, old, items, schema)?)
                }
            };
        }
        let touched = alterations.iter().map(|alteration| &alteration.key);
        decide(image, resource, &current, &next, touched, schema)
    })
}

/// Sets exactly `values` and removes what else was set. Answers for each resource in the order of the request.
pub fn alter_configs(
    image: &MetadataImage,
    resources: &[(ConfigResource, Vec<(Text, Text)>)],
    schema: &dyn ConfigSchema,
    validate_only: bool,
) -> Decision<Vec<Result<(), Error>>> {
    alter_each(image, resources, validate_only, |resource, values| {
        let current = current_values(image, resource);
        let next: ConfigValues = values.iter().cloned().collect();
        if next.len() != values.len() {
            return Err(Error::InvalidRequest(format!("a key of {resource} is named more than once")));
        }
        decide(image, resource, &current, &next, next.keys(), schema)
    })
}

pub(super) fn record(resource: &ConfigResource, key: &Text, value: Option<&Text>) -> Record {
    let record = ConfigRecord {
        resource_type: resource.resource_type.to_wire(),
        resource_name: resource.name.clone(),
        name: key.clone(),
        value: value.cloned(),
    };
    record.into()
}

pub(super) fn check_length(resource: &ConfigResource, key: &str, value: &str) -> Result<(), Error> {
    if value.len() > MAX_VALUE_BYTES {
        let reason = format!("`{key}` has {} bytes, more than {MAX_VALUE_BYTES}", value.len());
        return Err(Error::InvalidConfig { resource: resource.clone(), reason });
    }
    Ok(())
}

fn current_values(image: &MetadataImage, resource: &ConfigResource) -> ConfigValues {
    image.config(resource).cloned().unwrap_or_default()
}

fn alter_each<T>(
    image: &MetadataImage,
    resources: &[(ConfigResource, T)],
    validate_only: bool,
    alter: impl Fn(&ConfigResource, &T) -> Result<Vec<Record>, Error>,
) -> Decision<Vec<Result<(), Error>>> {
    let mut decision = Decision::reply(Vec::with_capacity(resources.len()));
    for (resource, wish) in resources {
        let records = if resources.iter().filter(|(other, _)| other == resource).count() > 1 {
            Err(Error::InvalidRequest(format!("{resource} is named more than once")))
        } else {
            alter(resource, wish)
        };
        decision.reply.push(records.map(|records| decision.records.extend(records)));
    }
    clear_eligible_leader_replicas(image, &mut decision.records);
    if validate_only {
        decision.records.clear();
    }
    decision
}

fn decide<'a>(
    image: &MetadataImage,
    resource: &ConfigResource,
    current: &ConfigValues,
    next: &ConfigValues,
    touched: impl Iterator<Item = &'a Text>,
    schema: &dyn ConfigSchema,
) -> Result<Vec<Record>, Error> {
    for (key, value) in next {
        check_length(resource, key, value)?;
    }
    check_min_in_sync_replicas(image, resource, current, next)?;
    if let Err(reason) = schema.validate(resource, next) {
        return Err(Error::InvalidConfig { resource: resource.clone(), reason });
    }
    check_existence(image, resource)?;
    // A broker is told even of what stays the same, because a file that the value names may be new (KAFKA-14136).
    let always = resource.resource_type == ConfigResourceType::Broker;
    let mut records = Vec::new();
    for key in touched {
        if always || current.get(key) != next.get(key) {
            records.push(record(resource, key, next.get(key)));
        }
    }
    let dropped = current.keys().filter(|key| !next.contains_key(*key));
    for key in dropped {
        let deletion = record(resource, key, None);
        if !records.contains(&deletion) {
            records.push(deletion);
        }
    }
    Ok(records)
}

fn check_existence(image: &MetadataImage, resource: &ConfigResource) -> Result<(), Error> {
    let name = &resource.name;
    match resource.resource_type {
        ConfigResourceType::Topic if image.topic_id(name).is_none() => {
            Err(Error::UnknownTopic(name.to_string()))
        }
        ConfigResourceType::Broker | ConfigResourceType::BrokerLogger if !name.is_empty() => {
            let id = name.parse().ok().filter(|id: &i32| *id >= 0);
            let id =
                id.ok_or_else(|| Error::InvalidRequest(format!("`{name}` is not the id of a broker")))?;
            image.broker(NodeId(id)).map(drop).ok_or(Error::UnknownBroker(NodeId(id)))
        }
        ConfigResourceType::ClientMetrics | ConfigResourceType::Group if name.is_empty() => {
            Err(Error::InvalidRequest("the name of the resource is empty".to_owned()))
        }
        _ => Ok(()),
    }
}

/// With eligible leader replicas, all brokers must agree on the minimum of in-sync replicas (KIP-966).
fn check_min_in_sync_replicas(
    image: &MetadataImage,
    resource: &ConfigResource,
    current: &ConfigValues,
    next: &ConfigValues,
) -> Result<(), Error> {
    let is_broker = resource.resource_type == ConfigResourceType::Broker;
    if !is_broker || !image.elr_enabled() {
        return Ok(());
    }
    let (before, after) = (current.get(MIN_IN_SYNC_REPLICAS), next.get(MIN_IN_SYNC_REPLICAS));
    let reason = match (before, after) {
        (before, after) if before == after => return Ok(()),
        (Some(_), None) if resource.name.is_empty() => "cannot be removed from the cluster",
        _ if !resource.name.is_empty() => "cannot be set on one broker",
        _ => return Ok(()),
    };
    let reason = format!("`{MIN_IN_SYNC_REPLICAS}` {reason} while eligible leader replicas are in use");
    Err(Error::InvalidConfig { resource: resource.clone(), reason })
}

/// Which replicas are eligible was judged by the old minimum, so they are forgotten when it changes.
fn clear_eligible_leader_replicas(image: &MetadataImage, records: &mut Vec<Record>) {
    if !image.elr_enabled() {
        return;
    }
    let clears = |record: &Record| match record {
        Record::Config(record) if &*record.name == MIN_IN_SYNC_REPLICAS => {
            match ConfigResourceType::from_wire(record.resource_type) {
                Some(ConfigResourceType::Topic) => Some(record.resource_name.clone()),
                Some(ConfigResourceType::Broker) => Some(Text::default()),
                _ => None,
            }
        }
        _ => None,
    };
    let names: Vec<Text> = records.iter().filter_map(clears).collect();
    records.extend(names.into_iter().map(|topic_name| ClearElrRecord { topic_name }.into()));
}

fn list_items(
    resource: &ConfigResource,
    key: &Text,
    old: Option<&Text>,
    schema: &dyn ConfigSchema,
) -> Result<Vec<String>, Error> {
    if !schema.is_list(resource.resource_type, key) {
        let reason = format!("`{key}` is not a list, so nothing can be added to it or taken from it");
        return Err(Error::InvalidConfig { resource: resource.clone(), reason });
    }
    let value =
        old.cloned().or_else(|| schema.default_value(resource.resource_type, key)).unwrap_or_default();
    Ok(split(&value))
}

fn split(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn appended(
    resource: &ConfigResource,
    key: &Text,
    old: Option<&Text>,
    added: &str,
    schema: &dyn ConfigSchema,
) -> Result<Text, Error> {
    let mut items = list_items(resource, key, old, schema)?;
    for item in split(added) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    Ok(Text::from(items.join(",")))
}

fn subtracted(
    resource: &ConfigResource,
    key: &Text,
    old: Option<&Text>,
    removed: &str,
    schema: &dyn ConfigSchema,
) -> Result<Text, Error> {
    let mut items = list_items(resource, key, old, schema)?;
    let removed = split(removed);
    items.retain(|item| !removed.contains(item));
    Ok(Text::from(items.join(",")))
}
