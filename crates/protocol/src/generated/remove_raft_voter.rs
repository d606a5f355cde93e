// Made by `cargo xtask codegen` from schema/remove_raft_voter.kafka. Change that instead.

//! Removes a controller from the voters of the metadata quorum (KIP-853).
//!
//! API key 81, versions 0 to 0.

pub use request::RemoveRaftVoterRequest;
pub use response::RemoveRaftVoterResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct RemoveRaftVoterRequest {
        pub cluster_id: Option<Text>,
        pub voter_id: i32,
        pub voter_directory_id: Uuid,
    }

    impl Default for RemoveRaftVoterRequest {
        fn default() -> Self {
            Self {
                cluster_id: Some(Text::default()),
                voter_id: 0,
                voter_directory_id: Uuid::nil(),
            }
        }
    }

    impl Fields for RemoveRaftVoterRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let cluster_id = r.read_nullable_string(true)?;
            let voter_id = r.read_i32()?;
            let voter_directory_id = r.read_uuid()?;
            r.skip_tagged_fields()?;
            Ok(Self { cluster_id, voter_id, voter_directory_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.cluster_id.as_deref(), true)?;
            s.put_i32(self.voter_id);
            s.put_uuid(self.voter_directory_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoveRaftVoterRequest, 0..=0);
    request!(RemoveRaftVoter, RemoveRaftVoterRequest, super::RemoveRaftVoterResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct RemoveRaftVoterResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for RemoveRaftVoterResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for RemoveRaftVoterResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(RemoveRaftVoterResponse, 0..=0);
}
