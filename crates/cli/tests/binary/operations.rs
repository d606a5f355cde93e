//! What whoever runs a cluster asks for: groups' offsets, files of a log, folders, quorum.
use crate::node::{Dev, Ran, binary, finish};
use std::{fs, path::Path};

fn run(line: &str) -> Ran {
    let mut command = binary();
    command.args(line.split(' '));
    finish(command, b"")
}

#[test]
fn a_reset_is_shown_before_it_is_done() {
    let dev = Dev::ephemeral();
    dev.run("topic create t --partitions 2").ok();
    dev.run_with("produce t -p 0", b"a\nb\nc\nd\ne\n").ok();
    dev.run("group reset g --to-latest").failed(5, &["`g` has no offset", "--topic"]);
    let planned = dev.run("group reset g --topic t --to-offset 3 -o json");
    assert!(planned.errors.contains("--execute"), "{}", planned.errors);
    let planned = planned.json();
    assert_eq!((&planned[0]["new_offset"], &planned[1]["new_offset"]), (&3.into(), &0.into()));
    assert_eq!(planned[1]["note"], "the log ends there");
    // Nothing has happened.
    dev.run("group describe g").failed(5, &["g"]);
    dev.run("group reset g --topic t --to-offset 3 --execute").ok();
    let offsets = |dev: &Dev| {
        let rows = dev.run("group offsets g -o json").json();
        rows.as_array().unwrap().iter().map(|row| row["offset"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(offsets(&dev), [3, 0]);
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved");
    fs::write(&saved, dev.run("group offsets g -o ndjson").ok()).unwrap();
    for (arguments, expected) in [
        ("--shift-by -1", vec![2, 0]),
        ("--to-earliest", vec![0, 0]),
        ("--topic t:0 --to-latest", vec![5, 0]),
        ("--by-duration PT1H", vec![0, 0]),
        (&format!("--from-file {}", saved.display()), vec![3, 0]),
    ] {
        dev.run(&format!("group reset g {arguments} --execute")).ok();
        assert_eq!(offsets(&dev), expected, "{arguments}");
    }
    dev.run("group reset g --topic t:7 --to-latest").failed(5, &["0 to 1, not 7"]);
    dev.run("group delete-offsets g --topic t:1").ok();
    assert_eq!(offsets(&dev), [3]);
    assert_eq!(dev.run("group delete g").text(), "deleted group `g`\n");
    dev.run("group offsets g").failed(5, &["g"]);
}

#[test]
fn the_cluster_is_described() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run("produce t value").ok();
    let info = dev.run("cluster info -o json").json();
    assert_eq!(info["brokers"][0]["address"], dev.kafka.as_str());
    let features = dev.run("cluster features -o name").text();
    assert!(features.lines().any(|name| name == "metadata.version"), "{features}");
    let quorum = dev.run("quorum describe -o json").json();
    assert_eq!(
        (&quorum["leader"], &quorum["replicas"][0]["role"]),
        (&info["brokers"][0]["id"], &"leader".into())
    );
    let dirs = dev.run("log-dirs describe --topic t -o json").json();
    assert_eq!(dirs[0]["replicas"][0]["topic"], "t");
    assert!(dirs[0]["size_bytes"].as_u64() > Some(0));
    dev.run("log-dirs describe --broker 99").failed(5, &["no broker 99"]);
}

fn segment(folder: &Path, partition: &str) -> String {
    folder.join(partition).join("00000000000000000000").to_str().unwrap().to_owned()
}

#[test]
fn files_of_a_log_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::in_folder(folder.path());
    dev.run("topic create t").ok();
    dev.run_with("produce t -K : -H a=b -z lz4", b"k:v\n\xff:w\n").ok();
    dev.stop("-TERM");
    let t = segment(folder.path(), "t-0");
    let batch = run(&format!("dump {t}.log -o json")).json();
    assert_eq!(
        (&batch[0]["count"], &batch[0]["codec"], &batch[0]["valid"]),
        (&2.into(), &"lz4".into(), &true.into())
    );
    let records = run(&format!("dump {t}.log --records -o json")).json();
    assert_eq!(
        (&records[0]["key"], &records[1]["key"], &records[1]["value"]),
        (&"k".into(), &"0xff".into(), &"w".into())
    );
    let metadata =
        run(&format!("dump {}.log -o ndjson", segment(folder.path(), "__cluster_metadata-0"))).text();
    assert!(metadata.contains("\"type\":\"Topic\"") && !metadata.contains("Unreadable"), "{metadata}");
    for file in [
        "t-0/partition.metadata",
        "meta.properties",
        "t-0/leader-epoch-checkpoint",
        "replication-offset-checkpoint",
    ] {
        let path = folder.path().join(file);
        assert!(!run(&format!("dump {}", path.display())).ok().is_empty(), "{file}");
    }
    // A segment that is cut is shown up to there.
    let log = format!("{t}.log");
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend_from_slice(&bytes.clone()[..70]);
    fs::write(&log, bytes).unwrap();
    let cut = run(&format!("dump {log} -o json"));
    assert!(cut.errors.contains("beyond the end of the file"), "{}", cut.errors);
    assert_eq!(cut.json().as_array().unwrap().len(), 1);
    run("dump /nonexistent/00000000000000000000.log").failed(5, &["No such file"]);
    run("dump Cargo.toml").failed(2, &["no file of a log"]);
}

#[test]
fn a_folder_is_formatted_for_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display();
    assert_eq!(run(&format!("storage info {path} -o json")).json()[0]["formatted"], false);
    run(&format!("storage format {path} -t nonsense")).code.map(|code| assert_eq!(code, 2)).unwrap();
    run(&format!("storage format {path} -t 4L6g3nShT-eMCtK--X86sw")).ok();
    run(&format!("storage format {path}")).failed(6, &["already formatted", "4L6g3nShT-eMCtK--X86sw"]);
    run(&format!("storage format {path} -g")).ok();
    let info = run(&format!("storage info {path} -o json")).json();
    assert_eq!(
        (&info[0]["cluster_id"], &info[0]["node_id"]),
        (&"4L6g3nShT-eMCtK--X86sw".into(), &"1".into())
    );
    let dev = Dev::in_folder(folder.path());
    assert_eq!(dev.run("cluster info -o name").text(), "4L6g3nShT-eMCtK--X86sw\n");
}

