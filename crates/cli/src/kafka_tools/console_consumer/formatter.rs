//! How a record is written.
use super::Pairs;
use crate::kafka_tools::render::java_double;
use ::client::consumer::{Record, TimestampType};

#[derive(Debug)]
pub(super) enum Formatter {
    Default(Columns),
    /// As the default.
    Logging(Columns),
    Nothing,
}

/// Of Kafka's `DefaultMessageFormatter`.
#[derive(Debug)]
pub(super) struct Columns {
    timestamp: bool,
    partition: bool,
    offset: bool,
    delivery: bool,
    epoch: bool,
    headers: bool,
    key: bool,
    value: bool,
    between: Vec<u8>,
    line_end: Vec<u8>,
    between_headers: Vec<u8>,
    null: Vec<u8>,
    as_key: Deserializer,
    as_value: Deserializer,
    as_header: Deserializer,
}

impl Formatter {
    pub(super) fn named(class: Option<&str>, properties: &Pairs) -> Result<Self, String> {
        const PACKAGE: &str = "org.apache.kafka.tools.consumer.";
        let Some(class) = class else { return Ok(Self::Default(Columns::new(properties))) };
        match class.strip_prefix(PACKAGE) {
            Some("DefaultMessageFormatter") => Ok(Self::Default(Columns::new(properties))),
            Some("LoggingMessageFormatter") => Ok(Self::Logging(Columns::new(properties))),
            Some("NoOpMessageFormatter") => Ok(Self::Nothing),
            _ => Err(class.to_owned()),
        }
    }

    /// What cannot be read as it should is an error, with the columns before it written.
    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        partition: i32,
        kind: TimestampType,
        record: &Record<'_>,
    ) -> Result<(), String> {
        match self {
            Self::Default(columns) | Self::Logging(columns) => columns.write(out, partition, kind, record),
            Self::Nothing => Ok(()),
        }
    }
}

impl Columns {
    fn new(properties: &Pairs) -> Self {
        let flag = |key: &str, default: bool| {
            properties.get(key).map_or(default, |value| value.trim().eq_ignore_ascii_case("true"))
        };
        let bytes = |key: &str, default: &str| {
            properties.get(key).map_or(default, String::as_str).as_bytes().to_vec()
        };
        let deserializer =
            |key: &str| match properties.get(key).map(|class| (class, Deserializer::named(class))) {
                None => Deserializer::Bytes,
                Some((_, Some(known))) => known,
                Some((class, None)) => {
                    eprintln!("ERROR Unable to instantiate a deserializer from {class}");
                    Deserializer::Bytes
                }
            };
        Self {
            timestamp: flag("print.timestamp", false),
            partition: flag("print.partition", false),
            offset: flag("print.offset", false),
            delivery: flag("print.delivery", false),
            epoch: flag("print.epoch", false),
            headers: flag("print.headers", false),
            key: flag("print.key", false),
            value: flag("print.value", true),
            between: bytes("key.separator", "\t"),
            line_end: bytes("line.separator", "\n"),
            between_headers: bytes("headers.separator", ","),
            null: bytes("null.literal", "null"),
            as_key: deserializer("key.deserializer"),
            as_value: deserializer("value.deserializer"),
            as_header: deserializer("headers.deserializer"),
        }
    }

    fn write(
        &self,
        out: &mut Vec<u8>,
        partition: i32,
        kind: TimestampType,
        record: &Record<'_>,
    ) -> Result<(), String> {
        let shown = [
            self.timestamp,
            self.partition,
            self.offset,
            self.delivery,
            self.epoch,
            self.headers,
            self.key,
            self.value,
        ];
        for (column, _) in shown.iter().enumerate().filter(|(_, shown)| **shown) {
            match column {
                0 if record.timestamp < 0 => out.extend_from_slice(b"NO_TIMESTAMP"),
                0 => out.extend_from_slice(format!("{kind:?}:{}", record.timestamp).as_bytes()),
                1 => out.extend_from_slice(format!("Partition:{partition}").as_bytes()),
                2 => out.extend_from_slice(format!("Offset:{}", record.offset).as_bytes()),
                // Kafka's tool hands neither on to its formatter.
                3 => out.extend_from_slice(b"Delivery:NOT_PRESENT"),
                4 => out.extend_from_slice(b"Epoch:NOT_PRESENT"),
                5 => self.write_headers(out, record)?,
                6 => self.as_key.write(out, record.key.unwrap_or(&self.null))?,
                _ => self.as_value.write(out, record.value.unwrap_or(&self.null))?,
            }
            let is_last = !shown[column + 1..].contains(&true);
            out.extend_from_slice(if is_last { &self.line_end } else { &self.between });
        }
        Ok(())
    }

    fn write_headers(&self, out: &mut Vec<u8>, record: &Record<'_>) -> Result<(), String> {
        if record.headers.is_empty() {
            out.extend_from_slice(b"NO_HEADERS");
        }
        for (nth, header) in record.headers.enumerate() {
            if nth > 0 {
                out.extend_from_slice(&self.between_headers);
            }
            out.extend_from_slice(header.key_text().as_bytes());
            out.push(b':');
            self.as_header.write(out, header.value.unwrap_or(&self.null))?;
        }
        Ok(())
    }
}

