//! `kafka-storage`: the folders of a server that does not run.
mod format;
mod scram;
mod voters;

use super::{
    Outcome, Stop, client, features,
    options::{Given, Opt, flag, value},
    subcommands::{Command, Program, with_files},
};
use config::ServerConfig;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

const CONFIG: Opt = value("config", "CONFIG", "The server's settings.").required().short("c");

pub(super) static PROGRAM: Program = Program {
    name: "kafka-storage",
    help_code: 0,
    about: "The Kafka storage tool.",
    options: &[],
    commands: &[
        Command { name: "info", about: "Show whose the log directories are.", options: &[&[CONFIG]] },
        Command {
            name: "format",
            about: "Format the log directories.",
            options: &[&[
                CONFIG,
                value("cluster-id", "CLUSTER_ID", "The cluster they belong to.").required().short("t"),
                value(
                    "add-scram",
                    "ADD_SCRAM",
                    "A first credential: SCRAM-SHA-256=[name=N,password=P]; may be repeated.",
                )
                .short("S"),
                flag("ignore-formatted", "It is no mistake when they already are formatted.").short("g"),
                value(
                    "release-version",
                    "RELEASE_VERSION",
                    "The release of the metadata; the newest without it.",
                )
                .short("r"),
                value("feature", "FEATURE", "A feature and its level; may be repeated.").short("f"),
                flag("standalone", "The node is the only controller.").short("s"),
                flag("no-initial-controllers", "The controllers are elsewhere.").short("N"),
                value(
                    "initial-controllers",
                    "INITIAL_CONTROLLERS",
                    "The controllers: ID@HOST:PORT:DIRECTORY, with commas.",
                )
                .short("I"),
            ]],
        },
        Command {
            name: "version-mapping",
            about: "Show the features of a release.",
            options: &[&[
                value("release-version", "RELEASE_VERSION", "The release; the newest without it.").short("r")
            ]],
        },
        Command {
            name: "feature-dependencies",
            about: "Show what features need.",
            options: &[&[value("feature", "FEATURE", "A feature and its level; may be repeated.")
                .required()
                .short("f")]],
        },
        Command { name: "random-uuid", about: "Print a random id.", options: &[] },
    ],
    exclusive: &[(false, &["standalone", "no-initial-controllers", "initial-controllers"])],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let words = with_files(words).and_then(|words| PROGRAM.parse(&words));
    let (command, given) = words.map_err(|refusal| refusal.stop(&PROGRAM))?;
    let out = &mut io::stdout().lock();
    match command {
        "info" => info(out, &server(&given)?),
        "format" => format::run(out, &given, &server(&given)?),
        "version-mapping" => features::version_mapping(out, given.get("release-version")?),
        "feature-dependencies" => features::dependencies(out, &given),
        // None that would be taken for an option.
        _ => Ok(writeln!(out, "{}", ::storage::DirectoryId::random())?),
    }
}

fn server(given: &Given) -> Result<ServerConfig, Stop> {
    let properties = client::read_properties(given.get("config")?)?;
    ServerConfig::from_properties(properties).map_err(|error| Stop::Failed(error.to_string()))
}

fn folders(server: &ServerConfig) -> Vec<PathBuf> {
    let all: BTreeSet<PathBuf> = server.log_dirs().into_iter().chain([server.metadata_log_dir()]).collect();
    all.into_iter().collect()
}

type Meta = BTreeMap<String, String>;

/// Read and not opened: a server may be running on it. `None` where there is no such file.
/// What `meta.properties` says, if it is there.
pub(super) fn meta(folder: &Path) -> Result<Option<Meta>, String> {
    let path = folder.join("meta.properties");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let read = config::parse_properties(&text).map_err(|error| error.to_string());
            let read = read.and_then(|properties| understood(&properties));
            read.map(Some).map_err(|error| format!("Error loading {}: {error}", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("Error loading {}: {error}", path.display())),
    }
}

/// What means something to Kafka. Version 0, from before KRaft, calls the node a broker, and may say nothing.
fn understood(properties: &Meta) -> Result<Meta, String> {
    let version = properties.get("version").map_or("0", String::as_str);
    let (version, node_key) = match version.trim().parse::<i32>() {
        Ok(0) => ("0", "broker.id"),
        Ok(1) => ("1", "node.id"),
        Ok(other) => return Err(format!("Unknown meta.properties version number {other}")),
        Err(_) => return Err(format!("Invalid meta.properties version string '{version}'")),
    };
    let mut meta = Meta::from([("version".to_owned(), version.to_owned())]);
    match properties.get(node_key).map(|id| id.parse::<i32>()) {
        Some(Ok(id)) => meta.insert(node_key.to_owned(), id.to_string()),
        Some(Err(_)) => return Err(format!("Unable to read {node_key} as a base-10 number.")),
        None if version == "0" => None,
        None => return Err(format!("Failed to find {node_key}")),
    };
    if version == "1" && !properties.contains_key("cluster.id") {
        return Err("cluster.id was not found.".to_owned());
    }
    let others = ["cluster.id", "directory.id"].into_iter();
    meta.extend(others.filter_map(|key| Some((key.to_owned(), properties.get(key)?.clone()))));
    Ok(meta)
}

