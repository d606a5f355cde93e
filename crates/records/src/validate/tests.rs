use super::*;
use crate::{BatchBuilder, HEADER_LEN, NewRecord, Records};
use base::{Offset, ProducerEpoch, ProducerId};

const NOW: i64 = 1_700_000_000_000;

/// `(timestamp, has a key)` of each record.
fn build(compression: Compression, records: &[(i64, bool)]) -> RecordBatch {
    let mut builder = BatchBuilder::new(compression);
    for &(timestamp, keyed) in records {
        let key = keyed.then_some(&b"key"[..]);
        builder.append(&NewRecord { timestamp, key, value: Some(b"value"), headers: &[] }).unwrap();
    }
    RecordBatch::parse(builder.build()).unwrap()
}

/// The batch with another header and the CRC that belongs to it.
fn with_header(batch: &RecordBatch, change: impl FnOnce(&mut BatchHeader)) -> RecordBatch {
    let mut header = *batch.header();
    change(&mut header);
    header.set_crc(batch.body_slice());
    RecordBatch::parse([&header.to_bytes()[..], batch.body_slice()].concat().into()).unwrap()
}

/// Judges under all three depths.
#[track_caller]
fn check_all(batch: &RecordBatch, rules: Rules, expected: Result<(), (Kind, &str)>) {
    for depth in [Depth::Header, Depth::Uncompressed, Depth::All] {
        check(batch, Rules { depth, ..rules }, expected);
    }
}

#[track_caller]
fn check(batch: &RecordBatch, rules: Rules, expected: Result<(), (Kind, &str)>) {
    let judged =
        for_produce(batch, &rules, NOW).map(drop).map_err(|rejected| (rejected.kind(), rejected.to_string()));
    assert_eq!(judged, expected.map_err(|(kind, text)| (kind, text.to_owned())), "{:?}", rules.depth);
}

#[test]
fn takes_what_is_in_order_and_leaves_it_alone() {
    for compression in Compression::ALL {
        let batch = build(compression, &[(NOW, true), (NOW - 5, false), (-1, false)]);
        check_all(&batch, Rules::default(), Ok(()));
        let accepted = for_produce(&batch, &Rules { depth: Depth::All, ..Rules::default() }, NOW).unwrap();
        assert_eq!((accepted.header, accepted.log_append_time_ms), (*batch.header(), -1));
        assert_eq!(accepted.body.as_ptr(), batch.body_slice().as_ptr(), "no copy");
    }
}