/// Of `org.apache.kafka.common.serialization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deserializer {
    /// As they are.
    Bytes,
    String,
    Short,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Uuid,
}

impl Deserializer {
    fn named(class: &str) -> Option<Self> {
        let name =
            class.strip_prefix("org.apache.kafka.common.serialization.")?.strip_suffix("Deserializer")?;
        Some(match name {
            "ByteArray" | "Bytes" | "ByteBuffer" => Self::Bytes,
            "String" => Self::String,
            "Short" => Self::Short,
            "Integer" => Self::Integer,
            "Long" => Self::Long,
            "Float" => Self::Float,
            "Double" => Self::Double,
            "Boolean" => Self::Boolean,
            "UUID" => Self::Uuid,
            _ => return None,
        })
    }

    fn write(self, out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), String> {
        let text = match self {
            Self::Bytes => {
                out.extend_from_slice(bytes);
                return Ok(());
            }
            Self::String => String::from_utf8_lossy(bytes).into_owned(),
            Self::Short => i16::from_be_bytes(self.exactly(bytes)?).to_string(),
            Self::Integer => i32::from_be_bytes(self.exactly(bytes)?).to_string(),
            Self::Long => i64::from_be_bytes(self.exactly(bytes)?).to_string(),
            Self::Float => format!("{:?}", f32::from_be_bytes(self.exactly(bytes)?)),
            Self::Double => java_double(f64::from_be_bytes(self.exactly(bytes)?)),
            Self::Boolean => match self.exactly(bytes)? {
                [0] => "false".to_owned(),
                [1] => "true".to_owned(),
                [other] => return Err(format!("Unexpected byte received by BooleanDeserializer: {other}")),
            },
            Self::Uuid => {
                let text = std::str::from_utf8(bytes).ok().and_then(|text| uuid::Uuid::parse_str(text).ok());
                text.ok_or_else(|| "Error parsing data into UUID".to_owned())?.to_string()
            }
        };
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn exactly<const N: usize>(self, bytes: &[u8]) -> Result<[u8; N], String> {
        bytes
            .try_into()
            .map_err(|_| format!("Size of data received by {self:?}Deserializer is {}, not {N}", bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::client::producer::Header;
    use records::{BatchBuilder, Codec, Compression, NewRecord};

    /// What is written of one record: offset 0, timestamp 5, key `k`, the value, headers.
    fn written(properties: &str, value: Option<&[u8]>, headers: &[Header<'_>]) -> Result<String, String> {
        let pairs = properties.split(' ').filter_map(|pair| pair.split_once('='));
        let pairs: Pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let mut builder = BatchBuilder::new(Codec::new(Compression::None));
        builder.append(&NewRecord { timestamp: 5, key: Some(b"k"), value, headers }).unwrap();
        let batch = records::RecordBatch::parse(builder.build()).unwrap();
        let records = batch.records(1 << 20).unwrap();
        let mut out = Vec::new();
        let record = records.iter().next().unwrap().unwrap();
        Formatter::named(None, &pairs)?.write(&mut out, 3, TimestampType::CreateTime, &record)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn columns_are_printed_in_kafkas_order() {
        let header = |key: &'static str, value: Option<&'static [u8]>| Header { key: key.as_bytes(), value };
        let two = [header("a", Some(b"1")), header("b", None)];
        let all = "print.timestamp=true print.partition=true print.offset=true print.delivery=true print.epoch=true \
                   print.headers=true print.key=true";
        for (properties, value, headers, expected) in [
            ("", Some(&b"v"[..]), &[][..], "v\n"),
            ("print.key=true", Some(b"v"), &[], "k\tv\n"),
            ("print.key=true print.value=false", Some(b"v"), &[], "k\n"),
            ("null.literal=none", None, &[], "none\n"),
            (
                all,
                Some(b"v"),
                &two,
                "CreateTime:5\tPartition:3\tOffset:0\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT\ta:1,b:null\tk\tv\n",
            ),
            ("print.headers=TRUE key.separator=; line.separator=|", Some(b"v"), &[], "NO_HEADERS;v|"),
        ] {
            assert_eq!(written(properties, value, headers).as_deref(), Ok(expected), "{properties}");
        }
    }

    #[test]
    fn values_are_read_as_their_class_says() {
        for (class, value, expected) in [
            ("String", &b"v"[..], Ok("v\n")),
            ("Integer", &[0, 0, 1, 0], Ok("256\n")),
            ("Long", &[0xff; 8], Ok("-1\n")),
            ("Double", &1.5f64.to_be_bytes(), Ok("1.5\n")),
            ("Boolean", &[1], Ok("true\n")),
            ("Integer", b"v", Err("Size of data received by IntegerDeserializer is 1, not 4")),
        ] {
            let properties =
                format!("value.deserializer=org.apache.kafka.common.serialization.{class}Deserializer");
            let found = written(&properties, Some(value), &[]);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{class}");
        }
    }
}
