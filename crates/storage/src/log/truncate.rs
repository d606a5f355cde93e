//! Taking back the end of the log, which a follower does where its leader's log says otherwise.
use super::{Log, Writer, read::Segment};
use crate::{
    Error,
    index::{self, Indexes, OffsetEntry, TimeEntry},
    names::suffix,
    open_files::FileKind,
    producer_snapshot,
    producers::Producers,
    segment::{Active, Closed, Files, HeaderScan, Written, relative},
    txn_index,
};
use base::Offset;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

impl Log {
    /// Removes all from `offset` on. Returns whether there was anything.
    ///
    /// Batches are never cut: if `offset` lies inside of one, the log ends before it.
    pub fn truncate_to(&self, offset: Offset) -> Result<bool, Error> {
        let _flush = self.flush_lock.lock();
        let mut writer = self.writer.lock();
        self.check_usable()?;
        if offset >= self.log_end_offset() {
            return Ok(false);
        }
        let _at_work = Truncation::begin(&self.offsets.removals);
        let first = self.view.read().segments()[0].base();
        if offset <= first {
            self.start_over(&mut writer, offset)?;
            return Ok(true);
        }
        let segment = self.view.read().segment_at(offset);
        let (position, end) = match self.files.must_be_there(self.find_batch(&segment, offset))? {
            Some((position, header)) => (position, header.base_offset.min(offset)),
            None => (segment.size(), offset),
        };
        // Before anything else can be written beyond.
        self.directory().lower_recovery_point(&self.partition, end)?;
        let active = self.cut(&segment, position, end)?;
        self.remove_from(&mut writer, active, end)?;
        Ok(true)
    }

    /// Removes everything and lets the log start and end at `offset`.
    pub fn truncate_fully_and_start_at(&self, offset: Offset) -> Result<(), Error> {
        let _flush = self.flush_lock.lock();
        let mut writer = self.writer.lock();
        self.check_usable()?;
        let _at_work = Truncation::begin(&self.offsets.removals);
        self.start_over(&mut writer, offset)
    }

    fn start_over(&self, writer: &mut Writer, offset: Offset) -> Result<(), Error> {
        self.directory().lower_recovery_point(&self.partition, offset)?;
        let segments = self.view.read().segments();
        for segment in segments.iter().rev() {
            self.files.discard(segment.base(), 0)?;
        }
        self.files.create_log_file(offset)?;
        self.offsets.folder_unsynced.store(true, Release);
        writer.reserved_end = 0;
        *self.producers.lock() = Producers::default();
        self.offsets.first_unstable.store(i64::MAX, Release);
        {
            let mut view = self.view.write();
            let created_ms = view.active.created_ms;
            view.closed.clear();
            view.active = Active::empty(offset, created_ms);
            view.epochs.clear();
            view.epochs_unwritten = true;
            self.offsets.start.store(offset.0, Release);
            self.set_end(offset);
            for mark in [&self.offsets.flushed, &self.offsets.recovery_point, &self.offsets.high_watermark] {
                mark.store(offset.0, Release);
            }
        }
        self.tail.clear();
        for snapshot in std::mem::take(&mut writer.snapshots) {
            self.remove_snapshot(Offset(snapshot));
        }
        self.sync_removal()
    }

    /// What was removed must not come back after a crash, beyond what is appended now.
    fn sync_removal(&self) -> Result<(), Error> {
        let folder = self.files.folder.read().clone();
        self.directory().fs.sync_folder(&folder).map_err(|error| self.directory().fatal(&folder, &error))
    }