#[test]
fn wants_exactly_one_batch() {
    let batch = build(Compression::None, &[(NOW, true)]);
    let cases = [
        (Bytes::new(), "there is no record batch"),
        (
            Bytes::from([&batch.bytes()[..], &batch.bytes()[..]].concat()),
            "more than one record batch, or bytes after it",
        ),
        (batch.bytes().slice(..HEADER_LEN), "the record batch cannot be read"),
        (Bytes::from_static(b"short"), "the record batch cannot be read"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(one_batch(bytes).unwrap_err().to_string(), expected);
    }
    assert_eq!(one_batch(batch.bytes().slice(..70)).unwrap_err().kind(), Kind::Corrupt);
    let mut old = batch.bytes().to_vec();
    old[16] = 1;
    assert_eq!(one_batch(old.into()).unwrap_err().kind(), Kind::Invalid);
    one_batch(batch.into_bytes()).unwrap();
}

#[test]
fn refuses_a_header_that_no_client_may_send() {
    use Kind::{Invalid, InvalidTimestamp};
    type Change = fn(&mut BatchHeader);
    let good = build(Compression::None, &[(NOW, true), (NOW, true)]);
    let unreadable = "the record batch cannot be read";
    let cases: [(Change, Kind, &str); 9] = [
        (|h| h.base_offset = Offset(1), Invalid, "the base offset is 1 and not 0"),
        (|h| h.record_count = 0, Invalid, "the batch counts 0 records and has offsets 0 to 1"),
        (|h| h.record_count = 1, Invalid, "the batch counts 1 records and has offsets 0 to 1"),
        (|h| h.last_offset_delta = 2, Invalid, "the batch counts 2 records and has offsets 0 to 2"),
        (
            |h| h.record_count = i32::MAX,
            Invalid,
            "the batch counts 2147483647 records and has offsets 0 to 1",
        ),
        (|h| h.attributes = h.attributes.with_control(true), Invalid, "clients cannot write control records"),
        (|h| h.producer_id = ProducerId(1), Invalid, "sequence -1 of an idempotent producer is negative"),
        (
            |h| h.attributes = h.attributes.with_timestamp_type(TimestampType::LogAppendTime),
            InvalidTimestamp,
            "a producer cannot set log append time",
        ),
        (|h| h.attributes.0 |= 5, Invalid, unreadable),
    ];
    for (change, kind, text) in cases {
        check_all(&with_header(&good, change), Rules::default(), Err((kind, text)));
    }
    let idempotent = with_header(&good, |h| {
        (h.producer_id, h.producer_epoch, h.base_sequence) = (ProducerId(1), ProducerEpoch(0), 0);
    });
    check_all(&idempotent, Rules::default(), Ok(()));
    let mut flipped = good.bytes().to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let flipped = RecordBatch::parse(flipped.into()).unwrap();
    check_all(&flipped, Rules::default(), Err((Kind::Corrupt, unreadable)));
}

#[test]
fn timestamps_lie_around_now() {
    let rules = Rules { timestamp_before_max_ms: 100, timestamp_after_max_ms: 10, ..Rules::default() };
    let window = "timestamp {} is not between 1699999999900 and 1700000000010";
    for compression in [Compression::None, Compression::Lz4] {
        for edge in [NOW - 100, NOW, NOW + 10, -1] {
            check_all(&build(compression, &[(NOW, true), (edge, true)]), rules, Ok(()));
        }
        for beyond in [NOW - 101, NOW + 11, -2, i64::MIN, i64::MAX] {
            let batch = build(compression, &[(beyond, true), (NOW, true), (beyond, false)]);
            let reason = window.replace("{}", &beyond.to_string());
            let deep = format!("2 records are refused, the first (index 0) because {reason}");
            check(&batch, Rules { depth: Depth::All, ..rules }, Err((Kind::InvalidTimestamp, &deep)));
            check(&batch, Rules { depth: Depth::Header, ..rules }, Err((Kind::InvalidTimestamp, &reason)));
            // The broker's own clock needs no window.
            let rules = Rules { timestamp_type: TimestampType::LogAppendTime, ..rules };
            check_all(&batch, rules, Ok(()));
        }
    }
    let all_of_time = Rules { timestamp_after_max_ms: i64::MAX, ..Rules::default() };
    check_all(&build(Compression::None, &[(i64::MAX, true), (0, true)]), all_of_time, Ok(()));
}

#[test]
fn a_compacted_topic_needs_keys_at_every_depth() {
    for compression in Compression::ALL {
        let rules = Rules { compacted: true, timestamp_after_max_ms: 10, ..Rules::default() };
        let batch = build(compression, &[(NOW, true), (NOW, false), (NOW, true), (NOW, false)]);
        let rejected = for_produce(&batch, &Rules { depth: Depth::Header, ..rules }, NOW).unwrap_err();
        let no_key = |index| RecordError { index, reason: RecordReason::NoKey };
        assert_eq!(rejected.record_errors(), [no_key(1), no_key(3)]);
        assert_eq!(rejected.kind(), Kind::Invalid);
        check_all(
            &batch,
            rules,
            Err((
                Kind::Invalid,
                "2 records are refused, the first (index 1) because a record of a compacted topic needs a key",
            )),
        );
        // One bad timestamp decides what the producer is told, as in Kafka.
        let batch = build(compression, &[(NOW, false), (NOW + 11, true)]);
        assert_eq!(for_produce(&batch, &rules, NOW).unwrap_err().kind(), Kind::InvalidTimestamp);
        check_all(&build(compression, &[(NOW, true)]), rules, Ok(()));
    }
}

#[test]
fn names_no_more_than_so_many_records() {
    let batch = build(Compression::None, &vec![(NOW, false); MAX_RECORD_ERRORS + 5]);
    let rejected = for_produce(&batch, &Rules { compacted: true, ..Rules::default() }, NOW).unwrap_err();
    assert_eq!(rejected.record_errors().len(), MAX_RECORD_ERRORS);
}

#[test]
fn what_records_say_against_their_header_shows_in_depth_only() {
    let unreadable = Err((Kind::Invalid, "the record batch cannot be read"));
    for compression in [Compression::None, Compression::Zstd] {
        let good = build(compression, &[(NOW, true), (NOW, true)]);
        let more = with_header(&good, |h| (h.record_count, h.last_offset_delta) = (3, 2));
        let fewer = with_header(&good, |h| (h.record_count, h.last_offset_delta) = (1, 0));
        for lie in [more, fewer] {
            check(&lie, Rules { depth: Depth::All, ..Rules::default() }, unreadable);
            check(&lie, Rules { depth: Depth::Header, ..Rules::default() }, Ok(()));
            let expected = if compression == Compression::None { unreadable } else { Ok(()) };
            check(&lie, Rules { depth: Depth::Uncompressed, ..Rules::default() }, expected);
        }
    }
    let mut gap = BatchBuilder::new(Compression::None);
    gap.append_at(Offset(0), &NewRecord::default()).unwrap();
    gap.append_at(Offset(2), &NewRecord::default()).unwrap();
    let gap = with_header(&RecordBatch::parse(gap.build()).unwrap(), |h| h.record_count = 3);
    check(&gap, Rules::default(), Err((Kind::Invalid, "record 1 has offset delta 2")));
}

#[test]
fn a_wrong_max_timestamp_is_put_right() {
    let good = build(Compression::Gzip, &[(NOW, true), (NOW + 3, true)]);
    let wrong = with_header(&good, |h| h.max_timestamp = NOW + 9);
    let accepted = for_produce(&wrong, &Rules { depth: Depth::All, ..Rules::default() }, NOW).unwrap();
    assert_eq!(accepted.header, *good.header());
}

#[test]
fn log_append_time_is_now() {
    for codec in [None, Some(Codec::new(Compression::Lz4))] {
        let batch = build(Compression::None, &[(5, true)]);
        let rules = Rules { timestamp_type: TimestampType::LogAppendTime, codec, ..Rules::default() };
        let accepted = for_produce(&batch, &rules, NOW).unwrap();
        assert_eq!(accepted.log_append_time_ms, NOW);
        assert_eq!(accepted.header.max_timestamp, NOW);
        accepted.header.verify_crc(&accepted.body).unwrap();
        let records = Records::open(&accepted.header, accepted.body, 1000).unwrap();
        assert_eq!(records.iter().next().unwrap().unwrap().timestamp, NOW);
    }
}

#[test]
fn a_topic_with_a_codec_of_its_own_gets_it() {
    for from in Compression::ALL {
        for to in Compression::ALL {
            let batch = build(from, &[(NOW, true), (NOW - 1, false)]);
            let rules = Rules { codec: Some(Codec::new(to)), depth: Depth::Header, ..Rules::default() };
            let accepted = for_produce(&batch, &rules, NOW).unwrap();
            assert_eq!(accepted.header.compression().unwrap(), to);
            accepted.header.verify_crc(&accepted.body).unwrap();
            let records = Records::open(&accepted.header, accepted.body.clone(), 1000).unwrap();
            assert_eq!(records.iter().map(Result::unwrap).count(), 2);
            if from == to {
                assert_eq!(accepted.body.as_ptr(), batch.body_slice().as_ptr(), "no copy");
            }
        }
    }
}

#[test]
fn a_bomb_is_refused() {
    let mut builder = BatchBuilder::new(Compression::Zstd);
    builder
        .append(&NewRecord { key: Some(b"k"), value: Some(&[0; 1 << 16]), ..NewRecord::default() })
        .unwrap();
    let batch = RecordBatch::parse(builder.build()).unwrap();
    let rules = Rules { compacted: true, inflated_limit: 1 << 16, ..Rules::default() };
    check(&batch, rules, Err((Kind::Invalid, "the record batch cannot be read")));
    check(&batch, Rules { inflated_limit: 1 << 17, ..rules }, Ok(()));
}
