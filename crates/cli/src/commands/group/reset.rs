//! `mainstem group reset`: shows where a group's offsets would go, and moves them when told to.
//!
//! What would happen is a pure [`plan`]; the table that is shown is what is then carried out.
use super::Target as Where;
use crate::{
    cluster::ClusterArguments,
    commands::consume::position::parse_time,
    completion,
    failure::{Exit, Failure},
    output::{self, Column, OutputArguments, Row, or_dash},
    progress::counted,
};
use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use client::{
    Admin, ErrorCode, TopicPartition,
    admin::{CommittedOffset, GroupState, IsolationLevel, OffsetSpec},
};
use jiff::{Span, Zoned};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, IsTerminal, Write as _},
    path::{Path, PathBuf},
};

#[derive(Debug, Args)]
#[group(id = "target", required = true, multiple = false, args = ["to_earliest", "to_latest", "to_current", "to_offset", "to_datetime", "by_duration", "shift_by", "from_file"])]
pub(crate) struct Reset {
    /// Its name; a group that does not exist is made.
    #[arg(value_name = "GROUP", add = ArgValueCompleter::new(completion::groups))]
    group: String,
    /// Only this topic, or these partitions of it; may be repeated. All that the group has committed unless given.
    #[arg(long = "topic", value_name = "TOPIC[:N,N...]", add = ArgValueCompleter::new(completion::topics))]
    topics: Vec<Where>,
    /// To the first record.
    #[arg(long)]
    to_earliest: bool,
    /// Behind the last record.
    #[arg(long)]
    to_latest: bool,
    /// To where it is: of use for partitions without an offset, which go to the end.
    #[arg(long)]
    to_current: bool,
    /// To this offset, or as near to it as the log reaches.
    #[arg(long, value_name = "N")]
    to_offset: Option<i64>,
    /// To the first record at this time or later: 2026-11-22T10:00:00Z, a date, milliseconds, or how long ago.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    to_datetime: Option<i64>,
    /// To the first record of so long ago: PT1H, P7D, or 1h.
    #[arg(long, value_name = "SPAN", value_parser = |text: &str| ago(text, &Zoned::now()))]
    by_duration: Option<i64>,
    /// So many records forward, or back when negative.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    shift_by: Option<i64>,
    /// To the offsets in a file: lines of `topic,partition,offset`, or what `group offsets -o ndjson` prints.
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// Do it without asking.
    #[arg(long)]
    execute: bool,
    /// Only show what would be done, and do not ask.
    #[arg(long, conflicts_with = "execute")]
    dry_run: bool,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

/// The time so long ago, in milliseconds since 1970.
fn ago(text: &str, now: &Zoned) -> Result<i64, String> {
    let span: Span = text.parse().map_err(|error| format!("{error}"))?;
    let then = now.checked_sub(span).map_err(|error| error.to_string())?;
    if then > *now {
        return Err("a span before now is positive".to_owned());
    }
    Ok(then.timestamp().as_millisecond())
}

/// Where offsets go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Earliest,
    Latest,
    Current,
    Offset(i64),
    Time(i64),
    Shift(i64),
    Each(BTreeMap<TopicPartition, i64>),
}

impl Reset {
    fn target(&self) -> Result<Target, Failure> {
        Ok(if self.to_earliest {
            Target::Earliest
        } else if self.to_latest {
            Target::Latest
        } else if let Some(offset) = self.to_offset {
            Target::Offset(offset)
        } else if let Some(ms) = self.to_datetime.or(self.by_duration) {
            Target::Time(ms)
        } else if let Some(count) = self.shift_by {
            Target::Shift(count)
        } else if let Some(path) = &self.from_file {
            Target::Each(read_file(path)?)
        } else {
            Target::Current
        })
    }
}

/// What is known of one partition before anything is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    current: Option<i64>,
    earliest: i64,
    latest: i64,
    /// Of the time that was asked for.
    at_time: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Planned {
    topic: String,
    partition: i32,
    current_offset: Option<i64>,
    new_offset: i64,
    /// Records that will be read again, below zero, or passed over.
    change: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

impl Row for Planned {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("TOPIC", |p| p.topic.clone()),
        Column::number("PARTITION", |p| p.partition.to_string()),
        Column::number("CURRENT-OFFSET", |p| or_dash(p.current_offset)),
        Column::number("NEW-OFFSET", |p| p.new_offset.to_string()),
        Column::number("CHANGE", |p| p.change.map_or("-".to_owned(), |change| format!("{change:+}"))),
        Column::text("NOTE", |p| p.note.unwrap_or_default().to_owned()),
    ];

    fn name(&self) -> String {
        format!("{}:{}", self.topic, self.partition)
    }
}

