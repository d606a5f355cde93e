// Made by `cargo xtask codegen` from schema/delete_records.kafka. Change that instead.

//! Moves the log start offset of partitions forward (KIP-107).
//!
//! API key 21, versions 0 to 2.

pub use request::DeleteRecordsRequest;
pub use response::DeleteRecordsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteRecordsRequest {
        pub topics: Vec<DeleteRecordsTopic>,
        pub timeout_ms: i32,
    }

    impl Fields for DeleteRecordsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let topics = read_structs(r, flexible, v)?;
            let timeout_ms = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topics, timeout_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_structs(s, &self.topics, flexible, v)?;
            s.put_i32(self.timeout_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteRecordsTopic {
        pub name: Text,
        pub partitions: Vec<DeleteRecordsPartition>,
    }

    impl Fields for DeleteRecordsTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteRecordsPartition {
        pub partition_index: i32,
        /// first one to stay; -1 is the high watermark
        pub offset: i64,
    }

    impl Fields for DeleteRecordsPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let partition_index = r.read_i32()?;
            let offset = r.read_i64()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.partition_index);
            s.put_i64(self.offset);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DeleteRecordsRequest, 0..=2);
    request!(DeleteRecords, DeleteRecordsRequest, super::DeleteRecordsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteRecordsResponse {
        pub throttle_time_ms: i32,
        pub topics: Vec<DeleteRecordsTopicResult>,
    }

    impl Fields for DeleteRecordsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteRecordsTopicResult {
        pub name: Text,
        pub partitions: Vec<DeleteRecordsPartitionResult>,
    }

    impl Fields for DeleteRecordsTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteRecordsPartitionResult {
        pub partition_index: i32,
        pub low_watermark: i64,
        pub error_code: i16,
    }

    impl Fields for DeleteRecordsPartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let partition_index = r.read_i32()?;
            let low_watermark = r.read_i64()?;
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, low_watermark, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.partition_index);
            s.put_i64(self.low_watermark);
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DeleteRecordsResponse, 0..=2);
}
