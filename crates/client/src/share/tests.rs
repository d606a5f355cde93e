//! What a consumer does with what it has, without a broker that answers.
use super::*;
use crate::{Address, Config as ClientConfig, fake};
use base::TopicId;
use protocol::{ApiKey, MetadataResponse};

const NODE: NodeId = NodeId(1);

async fn consumer() -> ShareConsumer {
    let address: Address = fake::listen("127.0.0.1", |socket| {
        fake::converse(socket, |asked| match asked.key {
            ApiKey::ApiVersions => Some(asked.offer(&[(ApiKey::ApiVersions, 3), (ApiKey::Metadata, 12)])),
            ApiKey::Metadata => Some(asked.answer(&MetadataResponse::default())),
            _ => None,
        })
    })
    .await;
    let cluster = Cluster::connect(ClientConfig::new(vec![address])).await.unwrap();
    ShareConsumer::new(&cluster, Config::default())
}

/// Records 0 to 9, locked and not given out yet.
fn chunk(topic: &str) -> Chunk {
    Chunk {
        node: NODE,
        at: TopicPartition::new(topic, 0),
        id: (TopicId::METADATA, 0),
        acquired: vec![Acquired { first: 0, last: 9, delivery_count: 1 }],
        records: bytes::Bytes::new(),
        locked_until: Instant::now() + Duration::from_secs(30),
    }
}

#[tokio::test]
async fn what_waits_of_a_topic_that_is_left_goes_back() {
    let mut consumer = consumer().await;
    consumer.ready.extend([chunk("a"), chunk("b")]);
    consumer.subscribe(["b"]);
    let waits: Vec<&str> = consumer.ready.iter().map(|chunk| &*chunk.at.topic).collect();
    assert_eq!(waits, ["b"]);
    let runs = consumer.brokers[&NODE].acks.values().flatten();
    let runs: Vec<(i64, i64, i8)> = runs.map(|run| (run.first, run.last, run.kind)).collect();
    assert_eq!(runs, [(0, 9, 2)]);
}

#[tokio::test]
async fn what_could_not_be_sent_leaves_the_session_as_it_is() {
    let mut consumer = consumer().await;
    let link = consumer.brokers.entry(NODE).or_default();
    link.session.answered();
    let error = Error::Encode {
        api: ApiKey::ShareAcknowledge,
        source: Arc::new(wire::EncodeError::TooManyBytes(usize::MAX)),
    };
    consumer.take_answer(Instant::now(), NODE, Err(error));
    assert_eq!(consumer.brokers[&NODE].session.acknowledge(), Some(1));
    assert!(matches!(consumer.errors.front(), Some(Error::Encode { .. })));
}
