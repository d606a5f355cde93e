//! `kafka-transactions`: transactions by their ids and by partition, those that hang, and their end (KIP-664).
use super::{
    Outcome, Stop, client, errors,
    options::{COMMAND_CONFIG, Given, flag, value},
    render::{java_or, table},
    subcommands::{Command, Program},
};
use ::client::{
    Admin, Error, ErrorCode, TopicPartition,
    admin::{
        AbortTransaction, DescribeTopicsOptions, ProducerState, TopicDescription, TopicRef,
        TransactionDescription, TransactionFilter,
    },
};
use base::NodeId;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const TOPIC: super::options::Opt = value("topic", "TOPIC", "The topic.");
const PARTITION: super::options::Opt = value("partition", "PARTITION", "The partition.");

pub(super) static PROGRAM: Program = Program {
    name: "kafka-transactions.sh",
    help_code: 1,
    about: "This tool shows the state of transactional producers, and finds and ends transactions that hang.",
    options: &[&[
        flag("version", "Print the version.").short("v"),
        COMMAND_CONFIG,
        value("bootstrap-server", "host:port", "The brokers to ask first: HOST:PORT, with commas.")
            .required(),
    ]],
    commands: &[
        Command {
            name: "list",
            about: "List transactions.",
            options: &[&[
                value(
                    "duration-filter",
                    "DURATION_FILTER",
                    "Only those that run for longer, in milliseconds; all below zero.",
                ),
                value("transactional-id-pattern", "PATTERN", "Only ids that match this expression."),
            ]],
        },
        Command {
            name: "describe",
            about: "Describe the transaction of an id.",
            options: &[&[value("transactional-id", "TRANSACTIONAL_ID", "The id.").required()]],
        },
        Command {
            name: "describe-producers",
            about: "Describe the producers that a partition remembers.",
            options: &[&[
                value("broker-id", "BROKER_ID", "Ask this replica instead of the leader."),
                TOPIC.required(),
                PARTITION.required(),
            ]],
        },
        Command {
            name: "abort",
            about: "Abort a transaction that hangs.",
            options: &[&[
                TOPIC.required(),
                PARTITION.required(),
                value("start-offset", "START_OFFSET", "Where it starts; brokers from 3.0 on need no more."),
                value("producer-id", "PRODUCER_ID", "Its producer's id, for older brokers."),
                value("producer-epoch", "PRODUCER_EPOCH", "Its producer's epoch, for older brokers."),
                value(
                    "coordinator-epoch",
                    "COORDINATOR_EPOCH",
                    "Its coordinator's epoch, for older brokers.",
                ),
            ]],
        },
        Command {
            name: "find-hanging",
            about: "Find transactions that hang.",
            options: &[&[
                value("broker-id", "BROKER_ID", "Only partitions that this broker has."),
                value("max-transaction-timeout", "MINUTES", "What is younger does not hang. (default: 15)"),
                value("topic", "TOPIC", "Only this topic."),
                value("partition", "PARTITION", "Only this partition of it."),
            ]],
        },
        Command {
            name: "forceTerminateTransaction",
            about: "Abort what the producer of an id has open.",
            options: &[&[value("transactionalId", "TRANSACTIONALID", "The id.").required()]],
        },
    ],
    exclusive: &[],
};

pub(super) fn run(words: &[String]) -> Outcome {
    if words.iter().any(|word| word == "-v" || word == "--version") {
        println!("{} (Commit:unknown)", super::KAFKA_VERSION);
        return Ok(());
    }
    let (command, given) = PROGRAM.parse(words).map_err(|refusal| refusal.stop(&PROGRAM))?;
    super::block_on(async {
        let admin = client::admin(&given).await?;
        match command {
            "list" => list(&given, &admin).await,
            "describe" => describe(&given, &admin).await,
            "describe-producers" => describe_producers(&given, &admin).await,
            "abort" => abort(&given, &admin).await,
            "find-hanging" => find_hanging(&given, &admin).await,
            _ => {
                let id = given.require("transactionalId")?.to_owned();
                let fenced = admin.fence_producers(std::slice::from_ref(&id)).await.only();
                fenced.map(drop).map_err(failed(format!("Failed to force terminate transactionalId `{id}`")))
            }
        }
    })
}

