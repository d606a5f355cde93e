//! What a producer can send, and what becomes of it.
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;
use protocol::{
    DescribeProducersRequest, ErrorCode, InitProducerIdRequest, ProduceRequest,
    describe_producers::request::TopicRequest, fetch::response::PartitionData,
    produce::response::PartitionProduceResponse,
};
use records::{BatchBuilder, BatchHeader, Compression, NewRecord, TimestampType};
use testkit::{
    TestBroker, Wire, batch, batch_of, eventually, filled, now_ms, produce_request, tampered, text, values_in,
};
use wire::RecordBytes;

fn plain() -> BatchBuilder {
    BatchBuilder::new(Compression::None)
}

fn header_of(part: PartitionData) -> BatchHeader {
    BatchHeader::read(&part.records.unwrap().into_bytes()).unwrap()
}

#[track_caller]
fn check(answer: &PartitionProduceResponse, code: ErrorCode) {
    assert_eq!(ErrorCode(answer.error_code), code, "{:?}", answer.error_message);
    if code != ErrorCode::NONE {
        assert_eq!(answer.base_offset, -1);
    }
}

/// What one partition answers to a request in a version.
#[track_caller]
fn ask(wire: &mut Wire, version: i16, request: &ProduceRequest) -> PartitionProduceResponse {
    wire.ask(version, request).responses.remove(0).partition_responses.remove(0)
}

/// 20. Any `acks` but -1, 0 and 1 is INVALID_REQUIRED_ACKS, and nothing is appended.
#[test]
fn acks_are_checked() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for acks in [2, -2, i16::MAX] {
        let request = ProduceRequest { acks, ..produce_request("t", 0, batch(&["x"])) };
        check(&ask(&mut wire, 9, &request), ErrorCode::INVALID_REQUIRED_ACKS);
    }
    assert_eq!(wire.read("t", 0, 0), []);
}

/// 21. With `acks=0` there is no answer.
#[test]
fn without_acks_there_is_no_answer() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let request = ProduceRequest { acks: 0, ..produce_request("t", 0, batch(&["x"])) };
    wire.send(9, &request);
    wire.expect_open();
    let read = eventually("the record", || Some(wire.read("t", 0, 0)).filter(|read| !read.is_empty()));
    assert_eq!(read, [(0, "x".to_owned())]);
}

/// 21. With `acks=0` an error closes the connection, so that the client looks again.
#[test]
fn without_acks_an_error_closes() {
    let broker = TestBroker::start();
    broker.connect().create("t", 1);
    let corrupt = tampered_body(&batch(&["x"]));
    for (topic, partition, records) in
        [("t", 7, batch(&["x"])), ("none", 0, batch(&["x"])), ("t", 0, corrupt)]
    {
        let mut wire = broker.connect();
        wire.send(9, &ProduceRequest { acks: 0, ..produce_request(topic, partition, records) });
        wire.expect_closed();
    }
}

/// 22. There are no replicas to wait for, so a timeout of nothing is no reason to fail, though the disk takes its time.
#[test]
fn a_timeout_of_nothing_is_enough_for_ones_own_disk() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("mainstem.durability", "flush")]);
    for (base_offset, timeout_ms) in [0, -1, i32::MIN, 1].into_iter().enumerate() {
        let request = ProduceRequest { timeout_ms, ..produce_request("t", 0, batch(&["x"])) };
        let answer = ask(&mut wire, 9, &request);
        check(&answer, ErrorCode::NONE);
        assert_eq!(answer.base_offset, base_offset as i64);
    }
}

/// 2. More requests in one piece than may wait for the disk together: those behind them are not left lying.
#[test]
fn any_number_of_requests_may_arrive_together() {
    for durability in ["os", "flush"] {
        let broker = TestBroker::with(&[("mainstem.durability", durability)]);
        let mut wire = broker.connect();
        wire.create("t", 1);
        let (mut bytes, mut sent) = (Vec::new(), Vec::new());
        for _ in 0..500 {
            let (id, frame) = wire.prepare(9, &produce_request("t", 0, batch(&["x"])));
            bytes.extend(frame);
            sent.push(id);
        }
        wire.send_bytes(&bytes);
        let answered: Vec<_> = sent.iter().map(|_| wire.receive::<ProduceRequest>(9).0).collect();
        assert_eq!(answered, sent, "{durability}");
    }
}

