// Made by `cargo xtask codegen` from schema/create_topics.kafka. Change that instead.

//! Creates topics (KIP-4).
//!
//! v4 the broker's defaults may be asked for by -1 (KIP-464); v5 answers with the configuration (KIP-525);
//! v6 THROTTLING_QUOTA_EXCEEDED (KIP-599); v7 answers with the topic id (KIP-516).
//!
//! API key 19, versions 2 to 7.

pub use request::CreateTopicsRequest;
pub use response::CreateTopicsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct CreateTopicsRequest {
        pub topics: Vec<CreatableTopic>,
        pub timeout_ms: i32,
        /// a dry run
        pub validate_only: bool,
    }

    impl Default for CreateTopicsRequest {
        fn default() -> Self {
            Self {
                topics: Vec::new(),
                timeout_ms: 60000,
                validate_only: false,
            }
        }
    }

    impl Fields for CreateTopicsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let topics = read_structs(r, flexible, v)?;
            let timeout_ms = r.read_i32()?;
            let validate_only = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { topics, timeout_ms, validate_only })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            put_structs(s, &self.topics, flexible, v)?;
            s.put_i32(self.timeout_ms);
            s.put_bool(self.validate_only);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreatableTopic {
        pub name: Text,
        /// -1 takes the broker's default (KIP-464)
        pub num_partitions: i32,
        /// -1 takes the broker's default (KIP-464)
        pub replication_factor: i16,
        /// either these or the two numbers above
        pub assignments: Vec<CreatableReplicaAssignment>,
        pub configs: Vec<CreatableTopicConfig>,
    }

    impl Fields for CreatableTopic {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let name = r.read_string(flexible)?;
            let num_partitions = r.read_i32()?;
            let replication_factor = r.read_i16()?;
            let assignments = read_structs(r, flexible, v)?;
            let configs = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, num_partitions, replication_factor, assignments, configs })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            s.put_string(&self.name, flexible)?;
            s.put_i32(self.num_partitions);
            s.put_i16(self.replication_factor);
            put_structs(s, &self.assignments, flexible, v)?;
            put_structs(s, &self.configs, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreatableReplicaAssignment {
        pub partition_index: i32,
        pub broker_ids: Vec<i32>,
    }

    impl Fields for CreatableReplicaAssignment {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let partition_index = r.read_i32()?;
            let broker_ids = r.read_array(flexible, Reader::read_i32)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { partition_index, broker_ids })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            s.put_i32(self.partition_index);
            put_array(s, &self.broker_ids, flexible, |s, &x| { s.put_i32(x); Ok(()) })?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct CreatableTopicConfig {
        pub name: Text,
        pub value: Option<Text>,
    }

    impl Default for CreatableTopicConfig {
        fn default() -> Self {
            Self {
                name: Text::default(),
                value: Some(Text::default()),
            }
        }
    }

    impl Fields for CreatableTopicConfig {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let name = r.read_string(flexible)?;
            let value = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { name, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            s.put_string(&self.name, flexible)?;
            s.put_nullable_string(self.value.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(CreateTopicsRequest, 2..=7);
    request!(CreateTopics, CreateTopicsRequest, super::CreateTopicsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreateTopicsResponse {
        pub throttle_time_ms: i32,
        pub topics: Vec<CreatableTopicResult>,
    }

    impl Fields for CreateTopicsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let throttle_time_ms = r.read_i32()?;
            let topics = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, topics })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.topics, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct CreatableTopicResult {
        pub name: Text,
        /// v7+
        pub topic_id: Uuid,
        pub error_code: i16,
        pub error_message: Option<Text>,
        /// v5+: why `configs` is missing
        pub topic_config_error_code: i16,
        /// v5+
        pub num_partitions: i32,
        /// v5+
        pub replication_factor: i16,
        /// v5+
        pub configs: Option<Vec<CreatableTopicConfigs>>,
    }

    impl Default for CreatableTopicResult {
        fn default() -> Self {
            Self {
                name: Text::default(),
                topic_id: Uuid::nil(),
                error_code: 0,
                error_message: Some(Text::default()),
                topic_config_error_code: 0,
                num_partitions: -1,
                replication_factor: -1,
                configs: Some(Vec::new()),
            }
        }
    }

    impl Fields for CreatableTopicResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 5;
            let name = r.read_string(flexible)?;
            let topic_id = if v >= 7 { r.read_uuid()? } else { Uuid::nil() };
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let num_partitions = if v >= 5 { r.read_i32()? } else { -1 };
            let replication_factor = if v >= 5 { r.read_i16()? } else { -1 };
            let configs = if v >= 5 { read_nullable_structs(r, flexible, v)? } else { Some(Vec::new()) };
            let mut topic_config_error_code = 0;
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 => topic_config_error_code = r.read_i16()?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self {
                name, topic_id, error_code, error_message, topic_config_error_code, num_partitions,
                replication_factor, configs,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 5;
            s.put_string(&self.name, flexible)?;
            if v >= 7 {
                s.put_uuid(self.topic_id);
            }
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            if v >= 5 {
                s.put_i32(self.num_partitions);
            }
            if v >= 5 {
                s.put_i16(self.replication_factor);
            }
            if v >= 5 {
                put_nullable_structs(s, self.configs.as_deref(), flexible, v)?;
            }
            if flexible {
                let set = [self.topic_config_error_code != 0];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, s.put_i16(self.topic_config_error_code));
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct CreatableTopicConfigs {
        pub name: Text,
        pub value: Option<Text>,
        pub read_only: bool,
        pub config_source: i8,
        pub is_sensitive: bool,
    }

    impl Default for CreatableTopicConfigs {
        fn default() -> Self {
            Self {
                name: Text::default(),
                value: Some(Text::default()),
                read_only: false,
                config_source: -1,
                is_sensitive: false,
            }
        }
    }

    impl Fields for CreatableTopicConfigs {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let value = r.read_nullable_string(true)?;
            let read_only = r.read_bool()?;
            let config_source = r.read_i8()?;
            let is_sensitive = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, value, read_only, config_source, is_sensitive })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_nullable_string(self.value.as_deref(), true)?;
            s.put_bool(self.read_only);
            s.put_i8(self.config_source);
            s.put_bool(self.is_sensitive);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(CreateTopicsResponse, 2..=7);
}
