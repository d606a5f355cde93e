use super::{GroupState, GroupType, coordinator, subject};
use crate::{
    Error, TopicPartition,
    admin::{AclOperation, Admin, Each, acls::authorized_operations, check, route::Call},
};
use base::NodeId;
use bytes::Bytes;
use protocol::{
    ConsumerGroupDescribeRequest, DescribeGroupsRequest, ErrorCode, ShareGroupDescribeRequest,
    consumer_group_describe::response as consumer, describe_groups::response as classic,
    share_group_describe::response as share,
};
use std::collections::{BTreeMap, BTreeSet};
use wire::{DecodeError, Reader};

#[derive(Clone, Copy, Debug, Default)]
pub struct DescribeGroupsOptions {
    /// Also say what the caller may do (KIP-430).
    pub authorized_operations: bool,
}

/// A classic, consumer or share group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDescription {
    pub group_id: String,
    pub group_type: GroupType,
    pub state: GroupState,
    /// `consumer` or `share`; of a classic group, what its members agreed on, such as `connect`.
    pub protocol_type: String,
    /// What divides the partitions: a client's assignor in a classic group, else the broker's.
    pub assignor: String,
    pub coordinator: NodeId,
    /// Counts changes of members and subscriptions; `None` for a classic group.
    pub group_epoch: Option<i32>,
    /// The group epoch that the assignment was made for; `None` for a classic group.
    pub assignment_epoch: Option<i32>,
    pub members: Vec<GroupMember>,
    /// What the caller may do with it; `None` if not asked for.
    pub authorized_operations: Option<BTreeSet<AclOperation>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember {
    pub member_id: String,
    /// Of a static member (KIP-345).
    pub instance_id: Option<String>,
    pub rack_id: Option<String>,
    pub client_id: String,
    /// As the broker writes it; Kafka puts a slash before an address.
    pub host: String,
    /// `None` in a classic group.
    pub member_epoch: Option<i32>,
    /// By name. Classic groups do not tell.
    pub subscribed_topics: Vec<String>,
    pub subscribed_pattern: Option<String>,
    /// Partitions this member owns. Empty where members of a classic group exchange something else.
    pub assignment: Vec<TopicPartition>,
    /// What it shall own (KIP-848).
    pub target_assignment: Option<Vec<TopicPartition>>,
    /// Whether it speaks the protocol of its group, or the classic one in a group that is being upgraded
    /// (KIP-1099). `None` where the broker does not say.
    pub upgraded: Option<bool>,
}

impl Admin {
    /// Groups that consume partitions for themselves: consumer groups (KIP-848), and the classic ones. A group that
    /// does not exist is GROUP_ID_NOT_FOUND or, from brokers older than Kafka 4.0, in state `Dead`.
    pub async fn describe_consumer_groups(
        &self,
        groups: &[String],
        options: DescribeGroupsOptions,
    ) -> Each<String, GroupDescription> {
        let new = self.each(
            Call::new(groups.iter().cloned(), |group| coordinator(group)),
            |groups, _| ConsumerGroupDescribeRequest {
                group_ids: groups.iter().map(Into::into).collect(),
                include_authorized_operations: options.authorized_operations,
            },
            |asked, response| {
                Ok(response.groups.into_iter().map(|group| read_consumer(asked.broker, &group)).collect())
            },
        );
        let described = new.await;
        let classic: Vec<String> = described
            .0
            .iter()
            .filter(|(_, answer)| answer.as_ref().is_err_and(may_be_classic))
            .map(|(group, _)| group.clone())
            .collect();
        if classic.is_empty() {
            return described;
        }
        let answers = self.describe_classic_groups(&classic, options).await;
        let mut answers: BTreeMap<String, _> = answers.into_iter().collect();
        let merged = described.into_iter().map(|(group, answer)| {
            let answer = answers.remove(&group).unwrap_or(answer);
            (group, answer)
        });
        Each(merged.collect())
    }

    pub async fn describe_group(&self, group: &str) -> Result<GroupDescription, Error> {
        self.describe_consumer_groups(&[group.to_owned()], DescribeGroupsOptions::default()).await.only()
    }

