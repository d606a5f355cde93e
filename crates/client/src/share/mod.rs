//! Reads records as a member of a share group (KIP-932): like a queue, where several members read the same partition and
//! each record is locked for one of them until it is acknowledged.
//!
//! [`ShareConsumer::poll`] gives the records of one partition that were locked for this member. With
//! [`Acknowledgement::Implicit`] the next poll accepts them; with [`Acknowledgement::Explicit`] the program says of each
//! what becomes of it, by [`ShareConsumer::acknowledge`]. Acknowledgements travel with the next fetch, or at once by
//! [`ShareConsumer::commit`]. What is not acknowledged within the broker's lock time is given to another member, and
//! so is what waits here unread for that long: it is dropped then.
//!
//! A task of its own tells the coordinator that the member is there. Records are fetched by polling only, as their locks
//! run from then on. Decisions are in `session` (what a request says), `in_flight` (what is told of which offset) and
//! `membership` (when the coordinator is told what); here are the requests and what waits.
mod in_flight;
mod member;
mod membership;
mod requests;
mod session;

use crate::{
    Cluster, Error, FOREVER, OnUnknownTopic, Topic, TopicPartition,
    cluster::RefreshClock,
    metadata::{LeaderHint, TopicAnswer},
    properties::{INT, POSITIVE, Setting, setting},
};
use base::NodeId;
pub use in_flight::AcknowledgeType;
use in_flight::{Acquired, InFlight};
use member::{Member, View, Wish};
use membership::Membership;
use records::{Batches, RecordBatch, Records};
use requests::{Acks, Answer, Answered, loses_session};
use session::{IdPartition, Session};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// How a share group is read. The default has Kafka's values.
#[derive(Clone, Debug)]
pub struct Config {
    /// The share group (`group.id`).
    pub group_id: String,
    /// Who says what becomes of a record (`share.acknowledgement.mode`).
    pub acknowledgement: Acknowledgement,
    /// Most records of one fetch (`max.poll.records`).
    pub max_poll_records: i32,
    /// Whether that may be exceeded (`share.acquire.mode`, KIP-1206).
    pub acquire: AcquireMode,
    /// Longest wait of a broker for something to answer (`fetch.max.wait.ms`).
    pub max_wait: Duration,
    /// Bytes worth answering at once (`fetch.min.bytes`).
    pub min_bytes: i32,
    /// Most bytes of one answer (`fetch.max.bytes`).
    pub max_bytes: i32,
    /// Where this consumer is (`client.rack`).
    pub rack: Option<String>,
    /// Whether each batch's CRC is computed (`check.crcs`).
    pub check_crcs: bool,
    /// Most bytes that a compressed batch may inflate to.
    pub max_inflated: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledgement {
    /// The next poll accepts the records of the one before, but for those that the program said something else of.
    Implicit,
    /// The program says it of each record before it polls again.
    Explicit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcquireMode {
    /// To take whole batches of records, as they were sent.
    BatchOptimized,
    /// Never, from brokers that know it: those since Kafka 4.2.
    RecordLimit,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            acknowledgement: Acknowledgement::Implicit,
            max_poll_records: 500,
            acquire: AcquireMode::BatchOptimized,
            max_wait: Duration::from_millis(500),
            min_bytes: 1,
            max_bytes: 50 << 20,
            rack: None,
            check_crcs: true,
            max_inflated: records::DEFAULT_INFLATED_LIMIT,
        }
    }
}

