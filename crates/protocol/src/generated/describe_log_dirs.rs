// Made by `cargo xtask codegen` from schema/describe_log_dirs.kafka. Change that instead.

//! Log directories and the replicas in them (KIP-113).
//!
//! v4 size of the volume (KIP-827); v5 whether the directory is out of use (KIP-1066).
//!
//! API key 35, versions 1 to 5.

pub use request::DescribeLogDirsRequest;
pub use response::DescribeLogDirsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeLogDirsRequest {
        /// null is all
        pub topics: Option<Vec<DescribableLogDirTopic>>,
    }

    impl Default for DescribeLogDirsRequest {
        fn default() -> Self {
            Self {
                topics: Some(Vec::new()),
            }
        }
    }

    impl Fields for DescribeLogDirsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let topics = read_nullable_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_nullable_structs(s, self.topics.as_deref(), flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribableLogDirTopic {
        pub topic: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for DescribableLogDirTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let topic = r.read_string(flexible)?;
            let partitions = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.topic, flexible)?;
            put_array(s, &self.partitions, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeLogDirsRequest, 1..=5);
    request!(DescribeLogDirs, DescribeLogDirsRequest, super::DescribeLogDirsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeLogDirsResponse {
        pub throttle_time_ms: i32,
        /// v3+
        pub error_code: i16,
        pub results: Vec<DescribeLogDirsResult>,
    }

    impl Fields for DescribeLogDirsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let error_code = if v >= 3 { r.read_i16()? } else { 0 };
            let results = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            if v >= 3 {
                s.put_i16(self.error_code);
            }
            put_structs(s, &self.results, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeLogDirsResult {
        pub error_code: i16,
        pub log_dir: Text,
        pub topics: Vec<DescribeLogDirsTopic>,
        /// v4+
        pub total_bytes: i64,
        /// v4+
        pub usable_bytes: i64,
        /// v5+
        pub is_cordoned: bool,
    }

    impl Default for DescribeLogDirsResult {
        fn default() -> Self {
            Self {
                error_code: 0,
                log_dir: Text::default(),
                topics: Vec::new(),
                total_bytes: -1,
                usable_bytes: -1,
                is_cordoned: false,
            }
        }
    }

    impl Fields for DescribeLogDirsResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let log_dir = r.read_string(flexible)?;
            let topics = read_structs(r, flexible, v)?;
            let total_bytes = if v >= 4 { r.read_i64()? } else { -1 };
            let usable_bytes = if v >= 4 { r.read_i64()? } else { -1 };
            let is_cordoned = if v >= 5 { r.read_bool()? } else { false };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, log_dir, topics, total_bytes, usable_bytes, is_cordoned })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_string(&self.log_dir, flexible)?;
            put_structs(s, &self.topics, flexible, v)?;
            if v >= 4 {
                s.put_i64(self.total_bytes);
            }
            if v >= 4 {
                s.put_i64(self.usable_bytes);
            }
            if v >= 5 {
                s.put_bool(self.is_cordoned);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeLogDirsTopic {
        pub name: Text,
        pub partitions: Vec<DescribeLogDirsPartition>,
    }

    impl Fields for DescribeLogDirsTopic {
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
    pub struct DescribeLogDirsPartition {
        pub partition_index: i32,
        pub partition_size: i64,
        pub offset_lag: i64,
        /// still being copied here (KIP-113)
        pub is_future_key: bool,
    }

    impl Fields for DescribeLogDirsPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let partition_index = r.read_i32()?;
            let partition_size = r.read_i64()?;
            let offset_lag = r.read_i64()?;
            let is_future_key = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, partition_size, offset_lag, is_future_key })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.partition_index);
            s.put_i64(self.partition_size);
            s.put_i64(self.offset_lag);
            s.put_bool(self.is_future_key);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeLogDirsResponse, 1..=5);
}
