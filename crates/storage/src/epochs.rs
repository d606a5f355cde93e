//! Where each epoch of leadership starts in a log: what decides how far a replica must truncate (KIP-101, KIP-279).
//!
//! Epochs and their start offsets both strictly grow. Kept in `leader-epoch-checkpoint`; what lies beyond the recovery
//! point can be had from the batches again.
use crate::{EpochEndOffset, checkpoint};
use base::{LeaderEpoch, Offset};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeaderEpochs {
    /// Epoch and start offset.
    entries: Vec<(i32, i64)>,
}

impl LeaderEpochs {
    pub(crate) fn latest(&self) -> Option<LeaderEpoch> {
        self.entries.last().map(|&(epoch, _)| LeaderEpoch(epoch))
    }

    /// Lets an epoch start at an offset. Entries that contradict it go. Returns whether anything changed.
    pub(crate) fn assign(&mut self, epoch: LeaderEpoch, start: Offset) -> bool {
        let (epoch, start) = (epoch.0, start.0);
        if epoch < 0 || start < 0 {
            return false;
        }
        if self.entries.last().is_some_and(|&(latest, latest_start)| latest == epoch && start >= latest_start)
        {
            return false;
        }
        while self
            .entries
            .pop_if(|&mut (other, other_start)| other >= epoch || other_start >= start)
            .is_some()
        {}
        self.entries.push((epoch, start));
        true
    }

    /// The largest epoch not above `epoch` with its end, which is where the next one starts.
    ///
    /// Of an epoch older than all that are known, the end is where the log starts to know.
    pub(crate) fn end_offset_for(&self, epoch: LeaderEpoch, log_end: Offset) -> Option<EpochEndOffset> {
        let latest = self.latest()?;
        if epoch == LeaderEpoch::NONE || epoch > latest {
            return None;
        }
        if epoch == latest {
            return Some(EpochEndOffset { leader_epoch: epoch, end_offset: log_end });
        }
        let next = self.entries.partition_point(|&(other, _)| other <= epoch.0);
        let found = next.checked_sub(1).map_or(epoch, |at| LeaderEpoch(self.entries[at].0));
        Some(EpochEndOffset { leader_epoch: found, end_offset: Offset(self.entries[next].1) })
    }

    pub(crate) fn epoch_at(&self, offset: Offset) -> Option<LeaderEpoch> {
        let after = self.entries.partition_point(|&(_, start)| start <= offset.0);
        after.checked_sub(1).map(|at| LeaderEpoch(self.entries[at].0))
    }

    /// Forgets epochs that start at or beyond `end`.
    pub(crate) fn truncate_end(&mut self, end: Offset) -> bool {
        let before = self.entries.len();
        self.entries.retain(|&(_, start)| start < end.0);
        self.entries.len() != before
    }

    /// Forgets epochs that end at or before `start`; the one that holds it starts there.
    pub(crate) fn truncate_start(&mut self, start: Offset) -> bool {
        let passed = self.entries.partition_point(|&(_, other)| other <= start.0);
        if passed == 0 || passed == 1 && self.entries[0].1 == start.0 {
            return false;
        }
        self.entries.drain(..passed - 1);
        self.entries[0].1 = start.0;
        true
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn encode(&self) -> String {
        checkpoint::encode(self.entries.iter().map(|(epoch, start)| format!("{epoch} {start}")))
    }

    /// Lines that contradict earlier ones override them.
    pub(crate) fn decode(text: &str) -> Result<Self, checkpoint::Malformed> {
        let mut epochs = Self::default();
        for [epoch, start] in checkpoint::decode::<2>(text)? {
            let epoch = checkpoint::number(epoch)?;
            epochs.assign(LeaderEpoch(epoch), Offset(checkpoint::number(start)?));
        }
        Ok(epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(entries: &[(i32, i64)]) -> LeaderEpochs {
        LeaderEpochs { entries: entries.to_vec() }
    }

    #[test]
    fn an_epoch_starts_once_and_truth_wins() {
        let known = [(1, 0), (3, 10), (4, 20)];
        for (epoch, start, expected) in [
            (4, 25, &[(1, 0), (3, 10), (4, 20)][..]),
            (5, 25, &[(1, 0), (3, 10), (4, 20), (5, 25)]),
            (5, 20, &[(1, 0), (3, 10), (5, 20)]),
            (4, 15, &[(1, 0), (3, 10), (4, 15)]),
            (3, 30, &[(1, 0), (3, 30)]),
            (0, 0, &[(0, 0)]),
            (-1, 5, &[(1, 0), (3, 10), (4, 20)]),
        ] {
            let mut epochs = epochs(&known);
            epochs.assign(LeaderEpoch(epoch), Offset(start));
            assert_eq!(epochs.entries, expected, "epoch {epoch} at {start}");
        }
    }

    #[test]
    fn ends_are_the_starts_of_the_next() {
        let epochs = epochs(&[(1, 5), (3, 10), (4, 20)]);
        for (asked, expected) in [
            (-1, None),
            (0, Some((0, 5))),
            (1, Some((1, 10))),
            (2, Some((1, 10))),
            (3, Some((3, 20))),
            (4, Some((4, 33))),
            (5, None),
        ] {
            let found = epochs.end_offset_for(LeaderEpoch(asked), Offset(33));
            assert_eq!(found.map(|end| (end.leader_epoch.0, end.end_offset.0)), expected, "epoch {asked}");
        }
        assert_eq!(LeaderEpochs::default().end_offset_for(LeaderEpoch(0), Offset(0)), None);
    }

    #[test]
    fn every_offset_has_an_epoch() {
        let epochs = epochs(&[(1, 5), (3, 10)]);
        for (offset, expected) in [(4, None), (5, Some(1)), (9, Some(1)), (10, Some(3)), (99, Some(3))] {
            assert_eq!(epochs.epoch_at(Offset(offset)).map(|epoch| epoch.0), expected);
        }
    }

    #[test]
    fn follows_both_ends_of_the_log() {
        let known = [(1, 5), (3, 10), (4, 20)];
        for (end, left) in [(21, 3), (20, 2), (11, 2), (10, 1), (5, 0)] {
            let mut epochs = epochs(&known);
            assert_eq!(epochs.truncate_end(Offset(end)), left < 3);
            assert_eq!(epochs.entries, known[..left]);
        }
        for (start, expected) in [
            (0, &[(1, 5), (3, 10), (4, 20)][..]),
            (5, &[(1, 5), (3, 10), (4, 20)]),
            (7, &[(1, 7), (3, 10), (4, 20)]),
            (10, &[(3, 10), (4, 20)]),
            (15, &[(3, 15), (4, 20)]),
            (99, &[(4, 99)]),
        ] {
            let mut epochs = epochs(&known);
            assert_eq!(epochs.truncate_start(Offset(start)), expected != known);
            assert_eq!(epochs.entries, expected, "start {start}");
        }
    }

    #[test]
    fn the_file_is_kafkas() {
        let known = epochs(&[(0, 0), (5, 17)]);
        assert_eq!(known.encode(), "0\n2\n0 0\n5 17\n");
        assert_eq!(LeaderEpochs::decode(&known.encode()).unwrap(), known);
        assert!(LeaderEpochs::decode("0\n1\nx 0\n").is_err());
    }
}
