use super::session::{CLOSES, Session};
use crate::{Cluster, Error};
use base::NodeId;
use protocol::FetchRequest;
use std::collections::BTreeMap;

/// The fetch sessions with all brokers. Whoever sends a request takes the session for that time. When they are dropped the
/// brokers are told, as well as that goes, so that they need not keep them.
#[derive(Debug)]
pub(super) struct Sessions {
    cluster: Cluster,
    idle: BTreeMap<NodeId, Session>,
    /// Of those that may be open, also while they are taken.
    ids: BTreeMap<NodeId, i32>,
}

impl Sessions {
    pub(super) fn new(cluster: &Cluster) -> Self {
        Self { cluster: cluster.clone(), idle: BTreeMap::new(), ids: BTreeMap::new() }
    }

    pub(super) fn take(&mut self, node: NodeId) -> Session {
        self.idle.remove(&node).unwrap_or_default()
    }

    pub(super) fn give_back(&mut self, node: NodeId, session: Session) {
        match session.id() {
            Some(id) => self.ids.insert(node, id),
            None => self.ids.remove(&node),
        };
        self.idle.insert(node, session);
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        let ids = std::mem::take(&mut self.ids);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        for (node, id) in ids {
            let cluster = self.cluster.clone();
            runtime.spawn(async move {
                if let Err(error) = close(&cluster, node, id).await {
                    let error = crate::error::Chain(&error);
                    tracing::debug!(%node, %error, "the fetch session is left to the broker");
                }
            });
        }
    }
}

async fn close(cluster: &Cluster, node: NodeId, session_id: i32) -> Result<(), Error> {
    let request = FetchRequest { session_id, session_epoch: CLOSES, ..Default::default() };
    cluster.node(node).await?.request(&request).await?;
    Ok(())
}
