//! All members subscribe to the same topics, so each gets as many partitions as any other, or one more.
//!
//! Members keep what they own up to that; what is left goes round. Whether a member is one of those that get one more is
//! decided by what it owns, then by need.
use super::{Group, Owners, claims::Previous};
use std::collections::VecDeque;

pub(super) fn assign(group: &Group<'_>, previous: &Previous) -> Owners {
    let mut shares = Shares::new(group);
    shares.keep(previous);
    let mut unassigned: Vec<usize> =
        (0..group.partitions.len()).filter(|&partition| shares.owners[partition].is_none()).collect();
    if group.racks_matter {
        // Those that the fewest members are near to choose first.
        unassigned.sort_by_cached_key(|&partition| {
            (0..group.members.len()).filter(|&member| group.is_in_its_rack(member, partition)).count()
        });
        unassigned = shares.match_racks(unassigned);
    }
    shares.give_round(unassigned);
    let owners = shares.owners.into_iter();
    owners.map(|owner| owner.expect("the shares add up to all partitions")).collect()
}

struct Shares<'a> {
    group: &'a Group<'a>,
    owners: Vec<Option<usize>>,
    /// How many each member has.
    sizes: Vec<usize>,
    /// What everyone gets at least.
    quota: usize,
    /// How many members more get one above the quota.
    extras: usize,
    /// Members that have less than the quota.
    below: Vec<usize>,
    /// Members that have the quota, and may get one more.
    level: VecDeque<usize>,
}

impl<'a> Shares<'a> {
    fn new(group: &'a Group<'a>) -> Self {
        let (partitions, members) = (group.partitions.len(), group.members.len());
        Self {
            group,
            owners: vec![None; partitions],
            sizes: vec![0; members],
            quota: partitions / members,
            extras: partitions % members,
            below: Vec::new(),
            level: VecDeque::new(),
        }
    }

    fn keep(&mut self, previous: &Previous) {
        let mut owned = vec![Vec::new(); self.group.members.len()];
        for partition in 0..self.owners.len() {
            if let Some(owner) = previous.owner(partition)
                && !self.group.is_far(owner, partition)
            {
                owned[owner].push(partition);
            }
        }
        for (member, mut owned) in owned.into_iter().enumerate() {
            // Of what it must give up, the highest indexes go first.
            owned.sort_by_key(|&partition| (self.group.partitions[partition].index, partition));
            if owned.len() < self.quota {
                self.below.push(member);
            } else if owned.len() > self.quota && self.extras > 0 {
                owned.truncate(self.quota + 1);
                self.use_extra();
            } else {
                owned.truncate(self.quota);
                if self.extras > 0 {
                    self.level.push_back(member);
                }
            }
            owned.into_iter().for_each(|partition| self.give(partition, member));
        }
    }

    fn give(&mut self, partition: usize, member: usize) {
        self.owners[partition] = Some(member);
        self.sizes[member] += 1;
    }

    /// With the last one gone, those at the quota have all they get.
    fn use_extra(&mut self) {
        self.extras -= 1;
        if self.extras == 0 {
            self.level.clear();
        }
    }

    /// Gives each partition to a member in one of its racks that is due something, and returns those that have none.
    fn match_racks(&mut self, mut partitions: Vec<usize>) -> Vec<usize> {
        let mut turn = 0;
        partitions.retain(|&partition| !self.match_rack(partition, &mut turn));
        partitions
    }

    fn match_rack(&mut self, partition: usize, turn: &mut usize) -> bool {
        let group = self.group;
        let is_near = |member: usize| group.is_in_its_rack(member, partition);
        let mut round = (*turn..self.below.len()).chain(0..*turn);
        if let Some(at) = round.find(|&at| is_near(self.below[at])) {
            let member = self.below[at];
            self.give(partition, member);
            *turn = at + 1;
            if self.sizes[member] >= self.quota {
                self.below.remove(at);
                if self.extras > 0 {
                    self.level.push_back(member);
                }
                *turn = at;
            }
            *turn = turn.checked_rem(self.below.len()).unwrap_or(0);
            return true;
        }
        let Some(at) = self.level.iter().position(|&member| is_near(member)) else { return false };
        let member = self.level.remove(at).expect("it was found there");
        self.give(partition, member);
        self.use_extra();
        true
    }

    /// Everyone up to the quota, one partition at a time; then one more for those that come first.
    fn give_round(&mut self, partitions: Vec<usize>) {
        let mut turn = 0;
        for partition in partitions {
            if self.below.is_empty() {
                let member = self.level.pop_front().expect("the shares add up to all partitions");
                self.give(partition, member);
                continue;
            }
            turn = if turn < self.below.len() { turn } else { 0 };
            let member = self.below[turn];
            self.give(partition, member);
            if self.sizes[member] == self.quota {
                self.below.remove(turn);
                self.level.push_back(member);
            } else {
                turn += 1;
            }
        }
    }
}
