//! DeleteGroups (key 42, v0-v3): removes groups without members, and their offsets.
//!
//! Versions: v2 flexible; v3 a message beside the error.
//! Errors, for each group: INVALID_GROUP_ID, GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP,
//! COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR.
use super::*;
use group::{DeleteGroup, GroupId};
use protocol::{DeleteGroupsRequest, DeleteGroupsResponse, delete_groups::response::DeletableGroupResult};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DeleteGroups, versions: 0..=3 };

pub(crate) async fn handle(context: &RequestContext, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
    let mut results = Vec::with_capacity(request.groups_names.len());
    for group_id in request.groups_names {
        let group = GroupId::from(group_id.clone());
        let deleted = context.state().groups.ask(&group, DeleteGroup { group_id: group.clone() }).await;
        let (error_code, error_message) = match deleted {
            Ok(()) => (ErrorCode::NONE, None),
            Err(error) => (error.code(), Some(Text::from(error.to_string()))),
        };
        results.push(DeletableGroupResult { group_id, error_code: error_code.0, error_message });
    }
    DeleteGroupsResponse { results, ..Default::default() }
}
