use super::{
    Admin, Each, Gathered, check,
    fanout::{CoordinatorKind, Target},
    records::by_topic,
    route::Call,
    words::words,
};
use crate::{Error, TopicPartition};
use base::NodeId;
use protocol::{
    DescribeProducersRequest, DescribeTransactionsRequest, InitProducerIdRequest, ListTransactionsRequest,
    WriteTxnMarkersRequest,
    describe_producers::{request::TopicRequest, response::PartitionResponse},
    describe_transactions::response::TransactionState as DescribedState,
    write_txn_markers::request::{WritableTxnMarker, WritableTxnMarkerTopic},
};
use std::{collections::BTreeSet, time::Duration};

words! {
    TransactionState is "a transaction state", else "Unknown" {
        Empty "Empty",
        Ongoing "Ongoing",
        PrepareCommit "PrepareCommit",
        PrepareAbort "PrepareAbort",
        CompleteCommit "CompleteCommit",
        CompleteAbort "CompleteAbort",
        PrepareEpochFence "PrepareEpochFence",
    }
}

/// Which transactions to list. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct TransactionFilter {
    pub states: Vec<TransactionState>,
    pub producer_ids: Vec<i64>,
    /// Only those that run for longer; needs Kafka 3.8 (KIP-994).
    pub longer_than: Option<Duration>,
    /// A regular expression in RE2's notation that the whole transactional id matches; needs Kafka 4.1 (KIP-1152).
    pub transactional_id_pattern: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransactionListing {
    pub transactional_id: String,
    pub coordinator: NodeId,
    pub producer_id: i64,
    pub state: TransactionState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionDescription {
    pub transactional_id: String,
    pub coordinator: NodeId,
    pub state: TransactionState,
    pub producer_id: i64,
    pub producer_epoch: i16,
    /// `transaction.timeout.ms` of the producer.
    pub timeout: Duration,
    /// In milliseconds since 1970; `None` where nothing is ongoing.
    pub start_time_ms: Option<i64>,
    pub partitions: BTreeSet<TopicPartition>,
}

/// A producer that a partition's leader remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProducerState {
    pub producer_id: i64,
    pub producer_epoch: i32,
    /// `None` if it has only written markers.
    pub last_sequence: Option<i32>,
    /// In milliseconds since 1970.
    pub last_timestamp_ms: Option<i64>,
    /// Of the coordinator that wrote the last marker.
    pub coordinator_epoch: Option<i32>,
    /// First offset of the transaction that is open here.
    pub transaction_start_offset: Option<i64>,
}

/// A transaction that hangs in one partition, as [`Admin::describe_producers`] tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbortTransaction {
    pub partition: TopicPartition,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub coordinator_epoch: i32,
}

/// What a transactional id has after its producer was fenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FencedProducer {
    pub producer_id: i64,
    pub producer_epoch: i16,
}

fn subject(id: &str) -> String {
    CoordinatorKind::Transaction.subject(id)
}

fn coordinator(id: &str) -> Target {
    Target::Coordinator(CoordinatorKind::Transaction, id.to_owned())
}

