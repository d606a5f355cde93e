// Made by `cargo xtask codegen` from schema/read_share_group_state_summary.kafka. Change that instead.

//! Reads where a share group stands, without the state of single records (KIP-932).
//!
//! v1 count of finished deliveries (KIP-1226).
//!
//! API key 87, versions 0 to 1.

pub use request::ReadShareGroupStateSummaryRequest;
pub use response::ReadShareGroupStateSummaryResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReadShareGroupStateSummaryRequest {
        pub group_id: Text,
        pub topics: Vec<ReadStateSummaryData>,
    }

    impl Fields for ReadShareGroupStateSummaryRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(true)?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { group_id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, true)?;
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReadStateSummaryData {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for ReadStateSummaryData {
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
        pub partition: i32,
        pub leader_epoch: i32,
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition, leader_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            s.put_i32(self.leader_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ReadShareGroupStateSummaryRequest, 0..=1);
    request!(ReadShareGroupStateSummary, ReadShareGroupStateSummaryRequest, super::ReadShareGroupStateSummaryResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReadShareGroupStateSummaryResponse {
        pub results: Vec<ReadStateSummaryResult>,
    }

    impl Fields for ReadShareGroupStateSummaryResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let results = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.results, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ReadStateSummaryResult {
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionResult>,
    }

    impl Fields for ReadStateSummaryResult {
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

    #[derive(Clone, Debug, PartialEq)]
    pub struct PartitionResult {
        pub partition: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub state_epoch: i32,
        pub leader_epoch: i32,
        pub start_offset: i64,
        /// v1+
        pub delivery_complete_count: i32,
    }

    impl Default for PartitionResult {
        fn default() -> Self {
            Self {
                partition: 0,
                error_code: 0,
                error_message: None,
                state_epoch: 0,
                leader_epoch: 0,
                start_offset: 0,
                delivery_complete_count: -1,
            }
        }
    }

    impl Fields for PartitionResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let state_epoch = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let start_offset = r.read_i64()?;
            let delivery_complete_count = if v >= 1 { r.read_i32()? } else { -1 };
            r.skip_tagged_fields()?;
            Ok(Self {
                partition, error_code, error_message, state_epoch, leader_epoch, start_offset,
                delivery_complete_count,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_i32(self.state_epoch);
            s.put_i32(self.leader_epoch);
            s.put_i64(self.start_offset);
            if v >= 1 {
                s.put_i32(self.delivery_complete_count);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ReadShareGroupStateSummaryResponse, 0..=1);
}
