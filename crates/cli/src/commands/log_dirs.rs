//! `mainstem log-dirs`: where brokers keep their data, and how full that is.
use crate::{
    cluster::{self, ClusterArguments},
    completion,
    failure::{Exit, Failure},
    output::{self, Column, OutputArguments, Row, or_dash},
};
use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Admin,
    admin::{DescribeClusterOptions, LogDir},
};
use serde::Serialize;

/// Show the log directories of brokers.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem log-dirs describe
  mainstem log-dirs describe --topic orders -o json")]
pub(crate) enum Command {
    /// List directories with their size, their room and, outside the table, their replicas.
    #[command(before_help = "Examples:
  mainstem log-dirs describe
  mainstem log-dirs describe --broker 1 --topic orders -o json")]
    Describe(Describe),
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Only this broker; may be repeated.
    #[arg(long = "broker", value_name = "ID")]
    brokers: Vec<i32>,
    /// Count only replicas of this topic; may be repeated.
    #[arg(long = "topic", value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    topics: Vec<String>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Serialize)]
struct Listed {
    broker: i32,
    path: String,
    error: Option<String>,
    cordoned: bool,
    total_bytes: Option<u64>,
    usable_bytes: Option<u64>,
    size_bytes: u64,
    replicas: Vec<Replica>,
}

#[derive(Debug, Serialize)]
struct Replica {
    topic: String,
    partition: i32,
    size_bytes: u64,
    offset_lag: i64,
    /// Whether it is being copied here from another directory.
    future: bool,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("BROKER", |d| d.broker.to_string()),
        Column::text("PATH", |d| d.path.clone()),
        Column::number("REPLICAS", |d| d.replicas.len().to_string()),
        Column::number("SIZE", |d| size(d.size_bytes)),
        Column::number("USABLE", |d| or_dash(d.usable_bytes.map(size))),
        Column::number("TOTAL", |d| or_dash(d.total_bytes.map(size))),
        Column::text("STATE", |d| match (&d.error, d.cordoned) {
            (Some(error), _) => error.clone(),
            (None, true) => "cordoned".to_owned(),
            (None, false) => "online".to_owned(),
        }),
    ];

    fn name(&self) -> String {
        format!("{}:{}", self.broker, self.path)
    }
}

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    let Command::Describe(arguments) = command;
    let cluster = arguments.cluster.connect().await?;
    cluster::reach_brokers(&cluster).await?;
    let admin = Admin::new(&cluster);
    let known = admin.describe_cluster(DescribeClusterOptions::default()).await?;
    let mut brokers: Vec<_> = known.brokers.iter().map(|broker| broker.id).collect();
    if let Some(unknown) = arguments.brokers.iter().find(|id| brokers.iter().all(|known| known.0 != **id)) {
        return Err(Failure::new(Exit::NotFound, format!("there is no broker {unknown}"))
            .next_step("`mainstem cluster info` shows what there is"));
    }
    if !arguments.brokers.is_empty() {
        brokers.retain(|broker| arguments.brokers.contains(&broker.0));
    }
    let mut rows = Vec::new();
    for (broker, dirs) in admin.describe_log_dirs(&brokers, None).await {
        rows.extend(dirs?.iter().map(|dir| listed(broker.0, dir, &arguments.topics)));
    }
    output::list(arguments.output.format, &rows)
}

fn listed(broker: i32, dir: &LogDir, topics: &[String]) -> Listed {
    let mut replicas = Vec::new();
    for (at, found) in &dir.replicas {
        if !topics.is_empty() && topics.iter().all(|topic| **topic != *at.topic) {
            continue;
        }
        for (replica, future) in [(found.current, false), (found.future, true)] {
            let Some(replica) = replica else { continue };
            replicas.push(Replica {
                topic: at.topic.to_string(),
                partition: at.partition,
                size_bytes: replica.size.0,
                offset_lag: replica.offset_lag,
                future,
            });
        }
    }
    Listed {
        broker,
        path: dir.path.clone(),
        error: dir.error.as_ref().map(ToString::to_string),
        cordoned: dir.cordoned,
        total_bytes: dir.total.map(|bytes| bytes.0),
        usable_bytes: dir.usable.map(|bytes| bytes.0),
        size_bytes: replicas.iter().map(|replica| replica.size_bytes).sum(),
        replicas,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_as_people_say_them() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (5 << 30, "5.0 GiB"),
            (u64::MAX, "16384.0 PiB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
