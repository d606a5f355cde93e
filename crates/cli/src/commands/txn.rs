//! `mainstem txn`: transactions, and what is left of those that nobody ends.
use crate::{
    cluster::{self, ClusterArguments},
    completion,
    failure::{Exit, Failure},
    output::{self, Column, Document, Grid, OutputArguments, Row, Section, or_dash},
};
use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Admin, TopicPartition,
    admin::{AbortTransaction, ProducerState, TransactionDescription, TransactionFilter, TransactionState},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
    time::Duration,
};

/// List, describe and end transactions.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem txn list --state Ongoing
  mainstem txn describe payments-1
  mainstem txn find-hanging
  mainstem txn abort payments-1")]
pub(crate) enum Command {
    /// List the transactional ids and their state.
    #[command(before_help = "Examples:
  mainstem txn list
  mainstem txn list --state Ongoing --longer-than 10m -o json")]
    List(List),
    /// Show one transactional id: its producer, its state and its partitions.
    #[command(before_help = "Examples:
  mainstem txn describe payments-1")]
    Describe(Describe),
    /// End a transaction without its producer.
    #[command(before_help = "Examples:
  mainstem txn abort payments-1             # fences its producer
  mainstem txn abort --partition orders:3 --start-offset 1071")]
    Abort(Abort),
    /// List open transactions that no coordinator will end: they hold back all who read committed.
    #[command(before_help = "Examples:
  mainstem txn find-hanging
  mainstem txn find-hanging --topic orders --older-than 1h")]
    FindHanging(FindHanging),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those in this state; may be repeated.
    #[arg(long = "state", value_name = "STATE", value_parser = |text: &str| TransactionState::from_str(text))]
    states: Vec<TransactionState>,
    /// Only those that run for longer.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    longer_than: Option<Duration>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Which ones.
    #[arg(required = true, value_name = "TRANSACTIONAL-ID", add = ArgValueCompleter::new(completion::transactional_ids))]
    ids: Vec<String>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
#[group(id = "which", required = true, args = ["id", "partition"])]
pub(crate) struct Abort {
    /// Whose producer is fenced, which aborts what it has open.
    #[arg(value_name = "TRANSACTIONAL-ID", add = ArgValueCompleter::new(completion::transactional_ids))]
    id: Option<String>,
    /// Where a transaction hangs.
    #[arg(long, value_name = "TOPIC:N", value_parser = partition, requires = "start_offset")]
    partition: Option<TopicPartition>,
    /// The first offset of the transaction that hangs there.
    #[arg(long, value_name = "N", requires = "partition")]
    start_offset: Option<i64>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct FindHanging {
    /// Only in this topic; may be repeated.
    #[arg(long = "topic", value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    topics: Vec<String>,
    /// What is younger may still be ended by its coordinator.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "15m")]
    older_than: Duration,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

fn span(text: &str) -> Result<Duration, String> {
    let span: SignedDuration = text.parse().map_err(|error| format!("{error}: write 15m or PT15M"))?;
    Duration::try_from(span).map_err(|_| "a span is not negative".to_owned())
}

fn partition(text: &str) -> Result<TopicPartition, String> {
    let (topic, partition) = text.rsplit_once(':').ok_or("expected TOPIC:N")?;
    let partition = partition.parse().map_err(|_| "expected TOPIC:N")?;
    Ok(TopicPartition::new(topic, partition))
}

#[derive(Debug, Serialize)]
struct Listed {
    transactional_id: String,
    coordinator: i32,
    producer_id: i64,
    state: String,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TRANSACTIONAL-ID", |t| t.transactional_id.clone()),
        Column::number("COORDINATOR", |t| t.coordinator.to_string()),
        Column::number("PRODUCER-ID", |t| t.producer_id.to_string()),
        Column::text("STATE", |t| t.state.clone()),
    ];

    fn name(&self) -> String {
        self.transactional_id.clone()
    }
}

#[derive(Debug, Serialize)]
struct Described {
    transactional_id: String,
    coordinator: i32,
    state: String,
    producer_id: i64,
    producer_epoch: i16,
    timeout_ms: u128,
    start_time_ms: Option<i64>,
    partitions: Vec<Partition>,
}

#[derive(Debug, Serialize)]
struct Partition {
    topic: String,
    partition: i32,
}

impl Row for Partition {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOPIC", |p| p.topic.clone()),
        Column::number("PARTITION", |p| p.partition.to_string()),
    ];

    fn name(&self) -> String {
        format!("{}:{}", self.topic, self.partition)
    }
}

impl Document for Described {
    fn name(&self) -> String {
        self.transactional_id.clone()
    }

