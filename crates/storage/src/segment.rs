//! A segment's files: where they are, and how a batch is found in them.
use crate::{
    Error,
    directory::Directory,
    fs::{Access, LogFile},
    index::{self, Entry, Indexes, OFFSET_ENTRY, OffsetEntry, TIME_ENTRY, TimeEntry},
    names::{file_name, suffix},
    open_files::{FileKey, FileKind, OpenFiles},
    scan,
};
use base::Offset;
use parking_lot::{Mutex, RwLock};
use records::{BatchHeader, HEADER_LEN};
use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

/// Where a log's files are.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) directory: Arc<Directory>,
    pub(crate) open: Arc<OpenFiles>,
    /// The log's number among those of this process.
    pub(crate) log: u64,
    /// Changes when the log is deleted.
    pub(crate) folder: RwLock<PathBuf>,
}

impl FileKind {
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Log => suffix::LOG,
            Self::Index => suffix::INDEX,
            Self::TimeIndex => suffix::TIME_INDEX,
        }
    }
}

impl Files {
    pub(crate) fn path(&self, base: Offset, suffix: &str) -> PathBuf {
        self.folder.read().join(file_name(base.0, suffix))
    }

    pub(crate) fn named(&self, name: &str) -> PathBuf {
        self.folder.read().join(name)
    }

    pub(crate) fn open(&self, base: Offset, kind: FileKind) -> io::Result<Arc<dyn LogFile>> {
        self.open_with(base, kind, Access::Existing)
    }

    /// Not to be emptied by one who finds it missing: a flush and a roll may both come to a segment's first entries.
    pub(crate) fn open_or_create(&self, base: Offset, kind: FileKind) -> io::Result<Arc<dyn LogFile>> {
        self.open_with(base, kind, Access::Kept)
    }

    fn open_with(&self, base: Offset, kind: FileKind, access: Access) -> io::Result<Arc<dyn LogFile>> {
        let key = FileKey { log: self.log, base: base.0, kind };
        self.open.get(key, || self.directory.fs.open(&self.path(base, kind.suffix()), access))
    }

    pub(crate) fn create_log_file(&self, base: Offset) -> Result<(), Error> {
        let file = self
            .directory
            .fs
            .open(&self.path(base, suffix::LOG), Access::Fresh)
            .map_err(|error| self.failed(base, FileKind::Log, &error))?;
        self.open.insert(FileKey { log: self.log, base: base.0, kind: FileKind::Log }, file);
        Ok(())
    }

    pub(crate) fn failed(&self, base: Offset, kind: FileKind, error: &io::Error) -> Error {
        self.directory.failed(&self.path(base, kind.suffix()), error)
    }

    /// A segment's log file, for one who knows that it is there.
    pub(crate) fn log_file(&self, base: Offset) -> Result<Arc<dyn LogFile>, Error> {
        self.open(base, FileKind::Log).map_err(|error| self.failed(base, FileKind::Log, &error))
    }

    /// A file of a segment, for a reader: the segment may be removed meanwhile.
    pub(crate) fn open_to_read(&self, base: Offset, kind: FileKind) -> Result<Arc<dyn LogFile>, Error> {
        self.open(base, kind).map_err(|error| self.failed_to_read(self.path(base, kind.suffix()), &error))
    }

