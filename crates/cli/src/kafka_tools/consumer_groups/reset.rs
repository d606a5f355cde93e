//! Where offsets go when they are reset.
use super::{Offsets, execution, plan, print_error, times};
use crate::kafka_tools::{
    Outcome, Stop, errors,
    options::{Given, split},
    render::join,
};
use ::client::{
    Admin, Error, ErrorCode, TopicPartition,
    admin::{CommittedOffset, DescribeGroupsOptions, GroupState, IsolationLevel, OffsetSpec},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
};

const SCENARIOS: &[&str] = &[
    "to-offset",
    "to-datetime",
    "by-duration",
    "to-earliest",
    "to-latest",
    "to-current",
    "shift-by",
    "from-file",
];

pub(super) fn check(given: &Given) -> Outcome {
    match (given.has("dry-run"), given.has("execute")) {
        (true, true) => {
            return Err(given.wrong("Option [reset-offsets] only accepts one of [execute] and [dry-run]"));
        }
        (false, false) => eprintln!(
            "WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will \
             require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if \
             you are scripting this command and want to keep the current default behavior without prompting."
        ),
        _ => {}
    }
    for scenario in SCENARIOS {
        let others: Vec<&str> = SCENARIOS.iter().copied().filter(|other| other != scenario).collect();
        given.forbid(scenario, &others)?;
    }
    Ok(())
}

/// Why a `--topic` has no partitions.
pub(super) enum Unknown {
    Topic(Error),
    Argument(Stop),
}

impl From<Unknown> for Stop {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Topic(error) => Self::Failed(errors::message(&error)),
            Unknown::Argument(stop) => stop,
        }
    }
}

/// All partitions of `TOPIC`, or those of `TOPIC:0,1`.
pub(super) async fn partitions(
    given: &Given,
    admin: &Admin,
    text: &str,
) -> Result<Vec<TopicPartition>, Unknown> {
    let argument = |message: String| Unknown::Argument(given.wrong(message));
    let Some((topic, list)) = text.split_once(':') else {
        let topic = admin.describe_topic(text).await.map_err(Unknown::Topic)?;
        return Ok(topic.partitions.iter().map(|p| TopicPartition::new(text, p.index)).collect());
    };
    if topic.is_empty() || list.is_empty() || list.contains(':') {
        return Err(argument(format!("Invalid topic arg '{text}', expected topic name and partitions")));
    }
    let read = |partition: &str| {
        let wrong = || argument(format!("Invalid partition '{partition}' specified in topic arg '{text}''"));
        Ok(TopicPartition::new(topic, partition.parse().map_err(|_| wrong())?))
    };
    split(list, ',').into_iter().map(read).collect()
}

pub(super) async fn reset(given: &Given, admin: &Admin, groups: &[String]) -> Outcome {
    let mut new_offsets: BTreeMap<String, Offsets> = BTreeMap::new();
    for (group, answer) in admin.describe_consumer_groups(groups, DescribeGroupsOptions::default()).await {
        let state = match answer {
            Ok(group) => group.state,
            Err(error) if error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND) => GroupState::Dead,
            Err(error) => return Err(Stop::Failed(errors::exception(&error))),
        };
        let offsets = match state {
            GroupState::Empty | GroupState::Dead => reset_one(given, admin, &group).await?,
            other => {
                print_error(&format!(
                    "Assignments can only be reset if the group '{group}' is inactive, but the current state is {other}."
                ))?;
                Offsets::new()
            }
        };
        new_offsets.insert(group, offsets);
    }
    print(given, &new_offsets)
}

async fn reset_one(given: &Given, admin: &Admin, group: &str) -> Result<Offsets, Stop> {
    let mut wanted = Partitions::new();
    if given.has("all-topics") {
        wanted.extend(committed(admin, group).await?.into_keys());
    } else if given.has("topic") {
        for topic in given.all("topic") {
            wanted.extend(partitions(given, admin, topic).await?);
        }
    } else if !given.has("from-file") {
        return Err(given.wrong("One of the reset scopes should be defined: --all-topics, --topic."));
    }
    check_partitions(admin, &wanted).await?;
    let offsets = target(given, admin, group, wanted).await?;
    let offsets: Offsets = offsets
        .into_iter()
        .map(|(at, offset)| (at, CommittedOffset { offset, leader_epoch: -1, metadata: String::new() }))
        .collect();
    if given.has("execute") {
        admin.alter_group_offsets(group, &offsets).await.all::<Vec<_>>()?;
    }
    Ok(offsets)
}

