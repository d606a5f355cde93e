//! `kafka-producer-perf-test`: how many records a second go to a topic, and how long each takes.
mod payload;
mod stats;

use super::{
    Outcome, Stop, client, errors,
    options::{Given, Opt, flag, split, value, values},
    subcommands::{Program, Refusal},
    throughput::Pace,
};
use ::client::{
    Error, Producer,
    producer::{Delivery, Record, Transaction},
};
use client::Pairs;
use payload::{Keys, Payloads};
use stats::Stats;
use std::{
    io::{self, Write},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const CLIENT_ID: &str = "perf-producer-client";

const OPTIONS: &[Opt] = &[
    value("bootstrap-server", "BOOTSTRAP-SERVER", "The brokers to ask first: HOST:PORT, with commas."),
    value("topic", "TOPIC", "The topic to send to.").required(),
    value("num-records", "NUM-RECORDS", "How many records to send.").required(),
    value("record-size", "RECORD-SIZE", "Bytes of each record."),
    value("payload-file", "PAYLOAD-FILE", "A file of which a part, chosen by chance, is each record."),
    flag("payload-monotonic", "Each record is a number that grows."),
    value(
        "payload-delimiter",
        "PAYLOAD-DELIMITER",
        "What is between the parts of the file. (default: a newline)",
    ),
    value("throughput", "THROUGHPUT", "Records a second at most; -1 for as fast as they go.").required(),
    values("producer-props", "PROP-NAME=PROP-VALUE", "The old name of --command-property."),
    values("command-property", "PROP-NAME=PROP-VALUE", "Settings of the producer."),
    value("producer.config", "CONFIG-FILE", "The old name of --command-config."),
    value("command-config", "CONFIG-FILE", "A file of settings of the producer."),
    flag("print-metrics", "Print what the producer counted, at the end."),
    value("transactional-id", "TRANSACTIONAL-ID", "Send in transactions of this id."),
    value("transaction-duration-ms", "TRANSACTION-DURATION", "Commit after so long. (default: 3000)"),
    value("warmup-records", "WARMUP-RECORDS", "After so many, the rest is measured apart too. (default: 0)"),
    value("reporting-interval", "INTERVAL-MS", "How often to tell what goes on. (default: 5000)"),
    value("record-key-range", "KEY-RANGE", "How many keys there are."),
    value(
        "key-distribution",
        "KEY-DISTRIBUTION",
        "none, range (one after the other) or random. (default: none)",
    ),
    value("random-seed", "RANDOM-SEED", "What chance begins with. (default: 0)"),
];

pub(super) static PROGRAM: Program = Program {
    name: "kafka-producer-perf-test",
    help_code: 1,
    about: "This tool is used to verify the producer performance. It sends in transactions when an id for them is \
            given, as an option or as the setting transactional.id, or how long each takes.",
    options: &[OPTIONS],
    commands: &[],
    exclusive: &[(true, &["record-size", "payload-file", "payload-monotonic"])],
};

#[derive(Debug)]
struct Plan {
    topic: String,
    records: u64,
    warmup: u64,
    throughput: f64,
    interval_ms: u64,
    client_id: String,
    properties: Pairs,
    /// How long a transaction lasts, if there are any.
    transaction: Option<Duration>,
    payloads: Payloads,
    keys: Keys,
    print_metrics: bool,
}

pub(super) fn run(words: &[String]) -> Outcome {
    let (_, given) = PROGRAM.parse_or_help(words)?;
    let mut plan = Plan::of(given)?;
    super::block_on(async {
        let producer = client::producer(std::mem::take(&mut plan.properties), CLIENT_ID).await?;
        plan.carry_out(producer).await
    })
}

impl Plan {
    fn of(mut given: Given) -> Result<Self, Stop> {
        let wrong = |given: &Given, message: &str| Err(Refusal::mistake(given, message).stop(&PROGRAM));
        let records: i64 = given.number("num-records")?.unwrap_or_default();
        let warmup: i64 = given.number("warmup-records")?.unwrap_or(0).max(0);
        let size: Option<i32> = given.number("record-size")?;
        let throughput: f64 = given.number("throughput")?.unwrap_or(-1.0);
        let interval: i64 = given.number("reporting-interval")?.unwrap_or(5000);
        let duration: Option<i64> = given.number("transaction-duration-ms")?;
        if records <= 0 {
            return wrong(&given, "--num-records should be greater than zero.");
        }
        if warmup >= records {
            return wrong(
                &given,
                "The value for --warmup-records must be strictly fewer than the number of records in the test, \
                 --num-records.",
            );
        }
        if size.is_some_and(|size| size <= 0) {
            return wrong(&given, "--record-size should be greater than zero.");
        }
        let sources =
            ["bootstrap-server", "command-property", "producer-props", "producer.config", "command-config"];
        if given.count(&sources) == 0 {
            return wrong(
                &given,
                "At least one of --bootstrap-server, --command-property, --producer-props, --producer.config or \
                 --command-config must be specified.",
            );
        }
        for (new, old) in [("command-property", "producer-props"), ("command-config", "producer.config")] {
            if given.has(new) && given.has(old) {
                return wrong(&given, &format!("--{new} and --{old} cannot be specified together."));
            }
        }
        if duration.is_some_and(|ms| ms <= 0) {
            return wrong(&given, "--transaction-duration-ms should be greater than zero.");
        }
        if interval <= 0 {
            return wrong(&given, "--reporting-interval should be greater than zero.");
        }
        let seed: i64 = given.number("random-seed")?.unwrap_or(0);
        let keys = Keys::of(&given)?.map_err(|message| Refusal::mistake(&given, message).stop(&PROGRAM))?;
        let payloads = Payloads::of(&given, size, seed.cast_unsigned())?;
        for (old, new) in [("producer-props", "command-property"), ("producer.config", "command-config")] {
            if given.renamed(old, new) {
                println!(
                    "Option --{old} has been deprecated and will be removed in a future version. Use --{new} instead."
                );
            }
        }
        let mut properties = properties(&given)?;
        let transaction = transaction(&given, &mut properties, duration)?;
        Ok(Self {
            topic: given.require("topic")?.to_owned(),
            records: records.cast_unsigned(),
            warmup: warmup.cast_unsigned(),
            throughput,
            interval_ms: interval.cast_unsigned(),
            client_id: properties.get("client.id").map_or(CLIENT_ID, String::as_str).to_owned(),
            properties,
            transaction,
            payloads,
            keys,
            print_metrics: given.has("print-metrics"),
        })
    }

    async fn carry_out(mut self, producer: Producer) -> Outcome {
        let Some(duration) = self.transaction else {
            let mut run = Run::start(&self);
            run.send(&mut self, Door::Open(&producer), None).await?;
            producer.flush().await.ok();
            return run.finish(&self).await;
        };
        let mut producer = producer.init_transactions().await?;
        let mut run = Run::start(&self);
        while run.sent < self.records {
            let transaction = producer.begin().await?;
            run.send(&mut self, Door::Within(&transaction), Some(duration)).await?;
            transaction.commit().await?;
        }
        run.finish(&self).await
    }
}

fn properties(given: &Given) -> Result<Pairs, Stop> {
    let mut properties = client::read_properties(given.get("command-config")?)?;
    for text in given.all("command-property") {
        let [key, value] = split(text, '=')[..] else {
            return Err(Stop::Failed(format!("Invalid property: {text}")));
        };
        properties.insert(key.to_owned(), value.to_owned());
    }
    if let Some(server) = given.get("bootstrap-server")? {
        properties.insert("bootstrap.servers".to_owned(), server.to_owned());
    }
    Ok(properties)
}

/// The id of transactions goes into the properties; how long each of them lasts is the answer.
fn transaction(
    given: &Given,
    properties: &mut Pairs,
    duration_ms: Option<i64>,
) -> Result<Option<Duration>, Stop> {
    const KEY: &str = "transactional.id";
    const DEFAULT_MS: i64 = 3000;
    let id = given.get("transactional-id")?;
    if duration_ms.is_none() && id.is_none() && !properties.contains_key(KEY) {
        return Ok(None);
    }
    let id = id.map(str::to_owned).or_else(|| properties.get(KEY).cloned());
    let fresh = || format!("performance-producer-{}", base::TopicId(uuid::Uuid::new_v4()));
    properties.insert(KEY.to_owned(), id.unwrap_or_else(fresh));
    Ok(Some(Duration::from_millis(duration_ms.unwrap_or(DEFAULT_MS).cast_unsigned())))
}

/// How records go out.
enum Door<'a> {
    Open(&'a Producer),
    Within(&'a Transaction<'a>),
}

impl Door<'_> {
    async fn send(&self, record: Record<'_>) -> Result<Delivery, Error> {
        match self {
            Self::Open(producer) => producer.send(record).await,
            Self::Within(transaction) => transaction.send(record).await,
        }
    }
}

