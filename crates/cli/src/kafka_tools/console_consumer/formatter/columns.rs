//! The columns of a record, each where it is asked for.
use super::{super::Pairs, deserializer::Deserializer};
use ::client::consumer::{Record, TimestampType};

/// Of Kafka's `DefaultMessageFormatter`.
#[derive(Debug)]
pub(in super::super) struct Columns {
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

impl Columns {
    pub(super) fn new(properties: &Pairs) -> Self {
        let flag = |key: &str, default: bool| {
            properties.get(key).map_or(default, |value| value.trim().eq_ignore_ascii_case("true"))
        };
        let bytes = |key: &str, default: &str| {
            properties.get(key).map_or(default, String::as_str).as_bytes().to_vec()
        };
        let deserializer =
            |key: &str| match properties.get(key).map(|class| (class, Deserializer::named(class))) {
                None => Deserializer::ByteArray,
                Some((_, Some(known))) => known,
                Some((class, None)) => {
                    eprintln!("ERROR Unable to instantiate a deserializer from {class}");
                    Deserializer::ByteArray
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

    pub(super) fn write(
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
        Columns::new(&pairs).write(&mut out, 3, TimestampType::CreateTime, &record)?;
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
            ("Double", &f64::INFINITY.to_be_bytes(), Ok("Infinity\n")),
            ("Float", &1e10f32.to_be_bytes(), Ok("1.0E10\n")),
            ("Boolean", &[1], Ok("true\n")),
            ("ByteArray", b"v", Ok("v\n")),
            ("Bytes", &[b'v', b'\\', 0x0f], Ok("v\\x5C\\x0F\n")),
            ("ByteBuffer", b"abc", Ok("java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]\n")),
            ("Void", b"", Err("Data should be null for a VoidDeserializer.")),
            ("Integer", b"v", Err("Size of data received by IntegerDeserializer is 1, not 4")),
        ] {
            let properties =
                format!("value.deserializer=org.apache.kafka.common.serialization.{class}Deserializer");
            let found = written(&properties, Some(value), &[]);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{class}");
        }
    }
}
