// Made by `cargo xtask codegen` from schema/fetch_snapshot.kafka. Change that instead.

//! Reads a snapshot of the metadata log (KIP-630).
//!
//! v1 directory ids and the leader's endpoints (KIP-853).
//!
//! API key 59, versions 0 to 1.

pub use request::FetchSnapshotRequest;
pub use response::FetchSnapshotResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct FetchSnapshotRequest {
        pub cluster_id: Option<Text>,
        pub replica_id: i32,
        pub max_bytes: i32,
        pub topics: Vec<TopicSnapshot>,
    }

    impl Default for FetchSnapshotRequest {
        fn default() -> Self {
            Self {
                cluster_id: None,
                replica_id: -1,
                max_bytes: i32::MAX,
                topics: Vec::new(),
            }
        }
    }

    impl Fields for FetchSnapshotRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let replica_id = r.read_i32()?;
            let max_bytes = r.read_i32()?;
            let topics = read_structs(r, true, v)?;
            let mut cluster_id = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => cluster_id = r.read_nullable_string(true)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { cluster_id, replica_id, max_bytes, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.replica_id);
            s.put_i32(self.max_bytes);
            put_structs(s, &self.topics, true, v)?;
            let set = [self.cluster_id.is_some()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_nullable_string(self.cluster_id.as_deref(), true)?);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicSnapshot {
        pub name: Text,
        pub partitions: Vec<PartitionSnapshot>,
    }

    impl Fields for TopicSnapshot {
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
    pub struct PartitionSnapshot {
        pub partition: i32,
        pub current_leader_epoch: i32,
        pub snapshot_id: SnapshotId,
        pub position: i64,
        /// v1+
        pub replica_directory_id: Uuid,
    }

    impl Fields for PartitionSnapshot {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let current_leader_epoch = r.read_i32()?;
            let snapshot_id = Fields::read(r, v)?;
            let position = r.read_i64()?;
            let mut replica_directory_id = Uuid::nil();
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 if v >= 1 => replica_directory_id = r.read_uuid()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { partition, current_leader_epoch, snapshot_id, position, replica_directory_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            s.put_i32(self.current_leader_epoch);
            self.snapshot_id.write(s, v)?;
            s.put_i64(self.position);
            let set = [v >= 1 && !self.replica_directory_id.is_nil()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_uuid(self.replica_directory_id));
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SnapshotId {
        pub end_offset: i64,
        pub epoch: i32,
    }

    impl Fields for SnapshotId {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let end_offset = r.read_i64()?;
            let epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { end_offset, epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.end_offset);
            s.put_i32(self.epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(FetchSnapshotRequest, 0..=1);
    request!(FetchSnapshot, FetchSnapshotRequest, super::FetchSnapshotResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FetchSnapshotResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub topics: Vec<TopicSnapshot>,
        /// v1+
        pub node_endpoints: Vec<NodeEndpoint>,
    }

    impl Fields for FetchSnapshotResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let topics = read_structs(r, true, v)?;
            let mut node_endpoints = Vec::new();
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 if v >= 1 => node_endpoints = read_structs(r, true, v)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { throttle_time_ms, error_code, topics, node_endpoints })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            put_structs(s, &self.topics, true, v)?;
            if !(v >= 1) && !self.node_endpoints.is_empty() {
                return not_in_version("FetchSnapshotResponse", "node_endpoints", v);
            }
            let set = [v >= 1 && !self.node_endpoints.is_empty()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_structs(s, &self.node_endpoints, true, v)?);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicSnapshot {
        pub name: Text,
        pub partitions: Vec<PartitionSnapshot>,
    }

    impl Fields for TopicSnapshot {
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
    pub struct PartitionSnapshot {
        pub index: i32,
        pub error_code: i16,
        pub snapshot_id: SnapshotId,
        pub current_leader: LeaderIdAndEpoch,
        pub size: i64,
        pub position: i64,
        pub unaligned_records: RecordBytes,
    }

    impl Fields for PartitionSnapshot {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let snapshot_id = Fields::read(r, v)?;
            let size = r.read_i64()?;
            let position = r.read_i64()?;
            let unaligned_records = r.read_bytes(true)?.into();
            let mut current_leader = LeaderIdAndEpoch::default();
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => current_leader = Fields::read(r, v)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { index, error_code, snapshot_id, current_leader, size, position, unaligned_records })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.index);
            s.put_i16(self.error_code);
            self.snapshot_id.write(s, v)?;
            s.put_i64(self.size);
            s.put_i64(self.position);
            s.put_record_field(&self.unaligned_records, true)?;
            let set = [self.current_leader != LeaderIdAndEpoch::default()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, self.current_leader.write(s, v)?);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SnapshotId {
        pub end_offset: i64,
        pub epoch: i32,
    }

    impl Fields for SnapshotId {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let end_offset = r.read_i64()?;
            let epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { end_offset, epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.end_offset);
            s.put_i32(self.epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LeaderIdAndEpoch {
        pub leader_id: i32,
        pub leader_epoch: i32,
    }

    impl Fields for LeaderIdAndEpoch {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { leader_id, leader_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct NodeEndpoint {
        pub node_id: i32,
        pub host: Text,
        pub port: u16,
    }

    impl Fields for NodeEndpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let node_id = r.read_i32()?;
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            r.skip_tagged_fields()?;
            Ok(Self { node_id, host, port })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.node_id);
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(FetchSnapshotResponse, 0..=1);
}
