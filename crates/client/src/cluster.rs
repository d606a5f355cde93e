//! A cluster as one client sees it: its metadata, and a connection to each broker that is needed.
//!
//! A broker's connection is opened when first asked for and again when it has failed; callers who ask at the
//! same time share the attempt, and those who ask within the back-off after a failure hear of it at once. So it is
//! with the connection to whichever broker.
//! Metadata is refreshed by one caller at a time.
//!
//! What any broker can answer is asked over one connection, of one broker as long as there is no reason to doubt it.
//!
//! When none of the brokers that were heard of can be reached, or a broker says so, or there was no metadata for
//! long, all that was heard is forgotten and the bootstrap addresses are asked again (KIP-899, KIP-1102).
use crate::{
    Address, Backoff, Config, Connection, Error, FOREVER, Metadata, Recovery, Topic,
    connection::Dialer,
    doubt::Doubt,
    metadata::{self, LeaderHint, Partition, TopicAnswer},
    retry::{Retry, within},
};
use base::NodeId;
use protocol::{
    ApiKey, DescribeClusterRequest, ErrorCode, MetadataRequest, MetadataResponse,
    metadata::{request::MetadataRequestTopic, response::MetadataResponseBroker},
};
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
    any: Arc<Anyone>,
    nodes: Mutex<HashMap<NodeId, Arc<tokio::sync::Mutex<Slot>>>>,
    silence: Arc<Mutex<Silence>>,
}

/// Whichever broker answered first; for questions that any broker can answer.
#[derive(Debug, Default)]
struct Anyone {
    slot: tokio::sync::Mutex<Slot>,
    doubt: Mutex<Doubt>,
}

/// The connection to one broker, or to one of several, or how reaching it went.
#[derive(Debug, Default)]
struct Slot {
    connection: Option<Connection>,
    failures: u32,
    /// Until when nobody tries these addresses again, and why.
    rest: Option<(Vec<Address>, Instant, Error)>,
}

impl Slot {
    fn connected(&mut self, connection: Connection) {
        *self = Self { connection: Some(connection), ..Self::default() };
    }

    fn failed(&mut self, tried: &[Address], error: Error, now: Instant, backoff: Backoff, chance: f64) {
        self.connection = None;
        self.failures += 1;
        self.rest = Some((tried.to_vec(), now + backoff.wait(self.failures, chance), error));
    }

    /// Why these addresses are left alone for now. A broker that moved is tried at once.
    fn resting(&self, addresses: &[Address], now: Instant) -> Option<Error> {
        let (tried, until, error) = self.rest.as_ref()?;
        (tried == addresses && now < *until).then(|| error.clone())
    }