/// Where each partition goes. No offset leaves what its log holds.
fn plan(partitions: &BTreeMap<TopicPartition, Known>, target: &Target) -> Vec<Planned> {
    let planned = |(at, known): (&TopicPartition, &Known)| {
        let wanted = match target {
            Target::Earliest => known.earliest,
            Target::Latest => known.latest,
            Target::Current => known.current.unwrap_or(known.latest),
            Target::Offset(offset) => *offset,
            Target::Time(_) => known.at_time.unwrap_or(known.latest),
            Target::Shift(count) => known.current?.saturating_add(*count),
            Target::Each(offsets) => *offsets.get(at)?,
        };
        let new_offset = wanted.max(known.earliest).min(known.latest);
        Some(Planned {
            topic: at.topic.to_string(),
            partition: at.partition,
            current_offset: known.current,
            new_offset,
            change: known.current.map(|current| new_offset - current),
            note: match new_offset.cmp(&wanted) {
                std::cmp::Ordering::Less => Some("the log ends there"),
                std::cmp::Ordering::Greater => Some("the log begins there"),
                std::cmp::Ordering::Equal => None,
            },
        })
    };
    partitions.iter().filter_map(planned).collect()
}

pub(super) async fn run(arguments: Reset) -> Result<(), Failure> {
    let target = arguments.target()?;
    let admin = super::admin(&arguments.cluster).await?;
    check_quiet(&admin, &arguments.group).await?;
    let known = known(&admin, &arguments, &target).await?;
    let planned = plan(&known, &target);
    if planned.is_empty() {
        let what = format!("group `{}` has no offset to reset", arguments.group);
        return Err(Failure::new(Exit::NotFound, what).next_step("name topics with --topic"));
    }
    output::list(arguments.output.format, &planned)?;
    if !arguments.execute && (arguments.dry_run || !is_confirmed(planned.len(), &arguments.group)) {
        eprintln!("nothing was changed; --execute does it");
        return Ok(());
    }
    let offset = |planned: &Planned| {
        let at = TopicPartition::new(planned.topic.as_str(), planned.partition);
        let committed =
            CommittedOffset { offset: planned.new_offset, leader_epoch: -1, metadata: String::new() };
        (at, committed)
    };
    let offsets = planned.iter().map(offset).collect();
    admin.alter_group_offsets(&arguments.group, &offsets).await.all::<Vec<_>>()?;
    eprintln!("reset {} of group `{}`", counted(planned.len() as u64, "partition"), arguments.group);
    Ok(())
}

/// Asked only where somebody can read the question and answer it.
fn is_confirmed(count: usize, group: &str) -> bool {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    eprint!("Reset {} of group `{group}`? [y/N] ", counted(count as u64, "partition"));
    let _ = io::stderr().flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok()
        && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

/// Members would go on from where they are and commit over what is set here. A group that does not exist is made.
async fn check_quiet(admin: &Admin, group: &str) -> Result<(), Failure> {
    let found = match admin.describe_group(group).await {
        Ok(found) => found,
        Err(error) if error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if matches!(found.state, GroupState::Empty | GroupState::Dead) {
        return Ok(());
    }
    let what =
        format!("group `{group}` is {} with {}", found.state, counted(found.members.len() as u64, "member"));
    Err(Failure::new(Exit::Other, what).next_step("stop them first: they would commit over it"))
}

async fn known(
    admin: &Admin,
    arguments: &Reset,
    target: &Target,
) -> Result<BTreeMap<TopicPartition, Known>, Failure> {
    let committed = match admin.group_offsets(&arguments.group).await {
        Err(error) if error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND) => BTreeMap::new(),
        committed => committed?,
    };
    let mut wanted: BTreeSet<TopicPartition> = BTreeSet::new();
    for named in &arguments.topics {
        let topic = admin.describe_topic(&named.topic).await?;
        wanted.extend(named.partitions_of(&topic)?);
    }
    if arguments.topics.is_empty() {
        wanted.extend(match target {
            Target::Each(offsets) => offsets.keys().cloned().collect::<Vec<_>>(),
            _ => committed.keys().cloned().collect(),
        });
    }
    let mut known: BTreeMap<TopicPartition, Known> = BTreeMap::new();
    for at in &wanted {
        let current = committed.get(at).map(|committed| committed.offset);
        known.insert(at.clone(), Known { current, ..Known::default() });
    }
    let time = match target {
        Target::Time(ms) => Some(OffsetSpec::Timestamp(*ms)),
        _ => None,
    };
    for spec in [OffsetSpec::Earliest, OffsetSpec::Latest].into_iter().chain(time) {
        let asked = wanted.iter().map(|at| (at.clone(), spec)).collect();
        let listed: Vec<_> = admin.list_offsets(&asked, IsolationLevel::ReadUncommitted).await.all()?;
        for (at, listed) in listed {
            let (Some(known), Some(offset)) = (known.get_mut(&at), listed.offset) else { continue };
            match spec {
                OffsetSpec::Earliest => known.earliest = offset,
                OffsetSpec::Latest => known.latest = offset,
                _ => known.at_time = Some(offset),
            }
        }
    }
    Ok(known)
}

fn read_file(path: &Path) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    let wrong = |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    parse_offsets(&text).map_err(wrong)
}

