// Made by `cargo xtask codegen` from schema/metadata_records.kafka. Change that instead.

//! What is written to the metadata log; replaying it gives the cluster's metadata (KIP-631).

pub use register_broker_record::RegisterBrokerRecord;
pub use unregister_broker_record::UnregisterBrokerRecord;
pub use topic_record::TopicRecord;
pub use partition_record::PartitionRecord;
pub use config_record::ConfigRecord;
pub use partition_change_record::PartitionChangeRecord;
pub use fence_broker_record::FenceBrokerRecord;
pub use unfence_broker_record::UnfenceBrokerRecord;
pub use remove_topic_record::RemoveTopicRecord;
pub use delegation_token_record::DelegationTokenRecord;
pub use user_scram_credential_record::UserScramCredentialRecord;
pub use feature_level_record::FeatureLevelRecord;
pub use client_quota_record::ClientQuotaRecord;
pub use producer_ids_record::ProducerIdsRecord;
pub use broker_registration_change_record::BrokerRegistrationChangeRecord;
pub use access_control_entry_record::AccessControlEntryRecord;
pub use remove_access_control_entry_record::RemoveAccessControlEntryRecord;
pub use no_op_record::NoOpRecord;
pub use zk_migration_state_record::ZkMigrationStateRecord;
pub use remove_user_scram_credential_record::RemoveUserScramCredentialRecord;
pub use begin_transaction_record::BeginTransactionRecord;
pub use end_transaction_record::EndTransactionRecord;
pub use abort_transaction_record::AbortTransactionRecord;
pub use remove_delegation_token_record::RemoveDelegationTokenRecord;
pub use register_controller_record::RegisterControllerRecord;
pub use clear_elr_record::ClearElrRecord;
pub use unregister_controller_record::UnregisterControllerRecord;

crate::codec::record_enum! {
    /// Any record of this log.
    MetadataRecord
    RegisterBroker(RegisterBrokerRecord),
    UnregisterBroker(UnregisterBrokerRecord),
    Topic(TopicRecord),
    Partition(PartitionRecord),
    Config(ConfigRecord),
    PartitionChange(PartitionChangeRecord),
    FenceBroker(FenceBrokerRecord),
    UnfenceBroker(UnfenceBrokerRecord),
    RemoveTopic(RemoveTopicRecord),
    DelegationToken(DelegationTokenRecord),
    UserScramCredential(UserScramCredentialRecord),
    FeatureLevel(FeatureLevelRecord),
    ClientQuota(ClientQuotaRecord),
    ProducerIds(ProducerIdsRecord),
    BrokerRegistrationChange(BrokerRegistrationChangeRecord),
    AccessControlEntry(AccessControlEntryRecord),
    RemoveAccessControlEntry(RemoveAccessControlEntryRecord),
    NoOp(NoOpRecord),
    ZkMigrationState(ZkMigrationStateRecord),
    RemoveUserScramCredential(RemoveUserScramCredentialRecord),
    BeginTransaction(BeginTransactionRecord),
    EndTransaction(EndTransactionRecord),
    AbortTransaction(AbortTransactionRecord),
    RemoveDelegationToken(RemoveDelegationTokenRecord),
    RegisterController(RegisterControllerRecord),
    ClearElr(ClearElrRecord),
    UnregisterController(UnregisterControllerRecord),
}

