//! Real clients, unmodified, against a running broker: ours, or Apache Kafka as the reference.
//!
//! A suite is a function that makes named checks. It never assumes a port, a clock's speed or an empty
//! machine; it starts the broker it needs and leaves nothing running. Every check must hold on Apache Kafka
//! first (`--broker kafka`): one that fails there says nothing about us.

pub(crate) mod broker;
mod client;
mod configs;
mod folder;
mod java;
mod kcat;
pub(crate) mod librdkafka;
mod million;
mod nodes;
pub(crate) mod process;
pub(crate) mod provision;
mod session;
mod shells;
mod tools;

use crate::steps;
use anyhow::{Result, bail, ensure};
use broker::Kind;
use session::Session;
use std::time::Instant;

struct Suite {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Session<'_>) -> Result<()>,
}

const SUITES: &[Suite] = &[
    Suite { name: "kcat", about: "kcat: list, produce, consume, timestamps, groups, codecs", run: kcat::run },
    Suite { name: "java", about: "Apache Kafka's own tools, from topics to perf tests", run: java::run },
    Suite { name: "dump", about: "Kafka's dump tool reads the folder", run: java::dump },
    Suite { name: "client", about: "the Rust client's own tests", run: client::run },
    Suite { name: "configs", about: "DescribeConfigs beside Apache Kafka's", run: configs::run },
    Suite { name: "folder", about: "a folder that Apache Kafka wrote", run: folder::run },
    Suite { name: "million", about: "a million lines of a real log, byte for byte", run: million::run },
    Suite { name: "tools", about: "Kafka's command lines through Kafka's tools and ours", run: tools::run },
    Suite { name: "shells", about: "completion in zsh and fish", run: shells::run },
    Suite { name: "librdkafka", about: "librdkafka's own test runner", run: librdkafka::run },
];

#[derive(Debug)]
pub(crate) struct Options {
    names: Vec<String>,
    kind: Kind,
    only: Option<String>,
    list: bool,
    provision: bool,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options =
            Self { names: Vec::new(), kind: Kind::Mainstem, only: None, list: false, provision: false };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match (word.as_str(), word.starts_with('-')) {
                ("--list", _) => options.list = true,
                ("--provision", _) => options.provision = true,
                ("--broker" | "--only", _) => {
                    let Some(value) = words.next() else { bail!("`{word}` wants a value") };
                    if word == "--broker" {
                        options.kind = Kind::parse(value)?;
                    } else {
                        options.only = Some(value.clone());
                    }
                }
                (_, true) => bail!("no option `{word}`"),
                (name, false) => {
                    ensure!(SUITES.iter().any(|suite| suite.name == name), "no suite `{name}`; see --list");
                    options.names.push(name.to_owned());
                }
            }
        }
        Ok(options)
    }

    fn wants(&self, suite: &Suite) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| name == suite.name)
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    if options.list {
        for suite in SUITES {
            println!("{:<12} {}", suite.name, suite.about);
        }
        return Ok(());
    }
    let tools = provision::provision()?;
    if options.provision {
        return Ok(());
    }
    if options.kind == Kind::Mainstem && !broker::binary().exists() {
        bail!("no {}; run `cargo build --release` first", broker::binary().display());
    }

    let mut lines = Vec::new();
    let mut passed = 0;
    let mut failed = Vec::new();
    for suite in SUITES.iter().filter(|suite| options.wants(suite)) {
        println!("=== {}: {} ({})", suite.name, suite.about, options.kind.name());
        let started = Instant::now();
        let mut session = Session::new(&tools, suite.name, options.kind, options.only.as_deref());
        if let Err(error) = (suite.run)(&mut session) {
            session.fail("suite", &error);
        }
        let time = steps::seconds(started.elapsed());
        let bad = session.failed.len();
        lines.push(format!("{:<12} {:>6} {:>6} {:>9}", suite.name, session.passed, bad, time));
        passed += session.passed;
        failed.extend(session.failed.iter().map(|name| format!("{}: {name}", suite.name)));
    }
    println!("\n{:<12} {:>6} {:>6} {:>9}", "suite", "passed", "failed", "time");
    println!("{}", lines.join("\n"));
    for name in &failed {
        println!("FAILED {name}");
    }
    println!("{passed} passed, {} failed", failed.len());
    ensure!(failed.is_empty(), "real clients fail; their logs are in {}", tools.logs("")?.display());
    Ok(())
}
