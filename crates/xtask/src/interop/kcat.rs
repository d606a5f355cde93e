//! kcat as Debian ships it, on a librdkafka of 2022: the oldest client that must work.

use super::{
    broker::Broker,
    process::{self, Outcome, Running},
    session::{SOON, Session, contains, same},
};
use anyhow::{Result, ensure};
use std::collections::BTreeSet;

/// kcat and the address it talks to.
#[derive(Clone, Copy)]
pub(super) struct Kcat<'a> {
    pub(super) address: &'a str,
}

impl Kcat<'_> {
    pub(super) fn command(self, arguments: &[&str]) -> std::process::Command {
        let mut command = process::command("kcat");
        command.args(["-b", self.address]).args(arguments);
        command
    }

    pub(super) fn run(self, arguments: &[&str], input: &str) -> Result<Outcome> {
        process::capture(&mut self.command(arguments), input.as_bytes(), SOON)
    }

    /// Produces one record per line of `input`.
    pub(super) fn produce(self, arguments: &[&str], input: &str) -> Result<()> {
        self.run(&[&["-P"], arguments].concat(), input)?.ok()?;
        Ok(())
    }

    /// Consumes to the end and prints by `format`.
    pub(super) fn consume(self, arguments: &[&str], format: &str) -> Result<String> {
        self.run(&[&["-C", "-e", "-q", "-f", format], arguments].concat(), "")?.ok()
    }
}

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let broker = session.broker(&[])?;
    let kcat = Kcat { address: &broker.address };
    session.check("lists the broker", || lists(kcat, &broker));
    session.check("produces and consumes in order", || in_order(kcat));
    session.check("spreads keys over partitions and keeps their order", || keys(kcat));
    session.check("consumes by offset", || by_offset(kcat));
    session.check("consumes by timestamp", || by_timestamp(kcat));
    session.check("asks for offsets by timestamp", || query(kcat));
    session.check("keeps headers, also double and empty ones", || headers(kcat));
    session.check("keeps null and empty keys and values apart", || nulls(kcat));
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        session.check(&format!("reads back what {codec} compressed"), || compressed(kcat, codec));
    }
    for acks in ["0", "1", "all"] {
        session.check(&format!("produces with acks={acks}"), || acknowledged(kcat, acks));
    }
    session.check("produces idempotently", || idempotent(kcat));
    session.check("refuses a record that is too large", || too_large(kcat));
    session.check("says that a topic is not there", || not_there(kcat));
    let logs = session.logs()?;
    session.check("balances a group of two and resumes where it stopped", || group(kcat, &logs));
    Ok(())
}

fn numbers(range: std::ops::Range<u32>) -> String {
    range.map(|number| format!("line {number}\n")).collect()
}

fn lists(kcat: Kcat<'_>, broker: &Broker) -> Result<()> {
    kcat.produce(&["-t", "listed", "-p", "2"], "x\n")?;
    let list = kcat.run(&["-L"], "")?.ok()?;
    contains("-L", &list, " 1 brokers:\n")?;
    contains("-L", &list, &format!("broker 1 at {} (controller)", broker.address))?;
    contains("-L", &list, "topic \"listed\" with 4 partitions:\n")?;
    contains("-L", &list, "partition 3, leader 1, replicas: 1, isrs: 1\n")?;
    let one = kcat.run(&["-L", "-J", "-t", "listed"], "")?.ok()?;
    let one: serde_json::Value = serde_json::from_str(&one)?;
    ensure!(one["topics"][0]["partitions"][0]["leader"] == 1, "-L -J: {one}");
    Ok(())
}

fn in_order(kcat: Kcat<'_>) -> Result<()> {
    let lines = numbers(0..10_000);
    kcat.produce(&["-t", "ordered", "-p", "1"], &lines)?;
    same("values", &kcat.consume(&["-t", "ordered", "-p", "1"], "%s\n")?, &lines)?;
    let offsets: String = (0..10_000).map(|offset| format!("{offset}\n")).collect();
    same("offsets", &kcat.consume(&["-t", "ordered", "-p", "1"], "%o\n")?, &offsets)
}

