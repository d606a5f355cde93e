//! `kafka-consumer-perf-test`: how many records a second a member of a group reads.
mod dates;
mod stats;

use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, maybe_value, value},
};
use ::client::{
    Consumer, TopicPartition,
    consumer::{Config, Heard, RebalanceListener},
};
use client::Pairs;
use dates::Pattern;
use stats::{Joins, Stats};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool is used to verify the consumer performance.",
    options: &[&[
        BOOTSTRAP_SERVER,
        COMMAND_CONFIG,
        value("topic", "String: topic", "The topic to read."),
        value("include", "String: Java regex (String)", "A regular expression of topics to read."),
        value(
            "group",
            "String: gid",
            "The group to read as a member of. (default: perf-consumer- and a number)",
        ),
        value("fetch-size", "Integer: size", "Most bytes of one partition in an answer. (default: 1048576)"),
        value(
            "command-property",
            "String: prop1=val1",
            "A setting of the consumer, as KEY=VALUE; it counts before those of a file.",
        ),
        flag(
            "from-latest",
            "Where the group has no offset, begin at the end and not with the oldest record.",
        ),
        value("socket-buffer-size", "Integer: size", "The setting receive.buffer.bytes. (default: 2097152)"),
        value("consumer.config", "String: config file", "The old name of --command-config."),
        flag("print-metrics", "Print what the consumer counted, at the end."),
        flag("show-detailed-stats", "Tell in each reporting interval, and not at the end."),
        maybe_value(
            "timeout",
            "Long: milliseconds",
            "End when no record comes for so long. (default: 10000)",
        ),
        value("messages", "Long: count", "The old name of --num-records."),
        value("num-records", "Long: count", "How many records to read at least."),
        value("reporting-interval", "Long: interval_ms", "How often to tell. (default: 5000)"),
        value(
            "date-format",
            "String: date format",
            "How times are shown, in the letters of java.text.SimpleDateFormat. (default: yyyy-MM-dd HH:mm:ss:SSS)",
        ),
        flag("hide-header", "Leave the first line out."),
    ]],
};

/// Of one poll.
const POLL: Duration = Duration::from_millis(100);
const CLOSING: Duration = Duration::from_secs(30);

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words).map_err(|stop| match stop {
        Stop::Failed(message) => OPTIONS.usage(message),
        other => other,
    })?;
    check(&given)?;
    for (old, new) in [("messages", "num-records"), ("consumer.config", "command-config")] {
        if given.has(old) {
            println!("Warning: --{old} is deprecated. Use --{new} instead.");
        }
    }
    let is_detailed = given.has("show-detailed-stats");
    if !given.has("hide-header") {
        writeln!(io::stdout(), "{}", stats::header(is_detailed))?;
    }
    // Kafka's tool looks at values only when it has begun.
    let plan = Plan::of(&given)?;
    super::block_on(plan.carry_out())
}

fn check(given: &Given) -> Outcome {
    given.require_all(&["bootstrap-server"])?;
    for (first, second) in [("topic", "include"), ("messages", "num-records")] {
        if given.count(&[first, second]) != 1 {
            let message =
                format!("Exactly one of the following arguments is required: [{first}], [{second}]");
            return Err(given.wrong(message));
        }
    }
    given.forbid("consumer.config", &["command-config"])
}

#[derive(Debug)]
struct Plan {
    topics: Topics,
    records: i64,
    patience_ms: i64,
    interval_ms: i64,
    dates: Pattern,
    is_detailed: bool,
    print_metrics: bool,
    client_id: String,
    properties: Pairs,
}

#[derive(Debug, PartialEq, Eq)]
enum Topics {
    Topic(String),
    Matching(String),
}

impl Plan {
    fn of(given: &Given) -> Result<Self, Stop> {
        let properties = properties(given)?;
        let count = if given.has("messages") { "messages" } else { "num-records" };
        let interval: u64 = given.number("reporting-interval")?.unwrap_or(5000);
        let interval_ms = i64::try_from(interval).ok().filter(|ms| *ms > 0);
        let topics = match given.get("topic")? {
            Some(topic) => Topics::Topic(topic.to_owned()),
            None => Topics::Matching(given.require("include")?.to_owned()),
        };
        Ok(Self {
            topics,
            records: given.number(count)?.unwrap_or_default(),
            patience_ms: given.number("timeout")?.unwrap_or(10_000),
            interval_ms: interval_ms
                .ok_or_else(|| Stop::failed("Reporting interval must be greater than 0."))?,
            dates: Pattern::parse(given.get("date-format")?.unwrap_or("yyyy-MM-dd HH:mm:ss:SSS"))
                .map_err(Stop::Failed)?,
            is_detailed: given.has("show-detailed-stats"),
            print_metrics: given.has("print-metrics"),
            client_id: properties.get("client.id").cloned().unwrap_or_default(),
            properties,
        })
    }

