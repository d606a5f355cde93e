// Made by `cargo xtask codegen` from schema/describe_producers.kafka. Change that instead.

//! Producers that write to partitions, to find transactions that hang (KIP-664).
//!
//! API key 61, versions 0 to 0.

pub use request::DescribeProducersRequest;
pub use response::DescribeProducersResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeProducersRequest {
        pub topics: Vec<TopicRequest>,
    }

    impl Fields for DescribeProducersRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicRequest {
        pub name: Text,
        pub partition_indexes: Vec<i32>,
    }

    impl Fields for TopicRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let partition_indexes = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, partition_indexes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            put_array(s, &self.partition_indexes, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeProducersRequest, 0..=0);
    request!(DescribeProducers, DescribeProducersRequest, super::DescribeProducersResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeProducersResponse {
        pub throttle_time_ms: i32,
        pub topics: Vec<TopicResponse>,
    }

    impl Fields for DescribeProducersResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicResponse {
        pub name: Text,
        pub partitions: Vec<PartitionResponse>,
    }

    impl Fields for TopicResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionResponse {
        pub partition_index: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub active_producers: Vec<ProducerState>,
    }

    impl Fields for PartitionResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let active_producers = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, error_code, error_message, active_producers })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            put_structs(s, &self.active_producers, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct ProducerState {
        pub producer_id: i64,
        pub producer_epoch: i32,
        pub last_sequence: i32,
        pub last_timestamp: i64,
        pub coordinator_epoch: i32,
        pub current_txn_start_offset: i64,
    }

    impl Default for ProducerState {
        fn default() -> Self {
            Self {
                producer_id: 0,
                producer_epoch: 0,
                last_sequence: -1,
                last_timestamp: -1,
                coordinator_epoch: 0,
                current_txn_start_offset: -1,
            }
        }
    }

    impl Fields for ProducerState {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let producer_id = r.read_i64()?;
            let producer_epoch = r.read_i32()?;
            let last_sequence = r.read_i32()?;
            let last_timestamp = r.read_i64()?;
            let coordinator_epoch = r.read_i32()?;
            let current_txn_start_offset = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                producer_id, producer_epoch, last_sequence, last_timestamp, coordinator_epoch,
                current_txn_start_offset,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.producer_id);
            s.put_i32(self.producer_epoch);
            s.put_i32(self.last_sequence);
            s.put_i64(self.last_timestamp);
            s.put_i32(self.coordinator_epoch);
            s.put_i64(self.current_txn_start_offset);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeProducersResponse, 0..=0);
}
