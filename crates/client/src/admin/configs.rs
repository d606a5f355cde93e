use super::{Admin, check, unanswered};
use crate::Error;
use protocol::{
    DescribeConfigsRequest, IncrementalAlterConfigsRequest,
    describe_configs::{request::DescribeConfigsResource, response::DescribeConfigsResourceResult},
    incremental_alter_configs::request::{AlterConfigsResource, AlterableConfig},
};

/// What a configuration belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    Topic(String),
    /// A broker's id, or empty for the default of all brokers.
    Broker(String),
    Group(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigChange {
    Set(String, String),
    Delete(String),
    /// Adds to a list.
    Append(String, String),
    /// Takes from a list.
    Subtract(String, String),
}

#[derive(Clone, Debug)]
pub struct ConfigEntry {
    pub name: String,
    /// `None` for a secret.
    pub value: Option<String>,
    pub source: ConfigSource,
    pub read_only: bool,
    pub sensitive: bool,
    pub documentation: Option<String>,
}

/// Where a value in force comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigSource {
    Topic,
    DynamicBroker,
    DynamicDefaultBroker,
    StaticBroker,
    Default,
    Group,
    Other(i8),
}

impl Resource {
    fn kind(&self) -> i8 {
        match self {
            Self::Topic(_) => 2,
            Self::Broker(_) => 4,
            Self::Group(_) => 32,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Topic(name) | Self::Broker(name) | Self::Group(name) => name,
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Topic(name) => format!("topic `{name}`"),
            Self::Broker(name) => format!("broker `{name}`"),
            Self::Group(name) => format!("group `{name}`"),
        }
    }
}

impl ConfigSource {
    fn from_wire(source: i8) -> Self {
        match source {
            1 => Self::Topic,
            2 => Self::DynamicBroker,
            3 => Self::DynamicDefaultBroker,
            4 => Self::StaticBroker,
            5 => Self::Default,
            8 => Self::Group,
            other => Self::Other(other),
        }
    }
}

impl Admin {
    /// Everything that is in force for one resource, by name.
    pub async fn describe_configs(&self, resource: &Resource) -> Result<Vec<ConfigEntry>, Error> {
        let asked = DescribeConfigsResource {
            resource_type: resource.kind(),
            resource_name: resource.name().into(),
            configuration_keys: None,
        };
        let request = DescribeConfigsRequest { resources: vec![asked], ..Default::default() };
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let response = self.connection_for(resource).await?.request(&request).await?;
                let result =
                    response.results.into_iter().next().ok_or_else(|| unanswered(resource.subject()))?;
                check(resource.subject(), result.error_code, result.error_message.as_deref())?;
                Ok(result.configs)
            };
            match answer.await {
                Ok(configs) => {
                    let mut entries: Vec<ConfigEntry> = configs.iter().map(read).collect();
                    entries.sort_by(|a, b| a.name.cmp(&b.name));
                    return Ok(entries);
                }
                Err(error) => retry.after(error).await?,
            }
        }
    }

    /// Changes what is named and leaves the rest (KIP-339).
    pub async fn alter_configs(&self, resource: &Resource, changes: &[ConfigChange]) -> Result<(), Error> {
        let altered = AlterConfigsResource {
            resource_type: resource.kind(),
            resource_name: resource.name().into(),
            configs: changes.iter().map(write).collect(),
        };
        let request = IncrementalAlterConfigsRequest { resources: vec![altered], ..Default::default() };
        let mut retry = self.cluster.retry();
        loop {
            let answer = async {
                let response = self.connection_for(resource).await?.request(&request).await?;
                let result = response.responses.first().ok_or_else(|| unanswered(resource.subject()))?;
                check(resource.subject(), result.error_code, result.error_message.as_deref())
            };
            match answer.await {
                Ok(()) => return Ok(()),
                Err(error) => retry.after(error).await?,
            }
        }
    }

    /// Only a broker itself knows what it was started with.
    async fn connection_for(&self, resource: &Resource) -> Result<crate::Connection, Error> {
        match resource {
            Resource::Broker(id) => match id.parse() {
                Ok(id) => self.cluster.node(base::NodeId(id)).await,
                Err(_) => self.cluster.any().await,
            },
            Resource::Topic(_) | Resource::Group(_) => self.cluster.any().await,
        }
    }
}

fn read(config: &DescribeConfigsResourceResult) -> ConfigEntry {
    ConfigEntry {
        name: config.name.to_string(),
        value: config.value.as_ref().map(String::from),
        source: ConfigSource::from_wire(config.config_source),
        read_only: config.read_only,
        sensitive: config.is_sensitive,
        documentation: config.documentation.as_ref().map(String::from),
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
