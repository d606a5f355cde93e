//! The log of one partition.
//!
//! The model: closed segments, an active one, and beside them what is known about leader epochs and producers. Offsets
//! that others watch (end, start, flushed, high watermark) are atomics. Locks are taken in this order, and only the first
//! two are held during I/O:
//!
//! 1. `flush_lock`: what is durable is being changed, or files are going away;
//! 2. `writer`: something is appended, rolled, truncated;
//! 3. `producers`, then 4. `view`: memory only. Readers take `view` alone.
//!
//! So a reader never waits for a write, and an append waits for nothing but appends before it. A reader whose segment is
//! removed while it reads looks again at what is there then; only for a truncation, it waits.
mod append;
mod flush;
mod lookup;
mod open;
mod read;
mod retention;
mod truncate;

pub(crate) use open::OpenLog;

use crate::{
    ActiveProducer, Append, AppendInfo, DirectoryId, Durability, EpochEndOffset, Error, LogConfig,
    TopicPartition, checkpoint,
    combining::Combiner,
    directory::{Directory, Flusher},
    epochs::LeaderEpochs,
    names,
    producers::Producers,
    properties,
    segment::{Active, Closed, Files},
    tail::Tail,
};
use base::{LeaderEpoch, Offset, ProducerId, TopicId};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc, Weak,
        atomic::{
            AtomicBool, AtomicI64, AtomicU64,
            Ordering::{AcqRel, Acquire, Release},
        },
    },
};

/// Called once with the outcome: at once if there is nothing to wait for, or on the directory's flusher thread. Must not
/// block.
pub type FlushCallback = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// One partition's log. Shared by threads; every method may be called from any of them.
pub struct Log {
    partition: TopicPartition,
    files: Files,
    flusher: Arc<Flusher>,
    settings: Settings,
    config: RwLock<LogConfig>,
    topic_id: Mutex<Option<TopicId>>,
    appends: Combiner<Vec<Append>, Vec<Result<AppendInfo, Error>>>,
    flush_lock: Mutex<FlushState>,
    writer: Mutex<Writer>,
    producers: Mutex<Producers>,
    view: RwLock<View>,
    tail: Arc<Tail>,
    offsets: Offsets,
    /// Deleted or shut down. Set under the first two locks.
    closed: AtomicBool,
    this: Weak<Log>,
}

/// What holds for all logs of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) unflushed_bytes: u64,
    pub(crate) verify_crc_on_read: bool,
}

/// What only those see who change the log.
#[derive(Debug)]
struct Writer {
    /// Offsets of the producer snapshots that there are.
    snapshots: BTreeSet<i64>,
    /// Since the recovery point moved, or was asked to.
    unflushed_bytes: u64,
    /// Since `flush.messages` was last acted on.
    unflushed_messages: i64,
    /// When the oldest of them was appended.
    unflushed_since_ms: Option<i64>,
    /// Where the room ends that is reserved in the active segment's file, as a position.
    reserved_end: u64,
}

#[derive(Debug, Default)]
struct FlushState {
    /// The log's folder is new in the log directory.
    new_folder: bool,
    topic_id_unsynced: bool,
}

/// What readers see.
#[derive(Debug)]
struct View {
    /// By base offset.
    closed: BTreeMap<Offset, Arc<Closed>>,
    active: Active,
    epochs: LeaderEpochs,
    /// The epochs differ from the file.
    epochs_unwritten: bool,
}

#[derive(Debug)]
struct Offsets {
    start: AtomicI64,
    end: AtomicI64,
    flushed: AtomicI64,
    recovery_point: AtomicI64,
    high_watermark: AtomicI64,
    /// `i64::MAX` if all is stable.
    first_unstable: AtomicI64,
    /// Names were made in the folder that are not durable.
    folder_unsynced: AtomicBool,
    /// Changes whenever segments or parts of them are removed. Odd while a truncation is at work.
    removals: AtomicU64,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Log({}, {}..{})", self.partition, self.log_start_offset(), self.log_end_offset())
    }
}

impl Log {
    pub fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// `None` if the folder does not say, as after a crash right after its creation.
    pub fn topic_id(&self) -> Option<TopicId> {
        *self.topic_id.lock()
    }

    pub fn directory_id(&self) -> DirectoryId {
        self.files.directory.id()
    }

