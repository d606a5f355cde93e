//! DescribeCluster (key 60, v0-v2): the cluster's id, controller and nodes (KIP-700).
//!
//! Versions: v1 brokers or controllers (KIP-919); v2 fenced brokers (KIP-1073).
//! Errors: MISMATCHED_ENDPOINT_TYPE for controllers, which are asked on their own listener;
//! UNSUPPORTED_ENDPOINT_TYPE.
use super::*;
use crate::authorized_operations;
use protocol::{
    DescribeClusterRequest, DescribeClusterResponse, describe_cluster::response::DescribeClusterBroker,
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeCluster, versions: 0..=2 };

const BROKERS: i8 = 1;
const CONTROLLERS: i8 = 2;

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeClusterRequest,
) -> DescribeClusterResponse {
    let state = context.state();
    let refuse = |code: ErrorCode| DescribeClusterResponse {
        error_code: code.0,
        error_message: Some(Text::from(code.message())),
        ..Default::default()
    };
    match request.endpoint_type {
        BROKERS => {}
        CONTROLLERS => return refuse(ErrorCode::MISMATCHED_ENDPOINT_TYPE),
        _ => return refuse(ErrorCode::UNSUPPORTED_ENDPOINT_TYPE),
    }
    let image = state.image();
    let brokers = image
        .brokers()
        .filter(|broker| !broker.fenced || request.include_fenced_brokers)
        .filter_map(|broker| {
            let endpoint = broker.endpoint(context.listener_name())?;
            Some(DescribeClusterBroker {
                broker_id: broker.id.0,
                host: endpoint.host.clone(),
                port: endpoint.port.into(),
                rack: broker.rack.clone(),
                is_fenced: broker.fenced,
            })
        })
        .collect();
    DescribeClusterResponse {
        endpoint_type: BROKERS,
        cluster_id: state.cluster_id.clone(),
        controller_id: state.node_id.0,
        brokers,
        cluster_authorized_operations: authorized_operations::if_asked(
            request.include_cluster_authorized_operations,
            authorized_operations::CLUSTER,
        ),
        ..Default::default()
    }
}
