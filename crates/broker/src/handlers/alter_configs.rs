//! AlterConfigs (key 33, v0-v2): sets all of a resource's settings at once; what is not named is removed.
//!
//! Deprecated since Kafka 2.3 in favour of [`super::incremental_alter_configs`]. Versions: v2 flexible.
//! Errors, for each resource: those of the incremental form.
use super::*;
use crate::config_changes::{self, Wish};
use ::metadata::{ConfigResource, controller};
use protocol::{
    AlterConfigsRequest, AlterConfigsResponse,
    alter_configs::{request::AlterConfigsResource, response::AlterConfigsResourceResponse},
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::AlterConfigs, versions: 0..=2 };

pub(crate) async fn handle(context: &RequestContext, request: AlterConfigsRequest) -> AlterConfigsResponse {
    let validate_only = request.validate_only;
    let names: Vec<_> = request
        .resources
        .iter()
        .map(|resource| (resource.resource_type, resource.resource_name.clone()))
        .collect();
    let read = |resource: AlterConfigsResource| {
        let target =
            config_changes::resource(context.state(), resource.resource_type, &resource.resource_name)?;
        Ok((target, values(resource)?))
    };
    let wanted: Vec<_> = request.resources.into_iter().map(|resource| Wish::from(read(resource))).collect();
    let schema = config_changes::Schema::of(context.state());
    let outcomes = config_changes::apply(
        context.state(),
        wanted,
        move |image, resources: &[(ConfigResource, Vec<(Text, Text)>)]| {
            controller::alter_configs(image, resources, &schema, validate_only)
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
    AlterConfigsResponse { responses, ..Default::default() }
}

fn values(resource: AlterConfigsResource) -> Result<Vec<(Text, Text)>, config_changes::Failed> {
    let value = |config: protocol::alter_configs::request::AlterableConfig| match config.value {
        Some(value) => Ok((config.name, value)),
        None => Err(config_changes::Failed {
            code: ErrorCode::INVALID_REQUEST,
            message: format!("`{}` has no value", config.name),
        }),
    };
    resource.configs.into_iter().map(value).collect()
}
