// Made by `cargo xtask codegen` from schema/group_records.kafka. Change that instead.

//! Keys and values of `__consumer_offsets`: committed offsets and everything that a group remembers.
//!
//! 0-2 offsets and classic groups; 3-8 and 16 consumer groups (KIP-848); 10-15 share groups (KIP-932);
//! 17-23 streams groups (KIP-1071).

pub use legacy_offset_commit_key::LegacyOffsetCommitKey;
pub use legacy_offset_commit_value::LegacyOffsetCommitValue;
pub use offset_commit_key::OffsetCommitKey;
pub use offset_commit_value::OffsetCommitValue;
pub use group_metadata_key::GroupMetadataKey;
pub use group_metadata_value::GroupMetadataValue;
pub use consumer_group_metadata_key::ConsumerGroupMetadataKey;
pub use consumer_group_metadata_value::ConsumerGroupMetadataValue;
pub use consumer_group_partition_metadata_key::ConsumerGroupPartitionMetadataKey;
pub use consumer_group_partition_metadata_value::ConsumerGroupPartitionMetadataValue;
pub use consumer_group_member_metadata_key::ConsumerGroupMemberMetadataKey;
pub use consumer_group_member_metadata_value::ConsumerGroupMemberMetadataValue;
pub use consumer_group_target_assignment_metadata_key::ConsumerGroupTargetAssignmentMetadataKey;
pub use consumer_group_target_assignment_metadata_value::ConsumerGroupTargetAssignmentMetadataValue;
pub use consumer_group_target_assignment_member_key::ConsumerGroupTargetAssignmentMemberKey;
pub use consumer_group_target_assignment_member_value::ConsumerGroupTargetAssignmentMemberValue;
pub use consumer_group_current_member_assignment_key::ConsumerGroupCurrentMemberAssignmentKey;
pub use consumer_group_current_member_assignment_value::ConsumerGroupCurrentMemberAssignmentValue;
pub use share_group_member_metadata_key::ShareGroupMemberMetadataKey;
pub use share_group_member_metadata_value::ShareGroupMemberMetadataValue;
pub use share_group_metadata_key::ShareGroupMetadataKey;
pub use share_group_metadata_value::ShareGroupMetadataValue;
pub use share_group_target_assignment_metadata_key::ShareGroupTargetAssignmentMetadataKey;
pub use share_group_target_assignment_metadata_value::ShareGroupTargetAssignmentMetadataValue;
pub use share_group_target_assignment_member_key::ShareGroupTargetAssignmentMemberKey;
pub use share_group_target_assignment_member_value::ShareGroupTargetAssignmentMemberValue;
pub use share_group_current_member_assignment_key::ShareGroupCurrentMemberAssignmentKey;
pub use share_group_current_member_assignment_value::ShareGroupCurrentMemberAssignmentValue;
pub use share_group_state_partition_metadata_key::ShareGroupStatePartitionMetadataKey;
pub use share_group_state_partition_metadata_value::ShareGroupStatePartitionMetadataValue;
pub use consumer_group_regular_expression_key::ConsumerGroupRegularExpressionKey;
pub use consumer_group_regular_expression_value::ConsumerGroupRegularExpressionValue;
pub use streams_group_metadata_key::StreamsGroupMetadataKey;
pub use streams_group_metadata_value::StreamsGroupMetadataValue;
pub use streams_group_member_metadata_key::StreamsGroupMemberMetadataKey;
pub use streams_group_member_metadata_value::StreamsGroupMemberMetadataValue;
pub use streams_group_target_assignment_metadata_key::StreamsGroupTargetAssignmentMetadataKey;
pub use streams_group_target_assignment_metadata_value::StreamsGroupTargetAssignmentMetadataValue;
pub use streams_group_target_assignment_member_key::StreamsGroupTargetAssignmentMemberKey;
pub use streams_group_target_assignment_member_value::StreamsGroupTargetAssignmentMemberValue;
pub use streams_group_current_member_assignment_key::StreamsGroupCurrentMemberAssignmentKey;
pub use streams_group_current_member_assignment_value::StreamsGroupCurrentMemberAssignmentValue;
pub use streams_group_topology_key::StreamsGroupTopologyKey;
pub use streams_group_topology_value::StreamsGroupTopologyValue;

pub mod legacy_offset_commit_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LegacyOffsetCommitKey {
        pub group: Text,
        pub topic: Text,
        pub partition: i32,
    }

    impl Fields for LegacyOffsetCommitKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group = r.read_string(false)?;
            let topic = r.read_string(false)?;
            let partition = r.read_i32()?;
            Ok(Self { group, topic, partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group, false)?;
            s.put_string(&self.topic, false)?;
            s.put_i32(self.partition);
            Ok(())
        }
    }

    message!(LegacyOffsetCommitKey, 0..=0);
    record!(LegacyOffsetCommitKey, 0);
}

pub mod legacy_offset_commit_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LegacyOffsetCommitValue {
        pub offset: i64,
        pub metadata: Text,
        pub commit_timestamp: i64,
    }

    impl Fields for LegacyOffsetCommitValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let offset = r.read_i64()?;
            let metadata = r.read_string(false)?;
            let commit_timestamp = r.read_i64()?;
            Ok(Self { offset, metadata, commit_timestamp })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i64(self.offset);
            s.put_string(&self.metadata, false)?;
            s.put_i64(self.commit_timestamp);
            Ok(())
        }
    }

    message!(LegacyOffsetCommitValue, 0..=0);
    record!(LegacyOffsetCommitValue, 0);
}

