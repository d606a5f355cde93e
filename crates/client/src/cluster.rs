//! A cluster as one client sees it: its metadata, and a connection to each broker that is needed.
//!
//! A broker's connection is opened when first asked for and again when it has failed; callers who ask at the
//! same time share the attempt, and those who ask within the back-off after a failure hear of it at once.
//! Metadata is refreshed by one caller at a time.
//!
//! When none of the brokers that were heard of can be reached, or a broker says so, or there was no metadata for
//! long, all that was heard is forgotten and the bootstrap addresses are asked again (KIP-899, KIP-1102).
use crate::{
    Address, Backoff, Config, Connection, Error, Metadata, Recovery, Topic,
    connection::Dialer,
    metadata::{LeaderHint, Partition, TopicAnswer},
    retry::Retry,
};
use base::NodeId;
use protocol::{ApiKey, ErrorCode, MetadataRequest, metadata::request::MetadataRequestTopic};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, RwLock},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// A handle; clones share metadata and connections.
#[derive(Clone, Debug)]
pub struct Cluster(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dialer: Arc<Dialer>,
    metadata: Arc<RwLock<Arc<Metadata>>>,
    /// To whichever broker answered first; for questions that any broker can answer.
    any: Arc<tokio::sync::Mutex<Option<Connection>>>,
    nodes: Mutex<HashMap<NodeId, Arc<tokio::sync::Mutex<Slot>>>>,
    silence: Arc<Mutex<Silence>>,
}

/// The connection to one broker, or how reaching it went.
#[derive(Debug, Default)]
struct Slot {
    connection: Option<Connection>,
    failures: u32,
    /// Until when nobody tries this address again, and why.
    rest: Option<(Address, Instant, Error)>,
}

impl Slot {
    fn connected(&mut self, connection: Connection) {
        *self = Self { connection: Some(connection), ..Self::default() };
    }

    fn failed(&mut self, address: Address, error: Error, now: Instant, backoff: Backoff, chance: f64) {
        self.connection = None;
        self.failures += 1;
        self.rest = Some((address, now + backoff.wait(self.failures, chance), error));
    }

    /// Why this address is left alone for now. A broker that moved is tried at once.
    fn resting(&self, address: &Address, now: Instant) -> Option<Error> {
        let (tried, until, error) = self.rest.as_ref()?;
        (tried == address && now < *until).then(|| error.clone())
    }
}

/// How long there has been no metadata.
#[derive(Debug, Default)]
struct Silence(Option<Instant>);

impl Silence {
    fn heard(&mut self) {
        self.0 = None;
    }

