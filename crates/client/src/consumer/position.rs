use records::BatchHeader;

/// A place in a partition's log, and the leader epoch of the batch before it. With the epoch it can be told later
/// whether the log was cut (KIP-320).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The next offset.
    pub offset: i64,
    /// `None` where nothing before it was read.
    pub leader_epoch: Option<i32>,
}

impl Position {
    /// Behind this batch.
    pub(super) fn after(batch: &BatchHeader) -> Self {
        Self { offset: batch.next_offset().0, leader_epoch: known(batch.partition_leader_epoch.0) }
    }
}

impl From<i64> for Position {
    fn from(offset: i64) -> Self {
        Self { offset, leader_epoch: None }
    }
}

/// Of the wire, where -1 is none.
pub(super) fn known(leader_epoch: i32) -> Option<i32> {
    (leader_epoch >= 0).then_some(leader_epoch)
}

/// What a leader says about the end of a leader epoch in its log: the greatest epoch that is not greater, and where that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EpochEnd {
    pub(super) leader_epoch: i32,
    /// -1 if the log has nothing of that time.
    pub(super) end_offset: i64,
}

impl EpochEnd {
    /// Whether a position of the epoch that was asked about is in the log.
    pub(super) fn reaches(self, offset: i64) -> bool {
        self.position().is_some_and(|end| end.offset >= offset)
    }

    pub(super) fn position(self) -> Option<Position> {
        let leader_epoch = known(self.leader_epoch)?;
        (self.end_offset >= 0)
            .then_some(Position { offset: self.end_offset, leader_epoch: Some(leader_epoch) })
    }
}
