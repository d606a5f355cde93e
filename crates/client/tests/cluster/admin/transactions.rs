//! Transactions, which the test begins by hand.
use super::{admin, refusal, until};
use crate::{basics, environment};
use base::{ProducerEpoch, ProducerId};
use client::{
    Cluster, ErrorCode, TopicPartition,
    admin::{
        AbortTransaction, Admin, CoordinatorKind, IsolationLevel, OffsetSpec, TransactionFilter,
        TransactionState,
    },
    producer,
};
use protocol::{
    AddPartitionsToTxnRequest, InitProducerIdRequest, ProduceRequest,
    add_partitions_to_txn::request::AddPartitionsToTxnTopic,
    produce::request::{PartitionProduceData, TopicProduceData},
};
use records::{BatchBuilder, Compression, NewRecord};
use std::time::Duration;

/// A transaction with one record in one partition.
struct Open {
    producer_id: i64,
    producer_epoch: i16,
}

async fn begin(cluster: &Cluster, transactional_id: &str, at: &TopicPartition) -> Open {
    let admin = Admin::new(cluster);
    let coordinator =
        admin.find_coordinators(CoordinatorKind::Transaction, &[transactional_id.to_owned()]).await.only();
    let coordinator = cluster.node(coordinator.unwrap()).await.unwrap();
    let request = InitProducerIdRequest {
        transactional_id: Some(transactional_id.into()),
        transaction_timeout_ms: 60_000,
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    };
    let producer = until("a producer id", async || {
        let answer = coordinator.request(&request).await.unwrap();
        (answer.error_code == 0).then_some(answer)
    })
    .await;
    let topic = AddPartitionsToTxnTopic { name: at.topic.as_ref().into(), partitions: vec![at.partition] };
    let request = AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: transactional_id.into(),
        v3_and_below_producer_id: producer.producer_id,
        v3_and_below_producer_epoch: producer.producer_epoch,
        v3_and_below_topics: vec![topic],
        ..Default::default()
    };
    until("the partition in the transaction", async || {
        let added = coordinator.request_in(&request, 3).await.unwrap();
        let code = added.results_by_topic_v3_and_below[0].results_by_partition[0].partition_error_code;
        (code == 0).then_some(())
    })
    .await;
    let open = Open { producer_id: producer.producer_id, producer_epoch: producer.producer_epoch };
    write(cluster, Some(transactional_id), &open, at).await;
    open
}

