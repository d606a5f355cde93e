//! Where a consumer reads, and that it gets everything once and in order.
use crate::{
    basics::{self, send},
    environment,
};
use client::{
    Admin, Cluster, Consumer, Error, Producer, TopicPartition,
    admin::NewTopic,
    consumer::{Config, ConsumedHeader, End, OnOutOfRange, Position, Start, TimestampType},
    producer::{self, Record},
};
use futures_util::StreamExt as _;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(30);
const MOMENT: Duration = Duration::from_millis(200);

/// A topic of one partition with the records `0` to `count - 1`.
async fn filled(cluster: &Cluster, name: &str, count: u32) -> (String, TopicPartition) {
    let topic = basics::topic(cluster, name).await;
    send(cluster, producer::Config::default(), &topic, count).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    (topic, at)
}

async fn reader(cluster: &Cluster, topic: &str, config: Config) -> Consumer {
    let mut consumer = Consumer::new(cluster, config);
    consumer.assign_topic(topic, &[], Start::Earliest, End::Never).await.unwrap();
    consumer
}

fn from_the_beginning() -> Config {
    Config { on_out_of_range: OnOutOfRange::Earliest, ..Default::default() }
}

/// The offset of the next record, and the position behind it.
async fn next(consumer: &mut Consumer) -> (i64, i64) {
    let record = tokio::time::timeout(SOON, consumer.next()).await.expect("a record comes in time");
    let record = record.unwrap().expect("there is no end");
    (record.offset, consumer.position(&record.at).unwrap().offset)
}

#[tokio::test]
async fn seeks_go_anywhere() {
    let Some(cluster) = environment::cluster().await else { return };
    let (topic, at) = filled(&cluster, "seek", 100).await;
    let mut consumer = reader(&cluster, &topic, Config::default()).await;
    assert_eq!(consumer.assignment(), std::slice::from_ref(&at));
    assert_eq!(next(&mut consumer).await, (0, 1));
    consumer.seek(&at, 90).unwrap();
    assert_eq!(consumer.position(&at), Some(Position::from(90)));
    assert_eq!(next(&mut consumer).await, (90, 91));
    assert_eq!(consumer.current_lag(&at), Some(9));
    consumer.seek(&at, 3).unwrap();
    assert_eq!(next(&mut consumer).await, (3, 4));
    consumer.seek_to(std::slice::from_ref(&at), Start::BeforeLatest(2)).await.unwrap();
    assert_eq!(next(&mut consumer).await, (98, 99));
    let behind = consumer.position(&at).unwrap();
    consumer.seek_to(std::slice::from_ref(&at), Start::Earliest).await.unwrap();
    assert_eq!(next(&mut consumer).await, (0, 1));
    // With its leader epoch, by which the broker says that the log still has it.
    assert!(behind.leader_epoch.is_some());
    consumer.seek(&at, behind).unwrap();
    assert_eq!(next(&mut consumer).await, (99, 100));
    assert!(consumer.poll(MOMENT).await.unwrap().is_none());
    assert_eq!(consumer.current_lag(&at), Some(0));

    let stranger = TopicPartition::new("stranger", 0);
    for error in [
        consumer.seek(&stranger, 0).unwrap_err(),
        consumer.pause(std::slice::from_ref(&stranger)).unwrap_err(),
        consumer.seek_to(&[at.clone(), stranger.clone()], Start::Latest).await.unwrap_err(),
    ] {
        assert!(matches!(&error, Error::NotAssigned { partition } if partition == "stranger-0"), "{error}");
    }
    consumer.unassign(&at);
    assert_eq!((consumer.assignment(), consumer.position(&at)), (Vec::new(), None));
    assert!(consumer.poll(MOMENT).await.unwrap().is_none());
}

#[tokio::test]
async fn a_paused_partition_waits_and_loses_nothing() {
    let Some(cluster) = environment::cluster().await else { return };
    let topics = [filled(&cluster, "pause-a", 50).await, filled(&cluster, "pause-b", 50).await];
    let [(_, a), (_, b)] = &topics;
    let mut consumer = Consumer::new(&cluster, Config::default());
    let starts = [a, b].map(|at| (at.clone(), Start::Earliest));
    consumer.assign(&starts, End::Never).await.unwrap();
    // In the middle of a batch.
    loop {
        let record = consumer.next().await.unwrap().unwrap();
        if record.at == *a && record.offset >= 10 {
            break;
        }
    }
    consumer.pause(std::slice::from_ref(a)).unwrap();
    assert_eq!(consumer.paused(), std::slice::from_ref(a));
    let stopped_at = consumer.position(a).unwrap().offset;
    while consumer.position(b).unwrap().offset < 50 {
        assert_eq!(consumer.poll(SOON).await.unwrap().expect("b goes on").at, *b);
    }
    assert!(consumer.poll(MOMENT).await.unwrap().is_none());
    assert_eq!(consumer.position(a).unwrap().offset, stopped_at);
    assert!(!consumer.is_finished());
    consumer.resume(std::slice::from_ref(a)).unwrap();
    for offset in stopped_at..50 {
        assert_eq!(next(&mut consumer).await, (offset, offset + 1));
    }
    // A seek in a pause counts after it.
    consumer.pause(std::slice::from_ref(a)).unwrap();
    consumer.seek(a, 7).unwrap();
    assert!(consumer.poll(MOMENT).await.unwrap().is_none());
    consumer.resume(std::slice::from_ref(a)).unwrap();
    assert_eq!(next(&mut consumer).await, (7, 8));
}