struct Acknowledged {
    number: u64,
    bytes: u64,
    sent_at: Instant,
    at: Instant,
    result: Result<(), Error>,
}

struct Run {
    started: Instant,
    pace: Pace,
    sent: u64,
    stats: Stats,
    steady: Option<Stats>,
    waiting: JoinSet<Acknowledged>,
    failed: u64,
}

impl Run {
    fn start(plan: &Plan) -> Self {
        if plan.warmup > 0 {
            println!(
                "Warmup first {} records. Steady state results will print after the complete test summary.",
                plan.warmup
            );
        }
        let started = Instant::now();
        Self {
            started,
            pace: Pace::new(started, plan.throughput),
            sent: 0,
            stats: Stats::new(0, plan.records, plan.interval_ms, false),
            steady: None,
            waiting: JoinSet::new(),
            failed: 0,
        }
    }

    /// Until all are sent, or so long.
    async fn send(&mut self, plan: &mut Plan, door: Door<'_>, at_most: Option<Duration>) -> Outcome {
        let begun = Instant::now();
        while self.sent < plan.records {
            let number = self.sent;
            let sent_at = Instant::now();
            if plan.warmup > 0 && number == plan.warmup {
                let rest = plan.records - plan.warmup;
                self.steady = Some(Stats::new(self.at(sent_at), rest, plan.interval_ms, true));
                self.stats.silence();
            }
            let (payload, key) = (plan.payloads.next(number), plan.keys.next(number));
            let bytes = payload.len() as u64;
            let record = Record {
                topic: &plan.topic,
                key: key.as_deref().map(str::as_bytes),
                value: Some(payload),
                ..Record::default()
            };
            let sent = door.send(record).await;
            self.sent += 1;
            self.waiting.spawn(async move {
                let result = match sent {
                    Ok(delivery) => delivery.wait().await.map(drop),
                    Err(error) => Err(error),
                };
                Acknowledged { number, bytes, sent_at, at: Instant::now(), result }
            });
            while let Some(Ok(done)) = self.waiting.try_join_next() {
                self.take(plan, done)?;
            }
            if at_most.is_some_and(|most| begun.elapsed() >= most) {
                break;
            }
            self.pace.keep(self.sent).await;
        }
        Ok(())
    }

