//! Which log lines are written, by where they come from, and changed while the process runs.
//!
//! A logger is a target of `tracing`: a crate, or a module in it. One without a level of its own goes by the
//! longest name that is the beginning of its own, and at last by `root`. The names of levels are Kafka's. `FATAL`
//! is its own level there; nothing here is as severe, so at `FATAL` nothing is written.
//!
//! Levels are not kept: a restart goes by the filter again. Sources: KIP-412 (log levels through the admin client).
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};
use tracing_subscriber::{
    Registry,
    filter::{LevelFilter, Targets},
    reload,
};

/// Kafka's name of what all loggers descend from.
pub const ROOT_LOGGER: &str = "root";

/// What in a server writes log lines.
pub(crate) const LOGGERS: [&str; 5] =
    ["mainstem_broker", "mainstem_client", "mainstem_quorum", "mainstem_storage", "openraft"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    Off,
    Fatal,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    /// What a client may set. `OFF` is only shown, as in Kafka.
    const SETTABLE: [Self; 6] = [Self::Debug, Self::Error, Self::Fatal, Self::Info, Self::Trace, Self::Warn];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Fatal => "FATAL",
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
            Self::Trace => "TRACE",
        }
    }

    /// By its exact name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::SETTABLE.into_iter().find(|level| level.name() == name)
    }

    fn filter(self) -> LevelFilter {
        match self {
            Self::Off | Self::Fatal => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }

    fn of(filter: LevelFilter) -> Self {
        let levels = [Self::Off, Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];
        levels.into_iter().find(|level| level.filter() == filter).expect("tracing has no other levels")
    }
}

/// Why a level cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoggerError {
    #[error("logger `{0}` does not exist")]
    Unknown(String),
    #[error("logger `{ROOT_LOGGER}` needs a level, so it cannot be removed")]
    Root,
}

/// The levels of all loggers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Levels {
    root: LogLevel,
    own: BTreeMap<String, LogLevel>,
    known: BTreeSet<String>,
}

impl Levels {
    pub(crate) fn new(filter: &Targets) -> Self {
        let own: BTreeMap<_, _> =
            filter.iter().map(|(target, level)| (target.to_owned(), LogLevel::of(level))).collect();
        let known = LOGGERS.iter().map(|name| (*name).to_owned()).chain(own.keys().cloned()).collect();
        Self { root: LogLevel::of(filter.default_level().unwrap_or(LevelFilter::OFF)), own, known }
    }

    pub(crate) fn filter(&self) -> Targets {
        let own = self.own.iter().map(|(name, level)| (name.clone(), level.filter()));
        Targets::new().with_default(self.root.filter()).with_targets(own)
    }

    /// The level that counts for each logger.
    fn effective(&self) -> BTreeMap<String, LogLevel> {
        let level = |name: &String| {
            let above = self.own.iter().filter(|(other, _)| name.starts_with(other.as_str()));
            above.max_by_key(|(other, _)| other.len()).map_or(self.root, |(_, level)| *level)
        };
        let all = self.known.iter().map(|name| (name.clone(), level(name)));
        all.chain([(ROOT_LOGGER.to_owned(), self.root)]).collect()
    }

    /// With other levels for some loggers; `None` takes one's own level away.
    fn altered(&self, changes: &[(String, Option<LogLevel>)]) -> Result<Self, LoggerError> {
        let mut altered = self.clone();
        for (name, level) in changes {
            match level {
                _ if name != ROOT_LOGGER && !self.known.contains(name) => {
                    return Err(LoggerError::Unknown(name.clone()));
                }
                Some(level) if name == ROOT_LOGGER => altered.root = *level,
                Some(level) => drop(altered.own.insert(name.clone(), *level)),
                None if name == ROOT_LOGGER => return Err(LoggerError::Root),
                None => drop(altered.own.remove(name)),
            }
        }
        Ok(altered)
    }
}

pub(crate) struct Running {
    pub(crate) levels: Mutex<Levels>,
    pub(crate) handle: reload::Handle<Targets, Registry>,
}

/// Set once log lines go somewhere.
pub(crate) static RUNNING: OnceLock<Running> = OnceLock::new();