    pub fn config(&self) -> LogConfig {
        *self.config.read()
    }

    /// Takes effect with the next append or the next round of retention.
    pub fn set_config(&self, config: LogConfig) {
        *self.config.write() = config;
        if config.durability == Durability::Flush {
            self.request_flush(self.log_end_offset(), Box::new(|_| {}));
        }
    }

    /// Bytes appended since the recovery point was last to move.
    pub(crate) fn unflushed_bytes(&self) -> u64 {
        self.writer.lock().unflushed_bytes
    }

    pub fn log_start_offset(&self) -> Offset {
        Offset(self.offsets.start.load(Acquire))
    }

    pub fn log_end_offset(&self) -> Offset {
        Offset(self.offsets.end.load(Acquire))
    }

    /// Everything below is on the disk.
    pub fn flushed_offset(&self) -> Offset {
        Offset(self.offsets.flushed.load(Acquire))
    }

    /// What may be acknowledged and reported to the leader: the log end offset, or with durability `flush` the flushed
    /// offset.
    pub fn durable_end_offset(&self) -> Offset {
        match self.config.read().durability {
            Durability::Os => self.log_end_offset(),
            Durability::Flush => self.flushed_offset(),
        }
    }

    /// After a crash, only what lies beyond is read again.
    pub fn recovery_point(&self) -> Offset {
        Offset(self.offsets.recovery_point.load(Acquire))
    }

    pub fn high_watermark(&self) -> Offset {
        Offset(self.offsets.high_watermark.load(Acquire))
    }

    /// Clamped to what the log has. Returns what was set.
    pub fn set_high_watermark(&self, offset: Offset) -> Offset {
        let offset = offset.clamp(self.log_start_offset(), self.log_end_offset());
        self.offsets.high_watermark.store(offset.0, Release);
        if self.offsets.first_unstable.load(Acquire) != i64::MAX {
            let mut producers = self.producers.lock();
            producers.stable_below(offset);
            self.note_first_unstable(&producers);
        }
        offset
    }

    /// Readers of committed data read up to here: no transaction below is open, or ended but not replicated.
    pub fn last_stable_offset(&self) -> Offset {
        // The high watermark first: a transaction that starts meanwhile starts at or beyond it.
        let high_watermark = self.high_watermark();
        let first_unstable = Offset(self.offsets.first_unstable.load(Acquire)).max(self.log_start_offset());
        high_watermark.min(first_unstable)
    }

    fn note_first_unstable(&self, producers: &Producers) {
        let first = producers.first_unstable_offset().unwrap_or(Offset::MAX);
        self.offsets.first_unstable.store(first.0, Release);
    }

    /// Of all segments.
    pub fn size_in_bytes(&self) -> u64 {
        let view = self.view.read();
        view.closed.values().map(|segment| u64::from(segment.size)).sum::<u64>() + u64::from(view.active.size)
    }

    pub(crate) fn first_segment(&self) -> Offset {
        let view = self.view.read();
        view.closed.keys().next().copied().unwrap_or(view.active.base)
    }

    pub fn segment_count(&self) -> usize {
        self.view.read().closed.len() + 1
    }

    pub fn latest_epoch(&self) -> Option<LeaderEpoch> {
        self.view.read().epochs.latest()
    }

    /// The epoch of a new leader starts where the log ends.
    pub fn start_leader_epoch(&self, epoch: LeaderEpoch) {
        let _writer = self.writer.lock();
        let end = self.log_end_offset();
        let mut view = self.view.write();
        view.epochs_unwritten |= view.epochs.assign(epoch, end);
    }

    /// The largest epoch not above `epoch`, and where it ends. `None` if that cannot be said, -1 and -1 on the wire.
    pub fn end_offset_for_epoch(&self, epoch: LeaderEpoch) -> Option<EpochEndOffset> {
        let view = self.view.read();
        view.epochs.end_offset_for(epoch, self.log_end_offset())
    }

    /// The leader epoch that the record at `offset` has or would have.
    pub fn epoch_at(&self, offset: Offset) -> Option<LeaderEpoch> {
        self.view.read().epochs.epoch_at(offset)
    }

    pub fn active_producers(&self) -> Vec<ActiveProducer> {
        self.producers.lock().active()
    }

