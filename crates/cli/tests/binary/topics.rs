use crate::node::Dev;

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
fn mistakes_name_what_was_meant() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    for line in ["topic create u --config retention.mss=1", "topic alter t --config retention.mss=1"] {
        dev.run(line).failed(2, &["retention.mss", "did you mean `retention.ms`?"]);
    }
    dev.run("topic create t/u").failed(2, &["t/u"]);
    dev.run("topic create u --config segment.bytes=huge").failed(2, &["segment.bytes", "huge"]);
    dev.run("topic create u --replication-factor 3").failed(2, &["INVALID_REPLICATION_FACTOR"]);
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
