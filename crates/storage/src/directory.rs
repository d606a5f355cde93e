//! One log directory: whether it can be trusted, and the thread that flushes its logs.
//!
//! A directory goes offline with the first failed write, read or flush and stays so until the server starts again. A
//! failed flush is never tried again: the kernel may have thrown the pages away, and the second try would succeed
//! without them. A full disk is no failure: the append is refused, what was written of it is cut off, and the next one
//! may succeed. (Kafka takes the directory offline for that too.)
use crate::{
    DirectoryId, Error, FlushCallback, Log, TopicPartition,
    checkpoint::{self, Offsets},
    fs::{self, FileSystem},
    names,
};
use base::Offset;
use parking_lot::{Condvar, Mutex};
use std::{
    collections::BTreeMap,
    fmt, io, mem,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

pub(crate) type FlushListener = Arc<dyn Fn(Duration) + Send + Sync>;

type Listener = Box<dyn Fn(DirectoryId, &Error) + Send + Sync>;

pub(crate) struct Directory {
    pub(crate) path: PathBuf,
    pub(crate) fs: Arc<dyn FileSystem>,
    id: OnceLock<DirectoryId>,
    offline: OnceLock<Arc<str>>,
    listener: Mutex<Option<Listener>>,
    flush_listener: OnceLock<FlushListener>,
    doomed: Mutex<Vec<Doomed>>,
    recovery_points: Mutex<RecoveryPoints>,
}

/// Up to where each log need not be read after a crash.
#[derive(Debug, Default)]
struct RecoveryPoints {
    offsets: Offsets,
    /// They differ from the file.
    unwritten: bool,
}

/// Renamed already, to be removed later.
#[derive(Debug)]
struct Doomed {
    path: PathBuf,
    is_folder: bool,
    due_ms: i64,
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("path", &self.path)
            .field("offline", &self.offline)
            .finish_non_exhaustive()
    }
}

impl Directory {
    pub(crate) fn new(path: PathBuf, fs: Arc<dyn FileSystem>) -> Arc<Self> {
        Arc::new(Self {
            path,
            fs,
            id: OnceLock::new(),
            offline: OnceLock::new(),
            listener: Mutex::default(),
            flush_listener: OnceLock::new(),
            doomed: Mutex::default(),
            recovery_points: Mutex::default(),
        })
    }

    /// Random until it is set.
    pub(crate) fn id(&self) -> DirectoryId {
        *self.id.get_or_init(DirectoryId::random)
    }

    pub(crate) fn set_id(&self, id: DirectoryId) {
        let _ = self.id.set(id);
    }

    pub(crate) fn has_id(&self) -> bool {
        self.id.get().is_some()
    }

    pub(crate) fn set_listener(&self, listener: Listener) {
        *self.listener.lock() = Some(listener);
        if let Err(error) = self.check() {
            self.tell(&error);
        }
    }

    /// Told of every flush; only the first counts.
    pub(crate) fn set_flush_listener(&self, listener: FlushListener) {
        let _ = self.flush_listener.set(listener);
    }

    /// A log's records were made durable.
    pub(crate) fn flushed(&self, took: Duration) {
        if let Some(listener) = self.flush_listener.get() {
            listener(took);
        }
    }

    pub(crate) fn is_offline(&self) -> bool {
        self.offline.get().is_some()
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.offline.get() {
            None => Ok(()),
            Some(reason) => {
                Err(Error::DirectoryOffline { directory: self.path.clone(), reason: Arc::clone(reason) })
            }
        }
    }

    /// What becomes of an I/O error: a full disk is reported, anything else takes the directory offline.
    pub(crate) fn failed(&self, path: &Path, error: &io::Error) -> Error {
        if fs::is_no_space(error) {
            return Error::NoSpace(self.path.clone());
        }
        self.fatal(path, error)
    }

    /// A full disk at this point is as bad as any other error.
    pub(crate) fn fatal(&self, path: &Path, error: &io::Error) -> Error {
        self.take_offline(format!("{}: {error}", path.display()))
    }