fn node_id(meta: &Meta) -> Option<&String> {
    meta.get("node.id").or_else(|| meta.get("broker.id"))
}

/// What the folders say, and what is wrong with them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    found: Vec<String>,
    meta: Option<Meta>,
    problems: Vec<String>,
}

impl Findings {
    fn of(folders: &[PathBuf]) -> Self {
        let mut findings = Self::default();
        for folder in folders {
            let name = folder.display().to_string();
            if !folder.is_dir() {
                let what = if folder.exists() { "is not a directory" } else { "does not exist" };
                findings.problems.push(format!("{name} {what}"));
                continue;
            }
            findings.found.push(name.clone());
            match (meta(folder), &findings.meta) {
                (Err(problem), _) => findings.problems.push(problem),
                (Ok(None), _) => findings.problems.push(format!("{name} is not formatted.")),
                (Ok(Some(meta)), None) => findings.meta = Some(meta),
                (Ok(Some(meta)), Some(first)) => {
                    let kinds = [
                        ("cluster", meta.get("cluster.id") != first.get("cluster.id")),
                        ("node", node_id(&meta) != node_id(first)),
                    ];
                    if let Some((what, _)) = kinds.into_iter().find(|(_, differs)| *differs) {
                        findings.problems.push(format!("Mismatched {what} IDs between storage directories."));
                    }
                }
            }
        }
        if findings.meta.as_ref().is_some_and(|meta| meta["version"] == "0") {
            let problem = "The kafka configuration file appears to be for a cluster in KRaft mode, but the directories \
                           are formatted for legacy mode.";
            findings.problems.push(problem.to_owned());
        }
        findings
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let mut list = |one: &str, many: &str, lines: &[String]| {
            if lines.is_empty() {
                return Ok(());
            }
            writeln!(out, "{}:", if lines.len() == 1 { one } else { many })?;
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
            writeln!(out)
        };
        list("Found log directory", "Found log directories", &self.found)?;
        if let Some(meta) = &self.meta {
            let pairs: Vec<String> = meta.iter().map(|(key, value)| format!("{key}={value}")).collect();
            writeln!(out, "Found metadata: {{{}}}\n", pairs.join(", "))?;
        }
        let mut list = |one: &str, many: &str, lines: &[String]| {
            if lines.is_empty() {
                return Ok(());
            }
            writeln!(out, "{}:", if lines.len() == 1 { one } else { many })?;
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
            writeln!(out)
        };
        list("Found problem", "Found problems", &self.problems)
    }
}

fn info(out: &mut impl Write, server: &ServerConfig) -> Outcome {
    let findings = Findings::of(&folders(server));
    findings.print(out)?;
    if findings.problems.is_empty() { Ok(()) } else { Err(Stop::Quietly(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_judged_together() {
        let root = tempfile::tempdir().unwrap();
        let folder = |name: &str, meta: Option<&str>| {
            let folder = root.path().join(name);
            fs::create_dir_all(&folder).unwrap();
            if let Some(meta) = meta {
                fs::write(folder.join("meta.properties"), meta).unwrap();
            }
            folder
        };
        let good = folder("good", Some("cluster.id=c\nnode.id=1\nversion=1"));
        let bare = folder("bare", None);
        let node = folder("node", Some("cluster.id=c\nnode.id=2\nversion=1"));
        let gone = root.path().join("gone");
        for (folders, problems) in [
            (vec![good.clone()], vec![]),
            (vec![good.clone(), bare.clone()], vec![format!("{} is not formatted.", bare.display())]),
            (vec![good, node], vec!["Mismatched node IDs between storage directories.".to_owned()]),
            (vec![gone.clone()], vec![format!("{} does not exist", gone.display())]),
        ] {
            assert_eq!(Findings::of(&folders).problems, problems);
        }
    }

    #[test]
    fn a_folder_says_what_kafka_understands() {
        for (text, expected) in [
            ("broker.id=07\ncluster.id=c\ncolour=red\nnode.id=1", Ok("broker.id=7 cluster.id=c version=0")),
            ("version=0", Ok("version=0")),
            ("version= 1\nnode.id=7\ncluster.id=c", Ok("cluster.id=c node.id=7 version=1")),
            (
                "version=1\nnode.id=7\nbroker.id=8\ncluster.id=c\ndirectory.id=JEXY6aqzQY-32P5TStzaFg",
                Ok("cluster.id=c directory.id=JEXY6aqzQY-32P5TStzaFg node.id=7 version=1"),
            ),
            ("version=1\nbroker.id=7\ncluster.id=c", Err("Failed to find node.id")),
            ("version=1\nnode.id=x\ncluster.id=c", Err("Unable to read node.id as a base-10 number.")),
            ("version=1\nnode.id=7", Err("cluster.id was not found.")),
            ("version=2", Err("Unknown meta.properties version number 2")),
            ("version=x", Err("Invalid meta.properties version string 'x'")),
        ] {
            let meta = understood(&config::parse_properties(text).unwrap()).map(|meta| {
                meta.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(meta, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
        }
    }
}
