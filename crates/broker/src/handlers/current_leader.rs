//! Who leads a partition, told beside an error to a client that asked the wrong broker or is behind, so that it need
//! not ask for metadata first (KIP-951).
use super::*;
use ::metadata::{Endpoint, MetadataImage, Topic};

pub(super) struct CurrentLeader {
    pub id: i32,
    pub epoch: i32,
    pub rack: Option<Text>,
    /// On the listener that was asked, if it has one of that name.
    pub endpoint: Option<Endpoint>,
}

impl CurrentLeader {
    pub(super) fn of(
        context: &RequestContext,
        image: &MetadataImage,
        topic: &Topic,
        index: i32,
    ) -> Option<Self> {
        let partition = topic.partition(index)?;
        let leader = partition.leader?;
        let broker = image.broker(leader);
        Some(Self {
            id: leader.0,
            epoch: partition.leader_epoch.0,
            rack: broker.and_then(|broker| broker.rack.clone()),
            endpoint: broker.and_then(|broker| broker.endpoint(context.listener_name())).cloned(),
        })
    }
}
