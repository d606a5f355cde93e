//! Times in the letters of `java.text.SimpleDateFormat`, with English names and the weeks of the United States: they
//! begin on Sunday, and the first of a year or month has its first day.
use jiff::{Timestamp, Zoned, tz::TimeZone};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A letter, and how often it stands there.
    Field(char, usize),
}

const FIELDS: &str = "GyYMLwWdDFEuaHkKhmsSzZX";

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\'' if letters.next_if_eq(&'\'').is_some() => parts.push(Part::Text("'".to_owned())),
                '\'' => {
                    let mut quoted = String::new();
                    loop {
                        match letters.next().ok_or("Unterminated quote")? {
                            '\'' if letters.next_if_eq(&'\'').is_none() => break,
                            other => quoted.push(other),
                        }
                    }
                    parts.push(Part::Text(quoted));
                }
                letter if FIELDS.contains(letter) => {
                    let mut count = 1;
                    while letters.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    if letter == 'X' && count > 3 {
                        return Err(format!("invalid ISO 8601 format: length={count}"));
                    }
                    parts.push(Part::Field(letter, count));
                }
                letter if letter.is_ascii_alphabetic() => {
                    return Err(format!("Illegal pattern character '{letter}'"));
                }
                other => parts.push(Part::Text(other.to_string())),
            }
        }
        Ok(Self(parts))
    }

    /// A time in milliseconds since 1970, where this machine is.
    pub(super) fn show(&self, ms: i64) -> String {
        let time = Timestamp::from_millisecond(ms).unwrap_or_default();
        self.show_at(&time.to_zoned(TimeZone::system()))
    }

    fn show_at(&self, time: &Zoned) -> String {
        let show = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(letter, count) => field(time, *letter, *count),
        };
        self.0.iter().map(show).collect()
    }
}

fn field(time: &Zoned, letter: char, count: usize) -> String {
    let named = |form: &str| time.strftime(form).to_string();
    let number = |value: i32| format!("{value:0count$}");
    let hour = i32::from(time.hour());
    // From 1 to `last`, where others count from 0.
    let from_one = |hour: i32, last: i32| if hour == 0 { last } else { hour };
    match (letter, count) {
        ('G', _) => "AD".to_owned(),
        ('y', 2) => format!("{:02}", time.year().rem_euclid(100)),
        ('y', _) => number(time.year().into()),
        ('Y', 2) => format!("{:02}", week(time).0.rem_euclid(100)),
        ('Y', _) => number(week(time).0),
        ('w', _) => number(week(time).1),
        ('W', _) => number(week_since_first(time, time.day().into())),
        ('M' | 'L', 1..=2) => number(time.month().into()),
        ('M' | 'L', 3) => named("%b"),
        ('M' | 'L', _) => named("%B"),
        ('d', _) => number(time.day().into()),
        ('D', _) => number(time.day_of_year().into()),
        ('F', _) => number((i32::from(time.day()) - 1) / 7 + 1),
        ('E', 1..=3) => named("%a"),
        ('E', _) => named("%A"),
        ('u', _) => number(time.weekday().to_monday_one_offset().into()),
        ('a', _) => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        ('H', _) => number(hour),
        ('k', _) => number(from_one(hour, 24)),
        ('K', _) => number(hour % 12),
        ('h', _) => number(from_one(hour % 12, 12)),
        ('m', _) => number(time.minute().into()),
        ('s', _) => number(time.second().into()),
        ('S', _) => number(time.millisecond().into()),
        ('z', _) => named("%Z"),
        ('Z', _) => named("%z"),
        ('X', _) if time.offset().seconds() == 0 => "Z".to_owned(),
        ('X', 1) => named("%z")[..3].to_owned(),
        ('X', 2) => named("%z"),
        _ => named("%:z"),
    }
}

/// The year that the week of this day is counted in, and its number there.
fn week(time: &Zoned) -> (i32, i32) {
    let year = i32::from(time.year());
    let days_after = 6 - i32::from(time.weekday().to_sunday_zero_offset());
    let day = i32::from(time.day_of_year());
    match day + days_after > i32::from(time.days_in_year()) {
        true => (year + 1, 1),
        false => (year, week_since_first(time, day)),
    }
}

/// The number of the week, where this is so many days into its year or month, from 1.
fn week_since_first(time: &Zoned, day: i32) -> i32 {
    let weekday = i32::from(time.weekday().to_sunday_zero_offset());
    let first = (weekday - (day - 1)).rem_euclid(7);
    (day - 1 + first) / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{civil::date, tz::Offset};

    /// What is expected is what Java 17 prints in the locale of the United States.
    #[test]
    fn letters_are_javas() {
        let morning = date(2026, 3, 8).at(0, 5, 9, 7_000_000);
        let evening = date(2025, 11, 30).at(15, 45, 0, 120_000_000);
        for (pattern, first, second) in [
            ("yyyy-MM-dd HH:mm:ss:SSS", "2026-03-08 00:05:09:007", "2025-11-30 15:45:00:120"),
            ("y yy yyy yyyyy", "2026 26 2026 02026", "2025 25 2025 02025"),
            ("M MM MMM MMMM", "3 03 Mar March", "11 11 Nov November"),
            ("d/DDD F E EEEE u", "8/067 2 Sun Sunday 7", "30/334 5 Sun Sunday 7"),
            ("h:m:s S a k K", "12:5:9 7 AM 24 0", "3:45:0 120 PM 15 3"),
            ("hh kk KK G", "12 24 00 AD", "03 15 03 AD"),
            ("'o''clock' '' HH", "o'clock ' 00", "o'clock ' 15"),
            ("Z X XX XXX", "-0730 -07 -0730 -07:30", "+0000 Z Z Z"),
            ("YYYY YY w ww W", "2026 26 11 11 2", "2025 25 49 49 6"),
            ("", "", ""),
        ] {
            let offset = Offset::from_seconds(-(7 * 3600 + 1800)).unwrap();
            let pattern = Pattern::parse(pattern).unwrap();
            let shown = [(morning, offset), (evening, Offset::UTC)]
                .map(|(time, offset)| pattern.show_at(&time.to_zoned(TimeZone::fixed(offset)).unwrap()));
            assert_eq!(shown, [first, second]);
        }
    }

    #[test]
    fn a_week_is_of_the_year_that_has_its_end() {
        let pattern = Pattern::parse("Y w W").unwrap();
        for (year, month, day, expected) in [
            (2025, 12, 27, "2025 52 4"),
            (2025, 12, 29, "2026 1 5"),
            (2026, 1, 4, "2026 2 2"),
            (2022, 12, 31, "2022 53 5"),
            (2023, 1, 1, "2023 1 1"),
        ] {
            let time = date(year, month, day).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
            assert_eq!(pattern.show_at(&time), expected, "{time}");
        }
    }

    #[test]
    fn mistakes_of_patterns() {
        for (pattern, expected) in [
            ("yyyy b", "Illegal pattern character 'b'"),
            ("'open", "Unterminated quote"),
            ("XXXX", "invalid ISO 8601 format: length=4"),
        ] {
            assert_eq!(Pattern::parse(pattern), Err(expected.to_owned()), "{pattern}");
        }
    }
}
