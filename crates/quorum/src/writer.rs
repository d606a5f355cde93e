//! The thread that writes the metadata log.
//!
//! It does what it is told in the order in which it is told. Appends that wait together are flushed together; an append
//! counts, and its callback is called, only after the flush. After the first failure nothing is written any more:
//! what a failed flush left on disk is not known, so it is never retried.
use crate::{
    disk, quorum_state,
    raft_types::{Metadata, Vote},
    segments,
};
use base::Offset;
use bytes::Bytes;
use openraft::storage::IOFlushed;
use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write as _},
    path::PathBuf,
    sync::mpsc,
    thread,
};
use tokio::sync::oneshot;

pub(crate) type Done = oneshot::Sender<io::Result<()>>;

pub(crate) struct Write {
    pub(crate) segment: Offset,
    pub(crate) position: u64,
    pub(crate) batch: Bytes,
}

pub(crate) enum Command {
    Append {
        writes: Vec<Write>,
        last_index: u64,
        flushed: IOFlushed<Metadata>,
    },
    SaveVote {
        vote: Vote,
        done: Done,
    },
    /// Removes the segments, newest first, and cuts what is then the last one.
    Truncate {
        remove: Vec<Offset>,
        cut: Option<(Offset, u64)>,
        done: Done,
    },
    /// Removes the segments, oldest first.
    Purge {
        remove: Vec<Offset>,
        done: Done,
    },
}

pub(crate) struct Writer {
    dir: PathBuf,
    active: Option<(Offset, File)>,
    failed: Option<String>,
    /// Told of each index up to which the log is flushed.
    on_flushed: Box<dyn Fn(u64) + Send>,
}

/// Ends when the sender is dropped.
pub(crate) fn spawn(
    dir: PathBuf,
    on_flushed: Box<dyn Fn(u64) + Send>,
) -> io::Result<(mpsc::Sender<Command>, thread::JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel();
    let writer = Writer { dir, active: None, failed: None, on_flushed };
    let thread =
        thread::Builder::new().name("metadata-log".to_owned()).spawn(move || writer.run(&receiver))?;
    Ok((sender, thread))
}

impl Writer {
    fn run(mut self, commands: &mpsc::Receiver<Command>) {
        let mut unflushed: Vec<(u64, IOFlushed<Metadata>)> = Vec::new();
        while let Ok(first) = commands.recv() {
            for command in std::iter::once(first).chain(commands.try_iter()) {
                match command {
                    Command::Append { writes, last_index, flushed } => {
                        match self.guarded(|w| w.write(&writes)) {
                            Ok(()) => unflushed.push((last_index, flushed)),
                            Err(error) => flushed.io_completed(Err(error)),
                        }
                    }
                    other => {
                        self.flush(&mut unflushed);
                        self.execute(other);
                    }
                }
            }
            self.flush(&mut unflushed);
        }
    }

    fn execute(&mut self, command: Command) {
        let (result, done) = match command {
            Command::Append { .. } => unreachable!("appends are collected by the caller"),
            Command::SaveVote { vote, done } => (self.guarded(|w| quorum_state::write(&w.dir, &vote)), done),
            Command::Truncate { remove, cut, done } => (self.guarded(|w| w.truncate(&remove, cut)), done),
            Command::Purge { remove, done } => (self.guarded(|w| segments::remove(&w.dir, &remove)), done),
        };
        // Whoever asked may be gone: a Raft node that is shutting down.
        drop(done.send(result));
    }

    fn guarded(&mut self, action: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        if let Some(reason) = &self.failed {
            return Err(io::Error::other(format!("the metadata log failed before: {reason}")));
        }
        let result = action(self);
        if let Err(error) = &result {
            tracing::error!(dir = %self.dir.display(), %error, "the metadata log cannot be written any more");
            self.failed = Some(error.to_string());
        }
        result
    }

    fn write(&mut self, writes: &[Write]) -> io::Result<()> {
        for Write { segment, position, batch } in writes {
            let file = self.open(*segment)?;
            file.seek(SeekFrom::Start(*position))?;
            file.write_all(batch)?;
        }
        Ok(())
    }

    /// The file of the segment. Moving on to another flushes the one before, so that only the last can be torn.
    fn open(&mut self, segment: Offset) -> io::Result<&mut File> {
        if self.active.as_ref().is_none_or(|(active, _)| *active != segment) {
            if let Some((_, file)) = self.active.take() {
                file.sync_data()?;
            }
            let path = segments::path(&self.dir, segment);
            let is_new = !path.exists();
            let file = File::options().write(true).create(true).truncate(false).open(&path)?;
            if is_new {
                disk::sync_dir(&self.dir)?;
            }
            self.active = Some((segment, file));
        }
        Ok(&mut self.active.as_mut().expect("opened above").1)
    }

    fn flush(&mut self, unflushed: &mut Vec<(u64, IOFlushed<Metadata>)>) {
        let Some((last_index, _)) = unflushed.last() else { return };
        let last_index = *last_index;
        let result = self.guarded(|w| w.active.as_ref().map_or(Ok(()), |(_, file)| file.sync_data()));
        if result.is_ok() {
            (self.on_flushed)(last_index);
        }
        for (_, flushed) in unflushed.drain(..) {
            // An error cannot be cloned, but its kind and text can.
            flushed
                .io_completed(result.as_ref().copied().map_err(|e| io::Error::new(e.kind(), e.to_string())));
        }
    }

    fn truncate(&mut self, remove: &[Offset], cut: Option<(Offset, u64)>) -> io::Result<()> {
        self.active = None;
        for segment in remove.iter().rev() {
            segments::remove(&self.dir, &[*segment])?;
        }
        match cut {
            Some((segment, size)) => segments::truncate(&segments::path(&self.dir, segment), size),
            None => Ok(()),
        }
    }
}
