//! What `dev` and `server` share: a broker that runs until it is told to stop.
use crate::failure::{Exit, Failure};
use broker::{Broker, StartError};
use config::ServerConfig;
use tokio::signal::unix::{SignalKind, signal};

/// Starts a broker, says so through `ready`, and stops it at the first SIGINT or SIGTERM. A second one ends the
/// process at once, and so does a failure that leaves the broker nothing to work with. `other_folder` says how to use one, for when something is wrong with the data folder.
pub(crate) async fn run_until_stopped(
    config: ServerConfig,
    other_folder: &str,
    ready: impl FnOnce(&Broker) -> std::io::Result<()>,
) -> Result<(), Failure> {
    // Before anything is opened, so that no signal finds half a start.
    let mut stop = Stop::listen()?;
    let broker = tokio::select! {
        started = Broker::start(config) => started.map_err(|error| cannot_start(&error, other_folder))?,
        () = stop.asked() => return Ok(()),
    };
    ready(&broker)?;
    let failed = tokio::select! {
        () = stop.asked() => None,
        failed = broker.failed() => Some(failed),
    };
    if let Some(failed) = failed {
        // Nothing can be closed in order: the next start recovers what it must.
        return Err(Failure::new(Exit::Other, crate::failure::with_causes(&failed))
            .next_step("see to the disk and start again; what was acknowledged is there"));
    }
    tokio::select! {
        closed = broker.shutdown() => closed.map_err(|error| {
            Failure::new(Exit::Other, format!("could not close the logs: {}", crate::failure::with_causes(&error)))
        }),
        () = stop.asked() => Err(Failure::new(Exit::Other, "stopped before everything was closed")),
    }
}

struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Failure::new(Exit::Other, format!("cannot listen for signals: {error}")))
        };
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn cannot_start(error: &StartError, other_folder: &str) -> Failure {
    let next_step = match error {
        StartError::Bind { .. } => Some("stop what listens there, or choose another port"),
        StartError::Storage(_) => Some(other_folder),
        StartError::Protocol(..) | StartError::NoListener => Some("change `listeners`"),
        _ => None,
    };
    let failure = Failure::new(Exit::Other, crate::failure::with_causes(error));
    match next_step {
        Some(step) => failure.next_step(step),
        None => failure,
    }
}
