use super::{admin, refusal};
use crate::basics;
use base::NodeId;
use client::{
    ErrorCode, TopicPartition,
    admin::{
        AclOperation, DescribeClusterOptions, DirectoryId, FeatureUpdate, PartitionReplica, UpgradeType,
    },
    producer,
};

const ONE: NodeId = NodeId(1);
const MISSING: NodeId = NodeId(4711);

#[tokio::test]
async fn brokers_are_described() {
    let Some((cluster, admin)) = admin().await else { return };
    let options = DescribeClusterOptions { authorized_operations: true, fenced_brokers: true };
    let described = admin.describe_cluster(options).await.unwrap();
    assert_eq!(described.cluster_id, cluster.metadata().cluster_id);
    assert_eq!(described.controller, Some(ONE));
    let [broker] = described.brokers.as_slice() else { panic!("{described:?}") };
    assert_eq!((broker.id, broker.fenced), (ONE, false));
    assert!(described.authorized_operations.unwrap().contains(&AclOperation::Alter));
}

#[tokio::test]
async fn features_are_described_and_tried() {
    let Some((_, admin)) = admin().await else { return };
    let features = admin.describe_features(None).await.unwrap();
    assert_eq!(admin.describe_features(Some(ONE)).await.unwrap().supported, features.supported);
    let level = features.finalized["metadata.version"];
    let supported = features.supported["metadata.version"];
    assert!((supported.min..=supported.max).contains(&level));
    assert!(features.finalized_epoch.is_some());
    let update = |feature: &str, version_level, upgrade_type| {
        [FeatureUpdate { feature: feature.to_owned(), version_level, upgrade_type }]
    };
    let same = update("metadata.version", level, UpgradeType::Upgrade);
    admin.update_features(&same, true).await.only().unwrap();
    let unknown = update("no.such.feature", 1, UpgradeType::Upgrade);
    let refused = refusal(admin.update_features(&unknown, true).await.only());
    assert!(
        [ErrorCode::INVALID_UPDATE_VERSION, ErrorCode::FEATURE_UPDATE_FAILED].contains(&refused),
        "{refused}"
    );
}

#[tokio::test]
async fn the_quorum_is_described() {
    let Some((_, admin)) = admin().await else { return };
    let quorum = admin.describe_quorum().await.unwrap();
    assert_eq!(quorum.leader, Some(ONE));
    assert_eq!(quorum.voters.iter().map(|voter| voter.id).collect::<Vec<_>>(), [ONE]);
    let end = quorum.voters[0].log_end_offset.unwrap();
    assert!((1..=end).contains(&quorum.high_watermark), "{quorum:?}");
}

/// Refused: the one voter has to stay, and nobody is at the address of the other.
#[tokio::test]
async fn voters_are_added_and_removed_by_the_active_controller() {
    let Some((_, admin)) = admin().await else { return };
    let nobody = DirectoryId(uuid::Uuid::from_u128(7));
    let removed = refusal(admin.remove_voter(MISSING, nobody).await);
    assert!([ErrorCode::VOTER_NOT_FOUND, ErrorCode::UNSUPPORTED_VERSION].contains(&removed), "{removed}");
    let endpoint = client::admin::QuorumEndpoint {
        listener: "CONTROLLER".to_owned(),
        address: "127.0.0.1:1".parse().unwrap(),
    };
    let added = refusal(admin.add_voter(MISSING, nobody, &[endpoint]).await);
    assert!([ErrorCode::REQUEST_TIMED_OUT, ErrorCode::UNSUPPORTED_VERSION].contains(&added), "{added}");
}

#[tokio::test]
async fn a_broker_that_never_was_is_unregistered_in_vain() {
    let Some((_, admin)) = admin().await else { return };
    assert_eq!(refusal(admin.unregister_broker(MISSING).await), ErrorCode::BROKER_ID_NOT_REGISTERED);
}

#[tokio::test]
async fn log_directories_tell_what_they_hold() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "logdirs").await;
    basics::send(&cluster, producer::Config::default(), &topic, 10).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let mut answers = admin.describe_log_dirs(&[ONE, MISSING], None).await.into_iter();
    let dirs = answers.next().unwrap().1.unwrap();
    let dir = dirs.iter().find(|dir| dir.replicas.contains_key(&at)).unwrap();
    let replica = dir.replicas[&at].current.unwrap();
    assert!(replica.size.0 > 0 && replica.offset_lag == 0 && dir.error.is_none());
    assert!(dir.total.unwrap() >= dir.usable.unwrap());
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::BROKER_ID_NOT_REGISTERED);

    let only = admin.describe_log_dirs(&[ONE], Some(std::slice::from_ref(&at))).await.only().unwrap();
    let held: Vec<_> = only.iter().flat_map(|dir| dir.replicas.keys()).collect();
    assert_eq!(held, [&at]);

    let replica = |partition: i32, broker| PartitionReplica {
        partition: TopicPartition::new(topic.as_str(), partition),
        broker,
    };
    let asked = [replica(0, MISSING), replica(0, ONE), replica(9, ONE)];
    let mut answers = admin.describe_replica_log_dirs(&asked).await.into_iter();
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::BROKER_ID_NOT_REGISTERED);
    let found = answers.next().unwrap().1.unwrap();
    assert_eq!((found.current, found.future), (Some((dir.path.clone(), 0)), None));
    assert_eq!(answers.next().unwrap().1.unwrap(), Default::default());
}
