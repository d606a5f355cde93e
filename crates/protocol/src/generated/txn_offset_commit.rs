// Made by `cargo xtask codegen` from schema/txn_offset_commit.kafka. Change that instead.

//! Stores how far a group has read, as part of a transaction (KIP-98).
//!
//! v2 leader epochs (KIP-320); v3 member and generation, to be checked (KIP-447); v4 TRANSACTION_ABORTABLE,
//! v5 without AddOffsetsToTxn before it (KIP-890); v6 topic ids (KIP-1319).
//!
//! API key 28, versions 0 to 6.

pub use request::TxnOffsetCommitRequest;
pub use response::TxnOffsetCommitResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct TxnOffsetCommitRequest {
        pub transactional_id: Text,
        pub group_id: Text,
        pub producer_id: i64,
        pub producer_epoch: i16,
        /// v3+: -1 is not checked
        pub generation_id_or_member_epoch: i32,
        /// v3+
        pub member_id: Text,
        /// v3+
        pub group_instance_id: Option<Text>,
        pub topics: Vec<TxnOffsetCommitRequestTopic>,
    }

    impl Default for TxnOffsetCommitRequest {
        fn default() -> Self {
            Self {
                transactional_id: Text::default(),
                group_id: Text::default(),
                producer_id: 0,
                producer_epoch: 0,
                generation_id_or_member_epoch: -1,
                member_id: Text::default(),
                group_instance_id: None,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for TxnOffsetCommitRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let transactional_id = r.read_string(flexible)?;
            let group_id = r.read_string(flexible)?;
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i16()?;
            let generation_id_or_member_epoch = if v >= 3 { r.read_i32()? } else { -1 };
            let member_id = if v >= 3 { r.read_string(flexible)? } else { Text::default() };
            let group_instance_id = if v >= 3 { r.read_nullable_string(flexible)? } else { None };
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                transactional_id, group_id, producer_id, producer_epoch, generation_id_or_member_epoch,
                member_id, group_instance_id, topics,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_string(&self.transactional_id, flexible)?;
            s.put_string(&self.group_id, flexible)?;
            s.put_i64(self.producer_id);
            s.put_i16(self.producer_epoch);
            if v >= 3 {
                s.put_i32(self.generation_id_or_member_epoch);
            } else if self.generation_id_or_member_epoch != -1 {
                return not_in_version("TxnOffsetCommitRequest", "generation_id_or_member_epoch", v);
            }
            if v >= 3 {
                s.put_string(&self.member_id, flexible)?;
            } else if !self.member_id.is_empty() {
                return not_in_version("TxnOffsetCommitRequest", "member_id", v);
            }
            if v >= 3 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            } else if self.group_instance_id.is_some() {
                return not_in_version("TxnOffsetCommitRequest", "group_instance_id", v);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TxnOffsetCommitRequestTopic {
        /// v0-v5
        pub name: Text,
        /// v6+
        pub topic_id: Uuid,
        pub partitions: Vec<TxnOffsetCommitRequestPartition>,
    }

    impl Fields for TxnOffsetCommitRequestTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let name = if v <= 5 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 6 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v <= 5 {
                s.put_string(&self.name, flexible)?;
            }
            if v >= 6 {
                s.put_uuid(self.topic_id);
            }
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct TxnOffsetCommitRequestPartition {
        pub partition_index: i32,
        pub committed_offset: i64,
        /// v2+
        pub committed_leader_epoch: i32,
        pub committed_metadata: Option<Text>,
    }

    impl Default for TxnOffsetCommitRequestPartition {
        fn default() -> Self {
            Self {
                partition_index: 0,
                committed_offset: 0,
                committed_leader_epoch: -1,
                committed_metadata: Some(Text::default()),
            }
        }
    }

    impl Fields for TxnOffsetCommitRequestPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let partition_index = r.read_i32()?;
            let committed_offset = r.read_i64()?;
            let committed_leader_epoch = if v >= 2 { r.read_i32()? } else { -1 };
            let committed_metadata = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, committed_offset, committed_leader_epoch, committed_metadata })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i32(self.partition_index);
            s.put_i64(self.committed_offset);
            if v >= 2 {
                s.put_i32(self.committed_leader_epoch);
            }
            s.put_nullable_string(self.committed_metadata.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(TxnOffsetCommitRequest, 0..=6);
    request!(TxnOffsetCommit, TxnOffsetCommitRequest, super::TxnOffsetCommitResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TxnOffsetCommitResponse {
        pub throttle_time_ms: i32,
        pub topics: Vec<TxnOffsetCommitResponseTopic>,
    }

    impl Fields for TxnOffsetCommitResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let throttle_time_ms = r.read_i32()?;
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TxnOffsetCommitResponseTopic {
        /// v0-v5
        pub name: Text,
        /// v6+
        pub topic_id: Uuid,
        pub partitions: Vec<TxnOffsetCommitResponsePartition>,
    }

    impl Fields for TxnOffsetCommitResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let name = if v <= 5 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 6 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v <= 5 {
                s.put_string(&self.name, flexible)?;
            }
            if v >= 6 {
                s.put_uuid(self.topic_id);
            }
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TxnOffsetCommitResponsePartition {
        pub partition_index: i32,
        pub error_code: i16,
    }

    impl Fields for TxnOffsetCommitResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(TxnOffsetCommitResponse, 0..=6);
}
