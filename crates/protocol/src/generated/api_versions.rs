// Made by `cargo xtask codegen` from schema/api_versions.kafka. Change that instead.

//! What a server can do: the versions of its APIs, and features.
//!
//! The header of the answer never changes, so that a client can read it before it knows anything (KIP-511).
//! v3 the client names itself (KIP-511), features (KIP-584); v4 a feature may start at 0;
//! v5 the client says which cluster and node it means (KIP-1242).
//!
//! API key 18, versions 0 to 5.

pub use request::ApiVersionsRequest;
pub use response::ApiVersionsResponse;

pub mod request {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ApiVersionsRequest {
        /// v3+: letters, digits, dot and hyphen
        pub client_software_name: Text,
        /// v3+
        pub client_software_version: Text,
        /// v5+
        pub cluster_id: Option<Text>,
        /// v5+
        pub node_id: i32,
    }

    impl Default for ApiVersionsRequest {
        fn default() -> Self {
            Self {
                client_software_name: Text::default(),
                client_software_version: Text::default(),
                cluster_id: None,
                node_id: -1,
            }
        }
    }

    impl Fields for ApiVersionsRequest {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let client_software_name = if v >= 3 { r.read_string(flexible)? } else { Text::default() };
            let client_software_version = if v >= 3 { r.read_string(flexible)? } else { Text::default() };
            let cluster_id = if v >= 5 { r.read_nullable_string(flexible)? } else { None };
            let node_id = if v >= 5 { r.read_i32()? } else { -1 };
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { client_software_name, client_software_version, cluster_id, node_id })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            if v >= 3 {
                s.put_string(&self.client_software_name, flexible)?;
            }
            if v >= 3 {
                s.put_string(&self.client_software_version, flexible)?;
            }
            if v >= 5 {
                s.put_nullable_string(self.cluster_id.as_deref(), flexible)?;
            }
            if v >= 5 {
                s.put_i32(self.node_id);
            }
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    message!(ApiVersionsRequest, 0..=5);
    request!(ApiVersions, ApiVersionsRequest, super::ApiVersionsResponse);
}

pub mod response {
    use crate::codec::*;

    #[derive(Clone, Debug, PartialEq)]
    pub struct ApiVersionsResponse {
        pub error_code: i16,
        pub api_keys: Vec<ApiVersion>,
        /// v1+
        pub throttle_time_ms: i32,
        /// v3+
        pub supported_features: Vec<SupportedFeatureKey>,
        /// v3+: -1 is unknown: clients then ignore the features
        pub finalized_features_epoch: i64,
        /// v3+
        pub finalized_features: Vec<FinalizedFeatureKey>,
        /// v3+: always false here
        pub zk_migration_ready: bool,
    }

    impl Default for ApiVersionsResponse {
        fn default() -> Self {
            Self {
                error_code: 0,
                api_keys: Vec::new(),
                throttle_time_ms: 0,
                supported_features: Vec::new(),
                finalized_features_epoch: -1,
                finalized_features: Vec::new(),
                zk_migration_ready: false,
            }
        }
    }

    impl Fields for ApiVersionsResponse {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let error_code = r.read_i16()?;
            let api_keys = read_structs(r, flexible, v)?;
            let throttle_time_ms = if v >= 1 { r.read_i32()? } else { 0 };
            let mut supported_features = Vec::new();
            let mut finalized_features_epoch = -1;
            let mut finalized_features = Vec::new();
            let mut zk_migration_ready = false;
            if flexible {
                r.read_tagged_fields(|tag, r| {
                    match tag {
                        0 => supported_features = read_structs(r, true, v)?,
                        1 => finalized_features_epoch = r.read_i64()?,
                        2 => finalized_features = read_structs(r, true, v)?,
                        3 => zk_migration_ready = r.read_bool()?,
                        _ => return Ok(false),
                    }
                    Ok(true)
                })?;
            }
            Ok(Self {
                error_code, api_keys, throttle_time_ms, supported_features, finalized_features_epoch,
                finalized_features, zk_migration_ready,
            })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i16(self.error_code);
            put_structs(s, &self.api_keys, flexible, v)?;
            if v >= 1 {
                s.put_i32(self.throttle_time_ms);
            }
            if flexible {
                let set = [
                    !self.supported_features.is_empty(), self.finalized_features_epoch != -1,
                    !self.finalized_features.is_empty(), self.zk_migration_ready,
                ];
                put_tag_count(s, &set);
                if set[0] {
                    tagged!(s, 0, put_structs(s, &self.supported_features, true, v)?);
                }
                if set[1] {
                    tagged!(s, 1, s.put_i64(self.finalized_features_epoch));
                }
                if set[2] {
                    tagged!(s, 2, put_structs(s, &self.finalized_features, true, v)?);
                }
                if set[3] {
                    tagged!(s, 3, s.put_bool(self.zk_migration_ready));
                }
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct ApiVersion {
        pub api_key: i16,
        pub min_version: i16,
        pub max_version: i16,
    }

    impl Fields for ApiVersion {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let flexible = v >= 3;
            let api_key = r.read_i16()?;
            let min_version = r.read_i16()?;
            let max_version = r.read_i16()?;
            if flexible {
                r.skip_tagged_fields()?;
            }
            Ok(Self { api_key, min_version, max_version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            let flexible = v >= 3;
            s.put_i16(self.api_key);
            s.put_i16(self.min_version);
            s.put_i16(self.max_version);
            if flexible {
                s.put_varint(0);
            }
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct SupportedFeatureKey {
        pub name: Text,
        pub min_version: i16,
        pub max_version: i16,
    }

    impl Fields for SupportedFeatureKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let min_version = r.read_i16()?;
            let max_version = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, min_version, max_version })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i16(self.min_version);
            s.put_i16(self.max_version);
            s.put_varint(0);
            Ok(())
        }
    }

    #[derive(Clone, Debug, PartialEq, Default)]
    pub struct FinalizedFeatureKey {
        pub name: Text,
        pub max_version_level: i16,
        pub min_version_level: i16,
    }

    impl Fields for FinalizedFeatureKey {
        fn read(r: &mut Reader, v: i16) -> Result<Self, DecodeError> {
            let name = r.read_string(true)?;
            let max_version_level = r.read_i16()?;
            let min_version_level = r.read_i16()?;
            r.skip_tagged_fields()?;
            Ok(Self { name, max_version_level, min_version_level })
        }

        fn write<S: Sink>(&self, s: &mut S, v: i16) -> Result<(), EncodeError> {
            s.put_string(&self.name, true)?;
            s.put_i16(self.max_version_level);
            s.put_i16(self.min_version_level);
            s.put_varint(0);
            Ok(())
        }
    }

    message!(ApiVersionsResponse, 0..=5);
}
