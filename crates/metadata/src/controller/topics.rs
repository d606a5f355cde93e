//! Creating and deleting topics, and adding partitions.
use super::{
    ConfigSchema, Decision, MAX_RECORDS_PER_REQUEST, configs, placement,
    topic_name::{check_collision, validate_topic_name},
};
use crate::{ConfigResource, ConfigValues, DirectoryId, Error, MetadataImage, Partition, Record, Topic};
use base::{NodeId, TopicId};
use protocol::metadata_records::{RemoveTopicRecord, TopicRecord};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;
use wire::Text;

#[derive(Clone, Debug, Default)]
pub struct NewTopic {
    pub name: Text,
    /// `-1` leaves it to the cluster.
    pub partitions: i32,
    /// `-1` leaves it to the cluster.
    pub replication_factor: i16,
    /// Given instead of the two numbers, which are then `-1`.
    pub assignments: Vec<ManualAssignment>,
    pub configs: Vec<(Text, Option<Text>)>,
}

#[derive(Clone, Debug)]
pub struct ManualAssignment {
    pub partition: i32,
    pub replicas: Vec<NodeId>,
}

/// `num.partitions` and `default.replication.factor`.
#[derive(Clone, Copy, Debug)]
pub struct TopicDefaults {
    pub partitions: i32,
    pub replication_factor: i16,
}

#[expect(missing_debug_implementations, reason = "it borrows what has none")]
pub struct CreateOptions<'a> {
    pub defaults: TopicDefaults,
    pub schema: &'a dyn ConfigSchema,
    /// Decides who is first in the placement of replicas.
    pub seed: u64,
    /// Makes random ids.
    pub ids: &'a mut dyn FnMut() -> Uuid,
    pub validate_only: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTopic {
    pub id: TopicId,
    pub partitions: i32,
    pub replication_factor: i16,
    /// What was set. Defaults are for the caller to add.
    pub configs: ConfigValues,
}

/// Answers for each topic in the order of the request. One that cannot be created does not hinder the others.
pub fn create_topics(
    image: &MetadataImage,
    topics: &[NewTopic],
    options: CreateOptions<'_>,
) -> Decision<Vec<Result<CreatedTopic, Error>>> {
    let CreateOptions { defaults, schema, seed, ids, validate_only } = options;
    if let Err(error) = check_partition_total(topics, defaults) {
        return Decision::reply(vec![Err(error); topics.len()]);
    }
    // Topics of one request must not collide with each other either.
    let mut speculative = image.clone();
    let mut times = BTreeMap::<&str, u32>::new();
    for topic in topics {
        *times.entry(&topic.name).or_default() += 1;
    }
    let mut decision = Decision::reply(Vec::with_capacity(topics.len()));
    for topic in topics {
        let mut create = || {
            if times[&*topic.name] > 1 {
                return Err(Error::InvalidRequest(format!("topic `{}` is named more than once", topic.name)));
            }
            let creation = plan(&speculative, topic, defaults, schema, seed)?;
            let (created, records) = creation.into_records(&topic.name, fresh_topic_id(&speculative, ids));
            speculative.apply_all(&records)?;
            Ok((created, records))
        };
        decision.reply.push(create().map(|(created, records)| {
            decision.records.extend(records);
            created
        }));
    }
    if validate_only {
        decision.records.clear();
    }
    decision
}

/// Before anything is allocated for so many partitions.
fn check_partition_total(topics: &[NewTopic], defaults: TopicDefaults) -> Result<(), Error> {
    let count = |topic: &NewTopic| match topic.partitions {
        _ if !topic.assignments.is_empty() => topic.assignments.len() as u64,
        -1 => u64::from(defaults.partitions.unsigned_abs()),
        given => u64::try_from(given).unwrap_or(0),
    };
    let total: u64 = topics.iter().map(count).sum();
    if total > MAX_RECORDS_PER_REQUEST as u64 {
        let text = format!("{total} partitions in one request are more than {MAX_RECORDS_PER_REQUEST}");
        return Err(Error::PolicyViolation(text));
    }
    Ok(())
}

struct Creation {
    configs: ConfigValues,
    partitions: Vec<Partition>,
}

impl Creation {
    fn into_records(self, name: &Text, id: TopicId) -> (CreatedTopic, Vec<Record>) {
        let mut records = vec![Record::from(TopicRecord { name: name.clone(), topic_id: id.0 })];
        // Settings come before partitions, so that a partition's log is made with them.
        let resource = ConfigResource::topic(name.clone());
        let set = self.configs.iter().map(|(key, value)| configs::record(&resource, key, Some(value)));
        records.extend(set);
        let partitions = (0..).zip(&self.partitions);
        records.extend(partitions.map(|(index, partition)| partition.to_record(id, index).into()));
        let created = CreatedTopic {
            id,
            partitions: self.partitions.len() as i32,
            replication_factor: self.partitions[0].replicas.len() as i16,
            configs: self.configs,
        };
        (created, records)
    }
}

