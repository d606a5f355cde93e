//! Bytes that no client should send. The answer is Kafka's where Kafka has one, else the connection is closed; the
//! broker goes on either way.
use protocol::{ApiKey, ErrorCode, FetchRequest, MetadataRequest, ProduceRequest};
use records::{BatchBuilder, Compression, HEADER_LEN, NewRecord};
use std::{
    fs,
    sync::{Mutex, MutexGuard, PoisonError},
};
use testkit::{TestBroker, Wire, batch, batch_of, fetch_request, filled, frame, produce_request, tampered};

/// A request with header v1, no client id, and this body.
fn request(key: ApiKey, version: i16, body: &[u8]) -> Vec<u8> {
    let head = [&(key as i16).to_be_bytes()[..], &version.to_be_bytes(), &[0, 0, 0, 7, 0xff, 0xff]].concat();
    frame(&[&head, body].concat())
}

/// The same with header v2.
fn flexible(key: ApiKey, version: i16, body: &[u8]) -> Vec<u8> {
    request(key, version, &[&[0], body].concat())
}

/// Taken by every test that looks at the process's memory, so that they do not see each other's.
fn measuring() -> MutexGuard<'static, ()> {
    static MEASURING: Mutex<()> = Mutex::new(());
    MEASURING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Resident memory of this process, which the broker shares.
fn resident_bytes() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() << 10
}

#[track_caller]
fn closes(broker: &TestBroker, what: &str, bytes: &[u8]) {
    let mut wire = broker.connect();
    wire.expect_open();
    wire.try_send_bytes(bytes);
    println!("{what}");
    wire.expect_closed();
    broker.connect().expect_open();
}

/// 12. Counts and lengths that exceed what remains close the connection, and nothing is reserved for them.
#[test]
fn counts_beyond_the_frame_close() {
    let _alone = measuring();
    let broker = TestBroker::start();
    let before = resident_bytes();
    let huge = i32::MAX.to_be_bytes();
    let huge_varint = [0xff, 0xff, 0xff, 0xff, 0x07];
    for (what, bytes) in [
        ("topics of Metadata", request(ApiKey::Metadata, 1, &huge)),
        ("topics of Metadata, flexible", flexible(ApiKey::Metadata, 9, &huge_varint)),
        ("topics of Fetch", request(ApiKey::Fetch, 4, &[&[0; 17][..], &huge].concat())),
        ("a string", request(ApiKey::FindCoordinator, 0, &[0x7f, 0xff])),
        ("a negative string", request(ApiKey::FindCoordinator, 0, &[0xff, 0xfe])),
        ("a null where none may be", request(ApiKey::FindCoordinator, 0, &[0xff, 0xff])),
        ("a negative array", request(ApiKey::DeleteGroups, 0, &(-2i32).to_be_bytes())),
        (
            "an array above the limit",
            request(ApiKey::DeleteGroups, 0, &[&1_000_001i32.to_be_bytes()[..], &[0; 3_000_000]].concat()),
        ),
        ("tagged fields", flexible(ApiKey::ListGroups, 3, &huge_varint)),
        (
            "tagged fields above the limit",
            flexible(ApiKey::ListGroups, 3, &[&[0xff, 0xff, 0x03][..], &[0; 300_000]].concat()),
        ),
        ("a tagged field that is too long", flexible(ApiKey::ListGroups, 3, &[1, 0, 0x7f])),
        ("a varint without end", flexible(ApiKey::ListGroups, 3, &[0xff; 12])),
        ("bytes that are no UTF-8", request(ApiKey::FindCoordinator, 0, &[0, 2, 0xc3, 0x28])),
        (
            "records",
            request(
                ApiKey::Produce,
                3,
                &[&[0xff, 0xff, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0, 1, b't', 0, 0, 0, 1, 0, 0, 0, 0][..], &huge]
                    .concat(),
            ),
        ),
    ] {
        closes(&broker, what, &bytes);
    }
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 200 << 20, "the process grew by {grown} bytes");
}

/// 5. A frame that ends before its request does closes the connection, wherever it was cut.
#[test]
fn truncated_requests_close() {
    let broker = TestBroker::start();
    broker.connect().create("t", 1);
    let segments = protocol::encode_request(1, None, &produce_request("t", 0, batch(&["x"])), 9).unwrap();
    let whole = segments.concat();
    for length in (0..whole.len() - 4).step_by(7) {
        let mut wire = broker.connect();
        wire.send_bytes(&frame(&whole[4..4 + length]));
        wire.expect_closed();
    }
    assert_eq!(broker.connect().read("t", 0, 0), []);
}

