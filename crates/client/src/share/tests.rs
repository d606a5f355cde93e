//! A consumer and a coordinator that does as it is told.
use super::*;
use crate::{Address, Config as ClientConfig, fake};
use base::TopicId;
use protocol::{
    ApiKey, ErrorCode, FindCoordinatorResponse, Message as _, ShareGroupHeartbeatRequest,
    ShareGroupHeartbeatResponse,
};
use std::sync::Mutex;

const NODE: NodeId = NodeId(1);

/// The epochs that heartbeats had.
type Epochs = Arc<Mutex<Vec<i32>>>;

async fn consumer() -> ShareConsumer {
    consumer_told(&[], &Epochs::default()).await
}

/// Its coordinator answers so to its first heartbeats.
async fn consumer_told(codes: &'static [ErrorCode], epochs: &Epochs) -> ShareConsumer {
    let heard = epochs.clone();
    let address: Address = fake::listen("127.0.0.1", move |socket| {
        let (heard, port) = (heard.clone(), socket.local_addr().unwrap().port());
        fake::converse(socket, move |mut asked| match asked.key {
            ApiKey::ApiVersions => Some(asked.offer(&[
                (ApiKey::ApiVersions, 3),
                (ApiKey::Metadata, 12),
                (ApiKey::FindCoordinator, 3),
                (ApiKey::ShareGroupHeartbeat, 1),
            ])),
            ApiKey::Metadata => Some(asked.answer(&fake::metadata(port, Vec::new()))),
            ApiKey::FindCoordinator => {
                Some(asked.answer(&FindCoordinatorResponse { node_id: 1, ..Default::default() }))
            }
            ApiKey::ShareGroupHeartbeat => {
                let request = ShareGroupHeartbeatRequest::decode(&mut asked.body, asked.version).unwrap();
                let mut heard = heard.lock().unwrap();
                let error_code = codes.get(heard.len()).map_or(0, |code| code.0);
                heard.push(request.member_epoch);
                Some(asked.answer(&ShareGroupHeartbeatResponse {
                    error_code,
                    member_epoch: 7,
                    heartbeat_interval_ms: 5,
                    ..Default::default()
                }))
            }
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

#[tokio::test]
async fn who_cannot_go_on_may_subscribe_again() {
    const LIMIT: Duration = Duration::from_secs(10);
    let epochs = Epochs::default();
    let mut consumer = consumer_told(&[ErrorCode::GROUP_AUTHORIZATION_FAILED], &epochs).await;
    consumer.subscribe(["a"]);
    let error = consumer.poll(LIMIT).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::GROUP_AUTHORIZATION_FAILED), "{error}");
    consumer.poll(LIMIT).await.unwrap_err();
    consumer.subscribe(["a"]);
    let deadline = Instant::now() + LIMIT;
    while epochs.lock().unwrap().len() < 3 {
        assert!(Instant::now() < deadline, "{epochs:?}");
        consumer.poll(Duration::from_millis(2)).await.unwrap();
    }
    assert_eq!(epochs.lock().unwrap()[..3], [0, 0, 7]);
}

/// All of this runs in one thread.
#[tokio::test]
async fn polls_that_do_not_wait_let_tasks_run() {
    let mut consumer = consumer().await;
    let task = tokio::spawn(async {});
    for _ in 0..100 {
        assert!(consumer.poll(Duration::ZERO).await.unwrap().is_none());
    }
    assert!(task.is_finished());
}
