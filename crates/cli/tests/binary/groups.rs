use crate::node::Dev;
use client::{Address, Admin, Cluster, Config};
use protocol::{
    OffsetCommitRequest,
    offset_commit::request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
};

/// Commits without being a member, as tools do.
fn commit(dev: &Dev, group: &str, topic: &str, offset: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let cluster = Cluster::connect(Config::new(Address::parse_list(&dev.kafka).unwrap())).await.unwrap();
        let coordinator = Admin::new(&cluster).find_coordinator(group).await.unwrap();
        let connection = cluster.node(coordinator).await.unwrap();
        let partition = OffsetCommitRequestPartition {
            partition_index: 0,
            committed_offset: offset,
            ..Default::default()
        };
        let request = OffsetCommitRequest {
            group_id: group.into(),
            generation_id_or_member_epoch: -1,
            topics: vec![OffsetCommitRequestTopic {
                name: topic.into(),
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        const LAST_WITH_NAMES: i16 = 9;
        let version = connection.version_of::<OffsetCommitRequest>(LAST_WITH_NAMES).unwrap();
        let response = connection.request_in(&request, version).await.unwrap();
        assert_eq!(response.topics[0].partitions[0].error_code, 0);
    });
}

#[test]
fn a_group_shows_its_lag() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t", b"a\nb\nc\nd\ne\n").ok();
    dev.run("group describe readers").failed(5, &["readers", "group list"]);
    commit(&dev, "readers", "t", 3);
    let list = dev.run("group list -o json").json();
    assert_eq!((list[0]["group"].as_str(), list[0]["state"].as_str()), (Some("readers"), Some("Empty")));
    let described = dev.run("group describe readers -o json").json();
    let row = &described["partitions"][0];
    assert_eq!(
        (row["current_offset"].as_i64(), row["log_end_offset"].as_i64(), row["lag"].as_i64()),
        (Some(3), Some(5), Some(2))
    );
    let table = dev.run("group describe readers").text();
    let row: Vec<&str> = table.lines().last().unwrap().split_whitespace().collect();
    assert_eq!(row[..5], ["t", "0", "3", "5", "2"]);
    dev.run("topic delete t").ok();
    // The offsets of a deleted topic go with it, or stay without an end; either way the group can be shown.
    dev.run("group describe readers").ok();
}
