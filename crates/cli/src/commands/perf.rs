//! `mainstem perf`: how much goes through a cluster, and how long it takes.
//!
//! With a rate the load is open: a record's time counts from when it was meant to be sent, so that a slow cluster cannot
//! hide its slowness by slowing the load down. Without one records are sent as fast as they go.
use crate::{
    cluster::{self, ClusterArguments},
    completion,
    failure::{Exit, Failure},
    output::{self, Document, OutputArguments, Section},
    progress::{Progress, Total},
};
use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Consumer, Producer,
    consumer::{self, End, Start},
    producer::{self, Record},
};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Measure throughput and latency.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem perf produce bench --records 1000000 --size 100
  mainstem perf consume bench --records 1000000
  mainstem perf latency bench --records 10000 --rate 1000")]
pub(crate) enum Command {
    /// Send records, and measure until each is acknowledged.
    #[command(before_help = "Examples:
  mainstem perf produce bench --records 1000000 --size 100
  mainstem perf produce bench --rate 5000 --records 50000      # an open load
  mainstem perf produce bench -X acks=1 -X compression.type=lz4")]
    Produce(Produce),
    /// Read records, from the beginning.
    #[command(before_help = "Examples:
  mainstem perf consume bench --records 1000000")]
    Consume(Consume),
    /// Send records one by one and read them back: from the moment each was meant to be sent to when it is read.
    #[command(before_help = "Examples:
  mainstem perf latency bench --records 10000 --rate 1000")]
    Latency(Latency),
}

