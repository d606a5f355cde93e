// Made by `cargo xtask codegen` from schema/describe_share_group_offsets.kafka. Change that instead.

//! Where share groups begin to read (KIP-932).
//!
//! v1 lag (KIP-1226).
//!
//! API key 90, versions 0 to 1.

pub use request::DescribeShareGroupOffsetsRequest;
pub use response::DescribeShareGroupOffsetsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeShareGroupOffsetsRequest {
        pub groups: Vec<DescribeShareGroupOffsetsRequestGroup>,
    }

    impl Fields for DescribeShareGroupOffsetsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let groups = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { groups })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.groups, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeShareGroupOffsetsRequestGroup {
        pub group_id: Text,
        pub topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>>,
    }

    impl Default for DescribeShareGroupOffsetsRequestGroup {
        fn default() -> Self {
            Self {
                group_id: Text::default(),
                topics: Some(Vec::new()),
            }
        }
    }

    impl Fields for DescribeShareGroupOffsetsRequestGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let topics = read_nullable_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            put_nullable_structs(s, self.topics.as_deref(), true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeShareGroupOffsetsRequestTopic {
        pub topic_name: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for DescribeShareGroupOffsetsRequestTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeShareGroupOffsetsRequest, 0..=1);
    request!(DescribeShareGroupOffsets, DescribeShareGroupOffsetsRequest, super::DescribeShareGroupOffsetsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeShareGroupOffsetsResponse {
        pub throttle_time_ms: i32,
        pub groups: Vec<DescribeShareGroupOffsetsResponseGroup>,
    }

    impl Fields for DescribeShareGroupOffsetsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let groups = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, groups })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.groups, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeShareGroupOffsetsResponseGroup {
        pub group_id: Text,
        pub topics: Vec<DescribeShareGroupOffsetsResponseTopic>,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Fields for DescribeShareGroupOffsetsResponseGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let topics = read_structs(r, true, v)?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, topics, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            put_structs(s, &self.topics, true, v)?;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeShareGroupOffsetsResponseTopic {
        pub topic_name: Text,
        pub topic_id: Uuid,
        pub partitions: Vec<DescribeShareGroupOffsetsResponsePartition>,
    }

    impl Fields for DescribeShareGroupOffsetsResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            let topic_id = r.read_uuid()?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            s.put_uuid(self.topic_id);
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeShareGroupOffsetsResponsePartition {
        pub partition_index: i32,
        pub start_offset: i64,
        pub leader_epoch: i32,
        /// v1+
        pub lag: i64,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for DescribeShareGroupOffsetsResponsePartition {
        fn default() -> Self {
            Self {
                partition_index: 0,
                start_offset: 0,
                leader_epoch: 0,
                lag: -1,
                error_code: 0,
                error_message: None,
            }
        }
    }

    impl Fields for DescribeShareGroupOffsetsResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let start_offset = r.read_i64()?;
            let leader_epoch = r.read_i32()?;
            let lag = if v >= 1 { r.read_i64()? } else { -1 };
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, start_offset, leader_epoch, lag, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i64(self.start_offset);
            s.put_i32(self.leader_epoch);
            if v >= 1 {
                s.put_i64(self.lag);
            }
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeShareGroupOffsetsResponse, 0..=1);
}
