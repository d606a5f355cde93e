//! How a record of the metadata log is laid out as the value of a record in a batch.
//!
//! Written is the newest version that Kafka 4.3 knows, and an older one where the newer says nothing more; read is every
//! version that there is. Sources: KIP-631, KIP-858 (directories), KIP-966 (ELR), KIP-1066 (cordoned directories).
use bytes::Bytes;
use protocol::MetadataRecord;
use wire::{DecodeError, EncodeError};

/// The version in which the record is written.
pub fn version(record: &MetadataRecord) -> i16 {
    match record {
        // One version more only adds the cordoned directories, which Kafka before 4.3 does not know.
        MetadataRecord::RegisterBroker(body) => 3 + i16::from(body.cordoned_log_dirs.is_some()),
        MetadataRecord::BrokerRegistrationChange(body) => 2 + i16::from(body.cordoned_log_dirs.is_some()),
        MetadataRecord::Partition(_) | MetadataRecord::PartitionChange(_) => 2,
        _ => 0,
    }
}

/// # Errors
/// If a string or list is longer than its length field can say.
pub fn encode(record: &MetadataRecord) -> Result<Bytes, EncodeError> {
    record.to_frame(version(record))
}

pub fn decode(value: Bytes) -> Result<MetadataRecord, DecodeError> {
    MetadataRecord::from_frame(value)
}
