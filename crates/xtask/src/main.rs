//! The project's own chores: `cargo xtask verify | codegen | tidy | docs | interop | bench`.
//!
//! Each command prints what it does as it goes, ends with one line that says how it went, and exits with 0
//! only if all of it held. Everything it downloads or builds lands under `target/`.
#![forbid(unsafe_code)]

mod bench;
mod codegen;
mod docs;
mod interop;
mod steps;
mod tidy;
mod verify;
mod workspace;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  verify                 format, lints, tidy, generated code and docs, licences: the gate before every push
  codegen [--check]      write the Rust made from the schema files, or prove that it is fresh
  tidy                   the rules of the workspace that no other tool knows
  docs [--check]         write the generated pages under docs/, or prove that they are fresh
  interop [NAME...]      real clients against our binary
          --broker mainstem|kafka   which broker they talk to (default mainstem)
          --only TEXT               only the checks whose name contains TEXT
          (MAINSTEM_BINARY names another binary than the release build's)
          --list                    the suites and what they need
          --provision               only download and build what the suites need
  bench                  the scoreboard, ours beside Apache Kafka
          --runs N  --gib N  --durability os|flush  --broker mainstem|kafka|both  --only TEXT
  bench client           the client's scoreboard, ours beside librdkafka and kcat
          --runs N  --mib N  --broker mainstem|kafka  --only TEXT
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{USAGE}");
        return Ok(());
    };
    std::env::set_current_dir(workspace::root())?;
    match command.as_str() {
        "verify" => verify::run(),
        "codegen" => codegen::run(check_flag(rest)?),
        "tidy" => tidy::run(),
        "docs" => docs::run(check_flag(rest)?),
        "interop" => interop::run(&interop::Options::parse(rest)?),
        "bench" if rest.first().is_some_and(|word| word == "client") => {
            bench::client::run(&bench::client::Options::parse(&rest[1..])?)
        }
        "bench" => bench::run(&bench::Options::parse(rest)?),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("no command `{other}`; `cargo xtask help` lists them"),
    }
}

fn check_flag(rest: &[String]) -> Result<bool> {
    match rest {
        [] => Ok(false),
        [flag] if flag == "--check" => Ok(true),
        other => bail!("only `--check` may follow, not `{}`", other.join(" ")),
    }
}
