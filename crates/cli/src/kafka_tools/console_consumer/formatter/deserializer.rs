//! What a key or a value is read as.
use crate::kafka_tools::render::java_double;

/// Of `org.apache.kafka.common.serialization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deserializer {
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
    pub(super) fn named(class: &str) -> Option<Self> {
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

    pub(super) fn write(self, out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), String> {
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
