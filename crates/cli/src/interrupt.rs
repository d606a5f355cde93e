//! SIGINT and SIGTERM as a wish to end in order: what was read is delivered or written, and told.
//!
//! A second signal ends the process at once, whatever it waits for: it is heard in a thread of its own.
use crate::failure::{Exit, Failure};
use std::{io, process, sync::mpsc, thread};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

#[derive(Clone, Debug)]
pub(crate) struct Interrupt(watch::Receiver<Option<Exit>>);

impl Interrupt {
    /// From here on no signal ends the process by itself.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let (heard, receiver) = watch::channel(None);
        let (is_ready, ready) = mpsc::channel();
        thread::spawn(move || hear(&heard, &is_ready));
        let listening = ready.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
        let failed = |error| Failure::new(Exit::Other, format!("cannot listen for signals: {error}"));
        listening.map(|()| Self(receiver)).map_err(failed)
    }

    /// Waits for the first signal; the exit code that says which it was.
    pub(crate) async fn asked(&mut self) -> Exit {
        let heard = self.0.wait_for(Option::is_some).await.map(|exit| *exit);
        match heard {
            Ok(exit) => exit.unwrap_or(Exit::Interrupted),
            // The thread that hears is gone, and with it all signals.
            Err(_) => std::future::pending().await,
        }
    }
}

fn hear(heard: &watch::Sender<Option<Exit>>, is_ready: &mpsc::Sender<io::Result<()>>) {
    let built = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let hearing = built.and_then(|runtime| {
        runtime.block_on(async {
            let (mut interrupt, mut terminate) =
                (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
            let _ = is_ready.send(Ok(()));
            loop {
                let exit = tokio::select! {
                    _ = interrupt.recv() => Exit::Interrupted,
                    _ = terminate.recv() => Exit::Terminated,
                };
                if heard.send_replace(Some(exit)).is_some() {
                    process::exit(exit as i32);
                }
            }
        })
    });
    let _ = is_ready.send(hearing);
}
