// Made by `cargo xtask codegen` from schema/offset_for_leader_epoch.kafka. Change that instead.

//! Where a leader epoch ended, so that followers and consumers notice a log that was cut (KIP-101, KIP-279).
//!
//! v2 the epoch the client believes in (KIP-320); v3 who asks.
//!
//! API key 23, versions 2 to 4.

pub use request::OffsetForLeaderEpochRequest;
pub use response::OffsetForLeaderEpochResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetForLeaderEpochRequest {
        /// v3+
        pub replica_id: i32,
        pub topics: Vec<OffsetForLeaderTopic>,
    }

    impl Default for OffsetForLeaderEpochRequest {
        fn default() -> Self {
            Self {
                replica_id: -2,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for OffsetForLeaderEpochRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let replica_id = if v >= 3 { r.read_i32()? } else { -2 };
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { replica_id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            if v >= 3 {
                s.put_i32(self.replica_id);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetForLeaderTopic {
        pub topic: Text,
        pub partitions: Vec<OffsetForLeaderPartition>,
    }

    impl Fields for OffsetForLeaderTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let topic = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.topic, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetForLeaderPartition {
        pub partition: i32,
        pub current_leader_epoch: i32,
        pub leader_epoch: i32,
    }

    impl Default for OffsetForLeaderPartition {
        fn default() -> Self {
            Self {
                partition: 0,
                current_leader_epoch: -1,
                leader_epoch: 0,
            }
        }
    }

    impl Fields for OffsetForLeaderPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let partition = r.read_i32()?;
            let current_leader_epoch = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition, current_leader_epoch, leader_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i32(self.partition);
            s.put_i32(self.current_leader_epoch);
            s.put_i32(self.leader_epoch);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(OffsetForLeaderEpochRequest, 2..=4);
    request!(OffsetForLeaderEpoch, OffsetForLeaderEpochRequest, super::OffsetForLeaderEpochResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetForLeaderEpochResponse {
        pub throttle_time_ms: i32,
        pub topics: Vec<OffsetForLeaderTopicResult>,
    }

    impl Fields for OffsetForLeaderEpochResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let throttle_time_ms = r.read_i32()?;
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetForLeaderTopicResult {
        pub topic: Text,
        pub partitions: Vec<EpochEndOffset>,
    }

    impl Fields for OffsetForLeaderTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let topic = r.read_string(flexible)?;
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.topic, flexible)?;
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct EpochEndOffset {
        pub error_code: i16,
        pub partition: i32,
        pub leader_epoch: i32,
        pub end_offset: i64,
    }

    impl Default for EpochEndOffset {
        fn default() -> Self {
            Self {
                error_code: 0,
                partition: 0,
                leader_epoch: -1,
                end_offset: -1,
            }
        }
    }

    impl Fields for EpochEndOffset {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let error_code = r.read_i16()?;
            let partition = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let end_offset = r.read_i64()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, partition, leader_epoch, end_offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i16(self.error_code);
            s.put_i32(self.partition);
            s.put_i32(self.leader_epoch);
            s.put_i64(self.end_offset);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(OffsetForLeaderEpochResponse, 2..=4);
}
