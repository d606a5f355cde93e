//! The records of `__remote_log_metadata`, as Java prints the objects that Kafka makes of them (KIP-405).
//!
//! Kafka refuses some that can be read, as no segment is like that; they are shown with its reason.
use super::frame;
use base::TopicId;
use protocol::{
    layouts::REMOTE_LOG_METADATA_RECORDS,
    remote_log_metadata_records::{
        RemoteLogMetadataRecord, RemoteLogSegmentMetadataRecord, RemoteLogSegmentMetadataSnapshotRecord,
        RemoteLogSegmentMetadataUpdateRecord, RemotePartitionDeleteMetadataRecord,
    },
};
use std::{collections::BTreeMap, fmt::Display};
use uuid::Uuid;

/// By their numbers.
const SEGMENT_STATES: [&str; 4] =
    ["COPY_SEGMENT_STARTED", "COPY_SEGMENT_FINISHED", "DELETE_SEGMENT_STARTED", "DELETE_SEGMENT_FINISHED"];
const DELETE_STATES: [&str; 3] =
    ["DELETE_PARTITION_MARKED", "DELETE_PARTITION_STARTED", "DELETE_PARTITION_FINISHED"];

/// What is printed of a value, or why Kafka can make nothing of it.
pub(in crate::kafka_tools) fn show(value: Option<&[u8]>) -> Result<String, String> {
    let record = frame::read(value, REMOTE_LOG_METADATA_RECORDS, |layout, reader, version| {
        RemoteLogMetadataRecord::decode(layout.number.unwrap_or(-1), reader, version)
    })?;
    match record {
        RemoteLogMetadataRecord::RemoteLogSegmentMetadata(record) => segment(&record),
        RemoteLogMetadataRecord::RemoteLogSegmentMetadataUpdate(record) => update(&record),
        RemoteLogMetadataRecord::RemotePartitionDeleteMetadata(record) => delete(&record),
        RemoteLogMetadataRecord::RemoteLogSegmentMetadataSnapshot(record) => snapshot(&record),
    }
}

fn segment(record: &RemoteLogSegmentMetadataRecord) -> Result<String, String> {
    let (start, end) = (record.start_offset, record.end_offset);
    if start < 0 {
        return Err(format!(
            "Unexpected start offset = {start}. StartOffset for a remote segment cannot be negative"
        ));
    }
    if end < start {
        return Err(format!(
            "Unexpected end offset = {end}. EndOffset for a remote segment cannot be less than startOffset = {start}"
        ));
    }
    let epochs = record.segment_leader_epochs.iter().map(|entry| (entry.leader_epoch, entry.offset));
    let epochs = leader_epochs(epochs)?;
    let state = segment_state(record.remote_log_segment_state)?;
    let id = &record.remote_log_segment_id;
    let partition = &id.topic_id_partition;
    Ok(object(
        "RemoteLogSegmentMetadata",
        &[
            (
                "remoteLogSegmentId",
                &segment_id(&topic_partition(partition.id, &partition.name, partition.partition), id.id),
            ),
            ("startOffset", &start),
            ("endOffset", &end),
            ("brokerId", &record.broker_id),
            ("maxTimestampMs", &record.max_timestamp_ms),
            ("eventTimestampMs", &record.event_timestamp_ms),
            ("segmentLeaderEpochs", &epochs),
            ("segmentSizeInBytes", &record.segment_size_in_bytes),
            ("customMetadata", &custom_metadata(record.custom_metadata.as_deref())),
            ("state", &state),
            ("txnIdxEmpty", &record.txn_index_empty),
        ],
    ))
}

fn update(record: &RemoteLogSegmentMetadataUpdateRecord) -> Result<String, String> {
    let state = segment_state(record.remote_log_segment_state)?;
    let id = &record.remote_log_segment_id;
    let partition = &id.topic_id_partition;
    Ok(object(
        "RemoteLogSegmentMetadataUpdate",
        &[
            (
                "remoteLogSegmentId",
                &segment_id(&topic_partition(partition.id, &partition.name, partition.partition), id.id),
            ),
            ("customMetadata", &custom_metadata(record.custom_metadata.as_deref())),
            ("state", &state),
            ("eventTimestampMs", &record.event_timestamp_ms),
            ("brokerId", &record.broker_id),
        ],
    ))
}

fn delete(record: &RemotePartitionDeleteMetadataRecord) -> Result<String, String> {
    // Java says no more of it.
    let state = named(&DELETE_STATES, record.remote_partition_delete_state).ok_or("null")?;
    let partition = &record.topic_id_partition;
    Ok(object(
        "RemotePartitionDeleteMetadata",
        &[
            ("topicPartition", &topic_partition(partition.id, &partition.name, partition.partition)),
            ("state", &state),
            ("eventTimestampMs", &record.event_timestamp_ms),
            ("brokerId", &record.broker_id),
        ],
    ))
}

