use crate::{
    FOREVER, Partitioner,
    properties::{INT, POSITIVE, Setting, setting},
};
use records::{Codec, Compression};
use std::time::Duration;

/// How records are gathered and sent. The default has Kafka's values.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whose word makes a record delivered (`acks`).
    pub acks: Acks,
    /// Each record once and in order, also when requests are repeated (`enable.idempotence`). Needs
    /// [`Acks::All`]. Without it one batch per partition is under way at a time, so order holds all the same.
    pub idempotent: bool,
    /// Bytes of records, before compression, at which a batch is full (`batch.size`).
    pub batch_size: usize,
    /// How long a batch that is not full waits for more (`linger.ms`).
    pub linger: Duration,
    /// Compression of batches (`compression.type`).
    pub compression: Codec,
    /// Bytes of records that may wait or be under way; [`crate::Producer::send`] waits beyond (`buffer.memory`).
    pub buffer_memory: usize,
    /// Longest wait of a send, for its topic to be known and for room (`max.block.ms`).
    pub max_block: Duration,
    /// Longest time from `send` to success or failure (`delivery.timeout.ms`); [`Duration::MAX`]: no limit.
    pub delivery_timeout: Duration,
    /// How often a batch is sent again after a failure that may pass (`retries`), within `delivery_timeout`. With zero
    /// nothing is numbered, as with `idempotent: false`.
    pub retries: u32,
    /// Most bytes in one request, and so in one record (`max.request.size`).
    pub max_request_size: usize,
    /// Whether, of the partitions for records without key, those with fewer batches waiting are likelier
    /// (`partitioner.adaptive.partitioning.enable`).
    pub adaptive_partitioning: bool,
    /// How long a broker may take nothing before partitions that it leads are not chosen for records without key
    /// (`partitioner.availability.timeout.ms`); `None`, Kafka's zero: they stay in the choice.
    pub availability_timeout: Option<Duration>,
    /// Makes it a producer of transactions (`transactional.id`), see [`crate::Producer::init_transactions`]. Whoever
    /// comes later with the same id fences this one.
    pub transactional_id: Option<String>,
    /// How long a transaction may stay open before its coordinator aborts it (`transaction.timeout.ms`).
    pub transaction_timeout: Duration,
    /// How a record without a partition gets one (`partitioner.class`; librdkafka: `partitioner`).
    pub partitioner: Partitioner,
    /// Requests under way to one broker (`max.in.flight.requests.per.connection`); at most five when idempotent,
    /// because that is how many batches of a producer a broker remembers.
    pub max_in_flight: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acks {
    /// Nobody's: the broker does not answer.
    None,
    Leader,
    /// The leader's, after all in-sync replicas.
    All,
}

impl Acks {
    pub(crate) fn to_wire(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Leader => 1,
            Self::All => -1,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            acks: Acks::All,
            idempotent: true,
            batch_size: 16 << 10,
            linger: Duration::from_millis(5),
            compression: Codec::new(Compression::None),
            buffer_memory: 32 << 20,
            max_block: Duration::from_secs(60),
            delivery_timeout: Duration::from_secs(120),
            retries: i32::MAX.cast_unsigned(),
            max_request_size: 1 << 20,
            adaptive_partitioning: true,
            availability_timeout: None,
            transactional_id: None,
            transaction_timeout: Duration::from_secs(60),
            partitioner: Partitioner::Kafka,
            max_in_flight: 5,
        }
    }
}

impl Config {
    /// With what contradicts itself resolved to the safe side.
    pub(crate) fn resolved(mut self) -> Self {
        if self.transactional_id.is_some() {
            (self.idempotent, self.acks, self.retries) = (true, Acks::All, self.retries.max(1));
        }
        self.idempotent &= self.acks == Acks::All && self.retries > 0;
        let most = if self.idempotent { 5 } else { usize::MAX };
        self.max_in_flight = self.max_in_flight.clamp(1, most);
        self.max_request_size = self.max_request_size.max(1);
        self.batch_size = self.batch_size.clamp(1, self.max_request_size);
        self.linger = self.linger.min(FOREVER);
        self.delivery_timeout = self.delivery_timeout.min(FOREVER);
        self.availability_timeout = self.availability_timeout.map(|timeout| timeout.min(FOREVER));
        self
    }
}

