//! An idempotent producer with keys and many batches in flight.
use super::{
    LIMIT, NODES, STEP, cluster, config, freeze, impatient_cluster, kill, leader, read_all, start, thaw,
    topic, until, whole,
};
use base::NodeId;
use client::{
    Admin, Backoff, Cluster, Consumer, Error, Producer, TopicPartition,
    admin::ElectionType,
    consumer::{self, End, Start},
    producer::{Config, Delivery, Record},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// Each node leads one and follows two.
const EVERYWHERE: [&[i32]; 3] = [&[1, 2, 3], &[2, 3, 1], &[3, 1, 2]];
const KEYS: u32 = 50;

/// Sends numbered records until it is told to stop.
struct Stream {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Vec<Delivery>>,
}

impl Stream {
    fn start(cluster: &Cluster, topic: &str) -> Self {
        // Small batches, so that many are under way; little room, so that it waits for brokers rather than fill memory.
        let config =
            Config { batch_size: 300, linger: Duration::ZERO, buffer_memory: 40_000, ..Default::default() };
        let producer = Producer::new(cluster, config);
        let stop = Arc::new(AtomicBool::new(false));
        let (topic, is_over) = (topic.to_owned(), stop.clone());
        let task = tokio::spawn(async move {
            let mut deliveries = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let number = deliveries.len().to_string();
                let key = (deliveries.len() as u32 % KEYS).to_string();
                let record = Record {
                    topic: &topic,
                    key: Some(key.as_bytes()),
                    value: Some(number.as_bytes()),
                    ..Default::default()
                };
                deliveries.push(producer.send(record).await.unwrap());
                if deliveries.len() % 100 == 0 {
                    // A few thousand records a second are enough.
                    tokio::time::sleep(STEP).await;
                }
            }
            producer.flush().await.unwrap();
            deliveries
        });
        Self { stop, task }
    }

    /// Every record is there once, where the broker said, and those of a partition are in the order of sending.
    async fn check(self, cluster: &Cluster, topic: &str) {
        self.stop.store(true, Ordering::Relaxed);
        let deliveries = tokio::time::timeout(LIMIT, self.task).await.expect("it flushes").unwrap();
        let mut expected: BTreeMap<i32, Vec<(Option<i64>, String)>> = BTreeMap::new();
        for (number, delivery) in deliveries.iter().enumerate() {
            let delivered = delivery.wait().await.unwrap();
            expected.entry(delivered.partition).or_default().push((delivered.offset, number.to_string()));
        }
        assert!(deliveries.len() > 500, "only {} were sent", deliveries.len());
        let found = read_all(cluster, topic).await;
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (partition, expected) in expected {
            let found = &found[&partition];
            for ((offset, value), (said, sent)) in found.iter().zip(&expected) {
                assert_eq!(value, sent, "partition {partition}, offset {offset}");
                // A repeated request may be answered without an offset.
                assert!(
                    said.is_none_or(|said| said == *offset),
                    "partition {partition}, offset {offset}: {said:?}"
                );
            }
            assert_eq!(found.len(), expected.len(), "partition {partition}");
        }
    }
}

