//! `kafka-storage format`: folders for a server that has not started yet, with the first metadata of its cluster.
//!
//! What is left in the folders is Kafka's, so that a Mainstem server or an Apache Kafka begins with it.
use super::{
    super::features,
    Outcome, Stop, folders, meta, node_id, scram,
    voters::{self, Voters},
};
use crate::kafka_tools::options::Given;
use ::storage::{DirectoryId, LogManager, StorageOptions};
use config::{Listener, ServerConfig};
use metadata::Record;
use protocol::metadata_records::{FeatureLevelRecord, UserScramCredentialRecord};
use quorum::bootstrap;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The first level of `metadata.version` with SCRAM credentials: 3.5-IV2.
const FIRST_WITH_SCRAM: i16 = 11;

pub(super) fn run(out: &mut impl Write, given: &Given, server: &ServerConfig) -> Outcome {
    let cluster_id = given.require("cluster-id")?;
    let voters = first_voters(given, server)?;
    let (release, records) = first_records(given, server)?;
    let (formatted, empty) = sort(server, cluster_id)?;
    if let Some(folder) = formatted.first().filter(|_| !given.has("ignore-formatted")) {
        return Err(Stop::Failed(format!(
            "Log directory {} is already formatted. Use --ignore-formatted to ignore this directory and format the \
             others.",
            folder.display()
        )));
    }
    if empty.is_empty() {
        return Ok(writeln!(out, "All of the log directories are already formatted.")?);
    }
    writeln!(out, "Bootstrap metadata: {}", shown(&records, release))?;
    let metadata_dir = server.metadata_log_dir();
    let is_own = |id| id == server.node.node_id;
    let vote = voters.as_ref().and_then(|voters| voters.keys().find(|key| is_own(key.id)));
    let unusable = |error: ::storage::Error| Stop::Failed(crate::failure::with_causes(&error));
    let all: Vec<PathBuf> = formatted.into_iter().chain(empty.iter().cloned()).collect();
    let manager = LogManager::open(StorageOptions::new(all)).map_err(unusable)?;
    let release = features::release_name(release).unwrap_or_default();
    for folder in &empty {
        let is_metadata = *folder == metadata_dir;
        let kind = match (is_metadata, &voters, vote) {
            (false, ..) => "data directory",
            (true, None, _) => "metadata directory",
            (true, Some(_), None) => "dynamic metadata directory",
            (true, Some(_), Some(_)) => "dynamic metadata voter directory",
        };
        writeln!(out, "Formatting {kind} {} with metadata.version {release}.", folder.display())?;
        leave(folder, &records, voters.as_ref().filter(|_| is_metadata)).map_err(|error| {
            Stop::Failed(format!("cannot leave the first metadata in {}: {error}", folder.display()))
        })?;
        if let Some(vote) = vote.filter(|_| is_metadata) {
            manager.name_directory(folder, DirectoryId(vote.directory));
        }
    }
    manager.format(cluster_id, server.node.node_id).map_err(unusable)
}

/// Before the folder is said to be formatted, so that a kill between leaves one to be formatted again.
fn leave(folder: &Path, records: &[Record], voters: Option<&Voters>) -> io::Result<()> {
    bootstrap::write_records(folder, records)?;
    let Some(voters) = voters else { return Ok(()) };
    let now_ms = jiff::Timestamp::now().as_millisecond();
    bootstrap::write_voters(folder, voters, now_ms)
}

/// The folders that belong to this server already, and those that are nobody's.
fn sort(server: &ServerConfig, cluster_id: &str) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Stop> {
    let (mut formatted, mut empty) = (Vec::new(), Vec::new());
    let node = server.node.node_id.to_string();
    for folder in folders(server) {
        let Some(meta) = meta(&folder).map_err(Stop::Failed)? else {
            empty.push(folder);
            continue;
        };
        let path = folder.join("meta.properties");
        if let Some(found) = meta.get("cluster.id").filter(|found| *found != cluster_id) {
            return Err(Stop::Failed(format!(
                "Invalid cluster.id in: {}. Expected {cluster_id}, but read {found}",
                path.display()
            )));
        }
        if let Some(found) = node_id(&meta).filter(|found| **found != node) {
            return Err(Stop::Failed(format!(
                "Stored node id {found} doesn't match previous node id {node} in {}. If you moved your data, make sure \
                 your configured node id matches. If you intend to create a new node, you should remove all data in \
                 your data directories.",
                path.display()
            )));
        }
        formatted.push(folder);
    }
    Ok((formatted, empty))
}

fn has_static_voters(server: &ServerConfig) -> bool {
    !server.quorum.controller_quorum_voters.0.is_empty()
}

