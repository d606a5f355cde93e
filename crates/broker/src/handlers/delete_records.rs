//! DeleteRecords (key 21, v0-v2): moves the start of partitions up (KIP-107).
//!
//! Versions: v2 flexible.
//! Errors, for each partition: UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, OFFSET_OUT_OF_RANGE beyond
//! the high watermark, POLICY_VIOLATION for a topic that is only compacted, INVALID_TOPIC_EXCEPTION for an
//! internal one, KAFKA_STORAGE_ERROR.
use super::*;
use crate::{partition::storage_error_code, topics::Topic};
use protocol::{
    DeleteRecordsRequest, DeleteRecordsResponse,
    delete_records::response::{DeleteRecordsPartitionResult, DeleteRecordsTopicResult},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DeleteRecords, versions: 0..=2 };

/// Everything that is committed.
const TO_HIGH_WATERMARK: Offset = Offset(-1);

pub(crate) async fn handle(context: &RequestContext, request: DeleteRecordsRequest) -> DeleteRecordsResponse {
    let table = context.state().topics.load();
    let topics = request
        .topics
        .into_iter()
        .map(|topic| {
            let known = table.by_name(&topic.name);
            let partitions = topic
                .partitions
                .iter()
                .map(|wanted| {
                    let deleted = known
                        .ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)
                        .and_then(|topic| delete(topic, wanted.partition_index, Offset(wanted.offset)));
                    let (low_watermark, code) = match deleted {
                        Ok(low_watermark) => (low_watermark, ErrorCode::NONE),
                        Err(code) => (Offset::NONE, code),
                    };
                    DeleteRecordsPartitionResult {
                        partition_index: wanted.partition_index,
                        low_watermark: low_watermark.0,
                        error_code: code.0,
                    }
                })
                .collect();
            DeleteRecordsTopicResult { name: topic.name, partitions }
        })
        .collect();
    DeleteRecordsResponse { topics, ..Default::default() }
}

fn delete(topic: &Topic, index: i32, before: Offset) -> Result<Offset, ErrorCode> {
    if topic.is_internal {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let partition = topic.partition(index)?;
    if topic.config.cleanup_policy.compact && !topic.config.cleanup_policy.delete {
        return Err(ErrorCode::POLICY_VIOLATION);
    }
    let before = match before {
        TO_HIGH_WATERMARK => partition.high_watermark(),
        offset if offset < Offset::ZERO => return Err(ErrorCode::OFFSET_OUT_OF_RANGE),
        offset => offset,
    };
    partition.log.increment_log_start_offset(before).map_err(|error| storage_error_code(&error))
}