pub mod offset_commit_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct OffsetCommitKey {
        pub group: Text,
        pub topic: Text,
        pub partition: i32,
    }

    impl Fields for OffsetCommitKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group = r.read_string(false)?;
            let topic = r.read_string(false)?;
            let partition = r.read_i32()?;
            Ok(Self { group, topic, partition })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group, false)?;
            s.put_string(&self.topic, false)?;
            s.put_i32(self.partition);
            Ok(())
        }
    }

    message!(OffsetCommitKey, 0..=0);
    record!(OffsetCommitKey, 1);
}

pub mod offset_commit_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct OffsetCommitValue {
        pub offset: i64,
        /// v3+
        pub leader_epoch: i32,
        pub metadata: Text,
        pub commit_timestamp: i64,
        /// v1: v1 only; later the broker's retention counts
        pub expire_timestamp: i64,
        /// v4+
        pub topic_id: Uuid,
    }

    impl Default for OffsetCommitValue {
        fn default() -> Self {
            Self {
                offset: 0,
                leader_epoch: -1,
                metadata: Text::default(),
                commit_timestamp: 0,
                expire_timestamp: -1,
                topic_id: Uuid::nil(),
            }
        }
    }

    impl Fields for OffsetCommitValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let offset = r.read_i64()?;
            let leader_epoch = if v >= 3 { r.read_i32()? } else { -1 };
            let metadata = r.read_string(flexible)?;
            let commit_timestamp = r.read_i64()?;
            let expire_timestamp = if v == 1 { r.read_i64()? } else { -1 };
            let mut topic_id = Uuid::nil();
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 => topic_id = r.read_uuid()?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self { offset, leader_epoch, metadata, commit_timestamp, expire_timestamp, topic_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i64(self.offset);
            if v >= 3 {
                s.put_i32(self.leader_epoch);
            }
            s.put_string(&self.metadata, flexible)?;
            s.put_i64(self.commit_timestamp);
            if v == 1 {
                s.put_i64(self.expire_timestamp);
            }
            if flexible {
                let set = [!self.topic_id.is_nil()];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, s.put_uuid(self.topic_id));
                }
            }
            Ok(())
        }
    }

    message!(OffsetCommitValue, 0..=4);
    record!(OffsetCommitValue, 1);
}

pub mod group_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct GroupMetadataKey {
        pub group: Text,
    }

    impl Fields for GroupMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group = r.read_string(false)?;
            Ok(Self { group })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group, false)?;
            Ok(())
        }
    }

    message!(GroupMetadataKey, 0..=0);
    record!(GroupMetadataKey, 2);
}

pub mod group_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct GroupMetadataValue {
        pub protocol_type: Text,
        pub generation: i32,
        pub protocol: Option<Text>,
        pub leader: Option<Text>,
        /// v2+: -1 is unknown (KIP-211)
        pub current_state_timestamp: i64,
        pub members: Vec<MemberMetadata>,
    }

    impl Default for GroupMetadataValue {
        fn default() -> Self {
            Self {
                protocol_type: Text::default(),
                generation: 0,
                protocol: Some(Text::default()),
                leader: Some(Text::default()),
                current_state_timestamp: -1,
                members: Vec::new(),
            }
        }
    }

    impl Fields for GroupMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let protocol_type = r.read_string(flexible)?;
            let generation = r.read_i32()?;
            let protocol = r.read_nullable_string(flexible)?;
            let leader = r.read_nullable_string(flexible)?;
            let current_state_timestamp = if v >= 2 { r.read_i64()? } else { -1 };
            let members = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { protocol_type, generation, protocol, leader, current_state_timestamp, members })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.protocol_type, flexible)?;
            s.put_i32(self.generation);
            s.put_nullable_string(self.protocol.as_deref(), flexible)?;
            s.put_nullable_string(self.leader.as_deref(), flexible)?;
            if v >= 2 {
                s.put_i64(self.current_state_timestamp);
            }
            put_structs(s, &self.members, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct MemberMetadata {
        pub member_id: Text,
        /// v3+
        pub group_instance_id: Option<Text>,
        pub client_id: Text,
        pub client_host: Text,
        /// v1+
        pub rebalance_timeout: i32,
        pub session_timeout: i32,
        pub subscription: Bytes,
        pub assignment: Bytes,
    }

    impl Default for MemberMetadata {
        fn default() -> Self {
            Self {
                member_id: Text::default(),
                group_instance_id: None,
                client_id: Text::default(),
                client_host: Text::default(),
                rebalance_timeout: -1,
                session_timeout: 0,
                subscription: Bytes::new(),
                assignment: Bytes::new(),
            }
        }
    }

    impl Fields for MemberMetadata {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = if v >= 3 { r.read_nullable_string(flexible)? } else { None };
            let client_id = r.read_string(flexible)?;
            let client_host = r.read_string(flexible)?;
            let rebalance_timeout = if v >= 1 { r.read_i32()? } else { -1 };
            let session_timeout = r.read_i32()?;
            let subscription = r.read_bytes(flexible)?;
            let assignment = r.read_bytes(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                member_id, group_instance_id, client_id, client_host, rebalance_timeout, session_timeout,
                subscription, assignment,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.member_id, flexible)?;
            if v >= 3 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            }
            s.put_string(&self.client_id, flexible)?;
            s.put_string(&self.client_host, flexible)?;
            if v >= 1 {
                s.put_i32(self.rebalance_timeout);
            }
            s.put_i32(self.session_timeout);
            s.put_byte_field(&self.subscription, flexible)?;
            s.put_byte_field(&self.assignment, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(GroupMetadataValue, 0..=4);
    record!(GroupMetadataValue, 2);
}

pub mod consumer_group_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupMetadataKey {
        pub group_id: Text,
    }

    impl Fields for ConsumerGroupMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(ConsumerGroupMetadataKey, 0..=0);
    record!(ConsumerGroupMetadataKey, 3);
}