/// 2. Requests that arrive in one piece share their writes; each has its own answer, in its place.
#[test]
fn requests_that_arrive_together_are_answered_apart() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 2);
    let numbered = |sequence, values: &[&str]| {
        filled(plain().producer(ProducerId(1_000), ProducerEpoch(0), sequence), values)
    };
    let requests = [
        produce_request("t", 0, numbered(0, &["a", "b"])),
        produce_request("t", 1, batch(&["other"])),
        produce_request("t", 0, numbered(2, &["c"])),
        produce_request("missing", 0, batch(&["x"])),
        produce_request("t", 0, numbered(9, &["gap"])),
        produce_request("t", 0, numbered(0, &["a", "b"])),
        ProduceRequest { acks: 0, ..produce_request("t", 1, batch(&["silent"])) },
        produce_request("t", 0, tampered_body(&batch(&["x"]))),
        produce_request("t", 0, numbered(3, &["d"])),
    ];
    let mut bytes = Vec::new();
    let mut sent = Vec::new();
    for request in &requests {
        let (id, frame) = wire.prepare(9, request);
        bytes.extend(frame);
        if request.acks != 0 {
            sent.push(id);
        }
    }
    wire.send_bytes(&bytes);
    let (ids, answers): (Vec<_>, Vec<_>) = sent
        .iter()
        .map(|_| {
            let (id, mut response) = wire.receive::<ProduceRequest>(9);
            let answer = response.responses.remove(0).partition_responses.remove(0);
            (id, (ErrorCode(answer.error_code), answer.base_offset))
        })
        .unzip();
    assert_eq!(ids, sent);
    assert_eq!(
        answers,
        [
            ok(0),
            ok(0),
            ok(2),
            refused(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
            refused(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER),
            ok(0),
            refused(ErrorCode::CORRUPT_MESSAGE),
            ok(3),
        ]
    );
    let values = |found: Vec<(i64, String)>| found.into_iter().map(|(_, value)| value).collect::<Vec<_>>();
    assert_eq!(values(wire.read("t", 0, 0)), ["a", "b", "c", "d"]);
    assert_eq!(values(wire.read("t", 1, 0)), ["other", "silent"]);
}

/// 22. `min.insync.replicas` asks for no more replicas than there are (KAFKA-4859), so one replica is enough.
#[test]
fn min_insync_replicas_is_bounded_by_the_replicas() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("min.insync.replicas", "2")]);
    check(&wire.produce("t", 0, batch(&["x"])), ErrorCode::NONE);
}

/// 23. `acks=1` does not look at `min.insync.replicas`.
#[test]
fn acks_one_ignores_min_insync_replicas() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("min.insync.replicas", "3")]);
    let request = ProduceRequest { acks: 1, ..produce_request("t", 0, batch(&["x"])) };
    check(&ask(&mut wire, 9, &request), ErrorCode::NONE);
}

fn tampered_body(batch: &Bytes) -> Bytes {
    let mut bytes = batch.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    bytes.into()
}

fn with_magic(batch: &Bytes, magic: u8) -> Bytes {
    let mut bytes = batch.to_vec();
    bytes[16] = magic;
    bytes.into()
}

