//! The topics this broker knows and the partitions it serves, as the request path wants them: one pointer to
//! load, no lock.
//!
//! One writer, the task that follows the metadata ([`crate::follow`]), replaces the table; readers keep the one
//! they loaded. The table shares everything that did not change.
use crate::{metrics::TopicShards, partition::Partition};
use arc_swap::{ArcSwap, Guard};
use base::TopicId;
use config::TopicConfig;
use imbl::{HashMap, OrdMap};
use protocol::ErrorCode;
use std::sync::Arc;
use wire::Text;

#[derive(Clone, Debug)]
pub(crate) struct Topic {
    pub name: Text,
    pub id: TopicId,
    /// Whether the broker itself owns what is written there.
    pub is_internal: bool,
    pub config: Arc<TopicConfig>,
    pub replication_factor: usize,
    pub counters: Arc<TopicShards>,
    /// The partitions led here, by index.
    pub partitions: OrdMap<i32, Arc<Partition>>,
    /// How many the topic has, led here or not.
    pub partition_count: usize,
}

impl Topic {
    /// The partition, if this broker leads it.
    pub(crate) fn partition(&self, index: i32) -> Result<&Arc<Partition>, ErrorCode> {
        self.partitions.get(&index).ok_or_else(|| match usize::try_from(index) {
            Ok(index) if index < self.partition_count => ErrorCode::NOT_LEADER_OR_FOLLOWER,
            _ => ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        })
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct TopicTable {
    by_id: HashMap<TopicId, Arc<Topic>>,
    by_name: OrdMap<Text, TopicId>,
}

impl TopicTable {
    pub(crate) fn by_id(&self, id: TopicId) -> Option<&Arc<Topic>> {
        self.by_id.get(&id)
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<&Arc<Topic>> {
        self.by_id.get(self.by_name.get(name)?)
    }

    /// All topics in order of name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.by_name.values().map(|id| &self.by_id[id])
    }

    pub(crate) fn insert(&mut self, topic: Arc<Topic>) {
        self.by_name.insert(topic.name.clone(), topic.id);
        self.by_id.insert(topic.id, topic);
    }

    pub(crate) fn remove(&mut self, id: TopicId) -> Option<Arc<Topic>> {
        let topic = self.by_id.remove(&id)?;
        // The name may belong to a newer topic already.
        if self.by_name.get(&*topic.name) == Some(&id) {
            self.by_name.remove(&*topic.name);
        }
        Some(topic)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Topics {
    table: ArcSwap<TopicTable>,
}

impl Topics {
    pub(crate) fn load(&self) -> Guard<Arc<TopicTable>> {
        self.table.load()
    }

    pub(crate) fn publish(&self, table: TopicTable) {
        self.table.store(Arc::new(table));
    }

    /// A partition led here, for code that knows its topic by name.
    pub(crate) fn partition(&self, topic: &str, index: i32) -> Option<Arc<Partition>> {
        self.load().by_name(topic)?.partitions.get(&index).cloned()
    }
}
