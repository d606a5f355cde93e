//! The records of Kafka's own topics: as JSON, but for those of tiered storage.
use super::{
    super::{Stop, options::Given},
    coordinator::{CoordinatorRecord, Failed},
    frame, json, remote,
};
use protocol::{
    layout::Layout,
    layouts::{
        CONSUMER_PROTOCOL, CONTROL_RECORDS, GROUP_RECORDS, METADATA_RECORDS, SHARE_RECORDS,
        TRANSACTION_RECORDS,
    },
};
use records::ControlType;
use serde_json::{Value, json};
use wire::{DecodeError, Reader};

/// Whose records they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Offsets,
    Transactions,
    ClusterMetadata,
    RemoteLogMetadata,
    ShareGroupState,
}

/// The options, the first of which counts.
pub(super) const OPTIONS: &[(&str, Own)] = &[
    ("offsets-decoder", Own::Offsets),
    ("transaction-log-decoder", Own::Transactions),
    ("cluster-metadata-decoder", Own::ClusterMetadata),
    ("remote-log-metadata-decoder", Own::RemoteLogMetadata),
    ("share-group-state-decoder", Own::ShareGroupState),
];

/// What is printed as key and as payload.
type Shown = (Option<String>, Option<String>);

impl Own {
    pub(super) fn asked_for(given: &Given) -> Option<Self> {
        OPTIONS.iter().find(|(name, _)| given.has(name)).map(|(_, own)| *own)
    }

    pub(super) fn show(self, offset: i64, key: Option<&[u8]>, value: Option<&[u8]>) -> Result<Shown, Stop> {
        let layouts = match self {
            Self::Offsets => GROUP_RECORDS,
            Self::Transactions => TRANSACTION_RECORDS,
            Self::ShareGroupState => SHARE_RECORDS,
            Self::ClusterMetadata => {
                let shown = metadata(value);
                let shown = shown.unwrap_or_else(|reason| format!("Error at {offset}, skipping. {reason}"));
                return Ok((None, Some(shown)));
            }
            Self::RemoteLogMetadata => {
                let shown = remote::show(value);
                let shown =
                    shown.unwrap_or_else(|reason| format!("Error at offset {offset}, skipping. {reason}"));
                return Ok((None, Some(shown)));
            }
        };
        let key = key.ok_or_else(|| {
            Stop::Failed(format!(
                "Failed to decode message at offset {offset} using the specified decoder (message had a missing key)"
            ))
        })?;
        Ok(match of_coordinator(layouts, key, value) {
            Ok((key, payload)) => (Some(key), Some(payload)),
            Err(Failed::Unknown(kind)) => {
                (Some(format!("Unknown record type {kind} at offset {offset}, skipping.")), None)
            }
            Err(Failed::Unreadable(error)) => {
                (Some(format!("Error at offset {offset}, skipping. {error}")), None)
            }
        })
    }
}

fn of_coordinator(
    layouts: &'static [Layout],
    key: &[u8],
    value: Option<&[u8]>,
) -> Result<(String, String), Failed> {
    let CoordinatorRecord { number, key, value } = CoordinatorRecord::read(layouts, key, value)?;
    let key = json!({ "type": number.to_string(), "data": key }).to_string();
    let Some(mut value) = value else { return Ok((key, "<DELETE>".to_owned())) };
    if value.name == "GroupMetadataValue" {
        open_members(&mut value.data);
    }
    Ok((key, json!({ "version": value.version.to_string(), "data": value.data }).to_string()))
}

/// A record of the metadata log has no key: its value says what it is.
fn metadata(value: Option<&[u8]>) -> Result<String, String> {
    frame::read(value, METADATA_RECORDS, |layout, reader, version| {
        let data = json::read(layout, reader, version)?;
        Ok(json!({ "type": constant(layout.name), "version": version, "data": data }).to_string())
    })
}

/// What the metadata quorum notes, after the name that Kafka's tool gives it; `None` for other control records.
pub(super) fn control(kind: ControlType, value: &[u8]) -> Option<Result<String, DecodeError>> {
    let (head, name) = match kind {
        ControlType::LeaderChange => ("LeaderChange:", "LeaderChangeMessage"),
        ControlType::SnapshotHeader => ("SnapshotHeader", "SnapshotHeaderRecord"),
        ControlType::SnapshotFooter => ("SnapshotFooter", "SnapshotFooterRecord"),
        ControlType::KraftVersion => ("KRaftVersion", "KRaftVersionRecord"),
        ControlType::KraftVoters => ("KRaftVoters", "VotersRecord"),
        _ => return None,
    };
    let layout = CONTROL_RECORDS.iter().find(|layout| layout.name == name)?;
    // It begins with its own version.
    let version = Reader::new(value.to_vec()).read_i16();
    let data = version.and_then(|version| json::read(layout, &mut Reader::new(value.to_vec()), version));
    Some(data.map(|data| format!("{head} {data}")))
}

