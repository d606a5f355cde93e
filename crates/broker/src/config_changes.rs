//! What both ways of altering settings share: which resource is meant, whether a value is acceptable, and who
//! is told what.
use crate::{
    config_view::{self, to_properties},
    dynamic,
    state::State,
};
use ::metadata::{
    ConfigResource, ConfigResourceType, ConfigValues, Error as MetadataError, MetadataImage,
    controller::{ConfigSchema, Decision},
};
use config::{Scope, Target};
use protocol::ErrorCode;
use std::sync::Arc;
use wire::Text;

/// What IncrementalAlterConfigs asks to be done with a value.
pub(crate) mod operation {
    pub(crate) const SET: i8 = 0;
    pub(crate) const DELETE: i8 = 1;
    pub(crate) const APPEND: i8 = 2;
    pub(crate) const SUBTRACT: i8 = 3;
}

/// A resource of a request.
pub(crate) enum Wish<A> {
    /// For the controller to decide.
    Change(ConfigResource, A),
    Decided(Result<(), Failed>),
}

impl<A> From<Result<(ConfigResource, A), Failed>> for Wish<A> {
    fn from(read: Result<(ConfigResource, A), Failed>) -> Self {
        match read {
            Ok((resource, alterations)) => Self::Change(resource, alterations),
            Err(failed) => Self::Decided(Err(failed)),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub code: ErrorCode,
    pub message: String,
}

/// The resource that a request names.
pub(crate) fn resource(state: &State, resource_type: i8, name: &Text) -> Result<ConfigResource, Failed> {
    let failed = |code, message| Err(Failed { code, message });
    let Some(known) = ConfigResourceType::from_wire(resource_type) else {
        return failed(
            ErrorCode::INVALID_REQUEST,
            format!("config resource type {resource_type} is not known"),
        );
    };
    match known {
        ConfigResourceType::Topic if state.image().topic_id(name).is_none() => {
            failed(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, format!("topic `{name}` does not exist"))
        }
        ConfigResourceType::Broker if !name.is_empty() && **name != *state.node_id.to_string() => {
            failed(ErrorCode::INVALID_REQUEST, format!("broker `{name}` is not registered"))
        }
        ConfigResourceType::BrokerLogger => {
            failed(ErrorCode::INVALID_REQUEST, "log levels are for IncrementalAlterConfigs only".to_owned())
        }
        _ => Ok(ConfigResource { resource_type: known, name: name.detached() }),
    }
}

/// Carries out what can be, and answers for each resource in the order of the request.
pub(crate) async fn apply<A: Send + 'static>(
    state: &Arc<State>,
    wanted: impl IntoIterator<Item = Wish<A>>,
    decide: impl FnOnce(&MetadataImage, &[(ConfigResource, A)]) -> Decision<Vec<Result<(), MetadataError>>>
    + Send
    + 'static,
) -> Vec<Result<(), Failed>> {
    let (mut outcomes, mut resources) = (Vec::new(), Vec::new());
    for wish in wanted {
        outcomes.push(match wish {
            Wish::Decided(outcome) => Some(outcome),
            Wish::Change(resource, alterations) => {
                resources.push((resource, alterations));
                None
            }
        });
    }
    if resources.is_empty() {
        return outcomes.into_iter().flatten().collect();
    }
    let count = resources.len();
    let types: Vec<ConfigResourceType> =
        resources.iter().map(|(resource, _)| resource.resource_type).collect();
    let decided = state.decide(move |image| Ok(decide(image, &resources))).await;
    let mut results = match decided {
        Ok(results) => {
            let outcomes = types.into_iter().zip(results);
            outcomes.map(|(of, result)| result.map_err(|error| failed(of, &error))).collect::<Vec<_>>()
        }
        Err(error) => vec![Err(Failed { code: error.code(), message: error.to_string() }); count],
    }
    .into_iter();
    let mut decided = || results.next().expect("there is a result for each resource");
    outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(&mut decided)).collect()
}

fn failed(of: ConfigResourceType, error: &MetadataError) -> Failed {
    let code = match error.code() {
        // Kafka's brokers call a value that they cannot take a bad request (KAFKA-13609).
        ErrorCode::INVALID_CONFIG if of == ConfigResourceType::Broker => ErrorCode::INVALID_REQUEST,
        code => code,
    };
    Failed { code, message: error.to_string() }
}

pub(crate) fn answer(outcome: Result<(), Failed>) -> (ErrorCode, Option<Text>) {
    match outcome {
        Ok(()) => (ErrorCode::NONE, None),
        Err(Failed { code, message }) => (code, Some(Text::from(message))),
    }
}

/// What the `config` crate knows, as the controller asks for it.
#[derive(Debug)]
pub(crate) struct Schema {
    state: Arc<State>,
}

impl Schema {
    pub(crate) fn of(state: &Arc<State>) -> Self {
        Self { state: state.clone() }
    }
}

impl ConfigSchema for Schema {
    fn validate(&self, resource: &ConfigResource, values: &ConfigValues) -> Result<(), String> {
        let target = match resource.resource_type {
            ConfigResourceType::Topic => Target::Topic,
            ConfigResourceType::Group => Target::Group,
            ConfigResourceType::ClientMetrics => Target::ClientMetrics,
            ConfigResourceType::Broker if resource.name.is_empty() => Target::Cluster,
            ConfigResourceType::Broker => Target::Broker,
            ConfigResourceType::BrokerLogger => return Err("log levels are not kept".to_owned()),
        };
        config::check_all(target, &to_properties(values)).map_err(|error| error.to_string())?;
        match target {
            Target::Broker | Target::Cluster => dynamic::check(&self.state, resource, values),
            Target::Topic | Target::Group | Target::ClientMetrics => Ok(()),
        }
    }

    fn is_list(&self, resource_type: ConfigResourceType, key: &str) -> bool {
        scope(resource_type)
            .is_some_and(|scope| config::lookup(scope, key).is_ok_and(config::Setting::is_list))
    }

    fn default_value(&self, resource_type: ConfigResourceType, key: &str) -> Option<Text> {
        let entries = match resource_type {
            ConfigResourceType::Topic => config_view::of_topic(&self.state, &ConfigValues::default()),
            _ => {
                let default = config::lookup(scope(resource_type)?, key).ok()?.default.clone();
                return default.map(Text::from);
            }
        };
        entries.into_iter().find(|entry| entry.name == key)?.value.map(Text::from)
    }
}

fn scope(resource_type: ConfigResourceType) -> Option<Scope> {
    match resource_type {
        ConfigResourceType::Topic => Some(Scope::Topic),
        ConfigResourceType::Broker => Some(Scope::Broker),
        ConfigResourceType::Group => Some(Scope::Group),
        ConfigResourceType::ClientMetrics => Some(Scope::ClientMetrics),
        ConfigResourceType::BrokerLogger => None,
    }
}