fn keys(kcat: Kcat<'_>) -> Result<()> {
    let lines: String = (0..400).map(|number| format!("k{}:{number}\n", number % 20)).collect();
    kcat.produce(&["-t", "keyed", "-K:"], &lines)?;
    let found = kcat.consume(&["-t", "keyed"], "%p %k %s\n")?;
    let mut partitions = BTreeSet::new();
    for key in (0..20).map(|key| format!("k{key}")) {
        let of_key =
            found.lines().map(|line| line.split(' ').collect::<Vec<_>>()).filter(|words| words[1] == key);
        let (homes, values): (BTreeSet<&str>, Vec<u32>) =
            of_key.map(|words| (words[0], words[2].parse::<u32>().unwrap_or(u32::MAX))).unzip();
        ensure!(homes.len() == 1, "{key} lies in {homes:?}");
        ensure!(values.len() == 20 && values.is_sorted(), "{key} has {values:?}");
        partitions.extend(homes);
    }
    ensure!(partitions.len() > 1, "all keys lie in one partition");
    Ok(())
}

fn by_offset(kcat: Kcat<'_>) -> Result<()> {
    let topic = ["-t", "sought", "-p", "0"];
    kcat.produce(&topic, &numbers(0..100))?;
    let from = |offset: &str| kcat.consume(&[&topic[..], &["-o", offset]].concat(), "%s\n");
    same("-o 95", &from("95")?, &numbers(95..100))?;
    same("-o -3", &from("-3")?, &numbers(97..100))?;
    same("-o beginning", &from("beginning")?, &numbers(0..100))?;
    same("-o end", &from("end")?, "")?;
    let some = kcat.consume(&[&topic[..], &["-o", "10", "-c", "5"]].concat(), "%s\n")?;
    same("-o 10 -c 5", &some, &numbers(10..15))
}

/// Two records whose timestamps differ, and those timestamps.
fn two_moments(kcat: Kcat<'_>, topic: &str) -> Result<[i64; 2]> {
    let arguments = ["-t", topic, "-p", "0"];
    for line in ["first\n", "second\n"] {
        kcat.produce(&arguments, line)?;
    }
    let times = kcat.consume(&arguments, "%T\n")?;
    let times: Vec<i64> = times.lines().map(str::parse).collect::<Result<_, _>>()?;
    let [first, second] = times[..] else { anyhow::bail!("{} records", times.len()) };
    ensure!(first < second, "two runs of kcat had the same clock");
    Ok([first, second])
}

fn by_timestamp(kcat: Kcat<'_>) -> Result<()> {
    let [first, second] = two_moments(kcat, "timed")?;
    let between = |bounds: &[&str]| {
        let bounds = bounds.iter().flat_map(|bound| ["-o", bound]).collect::<Vec<_>>();
        kcat.consume(&[&["-t", "timed", "-p", "0"][..], &bounds].concat(), "%s\n")
    };
    same("from the first", &between(&[&format!("s@{first}")])?, "first\nsecond\n")?;
    same("after the first", &between(&[&format!("s@{}", first + 1)])?, "second\n")?;
    same("from the second", &between(&[&format!("s@{second}")])?, "second\n")?;
    same("up to the second", &between(&[&format!("s@{first}"), &format!("e@{second}")])?, "first\n")
}

fn query(kcat: Kcat<'_>) -> Result<()> {
    let [first, second] = two_moments(kcat, "queried")?;
    let ask = |time: i64| kcat.run(&["-Q", "-t", &format!("queried:0:{time}")], "")?.ok();
    same("the first's time", &ask(first)?, "queried [0] offset 0\n")?;
    same("between", &ask(first + 1)?, "queried [0] offset 1\n")?;
    same("after all", &ask(second + 1)?, "queried [0] offset -1\n")?;
    same("the end", &ask(-1)?, "queried [0] offset 2\n")?;
    same("the beginning", &ask(-2)?, "queried [0] offset 0\n")
}

fn headers(kcat: Kcat<'_>) -> Result<()> {
    let headers = ["-H", "a=1", "-H", "a=2", "-H", "empty=", "-H", "null"];
    kcat.produce(&[&["-t", "headed", "-p", "0"][..], &headers].concat(), "x\n")?;
    let found = kcat.consume(&["-t", "headed", "-p", "0"], "%h\n")?;
    same("headers", &found, "a=1,a=2,empty=,null=NULL\n")
}

fn nulls(kcat: Kcat<'_>) -> Result<()> {
    kcat.produce(&["-t", "nulls", "-p", "0", "-Z", "-K:"], "k:v\nk:\n:v\n")?;
    let found = kcat.consume(&["-t", "nulls", "-p", "0"], "%K %S\n")?;
    same("lengths of keys and values", &found, "1 1\n1 -1\n-1 1\n")
}

