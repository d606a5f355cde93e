//! The command line: a broker to develop against, a server, and the commands to work with any Kafka cluster.
//!
//! A command is a file in `commands`: its arguments, and a function that runs it. Commands know a cluster only
//! through `client`; `dev` and `server` are the only ones that know `broker`.
//!
//! Standard output is for results, standard error for everything else. A list or a description is a typed value that
//! [`output`] renders. A failure is one line with what went wrong, the value that caused it and what to do next, and
//! an exit code that scripts can tell apart: see [`failure::Exit`]. A closed pipe behind standard output ends a command
//! quietly.
#![forbid(unsafe_code)]

mod args;
mod cluster;
mod commands;
mod completion;
mod failure;
mod interrupt;
mod kafka_tools;
mod output;
mod pages;
mod profiles;
mod progress;
mod suggestion;
mod text;

pub use pages::pages;
use std::process::ExitCode;

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|panic| eprintln!("{}", failure::bug(&panic.to_string()))));
    }
    if let Some((tool, arguments)) = kafka_tools::asked(std::env::args_os()) {
        return tool.run(&arguments);
    }
    // A shell asks for completions by an environment variable; then nothing else happens.
    clap_complete::CompleteEnv::with_factory(args::command).complete();
    let arguments = args::parse();
    match commands::run(arguments.command.unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