/// What was tried, and why it failed.
fn failed(what: impl Into<String>) -> impl FnOnce(Error) -> Stop {
    let what = what.into();
    move |error| Stop::Failed(format!("{what}: {}.", errors::message(&error)))
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn print<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Outcome {
    let head = head.map(str::to_owned);
    Ok(table(&mut io::stdout().lock(), std::iter::once(&head).chain(rows).map(|row| &row[..]))?)
}

async fn list(given: &Given, admin: &Admin) -> Outcome {
    let longer: Option<i64> = given.number("duration-filter")?;
    let filter = TransactionFilter {
        longer_than: longer.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis),
        transactional_id_pattern: given.get("transactional-id-pattern")?.map(str::to_owned),
        ..TransactionFilter::default()
    };
    let listed = async { admin.list_transactions(&filter).await?.all() };
    let mut listed = listed.await.map_err(failed("Failed to list transactions"))?;
    listed.sort_by_key(|listing| listing.coordinator);
    let row = |listing: ::client::admin::TransactionListing| {
        [
            listing.transactional_id,
            listing.coordinator.to_string(),
            listing.producer_id.to_string(),
            listing.state.to_string(),
        ]
    };
    print(
        ["TransactionalId", "Coordinator", "ProducerId", "TransactionState"],
        &listed.into_iter().map(row).collect::<Vec<_>>(),
    )
}

async fn describe(given: &Given, admin: &Admin) -> Outcome {
    let id = given.require("transactional-id")?.to_owned();
    let described = admin.describe_transactions(std::slice::from_ref(&id)).await.only();
    let found: TransactionDescription = described
        .map_err(failed(format!("Failed to describe transaction state of transactional-id `{id}`")))?;
    let partitions: Vec<String> =
        found.partitions.iter().map(|at| format!("{}-{}", at.topic, at.partition)).collect();
    let row = [
        found.coordinator.to_string(),
        id,
        found.producer_id.to_string(),
        found.producer_epoch.to_string(),
        found.state.to_string(),
        found.timeout.as_millis().to_string(),
        java_or("None", found.start_time_ms),
        java_or("None", found.start_time_ms.map(|started| now_ms() - started)),
        partitions.join(","),
    ];
    print(
        [
            "CoordinatorId",
            "TransactionalId",
            "ProducerId",
            "ProducerEpoch",
            "TransactionState",
            "TransactionTimeoutMs",
            "CurrentTransactionStartTimeMs",
            "TransactionDurationMs",
            "TopicPartitions",
        ],
        &[row],
    )
}

fn partition_of(given: &Given) -> Result<TopicPartition, Stop> {
    let partition = given.number("partition")?.unwrap_or_default();
    Ok(TopicPartition::new(given.require("topic")?, partition))
}

async fn describe_producers(given: &Given, admin: &Admin) -> Outcome {
    let broker: Option<i32> = given.number("broker-id")?;
    let at = partition_of(given)?;
    let on = broker.map_or_else(|| "leader".to_owned(), |id| format!("broker {id}"));
    let name = format!("{}-{}", at.topic, at.partition);
    let producers = admin.describe_producers(std::slice::from_ref(&at), broker.map(NodeId)).await.only();
    let producers: Vec<ProducerState> =
        producers.map_err(failed(format!("Failed to describe producers for partition {name} on {on}")))?;
    let row = |producer: &ProducerState| {
        [
            producer.producer_id.to_string(),
            producer.producer_epoch.to_string(),
            java_or("-1", producer.coordinator_epoch),
            java_or("-1", producer.last_sequence),
            java_or("-1", producer.last_timestamp_ms),
            java_or("None", producer.transaction_start_offset),
        ]
    };
    print(
        [
            "ProducerId",
            "ProducerEpoch",
            "LatestCoordinatorEpoch",
            "LastSequence",
            "LastTimestamp",
            "CurrentTransactionStartOffset",
        ],
        &producers.iter().map(row).collect::<Vec<_>>(),
    )
}

