//! What becomes of a log with time and size.
use protocol::IncrementalAlterConfigsRequest;
use records::{BatchBuilder, Compression, NewRecord};
use std::fs;
use testkit::{TestBroker, Wire, batch_of, eventually, now_ms, text};

const HOUR: i64 = 3_600_000;
const MEBIBYTE: &str = "1048576";

fn broker() -> TestBroker {
    TestBroker::with(&[("log.initial.task.delay.ms", "0"), ("log.retention.check.interval.ms", "10")])
}

/// Appends a record of this size and time.
fn append(wire: &mut Wire, size: usize, timestamp: i64) {
    let value = vec![7; size];
    let record = NewRecord { timestamp, key: Some(b"k"), value: Some(&value), headers: &[] };
    let answer = wire.produce("t", 0, batch_of(BatchBuilder::new(Compression::None), &[record]));
    assert_eq!(answer.error_code, 0, "{:?}", answer.error_message);
}

fn set(wire: &mut Wire, key: &str, value: &str) {
    use protocol::incremental_alter_configs::request::{AlterConfigsResource, AlterableConfig};
    let config = AlterableConfig { name: text(key), config_operation: 0, value: Some(text(value)) };
    let topic = AlterConfigsResource { resource_type: 2, resource_name: text("t"), configs: vec![config] };
    let request = IncrementalAlterConfigsRequest { resources: vec![topic], validate_only: false };
    assert_eq!(wire.latest(&request).responses[0].error_code, 0);
}

#[track_caller]
fn starts_at(wire: &mut Wire, offset: i64) {
    eventually("the log start offset moves", || {
        (wire.list_offset("t", 0, -2).offset == offset).then_some(())
    });
}

/// 99. Records older than `retention.ms` go, by their own time, also those in the segment that is written to.
#[test]
fn old_records_go() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("retention.ms", "60000")]);
    append(&mut wire, 10, now_ms() - HOUR);
    append(&mut wire, 10, now_ms() - HOUR);
    starts_at(&mut wire, 2);
    append(&mut wire, 10, now_ms());
    assert_eq!(wire.list_offset("t", 0, -2).offset, 2);
    assert_eq!(wire.read("t", 0, 2).len(), 1);
}

/// 99. The newest record of a segment decides, so one that is young keeps those before it.
#[test]
fn the_newest_record_keeps_its_segment() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("retention.ms", "-1"), ("segment.bytes", MEBIBYTE)]);
    append(&mut wire, 600_000, now_ms() - HOUR);
    append(&mut wire, 600_000, now_ms() - HOUR);
    append(&mut wire, 10, now_ms());
    append(&mut wire, 600_000, now_ms());
    set(&mut wire, "retention.ms", "60000");
    starts_at(&mut wire, 1);
}

/// 99. Segments above `retention.bytes` go, oldest first, as long as what stays is not less than that.
#[test]
fn large_logs_shrink() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("retention.bytes", "1500000"), ("segment.bytes", MEBIBYTE)]);
    for _ in 0..5 {
        append(&mut wire, 700_000, now_ms());
    }
    // Three segments of 700,000 bytes are 2,100,000; without the first of them there would be too little.
    starts_at(&mut wire, 2);
}

/// 99. Segments wholly before the log start offset go, whatever retention says.
#[test]
fn deleted_records_free_their_segments() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create_with(
        "t",
        1,
        &[("retention.ms", "-1"), ("segment.bytes", MEBIBYTE), ("file.delete.delay.ms", "0")],
    );
    for _ in 0..3 {
        append(&mut wire, 700_000, now_ms());
    }
    let segments = || {
        let files = fs::read_dir(broker.data().join("t-0")).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|extension| extension == "log")).count()
    };
    assert_eq!(segments(), 3);
    let request = protocol::DeleteRecordsRequest {
        topics: vec![protocol::delete_records::request::DeleteRecordsTopic {
            name: text("t"),
            partitions: vec![protocol::delete_records::request::DeleteRecordsPartition {
                partition_index: 0,
                offset: 2,
            }],
        }],
        timeout_ms: 30_000,
    };
    assert_eq!(wire.latest(&request).topics[0].partitions[0].error_code, 0);
    eventually("two segments are gone", || (segments() == 1).then_some(()));
    assert_eq!(wire.read("t", 0, 2).len(), 1);
}

/// 99. A segment is closed after `segment.ms` by the time of its records, so that what it holds can go in time.
#[test]
fn segments_are_closed_by_age() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("segment.ms", "1000"), ("retention.ms", "-1")]);
    append(&mut wire, 10, now_ms() - HOUR);
    append(&mut wire, 10, now_ms());
    let files = fs::read_dir(broker.data().join("t-0")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut logs: Vec<_> =
        files.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".log")).collect();
    logs.sort();
    assert_eq!(logs, ["00000000000000000000.log", "00000000000000000001.log"]);
}

/// 99. A compacted topic without `delete` keeps its records for ever.
#[test]
fn compacted_topics_do_not_age() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create_with(
        "t",
        1,
        &[("cleanup.policy", "compact"), ("retention.ms", "1"), ("retention.bytes", "1")],
    );
    append(&mut wire, 10, now_ms() - HOUR);
    wire.create_with("aging", 1, &[("retention.ms", "60000")]);
    let old = NewRecord { timestamp: now_ms() - HOUR, value: Some(b"x"), ..NewRecord::default() };
    wire.produce("aging", 0, batch_of(BatchBuilder::new(Compression::None), &[old]));
    eventually("retention has passed by", || (wire.list_offset("aging", 0, -2).offset == 1).then_some(()));
    assert_eq!(wire.list_offset("t", 0, -2).offset, 0);
}

/// 101. With `compact,delete` records age as well.
#[test]
fn compact_and_delete_ages() {
    let broker = broker();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("cleanup.policy", "compact,delete"), ("retention.ms", "60000")]);
    append(&mut wire, 10, now_ms() - HOUR);
    starts_at(&mut wire, 1);
}
