//! Hands out producer ids from a block that the metadata quorum gave to this broker (KIP-730).
use crate::state::State;
use ::metadata::controller::{self, ProducerIdBlock};
use base::ProducerId;
use std::sync::Arc;
use tokio::sync::Mutex;

#[derive(Debug, Default)]
pub(crate) struct ProducerIds {
    /// Held while the next block is asked for, so that one producer asks and the others wait.
    block: Mutex<Option<ProducerIdBlock>>,
}

impl ProducerIds {
    /// An id that nobody has had. What is left of a block when the broker stops is never used.
    pub(crate) async fn next(&self, state: &Arc<State>) -> Result<ProducerId, quorum::Error> {
        let mut block = self.block.lock().await;
        if block.is_none_or(|block| block.count == 0) {
            let (node, epoch) = (state.node_id, state.broker_epoch());
            *block =
                Some(state.decide(move |image| controller::allocate_producer_ids(image, node, epoch)).await?);
        }
        let left = block.as_mut().expect("a block was just allocated");
        let id = left.first;
        left.first = ProducerId(id.0 + 1);
        left.count -= 1;
        Ok(id)
    }
}
