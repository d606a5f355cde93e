//! Which offset belongs to a time, and to a leader epoch.
use protocol::{
    ErrorCode, ListOffsetsRequest, OffsetForLeaderEpochRequest,
    list_offsets::{
        request::{ListOffsetsPartition, ListOffsetsTopic},
        response::ListOffsetsPartitionResponse,
    },
    offset_for_leader_epoch::request::{OffsetForLeaderPartition, OffsetForLeaderTopic},
};
use records::{BatchBuilder, Compression, NewRecord};
use testkit::{TestBroker, Wire, batch_of, text};

fn request(wanted: &[(i32, i64)]) -> ListOffsetsRequest {
    let partition = |(partition_index, timestamp): &(i32, i64)| ListOffsetsPartition {
        partition_index: *partition_index,
        timestamp: *timestamp,
        ..Default::default()
    };
    let topic = ListOffsetsTopic { name: text("t"), partitions: wanted.iter().map(partition).collect() };
    ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() }
}

fn look_up(wire: &mut Wire, version: i16, timestamp: i64) -> ListOffsetsPartitionResponse {
    wire.ask(version, &request(&[(0, timestamp)])).topics.remove(0).partitions.remove(0)
}

/// Error, offset, timestamp.
fn found(answer: &ListOffsetsPartitionResponse) -> (ErrorCode, i64, i64) {
    (ErrorCode(answer.error_code), answer.offset, answer.timestamp)
}

fn stamped(codec: Compression, timestamps: &[i64]) -> bytes::Bytes {
    let record =
        |timestamp: &i64| NewRecord { timestamp: *timestamp, value: Some(b"x"), ..Default::default() };
    batch_of(BatchBuilder::new(codec), &timestamps.iter().map(record).collect::<Vec<_>>())
}

/// A topic `t` with records at these times, and the first of them deleted.
fn start() -> (TestBroker, Wire) {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for batch in [
        stamped(Compression::None, &[1000, 1000, 2000]),
        stamped(Compression::Lz4, &[5000, 3000, 9000]),
        stamped(Compression::None, &[8000]),
    ] {
        assert_eq!(wire.produce("t", 0, batch).error_code, 0);
    }
    (broker, wire)
}

/// 56. Each marker has its meaning from the version on that brought it, and is UNSUPPORTED_VERSION before.
#[test]
fn markers_mean_what_their_version_says() {
    let (_broker, mut wire) = start();
    let unsupported = (ErrorCode::UNSUPPORTED_VERSION, -1, -1);
    let nothing = (ErrorCode::NONE, -1, -1);
    for (marker, from_version, expected) in [
        (-1, 1, (ErrorCode::NONE, 7, -1)),
        (-2, 1, (ErrorCode::NONE, 0, -1)),
        (-3, 7, (ErrorCode::NONE, 5, 9000)),
        (-4, 8, (ErrorCode::NONE, 0, -1)),
        (-5, 9, nothing),
        (-6, 11, nothing),
        (-7, 99, nothing),
    ] {
        for version in 1..=11 {
            let expected = if version < from_version { unsupported } else { expected };
            assert_eq!(
                found(&look_up(&mut wire, version, marker)),
                expected,
                "{marker} in version {version}"
            );
        }
    }
}

/// 56. The latest offset is the last stable one where only committed records are asked for.
#[test]
fn the_latest_offset_by_isolation() {
    let (_broker, mut wire) = start();
    for isolation_level in [0, 1] {
        let request = ListOffsetsRequest { isolation_level, ..request(&[(0, -1)]) };
        assert_eq!(wire.ask(11, &request).topics[0].partitions[0].offset, 7);
    }
}

/// 56. An empty partition starts and ends at 0 and has no greatest timestamp.
#[test]
fn an_empty_partition() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for (timestamp, offset) in [(-1, 0), (-2, 0), (-3, -1), (0, -1)] {
        assert_eq!(found(&look_up(&mut wire, 11, timestamp)), (ErrorCode::NONE, offset, -1), "{timestamp}");
    }
}

