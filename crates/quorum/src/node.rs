//! One member of the metadata quorum: what the rest of the server sees.
use crate::{
    Committed, Error, VoterEndpoint, VoterKey, bootstrap,
    controller::{Controller, wish},
    disk, import,
    log_store::{LogStore, RollAt, is_sole_voter, now_ms},
    network::NoNetwork,
    quorum_state,
    raft_types::{Metadata, Voter},
    snapshot,
    state_machine::StateMachine,
};
use base::{LeaderEpoch, NodeId, Offset};
use metadata::{
    Changes, MetadataImage, Record,
    controller::{Decision, MAX_RECORDS_PER_REQUEST},
};
use openraft::{
    Config, Raft, RaftMetrics, ReadPolicy, SnapshotPolicy, async_runtime::watch::WatchReceiver as _,
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{Instant, timeout},
};
use uuid::Uuid;

/// The folder of the log, in Kafka's naming.
pub(crate) const LOG_DIR: &str = "__cluster_metadata-0";
/// Wishes that may wait. More make their senders wait.
const WISH_QUEUE: usize = 1024;

/// Longest time between two signs of life of a leader.
const HEARTBEAT_MS: u64 = 250;

/// What this server makes of records that Apache Kafka or who formatted the folder left there; the second are those of
/// [`QuorumConfig::bootstrap`].
pub type Adopt = fn(Vec<Record>, Vec<Record>) -> Result<Vec<Record>, metadata::Error>;

#[derive(Clone, Debug)]
pub struct QuorumConfig {
    /// Where the log's folder lies (`metadata.log.dir`).
    pub dir: PathBuf,
    pub node_id: NodeId,
    /// The id of that directory, from `meta.properties`.
    pub directory_id: Uuid,
    pub cluster_id: String,
    /// Where this controller listens.
    pub endpoints: Vec<VoterEndpoint>,
    /// The first records of a new cluster, if nothing in the folder says others.
    pub bootstrap: Vec<Record>,
    pub adopt: Adopt,
    /// `metadata.log.segment.bytes`
    pub segment_bytes: u64,
    /// `metadata.log.segment.ms`
    pub segment_age: Duration,
    /// `controller.quorum.election.timeout.ms`
    pub election_timeout: Duration,
    /// `controller.quorum.election.backoff.max.ms`
    pub election_backoff_max: Duration,
    /// `metadata.log.max.record.bytes.between.snapshots`
    pub snapshot_after_bytes: u64,
    /// `metadata.log.max.snapshot.interval.ms`
    pub snapshot_after: Duration,
    /// How long to wait for a leader at the start.
    pub start_timeout: Duration,
}

impl QuorumConfig {
    /// Kafka's defaults.
    pub fn new(
        dir: impl Into<PathBuf>,
        node_id: NodeId,
        directory_id: Uuid,
        cluster_id: impl Into<String>,
    ) -> Self {
        Self {
            dir: dir.into(),
            node_id,
            directory_id,
            cluster_id: cluster_id.into(),
            endpoints: Vec::new(),
            bootstrap: Vec::new(),
            adopt: |found, _| Ok(found),
            segment_bytes: 1 << 30,
            segment_age: Duration::from_secs(7 * 24 * 3600),
            election_timeout: Duration::from_secs(1),
            election_backoff_max: Duration::from_secs(1),
            snapshot_after_bytes: 20 << 20,
            snapshot_after: Duration::from_secs(3600),
            start_timeout: Duration::from_secs(30),
        }
    }
}

/// A handle. Clones are the same member, which stops when [`Quorum::shutdown`] is called or all of them are gone.
#[derive(Clone)]
pub struct Quorum(Arc<Node>);

struct Node {
    key: VoterKey,
    raft: Raft<Metadata, StateMachine>,
    log: LogStore,
    images: watch::Receiver<Arc<MetadataImage>>,
    wishes: mpsc::Sender<crate::controller::Wish>,
    snapshots: JoinHandle<()>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.snapshots.abort();
    }
}

