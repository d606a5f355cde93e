//! Reading: from memory if the newest batches have it, else with one read of the file.
use super::{Log, View};
use crate::{
    AbortedTransaction, Error, FetchedRecords, Read,
    names::suffix,
    open_files::FileKind,
    segment::{Active, Closed, HeaderScan, corrupt},
    txn_index,
};
use base::Offset;
use bytes::Bytes;
use records::{BatchHeader, HEADER_LEN};
use std::sync::{Arc, atomic::Ordering::Acquire};

/// A segment, as a reader holds it: closed, or the active one as it was at one moment.
#[derive(Clone, Debug)]
pub(super) enum Segment {
    Closed(Arc<Closed>),
    Active {
        base: Offset,
        /// Bytes that were there at that moment.
        size: u32,
        /// Where to begin to look for the offset that was asked for.
        position: u32,
    },
}

impl Segment {
    pub(super) fn base(&self) -> Offset {
        match self {
            Self::Closed(segment) => segment.base,
            Self::Active { base, .. } => *base,
        }
    }

    pub(super) fn size(&self) -> u32 {
        match self {
            Self::Closed(segment) => segment.size,
            Self::Active { size, .. } => *size,
        }
    }
}

impl View {
    /// The segment that `offset` lies in, or the first one after it.
    pub(super) fn segment_at(&self, offset: Offset) -> Segment {
        if offset >= self.active.base {
            let position = self.active.position_before(offset);
            return Segment::Active { base: self.active.base, size: self.active.size, position };
        }
        let at_or_before = self.closed.range(..=offset).next_back();
        match at_or_before.or_else(|| self.closed.first_key_value()) {
            Some((_, segment)) => Segment::Closed(Arc::clone(segment)),
            None => Segment::Active { base: self.active.base, size: self.active.size, position: 0 },
        }
    }

    /// All segments, oldest first.
    pub(super) fn segments(&self) -> Vec<Segment> {
        let closed = self.closed.values().map(|segment| Segment::Closed(Arc::clone(segment)));
        let active = Segment::Active { base: self.active.base, size: self.active.size, position: 0 };
        closed.chain([active]).collect()
    }
}

impl Active {
    pub(super) fn position_before(&self, offset: Offset) -> u32 {
        // Past the reach of the segment is past its last entry.
        let relative_offset = (offset - self.base).clamp(0, i64::from(u32::MAX));
        self.indexes.position_before(relative_offset as u32)
    }
}

impl Log {
    /// Whole batches from the one that contains an offset, as they were appended.
    ///
    /// At the upper bound or beyond there are none. Batches that come from a file have their CRC checked; one that is
    /// broken is an error if it is the first, and otherwise the end of what is returned.
    pub fn read(&self, read: Read) -> Result<FetchedRecords, Error> {
        self.undisturbed(|| self.read_once(read))
    }

    fn read_once(&self, mut read: Read) -> Result<FetchedRecords, Error> {
        let (start, end) = (self.log_start_offset(), self.log_end_offset());
        if !(start..=end).contains(&read.from) {
            return Err(Error::OffsetOutOfRange { requested: read.from, start, end });
        }
        read.upper_bound = read.upper_bound.min(end);
        if read.from >= read.upper_bound {
            self.tail.note_reader(0);
            return Ok(nothing_at(read.from));
        }
        if let Some(found) = self.tail.read(&read) {
            return Ok(found);
        }
        self.read_files(&read)
    }

    fn read_files(&self, read: &Read) -> Result<FetchedRecords, Error> {
        let mut looked_at = read.from;
        loop {
            let (segment, after) = {
                let view = self.view.read();
                let segment = view.segment_at(looked_at);
                let after = match &segment {
                    Segment::Closed(segment) => Some(segment.end),
                    Segment::Active { size, position, .. } => {
                        self.tail.note_reader(size.saturating_sub(*position) as usize);
                        None
                    }
                };
                (segment, after)
            };
            match (self.read_segment(&segment, read)?, after) {
                (Some(found), _) => return Ok(found),
                // Compaction may leave nothing at the end of a segment.
                (None, Some(after)) => looked_at = after.max(looked_at),
                (None, None) => return Ok(nothing_at(read.from)),
            }
        }
    }

    /// What `look` finds in the files if nothing is removed from them meanwhile; else it looks again.
    ///
    /// Not to be called with the writer's lock held.
    pub(super) fn undisturbed<T>(&self, look: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
        loop {
            let removals = self.offsets.removals.load(Acquire);
            self.check_usable()?;
            if removals % 2 == 1 {
                // A truncation is at work: it has the lock until it is done.
                drop(self.writer.lock());
                continue;
            }
            let found = look();
            if self.offsets.removals.load(Acquire) == removals {
                return self.files.must_be_there(found);
            }
        }
    }

