//! Records one by one, each owning a share of its batch's memory.
//!
//! The position moves with each record, so that a commit in the middle of a batch commits the middle. A batch that was
//! begun waits here, and a poll gives out the rest of it.
use super::{Consumer, FetchedBatch, Position, TimestampType};
use crate::{Error, TopicPartition};
use bytes::Bytes;
use futures_util::{Stream, stream::unfold};
use records::{Cursor, Header, Record, Records};
use std::time::Duration;

/// A record apart from its batch, of which it keeps the memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumedRecord {
    pub at: TopicPartition,
    pub offset: i64,
    /// Of the leader that appended it; `None` where a broker is too old to say.
    pub leader_epoch: Option<i32>,
    /// Milliseconds since 1970, or -1 where there is none.
    pub timestamp: i64,
    pub timestamp_type: TimestampType,
    pub key: Option<Bytes>,
    /// `None` is a tombstone.
    pub value: Option<Bytes>,
    pub headers: Vec<ConsumedHeader>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumedHeader {
    /// UTF-8 by agreement, which no broker checks.
    pub key: Bytes,
    pub value: Option<Bytes>,
}

impl ConsumedRecord {
    fn new(batch: &FetchedBatch, record: &Record<'_>) -> Self {
        let records = &batch.records;
        let share = |part: &[u8]| records.share(part);
        Self {
            at: batch.at.clone(),
            offset: record.offset.0,
            leader_epoch: Position::after(batch.batch()).leader_epoch,
            timestamp: record.timestamp,
            timestamp_type: batch.batch().timestamp_type(),
            key: record.key.map(share),
            value: record.value.map(share),
            headers: record.headers.map(|header| ConsumedHeader::new(records, header)).collect(),
        }
    }
}

impl ConsumedHeader {
    fn new(records: &Records, header: Header<'_>) -> Self {
        Self { key: records.share(header.key), value: header.value.map(|value| records.share(value)) }
    }
}

/// A batch that is given out record by record.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) batch: FetchedBatch,
    pub(super) is_paused: bool,
    cursor: Cursor,
}

impl Begun {
    pub(super) fn new(batch: FetchedBatch) -> Self {
        Self { batch, is_paused: false, cursor: Cursor::default() }
    }

    /// The next record that was asked for, and the position behind it, which at the end is that behind the batch.
    fn next(&mut self) -> Option<Result<(ConsumedRecord, Position), Error>> {
        let batch = &self.batch;
        loop {
            let record = match batch.records.next_at(&mut self.cursor)? {
                Ok(record) => record,
                Err(error) => return Some(Err(batch.unreadable(&error))),
            };
            if !batch.is_wanted(record.offset.0) {
                continue;
            }
            let mut behind = batch.behind();
            if !self.is_end() {
                behind.offset = record.offset.0 + 1;
            }
            return Some(Ok((ConsumedRecord::new(batch, &record), behind)));
        }
    }

    fn is_end(&self) -> bool {
        self.batch.records.is_end(self.cursor)
    }
}

