// Made by `cargo xtask codegen` from schema/control_records.kafka. Change that instead.

//! Bodies of control records: markers of transactions, and what the metadata quorum notes in its own log.

pub use control_record_type_schema::ControlRecordTypeSchema;
pub use end_txn_marker::EndTxnMarker;
pub use kraft_version_record::KRaftVersionRecord;
pub use leader_change_message::LeaderChangeMessage;
pub use snapshot_footer_record::SnapshotFooterRecord;
pub use snapshot_header_record::SnapshotHeaderRecord;
pub use voters_record::VotersRecord;

pub mod control_record_type_schema {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ControlRecordTypeSchema {
        /// 0 abort, 1 commit, 2 leader change, 3-6 of the metadata quorum
        pub r#type: i16,
    }

    impl Fields for ControlRecordTypeSchema {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let r#type = r.read_i16()?;
            Ok(Self { r#type })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.r#type);
            Ok(())
        }
    }

    message!(ControlRecordTypeSchema, 0..=0);
}

pub mod end_txn_marker {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EndTxnMarker {
        pub coordinator_epoch: i32,
    }

    impl Fields for EndTxnMarker {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let coordinator_epoch = r.read_i32()?;
            Ok(Self { coordinator_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.coordinator_epoch);
            Ok(())
        }
    }

    message!(EndTxnMarker, 0..=0);
}

pub mod kraft_version_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct KRaftVersionRecord {
        pub version: i16,
        pub kraft_version: i16,
    }

    impl Fields for KRaftVersionRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let version = r.read_i16()?;
            let kraft_version = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { version, kraft_version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.version);
            s.put_i16(self.kraft_version);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(KRaftVersionRecord, 0..=0);
}

pub mod leader_change_message {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LeaderChangeMessage {
        pub version: i16,
        pub leader_id: i32,
        pub voters: Vec<Voter>,
        pub granting_voters: Vec<Voter>,
    }

    impl Fields for LeaderChangeMessage {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let version = r.read_i16()?;
            let leader_id = r.read_i32()?;
            let voters = read_structs(r, true, v)?;
            let granting_voters = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { version, leader_id, voters, granting_voters })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.version);
            s.put_i32(self.leader_id);
            put_structs(s, &self.voters, true, v)?;
            put_structs(s, &self.granting_voters, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Voter {
        pub voter_id: i32,
        /// v1+
        pub voter_directory_id: Uuid,
    }

    impl Fields for Voter {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let voter_id = r.read_i32()?;
            let voter_directory_id = if v >= 1 { r.read_uuid()? } else { Uuid::nil() };
            r.skip_tagged_fields()?;
            Ok(Self { voter_id, voter_directory_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.voter_id);
            if v >= 1 {
                s.put_uuid(self.voter_directory_id);
            } else if !self.voter_directory_id.is_nil() {
                return not_in_version("LeaderChangeMessage", "voter_directory_id", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(LeaderChangeMessage, 0..=1);
}

pub mod snapshot_footer_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SnapshotFooterRecord {
        pub version: i16,
    }

    impl Fields for SnapshotFooterRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let version = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.version);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(SnapshotFooterRecord, 0..=0);
}

pub mod snapshot_header_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SnapshotHeaderRecord {
        pub version: i16,
        pub last_contained_log_timestamp: i64,
    }

    impl Fields for SnapshotHeaderRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let version = r.read_i16()?;
            let last_contained_log_timestamp = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { version, last_contained_log_timestamp })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.version);
            s.put_i64(self.last_contained_log_timestamp);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(SnapshotHeaderRecord, 0..=0);
}

pub mod voters_record {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct VotersRecord {
        pub version: i16,
        pub voters: Vec<Voter>,
    }

    impl Fields for VotersRecord {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let version = r.read_i16()?;
            let voters = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { version, voters })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.version);
            put_structs(s, &self.voters, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Voter {
        pub voter_id: i32,
        pub voter_directory_id: Uuid,
        pub endpoints: Vec<Endpoint>,
        pub kraft_version_feature: KRaftVersionFeature,
    }

    impl Fields for Voter {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let voter_id = r.read_i32()?;
            let voter_directory_id = r.read_uuid()?;
            let endpoints = read_structs(r, true, v)?;
            let kraft_version_feature = Fields::read(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { voter_id, voter_directory_id, endpoints, kraft_version_feature })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.voter_id);
            s.put_uuid(self.voter_directory_id);
            put_structs(s, &self.endpoints, true, v)?;
            self.kraft_version_feature.write(s, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Endpoint {
        pub name: Text,
        pub host: Text,
        pub port: u16,
    }

    impl Fields for Endpoint {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, host, port })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct KRaftVersionFeature {
        pub min_supported_version: i16,
        pub max_supported_version: i16,
    }

    impl Fields for KRaftVersionFeature {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let min_supported_version = r.read_i16()?;
            let max_supported_version = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { min_supported_version, max_supported_version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.min_supported_version);
            s.put_i16(self.max_supported_version);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(VotersRecord, 0..=0);
}
