//! Reads topics as a member of a group: `group GROUP TOPIC...`, with the cluster in `BOOTSTRAP` (default localhost:9092).
//!
//! Start it twice and the two share the partitions. Ctrl-C commits and leaves.
use mainstem_client as client;

use anyhow::Context as _;
use client::{
    Cluster, Config, Consumer, Properties, TopicPartition,
    consumer::{self, Heard, RebalanceListener},
};
use std::time::Duration;

/// Says what comes and goes.
struct Narrator;

impl RebalanceListener for Narrator {
    fn assigned<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        partitions.iter().for_each(|at| eprintln!("+ {at}"));
        Box::pin(async {})
    }

    fn revoked<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        partitions.iter().for_each(|at| eprintln!("- {at}"));
        Box::pin(async {})
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let group = arguments.next().context("usage: group GROUP TOPIC...")?;
    let topics: Vec<String> = arguments.collect();
    let bootstrap = std::env::var("BOOTSTRAP").unwrap_or_else(|_| "localhost:9092".to_owned());
    let properties = Properties::from_iter([
        ("bootstrap.servers", bootstrap.as_str()),
        ("group.id", &group),
        ("auto.offset.reset", "earliest"),
    ]);
    let (mut config, mut consumer) = (Config::new(Vec::new()), consumer::Config::default());
    for warning in properties.apply_to_consumer(&mut config, &mut consumer)? {
        eprintln!("{warning}");
    }
    let cluster = Cluster::connect(config).await?;
    let mut consumer = Consumer::new(&cluster, consumer);
    consumer.on_rebalance(Narrator);
    consumer.subscribe(topics)?;
    loop {
        let polled = tokio::select! {
            polled = consumer.poll(Duration::from_secs(1)) => polled?,
            _ = tokio::signal::ctrl_c() => break,
        };
        let Some(batch) = polled else { continue };
        for record in batch.records() {
            let record = record?;
            let value = String::from_utf8_lossy(record.value.unwrap_or_default());
            println!("{} {} {value}", batch.at, record.offset);
        }
    }
    consumer.close(Duration::from_secs(10)).await?;
    Ok(())
}
