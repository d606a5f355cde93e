//! Works on the records of a topic as one of many: start it several times, and each record goes to one of them.
//!
//! ```text
//! cargo run --example share -- localhost:9092 TOPIC GROUP
//! ```
use anyhow::{Result, bail};
use mainstem_client::{
    Cluster, Config, ShareConsumer,
    share::{self, AcknowledgeType, Acknowledgement},
};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bootstrap, topic, group] = arguments.as_slice() else {
        bail!("usage: share HOST:PORT TOPIC GROUP");
    };
    let cluster = Cluster::connect(Config::new(vec![bootstrap.parse()?])).await?;
    let config = share::Config {
        group_id: group.clone(),
        acknowledgement: Acknowledgement::Explicit,
        ..Default::default()
    };
    let mut consumer = ShareConsumer::new(&cluster, config);
    consumer.subscribe([topic]);
    loop {
        let batch = tokio::select! {
            batch = consumer.poll(Duration::from_secs(1)) => batch?,
            _ = tokio::signal::ctrl_c() => break,
        };
        let Some(batch) = batch else { continue };
        for given in batch.records() {
            let value = String::from_utf8_lossy(given.record.value.unwrap_or_default());
            println!("{} at {}, time {}: {value}", batch.at, given.record.offset, given.delivery_count);
            // Work that fails is tried again, by this member or another.
            let kind =
                if value.contains("later") { AcknowledgeType::Release } else { AcknowledgeType::Accept };
            consumer.acknowledge(&batch.at, given.record.offset.0, kind)?;
        }
        consumer.commit_soon();
    }
    let outcomes = consumer.close(Duration::from_secs(10)).await?;
    for (at, outcome) in outcomes {
        if let Err(error) = outcome {
            eprintln!("{at}: {error}");
        }
    }
    Ok(())
}
