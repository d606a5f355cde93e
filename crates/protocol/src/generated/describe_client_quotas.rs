// Made by `cargo xtask codegen` from schema/describe_client_quotas.kafka. Change that instead.

//! Lists quotas of users, client ids and addresses (KIP-546).
//!
//! API key 48, versions 0 to 1.

pub use request::DescribeClientQuotasRequest;
pub use response::DescribeClientQuotasResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeClientQuotasRequest {
        pub components: Vec<ComponentData>,
        pub strict: bool,
    }

    impl Fields for DescribeClientQuotasRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let components = read_structs(r, flexible, v)?;
            let strict = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { components, strict })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            put_structs(s, &self.components, flexible, v)?;
            s.put_bool(self.strict);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct ComponentData {
        pub entity_type: Text,
        pub match_type: i8,
        pub r#match: Option<Text>,
    }

    impl Default for ComponentData {
        fn default() -> Self {
            Self {
                entity_type: Text::default(),
                match_type: 0,
                r#match: Some(Text::default()),
            }
        }
    }

    impl Fields for ComponentData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let entity_type = r.read_string(flexible)?;
            let match_type = r.read_i8()?;
            let r#match = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { entity_type, match_type, r#match })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_string(&self.entity_type, flexible)?;
            s.put_i8(self.match_type);
            s.put_nullable_string(self.r#match.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeClientQuotasRequest, 0..=1);
    request!(DescribeClientQuotas, DescribeClientQuotasRequest, super::DescribeClientQuotasResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeClientQuotasResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub entries: Option<Vec<EntryData>>,
    }

    impl Default for DescribeClientQuotasResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
                entries: Some(Vec::new()),
            }
        }
    }

    impl Fields for DescribeClientQuotasResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let entries = read_nullable_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, error_message, entries })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            put_nullable_structs(s, self.entries.as_deref(), flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EntryData {
        pub entity: Vec<EntityData>,
        pub values: Vec<ValueData>,
    }

    impl Fields for EntryData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let entity = read_structs(r, flexible, v)?;
            let values = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { entity, values })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            put_structs(s, &self.entity, flexible, v)?;
            put_structs(s, &self.values, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct EntityData {
        pub entity_type: Text,
        pub entity_name: Option<Text>,
    }

    impl Default for EntityData {
        fn default() -> Self {
            Self {
                entity_type: Text::default(),
                entity_name: Some(Text::default()),
            }
        }
    }

    impl Fields for EntityData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let entity_type = r.read_string(flexible)?;
            let entity_name = r.read_nullable_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { entity_type, entity_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_string(&self.entity_type, flexible)?;
            s.put_nullable_string(self.entity_name.as_deref(), flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ValueData {
        pub key: Text,
        pub value: f64,
    }

    impl Fields for ValueData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let key = r.read_string(flexible)?;
            let value = r.read_f64()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { key, value })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_string(&self.key, flexible)?;
            s.put_f64(self.value);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeClientQuotasResponse, 0..=1);
}
