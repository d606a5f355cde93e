//! `kafka-groups`: the groups of every type (KIP-1043).
use super::{
    Outcome, Stop, client,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, Options, flag, value},
};
use ::client::admin::{GroupFilter, GroupListing, GroupType};
use std::io::{self, Write};

const ABOUT: &str = "This tool helps to list groups of all types.";

pub(super) static OPTIONS: Options = Options {
    about: ABOUT,
    options: &[&[
        BOOTSTRAP_SERVER.required(),
        COMMAND_CONFIG,
        flag("list", "List the groups."),
        value("group-type", "String: type", "Only of this type: classic, consumer, share or streams."),
        value("protocol", "String: protocol", "Only of this protocol type."),
        flag("consumer", "Only groups that consume partitions for themselves, classic ones among them."),
        flag("share", "Only share groups."),
        flag("streams", "Only streams groups."),
    ]],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words).map_err(|stop| match stop {
        Stop::Failed(message) => OPTIONS.usage(message),
        other => other,
    })?;
    if !given.has("list") {
        return Err(given.wrong("Command must include exactly one action: --list."));
    }
    let group_type = group_type(&given)?;
    given.forbid("consumer", &["group-type", "protocol", "share", "streams"])?;
    given.forbid("share", &["consumer", "group-type", "protocol", "streams"])?;
    given.forbid("streams", &["consumer", "group-type", "protocol", "share"])?;
    super::block_on(async {
        list(&given, group_type).await.map_err(|stop| match stop {
            // Scripts look for it on standard output.
            Stop::Failed(message) => {
                println!("Error while executing groups command : {message}");
                Stop::Failed(format!("ERROR {message}"))
            }
            other => other,
        })
    })
}

async fn list(given: &Given, group_type: Option<GroupType>) -> Outcome {
    let admin = client::admin(given).await?;
    let groups = admin.list_groups(&GroupFilter::default()).await?.all()?;
    let protocol = given.get("protocol")?;
    let wanted: Vec<&GroupListing> =
        groups.iter().filter(|group| wants(group, given, group_type, protocol)).collect();
    Ok(print(&mut io::stdout().lock(), &wanted)?)
}

fn group_type(given: &Given) -> Result<Option<GroupType>, Stop> {
    let Some(text) = given.get("group-type")? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Stop::failed("--group-type must be a valid group type."))
}

fn wants(group: &GroupListing, given: &Given, group_type: Option<GroupType>, protocol: Option<&str>) -> bool {
    let is = |wanted| group.group_type == Some(wanted);
    if group_type.is_some() || protocol.is_some() {
        group_type.is_none_or(is) && protocol.is_none_or(|protocol| group.protocol_type == protocol)
    } else if given.has("consumer") {
        matches!(group.protocol_type.as_str(), "consumer" | "") || is(GroupType::Consumer)
    } else if given.has("share") {
        is(GroupType::Share)
    } else if given.has("streams") {
        is(GroupType::Streams)
    } else {
        true
    }
}

fn print(out: &mut impl Write, groups: &[&GroupListing]) -> io::Result<()> {
    let rows: Vec<[String; 3]> = groups
        .iter()
        .map(|group| {
            let group_type = group.group_type.map(|kind| kind.to_string()).unwrap_or_default();
            [group.group_id.clone(), group_type, group.protocol_type.clone()]
        })
        .collect();
    let width = rows.iter().flatten().map(|cell| cell.chars().count()).max().unwrap_or(0).max(20);
    writeln!(out, "{:width$} {:width$} {:width$}", "GROUP", "TYPE", "PROTOCOL")?;
    for [group, group_type, protocol] in rows {
        writeln!(out, "{group:width$} {group_type:width$} {protocol:width$} ")?;
    }
    Ok(())
}
