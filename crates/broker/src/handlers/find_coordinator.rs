//! FindCoordinator (key 10, v0-v6): the broker that coordinates a group or a transaction.
//!
//! Versions: v1 key type; v3 flexible; v4 several keys; v5 transactions version 2; v6 share groups (KIP-932).
//! Errors, for each key: COORDINATOR_NOT_AVAILABLE, INVALID_REQUEST for a key type that is not known.
//!
//! Asking for a group creates `__consumer_offsets` where it does not exist, and waits for it: the client would
//! only ask again. There is no coordinator of transactions or share groups yet.
use super::*;
use crate::{groups::OFFSETS_TOPIC, topic_creation};
use group::GroupId;
use protocol::{FindCoordinatorRequest, FindCoordinatorResponse, find_coordinator::response::Coordinator};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::FindCoordinator, versions: 0..=6 };

const SEVERAL_KEYS_FROM_VERSION: i16 = 4;
const SHARE_GROUPS_FROM_VERSION: i16 = 6;

mod key_type {
    pub(super) const GROUP: i8 = 0;
    pub(super) const TRANSACTION: i8 = 1;
    pub(super) const SHARE: i8 = 2;
}

pub(crate) async fn handle(
    context: &RequestContext,
    request: FindCoordinatorRequest,
) -> FindCoordinatorResponse {
    if context.version() >= SEVERAL_KEYS_FROM_VERSION {
        let mut coordinators = Vec::with_capacity(request.coordinator_keys.len());
        for key in request.coordinator_keys {
            coordinators.push(find(context, request.key_type, key).await);
        }
        return FindCoordinatorResponse { coordinators, ..Default::default() };
    }
    let found = find(context, request.key_type, request.key).await;
    FindCoordinatorResponse {
        error_code: found.error_code,
        error_message: found.error_message,
        node_id: found.node_id,
        host: found.host,
        port: found.port,
        ..Default::default()
    }
}

async fn find(context: &RequestContext, key_type: i8, key: Text) -> Coordinator {
    let failed = |key: Text, code: ErrorCode| Coordinator {
        key,
        node_id: -1,
        port: -1,
        error_code: code.0,
        error_message: Some(Text::from(code.message())),
        ..Default::default()
    };
    match key_type {
        key_type::GROUP => {}
        key_type::TRANSACTION => return failed(key, ErrorCode::COORDINATOR_NOT_AVAILABLE),
        key_type::SHARE if context.version() >= SHARE_GROUPS_FROM_VERSION => {
            return failed(key, ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        _ => return failed(key, ErrorCode::INVALID_REQUEST),
    }
    let state = context.state();
    if state.image().topic_id(OFFSETS_TOPIC).is_none() {
        topic_creation::create_missing(state, &[Text::from_static(OFFSETS_TOPIC)]).await;
    }
    let image = state.image();
    let leader = image.topic_named(OFFSETS_TOPIC).and_then(|topic| {
        let count = i32::try_from(topic.partitions.len()).ok().filter(|count| *count > 0)?;
        let index = group::partition_for(&GroupId::from(key.clone()), count);
        image.broker(topic.partition(index)?.leader?)
    });
    let endpoint = leader.and_then(|broker| Some((broker.id, broker.endpoint(context.listener_name())?)));
    match endpoint {
        Some((node, endpoint)) => Coordinator {
            key,
            node_id: node.0,
            host: endpoint.host.clone(),
            port: endpoint.port.into(),
            error_message: None,
            ..Default::default()
        },
        None => failed(key, ErrorCode::COORDINATOR_NOT_AVAILABLE),
    }
}
