//! What must hold while leaders and coordinators move and brokers die, or say nothing any more.
//!
//! Three nodes of Apache Kafka, each broker and controller, numbered from 1, in racks `a`, `b` and `c`. A test kills,
//! starts, freezes and thaws them through the suite's control socket; the suite restores all before the next one.
mod admin;
mod consumers;
mod groups;
mod producers;
mod share;
mod transactions;

use crate::environment;
use base::NodeId;
use client::{
    Admin, Cluster, Config, Consumer, Properties, TopicPartition,
    admin::NewTopic,
    consumer::{self, End, Start},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// How long anything may take here: a death is noticed after seconds, and a broker takes seconds to come back.
const LIMIT: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(50);
const NODES: [i32; 3] = [1, 2, 3];

/// A handle of the cluster, once every partition has all its replicas. `None` after the reason was printed.
async fn cluster() -> Option<Cluster> {
    let cluster = Cluster::connect(config()?).await.expect("the cluster under test answers");
    whole(&cluster).await;
    Some(cluster)
}

fn config() -> Option<Config> {
    let mut config = Config::new(Vec::new());
    let bootstrap = environment::variable("MAINSTEM_TEST_SEVERAL")?;
    let properties = Properties::from_iter([("bootstrap.servers", bootstrap)]);
    properties.apply(&mut config).expect("the environment names addresses");
    Some(config)
}

/// Gives a broker that says nothing up sooner than others would.
async fn impatient_cluster() -> Option<Cluster> {
    let soon = Duration::from_secs(2);
    let config = Config { request_timeout: soon, connect_timeout: soon, ..config()? };
    let cluster = Cluster::connect(config).await.expect("the cluster under test answers");
    whole(&cluster).await;
    Some(cluster)
}

/// Has the suite carry out `kill N`, `start N`, `freeze N` or `thaw N`.
async fn order(line: &str) {
    let control = environment::variable("MAINSTEM_TEST_CONTROL").expect("set beside the addresses");
    let mut socket = TcpStream::connect(control).await.expect("the suite listens");
    socket.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    let heard = tokio::time::timeout(LIMIT, socket.read_to_string(&mut answer)).await;
    heard.unwrap_or_else(|_| panic!("no answer to `{line}` within {LIMIT:?}")).unwrap();
    assert_eq!(answer.trim_end(), "ok", "`{line}`");
}

async fn kill(node: NodeId) {
    order(&format!("kill {}", node.0)).await;
}

async fn start(node: NodeId) {
    order(&format!("start {}", node.0)).await;
}

/// It takes connections and requests, and answers none.
async fn freeze(node: NodeId) {
    order(&format!("freeze {}", node.0)).await;
}

async fn thaw(node: NodeId) {
    order(&format!("thaw {}", node.0)).await;
}

/// Asks until there is an answer.
async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(began.elapsed() < LIMIT, "{what}: not seen within {LIMIT:?}");
        tokio::time::sleep(STEP).await;
    }
}

/// Waits until all brokers are there and all replicas in sync.
async fn whole(cluster: &Cluster) {
    until("a whole cluster", async || {
        let topics = cluster.all_topics().await.ok()?;
        let mut partitions = topics.iter().flat_map(|topic| &topic.partitions);
        let is_whole = partitions.all(|p| p.leader.is_some() && p.isr.len() == p.replicas.len());
        (is_whole && cluster.metadata().brokers.len() == NODES.len()).then_some(())
    })
    .await;
}

/// Of partitions with these replicas, the preferred leader first.
async fn topic(cluster: &Cluster, name: &str, assignment: &[&[i32]], configs: &[(&str, &str)]) -> String {
    let nodes = |replicas: &&[i32]| replicas.iter().copied().map(NodeId).collect();
    let topic = NewTopic {
        name: environment::unique(name),
        assignment: assignment.iter().map(nodes).collect(),
        configs: configs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        ..Default::default()
    };
    Admin::new(cluster).create_topic(&topic, Default::default()).await.unwrap();
    // Every broker is asked for it sooner or later.
    let at = TopicPartition::new(topic.name.as_str(), 0);
    leader(cluster, &at, |_| true).await;
    topic.name
}

/// Waits until the partition has such a leader.
async fn leader(cluster: &Cluster, at: &TopicPartition, is_right: impl Fn(NodeId) -> bool) -> NodeId {
    until(&format!("a leader of {at}"), async || {
        let topic = Admin::new(cluster).describe_topic(&at.topic).await.ok()?;
        topic.partition(at.partition)?.leader.filter(|leader| is_right(*leader))
    })
    .await
}

/// Everything a topic holds, by partition: offset and value.
async fn read_all(cluster: &Cluster, topic: &str) -> BTreeMap<i32, Vec<(i64, String)>> {
    let mut consumer = Consumer::new(cluster, consumer::Config::default());
    consumer.assign_topic(topic, &[], Start::Earliest, End::Latest).await.unwrap();
    let mut found: BTreeMap<i32, Vec<(i64, String)>> = BTreeMap::new();
    let began = Instant::now();
    while !consumer.is_finished() {
        assert!(began.elapsed() < LIMIT, "the end of {topic} is not reached");
        let Some(batch) = consumer.poll(LIMIT).await.unwrap() else { continue };
        for record in batch.records() {
            let record = record.unwrap();
            let value = String::from_utf8(record.value.unwrap().to_vec()).unwrap();
            found.entry(batch.at.partition).or_default().push((record.offset.0, value));
        }
    }
    found
}
