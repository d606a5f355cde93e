//! What `/metrics` says: Kafka's names as the common JMX exporter rules spell them, and those of kafka_exporter.
//!
//! Everything is computed at the scrape, from counters and from the state itself.
use crate::{
    dispatch,
    metrics::Totals,
    partition::Partition,
    state::State,
    topics::{Topic, TopicTable},
};
use group::{Describe, FetchOffsets, GroupId, List};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use telemetry::{Encoder, Kind, collect_process};

pub(crate) async fn text(state: &State) -> String {
    let mut encoder = Encoder::default();
    broker(state, &mut encoder);
    controller(state, &mut encoder);
    topics(state, &mut encoder);
    partitions(state, &mut encoder);
    network(state, &mut encoder);
    let groups = GroupFigures::collect(state).await;
    groups.write(state, &mut encoder);
    collect_process(&mut encoder);
    encoder.into_text()
}

fn broker(state: &State, encoder: &mut Encoder) {
    let table = state.topics.load();
    let led: usize = table.iter().map(|topic| topic.partitions.len()).sum();
    let offline = state.storage.describe().iter().filter(|directory| directory.offline).count();
    let is_ready = state.reasons_not_ready().is_empty();
    let (sessions, session_partitions) = {
        let sessions = state.fetch_sessions.lock();
        (sessions.len(), sessions.partition_count())
    };
    // With one replica for each partition, whatever is led is in sync.
    let gauges: [(&str, &str, usize); 11] = [
        (
            "kafkaserver_brokerstate",
            "3 while the broker serves clients, 1 before.",
            if is_ready { 3 } else { 1 },
        ),
        ("replicamanager_leadercount", "Partitions led here.", led),
        ("replicamanager_partitioncount", "Partitions with a replica here.", led),
        ("replicamanager_underreplicatedpartitions", "Partitions led here that lack replicas in sync.", 0),
        (
            "replicamanager_underminisrpartitioncount",
            "Partitions led here with fewer replicas in sync than required.",
            0,
        ),
        (
            "replicamanager_atminisrpartitioncount",
            "Partitions led here with just as many replicas in sync as required.",
            led,
        ),
        ("replicamanager_offlinereplicacount", "Replicas that are not available here.", 0),
        ("fetchsessioncache_numincrementalfetchsessions", "Incremental fetch sessions.", sessions),
        (
            "fetchsessioncache_numincrementalfetchpartitionscached",
            "Partitions in fetch sessions.",
            session_partitions,
        ),
        ("logmanager_offlinelogdirectorycount", "Log directories that are offline.", offline),
        ("socket_server_metrics_connection_count", "Connections of clients.", state.limits.open_count()),
    ];
    for (name, help, value) in gauges {
        let family = if name.starts_with("logmanager") { "kafka_log" } else { "kafka_server" };
        encoder.gauge(&format!("{family}_{name}"), help, value);
    }
}

fn controller(state: &State, encoder: &mut Encoder) {
    let image = state.image();
    let live = image.live_brokers().count();
    let fenced = image.brokers().filter(|broker| broker.fenced).count();
    let leaderless: usize = image
        .topics()
        .map(|topic| topic.partitions.values().filter(|partition| partition.leader.is_none()).count())
        .sum();
    let gauges: [(&str, &str, usize); 6] = [
        (
            "activecontrollercount",
            "1 on the node that leads the metadata quorum.",
            state.quorum.is_leader().into(),
        ),
        ("globaltopiccount", "Topics of the cluster.", image.topic_count()),
        ("globalpartitioncount", "Partitions of the cluster.", image.partition_count()),
        ("activebrokercount", "Brokers that are not fenced.", live),
        ("fencedbrokercount", "Brokers that are fenced.", fenced),
        ("offlinepartitionscount", "Partitions without a leader.", leaderless),
    ];
    for (name, help, value) in gauges {
        encoder.gauge(&format!("kafka_controller_kafkacontroller_{name}"), help, value);
    }
    let applied = "kafka_controller_kafkacontroller_lastappliedrecordoffset";
    encoder.gauge(applied, "Offset of the last metadata record.", image.last_offset().0);
    encoder.gauge("kafka_brokers", "Brokers in the cluster.", live);
}

type TopicCounter = (&'static str, &'static str, fn(&Topic) -> &AtomicU64);

