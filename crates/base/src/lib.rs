//! Kafka's numbers as types, so that two of them cannot be swapped unseen.
//!
//! Nothing here decides anything: a newtype has its value, an order, a text form, and only the arithmetic
//! that means something. `Offset - Offset` is a count; `Offset + Offset` does not compile.
#![forbid(unsafe_code)]

mod byte_count;
mod identifiers;
mod offset;
mod topic_id;

pub use byte_count::ByteCount;
pub use identifiers::{BrokerEpoch, LeaderEpoch, NodeId, PartitionEpoch, ProducerEpoch, ProducerId};
pub use offset::Offset;
pub use topic_id::{InvalidTopicId, TopicId};
