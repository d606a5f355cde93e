//! Sends records, in batches, to the leaders of their partitions.
//!
//! [`Producer::send`] copies the record into its partition's open batch and returns; a task of the producer sends
//! batches when they are full or have lingered, repeats what failed, and completes the [`Delivery`] of each record.
//! Memory is bounded by [`Config::buffer_memory`]: `send` waits while it is used up.
//!
//! The copy is what makes the buffer-reuse fault of CVE-2026-35554 impossible: a batch's bytes have one owner at
//! any time, the accumulator or the request, and go back to the allocator when the last reference is gone.
//!
//! A producer with a [`Config::transactional_id`] sends within transactions only: [`Producer::init_transactions`].
//!
//! All decisions are in `accumulator`, `queue` and `transactions`; here are the lock, the task and the requests.
mod accumulator;
mod batch;
mod config;
mod coordinator;
mod delivery;
mod queue;
mod transactional;
mod transactions;

pub(crate) use self::config::SETTINGS;
pub use self::config::{Acks, Config};
use crate::{
    Address, Broker, Cluster, Connection, Error, Metadata, OnUnknownTopic, TopicPartition,
    cluster::RefreshClock,
    connection::{Pending, Unanswered},
    metadata::{LeaderHint, TopicAnswer},
    retry::Retry,
};
use accumulator::{Accumulator, Addressed, Drained, NotAppended};
use base::{NodeId, ProducerEpoch, ProducerId, TopicId};
use batch::{Batch, Identity};
use coordinator::Asker;
use delivery::Ack;
pub use delivery::{Delivered, Delivery};
use protocol::{
    ErrorCode, InitProducerIdRequest, ProduceRequest, ProduceResponse,
    produce::{
        request::{PartitionProduceData, TopicProduceData},
        response::TopicProduceResponse,
    },
};
use records::NewRecord;
pub use records::{Codec, Compression, Header};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{sync::Notify, task::JoinSet};
pub use transactional::{Transaction, TransactionalProducer};
use transactions::{Abilities, Answer, Question};

/// A record to send. Borrowed: `send` copies what it needs before it returns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    pub topic: &'a str,
    /// `None`: chosen by the key, or evenly where there is none.
    pub partition: Option<i32>,
    /// Milliseconds since 1970; `None`: now.
    pub timestamp: Option<i64>,
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    pub headers: &'a [Header<'a>],
}

/// Sends records. Dropping it abandons what is not delivered: [`Producer::flush`] first.
#[derive(Debug)]
pub struct Producer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    cluster: Cluster,
    config: Config,
    accumulator: Mutex<Accumulator>,
    /// Something for the sender to do.
    wake: Notify,
    /// Something was delivered, so there may be room.
    room: Notify,
    /// A transaction may have ended.
    settled: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Accumulator> {
        self.accumulator.lock().expect("nothing panics while it holds this lock")
    }
}

impl Producer {
    /// Starts the sender on the current tokio runtime.
    pub fn new(cluster: &Cluster, config: Config) -> Self {
        let config = config.resolved();
        let shared = Arc::new(Shared {
            cluster: cluster.clone(),
            accumulator: Mutex::new(Accumulator::new(
                config.clone(),
                cluster.config().backoff,
                rand::random(),
            )),
            config,
            wake: Notify::new(),
            room: Notify::new(),
            settled: Notify::new(),
        });
        tokio::spawn(Sender::new(shared.clone()).run());
        Self { shared }
    }

    /// Hands a record over. Waits only for the topic's metadata and for room, for at most [`Config::max_block`].
    pub async fn send(&self, record: Record<'_>) -> Result<Delivery, Error> {
        let addressed = addressed(&record);
        match self.try_append(&addressed) {
            Ok(delivery) => Ok(delivery),
            Err(reason) => self.append_patiently(&addressed, reason).await,
        }
    }

