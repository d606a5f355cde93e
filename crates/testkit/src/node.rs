//! A broker in this process, on a folder and ports of its own.
use crate::Wire;
use broker::{Broker, StartError};
use config::ServerConfig;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// What every test broker has unless it says otherwise.
const SETTINGS: [(&str, &str); 5] = [
    ("listeners", "PLAINTEXT://127.0.0.1:0"),
    ("mainstem.admin.listener", ""),
    ("mainstem.shards", "1"),
    ("group.initial.rebalance.delay.ms", "0"),
    ("offsets.topic.num.partitions", "1"),
];

/// A broker that runs on a thread of its own until it is dropped.
#[derive(Debug)]
pub struct TestBroker {
    folder: Arc<TempDir>,
    settings: Vec<(String, String)>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    addresses: Vec<(String, SocketAddr)>,
    admin: Option<SocketAddr>,
    cluster_id: String,
    stop: oneshot::Sender<()>,
    thread: thread::JoinHandle<()>,
}

impl TestBroker {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With these settings over those of every test broker.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::in_folder(folder, settings).unwrap_or_else(|error| panic!("the broker does not start: {error}"))
    }

    /// On a folder that may have been another broker's.
    pub fn in_folder(folder: Arc<TempDir>, settings: &[(&str, &str)]) -> Result<Self, StartError> {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let settings: Vec<_> = SETTINGS.iter().chain(settings).map(owned).collect();
        let running = run(configuration(&folder, &settings))?;
        Ok(Self { folder, settings, running: Some(running) })
    }

    pub fn folder(&self) -> Arc<TempDir> {
        self.folder.clone()
    }

    /// Where its logs are.
    pub fn data(&self) -> PathBuf {
        data(&self.folder)
    }

    /// Of the first listener.
    pub fn address(&self) -> SocketAddr {
        self.running().addresses[0].1
    }

    /// Of a listener by name.
    pub fn address_of(&self, listener: &str) -> SocketAddr {
        self.running().addresses.iter().find(|(name, _)| name == listener).unwrap().1
    }

    pub fn admin_address(&self) -> SocketAddr {
        self.running().admin.unwrap()
    }

    pub fn cluster_id(&self) -> &str {
        &self.running().cluster_id
    }

    pub fn connect(&self) -> Wire {
        Wire::to(self.address())
    }

    /// Stops it in order and starts it again on the same folder; its ports are others then.
    pub fn restart(&mut self) {
        self.stop();
        self.running = Some(run(configuration(&self.folder, &self.settings)).unwrap());
    }

    /// Stops it in order.
    pub fn stop(&mut self) {
        if let Some(Running { stop, thread, .. }) = self.running.take() {
            // The thread may have died with the test's panic.
            let _ = stop.send(());
            let _ = thread.join();
        }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the broker was stopped")
    }
}

impl Drop for TestBroker {
    fn drop(&mut self) {
        self.stop();
    }
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

fn configuration(folder: &TempDir, settings: &[(String, String)]) -> ServerConfig {
    let log_dirs = |path: &Path| ("log.dirs".to_owned(), path.display().to_string());
    let properties = std::iter::once(log_dirs(&data(folder))).chain(settings.iter().cloned());
    ServerConfig::from_properties(properties).unwrap()
}

fn run(config: ServerConfig) -> Result<Running, StartError> {
    let (stop, stopped) = oneshot::channel();
    let (report, reported) = mpsc::channel();
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let broker = match Broker::start(config).await {
                Ok(broker) => broker,
                Err(error) => return report.send(Err(error)).unwrap(),
            };
            let addresses = broker.kafka_addresses().to_vec();
            report.send(Ok((addresses, broker.admin_address(), broker.cluster_id().to_owned()))).unwrap();
            // Dropping the other end means the same.
            let _ = stopped.await;
            broker.shutdown().await.unwrap();
        });
    });
    let (addresses, admin, cluster_id) = reported.recv().expect("the broker's thread has died")?;
    Ok(Running { addresses, admin, cluster_id, stop, thread })
}
