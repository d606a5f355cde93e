use super::{Admin, check, unanswered};
use crate::{Connection, Error, TopicPartition};
use base::NodeId;
use bytes::Bytes;
use protocol::{
    ApiKey, ConsumerGroupDescribeRequest, DeleteGroupsRequest, DescribeGroupsRequest, ErrorCode,
    FindCoordinatorRequest, ListGroupsRequest, OffsetFetchRequest,
    offset_fetch::request::OffsetFetchRequestGroup,
};
use std::collections::{BTreeMap, BTreeSet};
use wire::{DecodeError, Reader};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupListing {
    pub group_id: String,
    /// `consumer` for consumer groups, `connect` and others for other uses of the classic protocol.
    pub protocol_type: String,
    /// `None` from brokers older than Kafka 2.6.
    pub state: Option<String>,
    /// `classic`, `consumer`, `share`, `streams`; `None` from brokers older than Kafka 3.7.
    pub group_type: Option<String>,
}

#[derive(Clone, Debug)]
pub struct GroupDescription {
    pub group_id: String,
    pub state: String,
    pub group_type: &'static str,
    pub protocol_type: String,
    pub assignor: String,
    pub coordinator: NodeId,
    pub members: Vec<GroupMember>,
}

#[derive(Clone, Debug)]
pub struct GroupMember {
    pub member_id: String,
    pub instance_id: Option<String>,
    pub client_id: String,
    pub host: String,
    /// Partitions this member owns.
    pub assignment: Vec<TopicPartition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedOffset {
    pub offset: i64,
    pub leader_epoch: i32,
    pub metadata: String,
}

const GROUP: i8 = 0;

impl Admin {
    /// The groups of all brokers, by id.
    pub async fn list_groups(&self) -> Result<Vec<GroupListing>, Error> {
        self.cluster.refresh(&[], crate::OnUnknownTopic::Fail).await?;
        let brokers: Vec<NodeId> = self.cluster.metadata().brokers.keys().copied().collect();
        let mut groups = BTreeSet::new();
        for broker in brokers {
            groups.extend(self.list_groups_at(broker).await?);
        }
        Ok(groups.into_iter().collect())
    }