pub mod register_broker_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct RegisterBrokerRecord {
        pub broker_id: i32,
        /// v2+
        pub is_migrating_zk_broker: bool,
        pub incarnation_id: Uuid,
        pub broker_epoch: i64,
        pub end_points: Vec<BrokerEndpoint>,
        pub features: Vec<BrokerFeature>,
        pub rack: Option<Text>,
        pub fenced: bool,
        /// v1+
        pub in_controlled_shutdown: bool,
        /// v3+
        pub log_dirs: Vec<Uuid>,
        /// v4+
        pub cordoned_log_dirs: Option<Vec<Uuid>>,
    }

    impl Default for RegisterBrokerRecord {
        fn default() -> Self {
            Self {
                broker_id: 0,
                is_migrating_zk_broker: false,
                incarnation_id: Uuid::nil(),
                broker_epoch: 0,
                end_points: Vec::new(),
                features: Vec::new(),
                rack: Some(Text::default()),
                fenced: true,
                in_controlled_shutdown: false,
                log_dirs: Vec::new(),
                cordoned_log_dirs: None,
            }
        }
    }

    impl Fields for RegisterBrokerRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let is_migrating_zk_broker = if v >= 2 { r.read_bool()? } else { false };
            let incarnation_id = r.read_uuid()?;
            let broker_epoch = r.read_i64()?;
            let end_points = read_structs(r, true, v)?;
            let features = read_structs(r, true, v)?;
            let rack = r.read_nullable_string(true)?;
            let fenced = r.read_bool()?;
            let in_controlled_shutdown = if v >= 1 { r.read_bool()? } else { false };
            let mut log_dirs = Vec::new();
            let mut cordoned_log_dirs = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 if v >= 3 => log_dirs = r.read_array(true, Reader::read_uuid)?,
                    1 if v >= 4 => cordoned_log_dirs = r.read_nullable_array(true, Reader::read_uuid)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                broker_id, is_migrating_zk_broker, incarnation_id, broker_epoch, end_points, features, rack,
                fenced, in_controlled_shutdown, log_dirs, cordoned_log_dirs,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            if v >= 2 {
                s.put_bool(self.is_migrating_zk_broker);
            } else if self.is_migrating_zk_broker {
                return not_in_version("RegisterBrokerRecord", "is_migrating_zk_broker", v);
            }
            s.put_uuid(self.incarnation_id);
            s.put_i64(self.broker_epoch);
            put_structs(s, &self.end_points, true, v)?;
            put_structs(s, &self.features, true, v)?;
            s.put_nullable_string(self.rack.as_deref(), true)?;
            s.put_bool(self.fenced);
            if v >= 1 {
                s.put_bool(self.in_controlled_shutdown);
            } else if self.in_controlled_shutdown {
                return not_in_version("RegisterBrokerRecord", "in_controlled_shutdown", v);
            }
            if !(v >= 3) && !self.log_dirs.is_empty() {
                return not_in_version("RegisterBrokerRecord", "log_dirs", v);
            }
            if !(v >= 4) && self.cordoned_log_dirs.is_some() {
                return not_in_version("RegisterBrokerRecord", "cordoned_log_dirs", v);
            }
            let set = [v >= 3 && !self.log_dirs.is_empty(), v >= 4 && self.cordoned_log_dirs.is_some()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_array(s, &self.log_dirs, true, |s, &x| { s.put_uuid(x); Ok(()) })?);
            }
            if set[1] {
                tagged!(s, 1, put_nullable_array(s, self.cordoned_log_dirs.as_deref(), true, |s, &x| { s.put_uuid(x); Ok(()) })?);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct BrokerEndpoint {
        pub name: Text,
        pub host: Text,
        pub port: u16,
        pub security_protocol: i16,
    }

    impl Fields for BrokerEndpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            let security_protocol = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, host, port, security_protocol })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_i16(self.security_protocol);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct BrokerFeature {
        pub name: Text,
        pub min_supported_version: i16,
        pub max_supported_version: i16,
    }

    impl Fields for BrokerFeature {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let min_supported_version = r.read_i16()?;
            let max_supported_version = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, min_supported_version, max_supported_version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i16(self.min_supported_version);
            s.put_i16(self.max_supported_version);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RegisterBrokerRecord, 0..=4);
    record!(RegisterBrokerRecord, 0);
}

pub mod unregister_broker_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct UnregisterBrokerRecord {
        pub broker_id: i32,
        pub broker_epoch: i64,
    }

    impl Fields for UnregisterBrokerRecord {
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

    message!(UnregisterBrokerRecord, 0..=0);
    record!(UnregisterBrokerRecord, 1);
}

