//! DescribeProducers (key 61, v0): the producers that partitions remember (KIP-664).
//!
//! Errors, for each partition: UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER.
use super::*;
use protocol::{
    DescribeProducersRequest, DescribeProducersResponse,
    describe_producers::response::{PartitionResponse, ProducerState, TopicResponse},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeProducers, versions: 0..=0 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeProducersRequest,
) -> DescribeProducersResponse {
    let table = context.state().topics.load();
    let topics = request
        .topics
        .into_iter()
        .map(|topic| {
            let known = table.by_name(&topic.name).ok_or(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
            let partition = |index: &i32| match known.and_then(|topic| topic.partition(*index)) {
                Ok(partition) => PartitionResponse {
                    partition_index: *index,
                    active_producers: partition.log.active_producers().into_iter().map(state).collect(),
                    ..Default::default()
                },
                Err(code) => PartitionResponse {
                    partition_index: *index,
                    error_code: code.0,
                    error_message: Some(Text::from(code.message())),
                    ..Default::default()
                },
            };
            TopicResponse {
                partitions: topic.partition_indexes.iter().map(partition).collect(),
                name: topic.name,
            }
        })
        .collect();
    DescribeProducersResponse { topics, ..Default::default() }
}

fn state(producer: storage::ActiveProducer) -> ProducerState {
    ProducerState {
        producer_id: producer.producer_id.0,
        producer_epoch: producer.producer_epoch.0.into(),
        last_sequence: producer.last_sequence,
        last_timestamp: producer.last_timestamp,
        coordinator_epoch: producer.coordinator_epoch,
        current_txn_start_offset: producer.current_transaction_start.unwrap_or(Offset::NONE).0,
    }
}
