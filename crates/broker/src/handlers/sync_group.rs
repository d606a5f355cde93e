//! SyncGroup (key 14, v0-v5): the leader of a round hands in the assignment, every member gets its own.
//!
//! Versions: v3 `group_instance_id` (KIP-345); v4 flexible; v5 protocol type and name (KIP-559).
//! Errors: INVALID_GROUP_ID, UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID,
//! INCONSISTENT_GROUP_PROTOCOL, REBALANCE_IN_PROGRESS, NOT_COORDINATOR. A loading coordinator answers
//! REBALANCE_IN_PROGRESS: the round is over for it, and the member should join again.
use super::*;
use group::{Generation, InstanceId, MemberId, Sync};
use protocol::{SyncGroupRequest, SyncGroupResponse};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::SyncGroup, versions: 0..=5 };

pub(crate) async fn handle(context: &RequestContext, request: SyncGroupRequest) -> SyncGroupResponse {
    let sync = Sync {
        group_id: request.group_id.into(),
        member_id: request.member_id.into(),
        instance_id: request.group_instance_id.map(InstanceId::from),
        generation: Generation(request.generation_id),
        protocol_type: request.protocol_type,
        protocol: request.protocol_name,
        assignments: request
            .assignments
            .into_iter()
            .map(|assignment| (MemberId::from(assignment.member_id), assignment.assignment))
            .collect(),
    };
    match context.state().groups.ask(&sync.group_id.clone(), sync).await {
        Ok(synced) => SyncGroupResponse {
            protocol_type: synced.protocol_type,
            protocol_name: synced.protocol,
            assignment: synced.assignment,
            ..Default::default()
        },
        Err(error) => {
            let code = match error {
                group::Error::Loading => ErrorCode::REBALANCE_IN_PROGRESS,
                error => error.code(),
            };
            SyncGroupResponse { error_code: code.0, ..Default::default() }
        }
    }
}
