//! `mainstem group`: consumer groups, their members and their offsets.
mod reset;

use crate::{
    cluster::{self, ClusterArguments},
    completion,
    failure::Failure,
    output::{self, Column, Document, Grid, OutputArguments, Row, Section, or_dash},
};
use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Admin, Error, ErrorCode, Topic, TopicPartition,
    admin::{GroupDescription, GroupFilter, GroupMember, GroupState, GroupType, IsolationLevel, OffsetSpec},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

/// List, describe and delete consumer groups, and move their offsets.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem group list
  mainstem group describe billing
  mainstem group offsets billing -o ndjson
  mainstem group reset billing --to-datetime 2026-11-22T10:00:00Z")]
pub(crate) enum Command {
    /// List the groups.
    #[command(before_help = "Examples:
  mainstem group list
  mainstem group list -o json")]
    List(List),
    /// Show the members, offsets and lag of groups.
    #[command(before_help = "Examples:
  mainstem group describe billing
  mainstem group describe billing shipping -o json")]
    Describe(Describe),
    /// List what a group has committed, by partition.
    #[command(before_help = "Examples:
  mainstem group offsets billing
  mainstem group offsets billing -o ndjson > billing.offsets")]
    Offsets(Offsets),
    /// Move a group's offsets, after showing where to.
    #[command(
        before_help = "Examples:
  mainstem group reset billing --to-earliest    # shows the plan, and asks
  mainstem group reset billing --topic orders:0,1 --shift-by -100 --execute
  mainstem group reset billing --by-duration PT1H --execute
  mainstem group offsets billing -o ndjson > saved       # and back again:
  mainstem group reset billing --from-file saved --execute",
        override_usage = "mainstem group reset [OPTIONS] <GROUP> <--to-...|--by-duration SPAN|--shift-by N|--from-file FILE>"
    )]
    Reset(Box<reset::Reset>),
    /// Forget what a group has committed for topics or partitions.
    #[command(before_help = "Examples:
  mainstem group delete-offsets billing --topic orders
  mainstem group delete-offsets billing --topic orders:0,1")]
    DeleteOffsets(DeleteOffsets),
    /// Delete groups without members, with what they committed.
    #[command(before_help = "Examples:
  mainstem group delete billing")]
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Their names.
    #[arg(required = true, value_name = "GROUP", add = ArgValueCompleter::new(completion::groups))]
    groups: Vec<String>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Offsets {
    /// Its name.
    #[arg(value_name = "GROUP", add = ArgValueCompleter::new(completion::groups))]
    group: String,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteOffsets {
    /// Its name.
    #[arg(value_name = "GROUP", add = ArgValueCompleter::new(completion::groups))]
    group: String,
    /// A topic, or partitions of it; may be repeated.
    #[arg(long = "topic", required = true, value_name = "TOPIC[:N,N...]", add = ArgValueCompleter::new(completion::topics))]
    topics: Vec<Target>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

/// A topic, or some of its partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    topic: String,
    /// Empty: all.
    partitions: Vec<i32>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((topic, partitions)) = text.split_once(':') else {
            return Ok(Self { topic: text.to_owned(), partitions: Vec::new() });
        };
        let partitions: Result<Vec<i32>, _> = partitions.split(',').map(str::parse).collect();
        let partitions = partitions.map_err(|_| "expected TOPIC or TOPIC:N,N...".to_owned())?;
        Ok(Self { topic: topic.to_owned(), partitions })
    }
}

impl Target {
    /// Those that were named, or all there are.
    fn partitions_of(&self, topic: &Topic) -> Result<Vec<TopicPartition>, Error> {
        for &partition in &self.partitions {
            if topic.partition(partition).is_none() {
                let partitions = topic.partitions.len();
                return Err(Error::UnknownPartition { topic: self.topic.clone(), partition, partitions });
            }
        }
        let all = || topic.partitions.iter().map(|partition| partition.index).collect();
        let wanted: Vec<i32> = if self.partitions.is_empty() { all() } else { self.partitions.clone() };
        Ok(wanted.into_iter().map(|partition| TopicPartition::new(topic.name.clone(), partition)).collect())
    }
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Their names.
    #[arg(required = true, value_name = "GROUP", add = ArgValueCompleter::new(completion::groups))]
    groups: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Serialize)]
