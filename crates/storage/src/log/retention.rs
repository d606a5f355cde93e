//! Closing the active segment, and letting old segments go.
use super::{Log, Writer};
use crate::{
    Error, LogConfig, fs,
    names::suffix,
    open_files::FileKind,
    policy::{self, ActiveSegment, Aged},
    producer_snapshot,
    segment::{Active, Closed},
};
use base::Offset;
use std::sync::{Arc, atomic::Ordering::Release};

impl Log {
    pub(super) fn active_facts(&self, active: &Active, config: &LogConfig) -> ActiveSegment {
        ActiveSegment {
            base: active.base,
            size: u64::from(active.size),
            first_timestamp: active.first_timestamp,
            created_ms: active.created_ms,
            index_full: active.indexes.is_full(config.segment_index_bytes.0),
            jitter_ms: policy::jitter_ms(config, self.number(), active.base),
        }
    }

    /// Closes the active segment, if there is anything in it.
    pub fn roll(&self, now_ms: i64) -> Result<(), Error> {
        let mut writer = self.writer.lock();
        self.check_usable()?;
        self.roll_to(&mut writer, self.log_end_offset(), now_ms)
    }

    /// Closes the active segment and begins one at `base`, which is the log end offset, or beyond it where a leader's
    /// log has a gap.
    ///
    /// What can fail comes first, so that after a failure the active segment is what it was.
    pub(super) fn roll_to(&self, writer: &mut Writer, base: Offset, now_ms: i64) -> Result<(), Error> {
        let (old_base, old_size, mut indexes, written) = {
            let view = self.view.read();
            if view.active.base == base {
                return Ok(());
            }
            (view.active.base, view.active.size, view.active.indexes.clone(), view.active.written)
        };
        indexes.add_largest_time();
        self.write_snapshot(writer, base)?;
        let written = self.files.complete_indexes(old_base, &indexes, written)?;
        self.give_back_room(writer, old_base, old_size)?;
        self.files.create_log_file(base)?;
        {
            let mut view = self.view.write();
            let mut old = std::mem::replace(&mut view.active, Active::empty(base, now_ms));
            (old.indexes, old.written) = (indexes, written);
            view.closed.insert(old.base, Arc::new(Closed::from_active(&old, base, now_ms)));
            self.set_end(base);
        }
        self.offsets.folder_unsynced.store(true, Release);
        // Soon the closed segment need not be read after a crash.
        writer.unflushed_bytes = 0;
        self.request_checkpoint();
        Ok(())
    }

    /// The active segment grows no more, or not soon: its file keeps only the room it uses.
    pub(super) fn give_back_room(&self, writer: &mut Writer, base: Offset, size: u32) -> Result<(), Error> {
        if writer.reserved_end > u64::from(size) {
            let trimmed = self.files.log_file(base)?.set_len(u64::from(size));
            trimmed.map_err(|error| self.files.failed(base, FileKind::Log, &error))?;
        }
        writer.reserved_end = 0;
        Ok(())
    }

    /// A truncation to the start of the new segment, or a loss of everything in it, begins from here.
    fn write_snapshot(&self, writer: &mut Writer, offset: Offset) -> Result<(), Error> {
        if writer.snapshots.contains(&offset.0) {
            return Ok(());
        }
        let snapshot = producer_snapshot::encode(&self.producers.lock());
        let path = self.files.path(offset, suffix::SNAPSHOT);
        fs::write_unsynced(&*self.directory().fs, &path, &snapshot)
            .map_err(|error| self.directory().failed(&path, &error))?;
        writer.snapshots.insert(offset.0);
        Ok(())
    }

    /// Applies retention by time, by size, and by log start offset. Returns how many segments went.
    ///
    /// An active segment older than `segment.ms` is closed first, so that it can go another time.
    pub fn delete_old_segments(&self, now_ms: i64) -> Result<usize, Error> {
        let config = self.config();
        // The times of closed segments, from their files if need be, before anyone waits.
        self.undisturbed(|| {
            let closed: Vec<_> = self.view.read().closed.values().cloned().collect();
            closed.iter().try_for_each(|segment| segment.largest(&self.files).map(drop))
        })?;
        let _flush = self.flush_lock.lock();
        let mut writer = self.writer.lock();
        self.check_usable()?;
        let facts = self.active_facts(&self.view.read().active, &config);
        if policy::is_overdue(&facts, &config, now_ms) {
            self.roll_to(&mut writer, self.log_end_offset(), now_ms)?;
        }
        let segments = self.files.must_be_there(self.aged())?;
        let count =
            policy::deletable(&segments, self.log_start_offset(), self.high_watermark(), &config, now_ms);
        if count == 0 {
            return Ok(0);
        }
        if count == segments.len() {
            self.roll_to(&mut writer, self.log_end_offset(), now_ms)?;
        }
        self.delete_oldest(&mut writer, count, &config, now_ms)?;
        Ok(count)
    }

    fn aged(&self) -> Result<Vec<Aged>, Error> {
        let view = self.view.read();
        let mut aged = Vec::with_capacity(view.closed.len() + 1);
        for segment in view.closed.values() {
            let largest = segment.largest(&self.files)?;
            aged.push(Aged {
                size: u64::from(segment.size),
                end: segment.end,
                largest_timestamp: largest.map_or(segment.modified_ms, |largest| largest.timestamp),
            });
        }
        let active = &view.active;
        aged.push(Aged {
            size: u64::from(active.size),
            end: self.log_end_offset(),
            largest_timestamp: active.indexes.largest.map_or(active.created_ms, |largest| largest.timestamp),
        });
        Ok(aged)
    }

    fn delete_oldest(
        &self,
        writer: &mut Writer,
        count: usize,
        config: &LogConfig,
        now_ms: i64,
    ) -> Result<(), Error> {
        let due_ms = now_ms.saturating_add(policy::millis(config.file_delete_delay_ms));
        let oldest: Vec<_> = self.view.read().closed.keys().take(count).copied().collect();
        for base in oldest {
            // Oldest first: if it ends in the middle, the log has no hole.
            let first = {
                let mut view = self.view.write();
                view.closed.remove(&base);
                view.closed.keys().next().copied().unwrap_or(view.active.base)
            };
            self.move_start(first);
            self.note_removal();
            self.files.discard(base, due_ms)?;
        }
        let start = self.log_start_offset();
        let passed: Vec<_> = writer.snapshots.range(..start.0).copied().collect();
        for offset in passed {
            writer.snapshots.remove(&offset);
            self.remove_snapshot(Offset(offset));
        }
        Ok(())
    }

    /// Lets the log start at `offset`, if that is later than now.
    fn move_start(&self, offset: Offset) -> bool {
        if offset <= self.log_start_offset() {
            return false;
        }
        self.offsets.start.store(offset.0, Release);
        let mut view = self.view.write();
        view.epochs_unwritten |= view.epochs.truncate_start(offset);
        drop(view);
        let mut producers = self.producers.lock();
        producers.stable_below(offset);
        self.note_first_unstable(&producers);
        true
    }

    /// Removes the records below `offset` from view (DeleteRecords). Returns the log start offset then in force.
    ///
    /// Beyond the high watermark it is an error. Files go with the next round of retention.
    pub fn increment_log_start_offset(&self, offset: Offset) -> Result<Offset, Error> {
        let _writer = self.writer.lock();
        self.check_usable()?;
        let end = self.high_watermark();
        if offset > end {
            return Err(Error::OffsetOutOfRange { requested: offset, start: self.log_start_offset(), end });
        }
        self.move_start(offset);
        Ok(self.log_start_offset())
    }
}
