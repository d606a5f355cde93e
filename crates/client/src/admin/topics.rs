use super::{
    AclOperation, Admin, Each, acls::authorized_operations, check, configs, configs::ConfigEntry,
    fanout::Target, nodes, read_node, route::Call, unanswered,
};
use crate::{Error, OnUnknownTopic, Topic};
use base::{NodeId, TopicId};
use protocol::{
    ApiKey, CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest,
    DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse, ErrorCode, MetadataRequest,
    MetadataResponse,
    create_partitions::request::{CreatePartitionsAssignment, CreatePartitionsTopic},
    create_topics::{
        request::{CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig},
        response::CreatableTopicResult,
    },
    delete_topics::{request::DeleteTopicState, response::DeletableTopicResult},
    describe_topic_partitions::{
        request::{Cursor, TopicRequest},
        response::DescribeTopicPartitionsResponseTopic,
    },
    metadata::{request::MetadataRequestTopic, response::MetadataResponseTopic},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// A topic by name, or by the id that outlives a name (KIP-516).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TopicRef {
    Name(String),
    Id(TopicId),
}

#[derive(Clone, Debug, Default)]
pub struct NewTopic {
    pub name: String,
    /// `None`: the broker's `num.partitions`.
    pub partitions: Option<i32>,
    /// `None`: the broker's `default.replication.factor`.
    pub replication_factor: Option<i16>,
    /// Replicas of each partition, the preferred leader first; excludes the two counts.
    pub assignment: Vec<Vec<NodeId>>,
    pub configs: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct CreateOptions {
    /// Only say what would happen.
    pub validate_only: bool,
}

#[derive(Clone, Debug)]
pub struct CreatedTopic {
    /// [`TopicId::NONE`] from brokers older than Kafka 2.8, and where nothing was created.
    pub id: TopicId,
    /// `None` where the broker does not say.
    pub partitions: Option<i32>,
    pub replication_factor: Option<i16>,
    /// What the topic begins with (KIP-525). Why it is missing: often for want of DESCRIBE_CONFIGS.
    pub configs: Result<Vec<ConfigEntry>, Error>,
}

#[derive(Clone, Debug)]
pub struct NewPartitions {
    pub topic: String,
    /// How many there shall be in all.
    pub total: i32,
    /// Replicas of each partition that is added; without it the controller chooses.
    pub assignment: Option<Vec<Vec<NodeId>>>,
}

#[derive(Clone, Copy, Debug)]
pub struct DescribeTopicsOptions {
    /// Also say what the caller may do. Brokers older than Kafka 3.7 need to be asked.
    pub authorized_operations: bool,
    /// Partitions in one answer, where the broker can page (KIP-966).
    pub page_size: i32,
}

impl Default for DescribeTopicsOptions {
    /// Kafka's page.
    fn default() -> Self {
        Self { authorized_operations: false, page_size: 2000 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicDescription {
    pub name: String,
    /// [`TopicId::NONE`] from brokers older than Kafka 2.8.
    pub id: TopicId,
    pub internal: bool,
    /// By index.
    pub partitions: Vec<PartitionDescription>,
    /// What the caller may do with it (KIP-430); `None` if not asked for.
    pub authorized_operations: Option<BTreeSet<AclOperation>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionDescription {
    pub index: i32,
    pub leader: Option<NodeId>,
    /// -1 where the broker does not say.
    pub leader_epoch: i32,
    /// The preferred leader first.
    pub replicas: Vec<NodeId>,
    pub isr: Vec<NodeId>,
    /// Replicas outside the ISR that have all committed records (KIP-966). `None` where the broker does not say.
    pub eligible_leader_replicas: Option<Vec<NodeId>>,
    /// What the eligible leader replicas were before an unclean shutdown.
    pub last_known_elr: Option<Vec<NodeId>>,
    pub offline_replicas: Vec<NodeId>,
}

impl fmt::Display for TopicRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "topic `{name}`"),
            Self::Id(id) => write!(f, "topic id {id}"),
        }
    }
}

impl From<&str> for TopicRef {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for TopicRef {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<TopicId> for TopicRef {
    fn from(id: TopicId) -> Self {
        Self::Id(id)
    }
}

impl Admin {
    /// All topics by name, those of the cluster itself included.
    pub async fn list_topics(&self) -> Result<Vec<Arc<Topic>>, Error> {
        let mut retry = self.cluster.retry();
        loop {
            match self.cluster.all_topics_within(retry.remaining()).await {
                Ok(topics) => return Ok(topics),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    pub async fn describe_topic(&self, name: &str) -> Result<Arc<Topic>, Error> {
        self.cluster.fresh_topic(name, OnUnknownTopic::Fail).await
    }

    /// Topics with their partitions. Names are asked for page by page where the broker can (KIP-966).
    pub async fn describe_topics(
        &self,
        topics: &[TopicRef],
        options: DescribeTopicsOptions,
    ) -> Each<TopicRef, TopicDescription> {
        // A request names topics in one way, so that an answer can only mean one of those asked for.
        let (named, by_id): (Vec<TopicRef>, Vec<TopicRef>) =
            topics.iter().cloned().partition(|topic| matches!(topic, TopicRef::Name(_)));
        let mut described: BTreeMap<TopicRef, _> =
            match self.cluster.has(ApiKey::DescribeTopicPartitions).await {
                Ok(true) if !named.is_empty() => {
                    let names = named.iter().filter_map(TopicRef::name).collect();
                    self.describe_by_page(names, options.page_size).await.into_iter().collect()
                }
                _ => self.describe_from_metadata(&named, options).await.into_iter().collect(),
            };
        described.extend(self.describe_from_metadata(&by_id, options).await);
        let ordered =
            topics.iter().filter_map(|topic| described.remove(topic).map(|answer| (topic.clone(), answer)));
        Each(ordered.collect())
    }

    async fn describe_from_metadata(
        &self,
        topics: &[TopicRef],
        options: DescribeTopicsOptions,
    ) -> Each<TopicRef, TopicDescription> {
        self.each(
            Call::new(topics.iter().cloned(), |_| Target::Any),
            |topics, _| MetadataRequest {
                topics: Some(topics.iter().map(asked_of_metadata).collect()),
                allow_auto_topic_creation: false,
                include_topic_authorized_operations: options.authorized_operations,
                ..Default::default()
            },
            |asked, response| Ok(read_metadata(asked.keys, &response)),
        )
        .await
    }

    async fn describe_by_page(
        &self,
        names: Vec<String>,
        page_size: i32,
    ) -> Vec<(TopicRef, Result<TopicDescription, Error>)> {
        let mut pages = Pages::new(names);
        while let Some((names, cursor)) = pages.next_request() {
            let page = self.one(
                Target::Any,
                "topic partitions",
                |_| DescribeTopicPartitionsRequest {
                    topics: names.iter().map(|name| TopicRequest { name: name.into() }).collect(),
                    response_partition_limit: page_size.max(1),
                    cursor: cursor.clone(),
                },
                Ok,
            );
            match page.await {
                Ok(response) => pages.read(&response),
                Err(error) => pages.fail(&error),
            }
        }
        pages.finish()
    }

    pub async fn create_topics(
        &self,
        topics: &[NewTopic],
        options: CreateOptions,
    ) -> Each<String, CreatedTopic> {
        let by_name: BTreeMap<&str, &NewTopic> =
            topics.iter().map(|topic| (topic.name.as_str(), topic)).collect();
        self.each(
            Call::new(topics.iter().map(|topic| topic.name.clone()), |_| Target::Controller),
            |names, _| CreateTopicsRequest {
                topics: names
                    .iter()
                    .filter_map(|name| by_name.get(name.as_str()))
                    .map(|t| creatable(t))
                    .collect(),
                timeout_ms: self.timeout_ms(),
                validate_only: options.validate_only,
            },
            |_, response| {
                Ok(response
                    .topics
                    .iter()
                    .map(|topic| (topic.name.to_string(), read_created(topic)))
                    .collect())
            },
        )
        .await
    }

    pub async fn create_topic(
        &self,
        topic: &NewTopic,
        options: CreateOptions,
    ) -> Result<CreatedTopic, Error> {
        self.create_topics(std::slice::from_ref(topic), options).await.only()
    }

    /// Topics by id need Kafka 2.8 (KIP-516).
    pub async fn delete_topics(&self, topics: &[TopicRef]) -> Each<TopicRef, ()> {
        self.each(
            Call::new(topics.iter().cloned(), |_| Target::Controller),
            |topics, version| self.delete_request(topics, version),
            |asked, response| {
                let ids = ids_of(asked.keys);
                Ok(response.responses.iter().map(|answer| read_deleted(&ids, answer)).collect())
            },
        )
        .await
    }

    pub async fn delete_topic(&self, name: &str) -> Result<(), Error> {
        self.delete_topics(&[name.into()]).await.only()
    }

    /// Before v6 topics are a list of names, from then on names or ids.
    fn delete_request(&self, topics: &[TopicRef], version: i16) -> DeleteTopicsRequest {
        let timeout_ms = self.timeout_ms();
        let names = topics.iter().map_while(TopicRef::name).map(Into::into).collect::<Vec<_>>();
        if version < 6 && names.len() == topics.len() {
            return DeleteTopicsRequest { topic_names: names, timeout_ms, ..Default::default() };
        }
        let topics = topics.iter().map(|topic| match topic {
            TopicRef::Name(name) => DeleteTopicState { name: Some(name.into()), ..Default::default() },
            TopicRef::Id(id) => DeleteTopicState { topic_id: id.0, ..Default::default() },
        });
        DeleteTopicsRequest { topics: topics.collect(), timeout_ms, ..Default::default() }
    }

    /// Grows topics. `validate_only`: only say what would happen.
    pub async fn create_partitions(&self, topics: &[NewPartitions], validate_only: bool) -> Each<String, ()> {
        let by_name: BTreeMap<&str, &NewPartitions> =
            topics.iter().map(|topic| (topic.topic.as_str(), topic)).collect();
        self.each(
            Call::new(topics.iter().map(|topic| topic.topic.clone()), |_| Target::Controller),
            |names, _| CreatePartitionsRequest {
                topics: names
                    .iter()
                    .filter_map(|name| by_name.get(name.as_str()))
                    .map(|t| growing(t))
                    .collect(),
                timeout_ms: self.timeout_ms(),
                validate_only,
            },
            |_, response| {
                let answers = response.results.iter().map(|result| {
                    let name = result.name.to_string();
                    let answer = check(subject(&name), result.error_code, result.error_message.as_deref());
                    (name, answer)
                });
                Ok(answers.collect())
            },
        )
        .await
    }
}

impl TopicRef {
    fn name(&self) -> Option<String> {
        match self {
            Self::Name(name) => Some(name.clone()),
            Self::Id(_) => None,
        }
    }
}

pub(super) fn subject(topic: &str) -> String {
    format!("topic `{topic}`")
}

fn creatable(topic: &NewTopic) -> CreatableTopic {
    let assignments =
        topic.assignment.iter().zip(0..).map(|(replicas, partition_index)| CreatableReplicaAssignment {
            partition_index,
            broker_ids: replicas.iter().map(|node| node.0).collect(),
        });
    let configs = topic
        .configs
        .iter()
        .map(|(name, value)| CreatableTopicConfig { name: name.into(), value: Some(value.into()) });
    CreatableTopic {
        name: topic.name.as_str().into(),
        num_partitions: topic.partitions.unwrap_or(-1),
        replication_factor: topic.replication_factor.unwrap_or(-1),
        assignments: assignments.collect(),
        configs: configs.collect(),
    }
}

fn growing(topic: &NewPartitions) -> CreatePartitionsTopic {
    let of_partition = |replicas: &Vec<NodeId>| CreatePartitionsAssignment {
        broker_ids: replicas.iter().map(|node| node.0).collect(),
    };
    let assignments = topic.assignment.as_ref().map(|all| all.iter().map(of_partition).collect());
    CreatePartitionsTopic { name: topic.topic.as_str().into(), count: topic.total, assignments }
}

fn read_created(result: &CreatableTopicResult) -> Result<CreatedTopic, Error> {
    check(subject(&result.name), result.error_code, result.error_message.as_deref())?;
    let of_configs = format!("configuration of topic `{}`", result.name);
    let configs = check(of_configs.as_str(), result.topic_config_error_code, None)
        .and_then(|()| result.configs.as_ref().ok_or_else(|| unanswered(of_configs)))
        .map(|configs| configs.iter().map(configs::read_created).collect());
    Ok(CreatedTopic {
        id: TopicId(result.topic_id),
        partitions: (result.num_partitions > 0).then_some(result.num_partitions),
        replication_factor: (result.replication_factor > 0).then_some(result.replication_factor),
        configs,
    })
}

fn ids_of(asked: &[TopicRef]) -> BTreeSet<TopicId> {
    let ids = asked.iter().filter_map(|topic| match topic {
        TopicRef::Id(id) => Some(*id),
        TopicRef::Name(_) => None,
    });
    ids.collect()
}

/// A topic that was given by id is answered by id, one that was named by name.
fn as_asked(ids: &BTreeSet<TopicId>, name: Option<&str>, id: TopicId) -> TopicRef {
    match name {
        Some(name) if !ids.contains(&id) => TopicRef::Name(name.to_owned()),
        _ => TopicRef::Id(id),
    }
}

fn read_deleted(ids: &BTreeSet<TopicId>, result: &DeletableTopicResult) -> (TopicRef, Result<(), Error>) {
    let key = as_asked(ids, result.name.as_deref(), TopicId(result.topic_id));
    let answer = refuse_topic(&key, result.error_code, result.error_message.as_deref());
    (key, answer)
}

fn asked_of_metadata(topic: &TopicRef) -> MetadataRequestTopic {
    match topic {
        TopicRef::Name(name) => MetadataRequestTopic { name: Some(name.into()), ..Default::default() },
        TopicRef::Id(id) => MetadataRequestTopic { topic_id: id.0, name: None },
    }
}

fn read_metadata(
    asked: &[TopicRef],
    response: &MetadataResponse,
) -> Vec<(TopicRef, Result<TopicDescription, Error>)> {
    let ids = ids_of(asked);
    let read = |topic: &MetadataResponseTopic| {
        let key = as_asked(&ids, topic.name.as_deref(), TopicId(topic.topic_id));
        let answer = refuse_topic(&key, topic.error_code, None).map(|()| TopicDescription {
            name: topic.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            id: TopicId(topic.topic_id),
            internal: topic.is_internal,
            partitions: topic
                .partitions
                .iter()
                .map(|p| PartitionDescription {
                    index: p.partition_index,
                    leader: read_node(p.leader_id),
                    leader_epoch: p.leader_epoch,
                    replicas: nodes(&p.replica_nodes),
                    isr: nodes(&p.isr_nodes),
                    eligible_leader_replicas: None,
                    last_known_elr: None,
                    offline_replicas: nodes(&p.offline_replicas),
                })
                .collect(),
            authorized_operations: authorized_operations(topic.topic_authorized_operations),
        });
        (key, answer.map(ordered))
    };
    response.topics.iter().map(read).collect()
}

fn refuse_topic(topic: &TopicRef, code: i16, message: Option<&str>) -> Result<(), Error> {
    match (topic, ErrorCode(code)) {
        (TopicRef::Name(name), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) => {
            Err(Error::UnknownTopic(name.clone()))
        }
        _ => check(topic.to_string(), code, message),
    }
}

fn ordered(mut topic: TopicDescription) -> TopicDescription {
    topic.partitions.sort_by_key(|partition| partition.index);
    topic.partitions.dedup_by_key(|partition| partition.index);
    topic
}

/// Puts the pages of DescribeTopicPartitions together.
///
/// The broker answers topics in the order of their names and says where it stopped; the next request names the
/// topics from there on. A cursor that does not move on would make the questions endless, so it is an error.
struct Pages {
    /// In order; those before the cursor are complete.
    names: BTreeSet<String>,
    cursor: Option<(String, i32)>,
    described: BTreeMap<String, Result<TopicDescription, Error>>,
    done: bool,
}

impl Pages {
    fn new(names: Vec<String>) -> Self {
        let names: BTreeSet<String> = names.into_iter().collect();
        Self { done: names.is_empty(), names, cursor: None, described: BTreeMap::new() }
    }

    fn next_request(&self) -> Option<(Vec<String>, Option<Cursor>)> {
        if self.done {
            return None;
        }
        let from = self.cursor.as_ref().map_or("", |(topic, _)| topic.as_str());
        let names = self.names.iter().filter(|name| name.as_str() >= from).cloned().collect();
        let cursor = self
            .cursor
            .as_ref()
            .map(|(topic, partition)| Cursor { topic_name: topic.into(), partition_index: *partition });
        Some((names, cursor))
    }

    fn read(&mut self, response: &DescribeTopicPartitionsResponse) {
        for topic in &response.topics {
            let Some(name) = topic.name.as_ref().map(ToString::to_string) else { continue };
            if self.names.contains(&name) {
                self.add(name, topic);
            }
        }
        let next = response.next_cursor.as_ref().map(|at| (at.topic_name.to_string(), at.partition_index));
        match next {
            None => self.done = true,
            Some(next) if self.cursor.as_ref().is_some_and(|current| next <= *current) => {
                self.fail(&Error::refused(
                    format!("topic `{}` from partition {}", next.0, next.1),
                    ErrorCode::UNKNOWN_SERVER_ERROR.0,
                    Some("the broker's pages do not come forward"),
                ));
            }
            next => self.cursor = next,
        }
    }

    fn add(&mut self, name: String, topic: &DescribeTopicPartitionsResponseTopic) {
        let key = TopicRef::Name(name.clone());
        if let Err(error) = refuse_topic(&key, topic.error_code, None) {
            self.described.insert(name, Err(error));
            return;
        }
        let page = topic.partitions.iter().map(|p| PartitionDescription {
            index: p.partition_index,
            leader: read_node(p.leader_id),
            leader_epoch: p.leader_epoch,
            replicas: nodes(&p.replica_nodes),
            isr: nodes(&p.isr_nodes),
            eligible_leader_replicas: p.eligible_leader_replicas.as_deref().map(nodes),
            last_known_elr: p.last_known_elr.as_deref().map(nodes),
            offline_replicas: nodes(&p.offline_replicas),
        });
        let known = self.described.entry(name.clone()).or_insert_with(|| {
            Ok(TopicDescription {
                name,
                id: TopicId(topic.topic_id),
                internal: topic.is_internal,
                partitions: Vec::new(),
                authorized_operations: authorized_operations(topic.topic_authorized_operations),
            })
        });
        if let Ok(description) = known {
            description.partitions.extend(page);
        }
    }

    /// What is not complete has failed.
    fn fail(&mut self, error: &Error) {
        let from = self.cursor.take().map(|(topic, _)| topic).unwrap_or_default();
        for name in self.names.iter().filter(|name| **name >= from) {
            self.described.insert(name.clone(), Err(error.clone()));
        }
        self.done = true;
    }

    fn finish(mut self) -> Vec<(TopicRef, Result<TopicDescription, Error>)> {
        let answer = |name: String| {
            let answer = self.described.remove(&name).unwrap_or_else(|| Err(unanswered(subject(&name))));
            (TopicRef::Name(name), answer.map(ordered))
        };
        self.names.into_iter().map(answer).collect()
    }
}

#[cfg(test)]
mod tests;