    /// Hands over as many records, from the first on, as takes no waiting, and gives their number: fewer than there are
    /// where the next must wait for metadata or room, in [`Producer::send`]. For many small records whose outcome
    /// [`Producer::flush`] and [`Producer::failure`] tell. An error is of the first that could not be taken; those
    /// before it are handed over.
    pub fn try_send_all(&self, records: &[Record<'_>]) -> Result<usize, Error> {
        let (mut wake, mut stopped) = (false, None);
        let mut taken = 0;
        {
            let mut accumulator = self.shared.lock();
            for record in records {
                match accumulator.append(Instant::now, &addressed(record)) {
                    Ok(appended) => wake |= appended.wake,
                    Err(reason) => {
                        stopped = Some(reason);
                        break;
                    }
                }
                taken += 1;
            }
        }
        if wake || matches!(stopped, Some(NotAppended::Full)) {
            self.shared.wake.notify_one();
        }
        match stopped {
            Some(NotAppended::Failed(error)) => Err(error),
            Some(NotAppended::UnknownTopic | NotAppended::Full) | None => Ok(taken),
        }
    }

    fn try_append(&self, addressed: &Addressed<'_>) -> Result<Delivery, NotAppended> {
        let appended = self.shared.lock().append(Instant::now, addressed);
        match appended {
            Ok(appended) => {
                if appended.wake {
                    self.shared.wake.notify_one();
                }
                Ok(appended.delivery)
            }
            Err(reason) => {
                if matches!(reason, NotAppended::Full) {
                    self.shared.wake.notify_one();
                }
                Err(reason)
            }
        }
    }

    async fn append_patiently(
        &self,
        addressed: &Addressed<'_>,
        mut reason: NotAppended,
    ) -> Result<Delivery, Error> {
        let started = Instant::now();
        let limit = self.shared.config.max_block;
        loop {
            match reason {
                NotAppended::Failed(error) => return Err(error),
                NotAppended::UnknownTopic => {
                    let left = limit.saturating_sub(started.elapsed());
                    let topic =
                        self.shared.cluster.topic_within(addressed.topic, OnUnknownTopic::Create, left);
                    let topic = topic.await?;
                    self.shared.lock().set_topic(topic);
                }
                NotAppended::Full => {
                    let room = self.shared.room.notified();
                    tokio::pin!(room);
                    // From here on a delivery is heard, so the second look below misses none.
                    room.as_mut().enable();
                    match self.try_append(addressed) {
                        Err(NotAppended::Full) => {}
                        Ok(delivery) => return Ok(delivery),
                        Err(other) => {
                            reason = other;
                            continue;
                        }
                    }
                    let left = limit.saturating_sub(started.elapsed());
                    if tokio::time::timeout(left, room).await.is_err() {
                        let last = Error::Awaited { what: "room in the buffer of the producer".to_owned() };
                        return Err(Error::GaveUp { after: limit, last: Box::new(last) });
                    }
                }
            }
            match self.try_append(addressed) {
                Ok(delivery) => return Ok(delivery),
                Err(again) => reason = again,
            }
        }
    }

    /// Sends what waits, and returns when all that was handed over is delivered or given up. An error is of a record that
    /// was given up since the last flush, or while this one waited for it.
    pub async fn flush(&self) -> Result<(), Error> {
        let outstanding = {
            let mut accumulator = self.shared.lock();
            accumulator.close_open();
            accumulator.outstanding()
        };
        self.shared.wake.notify_one();
        let mut all = Ok(());
        for delivery in outstanding {
            all = all.and(delivery.wait().await);
        }
        // Another flush may have taken the failure, which is why it is not enough to look there.
        self.failure().map_or(all, Err)
    }

    /// Sends what waits, for at most `timeout`, and gives the rest up. Fails as [`Producer::flush`] does, or because time
    /// is up.
    pub async fn close(self, timeout: Duration) -> Result<(), Error> {
        match tokio::time::timeout(timeout, self.flush()).await {
            Ok(flushed) => flushed,
            Err(_) => Err(Error::GaveUp { after: timeout, last: Box::new(Error::Closed) }),
        }
    }

    /// The first record that was given up, if one was since this was last asked; for those who do not keep
    /// deliveries.
    pub fn failure(&self) -> Option<Error> {
        self.shared.lock().take_failure()
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.shared.lock().fail_all(&Error::Closed);
        self.shared.wake.notify_one();
    }
}

fn addressed<'a>(record: &Record<'a>) -> Addressed<'a> {
    Addressed {
        topic: record.topic,
        partition: record.partition,
        record: NewRecord {
            timestamp: record.timestamp.unwrap_or_else(now_ms),
            key: record.key,
            value: record.value,
            headers: record.headers,
        },
    }
}

