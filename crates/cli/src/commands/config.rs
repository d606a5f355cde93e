use super::topic::source_name;
use crate::{
    args::key_value,
    cluster::{self, ClusterArguments},
    completion,
    failure::{Exit, Failure},
    output::{self, Column, OutputArguments, Row, or_dash},
};
use clap::{Args, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use client::{
    Admin, Error, ErrorCode,
    admin::{ConfigChange, ConfigSource, DescribeConfigsOptions, Resource},
};
use config::Scope;
use serde::Serialize;

/// Show and change the settings of topics, brokers, groups and client metrics.
#[derive(Debug, Subcommand)]
#[command(before_help = "Examples:
  mainstem config describe topic orders
  mainstem config set topic orders retention.ms=86400000 cleanup.policy=compact
  mainstem config unset topic orders retention.ms
  mainstem config describe broker 1 --all")]
pub(crate) enum Command {
    /// Show the settings that are not at their default.
    #[command(before_help = "Examples:
  mainstem config describe topic orders
  mainstem config describe broker 1 --all
  mainstem config describe broker               # the default of all brokers
  mainstem config describe topic orders -o json")]
    Describe(Describe),
    /// Change settings, while the cluster runs.
    #[command(before_help = "Examples:
  mainstem config set topic orders retention.ms=86400000
  mainstem config set broker 1 log.cleaner.threads=2
  mainstem config set group billing consumer.session.timeout.ms=60000
  mainstem config set client-metrics all metrics= interval.ms=60000")]
    Set(Set),
    /// Go back to what holds without the setting.
    #[command(before_help = "Examples:
  mainstem config unset topic orders retention.ms segment.bytes")]
    Unset(Unset),
}

/// What has settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Topic,
    Broker,
    Group,
    ClientMetrics,
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// What has the settings.
    #[arg(value_enum)]
    kind: Kind,
    /// Which one. A broker is named by its id; without it, the default of all brokers is meant.
    #[arg(add = ArgValueCompleter::new(completion::with_settings))]
    name: Option<String>,
    /// Show those at their default too.
    #[arg(short, long)]
    all: bool,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// What has the settings.
    #[arg(value_enum)]
    kind: Kind,
    /// Which one, then settings. A broker is named by its id; without it, the default of all brokers is meant.
    #[arg(required = true, value_name = "NAME|KEY=VALUE", add = ArgValueCompleter::new(completion::with_settings))]
    words: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Unset {
    /// What has the settings.
    #[arg(value_enum)]
    kind: Kind,
    /// Which one. `default` is the default of all brokers.
    #[arg(add = ArgValueCompleter::new(completion::with_settings))]
    name: String,
    /// The settings.
    #[arg(required = true, value_name = "KEY", add = ArgValueCompleter::new(completion::setting_keys))]
    keys: Vec<String>,
    #[command(flatten)]
    cluster: ClusterArguments,
}

#[derive(Debug, Serialize)]
struct Setting {
    name: String,
    value: Option<String>,
    source: &'static str,
    read_only: bool,
    sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    documentation: Option<String>,
}

impl Row for Setting {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("NAME", |s| s.name.clone()),
        Column::text(
            "VALUE",
            |s| if s.sensitive { "(hidden)".to_owned() } else { or_dash(s.value.as_ref()) },
        ),
        Column::text("SOURCE", |s| s.source.to_owned()),
    ];

    fn name(&self) -> String {
        self.name.clone()
    }
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Describe(arguments) => describe(arguments).await,
        Command::Set(arguments) => set(arguments).await,
        Command::Unset(arguments) => unset(arguments).await,
    }
}

async fn admin(arguments: &ClusterArguments) -> Result<Admin, Failure> {
    let cluster = arguments.connect().await?;
    cluster::reach_brokers(&cluster).await?;
    Ok(Admin::new(&cluster))
}

async fn describe(arguments: Describe) -> Result<(), Failure> {
    let resource = arguments.kind.named(arguments.name.as_deref())?;
    let entries = admin(&arguments.cluster)
        .await?
        .describe_configs(std::slice::from_ref(&resource), &DescribeConfigsOptions::default())
        .await
        .only();
    let entries = entries.map_err(|error| known(error, &resource))?;
    let shown = entries.into_iter().filter(|entry| arguments.all || entry.source != ConfigSource::Default);
    let rows: Vec<Setting> = shown
        .map(|entry| Setting {
            name: entry.name,
            value: entry.value.filter(|_| !entry.sensitive),
            source: source_name(entry.source),
            read_only: entry.read_only,
            sensitive: entry.sensitive,
            documentation: entry.documentation,
        })
        .collect();
    output::list(arguments.output.format, &rows)
}

async fn set(arguments: Set) -> Result<(), Failure> {
    let (name, settings) = split(&arguments.words)?;
    let resource = arguments.kind.named(name)?;
    let keys: Vec<&str> = settings.iter().map(|(key, _)| key.as_str()).collect();
    arguments.kind.check_keys(&keys)?;
    let changes: Vec<ConfigChange> =
        settings.iter().map(|(key, value)| ConfigChange::Set(key.clone(), value.clone())).collect();
    let altered =
        admin(&arguments.cluster).await?.alter_configs(&[(resource.clone(), changes)], false).await.only();
    altered.map_err(|error| known(error, &resource))?;
    output::say(&format!("set {} of {}", keys.join(", "), subject(&resource)))
}

