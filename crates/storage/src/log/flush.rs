//! Making the log durable: its bytes, for those who wait for them; and all that a restart needs, to move the recovery
//! point.
use super::Log;
use crate::{
    Error, FlushCallback,
    directory::Directory,
    epochs::LeaderEpochs,
    fs,
    index::Indexes,
    names::{self, suffix},
    open_files::FileKind,
    policy, producer_snapshot,
    segment::Written,
};
use base::Offset;
use std::{
    io,
    path::Path,
    sync::atomic::Ordering::{AcqRel, Release},
    time::Instant,
};

/// All that must be on the disk before the recovery point is `end`, as it was at one moment.
struct Checkpoint {
    end: Offset,
    active: Offset,
    indexes: Indexes,
    written: Written,
    /// Files beside the log of segments that were closed since.
    unsynced: Vec<(Offset, &'static str)>,
    epochs: Option<LeaderEpochs>,
    /// Encoded, if there is none at this offset yet.
    snapshot: Option<Vec<u8>>,
}

impl Log {
    /// Runs `done` once everything below `up_to` is on the disk.
    pub fn request_flush(&self, up_to: Offset, done: FlushCallback) {
        if let Err(error) = self.directory().check() {
            return done(Err(error));
        }
        if up_to <= self.flushed_offset() {
            return done(Ok(()));
        }
        match self.this.upgrade() {
            Some(this) => self.flusher.flush(this, up_to, done),
            None => done(Err(Error::Closed(self.partition.clone()))),
        }
    }

    /// Has the recovery point moved in the background.
    pub(crate) fn request_checkpoint(&self) {
        if let Some(this) = self.this.upgrade() {
            self.flusher.checkpoint(this);
        }
    }

    pub(crate) fn check_flushed(&self, up_to: Offset) -> Result<(), Error> {
        let end = self.flushed_offset();
        if up_to <= end {
            return Ok(());
        }
        // It was truncated before it was durable.
        Err(Error::OffsetOutOfRange { requested: up_to, start: self.log_start_offset(), end })
    }

    /// Whether `flush.ms` has passed since the oldest append that may not be on the disk.
    pub(crate) fn is_flush_due(&self, now_ms: i64) -> bool {
        let limit = policy::millis(self.config.read().flush_ms);
        let since = self.writer.lock().unflushed_since_ms;
        since.is_some_and(|since| now_ms.saturating_sub(since) >= limit)
    }

    /// Makes the batches durable.
    pub(crate) fn flush_data(&self) -> Result<(), Error> {
        let mut state = self.flush_lock.lock();
        self.check_usable()?;
        self.sync_data(&mut state)
    }

    /// Makes everything durable and moves the recovery point to the log end offset.
    pub fn flush(&self) -> Result<(), Error> {
        let mut state = self.flush_lock.lock();
        let checkpoint = {
            let mut writer = self.writer.lock();
            self.check_usable()?;
            (writer.unflushed_bytes, writer.unflushed_messages, writer.unflushed_since_ms) = (0, 0, None);
            self.checkpoint(&writer)
        };
        self.sync_data(&mut state)?;
        self.write_checkpoint(checkpoint)
    }

    fn sync_data(&self, state: &mut super::FlushState) -> Result<(), Error> {
        let flushed = self.flushed_offset();
        let (end, segments) = {
            let view = self.view.read();
            let closed = view.closed.values().rev().take_while(|segment| segment.end > flushed);
            let mut segments: Vec<_> = closed.map(|segment| segment.base).collect();
            segments.push(view.active.base);
            (self.log_end_offset(), segments)
        };
        if self.offsets.folder_unsynced.swap(false, AcqRel) {
            self.sync_names(state)?;
        }
        if end == flushed {
            return Ok(());
        }
        let begun = Instant::now();
        for base in segments {
            let file = self.files.log_file(base)?;
            file.sync()
                .map_err(|error| self.directory().fatal(&self.files.path(base, suffix::LOG), &error))?;
        }
        self.directory().flushed(begun.elapsed());
        self.offsets.flushed.store(end.0, Release);
        Ok(())
    }

