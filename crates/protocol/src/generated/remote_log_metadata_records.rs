// Made by `cargo xtask codegen` from schema/remote_log_metadata_records.kafka. Change that instead.

//! Values of `__remote_log_metadata`: which segments lie in remote storage (KIP-405).
//!
//! A segment is announced, then updated until it is deleted.

pub use remote_log_segment_metadata_record::RemoteLogSegmentMetadataRecord;
pub use remote_log_segment_metadata_update_record::RemoteLogSegmentMetadataUpdateRecord;
pub use remote_partition_delete_metadata_record::RemotePartitionDeleteMetadataRecord;
pub use remote_log_segment_metadata_snapshot_record::RemoteLogSegmentMetadataSnapshotRecord;

crate::codec::record_enum! {
    /// Any record of this log.
    RemoteLogMetadataRecord
    RemoteLogSegmentMetadata(RemoteLogSegmentMetadataRecord),
    RemoteLogSegmentMetadataUpdate(RemoteLogSegmentMetadataUpdateRecord),
    RemotePartitionDeleteMetadata(RemotePartitionDeleteMetadataRecord),
    RemoteLogSegmentMetadataSnapshot(RemoteLogSegmentMetadataSnapshotRecord),
}

pub mod remote_log_segment_metadata_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoteLogSegmentMetadataRecord {
        pub remote_log_segment_id: RemoteLogSegmentIdEntry,
        pub start_offset: i64,
        pub end_offset: i64,
        pub broker_id: i32,
        pub max_timestamp_ms: i64,
        pub event_timestamp_ms: i64,
        pub segment_leader_epochs: Vec<SegmentLeaderEpochEntry>,
        pub segment_size_in_bytes: i32,
        pub custom_metadata: Option<Bytes>,
        /// 0/1 copy started/finished, 2/3 delete started/finished
        pub remote_log_segment_state: i8,
        pub txn_index_empty: bool,
    }

    impl Fields for RemoteLogSegmentMetadataRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let remote_log_segment_id = Fields::read(r, v)?;
            let start_offset = r.read_i64()?;
            let end_offset = r.read_i64()?;
            let broker_id = r.read_i32()?;
            let max_timestamp_ms = r.read_i64()?;
            let event_timestamp_ms = r.read_i64()?;
            let segment_leader_epochs = read_structs(r, true, v)?;
            let segment_size_in_bytes = r.read_i32()?;
            let custom_metadata = r.read_nullable_bytes(true)?;
            let remote_log_segment_state = r.read_i8()?;
            let mut txn_index_empty = false;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => txn_index_empty = r.read_bool()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                remote_log_segment_id, start_offset, end_offset, broker_id, max_timestamp_ms,
                event_timestamp_ms, segment_leader_epochs, segment_size_in_bytes, custom_metadata,
                remote_log_segment_state, txn_index_empty,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.remote_log_segment_id.write(s, v)?;
            s.put_i64(self.start_offset);
            s.put_i64(self.end_offset);
            s.put_i32(self.broker_id);
            s.put_i64(self.max_timestamp_ms);
            s.put_i64(self.event_timestamp_ms);
            put_structs(s, &self.segment_leader_epochs, true, v)?;
            s.put_i32(self.segment_size_in_bytes);
            s.put_nullable_byte_field(self.custom_metadata.as_ref(), true)?;
            s.put_i8(self.remote_log_segment_state);
            let set = [self.txn_index_empty];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_bool(self.txn_index_empty));
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoteLogSegmentIdEntry {
        pub topic_id_partition: TopicIdPartitionEntry,
        pub id: Uuid,
    }

    impl Fields for RemoteLogSegmentIdEntry {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id_partition = Fields::read(r, v)?;
            let id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id_partition, id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.topic_id_partition.write(s, v)?;
            s.put_uuid(self.id);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicIdPartitionEntry {
        pub name: Text,
        pub id: Uuid,
        pub partition: i32,
    }

    impl Fields for TopicIdPartitionEntry {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let id = r.read_uuid()?;
            let partition = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, id, partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_uuid(self.id);
            s.put_i32(self.partition);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SegmentLeaderEpochEntry {
        pub leader_epoch: i32,
        pub offset: i64,
    }

    impl Fields for SegmentLeaderEpochEntry {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let leader_epoch = r.read_i32()?;
            let offset = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { leader_epoch, offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.leader_epoch);
            s.put_i64(self.offset);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoteLogSegmentMetadataRecord, 0..=0);
    record!(RemoteLogSegmentMetadataRecord, 0);
}

pub mod remote_log_segment_metadata_update_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoteLogSegmentMetadataUpdateRecord {
        pub remote_log_segment_id: RemoteLogSegmentIdEntry,
        pub broker_id: i32,
        pub event_timestamp_ms: i64,
        pub custom_metadata: Option<Bytes>,
        pub remote_log_segment_state: i8,
    }

    impl Fields for RemoteLogSegmentMetadataUpdateRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let remote_log_segment_id = Fields::read(r, v)?;
            let broker_id = r.read_i32()?;
            let event_timestamp_ms = r.read_i64()?;
            let custom_metadata = r.read_nullable_bytes(true)?;
            let remote_log_segment_state = r.read_i8()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                remote_log_segment_id, broker_id, event_timestamp_ms, custom_metadata,
                remote_log_segment_state,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.remote_log_segment_id.write(s, v)?;
            s.put_i32(self.broker_id);
            s.put_i64(self.event_timestamp_ms);
            s.put_nullable_byte_field(self.custom_metadata.as_ref(), true)?;
            s.put_i8(self.remote_log_segment_state);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoteLogSegmentIdEntry {
        pub topic_id_partition: TopicIdPartitionEntry,
        pub id: Uuid,
    }

    impl Fields for RemoteLogSegmentIdEntry {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id_partition = Fields::read(r, v)?;
            let id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id_partition, id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.topic_id_partition.write(s, v)?;
            s.put_uuid(self.id);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicIdPartitionEntry {
        pub name: Text,
        pub id: Uuid,
        pub partition: i32,
    }

    impl Fields for TopicIdPartitionEntry {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let id = r.read_uuid()?;
            let partition = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, id, partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_uuid(self.id);
            s.put_i32(self.partition);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoteLogSegmentMetadataUpdateRecord, 0..=0);
    record!(RemoteLogSegmentMetadataUpdateRecord, 1);
}

pub mod remote_partition_delete_metadata_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemotePartitionDeleteMetadataRecord {
        pub topic_id_partition: TopicIdPartitionEntry,
        pub broker_id: i32,
        pub event_timestamp_ms: i64,
        /// 0 marked, 1 started, 2 finished
        pub remote_partition_delete_state: i8,
    }

    impl Fields for RemotePartitionDeleteMetadataRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id_partition = Fields::read(r, v)?;
            let broker_id = r.read_i32()?;
            let event_timestamp_ms = r.read_i64()?;
            let remote_partition_delete_state = r.read_i8()?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id_partition, broker_id, event_timestamp_ms, remote_partition_delete_state })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            self.topic_id_partition.write(s, v)?;
            s.put_i32(self.broker_id);
            s.put_i64(self.event_timestamp_ms);
            s.put_i8(self.remote_partition_delete_state);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicIdPartitionEntry {
        pub name: Text,
        pub id: Uuid,
        pub partition: i32,
    }

    impl Fields for TopicIdPartitionEntry {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let id = r.read_uuid()?;
            let partition = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, id, partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_uuid(self.id);
            s.put_i32(self.partition);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemotePartitionDeleteMetadataRecord, 0..=0);
    record!(RemotePartitionDeleteMetadataRecord, 2);
}

