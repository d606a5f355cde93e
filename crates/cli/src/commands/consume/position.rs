use client::consumer::Start;
use jiff::{SignedDuration, Timestamp, Zoned, civil::DateTime, tz::TimeZone};
use std::str::FromStr;

/// What `--offset` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Start,
    End,
    Offset(i64),
    BeforeEnd(i64),
    /// Milliseconds since 1970.
    Time(i64),
}

impl Position {
    pub(crate) fn start(self) -> Start {
        match self {
            Self::Start => Start::Earliest,
            Self::End => Start::Latest,
            Self::Offset(offset) => Start::Offset(offset),
            Self::BeforeEnd(count) => Start::BeforeLatest(count),
            Self::Time(ms) => Start::Timestamp(ms),
        }
    }
}

impl FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(time) = text.strip_prefix('@') {
            return parse_time(time).map(Self::Time);
        }
        match text {
            "start" | "beginning" | "earliest" => return Ok(Self::Start),
            "end" | "latest" => return Ok(Self::End),
            _ => {}
        }
        match text.parse::<i64>() {
            Ok(offset) if text.starts_with('-') => Ok(Self::BeforeEnd(offset.saturating_neg())),
            Ok(offset) => Ok(Self::Offset(offset)),
            Err(_) => Err("expected start, end, N, -N or @TIME".to_owned()),
        }
    }
}

/// Milliseconds, a point in time with its zone, a local date and time, or a span that has passed.
fn parse_time(text: &str) -> Result<i64, String> {
    if let Ok(ms) = text.parse::<i64>() {
        return Ok(ms);
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp.as_millisecond());
    }
    if let Ok(local) = text.parse::<DateTime>()
        && let Ok(zoned) = local.to_zoned(TimeZone::system())
    {
        return Ok(zoned.timestamp().as_millisecond());
    }
    if let Ok(ago) = text.trim_start_matches('-').parse::<SignedDuration>()
        && let Ok(then) = Zoned::now().checked_sub(ago)
    {
        return Ok(then.timestamp().as_millisecond());
    }
    Err("expected milliseconds since 1970, a time such as 2026-11-22T10:00:00Z, or a span such as 1h"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_notation() {
        for (text, expected) in [
            ("start", Some(Position::Start)),
            ("end", Some(Position::End)),
            ("0", Some(Position::Offset(0))),
            ("42", Some(Position::Offset(42))),
            ("-5", Some(Position::BeforeEnd(5))),
            ("@1700000000000", Some(Position::Time(1_700_000_000_000))),
            ("@2023-11-14T22:13:20Z", Some(Position::Time(1_700_000_000_000))),
            ("@2023-11-14T23:13:20+01:00", Some(Position::Time(1_700_000_000_000))),
            ("middle", None),
            ("", None),
            ("@", None),
            ("@yesterdayish", None),
        ] {
            assert_eq!(text.parse::<Position>().ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_span_is_how_long_ago() {
        for text in ["@1h", "@-1h", "@60m"] {
            let Ok(Position::Time(ms)) = text.parse() else { panic!("{text} is a time") };
            let ago = Timestamp::now().as_millisecond() - ms;
            assert!((3_600_000..3_660_000).contains(&ago), "{text}: {ago}");
        }
    }
}