/// 1. A client that goes away in the middle of a frame, or before its answer, disturbs nobody.
#[test]
fn clients_that_vanish_disturb_nobody() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for _ in 0..20 {
        let mut rude = broker.connect();
        rude.send(12, &FetchRequest { max_wait_ms: 1000, ..fetch_request(&[("t", 0, 0)]) });
        drop(rude);
        let mut rude = broker.connect();
        rude.send_bytes(&[0, 0, 0, 99, 1, 2, 3]);
    }
    assert_eq!(wire.append("t", 0, &["x"]), 0);
}

/// 1. A client that sends a byte at a time is answered like any other, and holds nobody up.
#[test]
fn a_slow_client_is_served() {
    let broker = TestBroker::start();
    let (mut slow, mut other) = (broker.connect(), broker.connect());
    let segments = protocol::encode_request(9, None, &MetadataRequest::default(), 9).unwrap();
    for byte in segments.concat() {
        slow.send_bytes(&[byte]);
        other.expect_open();
    }
    assert_eq!(slow.receive::<MetadataRequest>(9).0, 9);
}

/// 16. Bytes without a whole request do not keep a connection open for ever.
#[test]
fn a_client_that_never_finishes_is_closed() {
    let broker = TestBroker::with(&[("connections.max.idle.ms", "50")]);
    let mut wire = broker.connect();
    wire.send_bytes(&[0, 0, 0, 50, 0]);
    wire.expect_closed();
}

/// 1. A length that is announced is no memory that is taken: many connections may announce the largest frame.
#[test]
fn announced_frames_take_no_memory() {
    let _alone = measuring();
    let broker = TestBroker::start();
    let before = resident_bytes();
    let mut wires: Vec<Wire> = (0..100).map(|_| broker.connect()).collect();
    for wire in &mut wires {
        wire.send_bytes(&[&100_000_000i32.to_be_bytes()[..], &[0; 100]].concat());
    }
    broker.connect().expect_open();
    let grown = resident_bytes().saturating_sub(before);
    // A hundred times 100 MB were announced.
    assert!(grown < 1 << 30, "the process grew by {grown} bytes");
}

/// 2. A client that asks for much at once and reads none of it holds no more than an answer or so in memory.
#[test]
fn answers_that_nobody_reads_are_not_piled_up() {
    let _alone = measuring();
    let mut broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("max.message.bytes", "20000000")]);
    wire.append("t", 0, &["x".repeat(8 << 20).as_str()]);
    // What was just appended may be shared by all who read it.
    broker.restart();
    let (mut greedy, mut other) = (broker.connect(), broker.connect());
    let request = with_room(fetch_request(&[("t", 0, 0)]));
    let at_once: Vec<_> =
        (0..100).flat_map(|id| protocol::encode_request(id, None, &request, 12).unwrap()).collect();
    let before = resident_bytes();
    greedy.send_bytes(&at_once.concat());
    other.expect_open();
    let grown = resident_bytes().saturating_sub(before);
    // All answers together would be 800 MiB.
    assert!(grown < 300 << 20, "the process grew by {grown} bytes");
    for _ in 0..100 {
        assert_eq!(greedy.receive::<FetchRequest>(12).1.error_code, 0);
    }
}

fn with_room(mut request: FetchRequest) -> FetchRequest {
    request.topics[0].partitions[0].partition_max_bytes = i32::MAX;
    request
}

/// 16. A client that does not read its answer, or waits longer than a connection may be idle, is closed.
#[test]
fn connections_that_are_stuck_are_closed() {
    let mut broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("max.message.bytes", "20000000")]);
    wire.append("t", 0, &["x".repeat(8 << 20).as_str()]);
    broker.stop();
    let settings = [("connections.max.idle.ms", "200"), ("max.connections", "1")];
    let broker = TestBroker::in_folder(broker.folder(), &settings).unwrap();
    let request = with_room(fetch_request(&[("t", 0, 0)]));
    let at_once: Vec<_> =
        (0..10).flat_map(|id| protocol::encode_request(id, None, &request, 12).unwrap()).collect();
    let mut wire = broker.connect();
    wire.try_send_bytes(&at_once.concat());
    // There is no place for a second connection before the first, which reads nothing, has been closed.
    let mut second = broker.connect();
    second.send(12, &FetchRequest { max_wait_ms: i32::MAX, ..fetch_request(&[("t", 0, 1)]) });
    second.expect_closed();
}

/// 28. A codec that does not exist is refused, and nothing is appended.
#[test]
fn unknown_codecs_are_refused() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for codec in 5..=7 {
        let sent = tampered(&batch(&["x"]), |header| header.attributes.0 = codec);
        let code = ErrorCode(wire.produce("t", 0, sent).error_code);
        assert!(
            [ErrorCode::INVALID_RECORD, ErrorCode::CORRUPT_MESSAGE].contains(&code),
            "codec {codec}: {code}"
        );
    }
    assert_eq!(wire.read("t", 0, 0), []);
}

