//! Consumer groups of both protocols: sharing, rebalances, committed offsets, static members, patterns.
use crate::environment;
use client::{
    Admin, Cluster, Consumer, Error, ErrorCode, Producer, TopicPartition,
    admin::{CommittedOffset, NewTopic},
    consumer::{self, Assignor, Config, GroupProtocol, Heard, RebalanceListener},
    producer::{self, Record},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How long anything may take here.
const LIMIT: Duration = Duration::from_secs(40);
const STEP: Duration = Duration::from_millis(50);

async fn topic(cluster: &Cluster, name: &str, partitions: i32) -> String {
    let topic = NewTopic {
        name: environment::unique(name),
        partitions: Some(partitions),
        replication_factor: Some(1),
        ..Default::default()
    };
    Admin::new(cluster).create_topic(&topic, Default::default()).await.unwrap();
    topic.name
}

/// So many records, numbered, one after the other over the partitions.
pub(crate) async fn fill(cluster: &Cluster, topic: &str, partitions: i32, numbers: std::ops::Range<i32>) {
    let producer = Producer::new(cluster, producer::Config::default());
    for number in numbers {
        let value = number.to_string();
        let record = Record {
            topic,
            partition: Some(number % partitions),
            value: Some(value.as_bytes()),
            ..Default::default()
        };
        producer.send(record).await.unwrap();
    }
    producer.flush().await.unwrap();
}

pub(crate) fn member(group: &str, protocol: GroupProtocol) -> Config {
    Config {
        group_id: Some(group.to_owned()),
        group_protocol: protocol,
        session_timeout: Duration::from_secs(6),
        heartbeat_interval: Duration::from_millis(200),
        on_out_of_range: consumer::OnOutOfRange::Earliest,
        ..Default::default()
    }
}

/// Polls all of them in turn until `is_done` says so of what they read, by member.
pub(crate) async fn poll_until(
    members: &mut [&mut Consumer],
    mut is_done: impl FnMut(&[BTreeSet<TopicPartition>], &[String]) -> bool,
) -> Vec<String> {
    let started = Instant::now();
    let mut read = Vec::new();
    loop {
        for member in &mut *members {
            if let Some(batch) = member.poll(STEP).await.unwrap() {
                for record in batch.records() {
                    read.push(String::from_utf8(record.unwrap().value.unwrap().to_vec()).unwrap());
                }
            }
        }
        let assigned: Vec<_> =
            members.iter().map(|member| member.assignment().into_iter().collect::<BTreeSet<_>>()).collect();
        if is_done(&assigned, &read) {
            return read;
        }
        assert!(started.elapsed() < LIMIT, "they have {assigned:?} and read {}", read.len());
    }
}

pub(crate) fn sizes(assigned: &[BTreeSet<TopicPartition>]) -> Vec<usize> {
    assigned.iter().map(BTreeSet::len).collect()
}

pub(crate) fn sorted(mut read: Vec<String>) -> Vec<i32> {
    let mut numbers: Vec<i32> = read.drain(..).map(|number| number.parse().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

/// Two members share four partitions, one leaves, and nothing is lost or, as all is committed on the way, read twice.
async fn sharing(config: impl Fn(&str) -> Config) {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "shared", 4).await;
    let group = environment::unique("group");
    fill(&cluster, &topic, 4, 0..100).await;
    let mut first = Consumer::new(&cluster, config(&group));
    first.subscribe([topic.as_str()]).unwrap();
    let mut read = poll_until(&mut [&mut first], |_, read| read.len() == 100).await;
    let mut second = Consumer::new(&cluster, config(&group));
    second.subscribe([topic.as_str()]).unwrap();
    read.extend(poll_until(&mut [&mut first, &mut second], |assigned, _| sizes(assigned) == [2, 2]).await);
    fill(&cluster, &topic, 4, 100..200).await;
    read.extend(poll_until(&mut [&mut first, &mut second], |_, read| read.len() == 100).await);
    first.close(LIMIT).await.unwrap();
    read.extend(poll_until(&mut [&mut second], |assigned, _| sizes(assigned) == [4]).await);
    fill(&cluster, &topic, 4, 200..300).await;
    read.extend(poll_until(&mut [&mut second], |_, read| read.len() == 100).await);
    second.close(LIMIT).await.unwrap();
    assert_eq!(sorted(read), (0..300).collect::<Vec<_>>());
    // The last one's commit stands.
    let committed = Admin::new(&cluster).group_offsets(&group).await.unwrap();
    let offsets: Vec<i64> = committed.values().map(|committed| committed.offset).collect();
    assert_eq!(offsets, [75; 4]);
}

async fn sharing_by(assignor: Assignor) {
    sharing(|group| Config { assignors: vec![assignor], ..member(group, GroupProtocol::Classic) }).await;
}

#[tokio::test]
async fn members_share_by_range() {
    sharing_by(Assignor::Range).await;
}

#[tokio::test]
async fn members_share_in_turn() {
    sharing_by(Assignor::RoundRobin).await;
}

#[tokio::test]
async fn members_share_stickily() {
    sharing_by(Assignor::Sticky).await;
}

#[tokio::test]
async fn members_share_cooperatively() {
    sharing_by(Assignor::CooperativeSticky).await;
}

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, what: &str, partitions: &[TopicPartition]) {
        let numbers: String = partitions.iter().map(|at| format!(" {}", at.partition)).collect();
        self.0.lock().unwrap().push(format!("{what}{numbers}"));
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl RebalanceListener for Log {
    fn assigned<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        self.note("assigned", partitions);
        Box::pin(async {})
    }

    fn revoked<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        self.note("revoked", partitions);
        Box::pin(async {})
    }

    fn lost<'a>(&'a mut self, _: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        self.note("lost", partitions);
        Box::pin(async {})
    }
}