    pub(crate) fn failed_to_read(&self, path: PathBuf, error: &io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::NotFound => Error::SegmentGone(path),
            _ => self.directory.failed(&path, error),
        }
    }

    /// For one who knows that no segment was removed: what is gone is missing.
    pub(crate) fn must_be_there<T>(&self, found: Result<T, Error>) -> Result<T, Error> {
        found.map_err(|error| match error {
            Error::SegmentGone(path) => self.directory.fatal(&path, &io::ErrorKind::NotFound.into()),
            error => error,
        })
    }

    /// Renames a segment's files out of the way, to be removed later.
    pub(crate) fn discard(&self, base: Offset, due_ms: i64) -> Result<(), Error> {
        // The log last: until it goes, a restart finds the segment whole enough.
        for kind in [suffix::INDEX, suffix::TIME_INDEX, suffix::TXN_INDEX, suffix::LOG] {
            let from = self.path(base, kind);
            let to = self.path(base, &format!("{kind}{}", suffix::DELETED));
            match self.directory.fs.rename(&from, &to) {
                Ok(()) => self.directory.remove_later(to, false, due_ms),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(self.directory.fatal(&from, &error)),
            }
        }
        // After that, nobody opens them by these names.
        self.open.remove_segment(self.log, base.0);
        Ok(())
    }

    /// Adds to the index files what is in memory beyond the given numbers of entries.
    ///
    /// An older state may be written after a newer one: entries never change, and none are taken away.
    pub(crate) fn write_indexes(
        &self,
        base: Offset,
        indexes: &Indexes,
        written: Written,
    ) -> Result<Written, Error> {
        self.write_index(base, FileKind::Index, &indexes.offsets, written.offsets)?;
        self.write_index(base, FileKind::TimeIndex, &indexes.times, written.times)?;
        Ok(Written { offsets: indexes.offsets.len(), times: indexes.times.len() })
    }

    /// Makes the index files end with their entries. Kafka reserves more, and a truncation leaves more.
    pub(crate) fn trim_indexes(&self, base: Offset, written: Written) -> Result<(), Error> {
        let lengths = [
            (FileKind::Index, written.offsets * OFFSET_ENTRY),
            (FileKind::TimeIndex, written.times * TIME_ENTRY),
        ];
        for (kind, length) in lengths {
            let trimmed = self.open_or_create(base, kind).and_then(|file| file.set_len(length as u64));
            trimmed.map_err(|error| self.failed(base, kind, &error))?;
        }
        Ok(())
    }

    /// Both, for a segment that closes.
    pub(crate) fn complete_indexes(
        &self,
        base: Offset,
        indexes: &Indexes,
        written: Written,
    ) -> Result<Written, Error> {
        let written = self.write_indexes(base, indexes, written)?;
        self.trim_indexes(base, written)?;
        Ok(written)
    }

    fn write_index<E: Entry>(
        &self,
        base: Offset,
        kind: FileKind,
        entries: &[E],
        written: usize,
    ) -> Result<(), Error> {
        let write = || {
            let file = self.open_or_create(base, kind)?;
            let new = index::encode(&entries[written..]);
            crate::fs::write_all_at(&*file, &mut [io::IoSlice::new(&new)], (written * E::SIZE) as u64)
        };
        write().map_err(|error| self.failed(base, kind, &error))
    }
}

/// How many entries of each index are in the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) offsets: usize,
    pub(crate) times: usize,
}

/// The segment that is appended to.
#[derive(Clone, Debug)]
pub(crate) struct Active {
    pub(crate) base: Offset,
    pub(crate) size: u32,
    pub(crate) indexes: Indexes,
    pub(crate) written: Written,
    /// The greatest time in the first batch.
    pub(crate) first_timestamp: Option<i64>,
    pub(crate) created_ms: i64,
    /// Valid length of the transaction index.
    pub(crate) txn_bytes: u32,
}

impl Active {
    pub(crate) fn empty(base: Offset, created_ms: i64) -> Self {
        Self {
            base,
            size: 0,
            indexes: Indexes::default(),
            written: Written::default(),
            first_timestamp: None,
            created_ms,
            txn_bytes: 0,
        }
    }
}

/// A segment that no longer changes. What is said about its indexes is found out when it is first needed.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) base: Offset,
    /// Where the next segment starts.
    pub(crate) end: Offset,
    pub(crate) size: u32,
    pub(crate) modified_ms: i64,
    pub(crate) txn_bytes: AtomicU32,
    /// Number of entries that the index files have, by their length.
    lengths: Written,
    /// Number of entries that they really have.
    entries: Mutex<Option<Written>>,
    largest: OnceLock<Option<TimeEntry>>,
}

