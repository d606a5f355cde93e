//! `kafka-console-consumer`: records of topics to standard output.
//!
//! It is a member of a group, so that partitions and topics that come later are read too. Without `--group` that is one
//! with a name by chance, for which nothing is committed. Only `--partition` does without.
mod formatter;

use super::{
    Outcome, Stop, client,
    options::{BOOTSTRAP_SERVER, Given, Options, flag, value},
    verifiable::asked_to_stop,
};
use ::client::{
    Consumer, TopicPartition,
    consumer::{Config, End, FetchedBatch, Start},
};
use client::Pairs;
use formatter::Formatter;
use std::{
    collections::BTreeSet,
    io::{self, Write},
    time::{Duration, Instant},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to read data from Kafka topics and outputs it to standard output.",
    options: &[&[
        value("topic", "String: topic", "The topic to read."),
        value("include", "String: Java regex (String)", "A regular expression of topics to read."),
        value(
            "partition",
            "Integer: partition",
            "The partition to read, from its end unless --offset says otherwise.",
        ),
        value("offset", "String: consume offset", "An offset, earliest or latest. (default: latest)"),
        value("consumer-property", "String: consumer_prop", "The old name of --command-property."),
        value("command-property", "String: consumer_prop", "A setting of the consumer, as KEY=VALUE."),
        value("consumer.config", "String: config file", "The old name of --command-config."),
        value("command-config", "String: config file", "A file of settings of the consumer."),
        value(
            "formatter",
            "String: class",
            "The class by which records are shown, one of Kafka's formatters.",
        ),
        value("property", "String: prop", "The old name of --formatter-property."),
        value(
            "formatter-property",
            "String: prop",
            "What is shown, as KEY=VALUE: print.timestamp, print.key, print.offset, print.epoch, print.partition, \
             print.headers, print.value, key.separator, line.separator, headers.separator, null.literal, \
             key.deserializer, value.deserializer, headers.deserializer.",
        ),
        value("formatter-config", "String: config file", "A file of such properties."),
        flag("from-beginning", "Begin with the oldest record."),
        value("max-messages", "Integer: num_messages", "End after so many records."),
        value("timeout-ms", "Long: timeout_ms", "End when no record comes for so long."),
        flag("skip-message-on-error", "Pass over a record that cannot be shown."),
        BOOTSTRAP_SERVER,
        value("key-deserializer", "String: deserializer for keys", "How keys are read."),
        value("value-deserializer", "String: deserializer for values", "How values are read."),
        flag("enable-systest-events", "Say when the consumer has shut down."),
        value("isolation-level", "String", "read_uncommitted or read_committed. (default: read_uncommitted)"),
        value("group", "String: consumer group id", "The group to read as a member of."),
    ]],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let mut given = OPTIONS.parse(words).map_err(|stop| match stop {
        Stop::Failed(message) => OPTIONS.usage(message),
        other => other,
    })?;
    let plan = Plan::of(&mut given)?;
    super::block_on(async {
        let shown = plan.carry_out().await;
        if given.has("enable-systest-events") {
            println!("shutdown_complete");
        }
        shown
    })
}

/// Longest time that leaving a group may take.
const CLOSING: Duration = Duration::from_secs(30);

#[derive(Debug)]
struct Plan {
    topics: Topics,
    properties: Pairs,
    formatter: Formatter,
    most: Option<u64>,
    patience: Option<Duration>,
    skips_errors: bool,
}

#[derive(Debug)]
enum Topics {
    Partition(TopicPartition, Start),
    Topic(String),
    Matching(String),
}

