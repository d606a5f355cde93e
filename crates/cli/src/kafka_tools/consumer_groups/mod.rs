//! `kafka-consumer-groups`: list, describe and delete groups that consume, and move or delete their offsets.
//!
//! As with Kafka's tool, what the cluster refuses is told on standard output, and the exit code stays 0.
mod describe;
mod plan;
mod reset;
mod times;

use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, maybe_value, split, value},
    render::join,
};
use ::client::{
    Admin, Error, ErrorCode, TopicPartition,
    admin::{CommittedOffset, GroupFilter, GroupListing, GroupState, GroupType},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to list, describe, delete and manage the offsets of consumer groups.",
    options: &[&[
        BOOTSTRAP_SERVER,
        COMMAND_CONFIG,
        value("group", "String: group id", "The group; may be repeated."),
        flag("all-groups", "All groups."),
        value(
            "topic",
            "String: topic",
            "A topic, or TOPIC:0,1,2 for some of its partitions; may be repeated.",
        ),
        flag("all-topics", "All topics that the group has offsets of."),
        flag("list", "List the groups."),
        flag("describe", "Show groups and how far they are."),
        flag("delete", "Delete groups."),
        flag("reset-offsets", "Move offsets."),
        flag("delete-offsets", "Forget offsets."),
        value("timeout", "Long: timeout (ms)", "How long the tool may take. (default: 30000)"),
        flag("dry-run", "Only show where offsets would be moved."),
        flag("execute", "Move offsets."),
        flag("export", "Show the new offsets as CSV."),
        value("to-offset", "Long: offset", "Move to an offset."),
        value("from-file", "String: path to CSV file", "Move to the offsets of a CSV file."),
        value("to-datetime", "String: datetime", "Move to a time: YYYY-MM-DDTHH:mm:SS.sss."),
        value("by-duration", "String: duration", "Move to a time ago: PnDTnHnMnS."),
        flag("to-earliest", "Move to the beginning."),
        flag("to-latest", "Move to the end."),
        flag("to-current", "Move to the committed offset, or to the end."),
        value("shift-by", "Long: number-of-offsets", "Move by so many."),
        flag("members", "Describe the members."),
        flag("verbose", "Describe in more detail."),
        flag("offsets", "Describe the offsets."),
        maybe_value("state", "String", "Describe the state; list groups in some states, with commas."),
        maybe_value("type", "String", "List types, or groups of some types, with commas."),
        value("validate-regex", "String: regex", "Say whether an expression is valid."),
    ]],
};

const ACTIONS: &[&str] = &["list", "describe", "delete", "reset-offsets", "delete-offsets", "validate-regex"];
const SCOPE: &str = "[group], [all-groups]";

type Offsets = BTreeMap<TopicPartition, CommittedOffset>;

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words).map_err(|stop| match stop {
        Stop::Failed(message) => OPTIONS.usage(message),
        other => other,
    })?;
    check(&given)?;
    if let Some(regex) = given.get("validate-regex")? {
        let verdict = match regex::Regex::new(regex) {
            Ok(_) => "valid".to_owned(),
            Err(error) => format!("invalid: {}", error.to_string().lines().last().unwrap_or_default().trim()),
        };
        return Ok(writeln!(io::stdout(), "The regular expression `{regex}` is {verdict}.")?);
    }
    super::block_on(async {
        match act(&given).await {
            Err(Stop::Failed(message)) => {
                print_error(&format!("Executing consumer group command failed due to {message}"))?;
                eprintln!("{message}");
                Ok(())
            }
            other => other,
        }
    })
}

fn check(given: &Given) -> Outcome {
    if given.count(ACTIONS) != 1 {
        let list = join(ACTIONS.iter().map(|action| format!("--{action}")), ", ");
        return Err(given.wrong(format!("Command must include exactly one action: {list}")));
    }
    if given.has("validate-regex") {
        return Ok(());
    }
    given.require_all(&["bootstrap-server"])?;
    for (name, allowed) in [
        ("members", &["describe"][..]),
        ("verbose", &["describe"]),
        ("offsets", &["describe"]),
        ("state", &["describe", "list"]),
        ("type", &["list"]),
    ] {
        if given.has(name) && given.count(allowed) == 0 {
            return Err(given.wrong(format!(
                "Option(s) [{name}] are unavailable given other options on the command line"
            )));
        }
    }
    let has_scope = given.count(&["group", "all-groups"]) > 0;
    for action in ["describe", "delete", "reset-offsets"] {
        if given.has(action) && !has_scope {
            return Err(given.wrong(format!("Option [{action}] takes one of these options: {SCOPE}")));
        }
    }
    if given.has("describe") {
        let kinds = ["members", "offsets", "state"];
        if given.count(&kinds) > 1 {
            let list = "[members], [offsets], [state]";
            return Err(given.wrong(format!("Option [describe] takes at most one of these options: {list}")));
        }
        if given.all("state").next().is_some() {
            return Err(given.wrong("Option [describe] does not take a value for [state]"));
        }
    }
    if given.has("delete") && given.has("topic") {
        let message = "The consumer does not support topic-specific offset deletion from a consumer group.";
        return Err(given.wrong(message));
    }
    if given.has("delete-offsets") && given.count(&["group", "topic"]) < 2 {
        return Err(given.wrong("Option [delete-offsets] takes the following options: [group], [topic]"));
    }
    if given.has("reset-offsets") {
        reset::check(given)?;
    }
    given.forbid("group", &["all-groups", "list"])?;
    given.forbid("topic", &["list", "describe"])
}

