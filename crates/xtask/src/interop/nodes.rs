//! Three nodes of Apache Kafka, each broker and controller, that a test may kill, start, freeze and thaw.
//!
//! A test asks over a socket on loopback, one line a connection: `kill 2` (as `kill -9`), `start 2`, `freeze 2` (as
//! `kill -STOP`: the kernel still takes connections and bytes for it), `thaw 2`, or `restore`, which thaws and starts all. The answer is `ok`, or what went wrong. `start` is answered when the broker
//! serves. One thread owns the nodes, because the kernel ends them with the thread that started them.

use super::{
    broker::{CLUSTER_ID, START_LIMIT, class_path, free_ports, java},
    process::{self, Running},
};
use anyhow::{Context, Result, anyhow, bail, ensure};
use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};

const COUNT: usize = 3;
const RACKS: [&str; COUNT] = ["a", "b", "c"];

/// Deaths are noticed fast; groups form at once; what the cluster itself keeps is on all nodes.
const SETTINGS: &[(&str, &str)] = &[
    ("process.roles", "broker,controller"),
    ("inter.broker.listener.name", "PLAINTEXT"),
    ("controller.listener.names", "CONTROLLER"),
    ("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
    ("auto.create.topics.enable", "false"),
    // A test says itself when leaders move.
    ("auto.leader.rebalance.enable", "false"),
    ("broker.heartbeat.interval.ms", "300"),
    ("broker.session.timeout.ms", "3000"),
    ("replica.lag.time.max.ms", "3000"),
    ("replica.fetch.wait.max.ms", "100"),
    ("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector"),
    ("offsets.topic.num.partitions", "3"),
    ("offsets.topic.replication.factor", "3"),
    ("transaction.state.log.num.partitions", "3"),
    ("transaction.state.log.replication.factor", "3"),
    ("transaction.state.log.min.isr", "1"),
    ("share.coordinator.state.topic.num.partitions", "3"),
    ("share.coordinator.state.topic.replication.factor", "3"),
    ("share.coordinator.state.topic.min.isr", "1"),
    ("group.share.min.session.timeout.ms", "1000"),
    ("group.share.session.timeout.ms", "3000"),
    ("group.share.min.heartbeat.interval.ms", "200"),
    ("group.share.heartbeat.interval.ms", "200"),
    ("group.share.min.record.lock.duration.ms", "1000"),
    ("group.share.record.lock.duration.ms", "5000"),
    ("group.initial.rebalance.delay.ms", "0"),
    ("group.min.session.timeout.ms", "1000"),
    ("group.consumer.min.session.timeout.ms", "1000"),
    ("group.consumer.session.timeout.ms", "3000"),
    ("group.consumer.min.heartbeat.interval.ms", "200"),
    ("group.consumer.heartbeat.interval.ms", "200"),
    ("num.network.threads", "1"),
    ("num.io.threads", "2"),
    ("log.cleaner.dedupe.buffer.size", "4194304"),
];

/// One command and its answer may take this long on the socket itself.
const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST_LINE: u64 = 64;

/// Ends with this value.
#[derive(Debug)]
pub(super) struct Nodes {
    /// `HOST:PORT,...` of the brokers.
    pub(super) bootstrap: String,
    control: SocketAddr,
    keeper: Option<JoinHandle<()>>,
}

impl Nodes {
    /// On an empty folder. Returns when all serve.
    pub(super) fn start(libraries: &Path, folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        let ports: [u16; 2 * COUNT] = free_ports()?;
        let (clients, controllers) = ports.split_at(COUNT);
        let bootstrap: Vec<String> = clients.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let mut nodes = Vec::new();
        for (index, client) in clients.iter().enumerate() {
            let folder = folder.join(format!("{}", index + 1));
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("server.properties"), settings(index, *client, controllers, &folder))?;
            nodes.push(Node { folder, libraries: libraries.to_path_buf(), process: None, starts: 0 });
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let control = listener.local_addr()?;
        let (started, outcome) = mpsc::channel();
        let keeper = std::thread::spawn(move || {
            let result = start_first(&mut nodes);
            let serves = result.is_ok();
            if started.send(result).is_ok() && serves {
                serve(&listener, &mut nodes);
            }
        });
        let nodes = Self { bootstrap: bootstrap.join(","), control, keeper: Some(keeper) };
        outcome.recv().context("the keeper of the nodes ended")??;
        Ok(nodes)
    }

    /// What the tests are told.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        [("SEVERAL", self.bootstrap.clone()), ("CONTROL", self.control.to_string())]
            .map(|(name, value)| (format!("MAINSTEM_TEST_{name}"), value))
            .into()
    }

    /// Starts what a test left down.
    pub(super) fn restore(&self) -> Result<()> {
        ask(self.control, "restore")
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        // Without an answer the keeper has ended already.
        let _ = ask(self.control, "end");
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

fn ask(control: SocketAddr, line: &str) -> Result<()> {
    let mut socket = TcpStream::connect_timeout(&control, PATIENCE)?;
    socket.set_read_timeout(Some(START_LIMIT * 3))?;
    writeln!(socket, "{line}")?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    ensure!(answer.trim_end() == "ok", "`{line}`: {answer}");
    Ok(())
}

fn settings(index: usize, client: u16, controllers: &[u16], folder: &Path) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: &str| writeln!(text, "{key}={value}").expect("a string grows");
    for (key, value) in SETTINGS {
        line(key, value);
    }
    let voters = (1..).zip(controllers).map(|(id, port)| format!("{id}@127.0.0.1:{port}"));
    let listeners = format!("PLAINTEXT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{}", controllers[index]);
    line("node.id", &(index + 1).to_string());
    line("broker.rack", RACKS[index]);
    line("listeners", &listeners);
    line("advertised.listeners", &listeners);
    line("controller.quorum.voters", &voters.collect::<Vec<_>>().join(","));
    line("log.dirs", &folder.join("data").display().to_string());
    text
}

#[derive(Debug)]
struct Node {
    folder: PathBuf,
    libraries: PathBuf,
    /// `None` while it is down.
    process: Option<Running>,
    starts: u32,
}

impl Node {
    fn format(&self) -> Result<Running> {
        let mut format = java(&self.libraries, "kafka.tools.StorageTool");
        format.args(["format", "--cluster-id", CLUSTER_ID, "--config"]);
        format.arg(self.folder.join("server.properties"));
        Running::start("format", &mut format, &self.folder.join("format.log"))
    }

    /// Does nothing to one that runs.
    fn launch(&mut self) -> Result<()> {
        if self.process.is_some() {
            return Ok(());
        }
        self.starts += 1;
        let mut command = process::command("java");
        command.args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]);
        command.args(class_path(&self.libraries)).arg("kafka.Kafka");
        command.arg(self.folder.join("server.properties"));
        let log = self.folder.join(format!("broker-{}.log", self.starts));
        self.process = Some(Running::start("kafka", &mut command, &log)?);
        Ok(())
    }

    /// Returns when the broker takes part in the cluster.
    fn ready(&mut self) -> Result<()> {
        const SAID: &str = "Kafka Server started";
        let process = self.process.as_mut().context("the node is down")?;
        process.until(SAID, START_LIMIT, |output| output.contains(SAID))
    }

    /// Does nothing to one that runs, or is down.
    fn thaw(&mut self) -> Result<()> {
        self.process.as_ref().map_or(Ok(()), |process| process.signal("CONT"))
    }

    fn kill(&mut self) -> Result<()> {
        let mut process = self.process.take().context("the node is down already")?;
        process.kill()
    }
}

