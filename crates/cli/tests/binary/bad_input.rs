//! What goes wrong around a command: no broker, a wrong one, broken records, a full disk, an impatient user.
use crate::{
    fake::{Broker, listen, says, silent},
    node::{Dev, Ran, binary, finish, send, wait},
};
use client::ErrorCode;
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    os::unix::ffi::OsStrExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

fn run(line: &str, address: &str) -> Ran {
    let mut command = binary();
    command.args(line.split(' ')).args(["-b", address]);
    finish(command, b"")
}

/// A closed port.
fn nowhere() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// No name server is asked for a name whose first part is this long: the answer is the same everywhere.
fn no_such_host() -> String {
    format!("{}.invalid:9092", "x".repeat(64))
}

/// Of every command that asks a cluster.
const COMMANDS: [&str; 22] = [
    "topic list",
    "topic create t",
    "topic describe t",
    "topic alter t --partitions 2",
    "topic delete t",
    "produce t x",
    "consume t -e",
    "group list",
    "group describe g",
    "group reset g --to-earliest",
    "config describe topic t",
    "config set topic t retention.ms=1",
    "cluster info",
    "cluster features",
    "quorum describe",
    "log-dirs describe",
    "txn list",
    "txn find-hanging",
    "perf produce t -n 1",
    "perf consume t -n 1",
    "doctor",
    "top",
];

#[test]
fn no_broker_there_is_one_line_within_three_seconds() {
    let nowhere = nowhere();
    for line in COMMANDS {
        let begun = Instant::now();
        run(line, &nowhere)
            .failed(3, &[&nowhere, "Connection refused", "mainstem dev", "--bootstrap-server"]);
        assert!(begun.elapsed() < Duration::from_secs(3), "{line}: {:?}", begun.elapsed());
    }
}

#[test]
fn an_address_that_is_no_broker_says_why() {
    let tls_alert = b"\x15\x03\x03\x00\x02\x02\x0a";
    for (address, says) in [
        (no_such_host(), &["host name does not resolve", "spelt"][..]),
        (silent(), &["did not answer within 2.5 s", "firewall"]),
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), &["speaks HTTP, not Kafka", "port of a Kafka listener"]),
        (says(tls_alert), &["speaks TLS", "security.protocol=SSL"]),
        (says(b"\0\0\0\x04what is this"), &["port of a Kafka listener"]),
        (says(b"SSH-2.0-OpenSSH_9.9\r\n"), &["does not speak Kafka"]),
        (listen(drop), &["wants TLS"]),
    ] {
        for line in ["topic list", "produce t x"] {
            let begun = Instant::now();
            let ran = run(line, &address);
            ran.failed(3, says);
            ran.failed(3, &[&address, "--bootstrap-server"]);
            assert!(begun.elapsed() < Duration::from_secs(3), "{address}: {:?}", begun.elapsed());
        }
    }
    let dev = Dev::ephemeral();
    dev.run("topic list -X security.protocol=SSL").failed(3, &[&dev.kafka, "TLS"]);
    let sasl =
        "-X security.protocol=SASL_PLAINTEXT -X sasl.mechanism=PLAIN -X sasl.username=a -X sasl.password=b";
    dev.run(&format!("topic list {sasl}")).failed(3, &[&dev.kafka, "does not ask for SASL"]);
    // Where one of several works, that is enough.
    run("topic list", &format!("{},{}", nowhere(), dev.kafka)).ok();
    let (one, two) = (nowhere(), nowhere());
    run("topic list", &format!("{one},{two}")).failed(3, &[&one, &two, "none of"]);
    for wrong in ["nonsense:port", "", "a:99999"] {
        run("topic list", wrong).failed(2, &["HOST:PORT"]);
    }
}

