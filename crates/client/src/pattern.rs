//! Patterns of topic names as Kafka's Java clients take them: with look-around and back references, matched whole.
//!
//! A pattern without these takes time in proportion to the name. One with them may go back and try again; it gives up
//! after [`MOST_STEPS_BACK`] where Java would go on for as long as it takes.
use crate::Error;
use fancy_regex::{Regex, RegexBuilder};

/// A name has 249 characters at most, and a pattern that people write goes back some hundred times.
const MOST_STEPS_BACK: usize = 100_000;

#[derive(Clone, Debug)]
pub struct TopicPattern {
    text: String,
    whole: Regex,
}

impl TopicPattern {
    pub fn new(text: &str) -> Result<Self, Error> {
        let whole = RegexBuilder::new(&format!("^(?:{text})$")).backtrack_limit(MOST_STEPS_BACK).build();
        let whole = whole.map_err(|error| unusable(text, &error))?;
        Ok(Self { text: text.to_owned(), whole })
    }

    /// Whether the whole name matches; an error if that took too many steps.
    pub fn is_match(&self, topic: &str) -> Result<bool, Error> {
        self.whole.is_match(topic).map_err(|error| unusable(&self.text, &error))
    }
}

fn unusable(text: &str, error: &fancy_regex::Error) -> Error {
    Error::Pattern { pattern: text.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_in_java() {
        for (pattern, yes, no) in [
            ("a.*", &["a", "abc"][..], &["ba", ""][..]),
            ("a|b", &["a", "b"], &["ab"]),
            ("(?!__).*", &["orders", "_orders"], &["__consumer_offsets"]),
            (".*(?<!-dlq)", &["orders"], &["orders-dlq"]),
            (r"(.)-\1", &["a-a"], &["a-b"]),
            ("a++b", &["aab"], &["aa"]),
            ("(?i)orders", &["Orders"], &["Order"]),
        ] {
            let pattern = TopicPattern::new(pattern).unwrap();
            assert!(yes.iter().all(|name| pattern.is_match(name).unwrap()), "{pattern:?}");
            assert!(!no.iter().any(|name| pattern.is_match(name).unwrap()), "{pattern:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_or_takes_too_long_is_an_error() {
        assert!(matches!(TopicPattern::new("a("), Err(Error::Pattern { pattern, .. }) if pattern == "a("));
        let endless = TopicPattern::new("(a|b|ab)*(?=c)").unwrap();
        assert!(matches!(endless.is_match(&"ab".repeat(100)), Err(Error::Pattern { .. })));
    }
}
