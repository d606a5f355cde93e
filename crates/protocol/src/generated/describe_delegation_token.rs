// Made by `cargo xtask codegen` from schema/describe_delegation_token.kafka. Change that instead.

//! Lists delegation tokens (KIP-48).
//!
//! v3 who asked for the token (KIP-373).
//!
//! API key 41, versions 1 to 3.

pub use request::DescribeDelegationTokenRequest;
pub use response::DescribeDelegationTokenResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeDelegationTokenRequest {
        pub owners: Option<Vec<DescribeDelegationTokenOwner>>,
    }

    impl Default for DescribeDelegationTokenRequest {
        fn default() -> Self {
            Self {
                owners: Some(Vec::new()),
            }
        }
    }

    impl Fields for DescribeDelegationTokenRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let owners = read_nullable_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { owners })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            put_nullable_structs(s, self.owners.as_deref(), flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeDelegationTokenOwner {
        pub principal_type: Text,
        pub principal_name: Text,
    }

    impl Fields for DescribeDelegationTokenOwner {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let principal_type = r.read_string(flexible)?;
            let principal_name = r.read_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { principal_type, principal_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.principal_type, flexible)?;
            s.put_string(&self.principal_name, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeDelegationTokenRequest, 1..=3);
    request!(DescribeDelegationToken, DescribeDelegationTokenRequest, super::DescribeDelegationTokenResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribeDelegationTokenResponse {
        pub error_code: i16,
        pub tokens: Vec<DescribedDelegationToken>,
        pub throttle_time_ms: i32,
    }

    impl Fields for DescribeDelegationTokenResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let tokens = read_structs(r, flexible, v)?;
            let throttle_time_ms = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { error_code, tokens, throttle_time_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            put_structs(s, &self.tokens, flexible, v)?;
            s.put_i32(self.throttle_time_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribedDelegationToken {
        pub principal_type: Text,
        pub principal_name: Text,
        /// v3+
        pub token_requester_principal_type: Text,
        /// v3+
        pub token_requester_principal_name: Text,
        pub issue_timestamp: i64,
        pub expiry_timestamp: i64,
        pub max_timestamp: i64,
        pub token_id: Text,
        pub hmac: Bytes,
        pub renewers: Vec<DescribedDelegationTokenRenewer>,
    }

    impl Fields for DescribedDelegationToken {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let principal_type = r.read_string(flexible)?;
            let principal_name = r.read_string(flexible)?;
            let token_requester_principal_type = if v >= 3 { r.read_string(flexible)? } else { Text::default() };
            let token_requester_principal_name = if v >= 3 { r.read_string(flexible)? } else { Text::default() };
            let issue_timestamp = r.read_i64()?;
            let expiry_timestamp = r.read_i64()?;
            let max_timestamp = r.read_i64()?;
            let token_id = r.read_string(flexible)?;
            let hmac = r.read_bytes(flexible)?;
            let renewers = read_structs(r, flexible, v)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                principal_type, principal_name, token_requester_principal_type,
                token_requester_principal_name, issue_timestamp, expiry_timestamp, max_timestamp, token_id,
                hmac, renewers,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.principal_type, flexible)?;
            s.put_string(&self.principal_name, flexible)?;
            if v >= 3 {
                s.put_string(&self.token_requester_principal_type, flexible)?;
            } else if !self.token_requester_principal_type.is_empty() {
                return not_in_version("DescribeDelegationTokenResponse", "token_requester_principal_type", v);
            }
            if v >= 3 {
                s.put_string(&self.token_requester_principal_name, flexible)?;
            } else if !self.token_requester_principal_name.is_empty() {
                return not_in_version("DescribeDelegationTokenResponse", "token_requester_principal_name", v);
            }
            s.put_i64(self.issue_timestamp);
            s.put_i64(self.expiry_timestamp);
            s.put_i64(self.max_timestamp);
            s.put_string(&self.token_id, flexible)?;
            s.put_byte_field(&self.hmac, flexible)?;
            put_structs(s, &self.renewers, flexible, v)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DescribedDelegationTokenRenewer {
        pub principal_type: Text,
        pub principal_name: Text,
    }

    impl Fields for DescribedDelegationTokenRenewer {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let principal_type = r.read_string(flexible)?;
            let principal_name = r.read_string(flexible)?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { principal_type, principal_name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_string(&self.principal_type, flexible)?;
            s.put_string(&self.principal_name, flexible)?;
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(DescribeDelegationTokenResponse, 1..=3);
}
