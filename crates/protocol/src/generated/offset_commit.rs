// Made by `cargo xtask codegen` from schema/offset_commit.kafka. Change that instead.

//! Stores how far a group has read.
//!
//! v5 retention is the broker's alone (KIP-211); v6 leader epochs (KIP-320); v7 static members (KIP-345);
//! v9 the consumer protocol, v10 topic ids (KIP-848).
//!
//! API key 8, versions 2 to 10.

pub use request::OffsetCommitRequest;
pub use response::OffsetCommitResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetCommitRequest {
        pub group_id: Text,
        /// -1 commits from outside a group
        pub generation_id_or_member_epoch: i32,
        pub member_id: Text,
        /// v7+
        pub group_instance_id: Option<Text>,
        /// v2-v4: -1 leaves it to the broker
        pub retention_time_ms: i64,
        pub topics: Vec<OffsetCommitRequestTopic>,
    }

    impl Default for OffsetCommitRequest {
        fn default() -> Self {
            Self {
                group_id: Text::default(),
                generation_id_or_member_epoch: -1,
                member_id: Text::default(),
                group_instance_id: None,
                retention_time_ms: -1,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for OffsetCommitRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 8;
            let group_id = r.read_string(flexible)?;
            let generation_id_or_member_epoch = r.read_i32()?;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = if v >= 7 { r.read_nullable_string(flexible)? } else { None };
            let retention_time_ms = if v <= 4 { r.read_i64()? } else { -1 };
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                group_id, generation_id_or_member_epoch, member_id, group_instance_id, retention_time_ms,
                topics,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 8;
            s.put_string(&self.group_id, flexible)?;
            s.put_i32(self.generation_id_or_member_epoch);
            s.put_string(&self.member_id, flexible)?;
            if v >= 7 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            } else if self.group_instance_id.is_some() {
                return not_in_version("OffsetCommitRequest", "group_instance_id", v);
            }
            if v <= 4 {
                s.put_i64(self.retention_time_ms);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetCommitRequestTopic {
        /// v2-v9
        pub name: Text,
        /// v10+
        pub topic_id: Uuid,
        pub partitions: Vec<OffsetCommitRequestPartition>,
    }

    impl Fields for OffsetCommitRequestTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 8;
            let name = if v <= 9 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 10 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 8;
            if v <= 9 {
                s.put_string(&self.name, flexible)?;
            }
            if v >= 10 {
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
    pub struct OffsetCommitRequestPartition {
        pub partition_index: i32,
        pub committed_offset: i64,
        /// v6+
        pub committed_leader_epoch: i32,
        pub committed_metadata: Option<Text>,
    }

    impl Default for OffsetCommitRequestPartition {
        fn default() -> Self {
            Self {
                partition_index: 0,
                committed_offset: 0,
                committed_leader_epoch: -1,
                committed_metadata: Some(Text::default()),
            }
        }
    }

    impl Fields for OffsetCommitRequestPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 8;
            let partition_index = r.read_i32()?;
            let committed_offset = r.read_i64()?;
            let committed_leader_epoch = if v >= 6 { r.read_i32()? } else { -1 };
            let committed_metadata = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, committed_offset, committed_leader_epoch, committed_metadata })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 8;
            s.put_i32(self.partition_index);
            s.put_i64(self.committed_offset);
            if v >= 6 {
                s.put_i32(self.committed_leader_epoch);
            }
            s.put_nullable_string(self.committed_metadata.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(OffsetCommitRequest, 2..=10);
    request!(OffsetCommit, OffsetCommitRequest, super::OffsetCommitResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetCommitResponse {
        /// v3+
        pub throttle_time_ms: i32,
        pub topics: Vec<OffsetCommitResponseTopic>,
    }

    impl Fields for OffsetCommitResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 8;
            let throttle_time_ms = if v >= 3 { r.read_i32()? } else { 0 };
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 8;
            if v >= 3 {
                s.put_i32(self.throttle_time_ms);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetCommitResponseTopic {
        /// v2-v9
        pub name: Text,
        /// v10+
        pub topic_id: Uuid,
        pub partitions: Vec<OffsetCommitResponsePartition>,
    }

    impl Fields for OffsetCommitResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 8;
            let name = if v <= 9 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 10 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 8;
            if v <= 9 {
                s.put_string(&self.name, flexible)?;
            }
            if v >= 10 {
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
    pub struct OffsetCommitResponsePartition {
        pub partition_index: i32,
        pub error_code: i16,
    }

    impl Fields for OffsetCommitResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 8;
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 8;
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(OffsetCommitResponse, 2..=10);
}