    pub(crate) fn take_offline(&self, reason: String) -> Error {
        let mut is_news = false;
        let reason = self.offline.get_or_init(|| {
            is_news = true;
            reason.into()
        });
        let error = Error::DirectoryOffline { directory: self.path.clone(), reason: Arc::clone(reason) };
        if is_news {
            tracing::error!(directory = %self.path.display(), %reason, "log directory goes offline");
            self.tell(&error);
        }
        error
    }

    fn tell(&self, error: &Error) {
        if let Some(listener) = &*self.listener.lock() {
            listener(self.id(), error);
        }
    }

    pub(crate) fn set_recovery_points(&self, offsets: Offsets) {
        self.recovery_points.lock().offsets = offsets;
    }

    /// A log is durable up to here. Being late to say so costs time at the next start, no more.
    pub(crate) fn note_recovery_point(&self, partition: &TopicPartition, offset: Offset) {
        let mut points = self.recovery_points.lock();
        points.unwritten |= points.offsets.insert(partition.clone(), offset) != Some(offset);
    }

    /// A log was shortened. This must be on the disk before anything else is written to the log.
    pub(crate) fn lower_recovery_point(
        &self,
        partition: &TopicPartition,
        offset: Offset,
    ) -> Result<(), Error> {
        {
            let mut points = self.recovery_points.lock();
            match points.offsets.get_mut(partition).filter(|point| **point > offset) {
                Some(point) => *point = offset,
                None => return Ok(()),
            }
            points.unwritten = true;
        }
        self.write_recovery_points()
    }

    pub(crate) fn forget_recovery_point(&self, partition: &TopicPartition) {
        let mut points = self.recovery_points.lock();
        points.unwritten |= points.offsets.remove(partition).is_some();
    }

    pub(crate) fn write_recovery_points(&self) -> Result<(), Error> {
        let mut points = self.recovery_points.lock();
        if points.unwritten {
            self.write_checkpoint(names::RECOVERY_POINTS, &points.offsets)?;
            points.unwritten = false;
        }
        Ok(())
    }

    pub(crate) fn write_checkpoint(&self, name: &str, offsets: &Offsets) -> Result<(), Error> {
        self.check()?;
        let path = self.path.join(name);
        let text = checkpoint::encode_offsets(offsets);
        fs::replace_file(&*self.fs, &path, text.as_bytes()).map_err(|error| self.failed(&path, &error))
    }

    /// Nothing, if there is no such file or it is broken: all three checkpoints only save work or move back.
    pub(crate) fn read_checkpoint(&self, name: &str) -> Result<Offsets, Error> {
        let path = self.path.join(name);
        let content = fs::read_if_exists(&*self.fs, &path).map_err(|error| self.failed(&path, &error))?;
        let text = String::from_utf8_lossy(content.as_deref().unwrap_or_default()).into_owned();
        Ok(checkpoint::decode_offsets(&text).unwrap_or_else(|why| {
            tracing::warn!(path = %path.display(), %why, "the checkpoint is broken and is not used");
            Offsets::new()
        }))
    }

    pub(crate) fn remove_later(&self, path: PathBuf, is_folder: bool, due_ms: i64) {
        self.doomed.lock().push(Doomed { path, is_folder, due_ms });
    }

    /// Removes what is due. Failing to is no reason to go offline.
    pub(crate) fn remove_due(&self, now_ms: i64) {
        if self.is_offline() {
            return;
        }
        let due: Vec<_> = self.doomed.lock().extract_if(.., |doomed| doomed.due_ms <= now_ms).collect();
        for doomed in due {
            let removed = match doomed.is_folder {
                true => self.fs.remove_folder(&doomed.path),
                false => fs::remove_if_exists(&*self.fs, &doomed.path),
            };
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(path = %doomed.path.display(), %error, "could not remove");
                }
                _ => {}
            }
        }
    }
}

