use crate::input::Choices;
use bytes::Bytes;
use records::{
    BatchBuilder, BatchHeader, Batches, Codec, Compression, ControlRecord, Header, NO_TIMESTAMP, NewRecord,
    Record, RecordBatch, Records, TimestampType, recompress,
    validate::{self, Depth, Rules},
};

const LIMIT: usize = 1 << 16;
const NOW: i64 = 1_700_000_000_000;

/// Any bytes as a piece of a log or the answer to a fetch: batches come out whole and in order, their headers are
/// written as they were read, and records lie in the offsets of their batch.
pub fn record_batch(data: &[u8]) {
    let mut batches = Batches::new(Bytes::copy_from_slice(data));
    let mut read = 0;
    for batch in batches.by_ref().flatten() {
        read += batch.size_in_bytes();
        look_at(&batch);
        // Few mutations leave the CRC intact, and many checks come after it.
        look_at(&with_valid_crc(&batch));
    }
    assert_eq!(read + batches.remaining().len(), data.len(), "every byte is in a batch or after the last");
    assert!(batches.next().is_none(), "the end stays the end");
    look_at(&around(&mut Choices(data)));
}

/// Any bytes as the records of a batch whose header and codec are good, so that they are looked into.
fn around(choices: &mut Choices<'_>) -> RecordBatch {
    let compression = Compression::ALL[choices.below(5)];
    let record_count = choices.below(8) as i32;
    let template = RecordBatch::parse(BatchBuilder::new(Compression::None).build()).expect("an empty batch");
    let mut body = Vec::new();
    Codec::new(compression).compress(choices.0, &mut body);
    let header = BatchHeader {
        batch_length: template.batch_length + body.len() as i32,
        attributes: template.attributes.with_compression(compression),
        last_offset_delta: (record_count - 1).max(0),
        record_count,
        ..*template.header()
    };
    RecordBatch::parse([&header.to_bytes()[..], &body].concat().into()).expect("a good header")
}

fn look_at(batch: &RecordBatch) {
    assert_eq!(batch.header().to_bytes(), batch.bytes()[..records::HEADER_LEN]);
    assert_eq!(batch.verify_crc().is_ok(), batch.header().verify_crc(batch.body_slice()).is_ok());
    assert!(batch.base_offset <= batch.last_offset() && batch.last_offset() < batch.next_offset());
    let _ = (batch.last_sequence(), batch.delete_horizon(), format!("{batch:?}"));
    let Ok(records) = batch.records(LIMIT) else { return };
    let plain = batch.compression().expect("its records were read") == Compression::None;
    assert!(plain || records.body().len() <= LIMIT);
    assert_eq!(batch.uncompressed_records().is_some(), plain);
    let mut count = 0;
    for record in records.iter().flatten() {
        count += 1;
        assert!((batch.base_offset..=batch.last_offset()).contains(&record.offset));
        assert_eq!(record.headers.count(), record.headers.len());
        let _ = (ControlRecord::read(&record), record.headers.map(|header| header.key_text().len()).max());
    }
    assert!(count <= batch.record_count);
    if records.iter().all(|record| record.is_ok()) {
        assert_eq!(count, batch.record_count);
        rewrite(batch, &records);
    }
}

/// Good records survive another codec, and being written anew.
fn rewrite(batch: &RecordBatch, records: &Records) {
    let all = collect(records);
    for compression in [Compression::None, Compression::Snappy, Compression::Lz4] {
        let again =
            recompress(batch, Codec::new(compression), LIMIT.max(batch.bytes().len())).expect("they inflate");
        again.verify_crc().expect("a new CRC");
        assert_eq!(collect(&again.records(usize::MAX).expect("they inflate again")), all);
    }
    let mut builder = BatchBuilder::replacing(batch.header());
    let ascending = all.iter().is_sorted_by(|a, b| a.offset < b.offset);
    let kept = all.iter().map(|record| builder.keep(record)).filter(Result::is_ok).count();
    assert_eq!(kept == all.len(), ascending, "only order can be in the way");
    let again = RecordBatch::parse(builder.build()).expect("what is built is a batch");
    again.verify_crc().expect("a CRC");
    assert_eq!((again.base_offset, again.last_offset()), (batch.base_offset, batch.last_offset()));
    if ascending {
        // A record's attributes mean nothing and are written as zero.
        let all: Vec<_> = all.into_iter().map(|record| Record { attributes: 0, ..record }).collect();
        assert_eq!(collect(&again.records(usize::MAX).expect("they inflate")), all);
    }
}

