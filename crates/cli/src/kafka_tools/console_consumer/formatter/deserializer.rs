//! What a key or a value is read as.
use crate::kafka_tools::render::{java_double, java_float};

/// Of `org.apache.kafka.common.serialization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deserializer {
    /// As they are; Java would print where in its memory they lie.
    ByteArray,
    /// What cannot be printed by its number.
    Bytes,
    ByteBuffer,
    Void,
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
    pub(super) fn named(class: &str) -> Option<Self> {
        let name =
            class.strip_prefix("org.apache.kafka.common.serialization.")?.strip_suffix("Deserializer")?;
        Some(match name {
            "ByteArray" => Self::ByteArray,
            "Bytes" => Self::Bytes,
            "ByteBuffer" => Self::ByteBuffer,
            "Void" => Self::Void,
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

    pub(super) fn write(self, out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), String> {
        let text = match self {
            Self::ByteArray => {
                out.extend_from_slice(bytes);
                return Ok(());
            }
            Self::Bytes => printable(bytes),
            Self::ByteBuffer => {
                let length = bytes.len();
                format!("java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]")
            }
            Self::Void => return Err("Data should be null for a VoidDeserializer.".to_owned()),
            Self::String => String::from_utf8_lossy(bytes).into_owned(),
            Self::Short => i16::from_be_bytes(self.exactly(bytes)?).to_string(),
            Self::Integer => i32::from_be_bytes(self.exactly(bytes)?).to_string(),
            Self::Long => i64::from_be_bytes(self.exactly(bytes)?).to_string(),
            Self::Float => java_float(f32::from_be_bytes(self.exactly(bytes)?)),
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

fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\x5C"),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\x{byte:02X}")),
        }
    }
    text
}
