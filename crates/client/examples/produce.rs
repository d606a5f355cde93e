//! Sends ten records and says where each went.
//!
//! ```text
//! cargo run --example produce -- localhost:9092 TOPIC
//! ```
use anyhow::{Context, Result};
use mainstem_client::{
    Cluster, Config, Producer,
    producer::{self, Header, Record},
};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let bootstrap = arguments.next().context("usage: produce HOST:PORT TOPIC")?;
    let topic = arguments.next().context("usage: produce HOST:PORT TOPIC")?;

    let cluster = Cluster::connect(Config::new(vec![bootstrap.parse()?])).await?;
    let producer = Producer::new(&cluster, producer::Config::default());
    let mut deliveries = Vec::new();
    for number in 0..10 {
        let (key, value) = (format!("key {}", number % 3), format!("value {number}"));
        let record = Record {
            topic: &topic,
            key: Some(key.as_bytes()),
            value: Some(value.as_bytes()),
            headers: &[Header { key: b"from", value: Some(b"an example") }],
            ..Default::default()
        };
        // The record is copied, so `key` and `value` are free again.
        deliveries.push(producer.send(record).await?);
    }
    for delivery in &deliveries {
        let delivered = delivery.wait().await?;
        println!("{}-{} at {:?}", delivered.topic, delivered.partition, delivered.offset);
    }
    producer.close(Duration::from_secs(10)).await?;
    Ok(())
}
