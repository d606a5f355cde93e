//! Classic groups, which the test joins by hand.
use super::{admin, refusal, until};
use crate::{basics, environment};
use bytes::{BufMut, Bytes, BytesMut};
use client::{
    Admin, Cluster, Connection, ErrorCode, TopicPartition,
    admin::{
        AclOperation, CommittedOffset, CoordinatorKind, DescribeGroupsOptions, GroupFilter, GroupState,
        GroupType, MemberRef, OffsetsOf,
    },
};
use protocol::{
    JoinGroupRequest, SyncGroupRequest, join_group::request::JoinGroupRequestProtocol,
    sync_group::request::SyncGroupRequestAssignment,
};
use std::collections::BTreeMap;

fn committed(offset: i64) -> CommittedOffset {
    CommittedOffset { offset, leader_epoch: -1, metadata: format!("at {offset}") }
}

/// Version 0, one topic, `partitions` of it if any are assigned, no user data.
fn consumer_bytes(topic: &str, partitions: Option<&[i32]>) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_i16(0);
    bytes.put_i32(1);
    bytes.put_i16(i16::try_from(topic.len()).unwrap());
    bytes.put_slice(topic.as_bytes());
    for partition in
        partitions.into_iter().flat_map(|list| std::iter::once(list.len() as i32).chain(list.to_vec()))
    {
        bytes.put_i32(partition);
    }
    bytes.put_i32(-1);
    bytes.freeze()
}

/// Joins as the only member, and takes partition 0.
async fn join(cluster: &Cluster, group: &str, topic: &str) -> (Connection, String) {
    let coordinator = Admin::new(cluster).find_coordinator(group).await.unwrap();
    let connection = cluster.node(coordinator).await.unwrap();
    let mut request = JoinGroupRequest {
        group_id: group.into(),
        session_timeout_ms: 30_000,
        rebalance_timeout_ms: 30_000,
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol {
            name: "range".into(),
            metadata: consumer_bytes(topic, None),
        }],
        ..Default::default()
    };
    // The coordinator may still be loading.
    request.member_id = until("a member id", async || {
        let joined = connection.request(&request).await.unwrap();
        (joined.error_code == ErrorCode::MEMBER_ID_REQUIRED.0).then_some(joined.member_id)
    })
    .await;
    let joined = connection.request(&request).await.unwrap();
    assert_eq!(ErrorCode(joined.error_code), ErrorCode::NONE);
    let assignment = SyncGroupRequestAssignment {
        member_id: joined.member_id.clone(),
        assignment: consumer_bytes(topic, Some(&[0])),
    };
    let request = SyncGroupRequest {
        group_id: group.into(),
        generation_id: joined.generation_id,
        member_id: joined.member_id.clone(),
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        assignments: vec![assignment],
        ..Default::default()
    };
    let synced = connection.request(&request).await.unwrap();
    assert_eq!(ErrorCode(synced.error_code), ErrorCode::NONE);
    (connection, joined.member_id.to_string())
}