    /// What was created since the last time.
    fn sync_names(&self, state: &mut super::FlushState) -> Result<(), Error> {
        let fs = &*self.directory().fs;
        if std::mem::take(&mut state.topic_id_unsynced) {
            let path = self.files.named(names::PARTITION_METADATA);
            fs::sync_file(fs, &path).map_err(|error| self.directory().fatal(&path, &error))?;
        }
        let folder = self.files.folder.read().clone();
        fs.sync_folder(&folder).map_err(|error| self.directory().fatal(&folder, &error))?;
        if std::mem::take(&mut state.new_folder) {
            let directory = &self.directory().path;
            fs.sync_folder(directory).map_err(|error| self.directory().fatal(directory, &error))?;
        }
        Ok(())
    }

    fn checkpoint(&self, writer: &super::Writer) -> Checkpoint {
        let end = self.log_end_offset();
        let snapshot = (!writer.snapshots.contains(&end.0) && end > self.log_start_offset())
            .then(|| producer_snapshot::encode(&self.producers.lock()));
        let recovery_point = self.recovery_point();
        let mut view = self.view.write();
        view.active.indexes.add_largest_time();
        let mut unsynced = Vec::new();
        for segment in view.closed.values().rev().take_while(|segment| segment.end > recovery_point) {
            unsynced.extend([(segment.base, suffix::INDEX), (segment.base, suffix::TIME_INDEX)]);
            unsynced.extend((segment.txn_bytes() > 0).then_some((segment.base, suffix::TXN_INDEX)));
        }
        unsynced.extend((view.active.txn_bytes > 0).then_some((view.active.base, suffix::TXN_INDEX)));
        Checkpoint {
            end,
            active: view.active.base,
            indexes: view.active.indexes.clone(),
            written: view.active.written,
            unsynced,
            epochs: view.epochs_unwritten.then(|| view.epochs.clone()),
            snapshot,
        }
    }

    fn write_checkpoint(&self, checkpoint: Checkpoint) -> Result<(), Error> {
        let Checkpoint { end, active, indexes, written, unsynced, epochs, snapshot } = checkpoint;
        let directory = self.directory();
        if indexes.offsets.len() > written.offsets || indexes.times.len() > written.times {
            let written = self.files.write_indexes(active, &indexes, written)?;
            for kind in [FileKind::Index, FileKind::TimeIndex] {
                let path = self.files.path(active, kind.suffix());
                let synced = self.files.open(active, kind).and_then(|file| file.sync());
                synced.map_err(|error| directory.fatal(&path, &error))?;
            }
            let mut view = self.view.write();
            if view.active.base == active {
                view.active.written = written;
            }
        }
        for (base, kind) in unsynced {
            sync(directory, &self.files.path(base, kind))?;
        }
        if let Some(epochs) = epochs {
            self.write_epochs(&epochs)?;
            let mut view = self.view.write();
            // Unless they changed while they were written.
            view.epochs_unwritten = view.epochs != epochs;
        }
        if let Some(snapshot) = snapshot {
            let path = self.files.path(end, suffix::SNAPSHOT);
            fs::write_file(&*directory.fs, &path, &snapshot)
                .map_err(|error| directory.failed(&path, &error))?;
            self.writer.lock().snapshots.insert(end.0);
        }
        let folder = self.files.folder.read().clone();
        directory.fs.sync_folder(&folder).map_err(|error| directory.fatal(&folder, &error))?;
        self.offsets.recovery_point.store(end.0, Release);
        directory.note_recovery_point(&self.partition, end);
        self.remove_passed_snapshots(end);
        Ok(())
    }

    /// Between the starts of segments, only the latest snapshot is of use.
    fn remove_passed_snapshots(&self, latest: Offset) {
        let mut writer = self.writer.lock();
        let bases: Vec<i64> = {
            let view = self.view.read();
            view.closed.keys().chain([&view.active.base]).map(|base| base.0).collect()
        };
        let passed: Vec<_> =
            writer.snapshots.range(..latest.0).filter(|offset| !bases.contains(offset)).copied().collect();
        for offset in passed {
            writer.snapshots.remove(&offset);
            self.remove_snapshot(Offset(offset));
        }
    }

    pub(super) fn remove_snapshot(&self, offset: Offset) {
        let path = self.files.path(offset, suffix::SNAPSHOT);
        if let Err(error) = fs::remove_if_exists(&*self.directory().fs, &path) {
            tracing::warn!(path = %path.display(), %error, "could not remove");
        }
    }
}

fn sync(directory: &Directory, path: &Path) -> Result<(), Error> {
    match fs::sync_file(&*directory.fs, path) {
        // Removed by retention, with its segment.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        synced => synced.map_err(|error| directory.fatal(path, &error)),
    }
}