pub(super) async fn committed(admin: &Admin, group: &str) -> Result<Offsets, Stop> {
    admin.group_offsets(group).await.map_err(|error| execution(&error))
}

type Partitions = BTreeSet<TopicPartition>;

/// All partitions of these topics, and those of them without a leader.
pub(super) async fn there(admin: &Admin, wanted: &Partitions) -> Result<(Partitions, Partitions), Error> {
    let topics: BTreeSet<&str> = wanted.iter().map(|at| &*at.topic).collect();
    let (mut there, mut leaderless) = (Partitions::new(), Partitions::new());
    for name in topics {
        let topic = admin.describe_topic(name).await?;
        for partition in &topic.partitions {
            let at = TopicPartition::new(name, partition.index);
            if partition.leader.is_none() {
                leaderless.insert(at.clone());
            }
            there.insert(at);
        }
    }
    Ok((there, leaderless))
}

async fn check_partitions(admin: &Admin, wanted: &Partitions) -> Outcome {
    let (there, leaderless) = there(admin, wanted).await.map_err(|error| execution(&error))?;
    let names = |partitions: &[&TopicPartition]| {
        join(partitions.iter().map(|at| format!("{}-{}", at.topic, at.partition)), ",")
    };
    let missing: Vec<_> = wanted.difference(&there).collect();
    if !missing.is_empty() {
        return Err(Stop::Failed(format!("The partitions \"{}\" do not exist", names(&missing))));
    }
    let leaderless: Vec<_> = wanted.intersection(&leaderless).collect();
    if !leaderless.is_empty() {
        return Err(Stop::Failed(format!("The partitions \"{}\" have no leader", names(&leaderless))));
    }
    Ok(())
}

pub(super) type New = BTreeMap<TopicPartition, i64>;

async fn target(given: &Given, admin: &Admin, group: &str, wanted: Partitions) -> Result<New, Stop> {
    if let Some(offset) = first_number(given, "to-offset")? {
        return in_range(admin, wanted.into_iter().map(|at| (at, offset)).collect()).await;
    }
    if given.has("to-earliest") {
        return listed(admin, wanted, OffsetSpec::Earliest).await;
    }
    if given.has("to-latest") {
        return listed(admin, wanted, OffsetSpec::Latest).await;
    }
    if let Some(by) = given.number::<i64>("shift-by")? {
        let committed = committed(admin, group).await?;
        let mut shifted = New::new();
        for at in wanted {
            let Some(offset) = committed.get(&at) else {
                let name = format!("{}-{}", at.topic, at.partition);
                return Err(given.wrong(format!(
                    "Cannot shift offset for partition {name} since there is no current committed offset"
                )));
            };
            shifted.insert(at, offset.offset.saturating_add(by));
        }
        return in_range(admin, shifted).await;
    }
    if let Some(text) = given.all("to-datetime").next() {
        return at_time(admin, wanted, times::date_time(text).map_err(Stop::Failed)?).await;
    }
    if let Some(text) = given.get("by-duration")? {
        let age = times::duration(text).ok_or_else(|| Stop::failed("Text cannot be parsed to a Duration"))?;
        return at_time(admin, wanted, times::before_now(age)).await;
    }
    if let Some(file) = given.all("from-file").next() {
        let text = fs::read_to_string(file)
            .map_err(|_| Stop::Failed(format!("java.io.IOException: Unable to read file {file}")))?;
        let groups: Vec<&str> = given.all("group").collect();
        let Some(offsets) = plan::read(&text, &groups).map_err(Stop::Failed)?.remove(group) else {
            print_error(&format!("No reset plan for group {group} found."))?;
            return Ok(New::new());
        };
        return in_range(admin, offsets).await;
    }
    if given.has("to-current") {
        let committed = committed(admin, group).await?;
        let (known, unknown): (BTreeSet<_>, BTreeSet<_>) =
            wanted.into_iter().partition(|at| committed.contains_key(at));
        let mut offsets = listed(admin, unknown, OffsetSpec::Latest).await?;
        offsets.extend(known.into_iter().filter_map(|at| {
            let offset = committed.get(&at)?.offset;
            Some((at, offset))
        }));
        return Ok(offsets);
    }
    let scenarios = join(SCENARIOS.iter().map(|name| format!("[{name}]")), ", ");
    Err(given
        .wrong(format!("Option '[reset-offsets]' requires one of the following scenarios: [{scenarios}]")))
}

