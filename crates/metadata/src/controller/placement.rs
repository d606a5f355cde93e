//! On which brokers the replicas of new partitions go.
//!
//! Racks take turns, and the brokers of a rack take turns within it. So the first replicas, which become leaders, are
//! spread evenly, a partition has no second replica in a rack before every rack has one, and fenced brokers come last.
//! Source: KIP-36, and the placement that KRaft controllers make.
use crate::{Error, MetadataImage};
use base::NodeId;
use std::collections::BTreeMap;
use wire::Text;

#[derive(Debug)]
struct Rack {
    unfenced: Vec<NodeId>,
    fenced: Vec<NodeId>,
    /// Whose turn it is.
    turn: usize,
}

impl Rack {
    /// The broker whose turn it is among those that `chosen` has not; live ones first.
    fn next(&self, chosen: &[NodeId]) -> Option<NodeId> {
        let free = |list: &[NodeId]| {
            let from = self.turn % list.len().max(1);
            let order = list[from..].iter().chain(&list[..from]);
            order.copied().find(|id| !chosen.contains(id))
        };
        free(&self.unfenced).or_else(|| free(&self.fenced))
    }
}

/// Replicas for `partitions` partitions, numbered from `first_partition` on. Equal arguments give equal placements.
pub(super) fn place(
    image: &MetadataImage,
    first_partition: usize,
    partitions: usize,
    replication_factor: usize,
    seed: u64,
) -> Result<Vec<Vec<NodeId>>, Error> {
    let mut racks = racks(image, seed);
    let brokers: usize = racks.iter().map(|rack| rack.unfenced.len() + rack.fenced.len()).sum();
    if racks.iter().all(|rack| rack.unfenced.is_empty()) {
        let text = format!("cannot make {replication_factor} replicas: no broker is alive");
        return Err(Error::InvalidReplicationFactor(text));
    }
    if replication_factor > brokers {
        let text =
            format!("cannot make {replication_factor} replicas: only {brokers} brokers are registered");
        return Err(Error::InvalidReplicationFactor(text));
    }
    let start = seed as usize % racks.len() + first_partition;
    let place_one = |index| {
        let chosen = replicas(&racks, start + index, replication_factor);
        for rack in &mut racks {
            let leads = rack.unfenced.contains(&chosen[0]) || rack.fenced.contains(&chosen[0]);
            rack.turn += usize::from(leads);
        }
        chosen
    };
    Ok((0..partitions).map(place_one).collect())
}

fn replicas(racks: &[Rack], start: usize, replication_factor: usize) -> Vec<NodeId> {
    let mut chosen = Vec::with_capacity(replication_factor);
    let mut turn = start;
    // A leader must be alive, so the first replica comes from a rack that has a live broker.
    while chosen.is_empty() {
        let rack = &racks[turn % racks.len()];
        chosen.extend(rack.next(&[]).filter(|id| rack.unfenced.contains(id)));
        turn += 1;
    }
    while chosen.len() < replication_factor {
        let next = racks[turn % racks.len()].next(&chosen);
        chosen.extend(next);
        turn += 1;
    }
    chosen
}

fn racks(image: &MetadataImage, seed: u64) -> Vec<Rack> {
    let mut racks: BTreeMap<Option<&Text>, Rack> = BTreeMap::new();
    for broker in image.brokers().filter(|broker| broker.has_uncordoned_directory()) {
        let empty = || Rack { unfenced: Vec::new(), fenced: Vec::new(), turn: seed as usize % 1024 };
        let rack = racks.entry(broker.rack.as_ref()).or_insert_with(empty);
        let list = if broker.is_active() { &mut rack.unfenced } else { &mut rack.fenced };
        list.push(broker.id);
    }
    racks.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{broker, image_of};
    use super::*;
    use std::collections::BTreeSet;

    fn cluster(racks: &[(i32, Option<&'static str>, bool)]) -> MetadataImage {
        let brokers = racks.iter().map(|&(id, rack, fenced)| {
            let mut registration = broker(id);
            registration.rack = rack.map(Text::from);
            registration.fenced = fenced;
            registration
        });
        image_of(brokers)
    }

    #[test]
    fn one_broker_takes_everything() {
        let image = cluster(&[(1, None, false)]);
        assert_eq!(place(&image, 0, 3, 1, 7), Ok(vec![vec![NodeId(1)]; 3]));
        assert!(matches!(place(&image, 0, 1, 2, 7), Err(Error::InvalidReplicationFactor(_))));
        let fenced = cluster(&[(1, None, true)]);
        assert!(matches!(place(&fenced, 0, 1, 1, 7), Err(Error::InvalidReplicationFactor(_))));
        assert!(matches!(
            place(&MetadataImage::default(), 0, 1, 1, 7),
            Err(Error::InvalidReplicationFactor(_))
        ));
    }

    #[test]
    fn leaders_and_racks_take_turns() {
        let racks =
            [(0, Some("a")), (1, Some("a")), (2, Some("b")), (3, Some("b")), (4, Some("c")), (5, Some("c"))];
        let image = cluster(&racks.map(|(id, rack)| (id, rack, false)));
        for seed in 0..50 {
            let placed = place(&image, 0, 12, 3, seed).unwrap();
            for broker in 0..6 {
                let leads = placed.iter().filter(|replicas| replicas[0] == NodeId(broker)).count();
                assert_eq!(leads, 2, "broker {broker} with seed {seed}: {placed:?}");
            }
            for replicas in placed {
                let used: BTreeSet<_> = replicas.iter().map(|id| id.0 / 2).collect();
                assert_eq!(used.len(), 3, "one replica in each rack: {replicas:?}");
            }
        }
    }

    #[test]
    fn fenced_brokers_never_lead_and_come_last() {
        let image = cluster(&[(0, None, true), (1, None, false), (2, None, false)]);
        for seed in 0..20 {
            for replicas in place(&image, 0, 6, 3, seed).unwrap() {
                assert_eq!(replicas[2], NodeId(0), "{replicas:?}");
            }
        }
    }

    #[test]
    fn replicas_are_distinct_whatever_the_racks() {
        let racks = [(0, None), (1, None), (2, None), (3, Some("a")), (4, Some("b"))];
        let image = cluster(&racks.map(|(id, rack)| (id, rack, id == 4)));
        for (seed, factor) in (0..40).flat_map(|seed| (1..=5).map(move |factor| (seed, factor))) {
            for replicas in place(&image, seed as usize, 7, factor, seed).unwrap() {
                let distinct: BTreeSet<_> = replicas.iter().collect();
                assert_eq!(distinct.len(), factor);
                assert_ne!(replicas[0], NodeId(4), "a fenced broker leads");
            }
        }
    }
}
