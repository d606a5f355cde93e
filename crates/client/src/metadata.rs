//! What a client knows of a cluster: its brokers, and the partitions and leaders of the topics it asked for.
//!
//! The image is immutable; an answer from a broker makes the next one. A partition's leader never goes back to
//! an older epoch while the topic is the same, because a broker that lags behind may answer (KIP-320); an answer without
//! epochs is taken as it is.
use crate::Address;
use base::{NodeId, TopicId};
use protocol::{ErrorCode, MetadataResponse, metadata::response::MetadataResponseTopic};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    pub topic: Arc<str>,
    pub partition: i32,
}

impl TopicPartition {
    pub fn new(topic: impl Into<Arc<str>>, partition: i32) -> Self {
        Self { topic: topic.into(), partition }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.partition)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    pub cluster_id: Option<String>,
    pub controller: Option<NodeId>,
    pub brokers: BTreeMap<NodeId, Broker>,
    /// Those that were asked for, in the state of the last answer about them.
    pub topics: HashMap<Arc<str>, Arc<Topic>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    pub id: NodeId,
    pub address: Address,
    pub rack: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub name: Arc<str>,
    /// [`TopicId::NONE`] from brokers older than Kafka 2.8.
    pub id: TopicId,
    pub internal: bool,
    /// By index, without gaps.
    pub partitions: Vec<Partition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    pub index: i32,
    pub leader: Option<NodeId>,
    pub leader_epoch: i32,
    pub replicas: Vec<NodeId>,
    pub isr: Vec<NodeId>,
    pub offline_replicas: Vec<NodeId>,
}

/// What an answer to another question says about a partition's leader (KIP-951).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeaderHint {
    pub(crate) at: TopicPartition,
    pub(crate) leader: NodeId,
    pub(crate) leader_epoch: i32,
}

/// An answer about one topic.
pub(crate) type TopicAnswer = (Arc<str>, Result<Arc<Topic>, ErrorCode>);

impl Metadata {
    pub fn leader(&self, topic: &str, partition: i32) -> Option<NodeId> {
        self.topics.get(topic)?.partition(partition)?.leader
    }

    /// The image with the leaders that are newer than what it has, if there are any. A leader that is not among the
    /// brokers, known or named here, is of no use.
    pub(crate) fn with_leaders(&self, hints: &[LeaderHint], brokers: &[Broker]) -> Option<Self> {
        let mut next = self.clone();
        let mut has_news = false;
        next.brokers.extend(brokers.iter().map(|broker| (broker.id, broker.clone())));
        for hint in hints {
            let Some(topic) = next.topics.get_mut(&hint.at.topic) else { continue };
            let is_news = topic
                .partition(hint.at.partition)
                .is_some_and(|known| known.leader_epoch < hint.leader_epoch);
            if !is_news || !next.brokers.contains_key(&hint.leader) {
                continue;
            }
            let index =
                usize::try_from(hint.at.partition).expect("a known partition's index is not below zero");
            let partition = &mut Arc::make_mut(topic).partitions[index];
            partition.leader = Some(hint.leader);
            partition.leader_epoch = hint.leader_epoch;
            has_news = true;
        }
        has_news.then_some(next)
    }

    /// Those of the partitions that another broker leads than the one that gave these hints, as far as is known.
    pub(crate) fn led_by_others(&self, from: NodeId, hints: &[LeaderHint]) -> BTreeSet<TopicPartition> {
        let leader = |at: &TopicPartition| self.leader(&at.topic, at.partition);
        let partitions = hints.iter().map(|hint| &hint.at);
        partitions.filter(|at| leader(at).is_some_and(|leader| leader != from)).cloned().collect()
    }

    /// The image after `response`, and what it said about each topic.
    pub(crate) fn after(&self, response: &MetadataResponse) -> (Self, Vec<TopicAnswer>) {
        let mut topics = self.topics.clone();
        let mut answers = Vec::with_capacity(response.topics.len());
        for answered in &response.topics {
            let Some(name) = answered.name.as_ref() else { continue };
            let name: Arc<str> = name.as_str().into();
            let code = ErrorCode(answered.error_code);
            if code == ErrorCode::NONE {
                let topic = Arc::new(read_topic(name.clone(), answered, topics.get(&name)));
                topics.insert(name.clone(), topic.clone());
                answers.push((name, Ok(topic)));
            } else {
                if code == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION {
                    topics.remove(&name);
                }
                answers.push((name, Err(code)));
            }
        }
        let mut brokers: BTreeMap<NodeId, Broker> =
            response.brokers.iter().filter_map(read_broker).map(|broker| (broker.id, broker)).collect();
        // A broker that has just begun names none; those that were known are still the ones to ask.
        if brokers.is_empty() {
            brokers.clone_from(&self.brokers);
        }
        let next = Self {
            cluster_id: response.cluster_id.as_ref().map(String::from),
            controller: known(response.controller_id),
            brokers,
            topics,
        };
        (next, answers)
    }
}