/// 24. Exactly one batch per partition, of magic 2, else INVALID_RECORD.
#[test]
fn exactly_one_batch_of_the_current_format() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let one = batch(&["x"]);
    for (what, records, code) in [
        ("one", one.clone(), ErrorCode::NONE),
        ("none", Bytes::new(), ErrorCode::INVALID_RECORD),
        ("two", [&one[..], &one].concat().into(), ErrorCode::INVALID_RECORD),
        ("magic 0", with_magic(&one, 0), ErrorCode::INVALID_RECORD),
        ("magic 1", with_magic(&one, 1), ErrorCode::INVALID_RECORD),
        ("magic 3", with_magic(&one, 3), ErrorCode::INVALID_RECORD),
    ] {
        let answer = wire.produce("t", 0, records);
        assert_eq!(ErrorCode(answer.error_code), code, "{what}: {:?}", answer.error_message);
    }
    assert_eq!(wire.read("t", 0, 0).len(), 1);
}

/// 25. A CRC that does not match is CORRUPT_MESSAGE, wherever between attributes and end the bit is.
#[test]
fn a_wrong_crc_is_corrupt() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let sound = batch(&["abc"]);
    for at in [17, 21, 22, 30, 40, sound.len() - 1] {
        let mut bytes = sound.to_vec();
        bytes[at] ^= 1;
        check(&wire.produce("t", 0, bytes.into()), ErrorCode::CORRUPT_MESSAGE);
    }
    assert_eq!(wire.read("t", 0, 0), []);
}

/// 25. Base offset and leader epoch lie outside the CRC: they are what the log says, and the CRC stays the producer's.
#[test]
fn offset_and_epoch_are_patched_in_place() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    wire.append("t", 0, &["a", "b"]);
    let sent = filled(plain().partition_leader_epoch(LeaderEpoch(77)), &["c"]);
    check(&wire.produce("t", 0, sent.clone()), ErrorCode::NONE);
    let stored = wire.fetch("t", 0, 2).records.unwrap().into_bytes();
    let (before, after) = (BatchHeader::read(&sent).unwrap(), BatchHeader::read(&stored).unwrap());
    assert_eq!((after.base_offset, after.partition_leader_epoch), (Offset(2), LeaderEpoch(0)));
    assert_eq!((after.crc, &stored[17..]), (before.crc, &sent[17..]));
}

/// 26. Counts and offset deltas agree with the records, else INVALID_RECORD.
#[test]
fn counts_and_deltas_must_agree() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let two = batch(&["a", "b"]);
    let record = |offset| (Offset(offset), NewRecord { value: Some(b"x"), ..NewRecord::default() });
    let gap = {
        let mut builder = plain();
        for (offset, record) in [record(0), record(2)] {
            builder.append_at(offset, &record).unwrap();
        }
        builder.build()
    };
    for (what, records) in [
        ("count too high", tampered(&two, |header| header.record_count = 3)),
        ("count too low", tampered(&two, |header| header.record_count = 1)),
        ("count zero", tampered(&two, |header| header.record_count = 0)),
        ("count negative", tampered(&two, |header| header.record_count = -1)),
        ("last delta too high", tampered(&two, |header| header.last_offset_delta = 2)),
        ("last delta negative", tampered(&two, |header| header.last_offset_delta = -1)),
        ("both too high", tampered(&two, |header| (header.record_count, header.last_offset_delta) = (3, 2))),
        ("both too low", tampered(&two, |header| (header.record_count, header.last_offset_delta) = (1, 0))),
        ("a gap", gap.clone()),
        (
            "a gap that is counted",
            tampered(&gap, |header| (header.record_count, header.last_offset_delta) = (2, 1)),
        ),
        ("base offset", tampered(&two, |header| header.base_offset = Offset(5))),
    ] {
        let answer = wire.produce("t", 0, records);
        assert_eq!(
            ErrorCode(answer.error_code),
            ErrorCode::INVALID_RECORD,
            "{what}: {:?}",
            answer.error_message
        );
    }
    assert_eq!(wire.read("t", 0, 0), []);
}

/// 26. Null instead of a batch is refused.
#[test]
fn null_is_no_batch() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let mut request = produce_request("t", 0, Bytes::new());
    request.topic_data[0].partition_data[0].records = None;
    check(&ask(&mut wire, 9, &request), ErrorCode::INVALID_RECORD);
}

