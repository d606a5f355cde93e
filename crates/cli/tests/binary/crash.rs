//! Killed at any moment, a server has everything that it had acknowledged when it is started again.
use crate::node::Dev;
use protocol::{
    CreateTopicsRequest, IncrementalAlterConfigsRequest, MetadataRequest, OffsetFetchRequest,
    create_topics::request::CreatableTopic,
    incremental_alter_configs::request::{AlterConfigsResource, AlterableConfig},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
};
use testkit::{Wire, batch, commit_request, eventually, produce_request, text};

const GROUP: &str = "g";
const TOPIC_CONFIG: i8 = 2;

fn address(dev: &Dev) -> SocketAddr {
    dev.kafka.parse().unwrap()
}

/// How many of each kind the server has acknowledged, over all rounds.
#[derive(Debug, Default)]
struct Acknowledged {
    records: AtomicI64,
    topics: AtomicI64,
    commits: AtomicI64,
    settings: AtomicI64,
}

/// Does something again and again until the server is gone, and counts what was acknowledged.
fn repeat(
    server: SocketAddr,
    count: impl Fn() -> Arc<Acknowledged>,
    counter: fn(&Acknowledged) -> &AtomicI64,
    act: impl Fn(&mut Wire, i64) -> std::io::Result<i16> + Send + 'static,
) -> thread::JoinHandle<()> {
    let acknowledged = count();
    thread::spawn(move || {
        let mut wire = Wire::to(server);
        loop {
            let next = counter(&acknowledged).load(Ordering::Relaxed);
            match act(&mut wire, next) {
                Ok(0) => counter(&acknowledged).store(next + 1, Ordering::Relaxed),
                // A topic whose creation was not acknowledged last time may be there.
                Ok(36) => counter(&acknowledged).store(next + 1, Ordering::Relaxed),
                Ok(code) => panic!("error {code}"),
                Err(_) => return,
            }
        }
    })
}

fn produce(wire: &mut Wire, next: i64) -> std::io::Result<i16> {
    let request = produce_request("t", 0, batch(&[next.to_string().as_str()]));
    Ok(wire.try_ask(9, &request)?.responses[0].partition_responses[0].error_code)
}

fn create(wire: &mut Wire, next: i64) -> std::io::Result<i16> {
    let topic = CreatableTopic {
        name: text(&format!("made-{next}")),
        num_partitions: 1,
        replication_factor: 1,
        ..Default::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 30_000, ..Default::default() };
    Ok(wire.try_ask(7, &request)?.topics[0].error_code)
}

fn commit(wire: &mut Wire, next: i64) -> std::io::Result<i16> {
    Ok(wire.try_ask(9, &commit_request(GROUP, "t", 0, next))?.topics[0].partitions[0].error_code)
}

fn set(wire: &mut Wire, next: i64) -> std::io::Result<i16> {
    let value = Some(text(&(1_000_000 + next).to_string()));
    let config = AlterableConfig { name: text("retention.ms"), config_operation: 0, value };
    let resource =
        AlterConfigsResource { resource_type: TOPIC_CONFIG, resource_name: text("t"), configs: vec![config] };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    Ok(wire.try_ask(1, &request)?.responses[0].error_code)
}

fn committed(wire: &mut Wire) -> i64 {
    let request = OffsetFetchRequest { group_id: text(GROUP), topics: None, ..Default::default() };
    wire.ask(7, &request).topics[0].partitions[0].committed_offset
}

#[test]
fn what_was_acknowledged_survives_kills() {
    let folder = tempfile::tempdir().unwrap();
    let mut dev = Dev::in_folder(folder.path());
    let acknowledged = Arc::new(Acknowledged::default());
    Wire::to(address(&dev)).create("t", 1);
    for round in 1..=3 {
        let mut wire = Wire::to(address(&dev));
        wire.find_coordinator(GROUP);
        let count = || acknowledged.clone();
        let busy = [
            repeat(address(&dev), count, |counts| &counts.records, produce),
            repeat(address(&dev), count, |counts| &counts.topics, create),
            repeat(address(&dev), count, |counts| &counts.commits, commit),
            repeat(address(&dev), count, |counts| &counts.settings, set),
        ];
        let enough = |counter: &AtomicI64| counter.load(Ordering::Relaxed) >= 10 * round;
        eventually("everyone is busy", || {
            let Acknowledged { records, topics, commits, settings } = &*acknowledged;
            [records, topics, commits, settings].into_iter().all(enough).then_some(())
        });
        dev = dev.kill_and_restart();
        for thread in busy {
            thread.join().unwrap();
        }
        check(&dev, &acknowledged);
    }
}

fn check(dev: &Dev, acknowledged: &Acknowledged) {
    let mut wire = Wire::to(address(dev));
    wire.find_coordinator(GROUP);
    let count = |counter: &AtomicI64| counter.load(Ordering::Relaxed);

    // What was in flight may be there or not, and the producer here sends it again without saying so.
    let mut values: Vec<i64> = wire.read("t", 0, 0).iter().map(|(_, value)| value.parse().unwrap()).collect();
    values.dedup();
    assert!(values.is_sorted(), "{values:?}");
    assert!(
        (0..count(&acknowledged.records)).all(|value| values.contains(&value)),
        "{acknowledged:?} {values:?}"
    );

    let topics = wire.latest(&MetadataRequest { topics: None, ..Default::default() }).topics;
    let exists = |name: String| topics.iter().any(|topic| topic.name.as_deref() == Some(&*name));
    let made = count(&acknowledged.topics);
    assert!((0..made).all(|i| exists(format!("made-{i}"))), "{acknowledged:?}");
    wire.append(&format!("made-{}", made - 1), 0, &["it can be used"]);

    assert!(committed(&mut wire) >= count(&acknowledged.commits) - 1, "{acknowledged:?}");
    let described = dev.run("topic describe t -o json").json().to_string();
    let set_to = |i: i64| described.contains(&(1_000_000 + i).to_string());
    let last = count(&acknowledged.settings);
    assert!(set_to(last - 1) || set_to(last), "{acknowledged:?} {described}");
}
