//! `kafka-log-dirs`: what lies in the log directories of brokers, as one line of JSON.
use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, value},
    render::join,
};
use ::client::admin::{DescribeClusterOptions, LogDir, LogDirReplica};
use base::NodeId;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{self, Write},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to query log directory usage on the specified brokers.",
    options: &[&[
        BOOTSTRAP_SERVER,
        COMMAND_CONFIG,
        flag("describe", "Show the log directories."),
        value("topic-list", "String: Topic list", "Topics with commas; all without it."),
        value("broker-list", "String: Broker list", "Brokers with commas; all without it."),
    ]],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words)?;
    given.require_all(&["bootstrap-server", "describe"])?;
    super::block_on(describe(&given))
}

fn list<'a>(given: &'a Given, name: &str) -> Result<BTreeSet<&'a str>, Stop> {
    Ok(given.get(name)?.unwrap_or_default().split(',').filter(|item| !item.is_empty()).collect())
}

async fn describe(given: &Given) -> Outcome {
    let admin = client::admin(given).await?;
    let topics = list(given, "topic-list")?;
    let mut asked = BTreeSet::new();
    for id in list(given, "broker-list")? {
        asked.insert(NodeId(id.parse().map_err(|_| Stop::Failed(format!("For input string: \"{id}\"")))?));
    }
    let cluster = admin.describe_cluster(DescribeClusterOptions::default()).await?;
    let there: BTreeSet<NodeId> = cluster.brokers.iter().map(|broker| broker.id).collect();
    if !asked.is_subset(&there) {
        return Err(Stop::Failed(format!(
            "ERROR: The given brokers do not exist from --broker-list: {}. Current existent brokers: {}",
            join(asked.difference(&there), ","),
            join(&there, ",")
        )));
    }
    let brokers: Vec<NodeId> = if asked.is_empty() { there } else { asked }.into_iter().collect();
    let out = &mut io::stdout().lock();
    writeln!(out, "Querying brokers for log directories information")?;
    let described: Vec<(NodeId, Vec<LogDir>)> = admin.describe_log_dirs(&brokers, None).await.all()?;
    writeln!(out, "Received log directory information from brokers {}", join(&brokers, ","))?;
    let brokers: Vec<Value> = described
        .iter()
        .map(|(id, dirs)| {
            let dirs: Vec<Value> = dirs.iter().map(|dir| log_dir(dir, &topics)).collect();
            json!({ "broker": id.0, "logDirs": dirs })
        })
        .collect();
    Ok(writeln!(out, "{}", json!({ "brokers": brokers, "version": 1 }))?)
}

fn log_dir(dir: &LogDir, topics: &BTreeSet<&str>) -> Value {
    let wanted = dir.replicas.iter().filter(|(at, _)| topics.is_empty() || topics.contains(&*at.topic));
    let mut partitions = Vec::new();
    for (at, replicas) in wanted {
        let name = format!("{}-{}", at.topic, at.partition);
        let mut add = |replica: &Option<LogDirReplica>, future: bool| {
            partitions.extend(replica.as_ref().map(|replica| {
                json!({
                    "partition": name, "size": replica.size.0, "offsetLag": replica.offset_lag, "isFuture": future,
                })
            }));
        };
        add(&replicas.current, false);
        add(&replicas.future, true);
    }
    let error =
        dir.error.as_ref().map(|error| format!("org.apache.kafka.common.errors.{}", errors::class(error)));
    json!({ "partitions": partitions, "error": error, "logDir": dir.path })
}