impl Plan {
    fn of(given: &mut Given) -> Result<Self, Stop> {
        let partition: Option<i32> = given.number("partition")?;
        check(given)?;
        let mut properties = client::read_properties(given.get("command-config")?)?;
        let of_file = properties.get("group.id").cloned();
        properties.extend(client::key_values(given.all("command-property")));
        set_group(given, of_file.as_deref(), &mut properties)?;
        set_reset(given, &mut properties)?;
        if let Some(level) = given.get("isolation-level")? {
            properties.insert("isolation.level".to_owned(), level.to_owned());
        }
        properties.insert("bootstrap.servers".to_owned(), given.require("bootstrap-server")?.to_owned());
        properties.entry("client.id".to_owned()).or_insert_with(|| "console-consumer".to_owned());
        let topics = match (given.get("topic")?, partition) {
            (Some(topic), Some(partition)) => {
                Topics::Partition(TopicPartition::new(topic, partition), start_of(given)?)
            }
            (Some(topic), None) => Topics::Topic(topic.to_owned()),
            (None, _) => Topics::Matching(given.get("include")?.unwrap_or_default().to_owned()),
        };
        let timeout: Option<i64> = given.number("timeout-ms")?;
        let most: Option<i32> = given.number("max-messages")?;
        Ok(Self {
            topics,
            properties,
            formatter: formatter_of(given)?,
            most: most.filter(|most| *most != -1).map(|most| u64::try_from(most).unwrap_or_default()),
            patience: timeout.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis),
            skips_errors: given.has("skip-message-on-error"),
        })
    }

    async fn carry_out(mut self) -> Outcome {
        let mut count = 0;
        let end = match self.consumer().await {
            Ok(mut consumer) => {
                let end = tokio::select! {
                    end = self.read(&mut consumer, &mut count) => end,
                    code = asked_to_stop() => code.map_or_else(|error| Err(error.into()), |code| Err(Stop::Quietly(code))),
                };
                if let Err(error) = consumer.close(CLOSING).await {
                    eprintln!("WARN {}", super::errors::exception(&error));
                }
                end
            }
            Err(stop) => Err(stop),
        };
        eprintln!("Processed a total of {count} messages");
        end
    }

    /// Which knows what to read.
    async fn consumer(&mut self) -> Result<Consumer, Stop> {
        let (mut config, mut own) = (client::patient("mainstem-tools"), Config::default());
        let properties = std::mem::take(&mut self.properties);
        client::apply(properties, |properties| properties.apply_to_consumer(&mut config, &mut own))?;
        let cluster = client::connect(config).await?;
        let mut consumer = Consumer::new(&cluster, own);
        match &self.topics {
            Topics::Partition(at, start) => consumer.assign(&[(at.clone(), *start)], End::Never).await?,
            Topics::Topic(topic) => consumer.subscribe([topic.as_str()])?,
            Topics::Matching(pattern) => consumer.subscribe_pattern(pattern)?,
        }
        Ok(consumer)
    }

    async fn read(&self, consumer: &mut Consumer, count: &mut u64) -> Outcome {
        let mut heard = Instant::now();
        while self.most.is_none_or(|most| *count < most) {
            let wait = self.patience.map(|patience| patience.saturating_sub(heard.elapsed()));
            let polled = consumer.poll(wait.unwrap_or(Duration::from_secs(3600))).await;
            match polled {
                Ok(Some(batch)) => {
                    let (go_on, unread) = self.show(&batch, count)?;
                    if let Some(offset) = unread {
                        // What was not shown is not committed.
                        consumer.seek(&batch.at, offset)?;
                    }
                    if !go_on {
                        return Ok(());
                    }
                    heard = Instant::now();
                }
                Ok(None) if self.patience.is_none_or(|patience| heard.elapsed() < patience) => {}
                Ok(None) => {
                    eprintln!(
                        "ERROR Error processing message, terminating consumer process: \
                               org.apache.kafka.common.errors.TimeoutException"
                    );
                    return Ok(());
                }
                Err(error) => {
                    let error = super::errors::exception(&error);
                    eprintln!("ERROR Error processing message, terminating consumer process: {error}");
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether there is somebody left to show to, and the first offset that was not shown.
    fn show(&self, batch: &FetchedBatch, count: &mut u64) -> Result<(bool, Option<i64>), Stop> {
        let mut text = Vec::new();
        let mut unread = None;
        let mut failed = Ok(());
        for record in batch.records() {
            if self.most.is_some_and(|most| *count >= most) {
                unread = record.ok().map(|record| record.offset.0);
                break;
            }
            let shown = record.map_err(|error| super::errors::message(&error)).and_then(|record| {
                self.formatter.write(&mut text, batch.at.partition, batch.batch().timestamp_type(), &record)
            });
            *count += 1;
            match shown {
                Ok(()) => {}
                Err(reason) if self.skips_errors => {
                    eprintln!("ERROR Error processing message, skipping this message: {reason}");
                }
                Err(reason) => {
                    failed =
                        Err(Stop::Failed(format!("ERROR Unknown error when running consumer: {reason}")));
                    break;
                }
            }
        }
        let out = &mut io::stdout().lock();
        if out.write_all(&text).and_then(|()| out.flush()).is_err() {
            eprintln!("Unable to write to standard out, closing consumer.");
            return Ok((false, unread));
        }
        failed.map(|()| (true, unread))
    }
}

fn check(given: &mut Given) -> Outcome {
    if given.count(&["topic", "include"]) != 1 {
        return Err(given.wrong("Exactly one of the following arguments is required: [topic], [include]"));
    }
    match (given.has("partition"), given.has("offset")) {
        (true, _) if !given.has("topic") => {
            return Err(given.wrong("The topic is required when partition is specified."));
        }
        (true, true) if given.has("from-beginning") => {
            return Err(given.wrong("Options from-beginning and offset cannot be specified together."));
        }
        (false, true) => return Err(given.wrong("The partition is required when offset is specified.")),
        _ => {}
    }
    given.require_all(&["bootstrap-server"])?;
    rename(given, &[("consumer-property", "command-property"), ("consumer.config", "command-config")])
}

/// In the words of this tool.
fn rename(given: &mut Given, renamed: &[(&'static str, &'static str)]) -> Outcome {
    if let Some((old, new)) = renamed.iter().find(|(old, new)| given.has(old) && given.has(new)) {
        return Err(given.wrong(format!("Options --{old} and --{new} cannot be specified together.")));
    }
    for (old, new) in renamed {
        if given.renamed(old, new) {
            println!(
                "Option --{old} is deprecated and will be removed in a future version. Use --{new} instead."
            );
        }
    }
    Ok(())
}

fn set_group(given: &Given, of_file: Option<&str>, properties: &mut Pairs) -> Outcome {
    let named = [given.get("group")?, of_file, properties.get("group.id").map(String::as_str)];
    let groups: BTreeSet<&str> = named.into_iter().flatten().collect();
    if groups.len() > 1 {
        let list: Vec<String> = groups.iter().map(|group| format!("'{group}'")).collect();
        return Err(given.wrong(format!(
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via \
             '--consumer.config') do not match. Detected group ids: {}",
            list.join(", ")
        )));
    }
    let group = match (groups.first(), given.has("partition")) {
        (Some(_), true) => {
            return Err(given.wrong("Options group and partition cannot be specified together."));
        }
        (None, true) => return Ok(()),
        (Some(group), false) => (*group).to_owned(),
        (None, false) => {
            properties.entry("enable.auto.commit".to_owned()).or_insert_with(|| "false".to_owned());
            client::group_by_chance("console-consumer")
        }
    };
    properties.insert("group.id".to_owned(), group);
    Ok(())
}

fn set_reset(given: &Given, properties: &mut Pairs) -> Outcome {
    const KEY: &str = "auto.offset.reset";
    match properties.get(KEY) {
        Some(reset) if given.has("from-beginning") && reset != "earliest" => Err(Stop::Failed(format!(
            "Can't simultaneously specify --from-beginning and '{KEY}={reset}', please remove one option"
        ))),
        Some(_) => Ok(()),
        None => {
            let reset = if given.has("from-beginning") { "earliest" } else { "latest" };
            properties.insert(KEY.to_owned(), reset.to_owned());
            Ok(())
        }
    }
}

fn start_of(given: &Given) -> Result<Start, Stop> {
    let Some(text) = given.get("offset")? else {
        return Ok(if given.has("from-beginning") { Start::Earliest } else { Start::Latest });
    };
    match text.to_lowercase().as_str() {
        "earliest" => Ok(Start::Earliest),
        "latest" => Ok(Start::Latest),
        _ => match text.parse() {
            Ok(offset @ 0..) => Ok(Start::Offset(offset)),
            _ => Err(given.wrong(format!(
                "The provided offset value '{text}' is incorrect. Valid values are 'earliest', 'latest', or a \
                 non-negative long."
            ))),
        },
    }
}

fn formatter_of(given: &mut Given) -> Result<Formatter, Stop> {
    rename(given, &[("property", "formatter-property")])?;
    let mut properties = client::read_properties(given.get("formatter-config")?)?;
    for (option, key) in
        [("key-deserializer", "key.deserializer"), ("value-deserializer", "value.deserializer")]
    {
        if let Some(class) = given.get(option)?.filter(|class| !class.is_empty()) {
            properties.insert(key.to_owned(), class.to_owned());
        }
    }
    properties.extend(client::key_values(given.all("formatter-property")));
    Formatter::named(given.get("formatter")?, &properties).map_err(|unknown| given.wrong(unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(line: &str) -> Result<Plan, Stop> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Plan::of(&mut OPTIONS.parse(&words)?)
    }

    #[test]
    fn where_it_starts() {
        for (line, start) in [
            ("", Start::Latest),
            ("--offset earliest", Start::Earliest),
            ("--offset 7", Start::Offset(7)),
            ("--from-beginning", Start::Earliest),
        ] {
            let line = format!("--topic t --bootstrap-server b --partition 0 {line}");
            let Topics::Partition(_, found) = plan(line.trim_end()).unwrap().topics else { panic!("{line}") };
            assert_eq!(found, start, "{line}");
        }
    }

    #[test]
    fn when_it_ends() {
        for (count, most) in [("5", Some(5)), ("0", Some(0)), ("-1", None), ("-2", Some(0))] {
            let plan = plan(&format!("--topic t --bootstrap-server b --max-messages {count}")).unwrap();
            assert_eq!(plan.most, most, "{count}");
        }
    }

    #[test]
    fn it_is_a_member_of_a_group() {
        for (line, key, expected) in [
            ("", "group.id", Some("console-consumer-")),
            ("", "enable.auto.commit", Some("false")),
            ("--command-property enable.auto.commit=true", "enable.auto.commit", Some("true")),
            ("--group g", "group.id", Some("g")),
            ("--group g", "enable.auto.commit", None),
            ("--command-property group.id=g", "group.id", Some("g")),
            ("--partition 0", "group.id", None),
            ("", "auto.offset.reset", Some("latest")),
            ("--from-beginning", "auto.offset.reset", Some("earliest")),
            ("--command-property auto.offset.reset=earliest", "auto.offset.reset", Some("earliest")),
        ] {
            let plan = plan(format!("--topic t --bootstrap-server b {line}").trim_end()).unwrap();
            let found = plan.properties.get(key).map(|found| found.trim_end_matches(char::is_numeric));
            assert_eq!(found, expected, "{line}: {key}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for (line, part) in [
            ("--topic t --include u", "Exactly one of"),
            ("--include t --partition 0", "The topic is required"),
            ("--topic t --offset 5", "The partition is required"),
            ("--topic t --partition 0 --offset 5 --from-beginning", "cannot be specified together"),
            ("--topic t --partition 0 --offset -1", "The provided offset value '-1' is incorrect"),
            ("--topic t --group g --partition 0", "Options group and partition"),
            (
                "--topic t --group g --command-property group.id=h",
                "do not match. Detected group ids: 'g', 'h'",
            ),
            (
                "--topic t --from-beginning --command-property auto.offset.reset=latest",
                "Can't simultaneously",
            ),
            ("--topic t --formatter no.Such", "no.Such"),
        ] {
            let stop = plan(&format!("{line} --bootstrap-server b")).unwrap_err();
            assert!(stop.message().contains(part), "{line}: {}", stop.message());
        }
    }
}
