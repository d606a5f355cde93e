//! `kafka-console-producer`: each line of standard input is a record.
//!
//! As with Kafka's tool, a record that cannot be delivered is told on standard error and the exit code stays 0, unless
//! `--sync` waits for each.
mod reader;

use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_SERVER, Given, Options, flag, maybe_value, value},
};
use crate::{
    commands::produce::lines::{Input, Step, ready, stdin_file},
    interrupt::Interrupt,
};
use ::client::{
    Producer,
    producer::{Delivery, Record},
};
use client::Pairs;
use reader::{LineReader, Parsed};
use std::{
    collections::VecDeque,
    io::{self, IsTerminal, Write},
    sync::Arc,
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to read data from standard input and publish it to Kafka.",
    options: &[&[
        value("topic", "String: topic", "The topic to send to."),
        BOOTSTRAP_SERVER,
        flag("sync", "Wait for each record before the next is sent."),
        maybe_value(
            "compression-codec",
            "String: compression-codec",
            "none, gzip (if none is named), snappy, lz4 or zstd.",
        ),
        value("batch-size", "Integer: size", "The setting batch.size. (default: 16384)"),
        value("message-send-max-retries", "Integer", "The setting retries. (default: 3)"),
        value("retry-backoff-ms", "Long", "The setting retry.backoff.ms. (default: 100)"),
        value("timeout", "Long: timeout_ms", "The setting linger.ms. (default: 1000)"),
        value("request-required-acks", "String: request required acks", "The setting acks. (default: -1)"),
        value(
            "request-timeout-ms",
            "Integer: request timeout ms",
            "The setting request.timeout.ms. (default: 1500)",
        ),
        value(
            "metadata-expiry-ms",
            "Long: metadata expiration interval",
            "The setting metadata.max.age.ms. (default: 300000)",
        ),
        value("max-block-ms", "Long: max block on send", "The setting max.block.ms. (default: 60000)"),
        value(
            "max-memory-bytes",
            "Long: total memory in bytes",
            "The setting buffer.memory. (default: 33554432)",
        ),
        value(
            "max-partition-memory-bytes",
            "Integer: memory in bytes per partition",
            "The old name of --batch-size.",
        ),
        value(
            "line-reader",
            "String: reader_class",
            "What reads the lines; only Kafka's own reader is there.",
        ),
        value("socket-buffer-size", "Integer: size", "The setting send.buffer.bytes. (default: 102400)"),
        value("property", "String: prop", "The old name of --reader-property."),
        value(
            "reader-property",
            "String: prop",
            "How lines are read, as KEY=VALUE: parse.key, key.separator, parse.headers, headers.delimiter, \
             headers.separator, headers.key.separator, null.marker, ignore.error; topic, in the place of --topic.",
        ),
        value("reader-config", "String: config file", "A file of such properties."),
        value("producer-property", "String: producer_prop", "The old name of --command-property."),
        value("command-property", "String: producer_prop", "A setting of the producer, as KEY=VALUE."),
        value("producer.config", "String: config file", "The old name of --command-config."),
        value("command-config", "String: config file", "A file of settings of the producer."),
    ]],
};

/// An option, the setting that it gives, and what that is where neither the option nor a property says.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("timeout", "linger.ms", "1000"),
    ("request-required-acks", "acks", "-1"),
    ("request-timeout-ms", "request.timeout.ms", "1500"),
    ("message-send-max-retries", "retries", "3"),
    ("retry-backoff-ms", "retry.backoff.ms", "100"),
    ("socket-buffer-size", "send.buffer.bytes", "102400"),
    ("max-memory-bytes", "buffer.memory", "33554432"),
    ("batch-size", "batch.size", "16384"),
    ("max-partition-memory-bytes", "batch.size", "16384"),
    ("metadata-expiry-ms", "metadata.max.age.ms", "300000"),
    ("max-block-ms", "max.block.ms", "60000"),
];

const READERS: &[&str] =
    &["org.apache.kafka.tools.LineMessageReader", "kafka.tools.ConsoleProducer$LineMessageReader"];

pub(super) fn run(words: &[String]) -> Outcome {
    let mut given = OPTIONS.parse(words).map_err(|stop| match stop {
        Stop::Failed(message) => OPTIONS.usage(message),
        other => other,
    })?;
    given.require_all(&["topic"])?;
    given.rename(&[
        ("producer-property", "command-property"),
        ("producer.config", "command-config"),
        ("property", "reader-property"),
    ])?;
    if given.has("max-partition-memory-bytes") {
        println!(
            "Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use \
             --batch-size instead."
        );
    }
    client::check_servers(&given)?;
    if let Some(other) = given.get("line-reader")?.filter(|class| !READERS.contains(class)) {
        return Err(Stop::Failed(format!(
            "java.lang.ClassNotFoundException: {other}: only {} is there",
            READERS[0]
        )));
    }
    let mut lines = reader_properties(&given)?;
    let reader = LineReader::new(&lines).map_err(Stop::Failed)?;
    let topic = lines.remove("topic").unwrap_or_default();
    let properties = producer_properties(&given)?;
    super::block_on(async {
        let producer = client::producer(properties, "console-producer").await?;
        let mut interrupt = Interrupt::listen().map_err(|failure| Stop::Failed(failure.line()))?;
        let mut sending =
            Sending { producer: &producer, topic: &topic, sync: given.has("sync"), waiting: VecDeque::new() };
        let sent = tokio::select! {
            biased;
            exit = interrupt.asked() => Err(Stop::Quietly(exit as u8)),
            sent = sending.all(reader) => sent,
        };
        // What was read before a mistake in the input, or a signal, is delivered.
        let _ = producer.flush().await;
        sending.tell_failures();
        sent
    })
}

