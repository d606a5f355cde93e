//! Where reading begins and where it stops, in the notations of kcat and rpk.
//!
//! | notation | meaning |
//! |---|---|
//! | `start`, `beginning`, `earliest` | from the first record |
//! | `end`, `latest` | from what comes next |
//! | `N`, `N:` | from this offset |
//! | `+N`, `-N` | N after the start, N before the end, of each partition |
//! | `A:B`, `:B` | from A up to B, which is left out; each as above |
//! | `@T`, `@T:`, `@T:U`, `@:U` | by time; `U` may be `end`, or a span after `T` |
//! | `s@MS`, `e@MS` | kcat's: from and until a time in milliseconds |
//!
//! A time is milliseconds since 1970 (seconds with nine or ten digits), a date, a date and time, or how long ago: `-1h`.
use client::{TopicPartition, admin::OffsetSpec, consumer::Start};
use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use std::{collections::BTreeMap, str::FromStr};

/// What one `--offset` says. Two may add up, as kcat's `s@` and `e@` do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Option<Point>,
    pub(crate) until: Option<Point>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    Start,
    End,
    Offset(i64),
    AfterStart(i64),
    BeforeEnd(i64),
    /// Milliseconds since 1970.
    Time(i64),
}

impl Span {
    /// The later says what the earlier did not, or says it anew.
    pub(crate) fn and(self, later: Self) -> Self {
        Self { from: later.from.or(self.from), until: later.until.or(self.until) }
    }

    /// Where the client begins, if it can find that out by itself.
    pub(crate) fn start(self) -> Start {
        match self.from {
            None | Some(Point::Start | Point::AfterStart(_)) => Start::Earliest,
            Some(Point::End) => Start::Latest,
            Some(Point::Offset(offset)) => Start::Offset(offset),
            Some(Point::BeforeEnd(count)) => Start::BeforeLatest(count),
            Some(Point::Time(ms)) => Start::Timestamp(ms),
        }
    }

    /// Whether each partition's bounds must be known to say where to begin or to stop.
    pub(crate) fn needs_bounds(self) -> bool {
        matches!(self.from, Some(Point::AfterStart(_))) || !matches!(self.until, None | Some(Point::End))
    }

    /// The times that need to be looked up.
    pub(crate) fn times(self) -> impl Iterator<Item = OffsetSpec> {
        [self.from, self.until].into_iter().flatten().filter_map(|point| match point {
            Point::Time(ms) => Some(OffsetSpec::Timestamp(ms)),
            _ => None,
        })
    }
}

/// What a partition holds, and the offsets of the times that were looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) earliest: i64,
    pub(crate) latest: i64,
    pub(crate) times: BTreeMap<i64, i64>,
}

impl Bounds {
    /// The offset of a point; a time after the last record is the end.
    pub(crate) fn offset(&self, point: Point) -> i64 {
        match point {
            Point::Start => self.earliest,
            Point::End => self.latest,
            Point::Offset(offset) => offset,
            Point::AfterStart(count) => self.earliest.saturating_add(count),
            Point::BeforeEnd(count) => self.latest.saturating_sub(count).max(self.earliest),
            Point::Time(ms) => self.times.get(&ms).copied().unwrap_or(self.latest),
        }
    }
}

/// Up to which offset each partition is read. Partitions without a stop are read on and on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stops(pub(crate) BTreeMap<TopicPartition, i64>);

impl Stops {
    /// Where this partition stops.
    pub(crate) fn of(&self, at: &TopicPartition) -> i64 {
        self.0.get(at).copied().unwrap_or(i64::MAX)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected start, end, N, +N, -N, A:B, @TIME or @TIME:TIME".to_owned();
        let ms = |digits: &str| digits.parse().map(Point::Time).map_err(|_| wrong());
        if let Some(digits) = text.strip_prefix("s@") {
            return Ok(Self { from: Some(ms(digits)?), until: None });
        }
        if let Some(digits) = text.strip_prefix("e@") {
            return Ok(Self { from: None, until: Some(ms(digits)?) });
        }
        if let Some(times) = text.strip_prefix('@') {
            return times_of(times);
        }
        let point = |text: &str| point(text).ok_or_else(wrong);
        match text.split_once(':') {
            None => Ok(Self { from: Some(point(text)?), until: None }),
            Some(("", "")) => Err(wrong()),
            Some((from, "")) => Ok(Self { from: Some(point(from)?), until: None }),
            Some(("", until)) => Ok(Self { from: None, until: Some(point(until)?) }),
            Some((from, until)) => Ok(Self { from: Some(point(from)?), until: Some(point(until)?) }),
        }
    }
}

fn point(text: &str) -> Option<Point> {
    match text {
        "start" | "beginning" | "earliest" => return Some(Point::Start),
        "end" | "latest" => return Some(Point::End),
        _ => {}
    }
    let number: i64 = text.parse().ok()?;
    match text.as_bytes().first()? {
        b'-' => Some(Point::BeforeEnd(number.saturating_neg())),
        b'+' => Some(Point::AfterStart(number)),
        _ => Some(Point::Offset(number)),
    }
}

