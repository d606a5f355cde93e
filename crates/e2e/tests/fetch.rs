//! What a consumer gets, how much of it, and when.
use protocol::{
    ErrorCode, FetchRequest, FetchResponse, ProduceRequest,
    fetch::{request::FetchPartition, response::PartitionData},
};
use records::{BatchBuilder, Batches, Compression};
use testkit::{PATIENCE, TestBroker, Wire, batch, fetch_request, filled, produce_request, values_in};
use uuid::Uuid;

/// Longer than a test takes: an answer that waits for this has not come.
const FOR_EVER_MS: i32 = 600_000;

fn parts(response: FetchResponse) -> Vec<PartitionData> {
    response.responses.into_iter().flat_map(|topic| topic.partitions).collect()
}

fn part(response: FetchResponse) -> PartitionData {
    parts(response).remove(0)
}

fn size(part: &PartitionData) -> usize {
    part.records.as_ref().map_or(0, wire::RecordBytes::len)
}

/// The request with its only partition changed.
fn with(mut request: FetchRequest, change: impl FnOnce(&mut FetchPartition)) -> FetchRequest {
    change(&mut request.topics[0].partitions[0]);
    request
}

/// The request by topic id, as from version 13 on.
fn by_id(mut request: FetchRequest, id: Uuid) -> FetchRequest {
    for topic in &mut request.topics {
        (topic.topic, topic.topic_id) = (wire::Text::default(), id);
    }
    request
}

/// 42. A fetch waits until there are `min_bytes`, and no longer.
#[test]
fn a_fetch_waits_for_min_bytes() {
    let broker = TestBroker::start();
    let (mut consumer, mut producer) = (broker.connect(), broker.connect());
    producer.create("t", 2);
    let one = batch(&["x"]);
    let request = FetchRequest {
        max_wait_ms: FOR_EVER_MS,
        min_bytes: i32::try_from(2 * one.len()).unwrap(),
        ..fetch_request(&[("t", 0, 0), ("t", 1, 0)])
    };
    consumer.send(12, &request);
    producer.produce("t", 0, one.clone());
    producer.produce("t", 1, one.clone());
    let parts = parts(consumer.receive::<FetchRequest>(12).1);
    assert_eq!(parts.iter().map(size).collect::<Vec<_>>(), [one.len(), one.len()]);
}

/// 42. A fetch without enough to say is answered after `max_wait_ms`.
#[test]
fn a_fetch_waits_no_longer_than_max_wait() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for max_wait_ms in [0, 20] {
        let begun = std::time::Instant::now();
        let request = FetchRequest { max_wait_ms, ..fetch_request(&[("t", 0, 0)]) };
        assert_eq!(size(&part(wire.ask(12, &request))), 0);
        assert!(begun.elapsed().as_millis() >= u128::try_from(max_wait_ms).unwrap());
        assert!(begun.elapsed() < PATIENCE);
    }
}

/// 42. A partition with an error lets the answer go at once.
#[test]
fn an_error_does_not_wait() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for wanted in [("none", 0, 0), ("t", 5, 0), ("t", 0, 99)] {
        let request = FetchRequest { max_wait_ms: FOR_EVER_MS, ..fetch_request(&[("t", 0, 0), wanted]) };
        let codes: Vec<_> = parts(wire.ask(12, &request)).iter().map(|part| part.error_code).collect();
        assert!(codes[0] == 0 && codes[1] != 0, "{wanted:?}: {codes:?}");
    }
}

