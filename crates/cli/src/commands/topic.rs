use crate::{
    args::key_value,
    cluster::ClusterArguments,
    failure::Failure,
    output::{self, Column, Format},
};
use clap::{Args, Subcommand};
use client::{
    Admin, Error, ErrorCode, Topic, TopicPartition,
    admin::{
        ConfigChange, ConfigEntry, ConfigSource, CreateOptions, DescribeConfigsOptions, IsolationLevel,
        NewPartitions, NewTopic, OffsetSpec, Resource,
    },
};
use serde_json::json;
use std::collections::BTreeMap;

/// Create, list, describe, alter and delete topics.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a topic.
    #[command(
        after_help = "Example:\n  mainstem topic create orders --partitions 6 --config retention.ms=86400000"
    )]
    Create(Create),
    /// List the topics.
    List(List),
    /// Show a topic's partitions, offsets and settings.
    Describe(Describe),
    /// Add partitions or change settings.
    #[command(
        after_help = "Example:\n  mainstem topic alter orders --partitions 12 --delete-config retention.ms"
    )]
    Alter(Alter),
    /// Delete topics with all their records.
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    name: String,
    /// Number of partitions; the broker's `num.partitions` unless given.
    #[arg(long, value_name = "N")]
    partitions: Option<i32>,
    /// Replicas of each partition; the broker's `default.replication.factor` unless given.
    #[arg(long, value_name = "N")]
    replication_factor: Option<i16>,
    /// A setting of the topic; may be repeated.
    #[arg(long = "config", value_name = "KEY=VALUE", value_parser = key_value)]
    configs: Vec<(String, String)>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Show the cluster's own topics too.
    #[arg(long)]
    internal: bool,
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    name: String,
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
#[group(id = "change", required = true, multiple = true, args = ["partitions", "configs", "delete_configs"])]
pub(crate) struct Alter {
    name: String,
    /// Grow to this many partitions.
    #[arg(long, value_name = "N")]
    partitions: Option<i32>,
    /// Set a setting; may be repeated.
    #[arg(long = "config", value_name = "KEY=VALUE", value_parser = key_value)]
    configs: Vec<(String, String)>,
    /// Go back to the broker's value of a setting; may be repeated.
    #[arg(long = "delete-config", value_name = "KEY")]
    delete_configs: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    #[arg(required = true)]
    names: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(arguments) => create(arguments).await,
        Command::List(arguments) => list(arguments).await,
        Command::Describe(arguments) => describe(arguments).await,
        Command::Alter(arguments) => alter(arguments).await,
        Command::Delete(arguments) => delete(arguments).await,
    }
}

async fn create(arguments: Create) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let topic = NewTopic {
        name: arguments.name,
        partitions: arguments.partitions,
        replication_factor: arguments.replication_factor,
        configs: arguments.configs,
        ..Default::default()
    };
    let keys = topic.configs.iter().map(|(key, _)| key.as_str());
    let created = admin.create_topic(&topic, CreateOptions::default()).await;
    let created = created.map_err(|error| with_suggestion(error, keys))?;
    let partitions = created.partitions.or(topic.partitions);
    let count = partitions.map_or(String::new(), |count| format!(" with {count} partition{}", plural(count)));
    output::print_line(&format!("created topic `{}`{count}", topic.name))?;
    Ok(())
}

async fn list(arguments: List) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let topics = admin.list_topics().await?;
    let shown = topics.iter().filter(|topic| arguments.internal || !is_internal(topic));
    match arguments.output {
        Format::Table => {
            let columns = [Column::Text("TOPIC"), Column::Number("PARTITIONS"), Column::Number("REPLICAS")];
            let rows = shown.map(|topic| {
                vec![
                    topic.name.to_string(),
                    topic.partitions.len().to_string(),
                    replication_factor(topic).to_string(),
                ]
            });
            output::print_table(&columns, rows.collect())?;
        }
        Format::Json => {
            let documents = shown.map(|topic| {
                json!({
                    "name": *topic.name,
                    "id": topic.id.to_string(),
                    "internal": topic.internal,
                    "partitions": topic.partitions.len(),
                    "replication_factor": replication_factor(topic),
                })
            });
            output::print_json(&documents.collect())?;
        }
    }
    Ok(())
}

