//! Carries a transaction's questions to its coordinators.
use super::{
    batch::Identity,
    transactions::{Abilities, Answer, Question},
};
use crate::{
    Cluster, Connection, Error, GroupMetadata, OnUnknownTopic, TopicPartition,
    admin::{CommittedOffset, check},
};
use base::{NodeId, ProducerEpoch, ProducerId};
use protocol::{
    AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, EndTxnRequest, ErrorCode, FindCoordinatorRequest,
    InitProducerIdRequest, TxnOffsetCommitRequest,
    add_partitions_to_txn::request::AddPartitionsToTxnTopic,
    txn_offset_commit::request::{TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;
/// The last versions in which a client adds partitions, and in which the first protocol ends a transaction.
const LAST_ADD_PARTITIONS: i16 = 3;
const LAST_FIRST_PROTOCOL: i16 = 4;
/// From version 6 on topics are named by id, which a program that commits offsets need not know.
const LAST_BY_NAME: i16 = 5;

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    pub(super) cluster: Cluster,
    pub(super) transactional_id: Arc<str>,
    pub(super) timeout: Duration,
}

impl Asker {
    pub(super) async fn ask(
        &self,
        question: &Question,
        learned: &mut Option<Abilities>,
    ) -> Result<Answer, Error> {
        match question {
            Question::Coordinator => self.find(TRANSACTION, &self.transactional_id).await,
            Question::GroupCoordinator(group) => self.find(GROUP, group).await,
            Question::Identity(node, before) => {
                let connection = self.node(*node).await?;
                *learned = Some(abilities(&connection));
                self.init(&connection, *before).await
            }
            Question::AddPartitions(node, identity, partitions) => {
                self.add_partitions(&self.node(*node).await?, *identity, partitions).await
            }
            Question::AddOffsets(node, identity, group) => {
                self.add_offsets(&self.node(*node).await?, *identity, group).await
            }
            Question::CommitOffsets { node, identity, group, offsets, second } => {
                let cap = if *second { LAST_BY_NAME } else { LAST_FIRST_PROTOCOL };
                self.commit_offsets(&self.node(*node).await?, *identity, group, offsets, cap).await
            }
            Question::End { node, identity, commit, second } => {
                let connection = self.node(*node).await?;
                *learned = Some(abilities(&connection));
                let cap = if *second { i16::MAX } else { LAST_FIRST_PROTOCOL };
                self.end(&connection, *identity, *commit, cap).await
            }
        }
    }

    /// A coordinator may be a broker that is newer than what is known of the cluster.
    async fn node(&self, id: NodeId) -> Result<Connection, Error> {
        if !self.cluster.metadata().brokers.contains_key(&id) {
            self.cluster.refresh(&[], OnUnknownTopic::Fail).await?;
        }
        self.cluster.node(id).await
    }

    async fn find(&self, key_type: i8, key: &str) -> Result<Answer, Error> {
        const FIRST_OF_MANY: i16 = 4;
        let connection = self.cluster.any().await?;
        let version = connection.version_of::<FindCoordinatorRequest>(i16::MAX)?;
        let mut request = FindCoordinatorRequest { key_type, ..Default::default() };
        if version >= FIRST_OF_MANY {
            request.coordinator_keys = vec![key.into()];
        } else {
            request.key = key.into();
        }
        let response = connection.request_in(&request, version).await?;
        let subject = || format!("coordinator of `{key}`");
        // Before version 4 there is one answer, and it is not in a list.
        let Some(found) = response.coordinators.first() else {
            check(subject(), response.error_code, response.error_message.as_deref())?;
            return Ok(Answer::Coordinator(NodeId(response.node_id)));
        };
        check(subject(), found.error_code, found.error_message.as_deref())?;
        Ok(Answer::Coordinator(NodeId(found.node_id)))
    }

    async fn init(&self, connection: &Connection, before: Option<Identity>) -> Result<Answer, Error> {
        let mut request = InitProducerIdRequest {
            transactional_id: Some(self.transactional_id.as_ref().into()),
            transaction_timeout_ms: i32::try_from(self.timeout.as_millis()).unwrap_or(i32::MAX),
            ..Default::default()
        };
        if let Some(Identity { id, epoch }) = before {
            (request.producer_id, request.producer_epoch) = (id.0, epoch.0);
        }
        let response = connection.request(&request).await?;
        check(self.subject(), response.error_code, None)?;
        Ok(Answer::Identity(Identity {
            id: ProducerId(response.producer_id),
            epoch: ProducerEpoch(response.producer_epoch),
        }))
    }

    async fn add_partitions(
        &self,
        connection: &Connection,
        identity: Identity,
        partitions: &[TopicPartition],
    ) -> Result<Answer, Error> {
        let by_topic = by_topic(partitions.iter().map(|at| (at, at.partition)));
        let topics = by_topic
            .into_iter()
            .map(|(name, partitions)| AddPartitionsToTxnTopic { name: name.as_ref().into(), partitions });
        let request = AddPartitionsToTxnRequest {
            v3_and_below_transactional_id: self.transactional_id.as_ref().into(),
            v3_and_below_producer_id: identity.id.0,
            v3_and_below_producer_epoch: identity.epoch.0,
            v3_and_below_topics: topics.collect(),
            ..Default::default()
        };
        let version = connection.version_of::<AddPartitionsToTxnRequest>(LAST_ADD_PARTITIONS)?;
        let response = connection.request_in(&request, version).await?;
        let topics = response.results_by_topic_v3_and_below.iter();
        let answers = topics.flat_map(|topic| {
            let name: Arc<str> = topic.name.as_str().into();
            topic.results_by_partition.iter().map(move |partition| {
                let at = TopicPartition { topic: name.clone(), partition: partition.partition_index };
                (at, ErrorCode(partition.partition_error_code))
            })
        });
        Ok(Answer::Partitions(answers.collect()))
    }

    async fn add_offsets(
        &self,
        connection: &Connection,
        identity: Identity,
        group: &str,
    ) -> Result<Answer, Error> {
        let request = AddOffsetsToTxnRequest {
            transactional_id: self.transactional_id.as_ref().into(),
            producer_id: identity.id.0,
            producer_epoch: identity.epoch.0,
            group_id: group.into(),
        };
        let response = connection.request(&request).await?;
        check(format!("group `{group}` in a transaction"), response.error_code, None)?;
        Ok(Answer::OffsetsAdded)
    }

    async fn commit_offsets(
        &self,
        connection: &Connection,
        identity: Identity,
        group: &GroupMetadata,
        offsets: &BTreeMap<TopicPartition, CommittedOffset>,
        cap: i16,
    ) -> Result<Answer, Error> {
        let by_topic = by_topic(offsets.iter().map(|(at, committed)| {
            let partition = TxnOffsetCommitRequestPartition {
                partition_index: at.partition,
                committed_offset: committed.offset,
                committed_leader_epoch: committed.leader_epoch,
                committed_metadata: Some(committed.metadata.as_str().into()),
            };
            (at, partition)
        }));
        let topics = by_topic.into_iter().map(|(name, partitions)| TxnOffsetCommitRequestTopic {
            name: name.as_ref().into(),
            partitions,
            ..Default::default()
        });
        let request = TxnOffsetCommitRequest {
            transactional_id: self.transactional_id.as_ref().into(),
            group_id: group.group_id.as_str().into(),
            producer_id: identity.id.0,
            producer_epoch: identity.epoch.0,
            generation_id_or_member_epoch: group.generation,
            member_id: group.member_id.as_str().into(),
            group_instance_id: group.instance_id.as_deref().map(Into::into),
            topics: topics.collect(),
        };
        let version = connection.version_of::<TxnOffsetCommitRequest>(cap)?;
        let response = connection.request_in(&request, version).await?;
        let answers = response.topics.iter().flat_map(|topic| {
            let name: Arc<str> = topic.name.as_str().into();
            topic.partitions.iter().map(move |partition| {
                let at = TopicPartition { topic: name.clone(), partition: partition.partition_index };
                (at, ErrorCode(partition.error_code))
            })
        });
        Ok(Answer::Partitions(answers.collect()))
    }

    async fn end(
        &self,
        connection: &Connection,
        identity: Identity,
        committed: bool,
        cap: i16,
    ) -> Result<Answer, Error> {
        let request = EndTxnRequest {
            transactional_id: self.transactional_id.as_ref().into(),
            producer_id: identity.id.0,
            producer_epoch: identity.epoch.0,
            committed,
        };
        let version = connection.version_of::<EndTxnRequest>(cap)?;
        let response = connection.request_in(&request, version).await?;
        check(self.subject(), response.error_code, None)?;
        let next =
            Identity { id: ProducerId(response.producer_id), epoch: ProducerEpoch(response.producer_epoch) };
        Ok(Answer::Ended((response.producer_id >= 0).then_some(next)))
    }

    fn subject(&self) -> String {
        format!("transactional id `{}`", self.transactional_id)
    }
}

fn abilities(connection: &Connection) -> Abilities {
    const RAISES_EPOCHS_FROM: i16 = 3;
    let init = connection.version_of::<InitProducerIdRequest>(i16::MAX);
    Abilities {
        second_protocol: connection.feature("transaction.version") >= 2,
        raises_epochs: init.is_ok_and(|version| version >= RAISES_EPOCHS_FROM),
    }
}

fn by_topic<'a, T>(
    partitions: impl Iterator<Item = (&'a TopicPartition, T)>,
) -> BTreeMap<&'a Arc<str>, Vec<T>> {
    let mut topics: BTreeMap<&Arc<str>, Vec<T>> = BTreeMap::new();
    for (at, value) in partitions {
        topics.entry(&at.topic).or_default().push(value);
    }
    topics
}
