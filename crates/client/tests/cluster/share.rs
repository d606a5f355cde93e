//! Share groups: records are locked one by one, and given out again when they are given back.
use crate::{basics::send, environment};
use client::{
    Admin, Cluster, Error, ShareConsumer, TopicPartition,
    admin::{ConfigChange, NewTopic, Resource},
    producer,
    share::{AcknowledgeType, Acknowledgement, AcquireMode, AcquiredBatch, Config},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(200);

/// A topic with `0` to `count - 1` in it, and a share group of the same name that reads it from its beginning.
async fn filled(cluster: &Cluster, name: &str, partitions: i32, count: u32) -> String {
    let topic = NewTopic {
        name: environment::unique(name),
        partitions: Some(partitions),
        replication_factor: Some(1),
        ..Default::default()
    };
    let admin = Admin::new(cluster);
    admin.create_topic(&topic, Default::default()).await.unwrap();
    let from_the_beginning = ConfigChange::Set("share.auto.offset.reset".to_owned(), "earliest".to_owned());
    let group = Resource::Group(topic.name.clone());
    for (_, outcome) in admin.alter_configs(&[(group, vec![from_the_beginning])], false).await {
        outcome.unwrap();
    }
    send(cluster, producer::Config::default(), &topic.name, count).await;
    topic.name
}

fn member(cluster: &Cluster, topic: &str, acknowledgement: Acknowledgement) -> ShareConsumer {
    let config = Config { group_id: topic.to_owned(), acknowledgement, ..Default::default() };
    let mut consumer = ShareConsumer::new(cluster, config);
    consumer.subscribe([topic]);
    consumer
}

/// The values of a batch, with their offsets and how often each was given out.
fn values(batch: &AcquiredBatch) -> Vec<(String, i64, i16)> {
    let read = batch.records().map(|given| {
        let value = String::from_utf8(given.record.value.unwrap().to_vec()).unwrap();
        (value, given.record.offset.0, given.delivery_count)
    });
    read.collect()
}

async fn next(consumer: &mut ShareConsumer) -> AcquiredBatch {
    consumer.poll(SOON).await.unwrap().expect("records come in time")
}

#[tokio::test]
async fn two_members_share_the_records_of_a_topic() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = filled(&cluster, "shared", 2, 500).await;
    let mut members = [0, 1].map(|_| member(&cluster, &topic, Acknowledgement::Implicit));
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let deadline = Instant::now() + SOON;
    while seen.len() < 500 {
        assert!(Instant::now() < deadline, "{} of 500 were seen", seen.len());
        for member in &mut members {
            let Some(batch) = member.poll(MOMENT).await.unwrap() else { continue };
            for (value, ..) in values(&batch) {
                *seen.entry(value).or_default() += 1;
            }
        }
    }
    assert!(seen.values().all(|count| *count == 1), "{seen:?}");
    for member in members {
        let outcomes = member.close(SOON).await.unwrap();
        assert!(outcomes.values().all(Result::is_ok), "{outcomes:?}");
    }
    // Everything was accepted, so a later member gets nothing.
    let mut late = member(&cluster, &topic, Acknowledgement::Implicit);
    wait_for_assignment(&mut late).await;
    assert!(late.poll(Duration::from_secs(2)).await.unwrap().is_none());
    late.close(SOON).await.unwrap();
}

#[tokio::test]
async fn a_limit_of_records_is_kept_when_it_is_asked_for() {
    let Some(cluster) = environment::cluster().await else { return };
    for (acquire, count) in [(AcquireMode::RecordLimit, 3), (AcquireMode::BatchOptimized, 20)] {
        let topic = filled(&cluster, "limited", 1, 0).await;
        let in_one_batch = producer::Config { linger: SOON, ..Default::default() };
        send(&cluster, in_one_batch, &topic, 20).await;
        let config = Config { group_id: topic.clone(), acquire, max_poll_records: 3, ..Default::default() };
        let mut consumer = ShareConsumer::new(&cluster, config);
        consumer.subscribe([topic.as_str()]);
        assert_eq!(values(&next(&mut consumer).await).len(), count, "{acquire:?}");
        consumer.close(SOON).await.unwrap();
    }
}

