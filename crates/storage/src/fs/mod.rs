//! The little of a file system that logs need, as a trait that tests can break.
//!
//! [`OsFileSystem`] is the real one. [`MemoryFileSystem`] keeps files in memory, fails when told to, and can lose what
//! was not synced, as a machine does that loses power.
//!
//! Nothing is memory-mapped: a page that cannot be read would be a signal instead of an error.
mod memory;
mod os;

pub use memory::{Failure, Fault, MemoryFileSystem, Operation};
pub use os::OsFileSystem;

use std::{
    fmt::Debug,
    io::{self, IoSlice},
    path::Path,
    sync::Arc,
};

pub trait FileSystem: Send + Sync + Debug {
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn LogFile>>;
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// What lies in a folder, by name.
    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>>;
    /// With its parents; it may exist.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;
    /// Replaces a file that is in the way.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// With everything in it.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;
    /// Makes names created, renamed and removed in the folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// `None` if another process or another owner in this one has the lock, which lasts as long as what is returned.
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>>;
    fn space(&self, folder: &Path) -> io::Result<Space>;
}

/// An open file. Positions are explicit, so that threads can share it.
pub trait LogFile: Send + Sync + Debug {
    /// Appends at most `length` bytes to `buffer`, from `position` on. Fewer only at the end of the file.
    fn read_at(&self, buffer: &mut Vec<u8>, length: usize, position: u64) -> io::Result<()>;
    /// Writes all buffers or a front part of them; returns how much.
    fn write_at(&self, buffers: &[IoSlice<'_>], position: u64) -> io::Result<usize>;
    /// Also gives back what is reserved beyond.
    fn set_len(&self, length: u64) -> io::Result<()>;
    /// Sets room aside on the disk for writes to come, without changing the length. Only a wish: whether there is room is
    /// for the write to find out.
    fn reserve(&self, position: u64, length: u64);
    /// Makes the content and the length durable.
    fn sync(&self) -> io::Result<()>;
}

/// Held for as long as it lives.
pub trait Lock: Send + Sync + Debug {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// For reading and writing; it must exist.
    Existing,
    /// For reading and writing, with what it has if it exists. Of two that open it so at once, both have the same file.
    Kept,
    /// For reading and writing, empty, whether or not it existed.
    Fresh,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub is_folder: bool,
    pub length: u64,
    pub modified_ms: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Space {
    pub total_bytes: u64,
    pub usable_bytes: u64,
}

/// Writes everything, however often the file takes only a part.
pub(crate) fn write_all_at(
    file: &dyn LogFile,
    mut buffers: &mut [IoSlice<'_>],
    mut position: u64,
) -> io::Result<()> {
    // Empty ones in front would look like a file that takes nothing.
    IoSlice::advance_slices(&mut buffers, 0);
    while !buffers.is_empty() {
        // More than the kernel's limit of 1024 would be an error, not a short write.
        let written = match file.write_at(&buffers[..buffers.len().min(MAX_BUFFERS)], position) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        position += written as u64;
        IoSlice::advance_slices(&mut buffers, written);
    }
    Ok(())
}

/// Most buffers that one write takes.
pub(crate) const MAX_BUFFERS: usize = 1024;

/// Creates or empties `path` and fills it.
pub(crate) fn write_unsynced(fs: &dyn FileSystem, path: &Path, content: &[u8]) -> io::Result<()> {
    let file = fs.open(path, Access::Fresh)?;
    write_all_at(&*file, &mut [IoSlice::new(content)], 0)
}

/// Creates or empties `path` and fills it durably. The name itself is durable after the folder is synced.
pub(crate) fn write_file(fs: &dyn FileSystem, path: &Path, content: &[u8]) -> io::Result<()> {
    let file = fs.open(path, Access::Fresh)?;
    write_all_at(&*file, &mut [IoSlice::new(content)], 0)?;
    file.sync()
}

/// Makes a file durable that was written elsewhere.
pub(crate) fn sync_file(fs: &dyn FileSystem, path: &Path) -> io::Result<()> {
    fs.open(path, Access::Existing)?.sync()
}

/// Replaces `path` by `content` so that after a crash it has its old or its new content and no mixture.
pub(crate) fn replace_file(fs: &dyn FileSystem, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let temporary = Path::new(&temporary);
    write_file(fs, temporary, content)?;
    fs.rename(temporary, path)?;
    fs.sync_folder(path.parent().expect("a file lies in a folder"))
}

/// The content, or nothing if there is no such file.
pub(crate) fn read_if_exists(fs: &dyn FileSystem, path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs.read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn remove_if_exists(fs: &dyn FileSystem, path: &Path) -> io::Result<()> {
    match fs.remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(crate) fn is_no_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
