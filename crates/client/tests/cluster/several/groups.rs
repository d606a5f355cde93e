//! Consumer groups of both protocols whose coordinator, leaders and members die.
use super::{LIMIT, cluster, config, freeze, impatient_cluster, kill, topic};
use crate::{
    environment,
    groups::{Log, fill, member, poll_until, sizes, sorted},
};
use base::NodeId;
use client::{
    Admin, Cluster, Consumer,
    consumer::{Assignor, Config, GroupProtocol},
};
use std::time::Duration;

/// Each node leads one or two.
const ASSIGNMENT: [&[i32]; 4] = [&[1, 2, 3], &[2, 3, 1], &[3, 1, 2], &[1, 3, 2]];
const PARTITIONS: i32 = ASSIGNMENT.len() as i32;

fn patient(group: &str, protocol: GroupProtocol) -> Config {
    Config {
        assignors: vec![Assignor::CooperativeSticky],
        auto_commit_interval: None,
        session_timeout: Duration::from_secs(15),
        ..member(group, protocol)
    }
}

/// The broker that ends coordinates the group and leads a partition that it reads.
async fn coordinator_ends(cluster: Option<Cluster>, protocol: GroupProtocol, end: impl AsyncFn(NodeId)) {
    let Some(cluster) = cluster else { return };
    let topic = topic(&cluster, "orphaned", &ASSIGNMENT, &[]).await;
    let group = environment::unique("group");
    let log = Log::default();
    let mut first = Consumer::new(&cluster, patient(&group, protocol));
    first.on_rebalance(log.clone());
    first.subscribe([topic.as_str()]).unwrap();
    let mut second = Consumer::new(&cluster, patient(&group, protocol));
    second.on_rebalance(log.clone());
    second.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut first, &mut second], |assigned, _| sizes(assigned) == [2, 2]).await;
    fill(&cluster, &topic, PARTITIONS, 0..100).await;
    let mut read = poll_until(&mut [&mut first, &mut second], |_, read| read.len() >= 100).await;
    first.commit().await.unwrap();
    second.commit().await.unwrap();
    log.take();

    let victim = Admin::new(&cluster).find_coordinator(&group).await.unwrap();
    end(victim).await;
    let filling = {
        let (cluster, topic) = (cluster.clone(), topic.clone());
        tokio::spawn(async move { fill(&cluster, &topic, PARTITIONS, 100..200).await })
    };
    read.extend(poll_until(&mut [&mut first, &mut second], |_, read| read.len() >= 100).await);
    filling.await.unwrap();
    // The new coordinator takes commits, and knows both.
    first.commit().await.unwrap();
    second.commit().await.unwrap();
    let described = Admin::new(&cluster).group_offsets(&group).await.unwrap();
    assert_eq!(described.values().map(|committed| committed.offset).collect::<Vec<_>>(), [50; 4]);
    assert_eq!(log.take(), Vec::<String>::new(), "nothing was given up");

    // A rebalance works there as well.
    let mut third = Consumer::new(&cluster, patient(&group, protocol));
    third.subscribe([topic.as_str()]).unwrap();
    let shared = |assigned: &[_]| sizes(assigned).iter().sum::<usize>() == 4 && !sizes(assigned).contains(&0);
    let all = &mut [&mut first, &mut second, &mut third];
    read.extend(poll_until(all, |assigned, _| shared(assigned)).await);
    fill(&cluster, &topic, PARTITIONS, 200..300).await;
    read.extend(poll_until(all, |_, read| read.len() >= 100).await);
    for member in [first, second, third] {
        member.close(LIMIT).await.unwrap();
    }
    assert_eq!(sorted(read), (0..300).collect::<Vec<_>>(), "each once");
}

#[tokio::test]
async fn a_cooperative_group_goes_on_when_its_coordinator_dies() {
    coordinator_ends(cluster().await, GroupProtocol::Classic, kill).await;
}

#[tokio::test]
async fn a_group_of_the_consumer_protocol_goes_on_when_its_coordinator_dies() {
    coordinator_ends(cluster().await, GroupProtocol::Consumer, kill).await;
}

#[tokio::test]
async fn a_cooperative_group_goes_on_when_its_coordinator_is_frozen() {
    coordinator_ends(impatient_cluster().await, GroupProtocol::Classic, freeze).await;
}

#[tokio::test]
async fn a_group_of_the_consumer_protocol_goes_on_when_its_coordinator_is_frozen() {
    coordinator_ends(impatient_cluster().await, GroupProtocol::Consumer, freeze).await;
}

/// A member's whole runtime is gone between two polls: nobody says goodbye.
async fn member_vanishes(protocol: GroupProtocol) {
    let Some(cluster) = cluster().await else { return };
    let topic = topic(&cluster, "vanishes", &ASSIGNMENT, &[]).await;
    let group = environment::unique("group");
    let brief = || Config { session_timeout: Duration::from_secs(2), ..patient(&group, protocol) };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    {
        let (config, topic, brief) = (config().unwrap(), topic.clone(), brief());
        runtime.spawn(async move {
            let cluster = Cluster::connect(config).await.unwrap();
            let mut member = Consumer::new(&cluster, brief);
            member.subscribe([topic.as_str()]).unwrap();
            loop {
                // It reads and does not commit.
                member.poll(LIMIT).await.unwrap();
            }
        });
    }
    let mut stays = Consumer::new(&cluster, brief());
    stays.subscribe([topic.as_str()]).unwrap();
    poll_until(&mut [&mut stays], |assigned, _| sizes(assigned) == [2]).await;
    fill(&cluster, &topic, PARTITIONS, 0..100).await;
    let mut read = poll_until(&mut [&mut stays], |_, read| read.len() == 50).await;
    runtime.shutdown_background();
    read.extend(
        poll_until(&mut [&mut stays], |assigned, read| sizes(assigned) == [4] && read.len() == 50).await,
    );
    assert_eq!(sorted(read), (0..100).collect::<Vec<_>>());
    stays.close(LIMIT).await.unwrap();
}

#[tokio::test]
async fn a_member_of_a_cooperative_group_that_vanishes_is_missed() {
    member_vanishes(GroupProtocol::Classic).await;
}

#[tokio::test]
async fn a_member_of_the_consumer_protocol_that_vanishes_is_missed() {
    member_vanishes(GroupProtocol::Consumer).await;
}
