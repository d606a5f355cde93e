//! `mainstem produce`: records from arguments, standard input or files to a topic.
mod json;
pub(crate) mod lines;
mod template;

use crate::{
    args::key_value,
    cluster::{self, ClusterArguments},
    completion,
    failure::{Exit, Failure},
    interrupt::Interrupt,
    progress::{Progress, Total, counted},
    text,
};
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Producer,
    producer::{Acks, Codec, Compression, Config, Header, Record},
};
use json::Parsed;
use lines::{Input, Splitter, Step, ready, stdin_file};
use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, IsTerminal, Read},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use template::{Stop, Template};

/// Write records to a topic: one a line from standard input, or one an argument.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:
  mainstem produce orders 'first order'
  mainstem produce orders < orders.txt
  echo 'k1:hello' | mainstem produce orders -K : -H source=shell
  mainstem produce accounts -k alice -Z ''             # a tombstone
  mainstem produce pictures --file cat.png dog.png     # each file a record
  mainstem consume orders -e -o json | mainstem produce copy --json
  mainstem produce orders -f '%k %v\\n' < orders.txt",
    after_help = "JSON:
  One object a line with key, value, headers, timestamp and partition, as `consume -o json` writes them; all may
  be missing. `key_base64` and `value_base64` hold bytes. Other JSON as a value is sent as its text.

