//! `kafka-console-producer` and `-consumer`, `kafka-get-offsets`, `kafka-delete-records`, the perf programs.

use super::{
    super::{
        process,
        session::{Session, contains, same},
    },
    Java,
};
use anyhow::{Result, ensure};
use std::{fs, path::Path, time::Duration};

pub(super) fn run(session: &mut Session<'_>, java: Java<'_>) {
    session.check("console producer and consumer keep keys, headers and order", || console(java));
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        session.check(&format!("console producer compresses with {codec}"), || compressed(java, codec));
    }
    session.check("console consumer reads one partition from an offset", || from_offset(java));
    session.check("kafka-get-offsets finds the ends and a time", || offsets(java));
    let folder = session.logs();
    session.check("kafka-delete-records moves the log start", || delete_records(java, &folder?));
    session.check("ProducerPerformance and ConsumerPerformance", || performance(java));
    session.check("EndToEndLatency", || latency(java));
}

fn console(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic console --partitions 1")?.ok()?;
    let input: String = (0..500).map(|n| format!("h1:{n},h2:x\tk{n}\tvalue {n}\n")).collect();
    let reader = "--reader-property parse.key=true --reader-property parse.headers=true";
    java.produce(&format!("--topic console {reader}"), &input)?;
    let printed = "--formatter-property print.key=true --formatter-property print.headers=true \
                   --formatter-property print.offset=true --formatter-property print.partition=true";
    let found = java.consume(&format!("--topic console --from-beginning --max-messages 500 {printed}"))?;
    let expected: String =
        (0..500).map(|n| format!("Partition:0\tOffset:{n}\th1:{n},h2:x\tk{n}\tvalue {n}\n")).collect();
    same("records", &found, &expected)
}

fn compressed(java: Java<'_>, codec: &str) -> Result<()> {
    let topic = format!("java-{codec}");
    java.topics(&format!("--create --topic {topic} --partitions 1"))?.ok()?;
    let input: String = (0..2000).map(|n| format!("value {n} of many that look alike\n")).collect();
    java.produce(&format!("--topic {topic} --compression-codec {codec}"), &input)?;
    same(codec, &java.consume(&format!("--topic {topic} --from-beginning --max-messages 2000"))?, &input)
}

fn from_offset(java: Java<'_>) -> Result<()> {
    let found = java.consume("--topic console --partition 0 --offset 497 --max-messages 3")?;
    same("records", &found, "value 497\nvalue 498\nvalue 499\n")
}

fn offsets(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic measured --partitions 2")?.ok()?;
    java.produce("--topic measured --producer-property partitioner.ignore.keys=true", "a\n")?;
    let ask = |time: &str| {
        java.run("org.apache.kafka.tools.GetOffsetShell", &format!("--topic console --time {time}"))?.ok()
    };
    same("latest", &ask("-1")?, "console:0:500\n")?;
    same("earliest", &ask("-2")?, "console:0:0\n")?;
    same("largest timestamp", &ask("-3")?, "console:0:499\n").or_else(|_| {
        // Records of one batch may share the largest timestamp; then any of them may be named.
        let found = ask("-3")?;
        ensure!(found.starts_with("console:0:"), "{found}");
        Ok(())
    })?;
    same("a time long ago", &ask("1000")?, "console:0:0\n")?;
    let both = java
        .run("org.apache.kafka.tools.GetOffsetShell", "--topic-partitions measured:0,measured:1")?
        .ok()?;
    ensure!(both.lines().count() == 2, "{both}");
    Ok(())
}

fn delete_records(java: Java<'_>, folder: &Path) -> Result<()> {
    java.topics("--create --topic trimmed --partitions 1")?.ok()?;
    java.produce("--topic trimmed", "a\nb\nc\nd\n")?;
    let list = folder.join("delete-records.json");
    fs::write(&list, r#"{"partitions":[{"topic":"trimmed","partition":0,"offset":3}],"version":1}"#)?;
    let arguments = format!("--offset-json-file {}", list.display());
    let said = java.run("org.apache.kafka.tools.DeleteRecordsCommand", &arguments)?.ok()?;
    contains("the answer", &said, "low_watermark: 3")?;
    same("what is left", &java.consume("--topic trimmed --from-beginning --max-messages 1")?, "d\n")
}

fn performance(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic fast --partitions 1")?.ok()?;
    let mut produce = java.command("org.apache.kafka.tools.ProducerPerformance", &["--topic", "fast"]);
    produce.args(["--num-records", "50000", "--record-size", "200", "--throughput", "-1"]);
    let said = process::capture(&mut produce, b"", Duration::from_secs(120))?.ok()?;
    contains("producer", &said, "50000 records sent")?;
    let consume = "--topic fast --num-records 50000 --timeout 30000 --hide-header";
    let said = java.run("org.apache.kafka.tools.ConsumerPerformance", consume)?.ok()?;
    let columns: Vec<&str> = said.lines().last().unwrap_or_default().split(", ").collect();
    ensure!(columns.get(4) == Some(&"50000"), "consumer: {said}");
    Ok(())
}

fn latency(java: Java<'_>) -> Result<()> {
    java.topics("--create --topic echo --partitions 1")?.ok()?;
    let libraries = java.session_tools.kafka_libraries();
    let mut command = super::super::broker::java(&libraries, "org.apache.kafka.tools.EndToEndLatency");
    command.args([java.address, "echo", "500", "all", "100"]);
    let said = process::capture(&mut command, b"", Duration::from_secs(120))?.ok()?;
    contains("the answer", &said, "Percentiles: 50th = ")
}
