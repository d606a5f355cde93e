//! Pages under `docs/` that are made from the code, so that they cannot disagree with it.

use crate::{steps, workspace};
use anyhow::{Context, Result, bail};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

const COMMANDS: &str = "docs/commands";

/// Each page by where it is, from the workspace root, and what it should say.
fn pages() -> Result<BTreeMap<String, String>> {
    let mut pages = BTreeMap::new();
    pages.insert("docs/reference/configuration.md".to_owned(), config::reference_markdown());
    // The commands know the broker, which this program must build without: it also writes the broker's code.
    let program = ["run", "--quiet", "--package", "mainstem-cli", "--example", "pages"];
    let printed = steps::quiet(Command::new(env!("CARGO")).args(program).current_dir(workspace::root()))?;
    let commands: BTreeMap<String, String> =
        serde_json::from_str(&printed).context("the pages of the commands")?;
    pages.extend(commands.into_iter().map(|(file, text)| (format!("{COMMANDS}/{file}"), text)));
    Ok(pages)
}

/// Pages of commands that are no more.
fn left_over(pages: &BTreeMap<String, String>) -> Vec<String> {
    let Ok(folder) = fs::read_dir(workspace::root().join(COMMANDS)) else { return Vec::new() };
    let names = folder.flatten().map(|entry| format!("{COMMANDS}/{}", entry.file_name().to_string_lossy()));
    names.filter(|path| !pages.contains_key(path)).collect()
}

pub(crate) fn run(check: bool) -> Result<()> {
    let pages = pages()?;
    let mut stale = left_over(&pages);
    for path in stale.iter().filter(|_| !check) {
        fs::remove_file(workspace::root().join(path)).with_context(|| path.clone())?;
        println!("    removed {path}");
    }
    for (path, wanted) in &pages {
        let file = workspace::root().join(path);
        if fs::read_to_string(&file).is_ok_and(|found| found == *wanted) {
            continue;
        }
        if check {
            stale.push(path.clone());
        } else {
            fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).with_context(|| path.clone())?;
            fs::write(&file, wanted).with_context(|| path.clone())?;
            println!("    wrote {path}");
        }
    }
    if check && !stale.is_empty() {
        bail!("not as the code would write them: {} (run `cargo xtask docs`)", stale.join(", "));
    }
    Ok(())
}