#[tokio::test]
async fn offsets_are_set_read_and_forgotten() {
    let Some((cluster, admin)) = admin().await else { return };
    let [one, two] = [basics::topic(&cluster, "one").await, basics::topic(&cluster, "two").await];
    let at = |topic: &str| TopicPartition::new(topic, 0);
    let (group, other) = (environment::unique("group"), environment::unique("other"));
    let offsets: BTreeMap<_, _> = [(at(&one), committed(3)), (at(&two), committed(5))].into();
    admin.alter_group_offsets(&group, &offsets).await.all::<Vec<_>>().unwrap();
    assert_eq!(admin.group_offsets(&group).await.unwrap(), offsets);

    let only = OffsetsOf {
        group: group.clone(),
        partitions: Some(vec![at(&two), TopicPartition::new(two.as_str(), 7)]),
    };
    let answers = admin.list_group_offsets(&[only, other.as_str().into()], true).await;
    let answers: BTreeMap<_, _> = answers.all().unwrap();
    assert_eq!(answers[&group].committed, BTreeMap::from([(at(&two), committed(5))]));
    assert!(answers[&other].committed.is_empty() && answers[&other].failed.is_empty());

    let missing = TopicPartition::new(environment::unique("missing"), 0);
    let mut deleted = admin.delete_group_offsets(&group, &[missing, at(&one)]).await.into_iter();
    assert_eq!(refusal(deleted.next().unwrap().1), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    deleted.next().unwrap().1.unwrap();
    assert_eq!(admin.group_offsets(&group).await.unwrap().into_keys().collect::<Vec<_>>(), [at(&two)]);

    let mut deleted = admin.delete_groups(&[other, group.clone()]).await.into_iter();
    assert_eq!(refusal(deleted.next().unwrap().1), ErrorCode::GROUP_ID_NOT_FOUND);
    deleted.next().unwrap().1.unwrap();
    assert!(admin.group_offsets(&group).await.unwrap().is_empty());
}

#[tokio::test]
async fn groups_are_listed_by_state_type_and_protocol() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "listed").await;
    let (stable, empty) = (environment::unique("stable"), environment::unique("empty"));
    join(&cluster, &stable, &topic).await;
    let offsets = [(TopicPartition::new(topic.as_str(), 0), committed(1))].into();
    admin.alter_group_offsets(&empty, &offsets).await.only().unwrap();
    let listed = async |filter: GroupFilter| {
        let listed = admin.list_groups(&filter).await.unwrap().all().unwrap();
        let ours = listed.into_iter().filter(|group| group.group_id == stable || group.group_id == empty);
        ours.map(|group| (group.group_id, group.state, group.group_type)).collect::<Vec<_>>()
    };
    let classic = Some(GroupType::Classic);
    let is_stable = (stable.clone(), Some(GroupState::Stable), classic);
    let is_empty = (empty.clone(), Some(GroupState::Empty), classic);
    assert_eq!(listed(GroupFilter::default()).await, [is_empty.clone(), is_stable.clone()]);
    let states = GroupFilter { states: vec![GroupState::Stable], ..Default::default() };
    assert_eq!(listed(states).await, std::slice::from_ref(&is_stable));
    let types = GroupFilter { types: vec![GroupType::Classic], ..Default::default() };
    assert_eq!(listed(types).await.len(), 2);
    let types = GroupFilter { types: vec![GroupType::Share], ..Default::default() };
    assert!(listed(types).await.is_empty());
    let protocols = GroupFilter { protocol_types: vec!["consumer".to_owned()], ..Default::default() };
    assert_eq!(listed(protocols).await, [is_stable]);
}

#[tokio::test]
async fn a_classic_group_is_described_and_emptied() {
    let Some((cluster, admin)) = admin().await else { return };
    let topic = basics::topic(&cluster, "classic").await;
    let at = TopicPartition::new(topic.as_str(), 0);
    let (group, missing) = (environment::unique("classic"), environment::unique("missing"));
    let (_connection, member) = join(&cluster, &group, &topic).await;

    let options = DescribeGroupsOptions { authorized_operations: true };
    let mut answers =
        admin.describe_consumer_groups(&[missing.clone(), group.clone()], options).await.into_iter();
    assert_eq!(refusal(answers.next().unwrap().1), ErrorCode::GROUP_ID_NOT_FOUND);
    let described = answers.next().unwrap().1.unwrap();
    assert_eq!((described.group_type, described.state), (GroupType::Classic, GroupState::Stable));
    assert_eq!((described.protocol_type.as_str(), described.assignor.as_str()), ("consumer", "range"));
    let found = admin.find_coordinators(CoordinatorKind::Group, &[missing, group.clone()]).await;
    let found: Vec<_> = found.all().unwrap();
    assert_eq!(described.coordinator, found[1].1);
    assert!(described.authorized_operations.unwrap().contains(&AclOperation::Read));
    assert_eq!(described.members.len(), 1);
    assert_eq!(described.members[0].member_id, member);
    assert_eq!(described.members[0].assignment, std::slice::from_ref(&at));

    let offsets = [(at.clone(), committed(1))].into();
    let refused = refusal(admin.alter_group_offsets(&group, &offsets).await.only());
    assert_eq!(refused, ErrorCode::UNKNOWN_MEMBER_ID);
    let refused = refusal(admin.delete_group_offsets(&group, &[at]).await.only());
    assert_eq!(refused, ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC);
    assert_eq!(refusal(admin.delete_group(&group).await), ErrorCode::NON_EMPTY_GROUP);

    let members = [MemberRef::Instance("nobody".to_owned()), MemberRef::Member(member)];
    let mut removed = admin.remove_members(&group, &members, "for a test").await.into_iter();
    assert_eq!(refusal(removed.next().unwrap().1), ErrorCode::UNKNOWN_MEMBER_ID);
    removed.next().unwrap().1.unwrap();
    until("empty", async || {
        (admin.describe_group(&group).await.unwrap().state == GroupState::Empty).then_some(())
    })
    .await;
    join(&cluster, &group, &topic).await;
    assert_eq!(admin.remove_all_members(&group, "for a test").await.unwrap().0.len(), 1);
    until("deleted", async || admin.delete_group(&group).await.ok()).await;
}
