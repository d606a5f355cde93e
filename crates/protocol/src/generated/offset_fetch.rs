// Made by `cargo xtask codegen` from schema/offset_fetch.kafka. Change that instead.

//! How far groups have read.
//!
//! v2 an error for the whole, and null for all topics; v5 leader epochs (KIP-320); v7 `require_stable` (KIP-447);
//! v8 many groups at once (KIP-709); v9 the consumer protocol, v10 topic ids (KIP-848).
//!
//! API key 9, versions 1 to 10.

pub use request::OffsetFetchRequest;
pub use response::OffsetFetchResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetFetchRequest {
        /// v1-v7
        pub group_id: Text,
        /// v1-v7, null from v2: null asks for all
        pub topics: Option<Vec<OffsetFetchRequestTopic>>,
        /// v8+
        pub groups: Vec<OffsetFetchRequestGroup>,
        /// v7+: wait for transactions that still commit offsets (KIP-447)
        pub require_stable: bool,
    }

    impl Default for OffsetFetchRequest {
        fn default() -> Self {
            Self {
                group_id: Text::default(),
                topics: Some(Vec::new()),
                groups: Vec::new(),
                require_stable: false,
            }
        }
    }

    impl Fields for OffsetFetchRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let group_id = if v <= 7 { r.read_string(flexible)? } else { Text::default() };
            let topics = if v <= 7 { null_if(v >= 2, read_nullable_structs(r, flexible, v)?)? } else { Some(Vec::new()) };
            let groups = if v >= 8 { read_structs(r, flexible, v)? } else { Vec::new() };
            let require_stable = if v >= 7 { r.read_bool()? } else { false };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { group_id, topics, groups, require_stable })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            if v <= 7 {
                s.put_string(&self.group_id, flexible)?;
            } else if !self.group_id.is_empty() {
                return not_in_version("OffsetFetchRequest", "group_id", v);
            }
            if v <= 7 {
                if self.topics.is_none() && !(v >= 2) {
                    return null_in_version("OffsetFetchRequest", "topics", v);
                }
                put_nullable_structs(s, self.topics.as_deref(), flexible, v)?;
            } else if self.topics.as_ref().is_none_or(|x| !x.is_empty()) {
                return not_in_version("OffsetFetchRequest", "topics", v);
            }
            if v >= 8 {
                put_structs(s, &self.groups, flexible, v)?;
            } else if !self.groups.is_empty() {
                return not_in_version("OffsetFetchRequest", "groups", v);
            }
            if v >= 7 {
                s.put_bool(self.require_stable);
            } else if self.require_stable {
                return not_in_version("OffsetFetchRequest", "require_stable", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetFetchRequestTopic {
        pub name: Text,
        pub partition_indexes: Vec<i32>,
    }

    impl Fields for OffsetFetchRequestTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let name = r.read_string(flexible)?;
            let partition_indexes = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partition_indexes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_string(&self.name, flexible)?;
            put_array(s, &self.partition_indexes, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetFetchRequestGroup {
        pub group_id: Text,
        /// v9+
        pub member_id: Option<Text>,
        /// v9+
        pub member_epoch: i32,
        /// null asks for all
        pub topics: Option<Vec<OffsetFetchRequestTopics>>,
    }

    impl Default for OffsetFetchRequestGroup {
        fn default() -> Self {
            Self {
                group_id: Text::default(),
                member_id: None,
                member_epoch: -1,
                topics: Some(Vec::new()),
            }
        }
    }

    impl Fields for OffsetFetchRequestGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let member_id = if v >= 9 { r.read_nullable_string(true)? } else { None };
            let member_epoch = if v >= 9 { r.read_i32()? } else { -1 };
            let topics = read_nullable_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, member_id, member_epoch, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            if v >= 9 {
                s.put_nullable_string(self.member_id.as_deref(), true)?;
            }
            if v >= 9 {
                s.put_i32(self.member_epoch);
            }
            put_nullable_structs(s, self.topics.as_deref(), true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetFetchRequestTopics {
        /// v8-v9
        pub name: Text,
        /// v10+
        pub topic_id: Uuid,
        pub partition_indexes: Vec<i32>,
    }

    impl Fields for OffsetFetchRequestTopics {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = if v <= 9 { r.read_string(true)? } else { Text::default() };
            let topic_id = if v >= 10 { r.read_uuid()? } else { Uuid::nil() };
            let partition_indexes = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, topic_id, partition_indexes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            if v <= 9 {
                s.put_string(&self.name, true)?;
            }
            if v >= 10 {
                s.put_uuid(self.topic_id);
            }
            put_array(s, &self.partition_indexes, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(OffsetFetchRequest, 1..=10);
    request!(OffsetFetch, OffsetFetchRequest, super::OffsetFetchResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetFetchResponse {
        /// v3+
        pub throttle_time_ms: i32,
        /// v1-v7
        pub topics: Vec<OffsetFetchResponseTopic>,
        /// v2-v7
        pub error_code: i16,
        /// v8+
        pub groups: Vec<OffsetFetchResponseGroup>,
    }

    impl Fields for OffsetFetchResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let throttle_time_ms = if v >= 3 { r.read_i32()? } else { 0 };
            let topics = if v <= 7 { read_structs(r, flexible, v)? } else { Vec::new() };
            let error_code = if (2..=7).contains(&v) { r.read_i16()? } else { 0 };
            let groups = if v >= 8 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, topics, error_code, groups })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            if v >= 3 {
                s.put_i32(self.throttle_time_ms);
            }
            if v <= 7 {
                put_structs(s, &self.topics, flexible, v)?;
            } else if !self.topics.is_empty() {
                return not_in_version("OffsetFetchResponse", "topics", v);
            }
            if (2..=7).contains(&v) {
                s.put_i16(self.error_code);
            }
            if v >= 8 {
                put_structs(s, &self.groups, flexible, v)?;
            } else if !self.groups.is_empty() {
                return not_in_version("OffsetFetchResponse", "groups", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetFetchResponseTopic {
        pub name: Text,
        pub partitions: Vec<OffsetFetchResponsePartition>,
    }

    impl Fields for OffsetFetchResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_string(&self.name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetFetchResponsePartition {
        pub partition_index: i32,
        /// -1 if there is none
        pub committed_offset: i64,
        /// v5+
        pub committed_leader_epoch: i32,
        pub metadata: Option<Text>,
        pub error_code: i16,
    }

    impl Default for OffsetFetchResponsePartition {
        fn default() -> Self {
            Self {
                partition_index: 0,
                committed_offset: 0,
                committed_leader_epoch: -1,
                metadata: Some(Text::default()),
                error_code: 0,
            }
        }
    }

    impl Fields for OffsetFetchResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let partition_index = r.read_i32()?;
            let committed_offset = r.read_i64()?;
            let committed_leader_epoch = if v >= 5 { r.read_i32()? } else { -1 };
            let metadata = r.read_nullable_string(flexible)?;
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, committed_offset, committed_leader_epoch, metadata, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_i32(self.partition_index);
            s.put_i64(self.committed_offset);
            if v >= 5 {
                s.put_i32(self.committed_leader_epoch);
            }
            s.put_nullable_string(self.metadata.as_deref(), flexible)?;
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetFetchResponseGroup {
        pub group_id: Text,
        pub topics: Vec<OffsetFetchResponseTopics>,
        pub error_code: i16,
    }

    impl Fields for OffsetFetchResponseGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let topics = read_structs(r, true, v)?;
            let error_code = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, topics, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            put_structs(s, &self.topics, true, v)?;
            s.put_i16(self.error_code);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetFetchResponseTopics {
        /// v8-v9
        pub name: Text,
        /// v10+
        pub topic_id: Uuid,
        pub partitions: Vec<OffsetFetchResponsePartitions>,
    }

    impl Fields for OffsetFetchResponseTopics {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = if v <= 9 { r.read_string(true)? } else { Text::default() };
            let topic_id = if v >= 10 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            if v <= 9 {
                s.put_string(&self.name, true)?;
            }
            if v >= 10 {
                s.put_uuid(self.topic_id);
            }
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetFetchResponsePartitions {
        pub partition_index: i32,
        /// -1 if there is none
        pub committed_offset: i64,
        pub committed_leader_epoch: i32,
        pub metadata: Option<Text>,
        pub error_code: i16,
    }

    impl Default for OffsetFetchResponsePartitions {
        fn default() -> Self {
            Self {
                partition_index: 0,
                committed_offset: 0,
                committed_leader_epoch: -1,
                metadata: Some(Text::default()),
                error_code: 0,
            }
        }
    }

    impl Fields for OffsetFetchResponsePartitions {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let committed_offset = r.read_i64()?;
            let committed_leader_epoch = r.read_i32()?;
            let metadata = r.read_nullable_string(true)?;
            let error_code = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, committed_offset, committed_leader_epoch, metadata, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i64(self.committed_offset);
            s.put_i32(self.committed_leader_epoch);
            s.put_nullable_string(self.metadata.as_deref(), true)?;
            s.put_i16(self.error_code);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(OffsetFetchResponse, 1..=10);
}