/// The metadata's word, and the names that Kafka gives its own topics but does not mark.
fn is_internal(topic: &Topic) -> bool {
    topic.internal || topic.name.starts_with("__")
}

fn replication_factor(topic: &Topic) -> usize {
    topic.partitions.first().map_or(0, |partition| partition.replicas.len())
}

async fn describe(arguments: Describe) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let topic = admin.describe_topic(&arguments.name).await?;
    let resource = Resource::Topic(arguments.name);
    let configs = admin.describe_configs(&[resource], &DescribeConfigsOptions::default()).await.only()?;
    let earliest = offsets(&admin, &topic, OffsetSpec::Earliest).await?;
    let latest = offsets(&admin, &topic, OffsetSpec::Latest).await?;
    match arguments.output {
        Format::Table => describe_table(&topic, &configs, &earliest, &latest)?,
        Format::Json => output::print_json(&describe_json(&topic, &configs, &earliest, &latest))?,
    }
    Ok(())
}

type Offsets = BTreeMap<i32, i64>;

/// Of the partitions that have a leader.
async fn offsets(admin: &Admin, topic: &Topic, spec: OffsetSpec) -> Result<Offsets, Error> {
    let led = topic.partitions.iter().filter(|partition| partition.leader.is_some());
    let asked =
        led.map(|partition| (TopicPartition::new(topic.name.clone(), partition.index), spec)).collect();
    let listed: Vec<_> = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await.all()?;
    Ok(listed.into_iter().filter_map(|(at, listed)| Some((at.partition, listed.offset?))).collect())
}

fn describe_table(
    topic: &Topic,
    configs: &[ConfigEntry],
    earliest: &Offsets,
    latest: &Offsets,
) -> Result<(), Failure> {
    let mut lines = vec![
        format!("topic       {}", topic.name),
        format!("id          {}", topic.id),
        format!("partitions  {}", topic.partitions.len()),
        format!("replicas    {}", replication_factor(topic)),
    ];
    for config in configs.iter().filter(|config| config.source == ConfigSource::Topic) {
        lines.push(format!("config      {}={}", config.name, config.value.as_deref().unwrap_or("(hidden)")));
    }
    output::print_line(&format!("{}\n", lines.join("\n")))?;
    let columns = [
        Column::Number("PARTITION"),
        Column::Text("LEADER"),
        Column::Text("REPLICAS"),
        Column::Text("ISR"),
        Column::Number("START"),
        Column::Number("END"),
    ];
    let rows = topic.partitions.iter().map(|partition| {
        vec![
            partition.index.to_string(),
            partition.leader.map_or("none".to_owned(), |leader| leader.to_string()),
            output::joined(&partition.replicas),
            output::joined(&partition.isr),
            earliest.get(&partition.index).map_or("-".to_owned(), ToString::to_string),
            latest.get(&partition.index).map_or("-".to_owned(), ToString::to_string),
        ]
    });
    output::print_table(&columns, rows.collect())?;
    Ok(())
}

fn describe_json(
    topic: &Topic,
    configs: &[ConfigEntry],
    earliest: &Offsets,
    latest: &Offsets,
) -> serde_json::Value {
    let partitions = topic.partitions.iter().map(|partition| {
        json!({
            "partition": partition.index,
            "leader": partition.leader.map(|leader| leader.0),
            "leader_epoch": partition.leader_epoch,
            "replicas": partition.replicas.iter().map(|node| node.0).collect::<Vec<_>>(),
            "isr": partition.isr.iter().map(|node| node.0).collect::<Vec<_>>(),
            "start_offset": earliest.get(&partition.index),
            "end_offset": latest.get(&partition.index),
        })
    });
    let configs = configs.iter().map(|config| {
        json!({
            "name": config.name,
            "value": config.value,
            "source": source_name(config.source),
            "read_only": config.read_only,
            "sensitive": config.sensitive,
        })
    });
    json!({
        "name": *topic.name,
        "id": topic.id.to_string(),
        "internal": topic.internal,
        "replication_factor": replication_factor(topic),
        "partitions": partitions.collect::<Vec<_>>(),
        "configs": configs.collect::<Vec<_>>(),
    })
}

