// Made by `cargo xtask codegen` from schema/leave_group.kafka. Change that instead.

//! Takes members out of a classic group.
//!
//! v3 many at once, and static members (KIP-345); v5 a reason (KIP-800).
//!
//! API key 13, versions 0 to 5.

pub use request::LeaveGroupRequest;
pub use response::LeaveGroupResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LeaveGroupRequest {
        pub group_id: Text,
        /// v0-v2
        pub member_id: Text,
        /// v3+
        pub members: Vec<MemberIdentity>,
    }

    impl Fields for LeaveGroupRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let group_id = r.read_string(flexible)?;
            let member_id = if v <= 2 { r.read_string(flexible)? } else { Text::default() };
            let members = if v >= 3 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { group_id, member_id, members })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.group_id, flexible)?;
            if v <= 2 {
                s.put_string(&self.member_id, flexible)?;
            } else if !self.member_id.is_empty() {
                return not_in_version("LeaveGroupRequest", "member_id", v);
            }
            if v >= 3 {
                put_structs(s, &self.members, flexible, v)?;
            } else if !self.members.is_empty() {
                return not_in_version("LeaveGroupRequest", "members", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct MemberIdentity {
        pub member_id: Text,
        pub group_instance_id: Option<Text>,
        /// v5+
        pub reason: Option<Text>,
    }

    impl Fields for MemberIdentity {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = r.read_nullable_string(flexible)?;
            let reason = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { member_id, group_instance_id, reason })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.member_id, flexible)?;
            s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            if v >= 5 {
                s.put_nullable_string(self.reason.as_deref(), flexible)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(LeaveGroupRequest, 0..=5);
    request!(LeaveGroup, LeaveGroupRequest, super::LeaveGroupResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct LeaveGroupResponse {
        /// v1+
        pub throttle_time_ms: i32,
        pub error_code: i16,
        /// v3+
        pub members: Vec<MemberResponse>,
    }

    impl Fields for LeaveGroupResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let throttle_time_ms = if v >= 1 { r.read_i32()? } else { 0 };
            let error_code = r.read_i16()?;
            let members = if v >= 3 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, members })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            if v >= 1 {
                s.put_i32(self.throttle_time_ms);
            }
            s.put_i16(self.error_code);
            if v >= 3 {
                put_structs(s, &self.members, flexible, v)?;
            } else if !self.members.is_empty() {
                return not_in_version("LeaveGroupResponse", "members", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct MemberResponse {
        pub member_id: Text,
        pub group_instance_id: Option<Text>,
        pub error_code: i16,
    }

    impl Default for MemberResponse {
        fn default() -> Self {
            Self {
                member_id: Text::default(),
                group_instance_id: Some(Text::default()),
                error_code: 0,
            }
        }
    }

    impl Fields for MemberResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = r.read_nullable_string(flexible)?;
            let error_code = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { member_id, group_instance_id, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.member_id, flexible)?;
            s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            s.put_i16(self.error_code);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(LeaveGroupResponse, 0..=5);
}