async fn abort(given: &Given, admin: &Admin) -> Outcome {
    let at = partition_of(given)?;
    let (start, producer): (Option<i64>, Option<i64>) =
        (given.number("start-offset")?, given.number("producer-id")?);
    let (epoch, coordinator): (Option<i16>, Option<i32>) =
        (given.number("producer-epoch")?, given.number("coordinator-epoch")?);
    let abort = match (start, producer) {
        (Some(start), _) => of_start(admin, &at, start).await?,
        (None, Some(producer_id)) => AbortTransaction {
            producer_id,
            producer_epoch: epoch
                .ok_or_else(|| Stop::failed("Missing required argument --producer-epoch"))?,
            coordinator_epoch: coordinator
                .ok_or_else(|| Stop::failed("Missing required argument --coordinator-epoch"))?
                .max(0),
            partition: at,
        },
        (None, None) => {
            return Err(Stop::failed(
                "The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) \
                 or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)",
            ));
        }
    };
    let what = format!("Failed to abort transaction of producer {}", abort.producer_id);
    admin.abort_transaction(&abort).await.map_err(failed(what))
}

async fn of_start(admin: &Admin, at: &TopicPartition, start: i64) -> Result<AbortTransaction, Stop> {
    let name = format!("{}-{}", at.topic, at.partition);
    let producers = admin.describe_producers(std::slice::from_ref(at), None).await.only();
    let producers: Vec<ProducerState> =
        producers.map_err(failed(format!("Failed to validate producer state for partition {name}")))?;
    let open = producers.iter().find(|producer| producer.transaction_start_offset == Some(start));
    let open = open.ok_or_else(|| {
        Stop::Failed(format!(
            "Could not find any open transactions starting at offset {start} on partition {name}"
        ))
    })?;
    Ok(AbortTransaction {
        producer_id: open.producer_id,
        producer_epoch: i16::try_from(open.producer_epoch)
            .map_err(|_| Stop::Failed(format!("producer epoch {} is out of range", open.producer_epoch)))?,
        // A producer that hangs from its first transaction on has seen no marker yet.
        coordinator_epoch: open.coordinator_epoch.unwrap_or(0),
        partition: at.clone(),
    })
}

async fn find_hanging(given: &Given, admin: &Admin) -> Outcome {
    let broker: Option<i32> = given.number("broker-id")?;
    let partition: Option<i32> = given.number("partition")?;
    let topic = given.get("topic")?;
    if topic.is_none() && broker.is_none() {
        return Err(Stop::failed(
            "The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search",
        ));
    }
    if partition.is_some() && topic.is_none() {
        return Err(Stop::failed("The --partition argument requires --topic to be provided"));
    }
    let minutes: i32 = given.number("max-transaction-timeout")?.unwrap_or(15);
    let searched = match (topic, partition) {
        (Some(topic), Some(partition)) => vec![TopicPartition::new(topic, partition)],
        (topic, _) => partitions_of(admin, topic, broker.map(NodeId)).await?,
    };
    let what = format!("Failed to describe producers for {} partitions", searched.len());
    let producers: BTreeMap<TopicPartition, Vec<ProducerState>> =
        admin.describe_producers(&searched, broker.map(NodeId)).await.all().map_err(failed(what))?;
    let now = now_ms();
    let open = open_for_longer(&producers, now, i64::from(minutes) * 60_000);
    let hanging = if open.is_empty() { open } else { without_coordinated(admin, open).await? };
    let row = |(at, producer): &(&TopicPartition, &ProducerState)| {
        let written = producer.last_timestamp_ms.unwrap_or(-1);
        [
            at.topic.to_string(),
            at.partition.to_string(),
            producer.producer_id.to_string(),
            producer.producer_epoch.to_string(),
            java_or("-1", producer.coordinator_epoch),
            java_or("-1", producer.transaction_start_offset),
            written.to_string(),
            ((now - written) / 60_000).to_string(),
        ]
    };
    print(
        [
            "Topic",
            "Partition",
            "ProducerId",
            "ProducerEpoch",
            "CoordinatorEpoch",
            "StartOffset",
            "LastTimestamp",
            "Duration(min)",
        ],
        &hanging.iter().map(row).collect::<Vec<_>>(),
    )
}

