// Made by `cargo xtask codegen` from schema/alter_replica_log_dirs.kafka. Change that instead.

//! Moves replicas to other log directories of the same broker (KIP-113).
//!
//! API key 34, versions 1 to 2.

pub use request::AlterReplicaLogDirsRequest;
pub use response::AlterReplicaLogDirsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterReplicaLogDirsRequest {
        pub dirs: Vec<AlterReplicaLogDir>,
    }

    impl Fields for AlterReplicaLogDirsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let dirs = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { dirs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_structs(s, &self.dirs, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterReplicaLogDir {
        pub path: Text,
        pub topics: Vec<AlterReplicaLogDirTopic>,
    }

    impl Fields for AlterReplicaLogDir {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let path = r.read_string(flexible)?;
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { path, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.path, flexible)?;
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterReplicaLogDirTopic {
        pub name: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for AlterReplicaLogDirTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let name = r.read_string(flexible)?;
            let partitions = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.name, flexible)?;
            put_array(s, &self.partitions, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AlterReplicaLogDirsRequest, 1..=2);
    request!(AlterReplicaLogDirs, AlterReplicaLogDirsRequest, super::AlterReplicaLogDirsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterReplicaLogDirsResponse {
        pub throttle_time_ms: i32,
        pub results: Vec<AlterReplicaLogDirTopicResult>,
    }

    impl Fields for AlterReplicaLogDirsResponse {
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
    pub struct AlterReplicaLogDirTopicResult {
        pub topic_name: Text,
        pub partitions: Vec<AlterReplicaLogDirPartitionResult>,
    }

    impl Fields for AlterReplicaLogDirTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let topic_name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.topic_name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterReplicaLogDirPartitionResult {
        pub partition_index: i32,
        pub error_code: i16,
    }

    impl Fields for AlterReplicaLogDirPartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AlterReplicaLogDirsResponse, 1..=2);
}
