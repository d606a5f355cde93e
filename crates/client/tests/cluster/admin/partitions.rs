use super::{admin, refusal, until};
use crate::{basics, environment};
use base::NodeId;
use client::{
    ErrorCode, TopicPartition,
    admin::{ElectionType, PartitionReplica},
};

#[tokio::test]
async fn elections_say_where_none_is_needed() {
    let Some((cluster, admin)) = admin().await else { return };
    let at = TopicPartition::new(basics::topic(&cluster, "elects").await, 0);
    let missing = TopicPartition::new(environment::unique("missing"), 0);
    let asked = [missing.clone(), at.clone()];
    let mut answers = admin.elect_leaders(ElectionType::Preferred, &asked).await.into_iter();
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::ELECTION_NOT_NEEDED);
    let unclean = admin.elect_leaders(ElectionType::Unclean, &[at]).await.only();
    assert_eq!(refusal(unclean), ErrorCode::ELECTION_NOT_NEEDED);
    for (at, answer) in admin.elect_all_leaders(ElectionType::Preferred).await.unwrap() {
        assert!(answer.is_ok(), "{at}");
    }
}

#[tokio::test]
async fn reassignments_are_refused_each_apart() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "moves").await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let beyond = TopicPartition::new(topic.as_str(), 1);
    let stay = [(at.clone(), Some(vec![NodeId(1)]))].into();
    admin.alter_reassignments(&stay, false).await.only().unwrap();
    assert!(admin.list_reassignments(Some(std::slice::from_ref(&at))).await.unwrap().is_empty());
    assert!(admin.list_reassignments(None).await.unwrap().is_empty());
    let asked = [(at.clone(), Some(vec![NodeId(4711)])), (beyond, None)].into();
    let mut answers = admin.alter_reassignments(&asked, true).await.into_iter();
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::INVALID_REPLICA_ASSIGNMENT);
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let cancel = admin.alter_reassignments(&[(at, None)].into(), true).await.only();
    assert_eq!(refusal(cancel), ErrorCode::NO_REASSIGNMENT_IN_PROGRESS);
}

#[tokio::test]
async fn replicas_move_between_log_directories() {
    let Some((cluster, admin)) = admin().await else { return };
    let partition = TopicPartition::new(basics::topic(&cluster, "dirs").await, 0);
    let replica = PartitionReplica { partition, broker: NodeId(1) };
    let (path, _) = until("a place", async || {
        let located = admin.describe_replica_log_dirs(std::slice::from_ref(&replica)).await;
        located.only().unwrap().current
    })
    .await;
    admin.alter_replica_log_dirs(&[(replica.clone(), path)].into()).await.only().unwrap();
    let nowhere = [(replica, "/no/such/directory".to_owned())].into();
    assert_eq!(refusal(admin.alter_replica_log_dirs(&nowhere).await.only()), ErrorCode::LOG_DIR_NOT_FOUND);
}