impl Admin {
    /// The transactions of all coordinators, by transactional id (KIP-664).
    pub async fn list_transactions(
        &self,
        filter: &TransactionFilter,
    ) -> Result<Gathered<TransactionListing>, Error> {
        let longer_than =
            filter.longer_than.map_or(-1, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
        let mut gathered = self
            .gather(
                |_| ListTransactionsRequest {
                    state_filters: filter.states.iter().map(|state| state.word().into()).collect(),
                    producer_id_filters: filter.producer_ids.clone(),
                    duration_filter: longer_than,
                    transactional_id_pattern: filter.transactional_id_pattern.as_ref().map(Into::into),
                },
                |broker, response| {
                    check(format!("transactions of broker {broker}"), response.error_code, None)?;
                    let listed = response.transaction_states.iter().map(|listed| TransactionListing {
                        transactional_id: listed.transactional_id.to_string(),
                        coordinator: broker,
                        producer_id: listed.producer_id,
                        state: listed.transaction_state.parse().unwrap_or(TransactionState::Unknown),
                    });
                    Ok(listed.collect())
                },
            )
            .await?;
        gathered.found.sort();
        Ok(gathered)
    }

    pub async fn describe_transactions(
        &self,
        transactional_ids: &[String],
    ) -> Each<String, TransactionDescription> {
        self.each(
            Call::new(transactional_ids.iter().cloned(), |id| coordinator(id)),
            |ids, _| DescribeTransactionsRequest { transactional_ids: ids.iter().map(Into::into).collect() },
            |asked, response| {
                let described = response.transaction_states.iter().map(|state| {
                    let id = state.transactional_id.to_string();
                    let answer = check(subject(&id), state.error_code, None)
                        .map(|()| read_transaction(asked.broker, state));
                    (id, answer)
                });
                Ok(described.collect())
            },
        )
        .await
    }

    /// Producers that write to partitions: as the leader sees them, or another replica on `broker`.
    pub async fn describe_producers(
        &self,
        partitions: &[TopicPartition],
        broker: Option<NodeId>,
    ) -> Each<TopicPartition, Vec<ProducerState>> {
        self.each(
            Call::new(partitions.iter().cloned(), |at| match broker {
                Some(broker) => Target::Broker(broker),
                None => Target::Leader(at.clone()),
            }),
            |partitions, _| DescribeProducersRequest {
                topics: by_topic(
                    partitions.iter().map(|at| (at.topic.as_ref(), at.partition)),
                    |name, partition_indexes| TopicRequest { name: name.into(), partition_indexes },
                ),
            },
            |_, response| {
                let mut answers = Vec::new();
                for topic in &response.topics {
                    for p in &topic.partitions {
                        let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                        let answer = check(at.to_string(), p.error_code, p.error_message.as_deref());
                        answers.push((at, answer.map(|()| read_producers(p))));
                    }
                }
                Ok(answers)
            },
        )
        .await
    }

    /// Ends a hanging transaction in one partition, past its coordinator. For a transaction that the coordinator
    /// has forgotten; one that it knows is ended by [`Admin::fence_producers`].
    pub async fn abort_transaction(&self, abort: &AbortTransaction) -> Result<(), Error> {
        let at = &abort.partition;
        let answers = self.each(
            Call::new([at.clone()], |at| Target::Leader(at.clone())),
            |_, _| {
                let topic = WritableTxnMarkerTopic {
                    name: at.topic.as_ref().into(),
                    partition_indexes: vec![at.partition],
                };
                let marker = WritableTxnMarker {
                    producer_id: abort.producer_id,
                    producer_epoch: abort.producer_epoch,
                    transaction_result: false,
                    topics: vec![topic],
                    coordinator_epoch: abort.coordinator_epoch,
                    ..Default::default()
                };
                WriteTxnMarkersRequest { markers: vec![marker] }
            },
            |_, response| {
                let markers =
                    response.markers.iter().filter(|marker| marker.producer_id == abort.producer_id);
                let mut answers = Vec::new();
                for topic in markers.flat_map(|marker| &marker.topics) {
                    for p in &topic.partitions {
                        let at = TopicPartition::new(topic.name.as_str(), p.partition_index);
                        let answer = check(at.to_string(), p.error_code, None);
                        answers.push((at, answer));
                    }
                }
                Ok(answers)
            },
        );
        answers.await.only()
    }

    /// Shuts out whoever uses these transactional ids, and aborts what they have open. What Kafka calls a forced
    /// termination is this too (KIP-939).
    pub async fn fence_producers(&self, transactional_ids: &[String]) -> Each<String, FencedProducer> {
        self.each(
            Call::new(transactional_ids.iter().cloned(), |id| coordinator(id)).batch(|_| 1),
            |ids, _| InitProducerIdRequest {
                transactional_id: ids.first().map(Into::into),
                transaction_timeout_ms: self.timeout_ms(),
                producer_id: -1,
                producer_epoch: -1,
                ..Default::default()
            },
            |asked, response| {
                let id = &asked.keys[0];
                check(subject(id), response.error_code, None)?;
                let fenced = FencedProducer {
                    producer_id: response.producer_id,
                    producer_epoch: response.producer_epoch,
                };
                Ok(vec![(id.clone(), Ok(fenced))])
            },
        )
        .await
    }
}

fn read_transaction(coordinator: NodeId, state: &DescribedState) -> TransactionDescription {
    let partitions = state
        .topics
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|p| TopicPartition::new(topic.topic.as_str(), *p)));
    TransactionDescription {
        transactional_id: state.transactional_id.to_string(),
        coordinator,
        state: state.transaction_state.parse().unwrap_or(TransactionState::Unknown),
        producer_id: state.producer_id,
        producer_epoch: state.producer_epoch,
        timeout: Duration::from_millis(u64::try_from(state.transaction_timeout_ms).unwrap_or(0)),
        start_time_ms: (state.transaction_start_time_ms >= 0).then_some(state.transaction_start_time_ms),
        partitions: partitions.collect(),
    }
}

fn read_producers(partition: &PartitionResponse) -> Vec<ProducerState> {
    let producers = partition.active_producers.iter().map(|producer| ProducerState {
        producer_id: producer.producer_id,
        producer_epoch: producer.producer_epoch,
        last_sequence: (producer.last_sequence >= 0).then_some(producer.last_sequence),
        last_timestamp_ms: (producer.last_timestamp >= 0).then_some(producer.last_timestamp),
        coordinator_epoch: (producer.coordinator_epoch >= 0).then_some(producer.coordinator_epoch),
        transaction_start_offset: (producer.current_txn_start_offset >= 0)
            .then_some(producer.current_txn_start_offset),
    });
    producers.collect()
}