pub mod topic_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct TopicRecord {
        pub name: Text,
        pub topic_id: Uuid,
    }

    impl Fields for TopicRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let topic_id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, topic_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_uuid(self.topic_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(TopicRecord, 0..=0);
    record!(TopicRecord, 2);
}

pub mod partition_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct PartitionRecord {
        pub partition_id: i32,
        pub topic_id: Uuid,
        pub replicas: Vec<i32>,
        pub isr: Vec<i32>,
        pub removing_replicas: Vec<i32>,
        pub adding_replicas: Vec<i32>,
        pub leader: i32,
        /// 1 while recovering from an unclean election (KIP-704)
        pub leader_recovery_state: i8,
        pub leader_epoch: i32,
        pub partition_epoch: i32,
        /// v1+: in the order of `replicas` (KIP-858)
        pub directories: Vec<Uuid>,
        /// v2+
        pub eligible_leader_replicas: Option<Vec<i32>>,
        /// v2+
        pub last_known_elr: Option<Vec<i32>>,
    }

    impl Default for PartitionRecord {
        fn default() -> Self {
            Self {
                partition_id: -1,
                topic_id: Uuid::nil(),
                replicas: Vec::new(),
                isr: Vec::new(),
                removing_replicas: Vec::new(),
                adding_replicas: Vec::new(),
                leader: -1,
                leader_recovery_state: 0,
                leader_epoch: -1,
                partition_epoch: -1,
                directories: Vec::new(),
                eligible_leader_replicas: None,
                last_known_elr: None,
            }
        }
    }

    impl Fields for PartitionRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_id = r.read_i32()?;
            let topic_id = r.read_uuid()?;
            let replicas = r.read_array(true, Reader::read_i32)?;
            let isr = r.read_array(true, Reader::read_i32)?;
            let removing_replicas = r.read_array(true, Reader::read_i32)?;
            let adding_replicas = r.read_array(true, Reader::read_i32)?;
            let leader = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let partition_epoch = r.read_i32()?;
            let directories = if v >= 1 { r.read_array(true, Reader::read_uuid)? } else { Vec::new() };
            let mut leader_recovery_state = 0;
            let mut eligible_leader_replicas = None;
            let mut last_known_elr = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => leader_recovery_state = r.read_i8()?,
                    1 if v >= 2 => eligible_leader_replicas = r.read_nullable_array(true, Reader::read_i32)?,
                    2 if v >= 2 => last_known_elr = r.read_nullable_array(true, Reader::read_i32)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                partition_id, topic_id, replicas, isr, removing_replicas, adding_replicas, leader,
                leader_recovery_state, leader_epoch, partition_epoch, directories, eligible_leader_replicas,
                last_known_elr,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_id);
            s.put_uuid(self.topic_id);
            put_array(s, &self.replicas, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.isr, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.removing_replicas, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            put_array(s, &self.adding_replicas, true, |s, &x| { s.put_i32(x); Ok(()) })?;
            s.put_i32(self.leader);
            s.put_i32(self.leader_epoch);
            s.put_i32(self.partition_epoch);
            if v >= 1 {
                put_array(s, &self.directories, true, |s, &x| { s.put_uuid(x); Ok(()) })?;
            } else if !self.directories.is_empty() {
                return not_in_version("PartitionRecord", "directories", v);
            }
            if !(v >= 2) && self.eligible_leader_replicas.is_some() {
                return not_in_version("PartitionRecord", "eligible_leader_replicas", v);
            }
            if !(v >= 2) && self.last_known_elr.is_some() {
                return not_in_version("PartitionRecord", "last_known_elr", v);
            }
            let set = [
                self.leader_recovery_state != 0, v >= 2 && self.eligible_leader_replicas.is_some(),
                v >= 2 && self.last_known_elr.is_some(),
            ];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i8(self.leader_recovery_state));
            }
            if set[1] {
                tagged!(s, 1, put_nullable_array(s, self.eligible_leader_replicas.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            if set[2] {
                tagged!(s, 2, put_nullable_array(s, self.last_known_elr.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            Ok(())
        }
    }

    message!(PartitionRecord, 0..=2);
    record!(PartitionRecord, 3);
}

pub mod config_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ConfigRecord {
        pub resource_type: i8,
        pub resource_name: Text,
        pub name: Text,
        /// null removes it
        pub value: Option<Text>,
    }

    impl Default for ConfigRecord {
        fn default() -> Self {
            Self {
                resource_type: 0,
                resource_name: Text::default(),
                name: Text::default(),
                value: Some(Text::default()),
            }
        }
    }

    impl Fields for ConfigRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(true)?;
            let name = r.read_string(true)?;
            let value = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { resource_type, resource_name, name, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, true)?;
            s.put_string(&self.name, true)?;
            s.put_nullable_string(self.value.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ConfigRecord, 0..=0);
    record!(ConfigRecord, 4);
}

pub mod partition_change_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct PartitionChangeRecord {
        pub partition_id: i32,
        pub topic_id: Uuid,
        /// null leaves it as it is, here and below
        pub isr: Option<Vec<i32>>,
        /// -2 leaves it as it is, -1 is none
        pub leader: i32,
        pub replicas: Option<Vec<i32>>,
        pub removing_replicas: Option<Vec<i32>>,
        pub adding_replicas: Option<Vec<i32>>,
        /// -1 leaves it as it is
        pub leader_recovery_state: i8,
        /// v1+
        pub directories: Option<Vec<Uuid>>,
        /// v2+
        pub eligible_leader_replicas: Option<Vec<i32>>,
        /// v2+
        pub last_known_elr: Option<Vec<i32>>,
    }

    impl Default for PartitionChangeRecord {
        fn default() -> Self {
            Self {
                partition_id: -1,
                topic_id: Uuid::nil(),
                isr: None,
                leader: -2,
                replicas: None,
                removing_replicas: None,
                adding_replicas: None,
                leader_recovery_state: -1,
                directories: None,
                eligible_leader_replicas: None,
                last_known_elr: None,
            }
        }
    }

    impl Fields for PartitionChangeRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let partition_id = r.read_i32()?;
            let topic_id = r.read_uuid()?;
            let mut isr = None;
            let mut leader = -2;
            let mut replicas = None;
            let mut removing_replicas = None;
            let mut adding_replicas = None;
            let mut leader_recovery_state = -1;
            let mut directories = None;
            let mut eligible_leader_replicas = None;
            let mut last_known_elr = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => isr = r.read_nullable_array(true, Reader::read_i32)?,
                    1 => leader = r.read_i32()?,
                    2 => replicas = r.read_nullable_array(true, Reader::read_i32)?,
                    3 => removing_replicas = r.read_nullable_array(true, Reader::read_i32)?,
                    4 => adding_replicas = r.read_nullable_array(true, Reader::read_i32)?,
                    5 => leader_recovery_state = r.read_i8()?,
                    8 if v >= 1 => directories = r.read_nullable_array(true, Reader::read_uuid)?,
                    6 if v >= 2 => eligible_leader_replicas = r.read_nullable_array(true, Reader::read_i32)?,
                    7 if v >= 2 => last_known_elr = r.read_nullable_array(true, Reader::read_i32)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self {
                partition_id, topic_id, isr, leader, replicas, removing_replicas, adding_replicas,
                leader_recovery_state, directories, eligible_leader_replicas, last_known_elr,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.partition_id);
            s.put_uuid(self.topic_id);
            if !(v >= 1) && self.directories.is_some() {
                return not_in_version("PartitionChangeRecord", "directories", v);
            }
            if !(v >= 2) && self.eligible_leader_replicas.is_some() {
                return not_in_version("PartitionChangeRecord", "eligible_leader_replicas", v);
            }
            if !(v >= 2) && self.last_known_elr.is_some() {
                return not_in_version("PartitionChangeRecord", "last_known_elr", v);
            }
            let set = [
                self.isr.is_some(), self.leader != -2, self.replicas.is_some(),
                self.removing_replicas.is_some(), self.adding_replicas.is_some(),
                self.leader_recovery_state != -1, v >= 2 && self.eligible_leader_replicas.is_some(),
                v >= 2 && self.last_known_elr.is_some(), v >= 1 && self.directories.is_some(),
            ];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, put_nullable_array(s, self.isr.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            if set[1] {
                tagged!(s, 1, s.put_i32(self.leader));
            }
            if set[2] {
                tagged!(s, 2, put_nullable_array(s, self.replicas.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            if set[3] {
                tagged!(s, 3, put_nullable_array(s, self.removing_replicas.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            if set[4] {
                tagged!(s, 4, put_nullable_array(s, self.adding_replicas.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            if set[5] {
                tagged!(s, 5, s.put_i8(self.leader_recovery_state));
            }
            if set[6] {
                tagged!(s, 6, put_nullable_array(s, self.eligible_leader_replicas.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            if set[7] {
                tagged!(s, 7, put_nullable_array(s, self.last_known_elr.as_deref(), true, |s, &x| { s.put_i32(x); Ok(()) })?);
            }
            if set[8] {
                tagged!(s, 8, put_nullable_array(s, self.directories.as_deref(), true, |s, &x| { s.put_uuid(x); Ok(()) })?);
            }
            Ok(())
        }
    }

    message!(PartitionChangeRecord, 0..=2);
    record!(PartitionChangeRecord, 5);
}

pub mod fence_broker_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FenceBrokerRecord {
        pub id: i32,
        pub epoch: i64,
    }

    impl Fields for FenceBrokerRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let id = r.read_i32()?;
            let epoch = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { id, epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.id);
            s.put_i64(self.epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(FenceBrokerRecord, 0..=0);
    record!(FenceBrokerRecord, 7);
}

pub mod unfence_broker_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct UnfenceBrokerRecord {
        pub id: i32,
        pub epoch: i64,
    }

    impl Fields for UnfenceBrokerRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let id = r.read_i32()?;
            let epoch = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { id, epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.id);
            s.put_i64(self.epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(UnfenceBrokerRecord, 0..=0);
    record!(UnfenceBrokerRecord, 8);
}

pub mod remove_topic_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoveTopicRecord {
        pub topic_id: Uuid,
    }

    impl Fields for RemoveTopicRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.topic_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoveTopicRecord, 0..=0);
    record!(RemoveTopicRecord, 9);
}

pub mod delegation_token_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DelegationTokenRecord {
        pub owner: Text,
        pub requester: Text,
        pub renewers: Vec<Text>,
        pub issue_timestamp: i64,
        pub max_timestamp: i64,
        pub expiration_timestamp: i64,
        pub token_id: Text,
    }

    impl Fields for DelegationTokenRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let owner = r.read_string(true)?;
            let requester = r.read_string(true)?;
            let renewers = r.read_array(true, |r| r.read_string(true))?;
            let issue_timestamp = r.read_i64()?;
            let max_timestamp = r.read_i64()?;
            let expiration_timestamp = r.read_i64()?;
            let token_id = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                owner, requester, renewers, issue_timestamp, max_timestamp, expiration_timestamp, token_id,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.owner, true)?;
            s.put_string(&self.requester, true)?;
            put_array(s, &self.renewers, true, |s, x| s.put_string(x, true))?;
            s.put_i64(self.issue_timestamp);
            s.put_i64(self.max_timestamp);
            s.put_i64(self.expiration_timestamp);
            s.put_string(&self.token_id, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DelegationTokenRecord, 0..=0);
    record!(DelegationTokenRecord, 10);
}

pub mod user_scram_credential_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct UserScramCredentialRecord {
        pub name: Text,
        pub mechanism: i8,
        pub salt: Bytes,
        pub stored_key: Bytes,
        pub server_key: Bytes,
        pub iterations: i32,
    }

    impl Fields for UserScramCredentialRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let mechanism = r.read_i8()?;
            let salt = r.read_bytes(true)?;
            let stored_key = r.read_bytes(true)?;
            let server_key = r.read_bytes(true)?;
            let iterations = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, mechanism, salt, stored_key, server_key, iterations })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i8(self.mechanism);
            s.put_byte_field(&self.salt, true)?;
            s.put_byte_field(&self.stored_key, true)?;
            s.put_byte_field(&self.server_key, true)?;
            s.put_i32(self.iterations);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(UserScramCredentialRecord, 0..=0);
    record!(UserScramCredentialRecord, 11);
}

pub mod feature_level_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FeatureLevelRecord {
        pub name: Text,
        /// 0 removes it
        pub feature_level: i16,
    }

    impl Fields for FeatureLevelRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let feature_level = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, feature_level })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i16(self.feature_level);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(FeatureLevelRecord, 0..=0);
    record!(FeatureLevelRecord, 12);
}

pub mod client_quota_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ClientQuotaRecord {
        pub entity: Vec<EntityData>,
        pub key: Text,
        pub value: f64,
        pub remove: bool,
    }

    impl Fields for ClientQuotaRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let entity = read_structs(r, true, v)?;
            let key = r.read_string(true)?;
            let value = r.read_f64()?;
            let remove = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self { entity, key, value, remove })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.entity, true, v)?;
            s.put_string(&self.key, true)?;
            s.put_f64(self.value);
            s.put_bool(self.remove);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct EntityData {
        pub entity_type: Text,
        pub entity_name: Option<Text>,
    }

    impl Default for EntityData {
        fn default() -> Self {
            Self {
                entity_type: Text::default(),
                entity_name: Some(Text::default()),
            }
        }
    }

    impl Fields for EntityData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let entity_type = r.read_string(true)?;
            let entity_name = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { entity_type, entity_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.entity_type, true)?;
            s.put_nullable_string(self.entity_name.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ClientQuotaRecord, 0..=0);
    record!(ClientQuotaRecord, 14);
}

