//! The shell around the group coordinator: one core per partition of `__consumer_offsets` that is led here.
//!
//! A request takes its shard's lock, steps the core, and leaves with an answer or waits for one. What was
//! appended is answered once it is committed; a task per shard watches the high watermark and the core's
//! timers. The lock is never held across an await, and the only I/O under it is the append to the page cache.
//!
//! A partition that has just become ours is replayed first; until then the group is told that its coordinator
//! is loading. When the partition goes, whoever waits is told to look for the coordinator again.
mod loading;

use crate::partition::Partition;
use base::Offset;
use coordinator::{CoordinatorRecord, Driver, Now, Outcome, Producer, Refusal, Token};
use group::{Error, ForgetTopics, GroupConfig, GroupId, List, Listed, Operation, Reply, Shard};
use parking_lot::{Mutex, RwLock};
use records::{BatchBuilder, Compression, NO_SEQUENCE, NewRecord};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
    time::Instant,
};
use storage::{Append, AppendOrigin};
use tokio::sync::{Notify, oneshot};

/// The topic that groups live in.
pub(crate) const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// How the state of groups lies in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storing {
    /// `offsets.load.buffer.size`
    load_bytes: usize,
    /// `offsets.topic.compression.codec`
    compression: Compression,
}

impl Storing {
    pub(crate) fn of(config: &config::GroupConfig) -> Self {
        let codec = u8::try_from(config.offsets_topic_compression_codec).ok();
        let compression = codec.and_then(|codec| Compression::from_id(codec).ok());
        Self {
            load_bytes: config.offsets_load_buffer_size.as_usize(),
            compression: compression.expect("the setting allows only codecs that there are"),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Groups {
    config: GroupConfig,
    storing: Storing,
    shards: RwLock<BTreeMap<i32, Arc<GroupShard>>>,
    /// Partitions of the offsets topic; zero while there is none.
    partition_count: AtomicI32,
}

struct GroupShard {
    partition: Arc<Partition>,
    storing: Storing,
    inner: Mutex<Inner>,
    /// Rung when the core may want to be woken earlier, or the high watermark moved.
    bell: Arc<Notify>,
    closed: AtomicBool,
}

struct Inner {
    /// `None` until the partition has been replayed.
    driver: Option<Driver<Shard>>,
    /// Topics that were deleted meanwhile.
    forget_once_loaded: Vec<ForgetTopics>,
    waiting: HashMap<Token, oneshot::Sender<Result<Reply, Error>>>,
    next_token: u64,
    /// What the shard's task sleeps until.
    wake_at: Option<Instant>,
}

impl std::fmt::Debug for GroupShard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GroupShard({})", self.partition.index)
    }
}

impl Groups {
    pub(crate) fn new(config: GroupConfig, storing: Storing) -> Self {
        Self { config, storing, shards: RwLock::default(), partition_count: AtomicI32::new(0) }
    }

    /// How many partitions the offsets topic has; `None` while it does not exist.
    pub(crate) fn partition_count(&self) -> Option<i32> {
        Some(self.partition_count.load(Ordering::Acquire)).filter(|count| *count > 0)
    }

    pub(crate) fn set_partition_count(&self, count: usize) {
        self.partition_count
            .store(i32::try_from(count).expect("partitions are counted in i32"), Ordering::Release);
    }

    /// This broker leads a partition of the offsets topic from now on.
    pub(crate) fn lead(&self, partition: &Arc<Partition>) {
        let inner = Inner {
            driver: None,
            forget_once_loaded: Vec::new(),
            waiting: HashMap::new(),
            next_token: 0,
            wake_at: None,
        };
        let shard = Arc::new(GroupShard {
            inner: Mutex::new(inner),
            bell: Arc::default(),
            closed: AtomicBool::new(false),
            partition: partition.clone(),
            storing: self.storing,
        });
        if let Some(previous) = self.shards.write().insert(partition.index, shard.clone()) {
            previous.close();
        }
        let driver = Driver::new(Shard::new(self.config.clone()), self.config.offsets_commit_timeout_ms);
        let log = &partition.log;
        if log.log_start_offset() == log.log_end_offset() {
            shard.serve_from_now_on(driver);
            tokio::spawn(async move { shard.run().await });
        } else {
            tokio::spawn(async move { shard.load_and_run(driver).await });
        }
    }

