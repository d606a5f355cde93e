//! IncrementalAlterConfigs (key 44, v0-v1): sets, removes, appends to or subtracts from single settings
//! (KIP-339).
//!
//! Versions: v1 flexible.
//! Errors, for each resource: UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG for an unknown key or a bad value,
//! INVALID_REQUEST for a key named twice, an unknown operation or resource type, or a missing value.
use super::*;
use crate::{
    config_changes::{self, Wish, operation},
    log_levels,
};
use ::metadata::{
    ConfigResource, ConfigResourceType,
    controller::{self, ConfigAlteration, ConfigOperation},
};
use protocol::{
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
    incremental_alter_configs::{
        request::{AlterConfigsResource, AlterableConfig},
        response::AlterConfigsResourceResponse,
    },
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::IncrementalAlterConfigs, versions: 0..=1 };

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
    let wanted: Vec<_> = request
        .resources
        .into_iter()
        .map(|resource| match ConfigResourceType::from_wire(resource.resource_type) {
            Some(ConfigResourceType::BrokerLogger) => {
                Wish::Decided(log_levels_of(context, &resource, &names, validate_only))
            }
            _ => Wish::from(alterations(context, resource)),
        })
        .collect();
    let schema = config_changes::Schema::of(context.state());
    let outcomes = config_changes::apply(
        context.state(),
        wanted,
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

/// Levels are this process's own: they are changed here, and no record is written.
fn log_levels_of(
    context: &RequestContext,
    resource: &AlterConfigsResource,
    names: &[(i8, Text)],
    validate_only: bool,
) -> Result<(), config_changes::Failed> {
    let this = (resource.resource_type, resource.resource_name.clone());
    if names.iter().filter(|other| **other == this).count() > 1 {
        let message = format!("the loggers of broker `{}` are named more than once", this.1);
        return Err(config_changes::Failed { code: ErrorCode::INVALID_REQUEST, message });
    }
    log_levels::alter(context.state(), resource, validate_only)
}

fn alterations(
    context: &RequestContext,
    resource: AlterConfigsResource,
) -> Result<(ConfigResource, Vec<ConfigAlteration>), config_changes::Failed> {
    let target = config_changes::resource(context.state(), resource.resource_type, &resource.resource_name)?;
    let alterations: Result<Vec<_>, _> = resource.configs.into_iter().map(alteration).collect();
    Ok((target, alterations?))
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
