//! Groups whose assignment the broker makes, which the test joins by hand.
use super::{admin, refusal, until};
use crate::{basics, environment};
use client::{
    Admin, Cluster, Connection, ErrorCode, TopicPartition,
    admin::{DescribeGroupsOptions, GroupFilter, GroupState, GroupType, OffsetsOf},
    producer,
};
use protocol::{
    ConsumerGroupHeartbeatRequest, ShareGroupHeartbeatRequest, StreamsGroupHeartbeatRequest,
    streams_group_heartbeat::request::{Subtopology, Topology},
};

async fn coordinator(cluster: &Cluster, group: &str) -> Connection {
    let coordinator = Admin::new(cluster).find_coordinator(group).await.unwrap();
    cluster.node(coordinator).await.unwrap()
}

async fn member_id() -> String {
    base::TopicId(uuid::Uuid::new_v4()).to_string()
}

#[tokio::test]
async fn a_consumer_group_is_described() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "consumer").await;
    let group = environment::unique("consumer");
    let connection = coordinator(&cluster, &group).await;
    let mut request = ConsumerGroupHeartbeatRequest {
        group_id: group.as_str().into(),
        member_id: member_id().await.into(),
        instance_id: Some("static".into()),
        rack_id: Some("here".into()),
        rebalance_timeout_ms: 30_000,
        subscribed_topic_names: Some(vec![topic.as_str().into()]),
        topic_partitions: Some(Vec::new()),
        ..Default::default()
    };
    // The coordinator may still be loading.
    let joined = until("joined", async || {
        let joined = connection.request(&request).await.unwrap();
        (joined.error_code == ErrorCode::NONE.0).then_some(joined)
    })
    .await;
    let target = vec![TopicPartition::new(topic.as_str(), 0)];
    let described = until("a target", async || {
        let described = admin.describe_group(&group).await.unwrap();
        let [member] = described.members.as_slice() else { panic!("{described:?}") };
        if member.target_assignment.as_ref() == Some(&target) {
            return Some(described);
        }
        // A topic that the coordinator did not know yet is found when a member is heard.
        let member_epoch = member.member_epoch.unwrap();
        connection.request(&ConsumerGroupHeartbeatRequest { member_epoch, ..request.clone() }).await.unwrap();
        None
    })
    .await;
    assert_eq!((described.group_type, described.assignor.as_str()), (GroupType::Consumer, "uniform"));
    assert!(described.group_epoch >= Some(joined.member_epoch));
    let [member] = described.members.as_slice() else { panic!("{described:?}") };
    assert_eq!((member.instance_id.as_deref(), member.rack_id.as_deref()), (Some("static"), Some("here")));
    assert!(member.member_epoch >= Some(joined.member_epoch) && member.upgraded == Some(true));
    assert_eq!(member.subscribed_topics, [topic.as_str()]);
    // A classic question about it is answered as if it were not there.
    let classic = admin.describe_classic_groups(std::slice::from_ref(&group), Default::default()).await;
    assert_eq!(refusal(classic.only()), ErrorCode::GROUP_ID_NOT_FOUND);
    request.member_epoch = -1;
    connection.request(&request).await.unwrap();
    until("deleted", async || admin.delete_group(&group).await.ok()).await;
}

