//! Points in time and spans of it as `--to-datetime` and `--by-duration` take them.
use regex::Regex;
use std::str::FromStr;

/// Milliseconds since 1970 of `YYYY-MM-DDTHH:mm:SS.sss`, in UTC where no zone is given. As with Java's
/// `SimpleDateFormat` a number may have any count of digits, and what stands behind the zone does not count.
pub(super) fn date_time(text: &str) -> Result<i64, String> {
    let Some((_, time)) = text.split_once('T').filter(|(_, time)| !time.is_empty()) else {
        return Err(
            "java.text.ParseException: Error parsing timestamp. It does not contain a 'T' according to \
                    ISO8601 format"
                .to_owned(),
        );
    };
    let text = if time.contains(['+', '-', 'Z']) { text.to_owned() } else { format!("{text}Z") };
    milliseconds(&text).ok_or_else(|| format!("java.text.ParseException: Unparseable date: \"{text}\""))
}

fn milliseconds(text: &str) -> Option<i64> {
    let form =
        Regex::new(r"^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)(?:Z|([+-])([01]\d|2[0-3])(?::([0-5]\d))?)");
    let parts = form.expect("the expression is fixed").captures(text)?;
    let civil = jiff::civil::DateTime::new(
        number(&parts[1])?,
        number(&parts[2])?,
        number(&parts[3])?,
        number(&parts[4])?,
        number(&parts[5])?,
        number(&parts[6])?,
        number::<i32>(&parts[7]).filter(|ms| *ms < 1000)? * 1_000_000,
    );
    let in_utc = civil.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let part = |at| parts.get(at).map_or(Some(0), |digits| number::<i64>(digits.as_str()));
    let offset = (part(9)? * 60 + part(10)?) * 60_000;
    Some(if parts.get(8).is_some_and(|sign| sign.as_str() == "-") {
        in_utc + offset
    } else {
        in_utc - offset
    })
}

fn number<T: FromStr>(digits: &str) -> Option<T> {
    digits.parse().ok()
}

/// Nanoseconds of `PnDTnHnMn.nS`, each with a sign of its own.
pub(super) fn duration(text: &str) -> Option<i128> {
    let form = Regex::new(
        r"(?i)^([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?$",
    );
    let parts = form.expect("the expression is fixed").captures(text)?;
    let is_empty = [2, 4, 5, 6].iter().all(|at| parts.get(*at).is_none());
    if is_empty || parts.get(3).is_some_and(|time| time.len() == 1) {
        return None;
    }
    let mut seconds: i64 = 0;
    for (at, unit) in [(2, 86_400), (4, 3600), (5, 60), (6, 1)] {
        if let Some(count) = parts.get(at) {
            seconds = seconds.checked_add(count.as_str().parse::<i64>().ok()?.checked_mul(unit)?)?;
        }
    }
    let fraction = parts.get(7).map_or("", |digits| digits.as_str());
    let fraction: i128 = format!("{fraction:0<9}").parse().ok()?;
    let is_negative = parts.get(6).is_some_and(|count| count.as_str().starts_with('-'));
    let total = i128::from(seconds) * 1_000_000_000 + if is_negative { -fraction } else { fraction };
    Some(if &parts[1] == "-" { -total } else { total })
}

/// Milliseconds since 1970, so many nanoseconds ago.
pub(super) fn before_now(age_ns: i128) -> i64 {
    let then = (jiff::Timestamp::now().as_nanosecond() - age_ns).div_euclid(1_000_000);
    i64::try_from(then).unwrap_or(if then < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_java_reads_them() {
        let unparseable = |text: &str| Err(format!("java.text.ParseException: Unparseable date: \"{text}\""));
        for (text, expected) in [
            ("1970-01-01T00:00:01.000", Ok(1000)),
            ("1970-01-01T00:00:01.000Z", Ok(1000)),
            ("1970-1-1T0:0:1.5", Ok(1005)),
            ("1970-01-01T01:00:01.500+01:00", Ok(1500)),
            ("1970-01-01T01:00:01.500+01", Ok(1500)),
            ("1969-12-31T23:30:00.000-00:30", Ok(0)),
            ("1970-01-01T00:00:01.000Zulu", Ok(1000)),
            ("1970-01-01T00:00:01", unparseable("1970-01-01T00:00:01Z")),
            ("1970-01-01T00:00:01Z", unparseable("1970-01-01T00:00:01Z")),
            ("1970-01-01T00:00:01.1000", unparseable("1970-01-01T00:00:01.1000Z")),
            ("1970-02-30T00:00:01.000", unparseable("1970-02-30T00:00:01.000Z")),
            ("1970-01-01T24:00:00.000", unparseable("1970-01-01T24:00:00.000Z")),
        ] {
            assert_eq!(date_time(text), expected, "{text}");
        }
        assert!(date_time("1970-01-01").unwrap_err().contains("does not contain a 'T'"));
        assert!(date_time("1970-01-01T").unwrap_err().contains("does not contain a 'T'"));
    }

    #[test]
    fn durations_are_read_as_java_reads_them() {
        const SECOND: i128 = 1_000_000_000;
        for (text, expected) in [
            ("PT1H30M", Some(5400 * SECOND)),
            ("P1D", Some(86_400 * SECOND)),
            ("p2dt-1h", Some(47 * 3600 * SECOND)),
            ("-PT1.5S", Some(-3 * SECOND / 2)),
            ("PT-0.5S", Some(-SECOND / 2)),
            ("PT1,25S", Some(5 * SECOND / 4)),
            ("P1W", None),
            ("P1M", None),
            ("P", None),
            ("PT", None),
            ("P1DT", None),
            ("PT99999999999999999999S", None),
            ("PT9223372036854775807H", None),
            ("1h", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
        assert_eq!(before_now(i128::from(i64::MAX) * SECOND), i64::MIN);
    }
}
