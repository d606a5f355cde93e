// Made by `cargo xtask codegen` from schema/alter_client_quotas.kafka. Change that instead.

//! Sets and removes quotas of users, client ids and addresses (KIP-546).
//!
//! API key 49, versions 0 to 1.

pub use request::AlterClientQuotasRequest;
pub use response::AlterClientQuotasResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterClientQuotasRequest {
        pub entries: Vec<EntryData>,
        pub validate_only: bool,
    }

    impl Fields for AlterClientQuotasRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let entries = read_structs(r, flexible, v)?;
            let validate_only = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { entries, validate_only })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            put_structs(s, &self.entries, flexible, v)?;
            s.put_bool(self.validate_only);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EntryData {
        pub entity: Vec<EntityData>,
        pub ops: Vec<OpData>,
    }

    impl Fields for EntryData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let entity = read_structs(r, flexible, v)?;
            let ops = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { entity, ops })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            put_structs(s, &self.entity, flexible, v)?;
            put_structs(s, &self.ops, flexible, v)?;
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
    pub struct OpData {
        pub key: Text,
        pub value: f64,
        pub remove: bool,
    }

    impl Fields for OpData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let key = r.read_string(flexible)?;
            let value = r.read_f64()?;
            let remove = r.read_bool()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { key, value, remove })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_string(&self.key, flexible)?;
            s.put_f64(self.value);
            s.put_bool(self.remove);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(AlterClientQuotasRequest, 0..=1);
    request!(AlterClientQuotas, AlterClientQuotasRequest, super::AlterClientQuotasResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterClientQuotasResponse {
        pub throttle_time_ms: i32,
        pub entries: Vec<EntryData>,
    }

    impl Fields for AlterClientQuotasResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let throttle_time_ms = r.read_i32()?;
            let entries = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, entries })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.entries, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct EntryData {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub entity: Vec<EntityData>,
    }

    impl Default for EntryData {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
                entity: Vec::new(),
            }
        }
    }

    impl Fields for EntryData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let entity = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, error_message, entity })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            put_structs(s, &self.entity, flexible, v)?;
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

    message!(AlterClientQuotasResponse, 0..=1);
}
