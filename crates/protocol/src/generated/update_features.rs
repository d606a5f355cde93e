// Made by `cargo xtask codegen` from schema/update_features.kafka. Change that instead.

//! Moves finalized features to other versions (KIP-584).
//!
//! v1 a dry run (KIP-778); v2 one result for all.
//!
//! API key 57, versions 0 to 2.

pub use request::UpdateFeaturesRequest;
pub use response::UpdateFeaturesResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct UpdateFeaturesRequest {
        pub timeout_ms: i32,
        pub feature_updates: Vec<FeatureUpdateKey>,
        /// v1+
        pub validate_only: bool,
    }

    impl Default for UpdateFeaturesRequest {
        fn default() -> Self {
            Self {
                timeout_ms: 60000,
                feature_updates: Vec::new(),
                validate_only: false,
            }
        }
    }

    impl Fields for UpdateFeaturesRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let timeout_ms = r.read_i32()?;
            let feature_updates = read_structs(r, true, v)?;
            let validate_only = if v >= 1 { r.read_bool()? } else { false };
            r.skip_tagged_fields()?;
            Ok(Self { timeout_ms, feature_updates, validate_only })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.timeout_ms);
            put_structs(s, &self.feature_updates, true, v)?;
            if v >= 1 {
                s.put_bool(self.validate_only);
            } else if self.validate_only {
                return not_in_version("UpdateFeaturesRequest", "validate_only", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct FeatureUpdateKey {
        pub feature: Text,
        pub max_version_level: i16,
        /// v0
        pub allow_downgrade: bool,
        /// v1+
        pub upgrade_type: i8,
    }

    impl Default for FeatureUpdateKey {
        fn default() -> Self {
            Self {
                feature: Text::default(),
                max_version_level: 0,
                allow_downgrade: false,
                upgrade_type: 1,
            }
        }
    }

    impl Fields for FeatureUpdateKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let feature = r.read_string(true)?;
            let max_version_level = r.read_i16()?;
            let allow_downgrade = if v <= 0 { r.read_bool()? } else { false };
            let upgrade_type = if v >= 1 { r.read_i8()? } else { 1 };
            r.skip_tagged_fields()?;
            Ok(Self { feature, max_version_level, allow_downgrade, upgrade_type })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.feature, true)?;
            s.put_i16(self.max_version_level);
            if v <= 0 {
                s.put_bool(self.allow_downgrade);
            } else if self.allow_downgrade {
                return not_in_version("UpdateFeaturesRequest", "allow_downgrade", v);
            }
            if v >= 1 {
                s.put_i8(self.upgrade_type);
            } else if self.upgrade_type != 1 {
                return not_in_version("UpdateFeaturesRequest", "upgrade_type", v);
            }
            s.put_varint(0);
            Ok(())
        }
    }

    message!(UpdateFeaturesRequest, 0..=2);
    request!(UpdateFeatures, UpdateFeaturesRequest, super::UpdateFeaturesResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct UpdateFeaturesResponse {
        pub throttle_time_ms: i32,
        pub error_code: i16,
        pub error_message: Option<Text>,
        /// v0-v1
        pub results: Vec<UpdatableFeatureResult>,
    }

    impl Default for UpdateFeaturesResponse {
        fn default() -> Self {
            Self {
                throttle_time_ms: 0,
                error_code: 0,
                error_message: Some(Text::default()),
                results: Vec::new(),
            }
        }
    }

    impl Fields for UpdateFeaturesResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let throttle_time_ms = r.read_i32()?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            let results = if v <= 1 { read_structs(r, true, v)? } else { Vec::new() };
            r.skip_tagged_fields()?;
            Ok(Self { throttle_time_ms, error_code, error_message, results })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_i32(self.throttle_time_ms);
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            if v <= 1 {
                put_structs(s, &self.results, true, v)?;
            }
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq)]
    pub struct UpdatableFeatureResult {
        pub feature: Text,
        pub error_code: i16,
        pub error_message: Option<Text>,
    }

    impl Default for UpdatableFeatureResult {
        fn default() -> Self {
            Self {
                feature: Text::default(),
                error_code: 0,
                error_message: Some(Text::default()),
            }
        }
    }

    impl Fields for UpdatableFeatureResult {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let feature = r.read_string(true)?;
            let error_code = r.read_i16()?;
            let error_message = r.read_nullable_string(true)?;
            r.skip_tagged_fields()?;
            Ok(Self { feature, error_code, error_message })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.feature, true)?;
            s.put_i16(self.error_code);
            s.put_nullable_string(self.error_message.as_deref(), true)?;
            s.put_varint(0);
            Ok(())
        }
    }

    message!(UpdateFeaturesResponse, 0..=2);
}
