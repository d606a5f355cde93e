//! `kafka-verifiable-consumer`: reads a topic as a member of a group, and tells of all that happens to it.
//!
//! Kafka's tool tells of what one poll brings, of several partitions; here that is one batch of one partition. Whoever
//! adds the events up sees the same.
use super::{
    Outcome, Stop, client, errors,
    options::{Given, flag, value},
    subcommands::{Program, Refusal},
    verifiable::{asked_to_stop, tell},
};
use ::client::{
    Consumer, Error, ErrorCode, TopicPartition,
    admin::CommittedOffset,
    consumer::{Config, FetchedBatch, Heard, RebalanceListener},
};
use client::Pairs;
use serde_json::{Value, json};
use std::{collections::BTreeMap, io, time::Duration};

pub(super) static PROGRAM: Program = Program {
    name: "verifiable-consumer",
    help_code: 1,
    about: "This tool reads a topic as a member of a group, and prints JSON about what happens: partitions that come \
            and go, records that were read, offsets that were committed.",
    options: &[&[
        value("bootstrap-server", "HOST1:PORT1[,HOST2:PORT2[...]]", "The brokers to ask first.").required(),
        value("topic", "TOPIC", "The topic to read.").required(),
        value("group-protocol", "GROUP-PROTOCOL", "classic or consumer. (default: classic)"),
        value(
            "group-remote-assignor",
            "GROUP-REMOTE-ASSIGNOR",
            "The broker's assignor; of the consumer protocol.",
        ),
        value("group-id", "GROUP-ID", "The group to read as a member of.").required(),
        value("group-instance-id", "GROUP-INSTANCE-ID", "Makes it a static member of this name."),
        value("max-messages", "MAX-MESSAGES", "How many to read; -1 for no end. (default: -1)"),
        value(
            "session-timeout",
            "TIMEOUT-MS",
            "The setting session.timeout.ms; not of the consumer protocol.",
        ),
        flag("verbose", "Tell of each record."),
        flag("enable-autocommit", "Commit from time to time, and not after each poll."),
        value(
            "close-timeout",
            "CLOSE-TIMEOUT-MS",
            "Longest time that leaving the group may take. (default: 30000)",
        ),
        value(
            "reset-policy",
            "RESET-POLICY",
            "The setting auto.offset.reset: earliest, latest or none. (default: earliest)",
        ),
        value(
            "assignment-strategy",
            "ASSIGNMENT-STRATEGY",
            "The class of the assignor; of the classic protocol. (default: RangeAssignor)",
        ),
        value("consumer.config", "CONFIG-FILE", "The old name of --command-config."),
        value("command-config", "CONFIG-FILE", "A file of settings of the consumer."),
    ]],
    commands: &[],
    exclusive: &[],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let (_, mut given) = PROGRAM.parse_or_help(words)?;
    let plan = Plan::of(&mut given)?;
    super::block_on(plan.carry_out())
}

#[derive(Debug)]
struct Plan {
    topic: String,
    /// At most so many records.
    most: Option<u64>,
    is_verbose: bool,
    commits: bool,
    closing: Duration,
    properties: Pairs,
}

impl Plan {
    fn of(given: &mut Given) -> Result<Self, Stop> {
        let most: i32 = given.number("max-messages")?.unwrap_or(-1);
        let closing: i32 = given.number("close-timeout")?.unwrap_or(30_000);
        let closing = u64::try_from(closing)
            .map_err(|_| Stop::Failed(format!("--close-timeout must not be below 0: {closing}")))?;
        Ok(Self {
            topic: given.require("topic")?.to_owned(),
            most: u64::try_from(most).ok(),
            is_verbose: given.has("verbose"),
            commits: !given.has("enable-autocommit"),
            closing: Duration::from_millis(closing),
            properties: properties(given)?,
        })
    }

    async fn carry_out(mut self) -> Outcome {
        let (mut config, mut own) = (client::patient("mainstem-tools"), Config::default());
        let properties = std::mem::take(&mut self.properties);
        client::apply(properties, |properties| properties.apply_to_consumer(&mut config, &mut own))?;
        let mut consumer = Consumer::new(&client::connect(config).await?, own);
        tell("startup_complete", Value::Null)?;
        consumer.on_rebalance(Teller);
        consumer.subscribe([self.topic.as_str()])?;
        let code = tokio::select! {
            read = self.read(&mut consumer) => read.map(|()| 0),
            stopped = asked_to_stop() => stopped.map_err(Stop::from),
        };
        if matches!(code, Ok(1..)) {
            tell("shutdown_requested", Value::Null)?;
        }
        if let Err(error) = consumer.close(self.closing).await {
            eprintln!("WARN {}", errors::exception(&error));
        }
        tell("shutdown_complete", Value::Null)?;
        match code? {
            // Kafka's tool hears of its own end as well.
            0 => Ok(tell("shutdown_requested", Value::Null)?),
            code => Err(Stop::Quietly(code)),
        }
    }