impl std::fmt::Debug for Quorum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quorum")
            .field("key", &self.0.key)
            .field("offset", &self.image().last_offset())
            .finish()
    }
}

impl Quorum {
    /// Opens the log, or makes one for a new cluster, and joins in. A quorum of one leads when this returns.
    pub async fn start(config: QuorumConfig) -> Result<Self, Error> {
        let key = VoterKey { id: config.node_id, directory: config.directory_id };
        let dir = config.dir.join(LOG_DIR);
        let aside = import::aside(&dir);
        let mut first = None;
        if import::is_kafkas(&dir)? {
            first = Some(first_records(&config, &dir)?);
            import::put_aside(&dir)?;
        }
        let opened = create_dir(&dir).and_then(|()| open(&dir, roll_at(&config)));
        let (loaded, log) = opened.map_err(|source| Error::Io { path: dir.clone(), source })?;
        let membership = match log.last_membership() {
            Ok(Some(newer)) => Some(newer),
            Ok(None) => loaded.as_ref().map(|snapshot| snapshot.meta.last_membership.clone()),
            Err(source) => return Err(Error::Io { path: dir, source }),
        };
        if membership.is_some_and(|membership| membership.membership().get_node(&key).is_none()) {
            return Err(Error::AnotherVoter { dir, this_node: key.to_string() });
        }
        if !log.has_entries() && is_used(&dir) {
            let text = "this voter took part before, but neither its log nor a snapshot can be read";
            return Err(Error::Io { path: dir, source: disk::invalid(text) });
        }
        let is_new = !log.has_entries();
        if is_new && first.is_none() {
            first = Some(first_records(&config, &aside)?);
        }
        let (machine, images) = StateMachine::new(dir, loaded);
        let raft_config = Arc::new(raft_config(&config)?);
        let raft = Raft::new(key, raft_config, NoNetwork, log.clone(), machine).await.map_err(fatal)?;
        if is_new {
            let voter = Voter { endpoints: config.endpoints.clone() };
            let initialized = raft.initialize(BTreeMap::from([(key, voter)])).await;
            initialized.map_err(|error| Error::Raft(error.to_string()))?;
        }
        let quorum = Self::run(key, raft, log, images, &config);
        quorum.lead(config.start_timeout).await?;
        if quorum.image().features().next().is_none() {
            let records = match first {
                Some(records) => records,
                None => first_records(&config, &aside)?,
            };
            quorum.write_bootstrap(records).await?;
        }
        Ok(quorum)
    }

    fn run(
        key: VoterKey,
        raft: Raft<Metadata, StateMachine>,
        log: LogStore,
        images: watch::Receiver<Arc<MetadataImage>>,
        config: &QuorumConfig,
    ) -> Self {
        let (wishes, receiver) = mpsc::channel(WISH_QUEUE);
        let controller = Controller { raft: raft.clone(), images: images.clone(), wishes: receiver };
        tokio::spawn(controller.run());
        let snapshots = SnapshotTimer {
            raft: raft.clone(),
            log: log.clone(),
            images: images.clone(),
            after_bytes: config.snapshot_after_bytes,
            after: config.snapshot_after,
        };
        let snapshots = tokio::spawn(snapshots.run());
        Self(Arc::new(Node { key, raft, log, images, wishes, snapshots }))
    }

    /// With nobody to wait for, an election need not wait for a timeout either.
    async fn lead(&self, at_most: Duration) -> Result<(), Error> {
        let Node { key, raft, images, .. } = &*self.0;
        let deadline = Instant::now() + at_most;
        let membership = raft.metrics().borrow_watched().membership_config.clone();
        if !raft.is_leader() && is_sole_voter(membership.membership(), key) {
            raft.trigger().elect(false).await.map_err(fatal)?;
        }
        let has_leader = |metrics: &RaftMetrics<Metadata>| metrics.current_leader.is_some();
        let led =
            raft.wait(Some(at_most)).metrics(has_leader, "a leader").await.map_err(|_| Error::NoLeader)?;
        let epoch = epoch_of(led.current_term);
        let mut images = images.clone();
        let applied = images.wait_for(|image| image.epoch() >= epoch);
        match tokio::time::timeout_at(deadline, applied).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(Error::Stopped),
            Err(_) => Err(Error::NoLeader),
        }
    }

    async fn write_bootstrap(&self, records: Vec<Record>) -> Result<(), Error> {
        let decided = self.decide(move |image: &MetadataImage| {
            // Another start may have been here first.
            let is_new = image.features().next().is_none();
            Ok(Decision { records: if is_new { records } else { Vec::new() }, reply: () })
        });
        decided.await.map(drop)
    }
}

