//! Groups of every type: classic (KIP-62), consumer (KIP-848), share (KIP-932), streams (KIP-1071).
mod describe;
mod offsets;
mod streams;

use super::{
    Admin, Each, Gathered, check,
    fanout::{Answers, CoordinatorKind, Target},
    route::Call,
    words::words,
};
use crate::Error;
pub use describe::{DescribeGroupsOptions, GroupDescription, GroupMember};
pub use offsets::{CommittedOffset, GroupOffsets, OffsetsOf, ShareGroupOffset, ShareGroupOffsets};
use protocol::{
    DeleteGroupsRequest, LeaveGroupRequest, LeaveGroupResponse, ListGroupsRequest,
    leave_group::request::MemberIdentity, list_groups::response::ListedGroup,
};
use std::fmt;
pub use streams::{
    StreamsGroupDescription, StreamsMember, StreamsTasks, StreamsTopology, Subtopology, TaskOffset, TopicInfo,
};

words! {
    GroupState is "a group state", else "Unknown" {
        PreparingRebalance "PreparingRebalance",
        CompletingRebalance "CompletingRebalance",
        Stable "Stable",
        /// Has offsets at most. Brokers before Kafka 4.0 also say it of a group that does not exist.
        Dead "Dead",
        Empty "Empty",
        /// A new assignment is being computed (KIP-848).
        Assigning "Assigning",
        /// Members move towards their assignment (KIP-848).
        Reconciling "Reconciling",
        /// Topics of a streams group are missing (KIP-1071).
        NotReady "NotReady",
    }
}

words! {
    GroupType is "a group type", else "Unknown" {
        Classic "Classic",
        Consumer "Consumer",
        Share "Share",
        Streams "Streams",
    }
}

/// Which groups to list. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct GroupFilter {
    /// Filtered by the broker; needs Kafka 2.6 (KIP-518).
    pub states: Vec<GroupState>,
    /// Filtered by the broker; needs Kafka 3.8 (KIP-848).
    pub types: Vec<GroupType>,
    /// Filtered here: `consumer`, `connect`, `share`, or empty for groups that only have offsets.
    pub protocol_types: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupListing {
    pub group_id: String,
    /// `consumer` for consumer groups, `connect` and others for other uses of the classic protocol.
    pub protocol_type: String,
    /// `None` from brokers older than Kafka 2.6.
    pub state: Option<GroupState>,
    /// `None` from brokers older than Kafka 3.8.
    pub group_type: Option<GroupType>,
}

/// A member of a classic group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberRef {
    Member(String),
    /// A static member by its `group.instance.id` (KIP-345).
    Instance(String),
}

impl fmt::Display for MemberRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(id) => write!(f, "member `{id}`"),
            Self::Instance(id) => write!(f, "static member `{id}`"),
        }
    }
}

pub(super) fn subject(group: &str) -> String {
    CoordinatorKind::Group.subject(group)
}

fn coordinator(group: &str) -> Target {
    Target::Coordinator(CoordinatorKind::Group, group.to_owned())
}

impl Admin {
    /// The groups of all brokers, by id. A group that is just moving may be told by two brokers or by none.
    pub async fn list_groups(&self, filter: &GroupFilter) -> Result<Gathered<GroupListing>, Error> {
        let mut gathered = self
            .gather(
                |_| ListGroupsRequest {
                    states_filter: filter.states.iter().map(|state| state.word().into()).collect(),
                    types_filter: filter.types.iter().map(|kind| kind.word().into()).collect(),
                },
                |broker, response| {
                    check(format!("groups of broker {broker}"), response.error_code, None)?;
                    Ok(response.groups.iter().map(read_listing).collect())
                },
            )
            .await?;
        if !filter.protocol_types.is_empty() {
            gathered.found.retain(|group| filter.protocol_types.contains(&group.protocol_type));
        }
        gathered.found.sort();
        gathered.found.dedup();
        Ok(gathered)
    }

    /// Deletes groups of any type that have no members, with their offsets (KIP-229).
    pub async fn delete_groups(&self, groups: &[String]) -> Each<String, ()> {
        self.each(
            Call::new(groups.iter().cloned(), |group| coordinator(group)),
            |groups, _| DeleteGroupsRequest { groups_names: groups.iter().map(Into::into).collect() },
            |_, response| {
                let answers = response.results.iter().map(|result| {
                    let group = result.group_id.to_string();
                    let answer = check(subject(&group), result.error_code, result.error_message.as_deref());
                    (group, answer)
                });
                Ok(answers.collect())
            },
        )
        .await
    }

    pub async fn delete_group(&self, group: &str) -> Result<(), Error> {
        self.delete_groups(&[group.to_owned()]).await.only()
    }

