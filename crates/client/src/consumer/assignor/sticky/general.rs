//! Members subscribe to different topics, so the shares are found by moving.
//!
//! Members keep what they own and still want; what is left goes to whoever has least. Then partitions move from a member
//! to one that has at least two fewer, until no such move is left. Each move makes the balance better, so this ends.
use super::{Group, Owners, claims::Previous, movements::Movements};
use std::collections::BTreeSet;

pub(super) fn assign(group: &Group<'_>, previous: &Previous) -> Owners {
    // Topics that the fewest members can read come first.
    let mut topics: Vec<usize> = (0..group.topics.len()).collect();
    topics.sort_by_key(|&topic| group.topics[topic].subscribers.len());
    let all: Vec<usize> = topics.iter().flat_map(|&topic| group.topics[topic].partitions.clone()).collect();

    let mut balance = Balance::new(group);
    let must_revoke = balance.keep(previous);
    let unassigned: Vec<usize> =
        all.iter().copied().filter(|&partition| balance.owners[partition].is_none()).collect();
    if group.racks_matter {
        unassigned.iter().for_each(|&partition| {
            balance.give_to_least(partition, |member| !group.is_far(member, partition));
        });
    }
    for &partition in &unassigned {
        if balance.owners[partition].is_none() {
            balance.give_to_least(partition, |_| true);
        }
    }

    let can_move = |partition: &usize| group.topics[group.partitions[*partition].topic].subscribers.len() > 1;
    if !must_revoke {
        // What is new may suffice, and then nothing else moves.
        let new: Vec<usize> = unassigned.into_iter().filter(can_move).collect();
        balance.improve(&new, previous);
    }
    balance.improve(&all.into_iter().filter(can_move).collect::<Vec<_>>(), previous);
    let owners = balance.owners.into_iter();
    owners.map(|owner| owner.expect("each topic has a subscriber")).collect()
}

struct Balance<'a> {
    group: &'a Group<'a>,
    owners: Vec<Option<usize>>,
    sizes: Vec<usize>,
    /// Members by how many they have.
    by_size: BTreeSet<(usize, usize)>,
    movements: Movements,
}

impl<'a> Balance<'a> {
    fn new(group: &'a Group<'a>) -> Self {
        let members = group.members.len();
        Self {
            group,
            owners: vec![None; group.partitions.len()],
            sizes: vec![0; members],
            by_size: (0..members).map(|member| (0, member)).collect(),
            movements: Movements::default(),
        }
    }

    /// Whether somebody loses a partition that it can no longer have.
    fn keep(&mut self, previous: &Previous) -> bool {
        let mut must_revoke = false;
        for partition in 0..self.owners.len() {
            let Some(owner) = previous.owner(partition) else { continue };
            let topic = self.group.partitions[partition].topic;
            if self.group.subscribes_to(owner, topic) && !self.group.is_far(owner, partition) {
                self.give(partition, owner);
            } else {
                must_revoke = true;
            }
        }
        must_revoke
    }

    fn give(&mut self, partition: usize, member: usize) {
        if let Some(before) = self.owners[partition].replace(member) {
            self.resize(before, self.sizes[before] - 1);
        }
        self.resize(member, self.sizes[member] + 1);
    }

    fn resize(&mut self, member: usize, size: usize) {
        self.by_size.remove(&(self.sizes[member], member));
        self.by_size.insert((size, member));
        self.sizes[member] = size;
    }

    /// The subscriber that has least.
    fn least(&self, topic: usize, suits: impl Fn(usize) -> bool) -> Option<usize> {
        let mut members = self.by_size.iter().map(|&(_, member)| member);
        members.find(|&member| self.group.subscribes_to(member, topic) && suits(member))
    }

    fn give_to_least(&mut self, partition: usize, suits: impl Fn(usize) -> bool) {
        if let Some(member) = self.least(self.group.partitions[partition].topic, suits) {
            self.give(partition, member);
        }
    }

    /// Moves any of `partitions` while that makes the balance better.
    fn improve(&mut self, partitions: &[usize], previous: &Previous) {
        loop {
            let mut has_moved = false;
            for &partition in partitions {
                if self.is_level() {
                    return;
                }
                has_moved |= self.improve_one(partition, previous);
            }
            if !has_moved {
                return;
            }
        }
    }

    /// No member has two more than any other.
    fn is_level(&self) -> bool {
        let sizes = [self.by_size.first(), self.by_size.last()].map(|of| of.map_or(0, |&(size, _)| size));
        sizes[1] <= sizes[0] + 1
    }

    fn improve_one(&mut self, partition: usize, previous: &Previous) -> bool {
        let topic = self.group.partitions[partition].topic;
        let owner = self.owners[partition].expect("all were given out before");
        let gains = |member: &usize| self.sizes[owner] > self.sizes[*member] + 1;
        let returning =
            previous.returning(partition).filter(|&member| self.group.subscribes_to(member, topic));
        let to = returning.filter(gains).or_else(|| self.least(topic, |_| true).filter(gains));
        let Some(to) = to else { return false };

        // One that came the other way goes back instead, if that too makes the balance better.
        let way_back = self.movements.way_back(topic, partition, owner, to);
        let other = way_back.filter(|&other| self.sizes[self.owner(other)] > self.sizes[to] + 1);
        let moved = other.unwrap_or(partition);
        self.movements.record(topic, moved, self.owner(moved), to);
        self.give(moved, to);
        true
    }

    fn owner(&self, partition: usize) -> usize {
        self.owners[partition].expect("all were given out before")
    }
}
