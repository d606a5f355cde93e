pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod consume;
pub(crate) mod dev;
pub(crate) mod group;
pub(crate) mod link;
mod node;
pub(crate) mod produce;
pub(crate) mod profile;
pub(crate) mod server;
pub(crate) mod topic;

use crate::{
    args::Command,
    failure::{Exit, Failure},
};
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
        Command::Profile(command) => profile::run(command),
        Command::Completion(arguments) => completion::run(&arguments),
        Command::LinkKafkaTools(arguments) => link::run(&arguments),
    }
}

/// One thread is enough for one connection or two.
pub(crate) fn block_on(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Other, format!("cannot start the runtime: {error}")))?;
    let result = runtime.block_on(command);
    // A thread may still be reading standard input.
    runtime.shutdown_background();
    result
}