/// Its broker and its time are not shown.
fn snapshot(record: &RemoteLogSegmentMetadataSnapshotRecord) -> Result<String, String> {
    let state = segment_state(record.remote_log_segment_state)?;
    let epochs = record.segment_leader_epochs.iter().map(|entry| (entry.leader_epoch, entry.offset));
    let epochs = leader_epochs(epochs)?;
    Ok(object(
        "RemoteLogSegmentMetadataSnapshot",
        &[
            ("segmentId", &TopicId(record.segment_id)),
            ("startOffset", &record.start_offset),
            ("endOffset", &record.end_offset),
            ("maxTimestampMs", &record.max_timestamp_ms),
            ("segmentLeaderEpochs", &epochs),
            ("segmentSizeInBytes", &record.segment_size_in_bytes),
            ("customMetadata", &custom_metadata(record.custom_metadata.as_deref())),
            ("state", &state),
            ("txnIdxEmpty", &record.txn_index_empty),
        ],
    ))
}

/// `Name{first=1, second=2}`.
fn object(name: &str, fields: &[(&str, &dyn Display)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{name}{{{}}}", fields.join(", "))
}

fn topic_partition(id: Uuid, name: &str, partition: i32) -> String {
    format!("{}:{name}-{partition}", TopicId(id))
}

fn segment_id(topic_partition: &str, id: Uuid) -> String {
    object("RemoteLogSegmentId", &[("topicIdPartition", &topic_partition), ("id", &TopicId(id))])
}

/// In their order; of two of the same epoch the last counts.
fn leader_epochs(entries: impl Iterator<Item = (i32, i64)>) -> Result<String, String> {
    let entries: BTreeMap<i32, i64> = entries.collect();
    if entries.is_empty() {
        return Err("segmentLeaderEpochs can not be null or empty".to_owned());
    }
    let entries: Vec<String> = entries.iter().map(|(epoch, offset)| format!("{epoch}={offset}")).collect();
    Ok(format!("{{{}}}", entries.join(", ")))
}

fn custom_metadata(bytes: Option<&[u8]>) -> String {
    bytes.map_or_else(
        || "Optional.empty".to_owned(),
        |bytes| format!("Optional[CustomMetadata{{{} bytes}}]", bytes.len()),
    )
}

fn segment_state(number: i8) -> Result<&'static str, String> {
    named(&SEGMENT_STATES, number).ok_or_else(|| "state can not be null".to_owned())
}

