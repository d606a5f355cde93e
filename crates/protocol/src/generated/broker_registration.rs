// Made by `cargo xtask codegen` from schema/broker_registration.kafka. Change that instead.

//! A broker presents itself to the controller (KIP-631).
//!
//! v2 log directories (KIP-858); v3 epoch before a restart (KIP-966); v4 a feature may start at 0.
//!
//! API key 62, versions 0 to 4.

pub use request::BrokerRegistrationRequest;
pub use response::BrokerRegistrationResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct BrokerRegistrationRequest {
        pub broker_id: i32,
        pub cluster_id: Text,
        /// new for every start of the process
        pub incarnation_id: Uuid,
        pub listeners: Vec<Listener>,
        pub features: Vec<Feature>,
        pub rack: Option<Text>,
        /// v1+: always false since 4.0
        pub is_migrating_zk_broker: bool,
        /// v2+
        pub log_dirs: Vec<Uuid>,
        /// v3+
        pub previous_broker_epoch: i64,
    }

    impl Default for BrokerRegistrationRequest {
        fn default() -> Self {
            Self {
                broker_id: 0,
                cluster_id: Text::default(),
                incarnation_id: Uuid::nil(),
                listeners: Vec::new(),
                features: Vec::new(),
                rack: Some(Text::default()),
                is_migrating_zk_broker: false,
                log_dirs: Vec::new(),
                previous_broker_epoch: -1,
            }
        }
    }

    impl Fields for BrokerRegistrationRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            let cluster_id = r.read_string(true)?;
            let incarnation_id = r.read_uuid()?;
            let listeners = read_structs(r, true, v)?;
            let features = read_structs(r, true, v)?;
            let rack = r.read_nullable_string(true)?;
            let is_migrating_zk_broker = if v >= 1 { r.read_bool()? } else { false };
            let log_dirs = if v >= 2 { r.read_array(true, Reader::read_uuid)? } else { Vec::new() };
            let previous_broker_epoch = if v >= 3 { r.read_i64()? } else { -1 };
            r.skip_tagged_fields()?;
            Ok(Self {
                broker_id, cluster_id, incarnation_id, listeners, features, rack, is_migrating_zk_broker,
                log_dirs, previous_broker_epoch,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_string(&self.cluster_id, true)?;
            s.put_uuid(self.incarnation_id);
            put_structs(s, &self.listeners, true, v)?;
            put_structs(s, &self.features, true, v)?;
            s.put_nullable_string(self.rack.as_deref(), true)?;
            if v >= 1 {
                s.put_bool(self.is_migrating_zk_broker);
            } else if self.is_migrating_zk_broker {
                return not_in_version("BrokerRegistrationRequest", "is_migrating_zk_broker", v);
            }
            if v >= 2 {
                put_array(s, &self.log_dirs, true, |s, &x| { s.put_uuid(x); Ok(()) })?;
            }
            if v >= 3 {
                s.put_i64(self.previous_broker_epoch);
            }
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

    message!(BrokerRegistrationRequest, 0..=4);
    request!(BrokerRegistration, BrokerRegistrationRequest, super::BrokerRegistrationResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct BrokerRegistrationResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub broker_epoch: i64,
    }

    impl Default for BrokerRegistrationResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                broker_epoch: -1,
            }
        }
    }

    impl Fields for BrokerRegistrationResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let broker_epoch = r.read_i64()?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, broker_epoch })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_i64(self.broker_epoch);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(BrokerRegistrationResponse, 0..=4);
}