async fn act(given: &Given) -> Outcome {
    let mut pairs = client::read_properties(given.get("command-config")?)?;
    let timeout: u64 = given.number("timeout")?.unwrap_or(30_000);
    pairs.insert("default.api.timeout.ms".to_owned(), timeout.to_string());
    let admin = client::admin_at(given.require("bootstrap-server")?, pairs).await?;
    if given.has("list") {
        return list(given, &admin).await;
    }
    if given.has("delete-offsets") {
        return delete_offsets(given, &admin).await;
    }
    let groups = groups(given, &admin).await?;
    if given.has("describe") {
        describe::describe(given, &admin, &groups).await
    } else if given.has("delete") {
        delete(&admin, &groups).await
    } else {
        reset::reset(given, &admin, &groups).await
    }
}

/// What a failure of the cluster is where Kafka's tool does not look for its cause.
fn execution(error: &Error) -> Stop {
    Stop::Failed(format!("java.util.concurrent.ExecutionException: {}", errors::exception(error)))
}

/// Those named, or all that consume.
async fn groups(given: &Given, admin: &Admin) -> Result<Vec<String>, Stop> {
    if !given.has("all-groups") {
        return Ok(given.all("group").map(str::to_owned).collect());
    }
    Ok(consuming(admin, GroupFilter::default()).await?.into_iter().map(|group| group.group_id).collect())
}

/// Consumer groups, classic ones whose members consume, and those that only have offsets.
async fn consuming(admin: &Admin, filter: GroupFilter) -> Result<Vec<GroupListing>, Stop> {
    let mut groups = admin.list_groups(&filter).await?.all()?;
    groups.retain(|group| {
        matches!(group.group_type, None | Some(GroupType::Classic | GroupType::Consumer))
            && matches!(group.protocol_type.as_str(), "consumer" | "")
    });
    Ok(groups)
}

async fn list(given: &Given, admin: &Admin) -> Outcome {
    let filter = GroupFilter { states: states(given)?, types: types(given)?, ..GroupFilter::default() };
    let groups = consuming(admin, filter).await?;
    let (with_type, with_state) = (given.has("type"), given.has("state"));
    let out = &mut io::stdout().lock();
    if !with_type && !with_state {
        for group in groups {
            writeln!(out, "{}", group.group_id)?;
        }
        return Ok(());
    }
    let width = groups.iter().map(|group| group.group_id.chars().count()).max().unwrap_or(0).max(15) + 10;
    let mut row = |group: &str, group_type: &str, state: &str| -> io::Result<()> {
        write!(out, "{group:width$}")?;
        if with_type {
            write!(out, " {group_type:20}")?;
        }
        if with_state {
            write!(out, " {state:20}")?;
        }
        writeln!(out)
    };
    row("GROUP", "TYPE", "STATE")?;
    for group in &groups {
        let group_type = group.group_type.unwrap_or(GroupType::Unknown);
        let state = group.state.unwrap_or(GroupState::Unknown);
        row(&group.group_id, group_type.word(), state.word())?;
    }
    Ok(())
}

const STATES: &[GroupState] = &[
    GroupState::Stable,
    GroupState::PreparingRebalance,
    GroupState::CompletingRebalance,
    GroupState::Assigning,
    GroupState::Reconciling,
    GroupState::Empty,
    GroupState::Dead,
];

fn states(given: &Given) -> Result<Vec<GroupState>, Stop> {
    let Some(text) = given.get("state")?.filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
    let parsed = split(text, ',')
        .into_iter()
        .map(|state| state.trim().parse().ok().filter(|state| STATES.contains(state)));
    parsed.collect::<Option<Vec<_>>>().ok_or_else(|| {
        given.wrong(format!("Invalid state list '{text}'. Valid states are: {}", join(STATES, ", ")))
    })
}

fn types(given: &Given) -> Result<Vec<GroupType>, Stop> {
    const TYPES: &[GroupType] = &[GroupType::Classic, GroupType::Consumer];
    let Some(text) = given.get("type")?.filter(|text| !text.is_empty()) else { return Ok(Vec::new()) };
    let parsed =
        split(text, ',').into_iter().map(|kind| kind.trim().parse().ok().filter(|kind| TYPES.contains(kind)));
    parsed.collect::<Option<Vec<_>>>().ok_or_else(|| {
        let text = text.to_lowercase();
        given.wrong(format!("Invalid types list '{text}'. Valid types are: {}", join(TYPES, ", ")))
    })
}

