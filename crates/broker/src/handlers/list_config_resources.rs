//! ListConfigResources (key 74, v0-v1): the resources that have, or can have, settings.
//!
//! Versions: v0 is ListClientMetricsResources (KIP-714); v1 every type (KIP-1142).
//! Errors: UNSUPPORTED_VERSION for a type that is not known.
use super::*;
use ::metadata::ConfigResourceType;
use protocol::{
    ListConfigResourcesRequest, ListConfigResourcesResponse, list_config_resources::response::ConfigResource,
};
use std::collections::BTreeSet;

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::ListConfigResources, versions: 0..=1 };

const ALL: [ConfigResourceType; 5] = [
    ConfigResourceType::Topic,
    ConfigResourceType::Broker,
    ConfigResourceType::BrokerLogger,
    ConfigResourceType::ClientMetrics,
    ConfigResourceType::Group,
];

pub(crate) async fn handle(
    context: &RequestContext,
    request: ListConfigResourcesRequest,
) -> ListConfigResourcesResponse {
    let mut wanted = BTreeSet::new();
    if context.version() == 0 {
        wanted.insert(ConfigResourceType::ClientMetrics);
    } else if request.resource_types.is_empty() {
        wanted.extend(ALL);
    }
    for wire in request.resource_types {
        let Some(known) = ConfigResourceType::from_wire(wire) else {
            return ListConfigResourcesResponse {
                error_code: ErrorCode::UNSUPPORTED_VERSION.0,
                ..Default::default()
            };
        };
        wanted.insert(known);
    }
    let config_resources = wanted
        .into_iter()
        .flat_map(|known| {
            let entry = move |name| ConfigResource { resource_name: name, resource_type: known.to_wire() };
            names(context, known).into_iter().map(entry)
        })
        .collect();
    ListConfigResourcesResponse { config_resources, ..Default::default() }
}

fn names(context: &RequestContext, resource_type: ConfigResourceType) -> Vec<Text> {
    let image = context.state().image();
    match resource_type {
        ConfigResourceType::Topic => image.topics().map(|topic| topic.name.clone()).collect(),
        ConfigResourceType::Broker | ConfigResourceType::BrokerLogger => {
            image.brokers().map(|broker| Text::from(broker.id.to_string())).collect()
        }
        ConfigResourceType::ClientMetrics | ConfigResourceType::Group => image
            .configs()
            .filter(|(resource, _)| resource.resource_type == resource_type)
            .map(|(resource, _)| resource.name.clone())
            .collect(),
    }
}
