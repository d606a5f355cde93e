// Made by `cargo xtask codegen` from schema/share_fetch.kafka. Change that instead.

//! Acquires records for a share group's member, and acknowledges earlier ones (KIP-932).
//!
//! v2 renewing the lock (KIP-1222), never more records than asked for (KIP-1206).
//!
//! API key 78, versions 1 to 2.

pub use request::ShareFetchRequest;
pub use response::ShareFetchResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ShareFetchRequest {
        pub group_id: Option<Text>,
        pub member_id: Option<Text>,
        /// 0 begins a session, -1 ends it
        pub share_session_epoch: i32,
        pub max_wait_ms: i32,
        pub min_bytes: i32,
        pub max_bytes: i32,
        pub max_records: i32,
        pub batch_size: i32,
        /// v2+: 0 batch, 1 never more records than asked for
        pub share_acquire_mode: i8,
        /// v2+
        pub is_renew_ack: bool,
        pub topics: Vec<FetchTopic>,
        pub forgotten_topics_data: Vec<ForgottenTopic>,
    }

    impl Default for ShareFetchRequest {
        fn default() -> Self {
            Self {
                group_id: None,
                member_id: Some(Text::default()),
                share_session_epoch: 0,
                max_wait_ms: 0,
                min_bytes: 0,
                max_bytes: i32::MAX,
                max_records: 0,
                batch_size: 0,
                share_acquire_mode: 0,
                is_renew_ack: false,
                topics: Vec::new(),
                forgotten_topics_data: Vec::new(),
            }
        }
    }

    impl Fields for ShareFetchRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_nullable_string(true)?;
            let member_id = r.read_nullable_string(true)?;
            let share_session_epoch = r.read_i32()?;
            let max_wait_ms = r.read_i32()?;
            let min_bytes = r.read_i32()?;
            let max_bytes = r.read_i32()?;
            let max_records = r.read_i32()?;
            let batch_size = r.read_i32()?;
            let share_acquire_mode = if v >= 2 { r.read_i8()? } else { 0 };
            let is_renew_ack = if v >= 2 { r.read_bool()? } else { false };
            let topics = read_structs(r, true, v)?;
            let forgotten_topics_data = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                group_id, member_id, share_session_epoch, max_wait_ms, min_bytes, max_bytes, max_records,
                batch_size, share_acquire_mode, is_renew_ack, topics, forgotten_topics_data,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.group_id.as_deref(), true)?;
            s.put_nullable_string(self.member_id.as_deref(), true)?;
            s.put_i32(self.share_session_epoch);
            s.put_i32(self.max_wait_ms);
            s.put_i32(self.min_bytes);
            s.put_i32(self.max_bytes);
            s.put_i32(self.max_records);
            s.put_i32(self.batch_size);
            if v >= 2 {
                s.put_i8(self.share_acquire_mode);
            }
            if v >= 2 {
                s.put_bool(self.is_renew_ack);
            } else if self.is_renew_ack {
                return not_in_version("ShareFetchRequest", "is_renew_ack", v);
            }
            put_structs(s, &self.topics, true, v)?;
            put_structs(s, &self.forgotten_topics_data, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FetchTopic {
        pub topic_id: Uuid,
        pub partitions: Vec<FetchPartition>,
    }

    impl Fields for FetchTopic {
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
    pub struct FetchPartition {
        pub partition_index: i32,
        pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    }

    impl Fields for FetchPartition {
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

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ForgottenTopic {
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
    }

    impl Fields for ForgottenTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareFetchRequest, 1..=2);
    request!(ShareFetch, ShareFetchRequest, super::ShareFetchResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareFetchResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub acquisition_lock_timeout_ms: i32,
        pub responses: Vec<ShareFetchableTopicResponse>,
        pub node_endpoints: Vec<NodeEndpoint>,
    }

    impl Fields for ShareFetchResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let acquisition_lock_timeout_ms = r.read_i32()?;
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
            s.put_i32(self.acquisition_lock_timeout_ms);
            put_structs(s, &self.responses, true, v)?;
            put_structs(s, &self.node_endpoints, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareFetchableTopicResponse {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for ShareFetchableTopicResponse {
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
        pub acknowledge_error_code: i16,
        pub acknowledge_error_message: Option<Text>,
        pub current_leader: LeaderIdAndEpoch,
        pub records: RecordBytes,
        /// only these are the member's
        pub acquired_records: Vec<AcquiredRecords>,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let acknowledge_error_code = r.read_i16()?;
            let acknowledge_error_message = r.read_nullable_string(true)?;
            let current_leader = Fields::read(r, v)?;
            let records = r.read_bytes(true)?.into();
            let acquired_records = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                partition_index, error_code, error_message, acknowledge_error_code,
                acknowledge_error_message, current_leader, records, acquired_records,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_i16(self.acknowledge_error_code);
            s.put_nullable_string(self.acknowledge_error_message.as_deref(), true)?;
            self.current_leader.write(s, v)?;
            s.put_record_field(&self.records, true)?;
            put_structs(s, &self.acquired_records, true, v)?;
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
    pub struct AcquiredRecords {
        pub first_offset: i64,
        pub last_offset: i64,
        pub delivery_count: i16,
    }

    impl Fields for AcquiredRecords {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let first_offset = r.read_i64()?;
            let last_offset = r.read_i64()?;
            let delivery_count = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { first_offset, last_offset, delivery_count })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.first_offset);
            s.put_i64(self.last_offset);
            s.put_i16(self.delivery_count);
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

    message!(ShareFetchResponse, 1..=2);
}
