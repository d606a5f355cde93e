// Made by `cargo xtask codegen` from schema/controller_registration.kafka. Change that instead.

//! A controller presents itself to the active controller (KIP-919).
//!
//! API key 70, versions 0 to 0.

pub use request::ControllerRegistrationRequest;
pub use response::ControllerRegistrationResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ControllerRegistrationRequest {
        pub controller_id: i32,
        pub incarnation_id: Uuid,
        pub zk_migration_ready: bool,
        pub listeners: Vec<Listener>,
        pub features: Vec<Feature>,
    }

    impl Fields for ControllerRegistrationRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let controller_id = r.read_i32()?;
            let incarnation_id = r.read_uuid()?;
            let zk_migration_ready = r.read_bool()?;
            let listeners = read_structs(r, true, v)?;
            let features = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { controller_id, incarnation_id, zk_migration_ready, listeners, features })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.controller_id);
            s.put_uuid(self.incarnation_id);
            s.put_bool(self.zk_migration_ready);
            put_structs(s, &self.listeners, true, v)?;
            put_structs(s, &self.features, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Listener {
        pub name: Text,
        pub host: Text,
        pub port: u16,
        pub security_protocol: i16,
    }

    impl Fields for Listener {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let host = r.read_string(true)?;
            let port = r.read_u16()?;
            let security_protocol = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, host, port, security_protocol })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_string(&self.host, true)?;
            s.put_u16(self.port);
            s.put_i16(self.security_protocol);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct Feature {
        pub name: Text,
        pub min_supported_version: i16,
        pub max_supported_version: i16,
    }

    impl Fields for Feature {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let min_supported_version = r.read_i16()?;
            let max_supported_version = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, min_supported_version, max_supported_version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i16(self.min_supported_version);
            s.put_i16(self.max_supported_version);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ControllerRegistrationRequest, 0..=0);
    request!(ControllerRegistration, ControllerRegistrationRequest, super::ControllerRegistrationResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ControllerRegistrationResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for ControllerRegistrationResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for ControllerRegistrationResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ControllerRegistrationResponse, 0..=0);
}
