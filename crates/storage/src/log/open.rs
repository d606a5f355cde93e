//! Opening a log, and recovery after a crash.
//!
//! Segments wholly below the recovery point are taken as they are: not a byte of them is read. From the recovery point
//! on, every batch is checked, and the log ends before the first that is not valid; what follows is removed. In the segment
//! in which the recovery point lies the check begins at the last index entry before it, because the index on the disk
//! reaches no further than what was durable.
//!
//! After a clean shutdown the recovery point is the end. Should the files say otherwise, they are checked all the same.
use super::{FlushState, Log, Offsets, Settings, View, Writer, malformed};
use crate::{
    Durability, Error, LogConfig, TopicPartition,
    directory::{Directory, Flusher},
    epochs::LeaderEpochs,
    fs::{self, Entry},
    index::{self, Indexes, OffsetEntry, TimeEntry},
    names::{self, suffix},
    open_files::{FileKind, OpenFiles},
    policy, properties,
    segment::{Active, Closed, Files, Written, relative, scan_segment},
    tail::{Tail, TailCache},
    txn_index,
};
use base::{LeaderEpoch, Offset};
use parking_lot::{Mutex, RwLock};
use records::{BatchHeader, HEADER_LEN};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed},
    },
};

/// All that a log is opened with.
pub(crate) struct OpenLog {
    pub(crate) number: u64,
    pub(crate) partition: TopicPartition,
    pub(crate) folder: PathBuf,
    /// The folder was just made.
    pub(crate) is_new: bool,
    pub(crate) directory: Arc<Directory>,
    pub(crate) open_files: Arc<OpenFiles>,
    pub(crate) tail_cache: Arc<TailCache>,
    pub(crate) flusher: Arc<Flusher>,
    pub(crate) settings: Settings,
    pub(crate) config: LogConfig,
    pub(crate) recovery_point: Offset,
    pub(crate) log_start_offset: Offset,
    pub(crate) high_watermark: Offset,
    pub(crate) clean: bool,
    pub(crate) now_ms: i64,
}

/// A segment's files, as they were listed.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    base: Offset,
    log: Option<Listed>,
    index: Option<Listed>,
    time_index: Option<Listed>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Listed {
    length: u64,
    modified_ms: i64,
}

const SEGMENT_FILES: [&str; 4] = [suffix::LOG, suffix::INDEX, suffix::TIME_INDEX, suffix::TXN_INDEX];

/// What recovery has made of the files.
struct Recovered {
    closed: BTreeMap<Offset, Arc<Closed>>,
    active: Active,
    end: Offset,
}

