//! DescribeConfigs (key 32, v1-v4): every setting of a resource, where its value comes from, what it means.
//!
//! Versions: v1 synonyms; v3 type and documentation (KIP-524, KIP-569); v4 flexible.
//! Errors, for each resource: UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, INVALID_REQUEST for a broker
//! that is not this one or a resource type that is unknown.
use super::*;
use crate::{config_view, log_levels};
use ::metadata::ConfigResourceType;
use config::Entry;
use protocol::{
    DescribeConfigsRequest, DescribeConfigsResponse,
    describe_configs::{
        request::DescribeConfigsResource,
        response::{DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym},
    },
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeConfigs, versions: 1..=4 };

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeConfigsRequest,
) -> DescribeConfigsResponse {
    let results = request
        .resources
        .into_iter()
        .map(|resource| {
            let described = entries(context, &resource);
            let (code, message, entries) = match described {
                Ok(entries) => (ErrorCode::NONE, None, entries),
                Err((code, message)) => (code, Some(Text::from(message)), Vec::new()),
            };
            let asked = |entry: &Entry| {
                resource
                    .configuration_keys
                    .as_ref()
                    .is_none_or(|keys| keys.iter().any(|key| **key == *entry.name))
            };
            let result =
                |entry: Entry| to_result(entry, request.include_synonyms, request.include_documentation);
            DescribeConfigsResult {
                error_code: code.0,
                error_message: message,
                resource_type: resource.resource_type,
                configs: entries.into_iter().filter(asked).map(result).collect(),
                resource_name: resource.resource_name,
            }
        })
        .collect();
    DescribeConfigsResponse { results, ..Default::default() }
}

fn entries(
    context: &RequestContext,
    resource: &DescribeConfigsResource,
) -> Result<Vec<Entry>, (ErrorCode, String)> {
    let state = context.state();
    let name = &*resource.resource_name;
    match ConfigResourceType::from_wire(resource.resource_type) {
        Some(ConfigResourceType::Topic) => {
            ::metadata::controller::validate_topic_name(name)
                .map_err(|error| (error.code(), error.to_string()))?;
            let image = state.image();
            if image.topic_id(name).is_none() {
                let message = format!("topic `{name}` does not exist");
                return Err((ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, message));
            }
            let own = image.config(&::metadata::ConfigResource::topic(resource.resource_name.clone()));
            Ok(config_view::of_topic(state, &own.cloned().unwrap_or_default()))
        }
        Some(ConfigResourceType::Broker) if name.is_empty() => Ok(config_view::of_cluster_default(state)),
        Some(ConfigResourceType::Broker) if name == state.node_id.to_string() => {
            Ok(config_view::of_broker(state))
        }
        Some(ConfigResourceType::Broker) => {
            let message = format!("broker `{name}` was asked for, this is broker {}", state.node_id);
            Err((ErrorCode::INVALID_REQUEST, message))
        }
        Some(ConfigResourceType::BrokerLogger) if name == state.node_id.to_string() => {
            Ok(log_levels::describe())
        }
        Some(ConfigResourceType::BrokerLogger) => {
            let message =
                format!("loggers of broker `{name}` were asked for, this is broker {}", state.node_id);
            Err((ErrorCode::INVALID_REQUEST, message))
        }
        Some(ConfigResourceType::ClientMetrics) if name.is_empty() => {
            Err((ErrorCode::INVALID_REQUEST, "the subscription's name is empty".to_owned()))
        }
        Some(ConfigResourceType::ClientMetrics) => {
            Ok(config_view::of_client_metrics(state, &resource.resource_name))
        }
        Some(ConfigResourceType::Group) if name.is_empty() => {
            Err((ErrorCode::INVALID_REQUEST, "the group id is empty".to_owned()))
        }
        Some(ConfigResourceType::Group) => Ok(config_view::of_group(state, &resource.resource_name)),
        None => {
            let message = format!("config resource type {} is not known", resource.resource_type);
            Err((ErrorCode::INVALID_REQUEST, message))
        }
    }
}

fn to_result(entry: Entry, synonyms: bool, documentation: bool) -> DescribeConfigsResourceResult {
    let synonym = |synonym: config::Synonym| DescribeConfigsSynonym {
        name: Text::from(synonym.name),
        value: synonym.value.map(Text::from),
        source: synonym.source as i8,
    };
    DescribeConfigsResourceResult {
        name: Text::from(entry.name),
        value: entry.value.map(Text::from),
        read_only: entry.read_only,
        config_source: entry.source as i8,
        is_sensitive: entry.is_sensitive,
        synonyms: if synonyms { entry.synonyms.into_iter().map(synonym).collect() } else { Vec::new() },
        config_type: entry.kind,
        documentation: entry.documentation.filter(|_| documentation).map(Text::from_static),
    }
}
