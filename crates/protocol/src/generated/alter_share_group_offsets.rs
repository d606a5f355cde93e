// Made by `cargo xtask codegen` from schema/alter_share_group_offsets.kafka. Change that instead.

//! Sets where an empty share group begins to read (KIP-932).
//!
//! API key 91, versions 0 to 0.

pub use request::AlterShareGroupOffsetsRequest;
pub use response::AlterShareGroupOffsetsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterShareGroupOffsetsRequest {
        pub group_id: Text,
        pub topics: Vec<AlterShareGroupOffsetsRequestTopic>,
    }

    impl Fields for AlterShareGroupOffsetsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterShareGroupOffsetsRequestTopic {
        pub topic_name: Text,
        pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
    }

    impl Fields for AlterShareGroupOffsetsRequestTopic {
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
    pub struct AlterShareGroupOffsetsRequestPartition {
        pub partition_index: i32,
        pub start_offset: i64,
    }

    impl Fields for AlterShareGroupOffsetsRequestPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let start_offset = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, start_offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i64(self.start_offset);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterShareGroupOffsetsRequest, 0..=0);
    request!(AlterShareGroupOffsets, AlterShareGroupOffsetsRequest, super::AlterShareGroupOffsetsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterShareGroupOffsetsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub responses: Vec<AlterShareGroupOffsetsResponseTopic>,
    }

    impl Fields for AlterShareGroupOffsetsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let responses = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, error_message, responses })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            put_structs(s, &self.responses, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterShareGroupOffsetsResponseTopic {
        pub topic_name: Text,
        pub topic_id: Uuid,
        pub partitions: Vec<AlterShareGroupOffsetsResponsePartition>,
    }

    impl Fields for AlterShareGroupOffsetsResponseTopic {
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

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterShareGroupOffsetsResponsePartition {
        pub partition_index: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Fields for AlterShareGroupOffsetsResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterShareGroupOffsetsResponse, 0..=0);
}
