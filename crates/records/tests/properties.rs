//! Round trips, and a second opinion from the codec of the crate `kafka-protocol`.
//!
//! Known faults of that codec, kept out of its way here: it keeps the last of several headers of one key, never sets
//! the bit of log append time, cannot write an empty batch, cannot write sequences that wrap, and overflows on
//! timestamps that are far apart.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod reference_batch;

use base::{Offset, ProducerEpoch, ProducerId};
use bytes::{Bytes, BytesMut};
use kafka_protocol::{indexmap::IndexMap, protocol::StrBytes, records as theirs};
use mainstem_records::{
    BatchBuilder, BatchHeader, Batches, Codec, Compression, RecordBatch, TimestampType, recompress,
};
use proptest::{collection::vec, option, prelude::*};
use reference_batch::Owned;

const LIMIT: usize = 1 << 20;

prop_compose! {
    fn record()(
        timestamp in any::<i64>(),
        key in option::of(vec(any::<u8>(), 0..40)),
        value in option::of(prop_oneof![vec(any::<u8>(), 0..300), (any::<u8>(), 0..9000usize).prop_map(|(b, n)| vec![b; n])]),
        headers in vec((vec(any::<u8>(), 0..5), option::of(vec(any::<u8>(), 0..10))), 0..4),
    ) -> Owned {
        Owned { timestamp, key, value, headers }
    }
}

fn codec() -> impl Strategy<Value = Codec> {
    let level = prop_oneof![Just(None), (-3..20i32).prop_map(Some)];
    (0..5u8, level).prop_map(|(id, level)| {
        let compression = Compression::from_id(id).expect("0 to 4 exist");
        level.map_or(Codec::new(compression), |level| Codec::with_level(compression, level))
    })
}

fn build(codec: Codec, base_offset: i64, records: &[Owned]) -> RecordBatch {
    let mut builder = BatchBuilder::new(codec).base_offset(Offset(base_offset)).producer(
        ProducerId(9),
        ProducerEpoch(1),
        17,
    );
    records.iter().for_each(|record| record.append_to(&mut builder));
    RecordBatch::parse(builder.build()).expect("a batch")
}

