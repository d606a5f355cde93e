//! A transactional producer whose coordinator dies.
use super::{cluster, kill, topic, until};
use crate::{
    environment,
    transactions::{committed, group_offset, producer, send},
};
use base::NodeId;
use client::{
    Admin, Cluster, GroupMetadata, TopicPartition,
    admin::{CommittedOffset, CoordinatorKind},
};

async fn coordinator(cluster: &Cluster, id: &str) -> NodeId {
    let asked = [id.to_owned()];
    Admin::new(cluster).find_coordinators(CoordinatorKind::Transaction, &asked).await.only().unwrap()
}

/// One has a transaction open when it dies, the other has ended one.
#[tokio::test]
async fn transactions_outlive_their_coordinator() {
    let Some(cluster) = cluster().await else { return };
    let topics = [
        topic(&cluster, "open", &[&[1, 2, 3]], &[]).await,
        topic(&cluster, "idle", &[&[2, 3, 1]], &[]).await,
    ];
    let [open_id, idle_id] = ["open", "idle"].map(environment::unique);
    let mut open = producer(&cluster, &open_id).await;
    let victim = coordinator(&cluster, &open_id).await;
    let idle_id = until("an id of the same coordinator", async || {
        let id = environment::unique(&idle_id);
        (coordinator(&cluster, &id).await == victim).then_some(id)
    })
    .await;
    let mut idle = producer(&cluster, &idle_id).await;
    for (producer, topic) in [&mut open, &mut idle].into_iter().zip(&topics) {
        let transaction = producer.begin().await.unwrap();
        send(&transaction, topic, &["a"]).await;
        transaction.commit().await.unwrap();
    }

    let transaction = open.begin().await.unwrap();
    send(&transaction, &topics[0], &["b"]).await;
    kill(victim).await;
    send(&transaction, &topics[0], &["c"]).await;
    transaction.commit().await.unwrap();
    let transaction = open.begin().await.unwrap();
    send(&transaction, &topics[0], &["aborted"]).await;
    transaction.abort().await.unwrap();

    let transaction = idle.begin().await.unwrap();
    send(&transaction, &topics[1], &["b", "c"]).await;
    transaction.commit().await.unwrap();
    for (id, topic) in [open_id, idle_id].iter().zip(&topics) {
        assert_ne!(coordinator(&cluster, id).await, victim);
        assert_eq!(committed(&cluster, topic).await, ["a", "b", "c"]);
    }
}

/// The producer has found that coordinator before it dies.
#[tokio::test]
async fn offsets_reach_the_next_coordinator_of_their_group() {
    let Some(cluster) = cluster().await else { return };
    let topic = topic(&cluster, "offsets", &[&[1, 2, 3]], &[]).await;
    let (group, at) = (GroupMetadata::of_group(&topic), TopicPartition::new(topic.as_str(), 0));
    let mut producer = producer(&cluster, &topic).await;
    let offset = |offset| {
        let committed = CommittedOffset { offset, leader_epoch: -1, metadata: String::new() };
        [(at.clone(), committed)]
    };
    let transaction = producer.begin().await.unwrap();
    transaction.send_offsets(offset(3), &group).await.unwrap();
    transaction.commit().await.unwrap();

    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["a"]).await;
    kill(Admin::new(&cluster).find_coordinator(&topic).await.unwrap()).await;
    transaction.send_offsets(offset(4), &group).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(group_offset(&cluster, &topic, &at).await, Some(4));
    assert_eq!(committed(&cluster, &topic).await, ["a"]);
}
