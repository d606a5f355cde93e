use crate::{
    admin::IsolationLevel,
    properties::{INT, POSITIVE, Setting, setting},
};
use std::time::Duration;

/// How records are fetched. The default has Kafka's values.
#[derive(Clone, Debug)]
pub struct Config {
    /// Longest wait of a broker for something to answer (`fetch.max.wait.ms`).
    pub max_wait: Duration,
    /// Bytes worth answering at once (`fetch.min.bytes`).
    pub min_bytes: i32,
    /// Most bytes of one answer (`fetch.max.bytes`).
    pub max_bytes: i32,
    /// Most bytes of one partition in an answer (`max.partition.fetch.bytes`).
    pub max_partition_bytes: i32,
    /// Whether each batch's CRC is computed (`check.crcs`).
    pub check_crcs: bool,
    /// Bytes that may wait unread before fetching pauses.
    pub prefetch: usize,
    /// Most bytes that a compressed batch may inflate to.
    pub max_inflated: usize,
    /// What to do when an offset is not, or no longer, in the log (`auto.offset.reset`).
    pub on_out_of_range: OnOutOfRange,
    /// What is seen of transactions (`isolation.level`).
    pub isolation: IsolationLevel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnOutOfRange {
    Fail,
    Earliest,
    Latest,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_wait: Duration::from_millis(500),
            min_bytes: 1,
            max_bytes: 50 << 20,
            max_partition_bytes: 1 << 20,
            check_crcs: true,
            prefetch: 16 << 20,
            max_inflated: records::DEFAULT_INFLATED_LIMIT,
            on_out_of_range: OnOutOfRange::Earliest,
            isolation: IsolationLevel::ReadUncommitted,
        }
    }
}

pub(crate) const SETTINGS: &[Setting<Config>] = &[
    setting("fetch.max.wait.ms", &["fetch.wait.max.ms"], |c, v| v.millis(&mut c.max_wait, INT)),
    setting("fetch.min.bytes", &[], |c, v| v.number(&mut c.min_bytes, INT)),
    setting("fetch.max.bytes", &[], |c, v| v.number(&mut c.max_bytes, INT)),
    setting("max.partition.fetch.bytes", &["fetch.message.max.bytes"], |c, v| {
        v.number(&mut c.max_partition_bytes, INT)
    }),
    setting("check.crcs", &[], |c, v| v.flag(&mut c.check_crcs)),
    setting("queued.max.messages.kbytes", &[], |c, v| v.kibibytes(&mut c.prefetch, POSITIVE)),
    setting("auto.offset.reset", &[], |c, v| {
        let earliest = ["earliest", "smallest", "beginning"].map(|word| (word, OnOutOfRange::Earliest));
        let latest = ["latest", "largest", "end"].map(|word| (word, OnOutOfRange::Latest));
        let fail = ["none", "error"].map(|word| (word, OnOutOfRange::Fail));
        v.choice(&mut c.on_out_of_range, &[&earliest[..], &latest, &fail].concat())
    }),
];
