//! The rules of this workspace that neither the compiler nor the linter knows.
//!
//! Each rule is a function from what it reads to the list of problems it sees, one line each, with the file
//! and what to do. Nothing here changes a file.
//!
//! Not here: style (rustfmt), correctness (clippy, tests), licences (cargo-deny).

mod documents;
mod layers;
mod sources;
#[cfg(test)]
mod tests;

use crate::{
    steps,
    workspace::{self, Workspace},
};
use anyhow::{Result, bail};
use std::{fs, process::Command};

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::load()?;
    let mut problems = layers::problems(&workspace);
    for path in committed_files()? {
        let Ok(text) = fs::read_to_string(workspace::root().join(&path)) else {
            continue; // Deleted but not yet committed, or not text.
        };
        problems.extend(sources::problems(&path, &text));
    }
    problems.extend(sources::unsafe_problems(&workspace));
    problems.extend(documents::problems(&workspace));
    if problems.is_empty() {
        return Ok(());
    }
    for problem in &problems {
        println!("    {problem}");
    }
    bail!("{} problems", problems.len());
}

/// Paths from the root of all files that are, or are about to be, in the repository.
fn committed_files() -> Result<Vec<String>> {
    let list =
        steps::quiet(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    Ok(list.lines().map(str::to_owned).collect())
}
