//! Balances, and moves as little as it can (KIP-54).
//!
//! Each member says what it was last given and in which generation ([`claims`]). Where all subscribe to the same topics
//! every member's share is known beforehand ([`alike`]); else partitions move one by one while that makes the
//! balance better ([`general`]). Racks (KIP-881) come after balance and before stickiness: a member loses what has no
//! replica in its rack, if somebody else may get it without harm to the balance.
//!
//! The cooperative variant (KIP-429) decides the same and then withholds every partition that somebody else still
//! owns. Its owner gives it up and joins again, and the next round gives it out.
//!
//! Members, topics and partitions are numbers here, each in the order of their names.
//!
//! Known limit, shared with the Java classes: a partition that is far from its owner is given out anew in every round, so
//! a cooperative group with members in racks that hold few replicas may take several rounds to settle, and where
//! subscriptions differ too it may, rarely, not settle at all.
//!
//! Where we differ from the Java classes, which depend on the order of hash maps there or fail: a claim to a partition
//! that does not exist counts for nothing; of several claims that of the newest generation counts, whatever is older;
//! nobody gets back what it owned but no longer subscribes to; every move makes the balance better, so that moving
//! ends; and the cooperative variant withholds contested partitions whether or not all subscribe to the same.
mod alike;
pub(super) mod claims;
mod general;
mod movements;

use super::{Member, Plan, Racks, Subscribed, index, nothing, racks_matter};
use crate::TopicPartition;
use claims::{Claim, Previous};
use std::{ops::Range, sync::Arc};

/// The group in numbers.
struct Group<'a> {
    members: &'a [&'a Member],
    topics: Vec<Topic<'a>>,
    /// Those of the first topic, then those of the next.
    partitions: Vec<Partition<'a>>,
    racks_matter: bool,
}

struct Topic<'a> {
    name: &'a Arc<str>,
    partitions: Range<usize>,
    subscribers: Vec<usize>,
}

struct Partition<'a> {
    topic: usize,
    index: i32,
    racks: &'a Racks,
}

/// Who gets each partition, by its number.
type Owners = Vec<usize>;

pub(super) fn assign(
    members: &[&Member],
    topics: &Subscribed<'_>,
    claim: impl Fn(&Member) -> Claim,
    is_cooperative: bool,
) -> Plan {
    let mut plan = nothing(members);
    if members.is_empty() {
        return plan;
    }
    let group = Group::new(members, topics);
    let claims: Vec<Claim> = members.iter().map(|member| claim(member)).collect();
    let previous = Previous::new(&group, &claims);
    let owners = match members.iter().all(|other| other.subscription.topics == members[0].subscription.topics)
    {
        true => alike::assign(&group, &previous),
        false => general::assign(&group, &previous),
    };
    for (number, &member) in owners.iter().enumerate() {
        if is_cooperative && previous.holds_back(number, member) {
            continue;
        }
        let Partition { topic, index, .. } = group.partitions[number];
        let given = plan.get_mut(&members[member].id).expect("every member is in the plan");
        given.insert(TopicPartition::new(group.topics[topic].name.clone(), index));
    }
    plan
}

impl<'a> Group<'a> {
    fn new(members: &'a [&'a Member], subscribed: &Subscribed<'a>) -> Self {
        let (mut topics, mut partitions) = (Vec::new(), Vec::new());
        for (topic, (&name, &all)) in subscribed.iter().enumerate() {
            let first = partitions.len();
            let numbered = all.iter().enumerate();
            partitions.extend(numbered.map(|(at, racks)| Partition { topic, index: index(at), racks }));
            let subscribers = (0..members.len()).filter(|&member| members[member].subscribes_to(name));
            topics.push(Topic {
                name,
                partitions: first..partitions.len(),
                subscribers: subscribers.collect(),
            });
        }
        let racks: Vec<&Racks> = partitions.iter().map(|partition| partition.racks).collect();
        let racks_matter = racks_matter(members.iter().copied(), &racks);
        Self { members, topics, partitions, racks_matter }
    }

    /// `None` where there is no such partition, or nobody subscribes to its topic.
    fn number_of(&self, at: &TopicPartition) -> Option<usize> {
        let topic = self.topics.binary_search_by(|topic| topic.name.cmp(&at.topic)).ok()?;
        let Range { start, end } = self.topics[topic].partitions;
        let number = start.checked_add(usize::try_from(at.partition).ok()?)?;
        (number < end).then_some(number)
    }

    fn subscribes_to(&self, member: usize, topic: usize) -> bool {
        self.topics[topic].subscribers.binary_search(&member).is_ok()
    }

    /// A member without a rack is far from nothing.
    fn is_far(&self, member: usize, partition: usize) -> bool {
        let racks = self.partitions[partition].racks;
        self.racks_matter && self.members[member].rack().is_some_and(|rack| !racks.contains(rack))
    }

    fn is_in_its_rack(&self, member: usize, partition: usize) -> bool {
        let racks = self.partitions[partition].racks;
        self.members[member].rack().is_some_and(|rack| racks.contains(rack))
    }
}