/// The task: carries out what the accumulator decides.
struct Sender {
    shared: Arc<Shared>,
    jobs: JoinSet<Done>,
    connections: HashMap<NodeId, Connection>,
    connecting: HashSet<NodeId>,
    /// Brokers that could not be reached: how often in a row, and when to try again.
    unreachable: HashMap<NodeId, (u32, Instant)>,
    asking_identity: bool,
    refreshing: bool,
    refresh: RefreshClock,
}

/// A request on its way.
enum Sent {
    Pending(Pending<ProduceRequest>),
    Unanswered(Unanswered<ProduceRequest>),
}

/// A batch, and what the broker said of it.
type Outcome = (Batch, Result<Ack, Error>);

/// What a job came back with.
enum Done {
    Produced {
        node: NodeId,
        outcomes: Vec<Outcome>,
        /// Leaders that the broker named with its refusals (KIP-951).
        hints: Vec<LeaderHint>,
        brokers: Vec<Broker>,
    },
    Connected {
        node: NodeId,
        result: Result<Connection, Error>,
    },
    Identity(Result<Identity, Error>),
    Answered {
        question: Question,
        answer: Result<Answer, Error>,
        learned: Option<Abilities>,
    },
    Refreshed(Result<Vec<TopicAnswer>, Error>),
}

impl Sender {
    fn new(shared: Arc<Shared>) -> Self {
        let refresh = RefreshClock::new(Instant::now(), shared.cluster.config());
        Self {
            shared,
            jobs: JoinSet::new(),
            connections: HashMap::new(),
            connecting: HashSet::new(),
            unreachable: HashMap::new(),
            asking_identity: false,
            refreshing: false,
            refresh,
        }
    }

    async fn run(mut self) {
        loop {
            let now = Instant::now();
            let connected = self.connections.len();
            self.connections.retain(|_, connection| connection.is_open());
            if self.connections.len() < connected {
                // Without acknowledgements nothing else tells that a broker does not lead what it is sent.
                self.refresh.want();
            }
            let (drained, question, wake_at) = {
                let mut accumulator = self.shared.lock();
                if accumulator.is_closed() && accumulator.is_idle() {
                    return;
                }
                accumulator.expire(now);
                let question = accumulator.next_question(now);
                let drained = accumulator.drain(now, |node| self.connections.contains_key(&node));
                if accumulator.calls_back() {
                    self.shared.room.notify_waiters();
                }
                (drained, question, accumulator.wake_at(now))
            };
            // A transaction without anything in it ends without a question.
            self.shared.settled.notify_waiters();
            if let Some(question) = question {
                self.ask(question);
            }
            self.start(now, drained);
            let refresh_at = if self.refreshing { None } else { Some(self.refresh.due_at()) };
            let connect_at = self.unreachable.values().map(|(_, until)| *until).filter(|until| *until > now);
            let wake_at = wake_at
                .into_iter()
                .chain(refresh_at)
                .chain(connect_at)
                .min()
                .map(tokio::time::Instant::from_std);
            tokio::select! {
                () = self.shared.wake.notified() => {}
                Some(done) = self.jobs.join_next() => self.take(done),
                () = sleep_until(wake_at) => {}
            }
            while let Some(done) = self.jobs.try_join_next() {
                self.take(done);
            }
        }
    }