fn plan(
    image: &MetadataImage,
    topic: &NewTopic,
    defaults: TopicDefaults,
    schema: &dyn ConfigSchema,
    seed: u64,
) -> Result<Creation, Error> {
    validate_topic_name(&topic.name)?;
    if image.topic_id(&topic.name).is_some() {
        return Err(Error::TopicExists(topic.name.to_string()));
    }
    check_collision(image, &topic.name)?;
    let configs = creation_configs(topic, schema)?;
    let partitions = match topic.assignments[..] {
        [] => place_partitions(image, topic, defaults, seed)?,
        _ => assigned_partitions(image, topic)?,
    };
    Ok(Creation { configs, partitions })
}

fn creation_configs(topic: &NewTopic, schema: &dyn ConfigSchema) -> Result<ConfigValues, Error> {
    let resource = ConfigResource::topic(topic.name.clone());
    let mut values = ConfigValues::new();
    for (key, value) in &topic.configs {
        let Some(value) = value else {
            return Err(Error::InvalidConfig { resource, reason: format!("`{key}` is null") });
        };
        configs::check_length(&resource, key, value)?;
        values.insert(key.clone(), value.clone());
    }
    if let Err(reason) = schema.validate(&resource, &values) {
        return Err(Error::InvalidConfig { resource, reason });
    }
    Ok(values)
}

fn place_partitions(
    image: &MetadataImage,
    topic: &NewTopic,
    defaults: TopicDefaults,
    seed: u64,
) -> Result<Vec<Partition>, Error> {
    let replication_factor = match topic.replication_factor {
        -1 => defaults.replication_factor,
        given => given,
    };
    let partitions = match topic.partitions {
        -1 => defaults.partitions,
        given => given,
    };
    if replication_factor < 1 {
        let text = format!("replication factor {replication_factor} is neither positive nor -1");
        return Err(Error::InvalidReplicationFactor(text));
    }
    if partitions < 1 {
        let text = format!("number of partitions {partitions} is neither positive nor -1");
        return Err(Error::InvalidPartitions(text));
    }
    let placed = placement::place(image, 0, partitions as usize, replication_factor as usize, seed)?;
    placed.into_iter().map(|replicas| new_partition(image, replicas)).collect()
}

fn assigned_partitions(image: &MetadataImage, topic: &NewTopic) -> Result<Vec<Partition>, Error> {
    if topic.partitions != -1 || topic.replication_factor != -1 {
        let text = "with a manual assignment, the number of partitions and the replication factor must be -1";
        return Err(Error::InvalidRequest(text.to_owned()));
    }
    let mut partitions = BTreeMap::new();
    let replication_factor = topic.assignments[0].replicas.len();
    for ManualAssignment { partition, replicas } in &topic.assignments {
        check_assignment(image, replicas, replication_factor)?;
        if partitions.insert(*partition, new_partition(image, replicas.clone())?).is_some() {
            return Err(Error::InvalidReplicaAssignment(format!("partition {partition} is assigned twice")));
        }
    }
    if !partitions.keys().copied().eq(0..partitions.len() as i32) {
        let text = "the partitions of a manual assignment must be 0, 1, 2 and so on";
        return Err(Error::InvalidReplicaAssignment(text.to_owned()));
    }
    Ok(partitions.into_values().collect())
}