/// The level of each logger. There are none where this process's log lines are not ours to write.
pub fn log_levels() -> BTreeMap<String, LogLevel> {
    RUNNING.get().map(|running| running.levels.lock().effective()).unwrap_or_default()
}

/// Changes levels from now on, all or none of them; `None` takes a logger's own level away. With `try_only` nothing
/// is changed.
pub fn alter_log_levels(changes: &[(String, Option<LogLevel>)], try_only: bool) -> Result<(), LoggerError> {
    let Some(running) = RUNNING.get() else {
        return changes.first().map_or(Ok(()), |(name, _)| Err(LoggerError::Unknown(name.clone())));
    };
    let mut levels = running.levels.lock();
    let altered = levels.altered(changes)?;
    if !try_only && altered != *levels {
        // It fails only when the subscriber is gone, and with it all that could be filtered.
        let _ = running.handle.reload(altered.filter());
        *levels = altered;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use LogLevel::{Debug, Fatal, Info, Off, Trace, Warn};
    use std::path::Path;

    /// Plays changes on a filter; the levels of `root`, `mainstem_broker` and `openraft`, or the error.
    #[track_caller]
    fn check(
        filter: &str,
        changes: &[(&str, Option<LogLevel>)],
        expected: &Result<[LogLevel; 3], LoggerError>,
    ) {
        let levels = Levels::new(&filter.parse().expect("a filter"));
        let changes: Vec<_> = changes.iter().map(|(name, level)| ((*name).to_owned(), *level)).collect();
        let found = levels.altered(&changes).map(|altered| {
            let all = altered.effective();
            ["root", "mainstem_broker", "openraft"].map(|name| all[name])
        });
        assert_eq!(&found, expected, "{filter} {changes:?}");
    }

    #[test]
    fn levels_are_set_and_removed() {
        check("info,openraft=warn", &[], &Ok([Info, Info, Warn]));
        check("openraft=warn", &[], &Ok([Off, Off, Warn]));
        check("info", &[("root", Some(Debug))], &Ok([Debug, Debug, Debug]));
        check(
            "info",
            &[("mainstem_broker", Some(Trace)), ("openraft", Some(Fatal))],
            &Ok([Info, Trace, Fatal]),
        );
        check("info,openraft=warn", &[("openraft", None)], &Ok([Info, Info, Info]));
        check("info,main=warn", &[("mainstem_broker", None)], &Ok([Info, Warn, Info]));
        check("info", &[("mainstem_broker", None)], &Ok([Info, Info, Info]));
        check("info", &[("root", None)], &Err(LoggerError::Root));
        check("info", &[("nobody", Some(Debug))], &Err(LoggerError::Unknown("nobody".to_owned())));
        check("info", &[("nobody", None)], &Err(LoggerError::Unknown("nobody".to_owned())));
    }

    #[test]
    fn the_filter_does_what_the_levels_say() {
        let levels = Levels::new(&"info,mainstem_broker=debug,openraft=off".parse().expect("a filter"));
        let filter = levels.filter();
        for (target, level, passes) in [
            ("mainstem_broker::groups", tracing::Level::DEBUG, true),
            ("mainstem_broker", tracing::Level::TRACE, false),
            ("mainstem_storage", tracing::Level::INFO, true),
            ("mainstem_storage", tracing::Level::DEBUG, false),
            ("openraft", tracing::Level::ERROR, false),
        ] {
            assert_eq!(filter.would_enable(target, &level), passes, "{target} {level}");
        }
    }

    #[test]
    fn names_are_kafkas() {
        for level in LogLevel::SETTABLE {
            assert_eq!(LogLevel::parse(level.name()), Some(level));
        }
        assert_eq!([LogLevel::parse("OFF"), LogLevel::parse("info"), LogLevel::parse("")], [None; 3]);
    }

    #[test]
    fn every_crate_that_writes_log_lines_is_a_logger() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of all crates");
        for folder in std::fs::read_dir(crates).expect("our crates") {
            let folder = folder.expect("a crate").path();
            let Ok(manifest) = std::fs::read_to_string(folder.join("Cargo.toml")) else { continue };
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            if manifest.contains("\ntracing.workspace") && name != "telemetry" {
                let target = format!("mainstem_{name}");
                assert!(LOGGERS.contains(&target.as_str()), "{target}");
            }
        }
    }
}