#[test]
fn a_wrong_advertised_address_is_named() {
    for (advertised, says) in [
        (nowhere(), "Connection refused"),
        (no_such_host(), "does not resolve"),
        (silent(), "did not answer"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = crate::server::advertising(folder.path(), &advertised);
        let told = format!("{} answered, and says that a broker is at {advertised}", server.address);
        for line in
            ["group list", "topic describe t", "consume t -e", "produce t x", "log-dirs describe", "top"]
        {
            let begun = Instant::now();
            run(line, &server.address).failed(3, &[&told, says, "advertised.listeners"]);
            assert!(begun.elapsed() < Duration::from_secs(3), "{line}: {:?}", begun.elapsed());
        }
        // What needs no broker in particular works.
        run("topic list", &server.address).ok();
    }
}

#[test]
fn a_script_can_tell_failures_apart() {
    let refusing = |code| Broker { topic_error: Some(code), create_error: Some(code), ..Broker::default() };
    let short = "-X default.api.timeout.ms=200";
    for (code, line, exit) in [
        (ErrorCode::TOPIC_AUTHORIZATION_FAILED, "topic create t", 4),
        (ErrorCode::TOPIC_AUTHORIZATION_FAILED, "topic describe t", 4),
        (ErrorCode::TOPIC_AUTHORIZATION_FAILED, "produce t x", 4),
        (ErrorCode::CLUSTER_AUTHORIZATION_FAILED, "topic create t", 4),
        (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "topic describe t", 5),
        (ErrorCode::TOPIC_ALREADY_EXISTS, "topic create t", 6),
        (ErrorCode::REQUEST_TIMED_OUT, "topic create t -X default.api.timeout.ms=200", 7),
        (ErrorCode::LEADER_NOT_AVAILABLE, &format!("topic describe t {short}"), 7),
        (ErrorCode::INVALID_PARTITIONS, "topic create t", 2),
        (ErrorCode::UNKNOWN_SERVER_ERROR, "topic create t", 1),
    ] {
        let ran = run(line, &refusing(code).start());
        ran.failed(exit, &["error: "]);
    }
    let hidden = Broker { fetch_error: Some(ErrorCode::TOPIC_AUTHORIZATION_FAILED), ..Broker::default() };
    run("consume t -e", &hidden.batch(&["a"]).start()).failed(4, &["ACL"]);
}

#[test]
fn broken_records_are_shown_and_passed_over() {
    let broker = Broker::default().batch(&["a", "b"]).flipped(&["c"]).batch(&["d"]).nonsense(2).batch(&["e"]);
    let address = broker.start();
    for (form, expected) in [("value", "a\nb\nd\ne\n"), ("json", "\"offset\":6"), ("table", "  6  ")] {
        let ran = run(&format!("consume t -e -o {form}"), &address);
        assert_eq!(ran.code, Some(0), "{}", ran.errors);
        let warnings: Vec<&str> = ran.errors.lines().collect();
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        for (warning, offset) in warnings.iter().zip(["at offset 2", "at offset 4"]) {
            assert!(warning.starts_with("warning: cannot read the records of t-0"), "{warning}");
            assert!(warning.contains(offset), "{warning}");
        }
        assert!(String::from_utf8_lossy(&ran.out).contains(expected), "{form}: {ran:?}");
    }
    // Where not even the length can be read, nothing behind it is found.
    let lost = Broker::default().batch(&["a"]).raw(vec![0xff; 200].into(), 1).batch(&["b"]).start();
    let ran = run("consume t -e", &lost);
    assert_eq!((ran.code, ran.out.as_slice()), (Some(1), &b"a\n"[..]), "{}", ran.errors);
    let last = ran.errors.lines().last().unwrap();
    assert!(last.contains("t-0 cannot be read from offset 1 on"), "{}", ran.errors);
}

fn spawn(dev: &Dev, line: &str) -> Child {
    let mut command = dev.command(line);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn errors(child: &mut Child) -> String {
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    errors
}

#[test]
fn an_interrupted_consume_has_written_whole_records_and_says_how_far_it_came() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t", b"a\nb\nc\n").ok();
    // To follow has no end of its own; with a count the end was not reached.
    for (line, signal, code) in [
        ("consume t", "-INT", 0),
        ("consume t", "-TERM", 0),
        ("consume t -n 9", "-INT", 130),
        ("consume t -n 9", "-TERM", 143),
    ] {
        let mut child = spawn(&dev, line);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for expected in ["a", "b", "c"] {
            assert_eq!(lines.next().unwrap().unwrap(), expected);
        }
        send(signal, &child);
        assert_eq!(wait(&mut child).code(), Some(code), "{line} {signal}");
        assert_eq!(errors(&mut child), "stopped after 3 records; next is t-0 at 3\n");
        assert!(lines.next().is_none());
    }
}

#[test]
fn an_interrupted_produce_has_delivered_what_it_read() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    let end = |dev: &Dev| dev.run("topic describe t -o json").json()["partitions"][0]["end_offset"].as_i64();
    let mut child = spawn(&dev, "produce t");
    let mut input = child.stdin.take().unwrap();
    // The second line has no end yet, so it is no record.
    input.write_all(b"whole\nha").unwrap();
    while end(&dev) == Some(0) {}
    send("-INT", &child);
    assert_eq!(wait(&mut child).code(), Some(130));
    assert_eq!(errors(&mut child), "stopped after 1 record, all delivered\n");
    // These wait for others, however many of them were read before the signal.
    let mut child = spawn(&dev, "produce t -X linger.ms=60000");
    let mut input = child.stdin.take().unwrap();
    for _ in 0..20_000 {
        input.write_all(b"line\n").unwrap();
    }
    send("-TERM", &child);
    assert_eq!(wait(&mut child).code(), Some(143));
    let told = errors(&mut child);
    let count: i64 = told.split(' ').nth(2).unwrap().parse().unwrap();
    assert!(told.ends_with("all delivered\n"), "{told}");
    assert_eq!(end(&dev), Some(1 + count), "{told}");
    assert_eq!(dev.run("consume t -e").text(), "whole\n".to_owned() + &"line\n".repeat(count as usize));
}

