use super::{
    AclOperation, Admin, Each, acls::authorized_operations, check, fanout::Target, read_node, route::Call,
    words::codes,
};
use crate::{Address, Error, OnUnknownTopic, cluster::CONTROLLERS};
use base::NodeId;
use protocol::{
    ApiKey, ApiVersionsRequest, DescribeClusterRequest, ErrorCode, UnregisterBrokerRequest,
    UnregisterControllerRequest, UpdateFeaturesRequest,
    describe_cluster::response::{DescribeClusterBroker, DescribeClusterResponse},
    update_features::request::FeatureUpdateKey,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, Default)]
pub struct DescribeClusterOptions {
    /// Also say what the caller may do (KIP-430).
    pub authorized_operations: bool,
    /// Also brokers that are registered but not alive (KIP-1073). Brokers before Kafka 4.0 refuse it.
    pub fenced_brokers: bool,
}

#[derive(Clone, Debug)]
pub struct ClusterDescription {
    pub cluster_id: Option<String>,
    /// With KRaft: some broker that passes on what is meant for the controller.
    pub controller: Option<NodeId>,
    pub brokers: Vec<ClusterNode>,
    /// `None` if not asked for.
    pub authorized_operations: Option<BTreeSet<AclOperation>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterNode {
    pub id: NodeId,
    pub address: Address,
    pub rack: Option<String>,
    /// Registered, but not serving.
    pub fenced: bool,
}

/// What a cluster's software can do and what it has agreed on (KIP-584).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    /// What the broker asked supports, by feature.
    pub supported: BTreeMap<String, SupportedVersions>,
    /// What holds in the whole cluster: the version level of each feature. A feature that is off is absent.
    pub finalized: BTreeMap<String, i16>,
    /// Counts the changes of `finalized`; `None` where the broker does not know.
    pub finalized_epoch: Option<i64>,
}

/// Both inclusive. Zero: it can be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupportedVersions {
    pub min: i16,
    pub max: i16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureUpdate {
    pub feature: String,
    /// Zero switches it off.
    pub version_level: i16,
    pub upgrade_type: UpgradeType,
}

codes! {
    /// Which way a feature may move (KIP-778).
    UpgradeType is "an upgrade type", else "UNKNOWN" {
        Upgrade = 1 "UPGRADE",
        /// Down, unless metadata would be lost.
        SafeDowngrade = 2 "SAFE_DOWNGRADE",
        /// Down, whatever is lost.
        UnsafeDowngrade = 3 "UNSAFE_DOWNGRADE",
    }
}

/// DescribeCluster's word for them.
const BROKERS: i8 = 1;

impl Admin {
    /// Who the brokers are.
    pub async fn describe_cluster(
        &self,
        options: DescribeClusterOptions,
    ) -> Result<ClusterDescription, Error> {
        if !self.cluster.has(ApiKey::DescribeCluster).await? {
            return self.cluster_from_metadata().await;
        }
        self.one(
            Target::Any,
            "cluster",
            |version| DescribeClusterRequest {
                endpoint_type: if self.cluster.config().controllers && version > 0 {
                    CONTROLLERS
                } else {
                    BROKERS
                },
                include_cluster_authorized_operations: options.authorized_operations,
                include_fenced_brokers: options.fenced_brokers,
            },
            |response| {
                check("cluster", response.error_code, response.error_message.as_deref())?;
                Ok(read_cluster(&response))
            },
        )
        .await
    }

    /// Brokers older than Kafka 2.8 say it in their metadata.
    async fn cluster_from_metadata(&self) -> Result<ClusterDescription, Error> {
        self.cluster.refresh(&[], OnUnknownTopic::Fail).await?;
        let metadata = self.cluster.metadata();
        let node = |broker: &crate::Broker| ClusterNode {
            id: broker.id,
            address: broker.address.clone(),
            rack: broker.rack.clone(),
            fenced: false,
        };
        Ok(ClusterDescription {
            cluster_id: metadata.cluster_id.clone(),
            controller: metadata.controller,
            brokers: metadata.brokers.values().map(node).collect(),
            authorized_operations: None,
        })
    }

    /// Makes the controller forget a broker that is gone for good (KIP-631).
    pub async fn unregister_broker(&self, id: NodeId) -> Result<(), Error> {
        self.one(
            Target::Any,
            format!("broker {id}"),
            |_| UnregisterBrokerRequest { broker_id: id.0 },
            |response| check(format!("broker {id}"), response.error_code, response.error_message.as_deref()),
        )
        .await
    }

