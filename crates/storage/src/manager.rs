//! The logs of one server, in one or more directories.
//!
//! Life of a directory: [`LogManager::open`] locks it and reads whose it is, [`LogManager::format`] makes it ours if it is
//! nobody's, [`LogManager::load`] opens its logs, and [`LogManager::shutdown`] leaves it so that the next start need not
//! check anything. A directory that fails on the way is offline; the others go on.
use crate::{
    DirectoryId, Error, Log, LogConfig, StorageOptions, TopicPartition,
    checkpoint::Offsets,
    directory::{Directory, FlushListener, Flusher},
    fs::{self, Lock},
    log::{OpenLog, Settings},
    names,
    open_files::OpenFiles,
    policy, properties,
    tail::TailCache,
};
use base::{BrokerEpoch, NodeId, Offset, TopicId};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// Whose a log directory is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaProperties {
    pub cluster_id: String,
    pub node_id: NodeId,
    pub directory_id: DirectoryId,
}

/// A log that is to exist.
#[derive(Clone, Debug)]
pub struct CreateLog {
    pub partition: TopicPartition,
    pub topic_id: Option<TopicId>,
    pub config: LogConfig,
    /// Where, if it does not exist yet; otherwise in the online directory that has the fewest logs.
    pub directory: Option<DirectoryId>,
}

/// A directory, for DescribeLogDirs.
#[derive(Clone, Debug)]
pub struct DirectoryDescription {
    pub path: PathBuf,
    pub directory_id: DirectoryId,
    pub offline: bool,
    pub total_bytes: u64,
    pub usable_bytes: u64,
    pub logs: Vec<LogDescription>,
}

#[derive(Clone, Debug)]
pub struct LogDescription {
    pub partition: TopicPartition,
    pub size_in_bytes: u64,
    pub log_end_offset: Offset,
}

/// The log of the metadata quorum in a folder of Kafka's. It is not ours to touch.
const CLUSTER_METADATA: &str = "__cluster_metadata-0";

/// How long a file stays open that nobody uses.
const IDLE_FILE_MS: i64 = 60_000;
/// All logs together may have this many times what one may have unflushed.
const UNFLUSHED_LOGS: u64 = 4;

#[derive(Debug)]
pub struct LogManager {
    options: StorageOptions,
    /// For logs of partitions.
    places: Vec<Place>,
    /// For the metadata log, where that is apart.
    metadata_place: Option<Place>,
    logs: RwLock<HashMap<TopicPartition, Arc<Log>>>,
    /// Logs that could not be opened, though their directory is fine.
    broken: Mutex<BTreeMap<TopicPartition, Error>>,
    /// Held while logs come and go.
    changing: Mutex<()>,
    open_files: Arc<OpenFiles>,
    tail_cache: Arc<TailCache>,
    next_number: AtomicU64,
    producers_checked_ms: AtomicI64,
    /// `producer.id.expiration.ms`, as it is now.
    producer_id_expiration_ms: AtomicI64,
    /// `num.recovery.threads.per.data.dir`, as it is now.
    threads_per_directory: AtomicUsize,
    clean_epochs: Mutex<Vec<Option<BrokerEpoch>>>,
}

/// A directory and what belongs to it.
#[derive(Debug)]
struct Place {
    directory: Arc<Directory>,
    flusher: Arc<Flusher>,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
    meta: Mutex<Option<(String, NodeId)>>,
    lock: Mutex<Option<Box<dyn Lock>>>,
}

/// What one directory says about its logs before they are opened.
struct Checkpoints {
    clean: bool,
    recovery_points: Offsets,
    high_watermarks: Offsets,
    log_start_offsets: Offsets,
}