/// 27. A batch above `max.message.bytes` is MESSAGE_TOO_LARGE, whatever the topic would make of it.
#[test]
fn max_message_bytes_bounds_a_batch() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let large = batch(&["x".repeat(2000).as_str()]);
    let limit = large.len().to_string();
    let below = (large.len() - 1).to_string();
    wire.create_with("fits", 1, &[("max.message.bytes", &limit)]);
    check(&wire.produce("fits", 0, large.clone()), ErrorCode::NONE);
    wire.create_with("large", 1, &[("max.message.bytes", &below)]);
    check(&wire.produce("large", 0, large.clone()), ErrorCode::MESSAGE_TOO_LARGE);
    wire.create_with("squeezed", 1, &[("max.message.bytes", &below), ("compression.type", "gzip")]);
    check(&wire.produce("squeezed", 0, large), ErrorCode::MESSAGE_TOO_LARGE);
}

/// 27. A batch above `segment.bytes` is RECORD_LIST_TOO_LARGE.
#[test]
fn segment_bytes_bounds_a_batch() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let mebibyte = (1 << 20).to_string();
    wire.create_with("t", 1, &[("segment.bytes", &mebibyte), ("max.message.bytes", "10000000")]);
    let large = batch(&["x".repeat(1 << 20).as_str()]);
    check(&wire.produce("t", 0, large), ErrorCode::RECORD_LIST_TOO_LARGE);
}

const CODECS: [(&str, Compression); 5] = [
    ("uncompressed", Compression::None),
    ("gzip", Compression::Gzip),
    ("snappy", Compression::Snappy),
    ("lz4", Compression::Lz4),
    ("zstd", Compression::Zstd),
];

/// 28. `compression.type=producer` keeps the producer's bytes.
#[test]
fn a_producers_compression_is_kept() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let mut offset = 0;
    for (name, codec) in CODECS {
        let sent = filled(BatchBuilder::new(codec), &["a", "b", "b", "b"]);
        check(&wire.produce("t", 0, sent.clone()), ErrorCode::NONE);
        let stored = wire.fetch("t", 0, offset).records.unwrap().into_bytes();
        assert_eq!(stored[17..], sent[17..], "{name}");
        offset += 4;
    }
}

/// 28. Another `compression.type` compresses anew, with a CRC of its own; the same codec is kept as it is.
#[test]
fn another_codec_compresses_anew() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let values = ["a".repeat(100), "a".repeat(100)];
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    for (name, wanted) in CODECS {
        wire.create_with(name, 1, &[("compression.type", name)]);
        for (sent_as, codec) in CODECS {
            let sent = filled(BatchBuilder::new(codec), &values);
            let answer = wire.produce(name, 0, sent.clone());
            check(&answer, ErrorCode::NONE);
            let stored = wire.fetch(name, 0, answer.base_offset).records.unwrap().into_bytes();
            let header = BatchHeader::read(&stored).unwrap();
            assert_eq!(header.compression().unwrap(), wanted, "{sent_as} into {name}");
            assert_eq!(stored[17..] == sent[17..], codec == wanted, "{sent_as} into {name}");
            let read: Vec<_> = values_in(Some(RecordBytes::from(stored)));
            assert!(read.iter().map(|(_, value)| value).eq(&values), "{sent_as} into {name}");
        }
    }
}

/// 28. A compression level is acted on.
#[test]
fn the_compression_level_counts() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let value: String =
        (0..20_000u32).map(|i| char::from(b'a' + (i.wrapping_mul(2_654_435_761) >> 27) as u8 % 16)).collect();
    let mut sizes = Vec::new();
    for level in ["1", "9"] {
        let topic = format!("level-{level}");
        wire.create_with(&topic, 1, &[("compression.type", "gzip"), ("compression.gzip.level", level)]);
        wire.append(&topic, 0, &[value.as_str()]);
        sizes.push(wire.fetch(&topic, 0, 0).records.unwrap().len());
    }
    assert!(sizes[1] < sizes[0], "{sizes:?}");
}

