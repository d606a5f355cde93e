//! `kafka-leader-election`: has partitions elect leaders (KIP-460).
use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, value},
    render::join,
};
use ::client::{ErrorCode, TopicPartition, admin::ElectionType};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool attempts to elect a new leader for a set of topic partitions. The type of elections supported are \
            preferred replicas and unclean replicas.",
    options: &[&[
        BOOTSTRAP_SERVER,
        COMMAND_CONFIG,
        value("admin.config", "String: config file", "The old name of --command-config."),
        value(
            "path-to-json-file",
            "String: Path to JSON file",
            "The partitions: {\"partitions\": [{\"topic\": \"foo\", \"partition\": 1}]}.",
        ),
        value("topic", "String: topic name", "The topic of the one partition."),
        value("partition", "Integer: partition id", "The one partition."),
        flag("all-topic-partitions", "Every partition that needs it."),
        value("election-type", "[PREFERRED|UNCLEAN]: election type", "Which election: preferred or unclean."),
    ]],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let mut given = OPTIONS.parse(words)?;
    check(&given)?;
    let election = election(&given)?;
    let partitions = partitions(&given)?;
    for (name, _) in &mut given.found {
        if *name == "admin.config" {
            println!(
                "Option --admin.config has been deprecated and will be removed in a future version. Use \
                 --command-config instead."
            );
            *name = "command-config";
        }
    }
    super::block_on(async {
        let mut pairs = client::read_properties(given.get("command-config")?)?;
        pairs.entry("default.api.timeout.ms".to_owned()).or_insert_with(|| "30000".to_owned());
        pairs.entry("request.timeout.ms".to_owned()).or_insert_with(|| "15000".to_owned());
        let admin = client::admin_at(given.require("bootstrap-server")?, pairs).await?;
        let answers = match &partitions {
            Some(partitions) => admin.elect_leaders(election, partitions).await,
            None => admin.elect_all_leaders(election).await?,
        };
        let (mut elected, mut needless, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (at, answer) in answers {
            let name = format!("{}-{}", at.topic, at.partition);
            match answer {
                Ok(()) => elected.push(name),
                Err(error) if error.code() == Some(ErrorCode::ELECTION_NOT_NEEDED) => {
                    needless.push(name);
                }
                Err(error) => failed.push((name, error)),
            }
        }
        let out = &mut io::stdout().lock();
        if !elected.is_empty() {
            let list = join(elected, ", ");
            writeln!(out, "Successfully completed leader election ({election}) for partitions {list}")?;
        }
        if !needless.is_empty() {
            writeln!(out, "Valid replica already elected for partitions {}", join(needless, ", "))?;
        }
        for (name, error) in &failed {
            let reason = errors::exception(error);
            writeln!(out, "Error completing leader election ({election}) for partition: {name}: {reason}")?;
        }
        match failed.len() {
            0 => Ok(()),
            count => Err(Stop::Failed(format!("{count} replica(s) could not be elected"))),
        }
    })
}

fn check(given: &Given) -> Outcome {
    let missing: Vec<&str> =
        ["bootstrap-server", "election-type"].into_iter().filter(|name| !given.has(name)).collect();
    if !missing.is_empty() {
        return Err(Stop::Failed(format!("Missing required option(s): {}", missing.join(", "))));
    }
    if given.count(&["admin.config", "command-config"]) > 1 {
        return Err(Stop::failed("--admin.config and --command-config cannot be specified together."));
    }
    let scopes = ["topic", "all-topic-partitions", "path-to-json-file"];
    if given.count(&scopes) != 1 {
        return Err(Stop::Failed(format!(
            "One and only one of the following options is required: {}",
            scopes.join(", ")
        )));
    }
    match (given.has("topic"), given.has("partition")) {
        (true, false) => Err(Stop::failed("Missing required option(s): partition")),
        (false, true) => Err(Stop::failed("Option partition is only allowed if topic is used")),
        _ => Ok(()),
    }
}

fn election(given: &Given) -> Result<ElectionType, Stop> {
    let text = given.require("election-type")?;
    text.parse().map_err(|_| Stop::Failed(format!("Cannot parse argument '{text}' of option election-type")))
}

/// `None` for all.
fn partitions(given: &Given) -> Result<Option<Vec<TopicPartition>>, Stop> {
    if let Some(topic) = given.get("topic")? {
        let partition = given.number("partition")?.unwrap_or_default();
        return Ok(Some(vec![TopicPartition::new(topic, partition)]));
    }
    let Some(file) = given.get("path-to-json-file")? else { return Ok(None) };
    let text = fs::read_to_string(file)
        .map_err(|error| Stop::Failed(format!("Unable to read file {file}: {error}")))?;
    read(&text).map(Some)
}

fn read(text: &str) -> Result<Vec<TopicPartition>, Stop> {
    let json: Value =
        serde_json::from_str(text).map_err(|_| Stop::failed("Replica election data is empty"))?;
    let list = json.get("partitions").and_then(Value::as_array);
    let list = list.ok_or_else(|| Stop::failed("Replica election data is missing \"partitions\" field"))?;
    let (mut partitions, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for entry in list {
        let read = || {
            let partition = i32::try_from(entry.get("partition")?.as_i64()?).ok()?;
            Some(TopicPartition::new(entry.get("topic")?.as_str()?, partition))
        };
        let at = read()
            .ok_or_else(|| Stop::Failed(format!("Expected a topic and a partition, received {entry}")))?;
        if !partitions.insert(at.clone()) {
            twice.insert(format!("{}-{}", at.topic, at.partition));
        }
    }
    match twice.is_empty() {
        true => Ok(partitions.into_iter().collect()),
        false => Err(Stop::Failed(format!(
            "Replica election data contains duplicate partitions: [{}]",
            join(twice, ", ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_or_refused() {
        for (text, expected) in [
            (r#"{"partitions": [{"topic": "a", "partition": 1}]}"#, Ok(1)),
            ("{}", Err("Replica election data is missing \"partitions\" field")),
            (
                r#"{"partitions": [{"topic": "a", "partition": 1}, {"topic": "a", "partition": 1}]}"#,
                Err("Replica election data contains duplicate partitions: [a-1]"),
            ),
        ] {
            let found = read(text).map(|partitions| partitions.len());
            assert_eq!(
                found.as_ref().map_err(Stop::message),
                expected.as_ref().map_err(|text| *text),
                "{text}"
            );
        }
    }
}
