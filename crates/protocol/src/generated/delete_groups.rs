// Made by `cargo xtask codegen` from schema/delete_groups.kafka. Change that instead.

//! Deletes groups without members (KIP-229).
//!
//! v3 a message beside the error.
//!
//! API key 42, versions 0 to 3.

pub use request::DeleteGroupsRequest;
pub use response::DeleteGroupsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteGroupsRequest {
        pub groups_names: Vec<Text>,
    }

    impl Fields for DeleteGroupsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let groups_names = r.read_array(flexible, |r| r.read_string(flexible))?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { groups_names })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_array(s, &self.groups_names, flexible, |s, x| s.put_string(x, flexible))?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DeleteGroupsRequest, 0..=3);
    request!(DeleteGroups, DeleteGroupsRequest, super::DeleteGroupsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteGroupsResponse {
        pub throttle_time_ms: i32,
        pub results: Vec<DeletableGroupResult>,
    }

    impl Fields for DeleteGroupsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let results = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.results, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeletableGroupResult {
        pub group_id: Text,
        pub error_code: i16,
        /// v3+
        pub error_message: Option<Text>,
    }

    impl Fields for DeletableGroupResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let group_id = r.read_string(flexible)?;
            let error_code = r.read_i16()?;
            let error_message = if v >= 3 { r.read_nullable_string(flexible)? } else { None };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { group_id, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.group_id, flexible)?;
            s.put_i16(self.error_code);
            if v >= 3 {
                s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DeleteGroupsResponse, 0..=3);
}