    async fn carry_out(mut self) -> Outcome {
        let (mut config, mut own) = (client::patient("mainstem-tools"), Config::default());
        let properties = std::mem::take(&mut self.properties);
        client::apply(properties, |properties| properties.apply_to_consumer(&mut config, &mut own))?;
        let mut consumer = Consumer::new(&client::connect(config).await?, own);
        let read = self.read(&mut consumer).await;
        let closed = consumer.close(CLOSING).await;
        read?;
        closed.map_err(|error| Stop::Failed(errors::exception(&error)))
    }

    async fn read(&self, consumer: &mut Consumer) -> Outcome {
        let started = super::verifiable::now_ms();
        let listener = Listener(Arc::new(Mutex::new(Joins::new(started))));
        consumer.on_rebalance(listener.clone());
        match &self.topics {
            Topics::Topic(topic) => consumer.subscribe([topic.as_str()])?,
            Topics::Matching(pattern) => consumer.subscribe_pattern(pattern)?,
        }
        let mut stats = Stats::new(started, self.interval_ms);
        let (mut now, mut heard) = (started, started);
        while stats.records() < self.records && now - heard <= self.patience_ms {
            let batch = consumer.poll(POLL).await?;
            now = super::verifiable::now_ms();
            let Some(batch) = batch else { continue };
            heard = now;
            for record in batch.records() {
                let record = record?;
                let size = |part: Option<&[u8]>| part.map_or(0, |part| part.len() as u64);
                let report = stats.count(now, size(record.key) + size(record.value));
                if let Some(report) = report {
                    let joined = listener.joins(Joins::end_round);
                    if self.is_detailed {
                        writeln!(io::stdout(), "{}", report.line(&self.dates.show(now), joined))?;
                    }
                }
            }
        }
        let out = &mut io::stdout().lock();
        if stats.records() < self.records {
            writeln!(
                out,
                "WARNING: Exiting before consuming the expected number of records: timeout ({} ms) exceeded. You can \
                 use the --timeout option to increase the timeout.",
                self.patience_ms
            )?;
        }
        if !self.is_detailed {
            let ended = super::verifiable::now_ms();
            let times = [started, ended].map(|ms| self.dates.show(ms));
            writeln!(
                out,
                "{}",
                stats.total_line(&times, ended - started, listener.joins(|joins| joins.total()))
            )?;
        }
        if self.print_metrics {
            let name = format!(
                "consumer-fetch-manager-metrics:records-consumed-total:{{client-id={}}}",
                self.client_id
            );
            let width = name.len();
            writeln!(out, "\n{:width$}   Value", "Metric Name")?;
            writeln!(out, "{name} : {:.3}", stats.records() as f64)?;
        }
        Ok(())
    }
}