/// The voters of a quorum that may change; `None` where the settings name them, or they are elsewhere.
fn first_voters(given: &Given, server: &ServerConfig) -> Result<Option<Voters>, Stop> {
    let is_controller = server.node.process_roles.controller;
    if has_static_voters(server) && given.count(&["standalone", "initial-controllers"]) > 0 {
        return Err(Stop::failed(
            "You cannot specify controller.quorum.voters and format the node with --initial-controllers or \
             --standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify \
             controller.quorum.bootstrap.servers instead.",
        ));
    }
    let listener = server.network.controller_listener_names.first().map_or("CONTROLLER", String::as_str);
    if let Some(text) = given.get("initial-controllers")? {
        return voters::parse(text, listener).map(Some);
    }
    if given.has("standalone") {
        if !is_controller {
            return Err(Stop::failed("You can only use --standalone on a controller."));
        }
        let own = own_endpoint(server).ok_or_else(|| Stop::failed("No controller listeners found."))?;
        let host = match own.host.as_str() {
            "" | "0.0.0.0" => "localhost".to_owned(),
            host if host.contains(':') => format!("[{host}]"),
            host => host.to_owned(),
        };
        let text = format!("{}@{host}:{}:{}", server.node.node_id, own.port, DirectoryId::random());
        return voters::parse(&text, listener).map(Some);
    }
    if is_controller && !has_static_voters(server) && !given.has("no-initial-controllers") {
        return Err(Stop::failed(
            "Because controller.quorum.voters is not set on this controller, you must specify one of the following: \
             --standalone, --initial-controllers, or --no-initial-controllers.",
        ));
    }
    Ok(None)
}

/// The first by the order of `controller.listener.names`, as others reach it.
fn own_endpoint(server: &ServerConfig) -> Option<&Listener> {
    let named = |name: &String| {
        let mut all = server.advertised_listeners.iter().chain(&server.listeners);
        all.find(|own| own.name.eq_ignore_ascii_case(name))
    };
    server.network.controller_listener_names.iter().find_map(named)
}

/// The level of `metadata.version` and the records that a new cluster begins with.
fn first_records(given: &Given, server: &ServerConfig) -> Result<(i16, Vec<Record>), Stop> {
    let is_unstable = features::is_unstable_enabled(&server.properties);
    let release = given.get("release-version")?;
    let release = release.map(|text| features::release_level(text, is_unstable)).transpose()?;
    let mut asked = BTreeMap::new();
    for text in given.all("feature") {
        let (name, level) = features::name_and_level(text)?;
        asked.insert(name, level);
    }
    let levels = features::first_levels(release, &asked, !has_static_voters(server), is_unstable)?;
    let release = levels[features::METADATA_VERSION];
    let level = |(name, level): (&str, i16)| {
        Record::from(FeatureLevelRecord { name: name.into(), feature_level: level })
    };
    // The level of kraft.version is no metadata: it stands with the voters.
    let others = levels.into_iter().filter(|(name, level)| {
        *level > 0 && ![features::METADATA_VERSION, features::KRAFT_VERSION].contains(name)
    });
    let mut records: Vec<Record> =
        std::iter::once((features::METADATA_VERSION, release)).chain(others).map(level).collect();
    for text in given.all("add-scram") {
        if release < FIRST_WITH_SCRAM {
            return Err(Stop::Failed(format!(
                "SCRAM is only supported in metadata.version {} or later.",
                features::release_name(FIRST_WITH_SCRAM).unwrap_or_default()
            )));
        }
        records.push(scram::parse(text, rand::random())?.into());
    }
    Ok((release, records))
}

/// As Java shows them.
fn shown(records: &[Record], metadata_version: i16) -> String {
    let shown = records.iter().map(|record| {
        let body = match record {
            Record::FeatureLevel(FeatureLevelRecord { name, feature_level }) => {
                format!("FeatureLevelRecord(name='{name}', featureLevel={feature_level})")
            }
            Record::UserScramCredential(credential) => shown_credential(credential),
            other => format!("{other:?}"),
        };
        format!("ApiMessageAndVersion({body} at version 0)")
    });
    let records = shown.collect::<Vec<_>>().join(", ");
    format!(
        "BootstrapMetadata(records=[{records}], metadataVersionLevel={metadata_version}, source=format command)"
    )
}

fn shown_credential(credential: &UserScramCredentialRecord) -> String {
    let UserScramCredentialRecord { name, mechanism, salt, stored_key, server_key, iterations } = credential;
    let mut shown = format!("UserScramCredentialRecord(name='{name}', mechanism={mechanism}");
    for (key, bytes) in [("salt", salt), ("storedKey", stored_key), ("serverKey", server_key)] {
        let bytes: Vec<String> = bytes.iter().map(|byte| byte.cast_signed().to_string()).collect();
        let _ = write!(shown, ", {key}=[{}]", bytes.join(", "));
    }
    let _ = write!(shown, ", iterations={iterations})");
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_controller_votes_at_the_first_of_its_listeners() {
        for (listeners, advertised, endpoint) in [
            ("B://:39093,A://:39094", "", "A :39094"),
            ("A://0.0.0.0:39094,B://:39093", "", "A 0.0.0.0:39094"),
            ("B://:39093,A://:39094", "B://there:1,PLAINTEXT://here:3", "A :39094"),
            ("B://:39093,A://:39094", "B://there:1,A://here:2,PLAINTEXT://here:3", "A here:2"),
        ] {
            let listeners = format!("PLAINTEXT://:9092,{listeners}");
            let properties = [
                ("process.roles", "broker,controller"),
                ("node.id", "1"),
                ("controller.listener.names", "A,B"),
                ("listener.security.protocol.map", "A:PLAINTEXT,B:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
                ("controller.quorum.bootstrap.servers", "127.0.0.1:39094"),
                ("listeners", &listeners),
                ("advertised.listeners", advertised),
            ];
            let set = properties.into_iter().filter(|(_, value)| !value.is_empty());
            let set: config::Properties =
                set.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
            let server = ServerConfig::from_properties(set).unwrap();
            let found = own_endpoint(&server).unwrap();
            assert_eq!(format!("{} {}:{}", found.name, found.host, found.port), endpoint, "{listeners}");
        }
    }
}