pub(crate) const SETTINGS: &[Setting<Config>] = &[
    setting("group.id", &[], |c, v| v.text(&mut c.group_id)),
    setting("share.acknowledgement.mode", &[], |c, v| {
        let words = [("implicit", Acknowledgement::Implicit), ("explicit", Acknowledgement::Explicit)];
        v.choice(&mut c.acknowledgement, &words)
    }),
    setting("share.acquire.mode", &[], |c, v| {
        let words =
            [("batch_optimized", AcquireMode::BatchOptimized), ("record_limit", AcquireMode::RecordLimit)];
        v.choice(&mut c.acquire, &words)
    }),
    setting("max.poll.records", &[], |c, v| v.number(&mut c.max_poll_records, POSITIVE)),
    setting("fetch.max.wait.ms", &["fetch.wait.max.ms"], |c, v| v.millis(&mut c.max_wait, INT)),
    setting("fetch.min.bytes", &[], |c, v| v.number(&mut c.min_bytes, INT)),
    setting("fetch.max.bytes", &[], |c, v| v.number(&mut c.max_bytes, INT)),
    setting("client.rack", &[], |c, v| v.optional_text(&mut c.rack)),
    setting("check.crcs", &[], |c, v| v.flag(&mut c.check_crcs)),
];

/// What became of acknowledgements, by partition. An error says that at least one of them did not count: its lock had
/// run out, or the session with the broker was lost. Its records are given out again.
pub type Outcomes = BTreeMap<TopicPartition, Result<(), Error>>;

#[derive(Debug)]
pub struct ShareConsumer {
    cluster: Cluster,
    config: Config,
    member_id: String,
    wishes: watch::Sender<Wish>,
    view: watch::Receiver<View>,
    member: JoinHandle<()>,
    brokers: BTreeMap<NodeId, Link>,
    jobs: JoinSet<Done>,
    ready: VecDeque<Chunk>,
    held: Vec<Held>,
    outcomes: Outcomes,
    errors: VecDeque<Error>,
    /// How many errors of the membership the program has heard of.
    told: u64,
    lock: Option<Duration>,
    refresh: RefreshClock,
    refreshing: bool,
}

/// What there is with one broker.
#[derive(Debug, Default)]
struct Link {
    session: Session,
    /// A request is under way.
    busy: bool,
    /// To be told.
    acks: Acks,
    /// What the request under way tells.
    telling: Acks,
    /// Tell at once, not with the next fetch.
    hurries: bool,
    failures: u32,
    blocked_until: Option<Instant>,
}

/// Records of a partition that wait to be given out.
#[derive(Debug)]
struct Chunk {
    node: NodeId,
    at: TopicPartition,
    id: IdPartition,
    acquired: Vec<Acquired>,
    records: bytes::Bytes,
    locked_until: Instant,
}

/// Records that were given out.
#[derive(Debug)]
struct Held {
    node: NodeId,
    at: TopicPartition,
    id: IdPartition,
    in_flight: InFlight,
}

#[derive(Debug)]
enum Done {
    Answered { node: NodeId, result: Result<Answer, Error> },
    Refreshed(Result<Vec<TopicAnswer>, Error>),
}

/// Records of one partition that are locked for this consumer.
#[derive(Debug)]
pub struct AcquiredBatch {
    pub at: TopicPartition,
    /// When the lock ends, as far as is known here.
    pub locked_until: Instant,
    acquired: Vec<Acquired>,
    batches: Vec<Records>,
}

/// A record, and how often a broker has given it out, this time included.
#[derive(Clone, Copy, Debug)]
pub struct ShareRecord<'a> {
    pub record: records::Record<'a>,
    pub delivery_count: i16,
}

impl AcquiredBatch {
    pub fn records(&self) -> impl Iterator<Item = ShareRecord<'_>> {
        let records = self.batches.iter().flat_map(|batch| batch.iter().filter_map(Result::ok));
        records.filter_map(|record| {
            let range = in_flight::range_of(&self.acquired, record.offset.0)?;
            Some(ShareRecord { record, delivery_count: range.delivery_count })
        })
    }
}