const TOPIC_COUNTERS: [TopicCounter; 8] = [
    ("bytesin", "Bytes of record batches produced.", |topic| &topic.counters.bytes_in),
    ("bytesout", "Bytes of record batches fetched.", |topic| &topic.counters.bytes_out),
    ("messagesin", "Records produced.", |topic| &topic.counters.messages_in),
    ("bytesrejected", "Bytes of record batches refused.", |topic| &topic.counters.bytes_rejected),
    ("totalproducerequests", "Produce requests, once for each partition.", |topic| {
        &topic.counters.produce_requests
    }),
    ("totalfetchrequests", "Fetch requests, once for each partition.", |topic| {
        &topic.counters.fetch_requests
    }),
    ("failedproducerequests", "Produce requests that failed.", |topic| {
        &topic.counters.failed_produce_requests
    }),
    ("failedfetchrequests", "Fetch requests that failed.", |topic| &topic.counters.failed_fetch_requests),
];

fn topics(state: &State, encoder: &mut Encoder) {
    let table = state.topics.load();
    for (short, help, counter) in TOPIC_COUNTERS {
        let name = format!("kafka_server_brokertopicmetrics_{short}_total");
        let mut family = encoder.family(&name, Kind::Counter, help);
        family.sample(&[], table.iter().map(|topic| counter(topic).load(Relaxed)).sum::<u64>());
        for topic in table.iter() {
            family.sample(&[("topic", &*topic.name)], counter(topic).load(Relaxed));
        }
    }
    let mut family = encoder.family("kafka_topic_partitions", Kind::Gauge, "Partitions of the topic.");
    for topic in table.iter() {
        family.sample(&[("topic", &*topic.name)], topic.partition_count);
    }
}

type LogGauge = (&'static str, &'static str, fn(&Partition) -> i64);

const LOG_GAUGES: [LogGauge; 5] = [
    ("kafka_log_log_size", "Bytes of the log.", |partition| {
        i64::try_from(partition.log.size_in_bytes()).unwrap_or(i64::MAX)
    }),
    ("kafka_log_log_logendoffset", "Log end offset.", |partition| partition.log.log_end_offset().0),
    ("kafka_log_log_logstartoffset", "Log start offset.", |partition| partition.log.log_start_offset().0),
    ("kafka_topic_partition_current_offset", "High watermark.", |partition| partition.high_watermark().0),
    ("kafka_topic_partition_oldest_offset", "Log start offset.", |partition| {
        partition.log.log_start_offset().0
    }),
];

type PartitionGauge = (&'static str, &'static str, fn(&::metadata::Partition) -> i64);

const PARTITION_GAUGES: [PartitionGauge; 5] = [
    ("leader", "Node that leads the partition; -1 if none does.", |partition| {
        partition.leader.map_or(-1, |leader| leader.0.into())
    }),
    ("replicas", "Replicas of the partition.", |partition| partition.replicas.len() as i64),
    ("in_sync_replica", "Replicas in sync.", |partition| partition.isr.len() as i64),
    ("leader_is_preferred", "1 if the first replica leads.", |partition| {
        (partition.leader.is_some() && partition.leader == partition.preferred_leader()).into()
    }),
    ("under_replicated_partition", "1 if a replica is not in sync.", |partition| {
        (partition.isr.len() < partition.replicas.len()).into()
    }),
];

fn partitions(state: &State, encoder: &mut Encoder) {
    let table = state.topics.load();
    for (name, help, gauge) in LOG_GAUGES {
        let mut family = encoder.family(name, Kind::Gauge, help);
        for topic in table.iter() {
            for (index, partition) in &topic.partitions {
                family
                    .sample(&[("topic", &*topic.name), ("partition", &*index.to_string())], gauge(partition));
            }
        }
    }
    let image = state.image();
    for (short, help, gauge) in PARTITION_GAUGES {
        let mut family = encoder.family(&format!("kafka_topic_partition_{short}"), Kind::Gauge, help);
        for topic in image.topics() {
            for (index, partition) in &topic.partitions {
                family
                    .sample(&[("topic", &*topic.name), ("partition", &*index.to_string())], gauge(partition));
            }
        }
    }
}

