//! What a poll gives out: one batch of records, and what of it the program asked for.
use super::{Config, Position, fetcher::Chunk};
use crate::{Error, TopicPartition};
use records::{Record, RecordBatch, Records};

/// One batch of records of a partition.
#[derive(Debug)]
pub struct FetchedBatch {
    pub at: TopicPartition,
    /// The end of the partition as the broker saw it when it answered.
    pub high_watermark: i64,
    batch: RecordBatch,
    pub(super) records: Records,
    /// The first offset that was asked for, and the first that was not.
    pub(super) from: i64,
    until: Option<i64>,
}

impl FetchedBatch {
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The records that were asked for; a batch may hold others before and after.
    pub fn records(&self) -> impl Iterator<Item = Result<Record<'_>, Error>> {
        self.records.iter().filter_map(move |record| match record {
            Ok(record) => self.is_wanted(record.offset.0).then_some(Ok(record)),
            Err(error) => Some(Err(self.unreadable(&error))),
        })
    }

    pub(super) fn is_wanted(&self, offset: i64) -> bool {
        self.from <= offset && self.until.is_none_or(|end| offset < end)
    }

    /// The position once all of it is consumed.
    pub(super) fn behind(&self) -> Position {
        behind(&self.batch, self.until)
    }

    pub(super) fn unreadable(&self, error: &records::Error) -> Error {
        unreadable(&self.at, self.batch.base_offset.0, error)
    }
}

/// Behind a batch, or at the first offset that is not wanted.
pub(super) fn behind(batch: &RecordBatch, until: Option<i64>) -> Position {
    let behind = Position::after(batch);
    Position { offset: behind.offset.min(until.unwrap_or(i64::MAX)), ..behind }
}

pub(super) fn unreadable(at: &TopicPartition, offset: i64, error: &records::Error) -> Error {
    let reason = crate::error::Chain(error).to_string();
    Error::Records { partition: at.to_string(), offset, reason }
}

/// The batch ready to be looked at; `None` if nothing in it is for the program.
pub(super) fn open(
    chunk: &mut Chunk,
    batch: RecordBatch,
    config: &Config,
) -> Result<Option<FetchedBatch>, Error> {
    let is_wanted =
        batch.last_offset().0 >= chunk.from && chunk.until.is_none_or(|end| batch.base_offset.0 < end);
    if chunk.aborted.hides(&batch) || batch.is_control() || !is_wanted {
        return Ok(None);
    }
    let unreadable = |error| unreadable(&chunk.at, batch.base_offset.0, &error);
    if config.check_crcs {
        batch.verify_crc().map_err(unreadable)?;
    }
    let records = batch.records(config.max_inflated).map_err(unreadable)?;
    Ok(Some(FetchedBatch {
        at: chunk.at.clone(),
        high_watermark: chunk.high_watermark,
        from: chunk.from,
        until: chunk.until,
        records,
        batch,
    }))
}
