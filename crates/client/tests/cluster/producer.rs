//! What a record takes along, where it goes, and what its delivery says.
use crate::{
    basics::{SOON, read, topic},
    environment,
};
use client::{
    Admin, Cluster, Consumer, Error, OnUnknownTopic, Partitioner, Producer,
    admin::NewTopic,
    consumer::{self, End, Start},
    partition_for_key,
    producer::{Acks, Config, Header, Record},
};
use std::{collections::BTreeMap, time::Duration};

const PARTITIONS: usize = 4;

async fn wide_topic(cluster: &Cluster, name: &str) -> String {
    let topic = NewTopic {
        name: environment::unique(name),
        partitions: Some(PARTITIONS as i32),
        replication_factor: Some(1),
        ..Default::default()
    };
    Admin::new(cluster).create_topic(&topic, Default::default()).await.unwrap();
    topic.name
}

#[tokio::test]
async fn keys_headers_and_timestamps_come_back() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "whole").await;
    let headers = [
        Header { key: b"a", value: Some(b"1") },
        Header { key: b"a", value: None },
        Header { key: "ü".as_bytes(), value: Some(b"") },
    ];
    let records = [
        Record {
            topic: &topic,
            timestamp: Some(1_700_000_000_123),
            key: Some(b"k"),
            headers: &headers,
            ..Default::default()
        },
        Record { topic: &topic, timestamp: Some(1_600_000_000_000), value: Some(b""), ..Default::default() },
        Record {
            topic: &topic,
            timestamp: Some(0),
            key: Some(b""),
            value: Some(b"v"),
            headers: &headers[..1],
            ..Default::default()
        },
    ];
    let producer = Producer::new(&cluster, Config::default());
    for record in records {
        drop(producer.send(record).await.unwrap());
    }
    producer.flush().await.unwrap();

    let mut consumer = Consumer::new(&cluster, consumer::Config::default());
    consumer.assign_topic(&topic, &[], Start::Earliest, End::Latest).await.unwrap();
    let mut nth = 0;
    while !consumer.is_finished() {
        let Some(batch) = consumer.poll(SOON).await.unwrap() else { continue };
        for found in batch.records() {
            let (found, sent) = (found.unwrap(), records[nth]);
            assert_eq!((found.key, found.value), (sent.key, sent.value));
            assert_eq!(Some(found.timestamp), sent.timestamp);
            assert_eq!(found.headers.collect::<Vec<_>>(), sent.headers);
            nth += 1;
        }
    }
    assert_eq!(nth, records.len());
}

#[tokio::test]
async fn records_go_where_their_partitioner_says() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = wide_topic(&cluster, "placed").await;
    let murmur2 = |key: &[u8]| partition_for_key(key, PARTITIONS);
    type Expected = fn(&[u8]) -> usize;
    let last: Expected = |_| PARTITIONS - 1;
    for (partitioner, expected) in [
        (Partitioner::Kafka, murmur2 as Expected),
        (Partitioner::Murmur2Random, murmur2),
        (Partitioner::custom(|record| record.partitions - 1), last),
    ] {
        let shown = format!("{partitioner:?}");
        let producer = Producer::new(&cluster, Config { partitioner, ..Default::default() });
        for key in [&b""[..], b"a", b"foobar", b"another key"] {
            let record = Record { topic: &topic, key: Some(key), ..Default::default() };
            let delivered = producer.send(record).await.unwrap().wait().await.unwrap();
            assert_eq!(delivered.partition as usize, expected(key), "{shown} {key:?}");
        }
        // Whoever names a partition gets it.
        let record = Record { topic: &topic, partition: Some(2), key: Some(b"a"), ..Default::default() };
        assert_eq!(producer.send(record).await.unwrap().wait().await.unwrap().partition, 2);
        let record = Record { topic: &topic, partition: Some(PARTITIONS as i32), ..Default::default() };
        assert!(matches!(producer.send(record).await, Err(Error::UnknownPartition { .. })));
    }
}

#[tokio::test]
async fn deliveries_name_the_place_of_each_record() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = wide_topic(&cluster, "delivered").await;
    // Batches of few records, so that many requests are under way.
    let config = Config { batch_size: 200, partitioner: Partitioner::RoundRobin, ..Default::default() };
    let producer = Producer::new(&cluster, config);
    let mut deliveries = Vec::new();
    for number in 0..2000_u32 {
        let value = number.to_be_bytes();
        deliveries.push(
            producer.send(Record { topic: &topic, value: Some(&value), ..Default::default() }).await.unwrap(),
        );
    }
    producer.flush().await.unwrap();
    let mut values = BTreeMap::new();
    for (number, delivery) in (0..).zip(deliveries) {
        let delivered = delivery.outcome().expect("all is flushed").unwrap();
        values.insert((delivered.partition, delivered.offset.unwrap()), number);
    }
    assert_eq!(values.len(), 2000);

    let mut consumer = Consumer::new(&cluster, consumer::Config::default());
    consumer.assign_topic(&topic, &[], Start::Earliest, End::Latest).await.unwrap();
    let mut before = [None; PARTITIONS];
    while !consumer.is_finished() {
        let Some(batch) = consumer.poll(SOON).await.unwrap() else { continue };
        let partition = batch.at.partition;
        for record in batch.records() {
            let record = record.unwrap();
            let number = u32::from_be_bytes(record.value.unwrap().try_into().unwrap());
            assert_eq!(values.remove(&(partition, record.offset.0)), Some(number));
            let before = before[partition as usize].replace(number);
            assert!(before < Some(number), "{before:?} came before {number}");
        }
    }
    assert!(values.is_empty(), "{values:?}");
}

#[tokio::test]
async fn a_full_buffer_holds_the_sender_back_and_loses_nothing() {
    let Some(cluster) = environment::cluster().await else { return };
    let expected: Vec<String> = (0..5000).map(|number| format!("{number:0>100}")).collect();
    for (acks, idempotent, max_in_flight) in
        [(Acks::All, true, 5), (Acks::All, false, 5), (Acks::Leader, false, 1)]
    {
        let topic = topic(&cluster, "narrow").await;
        let config = Config {
            acks,
            idempotent,
            max_in_flight,
            batch_size: 2000,
            buffer_memory: 10_000,
            ..Default::default()
        };
        let producer = Producer::new(&cluster, config);
        for value in &expected {
            let record = Record { topic: &topic, value: Some(value.as_bytes()), ..Default::default() };
            drop(producer.send(record).await.unwrap());
        }
        producer.flush().await.unwrap();
        assert_eq!(read(&cluster, &topic).await, expected, "{acks:?} {idempotent} {max_in_flight}");
    }
}

#[tokio::test]
async fn a_record_that_finds_no_room_in_time_is_refused() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "no-room").await;
    let config = Config {
        buffer_memory: 300,
        linger: Duration::from_secs(60),
        max_block: Duration::ZERO,
        ..Default::default()
    };
    // The limit is also that of the wait for metadata, so the topic must be known.
    cluster.topic(&topic, OnUnknownTopic::Fail).await.unwrap();
    let producer = Producer::new(&cluster, config);
    let record = Record { topic: &topic, value: Some(&[b'x'; 200]), ..Default::default() };
    drop(producer.send(record).await.unwrap());
    assert!(matches!(producer.send(record).await, Err(Error::GaveUp { .. })));
    producer.flush().await.unwrap();
    drop(producer.send(record).await.unwrap());
    producer.flush().await.unwrap();
    assert_eq!(read(&cluster, &topic).await.len(), 2);
}
