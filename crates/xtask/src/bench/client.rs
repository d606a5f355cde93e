//! The client's scoreboard: our client and command line beside librdkafka and kcat, on one broker in one run.
//!
//! Both sides have the same settings, carry the same records, and take turns, so that whatever else the machine does
//! meets both. What a client costs is the processor time that the kernel booked for its process, user and system.
//! librdkafka is driven by its own benchmark, which hands values over without a copy; our side is
//! `crates/client/examples/perf.rs`. Medians of all runs are shown.
//!
//! Not here: assertions. A figure that falls short of its aim is for a person to look at.

use super::{LONG, any_partition, latency};
use crate::{
    interop::{
        broker::{self, Broker, Kind},
        process,
        provision::{self, Tools},
    },
    steps, workspace,
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

#[derive(Debug)]
pub(crate) struct Options {
    runs: usize,
    /// Of values, in one run.
    mib: usize,
    kind: Kind,
    only: Option<String>,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self { runs: 4, mib: 256, kind: Kind::Mainstem, only: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("`{word}` wants a value"))?;
            match word.as_str() {
                "--runs" => options.runs = value.parse()?,
                "--mib" => options.mib = value.parse()?,
                "--broker" => options.kind = Kind::parse(value)?,
                "--only" => options.only = Some(value.clone()),
                other => bail!("no option `{other}`"),
            }
        }
        // Who goes first finds a quieter machine.
        ensure!(
            options.runs > 0 && options.runs.is_multiple_of(2),
            "`--runs {}`: with an even number each side goes first as often",
            options.runs
        );
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}

/// What both sides are told. The sizes of batches are Kafka's default and librdkafka's.
const SETTINGS: &[&str] = &["acks=all", "linger.ms=5", "enable.idempotence=true", "compression.type=none"];
const BATCHES: &[(usize, &str)] = &[(16 << 10, "16 KiB"), (1_000_000, "1 MB")];
/// librdkafka also limits a batch by its records; this is more than fit.
const RECORDS_IN_BATCH: &str = "batch.num.messages=100000";
/// What librdkafka's consumer leaves out unless told.
const CHECK_CRCS: &str = "check.crcs=true";

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
enum Aim {
    /// So many times theirs.
    Times(f64),
    /// Theirs or less.
    NoMore,
    /// Below this, whatever theirs is.
    Below(f64),
    /// It stands beside another figure.
    None,
}

impl Aim {
    fn shown(self, ours: f64, theirs: f64) -> String {
        let (aim, is_met) = match self {
            Self::Times(factor) => (format!("≥ {factor}"), ours >= factor * theirs),
            Self::NoMore => ("≤ 1".to_owned(), ours <= theirs),
            Self::Below(limit) => (format!("ours < {limit}"), ours < limit),
            Self::None => return String::new(),
        };
        format!("{aim}: {}", if is_met { "met" } else { "NOT met" })
    }
}

struct Line {
    what: String,
    unit: &'static str,
    aim: Aim,
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Ours,
    Theirs,
}

/// All lines, in the order of their first figure.
#[derive(Default)]
struct Board(Vec<Line>);

impl Board {
    fn add(&mut self, what: &str, unit: &'static str, aim: Aim, side: Side, value: f64) {
        println!("    {side:?} {what}: {value:.3} {unit}");
        let at = self.0.iter().position(|line| line.what == what && line.unit == unit);
        let at = at.unwrap_or_else(|| {
            self.0.push(Line { what: what.to_owned(), unit, aim, ours: Vec::new(), theirs: Vec::new() });
            self.0.len() - 1
        });
        match side {
            Side::Ours => self.0[at].ours.push(value),
            Side::Theirs => self.0[at].theirs.push(value),
        }
    }

