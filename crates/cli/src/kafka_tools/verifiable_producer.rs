//! `kafka-verifiable-producer`: sends numbers, and tells of each whether it was acknowledged.
use super::{
    Outcome, Stop, client, errors,
    options::{Given, value},
    subcommands::{Program, Refusal},
    throughput::Pace,
    verifiable::{asked_to_stop, tell},
};
use ::client::{
    Error, ErrorCode, Producer,
    producer::{Delivered, Record},
};
use client::Pairs;
use serde_json::{Value, json};
use std::time::Instant;
use tokio::task::JoinSet;

pub(super) static PROGRAM: Program = Program {
    name: "verifiable-producer",
    help_code: 1,
    about: "This tool sends numbers that grow to a topic, and prints JSON about each: which were acknowledged and \
            which were not.",
    options: &[&[
        value("topic", "TOPIC", "The topic to send to.").required(),
        value("bootstrap-server", "HOST1:PORT1[,HOST2:PORT2[...]]", "The brokers to ask first.").required(),
        value("max-messages", "MAX-MESSAGES", "How many to send; -1 for no end. (default: -1)"),
        value(
            "throughput",
            "THROUGHPUT",
            "So many a second at most; below 0 as fast as they go. (default: -1)",
        ),
        value("acks", "ACKS", "The setting acks: 0, 1 or -1. (default: -1)"),
        value("producer.config", "CONFIG-FILE", "The old name of --command-config."),
        value(
            "message-create-time",
            "CREATE-TIME",
            "The time of the first record, in milliseconds since 1970.",
        ),
        value("value-prefix", "VALUE-PREFIX", "A number that stands before each value, with a dot."),
        value("repeating-keys", "REPEATING-KEYS", "Keys from 0 up to this, again and again."),
        value("command-config", "CONFIG-FILE", "A file of settings of the producer."),
    ]],
    commands: &[],
    exclusive: &[],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let (_, mut given) = PROGRAM.parse_or_help(words)?;
    let plan = Plan::of(&given)?;
    let properties = properties(&mut given)?;
    super::block_on(plan.carry_out(properties))
}

#[derive(Debug)]
struct Plan {
    topic: String,
    most: u64,
    throughput: i32,
    prefix: Option<i32>,
    keys: Option<i32>,
    created_ms: Option<i64>,
}

fn wrong(given: &Given, message: impl Into<String>) -> Stop {
    Refusal::mistake(given, message).stop(&PROGRAM)
}

fn properties(given: &mut Given) -> Result<Pairs, Stop> {
    let acks: i32 = given.number("acks")?.unwrap_or(-1);
    if !(-1..=1).contains(&acks) {
        return Err(wrong(
            given,
            format!("argument --acks: invalid choice: '{acks}' (choose from {{0,1,-1}})"),
        ));
    }
    if given.has("producer.config") && given.has("command-config") {
        return Err(wrong(given, "Options --producer.config and --command-config are mutually exclusive."));
    }
    if given.renamed("producer.config", "command-config") {
        println!(
            "Option --producer.config has been deprecated and will be removed in a future version. Use \
             --command-config instead."
        );
    }
    let mut properties = Pairs::from([
        ("bootstrap.servers".to_owned(), given.require("bootstrap-server")?.to_owned()),
        ("acks".to_owned(), acks.to_string()),
        // What is not acknowledged is told, and not tried again.
        ("retries".to_owned(), "0".to_owned()),
    ]);
    properties.extend(client::read_properties(given.get("command-config")?)?);
    Ok(properties)
}

impl Plan {
    fn of(given: &Given) -> Result<Self, Stop> {
        let most: i32 = given.number("max-messages")?.unwrap_or(-1);
        Ok(Self {
            topic: given.require("topic")?.to_owned(),
            most: u64::try_from(most).unwrap_or(u64::MAX),
            throughput: given.number("throughput")?.unwrap_or(-1),
            prefix: given.number("value-prefix")?,
            keys: given.number("repeating-keys")?,
            created_ms: given.number("message-create-time")?.filter(|ms| *ms != -1),
        })
    }

