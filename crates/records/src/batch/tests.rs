use super::*;
use crate::{
    BatchBuilder, Compression, Cursor, MAGIC, NO_SEQUENCE, NewRecord, RecordFault, patch, sequence_after,
};
use base::{LeaderEpoch, Offset};

fn batch(base_offset: i64, values: &[&str]) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None).base_offset(Offset(base_offset));
    for value in values {
        builder.append(&NewRecord { value: Some(value.as_bytes()), ..NewRecord::default() }).unwrap();
    }
    builder.build()
}

fn changed(bytes: &Bytes, at: usize, to: &[u8]) -> Bytes {
    let mut bytes = bytes.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes.into()
}

#[test]
fn a_header_must_make_sense() {
    let good = batch(5, &["a", "b"]);
    let cases: [(usize, &[u8], &str); 8] = [
        (16, &[1], "magic 1 is not 2"),
        (16, &[0xff], "magic -1 is not 2"),
        (8, &48i32.to_be_bytes(), "batch length 48 cannot hold a header"),
        (8, &(-1i32).to_be_bytes(), "batch length -1 cannot hold a header"),
        (0, &(-1i64).to_be_bytes(), "base offset -1 and last offset delta 1 are no range of offsets"),
        (23, &(-1i32).to_be_bytes(), "base offset 5 and last offset delta -1 are no range of offsets"),
        (
            0,
            &(i64::MAX - 1).to_be_bytes(),
            "base offset 9223372036854775806 and last offset delta 1 are no range of offsets",
        ),
        (57, &(-1i32).to_be_bytes(), "record count -1 is negative"),
    ];
    for (at, to, expected) in cases {
        assert_eq!(BatchHeader::read(&changed(&good, at, to)).unwrap_err().to_string(), expected);
    }
    BatchHeader::read(&good[..HEADER_LEN]).expect("the header is enough");
    assert!(matches!(BatchHeader::read(&good[..60]), Err(Error::HeaderTooShort(60))));
}

#[test]
fn one_batch_is_neither_more_nor_less() {
    let good = batch(0, &["a"]);
    let parsed = RecordBatch::parse(good.clone()).unwrap();
    assert_eq!((parsed.magic, parsed.size_in_bytes()), (MAGIC, good.len()));
    let more = Bytes::from([&good[..], b"x"].concat());
    assert!(matches!(RecordBatch::parse(more), Err(Error::BytesAfterBatch(1))));
    for end in HEADER_LEN..good.len() {
        let cut = RecordBatch::parse(good.slice(..end));
        assert!(matches!(cut, Err(Error::Truncated { actual, .. }) if actual == end));
    }
}

#[test]
fn every_byte_after_the_crc_is_under_it() {
    let good = batch(0, &["a", "b"]);
    for at in 17..good.len() {
        let flipped = RecordBatch::parse(changed(&good, at, &[good[at] ^ 1])).unwrap();
        assert!(matches!(flipped.verify_crc(), Err(Error::Crc { .. })), "byte {at}");
        assert!(matches!(flipped.header().verify_crc(flipped.body_slice()), Err(Error::Crc { .. })));
    }
    for at in [7, 15] {
        RecordBatch::parse(changed(&good, at, &[9])).unwrap().verify_crc().expect("outside the CRC");
    }
}

#[test]
fn batches_end_where_the_last_one_is_cut() {
    let all = Bytes::from([batch(0, &["a"]), batch(1, &["b", "c"]), batch(3, &[])].concat());
    let ends = [batch(0, &["a"]).len(), all.len() - HEADER_LEN, all.len()];
    for end in 0..=all.len() {
        let mut batches = Batches::new(all.slice(..end));
        let whole = batches.by_ref().map(Result::unwrap).count();
        assert_eq!(whole, ends.iter().filter(|at| **at <= end).count(), "cut at {end}");
        let last = ends.iter().rfind(|at| **at <= end).unwrap_or(&0);
        assert_eq!(batches.partial_tail(), end - last);
        assert!(batches.next().is_none());
    }
}

#[test]
fn batches_end_at_an_error() {
    let two = Bytes::from([batch(0, &["a"]), batch(1, &["b"])].concat());
    let second = batch(0, &["a"]).len();
    for (at, to) in [(second + 16, &[1u8][..]), (second + 8, &[0, 0, 0, 1])] {
        let mut batches = Batches::new(changed(&two, at, to));
        assert_eq!(batches.next().unwrap().unwrap().base_offset, Offset(0));
        batches.next().unwrap().unwrap_err();
        assert!(batches.next().is_none());
        assert_eq!(batches.remaining().len(), two.len() - second);
    }
}

#[test]
fn patches_in_place_as_a_header_is_changed() {
    let batch = RecordBatch::parse(batch(0, &["a", "b"])).unwrap();
    let mut bytes: [u8; HEADER_LEN] = *batch.bytes().first_chunk().unwrap();
    let mut header = *batch.header();

    patch::set_base_offset(&mut bytes, Offset(1 << 40));
    patch::set_partition_leader_epoch(&mut bytes, LeaderEpoch(12));
    header.base_offset = Offset(1 << 40);
    header.partition_leader_epoch = LeaderEpoch(12);
    assert_eq!(bytes, header.to_bytes());
    BatchHeader::read(&bytes).unwrap().verify_crc(batch.body_slice()).expect("outside the CRC");

    let crc = patch::set_log_append_time(&mut bytes, batch.body_slice(), 99);
    header.set_log_append_time(99, batch.body_slice());
    assert_eq!((bytes, crc), (header.to_bytes(), header.crc));
    header.verify_crc(batch.body_slice()).unwrap();
}

