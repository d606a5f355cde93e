use crate::loggers::{Levels, RUNNING, Running};
use std::{fs::OpenOptions, io, path::PathBuf, sync::Mutex};
use tracing_subscriber::{
    filter::Targets,
    fmt::{self, MakeWriter},
    prelude::*,
    reload,
};

/// Where log lines go and which are written.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// A level for all, and others for some crates: `info`, or `info,mainstem_broker=debug`. Without it, the
    /// environment's `MAINSTEM_LOG` or `RUST_LOG`, else `info` for us and `warn` for the Raft library.
    pub filter: Option<String>,
    /// Without a file, standard error.
    pub file: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    #[error("log filter `{filter}` cannot be read")]
    Filter {
        filter: String,
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    #[error("log file {} cannot be opened", .path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("log lines already go somewhere")]
    AlreadyStarted,
}

/// Without a wish of the user: what the broker does, and of the Raft library only what is wrong.
const DEFAULT_FILTER: &str = "info,openraft=warn";

/// Sends the log lines of this process to one place, from now on. Once for each process.
pub fn start_logging(options: &LogOptions) -> Result<(), LoggingError> {
    let filter =
        options.filter.clone().or_else(filter_of_environment).unwrap_or_else(|| DEFAULT_FILTER.to_owned());
    let targets: Targets = filter.parse().map_err(|source| LoggingError::Filter { filter, source })?;
    let levels = Levels::new(&targets);
    let Some(path) = &options.file else {
        return start(levels, io::stderr);
    };
    let opened = OpenOptions::new().create(true).append(true).open(path);
    start(levels, Mutex::new(opened.map_err(|source| LoggingError::File { path: path.clone(), source })?))
}

fn start<W>(levels: Levels, writer: W) -> Result<(), LoggingError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let (filter, handle) = reload::Layer::new(levels.filter());
    let lines = fmt::layer().with_writer(writer);
    let started = tracing_subscriber::registry().with(filter).with(lines).try_init();
    started.map_err(|_| LoggingError::AlreadyStarted)?;
    // Only the one that was let through comes here.
    let _ = RUNNING.set(Running { levels: levels.into(), handle });
    Ok(())
}

fn filter_of_environment() -> Option<String> {
    ["MAINSTEM_LOG", "RUST_LOG"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|filter| !filter.is_empty())
}
