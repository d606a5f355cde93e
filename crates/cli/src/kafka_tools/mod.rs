//! Kafka's own command-line tools by their names, flags and output: `mainstem kafka-topics --list`, or the same
//! through a link called `kafka-topics` or `kafka-topics.sh`.
//!
//! Scripts are the users, so what they see is Kafka's: the flags of Kafka 4.4 with the older names that it still
//! takes (KIP-1147), what stands on standard output, exit code 0 or 1. Mistakes are told in one line on standard
//! error, without Java's stack traces.
//!
//! One file per tool; [`options`] and [`subcommands`] read the two kinds of command lines that Kafka has.
mod broker_api_versions;
mod client;
mod cluster;
mod configs;
mod console_consumer;
mod console_producer;
mod consumer_groups;
mod consumer_perf;
mod delete_records;
mod dump_log;
mod e2e_latency;
mod errors;
mod features;
mod get_offsets;
mod groups;
mod leader_election;
mod log_dirs;
mod metadata_quorum;
mod options;
mod page;
mod producer_perf;
mod render;
mod storage;
mod subcommands;
mod throughput;
mod topics;
mod transactions;
mod verifiable;
mod verifiable_consumer;
mod verifiable_producer;

use options::Options;
pub(crate) use page::page;
use std::{
    ffi::OsString,
    fs, io,
    os::unix,
    path::{Path, PathBuf},
    process::ExitCode,
};
use subcommands::Program;

pub(crate) struct Tool {
    name: &'static str,
    line: Line,
    run: fn(&[String]) -> Outcome,
}

/// The kind of command line that a tool has.
enum Line {
    Options(&'static Options),
    Program(&'static Program),
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "kafka-broker-api-versions",
        line: Line::Options(&broker_api_versions::OPTIONS),
        run: broker_api_versions::run,
    },
    Tool { name: "kafka-cluster", line: Line::Program(&cluster::PROGRAM), run: cluster::run },
    Tool { name: "kafka-configs", line: Line::Options(&configs::OPTIONS), run: configs::run },
    Tool {
        name: "kafka-console-consumer",
        line: Line::Options(&console_consumer::OPTIONS),
        run: console_consumer::run,
    },
    Tool {
        name: "kafka-console-producer",
        line: Line::Options(&console_producer::OPTIONS),
        run: console_producer::run,
    },
    Tool {
        name: "kafka-consumer-groups",
        line: Line::Options(&consumer_groups::OPTIONS),
        run: consumer_groups::run,
    },
    Tool {
        name: "kafka-consumer-perf-test",
        line: Line::Options(&consumer_perf::OPTIONS),
        run: consumer_perf::run,
    },
    Tool {
        name: "kafka-delete-records",
        line: Line::Options(&delete_records::OPTIONS),
        run: delete_records::run,
    },
    Tool { name: "kafka-dump-log", line: Line::Options(&dump_log::OPTIONS), run: dump_log::run },
    Tool { name: "kafka-e2e-latency", line: Line::Options(&e2e_latency::OPTIONS), run: e2e_latency::run },
    Tool { name: "kafka-features", line: Line::Program(&features::PROGRAM), run: features::run },
    Tool { name: "kafka-get-offsets", line: Line::Options(&get_offsets::OPTIONS), run: get_offsets::run },
    Tool { name: "kafka-groups", line: Line::Options(&groups::OPTIONS), run: groups::run },
    Tool {
        name: "kafka-leader-election",
        line: Line::Options(&leader_election::OPTIONS),
        run: leader_election::run,
    },
    Tool { name: "kafka-log-dirs", line: Line::Options(&log_dirs::OPTIONS), run: log_dirs::run },
    Tool {
        name: "kafka-metadata-quorum",
        line: Line::Program(&metadata_quorum::PROGRAM),
        run: metadata_quorum::run,
    },
    Tool {
        name: "kafka-producer-perf-test",
        line: Line::Program(&producer_perf::PROGRAM),
        run: producer_perf::run,
    },
    Tool { name: "kafka-storage", line: Line::Program(&storage::PROGRAM), run: storage::run },
    Tool { name: "kafka-topics", line: Line::Options(&topics::OPTIONS), run: topics::run },
    Tool { name: "kafka-transactions", line: Line::Program(&transactions::PROGRAM), run: transactions::run },
    Tool {
        name: "kafka-verifiable-consumer",
        line: Line::Program(&verifiable_consumer::PROGRAM),
        run: verifiable_consumer::run,
    },
    Tool {
        name: "kafka-verifiable-producer",
        line: Line::Program(&verifiable_producer::PROGRAM),
        run: verifiable_producer::run,
    },
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
                println!("{KAFKA_VERSION}");
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

/// Connections have a thread beside the tool's own, so that a tool that never waits does not hold them up.
fn block_on(tool: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
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
