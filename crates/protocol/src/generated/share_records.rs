// Made by `cargo xtask codegen` from schema/share_records.kafka. Change that instead.

//! Keys and values of `__share_group_state` (KIP-932).
//!
//! A snapshot replaces all before it; updates add to it.

pub use share_snapshot_key::ShareSnapshotKey;
pub use share_snapshot_value::ShareSnapshotValue;
pub use share_update_key::ShareUpdateKey;
pub use share_update_value::ShareUpdateValue;

pub mod share_snapshot_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareSnapshotKey {
        pub group_id: Text,
        pub topic_id: Uuid,
        pub partition: i32,
    }

    impl Fields for ShareSnapshotKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let topic_id = r.read_uuid()?;
            let partition = r.read_i32()?;
            Ok(Self { group_id, topic_id, partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_uuid(self.topic_id);
            s.put_i32(self.partition);
            Ok(())
        }
    }

    message!(ShareSnapshotKey, 0..=0);
    record!(ShareSnapshotKey, 0);
}

pub mod share_snapshot_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ShareSnapshotValue {
        pub snapshot_epoch: i32,
        pub state_epoch: i32,
        pub leader_epoch: i32,
        pub start_offset: i64,
        pub delivery_complete_count: i32,
        pub create_timestamp: i64,
        pub write_timestamp: i64,
        pub state_batches: Vec<StateBatch>,
    }

    impl Default for ShareSnapshotValue {
        fn default() -> Self {
            Self {
                snapshot_epoch: 0,
                state_epoch: 0,
                leader_epoch: 0,
                start_offset: 0,
                delivery_complete_count: -1,
                create_timestamp: 0,
                write_timestamp: 0,
                state_batches: Vec::new(),
            }
        }
    }

    impl Fields for ShareSnapshotValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let snapshot_epoch = r.read_i32()?;
            let state_epoch = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let start_offset = r.read_i64()?;
            let create_timestamp = r.read_i64()?;
            let write_timestamp = r.read_i64()?;
            let state_batches = read_structs(r, true, v)?;
            let mut delivery_complete_count = -1;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => delivery_complete_count = r.read_i32()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                snapshot_epoch, state_epoch, leader_epoch, start_offset, delivery_complete_count,
                create_timestamp, write_timestamp, state_batches,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.snapshot_epoch);
            s.put_i32(self.state_epoch);
            s.put_i32(self.leader_epoch);
            s.put_i64(self.start_offset);
            s.put_i64(self.create_timestamp);
            s.put_i64(self.write_timestamp);
            put_structs(s, &self.state_batches, true, v)?;
            let set = [self.delivery_complete_count != -1];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i32(self.delivery_complete_count));
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StateBatch {
        pub first_offset: i64,
        pub last_offset: i64,
        pub delivery_state: i8,
        pub delivery_count: i16,
    }

    impl Fields for StateBatch {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let first_offset = r.read_i64()?;
            let last_offset = r.read_i64()?;
            let delivery_state = r.read_i8()?;
            let delivery_count = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { first_offset, last_offset, delivery_state, delivery_count })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.first_offset);
            s.put_i64(self.last_offset);
            s.put_i8(self.delivery_state);
            s.put_i16(self.delivery_count);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareSnapshotValue, 0..=0);
    record!(ShareSnapshotValue, 0);
}

pub mod share_update_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareUpdateKey {
        pub group_id: Text,
        pub topic_id: Uuid,
        pub partition: i32,
    }

    impl Fields for ShareUpdateKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let topic_id = r.read_uuid()?;
            let partition = r.read_i32()?;
            Ok(Self { group_id, topic_id, partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_uuid(self.topic_id);
            s.put_i32(self.partition);
            Ok(())
        }
    }

    message!(ShareUpdateKey, 0..=0);
    record!(ShareUpdateKey, 1);
}

pub mod share_update_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ShareUpdateValue {
        pub snapshot_epoch: i32,
        pub leader_epoch: i32,
        pub start_offset: i64,
        pub delivery_complete_count: i32,
        pub state_batches: Vec<StateBatch>,
    }

    impl Default for ShareUpdateValue {
        fn default() -> Self {
            Self {
                snapshot_epoch: 0,
                leader_epoch: 0,
                start_offset: 0,
                delivery_complete_count: -1,
                state_batches: Vec::new(),
            }
        }
    }

    impl Fields for ShareUpdateValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let snapshot_epoch = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let start_offset = r.read_i64()?;
            let state_batches = read_structs(r, true, v)?;
            let mut delivery_complete_count = -1;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => delivery_complete_count = r.read_i32()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { snapshot_epoch, leader_epoch, start_offset, delivery_complete_count, state_batches })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.snapshot_epoch);
            s.put_i32(self.leader_epoch);
            s.put_i64(self.start_offset);
            put_structs(s, &self.state_batches, true, v)?;
            let set = [self.delivery_complete_count != -1];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i32(self.delivery_complete_count));
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StateBatch {
        pub first_offset: i64,
        pub last_offset: i64,
        pub delivery_state: i8,
        pub delivery_count: i16,
    }

    impl Fields for StateBatch {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let first_offset = r.read_i64()?;
            let last_offset = r.read_i64()?;
            let delivery_state = r.read_i8()?;
            let delivery_count = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { first_offset, last_offset, delivery_state, delivery_count })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.first_offset);
            s.put_i64(self.last_offset);
            s.put_i8(self.delivery_state);
            s.put_i16(self.delivery_count);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareUpdateValue, 0..=0);
    record!(ShareUpdateValue, 1);
}