#[test]
fn an_interrupted_console_producer_has_sent_what_waits_for_others() {
    let dev = Dev::ephemeral();
    dev.run("topic create t --partitions 1").ok();
    let mut sent = 0;
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = spawn(&dev, "kafka-console-producer --topic t --timeout 60000");
        let mut input = child.stdin.take().unwrap();
        // More than a pipe holds, so some lines were read before the signal.
        for _ in 0..20_000 {
            input.write_all(b"line\n").unwrap();
        }
        send(signal, &child);
        assert_eq!(wait(&mut child).code(), Some(code), "{}", errors(&mut child));
        let count = dev.run("topic describe t -o json").json()["partitions"][0]["end_offset"].as_i64();
        assert!(count > Some(sent), "{count:?}");
        sent = count.unwrap();
    }
    assert_eq!(dev.run("consume t -e").text(), "line\n".repeat(sent as usize));
}

#[test]
fn an_interrupted_verifiable_producer_tells_of_all_that_it_sent() {
    let dev = Dev::ephemeral();
    dev.run("topic create t --partitions 1").ok();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = spawn(&dev, "kafka-verifiable-producer --topic t --throughput 1000");
        let mut events = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut event = || -> Option<Value> { Some(serde_json::from_str(&events.next()?.unwrap()).unwrap()) };
        assert_eq!(event().unwrap()["name"], "startup_complete");
        assert_eq!(event().unwrap()["name"], "producer_send_success");
        send(signal, &child);
        let rest: Vec<Value> = std::iter::from_fn(event).collect();
        let names: Vec<&str> = rest.iter().map(|event| event["name"].as_str().unwrap()).collect();
        let sent = 1 + names.iter().filter(|name| **name == "producer_send_success").count();
        assert_eq!(names[names.len() - 2..], ["shutdown_complete", "tool_data"]);
        let summary = rest.last().unwrap();
        assert_eq!((&summary["sent"], &summary["acked"]), (&sent.into(), &sent.into()), "{summary}");
        assert_eq!(wait(&mut child).code(), Some(code), "{}", errors(&mut child));
    }
}

