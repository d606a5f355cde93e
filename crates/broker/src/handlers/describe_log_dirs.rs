//! DescribeLogDirs (key 35, v1-v5): what lies in each log directory, and how much room is left.
//!
//! Versions: v2 flexible; v3 an error for the request; v4 total and usable bytes (KIP-827); v5 cordoned
//! directories (KIP-1066).
//! Errors, for each directory: KAFKA_STORAGE_ERROR where it is offline.
use super::*;
use protocol::{
    DescribeLogDirsRequest, DescribeLogDirsResponse,
    describe_log_dirs::{
        request::DescribableLogDirTopic,
        response::{DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic},
    },
};
use std::collections::BTreeMap;
use storage::DirectoryDescription;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeLogDirs, versions: 1..=5 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeLogDirsRequest,
) -> DescribeLogDirsResponse {
    let described = context.state().storage.describe();
    let results =
        described.into_iter().map(|directory| result(directory, request.topics.as_deref())).collect();
    DescribeLogDirsResponse { results, ..Default::default() }
}

fn result(
    directory: DirectoryDescription,
    wanted: Option<&[DescribableLogDirTopic]>,
) -> DescribeLogDirsResult {
    let log_dir = Text::from(directory.path.to_string_lossy().into_owned());
    if directory.offline {
        return DescribeLogDirsResult {
            error_code: ErrorCode::KAFKA_STORAGE_ERROR.0,
            log_dir,
            ..Default::default()
        };
    }
    let is_wanted = |topic: &str, partition: i32| {
        let names = |wanted: &DescribableLogDirTopic| {
            *wanted.topic == *topic && wanted.partitions.contains(&partition)
        };
        wanted.is_none_or(|topics| topics.iter().any(names))
    };
    let mut topics = BTreeMap::<_, Vec<_>>::new();
    for log in directory.logs {
        let storage::TopicPartition { topic, partition } = log.partition;
        if is_wanted(&topic, partition) {
            topics.entry(topic).or_default().push(DescribeLogDirsPartition {
                partition_index: partition,
                partition_size: i64::try_from(log.size_in_bytes).unwrap_or(i64::MAX),
                ..Default::default()
            });
        }
    }
    let bytes = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    DescribeLogDirsResult {
        log_dir,
        topics: topics
            .into_iter()
            .map(|(name, partitions)| DescribeLogDirsTopic { name: Text::copy_from(&name), partitions })
            .collect(),
        total_bytes: bytes(directory.total_bytes),
        usable_bytes: bytes(directory.usable_bytes),
        ..Default::default()
    }
}