/// What the first member hears while a second comes.
async fn heard(config: impl Fn(&str) -> Config) -> Option<Vec<String>> {
    let cluster = environment::cluster().await?;
    let topic = topic(&cluster, "heard", 2).await;
    let group = environment::unique("group");
    let log = Log::default();
    let mut first = Consumer::new(&cluster, config(&group));
    first.on_rebalance(log.clone());
    first.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut first], |assigned, _| sizes(assigned) == [2]).await;
    let mut second = Consumer::new(&cluster, config(&group));
    second.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut first, &mut second], |assigned, _| sizes(assigned) == [1, 1]).await;
    second.close(LIMIT).await.unwrap();
    poll_until(&mut [&mut first], |assigned, _| sizes(assigned) == [2]).await;
    first.close(LIMIT).await.unwrap();
    // A round that moves nothing for this member is of no interest here.
    Some(log.take().into_iter().filter(|line| line != "assigned").collect())
}

#[tokio::test]
async fn an_eager_listener_hears_of_all_partitions_each_time() {
    let range =
        |group: &str| Config { assignors: vec![Assignor::Range], ..member(group, GroupProtocol::Classic) };
    let Some(heard) = heard(range).await else { return };
    let expected = ["assigned 0 1", "revoked 0 1", "assigned 0", "revoked 0", "assigned 0 1", "revoked 0 1"];
    // Which of the two partitions it keeps depends on the ids that the broker gave.
    let heard: Vec<String> = heard
        .into_iter()
        .map(|line| if line.ends_with("ed 1") { line.replace('1', "0") } else { line })
        .collect();
    assert_eq!(heard, expected);
}

fn hears_of_changes(heard: &[String]) {
    let [first, gone, back, all] = heard else { panic!("{heard:?}") };
    assert_eq!((first.as_str(), all.as_str()), ("assigned 0 1", "revoked 0 1"));
    let moved = gone.strip_prefix("revoked ").unwrap();
    assert_eq!(back.strip_prefix("assigned "), Some(moved), "{heard:?}");
}