fn start_first(nodes: &mut [Node]) -> Result<()> {
    let formatting: Vec<Running> = nodes.iter().map(Node::format).collect::<Result<_>>()?;
    for mut format in formatting {
        let status = format.wait(START_LIMIT)?;
        ensure!(status.success(), "cannot format: {}{}", format.output(), format.errors());
    }
    start_all(nodes)
}

/// All at once, as one alone waits for a majority.
fn start_all(nodes: &mut [Node]) -> Result<()> {
    nodes.iter_mut().try_for_each(Node::launch)?;
    nodes.iter_mut().try_for_each(Node::ready)
}

/// One connection after the other, until one says `end`.
fn serve(listener: &TcpListener, nodes: &mut [Node]) {
    for socket in listener.incoming() {
        let Ok(mut socket) = socket else { continue };
        let Ok(line) = read_line(&socket) else { continue };
        let answer = match line.as_str() {
            "end" => Ok(()),
            line => obey(line, nodes),
        };
        let answer = answer.map_or_else(|error| format!("{error:#}"), |()| "ok".to_owned());
        // A test that no longer listens has said so itself.
        let _ = writeln!(socket, "{answer}");
        if line == "end" {
            return;
        }
    }
}

fn read_line(socket: &TcpStream) -> Result<String> {
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(socket.take(LONGEST_LINE)).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn obey(line: &str, nodes: &mut [Node]) -> Result<()> {
    match Command::parse(line)? {
        Command::Restore => {
            nodes.iter_mut().try_for_each(Node::thaw)?;
            start_all(nodes)
        }
        Command::Kill(index) => nodes[index].kill(),
        Command::Freeze(index) => nodes[index].process.as_ref().context("the node is down")?.signal("STOP"),
        Command::Thaw(index) => nodes[index].thaw(),
        Command::Start(index) => {
            nodes[index].launch()?;
            nodes[index].ready()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Kill(usize),
    Start(usize),
    Freeze(usize),
    Thaw(usize),
    Restore,
}

impl Command {
    fn parse(line: &str) -> Result<Self> {
        if line == "restore" {
            return Ok(Self::Restore);
        }
        let (verb, id) = line.split_once(' ').ok_or_else(|| anyhow!("no command `{line}`"))?;
        let index = id.parse::<usize>().ok().and_then(|id| id.checked_sub(1)).filter(|index| *index < COUNT);
        let index = index.with_context(|| format!("no node `{id}`; there are 1 to {COUNT}"))?;
        match verb {
            "kill" => Ok(Self::Kill(index)),
            "start" => Ok(Self::Start(index)),
            "freeze" => Ok(Self::Freeze(index)),
            "thaw" => Ok(Self::Thaw(index)),
            _ => bail!("no command `{verb}`; there are `kill`, `start`, `freeze`, `thaw` and `restore`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_a_node_that_is_there() {
        for (line, expected) in [
            ("restore", Some(Command::Restore)),
            ("kill 1", Some(Command::Kill(0))),
            ("start 3", Some(Command::Start(2))),
            ("freeze 1", Some(Command::Freeze(0))),
            ("thaw 2", Some(Command::Thaw(1))),
            ("kill 0", None),
            ("kill 4", None),
            ("kill", None),
            ("stop 1", None),
            ("", None),
        ] {
            assert_eq!(Command::parse(line).ok(), expected, "{line}");
        }
    }
}