impl Closed {
    pub(crate) fn new(base: Offset, end: Offset, size: u32, index_bytes: u64, time_index_bytes: u64) -> Self {
        let lengths = Written {
            offsets: usize::try_from(index_bytes / OFFSET_ENTRY as u64).unwrap_or(0),
            times: usize::try_from(time_index_bytes / TIME_ENTRY as u64).unwrap_or(0),
        };
        Self {
            base,
            end,
            size,
            modified_ms: 0,
            txn_bytes: AtomicU32::new(0),
            lengths,
            entries: Mutex::new(None),
            largest: OnceLock::new(),
        }
    }

    /// Of a segment whose indexes are known and written.
    pub(crate) fn from_active(active: &Active, end: Offset, modified_ms: i64) -> Self {
        let lengths = Written { offsets: active.indexes.offsets.len(), times: active.indexes.times.len() };
        Self {
            base: active.base,
            end,
            size: active.size,
            modified_ms,
            txn_bytes: AtomicU32::new(active.txn_bytes),
            lengths,
            entries: Mutex::new(Some(lengths)),
            largest: OnceLock::from(active.indexes.largest),
        }
    }

    /// Valid length of the transaction index.
    pub(crate) fn txn_bytes(&self) -> u32 {
        self.txn_bytes.load(Relaxed)
    }

    /// The greatest time, where the index knows one.
    pub(crate) fn largest(&self, files: &Files) -> Result<Option<TimeEntry>, Error> {
        if let Some(largest) = self.largest.get() {
            return Ok(*largest);
        }
        let last = match self.entries(files)?.times.checked_sub(1) {
            Some(last) => Some(self.true_time(files, last)?),
            None if self.size > 0 => self.rebuild(files)?.largest,
            None => None,
        };
        Ok(*self.largest.get_or_init(|| last))
    }

    /// An entry of the time index, or what takes its place if the log says otherwise.
    fn true_time(&self, files: &Files, i: usize) -> Result<TimeEntry, Error> {
        let entry = self.read_entry::<TimeEntry>(files, FileKind::TimeIndex, i)?;
        let file = files.open_to_read(self.base, FileKind::Log)?;
        let mut headers =
            HeaderScan::new(&*file, self.position_before(files, entry.relative_offset)?, self.size);
        let target = self.base.plus(i64::from(entry.relative_offset));
        while let Some((_, header)) = headers.next(files, self.base)? {
            if header.last_offset() >= target {
                if header.base_offset <= target && header.max_timestamp == entry.timestamp {
                    return Ok(entry);
                }
                break;
            }
        }
        tracing::warn!(path = %files.path(self.base, suffix::TIME_INDEX).display(), "the index contradicts the log");
        let times = self.rebuild(files)?.times;
        let nothing = TimeEntry { timestamp: records::NO_TIMESTAMP, relative_offset: 0 };
        Ok(times.get(i).or(times.last()).copied().unwrap_or(nothing))
    }

    /// Where to begin to look for an offset.
    pub(crate) fn position_before(&self, files: &Files, relative_offset: u32) -> Result<u32, Error> {
        let count = self.entries(files)?.offsets;
        let read = |i| self.read_entry::<OffsetEntry>(files, FileKind::Index, i);
        let at = index::partition_point(count, read, |entry| entry.relative_offset <= relative_offset)?;
        let Some(last) = at.checked_sub(1) else { return Ok(0) };
        let entry = read(last)?;
        // The index is only a hint: the log decides.
        if self.is_true(files, entry)? {
            return Ok(entry.position);
        }
        tracing::warn!(path = %files.path(self.base, suffix::INDEX).display(), "the index contradicts the log");
        let indexes = self.rebuild(files)?;
        Ok(indexes.position_before(relative_offset))
    }

    /// The offset up to which no record is younger than `timestamp`.
    pub(crate) fn offset_before_time(&self, files: &Files, timestamp: i64) -> Result<u32, Error> {
        let count = self.entries(files)?.times;
        let read = |i| self.read_entry::<TimeEntry>(files, FileKind::TimeIndex, i);
        let at = index::partition_point(count, read, |entry| entry.timestamp <= timestamp)?;
        let Some(last) = at.checked_sub(1) else { return Ok(0) };
        let entry = self.true_time(files, last)?;
        // Of an index that was made anew, begin at the front.
        Ok(if entry.timestamp <= timestamp { entry.relative_offset } else { 0 })
    }

