//! `kafka-get-offsets`: the offsets of partitions at a point in time, as `TOPIC:PARTITION:OFFSET`.
use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, split, value},
    render::pattern,
};
use ::client::{
    TopicPartition, TopicPattern,
    admin::{IsolationLevel, OffsetSpec},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

pub(super) static OPTIONS: Options = Options {
    about: "An interactive shell for getting topic-partition offsets.",
    options: &[&[
        BOOTSTRAP_SERVER,
        COMMAND_CONFIG,
        value(
            "topic-partitions",
            "String: topic1:1,topic2:0-3,topic3,topic4:5-,topic5:-3",
            "Expressions of topics, each with a partition or a range of which the end is exclusive.",
        ),
        value("topic", "String: topic", "An expression of topics; all without it."),
        value("partitions", "String: partition ids", "Partitions with commas; all without it."),
        value(
            "time",
            "String: <timestamp> / -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or \
             latest-tiered / -6 or earliest-pending-upload",
            "Which offset: by its name, or that of the first record at or after a time in milliseconds. (default: latest)",
        ),
        flag("exclude-internal-topics", "Leave out the cluster's own topics."),
    ]],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let told = |stop| match stop {
        Stop::Failed(message) => Stop::Failed(format!("Error occurred: {message}")),
        other => other,
    };
    let given = OPTIONS.parse(words).map_err(told)?;
    given.require_all(&["bootstrap-server"])?;
    client::check_servers(&given)?;
    super::block_on(async { print(&given).await.map_err(told) })
}

/// Which partitions: those of a topic that matches whole, from one number up to another, exclusive.
struct Rule {
    topic: TopicPattern,
    partitions: Partitions,
}

enum Partitions {
    Range(i32, i32),
    /// Empty for all.
    These(Vec<i32>),
}

impl Rule {
    fn matches(&self, topic: &str, partition: i32) -> Result<bool, Stop> {
        let in_partitions = match &self.partitions {
            Partitions::Range(from, to) => (*from..*to).contains(&partition),
            Partitions::These(these) => these.is_empty() || these.contains(&partition),
        };
        Ok(in_partitions && self.topic.is_match(topic)?)
    }
}

fn rules(given: &Given) -> Result<Vec<Rule>, Stop> {
    if let Some(list) = given.get("topic-partitions")? {
        if given.count(&["topic", "partitions"]) > 0 {
            return Err(Stop::failed("--topic-partitions cannot be used with --topic or --partitions"));
        }
        return split(list, ',').into_iter().map(rule).collect();
    }
    let text = given.get("partitions")?.unwrap_or_default();
    let ids = if text.is_empty() { Vec::new() } else { split(text, ',') };
    let these: Result<Vec<i32>, _> = ids.into_iter().map(str::parse).collect();
    let these = these.map_err(|_| {
        Stop::Failed(format!(
            "--partitions expects a comma separated list of numeric partition ids, but received: {text}"
        ))
    })?;
    let topic = pattern(given.get("topic")?.unwrap_or(".*"))?;
    Ok(vec![Rule { topic, partitions: Partitions::These(these) }])
}

/// `TOPIC`, `TOPIC:1`, `TOPIC:1-3`, `TOPIC:1-`, `TOPIC:-3`; the topic may be empty.
fn rule(text: &str) -> Result<Rule, Stop> {
    let invalid = || Stop::Failed(format!("Invalid rule specification: {text}"));
    let (topic, partitions) = text.split_once(':').unwrap_or((text, ""));
    let bound = |number: &str, open: i32| match number {
        "" => Ok(open),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().map_err(|_| invalid()),
        _ => Err(invalid()),
    };
    let partitions = match partitions.split_once('-') {
        Some((from, to)) => Partitions::Range(bound(from, 0)?, bound(to, i32::MAX)?),
        None if partitions.is_empty() => Partitions::These(Vec::new()),
        None => Partitions::These(vec![bound(partitions, 0)?]),
    };
    Ok(Rule { topic: pattern(if topic.is_empty() { ".*" } else { topic })?, partitions })
}

/// `None` for a number below those that stand for a place: no broker knows it.
fn offset_spec(text: &str) -> Result<Option<OffsetSpec>, Stop> {
    if text.parse::<i64>().is_ok_and(|number| number < -6) {
        return Ok(None);
    }
    let is_word = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    text.parse().ok().filter(|_| is_word).map(Some).ok_or_else(|| {
        Stop::Failed(format!(
            "Malformed time argument {text}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or \
             earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp"
        ))
    })
}

async fn print(given: &Given) -> Outcome {
    let spec = offset_spec(given.get("time")?.unwrap_or("latest"))?;
    let rules = rules(given)?;
    let admin = client::admin(given).await?;
    let mut asked = BTreeSet::new();
    for topic in admin.list_topics().await? {
        if topic.internal && given.has("exclude-internal-topics") {
            continue;
        }
        for partition in &topic.partitions {
            for rule in &rules {
                if rule.matches(&topic.name, partition.index)? {
                    asked.insert(TopicPartition::new(topic.name.clone(), partition.index));
                }
            }
        }
    }
    if asked.is_empty() {
        return Err(Stop::failed("Could not match any topic-partitions with the specified filters"));
    }
    let skip = |partition: &str, error: &str| {
        eprintln!("Skip getting offsets for topic-partition {partition} due to error: {error}");
    };
    let Some(spec) = spec else {
        let unsupported = "org.apache.kafka.common.errors.UnsupportedVersionException: The version of API is not supported.";
        asked.iter().for_each(|at| skip(&format!("{}-{}", at.topic, at.partition), unsupported));
        return Ok(());
    };
    let asked = asked.into_iter().map(|at| (at, spec)).collect();
    let mut offsets = BTreeMap::new();
    for (at, answer) in admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await {
        let name = format!("{}-{}", at.topic, at.partition);
        match answer {
            Ok(found) => {
                offsets.extend(
                    found.offset.map(|offset| (name, format!("{}:{}:{offset}", at.topic, at.partition))),
                );
            }
            Err(error) => skip(&name, &errors::exception(&error)),
        }
    }
    let out = &mut io::stdout().lock();
    for line in offsets.values() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_choose_partitions() {
        for (text, yes, no) in [
            ("a", &[("a", 0), ("a", 9)][..], &[("b", 0), ("ab", 0)][..]),
            ("a.*:1", &[("ab", 1)], &[("ab", 0), ("b", 1)]),
            (":1-3", &[("x", 1), ("x", 2)], &[("x", 0), ("x", 3)]),
            ("a:2-", &[("a", 2), ("a", 7)], &[("a", 1)]),
            ("a:-2", &[("a", 0), ("a", 1)], &[("a", 2)]),
        ] {
            let rule = rule(text).unwrap();
            let matches = |(topic, partition): &(&str, i32)| rule.matches(topic, *partition).unwrap();
            assert!(yes.iter().all(matches), "{text}");
            assert!(!no.iter().any(matches), "{text}");
        }
        assert_eq!(
            rule("a:x").err().map(|stop| stop.message().to_owned()).as_deref(),
            Some("Invalid rule specification: a:x")
        );
    }
}