    fn sections(&self) -> Vec<Section> {
        let started = self.start_time_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let fields = vec![
            ("transactional id", self.transactional_id.clone()),
            ("coordinator", self.coordinator.to_string()),
            ("state", self.state.clone()),
            ("producer id", self.producer_id.to_string()),
            ("producer epoch", self.producer_epoch.to_string()),
            (
                "timeout",
                format!("{:?}", Duration::from_millis(u64::try_from(self.timeout_ms).unwrap_or(u64::MAX))),
            ),
            ("started", or_dash(started)),
        ];
        vec![Section::Fields(fields), Section::Grid(Grid::of(&self.partitions))]
    }
}

#[derive(Debug, PartialEq, Serialize)]
struct Hanging {
    topic: String,
    partition: i32,
    producer_id: i64,
    producer_epoch: i32,
    start_offset: i64,
    coordinator_epoch: Option<i32>,
    last_timestamp_ms: Option<i64>,
}

impl Row for Hanging {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOPIC", |h| h.topic.clone()),
        Column::number("PARTITION", |h| h.partition.to_string()),
        Column::number("START-OFFSET", |h| h.start_offset.to_string()),
        Column::number("PRODUCER-ID", |h| h.producer_id.to_string()),
        Column::number("PRODUCER-EPOCH", |h| h.producer_epoch.to_string()),
        Column::text("LAST-WRITE", |h| {
            or_dash(h.last_timestamp_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
        }),
    ];

    fn name(&self) -> String {
        format!("{}:{}", self.topic, self.partition)
    }
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List(arguments) => list(arguments).await,
        Command::Describe(arguments) => describe(arguments).await,
        Command::Abort(arguments) => abort(arguments).await,
        Command::FindHanging(arguments) => find_hanging(arguments).await,
    }
}

async fn admin(arguments: &ClusterArguments) -> Result<Admin, Failure> {
    let cluster = arguments.connect().await?;
    cluster::reach_brokers(&cluster).await?;
    Ok(Admin::new(&cluster))
}

async fn list(arguments: List) -> Result<(), Failure> {
    let filter = TransactionFilter {
        states: arguments.states,
        longer_than: arguments.longer_than,
        ..TransactionFilter::default()
    };
    let found = admin(&arguments.cluster).await?.list_transactions(&filter).await?.all()?;
    let row = |listing: client::admin::TransactionListing| Listed {
        transactional_id: listing.transactional_id,
        coordinator: listing.coordinator.0,
        producer_id: listing.producer_id,
        state: listing.state.to_string(),
    };
    output::list(arguments.output.format, &found.into_iter().map(row).collect::<Vec<_>>())
}

async fn describe(arguments: Describe) -> Result<(), Failure> {
    let admin = admin(&arguments.cluster).await?;
    let mut documents = Vec::new();
    for (_, found) in admin.describe_transactions(&arguments.ids).await {
        let found: TransactionDescription = found?;
        documents.push(Described {
            transactional_id: found.transactional_id,
            coordinator: found.coordinator.0,
            state: found.state.to_string(),
            producer_id: found.producer_id,
            producer_epoch: found.producer_epoch,
            timeout_ms: found.timeout.as_millis(),
            start_time_ms: found.start_time_ms,
            partitions: found
                .partitions
                .iter()
                .map(|at| Partition { topic: at.topic.to_string(), partition: at.partition })
                .collect(),
        });
    }
    output::describe_all(arguments.output.format, &documents)
}

async fn abort(arguments: Abort) -> Result<(), Failure> {
    let admin = admin(&arguments.cluster).await?;
    if let Some(id) = arguments.id {
        admin.fence_producers(std::slice::from_ref(&id)).await.only()?;
        return output::say(&format!("fenced the producer of `{id}`, and aborted what it had open"));
    }
    let (Some(at), Some(offset)) = (arguments.partition, arguments.start_offset) else {
        return Err(Failure::new(Exit::Usage, "which transaction? no partition was given"));
    };
    let producers = admin.describe_producers(std::slice::from_ref(&at), None).await.only()?;
    let open = producers.iter().find(|producer| producer.transaction_start_offset == Some(offset));
    let open = open.ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("no transaction of {at} is open from offset {offset}"))
            .next_step("`mainstem txn find-hanging` shows what there is")
    })?;
    let out_of_range =
        |_| Failure::new(Exit::Other, format!("producer epoch {} is none", open.producer_epoch));
    let abort = AbortTransaction {
        producer_id: open.producer_id,
        producer_epoch: i16::try_from(open.producer_epoch).map_err(out_of_range)?,
        // A partition that never saw a marker was not written to by any coordinator yet.
        coordinator_epoch: open.coordinator_epoch.unwrap_or(0),
        partition: at.clone(),
    };
    admin.abort_transaction(&abort).await?;
    output::say(&format!("aborted the transaction of producer {} in {at}", open.producer_id))
}

