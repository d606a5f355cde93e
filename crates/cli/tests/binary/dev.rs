use crate::node::{Dev, binary, finish};
use protocol::{
    DescribeConfigsRequest, ErrorCode, IncrementalAlterConfigsRequest,
    describe_configs::request::DescribeConfigsResource,
    incremental_alter_configs::request::{AlterConfigsResource, AlterableConfig},
};
use std::{fs, net::TcpListener, path::Path, time::Duration};
use testkit::{Wire, eventually, text};

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

/// 103, 104. Loggers are listed with their levels, and write what the level says from the moment it is set (KIP-412).
#[test]
fn log_levels_change_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::in_folder(folder.path());
    let address = dev.kafka.parse().unwrap();
    let mut wire = Wire::to(address);
    let lines = || fs::read_to_string(folder.path().join("mainstem.log")).unwrap();
    // Each connection that goes leaves one line at DEBUG.
    let go = || Wire::to(address).expect_open();
    let is_told = || lines().contains("DEBUG mainstem_broker");

    assert_eq!(levels(&mut wire, &["root", "mainstem_broker", "openraft"]), ["INFO", "INFO", "WARN"]);
    go();
    assert!(!is_told());

    let [set, delete, append] = [0, 1, 2];
    for (changes, code) in [
        (vec![("mainstem_broker", set, Some("OFF"))], ErrorCode::INVALID_CONFIG),
        (vec![("mainstem_broker", set, Some("debug"))], ErrorCode::INVALID_CONFIG),
        (vec![("mainstem_broker", set, None)], ErrorCode::INVALID_REQUEST),
        (vec![("mainstem_broker", append, Some("DEBUG"))], ErrorCode::INVALID_REQUEST),
        (vec![("kafka.server", set, Some("DEBUG"))], ErrorCode::INVALID_CONFIG),
        (vec![("kafka.server", delete, None)], ErrorCode::INVALID_CONFIG),
        (vec![("root", delete, None)], ErrorCode::INVALID_REQUEST),
        // All or none.
        (vec![("mainstem_broker", set, Some("DEBUG")), ("x", delete, None)], ErrorCode::INVALID_CONFIG),
        (vec![("root", set, Some("INFO")), ("root", set, Some("WARN"))], ErrorCode::INVALID_REQUEST),
    ] {
        assert_eq!(set_levels(&mut wire, &["1"], &changes, false), [code], "{changes:?}");
    }
    let debug = [("mainstem_broker", set, Some("DEBUG"))];
    for name in ["", "2", "one"] {
        assert_eq!(set_levels(&mut wire, &[name], &debug, false), [ErrorCode::INVALID_REQUEST], "`{name}`");
    }
    assert_eq!(set_levels(&mut wire, &["1", "1"], &debug, false), [ErrorCode::INVALID_REQUEST; 2]);
    assert_eq!(set_levels(&mut wire, &["1"], &debug, true), [ErrorCode::NONE]);
    assert_eq!(levels(&mut wire, &["mainstem_broker"]), ["INFO"]);

    assert_eq!(set_levels(&mut wire, &["1"], &debug, false), [ErrorCode::NONE]);
    eventually("a line at DEBUG", || {
        go();
        is_told().then_some(())
    });
    let others = [("root", set, Some("FATAL")), ("mainstem_broker", delete, None)];
    assert_eq!(set_levels(&mut wire, &["1"], &others, false), [ErrorCode::NONE]);
    assert_eq!(levels(&mut wire, &["root", "mainstem_broker", "openraft"]), ["FATAL", "FATAL", "WARN"]);
}

/// The levels of these loggers, which are all that is asked for.
fn levels(wire: &mut Wire, loggers: &[&str]) -> Vec<String> {
    let resource =
        DescribeConfigsResource { resource_type: 8, resource_name: text("1"), configuration_keys: None };
    let request = DescribeConfigsRequest { resources: vec![resource], ..Default::default() };
    let described = wire.latest(&request).results.remove(0);
    let level = |logger: &&str| {
        let entry = described.configs.iter().find(|entry| *entry.name == **logger).unwrap();
        assert_eq!((entry.config_source, entry.read_only, entry.is_sensitive), (6, false, false));
        entry.value.as_ref().unwrap().to_string()
    };
    loggers.iter().map(level).collect()
}

/// Asks the same of the loggers of each of these brokers.
fn set_levels(
    wire: &mut Wire,
    brokers: &[&str],
    changes: &[(&str, i8, Option<&str>)],
    validate_only: bool,
) -> Vec<ErrorCode> {
    let config = |(logger, operation, level): &(&str, i8, Option<&str>)| AlterableConfig {
        name: text(logger),
        config_operation: *operation,
        value: level.map(text),
    };
    let resource = |name: &&str| AlterConfigsResource {
        resource_type: 8,
        resource_name: text(name),
        configs: changes.iter().map(config).collect(),
    };
    let resources = brokers.iter().map(resource).collect();
    let answer = wire.latest(&IncrementalAlterConfigsRequest { resources, validate_only });
    answer.responses.iter().map(|response| ErrorCode(response.error_code)).collect()
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
fn a_server_without_a_log_directory_ends() {
    let folder = tempfile::tempdir().unwrap();
    let node = Dev::in_folder(folder.path());
    node.run("topic create t --config mainstem.durability=flush").ok();
    std::fs::remove_dir_all(folder.path().join("t-0")).unwrap();
    // It cannot be made durable, so the only directory goes offline.
    let produced = node.command("produce t x").stdout(std::process::Stdio::null()).spawn();
    let (code, said) = node.ended();
    drop(produced.map(|mut child| child.kill().and_then(|()| child.wait())));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no log directory is left") && said.contains("t-0"), "{said}");
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
