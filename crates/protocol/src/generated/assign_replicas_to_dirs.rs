// Made by `cargo xtask codegen` from schema/assign_replicas_to_dirs.kafka. Change that instead.

//! A broker tells the controller in which of its directories replicas lie (KIP-858).
//!
//! API key 73, versions 0 to 0.

pub use request::AssignReplicasToDirsRequest;
pub use response::AssignReplicasToDirsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct AssignReplicasToDirsRequest {
        pub broker_id: i32,
        pub broker_epoch: i64,
        pub directories: Vec<DirectoryData>,
    }

    impl Default for AssignReplicasToDirsRequest {
        fn default() -> Self {
            Self {
                broker_id: 0,
                broker_epoch: -1,
                directories: Vec::new(),
            }
        }
    }

    impl Fields for AssignReplicasToDirsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let broker_epoch = r.read_i64()?;
            let directories = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { broker_id, broker_epoch, directories })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_i64(self.broker_epoch);
            put_structs(s, &self.directories, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DirectoryData {
        pub id: Uuid,
        pub topics: Vec<TopicData>,
    }

    impl Fields for DirectoryData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let id = r.read_uuid()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.id);
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
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AssignReplicasToDirsRequest, 0..=0);
    request!(AssignReplicasToDirs, AssignReplicasToDirsRequest, super::AssignReplicasToDirsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AssignReplicasToDirsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub directories: Vec<DirectoryData>,
    }

    impl Fields for AssignReplicasToDirsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let directories = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, directories })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            put_structs(s, &self.directories, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DirectoryData {
        pub id: Uuid,
        pub topics: Vec<TopicData>,
    }

    impl Fields for DirectoryData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let id = r.read_uuid()?;
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { id, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.id);
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
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { partition_index, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AssignReplicasToDirsResponse, 0..=0);
}