    /// Shortens a segment's files, and returns it as the active one.
    fn cut(&self, segment: &Segment, position: u32, end: Offset) -> Result<Active, Error> {
        let mut active = match segment {
            Segment::Active { .. } => self.view.read().active.clone(),
            Segment::Closed(closed) => load_closed(&self.files, closed)?,
        };
        let base = active.base;
        let file = self.files.log_file(base)?;
        file.set_len(u64::from(position))
            .and_then(|()| file.sync())
            .map_err(|error| self.directory().fatal(&self.files.path(base, suffix::LOG), &error))?;
        let rescan_from = active.indexes.truncate(relative(base, end));
        active.size = position;
        if position == 0 {
            active.first_timestamp = None;
        }
        let last_entry = active.indexes.offsets.last().map_or(0, |entry| entry.position);
        active.indexes.unindexed_bytes = position - last_entry;
        let mut headers = HeaderScan::new(&*file, rescan_from.min(position), position);
        while let Some((_, header)) = headers.next(&self.files, base)? {
            active.indexes.note_time(header.max_timestamp, relative(base, header.last_offset()));
        }
        // Trims the files, too: what they have must never contradict what is written next.
        let written = Written {
            offsets: active.written.offsets.min(active.indexes.offsets.len()),
            times: active.written.times.min(active.indexes.times.len()),
        };
        if written != active.written {
            active.written = self.files.complete_indexes(base, &active.indexes, written)?;
            for kind in [FileKind::Index, FileKind::TimeIndex] {
                let synced = self.files.open(base, kind).and_then(|file| file.sync());
                synced
                    .map_err(|error| self.directory().fatal(&self.files.path(base, kind.suffix()), &error))?;
            }
        }
        if active.txn_bytes > 0 {
            let entries = self.files.must_be_there(self.read_txn_index(base, active.txn_bytes))?;
            let kept = entries.partition_point(|entry| entry.last_offset < end);
            active.txn_bytes = (kept * txn_index::ENTRY) as u32;
        }
        Ok(active)
    }

    /// Makes `active` the last segment and the log end at `end`.
    fn remove_from(&self, writer: &mut Writer, active: Active, end: Offset) -> Result<(), Error> {
        let base = active.base;
        writer.reserved_end = 0;
        let removed = {
            let mut view = self.view.write();
            let mut removed: Vec<_> =
                view.closed.split_off(&base).into_keys().filter(|other| *other != base).collect();
            if view.active.base != base {
                removed.push(view.active.base);
            }
            view.active = active;
            view.epochs_unwritten |= view.epochs.truncate_end(end);
            self.set_end(end);
            self.lower_marks(end);
            self.offsets.start.fetch_min(end.0, std::sync::atomic::Ordering::AcqRel);
            removed
        };
        self.tail.truncate(end);
        // Newest first: if it ends in the middle, the log has no hole.
        for base in removed.into_iter().rev() {
            self.files.discard(base, 0)?;
        }
        for snapshot in writer.snapshots.split_off(&(end.0 + 1)) {
            self.remove_snapshot(Offset(snapshot));
        }
        self.sync_removal()?;
        self.reload_producers(writer, end, None)
    }

    /// Learns about producers from the latest snapshot not beyond `max_snapshot` and the batches after it.
    ///
    /// With `reindex_from`, the transaction indexes have no entries for markers from there on and get them again.
    pub(super) fn reload_producers(
        &self,
        writer: &mut Writer,
        max_snapshot: Offset,
        reindex_from: Option<Offset>,
    ) -> Result<(), Error> {
        let start = self.log_start_offset();
        let (mut producers, from) = self.load_snapshot(writer, max_snapshot)?;
        let from = from.max(start);
        let segments = if from < self.log_end_offset() { self.view.read().segments() } else { Vec::new() };
        for segment in segments {
            if matches!(&segment, Segment::Closed(closed) if closed.end <= from) {
                continue;
            }
            let segment = self.at_offset(segment, from);
            match self.files.must_be_there(self.replay(&segment, from, reindex_from, &mut producers)) {
                // Readers will meet it. That its producers are not known is the lesser evil.
                Err(error @ Error::Corrupt { .. }) => {
                    tracing::warn!(partition = %self.partition, %error, "the producers of a part of the log are unknown");
                }
                replayed => replayed?,
            }
        }
        producers.stable_below(self.high_watermark().max(start));
        self.note_first_unstable(&producers);
        *self.producers.lock() = producers;
        Ok(())
    }