fn collect(records: &Records) -> Vec<Record<'_>> {
    records.iter().map(|record| record.expect("a good record")).collect()
}

fn with_valid_crc(batch: &RecordBatch) -> RecordBatch {
    let mut header = *batch.header();
    header.set_crc(batch.body_slice());
    RecordBatch::parse([&header.to_bytes()[..], batch.body_slice()].concat().into())
        .expect("only the CRC changed")
}

/// Mutations rarely keep the length right, which is of no further interest.
fn with_right_length(bytes: &[u8]) -> Bytes {
    let mut bytes = bytes.to_vec();
    if bytes.len() >= records::HEADER_LEN {
        let length = (bytes.len() - records::LOG_OVERHEAD) as i32;
        bytes[8..12].copy_from_slice(&length.to_be_bytes());
    }
    bytes.into()
}

/// Any bytes as what a client produces: what is accepted in depth is accepted at a glance, is what a consumer can
/// read, and keeps every rule.
pub fn produce(data: &[u8]) {
    let mut choices = Choices(data);
    let own_codec = choices.below(6);
    let rules = Rules {
        compacted: choices.flag(),
        timestamp_type: if choices.flag() { TimestampType::LogAppendTime } else { TimestampType::CreateTime },
        timestamp_before_max_ms: if choices.flag() { 1000 } else { i64::MAX },
        codec: Compression::ALL.get(own_codec).copied().map(Codec::new),
        inflated_limit: LIMIT,
        depth: Depth::Header,
        ..Rules::default()
    };
    let batch = if choices.flag() {
        around(&mut choices)
    } else {
        let Ok(batch) = validate::one_batch(with_right_length(choices.0)) else { return };
        batch
    };
    let batch = with_valid_crc(&batch);
    let judge = |depth| validate::for_produce(&batch, &Rules { depth, ..rules }, NOW);
    let Ok(accepted) = judge(Depth::All) else { return };
    // The claims of a header can be worse than its records.
    if accepted.header.max_timestamp == batch.max_timestamp {
        judge(Depth::Uncompressed).expect("a part of what was checked");
        judge(Depth::Header).expect("a part of what was checked");
    }
    accepted.header.verify_crc(&accepted.body).expect("what is stored has its CRC");
    let records =
        Records::open(&accepted.header, accepted.body, LIMIT.max(data.len())).expect("they inflate");
    let records = collect(&records);
    assert_eq!(records.len() as i64, batch.next_offset() - batch.base_offset);
    assert!(!rules.compacted || records.iter().all(|record| record.key.is_some()));
    // Times before 1970 are legal and count as none here, as in Kafka.
    let latest = records.iter().map(|record| record.timestamp).fold(NO_TIMESTAMP, i64::max);
    assert_eq!(latest, accepted.header.max_timestamp);
}

/// Any choices as records to be written: all of them are read as they were.
pub fn builder(data: &[u8]) {
    let mut choices = Choices(data);
    let compression = Compression::ALL[choices.below(5)];
    let mut builder = BatchBuilder::new(Codec::with_level(compression, choices.below(12) as i32 - 2));
    let mut written = Vec::new();
    while !choices.0.is_empty() && written.len() < 100 {
        let headers = (0..choices.below(4))
            .map(|_| Header { key: choices.bytes(), value: choices.nullable() })
            .collect::<Vec<_>>();
        let (timestamp, key, value) = (choices.i64(), choices.nullable(), choices.nullable());
        let record = NewRecord { timestamp, key, value, headers: &headers };
        let before = builder.uncompressed_size();
        builder.append(&record).expect("little fits");
        assert!(builder.uncompressed_size() <= before + BatchBuilder::size_of_record(&record));
        written.push((timestamp, key, value, headers));
    }
    let batch = RecordBatch::parse(builder.build()).expect("what is built is a batch");
    batch.verify_crc().expect("a CRC");
    let records = batch.records(usize::MAX).expect("they inflate");
    let read = collect(&records)
        .into_iter()
        .map(|record| (record.timestamp, record.key, record.value, record.headers.collect::<Vec<_>>()));
    assert!(read.eq(written));
}
