// Made by `cargo xtask codegen` from schema/quorum_state.kafka. Change that instead.

//! The file `quorum-state`: what a voter must not forget (KIP-595).
//!
//! v1 belongs to kraft.version 1 (KIP-853).

pub use quorum_state_data::QuorumStateData;

pub mod quorum_state_data {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct QuorumStateData {
        /// v0
        pub cluster_id: Text,
        pub leader_id: i32,
        pub leader_epoch: i32,
        pub voted_id: i32,
        /// v1+
        pub voted_directory_id: Uuid,
        /// v0
        pub applied_offset: i64,
        /// v0
        pub current_voters: Option<Vec<Voter>>,
    }

    impl Default for QuorumStateData {
        fn default() -> Self {
            Self {
                cluster_id: Text::default(),
                leader_id: -1,
                leader_epoch: -1,
                voted_id: -1,
                voted_directory_id: Uuid::nil(),
                applied_offset: 0,
                current_voters: Some(Vec::new()),
            }
        }
    }

    impl Fields for QuorumStateData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let cluster_id = if v <= 0 { r.read_string(true)? } else { Text::default() };
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let voted_id = r.read_i32()?;
            let voted_directory_id = if v >= 1 { r.read_uuid()? } else { Uuid::nil() };
            let applied_offset = if v <= 0 { r.read_i64()? } else { 0 };
            let current_voters = if v <= 0 { read_nullable_structs(r, true, v)? } else { Some(Vec::new()) };
            r.skip_tagged_fields()?;
            Ok(Self {
                cluster_id, leader_id, leader_epoch, voted_id, voted_directory_id, applied_offset,
                current_voters,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            if v <= 0 {
                s.put_string(&self.cluster_id, true)?;
            } else if !self.cluster_id.is_empty() {
                return not_in_version("QuorumStateData", "cluster_id", v);
            }
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            s.put_i32(self.voted_id);
            if v >= 1 {
                s.put_uuid(self.voted_directory_id);
            } else if !self.voted_directory_id.is_nil() {
                return not_in_version("QuorumStateData", "voted_directory_id", v);
            }
            if v <= 0 {
                s.put_i64(self.applied_offset);
            } else if self.applied_offset != 0 {
                return not_in_version("QuorumStateData", "applied_offset", v);
            }
            if v <= 0 {
                put_nullable_structs(s, self.current_voters.as_deref(), true, v)?;
            } else if self.current_voters.as_ref().is_none_or(|x| !x.is_empty()) {
                return not_in_version("QuorumStateData", "current_voters", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Voter {
        pub voter_id: i32,
    }

    impl Fields for Voter {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let voter_id = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { voter_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.voter_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(QuorumStateData, 0..=1);
}
