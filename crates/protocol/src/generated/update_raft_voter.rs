// Made by `cargo xtask codegen` from schema/update_raft_voter.kafka. Change that instead.

//! A voter of the metadata quorum tells its endpoints and features (KIP-853).
//!
//! API key 82, versions 0 to 0.

pub use request::UpdateRaftVoterRequest;
pub use response::UpdateRaftVoterResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct UpdateRaftVoterRequest {
        pub cluster_id: Option<Text>,
        pub current_leader_epoch: i32,
        pub voter_id: i32,
        pub voter_directory_id: Uuid,
        pub listeners: Vec<Listener>,
        pub kraft_version_feature: KRaftVersionFeature,
    }

    impl Default for UpdateRaftVoterRequest {
        fn default() -> Self {
            Self {
                cluster_id: Some(Text::default()),
                current_leader_epoch: 0,
                voter_id: 0,
                voter_directory_id: Uuid::nil(),
                listeners: Vec::new(),
                kraft_version_feature: KRaftVersionFeature::default(),
            }
        }
    }

    impl Fields for UpdateRaftVoterRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let cluster_id = r.read_nullable_string(true)?;
            let current_leader_epoch = r.read_i32()?;
            let voter_id = r.read_i32()?;
            let voter_directory_id = r.read_uuid()?;
            let listeners = read_structs(r, true, v)?;
            let kraft_version_feature = Fields::read(r, v)?;
            r.skip_tagged_fields()?;
            Ok(Self {
                cluster_id, current_leader_epoch, voter_id, voter_directory_id, listeners,
                kraft_version_feature,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.cluster_id.as_deref(), true)?;
            s.put_i32(self.current_leader_epoch);
            s.put_i32(self.voter_id);
            s.put_uuid(self.voter_directory_id);
            put_structs(s, &self.listeners, true, v)?;
            self.kraft_version_feature.write(s, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Listener {
        pub name: Text,
        pub host: Text,
        pub port: u16,
    }

    impl Fields for Listener {
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

    message!(UpdateRaftVoterRequest, 0..=0);
    request!(UpdateRaftVoter, UpdateRaftVoterRequest, super::UpdateRaftVoterResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct UpdateRaftVoterResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub current_leader: CurrentLeader,
    }

    impl Fields for UpdateRaftVoterResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let mut current_leader = CurrentLeader::default();
            r.read_tagged_fields(|tag, r| {
                match tag {
                    0 => current_leader = Fields::read(r, v)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(Self { throttle_time_ms, error_code, current_leader })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            let set = [self.current_leader != CurrentLeader::default()];
            put_tag_count(s, &set);
            if set[0] {
                tagged!(s, 0, self.current_leader.write(s, v)?);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct CurrentLeader {
        pub leader_id: i32,
        pub leader_epoch: i32,
        pub host: Text,
        pub port: i32,
    }

    impl Default for CurrentLeader {
        fn default() -> Self {
            Self {
                leader_id: -1,
                leader_epoch: -1,
                host: Text::default(),
                port: 0,
            }
        }
    }

    impl Fields for CurrentLeader {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let leader_id = r.read_i32()?;
            let leader_epoch = r.read_i32()?;
            let host = r.read_string(true)?;
            let port = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { leader_id, leader_epoch, host, port })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.leader_id);
            s.put_i32(self.leader_epoch);
            s.put_string(&self.host, true)?;
            s.put_i32(self.port);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(UpdateRaftVoterResponse, 0..=0);
}
