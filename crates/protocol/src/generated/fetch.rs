// Made by `cargo xtask codegen` from schema/fetch.kafka. Change that instead.

//! Reads record batches: consumers, followers, and observers of the metadata log.
//!
//! v4 transactions (KIP-98); v5 log start offsets (KIP-107); v7 sessions (KIP-227); v9 leader epochs (KIP-320);
//! v10 zstd (KIP-110); v11 racks (KIP-392); v12 truncation without a further request (KIP-595);
//! v13 topic ids (KIP-516); v14 OFFSET_MOVED_TO_TIERED_STORAGE (KIP-405); v15 replica epochs (KIP-903);
//! v16 addresses of new leaders (KIP-951); v17 directory ids (KIP-853); v18 the follower's high watermark (KIP-1166).
//!
//! API key 1, versions 4 to 18.

pub use request::FetchRequest;
pub use response::FetchResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct FetchRequest {
        /// v12+
        pub cluster_id: Option<Text>,
        /// v4-v14: -1 is a consumer
        pub replica_id: i32,
        /// v15+
        pub replica_state: ReplicaState,
        /// how long to wait for `min_bytes`
        pub max_wait_ms: i32,
        pub min_bytes: i32,
        /// the first batch is sent even if it is larger (KIP-74)
        pub max_bytes: i32,
        /// 0 read uncommitted, 1 read committed
        pub isolation_level: i8,
        /// v7+: 0 asks for none, or a new one with epoch 0 (KIP-227)
        pub session_id: i32,
        /// v7+: -1 ends the session
        pub session_epoch: i32,
        pub topics: Vec<FetchTopic>,
        /// v7+: leave the session
        pub forgotten_topics_data: Vec<ForgottenTopic>,
        /// v11+
        pub rack_id: Text,
    }

    impl Default for FetchRequest {
        fn default() -> Self {
            Self {
                cluster_id: None,
                replica_id: -1,
                replica_state: ReplicaState::default(),
                max_wait_ms: 0,
                min_bytes: 0,
                max_bytes: i32::MAX,
                isolation_level: 0,
                session_id: 0,
                session_epoch: -1,
                topics: Vec::new(),
                forgotten_topics_data: Vec::new(),
                rack_id: Text::default(),
            }
        }
    }

    impl Fields for FetchRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let replica_id = if v <= 14 { r.read_i32()? } else { -1 };
            let max_wait_ms = r.read_i32()?;
            let min_bytes = r.read_i32()?;
            let max_bytes = r.read_i32()?;
            let isolation_level = r.read_i8()?;
            let session_id = if v >= 7 { r.read_i32()? } else { 0 };
            let session_epoch = if v >= 7 { r.read_i32()? } else { -1 };
            let topics = read_structs(r, flexible, v)?;
            let forgotten_topics_data = if v >= 7 { read_structs(r, flexible, v)? } else { Vec::new() };
            let rack_id = if v >= 11 { r.read_string(flexible)? } else { Text::default() };
            let mut cluster_id = None;
            let mut replica_state = ReplicaState::default();
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 => cluster_id = r.read_nullable_string(true)?,
                        1 if v >= 15 => replica_state = Fields::read(r, v)?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self {
                cluster_id, replica_id, replica_state, max_wait_ms, min_bytes, max_bytes, isolation_level,
                session_id, session_epoch, topics, forgotten_topics_data, rack_id,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            if v <= 14 {
                s.put_i32(self.replica_id);
            } else if self.replica_id != -1 {
                return not_in_version("FetchRequest", "replica_id", v);
            }
            if !(v >= 15) && self.replica_state != ReplicaState::default() {
                return not_in_version("FetchRequest", "replica_state", v);
            }
            s.put_i32(self.max_wait_ms);
            s.put_i32(self.min_bytes);
            s.put_i32(self.max_bytes);
            s.put_i8(self.isolation_level);
            if v >= 7 {
                s.put_i32(self.session_id);
            }
            if v >= 7 {
                s.put_i32(self.session_epoch);
            }
            put_structs(s, &self.topics, flexible, v)?;
            if v >= 7 {
                put_structs(s, &self.forgotten_topics_data, flexible, v)?;
            } else if !self.forgotten_topics_data.is_empty() {
                return not_in_version("FetchRequest", "forgotten_topics_data", v);
            }
            if v >= 11 {
                s.put_string(&self.rack_id, flexible)?;
            }
            if flexible {
                let set = [
                    self.cluster_id.is_some(), v >= 15 && self.replica_state != ReplicaState::default(),
                ];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, s.put_nullable_string(self.cluster_id.as_deref(), true)?);
                }
                if set[1] {
                    tagged!(s, 1, self.replica_state.write(s, v)?);
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct ReplicaState {
        /// -1 is a consumer
        pub replica_id: i32,
        pub replica_epoch: i64,
    }

    impl Default for ReplicaState {
        fn default() -> Self {
            Self {
                replica_id: -1,
                replica_epoch: -1,
            }
        }
    }

    impl Fields for ReplicaState {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let replica_id = r.read_i32()?;
            let replica_epoch = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { replica_id, replica_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.replica_id);
            s.put_i64(self.replica_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FetchTopic {
        /// v4-v12
        pub topic: Text,
        /// v13+
        pub topic_id: Uuid,
        pub partitions: Vec<FetchPartition>,
    }

    impl Fields for FetchTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let topic = if v <= 12 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 13 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            if v <= 12 {
                s.put_string(&self.topic, flexible)?;
            }
            if v >= 13 {
                s.put_uuid(self.topic_id);
            }
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct FetchPartition {
        pub partition: i32,
        /// v9+: -1 is not checked
        pub current_leader_epoch: i32,
        pub fetch_offset: i64,
        /// v12+: followers: epoch of the last batch they have
        pub last_fetched_epoch: i32,
        /// v5+: followers only
        pub log_start_offset: i64,
        pub partition_max_bytes: i32,
        /// v17+
        pub replica_directory_id: Uuid,
        /// v18+
        pub high_watermark: i64,
    }

    impl Default for FetchPartition {
        fn default() -> Self {
            Self {
                partition: 0,
                current_leader_epoch: -1,
                fetch_offset: 0,
                last_fetched_epoch: -1,
                log_start_offset: -1,
                partition_max_bytes: 0,
                replica_directory_id: Uuid::nil(),
                high_watermark: i64::MAX,
            }
        }
    }

    impl Fields for FetchPartition {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let partition = r.read_i32()?;
            let current_leader_epoch = if v >= 9 { r.read_i32()? } else { -1 };
            let fetch_offset = r.read_i64()?;
            let last_fetched_epoch = if v >= 12 { r.read_i32()? } else { -1 };
            let log_start_offset = if v >= 5 { r.read_i64()? } else { -1 };
            let partition_max_bytes = r.read_i32()?;
            let mut replica_directory_id = Uuid::nil();
            let mut high_watermark = i64::MAX;
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 if v >= 17 => replica_directory_id = r.read_uuid()?,
                        1 if v >= 18 => high_watermark = r.read_i64()?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self {
                partition, current_leader_epoch, fetch_offset, last_fetched_epoch, log_start_offset,
                partition_max_bytes, replica_directory_id, high_watermark,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            s.put_i32(self.partition);
            if v >= 9 {
                s.put_i32(self.current_leader_epoch);
            }
            s.put_i64(self.fetch_offset);
            if v >= 12 {
                s.put_i32(self.last_fetched_epoch);
            } else if self.last_fetched_epoch != -1 {
                return not_in_version("FetchRequest", "last_fetched_epoch", v);
            }
            if v >= 5 {
                s.put_i64(self.log_start_offset);
            }
            s.put_i32(self.partition_max_bytes);
            if flexible {
                let set = [
                    v >= 17 && !self.replica_directory_id.is_nil(),
                    v >= 18 && self.high_watermark != i64::MAX,
                ];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, s.put_uuid(self.replica_directory_id));
                }
                if set[1] {
                    tagged!(s, 1, s.put_i64(self.high_watermark));
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ForgottenTopic {
        /// v7-v12
        pub topic: Text,
        /// v13+
        pub topic_id: Uuid,
        pub partitions: Vec<i32>,
    }

    impl Fields for ForgottenTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let topic = if v <= 12 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 13 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            if v <= 12 {
                s.put_string(&self.topic, flexible)?;
            }
            if v >= 13 {
                s.put_uuid(self.topic_id);
            }
            put_array(s, &self.partitions, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(FetchRequest, 4..=18);
    request!(Fetch, FetchRequest, super::FetchResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FetchResponse {
        pub throttle_time_ms: i32,
        /// v7+
        pub error_code: i16,
        /// v7+
        pub session_id: i32,
        pub responses: Vec<FetchableTopicResponse>,
        /// v16+: addresses of the leaders named above (KIP-951)
        pub node_endpoints: Vec<NodeEndpoint>,
    }

    impl Fields for FetchResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let throttle_time_ms = r.read_i32()?;
            let error_code = if v >= 7 { r.read_i16()? } else { 0 };
            let session_id = if v >= 7 { r.read_i32()? } else { 0 };
            let responses = read_structs(r, flexible, v)?;
            let mut node_endpoints = Vec::new();
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 if v >= 16 => node_endpoints = read_structs(r, true, v)?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self { throttle_time_ms, error_code, session_id, responses, node_endpoints })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            s.put_i32(self.throttle_time_ms);
            if v >= 7 {
                s.put_i16(self.error_code);
            }
            if v >= 7 {
                s.put_i32(self.session_id);
            } else if self.session_id != 0 {
                return not_in_version("FetchResponse", "session_id", v);
            }
            put_structs(s, &self.responses, flexible, v)?;
            if !(v >= 16) && !self.node_endpoints.is_empty() {
                return not_in_version("FetchResponse", "node_endpoints", v);
            }
            if flexible {
                let set = [v >= 16 && !self.node_endpoints.is_empty()];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, put_structs(s, &self.node_endpoints, true, v)?);
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FetchableTopicResponse {
        /// v4-v12
        pub topic: Text,
        /// v13+
        pub topic_id: Uuid,
        pub partitions: Vec<PartitionData>,
    }

    impl Fields for FetchableTopicResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let topic = if v <= 12 { r.read_string(flexible)? } else { Text::default() };
            let topic_id = if v >= 13 { r.read_uuid()? } else { Uuid::nil() };
            let partitions = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topic, topic_id, partitions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            if v <= 12 {
                s.put_string(&self.topic, flexible)?;
            }
            if v >= 13 {
                s.put_uuid(self.topic_id);
            }
            put_structs(s, &self.partitions, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct PartitionData {
        pub partition_index: i32,
        pub error_code: i16,
        pub high_watermark: i64,
        /// every transaction below it is decided
        pub last_stable_offset: i64,
        /// v5+
        pub log_start_offset: i64,
        /// v12+: the follower must truncate to this
        pub diverging_epoch: EpochEndOffset,
        /// v12+
        pub current_leader: LeaderIdAndEpoch,
        /// v12+
        pub snapshot_id: SnapshotId,
        /// null unless read committed was asked for
        pub aborted_transactions: Option<Vec<AbortedTransaction>>,
        /// v11+: a nearer one to ask instead (KIP-392); then there are no records
        pub preferred_read_replica: i32,
        pub records: Option<RecordBytes>,
    }

    impl Default for PartitionData {
        fn default() -> Self {
            Self {
                partition_index: 0,
                error_code: 0,
                high_watermark: 0,
                last_stable_offset: -1,
                log_start_offset: -1,
                diverging_epoch: EpochEndOffset::default(),
                current_leader: LeaderIdAndEpoch::default(),
                snapshot_id: SnapshotId::default(),
                aborted_transactions: Some(Vec::new()),
                preferred_read_replica: -1,
                records: None,
            }
        }
    }

    impl Fields for PartitionData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let partition_index = r.read_i32()?;
            let error_code = r.read_i16()?;
            let high_watermark = r.read_i64()?;
            let last_stable_offset = r.read_i64()?;
            let log_start_offset = if v >= 5 { r.read_i64()? } else { -1 };
            let aborted_transactions = read_nullable_structs(r, flexible, v)?;
            let preferred_read_replica = if v >= 11 { r.read_i32()? } else { -1 };
            let records = r.read_nullable_records(flexible)?;
            let mut diverging_epoch = EpochEndOffset::default();
            let mut current_leader = LeaderIdAndEpoch::default();
            let mut snapshot_id = SnapshotId::default();
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 => diverging_epoch = Fields::read(r, v)?,
                        1 => current_leader = Fields::read(r, v)?,
                        2 => snapshot_id = Fields::read(r, v)?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self {
                partition_index, error_code, high_watermark, last_stable_offset, log_start_offset,
                diverging_epoch, current_leader, snapshot_id, aborted_transactions, preferred_read_replica,
                records,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            s.put_i32(self.partition_index);
            s.put_i16(self.error_code);
            s.put_i64(self.high_watermark);
            s.put_i64(self.last_stable_offset);
            if v >= 5 {
                s.put_i64(self.log_start_offset);
            }
            if !(v >= 12) && self.diverging_epoch != EpochEndOffset::default() {
                return not_in_version("FetchResponse", "diverging_epoch", v);
            }
            if !(v >= 12) && self.current_leader != LeaderIdAndEpoch::default() {
                return not_in_version("FetchResponse", "current_leader", v);
            }
            if !(v >= 12) && self.snapshot_id != SnapshotId::default() {
                return not_in_version("FetchResponse", "snapshot_id", v);
            }
            put_nullable_structs(s, self.aborted_transactions.as_deref(), flexible, v)?;
            if v >= 11 {
                s.put_i32(self.preferred_read_replica);
            } else if self.preferred_read_replica != -1 {
                return not_in_version("FetchResponse", "preferred_read_replica", v);
            }
            s.put_nullable_record_field(self.records.as_ref(), flexible)?;
            if flexible {
                let set = [
                    self.diverging_epoch != EpochEndOffset::default(),
                    self.current_leader != LeaderIdAndEpoch::default(),
                    self.snapshot_id != SnapshotId::default(),
                ];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, self.diverging_epoch.write(s, v)?);
                }
                if set[1] {
                    tagged!(s, 1, self.current_leader.write(s, v)?);
                }
                if set[2] {
                    tagged!(s, 2, self.snapshot_id.write(s, v)?);
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct EpochEndOffset {
        pub epoch: i32,
        pub end_offset: i64,
    }

    impl Default for EpochEndOffset {
        fn default() -> Self {
            Self {
                epoch: -1,
                end_offset: -1,
            }
        }
    }

    impl Fields for EpochEndOffset {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let epoch = r.read_i32()?;
            let end_offset = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { epoch, end_offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.epoch);
            s.put_i64(self.end_offset);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct LeaderIdAndEpoch {
        pub leader_id: i32,
        pub leader_epoch: i32,
    }

    impl Default for LeaderIdAndEpoch {
        fn default() -> Self {
            Self {
                leader_id: -1,
                leader_epoch: -1,
            }
        }
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

    #[derive(Clone, Debug, PartialEq)]
    pub struct SnapshotId {
        pub end_offset: i64,
        pub epoch: i32,
    }

    impl Default for SnapshotId {
        fn default() -> Self {
            Self {
                end_offset: -1,
                epoch: -1,
            }
        }
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
    pub struct AbortedTransaction {
        pub producer_id: i64,
        pub first_offset: i64,
    }

    impl Fields for AbortedTransaction {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 12;
            let producer_id = r.read_i64()?;
            let first_offset = r.read_i64()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { producer_id, first_offset })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 12;
            s.put_i64(self.producer_id);
            s.put_i64(self.first_offset);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct NodeEndpoint {
        pub node_id: i32,
        pub host: Text,
        pub port: i32,
        pub rack: Option<Text>,
    }

    impl Fields for NodeEndpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let node_id = r.read_i32()?;
            let host = r.read_string(true)?;
            let port = r.read_i32()?;
            let rack = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { node_id, host, port, rack })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.node_id);
            s.put_string(&self.host, true)?;
            s.put_i32(self.port);
            s.put_nullable_string(self.rack.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(FetchResponse, 4..=18);
}
