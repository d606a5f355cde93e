//! Questions and orders for a cluster: topics, configurations, groups, offsets.
//!
//! A call about several things answers for each of them apart, in the order asked. A call is repeated while its
//! failure may pass (a broker that moves, a coordinator that loads), up to [`crate::Config::api_timeout`].
mod configs;
mod groups;
mod offsets;
mod topics;

use crate::{Cluster, Error};
pub use configs::{ConfigChange, ConfigEntry, ConfigSource, Resource};
pub use groups::{CommittedOffset, GroupDescription, GroupListing, GroupMember};
pub use offsets::{ListedOffset, OffsetSpec};
use protocol::{ApiKey, DescribeClusterRequest, ErrorCode};
pub use topics::{CreateOptions, CreatedTopic, NewTopic};

/// A handle; clones share the cluster.
#[derive(Clone, Debug)]
pub struct Admin {
    cluster: Cluster,
}

#[derive(Clone, Debug)]
pub struct ClusterDescription {
    pub cluster_id: Option<String>,
    pub controller: Option<base::NodeId>,
    pub brokers: Vec<crate::Broker>,
}

impl Admin {
    pub fn new(cluster: &Cluster) -> Self {
        Self { cluster: cluster.clone() }
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Who the brokers are. Brokers older than Kafka 2.8 say it in their metadata.
    pub async fn describe_cluster(&self) -> Result<ClusterDescription, Error> {
        if !self.cluster.has(ApiKey::DescribeCluster).await? {
            self.cluster.refresh(&[], crate::OnUnknownTopic::Fail).await?;
            let metadata = self.cluster.metadata();
            return Ok(ClusterDescription {
                cluster_id: metadata.cluster_id.clone(),
                controller: metadata.controller,
                brokers: metadata.brokers.values().cloned().collect(),
            });
        }
        let response = self.cluster.ask_any(&DescribeClusterRequest::default()).await?;
        check("cluster", response.error_code, response.error_message.as_deref())?;
        let brokers = response.brokers.iter().filter_map(|broker| {
            let address =
                crate::Address { host: broker.host.to_string(), port: u16::try_from(broker.port).ok()? };
            let id = base::NodeId(broker.broker_id);
            Some(crate::Broker { id, address, rack: broker.rack.as_ref().map(String::from) })
        });
        Ok(ClusterDescription {
            cluster_id: Some(response.cluster_id.to_string()),
            controller: (response.controller_id >= 0).then_some(base::NodeId(response.controller_id)),
            brokers: brokers.collect(),
        })
    }
}

/// `Ok` for NONE, else a refusal.
pub(crate) fn check(subject: impl Into<String>, code: i16, message: Option<&str>) -> Result<(), Error> {
    if code == ErrorCode::NONE.0 {
        return Ok(());
    }
    Err(Error::refused(subject, code, message))
}

/// What the broker left out of its answer.
fn unanswered(subject: String) -> Error {
    Error::refused(subject, ErrorCode::UNKNOWN_SERVER_ERROR.0, Some("the broker's answer leaves it out"))
}
