//! Starts a broker, and stops it.
use crate::{
    admin, chores, dynamic, features, follow,
    network::{Bound, ConnectionLimits, Limits, Shards, SocketOptions},
    state::{Parts, State},
};
use ::metadata::{Changes, DirectoryId, Endpoint, MetadataImage, VersionRange, controller};
use base::{BrokerEpoch, TopicId};
use config::{Listener, ServerConfig};
use parking_lot::Mutex;
use quorum::{Quorum, QuorumConfig};
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};
use storage::{LogConfig, LogManager, StorageOptions};
use tokio::{sync::mpsc, task::JoinHandle};
use uuid::Uuid;
use wire::Text;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}; is another server running there?")]
    Bind { address: String, source: io::Error },
    #[error("listener `{0}` asks for {1}; only PLAINTEXT is served yet")]
    Protocol(String, &'static str),
    #[error("there is no listener for clients in `listeners`")]
    NoListener,
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("the metadata quorum did not start")]
    Quorum(#[from] quorum::Error),
    #[error("the broker could not register with its controller: {0}")]
    Register(String),
    #[error("the start took longer than server.max.startup.time.ms, {0:?}")]
    TooSlow(Duration),
    #[error("the threads for connections did not start")]
    Threads(#[source] io::Error),
}

/// Why a broker cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("the metadata can no longer be changed")]
    Metadata(#[source] quorum::Error),
    #[error("no log directory is left that can be used")]
    LogDirectories(#[source] storage::Error),
}

/// A running broker.
#[derive(Debug)]
pub struct Broker {
    state: Arc<State>,
    shards: Arc<Mutex<Shards>>,
    kafka_addresses: Vec<(String, SocketAddr)>,
    admin_address: Option<SocketAddr>,
    /// Listeners, the admin port, the follower of the metadata.
    tasks: Vec<JoinHandle<()>>,
}

impl Broker {
    /// Starts a broker on the caller's runtime. Clients are served when this returns.
    ///
    /// An empty data folder becomes that of a new cluster.
    pub async fn start(config: ServerConfig) -> Result<Self, StartError> {
        let at_most = config.node.server_max_startup_time_ms;
        let started = tokio::time::timeout(at_most, Self::start_in_any_time(config)).await;
        started.unwrap_or(Err(StartError::TooSlow(at_most)))
    }

    async fn start_in_any_time(config: ServerConfig) -> Result<Self, StartError> {
        let bound = bind(&config)?;
        let admin = bind_admin(&config)?;
        let storage = Arc::new(open_storage(&config)?);
        let identity = storage.meta_properties().expect("the folders are formatted");
        let voter = storage.directory_id_of(&config.metadata_log_dir()).expect("it is one of the folders");
        let quorum = start_quorum(&config, &identity.cluster_id, voter).await?;

        let names: Vec<_> = bound.iter().map(|(listener, _)| Text::from(listener.name.clone())).collect();
        let endpoints = advertised(&config, &bound);
        let state = Arc::new(State::new(Parts {
            cluster_id: Text::from(identity.cluster_id.clone()),
            limits: ConnectionLimits::new(Limits::of(&config, &names)),
            listener_names: names,
            quorum,
            storage,
            shards: shard_count(&config),
            config,
        }));
        let flushes = state.metrics.flushes.clone();
        state.storage.on_flush(move |took| flushes.lock().record_duration(took));
        let mut broker = Self {
            shards: Arc::new(Mutex::new(Shards::start(&state.metrics.shards).map_err(StartError::Threads)?)),
            kafka_addresses: addresses(&bound),
            admin_address: admin.as_ref().and_then(|admin| admin.local_addr().ok()),
            tasks: Vec::new(),
            state,
        };
        broker.load_logs()?;
        broker.follow_metadata();
        let at_most = broker.state.config.node.initial_broker_registration_timeout_ms;
        let registered = tokio::time::timeout(at_most, broker.register(endpoints)).await;
        registered.unwrap_or_else(|_| {
            Err(StartError::Register(format!("initial.broker.registration.timeout.ms, {at_most:?}, is over")))
        })?;
        broker.serve(bound, admin);
        chores::spawn(&broker.state);
        broker.state.set_running(true);
        Ok(broker)
    }

    /// Name and address of each listener that clients can connect to.
    pub fn kafka_addresses(&self) -> &[(String, SocketAddr)] {
        &self.kafka_addresses
    }

    /// Where `/livez`, `/readyz` and `/metrics` are; `None` when turned off.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    pub fn cluster_id(&self) -> &str {
        &self.state.cluster_id
    }

    pub fn log_dirs(&self) -> Vec<PathBuf> {
        self.state.config.log_dirs()
    }

    /// Waits until the broker cannot go on: its metadata log cannot be written, or its last log directory is offline. As
    /// in Kafka a server then stops, so that whoever watches over it notices.
    pub async fn failed(&self) -> Failed {
        let (last, mut left) = mpsc::channel(1);
        let online = AtomicUsize::new(self.log_dirs().len());
        self.state.storage.on_offline(move |_, error| {
            if online.fetch_sub(1, Relaxed) == 1 {
                // Nobody listens once the broker is being stopped.
                let _ = last.try_send(error.clone());
            }
        });
        tokio::select! {
            error = self.state.quorum.stopped() => Failed::Metadata(error),
            Some(error) = left.recv() => Failed::LogDirectories(error),
        }
    }

    /// Stops serving, flushes and closes everything. What was acknowledged is safe either way; after this, the
    /// next start has nothing to recover.
    pub async fn shutdown(self) -> Result<(), storage::Error> {
        self.state.set_running(false);
        for task in &self.tasks {
            task.abort();
        }
        let (state, shards) = (self.state, self.shards);
        let stopped = tokio::task::spawn_blocking(move || {
            shards.lock().stop();
            state.storage.shutdown(state.broker_epoch()).map(|()| state)
        });
        let state = stopped.await.expect("closing logs does not panic")?;
        state.quorum.shutdown().await;
        Ok(())
    }

    /// Opens the logs that are there. Settings follow when the topics are known.
    fn load_logs(&self) -> Result<(), StartError> {
        let image = self.state.image();
        dynamic::apply(&self.state, &image);
        let config = |partition: &storage::TopicPartition| {
            let replicas = image.topic_named(&partition.topic).map_or(1, |topic| topic.replication_factor());
            let topic = Text::copy_from(&partition.topic);
            LogConfig::new(&crate::config_view::topic_config(&self.state, &image, &topic), replicas)
        };
        Ok(self.state.storage.load(self.state.now_ms(), &config)?)
    }

    /// Carries out committed metadata as it comes, what there is now at once.
    fn follow_metadata(&mut self) {
        let state = self.state.clone();
        let mut changes = state.quorum.changes();
        let present = changes.image().clone();
        let everything = Changes::between(&MetadataImage::default(), &present);
        follow::apply(&state, &present, &everything);
        follow::report_strays(&state, &present);
        self.tasks.push(tokio::spawn(async move {
            while let Some(update) = changes.next().await {
                follow::apply(&state, &update.image, &update.changes);
            }
        }));
    }
}

impl Broker {
    /// Tells the controller that this broker is here, and that it may lead.
    async fn register(&self, endpoints: Vec<Endpoint>) -> Result<(), StartError> {
        let failed = |error: quorum::Error| StartError::Register(error.to_string());
        let state = &self.state;
        let incarnation_id = Uuid::from_u128(rand::random());
        let registration = controller::RegisterBroker {
            id: state.node_id,
            cluster_id: state.cluster_id.clone(),
            incarnation_id,
            endpoints,
            features: supported_features(),
            rack: state.config.node.broker_rack.clone().map(Text::from),
            directories: state.storage.directories().into_iter().map(|id| DirectoryId(id.0)).collect(),
            previous_epoch: state.storage.previous_broker_epoch().unwrap_or(BrokerEpoch::NONE),
        };
        // Nobody else can be this broker: its folders are locked.
        let session_is_valid = false;
        let cluster_id = state.cluster_id.clone();
        let registered = state
            .decide(move |image| {
                controller::register_broker(image, &cluster_id, &registration, session_is_valid)
            })
            .await
            .map_err(failed)?;
        state.set_broker_epoch(registered.epoch);
        let broker = state.node_id;
        let awake = state.decide(move |image| {
            let heartbeat = controller::Heartbeat {
                broker,
                epoch: registered.epoch,
                metadata_offset: image.last_offset(),
                want_fence: false,
                want_shutdown: false,
            };
            controller::heartbeat(image, &heartbeat)
        });
        awake.await.map_err(failed)?;
        let controller = ::metadata::ControllerRegistration {
            id: broker,
            incarnation_id,
            endpoints: Vec::new(),
            features: supported_features(),
        };
        state
            .decide(move |image| Ok(controller::register_controller(image, &controller)))
            .await
            .map_err(failed)
    }

    fn serve(&mut self, bound: Vec<(Listener, Bound)>, admin: Option<std::net::TcpListener>) {
        for (index, (listener, socket)) in bound.into_iter().enumerate() {
            let serving =
                socket.serve(index, self.state.clone(), self.shards.clone(), self.state.limits.clone());
            self.tasks.push(tokio::spawn(async move {
                if let Err(error) = serving.await {
                    tracing::error!(listener = listener.name, %error, "the listener stopped");
                }
            }));
        }
        if let Some(admin) = admin {
            let router = admin::router(self.state.clone());
            self.tasks.push(tokio::spawn(async move {
                let served = async { axum::serve(tokio::net::TcpListener::from_std(admin)?, router).await };
                if let Err(error) = served.await {
                    tracing::error!(%error, "the admin port stopped");
                }
            }));
        }
    }
}

fn supported_features() -> BTreeMap<Text, VersionRange> {
    features::SUPPORTED.iter().map(|feature| (Text::from_static(feature.name), feature.range)).collect()
}

/// Binds every listener for clients, before anything else is touched.
fn bind(config: &ServerConfig) -> Result<Vec<(Listener, Bound)>, StartError> {
    let mut bound = Vec::new();
    for listener in &config.listeners {
        if config.is_controller_listener(&listener.name) {
            // A quorum of one has nobody to talk to.
            continue;
        }
        if listener.protocol != config::SecurityProtocol::Plaintext {
            return Err(StartError::Protocol(listener.name.clone(), listener.protocol.name()));
        }
        let socket = Bound::bind(&listener.host, listener.port, SocketOptions::of(config))
            .map_err(|source| StartError::Bind { address: listener.to_string(), source })?;
        bound.push((listener.clone(), socket));
    }
    if bound.is_empty() { Err(StartError::NoListener) } else { Ok(bound) }
}

fn bind_admin(config: &ServerConfig) -> Result<Option<std::net::TcpListener>, StartError> {
    let address = &config.node.mainstem_admin_listener;
    if address.is_empty() {
        return Ok(None);
    }
    let bound = std::net::TcpListener::bind(address).and_then(|socket| {
        socket.set_nonblocking(true)?;
        Ok(socket)
    });
    bound.map(Some).map_err(|source| StartError::Bind { address: address.clone(), source })
}

/// Opens and locks the log directories; new ones become those of a new cluster.
fn open_storage(config: &ServerConfig) -> Result<LogManager, StartError> {
    let mut options = StorageOptions::new(config.log_dirs());
    options.metadata_directory = Some(config.metadata_log_dir());
    options.tail_cache = config.log.mainstem_tail_cache_bytes;
    options.producer_id_expiration = config.log.producer_id_expiration_ms;
    options.producer_id_expiration_check = config.log.producer_id_expiration_check_interval_ms;
    options.recovery_threads_per_directory =
        usize::try_from(config.log.num_recovery_threads_per_data_dir).unwrap_or(1);
    let storage = LogManager::open(options)?;
    let cluster_id = match storage.meta_properties() {
        Some(properties) => properties.cluster_id,
        None => TopicId(Uuid::from_u128(rand::random())).to_string(),
    };
    storage.format(&cluster_id, config.node.node_id)?;
    Ok(storage)
}

/// Joins the metadata quorum, or founds that of a new cluster.
async fn start_quorum(
    config: &ServerConfig,
    cluster_id: &str,
    voter: storage::DirectoryId,
) -> Result<Quorum, StartError> {
    let mut options = QuorumConfig::new(config.metadata_log_dir(), config.node.node_id, voter.0, cluster_id);
    let levels: Vec<_> =
        features::SUPPORTED.iter().map(|feature| (feature.name, feature.default_level)).collect();
    options.bootstrap = controller::bootstrap(&levels);
    // With eligible leader replicas every broker must agree on the minimum, so it is the cluster's (KIP-966).
    options.bootstrap.push(controller::cluster_min_in_sync_replicas(min_in_sync_replicas(config)));
    options.adopt = features::adopt;
    options.segment_bytes = config.quorum.metadata_segment_bytes().0;
    options.segment_age = config.quorum.metadata_log_segment_ms;
    options.election_timeout = config.quorum.controller_quorum_election_timeout_ms;
    options.election_backoff_max = config.quorum.controller_quorum_election_backoff_max_ms;
    options.snapshot_after_bytes = config.quorum.metadata_log_max_record_bytes_between_snapshots.0;
    let interval = config.quorum.metadata_log_max_snapshot_interval_ms;
    if !interval.is_zero() {
        options.snapshot_after = interval;
    }
    Ok(Quorum::start(options).await?)
}

/// `min.insync.replicas` of the server's file.
fn min_in_sync_replicas(config: &ServerConfig) -> i32 {
    config.properties.get("min.insync.replicas").and_then(|value| value.trim().parse().ok()).unwrap_or(1)
}

/// What clients are told to connect to. A port that the system chose and a host that was left open are known
/// only now.
fn advertised(config: &ServerConfig, bound: &[(Listener, Bound)]) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for listener in &config.advertised_listeners {
        let socket = bound.iter().find(|(other, _)| other.name == listener.name);
        let chosen = socket.and_then(|(_, socket)| socket.address().ok()).map_or(0, |address| address.port());
        let host = match listener.host.as_str() {
            "" => local_host_name(),
            host => host.to_owned(),
        };
        endpoints.push(Endpoint {
            listener: Text::from(listener.name.clone()),
            host: Text::from(host),
            port: if listener.port == 0 { chosen } else { listener.port },
            security_protocol: listener.protocol as i16,
        });
    }
    endpoints
}

/// This host's name if others can find it by that, else `localhost`.
fn local_host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let resolves = std::net::ToSocketAddrs::to_socket_addrs(&(name.as_str(), 0)).is_ok();
    if resolves { name } else { "localhost".to_owned() }
}

fn shard_count(config: &ServerConfig) -> usize {
    match usize::try_from(config.node.mainstem_shards) {
        Ok(count @ 1..) => count,
        _ => thread::available_parallelism().map_or(1, usize::from),
    }
}

fn addresses(bound: &[(Listener, Bound)]) -> Vec<(String, SocketAddr)> {
    bound
        .iter()
        .filter_map(|(listener, socket)| Some((listener.name.clone(), socket.address().ok()?)))
        .collect()
}