#[tokio::test]
async fn a_stream_gives_whole_records_to_the_end() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = basics::topic(&cluster, "stream").await;
    let producer = Producer::new(&cluster, producer::Config::default());
    for number in 0..30u8 {
        let value = [number; 100];
        let headers = [("h", Some(&b"1"[..])), ("none", None)];
        let record = Record {
            topic: &topic,
            key: (number % 2 == 0).then_some(&b"even"[..]),
            value: (number % 3 != 0).then_some(&value[..]),
            headers: &headers.map(|(key, value)| producer::Header { key: key.as_bytes(), value }),
            timestamp: Some(1_000 + i64::from(number)),
            ..Default::default()
        };
        producer.send(record).await.unwrap();
    }
    producer.flush().await.unwrap();
    let mut consumer = Consumer::new(&cluster, Config::default());
    consumer.assign_topic(&topic, &[], Start::Earliest, End::Latest).await.unwrap();
    let records: Vec<_> = consumer.stream().map(Result::unwrap).collect().await;
    assert!(consumer.is_finished());
    assert_eq!(records.len(), 30);
    for (number, record) in (0u8..).zip(&records) {
        assert_eq!(record.offset, i64::from(number));
        assert_eq!(record.key.as_deref(), (number % 2 == 0).then_some(&b"even"[..]));
        assert_eq!(record.value.as_deref(), (number % 3 != 0).then_some(&[number; 100][..]));
        assert_eq!(record.timestamp, 1_000 + i64::from(number));
        assert_eq!(record.timestamp_type, TimestampType::CreateTime);
        assert!(record.leader_epoch.is_some());
        let headers = [
            ConsumedHeader { key: "h".into(), value: Some("1".into()) },
            ConsumedHeader { key: "none".into(), value: None },
        ];
        assert_eq!(record.headers, headers);
    }
}

#[tokio::test]
async fn a_poll_takes_over_from_a_stream_within_a_batch() {
    let Some(cluster) = environment::cluster().await else { return };
    let (topic, at) = filled(&cluster, "within", 20).await;
    let mut consumer = reader(&cluster, &topic, Config::default()).await;
    for offset in 0..5 {
        assert_eq!(next(&mut consumer).await, (offset, offset + 1));
    }
    let mut offsets = Vec::new();
    while offsets.len() < 15 {
        let batch = consumer.poll(SOON).await.unwrap().expect("there is more");
        offsets.extend(batch.records().map(|record| record.unwrap().offset.0));
    }
    assert_eq!(offsets, (5..20).collect::<Vec<_>>());
    assert_eq!(consumer.position(&at).unwrap().offset, 20);
}

/// Many partitions of which few have news at a time: what a broker is not told again must still be answered about.
#[tokio::test]
async fn a_session_of_many_partitions_misses_nothing() {
    const PARTITIONS: i32 = 60;
    let Some(cluster) = environment::cluster().await else { return };
    let topic = NewTopic {
        name: environment::unique("many"),
        partitions: Some(PARTITIONS),
        replication_factor: Some(1),
        ..Default::default()
    };
    Admin::new(&cluster).create_topic(&topic, Default::default()).await.unwrap();
    let config = Config { max_wait: Duration::from_millis(50), ..Default::default() };
    let mut consumer = reader(&cluster, &topic.name, config).await;
    let producer = Producer::new(&cluster, producer::Config::default());
    let mut sent: BTreeMap<i32, i64> = BTreeMap::new();
    let mut seen: BTreeMap<i32, i64> = BTreeMap::new();
    for round in 0..20 {
        // Each time others, and each of them again later.
        for partition in (0..PARTITIONS).filter(|partition| (partition * 7 + round) % 10 == 0) {
            let value = round.to_string();
            let record = Record {
                topic: &topic.name,
                partition: Some(partition),
                value: Some(value.as_bytes()),
                ..Default::default()
            };
            producer.send(record).await.unwrap();
            *sent.entry(partition).or_default() += 1;
        }
        producer.flush().await.unwrap();
        // A partition that left the session and came back is in it again.
        let elsewhere = TopicPartition::new(topic.name.as_str(), round % PARTITIONS);
        consumer.pause(std::slice::from_ref(&elsewhere)).unwrap();
        let _ = consumer.poll(Duration::from_millis(1)).await.unwrap().map(|batch| {
            assert_ne!(batch.at, elsewhere);
            *seen.entry(batch.at.partition).or_default() += batch.records().count() as i64;
        });
        consumer.resume(std::slice::from_ref(&elsewhere)).unwrap();
        let deadline = Instant::now() + SOON;
        while seen != sent {
            assert!(Instant::now() < deadline, "round {round}: sent {sent:?}, seen {seen:?}");
            let Some(batch) = consumer.poll(MOMENT).await.unwrap() else { continue };
            *seen.entry(batch.at.partition).or_default() += batch.records().count() as i64;
        }
    }
    let positions = consumer.positions();
    assert_eq!(positions.len(), PARTITIONS as usize);
    for (at, position) in positions {
        assert_eq!(position.offset, sent.get(&at.partition).copied().unwrap_or(0), "{at}");
    }
}

