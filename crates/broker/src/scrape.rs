//! What `/metrics` says: Kafka's names as the common JMX exporter rules spell them, and those of kafka_exporter.
//!
//! Everything is computed at the scrape, from counters and from the state itself.
use crate::{dispatch, metrics::Totals, state::State, topics::Topic};
use std::{
    fmt::{Display, Write},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Prometheus text in the making. Families come one after the other, each with its help and type once.
#[derive(Default)]
struct Text(String);

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
}

impl Text {
    fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}").expect("a string takes everything");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        if !labels.is_empty() {
            self.0.push('{');
            for (position, (label, value)) in labels.iter().enumerate() {
                let comma = if position > 0 { "," } else { "" };
                let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                write!(self.0, "{comma}{label}=\"{escaped}\"").expect("a string takes everything");
            }
            self.0.push('}');
        }
        writeln!(self.0, " {value}").expect("a string takes everything");
    }

    fn one(&mut self, name: &str, kind: Kind, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }
}

pub(crate) fn text(state: &State) -> String {
    let mut text = Text::default();
    brokers(state, &mut text);
    topics(state, &mut text);
    network(state, &mut text);
    partitions(state, &mut text);
    text.0
}

/// State of the broker and of the controller.
fn brokers(state: &State, text: &mut Text) {
    use Kind::Gauge;
    let image = state.image();
    let table = state.topics.load();
    let led: usize = table.iter().map(|topic| topic.partitions.len()).sum();
    let offline = state.storage.describe().iter().filter(|directory| directory.offline).count();
    let ready = state.reasons_not_ready().is_empty();
    let fenced = image.brokers().filter(|broker| broker.fenced).count();
    let leaderless = |topic: &std::sync::Arc<::metadata::Topic>| {
        topic.partitions.values().filter(|partition| partition.leader.is_none()).count()
    };
    let gauges: [(&str, &str, usize); 15] = [
        ("kafka_server_kafkaserver_brokerstate", "3 while the broker serves clients, 1 before.", if ready { 3 } else { 1 }),
        ("kafka_server_replicamanager_leadercount", "Partitions led here.", led),
        ("kafka_server_replicamanager_partitioncount", "Partitions with a replica here.", led),
        ("kafka_server_replicamanager_underreplicatedpartitions", "Partitions led here that lack replicas in sync.", 0),
        ("kafka_server_replicamanager_underminisrpartitioncount", "Partitions led here below their minimum of in-sync replicas.", 0),
        ("kafka_server_replicamanager_offlinereplicacount", "Replicas in directories that are offline.", 0),
        ("kafka_log_logmanager_offlinelogdirectorycount", "Log directories that are offline.", offline),
        ("kafka_controller_kafkacontroller_activecontrollercount", "1 on the node that leads the metadata quorum.", usize::from(state.quorum.is_leader())),
        ("kafka_controller_kafkacontroller_globaltopiccount", "Topics of the cluster.", image.topic_count()),
        ("kafka_controller_kafkacontroller_globalpartitioncount", "Partitions of the cluster.", image.partition_count()),
        ("kafka_controller_kafkacontroller_activebrokercount", "Brokers that are not fenced.", image.live_brokers().count()),
        ("kafka_controller_kafkacontroller_fencedbrokercount", "Brokers that are fenced.", fenced),
        ("kafka_controller_kafkacontroller_offlinepartitionscount", "Partitions without a leader.", image.topics().map(leaderless).sum()),
        ("kafka_server_fetchsessioncache_numincrementalfetchsessions", "Incremental fetch sessions.", state.fetch_sessions.lock().len()),
        ("kafka_server_fetchsessioncache_numincrementalfetchpartitionscached", "Partitions in incremental fetch sessions.", state.fetch_sessions.lock().partition_count()),
    ];
    for (name, help, value) in gauges {
        text.one(name, Gauge, help, value);
    }
    text.one(
        "kafka_controller_kafkacontroller_lastappliedrecordoffset",
        Gauge,
        "Offset of the last metadata record in force.",
        image.last_offset(),
    );
    text.one("kafka_brokers", Gauge, "Brokers in the cluster.", image.live_brokers().count());
}

type TopicCounter = (&'static str, &'static str, fn(&Topic) -> &AtomicU64);