async fn unset(arguments: Unset) -> Result<(), Failure> {
    let name =
        Some(arguments.name.as_str()).filter(|name| arguments.kind != Kind::Broker || *name != "default");
    let resource = arguments.kind.named(name)?;
    let keys: Vec<&str> = arguments.keys.iter().map(String::as_str).collect();
    arguments.kind.check_keys(&keys)?;
    let changes: Vec<ConfigChange> = arguments.keys.iter().cloned().map(ConfigChange::Delete).collect();
    let altered =
        admin(&arguments.cluster).await?.alter_configs(&[(resource.clone(), changes)], false).await.only();
    altered.map_err(|error| known(error, &resource))?;
    output::say(&format!("unset {} of {}", keys.join(", "), subject(&resource)))
}

impl Kind {
    fn named(self, name: Option<&str>) -> Result<Resource, Failure> {
        match (self, name) {
            (Self::Topic, Some(name)) => Ok(Resource::Topic(name.to_owned())),
            (Self::Group, Some(name)) => Ok(Resource::Group(name.to_owned())),
            (Self::Broker, Some(id)) if id.parse::<i32>().is_err() => {
                Err(Failure::new(Exit::Usage, format!("`{id}` is not the id of a broker"))
                    .next_step("name it by its number, or leave it out for the default of all brokers"))
            }
            (Self::Broker, id) => Ok(Resource::Broker(id.unwrap_or_default().to_owned())),
            (Self::ClientMetrics, Some(name)) => Ok(Resource::ClientMetrics(name.to_owned())),
            (Self::Topic | Self::Group | Self::ClientMetrics, None) => {
                let what = match self {
                    Self::Topic => "topic",
                    Self::Group => "group",
                    _ => "subscription",
                };
                Err(Failure::new(Exit::Usage, format!("which {what}? no name was given")))
            }
        }
    }

    pub(crate) fn scope(self) -> Scope {
        match self {
            Self::Topic => Scope::Topic,
            Self::Broker => Scope::Broker,
            Self::Group => Scope::Group,
            Self::ClientMetrics => Scope::ClientMetrics,
        }
    }

    /// A key that we know by a similar name is most likely a typo. One unlike any may belong to another broker's
    /// software, which then decides.
    pub(super) fn check_keys(self, keys: &[&str]) -> Result<(), Failure> {
        for key in keys {
            if let Err(config::Error::UnknownKey { nearest: Some(nearest), .. }) =
                config::lookup(self.scope(), key)
            {
                return Err(Failure::new(Exit::Usage, format!("unknown setting `{key}`"))
                    .next_step(format!("did you mean `{nearest}`?")));
            }
        }
        Ok(())
    }
}

/// What a name stands for, if there is one, and keys with their values.
type Named<'a> = (Option<&'a str>, Vec<(String, String)>);

/// A first word without `=` is a name.
fn split(words: &[String]) -> Result<Named<'_>, Failure> {
    let (name, settings) = match words {
        [first, rest @ ..] if !first.contains('=') => (Some(first.as_str()), rest),
        all => (None, all),
    };
    let wrong = |word: &str, reason: String| Failure::new(Exit::Usage, format!("`{word}`: {reason}"));
    let settings = settings.iter().map(|word| key_value(word).map_err(|reason| wrong(word, reason)));
    let settings: Vec<(String, String)> = settings.collect::<Result<_, _>>()?;
    if settings.is_empty() {
        return Err(Failure::new(Exit::Usage, "nothing to set").next_step("give KEY=VALUE"));
    }
    Ok((name, settings))
}

fn subject(resource: &Resource) -> String {
    match resource {
        Resource::Topic(name) => format!("topic `{name}`"),
        Resource::Group(name) => format!("group `{name}`"),
        Resource::ClientMetrics(name) => format!("client metrics `{name}`"),
        Resource::Broker(id) if id.is_empty() => "all brokers".to_owned(),
        Resource::Broker(id) | Resource::BrokerLogger(id) => format!("broker {id}"),
    }
}

/// A missing topic is said as everywhere else.
fn known(error: Error, resource: &Resource) -> Error {
    match (error.code(), resource) {
        (Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION), Resource::Topic(name)) => {
            Error::UnknownTopic(name.clone())
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_word_without_equals_is_a_name() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        for (line, expected) in [
            ("orders a=b", Some((Some("orders"), vec![pair("a", "b")]))),
            ("a=b c=d=e", Some((None, vec![pair("a", "b"), pair("c", "d=e")]))),
            ("orders", None),
            ("orders payments a=b", None),
            ("orders =b", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(split(&words).ok(), expected, "{line}");
        }
    }

    #[test]
    fn what_has_settings_is_named() {
        for (kind, name, expected) in [
            (Kind::Topic, Some("t"), Some(Resource::Topic("t".to_owned()))),
            (Kind::Topic, None, None),
            (Kind::Broker, Some("1"), Some(Resource::Broker("1".to_owned()))),
            (Kind::Broker, None, Some(Resource::Broker(String::new()))),
            (Kind::Broker, Some("one"), None),
            (Kind::Group, Some("g"), Some(Resource::Group("g".to_owned()))),
            (Kind::Group, None, None),
        ] {
            assert_eq!(kind.named(name).ok(), expected, "{kind:?} {name:?}");
        }
    }

    #[test]
    fn a_typo_names_the_nearest_key() {
        for (kind, key, suggestion) in [
            (Kind::Topic, "retention.mss", Some("retention.ms")),
            (Kind::Topic, "retention.ms", None),
            (Kind::Topic, "zzz", None),
            (Kind::Broker, "log.retention.mss", Some("log.retention.ms")),
        ] {
            let checked = kind.check_keys(&[key]).map_err(|failure| format!("{failure:?}"));
            match suggestion {
                None => assert!(checked.is_ok(), "{key}"),
                Some(nearest) => assert!(checked.unwrap_err().contains(nearest), "{key}"),
            }
        }
    }
}
