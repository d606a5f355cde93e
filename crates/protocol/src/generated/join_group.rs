// Made by `cargo xtask codegen` from schema/join_group.kafka. Change that instead.

//! Joins a classic group; the answer waits for the other members.
//!
//! v1 rebalance timeout apart from session timeout (KIP-62); v4 MEMBER_ID_REQUIRED (KIP-394);
//! v5 static members (KIP-345); v7 protocol type in the answer (KIP-559); v8 a reason (KIP-800);
//! v9 a static leader that keeps the assignment (KIP-814).
//!
//! API key 11, versions 0 to 9.

pub use request::JoinGroupRequest;
pub use response::JoinGroupResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct JoinGroupRequest {
        pub group_id: Text,
        pub session_timeout_ms: i32,
        /// v1+: before v1 the session timeout counts
        pub rebalance_timeout_ms: i32,
        /// empty asks for one
        pub member_id: Text,
        /// v5+
        pub group_instance_id: Option<Text>,
        /// `consumer` or `connect`
        pub protocol_type: Text,
        /// best first
        pub protocols: Vec<JoinGroupRequestProtocol>,
        /// v8+
        pub reason: Option<Text>,
    }

    impl Default for JoinGroupRequest {
        fn default() -> Self {
            Self {
                group_id: Text::default(),
                session_timeout_ms: 0,
                rebalance_timeout_ms: -1,
                member_id: Text::default(),
                group_instance_id: None,
                protocol_type: Text::default(),
                protocols: Vec::new(),
                reason: None,
            }
        }
    }

    impl Fields for JoinGroupRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let group_id = r.read_string(flexible)?;
            let session_timeout_ms = r.read_i32()?;
            let rebalance_timeout_ms = if v >= 1 { r.read_i32()? } else { -1 };
            let member_id = r.read_string(flexible)?;
            let group_instance_id = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            let protocol_type = r.read_string(flexible)?;
            let protocols = read_structs(r, flexible, v)?;
            let reason = if v >= 8 { r.read_nullable_string(flexible)? } else { None };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                group_id, session_timeout_ms, rebalance_timeout_ms, member_id, group_instance_id,
                protocol_type, protocols, reason,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_string(&self.group_id, flexible)?;
            s.put_i32(self.session_timeout_ms);
            if v >= 1 {
                s.put_i32(self.rebalance_timeout_ms);
            }
            s.put_string(&self.member_id, flexible)?;
            if v >= 5 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            } else if self.group_instance_id.is_some() {
                return not_in_version("JoinGroupRequest", "group_instance_id", v);
            }
            s.put_string(&self.protocol_type, flexible)?;
            put_structs(s, &self.protocols, flexible, v)?;
            if v >= 8 {
                s.put_nullable_string(self.reason.as_deref(), flexible)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct JoinGroupRequestProtocol {
        pub name: Text,
        pub metadata: Bytes,
    }

    impl Fields for JoinGroupRequestProtocol {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let name = r.read_string(flexible)?;
            let metadata = r.read_bytes(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, metadata })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_string(&self.name, flexible)?;
            s.put_byte_field(&self.metadata, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(JoinGroupRequest, 0..=9);
    request!(JoinGroup, JoinGroupRequest, super::JoinGroupResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct JoinGroupResponse {
        /// v2+
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub generation_id: i32,
        /// v7+
        pub protocol_type: Option<Text>,
        /// null from v7
        pub protocol_name: Option<Text>,
        pub leader: Text,
        /// v9+: the leader is to leave the assignment as it is
        pub skip_assignment: bool,
        pub member_id: Text,
        /// for the leader only
        pub members: Vec<JoinGroupResponseMember>,
    }

    impl Default for JoinGroupResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                generation_id: -1,
                protocol_type: None,
                protocol_name: Some(Text::default()),
                leader: Text::default(),
                skip_assignment: false,
                member_id: Text::default(),
                members: Vec::new(),
            }
        }
    }

    impl Fields for JoinGroupResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let throttle_time_ms = if v >= 2 { r.read_i32()? } else { 0 };
            let error_code = r.read_i16()?;
            let generation_id = r.read_i32()?;
            let protocol_type = if v >= 7 { r.read_nullable_string(flexible)? } else { None };
            let protocol_name = null_if(v >= 7, r.read_nullable_string(flexible)?)?;
            let leader = r.read_string(flexible)?;
            let skip_assignment = if v >= 9 { r.read_bool()? } else { false };
            let member_id = r.read_string(flexible)?;
            let members = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                throttle_time_ms, error_code, generation_id, protocol_type, protocol_name, leader,
                skip_assignment, member_id, members,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            if v >= 2 {
                s.put_i32(self.throttle_time_ms);
            }
            s.put_i16(self.error_code);
            s.put_i32(self.generation_id);
            if v >= 7 {
                s.put_nullable_string(self.protocol_type.as_deref(), flexible)?;
            }
            if self.protocol_name.is_none() && !(v >= 7) {
                return null_in_version("JoinGroupResponse", "protocol_name", v);
            }
            s.put_nullable_string(self.protocol_name.as_deref(), flexible)?;
            s.put_string(&self.leader, flexible)?;
            if v >= 9 {
                s.put_bool(self.skip_assignment);
            } else if self.skip_assignment {
                return not_in_version("JoinGroupResponse", "skip_assignment", v);
            }
            s.put_string(&self.member_id, flexible)?;
            put_structs(s, &self.members, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct JoinGroupResponseMember {
        pub member_id: Text,
        /// v5+
        pub group_instance_id: Option<Text>,
        pub metadata: Bytes,
    }

    impl Fields for JoinGroupResponseMember {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 6;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            let metadata = r.read_bytes(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { member_id, group_instance_id, metadata })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 6;
            s.put_string(&self.member_id, flexible)?;
            if v >= 5 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            }
            s.put_byte_field(&self.metadata, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(JoinGroupResponse, 0..=9);
}
