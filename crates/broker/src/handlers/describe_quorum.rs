//! DescribeQuorum (key 55, v0-v2): who votes in the metadata quorum, who leads it, how far each has come.
//!
//! Versions: v1 times of the last fetch (KIP-836); v2 directory ids and endpoints (KIP-853).
//! Errors: UNKNOWN_TOPIC_OR_PARTITION for anything but partition 0 of `__cluster_metadata`.
use super::*;
use protocol::{
    DescribeQuorumRequest, DescribeQuorumResponse,
    describe_quorum::response::{Listener, Node, PartitionData, ReplicaState, TopicData},
};
use uuid::Uuid;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeQuorum, versions: 0..=2 };

/// First version that says where the controllers are, and names directories.
const NODES_FROM_VERSION: i16 = 2;
const METADATA_TOPIC: &str = "__cluster_metadata";

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeQuorumRequest,
) -> DescribeQuorumResponse {
    let state = context.state();
    let topics = request
        .topics
        .into_iter()
        .map(|topic| TopicData {
            partitions: topic
                .partitions
                .iter()
                .map(|wanted| match wanted.partition_index {
                    0 if *topic.topic_name == *METADATA_TOPIC => partition(context),
                    index => PartitionData {
                        partition_index: index,
                        error_code: ErrorCode::UNKNOWN_TOPIC_OR_PARTITION.0,
                        ..Default::default()
                    },
                })
                .collect(),
            topic_name: topic.topic_name,
        })
        .collect();
    let image = state.image();
    let nodes = image
        .controllers()
        .filter(|_| context.version() >= NODES_FROM_VERSION)
        .map(|controller| Node {
            node_id: controller.id.0,
            listeners: controller
                .endpoints
                .iter()
                .map(|endpoint| Listener {
                    name: endpoint.listener.clone(),
                    host: endpoint.host.clone(),
                    port: endpoint.port,
                })
                .collect(),
        })
        .collect();
    DescribeQuorumResponse { topics, nodes, ..Default::default() }
}

fn partition(context: &RequestContext) -> PartitionData {
    let quorum = context.state().quorum.describe();
    let knows_directories = context.version() >= NODES_FROM_VERSION;
    let replica = |replica: &quorum::ReplicaState| ReplicaState {
        replica_id: replica.key.id.0,
        replica_directory_id: if knows_directories { replica.key.directory } else { Uuid::nil() },
        log_end_offset: replica.log_end_offset.0,
        last_fetch_timestamp: replica.last_fetch_timestamp_ms,
        last_caught_up_timestamp: replica.last_caught_up_timestamp_ms,
    };
    PartitionData {
        partition_index: 0,
        leader_id: quorum.leader.map_or(-1, |leader| leader.0),
        leader_epoch: quorum.leader_epoch.0,
        high_watermark: quorum.high_watermark.0,
        current_voters: quorum.voters.iter().map(replica).collect(),
        observers: Vec::new(),
        ..Default::default()
    }
}
