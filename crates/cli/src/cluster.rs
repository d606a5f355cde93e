//! Which cluster a command works with, and the connection to it.
//!
//! Client properties come from the profile, then from the environment, then from `-X`, then from
//! `--bootstrap-server`; the later counts.
use crate::{
    args::key_value,
    failure::{Contact, Exit, Failure},
    profiles::Profiles,
};
use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use client::{
    Address, Cluster, Config, consumer, producer,
    properties::{self, Warning},
};
use config::Properties;
use std::{env, sync::OnceLock, time::Duration};

const DEFAULT_BOOTSTRAP: &str = "localhost:9092";
const BOOTSTRAP: &str = "bootstrap.servers";

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Cluster")]
pub(crate) struct ClusterArguments {
    /// Brokers to ask first, with commas between them; else MAINSTEM_BOOTSTRAP_SERVER, else those of the profile, else
    /// localhost:9092.
    #[arg(short, long, aliases = ["bootstrap-servers", "brokers"], value_name = "HOST:PORT")]
    bootstrap_server: Option<String>,
    /// The profile with the cluster's properties; else MAINSTEM_PROFILE, else what `mainstem profile use` chose.
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(crate::completion::profiles))]
    profile: Option<String>,
    /// A client property by Kafka's or librdkafka's name; may be repeated.
    #[arg(short = 'X', value_name = "KEY=VALUE", value_parser = key_value, add = ArgValueCompleter::new(crate::completion::client_properties))]
    properties: Vec<(String, String)>,
}

/// Where properties may come from.
#[derive(Debug, Default)]
struct Sources<'a> {
    profile: Properties,
    environment: Option<String>,
    properties: &'a [(String, String)],
    bootstrap: Option<&'a str>,
}

impl Sources<'_> {
    fn merged(self) -> Properties {
        let mut merged: Properties = [(BOOTSTRAP.to_owned(), DEFAULT_BOOTSTRAP.to_owned())].into();
        merged.extend(self.profile);
        merged.extend(self.environment.map(|addresses| (BOOTSTRAP.to_owned(), addresses)));
        // librdkafka's other name for it.
        let named = |key: &str| if key == "metadata.broker.list" { BOOTSTRAP } else { key }.to_owned();
        merged.extend(self.properties.iter().map(|(key, value)| (named(key), value.clone())));
        merged.extend(self.bootstrap.map(|addresses| (BOOTSTRAP.to_owned(), addresses.to_owned())));
        merged
    }
}

impl ClusterArguments {
    fn merged(&self) -> Result<Properties, Failure> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let profiles = Profiles::of_user();
        let chosen = match self.profile.clone().or_else(|| variable("MAINSTEM_PROFILE")) {
            Some(name) => Some(name),
            None => profiles.as_ref().map(Profiles::current).transpose()?.flatten(),
        };
        let profile = match (chosen, profiles) {
            (Some(name), Some(profiles)) => profiles.get(&name)?,
            (Some(name), None) => {
                return Err(Failure::new(Exit::Usage, format!("no folder to look for profile `{name}` in"))
                    .next_step("set HOME or XDG_CONFIG_HOME"));
            }
            (None, _) => Properties::new(),
        };
        let sources = Sources {
            profile,
            environment: variable("MAINSTEM_BOOTSTRAP_SERVER"),
            properties: &self.properties,
            bootstrap: self.bootstrap_server.as_deref(),
        };
        Ok(sources.merged())
    }

    /// One round over the addresses: whoever types a command wants to know at once.
    pub(crate) async fn connect(&self) -> Result<Cluster, Failure> {
        self.connect_within(Duration::from_millis(2500)).await
    }

    pub(crate) async fn connect_within(&self, patience: Duration) -> Result<Cluster, Failure> {
        // A broker that takes a question and says nothing leaves time to ask another.
        let request_timeout = Duration::from_secs(4);
        let mut config = Config { connect_timeout: patience, request_timeout, ..quick() };
        let warnings = client_properties(self.merged()?).apply(&mut config);
        self.open(config, warnings).await
    }

    /// Whether anything says what one of these properties is.
    pub(crate) fn sets(&self, keys: &[&str]) -> Result<bool, Failure> {
        Ok(self.merged()?.keys().any(|key| keys.contains(&key.as_str())))
    }

    /// A cluster to produce to; what the properties say of producing goes to `producer`.
    pub(crate) async fn connect_producer(&self, producer: &mut producer::Config) -> Result<Cluster, Failure> {
        let mut config = quick();
        let warnings = client_properties(self.merged()?).apply_to_producer(&mut config, producer);
        self.open(config, warnings).await
    }

    /// A cluster to consume from; what the properties say of consuming goes to `consumer`.
    pub(crate) async fn connect_consumer(&self, consumer: &mut consumer::Config) -> Result<Cluster, Failure> {
        let mut config = quick();
        let warnings = client_properties(self.merged()?).apply_to_consumer(&mut config, consumer);
        self.open(config, warnings).await
    }

    async fn open(
        &self,
        config: Config,
        warnings: Result<Vec<Warning>, properties::Error>,
    ) -> Result<Cluster, Failure> {
        // A profile serves every command; only what was typed for this one is worth a word.
        let is_typed = |warning: &&Warning| self.properties.iter().any(|(key, _)| *key == warning.key);
        for warning in warnings.map_err(|error| unusable(&error))?.iter().filter(is_typed) {
            eprintln!("warning: {warning}");
        }
        let _ = ASKED.set(config.bootstrap.clone());
        let cluster = Cluster::connect(config).await?;
        let _ = OPENED.set(cluster.clone());
        Ok(cluster)
    }
}

