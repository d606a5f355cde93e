//! `mainstem storage`: the folders of a server that does not run.
use crate::{
    failure::{Exit, Failure, with_causes},
    output::{self, Column, OutputArguments, Row, or_dash},
};
use base::{NodeId, TopicId};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
};
use storage::{LogManager, StorageOptions};

/// Format the data folders of a server, or say whose they are.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem storage format /var/lib/mainstem
  mainstem storage info /var/lib/mainstem")]
pub(crate) enum Command {
    /// Make folders those of a cluster and a node; a server does so itself with empty ones.
    #[command(before_help = "Examples:
  mainstem storage format /var/lib/mainstem
  mainstem storage format -t 4L6g3nShT-eMCtK--X86sw --node-id 2 /disk1 /disk2
  mainstem storage format -c server.properties")]
    Format(Format),
    /// Show whose folders are.
    #[command(before_help = "Examples:
  mainstem storage info -c server.properties
  mainstem storage info /disk1 /disk2 -o json")]
    Info(Info),
}

#[derive(Debug, Args)]
#[group(id = "where", required = true, multiple = false, args = ["folders", "config"])]
struct Where {
    /// The folders.
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The server's settings: those of `log.dirs`.
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Format {
    #[command(flatten)]
    place: Where,
    /// The cluster they belong to; a new one unless given.
    #[arg(short = 't', long, value_name = "ID", value_parser = cluster_id)]
    cluster_id: Option<String>,
    /// The node they belong to; that of the settings, or 1.
    #[arg(short, long, value_name = "N")]
    node_id: Option<i32>,
    /// It is no mistake when they already are formatted, for this cluster and node.
    #[arg(short = 'g', long)]
    ignore_formatted: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Info {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    output: OutputArguments,
}

/// 22 characters of URL-safe base64, as every id of a cluster is.
fn cluster_id(text: &str) -> Result<String, String> {
    let id = text.parse::<TopicId>();
    id.map(|id| id.to_string())
        .map_err(|_| "expected 16 bytes as 22 characters of URL-safe base64".to_owned())
}

#[derive(Debug, Serialize)]
struct Folder {
    folder: String,
    formatted: bool,
    cluster_id: Option<String>,
    node_id: Option<String>,
    directory_id: Option<String>,
    version: Option<String>,
    partitions: usize,
}

impl Row for Folder {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("FOLDER", |f| f.folder.clone()),
        Column::text("FORMATTED", |f| if f.formatted { "yes" } else { "no" }.to_owned()),
        Column::text("CLUSTER", |f| or_dash(f.cluster_id.as_ref())),
        Column::text("NODE", |f| or_dash(f.node_id.as_ref())),
        Column::text("DIRECTORY", |f| or_dash(f.directory_id.as_ref())),
        Column::number("PARTITIONS", |f| f.partitions.to_string()),
    ];

    fn name(&self) -> String {
        self.folder.clone()
    }
}

impl Where {
    /// The folders, and the node that the settings name.
    fn read(&self) -> Result<(Vec<PathBuf>, Option<NodeId>), Failure> {
        let Some(path) = &self.config else { return Ok((self.folders.clone(), None)) };
        let wrong = |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let properties = config::parse_properties(&text).map_err(|error| wrong(error.to_string()))?;
        let config =
            config::ServerConfig::from_properties(properties).map_err(|error| wrong(error.to_string()))?;
        Ok((config.log_dirs(), Some(config.node.node_id)))
    }
}

pub(crate) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Format(arguments) => format(&arguments),
        Command::Info(arguments) => info(&arguments),
    }
}

fn format(arguments: &Format) -> Result<(), Failure> {
    let (folders, configured) = arguments.place.read()?;
    let node_id = arguments.node_id.map(NodeId).or(configured).unwrap_or(NodeId(1));
    let unusable = |error: storage::Error| Failure::new(Exit::Other, with_causes(&error));
    let manager = LogManager::open(StorageOptions::new(folders.clone())).map_err(unusable)?;
    let existing = manager.meta_properties();
    if let Some(known) = &existing
        && !arguments.ignore_formatted
    {
        let what = format!("already formatted for cluster {} and node {}", known.cluster_id, known.node_id);
        return Err(Failure::new(Exit::Exists, what).next_step("--ignore-formatted passes over it"));
    }
    let known = existing.map(|known| known.cluster_id);
    let cluster_id =
        arguments.cluster_id.clone().or(known).unwrap_or_else(|| TopicId(uuid::Uuid::new_v4()).to_string());
    manager.format(&cluster_id, node_id).map_err(unusable)?;
    for folder in &folders {
        output::say(&format!("formatted {} for cluster {cluster_id} and node {node_id}", folder.display()))?;
    }
    Ok(())
}

fn info(arguments: &Info) -> Result<(), Failure> {
    let (folders, _) = arguments.place.read()?;
    let rows = folders.iter().map(|folder| describe(folder)).collect::<Result<Vec<_>, _>>()?;
    output::list(arguments.output.format, &rows)
}

/// Read and not opened: a server may be running on it.
fn describe(folder: &Path) -> Result<Folder, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| {
        Failure::new(Exit::NotFound, format!("cannot read {}: {error}", folder.display()))
    })?;
    let path = folder.join("meta.properties");
    let properties = match fs::read_to_string(&path) {
        Ok(text) => config::parse_properties(&text)
            .map_err(|error| Failure::new(Exit::Other, format!("{}: {error}", path.display())))?,
        Err(_) => config::Properties::new(),
    };
    let is_partition = |entry: &fs::DirEntry| entry.path().join("partition.metadata").is_file();
    let get = |key: &str| properties.get(key).cloned();
    Ok(Folder {
        folder: folder.display().to_string(),
        formatted: !properties.is_empty(),
        cluster_id: get("cluster.id"),
        node_id: get("node.id"),
        directory_id: get("directory.id"),
        version: get("version"),
        partitions: entries.flatten().filter(is_partition).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_sixteen_bytes() {
        assert!(cluster_id("4L6g3nShT-eMCtK--X86sw").is_ok());
        for wrong in ["", "short", "4L6g3nShT eMCtK  X86sw"] {
            assert!(cluster_id(wrong).is_err(), "{wrong}");
        }
    }
}
