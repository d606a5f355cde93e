//! ListGroups (key 16, v0-v5): the groups that this broker coordinates.
//!
//! Versions: v3 flexible; v4 filter by state (KIP-518); v5 filter by type (KIP-848).
//! Errors: COORDINATOR_LOAD_IN_PROGRESS while any of its partitions is loading.
use super::*;
use group::List;
use protocol::{ListGroupsRequest, ListGroupsResponse, list_groups::response::ListedGroup};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::ListGroups, versions: 0..=5 };

pub(crate) async fn handle(context: &RequestContext, request: ListGroupsRequest) -> ListGroupsResponse {
    let filter = List { states: request.states_filter, types: request.types_filter };
    match context.state().groups.list(&filter).await {
        Ok(groups) => {
            let listed = |group: group::Listed| ListedGroup {
                group_id: group.group_id.0,
                protocol_type: group.protocol_type,
                group_state: Text::from(group.state.to_string()),
                group_type: Text::from_static(group.group_type),
            };
            ListGroupsResponse { groups: groups.into_iter().map(listed).collect(), ..Default::default() }
        }
        Err(error) => ListGroupsResponse { error_code: error.code().0, ..Default::default() },
    }
}