fn check_assignment(
    image: &MetadataImage,
    replicas: &[NodeId],
    replication_factor: usize,
) -> Result<(), Error> {
    let refuse = |text| Err(Error::InvalidReplicaAssignment(text));
    if replicas.is_empty() {
        return refuse("a manual assignment has no replica".to_owned());
    }
    if replicas.len() != replication_factor {
        let count = replicas.len();
        return refuse(format!(
            "a manual assignment has {count} replicas where others have {replication_factor}"
        ));
    }
    for (position, id) in replicas.iter().enumerate() {
        match image.broker(*id) {
            None => return refuse(format!("broker {id} of a manual assignment is not registered")),
            Some(broker) if !broker.has_uncordoned_directory() => {
                return refuse(format!("broker {id} of a manual assignment takes no new replicas"));
            }
            Some(_) if replicas[..position].contains(id) => {
                return refuse(format!("a manual assignment names broker {id} twice"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn new_partition(image: &MetadataImage, replicas: Vec<NodeId>) -> Result<Partition, Error> {
    let isr: Vec<NodeId> = replicas.iter().copied().filter(|&id| image.is_active(id)).collect();
    if isr.is_empty() {
        let text = "every replica of a partition would be fenced or shutting down".to_owned();
        return Err(Error::InvalidReplicaAssignment(text));
    }
    let directory =
        |id| image.broker(id).map_or(DirectoryId::UNASSIGNED, |broker| broker.default_directory());
    let directories = replicas.iter().copied().map(directory).collect();
    Ok(Partition::new(replicas, directories, isr))
}

/// An id that no topic has and that command lines do not take for an option.
fn fresh_topic_id(image: &MetadataImage, ids: &mut dyn FnMut() -> Uuid) -> TopicId {
    loop {
        let id = TopicId(ids());
        let reserved = id.0.as_u128() < 100;
        if !reserved && !id.to_string().starts_with('-') && image.topic(id).is_none() {
            return id;
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicRef {
    Name(Text),
    Id(TopicId),
}

impl TopicRef {
    fn find<'a>(&self, image: &'a MetadataImage) -> Result<&'a Arc<Topic>, Error> {
        match self {
            Self::Name(name) => image.topic_named(name).ok_or_else(|| Error::UnknownTopic(name.to_string())),
            Self::Id(id) => image.topic(*id).ok_or(Error::UnknownTopicId(*id)),
        }
    }
}

/// Answers for each topic in the order of the request with what was deleted.
pub fn delete_topics(image: &MetadataImage, topics: &[TopicRef]) -> Decision<Vec<Result<Arc<Topic>, Error>>> {
    let mut decision = Decision::reply(Vec::with_capacity(topics.len()));
    let mut left = image.clone();
    for wanted in topics {
        // A topic named twice is deleted by the first mention.
        let deleted = wanted.find(&left).cloned();
        decision.reply.push(deleted.and_then(|topic| {
            let record = Record::from(RemoveTopicRecord { topic_id: topic.id.0 });
            left.apply(&record)?;
            decision.records.push(record);
            Ok(topic)
        }));
    }
    decision
}

#[derive(Clone, Debug, Default)]
pub struct NewPartitions {
    pub topic: Text,
    /// How many partitions the topic shall have, those it has included.
    pub count: i32,
    /// The replicas of each partition that is added; `None` leaves it to the cluster.
    pub assignments: Option<Vec<Vec<NodeId>>>,
}

/// Answers for each topic in the order of the request.
pub fn create_partitions(
    image: &MetadataImage,
    requests: &[NewPartitions],
    seed: u64,
    validate_only: bool,
) -> Decision<Vec<Result<(), Error>>> {
    let mut decision = Decision::reply(Vec::with_capacity(requests.len()));
    for (position, request) in requests.iter().enumerate() {
        let repeated =
            requests.iter().enumerate().any(|(at, other)| at != position && other.topic == request.topic);
        let added = if repeated {
            Err(Error::InvalidRequest(format!("topic `{}` is named more than once", request.topic)))
        } else {
            add_partitions(image, request, seed, MAX_RECORDS_PER_REQUEST - decision.records.len())
        };
        decision.reply.push(added.map(|records| decision.records.extend(records)));
    }
    if validate_only {
        decision.records.clear();
    }
    decision
}

fn add_partitions(
    image: &MetadataImage,
    request: &NewPartitions,
    seed: u64,
    at_most: usize,
) -> Result<Vec<Record>, Error> {
    let topic = TopicRef::Name(request.topic.clone()).find(image)?;
    let current = topic.partitions.len();
    let Some(added) = usize::try_from(request.count).ok().and_then(|count| count.checked_sub(current)) else {
        let text = format!("topic `{}` has {current} partitions and cannot have fewer", topic.name);
        return Err(Error::InvalidPartitions(text));
    };
    if added == 0 {
        return Err(Error::InvalidPartitions(format!(
            "topic `{}` already has {current} partitions",
            topic.name
        )));
    }
    if added > at_most {
        let text = format!("{added} partitions are more than one request may create");
        return Err(Error::PolicyViolation(text));
    }
    let replication_factor = topic.replication_factor();
    let replicas = match &request.assignments {
        None => placement::place(image, current, added, replication_factor, seed)?,
        Some(assignments) if assignments.len() != added => {
            let count = assignments.len();
            let text = format!("{added} partitions are added and {count} assignments are given");
            return Err(Error::InvalidReplicaAssignment(text));
        }
        Some(assignments) => {
            for replicas in assignments {
                check_assignment(image, replicas, replication_factor)?;
            }
            assignments.clone()
        }
    };
    let record = |(index, replicas)| {
        let partition = new_partition(image, replicas)?;
        Ok(partition.to_record(topic.id, index).into())
    };
    (current as i32..).zip(replicas).map(record).collect()
}
