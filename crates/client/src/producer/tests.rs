//! A producer and a broker that does as it is told.
use super::*;
use crate::{Config as ClientConfig, fake};
use protocol::{
    ApiKey, MetadataResponse,
    metadata::response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
};

struct Play {
    producer: Producer,
}

impl Play {
    async fn new(topic: ErrorCode, config: Config) -> Self {
        let address = broker(topic).await;
        let cluster = Cluster::connect(ClientConfig::new(vec![address])).await.unwrap();
        Self { producer: Producer::new(&cluster, config) }
    }

    async fn send(&self, value: &[u8]) -> Result<Delivery, Error> {
        let record = Record { topic: "t", value: Some(value), ..Default::default() };
        soon(self.producer.send(record)).await
    }
}

/// Long for a test, and shorter than every timeout that it does not set.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it happens soon")
}

async fn broker(topic: ErrorCode) -> Address {
    fake::listen("127.0.0.1", move |socket| {
        let port = socket.local_addr().unwrap().port();
        fake::converse(socket, move |asked| match asked.key {
            ApiKey::ApiVersions => {
                Some(asked.offer(&[(ApiKey::ApiVersions, 4), (ApiKey::Metadata, 12), (ApiKey::Produce, 11)]))
            }
            ApiKey::Metadata => Some(asked.answer(&metadata(port, topic))),
            _ => None,
        })
    })
    .await
}

fn metadata(port: u16, code: ErrorCode) -> MetadataResponse {
    let partition = MetadataResponsePartition { leader_id: 1, ..Default::default() };
    let topic = MetadataResponseTopic {
        error_code: code.0,
        name: Some("t".into()),
        topic_id: TopicId::METADATA.0,
        partitions: if code.is_ok() { vec![partition] } else { Vec::new() },
        ..Default::default()
    };
    let broker = MetadataResponseBroker {
        node_id: 1,
        host: "127.0.0.1".into(),
        port: port.into(),
        ..Default::default()
    };
    MetadataResponse { brokers: vec![broker], topics: vec![topic], ..Default::default() }
}

#[tokio::test]
async fn metadata_is_waited_for_no_longer_than_for_room() {
    let config = Config { max_block: Duration::from_millis(300), ..Default::default() };
    let play = Play::new(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, config).await;
    let error = play.send(b"1").await.unwrap_err();
    assert!(matches!(error, Error::GaveUp { .. }), "{error:?}");
    assert_eq!(error.code(), Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
}
