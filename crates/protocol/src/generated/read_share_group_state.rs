// Made by `cargo xtask codegen` from schema/read_share_group_state.kafka. Change that instead.

//! Reads what is stored of a share group's partitions; between brokers (KIP-932).
//!
//! API key 84, versions 0 to 0.

pub use request::ReadShareGroupStateRequest;
pub use response::ReadShareGroupStateResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReadShareGroupStateRequest {
        pub group_id: Text,
        pub topics: Vec<ReadStateData>,
    }

    impl Fields for ReadShareGroupStateRequest {
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
    pub struct ReadStateData {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for ReadStateData {
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
        pub partition: i32,
        pub leader_epoch: i32,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition, leader_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            s.put_i32(self.leader_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ReadShareGroupStateRequest, 0..=0);
    request!(ReadShareGroupState, ReadShareGroupStateRequest, super::ReadShareGroupStateResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReadShareGroupStateResponse {
        pub results: Vec<ReadStateResult>,
    }

    impl Fields for ReadShareGroupStateResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let results = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.results, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReadStateResult {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionResult>,
    }

    impl Fields for ReadStateResult {
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
    pub struct PartitionResult {
        pub partition: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub state_epoch: i32,
        pub start_offset: i64,
        pub state_batches: Vec<StateBatch>,
    }

    impl Fields for PartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let state_epoch = r.read_i32()?;
            let start_offset = r.read_i64()?;
            let state_batches = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition, error_code, error_message, state_epoch, start_offset, state_batches })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_i32(self.state_epoch);
            s.put_i64(self.start_offset);
            put_structs(s, &self.state_batches, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StateBatch {
        pub first_offset: i64,
        pub last_offset: i64,
        pub delivery_state: i8,
        pub delivery_count: i16,
    }

    impl Fields for StateBatch {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let first_offset = r.read_i64()?;
            let last_offset = r.read_i64()?;
            let delivery_state = r.read_i8()?;
            let delivery_count = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { first_offset, last_offset, delivery_state, delivery_count })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.first_offset);
            s.put_i64(self.last_offset);
            s.put_i8(self.delivery_state);
            s.put_i16(self.delivery_count);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ReadShareGroupStateResponse, 0..=0);
}