pub mod producer_ids_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ProducerIdsRecord {
        pub broker_id: i32,
        pub broker_epoch: i64,
        /// the first not given out
        pub next_producer_id: i64,
    }

    impl Default for ProducerIdsRecord {
        fn default() -> Self {
            Self {
                broker_id: 0,
                broker_epoch: -1,
                next_producer_id: 0,
            }
        }
    }

    impl Fields for ProducerIdsRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let broker_epoch = r.read_i64()?;
            let next_producer_id = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { broker_id, broker_epoch, next_producer_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_i64(self.broker_epoch);
            s.put_i64(self.next_producer_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ProducerIdsRecord, 0..=0);
    record!(ProducerIdsRecord, 15);
}

pub mod broker_registration_change_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct BrokerRegistrationChangeRecord {
        pub broker_id: i32,
        pub broker_epoch: i64,
        /// -1 unfenced, 0 as it is, 1 fenced
        pub fenced: i8,
        /// v1+: 0 as it is, 1 shutting down
        pub in_controlled_shutdown: i8,
        /// v2+
        pub log_dirs: Vec<Uuid>,
        /// v3+
        pub cordoned_log_dirs: Option<Vec<Uuid>>,
    }

    impl Fields for BrokerRegistrationChangeRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let broker_epoch = r.read_i64()?;
            let mut fenced = 0;
            let mut in_controlled_shutdown = 0;
            let mut log_dirs = Vec::new();
            let mut cordoned_log_dirs = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => fenced = r.read_i8()?,
                    1 if v >= 1 => in_controlled_shutdown = r.read_i8()?,
                    2 if v >= 2 => log_dirs = r.read_array(true, Reader::read_uuid)?,
                    3 if v >= 3 => cordoned_log_dirs = r.read_nullable_array(true, Reader::read_uuid)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { broker_id, broker_epoch, fenced, in_controlled_shutdown, log_dirs, cordoned_log_dirs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_i64(self.broker_epoch);
            if !(v >= 1) && self.in_controlled_shutdown != 0 {
                return not_in_version("BrokerRegistrationChangeRecord", "in_controlled_shutdown", v);
            }
            if !(v >= 2) && !self.log_dirs.is_empty() {
                return not_in_version("BrokerRegistrationChangeRecord", "log_dirs", v);
            }
            if !(v >= 3) && self.cordoned_log_dirs.is_some() {
                return not_in_version("BrokerRegistrationChangeRecord", "cordoned_log_dirs", v);
            }
            let set = [
                self.fenced != 0, v >= 1 && self.in_controlled_shutdown != 0,
                v >= 2 && !self.log_dirs.is_empty(), v >= 3 && self.cordoned_log_dirs.is_some(),
            ];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_i8(self.fenced));
            }
            if set[1] {
                tagged!(s, 1, s.put_i8(self.in_controlled_shutdown));
            }
            if set[2] {
                tagged!(s, 2, put_array(s, &self.log_dirs, true, |s, &x| { s.put_uuid(x); Ok(()) })?);
            }
            if set[3] {
                tagged!(s, 3, put_nullable_array(s, self.cordoned_log_dirs.as_deref(), true, |s, &x| { s.put_uuid(x); Ok(()) })?);
            }
            Ok(())
        }
    }

    message!(BrokerRegistrationChangeRecord, 0..=3);
    record!(BrokerRegistrationChangeRecord, 17);
}