async fn find_hanging(arguments: FindHanging) -> Result<(), Failure> {
    let admin = admin(&arguments.cluster).await?;
    let topics = admin.list_topics().await?;
    let wanted = topics.iter().filter(|topic| {
        arguments.topics.is_empty() || arguments.topics.iter().any(|named| **named == *topic.name)
    });
    let partitions: Vec<TopicPartition> = wanted
        .flat_map(|topic| topic.partitions.iter().map(|p| TopicPartition::new(topic.name.clone(), p.index)))
        .collect();
    let producers: BTreeMap<_, _> = admin.describe_producers(&partitions, None).await.all()?;
    let before = Timestamp::now().as_millisecond()
        - i64::try_from(arguments.older_than.as_millis()).unwrap_or(i64::MAX);
    let old = open_before(&producers, before);
    let ended = coordinated(&admin, &old).await?;
    output::list(arguments.output.format, &hanging(&old, &ended))
}

type Open<'a> = (&'a TopicPartition, &'a ProducerState, i64);

/// Transactions that are open, and not written to since.
fn open_before(producers: &BTreeMap<TopicPartition, Vec<ProducerState>>, before_ms: i64) -> Vec<Open<'_>> {
    let open = producers.iter().flat_map(|(at, states)| states.iter().map(move |state| (at, state)));
    let open = open.filter(|(_, state)| state.last_timestamp_ms.is_none_or(|written| written <= before_ms));
    open.filter_map(|(at, state)| Some((at, state, state.transaction_start_offset?))).collect()
}

/// Which partitions the coordinators know to be part of the open transactions of these producers.
async fn coordinated(admin: &Admin, open: &[Open<'_>]) -> Result<BTreeSet<(i64, TopicPartition)>, Failure> {
    let producer_ids: BTreeSet<i64> = open.iter().map(|(_, state, _)| state.producer_id).collect();
    if producer_ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let filter = TransactionFilter {
        producer_ids: producer_ids.into_iter().collect(),
        ..TransactionFilter::default()
    };
    let listed = admin.list_transactions(&filter).await?.all()?;
    let ids: Vec<String> = listed.into_iter().map(|listing| listing.transactional_id).collect();
    let mut known = BTreeSet::new();
    for (_, described) in admin.describe_transactions(&ids).await {
        let described = described?;
        known.extend(described.partitions.into_iter().map(|at| (described.producer_id, at)));
    }
    Ok(known)
}

fn hanging(open: &[Open<'_>], coordinated: &BTreeSet<(i64, TopicPartition)>) -> Vec<Hanging> {
    let lost =
        open.iter().filter(|(at, state, _)| !coordinated.contains(&(state.producer_id, (*at).clone())));
    lost.map(|(at, state, start_offset)| Hanging {
        topic: at.topic.to_string(),
        partition: at.partition,
        producer_id: state.producer_id,
        producer_epoch: state.producer_epoch,
        start_offset: *start_offset,
        coordinator_epoch: state.coordinator_epoch,
        last_timestamp_ms: state.last_timestamp_ms,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hanging_is_open_old_and_unknown_to_its_coordinator() {
        let state = |producer_id, written, start| ProducerState {
            producer_id,
            producer_epoch: 0,
            last_sequence: None,
            last_timestamp_ms: written,
            coordinator_epoch: None,
            transaction_start_offset: start,
        };
        let at = TopicPartition::new("t", 0);
        let states = vec![
            state(1, Some(10), Some(5)),
            state(2, Some(10), None),
            state(3, Some(99), Some(6)),
            state(4, Some(10), Some(7)),
            state(5, None, Some(8)),
        ];
        let producers = BTreeMap::from([(at.clone(), states)]);
        let open = open_before(&producers, 50);
        let known = BTreeSet::from([(4, at)]);
        let found: Vec<_> = hanging(&open, &known).iter().map(|h| (h.producer_id, h.start_offset)).collect();
        assert_eq!(found, [(1, 5), (5, 8)]);
    }

    #[test]
    fn partitions_and_spans_are_read() {
        assert_eq!(partition("a:b:3").unwrap(), TopicPartition::new("a:b", 3));
        assert!(partition("a").is_err() && partition("a:x").is_err());
        assert_eq!(span("15m").unwrap(), Duration::from_secs(900));
        assert!(span("-1h").is_err() && span("long").is_err());
    }
}