impl ShareConsumer {
    /// Starts the membership on the current tokio runtime; it joins when a topic is subscribed.
    pub fn new(cluster: &Cluster, config: Config) -> Self {
        let member_id = member_id();
        let (wishes, wished) = watch::channel(Wish::default());
        let (seen, view) = watch::channel(View::default());
        let member = Member {
            cluster: cluster.with_own_connections(),
            group: config.group_id.clone(),
            member_id: member_id.clone(),
            rack: config.rack.clone(),
            membership: Membership::new(cluster.config().backoff),
            coordinator: None,
        };
        Self {
            refresh: RefreshClock::new(Instant::now(), cluster.config()),
            // A fetch waits at its broker.
            cluster: cluster.with_own_connections(),
            config,
            member_id,
            wishes,
            view,
            member: tokio::spawn(member.run(wished, seen)),
            brokers: BTreeMap::new(),
            jobs: JoinSet::new(),
            ready: VecDeque::new(),
            held: Vec::new(),
            outcomes: Outcomes::new(),
            errors: VecDeque::new(),
            told: 0,
            lock: None,
            refreshing: false,
        }
    }

    /// Reads these topics from now on, in place of those before. None: leaves the group.
    pub fn subscribe<T: Into<String>>(&mut self, topics: impl IntoIterator<Item = T>) {
        let topics: BTreeSet<String> = topics.into_iter().map(Into::into).collect();
        self.give_back_all_but(&topics);
        self.wishes.send_modify(|wish| {
            wish.topics = topics;
            wish.subscribed += 1;
        });
        self.refresh.want();
    }

    /// The partitions that this member has now.
    pub fn assignment(&self) -> Vec<TopicPartition> {
        let topics = self.topics();
        let view = self.view.borrow();
        let named = view.assignment.iter().filter_map(|(id, partitions)| Some((topics.get(id)?, partitions)));
        let all = named.flat_map(|(topic, partitions)| {
            partitions.iter().map(|&partition| TopicPartition::new(topic.name.clone(), partition))
        });
        all.collect()
    }

    /// How long brokers lock a record (`share.record.lock.duration.ms` of the group), once one has said it.
    pub fn lock_duration(&self) -> Option<Duration> {
        self.lock
    }

    /// The next records; `None` when `timeout` has passed. Batches that cannot be read are rejected and an error, and the
    /// next call goes on behind them.
    pub async fn poll(&mut self, timeout: Duration) -> Result<Option<AcquiredBatch>, Error> {
        let silent: usize = self.held.iter().map(|held| held.in_flight.silent()).sum();
        match self.config.acknowledgement {
            Acknowledgement::Implicit => {
                self.held.iter_mut().for_each(|held| held.in_flight.accept_rest());
            }
            Acknowledgement::Explicit if silent > 0 => return Err(Error::Unacknowledged { records: silent }),
            Acknowledgement::Explicit => {}
        }
        self.let_go();
        let deadline = Instant::now() + timeout.min(FOREVER);
        loop {
            if let Some(error) = self.errors.pop_front() {
                return Err(error);
            }
            if let Some(error) = self.refused() {
                return Err(error);
            }
            if let Some(batch) = self.next_ready() {
                // What was acknowledged is told while the program works on what had come before.
                self.hurry();
                self.work();
                return Ok(Some(batch));
            }
            self.work();
            if self.errors.is_empty() && self.ready.is_empty() && !self.wait(deadline).await {
                return Ok(None);
            }
        }
    }

    /// What the membership was refused: again and again if it cannot go on, else once.
    fn refused(&mut self) -> Option<Error> {
        let view = self.view.borrow();
        let subscribed = self.wishes.borrow().subscribed;
        if let Some((_, error)) = view.failed.as_ref().filter(|(at, _)| *at == subscribed) {
            return Some(error.clone());
        }
        let (number, error) = view.told.as_ref().filter(|(number, _)| *number != self.told)?;
        self.told = *number;
        Some(error.clone())
    }

    /// Says what becomes of a record that was given out; the last word counts. It is told with the next poll or commit.
    /// A record that is [`AcknowledgeType::Renew`]ed is acknowledged again later.
    pub fn acknowledge(
        &mut self,
        at: &TopicPartition,
        offset: i64,
        kind: AcknowledgeType,
    ) -> Result<(), Error> {
        let mut those = self.held.iter_mut().filter(|held| held.at == *at);
        if those.any(|held| held.in_flight.acknowledge(offset, kind)) {
            return Ok(());
        }
        Err(Error::NotAcquired { partition: at.to_string(), offset })
    }

