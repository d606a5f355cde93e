//! Topics and the logs of their partitions.
use super::{Lately, requests::NANOSECONDS_IN_MS};
use crate::{metrics::TopicCounters, partition::Partition, state::State, topics::TopicTable};
use telemetry::{Counter, Encoder, Kind};

pub(super) fn write(state: &State, encoder: &mut Encoder) {
    let table = state.topics.load();
    topics(state, &table, encoder);
    logs(&table, encoder);
    let offline = state.storage.describe().iter().filter(|directory| directory.offline).count();
    let name = "kafka_log_logmanager_offlinelogdirectorycount";
    encoder.gauge(name, "Log directories that are offline.", offline);
}

type TopicCounter = (&'static str, &'static str, fn(&TopicCounters) -> &Counter);

const TOPIC_COUNTERS: [TopicCounter; 8] = [
    ("bytesin", "Bytes of record batches produced.", |topic| &topic.bytes_in),
    ("bytesout", "Bytes of record batches fetched.", |topic| &topic.bytes_out),
    ("messagesin", "Records produced.", |topic| &topic.messages_in),
    ("bytesrejected", "Bytes of record batches refused.", |topic| &topic.bytes_rejected),
    ("totalproducerequests", "Produce requests, once for each partition.", |topic| &topic.produce_requests),
    ("totalfetchrequests", "Fetch requests, once for each partition.", |topic| &topic.fetch_requests),
    ("failedproducerequests", "Produce requests that failed.", |topic| &topic.failed_produce_requests),
    ("failedfetchrequests", "Fetch requests that failed.", |topic| &topic.failed_fetch_requests),
];

fn topics(state: &State, table: &TopicTable, encoder: &mut Encoder) {
    for (short, help, counter) in TOPIC_COUNTERS {
        let name = format!("kafka_server_brokertopicmetrics_{short}_total");
        let mut family = encoder.family(&name, Kind::Counter, help);
        // All topics, also those that were deleted: a total must not fall.
        family.sample(&[], state.metrics.of_all_topics(counter));
        for topic in table.iter() {
            let count: u64 = topic.counters.iter().map(|shard| counter(&shard.0).get()).sum();
            family.sample(&[("topic", &*topic.name)], count);
        }
    }
    let mut family = encoder.family("kafka_topic_partitions", Kind::Gauge, "Partitions of the topic.");
    for topic in table.iter() {
        family.sample(&[("topic", &*topic.name)], topic.partition_count);
    }
}

type LogGauge = (&'static str, &'static str, fn(&Partition) -> i64);

const LOG_GAUGES: [LogGauge; 6] = [
    ("kafka_log_log_size", "Bytes of the log.", |partition| {
        i64::try_from(partition.log.size_in_bytes()).unwrap_or(i64::MAX)
    }),
    ("kafka_log_log_logendoffset", "Log end offset.", |partition| partition.log.log_end_offset().0),
    ("kafka_log_log_logstartoffset", "Log start offset.", |partition| partition.log.log_start_offset().0),
    ("kafka_log_log_numlogsegments", "Segments of the log.", |partition| {
        i64::try_from(partition.log.segment_count()).unwrap_or(i64::MAX)
    }),
    ("kafka_topic_partition_current_offset", "High watermark.", |partition| partition.high_watermark().0),
    ("kafka_topic_partition_oldest_offset", "Log start offset.", |partition| {
        partition.log.log_start_offset().0
    }),
];

fn logs(table: &TopicTable, encoder: &mut Encoder) {
    for (name, help, gauge) in LOG_GAUGES {
        let mut family = encoder.family(name, Kind::Gauge, help);
        for topic in table.iter() {
            for (index, partition) in &topic.partitions {
                let labels = [("topic", &*topic.name), ("partition", &*index.to_string())];
                family.sample(&labels, gauge(partition));
            }
        }
    }
}

pub(super) fn write_flushes(lately: &Lately<'_>, encoder: &mut Encoder) {
    let name = "kafka_log_logflushstats_logflushrateandtimems";
    let mut family = encoder.family(name, Kind::Summary, "Time to make a log's records durable.");
    let all = &lately.totals.flushes;
    family.summary(&[], &all.since(&lately.earlier.flushes), all, NANOSECONDS_IN_MS);
}
