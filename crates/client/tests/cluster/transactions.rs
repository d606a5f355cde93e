//! Transactions, in the protocol that the cluster has finalized and across a change of it.
use crate::{basics::topic, environment};
use client::{
    Admin, Cluster, Consumer, Error, GroupMetadata, Producer, TopicPartition,
    admin::{CommittedOffset, FeatureUpdate, IsolationLevel, OffsetsOf, UpgradeType},
    consumer::{self, End, Start},
    producer::{Config, Record, Transaction, TransactionalProducer},
};
use futures_util::StreamExt as _;
use protocol::{
    ErrorCode, FetchRequest,
    fetch::request::{FetchPartition, FetchTopic},
};
use records::Batches;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

pub(crate) async fn producer(cluster: &Cluster, id: &str) -> TransactionalProducer {
    let config = Config { transactional_id: Some(id.to_owned()), ..Default::default() };
    Producer::new(cluster, config).init_transactions().await.unwrap()
}

pub(crate) async fn send(transaction: &Transaction<'_>, topic: &str, values: &[&str]) {
    for value in values {
        transaction
            .send(Record { topic, value: Some(value.as_bytes()), ..Default::default() })
            .await
            .unwrap();
    }
}

/// The values of partition 0 that are committed, once the last stable offset has come to the high watermark.
pub(crate) async fn committed(cluster: &Cluster, topic: &str) -> Vec<String> {
    const LAST_BY_NAME: i16 = 12;
    let leader = cluster.leader(topic, 0).await.unwrap();
    let partition = FetchPartition { partition_max_bytes: 1 << 20, ..Default::default() };
    let fetched = FetchTopic { topic: topic.into(), partitions: vec![partition], ..Default::default() };
    let request = FetchRequest {
        replica_id: -1,
        isolation_level: 1,
        max_bytes: 1 << 20,
        topics: vec![fetched],
        ..Default::default()
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    let answer = loop {
        let connection = cluster.node(leader).await.unwrap();
        let mut response = connection.request_in(&request, LAST_BY_NAME).await.unwrap();
        let answer = response.responses.remove(0).partitions.remove(0);
        assert_eq!(answer.error_code, 0);
        if answer.last_stable_offset == answer.high_watermark {
            break answer;
        }
        assert!(Instant::now() < deadline, "a transaction stays open");
    };
    let aborted = answer.aborted_transactions.unwrap_or_default();
    let mut ended = BTreeSet::new();
    let mut values = Vec::new();
    for batch in Batches::new(answer.records.unwrap_or_default().into_bytes()) {
        let batch = batch.unwrap();
        // Each producer of these tests has an epoch, or an end, between one of its transactions and the next.
        let of = aborted.iter().filter(|one| one.producer_id == batch.producer_id.0);
        let open =
            of.filter(|one| one.first_offset <= batch.base_offset.0 && !ended.contains(&one.first_offset));
        let open: Vec<i64> = open.map(|one| one.first_offset).collect();
        if batch.attributes.is_control() {
            ended.extend(open);
        } else if open.is_empty() {
            let records = batch.records(1 << 20).unwrap();
            values.extend(
                records
                    .iter()
                    .map(|record| String::from_utf8(record.unwrap().value.unwrap().to_vec()).unwrap()),
            );
        }
    }
    values
}

/// Commits, aborts, drops, and commits.
async fn see_what_is_committed(cluster: &Cluster, name: &str) {
    let topic = topic(cluster, name).await;
    let mut producer = producer(cluster, &topic).await;
    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["a", "b"]).await;
    transaction.commit().await.unwrap();

    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["aborted"]).await;
    transaction.abort().await.unwrap();

    let transaction = producer.begin().await.unwrap();
    let record = Record { topic: &topic, value: Some(b"dropped"), ..Default::default() };
    let delivery = transaction.send(record).await.unwrap();
    delivery.wait().await.unwrap();
    drop(transaction);

    // Nothing in it.
    producer.begin().await.unwrap().commit().await.unwrap();

    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["c"]).await;
    transaction.commit().await.unwrap();
    assert_eq!(committed(cluster, &topic).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn only_what_is_committed_is_seen() {
    let Some(cluster) = environment::cluster().await else { return };
    see_what_is_committed(&cluster, "seen").await;
}

#[tokio::test]
async fn many_transactions_follow_each_other() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "many").await;
    let mut producer = producer(&cluster, &topic).await;
    let mut expected = Vec::new();
    for number in 0..20 {
        let transaction = producer.begin().await.unwrap();
        let values: Vec<String> = (0..50).map(|value| format!("{number}-{value}")).collect();
        send(&transaction, &topic, &values.iter().map(String::as_str).collect::<Vec<_>>()).await;
        if number % 3 == 1 {
            transaction.abort().await.unwrap();
        } else {
            transaction.commit().await.unwrap();
            expected.extend(values);
        }
    }
    assert_eq!(committed(&cluster, &topic).await, expected);
    producer.close(Duration::from_secs(10)).await.unwrap();
}

