//! Finding records by time (ListOffsets).
use super::{Log, read::Segment};
use crate::{
    Error, TimestampedOffset,
    open_files::FileKind,
    segment::{HeaderScan, corrupt},
};
use base::Offset;
use bytes::Bytes;
use records::{BatchHeader, DEFAULT_INFLATED_LIMIT, HEADER_LEN, Record, Records};

impl Log {
    /// The first record with a timestamp at or after `timestamp`.
    pub fn offset_for_timestamp(&self, timestamp: i64) -> Result<Option<TimestampedOffset>, Error> {
        self.undisturbed(|| self.offset_for_timestamp_once(timestamp))
    }

    fn offset_for_timestamp_once(&self, timestamp: i64) -> Result<Option<TimestampedOffset>, Error> {
        for segment in self.segments_by_time(timestamp)? {
            if let Some(found) = self.find_time(&segment, timestamp)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The first of the records with the greatest timestamp.
    pub fn max_timestamp(&self) -> Result<Option<TimestampedOffset>, Error> {
        self.undisturbed(|| self.max_timestamp_once())
    }

    fn max_timestamp_once(&self) -> Result<Option<TimestampedOffset>, Error> {
        let mut newest: Option<(i64, Segment, u32)> = None;
        let (segments, active_largest) = {
            let view = self.view.read();
            (view.segments(), view.active.indexes.largest)
        };
        for segment in segments {
            let largest = match &segment {
                Segment::Closed(closed) => closed.largest(&self.files)?,
                Segment::Active { .. } => active_largest,
            };
            if let Some(largest) =
                largest.filter(|largest| newest.as_ref().is_none_or(|(ms, ..)| largest.timestamp > *ms))
            {
                newest = Some((largest.timestamp, segment, largest.relative_offset));
            }
        }
        let Some((timestamp, segment, relative_offset)) = newest else { return Ok(None) };
        let target = segment.base().plus(i64::from(relative_offset));
        let segment = self.at_offset(segment, target);
        let Some((position, header)) = self.find_batch(&segment, target)? else { return Ok(None) };
        self.find_record(&segment, position, &header, |record| record.timestamp >= timestamp)
    }

    /// The segments that can have a record that young, oldest first.
    fn segments_by_time(&self, timestamp: i64) -> Result<Vec<Segment>, Error> {
        let start = self.log_start_offset();
        let segments = self.view.read().segments();
        let mut found = Vec::new();
        for segment in segments {
            let possible = match &segment {
                Segment::Closed(closed) => {
                    closed.end > start
                        && closed.largest(&self.files)?.is_some_and(|largest| largest.timestamp >= timestamp)
                }
                Segment::Active { .. } => true,
            };
            if possible {
                found.push(segment);
            }
        }
        Ok(found)
    }

    fn find_time(&self, segment: &Segment, timestamp: i64) -> Result<Option<TimestampedOffset>, Error> {
        let base = segment.base();
        let start = self.log_start_offset();
        let relative_offset = match segment {
            Segment::Closed(closed) => closed.offset_before_time(&self.files, timestamp)?,
            Segment::Active { .. } => self.view.read().active.indexes.offset_before_time(timestamp),
        };
        let from = base.plus(i64::from(relative_offset)).max(start);
        let segment = self.at_offset(segment.clone(), from);
        let Some((position, _)) = self.find_batch(&segment, from)? else { return Ok(None) };
        let file = self.files.open_to_read(base, FileKind::Log)?;
        let mut headers = HeaderScan::new(&*file, position, segment.size());
        while let Some((position, header)) = headers.next(&self.files, base)? {
            if header.max_timestamp < timestamp {
                continue;
            }
            let wanted = |record: &Record<'_>| record.timestamp >= timestamp && record.offset >= start;
            if let Some(found) = self.find_record(&segment, position, &header, wanted)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Lets the search in the active segment begin near an offset.
    pub(super) fn at_offset(&self, segment: Segment, offset: Offset) -> Segment {
        match segment {
            Segment::Active { base, size, .. } => {
                let view = self.view.read();
                let position = if view.active.base == base { view.active.position_before(offset) } else { 0 };
                Segment::Active { base, size, position: position.min(size) }
            }
            closed @ Segment::Closed(_) => closed,
        }
    }

    /// The first record of a batch that is wanted.
    fn find_record(
        &self,
        segment: &Segment,
        position: u32,
        header: &BatchHeader,
        wanted: impl Fn(&Record<'_>) -> bool,
    ) -> Result<Option<TimestampedOffset>, Error> {
        let broken =
            |error: records::Error| corrupt(&self.files, segment.base(), position, &error.to_string());
        let body = self.read_body(segment.base(), position, header)?;
        header.verify_crc(&body).map_err(broken)?;
        let records = Records::open(header, body, DEFAULT_INFLATED_LIMIT).map_err(broken)?;
        for record in &records {
            let record = record.map_err(broken)?;
            if wanted(&record) {
                return Ok(Some(TimestampedOffset {
                    timestamp: record.timestamp,
                    offset: record.offset,
                    leader_epoch: header.partition_leader_epoch,
                }));
            }
        }
        Ok(None)
    }

    /// What follows the header of a batch.
    pub(super) fn read_body(
        &self,
        base: Offset,
        position: u32,
        header: &BatchHeader,
    ) -> Result<Bytes, Error> {
        let file = self.files.open_to_read(base, FileKind::Log)?;
        let mut body = Vec::with_capacity(header.body_len());
        file.read_at(&mut body, header.body_len(), u64::from(position) + HEADER_LEN as u64)
            .map_err(|error| self.files.failed(base, FileKind::Log, &error))?;
        if body.len() < header.body_len() {
            return Err(corrupt(&self.files, base, position, "the batch is cut off"));
        }
        Ok(Bytes::from(body))
    }
}
