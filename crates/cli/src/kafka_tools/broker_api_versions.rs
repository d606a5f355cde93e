//! `kafka-broker-api-versions`: which APIs each broker offers, and the version that this client would use.
use super::{
    Outcome, client,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Options},
    render::java_or,
};
use ::client::{Admin, OfferedApi, admin::DescribeClusterOptions};
use std::io::{self, Write};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to retrieve broker version information.",
    options: &[&[BOOTSTRAP_SERVER, COMMAND_CONFIG]],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words)?;
    given.require_all(&["bootstrap-server"])?;
    super::block_on(async { show(&client::admin(&given).await?).await })
}

/// What each node offers, or why it does not say.
pub(super) async fn show(admin: &Admin) -> Outcome {
    let mut nodes = admin.describe_cluster(DescribeClusterOptions::default()).await?.brokers;
    nodes.sort_by_key(|node| node.id);
    let out = &mut io::stdout().lock();
    for node in nodes {
        let rack = java_or("null", node.rack.as_deref());
        write!(out, "{} (id: {} rack: {rack} isFenced: {}) -> ", node.address, node.id, node.fenced)?;
        match admin.cluster().node(node.id).await {
            Ok(connection) => {
                let lines: Vec<String> = connection.apis().iter().map(line).collect();
                writeln!(out, "(\n\t{}\n)", lines.join(",\n\t"))?;
            }
            Err(error) => writeln!(out, "ERROR: {}", super::errors::message(&error))?,
        }
    }
    Ok(())
}

fn line(api: &OfferedApi) -> String {
    let name = format!("{}({}): ", api.name.unwrap_or("UNKNOWN"), api.key);
    let Some(theirs) = &api.theirs else { return format!("{name}UNSUPPORTED") };
    let range = match theirs.start() == theirs.end() {
        true => theirs.start().to_string(),
        false => format!("{} to {}", theirs.start(), theirs.end()),
    };
    let usable = match api.name {
        None => String::new(),
        Some(_) if api.ours.end() < theirs.start() => " [unusable: node too new]".to_owned(),
        Some(_) if theirs.end() < api.ours.start() => " [unusable: node too old]".to_owned(),
        Some(_) => format!(" [usable: {}]", api.ours.end().min(theirs.end())),
    };
    format!("{name}{range}{usable}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::RangeInclusive;

    #[test]
    fn a_line_says_what_is_usable() {
        for (name, theirs, ours, expected) in [
            (Some("Fetch"), Some(4..=18), 4..=17, "Fetch(1): 4 to 18 [usable: 17]"),
            (Some("Fetch"), Some(4..=4), 4..=17, "Fetch(1): 4 [usable: 4]"),
            (Some("Fetch"), Some(0..=3), 4..=17, "Fetch(1): 0 to 3 [unusable: node too old]"),
            (Some("Fetch"), Some(18..=19), 4..=17, "Fetch(1): 18 to 19 [unusable: node too new]"),
            (Some("Fetch"), None, 4..=17, "Fetch(1): UNSUPPORTED"),
            (None, Some(0..=1), RangeInclusive::new(0, -1), "UNKNOWN(1): 0 to 1"),
        ] {
            assert_eq!(line(&OfferedApi { key: 1, name, theirs, ours }), expected);
        }
    }
}
