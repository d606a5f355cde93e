//! The broker as a replica of partitions, the controller, and the metadata that both go by.
use crate::state::State;
use ::metadata::{MetadataImage, Partition};
use base::Offset;
use std::collections::BTreeSet;
use telemetry::{Encoder, Kind};

pub(super) fn write(state: &State, encoder: &mut Encoder) {
    let image = state.image();
    let hosted = Hosted::of(state, &image);
    broker(state, encoder);
    replica_manager(state, &hosted, encoder);
    led_partitions(&hosted, encoder);
    controller(state, &image, encoder);
    quorum(state, encoder);
    cluster(&image, encoder);
}

/// A partition that this broker leads.
struct Led<'a> {
    topic: &'a str,
    index: i32,
    partition: &'a Partition,
    /// Replicas that must be in sync: no more than there are can be.
    min_isr: usize,
}

impl Led<'_> {
    fn is_under_min_isr(&self) -> bool {
        self.partition.isr.len() < self.min_isr
    }

    fn is_at_min_isr(&self) -> bool {
        self.partition.isr.len() == self.min_isr
    }

    fn is_under_replicated(&self) -> bool {
        self.partition.isr.len() < self.partition.replicas.len()
    }

    fn is_reassigning(&self) -> bool {
        !self.partition.adding_replicas.is_empty() || !self.partition.removing_replicas.is_empty()
    }
}

/// The partitions that have a replica on this broker.
struct Hosted<'a> {
    count: usize,
    /// Those of which the log cannot be used.
    offline: usize,
    led: Vec<Led<'a>>,
    producer_ids: usize,
}

impl<'a> Hosted<'a> {
    fn of(state: &State, image: &'a MetadataImage) -> Self {
        let table = state.topics.load();
        let directories = state.storage.describe();
        let offline: BTreeSet<_> = directories
            .iter()
            .filter(|directory| directory.offline)
            .map(|directory| directory.directory_id)
            .collect();
        let mut hosted = Self { count: 0, offline: 0, led: Vec::new(), producer_ids: 0 };
        for topic in image.topics() {
            let here = table.by_id(topic.id);
            let min_isr =
                here.map_or(1, |topic| usize::try_from(topic.config.min_insync_replicas).unwrap_or(1));
            for (index, partition) in &topic.partitions {
                if !partition.replicas.contains(&state.node_id) {
                    continue;
                }
                hosted.count += 1;
                let served = here.and_then(|topic| topic.partitions.get(index));
                let Some(served) = served.filter(|served| !offline.contains(&served.log.directory_id()))
                else {
                    hosted.offline += 1;
                    continue;
                };
                hosted.producer_ids += served.log.active_producers().len();
                let min_isr = min_isr.min(partition.replicas.len());
                hosted.led.push(Led { topic: &topic.name, index: *index, partition, min_isr });
            }
        }
        hosted
    }

