//! What one group can be told (KIP-848, KIP-932, KIP-1071), and one subscription to client metrics (KIP-714).

use crate::{Scope, Setting, Type, Value, known};
use std::sync::LazyLock;

known! {
    fn group: Scope::Group {
        /// Shortest time between two assignments of this consumer group.
        "consumer.assignment.interval.ms": INT = "1000", at_least(0),
            falls_back_to(&["group.consumer.assignment.interval.ms"]);
        /// Whether this consumer group's assignments are computed apart from the coordinator.
        "consumer.assignor.offload.enable": BOOLEAN = "true", INTERNAL,
            falls_back_to(&["group.consumer.assignor.offload.enable"]);
        /// Time between two heartbeats that members of this consumer group are told to send.
        "consumer.heartbeat.interval.ms": INT = "5000", at_least(1),
            falls_back_to(&["group.consumer.heartbeat.interval.ms"]);
        /// Silence after which a member of this consumer group is fenced.
        "consumer.session.timeout.ms": INT = "45000", at_least(1),
            falls_back_to(&["group.consumer.session.timeout.ms"]);
        /// Whether a record that the group gave up is copied whole, or only told of in headers.
        "errors.deadletterqueue.copy.record.enable": BOOLEAN = "false";
        /// Topic for records that the group gave up; an empty text drops them.
        "errors.deadletterqueue.topic.name": STRING = "";
        /// Shortest time between two assignments of this share group.
        "share.assignment.interval.ms": INT = "1000", at_least(0),
            falls_back_to(&["group.share.assignment.interval.ms"]);
        /// Whether this share group's assignments are computed apart from the coordinator.
        "share.assignor.offload.enable": BOOLEAN = "true", INTERNAL,
            falls_back_to(&["group.share.assignor.offload.enable"]);
        /// Where this share group begins on a partition it has not read: `latest`, `earliest`, or
        /// `by_duration:` with an ISO 8601 duration such as `PT1H`.
        "share.auto.offset.reset": STRING = "latest",
            form::<OffsetReset>("latest, earliest, or by_duration: with an ISO 8601 duration");
        /// Number of times a record is delivered to this share group before it is given up.
        "share.delivery.count.limit": INT = "5", at_least(2), falls_back_to(&["group.share.delivery.count.limit"]);
        /// Time between two heartbeats that members of this share group are told to send.
        "share.heartbeat.interval.ms": INT = "5000", at_least(1),
            falls_back_to(&["group.share.heartbeat.interval.ms"]);
        /// Whether this share group sees only records of committed transactions.
        "share.isolation.level": STRING = "read_uncommitted", one_of(&["read_committed", "read_uncommitted"]);
        /// Number of records of one partition that may be out with consumers of this share group.
        "share.partition.max.record.locks": INT = "2000", at_least(100),
            falls_back_to(&["group.share.partition.max.record.locks"]);
        /// How long a consumer of this share group owns a record that it was given.
        "share.record.lock.duration.ms": INT = "30000", at_least(1000),
            falls_back_to(&["group.share.record.lock.duration.ms"]);
        /// Whether a consumer of this share group may ask to own a record for longer.
        "share.renew.acknowledge.enable": BOOLEAN = "true";
        /// Silence after which a member of this share group is fenced.
        "share.session.timeout.ms": INT = "45000", at_least(1), falls_back_to(&["group.share.session.timeout.ms"]);
        /// Records by which a copy of a task may lag and still count as caught up.
        "streams.acceptable.recovery.lag": LONG = "10000", at_least(0), INTERNAL,
            falls_back_to(&["group.streams.acceptable.recovery.lag"]);
        /// Shortest time between two assignments of this streams group.
        "streams.assignment.interval.ms": INT = "1000", at_least(0),
            falls_back_to(&["group.streams.assignment.interval.ms"]);
        /// How tasks of this streams group are assigned; by default, the first of `group.streams.assignors`.
        "streams.assignor.name": STRING, falls_back_to(&["group.streams.assignors"]);
        /// Whether this streams group's assignments are computed apart from the coordinator.
        "streams.assignor.offload.enable": BOOLEAN = "true", INTERNAL,
            falls_back_to(&["group.streams.assignor.offload.enable"]);
        /// Time between two heartbeats that members of this streams group are told to send.
        "streams.heartbeat.interval.ms": INT = "5000", at_least(1),
            falls_back_to(&["group.streams.heartbeat.interval.ms"]);
        /// How long the first member of this streams group waits for others.
        "streams.initial.rebalance.delay.ms": INT = "3000", at_least(0),
            falls_back_to(&["group.streams.initial.rebalance.delay.ms"]);
        /// Number of standby copies of each stateful task.
        "streams.num.standby.replicas": INT = "0", at_least(0),
            falls_back_to(&["group.streams.num.standby.replicas"]);
        /// Number of extra copies that may catch up at the same time before tasks move to them.
        "streams.num.warmup.replicas": INT = "2", at_least(0), INTERNAL,
            falls_back_to(&["group.streams.num.warmup.replicas"]);
        /// Client tags over which standby copies are spread.
        "streams.rack.aware.assignment.tags": LIST = "", LOW,
            falls_back_to(&["group.streams.rack.aware.assignment.tags"]);
        /// Silence after which a member of this streams group is fenced.
        "streams.session.timeout.ms": INT = "45000", at_least(1),
            falls_back_to(&["group.streams.session.timeout.ms"]);
        /// Time between two reports of task offsets that members are told to send.
        "streams.task.offset.interval.ms": INT = "60000", at_least(1), INTERNAL,
            falls_back_to(&["group.streams.task.offset.interval.ms"]);
    }
}