#[test]
fn sequences_go_around() {
    let cases = [
        (0, 0, 0),
        (5, 3, 8),
        (i32::MAX, 0, i32::MAX),
        (i32::MAX, 1, 0),
        (i32::MAX - 1, 3, 1),
        (i32::MAX, i32::MAX, i32::MAX - 1),
        (0, -1, i32::MAX),
    ];
    for (from, count, expected) in cases {
        assert_eq!(sequence_after(from, count), expected, "{from} + {count}");
    }
    assert_eq!(RecordBatch::parse(batch(0, &["a"])).unwrap().last_sequence(), NO_SEQUENCE);
}

/// The body of a batch with one offset, read record by record to the first error.
#[track_caller]
fn check_body(record_count: i32, body: &[u8], expected: Result<usize, &str>) {
    let header = BatchHeader { record_count, ..*RecordBatch::parse(batch(0, &["a"])).unwrap().header() };
    let mut records = RecordIter::new(&header, body);
    let read = records.by_ref().collect::<Result<Vec<_>, _>>();
    assert_eq!(
        read.map(|records| records.len()).map_err(|error| error.to_string()),
        expected.map_err(String::from)
    );
    assert!(records.next().is_none(), "ends after an error");
}

#[test]
fn malformed_records_are_told_apart() {
    // Length 6: attributes, timestamp delta, offset delta, null key, null value, no header.
    check_body(1, &[12, 0, 0, 0, 1, 1, 0], Ok(1));
    check_body(0, &[], Ok(0));
    check_body(2, &[12, 0, 0, 0, 1, 1, 0], Err("record 1 is malformed: the bytes end early"));
    check_body(1, &[12, 0, 0, 0, 1, 1, 0, 7], Err("1 bytes follow the last record"));
    check_body(1, &[1], Err("record 0 is malformed: length -1 is negative"));
    check_body(1, &[0], Err("record 0 is malformed: the bytes end early"));
    check_body(1, &[0xff; 9], Err("record 0 is malformed: a number does not end"));
    check_body(1, &[12, 0, 0, 2, 1, 1, 0], Err("record 0 is malformed: offset delta 1 is not in 0..=0"));
    check_body(1, &[12, 0, 0, 1, 1, 1, 0], Err("record 0 is malformed: offset delta -1 is not in 0..=0"));
    check_body(1, &[12, 0, 0, 0, 8, 1, 0], Err("record 0 is malformed: the bytes end early"));
    check_body(
        1,
        &[14, 0, 0, 0, 1, 1, 0, 0],
        Err("record 0 is malformed: 1 bytes of the record are left over"),
    );
    check_body(
        1,
        &[12, 0, 0, 0, 1, 1, 2],
        Err("record 0 is malformed: header count 1 does not fit the record"),
    );
    check_body(
        1,
        &[12, 0, 0, 0, 1, 1, 1],
        Err("record 0 is malformed: header count -1 does not fit the record"),
    );
    // One header: an empty key and a null value; then a null key, which is none.
    check_body(1, &[16, 0, 0, 0, 1, 1, 2, 0, 1], Ok(1));
    check_body(1, &[16, 0, 0, 0, 1, 1, 2, 1, 1], Err("record 0 is malformed: length -1 is negative"));
    // A length that would be 2 GiB.
    let huge = [&[0xfe, 0xff, 0xff, 0xff, 0x0f][..], &[0; 20]].concat();
    check_body(1, &huge, Err("record 0 is malformed: the bytes end early"));
    assert_eq!(RecordFault::Truncated.to_string(), "the bytes end early");
}

#[test]
fn a_builder_refuses_offsets_that_go_back() {
    let mut builder = BatchBuilder::new(Compression::None).base_offset(Offset(10));
    let record = NewRecord::default();
    builder.append_at(Offset(12), &record).unwrap();
    for offset in [9, 12, 10 + (1 << 31), i64::MAX, i64::MIN] {
        builder.append_at(Offset(offset), &record).expect_err("out of range");
    }
    builder.append(&record).unwrap();
    let batch = RecordBatch::parse(builder.build()).unwrap();
    assert_eq!((batch.record_count, batch.last_offset()), (2, Offset(13)));
}

#[test]
fn a_delete_horizon_leaves_timestamps_alone() {
    let mut builder = BatchBuilder::new(Compression::Gzip).delete_horizon(5_000);
    for timestamp in [7_000, 1_000] {
        builder.append(&NewRecord { timestamp, ..NewRecord::default() }).unwrap();
    }
    let batch = RecordBatch::parse(builder.build()).unwrap();
    assert_eq!((batch.delete_horizon(), batch.max_timestamp), (Some(5_000), 7_000));
    let records = batch.records(100).unwrap();
    assert_eq!(records.iter().map(|record| record.unwrap().timestamp).collect::<Vec<_>>(), [7_000, 1_000]);
    let mut again = BatchBuilder::replacing(batch.header());
    records.iter().for_each(|record| again.keep(&record.unwrap()).unwrap());
    assert_eq!(RecordBatch::parse(again.build()).unwrap().header().delete_horizon(), Some(5_000));
}

#[test]
fn a_cursor_walks_as_an_iterator_does() {
    let good = RecordBatch::parse(batch(5, &["a", "b", "c"])).unwrap();
    let mut cut = good.header().to_owned();
    cut.record_count = 4;
    let bad = Records::open(&cut, good.body(), 100).unwrap();
    for records in [good.records(100).unwrap(), bad] {
        let mut cursor = Cursor::default();
        let walked: Vec<_> = std::iter::from_fn(|| records.next_at(&mut cursor)).collect();
        assert_eq!(format!("{walked:?}"), format!("{:?}", records.iter().collect::<Vec<_>>()));
        assert!(records.is_end(cursor) && !records.is_end(Cursor::default()));
    }
}
