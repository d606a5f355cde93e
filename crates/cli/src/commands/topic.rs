use super::config::Kind;
use crate::{
    args::key_value,
    cluster::ClusterArguments,
    completion,
    failure::Failure,
    output::{self, Column, Document, Grid, OutputArguments, Row, Section, joined, or_dash},
    progress::counted,
};
use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Admin, Error, ErrorCode, Partition, Topic, TopicPartition,
    admin::{
        ConfigChange, ConfigSource, CreateOptions, DescribeConfigsOptions, IsolationLevel, NewPartitions,
        NewTopic, OffsetSpec, Resource, TopicRef,
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Create, list, describe, alter and delete topics.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem topic create orders --partitions 6 --config retention.ms=86400000
  mainstem topic list -o name
  mainstem topic describe orders
  mainstem topic alter orders --partitions 12 --delete-config retention.ms")]
pub(crate) enum Command {
    /// Create topics.
    #[command(before_help = "Examples:
  mainstem topic create orders
  mainstem topic create orders payments -p 6 --config retention.ms=86400000
  mainstem topic create accounts -r 3 --config cleanup.policy=compact")]
    Create(Create),
    /// List the topics.
    #[command(before_help = "Examples:
  mainstem topic list
  mainstem topic list --internal -o json
  mainstem topic list -o name | grep ^orders")]
    List(List),
    /// Show the partitions, offsets and settings of topics.
    #[command(before_help = "Examples:
  mainstem topic describe orders
  mainstem topic describe orders -o yaml")]
    Describe(Describe),
    /// Add partitions or change settings.
    #[command(before_help = "Examples:
  mainstem topic alter orders --partitions 12
  mainstem topic alter orders --config retention.ms=3600000
  mainstem topic alter orders --delete-config segment.bytes")]
    Alter(Alter),
    /// Delete topics with all their records.
    #[command(before_help = "Examples:
  mainstem topic delete orders payments")]
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Their names.
    #[arg(required = true, value_name = "TOPIC")]
    names: Vec<String>,
    /// Number of partitions; the broker's `num.partitions` unless given.
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(1..))]
    partitions: Option<i32>,
    /// Replicas of each partition; the broker's `default.replication.factor` unless given.
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(i16).range(1..))]
    replication_factor: Option<i16>,
    /// A setting of the topic; may be repeated.
    #[arg(short, long = "config", value_name = "KEY=VALUE", value_parser = key_value, add = ArgValueCompleter::new(completion::topic_settings))]
    configs: Vec<(String, String)>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Show the cluster's own topics too.
    #[arg(long)]
    internal: bool,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Their names.
    #[arg(required = true, value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    names: Vec<String>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
#[group(id = "change", required = true, multiple = true, args = ["partitions", "configs", "delete_configs"])]
pub(crate) struct Alter {
    /// Its name.
    #[arg(value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    name: String,
    /// Grow to this many partitions.
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(1..))]
    partitions: Option<i32>,
    /// Set a setting; may be repeated.
    #[arg(short, long = "config", value_name = "KEY=VALUE", value_parser = key_value, add = ArgValueCompleter::new(completion::topic_settings))]
    configs: Vec<(String, String)>,
    /// Go back to the broker's value of a setting; may be repeated.
    #[arg(long = "delete-config", value_name = "KEY", add = ArgValueCompleter::new(completion::topic_setting_keys))]
    delete_configs: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Their names.
    #[arg(required = true, value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    names: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    id: String,
    internal: bool,
    partitions: usize,
    replication_factor: usize,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOPIC", |t| t.name.clone()),
        Column::number("PARTITIONS", |t| t.partitions.to_string()),
        Column::number("REPLICAS", |t| t.replication_factor.to_string()),
    ];

    fn name(&self) -> String {
        self.name.clone()
    }
}

#[derive(Debug, Serialize)]
struct Described {
    name: String,
    id: String,
    internal: bool,
    replication_factor: usize,
    partitions: Vec<DescribedPartition>,
    configs: Vec<DescribedConfig>,
}

#[derive(Debug, Serialize)]
struct DescribedPartition {
    partition: i32,
    leader: Option<i32>,
    leader_epoch: i32,
    replicas: Vec<i32>,
    isr: Vec<i32>,
    start_offset: Option<i64>,
    end_offset: Option<i64>,
}

#[derive(Debug, Serialize)]
struct DescribedConfig {
    name: String,
    value: Option<String>,
    source: &'static str,
    read_only: bool,
    sensitive: bool,
}

impl Row for DescribedPartition {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("PARTITION", |p| p.partition.to_string()),
        Column::text("LEADER", |p| p.leader.map_or("none".to_owned(), |leader| leader.to_string())),
        Column::text("REPLICAS", |p| joined(&p.replicas)),
        Column::text("ISR", |p| joined(&p.isr)),
        Column::number("START", |p| or_dash(p.start_offset)),
        Column::number("END", |p| or_dash(p.end_offset)),
    ];

    fn name(&self) -> String {
        self.partition.to_string()
    }
}