    /// Groups of the classic protocol, whatever they use it for.
    pub async fn describe_classic_groups(
        &self,
        groups: &[String],
        options: DescribeGroupsOptions,
    ) -> Each<String, GroupDescription> {
        self.each(
            Call::new(groups.iter().cloned(), |group| coordinator(group)),
            |groups, version| DescribeGroupsRequest {
                groups: groups.iter().map(Into::into).collect(),
                include_authorized_operations: options.authorized_operations && version >= 3,
            },
            |asked, response| {
                Ok(response.groups.into_iter().map(|group| read_classic(asked.broker, &group)).collect())
            },
        )
        .await
    }

    /// Share groups (KIP-932).
    pub async fn describe_share_groups(
        &self,
        groups: &[String],
        options: DescribeGroupsOptions,
    ) -> Each<String, GroupDescription> {
        self.each(
            Call::new(groups.iter().cloned(), |group| coordinator(group)),
            |groups, _| ShareGroupDescribeRequest {
                group_ids: groups.iter().map(Into::into).collect(),
                include_authorized_operations: options.authorized_operations,
            },
            |asked, response| {
                Ok(response.groups.into_iter().map(|group| read_share(asked.broker, &group)).collect())
            },
        )
        .await
    }
}

fn may_be_classic(error: &Error) -> bool {
    matches!(error, Error::UnsupportedApi { .. } | Error::UnsupportedVersion { .. })
        || error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND)
}

type Described = (String, Result<GroupDescription, Error>);

fn read_consumer(coordinator: NodeId, group: &consumer::DescribedGroup) -> Described {
    let group_id = group.group_id.to_string();
    let answer = check(subject(&group_id), group.error_code, group.error_message.as_deref());
    let answer = answer.map(|()| GroupDescription {
        group_id: group_id.clone(),
        group_type: GroupType::Consumer,
        state: group.group_state.parse().unwrap_or(GroupState::Unknown),
        protocol_type: "consumer".to_owned(),
        assignor: group.assignor_name.to_string(),
        coordinator,
        group_epoch: Some(group.group_epoch),
        assignment_epoch: Some(group.assignment_epoch),
        members: group.members.iter().map(read_consumer_member).collect(),
        authorized_operations: authorized_operations(group.authorized_operations),
    });
    (group_id, answer)
}

fn read_consumer_member(member: &consumer::Member) -> GroupMember {
    let partitions = |assignment: &consumer::Assignment| {
        let topics = assignment.topic_partitions.iter();
        flatten(topics.map(|topic| (topic.topic_name.as_str(), topic.partitions.as_slice())))
    };
    GroupMember {
        member_id: member.member_id.to_string(),
        instance_id: member.instance_id.as_ref().map(String::from),
        rack_id: member.rack_id.as_ref().map(String::from),
        client_id: member.client_id.to_string(),
        host: member.client_host.to_string(),
        member_epoch: Some(member.member_epoch),
        subscribed_topics: member.subscribed_topic_names.iter().map(ToString::to_string).collect(),
        subscribed_pattern: member
            .subscribed_topic_regex
            .as_ref()
            .map(String::from)
            .filter(|p| !p.is_empty()),
        assignment: partitions(&member.assignment),
        target_assignment: Some(partitions(&member.target_assignment)),
        upgraded: (member.member_type >= 0).then_some(member.member_type == 1),
    }
}

fn read_share(coordinator: NodeId, group: &share::DescribedGroup) -> Described {
    let group_id = group.group_id.to_string();
    let answer = check(subject(&group_id), group.error_code, group.error_message.as_deref());
    let answer = answer.map(|()| GroupDescription {
        group_id: group_id.clone(),
        group_type: GroupType::Share,
        state: group.group_state.parse().unwrap_or(GroupState::Unknown),
        protocol_type: "share".to_owned(),
        assignor: group.assignor_name.to_string(),
        coordinator,
        group_epoch: Some(group.group_epoch),
        assignment_epoch: Some(group.assignment_epoch),
        members: group.members.iter().map(read_share_member).collect(),
        authorized_operations: authorized_operations(group.authorized_operations),
    });
    (group_id, answer)
}

