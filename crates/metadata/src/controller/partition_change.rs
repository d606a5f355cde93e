//! From a partition and what should become of its in-sync replicas to the record that makes it so.
//!
//! The one place where leaders are elected and where eligible leader replicas are kept (KIP-966):
//! a leader is an acceptable member of the ISR; with an empty ISR, of the ELR; with both empty, the last known leader;
//! and only on request any acceptable replica, which may lose records and says so by the recovery state.
use crate::{
    LeaderRecoveryState, Partition,
    topic::{NO_LEADER, ids},
};
use base::{NodeId, TopicId};
use protocol::metadata_records::PartitionChangeRecord;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElectionType {
    /// Back to the first replica.
    Preferred,
    /// Also out of sync, at the risk of losing records.
    Unclean,
}

impl ElectionType {
    pub fn from_wire(value: i8) -> Option<Self> {
        match value {
            0 => Some(Self::Preferred),
            1 => Some(Self::Unclean),
            _ => None,
        }
    }
}

pub(super) struct PartitionChange<'a> {
    pub(super) partition: &'a Partition,
    pub(super) topic_id: TopicId,
    pub(super) index: i32,
    pub(super) min_in_sync_replicas: usize,
    pub(super) elr_enabled: bool,
    /// `None` elects only where there is no leader left, and only from replicas that have everything.
    pub(super) election: Option<ElectionType>,
    /// Whether a replica is alive and may lead.
    pub(super) acceptable: &'a dyn Fn(NodeId) -> bool,
    pub(super) isr: Vec<NodeId>,
    pub(super) recovery_state: LeaderRecoveryState,
    /// A replica that may have lost what it had acknowledged.
    pub(super) unclean_shutdown: Option<NodeId>,
}

struct Elected {
    leader: Option<NodeId>,
    unclean: bool,
}

impl PartitionChange<'_> {
    /// `None` when nothing changes.
    pub(super) fn build(mut self) -> Option<PartitionChangeRecord> {
        let nothing = PartitionChangeRecord {
            partition_id: self.index,
            topic_id: self.topic_id.0,
            ..PartitionChangeRecord::default()
        };
        let mut record = nothing.clone();
        let mut elr = self.eligible_leader_replicas();
        self.elect(&mut record, &mut elr);
        // After an unclean election nobody is known to have more than the leader.
        if !self.elr_enabled || record.isr.is_some() {
            elr.clear();
        }
        if elr != self.partition.eligible_leader_replicas {
            record.eligible_leader_replicas = Some(ids(&elr));
        }
        // Without eligible leader replicas the last in-sync replica stays in the ISR, to be remembered.
        let may_be_empty = self.elr_enabled;
        if record.isr.is_none() && (may_be_empty || !self.isr.is_empty()) && self.isr != self.partition.isr {
            record.isr = Some(ids(&self.isr));
        }
        self.remember_last_leader(&mut record);
        if self.recovery_state != self.partition.leader_recovery_state {
            record.leader_recovery_state = self.recovery_state.to_wire();
        }
        (record != nothing).then_some(record)
    }

    fn eligible_leader_replicas(&self) -> Vec<NodeId> {
        if !self.elr_enabled || self.isr.len() >= self.min_in_sync_replicas {
            return Vec::new();
        }
        let mut eligible = self.partition.eligible_leader_replicas.clone();
        let dropped =
            self.partition.isr.iter().filter(|id| !self.partition.eligible_leader_replicas.contains(id));
        eligible.extend(dropped);
        eligible.retain(|id| !self.isr.contains(id) && self.unclean_shutdown != Some(*id));
        eligible
    }

    fn elect(&mut self, record: &mut PartitionChangeRecord, elr: &mut Vec<NodeId>) {
        let Elected { leader, unclean } = self.elected(elr);
        if leader == self.partition.leader {
            return;
        }
        record.leader = leader.map_or(NO_LEADER, |id| id.0);
        let Some(leader) = leader else { return };
        if unclean {
            record.isr = Some(vec![leader.0]);
            self.isr = vec![leader];
            self.recovery_state = LeaderRecoveryState::Recovering;
        } else if elr.contains(&leader) {
            self.isr = vec![leader];
            elr.retain(|id| *id != leader);
        }
    }

    fn elected(&self, elr: &[NodeId]) -> Elected {
        let replicas = &self.partition.replicas;
        let clean = |id: NodeId| {
            let has_everything = self.isr.contains(&id) || (self.isr.is_empty() && elr.contains(&id));
            has_everything && (self.acceptable)(id)
        };
        let preferred = match self.election {
            Some(ElectionType::Preferred) => self.partition.preferred_leader(),
            _ => None,
        };
        let candidates = preferred.into_iter().chain(self.partition.leader).chain(replicas.iter().copied());
        if let Some(leader) = candidates.into_iter().find(|&id| clean(id)) {
            return Elected { leader: Some(leader), unclean: false };
        }
        if let Some(leader) = self.last_known_leader(elr) {
            return Elected { leader: Some(leader), unclean: true };
        }
        if self.election == Some(ElectionType::Unclean) {
            let leader = replicas.iter().copied().find(|&id| (self.acceptable)(id));
            return Elected { leader, unclean: leader.is_some() };
        }
        Elected { leader: None, unclean: false }
    }

    fn last_known_leader(&self, elr: &[NodeId]) -> Option<NodeId> {
        match self.partition.last_known_elr[..] {
            [last] if self.elr_enabled && self.isr.is_empty() && elr.is_empty() => {
                Some(last).filter(|&id| (self.acceptable)(id))
            }
            _ => None,
        }
    }

    fn remember_last_leader(&self, record: &mut PartitionChangeRecord) {
        if !self.elr_enabled {
            return;
        }
        let known = &self.partition.last_known_elr;
        if record.leader == NO_LEADER && known.is_empty() {
            record.last_known_elr = self.partition.leader.map(|id| vec![id.0]);
        } else if record.leader >= 0 && !known.is_empty() {
            record.last_known_elr = Some(Vec::new());
        }
    }
}
