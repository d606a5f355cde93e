//! The scoreboard: what a GiB costs, how long a record takes, how soon one can start; ours beside Apache Kafka.
//!
//! Both brokers run on this machine with the same settings, and the same client, librdkafka's own benchmark,
//! drives both in turn, so that whatever else the machine does meets both. A broker's cost is the processor
//! time the kernel booked for its process, which a slow client does not change; rates are printed beside it
//! but on a small machine they are the client's as much as the broker's. Medians of all runs are shown.
//!
//! Not here: assertions. A figure that falls short is for a person to look at.

pub(crate) mod client;
mod probe;

use crate::{
    interop::{
        broker::{self, Broker, Kind},
        process,
        provision::{self, Tools},
    },
    steps,
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

const RECORD: u64 = 1024;
const GIB: f64 = (1_u64 << 30) as f64;
/// A data folder without the topics that were measured, in bytes.
const SMALL: u64 = 256 << 20;
/// What is on disk at the kill -9, in GiB.
const KILLED_WITH: u64 = 10;
const LONG: Duration = Duration::from_secs(900);

#[derive(Debug)]
pub(crate) struct Options {
    runs: u32,
    gib: u64,
    kinds: Vec<Kind>,
    only: Option<String>,
    durability: Durability,
}

/// Files of deleted topics do not stay for a minute.
const SOON_GONE: (&str, &str) = ("log.segment.delete.delay.ms", "100");

/// What an acknowledgement means; the same for both brokers, or their figures say nothing beside each other.
#[derive(Clone, Copy, Debug)]
enum Durability {
    /// The operating system has the record.
    Os,
    /// The disk has it.
    Flush,
}

impl Durability {
    fn settings(self, kind: Kind) -> &'static [(&'static str, &'static str)] {
        match (self, kind) {
            (Self::Os, Kind::Mainstem) => &[("mainstem.durability", "os"), SOON_GONE],
            (Self::Flush, Kind::Mainstem) => &[("mainstem.durability", "flush"), SOON_GONE],
            (Self::Os, Kind::Kafka) => &[SOON_GONE],
            (Self::Flush, Kind::Kafka) => &[("log.flush.interval.messages", "1"), SOON_GONE],
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Os => "acknowledged from the page cache",
            Self::Flush => "acknowledged once the disk has it",
        }
    }
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let kinds = vec![Kind::Mainstem, Kind::Kafka];
        let mut options = Self { runs: 3, gib: 1, kinds, only: None, durability: Durability::Os };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("`{word}` wants a value"))?;
            match word.as_str() {
                "--runs" => options.runs = value.parse()?,
                "--gib" => options.gib = value.parse()?,
                "--broker" if value == "both" => {}
                "--broker" => options.kinds = vec![Kind::parse(value)?],
                "--only" => options.only = Some(value.clone()),
                "--durability" if value == "os" => options.durability = Durability::Os,
                "--durability" if value == "flush" => options.durability = Durability::Flush,
                other => bail!("no option `{other}`"),
            }
        }
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}

/// A figure's name and unit, in the order of the page.
type Figure = (&'static str, &'static str);

const START: Figure = ("start on an empty folder to the first acknowledged record", "ms");
const IDLE: Figure = ("resident memory, idle", "MiB");
const LOADED: Figure = ("resident memory, after all of it", "MiB");
const P50: Figure = ("end to end at 1,000 records/s, p50", "ms");
const P99: Figure = ("end to end at 1,000 records/s, p99", "ms");
const LOG: Figure = ("log on disk at the kill -9", "GiB");
const RESTART: Figure = ("kill -9 and restart to the next acknowledged record", "ms");

struct Load {
    batch: &'static str,
    bytes: u32,
    produce_cost: Figure,
    produce_rate: Figure,
    consume_cost: Figure,
    consume_rate: Figure,
}

const LOADS: &[Load] = &[
    Load {
        batch: "16 KiB",
        bytes: 16 << 10,
        produce_cost: ("produce, batches of 16 KiB", "CPU-s/GiB"),
        produce_rate: ("produce, batches of 16 KiB, rate", "MiB/s"),
        consume_cost: ("consume, batches of 16 KiB", "CPU-s/GiB"),
        consume_rate: ("consume, batches of 16 KiB, rate", "MiB/s"),
    },
    Load {
        batch: "256 KiB",
        bytes: 256 << 10,
        produce_cost: ("produce, batches of 256 KiB", "CPU-s/GiB"),
        produce_rate: ("produce, batches of 256 KiB, rate", "MiB/s"),
        consume_cost: ("consume, batches of 256 KiB", "CPU-s/GiB"),
        consume_rate: ("consume, batches of 256 KiB, rate", "MiB/s"),
    },
    Load {
        batch: "1 MiB",
        bytes: 1 << 20,
        produce_cost: ("produce, batches of 1 MiB", "CPU-s/GiB"),
        produce_rate: ("produce, batches of 1 MiB, rate", "MiB/s"),
        consume_cost: ("consume, batches of 1 MiB", "CPU-s/GiB"),
        consume_rate: ("consume, batches of 1 MiB, rate", "MiB/s"),
    },
];