/// 26. Records that are not what their codec or their own lengths say are refused, and nothing is appended.
#[test]
fn unreadable_records_are_refused() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    // Each has to look inside what the other's codec made.
    wire.create_with("gzip", 1, &[("compression.type", "gzip")]);
    wire.create_with("zstd", 1, &[("compression.type", "zstd")]);
    for codec in
        [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd, Compression::None]
    {
        let mut bytes = filled(BatchBuilder::new(codec), &["some", "values"]).to_vec();
        for byte in &mut bytes[HEADER_LEN..] {
            *byte ^= 0x55;
        }
        // The CRC is right for the garbage.
        let sent = tampered(&bytes.into(), |_| {});
        let topic = if codec == Compression::Gzip { "zstd" } else { "gzip" };
        let code = ErrorCode(wire.produce(topic, 0, sent.clone()).error_code);
        assert_eq!(code, ErrorCode::INVALID_RECORD, "{codec:?}");
        if codec == Compression::None {
            assert_eq!(ErrorCode(wire.produce("t", 0, sent).error_code), ErrorCode::INVALID_RECORD);
        }
    }
    assert_eq!(wire.read("gzip", 0, 0), []);
}

/// 27. A small batch that inflates to very much is refused where the broker has to look inside, in bounded memory.
#[test]
fn decompression_bombs_are_refused() {
    let _alone = measuring();
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create_with("t", 1, &[("cleanup.policy", "compact")]);
    let large = vec![0; 200 << 20];
    let record = NewRecord { timestamp: 1, key: Some(b"k"), value: Some(&large), headers: &[] };
    let bomb = batch_of(BatchBuilder::new(Compression::Zstd), &[record]);
    drop(large);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let before = resident_bytes();
    let answer = wire.produce("t", 0, bomb);
    assert_eq!(ErrorCode(answer.error_code), ErrorCode::INVALID_RECORD, "{:?}", answer.error_message);
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 180 << 20, "the process grew by {grown} bytes");
    assert_eq!(wire.read("t", 0, 0), []);
}

/// 62. Names with a slash, or that leave the data folder, are refused whoever asks.
#[test]
fn names_do_not_leave_the_folder() {
    let broker = TestBroker::with(&[("auto.create.topics.enable", "true")]);
    let mut wire = broker.connect();
    for name in ["a/b", "../../etc", "/etc", "a\\b", "..", "a\nb"] {
        let topic = protocol::metadata::request::MetadataRequestTopic {
            name: Some(testkit::text(name)),
            ..Default::default()
        };
        let metadata = MetadataRequest { topics: Some(vec![topic]), ..Default::default() };
        assert_eq!(
            ErrorCode(wire.latest(&metadata).topics[0].error_code),
            ErrorCode::INVALID_TOPIC_EXCEPTION,
            "{name:?}"
        );
        let code = wire.produce(name, 0, batch(&["x"])).error_code;
        assert_eq!(ErrorCode(code), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "{name:?}");
        assert_eq!(
            ErrorCode(wire.fetch(name, 0, 0).error_code),
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            "{name:?}"
        );
    }
}

/// 21. Negative and absurd numbers in a request are answered like others.
#[test]
fn absurd_numbers_are_answered() {
    let broker = TestBroker::start();
    let mut wire = broker.connect();
    wire.create("t", 1);
    for timeout_ms in [-1, i32::MIN, i32::MAX] {
        let request = ProduceRequest { timeout_ms, ..produce_request("t", 0, batch(&["x"])) };
        // Without time to wait for the disk nothing can be promised.
        let code = ErrorCode(wire.ask(9, &request).responses[0].partition_responses[0].error_code);
        assert!(
            code == ErrorCode::NONE || (timeout_ms < 0 && code == ErrorCode::REQUEST_TIMED_OUT),
            "{code}"
        );
        let mut request = FetchRequest {
            max_wait_ms: timeout_ms,
            min_bytes: timeout_ms.min(1),
            max_bytes: timeout_ms,
            ..fetch_request(&[("t", 0, 0)])
        };
        request.topics[0].partitions[0].partition_max_bytes = timeout_ms;
        assert_eq!(wire.ask(12, &request).responses[0].partitions[0].error_code, 0);
    }
    for partition in [-1, i32::MIN, i32::MAX] {
        assert_eq!(wire.produce("t", partition, batch(&["x"])).error_code, 3);
        assert_eq!(wire.fetch("t", partition, 0).error_code, 3);
    }
}

/// 1. Noise of any kind closes a connection or is answered, and the broker goes on.
#[test]
fn noise_does_no_harm() {
    let broker = TestBroker::start();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = || {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb).to_be_bytes()
    };
    for _ in 0..500 {
        let mut body: Vec<u8> = (0..8).flat_map(|_| random()).collect();
        let bits = random();
        // A key and a version that are often good ones.
        body[..4].copy_from_slice(&[0, bits[0] % 94, 0, bits[1] % 12]);
        broker.connect().try_send_bytes(&frame(&body));
    }
    broker.connect().expect_open();
}
