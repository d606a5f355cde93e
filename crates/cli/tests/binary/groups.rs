use crate::node::{Dev, send, wait};
use client::{Address, Admin, Cluster, Config};
use protocol::{
    OffsetCommitRequest,
    offset_commit::request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};
use testkit::eventually;

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

fn committed(dev: &Dev, group: &str) -> i64 {
    let rows = dev.run(&format!("group offsets {group} -o json")).json();
    rows.as_array().unwrap().iter().map(|row| row["offset"].as_i64().unwrap()).sum()
}

#[test]
fn a_group_reads_on_where_it_was() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t", b"a\nb\nc\nd\n").ok();
    // All four are in one batch: what was not shown is not committed.
    assert_eq!(dev.run("consume t -g g -n 3").text(), "a\nb\nc\n");
    assert_eq!(committed(&dev, "g"), 3);
    assert_eq!(dev.run("consume t -g g -e").text(), "d\n");
    assert_eq!(dev.run("consume t -g g -e").text(), "");
    dev.run_with("produce t", b"e\n").ok();
    assert_eq!(dev.run("consume t -g g -e -X group.protocol=classic").text(), "e\n");
    assert_eq!(committed(&dev, "g"), 5);
    // Without a group nothing is committed, and a group of its own begins where it is told.
    assert_eq!(dev.run("consume t -e -n 1").text(), "a\n");
    assert_eq!(committed(&dev, "g"), 5);
    let mut late = dev.command("consume t -g late -o end").stdout(Stdio::piped()).spawn().unwrap();
    eventually("a member", || {
        let group = dev.run("group describe late -o json");
        let assigned = |group: Value| !group["members"][0]["assignment"].as_array().unwrap().is_empty();
        (group.code == Some(0)
            && group.json()["members"].as_array().is_some_and(|members| !members.is_empty()))
        .then(|| assigned(dev.run("group describe late -o json").json()))
        .filter(|is_assigned| *is_assigned)
    });
    let shown = dev.run("group describe late").text();
    assert!(shown.contains("Stable") && shown.contains("mainstem-cli"), "{shown}");
    let mut lines = BufReader::new(late.stdout.take().unwrap()).lines();
    // It may look for the end only after this is written, so more is written until it sees some.
    let seen = std::thread::scope(|scope| {
        let seen = scope.spawn(|| lines.next().unwrap().unwrap());
        while !seen.is_finished() {
            dev.run("produce t new").ok();
        }
        seen.join().unwrap()
    });
    assert_eq!(seen, "new");
    send("-INT", &late);
    assert_eq!(wait(&mut late).code(), Some(0));
    assert!(committed(&dev, "late") > 5);
    assert_eq!(dev.run("group describe late -o json").json()["state"], "Empty");
    dev.run("consume t -g g -o 3").failed(2, &["group reset"]);
    dev.run("consume nowhere -g g -e").failed(5, &["`nowhere` does not exist"]);
}
