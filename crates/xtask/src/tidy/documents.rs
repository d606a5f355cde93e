//! What the pages for people must mention: every crate in `ARCHITECTURE.md`, every dependency with its reason.

use crate::{
    interop::librdkafka,
    steps,
    workspace::{self, Workspace},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const PASSING: &str = "interop/librdkafka/passing.txt";
const DEPENDENCIES: &str = "docs/dependencies.md";

pub(super) fn problems(workspace: &Workspace) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(workspace::root().join(path));
    let mut problems = Vec::new();
    match read(ARCHITECTURE) {
        Ok(page) => problems.extend(unmentioned(workspace, &page)),
        Err(error) => problems.push(format!("{ARCHITECTURE}: {error}")),
    }
    match read(DEPENDENCIES) {
        Ok(page) => problems.extend(dependency_problems(&declared(workspace), &page)),
        Err(error) => problems.push(format!("{DEPENDENCIES}: {error}")),
    }
    problems.extend(shrunk_lists());
    problems
}

/// Tests of other people that once passed here, by all commits that touched the list, and are off it now.
fn shrunk_lists() -> Vec<String> {
    let Ok(now) = fs::read_to_string(workspace::root().join(PASSING)) else {
        return vec![format!("{PASSING}: is gone")];
    };
    let git = |arguments: &[&str]| steps::quiet(Command::new("git").args(arguments)).unwrap_or_default();
    let mut lost = BTreeSet::new();
    for commit in git(&["log", "--format=%H", "--", PASSING]).lines() {
        lost.extend(librdkafka::lost(&git(&["show", &format!("{commit}:{PASSING}")]), &now));
    }
    lost.into_iter().map(|test| format!("{PASSING}: `{test}` was on the list, which only grows")).collect()
}

fn unmentioned(workspace: &Workspace, page: &str) -> Vec<String> {
    let missing = workspace.members.iter().filter(|member| !page.contains(&format!("`{}`", member.name)));
    missing.map(|member| format!("{ARCHITECTURE}: no paragraph on the crate `{}`", member.name)).collect()
}

/// What our manifests ask for from outside: package to version requirement.
fn declared(workspace: &Workspace) -> BTreeMap<String, String> {
    let ours: BTreeSet<&str> = workspace.members.iter().map(|member| member.package.as_str()).collect();
    let all = workspace.members.iter().flat_map(|member| &member.dependencies);
    let others = all.filter(|dependency| !ours.contains(dependency.package.as_str()));
    others.map(|dependency| (dependency.package.clone(), dependency.requirement.clone())).collect()
}

/// The page has one table row per crate: `| name | version | licence | what for | ... |`.
pub(super) fn dependency_problems(declared: &BTreeMap<String, String>, page: &str) -> Vec<String> {
    let section = page.split("\n## ").next().unwrap_or_default();
    let mut problems = Vec::new();
    let mut listed = BTreeSet::new();
    for cells in section.lines().filter_map(row) {
        let [name, version, rest @ ..] = cells.as_slice() else { continue };
        listed.insert(name.clone());
        match declared.get(name) {
            None => {
                problems.push(format!("{DEPENDENCIES}: no crate of ours depends on `{name}`; drop its line"));
            }
            Some(wanted) if wanted != version => {
                problems.push(format!("{DEPENDENCIES}: `{name}` is at {wanted}, the page says {version}"));
            }
            Some(_) if rest.len() < 3 || rest.iter().any(String::is_empty) => {
                problems.push(format!("{DEPENDENCIES}: `{name}` lacks a licence, a use or a reason"));
            }
            Some(_) => {}
        }
    }
    let missing = declared.keys().filter(|name| !listed.contains(*name));
    problems.extend(missing.map(|name| format!("{DEPENDENCIES}: no line for `{name}`")));
    problems
}

/// A row of the table whose first cell is a name in backticks.
fn row(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let mut cells: Vec<String> = inner.split('|').map(|cell| cell.trim().to_owned()).collect();
    let name = cells.first()?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
    cells[0] = name;
    Some(cells)
}
