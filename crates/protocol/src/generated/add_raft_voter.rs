// Made by `cargo xtask codegen` from schema/add_raft_voter.kafka. Change that instead.

//! Adds a controller to the voters of the metadata quorum (KIP-853).
//!
//! v1 answer before the change is committed.
//!
//! API key 80, versions 0 to 1.

pub use request::AddRaftVoterRequest;
pub use response::AddRaftVoterResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct AddRaftVoterRequest {
        pub cluster_id: Option<Text>,
        pub timeout_ms: i32,
        pub voter_id: i32,
        pub voter_directory_id: Uuid,
        pub listeners: Vec<Listener>,
        /// v1+
        pub ack_when_committed: bool,
    }

    impl Default for AddRaftVoterRequest {
        fn default() -> Self {
            Self {
                cluster_id: Some(Text::default()),
                timeout_ms: 0,
                voter_id: 0,
                voter_directory_id: Uuid::nil(),
                listeners: Vec::new(),
                ack_when_committed: true,
            }
        }
    }

    impl Fields for AddRaftVoterRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let cluster_id = r.read_nullable_string(true)?;
            let timeout_ms = r.read_i32()?;
            let voter_id = r.read_i32()?;
            let voter_directory_id = r.read_uuid()?;
            let listeners = read_structs(r, true, v)?;
            let ack_when_committed = if v >= 1 { r.read_bool()? } else { true };
            r.skip_tagged_fields()?;
            Ok(Self { cluster_id, timeout_ms, voter_id, voter_directory_id, listeners, ack_when_committed })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_string(self.cluster_id.as_deref(), true)?;
            s.put_i32(self.timeout_ms);
            s.put_i32(self.voter_id);
            s.put_uuid(self.voter_directory_id);
            put_structs(s, &self.listeners, true, v)?;
            if v >= 1 {
                s.put_bool(self.ack_when_committed);
            } else if !self.ack_when_committed {
                return not_in_version("AddRaftVoterRequest", "ack_when_committed", v);
            }
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

    message!(AddRaftVoterRequest, 0..=1);
    request!(AddRaftVoter, AddRaftVoterRequest, super::AddRaftVoterResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct AddRaftVoterResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for AddRaftVoterResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for AddRaftVoterResponse {
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

    message!(AddRaftVoterResponse, 0..=1);
}