    fn page(&self, options: &Options) -> String {
        let mut page = format!(
            "Medians of {} runs of {} MiB of values each, broker: {}, on {} cores.\n\n\
             | what | unit | ours | librdkafka | ours : theirs | aim |\n|---|---|---:|---:|---:|---|\n",
            options.runs,
            options.mib,
            options.kind.name(),
            thread::available_parallelism().map_or(0, usize::from),
        );
        for line in &self.0 {
            let (ours, theirs) = (median(&line.ours), median(&line.theirs));
            let shown = |value: f64| if value.is_nan() { "-".to_owned() } else { format!("{value:.2}") };
            page += &format!(
                "| {} | {} | {} | {} | {} | {} |\n",
                line.what,
                line.unit,
                shown(ours),
                shown(theirs),
                shown(ours / theirs),
                line.aim.shown(ours, theirs)
            );
        }
        page
    }
}

/// Between the two in the middle, where there are two.
fn median(values: &[f64]) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
}

/// One side first in one run, the other in the next.
fn turns(run: usize) -> [Side; 2] {
    if run.is_multiple_of(2) { [Side::Ours, Side::Theirs] } else { [Side::Theirs, Side::Ours] }
}

struct Bench<'a> {
    tools: &'a Tools,
    options: &'a Options,
    broker: &'a Broker,
    /// `crates/client/examples/perf.rs`, compiled.
    example: PathBuf,
    logs: PathBuf,
    board: Board,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let tools = provision::provision()?;
    let example = build_example()?;
    let durability = if options.kind == Kind::Mainstem { "os" } else { "" };
    let overrides = [("mainstem.durability", durability), super::SOON_GONE];
    let overrides = &overrides[usize::from(options.kind == Kind::Kafka)..];
    let folder = tools.run_folder("bench-client");
    let broker = Broker::start(&tools, options.kind, &folder, overrides)?;
    let logs = tools.logs("bench-client")?;
    let mut bench = Bench {
        tools: &tools,
        options,
        broker: &broker,
        example,
        logs: logs.clone(),
        board: Board::default(),
    };
    for partitions in [1, 16] {
        for (size, name) in [(100, "100 B"), (1024, "1 KiB")] {
            bench.carry(partitions, size, name)?;
        }
    }
    if options.wants("latency") {
        bench.latency()?;
    }
    if options.wants("idle") {
        bench.idle()?;
    }
    if options.wants("command line") {
        bench.command_line()?;
    }
    let page = bench.board.page(options);
    println!("\n{page}");
    fs::write(logs.join("scoreboard.md"), page)?;
    Ok(())
}

/// As its users compile it.
fn build_example() -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace::root());
    steps::quiet(cargo.args(["build", "--release", "--package", "mainstem-client", "--example", "perf"]))?;
    Ok(workspace::target().join("release/examples/perf"))
}