pub mod access_control_entry_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AccessControlEntryRecord {
        pub id: Uuid,
        pub resource_type: i8,
        pub resource_name: Text,
        pub pattern_type: i8,
        pub principal: Text,
        pub host: Text,
        pub operation: i8,
        pub permission_type: i8,
    }

    impl Fields for AccessControlEntryRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let id = r.read_uuid()?;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(true)?;
            let pattern_type = r.read_i8()?;
            let principal = r.read_string(true)?;
            let host = r.read_string(true)?;
            let operation = r.read_i8()?;
            let permission_type = r.read_i8()?;
            r.skip_tagged_fields()?;
            Ok(Self {
                id, resource_type, resource_name, pattern_type, principal, host, operation, permission_type,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.id);
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, true)?;
            s.put_i8(self.pattern_type);
            s.put_string(&self.principal, true)?;
            s.put_string(&self.host, true)?;
            s.put_i8(self.operation);
            s.put_i8(self.permission_type);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AccessControlEntryRecord, 0..=0);
    record!(AccessControlEntryRecord, 18);
}

pub mod remove_access_control_entry_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoveAccessControlEntryRecord {
        pub id: Uuid,
    }

    impl Fields for RemoveAccessControlEntryRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_uuid(self.id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoveAccessControlEntryRecord, 0..=0);
    record!(RemoveAccessControlEntryRecord, 19);
}