#[tokio::test]
async fn a_later_producer_of_the_same_id_fences_the_earlier() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "fenced").await;
    let mut old = producer(&cluster, &topic).await;
    let transaction = old.begin().await.unwrap();
    let record = Record { topic: &topic, value: Some(b"old"), ..Default::default() };
    transaction.send(record).await.unwrap().wait().await.unwrap();

    let mut new = producer(&cluster, &topic).await;
    let error = transaction.commit().await.unwrap_err();
    assert!(matches!(error, Error::ProducerFenced { .. }), "{error}");
    let error = old.begin().await.map(drop).unwrap_err();
    assert!(matches!(error, Error::ProducerFenced { .. }), "{error}");

    let transaction = new.begin().await.unwrap();
    send(&transaction, &topic, &["new"]).await;
    transaction.commit().await.unwrap();
    assert_eq!(committed(&cluster, &topic).await, ["new"]);
}

#[tokio::test]
async fn offsets_are_committed_with_the_records() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "offsets").await;
    let mut producer = producer(&cluster, &topic).await;
    let group = GroupMetadata::of_group(&topic);
    let at = TopicPartition::new(topic.as_str(), 0);
    for (offset, commits) in [(3, true), (7, false)] {
        let transaction = producer.begin().await.unwrap();
        send(&transaction, &topic, &["x"]).await;
        let committed = CommittedOffset { offset, leader_epoch: -1, metadata: "m".to_owned() };
        transaction.send_offsets([(at.clone(), committed)], &group).await.unwrap();
        if commits {
            transaction.commit().await.unwrap();
        } else {
            transaction.abort().await.unwrap();
        }
        let found = group_offset(&cluster, &topic, &at).await;
        assert_eq!(found, Some(3), "after {offset}");
    }
    // A member that the group does not have.
    let stranger = GroupMetadata { generation: 5, member_id: "stranger".to_owned(), ..group };
    let transaction = producer.begin().await.unwrap();
    let committed = CommittedOffset { offset: 9, leader_epoch: -1, metadata: String::new() };
    let error = transaction.send_offsets([(at.clone(), committed)], &stranger).await.unwrap_err();
    assert!(matches!(error, Error::TransactionAborted { .. }), "{error}");
    assert!(error.code().is_some_and(|code| code.is_err()), "{error}");
    drop(transaction);
    producer.begin().await.unwrap().commit().await.unwrap();
    assert_eq!(group_offset(&cluster, &topic, &at).await, Some(3));
}

/// What the group has committed, once nothing of it is uncertain. Asked by partition: of a group as a whole a broker
/// leaves out what is uncertain and was never committed before.
pub(crate) async fn group_offset(cluster: &Cluster, group: &str, at: &TopicPartition) -> Option<i64> {
    let admin = Admin::new(cluster);
    let of = OffsetsOf { group: group.to_owned(), partitions: Some(vec![at.clone()]) };
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let offsets = admin.list_group_offsets(std::slice::from_ref(&of), true).await.only().unwrap();
        let Some((_, error)) = offsets.failed.first() else {
            return offsets.committed.get(at).map(|committed| committed.offset);
        };
        assert!(error.is_retriable() && Instant::now() < deadline, "{error}");
    }
}

#[tokio::test]
async fn a_producer_with_an_id_sends_in_transactions_only() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "only").await;
    let config = Config { transactional_id: Some(topic.clone()), ..Default::default() };
    let producer = Producer::new(&cluster, config);
    let error = producer.send(Record { topic: &topic, ..Default::default() }).await.unwrap_err();
    assert!(matches!(error, Error::NotInTransaction), "{error}");
    let error = Producer::new(&cluster, Config::default()).init_transactions().await.unwrap_err();
    assert!(matches!(error, Error::NotInTransaction), "{error}");
}

/// A batch that the broker refuses: the transaction ends, the producer does not.
#[tokio::test]
async fn a_refused_record_aborts_its_transaction() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "refused").await;
    let mut producer = producer(&cluster, &topic).await;
    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["lost"]).await;
    let long_ago_in_the_future = Some(i64::MAX / 2);
    let record = Record { topic: &topic, timestamp: long_ago_in_the_future, ..Default::default() };
    let delivery = transaction.send(record).await.unwrap();
    assert_eq!(delivery.wait().await.unwrap_err().code(), Some(ErrorCode::INVALID_TIMESTAMP));
    let error = transaction.commit().await.unwrap_err();
    assert!(matches!(error, Error::TransactionAborted { .. }), "{error}");
    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["kept"]).await;
    transaction.commit().await.unwrap();
    assert_eq!(committed(&cluster, &topic).await, ["kept"]);
}