impl LogManager {
    /// Makes and locks the directories, and reads whose they are.
    ///
    /// One that another server has locked, or whose `meta.properties` make no sense, is an error. One that cannot be read
    /// or written is offline; an error only if all are.
    pub fn open(options: StorageOptions) -> Result<Self, Error> {
        let open = |(i, path): (usize, &PathBuf)| {
            let place = Place::new(path, Arc::clone(&options.file_system), format!("flush-{i}"));
            match place.claim() {
                Ok(()) | Err(Error::DirectoryOffline { .. } | Error::NoSpace(_)) => Ok(place),
                Err(error) => Err(error),
            }
        };
        let places = options.directories.iter().enumerate().map(open).collect::<Result<Vec<_>, Error>>()?;
        let apart = options.metadata_directory.as_ref().filter(|path| !options.directories.contains(path));
        let metadata_place = apart.map(|path| open((places.len(), path))).transpose()?;
        let manager = Self {
            places,
            metadata_place,
            logs: RwLock::default(),
            broken: Mutex::default(),
            changing: Mutex::default(),
            open_files: OpenFiles::new(options.open_files),
            tail_cache: TailCache::new(options.tail_cache.as_usize()),
            next_number: AtomicU64::new(0),
            producers_checked_ms: AtomicI64::new(0),
            producer_id_expiration_ms: AtomicI64::new(policy::millis(options.producer_id_expiration)),
            threads_per_directory: AtomicUsize::new(options.recovery_threads_per_directory),
            clean_epochs: Mutex::default(),
            options,
        };
        manager.check_same_owner()?;
        if manager.online().next().is_none() {
            return Err(Error::NoDirectory);
        }
        Ok(manager)
    }