pub mod no_op_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct NoOpRecord {}

    impl Fields for NoOpRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            r.skip_tagged_fields()?;
            Ok(Self {})
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_varint(0);
            Ok(())
        }
    }

    message!(NoOpRecord, 0..=0);
    record!(NoOpRecord, 20);
}

pub mod zk_migration_state_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ZkMigrationStateRecord {
        pub zk_migration_state: i8,
    }

    impl Fields for ZkMigrationStateRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let zk_migration_state = r.read_i8()?;
            r.skip_tagged_fields()?;
            Ok(Self { zk_migration_state })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i8(self.zk_migration_state);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ZkMigrationStateRecord, 0..=0);
    record!(ZkMigrationStateRecord, 21);
}

pub mod remove_user_scram_credential_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoveUserScramCredentialRecord {
        pub name: Text,
        pub mechanism: i8,
    }

    impl Fields for RemoveUserScramCredentialRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let mechanism = r.read_i8()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, mechanism })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i8(self.mechanism);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoveUserScramCredentialRecord, 0..=0);
    record!(RemoveUserScramCredentialRecord, 22);
}

pub mod begin_transaction_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct BeginTransactionRecord {
        pub name: Option<Text>,
    }

    impl Fields for BeginTransactionRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let mut name = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => name = r.read_nullable_string(true)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let set = [self.name.is_some()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_nullable_string(self.name.as_deref(), true)?);
            }
            Ok(())
        }
    }

    message!(BeginTransactionRecord, 0..=0);
    record!(BeginTransactionRecord, 23);
}