    /// Tells what was acknowledged, with [`Acknowledgement::Implicit`] all that was given out, and waits for the answers.
    pub async fn commit(&mut self) -> Result<Outcomes, Error> {
        self.commit_soon();
        let deadline = Instant::now() + self.cluster.config().api_timeout.min(FOREVER);
        while self.brokers.values().any(|link| !link.acks.is_empty() || !link.telling.is_empty()) {
            if !self.wait(deadline).await {
                let last = Error::Awaited { what: "an answer to every acknowledgement".to_owned() };
                return Err(Error::GaveUp { after: self.cluster.config().api_timeout, last: Box::new(last) });
            }
            self.work();
        }
        Ok(self.outcomes())
    }

    /// As [`ShareConsumer::commit`], without waiting: see [`ShareConsumer::outcomes`].
    pub fn commit_soon(&mut self) {
        if self.config.acknowledgement == Acknowledgement::Implicit {
            self.held.iter_mut().for_each(|held| held.in_flight.accept_rest());
        }
        self.let_go();
        self.hurry();
        self.work();
    }

    /// What became of what was told since this was last asked.
    pub fn outcomes(&mut self) -> Outcomes {
        std::mem::take(&mut self.outcomes)
    }

    /// Tells what was acknowledged, gives the rest back, and leaves the group, all within `timeout`.
    pub async fn close(mut self, timeout: Duration) -> Result<Outcomes, Error> {
        let deadline = Instant::now() + timeout.min(FOREVER);
        if self.config.acknowledgement == Acknowledgement::Implicit {
            self.held.iter_mut().for_each(|held| held.in_flight.accept_rest());
        }
        self.let_go();
        // A request of a session waits for the one before.
        while self.brokers.values().any(|link| link.busy) && self.wait(deadline).await {}
        let links: Vec<NodeId> = self.brokers.keys().copied().collect();
        for node in links {
            self.close_session(node);
        }
        while self.brokers.values().any(|link| link.busy) && self.wait(deadline).await {}
        self.wishes.send_modify(|wish| wish.leave = true);
        let left = tokio::time::timeout_at(deadline.into(), &mut self.member).await;
        match left {
            Ok(_) => Ok(self.outcomes()),
            Err(_) => {
                let last = Error::Awaited {
                    what: format!("the end of the membership in group `{}`", self.config.group_id),
                };
                Err(Error::GaveUp { after: timeout, last: Box::new(last) })
            }
        }
    }

    /// Hands what was acknowledged to the links.
    fn let_go(&mut self) {
        for held in &mut self.held {
            let runs = held.in_flight.take();
            if !runs.is_empty() {
                let link = self.brokers.entry(held.node).or_default();
                in_flight::merge(link.acks.entry(held.id).or_default(), runs);
            }
        }
        self.held.retain(|held| !held.in_flight.is_empty());
    }

    /// Others may have what waits here of topics that are not read any more.
    fn give_back_all_but(&mut self, topics: &BTreeSet<String>) {
        let is_read = |chunk: &Chunk| topics.contains(&*chunk.at.topic);
        let (ready, left): (VecDeque<Chunk>, VecDeque<Chunk>) =
            std::mem::take(&mut self.ready).into_iter().partition(is_read);
        self.ready = ready;
        for chunk in left {
            let link = self.brokers.entry(chunk.node).or_default();
            let runs = chunk.acquired.iter().map(in_flight::released);
            in_flight::merge(link.acks.entry(chunk.id).or_default(), runs.collect());
        }
    }

    fn hurry(&mut self) {
        for link in self.brokers.values_mut().filter(|link| !link.acks.is_empty()) {
            link.hurries = true;
        }
    }