/// `TopicRecord` is `TOPIC_RECORD`.
fn constant(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

/// What consumers wrote into their group's record is shown too, where it can be read.
fn open_members(data: &mut Value) {
    if data["protocolType"] != "consumer" {
        return;
    }
    for member in data["members"].as_array_mut().into_iter().flatten() {
        for (field, name) in
            [("subscription", "ConsumerProtocolSubscription"), ("assignment", "ConsumerProtocolAssignment")]
        {
            let opened = member[field].as_str().and_then(|text| {
                let mut reader = Reader::new(json::base64_bytes(text)?);
                let layout = CONSUMER_PROTOCOL.iter().find(|layout| layout.name == name)?;
                let version = reader.read_i16().ok()?;
                json::read(layout, &mut reader, version).ok()
            });
            if let Some(opened) = opened {
                member[field] = opened;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        Message,
        consumer_protocol::ConsumerProtocolAssignment,
        control_records::LeaderChangeMessage,
        group_records::{GroupMetadataKey, GroupMetadataValue, group_metadata_value::MemberMetadata},
        to_record_key, to_record_value,
        transaction_records::{TransactionLogKey, TransactionLogValue},
    };

    fn shown(own: Own, key: Option<&[u8]>, value: Option<&[u8]>) -> Result<Shown, Stop> {
        own.show(7, key, value)
    }

    #[test]
    fn groups_are_shown_with_their_members() {
        let key = to_record_key(&GroupMetadataKey { group: "g".into() }).unwrap();
        let assignment = ConsumerProtocolAssignment::default().to_bytes(1).unwrap();
        let member = MemberMetadata {
            member_id: "m".into(),
            subscription: vec![9].into(),
            assignment: [&[0, 1], &assignment[..]].concat().into(),
            ..Default::default()
        };
        let value = GroupMetadataValue {
            protocol_type: "consumer".into(),
            members: vec![member],
            ..Default::default()
        };
        let value = to_record_value(&value, 3).unwrap();
        let (key_text, payload) = shown(Own::Offsets, Some(&key), Some(&value)).unwrap();
        assert_eq!(key_text.as_deref(), Some(r#"{"type":"2","data":{"group":"g"}}"#));
        let payload = payload.unwrap();
        for part in [
            r#"{"version":"3","data":{"protocolType":"consumer","#,
            r#""subscription":"CQ==","assignment":{"assignedPartitions":[],"userData":null}}"#,
        ] {
            assert!(payload.contains(part), "{payload}");
        }
        assert_eq!(shown(Own::Offsets, Some(&key), None).unwrap().1.as_deref(), Some("<DELETE>"));
    }

    #[test]
    fn the_state_of_a_transaction_has_its_name() {
        let key = to_record_key(&TransactionLogKey { transactional_id: "x".into() }).unwrap();
        for (transaction_status, name) in [(0, "Empty"), (4, "CompleteCommit"), (99, "99")] {
            let value = TransactionLogValue { transaction_status, ..Default::default() };
            let value = to_record_value(&value, 0).unwrap();
            let (_, payload) = shown(Own::Transactions, Some(&key), Some(&value)).unwrap();
            let part = format!(r#""transactionStatus":"{name}","#);
            assert!(payload.as_deref().unwrap().contains(&part), "{payload:?}");
        }
    }

    #[test]
    fn records_of_metadata_say_what_they_are() {
        for (value, expected) in [
            (&[1, 20, 0, 0][..], r#"{"type":"NO_OP_RECORD","version":0,"data":{}}"#),
            (&[1, 9, 0], "Error at 7, skipping. "),
            (&[1, 99, 0], "Error at 7, skipping. "),
            (&[], "Error at 7, skipping. "),
        ] {
            let (key, payload) = shown(Own::ClusterMetadata, None, Some(value)).unwrap();
            assert_eq!(key, None);
            assert!(payload.as_deref().unwrap().starts_with(expected), "{payload:?}");
        }
    }

    #[test]
    fn records_of_tiered_storage_have_no_key() {
        let reason = "Error while reading type";
        let expected = format!("Error at offset 7, skipping. {reason}");
        assert_eq!(shown(Own::RemoteLogMetadata, Some(b"key"), Some(&[1])).unwrap(), (None, Some(expected)));
    }

    #[test]
    fn notes_of_the_quorum_are_shown() {
        let message = LeaderChangeMessage { leader_id: 1, ..Default::default() }.to_bytes(0).unwrap();
        let expected = r#"LeaderChange: {"version":0,"leaderId":1,"voters":[],"grantingVoters":[]}"#;
        assert_eq!(control(ControlType::LeaderChange, &message).unwrap().unwrap(), expected);
        assert!(control(ControlType::LeaderChange, &[0]).unwrap().is_err());
        assert!(control(ControlType::Commit, &message).is_none());
    }

    #[test]
    fn what_is_of_another_kind_is_told_by_offset() {
        for (key, expected) in [
            (&[0, 99][..], "Unknown record type 99 at offset 7, skipping."),
            (&[0], "Error at offset 7, skipping. "),
            (&[0, 2, 0, 9, 1], "Error at offset 7, skipping. "),
        ] {
            let (key, payload) = shown(Own::Offsets, Some(key), Some(&[])).unwrap();
            assert!(key.as_deref().unwrap().starts_with(expected), "{key:?}");
            assert_eq!(payload, None);
        }
        assert!(shown(Own::Offsets, None, None).unwrap_err().message().contains("a missing key"));
    }
}