impl Log {
    pub(crate) fn open(open: OpenLog) -> Result<Arc<Self>, Error> {
        let OpenLog { directory, folder, .. } = open;
        let files = Files { directory, open: open.open_files, log: open.number, folder: RwLock::new(folder) };
        let topic_id = read_topic_id(&files)?;
        let (found, snapshots) = collect(&files)?;
        let (mut epochs, epochs_broken) = read_epochs(&files)?;
        let recovery = Recovery {
            files: &files,
            config: &open.config,
            recovery_point: if open.clean { Offset::MAX } else { open.recovery_point },
            now_ms: open.now_ms,
        };
        let mut recovered = recovery.run(&found, open.log_start_offset, &mut epochs)?;
        let end = recovered.end;
        if epochs_broken {
            rebuild_epochs(&files, &recovered, &mut epochs)?;
        }
        let first = recovered.closed.keys().next().copied().unwrap_or(recovered.active.base);
        let start = open.log_start_offset.max(first).min(end);
        epochs.truncate_end(end);
        epochs.truncate_start(start);
        // Below the recovery point the transaction indexes are whole; the rest comes from the batches.
        let trusted = if open.clean { end } else { open.recovery_point.min(end) };
        recovery.load_txn_indexes(&mut recovered, trusted)?;

        let log = Arc::new_cyclic(|this| Self {
            partition: open.partition,
            files,
            flusher: open.flusher,
            settings: open.settings,
            config: RwLock::new(open.config),
            topic_id: Mutex::new(topic_id),
            appends: Default::default(),
            flush_lock: Mutex::new(FlushState { new_folder: open.is_new, topic_id_unsynced: false }),
            writer: Mutex::new(Writer {
                snapshots,
                unflushed_bytes: 0,
                unflushed_messages: 0,
                unflushed_since_ms: None,
                reserved_end: 0,
            }),
            producers: Mutex::default(),
            view: RwLock::new(View {
                closed: recovered.closed,
                active: recovered.active,
                epochs,
                epochs_unwritten: true,
            }),
            tail: Tail::new(&open.tail_cache),
            offsets: Offsets {
                start: AtomicI64::new(start.0),
                end: AtomicI64::new(end.0),
                flushed: AtomicI64::new(trusted.0),
                recovery_point: AtomicI64::new(trusted.0),
                high_watermark: AtomicI64::new(open.high_watermark.clamp(start, end).0),
                first_unstable: AtomicI64::new(i64::MAX),
                folder_unsynced: AtomicBool::new(true),
                removals: AtomicU64::new(0),
            },
            closed: AtomicBool::new(false),
            this: this.clone(),
        });
        log.find_producers(trusted)?;
        // What was acknowledged before the crash was durable then; now it is known to be.
        if open.config.durability == Durability::Flush {
            log.flush_data()?;
        }
        Ok(log)
    }

    fn find_producers(&self, trusted: Offset) -> Result<(), Error> {
        let mut writer = self.writer.lock();
        for beyond in writer.snapshots.split_off(&(self.log_end_offset().0 + 1)) {
            self.remove_snapshot(Offset(beyond));
        }
        self.reload_producers(&mut writer, trusted, Some(trusted))
    }
}

fn read_topic_id(files: &Files) -> Result<Option<base::TopicId>, Error> {
    let path = files.named(names::PARTITION_METADATA);
    let content = fs::read_if_exists(&*files.directory.fs, &path)
        .map_err(|error| files.directory.failed(&path, &error))?;
    let text = String::from_utf8_lossy(content.as_deref().unwrap_or_default()).into_owned();
    properties::decode_topic_id(&text).map_err(|why| Error::Malformed {
        path,
        what: "partition metadata",
        why,
    })
}

/// The epochs, and whether the file was broken.
fn read_epochs(files: &Files) -> Result<(LeaderEpochs, bool), Error> {
    let path = files.named(names::LEADER_EPOCHS);
    let content = fs::read_if_exists(&*files.directory.fs, &path)
        .map_err(|error| files.directory.failed(&path, &error))?;
    let text = String::from_utf8_lossy(content.as_deref().unwrap_or_default()).into_owned();
    Ok(match LeaderEpochs::decode(&text) {
        Ok(epochs) => (epochs, false),
        Err(why) => {
            let error = malformed(path, "leader epoch checkpoint", &why);
            tracing::warn!(%error, "leader epochs are taken from the batches");
            (LeaderEpochs::default(), true)
        }
    })
}

/// Every batch carries its epoch.
fn rebuild_epochs(files: &Files, recovered: &Recovered, epochs: &mut LeaderEpochs) -> Result<(), Error> {
    epochs.clear();
    let closed = recovered.closed.values().map(|segment| (segment.base, segment.size));
    for (base, size) in closed.chain([(recovered.active.base, recovered.active.size)]) {
        let file = files.log_file(base)?;
        let mut headers = crate::segment::HeaderScan::new(&*file, 0, size);
        while let Some((_, header)) = headers.next(files, base)? {
            note_epoch(epochs, &header);
        }
    }
    Ok(())
}

fn note_epoch(epochs: &mut LeaderEpochs, header: &BatchHeader) {
    if header.partition_leader_epoch > epochs.latest().unwrap_or(LeaderEpoch::NONE) {
        epochs.assign(header.partition_leader_epoch, header.base_offset);
    }
}

