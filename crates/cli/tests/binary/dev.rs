use crate::node::{Dev, binary, finish};
use std::{
    fs,
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

#[test]
fn is_ready_when_it_says_so() {
    let dev = Dev::ephemeral();
    assert_eq!(dev.get("/livez").0, 200);
    assert_eq!(dev.get("/readyz").0, 200);
    let (status, metrics) = dev.get("/metrics");
    assert!(status == 200 && metrics.contains("# TYPE "), "{metrics}");
    assert_eq!(dev.run("topic list").text().trim(), "TOPIC  PARTITIONS  REPLICAS");
}

#[test]
fn ends_at_once_and_leaves_nothing() {
    for signal in ["-INT", "-TERM"] {
        let dev = Dev::ephemeral();
        dev.run("topic create t --partitions 3").ok();
        dev.run_with("produce t", b"a\nb\n").ok();
        let folder = dev.data_dir.clone();
        assert!(Path::new(&folder).is_dir());
        let (took, code) = dev.stop(signal);
        assert_eq!(code, Some(0), "{signal}");
        assert!(took < Duration::from_secs(1), "{signal}: {took:?}");
        assert!(!Path::new(&folder).exists(), "{folder} is still there");
    }
}

#[test]
fn keeps_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::in_folder(folder.path());
    dev.run("topic create t --config retention.ms=123456789").ok();
    dev.run_with("produce t", b"first\n").ok();
    let id = dev.run("topic describe t -o json").json()["id"].clone();
    dev.stop("-TERM");

    let dev = Dev::in_folder(folder.path());
    dev.run_with("produce t", b"second\n").ok();
    // Not asked to end this time.
    dev.kill();

    let dev = Dev::in_folder(folder.path());
    assert_eq!(dev.run("consume t -e").text(), "first\nsecond\n");
    assert_eq!(dev.run("topic describe t -o json").json()["id"], id);
    assert!(dev.run("topic describe t").text().contains("retention.ms=123456789"));
    assert!(fs::read_dir(folder.path()).unwrap().any(|entry| entry.unwrap().file_name() == "mainstem.log"));
}

#[test]
fn a_folder_has_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Dev::in_folder(folder.path());
    let mut second = binary();
    second.args(["dev", "--kafka-port", "0", "--admin-port", "0", "--data-dir"]).arg(folder.path());
    finish(second, b"").failed(1, &["another server", folder.path().to_str().unwrap()]);
}

#[test]
fn a_busy_port_that_was_asked_for_is_an_error() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    for option in ["--kafka-port", "--admin-port"] {
        let other = if option == "--kafka-port" { "--admin-port" } else { "--kafka-port" };
        let mut command = binary();
        command.args(["dev", "--ephemeral", option, &port, other, "0"]);
        finish(command, b"").failed(1, &[&port, "in use", "choose another port"]);
    }
}

#[test]
fn no_broker_there_is_said_at_once() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap().to_string();
    drop(closed);
    for line in ["topic list", "topic describe t", "consume t -e", "produce t x", "group list"] {
        let begun = Instant::now();
        let mut command = binary();
        command.args(line.split(' ')).args(["--bootstrap-server", &address]);
        finish(command, b"").failed(3, &[&address, "refused", "mainstem dev"]);
        assert!(begun.elapsed() < Duration::from_secs(3), "{line}");
    }
}

#[test]
fn a_port_that_speaks_something_else_is_said_too() {
    let dev = Dev::ephemeral();
    let begun = Instant::now();
    let mut command = binary();
    command.args(["topic", "list", "--bootstrap-server", &dev.admin]);
    let ran = finish(command, b"");
    assert_eq!((ran.code, ran.errors.lines().count()), (Some(3), 1), "{}", ran.errors);
    assert!(begun.elapsed() < Duration::from_secs(4));
}