impl Topic {
    pub fn partition(&self, index: i32) -> Option<&Partition> {
        usize::try_from(index).ok().and_then(|index| self.partitions.get(index))
    }
}

/// As if the broker were too old to know of leader epochs.
pub(crate) fn drop_epochs(response: &mut MetadataResponse) {
    for partition in response.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
        partition.leader_epoch = -1;
    }
}

fn read_broker(broker: &protocol::metadata::response::MetadataResponseBroker) -> Option<Broker> {
    let port = u16::try_from(broker.port).ok()?;
    let address = Address { host: broker.host.as_str().to_owned(), port };
    Some(Broker { id: NodeId(broker.node_id), address, rack: broker.rack.as_ref().map(String::from) })
}

fn read_topic(name: Arc<str>, answered: &MetadataResponseTopic, before: Option<&Arc<Topic>>) -> Topic {
    let id = TopicId(answered.topic_id);
    // A broker that knows no ids may answer during an upgrade.
    let before = before.filter(|before| id.is_none() || before.id == id);
    let mut partitions: Vec<Partition> = answered.partitions.iter().map(read_partition).collect();
    partitions.sort_by_key(|partition| partition.index);
    partitions.dedup_by_key(|partition| partition.index);
    // A gap would let a partition's place in the list differ from its index; what lies behind it is left out.
    let whole = partitions.iter().zip(0..).take_while(|(partition, index)| partition.index == *index).count();
    partitions.truncate(whole);
    for partition in &mut partitions {
        let known = before.and_then(|topic| topic.partition(partition.index));
        if let Some(known) =
            known.filter(|known| partition.leader_epoch >= 0 && known.leader_epoch > partition.leader_epoch)
        {
            *partition = known.clone();
        }
    }
    Topic { name, id, internal: answered.is_internal, partitions }
}

fn read_partition(partition: &protocol::metadata::response::MetadataResponsePartition) -> Partition {
    let nodes = |ids: &[i32]| ids.iter().copied().map(NodeId).collect();
    Partition {
        index: partition.partition_index,
        leader: known(partition.leader_id),
        leader_epoch: partition.leader_epoch,
        replicas: nodes(&partition.replica_nodes),
        isr: nodes(&partition.isr_nodes),
        offline_replicas: nodes(&partition.offline_replicas),
    }
}

