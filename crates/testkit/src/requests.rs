//! Requests that many tests send, to be changed where a test wants something else.
use bytes::Bytes;
use protocol::{
    FetchRequest, OffsetCommitRequest, ProduceRequest,
    fetch::request::{FetchPartition, FetchTopic},
    offset_commit::request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
    produce::request::{PartitionProduceData, TopicProduceData},
};
use wire::{RecordBytes, Text};

pub fn text(text: &str) -> Text {
    Text::copy_from(text)
}

/// One batch to one partition, by name (up to version 12), with `acks=-1`.
pub fn produce_request(topic: &str, partition: i32, batch: Bytes) -> ProduceRequest {
    let data = PartitionProduceData { index: partition, records: Some(RecordBytes::from(batch)) };
    ProduceRequest {
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: text(topic),
            partition_data: vec![data],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
}

/// Topics, partitions and offsets, by name (up to version 12), answered at once.
pub fn fetch_request(wanted: &[(&str, i32, i64)]) -> FetchRequest {
    let topic = |(topic, partition, fetch_offset): &(&str, i32, i64)| FetchTopic {
        topic: text(topic),
        partitions: vec![FetchPartition {
            partition: *partition,
            fetch_offset: *fetch_offset,
            partition_max_bytes: 1 << 20,
            ..FetchPartition::default()
        }],
        ..FetchTopic::default()
    };
    FetchRequest {
        replica_id: -1,
        max_wait_ms: 0,
        min_bytes: 1,
        max_bytes: 50 << 20,
        session_epoch: -1,
        topics: wanted.iter().map(topic).collect(),
        ..FetchRequest::default()
    }
}

/// One offset, by name (up to version 9), from nobody in particular.
pub fn commit_request(group: &str, topic: &str, partition: i32, offset: i64) -> OffsetCommitRequest {
    let committed = OffsetCommitRequestPartition {
        partition_index: partition,
        committed_offset: offset,
        committed_metadata: Some(Text::default()),
        ..OffsetCommitRequestPartition::default()
    };
    OffsetCommitRequest {
        group_id: text(group),
        topics: vec![OffsetCommitRequestTopic {
            name: text(topic),
            partitions: vec![committed],
            ..OffsetCommitRequestTopic::default()
        }],
        ..OffsetCommitRequest::default()
    }
}
