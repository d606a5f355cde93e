use super::{assignor::Assignor, offsets::Start};
use crate::{
    admin::IsolationLevel,
    properties::{INT, POSITIVE, Setting, setting},
};
use std::time::{Duration, SystemTime};

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
    /// How often what was read is committed by itself, with each poll if it is zero; `None` leaves it to the program
    /// (`enable.auto.commit`, `auto.commit.interval.ms`).
    pub auto_commit_interval: Option<Duration>,
    /// Whether a subscription makes topics that do not exist, if the broker allows it (`allow.auto.create.topics`).
    pub allow_auto_create_topics: bool,
    /// Where this consumer is, so that a replica nearby can be read (`client.rack`).
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
    /// Bytes that may wait unread before fetching pauses. Zero: the next is fetched when nothing waits.
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
    /// At the first record that is no older than this; at the end if there is none (KIP-1106).
    ByDuration(Duration),
}

impl OnOutOfRange {
    /// Where to go on; `None` where the program has to say.
    pub(super) fn start(self, now: SystemTime) -> Option<Start> {
        match self {
            Self::Fail => None,
            Self::Earliest => Some(Start::Earliest),
            Self::Latest => Some(Start::Latest),
            Self::ByDuration(age) => {
                let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                let ms = since_1970.saturating_sub(age).as_millis();
                Some(Start::Timestamp(i64::try_from(ms).unwrap_or(i64::MAX)))
            }
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

impl Config {
    /// A quarter of what may wait unread at most: what is read while the next answer comes is still in the processor's
    /// cache, and a broker of many partitions does not overrun [`Config::prefetch`] by its whole answer.
    pub(super) fn most_in_answer(&self) -> i32 {
        let share = i32::try_from(self.prefetch / 4).unwrap_or(i32::MAX);
        self.max_bytes.min(share.max(self.max_partition_bytes))
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
        if let Some(duration) = v.as_str().strip_prefix("by_duration:") {
            let age = parse_duration(duration);
            c.on_out_of_range = OnOutOfRange::ByDuration(
                age.ok_or("by_duration: and a time in the form of ISO 8601, such as PT1H or P7DT12H")?,
            );
            return Ok(());
        }
        let words = [&earliest[..], &latest, &fail].concat();
        let read = v.choice(&mut c.on_out_of_range, &words);
        read.map_err(|expected| format!("{expected}, by_duration:PT1H"))
    }),
    setting("isolation.level", &[], |c, v| {
        let words = [
            ("read_uncommitted", IsolationLevel::ReadUncommitted),
            ("read_committed", IsolationLevel::ReadCommitted),
        ];
        v.choice(&mut c.isolation, &words)
    }),
];

/// `PnDTnHnMn.nS` with at least one part, in any case, not negative.
fn parse_duration(text: &str) -> Option<Duration> {
    const DATE: &[(char, u32)] = &[('D', 86_400)];
    const TIME: &[(char, u32)] = &[('H', 3600), ('M', 60), ('S', 1)];
    let text = text.to_ascii_uppercase();
    let text = text.strip_prefix('P')?;
    let (days, time) = text.split_once('T').map_or((text, None), |(days, time)| (days, Some(time)));
    if time.map_or(days, |time| time).is_empty() {
        return None;
    }
    parse_parts(days, DATE)?.checked_add(parse_parts(time.unwrap_or_default(), TIME)?)
}

/// Numbers, each with its unit, in the order of the units. Seconds may have a fraction.
fn parse_parts(mut text: &str, units: &[(char, u32)]) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    let mut left = units.iter();
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (_, seconds) = left.find(|(unit, _)| text[end..].starts_with(*unit))?;
        let (whole, fraction) = text[..end].split_once('.').unwrap_or((&text[..end], ""));
        if !fraction.is_empty() && (*seconds != 1 || fraction.len() > 9) {
            return None;
        }
        let nanos: u32 = format!("{fraction:0<9}").parse().ok()?;
        let part = Duration::from_secs(whole.parse::<u64>().ok()?.checked_mul((*seconds).into())?);
        sum = sum.checked_add(part)?.checked_add(Duration::from_nanos(nanos.into()))?;
        text = &text[end + 1..];
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations_of_iso_8601() {
        for (text, ms) in [
            ("PT1H", Some(3_600_000)),
            ("P1D", Some(86_400_000)),
            ("p1dt2h3m4.5s", Some(93_784_500)),
            ("PT0.001S", Some(1)),
            ("PT0S", Some(0)),
            ("", None),
            ("P", None),
            ("PT", None),
            ("P1DT", None),
            ("1H", None),
            ("PT1", None),
            ("PT1M1H", None),
            ("PT1.5H", None),
            ("PT-1H", None),
            ("PT1.1.1S", None),
            ("P1M", None),
            ("PTéS", None),
            ("P99999999999999999999D", None),
            ("P9999999999999999D", None),
        ] {
            assert_eq!(parse_duration(text).map(|age| age.as_millis()), ms, "{text}");
        }
    }

    #[test]
    fn an_answer_is_a_share_of_what_may_wait() {
        for (prefetch, max_bytes, max_partition_bytes, expected) in [
            (16 << 20, 50 << 20, 1 << 20, 4 << 20),
            (16 << 20, 2 << 20, 1 << 20, 2 << 20),
            (16 << 20, 50 << 20, 8 << 20, 8 << 20),
            (0, 50 << 20, 1 << 20, 1 << 20),
            (usize::MAX, 50 << 20, 1 << 20, 50 << 20),
        ] {
            let config = Config { prefetch, max_bytes, max_partition_bytes, ..Default::default() };
            assert_eq!(config.most_in_answer(), expected, "{prefetch} {max_bytes} {max_partition_bytes}");
        }
    }

    #[test]
    fn where_to_go_on() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        for (policy, start) in [
            (OnOutOfRange::Fail, None),
            (OnOutOfRange::Earliest, Some(Start::Earliest)),
            (OnOutOfRange::Latest, Some(Start::Latest)),
            (OnOutOfRange::ByDuration(Duration::from_secs(1)), Some(Start::Timestamp(99_000))),
            (OnOutOfRange::ByDuration(Duration::from_secs(101)), Some(Start::Timestamp(0))),
        ] {
            assert_eq!(policy.start(now), start, "{policy:?}");
        }
    }
}
