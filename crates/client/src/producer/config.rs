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
    /// Longest wait for room (`max.block.ms`).
    pub max_block: Duration,
    /// Longest time from `send` to success or failure (`delivery.timeout.ms`).
    pub delivery_timeout: Duration,
    /// Most bytes in one request, and so in one record (`max.request.size`).
    pub max_request_size: usize,
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
            max_request_size: 1 << 20,
            max_in_flight: 5,
        }
    }
}

impl Config {
    /// With what contradicts itself resolved to the safe side.
    pub(crate) fn resolved(mut self) -> Self {
        self.idempotent &= self.acks == Acks::All;
        let most = if self.idempotent { 5 } else { usize::MAX };
        self.max_in_flight = self.max_in_flight.clamp(1, most);
        self.batch_size = self.batch_size.clamp(1, self.max_request_size);
        self
    }
}
