use crate::{
    Address, Backoff, Sasl, Tls,
    properties::{INT, POSITIVE, Setting, setting},
};
use std::time::Duration;

/// How a program reaches a cluster. [`Config::new`] has Kafka's defaults; set what differs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Brokers to ask first (`bootstrap.servers`). All are tried, none needs to be special.
    pub bootstrap: Vec<Address>,
    /// The bootstrap addresses are those of controllers, and so is every node asked (`bootstrap.controllers`, KIP-919).
    pub controllers: bool,
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
    /// Age at which metadata is asked for again without cause (`metadata.max.age.ms`); [`Duration::MAX`]: never.
    pub metadata_max_age: Duration,
    /// Longest response accepted, in bytes.
    pub max_response_size: usize,
    /// How long a connection stays open unused (`connections.max.idle.ms`); `None`: as long as the broker lets it.
    pub max_idle: Option<Duration>,
    /// Waits between attempts to connect to one broker (`reconnect.backoff.ms`, `reconnect.backoff.max.ms`).
    pub reconnect_backoff: Backoff,
    /// What to do when no broker that was heard of can be reached (`metadata.recovery.strategy`).
    pub recovery: Recovery,
    /// How connections are encrypted; `None`: they are not.
    pub tls: Option<Tls>,
    /// Who the client is; `None`: nobody asks.
    pub sasl: Option<Sasl>,
}

/// How a client finds its cluster again (KIP-899, KIP-1102).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Go on with the brokers that were last heard of.
    None,
    /// Ask the bootstrap addresses again, at the latest after this long without metadata
    /// (`metadata.recovery.rebootstrap.trigger.ms`).
    Rebootstrap { after: Duration },
}

impl Config {
    pub fn new(bootstrap: Vec<Address>) -> Self {
        Self {
            bootstrap,
            controllers: false,
            client_id: "mainstem".to_owned(),
            connect_timeout: Duration::from_secs(10),
            bootstrap_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(30),
            api_timeout: Duration::from_secs(60),
            backoff: Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) },
            metadata_max_age: Duration::from_secs(300),
            max_response_size: 256 << 20,
            max_idle: Some(Duration::from_secs(540)),
            reconnect_backoff: Backoff { initial: Duration::from_millis(50), max: Duration::from_secs(1) },
            recovery: Recovery::Rebootstrap { after: Duration::from_secs(300) },
            tls: None,
            sasl: None,
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
    setting("bootstrap.controllers", &[], |c, v| {
        let list = Address::parse_list(v.as_str());
        c.bootstrap =
            list.map_err(|_| "addresses of the form HOST:PORT, with commas between them".to_owned())?;
        c.controllers = true;
        Ok(())
    }),
    setting("client.id", &[], |c, v| v.text(&mut c.client_id)),
    setting("socket.connection.setup.timeout.ms", &[], |c, v| v.millis(&mut c.connect_timeout, POSITIVE)),
    setting("bootstrap.resolve.timeout.ms", &[], |c, v| v.millis(&mut c.bootstrap_timeout, INT)),
    setting("request.timeout.ms", &[], |c, v| v.millis(&mut c.request_timeout, POSITIVE)),
    // In librdkafka the former is only how long a broker may wait for its replicas.
    setting("socket.timeout.ms", &[], |c, v| v.millis(&mut c.request_timeout, POSITIVE)),
    setting("default.api.timeout.ms", &[], |c, v| v.millis(&mut c.api_timeout, INT)),
    setting("retry.backoff.ms", &[], |c, v| v.millis(&mut c.backoff.initial, INT)),
    setting("retry.backoff.max.ms", &[], |c, v| v.millis(&mut c.backoff.max, INT)),
    setting("metadata.max.age.ms", &[], |c, v| v.millis(&mut c.metadata_max_age, POSITIVE)),
    // In librdkafka the former is when metadata no longer counts.
    setting("topic.metadata.refresh.interval.ms", &[], |c, v| {
        let mut interval = None;
        v.millis_or_off(&mut interval, -1, POSITIVE)?;
        c.metadata_max_age = interval.unwrap_or(Duration::MAX);
        Ok(())
    }),
    setting("receive.message.max.bytes", &[], |c, v| v.number(&mut c.max_response_size, 1000..=*INT.end())),
    setting("connections.max.idle.ms", &[], |c, v| {
        // Zero is librdkafka's "never".
        v.millis_or_off(&mut c.max_idle, if v.as_str() == "0" { 0 } else { -1 }, POSITIVE)
    }),
    setting("reconnect.backoff.ms", &[], |c, v| {
        v.millis(&mut c.reconnect_backoff.initial, INT)?;
        // Unless the next row says otherwise, as in Java.
        c.reconnect_backoff.max = c.reconnect_backoff.initial;
        Ok(())
    }),
    setting("reconnect.backoff.max.ms", &[], |c, v| v.millis(&mut c.reconnect_backoff.max, INT)),
    setting("metadata.recovery.strategy", &[], |c, v| {
        let rebootstrap = Config::new(Vec::new()).recovery;
        v.choice(&mut c.recovery, &[("rebootstrap", rebootstrap), ("none", Recovery::None)])
    }),
    setting("metadata.recovery.rebootstrap.trigger.ms", &[], |c, v| {
        let mut trigger = Duration::ZERO;
        v.millis(&mut trigger, INT)?;
        if let Recovery::Rebootstrap { after } = &mut c.recovery {
            *after = trigger;
        }
        Ok(())
    }),
    setting("client.dns.lookup", &[], |_, v| {
        v.choice(&mut (), &[("use_all_dns_ips", ())]).map_err(|_| {
            "`use_all_dns_ips`; names are not looked up backwards, as only Kerberos needs it".to_owned()
        })
    }),
];