async fn partitions_of(
    admin: &Admin,
    topic: Option<&str>,
    broker: Option<NodeId>,
) -> Result<Vec<TopicPartition>, Stop> {
    let topics: Vec<TopicRef> = match topic {
        Some(topic) => vec![TopicRef::Name(topic.to_owned())],
        None => {
            let topics = admin.list_topics().await.map_err(failed("Failed to list topics"))?;
            topics.iter().map(|topic| TopicRef::Name(topic.name.to_string())).collect()
        }
    };
    let described = admin.describe_topics(&topics, DescribeTopicsOptions::default()).await;
    let what = format!("Failed to describe {} topics", topics.len());
    let described: Vec<(TopicRef, TopicDescription)> = described.all().map_err(failed(what))?;
    let partitions = described.iter().flat_map(|(_, topic)| {
        let here = |replicas: &[NodeId]| broker.is_none_or(|broker| replicas.contains(&broker));
        let wanted = topic.partitions.iter().filter(move |p| here(&p.replicas));
        wanted.map(|p| TopicPartition::new(topic.name.as_str(), p.index))
    });
    Ok(partitions.collect())
}

type Open<'a> = (&'a TopicPartition, &'a ProducerState);

fn open_for_longer(
    producers: &BTreeMap<TopicPartition, Vec<ProducerState>>,
    now_ms: i64,
    longer_than_ms: i64,
) -> Vec<Open<'_>> {
    let all = producers.iter().flat_map(|(at, states)| states.iter().map(move |state| (at, state)));
    all.filter(|(_, state)| {
        let written = state.last_timestamp_ms.unwrap_or(-1);
        state.transaction_start_offset.is_some() && now_ms - written > longer_than_ms
    })
    .collect()
}

/// Leaves those that no coordinator will end.
async fn without_coordinated<'a>(admin: &Admin, open: Vec<Open<'a>>) -> Result<Vec<Open<'a>>, Stop> {
    let producer_ids: BTreeSet<i64> = open.iter().map(|(_, producer)| producer.producer_id).collect();
    let what = format!("Failed to list transactions for {} producers", producer_ids.len());
    let filter = TransactionFilter {
        producer_ids: producer_ids.into_iter().collect(),
        ..TransactionFilter::default()
    };
    let listed = async { admin.list_transactions(&filter).await?.all() };
    let listed = listed.await.map_err(failed(what))?;
    let ids: Vec<String> = listed.into_iter().map(|listing| listing.transactional_id).collect();
    let mut coordinated = BTreeSet::new();
    for (_, described) in admin.describe_transactions(&ids).await {
        match described {
            Ok(found) => coordinated.extend(found.partitions.into_iter().map(|at| (found.producer_id, at))),
            Err(error) if error.code() == Some(ErrorCode::TRANSACTIONAL_ID_NOT_FOUND) => {}
            Err(error) => {
                return Err(failed(format!("Failed to describe {} transactions", ids.len()))(error));
            }
        }
    }
    let lost = |(at, producer): &Open<'_>| !coordinated.contains(&(producer.producer_id, (*at).clone()));
    Ok(open.into_iter().filter(lost).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_open_and_old_transactions_may_hang() {
        let state = |producer_id, written, start| ProducerState {
            producer_id,
            producer_epoch: 0,
            last_sequence: None,
            last_timestamp_ms: Some(written),
            coordinator_epoch: None,
            transaction_start_offset: start,
        };
        let states = vec![state(1, 10, Some(5)), state(2, 10, None), state(3, 99, Some(6))];
        let producers = BTreeMap::from([(TopicPartition::new("t", 0), states)]);
        let found: Vec<i64> =
            open_for_longer(&producers, 100, 50).iter().map(|(_, p)| p.producer_id).collect();
        assert_eq!(found, [1]);
    }
}
