//! In-sync replicas and leaders of partitions.
use super::{Decision, ElectionType, brokers::check_epoch, partition_change::PartitionChange};
use crate::{Error, LeaderRecoveryState, MetadataImage, Partition, Record, Topic};
use base::{BrokerEpoch, LeaderEpoch, NodeId, PartitionEpoch, TopicId};
use std::sync::Arc;
use wire::Text;

/// What the leader of a partition asks for (KIP-497, KIP-704, KIP-903).
#[derive(Clone, Debug)]
pub struct AlterPartition {
    pub topic_id: TopicId,
    pub partition: i32,
    pub leader_epoch: LeaderEpoch,
    pub partition_epoch: PartitionEpoch,
    pub isr: Vec<InSyncReplica>,
    pub recovery_state: LeaderRecoveryState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InSyncReplica {
    pub broker: NodeId,
    /// The incarnation that caught up; [`BrokerEpoch::NONE`] where the leader does not know it.
    pub epoch: BrokerEpoch,
}

/// The partition as it is after the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlteredPartition {
    pub topic_id: TopicId,
    pub partition: i32,
    pub result: Result<Partition, Error>,
}

/// Answers for each partition in the order of the request.
///
/// # Errors
/// If the broker is not the incarnation it claims to be.
pub fn alter_partition(
    image: &MetadataImage,
    broker: NodeId,
    epoch: BrokerEpoch,
    wishes: &[AlterPartition],
) -> Result<Decision<Vec<AlteredPartition>>, Error> {
    check_epoch(image, broker, epoch)?;
    let mut decision = Decision::reply(Vec::with_capacity(wishes.len()));
    for wish in wishes {
        let result = alter_one(image, broker, wish).map(|(partition, record)| {
            decision.records.extend(record);
            partition
        });
        let AlterPartition { topic_id, partition, .. } = *wish;
        decision.reply.push(AlteredPartition { topic_id, partition, result });
    }
    Ok(decision)
}

fn alter_one(
    image: &MetadataImage,
    broker: NodeId,
    wish: &AlterPartition,
) -> Result<(Partition, Option<Record>), Error> {
    let topic = image.topic(wish.topic_id).ok_or(Error::UnknownTopicId(wish.topic_id))?;
    let unknown = Error::UnknownPartition { topic: topic.id, index: wish.partition };
    let partition = topic.partition(wish.partition).ok_or(unknown)?;
    check_wish(image, broker, partition, wish)?;
    let election = image.unclean_leader_election(&topic.name).then_some(ElectionType::Unclean);
    let acceptable = |id| image.is_active(id);
    let change = PartitionChange {
        isr: wish.isr.iter().map(|replica| replica.broker).collect(),
        recovery_state: wish.recovery_state,
        election,
        ..change(image, topic, wish.partition, partition, &acceptable)
    };
    let Some(record) = change.build() else { return Ok((Partition::clone(partition), None)) };
    let altered = partition.merge(&record)?;
    Ok((altered, Some(record.into())))
}

