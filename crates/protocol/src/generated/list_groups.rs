// Made by `cargo xtask codegen` from schema/list_groups.kafka. Change that instead.

//! Lists groups.
//!
//! v4 states (KIP-518); v5 types (KIP-848).
//!
//! API key 16, versions 0 to 5.

pub use request::ListGroupsRequest;
pub use response::ListGroupsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListGroupsRequest {
        /// v4+
        pub states_filter: Vec<Text>,
        /// v5+
        pub types_filter: Vec<Text>,
    }

    impl Fields for ListGroupsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let states_filter = if v >= 4 { r.read_array(flexible, |r| r.read_string(flexible))? } else { Vec::new() };
            let types_filter = if v >= 5 { r.read_array(flexible, |r| r.read_string(flexible))? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { states_filter, types_filter })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v >= 4 {
                put_array(s, &self.states_filter, flexible, |s, x| s.put_string(x, flexible))?;
            } else if !self.states_filter.is_empty() {
                return not_in_version("ListGroupsRequest", "states_filter", v);
            }
            if v >= 5 {
                put_array(s, &self.types_filter, flexible, |s, x| s.put_string(x, flexible))?;
            } else if !self.types_filter.is_empty() {
                return not_in_version("ListGroupsRequest", "types_filter", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ListGroupsRequest, 0..=5);
    request!(ListGroups, ListGroupsRequest, super::ListGroupsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListGroupsResponse {
        /// v1+
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub groups: Vec<ListedGroup>,
    }

    impl Fields for ListGroupsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let throttle_time_ms = if v >= 1 { r.read_i32()? } else { 0 };
            let error_code = r.read_i16()?;
            let groups = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, groups })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v >= 1 {
                s.put_i32(self.throttle_time_ms);
            }
            s.put_i16(self.error_code);
            put_structs(s, &self.groups, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListedGroup {
        pub group_id: Text,
        pub protocol_type: Text,
        /// v4+
        pub group_state: Text,
        /// v5+
        pub group_type: Text,
    }

    impl Fields for ListedGroup {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let group_id = r.read_string(flexible)?;
            let protocol_type = r.read_string(flexible)?;
            let group_state = if v >= 4 { r.read_string(flexible)? } else { Text::default() };
            let group_type = if v >= 5 { r.read_string(flexible)? } else { Text::default() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { group_id, protocol_type, group_state, group_type })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_string(&self.group_id, flexible)?;
            s.put_string(&self.protocol_type, flexible)?;
            if v >= 4 {
                s.put_string(&self.group_state, flexible)?;
            }
            if v >= 5 {
                s.put_string(&self.group_type, flexible)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ListGroupsResponse, 0..=5);
}
