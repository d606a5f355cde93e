//! The cluster that a tool works with, from its flags and files of properties.
use super::{Outcome, Stop, options::Given};
use ::client::{Admin, Cluster, Config, Properties, properties};
use std::{collections::BTreeMap, fs, time::Duration};

pub(super) type Pairs = BTreeMap<String, String>;

/// A file of properties; none without a file.
pub(super) fn read_properties(file: Option<&str>) -> Result<Pairs, Stop> {
    let Some(file) = file else { return Ok(Pairs::new()) };
    let text =
        fs::read_to_string(file).map_err(|error| Stop::Failed(format!("cannot read {file}: {error}")))?;
    config::parse_properties(&text).map_err(|error| Stop::Failed(format!("{file}: {error}")))
}

/// Reads settings out of properties. One that nobody knows is only warned of, as Kafka's clients do.
pub(super) fn apply(
    mut pairs: Pairs,
    mut apply: impl FnMut(&Properties) -> Result<Vec<properties::Warning>, properties::Error>,
) -> Outcome {
    loop {
        let mut all = Properties::default();
        pairs.iter().for_each(|(key, value)| all.set(key, value));
        match apply(&all) {
            Ok(_) => return Ok(()),
            Err(properties::Error::UnknownKey { key, .. }) if pairs.remove(&key).is_some() => {
                eprintln!("WARN The configuration '{key}' was supplied but isn't a known config.");
            }
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
    let address = match (given.get("bootstrap-server")?, given.get("bootstrap-controller")?) {
        (Some(_), Some(_)) => {
            let message = "You cannot specify both --bootstrap-controller and --bootstrap-server.";
            return Err(Stop::failed(message));
        }
        (Some(address), None) | (None, Some(address)) => address,
        (None, None) => {
            return Err(Stop::failed(
                "You must specify either --bootstrap-controller or --bootstrap-server.",
            ));
        }
    };
    admin_at(address, read_properties(given.get("command-config")?)?).await
}

pub(super) async fn admin_at(address: &str, mut pairs: Pairs) -> Result<Admin, Stop> {
    pairs.insert("bootstrap.servers".to_owned(), address.to_owned());
    let mut config = patient("mainstem-tools");
    apply(pairs, |properties| properties.apply(&mut config))?;
    Ok(Admin::new(&connect(config).await?))
}