/// `T`, `T:`, `:U` or `T:U`. A time may have colons itself, so every one of them is tried.
fn times_of(text: &str) -> Result<Span, String> {
    if let Ok(ms) = parse_time(text) {
        return Ok(Span { from: Some(Point::Time(ms)), until: None });
    }
    for (at, _) in text.match_indices(':') {
        let (from, until) = (&text[..at], &text[at + 1..]);
        let from_ms = if from.is_empty() { None } else { Some(parse_time(from)) };
        let Ok(from_ms) = from_ms.transpose() else { continue };
        let until = match (until, from_ms) {
            ("", None) => continue,
            ("", Some(_)) => None,
            ("end", _) => Some(Point::End),
            (span, Some(from_ms)) if is_span(span) => {
                Some(Point::Time(from_ms.saturating_add(span_ms(span)?)))
            }
            (time, _) => match parse_time(time) {
                Ok(ms) => Some(Point::Time(ms)),
                Err(_) => continue,
            },
        };
        return Ok(Span { from: from_ms.map(Point::Time), until });
    }
    Err("expected milliseconds since 1970, a time such as 2026-11-22T10:00:00Z, or a span such as -1h"
        .to_owned())
}

fn is_span(text: &str) -> bool {
    !text.starts_with('-') && text.parse::<i64>().is_err() && text.parse::<SignedDuration>().is_ok()
}

fn span_ms(text: &str) -> Result<i64, String> {
    let span: SignedDuration = text.parse().map_err(|error| format!("`{text}`: {error}"))?;
    Ok(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}

/// Milliseconds since 1970 of a point in time, a local date and time, or a span that has passed.
pub(crate) fn parse_time(text: &str) -> Result<i64, String> {
    if let Ok(number) = text.parse::<i64>() {
        // As rpk reads it: so few digits are seconds, or a time in 1970.
        return Ok(if (9..=10).contains(&text.len()) { number.saturating_mul(1000) } else { number });
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp.as_millisecond());
    }
    let local = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)));
    if let Ok(local) = local
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
    use super::Point::{AfterStart, BeforeEnd, End, Offset, Start, Time};
    use super::*;

    #[test]
    fn reads_every_notation() {
        const T: i64 = 1_700_000_000_000;
        for (text, expected) in [
            ("start", Some((Some(Start), None))),
            ("beginning", Some((Some(Start), None))),
            ("end", Some((Some(End), None))),
            ("0", Some((Some(Offset(0)), None))),
            ("42:", Some((Some(Offset(42)), None))),
            ("-5", Some((Some(BeforeEnd(5)), None))),
            ("+5", Some((Some(AfterStart(5)), None))),
            (":end", Some((None, Some(End)))),
            (":7", Some((None, Some(Offset(7))))),
            ("3:7", Some((Some(Offset(3)), Some(Offset(7))))),
            ("+1:-1", Some((Some(AfterStart(1)), Some(BeforeEnd(1))))),
            ("s@1700000000000", Some((Some(Time(T)), None))),
            ("e@1700000000000", Some((None, Some(Time(T))))),
            ("@1700000000000", Some((Some(Time(T)), None))),
            ("@1700000000", Some((Some(Time(T)), None))),
            ("@0", Some((Some(Time(0)), None))),
            ("@1700000000000:", Some((Some(Time(T)), None))),
            ("@:1700000000000", Some((None, Some(Time(T))))),
            ("@1700000000000:end", Some((Some(Time(T)), Some(End)))),
            ("@1700000000000:1h", Some((Some(Time(T)), Some(Time(T + 3_600_000))))),
            ("@2023-11-14T22:13:20Z", Some((Some(Time(T)), None))),
            ("@2023-11-14T23:13:20+01:00", Some((Some(Time(T)), None))),
            ("@2023-11-14T22:13:20Z:2023-11-14T22:13:21Z", Some((Some(Time(T)), Some(Time(T + 1000))))),
            ("middle", None),
            ("", None),
            (":", None),
            ("@", None),
            ("@:", None),
            ("s@yesterday", None),
            ("@yesterdayish", None),
            ("1:2:3", None),
        ] {
            let expected = expected.map(|(from, until)| Span { from, until });
            assert_eq!(text.parse::<Span>().ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_span_is_how_long_ago() {
        for text in ["@1h", "@-1h", "@60m"] {
            let Ok(Span { from: Some(Time(ms)), until: None }) = text.parse() else {
                panic!("{text} is a time")
            };
            let ago = Timestamp::now().as_millisecond() - ms;
            assert!((3_600_000..3_660_000).contains(&ago), "{text}: {ago}");
        }
        let Ok(Span { from: Some(Time(from)), until: Some(Time(until)) }) = "@-2h:-1h".parse() else {
            panic!("two times")
        };
        assert!((3_590_000..3_610_000).contains(&(until - from)));
    }

    #[test]
    fn two_of_kcats_add_up() {
        let both = "s@5".parse::<Span>().unwrap().and("e@9".parse().unwrap());
        assert_eq!(both, Span { from: Some(Time(5)), until: Some(Time(9)) });
    }

    #[test]
    fn points_are_found_in_a_partition() {
        let bounds = Bounds { earliest: 10, latest: 20, times: [(5, 12)].into() };
        for (point, offset) in [
            (Start, 10),
            (End, 20),
            (Offset(3), 3),
            (AfterStart(4), 14),
            (BeforeEnd(4), 16),
            (BeforeEnd(400), 10),
            (Time(5), 12),
            (Time(6), 20),
        ] {
            assert_eq!(bounds.offset(point), offset, "{point:?}");
        }
    }
}