    /// What is at hand. What waited past its lock is no longer ours.
    fn next_ready(&mut self) -> Option<AcquiredBatch> {
        loop {
            let chunk = self.ready.pop_front()?;
            if chunk.locked_until <= Instant::now() {
                continue;
            }
            let (batches, unreadable) = self.open(&chunk);
            let offsets = batches.iter().flat_map(|batch| batch.iter().filter_map(Result::ok));
            let offsets = offsets.map(|record| record.offset.0);
            let in_flight = InFlight::new(&chunk.acquired, offsets, &unreadable);
            let gives = in_flight.silent() > 0;
            let Chunk { node, at, id, acquired, locked_until, .. } = chunk;
            self.held.push(Held { node, at: at.clone(), id, in_flight });
            if gives {
                return Some(AcquiredBatch { at, locked_until, acquired, batches });
            }
            self.let_go();
        }
    }

    /// The batches of records that can be read, and the ranges of those that cannot.
    fn open(&mut self, chunk: &Chunk) -> (Vec<Records>, Vec<(i64, i64)>) {
        let mut batches = Vec::new();
        let mut unreadable = Vec::new();
        let mut next = i64::MIN;
        for batch in Batches::new(chunk.records.clone()) {
            let (range, error) = match batch {
                Ok(batch) if batch.is_control() => {
                    next = batch.last_offset().0.saturating_add(1);
                    continue;
                }
                Ok(batch) => {
                    let range = (batch.base_offset.0, batch.last_offset().0);
                    next = range.1.saturating_add(1);
                    match read(&batch, &self.config) {
                        Ok(records) => {
                            batches.push(records);
                            continue;
                        }
                        Err(error) => (range, error),
                    }
                }
                Err(error) => ((next, i64::MAX), error),
            };
            // One of them is enough to tell.
            if unreadable.is_empty() {
                self.errors.push_back(Error::Records {
                    partition: chunk.at.to_string(),
                    offset: range.0.max(0),
                    reason: crate::error::Chain(&error).to_string(),
                });
            }
            unreadable.push(range);
        }
        unreadable.sort_unstable();
        (batches, unreadable)
    }

    /// Sends what can be sent; never waits.
    fn work(&mut self) {
        let now = Instant::now();
        while let Some(done) = self.jobs.try_join_next() {
            self.take(now, done);
        }
        let wanted = self.wanted();
        for node in wanted.keys() {
            self.brokers.entry(*node).or_default();
        }
        let nodes: Vec<NodeId> = self.brokers.keys().copied().collect();
        for node in nodes {
            let wanted = wanted.get(&node).cloned().unwrap_or_default();
            self.work_with(now, node, &wanted);
        }
        if !self.refreshing && self.refresh.due_at() <= now {
            self.refreshing = true;
            let topics: Vec<Arc<str>> =
                self.wishes.borrow().topics.iter().map(|topic| topic.as_str().into()).collect();
            let cluster = self.cluster.clone();
            self.jobs
                .spawn(async move { Done::Refreshed(cluster.refresh(&topics, OnUnknownTopic::Fail).await) });
        }
    }

    fn work_with(&mut self, now: Instant, node: NodeId, wanted: &BTreeSet<IdPartition>) {
        let Some(link) = self.brokers.get_mut(&node) else { return };
        if link.busy || link.blocked_until.is_some_and(|until| until > now) {
            return;
        }
        let fetches = self.ready.is_empty() && !wanted.is_empty();
        let rides_along = fetches
            && !link.hurries
            && !requests::renews(&link.acks)
            && link.acks.keys().all(|at| wanted.contains(at));
        if !link.acks.is_empty() && !rides_along {
            link.hurries = false;
            let Some(epoch) = link.session.acknowledge() else {
                let acks = std::mem::take(&mut link.acks);
                self.lose(&acks, &Error::ShareSessionLost);
                return;
            };
            let acks = std::mem::take(&mut link.acks);
            self.tell(node, epoch, acks);
        } else if fetches {
            let fetch = link.session.fetch(wanted);
            let acks = std::mem::take(&mut link.acks);
            if fetch.epoch == 0 && !acks.is_empty() {
                // Locks end with the session that they were taken in.
                self.lose(&acks, &Error::ShareSessionLost);
                return self.fetch(node, &fetch, Acks::new());
            }
            self.fetch(node, &fetch, acks);
        }
    }