fn check_wish(
    image: &MetadataImage,
    broker: NodeId,
    partition: &Partition,
    wish: &AlterPartition,
) -> Result<(), Error> {
    let refuse = |text: &str| Err(Error::InvalidRequest(text.to_owned()));
    if wish.leader_epoch > partition.leader_epoch || wish.partition_epoch > partition.partition_epoch {
        return Err(Error::NotController);
    }
    if wish.leader_epoch < partition.leader_epoch {
        return Err(Error::FencedLeaderEpoch { sent: wish.leader_epoch, current: partition.leader_epoch });
    }
    if partition.leader != Some(broker) {
        return refuse("only the leader may change the in-sync replicas");
    }
    if wish.partition_epoch < partition.partition_epoch {
        let current = partition.partition_epoch;
        return Err(Error::StalePartitionEpoch { sent: wish.partition_epoch, current });
    }
    for (position, replica) in wish.isr.iter().enumerate() {
        let repeated = wish.isr[..position].iter().any(|other| other.broker == replica.broker);
        if repeated || !partition.replicas.contains(&replica.broker) {
            return refuse("the in-sync replicas are not distinct replicas of the partition");
        }
    }
    if !wish.isr.iter().any(|replica| replica.broker == broker) {
        return refuse("the in-sync replicas lack the leader");
    }
    if wish.recovery_state == LeaderRecoveryState::Recovering {
        if wish.isr.len() > 1 {
            return refuse("a leader that is still recovering is its only in-sync replica");
        }
        if partition.leader_recovery_state == LeaderRecoveryState::Recovered {
            return refuse("a leader that has recovered cannot go back to recovering");
        }
    }
    let ineligible = |replica: &&InSyncReplica| match image.broker(replica.broker) {
        Some(broker) if broker.is_active() => {
            replica.epoch != BrokerEpoch::NONE && replica.epoch != broker.epoch
        }
        _ => true,
    };
    match wish.isr.iter().find(ineligible) {
        Some(replica) => Err(Error::IneligibleReplica(replica.broker)),
        None => Ok(()),
    }
}

/// A change that leaves the ISR and the recovery state as they are.
pub(super) fn change<'a>(
    image: &MetadataImage,
    topic: &Topic,
    index: i32,
    partition: &'a Partition,
    acceptable: &'a dyn Fn(NodeId) -> bool,
) -> PartitionChange<'a> {
    PartitionChange {
        partition,
        topic_id: topic.id,
        index,
        min_in_sync_replicas: image.min_in_sync_replicas(&topic.name),
        elr_enabled: image.elr_enabled(),
        election: None,
        acceptable,
        isr: partition.isr.clone(),
        recovery_state: partition.leader_recovery_state,
        unclean_shutdown: None,
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct ElectedPartition {
    pub topic: Text,
    pub partition: i32,
    pub result: Result<(), Error>,
}

/// Elects leaders for the named partitions and answers for each; or for all, and answers for those that needed it.
pub fn elect_leaders(
    image: &MetadataImage,
    election: ElectionType,
    partitions: Option<&[(Text, i32)]>,
) -> Decision<Vec<ElectedPartition>> {
    let mut decision = Decision::reply(Vec::new());
    let mut elect = |topic: &Text, partition: i32, all: bool| {
        let elected = elect_leader(image, election, topic, partition);
        if all && elected == Err(Error::ElectionNotNeeded) {
            return;
        }
        let result = elected.map(|record| decision.records.push(record));
        decision.reply.push(ElectedPartition { topic: topic.clone(), partition, result });
    };
    match partitions {
        Some(partitions) => partitions.iter().for_each(|(topic, partition)| elect(topic, *partition, false)),
        None => {
            let every =
                image.topics().flat_map(|topic| topic.partitions.keys().map(|index| (&topic.name, *index)));
            every.for_each(|(topic, partition)| elect(topic, partition, true));
        }
    }
    decision
}

fn elect_leader(
    image: &MetadataImage,
    election: ElectionType,
    name: &Text,
    index: i32,
) -> Result<Record, Error> {
    let topic: &Arc<Topic> = image.topic_named(name).ok_or_else(|| Error::UnknownTopic(name.to_string()))?;
    let partition = topic.partition(index).ok_or(Error::UnknownPartition { topic: topic.id, index })?;
    let needed = match election {
        ElectionType::Preferred => partition.leader != partition.preferred_leader(),
        ElectionType::Unclean => partition.leader.is_none(),
    };
    if !needed {
        return Err(Error::ElectionNotNeeded);
    }
    let acceptable = |id| image.is_active(id);
    let change =
        PartitionChange { election: Some(election), ..change(image, topic, index, partition, &acceptable) };
    match (change.build(), election) {
        (Some(record), _) => Ok(record.into()),
        (None, ElectionType::Preferred) => {
            Err(Error::PreferredLeaderNotAvailable(partition.preferred_leader().unwrap_or(NodeId::NONE)))
        }
        (None, ElectionType::Unclean) => Err(Error::EligibleLeadersNotAvailable),
    }
}