pub mod consumer_group_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupMetadataValue {
        pub epoch: i32,
        pub metadata_hash: i64,
    }

    impl Fields for ConsumerGroupMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let epoch = r.read_i32()?;
            let mut metadata_hash = 0;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => metadata_hash = r.read_i64()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { epoch, metadata_hash })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.epoch);
            let set = [self.metadata_hash != 0];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i64(self.metadata_hash));
            }
            Ok(())
        }
    }

    message!(ConsumerGroupMetadataValue, 0..=0);
    record!(ConsumerGroupMetadataValue, 3);
}

pub mod consumer_group_partition_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupPartitionMetadataKey {
        pub group_id: Text,
    }

    impl Fields for ConsumerGroupPartitionMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(ConsumerGroupPartitionMetadataKey, 0..=0);
    record!(ConsumerGroupPartitionMetadataKey, 4);
}

pub mod consumer_group_partition_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupPartitionMetadataValue {
        pub topics: Vec<TopicMetadata>,
    }

    impl Fields for ConsumerGroupPartitionMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicMetadata {
        pub topic_id: Uuid,
        pub topic_name: Text,
        pub num_partitions: i32,
        pub partition_metadata: Vec<PartitionMetadata>,
    }

    impl Fields for TopicMetadata {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let topic_name = r.read_string(true)?;
            let num_partitions = r.read_i32()?;
            let partition_metadata = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, topic_name, num_partitions, partition_metadata })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            s.put_string(&self.topic_name, true)?;
            s.put_i32(self.num_partitions);
            put_structs(s, &self.partition_metadata, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct PartitionMetadata {
        pub partition: i32,
        pub racks: Vec<Text>,
    }

    impl Fields for PartitionMetadata {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition = r.read_i32()?;
            let racks = r.read_array(true, |r| r.read_string(true))?;
            r.skip_tagged_fields()?;
            Ok(Self { partition, racks })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition);
            put_array(s, &self.racks, true, |s, x| s.put_string(x, true))?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ConsumerGroupPartitionMetadataValue, 0..=0);
    record!(ConsumerGroupPartitionMetadataValue, 4);
}

pub mod consumer_group_member_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupMemberMetadataKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for ConsumerGroupMemberMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(ConsumerGroupMemberMetadataKey, 0..=0);
    record!(ConsumerGroupMemberMetadataKey, 5);
}

pub mod consumer_group_member_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ConsumerGroupMemberMetadataValue {
        pub instance_id: Option<Text>,
        pub rack_id: Option<Text>,
        pub client_id: Text,
        pub client_host: Text,
        pub subscribed_topic_names: Vec<Text>,
        pub subscribed_topic_regex: Option<Text>,
        pub rebalance_timeout_ms: i32,
        pub server_assignor: Option<Text>,
        pub classic_member_metadata: Option<ClassicMemberMetadata>,
    }

    impl Default for ConsumerGroupMemberMetadataValue {
        fn default() -> Self {
            Self {
                instance_id: Some(Text::default()),
                rack_id: Some(Text::default()),
                client_id: Text::default(),
                client_host: Text::default(),
                subscribed_topic_names: Vec::new(),
                subscribed_topic_regex: Some(Text::default()),
                rebalance_timeout_ms: -1,
                server_assignor: Some(Text::default()),
                classic_member_metadata: Some(ClassicMemberMetadata::default()),
            }
        }
    }

    impl Fields for ConsumerGroupMemberMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let instance_id = r.read_nullable_string(true)?;
            let rack_id = r.read_nullable_string(true)?;
            let client_id = r.read_string(true)?;
            let client_host = r.read_string(true)?;
            let subscribed_topic_names = r.read_array(true, |r| r.read_string(true))?;
            let subscribed_topic_regex = r.read_nullable_string(true)?;
            let rebalance_timeout_ms = r.read_i32()?;
            let server_assignor = r.read_nullable_string(true)?;
            let mut classic_member_metadata = Some(ClassicMemberMetadata::default());
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => classic_member_metadata = read_tagged_nullable_struct(r, v)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                instance_id, rack_id, client_id, client_host, subscribed_topic_names, subscribed_topic_regex,
                rebalance_timeout_ms, server_assignor, classic_member_metadata,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.instance_id.as_deref(), true)?;
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_string(&self.client_id, true)?;
            s.put_string(&self.client_host, true)?;
            put_array(s, &self.subscribed_topic_names, true, |s, x| s.put_string(x, true))?;
            s.put_nullable_string(self.subscribed_topic_regex.as_deref(), true)?;
            s.put_i32(self.rebalance_timeout_ms);
            s.put_nullable_string(self.server_assignor.as_deref(), true)?;
            let set = [
                self.classic_member_metadata.as_ref().is_none_or(|x| *x != ClassicMemberMetadata::default()),
            ];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_tagged_nullable_struct(s, self.classic_member_metadata.as_ref(), v)?);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ClassicMemberMetadata {
        pub session_timeout_ms: i32,
        pub supported_protocols: Vec<ClassicProtocol>,
    }

    impl Fields for ClassicMemberMetadata {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let session_timeout_ms = r.read_i32()?;
            let supported_protocols = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { session_timeout_ms, supported_protocols })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.session_timeout_ms);
            put_structs(s, &self.supported_protocols, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ClassicProtocol {
        pub name: Text,
        pub metadata: Bytes,
    }

    impl Fields for ClassicProtocol {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let metadata = r.read_bytes(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, metadata })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_byte_field(&self.metadata, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ConsumerGroupMemberMetadataValue, 0..=0);
    record!(ConsumerGroupMemberMetadataValue, 5);
}

