//! A consumer that is near a follower, and one whose log is cut.
use super::{LIMIT, STEP, cluster, freeze, impatient_cluster, kill, leader, start, topic, until};
use crate::groups::fill;
use base::NodeId;
use client::{
    Admin, Cluster, Consumer, Error, TopicPartition,
    consumer::{Config, End, OnOutOfRange, Start},
};
use std::time::Instant;

async fn reader(cluster: &Cluster, topic: &str, config: Config) -> Consumer {
    let mut consumer = Consumer::new(cluster, config);
    consumer.assign_topic(topic, &[], Start::Earliest, End::Never).await.unwrap();
    consumer
}

/// The next so many values.
async fn read(consumer: &mut Consumer, count: usize) -> Vec<i32> {
    let began = Instant::now();
    let mut values = Vec::new();
    while values.len() < count {
        assert!(began.elapsed() < LIMIT, "{} of {count} came", values.len());
        let Some(batch) = consumer.poll(STEP).await.unwrap() else { continue };
        let texts = batch.records().map(|record| String::from_utf8(record.unwrap().value.unwrap().to_vec()));
        values.extend(texts.map(|text| text.unwrap().parse::<i32>().unwrap()));
    }
    values
}

fn numbers(range: std::ops::Range<i32>) -> Vec<i32> {
    range.collect()
}

#[tokio::test]
async fn the_follower_in_the_rack_serves_until_it_dies() {
    let Some(cluster) = cluster().await else { return };
    let topic = topic(&cluster, "near", &[&[1, 2, 3]], &[]).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let [far, near] = [NodeId(1), NodeId(3)];
    let mut consumers = Vec::new();
    for (rack, served_by) in [(None, None), (Some("a"), None), (Some("c"), Some(near)), (Some("x"), None)] {
        let config = Config { rack: rack.map(str::to_owned), ..Config::default() };
        consumers.push((reader(&cluster, &topic, config).await, served_by));
    }
    fill(&cluster, &topic, 1, 0..100).await;
    for (consumer, served_by) in &mut consumers {
        assert_eq!(read(consumer, 100).await, numbers(0..100));
        assert_eq!(consumer.preferred_replica(&at), *served_by);
    }
    kill(near).await;
    assert_eq!(leader(&cluster, &at, |_| true).await, far);
    fill(&cluster, &topic, 1, 100..200).await;
    for (consumer, _) in &mut consumers {
        assert_eq!(read(consumer, 100).await, numbers(100..200));
        assert_eq!(consumer.preferred_replica(&at), None);
    }
}

#[tokio::test]
async fn a_leader_that_says_nothing_is_left_for_the_next() {
    let Some(cluster) = impatient_cluster().await else { return };
    let topic = topic(&cluster, "silent", &[&[2, 3, 1]], &[]).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let silent = NodeId(2);
    let mut consumer = reader(&cluster, &topic, Config::default()).await;
    fill(&cluster, &topic, 1, 0..100).await;
    assert_eq!(read(&mut consumer, 100).await, numbers(0..100));
    freeze(silent).await;
    leader(&cluster, &at, |leader| leader != silent).await;
    fill(&cluster, &topic, 1, 100..200).await;
    assert_eq!(read(&mut consumer, 100).await, numbers(100..200));
}

/// One leader took ten records alone and died; the other goes on without them and takes fifteen others, so that the
/// consumers' offset is in its log and stands for something else (KIP-320).
#[tokio::test]
async fn a_log_that_was_cut_is_noticed() {
    let Some(cluster) = cluster().await else { return };
    let unclean = [("unclean.leader.election.enable", "true"), ("min.insync.replicas", "1")];
    let topic = topic(&cluster, "cut", &[&[1, 2]], &unclean).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let [first, second] = [NodeId(1), NodeId(2)];
    let policy = |policy| Config { on_out_of_range: policy, ..Default::default() };
    let mut resets = reader(&cluster, &topic, policy(OnOutOfRange::Latest)).await;
    let mut fails = reader(&cluster, &topic, policy(OnOutOfRange::Fail)).await;
    fill(&cluster, &topic, 1, 0..10).await;
    kill(second).await;
    until("a leader without follower", async || {
        let topic = Admin::new(&cluster).describe_topic(&topic).await.ok()?;
        (topic.partition(0)?.isr == [first]).then_some(())
    })
    .await;
    fill(&cluster, &topic, 1, 10..20).await;
    assert_eq!(read(&mut resets, 20).await, numbers(0..20));
    assert_eq!(read(&mut fails, 20).await, numbers(0..20));
    kill(first).await;
    start(second).await;
    leader(&cluster, &at, |leader| leader == second).await;
    fill(&cluster, &topic, 1, 100..115).await;

    // It goes on where the two logs part, and not at the end: that is known here.
    assert_eq!(read(&mut resets, 15).await, numbers(100..115));
    assert_eq!(resets.position(&at).unwrap().offset, 25);
    let began = Instant::now();
    let error = loop {
        assert!(began.elapsed() < LIMIT, "the cut is not noticed");
        match fails.poll(STEP).await {
            Ok(None) => {}
            Ok(Some(batch)) => panic!("{:?} was given out", batch.batch()),
            Err(error) => break error,
        }
    };
    let Error::LogTruncated { offset, divergent, .. } = error else { panic!("{error}") };
    assert_eq!((offset, divergent), (20, Some(10)));
    fails.seek(&at, 10).unwrap();
    assert_eq!(read(&mut fails, 15).await, numbers(100..115));
}