    fn open(&self) -> Option<Connection> {
        self.connection.clone().filter(Connection::is_open)
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

/// Brokers older than Kafka 2.4 may name the epoch of another leader than the one that they name.
const FIRST_WITH_TRUE_EPOCHS: i16 = 9;

/// Versions of DescribeCluster that can ask for controllers (KIP-919).
const FIRST_WITH_ENDPOINT_TYPE: std::ops::RangeInclusive<i16> = 1..=i16::MAX;
/// DescribeCluster's word for them.
pub(crate) const CONTROLLERS: i8 = 2;

/// Longest wait for a broker in place of one that is doubted but answers.
const LONGEST_SEARCH: Duration = Duration::from_secs(1);

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
        let mut slot = self.0.any.slot.lock().await;
        let config = self.config();
        let metadata = self.metadata();
        let known: Vec<Address> = metadata.brokers.values().map(|broker| broker.address.clone()).collect();
        let addresses = if known.is_empty() { config.bootstrap.clone() } else { known };
        if let Some(connection) = slot.open() {
            let mut others = addresses;
            others.retain(|address| address.to_string() != **connection.address());
            let is_left = !others.is_empty() && self.doubting().is_due(Instant::now());
            if is_left && let Some(next) = self.another(others).await {
                slot.connected(next.clone());
                return Ok(next);
            }
            return Ok(connection);
        }
        if let Some(error) = slot.resting(&addresses, Instant::now()) {
            return Err(error);
        }
        match self.dial_any(&addresses).await {
            Ok(connection) => {
                self.doubting().rest(Instant::now() + config.reconnect_backoff.max.min(FOREVER));
                slot.connected(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                // What was known may be forgotten by now.
                let next = if self.metadata().brokers.is_empty() { &config.bootstrap } else { &addresses };
                slot.failed(next, error.clone(), Instant::now(), config.reconnect_backoff, rand::random());
                Err(error)
            }
        }
    }

    /// One round over the brokers that are known, in any order, and over the bootstrap addresses if none of them answers.
    async fn dial_any(&self, known: &[Address]) -> Result<Connection, Error> {
        let config = self.config();
        if self.metadata().brokers.is_empty() {
            return first_to_answer(config.bootstrap.clone(), &self.0.dialer).await;
        }
        match first_to_answer(shuffled(known.to_vec()), &self.0.dialer).await {
            Err(error) if error.is_connection() && config.recovery != Recovery::None => {
                tracing::info!(error = %crate::error::Chain(&error), "no known broker answers; asking the bootstrap addresses");
                self.forget();
                first_to_answer(config.bootstrap.clone(), &self.0.dialer).await
            }
            result => result,
        }
    }

    /// In place of a broker that answers, but seems to be behind the others.
    async fn another(&self, known: Vec<Address>) -> Option<Connection> {
        let limit = LONGEST_SEARCH.min(self.config().connect_timeout);
        let found = within(limit, "another broker", first_to_answer(shuffled(known), &self.0.dialer)).await;
        let rest = match &found {
            Ok(connection) => {
                tracing::debug!(address = %connection.address(), "asking another broker, as the last had no news");
                self.config().reconnect_backoff.max
            }
            // So that whoever asks waits seldom for brokers that cannot be reached.
            Err(_) => self.config().reconnect_backoff.max.max(10 * limit),
        };
        self.doubting().rest(Instant::now() + rest.min(FOREVER));
        found.ok()
    }

    /// What some broker answered proved wrong: another is to be asked next.
    pub(crate) fn doubt(&self) {
        self.doubting().raise();
    }

    fn doubting(&self) -> MutexGuard<'_, Doubt> {
        self.0.any.doubt.lock().expect("nothing panics while it holds this lock")
    }

    /// Drops what was heard of brokers and topics.
    fn forget(&self) {
        *self.0.metadata.write().expect("nothing panics while it holds this lock") = Arc::default();
        self.0.nodes.lock().expect("nothing panics while it holds this lock").clear();
    }