    fn fetch(&mut self, node: NodeId, fetch: &session::Fetch, acks: Acks) {
        let request = requests::fetch_request(&self.config, &self.member_id, fetch, &acks);
        let cluster = self.cluster.clone();
        self.spawn(node, acks, async move {
            requests::read_fetch(cluster.node(node).await?.request(&request).await?)
        });
    }

    fn tell(&mut self, node: NodeId, epoch: i32, acks: Acks) {
        let request = requests::acknowledge_request(&self.config, &self.member_id, epoch, &acks);
        let cluster = self.cluster.clone();
        self.spawn(node, acks, async move {
            requests::read_acknowledge(cluster.node(node).await?.request(&request).await?)
        });
    }

    fn close_session(&mut self, node: NodeId) {
        let Some(link) = self.brokers.get_mut(&node) else { return };
        let acks = std::mem::take(&mut link.acks);
        match link.session.close() {
            Some(epoch) => self.tell(node, epoch, acks),
            None => self.lose(&acks, &Error::ShareSessionLost),
        }
    }

    fn spawn(
        &mut self,
        node: NodeId,
        acks: Acks,
        request: impl Future<Output = Result<Answer, Error>> + Send + 'static,
    ) {
        let link = self.brokers.entry(node).or_default();
        link.busy = true;
        link.telling = acks;
        self.jobs.spawn(async move { Done::Answered { node, result: request.await } });
    }

    /// Waits for something to happen; false when the deadline came first.
    async fn wait(&mut self, deadline: Instant) -> bool {
        let now = Instant::now();
        if now >= deadline {
            // What polls ask for is done by tasks, which must come to run also where no poll waits.
            tokio::task::yield_now().await;
            return false;
        }
        let refresh_at = if self.refreshing { None } else { Some(self.refresh.due_at()) };
        let blocked =
            self.brokers.values().filter_map(|link| link.blocked_until).filter(|until| *until > now);
        let wake_at = blocked.chain(refresh_at).chain([deadline]).min().unwrap_or(deadline);
        tokio::select! {
            Some(done) = self.jobs.join_next() => self.take(Instant::now(), done),
            Ok(()) = self.view.changed() => {}
            () = tokio::time::sleep_until(wake_at.into()) => {}
        }
        true
    }

    fn take(&mut self, now: Instant, done: Result<Done, tokio::task::JoinError>) {
        // A job ends early only when the runtime does.
        let Ok(done) = done else { return };
        match done {
            Done::Answered { node, result } => self.take_answer(now, node, result),
            Done::Refreshed(result) => {
                self.refreshing = false;
                self.refresh.done(now, result.is_ok(), rand::random());
                if let Err(error) = result {
                    tracing::debug!(error = %crate::error::Chain(&error), "no metadata");
                }
            }
        }
    }

