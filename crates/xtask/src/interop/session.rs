//! What a suite has in hand while it runs: the tools, the broker's kind, and the tally of its checks.

use super::{
    broker::{self, Broker, Kind},
    process::{self, Outcome},
    provision::Tools,
};
use crate::steps;
use anyhow::{Result, ensure};
use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

/// How long a client may take for what should be done in a moment, on a busy machine.
pub(super) const SOON: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) tools: &'a Tools,
    pub(super) kind: Kind,
    pub(super) passed: u32,
    pub(super) failed: Vec<String>,
    suite: &'static str,
    only: Option<&'a str>,
}

impl<'a> Session<'a> {
    pub(super) fn new(tools: &'a Tools, suite: &'static str, kind: Kind, only: Option<&'a str>) -> Self {
        Self { tools, kind, passed: 0, failed: Vec::new(), suite, only }
    }

    /// Whether `--only` leaves this check in. A check that others build on is not asked.
    pub(super) fn selected(&self, name: &str) -> bool {
        self.only.is_none_or(|only| name.contains(only))
    }

    /// One check: a line of output with its time, and a count. What failed is shown and the suite goes on.
    pub(super) fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        if !self.selected(name) {
            return;
        }
        let started = Instant::now();
        match work() {
            Ok(()) => self.pass(name, started.elapsed()),
            Err(error) => self.fail(name, &error),
        }
    }

    pub(super) fn pass(&mut self, name: &str, elapsed: Duration) {
        println!("    ok      {name} ({})", steps::seconds(elapsed));
        self.passed += 1;
    }

    pub(super) fn fail(&mut self, name: &str, error: &anyhow::Error) {
        let why = format!("{error:#}").replace('\n', "\n            ");
        println!("    FAILED  {name}\n            {why}");
        self.failed.push(name.to_owned());
    }

    /// A fresh broker of the kind under test.
    pub(super) fn broker(&self, overrides: &[(&str, &str)]) -> Result<Broker> {
        self.broker_of(self.kind, self.kind.name(), overrides)
    }

    /// As [`Self::broker`], beside it.
    pub(super) fn broker_beside(&self, name: &str, overrides: &[(&str, &str)]) -> Result<Broker> {
        self.broker_of(self.kind, name, overrides)
    }

    pub(super) fn broker_of(&self, kind: Kind, name: &str, overrides: &[(&str, &str)]) -> Result<Broker> {
        Broker::start(self.tools, kind, &self.tools.run_folder(self.suite).join(name), overrides)
    }

    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.tools.run_folder(self.suite).join(name)
    }

    pub(super) fn logs(&self) -> Result<PathBuf> {
        self.tools.logs(self.suite)
    }

    /// One of Kafka's own programs, by its class.
    pub(super) fn java(&self, class: &str) -> Command {
        let libraries = self.tools.kafka_libraries();
        broker::java(&libraries, class)
    }

    pub(super) fn run_java(&self, class: &str, arguments: &[&str], input: &str) -> Result<Outcome> {
        process::capture(self.java(class).args(arguments), input.as_bytes(), SOON)
    }
}

/// Says where two texts part, rather than printing both.
#[track_caller]
pub(super) fn same(what: &str, found: &str, expected: &str) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let mut number = 0;
    let (mut left, mut right) = (found.lines(), expected.lines());
    loop {
        number += 1;
        let pair = (left.next(), right.next());
        ensure!(pair.0 == pair.1, "{what}: line {number} is {:?}, should be {:?}", pair.0, pair.1);
        ensure!(pair.0.is_some(), "{what}: only the ends of lines differ");
    }
}

pub(super) fn contains(what: &str, found: &str, part: &str) -> Result<()> {
    ensure!(found.contains(part), "{what}: no {part:?} in\n{}", steps::tail(found, 25));
    Ok(())
}
