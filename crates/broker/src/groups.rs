//! The shell around the group coordinator: one core per partition of `__consumer_offsets` that is led here.
//!
//! A request takes its shard's lock, steps the core, and leaves with an answer or waits for one. What was
//! appended is answered once it is committed; a task per shard watches the high watermark and the core's
//! timers. The lock is never held across an await, and the only I/O under it is the append to the page cache.
//!
//! A partition that has just become ours is replayed first; until then the group is told that its coordinator
//! is loading. When the partition goes, whoever waits is told to look for the coordinator again.
use crate::partition::Partition;
use base::Offset;
use coordinator::{
    CoordinatorRecord, Driver, EndOfTransaction, Now, Outcome, Position, Producer, Refusal, Replayed, Token,
};
use group::{Error, GroupConfig, GroupId, List, Listed, Operation, Reply, Shard};
use parking_lot::{Mutex, RwLock};
use records::{BatchBuilder, Batches, Compression, ControlRecord, NO_SEQUENCE, NewRecord, RecordBatch};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
    time::Instant,
};
use storage::{Append, AppendOrigin, Read};
use tokio::sync::{Notify, oneshot};

/// The topic that groups live in.
pub(crate) const OFFSETS_TOPIC: &str = "__consumer_offsets";
/// Read at once while a partition is replayed (`offsets.load.buffer.size` of Kafka).
const LOAD_BYTES: usize = 5 << 20;

#[derive(Debug)]
pub(crate) struct Groups {
    config: GroupConfig,
    shards: RwLock<BTreeMap<i32, Arc<GroupShard>>>,
    /// Partitions of the offsets topic; zero while there is none.
    partition_count: AtomicI32,
}

struct GroupShard {
    partition: Arc<Partition>,
    inner: Mutex<Inner>,
    /// Rung when the core may want to be woken earlier, or the high watermark moved.
    bell: Arc<Notify>,
    closed: AtomicBool,
}

struct Inner {
    driver: Driver<Shard>,
    loaded: bool,
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
    pub(crate) fn new(config: GroupConfig) -> Self {
        Self { config, shards: RwLock::default(), partition_count: AtomicI32::new(0) }
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
    pub(crate) fn lead(&self, partition: Arc<Partition>) {
        let driver = Driver::new(Shard::new(self.config.clone()), self.config.offsets_commit_timeout_ms);
        let inner = Inner { driver, loaded: false, waiting: HashMap::new(), next_token: 0, wake_at: None };
        let shard = Arc::new(GroupShard {
            inner: Mutex::new(inner),
            bell: Arc::default(),
            closed: AtomicBool::new(false),
            partition: partition.clone(),
        });
        if let Some(previous) = self.shards.write().insert(partition.index, shard.clone()) {
            previous.close();
        }
        tokio::spawn(async move { shard.run().await });
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

    /// Hands the same wish to every shard, without waiting.
    pub(crate) fn tell_all(&self, request: &group::ForgetTopics) {
        for shard in self.shards.read().values() {
            // A shard that is loading finds the topics gone when it looks for what to expire.
            let _ = shard.submit(request.clone().into());
        }
    }

    pub(crate) fn is_loading(&self) -> bool {
        self.shards.read().values().any(|shard| !shard.inner.lock().loaded)
    }
}

impl GroupShard {
    async fn ask<O: Operation>(&self, operation: O) -> Result<O::Reply, Error> {
        let answer = self.submit(operation.into())?;
        answer.await.unwrap_or(Err(Error::NotCoordinator)).map(O::expect)
    }

    fn submit(&self, request: group::Request) -> Result<oneshot::Receiver<Result<Reply, Error>>, Error> {
        let now = now();
        let mut inner = self.inner.lock();
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::NotCoordinator);
        }
        if !inner.loaded {
            return Err(Error::Loading);
        }
        let (sender, receiver) = oneshot::channel();
        let token = Token(inner.next_token);
        inner.next_token += 1;
        inner.waiting.insert(token, sender);
        let outcome =
            inner.driver.step(&mut PartitionLog { partition: &self.partition, now }, now, token, request);
        inner.deliver(outcome);
        let wake_at = inner.driver.wake_at();
        if wake_at.is_some_and(|at| inner.wake_at.is_none_or(|planned| at < planned)) {
            self.bell.notify_one();
        }
        Ok(receiver)
    }

    /// Loads the partition, then serves timers and commits until the shard is closed.
    async fn run(self: Arc<Self>) {
        let loading = self.clone();
        if let Err(error) = load(move || loading.load()).await {
            tracing::error!(partition = self.partition.index, %error, "group state cannot be loaded");
            return;
        }
        while !self.closed.load(Ordering::Acquire) {
            self.partition.watch(&self.bell);
            let wake_at = {
                let mut inner = self.inner.lock();
                let committed = inner.driver.committed(self.partition.high_watermark());
                inner.deliver(committed);
                let now = now();
                let ticked = inner.driver.tick(&mut PartitionLog { partition: &self.partition, now }, now);
                inner.deliver(ticked);
                inner.wake_at = inner.driver.wake_at();
                inner.wake_at
            };
            match wake_at {
                // Whether time was up or the bell rang, the loop looks at both.
                Some(at) => drop(tokio::time::timeout_at(at.into(), self.bell.notified()).await),
                None => self.bell.notified().await,
            }
        }
    }