    fn load_snapshot(&self, writer: &mut Writer, max_snapshot: Offset) -> Result<(Producers, Offset), Error> {
        while let Some(&offset) = writer.snapshots.range(..=max_snapshot.0).next_back() {
            let path = self.files.path(Offset(offset), suffix::SNAPSHOT);
            let bytes =
                self.directory().fs.read(&path).map_err(|error| self.directory().failed(&path, &error))?;
            match producer_snapshot::decode(&bytes) {
                Ok(producers) => return Ok((producers, Offset(offset))),
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "the producer snapshot is broken and is not used");
                    writer.snapshots.remove(&offset);
                    self.remove_snapshot(Offset(offset));
                }
            }
        }
        Ok((Producers::default(), Offset::ZERO))
    }

    fn replay(
        &self,
        segment: &Segment,
        from: Offset,
        reindex_from: Option<Offset>,
        producers: &mut Producers,
    ) -> Result<(), Error> {
        let base = segment.base();
        let Some((position, _)) = self.find_batch(segment, from)? else { return Ok(()) };
        let file = self.files.open_to_read(base, FileKind::Log)?;
        let mut headers = HeaderScan::new(&*file, position, segment.size());
        while let Some((position, header)) = headers.next(&self.files, base)? {
            if !header.has_producer_id() {
                continue;
            }
            let body = || self.read_body(base, position, &header).unwrap_or_default();
            // A marker that cannot be read ends nothing.
            let marker = super::append::read_marker(&header, body).unwrap_or_default();
            let (completed, _) = producers.apply(&header, marker.as_ref());
            if let Some(completed) = completed.filter(|completed| !completed.committed)
                && reindex_from.is_some_and(|from| header.base_offset >= from)
            {
                let entry = txn_index::encode(&producers.aborted(&completed));
                self.add_aborted(segment, &entry)?;
            }
        }
        Ok(())
    }

    fn add_aborted(&self, segment: &Segment, entry: &[u8]) -> Result<(), Error> {
        let at = match segment {
            Segment::Closed(closed) => closed.txn_bytes(),
            Segment::Active { .. } => self.view.read().active.txn_bytes,
        };
        self.write_txn_index(segment.base(), at, entry)?;
        let txn_bytes = at + entry.len() as u32;
        match segment {
            Segment::Closed(closed) => closed.txn_bytes.store(txn_bytes, Relaxed),
            Segment::Active { .. } => self.view.write().active.txn_bytes = txn_bytes,
        }
        Ok(())
    }
}

/// Makes readers wait, and look again if they were looking. The writer's lock is held all the while.
struct Truncation<'a>(&'a AtomicU64);

impl<'a> Truncation<'a> {
    fn begin(removals: &'a AtomicU64) -> Self {
        removals.fetch_add(1, AcqRel);
        Self(removals)
    }
}

impl Drop for Truncation<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, AcqRel);
    }
}

/// A closed segment as an active one, with its indexes in memory.
fn load_closed(files: &Files, closed: &Closed) -> Result<Active, Error> {
    let base = closed.base;
    let read = |kind: FileKind| {
        let path = files.path(base, kind.suffix());
        crate::fs::read_if_exists(&*files.directory.fs, &path)
            .map(Option::unwrap_or_default)
            .map_err(|error| files.directory.failed(&path, &error))
    };
    let offsets: Vec<OffsetEntry> = index::decode(&read(FileKind::Index)?, closed.size);
    let times: Vec<TimeEntry> = index::decode(&read(FileKind::TimeIndex)?, closed.size);
    let written = Written { offsets: offsets.len(), times: times.len() };
    let file = files.log_file(base)?;
    let first = HeaderScan::new(&*file, 0, closed.size).next(files, base)?;
    Ok(Active {
        base,
        size: closed.size,
        indexes: Indexes { offsets, times, ..Indexes::default() },
        written,
        first_timestamp: first.map(|(_, header)| header.max_timestamp),
        created_ms: closed.modified_ms,
        txn_bytes: closed.txn_bytes.load(Acquire),
    })
}