    /// Makes the active controller forget another that is gone for good. Needs Kafka 4.4.
    pub async fn unregister_controller(&self, id: NodeId) -> Result<(), Error> {
        self.one(
            Target::Any,
            format!("controller {id}"),
            |_| UnregisterControllerRequest { controller_id: id.0 },
            |response| {
                check(format!("controller {id}"), response.error_code, response.error_message.as_deref())
            },
        )
        .await
    }

    /// Features as one broker knows them; `None` for any broker.
    pub async fn describe_features(&self, broker: Option<NodeId>) -> Result<Features, Error> {
        self.one(
            broker.map_or(Target::Any, Target::Broker),
            "features",
            |_| ApiVersionsRequest {
                client_software_name: "mainstem".into(),
                client_software_version: env!("CARGO_PKG_VERSION").into(),
                ..Default::default()
            },
            |response| {
                check("features", response.error_code, None)?;
                let supported = response.supported_features.iter().map(|feature| {
                    let versions = SupportedVersions { min: feature.min_version, max: feature.max_version };
                    (feature.name.to_string(), versions)
                });
                let finalized = response
                    .finalized_features
                    .iter()
                    .map(|feature| (feature.name.to_string(), feature.max_version_level));
                let epoch = response.finalized_features_epoch;
                Ok(Features {
                    supported: supported.collect(),
                    finalized: finalized.collect(),
                    finalized_epoch: (epoch >= 0).then_some(epoch),
                })
            },
        )
        .await
    }

    /// Moves features to other version levels. Since Kafka 4.0 either all are moved or none (KIP-1022).
    /// `validate_only`: only say whether it would be accepted.
    pub async fn update_features(&self, updates: &[FeatureUpdate], validate_only: bool) -> Each<String, ()> {
        let by_name: BTreeMap<&str, &FeatureUpdate> =
            updates.iter().map(|update| (update.feature.as_str(), update)).collect();
        self.each(
            Call::new(updates.iter().map(|update| update.feature.clone()), |_| Target::Controller),
            |names, version| {
                let named = names.iter().filter_map(|name| by_name.get(name.as_str()));
                UpdateFeaturesRequest {
                    timeout_ms: self.timeout_ms(),
                    feature_updates: named.map(|update| write_update(update, version)).collect(),
                    validate_only,
                }
            },
            |asked, response| {
                let failed: BTreeMap<String, _> = response
                    .results
                    .iter()
                    .map(|result| {
                        (result.feature.to_string(), (result.error_code, result.error_message.as_deref()))
                    })
                    .collect();
                let whole = (response.error_code, response.error_message.as_deref());
                let answers = asked.keys.iter().map(|name| {
                    let (code, message) = match whole {
                        (code, _) if code == ErrorCode::NONE.0 => {
                            failed.get(name).copied().unwrap_or((code, None))
                        }
                        whole => whole,
                    };
                    (name.clone(), check(format!("feature `{name}`"), code, message))
                });
                Ok(answers.collect())
            },
        )
        .await
    }
}

fn write_update(update: &FeatureUpdate, version: i16) -> FeatureUpdateKey {
    let key = FeatureUpdateKey {
        feature: update.feature.as_str().into(),
        max_version_level: update.version_level,
        ..Default::default()
    };
    match version {
        0 => FeatureUpdateKey { allow_downgrade: update.upgrade_type != UpgradeType::Upgrade, ..key },
        _ => FeatureUpdateKey { upgrade_type: update.upgrade_type.code(), ..key },
    }
}

fn read_cluster(response: &DescribeClusterResponse) -> ClusterDescription {
    ClusterDescription {
        cluster_id: Some(response.cluster_id.to_string()),
        controller: read_node(response.controller_id),
        brokers: response.brokers.iter().filter_map(read_cluster_node).collect(),
        authorized_operations: authorized_operations(response.cluster_authorized_operations),
    }
}

/// A node without a port that can be is left out.
fn read_cluster_node(broker: &DescribeClusterBroker) -> Option<ClusterNode> {
    // A broker that is fenced has no address in some versions.
    let port = u16::try_from(broker.port).ok().or(broker.is_fenced.then_some(0))?;
    Some(ClusterNode {
        id: NodeId(broker.broker_id),
        address: Address { host: broker.host.to_string(), port },
        rack: broker.rack.as_ref().map(String::from),
        fenced: broker.is_fenced,
    })
}
