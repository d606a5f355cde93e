//! Reads records from partitions that the program names.
//!
//! [`Consumer::poll`] gives one batch at a time, its bytes borrowed from the broker's answer. While the program
//! looks at one answer the next is already on its way, until [`Config::prefetch`] bytes wait unread. All
//! decisions are in `fetcher`.
//!
//! Not here yet: groups, `read_committed`.
pub mod assignor;
mod batch;
mod config;
mod fetcher;
mod requests;

use crate::{
    Admin, Backoff, Cluster, Error, OnUnknownTopic, TopicPartition,
    admin::{IsolationLevel, OffsetSpec},
    cluster::RefreshClock,
    metadata::TopicAnswer,
};
use base::NodeId;
pub use batch::FetchedBatch;
use batch::{open, unreadable};
pub(crate) use config::SETTINGS;
pub use config::{Config, OnOutOfRange};
use fetcher::{Answer, Chunk, Event, Fetcher, Target};
use records::Batches;
pub use records::{Record, RecordBatch, TimestampType};
use requests::fetch;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Where reading a partition begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Earliest,
    Latest,
    Offset(i64),
    /// So many records before the end, or at the beginning if there are fewer.
    BeforeLatest(i64),
    /// At the first record whose timestamp is at least this; at the end if there is none.
    Timestamp(i64),
}

/// Where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Never,
    /// At the high watermark of now.
    Latest,
}

#[derive(Debug)]
pub struct Consumer {
    cluster: Cluster,
    config: Config,
    fetcher: Fetcher,
    jobs: JoinSet<Done>,
    ready: VecDeque<Chunk>,
    ready_bytes: usize,
    /// The chunk that batches are taken from.
    current: Option<(Chunk, Batches)>,
    errors: VecDeque<Error>,
    refresh: RefreshClock,
    refreshing: bool,
}

#[derive(Debug)]
enum Done {
    Fetched {
        node: NodeId,
        targets: Vec<Target>,
        result: Result<Vec<Answer>, Error>,
    },
    Refreshed(Result<Vec<TopicAnswer>, Error>),
    /// What the log of a partition holds, after `offset` was not in it.
    Bounds {
        at: TopicPartition,
        offset: i64,
        result: Result<(i64, i64), Error>,
    },
}

impl Consumer {
    pub fn new(cluster: &Cluster, config: Config) -> Self {
        let backoff: Backoff = cluster.config().backoff;
        Self {
            refresh: RefreshClock::new(Instant::now(), cluster.config()),
            cluster: cluster.clone(),
            config,
            fetcher: Fetcher::new(backoff),
            jobs: JoinSet::new(),
            ready: VecDeque::new(),
            ready_bytes: 0,
            current: None,
            errors: VecDeque::new(),
            refreshing: false,
        }
    }

    /// Reads these partitions of a topic, or all of them when none is named.
    pub async fn assign_topic(
        &mut self,
        topic: &str,
        partitions: &[i32],
        start: Start,
        end: End,
    ) -> Result<(), Error> {
        let found = self.cluster.fresh_topic(topic, OnUnknownTopic::Fail).await?;
        let mut wanted = Vec::new();
        for &partition in partitions {
            wanted.push(self.cluster.partition_of(&found, partition)?.index);
        }
        if partitions.is_empty() {
            wanted.extend(found.partitions.iter().map(|partition| partition.index));
        }
        let assigned: Vec<_> = wanted.into_iter().map(|p| (TopicPartition::new(topic, p), start)).collect();
        self.assign(&assigned, end).await
    }

