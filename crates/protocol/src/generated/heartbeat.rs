// Made by `cargo xtask codegen` from schema/heartbeat.kafka. Change that instead.

//! A member of a classic group shows that it is alive.
//!
//! v3 static members (KIP-345).
//!
//! API key 12, versions 0 to 4.

pub use request::HeartbeatRequest;
pub use response::HeartbeatResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct HeartbeatRequest {
        pub group_id: Text,
        pub generation_id: i32,
        pub member_id: Text,
        /// v3+
        pub group_instance_id: Option<Text>,
    }

    impl Fields for HeartbeatRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let group_id = r.read_string(flexible)?;
            let generation_id = r.read_i32()?;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = if v >= 3 { r.read_nullable_string(flexible)? } else { None };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { group_id, generation_id, member_id, group_instance_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.group_id, flexible)?;
            s.put_i32(self.generation_id);
            s.put_string(&self.member_id, flexible)?;
            if v >= 3 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            } else if self.group_instance_id.is_some() {
                return not_in_version("HeartbeatRequest", "group_instance_id", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(HeartbeatRequest, 0..=4);
    request!(Heartbeat, HeartbeatRequest, super::HeartbeatResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct HeartbeatResponse {
        /// v1+
        pub throttle_time_ms: i32,
        pub error_code: i16,
    }

    impl Fields for HeartbeatResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let throttle_time_ms = if v >= 1 { r.read_i32()? } else { 0 };
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            if v >= 1 {
                s.put_i32(self.throttle_time_ms);
            }
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(HeartbeatResponse, 0..=4);
}