    fn read_segment(&self, segment: &Segment, read: &Read) -> Result<Option<FetchedRecords>, Error> {
        let Some((position, first)) = self.find_batch(segment, read.from)? else { return Ok(None) };
        let mut found = FetchedRecords { base_offset: first.base_offset, ..nothing_at(read.from) };
        if first.last_offset() >= read.upper_bound {
            return Ok(Some(nothing_at(read.from)));
        }
        let first_size = first.size_in_bytes();
        if first_size > read.max_bytes && !read.min_one_batch {
            return Ok(Some(FetchedRecords { first_batch_too_large: true, ..nothing_at(read.from) }));
        }
        let left = (segment.size() - position) as usize;
        let length = read.max_bytes.max(first_size).min(left);
        let mut bytes = Vec::with_capacity(length);
        let file = self.files.open_to_read(segment.base(), FileKind::Log)?;
        file.read_at(&mut bytes, length, u64::from(position))
            .map_err(|error| self.files.failed(segment.base(), FileKind::Log, &error))?;
        let (valid, next) = self.whole_batches(&bytes, read.upper_bound);
        let Some(next) = next else {
            return Err(corrupt(&self.files, segment.base(), position, "the batch does not match its CRC"));
        };
        bytes.truncate(valid);
        found.chunks.push(Bytes::from(bytes));
        (found.size, found.next_offset) = (valid, next);
        Ok(Some(found))
    }

    /// Length of the whole and sound batches at the front that end below `upper_bound`, and the offset after them.
    fn whole_batches(&self, bytes: &[u8], upper_bound: Offset) -> (usize, Option<Offset>) {
        let (mut at, mut next) = (0, None);
        while let Ok(header) = BatchHeader::read(&bytes[at..]) {
            let Some(batch) = bytes.get(at..at + header.size_in_bytes()) else { break };
            let sound = !self.settings.verify_crc_on_read || header.verify_crc(&batch[HEADER_LEN..]).is_ok();
            if !sound || header.last_offset() >= upper_bound {
                break;
            }
            at += batch.len();
            next = Some(header.next_offset());
        }
        (at, next)
    }

    /// The first batch of a segment that ends at or beyond an offset.
    pub(super) fn find_batch(
        &self,
        segment: &Segment,
        target: Offset,
    ) -> Result<Option<(u32, BatchHeader)>, Error> {
        let base = segment.base();
        let file = self.files.open_to_read(base, FileKind::Log)?;
        let from = match segment {
            Segment::Active { position, .. } => *position,
            Segment::Closed(closed) if target <= base => {
                debug_assert!(closed.base == base);
                0
            }
            Segment::Closed(closed) => {
                closed.position_before(&self.files, u32::try_from(target - base).unwrap_or(u32::MAX))?
            }
        };
        let mut headers = HeaderScan::new(&*file, from, segment.size());
        while let Some((position, header)) = headers.next(&self.files, base)? {
            if header.last_offset() >= target {
                return Ok(Some((position, header)));
            }
        }
        Ok(None)
    }

    /// For a reader of committed data: the aborted transactions that overlap `from` to `to`.
    pub fn aborted_transactions(&self, from: Offset, to: Offset) -> Result<Vec<AbortedTransaction>, Error> {
        self.undisturbed(|| self.aborted_transactions_once(from, to))
    }

    fn aborted_transactions_once(&self, from: Offset, to: Offset) -> Result<Vec<AbortedTransaction>, Error> {
        let indexed = {
            let view = self.view.read();
            let closed = view.closed.values().filter(|segment| segment.end > from);
            let mut indexed: Vec<_> = closed.map(|segment| (segment.base, segment.txn_bytes())).collect();
            indexed.push((view.active.base, view.active.txn_bytes));
            indexed
        };
        let mut all = Vec::new();
        for (base, txn_bytes) in indexed.into_iter().filter(|(_, txn_bytes)| *txn_bytes > 0) {
            let (found, complete) = txn_index::overlapping(&self.read_txn_index(base, txn_bytes)?, from, to);
            all.extend(found);
            if complete {
                break;
            }
        }
        Ok(all)
    }

    pub(super) fn read_txn_index(
        &self,
        base: Offset,
        txn_bytes: u32,
    ) -> Result<Vec<AbortedTransaction>, Error> {
        let path = self.files.path(base, suffix::TXN_INDEX);
        let read = self.directory().fs.read(&path);
        let mut bytes = read.map_err(|error| self.files.failed_to_read(path.clone(), &error))?;
        bytes.truncate(txn_bytes as usize);
        let entries = txn_index::decode(&bytes, base);
        // Serving aborted records as committed ones would be worse than an error.
        if entries.len() * txn_index::ENTRY != txn_bytes as usize {
            let position = (entries.len() * txn_index::ENTRY) as u64;
            return Err(Error::Corrupt { path, position, what: "an entry makes no sense".to_owned() });
        }
        Ok(entries)
    }
}

fn nothing_at(offset: Offset) -> FetchedRecords {
    FetchedRecords { base_offset: offset, next_offset: offset, ..FetchedRecords::default() }
}
