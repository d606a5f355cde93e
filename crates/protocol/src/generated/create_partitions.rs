// Made by `cargo xtask codegen` from schema/create_partitions.kafka. Change that instead.

//! Adds partitions to topics (KIP-195).
//!
//! v3 THROTTLING_QUOTA_EXCEEDED (KIP-599).
//!
//! API key 37, versions 0 to 3.

pub use request::CreatePartitionsRequest;
pub use response::CreatePartitionsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreatePartitionsRequest {
        pub topics: Vec<CreatePartitionsTopic>,
        pub timeout_ms: i32,
        /// a dry run
        pub validate_only: bool,
    }

    impl Fields for CreatePartitionsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let topics = read_structs(r, flexible, v)?;
            let timeout_ms = r.read_i32()?;
            let validate_only = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topics, timeout_ms, validate_only })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_structs(s, &self.topics, flexible, v)?;
            s.put_i32(self.timeout_ms);
            s.put_bool(self.validate_only);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct CreatePartitionsTopic {
        pub name: Text,
        /// in all, not in addition
        pub count: i32,
        pub assignments: Option<Vec<CreatePartitionsAssignment>>,
    }

    impl Default for CreatePartitionsTopic {
        fn default() -> Self {
            Self {
                name: Text::default(),
                count: 0,
                assignments: Some(Vec::new()),
            }
        }
    }

    impl Fields for CreatePartitionsTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let name = r.read_string(flexible)?;
            let count = r.read_i32()?;
            let assignments = read_nullable_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, count, assignments })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.name, flexible)?;
            s.put_i32(self.count);
            put_nullable_structs(s, self.assignments.as_deref(), flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreatePartitionsAssignment {
        pub broker_ids: Vec<i32>,
    }

    impl Fields for CreatePartitionsAssignment {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let broker_ids = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { broker_ids })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_array(s, &self.broker_ids, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(CreatePartitionsRequest, 0..=3);
    request!(CreatePartitions, CreatePartitionsRequest, super::CreatePartitionsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreatePartitionsResponse {
        pub throttle_time_ms: i32,
        pub results: Vec<CreatePartitionsTopicResult>,
    }

    impl Fields for CreatePartitionsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let results = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.results, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreatePartitionsTopicResult {
        pub name: Text,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Fields for CreatePartitionsTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let name = r.read_string(flexible)?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.name, flexible)?;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(CreatePartitionsResponse, 0..=3);
}
