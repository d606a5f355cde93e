use crate::{
    Address, Backoff,
    properties::{INT, POSITIVE, Setting, setting},
};
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

pub(crate) const SETTINGS: &[Setting<Config>] = &[
    setting("bootstrap.servers", &["metadata.broker.list"], |c, v| {
        let list = Address::parse_list(v.as_str());
        c.bootstrap =
            list.map_err(|_| "addresses of the form HOST:PORT, with commas between them".to_owned())?;
        Ok(())
    }),
    setting("client.id", &[], |c, v| v.text(&mut c.client_id)),
    setting("socket.connection.setup.timeout.ms", &[], |c, v| v.millis(&mut c.connect_timeout, POSITIVE)),
    setting("bootstrap.resolve.timeout.ms", &[], |c, v| v.millis(&mut c.bootstrap_timeout, INT)),
    setting("request.timeout.ms", &["socket.timeout.ms"], |c, v| v.millis(&mut c.request_timeout, POSITIVE)),
    setting("default.api.timeout.ms", &[], |c, v| v.millis(&mut c.api_timeout, INT)),
    setting("retry.backoff.ms", &[], |c, v| v.millis(&mut c.backoff.initial, INT)),
    setting("retry.backoff.max.ms", &[], |c, v| v.millis(&mut c.backoff.max, INT)),
    setting("metadata.max.age.ms", &["topic.metadata.refresh.interval.ms"], |c, v| {
        v.millis(&mut c.metadata_max_age, POSITIVE)
    }),
    setting("receive.message.max.bytes", &[], |c, v| v.number(&mut c.max_response_size, 1000..=*INT.end())),
];
