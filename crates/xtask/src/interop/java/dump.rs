//! `kafka-dump-log` on the folder that the broker under test wrote.

use super::super::{
    broker,
    kcat::Kcat,
    process,
    session::{SOON, Session, contains, same},
};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder, and how to look into it.
struct Dump {
    data: PathBuf,
    libraries: PathBuf,
}

pub(in crate::interop) fn run(session: &mut Session<'_>) -> Result<()> {
    let mut broker = session.broker(&[])?;
    let kcat = Kcat { address: &broker.address };
    let lines = lines();
    let written = write(session, kcat, &lines);
    session.check("writes topics of several shapes, and a group", || written);
    let data = broker.data();
    session.check("stops cleanly", || broker.stop());
    let dump = Dump { data, libraries: session.tools.kafka_libraries() };
    session.check("reads every record of a log of several segments", || dump.records("rolled-0", &lines));
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        session.check(&format!("reads a log of {codec} batches"), || {
            dump.records(&format!("{codec}-0"), &lines)
        });
    }
    session.check("reads headers, keys and nulls", || dump.headers());
    session.check("finds the offset index in order", || dump.indexes("index"));
    session.check("finds the time index in order", || dump.indexes("timeindex"));
    session.check("reads the producer snapshots", || dump.snapshots());
    session.check("reads __consumer_offsets", || dump.offsets());
    session.check("reads the metadata log", || dump.metadata());
    Ok(())
}

/// Enough for three segments of the smallest size that a topic may have.
fn lines() -> String {
    (0..40_000)
        .map(|number| format!("record {number} of a log that is long enough to have been cut twice\n"))
        .collect()
}

fn write(session: &Session<'_>, kcat: Kcat<'_>, lines: &str) -> Result<()> {
    let arguments =
        ["--bootstrap-server", kcat.address, "--create", "--topic", "rolled", "--partitions", "1"];
    let small = ["--config", "segment.bytes=1048576"];
    session.run_java("org.apache.kafka.tools.TopicCommand", &[&arguments[..], &small].concat(), "")?.ok()?;
    // An idempotent producer leaves something to find in the producer snapshots.
    let small = ["-X", "enable.idempotence=true", "-X", "batch.size=65536"];
    kcat.produce(&[&["-t", "rolled", "-p", "0"][..], &small].concat(), lines)?;
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        kcat.produce(&["-t", codec, "-p", "0", "-z", codec], lines)?;
    }
    kcat.produce(&["-t", "headed", "-p", "0", "-H", "a=1", "-H", "b=2", "-Z", "-K:"], "key:value\nkey:\n")?;
    kcat.run(&["-G", "readers", "-X", "auto.offset.reset=earliest", "-c", "1000", "-q", "rolled"], "")?
        .ok()?;
    Ok(())
}

impl Dump {
    fn files(&self, folder: &str, extension: &str) -> Result<Vec<PathBuf>> {
        let path = self.data.join(folder);
        let entries = fs::read_dir(&path).with_context(|| path.display().to_string())?;
        let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        let mut files: Vec<_> =
            paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
        files.sort();
        ensure!(!files.is_empty(), "no .{extension} file in {folder}");
        Ok(files)
    }

    fn run(&self, files: &[PathBuf], options: &[&str]) -> Result<String> {
        let files: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
        let mut command = broker::java(&self.libraries, "org.apache.kafka.tools.DumpLogSegments");
        command.arg("--files").arg(files.join(",")).args(options);
        let said = process::capture(&mut command, b"", SOON)?.ok()?;
        for complaint in [
            "isvalid: false",
            "Mismatches in",
            "Non-consecutive",
            "out of order",
            "Found timestamp mismatch",
            "Could not",
        ] {
            ensure!(!said.contains(complaint), "{complaint}\n{}", line_with(&said, complaint));
        }
        Ok(said)
    }

    fn records(&self, folder: &str, lines: &str) -> Result<()> {
        let files = self.files(folder, "log")?;
        ensure!(folder != "rolled-0" || files.len() >= 3, "{} segments", files.len());
        let said = self.run(&files, &["--print-data-log"])?;
        let payloads =
            said.lines().filter_map(|line| line.split_once(" payload: ")).map(|(_, payload)| payload);
        let found: String = payloads.map(|payload| format!("{payload}\n")).collect();
        same("payloads", &found, lines)
    }

    fn headers(&self) -> Result<()> {
        let said = self.run(&self.files("headed-0", "log")?, &["--print-data-log"])?;
        contains("headers", &said, "headerKeys: [a,b] key: key payload: value")?;
        contains("a null value", &said, "valueSize: -1")
    }

    /// The tool compares each entry with the log beside the index.
    fn indexes(&self, extension: &str) -> Result<()> {
        let files = self.files("rolled-0", extension)?;
        let said = self.run(&files, &[])?;
        let entries = said.lines().filter(|line| line.contains("offset: ")).count();
        ensure!(entries > 10, "only {entries} entries\n{said}");
        let sane = self.run(&files, &["--index-sanity-check"])?;
        ensure!(sane.matches("passed sanity check").count() == files.len(), "{sane}");
        Ok(())
    }

    fn snapshots(&self) -> Result<()> {
        let said = self.run(&self.files("rolled-0", "snapshot")?, &[])?;
        contains("the last sequence", &said, "lastSequence: 39999")
            .or_else(|_| contains("a producer", &said, "producerId: "))
    }

    fn offsets(&self) -> Result<()> {
        let folders = self.folders_of("__consumer_offsets-")?;
        let mut files = Vec::new();
        for folder in folders {
            files.extend(self.files(&folder, "log")?);
        }
        let said = self.run(&files, &["--offsets-decoder"])?;
        contains("a commit", &said, r#""group":"readers","topic":"rolled""#)?;
        contains("its offset", &said, r#""offset":1000"#)?;
        contains("the group", &said, r#""protocolType":"consumer""#)
    }

    fn metadata(&self) -> Result<()> {
        let said = self.run(&self.files("__cluster_metadata-0", "log")?, &["--cluster-metadata-decoder"])?;
        contains("a topic", &said, r#""type":"TOPIC_RECORD""#)?;
        contains("its name", &said, r#""name":"rolled""#)
    }

    fn folders_of(&self, prefix: &str) -> Result<Vec<String>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(&self.data)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.starts_with(prefix) {
                folders.push(name);
            }
        }
        ensure!(!folders.is_empty(), "no folder {prefix}* in {}", shown(&self.data));
        Ok(folders)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn line_with(said: &str, part: &str) -> String {
    said.lines().find(|line| line.contains(part)).unwrap_or_default().to_owned()
}
