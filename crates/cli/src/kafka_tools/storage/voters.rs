//! `--initial-controllers ID@HOST:PORT:DIRECTORY,...`: who votes first in a quorum whose voters may change (KIP-853).
use super::Stop;
use base::{NodeId, TopicId};
use quorum::{VoterEndpoint, VoterKey};
use std::collections::BTreeMap;

pub(super) type Voters = BTreeMap<VoterKey, VoterEndpoint>;

/// They listen at the listener with this name.
pub(super) fn parse(text: &str, listener: &str) -> Result<Voters, Stop> {
    let mut voters = Voters::new();
    for text in text.trim().split(',').filter(|text| !text.is_empty()) {
        let (key, endpoint) = voter(text.trim(), listener).map_err(Stop::Failed)?;
        if voters.keys().any(|other| other.id == key.id) {
            return Err(Stop::Failed(format!("Node id {} was specified more than once.", key.id)));
        }
        voters.insert(key, endpoint);
    }
    if voters.is_empty() { Err(Stop::failed("No voters given.")) } else { Ok(voters) }
}

fn voter(text: &str, listener: &str) -> Result<(VoterKey, VoterEndpoint), String> {
    let failed = |what: &str| format!("Failed to parse {what} in dynamic voter string.");
    let (id, place) = text.split_once('@').ok_or("No @ found in dynamic voter string.")?;
    if id.is_empty() {
        return Err("Invalid @ at beginning of dynamic voter string.".to_owned());
    }
    let id: i32 = id.parse().map_err(|_| failed("node id"))?;
    if id < 0 {
        return Err(format!("Invalid negative node id {id} in dynamic voter string."));
    }
    if place.is_empty() {
        return Err("No hostname found after node id.".to_owned());
    }
    let (host, rest) = match place.strip_prefix('[') {
        Some(place) => place
            .split_once(']')
            .ok_or("Hostname began with left bracket, but no right bracket was found.")?,
        None => place.split_at(place.find(':').ok_or("No colon following hostname could be found.")?),
    };
    let rest = rest.strip_prefix(':').ok_or("Port section must start with a colon.")?;
    let (port, directory) = rest.split_once(':').ok_or("No colon following port could be found.")?;
    let number: i32 = port.parse().map_err(|_| failed("port"))?;
    let port =
        u16::try_from(number).map_err(|_| format!("Invalid port {number} in dynamic voter string."))?;
    let TopicId(directory) = directory.parse().map_err(|_| failed("directory ID"))?;
    let endpoint = VoterEndpoint { listener: listener.to_ascii_uppercase().into(), host: host.into(), port };
    Ok((VoterKey { id: NodeId(id), directory }, endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIRECTORY: &str = "JEXY6aqzQY-32P5TStzaFg";

    #[test]
    fn voters_have_an_id_an_address_and_a_directory() {
        let text = format!("1@[::1]:9093:{DIRECTORY},0@example.com:8082:{DIRECTORY},");
        let voters = parse(&text, "Controller").unwrap();
        let shown: Vec<_> =
            voters.iter().map(|(key, at)| format!("{key} {} {} {}", at.listener, at.host, at.port)).collect();
        assert_eq!(
            shown,
            [
                format!("0@{DIRECTORY} CONTROLLER example.com 8082"),
                format!("1@{DIRECTORY} CONTROLLER ::1 9093")
            ]
        );
    }

    #[test]
    fn what_is_no_voter_says_why() {
        for (text, why) in [
            ("", "No voters given."),
            ("1", "No @ found in dynamic voter string."),
            ("@h:1:", "Invalid @ at beginning of dynamic voter string."),
            ("x@h:1:", "Failed to parse node id in dynamic voter string."),
            ("-1@h:1:", "Invalid negative node id -1 in dynamic voter string."),
            ("1@", "No hostname found after node id."),
            ("1@[::1", "Hostname began with left bracket, but no right bracket was found."),
            ("1@h", "No colon following hostname could be found."),
            ("1@[::1]9", "Port section must start with a colon."),
            ("1@h:1", "No colon following port could be found."),
            ("1@h:x:", "Failed to parse port in dynamic voter string."),
            ("1@h:65536:", "Invalid port 65536 in dynamic voter string."),
            ("1@h:1:x", "Failed to parse directory ID in dynamic voter string."),
        ] {
            let Err(Stop::Failed(message)) = parse(text, "C") else { panic!("{text}") };
            assert_eq!(message, why, "{text}");
        }
        let twice = format!("1@h:1:{DIRECTORY},1@h:2:{DIRECTORY}");
        let Err(Stop::Failed(message)) = parse(&twice, "C") else { panic!() };
        assert_eq!(message, "Node id 1 was specified more than once.");
    }
}
