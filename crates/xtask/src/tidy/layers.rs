//! Which crate may use which: the picture in `ARCHITECTURE.md`, as a table.
//!
//! A normal dependency points to a lower rank, never sideways or up. Pure cores reach no runtime by any
//! path. What is built on `client` sees a cluster only through it. Development dependencies are free.

use crate::workspace::{Member, Use, Workspace};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bytes and their meaning, or support that every layer may use.
    Foundation,
    /// Decisions only: no runtime, clock, file, socket or randomness of its own.
    PureCore,
    /// Sockets, files and clocks around the cores.
    Shell,
    /// Knows a cluster only through `client`.
    Part,
    /// Never shipped; others may use it only in tests.
    Development,
}

pub(super) struct Place {
    name: &'static str,
    rank: u8,
    pub(super) kind: Kind,
}

const fn place(name: &'static str, rank: u8, kind: Kind) -> Place {
    Place { name, rank, kind }
}

const PLACES: &[Place] = &[
    place("base", 0, Kind::Foundation),
    place("wire", 1, Kind::Foundation),
    place("config", 1, Kind::Foundation),
    place("telemetry", 1, Kind::Foundation),
    place("records", 2, Kind::Foundation),
    place("protocol", 3, Kind::Foundation),
    place("security", 4, Kind::PureCore),
    place("replication", 4, Kind::PureCore),
    place("metadata", 4, Kind::PureCore),
    place("coordinator", 4, Kind::PureCore),
    place("group", 5, Kind::PureCore),
    place("txn", 5, Kind::PureCore),
    place("storage", 5, Kind::Shell),
    place("quorum", 6, Kind::Shell),
    place("broker", 7, Kind::Shell),
    place("client", 7, Kind::Part),
    place("schema", 8, Kind::Part),
    place("registry", 9, Kind::Part),
    place("streams", 9, Kind::Part),
    place("connect", 9, Kind::Part),
    place("connectors", 10, Kind::Part),
    place("sql", 10, Kind::Part),
    place("console", 10, Kind::Part),
    place("cli", 11, Kind::Shell),
    place("testkit", 12, Kind::Development),
    place("e2e", 13, Kind::Development),
    place("bench", 13, Kind::Development),
    place("xtask", 13, Kind::Development),
];

/// What a part must not see, because it would then not run on a cluster that is not ours.
const CLUSTER_INTERNALS: &[&str] =
    &["broker", "quorum", "storage", "metadata", "coordinator", "group", "txn", "replication"];

/// Packages that bring a runtime, sockets or randomness into whoever depends on them.
const RUNTIMES: &[&str] = &["tokio", "mio", "async-std", "smol", "openraft"];

pub(super) fn place_of(name: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.name == name)
}

pub(super) fn problems(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &workspace.members {
        let Some(place) = place_of(&member.name) else {
            problems
                .push(format!("crates/{}: has no rank in the table of layers of xtask's tidy", member.name));
            continue;
        };
        let used = member.dependencies.iter().filter(|dependency| dependency.usage == Use::Normal);
        let used =
            used.filter_map(|dependency| workspace.members.iter().find(|m| m.package == dependency.package));
        problems.extend(used.filter_map(|used| wrong_arrow(place, used)));
        if place.kind == Kind::PureCore {
            problems
                .extend(RUNTIMES.iter().filter_map(|runtime| runtime_problem(workspace, member, runtime)));
        }
    }
    problems
}

fn wrong_arrow(from: &Place, used: &Member) -> Option<String> {
    let to = place_of(&used.name)?;
    arrow_problem(from, to)
}

pub(super) fn arrow_problem(from: &Place, to: &Place) -> Option<String> {
    let arrow = format!("crates/{}/Cargo.toml: {} -> {}", from.name, from.name, to.name);
    if to.kind == Kind::Development && from.kind != Kind::Development {
        return Some(format!("{arrow}: only tests may use `{}`", to.name));
    }
    if to.rank >= from.rank {
        return Some(format!("{arrow}: an arrow points to a lower layer only"));
    }
    if from.kind == Kind::Part && CLUSTER_INTERNALS.contains(&to.name) {
        return Some(format!("{arrow}: parts know a cluster through `client` only"));
    }
    None
}

fn runtime_problem(workspace: &Workspace, member: &Member, runtime: &str) -> Option<String> {
    let path = workspace.path(&member.package, runtime)?;
    Some(format!("crates/{}/Cargo.toml: a pure core reaches {runtime}: {}", member.name, path.join(" -> ")))
}
