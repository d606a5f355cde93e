//! How far a group has read, and what open transactions may still change about that.

use super::{
    Commit, CommitTopic, CommittedOffset, Error, FetchOffsets, FetchTopic, FetchedPartition, FetchedTopic,
    GroupConfig, TopicResult,
    records::{self, OffsetValue},
    turn::Turn,
};
use base::{Offset, ProducerId, TopicId};
use coordinator::EndOfTransaction;
use std::collections::{BTreeMap, BTreeSet};
use wire::Text;

/// A committed offset, and the place of its record, by which a transaction that ends late knows what is newer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) value: OffsetValue,
    pub(crate) written_at: Offset,
}

#[derive(Debug, Default)]
pub(crate) struct GroupOffsets {
    committed: ByPartition<Committed>,
    /// Offsets that count once their producer's transaction is committed.
    pending: BTreeMap<ProducerId, ByPartition<Committed>>,
    /// Whose transactions hold a pending offset for a partition; never an empty set.
    open: ByPartition<BTreeSet<ProducerId>>,
}

/// Topics first, so that a name is kept once.
#[derive(Debug)]
struct ByPartition<T>(BTreeMap<Text, BTreeMap<i32, T>>);

impl<T> Default for ByPartition<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> ByPartition<T> {
    fn get(&self, topic: &str, partition: i32) -> Option<&T> {
        self.0.get(topic)?.get(&partition)
    }

    fn partitions(&mut self, topic: &Text) -> &mut BTreeMap<i32, T> {
        // The name is copied once, so that it does not hold a whole record in memory.
        if !self.0.contains_key(topic) {
            self.0.insert(topic.detached(), BTreeMap::new());
        }
        self.0.get_mut(topic).expect("it was just put there")
    }

    fn insert(&mut self, topic: &Text, partition: i32, value: T) {
        self.partitions(topic).insert(partition, value);
    }

    fn remove(&mut self, topic: &str, partition: i32) -> Option<T> {
        let partitions = self.0.get_mut(topic)?;
        let removed = partitions.remove(&partition);
        if partitions.is_empty() {
            self.0.remove(topic);
        }
        removed
    }

