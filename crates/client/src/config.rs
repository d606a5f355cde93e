use crate::{Address, Backoff};
use std::time::Duration;

/// How a program reaches a cluster. [`Config::new`] has Kafka's defaults; set what differs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Brokers to ask first (`bootstrap.servers`). All are tried, none needs to be special.
    pub bootstrap: Vec<Address>,
    /// What brokers write in their logs and quotas (`client.id`).
    pub client_id: String,
    /// Longest wait for one connection, its greeting included (`socket.connection.setup.timeout.ms`).
    pub connect_timeout: Duration,
    /// How long [`crate::Cluster::connect`] goes on when no bootstrap address answers. Zero: one round.
    pub bootstrap_timeout: Duration,
    /// Longest silence after a request before its connection is given up (`request.timeout.ms`).
    pub request_timeout: Duration,
    /// Longest time for one call of the admin, or for the metadata of one topic, retries included
    /// (`default.api.timeout.ms`, `max.block.ms`).
    pub api_timeout: Duration,
    /// Waits between attempts (`retry.backoff.ms`, `retry.backoff.max.ms`).
    pub backoff: Backoff,
    /// Age at which metadata is asked for again without cause (`metadata.max.age.ms`).
    pub metadata_max_age: Duration,
    /// Longest response accepted, in bytes.
    pub max_response_size: usize,
}

impl Config {
    pub fn new(bootstrap: Vec<Address>) -> Self {
        Self {
            bootstrap,
            client_id: "mainstem".to_owned(),
            connect_timeout: Duration::from_secs(10),
            bootstrap_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(30),
            api_timeout: Duration::from_secs(60),
            backoff: Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) },
            metadata_max_age: Duration::from_secs(300),
            max_response_size: 256 << 20,
        }
    }
}
