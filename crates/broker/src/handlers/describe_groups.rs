//! DescribeGroups (key 15, v0-v6): state, protocol and members of classic groups.
//!
//! Versions: v3 authorised operations; v4 `group_instance_id`; v5 flexible; v6 says GROUP_ID_NOT_FOUND with a
//! message (KIP-1043) where older versions show a dead group without an error.
//! Errors, for each group: INVALID_GROUP_ID, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR,
//! GROUP_ID_NOT_FOUND.
use super::*;
use crate::authorized_operations;
use group::{Describe, Description, GroupId};
use protocol::{
    DescribeGroupsRequest, DescribeGroupsResponse,
    describe_groups::response::{DescribedGroup, DescribedGroupMember},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeGroups, versions: 0..=6 };

const DEAD: Text = Text::from_static("Dead");

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeGroupsRequest,
) -> DescribeGroupsResponse {
    let mut groups = Vec::with_capacity(request.groups.len());
    for group_id in request.groups {
        let group = GroupId::from(group_id.clone());
        let described = match context.state().groups.ask(&group, Describe { group_id: group.clone() }).await {
            Ok(description) => describe(group_id, description),
            Err(error) => failed(context, group_id, &error),
        };
        let asked = request.include_authorized_operations && described.error_code == 0;
        let authorized_operations = authorized_operations::if_asked(asked, authorized_operations::GROUP);
        groups.push(DescribedGroup { authorized_operations, ..described });
    }
    DescribeGroupsResponse { groups, ..Default::default() }
}

fn describe(group_id: Text, description: Description) -> DescribedGroup {
    DescribedGroup {
        group_id,
        group_state: Text::from(description.state.to_string()),
        protocol_type: description.protocol_type,
        protocol_data: description.protocol,
        members: description
            .members
            .into_iter()
            .map(|member| DescribedGroupMember {
                member_id: member.member_id.0,
                group_instance_id: member.instance_id.map(|id| id.0),
                client_id: member.client_id,
                client_host: member.client_host,
                member_metadata: member.metadata,
                member_assignment: member.assignment,
            })
            .collect(),
        ..Default::default()
    }
}

fn failed(context: &RequestContext, group_id: Text, error: &group::Error) -> DescribedGroup {
    if !matches!(error, group::Error::GroupNotFound(_)) {
        return DescribedGroup { group_id, error_code: error.code().0, ..Default::default() };
    }
    let group = DescribedGroup { group_id, group_state: DEAD, ..Default::default() };
    if context.version() < 6 {
        return group;
    }
    let error_message = Some(Text::from(format!("Group {} not found.", group.group_id)));
    DescribedGroup { error_code: ErrorCode::GROUP_ID_NOT_FOUND.0, error_message, ..group }
}