impl Consumer {
    /// The records, one after another, until everything up to the end that [`Consumer::assign`] found has been given
    /// out. A record or batch that cannot be read is an error, and the stream goes on behind its batch.
    ///
    /// ```no_run
    /// # async fn run(mut consumer: mainstem_client::Consumer) -> Result<(), mainstem_client::Error> {
    /// use futures_util::StreamExt as _;
    /// let mut records = consumer.stream();
    /// while let Some(record) = records.next().await {
    ///     let record = record?;
    ///     println!("{} {}: {:?}", record.at, record.offset, record.value);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&mut self) -> impl Stream<Item = Result<ConsumedRecord, Error>> + Send + Unpin + '_ {
        Box::pin(unfold(self, async |consumer| {
            let next = consumer.next().await.transpose()?;
            Some((next, consumer))
        }))
    }

    /// The next record, waiting for it; `None` at the end, as [`Consumer::stream`] has it. A call that is given up loses
    /// nothing.
    pub async fn next(&mut self) -> Result<Option<ConsumedRecord>, Error> {
        /// Nothing happens at its end; it only bounds one wait.
        const LONG: Duration = Duration::from_secs(3600);
        // A batch may take longer than its group waits for a poll.
        if self.group.is_some() && !self.begun.is_empty() {
            self.follow_group().await?;
        }
        loop {
            if let Some(record) = self.next_begun()? {
                return Ok(Some(record));
            }
            let timeout = if self.is_finished() { Duration::ZERO } else { LONG };
            if let Some(batch) = self.next_batch(timeout).await? {
                self.begun.push(Begun::new(batch));
            } else if self.is_finished() {
                return Ok(None);
            }
        }
    }

    fn next_begun(&mut self) -> Result<Option<ConsumedRecord>, Error> {
        while let Some(place) = self.begun.iter().position(|begun| !begun.is_paused) {
            let begun = &mut self.begun[place];
            let next = begun.next();
            if begun.is_end() {
                let ended = self.begun.remove(place);
                if !matches!(next, Some(Ok(_))) {
                    self.pass(&ended.batch, next.is_some());
                }
            }
            if let Some(next) = next {
                let (record, behind) = next?;
                self.fetcher.consume(&record.at, behind);
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Leaves a batch of which nothing more comes. One that cannot be read is passed by the next call.
    fn pass(&mut self, batch: &FetchedBatch, is_unreadable: bool) {
        if is_unreadable {
            self.passed = Some((batch.at.clone(), batch.behind()));
        } else {
            self.fetcher.consume(&batch.at, batch.behind());
        }
    }

    /// What is left of a batch that was begun.
    pub(super) fn rest_of_begun(&mut self) -> Option<FetchedBatch> {
        let place = self.begun.iter().position(|begun| !begun.is_paused)?;
        let mut batch = self.begun.remove(place).batch;
        batch.from = batch.from.max(self.position(&batch.at)?.offset);
        Some(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, aborted::Aborted, batch::open, fetcher::Chunk};
    use super::*;
    use base::{LeaderEpoch, Offset};
    use records::{BatchBuilder, Compression, NewRecord, RecordBatch};

    /// A batch at offset 10 of so many records, of which those of `range` are wanted, the last `gone` having been
    /// compacted away.
    fn batch(range: std::ops::Range<i64>, count: i64, gone: i64) -> FetchedBatch {
        let mut builder = BatchBuilder::new(Compression::Lz4)
            .base_offset(Offset(10))
            .partition_leader_epoch(LeaderEpoch(4));
        for number in 0..count {
            let value = number.to_string();
            let record = NewRecord {
                timestamp: 7,
                key: Some(b"k"),
                value: Some(value.as_bytes()),
                ..Default::default()
            };
            builder.append(&record).unwrap();
        }
        let whole = RecordBatch::parse(builder.build()).unwrap();
        let mut kept = BatchBuilder::replacing(whole.header());
        let records = whole.records(1000).unwrap();
        for record in records.iter().take(usize::try_from(count - gone).unwrap()) {
            kept.keep(&record.unwrap()).unwrap();
        }
        let bytes = kept.build();
        let mut chunk = Chunk {
            at: TopicPartition::new("t", 0),
            from: range.start,
            until: Some(range.end),
            high_watermark: 100,
            aborted: Aborted::default(),
            records: bytes.clone(),
        };
        let batch = RecordBatch::parse(bytes).unwrap();
        open(&mut chunk, batch, &Config::default()).unwrap().expect("some of it is wanted")
    }

    #[test]
    fn the_position_follows_each_record_and_ends_behind_the_batch() {
        for (range, count, gone, expected) in [
            (0..100, 3, 0, &[(10, 11), (11, 12), (12, 13)][..]),
            (11..100, 3, 0, &[(11, 12), (12, 13)]),
            (0..12, 3, 0, &[(10, 11), (11, 12)]),
            (0..100, 3, 1, &[(10, 11), (11, 13)]),
            (12..100, 3, 1, &[]),
        ] {
            let mut begun = Begun::new(batch(range, count, gone));
            let seen = std::iter::from_fn(|| begun.next()).map(|next| {
                let (record, behind) = next.unwrap();
                assert_eq!((record.leader_epoch, behind.leader_epoch), (Some(4), Some(4)));
                assert_eq!(record.value.unwrap(), (record.offset - 10).to_string());
                assert_eq!((record.key.unwrap(), record.timestamp), (Bytes::from_static(b"k"), 7));
                (record.offset, behind.offset)
            });
            assert_eq!(seen.collect::<Vec<_>>(), expected);
            assert!(begun.is_end());
        }
    }
}