    /// The partition is led elsewhere, or gone.
    pub(crate) fn resign(&self, index: i32) {
        if let Some(shard) = self.shards.write().remove(&index) {
            shard.close();
        }
    }

    /// Asks the coordinator of a group and waits for its answer.
    pub(crate) async fn ask<O: Operation>(
        &self,
        group_id: &GroupId,
        operation: O,
    ) -> Result<O::Reply, Error> {
        let shard = {
            let count = self.partition_count().ok_or(Error::NotCoordinator)?;
            let index = group::partition_for(group_id, count);
            self.shards.read().get(&index).cloned().ok_or(Error::NotCoordinator)?
        };
        shard.ask(operation).await
    }

    /// Puts `operation` into the order of its shard now; the returned future waits for the answer.
    pub(crate) fn begin<O: Operation>(
        &self,
        group_id: &GroupId,
        operation: O,
    ) -> Result<impl Future<Output = Result<O::Reply, Error>> + Send + use<O>, Error> {
        let count = self.partition_count().ok_or(Error::NotCoordinator)?;
        let index = group::partition_for(group_id, count);
        let shard = self.shards.read().get(&index).cloned().ok_or(Error::NotCoordinator)?;
        let answer = shard.submit(operation.into())?;
        Ok(async move { answer.await.unwrap_or(Err(Error::NotCoordinator)).map(O::expect) })
    }

    /// Groups of every shard that is loaded; an error code if one is still loading.
    pub(crate) async fn list(&self, filter: &List) -> Result<Vec<Listed>, Error> {
        let shards: Vec<_> = self.shards.read().values().cloned().collect();
        let mut groups = Vec::new();
        for shard in shards {
            groups.extend(shard.ask(filter.clone()).await?);
        }
        Ok(groups)
    }

    /// Topics were deleted: their offsets go, without anyone waiting for it.
    pub(crate) fn forget_topics(&self, topics: &ForgetTopics) {
        for shard in self.shards.read().values() {
            shard.forget_topics(topics.clone());
        }
    }

    pub(crate) fn is_loading(&self) -> bool {
        self.shards.read().values().any(|shard| shard.inner.lock().driver.is_none())
    }
}

impl GroupShard {
    async fn ask<O: Operation>(&self, operation: O) -> Result<O::Reply, Error> {
        let answer = self.submit(operation.into())?;
        answer.await.unwrap_or(Err(Error::NotCoordinator)).map(O::expect)
    }

    fn submit(&self, request: group::Request) -> Result<oneshot::Receiver<Result<Reply, Error>>, Error> {
        let mut inner = self.inner.lock();
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::NotCoordinator);
        }
        inner.submit(self, request)
    }

    fn forget_topics(&self, topics: ForgetTopics) {
        let mut inner = self.inner.lock();
        if inner.driver.is_none() {
            inner.forget_once_loaded.push(topics);
        } else {
            // There is no answer to wait for, and a shard that was closed has nothing to forget.
            let _ = inner.submit(self, topics.into());
        }
    }

    async fn load_and_run(self: Arc<Self>, driver: Driver<Shard>) {
        let shard = self.clone();
        let loaded = tokio::task::spawn_blocking(move || {
            let GroupShard { partition, storing, .. } = &*shard;
            loading::load(&partition.log, driver, storing.load_bytes, || shard.closed.load(Ordering::Acquire))
        });
        match loaded.await.expect("replaying does not panic") {
            Ok(driver) => {
                self.serve_from_now_on(driver);
                self.run().await;
            }
            Err(error) => {
                tracing::error!(partition = self.partition.index, %error, "group state cannot be loaded");
            }
        }
    }

    /// Serves timers and commits until the shard is closed.
    async fn run(self: Arc<Self>) {
        while !self.closed.load(Ordering::Acquire) {
            self.partition.watch(&self.bell);
            let wake_at = self.inner.lock().turn(&self);
            match wake_at {
                // Whether time was up or the bell rang, the loop looks at both.
                Some(at) => drop(tokio::time::timeout_at(at.into(), self.bell.notified()).await),
                None => self.bell.notified().await,
            }
        }
    }

    fn log(&self, now: Now) -> PartitionLog<'_> {
        PartitionLog { partition: &self.partition, compression: self.storing.compression, now }
    }

    fn serve_from_now_on(&self, mut driver: Driver<Shard>) {
        let now = now();
        let outcome = driver.loaded(&mut self.log(now), now);
        let mut inner = self.inner.lock();
        inner.driver = Some(driver);
        inner.deliver(outcome);
        for topics in std::mem::take(&mut inner.forget_once_loaded) {
            let _ = inner.submit(self, topics.into());
        }
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        // Dropping the senders tells whoever waits.
        self.inner.lock().waiting.clear();
        self.bell.notify_one();
    }
}