    fn take_answer(&mut self, now: Instant, node: NodeId, result: Result<Answer, Error>) {
        let link = self.brokers.entry(node).or_default();
        link.busy = false;
        let told = std::mem::take(&mut link.telling);
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(%node, error = %crate::error::Chain(&error), "share request failed");
                link.failures += 1;
                link.blocked_until =
                    Some(now + self.cluster.config().backoff.wait(link.failures, rand::random()));
                if matches!(error, Error::Encode { .. }) {
                    // Nothing was sent.
                    self.errors.push_back(error.clone());
                } else if loses_session(&error) {
                    link.session.reset();
                } else {
                    link.session.answered();
                    if !error.is_retriable() {
                        self.errors.push_back(error.clone());
                    }
                }
                self.refresh.want();
                self.lose(&told, &error);
                return;
            }
        };
        (link.failures, link.blocked_until) = (0, None);
        link.session.answered();
        self.lock = answer.lock.or(self.lock);
        let locked_until = now + self.lock.unwrap_or(Duration::from_secs(30));
        let topics = self.topics();
        let name = |at: IdPartition| Some(TopicPartition::new(topics.get(&at.0)?.name.clone(), at.1));
        let mut hints = Vec::new();
        let mut acknowledged: BTreeMap<IdPartition, Result<(), Error>> =
            told.keys().map(|at| (*at, Ok(()))).collect();
        for partition in answer.partitions {
            let Some(at) = name(partition.at) else { continue };
            let Answered { at: id, fetched, acknowledged: outcome, leader, acquired, records } = partition;
            if let Some((leader, leader_epoch)) = leader {
                hints.push(LeaderHint { at: at.clone(), leader, leader_epoch });
            }
            if let Some(known) = acknowledged.get_mut(&id) {
                *known = outcome;
            }
            match fetched {
                Err(error) if error.asks_for_metadata() || error.is_retriable() => self.refresh.want(),
                Err(error) => self.errors.push_back(error),
                Ok(()) if acquired.is_empty() => {}
                Ok(()) => self.ready.push_back(Chunk { node, at, id, acquired, records, locked_until }),
            }
        }
        for (id, outcome) in acknowledged {
            if outcome.as_ref().is_err_and(Error::asks_for_metadata) {
                self.refresh.want();
            }
            if let Some(at) = name(id) {
                self.note(at, outcome);
            }
        }
        self.cluster.learn_leaders(node, &hints, &answer.brokers);
    }

    /// These did not count.
    fn lose(&mut self, acks: &Acks, error: &Error) {
        let topics = self.topics();
        for (id, partition) in acks.keys() {
            if let Some(topic) = topics.get(id) {
                self.note(TopicPartition::new(topic.name.clone(), *partition), Err(error.clone()));
            }
        }
    }

    /// Remembers what became of acknowledgements; a failure is not forgotten for a later success.
    fn note(&mut self, at: TopicPartition, outcome: Result<(), Error>) {
        let known = self.outcomes.entry(at).or_insert(Ok(()));
        if known.is_ok() {
            *known = outcome;
        }
    }

    /// The subscribed topics that are known, by id.
    fn topics(&self) -> BTreeMap<base::TopicId, Arc<Topic>> {
        let metadata = self.cluster.metadata();
        let wish = self.wishes.borrow();
        let known = wish.topics.iter().filter_map(|name| metadata.topics.get(name.as_str()));
        known.map(|topic| (topic.id, topic.clone())).collect()
    }

    /// The assigned partitions by their leader.
    fn wanted(&mut self) -> BTreeMap<NodeId, BTreeSet<IdPartition>> {
        let topics = self.topics();
        let assignment = self.view.borrow().assignment.clone();
        let mut wanted: BTreeMap<NodeId, BTreeSet<IdPartition>> = BTreeMap::new();
        for (id, partitions) in assignment {
            for partition in partitions {
                let leader = topics.get(&id).and_then(|topic| topic.partition(partition)?.leader);
                match leader {
                    Some(leader) => {
                        wanted.entry(leader).or_default().insert((id, partition));
                    }
                    None => self.refresh.want(),
                }
            }
        }
        wanted
    }
}

fn read(batch: &RecordBatch, config: &Config) -> Result<Records, records::Error> {
    if config.check_crcs {
        batch.verify_crc()?;
    }
    let records = batch.records(config.max_inflated)?;
    // A batch is given out whole or not at all.
    records.iter().try_for_each(|record| record.map(drop))?;
    Ok(records)
}

/// Any text that no other member has; in the form that Kafka gives ids.
fn member_id() -> String {
    base::TopicId(uuid::Uuid::new_v4()).to_string()
}

#[cfg(test)]
mod tests;