#[test]
fn the_doctor_names_what_is_wrong() {
    let dev = Dev::ephemeral();
    dev.run("topic create t").ok();
    dev.run("produce t value").ok();
    let subjects = |dev: &Dev| dev.run("doctor -o name").ok();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert!(!text(subjects(&dev)).contains("topic `t`"));
    dev.run("config set topic t unclean.leader.election.enable=true").ok();
    dev.run("group reset idle --topic t --to-earliest --execute").ok();
    let found = text(subjects(&dev));
    assert!(found.contains("topic `t`") && found.contains("group `idle`"), "{found}");
    let (folder, nowhere) = (tempfile::tempdir().unwrap(), "127.0.0.1:1");
    let server = crate::server::advertising(folder.path(), nowhere);
    let ill = run(&format!("doctor -b {}", server.address));
    assert!(ill.code == Some(1) && ill.errors.lines().count() == 1, "{ill:?}");
    assert!(String::from_utf8_lossy(&ill.out).contains(&format!("advertises {nowhere}")), "{ill:?}");
}

#[test]
fn throughput_and_latency_are_measured() {
    let dev = Dev::ephemeral();
    let produced = dev.run("perf produce t -n 2000 -s 50 -o json").json();
    assert_eq!((produced["records"].as_u64(), produced["bytes"].as_u64()), (Some(2000), Some(100_000)));
    assert!(produced["latency_ms"]["p99"].as_f64() > Some(0.0));
    let consumed = dev.run("perf consume t -o json").json();
    assert_eq!(consumed["records"].as_u64(), Some(2000));
    dev.run("perf consume t -n 2001").failed(5, &["only 2000 records"]);
    let latency = dev.run("perf latency t -n 200 --rate 1000 -o json").json();
    assert_eq!(latency["latency_ms"]["count"].as_u64(), Some(200));
}

#[test]
fn top_shows_one_picture_without_a_terminal() {
    let dev = Dev::ephemeral();
    dev.run("topic create orders").ok();
    dev.run("group reset billing --topic orders --to-earliest --execute").ok();
    let picture = dev.run("top").text();
    for words in ["1 broker", &dev.kafka, "orders", "billing"] {
        assert!(picture.contains(words), "`{words}` is not in: {picture}");
    }
    assert!(!picture.contains('\u{1b}'));
}
