//! Where a partition goes on whose position is not in the log, or that has none yet.
use super::{
    Consumer, Done, OnOutOfRange,
    offsets::{End, Span, Start, bounds, look_up, out_of_range},
    position::Position,
};
use crate::{Admin, Error, TopicPartition};
use std::time::SystemTime;

impl Consumer {
    /// Finds out in the background where these partitions begin, and puts them there unless they were moved meanwhile.
    pub(super) fn begin(&mut self, partitions: Vec<(TopicPartition, Start)>) {
        self.begin_after(0, partitions);
    }

    /// As [`Consumer::begin`], after so many failures and a pause that becomes longer with them.
    fn begin_after(&mut self, failures: u32, partitions: Vec<(TopicPartition, Start)>) {
        let numbered = |(at, start): (TopicPartition, Start)| Some((self.fetcher.number(&at)?, (at, start)));
        let (numbers, asked): (Vec<u64>, Vec<_>) = partitions.into_iter().filter_map(numbered).unzip();
        let (admin, isolation) = (Admin::new(&self.cluster), self.config.isolation);
        let backoff = self.cluster.config().backoff;
        self.jobs.spawn(async move {
            if failures > 0 {
                tokio::time::sleep(backoff.wait(failures, rand::random())).await;
            }
            let found = look_up(&admin, isolation, &asked, End::Never).await;
            let numbered = asked.into_iter().zip(numbers).zip(found);
            let found =
                numbered.map(|(((at, start), number), (_, span))| (at, start, number, span)).collect();
            Done::Begun { failures, found }
        });
    }

    pub(super) fn take_starts(
        &mut self,
        failures: u32,
        found: Vec<(TopicPartition, Start, u64, Result<Span, Error>)>,
    ) {
        let mut again = Vec::new();
        for (at, start, number, span) in found {
            match span {
                Ok((first, _)) => self.seek_from(&at, number, first.into()),
                Err(_) if self.fetcher.number(&at) != Some(number) => {}
                Err(error) if may_pass(&error) => {
                    tracing::debug!(partition = %at, error = %crate::error::Chain(&error), "no beginning yet");
                    again.push((at, start));
                }
                Err(error) => {
                    self.fetcher.halt(&at);
                    self.errors.push_back(error);
                }
            }
        }
        if !again.is_empty() {
            self.begin_after(failures + 1, again);
        }
    }

    /// The broker said so, but not what is in the log instead.
    pub(super) fn out_of_range(&mut self, at: TopicPartition, number: u64, offset: i64) {
        let (cluster, isolation) = (self.cluster.clone(), self.config.isolation);
        self.jobs.spawn(async move {
            let result = bounds(&Admin::new(&cluster), isolation, &at).await;
            Done::Bounds { at, number, offset, result }
        });
    }

    pub(super) fn take_bounds(
        &mut self,
        at: &TopicPartition,
        number: u64,
        offset: i64,
        bounds: Result<(i64, i64), Error>,
    ) {
        if self.fetcher.number(at) != Some(number) {
            return;
        }
        let (earliest, latest) = match bounds {
            Ok(bounds) => bounds,
            // The fetch is repeated, and so is the question.
            Err(error) if may_pass(&error) => return,
            Err(error) => return self.errors.push_back(error),
        };
        // It may have come into the log since the broker was asked.
        if (earliest..=latest).contains(&offset) {
            return;
        }
        match self.config.on_out_of_range {
            OnOutOfRange::Earliest => self.seek_from(at, number, earliest.into()),
            OnOutOfRange::Latest => self.seek_from(at, number, latest.into()),
            OnOutOfRange::ByDuration(_) => self.reset(at),
            OnOutOfRange::Fail => self.fail(at, out_of_range(at, offset, (earliest, latest))),
        }
    }

    /// Goes on where the log and what was read of it part, if that is known.
    pub(super) fn truncated(
        &mut self,
        at: &TopicPartition,
        number: u64,
        offset: i64,
        divergent: Option<Position>,
    ) {
        tracing::info!(partition = %at, offset, ?divergent, "the log was cut below the position");
        match (self.config.on_out_of_range, divergent) {
            (OnOutOfRange::Fail, _) => {
                let divergent = divergent.map(|position| position.offset);
                self.fail(at, Error::LogTruncated { partition: at.to_string(), offset, divergent });
            }
            (_, Some(position)) => self.seek_from(at, number, position),
            (_, None) => self.reset(at),
        }
    }

    /// As the configuration says, which is not to fail.
    fn reset(&mut self, at: &TopicPartition) {
        if let Some(start) = self.config.on_out_of_range.start(SystemTime::now()) {
            self.fetcher.unplace(at);
            self.begin(vec![(at.clone(), start)]);
        }
    }

    /// The program has to say where to go on.
    fn fail(&mut self, at: &TopicPartition, error: Error) {
        self.fetcher.halt(at);
        self.errors.push_back(error);
    }

    /// Moves a partition, unless it was moved since it had this number.
    pub(super) fn seek_from(&mut self, at: &TopicPartition, number: u64, position: Position) {
        if self.fetcher.seek_from(at, number, position) {
            self.forget(at);
        }
    }
}

/// Whether to ask a leader again. A topic may be created yet, and a partition added.
fn may_pass(error: &Error) -> bool {
    let is_missing = matches!(error, Error::UnknownTopic(_) | Error::UnknownPartition { .. });
    is_missing || error.is_retriable() || error.is_timeout()
}