/// 57. A time finds the first record at or after it, inside its batch, with its leader epoch; after the last record
///     it finds nothing, without an error.
#[test]
fn a_time_finds_the_first_record_at_or_after_it() {
    let (_broker, mut wire) = start();
    for (timestamp, offset, at) in [
        (0, 0, 1000),
        (1000, 0, 1000),
        (1001, 2, 2000),
        (2000, 2, 2000),
        (2001, 3, 5000),
        (5001, 5, 9000),
        (9000, 5, 9000),
        (9001, -1, -1),
        (i64::MAX, -1, -1),
    ] {
        let answer = look_up(&mut wire, 11, timestamp);
        assert_eq!(found(&answer), (ErrorCode::NONE, offset, at), "time {timestamp}");
        assert_eq!(answer.leader_epoch, if offset < 0 { -1 } else { 0 });
        // Before version 4 nobody asks for epochs.
        assert_eq!(look_up(&mut wire, 3, timestamp).leader_epoch, -1);
    }
}

/// 58. A partition that is named twice is INVALID_REQUEST; the others are answered.
#[test]
fn a_partition_named_twice() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 2);
    let answer = wire.ask(11, &request(&[(0, -1), (1, -1), (0, -2)]));
    for partition in &answer.topics[0].partitions {
        let expected =
            if partition.partition_index == 0 { ErrorCode::INVALID_REQUEST } else { ErrorCode::NONE };
        assert_eq!(ErrorCode(partition.error_code), expected);
    }
}

/// 58. Version 10 has a timeout for what lies elsewhere; all lies here, so any will do.
#[test]
fn any_timeout_will_do() {
    let (_broker, mut wire) = start();
    for timeout_ms in [-1, 0, 30_000] {
        let request = ListOffsetsRequest { timeout_ms, ..request(&[(0, -1)]) };
        assert_eq!(wire.ask(10, &request).topics[0].partitions[0].offset, 7);
    }
}

/// 57. Errors belong to a partition, and leader epochs are checked.
#[test]
fn errors_belong_to_a_partition() {
    let (_broker, mut wire) = start();
    let mut request = request(&[(0, -1), (5, -1), (0, -1)]);
    request.topics[0].partitions.remove(2);
    let codes: Vec<_> =
        wire.ask(11, &request).topics[0].partitions.iter().map(|part| part.error_code).collect();
    assert_eq!(codes, [0, 3]);
    for (epoch, code) in [(0, ErrorCode::NONE), (1, ErrorCode::UNKNOWN_LEADER_EPOCH)] {
        request.topics[0].partitions.truncate(1);
        request.topics[0].partitions[0].current_leader_epoch = epoch;
        assert_eq!(ErrorCode(wire.ask(11, &request).topics[0].partitions[0].error_code), code);
    }
}

fn epoch_request(partition: i32, current: i32, asked: i32) -> OffsetForLeaderEpochRequest {
    let wanted = OffsetForLeaderPartition { partition, current_leader_epoch: current, leader_epoch: asked };
    OffsetForLeaderEpochRequest {
        replica_id: -1,
        topics: vec![OffsetForLeaderTopic { topic: text("t"), partitions: vec![wanted] }],
    }
}

fn current_epoch(wire: &mut Wire) -> i32 {
    wire.list_offset("t", 0, -1).leader_epoch
}

/// 59. An epoch is answered with the largest one that is not above it, and where that one ended.
#[test]
fn where_a_leader_epoch_ended() {
    let (mut broker, _) = start();
    // A restart is an election or two.
    broker.restart();
    broker.connect().append("t", 0, &["y"]);
    let second = current_epoch(&mut broker.connect());
    broker.restart();
    let mut wire = broker.connect();
    let third = current_epoch(&mut wire);
    assert!(0 < second - 1 && second < third);
    for (asked, expected) in [
        (0, (0, 7)),
        (second - 1, (0, 7)),
        (second, (second, 8)),
        (third, (third, 8)),
        (third + 1, (-1, -1)),
        (-1, (-1, -1)),
    ] {
        for version in 2..=4 {
            let end = wire.ask(version, &epoch_request(0, -1, asked)).topics.remove(0).partitions.remove(0);
            assert_eq!((end.error_code, (end.leader_epoch, end.end_offset)), (0, expected), "epoch {asked}");
        }
    }
    for (partition, current, code) in [
        (0, third, ErrorCode::NONE),
        (0, third - 1, ErrorCode::FENCED_LEADER_EPOCH),
        (0, third + 1, ErrorCode::UNKNOWN_LEADER_EPOCH),
        (4, -1, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
    ] {
        let end = wire.ask(4, &epoch_request(partition, current, 0)).topics.remove(0).partitions.remove(0);
        assert_eq!(ErrorCode(end.error_code), code, "partition {partition}, epoch {current}");
    }
}