async fn listed(admin: &Admin, wanted: Partitions, spec: OffsetSpec) -> Result<New, Stop> {
    let asked = wanted.into_iter().map(|at| (at, spec)).collect();
    let offsets = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await.all::<Vec<_>>();
    let offsets = offsets.map_err(|error| execution(&error))?;
    Ok(offsets.into_iter().map(|(at, found)| (at, found.offset.unwrap_or(-1))).collect())
}

/// Where no record is as young, the end.
async fn at_time(admin: &Admin, wanted: Partitions, ms: i64) -> Result<New, Stop> {
    let found = listed(admin, wanted, OffsetSpec::Timestamp(ms)).await?;
    let (mut found, none): (New, New) = found.into_iter().partition(|(_, offset)| *offset >= 0);
    for at in none.keys() {
        println!(
            "\nWarn: Partition {} from topic {} is empty. Falling back to latest known offset.",
            at.partition, at.topic
        );
    }
    found.extend(listed(admin, none.into_keys().collect(), OffsetSpec::Latest).await?);
    Ok(found)
}

/// Offsets outside the log become its beginning or end, with a warning.
async fn in_range(admin: &Admin, wanted: New) -> Result<New, Stop> {
    let earliest = listed(admin, wanted.keys().cloned().collect(), OffsetSpec::Earliest).await?;
    let latest = listed(admin, wanted.keys().cloned().collect(), OffsetSpec::Latest).await?;
    let mut kept = New::new();
    for (at, offset) in wanted {
        let (first, last) = (earliest[&at], latest[&at]);
        let bounded = if offset > last { last } else { offset.max(first) };
        if bounded != offset {
            let (is, bound) = if offset > last { ("higher", "latest") } else { ("lower", "earliest") };
            eprintln!(
                "WARN New offset ({offset}) is {is} than {bound} offset for topic partition {}-{}. Value will be set to \
                 {bounded}.",
                at.topic, at.partition
            );
        }
        kept.insert(at, bounded);
    }
    Ok(kept)
}

/// The first of several.
fn first_number(given: &Given, name: &str) -> Result<Option<i64>, Stop> {
    let Some(text) = given.all(name).next() else { return Ok(None) };
    let wrong = || Stop::Failed(format!("Cannot parse argument '{text}' of option {name}"));
    text.parse().map(Some).map_err(|_| wrong())
}

fn print(given: &Given, offsets: &BTreeMap<String, Offsets>) -> Outcome {
    let out = &mut io::stdout().lock();
    let rows: Vec<(&String, &TopicPartition, i64)> = offsets
        .iter()
        .flat_map(|(group, offsets)| offsets.iter().map(move |(at, committed)| (group, at, committed.offset)))
        .collect();
    if given.has("export") {
        let is_single = given.all("group").count() == 1;
        for (group, at, offset) in rows {
            let group = if is_single { String::new() } else { format!("{},", plan::cell(group)) };
            writeln!(out, "{group}{},{},{offset}", plan::cell(&at.topic), at.partition)?;
        }
        return Ok(writeln!(out)?);
    }
    let group_width = offsets.keys().map(|group| group.chars().count()).max().unwrap_or(0).max(15);
    let topic_width = rows.iter().map(|(_, at, _)| at.topic.chars().count()).max().unwrap_or(0).max(15);
    if !offsets.is_empty() {
        write!(out, "\n{:group_width$} {:topic_width$} {:10} NEW-OFFSET", "GROUP", "TOPIC", "PARTITION")?;
    }
    for (group, at, offset) in rows {
        write!(out, "\n{group:group_width$} {:topic_width$} {:<10} {offset}", &*at.topic, at.partition)?;
    }
    Ok(writeln!(out)?)
}
