//! New offsets as CSV: what `--export` writes and `--from-file` reads.
//!
//! A line is `TOPIC,PARTITION,OFFSET` where the one group is named on the command line, else
//! `GROUP,TOPIC,PARTITION,OFFSET`. Cells are quoted where Kafka's library does so: behind 24 characters it does not
//! look whether there is a need.
use super::reset::New;
use ::client::TopicPartition;
use std::collections::BTreeMap;

const LONGEST_UNQUOTED: usize = 24;

/// A cell as it is written.
pub(super) fn cell(text: &str) -> String {
    // The comma and all characters below it, which the quote is among.
    if text.encode_utf16().count() <= LONGEST_UNQUOTED && text.chars().all(|c| c > ',') {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The cells of a line; `None` if a quote has no end, or something stands behind it.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut rest = line.trim_end_matches('\r').chars().peekable();
    let mut cells = Vec::new();
    loop {
        let mut cell = String::new();
        if rest.next_if_eq(&'"').is_some() {
            loop {
                match rest.next()? {
                    // Two are one of the text.
                    '"' if rest.next_if_eq(&'"').is_none() => break,
                    c => cell.push(c),
                }
            }
        } else {
            while let Some(c) = rest.next_if(|c| *c != ',') {
                cell.push(c);
            }
        }
        cells.push(cell);
        match rest.next() {
            None => return Some(cells),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

/// The new offsets by group, for the groups of the command line.
pub(super) fn read(text: &str, groups: &[&str]) -> Result<BTreeMap<String, New>, String> {
    let mut plan: BTreeMap<String, New> = BTreeMap::new();
    let lines: Vec<&str> = text.trim_end_matches('\n').split('\n').collect();
    let of_one_group = match groups {
        [group] if lines.first().is_some_and(|line| without_group(line).is_some()) => Some(*group),
        _ => None,
    };
    for line in lines {
        let wrong = || format!("'{line}' is not a line of a reset plan");
        let (group, (at, offset)) = match of_one_group {
            Some(group) => (group.to_owned(), without_group(line).ok_or_else(wrong)?),
            None => {
                let mut cells = cells(line).filter(|cells| cells.len() == 4).ok_or_else(wrong)?;
                (cells.remove(0), target(&cells).ok_or_else(wrong)?)
            }
        };
        plan.entry(group).or_default().insert(at, offset);
    }
    Ok(plan)
}

fn without_group(line: &str) -> Option<(TopicPartition, i64)> {
    target(&cells(line)?)
}

fn target(cells: &[String]) -> Option<(TopicPartition, i64)> {
    let [topic, partition, offset] = cells else { return None };
    Some((TopicPartition::new(topic.as_str(), partition.trim().parse().ok()?), offset.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_as_kafka_quotes_them() {
        for (text, written) in [
            ("topic-1.x_y", "topic-1.x_y"),
            ("a b", "\"a b\""),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a:b", "a:b"),
            ("a-topic-of-24-characters", "a-topic-of-24-characters"),
            ("a-topic-of-25-characters.", "\"a-topic-of-25-characters.\""),
        ] {
            assert_eq!(cell(text), written);
            assert_eq!(cells(&format!("{written},1")), Some(vec![text.to_owned(), "1".to_owned()]));
        }
        for line in ["\"a", "\"a\"b,1"] {
            assert_eq!(cells(line), None, "{line}");
        }
    }

    #[test]
    fn plans_are_read() {
        let of = |group: &str, topic: &str, partition, offset| {
            BTreeMap::from([(group.to_owned(), New::from([(TopicPartition::new(topic, partition), offset)]))])
        };
        for (text, groups, plan) in [
            ("t,0,5\n", &["g"][..], of("g", "t", 0, 5)),
            ("t,0,5\r\n\n", &["g"], of("g", "t", 0, 5)),
            ("h,t,0,5\n", &["g"], of("h", "t", 0, 5)),
            ("\"h,\"\"\",\"t\", 0,5", &[], of("h,\"", "t", 0, 5)),
        ] {
            assert_eq!(read(text, groups).as_ref(), Ok(&plan), "{text}");
        }
        for text in ["", "t,0", "t,x,5", "t,0,5\n\nt,1,5", "t,0,5\nh,t,0,5"] {
            assert!(read(text, &["g"]).is_err(), "{text}");
        }
        assert!(read("t,0,5", &["g", "h"]).is_err());
    }
}
