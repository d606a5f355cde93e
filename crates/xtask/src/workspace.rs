//! What cargo knows about the workspace: its packages, what they declare, and what that resolves to.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("xtask lives two folders below the root")
}

pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// How a dependency is used: a development dependency may point anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Normal,
    Development,
}

#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) package: String,
    pub(crate) requirement: String,
    pub(crate) usage: Use,
}

/// One of our crates.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The folder's name under `crates/`, which is also the name the design uses.
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) folder: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) members: Vec<Member>,
    /// Package name to the package names it uses in a normal build, after resolution.
    graph: BTreeMap<String, BTreeSet<String>>,
}

impl Workspace {
    pub(crate) fn load() -> Result<Self> {
        let output = Command::new(env!("CARGO"))
            .args([
                "metadata",
                "--format-version=1",
                "--locked",
                "--filter-platform=x86_64-unknown-linux-gnu",
            ])
            .output()?;
        ensure!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Self::parse(&serde_json::from_slice(&output.stdout)?)
    }

    fn parse(metadata: &Value) -> Result<Self> {
        let packages = array(metadata, "packages")?;
        let member_ids: BTreeSet<&str> =
            array(metadata, "workspace_members")?.iter().filter_map(Value::as_str).collect();
        let mut names = BTreeMap::new();
        let mut members = Vec::new();
        for package in packages {
            names.insert(text(package, "id")?, text(package, "name")?);
            if member_ids.contains(text(package, "id")?) {
                members.push(member(package)?);
            }
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));

        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in array(metadata.get("resolve").context("no resolution")?, "nodes")? {
            let from = names.get(text(node, "id")?).context("a node without a package")?;
            let uses = graph.entry((*from).to_owned()).or_default();
            for dependency in array(node, "deps")?.iter().filter(|dependency| is_normal(dependency)) {
                let to = names.get(text(dependency, "pkg")?).context("an edge without a package")?;
                uses.insert((*to).to_owned());
            }
        }
        Ok(Self { members, graph })
    }

    /// The chain of normal dependencies from one package to another, if there is one.
    pub(crate) fn path(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut queue = std::collections::VecDeque::from([vec![from.to_owned()]]);
        let mut seen = BTreeSet::from([from.to_owned()]);
        while let Some(path) = queue.pop_front() {
            for next in self.graph.get(path.last()?).into_iter().flatten() {
                let mut longer = path.clone();
                longer.push(next.clone());
                if next == to {
                    return Some(longer);
                }
                if seen.insert(next.clone()) {
                    queue.push_back(longer);
                }
            }
        }
        None
    }
}

fn member(package: &Value) -> Result<Member> {
    let manifest = PathBuf::from(text(package, "manifest_path")?);
    let folder = manifest.parent().context("a manifest has a folder")?.to_path_buf();
    let name = folder.file_name().context("a folder has a name")?.to_string_lossy().into_owned();
    let mut dependencies = Vec::new();
    for dependency in array(package, "dependencies")? {
        dependencies.push(Dependency {
            package: text(dependency, "name")?.to_owned(),
            requirement: text(dependency, "req")?.trim_start_matches('^').to_owned(),
            usage: if dependency.get("kind").and_then(Value::as_str) == Some("dev") {
                Use::Development
            } else {
                Use::Normal
            },
        });
    }
    Ok(Member { name, package: text(package, "name")?.to_owned(), folder, dependencies })
}

fn is_normal(dependency: &Value) -> bool {
    let kinds = dependency.get("dep_kinds").and_then(Value::as_array);
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.get("kind").is_none_or(Value::is_null)))
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a [Value]> {
    Ok(value
        .get(key)
        .and_then(Value::as_array)
        .with_context(|| format!("cargo metadata has no list `{key}`"))?)
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value.get(key).and_then(Value::as_str).with_context(|| format!("cargo metadata has no text `{key}`"))
}
