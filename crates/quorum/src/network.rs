//! The way to other voters, of which there are none yet: every call is refused.
use crate::{
    raft_types::{Metadata, Vote, Voter, VoterKey},
    state_machine::SnapshotData,
};
use openraft::{
    OptionalSend,
    errors::{RPCError, ReplicationClosed, StreamingError, Unreachable},
    network::{RPCOption, RaftNetworkFactory, RaftNetworkV2},
    raft::{AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, VoteRequest, VoteResponse},
    type_config::alias::SnapshotOf,
};

pub(crate) struct NoNetwork;

pub(crate) struct NoPeer(VoterKey);

impl NoPeer {
    fn refusal(&self) -> Unreachable<Metadata> {
        Unreachable::from_string(format!("cannot reach voter {}: quorums of one only", self.0))
    }
}

impl RaftNetworkFactory<Metadata> for NoNetwork {
    type Network = NoPeer;

    async fn new_client(&mut self, target: VoterKey, _: &Voter) -> NoPeer {
        NoPeer(target)
    }
}

impl RaftNetworkV2<Metadata> for NoPeer {
    type SnapshotData = SnapshotData;

    async fn append_entries(
        &mut self,
        _: AppendEntriesRequest<Metadata>,
        _: RPCOption,
    ) -> Result<AppendEntriesResponse<Metadata>, RPCError<Metadata>> {
        Err(RPCError::Unreachable(self.refusal()))
    }

    async fn vote(
        &mut self,
        _: VoteRequest<Metadata>,
        _: RPCOption,
    ) -> Result<VoteResponse<Metadata>, RPCError<Metadata>> {
        Err(RPCError::Unreachable(self.refusal()))
    }

    async fn full_snapshot(
        &mut self,
        _: Vote,
        _: SnapshotOf<Metadata, SnapshotData>,
        _: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _: RPCOption,
    ) -> Result<SnapshotResponse<Metadata>, StreamingError<Metadata>> {
        Err(StreamingError::Unreachable(self.refusal()))
    }
}
