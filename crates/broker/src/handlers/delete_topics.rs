//! DeleteTopics (key 20, v1-v6).
//!
//! Versions: v4 flexible; v5 error message; v6 topics by id (KIP-516).
//! Errors, for each topic: UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, TOPIC_DELETION_DISABLED (from v3,
//! before INVALID_REQUEST), INVALID_REQUEST for a topic named by both or twice.
use super::*;
use ::metadata::controller::{self, TopicRef};
use protocol::{
    DeleteTopicsRequest, DeleteTopicsResponse,
    delete_topics::{request::DeleteTopicState, response::DeletableTopicResult},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DeleteTopics, versions: 1..=6 };

const BY_ID_FROM_VERSION: i16 = 6;

pub(crate) async fn handle(context: &RequestContext, request: DeleteTopicsRequest) -> DeleteTopicsResponse {
    let wanted: Vec<DeleteTopicState> = if context.version() >= BY_ID_FROM_VERSION {
        request.topics
    } else {
        let by_name = |name| DeleteTopicState { name: Some(name), ..Default::default() };
        request.topic_names.into_iter().map(by_name).collect()
    };
    let disabled =
        if context.version() < 3 { ErrorCode::INVALID_REQUEST } else { ErrorCode::TOPIC_DELETION_DISABLED };
    let mut responses: Vec<DeletableTopicResult> = wanted
        .iter()
        .map(|topic| DeletableTopicResult {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            ..Default::default()
        })
        .collect();
    let mut topics = Vec::new();
    for (position, topic) in wanted.iter().enumerate() {
        let id = TopicId(topic.topic_id);
        let repeated = || wanted.iter().enumerate().any(|(at, other)| at != position && other == topic);
        let reference = match &topic.name {
            _ if !context.state().config.node.delete_topic_enable => Err(disabled),
            _ if repeated() => Err(ErrorCode::INVALID_REQUEST),
            Some(name) if id.is_none() => Ok(TopicRef::Name(name.clone())),
            None if !id.is_none() => Ok(TopicRef::Id(id)),
            _ => Err(ErrorCode::INVALID_REQUEST),
        };
        match reference {
            Ok(reference) => topics.push((position, reference)),
            Err(code) => fail(&mut responses[position], code, code.message()),
        }
    }
    let (positions, references): (Vec<usize>, Vec<TopicRef>) = topics.into_iter().unzip();
    let decided =
        context.state().decide(move |image| Ok(controller::delete_topics(image, &references))).await;
    match decided {
        Err(error) => {
            for position in positions {
                fail(&mut responses[position], error.code(), &error.to_string());
            }
        }
        Ok(results) => {
            for (position, result) in positions.into_iter().zip(results) {
                let response = &mut responses[position];
                match result {
                    Ok(topic) => {
                        response.name = Some(topic.name.clone());
                        response.topic_id = topic.id.0;
                    }
                    Err(error) => fail(response, error.code(), &error.to_string()),
                }
            }
        }
    }
    DeleteTopicsResponse { responses, ..Default::default() }
}

fn fail(response: &mut DeletableTopicResult, code: ErrorCode, message: &str) {
    response.error_code = code.0;
    response.error_message = Some(Text::copy_from(message));
}
