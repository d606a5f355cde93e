//! Kafka's own command-line tools by their names, flags and output: `mainstem kafka-topics --list`, or the same
//! through a link called `kafka-topics` or `kafka-topics.sh`.
//!
//! Scripts are the users, so what they see is Kafka's: the flags of Kafka 4.4 with the older names that it still
//! takes (KIP-1147), what stands on standard output, exit code 0 or 1. Mistakes are told in one line on standard
//! error, without Java's stack traces.
//!
//! One file per tool; [`options`] and [`subcommands`] read the two kinds of command lines that Kafka has.
mod client;
mod cluster;
mod configs;
mod consumer_groups;
mod delete_records;
mod errors;
mod features;
mod get_offsets;
mod groups;
mod leader_election;
mod log_dirs;
mod metadata_quorum;
mod options;
mod render;
mod subcommands;
mod topics;

use std::{
    ffi::OsString,
    fs, io,
    os::unix,
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(crate) struct Tool {
    name: &'static str,
    run: fn(&[String]) -> Outcome,
}

const TOOLS: &[Tool] = &[
    Tool { name: "kafka-cluster", run: cluster::run },
    Tool { name: "kafka-configs", run: configs::run },
    Tool { name: "kafka-consumer-groups", run: consumer_groups::run },
    Tool { name: "kafka-delete-records", run: delete_records::run },
    Tool { name: "kafka-features", run: features::run },
    Tool { name: "kafka-get-offsets", run: get_offsets::run },
    Tool { name: "kafka-groups", run: groups::run },
    Tool { name: "kafka-leader-election", run: leader_election::run },
    Tool { name: "kafka-log-dirs", run: log_dirs::run },
    Tool { name: "kafka-metadata-quorum", run: metadata_quorum::run },
    Tool { name: "kafka-topics", run: topics::run },
];

/// The release whose command lines these are.
const KAFKA_VERSION: &str = "4.4.0";

type Outcome = Result<(), Stop>;

/// Why a tool ends before its end.
#[derive(Debug, PartialEq, Eq)]
enum Stop {
    /// All is said.
    Quietly(u8),
    /// A line for standard error; exit code 1.
    Failed(String),
    /// A line and how the tool is used, for standard error; exit code 1.
    Usage {
        message: String,
        usage: String,
    },
    Version,
}

impl Stop {
    fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// What went wrong in a line.
    #[cfg(test)]
    fn message(&self) -> &str {
        match self {
            Self::Failed(message) | Self::Usage { message, .. } => message,
            Self::Quietly(_) | Self::Version => "",
        }
    }

    fn report(self) -> ExitCode {
        match self {
            Self::Quietly(code) => return ExitCode::from(code),
            Self::Failed(message) => eprintln!("{message}"),
            Self::Usage { message, usage } => eprintln!("{message}\n{usage}"),
            Self::Version => {
                println!("{KAFKA_VERSION} (mainstem {})", env!("CARGO_PKG_VERSION"));
                return ExitCode::SUCCESS;
            }
        }
        ExitCode::FAILURE
    }
}

impl From<::client::Error> for Stop {
    fn from(error: ::client::Error) -> Self {
        Self::Failed(errors::message(&error))
    }
}

impl From<io::Error> for Stop {
    /// Of standard output. Nobody is left to tell when it is a closed pipe.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Quietly(0),
            _ => Self::Failed(format!("cannot write to standard output: {error}")),
        }
    }
}

/// A tool that was asked for by the name of the program or by its first argument, with its arguments.
pub(crate) fn asked(words: impl IntoIterator<Item = OsString>) -> Option<(&'static Tool, Vec<String>)> {
    let mut words = words.into_iter().map(|word| word.to_string_lossy().into_owned());
    let program = words.next()?;
    let tool = find(Path::new(&program).file_name()?.to_str()?).or_else(|| find(&words.next()?))?;
    Some((tool, words.collect()))
}

fn find(name: &str) -> Option<&'static Tool> {
    let name = name.strip_suffix(".sh").unwrap_or(name);
    TOOLS.iter().find(|tool| tool.name == name)
}

impl Tool {
    pub(crate) fn run(&self, arguments: &[String]) -> ExitCode {
        match (self.run)(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(stop) => stop.report(),
        }
    }
}

/// Makes a link to this program for every tool, under the name with `.sh` too. What is there already and is not such
/// a link stays, and fails the call.
pub(crate) fn link(program: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let mut links = Vec::new();
    for tool in TOOLS {
        for name in [tool.name.to_owned(), format!("{}.sh", tool.name)] {
            let link = folder.join(name);
            if fs::symlink_metadata(&link).is_ok_and(|found| found.is_symlink()) {
                fs::remove_file(&link)?;
            }
            unix::fs::symlink(program, &link)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", link.display())))?;
            links.push(link);
        }
    }
    Ok(links)
}

/// One thread is enough for the few connections of a tool.
fn block_on(tool: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::Failed(format!("cannot start the runtime: {error}")))?;
    let outcome = runtime.block_on(tool);
    // A thread may still be reading standard input.
    runtime.shutdown_background();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_asked_for_by_either_name() {
        for (line, expected) in [
            ("mainstem kafka-topics --list", Some(("kafka-topics", vec!["--list"]))),
            ("mainstem kafka-topics.sh --list", Some(("kafka-topics", vec!["--list"]))),
            ("/opt/kafka/bin/kafka-topics.sh --list", Some(("kafka-topics", vec!["--list"]))),
            ("kafka-topics", Some(("kafka-topics", vec![]))),
            ("mainstem topic list", None),
            ("mainstem", None),
            ("", None),
        ] {
            let words = line.split(' ').filter(|word| !word.is_empty()).map(OsString::from);
            let found = asked(words).map(|(tool, rest)| (tool.name, rest));
            let expected = expected.map(|(name, rest)| (name, rest.into_iter().map(str::to_owned).collect()));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn links_are_made_again_and_files_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let program = Path::new("/usr/bin/mainstem");
        assert_eq!(link(program, folder.path()).unwrap().len(), 2 * TOOLS.len());
        assert_eq!(link(program, folder.path()).unwrap().len(), 2 * TOOLS.len());
        let first = folder.path().join("kafka-topics.sh");
        assert_eq!(fs::read_link(&first).unwrap(), program);
        fs::remove_file(&first).unwrap();
        fs::write(&first, "mine").unwrap();
        assert!(link(program, folder.path()).is_err());
        assert_eq!(fs::read_to_string(&first).unwrap(), "mine");
    }
}
