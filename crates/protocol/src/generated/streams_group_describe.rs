// Made by `cargo xtask codegen` from schema/streams_group_describe.kafka. Change that instead.

//! Describes groups of Kafka Streams (KIP-1071).
//!
//! v1 the topology in words (KIP-1331), the assignor (KIP-1357).
//!
//! API key 89, versions 0 to 1.

pub use request::StreamsGroupDescribeRequest;
pub use response::StreamsGroupDescribeResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupDescribeRequest {
        pub group_ids: Vec<Text>,
        pub include_authorized_operations: bool,
        /// v1+
        pub include_topology_description: bool,
    }

    impl Fields for StreamsGroupDescribeRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_ids = r.read_array(true, |r| r.read_string(true))?;
            let include_authorized_operations = r.read_bool()?;
            let include_topology_description = if v >= 1 { r.read_bool()? } else { false };
            r.skip_tagged_fields()?;
            Ok(Self { group_ids, include_authorized_operations, include_topology_description })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.group_ids, true, |s, x| s.put_string(x, true))?;
            s.put_bool(self.include_authorized_operations);
            if v >= 1 {
                s.put_bool(self.include_topology_description);
            } else if self.include_topology_description {
                return not_in_version("StreamsGroupDescribeRequest", "include_topology_description", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupDescribeRequest, 0..=1);
    request!(StreamsGroupDescribe, StreamsGroupDescribeRequest, super::StreamsGroupDescribeResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupDescribeResponse {
        pub throttle_time_ms: i32,
        pub groups: Vec<DescribedGroup>,
    }

    impl Fields for StreamsGroupDescribeResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let groups = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, groups })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.groups, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribedGroup {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub group_id: Text,
        pub group_state: Text,
        pub group_epoch: i32,
        pub assignment_epoch: i32,
        pub topology: Option<Topology>,
        pub members: Vec<Member>,
        pub authorized_operations: i32,
        /// v1+
        pub topology_description: Option<TopologyDescription>,
        /// v1+
        pub topology_description_status: i8,
        /// v1+
        pub assignor_name: Option<Text>,
    }

    impl Default for DescribedGroup {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: None,
                group_id: Text::default(),
                group_state: Text::default(),
                group_epoch: 0,
                assignment_epoch: 0,
                topology: None,
                members: Vec::new(),
                authorized_operations: i32::MIN,
                topology_description: None,
                topology_description_status: 0,
                assignor_name: None,
            }
        }
    }

    impl Fields for DescribedGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let group_id = r.read_string(true)?;
            let group_state = r.read_string(true)?;
            let group_epoch = r.read_i32()?;
            let assignment_epoch = r.read_i32()?;
            let topology = read_nullable_struct(r, v)?;
            let members = read_structs(r, true, v)?;
            let authorized_operations = r.read_i32()?;
            let topology_description = if v >= 1 { read_nullable_struct(r, v)? } else { None };
            let topology_description_status = if v >= 1 { r.read_i8()? } else { 0 };
            let assignor_name = if v >= 1 { r.read_nullable_string(true)? } else { None };
            r.skip_tagged_fields()?;
            Ok(Self {
                error_code, error_message, group_id, group_state, group_epoch, assignment_epoch, topology,
                members, authorized_operations, topology_description, topology_description_status,
                assignor_name,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_string(&self.group_id, true)?;
            s.put_string(&self.group_state, true)?;
            s.put_i32(self.group_epoch);
            s.put_i32(self.assignment_epoch);
            put_nullable_struct(s, self.topology.as_ref(), v)?;
            put_structs(s, &self.members, true, v)?;
            s.put_i32(self.authorized_operations);
            if v >= 1 {
                put_nullable_struct(s, self.topology_description.as_ref(), v)?;
            } else if self.topology_description.is_some() {
                return not_in_version("StreamsGroupDescribeResponse", "topology_description", v);
            }
            if v >= 1 {
                s.put_i8(self.topology_description_status);
            } else if self.topology_description_status != 0 {
                return not_in_version("StreamsGroupDescribeResponse", "topology_description_status", v);
            }
            if v >= 1 {
                s.put_nullable_string(self.assignor_name.as_deref(), true)?;
            }
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Topology {
        pub epoch: i32,
        pub subtopologies: Option<Vec<Subtopology>>,
    }

    impl Fields for Topology {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let epoch = r.read_i32()?;
            let subtopologies = read_nullable_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { epoch, subtopologies })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.epoch);
            put_nullable_structs(s, self.subtopologies.as_deref(), true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Subtopology {
        pub subtopology_id: Text,
        pub source_topics: Vec<Text>,
        pub repartition_sink_topics: Vec<Text>,
        pub state_changelog_topics: Vec<TopicInfo>,
        pub repartition_source_topics: Vec<TopicInfo>,
    }

    impl Fields for Subtopology {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let source_topics = r.read_array(true, |r| r.read_string(true))?;
            let repartition_sink_topics = r.read_array(true, |r| r.read_string(true))?;
            let state_changelog_topics = read_structs(r, true, v)?;
            let repartition_source_topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                subtopology_id, source_topics, repartition_sink_topics, state_changelog_topics,
                repartition_source_topics,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_array(s, &self.source_topics, true, |s, x| s.put_string(x, true))?;
            put_array(s, &self.repartition_sink_topics, true, |s, x| s.put_string(x, true))?;
            put_structs(s, &self.state_changelog_topics, true, v)?;
            put_structs(s, &self.repartition_source_topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Member {
        pub member_id: Text,
        pub member_epoch: i32,
        pub instance_id: Option<Text>,
        pub rack_id: Option<Text>,
        pub client_id: Text,
        pub client_host: Text,
        pub topology_epoch: i32,
        pub process_id: Text,
        pub user_endpoint: Option<Endpoint>,
        pub client_tags: Vec<KeyValue>,
        pub task_offsets: Vec<TaskOffset>,
        pub task_end_offsets: Vec<TaskOffset>,
        pub assignment: Assignment,
        pub target_assignment: Assignment,
        pub is_classic: bool,
    }

    impl Fields for Member {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let member_id = r.read_string(true)?;
            let member_epoch = r.read_i32()?;
            let instance_id = r.read_nullable_string(true)?;
            let rack_id = r.read_nullable_string(true)?;
            let client_id = r.read_string(true)?;
            let client_host = r.read_string(true)?;
            let topology_epoch = r.read_i32()?;
            let process_id = r.read_string(true)?;
            let user_endpoint = read_nullable_struct(r, v)?;
            let client_tags = read_structs(r, true, v)?;
            let task_offsets = read_structs(r, true, v)?;
            let task_end_offsets = read_structs(r, true, v)?;
            let assignment = Fields::read(r, v)?;
            let target_assignment = Fields::read(r, v)?;
            let is_classic = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                member_id, member_epoch, instance_id, rack_id, client_id, client_host, topology_epoch,
                process_id, user_endpoint, client_tags, task_offsets, task_end_offsets, assignment,
                target_assignment, is_classic,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.member_id, true)?;
            s.put_i32(self.member_epoch);
            s.put_nullable_string(self.instance_id.as_deref(), true)?;
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_string(&self.client_id, true)?;
            s.put_string(&self.client_host, true)?;
            s.put_i32(self.topology_epoch);
            s.put_string(&self.process_id, true)?;
            put_nullable_struct(s, self.user_endpoint.as_ref(), v)?;
            put_structs(s, &self.client_tags, true, v)?;
            put_structs(s, &self.task_offsets, true, v)?;
            put_structs(s, &self.task_end_offsets, true, v)?;
            self.assignment.write(s, v)?;
            self.target_assignment.write(s, v)?;
            s.put_bool(self.is_classic);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Endpoint {
        pub host: Text,
        pub port: u16,
    }

    impl Fields for Endpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            r.skip_tagged_fields()?;
            Ok(Self { host, port })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TaskOffset {
        pub subtopology_id: Text,
        pub partition: i32,
        pub offset: i64,
    }

    impl Fields for TaskOffset {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let partition = r.read_i32()?;
            let offset = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { subtopology_id, partition, offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            s.put_i32(self.partition);
            s.put_i64(self.offset);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Assignment {
        pub active_tasks: Vec<TaskIds>,
        pub standby_tasks: Vec<TaskIds>,
        pub warmup_tasks: Vec<TaskIds>,
    }

    impl Fields for Assignment {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let active_tasks = read_structs(r, true, v)?;
            let standby_tasks = read_structs(r, true, v)?;
            let warmup_tasks = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { active_tasks, standby_tasks, warmup_tasks })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.active_tasks, true, v)?;
            put_structs(s, &self.standby_tasks, true, v)?;
            put_structs(s, &self.warmup_tasks, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TaskIds {
        pub subtopology_id: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TaskIds {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { subtopology_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct KeyValue {
        pub key: Text,
        pub value: Text,
    }

    impl Fields for KeyValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let key = r.read_string(true)?;
            let value = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { key, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.key, true)?;
            s.put_string(&self.value, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicInfo {
        pub name: Text,
        pub partitions: i32,
        pub replication_factor: i16,
        pub topic_configs: Vec<KeyValue>,
    }

    impl Fields for TopicInfo {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let partitions = r.read_i32()?;
            let replication_factor = r.read_i16()?;
            let topic_configs = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, partitions, replication_factor, topic_configs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i32(self.partitions);
            s.put_i16(self.replication_factor);
            put_structs(s, &self.topic_configs, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescription {
        pub subtopologies: Vec<TopologyDescriptionSubtopology>,
        pub global_stores: Vec<TopologyDescriptionGlobalStore>,
    }

    impl Fields for TopologyDescription {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopologies = read_structs(r, true, v)?;
            let global_stores = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { subtopologies, global_stores })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.subtopologies, true, v)?;
            put_structs(s, &self.global_stores, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescriptionSubtopology {
        pub subtopology_id: Text,
        pub nodes: Vec<TopologyDescriptionNode>,
    }

    impl Fields for TopologyDescriptionSubtopology {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let nodes = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { subtopology_id, nodes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_structs(s, &self.nodes, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescriptionNode {
        pub name: Text,
        pub node_type: i8,
        pub source_topics: Vec<Text>,
        pub sink_topic: Option<Text>,
        pub stores: Vec<Text>,
        pub successors: Vec<Text>,
    }

    impl Fields for TopologyDescriptionNode {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let node_type = r.read_i8()?;
            let source_topics = r.read_array(true, |r| r.read_string(true))?;
            let sink_topic = r.read_nullable_string(true)?;
            let stores = r.read_array(true, |r| r.read_string(true))?;
            let successors = r.read_array(true, |r| r.read_string(true))?;
            r.skip_tagged_fields()?;
            Ok(Self { name, node_type, source_topics, sink_topic, stores, successors })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i8(self.node_type);
            put_array(s, &self.source_topics, true, |s, x| s.put_string(x, true))?;
            s.put_nullable_string(self.sink_topic.as_deref(), true)?;
            put_array(s, &self.stores, true, |s, x| s.put_string(x, true))?;
            put_array(s, &self.successors, true, |s, x| s.put_string(x, true))?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopologyDescriptionGlobalStore {
        pub source: TopologyDescriptionNode,
        pub processor: TopologyDescriptionNode,
    }

    impl Fields for TopologyDescriptionGlobalStore {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let source = Fields::read(r, v)?;
            let processor = Fields::read(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { source, processor })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.source.write(s, v)?;
            self.processor.write(s, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupDescribeResponse, 0..=1);
}
