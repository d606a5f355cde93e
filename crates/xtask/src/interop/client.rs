//! The Rust client against running brokers: its tests in `crates/client/tests/cluster`, each a check.
//!
//! A check is a test function; its name is the check's. It finds the brokers by environment variables. What
//! our broker cannot serve yet stands in `interop/client/waits.txt` and runs against Apache Kafka instead.

mod security;

use super::{
    broker::{Broker, Kind},
    nodes::Nodes,
    process,
    session::Session,
};
use crate::{steps, workspace};
use anyhow::{Context, Result, ensure};
use security::Security;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// How names of checks begin that need several brokers.
const SEVERAL: &str = "several::";
/// How long one check may take.
const LIMIT: Duration = Duration::from_secs(120);
/// How long compiling the tests may take.
const BUILD_LIMIT: Duration = Duration::from_secs(1800);

const OVERRIDES: &[(&str, &str)] = &[("auto.create.topics.enable", "false")];
/// Of the consumer protocol, where the broker says how often a member is heard; Kafka's own 5 s would make each test slow.
const GROUPS: &[(&str, &str)] =
    &[("group.consumer.min.heartbeat.interval.ms", "200"), ("group.consumer.heartbeat.interval.ms", "200")];
/// Entries of access control that bind nobody of the tests.
const ACCESS: &[(&str, &str)] = &[
    ("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
    ("super.users", "User:ANONYMOUS;User:alice;User:CN=client"),
];

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let program = build()?;
    let waits = Waits::read()?;
    let names = list(&program)?;
    waits.check(&names)?;
    let names: Vec<String> = names.into_iter().filter(|name| session.selected(name)).collect();
    let (waiting, ready): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| session.kind == Kind::Mainstem && waits.reason(name).is_some());
    check_all(session, &program, session.kind, &ready)?;
    if !waiting.is_empty() {
        println!("    against Apache Kafka, as our broker lacks what they need:");
        check_all(session, &program, Kind::Kafka, &waiting)?;
    }
    Ok(())
}

/// On one broker, which has all that its kind offers; those of several brokers on a cluster of their own, afterwards.
fn check_all(session: &mut Session<'_>, program: &Path, kind: Kind, names: &[String]) -> Result<()> {
    let (several, one): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| name.starts_with(SEVERAL));
    if !one.is_empty() {
        let under_test = UnderTest::start(session, kind)?;
        check_each(session, program, &one, &under_test.environment, || Ok(()));
    }
    if !several.is_empty() {
        ensure!(
            kind == Kind::Kafka,
            "our broker is one node; let `{SEVERAL}` wait in interop/client/waits.txt"
        );
        let nodes = Nodes::start(&session.tools.kafka_libraries(), &session.folder("several"))?;
        check_each(session, program, &several, &nodes.environment(), || nodes.restore());
    }
    Ok(())
}

fn check_each(
    session: &mut Session<'_>,
    program: &Path,
    names: &[&String],
    environment: &[(String, String)],
    prepare: impl Fn() -> Result<()>,
) {
    for name in names {
        session.check(name, || {
            prepare()?;
            let mut command = process::command(program);
            // The end of what it says is shown, and a backtrace would take all of it.
            command.args(["--exact", name, "--nocapture"]).env("RUST_BACKTRACE", "0");
            command.envs(environment.iter().map(|(key, value)| (key, value)));
            let said = process::capture(&mut command, b"", LIMIT)?;
            ensure!(!said.all().contains("skipped "), "it skips itself\n{}", steps::tail(&said.all(), 5));
            let said = said.ok()?;
            ensure!(said.contains("1 passed"), "no test ran\n{said}");
            Ok(())
        });
    }
}

struct UnderTest {
    /// Stops when this goes.
    _broker: Broker,
    environment: Vec<(String, String)>,
}

impl UnderTest {
    fn start(session: &Session<'_>, kind: Kind) -> Result<Self> {
        let security = match kind {
            Kind::Mainstem => None,
            Kind::Kafka => Some(Security::new(session.folder("certificates"))?),
        };
        let settings = security.as_ref().map(Security::settings).unwrap_or_default();
        let (access, groups) = if kind == Kind::Kafka { (ACCESS, GROUPS) } else { (&[][..], &[][..]) };
        let settings = settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let settings: Vec<_> =
            OVERRIDES.iter().chain(access).chain(groups).copied().chain(settings).collect();
        let broker = session.broker_of(kind, kind.name(), &settings)?;
        let mut environment = vec![("MAINSTEM_TEST_BOOTSTRAP".to_owned(), broker.address.clone())];
        if let Some(security) = &security {
            security.add_users(&session.tools.kafka_libraries(), &broker.address)?;
            environment.extend(security.environment());
        }
        Ok(Self { _broker: broker, environment })
    }
}

/// The test program, compiled.
fn build() -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace::root());
    cargo.args([
        "test",
        "--package",
        "mainstem-client",
        "--test",
        "cluster",
        "--no-run",
        "--message-format=json",
    ]);
    let messages = process::capture(&mut cargo, b"", BUILD_LIMIT)?.ok()?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = messages
        .filter(|message| message["target"]["name"] == "cluster")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    program.context("cargo named no test program `cluster`")
}

fn list(program: &Path) -> Result<Vec<String>> {
    let mut command = process::command(program);
    let said = process::capture(command.args(["--list", "--format", "terse"]), b"", LIMIT)?.ok()?;
    Ok(said.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// Beginnings of names, each with what our broker lacks.
struct Waits(Vec<(String, String)>);

impl Waits {
    fn read() -> Result<Self> {
        let path = workspace::root().join("interop/client/waits.txt");
        Self::parse(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pairs = lines.map(|line| {
            let (start, reason) = line.split_once(' ').with_context(|| format!("no reason: {line}"))?;
            Ok((start.to_owned(), reason.to_owned()))
        });
        Ok(Self(pairs.collect::<Result<_>>()?))
    }

    fn reason(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(start, _)| name.starts_with(start.as_str())).map(|(_, reason)| reason.as_str())
    }

    /// A line that no check begins with would hide a spelling mistake.
    fn check(&self, names: &[String]) -> Result<()> {
        let idle: Vec<&str> = self
            .0
            .iter()
            .map(|(start, _)| start.as_str())
            .filter(|start| !names.iter().any(|name| name.starts_with(start)))
            .collect();
        ensure!(idle.is_empty(), "interop/client/waits.txt: no check begins with {}", idle.join(", "));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_waits_by_the_beginning_of_its_name() {
        let waits = Waits::parse("# why\n\nshare:: share groups\ngroups::static_ static members\n").unwrap();
        for (name, reason) in [
            ("share::takes", Some("share groups")),
            ("groups::static_members_return", Some("static members")),
            ("groups::balance", None),
            ("shared", None),
        ] {
            assert_eq!(waits.reason(name), reason, "{name}");
        }
        assert!(Waits::parse("share::\n").is_err());
        assert!(waits.check(&["share::takes".to_owned()]).is_err());
    }
}