#[tokio::test]
async fn a_cooperative_listener_hears_of_what_changes() {
    let cooperative = |group: &str| Config {
        assignors: vec![Assignor::CooperativeSticky],
        ..member(group, GroupProtocol::Classic)
    };
    let Some(heard) = heard(cooperative).await else { return };
    hears_of_changes(&heard);
}

#[tokio::test]
async fn who_has_nothing_hears_of_nothing_at_the_end() {
    let Some(cluster) = environment::cluster().await else { return };
    let log = Log::default();
    let mut consumer = Consumer::new(&cluster, member(&environment::unique("group"), GroupProtocol::Classic));
    consumer.on_rebalance(log.clone());
    consumer.subscribe([environment::unique("nothing")]).unwrap();
    consumer.unsubscribe().await.unwrap();
    consumer.close(LIMIT).await.unwrap();
    assert_eq!(log.take(), [""; 0]);
}

/// Uses its consumer for all that a program may try.
struct Busy(Arc<Mutex<usize>>);

impl RebalanceListener for Busy {
    fn assigned<'a>(&'a mut self, consumer: &'a mut Consumer, partitions: &'a [TopicPartition]) -> Heard<'a> {
        Box::pin(async move {
            consumer.poll(STEP).await.unwrap();
            consumer.pause(partitions).unwrap();
            consumer.resume(partitions).unwrap();
            *self.0.lock().unwrap() += partitions.len();
        })
    }

    fn revoked<'a>(&'a mut self, consumer: &'a mut Consumer, _: &'a [TopicPartition]) -> Heard<'a> {
        Box::pin(async move {
            consumer.commit().await.unwrap();
            consumer.unsubscribe().await.unwrap();
        })
    }
}

#[tokio::test]
async fn a_listener_may_use_its_consumer() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "busy", 2).await;
    let told = Arc::new(Mutex::new(0));
    let mut consumer = Consumer::new(&cluster, member(&environment::unique("group"), GroupProtocol::Classic));
    consumer.on_rebalance(Busy(told.clone()));
    consumer.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut consumer], |assigned, _| sizes(assigned) == [2]).await;
    assert_eq!(*told.lock().unwrap(), 2);
    consumer.close(LIMIT).await.unwrap();
}

async fn offsets_of_ones_own(protocol: GroupProtocol) {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "committed", 1).await;
    let group = environment::unique("group");
    fill(&cluster, &topic, 1, 0..10).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let by_hand = || Config { auto_commit_interval: None, ..member(&group, protocol) };
    let mut consumer = Consumer::new(&cluster, by_hand());
    consumer.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut consumer], |_, read| read.len() == 10).await;
    assert!(consumer.committed([at.clone()]).await.unwrap().is_empty());
    let mine =
        CommittedOffset { offset: 4, leader_epoch: -1, metadata: "as far as it made sense".to_owned() };
    consumer.commit_offsets(&BTreeMap::from([(at.clone(), mine.clone())])).await.unwrap();
    assert_eq!(consumer.committed([at.clone()]).await.unwrap()[&at], mine);
    consumer.close(LIMIT).await.unwrap();
    // Another goes on from there, and what it commits without waiting arrives as well.
    let mut consumer = Consumer::new(&cluster, by_hand());
    consumer.subscribe([topic.as_str()]).unwrap();
    let read = poll_until(&mut [&mut consumer], |_, read| read.len() == 6).await;
    assert_eq!(sorted(read), [4, 5, 6, 7, 8, 9]);
    assert_eq!(consumer.position(&at).map(|position| position.offset), Some(10));
    consumer.commit_soon();
    let started = Instant::now();
    while consumer.committed([at.clone()]).await.unwrap()[&at].offset != 10 {
        consumer.poll(STEP).await.unwrap();
        assert!(started.elapsed() < LIMIT);
    }
    consumer.close(LIMIT).await.unwrap();
}

