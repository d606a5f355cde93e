// Made by `cargo xtask codegen` from schema/headers.kafka. Change that instead.

//! What stands before every request and response.

pub use request_header::RequestHeader;
pub use response_header::ResponseHeader;

pub mod request_header {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct RequestHeader {
        pub request_api_key: i16,
        pub request_api_version: i16,
        pub correlation_id: i32,
        /// never compact, so that any server can read it
        pub client_id: Option<Text>,
    }

    impl Default for RequestHeader {
        fn default() -> Self {
            Self {
                request_api_key: 0,
                request_api_version: 0,
                correlation_id: 0,
                client_id: Some(Text::default()),
            }
        }
    }

    impl Fields for RequestHeader {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let request_api_key = r.read_i16()?;
            let request_api_version = r.read_i16()?;
            let correlation_id = r.read_i32()?;
            let client_id = r.read_nullable_string(false)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { request_api_key, request_api_version, correlation_id, client_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.request_api_key);
            s.put_i16(self.request_api_version);
            s.put_i32(self.correlation_id);
            s.put_nullable_string(self.client_id.as_deref(), false)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(RequestHeader, 1..=2);
}

pub mod response_header {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ResponseHeader {
        pub correlation_id: i32,
    }

    impl Fields for ResponseHeader {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 1;
            let correlation_id = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { correlation_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 1;
            s.put_i32(self.correlation_id);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ResponseHeader, 0..=1);
}