#[test]
fn a_full_disk_ends_it_with_a_line() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run_with("produce t", b"a\nb\n").ok();
    for line in ["consume t", "consume t -e", "topic list", "topic describe t -o json", "perf consume t"] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let child = dev
            .command(line)
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stderr);
        assert_eq!((child.status.code(), said.lines().count()), (Some(1), 1), "{line}: {said}");
        assert!(said.contains("cannot write to standard output: No space left on device"), "{said}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    dev.run(&format!("produce t -l {path}")).failed(1, &["cannot read", "directory"]);
    dev.run("produce t -l /nonexistent").failed(2, &["/nonexistent", "No such file"]);
    dev.run(&format!("produce t --file {path}")).failed(2, &[path, "directory"]);
    let child = dev.command("produce t").stdin(File::open(path).unwrap()).output().unwrap();
    assert_eq!(child.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&child.stderr).contains("cannot read the input: Is a directory"));
    assert_eq!(dev.run("consume t -e").ok(), b"");
}

#[test]
fn what_is_longer_than_a_record_may_be_is_not_read_to_its_end() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    // Neither has an end.
    for line in ["produce t -l /dev/zero", "produce t -f %K{big8}%k%v; -l /dev/zero"] {
        dev.run(line).failed(2, &["record 1 has no end within 16777216 bytes", "max.request.size"]);
    }
    let failed = dev.run("produce t --file /dev/zero");
    failed.failed(2, &["16777216"]);
    assert_eq!(dev.run("consume t -e").ok(), b"");
}

#[test]
fn a_fifo_without_a_writer_holds_up_nothing() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    let folder = tempfile::tempdir().unwrap();
    let [first, fifo] = ["first", "fifo"].map(|name| folder.path().join(name).display().to_string());
    fs::write(&first, "first").unwrap();
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut child = spawn(&dev, &format!("produce t --file {first} {fifo}"));
    while dev.run("consume t -e").ok() != b"first\n" {}
    send("-INT", &child);
    assert_eq!(wait(&mut child).code(), Some(130));
    assert_eq!(errors(&mut child), "stopped after 1 record, all delivered\n");
}

#[test]
fn bytes_that_are_no_text_are_records_too() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    let bytes: Vec<u8> = (0..=255).filter(|byte| *byte != b'\n').collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bytes");
    fs::write(&path, &bytes).unwrap();
    dev.run_with("produce t", &bytes).ok();
    dev.run(&format!("produce t -l {}", path.display())).ok();
    let mut typed = dev.command("produce t");
    let [key, value] = [&b"\xff"[..], b"\xfe\xfd"].map(OsStr::from_bytes);
    typed.args([OsStr::new("-k"), key, value]);
    finish(typed, b"").ok();
    let expected = [&bytes[..], b"\n", &bytes, b"\n", b"\xfe\xfd\n"].concat();
    assert_eq!(dev.run("consume t -e").ok(), expected);
    let json = dev.run("consume t -e -o json").text();
    assert!(json.lines().last().unwrap().contains(r#""key_base64":"/w==","value_base64":"/v0=""#), "{json}");
    // Elsewhere it is a mistake, and no panic.
    let mut typed = dev.command("topic describe");
    typed.arg(OsStr::from_bytes(b"\xff"));
    assert_eq!(finish(typed, b"").code, Some(2));
}

#[test]
fn a_closed_pipe_ends_every_list_quietly() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    for line in [
        "topic list",
        "topic describe t",
        "config describe broker 1 --all",
        "--help",
        "completion bash",
        "doctor",
    ] {
        let mut child = match line {
            "--help" | "completion bash" => {
                let mut command = binary();
                command.args(line.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            }
            line => spawn(&dev, line),
        };
        drop(child.stdout.take());
        let code = wait(&mut child).code();
        let said = errors(&mut child);
        assert!(
            code == Some(0) && !said.contains("error") && !said.contains("panic"),
            "{line}: {code:?} {said}"
        );
    }
}