/// All that was measured, by figure and broker.
#[derive(Default)]
struct Board {
    figures: Vec<Figure>,
    measured: BTreeMap<(&'static str, &'static str), Vec<f64>>,
}

impl Board {
    fn add(&mut self, figure: Figure, kind: Kind, value: f64) {
        println!("    {:<9} {}: {value:.3} {}", kind.name(), figure.0, figure.1);
        if !self.figures.contains(&figure) {
            self.figures.push(figure);
        }
        self.measured.entry((figure.0, kind.name())).or_default().push(value);
    }

    fn median(&self, figure: Figure, kind: Kind) -> Option<f64> {
        let mut values = self.measured.get(&(figure.0, kind.name()))?.clone();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    }

    fn page(&self, options: &Options) -> String {
        let mut page = format!(
            "Medians of {} runs of {} GiB each, records of 1 KiB, one partition, acks=all, {}, on {} cores.\n\n\
             | what | unit | Mainstem | Apache Kafka 4.3.1 | ours : theirs |\n|---|---|---:|---:|---:|\n",
            options.runs,
            options.gib,
            options.durability.meaning(),
            thread::available_parallelism().map_or(0, usize::from),
        );
        for &figure in &self.figures {
            let [ours, theirs] = [Kind::Mainstem, Kind::Kafka].map(|kind| self.median(figure, kind));
            let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
            let ratio = ours.zip(theirs).map(|(ours, theirs)| ours / theirs);
            page += &format!(
                "| {} | {} | {} | {} | {} |\n",
                figure.0,
                figure.1,
                shown(ours),
                shown(theirs),
                shown(ratio)
            );
        }
        page
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let tools = provision::provision()?;
    let mut board = Board::default();
    if options.wants("start") {
        for _ in 0..options.runs.max(3) {
            for &kind in &options.kinds {
                let (broker, ready) = start(&tools, kind, options.durability)?;
                drop(broker);
                board.add(START, kind, ready);
            }
        }
    }
    let mut brokers = Vec::new();
    for &kind in &options.kinds {
        brokers.push(start(&tools, kind, options.durability)?.0);
    }
    thread::sleep(Duration::from_secs(3));
    for broker in &brokers {
        board.add(IDLE, broker.kind, resident(broker)?);
    }
    if options.wants("latency") {
        for run in 0..options.runs {
            for broker in &brokers {
                let [p50, p99] = latency(&tools, broker, run)?;
                board.add(P50, broker.kind, p50);
                board.add(P99, broker.kind, p99);
            }
        }
    }
    for load in LOADS.iter().filter(|load| options.wants("load") || options.wants(load.batch)) {
        for run in 0..options.runs {
            for broker in &brokers {
                carry(&tools, broker, load, run, options.gib, &mut board)?;
            }
        }
    }
    for broker in &mut brokers {
        board.add(LOADED, broker.kind, resident(broker)?);
        if options.wants("restart") {
            restart(&tools, broker, &mut board)?;
        }
    }
    drop(brokers);
    let page = board.page(options);
    println!("\n{page}");
    fs::write(tools.logs("bench")?.join("scoreboard.md"), page)?;
    Ok(())
}

fn start(tools: &Tools, kind: Kind, durability: Durability) -> Result<(Broker, f64)> {
    let folder = tools.run_folder("bench").join(kind.name());
    let mut first = Duration::ZERO;
    let broker =
        Broker::start_watched(tools, kind, &folder, durability.settings(kind), |started, address| {
            first = probe::first_acknowledged(started, address)?;
            Ok(())
        })?;
    Ok((broker, milliseconds(first)))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn restart(tools: &Tools, broker: &mut Broker, board: &mut Board) -> Result<()> {
    let count = (KILLED_WITH * (1 << 30) / RECORD).to_string();
    let size = RECORD.to_string();
    let fill = ["-P", "-t", "fill", "-s", &size, "-c", &count, "-a", "-1", "-X", "linger.ms=5"];
    process::capture(&mut perf(tools, broker, &fill), b"", LONG)?.ok()?;
    board.add(LOG, broker.kind, disk_usage(&broker.data())? as f64 / GIB);
    broker.kill()?;
    let mut first = Duration::ZERO;
    broker.restart_watched(|started, address| {
        first = probe::first_acknowledged(started, address)?;
        Ok(())
    })?;
    board.add(RESTART, broker.kind, milliseconds(first));
    Ok(())
}

fn disk_usage(folder: &std::path::Path) -> Result<u64> {
    let said = steps::quiet(Command::new("du").arg("-sb").arg(folder))?;
    Ok(said.split_whitespace().next().context("du says nothing")?.parse()?)
}

fn perf(tools: &Tools, broker: &Broker, arguments: &[&str]) -> Command {
    let mut command = any_partition(tools, broker);
    command.args(["-p", "0"]).args(arguments);
    command
}

/// librdkafka's own benchmark, which chooses partitions unless told.
fn any_partition(tools: &Tools, broker: &Broker) -> Command {
    let librdkafka = tools.librdkafka();
    let mut command = process::command(librdkafka.join("examples/rdkafka_performance"));
    command.env("LD_LIBRARY_PATH", librdkafka.join("src"));
    command.args(["-b", &broker.address, "-q"]);
    command
}

fn carry(tools: &Tools, broker: &Broker, load: &Load, run: u32, gib: u64, board: &mut Board) -> Result<()> {
    let topic = format!("batch-{}-{run}", load.bytes);
    let count = (gib * (1 << 30) / RECORD).to_string();
    let [batch, size] = [format!("batch.size={}", load.bytes), RECORD.to_string()];
    let produce = ["-P", "-t", &topic, "-s", &size, "-c", &count, "-a", "-1", "-X", &batch];
    let large = ["-X", "linger.ms=5", "-X", "batch.num.messages=100000", "-X", "message.max.bytes=2000000"];
    let queue = ["-X", "queue.buffering.max.messages=500000"];
    let arguments = [&produce[..], &large, &queue].concat();
    let (cost, rate) = measured(broker, gib, &mut perf(tools, broker, &arguments))?;
    board.add(load.produce_cost, broker.kind, cost);
    board.add(load.produce_rate, broker.kind, rate);

    let arguments = ["-C", "-t", &topic, "-o", "beginning", "-c", &count];
    let (cost, rate) = measured(broker, gib, &mut perf(tools, broker, &arguments))?;
    board.add(load.consume_cost, broker.kind, cost);
    board.add(load.consume_rate, broker.kind, rate);
    forget(broker, &[topic])
}

/// Deletes topics and waits until their files are gone. What both brokers keep must fit into the memory that the
/// machine really has: the first use of a page that a virtual machine's host has yet to find costs more than all the
/// rest of a write.
fn forget(broker: &Broker, topics: &[String]) -> Result<()> {
    let mut delete = process::command(broker::binary());
    delete.args(["topic", "delete", "--bootstrap-server", &broker.address]).args(topics);
    process::capture(&mut delete, b"", LONG)?.ok()?;
    let deadline = Instant::now() + LONG;
    // It fails where a file goes while it looks.
    while !disk_usage(&broker.data()).is_ok_and(|bytes| bytes <= SMALL) {
        ensure!(Instant::now() < deadline, "the files of {} stay", topics.join(", "));
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Processor seconds of the broker per GiB while the client ran, and MiB per second of the clock.
fn measured(broker: &Broker, gib: u64, client: &mut Command) -> Result<(f64, f64)> {
    let before = processor_seconds(broker.pid())?;
    let started = Instant::now();
    process::capture(client, b"", LONG)?.ok()?;
    let elapsed = started.elapsed().as_secs_f64();
    let used = processor_seconds(broker.pid())? - before;
    Ok((used / gib as f64, gib as f64 * 1024.0 / elapsed))
}

/// What the kernel booked for a process, in user and system mode: fields 14 and 15 of its `stat`, in hundredths.
fn processor_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(") ").next().context("an odd stat")?;
    let fields = after_name.split(' ').skip(11).take(2).map(str::parse::<f64>);
    let ticks: f64 = fields.sum::<Result<f64, _>>()?;
    Ok(ticks / 100.0)
}

fn resident(broker: &Broker) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", broker.pid()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// A producer at a steady rate writes the time into each record; the consumer subtracts it from its own.
fn latency(tools: &Tools, broker: &Broker, run: u32) -> Result<[f64; 2]> {
    let topic = format!("latency-{run}");
    let create = ["-P", "-t", &topic, "-s", "100", "-c", "100", "-a", "-1"];
    process::capture(&mut perf(tools, broker, &create), b"", LONG)?.ok()?;
    let logs = tools.logs("bench")?;
    let file: PathBuf = logs.join(format!("latency-{}-{run}.txt", broker.kind.name()));
    let shown = file.display().to_string();
    let consume = ["-C", "-t", &topic, "-o", "100", "-c", "10000", "-l", "-A", &shown];
    let mut consumer = process::Running::start(
        "consumer",
        &mut perf(tools, broker, &consume),
        &logs.join(format!("latency-{}-{run}.log", broker.kind.name())),
    )?;
    thread::sleep(Duration::from_secs(1));
    let produce =
        ["-P", "-t", &topic, "-s", "100", "-c", "10000", "-r", "1000", "-a", "-1", "-l", "-X", "linger.ms=0"];
    process::capture(&mut perf(tools, broker, &produce), b"", LONG)?.ok()?;
    consumer.wait(Duration::from_secs(30))?;
    let mut micros: Vec<u64> =
        fs::read_to_string(&file)?.lines().filter_map(|line| line.parse().ok()).collect();
    micros.sort_unstable();
    let at = |share: f64| {
        micros.get((micros.len() as f64 * share) as usize).map_or(f64::NAN, |&micros| micros as f64 / 1e3)
    };
    Ok([at(0.50), at(0.99)])
}
