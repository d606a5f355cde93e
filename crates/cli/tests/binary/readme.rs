//! The first five minutes in the README are what really happens, and need nothing but this program.
use crate::node::{Dev, finish};
use std::{path::Path, process::Command};

/// Commands and what they print, from the blocks of a section, without the one that starts the broker.
fn session(readme: &str, section: &str) -> Vec<(String, String)> {
    let (_, from) = readme.split_once(&format!("## {section}\n")).unwrap();
    let section = from.split_once("\n## ").map_or(from, |(section, _)| section);
    let blocks = section.split("```").skip(1).step_by(2).map(|block| block.trim_start_matches("text\n"));
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((_, printed))) => *printed += &format!("{line}\n"),
            (None, None) => panic!("`{line}` is no command"),
        }
    }
    commands.into_iter().map(|(command, printed)| (command, printed.trim_end().to_owned())).collect()
}

/// Without what is different each time: ids and times.
fn constant(text: &str) -> String {
    let is_id =
        |word: &str| word.len() == 22 && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let mut out = String::new();
    for piece in text.split_inclusive([' ', ',', '\n', '{']) {
        let word = piece.trim_end_matches([' ', ',', '\n', '{']);
        let is_time = word.starts_with("\"timestamp\":") || word.starts_with("\"time\":");
        out += if is_id(word) || is_time { "..." } else { word };
        out += &piece[word.len()..];
    }
    out
}

#[test]
fn the_first_five_minutes_are_real() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let commands = session(&readme, "The first five minutes");
    assert_eq!(commands[0].0, "mainstem");
    assert!(commands.len() > 6, "{commands:?}");
    let dev = Dev::ephemeral();
    let folder = Path::new(env!("CARGO_BIN_EXE_mainstem")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    for (command, printed) in
        commands.iter().skip(1).filter(|(command, _)| !command.starts_with("mainstem server"))
    {
        for part in command.split(" | ") {
            assert!(
                part.starts_with("mainstem ") || part.starts_with("printf "),
                "{command} needs more than mainstem"
            );
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{command} 2>&1")]);
        shell
            .env("PATH", &path)
            .env("MAINSTEM_BOOTSTRAP_SERVER", &dev.kafka)
            .env("XDG_CONFIG_HOME", "/nonexistent");
        let shown = String::from_utf8(finish(shell, b"").ok()).unwrap();
        if command == "mainstem doctor" {
            // It may find this machine's disk full, too.
            let found = printed.split_once("\n\n").unwrap().0;
            assert!(shown.contains(found), "{command}: {shown}");
        } else {
            assert_eq!(constant(shown.trim_end()), constant(printed), "{command}");
        }
    }
}