/// Reading.
impl Quorum {
    /// The newest image that this node knows.
    pub fn image(&self) -> Arc<MetadataImage> {
        self.0.images.borrow().clone()
    }

    /// An image that holds everything that was committed anywhere before the call.
    pub async fn linearizable(&self) -> Result<Arc<MetadataImage>, Error> {
        let confirmed = self.0.raft.ensure_linearizable(ReadPolicy::ReadIndex).await;
        confirmed.map_err(|_| Error::NotLeader { leader: self.leader() })?;
        Ok(self.image())
    }

    /// Waits for an image with everything up to `offset`.
    pub async fn applied(&self, offset: Offset) -> Result<Arc<MetadataImage>, Error> {
        let mut images = self.0.images.clone();
        let image = images.wait_for(|image| image.last_offset() >= offset).await;
        image.map(|image| image.clone()).map_err(|_| Error::Stopped)
    }

    /// What changes from now on.
    pub fn changes(&self) -> ImageChanges {
        let mut images = self.0.images.clone();
        let seen = images.borrow_and_update().clone();
        ImageChanges { images, seen }
    }

    pub fn leader(&self) -> Option<NodeId> {
        self.0.raft.metrics().borrow_watched().current_leader.map(|key| key.id)
    }

    pub fn is_leader(&self) -> bool {
        self.0.raft.is_leader()
    }

    /// For DescribeQuorum.
    pub fn describe(&self) -> QuorumDescription {
        let Node { key, raft, log, images, .. } = &*self.0;
        let metrics = raft.metrics().borrow_watched().clone();
        let now_ms = now_ms();
        let replica = |voter: &VoterKey, node: &Voter| {
            let is_leader = metrics.current_leader == Some(*voter);
            let acknowledged = metrics.replication.as_ref().and_then(|replication| replication.get(voter));
            let log_end_offset = match acknowledged {
                _ if voter == key => Some(log.log_end_offset()),
                Some(Some(id)) => log.end_offset_of(id.index),
                _ => None,
            };
            ReplicaState {
                key: *voter,
                endpoints: node.endpoints.clone(),
                log_end_offset: log_end_offset.unwrap_or(Offset::NONE),
                last_fetch_timestamp_ms: if is_leader { now_ms } else { -1 },
                last_caught_up_timestamp_ms: if is_leader { now_ms } else { -1 },
            }
        };
        let membership = metrics.membership_config.membership();
        QuorumDescription {
            leader: metrics.current_leader.map(|key| key.id),
            leader_epoch: epoch_of(metrics.current_term),
            high_watermark: images.borrow().next_offset(),
            voters: membership.nodes().map(|(voter, node)| replica(voter, node)).collect(),
        }
    }
}

/// Changing.
impl Quorum {
    /// Has the controller decide, commits the records, and then answers.
    ///
    /// `decide` sees the image as all earlier decisions will leave it. It runs on the controller's task: it must not
    /// block, and what it refuses changes nothing. The image of this node shows the change before the answer comes.
    pub async fn decide<R, F>(&self, decide: F) -> Result<Committed<R>, Error>
    where
        R: Send + 'static,
        F: FnOnce(&MetadataImage) -> Result<Decision<R>, metadata::Error> + Send + 'static,
    {
        let (wish, answer) = wish(|image| Ok(decide(image)?));
        self.ask(wish, answer).await
    }

