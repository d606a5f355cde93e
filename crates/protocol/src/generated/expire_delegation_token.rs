// Made by `cargo xtask codegen` from schema/expire_delegation_token.kafka. Change that instead.

//! Changes when a delegation token expires (KIP-48).
//!
//! API key 40, versions 1 to 2.

pub use request::ExpireDelegationTokenRequest;
pub use response::ExpireDelegationTokenResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ExpireDelegationTokenRequest {
        pub hmac: Bytes,
        pub expiry_time_period_ms: i64,
    }

    impl Fields for ExpireDelegationTokenRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let hmac = r.read_bytes(flexible)?;
            let expiry_time_period_ms = r.read_i64()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { hmac, expiry_time_period_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_byte_field(&self.hmac, flexible)?;
            s.put_i64(self.expiry_time_period_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ExpireDelegationTokenRequest, 1..=2);
    request!(ExpireDelegationToken, ExpireDelegationTokenRequest, super::ExpireDelegationTokenResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ExpireDelegationTokenResponse {
        pub error_code: i16,
        pub expiry_timestamp_ms: i64,
        pub throttle_time_ms: i32,
    }

    impl Fields for ExpireDelegationTokenResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let expiry_timestamp_ms = r.read_i64()?;
            let throttle_time_ms = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, expiry_timestamp_ms, throttle_time_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_i64(self.expiry_timestamp_ms);
            s.put_i32(self.throttle_time_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ExpireDelegationTokenResponse, 1..=2);
}