/// 42. A topic that is deleted ends the wait of those who read it.
#[test]
fn a_deleted_topic_does_not_wait() {
    let broker = TestBroker::start();
    let (mut consumer, mut admin) = (broker.connect(), broker.connect());
    admin.create("t", 1);
    consumer.send(12, &FetchRequest { max_wait_ms: FOR_EVER_MS, ..fetch_request(&[("t", 0, 0)]) });
    let request = protocol::DeleteTopicsRequest {
        topic_names: vec![testkit::text("t")],
        timeout_ms: 30_000,
        ..Default::default()
    };
    assert_eq!(admin.ask(5, &request).responses[0].error_code, 0);
    let code = part(consumer.receive::<FetchRequest>(12).1).error_code;
    assert_eq!(ErrorCode(code), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

/// 43. The first partition that has anything gives one batch, however small the limits are (KIP-74); the others
///     give what still fits.
#[test]
fn one_batch_is_always_returned() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 3);
    let large = batch(&["x".repeat(1000).as_str()]);
    for partition in [1, 2] {
        wire.produce("t", partition, large.clone());
        wire.produce("t", partition, large.clone());
    }
    let wanted = [("t", 0, 0), ("t", 1, 0), ("t", 2, 0)];
    let sizes = |wire: &mut Wire, max_bytes: i32, partition_max_bytes: i32| {
        let mut request = FetchRequest { max_bytes, ..fetch_request(&wanted) };
        for topic in &mut request.topics {
            topic.partitions[0].partition_max_bytes = partition_max_bytes;
        }
        parts(wire.ask(12, &request)).iter().map(|part| size(part) / large.len()).collect::<Vec<_>>()
    };
    let one = i32::try_from(large.len()).unwrap();
    assert_eq!(sizes(&mut wire, 1, 1), [0, 1, 0]);
    assert_eq!(sizes(&mut wire, 0, 0), [0, 1, 0]);
    assert_eq!(sizes(&mut wire, 10 * one, 1), [0, 1, 0]);
    assert_eq!(sizes(&mut wire, 10 * one, one), [0, 1, 1]);
    assert_eq!(sizes(&mut wire, 10 * one, 2 * one), [0, 2, 2]);
    assert_eq!(sizes(&mut wire, 3 * one, 2 * one), [0, 2, 1]);
}

/// 43. The broker's `fetch.max.bytes` counts when the client asks for more.
#[test]
fn the_brokers_limit_counts() {
    let broker = TestBroker::with(&[("fetch.max.bytes", "1024")]);
    let mut wire = broker.connect();
    wire.create("t", 1);
    let sent = batch(&["x".repeat(400).as_str()]);
    for _ in 0..4 {
        wire.produce("t", 0, sent.clone());
    }
    assert_eq!(size(&wire.fetch("t", 0, 0)) / sent.len(), 2);
}

/// 44. An offset inside a batch brings the whole batch, also a compressed one.
#[test]
fn the_batch_around_an_offset_is_returned_whole() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for codec in [Compression::None, Compression::Zstd, Compression::None] {
        wire.produce("t", 0, filled(BatchBuilder::new(codec), &["a", "b", "c", "d"]));
    }
    for offset in 0..12 {
        let first = values_in(wire.fetch("t", 0, offset).records)[0].0;
        assert_eq!(first, offset / 4 * 4, "asked for {offset}");
    }
}

/// 45. At the end there is nothing and no error; beyond it or below the start is OFFSET_OUT_OF_RANGE.
#[test]
fn offsets_out_of_range() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["a", "b", "c"]);
    let request = protocol::DeleteRecordsRequest {
        topics: vec![protocol::delete_records::request::DeleteRecordsTopic {
            name: testkit::text("t"),
            partitions: vec![protocol::delete_records::request::DeleteRecordsPartition {
                partition_index: 0,
                offset: 2,
            }],
        }],
        timeout_ms: 30_000,
    };
    assert_eq!(wire.latest(&request).topics[0].partitions[0].error_code, 0);
    for (offset, code, is_empty) in [
        (-1, ErrorCode::OFFSET_OUT_OF_RANGE, true),
        (0, ErrorCode::OFFSET_OUT_OF_RANGE, true),
        (1, ErrorCode::OFFSET_OUT_OF_RANGE, true),
        (2, ErrorCode::NONE, false),
        (3, ErrorCode::NONE, true),
        (4, ErrorCode::OFFSET_OUT_OF_RANGE, true),
        (i64::MAX, ErrorCode::OFFSET_OUT_OF_RANGE, true),
    ] {
        let part = wire.fetch("t", 0, offset);
        assert_eq!((ErrorCode(part.error_code), size(&part) == 0), (code, is_empty), "asked for {offset}");
        let expected = if code == ErrorCode::NONE { (3, 2) } else { (-1, -1) };
        assert_eq!((part.high_watermark, part.log_start_offset), expected, "asked for {offset}");
    }
}