    /// As if it were just being connected to.
    async fn rebootstrap(&self) {
        self.0.any.slot.lock().await.connection = None;
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
        if let Some(connection) = slot.open() {
            return Ok(connection);
        }
        let metadata = self.metadata();
        let broker = metadata.brokers.get(&id);
        let address = &broker.ok_or(Error::UnknownBroker(id))?.address;
        let tried = std::slice::from_ref(address);
        if let Some(error) = slot.resting(tried, Instant::now()) {
            return Err(error);
        }
        match Connection::open(address, &self.0.dialer).await {
            Ok(connection) => {
                slot.connected(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                let backoff = self.config().reconnect_backoff;
                slot.failed(tried, error.clone(), Instant::now(), backoff, rand::random());
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
        self.refresh_within(Duration::MAX, topics, on_unknown).await
    }

    /// As [`Cluster::refresh`], with no more than this time left for the call.
    pub(crate) async fn refresh_within(
        &self,
        limit: Duration,
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
        self.ask_metadata(limit, &request).await
    }

    /// Asks about topics by their ids.
    pub(crate) async fn refresh_ids(&self, ids: &[base::TopicId]) -> Result<Vec<TopicAnswer>, Error> {
        let asked = ids.iter().map(|id| MetadataRequestTopic { topic_id: id.0, ..Default::default() });
        let request = MetadataRequest {
            topics: Some(asked.collect()),
            allow_auto_topic_creation: false,
            ..Default::default()
        };
        self.ask_metadata(Duration::MAX, &request).await
    }

    /// Asks about every topic of the cluster.
    pub async fn all_topics(&self) -> Result<Vec<Arc<Topic>>, Error> {
        self.all_topics_within(Duration::MAX).await
    }

    pub(crate) async fn all_topics_within(&self, limit: Duration) -> Result<Vec<Arc<Topic>>, Error> {
        let request =
            MetadataRequest { topics: None, allow_auto_topic_creation: false, ..Default::default() };
        let answers = self.ask_metadata(limit, &request).await?;
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

    async fn ask_metadata(
        &self,
        limit: Duration,
        request: &MetadataRequest,
    ) -> Result<Vec<TopicAnswer>, Error> {
        let began = Instant::now();
        let asks_for_topics = request.topics.as_ref().is_none_or(|topics| !topics.is_empty());
        let answer = async {
            let connection = within(limit, "a connection to a broker", self.any()).await?;
            // Of topics they know nothing: what asks for some is told that Metadata is not served.
            if self.config().controllers && !asks_for_topics {
                let left = limit.saturating_sub(began.elapsed());
                return ask_controllers(&connection, left).await;
            }
            let version = connection.version_of::<MetadataRequest>(i16::MAX)?;
            let left = limit.saturating_sub(began.elapsed());
            let mut response = connection.send(request, version)?.within(left).response().await?;
            if version < FIRST_WITH_TRUE_EPOCHS {
                metadata::drop_epochs(&mut response);
            }
            Ok(response)
        };
        let answer = answer.await.and_then(|response| match ErrorCode(response.error_code) {
            // One that has just begun knows nobody yet, not even itself, and no topic either.
            ErrorCode::NONE if response.brokers.is_empty() && asks_for_topics => Err(nobody_known()),
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
        let max_age = self.config().metadata_max_age.min(FOREVER);
        self.doubting().heard(Instant::now(), next != **metadata, max_age);
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
            let answers = self.refresh_within(retry.remaining(), std::slice::from_ref(&asked), on_unknown);
            let error = match answers.await {
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

/// Controllers say with another request who they are, and nothing of topics.
async fn ask_controllers(connection: &Connection, limit: Duration) -> Result<MetadataResponse, Error> {
    let version = connection.version_in::<DescribeClusterRequest>(&FIRST_WITH_ENDPOINT_TYPE)?;
    let request = DescribeClusterRequest { endpoint_type: CONTROLLERS, ..Default::default() };
    let response = connection.send(&request, version)?.within(limit).response().await?;
    let brokers = response.brokers.iter().map(|node| MetadataResponseBroker {
        node_id: node.broker_id,
        host: node.host.clone(),
        port: node.port,
        rack: node.rack.clone(),
    });
    Ok(MetadataResponse {
        brokers: brokers.collect(),
        cluster_id: Some(response.cluster_id.clone()),
        controller_id: response.controller_id,
        error_code: response.error_code,
        ..Default::default()
    })
}

/// Decides when metadata is asked for: on demand, not more often than the back-off, which grows while nobody answers,
/// and when it is old.
#[derive(Debug)]
pub(crate) struct RefreshClock {
    last: Instant,
    wanted: bool,
    max_age: Duration,
    backoff: Backoff,
    pause: Duration,
    failures: u32,
}

impl RefreshClock {
    pub(crate) fn new(now: Instant, config: &Config) -> Self {
        let Config { metadata_max_age, backoff, .. } = *config;
        let max_age = metadata_max_age.min(FOREVER);
        Self { last: now, wanted: false, max_age, backoff, pause: backoff.initial, failures: 0 }
    }

    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    pub(crate) fn due_at(&self) -> Instant {
        self.last + if self.wanted { self.pause } else { self.max_age }
    }

    /// Without an answer it is wanted again. `chance` lies in `0.0..1.0`.
    pub(crate) fn done(&mut self, now: Instant, is_answered: bool, chance: f64) {
        self.last = now;
        self.wanted = !is_answered;
        self.failures = if is_answered { 0 } else { self.failures + 1 };
        self.pause =
            if is_answered { self.backoff.initial } else { self.backoff.wait(self.failures, chance) };
    }
}

/// Of a broker that names none.
pub(crate) fn nobody_known() -> Error {
    Error::Awaited { what: "a broker that knows the cluster".to_owned() }
}

fn shuffled(mut addresses: Vec<Address>) -> Vec<Address> {
    addresses.sort_by_cached_key(|_| rand::random::<u64>());
    addresses
}

/// Tries the addresses a moment apart and takes the first that greets us; else a refusal of who we are, which is final
/// wherever else nobody is; else the first one's error.
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
    let mut worst: Option<((bool, u32), Error)> = None;
    while let Some(attempt) = attempts.join_next().await {
        let Ok((nth, result)) = attempt else { continue };
        let error = match result {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        let rank = (!error.is_authentication(), nth);
        if worst.as_ref().is_none_or(|(known, _)| rank < *known) {
            worst = Some((rank, error));
        }
    }
    Err(worst.map_or_else(|| Error::NoBootstrap, |(_, error)| error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::OnceLock;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_broker_rests_after_each_failure_for_longer_but_not_after_it_moved() {
        let address: [Address; 1] = ["a:1".parse().unwrap()];
        let moved: [Address; 1] = ["a:2".parse().unwrap()];
        let backoff = Backoff { initial: ms(50), max: ms(150) };
        let now = Instant::now();
        let mut slot = Slot::default();
        assert!(slot.resting(&address, now).is_none());
        for rest in [50, 100, 150, 150] {
            slot.failed(&address, Error::Closed, now, backoff, 0.5);
            for (after, rests) in [(0, true), (rest - 1, true), (rest, false)] {
                assert_eq!(slot.resting(&address, now + ms(after)).is_some(), rests, "{rest} {after}");
            }
            assert!(slot.resting(&moved, now).is_none());
        }
    }

    #[test]
    fn metadata_is_asked_for_on_demand_and_less_often_while_nobody_answers() {
        let start = Instant::now();
        let backoff = Backoff { initial: ms(100), max: ms(300) };
        let config = Config { backoff, metadata_max_age: ms(1000), ..Config::new(Vec::new()) };
        let mut clock = RefreshClock::new(start, &config);
        let due = |clock: &RefreshClock| (clock.due_at() - start).as_millis();
        assert_eq!(due(&clock), 1000);
        clock.want();
        assert_eq!(due(&clock), 100);
        for pause in [100, 200, 300, 300] {
            clock.done(start, false, 0.5);
            assert_eq!(due(&clock), pause);
        }
        clock.done(start, true, 0.5);
        assert_eq!(due(&clock), 1000);
        clock.want();
        assert_eq!(due(&clock), 100);
    }

    #[tokio::test]
    async fn nobody_is_dialled_again_within_the_back_off() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let dials = Arc::new(AtomicU32::new(0));
        let counted = dials.clone();
        let hangs_up = crate::fake::listen("127.0.0.1", move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            std::future::ready(())
        });
        let backoff = Backoff { initial: ms(1), max: ms(5) };
        let patient = Backoff { initial: ms(60_000), max: ms(60_000) };
        let config = Config {
            backoff,
            reconnect_backoff: patient,
            bootstrap_timeout: ms(100),
            ..Config::new(vec![hangs_up.await])
        };
        let error = Cluster::connect(config).await.unwrap_err();
        assert!(error.is_connection() && matches!(error, Error::GaveUp { .. }), "{error}");
        assert_eq!(dials.load(Ordering::Relaxed), 1);
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

    /// A broker of a cluster of so many says all the time that `leader` has led topic `t` since `leader_epoch`.
    async fn member<const N: usize>(
        addresses: Arc<OnceLock<[Address; N]>>,
        (leader, leader_epoch): (i32, i32),
        version: i16,
    ) -> Address {
        use crate::fake;
        use protocol::metadata::response::{
            MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
        };
        fake::listen("127.0.0.1", move |socket| {
            let addresses = addresses.clone();
            fake::converse(socket, move |asked| match asked.key {
                ApiKey::ApiVersions => {
                    Some(asked.offer(&[(ApiKey::ApiVersions, 4), (ApiKey::Metadata, version)]))
                }
                ApiKey::Metadata => {
                    let brokers = (1..).zip(addresses.get()?).map(|(node_id, at)| MetadataResponseBroker {
                        node_id,
                        host: at.host.as_str().into(),
                        port: at.port.into(),
                        ..Default::default()
                    });
                    let partition =
                        MetadataResponsePartition { leader_id: leader, leader_epoch, ..Default::default() };
                    let topic = MetadataResponseTopic {
                        name: Some("t".into()),
                        partitions: vec![partition],
                        ..Default::default()
                    };
                    let (brokers, topics) = (brokers.collect(), vec![topic]);
                    Some(asked.answer(&protocol::MetadataResponse { brokers, topics, ..Default::default() }))
                }
                _ => None,
            })
        })
        .await
    }

    #[tokio::test]
    async fn a_broker_that_is_behind_is_not_asked_for_ever() {
        let addresses = Arc::new(OnceLock::new());
        let behind = member(addresses.clone(), (1, 5), 13).await;
        let ahead = member(addresses.clone(), (2, 6), 13).await;
        addresses.set([behind.clone(), ahead]).unwrap();
        let at_once = Backoff { initial: Duration::ZERO, max: Duration::ZERO };
        let config = Config { reconnect_backoff: at_once, ..Config::new(vec![behind]) };
        let cluster = Cluster::connect(config).await.unwrap();
        let topics = ["t".into()];
        for _ in 0..10 {
            cluster.refresh(&topics, OnUnknownTopic::Fail).await.unwrap();
        }
        assert_eq!(cluster.metadata().leader("t", 0), Some(NodeId(2)));
    }

    #[tokio::test]
    async fn leader_epochs_of_brokers_before_kafka_2_4_are_not_believed() {
        for (version, expected) in [(8, -1), (9, 5)] {
            let addresses = Arc::new(OnceLock::new());
            let address = member::<1>(addresses.clone(), (1, 5), version).await;
            addresses.set([address.clone()]).unwrap();
            let cluster = Cluster::connect(Config::new(vec![address])).await.unwrap();
            let topic = cluster.fresh_topic("t", OnUnknownTopic::Fail).await.unwrap();
            assert_eq!(topic.partitions[0].leader_epoch, expected, "{version}");
        }
    }

    #[tokio::test]
    async fn a_broker_that_names_none_is_not_believed_about_topics() {
        let addresses = Arc::new(OnceLock::new());
        addresses.set([]).unwrap();
        let empty = member::<0>(addresses, (1, 5), 13).await;
        let config = Config::new(vec![empty]);
        // A second attempt would be later than the call may last.
        let backoff = Backoff { initial: config.api_timeout * 2, max: config.api_timeout * 2 };
        let cluster = Cluster::connect(Config { backoff, ..config }).await.unwrap();
        let error = cluster.refresh(&["t".into()], OnUnknownTopic::Fail).await.unwrap_err();
        assert!(error.is_retriable(), "{error}");
        let admin = crate::Admin::new(&cluster);
        let error = admin.list_groups(&crate::admin::GroupFilter::default()).await.unwrap_err();
        assert!(matches!(error, Error::Awaited { .. }), "{error}");
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
            cluster.0.any.slot.lock().await.connection = None;
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
    async fn a_refusal_counts_for_more_than_an_address_where_nobody_is() {
        use crate::{Sasl, fake};
        use protocol::{SaslAuthenticateResponse, SaslHandshakeResponse};
        use std::sync::atomic::{AtomicU32, Ordering};
        let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nobody = Address { host: nobody.ip().to_string(), port: nobody.port() };
        let logins = Arc::new(AtomicU32::new(0));
        let counted = logins.clone();
        let refusing = fake::listen("127.0.0.1", move |socket| {
            let logins = counted.clone();
            fake::converse(socket, move |asked| match asked.key {
                ApiKey::ApiVersions => Some(asked.offer(&[
                    (ApiKey::ApiVersions, 4),
                    (ApiKey::SaslHandshake, 1),
                    (ApiKey::SaslAuthenticate, 2),
                ])),
                ApiKey::SaslHandshake => Some(asked.answer(&SaslHandshakeResponse::default())),
                ApiKey::SaslAuthenticate => {
                    logins.fetch_add(1, Ordering::Relaxed);
                    let error_code = ErrorCode::SASL_AUTHENTICATION_FAILED.0;
                    Some(asked.answer(&SaslAuthenticateResponse { error_code, ..Default::default() }))
                }
                _ => None,
            })
        })
        .await;
        let sasl = Some(Sasl::Plain { username: "alice".to_owned(), password: "wrong".into() });
        let config = Config { sasl, bootstrap_timeout: ms(500), ..Config::new(vec![nobody, refusing]) };
        let error = Cluster::connect(config).await.unwrap_err();
        assert!(error.is_authentication(), "{error}");
        assert_eq!(logins.load(Ordering::Relaxed), 1);
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
