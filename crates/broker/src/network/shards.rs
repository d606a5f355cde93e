//! The threads that serve connections: one current-thread runtime per core.
//!
//! A connection is given to the least loaded shard when it is accepted and lives there. What is not the hot
//! path (quorum, timers of groups, cleaning, REST) runs elsewhere.
use crate::metrics::ShardCounters;
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use tokio::{runtime, sync::watch};

#[derive(Debug)]
struct Shard {
    handle: runtime::Handle,
    /// Connections living here.
    load: Arc<AtomicUsize>,
    counters: Arc<ShardCounters>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Debug)]
pub(crate) struct Shards {
    shards: Vec<Shard>,
    stop: watch::Sender<bool>,
}

impl Shards {
    /// One for each of the counters.
    pub(crate) fn start(counters: &[Arc<ShardCounters>]) -> std::io::Result<Self> {
        let (stop, _) = watch::channel(false);
        let shards = counters
            .iter()
            .enumerate()
            .map(|(index, counters)| Shard::start(index, counters.clone(), stop.subscribe()))
            .collect::<Result<_, _>>()?;
        Ok(Self { shards, stop })
    }

    /// Runs a connection on the least loaded shard.
    pub(crate) fn spawn<F>(&self, connection: impl FnOnce(Arc<ShardCounters>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let shard = self
            .shards
            .iter()
            .min_by_key(|shard| shard.load.load(Ordering::Relaxed))
            .expect("there is at least one shard");
        shard.load.fetch_add(1, Ordering::Relaxed);
        let (load, counters) = (shard.load.clone(), shard.counters.clone());
        shard.handle.spawn(async move {
            connection(counters).await;
            load.fetch_sub(1, Ordering::Relaxed);
        });
    }

    /// Ends every connection and waits for the threads.
    pub(crate) fn stop(&mut self) {
        self.stop.send_replace(true);
        for shard in &mut self.shards {
            if let Some(thread) = shard.thread.take() {
                // A panic inside a connection was caught by its task; the thread itself does nothing that can fail.
                let _ = thread.join();
            }
        }
    }
}

impl Shard {
    fn start(
        index: usize,
        counters: Arc<ShardCounters>,
        mut stop: watch::Receiver<bool>,
    ) -> std::io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        counters.runtime.set(handle.metrics()).expect("a shard is started once");
        let thread = thread::Builder::new().name(format!("shard-{index}")).spawn(move || {
            // The sender lives as long as the shards, so an error means the same as a stop.
            runtime.block_on(async { drop(stop.wait_for(|stopped| *stopped).await) });
        })?;
        Ok(Self { handle, load: Arc::default(), counters, thread: Some(thread) })
    }
}