known! {
    fn client_metrics: Scope::ClientMetrics {
        /// Time between two pushes of metrics by a client.
        "interval.ms": INT = "300000", between(100, 3_600_000);
        /// Which clients this is for: `selector=pattern` pairs that must all match.
        "match": LIST = "", form::<Selectors>("`selector=pattern` pairs separated by commas");
        /// What the names of the wanted metrics begin with; an empty list wants none, `*` all.
        "metrics": LIST = "";
    }
}

pub(crate) static GROUP: LazyLock<Vec<Setting>> = LazyLock::new(group);
pub(crate) static CLIENT_METRICS: LazyLock<Vec<Setting>> = LazyLock::new(client_metrics);

struct OffsetReset;

impl Value for OffsetReset {
    const TYPE: Type = Type::String;

    fn parse(text: &str) -> Option<Self> {
        let is_duration = |text: &str| text.strip_prefix("by_duration:").is_some_and(is_iso_8601_duration);
        (["latest", "earliest"].contains(&text) || is_duration(text)).then_some(Self)
    }

    fn to_text(&self) -> Option<String> {
        None
    }
}

/// `PnDTnHnMn.nS` with at least one part, not negative.
fn is_iso_8601_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else { return false };
    let (days, time) = rest.split_once('T').map_or((rest, None), |(days, time)| (days, Some(time)));
    let parts = |mut text: &str, units: &str| {
        let mut units = units.chars();
        while !text.is_empty() {
            let Some(end) = text.find(|c: char| !c.is_ascii_digit() && c != '.') else { return false };
            let unit = text[end..].chars().next();
            if text[..end].parse::<f64>().is_err() || !units.any(|next| Some(next) == unit) {
                return false;
            }
            text = &text[end + 1..];
        }
        true
    };
    rest.is_ascii()
        && !rest.is_empty()
        && parts(days, "D")
        && time.is_none_or(|time| !time.is_empty() && parts(time, "HMS"))
}

struct Selectors;

impl Value for Selectors {
    const TYPE: Type = Type::List;

    fn parse(text: &str) -> Option<Self> {
        const KNOWN: [&str; 6] = [
            "client_instance_id",
            "client_id",
            "client_software_name",
            "client_software_version",
            "client_source_address",
            "client_source_port",
        ];
        let is_selector = |pair: &String| {
            pair.split_once('=')
                .is_some_and(|(name, pattern)| KNOWN.contains(&name.trim()) && !pattern.is_empty())
        };
        Vec::<String>::parse(text)?.iter().all(is_selector).then_some(Self)
    }

    fn to_text(&self) -> Option<String> {
        None
    }
}
