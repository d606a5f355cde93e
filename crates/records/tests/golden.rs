//! Batches from other people's encoders, made by the programs beside them, and ours against those.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod reference_batch;

use base::{LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;
use mainstem_records::{
    BatchBuilder, Compression, ControlRecord, ControlType, NO_SEQUENCE, RecordBatch, TimestampType,
    control::{self, EndTransactionMarker, Placement},
};
use reference_batch::{Owned, T, builder, data};

const KAFKA_CLIENTS: &str = include_str!("golden/kafka-clients-4.3.1.txt");
const KAFKA_PYTHON: &str = include_str!("golden/kafka-python-3.0.12.txt");
const PLACEMENT: Placement =
    Placement { base_offset: Offset(100), partition_leader_epoch: LeaderEpoch(7), timestamp: T };

#[track_caller]
fn golden(file: &str, name: &str) -> RecordBatch {
    let line = file
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .expect("a line of that name");
    let digit = |at: usize| u8::from_str_radix(&line[at..at + 2], 16).expect("hex");
    let batch = RecordBatch::parse((0..line.len()).step_by(2).map(digit).collect()).expect("a batch");
    batch.verify_crc().expect("its CRC");
    assert_eq!(batch.header().to_bytes(), batch.bytes()[..61], "the header is written as it was read");
    batch
}

fn owned(batch: &RecordBatch) -> Vec<Owned> {
    let records = batch.records(1 << 20).expect("they inflate");
    records.iter().map(|record| Owned::from(&record.expect("a record"))).collect()
}

#[test]
fn reads_every_codec_of_other_encoders() {
    for (file, base_offset, epoch) in [(KAFKA_CLIENTS, 100, 7), (KAFKA_PYTHON, 0, 0)] {
        for compression in Compression::ALL {
            let batch = golden(file, &format!("data-{compression}"));
            assert_eq!(owned(&batch), data(compression), "{compression}");
            assert_eq!(batch.compression().unwrap(), compression);
            assert_eq!(batch.base_offset, Offset(base_offset));
            assert_eq!(batch.partition_leader_epoch, LeaderEpoch(epoch));
            assert_eq!(batch.last_offset() - batch.base_offset, data(compression).len() as i64 - 1);
            assert_eq!((batch.producer_id, batch.producer_epoch), (ProducerId(4711), ProducerEpoch(3)));
            assert_eq!((batch.base_timestamp, batch.max_timestamp), (T, T + 5));
            assert_eq!(batch.last_sequence(), batch.record_count - 3, "2^31-2, 2^31-1, 0, 1");
            assert!(batch.is_transactional() && !batch.is_control());
        }
    }
}

#[test]
fn writes_the_bytes_that_kafka_writes() {
    let mut plain = builder(Compression::None);
    data(Compression::None).iter().for_each(|record| record.append_to(&mut plain));
    assert_eq!(plain.build(), golden(KAFKA_CLIENTS, "data-none").bytes());
    // snappy-java's framing and block length are ours too.
    let mut snappy = builder(Compression::Snappy);
    data(Compression::Snappy).iter().for_each(|record| record.append_to(&mut snappy));
    assert_eq!(snappy.build(), golden(KAFKA_CLIENTS, "data-snappy").bytes());

    let (id, epoch) = (ProducerId(4711), ProducerEpoch(3));
    for (name, committed) in [("abort", false), ("commit", true)] {
        let marker = EndTransactionMarker { committed, coordinator_epoch: 42 };
        let batch = control::end_transaction(PLACEMENT, id, epoch, marker);
        assert_eq!(batch, golden(KAFKA_CLIENTS, name).bytes(), "{name}");
    }
    let change = control::leader_change(PLACEMENT, NodeId(2), &[NodeId(1), NodeId(2)], &[NodeId(2)]);
    assert_eq!(change, golden(KAFKA_CLIENTS, "leader-change").bytes());
}

#[test]
fn an_emptied_batch_is_kafkas() {
    let empty = golden(KAFKA_CLIENTS, "empty");
    assert_eq!(owned(&empty), []);
    assert_eq!((empty.record_count, empty.last_offset()), (0, Offset(103)));
    let mut original = BatchBuilder::new(Compression::Zstd)
        .base_offset(Offset(100))
        .partition_leader_epoch(LeaderEpoch(7))
        .producer(ProducerId(4711), ProducerEpoch(3), 5)
        .transactional();
    for _ in 0..4 {
        Owned { timestamp: T, ..Owned::default() }.append_to(&mut original);
    }
    let original = RecordBatch::parse(original.build()).unwrap();
    assert_eq!(original.emptied().to_bytes(), empty.bytes()[..]);
    let replaced = BatchBuilder::replacing(&original).build();
    let replaced = RecordBatch::parse(replaced).unwrap();
    replaced.verify_crc().unwrap();
    assert_eq!((replaced.record_count, replaced.last_offset()), (0, Offset(103)));
}

#[test]
fn log_append_time_is_set_as_kafka_sets_it() {
    let expected = golden(KAFKA_CLIENTS, "log-append-time");
    assert_eq!(expected.timestamp_type(), TimestampType::LogAppendTime);
    assert!(owned(&expected).iter().all(|record| record.timestamp == T + 1000));

    let mut built = builder(Compression::None).log_append_time(T + 1000);
    data(Compression::None).iter().for_each(|record| record.append_to(&mut built));
    assert_eq!(built.build(), expected.bytes());

    let plain = golden(KAFKA_CLIENTS, "data-none");
    let mut header = *plain.header();
    header.set_log_append_time(T + 1000, plain.body_slice());
    assert_eq!(header.to_bytes(), expected.bytes()[..61]);
}

#[test]
fn reads_control_records() {
    let marker =
        |committed| ControlRecord::EndTransaction(EndTransactionMarker { committed, coordinator_epoch: 42 });
    let cases = [
        ("abort", marker(false)),
        ("commit", marker(true)),
        ("leader-change", ControlRecord::Other(ControlType::LeaderChange)),
    ];
    for (name, expected) in cases {
        let batch = golden(KAFKA_CLIENTS, name);
        assert!(batch.is_control());
        assert_eq!(batch.last_sequence(), NO_SEQUENCE);
        let records = batch.records(0).expect("uncompressed records are not counted against the limit");
        let record = records.iter().next().expect("one record").unwrap();
        assert_eq!(ControlRecord::read(&record).unwrap(), expected, "{name}");
    }
}

#[test]
fn shares_the_bytes_of_a_record() {
    let batch = golden(KAFKA_CLIENTS, "data-none");
    let records = batch.records(0).unwrap();
    let value = records.iter().next().unwrap().unwrap().value.unwrap();
    let shared: Bytes = records.share(value);
    assert_eq!(shared, "v0");
    assert!(batch.bytes().as_ptr_range().contains(&shared.as_ptr()), "no copy");
}
