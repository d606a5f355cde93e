// Made by `cargo xtask codegen` from schema/unregister_broker.kafka. Change that instead.

//! Makes the cluster forget a broker that is gone (KIP-631).
//!
//! API key 64, versions 0 to 0.

pub use request::UnregisterBrokerRequest;
pub use response::UnregisterBrokerResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct UnregisterBrokerRequest {
        pub broker_id: i32,
    }

    impl Fields for UnregisterBrokerRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let broker_id = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { broker_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.broker_id);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(UnregisterBrokerRequest, 0..=0);
    request!(UnregisterBroker, UnregisterBrokerRequest, super::UnregisterBrokerResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct UnregisterBrokerResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for UnregisterBrokerResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for UnregisterBrokerResponse {
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

    message!(UnregisterBrokerResponse, 0..=0);
}