Format:
  %k %v %s          key, value, up to the text behind the verb; also {hex}, {base64}
  %K %V %S %R       length of the key or value behind it; also {big8} to {big64}, {little8} to {little64}, {hex8}...
  %p %T             partition, timestamp in milliseconds
  %H %h{%k=%v,}     number of headers, and what each looks like
  %% %{ %} \\n \\t \\xNN"
)]
pub(crate) struct Arguments {
    /// Where the records go.
    #[arg(value_name = "TOPIC", add = ArgValueCompleter::new(completion::topics))]
    topic: String,
    /// Values to send instead of records from standard input.
    #[arg(value_name = "VALUE")]
    values: Vec<OsString>,
    /// Files to send, each as one record.
    #[arg(long = "file", value_name = "FILE", num_args = 1.., conflicts_with = "values")]
    files: Vec<PathBuf>,
    /// Read records from this file instead of standard input.
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["values", "files"])]
    lines: Option<PathBuf>,
    /// Each line is a record as JSON; see below.
    #[arg(short = 'J', long, conflicts_with_all = ["key_delimiter", "files"])]
    json: bool,
    /// Records look so; see below.
    #[arg(short, long, value_name = "FORMAT", conflicts_with_all = ["json", "key_delimiter", "delimiter", "files", "values"])]
    format: Option<Template>,
    /// What ends each record instead of a newline.
    #[arg(short = 'D', long, value_name = "DELIMITER", value_parser = text::delimiter)]
    delimiter: Option<std::vec::Vec<u8>>,
    /// What separates the key from the value in each record; one without it has no key.
    #[arg(short = 'K', long, value_name = "DELIMITER", value_parser = text::delimiter)]
    key_delimiter: Option<std::vec::Vec<u8>>,
    /// A key for every record that has none of its own.
    #[arg(short, long)]
    key: Option<OsString>,
    /// A header for every record; may be repeated.
    #[arg(short = 'H', long = "header", value_name = "KEY=VALUE", value_parser = key_value)]
    headers: Vec<(String, String)>,
    /// Send an empty value as none: a tombstone, where the topic is compacted.
    #[arg(short = 'Z', long)]
    tombstone: bool,
    /// Partition for every record; chosen by the key, or evenly, unless given.
    #[arg(short, long, value_name = "N")]
    partition: Option<i32>,
    /// Compression of the batches.
    #[arg(short = 'z', long, value_enum)]
    compression: Option<Method>,
    /// Whose acknowledgement counts.
    #[arg(long, value_enum)]
    acks: Option<Acknowledgement>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Method {
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Acknowledgement {
    #[value(name = "0")]
    Nobody,
    #[value(name = "1")]
    Leader,
    // Every replica that is in sync.
    All,
}

impl Method {
    fn codec(self) -> Codec {
        Codec::new(match self {
            Self::None => Compression::None,
            Self::Gzip => Compression::Gzip,
            Self::Snappy => Compression::Snappy,
            Self::Lz4 => Compression::Lz4,
            Self::Zstd => Compression::Zstd,
        })
    }
}

impl Acknowledgement {
    fn acks(self) -> Acks {
        match self {
            Self::Nobody => Acks::None,
            Self::Leader => Acks::Leader,
            Self::All => Acks::All,
        }
    }
}

/// What properties may change and flags overrule.
fn defaults() -> Config {
    Config {
        max_request_size: 16 << 20,
        delivery_timeout: Duration::from_secs(30),
        max_block: Duration::from_secs(30),
        ..Default::default()
    }
}

/// Brokers that were connected to within this time are near.
const NEAR: Duration = Duration::from_millis(5);

/// The sizes of a batch and of the buffer, for brokers that were connected to in this time.
///
/// To brokers nearby a file goes fastest when its bytes are still in the processor's cache each time they are touched. On a
/// longer way, as only so many requests may be under way, they must be larger.
fn sizes(connected_in: Duration) -> (usize, usize) {
    if connected_in < NEAR { (128 << 10, 3 << 20) } else { (512 << 10, 16 << 20) }
}

/// Records that are handed over together.
const AT_ONCE: usize = 64;

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut config = defaults();
    let cluster = arguments.cluster.connect_producer(&mut config).await?;
    config.acks = arguments.acks.map_or(config.acks, Acknowledgement::acks);
    config.compression = arguments.compression.map_or(config.compression, Method::codec);
    let began = Instant::now();
    cluster::reach_brokers(&cluster).await?;
    let (batch_size, buffer_memory) = sizes(began.elapsed());
    if !arguments.cluster.sets(&["batch.size"])? {
        config.batch_size = batch_size;
    }
    if !arguments.cluster.sets(&["buffer.memory", "queue.buffering.max.kbytes"])? {
        config.buffer_memory = buffer_memory;
    }
    let limit = config.max_request_size;
    let producer = Producer::new(&cluster, config);
    let mut progress = arguments.progress();
    let mut interrupt = Interrupt::listen()?;
    let (sent, ended) = {
        let mut sending = Sending::new(&arguments, &producer, limit, &mut progress);
        // After a signal nothing more is handed over, so what is counted is all there is.
        tokio::select! {
            biased;
            exit = interrupt.asked() => (Ok(()), Some(exit)),
            sent = sending.all() => (sent, None),
        }
    };
    // What was read before a mistake in the input, or a signal, is delivered.
    producer.flush().await?;
    sent?;
    if let Some(exit) = ended {
        progress.clear();
        eprintln!("stopped after {}, all delivered", counted(progress.records, "record"));
        return Err(Failure::ended(exit));
    }
    progress.finish(&format!("to `{}`", arguments.topic));
    Ok(())
}

impl Arguments {
    fn progress(&self) -> Progress {
        let is_stdin = self.values.is_empty() && self.files.is_empty() && self.lines.is_none();
        let total = match (self.files.len(), &self.lines) {
            (0, Some(path)) => fs::metadata(path).ok(),
            (0, None) if is_stdin => stdin_file().and_then(|file| file.metadata()).ok(),
            (0, None) => None,
            (count, _) => return Progress::new(Total::Records(count as u64), false),
        };
        let total =
            total.filter(fs::Metadata::is_file).map_or(Total::Unknown, |file| Total::Bytes(file.len()));
        Progress::new(total, is_stdin && io::stdin().is_terminal())
    }

    /// What records are read from.
    async fn input(&self) -> Result<Input<Arc<File>>, Failure> {
        let file = match &self.lines {
            Some(path) => {
                let opened = path.clone();
                apart(move || File::open(opened)).await.map_err(|error| unreadable(path, &error))?
            }
            None => {
                if io::stdin().is_terminal() {
                    eprintln!("one record a line; Ctrl-D ends");
                }
                stdin_file().map_err(|error| broken(&error))?
            }
        };
        Ok(Input::new(Arc::new(file)))
    }