    fn is_true(&self, files: &Files, entry: OffsetEntry) -> Result<bool, Error> {
        let file = files.open_to_read(self.base, FileKind::Log)?;
        let mut bytes = Vec::with_capacity(HEADER_LEN);
        file.read_at(&mut bytes, HEADER_LEN, u64::from(entry.position))
            .map_err(|error| files.failed(self.base, FileKind::Log, &error))?;
        // Older Kafka made one entry for several batches: the offset of the last, the position of the first.
        let possible = self.base..=self.base.plus(i64::from(entry.relative_offset));
        Ok(BatchHeader::read(&bytes).is_ok_and(|header| possible.contains(&header.base_offset)))
    }

    /// Kafka leaves zeros at the end of index files when it is killed, and a crash can leave anything.
    fn entries(&self, files: &Files) -> Result<Written, Error> {
        if let Some(entries) = *self.entries.lock() {
            return Ok(entries);
        }
        let offset_in_use = |entry: &OffsetEntry| entry.position > 0;
        let offsets = self.count_in_use(files, FileKind::Index, self.lengths.offsets, offset_in_use)?;
        let time_in_use = |entry: &TimeEntry| entry.timestamp > 0 || entry.relative_offset > 0;
        let times = self.count_in_use(files, FileKind::TimeIndex, self.lengths.times, time_in_use)?;
        // Unless they were made anew meanwhile.
        Ok(*self.entries.lock().get_or_insert(Written { offsets, times }))
    }

    fn count_in_use<E: Entry>(
        &self,
        files: &Files,
        kind: FileKind,
        count: usize,
        in_use: impl Fn(&E) -> bool,
    ) -> Result<usize, Error> {
        index::partition_point(count, |i| self.read_entry(files, kind, i), in_use)
    }

    fn read_entry<E: Entry>(&self, files: &Files, kind: FileKind, i: usize) -> Result<E, Error> {
        let mut bytes = Vec::with_capacity(E::SIZE);
        let read = files.open_to_read(self.base, kind)?.read_at(&mut bytes, E::SIZE, (i * E::SIZE) as u64);
        read.map_err(|error| files.failed(self.base, kind, &error))?;
        // Shorter than it was when it was listed: as good as unused.
        bytes.resize(E::SIZE, 0);
        Ok(E::read(&bytes))
    }

    /// Makes the indexes anew from the log.
    pub(crate) fn rebuild(&self, files: &Files) -> Result<Indexes, Error> {
        let mut indexes = Indexes::default();
        let file = files.open_to_read(self.base, FileKind::Log)?;
        let mut headers = HeaderScan::new(&*file, 0, self.size);
        while let Some((position, header)) = headers.next(files, self.base)? {
            indexes.add(indexed(self.base, position, &header), REBUILD_INTERVAL);
        }
        indexes.add_largest_time();
        let written = files.complete_indexes(self.base, &indexes, Written::default())?;
        *self.entries.lock() = Some(written);
        Ok(indexes)
    }
}

/// `index.interval.bytes` for an index that is made again.
const REBUILD_INTERVAL: u64 = 4096;

/// A batch as the indexes of a segment see it.
pub(crate) fn indexed(base: Offset, position: u32, header: &BatchHeader) -> index::IndexedBatch {
    index::IndexedBatch {
        relative_last_offset: relative(base, header.last_offset()),
        position,
        size: u32::try_from(header.size_in_bytes()).expect("a batch length has 31 bits"),
        max_timestamp: header.max_timestamp,
    }
}

pub(crate) fn relative(base: Offset, offset: Offset) -> u32 {
    u32::try_from(offset - base).expect("an offset in a segment is within 31 bits of its base")
}

/// Goes from header to header through a part of a segment.
pub(crate) struct HeaderScan<'a> {
    file: &'a dyn LogFile,
    position: u32,
    end: u32,
    buffer: Vec<u8>,
    buffer_at: u32,
}

