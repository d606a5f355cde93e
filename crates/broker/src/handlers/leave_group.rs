//! LeaveGroup (key 13, v0-v5): members leave their classic group.
//!
//! Versions: v0-v2 one member; v3 several, also by instance id (KIP-345); v4 flexible; v5 reason (KIP-800).
//! Errors: INVALID_GROUP_ID, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, COORDINATOR_LOAD_IN_PROGRESS,
//! NOT_COORDINATOR; from v3 those of a member stand beside it.
use super::*;
use group::{InstanceId, Leave, Leaving, MemberId};
use protocol::{LeaveGroupRequest, LeaveGroupResponse, leave_group::response::MemberResponse};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::LeaveGroup, versions: 0..=5 };

/// First version that names several members.
const SEVERAL_FROM_VERSION: i16 = 3;

pub(crate) async fn handle(context: &RequestContext, request: LeaveGroupRequest) -> LeaveGroupResponse {
    let several = context.version() >= SEVERAL_FROM_VERSION;
    let members = if several {
        let leaving = |member: protocol::leave_group::request::MemberIdentity| Leaving {
            member_id: MemberId::optional(member.member_id),
            instance_id: member.group_instance_id.map(InstanceId::from),
            reason: member.reason,
        };
        request.members.into_iter().map(leaving).collect()
    } else {
        vec![Leaving { member_id: Some(request.member_id.into()), ..Default::default() }]
    };
    let leave = Leave { group_id: request.group_id.into(), members };
    match context.state().groups.ask(&leave.group_id.clone(), leave).await {
        Ok(left) if several => LeaveGroupResponse {
            members: left.into_iter().map(member_response).collect(),
            ..Default::default()
        },
        Ok(left) => {
            let failed = left.into_iter().find_map(|member| member.result.err());
            let code = failed.map_or(ErrorCode::NONE, |error| error.code());
            LeaveGroupResponse { error_code: code.0, ..Default::default() }
        }
        Err(error) => LeaveGroupResponse { error_code: error.code().0, ..Default::default() },
    }
}

fn member_response(left: group::Left) -> MemberResponse {
    MemberResponse {
        member_id: left.member_id.map(|id| id.0).unwrap_or_default(),
        group_instance_id: left.instance_id.map(|id| id.0),
        error_code: left.result.map_or_else(|error| error.code(), |()| ErrorCode::NONE).0,
    }
}
