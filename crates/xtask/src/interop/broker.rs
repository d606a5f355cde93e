//! A broker of one node under test: ours or Apache Kafka, from the same settings file.

use super::{
    process::{self, Running},
    provision::Tools,
};
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::{
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Mainstem,
    Kafka,
}

impl Kind {
    pub(crate) fn parse(name: &str) -> Result<Self> {
        match name {
            "mainstem" => Ok(Self::Mainstem),
            "kafka" => Ok(Self::Kafka),
            other => bail!("no broker `{other}`; there are `mainstem` and `kafka`"),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mainstem => "mainstem",
            Self::Kafka => "kafka",
        }
    }
}

/// What every suite takes for granted. Topics appear when they are first used, groups form at once.
const SETTINGS: &[(&str, &str)] = &[
    ("process.roles", "broker,controller"),
    ("node.id", "1"),
    ("inter.broker.listener.name", "PLAINTEXT"),
    ("controller.listener.names", "CONTROLLER"),
    ("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
    ("auto.create.topics.enable", "true"),
    ("num.partitions", "4"),
    ("offsets.topic.replication.factor", "1"),
    ("offsets.topic.num.partitions", "8"),
    ("transaction.state.log.replication.factor", "1"),
    ("transaction.state.log.min.isr", "1"),
    ("share.coordinator.state.topic.replication.factor", "1"),
    ("share.coordinator.state.topic.min.isr", "1"),
    ("group.initial.rebalance.delay.ms", "0"),
];

pub(super) const CLUSTER_ID: &str = "4L6g3nShT-eMCtK--X86sw";
pub(super) const START_LIMIT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Broker {
    pub(crate) kind: Kind,
    /// `HOST:PORT` that clients connect to.
    pub(crate) address: String,
    folder: PathBuf,
    libraries: PathBuf,
    process: Running,
    starts: u32,
    /// From the start of the process to the first connection that it took.
    pub(crate) ready_after: Duration,
}

impl Broker {
    /// Starts one on an empty folder; its data lies in `FOLDER/data`. Of the overrides, `listeners` are more than
    /// those that every broker has.
    pub(crate) fn start(
        tools: &Tools,
        kind: Kind,
        folder: &Path,
        overrides: &[(&str, &str)],
    ) -> Result<Self> {
        Self::start_watched(tools, kind, folder, overrides, |_, _| Ok(()))
    }

    /// Starts one on what the folder holds.
    pub(crate) fn open(tools: &Tools, kind: Kind, folder: &Path, overrides: &[(&str, &str)]) -> Result<Self> {
        Self::open_watched(tools, kind, folder, overrides, |_, _| Ok(()))
    }

    /// As [`Self::start`]; `watch` runs as soon as the process does, and is told when that was and the address.
    pub(crate) fn start_watched(
        tools: &Tools,
        kind: Kind,
        folder: &Path,
        overrides: &[(&str, &str)],
        watch: impl FnOnce(Instant, &str) -> Result<()>,
    ) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        Self::open_watched(tools, kind, folder, overrides, watch)
    }

    fn open_watched(
        tools: &Tools,
        kind: Kind,
        folder: &Path,
        overrides: &[(&str, &str)],
        watch: impl FnOnce(Instant, &str) -> Result<()>,
    ) -> Result<Self> {
        let address = configure(kind, folder, overrides)?;
        let libraries = tools.kafka_libraries();
        if kind == Kind::Kafka && !folder.join("data/meta.properties").exists() {
            format(Kind::Kafka, &libraries, folder, &[])?;
        }
        let (process, ready_after) = launch(kind, &libraries, folder, &address, 1, watch)?;
        Ok(Self { kind, address, folder: folder.to_path_buf(), libraries, process, starts: 1, ready_after })
    }

    /// Starts one on a new folder that the storage tool of `formatter` has formatted with these options.
    pub(crate) fn start_formatted(
        tools: &Tools,
        kind: Kind,
        folder: &Path,
        (formatter, options): (Kind, &[&str]),
    ) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        let address = configure(kind, folder, &[])?;
        let libraries = tools.kafka_libraries();
        format(formatter, &libraries, folder, options)?;
        let (process, ready_after) = launch(kind, &libraries, folder, &address, 1, |_, _| Ok(()))?;
        Ok(Self { kind, address, folder: folder.to_path_buf(), libraries, process, starts: 1, ready_after })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// `HOST:PORT` of its controller, which its settings name.
    pub(crate) fn controller(&self) -> Result<String> {
        let settings = fs::read_to_string(self.folder.join("server.properties"))?;
        let found =
            settings.lines().find_map(|line| line.strip_prefix("controller.quorum.bootstrap.servers="));
        Ok(found.context("no controller in the settings")?.to_owned())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// A clean stop.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.process.stop(Duration::from_secs(60))
    }

    /// Starts it again, after [`Self::kill`] or [`Self::stop`], at the same address.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.restart_watched(|_, _| Ok(()))
    }

    pub(crate) fn restart_watched(&mut self, watch: impl FnOnce(Instant, &str) -> Result<()>) -> Result<()> {
        self.starts += 1;
        (self.process, self.ready_after) =
            launch(self.kind, &self.libraries, &self.folder, &self.address, self.starts, watch)?;
        Ok(())
    }
}