async fn write(cluster: &Cluster, transactional_id: Option<&str>, producer: &Open, at: &TopicPartition) {
    let mut batch = BatchBuilder::new(Compression::None)
        .producer(ProducerId(producer.producer_id), ProducerEpoch(producer.producer_epoch), 0)
        .transactional();
    batch.append(&NewRecord { value: Some(b"open"), ..Default::default() }).unwrap();
    let partition = PartitionProduceData { index: at.partition, records: Some(batch.build().into()) };
    let topic = TopicProduceData {
        name: at.topic.as_ref().into(),
        partition_data: vec![partition],
        ..Default::default()
    };
    let request = ProduceRequest {
        transactional_id: transactional_id.map(Into::into),
        acks: -1,
        timeout_ms: 10_000,
        topic_data: vec![topic],
    };
    until("the batch in the partition", async || {
        let leader = cluster.leader(&at.topic, at.partition).await.unwrap();
        // The last that names topics instead of giving their ids.
        let answer = cluster.node(leader).await.unwrap().request_in(&request, 11).await.unwrap();
        let answer = &answer.responses[0].partition_responses[0];
        let code = ErrorCode(answer.error_code);
        // A topic is known to all before its leader has made its log.
        assert!(
            matches!(code, ErrorCode::NONE | ErrorCode::NOT_LEADER_OR_FOLLOWER),
            "{code}: {:?}",
            answer.error_message
        );
        (code == ErrorCode::NONE).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_open_transaction_is_listed_described_and_ended() {
    let Some((cluster, admin)) = admin().await else { return };
    let at = TopicPartition::new(basics::topic(&cluster, "txn").await, 0);
    let (id, missing) = (environment::unique("txn"), environment::unique("missing"));
    let open = begin(&cluster, &id, &at).await;

    let filter = TransactionFilter { states: vec![TransactionState::Ongoing], ..Default::default() };
    let listed = admin.list_transactions(&filter).await.unwrap().all().unwrap();
    let ours = listed.iter().find(|listed| listed.transactional_id == id).unwrap();
    assert_eq!((ours.producer_id, ours.state), (open.producer_id, TransactionState::Ongoing));
    let old = TransactionFilter { longer_than: Some(Duration::from_secs(3600)), ..Default::default() };
    assert!(admin.list_transactions(&old).await.unwrap().all().unwrap().is_empty());
    let named = TransactionFilter { transactional_id_pattern: Some(format!("{id}.*")), ..Default::default() };
    assert_eq!(admin.list_transactions(&named).await.unwrap().all().unwrap().len(), 1);

    let mut described = admin.describe_transactions(&[missing, id.clone()]).await.into_iter();
    assert_eq!(refusal(described.next().unwrap().1), ErrorCode::TRANSACTIONAL_ID_NOT_FOUND);
    let described = described.next().unwrap().1.unwrap();
    assert_eq!((described.state, described.producer_epoch), (TransactionState::Ongoing, open.producer_epoch));
    assert_eq!((described.timeout, described.coordinator), (Duration::from_secs(60), ours.coordinator));
    assert!(described.start_time_ms.is_some());
    assert_eq!(described.partitions, [at.clone()].into());

    let producers = admin.describe_producers(std::slice::from_ref(&at), None).await.only().unwrap();
    assert_eq!(producers.len(), 1);
    assert_eq!(
        (producers[0].producer_id, producers[0].transaction_start_offset),
        (open.producer_id, Some(0))
    );

    let fenced = admin.fence_producers(std::slice::from_ref(&id)).await.only().unwrap();
    assert!((fenced.producer_id, fenced.producer_epoch) > (open.producer_id, open.producer_epoch));
    until("ended", async || {
        let asked = [(at.clone(), OffsetSpec::Latest)].into();
        let stable = admin.list_offsets(&asked, IsolationLevel::ReadCommitted).await.only().unwrap();
        (stable.offset == Some(2)).then_some(())
    })
    .await;
}

/// One that no coordinator knows of: its records were written past it.
#[tokio::test]
async fn a_hanging_transaction_is_aborted_in_its_partition() {
    let Some((cluster, admin)) = admin().await else { return };
    let at = TopicPartition::new(basics::topic(&cluster, "hangs").await, 0);
    let id = environment::unique("hangs");
    let open = begin(&cluster, &id, &at).await;
    let abort = AbortTransaction {
        partition: at.clone(),
        producer_id: open.producer_id,
        producer_epoch: open.producer_epoch,
        coordinator_epoch: 0,
    };
    let missing = AbortTransaction {
        partition: TopicPartition::new(environment::unique("missing"), 0),
        ..abort.clone()
    };
    assert_eq!(refusal(admin.abort_transaction(&missing).await), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    admin.abort_transaction(&abort).await.unwrap();
    let producers = admin.describe_producers(&[at], None).await.only().unwrap();
    assert_eq!((producers.len(), producers[0].transaction_start_offset), (1, None));
}

#[tokio::test]
async fn a_partition_remembers_idempotent_producers() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "producers").await;
    basics::send(&cluster, producer::Config::default(), &topic, 10).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let broker = cluster.leader(&topic, 0).await.unwrap();
    for broker in [None, Some(broker)] {
        let producers = admin.describe_producers(std::slice::from_ref(&at), broker).await.only().unwrap();
        assert_eq!(producers.len(), 1);
        assert_eq!((producers[0].last_sequence, producers[0].transaction_start_offset), (Some(9), None));
    }
}