fn reader_properties(given: &Given) -> Result<Pairs, Stop> {
    let mut properties = client::read_properties(given.get("reader-config")?)?;
    // A property may name another topic, as it is the reader that makes records.
    properties.insert("topic".to_owned(), given.require("topic")?.to_owned());
    properties.extend(client::key_values(given.all("reader-property")));
    Ok(properties)
}

fn producer_properties(given: &Given) -> Result<Pairs, Stop> {
    let mut properties = client::read_properties(given.get("command-config")?)?;
    properties.extend(client::key_values(given.all("command-property")));
    let mut set = |key: &str, value: &str| properties.insert(key.to_owned(), value.to_owned());
    set("bootstrap.servers", given.require("bootstrap-server")?);
    let codec = given.get("compression-codec")?.filter(|codec| !codec.is_empty());
    set("compression.type", codec.unwrap_or(if given.has("compression-codec") { "gzip" } else { "none" }));
    for (option, key, default) in SETTINGS {
        match given.get(option)? {
            Some(value) => {
                if *option != "request-required-acks" {
                    given.number::<i64>(option)?;
                }
                properties.insert((*key).to_owned(), value.to_owned());
            }
            None => {
                properties.entry((*key).to_owned()).or_insert_with(|| (*default).to_owned());
            }
        }
    }
    Ok(properties)
}

struct Sending<'a> {
    producer: &'a Producer,
    topic: &'a str,
    sync: bool,
    /// What is not known to be delivered: sizes of key and value, for the message if it is not.
    waiting: VecDeque<(Delivery, Option<usize>, Option<usize>)>,
}

impl Sending<'_> {
    async fn all(&mut self, mut reader: LineReader) -> Outcome {
        let prompts = io::stdin().is_terminal() && io::stdout().is_terminal();
        let prompt = || match prompts {
            true => write!(io::stdout(), ">").and_then(|()| io::stdout().flush()),
            false => Ok(()),
        };
        let broken = |error: io::Error| Stop::Failed(format!("cannot read standard input: {error}"));
        let (mut input, mut used) = (Input::new(Arc::new(stdin_file().map_err(broken)?)), 0);
        prompt()?;
        loop {
            ready(&input.source).await.map_err(broken)?;
            let chunk = match input.records(used, b"\n").map_err(broken)? {
                Step::Records(chunk) => chunk,
                Step::Unfinished => {
                    used = 0;
                    continue;
                }
                Step::End => return Ok(()),
            };
            used = chunk.len();
            for line in reader::lines(chunk) {
                let parsed = reader.parse(line).map_err(Stop::Failed)?;
                self.send(&parsed).await?;
                prompt()?;
            }
            self.tell_failures();
            // Time for a signal to be heard.
            tokio::task::yield_now().await;
        }
    }

    async fn send(&mut self, parsed: &Parsed<'_>) -> Outcome {
        let record = Record {
            topic: self.topic,
            key: parsed.key,
            value: parsed.value,
            headers: &parsed.headers,
            ..Record::default()
        };
        let (key, value) = (parsed.key.map(<[u8]>::len), parsed.value.map(<[u8]>::len));
        match self.producer.send(record).await {
            Ok(delivery) if self.sync => {
                delivery.wait().await.map_err(|error| Stop::Failed(errors::exception(&error)))?;
            }
            Ok(delivery) => self.waiting.push_back((delivery, key, value)),
            Err(error) if self.sync => return Err(Stop::Failed(errors::exception(&error))),
            Err(error) => tell(self.topic, key, value, &error),
        }
        Ok(())
    }

    fn tell_failures(&mut self) {
        while let Some(outcome) = self.waiting.front().and_then(|(delivery, _, _)| delivery.outcome()) {
            let (_, key, value) = self.waiting.pop_front().expect("it is in front");
            if let Err(error) = outcome {
                tell(self.topic, key, value, &error);
            }
        }
    }
}

fn tell(topic: &str, key: Option<usize>, value: Option<usize>, error: &::client::Error) {
    let size =
        |length: Option<usize>| length.map_or_else(|| "null".to_owned(), |length| format!("{length} bytes"));
    let (key, value) = (size(key), size(value));
    eprintln!(
        "ERROR Error when sending message to topic {topic} with key: {key}, value: {value} with error: {}",
        errors::exception(error)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(line: &str) -> Pairs {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        producer_properties(&OPTIONS.parse(&words).unwrap()).unwrap()
    }

    #[test]
    fn options_go_before_properties_and_these_before_defaults() {
        for (line, key, expected) in [
            ("", "linger.ms", "1000"),
            ("--command-property linger.ms=7", "linger.ms", "7"),
            ("--command-property linger.ms=7 --timeout 9", "linger.ms", "9"),
            ("--batch-size 5", "batch.size", "5"),
            ("--batch-size 5 --max-partition-memory-bytes 6", "batch.size", "6"),
            ("--command-property compression.type=lz4", "compression.type", "none"),
            ("--compression-codec", "compression.type", "gzip"),
            ("--compression-codec zstd", "compression.type", "zstd"),
        ] {
            let found = properties(format!("--topic t --bootstrap-server b:1 {line}").trim_end());
            assert_eq!(found.get(key).map(String::as_str), Some(expected), "{line}");
        }
    }
}
