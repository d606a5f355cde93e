use super::{admin, refusal, until};
use crate::{basics, environment};
use base::TopicId;
use client::{
    Error, ErrorCode, TopicPartition,
    admin::{
        AclOperation, CreateOptions, DescribeTopicsOptions, HIGH_WATERMARK, IsolationLevel, NewPartitions,
        NewTopic, OffsetSpec, TopicRef,
    },
    producer,
};
use std::collections::BTreeMap;

fn new_topic(name: &str, partitions: i32) -> NewTopic {
    NewTopic {
        name: name.to_owned(),
        partitions: Some(partitions),
        replication_factor: Some(1),
        ..Default::default()
    }
}

#[tokio::test]
async fn topics_are_created_each_apart() {
    let Some((_, admin)) = admin().await else { return };
    let (one, two) = (environment::unique("one"), environment::unique("two"));
    let mut configured = new_topic(&one, 2);
    configured.configs = vec![("retention.ms".to_owned(), "1000".to_owned())];
    let asked = [configured, new_topic("a/b", 1), new_topic(&two, 1), new_topic(&one, 9)];
    let answers = admin.create_topics(&asked, CreateOptions::default()).await.0;
    let names: Vec<&str> = answers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [one.as_str(), "a/b", two.as_str()], "in the order asked, what is named twice once");
    assert_eq!(answers[1].1.as_ref().unwrap_err().code(), Some(ErrorCode::INVALID_TOPIC_EXCEPTION));
    let created = answers[2].1.as_ref().unwrap();
    assert_eq!((created.partitions, created.replication_factor), (Some(1), Some(1)));
    assert!(!created.id.is_none());
    let again = admin.create_topics(&asked[2..3], CreateOptions::default()).await.only();
    assert_eq!(refusal(again), ErrorCode::TOPIC_ALREADY_EXISTS);
}

#[tokio::test]
async fn a_trial_creates_nothing() {
    let Some((_, admin)) = admin().await else { return };
    let name = environment::unique("trial");
    let trial = CreateOptions { validate_only: true };
    let mut topic = new_topic(&name, 3);
    topic.configs = vec![("retention.ms".to_owned(), "1000".to_owned())];
    let created = admin.create_topic(&topic, trial).await.unwrap();
    let configs = created.configs.unwrap();
    let retention = configs.iter().find(|config| config.name == "retention.ms").unwrap();
    assert_eq!(retention.value.as_deref(), Some("1000"));
    let described = admin.describe_topics(&[name.as_str().into()], Default::default()).await.only();
    assert!(matches!(described, Err(Error::UnknownTopic(missing)) if missing == name));
}

#[tokio::test]
async fn topics_are_described_by_name_and_id_in_pages() {
    let Some((_, admin)) = admin().await else { return };
    let names = ["b", "a"].map(environment::unique);
    let mut ids = BTreeMap::new();
    for name in &names {
        let created = admin.create_topic(&new_topic(name, 3), CreateOptions::default()).await.unwrap();
        ids.insert(name.clone(), created.id);
    }
    let missing = environment::unique("missing");
    let asked: Vec<TopicRef> = vec![
        names[0].as_str().into(),
        missing.as_str().into(),
        names[1].as_str().into(),
        ids[&names[0]].into(),
        TopicId(uuid::Uuid::from_u128(77)).into(),
    ];
    for page_size in [1, 2, 2000] {
        let options = DescribeTopicsOptions { authorized_operations: true, page_size };
        let answers = until("topics", async || {
            let answers = admin.describe_topics(&asked, options).await;
            [0, 2, 3].iter().all(|&known: &usize| answers.0[known].1.is_ok()).then_some(answers)
        })
        .await;
        assert_eq!(answers.0.iter().map(|(topic, _)| topic.clone()).collect::<Vec<_>>(), asked);
        let mut answers = answers.into_iter().map(|(_, answer)| answer);
        let first = answers.next().unwrap().unwrap();
        assert_eq!(
            (first.name.as_str(), first.id, first.internal),
            (names[0].as_str(), ids[&names[0]], false)
        );
        assert_eq!(first.partitions.iter().map(|p| p.index).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(first.partitions.iter().all(|p| p.leader.is_some() && p.isr == p.replicas));
        assert!(first.authorized_operations.unwrap().contains(&AclOperation::Read));
        assert!(matches!(answers.next().unwrap(), Err(Error::UnknownTopic(_))));
        assert_eq!(answers.next().unwrap().unwrap().partitions.len(), 3);
        assert_eq!(answers.next().unwrap().unwrap().name, names[0]);
        assert_eq!(refusal(answers.next().unwrap()), ErrorCode::UNKNOWN_TOPIC_ID);
    }
}

#[tokio::test]
async fn topics_grow_and_never_shrink() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "grows").await;
    let grow = |total| [NewPartitions { topic: topic.clone(), total, assignment: None }];
    admin.create_partitions(&grow(5), true).await.only().unwrap();
    admin.create_partitions(&grow(3), false).await.only().unwrap();
    until("three partitions", async || {
        let described = admin.describe_topics(&[topic.as_str().into()], Default::default()).await.only();
        (described.unwrap().partitions.len() == 3).then_some(())
    })
    .await;
    assert_eq!(refusal(admin.create_partitions(&grow(2), false).await.only()), ErrorCode::INVALID_PARTITIONS);
}

