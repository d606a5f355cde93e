//! Record batches as producers make them, and as they should not.
use bytes::Bytes;
use records::{BatchBuilder, BatchHeader, Batches, Compression, HEADER_LEN, NewRecord};
use std::time::SystemTime;
use wire::RecordBytes;

pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// A batch of these values, without keys, as of now.
pub fn batch(values: &[&str]) -> Bytes {
    filled(BatchBuilder::new(Compression::None), values)
}

/// A batch of these values by a builder that says the rest.
pub fn filled(builder: BatchBuilder, values: &[&str]) -> Bytes {
    let timestamp = now_ms();
    let records: Vec<_> = values
        .iter()
        .map(|value| NewRecord { timestamp, value: Some(value.as_bytes()), ..NewRecord::default() })
        .collect();
    batch_of(builder, &records)
}

/// A batch of these records by a builder that says the rest.
pub fn batch_of(mut builder: BatchBuilder, records: &[NewRecord<'_>]) -> Bytes {
    for record in records {
        builder.append(record).unwrap();
    }
    builder.build()
}

/// The batch with another header. Its CRC is right.
pub fn tampered(batch: &Bytes, change: impl FnOnce(&mut BatchHeader)) -> Bytes {
    let mut header = BatchHeader::read(batch).unwrap();
    let body = batch.slice(HEADER_LEN..);
    change(&mut header);
    header.set_crc(&body);
    [&header.to_bytes()[..], &body[..]].concat().into()
}

/// Offsets and values of the records in these batches, which must be whole and sound.
#[track_caller]
pub fn values_in(records: Option<RecordBytes>) -> Vec<(i64, String)> {
    let mut found = Vec::new();
    for batch in Batches::new(records.unwrap_or_default().into_bytes()) {
        let batch = batch.unwrap();
        batch.verify_crc().unwrap();
        for record in batch.records(records::DEFAULT_INFLATED_LIMIT).unwrap().iter() {
            let record = record.unwrap();
            let value = String::from_utf8_lossy(record.value.unwrap_or_default()).into_owned();
            found.push((record.offset.0, value));
        }
    }
    found
}
