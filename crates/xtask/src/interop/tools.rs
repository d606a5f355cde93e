//! Kafka's command lines through Kafka's own tools and through ours: the same output, the same exit code, the same
//! kind of message on standard error. The lines are in `interop/tools/`, what their marks mean stands in [`Line`].

use super::{
    broker::{self, Broker, Kind},
    process::{self, Outcome},
    provision::{self, Tools},
    session::{SOON, Session, same},
};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use regex::{Regex, bytes};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

const FOLDER: &str = "interop/tools";

/// A tool and Kafka's class for it.
const CLASSES: &[(&str, &str)] = &[
    ("kafka-broker-api-versions", "org.apache.kafka.tools.BrokerApiVersionsCommand"),
    ("kafka-cluster", "org.apache.kafka.tools.ClusterTool"),
    ("kafka-configs", "kafka.admin.ConfigCommand"),
    ("kafka-console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer"),
    ("kafka-console-producer", "org.apache.kafka.tools.ConsoleProducer"),
    ("kafka-console-share-consumer", "org.apache.kafka.tools.consumer.ConsoleShareConsumer"),
    ("kafka-consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
    ("kafka-consumer-perf-test", "org.apache.kafka.tools.ConsumerPerformance"),
    ("kafka-delete-records", "org.apache.kafka.tools.DeleteRecordsCommand"),
    ("kafka-dump-log", "org.apache.kafka.tools.DumpLogSegments"),
    ("kafka-e2e-latency", "org.apache.kafka.tools.EndToEndLatency"),
    ("kafka-features", "org.apache.kafka.tools.FeatureCommand"),
    ("kafka-get-offsets", "org.apache.kafka.tools.GetOffsetShell"),
    ("kafka-groups", "org.apache.kafka.tools.GroupsCommand"),
    ("kafka-leader-election", "org.apache.kafka.tools.LeaderElectionCommand"),
    ("kafka-log-dirs", "org.apache.kafka.tools.LogDirsCommand"),
    ("kafka-metadata-quorum", "org.apache.kafka.tools.MetadataQuorumCommand"),
    ("kafka-producer-perf-test", "org.apache.kafka.tools.ProducerPerformance"),
    ("kafka-share-groups", "org.apache.kafka.tools.consumer.group.ShareGroupCommand"),
    ("kafka-storage", "kafka.tools.StorageTool"),
    ("kafka-topics", "org.apache.kafka.tools.TopicCommand"),
    ("kafka-transactions", "org.apache.kafka.tools.TransactionsCommand"),
    ("kafka-verifiable-consumer", "org.apache.kafka.tools.VerifiableConsumer"),
    ("kafka-verifiable-producer", "org.apache.kafka.tools.VerifiableProducer"),
];

/// What lines begin with that are no command to compare:
/// - `#`: a comment.
/// - `@kafka WHY`: all lines of the file run against Kafka's broker, `@set KEY=VALUE` is one of its settings.
/// - `@alone WHY`: all lines of the file run against a broker that no other file uses.
/// - `>NAME CONTENT`: a file, with `\n`, `\r` and `\xHH` for what a line cannot have.
/// - `!COMMAND`: ours, to prepare what follows; `!=COMMAND`: Kafka's, as we have none.
/// - `*TEXT COMMAND`: ours, again until it prints the text.
const NO_COMMAND: [char; 5] = ['#', '@', '>', '!', '*'];

/// Names of equal length, so that columns are as wide, and of which no tool prints one by itself.
const SIDES: [&str; 2] = ["jvms", "ours"];

/// How messages on standard error are compared.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Warning,
    Error,
}

