//! Apache Kafka's own programs as clients: what an operator types, and what Kafka tests itself with.

mod admin;
mod dump;
mod groups;
mod records;
mod verifiable;

use super::{
    broker::Broker,
    process::{self, Outcome},
    session::{SOON, Session},
};
use anyhow::Result;
use std::process::Command;

pub(super) use dump::run as dump;

/// Kafka's programs and the broker they talk to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Java<'a> {
    session_tools: &'a super::provision::Tools,
    pub(super) address: &'a str,
}

impl<'a> Java<'a> {
    pub(super) fn new(session: &Session<'a>, broker: &'a Broker) -> Self {
        Self { session_tools: session.tools, address: &broker.address }
    }

    /// The program, told where the broker is.
    pub(super) fn command(self, class: &str, arguments: &[&str]) -> Command {
        let mut command = super::broker::java(&self.session_tools.kafka_libraries(), class);
        command.args(["--bootstrap-server", self.address]).args(arguments);
        command
    }

    fn run(self, class: &str, arguments: &str) -> Result<Outcome> {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        process::capture(&mut self.command(class, &arguments), b"", SOON)
    }

    fn run_with_input(self, class: &str, arguments: &str, input: &str) -> Result<Outcome> {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        process::capture(&mut self.command(class, &arguments), input.as_bytes(), SOON)
    }

    /// A program that wants its command before its options.
    fn run_command(self, class: &str, name: &str) -> Result<Outcome> {
        let mut command = super::broker::java(&self.session_tools.kafka_libraries(), class);
        command.args([name, "--bootstrap-server", self.address]);
        process::capture(&mut command, b"", SOON)
    }

    fn run_plain(self, class: &str) -> Result<Outcome> {
        process::capture(&mut self.command(class, &[]), b"", SOON)
    }

    fn topics(self, arguments: &str) -> Result<Outcome> {
        self.run("org.apache.kafka.tools.TopicCommand", arguments)
    }

    fn configs(self, arguments: &str) -> Result<Outcome> {
        self.run("kafka.admin.ConfigCommand", arguments)
    }

    fn groups(self, arguments: &str) -> Result<Outcome> {
        self.run("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", arguments)
    }

    fn produce(self, arguments: &str, input: &str) -> Result<()> {
        self.run_with_input("org.apache.kafka.tools.ConsoleProducer", arguments, input)?.ok()?;
        Ok(())
    }

    fn consume(self, arguments: &str) -> Result<String> {
        self.run("org.apache.kafka.tools.consumer.ConsoleConsumer", arguments)?.ok()
    }
}

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let broker = session.broker(&[])?;
    let java = Java::new(session, &broker);
    admin::run(session, java);
    records::run(session, java);
    groups::run(session, java);
    verifiable::run(session, java)
}
