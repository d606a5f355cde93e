// Made by `cargo xtask codegen` from schema/alter_user_scram_credentials.kafka. Change that instead.

//! Sets and removes SCRAM credentials (KIP-554).
//!
//! API key 51, versions 0 to 0.

pub use request::AlterUserScramCredentialsRequest;
pub use response::AlterUserScramCredentialsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterUserScramCredentialsRequest {
        pub deletions: Vec<ScramCredentialDeletion>,
        pub upsertions: Vec<ScramCredentialUpsertion>,
    }

    impl Fields for AlterUserScramCredentialsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let deletions = read_structs(r, true, v)?;
            let upsertions = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { deletions, upsertions })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            put_structs(s, &self.deletions, true, v)?;
            put_structs(s, &self.upsertions, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ScramCredentialDeletion {
        pub name: Text,
        pub mechanism: i8,
    }

    impl Fields for ScramCredentialDeletion {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let mechanism = r.read_i8()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, mechanism })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i8(self.mechanism);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ScramCredentialUpsertion {
        pub name: Text,
        pub mechanism: i8,
        pub iterations: i32,
        pub salt: Bytes,
        pub salted_password: Bytes,
    }

    impl Fields for ScramCredentialUpsertion {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let mechanism = r.read_i8()?;
            let iterations = r.read_i32()?;
            let salt = r.read_bytes(true)?;
            let salted_password = r.read_bytes(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { name, mechanism, iterations, salt, salted_password })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i8(self.mechanism);
            s.put_i32(self.iterations);
            s.put_byte_field(&self.salt, true)?;
            s.put_byte_field(&self.salted_password, true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterUserScramCredentialsRequest, 0..=0);
    request!(AlterUserScramCredentials, AlterUserScramCredentialsRequest, super::AlterUserScramCredentialsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct AlterUserScramCredentialsResponse {
        pub throttle_time_ms: i32,
        pub results: Vec<AlterUserScramCredentialsResult>,
    }

    impl Fields for AlterUserScramCredentialsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let results = read_structs(r, true, v)?;
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            put_structs(s, &self.results, true, v)?;
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct AlterUserScramCredentialsResult {
        pub user: Text,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for AlterUserScramCredentialsResult {
        fn default() -> Self {
            Self {
                user: Text::default(),
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for AlterUserScramCredentialsResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let user = r.read_string(true)?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { user, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.user, true)?;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(AlterUserScramCredentialsResponse, 0..=0);
}