    fn start(&mut self, now: Instant, drained: Drained) {
        for (node, batches) in drained.requests {
            self.produce(node, batches);
        }
        for node in drained.unconnected {
            let waits = self.unreachable.get(&node).is_some_and(|(_, until)| *until > now);
            if !waits && self.connecting.insert(node) {
                let cluster = self.shared.cluster.clone();
                self.jobs.spawn(async move { Done::Connected { node, result: cluster.node(node).await } });
            }
        }
        if drained.wants_identity && !self.asking_identity {
            self.asking_identity = true;
            let cluster = self.shared.cluster.clone();
            self.jobs.spawn(async move { Done::Identity(ask_identity(&cluster).await) });
        }
        if !drained.leaderless.is_empty() {
            self.refresh.want();
        }
        if !self.refreshing && self.refresh.due_at() <= now {
            self.refreshing = true;
            let (topics, needed) = {
                let accumulator = self.shared.lock();
                (accumulator.topics(), accumulator.topics_in_use())
            };
            let cluster = self.shared.cluster.clone();
            self.jobs.spawn(async move { Done::Refreshed(refresh(&cluster, &topics, &needed).await) });
        }
    }

    fn ask(&mut self, question: Question) {
        let asker = Asker {
            cluster: self.shared.cluster.clone(),
            transactional_id: self.shared.config.transactional_id.as_deref().unwrap_or_default().into(),
            timeout: self.shared.config.transaction_timeout,
        };
        self.jobs.spawn(async move {
            let mut learned = None;
            let answer = asker.ask(&question, &mut learned).await;
            Done::Answered { question, answer, learned }
        });
    }

    /// Encodes and queues here, so that requests leave in the order they were drained; only the wait is a job.
    fn produce(&mut self, node: NodeId, mut batches: Vec<Batch>) {
        let connection = self.connections.get(&node).expect("only connected brokers are drained for").clone();
        let acks = self.shared.config.acks;
        let metadata = self.shared.cluster.metadata();
        let last = last_version_for(&batches, &metadata).min(self.last_version_of_protocol());
        let sent = connection.version_of::<ProduceRequest>(last).and_then(|version| {
            let request = self.produce_request(&mut batches, version, &metadata);
            if acks == Acks::None {
                return connection.send_without_answer(&request, version).map(Sent::Unanswered);
            }
            // Which may be less than an answer may take: then what is late is given up.
            let in_time = self.shared.config.delivery_timeout;
            Ok(Sent::Pending(connection.send(&request, version)?.within(in_time)))
        });
        self.jobs.spawn(async move {
            let done = |outcomes| Done::Produced { node, outcomes, hints: Vec::new(), brokers: Vec::new() };
            match sent {
                Ok(Sent::Unanswered(request)) => {
                    let written = request.written().await;
                    let unknown = Ack { base_offset: None, log_append_time: None };
                    done(same_for_all(batches, &written.map(|()| unknown)))
                }
                Ok(Sent::Pending(pending)) => match pending.response().await {
                    Ok(response) => {
                        let (outcomes, hints) = match_answers(batches, &response, &metadata);
                        Done::Produced { node, outcomes, hints, brokers: brokers_in(&response) }
                    }
                    Err(error) => done(same_for_all(batches, &Err(error))),
                },
                Err(error) => done(same_for_all(batches, &Err(error))),
            }
        });
    }

    /// In the first protocol of transactions a partition is never added by Produce, which version 12 would do.
    fn last_version_of_protocol(&self) -> i16 {
        const LAST_OF_FIRST: i16 = 11;
        let mut accumulator = self.shared.lock();
        match accumulator.transactions() {
            Some(transactions) if !transactions.is_second_protocol() => LAST_OF_FIRST,
            _ => i16::MAX,
        }
    }