/// 28. zstd before Produce version 7 is UNSUPPORTED_COMPRESSION_TYPE (KIP-110).
#[test]
fn old_producers_cannot_send_zstd() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let request = produce_request("t", 0, filled(BatchBuilder::new(Compression::Zstd), &["x"]));
    for (version, code) in [(3, 76), (6, 76), (7, 0), (9, 0)] {
        assert_eq!(ask(&mut wire, version, &request).error_code, code, "version {version}");
    }
}

/// 29. With LogAppendTime the batch says so, with the broker's time and a new CRC, and the producer is told when.
#[test]
fn log_append_time_is_the_brokers() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for codec in [Compression::None, Compression::Lz4] {
        let topic = format!("t-{codec:?}");
        wire.create_with(&topic, 1, &[("message.timestamp.type", "LogAppendTime")]);
        let old = [NewRecord { timestamp: 1000, value: Some(b"x"), ..NewRecord::default() }];
        let before = now_ms();
        let answer = wire.produce(&topic, 0, batch_of(BatchBuilder::new(codec), &old));
        let after = now_ms();
        check(&answer, ErrorCode::NONE);
        assert!((before..=after).contains(&answer.log_append_time_ms), "{answer:?}");
        let part = wire.fetch(&topic, 0, 0);
        assert_eq!(values_in(part.records.clone()).len(), 1, "the CRC is right");
        let header = header_of(part);
        assert_eq!(header.timestamp_type(), TimestampType::LogAppendTime);
        assert_eq!(header.max_timestamp, answer.log_append_time_ms);
        assert_eq!(wire.list_offset(&topic, 0, before).offset, 0, "it is found by the broker's time");
    }
}

/// 29. With CreateTime the producer's times stay and the answer has -1; a producer cannot claim the broker's time.
#[test]
fn create_time_is_the_producers() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let old = [NewRecord { timestamp: 1000, value: Some(b"x"), ..NewRecord::default() }];
    let answer = wire.produce("t", 0, batch_of(plain(), &old));
    assert_eq!((answer.error_code, answer.log_append_time_ms), (0, -1));
    assert_eq!(header_of(wire.fetch("t", 0, 0)).max_timestamp, 1000);
    let claimed = filled(plain().log_append_time(now_ms()), &["x"]);
    check(&wire.produce("t", 0, claimed), ErrorCode::INVALID_TIMESTAMP);
}

/// 30. A timestamp too far from the broker's clock is INVALID_TIMESTAMP and names the records (KIP-937).
#[test]
fn timestamps_out_of_bounds_are_refused() {
    const HOUR: i64 = 3_600_000;
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("default", 1);
    wire.create_with(
        "strict",
        1,
        &[("message.timestamp.before.max.ms", "1000"), ("message.timestamp.after.max.ms", "1000")],
    );
    wire.create_with(
        "stamped",
        1,
        &[("message.timestamp.type", "LogAppendTime"), ("message.timestamp.before.max.ms", "1")],
    );
    let now = now_ms();
    for (topic, timestamp, refused) in [
        ("default", now + 2 * HOUR, true),
        ("default", now + HOUR / 2, false),
        ("default", 1, false),
        ("default", -1, false),
        ("strict", now - HOUR, true),
        ("strict", now + HOUR, true),
        ("strict", now, false),
        ("stamped", 1, false),
    ] {
        let records = [now, timestamp].map(|timestamp| NewRecord {
            timestamp,
            value: Some(b"x"),
            ..NewRecord::default()
        });
        let answer = wire.produce(topic, 0, batch_of(plain(), &records));
        let named: Vec<i32> = answer.record_errors.iter().map(|error| error.batch_index).collect();
        let expected = if refused { (ErrorCode::INVALID_TIMESTAMP.0, vec![1]) } else { (0, vec![]) };
        assert_eq!((answer.error_code, named), expected, "{topic} {timestamp}");
    }
}