fn owned(batch: &RecordBatch) -> Vec<Owned> {
    let records = batch.records(LIMIT).expect("they inflate");
    records.iter().map(|record| Owned::from(&record.expect("a record"))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_built_is_read(codec in codec(), base_offset in 0..i64::MAX / 2, records in vec(record(), 1..20)) {
        let batch = build(codec, base_offset, &records);
        batch.verify_crc().unwrap();
        prop_assert_eq!(owned(&batch), &records[..]);
        prop_assert_eq!(batch.record_count as usize, records.len());
        prop_assert_eq!(batch.next_offset(), Offset(base_offset + records.len() as i64));
        prop_assert_eq!(batch.max_timestamp, records.iter().map(|record| record.timestamp).max().unwrap().max(-1));
        prop_assert_eq!(batch.size_in_bytes(), batch.bytes().len());
    }

    #[test]
    fn another_codec_changes_only_the_bytes(from in codec(), to in codec(), records in vec(record(), 0..8)) {
        let before = build(from, 5, &records);
        let after = recompress(&before, to, LIMIT).unwrap();
        after.verify_crc().unwrap();
        prop_assert_eq!(owned(&after), records);
        let same_but_for_codec = BatchHeader {
            attributes: before.attributes,
            crc: before.crc,
            batch_length: before.batch_length,
            ..*after.header()
        };
        prop_assert_eq!(&same_but_for_codec, before.header());
    }

    #[test]
    fn keeping_records_keeps_their_place(codec in codec(), records in vec(record(), 1..12), mask in any::<u16>()) {
        let before = build(codec, 70, &records);
        let inflated = before.records(LIMIT).unwrap();
        let mut builder = BatchBuilder::replacing(before.header());
        let kept: Vec<_> = inflated.iter().map(Result::unwrap).filter(|r| mask & (1 << r.offset_delta) != 0).collect();
        kept.iter().for_each(|record| builder.keep(record).unwrap());
        let after = RecordBatch::parse(builder.build()).unwrap();
        after.verify_crc().unwrap();
        prop_assert_eq!(after.base_offset..=after.last_offset(), before.base_offset..=before.last_offset());
        let inflated = after.records(LIMIT).unwrap();
        prop_assert_eq!(inflated.iter().map(Result::unwrap).collect::<Vec<_>>(), kept);
    }

    #[test]
    fn any_header_that_is_read_is_written_back(mut bytes in proptest::array::uniform32(any::<u8>()), rest in vec(any::<u8>(), 29)) {
        bytes[16] = 2;
        bytes[8] &= 0x7f;
        let bytes = [&bytes[..], &rest].concat();
        if let Ok(header) = BatchHeader::read(&bytes) {
            prop_assert_eq!(&header.to_bytes()[..], bytes);
            prop_assert!(header.last_offset() >= header.base_offset);
            let _ = (header.next_offset(), header.last_sequence(), header.size_in_bytes());
        }
    }

    #[test]
    fn hostile_bytes_are_an_error_or_records(mut batch in vec(any::<u8>(), 61..400), codec in 0..8u8) {
        let length = batch.len() as i32 - 12;
        batch[8..12].copy_from_slice(&length.to_be_bytes());
        batch[16] = 2;
        batch[22] = batch[22] & !7 | codec;
        for field in [0, 23, 57] {
            batch[field..field + 3].fill(0);
        }
        for batch in Batches::new(Bytes::from(batch)).flatten() {
            if let Ok(records) = batch.records(LIMIT) {
                for record in records.iter().flatten() {
                    prop_assert!((batch.base_offset..=batch.last_offset()).contains(&record.offset));
                }
            }
        }
    }

    #[test]
    fn kafka_protocol_reads_what_we_write(mut records in vec(record(), 1..10)) {
        clip_timestamps(&mut records);
        // It insists on UTF-8, which a key of ours need not be.
        records.iter_mut().flat_map(|record| &mut record.headers).flat_map(|(key, _)| key).for_each(|byte| *byte &= 0x7f);
        let batch = build(Codec::new(Compression::None), 3, &records);
        let decoded = theirs::RecordBatchDecoder::decode(&mut batch.bytes().clone());
        for (i, (theirs, ours)) in decoded.unwrap().records.iter().zip(&records).enumerate() {
            prop_assert_eq!((theirs.offset, theirs.sequence), (3 + i as i64, 17 + i as i32));
            prop_assert_eq!(theirs.timestamp, ours.timestamp);
            prop_assert_eq!(theirs.key.as_deref(), ours.key.as_deref());
            prop_assert_eq!(theirs.value.as_deref(), ours.value.as_deref());
        }
    }

    #[test]
    fn we_read_what_kafka_protocol_writes(mut records in vec(record(), 1..10), base in 0..1_000_000_000i64) {
        clip_timestamps(&mut records);
        let theirs: Vec<_> = (0..).zip(&records).map(|(i, record)| to_theirs(base, i, record)).collect();
        let options = theirs::RecordEncodeOptions { version: 2, compression: theirs::Compression::None };
        let mut bytes = BytesMut::new();
        theirs::RecordBatchEncoder::encode(&mut bytes, &theirs, &options).unwrap();
        let mut batches = Batches::new(bytes.freeze());
        let batch = batches.next().unwrap().unwrap();
        batch.verify_crc().unwrap();
        prop_assert!(batches.next().is_none());
        prop_assert_eq!((batch.base_offset, batch.timestamp_type()), (Offset(base), TimestampType::CreateTime));
        for (ours, expected) in owned(&batch).iter().zip(&records) {
            prop_assert_eq!((&ours.key, &ours.value, ours.timestamp), (&expected.key, &expected.value, expected.timestamp));
        }
    }
}

fn clip_timestamps(records: &mut [Owned]) {
    records.iter_mut().for_each(|record| record.timestamp %= 1 << 42);
}

fn to_theirs(base_offset: i64, index: i32, record: &Owned) -> theirs::Record {
    theirs::Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: 0,
        producer_id: 9,
        producer_epoch: 1,
        timestamp_type: theirs::TimestampType::Creation,
        offset: base_offset + i64::from(index),
        sequence: 17 + index,
        timestamp: record.timestamp,
        key: record.key.clone().map(Bytes::from),
        value: record.value.clone().map(Bytes::from),
        headers: IndexMap::from([(StrBytes::from_static_str("h"), record.key.clone().map(Bytes::from))]),
    }
}
