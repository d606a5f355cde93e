//! Rust made from the schema files: `crates/protocol/schema/*.kafka` into `crates/protocol/src/generated/`.
//!
//! One module a file. What is made is committed, so that building needs no generator and a change of the
//! schema shows its consequence in review; `--check` proves that the two agree.

mod emit;
mod parse;
mod schema;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const SCHEMA: &str = "crates/protocol/schema";
const GENERATED: &str = "crates/protocol/src/generated";
const EXTENSION: &str = "kafka";

pub(crate) fn run(check: bool) -> Result<()> {
    let files = load(Path::new(SCHEMA))?;
    let made = emit::all(&files);
    let there = existing(Path::new(GENERATED))?;
    let stale: Vec<&PathBuf> =
        made.iter().filter(|(path, text)| there.get(*path) != Some(text)).map(|m| m.0).collect();
    let surplus: Vec<&PathBuf> = there.keys().filter(|path| !made.contains_key(*path)).collect();
    if check {
        if let Some(path) = stale.iter().chain(&surplus).next() {
            bail!("{} is stale: run `cargo xtask codegen` and commit the result", shown(path));
        }
    } else {
        fs::create_dir_all(GENERATED)?;
        for path in &stale {
            fs::write(Path::new(GENERATED).join(path), &made[*path]).with_context(|| shown(path))?;
        }
        for path in &surplus {
            fs::remove_file(Path::new(GENERATED).join(path)).with_context(|| shown(path))?;
        }
    }
    let messages: usize = files.iter().map(|file| file.messages.len()).sum();
    let change = if check { "fresh".to_owned() } else { format!("{} written", stale.len() + surplus.len()) };
    println!("codegen: {messages} messages from {} schema files, {change}", files.len());
    Ok(())
}

fn shown(path: &Path) -> String {
    format!("{GENERATED}/{}", path.display())
}

/// Every schema file, ordered by name, with the rules that concern more than one of them.
fn load(folder: &Path) -> Result<Vec<schema::File>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let shown = path.display().to_string();
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .context("a schema's name is not text")?
            .to_owned();
        files.push(parse::parse(&shown, &name, &fs::read_to_string(&path).context(shown.clone())?)?);
    }
    let keys: Vec<i16> = files.iter().flat_map(|file| &file.apis).map(|api| api.key).collect();
    let unique: BTreeSet<i16> = keys.iter().copied().collect();
    ensure!(unique.len() == keys.len(), "two schema files describe the same api key");
    ensure!(unique.iter().copied().eq(0..keys.len() as i16), "the api keys have a gap");
    Ok(files)
}

fn existing(folder: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    if folder.exists() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            files.insert(PathBuf::from(entry.file_name()), fs::read_to_string(entry.path())?);
        }
    }
    Ok(files)
}
