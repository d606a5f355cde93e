//! JoinGroup (key 11, v0-v9): a member enters a round of its classic group and waits until the round ends.
//!
//! Versions: v1 rebalance timeout; v4 a dynamic member must know its id first (KIP-394); v5
//! `group_instance_id` (KIP-345); v6 flexible; v7 protocol type (KIP-559); v8 reason (KIP-800); v9
//! `skip_assignment` (KIP-814).
//! Errors: INVALID_GROUP_ID, INVALID_SESSION_TIMEOUT, MEMBER_ID_REQUIRED, UNKNOWN_MEMBER_ID,
//! FENCED_INSTANCE_ID, INCONSISTENT_GROUP_PROTOCOL, GROUP_MAX_SIZE_REACHED, COORDINATOR_LOAD_IN_PROGRESS,
//! NOT_COORDINATOR, REBALANCE_IN_PROGRESS.
use super::*;
use group::{InstanceId, Join, MemberId, Protocol};
use protocol::{JoinGroupRequest, JoinGroupResponse, join_group::response::JoinGroupResponseMember};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::JoinGroup, versions: 0..=9 };

/// What the protocol name is in an answer without one, in versions where it cannot be null.
const NO_PROTOCOL: Text = Text::from_static("");

pub(crate) async fn handle(context: &RequestContext, request: JoinGroupRequest) -> JoinGroupResponse {
    let version = context.version();
    let asked_by = request.member_id.clone();
    let join = Join {
        group_id: request.group_id.into(),
        member_id: MemberId::optional(request.member_id),
        instance_id: request.group_instance_id.map(InstanceId::from),
        client_id: context.header.client_id.clone().unwrap_or_default(),
        client_host: Text::from(format!("/{}", context.connection.peer.ip())),
        session_timeout_ms: request.session_timeout_ms,
        rebalance_timeout_ms: request.rebalance_timeout_ms,
        protocol_type: request.protocol_type,
        protocols: request
            .protocols
            .into_iter()
            .map(|protocol| Protocol { name: protocol.name, metadata: protocol.metadata })
            .collect(),
        reason: request.reason,
        requires_known_member: version >= 4,
        can_skip_assignment: version >= 9,
        uuid: uuid::Uuid::from_u128(rand::random()),
    };
    let nullable_protocol =
        |protocol: Option<Text>| if version >= 7 { protocol } else { protocol.or(Some(NO_PROTOCOL)) };
    match context.state().groups.ask(&join.group_id.clone(), join).await {
        Ok(joined) => JoinGroupResponse {
            generation_id: joined.generation.0,
            protocol_type: joined.protocol_type,
            protocol_name: nullable_protocol(joined.protocol),
            leader: joined.leader.0,
            skip_assignment: joined.skip_assignment,
            member_id: joined.member_id.0,
            members: joined
                .members
                .into_iter()
                .map(|member| JoinGroupResponseMember {
                    member_id: member.member_id.0,
                    group_instance_id: member.instance_id.map(|id| id.0),
                    metadata: member.metadata,
                })
                .collect(),
            ..Default::default()
        },
        Err(error) => JoinGroupResponse {
            error_code: error.code().0,
            protocol_name: nullable_protocol(None),
            member_id: match &error {
                group::Error::MemberIdRequired(id) => id.0.clone(),
                _ => asked_by,
            },
            ..Default::default()
        },
    }
}