async fn delete(admin: &Admin, groups: &[String]) -> Outcome {
    let quoted = |groups: &[String]| join(groups.iter().map(|group| format!("'{group}'")), ", ");
    let (mut deleted, mut failed) = (Vec::new(), Vec::new());
    for (group, answer) in admin.delete_groups(groups).await {
        match answer {
            Ok(()) => deleted.push(group),
            Err(error) => failed.push((group, error)),
        }
    }
    let out = &mut io::stdout().lock();
    if failed.is_empty() {
        let groups = quoted(&deleted);
        return Ok(writeln!(out, "Deletion of requested consumer groups ({groups}) was successful.")?);
    }
    writeln!(out, "\nError: Deletion of some consumer groups failed:")?;
    for (group, error) in failed {
        let reason = errors::exception_of_code(&error);
        writeln!(out, "* Group '{group}' could not be deleted due to: {reason}")?;
    }
    if !deleted.is_empty() {
        writeln!(out, "\nThese consumer groups were deleted successfully: {}", quoted(&deleted))?;
    }
    Ok(())
}

async fn delete_offsets(given: &Given, admin: &Admin) -> Outcome {
    let group = given.require("group")?.to_owned();
    let mut results: BTreeMap<(String, i32), Option<Error>> = BTreeMap::new();
    let mut partitions = BTreeSet::new();
    for topic in given.all("topic") {
        match reset::partitions(given, admin, topic).await {
            Ok(found) => partitions.extend(found),
            Err(reset::Unknown::Topic(error)) => {
                results.insert((topic.to_owned(), -1), Some(error));
            }
            Err(reset::Unknown::Argument(stop)) => return Err(stop),
        }
    }
    let partitions: Vec<TopicPartition> = partitions.into_iter().collect();
    let mut first = None;
    for (at, answer) in admin.delete_group_offsets(&group, &partitions).await {
        first = first.or_else(|| answer.as_ref().err().cloned());
        results.insert((at.topic.to_string(), at.partition), answer.err());
    }
    let out = &mut io::stdout().lock();
    match first.as_ref().map(|error| (error.code(), error)) {
        None => writeln!(out, "Request succeeded for deleting offsets from group {group}.")?,
        Some((
            Some(
                ErrorCode::INVALID_GROUP_ID
                | ErrorCode::GROUP_ID_NOT_FOUND
                | ErrorCode::GROUP_AUTHORIZATION_FAILED
                | ErrorCode::NON_EMPTY_GROUP,
            ),
            error,
        )) => writeln!(out, "\nError: {}", errors::message(error))?,
        Some((
            Some(
                ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC
                | ErrorCode::TOPIC_AUTHORIZATION_FAILED
                | ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            ),
            _,
        )) => writeln!(out, "\nError: Encountered some partition-level error, see the follow-up details.")?,
        Some((_, error)) => {
            let reason = errors::message(error);
            writeln!(out, "\nError: Encountered some unknown error: {reason}")?;
        }
    }
    let width = results.keys().map(|(topic, _)| topic.len()).max().unwrap_or(0).max(15);
    // As text, so that partition 10 comes before partition 2.
    let mut results: Vec<_> = results.into_iter().collect();
    results.sort_by_cached_key(|((topic, partition), _)| format!("{topic}{partition}"));
    write!(out, "\n{:width$} {:10} {:15}", "TOPIC", "PARTITION", "STATUS")?;
    for ((topic, partition), error) in &results {
        let partition = if *partition < 0 { "-".to_owned() } else { partition.to_string() };
        let status = match error {
            Some(error) => format!("Error: {}", errors::exception(error)),
            None => "Successful".to_owned(),
        };
        write!(out, "\n{topic:width$} {partition:10} {status:15}")?;
    }
    Ok(writeln!(out)?)
}

fn print_error(message: &str) -> io::Result<()> {
    writeln!(io::stdout(), "\nError: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_take_their_options() {
        for (line, mistake) in [
            ("--list --bootstrap-server b", None),
            ("--list --state --bootstrap-server b", None),
            ("--describe --all-groups --state --bootstrap-server b", None),
            ("--validate-regex a.*", None),
            ("--list", Some("Missing required argument \"[bootstrap-server]\"")),
            (
                "--describe --bootstrap-server b",
                Some("Option [describe] takes one of these options: [group], [all-groups]"),
            ),
            (
                "--describe --group g --members --state --bootstrap-server b",
                Some("Option [describe] takes at most one of these options: [members], [offsets], [state]"),
            ),
            (
                "--list --members --bootstrap-server b",
                Some("Option(s) [members] are unavailable given other options on the command line"),
            ),
            (
                "--reset-offsets --group g --to-latest --to-earliest --dry-run --bootstrap-server b",
                Some("Option \"[to-earliest]\" can't be used with option \"[to-latest]\""),
            ),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let found = OPTIONS.parse(&words).and_then(|given| check(&given)).err();
            assert_eq!(found.as_ref().map(Stop::message), mistake, "{line}");
        }
    }
}