    /// Adds partitions, each from its start.
    pub async fn assign(&mut self, partitions: &[(TopicPartition, Start)], end: End) -> Result<(), Error> {
        let admin = Admin::new(&self.cluster);
        let needs_latest =
            |start: Start| end == End::Latest || !matches!(start, Start::Earliest | Start::Offset(_));
        let latest =
            offsets_of(&admin, partitions, |start| needs_latest(start).then_some(OffsetSpec::Latest)).await?;
        let others = offsets_of(&admin, partitions, |start| match start {
            Start::Earliest | Start::BeforeLatest(_) => Some(OffsetSpec::Earliest),
            Start::Timestamp(ms) => Some(OffsetSpec::Timestamp(ms)),
            Start::Latest | Start::Offset(_) => None,
        });
        let others = others.await?;
        for (at, start) in partitions {
            if let (Start::Offset(offset), OnOutOfRange::Fail) = (*start, self.config.on_out_of_range) {
                let bounds = bounds(&admin, at).await?;
                if !(bounds.0..=bounds.1).contains(&offset) {
                    return Err(out_of_range(at, offset, bounds));
                }
            }
            let (latest, other) = (latest.get(at).copied().flatten(), others.get(at).copied().flatten());
            let next = match *start {
                Start::Earliest => other,
                Start::Latest => latest,
                Start::Offset(offset) => Some(offset),
                Start::BeforeLatest(count) => {
                    latest.map(|end| end.saturating_sub(count).max(other.unwrap_or(0)))
                }
                Start::Timestamp(_) => other.or(latest),
            };
            let stop_at = if end == End::Latest { latest } else { None };
            self.fetcher.assign(at.clone(), next.unwrap_or(0), stop_at);
        }
        Ok(())
    }

    /// Stops reading a partition. Batches of it that have arrived are still given out.
    pub fn unassign(&mut self, at: &TopicPartition) {
        self.fetcher.stop(at);
    }

    /// Whether everything up to the end that [`Consumer::assign`] found has been given out.
    pub fn is_finished(&self) -> bool {
        self.fetcher.is_finished()
            && self.ready.is_empty()
            && self.current.is_none()
            && self.errors.is_empty()
    }

