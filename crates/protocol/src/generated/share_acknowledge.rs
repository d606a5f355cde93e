// Made by `cargo xtask codegen` from schema/share_acknowledge.kafka. Change that instead.

//! Says what became of records that a share group's member has acquired (KIP-932).
//!
//! v2 renewing the lock (KIP-1222).
//!
//! API key 79, versions 1 to 2.

pub use request::ShareAcknowledgeRequest;
pub use response::ShareAcknowledgeResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ShareAcknowledgeRequest {
        pub group_id: Option<Text>,
        pub member_id: Option<Text>,
        /// -1 ends the session
        pub share_session_epoch: i32,
        /// v2+
        pub is_renew_ack: bool,
        pub topics: Vec<AcknowledgeTopic>,
    }

    impl Default for ShareAcknowledgeRequest {
        fn default() -> Self {
            Self {
                group_id: None,
                member_id: Some(Text::default()),
                share_session_epoch: 0,
                is_renew_ack: false,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for ShareAcknowledgeRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_nullable_string(true)?;
            let member_id = r.read_nullable_string(true)?;
            let share_session_epoch = r.read_i32()?;
            let is_renew_ack = if v >= 2 { r.read_bool()? } else { false };
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, member_id, share_session_epoch, is_renew_ack, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.group_id.as_deref(), true)?;
            s.put_nullable_string(self.member_id.as_deref(), true)?;
            s.put_i32(self.share_session_epoch);
            if v >= 2 {
                s.put_bool(self.is_renew_ack);
            } else if self.is_renew_ack {
                return not_in_version("ShareAcknowledgeRequest", "is_renew_ack", v);
            }
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AcknowledgeTopic {
        pub topic_id: Uuid,
        pub partitions: Vec<AcknowledgePartition>,
    }

    impl Fields for AcknowledgeTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AcknowledgePartition {
        pub partition_index: i32,
        pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    }

    impl Fields for AcknowledgePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let acknowledgement_batches = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, acknowledgement_batches })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            put_structs(s, &self.acknowledgement_batches, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AcknowledgementBatch {
        pub first_offset: i64,
        pub last_offset: i64,
        /// 0 gap, 1 accept, 2 release, 3 reject, 4 renew
        pub acknowledge_types: Vec<i8>,
    }

    impl Fields for AcknowledgementBatch {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let first_offset = r.read_i64()?;
            let last_offset = r.read_i64()?;
            let acknowledge_types = r.read_array(true, Reader::read_i8)?;
            r.skip_tagged_fields()?;
            Ok(Self { first_offset, last_offset, acknowledge_types })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.first_offset);
            s.put_i64(self.last_offset);
            put_array(s, &self.acknowledge_types, true, |s, &x| { s.put_i8(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareAcknowledgeRequest, 1..=2);
    request!(ShareAcknowledge, ShareAcknowledgeRequest, super::ShareAcknowledgeResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareAcknowledgeResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        /// v2+
        pub acquisition_lock_timeout_ms: i32,
        pub responses: Vec<ShareAcknowledgeTopicResponse>,
        pub node_endpoints: Vec<NodeEndpoint>,
    }

    impl Fields for ShareAcknowledgeResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let acquisition_lock_timeout_ms = if v >= 2 { r.read_i32()? } else { 0 };
            let responses = read_structs(r, true, v)?;
            let node_endpoints = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                throttle_time_ms, error_code, error_message, acquisition_lock_timeout_ms, responses,
                node_endpoints,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            if v >= 2 {
                s.put_i32(self.acquisition_lock_timeout_ms);
            }
            put_structs(s, &self.responses, true, v)?;
            put_structs(s, &self.node_endpoints, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareAcknowledgeTopicResponse {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for ShareAcknowledgeTopicResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionData {
        pub partition_index: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub current_leader: LeaderIdAndEpoch,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let current_leader = Fields::read(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, error_code, error_message, current_leader })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            self.current_leader.write(s, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LeaderIdAndEpoch {
        pub leader_id: i32,
        pub leader_epoch: i32,
    }

    impl Fields for LeaderIdAndEpoch {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { leader_id, leader_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct NodeEndpoint {
        pub node_id: i32,
        pub host: Text,
        pub port: i32,
        pub rack: Option<Text>,
    }

    impl Fields for NodeEndpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let node_id = r.read_i32()?;
            let host = r.read_string(true)?;
            let port = r.read_i32()?;
            let rack = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { node_id, host, port, rack })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.node_id);
            s.put_string(&self.host, true)?;
            s.put_i32(self.port);
            s.put_nullable_string(self.rack.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareAcknowledgeResponse, 1..=2);
}
