// Made by `cargo xtask codegen` from schema/list_config_resources.kafka. Change that instead.

//! Lists what has configuration of its own.
//!
//! v0 client metrics only (KIP-714); v1 any type (KIP-1142).
//!
//! API key 74, versions 0 to 1.

pub use request::ListConfigResourcesRequest;
pub use response::ListConfigResourcesResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListConfigResourcesRequest {
        /// v1+
        pub resource_types: Vec<i8>,
    }

    impl Fields for ListConfigResourcesRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let resource_types = if v >= 1 { r.read_array(true, Reader::read_i8)? } else { Vec::new() };
            r.skip_tagged_fields()?;
            Ok(Self { resource_types })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            if v >= 1 {
                put_array(s, &self.resource_types, true, |s, &x| { s.put_i8(x); Ok(()) })?;
            } else if !self.resource_types.is_empty() {
                return not_in_version("ListConfigResourcesRequest", "resource_types", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ListConfigResourcesRequest, 0..=1);
    request!(ListConfigResources, ListConfigResourcesRequest, super::ListConfigResourcesResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ListConfigResourcesResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub config_resources: Vec<ConfigResource>,
    }

    impl Fields for ListConfigResourcesResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let config_resources = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, config_resources })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            put_structs(s, &self.config_resources, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct ConfigResource {
        pub resource_name: Text,
        /// v1+
        pub resource_type: i8,
    }

    impl Default for ConfigResource {
        fn default() -> Self {
            Self {
                resource_name: Text::default(),
                resource_type: 16,
            }
        }
    }

    impl Fields for ConfigResource {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let resource_name = r.read_string(true)?;
            let resource_type = if v >= 1 { r.read_i8()? } else { 16 };
            r.skip_tagged_fields()?;
            Ok(Self { resource_name, resource_type })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.resource_name, true)?;
            if v >= 1 {
                s.put_i8(self.resource_type);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ListConfigResourcesResponse, 0..=1);
}