impl Bench<'_> {
    /// Records through both producers, and what lies there through both consumers.
    fn carry(&mut self, partitions: usize, size: usize, name: &str) -> Result<()> {
        let count = (self.options.mib << 20) / size;
        let of = format!("{name}, {partitions} partition{}", if partitions == 1 { "" } else { "s" });
        for (nth, &(batch, batch_name)) in BATCHES.iter().enumerate() {
            let produce = format!("produce {of}, batches of {batch_name}");
            let consume = format!("consume {of}");
            let consumes = nth + 1 == BATCHES.len() && self.options.wants(&consume);
            if !self.options.wants(&produce) && !consumes {
                continue;
            }
            for run in 0..self.options.runs {
                let topics = [Side::Ours, Side::Theirs]
                    .map(|side| format!("{side:?}-{size}-{partitions}-{batch}-{run}").to_lowercase());
                topics.iter().try_for_each(|topic| self.create(topic, partitions))?;
                for side in turns(run) {
                    let mut command = self.producer(side, &topics[side as usize], count, size, batch);
                    let cost = cost(&mut command)?;
                    self.add(&produce, side, count, cost);
                }
                for side in turns(run).into_iter().filter(|_| consumes) {
                    // Each reads what the other wrote in every second run.
                    let topic = &topics[(side as usize + run) % 2];
                    let cost = cost(&mut self.consumer(side, topic, count, partitions))?;
                    self.add(&consume, side, count, cost);
                }
                super::forget(self.broker, &topics)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, what: &str, side: Side, count: usize, cost: Cost) {
        let thousands = count as f64 / 1e3;
        self.board.add(what, "1000 records/CPU-s", Aim::Times(1.5), side, thousands / cost.cpu);
        self.board.add(what, "1000 records/s", Aim::None, side, thousands / cost.elapsed);
    }

    fn create(&self, topic: &str, partitions: usize) -> Result<()> {
        let mut command = process::command(broker::binary());
        command.args(["topic", "create", topic, "--partitions", &partitions.to_string()]);
        command.args(["--bootstrap-server", &self.broker.address]);
        process::capture(&mut command, b"", LONG)?.ok()?;
        Ok(())
    }

    fn ours(&self, mode: &str, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.example);
        command.args([mode, &self.broker.address]).args(arguments);
        command
    }

    fn producer(&self, side: Side, topic: &str, count: usize, size: usize, batch: usize) -> Command {
        let [count, size, batch] = [count.to_string(), size.to_string(), format!("batch.size={batch}")];
        let settings: Vec<&str> = SETTINGS.iter().copied().chain([batch.as_str()]).collect();
        match side {
            Side::Ours => self.ours("produce", &[&[topic, &count, &size][..], &settings].concat()),
            Side::Theirs => {
                let mut command = any_partition(self.tools, self.broker);
                command.args(["-P", "-t", topic, "-s", &size, "-c", &count]);
                for setting in settings.iter().chain([&RECORDS_IN_BATCH]) {
                    command.args(["-X", setting]);
                }
                command
            }
        }
    }

    fn consumer(&self, side: Side, topic: &str, count: usize, partitions: usize) -> Command {
        let count = count.to_string();
        match side {
            Side::Ours => self.ours("consume", &[topic, &count, CHECK_CRCS]),
            Side::Theirs => {
                let mut command = any_partition(self.tools, self.broker);
                command.args(["-C", "-t", topic, "-o", "beginning", "-c", &count, "-X", CHECK_CRCS]);
                for partition in 0..partitions {
                    command.args(["-p", &partition.to_string()]);
                }
                command
            }
        }
    }

    /// A producer at a steady rate writes the time into each record; the consumer subtracts it from its own.
    fn latency(&mut self) -> Result<()> {
        for run in 0..self.options.runs {
            for side in turns(run) {
                let [p50, p99] = match side {
                    Side::Theirs => latency(self.tools, self.broker, u32::try_from(run)?)?,
                    Side::Ours => self.our_latency(run)?,
                };
                let what = "end to end at 1,000 records/s of 100 B, linger 0";
                self.board.add(&format!("{what}, p50"), "ms", Aim::None, side, p50);
                self.board.add(&format!("{what}, p99"), "ms", Aim::NoMore, side, p99);
            }
        }
        Ok(())
    }

    fn our_latency(&self, run: usize) -> Result<[f64; 2]> {
        let topic = format!("our-latency-{run}");
        self.create(&topic, 1)?;
        let log = self.logs.join(format!("delays-{run}.txt"));
        let mut reading = self.ours("delays", &[&topic, "10000"]);
        let mut consumer = process::Running::start("consumer", &mut reading, &log)?;
        consumer.until("readiness", Duration::from_secs(30), |said| said.contains("ready"))?;
        let pace = [&topic, "10000", "100", "1000", "acks=all", "linger.ms=0"];
        process::capture(&mut self.ours("pace", &pace), b"", LONG)?.ok()?;
        consumer.wait(Duration::from_secs(30))?;
        let mut micros: Vec<u64> = consumer.output().lines().filter_map(|line| line.parse().ok()).collect();
        ensure!(micros.len() == 10_000, "{} records came: {}", micros.len(), consumer.errors());
        micros.sort_unstable();
        Ok([0.50, 0.99].map(|share| micros[(micros.len() as f64 * share) as usize] as f64 / 1e3))
    }

    /// Memory that is no file's: what a consumer of 16 partitions takes beyond its binary while nothing comes.
    fn idle(&mut self) -> Result<()> {
        let topic = "idle";
        self.create(topic, 16)?;
        for side in [Side::Ours, Side::Theirs] {
            let mut command = match side {
                Side::Ours => self.ours("idle", &[topic]),
                Side::Theirs => {
                    let mut command = any_partition(self.tools, self.broker);
                    command.args(["-C", "-t", topic, "-o", "end"]);
                    for partition in 0..16 {
                        command.args(["-p", &partition.to_string()]);
                    }
                    command
                }
            };
            let log = self.logs.join(format!("idle-{side:?}.txt"));
            let consumer = process::Running::start("consumer", &mut command, &log)?;
            thread::sleep(Duration::from_secs(5));
            let status = fs::read_to_string(format!("/proc/{}/status", consumer.pid()))?;
            let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("no RssAnon")?;
            let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
            let what = "an idle consumer beyond its binary";
            self.board.add(what, "MB", Aim::Below(4.0), side, kib * 1024.0 / 1e6);
        }
        Ok(())
    }

    /// Files through `mainstem` and `kcat`, and how long it takes to list topics.
    fn command_line(&mut self) -> Result<()> {
        let folder = self.tools.run_folder("bench-client-files");
        fs::create_dir_all(&folder)?;
        let [input, output] = ["in.txt", "out.txt"].map(|name| folder.join(name));
        for (size, name) in [(100, "100 B"), (1024, "1 KiB")] {
            write_lines(&input, size, self.options.mib << 20)?;
            let megabytes = fs::metadata(&input)?.len() as f64 / 1e6;
            for run in 0..self.options.runs {
                let topics = [Side::Ours, Side::Theirs]
                    .map(|side| format!("file-{side:?}-{size}-{run}").to_lowercase());
                topics.iter().try_for_each(|topic| self.create(topic, 1))?;
                for side in turns(run) {
                    let topic = &topics[side as usize];
                    let seconds = self.file_in(side, topic, &input, &folder.join("produce.log"))?;
                    let what = format!("command line: produce < file, lines of {name}");
                    self.board.add(&what, "MB/s", Aim::Times(2.0), side, megabytes / seconds);
                    let seconds = self.file_out(side, topic, &output)?;
                    ensure!(same(&input, &output)?, "{side:?}: what was read is not what was written");
                    let what = format!("command line: consume > file, lines of {name}");
                    self.board.add(&what, "MB/s", Aim::Times(2.0), side, megabytes / seconds);
                }
                let seconds = copy_over_loopback(&input, &output)?;
                let what = format!("command line: the same bytes copied over loopback, lines of {name}");
                self.board.add(&what, "MB/s", Aim::None, Side::Ours, megabytes / seconds);
                super::forget(self.broker, &topics)?;
            }
        }
        fs::remove_dir_all(&folder)?;
        for _ in 0..20 {
            for side in [Side::Ours, Side::Theirs] {
                let mut command = match side {
                    Side::Ours => Command::new(broker::binary()),
                    Side::Theirs => Command::new("kcat"),
                };
                match side {
                    Side::Ours => command.args(["topic", "list"]),
                    Side::Theirs => command.arg("-L"),
                };
                let started = Instant::now();
                let said = command.args(["-b", &self.broker.address]).output()?;
                ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
                let milliseconds = started.elapsed().as_secs_f64() * 1e3;
                self.board.add("command line: topic list", "ms", Aim::Below(50.0), side, milliseconds);
            }
        }
        Ok(())
    }

    fn file_in(&self, side: Side, topic: &str, input: &Path, log: &Path) -> Result<f64> {
        settle();
        let mut command = match side {
            Side::Ours => process::command(broker::binary()),
            Side::Theirs => process::command("kcat"),
        };
        match side {
            Side::Ours => command.args(["produce", topic, "-b", &self.broker.address]),
            Side::Theirs => command.args(["-P", "-t", topic, "-b", &self.broker.address]),
        };
        let started = Instant::now();
        process::between(&mut command, Some(input), log, LONG)?;
        Ok(started.elapsed().as_secs_f64())
    }

    fn file_out(&self, side: Side, topic: &str, output: &Path) -> Result<f64> {
        settle();
        let mut command = match side {
            Side::Ours => process::command(broker::binary()),
            Side::Theirs => process::command("kcat"),
        };
        match side {
            Side::Ours => command.args(["consume", topic, "-e", "-b", &self.broker.address]),
            Side::Theirs => {
                command.args(["-C", "-t", topic, "-o", "beginning", "-e", "-q", "-b", &self.broker.address])
            }
        };
        let started = Instant::now();
        process::between(&mut command, None, output, LONG)?;
        Ok(started.elapsed().as_secs_f64())
    }
}

