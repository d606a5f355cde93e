//! The one binary: a broker to develop against, a server, and the commands to work with any Kafka cluster.
//!
//! A command is a file in `commands`: its arguments, and a function that runs it. Commands know a cluster only
//! through `client`; `dev` and `server` are the only ones that know `broker`.
//!
//! Standard output is for results, standard error for everything else. A failure is one line with what went
//! wrong, the value that caused it and what to do next, and an exit code that scripts can tell apart: see
//! [`failure::Exit`]. A closed pipe behind standard output ends a command quietly.
#![forbid(unsafe_code)]

mod args;
mod cluster;
mod commands;
mod failure;
mod output;

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    match commands::run(arguments.command.unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
