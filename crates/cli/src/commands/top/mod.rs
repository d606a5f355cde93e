//! `mainstem top`: a live view of brokers, topics by rate and groups by lag.
//!
//! [`model`] decides what is shown, from samples and the size of the screen; here are the terminal and the questions.
mod model;

use crate::{
    cluster::{self, ClusterArguments},
    failure::{Exit, Failure},
    output,
};
use clap::Args;
use client::{
    Admin, Cluster, TopicPartition,
    admin::{GroupFilter, IsolationLevel, OffsetSpec},
};
use model::{Group, Sample, Topic, View};
use rustix::termios::{self, LocalModes, OptionalActions, Termios};
use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Read, Write as _},
    thread,
    time::{Duration, Instant},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    task::JoinSet,
};

/// Watch the cluster: brokers, topics by rate, groups by lag.
///
/// Without a terminal it shows one picture and ends.
#[derive(Debug, Args)]
#[command(before_help = "Examples:
  mainstem top
  mainstem top --interval 5 --profile prod")]
pub(crate) struct Arguments {
    /// Seconds between two looks.
    #[arg(short, long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3600))]
    interval: u64,
    #[command(flatten)]
    cluster: ClusterArguments,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let cluster = arguments.cluster.connect().await?;
    cluster::reach_brokers(&cluster).await?;
    let mut view = View::default();
    view.take(sample(&cluster).await?);
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        view.take(sample(&cluster).await?);
        return output::say(&view.picture().join("\n"));
    }
    let screen = Screen::enter()?;
    let shown = watch(&cluster, &mut view, Duration::from_secs(arguments.interval)).await;
    drop(screen);
    shown
}

async fn watch(cluster: &Cluster, view: &mut View, interval: Duration) -> Result<(), Failure> {
    let mut keys = keys();
    let colour = output::is_colourful(&io::stdout());
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::new(Exit::Other, format!("cannot listen for signals: {error}")))
    };
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let (mut hang_up, mut resize) = (listen(SignalKind::hangup())?, listen(SignalKind::window_change())?);
    let mut next_look = tokio::time::Instant::now() + interval;
    // At most one, in a task of its own: while it waits for a broker, keys are heard.
    let mut looks: JoinSet<Result<Sample, Failure>> = JoinSet::new();
    loop {
        paint(&view.draw(size().0, size().1, colour))?;
        tokio::select! {
            key = keys.recv() => match key {
                None | Some(b'q' | CTRL_C | CTRL_D) => return Ok(()),
                Some(key) => view.press(key),
            },
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            _ = hang_up.recv() => return Ok(()),
            _ = resize.recv() => {}
            () = tokio::time::sleep_until(next_look), if looks.is_empty() => {
                let cluster = cluster.clone();
                looks.spawn(async move { sample(&cluster).await });
            }
            // A look that fails is shown, and the next may succeed.
            Some(Ok(look)) = looks.join_next() => {
                next_look = tokio::time::Instant::now() + interval;
                match look {
                    Ok(sample) => view.take(sample),
                    Err(error) => view.fail(error.line()),
                }
            }
        }
    }
}

/// As a terminal sends them where they are no signals.
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;

async fn sample(cluster: &Cluster) -> Result<Sample, Failure> {
    let admin = Admin::new(cluster);
    let topics = cluster.all_topics().await?;
    let mut partitions = BTreeMap::new();
    for topic in &topics {
        for partition in topic.partitions.iter().filter(|partition| partition.leader.is_some()) {
            partitions.insert(TopicPartition::new(topic.name.clone(), partition.index), OffsetSpec::Latest);
        }
    }
    let at = Instant::now();
    let listed = admin.list_offsets(&partitions, IsolationLevel::ReadUncommitted).await;
    let ends: BTreeMap<TopicPartition, i64> =
        listed.into_iter().filter_map(|(at, end)| Some((at, end.ok()?.offset?))).collect();
    let mut groups = Vec::new();
    for listed in admin.list_groups(&GroupFilter::default()).await?.found {
        let Ok(committed) = admin.group_offsets(&listed.group_id).await else { continue };
        let lag =
            committed.iter().filter_map(|(at, committed)| Some((ends.get(at)? - committed.offset).max(0)));
        groups.push(Group {
            name: listed.group_id,
            state: listed.state.map_or("-", |state| state.word()).to_owned(),
            lag: lag.sum(),
        });
    }
    let metadata = cluster.metadata();
    let brokers = metadata.brokers.values().map(|broker| {
        let led = topics.iter().flat_map(|topic| &topic.partitions).filter(|p| p.leader == Some(broker.id));
        model::Broker { id: broker.id.0, address: broker.address.to_string(), leads: led.count() }
    });
    let seen = topics.iter().map(|topic| Topic {
        name: topic.name.to_string(),
        partitions: topic.partitions.len(),
        out_of_sync: topic.partitions.iter().filter(|p| p.isr.len() < p.replicas.len()).count(),
        end: ends
            .range(TopicPartition::new(topic.name.clone(), 0)..)
            .take_while(|(at, _)| at.topic == topic.name)
            .map(|(_, end)| end)
            .sum(),
    });
    Ok(Sample {
        at,
        cluster: metadata.cluster_id.clone().unwrap_or_default(),
        brokers: brokers.collect(),
        topics: seen.collect(),
        groups,
    })
}

/// Reading a key blocks, so it has a thread; it ends with the process.
fn keys() -> mpsc::Receiver<u8> {
    let (sender, receiver) = mpsc::channel(16);
    thread::spawn(move || {
        for key in io::stdin().lock().bytes().map_while(Result::ok) {
            if sender.blocking_send(key).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Columns and lines.
fn size() -> (usize, usize) {
    let size = termios::tcgetwinsize(io::stdout());
    size.map_or((80, 24), |size| (usize::from(size.ws_col).max(20), usize::from(size.ws_row).max(5)))
}

fn paint(lines: &[String]) -> Result<(), Failure> {
    let mut text = String::from("\u{1b}[H");
    for line in lines {
        text += line;
        text += "\u{1b}[K\r\n";
    }
    text.truncate(text.len() - if lines.is_empty() { 0 } else { 2 });
    text += "\u{1b}[J";
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// The terminal's second screen, with keys that come at once. Leaves everything as it was when dropped.
struct Screen(Termios);

impl Screen {
    fn enter() -> Result<Self, Failure> {
        let failed = |error: rustix::io::Errno| {
            Failure::new(Exit::Other, format!("cannot use this terminal: {}", io::Error::from(error)))
        };
        let before = termios::tcgetattr(io::stdin()).map_err(failed)?;
        let mut raw = before.clone();
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        termios::tcsetattr(io::stdin(), OptionalActions::Now, &raw).map_err(failed)?;
        let screen = Self(before);
        let mut out = io::stdout();
        out.write_all(b"\x1b[?1049h\x1b[?25l")?;
        out.flush()?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let mut out = io::stdout();
        let _ = out.write_all(b"\x1b[?25h\x1b[?1049l").and_then(|()| out.flush());
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