    /// Takes members out of a classic group. A dynamic member that still runs will join again; a static one finds
    /// itself fenced. `reason` goes into the broker's log (KIP-800).
    pub async fn remove_members(
        &self,
        group: &str,
        members: &[MemberRef],
        reason: &str,
    ) -> Each<MemberRef, ()> {
        self.each(
            Call::new(members.iter().cloned(), |_| coordinator(group)).batch(members_in_one),
            |members, version| leave_request(group, members, reason, version),
            |asked, response| read_left(group, asked.keys, &response),
        )
        .await
    }

    /// Takes every member out of a classic group, as it is now.
    pub async fn remove_all_members(&self, group: &str, reason: &str) -> Result<Each<MemberRef, ()>, Error> {
        let description = self.describe_group(group).await?;
        let members: Vec<MemberRef> = description
            .members
            .into_iter()
            .map(|member| match member.instance_id {
                Some(instance) => MemberRef::Instance(instance),
                None => MemberRef::Member(member.member_id),
            })
            .collect();
        Ok(self.remove_members(group, &members, reason).await)
    }
}

fn read_listing(group: &ListedGroup) -> GroupListing {
    let state = Some(&group.group_state).filter(|state| !state.is_empty());
    let kind = Some(&group.group_type).filter(|kind| !kind.is_empty());
    GroupListing {
        group_id: group.group_id.to_string(),
        protocol_type: group.protocol_type.to_string(),
        state: state.map(|state| state.parse().unwrap_or(GroupState::Unknown)),
        group_type: kind.map(|kind| kind.parse().unwrap_or(GroupType::Unknown)),
    }
}

/// Many from v3 on (KIP-345).
fn members_in_one(version: i16) -> usize {
    if version < 3 { 1 } else { usize::MAX }
}

fn leave_request(group: &str, members: &[MemberRef], reason: &str, version: i16) -> LeaveGroupRequest {
    let group_id = group.into();
    if let ([MemberRef::Member(id)], true) = (members, version < 3) {
        return LeaveGroupRequest { group_id, member_id: id.into(), ..Default::default() };
    }
    let members = members.iter().map(|member| {
        let (member_id, group_instance_id) = match member {
            MemberRef::Member(id) => (id.into(), None),
            MemberRef::Instance(id) => ("".into(), Some(id.into())),
        };
        MemberIdentity { member_id, group_instance_id, reason: Some(reason.into()) }
    });
    LeaveGroupRequest { group_id, members: members.collect(), ..Default::default() }
}

fn read_left(
    group: &str,
    asked: &[MemberRef],
    response: &LeaveGroupResponse,
) -> Result<Answers<MemberRef, ()>, Error> {
    check(subject(group), response.error_code, None)?;
    if let ([member], true) = (asked, response.members.is_empty()) {
        return Ok(vec![(member.clone(), Ok(()))]);
    }
    let answers = response.members.iter().map(|left| {
        let by_instance = left.group_instance_id.as_ref().map(|id| MemberRef::Instance(id.to_string()));
        let member = by_instance
            .filter(|member| asked.contains(member))
            .unwrap_or_else(|| MemberRef::Member(left.member_id.to_string()));
        let answer = check(format!("{member} of {}", subject(group)), left.error_code, None);
        (member, answer)
    });
    Ok(answers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::leave_group::response::MemberResponse;

    #[test]
    fn members_leave_one_by_one_or_together_by_version() {
        let members = [MemberRef::Member("m".to_owned()), MemberRef::Instance("i".to_owned())];
        let old = leave_request("g", &members[..1], "why", 2);
        assert_eq!((old.member_id.as_str(), old.members.len()), ("m", 0));
        let new = leave_request("g", &members, "why", 5);
        let left: Vec<_> = new
            .members
            .iter()
            .map(|m| (m.member_id.to_string(), m.group_instance_id.as_ref().map(String::from)))
            .collect();
        assert_eq!(left, [("m".to_owned(), None), (String::new(), Some("i".to_owned()))]);
        assert_eq!((members_in_one(2), members_in_one(3)), (1, usize::MAX));

        let said = LeaveGroupResponse::default();
        assert!(matches!(read_left("g", &members[..1], &said).unwrap().as_slice(), [(_, Ok(()))]));
        // A static member is told by both of its names.
        let gone =
            MemberResponse { member_id: "x".into(), group_instance_id: Some("i".into()), error_code: 0 };
        let said = LeaveGroupResponse { members: vec![gone], ..Default::default() };
        assert_eq!(read_left("g", &members, &said).unwrap()[0].0, members[1]);
        let said = LeaveGroupResponse { error_code: 16, ..Default::default() };
        assert!(read_left("g", &members, &said).is_err());
    }
}