#[tokio::test]
async fn offsets_are_committed_by_hand() {
    offsets_of_ones_own(GroupProtocol::Classic).await;
}

#[tokio::test]
async fn partitions_can_be_chosen_and_still_be_committed() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "chosen", 2).await;
    let group = environment::unique("group");
    fill(&cluster, &topic, 2, 0..10).await;
    let at = TopicPartition::new(topic.as_str(), 1);
    let mut consumer = Consumer::new(&cluster, member(&group, GroupProtocol::Classic));
    consumer.assign_committed([at.clone()]).unwrap();
    let read = poll_until(&mut [&mut consumer], |_, read| read.len() == 5).await;
    assert_eq!(sorted(read), [1, 3, 5, 7, 9]);
    assert!(matches!(consumer.subscribe(["t"]), Err(Error::SubscribedAndAssigned)));
    consumer.close(LIMIT).await.unwrap();
    let committed = Admin::new(&cluster).group_offsets(&group).await.unwrap();
    assert_eq!(committed[&at].offset, 5);
}

async fn static_member(protocol: GroupProtocol) {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "static", 4).await;
    let group = environment::unique("group");
    let instance = |name: &str| Config {
        group_instance_id: Some(name.to_owned()),
        assignors: vec![Assignor::Range],
        ..member(&group, protocol)
    };
    let log = Log::default();
    let mut first = Consumer::new(&cluster, instance("a"));
    first.on_rebalance(log.clone());
    first.subscribe([topic.as_str()]).unwrap();
    let mut second = Consumer::new(&cluster, instance("b"));
    second.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut first, &mut second], |assigned, _| sizes(assigned) == [2, 2]).await;
    let had: BTreeSet<_> = second.assignment().into_iter().collect();
    log.take();
    second.close(LIMIT).await.unwrap();
    let mut again = Consumer::new(&cluster, instance("b"));
    again.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut first, &mut again], |assigned, _| assigned[1] == had).await;
    assert_eq!(log.take(), [""; 0], "nobody else notices");
    first.close(LIMIT).await.unwrap();
    again.close(LIMIT).await.unwrap();
}

#[tokio::test]
async fn a_static_member_comes_back_to_what_it_had() {
    static_member(GroupProtocol::Classic).await;
}

#[tokio::test]
async fn a_second_instance_fences_the_first() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "fenced", 1).await;
    let group = environment::unique("group");
    let config =
        || Config { group_instance_id: Some("a".to_owned()), ..member(&group, GroupProtocol::Classic) };
    let mut first = Consumer::new(&cluster, config());
    first.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut first], |assigned, _| sizes(assigned) == [1]).await;
    let mut second = Consumer::new(&cluster, config());
    second.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut second], |assigned, _| sizes(assigned) == [1]).await;
    let started = Instant::now();
    let error = loop {
        match first.poll(STEP).await {
            Ok(_) => assert!(started.elapsed() < LIMIT, "the first goes on"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), Some(ErrorCode::FENCED_INSTANCE_ID), "{error}");
    assert!(first.assignment().is_empty());
    second.close(LIMIT).await.unwrap();
}

async fn pattern(protocol: GroupProtocol) {
    let Some(mut config) = environment::config() else { return };
    config.metadata_max_age = Duration::from_millis(500);
    let cluster = Cluster::connect(config).await.unwrap();
    let prefix = environment::unique("pattern");
    let admin = Admin::new(&cluster);
    let create = async |name: String| {
        let topic = NewTopic { name, partitions: Some(1), replication_factor: Some(1), ..Default::default() };
        admin.create_topic(&topic, Default::default()).await.unwrap();
    };
    create(format!("{prefix}-one")).await;
    create(format!("not-{prefix}-one")).await;
    let mut consumer = Consumer::new(&cluster, member(&environment::unique("group"), protocol));
    consumer.subscribe_pattern(&format!("{prefix}-.*")).unwrap();
    let names = |assigned: &[BTreeSet<TopicPartition>]| -> Vec<String> {
        assigned[0].iter().map(|at| at.topic.replace(&prefix, "")).collect()
    };
    poll_until(&mut [&mut consumer], |assigned, _| names(assigned) == ["-one"]).await;
    create(format!("{prefix}-two")).await;
    poll_until(&mut [&mut consumer], |assigned, _| names(assigned) == ["-one", "-two"]).await;
    consumer.close(LIMIT).await.unwrap();
}