#[tokio::test]
async fn a_share_group_is_described_and_its_offsets_moved() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "share").await;
    basics::send(&cluster, producer::Config::default(), &topic, 10).await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let group = environment::unique("share");
    let connection = coordinator(&cluster, &group).await;
    let mut request = ShareGroupHeartbeatRequest {
        group_id: group.as_str().into(),
        member_id: member_id().await.into(),
        subscribed_topic_names: Some(vec![topic.as_str().into()]),
        ..Default::default()
    };
    // The coordinator may still be loading.
    until("joined", async || {
        let joined = connection.request(&request).await.unwrap();
        (joined.error_code == ErrorCode::NONE.0).then_some(joined)
    })
    .await;
    let options = DescribeGroupsOptions { authorized_operations: true };
    let described = admin.describe_share_groups(std::slice::from_ref(&group), options).await.only().unwrap();
    assert_eq!((described.group_type, described.members.len()), (GroupType::Share, 1));
    assert!(described.authorized_operations.is_some());
    let filter = GroupFilter { types: vec![GroupType::Share], ..Default::default() };
    let listed = admin.list_groups(&filter).await.unwrap().all().unwrap();
    assert!(listed.iter().any(|listed| listed.group_id == group && listed.protocol_type == "share"));
    let offsets = [(at.clone(), 4)].into();
    let refused = refusal(admin.alter_share_group_offsets(&group, &offsets).await.only());
    assert_eq!(refused, ErrorCode::NON_EMPTY_GROUP);

    request.member_epoch = -1;
    connection.request(&request).await.unwrap();
    let beyond = TopicPartition::new(topic.as_str(), 9);
    let offsets = [(at.clone(), 4), (beyond.clone(), 1)].into();
    let mut altered = until("altered", async || {
        let altered = admin.alter_share_group_offsets(&group, &offsets).await;
        altered.0[0].1.is_ok().then_some(altered)
    })
    .await
    .into_iter()
    .skip(1);
    assert_eq!(refusal(altered.next().unwrap().1), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    for of in [group.as_str().into(), OffsetsOf { group: group.clone(), partitions: Some(vec![at.clone()]) }]
    {
        let listed = admin.list_share_group_offsets(&[of]).await.only().unwrap();
        assert_eq!(listed.offsets[&at].start_offset, 4);
        assert_eq!(listed.offsets[&at].lag, Some(6));
    }
    let missing = environment::unique("missing");
    let mut deleted = admin.delete_share_group_offsets(&group, &[topic, missing]).await.into_iter();
    deleted.next().unwrap().1.unwrap();
    assert_eq!(refusal(deleted.next().unwrap().1), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let listed = admin.list_share_group_offsets(&[group.as_str().into()]).await.only().unwrap();
    assert!(listed.offsets.is_empty());
    admin.delete_group(&group).await.unwrap();
}

#[tokio::test]
async fn a_streams_group_is_described() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "streams").await;
    let group = environment::unique("streams");
    let connection = coordinator(&cluster, &group).await;
    let subtopology = Subtopology {
        subtopology_id: "0".into(),
        source_topics: vec![topic.as_str().into()],
        ..Default::default()
    };
    let mut request = StreamsGroupHeartbeatRequest {
        group_id: group.as_str().into(),
        member_id: member_id().await.into(),
        rebalance_timeout_ms: 30_000,
        topology: Some(Topology { epoch: 0, subtopologies: vec![subtopology] }),
        active_tasks: Some(Vec::new()),
        standby_tasks: Some(Vec::new()),
        warmup_tasks: Some(Vec::new()),
        process_id: Some("process".into()),
        client_tags: Some(Vec::new()),
        ..Default::default()
    };
    // The coordinator may still be loading.
    until("joined", async || {
        let joined = connection.request(&request).await.unwrap();
        (joined.error_code == ErrorCode::NONE.0).then_some(joined)
    })
    .await;
    let described = until("assigned", async || {
        let described = admin.describe_streams_groups(std::slice::from_ref(&group), Default::default()).await;
        let described = described.only().unwrap();
        let [member] = described.members.as_slice() else { panic!("{described:?}") };
        if !member.target_assignment.active.is_empty() {
            return Some(described);
        }
        // The broker waits for more members before it assigns, and looks again when one is heard.
        let alive = StreamsGroupHeartbeatRequest {
            group_id: group.as_str().into(),
            member_id: member.member_id.as_str().into(),
            member_epoch: member.member_epoch,
            ..Default::default()
        };
        connection.request(&alive).await.unwrap();
        None
    })
    .await;
    let topology = described.topology.unwrap();
    assert_eq!(topology.subtopologies.unwrap()[0].source_topics, [topic.as_str()]);
    let [member] = described.members.as_slice() else { panic!("one member") };
    assert_eq!((member.process_id.as_str(), member.classic), ("process", false));
    assert_eq!(member.target_assignment.active["0"], [0]);
    assert_ne!(described.state, GroupState::Unknown);
    request.member_epoch = -1;
    request.topology = None;
    connection.request(&request).await.unwrap();
    until("deleted", async || admin.delete_group(&group).await.ok()).await;
}