/// 31. A record without a key on a compacted topic is INVALID_RECORD, and the answer names each one (KIP-467).
#[test]
fn a_compacted_topic_wants_keys() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    for policy in ["compact", "compact,delete"] {
        let topic = policy.replace(',', ".");
        wire.create_with(&topic, 1, &[("cleanup.policy", policy)]);
        let record = |key| NewRecord { timestamp: now_ms(), key, value: Some(b"x"), ..NewRecord::default() };
        let mixed = batch_of(plain(), &[record(None), record(Some(&b"k"[..])), record(None)]);
        let answer = wire.produce(&topic, 0, mixed.clone());
        check(&answer, ErrorCode::INVALID_RECORD);
        let named: Vec<_> = answer
            .record_errors
            .iter()
            .map(|error| (error.batch_index, error.batch_index_error_message.is_some()))
            .collect();
        assert_eq!(named, [(0, true), (2, true)]);
        // Before version 8 there is no room for them.
        let answer = ask(&mut wire, 7, &produce_request(&topic, 0, mixed));
        assert_eq!((answer.error_code, answer.record_errors.len()), (87, 0));
        check(&wire.produce(&topic, 0, batch_of(plain(), &[record(Some(b""))])), ErrorCode::NONE);
    }
}

/// 32. Control batches of clients are refused.
#[test]
fn clients_write_no_control_batches() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let commit = [NewRecord { timestamp: 1, key: Some(&[0, 0, 0, 1]), value: Some(&[0; 6]), headers: &[] }];
    let producer = || plain().producer(ProducerId(1), ProducerEpoch(0), 0);
    check(&wire.produce("t", 0, batch_of(plain().control(), &commit)), ErrorCode::INVALID_RECORD);
    check(&wire.produce("t", 0, batch_of(producer().control(), &commit)), ErrorCode::INVALID_RECORD);
}

/// 32. A transactional batch without a transactional id is TRANSACTIONAL_ID_AUTHORIZATION_FAILED.
#[test]
fn a_transactional_batch_needs_its_transaction() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let sent = filled(plain().producer(ProducerId(1), ProducerEpoch(0), 0).transactional(), &["x"]);
    check(&wire.produce("t", 0, sent), ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    wire.append("t", 0, &["y"]);
    assert_eq!(wire.fetch("t", 0, 0).last_stable_offset, 1);
}

/// An idempotent producer as the broker sees it.
struct Producer<'a> {
    wire: &'a mut Wire,
    id: i64,
}

impl Producer<'_> {
    fn new(wire: &mut Wire) -> Producer<'_> {
        let request = InitProducerIdRequest { transactional_id: None, ..Default::default() };
        let given = wire.latest(&request);
        assert_eq!((given.error_code, given.producer_epoch), (0, 0));
        Producer { wire, id: given.producer_id }
    }

    /// Sends `count` records from a sequence on: error and base offset.
    #[track_caller]
    fn send(&mut self, epoch: i16, sequence: i32, count: usize) -> (ErrorCode, i64) {
        let builder = plain().producer(ProducerId(self.id), ProducerEpoch(epoch), sequence);
        let answer = self.wire.produce("t", 0, filled(builder, &vec!["x"; count]));
        (ErrorCode(answer.error_code), answer.base_offset)
    }
}

fn ok(base_offset: i64) -> (ErrorCode, i64) {
    (ErrorCode::NONE, base_offset)
}

fn refused(code: ErrorCode) -> (ErrorCode, i64) {
    (code, -1)
}

/// 33. Each of the last five batches of a producer, sent again, is answered with where it was first appended.
#[test]
fn the_last_five_batches_are_recognized() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let mut producer = Producer::new(&mut wire);
    for i in 0..6 {
        assert_eq!(producer.send(0, i * 2, 2), ok(i64::from(i) * 2));
    }
    for i in (1..6).rev() {
        assert_eq!(producer.send(0, i * 2, 2), ok(i64::from(i) * 2), "batch {i} again");
    }
    assert_eq!(producer.send(0, 0, 2), refused(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER), "six batches ago");
    assert_eq!(wire.list_offset("t", 0, -1).offset, 12);
}