/// 46. What is not committed is not seen: the high watermark bounds a consumer's fetch, and so does the last stable
///     offset where it asks for committed records only.
#[test]
fn consumers_read_up_to_the_high_watermark() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let silent = ProduceRequest { acks: 0, ..produce_request("t", 0, batch(&["x"])) };
    for _ in 0..20 {
        wire.send(9, &silent);
        let part = wire.fetch("t", 0, 0);
        let seen = values_in(part.records).last().map_or(0, |(offset, _)| offset + 1);
        assert_eq!(seen, part.high_watermark);
        assert_eq!(part.last_stable_offset, part.high_watermark, "there are no transactions");
    }
}

/// 47. The list of aborted transactions is null, unless only committed records are asked for.
#[test]
fn aborted_transactions_are_listed_for_read_committed() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["x"]);
    for (isolation_level, offset, expected) in [(0, 0, None), (0, 1, None), (1, 0, Some(0)), (1, 1, Some(0))]
    {
        let request = FetchRequest { isolation_level, ..fetch_request(&[("t", 0, offset)]) };
        let aborted = part(wire.ask(12, &request)).aborted_transactions;
        assert_eq!(aborted.map(|list| list.len()), expected, "level {isolation_level}, offset {offset}");
    }
}

/// 49. From version 13 topics are named by id, in the answer too; an id that is not known is UNKNOWN_TOPIC_ID.
#[test]
fn topics_by_id() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let id = wire.create("t", 1);
    wire.append("t", 0, &["x"]);
    for version in 13..=18 {
        for (id, code) in [(id, ErrorCode::NONE), (Uuid::from_u128(5), ErrorCode::UNKNOWN_TOPIC_ID)] {
            let response = wire.ask(version, &by_id(fetch_request(&[("t", 0, 0)]), id));
            assert_eq!((&*response.responses[0].topic, response.responses[0].topic_id), ("", id));
            assert_eq!(ErrorCode(part(response).error_code), code);
        }
    }
}

/// 50. A leader epoch that has passed is FENCED_LEADER_EPOCH, one that has not come is UNKNOWN_LEADER_EPOCH.
#[test]
fn leader_epochs_are_checked() {
    let mut broker = TestBroker::start();
    broker.connect().create("t", 1);
    let epoch = next_epoch(&mut broker);
    let mut wire = broker.connect();
    for (sent, code) in [
        (-1, ErrorCode::NONE),
        (epoch, ErrorCode::NONE),
        (epoch - 1, ErrorCode::FENCED_LEADER_EPOCH),
        (epoch + 1, ErrorCode::UNKNOWN_LEADER_EPOCH),
    ] {
        let request = with(fetch_request(&[("t", 0, 0)]), |part| part.current_leader_epoch = sent);
        assert_eq!(ErrorCode(part(wire.ask(12, &request)).error_code), code, "epoch {sent}");
    }
}

/// The leader epoch after a restart, which is a new election.
fn next_epoch(broker: &mut TestBroker) -> i32 {
    broker.restart();
    let metadata = broker.connect().latest(&protocol::MetadataRequest { topics: None, ..Default::default() });
    let epoch = metadata.topics[0].partitions[0].leader_epoch;
    assert!(epoch > 0);
    epoch
}

/// 50. A reader whose last records are of an epoch that ended before its offset is told where it ended (KIP-595).
#[test]
fn diverging_epochs_are_told() {
    let mut broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["a", "b"]);
    let epoch = next_epoch(&mut broker);
    let mut wire = broker.connect();
    wire.append("t", 0, &["c"]);
    for (last_fetched, offset, diverging) in
        [(0, 2, None), (epoch, 3, None), (0, 3, Some((0, 2))), (-1, 3, None)]
    {
        let request = with(fetch_request(&[("t", 0, offset)]), |part| part.last_fetched_epoch = last_fetched);
        let part = part(wire.ask(12, &request));
        assert_eq!(part.error_code, 0);
        let told = Some((part.diverging_epoch.epoch, part.diverging_epoch.end_offset));
        assert_eq!(told.filter(|(epoch, _)| *epoch >= 0), diverging, "epoch {last_fetched}, offset {offset}");
    }
}