pub(crate) const SETTINGS: &[Setting<Config>] = &[
    setting("acks", &["request.required.acks"], |c, v| {
        v.choice(
            &mut c.acks,
            &[("all", Acks::All), ("-1", Acks::All), ("0", Acks::None), ("1", Acks::Leader)],
        )
    }),
    setting("enable.idempotence", &[], |c, v| v.flag(&mut c.idempotent)),
    setting("batch.size", &[], |c, v| v.number(&mut c.batch_size, INT)),
    setting("linger.ms", &["queue.buffering.max.ms"], |c, v| v.fractional_millis(&mut c.linger)),
    setting("compression.type", &["compression.codec"], |c, v| {
        v.choice(&mut c.compression, &Compression::ALL.map(|codec| (codec.name(), Codec::new(codec))))
    }),
    setting("compression.level", &[], |c, v| {
        let compression = c.compression.compression();
        let mut level = -1;
        let levels = compression.levels().unwrap_or(-1..=12);
        v.number(&mut level, i64::from(*levels.start()).min(-1)..=i64::from(*levels.end()))?;
        if level == -1 {
            c.compression = Codec::new(compression);
        } else {
            set_level(c, compression, level);
        }
        Ok(())
    }),
    setting("compression.gzip.level", &[], |c, v| {
        let mut level = -1;
        v.number(&mut level, -1..=9)?;
        set_level(c, Compression::Gzip, level);
        Ok(())
    }),
    setting("compression.lz4.level", &[], |c, v| {
        let mut level = -1;
        v.number(&mut level, 1..=17)?;
        set_level(c, Compression::Lz4, level);
        Ok(())
    }),
    setting("compression.zstd.level", &[], |c, v| {
        let mut level = -1;
        v.number(&mut level, -131_072..=22)?;
        set_level(c, Compression::Zstd, level);
        Ok(())
    }),
    setting("buffer.memory", &[], |c, v| v.number(&mut c.buffer_memory, 0..=i64::MAX)),
    setting("queue.buffering.max.kbytes", &[], |c, v| v.kibibytes(&mut c.buffer_memory, POSITIVE)),
    setting("max.block.ms", &[], |c, v| v.millis(&mut c.max_block, 0..=i64::MAX)),
    setting("delivery.timeout.ms", &["message.timeout.ms"], |c, v| {
        let mut timeout = None;
        v.millis_or_off(&mut timeout, 0, POSITIVE)?;
        c.delivery_timeout = timeout.unwrap_or(Duration::MAX);
        Ok(())
    }),
    setting("retries", &["message.send.max.retries"], |c, v| v.number(&mut c.retries, INT)),
    setting("max.request.size", &["message.max.bytes"], |c, v| v.number(&mut c.max_request_size, POSITIVE)),
    setting("max.in.flight.requests.per.connection", &["max.in.flight"], |c, v| {
        v.number(&mut c.max_in_flight, POSITIVE)
    }),
    setting("partitioner.class", &["partitioner"], |c, v| v.choice(&mut c.partitioner, &PARTITIONERS)),
    setting("partitioner.ignore.keys", &[], |c, v| {
        let mut ignores = false;
        v.flag(&mut ignores)?;
        // Only Kafka's default asks.
        if ignores && matches!(c.partitioner, Partitioner::Kafka) {
            c.partitioner = Partitioner::Sticky;
        }
        Ok(())
    }),
    setting("partitioner.adaptive.partitioning.enable", &[], |c, v| v.flag(&mut c.adaptive_partitioning)),
    setting("partitioner.availability.timeout.ms", &[], |c, v| {
        v.millis_or_off(&mut c.availability_timeout, 0, POSITIVE)
    }),
    setting("transactional.id", &[], |c, v| v.optional_text(&mut c.transactional_id)),
    setting("transaction.timeout.ms", &[], |c, v| v.millis(&mut c.transaction_timeout, POSITIVE)),
];