fn known(node: i32) -> Option<NodeId> {
    (node >= 0).then_some(NodeId(node))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::metadata::response::{MetadataResponseBroker, MetadataResponsePartition};

    fn partition(partition_index: i32, leader_id: i32, leader_epoch: i32) -> MetadataResponsePartition {
        MetadataResponsePartition { partition_index, leader_id, leader_epoch, ..Default::default() }
    }

    fn about(
        error_code: ErrorCode,
        id: u128,
        partitions: Vec<MetadataResponsePartition>,
    ) -> MetadataResponse {
        let topic = MetadataResponseTopic {
            name: Some("t".into()),
            topic_id: TopicId(uuid::Uuid::from_u128(id)).0,
            error_code: error_code.0,
            partitions,
            ..Default::default()
        };
        let broker =
            MetadataResponseBroker { node_id: 1, host: "h".into(), port: 9092, ..Default::default() };
        MetadataResponse {
            topics: vec![topic],
            brokers: vec![broker],
            controller_id: 1,
            ..Default::default()
        }
    }

    /// Leaders of topic `t` by partition after the answers; `None` when the topic is not known.
    fn leaders(answers: &[MetadataResponse]) -> Option<Vec<Option<i32>>> {
        let image = answers.iter().fold(Metadata::default(), |image, answer| image.after(answer).0);
        let topic = image.topics.get("t")?;
        Some(topic.partitions.iter().map(|partition| partition.leader.map(|node| node.0)).collect())
    }

    #[test]
    fn leaders_follow_the_epoch() {
        let none = ErrorCode::NONE;
        let old = || about(none, 1, vec![partition(0, 1, 5)]);
        for (answers, expected) in [
            (vec![old()], Some(vec![Some(1)])),
            (vec![old(), about(none, 1, vec![partition(0, 2, 6)])], Some(vec![Some(2)])),
            (vec![old(), about(none, 1, vec![partition(0, 2, 4)])], Some(vec![Some(1)])),
            (vec![old(), about(none, 1, vec![partition(0, 2, -1)])], Some(vec![Some(2)])),
            (vec![old(), about(none, 2, vec![partition(0, 2, 0)])], Some(vec![Some(2)])),
            // An old broker, which knows no ids.
            (vec![old(), about(none, 0, vec![partition(0, 2, 4)])], Some(vec![Some(1)])),
            (vec![old(), about(none, 0, vec![partition(0, 2, 6)])], Some(vec![Some(2)])),
            (vec![old(), about(none, 1, vec![partition(0, -1, 6)])], Some(vec![None])),
            (vec![old(), about(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, 0, vec![])], None),
            (vec![old(), about(ErrorCode::LEADER_NOT_AVAILABLE, 0, vec![])], Some(vec![Some(1)])),
        ] {
            assert_eq!(leaders(&answers), expected);
        }
    }

    #[test]
    fn brokers_are_known_until_others_are_named() {
        let none = ErrorCode::NONE;
        let image = Metadata::default().after(&about(none, 1, vec![])).0;
        let nobody = MetadataResponse { brokers: Vec::new(), ..about(none, 1, vec![]) };
        assert_eq!(image.after(&nobody).0.brokers, image.brokers);
    }

    #[test]
    fn a_hint_moves_a_partition_if_it_is_newer_and_its_leader_has_an_address() {
        let image = Metadata::default().after(&about(ErrorCode::NONE, 1, vec![partition(0, 1, 5)])).0;
        let address = Address { host: "h".to_owned(), port: 9093 };
        for (at, leader, leader_epoch, expected) in [
            (0, 2, 6, Some(2)),
            (0, 1, 6, Some(1)),
            (0, 2, 5, None),
            (0, 3, 6, None),
            (1, 2, 6, None),
            (-1, 2, 6, None),
        ] {
            let hint = LeaderHint { at: TopicPartition::new("t", at), leader: NodeId(leader), leader_epoch };
            let endpoint = Broker { id: NodeId(2), address: address.clone(), rack: None };
            let next = image.with_leaders(&[hint], &[endpoint]);
            let led_by = next.map(|next| next.leader("t", 0).map(|leader| leader.0));
            assert_eq!(led_by, expected.map(Some), "{at} {leader} {leader_epoch}");
        }
    }

    #[test]
    fn a_hint_is_of_use_also_when_it_is_no_news() {
        let none = ErrorCode::NONE;
        for (known, from, expected) in [
            (Some(2), 1, true),
            // The broker does not know yet that it leads.
            (Some(2), 2, false),
            (None, 1, false),
        ] {
            let answers = known.map(|leader| about(none, 1, vec![partition(0, leader, 5)]));
            let image = answers.iter().fold(Metadata::default(), |image, answer| image.after(answer).0);
            let at = TopicPartition::new("t", 0);
            let hint = LeaderHint { at: at.clone(), leader: NodeId(2), leader_epoch: 5 };
            let found = image.led_by_others(NodeId(from), &[hint]);
            assert_eq!(found.contains(&at), expected, "{known:?} {from}");
        }
    }

    #[test]
    fn a_partition_stands_at_its_index() {
        let none = ErrorCode::NONE;
        let shuffled = vec![partition(2, 3, 0), partition(0, 1, 0), partition(1, 2, 0), partition(1, 9, 0)];
        assert_eq!(leaders(&[about(none, 1, shuffled)]), Some(vec![Some(1), Some(2), Some(3)]));
        assert_eq!(
            leaders(&[about(none, 1, vec![partition(0, 1, 0), partition(2, 1, 0)])]),
            Some(vec![Some(1)])
        );
        assert_eq!(leaders(&[about(none, 1, vec![partition(-1, 1, 0)])]), Some(vec![]));
    }
}
