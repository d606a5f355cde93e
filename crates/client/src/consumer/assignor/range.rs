//! Cuts each topic into ranges, one for each subscriber; the first get one more where it does not come out even.
//!
//! Topics with the same subscribers and as many partitions are co-partitioned: whoever gets a partition of one gets that
//! partition of all. Where racks matter (KIP-881), members get partitions with a replica in their rack first, within the
//! same shares, and what is left is cut as if there were no racks. Co-partitioning comes before racks: such topics
//! are matched together, a partition only where the racks of all of them fit.
use super::{Member, Plan, Racks, Subscribed, index, nothing, racks_matter};
use crate::TopicPartition;
use std::{collections::BTreeMap, sync::Arc};

pub(super) fn assign(members: &[&Member], topics: &Subscribed<'_>) -> Plan {
    let mut places = members.to_vec();
    places.sort_by_key(|member| member.place());
    let mut shares: Vec<Share<'_>> =
        topics.iter().map(|(topic, partitions)| Share::new(topic, partitions, &places)).collect();

    let mut plan = nothing(members);
    if shares.iter().any(|share| share.racks_matter) {
        match_racks(&mut shares, &mut plan);
    }
    for share in &mut shares {
        for consumer in 0..share.consumers.len() {
            share.give_while_due(consumer, |_, _| true, &mut plan);
        }
    }
    plan
}

fn match_racks(shares: &mut [Share<'_>], plan: &mut Plan) {
    let mut alike: BTreeMap<(Vec<&str>, usize), Vec<&mut Share<'_>>> = BTreeMap::new();
    for share in shares {
        if share.consumers.iter().any(|consumer| consumer.member.rack().is_some()) {
            let ids = share.consumers.iter().map(|consumer| consumer.member.id.as_ref()).collect();
            alike.entry((ids, share.partitions.len())).or_default().push(share);
        }
    }
    for mut group in alike.into_values() {
        match &mut group[..] {
            [alone] if alone.racks_matter => {
                for consumer in 0..alone.consumers.len() {
                    alone.give_while_due(consumer, is_near, plan);
                }
            }
            [_] => {}
            group => match_co_partitioned(group, plan),
        }
    }
}

/// Gives each partition of all the topics to the first who is due something of all and has a replica of each near.
fn match_co_partitioned(shares: &mut [&mut Share<'_>], plan: &mut Plan) {
    let [first, ..] = shares else { return };
    let (partitions, mut open) = (first.partitions.len(), (0..first.consumers.len()).collect::<Vec<_>>());
    for partition in 0..partitions {
        let suits = |share: &&mut Share<'_>, consumer: usize| {
            share.due(consumer) > 0 && is_near(share.consumers[consumer].member, &share.partitions[partition])
        };
        let Some(at) = open.iter().position(|&consumer| shares.iter().all(|share| suits(share, consumer)))
        else {
            continue;
        };
        let consumer = open[at];
        for share in &mut *shares {
            share.unassigned.retain(|&other| other != partition);
            share.give(consumer, &[partition], plan);
        }
        if shares.iter().all(|share| share.due(consumer) == 0) {
            open.remove(at);
        }
    }
}

/// A member without a rack is near to everything.
fn is_near(member: &Member, racks: &Racks) -> bool {
    member.rack().is_none_or(|rack| racks.contains(rack))
}

/// How one topic is being shared out.
struct Share<'a> {
    topic: &'a Arc<str>,
    partitions: &'a [Racks],
    consumers: Vec<Consumer<'a>>,
    racks_matter: bool,
    unassigned: Vec<usize>,
    /// What every consumer gets at least.
    quota: usize,
    /// How many more consumers get one above the quota.
    extras: usize,
}

struct Consumer<'a> {
    member: &'a Member,
    given: usize,
}

impl<'a> Share<'a> {
    fn new(topic: &'a Arc<str>, partitions: &'a [Racks], places: &[&'a Member]) -> Self {
        let subscribers = places.iter().filter(|member| member.subscribes_to(topic));
        let consumers: Vec<_> = subscribers.map(|&member| Consumer { member, given: 0 }).collect();
        let all_racks: Vec<&Racks> = partitions.iter().collect();
        Self {
            topic,
            partitions,
            racks_matter: racks_matter(consumers.iter().map(|consumer| consumer.member), &all_racks),
            unassigned: (0..partitions.len()).collect(),
            quota: partitions.len() / consumers.len(),
            extras: partitions.len() % consumers.len(),
            consumers,
        }
    }

    /// How many more partitions the consumer may get.
    fn due(&self, consumer: usize) -> usize {
        (self.quota + usize::from(self.extras > 0)).saturating_sub(self.consumers[consumer].given)
    }

    fn give_while_due(&mut self, consumer: usize, suits: impl Fn(&Member, &Racks) -> bool, plan: &mut Plan) {
        let mut due = self.due(consumer);
        let (member, partitions) = (self.consumers[consumer].member, self.partitions);
        let taken = self.unassigned.extract_if(.., |partition| {
            let takes = due > 0 && suits(member, &partitions[*partition]);
            due -= usize::from(takes);
            takes
        });
        let taken: Vec<usize> = taken.collect();
        self.give(consumer, &taken, plan);
    }

    fn give(&mut self, consumer: usize, partitions: &[usize], plan: &mut Plan) {
        let Consumer { member, given } = &mut self.consumers[consumer];
        let had = *given;
        *given += partitions.len();
        if had <= self.quota && *given > self.quota {
            self.extras -= 1;
        }
        let entry = plan.get_mut(&member.id).expect("every member is in the plan");
        entry.extend(
            partitions.iter().map(|&partition| TopicPartition::new(self.topic.clone(), index(partition))),
        );
    }
}
