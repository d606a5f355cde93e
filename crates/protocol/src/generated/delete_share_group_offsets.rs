// Made by `cargo xtask codegen` from schema/delete_share_group_offsets.kafka. Change that instead.

//! Makes an empty share group forget topics (KIP-932).
//!
//! API key 92, versions 0 to 0.

pub use request::DeleteShareGroupOffsetsRequest;
pub use response::DeleteShareGroupOffsetsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteShareGroupOffsetsRequest {
        pub group_id: Text,
        pub topics: Vec<DeleteShareGroupOffsetsRequestTopic>,
    }

    impl Fields for DeleteShareGroupOffsetsRequest {
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
    pub struct DeleteShareGroupOffsetsRequestTopic {
        pub topic_name: Text,
    }

    impl Fields for DeleteShareGroupOffsetsRequestTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DeleteShareGroupOffsetsRequest, 0..=0);
    request!(DeleteShareGroupOffsets, DeleteShareGroupOffsetsRequest, super::DeleteShareGroupOffsetsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteShareGroupOffsetsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub responses: Vec<DeleteShareGroupOffsetsResponseTopic>,
    }

    impl Fields for DeleteShareGroupOffsetsResponse {
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
    pub struct DeleteShareGroupOffsetsResponseTopic {
        pub topic_name: Text,
        pub topic_id: Uuid,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Fields for DeleteShareGroupOffsetsResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            let topic_id = r.read_uuid()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name, topic_id, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            s.put_uuid(self.topic_id);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DeleteShareGroupOffsetsResponse, 0..=0);
}
