//! Moves numbers from one account topic to another, each pair of records in a transaction of its own, and aborts every
//! third.
//!
//! ```text
//! cargo run --example transactions -- localhost:9092 FROM_TOPIC TO_TOPIC
//! ```
use anyhow::{Result, bail};
use mainstem_client::{
    Cluster, Config, Error, Producer,
    producer::{self, Record},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bootstrap, from, to] = arguments.as_slice() else {
        bail!("usage: transactions HOST:PORT FROM_TOPIC TO_TOPIC");
    };
    let cluster = Cluster::connect(Config::new(vec![bootstrap.parse()?])).await?;
    let config =
        producer::Config { transactional_id: Some("example-transfers".to_owned()), ..Default::default() };
    let mut producer = Producer::new(&cluster, config).init_transactions().await?;
    for amount in 1..=6 {
        let transaction = producer.begin().await?;
        let (taken, given) = (format!("-{amount}"), format!("+{amount}"));
        for (topic, value) in [(from, taken), (to, given)] {
            let record = Record { topic, value: Some(value.as_bytes()), ..Default::default() };
            transaction.send(record).await?;
        }
        if amount % 3 == 0 {
            transaction.abort().await?;
            println!("{amount} stays");
            continue;
        }
        match transaction.commit().await {
            Ok(()) => println!("{amount} moved"),
            // Nothing of it happened, and the next may.
            Err(error @ Error::TransactionAborted { .. }) => println!("{amount} stays: {error}"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
