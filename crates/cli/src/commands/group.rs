use crate::{
    cluster::ClusterArguments,
    failure::Failure,
    output::{self, Column, Format},
};
use clap::{Args, Subcommand};
use client::{
    Admin, Error, ErrorCode, TopicPartition,
    admin::{GroupDescription, GroupFilter, GroupMember, GroupState, GroupType, IsolationLevel, OffsetSpec},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// List and describe consumer groups.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the groups.
    List(List),
    /// Show a group's members, offsets and lag.
    Describe(Describe),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    group: String,
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    cluster: ClusterArguments,
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::List(arguments) => list(arguments).await,
        Command::Describe(arguments) => describe(arguments).await,
    }
}

async fn list(arguments: List) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let groups = admin.list_groups(&GroupFilter::default()).await?.all()?;
    match arguments.output {
        Format::Table => {
            let columns = ["GROUP", "TYPE", "PROTOCOL", "STATE"].map(Column::Text);
            let dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            let rows = groups.iter().map(|group| {
                let protocol = Some(group.protocol_type.clone()).filter(|name| !name.is_empty());
                let kind = group.group_type.map(|kind| kind.to_string());
                let state = group.state.map(|state| state.to_string());
                vec![group.group_id.clone(), dash(kind), dash(protocol), dash(state)]
            });
            output::print_table(&columns, rows.collect())?;
        }
        Format::Json => {
            let documents = groups.iter().map(|group| {
                json!({
                    "group": group.group_id,
                    "type": group.group_type.map(GroupType::word),
                    "protocol": group.protocol_type,
                    "state": group.state.map(GroupState::word),
                })
            });
            output::print_json(&documents.collect())?;
        }
    }
    Ok(())
}

/// One partition that the group has committed or owns.
struct Row<'a> {
    at: TopicPartition,
    committed: Option<i64>,
    end: Option<i64>,
    member: Option<&'a GroupMember>,
}

impl Row<'_> {
    fn lag(&self) -> Option<i64> {
        Some((self.end? - self.committed?).max(0))
    }
}

async fn describe(arguments: Describe) -> Result<(), Failure> {
    let admin = Admin::new(&arguments.cluster.connect().await?);
    let group = admin.describe_group(&arguments.group).await?;
    if group.state == GroupState::Dead {
        // How brokers before Kafka 4.0 say that there is no such group.
        let subject = format!("group `{}`", arguments.group);
        return Err(Error::Refused { subject, code: ErrorCode::GROUP_ID_NOT_FOUND, message: None }.into());
    }
    let rows = rows(&admin, &group).await?;
    match arguments.output {
        Format::Table => describe_table(&group, &rows)?,
        Format::Json => output::print_json(&describe_json(&group, &rows))?,
    }
    Ok(())
}

async fn rows<'a>(admin: &Admin, group: &'a GroupDescription) -> Result<Vec<Row<'a>>, Error> {
    let committed = admin.group_offsets(&group.group_id).await?;
    let owners: BTreeMap<&TopicPartition, &GroupMember> = group
        .members
        .iter()
        .flat_map(|member| member.assignment.iter().map(move |at| (at, member)))
        .collect();
    let partitions: BTreeSet<&TopicPartition> = committed.keys().chain(owners.keys().copied()).collect();
    let topics = admin.list_topics().await?;
    // A topic that was deleted has offsets but no end.
    let has_leader = |at: &TopicPartition| {
        let topic = topics.iter().find(|topic| topic.name == at.topic);
        topic
            .and_then(|topic| topic.partition(at.partition))
            .is_some_and(|partition| partition.leader.is_some())
    };
    let asked =
        partitions.iter().filter(|at| has_leader(at)).map(|&at| (at.clone(), OffsetSpec::Latest)).collect();
    let ends: BTreeMap<_, _> = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await.all()?;
    let rows = partitions.into_iter().map(|at| Row {
        at: at.clone(),
        committed: committed.get(at).map(|committed| committed.offset),
        end: ends.get(at).and_then(|listed| listed.offset),
        member: owners.get(at).copied(),
    });
    Ok(rows.collect())
}

fn describe_table(group: &GroupDescription, rows: &[Row<'_>]) -> Result<(), Failure> {
    let assignor = if group.assignor.is_empty() { "-" } else { &group.assignor };
    output::print_line(&format!(
        "group        {}\ntype         {}\nstate        {}\nassignor     {assignor}\ncoordinator  {}\nmembers      {}\n",
        group.group_id,
        group.group_type,
        group.state,
        group.coordinator,
        group.members.len()
    ))?;
    let columns = [
        Column::Text("TOPIC"),
        Column::Number("PARTITION"),
        Column::Number("CURRENT-OFFSET"),
        Column::Number("LOG-END-OFFSET"),
        Column::Number("LAG"),
        Column::Text("CONSUMER-ID"),
        Column::Text("HOST"),
        Column::Text("CLIENT-ID"),
    ];
    let number = |number: Option<i64>| number.map_or("-".to_owned(), |number| number.to_string());
    let cells = rows.iter().map(|row| {
        let of_member = |text: fn(&GroupMember) -> &str| row.member.map_or("-", text).to_owned();
        vec![
            row.at.topic.to_string(),
            row.at.partition.to_string(),
            number(row.committed),
            number(row.end),
            number(row.lag()),
            of_member(|member| &member.member_id),
            of_member(|member| member.host.trim_start_matches('/')),
            of_member(|member| &member.client_id),
        ]
    });
    output::print_table(&columns, cells.collect())?;
    Ok(())
}

fn describe_json(group: &GroupDescription, rows: &[Row<'_>]) -> serde_json::Value {
    let partitions = rows.iter().map(|row| {
        json!({
            "topic": *row.at.topic,
            "partition": row.at.partition,
            "current_offset": row.committed,
            "log_end_offset": row.end,
            "lag": row.lag(),
            "member": row.member.map(|member| &member.member_id),
        })
    });
    let members = group.members.iter().map(|member| {
        json!({
            "member": member.member_id,
            "instance": member.instance_id,
            "client": member.client_id,
            "host": member.host.trim_start_matches('/'),
            "assignment": member.assignment.iter()
                .map(|at| json!({ "topic": *at.topic, "partition": at.partition }))
                .collect::<Vec<_>>(),
        })
    });
    json!({
        "group": group.group_id,
        "type": group.group_type.word(),
        "protocol": group.protocol_type,
        "state": group.state.word(),
        "assignor": group.assignor,
        "coordinator": group.coordinator.0,
        "members": members.collect::<Vec<_>>(),
        "partitions": partitions.collect::<Vec<_>>(),
    })
}
