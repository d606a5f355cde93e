//! A log in every message format, taken in as Kafka's tool does: what is cut off is the end, a size that cannot be fails.
use super::{
    super::Stop,
    legacy::{self, Message},
};
use bytes::Bytes;
use records::{LOG_OVERHEAD, MAGIC, RecordBatch};
use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Offset, size, four bytes that depend on the format, and its number.
const HEAD_LEN: usize = 17;

pub(super) enum Batch {
    Legacy(Message),
    Current(Box<RecordBatch>),
}

impl Batch {
    pub(super) fn last_offset(&self) -> i64 {
        match self {
            Self::Legacy(message) => message.offset,
            Self::Current(batch) => batch.last_offset().0,
        }
    }

    pub(super) fn size_in_bytes(&self) -> u64 {
        match self {
            Self::Legacy(message) => message.size_in_bytes() as u64,
            Self::Current(batch) => batch.bytes().len() as u64,
        }
    }
}

pub(super) struct Log {
    path: PathBuf,
    file: BufReader<File>,
    position: u64,
    pub(super) length: u64,
}

impl Log {
    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        let cannot = |error| Stop::Failed(format!("{}: {error}", path.display()));
        let file = File::open(path).map_err(cannot)?;
        let length = file.metadata().map_err(cannot)?.len();
        Ok(Self {
            path: path.to_owned(),
            file: BufReader::with_capacity(256 << 10, file),
            position: 0,
            length,
        })
    }

    /// The batch at `position`, if all of it is before `end`.
    pub(super) fn batch_at(&mut self, position: u64, end: u64) -> Result<Option<Batch>, Stop> {
        let end = end.min(self.length);
        if end.saturating_sub(position) <= HEAD_LEN as u64 {
            return Ok(None);
        }
        if position != self.position {
            self.file.seek(SeekFrom::Start(position))?;
        }
        let mut head = [0; HEAD_LEN];
        // Should what follows fail, this is not where the file stands.
        self.position = u64::MAX;
        self.file.read_exact(&mut head)?;
        let [o0, o1, o2, o3, o4, o5, o6, o7, s0, s1, s2, s3, .., magic] = head;
        let size = i32::from_be_bytes([s0, s1, s2, s3]);
        let len = match usize::try_from(size) {
            Ok(len) if len >= legacy::MIN_LEN => len,
            _ => {
                return Err(Stop::Failed(format!(
                    "Found record size {size} smaller than minimum record overhead ({}) in file {}.",
                    legacy::MIN_LEN,
                    self.path.display()
                )));
            }
        };
        let len = LOG_OVERHEAD + len;
        if len as u64 > end - position {
            return Ok(None);
        }
        let mut bytes = vec![0; len];
        bytes[..HEAD_LEN].copy_from_slice(&head);
        self.file.read_exact(&mut bytes[HEAD_LEN..])?;
        self.position = position + len as u64;
        let bytes = Bytes::from(bytes);
        if i8::from_be_bytes([magic]) < MAGIC {
            let offset = i64::from_be_bytes([o0, o1, o2, o3, o4, o5, o6, o7]);
            let message = Message::parse(offset, bytes.slice(LOG_OVERHEAD..));
            return message.map(|message| Some(Batch::Legacy(message))).map_err(Stop::Failed);
        }
        match RecordBatch::parse(bytes) {
            Ok(batch) => Ok(Some(Batch::Current(Box::new(batch)))),
            Err(error) => Err(Stop::Failed(format!(
                "{} at position {position}: {}",
                self.path.display(),
                crate::failure::with_causes(&error)
            ))),
        }
    }
}