    /// First offset of the producer's open transaction.
    pub fn ongoing_transaction(&self, producer: ProducerId) -> Option<Offset> {
        self.producers.lock().ongoing_transaction(producer)
    }

    pub(crate) fn expire_producers(&self, now_ms: i64, expiration_ms: i64) {
        self.producers.lock().expire(now_ms, expiration_ms);
    }

    /// Sets the id of a log whose folder has none, or checks that it is the same.
    pub(crate) fn assign_topic_id(&self, asked: TopicId) -> Result<(), Error> {
        // Whoever flushes must find file and mark together.
        let mut flush = self.flush_lock.lock();
        let mut topic_id = self.topic_id.lock();
        match *topic_id {
            Some(on_disk) if on_disk != asked => {
                Err(Error::InconsistentTopicId { partition: self.partition.clone(), on_disk, asked })
            }
            Some(_) => Ok(()),
            None => {
                let path = self.files.named(names::PARTITION_METADATA);
                let text = properties::encode_topic_id(asked);
                crate::fs::write_unsynced(&*self.directory().fs, &path, text.as_bytes())
                    .map_err(|error| self.directory().failed(&path, &error))?;
                flush.topic_id_unsynced = true;
                self.offsets.folder_unsynced.store(true, Release);
                *topic_id = Some(asked);
                Ok(())
            }
        }
    }

    /// Distinguishes the logs of this process.
    pub(crate) fn number(&self) -> u64 {
        self.files.log
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.files.directory
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Acquire)
    }

    fn check_usable(&self) -> Result<(), Error> {
        if self.is_closed() {
            return Err(Error::Closed(self.partition.clone()));
        }
        self.directory().check()
    }

    /// To be called once readers that come now no longer find what is removed, and before its files go.
    fn note_removal(&self) {
        self.offsets.removals.fetch_add(2, AcqRel);
    }

    fn set_end(&self, end: Offset) {
        self.offsets.end.store(end.0, Release);
    }

    /// Moves marks back that would otherwise lie beyond the end.
    fn lower_marks(&self, end: Offset) {
        for mark in [&self.offsets.flushed, &self.offsets.recovery_point, &self.offsets.high_watermark] {
            mark.fetch_min(end.0, AcqRel);
        }
    }

    /// Closes the log for good, with its folder renamed.
    pub(crate) fn close_for_deletion(&self, folder: &str) -> Result<std::path::PathBuf, Error> {
        let _flush = self.flush_lock.lock();
        let _writer = self.writer.lock();
        self.check_usable()?;
        self.closed.store(true, Release);
        self.note_removal();
        let mut path = self.files.folder.write();
        let to = path.with_file_name(folder);
        let fs = &*self.directory().fs;
        fs.rename(&path, &to).map_err(|error| self.directory().fatal(&path, &error))?;
        fs.sync_folder(&self.directory().path).map_err(|error| self.directory().fatal(&to, &error))?;
        path.clone_from(&to);
        self.files.open.remove_log(self.files.log);
        self.tail.clear();
        self.directory().forget_recovery_point(&self.partition);
        Ok(to)
    }

    /// Flushes everything and closes the log, so that it opens without recovery.
    pub(crate) fn close(&self) -> Result<(), Error> {
        if self.is_closed() {
            return Ok(());
        }
        self.flush()?;
        let _flush = self.flush_lock.lock();
        let mut writer = self.writer.lock();
        self.closed.store(true, Release);
        let (active, size, written) = {
            let view = self.view.read();
            (view.active.base, view.active.size, view.active.written)
        };
        self.give_back_room(&mut writer, active, size)?;
        self.files.trim_indexes(active, written)?;
        self.files.open.remove_log(self.files.log);
        self.tail.clear();
        Ok(())
    }

    fn write_epochs(&self, epochs: &LeaderEpochs) -> Result<(), Error> {
        let path = self.files.named(names::LEADER_EPOCHS);
        let text = epochs.encode();
        crate::fs::replace_file(&*self.directory().fs, &path, text.as_bytes())
            .map_err(|error| self.directory().fatal(&path, &error))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.files.open.remove_log(self.files.log);
    }
}

fn malformed(path: std::path::PathBuf, what: &'static str, why: &checkpoint::Malformed) -> Error {
    Error::Malformed { path, what, why: why.to_string() }
}
