//! A controller that is to vote, as its own settings and folder tell of it (KIP-853).
use crate::kafka_tools::{Stop, client::Pairs, storage};
use ::client::{
    Address,
    admin::{DirectoryId, QuorumEndpoint},
};
use base::NodeId;
use std::{collections::BTreeMap, fmt, path::Path};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) id: NodeId,
    pub(super) directory: DirectoryId,
    /// Where it says that it listens, in the order of `controller.listener.names`.
    pub(super) endpoints: Vec<QuorumEndpoint>,
}

impl Added {
    pub(super) fn read(settings: &Pairs) -> Result<Self, Stop> {
        let id = node_id(settings)?;
        let folder = metadata_folder(settings)?;
        Ok(Self { id, directory: directory_id(folder)?, endpoints: endpoints(settings)? })
    }
}

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "controller {} with directory id {} and endpoints: ", self.id, self.directory)?;
        for (nth, QuorumEndpoint { listener, address }) in self.endpoints.iter().enumerate() {
            let comma = if nth > 0 { ", " } else { "" };
            write!(f, "{comma}{listener}://{address}")?;
        }
        Ok(())
    }
}

fn unlike(what: &str) -> Stop {
    Stop::Failed(format!("{what} Is this a valid controller configuration file?"))
}

fn node_id(settings: &Pairs) -> Result<NodeId, Stop> {
    let text = settings.get("node.id").ok_or_else(|| unlike("node.id not found in configuration file."))?;
    let id: i32 =
        text.trim().parse().map_err(|_| Stop::Failed(format!("node.id is `{text}`, which is no number")))?;
    if id < 0 {
        return Err(unlike("node.id was negative in configuration file."));
    }
    if !settings.get("process.roles").is_some_and(|roles| roles.contains("controller")) {
        return Err(unlike("process.roles did not contain 'controller' in configuration file."));
    }
    Ok(NodeId(id))
}

fn metadata_folder(settings: &Pairs) -> Result<&str, Stop> {
    if let Some(folder) = settings.get("metadata.log.dir") {
        return Ok(folder);
    }
    let first = settings.get("log.dirs").and_then(|folders| folders.trim().split(',').next());
    first.ok_or_else(|| unlike("Neither metadata.log.dir nor log.dirs were found."))
}

fn directory_id(folder: &str) -> Result<DirectoryId, Stop> {
    let meta = storage::meta(Path::new(folder)).map_err(Stop::Failed)?;
    let meta = meta.ok_or_else(|| Stop::Failed(format!("Unable to read meta.properties from {folder}")))?;
    let id = meta.get("directory.id");
    let id = id.ok_or_else(|| Stop::Failed(format!("No directory id found in {folder}")))?;
    id.parse().map_err(|_| Stop::Failed(format!("directory.id is `{id}` in {folder}, which is no id")))
}

fn endpoints(settings: &Pairs) -> Result<Vec<QuorumEndpoint>, Stop> {
    let mut known = BTreeMap::new();
    for key in ["listeners", "advertised.listeners"] {
        let list = settings.get(key).map_or("", String::as_str);
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (name, address) = endpoint(entry)
                .ok_or_else(|| Stop::Failed(format!("Unable to parse {entry} to a broker endpoint")))?;
            known.insert(name, address);
        }
    }
    let names = settings
        .get("controller.listener.names")
        .ok_or_else(|| unlike("controller.listener.names was not found."))?;
    let found = names.split(',').map(|name| {
        let listener = name.to_ascii_uppercase();
        match known.get(&listener) {
            Some(address) => Ok(QuorumEndpoint { listener, address: address.clone() }),
            None => Err(Stop::Failed(format!(
                "Cannot find information about controller listener name: {listener}"
            ))),
        }
    });
    found.collect()
}

/// `NAME://HOST:PORT`; without a host it is this one.
fn endpoint(entry: &str) -> Option<(String, Address)> {
    let (name, place) = entry.split_once("://")?;
    let (host, port) = place.rsplit_once(':')?;
    let host = match host.strip_prefix('[').map_or(host, |host| host.strip_suffix(']').unwrap_or(host)) {
        "" => "localhost",
        host => host,
    };
    Some((name.to_ascii_uppercase(), Address { host: host.to_owned(), port: port.parse().ok()? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_controller_is_as_its_settings_and_folder_say() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display();
        let meta = "version=1\ncluster.id=c\nnode.id=3\ndirectory.id=tqAvxsiXSJSvjZzzSjyDbQ\n";
        fs::write(folder.path().join("meta.properties"), meta).unwrap();
        let empty = tempfile::tempdir().unwrap();
        let base = format!(
            "node.id=3\nprocess.roles=controller\nlog.dirs={place},/other\ncontroller.listener.names=B,a\n\
             listeners=A://:9093,B://[::1]:9094\nadvertised.listeners=A://a.example:19093"
        );
        let without = |key: &str| {
            let lines = base.lines().filter(|line| !line.starts_with(key));
            lines.collect::<Vec<_>>().join("\n")
        };
        let with = |more: &str| format!("{base}\n{more}");
        for (settings, expected) in [
            (
                base.clone(),
                "controller 3 with directory id tqAvxsiXSJSvjZzzSjyDbQ and endpoints: B://[::1]:9094, A://a.example:19093",
            ),
            (
                without("advertised") + "\ncontroller.listener.names=A",
                "controller 3 with directory id tqAvxsiXSJSvjZzzSjyDbQ and endpoints: A://localhost:9093",
            ),
            (without("node.id"), "node.id not found in configuration file. Is this"),
            (with("node.id=-1"), "node.id was negative in configuration file."),
            (with("node.id=x"), "node.id is `x`"),
            (without("process.roles"), "process.roles did not contain 'controller'"),
            (without("log.dirs"), "Neither metadata.log.dir nor log.dirs were found."),
            (with("metadata.log.dir=/no/such"), "Unable to read meta.properties from /no/such"),
            (
                with(&format!("metadata.log.dir={}", empty.path().display())),
                "Unable to read meta.properties from",
            ),
            (without("controller"), "controller.listener.names was not found."),
            (
                with("controller.listener.names=C"),
                "Cannot find information about controller listener name: C",
            ),
            (with("listeners=A://x"), "Unable to parse A://x to a broker endpoint"),
        ] {
            let pairs = config::parse_properties(&settings).unwrap();
            let found = match Added::read(&pairs) {
                Ok(added) => added.to_string(),
                Err(Stop::Failed(why)) => why,
                Err(other) => panic!("{settings}: {other:?}"),
            };
            assert!(found.starts_with(expected), "{settings}: {found}");
        }
    }
}
