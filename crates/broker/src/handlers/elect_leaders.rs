//! ElectLeaders (key 43, v0-v2): gives partitions their preferred leader back, or any leader at all (KIP-183,
//! KIP-460).
//!
//! Versions: v1 election type; v2 flexible.
//! Errors, for each partition: UNKNOWN_TOPIC_OR_PARTITION, ELECTION_NOT_NEEDED,
//! PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE; INVALID_REQUEST for an unknown election type.
use super::*;
use ::metadata::controller::{self, ElectedPartition, ElectionType};
use protocol::{
    ElectLeadersRequest, ElectLeadersResponse,
    elect_leaders::response::{PartitionResult, ReplicaElectionResult},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::ElectLeaders, versions: 0..=2 };

pub(crate) async fn handle(context: &RequestContext, request: ElectLeadersRequest) -> ElectLeadersResponse {
    // v0 knows only one type, which is also the default.
    let Some(election) = ElectionType::from_wire(request.election_type) else {
        return ElectLeadersResponse { error_code: ErrorCode::INVALID_REQUEST.0, ..Default::default() };
    };
    let wanted: Option<Vec<(Text, i32)>> = request.topic_partitions.map(|topics| {
        let each = |topic: protocol::elect_leaders::request::TopicPartitions| {
            topic.partitions.into_iter().map(move |index| (topic.topic.clone(), index))
        };
        topics.into_iter().flat_map(each).collect()
    });
    let decided = context
        .state()
        .decide(move |image| Ok(controller::elect_leaders(image, election, wanted.as_deref())))
        .await;
    match decided {
        Ok(elected) => {
            ElectLeadersResponse { replica_election_results: by_topic(elected), ..Default::default() }
        }
        Err(error) => ElectLeadersResponse { error_code: error.code().0, ..Default::default() },
    }
}

fn by_topic(elected: Vec<ElectedPartition>) -> Vec<ReplicaElectionResult> {
    let mut results: Vec<ReplicaElectionResult> = Vec::new();
    for partition in elected {
        let (code, message) = match partition.result {
            Ok(()) => (ErrorCode::NONE, None),
            Err(error) => (error.code(), Some(Text::from(error.to_string()))),
        };
        let result =
            PartitionResult { partition_id: partition.partition, error_code: code.0, error_message: message };
        match results.iter_mut().find(|topic| topic.topic == partition.topic) {
            Some(topic) => topic.partition_result.push(result),
            None => {
                results
                    .push(ReplicaElectionResult { topic: partition.topic, partition_result: vec![result] });
            }
        }
    }
    results
}