/// A topic of 20 records, of which the first 10 are deleted.
async fn shortened(cluster: &Cluster, name: &str) -> (String, TopicPartition) {
    let (topic, at) = filled(cluster, name, 20).await;
    let deleted = Admin::new(cluster).delete_records(&[(at.clone(), 10)].into()).await;
    assert_eq!(deleted.only().unwrap(), 10);
    (topic, at)
}

#[tokio::test]
async fn an_offset_out_of_range_is_reset_as_configured() {
    let Some(cluster) = environment::cluster().await else { return };
    let (topic, at) = shortened(&cluster, "reset").await;
    let hour = OnOutOfRange::ByDuration(Duration::from_secs(3600));
    for (policy, offset, first) in
        [(OnOutOfRange::Earliest, 5, 10), (OnOutOfRange::Earliest, 500, 10), (hour, 5, 10), (hour, 500, 10)]
    {
        let config = Config { on_out_of_range: policy, ..Default::default() };
        let mut consumer = reader(&cluster, &topic, config).await;
        consumer.seek(&at, offset).unwrap();
        assert_eq!(next(&mut consumer).await, (first, first + 1), "{policy:?} {offset}");
    }
    for policy in [OnOutOfRange::Latest, OnOutOfRange::ByDuration(Duration::ZERO)] {
        let config = Config { on_out_of_range: policy, ..Default::default() };
        let mut consumer = reader(&cluster, &topic, config).await;
        consumer.seek(&at, 5).unwrap();
        let deadline = Instant::now() + SOON;
        while consumer.position(&at).unwrap().offset == 5 {
            assert!(Instant::now() < deadline, "{policy:?}");
            assert!(consumer.poll(MOMENT).await.unwrap().is_none());
        }
        assert_eq!(consumer.position(&at).unwrap().offset, 20, "{policy:?}");
    }
}

#[tokio::test]
async fn an_offset_out_of_range_may_be_an_error() {
    let Some(cluster) = environment::cluster().await else { return };
    let (topic, at) = shortened(&cluster, "fail").await;
    let config = Config { on_out_of_range: OnOutOfRange::Fail, ..Default::default() };
    let mut consumer = reader(&cluster, &topic, config).await;
    consumer.seek(&at, 5).unwrap();
    let error = consumer.poll(SOON).await.unwrap_err();
    let expected = |offset, earliest, latest| (offset, earliest, latest) == (5, 10, 20);
    assert!(
        matches!(error, Error::OffsetOutOfRange { offset, earliest, latest, .. } if expected(offset, earliest, latest)),
        "{error}"
    );
    // It waits for the program.
    assert_eq!(consumer.assignment(), std::slice::from_ref(&at));
    assert!(consumer.poll(MOMENT).await.unwrap().is_none());
    consumer.seek(&at, 15).unwrap();
    assert_eq!(next(&mut consumer).await, (15, 16));
}

/// Its log is another, and its leader epochs begin anew.
#[tokio::test]
async fn a_topic_that_is_made_again_is_read_from_its_beginning() {
    let Some(cluster) = environment::cluster().await else { return };
    let (topic, at) = filled(&cluster, "again", 50).await;
    let mut consumer = reader(&cluster, &topic, from_the_beginning()).await;
    while consumer.position(&at).unwrap().offset < 50 {
        consumer.poll(SOON).await.unwrap();
    }
    let admin = Admin::new(&cluster);
    admin.delete_topic(&topic).await.unwrap();
    let again = NewTopic {
        name: topic.clone(),
        partitions: Some(1),
        replication_factor: Some(1),
        ..Default::default()
    };
    admin.create_topic(&again, Default::default()).await.unwrap();
    send(&cluster, producer::Config::default(), &topic, 10).await;
    assert_eq!(next(&mut consumer).await, (0, 1));
}

/// Its leader epoch is one that the log never had.
#[tokio::test]
async fn a_position_of_another_log_is_reset_or_an_error() {
    let Some(cluster) = environment::cluster().await else { return };
    let (topic, at) = filled(&cluster, "other", 50).await;
    let strange = Position { offset: 30, leader_epoch: Some(1000) };
    let mut consumer = reader(&cluster, &topic, from_the_beginning()).await;
    consumer.seek(&at, strange).unwrap();
    assert_eq!(next(&mut consumer).await, (0, 1));
    let config = Config { on_out_of_range: OnOutOfRange::Fail, ..Default::default() };
    let mut consumer = reader(&cluster, &topic, config).await;
    consumer.seek(&at, strange).unwrap();
    let error = consumer.poll(SOON).await.unwrap_err();
    assert!(matches!(error, Error::LogTruncated { offset: 30, divergent: None, .. }), "{error}");
}
