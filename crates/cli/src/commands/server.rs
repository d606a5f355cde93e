use super::node;
use crate::{
    args::key_value,
    failure::{Exit, Failure},
    output,
};
use clap::Args;
use config::{Properties, ServerConfig};
use jiff::Zoned;
use std::{env, fs, path::PathBuf};

/// Run a server with Kafka's settings.
///
/// Settings come from the file, then from environment variables such as KAFKA_LOG_DIRS, then from --override; the later
/// counts. An empty data folder is formatted.
#[derive(Debug, Args)]
#[command(before_help = "Examples:
  mainstem server server.properties
  mainstem server server.properties --override log.retention.hours=24
  mainstem server --override log.dirs=/data --override node.id=2")]
pub(crate) struct Arguments {
    /// A `server.properties` as Kafka reads it.
    properties: Option<PathBuf>,
    /// A setting; may be repeated.
    #[arg(long = "override", value_name = "KEY=VALUE", value_parser = key_value)]
    overrides: Vec<(String, String)>,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let environment = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let file = arguments.properties.as_ref().map(read).transpose()?;
    let config = server_config(file.unwrap_or_default(), environment, arguments.overrides)?;
    for unknown in &config.unknown {
        eprintln!("warning: {unknown}");
    }
    telemetry::start_logging(&telemetry::LogOptions::default())
        .map_err(|error| Failure::new(Exit::Other, crate::failure::with_causes(&error)))?;
    let node_id = config.node.node_id.0;
    super::block_on(node::run_until_stopped(config, "use another folder in `log.dirs`", |_| {
        output::print_line(&ready_line(node_id, &Zoned::now()))
    }))
}

fn read(path: &PathBuf) -> Result<Properties, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(Exit::Usage, format!("cannot read {}: {error}", path.display())))?;
    config::parse_properties(&text)
        .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", path.display())))
}

/// An unknown key in a file may be meant for a newer or older Kafka and is a warning; one that was typed on the
/// command line is a mistake.
fn server_config(
    file: Properties,
    environment: impl IntoIterator<Item = (String, String)>,
    overrides: Vec<(String, String)>,
) -> Result<ServerConfig, Failure> {
    for (key, _) in &overrides {
        config::lookup(config::Scope::Broker, key)
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    }
    let properties = file.into_iter().chain(config::from_environment(environment)).chain(overrides);
    ServerConfig::from_properties(properties).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}

/// The line of Kafka's log that tools wait for before they use a server.
fn ready_line(node_id: i32, now: &Zoned) -> String {
    let time = now.strftime("%Y-%m-%d %H:%M:%S,%3f");
    format!(
        "[{time}] INFO [BrokerLifecycleManager id={node_id}] The broker has been unfenced. Transitioning from RECOVERY to \
         RUNNING. (kafka.server.BrokerLifecycleManager)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{Timestamp, tz::TimeZone};

    #[test]
    fn the_ready_line_is_what_tools_wait_for() {
        let now = Timestamp::from_millisecond(1_700_000_000_123).unwrap().to_zoned(TimeZone::UTC);
        let expected = "[2023-11-14 22:13:20,123] INFO [BrokerLifecycleManager id=1] The broker has been unfenced. \
                        Transitioning from RECOVERY to RUNNING. (kafka.server.BrokerLifecycleManager)";
        assert_eq!(ready_line(1, &now), expected);
    }

    #[test]
    fn the_later_source_counts() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let file: Properties =
            [pair("num.partitions", "1"), pair("node.id", "7"), pair("log.dirs", "/f")].into();
        let environment =
            vec![pair("KAFKA_NUM_PARTITIONS", "2"), pair("KAFKA_LOG_DIRS", "/e"), pair("PATH", "/bin")];
        let config = server_config(file, environment, vec![pair("log.dirs", "/o")]).unwrap();
        assert_eq!((config.node.node_id.0, config.node.num_partitions), (7, 2));
        assert_eq!(config.log_dirs(), [PathBuf::from("/o")]);
        assert!(config.unknown.is_empty());
    }

    #[test]
    fn mistakes_name_what_was_meant() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let in_file = server_config([pair("log.dir.s", "x")].into(), Vec::new(), Vec::new()).unwrap();
        assert!(in_file.unknown[0].to_string().contains("did you mean `log.dirs`?"));
        for (file, over) in [
            (None, Some(pair("num.partitoins", "1"))),
            (None, Some(pair("num.partitions", "many"))),
            (Some(pair("num.partitions", "-3")), None),
        ] {
            let config = server_config(file.into_iter().collect(), Vec::new(), over.into_iter().collect());
            let line = format!("{:?}", config.unwrap_err());
            assert!(line.contains("Usage") && line.contains("num.partitions"), "{line}");
        }
    }
}