    /// The next batch; `None` when `timeout` has passed or the end is reached. A batch that cannot be read is an
    /// error, and the next call goes on behind it.
    pub async fn poll(&mut self, timeout: Duration) -> Result<Option<FetchedBatch>, Error> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(error) = self.errors.pop_front() {
                return Err(error);
            }
            if let Some(batch) = self.next_ready().transpose() {
                return batch.map(Some);
            }
            self.work();
            if self.errors.is_empty() && self.ready.is_empty() && !self.wait(deadline).await {
                return Ok(None);
            }
        }
    }

    /// What is at hand without waiting.
    fn next_ready(&mut self) -> Result<Option<FetchedBatch>, Error> {
        loop {
            let Some((chunk, batches)) = &mut self.current else {
                let Some(chunk) = self.ready.pop_front() else { return Ok(None) };
                self.ready_bytes -= chunk.records.len();
                let batches = Batches::new(chunk.records.clone());
                self.current = Some((chunk, batches));
                // The next request goes out before the program works on this answer.
                self.work();
                continue;
            };
            let Some(batch) = batches.next() else {
                self.current = None;
                continue;
            };
            let read = batch.map_err(|error| unreadable(&chunk.at, chunk.from, &error));
            match read.and_then(|batch| open(chunk, batch, &self.config)) {
                Ok(Some(fetched)) => return Ok(Some(fetched)),
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes in what has come and sends what can be sent; never waits.
    fn work(&mut self) {
        let now = Instant::now();
        while let Some(done) = self.jobs.try_join_next() {
            self.take(now, done);
        }
        if self.ready_bytes < self.config.prefetch {
            let plan = self.fetcher.plan(now, &self.cluster.metadata());
            for (node, targets) in plan.requests {
                self.fetch(node, targets);
            }
            if plan.leaderless {
                self.refresh.want();
            }
        }
        if !self.refreshing && self.refresh.due_at() <= now {
            self.refreshing = true;
            let topics: Vec<Arc<str>> = self.fetcher.topics().into_iter().collect();
            let cluster = self.cluster.clone();
            self.jobs
                .spawn(async move { Done::Refreshed(cluster.refresh(&topics, OnUnknownTopic::Fail).await) });
        }
    }

    /// Waits for something to happen; false when the deadline came first or nothing is left to happen.
    async fn wait(&mut self, deadline: Instant) -> bool {
        if self.is_finished() || Instant::now() >= deadline {
            return false;
        }
        let refresh_at = if self.refreshing { None } else { Some(self.refresh.due_at()) };
        let wake_at =
            self.fetcher.wake_at().into_iter().chain(refresh_at).chain([deadline]).min().unwrap_or(deadline);
        tokio::select! {
            Some(done) = self.jobs.join_next() => self.take(Instant::now(), done),
            () = tokio::time::sleep_until(wake_at.into()) => {}
        }
        true
    }

    fn fetch(&mut self, node: NodeId, targets: Vec<Target>) {
        let (cluster, config) = (self.cluster.clone(), self.config.clone());
        self.jobs.spawn(async move {
            let result = fetch(&cluster, &config, node, &targets).await;
            Done::Fetched { node, targets, result }
        });
    }

    fn take(&mut self, now: Instant, done: Result<Done, tokio::task::JoinError>) {
        // A job ends early only when the runtime does.
        let Ok(done) = done else { return };
        match done {
            Done::Fetched { node, targets, result } => {
                let events = match result {
                    Ok(answers) => self.fetcher.answered(now, node, &targets, answers),
                    Err(error) => {
                        tracing::debug!(%node, error = %crate::error::Chain(&error), "fetch failed");
                        self.fetcher.failed(now, node, &targets, &error)
                    }
                };
                events.into_iter().for_each(|event| self.handle(event));
            }
            Done::Bounds { at, offset, result } => match result {
                Ok(bounds) => self.reset(&at, offset, bounds),
                // The fetch is repeated, and so is the question.
                Err(error) if error.is_retriable() || error.is_timeout() => {}
                Err(error) => self.errors.push_back(error),
            },
            Done::Refreshed(result) => {
                self.refreshing = false;
                self.refresh.done(now);
                match result {
                    Ok(answers) => self.look_for_deleted(&answers),
                    Err(error) => {
                        tracing::debug!(error = %crate::error::Chain(&error), "no metadata");
                        self.refresh.want();
                    }
                }
            }
        }
    }

    fn reset(&mut self, at: &TopicPartition, offset: i64, (earliest, latest): (i64, i64)) {
        // It may have moved, or come into the log, since the broker was asked.
        if self.fetcher.position(at) != Some(offset) || (earliest..=latest).contains(&offset) {
            return;
        }
        match self.config.on_out_of_range {
            OnOutOfRange::Earliest => self.fetcher.seek(at, earliest),
            OnOutOfRange::Latest => self.fetcher.seek(at, latest),
            OnOutOfRange::Fail => {
                self.fetcher.stop(at);
                self.errors.push_back(out_of_range(at, offset, (earliest, latest)));
            }
        }
    }

    fn look_for_deleted(&mut self, answers: &[TopicAnswer]) {
        for (name, answer) in answers {
            if let Err(code) = answer
                && !code.retriable()
            {
                self.errors.push_back(Error::refused(format!("topic `{name}`"), code.0, None));
            }
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Records(chunk) => {
                self.ready_bytes += chunk.records.len();
                self.ready.push_back(chunk);
            }
            Event::OutOfRange { at, offset } => {
                let cluster = self.cluster.clone();
                self.jobs.spawn(async move {
                    let result = bounds(&Admin::new(&cluster), &at).await;
                    Done::Bounds { at, offset, result }
                });
            }
            Event::Failed(error) => self.errors.push_back(error),
            Event::StaleMetadata => self.refresh.want(),
        }
    }
}

fn out_of_range(at: &TopicPartition, offset: i64, (earliest, latest): (i64, i64)) -> Error {
    Error::OffsetOutOfRange { partition: at.to_string(), offset, earliest, latest }
}

/// The first offset of a partition's log, and the one after the last that can be read.
async fn bounds(admin: &Admin, at: &TopicPartition) -> Result<(i64, i64), Error> {
    let mut found = [0; 2];
    for (bound, spec) in found.iter_mut().zip([OffsetSpec::Earliest, OffsetSpec::Latest]) {
        let listed = admin.list_offsets(&[(at.clone(), spec)].into(), IsolationLevel::ReadUncommitted).await;
        *bound = listed.only()?.offset.unwrap_or(0);
    }
    Ok((found[0], found[1]))
}

async fn offsets_of(
    admin: &Admin,
    partitions: &[(TopicPartition, Start)],
    spec: impl Fn(Start) -> Option<OffsetSpec>,
) -> Result<BTreeMap<TopicPartition, Option<i64>>, Error> {
    let asked: BTreeMap<_, _> =
        partitions.iter().filter_map(|(at, start)| Some((at.clone(), spec(*start)?))).collect();
    let listed = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await;
    listed.into_iter().map(|(at, listed)| Ok((at, listed?.offset))).collect()
}
