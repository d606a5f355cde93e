//! One record as text.
use client::{TopicPartition, consumer::Record};
use jiff::Timestamp;
use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// The bytes of the value as they are, and a newline: lines that were produced come back as they were.
pub(super) fn value(
    out: &mut impl Write,
    record: &Record<'_>,
    key_delimiter: Option<&str>,
) -> io::Result<()> {
    if let Some(delimiter) = key_delimiter {
        out.write_all(record.key.unwrap_or_default())?;
        out.write_all(delimiter.as_bytes())?;
    }
    out.write_all(record.value.unwrap_or_default())?;
    out.write_all(b"\n")
}

pub(super) fn table_heading(out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{:>9}  {:>8}  {:<24}  {:<12}  {:<16}  VALUE",
        "PARTITION", "OFFSET", "TIMESTAMP", "KEY", "HEADERS"
    )
}

/// Rows come while the topic is read, so columns have a width of their own and long cells push the rest.
pub(super) fn table_row(out: &mut impl Write, partition: i32, record: &Record<'_>) -> io::Result<()> {
    let headers = record.headers.map(|header| format!("{}={}", header.key_text(), text(header.value)));
    let headers = match headers.collect::<Vec<_>>() {
        empty if empty.is_empty() => "-".to_owned(),
        list => list.join(","),
    };
    let (offset, time) = (record.offset, time(record.timestamp).unwrap_or_else(|| "-".to_owned()));
    let (key, value) = (text(record.key), text(record.value));
    writeln!(out, "{partition:>9}  {offset:>8}  {time:<24}  {key:<12}  {headers:<16}  {value}")
}

/// For people: `-` for null, and control characters escaped so that a row stays a row.
fn text(bytes: Option<&[u8]>) -> String {
    let Some(bytes) = bytes else { return "-".to_owned() };
    let mut shown = String::with_capacity(bytes.len());
    for c in String::from_utf8_lossy(bytes).chars() {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

fn time(timestamp: i64) -> Option<String> {
    let known = Timestamp::from_millisecond(timestamp).ok().filter(|_| timestamp >= 0)?;
    Some(format!("{known:.3}"))
}

/// One object and a newline. Bytes that are no UTF-8 stand as base64 under `key_base64`, `value_base64`.
pub(super) fn json(out: &mut impl Write, at: &TopicPartition, record: &Record<'_>) -> io::Result<()> {
    out.write_all(b"{\"topic\":")?;
    serde_json::to_writer(&mut *out, &*at.topic)?;
    write!(
        out,
        ",\"partition\":{},\"offset\":{},\"timestamp\":{}",
        at.partition, record.offset, record.timestamp
    )?;
    if let Some(time) = time(record.timestamp) {
        write!(out, ",\"time\":\"{time}\"")?;
    }
    json_bytes(out, ",\"key", record.key)?;
    json_bytes(out, ",\"value", record.value)?;
    out.write_all(b",\"headers\":[")?;
    for (nth, header) in record.headers.enumerate() {
        out.write_all(if nth == 0 { b"{\"key\":" } else { b",{\"key\":" })?;
        serde_json::to_writer(&mut *out, &header.key_text())?;
        json_bytes(out, ",\"value", header.value)?;
        out.write_all(b"}")?;
    }
    out.write_all(b"]}\n")
}

fn json_bytes(out: &mut impl Write, name: &str, bytes: Option<&[u8]>) -> io::Result<()> {
    let Some(bytes) = bytes else { return write!(out, "{name}\":null") };
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            write!(out, "{name}\":")?;
            Ok(serde_json::to_writer(out, text)?)
        }
        Err(_) => write!(out, "{name}_base64\":\"{}\"", base64(bytes)),
    }
}

/// The usual alphabet, with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..4 {
            let sextet = (bits >> (18 - 6 * digit)) & 0x3f;
            let _ = match digit <= group.len() {
                true => text.write_char(char::from(ALPHABET[sextet as usize])),
                false => text.write_char('='),
            };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Offset;

    fn record<'a>(key: Option<&'a [u8]>, value: Option<&'a [u8]>) -> Record<'a> {
        Record {
            offset: Offset(7),
            timestamp: 1_700_000_000_123,
            attributes: 0,
            offset_delta: 0,
            key,
            value,
            headers: Default::default(),
        }
    }

    fn shown(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn values_are_their_bytes() {
        let mut out = Vec::new();
        value(&mut out, &record(Some(b"k"), Some(b"\xff\0\r")), None).unwrap();
        value(&mut out, &record(Some(b"k"), None), Some("=>")).unwrap();
        assert_eq!(out, b"\xff\0\r\nk=>\n");
    }

    #[test]
    fn json_is_one_object_a_line() {
        let at = TopicPartition::new("t\"", 3);
        let start = r#"{"topic":"t\"","partition":3,"offset":7,"timestamp":1700000000123,"time":"2023-11-14T22:13:20.123Z""#;
        for (key, value, expected) in [
            (None, Some(&b"a\n\"b\""[..]), r#","key":null,"value":"a\n\"b\"","headers":[]}"#),
            (Some(&b"\xff\xfe"[..]), None, r#","key_base64":"//4=","value":null,"headers":[]}"#),
        ] {
            let line = shown(|out| json(out, &at, &record(key, value)));
            assert_eq!(line, format!("{start}{expected}\n"));
            serde_json::from_str::<serde_json::Value>(&line).unwrap();
        }
    }

    #[test]
    fn a_table_row_stays_a_row() {
        let row = shown(|out| table_row(out, 3, &record(None, Some("a\nb\tü".as_bytes()))));
        assert_eq!(row.trim_end().lines().count(), 1);
        assert!(row.ends_with("a\\nb\\tü\n"), "{row}");
        assert!(row.contains("2023-11-14T22:13:20.123Z"), "{row}");
    }

    #[test]
    fn base64_is_the_usual_one() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
