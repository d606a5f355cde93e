//! Stored messages as Kafka's tools print them: JSON with the fields of the version, a tagged one only where it is set.
use base::TopicId;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use protocol::layout::{Base, Field, Initial, Layout};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use wire::{DecodeError, Reader};

/// Takes a message off the front of the reader.
pub(super) fn read(layout: &Layout, reader: &mut Reader, version: i16) -> Result<Value, DecodeError> {
    if !layout.has(version) {
        return Err(DecodeError::UnsupportedVersion { message: layout.name, version });
    }
    let is_flexible = layout.flexible.is_some_and(|first| version >= first);
    Form { layout, version, is_flexible }.structure(0, reader)
}

pub(super) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[derive(Clone, Copy)]
struct Form<'a> {
    layout: &'a Layout,
    version: i16,
    is_flexible: bool,
}

impl Form<'_> {
    fn structure(self, number: usize, reader: &mut Reader) -> Result<Value, DecodeError> {
        let all = self.layout.structs.get(number).copied().unwrap_or_default();
        let fields = || all.iter().filter(|field| field.is_in(self.version));
        let mut found: BTreeMap<&str, Value> = BTreeMap::new();
        for field in fields().filter(|field| field.tag.is_none()) {
            found.insert(field.name, self.field(field, reader)?);
        }
        if self.is_flexible {
            reader.read_tagged_fields(|tag, reader| {
                let Some(field) = fields().find(|field| field.tag == Some(tag)) else { return Ok(false) };
                let value = match field.base {
                    Base::Struct(_) if !field.array && field.nullable && reader.read_varint()? == 0 => {
                        Value::Null
                    }
                    Base::Struct(number) if !field.array => self.structure(number, reader)?,
                    _ => self.field(field, reader)?,
                };
                if initial(field).is_none_or(|initial| value != initial) {
                    found.insert(field.name, value);
                }
                Ok(true)
            })?;
        }
        // In the order of the message, wherever they stood.
        let named = fields().filter_map(|field| Some((camel(field.name), found.remove(field.name)?)));
        Ok(Value::Object(named.collect::<Map<_, _>>()))
    }

    fn field(self, field: &Field, reader: &mut Reader) -> Result<Value, DecodeError> {
        if field.array {
            let Some(count) = reader.read_array_len(self.is_flexible)? else { return null(field) };
            let items: Result<Vec<Value>, DecodeError> =
                (0..count).map(|_| self.item(field, false, reader)).collect();
            return items.map(Value::Array);
        }
        match self.item(field, field.nullable, reader)? {
            Value::Null => null(field),
            value => Ok(value),
        }
    }

    fn item(self, field: &Field, nullable: bool, reader: &mut Reader) -> Result<Value, DecodeError> {
        let is_flexible = self.is_flexible;
        Ok(match field.base {
            Base::Bool => reader.read_bool()?.into(),
            Base::Int8 => reader.read_i8()?.into(),
            Base::Int16 => reader.read_i16()?.into(),
            Base::Uint16 => reader.read_u16()?.into(),
            Base::Int32 => reader.read_i32()?.into(),
            Base::Int64 => reader.read_i64()?.into(),
            Base::Float64 => reader.read_f64()?.into(),
            Base::Uuid => TopicId(reader.read_uuid()?).to_string().into(),
            Base::String => {
                let text = reader.read_nullable_string(is_flexible)?;
                text.map_or(Value::Null, |text| text.as_str().into())
            }
            Base::Bytes => {
                let bytes = reader.read_nullable_bytes(is_flexible)?;
                bytes.map_or(Value::Null, |bytes| STANDARD.encode(bytes).into())
            }
            Base::Struct(_) if nullable && reader.read_i8()? < 0 => Value::Null,
            Base::Struct(number) => self.structure(number, reader)?,
        })
    }
}

fn null(field: &Field) -> Result<Value, DecodeError> {
    match field.nullable {
        true => Ok(Value::Null),
        false => Err(DecodeError::UnexpectedNull),
    }
}

/// What a field has that is not there; `None` for a struct, whose fields then have theirs.
fn initial(field: &Field) -> Option<Value> {
    Some(match (field.default, field.array, field.base) {
        (Initial::Null, ..) => Value::Null,
        (Initial::True, ..) => true.into(),
        (Initial::Number(number), _, Base::Float64) => (number as f64).into(),
        (Initial::Number(number), ..) => number.into(),
        (Initial::Zero, true, _) => Value::Array(Vec::new()),
        (Initial::Zero, _, Base::Bool) => false.into(),
        (Initial::Zero, _, Base::Float64) => 0.0.into(),
        (Initial::Zero, _, Base::Uuid) => TopicId(uuid::Uuid::nil()).to_string().into(),
        (Initial::Zero, _, Base::String | Base::Bytes) => "".into(),
        (Initial::Zero, _, Base::Struct(_)) => return None,
        (Initial::Zero, ..) => 0.into(),
    })
}