#[tokio::test]
async fn a_pattern_finds_topics_that_come_later() {
    pattern(GroupProtocol::Classic).await;
}

async fn stuck(protocol: GroupProtocol) {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = topic(&cluster, "stuck", 2).await;
    let group = environment::unique("group");
    let log = Log::default();
    let config = || Config { max_poll_interval: Duration::from_secs(2), ..member(&group, protocol) };
    let mut first = Consumer::new(&cluster, config());
    first.on_rebalance(log.clone());
    first.subscribe([topic.as_str()]).unwrap();
    let mut second = Consumer::new(&cluster, config());
    second.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut first, &mut second], |assigned, _| sizes(assigned) == [1, 1]).await;
    // The first does not poll any more.
    poll_until(&mut [&mut second], |assigned, _| sizes(assigned) == [2]).await;
    // A transaction of before must not pass for one of nobody, which is not checked.
    assert!(first.group_metadata().unwrap().generation >= 0);
    log.take();
    poll_until(&mut [&mut first, &mut second], |assigned, _| sizes(assigned) == [1, 1]).await;
    assert_eq!(log.take()[0].split(' ').next(), Some("lost"));
    first.close(LIMIT).await.unwrap();
    second.close(LIMIT).await.unwrap();
}

#[tokio::test]
async fn who_does_not_poll_makes_room_until_it_does() {
    stuck(GroupProtocol::Classic).await;
}

async fn unsubscribing(protocol: GroupProtocol) {
    let Some(cluster) = environment::cluster().await else { return };
    let (one, two) = (topic(&cluster, "one", 1).await, topic(&cluster, "two", 1).await);
    let group = environment::unique("group");
    let mut consumer = Consumer::new(&cluster, member(&group, protocol));
    let has = |consumer: &Consumer, topic: &str| {
        consumer.assignment().iter().map(|at| at.topic.to_string()).collect::<Vec<_>>() == [topic]
    };
    consumer.subscribe([one.as_str()]).unwrap();
    poll_until(&mut [&mut consumer], |assigned, _| sizes(assigned) == [1]).await;
    assert!(has(&consumer, &one));
    consumer.subscribe([two.as_str()]).unwrap();
    poll_until(&mut [&mut consumer], |assigned, _| assigned[0].iter().all(|at| *at.topic == *two)).await;
    poll_until(&mut [&mut consumer], |assigned, _| sizes(assigned) == [1]).await;
    assert!(has(&consumer, &two));
    consumer.unsubscribe().await.unwrap();
    assert!(consumer.assignment().is_empty());
    // Nothing to wait for.
    assert!(consumer.poll(LIMIT).await.unwrap().is_none());
    consumer.subscribe([one.as_str()]).unwrap();
    poll_until(&mut [&mut consumer], |assigned, _| sizes(assigned) == [1]).await;
    assert!(has(&consumer, &one));
    // Without a moment for the task between the two.
    consumer.unsubscribe().await.unwrap();
    consumer.subscribe([one.as_str()]).unwrap();
    poll_until(&mut [&mut consumer], |assigned, _| sizes(assigned) == [1]).await;
    consumer.close(LIMIT).await.unwrap();
}

#[tokio::test]
async fn a_subscription_changes_and_ends() {
    unsubscribing(GroupProtocol::Classic).await;
}

