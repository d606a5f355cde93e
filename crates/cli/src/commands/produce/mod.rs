use crate::{
    args::key_value,
    cluster::ClusterArguments,
    failure::{Exit, Failure},
};
use clap::{Args, ValueEnum};
use client::{
    Producer,
    producer::{Acks, Codec, Compression, Config, Header, Record},
};
use std::{
    io::{self, IsTerminal, Write as _},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

mod lines;

/// Write records to a topic: one a line from standard input, or one an argument.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mainstem produce orders 'first order'\n  mainstem produce orders < orders.txt\n  \
                        echo 'k1:hello' | mainstem produce orders -k : -H source=shell"
)]
pub(crate) struct Arguments {
    topic: String,
    /// Values to send instead of lines from standard input.
    values: Vec<String>,
    /// What separates the key from the value in each line; a line without it has no key.
    #[arg(short, long, value_name = "DELIMITER")]
    key_delimiter: Option<String>,
    /// A header for every record; may be repeated.
    #[arg(short = 'H', long = "header", value_name = "KEY=VALUE", value_parser = key_value)]
    headers: Vec<(String, String)>,
    /// Partition for every record; chosen by the key, or evenly, unless given.
    #[arg(short, long, value_name = "N")]
    partition: Option<i32>,
    /// Compression of the batches.
    #[arg(short = 'z', long, value_enum, default_value_t)]
    compression: Method,
    /// Whose acknowledgement counts.
    #[arg(long, value_enum, default_value_t)]
    acks: Acknowledgement,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Method {
    #[default]
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Acknowledgement {
    #[value(name = "0")]
    Nobody,
    #[value(name = "1")]
    Leader,
    /// Every replica that is in sync.
    #[default]
    All,
}

impl Arguments {
    fn config(&self) -> Config {
        let compression = match self.compression {
            Method::None => Compression::None,
            Method::Gzip => Compression::Gzip,
            Method::Snappy => Compression::Snappy,
            Method::Lz4 => Compression::Lz4,
            Method::Zstd => Compression::Zstd,
        };
        Config {
            acks: match self.acks {
                Acknowledgement::Nobody => Acks::None,
                Acknowledgement::Leader => Acks::Leader,
                Acknowledgement::All => Acks::All,
            },
            compression: Codec::new(compression),
            // Large batches for files; what is typed goes after the linger all the same.
            batch_size: 512 << 10,
            max_request_size: 16 << 20,
            buffer_memory: 16 << 20,
            delivery_timeout: Duration::from_secs(30),
            max_block: Duration::from_secs(30),
            ..Default::default()
        }
    }
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut config = arguments.config();
    let cluster = arguments.cluster.connect_producer(&mut config).await?;
    crate::cluster::reach_brokers(&cluster).await?;
    let producer = Producer::new(&cluster, config);
    let mut sending = Sending {
        headers: arguments.headers.iter().map(|(key, value)| header(key, value)).collect(),
        delimiter: arguments.key_delimiter.as_deref().map(str::as_bytes),
        progress: Progress::new(),
        producer: &producer,
        arguments: &arguments,
    };
    if arguments.values.is_empty() {
        sending.standard_input().await?;
    } else {
        let now = now_ms();
        for value in &arguments.values {
            sending.line(value.as_bytes(), now).await?;
        }
    }
    producer.flush().await?;
    sending.progress.finish(&arguments.topic);
    Ok(())
}

struct Sending<'a> {
    producer: &'a Producer,
    arguments: &'a Arguments,
    headers: Vec<Header<'a>>,
    delimiter: Option<&'a [u8]>,
    progress: Progress,
}

fn header<'a>(key: &'a str, value: &'a str) -> Header<'a> {
    Header { key: key.as_bytes(), value: Some(value.as_bytes()) }
}

impl Sending<'_> {
    async fn standard_input(&mut self) -> Result<(), Failure> {
        if io::stdin().is_terminal() {
            eprintln!("one record a line; Ctrl-D ends");
        }
        let mut chunks = lines::read(io::stdin());
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk
                .map_err(|error| Failure::new(Exit::Other, format!("cannot read standard input: {error}")))?;
            let now = now_ms();
            for line in lines::split(&chunk) {
                self.line(line, now).await?;
            }
            if let Some(error) = self.producer.failure() {
                return Err(error.into());
            }
            self.progress.show();
        }
        Ok(())
    }

    async fn line(&mut self, line: &[u8], now_ms: i64) -> Result<(), Failure> {
        let (key, value) = match self.delimiter {
            Some(delimiter) => split_key(line, delimiter),
            None => (None, line),
        };
        let record = Record {
            topic: &self.arguments.topic,
            partition: self.arguments.partition,
            timestamp: Some(now_ms),
            key,
            value: Some(value),
            headers: &self.headers,
        };
        // Deliveries are asked for together, by `failure` and `flush`.
        drop(self.producer.send(record).await?);
        self.progress.records += 1;
        self.progress.bytes += line.len() as u64;
        Ok(())
    }
}

fn split_key<'a>(line: &'a [u8], delimiter: &[u8]) -> (Option<&'a [u8]>, &'a [u8]) {
    match memchr::memmem::find(line, delimiter) {
        Some(at) => (Some(&line[..at]), &line[at + delimiter.len()..]),
        None => (None, line),
    }
}

/// On a terminal, how far it is; elsewhere nothing.
struct Progress {
    is_shown: bool,
    started: Instant,
    last: Instant,
    records: u64,
    bytes: u64,
}

impl Progress {
    fn new() -> Self {
        let now = Instant::now();
        let is_shown = io::stderr().is_terminal();
        Self { is_shown, started: now, last: now, records: 0, bytes: 0 }
    }

    /// At most five times a second, and not for what is typed.
    fn show(&mut self) {
        if !self.is_shown || io::stdin().is_terminal() || self.last.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.last = Instant::now();
        let mib = self.bytes as f64 / f64::from(1 << 20);
        eprint!(
            "\r{} records, {mib:.1} MiB, {:.1} MiB/s ",
            self.records,
            mib / self.started.elapsed().as_secs_f64()
        );
        let _ = io::stderr().flush();
    }

    fn finish(&self, topic: &str) {
        if self.is_shown {
            let s = if self.records == 1 { "" } else { "s" };
            eprintln!("\r\u{1b}[K{} record{s} to `{topic}` in {:.2?}", self.records, self.started.elapsed());
        }
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_delimiter_ends_the_key() {
        for (line, delimiter, key, value) in [
            (&b"k:v"[..], &b":"[..], Some(&b"k"[..]), &b"v"[..]),
            (b"k:v:w", b":", Some(b"k"), b"v:w"),
            (b":v", b":", Some(b""), b"v"),
            (b"no delimiter", b":", None, b"no delimiter"),
            (b"a=>b", b"=>", Some(b"a"), b"b"),
            (b"", b":", None, b""),
        ] {
            assert_eq!(split_key(line, delimiter), (key, value));
        }
    }
}