/// Lists a log's folder, finishes what a crash left half done, and removes what belongs to nothing.
fn collect(files: &Files) -> Result<(Vec<Found>, BTreeSet<i64>), Error> {
    let folder = files.folder.read().clone();
    let directory = &files.directory;
    let list = || directory.fs.list(&folder).map_err(|error| directory.failed(&folder, &error));
    let mut entries = list()?;
    if finish_swaps(directory, &folder, &entries)? {
        directory.fs.sync_folder(&folder).map_err(|error| directory.fatal(&folder, &error))?;
        entries = list()?;
    }
    let mut segments: BTreeMap<i64, Found> = BTreeMap::new();
    let mut snapshots = BTreeSet::new();
    for entry in entries.iter().filter(|entry| !entry.is_folder) {
        let Some((offset, kind)) = names::parse_file_name(&entry.name) else { continue };
        let listed = Some(Listed { length: entry.length, modified_ms: entry.modified_ms });
        if kind == suffix::SNAPSHOT {
            snapshots.insert(offset);
        }
        if !SEGMENT_FILES.contains(&kind) {
            continue;
        }
        let segment = segments.entry(offset).or_insert(Found { base: Offset(offset), ..Found::default() });
        match kind {
            suffix::LOG => segment.log = listed,
            suffix::INDEX => segment.index = listed,
            suffix::TIME_INDEX => segment.time_index = listed,
            // Read where it is needed: it is rare and small.
            _ => {}
        }
    }
    for orphan in segments.extract_if(.., |_, segment| segment.log.is_none()) {
        for kind in [suffix::INDEX, suffix::TIME_INDEX, suffix::TXN_INDEX] {
            remove(directory, &files.path(Offset(orphan.0), kind))?;
        }
    }
    Ok((segments.into_values().collect(), snapshots))
}

/// Removes unfinished files and finishes what compaction had decided: `.swap` files take the place of the segments that
/// they were made from. Returns whether anything changed.
fn finish_swaps(directory: &Directory, folder: &Path, entries: &[Entry]) -> Result<bool, Error> {
    let named = |end: &'static str| {
        entries
            .iter()
            .filter(move |entry| !entry.is_folder && entry.name.ends_with(end))
            .map(|entry| &entry.name)
    };
    let offset_of = |name: &String| names::parse_file_name(name).map(|(offset, _)| offset);
    // A segment that is split is replaced only if all its parts were finished.
    let first_unfinished = named(suffix::CLEANED).filter_map(offset_of).min().unwrap_or(i64::MAX);
    let swaps: Vec<_> = named(suffix::SWAP).filter(|name| offset_of(name).is_some()).collect();
    let (finished, invalid): (Vec<_>, Vec<_>) =
        swaps.into_iter().partition(|name| offset_of(name).is_some_and(|offset| offset < first_unfinished));
    let debris = named(suffix::DELETED).chain(named(suffix::CLEANED)).chain(named(".tmp")).chain(invalid);
    let mut changed = false;
    for name in debris {
        remove(directory, &folder.join(name))?;
        changed = true;
    }
    let replaced_range = swap_range(directory, folder, &finished)?;
    for entry in entries {
        let Some((offset, kind)) = names::parse_file_name(&entry.name) else { continue };
        if SEGMENT_FILES.contains(&kind) && replaced_range.contains(&offset) {
            remove(directory, &folder.join(&entry.name))?;
            changed = true;
        }
    }
    for name in finished {
        let from = folder.join(name);
        let to = folder.join(name.strip_suffix(suffix::SWAP).expect("it ends so"));
        directory.fs.rename(&from, &to).map_err(|error| directory.failed(&from, &error))?;
        changed = true;
    }
    Ok(changed)
}

