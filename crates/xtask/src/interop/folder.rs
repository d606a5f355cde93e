//! A data folder that Apache Kafka wrote is opened and served by the broker under test: same records, same
//! offsets, same groups; and it goes on from there.

use super::{
    broker::{Broker, Kind},
    java::Java,
    kcat::Kcat,
    process,
    session::{SOON, Session, contains, same},
};
use anyhow::{Result, ensure};
use std::time::Instant;

/// Everything that a client can see of a record.
const FORMAT: &str = "%p %o %T %K %S %k %s %h\n";
const TOPICS: &[&str] = &["plain", "rolled", "headed", "gzip", "snappy", "lz4", "zstd"];

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    for (name, kill) in [("stopped", false), ("killed", true)] {
        let folder = session.folder(name);
        let mut kafka = Broker::start(session.tools, Kind::Kafka, &folder, &[])?;
        write(session, &kafka)?;
        let seen = Seen::by(session, &kafka)?;
        if kill {
            kafka.kill()?;
        } else {
            kafka.stop()?;
        }
        let opened = Broker::open(session.tools, session.kind, &folder, &[]);
        let Ok(broker) = opened.map_err(|error| session.fail(&format!("opens a {name} folder"), &error))
        else {
            continue;
        };
        session.pass(&format!("opens a {name} folder"), broker.ready_after);
        let again = Seen::by(session, &broker);
        let again = match again {
            Ok(again) => again,
            Err(error) => {
                session.fail(&format!("serves a {name} folder"), &error);
                continue;
            }
        };
        for ((topic, before), (_, after)) in seen.records.iter().zip(&again.records) {
            session
                .check(&format!("serves the records of `{topic}` ({name})"), || same(topic, after, before));
        }
        session.check(&format!("knows the group's offsets ({name})"), || {
            same("offsets", &again.offsets, &seen.offsets)
        });
        session.check(&format!("knows a topic's settings ({name})"), || {
            contains("settings", &again.settings, "segment.bytes=1048576")
        });
        session.check(&format!("goes on from there ({name})"), || goes_on(&broker, &seen));
    }
    for (kind, formatter) in
        [(Kind::Kafka, Kind::Mainstem), (session.kind, Kind::Kafka), (session.kind, Kind::Mainstem)]
    {
        let name = format!("{} begins with what the tool of {} left", kind.name(), formatter.name());
        if session.selected(&name) {
            let started = Instant::now();
            match begins_with_what_was_left(session, kind, formatter) {
                Ok(()) => session.pass(&name, started.elapsed()),
                Err(error) => session.fail(&name, &error),
            }
        }
    }
    Ok(())
}

/// A release before this one, a credential, and this server as the only voter.
fn begins_with_what_was_left(session: &Session<'_>, kind: Kind, formatter: Kind) -> Result<()> {
    let options = [
        "--release-version",
        "4.0",
        "--add-scram",
        "SCRAM-SHA-256=[name=alice,password=secret,iterations=5000]",
    ];
    let mut broker =
        Broker::start_formatted(session.tools, kind, &session.folder("formatted"), (formatter, &options))?;
    for _ in 0..2 {
        let java = Java::new(session, &broker);
        let described = process::capture(
            &mut java.command("org.apache.kafka.tools.FeatureCommand", &["describe"]),
            b"",
            SOON,
        )?;
        let described = described.ok()?;
        let version = described.lines().find(|line| line.contains("metadata.version")).unwrap_or_default();
        contains("features", version, "FinalizedVersionLevel: 4.0-IV3")?;
        // Ours keeps the credentials, and cannot be asked for them yet.
        if kind == Kind::Kafka {
            let arguments = ["--describe", "--entity-type", "users"];
            let users =
                process::capture(&mut java.command("kafka.admin.ConfigCommand", &arguments), b"", SOON)?
                    .ok()?;
            contains("users", &users, "SCRAM-SHA-256=iterations=5000")?;
        }
        broker.stop()?;
        broker.restart()?;
    }
    Ok(())
}