pub mod consumer_group_target_assignment_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupTargetAssignmentMetadataKey {
        pub group_id: Text,
    }

    impl Fields for ConsumerGroupTargetAssignmentMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(ConsumerGroupTargetAssignmentMetadataKey, 0..=0);
    record!(ConsumerGroupTargetAssignmentMetadataKey, 6);
}

pub mod consumer_group_target_assignment_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupTargetAssignmentMetadataValue {
        pub assignment_epoch: i32,
        pub assignment_timestamp: i64,
    }

    impl Fields for ConsumerGroupTargetAssignmentMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let assignment_epoch = r.read_i32()?;
            let mut assignment_timestamp = 0;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => assignment_timestamp = r.read_i64()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { assignment_epoch, assignment_timestamp })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.assignment_epoch);
            let set = [self.assignment_timestamp != 0];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i64(self.assignment_timestamp));
            }
            Ok(())
        }
    }

    message!(ConsumerGroupTargetAssignmentMetadataValue, 0..=0);
    record!(ConsumerGroupTargetAssignmentMetadataValue, 6);
}

pub mod consumer_group_target_assignment_member_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupTargetAssignmentMemberKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for ConsumerGroupTargetAssignmentMemberKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(ConsumerGroupTargetAssignmentMemberKey, 0..=0);
    record!(ConsumerGroupTargetAssignmentMemberKey, 7);
}

pub mod consumer_group_target_assignment_member_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupTargetAssignmentMemberValue {
        pub topic_partitions: Vec<TopicPartition>,
    }

    impl Fields for ConsumerGroupTargetAssignmentMemberValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.topic_partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartition {
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ConsumerGroupTargetAssignmentMemberValue, 0..=0);
    record!(ConsumerGroupTargetAssignmentMemberValue, 7);
}

pub mod consumer_group_current_member_assignment_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupCurrentMemberAssignmentKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for ConsumerGroupCurrentMemberAssignmentKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(ConsumerGroupCurrentMemberAssignmentKey, 0..=0);
    record!(ConsumerGroupCurrentMemberAssignmentKey, 8);
}

pub mod consumer_group_current_member_assignment_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupCurrentMemberAssignmentValue {
        pub member_epoch: i32,
        pub previous_member_epoch: i32,
        pub state: i8,
        pub assigned_partitions: Vec<TopicPartitions>,
        pub partitions_pending_revocation: Vec<TopicPartitions>,
    }

    impl Fields for ConsumerGroupCurrentMemberAssignmentValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let member_epoch = r.read_i32()?;
            let previous_member_epoch = r.read_i32()?;
            let state = r.read_i8()?;
            let assigned_partitions = read_structs(r, true, v)?;
            let partitions_pending_revocation = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                member_epoch, previous_member_epoch, state, assigned_partitions,
                partitions_pending_revocation,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.member_epoch);
            s.put_i32(self.previous_member_epoch);
            s.put_i8(self.state);
            put_structs(s, &self.assigned_partitions, true, v)?;
            put_structs(s, &self.partitions_pending_revocation, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct TopicPartitions {
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
        pub assignment_epochs: Option<Vec<i32>>,
    }

    impl Default for TopicPartitions {
        fn default() -> Self {
            Self {
                topic_id: Uuid::nil(),
                partitions: Vec::new(),
                assignment_epochs: Some(Vec::new()),
            }
        }
    }

    impl Fields for TopicPartitions {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            let mut assignment_epochs = Some(Vec::new());
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => assignment_epochs = r.read_nullable_array(true, Reader::read_i32)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { topic_id, partitions, assignment_epochs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            let set = [self.assignment_epochs.as_ref().is_none_or(|x| !x.is_empty())];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_nullable_array(s, self.assignment_epochs.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            Ok(())
        }
    }

    message!(ConsumerGroupCurrentMemberAssignmentValue, 0..=0);
    record!(ConsumerGroupCurrentMemberAssignmentValue, 8);
}

pub mod share_group_member_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupMemberMetadataKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for ShareGroupMemberMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(ShareGroupMemberMetadataKey, 0..=0);
    record!(ShareGroupMemberMetadataKey, 10);
}

pub mod share_group_member_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ShareGroupMemberMetadataValue {
        pub rack_id: Option<Text>,
        pub client_id: Text,
        pub client_host: Text,
        pub subscribed_topic_names: Vec<Text>,
    }

    impl Default for ShareGroupMemberMetadataValue {
        fn default() -> Self {
            Self {
                rack_id: Some(Text::default()),
                client_id: Text::default(),
                client_host: Text::default(),
                subscribed_topic_names: Vec::new(),
            }
        }
    }

    impl Fields for ShareGroupMemberMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let rack_id = r.read_nullable_string(true)?;
            let client_id = r.read_string(true)?;
            let client_host = r.read_string(true)?;
            let subscribed_topic_names = r.read_array(true, |r| r.read_string(true))?;
            r.skip_tagged_fields()?;
            Ok(Self { rack_id, client_id, client_host, subscribed_topic_names })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_string(&self.client_id, true)?;
            s.put_string(&self.client_host, true)?;
            put_array(s, &self.subscribed_topic_names, true, |s, x| s.put_string(x, true))?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupMemberMetadataValue, 0..=0);
    record!(ShareGroupMemberMetadataValue, 10);
}

