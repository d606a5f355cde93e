//! Handing out producer ids in blocks, so that brokers ask rarely (KIP-730).
use super::Decision;
use crate::{Error, MetadataImage};
use base::{BrokerEpoch, NodeId, ProducerId};
use protocol::metadata_records::ProducerIdsRecord;

/// Ids per block.
pub const PRODUCER_ID_BLOCK: i32 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProducerIdBlock {
    pub first: ProducerId,
    pub count: i32,
}

/// A block that no broker has had.
pub fn allocate_producer_ids(
    image: &MetadataImage,
    broker: NodeId,
    epoch: BrokerEpoch,
) -> Result<Decision<ProducerIdBlock>, Error> {
    super::brokers::check_epoch(image, broker, epoch)?;
    let first = image.next_producer_id();
    let next_producer_id =
        first.checked_add(i64::from(PRODUCER_ID_BLOCK)).ok_or(Error::ProducerIdsExhausted)?;
    let record = ProducerIdsRecord { broker_id: broker.0, broker_epoch: epoch.0, next_producer_id };
    let block = ProducerIdBlock { first: ProducerId(first), count: PRODUCER_ID_BLOCK };
    Ok(Decision { records: vec![record.into()], reply: block })
}