/// Holds a few hundred headers of small batches, and is no waste where batches are large.
const CHUNK: u32 = 16 << 10;

impl<'a> HeaderScan<'a> {
    pub(crate) fn new(file: &'a dyn LogFile, position: u32, end: u32) -> Self {
        Self { file, position, end, buffer: Vec::new(), buffer_at: position }
    }

    /// The next batch's position and header; `None` at the end. What is no batch is an error.
    pub(crate) fn next(&mut self, files: &Files, base: Offset) -> Result<Option<(u32, BatchHeader)>, Error> {
        if self.position >= self.end {
            return Ok(None);
        }
        let from = (self.position - self.buffer_at) as usize;
        if self.buffer.len() < from + HEADER_LEN {
            self.buffer.clear();
            self.buffer_at = self.position;
            let length = CHUNK.min(self.end - self.position) as usize;
            self.file
                .read_at(&mut self.buffer, length, u64::from(self.position))
                .map_err(|error| files.failed(base, FileKind::Log, &error))?;
        }
        let bytes = &self.buffer[(self.position - self.buffer_at) as usize..];
        let header = match BatchHeader::read(bytes) {
            Ok(header)
                if header.last_offset() >= base && i32::try_from(header.last_offset() - base).is_ok() =>
            {
                header
            }
            Ok(header) => {
                return Err(corrupt(files, base, self.position, &format!("offset {}", header.base_offset)));
            }
            Err(error) => return Err(corrupt(files, base, self.position, &error.to_string())),
        };
        let position = self.position;
        let size = u32::try_from(header.size_in_bytes()).expect("a batch length has 31 bits");
        match position.checked_add(size).filter(|next| *next <= self.end) {
            Some(next) => self.position = next,
            None => return Err(corrupt(files, base, position, "the batch is cut off")),
        }
        Ok(Some((position, header)))
    }
}

pub(crate) fn corrupt(files: &Files, base: Offset, position: u32, what: &str) -> Error {
    Error::Corrupt {
        path: files.path(base, suffix::LOG),
        position: u64::from(position),
        what: what.to_owned(),
    }
}

/// Where the valid part of a segment ends.
#[derive(Debug)]
pub(crate) struct ScanEnd {
    pub(crate) valid: u32,
    /// The offset after the last valid batch.
    pub(crate) next: Offset,
    /// Why it ends there, if not because the file does.
    pub(crate) invalid: Option<String>,
}

const SCAN_CHUNK: usize = 1 << 20;

/// Reads a segment of `size` bytes from a position on, and checks every batch.
pub(crate) fn scan_segment(
    file: &dyn LogFile,
    from: u32,
    size: u32,
    segment_base: Offset,
    next: Offset,
    mut each: impl FnMut(u32, &BatchHeader),
) -> io::Result<ScanEnd> {
    let mut expected = scan::Expected { segment_base, next, verify_crc: true };
    let mut end = ScanEnd { valid: from, next, invalid: None };
    let mut buffer = Vec::new();
    // Where in the buffer the next batch starts.
    let mut at = 0;
    while end.valid < size {
        match scan::step(&buffer[at..], &expected) {
            scan::Step::Batch(header) => {
                each(end.valid, &header);
                at += header.size_in_bytes();
                end.valid += u32::try_from(header.size_in_bytes()).expect("a batch length has 31 bits");
                end.next = header.next_offset();
                expected.next = end.next;
            }
            scan::Step::Incomplete(needed) => {
                let left = (size - end.valid) as usize;
                if needed > left {
                    end.invalid = Some(format!("{left} bytes of a batch of {needed} or more"));
                    break;
                }
                buffer.drain(..at);
                at = 0;
                let (have, want) = (buffer.len(), needed.max(SCAN_CHUNK).min(left));
                file.read_at(&mut buffer, want - have, u64::from(end.valid) + have as u64)?;
                if buffer.len() < needed {
                    end.invalid = Some("the file is shorter than it was".to_owned());
                    break;
                }
            }
            scan::Step::Invalid(why) => {
                end.invalid = Some(why);
                break;
            }
        }
    }
    Ok(end)
}