    /// Commits `records` if the log has not moved on since `expected_last_offset`.
    pub async fn propose(&self, records: Vec<Record>, expected_last_offset: Offset) -> Result<Offset, Error> {
        if records.len() > MAX_RECORDS_PER_REQUEST {
            return Err(Error::TooLarge(format!("{} records", records.len()).into()));
        }
        let (wish, answer) = wish(move |image| match image.last_offset() {
            actual if actual == expected_last_offset => Ok(Decision { records, reply: () }),
            actual => Err(Error::Conflict { expected: expected_last_offset, actual }),
        });
        self.ask(wish, answer).await.map(|committed| committed.offset)
    }

    async fn ask<R>(
        &self,
        wish: crate::controller::Wish,
        answer: oneshot::Receiver<Result<Committed<R>, Error>>,
    ) -> Result<Committed<R>, Error> {
        self.0.wishes.send(wish).await.map_err(|_| Error::Stopped)?;
        answer.await.map_err(|_| Error::Stopped)?
    }

    /// Takes a snapshot and lets go of the log before it. Returns when both are done.
    pub async fn snapshot_now(&self) -> Result<(), Error> {
        take_snapshot(&self.0.raft).await
    }

    /// Waits for the end: a shutdown, or that the log cannot be written any more, after which nothing here works.
    pub async fn stopped(&self) -> Error {
        let has_stopped = |metrics: &RaftMetrics<Metadata>| metrics.running_state.is_err();
        match self.0.raft.wait(None).metrics(has_stopped, "the end").await {
            Ok(RaftMetrics { running_state: Err(error), .. }) => fatal(error),
            _ => Error::Stopped,
        }
    }

    /// Stops taking part. What was answered is on disk already.
    pub async fn shutdown(&self) {
        self.0.snapshots.abort();
        if let Err(error) = self.0.raft.shutdown().await {
            tracing::error!(%error, "the metadata quorum did not stop in order");
        }
    }
}

/// What happened since the last call, in one step however much it was.
#[derive(Clone, Debug)]
pub struct ImageChanges {
    images: watch::Receiver<Arc<MetadataImage>>,
    seen: Arc<MetadataImage>,
}

#[derive(Clone, Debug)]
pub struct ImageUpdate {
    pub before: Arc<MetadataImage>,
    pub image: Arc<MetadataImage>,
    pub changes: Changes,
}

impl ImageChanges {
    /// The image against which the next changes are told.
    pub fn image(&self) -> &Arc<MetadataImage> {
        &self.seen
    }

    /// Tells everything that an empty image lacks, for a subscriber that starts from nothing.
    #[must_use]
    pub fn from_the_beginning(mut self) -> Self {
        self.seen = Arc::default();
        self.images.mark_changed();
        self
    }