/// 51. There is no preferred replica to read from, and the answer says so with -1.
#[test]
fn there_is_no_preferred_replica() {
    let broker = TestBroker::with(&[("broker.rack", "a")]);
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["x"]);
    for rack in ["", "a", "b"] {
        let request = FetchRequest { rack_id: testkit::text(rack), ..fetch_request(&[("t", 0, 0)]) };
        let part = part(wire.ask(12, &request));
        assert_eq!((part.preferred_read_replica, size(&part) > 0), (-1, true));
    }
}

/// 52. Who is no replica of a partition cannot fetch as one.
#[test]
fn strangers_do_not_fetch_as_replicas() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["x"]);
    let request = FetchRequest { replica_id: 7, ..fetch_request(&[("t", 0, 0)]) };
    let part = part(wire.ask(12, &request));
    assert_eq!((ErrorCode(part.error_code), size(&part)), (ErrorCode::UNKNOWN_LEADER_EPOCH, 0));
}

/// 53. Batches are returned byte for byte as they were stored.
#[test]
fn batches_are_returned_as_they_are() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let codecs =
        [Compression::None, Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];
    let sent: Vec<_> =
        codecs.iter().map(|codec| filled(BatchBuilder::new(*codec), &["some", "values", "values"])).collect();
    for batch in &sent {
        assert_eq!(wire.produce("t", 0, batch.clone()).error_code, 0);
    }
    let fetched = wire.fetch("t", 0, 0).records.unwrap().into_bytes();
    let stored: Vec<_> = Batches::new(fetched).map(|batch| batch.unwrap().into_bytes()).collect();
    assert_eq!(stored.len(), sent.len());
    for (stored, sent) in stored.iter().zip(&sent) {
        // Base offset and leader epoch, which are the log's, lie before the magic.
        assert_eq!(stored[16..], sent[16..]);
        assert_eq!(stored[8..12], sent[8..12]);
    }
}

/// 54. A partition that fails does not fail the rest, whatever is wrong with it.
#[test]
fn errors_stay_with_their_partition() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let id = wire.create("t", 1);
    wire.append("t", 0, &["x"]);
    let wanted = [("none", 0, 0), ("t", 9, 0), ("t", 0, 77), ("t", 0, 0)];
    let codes =
        |response| parts(response).iter().map(|part| (part.error_code, size(part) > 0)).collect::<Vec<_>>();
    for version in 4..=12 {
        let answered = codes(wire.ask(version, &fetch_request(&wanted)));
        assert_eq!(answered, [(3, false), (3, false), (1, false), (0, true)], "version {version}");
    }
    let mut request = by_id(fetch_request(&wanted), id);
    request.topics[0].topic_id = Uuid::from_u128(1);
    assert_eq!(codes(wire.ask(18, &request)), [(100, false), (3, false), (1, false), (0, true)]);
}

/// 55. From version 16 an answer about a stale leader epoch names the leader and where it is (KIP-951).
#[test]
fn the_leader_is_named_where_the_client_is_behind() {
    let mut broker = TestBroker::start();
    let id = broker.connect().create("t", 1);
    let epoch = next_epoch(&mut broker);
    let mut wire = broker.connect();
    let request =
        with(by_id(fetch_request(&[("t", 0, 0)]), id), |part| part.current_leader_epoch = epoch - 1);
    for (version, named) in [(15, false), (16, true), (18, true)] {
        let response = wire.ask(version, &request);
        let endpoints: Vec<_> =
            response.node_endpoints.iter().map(|node| (node.node_id, node.port)).collect();
        let expected = if named { vec![(1, i32::from(broker.address().port()))] } else { vec![] };
        assert_eq!(endpoints, expected, "version {version}");
        let part = part(response);
        assert_eq!(ErrorCode(part.error_code), ErrorCode::FENCED_LEADER_EPOCH);
        let leader = (part.current_leader.leader_id, part.current_leader.leader_epoch);
        assert_eq!(leader, if named { (1, epoch) } else { (-1, -1) }, "version {version}");
    }
}
