//! Produces or consumes so many records of one size, and prints what that cost.
//!
//! ```text
//! perf produce 127.0.0.1:9092 TOPIC 1000000 100 [linger.ms=5 batch.size=1000000 compression=lz4 acks=all]
//! perf consume 127.0.0.1:9092 TOPIC 1000000
//! ```
//!
//! One line: records, seconds, records per second, seconds of CPU of this process (user and system), and records per
//! second of CPU.
use anyhow::{Context, Result, bail};
use mainstem_client::{
    Cluster, Config, Consumer, Producer,
    consumer::{self, End, Start},
    producer::{self, Acks, Record},
};
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let started = Instant::now();
    let records = runtime.block_on(async {
        match arguments.as_slice() {
            ["produce", bootstrap, topic, records, size, settings @ ..] => {
                produce(bootstrap, topic, records.parse()?, size.parse()?, settings).await
            }
            ["consume", bootstrap, topic, records] => consume(bootstrap, topic, records.parse()?).await,
            _ => bail!("usage: perf produce HOST:PORT TOPIC RECORDS SIZE [KEY=VALUE...] | perf consume HOST:PORT TOPIC RECORDS"),
        }
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu = cpu_seconds()?;
    let (rate, per_cpu) = (records as f64 / seconds, records as f64 / cpu);
    println!(
        "{records} records, {seconds:.3} s, {rate:.0} records/s, {cpu:.2} CPU-s, {per_cpu:.0} records/CPU-s"
    );
    Ok(())
}

async fn produce(bootstrap: &str, topic: &str, records: u64, size: usize, settings: &[&str]) -> Result<u64> {
    let mut config = producer::Config::default();
    for setting in settings {
        let (key, value) = setting.split_once('=').context("a setting is KEY=VALUE")?;
        match key {
            "linger.ms" => config.linger = Duration::from_millis(value.parse()?),
            "batch.size" => config.batch_size = value.parse()?,
            "compression" => config.compression = value.parse::<producer::Compression>()?.into(),
            "acks" => {
                config.acks = match value {
                    "0" => Acks::None,
                    "1" => Acks::Leader,
                    "all" | "-1" => Acks::All,
                    other => bail!("acks is 0, 1 or all, not `{other}`"),
                }
            }
            other => bail!("no setting `{other}`: there are linger.ms, batch.size, compression, acks"),
        }
    }
    let cluster = Cluster::connect(Config::new(vec![bootstrap.parse()?])).await?;
    let producer = Producer::new(&cluster, config);
    let value = vec![b'x'; size];
    let record = Record { topic, value: Some(&value), ..Default::default() };
    for _ in 0..records {
        producer.send(record).await?;
    }
    producer.flush().await?;
    Ok(records)
}

async fn consume(bootstrap: &str, topic: &str, records: u64) -> Result<u64> {
    let cluster = Cluster::connect(Config::new(vec![bootstrap.parse()?])).await?;
    let mut consumer = Consumer::new(&cluster, consumer::Config::default());
    consumer.assign_topic(topic, &[], Start::Earliest, End::Never).await?;
    let mut seen = 0;
    while seen < records {
        let batch = consumer.poll(Duration::from_secs(10)).await?;
        let batch = batch.with_context(|| format!("nothing came for 10 s after {seen} records"))?;
        for record in batch.records() {
            record?;
            seen += 1;
        }
    }
    Ok(seen)
}

/// User and system time of all threads, in ticks of 10 ms.
fn cpu_seconds() -> Result<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    const USER_AND_SYSTEM_AFTER_NAME: std::ops::Range<usize> = 11..13;
    let stat = std::fs::read_to_string("/proc/self/stat").context("CPU time is read from /proc")?;
    let (_, fields) = stat.rsplit_once(')').context("/proc/self/stat names the program in brackets")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = fields.get(USER_AND_SYSTEM_AFTER_NAME).context("/proc/self/stat has 52 fields")?;
    Ok(ticks.iter().map(|ticks| ticks.parse::<f64>()).sum::<Result<f64, _>>()? / TICKS_PER_SECOND)
}
