//! What a program may say and ask about the partitions it reads.
use super::{
    Consumer,
    offsets::{End, Start, look_up},
    position::Position,
};
use crate::{Admin, Error, TopicPartition, admin::IsolationLevel};
use base::NodeId;
use std::collections::BTreeMap;

impl Consumer {
    /// The partitions that are read.
    pub fn assignment(&self) -> Vec<TopicPartition> {
        self.fetcher.assigned().cloned().collect()
    }

    /// Behind what was last given out of a partition; `None` where no position is known yet.
    pub fn position(&self, at: &TopicPartition) -> Option<Position> {
        self.fetcher.consumed(at)
    }

    /// All positions that are known.
    pub fn positions(&self) -> BTreeMap<TopicPartition, Position> {
        self.fetcher.all_consumed().map(|(at, position)| (at.clone(), position)).collect()
    }

    /// How many offsets lie between the position and the end, as far as a broker has told: the high watermark, or the
    /// last stable offset where only what is committed is read.
    pub fn current_lag(&self, at: &TopicPartition) -> Option<i64> {
        let ends = self.fetcher.ends(at)?;
        let end = match self.config.isolation {
            IsolationLevel::ReadUncommitted => ends.high_watermark,
            IsolationLevel::ReadCommitted => ends.last_stable_offset,
        };
        Some(end.saturating_sub(self.position(at)?.offset).max(0))
    }

    /// The follower that a partition is read from because it is nearer to `client.rack` (KIP-392); `None`: its leader.
    pub fn preferred_replica(&self, at: &TopicPartition) -> Option<NodeId> {
        self.fetcher.preferred(at)
    }

    /// Goes on with a partition from there. What was fetched of it before is not given out any more. A position with a
    /// leader epoch is compared with the log first.
    pub fn seek(&mut self, at: &TopicPartition, to: impl Into<Position>) -> Result<(), Error> {
        if !self.fetcher.seek(at, to.into()) {
            return Err(not_assigned(at));
        }
        self.forget(at);
        Ok(())
    }

    /// Goes on with these partitions from a place whose offset has to be asked for first.
    pub async fn seek_to(&mut self, partitions: &[TopicPartition], start: Start) -> Result<(), Error> {
        self.check_assigned(partitions)?;
        let asked: Vec<_> = partitions.iter().map(|at| (at.clone(), start)).collect();
        let found = look_up(&Admin::new(&self.cluster), self.config.isolation, &asked, End::Never).await;
        for (at, found) in found {
            self.seek(&at, found?.0)?;
        }
        Ok(())
    }

    /// Gives out nothing of these partitions until [`Consumer::resume`]. What was fetched of them is kept.
    pub fn pause(&mut self, partitions: &[TopicPartition]) -> Result<(), Error> {
        self.set_paused(partitions, true)
    }

    pub fn resume(&mut self, partitions: &[TopicPartition]) -> Result<(), Error> {
        self.set_paused(partitions, false)
    }

    /// The partitions that are paused.
    pub fn paused(&self) -> Vec<TopicPartition> {
        self.fetcher.paused().cloned().collect()
    }

    fn set_paused(&mut self, partitions: &[TopicPartition], is_paused: bool) -> Result<(), Error> {
        self.check_assigned(partitions)?;
        for at in partitions {
            self.fetcher.set_paused(at, is_paused);
            let begun = self.begun.iter_mut().filter(|begun| begun.batch.at == *at);
            begun.for_each(|begun| begun.is_paused = is_paused);
            if is_paused {
                self.queue.pause(at);
            } else {
                self.queue.resume(at);
            }
        }
        Ok(())
    }

    /// All or nothing.
    fn check_assigned(&self, partitions: &[TopicPartition]) -> Result<(), Error> {
        match partitions.iter().find(|at| !self.fetcher.is_assigned(at)) {
            Some(at) => Err(not_assigned(at)),
            None => Ok(()),
        }
    }
}

fn not_assigned(at: &TopicPartition) -> Error {
    Error::NotAssigned { partition: at.to_string() }
}