struct Listed {
    group: String,
    #[serde(rename = "type")]
    group_type: Option<&'static str>,
    protocol: String,
    state: Option<&'static str>,
}

impl Row for Listed {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("GROUP", |g| g.group.clone()),
        Column::text("TYPE", |g| or_dash(g.group_type)),
        Column::text("PROTOCOL", |g| or_dash(Some(&g.protocol).filter(|name| !name.is_empty()))),
        Column::text("STATE", |g| or_dash(g.state)),
    ];

    fn name(&self) -> String {
        self.group.clone()
    }
}

#[derive(Debug, Serialize)]
struct Described {
    group: String,
    #[serde(rename = "type")]
    group_type: &'static str,
    protocol: String,
    state: &'static str,
    assignor: String,
    coordinator: i32,
    members: Vec<Member>,
    partitions: Vec<Partition>,
}

#[derive(Debug, Serialize)]
struct Member {
    member: String,
    instance: Option<String>,
    client: String,
    host: String,
    assignment: Vec<Assigned>,
}

#[derive(Debug, Serialize)]
struct Assigned {
    topic: String,
    partition: i32,
}

impl Row for Member {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("MEMBER", |m| m.member.clone()),
        Column::text("INSTANCE", |m| or_dash(m.instance.as_ref())),
        Column::text("CLIENT", |m| m.client.clone()),
        Column::text("HOST", |m| m.host.clone()),
        Column::number("PARTITIONS", |m| m.assignment.len().to_string()),
    ];

    fn name(&self) -> String {
        self.member.clone()
    }
}

/// One partition that the group has committed or owns.
#[derive(Debug, Serialize)]
struct Partition {
    topic: String,
    partition: i32,
    current_offset: Option<i64>,
    log_end_offset: Option<i64>,
    lag: Option<i64>,
    member: Option<String>,
}

impl Row for Partition {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOPIC", |p| p.topic.clone()),
        Column::number("PARTITION", |p| p.partition.to_string()),
        Column::number("CURRENT-OFFSET", |p| or_dash(p.current_offset)),
        Column::number("LOG-END-OFFSET", |p| or_dash(p.log_end_offset)),
        Column::number("LAG", |p| or_dash(p.lag)),
        Column::text("MEMBER", |p| or_dash(p.member.as_ref())),
    ];

    fn name(&self) -> String {
        format!("{}:{}", self.topic, self.partition)
    }
}

impl Document for Described {
    fn name(&self) -> String {
        self.group.clone()
    }

    fn sections(&self) -> Vec<Section> {
        let fields = vec![
            ("group", self.group.clone()),
            ("type", self.group_type.to_owned()),
            ("state", self.state.to_owned()),
            ("assignor", or_dash(Some(&self.assignor).filter(|name| !name.is_empty()))),
            ("coordinator", self.coordinator.to_string()),
            ("members", self.members.len().to_string()),
            ("lag", self.partitions.iter().filter_map(|partition| partition.lag).sum::<i64>().to_string()),
        ];
        let mut sections = vec![Section::Fields(fields), Section::Grid(Grid::of(&self.partitions))];
        if !self.members.is_empty() {
            sections.push(Section::Grid(Grid::of(&self.members)));
        }
        sections
    }
}

#[derive(Debug, Serialize)]
struct Committed {
    topic: String,
    partition: i32,
    offset: i64,
    metadata: String,
}

