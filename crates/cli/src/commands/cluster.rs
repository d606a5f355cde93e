//! `mainstem cluster` and `mainstem quorum`: who is there, and in what state.
use crate::{
    cluster::ClusterArguments,
    failure::Failure,
    output::{self, Column, Document, Grid, OutputArguments, Row, Section, or_dash},
};
use clap::{Args, Subcommand};
use client::{
    Admin,
    admin::{DescribeClusterOptions, Quorum, QuorumReplica},
};
use jiff::Timestamp;
use serde::Serialize;

/// Show the brokers and features of the cluster.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem cluster info
  mainstem cluster features -o json")]
pub(crate) enum Command {
    /// Show the cluster's id and its brokers.
    #[command(before_help = "Examples:
  mainstem cluster info
  mainstem cluster info -o yaml --profile prod")]
    Info(Arguments),
    /// List the features and the versions in which they are on.
    #[command(before_help = "Examples:
  mainstem cluster features")]
    Features(Arguments),
}

/// Show the quorum that keeps the metadata.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem quorum describe
  mainstem quorum describe -o json")]
pub(crate) enum QuorumCommand {
    /// Show its leader, and how far behind everybody is.
    #[command(before_help = "Examples:
  mainstem quorum describe")]
    Describe(Arguments),
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Serialize)]
struct Info {
    cluster_id: Option<String>,
    controller: Option<i32>,
    brokers: Vec<Broker>,
}

#[derive(Debug, Serialize)]
struct Broker {
    id: i32,
    address: String,
    rack: Option<String>,
    fenced: bool,
}

impl Row for Broker {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("BROKER", |b| b.id.to_string()),
        Column::text("ADDRESS", |b| b.address.clone()),
        Column::text("RACK", |b| or_dash(b.rack.as_ref())),
        Column::text("STATE", |b| if b.fenced { "fenced" } else { "serving" }.to_owned()),
    ];

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Document for Info {
    fn name(&self) -> String {
        self.cluster_id.clone().unwrap_or_default()
    }

    fn sections(&self) -> Vec<Section> {
        let fields = vec![
            ("cluster", or_dash(self.cluster_id.as_ref())),
            ("controller", or_dash(self.controller)),
            ("brokers", self.brokers.len().to_string()),
        ];
        vec![Section::Fields(fields), Section::Grid(Grid::of(&self.brokers))]
    }
}

#[derive(Debug, Serialize)]
struct Feature {
    feature: String,
    supported_min: Option<i16>,
    supported_max: Option<i16>,
    finalized: i16,
}

impl Row for Feature {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("FEATURE", |f| f.feature.clone()),
        Column::number("SUPPORTED-MIN", |f| or_dash(f.supported_min)),
        Column::number("SUPPORTED-MAX", |f| or_dash(f.supported_max)),
        Column::number("FINALIZED", |f| f.finalized.to_string()),
    ];

    fn name(&self) -> String {
        self.feature.clone()
    }
}

#[derive(Debug, Serialize)]
struct DescribedQuorum {
    leader: Option<i32>,
    leader_epoch: i32,
    high_watermark: i64,
    replicas: Vec<Replica>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Replica {
    id: i32,
    directory: Option<String>,
    role: &'static str,
    log_end_offset: Option<i64>,
    lag: Option<i64>,
    last_fetch_ms: Option<i64>,
    last_caught_up_ms: Option<i64>,
}

impl Row for Replica {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::number("NODE", |r| r.id.to_string()),
        Column::text("ROLE", |r| r.role.to_owned()),
        Column::number("LOG-END-OFFSET", |r| or_dash(r.log_end_offset)),
        Column::number("LAG", |r| or_dash(r.lag)),
        Column::text("LAST-FETCH", |r| or_dash(r.last_fetch_ms.and_then(time))),
        Column::text("LAST-CAUGHT-UP", |r| or_dash(r.last_caught_up_ms.and_then(time))),
        Column::text("DIRECTORY", |r| or_dash(r.directory.as_ref())),
    ];

    fn name(&self) -> String {
        self.id.to_string()
    }
}

fn time(ms: i64) -> Option<String> {
    Timestamp::from_millisecond(ms).ok().map(|time| format!("{time:.3}"))
}

impl Document for DescribedQuorum {
    fn name(&self) -> String {
        or_dash(self.leader)
    }

    fn sections(&self) -> Vec<Section> {
        let fields = vec![
            ("leader", or_dash(self.leader)),
            ("epoch", self.leader_epoch.to_string()),
            ("high watermark", self.high_watermark.to_string()),
        ];
        vec![Section::Fields(fields), Section::Grid(Grid::of(&self.replicas))]
    }
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Info(arguments) => info(arguments).await,
        Command::Features(arguments) => features(arguments).await,
    }
}

pub(crate) async fn run_quorum(command: QuorumCommand) -> Result<(), Failure> {
    let QuorumCommand::Describe(arguments) = command;
    let admin = Admin::new(&arguments.cluster.connect().await?);
    output::describe(arguments.output.format, &described(&admin.describe_quorum().await?))
}

async fn info(arguments: Arguments) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let found = admin.describe_cluster(DescribeClusterOptions::default()).await?;
    let brokers = found.brokers.into_iter().map(|broker| Broker {
        id: broker.id.0,
        address: broker.address.to_string(),
        rack: broker.rack,
        fenced: broker.fenced,
    });
    let info = Info {
        cluster_id: found.cluster_id,
        controller: found.controller.map(|node| node.0),
        brokers: brokers.collect(),
    };
    output::describe(arguments.output.format, &info)
}

async fn features(arguments: Arguments) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let found = admin.describe_features(None).await?;
    let mut names: Vec<&String> = found.supported.keys().chain(found.finalized.keys()).collect();
    names.sort();
    names.dedup();
    let feature = |name: &String| {
        let supported = found.supported.get(name);
        Feature {
            feature: name.clone(),
            supported_min: supported.map(|versions| versions.min),
            supported_max: supported.map(|versions| versions.max),
            finalized: found.finalized.get(name).copied().unwrap_or(0),
        }
    };
    output::list(arguments.output.format, &names.into_iter().map(feature).collect::<Vec<_>>())
}

fn described(quorum: &Quorum) -> DescribedQuorum {
    let end = quorum.voters.iter().find(|voter| Some(voter.id) == quorum.leader);
    let end = end.and_then(|leader| leader.log_end_offset);
    let replica = |replica: &QuorumReplica, role| Replica {
        id: replica.id.0,
        directory: replica.directory.as_ref().map(ToString::to_string),
        role: if Some(replica.id) == quorum.leader { "leader" } else { role },
        log_end_offset: replica.log_end_offset,
        lag: end.zip(replica.log_end_offset).map(|(end, own)| (end - own).max(0)),
        last_fetch_ms: replica.last_fetch_ms,
        last_caught_up_ms: replica.last_caught_up_ms,
    };
    let voters = quorum.voters.iter().map(|voter| replica(voter, "voter"));
    let observers = quorum.observers.iter().map(|observer| replica(observer, "observer"));
    DescribedQuorum {
        leader: quorum.leader.map(|node| node.0),
        leader_epoch: quorum.leader_epoch,
        high_watermark: quorum.high_watermark,
        replicas: voters.chain(observers).collect(),
    }
}
