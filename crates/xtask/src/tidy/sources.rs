//! What a committed file may not say.

use super::layers::{Kind, place_of};
use crate::workspace::Workspace;
use std::fs;

/// Crates with one module of `unsafe`, and that module. All others forbid it in their root.
const UNSAFE_MODULES: &[(&str, &str)] = &[];

/// Words that a pure core does not say outside its tests.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "SystemTime::now",
    "Instant::now",
    "rand::",
    "Uuid::new_v4",
    "tokio::",
    "async fn",
];

/// Folders (or modules) whose name says nothing: a helper lives with its first user.
const DRAWERS: &[&str] = &["common", "utils", "util", "types", "helpers", "misc"];

/// Folders of someone's machine. A default that Kafka itself has is not one.
const MACHINE_FOLDERS: &[&str] = &["/work/", "/root/", "/home/", "/tmp/", "/Users/"];
const KAFKA_FOLDERS: &[&str] = &["/tmp/kafka-logs", "/tmp/kraft-combined-logs", "/tmp/kafka-streams"];

/// The rules' own words are here, so this file cannot be held to them.
const RULES: &str = "crates/xtask/src/tidy";

pub(super) fn problems(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let folders = path.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
    if let Some(drawer) = folders.clone().find(|folder| DRAWERS.contains(folder)) {
        problems.push(format!("{path}: `{drawer}` says nothing; name it after what it holds"));
    }
    if path.starts_with(RULES) {
        return problems;
    }
    for (index, line) in text.lines().enumerate() {
        let found =
            machine_folder(line).or_else(|| if path.ends_with(".rs") { rust_line(line) } else { None });
        problems.extend(found.map(|problem| format!("{path}:{}: {problem}", index + 1)));
    }
    if is_pure_source(path) {
        problems.extend(impure_lines(path, text));
    }
    problems
}

fn machine_folder(line: &str) -> Option<String> {
    let line = KAFKA_FOLDERS.iter().fold(line.to_owned(), |line, folder| line.replace(folder, ""));
    let folder = MACHINE_FOLDERS.iter().find(|folder| starts_a_path(&line, folder))?;
    Some(format!("`{folder}` is a folder of one machine"))
}

/// Whether the folder stands at the start of a path, and not inside one such as `../home/`.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| {
            !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}' | '/' | '*')
        })
    })
}

fn rust_line(line: &str) -> Option<String> {
    let code = line.split("//").next().unwrap_or_default();
    let macros = ["todo!(", "unimplemented!(", "dbg!("];
    if let Some(found) = macros.iter().find(|found| code.contains(**found)) {
        return Some(format!("`{found}..)` is left over"));
    }
    code.contains("#[ignore]").then(|| "an ignored test says why: #[ignore = \"...\"]".to_owned())
}

fn is_pure_source(path: &str) -> bool {
    let mut parts = path.split('/');
    let (Some("crates"), Some(name), Some("src")) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let tests = path.ends_with("/tests.rs") || path.contains("/tests/");
    !tests && path.ends_with(".rs") && place_of(name).is_some_and(|place| place.kind == Kind::PureCore)
}

/// Tests inside a file come last, so the file is read up to the first of them.
fn impure_lines(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").enumerate();
    let mut problems = Vec::new();
    for (index, line) in lines {
        let code = line.split("//").next().unwrap_or_default();
        let found = IMPURE.iter().filter(|word| contains_word(code, word));
        problems.extend(found.map(|word| format!("{path}:{}: a pure core does not say `{word}`", index + 1)));
    }
    problems
}

/// `rand::` is not in `operand::`.
fn contains_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
    })
}

/// A crate root forbids unsafe code, or the crate is on the list and keeps it in one module.
pub(super) fn unsafe_problems(workspace: &Workspace) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &workspace.members {
        if UNSAFE_MODULES.iter().any(|(name, _)| *name == member.name) {
            continue;
        }
        let roots = ["lib.rs", "main.rs"].map(|root| member.folder.join("src").join(root));
        for root in roots.iter().filter(|root| root.exists()) {
            let text = fs::read_to_string(root).unwrap_or_default();
            if !text.contains("#![forbid(unsafe_code)]") {
                problems.push(format!(
                    "crates/{}: {} must say #![forbid(unsafe_code)], or the crate is listed with its one unsafe module",
                    member.name,
                    root.file_name().map(|name| name.to_string_lossy()).unwrap_or_default(),
                ));
            }
        }
    }
    problems
}
