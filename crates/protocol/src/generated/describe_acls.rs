// Made by `cargo xtask codegen` from schema/describe_acls.kafka. Change that instead.

//! Lists the access control entries that a filter matches.
//!
//! v1 patterns (KIP-290); v3 users as resources (KIP-373).
//!
//! API key 29, versions 1 to 3.

pub use request::DescribeAclsRequest;
pub use response::DescribeAclsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeAclsRequest {
        pub resource_type_filter: i8,
        pub resource_name_filter: Option<Text>,
        pub pattern_type_filter: i8,
        pub principal_filter: Option<Text>,
        pub host_filter: Option<Text>,
        pub operation: i8,
        pub permission_type: i8,
    }

    impl Default for DescribeAclsRequest {
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

    impl Fields for DescribeAclsRequest {
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

    message!(DescribeAclsRequest, 1..=3);
    request!(DescribeAcls, DescribeAclsRequest, super::DescribeAclsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeAclsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub resources: Vec<DescribeAclsResource>,
    }

    impl Default for DescribeAclsResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
                resources: Vec::new(),
            }
        }
    }

    impl Fields for DescribeAclsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let resources = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, error_message, resources })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            put_structs(s, &self.resources, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeAclsResource {
        pub resource_type: i8,
        pub resource_name: Text,
        pub pattern_type: i8,
        pub acls: Vec<AclDescription>,
    }

    impl Default for DescribeAclsResource {
        fn default() -> Self {
            Self {
                resource_type: 0,
                resource_name: Text::default(),
                pattern_type: 3,
                acls: Vec::new(),
            }
        }
    }

    impl Fields for DescribeAclsResource {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(flexible)?;
            let pattern_type = r.read_i8()?;
            let acls = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { resource_type, resource_name, pattern_type, acls })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, flexible)?;
            s.put_i8(self.pattern_type);
            put_structs(s, &self.acls, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AclDescription {
        pub principal: Text,
        pub host: Text,
        pub operation: i8,
        pub permission_type: i8,
    }

    impl Fields for AclDescription {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let principal = r.read_string(flexible)?;
            let host = r.read_string(flexible)?;
            let operation = r.read_i8()?;
            let permission_type = r.read_i8()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { principal, host, operation, permission_type })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
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

    message!(DescribeAclsResponse, 1..=3);
}
