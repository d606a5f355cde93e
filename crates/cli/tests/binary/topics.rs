use crate::node::Dev;
use std::time::{Duration, Instant};

#[test]
fn a_topic_from_beginning_to_end() {
    let dev = Dev::ephemeral();
    assert_eq!(
        dev.run("topic create orders --partitions 3").text(),
        "created topic `orders` with 3 partitions\n"
    );
    dev.run("topic create orders").failed(6, &["orders", "TOPIC_ALREADY_EXISTS"]);
    let list = dev.run("topic list -o json").json();
    assert_eq!((list[0]["name"].as_str(), list[0]["partitions"].as_i64()), (Some("orders"), Some(3)));
    dev.run("topic alter orders --partitions 5 --config retention.ms=60000").ok();
    let described = dev.run("topic describe orders -o json").json();
    assert_eq!(described["partitions"].as_array().unwrap().len(), 5);
    let configs = described["configs"].as_array().unwrap();
    let retention = |configs: &Vec<serde_json::Value>| {
        configs.iter().find(|config| config["name"] == "retention.ms").unwrap().clone()
    };
    assert_eq!(
        (retention(configs)["value"].as_str(), retention(configs)["source"].as_str()),
        (Some("60000"), Some("topic"))
    );
    dev.run("topic alter orders --delete-config retention.ms").ok();
    let described = dev.run("topic describe orders -o json").json();
    assert_ne!(retention(described["configs"].as_array().unwrap())["source"], "topic");
    dev.run("topic alter orders --partitions 2").failed(2, &["orders", "INVALID_PARTITIONS"]);
    assert_eq!(dev.run("topic delete orders").text(), "deleted topic `orders`\n");
    for line in [
        "topic describe orders",
        "topic delete orders",
        "topic alter orders --partitions 9",
        "consume orders -e",
    ] {
        dev.run(line).failed(5, &["`orders` does not exist", "topic list"]);
    }
}

#[test]
fn several_topics_are_told_one_by_one() {
    let dev = Dev::ephemeral();
    dev.run("topic create b").ok();
    let ran = dev.run("topic create a b c --partitions 2");
    assert_eq!((ran.code, ran.errors.lines().count()), (Some(6), 1), "{ran:?}");
    assert_eq!(
        String::from_utf8_lossy(&ran.out),
        "created topic `a` with 2 partitions\ncreated topic `c` with 2 partitions\n"
    );
    let ran = dev.run("topic delete nowhere a no b");
    assert_eq!((ran.code, ran.errors.lines().count()), (Some(5), 2), "{ran:?}");
    assert_eq!(dev.run("topic list -o name").text(), "c\n");
}

/// A wait that a person notices; the best of several, since other tests run beside this one.
#[test]
fn a_list_comes_at_once() {
    const AT_ONCE: Duration = Duration::from_millis(50);
    let dev = Dev::ephemeral();
    dev.run("topic create a b c --partitions 3").ok();
    let took = |_| {
        let begun = Instant::now();
        dev.run("topic list").ok();
        begun.elapsed()
    };
    let best = (0..200).map(took).find(|took| *took < AT_ONCE);
    assert!(best.is_some(), "`topic list` never took less than {AT_ONCE:?}");
}

#[test]
fn thousands_of_topics_with_long_names_are_listed_and_looked_at() {
    let dev = Dev::ephemeral();
    let names: Vec<String> =
        (0..1000).map(|n| format!("{n:04}-{}", "x".repeat(if n % 2 == 0 { 3 } else { 200 }))).collect();
    dev.run(&format!("topic create {}", names.join(" "))).ok();
    assert_eq!(dev.run("topic list -o name").text().lines().collect::<Vec<_>>(), names);
    let table = dev.run("topic list").text();
    let ends: Vec<usize> = table.lines().map(str::len).collect();
    assert!(ends.iter().all(|end| *end == ends[0]), "the columns are aligned");
    // It may have something to say of this machine's disk.
    assert!(dev.run("doctor").text().contains("looked at 1 broker, 1000 topics and 0 groups: "));
    assert!(dev.run("top").text().contains("1000 topics"));
    assert_eq!(dev.run(&format!("topic delete {}", names.join(" "))).text().lines().count(), 1000);
    assert_eq!(dev.run("topic list").text(), "TOPIC  PARTITIONS  REPLICAS\n");
}

#[test]
fn mistakes_name_what_was_meant() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    for line in ["topic create u --config retention.mss=1", "topic alter t --config retention.mss=1"] {
        dev.run(line).failed(2, &["retention.mss", "did you mean `retention.ms`?"]);
    }
    dev.run("topic create t/u").failed(2, &["t/u"]);
    dev.run("topic create u --config segment.bytes=huge").failed(2, &["segment.bytes", "huge"]);
    dev.run("topic create u --replication-factor 3").failed(2, &["INVALID_REPLICATION_FACTOR"]);
    dev.run("topic create orders").ok();
    dev.run("consume orders -e -g billing").ok();
    for line in ["topic describe ordres", "topic delete order", "consume order -e"] {
        dev.run(line).failed(5, &["does not exist; did you mean `orders`? `mainstem topic list`"]);
    }
    dev.run("group describe biling").failed(5, &["did you mean `billing`? `mainstem group list`"]);
    dev.run("topic describe nothing-like-it").failed(5, &["does not exist; `mainstem topic list`"]);
    let typo = dev.run("tpoic list");
    assert!(typo.code == Some(2) && typo.errors.contains("'topic'"), "{}", typo.errors);
}

#[test]
fn what_is_piped_has_no_colour() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run("produce t x").ok();
    for line in ["topic list", "topic describe t", "group list", "consume t -e -o table", "tpoic", "--help"] {
        let ran = dev.run(line);
        assert!(!ran.out.contains(&0x1b) && !ran.errors.contains('\x1b'), "{line}");
    }
}
