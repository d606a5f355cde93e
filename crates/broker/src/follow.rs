//! Follows the metadata: makes this broker's logs, coordinators and tables what the newest image says.
//!
//! One task, one image at a time: it compares the image with the last one it carried out, creates, opens and
//! deletes logs, gives coordinators their partitions, publishes the new table, and only then says that the
//! image is in force here. Who created a topic waits for that, so that it can be used at once.
use crate::{
    config_view, dynamic,
    groups::OFFSETS_TOPIC,
    partition::Partition,
    state::State,
    topic_creation::is_internal,
    topics::{Topic, TopicTable},
};
use ::metadata::{Changes, ConfigResourceType, MetadataImage, PartitionUpdate};
use config::TopicConfig;
use group::ForgetTopics;
use std::{collections::BTreeSet, sync::Arc};
use storage::{CreateLog, LogConfig, TopicPartition};
use wire::Text;

/// Carries out the changes that led to `after`.
pub(crate) fn apply(state: &Arc<State>, after: &MetadataImage, changes: &Changes) {
    let mut table = TopicTable::clone(&state.topics.load());
    // Closed once more when they are out of the table, for whoever looked them up there after the first time.
    let mut gone = Vec::new();
    for topic in &changes.topics_deleted {
        gone.extend(remove_topic(state, &mut table, topic));
    }
    if !changes.topics_deleted.is_empty() {
        let topics = changes.topics_deleted.iter().map(|topic| (topic.name.clone(), topic.id)).collect();
        state.groups.forget_topics(&ForgetTopics { topics });
    }
    for topic in &changes.topics_created {
        table.insert(Arc::new(new_topic(state, after, topic)));
    }
    reconfigure(state, &mut table, after, changes);
    for update in &changes.partitions {
        count_change(state, update);
        gone.extend(apply_partition(state, &mut table, update));
    }
    state.topics.publish(table);
    gone.iter().for_each(|partition| partition.close());
    lead_groups(state, after, changes);
    state.applied(after.next_offset());
}

fn new_topic(state: &State, image: &MetadataImage, topic: &::metadata::Topic) -> Topic {
    Topic {
        name: topic.name.detached(),
        id: topic.id,
        is_internal: is_internal(&topic.name),
        config: Arc::new(config_view::topic_config(state, image, &topic.name)),
        replication_factor: topic.replication_factor(),
        counters: Arc::new(state.metrics.of_new_topic()),
        partitions: Default::default(),
        partition_count: topic.partitions.len(),
    }
}

/// Returns the partitions that were served here.
fn remove_topic(state: &State, table: &mut TopicTable, topic: &::metadata::Topic) -> Vec<Arc<Partition>> {
    if topic.name == Text::from_static(OFFSETS_TOPIC) {
        topic.partitions.keys().for_each(|index| state.groups.resign(*index));
        state.groups.set_partition_count(0);
    }
    let Some(removed) = table.remove(topic.id) else { return Vec::new() };
    let now_ms = state.now_ms();
    for partition in removed.partitions.values() {
        partition.close();
        if let Err(error) = state.storage.delete(partition.log.partition(), now_ms) {
            state.metrics.metadata.apply_errors.increment();
            tracing::error!(partition = %partition.log.partition(), %error, "a deleted partition's log stays");
        }
    }
    removed.partitions.values().cloned().collect()
}

/// Gives topics whose settings, or whose broker's settings, changed their new ones.
fn reconfigure(state: &State, table: &mut TopicTable, image: &MetadataImage, changes: &Changes) {
    let brokers_changed =
        changes.configs.iter().any(|resource| resource.resource_type == ConfigResourceType::Broker);
    if brokers_changed {
        dynamic::apply(state, image);
    }
    let names: BTreeSet<Text> = match brokers_changed {
        true => table.iter().map(|topic| topic.name.clone()).collect(),
        false => changes
            .configs
            .iter()
            .filter(|resource| resource.resource_type == ConfigResourceType::Topic)
            .map(|resource| resource.name.clone())
            .collect(),
    };
    for name in names {
        let Some(topic) = table.by_name(&name) else { continue };
        let config = config_view::topic_config(state, image, &name);
        if config == *topic.config {
            continue;
        }
        let mut topic = Topic::clone(topic);
        let log_config = LogConfig::new(&config, topic.replication_factor);
        topic.partitions.values().for_each(|partition| partition.log.set_config(log_config));
        topic.config = Arc::new(config);
        table.insert(Arc::new(topic));
    }
}