fn network(state: &State, encoder: &mut Encoder) {
    let Some(shards) = state.counters.get() else { return };
    let totals = Totals(shards);
    encoder.counter("mainstem_network_bytes_read_total", "Bytes read from clients.", totals.bytes_read());
    encoder.counter(
        "mainstem_network_bytes_written_total",
        "Bytes written to clients.",
        totals.bytes_written(),
    );
    let mut requests =
        encoder.family("kafka_network_requestmetrics_requests_total", Kind::Counter, "Requests.");
    for spec in dispatch::specs() {
        requests.sample(&[("request", spec.key.name())], totals.requests(spec.key));
    }
    let help = "Time from the start of a request's handling to its answer.";
    let mut seconds = encoder.family("mainstem_network_request_seconds_total", Kind::Counter, help);
    for spec in dispatch::specs() {
        seconds.sample(&[("request", spec.key.name())], totals.handling(spec.key).as_secs_f64());
    }
}

/// What kafka_exporter tells of groups.
#[derive(Default)]
struct GroupFigures {
    members: BTreeMap<String, usize>,
    /// Committed offset by group, topic and partition.
    committed: BTreeMap<(String, String, i32), i64>,
    by_state: BTreeMap<String, usize>,
}

impl GroupFigures {
    async fn collect(state: &State) -> Self {
        let mut figures = Self::default();
        // A group that vanishes, or whose partition is still loading, is simply not told of this time.
        let listed = state.groups.list(&List::default()).await.unwrap_or_default();
        for group in listed {
            *figures.by_state.entry(group.state.to_string().to_lowercase()).or_default() += 1;
            figures.collect_group(state, group.group_id).await;
        }
        figures
    }

    async fn collect_group(&mut self, state: &State, group_id: GroupId) {
        let name = group_id.to_string();
        let describe = Describe { group_id: group_id.clone() };
        if let Ok(description) = state.groups.ask(&group_id, describe).await {
            self.members.insert(name.clone(), description.members.len());
        }
        let fetch = FetchOffsets { group_id: group_id.clone(), member_epoch: -1, ..Default::default() };
        for topic in state.groups.ask(&group_id, fetch).await.unwrap_or_default() {
            for partition in &topic.partitions {
                if let Ok(Some(committed)) = &partition.offset {
                    let key = (name.clone(), topic.name.to_string(), partition.partition);
                    self.committed.insert(key, committed.offset.0);
                }
            }
        }
    }

    fn write(&self, state: &State, encoder: &mut Encoder) {
        let name = "kafka_coordinator_group_groupmetadatamanager_numgroups";
        encoder.gauge(name, "Groups coordinated here.", self.by_state.values().sum::<usize>());
        for group_state in ["preparingrebalance", "completingrebalance", "stable", "dead", "empty"] {
            let count = self.by_state.get(group_state).copied().unwrap_or(0);
            encoder.gauge(&format!("{name}{group_state}"), "Groups coordinated here in this state.", count);
        }
        let mut family = encoder.family("kafka_consumergroup_members", Kind::Gauge, "Members of the group.");
        for (group, members) in &self.members {
            family.sample(&[("consumergroup", group)], *members);
        }
        let table = state.topics.load();
        let help = "Offset that the group has committed.";
        self.by_partition(encoder, "current_offset", help, |_, offset| offset);
        let help = "Committed records that the group has not read.";
        self.by_partition(encoder, "lag", help, |key, offset| lag(&table, key, offset));
    }

    /// A family for each partition, and one that sums it up for each topic.
    fn by_partition(
        &self,
        encoder: &mut Encoder,
        short: &str,
        help: &str,
        value: impl Fn(&(String, String, i32), i64) -> i64,
    ) {
        let mut sums = BTreeMap::<(&str, &str), i64>::new();
        let mut family = encoder.family(&format!("kafka_consumergroup_{short}"), Kind::Gauge, help);
        for (key, offset) in &self.committed {
            let (group, topic, partition) = key;
            let value = value(key, *offset);
            let labels =
                [("consumergroup", &**group), ("topic", topic), ("partition", &partition.to_string())];
            family.sample(&labels, value);
            *sums.entry((group, topic)).or_default() += value;
        }
        let mut family = encoder.family(&format!("kafka_consumergroup_{short}_sum"), Kind::Gauge, help);
        for ((group, topic), sum) in sums {
            family.sample(&[("consumergroup", group), ("topic", topic)], sum);
        }
    }
}

fn lag(table: &Arc<TopicTable>, (_, topic, partition): &(String, String, i32), committed: i64) -> i64 {
    let partition = table.by_name(topic).and_then(|topic| topic.partitions.get(partition));
    partition.map_or(0, |partition| (partition.high_watermark().0 - committed).max(0))
}
