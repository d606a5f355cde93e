// Made by `cargo xtask codegen` from schema/describe_quorum.kafka. Change that instead.

//! Leader, voters and observers of the metadata quorum (KIP-595).
//!
//! v1 when replicas last fetched (KIP-836); v2 directory ids and endpoints (KIP-853).
//!
//! API key 55, versions 0 to 2.

pub use request::DescribeQuorumRequest;
pub use response::DescribeQuorumResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeQuorumRequest {
        pub topics: Vec<TopicData>,
    }

    impl Fields for DescribeQuorumRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicData {
        pub topic_name: Text,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for TopicData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionData {
        pub partition_index: i32,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeQuorumRequest, 0..=2);
    request!(DescribeQuorum, DescribeQuorumRequest, super::DescribeQuorumResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeQuorumResponse {
        pub error_code: i16,
        /// v2+
        pub error_message: Option<Text>,
        pub topics: Vec<TopicData>,
        /// v2+
        pub nodes: Vec<Node>,
    }

    impl Default for DescribeQuorumResponse {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
                topics: Vec::new(),
                nodes: Vec::new(),
            }
        }
    }

    impl Fields for DescribeQuorumResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let error_message = if v >= 2 { r.read_nullable_string(true)? } else { Some(Text::default()) };
            let topics = read_structs(r, true, v)?;
            let nodes = if v >= 2 { read_structs(r, true, v)? } else { Vec::new() };
            r.skip_tagged_fields()?;
            Ok(Self { error_code, error_message, topics, nodes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            if v >= 2 {
                s.put_nullable_string(self.error_message.as_deref(), true)?;
            }
            put_structs(s, &self.topics, true, v)?;
            if v >= 2 {
                put_structs(s, &self.nodes, true, v)?;
            } else if !self.nodes.is_empty() {
                return not_in_version("DescribeQuorumResponse", "nodes", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicData {
        pub topic_name: Text,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for TopicData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct PartitionData {
        pub partition_index: i32,
        pub error_code: i16,
        /// v2+
        pub error_message: Option<Text>,
        pub leader_id: i32,
        pub leader_epoch: i32,
        pub high_watermark: i64,
        pub current_voters: Vec<ReplicaState>,
        pub observers: Vec<ReplicaState>,
    }

    impl Default for PartitionData {
        fn default() -> Self {
            Self {
                partition_index: 0,
                error_code: 0,
                error_message: Some(Text::default()),
                leader_id: 0,
                leader_epoch: 0,
                high_watermark: 0,
                current_voters: Vec::new(),
                observers: Vec::new(),
            }
        }
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = if v >= 2 { r.read_nullable_string(true)? } else { Some(Text::default()) };
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let high_watermark = r.read_i64()?;
            let current_voters = read_structs(r, true, v)?;
            let observers = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                partition_index, error_code, error_message, leader_id, leader_epoch, high_watermark,
                current_voters, observers,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            if v >= 2 {
                s.put_nullable_string(self.error_message.as_deref(), true)?;
            }
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            s.put_i64(self.high_watermark);
            put_structs(s, &self.current_voters, true, v)?;
            put_structs(s, &self.observers, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Node {
        pub node_id: i32,
        pub listeners: Vec<Listener>,
    }

    impl Fields for Node {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let node_id = r.read_i32()?;
            let listeners = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { node_id, listeners })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.node_id);
            put_structs(s, &self.listeners, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Listener {
        pub name: Text,
        pub host: Text,
        pub port: u16,
    }

    impl Fields for Listener {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, host, port })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct ReplicaState {
        pub replica_id: i32,
        /// v2+
        pub replica_directory_id: Uuid,
        pub log_end_offset: i64,
        /// v1+
        pub last_fetch_timestamp: i64,
        /// v1+
        pub last_caught_up_timestamp: i64,
    }

    impl Default for ReplicaState {
        fn default() -> Self {
            Self {
                replica_id: 0,
                replica_directory_id: Uuid::nil(),
                log_end_offset: 0,
                last_fetch_timestamp: -1,
                last_caught_up_timestamp: -1,
            }
        }
    }

    impl Fields for ReplicaState {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let replica_id = r.read_i32()?;
            let replica_directory_id = if v >= 2 { r.read_uuid()? } else { Uuid::nil() };
            let log_end_offset = r.read_i64()?;
            let last_fetch_timestamp = if v >= 1 { r.read_i64()? } else { -1 };
            let last_caught_up_timestamp = if v >= 1 { r.read_i64()? } else { -1 };
            r.skip_tagged_fields()?;
            Ok(Self {
                replica_id, replica_directory_id, log_end_offset, last_fetch_timestamp,
                last_caught_up_timestamp,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.replica_id);
            if v >= 2 {
                s.put_uuid(self.replica_directory_id);
            } else if !self.replica_directory_id.is_nil() {
                return not_in_version("DescribeQuorumResponse", "replica_directory_id", v);
            }
            s.put_i64(self.log_end_offset);
            if v >= 1 {
                s.put_i64(self.last_fetch_timestamp);
            }
            if v >= 1 {
                s.put_i64(self.last_caught_up_timestamp);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeQuorumResponse, 0..=2);
}