    fn load(&self) -> Result<(), storage::Error> {
        let begun = Instant::now();
        let log = &self.partition.log;
        let (mut from, end) = (log.log_start_offset(), log.log_end_offset());
        let mut inner = self.inner.lock();
        let mut replayed = 0u64;
        while from < end && !self.closed.load(Ordering::Acquire) {
            let read =
                log.read(Read { from, max_bytes: LOAD_BYTES, upper_bound: end, min_one_batch: true })?;
            if read.chunks.is_empty() {
                break;
            }
            from = read.next_offset;
            let bytes = read.chunks.into_iter().collect::<wire::RecordBytes>().into_bytes();
            for batch in Batches::new(bytes) {
                replayed +=
                    inner.replay(&batch.map_err(|error| storage::Error::InvalidBatch(Arc::new(error)))?)?;
            }
        }
        let now = now();
        let loaded = inner.driver.loaded(&mut PartitionLog { partition: &self.partition, now }, now);
        inner.deliver(loaded);
        inner.loaded = true;
        if replayed > 0 {
            let took_ms = begun.elapsed().as_millis();
            tracing::info!(
                partition = self.partition.index,
                records = replayed,
                took_ms,
                "group state loaded"
            );
        }
        Ok(())
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        // Dropping the senders tells whoever waits.
        self.inner.lock().waiting.clear();
        self.bell.notify_one();
    }
}

/// Runs a load where it may block.
async fn load(
    work: impl FnOnce() -> Result<(), storage::Error> + Send + 'static,
) -> Result<(), storage::Error> {
    tokio::task::spawn_blocking(work).await.expect("loading does not panic")
}

impl Inner {
    fn deliver(&mut self, outcome: Outcome<Shard>) {
        for notice in outcome.effects {
            tracing::info!(?notice, "group");
        }
        for answer in outcome.answers {
            if let Some(sender) = self.waiting.remove(&answer.token) {
                // Nobody listens any more when the connection has gone.
                let _ = sender.send(answer.reply);
            }
        }
    }

    /// Returns how many records it took in.
    fn replay(&mut self, batch: &RecordBatch) -> Result<u64, storage::Error> {
        let invalid = |error| storage::Error::InvalidBatch(Arc::new(error));
        let producer = batch
            .is_transactional()
            .then_some(Producer { id: batch.producer_id, epoch: batch.producer_epoch });
        let records = batch.records(records::DEFAULT_INFLATED_LIMIT).map_err(invalid)?;
        let mut count = 0;
        for record in records.iter() {
            let record = record.map_err(invalid)?;
            let offset = record.offset;
            if batch.is_control() {
                let ControlRecord::EndTransaction(marker) = ControlRecord::read(&record).map_err(invalid)?
                else {
                    continue;
                };
                let end = if marker.committed { EndOfTransaction::Commit } else { EndOfTransaction::Abort };
                if let Some(producer) = producer {
                    self.driver.replay_end_of_transaction(offset, producer, end);
                }
                continue;
            }
            let Some(key) = record.key else { continue };
            let record = CoordinatorRecord {
                key: bytes::Bytes::copy_from_slice(key),
                value: record.value.map(bytes::Bytes::copy_from_slice),
            };
            match self.driver.replay(Position { offset, producer }, &record) {
                Ok(Replayed::Applied) => count += 1,
                Ok(Replayed::Unknown { record_type }) => {
                    tracing::debug!(record_type, %offset, "a record of a kind that is not acted on");
                }
                Err(error) => tracing::warn!(%offset, %error, "a record of {OFFSETS_TOPIC} was passed over"),
            }
        }
        Ok(count)
    }
}

/// The partition as the core's driver writes to it.
struct PartitionLog<'a> {
    partition: &'a Arc<Partition>,
    now: Now,
}

impl coordinator::Log for PartitionLog<'_> {
    fn append(
        &mut self,
        records: &[CoordinatorRecord],
        producer: Option<Producer>,
    ) -> Result<Offset, Refusal> {
        let mut builder = BatchBuilder::new(Compression::None);
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

/// The part of the server's settings that the core goes by.
pub(crate) fn core_config(config: &config::GroupConfig) -> GroupConfig {
    GroupConfig {
        group_min_session_timeout_ms: config.group_min_session_timeout_ms,
        group_max_session_timeout_ms: config.group_max_session_timeout_ms,
        group_initial_rebalance_delay_ms: config.group_initial_rebalance_delay_ms,
        group_max_size: config.group_max_size,
        offset_metadata_max_bytes: config.offset_metadata_max_bytes,
        offsets_retention_minutes: config.offsets_retention_minutes,
        offsets_retention_check_interval_ms: config.offsets_retention_check_interval_ms,
        offsets_commit_timeout_ms: config.offsets_commit_timeout_ms,
    }
}

fn now() -> Now {
    Now { instant: Instant::now(), unix_ms: crate::state::unix_ms() }
}
