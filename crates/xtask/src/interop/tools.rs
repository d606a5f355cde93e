//! Kafka's command lines through Kafka's own tools and through ours: the same output, the same exit code, the same
//! kind of message on standard error. The lines are in `interop/tools/`.

use super::{
    broker,
    process::{self, Outcome},
    provision::Tools,
    session::{SOON, Session, same},
};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

const FOLDER: &str = "interop/tools";

/// A tool and Kafka's class for it.
const CLASSES: &[(&str, &str)] = &[
    ("kafka-cluster", "org.apache.kafka.tools.ClusterTool"),
    ("kafka-configs", "kafka.admin.ConfigCommand"),
    ("kafka-consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
    ("kafka-delete-records", "org.apache.kafka.tools.DeleteRecordsCommand"),
    ("kafka-features", "org.apache.kafka.tools.FeatureCommand"),
    ("kafka-get-offsets", "org.apache.kafka.tools.GetOffsetShell"),
    ("kafka-groups", "org.apache.kafka.tools.GroupsCommand"),
    ("kafka-leader-election", "org.apache.kafka.tools.LeaderElectionCommand"),
    ("kafka-log-dirs", "org.apache.kafka.tools.LogDirsCommand"),
    ("kafka-metadata-quorum", "org.apache.kafka.tools.MetadataQuorumCommand"),
    ("kafka-topics", "org.apache.kafka.tools.TopicCommand"),
];

/// Names of equal length, so that columns are as wide.
const SIDES: [&str; 2] = ["java", "ours"];

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
    fs::create_dir_all(&data)?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(workspace::root().join(FOLDER))? {
        files.push(entry?.path());
    }
    files.sort();
    let (tools, only) = (session.tools, |text: &str| session.selected(text));
    // The lines of a file build on each other; the files do not.
    let queue = Mutex::new(files.into_iter());
    let next = || queue.lock().expect("nobody panics with it").next();
    let side = Side { tools, address: &broker.address, data: &data };
    let results: Vec<Result<Vec<Compared>>> = thread::scope(|scope| {
        let work = || {
            let mut all = Vec::new();
            while let Some(file) = next() {
                all.extend(side.compare_file(&file, &only)?);
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

struct Side<'a> {
    tools: &'a Tools,
    address: &'a str,
    data: &'a Path,
}

impl Side<'_> {
    fn compare_file(&self, file: &Path, selected: &dyn Fn(&str) -> bool) -> Result<Vec<Compared>> {
        let text = fs::read_to_string(file)?;
        let mut compared = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(file) = line.strip_prefix('>') {
                let (name, content) = file.split_once(' ').context("`>` wants a file and its content")?;
                fs::write(self.data.join(name), content)?;
            } else if let Some(command) = line.strip_prefix('!') {
                for name in SIDES {
                    // Where a name is not each side's own, the second finds it done.
                    let outcome = self.ours(command, name)?;
                    ensure!(outcome.status.success() || !command.contains("{x}"), "{outcome}");
                }
            } else if selected(line) {
                let started = Instant::now();
                let outcome = self.compare(line);
                compared.push(Compared { line: line.to_owned(), elapsed: started.elapsed(), outcome });
            }
        }
        Ok(compared)
    }

    fn compare(&self, line: &str) -> Result<()> {
        let (command, any_order) = match line.strip_prefix('~') {
            Some(command) => (command, true),
            None => (line, false),
        };
        let theirs = self.theirs(command, SIDES[0])?;
        let ours = self.ours(command, SIDES[1])?;
        let shown = |outcome: &Outcome, side: &str| {
            let mut lines: Vec<String> =
                outcome.stdout.lines().map(|line| neutral(line, side, self.address)).collect();
            if any_order {
                lines.sort();
            }
            lines.join("\n")
        };
        same("standard output", &shown(&ours, SIDES[1]), &shown(&theirs, SIDES[0]))?;
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

    fn words(&self, command: &str, side: &str) -> Vec<String> {
        let data = self.data.display().to_string();
        let fill =
            |word: &str| word.replace("{b}", self.address).replace("{x}", side).replace("{data}", &data);
        command.split(' ').map(fill).collect()
    }

    fn theirs(&self, command: &str, side: &str) -> Result<Outcome> {
        let words = self.words(command, side);
        let class = CLASSES.iter().find(|(tool, _)| *tool == words[0]);
        let (_, class) = class.with_context(|| format!("no class for `{}`", words[0]))?;
        let mut java = broker::java(&self.tools.kafka_libraries(), class);
        process::capture(java.args(&words[1..]), b"", SOON)
    }

    fn ours(&self, command: &str, side: &str) -> Result<Outcome> {
        process::capture(process::command(broker::binary()).args(self.words(command, side)), b"", SOON)
    }
}

/// Without what differs from side to side or from run to run: the side's names, and ids of topics and directories.
fn neutral(line: &str, side: &str, address: &str) -> String {
    let line = line.trim_end().replace(address, "BROKER").replace(side, "side");
    // The settings of a topic come in no order.
    let line = match line.split_once("Configs: ") {
        Some((before, configs)) => {
            let mut configs: Vec<&str> = configs.split(',').collect();
            configs.sort_unstable();
            format!("{before}Configs: {}", configs.join(","))
        }
        None => line,
    };
    let is_id = |word: &str| {
        word.len() == 22 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let words = line.split(' ').map(|word| {
        let parts = word.split('\t').map(|part| if is_id(part) { "ID" } else { part });
        parts.collect::<Vec<_>>().join("\t")
    });
    words.collect::<Vec<_>>().join(" ")
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
        ] {
            assert_eq!(neutral(line, "ours", "127.0.0.1:9"), expected);
        }
    }

    #[test]
    fn messages_are_of_three_kinds() {
        assert_eq!(kind(" \n"), Said::Nothing);
        assert_eq!(kind("WARN: no action"), Said::Warning);
        assert_eq!(kind("nope is not a recognized option"), Said::Error);
    }
}