/// By Java's class and by librdkafka's names.
const PARTITIONERS: [(&str, Partitioner); 8] = [
    ("org.apache.kafka.clients.producer.RoundRobinPartitioner", Partitioner::RoundRobin),
    ("random", Partitioner::Random),
    ("consistent", Partitioner::Consistent),
    ("consistent_random", Partitioner::ConsistentRandom),
    ("murmur2", Partitioner::Murmur2),
    ("murmur2_random", Partitioner::Murmur2Random),
    ("fnv1a", Partitioner::Fnv1a),
    ("fnv1a_random", Partitioner::Fnv1aRandom),
];

/// Has an effect on the codec that was chosen; -1 is its own default where the codec has no level of that number.
fn set_level(config: &mut Config, of: Compression, level: i32) {
    if config.compression.compression() != of {
        return;
    }
    let is_a_level = of.levels().is_some_and(|levels| levels.contains(&level));
    let is_default = level == -1 && of != Compression::Zstd;
    if is_a_level && !is_default {
        config.compression = Codec::with_level(of, level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cluster, Config as ClientConfig, Error, Producer, fake, producer::Record};
    use protocol::{
        ApiKey, MetadataResponse,
        metadata::response::{MetadataResponsePartition, MetadataResponseTopic},
    };
    use std::time::Instant;

    /// As librdkafka's `message.timeout.ms` may be.
    #[tokio::test]
    async fn a_delivery_may_end_before_an_attempt_would() {
        let address = fake::listen("127.0.0.1", |socket| {
            let port = socket.local_addr().unwrap().port();
            fake::converse(socket, move |asked| {
                let offered = [(ApiKey::ApiVersions, 4), (ApiKey::Metadata, 12), (ApiKey::Produce, 9)];
                match asked.key {
                    ApiKey::ApiVersions => Some(asked.offer(&offered)),
                    ApiKey::Metadata => Some(asked.answer(&led_by_one(port))),
                    // Never an answer.
                    _ => Some(Vec::new()),
                }
            })
        })
        .await;
        let cluster = Cluster::connect(ClientConfig::new(vec![address])).await.unwrap();
        let timeout = Duration::from_millis(20);
        let config = Config {
            idempotent: false,
            linger: Duration::ZERO,
            delivery_timeout: timeout,
            ..Config::default()
        };
        let producer = Producer::new(&cluster, config);
        let sent = producer.send(Record { topic: "t", ..Default::default() }).await.unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(5), sent.wait()).await.expect("it ends in time");
        assert!(matches!(ended, Err(Error::DeliveryTimeout { after, .. }) if after == timeout), "{ended:?}");
    }

    /// One topic of one partition.
    fn led_by_one(port: u16) -> MetadataResponse {
        let partition = MetadataResponsePartition { leader_id: 1, ..Default::default() };
        let topic = MetadataResponseTopic {
            name: Some("t".into()),
            partitions: vec![partition],
            ..Default::default()
        };
        fake::metadata(port, vec![topic])
    }

    #[test]
    fn what_code_can_set_never_panics() {
        let config = Config {
            max_request_size: 0,
            linger: Duration::MAX,
            delivery_timeout: Duration::MAX,
            availability_timeout: Some(Duration::MAX),
            ..Config::default()
        };
        let resolved = config.resolved();
        assert_eq!((resolved.max_request_size, resolved.batch_size), (1, 1));
        let now = Instant::now();
        for time in [resolved.linger, resolved.delivery_timeout, resolved.availability_timeout.unwrap()] {
            assert!(now.checked_add(time).is_some(), "{time:?}");
        }
    }
}