/// The thread of a directory that makes its logs durable.
///
/// It takes all requests that have gathered, flushes each log once, and answers; what comes meanwhile is for the next
/// round. So one flush serves all who wait for it, and a busy disk makes rounds larger, not the queue longer.
#[derive(Debug, Default)]
pub(crate) struct Flusher {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    requests: Vec<Request>,
    stopped: bool,
}

struct Request {
    log: Arc<Log>,
    what: What,
}

enum What {
    /// Make the log's bytes durable, and say so.
    Flush(Offset, FlushCallback),
    /// Move the recovery point up.
    Checkpoint,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({})", self.log.partition())
    }
}

/// Logs that one round flushes at the same time. A disk does several flushes in the time of one.
const PARALLEL_FLUSHES: usize = 4;

impl Flusher {
    pub(crate) fn start(name: String) -> (Arc<Self>, thread::JoinHandle<()>) {
        let flusher = Arc::new(Self::default());
        let running = Arc::clone(&flusher);
        let thread =
            thread::Builder::new().name(name).spawn(move || running.run()).expect("the system has threads");
        (flusher, thread)
    }

    pub(crate) fn flush(&self, log: Arc<Log>, up_to: Offset, done: FlushCallback) {
        self.push(Request { log, what: What::Flush(up_to, done) });
    }

    pub(crate) fn checkpoint(&self, log: Arc<Log>) {
        self.push(Request { log, what: What::Checkpoint });
    }

    fn push(&self, request: Request) {
        let mut queue = self.queue.lock();
        if !queue.stopped {
            queue.requests.push(request);
            self.wake.notify_one();
            return;
        }
        drop(queue);
        if let What::Flush(_, done) = request.what {
            done(Err(Error::Closed(request.log.partition().clone())));
        }
    }

    /// Lets the thread end after what it has.
    pub(crate) fn stop(&self) {
        self.queue.lock().stopped = true;
        self.wake.notify_one();
    }

    fn run(&self) {
        loop {
            let requests = {
                let mut queue = self.queue.lock();
                while queue.requests.is_empty() && !queue.stopped {
                    self.wake.wait(&mut queue);
                }
                mem::take(&mut queue.requests)
            };
            if requests.is_empty() {
                return;
            }
            round(requests);
        }
    }
}

/// All that one round does for one log.
struct Work {
    log: Arc<Log>,
    checkpoint: bool,
    waiting: Vec<(Offset, FlushCallback)>,
}

fn round(requests: Vec<Request>) {
    let mut by_log = BTreeMap::new();
    for Request { log, what } in requests {
        let work = by_log.entry(log.number()).or_insert_with(|| Work {
            log,
            checkpoint: false,
            waiting: Vec::new(),
        });
        match what {
            What::Flush(up_to, done) => work.waiting.push((up_to, done)),
            What::Checkpoint => work.checkpoint = true,
        }
    }
    let works: Vec<_> = by_log.into_values().collect();
    // A recovery point that is not written down is not there after a crash.
    let moved = works.iter().find(|work| work.checkpoint).map(|work| Arc::clone(&work.log));
    run_all(works);
    if let Some(log) = moved
        && let Err(error) = log.directory().write_recovery_points()
    {
        tracing::warn!(%error, "recovery points were not written");
    }
}

fn run_all(mut works: Vec<Work>) {
    if works.len() == 1 {
        return works.into_iter().for_each(Work::run);
    }
    let share = works.len().div_ceil(PARALLEL_FLUSHES);
    thread::scope(|scope| {
        while !works.is_empty() {
            let part: Vec<_> = works.drain(..share.min(works.len())).collect();
            scope.spawn(|| part.into_iter().for_each(Work::run));
        }
    });
}

impl Work {
    fn run(self) {
        let Self { log, checkpoint, waiting } = self;
        // Whoever waits does not wait for the files beside the log.
        if !waiting.is_empty() {
            let outcome = log.flush_data();
            for (up_to, done) in waiting {
                done(outcome.clone().and_then(|()| log.check_flushed(up_to)));
            }
        }
        if checkpoint && let Err(error) = log.flush() {
            tracing::warn!(partition = %log.partition(), %error, "the recovery point stays where it is");
        }
    }
}
