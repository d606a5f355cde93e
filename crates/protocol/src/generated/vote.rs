// Made by `cargo xtask codegen` from schema/vote.kafka. Change that instead.

//! A candidate asks a voter for its vote (KIP-595).
//!
//! v1 directory ids (KIP-853); v2 asking before becoming a candidate (KIP-996).
//!
//! API key 52, versions 0 to 2.

pub use request::VoteRequest;
pub use response::VoteResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct VoteRequest {
        pub cluster_id: Option<Text>,
        /// v1+
        pub voter_id: i32,
        pub topics: Vec<TopicData>,
    }

    impl Default for VoteRequest {
        fn default() -> Self {
            Self {
                cluster_id: None,
                voter_id: -1,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for VoteRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let cluster_id = r.read_nullable_string(true)?;
            let voter_id = if v >= 1 { r.read_i32()? } else { -1 };
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { cluster_id, voter_id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.cluster_id.as_deref(), true)?;
            if v >= 1 {
                s.put_i32(self.voter_id);
            }
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
        pub replica_epoch: i32,
        pub replica_id: i32,
        /// v1+
        pub replica_directory_id: Uuid,
        /// v1+
        pub voter_directory_id: Uuid,
        pub last_offset_epoch: i32,
        pub last_offset: i64,
        /// v2+
        pub pre_vote: bool,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let replica_epoch = r.read_i32()?;
            let replica_id = r.read_i32()?;
            let replica_directory_id = if v >= 1 { r.read_uuid()? } else { Uuid::nil() };
            let voter_directory_id = if v >= 1 { r.read_uuid()? } else { Uuid::nil() };
            let last_offset_epoch = r.read_i32()?;
            let last_offset = r.read_i64()?;
            let pre_vote = if v >= 2 { r.read_bool()? } else { false };
            r.skip_tagged_fields()?;
            Ok(Self {
                partition_index, replica_epoch, replica_id, replica_directory_id, voter_directory_id,
                last_offset_epoch, last_offset, pre_vote,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i32(self.replica_epoch);
            s.put_i32(self.replica_id);
            if v >= 1 {
                s.put_uuid(self.replica_directory_id);
            }
            if v >= 1 {
                s.put_uuid(self.voter_directory_id);
            }
            s.put_i32(self.last_offset_epoch);
            s.put_i64(self.last_offset);
            if v >= 2 {
                s.put_bool(self.pre_vote);
            } else if self.pre_vote {
                return not_in_version("VoteRequest", "pre_vote", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(VoteRequest, 0..=2);
    request!(Vote, VoteRequest, super::VoteResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct VoteResponse {
        pub error_code: i16,
        pub topics: Vec<TopicData>,
        /// v1+
        pub node_endpoints: Vec<NodeEndpoint>,
    }

    impl Fields for VoteResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let topics = read_structs(r, true, v)?;
            let mut node_endpoints = Vec::new();
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 if v >= 1 => node_endpoints = read_structs(r, true, v)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { error_code, topics, node_endpoints })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            put_structs(s, &self.topics, true, v)?;
            if !(v >= 1) && !self.node_endpoints.is_empty() {
                return not_in_version("VoteResponse", "node_endpoints", v);
            }
            let set = [v >= 1 && !self.node_endpoints.is_empty()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_structs(s, &self.node_endpoints, true, v)?);
            }
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
        pub error_code: i16,
        pub leader_id: i32,
        pub leader_epoch: i32,
        pub vote_granted: bool,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let vote_granted = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, error_code, leader_id, leader_epoch, vote_granted })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            s.put_bool(self.vote_granted);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct NodeEndpoint {
        pub node_id: i32,
        pub host: Text,
        pub port: u16,
    }

    impl Fields for NodeEndpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let node_id = r.read_i32()?;
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            r.skip_tagged_fields()?;
            Ok(Self { node_id, host, port })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.node_id);
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(VoteResponse, 0..=2);
}
