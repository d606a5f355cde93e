//! Running other programs so that a reader of the output sees what ran, how long it took and why it failed.

use anyhow::{Context, Result, bail};
use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Seconds with one decimal, as every line of ours prints a time.
pub(crate) fn seconds(elapsed: Duration) -> String {
    format!("{:.1} s", elapsed.as_secs_f64())
}

/// Runs one named step and prints its name, result and time. The error comes back for the caller to count.
pub(crate) fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("--- {name}");
    let started = Instant::now();
    let result = work();
    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
    println!("    {name}: {verdict} ({})", seconds(started.elapsed()));
    result.with_context(|| name.to_owned())
}

/// A name and what it does.
pub(crate) type Step<'a> = (&'a str, fn() -> Result<()>);

/// Runs all steps even after one failed, so that one look shows everything that is wrong.
pub(crate) fn all(steps: &[Step<'_>]) -> Result<()> {
    let mut failed = Vec::new();
    for (name, work) in steps {
        if let Err(error) = step(name, work) {
            println!("    {error:#}");
            failed.push(*name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// A command whose output goes to ours.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown}: {status}");
    }
    Ok(())
}

/// A command whose output matters only if it fails.
pub(crate) fn quiet(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {shown}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{shown}: {}\n{}", output.status, tail(&format!("{stdout}{stderr}"), 30));
    }
    Ok(stdout)
}

/// The last lines of a text: what one wants to see of a long log.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
