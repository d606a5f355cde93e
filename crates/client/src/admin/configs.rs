use super::{Admin, Each, check, fanout::Target, route::Call, words::codes};
use crate::Error;
use base::NodeId;
use protocol::{
    DescribeConfigsRequest, IncrementalAlterConfigsRequest, ListConfigResourcesRequest,
    create_topics::response::CreatableTopicConfigs,
    describe_configs::{
        request::DescribeConfigsResource,
        response::{DescribeConfigsResourceResult, DescribeConfigsResult},
    },
    incremental_alter_configs::request::{AlterConfigsResource, AlterableConfig},
};
use std::{collections::BTreeMap, fmt};

codes! {
    /// What kinds of things have a configuration.
    ResourceType is "a resource type", else "UNKNOWN" {
        Topic = 2 "TOPIC",
        Broker = 4 "BROKER",
        /// Log levels of a broker's loggers (KIP-412).
        BrokerLogger = 8 "BROKER_LOGGER",
        /// Subscriptions to the metrics of clients (KIP-714).
        ClientMetrics = 16 "CLIENT_METRICS",
        /// Groups of every type (KIP-848).
        Group = 32 "GROUP",
    }
}

codes! {
    /// Where a value in force comes from. Of several, the first in Kafka's order of precedence is in force.
    ConfigSource is "a configuration source", else "UNKNOWN" {
        Topic = 1 "DYNAMIC_TOPIC_CONFIG",
        DynamicBroker = 2 "DYNAMIC_BROKER_CONFIG",
        /// Set for all brokers.
        DynamicDefaultBroker = 3 "DYNAMIC_DEFAULT_BROKER_CONFIG",
        /// From the broker's own properties file.
        StaticBroker = 4 "STATIC_BROKER_CONFIG",
        Default = 5 "DEFAULT_CONFIG",
        BrokerLogger = 6 "DYNAMIC_BROKER_LOGGER_CONFIG",
        ClientMetrics = 7 "DYNAMIC_CLIENT_METRICS_CONFIG",
        Group = 8 "DYNAMIC_GROUP_CONFIG",
    }
}

codes! {
    ConfigType is "a configuration type", else "UNKNOWN" {
        Boolean = 1 "BOOLEAN",
        String = 2 "STRING",
        Int = 3 "INT",
        Short = 4 "SHORT",
        Long = 5 "LONG",
        Double = 6 "DOUBLE",
        List = 7 "LIST",
        Class = 8 "CLASS",
        Password = 9 "PASSWORD",
    }
}