/// Waits until what was written before is on the disk, which would hold up what is measured next.
fn settle() {
    rustix::fs::sync();
}

/// What any producer and broker cannot do without: one thread reads the file and sends, another receives and writes. No
/// batches, no checks, no acknowledgements but one at the end. It comes after both sides, so its figure is rather too low.
fn copy_over_loopback(input: &Path, output: &Path) -> Result<f64> {
    // Fits a core's cache, which is where a copy is fastest.
    const PIECE: usize = 128 << 10;
    settle();
    let mut file = fs::File::open(input)?;
    let mut written = fs::File::create(output)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let started = Instant::now();
    thread::scope(|scope| {
        let receiving = scope.spawn(move || {
            let (mut stream, _) = listener.accept()?;
            let mut piece = vec![0; PIECE];
            loop {
                let mut filled = 0;
                while filled < PIECE {
                    match stream.read(&mut piece[filled..])? {
                        0 => break,
                        count => filled += count,
                    }
                }
                written.write_all(&piece[..filled])?;
                if filled < PIECE {
                    return stream.write_all(b"!");
                }
            }
        });
        let mut stream = TcpStream::connect(address)?;
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                count => stream.write_all(&piece[..count])?,
            }
        }
        stream.shutdown(Shutdown::Write)?;
        stream.read_exact(&mut [0])?;
        receiving.join().expect("a copy does not panic")
    })?;
    Ok(started.elapsed().as_secs_f64())
}

