// Made by `cargo xtask codegen` from schema/alter_configs.kafka. Change that instead.

//! Replaces all configuration of a resource. IncrementalAlterConfigs is the better way (KIP-339).
//!
//! API key 33, versions 0 to 2.

pub use request::AlterConfigsRequest;
pub use response::AlterConfigsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterConfigsRequest {
        pub resources: Vec<AlterConfigsResource>,
        pub validate_only: bool,
    }

    impl Fields for AlterConfigsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let resources = read_structs(r, flexible, v)?;
            let validate_only = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { resources, validate_only })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_structs(s, &self.resources, flexible, v)?;
            s.put_bool(self.validate_only);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterConfigsResource {
        pub resource_type: i8,
        pub resource_name: Text,
        pub configs: Vec<AlterableConfig>,
    }

    impl Fields for AlterConfigsResource {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(flexible)?;
            let configs = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { resource_type, resource_name, configs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, flexible)?;
            put_structs(s, &self.configs, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct AlterableConfig {
        pub name: Text,
        pub value: Option<Text>,
    }

    impl Default for AlterableConfig {
        fn default() -> Self {
            Self {
                name: Text::default(),
                value: Some(Text::default()),
            }
        }
    }

    impl Fields for AlterableConfig {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let name = r.read_string(flexible)?;
            let value = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.name, flexible)?;
            s.put_nullable_string(self.value.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AlterConfigsRequest, 0..=2);
    request!(AlterConfigs, AlterConfigsRequest, super::AlterConfigsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterConfigsResponse {
        pub throttle_time_ms: i32,
        pub responses: Vec<AlterConfigsResourceResponse>,
    }

    impl Fields for AlterConfigsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let throttle_time_ms = r.read_i32()?;
            let responses = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, responses })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.responses, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct AlterConfigsResourceResponse {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub resource_type: i8,
        pub resource_name: Text,
    }

    impl Default for AlterConfigsResourceResponse {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
                resource_type: 0,
                resource_name: Text::default(),
            }
        }
    }

    impl Fields for AlterConfigsResourceResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, error_message, resource_type, resource_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AlterConfigsResponse, 0..=2);
}
