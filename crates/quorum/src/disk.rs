//! Files that are there whole or not at all.
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// Replaces `path` so that a crash leaves the old contents or the new, and the new once this returns.
pub(crate) fn replace(path: &Path, temporary: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = File::create(temporary)?;
    file.write_all(contents)?;
    file.sync_all()?;
    drop(file);
    fs::rename(temporary, path)?;
    sync_parent(path)
}

/// Makes what was created, renamed or removed beside `path` durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_dir(parent)
}

pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    // Windows cannot flush a directory and does not need it.
    if cfg!(windows) { Ok(()) } else { File::open(dir)?.sync_all() }
}

pub(crate) fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