/// What a configuration belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    Topic(String),
    /// A broker's id, or empty for the default of all brokers.
    Broker(String),
    /// A broker's id.
    BrokerLogger(String),
    /// The name of a subscription.
    ClientMetrics(String),
    /// A group's id.
    Group(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigChange {
    Set(String, String),
    /// Back to what holds without it.
    Delete(String),
    /// Adds to a list.
    Append(String, String),
    /// Takes from a list.
    Subtract(String, String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEntry {
    pub name: String,
    /// `None` for a secret, and for what is not set.
    pub value: Option<String>,
    pub source: ConfigSource,
    pub read_only: bool,
    pub sensitive: bool,
    /// Every value there is for it, that in force first (KIP-226). Empty if not asked for.
    pub synonyms: Vec<ConfigSynonym>,
    pub value_type: ConfigType,
    /// `None` if not asked for.
    pub documentation: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigSynonym {
    /// The broker's name for it may differ, as `log.retention.ms` does from `retention.ms`.
    pub name: String,
    pub value: Option<String>,
    pub source: ConfigSource,
}

#[derive(Clone, Debug, Default)]
pub struct DescribeConfigsOptions {
    /// Only these; `None` for all.
    pub names: Option<Vec<String>>,
    pub synonyms: bool,
    pub documentation: bool,
}

impl Resource {
    pub fn resource_type(&self) -> ResourceType {
        match self {
            Self::Topic(_) => ResourceType::Topic,
            Self::Broker(_) => ResourceType::Broker,
            Self::BrokerLogger(_) => ResourceType::BrokerLogger,
            Self::ClientMetrics(_) => ResourceType::ClientMetrics,
            Self::Group(_) => ResourceType::Group,
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Topic(name)
            | Self::Broker(name)
            | Self::BrokerLogger(name)
            | Self::ClientMetrics(name)
            | Self::Group(name) => name,
        }
    }

    fn from_wire(kind: i8, name: String) -> Option<Self> {
        match ResourceType::from_code(kind) {
            ResourceType::Topic => Some(Self::Topic(name)),
            ResourceType::Broker => Some(Self::Broker(name)),
            ResourceType::BrokerLogger => Some(Self::BrokerLogger(name)),
            ResourceType::ClientMetrics => Some(Self::ClientMetrics(name)),
            ResourceType::Group => Some(Self::Group(name)),
            ResourceType::Unknown => None,
        }
    }

    /// Only a broker itself knows what it was started with, and its loggers.
    fn target(&self) -> Target {
        match self {
            Self::Broker(id) | Self::BrokerLogger(id) => {
                id.parse().map_or(Target::Any, |id| Target::Broker(NodeId(id)))
            }
            Self::Topic(_) | Self::ClientMetrics(_) | Self::Group(_) => Target::Any,
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(name) => write!(f, "topic `{name}`"),
            Self::Broker(id) if id.is_empty() => f.write_str("all brokers"),
            Self::Broker(id) => write!(f, "broker {id}"),
            Self::BrokerLogger(id) => write!(f, "loggers of broker {id}"),
            Self::ClientMetrics(name) => write!(f, "client metrics `{name}`"),
            Self::Group(name) => write!(f, "group `{name}`"),
        }
    }
}

impl Admin {
    /// What is in force for each resource, by name.
    pub async fn describe_configs(
        &self,
        resources: &[Resource],
        options: &DescribeConfigsOptions,
    ) -> Each<Resource, Vec<ConfigEntry>> {
        let names = |resource: &Resource| DescribeConfigsResource {
            resource_type: resource.resource_type().code(),
            resource_name: resource.name().into(),
            configuration_keys: options.names.as_ref().map(|names| names.iter().map(Into::into).collect()),
        };
        self.each(
            Call::new(resources.iter().cloned(), Resource::target),
            |resources, version| DescribeConfigsRequest {
                resources: resources.iter().map(names).collect(),
                include_synonyms: options.synonyms,
                // Brokers before Kafka 2.6 have none to give.
                include_documentation: options.documentation && version >= 3,
            },
            |_, response| Ok(response.results.iter().filter_map(read_resource).collect()),
        )
        .await
    }

    /// Changes what is named and leaves the rest (KIP-339). What is named for one resource twice is applied in
    /// the order given. `validate_only`: only say whether it would be accepted.
    pub async fn alter_configs(
        &self,
        changes: &[(Resource, Vec<ConfigChange>)],
        validate_only: bool,
    ) -> Each<Resource, ()> {
        let mut by_resource: BTreeMap<&Resource, Vec<AlterableConfig>> = BTreeMap::new();
        for (resource, changes) in changes {
            by_resource.entry(resource).or_default().extend(changes.iter().map(write));
        }
        self.each(
            Call::new(changes.iter().map(|(resource, _)| resource.clone()), Resource::target),
            |resources, _| IncrementalAlterConfigsRequest {
                resources: resources
                    .iter()
                    .map(|resource| AlterConfigsResource {
                        resource_type: resource.resource_type().code(),
                        resource_name: resource.name().into(),
                        configs: by_resource.get(resource).cloned().unwrap_or_default(),
                    })
                    .collect(),
                validate_only,
            },
            |_, response| {
                let answers = response.responses.iter().filter_map(|answer| {
                    let resource =
                        Resource::from_wire(answer.resource_type, answer.resource_name.to_string())?;
                    let message = answer.error_message.as_deref();
                    let answer = check(resource.to_string(), answer.error_code, message);
                    Some((resource, answer))
                });
                Ok(answers.collect())
            },
        )
        .await
    }

    /// What has a configuration: of these types, or of every type if none is named (KIP-1142). Brokers before
    /// Kafka 4.1 only list client metrics.
    pub async fn list_config_resources(&self, types: &[ResourceType]) -> Result<Vec<Resource>, Error> {
        self.one(
            Target::Any,
            "configuration resources",
            |version| {
                let only_client_metrics = version < 1 && types == [ResourceType::ClientMetrics];
                let types = if only_client_metrics { &[] } else { types };
                ListConfigResourcesRequest { resource_types: types.iter().map(|kind| kind.code()).collect() }
            },
            |response| {
                check("configuration resources", response.error_code, None)?;
                let mut resources: Vec<Resource> = response
                    .config_resources
                    .into_iter()
                    .filter_map(|found| {
                        Resource::from_wire(found.resource_type, found.resource_name.to_string())
                    })
                    .collect();
                resources.sort();
                Ok(resources)
            },
        )
        .await
    }
}

fn read_resource(result: &DescribeConfigsResult) -> Option<(Resource, Result<Vec<ConfigEntry>, Error>)> {
    let resource = Resource::from_wire(result.resource_type, result.resource_name.to_string())?;
    let answer = check(resource.to_string(), result.error_code, result.error_message.as_deref()).map(|()| {
        let mut entries: Vec<ConfigEntry> = result.configs.iter().map(read).collect();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries
    });
    Some((resource, answer))
}

fn read(config: &DescribeConfigsResourceResult) -> ConfigEntry {
    let synonyms = config.synonyms.iter().map(|synonym| ConfigSynonym {
        name: synonym.name.to_string(),
        value: synonym.value.as_ref().map(String::from),
        source: ConfigSource::from_code(synonym.source),
    });
    ConfigEntry {
        name: config.name.to_string(),
        value: config.value.as_ref().map(String::from),
        source: ConfigSource::from_code(config.config_source),
        read_only: config.read_only,
        sensitive: config.is_sensitive,
        synonyms: synonyms.collect(),
        value_type: ConfigType::from_code(config.config_type),
        documentation: config.documentation.as_ref().map(String::from),
    }
}

/// What CreateTopics says of a new topic's configuration.
pub(super) fn read_created(config: &CreatableTopicConfigs) -> ConfigEntry {
    ConfigEntry {
        name: config.name.to_string(),
        value: config.value.as_ref().map(String::from),
        source: ConfigSource::from_code(config.config_source),
        read_only: config.read_only,
        sensitive: config.is_sensitive,
        synonyms: Vec::new(),
        value_type: ConfigType::Unknown,
        documentation: None,
    }
}

fn write(change: &ConfigChange) -> AlterableConfig {
    let (operation, name, value) = match change {
        ConfigChange::Set(name, value) => (0, name, Some(value)),
        ConfigChange::Delete(name) => (1, name, None),
        ConfigChange::Append(name, value) => (2, name, Some(value)),
        ConfigChange::Subtract(name, value) => (3, name, Some(value)),
    };
    AlterableConfig { name: name.into(), config_operation: operation, value: value.map(Into::into) }
}
