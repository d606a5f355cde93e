// Made by `cargo xtask codegen` from schema/find_coordinator.kafka. Change that instead.

//! Which broker coordinates groups, transactions or share partitions.
//!
//! v1 transactions (KIP-98); v4 many keys at once (KIP-699); v5 TRANSACTION_ABORTABLE (KIP-890);
//! v6 share partitions, whose key is `group:topic id:partition` (KIP-932).
//!
//! API key 10, versions 0 to 6.

pub use request::FindCoordinatorRequest;
pub use response::FindCoordinatorResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FindCoordinatorRequest {
        /// v0-v3
        pub key: Text,
        /// v1+: 0 group, 1 transaction, 2 share partition
        pub key_type: i8,
        /// v4+: all of one type
        pub coordinator_keys: Vec<Text>,
    }

    impl Fields for FindCoordinatorRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let key = if v <= 3 { r.read_string(flexible)? } else { Text::default() };
            let key_type = if v >= 1 { r.read_i8()? } else { 0 };
            let coordinator_keys = if v >= 4 { r.read_array(flexible, |r| r.read_string(flexible))? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { key, key_type, coordinator_keys })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v <= 3 {
                s.put_string(&self.key, flexible)?;
            } else if !self.key.is_empty() {
                return not_in_version("FindCoordinatorRequest", "key", v);
            }
            if v >= 1 {
                s.put_i8(self.key_type);
            } else if self.key_type != 0 {
                return not_in_version("FindCoordinatorRequest", "key_type", v);
            }
            if v >= 4 {
                put_array(s, &self.coordinator_keys, flexible, |s, x| s.put_string(x, flexible))?;
            } else if !self.coordinator_keys.is_empty() {
                return not_in_version("FindCoordinatorRequest", "coordinator_keys", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(FindCoordinatorRequest, 0..=6);
    request!(FindCoordinator, FindCoordinatorRequest, super::FindCoordinatorResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct FindCoordinatorResponse {
        /// v1+
        pub throttle_time_ms: i32,
        /// v0-v3
        pub error_code: i16,
        /// v1-v3
        pub error_message: Option<Text>,
        /// v0-v3
        pub node_id: i32,
        /// v0-v3
        pub host: Text,
        /// v0-v3
        pub port: i32,
        /// v4+
        pub coordinators: Vec<Coordinator>,
    }

    impl Default for FindCoordinatorResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
                node_id: 0,
                host: Text::default(),
                port: 0,
                coordinators: Vec::new(),
            }
        }
    }

    impl Fields for FindCoordinatorResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let throttle_time_ms = if v >= 1 { r.read_i32()? } else { 0 };
            let error_code = if v <= 3 { r.read_i16()? } else { 0 };
            let error_message = if (1..=3).contains(&v) { r.read_nullable_string(flexible)? } else { Some(Text::default()) };
            let node_id = if v <= 3 { r.read_i32()? } else { 0 };
            let host = if v <= 3 { r.read_string(flexible)? } else { Text::default() };
            let port = if v <= 3 { r.read_i32()? } else { 0 };
            let coordinators = if v >= 4 { read_structs(r, flexible, v)? } else { Vec::new() };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { throttle_time_ms, error_code, error_message, node_id, host, port, coordinators })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v >= 1 {
                s.put_i32(self.throttle_time_ms);
            }
            if v <= 3 {
                s.put_i16(self.error_code);
            } else if self.error_code != 0 {
                return not_in_version("FindCoordinatorResponse", "error_code", v);
            }
            if (1..=3).contains(&v) {
                s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            }
            if v <= 3 {
                s.put_i32(self.node_id);
            } else if self.node_id != 0 {
                return not_in_version("FindCoordinatorResponse", "node_id", v);
            }
            if v <= 3 {
                s.put_string(&self.host, flexible)?;
            } else if !self.host.is_empty() {
                return not_in_version("FindCoordinatorResponse", "host", v);
            }
            if v <= 3 {
                s.put_i32(self.port);
            } else if self.port != 0 {
                return not_in_version("FindCoordinatorResponse", "port", v);
            }
            if v >= 4 {
                put_structs(s, &self.coordinators, flexible, v)?;
            } else if !self.coordinators.is_empty() {
                return not_in_version("FindCoordinatorResponse", "coordinators", v);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct Coordinator {
        pub key: Text,
        pub node_id: i32,
        pub host: Text,
        pub port: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for Coordinator {
        fn default() -> Self {
            Self {
                key: Text::default(),
                node_id: 0,
                host: Text::default(),
                port: 0,
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for Coordinator {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let key = r.read_string(true)?;
            let node_id = r.read_i32()?;
            let host = r.read_string(true)?;
            let port = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { key, node_id, host, port, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.key, true)?;
            s.put_i32(self.node_id);
            s.put_string(&self.host, true)?;
            s.put_i32(self.port);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(FindCoordinatorResponse, 0..=6);
}