/// Digits, no line like the one before.
fn write_lines(path: &Path, size: usize, total: usize) -> Result<()> {
    let mut file = std::io::BufWriter::new(fs::File::create(path)?);
    for nth in 0..total / size {
        writeln!(file, "{:0>1$}", nth.wrapping_mul(2_654_435_761), size - 1)?;
    }
    Ok(file.flush()?)
}

fn same(left: &Path, right: &Path) -> Result<bool> {
    Ok(Command::new("cmp").arg("--silent").args([left, right]).status()?.success())
}

#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Processor seconds, user and system.
    cpu: f64,
    /// Seconds of the clock.
    elapsed: f64,
}

/// What a program costs that must succeed.
fn cost(command: &mut Command) -> Result<Cost> {
    let before = of_children()?;
    let started = Instant::now();
    process::capture(command, b"", LONG)?.ok()?;
    let elapsed = started.elapsed().as_secs_f64();
    Ok(Cost { cpu: of_children()? - before, elapsed })
}

/// Processor seconds of the children that we have waited for: fields 16 and 17 of our `stat`, in hundredths.
fn of_children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(") ").next().context("an odd stat")?;
    let fields = after_name.split(' ').skip(13).take(2).map(str::parse::<f64>);
    Ok(fields.sum::<Result<f64, _>>()? / 100.0)
}