const TOPIC_COUNTERS: [TopicCounter; 8] = [
    ("bytesin", "Bytes of record batches produced.", |topic| &topic.counters.bytes_in),
    ("bytesout", "Bytes of record batches fetched.", |topic| &topic.counters.bytes_out),
    ("messagesin", "Records produced.", |topic| &topic.counters.messages_in),
    ("bytesrejected", "Bytes of record batches refused.", |topic| &topic.counters.bytes_rejected),
    ("totalproducerequests", "Produce requests, once for each partition.", |topic| &topic.counters.produce_requests),
    ("totalfetchrequests", "Fetch requests, once for each partition.", |topic| &topic.counters.fetch_requests),
    ("failedproducerequests", "Produce requests that failed.", |topic| &topic.counters.failed_produce_requests),
    ("failedfetchrequests", "Fetch requests that failed.", |topic| &topic.counters.failed_fetch_requests),
];

fn topics(state: &State, text: &mut Text) {
    let table = state.topics.load();
    for (short, help, counter) in TOPIC_COUNTERS {
        let name = format!("kafka_server_brokertopicmetrics_{short}_total");
        text.family(&name, Kind::Counter, help);
        text.sample(&name, &[], table.iter().map(|topic| counter(topic).load(Relaxed)).sum::<u64>());
        for topic in table.iter() {
            text.sample(&name, &[("topic", &*topic.name)], counter(topic).load(Relaxed));
        }
    }
}

fn network(state: &State, text: &mut Text) {
    let Some(shards) = state.counters.get() else { return };
    let totals = Totals(shards);
    text.one(
        "kafka_server_socket_server_metrics_connection_count",
        Kind::Gauge,
        "Connections of clients.",
        state.limits.open_count(),
    );
    text.one("mainstem_network_bytes_read_total", Kind::Counter, "Bytes read from clients.", totals.bytes_read());
    text.one("mainstem_network_bytes_written_total", Kind::Counter, "Bytes written to clients.", totals.bytes_written());
    let requests = "kafka_network_requestmetrics_requests_total";
    text.family(requests, Kind::Counter, "Requests.");
    for spec in dispatch::specs() {
        text.sample(requests, &[("request", spec.key.name())], totals.requests(spec.key));
    }
    let seconds = "mainstem_network_request_seconds_total";
    text.family(seconds, Kind::Counter, "Time from the start of a request's handling to its answer.");
    for spec in dispatch::specs() {
        text.sample(seconds, &[("request", spec.key.name())], totals.handling(spec.key).as_secs_f64());
    }
}

type PartitionGauge = (&'static str, &'static str, fn(&crate::partition::Partition) -> i64);

const PARTITION_GAUGES: [PartitionGauge; 5] = [
    ("kafka_log_log_size", "Bytes of the log.", |partition| i64::try_from(partition.log.size_in_bytes()).unwrap_or(i64::MAX)),
    ("kafka_log_log_logendoffset", "Log end offset.", |partition| partition.log.log_end_offset().0),
    ("kafka_log_log_logstartoffset", "Log start offset.", |partition| partition.log.log_start_offset().0),
    ("kafka_topic_partition_current_offset", "Newest committed offset.", |partition| partition.high_watermark().0),
    ("kafka_topic_partition_oldest_offset", "Oldest offset.", |partition| partition.log.log_start_offset().0),
];

fn partitions(state: &State, text: &mut Text) {
    let table = state.topics.load();
    for (name, help, gauge) in PARTITION_GAUGES {
        text.family(name, Kind::Gauge, help);
        for topic in table.iter() {
            for (index, partition) in &topic.partitions {
                let labels = [("topic", &*topic.name), ("partition", &*index.to_string())];
                text.sample(name, &labels, gauge(partition));
            }
        }
    }
    text.family("kafka_topic_partitions", Kind::Gauge, "Partitions of the topic.");
    for topic in table.iter() {
        text.sample("kafka_topic_partitions", &[("topic", &*topic.name)], topic.partition_count);
    }
    let image = state.image();
    text.family("kafka_topic_partition_leader", Kind::Gauge, "Node that leads the partition; -1 if none does.");
    for topic in image.topics() {
        for (index, partition) in &topic.partitions {
            let labels = [("topic", &*topic.name), ("partition", &*index.to_string())];
            text.sample("kafka_topic_partition_leader", &labels, partition.leader.map_or(-1, |leader| leader.0));
        }
    }
}
