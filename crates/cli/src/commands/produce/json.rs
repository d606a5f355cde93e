//! Records as JSON, one object a line: what `mainstem consume -o json` writes, and what a person would.
//!
//! All fields may be missing. A value that is an object, a list, a number or a truth is sent as its JSON. kcat's names
//! `payload` and `ts` are understood too; what describes where a record was found is passed over.
use crate::text;
use client::producer::Header;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// Name and value.
pub(super) type ParsedHeader<'a> = (Cow<'a, [u8]>, Option<Cow<'a, [u8]>>);

#[derive(Debug, Default)]
pub(super) struct Parsed<'a> {
    pub(super) key: Option<Cow<'a, [u8]>>,
    pub(super) value: Option<Cow<'a, [u8]>>,
    pub(super) partition: Option<i32>,
    /// Milliseconds since 1970.
    pub(super) timestamp: Option<i64>,
    pub(super) headers: Vec<ParsedHeader<'a>>,
}

impl Parsed<'_> {
    pub(super) fn headers(&self) -> Vec<Header<'_>> {
        self.headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect()
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    key: Field<'a>,
    #[serde(borrow)]
    key_base64: Option<Cow<'a, str>>,
    #[serde(borrow, default, alias = "payload")]
    value: Field<'a>,
    #[serde(borrow)]
    value_base64: Option<Cow<'a, str>>,
    partition: Option<i32>,
    #[serde(alias = "ts")]
    timestamp: Option<i64>,
    #[serde(borrow, default)]
    headers: Headers<'a>,
}

/// Text is kept where it stands in the line, unless it has escapes.
#[derive(Debug, Default)]
enum Field<'a> {
    #[default]
    Null,
    Text(Cow<'a, str>),
    Other(Value),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Headers<'a> {
    #[serde(borrow)]
    List(Vec<OneHeader<'a>>),
    Object(serde_json::Map<String, Value>),
    Null(()),
}

impl Default for Headers<'_> {
    fn default() -> Self {
        Self::Null(())
    }
}

#[derive(Deserialize)]
struct OneHeader<'a> {
    key: String,
    #[serde(borrow, default)]
    value: Field<'a>,
    value_base64: Option<String>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Field<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Field<'de>, E> {
                Ok(Field::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Field<'de>, E> {
                Ok(Field::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Field<'de>, E> {
                Ok(Field::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Field<'de>, E> {
                Ok(Field::Other(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Field<'de>, E> {
                Ok(Field::Other(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Field<'de>, E> {
                Ok(Field::Other(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Field<'de>, E> {
                Ok(Field::Other(value.into()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, items: A) -> Result<Field<'de>, A::Error> {
                Value::deserialize(de::value::SeqAccessDeserializer::new(items)).map(Field::Other)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, fields: A) -> Result<Field<'de>, A::Error> {
                Value::deserialize(de::value::MapAccessDeserializer::new(fields)).map(Field::Other)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl<'a> Field<'a> {
    /// Its bytes; those of `base64` instead, where that is given.
    fn bytes(self, base64: Option<&str>, name: &str) -> Result<Option<Cow<'a, [u8]>>, String> {
        if let Some(base64) = base64 {
            let bytes = text::from_base64(base64.as_bytes());
            return bytes
                .map(|bytes| Some(bytes.into()))
                .ok_or_else(|| format!("`{name}_base64` is no base64"));
        }
        Ok(match self {
            Self::Null => None,
            Self::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_bytes())),
            Self::Text(Cow::Owned(text)) => Some(Cow::Owned(text.into_bytes())),
            Self::Other(value) => Some(Cow::Owned(value.to_string().into_bytes())),
        })
    }
}

pub(super) fn parse(line: &[u8]) -> Result<Parsed<'_>, String> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let mut parsed = Parsed {
        key: line.key.bytes(line.key_base64.as_deref(), "key")?,
        value: line.value.bytes(line.value_base64.as_deref(), "value")?,
        partition: line.partition,
        timestamp: line.timestamp,
        headers: Vec::new(),
    };
    match line.headers {
        Headers::Null(()) => {}
        Headers::List(headers) => {
            for header in headers {
                let value = header.value.bytes(header.value_base64.as_deref(), "value")?;
                parsed.headers.push((header.key.into_bytes().into(), value));
            }
        }
        Headers::Object(headers) => {
            for (key, value) in headers {
                let value = match value {
                    Value::Null => None,
                    Value::String(text) => Some(text.into_bytes().into()),
                    other => Some(other.to_string().into_bytes().into()),
                };
                parsed.headers.push((key.into_bytes().into(), value));
            }
        }
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key, value and headers as text.
    fn shown(line: &str) -> Result<String, String> {
        let parsed = parse(line.as_bytes())?;
        let text = |bytes: &Option<Cow<'_, [u8]>>| {
            bytes.as_ref().map_or("null".to_owned(), |bytes| bytes.escape_ascii().to_string())
        };
        let headers =
            parsed.headers.iter().map(|(key, value)| format!("{}={}", key.escape_ascii(), text(value)));
        let headers: Vec<String> = headers.collect();
        let at = (parsed.partition, parsed.timestamp);
        Ok(format!("{} {} {} {at:?}", text(&parsed.key), text(&parsed.value), headers.join(",")))
    }

    #[test]
    fn lines_are_read() {
        for (line, expected) in [
            ("{}", "null null  (None, None)"),
            (r#"{"value":"a"}"#, "null a  (None, None)"),
            (r#"{"key":"k","value":"a\nb","partition":2,"timestamp":5}"#, r"k a\nb  (Some(2), Some(5))"),
            (r#"{"key":null,"payload":"p","ts":7,"offset":3,"broker":1}"#, "null p  (None, Some(7))"),
            (
                r#"{"value":{"b":1,"a":[true,null,1.5]}}"#,
                r#"null {\"b\":1,\"a\":[true,null,1.5]}  (None, None)"#,
            ),
            (r#"{"value":12,"key":false}"#, "false 12  (None, None)"),
            (r#"{"key_base64":"//4=","value":null}"#, r"\xff\xfe null  (None, None)"),
            (
                r#"{"headers":[{"key":"a","value":"1"},{"key":"a","value":null},{"key":"b","value_base64":"/w=="}]}"#,
                r"null null a=1,a=null,b=\xff (None, None)",
            ),
            (r#"{"headers":{"a":"1","b":2,"c":null}}"#, "null null a=1,b=2,c=null (None, None)"),
            (r#"{"headers":null}"#, "null null  (None, None)"),
        ] {
            assert_eq!(shown(line).as_deref(), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for line in
            ["", "a", "[]", "{", r#"{"partition":"x"}"#, r#"{"value_base64":"?"}"#, r#"{"headers":7}"#]
        {
            assert!(shown(line).is_err(), "{line}");
        }
    }
}