/// `commit_timestamp` is `commitTimestamp`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = match words.next().unwrap_or_default() {
        "kraft" => "kRaft".to_owned(),
        other => other.to_owned(),
    };
    words.fold(first, |text, word| {
        let (initial, rest) = word.split_at(1.min(word.len()));
        text + &initial.to_ascii_uppercase() + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        Message,
        group_records::{OffsetCommitValue, consumer_group_member_metadata_value as member},
        layout::Kind,
        layouts::{GROUP_RECORDS, METADATA_RECORDS},
        metadata_records::PartitionChangeRecord,
    };

    fn shown<M: Message>(layouts: &[Layout], message: &M, version: i16) -> String {
        let layout = layouts.iter().find(|layout| layout.name == M::NAME).unwrap();
        let mut reader = Reader::new(message.to_bytes(version).unwrap());
        let value = read(layout, &mut reader, version).unwrap();
        reader.finish().unwrap();
        value.to_string()
    }

    #[test]
    fn fields_are_those_of_the_version() {
        let mut value = OffsetCommitValue {
            offset: 5,
            leader_epoch: 7,
            metadata: "m\"".into(),
            commit_timestamp: 9,
            ..OffsetCommitValue::default()
        };
        for (version, expected) in [
            (0, r#"{"offset":5,"metadata":"m\"","commitTimestamp":9}"#),
            (1, r#"{"offset":5,"metadata":"m\"","commitTimestamp":9,"expireTimestamp":-1}"#),
            (3, r#"{"offset":5,"leaderEpoch":7,"metadata":"m\"","commitTimestamp":9}"#),
            (4, r#"{"offset":5,"leaderEpoch":7,"metadata":"m\"","commitTimestamp":9}"#),
        ] {
            assert_eq!(shown(GROUP_RECORDS, &value, version), expected, "{version}");
        }
        value.topic_id = uuid::Uuid::from_u128(1);
        let expected = r#"{"offset":5,"leaderEpoch":7,"metadata":"m\"","commitTimestamp":9,"topicId":"AAAAAAAAAAAAAAAAAAAAAQ"}"#;
        assert_eq!(shown(GROUP_RECORDS, &value, 4), expected);
    }

    #[test]
    fn null_and_nested_fields() {
        let mut value = member::ConsumerGroupMemberMetadataValue {
            instance_id: None,
            client_id: "c".into(),
            client_host: "h".into(),
            subscribed_topic_names: vec!["t".into()],
            ..Default::default()
        };
        let before = r#"{"instanceId":null,"rackId":"","clientId":"c","clientHost":"h","subscribedTopicNames":["t"],"subscribedTopicRegex":"","rebalanceTimeoutMs":-1,"serverAssignor":"""#;
        let expected = |rest: &str| format!("{before}{rest}}}");
        // What is not there is a struct of defaults, which is not null.
        assert_eq!(shown(GROUP_RECORDS, &value, 0), expected(""));
        value.classic_member_metadata = None;
        let rest = r#","classicMemberMetadata":null"#;
        assert_eq!(shown(GROUP_RECORDS, &value, 0), expected(rest));
        value.classic_member_metadata = Some(member::ClassicMemberMetadata {
            session_timeout_ms: 3,
            supported_protocols: vec![member::ClassicProtocol {
                name: "range".into(),
                metadata: vec![0, 1].into(),
            }],
        });
        let rest = r#","classicMemberMetadata":{"sessionTimeoutMs":3,"supportedProtocols":[{"name":"range","metadata":"AAE="}]}"#;
        assert_eq!(shown(GROUP_RECORDS, &value, 0), expected(rest));
    }

    #[test]
    fn tagged_fields_are_shown_where_they_are_set() {
        let mut change = PartitionChangeRecord { partition_id: 1, ..Default::default() };
        let id = "AAAAAAAAAAAAAAAAAAAAAA";
        let plain = format!(r#"{{"partitionId":1,"topicId":"{id}"}}"#);
        assert_eq!(shown(METADATA_RECORDS, &change, 2), plain);
        (change.leader, change.isr) = (3, Some(vec![3]));
        let set = format!(r#"{{"partitionId":1,"topicId":"{id}","isr":[3],"leader":3}}"#);
        assert_eq!(shown(METADATA_RECORDS, &change, 2), set);
    }

    #[test]
    fn what_is_cut_off_or_too_new_is_an_error() {
        let layout = GROUP_RECORDS.iter().find(|layout| layout.kind == Kind::Value).unwrap();
        assert!(read(layout, &mut Reader::new(vec![0; 7]), 0).is_err());
        assert!(read(layout, &mut Reader::new(vec![0; 99]), 9).is_err());
    }
}