/// The base offsets of segments that swap files replace.
fn swap_range(
    directory: &Directory,
    folder: &Path,
    finished: &[&String],
) -> Result<std::ops::Range<i64>, Error> {
    // Nothing lies between them yet.
    let (mut first, mut after) = (i64::MAX, i64::MIN);
    for name in finished {
        let Some((base, kind)) = names::parse_file_name(name) else { continue };
        if kind.strip_suffix(suffix::SWAP) != Some(suffix::LOG) {
            continue;
        }
        let path = folder.join(name);
        let bytes = directory.fs.read(&path).map_err(|error| directory.failed(&path, &error))?;
        let (mut at, mut end) = (0, base);
        while let Ok(header) = BatchHeader::read(bytes.get(at..).unwrap_or_default()) {
            at += header.size_in_bytes();
            end = end.max(header.next_offset().0);
        }
        (first, after) = (first.min(base), after.max(end));
    }
    Ok(first..after)
}

fn remove(directory: &Directory, path: &Path) -> Result<(), Error> {
    fs::remove_if_exists(&*directory.fs, path).map_err(|error| directory.failed(path, &error))
}

struct Recovery<'a> {
    files: &'a Files,
    config: &'a LogConfig,
    recovery_point: Offset,
    now_ms: i64,
}