impl Row for Committed {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOPIC", |c| c.topic.clone()),
        Column::number("PARTITION", |c| c.partition.to_string()),
        Column::number("OFFSET", |c| c.offset.to_string()),
        Column::text("METADATA", |c| c.metadata.clone()),
    ];

    fn name(&self) -> String {
        format!("{}:{}", self.topic, self.partition)
    }
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List(arguments) => list(arguments).await,
        Command::Describe(arguments) => describe(arguments).await,
        Command::Offsets(arguments) => offsets(arguments).await,
        Command::Reset(arguments) => reset::run(*arguments).await,
        Command::DeleteOffsets(arguments) => delete_offsets(arguments).await,
        Command::Delete(arguments) => delete(arguments).await,
    }
}

/// Groups live on brokers of their own, so these must be reachable.
async fn admin(arguments: &ClusterArguments) -> Result<Admin, Failure> {
    let cluster = arguments.connect().await?;
    cluster::reach_brokers(&cluster).await?;
    Ok(Admin::new(&cluster))
}

async fn list(arguments: List) -> Result<(), Failure> {
    let groups = admin(&arguments.cluster).await?.list_groups(&GroupFilter::default()).await?.all()?;
    let rows: Vec<Listed> = groups
        .into_iter()
        .map(|group| Listed {
            group: group.group_id,
            group_type: group.group_type.map(GroupType::word),
            protocol: group.protocol_type,
            state: group.state.map(GroupState::word),
        })
        .collect();
    output::list(arguments.output.format, &rows)
}

async fn describe(arguments: Describe) -> Result<(), Failure> {
    let admin = admin(&arguments.cluster).await?;
    let mut documents = Vec::new();
    for name in &arguments.groups {
        let group = existing(&admin, name).await?;
        let partitions = partitions(&admin, &group).await?;
        let members = group.members.into_iter().map(|member| Member {
            host: host(&member),
            member: member.member_id,
            instance: member.instance_id,
            client: member.client_id,
            assignment: member
                .assignment
                .iter()
                .map(|at| Assigned { topic: at.topic.to_string(), partition: at.partition })
                .collect(),
        });
        documents.push(Described {
            group: group.group_id,
            group_type: group.group_type.word(),
            protocol: group.protocol_type,
            state: group.state.word(),
            assignor: group.assignor,
            coordinator: group.coordinator.0,
            members: members.collect(),
            partitions,
        });
    }
    output::describe_all(arguments.output.format, &documents)
}

/// Kafka puts a slash before an address.
fn host(member: &GroupMember) -> String {
    member.host.trim_start_matches('/').to_owned()
}

/// The group, if there is one: brokers before Kafka 4.0 say by a state that there is none.
async fn existing(admin: &Admin, name: &str) -> Result<GroupDescription, Error> {
    let group = admin.describe_group(name).await?;
    if group.state == GroupState::Dead {
        let subject = format!("group `{name}`");
        return Err(Error::Refused { subject, code: ErrorCode::GROUP_ID_NOT_FOUND, message: None });
    }
    Ok(group)
}

async fn partitions(admin: &Admin, group: &GroupDescription) -> Result<Vec<Partition>, Error> {
    let committed = admin.group_offsets(&group.group_id).await?;
    let owners: BTreeMap<&TopicPartition, &GroupMember> = group
        .members
        .iter()
        .flat_map(|member| member.assignment.iter().map(move |at| (at, member)))
        .collect();
    let known: BTreeSet<&TopicPartition> = committed.keys().chain(owners.keys().copied()).collect();
    let ends = log_ends(admin, known.iter().copied()).await?;
    let partition = |at: &TopicPartition| {
        let (committed, end) = (committed.get(at).map(|committed| committed.offset), ends.get(at).copied());
        let member = owners.get(at);
        Partition {
            topic: at.topic.to_string(),
            partition: at.partition,
            current_offset: committed,
            log_end_offset: end,
            lag: end.zip(committed).map(|(end, committed)| (end - committed).max(0)),
            member: member.map(|member| member.member_id.clone()),
        }
    };
    Ok(known.into_iter().map(partition).collect())
}