    fn produce_request(&self, batches: &mut [Batch], version: i16, metadata: &Metadata) -> ProduceRequest {
        let mut topics: Vec<TopicProduceData> = Vec::new();
        let mut places: HashMap<Arc<str>, usize> = HashMap::new();
        for batch in batches {
            let place = *places.entry(batch.topic().clone()).or_insert_with(|| {
                let id = metadata.topics.get(batch.topic()).map_or(TopicId::NONE, |topic| topic.id);
                let mut topic = TopicProduceData::default();
                if version >= 13 {
                    topic.topic_id = id.0;
                } else {
                    topic.name = batch.topic().as_ref().into();
                }
                topics.push(topic);
                topics.len() - 1
            });
            topics[place]
                .partition_data
                .push(PartitionProduceData { index: batch.partition(), records: Some(batch.encode()) });
        }
        let patience = self.shared.cluster.config().request_timeout.min(self.shared.config.delivery_timeout);
        ProduceRequest {
            transactional_id: self.shared.config.transactional_id.as_deref().map(Into::into),
            acks: self.shared.config.acks.to_wire(),
            timeout_ms: i32::try_from(patience.as_millis()).unwrap_or(i32::MAX),
            topic_data: topics,
        }
    }

    fn take(&mut self, done: Result<Done, tokio::task::JoinError>) {
        let now = Instant::now();
        // A job ends early only when the runtime does.
        let Ok(done) = done else { return };
        match done {
            Done::Produced { node, outcomes, hints, brokers } => {
                let elsewhere = self.shared.cluster.learn_leaders(node, &hints, &brokers);
                let metadata = self.shared.cluster.metadata();
                let mut accumulator = self.shared.lock();
                for at in elsewhere {
                    if let Some(topic) = metadata.topics.get(&at.topic) {
                        accumulator.set_topic(topic.clone());
                    }
                }
                accumulator.request_ended(node);
                for (batch, outcome) in outcomes {
                    if accumulator.batch_ended(now, node, batch, outcome) {
                        self.refresh.want();
                    }
                }
            }
            Done::Connected { node, result } => {
                self.connecting.remove(&node);
                match result {
                    Ok(connection) => {
                        self.unreachable.remove(&node);
                        self.connections.insert(node, connection);
                    }
                    Err(error) => {
                        tracing::debug!(%node, error = %crate::error::Chain(&error), "no connection");
                        self.shared.lock().note_error(Some(node), &error);
                        let (failures, until) = self.unreachable.entry(node).or_insert((0, now));
                        *failures += 1;
                        *until = now + self.shared.cluster.config().backoff.wait(*failures, rand::random());
                        self.refresh.want();
                    }
                }
            }
            Done::Identity(result) => {
                self.asking_identity = false;
                let mut accumulator = self.shared.lock();
                match result {
                    Ok(identity) => accumulator.set_identity(identity),
                    Err(error) if error.is_retriable() || error.is_timeout() => {
                        accumulator.note_error(None, &error);
                    }
                    Err(error) => accumulator.fail_all(&error),
                }
            }
            Done::Answered { question, answer, learned } => {
                if let Err(error) = &answer {
                    tracing::debug!(?question, error = %crate::error::Chain(error), "not answered");
                }
                let mut accumulator = self.shared.lock();
                if let (Some(abilities), Some(transactions)) = (learned, accumulator.transactions()) {
                    transactions.learn(abilities);
                }
                accumulator.answered(now, &question, answer);
            }
            Done::Refreshed(result) => {
                self.refreshing = false;
                self.refresh.done(now, result.is_ok(), rand::random());
                match result {
                    Ok(answers) => {
                        let mut accumulator = self.shared.lock();
                        for topic in answers.into_iter().filter_map(|(_, answer)| answer.ok()) {
                            accumulator.set_topic(topic);
                        }
                    }
                    Err(error) => tracing::debug!(error = %crate::error::Chain(&error), "no metadata"),
                }
            }
        }
    }
}