#[derive(Debug, Args)]
pub(crate) struct Produce {
    /// The topic to use.
    #[arg(value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    topic: String,
    /// How many records to send.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    records: u64,
    /// Bytes of each record's value.
    #[arg(short, long, value_name = "BYTES", default_value_t = 100)]
    size: usize,
    /// Records a second; as fast as they go unless given.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    rate: Option<u64>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Consume {
    /// The topic to use.
    #[arg(value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    topic: String,
    /// How many records to read; all there are unless given.
    #[arg(short = 'n', long, value_name = "N")]
    records: Option<u64>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Latency {
    /// The topic to use.
    #[arg(value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    topic: String,
    /// How many records to send.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    records: u64,
    /// Bytes of each record's value; at least 16.
    #[arg(short, long, value_name = "BYTES", default_value_t = 100)]
    size: usize,
    /// Records a second.
    #[arg(short, long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    rate: u64,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Serialize)]
struct Measured {
    records: u64,
    bytes: u64,
    seconds: f64,
    records_per_second: f64,
    mib_per_second: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<Percentiles>,
}

#[derive(Debug, Serialize)]
struct Percentiles {
    /// How many records were timed.
    count: u64,
    mean: f64,
    p50: f64,
    p90: f64,
    p99: f64,
    p99_9: f64,
    max: f64,
}

impl Measured {
    fn new(records: u64, bytes: u64, took: Duration, latency: Option<&Histogram<u64>>) -> Self {
        let seconds = took.as_secs_f64().max(1e-9);
        Self {
            records,
            bytes,
            seconds,
            records_per_second: records as f64 / seconds,
            mib_per_second: bytes as f64 / f64::from(1 << 20) / seconds,
            latency_ms: latency.map(percentiles),
        }
    }
}

fn percentiles(histogram: &Histogram<u64>) -> Percentiles {
    let ms = |micros: u64| micros as f64 / 1000.0;
    Percentiles {
        count: histogram.len(),
        mean: histogram.mean() / 1000.0,
        p50: ms(histogram.value_at_quantile(0.5)),
        p90: ms(histogram.value_at_quantile(0.9)),
        p99: ms(histogram.value_at_quantile(0.99)),
        p99_9: ms(histogram.value_at_quantile(0.999)),
        max: ms(histogram.max()),
    }
}

impl Document for Measured {
    fn name(&self) -> String {
        format!("{:.0}", self.records_per_second)
    }

    fn sections(&self) -> Vec<Section> {
        let mut fields = vec![
            ("records", self.records.to_string()),
            ("seconds", format!("{:.3}", self.seconds)),
            ("records/s", format!("{:.0}", self.records_per_second)),
            ("MiB/s", format!("{:.2}", self.mib_per_second)),
        ];
        if let Some(latency) = &self.latency_ms {
            fields.extend([
                ("mean", format!("{:.3} ms", latency.mean)),
                ("p50", format!("{:.3} ms", latency.p50)),
                ("p90", format!("{:.3} ms", latency.p90)),
                ("p99", format!("{:.3} ms", latency.p99)),
                ("p99.9", format!("{:.3} ms", latency.p99_9)),
                ("max", format!("{:.3} ms", latency.max)),
            ]);
        }
        vec![Section::Fields(fields)]
    }
}

/// Microseconds with three digits, up to an hour.
fn histogram() -> Histogram<u64> {
    let hour = 3_600_000_000;
    Histogram::new_with_bounds(1, hour, 3).expect("the bounds are in order, and three digits are fine")
}

fn note(histogram: &mut Histogram<u64>, took: Duration) {
    histogram.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
}

/// When the record of this number is meant to be sent, after the start.
fn intended(number: u64, rate: u64) -> Duration {
    Duration::from_nanos(
        u64::try_from(u128::from(number) * 1_000_000_000 / u128::from(rate)).unwrap_or(u64::MAX),
    )
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Produce(arguments) => produce(arguments).await,
        Command::Consume(arguments) => consume(arguments).await,
        Command::Latency(arguments) => latency(arguments).await,
    }
}

async fn produce(arguments: Produce) -> Result<(), Failure> {
    /// Of an unbounded load so many are timed at most: watching costs time itself.
    const TIMED: u64 = 20_000;
    let mut config = producer::Config::default();
    let cluster = arguments.cluster.connect_producer(&mut config).await?;
    cluster::reach_brokers(&cluster).await?;
    let producer = Producer::new(&cluster, config);
    let value = payload(arguments.size);
    let every = if arguments.rate.is_some() { 1 } else { (arguments.records / TIMED).max(1) };
    let (mut timed, mut histogram) = (JoinSet::new(), histogram());
    let mut progress = Progress::new(Total::Records(arguments.records), false);
    let started = Instant::now();
    for number in 0..arguments.records {
        let mut due = Instant::now();
        if let Some(rate) = arguments.rate {
            due = started + intended(number, rate);
            tokio::time::sleep_until(due.into()).await;
        }
        let record = Record { topic: &arguments.topic, value: Some(&value), ..Record::default() };
        let delivery = producer.send(record).await?;
        if number % every == 0 {
            timed.spawn(async move { delivery.wait().await.map(|_| due.elapsed()) });
        }
        while let Some(Ok(done)) = timed.try_join_next() {
            note(&mut histogram, done?);
        }
        progress.records += 1;
        progress.bytes += value.len() as u64;
        progress.show();
    }
    producer.flush().await?;
    let took = started.elapsed();
    while let Some(Ok(done)) = timed.join_next().await {
        note(&mut histogram, done?);
    }
    progress.finish("acknowledged");
    let bytes = arguments.records * value.len() as u64;
    output::describe(
        arguments.output.format,
        &Measured::new(arguments.records, bytes, took, Some(&histogram)),
    )
}

/// Bytes that do not compress to nothing, and are the same in every run.
fn payload(size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        b'a' + (state % 26) as u8
    };
    (0..size).map(next).collect()
}

async fn consume(arguments: Consume) -> Result<(), Failure> {
    let mut config = consumer::Config::default();
    let cluster = arguments.cluster.connect_consumer(&mut config).await?;
    cluster::reach_brokers(&cluster).await?;
    let mut consumer = Consumer::new(&cluster, config);
    let started = Instant::now();
    consumer.assign_topic(&arguments.topic, &[], Start::Earliest, End::Latest).await?;
    let most = arguments.records.unwrap_or(u64::MAX);
    let mut progress = Progress::new(arguments.records.map_or(Total::Unknown, Total::Records), false);
    while progress.records < most && !consumer.is_finished() {
        let Some(batch) = consumer.poll(Duration::from_secs(1)).await? else { continue };
        for record in batch.records() {
            let record = record?;
            progress.records += 1;
            progress.bytes +=
                (record.key.map_or(0, <[u8]>::len) + record.value.map_or(0, <[u8]>::len)) as u64;
            if progress.records == most {
                break;
            }
        }
        progress.show();
    }
    let took = started.elapsed();
    progress.finish("read");
    if arguments.records.is_some_and(|wanted| progress.records < wanted) {
        let what = format!("topic `{}` has only {} records", arguments.topic, progress.records);
        return Err(Failure::new(Exit::NotFound, what).next_step("`mainstem perf produce` writes more"));
    }
    output::describe(arguments.output.format, &Measured::new(progress.records, progress.bytes, took, None))
}

