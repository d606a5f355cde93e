//! The records of Kafka's own topics.
use crate::kafka_tools::dump_log::{
    coordinator::{CoordinatorRecord, Failed},
    remote,
};
use ::client::consumer::Record;
use protocol::{
    layout::Layout,
    layouts::{GROUP_RECORDS, SHARE_RECORDS, TRANSACTION_RECORDS},
};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Those of one coordinator with a number among these.
#[derive(Debug)]
pub(in super::super) struct Coordinator {
    layouts: &'static [Layout],
    numbers: RangeInclusive<i16>,
}

impl Coordinator {
    pub(super) fn named(class: &str) -> Option<Self> {
        let (layouts, numbers) = match class {
            "OffsetsMessageFormatter" => (GROUP_RECORDS, 0..=1),
            "GroupMetadataMessageFormatter" => (GROUP_RECORDS, 2..=2),
            "ShareGroupMessageFormatter" => (GROUP_RECORDS, 10..=15),
            "TransactionLogMessageFormatter" => (TRANSACTION_RECORDS, 0..=i16::MAX),
            "group.share.ShareGroupStateMessageFormatter" => (SHARE_RECORDS, 0..=i16::MAX),
            _ => return None,
        };
        Some(Self { layouts, numbers })
    }

    /// One after the other, without anything between them.
    pub(super) fn write(&self, out: &mut Vec<u8>, record: &Record<'_>) -> Result<(), String> {
        let Some(key) = record.key else { return Ok(()) };
        let CoordinatorRecord { number, key, value } =
            match CoordinatorRecord::read(self.layouts, key, record.value) {
                Ok(found) => found,
                Err(Failed::Unknown(_)) => return Ok(()),
                Err(Failed::Unreadable(error)) => {
                    return Err(format!("Could not read record at offset {} due to: {error}", record.offset));
                }
            };
        if !self.numbers.contains(&number) {
            return Ok(());
        }
        let value =
            value.map_or(Value::Null, |value| json!({ "version": value.version, "data": value.data }));
        let shown = json!({ "key": { "type": number, "data": key }, "value": value });
        out.extend_from_slice(shown.to_string().as_bytes());
        Ok(())
    }
}

/// A record of tiered storage.
pub(super) fn write_remote(out: &mut Vec<u8>, partition: i32, record: &Record<'_>) -> Result<(), String> {
    let shown = remote::show(record.value)?;
    out.extend_from_slice(
        format!("partition: {partition}, offset: {}, value: {shown}\n", record.offset).as_bytes(),
    );
    Ok(())
}