    fn at(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.started).as_millis()).unwrap_or(u64::MAX)
    }

    fn take(&mut self, plan: &Plan, done: Acknowledged) -> Outcome {
        if let Err(error) = done.result {
            self.failed += 1;
            eprintln!("{}", errors::exception(&error));
            return Ok(());
        }
        let latency = u32::try_from((done.at - done.sent_at).as_millis()).unwrap_or(u32::MAX);
        let now = self.at(done.at);
        let mut told = self.stats.record(now, latency, done.bytes);
        if let Some(steady) = self.steady.as_mut().filter(|_| done.number >= plan.warmup) {
            told.extend(steady.record(now, latency, done.bytes));
        }
        for line in told {
            writeln!(io::stdout(), "{line}")?;
        }
        Ok(())
    }

    async fn finish(mut self, plan: &Plan) -> Outcome {
        while let Some(done) = self.waiting.join_next().await {
            self.take(plan, done.expect("it neither panics nor is cancelled"))?;
        }
        let now = self.at(Instant::now());
        let out = &mut io::stdout().lock();
        writeln!(out, "{}", self.stats.total_line(now))?;
        if let Some(steady) = &mut self.steady {
            writeln!(out, "{}", steady.total_line(now))?;
        }
        if plan.print_metrics {
            let id = &plan.client_id;
            let names = ["record-error-total", "record-send-total"]
                .map(|name| format!("producer-metrics:{name}:{{client-id={id}}}"));
            let width = names[0].len();
            writeln!(out, "\n{:width$}   Value", "Metric Name")?;
            for (name, count) in names.iter().zip([self.failed, self.sent]) {
                writeln!(out, "{name:width$} : {:.3}", count as f64)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(line: &str) -> Result<Plan, Stop> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let (_, given) = PROGRAM.parse(&words).map_err(|refusal| refusal.stop(&PROGRAM))?;
        Plan::of(given)
    }

    #[test]
    fn mistakes_are_found_before_anything_is_sent() {
        const GOOD: &str = "--topic t --throughput -1 --bootstrap-server b";
        for (line, mistake) in [
            ("--num-records 1 --record-size 1", None),
            ("--num-records 0 --record-size 1", Some("--num-records should be greater than zero.")),
            ("--num-records 1 --record-size 0", Some("--record-size should be greater than zero.")),
            ("--num-records 1", Some("is required")),
            ("--num-records 1 --record-size 1 --payload-monotonic", Some("not allowed with")),
            ("--num-records 1 --record-size 1 --warmup-records 1", Some("strictly fewer")),
            ("--num-records 1 --record-size 1 --command-property a", Some("Invalid property: a")),
            ("--num-records 1 --record-size 1 --command-property a=", Some("Invalid property: a=")),
            ("--num-records 1 --record-size 1 --command-property a=b c=d=", None),
            ("--num-records 1 --record-size 1 --command-property a --command-property a=b c=d", None),
            (
                "--num-records 1 --record-size 1 --key-distribution range",
                Some("--record-key-range is required"),
            ),
            ("--num-records 1 --record-size 1 --record-key-range 5", Some("must be 'range' or 'random'")),
        ] {
            let found = plan(&format!("{GOOD} {line}")).err().map(|stop| stop.message().to_owned());
            match mistake {
                None => assert_eq!(found, None, "{line}"),
                Some(part) => {
                    assert!(found.as_deref().is_some_and(|text| text.contains(part)), "{line}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn transactions_have_an_id_and_a_duration() {
        const GOOD: &str = "--topic t --throughput -1 --num-records 1 --record-size 1 --bootstrap-server b";
        for (line, id, ms) in [
            ("--transactional-id a", "a", 3000),
            ("--transactional-id a --command-property transactional.id=b", "a", 3000),
            ("--command-property transactional.id=b --transaction-duration-ms 7", "b", 7),
            ("--transaction-duration-ms 7", "performance-producer-", 7),
        ] {
            let plan = plan(&format!("{GOOD} {line}")).unwrap();
            assert!(plan.properties["transactional.id"].starts_with(id), "{line}");
            assert_eq!(plan.transaction, Some(Duration::from_millis(ms)), "{line}");
        }
        assert_eq!(plan(GOOD).unwrap().transaction, None);
    }
}
