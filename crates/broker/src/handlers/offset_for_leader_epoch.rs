//! OffsetForLeaderEpoch (key 23, v2-v4): where the log of a leader epoch ends (KIP-101, KIP-320).
//!
//! Versions: v3 replica id; v4 flexible.
//! Errors, for each partition: UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH,
//! UNKNOWN_LEADER_EPOCH. An epoch that is not in the log is -1 and -1 without an error.
use super::*;
use protocol::{
    OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse,
    offset_for_leader_epoch::{
        request::OffsetForLeaderPartition,
        response::{EpochEndOffset, OffsetForLeaderTopicResult},
    },
};
use storage::EpochEndOffset as End;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::OffsetForLeaderEpoch, versions: 2..=4 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: OffsetForLeaderEpochRequest,
) -> OffsetForLeaderEpochResponse {
    let topics = context.state().topics.load();
    let look_up = |name: &str, wanted: &OffsetForLeaderPartition| -> Result<Option<End>, ErrorCode> {
        let topic = topics.by_name(name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)?;
        let partition = topic.partition(wanted.partition)?;
        partition.check_epoch(LeaderEpoch(wanted.current_leader_epoch))?;
        let asked = LeaderEpoch(wanted.leader_epoch);
        if asked == partition.leader_epoch() {
            // The newest epoch has no end yet: it reaches to the end of the log, records or not.
            return Ok(Some(End { leader_epoch: asked, end_offset: partition.log.log_end_offset() }));
        }
        Ok(partition.log.end_offset_for_epoch(asked))
    };
    let answer = |name: &str, wanted: &OffsetForLeaderPartition| {
        let (end, code) = match look_up(name, wanted) {
            Ok(end) => (end, ErrorCode::NONE),
            Err(code) => (None, code),
        };
        EpochEndOffset {
            error_code: code.0,
            partition: wanted.partition,
            leader_epoch: end.map_or(LeaderEpoch::NONE, |end| end.leader_epoch).0,
            end_offset: end.map_or(Offset::NONE, |end| end.end_offset).0,
        }
    };
    let topics = request
        .topics
        .into_iter()
        .map(|topic| OffsetForLeaderTopicResult {
            partitions: topic.partitions.iter().map(|partition| answer(&topic.topic, partition)).collect(),
            topic: topic.topic,
        })
        .collect();
    OffsetForLeaderEpochResponse { topics, ..Default::default() }
}