/// Counts what happened to a partition that was there before.
fn count_change(state: &State, update: &PartitionUpdate) {
    let Some(before) = &update.before else { return };
    let (counters, after) = (&state.metrics.metadata, &update.partition);
    if after.leader == Some(state.node_id) {
        if before.isr.iter().any(|replica| !after.isr.contains(replica)) {
            counters.isr_shrinks.increment();
        }
        if after.isr.iter().any(|replica| !before.isr.contains(replica)) {
            counters.isr_expands.increment();
        }
    }
    let was_safe = |leader| before.isr.contains(leader) || before.eligible_leader_replicas.contains(leader);
    if after.leader != before.leader && after.leader.as_ref().is_some_and(|leader| !was_safe(leader)) {
        counters.unclean_leader_elections.increment();
    }
}

/// Returns the partition if it is not led here any more.
fn apply_partition(
    state: &State,
    table: &mut TopicTable,
    update: &PartitionUpdate,
) -> Option<Arc<Partition>> {
    let topic = table.by_id(update.topic.id)?;
    let mut topic = Topic::clone(topic);
    topic.partition_count = update.topic.partitions.len();
    topic.replication_factor = update.topic.replication_factor();
    let index = update.index;
    let mut gone = None;
    if update.partition.leader == Some(state.node_id) {
        match topic.partitions.get(&index) {
            Some(partition) => partition.start_epoch(update.partition.leader_epoch),
            None => match open(state, &topic.config, update) {
                Ok(partition) => drop(topic.partitions.insert(index, partition)),
                Err(error) => {
                    state.metrics.metadata.apply_errors.increment();
                    tracing::error!(topic = %topic.name, partition = index, %error, "a log cannot be opened");
                }
            },
        }
    } else if let Some(partition) = topic.partitions.remove(&index) {
        partition.close();
        gone = Some(partition);
    }
    table.insert(Arc::new(topic));
    gone
}

fn open(
    state: &State,
    config: &TopicConfig,
    update: &PartitionUpdate,
) -> Result<Arc<Partition>, storage::Error> {
    let topic = &update.topic;
    let create = CreateLog {
        partition: TopicPartition::new(&*topic.name, update.index),
        topic_id: Some(topic.id),
        config: LogConfig::new(config, topic.replication_factor()),
        directory: None,
    };
    let log = match state.storage.get_or_create(create.clone(), state.now_ms()) {
        Err(storage::Error::InconsistentTopicId { partition, on_disk, .. }) => {
            tracing::warn!(%partition, %on_disk, "a deleted topic's log is put aside for a new one of the same name");
            state.storage.delete(&partition, state.now_ms())?;
            state.storage.get_or_create(create, state.now_ms())?
        }
        log => log?,
    };
    Ok(Partition::new(update.index, log, update.partition.leader_epoch))
}

/// Hands the partitions of the offsets topic to the group coordinator.
fn lead_groups(state: &State, image: &MetadataImage, changes: &Changes) {
    let touched = |update: &&PartitionUpdate| *update.topic.name == *OFFSETS_TOPIC;
    let mut count_changed = false;
    for update in changes.partitions.iter().filter(touched) {
        count_changed = true;
        if !update.leader_epoch_changed() {
            continue;
        }
        match state.topics.partition(OFFSETS_TOPIC, update.index) {
            Some(partition) => state.groups.lead(&partition),
            None => state.groups.resign(update.index),
        }
    }
    if count_changed && let Some(topic) = image.topic_named(OFFSETS_TOPIC) {
        state.groups.set_partition_count(topic.partitions.len());
    }
}

/// Tells of logs in the data folder that no topic owns.
///
/// They are left alone: the space is the smaller loss if the folder was put together by hand. A topic that is
/// created under such a name puts the old log aside first.
pub(crate) fn report_strays(state: &State, image: &MetadataImage) {
    for log in state.storage.logs() {
        let partition = log.partition();
        let owner = image.topic_named(&partition.topic).filter(|topic| {
            let is_same_topic = log.topic_id().is_none_or(|id| id == topic.id);
            is_same_topic && topic.partition(partition.partition).is_some()
        });
        if owner.is_none() {
            tracing::warn!(%partition, "this log belongs to no topic of the cluster; it is kept and not served");
        }
    }
}