    fn record<'a>(
        &'a self,
        key: Option<&'a [u8]>,
        value: &'a [u8],
        headers: &'a [Header<'a>],
        now_ms: i64,
    ) -> Record<'a> {
        Record {
            topic: &self.topic,
            partition: self.partition,
            timestamp: Some(now_ms),
            key,
            value: self.value(Some(value)),
            headers,
        }
    }

    fn value<'a>(&self, value: Option<&'a [u8]>) -> Option<&'a [u8]> {
        value.filter(|value| !(self.tombstone && value.is_empty()))
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Usage, format!("cannot read {}: {error}", path.display()))
}

struct Sending<'a> {
    producer: &'a Producer,
    arguments: &'a Arguments,
    progress: &'a mut Progress,
    headers: Vec<Header<'a>>,
    key_delimiter: Option<memchr::memmem::Finder<'a>>,
    key: Option<&'a [u8]>,
    /// Bytes of the largest record.
    limit: usize,
    /// Of the input, from 1.
    line: u64,
}

fn header<'a>(key: &'a str, value: &'a str) -> Header<'a> {
    Header { key: key.as_bytes(), value: Some(value.as_bytes()) }
}

impl<'a> Sending<'a> {
    fn new(
        arguments: &'a Arguments,
        producer: &'a Producer,
        limit: usize,
        progress: &'a mut Progress,
    ) -> Self {
        Self {
            limit,
            headers: arguments.headers.iter().map(|(key, value)| header(key, value)).collect(),
            key_delimiter: arguments.key_delimiter.as_deref().map(memchr::memmem::Finder::new),
            key: arguments.key.as_deref().map(OsStr::as_bytes),
            line: 0,
            producer,
            arguments,
            progress,
        }
    }

    async fn all(&mut self) -> Result<(), Failure> {
        if !self.arguments.files.is_empty() {
            return self.files().await;
        }
        if !self.arguments.values.is_empty() {
            let values = self.arguments.values.iter().map(|value| value.as_bytes());
            self.records(values).await?;
            return self.handed_over(0).await;
        }
        match &self.arguments.format {
            Some(template) => self.formatted(template).await,
            None => self.lines().await,
        }
    }

    async fn files(&mut self) -> Result<(), Failure> {
        for path in &self.arguments.files {
            // A byte too many shows that it is too large.
            let (file, limit) = (path.clone(), self.limit as u64 + 1);
            let content = apart(move || {
                let mut content = Vec::new();
                File::open(file)?.take(limit).read_to_end(&mut content).map(|_| content)
            });
            let content = content.await.map_err(|error| unreadable(path, &error))?;
            let record = self.arguments.record(self.key, &content, &self.headers, now_ms());
            drop(self.producer.send(record).await?);
            self.progress.records += 1;
            self.handed_over(content.len()).await?;
        }
        Ok(())
    }

    async fn lines(&mut self) -> Result<(), Failure> {
        let delimiter = self.arguments.delimiter.as_deref().unwrap_or(b"\n");
        let splitter = Splitter::new(delimiter);
        let (mut input, mut used) = (self.arguments.input().await?, 0);
        loop {
            ready(&input.source).await.map_err(|error| broken(&error))?;
            let chunk = match input.records(used, delimiter).map_err(|error| broken(&error))? {
                Step::Records(chunk) => chunk,
                Step::Unfinished => {
                    used = 0;
                    self.check_length(input.held())?;
                    continue;
                }
                Step::End => return Ok(()),
            };
            self.records(splitter.split(chunk)).await?;
            self.handed_over(chunk.len()).await?;
            used = chunk.len();
        }
    }

