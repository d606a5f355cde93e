//! The files that are open, of all logs: at most so many, the least recently used are closed first.
//!
//! So a partition that nobody uses holds no descriptor, and a server has more partitions than descriptors.
use crate::fs::LogFile;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
};

/// Which file: of which log, the segment's base offset, and which of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileKey {
    pub(crate) log: u64,
    pub(crate) base: i64,
    pub(crate) kind: FileKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FileKind {
    Log,
    Index,
    TimeIndex,
}

/// Threads that use different logs seldom wait for each other.
const SHARDS: usize = 16;

#[derive(Debug)]
pub(crate) struct OpenFiles {
    shards: [Mutex<Shard>; SHARDS],
    capacity_per_shard: usize,
    uses: AtomicU64,
    /// As of the last [`close_idle`](Self::close_idle).
    now_ms: AtomicI64,
}

#[derive(Debug, Default)]
struct Shard {
    files: HashMap<FileKey, OpenFile>,
    /// How often files were forgotten because their names changed hands.
    removals: u64,
}

#[derive(Debug)]
struct OpenFile {
    file: Arc<dyn LogFile>,
    used: u64,
    used_ms: i64,
}

impl OpenFiles {
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            shards: Default::default(),
            capacity_per_shard: (capacity / SHARDS).max(1),
            uses: AtomicU64::new(0),
            now_ms: AtomicI64::new(0),
        })
    }

    fn shard(&self, key: FileKey) -> &Mutex<Shard> {
        // All files of a log share a shard, and neighbours do not.
        &self.shards[(key.log % SHARDS as u64) as usize]
    }

    /// The file, opened if it is not open.
    pub(crate) fn get(
        &self,
        key: FileKey,
        open: impl FnOnce() -> io::Result<Arc<dyn LogFile>>,
    ) -> io::Result<Arc<dyn LogFile>> {
        let used = self.uses.fetch_add(1, Relaxed);
        let used_ms = self.now_ms.load(Relaxed);
        let removals = {
            let mut shard = self.shard(key).lock();
            if let Some(open) = shard.files.get_mut(&key) {
                (open.used, open.used_ms) = (used, used_ms);
                return Ok(Arc::clone(&open.file));
            }
            shard.removals
        };
        let file = open()?;
        let mut shard = self.shard(key).lock();
        // Whoever created the file meanwhile knows better, and what was removed meanwhile must not come back.
        if let Some(open) = shard.files.get(&key) {
            return Ok(Arc::clone(&open.file));
        }
        if shard.removals == removals {
            self.put(&mut shard, key, OpenFile { file: Arc::clone(&file), used, used_ms });
        }
        Ok(file)
    }

    /// Takes in a file that was just created.
    pub(crate) fn insert(&self, key: FileKey, file: Arc<dyn LogFile>) {
        let used = self.uses.fetch_add(1, Relaxed);
        let open = OpenFile { file, used, used_ms: self.now_ms.load(Relaxed) };
        self.put(&mut self.shard(key).lock(), key, open);
    }

    fn put(&self, shard: &mut Shard, key: FileKey, open: OpenFile) {
        let files = &mut shard.files;
        if files.len() >= self.capacity_per_shard
            && !files.contains_key(&key)
            && let Some(oldest) = files.iter().min_by_key(|(_, open)| open.used).map(|(&key, _)| key)
        {
            files.remove(&oldest);
        }
        files.insert(key, open);
    }

    /// Forgets the files of a segment, whose names no longer lead to them.
    pub(crate) fn remove_segment(&self, log: u64, base: i64) {
        self.remove(log, |key| key.base == base);
    }

    pub(crate) fn remove_log(&self, log: u64) {
        self.remove(log, |_| true);
    }

    fn remove(&self, log: u64, is_gone: impl Fn(&FileKey) -> bool) {
        let mut shard = self.shard(FileKey { log, base: 0, kind: FileKind::Log }).lock();
        shard.removals += 1;
        shard.files.retain(|key, _| key.log != log || !is_gone(key));
    }

    /// Closes files that were not used for so long.
    pub(crate) fn close_idle(&self, now_ms: i64, idle_ms: i64) {
        self.now_ms.store(now_ms, Relaxed);
        for shard in &self.shards {
            let files = &mut shard.lock().files;
            files.retain(|_, open| now_ms.saturating_sub(open.used_ms) < idle_ms || open.used_ms == 0);
            // A file that was used before the first call gets its time now.
            files.values_mut().filter(|open| open.used_ms == 0).for_each(|open| open.used_ms = now_ms);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{Access, FileSystem, MemoryFileSystem};
    use std::path::Path;

    fn key(log: u64, base: i64) -> FileKey {
        FileKey { log, base, kind: FileKind::Log }
    }

    #[test]
    fn the_least_recently_used_is_closed_first() {
        let fs = MemoryFileSystem::new();
        fs.plant("/d/f", Vec::new());
        let files = OpenFiles::new(2 * SHARDS);
        let mut opened = 0;
        let mut use_file = |base| {
            let before = opened;
            let open = || {
                opened += 1;
                fs.open(Path::new("/d/f"), Access::Existing)
            };
            files.get(key(0, base), open).unwrap();
            opened > before
        };
        assert!(use_file(1) && use_file(2));
        assert!(!use_file(1));
        assert!(use_file(3), "the third is new");
        assert!(!use_file(1), "used more recently than 2");
        assert!(use_file(2), "was closed");
        files.close_idle(1_000, 500);
        assert!(!use_file(2));
        files.close_idle(1_600, 500);
        assert!(use_file(1), "was idle");
    }

    #[test]
    fn a_file_that_was_opened_before_its_name_changed_hands_is_not_kept() {
        let fs = MemoryFileSystem::new();
        let open = |content: &str| {
            let path = Path::new("/d").join(content);
            fs.plant(&path, content.into());
            fs.open(&path, Access::Existing)
        };
        let content = |file: io::Result<Arc<dyn LogFile>>| {
            let mut content = Vec::new();
            file.unwrap().read_at(&mut content, 10, 0).unwrap();
            String::from_utf8(content).unwrap()
        };
        let files = OpenFiles::new(2 * SHARDS);
        let old = files.get(key(0, 1), || {
            let file = open("old");
            files.remove_segment(0, 1);
            file
        });
        assert_eq!(content(old), "old");
        assert_eq!(content(files.get(key(0, 1), || open("new"))), "new");

        files.remove_log(0);
        let found = files.get(key(0, 1), || {
            let file = open("old");
            files.insert(key(0, 1), open("created").unwrap());
            file
        });
        assert_eq!(content(found), "created");
        assert_eq!(content(files.get(key(0, 1), || open("new"))), "created");
    }
}
