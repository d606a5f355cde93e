// Made by `cargo xtask codegen` from schema/offset_delete.kafka. Change that instead.

//! Forgets offsets of a group (KIP-496).
//!
//! API key 47, versions 0 to 0.

pub use request::OffsetDeleteRequest;
pub use response::OffsetDeleteResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetDeleteRequest {
        pub group_id: Text,
        pub topics: Vec<OffsetDeleteRequestTopic>,
    }

    impl Fields for OffsetDeleteRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let topics = read_structs(r, false, v)?;
            Ok(Self { group_id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            put_structs(s, &self.topics, false, v)?;
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetDeleteRequestTopic {
        pub name: Text,
        pub partitions: Vec<OffsetDeleteRequestPartition>,
    }

    impl Fields for OffsetDeleteRequestTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(false)?;
            let partitions = read_structs(r, false, v)?;
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, false)?;
            put_structs(s, &self.partitions, false, v)?;
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetDeleteRequestPartition {
        pub partition_index: i32,
    }

    impl Fields for OffsetDeleteRequestPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            Ok(Self { partition_index })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            Ok(())
        }
    }

    message!(OffsetDeleteRequest, 0..=0);
    request!(OffsetDelete, OffsetDeleteRequest, super::OffsetDeleteResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetDeleteResponse {
        pub error_code: i16,
        pub throttle_time_ms: i32,
        pub topics: Vec<OffsetDeleteResponseTopic>,
    }

    impl Fields for OffsetDeleteResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let throttle_time_ms = r.read_i32()?;
            let topics = read_structs(r, false, v)?;
            Ok(Self { error_code, throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.topics, false, v)?;
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetDeleteResponseTopic {
        pub name: Text,
        pub partitions: Vec<OffsetDeleteResponsePartition>,
    }

    impl Fields for OffsetDeleteResponseTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(false)?;
            let partitions = read_structs(r, false, v)?;
            Ok(Self { name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, false)?;
            put_structs(s, &self.partitions, false, v)?;
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetDeleteResponsePartition {
        pub partition_index: i32,
        pub error_code: i16,
    }

    impl Fields for OffsetDeleteResponsePartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            Ok(Self { partition_index, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            Ok(())
        }
    }

    message!(OffsetDeleteResponse, 0..=0);
}
