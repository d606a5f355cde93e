//! Produces or consumes so many records of one size, and prints what that cost; what the scoreboard runs.
//!
//! ```text
//! perf produce  127.0.0.1:9092 TOPIC 1000000 100 [linger.ms=5 batch.size=1000000 ...]
//! perf consume  127.0.0.1:9092 TOPIC 1000000 [check.crcs=true ...]
//! perf pace     127.0.0.1:9092 TOPIC 10000 100 1000 [linger.ms=0 ...]   so many a second, each with the time
//! perf delays   127.0.0.1:9092 TOPIC 10000 [...]          of what `pace` sends from now on, in microseconds, one a line
//! perf idle     127.0.0.1:9092 TOPIC [...]                reads what never comes, until it is ended
//! ```
//!
//! Produce and consume print one line: records, seconds, records per second, seconds of CPU of this process (user and
//! system), and records per second of CPU. Settings go by the names of Kafka's clients.
use anyhow::{Context, Result, bail};
use mainstem_client::{
    Cluster, Config, Consumer, Producer, Properties,
    consumer::{self, End, Start},
    producer::{self, Record},
};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const USAGE: &str = "perf produce HOST:PORT TOPIC RECORDS SIZE [KEY=VALUE...] | perf consume HOST:PORT TOPIC RECORDS [...] \
     | perf pace HOST:PORT TOPIC RECORDS SIZE RATE [...] | perf delays HOST:PORT TOPIC RECORDS [...] \
     | perf idle HOST:PORT TOPIC [...]";

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
            ["consume", bootstrap, topic, records, settings @ ..] => {
                consume(bootstrap, topic, records.parse()?, settings).await
            }
            ["pace", bootstrap, topic, records, size, rate, settings @ ..] => {
                let between = Duration::from_secs_f64(1.0 / rate.parse::<f64>()?);
                pace(bootstrap, topic, records.parse()?, size.parse()?, between, settings).await
            }
            ["delays", bootstrap, topic, records, settings @ ..] => {
                delays(bootstrap, topic, records.parse()?, settings).await
            }
            ["idle", bootstrap, topic, settings @ ..] => idle(bootstrap, topic, settings).await,
            _ => bail!("usage: {USAGE}"),
        }
    })?;
    if !matches!(arguments.first(), Some(&("produce" | "consume"))) {
        return Ok(());
    }
    let seconds = started.elapsed().as_secs_f64();
    let cpu = cpu_seconds()?;
    let (rate, per_cpu) = (records as f64 / seconds, records as f64 / cpu);
    println!(
        "{records} records, {seconds:.3} s, {rate:.0} records/s, {cpu:.2} CPU-s, {per_cpu:.0} records/CPU-s"
    );
    Ok(())
}

fn properties(bootstrap: &str, settings: &[&str]) -> Result<Properties> {
    let mut properties = Properties::default();
    properties.set("bootstrap.servers", bootstrap);
    for setting in settings {
        let (key, value) = setting.split_once('=').context("a setting is KEY=VALUE")?;
        properties.set(key, value);
    }
    Ok(properties)
}

async fn producer(bootstrap: &str, settings: &[&str]) -> Result<Producer> {
    let (mut client, mut config) = (Config::new(Vec::new()), producer::Config::default());
    properties(bootstrap, settings)?.apply_to_producer(&mut client, &mut config)?;
    Ok(Producer::new(&Cluster::connect(client).await?, config))
}

async fn consumer(bootstrap: &str, settings: &[&str]) -> Result<Consumer> {
    let (mut client, mut config) = (Config::new(Vec::new()), consumer::Config::default());
    properties(bootstrap, settings)?.apply_to_consumer(&mut client, &mut config)?;
    Ok(Consumer::new(&Cluster::connect(client).await?, config))
}

async fn produce(bootstrap: &str, topic: &str, records: u64, size: usize, settings: &[&str]) -> Result<u64> {
    let producer = producer(bootstrap, settings).await?;
    let value = vec![b'x'; size];
    let record = Record { topic, value: Some(&value), ..Default::default() };
    for _ in 0..records {
        producer.send(record).await?;
    }
    producer.flush().await?;
    Ok(records)
}

async fn consume(bootstrap: &str, topic: &str, records: u64, settings: &[&str]) -> Result<u64> {
    let mut consumer = consumer(bootstrap, settings).await?;
    consumer.assign_topic(topic, &[], Start::Earliest, End::Never).await?;
    let (mut seen, mut bytes) = (0, 0);
    while seen < records {
        let batch = consumer.poll(Duration::from_secs(10)).await?;
        let batch = batch.with_context(|| format!("nothing came for 10 s after {seen} records"))?;
        for record in batch.records() {
            bytes += record?.value.map_or(0, <[u8]>::len);
            seen += 1;
        }
    }
    std::hint::black_box(bytes);
    Ok(seen)
}

/// Record by record at its time, whether or not the one before was late.
async fn pace(
    bootstrap: &str,
    topic: &str,
    records: u32,
    size: usize,
    between: Duration,
    settings: &[&str],
) -> Result<u64> {
    let producer = producer(bootstrap, settings).await?;
    let mut value = vec![b'x'; size.max(STAMP)];
    let started = Instant::now();
    for nth in 0..records {
        let due = started + between * nth;
        // tokio's timers count whole milliseconds, so a thread of its own waits.
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        value[..STAMP].copy_from_slice(&now_micros().to_be_bytes());
        producer.send(Record { topic, value: Some(&value), ..Default::default() }).await?;
    }
    producer.flush().await?;
    Ok(u64::from(records))
}

/// Bytes of the time in a record's value.
const STAMP: usize = 8;

async fn delays(bootstrap: &str, topic: &str, records: u64, settings: &[&str]) -> Result<u64> {
    let mut consumer = consumer(bootstrap, settings).await?;
    consumer.assign_topic(topic, &[], Start::Latest, End::Never).await?;
    // Whoever waits for the first byte knows that what is sent from now on is seen.
    println!("ready");
    let mut delays = Vec::new();
    while (delays.len() as u64) < records {
        let batch = consumer.poll(Duration::from_secs(30)).await?;
        let batch = batch.with_context(|| format!("nothing came for 30 s after {}", delays.len()))?;
        for record in batch.records() {
            let stamp = record?.value.and_then(|value| value.first_chunk::<STAMP>());
            let sent = u64::from_be_bytes(*stamp.context("a record of another program")?);
            delays.push(now_micros().saturating_sub(sent));
        }
    }
    delays.iter().for_each(|delay| println!("{delay}"));
    Ok(records)
}

async fn idle(bootstrap: &str, topic: &str, settings: &[&str]) -> Result<u64> {
    let mut consumer = consumer(bootstrap, settings).await?;
    consumer.assign_topic(topic, &[], Start::Latest, End::Never).await?;
    println!("ready");
    loop {
        consumer.poll(Duration::from_secs(60)).await?;
    }
}

fn now_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
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