pub mod share_group_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupMetadataKey {
        pub group_id: Text,
    }

    impl Fields for ShareGroupMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(ShareGroupMetadataKey, 0..=0);
    record!(ShareGroupMetadataKey, 11);
}

pub mod share_group_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupMetadataValue {
        pub epoch: i32,
        pub metadata_hash: i64,
    }

    impl Fields for ShareGroupMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let epoch = r.read_i32()?;
            let metadata_hash = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { epoch, metadata_hash })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.epoch);
            s.put_i64(self.metadata_hash);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupMetadataValue, 0..=0);
    record!(ShareGroupMetadataValue, 11);
}

pub mod share_group_target_assignment_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupTargetAssignmentMetadataKey {
        pub group_id: Text,
    }

    impl Fields for ShareGroupTargetAssignmentMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(ShareGroupTargetAssignmentMetadataKey, 0..=0);
    record!(ShareGroupTargetAssignmentMetadataKey, 12);
}

pub mod share_group_target_assignment_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupTargetAssignmentMetadataValue {
        pub assignment_epoch: i32,
        pub assignment_timestamp: i64,
    }

    impl Fields for ShareGroupTargetAssignmentMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let assignment_epoch = r.read_i32()?;
            let mut assignment_timestamp = 0;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => assignment_timestamp = r.read_i64()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { assignment_epoch, assignment_timestamp })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.assignment_epoch);
            let set = [self.assignment_timestamp != 0];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i64(self.assignment_timestamp));
            }
            Ok(())
        }
    }

    message!(ShareGroupTargetAssignmentMetadataValue, 0..=0);
    record!(ShareGroupTargetAssignmentMetadataValue, 12);
}

pub mod share_group_target_assignment_member_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupTargetAssignmentMemberKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for ShareGroupTargetAssignmentMemberKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(ShareGroupTargetAssignmentMemberKey, 0..=0);
    record!(ShareGroupTargetAssignmentMemberKey, 13);
}

pub mod share_group_target_assignment_member_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupTargetAssignmentMemberValue {
        pub topic_partitions: Vec<TopicPartition>,
    }

    impl Fields for ShareGroupTargetAssignmentMemberValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.topic_partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartition {
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupTargetAssignmentMemberValue, 0..=0);
    record!(ShareGroupTargetAssignmentMemberValue, 13);
}

pub mod share_group_current_member_assignment_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupCurrentMemberAssignmentKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for ShareGroupCurrentMemberAssignmentKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(ShareGroupCurrentMemberAssignmentKey, 0..=0);
    record!(ShareGroupCurrentMemberAssignmentKey, 14);
}

pub mod share_group_current_member_assignment_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupCurrentMemberAssignmentValue {
        pub member_epoch: i32,
        pub previous_member_epoch: i32,
        pub state: i8,
        pub assigned_partitions: Vec<TopicPartitions>,
    }

    impl Fields for ShareGroupCurrentMemberAssignmentValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let member_epoch = r.read_i32()?;
            let previous_member_epoch = r.read_i32()?;
            let state = r.read_i8()?;
            let assigned_partitions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { member_epoch, previous_member_epoch, state, assigned_partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.member_epoch);
            s.put_i32(self.previous_member_epoch);
            s.put_i8(self.state);
            put_structs(s, &self.assigned_partitions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartitions {
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartitions {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupCurrentMemberAssignmentValue, 0..=0);
    record!(ShareGroupCurrentMemberAssignmentValue, 14);
}

pub mod share_group_state_partition_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupStatePartitionMetadataKey {
        pub group_id: Text,
    }

    impl Fields for ShareGroupStatePartitionMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(ShareGroupStatePartitionMetadataKey, 0..=0);
    record!(ShareGroupStatePartitionMetadataKey, 15);
}

pub mod share_group_state_partition_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ShareGroupStatePartitionMetadataValue {
        pub initializing_topics: Vec<TopicPartitionsInfo>,
        pub initialized_topics: Vec<TopicPartitionsInfo>,
        pub deleting_topics: Vec<TopicInfo>,
    }

    impl Fields for ShareGroupStatePartitionMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let initializing_topics = read_structs(r, true, v)?;
            let initialized_topics = read_structs(r, true, v)?;
            let deleting_topics = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { initializing_topics, initialized_topics, deleting_topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.initializing_topics, true, v)?;
            put_structs(s, &self.initialized_topics, true, v)?;
            put_structs(s, &self.deleting_topics, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicPartitionsInfo {
        pub topic_id: Uuid,
        pub topic_name: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TopicPartitionsInfo {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let topic_name = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, topic_name, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            s.put_string(&self.topic_name, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicInfo {
        pub topic_id: Uuid,
        pub topic_name: Text,
    }

    impl Fields for TopicInfo {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            let topic_name = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id, topic_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            s.put_string(&self.topic_name, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ShareGroupStatePartitionMetadataValue, 0..=0);
    record!(ShareGroupStatePartitionMetadataValue, 15);
}

pub mod consumer_group_regular_expression_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupRegularExpressionKey {
        pub group_id: Text,
        pub regular_expression: Text,
    }

    impl Fields for ConsumerGroupRegularExpressionKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let regular_expression = r.read_string(false)?;
            Ok(Self { group_id, regular_expression })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.regular_expression, false)?;
            Ok(())
        }
    }

    message!(ConsumerGroupRegularExpressionKey, 0..=0);
    record!(ConsumerGroupRegularExpressionKey, 16);
}

