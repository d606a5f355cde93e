// Made by `cargo xtask codegen` from schema/describe_configs.kafka. Change that instead.

//! Configuration of resources, with where each value comes from.
//!
//! v1 synonyms (KIP-226); v3 types and documentation (KIP-569).
//!
//! API key 32, versions 1 to 4.

pub use request::DescribeConfigsRequest;
pub use response::DescribeConfigsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeConfigsRequest {
        pub resources: Vec<DescribeConfigsResource>,
        pub include_synonyms: bool,
        /// v3+
        pub include_documentation: bool,
    }

    impl Fields for DescribeConfigsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let resources = read_structs(r, flexible, v)?;
            let include_synonyms = r.read_bool()?;
            let include_documentation = if v >= 3 { r.read_bool()? } else { false };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { resources, include_synonyms, include_documentation })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            put_structs(s, &self.resources, flexible, v)?;
            s.put_bool(self.include_synonyms);
            if v >= 3 {
                s.put_bool(self.include_documentation);
            } else if self.include_documentation {
                return not_in_version("DescribeConfigsRequest", "include_documentation", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeConfigsResource {
        pub resource_type: i8,
        pub resource_name: Text,
        /// null asks for all
        pub configuration_keys: Option<Vec<Text>>,
    }

    impl Default for DescribeConfigsResource {
        fn default() -> Self {
            Self {
                resource_type: 0,
                resource_name: Text::default(),
                configuration_keys: Some(Vec::new()),
            }
        }
    }

    impl Fields for DescribeConfigsResource {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(flexible)?;
            let configuration_keys = r.read_nullable_array(flexible, |r| r.read_string(flexible))?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { resource_type, resource_name, configuration_keys })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i8(self.resource_type);
            s.put_string(&self.resource_name, flexible)?;
            put_nullable_array(s, self.configuration_keys.as_deref(), flexible, |s, x| s.put_string(x, flexible))?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeConfigsRequest, 1..=4);
    request!(DescribeConfigs, DescribeConfigsRequest, super::DescribeConfigsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeConfigsResponse {
        pub throttle_time_ms: i32,
        pub results: Vec<DescribeConfigsResult>,
    }

    impl Fields for DescribeConfigsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let throttle_time_ms = r.read_i32()?;
            let results = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.results, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeConfigsResult {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub resource_type: i8,
        pub resource_name: Text,
        pub configs: Vec<DescribeConfigsResourceResult>,
    }

    impl Default for DescribeConfigsResult {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
                resource_type: 0,
                resource_name: Text::default(),
                configs: Vec::new(),
            }
        }
    }

    impl Fields for DescribeConfigsResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let resource_type = r.read_i8()?;
            let resource_name = r.read_string(flexible)?;
            let configs = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, error_message, resource_type, resource_name, configs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
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
    pub struct DescribeConfigsResourceResult {
        pub name: Text,
        pub value: Option<Text>,
        pub read_only: bool,
        /// 1 topic, 2 broker, 3 all brokers, 4 file, 5 default, 6 logger, 7 client metrics, 8 group
        pub config_source: i8,
        pub is_sensitive: bool,
        pub synonyms: Vec<DescribeConfigsSynonym>,
        /// v3+
        pub config_type: i8,
        /// v3+
        pub documentation: Option<Text>,
    }

    impl Default for DescribeConfigsResourceResult {
        fn default() -> Self {
            Self {
                name: Text::default(),
                value: Some(Text::default()),
                read_only: false,
                config_source: -1,
                is_sensitive: false,
                synonyms: Vec::new(),
                config_type: 0,
                documentation: Some(Text::default()),
            }
        }
    }

    impl Fields for DescribeConfigsResourceResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let name = r.read_string(flexible)?;
            let value = r.read_nullable_string(flexible)?;
            let read_only = r.read_bool()?;
            let config_source = r.read_i8()?;
            let is_sensitive = r.read_bool()?;
            let synonyms = read_structs(r, flexible, v)?;
            let config_type = if v >= 3 { r.read_i8()? } else { 0 };
            let documentation = if v >= 3 { r.read_nullable_string(flexible)? } else { Some(Text::default()) };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                name, value, read_only, config_source, is_sensitive, synonyms, config_type, documentation,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.name, flexible)?;
            s.put_nullable_string(self.value.as_deref(), flexible)?;
            s.put_bool(self.read_only);
            s.put_i8(self.config_source);
            s.put_bool(self.is_sensitive);
            put_structs(s, &self.synonyms, flexible, v)?;
            if v >= 3 {
                s.put_i8(self.config_type);
            }
            if v >= 3 {
                s.put_nullable_string(self.documentation.as_deref(), flexible)?;
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeConfigsSynonym {
        pub name: Text,
        pub value: Option<Text>,
        pub source: i8,
    }

    impl Default for DescribeConfigsSynonym {
        fn default() -> Self {
            Self {
                name: Text::default(),
                value: Some(Text::default()),
                source: 0,
            }
        }
    }

    impl Fields for DescribeConfigsSynonym {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 4;
            let name = r.read_string(flexible)?;
            let value = r.read_nullable_string(flexible)?;
            let source = r.read_i8()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, value, source })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 4;
            s.put_string(&self.name, flexible)?;
            s.put_nullable_string(self.value.as_deref(), flexible)?;
            s.put_i8(self.source);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeConfigsResponse, 1..=4);
}