fn write(session: &Session<'_>, broker: &Broker) -> Result<()> {
    let java = Java::new(session, broker);
    let arguments =
        ["--create", "--topic", "rolled", "--partitions", "1", "--config", "segment.bytes=1048576"];
    process::capture(&mut java.command("org.apache.kafka.tools.TopicCommand", &arguments), b"", SOON)?
        .ok()?;
    let kcat = Kcat { address: &broker.address };
    let lines: String =
        (0..30_000).map(|n| format!("record {n} of a log that is long enough to have been cut\n")).collect();
    kcat.produce(
        &["-t", "rolled", "-p", "0", "-X", "enable.idempotence=true", "-X", "batch.size=65536"],
        &lines,
    )?;
    let keyed: String = (0..1000).map(|n| format!("k{}:{n}\n", n % 50)).collect();
    kcat.produce(&["-t", "plain", "-K:"], &keyed)?;
    kcat.produce(
        &["-t", "headed", "-p", "1", "-H", "a=1", "-H", "a=2", "-Z", "-K:"],
        "key:value\nkey:\n:value\n",
    )?;
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        kcat.produce(&["-t", codec, "-p", "3", "-z", codec], &lines)?;
    }
    kcat.run(&["-G", "readers", "-X", "auto.offset.reset=earliest", "-c", "1000", "-q", "plain"], "")?
        .ok()?;
    Ok(())
}

/// What a client sees of a broker.
struct Seen {
    /// Each topic's records, by partition and offset.
    records: Vec<(&'static str, String)>,
    offsets: String,
    settings: String,
}

impl Seen {
    fn by(session: &Session<'_>, broker: &Broker) -> Result<Self> {
        let kcat = Kcat { address: &broker.address };
        let mut records = Vec::new();
        for &topic in TOPICS {
            let found = kcat.consume(&["-t", topic, "-o", "beginning"], FORMAT)?;
            let mut lines: Vec<&str> = found.lines().collect();
            lines.sort_by_key(|line| {
                let mut numbers = line.split(' ').map(|word| word.parse::<u64>().unwrap_or_default());
                (numbers.next(), numbers.next())
            });
            records.push((topic, lines.join("\n")));
        }
        let java = Java::new(session, broker);
        let groups = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
        let arguments = ["--describe", "--group", "readers", "--offsets"];
        let table = process::capture(&mut java.command(groups, &arguments), b"", SOON)?.ok()?;
        let rows = table.lines().filter(|line| line.starts_with("readers"));
        let mut rows: Vec<String> =
            rows.map(|row| row.split_whitespace().take(6).collect::<Vec<_>>().join(" ")).collect();
        rows.sort();
        let arguments = ["--describe", "--topic", "rolled"];
        let settings =
            process::capture(&mut java.command("kafka.admin.ConfigCommand", &arguments), b"", SOON)?.ok()?;
        Ok(Self { records, offsets: rows.join("\n"), settings })
    }
}

fn goes_on(broker: &Broker, seen: &Seen) -> Result<()> {
    let kcat = Kcat { address: &broker.address };
    kcat.produce(&["-t", "rolled", "-p", "0", "-X", "enable.idempotence=true"], "one more\n")?;
    let found = kcat.consume(&["-t", "rolled", "-p", "0", "-o", "-1"], "%o %s\n")?;
    let before = seen
        .records
        .iter()
        .find(|(topic, _)| *topic == "rolled")
        .map_or(0, |(_, lines)| lines.lines().count());
    same("the next record", &found, &format!("{before} one more\n"))?;
    let rest = kcat.run(&["-G", "readers", "-q", "-e", "-f", "%p %o\n", "plain"], "")?.ok()?;
    ensure!(rest.is_empty(), "the group reads again what it had committed:\n{rest}");
    Ok(())
}
