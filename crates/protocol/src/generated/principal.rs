// Made by `cargo xtask codegen` from schema/principal.kafka. Change that instead.

//! A client's principal inside an Envelope (KIP-590).

pub use default_principal_data::DefaultPrincipalData;

pub mod default_principal_data {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct DefaultPrincipalData {
        pub r#type: Text,
        pub name: Text,
        pub token_authenticated: bool,
    }

    impl Fields for DefaultPrincipalData {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let r#type = r.read_string(true)?;
            let name = r.read_string(true)?;
            let token_authenticated = r.read_bool()?;
            r.skip_tagged_fields()?;
            Ok(Self { r#type, name, token_authenticated })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.r#type, true)?;
            s.put_string(&self.name, true)?;
            s.put_bool(self.token_authenticated);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(DefaultPrincipalData, 0..=0);
}
