// Made by `cargo xtask codegen` from schema/sasl_authenticate.kafka. Change that instead.

//! One step of SASL after SaslHandshake v1 (KIP-152).
//!
//! v1 how long the session may last (KIP-368).
//!
//! API key 36, versions 0 to 2.

pub use request::SaslAuthenticateRequest;
pub use response::SaslAuthenticateResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SaslAuthenticateRequest {
        pub auth_bytes: Bytes,
    }

    impl Fields for SaslAuthenticateRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let auth_bytes = r.read_bytes(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { auth_bytes })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_byte_field(&self.auth_bytes, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(SaslAuthenticateRequest, 0..=2);
    request!(SaslAuthenticate, SaslAuthenticateRequest, super::SaslAuthenticateResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct SaslAuthenticateResponse {
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub auth_bytes: Bytes,
        /// v1+: 0 is without end (KIP-368)
        pub session_lifetime_ms: i64,
    }

    impl Default for SaslAuthenticateResponse {
        fn default() -> Self {
            Self {
                error_code: 0,
                error_message: Some(Text::default()),
                auth_bytes: Bytes::new(),
                session_lifetime_ms: 0,
            }
        }
    }

    impl Fields for SaslAuthenticateResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(flexible)?;
            let auth_bytes = r.read_bytes(flexible)?;
            let session_lifetime_ms = if v >= 1 { r.read_i64()? } else { 0 };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, error_message, auth_bytes, session_lifetime_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), flexible)?;
            s.put_byte_field(&self.auth_bytes, flexible)?;
            if v >= 1 {
                s.put_i64(self.session_lifetime_ms);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(SaslAuthenticateResponse, 0..=2);
}
