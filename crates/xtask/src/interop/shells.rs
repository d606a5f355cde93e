//! Completion in zsh and fish themselves, with the names of a running cluster. Bash is everywhere: the tests of the
//! command line have it.

use super::{
    broker::{self, Broker},
    process,
    session::{SOON, Session, same},
};
use anyhow::{Context as _, Result};
use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

/// What is typed, and what the key for completion makes of it.
const LINES: &[(&str, &str)] = &[
    ("mainstem gro", "mainstem group "),
    ("mainstem topic describe ord", "mainstem topic describe orders "),
    ("mainstem group describe bil", "mainstem group describe billing "),
    ("mainstem consume orders --out", "mainstem consume orders --output "),
];

/// Types each line into a zsh of its own terminal, presses the key for completion, and notes the line as it is then.
const ZSH: &str = r#"
zmodload zsh/zpty
script=$1 found=$2
shift 2
zpty zsh zsh -f -i
zpty -w zsh "autoload -Uz compinit; compinit -u -D; source $script"
zpty -w zsh "note() { print -r -- \$BUFFER >> $found; BUFFER= }; zle -N note; bindkey '^O' note; PROMPT=rea''dy"
zpty -r zsh shown '*ready*'
for line; do
    zpty -w -n zsh "$line"$'\t\x0f'
done
until [[ -e $found && $(grep -c . $found) -ge $# ]]; do
    zpty -r -t zsh shown
    sleep 0.02
done
zpty -d zsh
"#;

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let broker = session.broker(&[])?;
    let folder = session.folder("scripts");
    fs::create_dir_all(&folder)?;
    ours(&broker, &["topic", "create", "orders"])?;
    ours(&broker, &["consume", "orders", "-e", "-g", "billing"])?;
    session.check("zsh completes commands, flags, topics and groups", || zsh(&broker, &folder));
    session.check("fish completes commands, flags, topics and groups", || fish(&broker, &folder));
    Ok(())
}

fn ours(broker: &Broker, arguments: &[&str]) -> Result<String> {
    let mut command = process::command(broker::binary());
    process::capture(command.args(arguments).env("MAINSTEM_BOOTSTRAP_SERVER", &broker.address), b"", SOON)?
        .ok()
}

/// A shell that finds `mainstem` where it was built, and no settings of whoever runs this.
fn shell(program: &str, broker: &Broker, folder: &Path) -> Result<Command> {
    let binary = broker::binary();
    let ours = binary.parent().context("a binary lies in a folder")?;
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([ours.to_path_buf()].into_iter().chain(env::split_paths(&path)))?;
    let mut command = process::command(program);
    command.env("PATH", path).env("HOME", folder).env("XDG_CONFIG_HOME", folder).env("TERM", "xterm");
    command.env("MAINSTEM_BOOTSTRAP_SERVER", &broker.address).stdin(Stdio::null());
    Ok(command)
}

fn zsh(broker: &Broker, folder: &Path) -> Result<()> {
    let [script, program, found] = ["mainstem.zsh", "type.zsh", "found.txt"].map(|name| folder.join(name));
    fs::write(&script, ours(broker, &["completion", "zsh"])?)?;
    fs::write(&program, ZSH)?;
    if found.exists() {
        fs::remove_file(&found)?;
    }
    let mut zsh = shell("zsh", broker, folder)?;
    zsh.arg("-f").args([&program, &script, &found]).args(LINES.iter().map(|(typed, _)| typed));
    process::capture(&mut zsh, b"", SOON)?.ok()?;
    let found = fs::read_to_string(&found)?;
    let expected: String = LINES.iter().map(|(_, completed)| format!("{completed}\n")).collect();
    same("the lines", &found, &expected)
}

fn fish(broker: &Broker, folder: &Path) -> Result<()> {
    let script = folder.join("mainstem.fish");
    fs::write(&script, ours(broker, &["completion", "fish"])?)?;
    for (typed, completed) in LINES {
        let mut fish = shell("fish", broker, folder)?;
        fish.args(["--no-config", "--command", "source $argv[1]; complete --do-complete $argv[2]"]);
        let found = process::capture(fish.arg(&script).arg(typed), b"", SOON)?.ok()?;
        // It lists words, each with what it means behind a tab.
        let words: String = found.lines().filter_map(|line| line.split('\t').next()).collect();
        let word = completed.trim_end().rsplit(' ').next().context("a line has words")?;
        same(typed, &words, word)?;
    }
    Ok(())
}