pub(super) fn run(session: &mut Session<'_>) -> Result<()> {
    let broker = session.broker(&[])?;
    let data = session.folder("files");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    fs::create_dir_all(&data)?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(workspace::root().join(FOLDER))? {
        files.push(entry?.path());
    }
    files.sort();
    let (tools, only) = (session.tools, |text: &str| session.selected(text));
    let classes = shared_classes(tools, &broker.address)?;
    let logging = session.folder("tools-log4j2.yaml");
    fs::write(&logging, LOGGING)?;
    // The lines of a file build on each other; the files do not.
    let queue = Mutex::new(files.into_iter());
    let next = || queue.lock().expect("nobody panics with it").next();
    let side = Side {
        tools,
        address: broker.address.clone(),
        controller: broker.controller()?,
        logs: broker.data(),
        data: &data,
        classes: &classes,
        logging: &logging,
    };
    let start = |mark: &str, settings: &[(&str, &str)]| match mark {
        KAFKA => session.broker_of(Kind::Kafka, "instead", settings),
        _ => session.broker_beside("alone", settings),
    };
    let results: Vec<Result<Vec<Compared>>> = thread::scope(|scope| {
        let work = || {
            let mut all = Vec::new();
            while let Some(file) = next() {
                all.extend(side.compare_file(&file, &only, &start)?);
            }
            Ok(all)
        };
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("nobody panics")).collect()
    });
    for compared in results {
        for Compared { line, elapsed, outcome } in compared? {
            match outcome {
                Ok(()) => session.pass(&line, elapsed),
                Err(error) => session.fail(&line, &error),
            }
        }
    }
    Ok(())
}

struct Compared {
    line: String,
    elapsed: Duration,
    outcome: Result<()>,
}

#[derive(Clone)]
struct Side<'a> {
    tools: &'a Tools,
    address: String,
    controller: String,
    /// The folder of the broker's logs.
    logs: PathBuf,
    data: &'a Path,
    /// What a Java tool may take its classes from.
    classes: &'a Path,
    logging: &'a Path,
}

/// As Kafka's distribution has it for tools: what is less than a warning is not shown.
const LOGGING: &str = "\
Configuration:
  Appenders:
    Console:
      name: errors
      target: SYSTEM_ERR
      PatternLayout: { pattern: \"[%d] %p %m (%c)%n\" }
  Loggers:
    Root: { level: WARN, AppenderRef: [ { ref: errors } ] }
";

/// Most of a Java tool's time goes into loading classes; so they are kept, as one tool with a connection loaded them.
fn shared_classes(tools: &Tools, address: &str) -> Result<PathBuf> {
    let folder = tools.kafka_home().join("classes");
    let file = folder.join("tools.jsa");
    // Java itself refuses what is not of its own version and of the same libraries.
    provision::piece(&folder, "kafka-topics", || {
        let mut java = process::command("java");
        java.arg(format!("-XX:ArchiveClassesAtExit={}", file.display()));
        java.args(broker::java_arguments(&tools.kafka_libraries()))
            .arg("org.apache.kafka.tools.TopicCommand");
        java.args(["--describe", "--bootstrap-server", address]);
        process::capture(&mut java, b"", SOON)?.ok()?;
        Ok(())
    })?;
    Ok(file)
}

const KAFKA: &str = "@kafka ";
const ALONE: &str = "@alone ";

/// Starts the broker that a mark asks for, with settings.
type Start<'a> = dyn Fn(&str, &[(&str, &str)]) -> Result<Broker> + 'a;

/// A command line and how its outputs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line<'a> {
    command: &'a str,
    /// What it reads from standard input: a file of the folder.
    input: Option<&'a str>,
    /// `~`: its lines come in any order.
    any_order: bool,
    /// `%`: numbers are measurements, and as good as any other.
    any_number: bool,
    /// `?`: a text for people, of which only that there is one counts.
    any_text: bool,
    /// `=`: Kafka's tool on both sides, to see what the lines before have done.
    only_theirs: bool,
    /// `+`: ours is of a newer Kafka than the tool it is compared with, and may have lines more, and names where
    /// that had numbers.
    newer: bool,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Self {
        let command = line.trim_start_matches(['~', '%', '?', '=', '+']);
        let marks = &line[..line.len() - command.len()];
        let (command, input) = match command.split_once(" < ") {
            Some((command, file)) => (command, Some(file)),
            None => (command, None),
        };
        let [any_order, any_number, any_text, only_theirs, newer] =
            ['~', '%', '?', '=', '+'].map(|mark| marks.contains(mark));
        Self { command, input, any_order, any_number, any_text, only_theirs, newer }
    }

    /// What of an output is compared.
    fn shown(&self, outcome: &Outcome, side: &str, address: &str) -> String {
        if self.any_text {
            return if outcome.stdout.trim().is_empty() { String::new() } else { "some text".to_owned() };
        }
        let neutral = |line: &str| {
            let line = neutral(line, side, address);
            if self.any_number { without_numbers(&line) } else { line }
        };
        let mut lines: Vec<String> = outcome.stdout.lines().map(neutral).collect();
        if self.any_order {
            lines.sort();
        }
        lines.join("\n")
    }
}