pub mod remote_log_segment_metadata_snapshot_record {
    use crate::codec::*;

    /// What a broker keeps of a partition's segments in a file.
    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoteLogSegmentMetadataSnapshotRecord {
        pub segment_id: Uuid,
        pub start_offset: i64,
        pub end_offset: i64,
        pub broker_id: i32,
        pub max_timestamp_ms: i64,
        pub event_timestamp_ms: i64,
        pub segment_leader_epochs: Vec<SegmentLeaderEpochEntry>,
        pub segment_size_in_bytes: i32,
        pub custom_metadata: Option<Bytes>,
        pub remote_log_segment_state: i8,
        pub txn_index_empty: bool,
    }

    impl Fields for RemoteLogSegmentMetadataSnapshotRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let segment_id = r.read_uuid()?;
            let start_offset = r.read_i64()?;
            let end_offset = r.read_i64()?;
            let broker_id = r.read_i32()?;
            let max_timestamp_ms = r.read_i64()?;
            let event_timestamp_ms = r.read_i64()?;
            let segment_leader_epochs = read_structs(r, true, v)?;
            let segment_size_in_bytes = r.read_i32()?;
            let custom_metadata = r.read_nullable_bytes(true)?;
            let remote_log_segment_state = r.read_i8()?;
            let mut txn_index_empty = false;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => txn_index_empty = r.read_bool()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                segment_id, start_offset, end_offset, broker_id, max_timestamp_ms, event_timestamp_ms,
                segment_leader_epochs, segment_size_in_bytes, custom_metadata, remote_log_segment_state,
                txn_index_empty,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.segment_id);
            s.put_i64(self.start_offset);
            s.put_i64(self.end_offset);
            s.put_i32(self.broker_id);
            s.put_i64(self.max_timestamp_ms);
            s.put_i64(self.event_timestamp_ms);
            put_structs(s, &self.segment_leader_epochs, true, v)?;
            s.put_i32(self.segment_size_in_bytes);
            s.put_nullable_byte_field(self.custom_metadata.as_ref(), true)?;
            s.put_i8(self.remote_log_segment_state);
            let set = [self.txn_index_empty];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_bool(self.txn_index_empty));
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SegmentLeaderEpochEntry {
        pub leader_epoch: i32,
        pub offset: i64,
    }

    impl Fields for SegmentLeaderEpochEntry {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let leader_epoch = r.read_i32()?;
            let offset = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { leader_epoch, offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.leader_epoch);
            s.put_i64(self.offset);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoteLogSegmentMetadataSnapshotRecord, 0..=0);
    record!(RemoteLogSegmentMetadataSnapshotRecord, 3);
}
