// Made by `cargo xtask codegen` from schema/list_offsets.kafka. Change that instead.

//! Finds offsets by time.
//!
//! v2 isolation level (KIP-98); v4 leader epochs (KIP-320); v10 a time limit for tiered storage (KIP-1075).
//! Timestamps below zero ask for a place: -1 latest, -2 earliest, v7 -3 the largest timestamp (KIP-734),
//! v8 -4 earliest on local disk (KIP-405), v9 -5 latest in tiered storage (KIP-1005), v11 -6 earliest not yet
//! in tiered storage (KIP-1023).
//!
//! API key 2, versions 1 to 11.

pub use request::ListOffsetsRequest;
pub use response::ListOffsetsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListOffsetsRequest {
        /// -1 is a consumer
        pub replica_id: i32,
        /// v2+: 0 read uncommitted, 1 read committed
        pub isolation_level: i8,
        pub topics: Vec<ListOffsetsTopic>,
        /// v10+
        pub timeout_ms: i32,
    }

    impl Fields for ListOffsetsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let replica_id = r.read_i32()?;
            let isolation_level = if v >= 2 { r.read_i8()? } else { 0 };
            let topics = read_structs(r, flexible, v)?;
            let timeout_ms = if v >= 10 { r.read_i32()? } else { 0 };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { replica_id, isolation_level, topics, timeout_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_i32(self.replica_id);
            if v >= 2 {
                s.put_i8(self.isolation_level);
            } else if self.isolation_level != 0 {
                return not_in_version("ListOffsetsRequest", "isolation_level", v);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if v >= 10 {
                s.put_i32(self.timeout_ms);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListOffsetsTopic {
        pub name: Text,
        pub partitions: Vec<ListOffsetsPartition>,
    }

    impl Fields for ListOffsetsTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_string(&self.name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct ListOffsetsPartition {
        pub partition_index: i32,
        /// v4+
        pub current_leader_epoch: i32,
        /// below zero asks for a place
        pub timestamp: i64,
    }

    impl Default for ListOffsetsPartition {
        fn default() -> Self {
            Self {
                partition_index: 0,
                current_leader_epoch: -1,
                timestamp: 0,
            }
        }
    }

    impl Fields for ListOffsetsPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let partition_index = r.read_i32()?;
            let current_leader_epoch = if v >= 4 { r.read_i32()? } else { -1 };
            let timestamp = r.read_i64()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, current_leader_epoch, timestamp })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_i32(self.partition_index);
            if v >= 4 {
                s.put_i32(self.current_leader_epoch);
            }
            s.put_i64(self.timestamp);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ListOffsetsRequest, 1..=11);
    request!(ListOffsets, ListOffsetsRequest, super::ListOffsetsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListOffsetsResponse {
        /// v2+
        pub throttle_time_ms: i32,
        pub topics: Vec<ListOffsetsTopicResponse>,
    }

    impl Fields for ListOffsetsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let throttle_time_ms = if v >= 2 { r.read_i32()? } else { 0 };
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            if v >= 2 {
                s.put_i32(self.throttle_time_ms);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListOffsetsTopicResponse {
        pub name: Text,
        pub partitions: Vec<ListOffsetsPartitionResponse>,
    }

    impl Fields for ListOffsetsTopicResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let name = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_string(&self.name, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct ListOffsetsPartitionResponse {
        pub partition_index: i32,
        pub error_code: i16,
        /// -1 if nothing was found
        pub timestamp: i64,
        /// -1 if nothing was found
        pub offset: i64,
        /// v4+
        pub leader_epoch: i32,
    }

    impl Default for ListOffsetsPartitionResponse {
        fn default() -> Self {
            Self {
                partition_index: 0,
                error_code: 0,
                timestamp: -1,
                offset: -1,
                leader_epoch: -1,
            }
        }
    }

    impl Fields for ListOffsetsPartitionResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let timestamp = r.read_i64()?;
            let offset = r.read_i64()?;
            let leader_epoch = if v >= 4 { r.read_i32()? } else { -1 };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, error_code, timestamp, offset, leader_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_i64(self.timestamp);
            s.put_i64(self.offset);
            if v >= 4 {
                s.put_i32(self.leader_epoch);
            } else if self.leader_epoch != -1 {
                return not_in_version("ListOffsetsResponse", "leader_epoch", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ListOffsetsResponse, 1..=11);
}
