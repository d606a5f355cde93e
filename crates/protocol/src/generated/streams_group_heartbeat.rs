// Made by `cargo xtask codegen` from schema/streams_group_heartbeat.kafka. Change that instead.

//! Joins, stays in and leaves a group of Kafka Streams; the broker assigns tasks (KIP-1071).
//!
//! v1 the broker may ask for the topology in words (KIP-1331).
//!
//! API key 88, versions 0 to 1.

pub use request::StreamsGroupHeartbeatRequest;
pub use response::StreamsGroupHeartbeatResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct StreamsGroupHeartbeatRequest {
        pub group_id: Text,
        pub member_id: Text,
        /// 0 joins, -1 leaves, -2 leaves for a while as a static member
        pub member_epoch: i32,
        pub endpoint_information_epoch: i32,
        pub instance_id: Option<Text>,
        pub rack_id: Option<Text>,
        pub rebalance_timeout_ms: i32,
        /// when joining, and after it changed
        pub topology: Option<Topology>,
        pub active_tasks: Option<Vec<TaskIds>>,
        pub standby_tasks: Option<Vec<TaskIds>>,
        pub warmup_tasks: Option<Vec<TaskIds>>,
        pub process_id: Option<Text>,
        pub user_endpoint: Option<Endpoint>,
        pub client_tags: Option<Vec<KeyValue>>,
        pub task_offsets: Option<Vec<TaskOffset>>,
        pub task_end_offsets: Option<Vec<TaskOffset>>,
        /// asks all members to stop
        pub shutdown_application: bool,
    }

    impl Default for StreamsGroupHeartbeatRequest {
        fn default() -> Self {
            Self {
                group_id: Text::default(),
                member_id: Text::default(),
                member_epoch: 0,
                endpoint_information_epoch: 0,
                instance_id: None,
                rack_id: None,
                rebalance_timeout_ms: -1,
                topology: None,
                active_tasks: None,
                standby_tasks: None,
                warmup_tasks: None,
                process_id: None,
                user_endpoint: None,
                client_tags: None,
                task_offsets: None,
                task_end_offsets: None,
                shutdown_application: false,
            }
        }
    }

    impl Fields for StreamsGroupHeartbeatRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let member_id = r.read_string(true)?;
            let member_epoch = r.read_i32()?;
            let endpoint_information_epoch = r.read_i32()?;
            let instance_id = r.read_nullable_string(true)?;
            let rack_id = r.read_nullable_string(true)?;
            let rebalance_timeout_ms = r.read_i32()?;
            let topology = read_nullable_struct(r, v)?;
            let active_tasks = read_nullable_structs(r, true, v)?;
            let standby_tasks = read_nullable_structs(r, true, v)?;
            let warmup_tasks = read_nullable_structs(r, true, v)?;
            let process_id = r.read_nullable_string(true)?;
            let user_endpoint = read_nullable_struct(r, v)?;
            let client_tags = read_nullable_structs(r, true, v)?;
            let task_offsets = read_nullable_structs(r, true, v)?;
            let task_end_offsets = read_nullable_structs(r, true, v)?;
            let shutdown_application = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                group_id, member_id, member_epoch, endpoint_information_epoch, instance_id, rack_id,
                rebalance_timeout_ms, topology, active_tasks, standby_tasks, warmup_tasks, process_id,
                user_endpoint, client_tags, task_offsets, task_end_offsets, shutdown_application,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            s.put_string(&self.member_id, true)?;
            s.put_i32(self.member_epoch);
            s.put_i32(self.endpoint_information_epoch);
            s.put_nullable_string(self.instance_id.as_deref(), true)?;
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_i32(self.rebalance_timeout_ms);
            put_nullable_struct(s, self.topology.as_ref(), v)?;
            put_nullable_structs(s, self.active_tasks.as_deref(), true, v)?;
            put_nullable_structs(s, self.standby_tasks.as_deref(), true, v)?;
            put_nullable_structs(s, self.warmup_tasks.as_deref(), true, v)?;
            s.put_nullable_string(self.process_id.as_deref(), true)?;
            put_nullable_struct(s, self.user_endpoint.as_ref(), v)?;
            put_nullable_structs(s, self.client_tags.as_deref(), true, v)?;
            put_nullable_structs(s, self.task_offsets.as_deref(), true, v)?;
            put_nullable_structs(s, self.task_end_offsets.as_deref(), true, v)?;
            s.put_bool(self.shutdown_application);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Topology {
        pub epoch: i32,
        pub subtopologies: Vec<Subtopology>,
    }

    impl Fields for Topology {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let epoch = r.read_i32()?;
            let subtopologies = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { epoch, subtopologies })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.epoch);
            put_structs(s, &self.subtopologies, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Subtopology {
        pub subtopology_id: Text,
        pub source_topics: Vec<Text>,
        pub source_topic_regex: Vec<Text>,
        pub state_changelog_topics: Vec<TopicInfo>,
        pub repartition_sink_topics: Vec<Text>,
        pub repartition_source_topics: Vec<TopicInfo>,
        pub copartition_groups: Vec<CopartitionGroup>,
    }

    impl Fields for Subtopology {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let source_topics = r.read_array(true, |r| r.read_string(true))?;
            let source_topic_regex = r.read_array(true, |r| r.read_string(true))?;
            let state_changelog_topics = read_structs(r, true, v)?;
            let repartition_sink_topics = r.read_array(true, |r| r.read_string(true))?;
            let repartition_source_topics = read_structs(r, true, v)?;
            let copartition_groups = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                subtopology_id, source_topics, source_topic_regex, state_changelog_topics,
                repartition_sink_topics, repartition_source_topics, copartition_groups,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_array(s, &self.source_topics, true, |s, x| s.put_string(x, true))?;
            put_array(s, &self.source_topic_regex, true, |s, x| s.put_string(x, true))?;
            put_structs(s, &self.state_changelog_topics, true, v)?;
            put_array(s, &self.repartition_sink_topics, true, |s, x| s.put_string(x, true))?;
            put_structs(s, &self.repartition_source_topics, true, v)?;
            put_structs(s, &self.copartition_groups, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CopartitionGroup {
        pub source_topics: Vec<i16>,
        pub source_topic_regex: Vec<i16>,
        pub repartition_source_topics: Vec<i16>,
    }

    impl Fields for CopartitionGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let source_topics = r.read_array(true, Reader::read_i16)?;
            let source_topic_regex = r.read_array(true, Reader::read_i16)?;
            let repartition_source_topics = r.read_array(true, Reader::read_i16)?;
            r.skip_tagged_fields()?;
            Ok(Self { source_topics, source_topic_regex, repartition_source_topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.source_topics, true, |s, &x| { s.put_i16(x); Ok(()) })?;
            put_array(s, &self.source_topic_regex, true, |s, &x| { s.put_i16(x); Ok(()) })?;
            put_array(s, &self.repartition_source_topics, true, |s, &x| { s.put_i16(x); Ok(()) })?;
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

    message!(StreamsGroupHeartbeatRequest, 0..=1);
    request!(StreamsGroupHeartbeat, StreamsGroupHeartbeatRequest, super::StreamsGroupHeartbeatResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct StreamsGroupHeartbeatResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub member_id: Text,
        pub member_epoch: i32,
        pub heartbeat_interval_ms: i32,
        /// v0
        pub acceptable_recovery_lag_legacy: i32,
        pub task_offset_interval_ms: i32,
        /// v1+
        pub acceptable_recovery_lag: i64,
        pub status: Option<Vec<Status>>,
        pub active_tasks: Option<Vec<TaskIds>>,
        pub standby_tasks: Option<Vec<TaskIds>>,
        pub warmup_tasks: Option<Vec<TaskIds>>,
        /// v1+
        pub topology_description_required: bool,
        pub endpoint_information_epoch: i32,
        pub partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>>,
    }

    impl Default for StreamsGroupHeartbeatResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: None,
                member_id: Text::default(),
                member_epoch: 0,
                heartbeat_interval_ms: 0,
                acceptable_recovery_lag_legacy: 0,
                task_offset_interval_ms: 0,
                acceptable_recovery_lag: -1,
                status: Some(Vec::new()),
                active_tasks: None,
                standby_tasks: None,
                warmup_tasks: None,
                topology_description_required: false,
                endpoint_information_epoch: 0,
                partitions_by_user_endpoint: None,
            }
        }
    }

    impl Fields for StreamsGroupHeartbeatResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let member_id = r.read_string(true)?;
            let member_epoch = r.read_i32()?;
            let heartbeat_interval_ms = r.read_i32()?;
            let acceptable_recovery_lag_legacy = if v <= 0 { r.read_i32()? } else { 0 };
            let task_offset_interval_ms = r.read_i32()?;
            let acceptable_recovery_lag = if v >= 1 { r.read_i64()? } else { -1 };
            let status = read_nullable_structs(r, true, v)?;
            let active_tasks = read_nullable_structs(r, true, v)?;
            let standby_tasks = read_nullable_structs(r, true, v)?;
            let warmup_tasks = read_nullable_structs(r, true, v)?;
            let topology_description_required = if v >= 1 { r.read_bool()? } else { false };
            let endpoint_information_epoch = r.read_i32()?;
            let partitions_by_user_endpoint = read_nullable_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                throttle_time_ms, error_code, error_message, member_id, member_epoch, heartbeat_interval_ms,
                acceptable_recovery_lag_legacy, task_offset_interval_ms, acceptable_recovery_lag, status,
                active_tasks, standby_tasks, warmup_tasks, topology_description_required,
                endpoint_information_epoch, partitions_by_user_endpoint,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_string(&self.member_id, true)?;
            s.put_i32(self.member_epoch);
            s.put_i32(self.heartbeat_interval_ms);
            if v <= 0 {
                s.put_i32(self.acceptable_recovery_lag_legacy);
            } else if self.acceptable_recovery_lag_legacy != 0 {
                return not_in_version("StreamsGroupHeartbeatResponse", "acceptable_recovery_lag_legacy", v);
            }
            s.put_i32(self.task_offset_interval_ms);
            if v >= 1 {
                s.put_i64(self.acceptable_recovery_lag);
            }
            put_nullable_structs(s, self.status.as_deref(), true, v)?;
            put_nullable_structs(s, self.active_tasks.as_deref(), true, v)?;
            put_nullable_structs(s, self.standby_tasks.as_deref(), true, v)?;
            put_nullable_structs(s, self.warmup_tasks.as_deref(), true, v)?;
            if v >= 1 {
                s.put_bool(self.topology_description_required);
            } else if self.topology_description_required {
                return not_in_version("StreamsGroupHeartbeatResponse", "topology_description_required", v);
            }
            s.put_i32(self.endpoint_information_epoch);
            put_nullable_structs(s, self.partitions_by_user_endpoint.as_deref(), true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EndpointToPartitions {
        pub user_endpoint: Endpoint,
        pub active_partitions: Vec<TopicPartition>,
        pub standby_partitions: Vec<TopicPartition>,
    }

    impl Fields for EndpointToPartitions {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let user_endpoint = Fields::read(r, v)?;
            let active_partitions = read_structs(r, true, v)?;
            let standby_partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { user_endpoint, active_partitions, standby_partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.user_endpoint.write(s, v)?;
            put_structs(s, &self.active_partitions, true, v)?;
            put_structs(s, &self.standby_partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Status {
        pub status_code: i8,
        pub status_detail: Text,
    }

    impl Fields for Status {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let status_code = r.read_i8()?;
            let status_detail = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { status_code, status_detail })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i8(self.status_code);
            s.put_string(&self.status_detail, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartition {
        pub topic: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
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

    message!(StreamsGroupHeartbeatResponse, 0..=1);
}
