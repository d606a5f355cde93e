//! Reads records: of partitions that the program names, or of those that a group gives to this member.
//!
//! [`Consumer::poll`] gives one batch at a time, its bytes borrowed from the broker's answer. While the program
//! looks at one answer the next is already on its way, until [`Config::prefetch`] bytes wait unread.
//! [`Consumer::stream`] gives single records that own their memory. Decisions are in `fetcher`, `queue`, `session` and
//! `aborted`, those about groups in `membership`; here are the jobs that they ask for.
mod aborted;
pub mod assignor;
mod batch;
mod committer;
mod config;
mod control;
mod coordinator;
mod fetcher;
mod group;
mod member;
mod membership;
mod offsets;
mod old_messages;
mod position;
mod queue;
mod requests;
mod reset;
mod session;
mod sessions;
mod stream;

use crate::{
    Admin, Cluster, Error, FOREVER, OnUnknownTopic, TopicPartition, admin::IsolationLevel,
    cluster::RefreshClock, metadata::TopicAnswer,
};
pub use assignor::Assignor;
use base::NodeId;
pub use batch::FetchedBatch;
use batch::{behind, open};
pub(crate) use config::SETTINGS;
pub use config::{Config, GroupProtocol, OnOutOfRange};
use fetcher::{Event, Fetcher, Question, Target};
use group::{Group, GroupDone};
pub use group::{Heard, RebalanceListener};
pub use offsets::{End, Start};
use offsets::{Span, bounds, look_up, out_of_range};
use position::EpochEnd;
pub use position::Position;
use queue::Queue;
pub use records::{Record, RecordBatch, TimestampType};
use requests::{Fetched, epoch_ends, fetch};
use session::Session;
use sessions::Sessions;
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};
use stream::Begun;
pub use stream::{ConsumedHeader, ConsumedRecord};
use tokio::task::JoinSet;

#[derive(Debug)]
pub struct Consumer {
    cluster: Cluster,
    config: Config,
    fetcher: Fetcher,
    group: Option<Group>,
    sessions: Sessions,
    jobs: JoinSet<Done>,
    queue: Queue,
    /// Batches that are given out record by record, at most one of a partition.
    begun: Vec<Begun>,
    /// Behind what could not be read, and whose error was just given out.
    passed: Option<(TopicPartition, Position)>,
    errors: VecDeque<Error>,
    refresh: RefreshClock,
    refreshing: bool,
}

#[derive(Debug)]
enum Done {
    Fetched {
        node: NodeId,
        targets: Vec<Target>,
        session: Session,
        result: Result<Fetched, Error>,
    },
    /// What a leader said about positions.
    Checked(Vec<(Question, Result<EpochEnd, Error>)>),
    Refreshed(Result<Vec<TopicAnswer>, Error>),
    /// What the log of a partition holds, after `offset` was not in it.
    Bounds {
        at: TopicPartition,
        number: u64,
        offset: i64,
        result: Result<(i64, i64), Error>,
    },
    /// Where partitions begin, each with the number it had when that was asked, after so many failures before.
    Begun {
        failures: u32,
        found: Vec<(TopicPartition, Start, u64, Result<Span, Error>)>,
    },
    Group(GroupDone),
}

