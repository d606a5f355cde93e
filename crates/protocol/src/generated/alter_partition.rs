// Made by `cargo xtask codegen` from schema/alter_partition.kafka. Change that instead.

//! A leader asks the controller for a new ISR (KIP-497).
//!
//! v2 topic ids (KIP-841); v3 broker epochs beside the ISR (KIP-903).
//!
//! API key 56, versions 2 to 3.

pub use request::AlterPartitionRequest;
pub use response::AlterPartitionResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct AlterPartitionRequest {
        pub broker_id: i32,
        pub broker_epoch: i64,
        pub topics: Vec<TopicData>,
    }

    impl Default for AlterPartitionRequest {
        fn default() -> Self {
            Self {
                broker_id: 0,
                broker_epoch: -1,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for AlterPartitionRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let broker_epoch = r.read_i64()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { broker_id, broker_epoch, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_i64(self.broker_epoch);
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicData {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for TopicData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionData {
        pub partition_index: i32,
        pub leader_epoch: i32,
        /// v2
        pub new_isr: Vec<i32>,
        /// v3+: a broker that restarted meanwhile is refused (KIP-903)
        pub new_isr_with_epochs: Vec<BrokerState>,
        /// 1 while recovering from an unclean election (KIP-704)
        pub leader_recovery_state: i8,
        pub partition_epoch: i32,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let new_isr = if v <= 2 { r.read_array(true, Reader::read_i32)? } else { Vec::new() };
            let new_isr_with_epochs = if v >= 3 { read_structs(r, true, v)? } else { Vec::new() };
            let leader_recovery_state = r.read_i8()?;
            let partition_epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                partition_index, leader_epoch, new_isr, new_isr_with_epochs, leader_recovery_state,
                partition_epoch,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i32(self.leader_epoch);
            if v <= 2 {
                put_array(s, &self.new_isr, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            } else if !self.new_isr.is_empty() {
                return not_in_version("AlterPartitionRequest", "new_isr", v);
            }
            if v >= 3 {
                put_structs(s, &self.new_isr_with_epochs, true, v)?;
            } else if !self.new_isr_with_epochs.is_empty() {
                return not_in_version("AlterPartitionRequest", "new_isr_with_epochs", v);
            }
            s.put_i8(self.leader_recovery_state);
            s.put_i32(self.partition_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct BrokerState {
        pub broker_id: i32,
        pub broker_epoch: i64,
    }

    impl Default for BrokerState {
        fn default() -> Self {
            Self {
                broker_id: 0,
                broker_epoch: -1,
            }
        }
    }

    impl Fields for BrokerState {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let broker_epoch = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { broker_id, broker_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_i64(self.broker_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterPartitionRequest, 2..=3);
    request!(AlterPartition, AlterPartitionRequest, super::AlterPartitionResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterPartitionResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub topics: Vec<TopicData>,
    }

    impl Fields for AlterPartitionResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicData {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for TopicData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_structs(s, &self.partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionData {
        pub partition_index: i32,
        pub error_code: i16,
        pub leader_id: i32,
        pub leader_epoch: i32,
        pub isr: Vec<i32>,
        pub leader_recovery_state: i8,
        pub partition_epoch: i32,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let isr = r.read_array(true, Reader::read_i32)?;
            let leader_recovery_state = r.read_i8()?;
            let partition_epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                partition_index, error_code, leader_id, leader_epoch, isr, leader_recovery_state,
                partition_epoch,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            put_array(s, &self.isr, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_i8(self.leader_recovery_state);
            s.put_i32(self.partition_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterPartitionResponse, 2..=3);
}
