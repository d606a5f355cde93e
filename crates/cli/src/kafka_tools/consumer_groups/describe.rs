//! The three views of a group: its offsets, its members, its state.
use super::{execution, print_error, reset};
use crate::kafka_tools::{
    Outcome, Stop, errors,
    options::Given,
    render::{join, or_dash},
};
use ::client::{
    Admin, TopicPartition,
    admin::{
        DescribeGroupsOptions, GroupDescription, GroupMember, GroupState, IsolationLevel, ListedOffset,
        OffsetSpec,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

pub(super) async fn describe(given: &Given, admin: &Admin, groups: &[String]) -> Outcome {
    let described = admin.describe_consumer_groups(groups, DescribeGroupsOptions::default()).await;
    let mut by_id = BTreeMap::new();
    for (group, answer) in described {
        by_id.insert(group, answer.map_err(|error| Stop::Failed(errors::exception(&error)))?);
    }
    let verbose = given.has("verbose");
    let mut views = Vec::new();
    for (group, description) in &by_id {
        views.push(if given.has("members") {
            View::Members
        } else if given.has("state") {
            View::State
        } else {
            View::Offsets(rows(admin, group, description).await?)
        });
    }
    let out = &mut io::stdout().lock();
    for (group, view) in by_id.values().zip(&views) {
        match view {
            View::Offsets(rows) => print_offsets(out, group, rows, verbose)?,
            View::Members => print_members(out, group, verbose)?,
            View::State => print_state(out, admin, group, verbose)?,
        }
    }
    Ok(())
}

enum View {
    Offsets(Vec<PartitionRow>),
    Members,
    State,
}

struct PartitionRow {
    at: TopicPartition,
    leader_epoch: Option<i32>,
    current: Option<i64>,
    end: Option<i64>,
    /// Member, host, client.
    owner: Option<[String; 3]>,
}

impl PartitionRow {
    fn lag(&self) -> Option<i64> {
        Some(self.end? - self.current.filter(|offset| *offset != -1)?)
    }
}

/// Partitions with an owner, busiest member first, then those that only have an offset.
async fn rows(admin: &Admin, group: &str, description: &GroupDescription) -> Result<Vec<PartitionRow>, Stop> {
    let committed = reset::committed(admin, group).await?;
    let assigned: BTreeSet<&TopicPartition> =
        description.members.iter().flat_map(|member| &member.assignment).collect();
    let all: BTreeSet<TopicPartition> = committed.keys().chain(assigned.iter().copied()).cloned().collect();
    let (_, leaderless) = reset::there(admin, &all).await.map_err(|error| execution(&error))?;
    let asked = all.difference(&leaderless).map(|at| (at.clone(), OffsetSpec::Latest)).collect();
    let ends: BTreeMap<TopicPartition, ListedOffset> = admin
        .list_offsets(&asked, IsolationLevel::ReadUncommitted)
        .await
        .all()
        .map_err(|error| execution(&error))?;
    let row = |at: &TopicPartition, owner: Option<[String; 3]>| PartitionRow {
        at: at.clone(),
        leader_epoch: committed.get(at).map(|offset| offset.leader_epoch).filter(|epoch| *epoch >= 0),
        current: committed.get(at).map(|offset| offset.offset),
        end: ends.get(at).and_then(|end| end.offset),
        owner,
    };
    let mut members: Vec<&GroupMember> =
        description.members.iter().filter(|member| !member.assignment.is_empty()).collect();
    members.sort_by_key(|member| std::cmp::Reverse(member.assignment.len()));
    let mut rows = Vec::new();
    for member in members {
        let owner = [member.member_id.clone(), member.host.clone(), member.client_id.clone()];
        let owned: BTreeSet<&TopicPartition> = member.assignment.iter().collect();
        rows.extend(owned.into_iter().map(|at| row(at, Some(owner.clone()))));
    }
    rows.extend(committed.keys().filter(|at| !assigned.contains(at)).map(|at| row(at, None)));
    Ok(rows)
}

/// Says what there is to say of its state; whether there may be rows.
fn has_rows(group: &GroupDescription, rows: usize) -> io::Result<bool> {
    match group.state {
        GroupState::Dead => {
            print_error(&format!("Consumer group '{}' does not exist.", group.group_id))?;
            return Ok(false);
        }
        GroupState::Empty => eprintln!("\nConsumer group '{}' has no active members.", group.group_id),
        GroupState::Stable => {}
        _ => eprintln!("\nWarning: Consumer group '{}' is rebalancing.", group.group_id),
    }
    Ok(rows > 0)
}

fn width<'a>(least: usize, cells: impl Iterator<Item = &'a str>) -> usize {
    cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(least)
}

fn print_offsets(
    out: &mut impl Write,
    group: &GroupDescription,
    rows: &[PartitionRow],
    verbose: bool,
) -> io::Result<()> {
    if !has_rows(group, rows.len())? {
        return Ok(());
    }
    let owner = |row: &PartitionRow, part: usize| {
        row.owner.as_ref().map_or("-", |owner| owner[part].as_str()).to_owned()
    };
    let owners: Vec<[String; 3]> = rows.iter().map(|row| [0, 1, 2].map(|part| owner(row, part))).collect();
    let id_width = width(15, [group.group_id.as_str()].into_iter());
    let topic_width = width(15, rows.iter().map(|row| &*row.at.topic));
    let member_width = width(15, owners.iter().map(|owner| owner[0].as_str()));
    let host_width = width(15, owners.iter().map(|owner| owner[1].as_str()));
    let mut line =
        |topic: &str, partition: &str, epoch: &str, numbers: [&str; 3], owner: [&str; 3], id: &str| {
            write!(out, "\n{id:id_width$} {topic:topic_width$} {partition:10} ")?;
            if verbose {
                write!(out, "{epoch:15} ")?;
            }
            let [current, end, lag] = numbers;
            let [member, host, client] = owner;
            write!(out, "{current:15} {end:15} {lag:15} {member:member_width$} {host:host_width$} {client}")
        };
    line(
        "TOPIC",
        "PARTITION",
        "LEADER-EPOCH",
        ["CURRENT-OFFSET", "LOG-END-OFFSET", "LAG"],
        ["CONSUMER-ID", "HOST", "CLIENT-ID"],
        "GROUP",
    )?;
    for (row, owner) in rows.iter().zip(&owners) {
        let numbers = [row.current, row.end, row.lag()].map(or_dash);
        line(
            &row.at.topic,
            &row.at.partition.to_string(),
            &or_dash(row.leader_epoch),
            numbers.each_ref().map(String::as_str),
            owner.each_ref().map(String::as_str),
            &group.group_id,
        )?;
    }
    writeln!(out)
}

/// `t:0,1;u:0`, or a dash.
fn assignment(partitions: &[TopicPartition]) -> String {
    let mut by_topic: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
    for at in partitions {
        by_topic.entry(&at.topic).or_default().insert(at.partition);
    }
    if by_topic.is_empty() {
        return "-".to_owned();
    }
    join(by_topic.iter().map(|(topic, partitions)| format!("{topic}:{}", join(partitions, ","))), ";")
}

fn print_members(out: &mut impl Write, group: &GroupDescription, verbose: bool) -> io::Result<()> {
    // The heading comes even without members.
    has_rows(group, group.members.len())?;
    let members = &group.members;
    let current: Vec<String> = members.iter().map(|member| assignment(&member.assignment)).collect();
    let target: Vec<String> = members
        .iter()
        .map(|member| assignment(member.target_assignment.as_deref().unwrap_or_default()))
        .collect();
    let with_instance = members.iter().any(|member| member.instance_id.is_some());
    let is_migrating =
        [true, false].iter().all(|side| members.iter().any(|member| member.upgraded == Some(*side)));
    let shown = if group.state == GroupState::Dead { &[][..] } else { &members[..] };
    let id_width = width(15, shown.iter().map(|_| group.group_id.as_str()));
    let member_width = width(15, shown.iter().map(|member| member.member_id.as_str()));
    let instance_width = width(17, shown.iter().filter_map(|member| member.instance_id.as_deref()));
    let host_width = width(15, shown.iter().map(|member| member.host.as_str()));
    let client_width = width(15, shown.iter().map(|member| member.client_id.as_str()));
    let current_width = width(20, current.iter().map(String::as_str));
    let target_width = width(20, target.iter().map(String::as_str));
    writeln!(out)?;
    let mut line = |id: &str, names: [&str; 4], partitions: &str, more: [&str; 5]| {
        let [member, instance, host, client] = names;
        write!(out, "{id:id_width$} {member:member_width$} ")?;
        if with_instance {
            write!(out, "{instance:instance_width$} ")?;
        }
        write!(out, "{host:host_width$} {client:client_width$} {partitions:15} ")?;
        if verbose {
            let [epoch, current, target_epoch, target, upgraded] = more;
            write!(out, "{epoch:15} {current:current_width$} {target_epoch:15} {target:target_width$}")?;
            if is_migrating {
                write!(out, " {upgraded}")?;
            }
        }
        writeln!(out)
    };
    line(
        "GROUP",
        ["CONSUMER-ID", "GROUP-INSTANCE-ID", "HOST", "CLIENT-ID"],
        "#PARTITIONS",
        ["CURRENT-EPOCH", "CURRENT-ASSIGNMENT", "TARGET-EPOCH", "TARGET-ASSIGNMENT", "UPGRADED"],
    )?;
    for (member, (current, target)) in members.iter().zip(current.iter().zip(&target)) {
        let instance = member.instance_id.as_deref().unwrap_or_default();
        line(
            &group.group_id,
            [&member.member_id, instance, &member.host, &member.client_id],
            &member.assignment.len().to_string(),
            [
                &or_dash(member.member_epoch),
                current,
                &or_dash(group.assignment_epoch),
                target,
                &or_dash(member.upgraded),
            ],
        )?;
    }
    Ok(())
}

fn print_state(
    out: &mut impl Write,
    admin: &Admin,
    group: &GroupDescription,
    verbose: bool,
) -> io::Result<()> {
    if !has_rows(group, 1)? {
        return Ok(());
    }
    let metadata = admin.cluster().metadata();
    let address = metadata.brokers.get(&group.coordinator).map(|broker| broker.address.to_string());
    let coordinator = format!("{}  ({})", or_dash(address), group.coordinator);
    let assignor = if group.assignor.is_empty() { "-" } else { &group.assignor };
    let (id_width, coordinator_width) =
        (width(15, [group.group_id.as_str()].into_iter()), width(25, [coordinator.as_str()].into_iter()));
    let mut line =
        |id: &str, coordinator: &str, assignor: &str, state: &str, epochs: [&str; 2], members: &str| {
            write!(out, "\n{id:id_width$} {coordinator:coordinator_width$} {assignor:20} {state:20} ")?;
            if verbose {
                let [group_epoch, target_epoch] = epochs;
                write!(out, "{group_epoch:15} {target_epoch:25} ")?;
            }
            write!(out, "{members}")
        };
    line(
        "GROUP",
        "COORDINATOR (ID)",
        "ASSIGNMENT-STRATEGY",
        "STATE",
        ["GROUP-EPOCH", "TARGET-ASSIGNMENT-EPOCH"],
        "#MEMBERS",
    )?;
    line(
        &group.group_id,
        &coordinator,
        assignor,
        group.state.word(),
        [&or_dash(group.group_epoch), &or_dash(group.assignment_epoch)],
        &group.members.len().to_string(),
    )?;
    writeln!(out)
}