#[tokio::test]
async fn topics_are_deleted_by_name_and_id() {
    let Some((_, admin)) = admin().await else { return };
    let names = ["byname", "byid"].map(environment::unique);
    let mut ids = Vec::new();
    for name in &names {
        ids.push(admin.create_topic(&new_topic(name, 1), CreateOptions::default()).await.unwrap().id);
    }
    let missing = environment::unique("missing");
    let asked: [TopicRef; 4] = [
        names[0].as_str().into(),
        missing.as_str().into(),
        ids[1].into(),
        TopicId(uuid::Uuid::from_u128(78)).into(),
    ];
    let mut answers = admin.delete_topics(&asked).await.into_iter();
    let mut next = |topic: &TopicRef| {
        let (answered, answer) = answers.next().unwrap();
        assert_eq!(answered, *topic);
        answer
    };
    next(&asked[0]).unwrap();
    assert!(matches!(next(&asked[1]), Err(Error::UnknownTopic(name)) if name == missing));
    next(&asked[2]).unwrap();
    assert_eq!(refusal(next(&asked[3])), ErrorCode::UNKNOWN_TOPIC_ID);
}

#[tokio::test]
async fn records_are_deleted_and_offsets_listed() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "records").await;
    basics::send(&cluster, producer::Config::default(), &topic, 10).await;
    let (at, beyond) = (TopicPartition::new(topic.as_str(), 0), TopicPartition::new(topic.as_str(), 1));
    let listed = |spec| {
        let (admin, at) = (admin.clone(), at.clone());
        async move {
            let asked = [(at, spec)].into();
            admin.list_offsets(&asked, IsolationLevel::ReadCommitted).await.only().unwrap()
        }
    };
    assert_eq!(listed(OffsetSpec::Earliest).await.offset, Some(0));
    assert_eq!(listed(OffsetSpec::Latest).await.offset, Some(10));
    let newest = listed(OffsetSpec::MaxTimestamp).await;
    let time = newest.timestamp.unwrap();
    assert!(newest.offset.is_some_and(|offset| (0..10).contains(&offset)));
    assert!(listed(OffsetSpec::Timestamp(time)).await.offset.is_some());
    assert_eq!(listed(OffsetSpec::Timestamp(time + 1)).await.offset, None);
    assert_eq!(listed(OffsetSpec::EarliestLocal).await.offset, Some(0));

    let asked = [(at.clone(), 4), (beyond.clone(), 0)].into();
    let answers = admin.delete_records(&asked).await.0;
    assert_eq!(answers[0].1.as_ref().unwrap(), &4);
    assert!(matches!(&answers[1].1, Err(Error::UnknownPartition { partition: 1, partitions: 1, .. })));
    assert_eq!(listed(OffsetSpec::Earliest).await.offset, Some(4));
    let far = admin.delete_records(&[(at.clone(), 99)].into()).await.only();
    assert_eq!(refusal(far), ErrorCode::OFFSET_OUT_OF_RANGE);
    assert_eq!(admin.delete_records(&[(at, HIGH_WATERMARK)].into()).await.only().unwrap(), 10);
}