/// 34. A gap is OUT_OF_ORDER_SEQUENCE_NUMBER; a new epoch begins at 0; after 2^31-1 comes 0.
#[test]
fn sequences_follow_each_other() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let mut producer = Producer::new(&mut wire);
    let out_of_order = refused(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert_eq!(producer.send(0, 0, 2), ok(0));
    assert_eq!(producer.send(0, 3, 1), out_of_order);
    assert_eq!(producer.send(0, 2, 1), ok(2));
    assert_eq!(producer.send(1, 3, 1), out_of_order, "a new epoch");
    assert_eq!(producer.send(1, 0, 1), ok(3));
    let mut wrapping = Producer::new(&mut wire);
    assert_eq!(wrapping.send(0, i32::MAX - 1, 2), ok(4), "an unknown producer may begin anywhere");
    assert_eq!(wrapping.send(0, 1, 1), out_of_order);
    assert_eq!(wrapping.send(0, 0, 2), ok(6));
    assert_eq!(wrapping.send(0, i32::MAX - 1, 2), ok(4), "and is recognized");
    let mut across = Producer::new(&mut wire);
    assert_eq!(across.send(0, i32::MAX, 3), ok(8), "a batch across the end");
    assert_eq!(across.send(0, 2, 1), ok(11));
}

/// 35. An epoch below the last one is INVALID_PRODUCER_EPOCH; a producer that is not known may begin anywhere.
#[test]
fn old_epochs_are_fenced() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let mut producer = Producer::new(&mut wire);
    assert_eq!(producer.send(3, 0, 1), ok(0));
    assert_eq!(producer.send(2, 0, 1), refused(ErrorCode::INVALID_PRODUCER_EPOCH));
    assert_eq!(producer.send(2, 1, 1), refused(ErrorCode::INVALID_PRODUCER_EPOCH));
    assert_eq!(producer.send(3, 1, 1), ok(1));
    assert_eq!(Producer::new(&mut wire).send(0, 41, 1), ok(2));
}

/// 36. What partitions know of producers outlives a restart; no id is given out twice.
#[test]
fn producers_outlive_a_restart() {
    let mut broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let mut producer = Producer::new(&mut wire);
    let id = producer.id;
    assert_eq!(producer.send(0, 0, 3), ok(0));
    assert_eq!(producer.send(0, 3, 1), ok(3));
    broker.restart();
    let mut wire = broker.connect();
    let mut again = Producer { wire: &mut wire, id };
    assert_eq!(again.send(0, 3, 1), ok(3), "recognized");
    assert_eq!(again.send(0, 5, 1), refused(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER));
    assert_eq!(again.send(0, 4, 1), ok(4));
    assert!(Producer::new(&mut wire).id > id);
}

