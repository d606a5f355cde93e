//! `kafka-e2e-latency`: sends records one by one, and how long each takes to come back.
//!
//! Kafka's tool commits offsets for a group that it makes up; this one reads partitions and leaves no group.
use super::{
    Outcome, Stop, client,
    options::{BOOTSTRAP_SERVER, Given, Options, maybe_value, value},
    render::java_double,
};
use ::client::{
    Admin, Consumer, Producer,
    admin::{CreateOptions, NewTopic},
    consumer::{self, End, OnOutOfRange, Start},
    producer::{self, Acks, Header, Record},
};
use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool measures end-to-end latency in Kafka by sending messages and timing their reception.",
    options: &[&[
        BOOTSTRAP_SERVER,
        value("topic", "String: topic-name", "The topic to use; it is made if it does not exist."),
        value("num-records", "Integer: count", "How many records to send."),
        value("producer-acks", "String: producer-acks", "The setting acks: 1 or all."),
        value("record-size", "Integer: bytes", "Bytes of each value."),
        maybe_value("record-key-size", "Integer: bytes", "Bytes of each key. (default: 0)"),
        maybe_value("record-header-key-size", "Integer: bytes", "Bytes of each header's key. (default: 0)"),
        maybe_value(
            "record-header-size",
            "Integer: bytes",
            "Bytes of each header's value; -1 for none. (default: 0)",
        ),
        maybe_value("num-headers", "Integer: count", "How many headers a record has. (default: 0)"),
        maybe_value("command-config", "String: config-file", "A file of settings of the clients."),
    ]],
};

const REQUIRED: &[&str] = &["bootstrap-server", "topic", "num-records", "producer-acks", "record-size"];

/// Longest wait for a record to come back.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, PartialEq, Eq)]
struct Plan {
    records: usize,
    value: usize,
    key: usize,
    headers: usize,
    header_key: usize,
    /// `None` for headers without a value.
    header_value: Option<usize>,
}

pub(super) fn run(words: &[String]) -> Outcome {
    let words = named(words)?;
    let given = OPTIONS.parse(&words).map_err(|stop| match stop {
        Stop::Failed(message) => OPTIONS.usage(message),
        other => other,
    })?;
    given.require_all(REQUIRED)?;
    let acks = match given.require("producer-acks")? {
        "1" => Acks::Leader,
        "all" => Acks::All,
        _ => {
            return Err(given.wrong(
                "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use \
                 '1' or 'all'.",
            ));
        }
    };
    let plan = Plan::of(&given)?;
    super::block_on(plan.carry_out(&given, acks))
}

/// Words by position, as they were before Kafka 4.2, become options.
fn named(words: &[String]) -> Result<Vec<String>, Stop> {
    let is_named = words.iter().any(|word| REQUIRED.iter().any(|name| word.strip_prefix("--") == Some(name)));
    if words.is_empty() || is_named {
        return Ok(words.to_vec());
    }
    if !(5..=6).contains(&words.len()) {
        return Err(Stop::Failed(format!(
            "Invalid number of arguments. Expected 5 or 6 positional arguments, but got {}. Usage: bootstrap-server \
             topic num-records producer-acks record-size [optional] command-config",
            words.len()
        )));
    }
    println!(
        "WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named \
         arguments instead: --bootstrap-server, --topic, --num-records, --producer-acks, --record-size, \
         --command-config"
    );
    let names = REQUIRED.iter().chain(&["command-config"]);
    Ok(names.zip(words).flat_map(|(name, word)| [format!("--{name}"), word.clone()]).collect())
}

impl Plan {
    fn of(given: &Given) -> Result<Self, Stop> {
        let number = |name: &str, least: i32, must: &str| {
            let found: i32 = given.number(name)?.unwrap_or(0);
            match found >= least {
                true => Ok(found),
                false => Err(given.wrong(format!("Value for --{name} must be a {must}."))),
            }
        };
        let natural = |name: &str| {
            number(name, 0, "non-negative integer").map(|found| usize::try_from(found).unwrap_or(0))
        };
        let records = usize::try_from(number("num-records", 1, "positive integer")?).unwrap_or(0);
        let value = natural("record-size")?;
        let key = natural("record-key-size")?;
        let header_key = natural("record-header-key-size")?;
        let header_value =
            number("record-header-size", -1, "non-negative integer or -1 for null header value")?;
        let headers = natural("num-headers")?;
        Ok(Self {
            records,
            value,
            key,
            headers,
            header_key,
            header_value: usize::try_from(header_value).ok(),
        })
    }

    async fn carry_out(&self, given: &Given, acks: Acks) -> Outcome {
        let topic = given.require("topic")?;
        let mut properties = client::read_properties(given.get("command-config")?)?;
        properties.insert("bootstrap.servers".to_owned(), given.require("bootstrap-server")?.to_owned());
        let (mut config, mut producer) = (client::patient("mainstem-tools"), producer::Config::default());
        let mut consumer = consumer::Config::default();
        client::apply(properties.clone(), |properties| {
            properties.apply_to_consumer(&mut config, &mut consumer)
        })?;
        client::apply(properties, |properties| properties.apply_to_producer(&mut config, &mut producer))?;
        (producer.linger, producer.acks) = (Duration::ZERO, acks);
        (consumer.max_wait, consumer.on_out_of_range) = (Duration::ZERO, OnOutOfRange::Latest);
        let cluster = client::connect(config).await?;
        let admin = Admin::new(&cluster);
        if !admin.list_topics().await?.iter().any(|known| &*known.name == topic) {
            create(&admin, topic).await?;
        }
        let mut consumer = Consumer::new(&cluster, consumer);
        consumer.assign_topic(topic, &[], Start::Latest, End::Never).await?;
        let latencies = self.measure(topic, &Producer::new(&cluster, producer), &mut consumer).await?;
        report(&mut io::stdout().lock(), latencies)
    }