pub mod consumer_group_regular_expression_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ConsumerGroupRegularExpressionValue {
        pub topics: Vec<Text>,
        pub version: i64,
        pub timestamp: i64,
    }

    impl Fields for ConsumerGroupRegularExpressionValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topics = r.read_array(true, |r| r.read_string(true))?;
            let version = r.read_i64()?;
            let timestamp = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { topics, version, timestamp })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.topics, true, |s, x| s.put_string(x, true))?;
            s.put_i64(self.version);
            s.put_i64(self.timestamp);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ConsumerGroupRegularExpressionValue, 0..=0);
    record!(ConsumerGroupRegularExpressionValue, 16);
}

pub mod streams_group_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupMetadataKey {
        pub group_id: Text,
    }

    impl Fields for StreamsGroupMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(StreamsGroupMetadataKey, 0..=0);
    record!(StreamsGroupMetadataKey, 17);
}

pub mod streams_group_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct StreamsGroupMetadataValue {
        pub epoch: i32,
        pub metadata_hash: i64,
        pub validated_topology_epoch: i32,
        pub last_assignment_configs: Option<Vec<LastAssignmentConfig>>,
        pub stored_description_topology_epoch: i32,
        pub failed_description_topology_epoch: i32,
    }

    impl Default for StreamsGroupMetadataValue {
        fn default() -> Self {
            Self {
                epoch: 0,
                metadata_hash: 0,
                validated_topology_epoch: -1,
                last_assignment_configs: Some(Vec::new()),
                stored_description_topology_epoch: -1,
                failed_description_topology_epoch: -1,
            }
        }
    }

    impl Fields for StreamsGroupMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let epoch = r.read_i32()?;
            let metadata_hash = r.read_i64()?;
            let mut validated_topology_epoch = -1;
            let mut last_assignment_configs = Some(Vec::new());
            let mut stored_description_topology_epoch = -1;
            let mut failed_description_topology_epoch = -1;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => validated_topology_epoch = r.read_i32()?,
                    1 => last_assignment_configs = read_nullable_structs(r, true, v)?,
                    2 => stored_description_topology_epoch = r.read_i32()?,
                    3 => failed_description_topology_epoch = r.read_i32()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                epoch, metadata_hash, validated_topology_epoch, last_assignment_configs,
                stored_description_topology_epoch, failed_description_topology_epoch,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.epoch);
            s.put_i64(self.metadata_hash);
            let set = [
                self.validated_topology_epoch != -1,
                self.last_assignment_configs.as_ref().is_none_or(|x| !x.is_empty()),
                self.stored_description_topology_epoch != -1, self.failed_description_topology_epoch != -1,
            ];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i32(self.validated_topology_epoch));
            }
            if set[1] {
                tagged!(s, 1, put_nullable_structs(s, self.last_assignment_configs.as_deref(), true, v)?);
            }
            if set[2] {
                tagged!(s, 2, s.put_i32(self.stored_description_topology_epoch));
            }
            if set[3] {
                tagged!(s, 3, s.put_i32(self.failed_description_topology_epoch));
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LastAssignmentConfig {
        pub key: Text,
        pub value: Text,
    }

    impl Fields for LastAssignmentConfig {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let key = r.read_string(true)?;
            let value = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { key, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.key, true)?;
            s.put_string(&self.value, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupMetadataValue, 0..=0);
    record!(StreamsGroupMetadataValue, 17);
}

pub mod streams_group_member_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupMemberMetadataKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for StreamsGroupMemberMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(StreamsGroupMemberMetadataKey, 0..=0);
    record!(StreamsGroupMemberMetadataKey, 19);
}

pub mod streams_group_member_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct StreamsGroupMemberMetadataValue {
        pub instance_id: Option<Text>,
        pub rack_id: Option<Text>,
        pub client_id: Text,
        pub client_host: Text,
        pub rebalance_timeout_ms: i32,
        pub topology_epoch: i32,
        pub process_id: Text,
        pub user_endpoint: Option<Endpoint>,
        pub client_tags: Vec<KeyValue>,
    }

    impl Default for StreamsGroupMemberMetadataValue {
        fn default() -> Self {
            Self {
                instance_id: Some(Text::default()),
                rack_id: Some(Text::default()),
                client_id: Text::default(),
                client_host: Text::default(),
                rebalance_timeout_ms: -1,
                topology_epoch: 0,
                process_id: Text::default(),
                user_endpoint: None,
                client_tags: Vec::new(),
            }
        }
    }

    impl Fields for StreamsGroupMemberMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let instance_id = r.read_nullable_string(true)?;
            let rack_id = r.read_nullable_string(true)?;
            let client_id = r.read_string(true)?;
            let client_host = r.read_string(true)?;
            let rebalance_timeout_ms = r.read_i32()?;
            let topology_epoch = r.read_i32()?;
            let process_id = r.read_string(true)?;
            let user_endpoint = read_nullable_struct(r, v)?;
            let client_tags = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                instance_id, rack_id, client_id, client_host, rebalance_timeout_ms, topology_epoch,
                process_id, user_endpoint, client_tags,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.instance_id.as_deref(), true)?;
            s.put_nullable_string(self.rack_id.as_deref(), true)?;
            s.put_string(&self.client_id, true)?;
            s.put_string(&self.client_host, true)?;
            s.put_i32(self.rebalance_timeout_ms);
            s.put_i32(self.topology_epoch);
            s.put_string(&self.process_id, true)?;
            put_nullable_struct(s, self.user_endpoint.as_ref(), v)?;
            put_structs(s, &self.client_tags, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Endpoint {
        pub host: Text,
        pub port: u16,
    }

    impl Fields for Endpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            r.skip_tagged_fields()?;
            Ok(Self { host, port })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct KeyValue {
        pub key: Text,
        pub value: Text,
    }

    impl Fields for KeyValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let key = r.read_string(true)?;
            let value = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { key, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.key, true)?;
            s.put_string(&self.value, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupMemberMetadataValue, 0..=0);
    record!(StreamsGroupMemberMetadataValue, 19);
}

