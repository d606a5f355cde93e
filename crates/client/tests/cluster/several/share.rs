//! A share group whose coordinators and leaders die.
use super::{LIMIT, STEP, cluster, kill, topic};
use crate::groups::fill;
use base::NodeId;
use client::{
    Admin, Cluster, ShareConsumer,
    admin::{ConfigChange, Resource},
    share::{Acknowledgement, Config},
};
use std::{collections::BTreeMap, time::Instant};

const PARTITIONS: i32 = 3;

/// Reads until every number below `count` was accepted. How often each was given out.
async fn read(members: &mut [ShareConsumer], seen: &mut BTreeMap<i32, u32>, count: usize) {
    let began = Instant::now();
    while seen.len() < count {
        assert!(began.elapsed() < LIMIT, "{} of {count} were seen", seen.len());
        for member in &mut *members {
            // What is lost with a broker is given out again.
            let Ok(Some(batch)) = member.poll(STEP).await else { continue };
            for given in batch.records() {
                let value = String::from_utf8(given.record.value.unwrap().to_vec()).unwrap();
                *seen.entry(value.parse().unwrap()).or_default() += 1;
            }
        }
    }
}

async fn from_the_beginning(cluster: &Cluster, group: &str) {
    let change = ConfigChange::Set("share.auto.offset.reset".to_owned(), "earliest".to_owned());
    let group = Resource::Group(group.to_owned());
    for (_, outcome) in Admin::new(cluster).alter_configs(&[(group, vec![change])], false).await {
        outcome.unwrap();
    }
}

/// The broker that dies coordinates the group and leads a partition, with the locks of its records.
#[tokio::test]
async fn every_record_is_given_out_although_the_coordinator_dies() {
    let Some(cluster) = cluster().await else { return };
    let topic = topic(&cluster, "shared", &[&[1, 2, 3], &[2, 3, 1], &[3, 1, 2]], &[]).await;
    from_the_beginning(&cluster, &topic).await;
    let mut members = [0, 1].map(|_| {
        let config = Config {
            group_id: topic.clone(),
            acknowledgement: Acknowledgement::Implicit,
            ..Default::default()
        };
        let mut member = ShareConsumer::new(&cluster, config);
        member.subscribe([topic.as_str()]);
        member
    });
    let mut seen = BTreeMap::new();
    fill(&cluster, &topic, PARTITIONS, 0..300).await;
    read(&mut members, &mut seen, 300).await;
    for member in &mut members {
        member.commit().await.unwrap();
    }
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");

    let victim: NodeId = Admin::new(&cluster).find_coordinator(&topic).await.unwrap();
    kill(victim).await;
    let filling = {
        let (cluster, topic) = (cluster.clone(), topic.clone());
        tokio::spawn(async move { fill(&cluster, &topic, PARTITIONS, 300..600).await })
    };
    read(&mut members, &mut seen, 600).await;
    filling.await.unwrap();
    let again: Vec<_> = seen.iter().filter(|(number, times)| **number < 300 && **times > 1).collect();
    assert!(again.is_empty(), "accepted, and given out again: {again:?}");
    for member in members {
        member.close(LIMIT).await.unwrap();
    }
}
