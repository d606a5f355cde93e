//! What every request can reach: the configuration, the metadata, the logs, the coordinators.
use crate::{
    fetch_sessions::FetchSessions,
    groups::{Groups, Storing},
    metrics::Metrics,
    network::{ConnectionLimits, RequestMemory},
    producer_ids::ProducerIds,
    topics::Topics,
};
use ::metadata::{MetadataImage, controller::Decision};
use base::{BrokerEpoch, NodeId, Offset};
use config::ServerConfig;
use parking_lot::Mutex;
use quorum::Quorum;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use storage::LogManager;
use tokio::sync::watch;
use wire::Text;

#[derive(Debug)]
pub(crate) struct State {
    pub config: ServerConfig,
    pub node_id: NodeId,
    pub cluster_id: Text,
    /// Names of the listeners, by the index that a connection carries.
    pub listener_names: Vec<Text>,
    pub quorum: Quorum,
    pub storage: Arc<LogManager>,
    pub topics: Topics,
    pub groups: Groups,
    pub fetch_sessions: Mutex<FetchSessions>,
    pub producer_ids: ProducerIds,
    pub limits: Arc<ConnectionLimits>,
    pub metrics: Metrics,
    /// What requests take together; `None` where it has no bound.
    pub request_memory: Option<Arc<RequestMemory>>,
    broker_epoch: AtomicI64,
    /// How much of the metadata log is in force here: the offset after it.
    applied: watch::Sender<Offset>,
    running: AtomicBool,
}

/// What a [`State`] is made of; the rest starts empty.
pub(crate) struct Parts {
    pub config: ServerConfig,
    pub cluster_id: Text,
    pub listener_names: Vec<Text>,
    pub quorum: Quorum,
    pub storage: Arc<LogManager>,
    pub limits: Arc<ConnectionLimits>,
    /// How many threads serve connections.
    pub shards: usize,
}

impl State {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { config, cluster_id, listener_names, quorum, storage, limits, shards } = parts;
        let listener_count = listener_names.len();
        let slots = usize::try_from(config.network.max_incremental_fetch_session_cache_slots).unwrap_or(0);
        Self {
            node_id: config.node.node_id,
            cluster_id,
            listener_names,
            quorum,
            storage,
            topics: Topics::default(),
            groups: Groups::new((&config.group).into(), Storing::of(&config.group)),
            fetch_sessions: Mutex::new(FetchSessions::new(slots)),
            producer_ids: ProducerIds::default(),
            limits,
            metrics: Metrics::new(shards, listener_count),
            request_memory: config.network.queued_max_request_bytes.map(|limit| RequestMemory::new(limit.0)),
            broker_epoch: AtomicI64::new(BrokerEpoch::NONE.0),
            applied: watch::Sender::new(Offset::ZERO),
            running: AtomicBool::new(false),
            config,
        }
    }

    /// The newest committed metadata.
    pub(crate) fn image(&self) -> Arc<MetadataImage> {
        self.quorum.image()
    }

    pub(crate) fn now_ms(&self) -> i64 {
        unix_ms()
    }

    pub(crate) fn broker_epoch(&self) -> BrokerEpoch {
        BrokerEpoch(self.broker_epoch.load(Ordering::Acquire))
    }

    pub(crate) fn set_broker_epoch(&self, epoch: BrokerEpoch) {
        self.broker_epoch.store(epoch.0, Ordering::Release);
    }

    /// Changes metadata: `decide` looks at the newest image and says what to commit and what to answer. Returns
    /// when the change is committed and in force on this broker.
    pub(crate) async fn decide<R: Send + 'static>(
        &self,
        decide: impl FnOnce(&MetadataImage) -> Result<Decision<R>, ::metadata::Error> + Send + 'static,
    ) -> Result<R, quorum::Error> {
        let quorum::Committed { offset, reply } = self.quorum.decide(decide).await?;
        let mut applied = self.applied.subscribe();
        // The sender lives in `self`.
        let _ = applied.wait_for(|next| *next > offset).await;
        Ok(reply)
    }

    /// Everything below `offset` is in force.
    pub(crate) fn applied(&self, offset: Offset) {
        self.applied.send_replace(offset);
    }

    /// The last offset in force.
    pub(crate) fn applied_offset(&self) -> Offset {
        Offset(self.applied.borrow().0 - 1)
    }

    pub(crate) fn set_running(&self, running: bool) {
        self.running.store(running, Ordering::Release);
    }

    /// Why clients should not be sent here; empty when they can be.
    pub(crate) fn reasons_not_ready(&self) -> Vec<&'static str> {
        let reasons = [
            (!self.running.load(Ordering::Acquire), "the broker is starting or stopping"),
            (self.groups.is_loading(), "groups are loading"),
            (self.storage.describe().iter().any(|directory| directory.offline), "a log directory is offline"),
        ];
        reasons.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason).collect()
    }
}

/// Milliseconds since 1970, by the system's clock.
pub(crate) fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
