//! Who leads partitions, and which brokers have them.
use super::{Admin, Each, check, fanout::Target, nodes, records::by_topic, route::Call, words::words};
use crate::{Error, TopicPartition};
use base::NodeId;
use protocol::{
    AlterPartitionReassignmentsRequest, ElectLeadersRequest, ListPartitionReassignmentsRequest,
    alter_partition_reassignments::request::{ReassignablePartition, ReassignableTopic},
    elect_leaders::{request::TopicPartitions, response::ReplicaElectionResult},
    list_partition_reassignments::request::ListPartitionReassignmentsTopics,
};
use std::collections::BTreeMap;

words! {
    ElectionType is "an election type", else "UNKNOWN" {
        /// The first of the replicas, if it is in sync (KIP-183).
        Preferred "PREFERRED",
        /// Any replica that is alive, where none in sync is: records may be lost (KIP-460).
        Unclean "UNCLEAN",
    }
}

/// A partition that is moving (KIP-455).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassignment {
    /// All that it has for the time being.
    pub replicas: Vec<NodeId>,
    /// Those of `replicas` that are new.
    pub adding: Vec<NodeId>,
    /// Those of `replicas` that will go.
    pub removing: Vec<NodeId>,
}

impl Admin {
    /// Has partitions elect leaders. ELECTION_NOT_NEEDED is the answer where the right one leads already.
    pub async fn elect_leaders(
        &self,
        election: ElectionType,
        partitions: &[TopicPartition],
    ) -> Each<TopicPartition, ()> {
        self.each(
            Call::new(partitions.iter().cloned(), |_| Target::Controller),
            |partitions, _| self.election_request(election, Some(partitions)),
            |_, response| {
                check("election", response.error_code, None)?;
                Ok(read_elections(&response.replica_election_results))
            },
        )
        .await
    }

    /// As [`Admin::elect_leaders`], for every partition of the cluster that needs it. Answers about those.
    pub async fn elect_all_leaders(&self, election: ElectionType) -> Result<Each<TopicPartition, ()>, Error> {
        self.one(
            Target::Controller,
            "election",
            |_| self.election_request(election, None),
            |response| {
                check("election", response.error_code, None)?;
                Ok(Each(read_elections(&response.replica_election_results)))
            },
        )
        .await
    }

    fn election_request(
        &self,
        election: ElectionType,
        partitions: Option<&[TopicPartition]>,
    ) -> ElectLeadersRequest {
        let topic_partitions = partitions.map(|partitions| {
            by_topic(partitions.iter().map(|at| (at.topic.as_ref(), at.partition)), |topic, partitions| {
                TopicPartitions { topic: topic.into(), partitions }
            })
        });
        let election_type = i8::from(election == ElectionType::Unclean);
        ElectLeadersRequest { election_type, topic_partitions, timeout_ms: self.timeout_ms() }
    }

    /// Begins to move partitions to other replicas, the preferred leader first; `None` cancels a move that is under
    /// way. `allow_replication_factor_change`: whether the number of replicas may differ (KIP-860).
    pub async fn alter_reassignments(
        &self,
        moves: &BTreeMap<TopicPartition, Option<Vec<NodeId>>>,
        allow_replication_factor_change: bool,
    ) -> Each<TopicPartition, ()> {
        self.each(
            Call::new(moves.keys().cloned(), |_| Target::Controller),
            |partitions, _| AlterPartitionReassignmentsRequest {
                timeout_ms: self.timeout_ms(),
                allow_replication_factor_change,
                topics: by_topic(
                    partitions.iter().filter_map(|at| {
                        let replicas = moves.get(at)?.as_ref();
                        let partition = ReassignablePartition {
                            partition_index: at.partition,
                            replicas: replicas.map(|replicas| replicas.iter().map(|node| node.0).collect()),
                        };
                        Some((at.topic.as_ref(), partition))
                    }),
                    |name, partitions| ReassignableTopic { name: name.into(), partitions },
                ),
            },
            |_, response| {
                check("reassignment", response.error_code, response.error_message.as_deref())?;
                let mut answers = Vec::new();
                for topic in &response.responses {
                    for p in &topic.partitions {
                        let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                        let answer = check(at.to_string(), p.error_code, p.error_message.as_deref());
                        answers.push((at, answer));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }

    /// Which partitions are moving: of these, or of all.
    pub async fn list_reassignments(
        &self,
        only: Option<&[TopicPartition]>,
    ) -> Result<BTreeMap<TopicPartition, Reassignment>, Error> {
        self.one(
            Target::Controller,
            "reassignments",
            |_| ListPartitionReassignmentsRequest {
                timeout_ms: self.timeout_ms(),
                topics: only.map(|partitions| {
                    by_topic(
                        partitions.iter().map(|at| (at.topic.as_ref(), at.partition)),
                        |name, partition_indexes| ListPartitionReassignmentsTopics {
                            name: name.into(),
                            partition_indexes,
                        },
                    )
                }),
            },
            |response| {
                check("reassignments", response.error_code, response.error_message.as_deref())?;
                let mut moving = BTreeMap::new();
                for topic in &response.topics {
                    for p in &topic.partitions {
                        let reassignment = Reassignment {
                            replicas: nodes(&p.replicas),
                            adding: nodes(&p.adding_replicas),
                            removing: nodes(&p.removing_replicas),
                        };
                        moving.insert(
                            TopicPartition::new(topic.name.as_str(), p.partition_index),
                            reassignment,
                        );
                    }
                }
                Ok(moving)
            },
        )
        .await
    }
}

fn read_elections(results: &[ReplicaElectionResult]) -> Vec<(TopicPartition, Result<(), Error>)> {
    let mut answers = Vec::new();
    for topic in results {
        for p in &topic.partition_result {
            let at = TopicPartition::new(topic.topic.as_str(), p.partition_id);
            let answer = check(at.to_string(), p.error_code, p.error_message.as_deref());
            answers.push((at, answer));
        }
    }
    answers
}
