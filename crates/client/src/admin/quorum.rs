use super::{Admin, check, fanout::Target, read_node, unanswered};
use crate::{Address, Error};
use base::NodeId;
use protocol::{
    AddRaftVoterRequest, DescribeQuorumRequest, DescribeQuorumResponse, RemoveRaftVoterRequest,
    add_raft_voter,
    describe_quorum::{
        request::{PartitionData, TopicData},
        response,
    },
};
use std::{collections::BTreeMap, fmt, str::FromStr};
use uuid::Uuid;

/// The controllers that vote on metadata, and who follows them (KIP-595).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum {
    pub leader: Option<NodeId>,
    pub leader_epoch: i32,
    /// Exclusive: everything below it is committed.
    pub high_watermark: i64,
    pub voters: Vec<QuorumReplica>,
    /// Brokers, and controllers that do not vote.
    pub observers: Vec<QuorumReplica>,
    /// Where the voters listen, by listener's name. Empty from brokers before Kafka 3.9.
    pub endpoints: BTreeMap<NodeId, Vec<QuorumEndpoint>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuorumReplica {
    pub id: NodeId,
    /// `None` where the quorum was configured with ids alone, before KIP-853.
    pub directory: Option<DirectoryId>,
    /// Exclusive; `None` where the leader does not know.
    pub log_end_offset: Option<i64>,
    /// In milliseconds since 1970; `None` where the leader does not know (KIP-836).
    pub last_fetch_ms: Option<i64>,
    /// When it last had everything, in milliseconds since 1970.
    pub last_caught_up_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuorumEndpoint {
    pub listener: String,
    pub address: Address,
}

/// One metadata directory of one controller, for good. Its text is that of topic ids (KIP-853).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectoryId(pub Uuid);

impl fmt::Display for DirectoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        base::TopicId(self.0).fmt(f)
    }
}

impl FromStr for DirectoryId {
    type Err = base::InvalidTopicId;

    fn from_str(text: &str) -> Result<Self, base::InvalidTopicId> {
        text.parse::<base::TopicId>().map(|id| Self(id.0))
    }
}

const METADATA_TOPIC: &str = "__cluster_metadata";

impl Admin {
    pub async fn describe_quorum(&self) -> Result<Quorum, Error> {
        self.one(
            Target::Any,
            "metadata quorum",
            |_| {
                let partitions = vec![PartitionData { partition_index: 0 }];
                DescribeQuorumRequest {
                    topics: vec![TopicData { topic_name: METADATA_TOPIC.into(), partitions }],
                }
            },
            |response| read_quorum(&response),
        )
        .await
    }

    /// Makes a controller that follows the quorum a voter. `endpoints` are those it advertises; the active
    /// controller asks it there before it lets it vote.
    pub async fn add_voter(
        &self,
        id: NodeId,
        directory: DirectoryId,
        endpoints: &[QuorumEndpoint],
    ) -> Result<(), Error> {
        self.one(
            Target::Any,
            format!("controller {id}"),
            |_| AddRaftVoterRequest {
                cluster_id: cluster_id(self),
                timeout_ms: self.timeout_ms(),
                voter_id: id.0,
                voter_directory_id: directory.0,
                listeners: endpoints.iter().map(write_listener).collect(),
                ..Default::default()
            },
            |response| {
                check(format!("controller {id}"), response.error_code, response.error_message.as_deref())
            },
        )
        .await
    }

    /// Takes a controller out of the voters. A quorum of one cannot lose its voter.
    pub async fn remove_voter(&self, id: NodeId, directory: DirectoryId) -> Result<(), Error> {
        self.one(
            Target::Any,
            format!("controller {id}"),
            |_| RemoveRaftVoterRequest {
                cluster_id: cluster_id(self),
                voter_id: id.0,
                voter_directory_id: directory.0,
            },
            |response| {
                check(format!("controller {id}"), response.error_code, response.error_message.as_deref())
            },
        )
        .await
    }
}

/// Guards against another cluster at the same address.
fn cluster_id(admin: &Admin) -> Option<wire::Text> {
    admin.cluster.metadata().cluster_id.as_deref().map(Into::into)
}

fn write_listener(endpoint: &QuorumEndpoint) -> add_raft_voter::request::Listener {
    add_raft_voter::request::Listener {
        name: endpoint.listener.as_str().into(),
        host: endpoint.address.host.as_str().into(),
        port: endpoint.address.port,
    }
}

fn read_quorum(answer: &DescribeQuorumResponse) -> Result<Quorum, Error> {
    let subject = "metadata quorum";
    check(subject, answer.error_code, answer.error_message.as_deref())?;
    let partition = answer.topics.iter().flat_map(|topic| &topic.partitions).next();
    let partition = partition.ok_or_else(|| unanswered(subject.to_owned()))?;
    check(subject, partition.error_code, partition.error_message.as_deref())?;
    let endpoints = answer.nodes.iter().map(|node| {
        let listeners = node.listeners.iter().map(|listener| QuorumEndpoint {
            listener: listener.name.to_string(),
            address: Address { host: listener.host.to_string(), port: listener.port },
        });
        (NodeId(node.node_id), listeners.collect())
    });
    Ok(Quorum {
        leader: read_node(partition.leader_id),
        leader_epoch: partition.leader_epoch,
        high_watermark: partition.high_watermark,
        voters: partition.current_voters.iter().map(read_replica).collect(),
        observers: partition.observers.iter().map(read_replica).collect(),
        endpoints: endpoints.collect(),
    })
}

fn read_replica(replica: &response::ReplicaState) -> QuorumReplica {
    let known = |value: i64| (value >= 0).then_some(value);
    QuorumReplica {
        id: NodeId(replica.replica_id),
        directory: Some(DirectoryId(replica.replica_directory_id)).filter(|id| !id.0.is_nil()),
        log_end_offset: known(replica.log_end_offset),
        last_fetch_ms: known(replica.last_fetch_timestamp),
        last_caught_up_ms: known(replica.last_caught_up_timestamp),
    }
}
