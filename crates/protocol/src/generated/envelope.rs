// Made by `cargo xtask codegen` from schema/envelope.kafka. Change that instead.

//! A broker forwards a client's request to the controller, with the client's principal (KIP-590).
//!
//! API key 58, versions 0 to 0.

pub use request::EnvelopeRequest;
pub use response::EnvelopeResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct EnvelopeRequest {
        pub request_data: Bytes,
        pub request_principal: Option<Bytes>,
        pub client_host_address: Bytes,
    }

    impl Default for EnvelopeRequest {
        fn default() -> Self {
            Self {
                request_data: Bytes::new(),
                request_principal: Some(Bytes::new()),
                client_host_address: Bytes::new(),
            }
        }
    }

    impl Fields for EnvelopeRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let request_data = r.read_bytes(true)?;
            let request_principal = r.read_nullable_bytes(true)?;
            let client_host_address = r.read_bytes(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { request_data, request_principal, client_host_address })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_byte_field(&self.request_data, true)?;
            s.put_nullable_byte_field(self.request_principal.as_ref(), true)?;
            s.put_byte_field(&self.client_host_address, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(EnvelopeRequest, 0..=0);
    request!(Envelope, EnvelopeRequest, super::EnvelopeResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct EnvelopeResponse {
        pub response_data: Option<Bytes>,
        pub error_code: i16,
    }

    impl Fields for EnvelopeResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let response_data = r.read_nullable_bytes(true)?;
            let error_code = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { response_data, error_code })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_nullable_byte_field(self.response_data.as_ref(), true)?;
            s.put_i16(self.error_code);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(EnvelopeResponse, 0..=0);
}
