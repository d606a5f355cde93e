//! A Kafka client: producer, consumer, share consumer and admin, for any cluster that speaks the protocol.
//!
//! A [`Cluster`] is the shared part: the brokers it found through the bootstrap addresses, one connection to
//! each that is needed, and what it last heard of their topics. [`Producer`], [`Consumer`], [`ShareConsumer`] and
//! [`Admin`] each stand on one. Nothing here knows which broker software answers: every request goes out in the highest
//! version that both sides have.
//!
//! ```no_run
//! use mainstem_client::{Cluster, Config, Consumer, Producer, consumer, producer};
//! use std::time::Duration;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let cluster = Cluster::connect(Config::new(vec!["localhost:9092".parse()?])).await?;
//!
//! let producer = Producer::new(&cluster, producer::Config::default());
//! let record = producer::Record { topic: "orders", key: Some(b"alice"), value: Some(b"42"), ..Default::default() };
//! let delivered = producer.send(record).await?.wait().await?;
//! println!("partition {}, offset {:?}", delivered.partition, delivered.offset);
//!
//! let config = consumer::Config { group_id: Some("billing".to_owned()), ..Default::default() };
//! let mut consumer = Consumer::new(&cluster, config);
//! consumer.subscribe(["orders"])?;
//! while let Some(batch) = consumer.poll(Duration::from_secs(5)).await? {
//!     for record in batch.records() {
//!         println!("{} {:?}", batch.at, record?.value);
//!     }
//! }
//! consumer.close(Duration::from_secs(5)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Decisions (what is batched with what, what is sent again and in which order, what is fetched next, when a member joins
//! its group and what it gives up) are plain state machines without clock or socket, in `producer::accumulator`,
//! `producer::transactions`, `consumer::{fetcher, session, membership, assignor}` and the modules of `share`; the shells
//! around them own the tasks and the connections.
//!
//! Invariants: a response is never larger than the limit its connection was opened with; the records of one
//! partition are appended in the order they were sent, each once (KIP-98) unless idempotence was switched
//! off; a record's bytes are copied when [`Producer::send`] is called, so a caller's buffer is its own again
//! as soon as that call returns.
//!
//! Sources: KIP-35 and KIP-511 (ApiVersions), KIP-227 (fetch sessions), KIP-320 (leader epochs, logs that were cut),
//! KIP-392 (replicas nearby), KIP-429 and KIP-848 (groups), KIP-516 (topic ids),
//! KIP-580 (back-off), KIP-794 (sticky partitions), KIP-98 and KIP-360 (idempotent producers), KIP-890
//! (transactions), KIP-932 (share groups), KIP-951 (leaders named with a refusal).
#![forbid(unsafe_code)]

mod address;
pub mod admin;
mod backoff;
mod cluster;
mod config;
mod connection;
pub mod consumer;
mod doubt;
mod error;
#[cfg(test)]
mod fake;
mod frames;
mod group_metadata;
mod metadata;
mod partitioner;
mod pattern;
pub mod producer;
pub mod properties;
mod retry;
pub mod sasl;
pub mod share;
pub mod tls;
mod versions;

pub use self::config::{Config, Recovery};
pub use address::{Address, InvalidAddress};
pub use admin::Admin;
pub use backoff::Backoff;
pub use cluster::{Cluster, OnUnknownTopic};
pub use connection::Connection;
pub use consumer::Consumer;
pub use error::Error;
pub use group_metadata::GroupMetadata;
pub use metadata::{Broker, Metadata, Partition, Topic, TopicPartition};
pub use partitioner::{Partitioner, Unplaced, murmur2, partition_for_key};
pub use pattern::TopicPattern;
pub use producer::Producer;
pub use properties::Properties;
pub use protocol::ErrorCode;
pub use sasl::Sasl;
pub use share::ShareConsumer;
pub use tls::Tls;
pub use versions::OfferedApi;

/// The longest time that is added to a moment: a program says `Duration::MAX` for "no limit", and clocks have an end.
pub(crate) const FOREVER: std::time::Duration = std::time::Duration::from_secs(30 * 365 * 86_400);