async fn wait_for_assignment(consumer: &mut ShareConsumer) {
    let deadline = Instant::now() + SOON;
    while consumer.assignment().is_empty() {
        assert!(Instant::now() < deadline, "no partition was assigned");
        assert!(consumer.poll(MOMENT).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_record_is_accepted_released_or_rejected() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = filled(&cluster, "said", 1, 3).await;
    let mut consumer = member(&cluster, &topic, Acknowledgement::Explicit);
    let batch = next(&mut consumer).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    assert_eq!(batch.at, at);
    assert_eq!(values(&batch), [("0", 0, 1), ("1", 1, 1), ("2", 2, 1)].map(|(v, o, c)| (v.to_owned(), o, c)));
    consumer.acknowledge(&at, 0, AcknowledgeType::Accept).unwrap();
    let error = consumer.poll(MOMENT).await.unwrap_err();
    assert!(matches!(error, Error::Unacknowledged { records: 2 }), "{error}");
    consumer.acknowledge(&at, 1, AcknowledgeType::Release).unwrap();
    consumer.acknowledge(&at, 2, AcknowledgeType::Reject).unwrap();
    let outcomes = consumer.commit().await.unwrap();
    assert!(matches!(outcomes.get(&at), Some(Ok(()))), "{outcomes:?}");
    let error = consumer.acknowledge(&at, 0, AcknowledgeType::Accept).unwrap_err();
    assert!(matches!(error, Error::NotAcquired { offset: 0, .. }), "{error}");

    let again = next(&mut consumer).await;
    assert_eq!(values(&again), [("1".to_owned(), 1, 2)]);
    consumer.acknowledge(&at, 1, AcknowledgeType::Accept).unwrap();
    assert!(consumer.poll(Duration::from_secs(1)).await.unwrap().is_none());
    let outcomes = consumer.close(SOON).await.unwrap();
    assert!(outcomes.values().all(Result::is_ok), "{outcomes:?}");
}

#[tokio::test]
async fn a_lock_is_renewed_and_the_record_accepted_later() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = filled(&cluster, "renewed", 1, 2).await;
    let mut consumer = member(&cluster, &topic, Acknowledgement::Explicit);
    let batch = next(&mut consumer).await;
    assert!(batch.locked_until > Instant::now());
    let at = batch.at.clone();
    consumer.acknowledge(&at, 0, AcknowledgeType::Renew).unwrap();
    consumer.acknowledge(&at, 1, AcknowledgeType::Accept).unwrap();
    let outcomes = consumer.commit().await.unwrap();
    assert!(matches!(outcomes.get(&at), Some(Ok(()))), "{outcomes:?}");
    assert!(consumer.lock_duration().is_some());
    // A renewed record does not stand in the way of polling, and is not given out twice.
    assert!(consumer.poll(Duration::from_secs(1)).await.unwrap().is_none());
    consumer.acknowledge(&at, 0, AcknowledgeType::Accept).unwrap();
    let outcomes = consumer.commit().await.unwrap();
    assert!(matches!(outcomes.get(&at), Some(Ok(()))), "{outcomes:?}");
    consumer.close(SOON).await.unwrap();
}

#[tokio::test]
async fn a_member_that_closes_gives_its_records_back() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = filled(&cluster, "given-back", 1, 4).await;
    let mut first = member(&cluster, &topic, Acknowledgement::Explicit);
    let batch = next(&mut first).await;
    assert_eq!(values(&batch).len(), 4);
    first.acknowledge(&batch.at, 0, AcknowledgeType::Accept).unwrap();
    let outcomes = first.close(SOON).await.unwrap();
    assert!(matches!(outcomes.get(&batch.at), Some(Ok(()))), "{outcomes:?}");
    let mut second = member(&cluster, &topic, Acknowledgement::Implicit);
    let mut offsets = Vec::new();
    while offsets.len() < 3 {
        offsets.extend(values(&next(&mut second).await).into_iter().map(|(_, offset, _)| offset));
    }
    assert_eq!(offsets, [1, 2, 3]);
    second.close(SOON).await.unwrap();
}

/// Leaving is not closing.
#[tokio::test]
async fn an_unsubscribed_member_has_nothing_and_may_come_back() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = filled(&cluster, "back", 1, 2).await;
    let mut consumer = member(&cluster, &topic, Acknowledgement::Implicit);
    assert_eq!(values(&next(&mut consumer).await).len(), 2);
    consumer.commit().await.unwrap();
    consumer.subscribe(Vec::<String>::new());
    assert!(consumer.poll(MOMENT).await.unwrap().is_none());
    consumer.subscribe([topic.as_str()]);
    send(&cluster, producer::Config::default(), &topic, 1).await;
    assert_eq!(values(&next(&mut consumer).await), [("0".to_owned(), 2, 1)]);
    consumer.close(SOON).await.unwrap();
}
