// Made by `cargo xtask codegen` from schema/elect_leaders.kafka. Change that instead.

//! Makes the preferred replica, or any that is alive, the leader (KIP-183).
//!
//! v1 unclean elections (KIP-460).
//!
//! API key 43, versions 0 to 2.

pub use request::ElectLeadersRequest;
pub use response::ElectLeadersResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ElectLeadersRequest {
        /// v1+: 0 preferred, 1 unclean
        pub election_type: i8,
        /// null is all
        pub topic_partitions: Option<Vec<TopicPartitions>>,
        pub timeout_ms: i32,
    }

    impl Default for ElectLeadersRequest {
        fn default() -> Self {
            Self {
                election_type: 0,
                topic_partitions: Some(Vec::new()),
                timeout_ms: 60000,
            }
        }
    }

    impl Fields for ElectLeadersRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let election_type = if v >= 1 { r.read_i8()? } else { 0 };
            let topic_partitions = read_nullable_structs(r, flexible, v)?;
            let timeout_ms = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { election_type, topic_partitions, timeout_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            if v >= 1 {
                s.put_i8(self.election_type);
            } else if self.election_type != 0 {
                return not_in_version("ElectLeadersRequest", "election_type", v);
            }
            put_nullable_structs(s, self.topic_partitions.as_deref(), flexible, v)?;
            s.put_i32(self.timeout_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartitions {
        pub topic: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartitions {
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

    message!(ElectLeadersRequest, 0..=2);
    request!(ElectLeaders, ElectLeadersRequest, super::ElectLeadersResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ElectLeadersResponse {
        pub throttle_time_ms: i32,
        /// v1+
        pub error_code: i16,
        pub replica_election_results: Vec<ReplicaElectionResult>,
    }

    impl Fields for ElectLeadersResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let error_code = if v >= 1 { r.read_i16()? } else { 0 };
            let replica_election_results = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, replica_election_results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            if v >= 1 {
                s.put_i16(self.error_code);
            } else if self.error_code != 0 {
                return not_in_version("ElectLeadersResponse", "error_code", v);
            }
            put_structs(s, &self.replica_election_results, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReplicaElectionResult {
        pub topic: Text,
        pub partition_result: Vec<PartitionResult>,
    }

    impl Fields for ReplicaElectionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let topic = r.read_string(flexible)?;
            let partition_result = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, partition_result })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.topic, flexible)?;
            put_structs(s, &self.partition_result, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct PartitionResult {
        pub partition_id: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for PartitionResult {
        fn default() -> Self {
            Self {
                partition_id: 0,
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for PartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let partition_id = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_id, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.partition_id);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ElectLeadersResponse, 0..=2);
}
