// Made by `cargo xtask codegen` from schema/create_delegation_token.kafka. Change that instead.

//! Creates a token that stands for a principal (KIP-48).
//!
//! v3 for somebody else (KIP-373).
//!
//! API key 38, versions 1 to 3.

pub use request::CreateDelegationTokenRequest;
pub use response::CreateDelegationTokenResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct CreateDelegationTokenRequest {
        /// v3+
        pub owner_principal_type: Option<Text>,
        /// v3+
        pub owner_principal_name: Option<Text>,
        pub renewers: Vec<CreatableRenewers>,
        pub max_lifetime_ms: i64,
    }

    impl Default for CreateDelegationTokenRequest {
        fn default() -> Self {
            Self {
                owner_principal_type: Some(Text::default()),
                owner_principal_name: Some(Text::default()),
                renewers: Vec::new(),
                max_lifetime_ms: 0,
            }
        }
    }

    impl Fields for CreateDelegationTokenRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let owner_principal_type = if v >= 3 { r.read_nullable_string(flexible)? } else { Some(Text::default()) };
            let owner_principal_name = if v >= 3 { r.read_nullable_string(flexible)? } else { Some(Text::default()) };
            let renewers = read_structs(r, flexible, v)?;
            let max_lifetime_ms = r.read_i64()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { owner_principal_type, owner_principal_name, renewers, max_lifetime_ms })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            if v >= 3 {
                s.put_nullable_string(self.owner_principal_type.as_deref(), flexible)?;
            } else if self.owner_principal_type.as_ref().is_none_or(|x| !x.is_empty()) {
                return not_in_version("CreateDelegationTokenRequest", "owner_principal_type", v);
            }
            if v >= 3 {
                s.put_nullable_string(self.owner_principal_name.as_deref(), flexible)?;
            } else if self.owner_principal_name.as_ref().is_none_or(|x| !x.is_empty()) {
                return not_in_version("CreateDelegationTokenRequest", "owner_principal_name", v);
            }
            put_structs(s, &self.renewers, flexible, v)?;
            s.put_i64(self.max_lifetime_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreatableRenewers {
        pub principal_type: Text,
        pub principal_name: Text,
    }

    impl Fields for CreatableRenewers {
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

    message!(CreateDelegationTokenRequest, 1..=3);
    request!(CreateDelegationToken, CreateDelegationTokenRequest, super::CreateDelegationTokenResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CreateDelegationTokenResponse {
        pub error_code: i16,
        pub principal_type: Text,
        pub principal_name: Text,
        /// v3+
        pub token_requester_principal_type: Text,
        /// v3+
        pub token_requester_principal_name: Text,
        pub issue_timestamp_ms: i64,
        pub expiry_timestamp_ms: i64,
        pub max_timestamp_ms: i64,
        pub token_id: Text,
        pub hmac: Bytes,
        pub throttle_time_ms: i32,
    }

    impl Fields for CreateDelegationTokenResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 2;
            let error_code = r.read_i16()?;
            let principal_type = r.read_string(flexible)?;
            let principal_name = r.read_string(flexible)?;
            let token_requester_principal_type = if v >= 3 { r.read_string(flexible)? } else { Text::default() };
            let token_requester_principal_name = if v >= 3 { r.read_string(flexible)? } else { Text::default() };
            let issue_timestamp_ms = r.read_i64()?;
            let expiry_timestamp_ms = r.read_i64()?;
            let max_timestamp_ms = r.read_i64()?;
            let token_id = r.read_string(flexible)?;
            let hmac = r.read_bytes(flexible)?;
            let throttle_time_ms = r.read_i32()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self {
                error_code, principal_type, principal_name, token_requester_principal_type,
                token_requester_principal_name, issue_timestamp_ms, expiry_timestamp_ms, max_timestamp_ms,
                token_id, hmac, throttle_time_ms,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 2;
            s.put_i16(self.error_code);
            s.put_string(&self.principal_type, flexible)?;
            s.put_string(&self.principal_name, flexible)?;
            if v >= 3 {
                s.put_string(&self.token_requester_principal_type, flexible)?;
            } else if !self.token_requester_principal_type.is_empty() {
                return not_in_version("CreateDelegationTokenResponse", "token_requester_principal_type", v);
            }
            if v >= 3 {
                s.put_string(&self.token_requester_principal_name, flexible)?;
            } else if !self.token_requester_principal_name.is_empty() {
                return not_in_version("CreateDelegationTokenResponse", "token_requester_principal_name", v);
            }
            s.put_i64(self.issue_timestamp_ms);
            s.put_i64(self.expiry_timestamp_ms);
            s.put_i64(self.max_timestamp_ms);
            s.put_string(&self.token_id, flexible)?;
            s.put_byte_field(&self.hmac, flexible)?;
            s.put_i32(self.throttle_time_ms);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(CreateDelegationTokenResponse, 1..=3);
}
