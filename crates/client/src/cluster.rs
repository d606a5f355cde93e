//! A cluster as one client sees it: its metadata, and a connection to each broker that is needed.
//!
//! A broker's connection is opened when first asked for and again when it has failed; callers who ask at the
//! same time share the attempt. Metadata is refreshed by one caller at a time.
use crate::{
    Address, Config, Connection, Error, Metadata, Topic,
    metadata::{Partition, TopicAnswer},
    retry::Retry,
};
use base::NodeId;
use protocol::{ApiKey, ErrorCode, MetadataRequest, metadata::request::MetadataRequestTopic};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, RwLock},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// A handle; clones share metadata and connections.
#[derive(Clone, Debug)]
pub struct Cluster(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    metadata: RwLock<Arc<Metadata>>,
    /// To whichever broker answered first; for questions that any broker can answer.
    any: Slot,
    nodes: Mutex<HashMap<NodeId, Arc<Slot>>>,
}

type Slot = tokio::sync::Mutex<Option<Connection>>;

/// What to do about a topic that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnknownTopic {
    Fail,
    /// Let the broker create it, if its `auto.create.topics.enable` says so.
    Create,
}

/// Between the starts of connection attempts to several bootstrap addresses.
const STAGGER: Duration = Duration::from_millis(250);

impl Cluster {
    /// Finds a broker through the bootstrap addresses, and learns who the brokers are.
    pub async fn connect(config: Config) -> Result<Self, Error> {
        let cluster = Self(Arc::new(Inner {
            config,
            metadata: RwLock::default(),
            any: Slot::default(),
            nodes: Mutex::default(),
        }));
        let mut retry = Retry::within(cluster.config(), cluster.config().bootstrap_timeout);
        loop {
            match cluster.refresh(&[], OnUnknownTopic::Fail).await {
                Ok(_) => return Ok(cluster),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// What was last heard. Of topics, only those that somebody asked for.
    pub fn metadata(&self) -> Arc<Metadata> {
        self.0.metadata.read().expect("nothing panics while it holds this lock").clone()
    }

    /// A connection to some broker.
    pub async fn any(&self) -> Result<Connection, Error> {
        let mut slot = self.0.any.lock().await;
        if let Some(connection) = slot.as_ref().filter(|connection| connection.is_open()) {
            return Ok(connection.clone());
        }
        let metadata = self.metadata();
        let mut addresses: Vec<Address> =
            metadata.brokers.values().map(|broker| broker.address.clone()).collect();
        addresses.extend(
            self.0.config.bootstrap.iter().filter(|a| !addresses.contains(a)).cloned().collect::<Vec<_>>(),
        );
        let connection = first_to_answer(addresses, &self.0.config).await?;
        *slot = Some(connection.clone());
        Ok(connection)
    }

    /// A connection to the broker of this id.
    pub async fn node(&self, id: NodeId) -> Result<Connection, Error> {
        let slot = self
            .0
            .nodes
            .lock()
            .expect("nothing panics while it holds this lock")
            .entry(id)
            .or_default()
            .clone();
        let mut slot = slot.lock().await;
        if let Some(connection) = slot.as_ref().filter(|connection| connection.is_open()) {
            return Ok(connection.clone());
        }
        let metadata = self.metadata();
        let broker = metadata.brokers.get(&id);
        let broker = broker.ok_or_else(|| Error::NoLeader { subject: format!("broker {id}") })?;
        let connection = Connection::open(&broker.address, &self.0.config).await?;
        *slot = Some(connection.clone());
        Ok(connection)
    }

    /// A connection to the broker that the cluster names as its controller, or to any.
    pub(crate) async fn controller(&self) -> Result<Connection, Error> {
        match self.metadata().controller {
            // A cluster of one, or a KRaft broker that forwards: the connection that is open does as well.
            Some(id) if self.metadata().brokers.len() > 1 => self.node(id).await,
            _ => self.any().await,
        }
    }

    pub(crate) fn retry(&self) -> Retry {
        Retry::new(&self.0.config)
    }

    /// Asks a broker about `topics` (none: about the brokers only) and keeps the answer.
    pub(crate) async fn refresh(
        &self,
        topics: &[Arc<str>],
        on_unknown: OnUnknownTopic,
    ) -> Result<Vec<TopicAnswer>, Error> {
        let asked = topics
            .iter()
            .map(|name| MetadataRequestTopic { name: Some(name.as_ref().into()), ..Default::default() });
        let request = MetadataRequest {
            topics: Some(asked.collect()),
            allow_auto_topic_creation: on_unknown == OnUnknownTopic::Create,
            ..Default::default()
        };
        self.ask_metadata(&request).await
    }

    /// Asks about every topic of the cluster.
    pub async fn all_topics(&self) -> Result<Vec<Arc<Topic>>, Error> {
        let request =
            MetadataRequest { topics: None, allow_auto_topic_creation: false, ..Default::default() };
        let answers = self.ask_metadata(&request).await?;
        let mut topics: Vec<Arc<Topic>> = answers.into_iter().filter_map(|(_, answer)| answer.ok()).collect();
        topics.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(topics)
    }

    async fn ask_metadata(&self, request: &MetadataRequest) -> Result<Vec<TopicAnswer>, Error> {
        let response = self.any().await?.request(request).await?;
        if response.error_code != ErrorCode::NONE.0 {
            return Err(Error::refused("metadata", response.error_code, None));
        }
        let mut metadata = self.0.metadata.write().expect("nothing panics while it holds this lock");
        let (next, answers) = metadata.after(&response);
        *metadata = Arc::new(next);
        Ok(answers)
    }

    /// The topic as last heard of; asked for when it is not known.
    pub async fn topic(&self, name: &str, on_unknown: OnUnknownTopic) -> Result<Arc<Topic>, Error> {
        if let Some(topic) = self.metadata().topics.get(name) {
            return Ok(topic.clone());
        }
        self.fresh_topic(name, on_unknown).await
    }

    /// The topic as a broker sees it now.
    pub async fn fresh_topic(&self, name: &str, on_unknown: OnUnknownTopic) -> Result<Arc<Topic>, Error> {
        let asked: Arc<str> = name.into();
        let mut retry = self.retry();
        loop {
            let error = match self.refresh(std::slice::from_ref(&asked), on_unknown).await {
                Ok(answers) => match answers.into_iter().find(|(answered, _)| *answered == asked) {
                    Some((_, Ok(topic))) if !topic.partitions.is_empty() => return Ok(topic),
                    Some((_, Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)))
                        if on_unknown == OnUnknownTopic::Fail =>
                    {
                        return Err(Error::UnknownTopic(name.to_owned()));
                    }
                    Some((_, Err(code))) => Error::refused(format!("topic `{name}`"), code.0, None),
                    _ => Error::NoLeader { subject: format!("topic `{name}`") },
                },
                Err(error) => error,
            };
            retry.after(error).await?;
        }
    }

    /// The leader of a partition, waiting for one if there is none right now.
    pub async fn leader(&self, topic: &str, partition: i32) -> Result<NodeId, Error> {
        let mut retry = self.retry();
        let mut found = self.topic(topic, OnUnknownTopic::Fail).await?;
        loop {
            if let Some(leader) = self.partition_of(&found, partition)?.leader {
                return Ok(leader);
            }
            retry.after(Error::NoLeader { subject: format!("{topic}-{partition}") }).await?;
            found = self.fresh_topic(topic, OnUnknownTopic::Fail).await?;
        }
    }

    pub(crate) fn partition_of<'a>(&self, topic: &'a Topic, partition: i32) -> Result<&'a Partition, Error> {
        topic.partition(partition).ok_or_else(|| Error::UnknownPartition {
            topic: topic.name.to_string(),
            partition,
            partitions: topic.partitions.len(),
        })
    }