/// The release build, as people run it; `MAINSTEM_BINARY` names another, for a look at a debug build.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("MAINSTEM_BINARY")
        .map_or_else(|| workspace::target().join("release/mainstem"), PathBuf::from)
}

/// Writes the settings of a broker into its folder; the address at which clients will find it.
fn configure(kind: Kind, folder: &Path, overrides: &[(&str, &str)]) -> Result<String> {
    fs::create_dir_all(folder)?;
    let [client, controller, admin] = free_ports()?;
    let settings = settings(client, controller, admin, &folder.join("data"), overrides, kind);
    fs::write(folder.join("server.properties"), settings)?;
    Ok(format!("127.0.0.1:{client}"))
}

fn settings(
    client: u16,
    controller: u16,
    admin: u16,
    data: &Path,
    overrides: &[(&str, &str)],
    kind: Kind,
) -> String {
    let mut listeners = format!("PLAINTEXT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}");
    for (_, more) in overrides.iter().filter(|(key, _)| *key == "listeners") {
        listeners.push_str(&format!(",{more}"));
    }
    let mut text = String::new();
    let mut line = |key: &str, value: &str| writeln!(text, "{key}={value}").expect("a string grows");
    for (key, value) in SETTINGS.iter().chain(overrides).filter(|(key, _)| *key != "listeners") {
        line(key, value);
    }
    line("listeners", &listeners);
    line("advertised.listeners", &listeners);
    line("controller.quorum.bootstrap.servers", &format!("127.0.0.1:{controller}"));
    line("log.dirs", &data.display().to_string());
    if kind == Kind::Mainstem {
        line("mainstem.admin.listener", &format!("127.0.0.1:{admin}"));
    }
    text
}

/// Ports that nobody has now. They are held together, so that no two are the same.
pub(crate) fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut held = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

fn format(formatter: Kind, libraries: &Path, folder: &Path, options: &[&str]) -> Result<()> {
    let mut format = match formatter {
        Kind::Kafka => java(libraries, "kafka.tools.StorageTool"),
        Kind::Mainstem => {
            let mut command = process::command(binary());
            command.arg("kafka-storage");
            command
        }
    };
    format.args(["format", "--standalone", "--cluster-id", CLUSTER_ID, "--config"]);
    format.arg(folder.join("server.properties")).args(options);
    process::capture(&mut format, b"", START_LIMIT)?.ok()?;
    Ok(())
}

/// A Java program with Kafka's classes, tuned to start fast rather than to run long.
pub(crate) fn java(libraries: &Path, class: &str) -> Command {
    let mut command = process::command("java");
    command.args(java_arguments(libraries)).arg(class);
    command
}

/// What stands between `java` and the class.
pub(crate) fn java_arguments(libraries: &Path) -> Vec<String> {
    let tuning = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"];
    tuning.map(str::to_owned).into_iter().chain(class_path(libraries)).collect()
}

pub(super) fn class_path(libraries: &Path) -> [String; 3] {
    let configuration = libraries.with_file_name("log4j2.yaml");
    let class_path = format!("{}/*", libraries.display());
    [format!("-Dlog4j2.configurationFile={}", configuration.display()), "-cp".to_owned(), class_path]
}

fn launch(
    kind: Kind,
    libraries: &Path,
    folder: &Path,
    address: &str,
    starts: u32,
    watch: impl FnOnce(Instant, &str) -> Result<()>,
) -> Result<(Running, Duration)> {
    let properties = folder.join("server.properties");
    let mut command = match kind {
        Kind::Mainstem => {
            let mut command = process::command(binary());
            command.arg("server");
            command
        }
        Kind::Kafka => {
            let mut command = process::command("java");
            command.args(["-Xms1G", "-Xmx1G", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"]);
            command.arg("-XX:InitiatingHeapOccupancyPercent=35");
            command.args(class_path(libraries)).arg("kafka.Kafka");
            command
        }
    };
    command.arg(properties);
    let log = folder.join(format!("broker-{starts}.log"));
    let started = Instant::now();
    let mut process = Running::start(kind.name(), &mut command, &log)?;
    watch(started, address)?;
    let address: std::net::SocketAddr = address.parse()?;
    let connects = |_: &str| TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok();
    process.until("connection", START_LIMIT, connects).with_context(|| log.display().to_string())?;
    let ready_after = started.elapsed();
    let said = match kind {
        Kind::Mainstem => "Transitioning from RECOVERY to RUNNING",
        Kind::Kafka => "Kafka Server started",
    };
    process.until(said, START_LIMIT, |output| output.contains(said))?;
    Ok((process, ready_after))
}