impl Inner {
    fn submit(
        &mut self,
        shard: &GroupShard,
        request: group::Request,
    ) -> Result<oneshot::Receiver<Result<Reply, Error>>, Error> {
        let now = now();
        let driver = self.driver.as_mut().ok_or(Error::Loading)?;
        let (sender, receiver) = oneshot::channel();
        let token = Token(self.next_token);
        self.next_token += 1;
        self.waiting.insert(token, sender);
        let outcome = driver.step(&mut shard.log(now), now, token, request);
        let wake_at = driver.wake_at();
        if wake_at.is_some_and(|at| self.wake_at.is_none_or(|planned| at < planned)) {
            shard.bell.notify_one();
        }
        self.deliver(outcome);
        Ok(receiver)
    }

    /// Lets go what is committed and runs the timers that are due. Returns when to look again.
    fn turn(&mut self, shard: &GroupShard) -> Option<Instant> {
        let driver = self.driver.as_mut()?;
        let now = now();
        let committed = driver.committed(shard.partition.high_watermark());
        let ticked = driver.tick(&mut shard.log(now), now);
        self.wake_at = driver.wake_at();
        self.deliver(committed);
        self.deliver(ticked);
        self.wake_at
    }

    fn deliver(&mut self, outcome: Outcome<Shard>) {
        for notice in outcome.effects {
            tracing::debug!(?notice, "group");
        }
        for answer in outcome.answers {
            if let Some(sender) = self.waiting.remove(&answer.token) {
                // Nobody listens any more when the connection has gone.
                let _ = sender.send(answer.reply);
            }
        }
    }
}

/// The partition as the core's driver writes to it.
struct PartitionLog<'a> {
    partition: &'a Arc<Partition>,
    compression: Compression,
    now: Now,
}

impl coordinator::Log for PartitionLog<'_> {
    fn append(
        &mut self,
        records: &[CoordinatorRecord],
        producer: Option<Producer>,
    ) -> Result<Offset, Refusal> {
        let mut builder = BatchBuilder::new(self.compression);
        if let Some(producer) = producer {
            builder = builder.producer(producer.id, producer.epoch, NO_SEQUENCE).transactional();
        }
        for record in records {
            let appended = builder.append(&NewRecord {
                timestamp: self.now.unix_ms,
                key: Some(&record.key),
                value: record.value.as_deref(),
                headers: &[],
            });
            appended.map_err(|_| Refusal::TooLarge)?;
        }
        let mut append = Append::new(builder.build(), self.partition.leader_epoch(), self.now.unix_ms);
        append.origin = AppendOrigin::Coordinator;
        match self.partition.append(append) {
            Ok(info) => Ok(info.first_offset),
            Err(storage::Error::BatchTooLarge { .. }) => Err(Refusal::TooLarge),
            Err(storage::Error::Closed(_) | storage::Error::NoLog(_)) => Err(Refusal::NotLeader),
            Err(error) => {
                tracing::error!(partition = self.partition.index, %error, "group state cannot be written");
                Err(Refusal::Storage)
            }
        }
    }

    fn high_watermark(&self) -> Offset {
        self.partition.high_watermark()
    }
}

fn now() -> Now {
    Now { instant: Instant::now(), unix_ms: crate::state::unix_ms() }
}