    pub(crate) async fn has(&self, api: ApiKey) -> Result<bool, Error> {
        Ok(self.any().await?.has(api))
    }
}

/// Decides when metadata is asked for: on demand, not more often than the back-off, and when it is old.
#[derive(Debug)]
pub(crate) struct RefreshClock {
    last: Instant,
    wanted: bool,
    max_age: Duration,
    pause: Duration,
}

impl RefreshClock {
    pub(crate) fn new(now: Instant, config: &Config) -> Self {
        Self { last: now, wanted: false, max_age: config.metadata_max_age, pause: config.backoff.initial }
    }

    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    pub(crate) fn due_at(&self) -> Instant {
        self.last + if self.wanted { self.pause } else { self.max_age }
    }

    pub(crate) fn done(&mut self, now: Instant) {
        self.last = now;
        self.wanted = false;
    }
}

/// Tries the addresses a moment apart and takes the first that greets us; else the first one's error.
async fn first_to_answer(addresses: Vec<Address>, config: &Config) -> Result<Connection, Error> {
    let mut attempts = JoinSet::new();
    let unique: BTreeSet<Address> = addresses.iter().cloned().collect();
    let ordered =
        addresses.into_iter().scan(unique, |left, address| Some(left.remove(&address).then_some(address)));
    for (nth, address) in (0u32..).zip(ordered.flatten()) {
        let config = config.clone();
        attempts.spawn(async move {
            tokio::time::sleep(STAGGER * nth).await;
            (nth, Connection::open(&address, &config).await)
        });
    }
    let mut first_error: Option<(u32, Error)> = None;
    while let Some(attempt) = attempts.join_next().await {
        let Ok((nth, result)) = attempt else { continue };
        match result {
            Ok(connection) => return Ok(connection),
            Err(error) if first_error.as_ref().is_none_or(|(known, _)| nth < *known) => {
                first_error = Some((nth, error));
            }
            Err(_) => {}
        }
    }
    Err(first_error.map_or_else(
        || Error::NoLeader { subject: "an empty bootstrap list".to_owned() },
        |(_, error)| error,
    ))
}
