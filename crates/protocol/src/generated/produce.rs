// Made by `cargo xtask codegen` from schema/produce.kafka. Change that instead.

//! Writes record batches.
//!
//! v3 transactions (KIP-98); v5 log start offset; v7 zstd (KIP-110); v8 which records were refused (KIP-467);
//! v10 addresses of new leaders (KIP-951); v11 TRANSACTION_ABORTABLE, v12 partitions join the transaction on their own
//! (KIP-890); v13 topic ids (KIP-516).
//!
//! API key 0, versions 3 to 13.

pub use request::ProduceRequest;
pub use response::ProduceResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ProduceRequest {
        /// null is not transactional
        pub transactional_id: Option<Text>,
        /// 0 none, 1 the leader, -1 all in-sync replicas
        pub acks: i16,
        pub timeout_ms: i32,
        pub topic_data: Vec<TopicProduceData>,
    }

    impl Fields for ProduceRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let transactional_id = r.read_nullable_string(flexible)?;
            let acks = r.read_i16()?;
            let timeout_ms = r.read_i32()?;
            let topic_data = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { transactional_id, acks, timeout_ms, topic_data })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            s.put_nullable_string(self.transactional_id.as_deref(), flexible)?;
            s.put_i16(self.acks);
            s.put_i32(self.timeout_ms);
            put_structs(s, &self.topic_data, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicProduceData {
        /// v3-v12
        pub name: Text,
        /// v13+
        pub topic_id: Uuid,
        pub partition_data: Vec<PartitionProduceData>,
    }

    impl Fields for TopicProduceData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let name = if v <= 12 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 13 { r.read_uuid()? } else { Uuid::nil() };
            let partition_data = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, topic_id, partition_data })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            if v <= 12 {
                s.put_string(&self.name, flexible)?;
            }
            if v >= 13 {
                s.put_uuid(self.topic_id);
            }
            put_structs(s, &self.partition_data, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionProduceData {
        pub index: i32,
        pub records: Option<RecordBytes>,
    }

    impl Fields for PartitionProduceData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let index = r.read_i32()?;
            let records = r.read_nullable_records(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { index, records })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            s.put_i32(self.index);
            s.put_nullable_record_field(self.records.as_ref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ProduceRequest, 3..=13);
    request!(Produce, ProduceRequest, super::ProduceResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ProduceResponse {
        pub responses: Vec<TopicProduceResponse>,
        pub throttle_time_ms: i32,
        /// v10+: addresses of the leaders named above (KIP-951)
        pub node_endpoints: Vec<NodeEndpoint>,
    }

    impl Fields for ProduceResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let responses = read_structs(r, flexible, v)?;
            let throttle_time_ms = r.read_i32()?;
            let mut node_endpoints = Vec::new();
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 if v >= 10 => node_endpoints = read_structs(r, true, v)?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self { responses, throttle_time_ms, node_endpoints })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            put_structs(s, &self.responses, flexible, v)?;
            s.put_i32(self.throttle_time_ms);
            if !(v >= 10) && !self.node_endpoints.is_empty() {
                return not_in_version("ProduceResponse", "node_endpoints", v);
            }
            if flexible {
                let set = [v >= 10 && !self.node_endpoints.is_empty()];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, put_structs(s, &self.node_endpoints, true, v)?);
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicProduceResponse {
        /// v3-v12
        pub name: Text,
        /// v13+
        pub topic_id: Uuid,
        pub partition_responses: Vec<PartitionProduceResponse>,
    }

    impl Fields for TopicProduceResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let name = if v <= 12 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 13 { r.read_uuid()? } else { Uuid::nil() };
            let partition_responses = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, topic_id, partition_responses })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            if v <= 12 {
                s.put_string(&self.name, flexible)?;
            }
            if v >= 13 {
                s.put_uuid(self.topic_id);
            }
            put_structs(s, &self.partition_responses, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct PartitionProduceResponse {
        pub index: i32,
        pub error_code: i16,
        /// offset of the first record
        pub base_offset: i64,
        /// -1 unless the broker sets timestamps
        pub log_append_time_ms: i64,
        /// v5+
        pub log_start_offset: i64,
        /// v8+: records for which the batch was refused (KIP-467)
        pub record_errors: Vec<BatchIndexAndErrorMessage>,
        /// v8+
        pub error_message: Option<Text>,
        /// v10+
        pub current_leader: LeaderIdAndEpoch,
    }

    impl Default for PartitionProduceResponse {
        fn default() -> Self {
            Self {
                index: 0,
                error_code: 0,
                base_offset: 0,
                log_append_time_ms: -1,
                log_start_offset: -1,
                record_errors: Vec::new(),
                error_message: None,
                current_leader: LeaderIdAndEpoch::default(),
            }
        }
    }

    impl Fields for PartitionProduceResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let base_offset = r.read_i64()?;
            let log_append_time_ms = r.read_i64()?;
            let log_start_offset = if v >= 5 { r.read_i64()? } else { -1 };
            let record_errors = if v >= 8 { read_structs(r, flexible, v)? } else { Vec::new() };
            let error_message = if v >= 8 { r.read_nullable_string(flexible)? } else { None };
            let mut current_leader = LeaderIdAndEpoch::default();
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 if v >= 10 => current_leader = Fields::read(r, v)?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self {
                index, error_code, base_offset, log_append_time_ms, log_start_offset, record_errors,
                error_message, current_leader,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            s.put_i32(self.index);
            s.put_i16(self.error_code);
            s.put_i64(self.base_offset);
            s.put_i64(self.log_append_time_ms);
            if v >= 5 {
                s.put_i64(self.log_start_offset);
            }
            if v >= 8 {
                put_structs(s, &self.record_errors, flexible, v)?;
            }
            if v >= 8 {
                s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            }
            if !(v >= 10) && self.current_leader != LeaderIdAndEpoch::default() {
                return not_in_version("ProduceResponse", "current_leader", v);
            }
            if flexible {
                let set = [v >= 10 && self.current_leader != LeaderIdAndEpoch::default()];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, self.current_leader.write(s, v)?);
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct BatchIndexAndErrorMessage {
        pub batch_index: i32,
        pub batch_index_error_message: Option<Text>,
    }

    impl Fields for BatchIndexAndErrorMessage {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 9;
            let batch_index = r.read_i32()?;
            let batch_index_error_message = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { batch_index, batch_index_error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 9;
            s.put_i32(self.batch_index);
            s.put_nullable_string(self.batch_index_error_message.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct LeaderIdAndEpoch {
        pub leader_id: i32,
        pub leader_epoch: i32,
    }

    impl Default for LeaderIdAndEpoch {
        fn default() -> Self {
            Self {
                leader_id: -1,
                leader_epoch: -1,
            }
        }
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

    message!(ProduceResponse, 3..=13);
}