impl Document for Described {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn sections(&self) -> Vec<Section> {
        let mut fields = vec![
            ("topic", self.name.clone()),
            ("id", self.id.clone()),
            ("partitions", self.partitions.len().to_string()),
            ("replicas", self.replication_factor.to_string()),
        ];
        // What was said about this topic; the rest is `mainstem config describe`.
        for config in self.configs.iter().filter(|config| config.source == "topic") {
            let value = config.value.as_deref().unwrap_or("(hidden)");
            fields.push(("config", format!("{}={value}", config.name)));
        }
        vec![Section::Fields(fields), Section::Grid(Grid::of(&self.partitions))]
    }
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
    check_keys(arguments.configs.iter().map(|(key, _)| key))?;
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let topic = |name: &String| NewTopic {
        name: name.clone(),
        partitions: arguments.partitions,
        replication_factor: arguments.replication_factor,
        configs: arguments.configs.clone(),
        ..Default::default()
    };
    let topics: Vec<NewTopic> = arguments.names.iter().map(topic).collect();
    let answers = admin.create_topics(&topics, CreateOptions::default()).await;
    super::tell_each(answers, |name, created| {
        let created = created?;
        let partitions =
            created.partitions.or(arguments.partitions).and_then(|count| u64::try_from(count).ok());
        let count =
            partitions.map_or(String::new(), |count| format!(" with {}", counted(count, "partition")));
        Ok(format!("created topic `{name}`{count}"))
    })
}

async fn list(arguments: List) -> Result<(), Failure> {
    let topics = arguments.cluster.connect().await?.all_topics().await?;
    let shown = topics.iter().filter(|topic| arguments.internal || !is_internal(topic));
    let rows: Vec<Listed> = shown
        .map(|topic| Listed {
            name: topic.name.to_string(),
            id: topic.id.to_string(),
            internal: topic.internal,
            partitions: topic.partitions.len(),
            replication_factor: replication_factor(topic),
        })
        .collect();
    output::list(arguments.output.format, &rows)
}

/// The metadata's word, and the names that Kafka gives its own topics but does not mark.
pub(super) fn is_internal(topic: &Topic) -> bool {
    topic.internal || topic.name.starts_with("__")
}

fn replication_factor(topic: &Topic) -> usize {
    topic.partitions.first().map_or(0, |partition| partition.replicas.len())
}

async fn describe(arguments: Describe) -> Result<(), Failure> {
    let cluster = arguments.cluster.connect().await?;
    crate::cluster::reach_brokers(&cluster).await?;
    let admin = Admin::new(&cluster);
    let mut documents = Vec::new();
    for name in &arguments.names {
        let topic = admin.describe_topic(name).await?;
        let resource = Resource::Topic(name.clone());
        let configs = admin.describe_configs(&[resource], &DescribeConfigsOptions::default()).await.only()?;
        let earliest = offsets(&admin, &topic, OffsetSpec::Earliest).await?;
        let latest = offsets(&admin, &topic, OffsetSpec::Latest).await?;
        let configs = configs.into_iter().map(|config| DescribedConfig {
            name: config.name,
            value: config.value,
            source: source_name(config.source),
            read_only: config.read_only,
            sensitive: config.sensitive,
        });
        documents.push(Described {
            name: topic.name.to_string(),
            id: topic.id.to_string(),
            internal: topic.internal,
            replication_factor: replication_factor(&topic),
            partitions: topic.partitions.iter().map(|p| described(p, &earliest, &latest)).collect(),
            configs: configs.collect(),
        });
    }
    output::describe_all(arguments.output.format, &documents)
}

fn described(partition: &Partition, earliest: &Offsets, latest: &Offsets) -> DescribedPartition {
    DescribedPartition {
        partition: partition.index,
        leader: partition.leader.map(|leader| leader.0),
        leader_epoch: partition.leader_epoch,
        replicas: partition.replicas.iter().map(|node| node.0).collect(),
        isr: partition.isr.iter().map(|node| node.0).collect(),
        start_offset: earliest.get(&partition.index).copied(),
        end_offset: latest.get(&partition.index).copied(),
    }
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

pub(super) fn source_name(source: ConfigSource) -> &'static str {
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

/// A key like one of a topic's is a typo, whatever the broker would say of it.
fn check_keys<'a>(keys: impl Iterator<Item = &'a String>) -> Result<(), Failure> {
    Kind::Topic.check_keys(&keys.map(String::as_str).collect::<Vec<_>>())
}

async fn alter(arguments: Alter) -> Result<(), Failure> {
    check_keys(arguments.configs.iter().map(|(key, _)| key).chain(&arguments.delete_configs))?;
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let sets = arguments.configs.iter().map(|(key, value)| ConfigChange::Set(key.clone(), value.clone()));
    let deletes = arguments.delete_configs.iter().map(|key| ConfigChange::Delete(key.clone()));
    let changes: Vec<ConfigChange> = sets.chain(deletes).collect();
    // A missing topic is named as such, whichever change comes first.
    admin.describe_topic(&arguments.name).await?;
    if !changes.is_empty() {
        let resource = Resource::Topic(arguments.name.clone());
        admin.alter_configs(&[(resource, changes)], false).await.only()?;
    }
    if let Some(count) = arguments.partitions {
        let topic = NewPartitions { topic: arguments.name.clone(), total: count, assignment: None };
        admin.create_partitions(&[topic], false).await.only()?;
    }
    output::say(&format!("altered topic `{}`", arguments.name))
}

async fn delete(arguments: Delete) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let topics: Vec<TopicRef> = arguments.names.iter().map(|name| name.as_str().into()).collect();
    super::tell_each(admin.delete_topics(&topics).await, |topic, deleted| {
        let name = match topic {
            TopicRef::Name(name) => name.clone(),
            TopicRef::Id(id) => id.to_string(),
        };
        deleted.map_err(|error| match error.code() {
            Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) => Error::UnknownTopic(name.clone()),
            _ => error,
        })?;
        Ok(format!("deleted topic `{name}`"))
    })
}
