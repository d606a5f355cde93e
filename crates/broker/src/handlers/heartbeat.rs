//! Heartbeat (key 12, v0-v4): a member of a classic group reports that it is alive.
//!
//! Versions: v1 throttle time; v3 `group_instance_id` (KIP-345); v4 flexible (KIP-482).
//! Errors: INVALID_GROUP_ID, NOT_COORDINATOR, UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID,
//! REBALANCE_IN_PROGRESS. While the group is still loading the answer is NONE, so that no member leaves
//! because its coordinator moved.
use super::*;
use group::{Generation, InstanceId};
use protocol::{HeartbeatRequest, HeartbeatResponse};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::Heartbeat, versions: 0..=4 };

pub(crate) async fn handle(context: &RequestContext, request: HeartbeatRequest) -> HeartbeatResponse {
    let heartbeat = group::Heartbeat {
        group_id: request.group_id.into(),
        member_id: request.member_id.into(),
        instance_id: request.group_instance_id.map(InstanceId::from),
        generation: Generation(request.generation_id),
    };
    let error_code = match context.state().groups.ask(&heartbeat.group_id.clone(), heartbeat).await {
        Ok(()) | Err(group::Error::Loading) => ErrorCode::NONE,
        Err(error) => error.code(),
    };
    HeartbeatResponse { error_code: error_code.0, ..Default::default() }
}