    /// Waits for a newer image. `None` when the quorum has stopped.
    pub async fn next(&mut self) -> Option<ImageUpdate> {
        self.images.changed().await.ok()?;
        let image = self.images.borrow_and_update().clone();
        let before = std::mem::replace(&mut self.seen, image.clone());
        let changes = Changes::between(&before, &image);
        Some(ImageUpdate { before, image, changes })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuorumDescription {
    pub leader: Option<NodeId>,
    pub leader_epoch: LeaderEpoch,
    pub high_watermark: Offset,
    pub voters: Vec<ReplicaState>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaState {
    pub key: VoterKey,
    pub endpoints: Vec<VoterEndpoint>,
    /// [`Offset::NONE`] where it is not known.
    pub log_end_offset: Offset,
    /// `-1` where it is not known.
    pub last_fetch_timestamp_ms: i64,
    pub last_caught_up_timestamp_ms: i64,
}

/// Takes a snapshot when enough was logged, or enough time has passed and anything was.
struct SnapshotTimer {
    raft: Raft<Metadata, StateMachine>,
    log: LogStore,
    images: watch::Receiver<Arc<MetadataImage>>,
    after_bytes: u64,
    after: Duration,
}

impl SnapshotTimer {
    async fn run(mut self) {
        let mut last_end = self.images.borrow().next_offset();
        let mut due = Instant::now() + self.after;
        loop {
            let changed =
                match timeout(due.saturating_duration_since(Instant::now()), self.images.changed()).await {
                    Ok(Ok(())) => true,
                    Ok(Err(_)) => return,
                    Err(_) => false,
                };
            let end = self.images.borrow_and_update().next_offset();
            let is_full = changed && self.log.unsnapshotted_bytes() >= self.after_bytes;
            if is_full || (!changed && end > last_end) {
                if let Err(error) = take_snapshot(&self.raft).await {
                    tracing::error!(%error, "cannot take a metadata snapshot");
                    return;
                }
                last_end = end;
            }
            if is_full || !changed {
                due = Instant::now() + self.after;
            }
        }
    }
}

async fn take_snapshot(raft: &Raft<Metadata, StateMachine>) -> Result<(), Error> {
    let applied = raft.metrics().borrow_watched().last_applied;
    raft.trigger().snapshot().await.map_err(fatal)?;
    let purged =
        |metrics: &RaftMetrics<Metadata>| metrics.running_state.is_err() || metrics.purged >= applied;
    let metrics = raft.wait(None).metrics(purged, "a snapshot").await.map_err(|_| Error::Stopped)?;
    metrics.running_state.map_err(fatal)
}

fn create_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir)?;
    disk::sync_parent(dir)
}

fn roll_at(config: &QuorumConfig) -> RollAt {
    let age_ms = i64::try_from(config.segment_age.as_millis()).unwrap_or(i64::MAX);
    RollAt { bytes: config.segment_bytes, age_ms }
}

fn open(dir: &Path, roll_at: RollAt) -> io::Result<(Option<snapshot::Snapshot>, LogStore)> {
    let loaded = snapshot::load(dir)?.map(|(snapshot, _)| snapshot);
    let anchor = loaded.as_ref().and_then(snapshot::Snapshot::anchor);
    let log = LogStore::open(dir, anchor, roll_at)?;
    Ok((loaded, log))
}

/// Whether anything shows that this folder has been part of a quorum. A new cluster is begun in no such folder.
/// What a new log begins with: what Kafka's log in `kafkas` says, else who formatted the folder, else the config.
fn first_records(config: &QuorumConfig, kafkas: &Path) -> Result<Vec<Record>, Error> {
    let mut found = None;
    if kafkas.is_dir() {
        found = Some(import::read(kafkas, config.node_id)?).filter(|records| !records.is_empty());
    }
    if found.is_none() {
        let unusable = |source| Error::Io { path: config.dir.clone(), source };
        found = bootstrap::read(&config.dir).map_err(unusable)?;
    }
    match found {
        Some(found) => Ok((config.adopt)(found, config.bootstrap.clone())?),
        None => Ok(config.bootstrap.clone()),
    }
}

fn is_used(dir: &Path) -> bool {
    dir.join(quorum_state::FILE_NAME).exists() || snapshot::exists(dir)
}

pub(crate) fn raft_config(config: &QuorumConfig) -> Result<Config, Error> {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    // Shorter ones leave no room for a heartbeat.
    let election_timeout = ms(config.election_timeout).max(4);
    let config = Config {
        cluster_name: config.cluster_id.clone(),
        heartbeat_interval: (election_timeout / 4).min(HEARTBEAT_MS),
        election_timeout_min: election_timeout,
        election_timeout_max: election_timeout.saturating_add(ms(config.election_backoff_max).max(1)),
        // The snapshot timer decides, by bytes and time.
        snapshot_policy: SnapshotPolicy::Never,
        max_in_snapshot_log_to_keep: 0,
        purge_batch_size: 1,
        // Every start is a new epoch, as in Kafka, so that two runs of a node are never the same leader.
        enable_leader_restore: Some(false),
        ..Config::default()
    };
    config.validate().map_err(|error| Error::Raft(error.to_string()))
}

fn epoch_of(term: u64) -> LeaderEpoch {
    LeaderEpoch(i32::try_from(term).unwrap_or(i32::MAX))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what an error is mapped with")]
fn fatal(error: openraft::errors::Fatal<Metadata>) -> Error {
    Error::Raft(error.to_string())
}