fn properties(given: &Given) -> Result<Pairs, Stop> {
    let file = if given.has("consumer.config") { "consumer.config" } else { "command-config" };
    let mut properties = client::read_properties(given.get(file)?)?;
    properties.extend(client::key_values(given.all("command-property")));
    let (fetch, buffer): (Option<i32>, Option<i32>) =
        (given.number("fetch-size")?, given.number("socket-buffer-size")?);
    let group = given.get("group")?.map(str::to_owned);
    properties.extend(
        [
            ("bootstrap.servers", given.require("bootstrap-server")?.to_owned()),
            ("group.id", group.unwrap_or_else(|| client::group_by_chance("perf-consumer"))),
            ("receive.buffer.bytes", buffer.unwrap_or(2 << 20).to_string()),
            ("max.partition.fetch.bytes", fetch.unwrap_or(1 << 20).to_string()),
            ("auto.offset.reset", if given.has("from-latest") { "latest" } else { "earliest" }.to_owned()),
            ("check.crcs", "false".to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    );
    properties.entry("client.id".to_owned()).or_insert_with(|| "perf-consumer-client".to_owned());
    Ok(properties)
}

/// Measures how long the group takes to give partitions out.
#[derive(Clone)]
struct Listener(Arc<Mutex<Joins>>);

impl Listener {
    fn joins<T>(&self, with: impl FnOnce(&mut Joins) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl RebalanceListener for Listener {
    fn assigned<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        self.joins(|joins| joins.assigned(super::verifiable::now_ms(), partitions));
        Box::pin(async {})
    }

    fn revoked<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        self.joins(|joins| joins.revoked(super::verifiable::now_ms(), partitions));
        Box::pin(async {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(line: &str) -> Result<Plan, Stop> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let given = OPTIONS.parse(&words)?;
        check(&given)?;
        Plan::of(&given)
    }

    #[test]
    fn options_become_settings() {
        for (line, key, expected) in [
            ("--group g", "group.id", "g"),
            ("--group g --command-property group.id=h", "group.id", "g"),
            ("", "client.id", "perf-consumer-client"),
            ("--command-property client.id=c", "client.id", "c"),
            ("", "auto.offset.reset", "earliest"),
            ("--from-latest", "auto.offset.reset", "latest"),
            ("", "max.partition.fetch.bytes", "1048576"),
            ("--fetch-size 10", "max.partition.fetch.bytes", "10"),
            ("", "receive.buffer.bytes", "2097152"),
            ("--socket-buffer-size 9", "receive.buffer.bytes", "9"),
            ("", "check.crcs", "false"),
        ] {
            let plan = plan(&format!("--bootstrap-server b:1 --topic t --messages 5 {line}")).unwrap();
            assert_eq!(plan.properties.get(key).map(String::as_str), Some(expected), "{line}: {key}");
        }
    }

    #[test]
    fn how_much_is_read() {
        for (line, topics, records, patience_ms, interval_ms) in [
            ("--topic t --num-records 5", Topics::Topic("t".to_owned()), 5, 10_000, 5000),
            ("--include t.* --messages 5", Topics::Matching("t.*".to_owned()), 5, 10_000, 5000),
            (
                "--topic t --num-records -1 --timeout -2 --reporting-interval 7",
                Topics::Topic("t".to_owned()),
                -1,
                -2,
                7,
            ),
            ("--topic t --num-records 5 --timeout", Topics::Topic("t".to_owned()), 5, 10_000, 5000),
        ] {
            let plan = plan(&format!("--bootstrap-server b:1 {line}")).unwrap();
            let found = (plan.topics, plan.records, plan.patience_ms, plan.interval_ms);
            assert_eq!(found, (topics, records, patience_ms, interval_ms), "{line}");
        }
    }

    #[test]
    fn mistakes() {
        for (line, part) in [
            ("--topic t --messages 5", "Missing required argument \"[bootstrap-server]\""),
            ("--bootstrap-server b:1 --messages 5", "required: [topic], [include]"),
            ("--bootstrap-server b:1 --topic t --include u --messages 5", "required: [topic], [include]"),
            ("--bootstrap-server b:1 --topic t", "required: [messages], [num-records]"),
            (
                "--bootstrap-server b:1 --topic t --messages 5 --num-records 5",
                "required: [messages], [num-records]",
            ),
            (
                "--bootstrap-server b:1 --topic t --messages 5 --consumer.config a --command-config b",
                "can't be used with option",
            ),
            (
                "--bootstrap-server b:1 --topic t --messages 5 --command-config /no/such",
                "cannot read /no/such",
            ),
            ("--bootstrap-server b:1 --topic t --messages many", "Cannot parse argument 'many'"),
            (
                "--bootstrap-server b:1 --topic t --messages 5 --reporting-interval 0",
                "must be greater than 0",
            ),
            (
                "--bootstrap-server b:1 --topic t --messages 5 --reporting-interval -5",
                "Cannot parse argument",
            ),
            ("--bootstrap-server b:1 --topic t --messages 5 --fetch-size big", "Cannot parse argument 'big'"),
            (
                "--bootstrap-server b:1 --topic t --messages 5 --date-format b",
                "Illegal pattern character 'b'",
            ),
        ] {
            let stop = plan(line).unwrap_err();
            assert!(stop.message().contains(part), "{line}: {}", stop.message());
        }
    }
}