fn named(names: &[&'static str], number: i8) -> Option<&'static str> {
    names.get(usize::try_from(number).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        Record,
        remote_log_metadata_records::{
            remote_log_segment_metadata_record as of_segment,
            remote_log_segment_metadata_snapshot_record as of_snapshot,
            remote_log_segment_metadata_update_record as of_update,
            remote_partition_delete_metadata_record as of_delete,
        },
    };

    const TOPIC: Uuid = Uuid::from_u128(0x1000_0000_0000_0000_0000);
    const SEGMENT: Uuid = Uuid::from_u128(u128::MAX);

    /// What is shown of a record, which is what Kafka's tool shows of the same bytes.
    fn shown<R: Record>(record: &R) -> Result<String, String> {
        let number = u8::try_from(R::KEY).unwrap();
        show(Some(&[&[1, number, 0], &record.to_bytes(0).unwrap()[..]].concat()))
    }

    #[track_caller]
    fn check<R: Record>(record: &R, expected: Result<&str, &str>) {
        assert_eq!(shown(record).as_deref().map_err(String::as_str), expected);
    }

    fn segment() -> RemoteLogSegmentMetadataRecord {
        let epoch = |leader_epoch, offset| of_segment::SegmentLeaderEpochEntry { leader_epoch, offset };
        RemoteLogSegmentMetadataRecord {
            remote_log_segment_id: of_segment::RemoteLogSegmentIdEntry {
                topic_id_partition: of_segment::TopicIdPartitionEntry {
                    name: "t".into(),
                    id: TOPIC,
                    partition: 3,
                },
                id: SEGMENT,
            },
            start_offset: 5,
            end_offset: 9,
            broker_id: 1,
            max_timestamp_ms: -1,
            event_timestamp_ms: 1_700_000_000_000,
            segment_leader_epochs: vec![epoch(2, 7), epoch(0, 0), epoch(2, 8)],
            segment_size_in_bytes: 100,
            custom_metadata: None,
            remote_log_segment_state: 0,
            txn_index_empty: false,
        }
    }

    #[test]
    fn a_segment() {
        let before = "RemoteLogSegmentMetadata{remoteLogSegmentId=RemoteLogSegmentId{topicIdPartition=\
                      AAAAAAAAEAAAAAAAAAAAAA:t-3, id=_____________________w}, startOffset=5, endOffset=9, brokerId=1, \
                      maxTimestampMs=-1, eventTimestampMs=1700000000000, segmentLeaderEpochs={0=0, 2=8}, \
                      segmentSizeInBytes=100, ";
        let mut record = segment();
        let rest = "customMetadata=Optional.empty, state=COPY_SEGMENT_STARTED, txnIdxEmpty=false}";
        check(&record, Ok(&format!("{before}{rest}")));
        record.custom_metadata = Some(vec![1, 2].into());
        (record.remote_log_segment_state, record.txn_index_empty) = (3, true);
        let rest = "customMetadata=Optional[CustomMetadata{2 bytes}], state=DELETE_SEGMENT_FINISHED, txnIdxEmpty=true}";
        check(&record, Ok(&format!("{before}{rest}")));
    }

    #[test]
    fn a_segment_that_cannot_be() {
        let changed = |change: fn(&mut RemoteLogSegmentMetadataRecord)| {
            let mut record = segment();
            change(&mut record);
            record
        };
        let negative = "Unexpected start offset = -1. StartOffset for a remote segment cannot be negative";
        let before =
            "Unexpected end offset = 4. EndOffset for a remote segment cannot be less than startOffset = 5";
        let no_epochs = "segmentLeaderEpochs can not be null or empty";
        for (record, reason) in [
            (changed(|record| record.start_offset = -1), negative),
            (changed(|record| record.end_offset = 4), before),
            (changed(|record| record.segment_leader_epochs.clear()), no_epochs),
            (changed(|record| record.remote_log_segment_state = 4), "state can not be null"),
            (changed(|record| record.remote_log_segment_state = -1), "state can not be null"),
        ] {
            check(&record, Err(reason));
        }
    }

    #[test]
    fn an_update() {
        let mut record = RemoteLogSegmentMetadataUpdateRecord {
            remote_log_segment_id: of_update::RemoteLogSegmentIdEntry {
                topic_id_partition: of_update::TopicIdPartitionEntry {
                    name: "t".into(),
                    id: TOPIC,
                    partition: 3,
                },
                id: SEGMENT,
            },
            broker_id: 1,
            event_timestamp_ms: 7,
            custom_metadata: Some(Vec::new().into()),
            remote_log_segment_state: 1,
        };
        let expected = "RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=RemoteLogSegmentId{topicIdPartition=\
                        AAAAAAAAEAAAAAAAAAAAAA:t-3, id=_____________________w}, customMetadata=\
                        Optional[CustomMetadata{0 bytes}], state=COPY_SEGMENT_FINISHED, eventTimestampMs=7, brokerId=1}";
        check(&record, Ok(expected));
        record.remote_log_segment_state = 9;
        check(&record, Err("state can not be null"));
    }

    #[test]
    fn the_end_of_a_partition() {
        let mut record = RemotePartitionDeleteMetadataRecord {
            topic_id_partition: of_delete::TopicIdPartitionEntry {
                name: "t".into(),
                id: TOPIC,
                partition: 3,
            },
            broker_id: 1,
            event_timestamp_ms: 7,
            remote_partition_delete_state: 0,
        };
        for (state, expected) in [
            (0, Ok("DELETE_PARTITION_MARKED")),
            (1, Ok("DELETE_PARTITION_STARTED")),
            (2, Ok("DELETE_PARTITION_FINISHED")),
            (3, Err("null")),
        ] {
            record.remote_partition_delete_state = state;
            let expected = expected.map(|state| {
                format!(
                    "RemotePartitionDeleteMetadata{{topicPartition=AAAAAAAAEAAAAAAAAAAAAA:t-3, state={state}, \
                     eventTimestampMs=7, brokerId=1}}"
                )
            });
            check(&record, expected.as_deref().map_err(|reason| *reason));
        }
    }

    #[test]
    fn a_snapshot() {
        let mut record = RemoteLogSegmentMetadataSnapshotRecord {
            segment_id: SEGMENT,
            start_offset: -1,
            end_offset: -2,
            segment_leader_epochs: vec![of_snapshot::SegmentLeaderEpochEntry { leader_epoch: 4, offset: 6 }],
            remote_log_segment_state: 2,
            ..Default::default()
        };
        let expected = "RemoteLogSegmentMetadataSnapshot{segmentId=_____________________w, startOffset=-1, endOffset=-2, \
                        maxTimestampMs=0, segmentLeaderEpochs={4=6}, segmentSizeInBytes=0, \
                        customMetadata=Optional.empty, state=DELETE_SEGMENT_STARTED, txnIdxEmpty=false}";
        check(&record, Ok(expected));
        record.segment_leader_epochs.clear();
        check(&record, Err("segmentLeaderEpochs can not be null or empty"));
        record.remote_log_segment_state = 4;
        check(&record, Err("state can not be null"));
    }

    #[test]
    fn what_is_no_such_record() {
        for (value, reason) in [
            (&[1, 1, 0, 3][..], "Failed to deserialize record with type 1"),
            (
                b"text",
                "Could not deserialize metadata record due to unknown frame version 116(only frame version 1 is supported)",
            ),
            (&[1, 4, 0], "org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id 4"),
        ] {
            assert_eq!(show(Some(value)).unwrap_err(), reason);
        }
        assert_eq!(show(None).unwrap_err(), "the record has no value");
    }
}
