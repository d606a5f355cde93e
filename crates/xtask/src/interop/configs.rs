//! DescribeConfigs beside Apache Kafka's: the same keys, defaults, synonyms and secrets.
//!
//! `interop/configs/differences.txt` lists what differs on purpose: `KIND KEY reason`. A line that no longer
//! describes a difference fails too, so the list stays true.

use super::{
    broker::{Broker, Kind},
    java::Java,
    process,
    session::{SOON, Session},
};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

const LIST: &str = "interop/configs/differences.txt";

/// One line of `kafka-configs --describe --all`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    value: String,
    /// Secrecy and synonyms, as the tool prints them.
    rest: String,
}

type Settings = BTreeMap<String, Setting>;

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let kafka = session.broker_of(Kind::Kafka, "reference", &[])?;
    let subject = session.broker(&[])?;
    let list = fs::read_to_string(workspace::root().join(LIST))?;
    for kind in ["topic", "broker", "group"] {
        let name = if kind == "broker" { "1" } else { "compared" };
        let both = [&kafka, &subject].map(|broker| describe(session, broker, kind, name));
        let (list, ours) = (&list, session.kind == Kind::Mainstem);
        session.check(&format!("describes a {kind} as Apache Kafka does"), || {
            let [theirs, found] = both;
            compare(kind, &theirs?, &found?, if ours { list } else { "" })
        });
    }
    Ok(())
}

fn describe(session: &Session<'_>, broker: &Broker, kind: &str, name: &str) -> Result<Settings> {
    let java = Java::new(session, broker);
    if kind == "topic" {
        let arguments = ["--create", "--if-not-exists", "--topic", name, "--partitions", "1"];
        process::capture(&mut java.command("org.apache.kafka.tools.TopicCommand", &arguments), b"", SOON)?
            .ok()?;
    }
    let option = format!("--{kind}");
    let arguments = ["--describe", "--all", &option, name];
    let said =
        process::capture(&mut java.command("kafka.admin.ConfigCommand", &arguments), b"", SOON)?.ok()?;
    let data = broker.data().display().to_string();
    let settings: Settings = said.lines().filter_map(|line| parse(&neutral(line, &data))).collect();
    ensure!(!settings.is_empty(), "no settings in\n{said}");
    Ok(settings)
}

/// Without what must differ between two brokers on one machine: ports and folders.
fn neutral(line: &str, data: &str) -> String {
    let line = line.replace(data, "DATA");
    let mut parts = line.split("127.0.0.1:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |line, part| {
        line + "127.0.0.1:PORT" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

/// `  key=value sensitive=false synonyms={...}`
fn parse(line: &str) -> Option<(String, Setting)> {
    let (key, rest) = line.strip_prefix("  ")?.split_once('=')?;
    let (value, rest) = rest.split_once(" sensitive=")?;
    Some((key.to_owned(), Setting { value: value.to_owned(), rest: rest.to_owned() }))
}

fn compare(kind: &str, theirs: &Settings, ours: &Settings, list: &str) -> Result<()> {
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut meant = BTreeSet::new();
    for line in lines {
        let mut words = line.splitn(3, ' ');
        let (Some(of), Some(key)) = (words.next(), words.next()) else { continue };
        words.next().with_context(|| format!("{LIST}: `{line}` gives no reason"))?;
        if of == kind {
            meant.insert(key.to_owned());
        }
    }
    let keys: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    let mut problems = Vec::new();
    for key in keys {
        let difference = difference(theirs.get(key), ours.get(key));
        match (difference, meant.contains(key)) {
            (Some(difference), false) => problems.push(format!("{key}: {difference}")),
            (None, true) => problems.push(format!("{key}: {LIST} says that it differs, and it does not")),
            _ => {}
        }
    }
    let unknown = meant.iter().filter(|key| !theirs.contains_key(*key) && !ours.contains_key(*key));
    problems.extend(unknown.map(|key| format!("{key}: {LIST} names a key that nobody has")));
    ensure!(problems.is_empty(), "{} of {} keys\n{}", problems.len(), theirs.len(), problems.join("\n"));
    Ok(())
}

fn difference(theirs: Option<&Setting>, ours: Option<&Setting>) -> Option<String> {
    match (theirs, ours) {
        (Some(_), None) => Some("we do not have it".to_owned()),
        (None, Some(ours)) => Some(format!("only we have it, as {}", ours.value)),
        (Some(theirs), Some(ours)) if theirs.value != ours.value => {
            Some(format!("{} there, {} here", theirs.value, ours.value))
        }
        (Some(theirs), Some(ours)) if theirs.rest != ours.rest => {
            Some(format!("sensitive={} there, sensitive={} here", theirs.rest, ours.rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(lines: &str) -> Settings {
        lines.lines().filter_map(|line| parse(&neutral(line, "/data"))).collect()
    }

    #[track_caller]
    fn check(theirs: &str, ours: &str, list: &str, expected: Option<&str>) {
        let found = compare("broker", &settings(theirs), &settings(ours), list);
        match expected {
            None => found.expect("they are alike"),
            Some(part) => assert!(format!("{:#}", found.expect_err("they differ")).contains(part)),
        }
    }

    #[test]
    fn tells_what_differs_and_what_was_meant_to() {
        let one = "  a.b=1 sensitive=false synonyms={DEFAULT_CONFIG:a.b=1}\n";
        let two = "  a.b=2 sensitive=false synonyms={DEFAULT_CONFIG:a.b=2}\n";
        check(one, one, "", None);
        check(one, two, "", Some("1 there, 2 here"));
        check(one, two, "broker a.b two is better", None);
        check(one, one, "broker a.b two is better", Some("and it does not"));
        check(one, two, "topic a.b two is better", Some("1 there"));
        check(one, "", "", Some("we do not have it"));
        check("", one, "", Some("only we have it"));
        check("  l=x://127.0.0.1:90 sensitive=false", "  l=x://127.0.0.1:91 sensitive=false", "", None);
        check("  d=/data/x sensitive=false", "  d=DATA/x sensitive=false", "", None);
    }
}
