//! Requests, connections, and the threads that serve both.
use super::Lately;
use crate::{
    dispatch,
    metrics::{ApiTotals, ShardTotals, Stage},
    state::State,
};
use protocol::{ApiKey, ErrorCode};
use std::time::Duration;
use telemetry::{Encoder, Kind, Snapshot};

/// Histograms count nanoseconds, Kafka's names say milliseconds.
pub(super) const NANOSECONDS_IN_MS: f64 = 1e6;

/// Kafka tells fetches of consumers and of followers apart; nobody follows a cluster of one broker.
const CONSUMER_FETCH: &str = "FetchConsumer";

pub(super) fn write(state: &State, lately: &Lately<'_>, encoder: &mut Encoder) {
    requests(lately, encoder);
    purgatories(lately, encoder);
    connections(state, lately, encoder);
    threads(lately, encoder);
    let totals = lately.totals;
    encoder.counter("mainstem_network_bytes_read_total", "Bytes read from clients.", totals.bytes_read);
    encoder.counter(
        "mainstem_network_bytes_written_total",
        "Bytes written to clients.",
        totals.bytes_written,
    );
}

const STAGES: [(Stage, &str, &str); Stage::ALL.len()] = [
    (Stage::Total, "totaltimems", "Time from when a request was read to when its answer was written."),
    (
        Stage::RequestQueue,
        "requestqueuetimems",
        "Time from when a request was read to when its handler started: it waited for others of its connection.",
    ),
    (Stage::Local, "localtimems", "Time in a request's handler, until there was nothing to do but to wait."),
    (
        Stage::Remote,
        "remotetimems",
        "Time that a request waited for something: records to come, the disk, other members of its group.",
    ),
    (
        Stage::ResponseQueue,
        "responsequeuetimems",
        "Time from a request's answer to when it began to be written: it waited for others of its connection.",
    ),
    (Stage::ResponseSend, "responsesendtimems", "Time in which a request's answer was written."),
];

/// What was asked for, under the names by which Kafka counts it.
fn asked<'a>(lately: &Lately<'a>) -> Vec<(&'static str, &'a ApiTotals, Option<&'a ApiTotals>)> {
    let mut asked = Vec::new();
    for spec in dispatch::specs() {
        let Some(totals) = lately.totals.api(spec.key) else { continue };
        let earlier = lately.earlier.api(spec.key);
        asked.push((spec.key.name(), totals, earlier));
        if spec.key == ApiKey::Fetch {
            asked.push((CONSUMER_FETCH, totals, earlier));
        }
    }
    asked
}

fn requests(lately: &Lately<'_>, encoder: &mut Encoder) {
    let asked = asked(lately);
    let name = |short| format!("kafka_network_requestmetrics_{short}");
    let mut requests = encoder.family(&name("requests_total"), Kind::Counter, "Requests.");
    for (request, api, _) in &asked {
        for (version, count) in &api.versions {
            requests.sample(&[("request", request), ("version", &version.to_string())], *count);
        }
    }
    // Kafka marks errors under the API's own name alone.
    let by_api = || asked.iter().filter(|(request, ..)| *request != CONSUMER_FETCH);
    let help = "Errors in answers, one for each thing that was asked for; NONE is that it went well.";
    let mut errors = encoder.family(&name("errors_total"), Kind::Counter, help);
    for (request, api, _) in by_api() {
        for (error, count) in &api.errors {
            let error = ErrorCode(*error).name().map_or_else(|| error.to_string(), str::to_owned);
            errors.sample(&[("request", request), ("error", &error)], *count);
        }
    }
    for (stage, short, help) in STAGES {
        let of = |api: &ApiTotals| api.stages[stage as usize].clone();
        summaries(encoder, &name(short), help, &asked, NANOSECONDS_IN_MS, of);
    }
    let help = "Bytes of a request.";
    summaries(encoder, &name("requestbytes"), help, &asked, 1.0, |api| api.request_bytes.clone());
}