async fn set_transaction_version(cluster: &Cluster, version_level: i16) {
    let upgrade_type = if version_level < 2 { UpgradeType::SafeDowngrade } else { UpgradeType::Upgrade };
    let update = FeatureUpdate { feature: "transaction.version".to_owned(), version_level, upgrade_type };
    for (feature, outcome) in Admin::new(cluster).update_features(&[update], false).await {
        outcome.unwrap_or_else(|error| panic!("{feature}: {error}"));
    }
}

/// The first protocol, the change to the second between two transactions of a producer, and the second.
#[tokio::test]
async fn both_protocols_work_and_a_producer_changes_between_them() {
    let Some(cluster) = environment::cluster().await else { return };
    set_transaction_version(&cluster, 1).await;
    // Connections tell the level of when they were opened.
    let first = environment::cluster().await.unwrap();
    assert_eq!(first.any().await.unwrap().feature("transaction.version"), 1);
    see_what_is_committed(&first, "first").await;
    set_transaction_version(&cluster, 2).await;
    see_what_is_committed(&first, "first-to-second").await;
    let second = environment::cluster().await.unwrap();
    assert_eq!(second.any().await.unwrap().feature("transaction.version"), 2);
    see_what_is_committed(&second, "second").await;
}

/// Transactions of two producers among each other and plain records, and what a consumer sees of them.
#[tokio::test]
async fn a_consumer_sees_what_is_committed() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "isolation").await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let plain = Producer::new(&cluster, Config::default());
    let mut first = producer(&cluster, &format!("{topic}-1")).await;
    let mut second = producer(&cluster, &format!("{topic}-2")).await;
    let mut expected = Vec::new();
    for round in 0..8 {
        let one = first.begin().await.unwrap();
        let two = second.begin().await.unwrap();
        for number in 0..6 {
            let value = format!("{round}-{number}");
            let record = Record { topic: &topic, value: Some(value.as_bytes()), ..Default::default() };
            let (is_seen, delivery) = match number % 3 {
                0 => (round % 2 == 0, one.send(record).await.unwrap()),
                1 => (round % 4 < 2, two.send(record).await.unwrap()),
                _ => (true, plain.send(record).await.unwrap()),
            };
            // So that each is a batch, in this order.
            delivery.wait().await.unwrap();
            if is_seen {
                expected.push(value);
            }
        }
        for (transaction, commits) in [(two, round % 4 < 2), (one, round % 2 == 0)] {
            let ended = if commits { transaction.commit().await } else { transaction.abort().await };
            ended.unwrap();
        }
    }
    let open = first.begin().await.unwrap();
    let record = Record { topic: &topic, value: Some(b"open"), ..Default::default() };
    open.send(record).await.unwrap().wait().await.unwrap();
    plain.send(Record { topic: &topic, ..Default::default() }).await.unwrap().wait().await.unwrap();

    let committed = consumer::Config { isolation: IsolationLevel::ReadCommitted, ..Default::default() };
    let mut consumer = Consumer::new(&cluster, committed.clone());
    consumer.assign_topic(&topic, &[], Start::Earliest, End::Latest).await.unwrap();
    assert_eq!(values(&mut consumer).await, expected);
    let stable = consumer.position(&at).unwrap().offset;
    let mut consumer = Consumer::new(&cluster, consumer::Config::default());
    consumer.assign_topic(&topic, &[], Start::Earliest, End::Latest).await.unwrap();
    assert_eq!(values(&mut consumer).await.len(), 8 * 6 + 2);
    // What is open and what came behind it.
    assert_eq!(consumer.position(&at).unwrap().offset, stable + 2);

    // The end is where the open transaction begins, and moves when that is decided.
    let mut consumer = Consumer::new(&cluster, committed);
    consumer.assign_topic(&topic, &[], Start::Latest, End::Never).await.unwrap();
    assert_eq!(consumer.position(&at).unwrap().offset, stable);
    let deadline = Instant::now() + Duration::from_secs(30);
    while consumer.current_lag(&at).is_none() {
        assert!(Instant::now() < deadline, "the broker says nothing");
        assert!(consumer.poll(Duration::from_millis(100)).await.unwrap().is_none());
    }
    assert_eq!(consumer.current_lag(&at), Some(0));
    open.commit().await.unwrap();
    let record = consumer.next().await.unwrap().unwrap();
    assert_eq!((record.offset, record.value.as_deref()), (stable, Some(&b"open"[..])));
    let record = consumer.next().await.unwrap().unwrap();
    assert_eq!((record.offset, record.value), (stable + 1, None));
}

/// Up to the end, tombstones as nothing.
async fn values(consumer: &mut Consumer) -> Vec<String> {
    let records = consumer.stream().map(|record| record.unwrap().value.unwrap_or_default());
    records.map(|value| String::from_utf8(value.to_vec()).unwrap()).collect().await
}
