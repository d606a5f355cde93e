// Made by `cargo xtask codegen` from schema/list_partition_reassignments.kafka. Change that instead.

//! Lists partitions that are being moved (KIP-455).
//!
//! API key 46, versions 0 to 0.

pub use request::ListPartitionReassignmentsRequest;
pub use response::ListPartitionReassignmentsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ListPartitionReassignmentsRequest {
        pub timeout_ms: i32,
        pub topics: Option<Vec<ListPartitionReassignmentsTopics>>,
    }

    impl Default for ListPartitionReassignmentsRequest {
        fn default() -> Self {
            Self {
                timeout_ms: 60000,
                topics: None,
            }
        }
    }

    impl Fields for ListPartitionReassignmentsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let timeout_ms = r.read_i32()?;
            let topics = read_nullable_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { timeout_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.timeout_ms);
            put_nullable_structs(s, self.topics.as_deref(), true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListPartitionReassignmentsTopics {
        pub name: Text,
        pub partition_indexes: Vec<i32>,
    }

    impl Fields for ListPartitionReassignmentsTopics {
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

    message!(ListPartitionReassignmentsRequest, 0..=0);
    request!(ListPartitionReassignments, ListPartitionReassignmentsRequest, super::ListPartitionReassignmentsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ListPartitionReassignmentsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub topics: Vec<OngoingTopicReassignment>,
    }

    impl Default for ListPartitionReassignmentsResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
                topics: Vec::new(),
            }
        }
    }

    impl Fields for ListPartitionReassignmentsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, error_message, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OngoingTopicReassignment {
        pub name: Text,
        pub partitions: Vec<OngoingPartitionReassignment>,
    }

    impl Fields for OngoingTopicReassignment {
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
    pub struct OngoingPartitionReassignment {
        pub partition_index: i32,
        pub replicas: Vec<i32>,
        pub adding_replicas: Vec<i32>,
        pub removing_replicas: Vec<i32>,
    }

    impl Fields for OngoingPartitionReassignment {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let replicas = r.read_array(true, Reader::read_i32)?;
            let adding_replicas = r.read_array(true, Reader::read_i32)?;
            let removing_replicas = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, replicas, adding_replicas, removing_replicas })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            put_array(s, &self.replicas, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.adding_replicas, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.removing_replicas, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ListPartitionReassignmentsResponse, 0..=0);
}