impl Side<'_> {
    fn compare_file(
        &self,
        file: &Path,
        selected: &dyn Fn(&str) -> bool,
        start: &Start<'_>,
    ) -> Result<Vec<Compared>> {
        let text = fs::read_to_string(file)?;
        let marked =
            |mark: &'static str| Some((mark, text.lines().find_map(|line| line.strip_prefix(mark))?));
        if let Some((mark, reason)) = marked(KAFKA).or_else(|| marked(ALONE)) {
            if !text.lines().any(|line| !line.starts_with(NO_COMMAND) && selected(line)) {
                return Ok(Vec::new());
            }
            println!("    {} has a broker to itself: {reason}", file.display());
            let settings: Vec<String> = text
                .lines()
                .filter_map(|line| Some(self.filled(line.strip_prefix("@set ")?, SIDES[0])))
                .collect();
            let settings: Vec<(&str, &str)> =
                settings.iter().filter_map(|setting| setting.split_once('=')).collect();
            let broker = start(mark, &settings)?;
            let side = Self {
                address: broker.address.clone(),
                controller: broker.controller()?,
                logs: broker.data(),
                ..self.clone()
            };
            return side.compare_lines(&text, selected);
        }
        self.compare_lines(&text, selected)
    }

    fn compare_lines(&self, text: &str, selected: &dyn Fn(&str) -> bool) -> Result<Vec<Compared>> {
        let mut compared = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '@'])) {
            if let Some(file) = line.strip_prefix('>') {
                let (name, content) = file.split_once(' ').context("`>` wants a file and its content")?;
                for side in SIDES {
                    let content = unescaped(&self.filled(content, side));
                    fs::write(self.data.join(self.filled(name, side)), content)?;
                }
            } else if let Some(command) = line.strip_prefix('!') {
                for name in SIDES {
                    // Where a name is not each side's own, the second finds it done.
                    let command = Line::parse(command);
                    let outcome = match command.only_theirs {
                        true => self.theirs(&command, name)?,
                        false => self.ours(&command, name)?,
                    };
                    let command = command.command;
                    ensure!(outcome.status.success() || !command.contains("{x}"), "{outcome}");
                }
            } else if let Some(awaited) = line.strip_prefix('*') {
                let (text, command) = awaited.split_once(' ').context("`*` wants a text and a command")?;
                self.wait(text, &Line::parse(command))?;
            } else if selected(line) {
                let started = Instant::now();
                let outcome = self.compare(line);
                compared.push(Compared { line: line.to_owned(), elapsed: started.elapsed(), outcome });
            }
        }
        Ok(compared)
    }

    fn wait(&self, text: &str, command: &Line<'_>) -> Result<()> {
        let until = Instant::now() + SOON;
        loop {
            let outcome = self.ours(command, SIDES[1])?;
            if outcome.stdout.contains(text) {
                return Ok(());
            }
            ensure!(Instant::now() < until, "no `{text}` within {SOON:?}: {outcome}");
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn compare(&self, line: &str) -> Result<()> {
        let line = Line::parse(line);
        let theirs = self.theirs(&line, SIDES[0])?;
        let ours = match line.only_theirs {
            true => self.theirs(&line, SIDES[1])?,
            false => self.ours(&line, SIDES[1])?,
        };
        let shown = |outcome: &Outcome, side: &str| line.shown(outcome, side, &self.address);
        let (mut found, expected) = (shown(&ours, SIDES[1]), shown(&theirs, SIDES[0]));
        if line.newer {
            found = without_more(&without_names(&found), &expected);
        }
        same("standard output", &found, &expected)?;
        let codes = (ours.status.code(), theirs.status.code());
        ensure!(codes.0 == codes.1, "exit code {:?}, should be {:?}", codes.0, codes.1);
        let said = (kind(&ours.stderr), kind(&theirs.stderr));
        ensure!(
            said.0 == said.1,
            "standard error is {:?}, should be {:?}:\n{}\n{}",
            said.0,
            said.1,
            ours.stderr,
            theirs.stderr
        );
        Ok(())
    }

    fn filled(&self, text: &str, side: &str) -> String {
        let data = self.data.display().to_string();
        let text = text.replace("{b}", &self.address).replace("{x}", side).replace("{data}", &data);
        let text = text.replace("{tiered}", &self.tools.tiered_storage().display().to_string());
        text.replace("{logs}", &self.logs.display().to_string()).replace("{c}", &self.controller)
    }

    fn words(&self, command: &str, side: &str) -> Vec<String> {
        // A space that belongs to a word.
        command.split(' ').map(|word| self.filled(word, side).replace("{s}", " ")).collect()
    }

    fn run(&self, command: &mut Command, line: &Line<'_>) -> Result<Outcome> {
        let input = line.input.map(|file| fs::read(self.data.join(file)).with_context(|| file.to_owned()));
        process::capture(command, &input.transpose()?.unwrap_or_default(), SOON)
    }

    fn theirs(&self, line: &Line<'_>, side: &str) -> Result<Outcome> {
        let words = self.words(line.command, side);
        let class = CLASSES.iter().find(|(tool, _)| *tool == words[0]);
        let (_, class) = class.with_context(|| format!("no class for `{}`", words[0]))?;
        let mut java = process::command("java");
        java.arg(format!("-XX:SharedArchiveFile={}", self.classes.display()));
        java.args(broker::java_arguments(&self.tools.kafka_libraries()));
        java.arg(format!("-Dlog4j2.configurationFile={}", self.logging.display()))
            .arg(class)
            .args(&words[1..]);
        self.run(&mut java, line)
    }

    fn ours(&self, line: &Line<'_>, side: &str) -> Result<Outcome> {
        self.run(process::command(broker::binary()).args(self.words(line.command, side)), line)
    }
}

/// The content of a file with what a line cannot have.
fn unescaped(text: &str) -> Vec<u8> {
    let escape = bytes::Regex::new(r"\\(n|r|x[0-9a-f]{2})").expect("the expression is fixed");
    let byte = |found: &bytes::Captures<'_>| match &found[1] {
        b"n" => vec![b'\n'],
        b"r" => vec![b'\r'],
        hex => {
            let digits = str::from_utf8(&hex[1..]).expect("the expression has digits");
            vec![u8::from_str_radix(digits, 16).expect("the expression has digits")]
        }
    };
    escape.replace_all(text.as_bytes(), byte).into_owned()
}

