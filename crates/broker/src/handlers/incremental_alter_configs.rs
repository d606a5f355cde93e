//! IncrementalAlterConfigs (key 44, v0-v1): sets, removes, appends to or subtracts from single settings
//! (KIP-339).
//!
//! Versions: v1 flexible.
//! Errors, for each resource: UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG for an unknown key or a bad value,
//! INVALID_REQUEST for a key named twice, an unknown operation or resource type, or a missing value.
use super::*;
use crate::config_changes;
use ::metadata::{
    ConfigResource,
    controller::{self, ConfigAlteration, ConfigOperation},
};
use protocol::{
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
    incremental_alter_configs::{request::AlterableConfig, response::AlterConfigsResourceResponse},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::IncrementalAlterConfigs, versions: 0..=1 };

mod operation {
    pub(super) const SET: i8 = 0;
    pub(super) const DELETE: i8 = 1;
    pub(super) const APPEND: i8 = 2;
    pub(super) const SUBTRACT: i8 = 3;
}

pub(crate) async fn handle(
    context: &RequestContext,
    request: IncrementalAlterConfigsRequest,
) -> IncrementalAlterConfigsResponse {
    let validate_only = request.validate_only;
    let names: Vec<_> = request
        .resources
        .iter()
        .map(|resource| (resource.resource_type, resource.resource_name.clone()))
        .collect();
    let wanted = request.resources.into_iter().map(|resource| {
        let target =
            config_changes::resource(context.state(), resource.resource_type, &resource.resource_name)?;
        let alterations: Result<Vec<_>, _> = resource.configs.into_iter().map(alteration).collect();
        Ok((target, alterations?))
    });
    let schema = config_changes::Schema::of(context.state());
    let outcomes = config_changes::apply(
        context.state(),
        wanted.collect(),
        move |image, resources: &[(ConfigResource, Vec<ConfigAlteration>)]| {
            controller::incremental_alter_configs(image, resources, &schema, validate_only)
        },
    )
    .await;
    let responses = names
        .into_iter()
        .zip(outcomes)
        .map(|((resource_type, resource_name), outcome)| {
            let (code, message) = config_changes::answer(outcome);
            AlterConfigsResourceResponse {
                error_code: code.0,
                error_message: message,
                resource_type,
                resource_name,
            }
        })
        .collect();
    IncrementalAlterConfigsResponse { responses, ..Default::default() }
}

fn alteration(config: AlterableConfig) -> Result<ConfigAlteration, config_changes::Failed> {
    let invalid = |message: String| config_changes::Failed { code: ErrorCode::INVALID_REQUEST, message };
    let value = || config.value.clone().ok_or_else(|| invalid(format!("`{}` has no value", config.name)));
    let operation = match config.config_operation {
        operation::SET => ConfigOperation::Set(value()?),
        operation::DELETE => ConfigOperation::Delete,
        operation::APPEND => ConfigOperation::Append(value()?),
        operation::SUBTRACT => ConfigOperation::Subtract(value()?),
        other => return Err(invalid(format!("operation {other} on `{}` is not known", config.name))),
    };
    Ok(ConfigAlteration { key: config.name, operation })
}
