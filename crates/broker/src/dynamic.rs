//! Broker settings that change while it runs (KIP-226): when they may, and who is told.
//!
//! Those that stand in for a topic's settings are not here: a topic asks for them when it is told its own.
use crate::{config_view::to_properties, network::Limits, state::State};
use ::metadata::{ConfigResource, ConfigValues, MetadataImage};
use config::{Error, ServerConfig};

/// Sizes of pools of threads, which Kafka lets change by no more than half or double at a time.
const THREADS: [&str; 5] = [
    "background.threads",
    "num.io.threads",
    "num.network.threads",
    "num.recovery.threads.per.data.dir",
    "num.replica.fetchers",
];

/// What may be 0 in the file, but not be set to 0 while connections are there.
const POSITIVE: [&str; 2] = ["max.connection.creation.rate", "max.connections"];

/// Tells everyone concerned what the broker's settings are now.
pub(crate) fn apply(state: &State, image: &MetadataImage) {
    let config = match effective(state, image, None) {
        Ok(config) => config,
        Err(error) => {
            // Each value was checked when it was set, by this release or by another.
            tracing::error!(%error, "the broker's settings that were made at run time are not in force");
            return;
        }
    };
    state.limits.configure(Limits::of(&config, &state.listener_names));
    state.storage.set_threads_per_directory(config.log.num_recovery_threads_per_data_dir);
    state.storage.set_producer_id_expiration(config.log.producer_id_expiration_ms);
}

/// Whether this broker could go by these values of one resource.
pub(crate) fn check(state: &State, resource: &ConfigResource, values: &ConfigValues) -> Result<(), String> {
    let image = state.image();
    let after = effective(state, &image, Some((resource, values))).map_err(|error| error.to_string())?;
    if let Ok(before) = effective(state, &image, None) {
        THREADS.into_iter().try_for_each(|key| check_threads(key, &before, &after))?;
    }
    let is_zero = |key: &str, value: &str| {
        let key = key
            .strip_prefix("listener.name.")
            .and_then(|rest| rest.split_once('.'))
            .map_or(key, |(_, key)| key);
        POSITIVE.contains(&key) && value.trim() == "0"
    };
    match values.iter().find(|(key, value)| is_zero(key, value)) {
        Some((key, _)) => Err(format!("`{key}` cannot become 0 while the broker runs")),
        None => Ok(()),
    }
}

fn check_threads(key: &str, before: &ServerConfig, after: &ServerConfig) -> Result<(), String> {
    let (Ok(before), Ok(after)) = (before.number(key), after.number(key)) else { return Ok(()) };
    if after < before / 2 {
        return Err(format!("`{key}` is {before}, so it may become {} at least, not {after}", before / 2));
    }
    if after > before * 2 {
        return Err(format!("`{key}` is {before}, so it may become {} at most, not {after}", before * 2));
    }
    Ok(())
}

/// The file's settings under those made at run time; `instead` replaces what is set on one resource.
fn effective(
    state: &State,
    image: &MetadataImage,
    instead: Option<(&ConfigResource, &ConfigValues)>,
) -> Result<ServerConfig, Error> {
    let set = |resource: &ConfigResource| match instead {
        Some((other, values)) if other == resource => to_properties(values),
        _ => image.config(resource).map(to_properties).unwrap_or_default(),
    };
    state.config.with_dynamic(&set(&ConfigResource::CLUSTER), &set(&ConfigResource::broker(state.node_id)))
}
