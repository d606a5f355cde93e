//! The cluster that a tool works with, from its flags and files of properties.
use super::{
    Outcome, Stop,
    options::{Given, split},
};
use ::client::{Admin, Cluster, Config, Producer, Properties, producer, properties};
use std::{collections::BTreeMap, fs, time::Duration};

pub(super) type Pairs = BTreeMap<String, String>;

/// A file of properties; none without a file.
pub(super) fn read_properties(file: Option<&str>) -> Result<Pairs, Stop> {
    let Some(file) = file else { return Ok(Pairs::new()) };
    let text =
        fs::read_to_string(file).map_err(|error| Stop::Failed(format!("cannot read {file}: {error}")))?;
    config::parse_properties(&text).map_err(|error| Stop::Failed(format!("{file}: {error}")))
}

/// Reads settings out of properties. One that nobody knows is passed over, as Kafka's tools do.
pub(super) fn apply(
    mut pairs: Pairs,
    mut apply: impl FnMut(&Properties) -> Result<Vec<properties::Warning>, properties::Error>,
) -> Outcome {
    loop {
        let mut all = Properties::default();
        pairs.iter().for_each(|(key, value)| all.set(key, value));
        match apply(&all) {
            Ok(_) => return Ok(()),
            Err(properties::Error::UnknownKey { key, .. }) if pairs.remove(&key).is_some() => {}
            Err(error) => return Err(Stop::Failed(error.to_string())),
        }
    }
}

/// Kafka's own patience: a cluster that starts at the same time is waited for.
pub(super) fn patient(client_id: &str) -> Config {
    Config {
        client_id: client_id.to_owned(),
        bootstrap_timeout: Duration::from_secs(60),
        ..Config::new(Vec::new())
    }
}

/// Tells at once when nobody answers, and goes on trying.
pub(super) async fn connect(config: Config) -> Result<Cluster, Stop> {
    let once = Config { bootstrap_timeout: Duration::ZERO, ..config.clone() };
    match Cluster::connect(once).await {
        Ok(cluster) => return Ok(cluster),
        Err(error) if error.is_connection() && !config.bootstrap_timeout.is_zero() => {
            eprintln!("WARN {}; trying again", crate::failure::with_causes(&error));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Cluster::connect(config).await?)
}

/// A client for `--bootstrap-server` or `--bootstrap-controller` with the properties of `--command-config`.
pub(super) async fn admin(given: &Given) -> Result<Admin, Stop> {
    let (key, address) = match (given.get("bootstrap-server")?, given.get("bootstrap-controller")?) {
        (Some(_), Some(_)) => {
            let message = "You cannot specify both --bootstrap-controller and --bootstrap-server.";
            return Err(Stop::failed(message));
        }
        (Some(address), None) => ("bootstrap.servers", address),
        (None, Some(address)) => ("bootstrap.controllers", address),
        (None, None) => {
            return Err(Stop::failed(
                "You must specify either --bootstrap-controller or --bootstrap-server.",
            ));
        }
    };
    let mut pairs = read_properties(given.get("command-config")?)?;
    pairs.remove("bootstrap.servers");
    pairs.remove("bootstrap.controllers");
    pairs.insert(key.to_owned(), address.to_owned());
    admin_of(pairs).await
}

/// `KEY=VALUE`; without a value it is empty.
pub(super) fn key_values<'a>(texts: impl Iterator<Item = &'a str>) -> Pairs {
    let pair = |text: &str| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        (key.to_owned(), value.to_owned())
    };
    texts.map(pair).collect()
}

/// Refuses bootstrap servers that are not HOST:PORT with commas, before anything else is tried.
pub(super) fn check_servers(given: &Given) -> Outcome {
    let servers = given.get("bootstrap-server")?.unwrap_or_default();
    if servers.trim().is_empty() {
        return Err(given.wrong("Error while validating the bootstrap address\n"));
    }
    let has_port = |server: &str| {
        server
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty())
    };
    let servers = split(servers, ',');
    match !servers.is_empty() && servers.into_iter().all(has_port) {
        true => Ok(()),
        false => Err(given.wrong("Please provide valid host:port like host1:9091,host2:9092\n")),
    }
}

/// A producer of the tool from properties. `id` is its client id unless they have one.
pub(super) async fn producer(mut pairs: Pairs, id: &str) -> Result<Producer, Stop> {
    pairs.entry("client.id".to_owned()).or_insert_with(|| id.to_owned());
    let (mut config, mut own) = (patient(id), producer::Config::default());
    apply(pairs, |properties| properties.apply_to_producer(&mut config, &mut own))?;
    Ok(Producer::new(&connect(config).await?, own))
}

pub(super) async fn admin_at(address: &str, mut pairs: Pairs) -> Result<Admin, Stop> {
    pairs.insert("bootstrap.servers".to_owned(), address.to_owned());
    admin_of(pairs).await
}

async fn admin_of(pairs: Pairs) -> Result<Admin, Stop> {
    let mut config = patient("mainstem-tools");
    apply(pairs, |properties| properties.apply(&mut config))?;
    Ok(Admin::new(&connect(config).await?))
}

/// The name of a group that is of no use to others.
pub(super) fn group_by_chance(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::new_v4().as_u128() % 100_000)
}
