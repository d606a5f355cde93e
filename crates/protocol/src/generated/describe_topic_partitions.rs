// Made by `cargo xtask codegen` from schema/describe_topic_partitions.kafka. Change that instead.

//! Partitions of topics page by page, with eligible leader replicas (KIP-966).
//!
//! API key 75, versions 0 to 0.

pub use request::DescribeTopicPartitionsRequest;
pub use response::DescribeTopicPartitionsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeTopicPartitionsRequest {
        pub topics: Vec<TopicRequest>,
        pub response_partition_limit: i32,
        /// where the last page ended
        pub cursor: Option<Cursor>,
    }

    impl Default for DescribeTopicPartitionsRequest {
        fn default() -> Self {
            Self {
                topics: Vec::new(),
                response_partition_limit: 2000,
                cursor: None,
            }
        }
    }

    impl Fields for DescribeTopicPartitionsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topics = read_structs(r, true, v)?;
            let response_partition_limit = r.read_i32()?;
            let cursor = read_nullable_struct(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topics, response_partition_limit, cursor })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.topics, true, v)?;
            s.put_i32(self.response_partition_limit);
            put_nullable_struct(s, self.cursor.as_ref(), v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicRequest {
        pub name: Text,
    }

    impl Fields for TopicRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Cursor {
        pub topic_name: Text,
        pub partition_index: i32,
    }

    impl Fields for Cursor {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            let partition_index = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name, partition_index })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            s.put_i32(self.partition_index);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeTopicPartitionsRequest, 0..=0);
    request!(DescribeTopicPartitions, DescribeTopicPartitionsRequest, super::DescribeTopicPartitionsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeTopicPartitionsResponse {
        pub throttle_time_ms: i32,
        pub topics: Vec<DescribeTopicPartitionsResponseTopic>,
        /// null on the last page
        pub next_cursor: Option<Cursor>,
    }

    impl Fields for DescribeTopicPartitionsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let topics = read_structs(r, true, v)?;
            let next_cursor = read_nullable_struct(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, topics, next_cursor })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.topics, true, v)?;
            put_nullable_struct(s, self.next_cursor.as_ref(), v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeTopicPartitionsResponseTopic {
        pub error_code: i16,
        pub name: Option<Text>,
        pub topic_id: Uuid,
        pub is_internal: bool,
        pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
        pub topic_authorized_operations: i32,
    }

    impl Default for DescribeTopicPartitionsResponseTopic {
        fn default() -> Self {
            Self {
                error_code: 0,
                name: Some(Text::default()),
                topic_id: Uuid::nil(),
                is_internal: false,
                partitions: Vec::new(),
                topic_authorized_operations: i32::MIN,
            }
        }
    }

    impl Fields for DescribeTopicPartitionsResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let name = r.read_nullable_string(true)?;
            let topic_id = r.read_uuid()?;
            let is_internal = r.read_bool()?;
            let partitions = read_structs(r, true, v)?;
            let topic_authorized_operations = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { error_code, name, topic_id, is_internal, partitions, topic_authorized_operations })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            s.put_nullable_string(self.name.as_deref(), true)?;
            s.put_uuid(self.topic_id);
            s.put_bool(self.is_internal);
            put_structs(s, &self.partitions, true, v)?;
            s.put_i32(self.topic_authorized_operations);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeTopicPartitionsResponsePartition {
        pub error_code: i16,
        pub partition_index: i32,
        pub leader_id: i32,
        pub leader_epoch: i32,
        pub replica_nodes: Vec<i32>,
        pub isr_nodes: Vec<i32>,
        pub eligible_leader_replicas: Option<Vec<i32>>,
        pub last_known_elr: Option<Vec<i32>>,
        pub offline_replicas: Vec<i32>,
    }

    impl Default for DescribeTopicPartitionsResponsePartition {
        fn default() -> Self {
            Self {
                error_code: 0,
                partition_index: 0,
                leader_id: 0,
                leader_epoch: -1,
                replica_nodes: Vec::new(),
                isr_nodes: Vec::new(),
                eligible_leader_replicas: None,
                last_known_elr: None,
                offline_replicas: Vec::new(),
            }
        }
    }

    impl Fields for DescribeTopicPartitionsResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let partition_index = r.read_i32()?;
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let replica_nodes = r.read_array(true, Reader::read_i32)?;
            let isr_nodes = r.read_array(true, Reader::read_i32)?;
            let eligible_leader_replicas = r.read_nullable_array(true, Reader::read_i32)?;
            let last_known_elr = r.read_nullable_array(true, Reader::read_i32)?;
            let offline_replicas = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                error_code, partition_index, leader_id, leader_epoch, replica_nodes, isr_nodes,
                eligible_leader_replicas, last_known_elr, offline_replicas,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            s.put_i32(self.partition_index);
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            put_array(s, &self.replica_nodes, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.isr_nodes, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_nullable_array(s, self.eligible_leader_replicas.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_nullable_array(s, self.last_known_elr.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.offline_replicas, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Cursor {
        pub topic_name: Text,
        pub partition_index: i32,
    }

    impl Fields for Cursor {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            let partition_index = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name, partition_index })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            s.put_i32(self.partition_index);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeTopicPartitionsResponse, 0..=0);
}
