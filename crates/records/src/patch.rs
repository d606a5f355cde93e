//! Changes to a batch where it lies, for those who hold its bytes and not a [`BatchHeader`](crate::BatchHeader).
//!
//! Nothing is moved or copied. The body is asked for only where the CRC covers what changes.
use crate::{
    Attributes, HEADER_LEN, TimestampType,
    header::{ATTRIBUTES_AT, BASE_OFFSET_AT, CRC_AT, LEADER_EPOCH_AT, MAX_TIMESTAMP_AT, crc32c, put},
};
use base::{LeaderEpoch, Offset};

/// Leaves the CRC valid.
pub fn set_base_offset(header: &mut [u8; HEADER_LEN], base_offset: Offset) {
    put(header, BASE_OFFSET_AT, base_offset.0.to_be_bytes());
}

/// Leaves the CRC valid.
pub fn set_partition_leader_epoch(header: &mut [u8; HEADER_LEN], epoch: LeaderEpoch) {
    put(header, LEADER_EPOCH_AT, epoch.0.to_be_bytes());
}

/// Gives every record the time at which the broker appends the batch; returns the new CRC.
pub fn set_log_append_time(header: &mut [u8; HEADER_LEN], body: &[u8], now_ms: i64) -> u32 {
    let attributes = Attributes(i16::from_be_bytes([header[ATTRIBUTES_AT], header[ATTRIBUTES_AT + 1]]));
    let attributes = attributes.with_timestamp_type(TimestampType::LogAppendTime);
    put(header, ATTRIBUTES_AT, attributes.0.to_be_bytes());
    put(header, MAX_TIMESTAMP_AT, now_ms.to_be_bytes());
    let crc = crc32c(&header[ATTRIBUTES_AT..], body);
    put(header, CRC_AT, crc.to_be_bytes());
    crc
}
