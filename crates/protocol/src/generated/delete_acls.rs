// Made by `cargo xtask codegen` from schema/delete_acls.kafka. Change that instead.

//! Deletes the access control entries that filters match.
//!
//! v1 patterns (KIP-290); v3 users as resources (KIP-373).
//!
//! API key 31, versions 1 to 3.

pub use request::DeleteAclsRequest;
pub use response::DeleteAclsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteAclsRequest {
        pub filters: Vec<DeleteAclsFilter>,
    }

    impl Fields for DeleteAclsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let filters = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { filters })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_structs(s, &self.filters, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DeleteAclsFilter {
        pub resource_type_filter: i8,
        pub resource_name_filter: Option<Text>,
        pub pattern_type_filter: i8,
        pub principal_filter: Option<Text>,
        pub host_filter: Option<Text>,
        pub operation: i8,
        pub permission_type: i8,
    }

    impl Default for DeleteAclsFilter {
        fn default() -> Self {
            Self {
                resource_type_filter: 0,
                resource_name_filter: Some(Text::default()),
                pattern_type_filter: 3,
                principal_filter: Some(Text::default()),
                host_filter: Some(Text::default()),
                operation: 0,
                permission_type: 0,
            }
        }
    }

    impl Fields for DeleteAclsFilter {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let resource_type_filter = r.read_i8()?;
            let resource_name_filter = r.read_nullable_string(flexible)?;
            let pattern_type_filter = r.read_i8()?;
            let principal_filter = r.read_nullable_string(flexible)?;
            let host_filter = r.read_nullable_string(flexible)?;
            let operation = r.read_i8()?;
            let permission_type = r.read_i8()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                resource_type_filter, resource_name_filter, pattern_type_filter, principal_filter,
                host_filter, operation, permission_type,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i8(self.resource_type_filter);
            s.put_nullable_string(self.resource_name_filter.as_deref(), flexible)?;
            s.put_i8(self.pattern_type_filter);
            s.put_nullable_string(self.principal_filter.as_deref(), flexible)?;
            s.put_nullable_string(self.host_filter.as_deref(), flexible)?;
            s.put_i8(self.operation);
            s.put_i8(self.permission_type);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DeleteAclsRequest, 1..=3);
    request!(DeleteAcls, DeleteAclsRequest, super::DeleteAclsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DeleteAclsResponse {
        pub throttle_time_ms: i32,
        pub filter_results: Vec<DeleteAclsFilterResult>,
    }

    impl Fields for DeleteAclsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let filter_results = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, filter_results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.filter_results, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DeleteAclsFilterResult {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub matching_acls: Vec<DeleteAclsMatchingAcl>,
    }

    impl Default for DeleteAclsFilterResult {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
                matching_acls: Vec::new(),
            }
        }
    }

    impl Fields for DeleteAclsFilterResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let matching_acls = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, error_message, matching_acls })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            put_structs(s, &self.matching_acls, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DeleteAclsMatchingAcl {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub resource_type: i8,
        pub resource_name: Text,
        pub pattern_type: i8,
        pub principal: Text,
        pub host: Text,
        pub operation: i8,
        pub permission_type: i8,
    }

    impl Default for DeleteAclsMatchingAcl {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
                resource_type: 0,
                resource_name: Text::default(),
                pattern_type: 3,
                principal: Text::default(),
                host: Text::default(),
                operation: 0,
                permission_type: 0,
            }
        }
    }

    impl Fields for DeleteAclsMatchingAcl {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(flexible)?;
            let pattern_type = r.read_i8()?;
            let principal = r.read_string(flexible)?;
            let host = r.read_string(flexible)?;
            let operation = r.read_i8()?;
            let permission_type = r.read_i8()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                error_code, error_message, resource_type, resource_name, pattern_type, principal, host,
                operation, permission_type,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, flexible)?;
            s.put_i8(self.pattern_type);
            s.put_string(&self.principal, flexible)?;
            s.put_string(&self.host, flexible)?;
            s.put_i8(self.operation);
            s.put_i8(self.permission_type);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DeleteAclsResponse, 1..=3);
}