impl Consumer {
    pub fn new(cluster: &Cluster, config: Config) -> Self {
        let crate::Config { backoff, metadata_max_age, .. } = *cluster.config();
        // A fetch waits at its broker.
        let own = cluster.with_own_connections();
        Self {
            refresh: RefreshClock::new(Instant::now(), cluster.config()),
            fetcher: Fetcher::new(backoff, metadata_max_age.min(FOREVER)),
            group: Group::new(cluster, &config),
            sessions: Sessions::new(&own),
            cluster: own,
            config,
            jobs: JoinSet::new(),
            queue: Queue::default(),
            begun: Vec::new(),
            passed: None,
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
        self.check_not_subscribed()?;
        let admin = Admin::new(&self.cluster);
        let isolation = self.config.isolation;
        let mut found = Vec::with_capacity(partitions.len());
        for (at, span) in look_up(&admin, isolation, partitions, end).await {
            found.push((at, span?));
        }
        for (at, start) in partitions {
            if let (Start::Offset(offset), OnOutOfRange::Fail) = (*start, self.config.on_out_of_range) {
                // What is in the log and not committed yet can be waited for.
                let bounds = bounds(&admin, IsolationLevel::ReadUncommitted, at).await?;
                if !(bounds.0..=bounds.1).contains(&offset) {
                    return Err(out_of_range(at, offset, bounds));
                }
            }
        }
        for (at, (first, stop_at)) in found {
            self.place(at, Some(first.into()), stop_at);
        }
        Ok(())
    }

    /// Adds partitions, each from where the group has committed, or else by `auto.offset.reset`.
    pub fn assign_committed(
        &mut self,
        partitions: impl IntoIterator<Item = TopicPartition>,
    ) -> Result<(), Error> {
        self.check_not_subscribed()?;
        if self.group.is_none() {
            return Err(Error::NoGroup);
        }
        for at in partitions {
            self.place(at, None, None);
        }
        Ok(())
    }

    fn check_not_subscribed(&self) -> Result<(), Error> {
        let is_subscribed = self.group.as_ref().is_some_and(Group::is_subscribed);
        if is_subscribed { Err(Error::SubscribedAndAssigned) } else { Ok(()) }
    }

    /// Adds a partition, in place of an earlier assignment of it. Without a position it is not fetched until it has one,
    /// by [`Consumer::seek`] or [`Consumer::begin`].
    pub(super) fn place(&mut self, at: TopicPartition, position: Option<Position>, stop_at: Option<i64>) {
        self.forget_assignment(&at);
        self.fetcher.assign(at, position, stop_at);
    }

    /// Stops reading a partition. Nothing more of it is given out.
    pub fn unassign(&mut self, at: &TopicPartition) {
        self.fetcher.stop(at);
        self.forget_assignment(at);
    }

    fn forget_assignment(&mut self, at: &TopicPartition) {
        self.forget(at);
        if let Some(group) = &mut self.group {
            group.forget(at);
        }
    }

    /// Drops what was fetched of a partition.
    fn forget(&mut self, at: &TopicPartition) {
        self.queue.forget(at);
        self.begun.retain(|begun| begun.batch.at != *at);
        self.passed.take_if(|(passed, _)| passed == at);
    }

    /// Whether everything up to the end that [`Consumer::assign`] found has been given out, where no error has ended a partition
    /// before. Never of a subscription.
    pub fn is_finished(&self) -> bool {
        let is_subscribed = self.group.as_ref().is_some_and(Group::is_subscribed);
        !is_subscribed
            && self.fetcher.is_finished()
            && self.queue.is_empty()
            && self.begun.is_empty()
            && self.errors.is_empty()
    }

    /// The next batch; `None` when `timeout` has passed or the end is reached. A batch that cannot be read is an
    /// error, and the next call goes on behind it.
    pub async fn poll(&mut self, timeout: Duration) -> Result<Option<FetchedBatch>, Error> {
        let batch = self.next_batch(timeout).await?;
        if let Some(batch) = &batch {
            self.fetcher.consume(&batch.at, batch.behind());
        }
        Ok(batch)
    }

    /// As [`Consumer::poll`], but the batch does not count as consumed yet.
    async fn next_batch(&mut self, timeout: Duration) -> Result<Option<FetchedBatch>, Error> {
        let deadline = Instant::now() + timeout.min(FOREVER);
        loop {
            if let Some(error) = self.errors.pop_front() {
                return Err(error);
            }
            if self.group.is_some() {
                self.follow_group().await?;
            }
            if let Some(rest) = self.rest_of_begun() {
                return Ok(Some(rest));
            }
            if let Some(batch) = self.next_ready().transpose() {
                return batch.map(Some);
            }
            let now = self.work();
            if self.errors.is_empty() && !self.queue.has_ready() && !self.wait(now, deadline).await {
                return Ok(None);
            }
        }
    }

    /// What is at hand without waiting.
    fn next_ready(&mut self) -> Result<Option<FetchedBatch>, Error> {
        if let Some((at, position)) = self.passed.take() {
            self.fetcher.consume(&at, position);
        }
        loop {
            let Some(opened) = self.queue.current() else {
                if !self.queue.advance() {
                    return Ok(None);
                }
                // The next request goes out before the program works on this answer.
                self.work();
                continue;
            };
            let Some(next) = opened.next() else {
                self.queue.close();
                continue;
            };
            let chunk = &mut opened.chunk;
            let batch = match next {
                Ok(batch) => batch,
                Err((error, behind)) => {
                    self.passed = behind.map(|behind| (chunk.at.clone(), behind));
                    return Err(error);
                }
            };
            let behind = behind(&batch, chunk.until);
            match open(chunk, batch, &self.config) {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => self.fetcher.consume(&chunk.at, behind),
                Err(error) => {
                    self.passed = Some((chunk.at.clone(), behind));
                    return Err(error);
                }
            }
        }
    }

    /// Takes in what has come and sends what could be sent at the moment that it answers with; never waits.
    fn work(&mut self) -> Instant {
        let now = Instant::now();
        while let Some(done) = self.jobs.try_join_next() {
            self.take(now, done);
        }
        if self.queue.bytes() < self.config.prefetch.max(1) {
            let plan = self.fetcher.plan(now, &self.cluster.metadata());
            for (node, targets) in plan.requests {
                self.fetch(node, targets);
            }
            for (node, questions) in plan.questions {
                self.check(node, questions);
            }
            if plan.is_stale {
                self.refresh.want();
            }
            plan.lost.into_iter().for_each(|event| self.handle(event));
        }
        if !self.refreshing && self.refresh.due_at() <= now {
            self.refreshing = true;
            let topics: Vec<Arc<str>> = self.fetcher.topics().into_iter().collect();
            let cluster = self.cluster.clone();
            self.jobs
                .spawn(async move { Done::Refreshed(cluster.refresh(&topics, OnUnknownTopic::Fail).await) });
        }
        now
    }

    /// Waits for something to happen after the work of `now`; false when the deadline came first or the end is reached.
    async fn wait(&mut self, now: Instant, deadline: Instant) -> bool {
        let is_over = self.is_finished() && self.fetcher.has_ended();
        if is_over || now >= deadline {
            // What polls ask for is done by tasks, which must come to run also where no poll waits.
            tokio::task::yield_now().await;
            return false;
        }
        let refresh_at = if self.refreshing { None } else { Some(self.refresh.due_at()) };
        let commit_at = self.group.as_ref().and_then(Group::wake_at);
        // Whoever waits here polls, which the group is to hear long before it would take this member for stuck.
        let polls_at = self.group.as_ref().map(|_| now + self.config.max_poll_interval.min(FOREVER) / 3);
        let moments =
            self.fetcher.wake_at(now).into_iter().chain(refresh_at).chain(commit_at).chain(polls_at);
        let wake_at = moments.min().map_or(deadline, |moment| moment.min(deadline));
        let group_changed = async {
            match &mut self.group {
                Some(group) => group.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(done) = self.jobs.join_next() => self.take(Instant::now(), done),
            () = group_changed => {}
            () = tokio::time::sleep_until(wake_at.into()) => {}
        }
        true
    }

    fn fetch(&mut self, node: NodeId, targets: Vec<Target>) {
        let (cluster, config) = (self.cluster.clone(), self.config.clone());
        let mut session = self.sessions.take(node);
        self.jobs.spawn(async move {
            let result = fetch(&cluster, &config, node, &targets, &mut session).await;
            Done::Fetched { node, targets, session, result }
        });
    }

    fn check(&mut self, node: NodeId, questions: Vec<Question>) {
        let cluster = self.cluster.clone();
        self.jobs.spawn(async move { Done::Checked(epoch_ends(&cluster, node, questions).await) });
    }

    fn take(&mut self, now: Instant, done: Result<Done, tokio::task::JoinError>) {
        // A job ends early only when the runtime does.
        let Ok(done) = done else { return };
        match done {
            Done::Fetched { node, targets, session, result } => {
                self.sessions.give_back(node, session);
                let events = match result {
                    Ok(fetched) => {
                        let events = self.fetcher.answered(now, node, &targets, fetched.answers);
                        if !fetched.leaders.is_empty() {
                            let elsewhere =
                                self.cluster.learn_leaders(node, &fetched.leaders, &fetched.brokers);
                            self.fetcher.unblock(&elsewhere);
                        }
                        events
                    }
                    Err(error) => {
                        tracing::debug!(%node, error = %crate::error::Chain(&error), "fetch failed");
                        self.fetcher.failed(now, node, &targets, &error)
                    }
                };
                events.into_iter().for_each(|event| self.handle(event));
            }
            Done::Checked(answers) => {
                for (question, answer) in answers {
                    let event = self.fetcher.checked(now, &question, answer);
                    event.into_iter().for_each(|event| self.handle(event));
                }
            }
            Done::Bounds { at, number, offset, result } => self.take_bounds(&at, number, offset, result),
            Done::Begun { failures, found } => self.take_starts(failures, found),
            Done::Group(done) => self.take_group(done),
            Done::Refreshed(result) => {
                self.refreshing = false;
                self.refresh.done(now, result.is_ok(), rand::random());
                match result {
                    Ok(answers) => self.look_for_deleted(&answers),
                    Err(error) => tracing::debug!(error = %crate::error::Chain(&error), "no metadata"),
                }
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
                let is_paused = self.fetcher.is_paused(&chunk.at);
                self.queue.push(chunk, is_paused);
            }
            Event::OutOfRange { at, number, offset } => self.out_of_range(at, number, offset),
            Event::Rewound(at) => self.forget(&at),
            Event::Truncated { at, number, offset, divergent } => {
                self.truncated(&at, number, offset, divergent);
            }
            Event::Failed(error) => self.errors.push_back(error),
            Event::StaleMetadata => self.refresh.want(),
        }
    }
}

#[cfg(test)]
mod tests;