fn source_name(source: ConfigSource) -> &'static str {
    match source {
        ConfigSource::Topic => "topic",
        ConfigSource::DynamicBroker => "dynamic-broker",
        ConfigSource::DynamicDefaultBroker => "dynamic-default-broker",
        ConfigSource::StaticBroker => "static-broker",
        ConfigSource::Default => "default",
        ConfigSource::BrokerLogger => "broker-logger",
        ConfigSource::ClientMetrics => "client-metrics",
        ConfigSource::Group => "group",
        ConfigSource::Unknown => "unknown",
    }
}

async fn alter(arguments: Alter) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let sets = arguments.configs.iter().map(|(key, value)| ConfigChange::Set(key.clone(), value.clone()));
    let deletes = arguments.delete_configs.iter().map(|key| ConfigChange::Delete(key.clone()));
    let changes: Vec<ConfigChange> = sets.chain(deletes).collect();
    // A missing topic is named as such, whichever change comes first.
    admin.describe_topic(&arguments.name).await?;
    if !changes.is_empty() {
        let resource = Resource::Topic(arguments.name.clone());
        let altered = admin.alter_configs(&[(resource, changes)], false).await.only();
        let keys = arguments.configs.iter().map(|(key, _)| key).chain(&arguments.delete_configs);
        altered.map_err(|error| with_suggestion(error, keys.map(String::as_str)))?;
    }
    if let Some(count) = arguments.partitions {
        let topic = NewPartitions { topic: arguments.name.clone(), total: count, assignment: Vec::new() };
        admin.create_partitions(&[topic], false).await.only()?;
    }
    output::print_line(&format!("altered topic `{}`", arguments.name))?;
    Ok(())
}

async fn delete(arguments: Delete) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    for name in &arguments.names {
        admin.delete_topic(name).await.map_err(|error| match error.code() {
            Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) => Error::UnknownTopic(name.clone()),
            _ => error,
        })?;
        output::print_line(&format!("deleted topic `{name}`"))?;
    }
    Ok(())
}

/// Brokers say that a key is unknown; ours says which one was meant, and for the others it is said here.
fn with_suggestion<'a>(error: Error, keys: impl Iterator<Item = &'a str>) -> Failure {
    let is_config = error.code() == Some(ErrorCode::INVALID_CONFIG);
    let text = error.to_string();
    let failure = Failure::from(error);
    if !is_config || text.contains("did you mean") {
        return failure;
    }
    for key in keys {
        if let Err(config::Error::UnknownKey { nearest: Some(nearest), .. }) =
            config::find(config::TopicConfig::settings(), key)
        {
            return failure.next_step(format!("did you mean `{nearest}`?"));
        }
    }
    failure
}

fn plural(count: i32) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let refused = |message: &str| Error::Refused {
            subject: "topic `t`".to_owned(),
            code: ErrorCode::INVALID_CONFIG,
            message: Some(message.to_owned()),
        };
        for (message, keys, suggested) in [
            ("unknown", &["retention.mss"][..], true),
            ("unknown, did you mean `retention.ms`?", &["retention.mss"], false),
            ("out of range", &["retention.ms"], false),
        ] {
            let line = format!("{:?}", with_suggestion(refused(message), keys.iter().copied()));
            assert_eq!(line.contains("Some(\"did you mean `retention.ms`?\")"), suggested, "{line}");
        }
    }
}