/// Has the partition moved to these replicas and led by the first.
async fn reassign(cluster: &Cluster, at: &TopicPartition, replicas: &[i32]) {
    let admin = Admin::new(cluster);
    let nodes: Vec<NodeId> = replicas.iter().copied().map(NodeId).collect();
    let first = nodes[0];
    admin.alter_reassignments(&[(at.clone(), Some(nodes))].into(), true).await.only().unwrap();
    until("the end of a reassignment", async || {
        let moving = admin.list_reassignments(Some(std::slice::from_ref(at))).await.ok()?;
        moving.is_empty().then_some(())
    })
    .await;
    until("the preferred leader", async || {
        // It may be the leader already, or not be in sync yet.
        let _ = admin.elect_leaders(ElectionType::Preferred, std::slice::from_ref(at)).await.only();
        let topic = admin.describe_topic(&at.topic).await.ok()?;
        (topic.partition(at.partition)?.leader == Some(first)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn records_are_there_once_and_in_order_while_leaders_move() {
    let Some(cluster) = cluster().await else { return };
    let topic = topic(&cluster, "moved", &[&[1, 2], &[2, 3], &[3, 1]], &[]).await;
    let stream = Stream::start(&cluster, &topic);
    // Two are moved to other brokers, one after the other; with the last only the order of replicas changes.
    for (partition, replicas) in
        [(0, [2, 3]), (1, [3, 1]), (2, [1, 3]), (0, [3, 1]), (2, [3, 1]), (1, [1, 2])]
    {
        reassign(&cluster, &TopicPartition::new(topic.as_str(), partition), &replicas).await;
    }
    stream.check(&cluster, &topic).await;
}

/// The leader of a partition goes and comes back.
async fn leader_goes(cluster: Option<Cluster>, goes: impl AsyncFn(NodeId), comes_back: impl AsyncFn(NodeId)) {
    let Some(cluster) = cluster else { return };
    let topic = topic(&cluster, "left", &EVERYWHERE, &[]).await;
    let stream = Stream::start(&cluster, &topic);
    let (victim, at) = (NodeId(NODES[1]), TopicPartition::new(topic.as_str(), 1));
    goes(victim).await;
    leader(&cluster, &at, |leader| leader != victim).await;
    comes_back(victim).await;
    whole(&cluster).await;
    let admin = Admin::new(&cluster);
    admin.elect_leaders(ElectionType::Preferred, std::slice::from_ref(&at)).await.only().unwrap();
    leader(&cluster, &at, |leader| leader == victim).await;
    stream.check(&cluster, &topic).await;
}

#[tokio::test]
async fn records_are_there_once_and_in_order_while_a_leader_dies_and_comes_back() {
    leader_goes(cluster().await, kill, start).await;
}

/// It still believes that it leads, and finds requests that others have carried out meanwhile.
#[tokio::test]
async fn records_are_there_once_and_in_order_while_a_leader_is_frozen() {
    leader_goes(impatient_cluster().await, freeze, thaw).await;
}

/// `delivery.timeout.ms`: what it holds may have been written or not, nothing is written twice, and what comes after it is
/// delivered once the broker is back.
#[tokio::test]
async fn records_that_no_broker_takes_in_time_are_given_up() {
    let Some(cluster) = impatient_cluster().await else { return };
    let only = NodeId(NODES[0]);
    let topic = topic(&cluster, "late", &[&[only.0]], &[]).await;
    let delivery_timeout = Duration::from_secs(5);
    let producer = Producer::new(&cluster, Config { delivery_timeout, ..Default::default() });
    let send = async |value: &str| {
        let record = Record { topic: &topic, value: Some(value.as_bytes()), ..Default::default() };
        producer.send(record).await.unwrap()
    };
    send("before").await.wait().await.unwrap();
    freeze(only).await;
    let sent = Instant::now();
    let deliveries = [send("late 1").await, send("late 2").await];
    // In a batch of its own, behind one that was sent.
    tokio::time::sleep(STEP).await;
    let behind = send("behind").await;
    for delivery in deliveries.iter().chain([&behind]) {
        let error = delivery.wait().await.unwrap_err();
        let Error::DeliveryTimeout { after, .. } = &error else { panic!("{error}") };
        assert_eq!(*after, delivery_timeout);
        assert!(error.is_timeout(), "{error}");
        assert!(sent.elapsed() >= delivery_timeout, "after {:?}", sent.elapsed());
    }
    assert!(sent.elapsed() < 2 * delivery_timeout, "after {:?}", sent.elapsed());
    assert!(matches!(producer.flush().await, Err(Error::DeliveryTimeout { .. })));

    thaw(only).await;
    let after = until("a broker that is back", async || send("after").await.wait().await.ok()).await;
    let found = &read_all(&cluster, &topic).await[&0];
    let values: Vec<&str> = found.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(found.iter().find(|(offset, _)| Some(*offset) == after.offset).unwrap().1, "after");
    assert_eq!((values[0], *values.last().unwrap()), ("before", "after"), "{values:?}");
    for late in ["late 1", "late 2", "behind"] {
        assert!(values.iter().filter(|value| **value == late).count() <= 1, "{values:?}");
    }
}

/// Metadata would be asked for only after a pause that is longer than the test waits (KIP-951). A producer and a consumer
/// share what is known of the cluster: of both, whoever is refused second is told what the other has heard already.
#[tokio::test]
async fn a_refusal_that_names_the_new_leader_is_enough() {
    let Some(others) = cluster().await else { return };
    let Some(mut config) = config() else { return };
    // The first paces metadata, the second cuts short the pause of all that is repeated.
    config.backoff = Backoff { initial: 10 * LIMIT, max: 2 * STEP };
    let cluster = Cluster::connect(config).await.unwrap();
    let topic = topic(&others, "hinted", &EVERYWHERE[..1], &[]).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let producer = Producer::new(&cluster, Config::default());
    let mut consumer = Consumer::new(&cluster, consumer::Config::default());
    consumer.assign_topic(&topic, &[], Start::Earliest, End::Never).await.unwrap();
    for (end, leader, consumer_is_first) in
        [(1, 1, false), (2, 2, true), (3, 3, false), (4, 1, true), (5, 2, false)]
    {
        reassign(&others, &at, &[leader, leader % 3 + 1, (leader + 1) % 3 + 1]).await;
        let knows = || cluster.metadata().leader(&topic, 0) == Some(NodeId(leader));
        if consumer_is_first {
            until("a hint for the consumer", async || {
                assert!(consumer.poll(STEP).await.unwrap().is_none());
                knows().then_some(())
            })
            .await;
        }
        let record = Record { topic: &topic, value: Some(b"v"), ..Default::default() };
        let delivery = producer.send(record).await.unwrap();
        tokio::time::timeout(LIMIT, delivery.wait()).await.expect("the producer finds the leader").unwrap();
        assert!(knows());
        until("the record", async || {
            let _ = consumer.poll(STEP).await.unwrap();
            (consumer.position(&at)?.offset == end).then_some(())
        })
        .await;
    }
}