    /// Until all is read. What ends it early is told on standard error, and is no failure of the tool.
    async fn read(&self, consumer: &mut Consumer) -> Outcome {
        let mut count = 0;
        while self.most.is_none_or(|most| count < most) {
            let read = match consumer.poll(Duration::from_secs(3600)).await {
                Ok(Some(batch)) => self.seen(&batch, count),
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            let ended = match read {
                Ok(seen) => {
                    seen.events.iter().try_for_each(|(name, fields)| tell(name, fields.clone()))?;
                    count += seen.count;
                    self.commit(consumer, &seen.at, seen.next).await?
                }
                Err(error) => Some(error),
            };
            if let Some(error) = ended {
                eprintln!(
                    "ERROR Error during processing, terminating consumer process: {}",
                    errors::exception(&error)
                );
                return Ok(());
            }
        }
        Ok(())
    }

    /// What is told of a batch when so many records have been counted before it.
    fn seen(&self, batch: &FetchedBatch, before: u64) -> Result<Seen, Error> {
        let records: Vec<_> = batch.records().collect::<Result<_, _>>()?;
        let room = self.most.map(|most| most.saturating_sub(before));
        let room = room.and_then(|room| usize::try_from(room).ok()).unwrap_or(usize::MAX);
        let counted = &records[..records.len().min(room)];
        let TopicPartition { topic, partition } = &batch.at;
        let mut events = Vec::new();
        if self.is_verbose {
            events.extend(counted.iter().map(|record| {
                let fields = json!({
                    "key": text(record.key), "value": text(record.value), "topic": &**topic,
                    "partition": partition, "offset": record.offset.0,
                });
                ("record_data", fields)
            }));
        }
        let ends = counted.first().zip(counted.last()).map(|(a, b)| (a.offset.0, b.offset.0));
        let summary = ends.map(|(first, last)| {
            json!({
                "topic": &**topic, "partition": partition, "count": counted.len(),
                "minOffset": first, "maxOffset": last,
            })
        });
        let summaries: Vec<Value> = summary.into_iter().collect();
        events.push(("records_consumed", json!({ "count": records.len(), "partitions": summaries })));
        let next = ends.map(|(_, last)| last + 1);
        Ok(Seen { at: batch.at.clone(), count: counted.len() as u64, next, events })
    }

    /// Commits, if that is its task, and tells how it went; an error that ends the tool is handed back.
    async fn commit(
        &self,
        consumer: &mut Consumer,
        at: &TopicPartition,
        next: Option<i64>,
    ) -> io::Result<Option<Error>> {
        if !self.commits {
            return Ok(None);
        }
        let offset = |offset| CommittedOffset { offset, leader_epoch: -1, metadata: String::new() };
        let offsets: BTreeMap<_, _> = next.map(|next| (at.clone(), offset(next))).into_iter().collect();
        let result = consumer.commit_offsets(&offsets).await;
        if let Err(error) = &result
            && error.code() == Some(ErrorCode::FENCED_INSTANCE_ID)
        {
            return Ok(result.err());
        }
        let told: Vec<Value> = offsets
            .iter()
            .map(
                |(at, next)| json!({ "topic": &*at.topic, "partition": at.partition, "offset": next.offset }),
            )
            .collect();
        let mut fields = json!({ "offsets": told, "success": result.is_ok() });
        if let Err(error) = result {
            fields["error"] = errors::message(&error).into();
        }
        tell("offsets_committed", fields)?;
        Ok(None)
    }
}

struct Seen {
    at: TopicPartition,
    count: u64,
    /// What to commit.
    next: Option<i64>,
    events: Vec<(&'static str, Value)>,
}

fn text(bytes: Option<&[u8]>) -> Option<String> {
    bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

fn properties(given: &mut Given) -> Result<Pairs, Stop> {
    if given.has("consumer.config") && given.has("command-config") {
        let message = "Options --consumer.config and --command-config are mutually exclusive.";
        return Err(Refusal::mistake(given, message).stop(&PROGRAM));
    }
    if given.renamed("consumer.config", "command-config") {
        println!(
            "Option --consumer.config has been deprecated and will be removed in a future version. Use \
             --command-config instead."
        );
    }
    let file = given.get("command-config")?;
    let mut properties = client::read_properties(file)
        .map_err(|stop| Refusal::mistake(given, stop.message()).stop(&PROGRAM))?;
    let mut set = |key: &str, value: &str| properties.insert(key.to_owned(), value.to_owned());
    let protocol = given.get("group-protocol")?.unwrap_or("classic").to_lowercase();
    set("group.protocol", &protocol);
    match protocol.as_str() {
        "classic" => {
            let range = "org.apache.kafka.clients.consumer.RangeAssignor";
            set("partition.assignment.strategy", given.get("assignment-strategy")?.unwrap_or(range));
        }
        "consumer" if given.has("session-timeout") => {
            return Err(Stop::failed("session.timeout.ms cannot be set when group.protocol=CONSUMER"));
        }
        "consumer" => {
            given.get("group-remote-assignor")?.map(|assignor| set("group.remote.assignor", assignor));
        }
        other => return Err(Stop::Failed(format!("--group-protocol must be classic or consumer: {other}"))),
    }
    for (option, key) in [
        ("session-timeout", "session.timeout.ms"),
        ("group-id", "group.id"),
        ("group-instance-id", "group.instance.id"),
        ("bootstrap-server", "bootstrap.servers"),
    ] {
        given.get(option)?.map(|value| set(key, value));
    }
    let _: Option<i32> = given.number("session-timeout")?;
    let member = given.get("group-instance-id")?.unwrap_or("1");
    let id = format!("consumer-{}-{member}", given.require("group-id")?);
    set("enable.auto.commit", if given.has("enable-autocommit") { "true" } else { "false" });
    set("auto.offset.reset", given.get("reset-policy")?.unwrap_or("earliest"));
    properties.entry("client.id".to_owned()).or_insert(id);
    Ok(properties)
}

/// Tells what comes and goes.
struct Teller;

impl RebalanceListener for Teller {
    fn assigned<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        tell_partitions("partitions_assigned", partitions);
        Box::pin(async {})
    }

    fn revoked<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        tell_partitions("partitions_revoked", partitions);
        Box::pin(async {})
    }
}

fn tell_partitions(name: &str, partitions: &[TopicPartition]) {
    let list: Vec<Value> =
        partitions.iter().map(|at| json!({ "topic": &*at.topic, "partition": at.partition })).collect();
    // That nobody listens any more shows with the next event.
    let _ = tell(name, json!({ "partitions": list }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(line: &str) -> Result<Plan, Stop> {
        let line = format!("--bootstrap-server b:1 --topic t --group-id g {line}");
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let (_, mut given) = PROGRAM.parse_or_help(&words)?;
        Plan::of(&mut given)
    }

    #[test]
    fn options_become_settings() {
        for (line, key, expected) in [
            ("", "group.id", Some("g")),
            ("", "group.protocol", Some("classic")),
            ("", "auto.offset.reset", Some("earliest")),
            ("", "enable.auto.commit", Some("false")),
            ("", "session.timeout.ms", None),
            ("", "partition.assignment.strategy", Some("org.apache.kafka.clients.consumer.RangeAssignor")),
            ("--assignment-strategy Other", "partition.assignment.strategy", Some("Other")),
            ("--group-protocol CONSUMER", "group.protocol", Some("consumer")),
            ("--group-protocol consumer", "partition.assignment.strategy", None),
            (
                "--group-protocol consumer --group-remote-assignor uniform",
                "group.remote.assignor",
                Some("uniform"),
            ),
            ("--group-remote-assignor uniform", "group.remote.assignor", None),
            ("--session-timeout 6000", "session.timeout.ms", Some("6000")),
            ("--group-instance-id i", "group.instance.id", Some("i")),
            ("--group-instance-id i", "client.id", Some("consumer-g-i")),
            ("", "client.id", Some("consumer-g-1")),
            ("--enable-autocommit", "enable.auto.commit", Some("true")),
            ("--reset-policy none", "auto.offset.reset", Some("none")),
        ] {
            let plan = plan(line).unwrap();
            assert_eq!(plan.properties.get(key).map(String::as_str), expected, "{line}: {key}");
        }
    }

    #[test]
    fn how_much_is_read() {
        for (line, most, commits, closing_ms) in [
            ("", None, true, 30_000),
            ("--max-messages -1", None, true, 30_000),
            ("--max-messages 0 --enable-autocommit", Some(0), false, 30_000),
            ("--max-messages 5 --close-timeout 7", Some(5), true, 7),
        ] {
            let plan = plan(line).unwrap();
            let found = (plan.most, plan.commits, plan.closing);
            assert_eq!(found, (most, commits, Duration::from_millis(closing_ms)), "{line}");
        }
    }

    #[test]
    fn mistakes() {
        for (line, part) in [
            ("--consumer.config a --command-config b", "mutually exclusive"),
            ("--command-config /no/such", "cannot read /no/such"),
            ("--group-protocol none", "must be classic or consumer: none"),
            ("--group-protocol consumer --session-timeout 1", "session.timeout.ms cannot be set"),
            ("--session-timeout soon", "Cannot parse argument 'soon'"),
            ("--max-messages many", "Cannot parse argument 'many'"),
            ("--close-timeout -1", "must not be below 0: -1"),
        ] {
            let stop = plan(line).unwrap_err();
            assert!(stop.message().contains(part), "{line}: {}", stop.message());
        }
    }
}