/// Whoever types a command waits for it: one round over the addresses, and no long patience.
fn quick() -> Config {
    Config {
        client_id: "mainstem-cli".to_owned(),
        connect_timeout: Duration::from_millis(2500),
        bootstrap_timeout: Duration::ZERO,
        request_timeout: Duration::from_secs(15),
        api_timeout: Duration::from_secs(10),
        ..Config::new(Vec::new())
    }
}

/// Whether a client can be made of these properties.
pub(crate) fn check(properties: &Properties) -> Result<(), Failure> {
    client_properties(properties.clone()).apply(&mut quick()).map(drop).map_err(|error| unusable(&error))
}

fn client_properties(properties: Properties) -> client::Properties {
    let mut all = client::Properties::default();
    properties.into_iter().for_each(|(key, value)| all.set(key, value));
    all
}

fn unusable(error: &properties::Error) -> Failure {
    Failure::new(Exit::Usage, error.to_string())
}

/// The addresses that the command was given, and the cluster if one of them answered: a process runs one command.
static ASKED: OnceLock<Vec<Address>> = OnceLock::new();
static OPENED: OnceLock<Cluster> = OnceLock::new();

/// The cluster that the command works with.
pub(crate) fn opened() -> Option<&'static Cluster> {
    OPENED.get()
}

/// What is known when an address fails.
pub(crate) fn contact() -> Contact {
    let asked = ASKED.get().into_iter().flatten().map(ToString::to_string);
    Contact { asked: asked.collect(), is_made: OPENED.get().is_some() }
}

/// Says early, and by its address, when no broker can be reached where the cluster says it is: the wait for one that
/// moves would take longer.
pub(crate) async fn reach_brokers(cluster: &Cluster) -> Result<(), Failure> {
    const ENOUGH: usize = 3;
    let brokers: Vec<_> = cluster.metadata().brokers.keys().copied().take(ENOUGH).collect();
    let mut attempts = tokio::task::JoinSet::new();
    for id in brokers {
        let cluster = cluster.clone();
        attempts.spawn(async move { cluster.node(id).await.map(drop) });
    }
    let mut first_error = None;
    while let Some(Ok(attempt)) = attempts.join_next().await {
        match attempt {
            Ok(()) => return Ok(()),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    first_error.map_or(Ok(()), |error| Err(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_source_counts() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let profile = || [pair(BOOTSTRAP, "profile:1"), pair("client.rack", "a")].into();
        let typed = [pair("metadata.broker.list", "typed:1"), pair("client.rack", "b")];
        for (sources, bootstrap, rack) in [
            (Sources::default(), DEFAULT_BOOTSTRAP, None),
            (Sources { profile: profile(), ..Default::default() }, "profile:1", Some("a")),
            (
                Sources { profile: profile(), environment: Some("env:1".to_owned()), ..Default::default() },
                "env:1",
                Some("a"),
            ),
            (
                Sources {
                    profile: profile(),
                    environment: Some("env:1".to_owned()),
                    properties: &typed,
                    bootstrap: None,
                },
                "typed:1",
                Some("b"),
            ),
            (
                Sources {
                    profile: profile(),
                    environment: Some("env:1".to_owned()),
                    properties: &typed,
                    bootstrap: Some("flag:1"),
                },
                "flag:1",
                Some("b"),
            ),
        ] {
            let merged = sources.merged();
            assert_eq!(merged[BOOTSTRAP], bootstrap);
            assert_eq!(merged.get("client.rack").map(String::as_str), rack);
        }
    }
}
