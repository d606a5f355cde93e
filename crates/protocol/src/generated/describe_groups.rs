// Made by `cargo xtask codegen` from schema/describe_groups.kafka. Change that instead.

//! Describes groups of the classic protocol.
//!
//! v3 authorized operations (KIP-430); v4 static members (KIP-345); v6 GROUP_ID_NOT_FOUND (KIP-1043).
//!
//! API key 15, versions 0 to 6.

pub use request::DescribeGroupsRequest;
pub use response::DescribeGroupsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeGroupsRequest {
        pub groups: Vec<Text>,
        /// v3+
        pub include_authorized_operations: bool,
    }

    impl Fields for DescribeGroupsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let groups = r.read_array(flexible, |r| r.read_string(flexible))?;
            let include_authorized_operations = if v >= 3 { r.read_bool()? } else { false };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { groups, include_authorized_operations })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            put_array(s, &self.groups, flexible, |s, x| s.put_string(x, flexible))?;
            if v >= 3 {
                s.put_bool(self.include_authorized_operations);
            } else if self.include_authorized_operations {
                return not_in_version("DescribeGroupsRequest", "include_authorized_operations", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeGroupsRequest, 0..=6);
    request!(DescribeGroups, DescribeGroupsRequest, super::DescribeGroupsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeGroupsResponse {
        /// v1+
        pub throttle_time_ms: i32,
        pub groups: Vec<DescribedGroup>,
    }

    impl Fields for DescribeGroupsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let throttle_time_ms = if v >= 1 { r.read_i32()? } else { 0 };
            let groups = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, groups })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            if v >= 1 {
                s.put_i32(self.throttle_time_ms);
            }
            put_structs(s, &self.groups, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribedGroup {
        pub error_code: i16,
        /// v6+
        pub error_message: Option<Text>,
        pub group_id: Text,
        pub group_state: Text,
        pub protocol_type: Text,
        pub protocol_data: Text,
        pub members: Vec<DescribedGroupMember>,
        /// v3+
        pub authorized_operations: i32,
    }

    impl Default for DescribedGroup {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: None,
                group_id: Text::default(),
                group_state: Text::default(),
                protocol_type: Text::default(),
                protocol_data: Text::default(),
                members: Vec::new(),
                authorized_operations: i32::MIN,
            }
        }
    }

    impl Fields for DescribedGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let error_code = r.read_i16()?;
            let error_message = if v >= 6 { r.read_nullable_string(flexible)? } else { None };
            let group_id = r.read_string(flexible)?;
            let group_state = r.read_string(flexible)?;
            let protocol_type = r.read_string(flexible)?;
            let protocol_data = r.read_string(flexible)?;
            let members = read_structs(r, flexible, v)?;
            let authorized_operations = if v >= 3 { r.read_i32()? } else { i32::MIN };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                error_code, error_message, group_id, group_state, protocol_type, protocol_data, members,
                authorized_operations,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            s.put_i16(self.error_code);
            if v >= 6 {
                s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            } else if self.error_message.is_some() {
                return not_in_version("DescribeGroupsResponse", "error_message", v);
            }
            s.put_string(&self.group_id, flexible)?;
            s.put_string(&self.group_state, flexible)?;
            s.put_string(&self.protocol_type, flexible)?;
            s.put_string(&self.protocol_data, flexible)?;
            put_structs(s, &self.members, flexible, v)?;
            if v >= 3 {
                s.put_i32(self.authorized_operations);
            } else if self.authorized_operations != i32::MIN {
                return not_in_version("DescribeGroupsResponse", "authorized_operations", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribedGroupMember {
        pub member_id: Text,
        /// v4+
        pub group_instance_id: Option<Text>,
        pub client_id: Text,
        pub client_host: Text,
        pub member_metadata: Bytes,
        pub member_assignment: Bytes,
    }

    impl Fields for DescribedGroupMember {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let member_id = r.read_string(flexible)?;
            let group_instance_id = if v >= 4 { r.read_nullable_string(flexible)? } else { None };
            let client_id = r.read_string(flexible)?;
            let client_host = r.read_string(flexible)?;
            let member_metadata = r.read_bytes(flexible)?;
            let member_assignment = r.read_bytes(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                member_id, group_instance_id, client_id, client_host, member_metadata, member_assignment,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            s.put_string(&self.member_id, flexible)?;
            if v >= 4 {
                s.put_nullable_string(self.group_instance_id.as_deref(), flexible)?;
            }
            s.put_string(&self.client_id, flexible)?;
            s.put_string(&self.client_host, flexible)?;
            s.put_byte_field(&self.member_metadata, flexible)?;
            s.put_byte_field(&self.member_assignment, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeGroupsResponse, 0..=6);
}
