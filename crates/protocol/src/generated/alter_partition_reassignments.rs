// Made by `cargo xtask codegen` from schema/alter_partition_reassignments.kafka. Change that instead.

//! Begins or cancels moving partitions to other replicas (KIP-455).
//!
//! v1 whether the replication factor may change (KIP-860).
//!
//! API key 45, versions 0 to 1.

pub use request::AlterPartitionReassignmentsRequest;
pub use response::AlterPartitionReassignmentsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct AlterPartitionReassignmentsRequest {
        pub timeout_ms: i32,
        /// v1+
        pub allow_replication_factor_change: bool,
        pub topics: Vec<ReassignableTopic>,
    }

    impl Default for AlterPartitionReassignmentsRequest {
        fn default() -> Self {
            Self {
                timeout_ms: 60000,
                allow_replication_factor_change: true,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for AlterPartitionReassignmentsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let timeout_ms = r.read_i32()?;
            let allow_replication_factor_change = if v >= 1 { r.read_bool()? } else { true };
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { timeout_ms, allow_replication_factor_change, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.timeout_ms);
            if v >= 1 {
                s.put_bool(self.allow_replication_factor_change);
            } else if !self.allow_replication_factor_change {
                return not_in_version("AlterPartitionReassignmentsRequest", "allow_replication_factor_change", v);
            }
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReassignableTopic {
        pub name: Text,
        pub partitions: Vec<ReassignablePartition>,
    }

    impl Fields for ReassignableTopic {
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
    pub struct ReassignablePartition {
        pub partition_index: i32,
        /// null cancels
        pub replicas: Option<Vec<i32>>,
    }

    impl Fields for ReassignablePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let replicas = r.read_nullable_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, replicas })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            put_nullable_array(s, self.replicas.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterPartitionReassignmentsRequest, 0..=1);
    request!(AlterPartitionReassignments, AlterPartitionReassignmentsRequest, super::AlterPartitionReassignmentsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct AlterPartitionReassignmentsResponse {
        pub throttle_time_ms: i32,
        /// v1+
        pub allow_replication_factor_change: bool,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub responses: Vec<ReassignableTopicResponse>,
    }

    impl Default for AlterPartitionReassignmentsResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                allow_replication_factor_change: true,
                error_code: 0,
                error_message: Some(Text::default()),
                responses: Vec::new(),
            }
        }
    }

    impl Fields for AlterPartitionReassignmentsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let allow_replication_factor_change = if v >= 1 { r.read_bool()? } else { true };
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let responses = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                throttle_time_ms, allow_replication_factor_change, error_code, error_message, responses,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            if v >= 1 {
                s.put_bool(self.allow_replication_factor_change);
            }
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            put_structs(s, &self.responses, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReassignableTopicResponse {
        pub name: Text,
        pub partitions: Vec<ReassignablePartitionResponse>,
    }

    impl Fields for ReassignableTopicResponse {
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

    #[derive(Clone, Debug, PartialEq)]
    pub struct ReassignablePartitionResponse {
        pub partition_index: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for ReassignablePartitionResponse {
        fn default() -> Self {
            Self {
                partition_index: 0,
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for ReassignablePartitionResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterPartitionReassignmentsResponse, 0..=1);
}
