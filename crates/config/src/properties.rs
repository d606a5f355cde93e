//! Reads the text of a `.properties` file, and the environment of a container.

use crate::{Error, Properties};

/// Parses Java's format: `key=value`, `key: value` or `key value`; comments after `#` or `!`; a line that
/// ends in an odd number of backslashes goes on in the next; `\t`, `\n`, `\r`, `\f` and `\uXXXX`; any other
/// escaped character is itself. The last of several values of a key counts.
pub fn parse_properties(text: &str) -> Result<Properties, Error> {
    let mut properties = Properties::new();
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_start_matches(BLANKS)));
    while let Some((number, first)) = lines.next() {
        if first.is_empty() || first.starts_with(['#', '!']) {
            continue;
        }
        let mut line = first.to_owned();
        while line.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1 {
            line.pop();
            let Some((_, more)) = lines.next() else { break };
            line.push_str(more);
        }
        let (key, value) = split(&line);
        let unescape = |text| unescape(text).map_err(|reason| Error::Syntax { line: number, reason });
        properties.insert(unescape(key)?, unescape(value)?);
    }
    Ok(properties)
}

const BLANKS: [char; 3] = [' ', '\t', '\x0c'];

/// Cuts at the first `=`, `:` or blank that no backslash precedes, with the blanks around it.
fn split(line: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = line
        .char_indices()
        .find(|(_, c)| {
            let ends = !escaped && ("=:".contains(*c) || BLANKS.contains(c));
            escaped = *c == '\\' && !escaped;
            ends
        })
        .map_or(line.len(), |(at, _)| at);
    let rest = line[end..].trim_start_matches(BLANKS);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (&line[..end], rest.trim_start_matches(BLANKS))
}

fn unescape(text: &str) -> Result<String, String> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => match chars.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\x0c',
                Some('u') => {
                    let digits: String = chars.by_ref().take(4).collect();
                    let unit = u16::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4);
                    units.push(unit.ok_or_else(|| {
                        format!("`\\u{digits}` is not an escape: expected four hex digits")
                    })?);
                    continue;
                }
                Some(other) => other,
                None => break,
            },
            c => c,
        };
        units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    }
    // Two escapes may make one character, as Java's own are UTF-16.
    String::from_utf16(&units).map_err(|_| "half of a character outside the basic plane".to_owned())
}

/// What of the environment is for the start script of a Java broker and not for the broker.
const FOR_THE_LAUNCHER: [&str; 16] = [
    "KAFKA_CLASSPATH",
    "KAFKA_DEBUG",
    "KAFKA_GC_LOG_OPTS",
    "KAFKA_HEAP_OPTS",
    "KAFKA_HOME",
    "KAFKA_JMX_HOSTNAME",
    "KAFKA_JMX_OPTS",
    "KAFKA_JMX_PORT",
    "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_LOG4J_LOGGERS",
    "KAFKA_LOG4J_OPTS",
    "KAFKA_LOG4J_ROOT_LOGLEVEL",
    "KAFKA_MODE",
    "KAFKA_OPTS",
    "KAFKA_TOOLS_LOG4J_LOGLEVEL",
    "KAFKA_VERSION",
];

/// The settings in an environment, by the rule of Kafka's container images: `KAFKA_` is cut off, and `_`
/// stands for `.`, `__` for `_`, `___` for `-`. What Java's start script reads is left out.
pub fn from_environment<K: AsRef<str>, V: Into<String>>(
    variables: impl IntoIterator<Item = (K, V)>,
) -> Properties {
    variables
        .into_iter()
        .filter(|(name, _)| !FOR_THE_LAUNCHER.contains(&name.as_ref()))
        .filter_map(|(name, value)| Some((key_of(name.as_ref().strip_prefix("KAFKA_")?), value.into())))
        .collect()
}

fn key_of(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', ".").replace("...", "-").replace("..", "_")
}
