// Made by `cargo xtask codegen` from schema/sync_group.kafka. Change that instead.

//! Hands out the assignment that the leader of a classic group made.
//!
//! v3 static members (KIP-345); v5 protocol type and name, to be checked (KIP-559).
//!
//! API key 14, versions 0 to 5.

pub use request::SyncGroupRequest;
pub use response::SyncGroupResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SyncGroupRequest {
        pub group_id: Text,
        pub generation_id: i32,
        pub member_id: Text,
        /// v3+
        pub group_instance_id: Option<Text>,
        /// v5+
        pub protocol_type: Option<Text>,
        /// v5+
        pub protocol_name: Option<Text>,
        /// from the leader only
        pub assignments: Vec<SyncGroupRequestAssignment>,
    }

    impl Fields for SyncGroupRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let group_id = r.read_string(flexible)?;
            let generation_id = r.read_i32()?;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = if v >= 3 { r.read_nullable_string(flexible)? } else { None };
            let protocol_type = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            let protocol_name = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            let assignments = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                group_id, generation_id, member_id, group_instance_id, protocol_type, protocol_name,
                assignments,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.group_id, flexible)?;
            s.put_i32(self.generation_id);
            s.put_string(&self.member_id, flexible)?;
            if v >= 3 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            } else if self.group_instance_id.is_some() {
                return not_in_version("SyncGroupRequest", "group_instance_id", v);
            }
            if v >= 5 {
                s.put_nullable_string(self.protocol_type.as_deref(), flexible)?;
            }
            if v >= 5 {
                s.put_nullable_string(self.protocol_name.as_deref(), flexible)?;
            }
            put_structs(s, &self.assignments, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SyncGroupRequestAssignment {
        pub member_id: Text,
        pub assignment: Bytes,
    }

    impl Fields for SyncGroupRequestAssignment {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let member_id = r.read_string(flexible)?;
            let assignment = r.read_bytes(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { member_id, assignment })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.member_id, flexible)?;
            s.put_byte_field(&self.assignment, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(SyncGroupRequest, 0..=5);
    request!(SyncGroup, SyncGroupRequest, super::SyncGroupResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SyncGroupResponse {
        /// v1+
        pub throttle_time_ms: i32,
        pub error_code: i16,
        /// v5+
        pub protocol_type: Option<Text>,
        /// v5+
        pub protocol_name: Option<Text>,
        pub assignment: Bytes,
    }

    impl Fields for SyncGroupResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let throttle_time_ms = if v >= 1 { r.read_i32()? } else { 0 };
            let error_code = r.read_i16()?;
            let protocol_type = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            let protocol_name = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            let assignment = r.read_bytes(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, protocol_type, protocol_name, assignment })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            if v >= 1 {
                s.put_i32(self.throttle_time_ms);
            }
            s.put_i16(self.error_code);
            if v >= 5 {
                s.put_nullable_string(self.protocol_type.as_deref(), flexible)?;
            }
            if v >= 5 {
                s.put_nullable_string(self.protocol_name.as_deref(), flexible)?;
            }
            s.put_byte_field(&self.assignment, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(SyncGroupResponse, 0..=5);
}
