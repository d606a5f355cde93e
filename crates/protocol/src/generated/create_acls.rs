// Made by `cargo xtask codegen` from schema/create_acls.kafka. Change that instead.

//! Creates access control entries.
//!
//! v1 patterns (KIP-290); v3 users as resources (KIP-373).
//!
//! API key 30, versions 1 to 3.

pub use request::CreateAclsRequest;
pub use response::CreateAclsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreateAclsRequest {
        pub creations: Vec<AclCreation>,
    }

    impl Fields for CreateAclsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let creations = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { creations })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_structs(s, &self.creations, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct AclCreation {
        pub resource_type: i8,
        pub resource_name: Text,
        pub resource_pattern_type: i8,
        pub principal: Text,
        pub host: Text,
        pub operation: i8,
        pub permission_type: i8,
    }

    impl Default for AclCreation {
        fn default() -> Self {
            Self {
                resource_type: 0,
                resource_name: Text::default(),
                resource_pattern_type: 3,
                principal: Text::default(),
                host: Text::default(),
                operation: 0,
                permission_type: 0,
            }
        }
    }

    impl Fields for AclCreation {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(flexible)?;
            let resource_pattern_type = r.read_i8()?;
            let principal = r.read_string(flexible)?;
            let host = r.read_string(flexible)?;
            let operation = r.read_i8()?;
            let permission_type = r.read_i8()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                resource_type, resource_name, resource_pattern_type, principal, host, operation,
                permission_type,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, flexible)?;
            s.put_i8(self.resource_pattern_type);
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

    message!(CreateAclsRequest, 1..=3);
    request!(CreateAcls, CreateAclsRequest, super::CreateAclsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreateAclsResponse {
        pub throttle_time_ms: i32,
        pub results: Vec<AclCreationResult>,
    }

    impl Fields for CreateAclsResponse {
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

    #[derive(Clone, Debug, PartialEq)]
    pub struct AclCreationResult {
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for AclCreationResult {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for AclCreationResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(CreateAclsResponse, 1..=3);
}