    fn led(&self, which: fn(&Led<'a>) -> bool) -> usize {
        self.led.iter().filter(|led| which(led)).count()
    }
}

fn broker(state: &State, encoder: &mut Encoder) {
    let running = if state.reasons_not_ready().is_empty() { 3 } else { 1 };
    let help = "3 while the broker serves clients, 1 before.";
    encoder.gauge("kafka_server_kafkaserver_brokerstate", help, running);
    let (sessions, partitions) = {
        let sessions = state.fetch_sessions.lock();
        (sessions.len(), sessions.partition_count())
    };
    let cache = "kafka_server_fetchsessioncache";
    let help = "Incremental fetch sessions.";
    encoder.gauge(&format!("{cache}_numincrementalfetchsessions"), help, sessions);
    let help = "Partitions in fetch sessions.";
    encoder.gauge(&format!("{cache}_numincrementalfetchpartitionscached"), help, partitions);
}

fn replica_manager(state: &State, hosted: &Hosted<'_>, encoder: &mut Encoder) {
    let gauges: [(&str, &str, usize); 8] = [
        ("leadercount", "Partitions led here.", hosted.led.len()),
        ("partitioncount", "Partitions with a replica here.", hosted.count),
        ("offlinereplicacount", "Replicas here whose log cannot be used.", hosted.offline),
        (
            "underreplicatedpartitions",
            "Partitions led here that lack replicas in sync.",
            hosted.led(Led::is_under_replicated),
        ),
        (
            "underminisrpartitioncount",
            "Partitions led here with fewer replicas in sync than required.",
            hosted.led(Led::is_under_min_isr),
        ),
        (
            "atminisrpartitioncount",
            "Partitions led here with just as many replicas in sync as required.",
            hosted.led(Led::is_at_min_isr),
        ),
        (
            "reassigningpartitions",
            "Partitions led here whose replicas are being changed.",
            hosted.led(Led::is_reassigning),
        ),
        ("produceridcount", "Producers that are remembered.", hosted.producer_ids),
    ];
    for (name, help, value) in gauges {
        encoder.gauge(&format!("kafka_server_replicamanager_{name}"), help, value);
    }
    let counters = &state.metrics.metadata;
    let help = "Times that a partition led here lost a replica in sync.";
    encoder.counter("kafka_server_replicamanager_isrshrinks_total", help, counters.isr_shrinks.get());
    let help = "Times that a partition led here gained a replica in sync.";
    encoder.counter("kafka_server_replicamanager_isrexpands_total", help, counters.isr_expands.get());
}

type LedGauge = (&'static str, &'static str, fn(&Led<'_>) -> usize);

const LED_GAUGES: [LedGauge; 3] = [
    ("underminisr", "1 if fewer replicas are in sync than required.", |led| led.is_under_min_isr().into()),
    ("atminisr", "1 if just as many replicas are in sync as required.", |led| led.is_at_min_isr().into()),
    ("replicascount", "Replicas of the partition.", |led| led.partition.replicas.len()),
];

fn led_partitions(hosted: &Hosted<'_>, encoder: &mut Encoder) {
    for (short, help, gauge) in LED_GAUGES {
        let mut family = encoder.family(&format!("kafka_cluster_partition_{short}"), Kind::Gauge, help);
        for led in &hosted.led {
            let labels = [("topic", led.topic), ("partition", &*led.index.to_string())];
            family.sample(&labels, gauge(led));
        }
    }
}

fn controller(state: &State, image: &MetadataImage, encoder: &mut Encoder) {
    let partitions = |which: fn(&Partition) -> bool| -> usize {
        image
            .topics()
            .map(|topic| topic.partitions.values().filter(|partition| which(partition)).count())
            .sum()
    };
    let counters = &state.metrics.metadata;
    let apply_errors = usize::try_from(counters.apply_errors.get()).unwrap_or(usize::MAX);
    let gauges: [(&str, &str, usize); 8] = [
        (
            "activecontrollercount",
            "1 on the node that leads the metadata quorum.",
            state.quorum.is_leader().into(),
        ),
        ("globaltopiccount", "Topics of the cluster.", image.topic_count()),
        ("globalpartitioncount", "Partitions of the cluster.", image.partition_count()),
        ("activebrokercount", "Brokers that are not fenced.", image.live_brokers().count()),
        (
            "fencedbrokercount",
            "Brokers that are fenced.",
            image.brokers().filter(|broker| broker.fenced).count(),
        ),
        (
            "offlinepartitionscount",
            "Partitions without a leader.",
            partitions(|partition| partition.leader.is_none()),
        ),
        (
            "preferredreplicaimbalancecount",
            "Partitions that another replica leads than the first.",
            partitions(|partition| partition.leader != partition.preferred_leader()),
        ),
        ("metadataerrorcount", "Changes of metadata that could not be carried out.", apply_errors),
    ];
    for (name, help, value) in gauges {
        encoder.gauge(&format!("kafka_controller_kafkacontroller_{name}"), help, value);
    }
    let applied = "kafka_controller_kafkacontroller_lastappliedrecordoffset";
    encoder.gauge(applied, "Offset of the last metadata record.", image.last_offset().0);
    let name = "kafka_controller_controllerstats_uncleanleaderelections_total";
    let help = "Leaders that may not have had all committed records.";
    encoder.counter(name, help, counters.unclean_leader_elections.get());
}

fn quorum(state: &State, encoder: &mut Encoder) {
    let quorum = state.quorum.describe();
    let raft = |short| format!("kafka_server_raftmetrics_{short}");
    let own = quorum.voters.iter().find(|voter| voter.key.id == state.node_id);
    let role = match quorum.leader {
        Some(leader) if leader == state.node_id => "leader",
        Some(_) => "follower",
        None => "unattached",
    };
    let help = "What this node is in the metadata quorum.";
    encoder.family(&raft("current_state"), Kind::Gauge, help).sample(&[("current_state", role)], 1);
    let help = "Node that leads the metadata quorum; -1 if none does.";
    encoder.gauge(&raft("current_leader"), help, quorum.leader.map_or(-1, |leader| leader.0));
    encoder.gauge(&raft("current_epoch"), "Epoch of the metadata quorum's leader.", quorum.leader_epoch.0);
    let help = "Everything below it is committed in the metadata log.";
    encoder.gauge(&raft("high_watermark"), help, quorum.high_watermark.0);
    if let Some(end) = own.map(|own| own.log_end_offset).filter(|end| *end != Offset::NONE) {
        encoder.gauge(&raft("log_end_offset"), "The offset that the next metadata record will get.", end.0);
    }
    let broker = |short| format!("kafka_server_brokermetadatametrics_{short}");
    let help = "Offset of the last metadata record that is in force on this broker.";
    encoder.gauge(&broker("last_applied_record_offset"), help, state.applied_offset().0);
    let help = "Changes of metadata that could not be carried out on this broker.";
    encoder.gauge(&broker("metadata_apply_error_count"), help, state.metrics.metadata.apply_errors.get());
}

type PartitionGauge = (&'static str, &'static str, fn(&Partition) -> i64);

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

/// What kafka_exporter tells of brokers and partitions.
fn cluster(image: &MetadataImage, encoder: &mut Encoder) {
    encoder.gauge("kafka_brokers", "Brokers in the cluster.", image.live_brokers().count());
    let mut family = encoder.family("kafka_broker_info", Kind::Gauge, "A broker and where it is.");
    for broker in image.live_brokers() {
        if let Some(endpoint) = broker.endpoints.first() {
            let address = format!("{}:{}", endpoint.host, endpoint.port);
            family.sample(&[("id", &broker.id.to_string()), ("address", &address)], 1);
        }
    }
    for (short, help, gauge) in PARTITION_GAUGES {
        let mut family = encoder.family(&format!("kafka_topic_partition_{short}"), Kind::Gauge, help);
        for topic in image.topics() {
            for (index, partition) in &topic.partitions {
                let labels = [("topic", &*topic.name), ("partition", &*index.to_string())];
                family.sample(&labels, gauge(partition));
            }
        }
    }
}