pub mod streams_group_target_assignment_metadata_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTargetAssignmentMetadataKey {
        pub group_id: Text,
    }

    impl Fields for StreamsGroupTargetAssignmentMetadataKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(StreamsGroupTargetAssignmentMetadataKey, 0..=0);
    record!(StreamsGroupTargetAssignmentMetadataKey, 20);
}

pub mod streams_group_target_assignment_metadata_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTargetAssignmentMetadataValue {
        pub assignment_epoch: i32,
        pub assignment_timestamp: i64,
    }

    impl Fields for StreamsGroupTargetAssignmentMetadataValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let assignment_epoch = r.read_i32()?;
            let mut assignment_timestamp = 0;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => assignment_timestamp = r.read_i64()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { assignment_epoch, assignment_timestamp })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.assignment_epoch);
            let set = [self.assignment_timestamp != 0];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i64(self.assignment_timestamp));
            }
            Ok(())
        }
    }

    message!(StreamsGroupTargetAssignmentMetadataValue, 0..=0);
    record!(StreamsGroupTargetAssignmentMetadataValue, 20);
}

pub mod streams_group_target_assignment_member_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTargetAssignmentMemberKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for StreamsGroupTargetAssignmentMemberKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(StreamsGroupTargetAssignmentMemberKey, 0..=0);
    record!(StreamsGroupTargetAssignmentMemberKey, 21);
}