#[tokio::test]
async fn a_topic_that_comes_later_is_read_soon() {
    let Some(cluster) = environment::cluster().await else { return };
    let topic = NewTopic {
        name: environment::unique("later"),
        partitions: Some(1),
        replication_factor: Some(1),
        ..Default::default()
    };
    let config = Config {
        allow_auto_create_topics: false,
        ..member(&environment::unique("group"), GroupProtocol::Classic)
    };
    let mut consumer = Consumer::new(&cluster, config);
    consumer.subscribe([topic.name.as_str()]).unwrap();
    while consumer.group_metadata().unwrap().generation < 0 {
        consumer.poll(STEP).await.unwrap();
    }
    Admin::new(&cluster).create_topic(&topic, Default::default()).await.unwrap();
    poll_until(&mut [&mut consumer], |assigned, _| sizes(assigned) == [1]).await;
    consumer.close(LIMIT).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_is_said_at_once() {
    let Some(cluster) = environment::cluster().await else { return };
    let mut consumer = Consumer::new(&cluster, Config::default());
    assert!(matches!(consumer.subscribe(["t"]), Err(Error::NoGroup)));
    assert!(matches!(consumer.commit().await, Err(Error::NoGroup)));
    let mut consumer = Consumer::new(&cluster, member("g", GroupProtocol::Classic));
    let error = consumer.subscribe_pattern("a(").unwrap_err();
    assert!(matches!(&error, Error::Pattern { pattern, .. } if pattern == "a("), "{error}");
    let topic = topic(&cluster, "nowhere", 1).await;
    let config = Config {
        on_out_of_range: consumer::OnOutOfRange::Fail,
        ..member(&environment::unique("group"), GroupProtocol::Classic)
    };
    let mut consumer = Consumer::new(&cluster, config);
    consumer.subscribe([topic.as_str()]).unwrap();
    let error = loop {
        match consumer.poll(LIMIT).await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, Error::NoOffset { partition } if partition.starts_with(&topic)), "{error}");
    consumer.close(LIMIT).await.unwrap();
}

/// Of the protocol of KIP-848.
mod modern {
    use super::*;

    const CONSUMER: GroupProtocol = GroupProtocol::Consumer;

    #[tokio::test]
    async fn members_share() {
        sharing(|group| member(group, CONSUMER)).await;
    }

    #[tokio::test]
    async fn a_listener_hears_of_what_changes() {
        let Some(heard) = heard(|group| member(group, CONSUMER)).await else { return };
        hears_of_changes(&heard);
    }

    #[tokio::test]
    async fn offsets_are_committed_by_hand() {
        offsets_of_ones_own(CONSUMER).await;
    }

    #[tokio::test]
    async fn a_static_member_comes_back_to_what_it_had() {
        static_member(CONSUMER).await;
    }

    #[tokio::test]
    async fn a_pattern_finds_topics_that_come_later() {
        pattern(CONSUMER).await;
    }

    #[tokio::test]
    async fn who_does_not_poll_makes_room_until_it_does() {
        stuck(CONSUMER).await;
    }

    #[tokio::test]
    async fn a_subscription_changes_and_ends() {
        unsubscribing(CONSUMER).await;
    }

    #[tokio::test]
    async fn an_assignor_that_the_broker_lacks_is_an_error() {
        let Some(cluster) = environment::cluster().await else { return };
        let topic = topic(&cluster, "lacking", 1).await;
        let config = Config {
            remote_assignor: Some("best".to_owned()),
            ..member(&environment::unique("group"), CONSUMER)
        };
        let mut consumer = Consumer::new(&cluster, config);
        consumer.subscribe([topic.as_str()]).unwrap();
        let error = loop {
            match consumer.poll(LIMIT).await {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), Some(ErrorCode::UNSUPPORTED_ASSIGNOR), "{error}");
    }
}