/// 36. DescribeProducers shows what a partition knows.
#[test]
fn producers_can_be_described() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    let mut producer = Producer::new(&mut wire);
    let id = producer.id;
    producer.send(0, 0, 3);
    let request = DescribeProducersRequest {
        topics: vec![TopicRequest { name: text("t"), partition_indexes: vec![0, 1] }],
    };
    let topic = wire.latest(&request).topics.remove(0);
    let known = &topic.partitions[0].active_producers;
    assert_eq!(
        (known.len(), known[0].producer_id, known[0].producer_epoch, known[0].last_sequence),
        (1, id, 0, 2)
    );
    assert_eq!(known[0].current_txn_start_offset, -1);
    assert_eq!(ErrorCode(topic.partitions[1].error_code), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

/// 38. From version 13 topics are named by id; an id that is not known is UNKNOWN_TOPIC_ID.
#[test]
fn topics_by_id() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let id = wire.create("t", 1);
    for (id, code, base_offset) in
        [(id, ErrorCode::NONE, 0), (uuid::Uuid::from_u128(7), ErrorCode::UNKNOWN_TOPIC_ID, -1)]
    {
        let mut request = produce_request("", 0, batch(&["x"]));
        request.topic_data[0].topic_id = id;
        let answer = wire.ask(13, &request).responses.remove(0);
        assert_eq!((answer.topic_id, &*answer.name), (id, ""));
        let partition = &answer.partition_responses[0];
        assert_eq!((ErrorCode(partition.error_code), partition.base_offset), (code, base_offset));
    }
    let unknown = ask(&mut wire, 12, &produce_request("none", 0, batch(&["x"])));
    check(&unknown, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    check(&wire.produce("t", 1, batch(&["x"])), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

/// 39. The answer has the log start offset from version 5 and a message beside an error from version 8.
#[test]
fn answers_grow_with_the_version() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for (version, log_start_offset) in [(4, -1), (5, 0), (12, 0)] {
        let answer = ask(&mut wire, version, &produce_request("t", 0, batch(&["x"])));
        assert_eq!(answer.log_start_offset, log_start_offset, "version {version}");
    }
    let corrupt = produce_request("t", 0, tampered_body(&batch(&["x"])));
    for (version, has_message) in [(7, false), (8, true), (12, true)] {
        assert_eq!(
            ask(&mut wire, version, &corrupt).error_message.is_some(),
            has_message,
            "version {version}"
        );
    }
}

/// 41. Ordinary clients do not write to internal topics; Kafka's own tools do.
#[test]
fn internal_topics_are_not_for_everyone() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    let find = protocol::FindCoordinatorRequest { coordinator_keys: vec![text("g")], ..Default::default() };
    assert_eq!(wire.latest(&find).coordinators[0].error_code, 0);
    let record = [NewRecord { timestamp: now_ms(), key: Some(b"k"), value: None, headers: &[] }];
    let sent = batch_of(plain(), &record);
    check(&wire.produce("__consumer_offsets", 0, sent.clone()), ErrorCode::INVALID_TOPIC_EXCEPTION);
    let mut admin = broker.connect().as_client("__admin_client");
    check(&admin.produce("__consumer_offsets", 0, sent), ErrorCode::NONE);
}

/// 33. One request may hold many partitions, and each has its own answer.
#[test]
fn one_bad_partition_does_not_fail_the_rest() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 2);
    let mut request = produce_request("t", 0, batch(&["x"]));
    for (partition, records) in [(9, batch(&["x"])), (1, tampered_body(&batch(&["x"]))), (1, batch(&["y"]))] {
        let more = produce_request("t", partition, records);
        request.topic_data.extend(more.topic_data);
    }
    let answer = wire.ask(9, &request);
    let codes: Vec<i16> =
        answer.responses.iter().map(|topic| topic.partition_responses[0].error_code).collect();
    assert_eq!(codes, [0, 3, 2, 0]);
    assert_eq!(wire.read("t", 1, 0), [(0, "y".to_owned())]);
}

/// 37. Where this broker does not serve a partition the answer is NOT_LEADER_OR_FOLLOWER, and from version 10 on it
///     names the leader and where it is (KIP-951).
#[test]
fn the_leader_is_named_where_it_is_not_here() {
    let mut broker = TestBroker::start();
    broker.connect().create("t", 1);
    broker.stop();
    // A log that cannot be opened: a file lies where its folder should.
    std::fs::remove_dir_all(broker.data().join("t-0")).unwrap();
    std::fs::write(broker.data().join("t-0"), "").unwrap();
    broker.restart();
    let mut wire = broker.connect();
    let request = produce_request("t", 0, batch(&["x"]));
    for (version, named) in [(9, false), (10, true), (12, true)] {
        let answer = wire.ask(version, &request);
        let endpoints: Vec<_> = answer.node_endpoints.iter().map(|node| (node.node_id, node.port)).collect();
        let expected = if named { vec![(1, i32::from(broker.address().port()))] } else { vec![] };
        assert_eq!(endpoints, expected, "version {version}");
        let part = &answer.responses[0].partition_responses[0];
        check(part, ErrorCode::NOT_LEADER_OR_FOLLOWER);
        assert_eq!(part.current_leader.leader_id, if named { 1 } else { -1 }, "version {version}");
    }
}