/// From version 13 on topics are named by id (KIP-516), which old brokers do not give out.
fn last_version_for(batches: &[Batch], metadata: &Metadata) -> i16 {
    let has_id = |batch: &Batch| metadata.topics.get(batch.topic()).is_some_and(|topic| !topic.id.is_none());
    if batches.iter().all(has_id) { i16::MAX } else { 12 }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Asks about all topics; one that is gone may be created again if it is needed, which one that is idle is not.
async fn refresh(
    cluster: &Cluster,
    topics: &[Arc<str>],
    needed: &[Arc<str>],
) -> Result<Vec<TopicAnswer>, Error> {
    let mut answers = cluster.refresh(topics, OnUnknownTopic::Fail).await?;
    let is_gone = |(name, answer): &TopicAnswer| {
        matches!(answer, Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)) && needed.contains(name)
    };
    let gone: Vec<Arc<str>> =
        answers.iter().filter(|answer| is_gone(answer)).map(|(name, _)| name.clone()).collect();
    if !gone.is_empty() {
        answers.extend(cluster.refresh(&gone, OnUnknownTopic::Create).await?);
    }
    Ok(answers)
}

async fn ask_identity(cluster: &Cluster) -> Result<Identity, Error> {
    let request = InitProducerIdRequest {
        transactional_id: None,
        transaction_timeout_ms: i32::MAX,
        ..Default::default()
    };
    let mut retry = Retry::new(cluster.config());
    loop {
        let answer = async {
            let response = cluster.any().await?.request(&request).await?;
            crate::admin::check("a producer id", response.error_code, None)?;
            Ok(Identity {
                id: ProducerId(response.producer_id),
                epoch: ProducerEpoch(response.producer_epoch),
            })
        };
        match answer.await {
            Ok(identity) => return Ok(identity),
            Err(error) => retry.after(error).await?,
        }
    }
}

fn same_for_all(batches: Vec<Batch>, outcome: &Result<Ack, Error>) -> Vec<Outcome> {
    batches.into_iter().map(|batch| (batch, outcome.clone())).collect()
}

/// Finds each batch's answer, by the topic's id where the answer has one and by its name elsewhere, and the leaders that
/// the broker named.
fn match_answers(
    batches: Vec<Batch>,
    response: &ProduceResponse,
    metadata: &Metadata,
) -> (Vec<Outcome>, Vec<LeaderHint>) {
    let mut hints = Vec::new();
    let mut outcome_of = |batch: &Batch| {
        let id = metadata.topics.get(batch.topic()).map_or(TopicId::NONE, |topic| topic.id);
        let is_topic = |answered: &&TopicProduceResponse| match TopicId(answered.topic_id) {
            TopicId::NONE => *answered.name == **batch.topic(),
            answered_id => answered_id == id,
        };
        let topic = response.responses.iter().find(is_topic);
        let partition =
            topic.and_then(|t| t.partition_responses.iter().find(|p| p.index == batch.partition()));
        let subject = format!("{}-{}", batch.topic(), batch.partition());
        let Some(p) = partition else {
            return Err(Error::refused(
                subject,
                ErrorCode::UNKNOWN_SERVER_ERROR.0,
                Some("the answer leaves it out"),
            ));
        };
        if p.current_leader.leader_id >= 0 {
            hints.push(LeaderHint {
                at: TopicPartition { topic: batch.topic().clone(), partition: batch.partition() },
                leader: NodeId(p.current_leader.leader_id),
                leader_epoch: p.current_leader.leader_epoch,
            });
        }
        crate::admin::check(subject, p.error_code, p.error_message.as_deref())?;
        Ok(Ack {
            base_offset: (p.base_offset >= 0).then_some(p.base_offset),
            log_append_time: (p.log_append_time_ms >= 0).then_some(p.log_append_time_ms),
        })
    };
    let outcomes: Vec<_> = batches.iter().map(&mut outcome_of).collect();
    (batches.into_iter().zip(outcomes).collect(), hints)
}

fn brokers_in(response: &ProduceResponse) -> Vec<Broker> {
    let brokers = response.node_endpoints.iter().filter_map(|endpoint| {
        let address =
            Address { host: endpoint.host.as_str().to_owned(), port: u16::try_from(endpoint.port).ok()? };
        let rack = endpoint.rack.as_ref().map(String::from);
        Some(Broker { id: NodeId(endpoint.node_id), address, rack })
    });
    brokers.collect()
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