/// Without what differs from side to side or from run to run: the side's names, and ids of topics and directories.
fn neutral(line: &str, side: &str, address: &str) -> String {
    let line = line.trim_end().replace(address, "BROKER").replace(side, "side");
    // The fields of JSON come in no order.
    let line = match serde_json::from_str::<Value>(&line) {
        Ok(Value::Object(fields)) => sorted(Value::Object(fields)).to_string(),
        _ => line,
    };
    // The settings of a topic come in no order.
    let line = match line.split_once("Configs: ") {
        Some((before, configs)) => {
            let mut configs: Vec<&str> = configs.split(',').collect();
            configs.sort_unstable();
            format!("{before}Configs: {}", configs.join(","))
        }
        None => line,
    };
    let id = Regex::new(r"(^|[\s=])[A-Za-z0-9_-]{22}($|[\s,])").expect("the expression is fixed");
    id.replace_all(&line, "${1}ID$2").into_owned()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> =
                fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// With the states of transactions as before Kafka 4.4, which gives them names.
fn without_names(text: &str) -> String {
    const STATES: [&str; 8] = [
        "Empty",
        "Ongoing",
        "PrepareCommit",
        "PrepareAbort",
        "CompleteCommit",
        "CompleteAbort",
        "Dead",
        "PrepareEpochFence",
    ];
    let field = |state: &str| format!("\"transactionStatus\":{state},");
    STATES.iter().zip(0..).fold(text.to_owned(), |text, (name, number)| {
        text.replace(&field(&format!("\"{name}\"")), &field(&number.to_string()))
    })
}

/// What of the first the second has too, in its words: only the comma after the last line may differ.
fn without_more(found: &str, expected: &str) -> String {
    let bare = |line: &str| line.trim_end_matches(',').to_owned();
    let mut expected = expected.lines().peekable();
    let mut kept = Vec::new();
    for line in found.lines() {
        if let Some(same) = expected.next_if(|other| bare(other) == bare(line)) {
            kept.push(same);
        }
    }
    kept.join("\n")
}

/// `N` for each run of digits with its fraction and exponent, and for what a rate is when no time has passed.
fn without_numbers(line: &str) -> String {
    let number = Regex::new(r"-?(\d+(\.\d+)?(E-?\d+)?|\b(Infinity|NaN)\b)").expect("the expression is fixed");
    number.replace_all(line, "N").into_owned()
}

fn kind(stderr: &str) -> Said {
    let text = stderr.trim();
    let is_warning = |line: &str| ["WARN", "Warning", "deprecated"].iter().any(|word| line.contains(word));
    match text.lines().find(|line| !line.is_empty()) {
        None => Said::Nothing,
        Some(first) if is_warning(first) && !text.contains("Exception") => Said::Warning,
        Some(_) => Said::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_differ_is_neutral() {
        for (line, expected) in [
            ("Created topic ours-one.", "Created topic side-one."),
            (
                "Topic: ours\tTopicId: 4L6g3nShT-eMCtK--X86sw\tConfigs: b=1,a=2",
                "Topic: side\tTopicId: ID\tConfigs: a=2,b=1",
            ),
            ("at 127.0.0.1:9 ", "at BROKER"),
            ("{id=4L6g3nShT-eMCtK--X86sw, n=1}", "{id=ID, n=1}"),
            (r#"{"b":1,"a":{"d":2,"c":3}}"#, r#"{"a":{"c":3,"d":2},"b":1}"#),
        ] {
            assert_eq!(neutral(line, "ours", "127.0.0.1:9"), expected);
        }
    }

    #[test]
    fn marks_say_how_outputs_are_compared() {
        let plain = Line::parse("a b");
        assert_eq!(
            (plain.command, plain.input, plain.any_order, plain.any_number),
            ("a b", None, false, false)
        );
        for (line, expected) in [
            ("~%a b < in.txt", Line { any_order: true, any_number: true, input: Some("in.txt"), ..plain }),
            ("?a b", Line { any_text: true, ..plain }),
            ("=a b", Line { only_theirs: true, ..plain }),
        ] {
            assert_eq!(Line::parse(line), expected);
        }
        assert_eq!(without_more("a,\nb,\nc,\nd", "a,\nc"), "a,\nc");
        assert_eq!(without_more("a,\nb", "a,\nc"), "a,");
        assert_eq!(
            without_names(r#"{"transactionStatus":"Ongoing","a":"Dead"}"#),
            r#"{"transactionStatus":1,"a":"Dead"}"#
        );
        assert_eq!(without_numbers("5 sent, 0.25 ms, -1, 1.2E-4, v2, Infinity"), "N sent, N ms, N, N, vN, N");
    }

    #[test]
    fn files_may_have_what_lines_cannot() {
        for (text, expected) in [
            ("a\\nb\\r", &b"a\nb\r"[..]),
            ("\\x01\\x7fz", b"\x01\x7fz"),
            ("\\xff\\x80 \\q \\", b"\xff\x80 \\q \\"),
        ] {
            assert_eq!(unescaped(text), expected);
        }
    }

    #[test]
    fn messages_are_of_three_kinds() {
        assert_eq!(kind(" \n"), Said::Nothing);
        assert_eq!(kind("WARN: no action"), Said::Warning);
        assert_eq!(kind("nope is not a recognized option"), Said::Error);
    }
}
