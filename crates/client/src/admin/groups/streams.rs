use super::{GroupState, coordinator, subject};
use crate::{
    Address, Error,
    admin::{
        AclOperation, Admin, DescribeGroupsOptions, Each, acls::authorized_operations, check, route::Call,
    },
};
use base::NodeId;
use protocol::{StreamsGroupDescribeRequest, streams_group_describe::response};
use std::collections::{BTreeMap, BTreeSet};

/// A group of Kafka Streams (KIP-1071).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamsGroupDescription {
    pub group_id: String,
    pub state: GroupState,
    pub coordinator: NodeId,
    /// Counts changes of members and topology.
    pub group_epoch: i32,
    /// The group epoch that the assignment was made for.
    pub assignment_epoch: i32,
    /// `None` from brokers before Kafka 4.4 (KIP-1357).
    pub assignor: Option<String>,
    /// `None` while no member has told it.
    pub topology: Option<StreamsTopology>,
    pub members: Vec<StreamsMember>,
    /// What the caller may do with it; `None` if not asked for.
    pub authorized_operations: Option<BTreeSet<AclOperation>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamsTopology {
    pub epoch: i32,
    /// `None` while a topology is not resolved against the topics there are.
    pub subtopologies: Option<Vec<Subtopology>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtopology {
    pub id: String,
    pub source_topics: Vec<String>,
    pub repartition_sink_topics: Vec<String>,
    pub state_changelog_topics: Vec<TopicInfo>,
    pub repartition_source_topics: Vec<TopicInfo>,
}

/// An internal topic that a subtopology needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicInfo {
    pub name: String,
    /// Zero: as many as the sources have.
    pub partitions: i32,
    /// Zero: the broker's default.
    pub replication_factor: i16,
    pub configs: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamsMember {
    pub member_id: String,
    pub member_epoch: i32,
    /// Of a static member.
    pub instance_id: Option<String>,
    pub rack_id: Option<String>,
    pub client_id: String,
    /// As the broker writes it; Kafka puts a slash before an address.
    pub host: String,
    pub topology_epoch: i32,
    /// Members of one process share their state directory.
    pub process_id: String,
    /// Where its interactive queries are answered (`application.server`).
    pub user_endpoint: Option<Address>,
    pub client_tags: BTreeMap<String, String>,
    /// How far it has restored and processed.
    pub task_offsets: Vec<TaskOffset>,
    pub task_end_offsets: Vec<TaskOffset>,
    pub assignment: StreamsTasks,
    /// What it shall run.
    pub target_assignment: StreamsTasks,
    /// It speaks the classic protocol, in a group that is being upgraded.
    pub classic: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskOffset {
    pub subtopology: String,
    pub partition: i32,
    pub offset: i64,
}

/// Tasks by role: subtopology, and the partitions it runs for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamsTasks {
    pub active: BTreeMap<String, Vec<i32>>,
    pub standby: BTreeMap<String, Vec<i32>>,
    pub warmup: BTreeMap<String, Vec<i32>>,
}

impl Admin {
    /// Groups of Kafka Streams (KIP-1071).
    pub async fn describe_streams_groups(
        &self,
        groups: &[String],
        options: DescribeGroupsOptions,
    ) -> Each<String, StreamsGroupDescription> {
        self.each(
            Call::new(groups.iter().cloned(), |group| coordinator(group)),
            |groups, _| StreamsGroupDescribeRequest {
                group_ids: groups.iter().map(Into::into).collect(),
                include_authorized_operations: options.authorized_operations,
                ..Default::default()
            },
            |asked, response| Ok(response.groups.iter().map(|group| read(asked.broker, group)).collect()),
        )
        .await
    }
}

fn read(
    coordinator: NodeId,
    group: &response::DescribedGroup,
) -> (String, Result<StreamsGroupDescription, Error>) {
    let group_id = group.group_id.to_string();
    let answer = check(subject(&group_id), group.error_code, group.error_message.as_deref());
    let answer = answer.map(|()| StreamsGroupDescription {
        group_id: group_id.clone(),
        state: group.group_state.parse().unwrap_or(GroupState::Unknown),
        coordinator,
        group_epoch: group.group_epoch,
        assignment_epoch: group.assignment_epoch,
        assignor: group.assignor_name.as_ref().map(String::from),
        topology: group.topology.as_ref().map(|topology| StreamsTopology {
            epoch: topology.epoch,
            subtopologies: topology
                .subtopologies
                .as_ref()
                .map(|subtopologies| subtopologies.iter().map(read_subtopology).collect()),
        }),
        members: group.members.iter().map(read_member).collect(),
        authorized_operations: authorized_operations(group.authorized_operations),
    });
    (group_id, answer)
}

fn read_subtopology(subtopology: &response::Subtopology) -> Subtopology {
    let infos = |topics: &[response::TopicInfo]| topics.iter().map(read_topic_info).collect();
    Subtopology {
        id: subtopology.subtopology_id.to_string(),
        source_topics: subtopology.source_topics.iter().map(ToString::to_string).collect(),
        repartition_sink_topics: subtopology
            .repartition_sink_topics
            .iter()
            .map(ToString::to_string)
            .collect(),
        state_changelog_topics: infos(&subtopology.state_changelog_topics),
        repartition_source_topics: infos(&subtopology.repartition_source_topics),
    }
}

fn read_topic_info(topic: &response::TopicInfo) -> TopicInfo {
    TopicInfo {
        name: topic.name.to_string(),
        partitions: topic.partitions,
        replication_factor: topic.replication_factor,
        configs: read_pairs(&topic.topic_configs),
    }
}

fn read_pairs(pairs: &[response::KeyValue]) -> BTreeMap<String, String> {
    pairs.iter().map(|pair| (pair.key.to_string(), pair.value.to_string())).collect()
}

fn read_member(member: &response::Member) -> StreamsMember {
    StreamsMember {
        member_id: member.member_id.to_string(),
        member_epoch: member.member_epoch,
        instance_id: member.instance_id.as_ref().map(String::from),
        rack_id: member.rack_id.as_ref().map(String::from),
        client_id: member.client_id.to_string(),
        host: member.client_host.to_string(),
        topology_epoch: member.topology_epoch,
        process_id: member.process_id.to_string(),
        user_endpoint: member
            .user_endpoint
            .as_ref()
            .map(|endpoint| Address { host: endpoint.host.to_string(), port: endpoint.port }),
        client_tags: read_pairs(&member.client_tags),
        task_offsets: member.task_offsets.iter().map(read_task_offset).collect(),
        task_end_offsets: member.task_end_offsets.iter().map(read_task_offset).collect(),
        assignment: read_tasks(&member.assignment),
        target_assignment: read_tasks(&member.target_assignment),
        classic: member.is_classic,
    }
}

fn read_task_offset(task: &response::TaskOffset) -> TaskOffset {
    TaskOffset {
        subtopology: task.subtopology_id.to_string(),
        partition: task.partition,
        offset: task.offset,
    }
}

fn read_tasks(assignment: &response::Assignment) -> StreamsTasks {
    let tasks = |tasks: &[response::TaskIds]| {
        tasks.iter().map(|task| (task.subtopology_id.to_string(), task.partitions.clone())).collect()
    };
    StreamsTasks {
        active: tasks(&assignment.active_tasks),
        standby: tasks(&assignment.standby_tasks),
        warmup: tasks(&assignment.warmup_tasks),
    }
}
