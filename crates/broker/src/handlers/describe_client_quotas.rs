//! DescribeClientQuotas (key 48, v0-v1): the quotas that match a filter (KIP-546).
//!
//! Versions: v1 flexible.
//! Errors: INVALID_REQUEST for an entity type that is unknown or named twice, or a match type that is unknown.
use super::*;
use protocol::{
    DescribeClientQuotasRequest, DescribeClientQuotasResponse,
    describe_client_quotas::{
        request::ComponentData,
        response::{EntityData, EntryData, ValueData},
    },
};

pub(crate) const SPEC: ApiSpec = ApiSpec { key: ApiKey::DescribeClientQuotas, versions: 0..=1 };

const ENTITY_TYPES: [&str; 3] = ["user", "client-id", "ip"];

mod match_type {
    pub(super) const EXACT: i8 = 0;
    pub(super) const DEFAULT: i8 = 1;
    pub(super) const SPECIFIED: i8 = 2;
}

pub(crate) async fn handle(
    context: &RequestContext,
    request: DescribeClientQuotasRequest,
) -> DescribeClientQuotasResponse {
    if let Some(reason) = fault(&request.components) {
        return DescribeClientQuotasResponse {
            error_code: ErrorCode::INVALID_REQUEST.0,
            error_message: Some(Text::from(reason)),
            entries: None,
            ..Default::default()
        };
    }
    let image = context.state().image();
    let entries = image
        .quotas()
        .filter(|(entity, _)| matches(&request.components, request.strict, entity.parts()))
        .map(|(entity, values)| EntryData {
            entity: entity
                .parts()
                .iter()
                .map(|(entity_type, name)| EntityData {
                    entity_type: entity_type.clone(),
                    entity_name: name.clone(),
                })
                .collect(),
            values: values.iter().map(|(key, value)| ValueData { key: key.clone(), value: *value }).collect(),
        })
        .collect();
    DescribeClientQuotasResponse { error_message: None, entries: Some(entries), ..Default::default() }
}

fn fault(components: &[ComponentData]) -> Option<String> {
    for (position, component) in components.iter().enumerate() {
        let entity_type = &*component.entity_type;
        if !ENTITY_TYPES.contains(&entity_type) {
            return Some(format!("entity type `{entity_type}` is not one of {}", ENTITY_TYPES.join(", ")));
        }
        if components[..position].iter().any(|other| other.entity_type == component.entity_type) {
            return Some(format!("entity type `{entity_type}` is named more than once"));
        }
        if !(match_type::EXACT..=match_type::SPECIFIED).contains(&component.match_type) {
            return Some(format!("match type {} is not known", component.match_type));
        }
    }
    None
}

/// Whether an entity has every component asked for, and with `strict` nothing else.
fn matches(components: &[ComponentData], strict: bool, parts: &[(Text, Option<Text>)]) -> bool {
    let has = |component: &ComponentData| {
        let part = parts.iter().find(|(entity_type, _)| *entity_type == component.entity_type);
        part.is_some_and(|(_, name)| match component.match_type {
            match_type::EXACT => name.is_some() && *name == component.r#match,
            match_type::DEFAULT => name.is_none(),
            _ => true,
        })
    };
    components.iter().all(has) && (!strict || parts.len() == components.len())
}