    /// Whether it has lasted `limit`; it then begins anew.
    fn goes_on(&mut self, now: Instant, limit: Duration) -> bool {
        let is_over = *self.0.get_or_insert(now) + limit <= now;
        if is_over {
            self.0 = None;
        }
        is_over
    }
}

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
            dialer: Arc::new(Dialer::new(config)?),
            metadata: Arc::default(),
            any: Arc::default(),
            nodes: Mutex::default(),
            silence: Arc::default(),
        }));
        let mut retry = Retry::within(cluster.config(), cluster.config().bootstrap_timeout);
        loop {
            match cluster.refresh(&[], OnUnknownTopic::Fail).await {
                Ok(_) => return Ok(cluster),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    /// The same cluster and what is known of it, with connections of its own to the brokers: for requests that wait long at
    /// one, as a broker answers what comes over one connection one after the other.
    pub(crate) fn with_own_connections(&self) -> Self {
        Self(Arc::new(Inner {
            dialer: self.0.dialer.clone(),
            metadata: self.0.metadata.clone(),
            any: self.0.any.clone(),
            nodes: Mutex::default(),
            silence: self.0.silence.clone(),
        }))
    }

    /// Takes back what was asked of a broker and is not answered yet.
    pub(crate) fn hang_up(&self, id: NodeId) {
        self.0.nodes.lock().expect("nothing panics while it holds this lock").remove(&id);
    }

    pub fn config(&self) -> &Config {
        &self.0.dialer.config
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
        let config = self.config();
        let metadata = self.metadata();
        let known: Vec<Address> = metadata.brokers.values().map(|broker| broker.address.clone()).collect();
        let connection = if known.is_empty() {
            first_to_answer(config.bootstrap.clone(), &self.0.dialer).await?
        } else {
            match first_to_answer(known, &self.0.dialer).await {
                Err(error) if error.is_connection() && config.recovery != Recovery::None => {
                    tracing::info!(error = %crate::error::Chain(&error), "no known broker answers; asking the bootstrap addresses");
                    self.forget();
                    first_to_answer(config.bootstrap.clone(), &self.0.dialer).await?
                }
                result => result?,
            }
        };
        *slot = Some(connection.clone());
        Ok(connection)
    }

    /// Drops what was heard of brokers and topics.
    fn forget(&self) {
        *self.0.metadata.write().expect("nothing panics while it holds this lock") = Arc::default();
        self.0.nodes.lock().expect("nothing panics while it holds this lock").clear();
    }

    /// As if it were just being connected to.
    async fn rebootstrap(&self) {
        *self.0.any.lock().await = None;
        self.forget();
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
        if let Some(connection) = slot.connection.as_ref().filter(|connection| connection.is_open()) {
            return Ok(connection.clone());
        }
        let metadata = self.metadata();
        let broker = metadata.brokers.get(&id);
        let address = &broker.ok_or(Error::UnknownBroker(id))?.address;
        if let Some(error) = slot.resting(address, Instant::now()) {
            return Err(error);
        }
        match Connection::open(address, &self.0.dialer).await {
            Ok(connection) => {
                slot.connected(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                let backoff = self.config().reconnect_backoff;
                slot.failed(address.clone(), error.clone(), Instant::now(), backoff, rand::random());
                Err(error)
            }
        }
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
        Retry::new(self.config())
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

    /// Asks about topics by their ids.
    pub(crate) async fn refresh_ids(&self, ids: &[base::TopicId]) -> Result<Vec<TopicAnswer>, Error> {
        let asked = ids.iter().map(|id| MetadataRequestTopic { topic_id: id.0, ..Default::default() });
        let request = MetadataRequest {
            topics: Some(asked.collect()),
            allow_auto_topic_creation: false,
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

    /// Takes over what `from` said in passing about leaders (KIP-951); the partitions that another is known to lead, be it
    /// from this answer or from one to somebody else.
    pub(crate) fn learn_leaders(
        &self,
        from: NodeId,
        hints: &[LeaderHint],
        brokers: &[crate::Broker],
    ) -> BTreeSet<crate::TopicPartition> {
        let mut metadata = self.0.metadata.write().expect("nothing panics while it holds this lock");
        if let Some(next) = metadata.with_leaders(hints, brokers) {
            *metadata = Arc::new(next);
        }
        metadata.led_by_others(from, hints)
    }

    async fn ask_metadata(&self, request: &MetadataRequest) -> Result<Vec<TopicAnswer>, Error> {
        let answer = async { self.any().await?.request(request).await };
        let answer = answer.await.and_then(|response| match ErrorCode(response.error_code) {
            ErrorCode::NONE => Ok(response),
            code => Err(Error::refused("metadata", code.0, None)),
        });
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                if self.is_lost(&error) {
                    tracing::info!(error = %crate::error::Chain(&error), "starting over from the bootstrap addresses");
                    self.rebootstrap().await;
                }
                return Err(error);
            }
        };
        self.silence().heard();
        let mut metadata = self.0.metadata.write().expect("nothing panics while it holds this lock");
        let (next, answers) = metadata.after(&response);
        *metadata = Arc::new(next);
        Ok(answers)
    }

    /// Whether a failure to get metadata means to start over.
    fn is_lost(&self, error: &Error) -> bool {
        match self.config().recovery {
            Recovery::None => false,
            Recovery::Rebootstrap { after } => {
                error.code() == Some(ErrorCode::REBOOTSTRAP_REQUIRED)
                    || self.silence().goes_on(Instant::now(), after)
            }
        }
    }

    fn silence(&self) -> MutexGuard<'_, Silence> {
        self.0.silence.lock().expect("nothing panics while it holds this lock")
    }

    /// The topic as last heard of; asked for when it is not known.
    pub async fn topic(&self, name: &str, on_unknown: OnUnknownTopic) -> Result<Arc<Topic>, Error> {
        self.topic_within(name, on_unknown, self.config().api_timeout).await
    }

    /// As [`Cluster::topic`], with a limit of its own.
    pub(crate) async fn topic_within(
        &self,
        name: &str,
        on_unknown: OnUnknownTopic,
        patience: Duration,
    ) -> Result<Arc<Topic>, Error> {
        if let Some(topic) = self.metadata().topics.get(name) {
            return Ok(topic.clone());
        }
        let asked = self.ask_topic(name, on_unknown, Retry::within(self.config(), patience));
        tokio::time::timeout(patience, asked).await.unwrap_or_else(|_| {
            let last = Error::Awaited { what: format!("metadata of topic `{name}`") };
            Err(Error::GaveUp { after: patience, last: Box::new(last) })
        })
    }

    /// The topic as a broker sees it now.
    pub async fn fresh_topic(&self, name: &str, on_unknown: OnUnknownTopic) -> Result<Arc<Topic>, Error> {
        self.ask_topic(name, on_unknown, self.retry()).await
    }

    async fn ask_topic(
        &self,
        name: &str,
        on_unknown: OnUnknownTopic,
        mut retry: Retry,
    ) -> Result<Arc<Topic>, Error> {
        let asked: Arc<str> = name.into();
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
async fn first_to_answer(addresses: Vec<Address>, dialer: &Arc<Dialer>) -> Result<Connection, Error> {
    let mut attempts = JoinSet::new();
    let unique: BTreeSet<Address> = addresses.iter().cloned().collect();
    let ordered =
        addresses.into_iter().scan(unique, |left, address| Some(left.remove(&address).then_some(address)));
    for (nth, address) in (0u32..).zip(ordered.flatten()) {
        let dialer = dialer.clone();
        attempts.spawn(async move {
            tokio::time::sleep(STAGGER * nth).await;
            (nth, Connection::open(&address, &dialer).await)
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
    Err(first_error.map_or_else(|| Error::NoBootstrap, |(_, error)| error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_broker_rests_after_each_failure_for_longer_but_not_after_it_moved() {
        let address: Address = "a:1".parse().unwrap();
        let moved: Address = "a:2".parse().unwrap();
        let backoff = Backoff { initial: ms(50), max: ms(150) };
        let now = Instant::now();
        let mut slot = Slot::default();
        assert!(slot.resting(&address, now).is_none());
        for rest in [50, 100, 150, 150] {
            slot.failed(address.clone(), Error::Closed, now, backoff, 0.5);
            for (after, rests) in [(0, true), (rest - 1, true), (rest, false)] {
                assert_eq!(slot.resting(&address, now + ms(after)).is_some(), rests, "{rest} {after}");
            }
            assert!(slot.resting(&moved, now).is_none());
        }
    }

    #[test]
    fn silence_is_over_at_its_limit_and_ends_with_an_answer() {
        let start = Instant::now();
        let mut silence = Silence::default();
        let mut play = |at: u64| silence.goes_on(start + ms(at), ms(100));
        assert_eq!([0, 99, 100, 101, 200, 201].map(&mut play), [false, false, true, false, false, true]);
        let mut silence = Silence::default();
        assert!(!silence.goes_on(start, ms(100)));
        silence.heard();
        assert!(!silence.goes_on(start + ms(150), ms(100)));
    }

    /// A broker that says it is at `told` (`None`: where it is); from the second question on with this code.
    async fn broker(told: Option<Address>, then: ErrorCode) -> Address {
        use crate::fake;
        use protocol::{MetadataResponse, metadata::response::MetadataResponseBroker};
        use std::sync::atomic::{AtomicU32, Ordering};
        let asked_before = Arc::new(AtomicU32::new(0));
        fake::listen("127.0.0.1", move |socket| {
            let told = told.clone().unwrap_or_else(|| {
                let at = socket.local_addr().unwrap();
                Address { host: at.ip().to_string(), port: at.port() }
            });
            let asked_before = asked_before.clone();
            fake::converse(socket, move |asked| match asked.key {
                ApiKey::ApiVersions => Some(asked.offer(&[(ApiKey::ApiVersions, 4), (ApiKey::Metadata, 13)])),
                ApiKey::Metadata => {
                    let host = told.host.as_str().into();
                    let broker = MetadataResponseBroker {
                        node_id: 1,
                        host,
                        port: told.port.into(),
                        ..Default::default()
                    };
                    let is_first = asked_before.fetch_add(1, Ordering::Relaxed) == 0;
                    let error_code = if is_first { ErrorCode::NONE } else { then };
                    Some(asked.answer(&MetadataResponse {
                        brokers: vec![broker],
                        controller_id: 1,
                        error_code: error_code.0,
                        ..Default::default()
                    }))
                }
                _ => None,
            })
        })
        .await
    }

    async fn connect(bootstrap: Address, recovery: Recovery) -> Cluster {
        Cluster::connect(Config { recovery, ..Config::new(vec![bootstrap]) }).await.unwrap()
    }

    #[tokio::test]
    async fn a_cluster_that_moved_is_found_through_the_bootstrap_addresses() {
        let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nobody = Address { host: nobody.ip().to_string(), port: nobody.port() };
        for (recovery, is_found) in
            [(Recovery::Rebootstrap { after: ms(1000) }, true), (Recovery::None, false)]
        {
            let bootstrap = broker(Some(nobody.clone()), ErrorCode::NONE).await;
            let cluster = connect(bootstrap, recovery).await;
            assert_eq!(cluster.metadata().brokers.len(), 1);
            *cluster.0.any.lock().await = None;
            let found = cluster.any().await;
            assert_eq!(found.is_ok(), is_found, "{found:?}");
            assert_eq!(cluster.metadata().brokers.is_empty(), is_found);
            // The broker that is away rests; whoever asks for it hears so at once.
            let first = cluster.node(NodeId(1)).await.unwrap_err();
            let second = cluster.node(NodeId(1)).await.unwrap_err();
            assert_eq!((first.is_connection(), second.is_connection()), (!is_found, !is_found));
        }
    }

    #[tokio::test]
    async fn a_broker_may_ask_to_start_over() {
        let bootstrap = broker(None, ErrorCode::REBOOTSTRAP_REQUIRED).await;
        let cluster = connect(bootstrap, Recovery::Rebootstrap { after: ms(100_000) }).await;
        assert_eq!(cluster.metadata().brokers.len(), 1);
        let error = cluster.refresh(&[], OnUnknownTopic::Fail).await.unwrap_err();
        assert!(error.is_retriable() && error.code() == Some(ErrorCode::REBOOTSTRAP_REQUIRED), "{error:?}");
        assert!(cluster.metadata().brokers.is_empty());
    }
}
