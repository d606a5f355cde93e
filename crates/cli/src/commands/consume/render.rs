//! One record as bytes for standard output.
use super::format::{Found, Template};
use crate::text;
use jiff::Timestamp;

/// How every record of a run is written.
#[derive(Clone, Debug)]
pub(super) enum Renderer {
    /// The bytes of the value as they are: lines that were produced come back as they were.
    Value {
        key_delimiter: Option<Vec<u8>>,
        delimiter: Vec<u8>,
        null: &'static [u8],
    },
    /// The topic stands first, as wide as this, where there are several.
    Table {
        topic_width: Option<usize>,
    },
    Json,
    Template(Template),
}

impl Renderer {
    /// What stands above the first record.
    pub(super) fn heading(&self, out: &mut Vec<u8>) {
        if let Self::Table { topic_width } = self {
            if let Some(width) = topic_width {
                out.extend_from_slice(format!("{:<width$}  ", "TOPIC").as_bytes());
            }
            let columns = ("PARTITION", "OFFSET", "TIMESTAMP", "KEY", "HEADERS");
            let (partition, offset, timestamp, key, headers) = columns;
            let line =
                format!("{partition:>9}  {offset:>8}  {timestamp:<24}  {key:<12}  {headers:<16}  VALUE\n");
            out.extend_from_slice(line.as_bytes());
        }
    }

    #[inline]
    pub(super) fn write(&self, out: &mut Vec<u8>, found: &Found<'_>) {
        match self {
            Self::Value { key_delimiter, delimiter, null } => {
                if let Some(key_delimiter) = key_delimiter {
                    out.extend_from_slice(found.record.key.unwrap_or(null));
                    out.extend_from_slice(key_delimiter);
                }
                out.extend_from_slice(found.record.value.unwrap_or(null));
                out.extend_from_slice(delimiter);
            }
            Self::Table { topic_width } => {
                if let Some(width) = topic_width {
                    out.extend_from_slice(format!("{:<width$}  ", found.topic).as_bytes());
                }
                table_row(out, found);
            }
            Self::Json => json(out, found),
            Self::Template(template) => template.write(out, found),
        }
    }
}

/// Rows come while the topic is read, so columns have a width of their own and long cells push the rest.
fn table_row(out: &mut Vec<u8>, found: &Found<'_>) {
    let record = &found.record;
    let headers = record.headers.map(|header| format!("{}={}", header.key_text(), shown(header.value)));
    let headers = match headers.collect::<Vec<_>>() {
        empty if empty.is_empty() => "-".to_owned(),
        list => list.join(","),
    };
    let (partition, offset) = (found.partition, record.offset);
    let time = time(record.timestamp).unwrap_or_else(|| "-".to_owned());
    let (key, value) = (shown(record.key), shown(record.value));
    let line = format!("{partition:>9}  {offset:>8}  {time:<24}  {key:<12}  {headers:<16}  {value}\n");
    out.extend_from_slice(line.as_bytes());
}

