//! The programs with which Kafka's system tests check a cluster, and a group that loses a member.

use super::{
    super::{
        process::{self, Running},
        session::{SOON, Session},
    },
    Java,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path, time::Duration};

const PRODUCER: &str = "org.apache.kafka.tools.VerifiableProducer";
const CONSUMER: &str = "org.apache.kafka.tools.VerifiableConsumer";
const PARTITIONS: usize = 6;

pub(super) fn run(session: &mut Session<'_>, java: Java<'_>) -> Result<()> {
    let logs = session.logs()?;
    session.check("VerifiableProducer has every record acknowledged", || producer(java));
    session.check("VerifiableConsumer reads what was produced", || consumer(java, &logs));
    for strategy in ["RangeAssignor", "CooperativeStickyAssignor"] {
        session.check(&format!("a group of three loses a member ({strategy})"), || {
            loses_one(java, &logs, strategy)
        });
    }
    Ok(())
}

fn events(said: &str) -> impl Iterator<Item = Value> + '_ {
    said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok())
}

fn named<'a>(said: &'a str, name: &'a str) -> impl Iterator<Item = Value> + 'a {
    events(said).filter(move |event| event["name"] == name)
}

fn producer(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic verified --partitions 3")?.ok()?;
    for acks in ["-1", "1"] {
        let arguments = ["--topic", "verified", "--max-messages", "5000", "--acks", acks];
        let said = process::capture(&mut java.command(PRODUCER, &arguments), b"", SOON)?.ok()?;
        let total = named(&said, "tool_data").last().context("no total")?;
        ensure!(total["sent"] == 5000 && total["acked"] == 5000, "acks={acks}: {total}");
    }
    Ok(())
}

fn consumer(java: Java<'_>, logs: &Path) -> Result<()> {
    let arguments = ["--topic", "verified", "--group-id", "verifier", "--max-messages", "10000"];
    let mut command = java.command(CONSUMER, &arguments);
    let mut reader = Running::start("consumer", &mut command, &logs.join("verifier.log"))?;
    reader.wait(SOON)?;
    let said = reader.output();
    let count: u64 = named(&said, "records_consumed").filter_map(|event| event["count"].as_u64()).sum();
    ensure!(count == 10_000, "{count} records");
    ensure!(named(&said, "offsets_committed").all(|event| event["success"] == true), "a commit failed");
    Ok(())
}

/// Which partitions a member holds, after all it was given and lost.
fn held(said: &str) -> Vec<u64> {
    let mut held = Vec::new();
    for event in events(said) {
        let partitions = event["partitions"].as_array().into_iter().flatten();
        let partitions: Vec<u64> =
            partitions.filter_map(|partition| partition["partition"].as_u64()).collect();
        match event["name"].as_str() {
            Some("partitions_assigned") => held.extend(partitions),
            Some("partitions_revoked") => held.retain(|partition| !partitions.contains(partition)),
            _ => {}
        }
    }
    held.sort_unstable();
    held
}

fn loses_one(java: Java<'_>, logs: &Path, strategy: &str) -> Result<()> {
    let topic = format!("lossy-{strategy}");
    java.topics(&format!("--create --topic {topic} --partitions {PARTITIONS}"))?.ok()?;
    let class = format!("org.apache.kafka.clients.consumer.{strategy}");
    let member = |name: &str| {
        let arguments = ["--topic", &topic, "--group-id", &topic, "--session-timeout", "6000"];
        let mut command = java.command(CONSUMER, &arguments);
        command.args(["--assignment-strategy", &class]);
        Running::start(name, &mut command, &logs.join(format!("{topic}-{name}.log")))
    };
    let mut members = [member("a")?, member("b")?, member("c")?];
    process::until("fair share of three", SOON, || Ok(shares(&members, 2, 3)))?;

    let mut produce =
        java.command(PRODUCER, &["--topic", &topic, "--max-messages", "20000", "--throughput", "2000"]);
    let mut producer = Running::start("producer", &mut produce, &logs.join(format!("{topic}-producer.log")))?;
    for member in &mut members {
        member.until("records", SOON, |said| named(said, "records_consumed").next().is_some())?;
    }
    let [lost, left @ ..] = &mut members;
    lost.kill()?;
    process::until("fair share of two", SOON, || Ok(shares(left, 3, 2)))?;
    ensure!(producer.wait(SOON)?.success(), "the producer failed");
    let said = producer.output();
    let ends = ends(&said);
    ensure!(ends.values().sum::<u64>() == 20_000, "the producer was told of {ends:?}");

    process::until("last record", SOON, || Ok((seen(&members) == ends).then_some(())))
        .with_context(|| format!("produced {ends:?}, consumed {:?}", seen(&members)))?;
    for member in &members[1..] {
        let failed =
            named(&member.output(), "offsets_committed").filter(|event| event["success"] == false).count();
        // A commit may meet the rebalance that the loss caused, and is then refused; no other may be.
        ensure!(failed <= 3, "{failed} commits failed");
    }
    for member in &mut members[1..] {
        member.stop(Duration::from_secs(30))?;
    }
    let lag = super::groups::lag_of(java, &topic)?;
    ensure!(lag == 0, "the group ends with a lag of {lag}");
    Ok(())
}

/// Whether `count` members hold `each` partitions, all of them together.
fn shares(members: &[Running], each: usize, count: usize) -> Option<()> {
    let held: Vec<Vec<u64>> = members.iter().map(|member| held(&member.output())).collect();
    let mut all: Vec<u64> = held.concat();
    all.sort_unstable();
    all.dedup();
    let fair = held.iter().filter(|held| held.len() == each).count() == count;
    (fair && all.len() == PARTITIONS && held.concat().len() == PARTITIONS).then_some(())
}

/// One past the last offset of each partition that was acknowledged to the producer.
fn ends(said: &str) -> BTreeMap<u64, u64> {
    let mut ends = BTreeMap::new();
    for event in named(said, "producer_send_success") {
        let (Some(partition), Some(offset)) = (event["partition"].as_u64(), event["offset"].as_u64()) else {
            continue;
        };
        let end = ends.entry(partition).or_insert(0);
        *end = (*end).max(offset + 1);
    }
    ends
}

/// How far all members together have read each partition without a gap.
fn seen(members: &[Running]) -> BTreeMap<u64, u64> {
    let mut ranges: BTreeMap<u64, Vec<(u64, u64)>> = BTreeMap::new();
    for member in members {
        let said = member.output();
        for event in named(&said, "records_consumed") {
            for part in event["partitions"].as_array().into_iter().flatten() {
                let number = |key: &str| part[key].as_u64().unwrap_or_default();
                ranges
                    .entry(number("partition"))
                    .or_default()
                    .push((number("minOffset"), number("maxOffset") + 1));
            }
        }
    }
    let mut seen = BTreeMap::new();
    for (partition, mut ranges) in ranges {
        ranges.sort_unstable();
        let end = ranges.iter().fold(0, |end, &(from, to)| if from <= end { end.max(to) } else { end });
        seen.insert(partition, end);
    }
    seen
}