pub mod streams_group_target_assignment_member_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTargetAssignmentMemberValue {
        pub active_tasks: Vec<TaskIds>,
        pub standby_tasks: Vec<TaskIds>,
        pub warmup_tasks: Vec<TaskIds>,
    }

    impl Fields for StreamsGroupTargetAssignmentMemberValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let active_tasks = read_structs(r, true, v)?;
            let standby_tasks = read_structs(r, true, v)?;
            let warmup_tasks = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { active_tasks, standby_tasks, warmup_tasks })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.active_tasks, true, v)?;
            put_structs(s, &self.standby_tasks, true, v)?;
            put_structs(s, &self.warmup_tasks, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TaskIds {
        pub subtopology_id: Text,
        pub partitions: Vec<i32>,
    }

    impl Fields for TaskIds {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            r.skip_tagged_fields()?;
            Ok(Self { subtopology_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupTargetAssignmentMemberValue, 0..=0);
    record!(StreamsGroupTargetAssignmentMemberValue, 21);
}

pub mod streams_group_current_member_assignment_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupCurrentMemberAssignmentKey {
        pub group_id: Text,
        pub member_id: Text,
    }

    impl Fields for StreamsGroupCurrentMemberAssignmentKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            let member_id = r.read_string(false)?;
            Ok(Self { group_id, member_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            s.put_string(&self.member_id, false)?;
            Ok(())
        }
    }

    message!(StreamsGroupCurrentMemberAssignmentKey, 0..=0);
    record!(StreamsGroupCurrentMemberAssignmentKey, 22);
}

pub mod streams_group_current_member_assignment_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupCurrentMemberAssignmentValue {
        pub member_epoch: i32,
        pub previous_member_epoch: i32,
        pub state: i8,
        pub active_tasks: Vec<TaskIds>,
        pub standby_tasks: Vec<TaskIds>,
        pub warmup_tasks: Vec<TaskIds>,
        pub active_tasks_pending_revocation: Vec<TaskIds>,
        pub standby_tasks_pending_revocation: Vec<TaskIds>,
        pub warmup_tasks_pending_revocation: Vec<TaskIds>,
    }

    impl Fields for StreamsGroupCurrentMemberAssignmentValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let member_epoch = r.read_i32()?;
            let previous_member_epoch = r.read_i32()?;
            let state = r.read_i8()?;
            let active_tasks = read_structs(r, true, v)?;
            let standby_tasks = read_structs(r, true, v)?;
            let warmup_tasks = read_structs(r, true, v)?;
            let active_tasks_pending_revocation = read_structs(r, true, v)?;
            let standby_tasks_pending_revocation = read_structs(r, true, v)?;
            let warmup_tasks_pending_revocation = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                member_epoch, previous_member_epoch, state, active_tasks, standby_tasks, warmup_tasks,
                active_tasks_pending_revocation, standby_tasks_pending_revocation,
                warmup_tasks_pending_revocation,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.member_epoch);
            s.put_i32(self.previous_member_epoch);
            s.put_i8(self.state);
            put_structs(s, &self.active_tasks, true, v)?;
            put_structs(s, &self.standby_tasks, true, v)?;
            put_structs(s, &self.warmup_tasks, true, v)?;
            put_structs(s, &self.active_tasks_pending_revocation, true, v)?;
            put_structs(s, &self.standby_tasks_pending_revocation, true, v)?;
            put_structs(s, &self.warmup_tasks_pending_revocation, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct TaskIds {
        pub subtopology_id: Text,
        pub partitions: Vec<i32>,
        pub assignment_epochs: Option<Vec<i32>>,
    }

    impl Default for TaskIds {
        fn default() -> Self {
            Self {
                subtopology_id: Text::default(),
                partitions: Vec::new(),
                assignment_epochs: Some(Vec::new()),
            }
        }
    }

    impl Fields for TaskIds {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let partitions = r.read_array(true, Reader::read_i32)?;
            let mut assignment_epochs = Some(Vec::new());
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => assignment_epochs = r.read_nullable_array(true, Reader::read_i32)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { subtopology_id, partitions, assignment_epochs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_array(s, &self.partitions, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            let set = [self.assignment_epochs.as_ref().is_none_or(|x| !x.is_empty())];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_nullable_array(s, self.assignment_epochs.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            Ok(())
        }
    }

    message!(StreamsGroupCurrentMemberAssignmentValue, 0..=0);
    record!(StreamsGroupCurrentMemberAssignmentValue, 22);
}

pub mod streams_group_topology_key {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTopologyKey {
        pub group_id: Text,
    }

    impl Fields for StreamsGroupTopologyKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let group_id = r.read_string(false)?;
            Ok(Self { group_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.group_id, false)?;
            Ok(())
        }
    }

    message!(StreamsGroupTopologyKey, 0..=0);
    record!(StreamsGroupTopologyKey, 23);
}

pub mod streams_group_topology_value {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct StreamsGroupTopologyValue {
        pub epoch: i32,
        pub subtopologies: Vec<Subtopology>,
    }

    impl Fields for StreamsGroupTopologyValue {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let epoch = r.read_i32()?;
            let subtopologies = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { epoch, subtopologies })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.epoch);
            put_structs(s, &self.subtopologies, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Subtopology {
        pub subtopology_id: Text,
        pub source_topics: Vec<Text>,
        pub source_topic_regex: Vec<Text>,
        pub state_changelog_topics: Vec<TopicInfo>,
        pub repartition_sink_topics: Vec<Text>,
        pub repartition_source_topics: Vec<TopicInfo>,
        pub copartition_groups: Vec<CopartitionGroup>,
    }

    impl Fields for Subtopology {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let subtopology_id = r.read_string(true)?;
            let source_topics = r.read_array(true, |r| r.read_string(true))?;
            let source_topic_regex = r.read_array(true, |r| r.read_string(true))?;
            let state_changelog_topics = read_structs(r, true, v)?;
            let repartition_sink_topics = r.read_array(true, |r| r.read_string(true))?;
            let repartition_source_topics = read_structs(r, true, v)?;
            let copartition_groups = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                subtopology_id, source_topics, source_topic_regex, state_changelog_topics,
                repartition_sink_topics, repartition_source_topics, copartition_groups,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.subtopology_id, true)?;
            put_array(s, &self.source_topics, true, |s, x| s.put_string(x, true))?;
            put_array(s, &self.source_topic_regex, true, |s, x| s.put_string(x, true))?;
            put_structs(s, &self.state_changelog_topics, true, v)?;
            put_array(s, &self.repartition_sink_topics, true, |s, x| s.put_string(x, true))?;
            put_structs(s, &self.repartition_source_topics, true, v)?;
            put_structs(s, &self.copartition_groups, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CopartitionGroup {
        pub source_topics: Vec<i16>,
        pub source_topic_regex: Vec<i16>,
        pub repartition_source_topics: Vec<i16>,
    }

    impl Fields for CopartitionGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let source_topics = r.read_array(true, Reader::read_i16)?;
            let source_topic_regex = r.read_array(true, Reader::read_i16)?;
            let repartition_source_topics = r.read_array(true, Reader::read_i16)?;
            r.skip_tagged_fields()?;
            Ok(Self { source_topics, source_topic_regex, repartition_source_topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_array(s, &self.source_topics, true, |s, &x| { s.put_i16(x); Ok(()) })?;
            put_array(s, &self.source_topic_regex, true, |s, &x| { s.put_i16(x); Ok(()) })?;
            put_array(s, &self.repartition_source_topics, true, |s, &x| { s.put_i16(x); Ok(()) })?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicConfig {
        pub key: Text,
        pub value: Text,
    }

    impl Fields for TopicConfig {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let key = r.read_string(true)?;
            let value = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { key, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.key, true)?;
            s.put_string(&self.value, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicInfo {
        pub name: Text,
        pub partitions: i32,
        pub replication_factor: i16,
        pub topic_configs: Vec<TopicConfig>,
    }

    impl Fields for TopicInfo {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let partitions = r.read_i32()?;
            let replication_factor = r.read_i16()?;
            let topic_configs = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, partitions, replication_factor, topic_configs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i32(self.partitions);
            s.put_i16(self.replication_factor);
            put_structs(s, &self.topic_configs, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(StreamsGroupTopologyValue, 0..=0);
    record!(StreamsGroupTopologyValue, 23);
}