    fn iter(&self) -> impl Iterator<Item = (&Text, i32, &T)> {
        self.0
            .iter()
            .flat_map(|(topic, partitions)| partitions.iter().map(move |(p, value)| (topic, *p, value)))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl GroupOffsets {
    /// Neither committed offsets nor any that a transaction may commit.
    pub(crate) fn is_empty(&self) -> bool {
        self.committed.is_empty() && self.open.is_empty()
    }

    pub(crate) fn has_open_transactions(&self) -> bool {
        !self.open.is_empty()
    }

    /// Anything a tombstone would remove.
    pub(crate) fn contains(&self, topic: &str, partition: i32) -> bool {
        self.committed.get(topic, partition).is_some() || self.open.get(topic, partition).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Text, i32, &Committed)> {
        self.committed.iter()
    }

    pub(crate) fn is_open(&self, topic: &str, partition: i32) -> bool {
        self.open.get(topic, partition).is_some()
    }

    /// Every partition that a tombstone would remove something for.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&Text, i32)> {
        let only_open = self.open.iter().filter(|(topic, p, _)| self.committed.get(topic, *p).is_none());
        self.committed.iter().map(|(topic, p, _)| (topic, p)).chain(only_open.map(|(topic, p, _)| (topic, p)))
    }

    /// The partitions of a topic with something committed or pending under this id, or under none.
    pub(crate) fn of_topic(&self, topic: &Text, id: TopicId) -> BTreeSet<i32> {
        let all = self.pending.values().chain([&self.committed]);
        let partitions = all.filter_map(|offsets| offsets.0.get(topic)).flatten();
        let same = partitions.filter(|(_, committed)| same_topic(committed.value.topic_id, id));
        same.map(|(partition, _)| *partition).collect()
    }

    pub(crate) fn replay(
        &mut self,
        topic: &Text,
        partition: i32,
        committed: Committed,
        producer: Option<ProducerId>,
    ) {
        match producer {
            None => self.committed.insert(topic, partition, committed),
            Some(producer) => {
                self.pending.entry(producer).or_default().insert(topic, partition, committed);
                self.open.partitions(topic).entry(partition).or_default().insert(producer);
            }
        }
    }

    pub(crate) fn replay_tombstone(&mut self, topic: &Text, partition: i32) {
        self.committed.remove(topic, partition);
        for producer in self.open.remove(topic, partition).into_iter().flatten() {
            if let Some(pending) = self.pending.get_mut(&producer) {
                pending.remove(topic, partition);
                if pending.is_empty() {
                    self.pending.remove(&producer);
                }
            }
        }
    }

    pub(crate) fn replay_end(&mut self, producer: ProducerId, end: EndOfTransaction) {
        let Some(pending) = self.pending.remove(&producer) else { return };
        for (topic, partition, committed) in pending.iter() {
            let producers = self.open.get(topic, partition);
            if producers.is_some_and(|producers| producers.len() == 1) {
                self.open.remove(topic, partition);
            } else if let Some(producers) = self.open.partitions(topic).get_mut(&partition) {
                producers.remove(&producer);
            }
            let newest = self.committed.get(topic, partition).map(|committed| committed.written_at);
            if end == EndOfTransaction::Commit && newest.is_none_or(|newest| newest < committed.written_at) {
                self.committed.insert(topic, partition, committed.clone());
            }
        }
    }

    /// What a client is told about the partitions it asked for.
    pub(crate) fn fetch(&self, fetch: &FetchOffsets) -> Vec<FetchedTopic> {
        let Some(topics) = &fetch.topics else { return self.fetch_all(fetch.require_stable) };
        let topic = |topic: &FetchTopic| FetchedTopic {
            name: topic.name.clone(),
            id: topic.id,
            partitions: topic
                .partitions
                .iter()
                .map(|partition| self.fetch_one(topic, *partition, fetch.require_stable))
                .collect(),
        };
        topics.iter().map(topic).collect()
    }

    fn fetch_one(&self, topic: &FetchTopic, partition: i32, require_stable: bool) -> FetchedPartition {
        let committed = self.committed.get(&topic.name, partition);
        let committed = committed.filter(|committed| same_topic(committed.value.topic_id, topic.id));
        let offset = self.stable(&topic.name, partition, require_stable).map(|()| committed.map(told));
        FetchedPartition { partition, offset }
    }

    fn fetch_all(&self, require_stable: bool) -> Vec<FetchedTopic> {
        let topic = |(name, partitions): (&Text, &BTreeMap<i32, Committed>)| FetchedTopic {
            name: name.clone(),
            id: TopicId::NONE,
            partitions: partitions
                .iter()
                .map(|(partition, committed)| FetchedPartition {
                    partition: *partition,
                    offset: self.stable(name, *partition, require_stable).map(|()| Some(told(committed))),
                })
                .collect(),
        };
        self.committed.0.iter().map(topic).collect()
    }

    fn stable(&self, topic: &str, partition: i32, required: bool) -> Result<(), Error> {
        if required && self.is_open(topic, partition) { Err(Error::UnstableOffset) } else { Ok(()) }
    }
}

/// Records for what may be committed, and a result for each partition.
pub(crate) fn commit(turn: &mut Turn<'_>, commit: &Commit) -> Vec<TopicResult> {
    turn.out.producer = commit.producer;
    commit.topics.iter().map(|topic| commit_topic(turn, commit, topic)).collect()
}

fn commit_topic(turn: &mut Turn<'_>, commit: &Commit, topic: &CommitTopic) -> TopicResult {
    let now_ms = turn.now.unix_ms;
    let mut results = Vec::with_capacity(topic.partitions.len());
    for committed in &topic.partitions {
        let result = check_metadata(turn.config, committed.metadata.as_deref().unwrap_or_default());
        if result.is_ok() {
            let value = OffsetValue {
                offset: committed.offset,
                leader_epoch: committed.leader_epoch,
                metadata: committed.metadata.clone().unwrap_or_default(),
                commit_ms: now_ms,
                expire_ms: commit.retention_ms.map(|retention| now_ms.saturating_add(retention)),
                topic_id: topic.id,
            };
            let record = records::offset_commit(&commit.group_id, &topic.name, committed.partition, &value);
            turn.out.records.push(record);
        }
        results.push((committed.partition, result));
    }
    TopicResult { name: topic.name.clone(), id: topic.id, partitions: results }
}

/// The setting says bytes; Kafka counts UTF-16 code units.
fn check_metadata(config: &GroupConfig, metadata: &str) -> Result<(), Error> {
    let max = usize::try_from(config.offset_metadata_max_bytes).unwrap_or(0);
    if metadata.len() <= max {
        return Ok(());
    }
    let length = metadata.encode_utf16().count();
    if length <= max { Ok(()) } else { Err(Error::MetadataTooLarge { length, max }) }
}

/// A topic under a name; unless both sides know the id, and it is another one.
fn same_topic(one: TopicId, other: TopicId) -> bool {
    one.is_none() || other.is_none() || one == other
}

fn told(committed: &Committed) -> CommittedOffset {
    CommittedOffset {
        offset: committed.value.offset,
        leader_epoch: committed.value.leader_epoch,
        metadata: committed.value.metadata.clone(),
    }
}
