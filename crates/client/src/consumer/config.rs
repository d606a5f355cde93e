use super::{assignor::Assignor, offsets::Start};
use crate::{
    admin::IsolationLevel,
    properties::{INT, POSITIVE, Setting, setting},
};
use std::time::Duration;

/// How records are fetched, and how groups are taken part in. The default has Kafka's values.
#[derive(Clone, Debug)]
pub struct Config {
    /// The group whose member this is, or whose offsets it commits (`group.id`).
    pub group_id: Option<String>,
    /// Makes it a static member, which keeps its partitions through a restart (`group.instance.id`).
    pub group_instance_id: Option<String>,
    /// `group.protocol`.
    pub group_protocol: GroupProtocol,
    /// How the leader of a classic group gives partitions out; the first that all members have counts
    /// (`partition.assignment.strategy`).
    pub assignors: Vec<Assignor>,
    /// The broker's assignor in the consumer protocol; `None` leaves it to the broker (`group.remote.assignor`).
    pub remote_assignor: Option<String>,
    /// Silence after which a classic group takes this member for gone (`session.timeout.ms`).
    pub session_timeout: Duration,
    /// Between two signs of life to a classic group (`heartbeat.interval.ms`).
    pub heartbeat_interval: Duration,
    /// Longest time between two polls before this member gives its partitions up (`max.poll.interval.ms`).
    pub max_poll_interval: Duration,
    /// How often what was read is committed by itself; `None` leaves it to the program (`enable.auto.commit`,
    /// `auto.commit.interval.ms`).
    pub auto_commit_interval: Option<Duration>,
    /// Whether a subscription makes topics that do not exist, if the broker allows it (`allow.auto.create.topics`).
    pub allow_auto_create_topics: bool,
    /// Where this consumer is (`client.rack`).
    pub rack: Option<String>,
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

/// Who gives partitions to the members of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupProtocol {
    /// A member that the coordinator names leader (KIP-62).
    Classic,
    /// The coordinator (KIP-848).
    Consumer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnOutOfRange {
    Fail,
    Earliest,
    Latest,
}

impl OnOutOfRange {
    /// Where reading begins then.
    pub(super) fn start(self) -> Option<Start> {
        match self {
            Self::Fail => None,
            Self::Earliest => Some(Start::Earliest),
            Self::Latest => Some(Start::Latest),
        }
    }
}

const AUTO_COMMIT_INTERVAL: Duration = Duration::from_secs(5);

impl Default for Config {
    fn default() -> Self {
        Self {
            group_id: None,
            group_instance_id: None,
            group_protocol: GroupProtocol::Classic,
            assignors: vec![Assignor::Range, Assignor::CooperativeSticky],
            remote_assignor: None,
            session_timeout: Duration::from_secs(45),
            heartbeat_interval: Duration::from_secs(3),
            max_poll_interval: Duration::from_secs(300),
            auto_commit_interval: Some(AUTO_COMMIT_INTERVAL),
            allow_auto_create_topics: true,
            rack: None,
            max_wait: Duration::from_millis(500),
            min_bytes: 1,
            max_bytes: 50 << 20,
            max_partition_bytes: 1 << 20,
            check_crcs: true,
            prefetch: 16 << 20,
            max_inflated: records::DEFAULT_INFLATED_LIMIT,
            on_out_of_range: OnOutOfRange::Latest,
            isolation: IsolationLevel::ReadUncommitted,
        }
    }
}

pub(crate) const SETTINGS: &[Setting<Config>] = &[
    setting("group.id", &[], |c, v| v.optional_text(&mut c.group_id)),
    setting("group.instance.id", &[], |c, v| v.optional_text(&mut c.group_instance_id)),
    setting("group.protocol", &[], |c, v| {
        let words = [("classic", GroupProtocol::Classic), ("consumer", GroupProtocol::Consumer)];
        v.choice(&mut c.group_protocol, &words)
    }),
    setting("partition.assignment.strategy", &[], |c, v| {
        let found: Result<Vec<Assignor>, _> = v.list().map(str::parse).collect();
        c.assignors = found.map_err(|error| error.to_string())?;
        if c.assignors.is_empty() { Err("at least one assignor".to_owned()) } else { Ok(()) }
    }),
    setting("group.remote.assignor", &[], |c, v| v.optional_text(&mut c.remote_assignor)),
    setting("session.timeout.ms", &[], |c, v| v.millis(&mut c.session_timeout, POSITIVE)),
    setting("heartbeat.interval.ms", &[], |c, v| v.millis(&mut c.heartbeat_interval, POSITIVE)),
    setting("max.poll.interval.ms", &[], |c, v| v.millis(&mut c.max_poll_interval, POSITIVE)),
    setting("enable.auto.commit", &["auto.commit.enable"], |c, v| {
        let mut commits = true;
        v.flag(&mut commits)?;
        c.auto_commit_interval = commits.then(|| c.auto_commit_interval.unwrap_or(AUTO_COMMIT_INTERVAL));
        Ok(())
    }),
    setting("auto.commit.interval.ms", &[], |c, v| {
        let mut interval = Duration::ZERO;
        v.millis(&mut interval, INT)?;
        c.auto_commit_interval = c.auto_commit_interval.map(|_| interval);
        Ok(())
    }),
    setting("allow.auto.create.topics", &[], |c, v| v.flag(&mut c.allow_auto_create_topics)),
    setting("client.rack", &[], |c, v| v.optional_text(&mut c.rack)),
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