/// For people: `-` for null, and control characters escaped so that a row stays a row.
fn shown(bytes: Option<&[u8]>) -> String {
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

/// One object and a newline. Bytes that are no UTF-8 stand as base64 under `key_base64`, `value_base64`. `mainstem
/// produce --json` reads it back.
fn json(out: &mut Vec<u8>, found: &Found<'_>) {
    let record = &found.record;
    out.extend_from_slice(b"{\"topic\":");
    json_text(out, found.topic);
    out.extend_from_slice(b",\"partition\":");
    text::decimal(out, i64::from(found.partition));
    out.extend_from_slice(b",\"offset\":");
    text::decimal(out, record.offset.0);
    out.extend_from_slice(b",\"timestamp\":");
    text::decimal(out, record.timestamp);
    if let Some(time) = time(record.timestamp) {
        out.extend_from_slice(b",\"time\":\"");
        out.extend_from_slice(time.as_bytes());
        out.push(b'"');
    }
    json_bytes(out, b",\"key", record.key);
    json_bytes(out, b",\"value", record.value);
    out.extend_from_slice(b",\"headers\":[");
    for (nth, header) in record.headers.enumerate() {
        out.extend_from_slice(if nth == 0 { b"{\"key\":" } else { b",{\"key\":" });
        json_text(out, &header.key_text());
        json_bytes(out, b",\"value", header.value);
        out.push(b'}');
    }
    out.extend_from_slice(b"]}\n");
}

fn json_bytes(out: &mut Vec<u8>, name: &[u8], bytes: Option<&[u8]>) {
    out.extend_from_slice(name);
    match bytes.map(|bytes| (bytes, std::str::from_utf8(bytes))) {
        None => out.extend_from_slice(b"\":null"),
        Some((_, Ok(text))) => {
            out.extend_from_slice(b"\":");
            json_text(out, text);
        }
        Some((bytes, Err(_))) => {
            out.extend_from_slice(b"_base64\":\"");
            text::base64(out, bytes, true);
            out.push(b'"');
        }
    }
}

fn json_text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a string is JSON, and memory takes it");
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::consumer::RecordBatch;
    use records::{BatchBuilder, Compression, NewRecord};

    fn written(renderer: &Renderer, topic: &str, key: Option<&[u8]>, value: Option<&[u8]>) -> Vec<u8> {
        let mut builder = BatchBuilder::new(Compression::None);
        let record = NewRecord { timestamp: 1_700_000_000_123, key, value, headers: &[] };
        builder.append(&record).unwrap();
        let batch = RecordBatch::parse(builder.build()).unwrap();
        let records = batch.records(1 << 20).unwrap();
        let record = records.iter().next().unwrap().unwrap();
        let found = Found { topic, partition: 3, high_watermark: 1, batch: &batch, record, number: 1 };
        let mut out = Vec::new();
        renderer.write(&mut out, &found);
        out
    }

    fn value(key_delimiter: Option<&[u8]>, null: &'static [u8]) -> Renderer {
        let key_delimiter = key_delimiter.map(<[u8]>::to_vec);
        Renderer::Value { key_delimiter, delimiter: b"\n".to_vec(), null }
    }

    #[test]
    fn values_are_their_bytes() {
        for (renderer, record_value, expected) in [
            (value(None, b""), Some(&b"\xff\0\r"[..]), &b"\xff\0\r\n"[..]),
            (value(Some(b"=>"), b""), None, b"k=>\n"),
            (value(Some(b"=>"), b"NULL"), None, b"k=>NULL\n"),
        ] {
            assert_eq!(written(&renderer, "t", Some(b"k"), record_value), expected);
        }
    }

    #[test]
    fn json_is_one_object_a_line() {
        let start = r#"{"topic":"t\"","partition":3,"offset":0,"timestamp":1700000000123,"time":"2023-11-14T22:13:20.123Z""#;
        for (key, value, expected) in [
            (None, Some(&b"a\n\"b\""[..]), r#","key":null,"value":"a\n\"b\"","headers":[]}"#),
            (Some(&b"\xff\xfe"[..]), None, r#","key_base64":"//4=","value":null,"headers":[]}"#),
        ] {
            let line = String::from_utf8(written(&Renderer::Json, "t\"", key, value)).unwrap();
            assert_eq!(line, format!("{start}{expected}\n"));
            serde_json::from_str::<serde_json::Value>(&line).unwrap();
        }
    }

    #[test]
    fn a_table_row_stays_a_row() {
        let row = String::from_utf8(written(
            &Renderer::Table { topic_width: None },
            "t",
            None,
            Some("a\nb\tü".as_bytes()),
        ))
        .unwrap();
        assert_eq!(row.trim_end().lines().count(), 1);
        assert!(row.ends_with("a\\nb\\tü\n"), "{row}");
        assert!(row.contains("2023-11-14T22:13:20.123Z"), "{row}");
        let several = Renderer::Table { topic_width: Some(5) };
        let mut heading = Vec::new();
        several.heading(&mut heading);
        assert!(heading.starts_with(b"TOPIC  PARTITION  "), "{heading:?}");
        assert!(written(&several, "t", None, None).starts_with(b"t              3  "));
    }
}