pub mod end_transaction_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EndTransactionRecord {}

    impl Fields for EndTransactionRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            r.skip_tagged_fields()?;
            Ok(Self {})
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_varint(0);
            Ok(())
        }
    }

    message!(EndTransactionRecord, 0..=0);
    record!(EndTransactionRecord, 24);
}

pub mod abort_transaction_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AbortTransactionRecord {
        pub reason: Option<Text>,
    }

    impl Fields for AbortTransactionRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let mut reason = None;
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => reason = r.read_nullable_string(true)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { reason })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let set = [self.reason.is_some()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, s.put_nullable_string(self.reason.as_deref(), true)?);
            }
            Ok(())
        }
    }

    message!(AbortTransactionRecord, 0..=0);
    record!(AbortTransactionRecord, 25);
}

pub mod remove_delegation_token_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RemoveDelegationTokenRecord {
        pub token_id: Text,
    }

    impl Fields for RemoveDelegationTokenRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let token_id = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { token_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.token_id, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoveDelegationTokenRecord, 0..=0);
    record!(RemoveDelegationTokenRecord, 26);
}

pub mod register_controller_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct RegisterControllerRecord {
        pub controller_id: i32,
        pub incarnation_id: Uuid,
        pub zk_migration_ready: bool,
        pub end_points: Vec<ControllerEndpoint>,
        pub features: Vec<ControllerFeature>,
    }

    impl Fields for RegisterControllerRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let controller_id = r.read_i32()?;
            let incarnation_id = r.read_uuid()?;
            let zk_migration_ready = r.read_bool()?;
            let end_points = read_structs(r, true, v)?;
            let features = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { controller_id, incarnation_id, zk_migration_ready, end_points, features })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.controller_id);
            s.put_uuid(self.incarnation_id);
            s.put_bool(self.zk_migration_ready);
            put_structs(s, &self.end_points, true, v)?;
            put_structs(s, &self.features, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ControllerEndpoint {
        pub name: Text,
        pub host: Text,
        pub port: u16,
        pub security_protocol: i16,
    }

    impl Fields for ControllerEndpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            let security_protocol = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, host, port, security_protocol })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_i16(self.security_protocol);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ControllerFeature {
        pub name: Text,
        pub min_supported_version: i16,
        pub max_supported_version: i16,
    }

    impl Fields for ControllerFeature {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let min_supported_version = r.read_i16()?;
            let max_supported_version = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, min_supported_version, max_supported_version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i16(self.min_supported_version);
            s.put_i16(self.max_supported_version);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RegisterControllerRecord, 0..=0);
    record!(RegisterControllerRecord, 27);
}

pub mod clear_elr_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ClearElrRecord {
        pub topic_name: Text,
    }

    impl Fields for ClearElrRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let topic_name = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { topic_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.topic_name, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ClearElrRecord, 0..=0);
    record!(ClearElrRecord, 28);
}

pub mod unregister_controller_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct UnregisterControllerRecord {
        pub controller_id: i32,
    }

    impl Fields for UnregisterControllerRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let controller_id = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { controller_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.controller_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(UnregisterControllerRecord, 0..=0);
    record!(UnregisterControllerRecord, 29);
}
