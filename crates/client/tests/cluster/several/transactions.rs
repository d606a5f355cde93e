//! A transactional producer whose coordinator dies.
use super::{cluster, kill, start, topic, whole};
use crate::transactions::{committed, producer, send};
use base::NodeId;
use client::{Admin, Cluster, admin::CoordinatorKind};

async fn coordinator(cluster: &Cluster, id: &str) -> NodeId {
    let asked = [id.to_owned()];
    Admin::new(cluster).find_coordinators(CoordinatorKind::Transaction, &asked).await.only().unwrap()
}

/// With a transaction open, and with none; the leader of the partition is another broker or the same.
#[tokio::test]
async fn transactions_outlive_their_coordinator() {
    let Some(cluster) = cluster().await else { return };
    let topic = topic(&cluster, "outlives", &[&[1, 2, 3]], &[]).await;
    let mut producer = producer(&cluster, &topic).await;
    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["a", "b"]).await;
    transaction.commit().await.unwrap();

    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["c"]).await;
    let victim = coordinator(&cluster, &topic).await;
    kill(victim).await;
    send(&transaction, &topic, &["d"]).await;
    transaction.commit().await.unwrap();

    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["aborted"]).await;
    transaction.abort().await.unwrap();
    assert_ne!(coordinator(&cluster, &topic).await, victim);

    start(victim).await;
    whole(&cluster).await;
    kill(coordinator(&cluster, &topic).await).await;
    let transaction = producer.begin().await.unwrap();
    send(&transaction, &topic, &["e"]).await;
    transaction.commit().await.unwrap();
    assert_eq!(committed(&cluster, &topic).await, ["a", "b", "c", "d", "e"]);
}
