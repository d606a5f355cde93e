// Made by `cargo xtask codegen` from schema/metadata.kafka. Change that instead.

//! Brokers, topics and partitions of a cluster.
//!
//! v4 whether to create topics; v5 offline replicas (KIP-112); v7 leader epochs (KIP-320);
//! v8 authorized operations (KIP-430); v10 topic ids in the answer, v12 also in the request (KIP-516);
//! v11 the cluster's authorized operations move to DescribeCluster (KIP-700); v13 an error for the whole (KIP-1102).
//!
//! API key 3, versions 0 to 13.

pub use request::MetadataRequest;
pub use response::MetadataResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct MetadataRequest {
        /// null from v1: null asks for all, and so did empty in v0
        pub topics: Option<Vec<MetadataRequestTopic>>,
        /// v4+: only where the broker allows it too
        pub allow_auto_topic_creation: bool,
        /// v8-v10
        pub include_cluster_authorized_operations: bool,
        /// v8+
        pub include_topic_authorized_operations: bool,
    }

    impl Default for MetadataRequest {
        fn default() -> Self {
            Self {
                topics: Some(Vec::new()),
                allow_auto_topic_creation: true,
                include_cluster_authorized_operations: false,
                include_topic_authorized_operations: false,
            }
        }
    }

    impl Fields for MetadataRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let topics = null_if(v >= 1, read_nullable_structs(r, flexible, v)?)?;
            let allow_auto_topic_creation = if v >= 4 { r.read_bool()? } else { true };
            let include_cluster_authorized_operations = if (8..=10).contains(&v) { r.read_bool()? } else { false };
            let include_topic_authorized_operations = if v >= 8 { r.read_bool()? } else { false };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                topics, allow_auto_topic_creation, include_cluster_authorized_operations,
                include_topic_authorized_operations,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            if self.topics.is_none() && !(v >= 1) {
                return null_in_version("MetadataRequest", "topics", v);
            }
            put_nullable_structs(s, self.topics.as_deref(), flexible, v)?;
            if v >= 4 {
                s.put_bool(self.allow_auto_topic_creation);
            } else if !self.allow_auto_topic_creation {
                return not_in_version("MetadataRequest", "allow_auto_topic_creation", v);
            }
            if (8..=10).contains(&v) {
                s.put_bool(self.include_cluster_authorized_operations);
            } else if self.include_cluster_authorized_operations {
                return not_in_version("MetadataRequest", "include_cluster_authorized_operations", v);
            }
            if v >= 8 {
                s.put_bool(self.include_topic_authorized_operations);
            } else if self.include_topic_authorized_operations {
                return not_in_version("MetadataRequest", "include_topic_authorized_operations", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct MetadataRequestTopic {
        /// v10+
        pub topic_id: Uuid,
        /// null from v10
        pub name: Option<Text>,
    }

    impl Default for MetadataRequestTopic {
        fn default() -> Self {
            Self {
                topic_id: Uuid::nil(),
                name: Some(Text::default()),
            }
        }
    }

    impl Fields for MetadataRequestTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let topic_id = if v >= 10 { r.read_uuid()? } else { Uuid::nil() };
            let name = null_if(v >= 10, r.read_nullable_string(flexible)?)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic_id, name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            if v >= 10 {
                s.put_uuid(self.topic_id);
            }
            if self.name.is_none() && !(v >= 10) {
                return null_in_version("MetadataRequest", "name", v);
            }
            s.put_nullable_string(self.name.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(MetadataRequest, 0..=13);
    request!(Metadata, MetadataRequest, super::MetadataResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct MetadataResponse {
        /// v3+
        pub throttle_time_ms: i32,
        pub brokers: Vec<MetadataResponseBroker>,
        /// v2+
        pub cluster_id: Option<Text>,
        /// v1+: with KRaft: any broker that is alive
        pub controller_id: i32,
        pub topics: Vec<MetadataResponseTopic>,
        /// v8-v10: bits, or the smallest number if not asked for (KIP-430)
        pub cluster_authorized_operations: i32,
        /// v13+
        pub error_code: i16,
    }

    impl Default for MetadataResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                brokers: Vec::new(),
                cluster_id: None,
                controller_id: -1,
                topics: Vec::new(),
                cluster_authorized_operations: i32::MIN,
                error_code: 0,
            }
        }
    }

    impl Fields for MetadataResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let throttle_time_ms = if v >= 3 { r.read_i32()? } else { 0 };
            let brokers = read_structs(r, flexible, v)?;
            let cluster_id = if v >= 2 { r.read_nullable_string(flexible)? } else { None };
            let controller_id = if v >= 1 { r.read_i32()? } else { -1 };
            let topics = read_structs(r, flexible, v)?;
            let cluster_authorized_operations = if (8..=10).contains(&v) { r.read_i32()? } else { i32::MIN };
            let error_code = if v >= 13 { r.read_i16()? } else { 0 };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                throttle_time_ms, brokers, cluster_id, controller_id, topics, cluster_authorized_operations,
                error_code,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            if v >= 3 {
                s.put_i32(self.throttle_time_ms);
            }
            put_structs(s, &self.brokers, flexible, v)?;
            if v >= 2 {
                s.put_nullable_string(self.cluster_id.as_deref(), flexible)?;
            }
            if v >= 1 {
                s.put_i32(self.controller_id);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if (8..=10).contains(&v) {
                s.put_i32(self.cluster_authorized_operations);
            } else if self.cluster_authorized_operations != i32::MIN {
                return not_in_version("MetadataResponse", "cluster_authorized_operations", v);
            }
            if v >= 13 {
                s.put_i16(self.error_code);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct MetadataResponseBroker {
        pub node_id: i32,
        pub host: Text,
        pub port: i32,
        /// v1+
        pub rack: Option<Text>,
    }

    impl Fields for MetadataResponseBroker {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let node_id = r.read_i32()?;
            let host = r.read_string(flexible)?;
            let port = r.read_i32()?;
            let rack = if v >= 1 { r.read_nullable_string(flexible)? } else { None };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { node_id, host, port, rack })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            s.put_i32(self.node_id);
            s.put_string(&self.host, flexible)?;
            s.put_i32(self.port);
            if v >= 1 {
                s.put_nullable_string(self.rack.as_deref(), flexible)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct MetadataResponseTopic {
        pub error_code: i16,
        /// null from v12
        pub name: Option<Text>,
        /// v10+
        pub topic_id: Uuid,
        /// v1+
        pub is_internal: bool,
        pub partitions: Vec<MetadataResponsePartition>,
        /// v8+: bits, or the smallest number if not asked for (KIP-430)
        pub topic_authorized_operations: i32,
    }

    impl Default for MetadataResponseTopic {
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

    impl Fields for MetadataResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let error_code = r.read_i16()?;
            let name = null_if(v >= 12, r.read_nullable_string(flexible)?)?;
            let topic_id = if v >= 10 { r.read_uuid()? } else { Uuid::nil() };
            let is_internal = if v >= 1 { r.read_bool()? } else { false };
            let partitions = read_structs(r, flexible, v)?;
            let topic_authorized_operations = if v >= 8 { r.read_i32()? } else { i32::MIN };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, name, topic_id, is_internal, partitions, topic_authorized_operations })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            s.put_i16(self.error_code);
            if self.name.is_none() && !(v >= 12) {
                return null_in_version("MetadataResponse", "name", v);
            }
            s.put_nullable_string(self.name.as_deref(), flexible)?;
            if v >= 10 {
                s.put_uuid(self.topic_id);
            }
            if v >= 1 {
                s.put_bool(self.is_internal);
            }
            put_structs(s, &self.partitions, flexible, v)?;
            if v >= 8 {
                s.put_i32(self.topic_authorized_operations);
            } else if self.topic_authorized_operations != i32::MIN {
                return not_in_version("MetadataResponse", "topic_authorized_operations", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct MetadataResponsePartition {
        pub error_code: i16,
        pub partition_index: i32,
        pub leader_id: i32,
        /// v7+
        pub leader_epoch: i32,
        pub replica_nodes: Vec<i32>,
        pub isr_nodes: Vec<i32>,
        /// v5+
        pub offline_replicas: Vec<i32>,
    }

    impl Default for MetadataResponsePartition {
        fn default() -> Self {
            Self {
                error_code: 0,
                partition_index: 0,
                leader_id: 0,
                leader_epoch: -1,
                replica_nodes: Vec::new(),
                isr_nodes: Vec::new(),
                offline_replicas: Vec::new(),
            }
        }
    }

    impl Fields for MetadataResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let error_code = r.read_i16()?;
            let partition_index = r.read_i32()?;
            let leader_id = r.read_i32()?;
            let leader_epoch = if v >= 7 { r.read_i32()? } else { -1 };
            let replica_nodes = r.read_array(flexible, Reader::read_i32)?;
            let isr_nodes = r.read_array(flexible, Reader::read_i32)?;
            let offline_replicas = if v >= 5 { r.read_array(flexible, Reader::read_i32)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                error_code, partition_index, leader_id, leader_epoch, replica_nodes, isr_nodes,
                offline_replicas,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            s.put_i16(self.error_code);
            s.put_i32(self.partition_index);
            s.put_i32(self.leader_id);
            if v >= 7 {
                s.put_i32(self.leader_epoch);
            }
            put_array(s, &self.replica_nodes, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.isr_nodes, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if v >= 5 {
                put_array(s, &self.offline_replicas, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(MetadataResponse, 0..=13);
}
