//! One record there and back, and what is said of what is not there.
use crate::environment;
use client::{
    Admin, Cluster, Consumer, Error, Producer,
    admin::NewTopic,
    consumer::{self, End, Start},
    producer::{self, Codec, Compression, Record},
};
use std::time::Duration;

pub(crate) const SOON: Duration = Duration::from_secs(30);

pub(crate) async fn topic(cluster: &Cluster, name: &str) -> String {
    let topic = NewTopic {
        name: environment::unique(name),
        partitions: Some(1),
        replication_factor: Some(1),
        ..Default::default()
    };
    Admin::new(cluster).create_topic(&topic, Default::default()).await.unwrap();
    topic.name
}

/// Sends so many numbered records, and waits until they are there.
pub(crate) async fn send(cluster: &Cluster, config: producer::Config, topic: &str, count: u32) {
    let producer = Producer::new(cluster, config);
    for number in 0..count {
        let value = number.to_string();
        producer.send(Record { topic, value: Some(value.as_bytes()), ..Default::default() }).await.unwrap();
    }
    producer.flush().await.unwrap();
}

/// The values of a topic from its beginning to its end of now.
pub(crate) async fn read(cluster: &Cluster, topic: &str) -> Vec<String> {
    let mut consumer = Consumer::new(cluster, consumer::Config::default());
    consumer.assign_topic(topic, &[], Start::Earliest, End::Latest).await.unwrap();
    let mut values = Vec::new();
    while !consumer.is_finished() {
        let Some(batch) = consumer.poll(SOON).await.unwrap() else { continue };
        for record in batch.records() {
            values.push(String::from_utf8(record.unwrap().value.unwrap().to_vec()).unwrap());
        }
    }
    values
}

#[tokio::test]
async fn records_come_back_in_order_under_every_codec() {
    let Some(cluster) = environment::cluster().await else { return };
    for compression in Compression::ALL {
        let topic = topic(&cluster, compression.name()).await;
        let config = producer::Config { compression: Codec::new(compression), ..Default::default() };
        send(&cluster, config, &topic, 1000).await;
        let expected: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        assert_eq!(read(&cluster, &topic).await, expected, "{compression}");
    }
}

#[tokio::test]
async fn a_missing_topic_is_named() {
    let Some(cluster) = environment::cluster().await else { return };
    let name = environment::unique("missing");
    let error = Admin::new(&cluster).describe_topic(&name).await.unwrap_err();
    assert!(matches!(&error, Error::UnknownTopic(missing) if *missing == name), "{error}");
}