    fn online(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| !place.directory.is_offline())
    }

    fn all_online(&self) -> impl Iterator<Item = &Place> {
        self.all_places().filter(|place| !place.directory.is_offline())
    }

    /// Those for partitions, and that of the metadata log.
    fn all_places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().chain(&self.metadata_place)
    }

    fn check_same_owner(&self) -> Result<(), Error> {
        let mut owner: Option<(String, NodeId)> = None;
        for place in self.all_online() {
            let Some(meta) = place.meta.lock().clone() else { continue };
            match &owner {
                Some(owner) if *owner != meta => return Err(place.foreign(&meta, &owner.0, owner.1)),
                _ => owner = Some(meta),
            }
        }
        Ok(())
    }

    /// What the directories say about themselves; `None` before [`format`](Self::format). With several, the first's
    /// directory id.
    pub fn meta_properties(&self) -> Option<MetaProperties> {
        self.all_online().find_map(|place| {
            let (cluster_id, node_id) = place.meta.lock().clone()?;
            Some(MetaProperties { cluster_id, node_id, directory_id: place.directory.id() })
        })
    }

    /// The id of the directory at this path; `None` if this server has none there.
    pub fn directory_id_of(&self, path: &Path) -> Option<DirectoryId> {
        let mut places = self.all_places();
        places.find(|place| place.directory.path == path).map(|place| place.directory.id())
    }

    /// The id that a directory which has none yet gets when it is [formatted](Self::format), instead of a random one.
    pub fn name_directory(&self, path: &Path, id: DirectoryId) {
        for place in self.all_online().filter(|place| place.directory.path == path) {
            place.directory.set_id(id);
        }
    }

    /// Writes `meta.properties` where it is missing. A directory of another cluster or node is an error.
    pub fn format(&self, cluster_id: &str, node_id: NodeId) -> Result<(), Error> {
        let owner = (cluster_id.to_owned(), node_id);
        for place in self.all_online() {
            let mut meta = place.meta.lock();
            match &*meta {
                Some(other) if *other != owner => return Err(place.foreign(other, cluster_id, node_id)),
                Some(_) if place.directory.has_id() => {}
                _ => {
                    place.write_meta(&owner)?;
                    *meta = Some(owner.clone());
                }
            }
        }
        Ok(())
    }

    /// Opens all logs and recovers those that need it, several at a time. `__cluster_metadata-0` is left alone.
    ///
    /// A log whose files make no sense is [set aside](Self::broken_logs); the others open.
    pub fn load(
        &self,
        now_ms: i64,
        config: &(dyn Fn(&TopicPartition) -> LogConfig + Sync),
    ) -> Result<(), Error> {
        let _changing = self.changing.lock();
        for place in self.online() {
            match self.load_place(place, now_ms, config) {
                Ok(()) | Err(Error::DirectoryOffline { .. }) => {}
                // A disk too full to open the logs of is of no use.
                Err(error @ Error::NoSpace(_)) => drop(place.directory.take_offline(error.to_string())),
                Err(error) => return Err(error),
            }
        }
        if self.online().next().is_none() { Err(Error::NoDirectory) } else { Ok(()) }
    }

    fn load_place(
        &self,
        place: &Place,
        now_ms: i64,
        config: &(dyn Fn(&TopicPartition) -> LogConfig + Sync),
    ) -> Result<(), Error> {
        let directory = &place.directory;
        let checkpoints = self.read_checkpoints(place)?;
        directory.set_recovery_points(checkpoints.recovery_points.clone());
        let folders = Mutex::new(self.list_logs(place, now_ms)?);
        let failure = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..self.threads_per_directory.load(Relaxed).max(1) {
                scope.spawn(|| {
                    loop {
                        let Some((partition, folder)) = folders.lock().pop() else { return };
                        let opened =
                            self.open_log(place, &checkpoints, partition.clone(), folder, config(&partition), now_ms);
                        let result = opened.and_then(|log| self.add(log));
                        match result {
                            Ok(()) => {}
                            Err(error @ (Error::Malformed { .. } | Error::Corrupt { .. })) => {
                                tracing::error!(%partition, %error, "the log cannot be opened and is set aside");
                                self.broken.lock().insert(partition, error);
                            }
                            Err(error) => {
                                *failure.lock() = Some(error);
                                return;
                            }
                        }
                    }
                });
            }
        });
        failure.into_inner().map_or(Ok(()), Err)
    }

    /// Also takes away the sign of a clean shutdown, before anything is changed.
    fn read_checkpoints(&self, place: &Place) -> Result<Checkpoints, Error> {
        let directory = &place.directory;
        let path = directory.path.join(names::CLEAN_SHUTDOWN);
        let fs = &*directory.fs;
        let failed = |error: std::io::Error| directory.failed(&path, &error);
        let content = fs::read_if_exists(fs, &path).map_err(failed)?;
        let text = content.as_deref().map(String::from_utf8_lossy);
        self.clean_epochs.lock().push(text.as_deref().and_then(properties::decode_clean_shutdown));
        if content.is_some() {
            fs::remove_if_exists(fs, &path).map_err(failed)?;
            fs.sync_folder(&directory.path).map_err(failed)?;
        }
        Ok(Checkpoints {
            clean: content.is_some(),
            recovery_points: directory.read_checkpoint(names::RECOVERY_POINTS)?,
            high_watermarks: directory.read_checkpoint(names::HIGH_WATERMARKS)?,
            log_start_offsets: directory.read_checkpoint(names::LOG_START_OFFSETS)?,
        })
    }

    fn list_logs(&self, place: &Place, now_ms: i64) -> Result<Vec<(TopicPartition, PathBuf)>, Error> {
        let directory = &place.directory;
        let entries =
            directory.fs.list(&directory.path).map_err(|error| directory.failed(&directory.path, &error))?;
        let mut folders = Vec::new();
        for entry in entries.into_iter().filter(|entry| entry.is_folder && entry.name != CLUSTER_METADATA) {
            let path = directory.path.join(&entry.name);
            if names::is_deleted_folder(&entry.name) {
                directory.remove_later(path, true, now_ms);
            } else if let Ok(partition) = entry.name.parse() {
                folders.push((partition, path));
            } else {
                tracing::debug!(path = %path.display(), "not a log");
            }
        }
        Ok(folders)
    }

    fn open_log(
        &self,
        place: &Place,
        checkpoints: &Checkpoints,
        partition: TopicPartition,
        folder: PathBuf,
        config: LogConfig,
        now_ms: i64,
    ) -> Result<Arc<Log>, Error> {
        let offset =
            |offsets: &Offsets| offsets.get(&partition).copied().unwrap_or(Offset::ZERO).max(Offset::ZERO);
        Log::open(OpenLog {
            recovery_point: offset(&checkpoints.recovery_points),
            log_start_offset: offset(&checkpoints.log_start_offsets),
            high_watermark: offset(&checkpoints.high_watermarks),
            clean: checkpoints.clean,
            is_new: false,
            ..self.open_new(place, partition, folder, config, now_ms)
        })
    }

    fn open_new(
        &self,
        place: &Place,
        partition: TopicPartition,
        folder: PathBuf,
        config: LogConfig,
        now_ms: i64,
    ) -> OpenLog {
        OpenLog {
            number: self.next_number.fetch_add(1, Relaxed),
            partition,
            folder,
            is_new: true,
            directory: Arc::clone(&place.directory),
            open_files: Arc::clone(&self.open_files),
            tail_cache: Arc::clone(&self.tail_cache),
            flusher: Arc::clone(&place.flusher),
            settings: Settings {
                unflushed_bytes: self.options.unflushed_bytes.0,
                verify_crc_on_read: self.options.verify_crc_on_read,
            },
            config,
            recovery_point: Offset::ZERO,
            log_start_offset: Offset::ZERO,
            high_watermark: Offset::ZERO,
            clean: false,
            now_ms,
        }
    }

    fn add(&self, log: Arc<Log>) -> Result<(), Error> {
        let mut logs = self.logs.write();
        if let Some(other) = logs.get(log.partition()) {
            let paths = [other, &log].map(|log| log.directory().path.clone());
            let [first, second] = paths;
            return Err(Error::Duplicate { partition: log.partition().clone(), first, second });
        }
        logs.insert(log.partition().clone(), log);
        Ok(())
    }

    /// Is told of each directory that goes offline, once, on whichever thread met the failure; at once of those that are.
    /// Must not block.
    pub fn on_offline(&self, listener: impl Fn(DirectoryId, &Error) + Send + Sync + 'static) {
        let listener = Arc::new(listener);
        for place in &self.places {
            let listener = Arc::clone(&listener);
            place.directory.set_listener(Box::new(move |id, error| listener(id, error)));
        }
    }

    /// `listener` is told how long each flush of a log's records took, on the thread that flushed. Set once.
    pub fn on_flush(&self, listener: impl Fn(Duration) + Send + Sync + 'static) {
        let listener: FlushListener = Arc::new(listener);
        for place in &self.places {
            place.directory.set_flush_listener(Arc::clone(&listener));
        }
    }

    /// The broker epoch of the last clean shutdown, if every directory was left in good order (KIP-966).
    pub fn previous_broker_epoch(&self) -> Option<BrokerEpoch> {
        let epochs = self.clean_epochs.lock();
        let first = (*epochs.first()?)?;
        (epochs.len() == self.places.len() && epochs.iter().all(|epoch| *epoch == Some(first)))
            .then_some(first)
    }

    /// Another `producer.id.expiration.ms` from now on.
    pub fn set_producer_id_expiration(&self, expiration: Duration) {
        self.producer_id_expiration_ms.store(policy::millis(expiration), Relaxed);
    }

    /// Another `num.recovery.threads.per.data.dir`, for what is opened or closed from now on.
    pub fn set_threads_per_directory(&self, count: i32) {
        self.threads_per_directory.store(usize::try_from(count).unwrap_or(1), Relaxed);
    }

    pub fn get(&self, partition: &TopicPartition) -> Option<Arc<Log>> {
        self.logs.read().get(partition).cloned()
    }

    pub fn logs(&self) -> Vec<Arc<Log>> {
        self.logs.read().values().cloned().collect()
    }

    /// Logs whose files make no sense, and why.
    pub fn broken_logs(&self) -> Vec<(TopicPartition, Error)> {
        self.broken.lock().iter().map(|(partition, error)| (partition.clone(), error.clone())).collect()
    }

    /// The log, made if it does not exist. One of another topic id is an error.
    pub fn get_or_create(&self, create: CreateLog, now_ms: i64) -> Result<Arc<Log>, Error> {
        let _changing = self.changing.lock();
        let CreateLog { partition, topic_id, config, directory } = create;
        if let Some(error) = self.broken.lock().get(&partition) {
            return Err(error.clone());
        }
        if let Some(log) = self.get(&partition) {
            log.directory().check()?;
            topic_id.map_or(Ok(()), |topic_id| log.assign_topic_id(topic_id))?;
            log.set_config(config);
            return Ok(log);
        }
        let place = self.place_for_new(directory)?;
        let folder = place.directory.path.join(partition.to_string());
        let failed = |error: std::io::Error| place.directory.failed(&folder, &error);
        place.directory.fs.create_folder(&folder).map_err(failed)?;
        let log = Log::open(self.open_new(place, partition, folder.clone(), config, now_ms))?;
        topic_id.map_or(Ok(()), |topic_id| log.assign_topic_id(topic_id))?;
        self.logs.write().insert(log.partition().clone(), Arc::clone(&log));
        Ok(log)
    }

    fn place_for_new(&self, asked: Option<DirectoryId>) -> Result<&Place, Error> {
        if let Some(asked) = asked {
            let place =
                self.places.iter().find(|place| place.directory.id() == asked).ok_or(Error::NoDirectory)?;
            place.directory.check()?;
            return Ok(place);
        }
        let mut counts: HashMap<DirectoryId, usize> = HashMap::new();
        for log in self.logs.read().values() {
            *counts.entry(log.directory_id()).or_default() += 1;
        }
        let count = |place: &&Place| counts.get(&place.directory.id()).copied().unwrap_or(0);
        self.online().min_by_key(count).ok_or(Error::NoDirectory)
    }

    /// Takes a log out of use. Its folder is renamed at once and removed by [`maintain`](Self::maintain) after
    /// `file.delete.delay.ms`.
    pub fn delete(&self, partition: &TopicPartition, now_ms: i64) -> Result<(), Error> {
        let _changing = self.changing.lock();
        let log = self.get(partition).ok_or_else(|| Error::NoLog(partition.clone()))?;
        let due_ms = now_ms.saturating_add(policy::millis(log.config().file_delete_delay_ms));
        let folder = names::deleted_folder_name(partition, uuid::Uuid::new_v4());
        let path = log.close_for_deletion(&folder)?;
        log.directory().remove_later(path, true, due_ms);
        self.logs.write().remove(partition);
        Ok(())
    }

    pub fn directories(&self) -> Vec<DirectoryId> {
        self.places.iter().map(|place| place.directory.id()).collect()
    }

    pub fn describe(&self) -> Vec<DirectoryDescription> {
        let logs = self.logs();
        let describe = |place: &Place| {
            let directory = &place.directory;
            let space = directory.fs.space(&directory.path).unwrap_or_default();
            let here = logs.iter().filter(|log| log.directory_id() == directory.id());
            let describe_log = |log: &Arc<Log>| LogDescription {
                partition: log.partition().clone(),
                size_in_bytes: log.size_in_bytes(),
                log_end_offset: log.log_end_offset(),
            };
            DirectoryDescription {
                path: directory.path.clone(),
                directory_id: directory.id(),
                offline: directory.is_offline(),
                total_bytes: space.total_bytes,
                usable_bytes: space.usable_bytes,
                logs: here.map(describe_log).collect(),
            }
        };
        self.places.iter().map(describe).collect()
    }

    /// Memory that the newest batches of all logs take.
    pub fn tail_cache_bytes(&self) -> usize {
        self.tail_cache.used()
    }

    pub fn checkpoint_recovery_points(&self) -> Result<(), Error> {
        self.on_each(|place| place.directory.write_recovery_points())
    }

    pub fn checkpoint_high_watermarks(&self) -> Result<(), Error> {
        self.write_checkpoints(names::HIGH_WATERMARKS, |log| Some(log.high_watermark()))
    }

    /// Of logs that start elsewhere than their first segment.
    pub fn checkpoint_log_start_offsets(&self) -> Result<(), Error> {
        self.write_checkpoints(names::LOG_START_OFFSETS, |log| {
            Some(log.log_start_offset()).filter(|start| *start > log.first_segment())
        })
    }

    fn write_checkpoints(&self, name: &str, offset: impl Fn(&Log) -> Option<Offset>) -> Result<(), Error> {
        let logs = self.logs();
        self.on_each(|place| {
            let here = logs.iter().filter(|log| log.directory_id() == place.directory.id());
            let offsets = here.filter_map(|log| Some((log.partition().clone(), offset(log)?))).collect();
            place.directory.write_checkpoint(name, &offsets)
        })
    }

    /// Does something for each online directory, and reports the first failure after the last.
    fn on_each(&self, mut work: impl FnMut(&Place) -> Result<(), Error>) -> Result<(), Error> {
        let results: Vec<_> = self.online().map(&mut work).collect();
        results.into_iter().collect()
    }

    /// Applies retention to every log; returns how many segments went. Once every `log.retention.check.interval.ms`.
    pub fn apply_retention(&self, now_ms: i64) -> usize {
        let mut count = 0;
        for log in self.logs() {
            match log.delete_old_segments(now_ms) {
                Ok(deleted) => count += deleted,
                Err(Error::DirectoryOffline { .. } | Error::Closed(_)) => {}
                Err(error) => tracing::warn!(partition = %log.partition(), %error, "retention failed"),
            }
        }
        count
    }

    /// What is due by time: `flush.ms`, the removal of deleted files, recovery points, silent producers, idle files. To be
    /// called every second or so.
    pub fn maintain(&self, now_ms: i64) {
        for place in self.online() {
            place.directory.remove_due(now_ms);
            if let Err(error) = place.directory.write_recovery_points() {
                tracing::warn!(%error, "recovery points were not written");
            }
        }
        self.open_files.close_idle(now_ms, IDLE_FILE_MS);
        let checked_ms = now_ms.saturating_sub(self.producers_checked_ms.load(Relaxed));
        let check_producers = checked_ms >= policy::millis(self.options.producer_id_expiration_check);
        if check_producers {
            self.producers_checked_ms.store(now_ms, Relaxed);
        }
        let logs = self.logs();
        for log in &logs {
            if log.is_flush_due(now_ms) {
                log.request_checkpoint();
            }
            if check_producers {
                log.expire_producers(now_ms, self.producer_id_expiration_ms.load(Relaxed));
            }
        }
        self.bound_recovery(&logs);
    }

    /// Keeps what all logs together would have to read after a crash within its bound, beginning with those that would
    /// have to read most.
    fn bound_recovery(&self, logs: &[Arc<Log>]) {
        let unflushed = logs.iter().map(|log| (log.unflushed_bytes(), log));
        let mut unflushed: Vec<_> = unflushed.filter(|(bytes, _)| *bytes > 0).collect();
        let mut total: u64 = unflushed.iter().map(|(bytes, _)| bytes).sum();
        let bound = self.options.unflushed_bytes.0.saturating_mul(UNFLUSHED_LOGS);
        if total <= bound {
            return;
        }
        unflushed.sort_unstable_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        for (bytes, log) in unflushed {
            log.request_checkpoint();
            total -= bytes;
            if total <= bound / 2 {
                return;
            }
        }
    }

    /// Flushes and closes all logs, and leaves the directories so that the next start need not check them.
    ///
    /// A directory that fails in this is left as after a crash.
    pub fn shutdown(&self, broker_epoch: BrokerEpoch) -> Result<(), Error> {
        let _changing = self.changing.lock();
        for place in self.all_places() {
            place.flusher.stop();
            if let Some(thread) = place.thread.lock().take() {
                let _ = thread.join();
            }
        }
        if let Some(place) = &self.metadata_place {
            *place.lock.lock() = None;
        }
        let logs = self.logs();
        let outcome = self.on_each(|place| {
            let here: Vec<_> =
                logs.iter().filter(|log| log.directory_id() == place.directory.id()).cloned().collect();
            close_all(&here, self.threads_per_directory.load(Relaxed))?;
            place.directory.write_recovery_points()
        });
        let outcome = outcome.and(self.checkpoint_high_watermarks()).and(self.checkpoint_log_start_offsets());
        outcome.and(self.on_each(|place| {
            let path = place.directory.path.join(names::CLEAN_SHUTDOWN);
            let text = properties::encode_clean_shutdown(broker_epoch);
            let fs = &*place.directory.fs;
            fs::write_file(fs, &path, text.as_bytes())
                .and_then(|()| fs.sync_folder(&place.directory.path))
                .map_err(|error| place.directory.failed(&path, &error))?;
            *place.lock.lock() = None;
            Ok(())
        }))
    }
}

