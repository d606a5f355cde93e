// Made by `cargo xtask codegen` from schema/initialize_share_group_state.kafka. Change that instead.

//! Begins to store the state of a share group's partitions; between brokers (KIP-932).
//!
//! API key 83, versions 0 to 0.

pub use request::InitializeShareGroupStateRequest;
pub use response::InitializeShareGroupStateResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct InitializeShareGroupStateRequest {
        pub group_id: Text,
        pub topics: Vec<InitializeStateData>,
    }

    impl Fields for InitializeShareGroupStateRequest {
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
    pub struct InitializeStateData {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for InitializeStateData {
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
        pub state_epoch: i32,
        pub start_offset: i64,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let state_epoch = r.read_i32()?;
            let start_offset = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition, state_epoch, start_offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            s.put_i32(self.state_epoch);
            s.put_i64(self.start_offset);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(InitializeShareGroupStateRequest, 0..=0);
    request!(InitializeShareGroupState, InitializeShareGroupStateRequest, super::InitializeShareGroupStateResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct InitializeShareGroupStateResponse {
        pub results: Vec<InitializeStateResult>,
    }

    impl Fields for InitializeShareGroupStateResponse {
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
    pub struct InitializeStateResult {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionResult>,
    }

    impl Fields for InitializeStateResult {
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
    }

    impl Fields for PartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(InitializeShareGroupStateResponse, 0..=0);
}