fn read_share_member(member: &share::Member) -> GroupMember {
    let topics = member.assignment.topic_partitions.iter();
    GroupMember {
        member_id: member.member_id.to_string(),
        instance_id: None,
        rack_id: member.rack_id.as_ref().map(String::from),
        client_id: member.client_id.to_string(),
        host: member.client_host.to_string(),
        member_epoch: Some(member.member_epoch),
        subscribed_topics: member.subscribed_topic_names.iter().map(ToString::to_string).collect(),
        subscribed_pattern: None,
        assignment: flatten(topics.map(|topic| (topic.topic_name.as_str(), topic.partitions.as_slice()))),
        target_assignment: None,
        upgraded: None,
    }
}

fn read_classic(coordinator: NodeId, group: &classic::DescribedGroup) -> Described {
    let group_id = group.group_id.to_string();
    let answer = check(subject(&group_id), group.error_code, group.error_message.as_deref());
    let answer = answer.map(|()| GroupDescription {
        group_id: group_id.clone(),
        group_type: GroupType::Classic,
        state: group.group_state.parse().unwrap_or(GroupState::Unknown),
        protocol_type: group.protocol_type.to_string(),
        assignor: group.protocol_data.to_string(),
        coordinator,
        group_epoch: None,
        assignment_epoch: None,
        members: group.members.iter().map(read_classic_member).collect(),
        authorized_operations: authorized_operations(group.authorized_operations),
    });
    (group_id, answer)
}

fn read_classic_member(member: &classic::DescribedGroupMember) -> GroupMember {
    GroupMember {
        member_id: member.member_id.to_string(),
        instance_id: member.group_instance_id.as_ref().map(String::from),
        rack_id: None,
        client_id: member.client_id.to_string(),
        host: member.client_host.to_string(),
        member_epoch: None,
        subscribed_topics: Vec::new(),
        subscribed_pattern: None,
        // What other uses of the protocol put here is not ours to read.
        assignment: read_assignment(member.member_assignment.clone()).unwrap_or_default(),
        target_assignment: None,
        upgraded: None,
    }
}

fn flatten<'a>(topics: impl Iterator<Item = (&'a str, &'a [i32])>) -> Vec<TopicPartition> {
    let mut partitions: Vec<TopicPartition> = topics
        .flat_map(|(topic, partitions)| partitions.iter().map(move |p| TopicPartition::new(topic, *p)))
        .collect();
    partitions.sort();
    partitions
}

/// The assignment that classic consumers exchange: version, then topics with their partitions.
fn read_assignment(bytes: Bytes) -> Result<Vec<TopicPartition>, DecodeError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = Reader::new(bytes);
    reader.read_i16()?;
    let mut assignment = Vec::new();
    for _ in 0..reader.read_array_len(false)?.unwrap_or(0) {
        let topic = reader.read_string(false)?;
        for _ in 0..reader.read_array_len(false)?.unwrap_or(0) {
            assignment.push(TopicPartition::new(topic.as_str(), reader.read_i32()?));
        }
    }
    assignment.sort();
    Ok(assignment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_assignment_of_a_classic_consumer() {
        let two =
            b"\0\x03\0\0\0\x02\0\x01b\0\0\0\x01\0\0\0\x05\0\x01a\0\0\0\x02\0\0\0\x01\0\0\0\0\xff\xff\xff\xff";
        let cases: [(&'static [u8], Option<&[&str]>); 4] = [
            (b"", Some(&[])),
            (two, Some(&["a-0", "a-1", "b-5"])),
            (b"\0\x01\0\0\0\x01", None),
            (b"{}", None),
        ];
        for (bytes, expected) in cases {
            let read = read_assignment(Bytes::from_static(bytes)).ok();
            let names = read.map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(names, expected.map(|list| list.iter().map(ToString::to_string).collect()));
        }
    }
}