    async fn measure(
        &self,
        topic: &str,
        producer: &Producer,
        consumer: &mut Consumer,
    ) -> Result<Vec<Duration>, Stop> {
        let mut latencies = Vec::new();
        let mut letters = Letters::default();
        for number in 0..self.records {
            let (key, value) = (letters.take(self.key), letters.take(self.value));
            let header =
                |_| (letters.take(self.header_key), self.header_value.map(|size| letters.take(size)));
            let headers: Vec<(Vec<u8>, Option<Vec<u8>>)> = (0..self.headers).map(header).collect();
            let headers: Vec<Header<'_>> =
                headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
            // As Kafka's tool: without bytes it is an empty key, not none.
            let record = Record {
                topic,
                key: Some(&key),
                value: Some(&value),
                headers: &headers,
                ..Record::default()
            };
            let begun = Instant::now();
            producer.send(record).await?.wait().await?;
            let batch = consumer.poll(PATIENCE).await?.ok_or_else(|| {
                Stop::Failed(format!(
                    "poll() timed out before finding a result (timeout:[{}ms])",
                    PATIENCE.as_millis()
                ))
            })?;
            let elapsed = begun.elapsed();
            let mut count = 0;
            for read in batch.records() {
                let read = read?;
                count += 1;
                if count == 1 {
                    let told: Vec<_> = read.headers.collect();
                    let same = read.value == record.value
                        && read.key == record.key
                        && told.len() == headers.len()
                        && told.iter().zip(&headers).all(|(a, b)| a.key == b.key && a.value == b.value);
                    if !same {
                        return Err(Stop::Failed(format!(
                            "record {number} did not come back as it was sent"
                        )));
                    }
                }
            }
            if count != 1 {
                return Err(Stop::Failed(format!(
                    "Only one result was expected during this test. We found [{count}]"
                )));
            }
            if number.is_multiple_of(1000) {
                writeln!(io::stdout(), "{number}\t{}", java_double(elapsed.as_secs_f64() * 1000.0))?;
            }
            latencies.push(elapsed);
        }
        Ok(latencies)
    }
}

/// The bytes that Kafka's tool sends: a letter again and again, drawn as `java.util.Random(0)` does.
struct Letters(u64);

impl Default for Letters {
    fn default() -> Self {
        Self(Self::MULTIPLIER)
    }
}

impl Letters {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;

    fn take(&mut self, length: usize) -> Vec<u8> {
        self.0 = (self.0.wrapping_mul(Self::MULTIPLIER) + 0xB) & ((1 << 48) - 1);
        // Of the top 31 bits. Java draws again where they are so large that letters would not be equally likely.
        let bits = self.0 >> 17;
        match bits < (1 << 31) / 26 * 26 {
            true => vec![b'A' + (bits % 26) as u8; length],
            false => self.take(length),
        }
    }
}

async fn create(admin: &Admin, topic: &str) -> Outcome {
    println!(
        "Topic \"{topic}\" does not exist. Will create topic with 1 partition(s) and replication factor = 1"
    );
    let wanted = NewTopic {
        name: topic.to_owned(),
        partitions: Some(1),
        replication_factor: Some(1),
        assignment: Vec::new(),
        configs: Vec::new(),
    };
    admin.create_topic(&wanted, CreateOptions::default()).await.map(drop).map_err(|error| {
        println!("Creation of topic {topic} failed");
        error.into()
    })
}

fn report(out: &mut impl Write, mut latencies: Vec<Duration>) -> Outcome {
    let total: Duration = latencies.iter().sum();
    writeln!(out, "Avg latency: {:.4} ms", total.as_secs_f64() * 1000.0 / latencies.len() as f64)?;
    latencies.sort_unstable();
    let at = |part: f64| latencies[(latencies.len() as f64 * part) as usize].as_millis();
    let (p50, p99, p999) = (at(0.5), at(0.99), at(0.999));
    Ok(writeln!(out, "Percentiles: 50th = {p50}, 99th = {p99}, 99.9th = {p999}")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn words_by_position_become_options() {
        for (line, expected) in [
            (
                "b t 5 1 9",
                Ok("--bootstrap-server b --topic t --num-records 5 --producer-acks 1 --record-size 9"),
            ),
            (
                "b t 5 1 9 f",
                Ok(
                    "--bootstrap-server b --topic t --num-records 5 --producer-acks 1 --record-size 9 --command-config f",
                ),
            ),
            ("--topic t", Ok("--topic t")),
            ("", Ok("")),
            ("b t", Err("Invalid number of arguments")),
        ] {
            match (named(&words(line)), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, words(expected), "{line}"),
                (Err(stop), Err(part)) => assert!(stop.message().starts_with(part), "{line}"),
                (found, _) => panic!("{line}: {found:?}"),
            }
        }
    }

    #[test]
    fn letters_are_javas() {
        let mut letters = Letters::default();
        let first: Vec<u8> = (0..3).flat_map(|_| letters.take(1)).collect();
        assert_eq!(first, b"SSX");
    }

    #[test]
    fn latencies_are_reported() {
        let mut out = Vec::new();
        report(&mut out, (1..=1000).map(Duration::from_millis).collect()).unwrap();
        let expected = "Avg latency: 500.5000 ms\nPercentiles: 50th = 501, 99th = 991, 99.9th = 1000\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