    async fn formatted(&mut self, template: &Template) -> Result<(), Failure> {
        let (mut input, mut used) = (self.arguments.input().await?, 0);
        loop {
            ready(&input.source).await.map_err(|error| broken(&error))?;
            let (unread, grew) = input.more(used).map_err(|error| broken(&error))?;
            used = 0;
            let now = now_ms();
            while used < unread.len() {
                match template.read(&unread[used..], !grew) {
                    Ok((parsed, length)) => {
                        self.line += 1;
                        self.parsed(&parsed, now).await?;
                        used += length;
                    }
                    Err(Stop::Incomplete) => break,
                    Err(Stop::Wrong(reason)) => {
                        let what = format!("record {} does not fit the format: {reason}", self.line + 1);
                        return Err(Failure::new(Exit::Usage, what));
                    }
                }
            }
            self.handed_over(used).await?;
            if !grew {
                return Ok(());
            }
            self.check_length(input.held() - used)?;
        }
    }

    /// Of a record that has no end yet.
    fn check_length(&self, bytes: usize) -> Result<(), Failure> {
        if bytes <= self.limit {
            return Ok(());
        }
        let what = format!(
            "record {} has no end within {} bytes, the most that is sent (`max.request.size`)",
            self.progress.records + 1,
            self.limit
        );
        Err(Failure::new(Exit::Usage, what))
    }

    /// After each chunk: whether it goes well, and time for what talks to the brokers.
    async fn handed_over(&mut self, bytes: usize) -> Result<(), Failure> {
        self.progress.bytes += bytes as u64;
        self.progress.show();
        tokio::task::yield_now().await;
        self.producer.failure().map_or(Ok(()), |error| Err(error.into()))
    }

    /// Records as they stand in the input.
    async fn records(&mut self, records: impl Iterator<Item = &[u8]>) -> Result<(), Failure> {
        let now = now_ms();
        if self.arguments.json {
            for record in records {
                self.line += 1;
                self.json(record, now).await?;
            }
            return Ok(());
        }
        let mut records = records.map(|record| {
            let (key, value) = match &self.key_delimiter {
                Some(delimiter) => split_key(record, delimiter),
                None => (None, record),
            };
            self.arguments.record(key.or(self.key), value, &self.headers, now)
        });
        let mut some = Vec::with_capacity(AT_ONCE);
        loop {
            some.clear();
            some.extend(records.by_ref().take(AT_ONCE));
            if some.is_empty() {
                return Ok(());
            }
            let mut rest = &some[..];
            // Deliveries are asked for together, by `failure` and `flush`.
            loop {
                let taken = self.producer.try_send_all(rest)?;
                self.progress.records += taken as u64;
                let Some((waits, others)) = rest[taken..].split_first() else { break };
                drop(self.producer.send(*waits).await?);
                self.progress.records += 1;
                rest = others;
            }
        }
    }

    async fn json(&mut self, record: &[u8], now_ms: i64) -> Result<(), Failure> {
        if record.trim_ascii().is_empty() {
            return Ok(());
        }
        let parsed = json::parse(record).map_err(|reason| {
            Failure::new(Exit::Usage, format!("line {} is no record as JSON: {reason}", self.line))
        })?;
        self.parsed(&parsed, now_ms).await
    }

    async fn parsed(&mut self, parsed: &Parsed<'_>, now_ms: i64) -> Result<(), Failure> {
        let headers: Vec<Header<'_>> = self.headers.iter().copied().chain(parsed.headers()).collect();
        let record = Record {
            topic: &self.arguments.topic,
            partition: self.arguments.partition.or(parsed.partition),
            timestamp: Some(parsed.timestamp.unwrap_or(now_ms)),
            key: parsed.key.as_deref().or(self.key),
            value: self.arguments.value(parsed.value.as_deref()),
            headers: &headers,
        };
        drop(self.producer.send(record).await?);
        self.progress.records += 1;
        Ok(())
    }
}

/// In a thread of its own: a FIFO waits for its writer, and what was handed over before must not.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn broken(error: &io::Error) -> Failure {
    Failure::new(Exit::Other, format!("cannot read the input: {error}"))
}

fn split_key<'a>(record: &'a [u8], delimiter: &memchr::memmem::Finder<'_>) -> (Option<&'a [u8]>, &'a [u8]) {
    match delimiter.find(record) {
        Some(at) => (Some(&record[..at]), &record[at + delimiter.needle().len()..]),
        None => (None, record),
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
            assert_eq!(split_key(line, &memchr::memmem::Finder::new(delimiter)), (key, value));
        }
    }
}
