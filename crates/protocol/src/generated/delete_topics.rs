// Made by `cargo xtask codegen` from schema/delete_topics.kafka. Change that instead.

//! Deletes topics (KIP-4).
//!
//! v5 error messages (KIP-599); v6 topics by id (KIP-516).
//!
//! API key 20, versions 1 to 6.

pub use request::DeleteTopicsRequest;
pub use response::DeleteTopicsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteTopicsRequest {
        /// v6+
        pub topics: Vec<DeleteTopicState>,
        /// v1-v5
        pub topic_names: Vec<Text>,
        pub timeout_ms: i32,
    }

    impl Fields for DeleteTopicsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let topics = if v >= 6 { read_structs(r, flexible, v)? } else { Vec::new() };
            let topic_names = if v <= 5 { r.read_array(flexible, |r| r.read_string(flexible))? } else { Vec::new() };
            let timeout_ms = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topics, topic_names, timeout_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            if v >= 6 {
                put_structs(s, &self.topics, flexible, v)?;
            } else if !self.topics.is_empty() {
                return not_in_version("DeleteTopicsRequest", "topics", v);
            }
            if v <= 5 {
                put_array(s, &self.topic_names, flexible, |s, x| s.put_string(x, flexible))?;
            }
            s.put_i32(self.timeout_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteTopicState {
        pub name: Option<Text>,
        pub topic_id: Uuid,
    }

    impl Fields for DeleteTopicState {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_nullable_string(true)?;
            let topic_id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, topic_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.name.as_deref(), true)?;
            s.put_uuid(self.topic_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DeleteTopicsRequest, 1..=6);
    request!(DeleteTopics, DeleteTopicsRequest, super::DeleteTopicsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteTopicsResponse {
        pub throttle_time_ms: i32,
        pub responses: Vec<DeletableTopicResult>,
    }

    impl Fields for DeleteTopicsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let throttle_time_ms = r.read_i32()?;
            let responses = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, responses })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.responses, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DeletableTopicResult {
        /// null from v6
        pub name: Option<Text>,
        /// v6+
        pub topic_id: Uuid,
        pub error_code: i16,
        /// v5+
        pub error_message: Option<Text>,
    }

    impl Default for DeletableTopicResult {
        fn default() -> Self {
            Self {
                name: Some(Text::default()),
                topic_id: Uuid::nil(),
                error_code: 0,
                error_message: None,
            }
        }
    }

    impl Fields for DeletableTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let name = null_if(v >= 6, r.read_nullable_string(flexible)?)?;
            let topic_id = if v >= 6 { r.read_uuid()? } else { Uuid::nil() };
            let error_code = r.read_i16()?;
            let error_message = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, topic_id, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            if self.name.is_none() && !(v >= 6) {
                return null_in_version("DeleteTopicsResponse", "name", v);
            }
            s.put_nullable_string(self.name.as_deref(), flexible)?;
            if v >= 6 {
                s.put_uuid(self.topic_id);
            }
            s.put_i16(self.error_code);
            if v >= 5 {
                s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DeleteTopicsResponse, 1..=6);
}