async fn latency(arguments: Latency) -> Result<(), Failure> {
    /// Longest wait for a record to come back.
    const PATIENCE: Duration = Duration::from_secs(30);
    if arguments.size < 16 {
        return Err(Failure::new(Exit::Usage, format!("--size {} is less than 16", arguments.size)));
    }
    let mut config = producer::Config { linger: Duration::ZERO, ..producer::Config::default() };
    let cluster = arguments.cluster.connect_producer(&mut config).await?;
    cluster::reach_brokers(&cluster).await?;
    let producer = Producer::new(&cluster, config);
    // The topic may be made by this, and what is in it is not ours.
    let run: u64 =
        u64::from_be_bytes(*uuid::Uuid::new_v4().as_bytes().first_chunk().expect("an id has 16 bytes"));
    let mut value = payload(arguments.size);
    value[..8].copy_from_slice(&run.to_be_bytes());
    value[8..16].copy_from_slice(&u64::MAX.to_be_bytes());
    let warm = Record { topic: &arguments.topic, value: Some(&value), ..Record::default() };
    producer.send(warm).await?.wait().await?;
    let mut consumer = Consumer::new(&cluster, consumer::Config::default());
    consumer.assign_topic(&arguments.topic, &[], Start::Latest, End::Never).await?;
    let started = Instant::now();
    let (rate, records) = (arguments.rate, arguments.records);
    let sending = async {
        for number in 0..records {
            tokio::time::sleep_until((started + intended(number, rate)).into()).await;
            value[8..16].copy_from_slice(&number.to_be_bytes());
            producer
                .send(Record { topic: &arguments.topic, value: Some(&value), ..Record::default() })
                .await?;
        }
        producer.flush().await?;
        Ok::<(), Failure>(())
    };
    let reading = async {
        let (mut seen, mut histogram) = (0, histogram());
        let mut progress = Progress::new(Total::Records(records), false);
        while seen < records {
            let Some(batch) = consumer.poll(PATIENCE).await? else {
                let what =
                    format!("{} of {records} records did not come back in {PATIENCE:?}", records - seen);
                return Err(Failure::new(Exit::Timeout, what));
            };
            let now = started.elapsed();
            for record in batch.records() {
                if let Some(number) = number_of(record?.value, run) {
                    note(&mut histogram, now.saturating_sub(intended(number, rate)));
                    seen += 1;
                }
            }
            (progress.records, progress.bytes) = (seen, seen * arguments.size as u64);
            progress.show();
        }
        progress.finish("came back");
        Ok(histogram)
    };
    let (sent, read) = tokio::join!(sending, reading);
    sent?;
    let histogram = read?;
    let bytes = records * arguments.size as u64;
    let result = Measured::new(records, bytes, started.elapsed(), Some(&histogram));
    output::describe(arguments.output.format, &result)
}

/// The number of a record of this run; `None` for any other record.
fn number_of(value: Option<&[u8]>, run: u64) -> Option<u64> {
    let value = value?;
    let own = u64::from_be_bytes(*value.first_chunk()?);
    let number = u64::from_be_bytes(*value.get(8..)?.first_chunk()?);
    (own == run && number != u64::MAX).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_due_at_their_rate() {
        for (number, rate, expected) in [(0, 10, 0), (1, 10, 100_000), (15, 10, 1_500_000), (1, 3, 333_333)] {
            assert_eq!(intended(number, rate).as_micros(), expected);
        }
    }

    #[test]
    fn percentiles_are_in_milliseconds() {
        let mut histogram = histogram();
        for ms in 1..=1000 {
            note(&mut histogram, Duration::from_millis(ms));
        }
        let found = percentiles(&histogram);
        let near = |found: f64, expected: f64| (found - expected).abs() <= expected / 500.0;
        assert!(near(found.p50, 500.0) && near(found.p99, 990.0) && near(found.max, 1000.0), "{found:?}");
        assert_eq!(found.count, 1000);
        note(&mut histogram, Duration::from_secs(1 << 20));
        assert!(percentiles(&histogram).max >= 3_600_000.0);
    }

    #[test]
    fn only_records_of_this_run_count() {
        let value = [7u64.to_be_bytes(), 5u64.to_be_bytes()].concat();
        assert_eq!(number_of(Some(&value), 7), Some(5));
        assert_eq!(number_of(Some(&value), 8), None);
        assert_eq!(number_of(Some(b"short"), 7), None);
        assert_eq!(number_of(None, 7), None);
    }
}
