use super::{Access, Entry, FileSystem, Lock, LogFile, Space};
use rustix::{
    buffer::spare_capacity,
    fs::{FallocateFlags, FlockOperation},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, IoSlice},
    path::Path,
    sync::Arc,
    time::UNIX_EPOCH,
};

/// The machine's own files.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsFileSystem;

impl FileSystem for OsFileSystem {
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn LogFile>> {
        let (create, empty) = (access != Access::Existing, access == Access::Fresh);
        let file = OpenOptions::new().read(true).write(true).create(create).truncate(empty).open(path)?;
        Ok(Arc::new(OsFile(file)))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                // Removed since the folder was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            // A name that is not UTF-8 is none of ours.
            if let Ok(name) = entry.file_name().into_string() {
                entries.push(Entry {
                    name,
                    is_folder: metadata.is_dir(),
                    length: metadata.len(),
                    modified_ms: i64::try_from(modified.as_millis()).unwrap_or(i64::MAX),
                });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir_all(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        // The JVM takes the second kind, which knows processes; the first also tells two owners in one process apart.
        let exclusive = FlockOperation::NonBlockingLockExclusive;
        let locked =
            rustix::fs::flock(&file, exclusive).and_then(|()| rustix::fs::fcntl_lock(&file, exclusive));
        match locked {
            Ok(()) => Ok(Some(Box::new(OsLock(file)))),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn space(&self, folder: &Path) -> io::Result<Space> {
        let figures = rustix::fs::statvfs(folder)?;
        Ok(Space {
            total_bytes: figures.f_blocks.saturating_mul(figures.f_frsize),
            usable_bytes: figures.f_bavail.saturating_mul(figures.f_frsize),
        })
    }
}

#[derive(Debug)]
struct OsFile(File);

impl LogFile for OsFile {
    fn read_at(&self, buffer: &mut Vec<u8>, length: usize, position: u64) -> io::Result<()> {
        let end = buffer.len() + length;
        buffer.reserve_exact(length);
        while buffer.len() < end {
            let at = position + (buffer.len() + length - end) as u64;
            match rustix::io::pread(&self.0, spare_capacity(buffer), at) {
                Ok(0) => break,
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        // The allocation may have been larger than asked for.
        buffer.truncate(end);
        Ok(())
    }

    fn write_at(&self, buffers: &[IoSlice<'_>], position: u64) -> io::Result<usize> {
        Ok(rustix::io::pwritev(&self.0, buffers, position)?)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn reserve(&self, position: u64, length: u64) {
        let reserved = rustix::fs::fallocate(&self.0, FallocateFlags::KEEP_SIZE, position, length);
        if let Err(error) = reserved {
            tracing::trace!(%error, position, length, "no room reserved");
        }
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

#[derive(Debug)]
struct OsLock(#[expect(dead_code, reason = "the lock goes with the file")] File);

impl Lock for OsLock {}
