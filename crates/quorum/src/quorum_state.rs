//! The vote of this node, in the file `quorum-state` beside the log, in the JSON that Kafka writes there.
//!
//! Kafka keeps the leader that is known and the vote that was given; for openraft both are one vote, which is committed
//! once its node leads. A file of a Kafka node that followed another therefore reads as a vote for nobody.
use crate::{
    disk::{self, invalid},
    raft_types::{Vote, VoterKey},
};
use base::{NodeId, TopicId};
use serde_json::{Value, json};
use std::{fs, io, path::Path};

pub(crate) const FILE_NAME: &str = "quorum-state";
const DATA_VERSION: i64 = 1;

/// `None` if this node never voted.
pub(crate) fn read(dir: &Path) -> io::Result<Option<Vote>> {
    match fs::read_to_string(dir.join(FILE_NAME)) {
        Ok(text) => parse(&text).map_err(invalid),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The vote is on disk when this returns.
pub(crate) fn write(dir: &Path, vote: &Vote) -> io::Result<()> {
    let contents = format(vote)?;
    disk::replace(&dir.join(FILE_NAME), &dir.join("quorum-state.tmp"), contents.as_bytes())
}

fn format(vote: &Vote) -> io::Result<String> {
    let voted_for = vote.leader_id.voted_for;
    let epoch = i32::try_from(vote.leader_id.term).map_err(invalid)?;
    let leader_id = if vote.committed { voted_for.id } else { NodeId::NONE };
    let state = json!({
        "leaderId": leader_id.0,
        "leaderEpoch": epoch,
        "votedId": voted_for.id.0,
        "votedDirectoryId": TopicId(voted_for.directory).to_string(),
        "data_version": DATA_VERSION,
    });
    Ok(state.to_string())
}

#[derive(Debug, thiserror::Error)]
enum Invalid {
    #[error("quorum-state is not JSON")]
    Json(#[from] serde_json::Error),
    #[error("quorum-state has no proper `{0}`")]
    Field(&'static str),
    #[error("quorum-state has data version {0}, expected {DATA_VERSION}")]
    Version(i64),
}

fn parse(text: &str) -> Result<Option<Vote>, Invalid> {
    let state: Value = serde_json::from_str(text)?;
    let number = |key: &'static str| state[key].as_i64().ok_or(Invalid::Field(key));
    match number("data_version")? {
        DATA_VERSION => {}
        other => return Err(Invalid::Version(other)),
    }
    let id = |key| i32::try_from(number(key)?).map_err(|_| Invalid::Field(key));
    let (leader, voted) = (id("leaderId")?, id("votedId")?);
    if voted < 0 {
        return Ok(None);
    }
    let term = u64::try_from(id("leaderEpoch")?).map_err(|_| Invalid::Field("leaderEpoch"))?;
    let directory = state["votedDirectoryId"].as_str().and_then(|text| text.parse::<TopicId>().ok());
    let directory = directory.ok_or(Invalid::Field("votedDirectoryId"))?.0;
    let key = VoterKey { id: NodeId(voted), directory };
    Ok(Some(if leader == voted { Vote::new_committed(term, key) } else { Vote::new(term, key) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_vote_is_read_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        let key = VoterKey { id: NodeId(3), directory: Uuid::from_u128(77) };
        for vote in [Vote::new(5, key), Vote::new_committed(6, key)] {
            write(dir.path(), &vote).unwrap();
            assert_eq!(read(dir.path()).unwrap(), Some(vote));
        }
    }

    #[test]
    fn the_text_is_kafkas() {
        let key = VoterKey { id: NodeId(1), directory: Uuid::from_u128(1) };
        let text = r#"{"leaderId":-1,"leaderEpoch":2,"votedId":1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAQ","data_version":1}"#;
        assert_eq!(format(&Vote::new(2, key)).unwrap(), text);
        let nobody = r#"{"leaderId":1,"leaderEpoch":2,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}"#;
        assert_eq!(parse(nobody).unwrap(), None);
        for text in [
            "",
            "{}",
            r#"{"data_version":0}"#,
            r#"{"data_version":1,"leaderId":1,"leaderEpoch":-1,"votedId":1}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
