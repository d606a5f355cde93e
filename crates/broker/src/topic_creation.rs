//! Creating topics: because a client asks for it, because one reads metadata of a topic that is not there, or
//! because the broker needs one for itself.
use crate::{config_changes::Schema, groups::OFFSETS_TOPIC, state::State};
use ::metadata::controller::{self, CreateOptions, CreatedTopic, NewTopic, TopicDefaults};
use protocol::ErrorCode;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;
use wire::Text;

/// Where the transaction coordinator will keep its state, and share groups theirs. Nobody else may use the names.
const OTHER_INTERNAL_TOPICS: [&str; 2] = ["__transaction_state", "__share_group_state"];

/// The metadata quorum keeps its own log under this name.
const METADATA_TOPIC: &str = "__cluster_metadata";

/// How long a client of Metadata or FindCoordinator waits for what it needs to be created.
const AUTOMATIC_TIMEOUT: Duration = Duration::from_secs(5);

/// Whether the broker itself owns what is written to a topic of this name.
pub(crate) fn is_internal(topic: &str) -> bool {
    topic == OFFSETS_TOPIC || OTHER_INTERNAL_TOPICS.contains(&topic)
}

#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub code: ErrorCode,
    pub message: String,
}

/// Creates topics, and waits until they can be used here. Answers for each topic in the order given.
pub(crate) async fn create(
    state: &Arc<State>,
    topics: Vec<NewTopic>,
    validate_only: bool,
    timeout: Duration,
) -> Vec<Result<CreatedTopic, Failed>> {
    let is_forbidden: Vec<bool> = topics.iter().map(|topic| *topic.name == *METADATA_TOPIC).collect();
    let allowed = topics.into_iter().filter(|topic| *topic.name != *METADATA_TOPIC).collect();
    let mut created = create_allowed(state, allowed, validate_only, timeout).await.into_iter();
    let outcome = |is_forbidden| match is_forbidden {
        true => {
            let message = format!("`{METADATA_TOPIC}` is the cluster's own");
            Err(Failed { code: ErrorCode::INVALID_REQUEST, message })
        }
        false => created.next().expect("there is an outcome for each topic"),
    };
    is_forbidden.into_iter().map(outcome).collect()
}

async fn create_allowed(
    state: &Arc<State>,
    topics: Vec<NewTopic>,
    validate_only: bool,
    timeout: Duration,
) -> Vec<Result<CreatedTopic, Failed>> {
    let count = topics.len();
    let node = &state.config.node;
    let defaults = TopicDefaults {
        partitions: node.num_partitions,
        replication_factor: i16::try_from(node.default_replication_factor).unwrap_or(i16::MAX),
    };
    let schema = Schema::of(state);
    let seed = rand::random();
    let decided = state.decide(move |image| {
        let mut random = StdRng::seed_from_u64(seed);
        let mut ids = || Uuid::from_u128(random.random());
        let options = CreateOptions { defaults, schema: &schema, seed, ids: &mut ids, validate_only };
        Ok(controller::create_topics(image, &topics, options))
    });
    let failed = |code: ErrorCode, message: String| Failed { code, message };
    match tokio::time::timeout(timeout, decided).await {
        Ok(Ok(results)) => results
            .into_iter()
            .map(|result| result.map_err(|error| failed(error.code(), error.to_string())))
            .collect(),
        Ok(Err(error)) => vec![Err(failed(error.code(), error.to_string())); count],
        Err(_) => {
            let message = format!("the topic was not created within {timeout:?}; it may still be");
            vec![Err(failed(ErrorCode::REQUEST_TIMED_OUT, message)); count]
        }
    }
}

/// Creates topics that a request needs. Names those that could not be, and why.
pub(crate) async fn create_missing(state: &Arc<State>, names: &[Text]) -> Vec<(Text, ErrorCode)> {
    let topics = names.iter().map(|name| described(state, name)).collect();
    let created = create(state, topics, false, AUTOMATIC_TIMEOUT).await;
    let outcomes = names.iter().zip(created);
    outcomes
        .filter_map(|(name, outcome)| match outcome {
            Ok(_) => {
                tracing::info!(topic = %name, "topic created automatically");
                None
            }
            Err(error) => {
                tracing::info!(topic = %name, code = %error.code, reason = error.message, "topic not created");
                Some((name.clone(), error.code))
            }
        })
        .collect()
}

/// A topic with the cluster's defaults, or what an internal topic needs.
fn described(state: &State, name: &Text) -> NewTopic {
    if **name != *OFFSETS_TOPIC {
        return NewTopic {
            name: name.detached(),
            partitions: -1,
            replication_factor: -1,
            ..NewTopic::default()
        };
    }
    let config = &state.config.group;
    // Kafka waits for as many brokers as the factor says, which on one node with Kafka's default of 3 is for ever.
    let live = i16::try_from(state.image().live_brokers().count()).unwrap_or(i16::MAX).max(1);
    let set = |key: &'static str, value: String| (Text::from_static(key), Some(Text::from(value)));
    NewTopic {
        name: Text::from_static(OFFSETS_TOPIC),
        partitions: config.offsets_topic_num_partitions,
        replication_factor: config.offsets_topic_replication_factor.min(live),
        configs: vec![
            set("cleanup.policy", "compact".to_owned()),
            set("compression.type", "producer".to_owned()),
            set("segment.bytes", config.offsets_topic_segment_bytes.0.to_string()),
        ],
        ..NewTopic::default()
    }
}