fn summaries(
    encoder: &mut Encoder,
    name: &str,
    help: &str,
    asked: &[(&'static str, &ApiTotals, Option<&ApiTotals>)],
    scale: f64,
    of: impl Fn(&ApiTotals) -> Snapshot,
) {
    let mut family = encoder.family(name, Kind::Summary, help);
    for (request, api, earlier) in asked {
        let all = of(api);
        let earlier = earlier.map(&of).unwrap_or_default();
        family.summary(&[("request", request)], &all.since(&earlier), &all, scale);
    }
}

fn purgatories(lately: &Lately<'_>, encoder: &mut Encoder) {
    // Kafka's names of what may be delayed.
    const OPERATIONS: [(&str, &[ApiKey]); 3] = [
        ("Fetch", &[ApiKey::Fetch]),
        ("Produce", &[ApiKey::Produce]),
        ("Rebalance", &[ApiKey::JoinGroup, ApiKey::SyncGroup]),
    ];
    let name = "kafka_server_delayedoperationpurgatory_purgatorysize";
    let mut family = encoder.family(name, Kind::Gauge, "Requests that wait for something to happen.");
    for (operation, keys) in OPERATIONS {
        let waiting = |key: &ApiKey| lately.totals.api(*key).map_or(0, |api| api.waiting);
        let waiting: u64 = keys.iter().map(waiting).sum();
        family.sample(&[("delayedOperation", operation)], waiting);
    }
}

type ConnectionFigure = (&'static str, &'static str, fn((u64, u64), (u64, u64), f64) -> f64);

/// From what was opened and closed, the same earlier, and the seconds since then.
const CONNECTION_FIGURES: [ConnectionFigure; 3] = [
    ("connection_count", "Connections of clients.", |(opened, closed), _, _| {
        opened.saturating_sub(closed) as f64
    }),
    ("connection_creation_rate", "Connections opened in a second.", |now, earlier, seconds| {
        now.0.saturating_sub(earlier.0) as f64 / seconds
    }),
    ("connection_close_rate", "Connections closed in a second.", |now, earlier, seconds| {
        now.1.saturating_sub(earlier.1) as f64 / seconds
    }),
];

fn connections(state: &State, lately: &Lately<'_>, encoder: &mut Encoder) {
    for (short, help, figure) in CONNECTION_FIGURES {
        let name = format!("kafka_server_socket_server_metrics_{short}");
        let mut family = encoder.family(&name, Kind::Gauge, help);
        for (index, shard) in lately.totals.shards.iter().enumerate() {
            let earlier = lately.earlier.shards.get(index);
            for (listener, name) in state.listener_names.iter().enumerate() {
                let now = shard.connections[listener];
                let earlier = earlier.map_or((0, 0), |shard| shard.connections[listener]);
                let labels = [("listener", &**name), ("networkProcessor", &index.to_string())];
                family.sample(&labels, figure(now, earlier, lately.elapsed.as_secs_f64()));
            }
        }
    }
}

/// A shard's thread reads from sockets and runs handlers, so both of Kafka's pools of threads are idle when it is.
fn threads(lately: &Lately<'_>, encoder: &mut Encoder) {
    let busy = |shards: &[ShardTotals]| shards.iter().map(|shard| shard.busy).sum::<Duration>();
    let busy = busy(&lately.totals.shards).saturating_sub(busy(&lately.earlier.shards));
    let available = lately.elapsed * u32::try_from(lately.totals.shards.len()).unwrap_or(1);
    if available.is_zero() {
        return;
    }
    let idle = (1.0 - busy.as_secs_f64() / available.as_secs_f64()).clamp(0.0, 1.0);
    let help = "Share of the time, 0 to 1, in which the threads that serve connections and requests had nothing to run.";
    encoder.gauge("kafka_network_socketserver_networkprocessoravgidle_percent", help, idle);
    encoder.gauge("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", help, idle);
}