impl Recovery<'_> {
    fn run(&self, found: &[Found], log_start: Offset, epochs: &mut LeaderEpochs) -> Result<Recovered, Error> {
        let passed = found.partition_point(|segment| segment.base <= self.recovery_point);
        // The segment in which the recovery point lies.
        let floor = passed.saturating_sub(1);
        let mut closed = BTreeMap::new();
        for (i, segment) in found.iter().enumerate().take(floor) {
            closed.insert(segment.base, Arc::new(self.take_as_is(segment, found[i + 1].base)?));
        }
        let Some(first) = found.get(floor) else { return self.create(log_start) };

        let mut end = first.base;
        let mut active: Option<Active> = None;
        let mut rest = found[floor..].iter();
        while let Some(segment) = rest.next() {
            if segment.base < end {
                self.discard("the segment before reaches into it", segment, rest.as_slice())?;
                break;
            }
            // A segment begins where the one before ends. If that one lost its end with whole batches, only this tells.
            if segment.base > end && !self.config.compact {
                self.discard("the end of the segment before is missing", segment, rest.as_slice())?;
                break;
            }
            if let Some(previous) = active.take() {
                closed.insert(previous.base, Arc::new(self.close(previous, segment)?));
            }
            let (scanned, next, is_whole) =
                self.scan(segment, active.is_none() && end == first.base, epochs)?;
            (end, active) = (next, Some(scanned));
            if !is_whole {
                if let [after, more @ ..] = rest.as_slice() {
                    self.discard("the segment before ends in bytes that are not valid", after, more)?;
                }
                break;
            }
        }
        let active = active.expect("the floor is scanned at least");
        if end < log_start {
            tracing::warn!(
                path = %self.files.folder.read().display(), %end, %log_start,
                "the log ends before it starts; nothing of it can be used"
            );
            for base in closed.keys().chain([&active.base]) {
                self.files.discard(*base, self.now_ms)?;
            }
            self.sync_folder()?;
            epochs.clear();
            return self.create(log_start);
        }
        Ok(Recovered { closed, active, end })
    }

    fn create(&self, base: Offset) -> Result<Recovered, Error> {
        self.files.create_log_file(base)?;
        Ok(Recovered { closed: BTreeMap::new(), active: Active::empty(base, self.now_ms), end: base })
    }

    /// A closed segment below the recovery point. Only if it has no index, as it was left by something else than a crash,
    /// it is read.
    fn take_as_is(&self, found: &Found, end: Offset) -> Result<Closed, Error> {
        let log = found.log.unwrap_or_default();
        let length = |listed: Option<Listed>| listed.map_or(0, |listed| listed.length);
        let size = self.size(found)?;
        let mut closed = Closed::new(found.base, end, size, length(found.index), length(found.time_index));
        closed.modified_ms = log.modified_ms;
        let needs_index = u64::from(size) > 2 * self.config.index_interval_bytes.0.max(1 << 20);
        if found.index.is_none() && needs_index {
            match self.files.must_be_there(closed.rebuild(self.files)) {
                Err(error @ Error::Corrupt { .. }) => {
                    tracing::warn!(%error, "a segment stays without an index");
                }
                rebuilt => drop(rebuilt?),
            }
        }
        Ok(closed)
    }

    fn size(&self, found: &Found) -> Result<u32, Error> {
        let length = found.log.unwrap_or_default().length;
        match i32::try_from(length) {
            Ok(length) => Ok(length.unsigned_abs()),
            Err(_) => Err(Error::Malformed {
                path: self.files.path(found.base, suffix::LOG),
                what: "segment",
                why: format!("{length} bytes are more than positions can say"),
            }),
        }
    }

    /// Checks a segment from the recovery point on, or all of it, and cuts off what is not valid.
    fn scan(
        &self,
        found: &Found,
        holds_recovery_point: bool,
        epochs: &mut LeaderEpochs,
    ) -> Result<(Active, Offset, bool), Error> {
        let base = found.base;
        let size = self.size(found)?;
        let mut active = Active::empty(base, self.now_ms);
        if holds_recovery_point {
            self.load_indexes(&mut active, size)?;
        }
        let file = self.files.log_file(base)?;
        let from = active.size;
        let mut first = true;
        let scanned = scan_segment(&*file, from, size, base, base, |_, header| {
            if std::mem::take(&mut first) {
                // What the file says beyond may be of a log that was truncated since.
                epochs.truncate_end(header.base_offset);
            }
            note_epoch(epochs, header);
            active.add(header, self.config.index_interval_bytes.0);
        });
        let end = scanned.map_err(|error| self.files.failed(base, FileKind::Log, &error))?;
        if let Some(why) = &end.invalid {
            let path = self.files.path(base, suffix::LOG);
            let removed = size - end.valid;
            tracing::warn!(path = %path.display(), end = %end.next, removed, %why, "the log is cut off");
            // What is cut off must not come back, among what is appended in its place.
            file.set_len(u64::from(end.valid))
                .and_then(|()| file.sync())
                .map_err(|error| self.files.directory.fatal(&path, &error))?;
        } else if u64::from(size) >= policy::ROOM_FROM {
            // The run that crashed may have reserved more.
            let trimmed = file.set_len(u64::from(size));
            trimmed.map_err(|error| self.files.failed(base, FileKind::Log, &error))?;
        }
        Ok((active, end.next, end.invalid.is_none()))
    }

    /// Takes index entries below the recovery point, if the log agrees with the last of each.
    fn load_indexes(&self, active: &mut Active, size: u32) -> Result<(), Error> {
        let base = active.base;
        let limit = u32::try_from(self.recovery_point - base).unwrap_or(u32::MAX);
        let mut offsets: Vec<OffsetEntry> = index::decode(&self.read(base, FileKind::Index)?, size);
        offsets.retain(|entry| entry.relative_offset < limit);
        let Some(last) = offsets.last().copied() else { return Ok(()) };
        let expected = base..=base.plus(i64::from(last.relative_offset));
        let Some(header) =
            self.header_at(base, last.position)?.filter(|header| expected.contains(&header.base_offset))
        else {
            tracing::warn!(path = %self.files.path(base, suffix::INDEX).display(), "the index contradicts the log");
            return Ok(());
        };
        let mut times: Vec<TimeEntry> = index::decode(&self.read(base, FileKind::TimeIndex)?, size);
        times.retain(|entry| entry.relative_offset < relative(base, header.base_offset));
        let indexes = Indexes { largest: times.last().copied(), offsets, times, unindexed_bytes: 0 };
        if !self.knows_time(base, &indexes)? {
            tracing::warn!(path = %self.files.path(base, suffix::TIME_INDEX).display(), "the index contradicts the log");
            return Ok(());
        }
        active.first_timestamp = self.header_at(base, 0)?.map(|header| header.max_timestamp);
        active.written = Written { offsets: indexes.offsets.len(), times: indexes.times.len() };
        (active.size, active.indexes) = (last.position, indexes);
        Ok(())
    }

    /// Whether the batch that has the greatest time has that time.
    fn knows_time(&self, base: Offset, indexes: &Indexes) -> Result<bool, Error> {
        let Some(largest) = indexes.largest else { return Ok(true) };
        let target = base.plus(i64::from(largest.relative_offset));
        let mut position = indexes.position_before(largest.relative_offset);
        while let Some(header) = self.header_at(base, position)? {
            if header.last_offset() >= target {
                return Ok(header.base_offset <= target && header.max_timestamp == largest.timestamp);
            }
            match position.checked_add(header.size_in_bytes() as u32) {
                Some(next) => position = next,
                None => break,
            }
        }
        Ok(false)
    }

    fn header_at(&self, base: Offset, position: u32) -> Result<Option<BatchHeader>, Error> {
        let file = self.files.log_file(base)?;
        let mut bytes = Vec::with_capacity(HEADER_LEN);
        file.read_at(&mut bytes, HEADER_LEN, u64::from(position))
            .map_err(|error| self.files.failed(base, FileKind::Log, &error))?;
        Ok(BatchHeader::read(&bytes).ok())
    }

    fn read(&self, base: Offset, kind: FileKind) -> Result<Vec<u8>, Error> {
        let path = self.files.path(base, kind.suffix());
        let content = fs::read_if_exists(&*self.files.directory.fs, &path);
        Ok(content.map_err(|error| self.files.directory.failed(&path, &error))?.unwrap_or_default())
    }

    fn close(&self, mut active: Active, next: &Found) -> Result<Closed, Error> {
        active.indexes.add_largest_time();
        self.files.complete_indexes(active.base, &active.indexes, active.written)?;
        Ok(Closed::from_active(&active, next.base, self.now_ms))
    }

    fn discard(&self, why: &str, first: &Found, more: &[Found]) -> Result<(), Error> {
        tracing::warn!(path = %self.files.path(first.base, suffix::LOG).display(), why, "segments are removed");
        for segment in more.iter().rev().chain([first]) {
            self.files.discard(segment.base, self.now_ms)?;
        }
        self.sync_folder()
    }

    /// What was removed must not come back, beside what is appended in its place.
    fn sync_folder(&self) -> Result<(), Error> {
        let folder = self.files.folder.read();
        self.files
            .directory
            .fs
            .sync_folder(&folder)
            .map_err(|error| self.files.directory.fatal(&folder, &error))
    }

    /// Of each segment, the entries whose markers lie in the trusted part.
    fn load_txn_indexes(&self, recovered: &mut Recovered, trusted: Offset) -> Result<(), Error> {
        for segment in recovered.closed.values() {
            segment.txn_bytes.store(self.trusted_txn_bytes(segment.base, trusted)?, Relaxed);
        }
        recovered.active.txn_bytes = self.trusted_txn_bytes(recovered.active.base, trusted)?;
        Ok(())
    }

    fn trusted_txn_bytes(&self, base: Offset, trusted: Offset) -> Result<u32, Error> {
        let path = self.files.path(base, suffix::TXN_INDEX);
        let Some(bytes) = fs::read_if_exists(&*self.files.directory.fs, &path)
            .map_err(|error| self.files.directory.failed(&path, &error))?
        else {
            return Ok(0);
        };
        let entries = txn_index::decode(&bytes, base);
        let kept = entries.partition_point(|entry| entry.last_offset < trusted);
        Ok((kept * txn_index::ENTRY) as u32)
    }
}
