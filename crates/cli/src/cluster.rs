use crate::failure::{Exit, Failure};
use clap::Args;
use client::{Address, Cluster, Config};
use std::time::Duration;

/// The cluster that a command works with.
#[derive(Clone, Debug, Args)]
pub(crate) struct ClusterArguments {
    /// Brokers to ask first, with commas between them.
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:9092")]
    bootstrap_server: String,
}

impl ClusterArguments {
    /// One round over the addresses: whoever types a command wants to know at once.
    pub(crate) async fn connect(&self) -> Result<Cluster, Failure> {
        let addresses = Address::parse_list(&self.bootstrap_server)
            .map_err(|error| Failure::new(Exit::Usage, format!("--bootstrap-server: {error}")))?;
        let config = Config {
            client_id: "mainstem-cli".to_owned(),
            connect_timeout: Duration::from_millis(2500),
            bootstrap_timeout: Duration::ZERO,
            request_timeout: Duration::from_secs(15),
            api_timeout: Duration::from_secs(10),
            ..Config::new(addresses)
        };
        Ok(Cluster::connect(config).await?)
    }
}