/// Lines of `topic,partition,offset` as Kafka's own tool exports them, or JSON objects with these fields.
fn parse_offsets(text: &str) -> Result<BTreeMap<TopicPartition, i64>, String> {
    let mut offsets = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let (topic, partition, offset) =
            offset_of(line).ok_or_else(|| format!("line {number}: expected topic,partition,offset"))?;
        offsets.insert(TopicPartition::new(topic, partition), offset);
    }
    Ok(offsets)
}

fn offset_of(line: &str) -> Option<(String, i32, i64)> {
    if line.trim_start().starts_with('{') {
        let object: serde_json::Value = serde_json::from_str(line).ok()?;
        let partition = i32::try_from(object["partition"].as_i64()?).ok()?;
        return Some((object["topic"].as_str()?.to_owned(), partition, object["offset"].as_i64()?));
    }
    let cells: Vec<&str> = line.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
    let [topic, partition, offset] = cells.as_slice() else { return None };
    Some(((*topic).to_owned(), partition.parse().ok()?, offset.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(partition: i32) -> TopicPartition {
        TopicPartition::new("t", partition)
    }

    #[test]
    fn every_target_has_its_plan() {
        let known = Known { current: Some(15), earliest: 10, latest: 20, at_time: Some(12) };
        let partitions = BTreeMap::from([
            (at(0), known),
            // Nothing was committed here, and no record is as young.
            (at(1), Known { current: None, at_time: None, ..known }),
        ]);
        for (target, expected) in [
            (Target::Earliest, &[(0, 10, Some(-5), None), (1, 10, None, None)][..]),
            (Target::Latest, &[(0, 20, Some(5), None), (1, 20, None, None)]),
            (Target::Current, &[(0, 15, Some(0), None), (1, 20, None, None)]),
            (Target::Offset(11), &[(0, 11, Some(-4), None), (1, 11, None, None)]),
            (
                Target::Offset(99),
                &[(0, 20, Some(5), Some("the log ends there")), (1, 20, None, Some("the log ends there"))],
            ),
            (Target::Time(0), &[(0, 12, Some(-3), None), (1, 20, None, None)]),
            (Target::Shift(-2), &[(0, 13, Some(-2), None)]),
            (Target::Shift(i64::MIN), &[(0, 10, Some(-5), Some("the log begins there"))]),
            (Target::Each([(at(1), 13), (at(7), 1)].into()), &[(1, 13, None, None)]),
        ] {
            let planned = plan(&partitions, &target);
            let shown: Vec<_> =
                planned.iter().map(|p| (p.partition, p.new_offset, p.change, p.note)).collect();
            assert_eq!(shown, expected, "{target:?}");
        }
    }

    #[test]
    fn files_are_read_in_both_forms() {
        for (text, expected) in [
            ("t,0,5\n\"t\", 1 ,6\n\n", Some(vec![(at(0), 5), (at(1), 6)])),
            (r#"{"topic":"t","partition":1,"offset":7,"metadata":""}"#, Some(vec![(at(1), 7)])),
            ("t,0", None),
            ("t,zero,5", None),
            ("{\"topic\":\"t\"}", None),
        ] {
            let read = parse_offsets(text).ok().map(|offsets| offsets.into_iter().collect::<Vec<_>>());
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn a_duration_is_before_now() {
        let now = Zoned::now();
        for text in ["PT1H", "1h", "60m"] {
            assert_eq!(ago(text, &now).unwrap(), now.timestamp().as_millisecond() - 3_600_000, "{text}");
        }
        assert!(ago("-PT1H", &now).is_err() && ago("soon", &now).is_err());
    }
}