    async fn list_groups_at(&self, broker: NodeId) -> Result<Vec<GroupListing>, Error> {
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let response =
                    self.cluster.node(broker).await?.request(&ListGroupsRequest::default()).await?;
                check(format!("groups of broker {broker}"), response.error_code, None)?;
                Ok(response.groups)
            };
            match answer.await {
                Ok(groups) => {
                    let listed = groups.iter().map(|group| GroupListing {
                        group_id: group.group_id.to_string(),
                        protocol_type: group.protocol_type.to_string(),
                        state: Some(group.group_state.to_string()).filter(|state| !state.is_empty()),
                        group_type: Some(group.group_type.to_string()).filter(|kind| !kind.is_empty()),
                    });
                    return Ok(listed.collect());
                }
                Err(error) => retry.after(error).await?,
            }
        }
    }

    /// The broker that coordinates a group.
    pub async fn find_coordinator(&self, group: &str) -> Result<NodeId, Error> {
        let mut retry = self.cluster.retry();
        loop {
            match self.find_coordinator_once(group).await {
                Ok(node) if self.cluster.metadata().brokers.contains_key(&node) => return Ok(node),
                Ok(node) => {
                    self.cluster.refresh(&[], crate::OnUnknownTopic::Fail).await?;
                    if self.cluster.metadata().brokers.contains_key(&node) {
                        return Ok(node);
                    }
                    retry.after(Error::NoLeader { subject: subject(group) }).await?;
                }
                Err(error) => retry.after(error).await?,
            }
        }
    }

    /// One key until v3, many from v4 on (KIP-699).
    async fn find_coordinator_once(&self, group: &str) -> Result<NodeId, Error> {
        let connection = self.cluster.any().await?;
        let version = connection.version_of::<FindCoordinatorRequest>(i16::MAX)?;
        if version < 4 {
            let request = FindCoordinatorRequest { key: group.into(), key_type: GROUP, ..Default::default() };
            let response = connection.request_in(&request, version).await?;
            check(subject(group), response.error_code, response.error_message.as_deref())?;
            return Ok(NodeId(response.node_id));
        }
        let request = FindCoordinatorRequest {
            coordinator_keys: vec![group.into()],
            key_type: GROUP,
            ..Default::default()
        };
        let response = connection.request_in(&request, version).await?;
        let coordinator = response.coordinators.first().ok_or_else(|| unanswered(subject(group)))?;
        check(subject(group), coordinator.error_code, coordinator.error_message.as_deref())?;
        Ok(NodeId(coordinator.node_id))
    }

    async fn coordinator_of(&self, group: &str) -> Result<(NodeId, Connection), Error> {
        let node = self.find_coordinator(group).await?;
        Ok((node, self.cluster.node(node).await?))
    }

    /// State and members of one group. A group that does not exist is GROUP_ID_NOT_FOUND or, from brokers
    /// older than Kafka 4.0, in state `Dead`.
    pub async fn describe_group(&self, group: &str) -> Result<GroupDescription, Error> {
        let mut retry = self.cluster.retry();
        loop {
            match self.describe_group_once(group).await {
                Ok(description) => return Ok(description),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    async fn describe_group_once(&self, group: &str) -> Result<GroupDescription, Error> {
        let (node, connection) = self.coordinator_of(group).await?;
        if connection.has(ApiKey::ConsumerGroupDescribe) {
            match describe_consumer_group(group, node, &connection).await {
                // It may be a classic group.
                Err(error) if error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND) => {}
                other => return other,
            }
        }
        let request = DescribeGroupsRequest { groups: vec![group.into()], ..Default::default() };
        let response = connection.request(&request).await?;
        let found = response.groups.first().ok_or_else(|| unanswered(subject(group)))?;
        check(subject(group), found.error_code, found.error_message.as_deref())?;
        let members = found.members.iter().map(|member| GroupMember {
            member_id: member.member_id.to_string(),
            instance_id: member.group_instance_id.as_ref().map(String::from),
            client_id: member.client_id.to_string(),
            host: member.client_host.trim_start_matches('/').to_owned(),
            // What other uses of the protocol put here is not ours to read.
            assignment: read_assignment(member.member_assignment.clone()).unwrap_or_default(),
        });
        Ok(GroupDescription {
            group_id: found.group_id.to_string(),
            state: found.group_state.to_string(),
            group_type: "classic",
            protocol_type: found.protocol_type.to_string(),
            assignor: found.protocol_data.to_string(),
            coordinator: node,
            members: members.collect(),
        })
    }

    /// What a group has committed, for every partition it ever committed.
    pub async fn group_offsets(
        &self,
        group: &str,
    ) -> Result<BTreeMap<TopicPartition, CommittedOffset>, Error> {
        let mut retry = self.cluster.retry();
        loop {
            match self.group_offsets_once(group).await {
                Ok(offsets) => return Ok(offsets),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    /// One group until v7, many from v8 on (KIP-709). v10 has topic ids only, which would need a second question.
    async fn group_offsets_once(
        &self,
        group: &str,
    ) -> Result<BTreeMap<TopicPartition, CommittedOffset>, Error> {
        const LAST_WITH_NAMES: i16 = 9;
        let (_, connection) = self.coordinator_of(group).await?;
        let version = connection.version_of::<OffsetFetchRequest>(LAST_WITH_NAMES)?;
        let mut offsets = BTreeMap::new();
        let mut keep =
            |topic: &str, index: i32, code: i16, offset: i64, leader_epoch: i32, metadata: Option<&str>| {
                let at = TopicPartition::new(topic, index);
                check(format!("{} at {at}", subject(group)), code, None)?;
                if offset >= 0 {
                    let metadata = metadata.unwrap_or_default().to_owned();
                    offsets.insert(at, CommittedOffset { offset, leader_epoch, metadata });
                }
                Ok::<(), Error>(())
            };
        if version < 8 {
            let request = OffsetFetchRequest { group_id: group.into(), topics: None, ..Default::default() };
            let response = connection.request_in(&request, version).await?;
            check(subject(group), response.error_code, None)?;
            for topic in &response.topics {
                for p in &topic.partitions {
                    let metadata = p.metadata.as_deref();
                    let (offset, epoch) = (p.committed_offset, p.committed_leader_epoch);
                    keep(&topic.name, p.partition_index, p.error_code, offset, epoch, metadata)?;
                }
            }
            return Ok(offsets);
        }
        let asked = OffsetFetchRequestGroup { group_id: group.into(), topics: None, ..Default::default() };
        let request = OffsetFetchRequest { groups: vec![asked], ..Default::default() };
        let response = connection.request_in(&request, version).await?;
        let answered = response.groups.first().ok_or_else(|| unanswered(subject(group)))?;
        check(subject(group), answered.error_code, None)?;
        for topic in &answered.topics {
            for p in &topic.partitions {
                let metadata = p.metadata.as_deref();
                let (offset, epoch) = (p.committed_offset, p.committed_leader_epoch);
                keep(&topic.name, p.partition_index, p.error_code, offset, epoch, metadata)?;
            }
        }
        Ok(offsets)
    }

    /// Deletes a group without members, with its offsets.
    pub async fn delete_group(&self, group: &str) -> Result<(), Error> {
        let request = DeleteGroupsRequest { groups_names: vec![group.into()] };
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let response = self.coordinator_of(group).await?.1.request(&request).await?;
                let result = response.results.first().ok_or_else(|| unanswered(subject(group)))?;
                check(subject(group), result.error_code, result.error_message.as_deref())
            };
            match answer.await {
                Ok(()) => return Ok(()),
                Err(error) => retry.after(error).await?,
            }
        }
    }
}

fn subject(group: &str) -> String {
    format!("group `{group}`")
}

/// Groups of the new protocol (KIP-848).
async fn describe_consumer_group(
    group: &str,
    coordinator: NodeId,
    connection: &Connection,
) -> Result<GroupDescription, Error> {
    let request = ConsumerGroupDescribeRequest { group_ids: vec![group.into()], ..Default::default() };
    let response = connection.request(&request).await?;
    let found = response.groups.first().ok_or_else(|| unanswered(subject(group)))?;
    check(subject(group), found.error_code, found.error_message.as_deref())?;
    let members = found.members.iter().map(|member| GroupMember {
        member_id: member.member_id.to_string(),
        instance_id: member.instance_id.as_ref().map(String::from),
        client_id: member.client_id.to_string(),
        host: member.client_host.trim_start_matches('/').to_owned(),
        assignment: member
            .assignment
            .topic_partitions
            .iter()
            .flat_map(|topic| {
                topic.partitions.iter().map(|p| TopicPartition::new(topic.topic_name.as_str(), *p))
            })
            .collect(),
    });
    Ok(GroupDescription {
        group_id: found.group_id.to_string(),
        state: found.group_state.to_string(),
        group_type: "consumer",
        protocol_type: "consumer".to_owned(),
        assignor: found.assignor_name.to_string(),
        coordinator,
        members: members.collect(),
    })
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
