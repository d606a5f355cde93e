//! Kafka's checkpoint files: a version, a count, and one entry per line.
//!
//! Three of them lie in each log directory and say for each partition up to where its log is safe on the disk
//! (`recovery-point-offset-checkpoint`), its high watermark (`replication-offset-checkpoint`), and where it starts
//! (`log-start-offset-checkpoint`); one lies in each partition's folder.
use crate::TopicPartition;
use base::Offset;
use std::{collections::BTreeMap, fmt::Display, str::FromStr};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("version `{0}` is not 0")]
    Version(String),
    #[error("`{0}` is no number of lines")]
    Count(String),
    #[error("{expected} entries were announced, {actual} are there")]
    WrongCount { expected: usize, actual: usize },
    #[error("line `{0}`")]
    Line(String),
    #[error("`{0}` is no number")]
    Number(String),
}

pub(crate) fn encode(lines: impl ExactSizeIterator<Item = impl Display>) -> String {
    use std::fmt::Write as _;
    let mut text = format!("0\n{}\n", lines.len());
    for line in lines {
        writeln!(text, "{line}").expect("a string takes everything");
    }
    text
}

/// The words of each line. An empty file has no entries: it was created and never written.
pub(crate) fn decode<const WORDS: usize>(text: &str) -> Result<Vec<[&str; WORDS]>, Malformed> {
    let mut lines = text.lines();
    let Some(version) = lines.next() else { return Ok(Vec::new()) };
    if version != "0" {
        return Err(Malformed::Version(version.to_owned()));
    }
    let Some(count) = lines.next() else { return Ok(Vec::new()) };
    let expected: usize = count.parse().map_err(|_| Malformed::Count(count.to_owned()))?;
    let mut entries = Vec::new();
    for line in lines {
        let mut words = line.split_ascii_whitespace();
        let entry = [(); WORDS].map(|()| words.next().unwrap_or_default());
        if entry.last().is_some_and(|word| word.is_empty()) || words.next().is_some() {
            return Err(Malformed::Line(line.to_owned()));
        }
        entries.push(entry);
    }
    if entries.len() != expected {
        return Err(Malformed::WrongCount { expected, actual: entries.len() });
    }
    Ok(entries)
}

pub(crate) fn number<N: FromStr>(word: &str) -> Result<N, Malformed> {
    word.parse().map_err(|_| Malformed::Number(word.to_owned()))
}

pub(crate) type Offsets = BTreeMap<TopicPartition, Offset>;

pub(crate) fn encode_offsets(offsets: &Offsets) -> String {
    encode(offsets.iter().map(|(name, offset)| format!("{} {} {offset}", name.topic, name.partition)))
}

pub(crate) fn decode_offsets(text: &str) -> Result<Offsets, Malformed> {
    let mut offsets = Offsets::new();
    for [topic, partition, offset] in decode::<3>(text)? {
        offsets.insert(TopicPartition::new(topic, number(partition)?), Offset(number(offset)?));
    }
    Ok(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_kafkas() {
        let offsets = Offsets::from([
            (TopicPartition::new("orders", 0), Offset(12)),
            (TopicPartition::new("a.b-c_d", 11), Offset(0)),
        ]);
        let text = encode_offsets(&offsets);
        assert_eq!(text, "0\n2\na.b-c_d 11 0\norders 0 12\n");
        assert_eq!(decode_offsets(&text), Ok(offsets));
        assert_eq!(encode_offsets(&Offsets::new()), "0\n0\n");
    }

    #[test]
    fn refuses_what_is_no_checkpoint() {
        assert_eq!(decode_offsets(""), Ok(Offsets::new()));
        assert_eq!(decode_offsets("0\n"), Ok(Offsets::new()));
        for (text, expected) in [
            ("1\n0\n", Malformed::Version("1".into())),
            ("0\nx\n", Malformed::Count("x".into())),
            ("0\n2\na 0 1\n", Malformed::WrongCount { expected: 2, actual: 1 }),
            ("0\n1\na 0\n", Malformed::Line("a 0".into())),
            ("0\n1\na 0 1 2\n", Malformed::Line("a 0 1 2".into())),
            ("0\n1\na x 1\n", Malformed::Number("x".into())),
            ("\0\0\0\0", Malformed::Version("\0\0\0\0".into())),
        ] {
            assert_eq!(decode_offsets(text), Err(expected), "{text:?}");
        }
    }
}
