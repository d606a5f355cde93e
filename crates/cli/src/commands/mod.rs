pub(crate) mod cluster;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod consume;
pub(crate) mod dev;
pub(crate) mod doctor;
pub(crate) mod dump;
pub(crate) mod group;
pub(crate) mod link;
pub(crate) mod log_dirs;
mod node;
pub(crate) mod perf;
pub(crate) mod produce;
pub(crate) mod profile;
pub(crate) mod server;
pub(crate) mod storage;
pub(crate) mod top;
pub(crate) mod topic;
pub(crate) mod txn;

use crate::{
    args::Command,
    failure::{Exit, Failure},
};
use client::{Error, admin::Each};
use std::future::Future;

pub(crate) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Dev(arguments) => dev::run(&arguments),
        Command::Server(arguments) => server::run(arguments),
        Command::Topic(command) => block_on(topic::run(command)),
        Command::Produce(arguments) => block_on(produce::run(arguments)),
        Command::Consume(arguments) => block_on(consume::run(arguments)),
        Command::Group(command) => block_on(group::run(command)),
        Command::Config(command) => block_on(config::run(command)),
        Command::Cluster(command) => block_on(cluster::run(command)),
        Command::Quorum(command) => block_on(cluster::run_quorum(command)),
        Command::LogDirs(command) => block_on(log_dirs::run(command)),
        Command::Txn(command) => block_on(txn::run(command)),
        Command::Storage(command) => storage::run(command),
        Command::Dump(arguments) => dump::run(&arguments),
        Command::Perf(command) => block_on(perf::run(command)),
        Command::Top(arguments) => block_on(top::run(arguments)),
        Command::Doctor(arguments) => block_on(doctor::run(arguments)),
        Command::Profile(command) => profile::run(command),
        Command::Completion(arguments) => completion::run(&arguments),
        Command::LinkKafkaTools(arguments) => link::run(&arguments),
        Command::Version => crate::output::say(concat!("mainstem ", env!("CARGO_PKG_VERSION"))),
    }
}

/// Tells what became of each thing. All are told; the first failure is the command's.
fn tell_each<K, V>(
    answers: Each<K, V>,
    tell: impl Fn(&K, Result<V, Error>) -> Result<String, Failure>,
) -> Result<(), Failure> {
    let mut first = None;
    for (key, answer) in answers {
        match tell(&key, answer) {
            Ok(line) => crate::output::say(&line)?,
            Err(failure) if first.is_none() => first = Some(failure),
            Err(failure) => eprintln!("{}", failure.line()),
        }
    }
    first.map_or(Ok(()), Err)
}

/// One thread is enough for one connection or two.
pub(crate) fn block_on(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Other, format!("cannot start the runtime: {error}")))?;
    let result = runtime.block_on(async {
        match command.await {
            Err(failure) => Err(failure.with_suggestion().await),
            done => done,
        }
    });
    // A thread may still be reading standard input.
    runtime.shutdown_background();
    result
}
