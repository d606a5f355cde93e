//! UpdateFeatures (key 57, v0-v2): finalizes levels of features, all of them or none (KIP-584).
//!
//! Versions: v1 validate only, upgrade type; v2 one error for the whole request (KIP-1022).
//! Errors: INVALID_UPDATE_VERSION, INVALID_REQUEST.
use super::*;
use ::metadata::controller::{self, FeatureUpdate, UpgradeType};
use protocol::{
    UpdateFeaturesRequest, UpdateFeaturesResponse, update_features::response::UpdatableFeatureResult,
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::UpdateFeatures, versions: 0..=2 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: UpdateFeaturesRequest,
) -> UpdateFeaturesResponse {
    let version = context.version();
    let names: Vec<Text> = request.feature_updates.iter().map(|update| update.feature.clone()).collect();
    let mut updates = Vec::with_capacity(names.len());
    for update in request.feature_updates {
        let upgrade_type = match version {
            0 if update.allow_downgrade => Some(UpgradeType::SafeDowngrade),
            0 => Some(UpgradeType::Upgrade),
            _ => UpgradeType::from_wire(update.upgrade_type),
        };
        let Some(upgrade_type) = upgrade_type else {
            let message = format!("upgrade type {} is not known", update.upgrade_type);
            return failed(ErrorCode::INVALID_REQUEST, message);
        };
        updates.push(FeatureUpdate { name: update.feature, level: update.max_version_level, upgrade_type });
    }
    let validate_only = request.validate_only;
    let decided = context
        .state()
        .decide(move |image| {
            controller::update_features(image, &updates, &crate::features::supported, validate_only)
        })
        .await;
    match decided {
        Ok(()) => {
            let done =
                |feature| UpdatableFeatureResult { feature, error_message: None, ..Default::default() };
            let results = if version < 2 { names.into_iter().map(done).collect() } else { Vec::new() };
            UpdateFeaturesResponse { error_message: None, results, ..Default::default() }
        }
        Err(error) => failed(error.code(), error.to_string()),
    }
}

fn failed(code: ErrorCode, message: String) -> UpdateFeaturesResponse {
    UpdateFeaturesResponse {
        error_code: code.0,
        error_message: Some(Text::from(message)),
        ..Default::default()
    }
}
