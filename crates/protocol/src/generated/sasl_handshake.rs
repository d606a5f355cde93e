// Made by `cargo xtask codegen` from schema/sasl_handshake.kafka. Change that instead.

//! Chooses a SASL mechanism (KIP-43).
//!
//! After v0 the tokens follow without any Kafka framing; after v1 inside SaslAuthenticate (KIP-152).
//!
//! API key 17, versions 0 to 1.

pub use request::SaslHandshakeRequest;
pub use response::SaslHandshakeResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SaslHandshakeRequest {
        pub mechanism: Text,
    }

    impl Fields for SaslHandshakeRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let mechanism = r.read_string(false)?;
            Ok(Self { mechanism })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.mechanism, false)?;
            Ok(())
        }
    }

    message!(SaslHandshakeRequest, 0..=1);
    request!(SaslHandshake, SaslHandshakeRequest, super::SaslHandshakeResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SaslHandshakeResponse {
        pub error_code: i16,
        pub mechanisms: Vec<Text>,
    }

    impl Fields for SaslHandshakeResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let error_code = r.read_i16()?;
            let mechanisms = r.read_array(false, |r| r.read_string(false))?;
            Ok(Self { error_code, mechanisms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i16(self.error_code);
            put_array(s, &self.mechanisms, false, |s, x| s.put_string(x, false))?;
            Ok(())
        }
    }

    message!(SaslHandshakeResponse, 0..=1);
}