fn compressed(kcat: Kcat<'_>, codec: &str) -> Result<()> {
    let topic = format!("codec-{codec}");
    let lines = numbers(0..20_000);
    kcat.produce(&["-t", &topic, "-p", "0", "-z", codec], &lines)?;
    same(codec, &kcat.consume(&["-t", &topic, "-p", "0"], "%s\n")?, &lines)
}

fn acknowledged(kcat: Kcat<'_>, acks: &str) -> Result<()> {
    let topic = format!("acks-{acks}");
    let lines = numbers(0..1000);
    let setting = format!("acks={acks}");
    kcat.produce(&["-t", &topic, "-p", "0", "-X", &setting], &lines)?;
    // Nothing says when records that nobody acknowledges have arrived, so wait for their number.
    let read = ["-C", "-q", "-t", &topic, "-p", "0", "-c", "1000", "-f", "%s\n"];
    same(acks, &kcat.run(&read, "")?.ok()?, &lines)
}

fn idempotent(kcat: Kcat<'_>) -> Result<()> {
    let lines = numbers(0..5000);
    kcat.produce(&["-t", "idempotent", "-p", "0", "-X", "enable.idempotence=true"], &lines)?;
    same("values", &kcat.consume(&["-t", "idempotent", "-p", "0"], "%s\n")?, &lines)
}

fn too_large(kcat: Kcat<'_>) -> Result<()> {
    let line = "x".repeat(2_000_000);
    let sent = kcat.run(&["-P", "-t", "large", "-p", "0", "-X", "message.max.bytes=10000000"], &line)?;
    contains("the error", &sent.all(), "Message size too large")
}

fn not_there(kcat: Kcat<'_>) -> Result<()> {
    let said = kcat.run(&["-C", "-t", "missing", "-p", "0", "-e"], "")?.refused()?;
    contains("the error", &said, "Unknown topic or partition")
}

fn group(kcat: Kcat<'_>, logs: &std::path::Path) -> Result<()> {
    kcat.produce(&["-t", "grouped", "-K:"], &(0..100).map(|n| format!("k{n}:{n}\n")).collect::<String>())?;
    let member = |name: &str| {
        let arguments =
            ["-G", "balanced", "-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=6000"];
        let mut command = kcat.command(&[&arguments[..], &["-u", "-f", "%p %o %s\n", "grouped"]].concat());
        Running::start(name, &mut command, &logs.join(format!("{name}.log")))
    };
    let mut one = member("one")?;
    one.until("all partitions", SOON, |said| assigned(said) == 4)?;
    one.until("100 records", SOON, |said| records(said).len() == 100)?;

    let mut two = member("two")?;
    two.until("half of the partitions", SOON, |said| assigned(said) == 2)?;
    one.until("the other half", SOON, |said| assigned(said) == 2)?;
    ensure!(
        last_assignment(&one.errors()).is_disjoint(&last_assignment(&two.errors())),
        "a partition has two owners"
    );

    // One leaves in good order and hands over what it has committed.
    one.stop(SOON)?;
    two.until("all partitions", SOON, |said| assigned(said) == 4)?;
    kcat.produce(&["-t", "grouped", "-K:"], &(100..200).map(|n| format!("k{n}:{n}\n")).collect::<String>())?;
    two.until("the 100 new records", SOON, |said| records(said).len() >= 100)?;
    two.stop(SOON)?;
    let first: BTreeSet<_> = records(&one.output()).into_iter().collect();
    let second: BTreeSet<_> = records(&two.output()).into_iter().collect();
    ensure!(first.len() + second.len() == 200, "{} and {} records", first.len(), second.len());
    ensure!(first.is_disjoint(&second), "a committed record came again");
    Ok(())
}

/// kcat tells of a rebalance on one line: `% Group NAME rebalanced (memberid ...): assigned: t [0], t [1]`.
fn last_assignment(said: &str) -> BTreeSet<String> {
    let line = said.lines().rfind(|line| line.contains("rebalanced") && line.contains("assigned: "));
    let Some((_, list)) = line.and_then(|line| line.split_once("assigned: ")) else { return BTreeSet::new() };
    list.split(", ").filter(|part| part.contains('[')).map(str::to_owned).collect()
}

fn assigned(said: &str) -> usize {
    last_assignment(said).len()
}

fn records(said: &str) -> Vec<String> {
    let of_record =
        |line: &&str| line.split(' ').count() == 3 && line.starts_with(|c: char| c.is_ascii_digit());
    said.lines().filter(of_record).map(str::to_owned).collect()
}
