//! CreatePartitions (key 37, v0-v3): gives topics more partitions.
//!
//! Versions: v2 flexible; v3 quota errors (KIP-599).
//! Errors, for each topic: UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT,
//! INVALID_REQUEST.
use super::*;
use ::metadata::controller::{self, NewPartitions};
use base::NodeId;
use protocol::{
    CreatePartitionsRequest, CreatePartitionsResponse,
    create_partitions::response::CreatePartitionsTopicResult,
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::CreatePartitions, versions: 0..=3 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let names: Vec<Text> = request.topics.iter().map(|topic| topic.name.clone()).collect();
    let wanted: Vec<NewPartitions> = request
        .topics
        .into_iter()
        .map(|topic| NewPartitions {
            topic: topic.name,
            count: topic.count,
            assignments: topic.assignments.map(|assignments| {
                let nodes = |ids: Vec<i32>| ids.into_iter().map(NodeId).collect();
                assignments.into_iter().map(|assignment| nodes(assignment.broker_ids)).collect()
            }),
        })
        .collect();
    let (seed, validate_only) = (rand::random(), request.validate_only);
    let decided = context
        .state()
        .decide(move |image| Ok(controller::create_partitions(image, &wanted, seed, validate_only)))
        .await;
    let result = |name: Text, failed: Option<(ErrorCode, String)>| {
        let (code, message) =
            failed.map_or((ErrorCode::NONE, None), |(code, text)| (code, Some(Text::from(text))));
        CreatePartitionsTopicResult { name, error_code: code.0, error_message: message }
    };
    let results = match decided {
        Ok(results) => names
            .into_iter()
            .zip(results)
            .map(|(name, outcome)| result(name, outcome.err().map(|error| (error.code(), error.to_string()))))
            .collect(),
        Err(error) => {
            names.into_iter().map(|name| result(name, Some((error.code(), error.to_string())))).collect()
        }
    };
    CreatePartitionsResponse { results, ..Default::default() }
}