/// Flushes and closes logs, so many at the same time.
fn close_all(logs: &[Arc<Log>], threads: usize) -> Result<(), Error> {
    let share = logs.len().div_ceil(threads.max(1)).max(1);
    thread::scope(|scope| {
        let close = |part: &[Arc<Log>]| part.iter().try_for_each(|log| log.close());
        let threads: Vec<_> = logs.chunks(share).map(|part| scope.spawn(move || close(part))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().expect("closing does not panic"))
    })
}

impl Drop for LogManager {
    fn drop(&mut self) {
        for place in self.all_places() {
            place.flusher.stop();
            if let Some(thread) = place.thread.lock().take() {
                let _ = thread.join();
            }
        }
    }
}

impl Place {
    fn new(path: &Path, file_system: Arc<dyn crate::FileSystem>, flusher: String) -> Self {
        let (flusher, thread) = Flusher::start(flusher);
        Self {
            directory: Directory::new(path.to_owned(), file_system),
            flusher,
            thread: Mutex::new(Some(thread)),
            meta: Mutex::default(),
            lock: Mutex::default(),
        }
    }

    fn claim(&self) -> Result<(), Error> {
        let Directory { path, fs, .. } = &*self.directory;
        let failed = |error: std::io::Error| self.directory.failed(path, &error);
        fs.create_folder(path).map_err(failed)?;
        let lock =
            fs.lock(&path.join(names::LOCK)).map_err(failed)?.ok_or_else(|| Error::Locked(path.clone()))?;
        *self.lock.lock() = Some(lock);
        let file = path.join(names::META_PROPERTIES);
        let Some(content) =
            fs::read_if_exists(&**fs, &file).map_err(|error| self.directory.failed(&file, &error))?
        else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(&content);
        let (cluster_id, node_id, directory_id) = properties::decode_meta(&text)
            .map_err(|why| Error::Malformed { path: file, what: "meta.properties", why })?;
        if let Some(id) = directory_id {
            self.directory.set_id(id);
        }
        *self.meta.lock() = Some((cluster_id, node_id));
        Ok(())
    }

    fn write_meta(&self, owner: &(String, NodeId)) -> Result<(), Error> {
        let path = self.directory.path.join(names::META_PROPERTIES);
        let (cluster_id, node_id) = owner.clone();
        let text = properties::encode_meta(&MetaProperties {
            cluster_id,
            node_id,
            directory_id: self.directory.id(),
        });
        fs::replace_file(&*self.directory.fs, &path, text.as_bytes())
            .map_err(|error| self.directory.failed(&path, &error))
    }

    fn foreign(&self, meta: &(String, NodeId), cluster_id: &str, node_id: NodeId) -> Error {
        Error::Malformed {
            path: self.directory.path.join(names::META_PROPERTIES),
            what: "directory of this server",
            why: format!(
                "it belongs to node {} of cluster `{}`, this is node {node_id} of cluster `{cluster_id}`",
                meta.1, meta.0
            ),
        }
    }
}
