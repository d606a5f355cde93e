use crate::{
    failure::{Exit, Failure},
    kafka_tools,
};
use clap::Args;
use std::{
    env,
    io::{self, Write},
    path::PathBuf,
};

/// Link this program under the names of Kafka's tools.
///
/// Links are made with and without `.sh`: kafka-topics, kafka-topics.sh and so on.
#[derive(Debug, Args)]
#[command(before_help = "Examples:
  mainstem link-kafka-tools ~/.local/bin
  mainstem kafka-topics --bootstrap-server localhost:9092 --list")]
pub(crate) struct Arguments {
    /// The folder to put the links in; it is made if it does not exist.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let program = env::current_exe()
        .map_err(|error| Failure::new(Exit::Other, format!("cannot tell where this program is: {error}")))?;
    let links = kafka_tools::link(&program, &arguments.folder).map_err(|error| {
        Failure::new(Exit::Other, format!("cannot link in {}: {error}", arguments.folder.display()))
            .next_step("choose another folder")
    })?;
    let mut out = io::stdout().lock();
    for link in links {
        writeln!(out, "{}", link.display())?;
    }
    Ok(())
}
