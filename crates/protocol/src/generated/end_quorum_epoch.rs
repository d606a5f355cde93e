// Made by `cargo xtask codegen` from schema/end_quorum_epoch.kafka. Change that instead.

//! A leader of the metadata quorum resigns (KIP-595).
//!
//! v1 directory ids and the leader's endpoints (KIP-853).
//!
//! API key 54, versions 0 to 1.

pub use request::EndQuorumEpochRequest;
pub use response::EndQuorumEpochResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EndQuorumEpochRequest {
        pub cluster_id: Option<Text>,
        pub topics: Vec<TopicData>,
        /// v1+
        pub leader_endpoints: Vec<LeaderEndpoint>,
    }

    impl Fields for EndQuorumEpochRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let cluster_id = r.read_nullable_string(flexible)?;
            let topics = read_structs(r, flexible, v)?;
            let leader_endpoints = if v >= 1 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { cluster_id, topics, leader_endpoints })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_nullable_string(self.cluster_id.as_deref(), flexible)?;
            put_structs(s, &self.topics, flexible, v)?;
            if v >= 1 {
                put_structs(s, &self.leader_endpoints, flexible, v)?;
            }
            if flexible {
                s.put_varint(0);
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
            let flexible = v >= 1;
            let topic_name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_string(&self.topic_name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionData {
        pub partition_index: i32,
        pub leader_id: i32,
        pub leader_epoch: i32,
        /// v0
        pub preferred_successors: Vec<i32>,
        /// v1+
        pub preferred_candidates: Vec<ReplicaInfo>,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let partition_index = r.read_i32()?;
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let preferred_successors = if v <= 0 { r.read_array(flexible, Reader::read_i32)? } else { Vec::new() };
            let preferred_candidates = if v >= 1 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, leader_id, leader_epoch, preferred_successors, preferred_candidates })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i32(self.partition_index);
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            if v <= 0 {
                put_array(s, &self.preferred_successors, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            }
            if v >= 1 {
                put_structs(s, &self.preferred_candidates, flexible, v)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReplicaInfo {
        pub candidate_id: i32,
        pub candidate_directory_id: Uuid,
    }

    impl Fields for ReplicaInfo {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let candidate_id = r.read_i32()?;
            let candidate_directory_id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { candidate_id, candidate_directory_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.candidate_id);
            s.put_uuid(self.candidate_directory_id);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LeaderEndpoint {
        pub name: Text,
        pub host: Text,
        pub port: u16,
    }

    impl Fields for LeaderEndpoint {
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

    message!(EndQuorumEpochRequest, 0..=1);
    request!(EndQuorumEpoch, EndQuorumEpochRequest, super::EndQuorumEpochResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EndQuorumEpochResponse {
        pub error_code: i16,
        pub topics: Vec<TopicData>,
        /// v1+
        pub node_endpoints: Vec<NodeEndpoint>,
    }

    impl Fields for EndQuorumEpochResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let error_code = r.read_i16()?;
            let topics = read_structs(r, flexible, v)?;
            let mut node_endpoints = Vec::new();
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 => node_endpoints = read_structs(r, true, v)?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self { error_code, topics, node_endpoints })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i16(self.error_code);
            put_structs(s, &self.topics, flexible, v)?;
            if !(v >= 1) && !self.node_endpoints.is_empty() {
                return not_in_version("EndQuorumEpochResponse", "node_endpoints", v);
            }
            if flexible {
                let set = [!self.node_endpoints.is_empty()];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, put_structs(s, &self.node_endpoints, true, v)?);
                }
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
            let flexible = v >= 1;
            let topic_name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_string(&self.topic_name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionData {
        pub partition_index: i32,
        pub error_code: i16,
        pub leader_id: i32,
        pub leader_epoch: i32,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, error_code, leader_id, leader_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            if flexible {
                s.put_varint(0);
            }
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

    message!(EndQuorumEpochResponse, 0..=1);
}