/// Of partitions that have a leader: a topic that was deleted has offsets but no end.
async fn log_ends<'a>(
    admin: &Admin,
    partitions: impl Iterator<Item = &'a TopicPartition>,
) -> Result<BTreeMap<TopicPartition, i64>, Error> {
    let topics = admin.list_topics().await?;
    let has_leader = |at: &TopicPartition| {
        let topic = topics.iter().find(|topic| topic.name == at.topic);
        let partition = topic.and_then(|topic| topic.partition(at.partition));
        partition.is_some_and(|partition| partition.leader.is_some())
    };
    let asked = partitions.filter(|at| has_leader(at)).map(|at| (at.clone(), OffsetSpec::Latest)).collect();
    let ends: Vec<_> = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await.all()?;
    Ok(ends.into_iter().filter_map(|(at, listed)| Some((at, listed.offset?))).collect())
}

async fn offsets(arguments: Offsets) -> Result<(), Failure> {
    let admin = admin(&arguments.cluster).await?;
    existing(&admin, &arguments.group).await?;
    let committed = admin.group_offsets(&arguments.group).await?;
    let rows: Vec<Committed> = committed
        .into_iter()
        .map(|(at, committed)| Committed {
            topic: at.topic.to_string(),
            partition: at.partition,
            offset: committed.offset,
            metadata: committed.metadata,
        })
        .collect();
    output::list(arguments.output.format, &rows)
}

async fn delete_offsets(arguments: DeleteOffsets) -> Result<(), Failure> {
    let admin = admin(&arguments.cluster).await?;
    let mut partitions = Vec::new();
    for target in &arguments.topics {
        partitions.extend(target.partitions_of(&*admin.describe_topic(&target.topic).await?)?);
    }
    for (at, deleted) in admin.delete_group_offsets(&arguments.group, &partitions).await {
        deleted?;
        output::say(&format!("group `{}` has no offset for {at}", arguments.group))?;
    }
    Ok(())
}

async fn delete(arguments: Delete) -> Result<(), Failure> {
    let admin = admin(&arguments.cluster).await?;
    super::tell_each(admin.delete_groups(&arguments.groups).await, |group, deleted| {
        deleted?;
        Ok(format!("deleted group `{group}`"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_shows_its_lag_and_its_members() {
        let partition = |partition, current_offset, member: Option<&str>| Partition {
            topic: "t".to_owned(),
            partition,
            current_offset,
            log_end_offset: Some(9),
            lag: current_offset.map(|current| 9 - current),
            member: member.map(str::to_owned),
        };
        let member = Member {
            member: "m-1".to_owned(),
            instance: None,
            client: "c".to_owned(),
            host: "127.0.0.1".to_owned(),
            assignment: vec![Assigned { topic: "t".to_owned(), partition: 0 }],
        };
        let described = Described {
            group: "g".to_owned(),
            group_type: "Classic",
            protocol: "consumer".to_owned(),
            state: "Stable",
            assignor: "range".to_owned(),
            coordinator: 1,
            members: vec![member],
            partitions: vec![partition(0, Some(4), Some("m-1")), partition(1, None, None)],
        };
        let sections = described.sections();
        let [Section::Fields(fields), Section::Grid(partitions), Section::Grid(members)] =
            sections.as_slice()
        else {
            panic!("{sections:?}")
        };
        assert!(fields.contains(&("lag", "5".to_owned())), "{fields:?}");
        assert_eq!(
            partitions.draw(false),
            "TOPIC  PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  MEMBER\n\
             t              0               4               9    5  m-1\n\
             t              1               -               9    -  -"
        );
        assert_eq!(
            members.draw(false),
            "MEMBER  INSTANCE  CLIENT  HOST       PARTITIONS\nm-1     -         c       127.0.0.1           1"
        );
        let unused = Described { members: Vec::new(), ..described };
        assert_eq!(unused.sections().len(), 2);
    }
}
