//! `kafka-delete-records`: drop what lies before an offset, by partition, as a JSON file says.
use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_SERVER, COMMAND_CONFIG, Options, value},
    render::join,
};
use ::client::TopicPartition;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
};

pub(super) static OPTIONS: Options = Options {
    about: "This tool helps to delete records of the given partitions down to the specified offset.",
    options: &[&[
        BOOTSTRAP_SERVER,
        COMMAND_CONFIG,
        value(
            "offset-json-file",
            "String: Offset json file path",
            "The file: {\"partitions\": [{\"topic\": \"foo\", \"partition\": 1, \"offset\": 1}], \"version\": 1}.",
        ),
    ]],
};

pub(super) fn run(words: &[String]) -> Outcome {
    let given = OPTIONS.parse(words)?;
    given.require_all(&["bootstrap-server", "offset-json-file"])?;
    let file = given.require("offset-json-file")?.to_owned();
    super::block_on(async {
        let text = fs::read_to_string(&file)
            .map_err(|error| Stop::Failed(format!("Unable to read file {file}: {error}")))?;
        let before = offsets(&text)?;
        let admin = client::admin(&given).await?;
        let out = &mut io::stdout().lock();
        writeln!(out, "Executing records delete operation")?;
        let deleted = admin.delete_records(&before).await;
        writeln!(out, "Records delete operation completed:")?;
        for (at, answer) in deleted {
            let name = format!("{}-{}", at.topic, at.partition);
            match answer {
                Ok(low_watermark) => writeln!(out, "partition: {name}\tlow_watermark: {low_watermark}")?,
                Err(error) => writeln!(out, "partition: {name}\terror: {}", errors::exception(&error))?,
            }
        }
        Ok(())
    })
}

fn offsets(text: &str) -> Result<BTreeMap<TopicPartition, i64>, Stop> {
    let json: Value =
        serde_json::from_str(text).map_err(|_| Stop::failed("The input string is not a valid JSON"))?;
    match json.get("version").map(Value::as_i64) {
        None | Some(Some(1)) => {}
        _ => return Err(Stop::Failed(format!("Not supported version field value {}", json["version"]))),
    }
    let partitions = json.get("partitions").ok_or_else(|| Stop::failed("Missing partitions field"))?;
    let partitions = partitions
        .as_array()
        .ok_or_else(|| Stop::Failed(format!("Expected JSON array, received {partitions}")))?;
    let mut before = BTreeMap::new();
    let mut twice = BTreeSet::new();
    for entry in partitions {
        let read = || {
            let partition = i32::try_from(entry.get("partition")?.as_i64()?).ok()?;
            Some((
                TopicPartition::new(entry.get("topic")?.as_str()?, partition),
                entry.get("offset")?.as_i64()?,
            ))
        };
        let (at, offset) = read().ok_or_else(|| {
            Stop::Failed(format!("Expected a topic, a partition and an offset, received {entry}"))
        })?;
        if before.insert(at.clone(), offset).is_some() {
            twice.insert(format!("{}-{}", at.topic, at.partition));
        }
    }
    if !twice.is_empty() {
        let list = join(twice, ",");
        return Err(Stop::Failed(format!("Offset json file contains duplicate topic partitions: {list}")));
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_or_refused() {
        for (text, expected) in [
            (r#"{"partitions": [{"topic": "a", "partition": 1, "offset": -1}]}"#, Ok(1)),
            (r#"{"partitions": [], "version": 1}"#, Ok(0)),
            ("nonsense", Err("The input string is not a valid JSON")),
            (r#"{"partitions": [], "version": 2}"#, Err("Not supported version field value 2")),
            ("{}", Err("Missing partitions field")),
            (
                r#"{"partitions": [{"topic": "a", "partition": 1, "offset": 1}, {"topic": "a", "partition": 1, "offset": 2}]}"#,
                Err("Offset json file contains duplicate topic partitions: a-1"),
            ),
        ] {
            let found = offsets(text).map(|before| before.len());
            assert_eq!(
                found.as_ref().map_err(Stop::message),
                expected.as_ref().map_err(|text| *text),
                "{text}"
            );
        }
    }
}
