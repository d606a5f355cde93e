//! A producer and a broker that does as it is told.
use super::*;
use crate::{Config as ClientConfig, fake};
use protocol::{
    ApiKey, Message as _, MetadataRequest, MetadataResponse,
    metadata::response::{MetadataResponsePartition, MetadataResponseTopic},
    produce::response::PartitionProduceResponse,
};
use tokio::sync::watch;

/// What the broker says of the topic `t`, and what it does when it gets a record for it.
#[derive(Clone, Copy, Debug, Default)]
struct Script {
    topic: ErrorCode,
    produce: OnProduce,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnProduce {
    Answer(ErrorCode),
    Close,
    /// Reads no more.
    Freeze,
}

impl Default for OnProduce {
    fn default() -> Self {
        Self::Answer(ErrorCode::NONE)
    }
}

/// How often the broker was asked about topics, and how often it might create them.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    metadata: usize,
    creating: usize,
}

struct Play {
    script: Arc<Mutex<Script>>,
    asked: watch::Receiver<Asked>,
    producer: Producer,
}

impl Play {
    async fn new(script: Script, config: Config, change: impl FnOnce(&mut ClientConfig)) -> Self {
        let script = Arc::new(Mutex::new(script));
        let (asking, asked) = watch::channel(Asked::default());
        let mut client = ClientConfig::new(vec![broker(script.clone(), asking).await]);
        change(&mut client);
        let cluster = Cluster::connect(client).await.unwrap();
        Self { script, asked, producer: Producer::new(&cluster, config) }
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

async fn broker(script: Arc<Mutex<Script>>, asking: watch::Sender<Asked>) -> Address {
    fake::listen("127.0.0.1", move |mut socket| {
        let (script, asking) = (script.clone(), asking.clone());
        let port = socket.local_addr().unwrap().port();
        let answer = move |script: Script, mut asked: fake::Asked| match asked.key {
            ApiKey::ApiVersions => {
                Some(asked.offer(&[(ApiKey::ApiVersions, 4), (ApiKey::Metadata, 12), (ApiKey::Produce, 11)]))
            }
            ApiKey::Metadata => {
                let request = MetadataRequest::decode(&mut asked.body, asked.version).unwrap();
                if request.topics.is_some_and(|topics| !topics.is_empty()) {
                    asking.send_modify(|asked| {
                        asked.metadata += 1;
                        asked.creating += usize::from(request.allow_auto_topic_creation);
                    });
                }
                Some(asked.answer(&metadata(port, script.topic)))
            }
            ApiKey::Produce => match script.produce {
                OnProduce::Answer(code) => Some(asked.answer(&produced(code))),
                OnProduce::Close | OnProduce::Freeze => None,
            },
            _ => None,
        };
        async move {
            fake::converse(&mut socket, |asked| answer(*script.lock().unwrap(), asked)).await;
            if script.lock().unwrap().produce == OnProduce::Freeze {
                std::future::pending::<()>().await;
            }
        }
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
    fake::metadata(port, vec![topic])
}

fn produced(code: ErrorCode) -> ProduceResponse {
    let partition = PartitionProduceResponse { error_code: code.0, ..Default::default() };
    let topic =
        TopicProduceResponse { name: "t".into(), partition_responses: vec![partition], ..Default::default() };
    ProduceResponse { responses: vec![topic], ..Default::default() }
}

const GONE: ErrorCode = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;

#[tokio::test]
async fn metadata_is_waited_for_no_longer_than_for_room() {
    let script = Script { topic: GONE, ..Default::default() };
    let config = Config { max_block: Duration::from_millis(300), ..Default::default() };
    let play = Play::new(script, config, |_| {}).await;
    let error = play.send(b"1").await.unwrap_err();
    assert!(matches!(error, Error::GaveUp { .. }), "{error:?}");
    assert_eq!(error.code(), Some(GONE));
}

#[tokio::test]
async fn a_topic_that_was_deleted_is_made_again_if_there_is_something_to_send() {
    for (code, is_made) in [(ErrorCode::NONE, false), (GONE, true)] {
        let config = Config { acks: Acks::Leader, ..Default::default() };
        let script = Script { produce: OnProduce::Answer(code), ..Default::default() };
        let often = |client: &mut ClientConfig| client.metadata_max_age = Duration::from_millis(20);
        let mut play = Play::new(script, config, often).await;
        let delivery = play.send(b"1").await.unwrap();
        if code.is_ok() {
            soon(delivery.wait()).await.unwrap();
        }
        play.script.lock().unwrap().topic = GONE;
        let before = *play.asked.borrow();
        let is_enough = |asked: &Asked| {
            asked.metadata >= before.metadata + 3 && (!is_made || asked.creating > before.creating)
        };
        let after = *soon(play.asked.wait_for(is_enough)).await.unwrap();
        assert_eq!(after.creating > before.creating, is_made, "{after:?}");
    }
}

#[tokio::test]
async fn without_acknowledgement_too_memory_is_bounded() {
    let script = Script { produce: OnProduce::Freeze, ..Default::default() };
    let config = Config {
        acks: Acks::None,
        buffer_memory: 1 << 20,
        max_block: Duration::from_millis(200),
        ..Default::default()
    };
    let play = Play::new(script, config, |_| {}).await;
    let value = vec![0; 512 << 10];
    // More than the sockets take.
    for _ in 0..128 {
        if let Err(error) = play.send(&value).await {
            assert!(matches!(error, Error::GaveUp { .. }), "{error:?}");
            return;
        }
    }
    panic!("a broker that reads nothing was sent 64 MiB");
}

#[tokio::test]
async fn without_acknowledgement_a_closed_connection_makes_the_producer_look_for_the_leader() {
    let script = Script { produce: OnProduce::Close, ..Default::default() };
    let config = Config { acks: Acks::None, linger: Duration::ZERO, ..Default::default() };
    let play = Play::new(script, config, |_| {}).await;
    soon(play.send(b"1").await.unwrap().wait()).await.unwrap();
    let before = play.asked.borrow().metadata;
    let looks_again = async {
        while play.asked.borrow().metadata == before {
            let _ = play.send(b"1").await.unwrap().wait().await;
        }
    };
    soon(looks_again).await;
}

#[tokio::test]
async fn whoever_flushes_hears_of_what_was_given_up_meanwhile() {
    let script = Script { produce: OnProduce::Answer(ErrorCode::INVALID_RECORD), ..Default::default() };
    let config = Config { acks: Acks::Leader, linger: Duration::from_secs(3600), ..Default::default() };
    let play = Play::new(script, config, |_| {}).await;
    play.send(b"1").await.unwrap();
    let (first, second) = soon(async { tokio::join!(play.producer.flush(), play.producer.flush()) }).await;
    for flushed in [first, second] {
        assert_eq!(flushed.unwrap_err().code(), Some(ErrorCode::INVALID_RECORD));
    }
    play.producer.flush().await.unwrap();
}

#[tokio::test]
async fn as_many_are_taken_at_once_as_need_not_wait() {
    let config = Config {
        acks: Acks::Leader,
        buffer_memory: 1 << 20,
        max_request_size: 1 << 20,
        ..Default::default()
    };
    let play = Play::new(Script::default(), config, |_| {}).await;
    let value = vec![0; 300 << 10];
    let record = Record { topic: "t", value: Some(&value), ..Default::default() };
    let too_large = vec![0; 2 << 20];
    let too_large = Record { value: Some(&too_large), ..record };
    assert_eq!(play.producer.try_send_all(&[record]).unwrap(), 0, "its topic is not known yet");
    let first = play.send(b"1").await.unwrap();
    assert_eq!(play.producer.try_send_all(&[]).unwrap(), 0);
    // Nothing else runs on this thread meanwhile, so nothing is delivered.
    assert_eq!(play.producer.try_send_all(&[record; 5]).unwrap(), 3, "there is room for three");
    soon(first.wait()).await.unwrap();
    soon(play.producer.flush()).await.unwrap();
    let refused = play.producer.try_send_all(&[record, too_large, record]).unwrap_err();
    assert!(matches!(refused, Error::RecordTooLarge { .. }), "{refused:?}");
    assert_eq!(play.producer.try_send_all(&[record; 3]).unwrap(), 2, "one of those before was taken");
}
