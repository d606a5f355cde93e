// Made by `cargo xtask codegen` from schema/describe_user_scram_credentials.kafka. Change that instead.

//! Which SCRAM credentials users have, without the secrets (KIP-554).
//!
//! API key 50, versions 0 to 0.

pub use request::DescribeUserScramCredentialsRequest;
pub use response::DescribeUserScramCredentialsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeUserScramCredentialsRequest {
        pub users: Option<Vec<UserName>>,
    }

    impl Default for DescribeUserScramCredentialsRequest {
        fn default() -> Self {
            Self {
                users: Some(Vec::new()),
            }
        }
    }

    impl Fields for DescribeUserScramCredentialsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let users = read_nullable_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { users })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_nullable_structs(s, self.users.as_deref(), true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct UserName {
        pub name: Text,
    }

    impl Fields for UserName {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { name })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeUserScramCredentialsRequest, 0..=0);
    request!(DescribeUserScramCredentials, DescribeUserScramCredentialsRequest, super::DescribeUserScramCredentialsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeUserScramCredentialsResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub results: Vec<DescribeUserScramCredentialsResult>,
    }

    impl Default for DescribeUserScramCredentialsResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
                results: Vec::new(),
            }
        }
    }

    impl Fields for DescribeUserScramCredentialsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let results = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, error_message, results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            put_structs(s, &self.results, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct DescribeUserScramCredentialsResult {
        pub user: Text,
        pub error_code: i16,
        pub error_message: Option<Text>,
        pub credential_infos: Vec<CredentialInfo>,
    }

    impl Default for DescribeUserScramCredentialsResult {
        fn default() -> Self {
            Self {
                user: Text::default(),
                error_code: 0,
                error_message: Some(Text::default()),
                credential_infos: Vec::new(),
            }
        }
    }

    impl Fields for DescribeUserScramCredentialsResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let user = r.read_string(true)?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let credential_infos = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { user, error_code, error_message, credential_infos })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.user, true)?;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            put_structs(s, &self.credential_infos, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct CredentialInfo {
        pub mechanism: i8,
        pub iterations: i32,
    }

    impl Fields for CredentialInfo {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let mechanism = r.read_i8()?;
            let iterations = r.read_i32()?;
            r.skip_tagged_fields()?;
            Ok(Self { mechanism, iterations })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i8(self.mechanism);
            s.put_i32(self.iterations);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DescribeUserScramCredentialsResponse, 0..=0);
}
