//! Remembers which partitions of a topic went from whom to whom, so that none goes one way and another back.
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    topic: usize,
    from: usize,
    to: usize,
}

#[derive(Default)]
pub(super) struct Movements {
    by_partition: HashMap<usize, Way>,
    by_way: BTreeMap<Way, BTreeSet<usize>>,
}

impl Movements {
    /// A partition of the topic that came the other way before, if there is one: it may as well go back.
    pub(super) fn way_back(&self, topic: usize, partition: usize, from: usize, to: usize) -> Option<usize> {
        let from = self.by_partition.get(&partition).map_or(from, |way| way.from);
        self.by_way.get(&Way { topic, from: to, to: from })?.first().copied()
    }

    pub(super) fn record(&mut self, topic: usize, partition: usize, from: usize, to: usize) {
        let from = self.forget(partition).unwrap_or(from);
        if from != to {
            let way = Way { topic, from, to };
            self.by_partition.insert(partition, way);
            self.by_way.entry(way).or_default().insert(partition);
        }
    }

    /// Whence it came.
    fn forget(&mut self, partition: usize) -> Option<usize> {
        let way = self.by_partition.remove(&partition)?;
        if let Some(moved) = self.by_way.get_mut(&way) {
            moved.remove(&partition);
            if moved.is_empty() {
                self.by_way.remove(&way);
            }
        }
        Some(way.from)
    }
}
