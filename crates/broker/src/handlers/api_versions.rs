//! ApiVersions (key 18, v0-v5): which APIs and versions, and which features, this broker has.
//!
//! Versions: v3 flexible, client software name and version (KIP-511), features (KIP-584); v4 features whose
//! lowest level is zero (KAFKA-17011); v5 cluster and node id, so that a client that reached a wrong broker
//! bootstraps again (KIP-1242). The response header is always v0, so that any client can read it.
//! Errors: UNSUPPORTED_VERSION (in a v0 body), INVALID_REQUEST, REBOOTSTRAP_REQUIRED.
use super::*;
use crate::{
    dispatch::{self, Started},
    features,
    network::{ConnectionContext, Reply, Response},
};
use bytes::Bytes;
use protocol::{
    ApiVersionsRequest, ApiVersionsResponse,
    api_versions::response::{ApiVersion, FinalizedFeatureKey, SupportedFeatureKey},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::ApiVersions, versions: 0..=5 };

/// librdkafka before 2.8 takes a Produce range that starts above 0 for a broker without compression and
/// message format v2, so Kafka advertises versions it refuses (KAFKA-18659).
const ADVERTISED_PRODUCE_MINIMUM: i16 = 0;

pub(crate) async fn handle(context: &RequestContext, request: ApiVersionsRequest) -> ApiVersionsResponse {
    let version = context.version();
    if version >= 3 {
        let (name, software_version) = (&request.client_software_name, &request.client_software_version);
        if !is_software_text(name) || !is_software_text(software_version) {
            return ApiVersionsResponse { error_code: ErrorCode::INVALID_REQUEST.0, ..Default::default() };
        }
        let software = (name.detached(), software_version.detached());
        *context.connection.client_software.lock() = Some(software);
    }
    let state = context.state();
    let wrong_cluster = request.cluster_id.as_ref().is_some_and(|id| **id != *state.cluster_id);
    let wrong_node = request.node_id != -1 && request.node_id != state.node_id.0;
    if version >= 5 && (wrong_cluster || wrong_node) {
        return ApiVersionsResponse { error_code: ErrorCode::REBOOTSTRAP_REQUIRED.0, ..Default::default() };
    }

    let image = state.image();
    let supported_features = features::SUPPORTED
        .iter()
        .filter(|feature| version >= 4 || feature.range.min > 0)
        .map(|feature| SupportedFeatureKey {
            name: Text::from_static(feature.name),
            min_version: feature.range.min,
            max_version: feature.range.max,
        })
        .collect();
    let finalized_features = image
        .features()
        .map(|(name, level)| FinalizedFeatureKey {
            name: name.clone(),
            max_version_level: level,
            min_version_level: level,
        })
        .collect();
    ApiVersionsResponse {
        api_keys: served(),
        supported_features,
        finalized_features_epoch: image.last_offset().0.max(0),
        finalized_features,
        ..Default::default()
    }
}

/// The answer to a version of ApiVersions that is not known here: a v0 body that says which ones are.
pub(crate) fn refuse_version(connection: &ConnectionContext, frame: &Bytes) -> Option<Started> {
    let correlation_id = i32::from_be_bytes(*frame.get(4..)?.first_chunk()?);
    let own = served().into_iter().filter(|api| api.api_key == ApiKey::ApiVersions as i16).collect();
    let response = ApiVersionsResponse {
        error_code: ErrorCode::UNSUPPORTED_VERSION.0,
        api_keys: own,
        ..Default::default()
    };
    let segments = protocol::encode_response(correlation_id, &response, 0).ok()?;
    // Counted as what it is answered as: there may be any number in place of the version.
    let counters = connection.counters.api(ApiKey::ApiVersions);
    counters.request(0);
    counters.error(response.error_code);
    Some(Started::InOrder(Reply::Ready(Response::Segments(segments))))
}

fn served() -> Vec<ApiVersion> {
    dispatch::specs()
        .map(|spec| ApiVersion {
            api_key: spec.key as i16,
            min_version: if spec.key == ApiKey::Produce {
                ADVERTISED_PRODUCE_MINIMUM
            } else {
                *spec.versions.start()
            },
            max_version: *spec.versions.end(),
        })
        .collect()
}

/// Letters, digits, dots and dashes, with a letter or digit at both ends.
fn is_software_text(text: &str) -> bool {
    let alphanumeric = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    alphanumeric(bytes.first())
        && alphanumeric(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_names_follow_kip_511() {
        for valid in ["a", "librdkafka", "apache-kafka-java", "4.3.1", "2.0.2-1"] {
            assert!(is_software_text(valid), "{valid}");
        }
        for invalid in ["", "-a", "a-", ".", "a b", "a/b", "ä"] {
            assert!(!is_software_text(invalid), "{invalid}");
        }
    }

    #[test]
    fn produce_is_advertised_from_zero() {
        let produce = served().into_iter().find(|api| api.api_key == ApiKey::Produce as i16);
        assert_eq!(produce.map(|api| (api.min_version, api.max_version)), Some((0, 13)));
    }
}