    async fn carry_out(mut self, properties: Pairs) -> Outcome {
        let producer = client::producer(properties, "producer-1").await?;
        let started = Instant::now();
        tell("startup_complete", Value::Null)?;
        let mut run = Run { sent: 0, acknowledged: 0, waiting: JoinSet::new() };
        let code = tokio::select! {
            sent = self.send(&producer, &mut run, started) => sent.map(|()| 0)?,
            stopped = asked_to_stop() => stopped?,
        };
        producer.flush().await.ok();
        while let Some(told) = run.waiting.join_next().await {
            run.acknowledged += u64::from(told.expect("it neither panics nor is cancelled")?);
        }
        tell("shutdown_complete", Value::Null)?;
        let seconds = started.elapsed().as_secs_f64();
        let fields = json!({
            "sent": run.sent,
            "acked": run.acknowledged,
            "target_throughput": self.throughput,
            "avg_throughput": run.acknowledged as f64 / seconds,
        });
        tell("tool_data", fields)?;
        if code == 0 { Ok(()) } else { Err(Stop::Quietly(code)) }
    }

    async fn send(&mut self, producer: &Producer, run: &mut Run, started: Instant) -> Outcome {
        let pace = Pace::new(started, f64::from(self.throughput));
        while run.sent < self.most {
            let event = Event {
                topic: self.topic.clone(),
                key: self
                    .keys
                    .map(|keys| (run.sent % u64::try_from(keys).unwrap_or(u64::MAX).max(1)).to_string()),
                value: match self.prefix {
                    Some(prefix) => format!("{prefix}.{}", run.sent),
                    None => run.sent.to_string(),
                },
            };
            let record = Record {
                topic: &self.topic,
                key: event.key.as_deref().map(str::as_bytes),
                value: Some(event.value.as_bytes()),
                timestamp: self.created_ms,
                ..Record::default()
            };
            let sent = producer.send(record).await;
            if let Some(ms) = &mut self.created_ms {
                *ms += i64::try_from(started.elapsed().as_millis()).unwrap_or(0);
            }
            run.sent += 1;
            run.waiting.spawn(async move {
                let outcome = match sent {
                    Ok(delivery) => delivery.wait().await,
                    Err(error) => Err(error),
                };
                event.tell(&outcome)?;
                Ok(outcome.is_ok())
            });
            while let Some(Ok(told)) = run.waiting.try_join_next() {
                run.acknowledged += u64::from(told?);
            }
            pace.keep(run.sent).await;
        }
        Ok(())
    }
}

struct Run {
    sent: u64,
    acknowledged: u64,
    /// Whether each was acknowledged, once that is told.
    waiting: JoinSet<std::io::Result<bool>>,
}

struct Event {
    topic: String,
    key: Option<String>,
    value: String,
}

impl Event {
    fn tell(&self, outcome: &Result<Delivered, Error>) -> std::io::Result<()> {
        let Self { topic, key, value } = self;
        match outcome {
            Ok(delivered) => tell(
                "producer_send_success",
                json!({
                    "key": key, "value": value, "topic": topic, "partition": delivered.partition,
                    "offset": delivered.offset.unwrap_or(-1),
                }),
            ),
            Err(error) => {
                let exception = format!("class org.apache.kafka.common.errors.{}", errors::class(error));
                let message = match error.code() {
                    Some(ErrorCode::INVALID_TOPIC_EXCEPTION) => format!("Invalid topics: [{topic}]"),
                    _ => errors::message(error),
                };
                eprintln!("WARN {topic}: {message}");
                tell(
                    "producer_send_error",
                    json!({
                        "key": key, "value": value, "topic": topic, "exception": exception, "message": message,
                    }),
                )
            }
        }
    }
}
