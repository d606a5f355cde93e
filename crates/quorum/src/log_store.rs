//! The metadata log as openraft wants it: entries by index.
//!
//! The state in memory knows of every entry its term, offset and place in the files, and keeps the newest entries whole.
//! It runs ahead of the disk: an entry can be read as soon as it was appended, and leaves memory only once it is flushed. The
//! files are written by one thread (`writer`), in the order of the calls.
//!
//! Recovery counts indexes from an anchor: without a snapshot the first batch is entry 0; with one, the batch at its end
//! offset follows the last entry that it holds. What lies before is as good as purged, whether its file is gone or not.
use crate::{
    disk::invalid,
    entry, quorum_state,
    raft_types::{Entry, EntryPayload, LogId, Membership, Metadata, StoredMembership, Vote, log_id},
    segments,
    segments::Segment,
    writer::{self, Command, Done, Write},
};
use base::{LeaderEpoch, NodeId, Offset};
use openraft::{
    OptionalSend,
    storage::{IOFlushed, LogState, RaftLogReader, RaftLogStorage},
};
use parking_lot::Mutex;
use std::{
    collections::VecDeque,
    fmt::Debug,
    io,
    ops::{Bound, RangeBounds},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::oneshot;

/// Entries kept whole in memory, apart from those that are not flushed yet.
const CACHE_BYTES: usize = 1 << 20;

/// When a segment is closed and the next begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RollAt {
    pub(crate) bytes: u64,
    pub(crate) age_ms: i64,
}

/// Where a snapshot ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) last_log_id: LogId,
    pub(crate) end_offset: Offset,
}

#[derive(Clone)]
pub(crate) struct LogStore(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    roll_at: RollAt,
    state: Arc<Mutex<State>>,
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // It ends as soon as it has written what was asked; a panic of it was logged by itself.
            drop(thread.join());
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Place {
    term: u64,
    base_offset: Offset,
    segment: Offset,
    position: u64,
    size: usize,
}

#[derive(Debug, Default)]
struct State {
    vote: Option<Vote>,
    last_purged: Option<LogId>,
    places: VecDeque<Place>,
    /// Sum of the sizes of `places`.
    bytes: u64,
    /// The newest entries; the last of them is the last of `places`.
    cache: VecDeque<(Entry, usize)>,
    cache_bytes: usize,
    /// Index after the last one that is on disk.
    flushed: u64,
    next_offset: Offset,
    segments: VecDeque<Segment>,
    /// When the last segment got its first batch.
    segment_begun_ms: i64,
    /// Whether the last segment holds what a snapshot holds too: the sooner it is closed, the sooner it can go.
    segment_is_purged: bool,
}

impl State {
    fn first_index(&self) -> u64 {
        self.last_purged.map_or(0, |id| id.index + 1)
    }

    fn next_index(&self) -> u64 {
        self.first_index() + self.places.len() as u64
    }

    fn place(&self, index: u64) -> Option<&Place> {
        self.places.get(usize::try_from(index.checked_sub(self.first_index())?).ok()?)
    }

    fn last_log_id(&self) -> Option<LogId> {
        match self.places.back() {
            Some(place) => Some(log_id(place.term, self.next_index() - 1)),
            None => self.last_purged,
        }
    }

    fn cached(&self, index: u64) -> Option<&Entry> {
        let first = self.next_index() - self.cache.len() as u64;
        self.cache.get(usize::try_from(index.checked_sub(first)?).ok()?).map(|(entry, _)| entry)
    }

    /// Gives the batch its place behind the others.
    fn push(&mut self, entry: Entry, size: usize, roll_at: RollAt, now_ms: i64) -> Place {
        let is_old = now_ms.saturating_sub(self.segment_begun_ms) >= roll_at.age_ms;
        let is_full = |segment: &Segment| {
            let is_large = segment.size + size as u64 > roll_at.bytes;
            segment.size > 0 && (is_large || is_old || self.segment_is_purged)
        };
        if self.segments.back().is_none_or(is_full) {
            self.segments.push_back(Segment { base_offset: self.next_offset, size: 0 });
        }
        if self.segments.back().is_some_and(|segment| segment.size == 0) {
            (self.segment_begun_ms, self.segment_is_purged) = (now_ms, false);
        }
        let segment = self.segments.back_mut().expect("pushed above if there was none");
        let place = Place {
            term: entry.log_id.leader_id.term,
            base_offset: self.next_offset,
            segment: segment.base_offset,
            position: segment.size,
            size,
        };
        segment.size += size as u64;
        self.next_offset = self.next_offset.plus(entry::record_count(&entry));
        self.places.push_back(place);
        self.bytes += size as u64;
        self.cache_bytes += size;
        self.cache.push_back((entry, size));
        place
    }

    fn shrink_cache(&mut self) {
        while self.cache_bytes > CACHE_BYTES {
            match self.cache.front() {
                Some((oldest, size)) if oldest.log_id.index < self.flushed => {
                    self.cache_bytes -= size;
                    self.cache.pop_front();
                }
                _ => return,
            }
        }
    }

    /// Drops entries from `next_index` on. Says which files go and which is cut.
    fn truncate(&mut self, next_index: u64) -> (Vec<Offset>, Option<(Offset, u64)>) {
        let keep = usize::try_from(next_index.saturating_sub(self.first_index())).unwrap_or(usize::MAX);
        let Some(first_dropped) = self.places.get(keep).copied() else { return (Vec::new(), None) };
        let dropped = self.places.len() - keep;
        self.bytes -= self.places.drain(keep..).map(|place| place.size as u64).sum::<u64>();
        for _ in 0..dropped.min(self.cache.len()) {
            self.cache_bytes -= self.cache.pop_back().map_or(0, |(_, size)| size);
        }
        self.next_offset = first_dropped.base_offset;
        self.flushed = self.flushed.min(next_index);
        let mut removed = Vec::new();
        while self.segments.back().is_some_and(|segment| segment.base_offset > first_dropped.segment) {
            removed.extend(self.segments.pop_back().map(|segment| segment.base_offset));
        }
        removed.reverse();
        let last = self.segments.back_mut().expect("the segment of the first dropped entry is there");
        last.size = first_dropped.position;
        (removed, Some((last.base_offset, last.size)))
    }

    /// Drops entries up to `id`. Says which files hold nothing else.
    fn purge(&mut self, id: LogId) -> Vec<Offset> {
        let count = (id.index + 1).saturating_sub(self.first_index());
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(self.places.len());
        self.bytes -= self.places.drain(..count).map(|place| place.size as u64).sum::<u64>();
        while self.cache.len() > self.places.len() {
            self.cache_bytes -= self.cache.pop_front().map_or(0, |(_, size)| size);
        }
        self.last_purged = Some(id);
        let first_kept = self.places.front().map(|place| place.segment);
        let mut removed = Vec::new();
        while self.segments.front().is_some_and(|segment| Some(segment.base_offset) != first_kept) {
            removed.extend(self.segments.pop_front().map(|segment| segment.base_offset));
        }
        self.segment_is_purged = self.segments.len() == 1;
        removed
    }
}

impl LogStore {
    /// Opens the log in `dir`. `anchor` is the end of the snapshot there, if there is one.
    pub(crate) fn open(dir: &Path, anchor: Option<Anchor>, roll_at: RollAt) -> io::Result<Self> {
        let mut state = State { vote: quorum_state::read(dir)?, ..State::default() };
        recover(dir, anchor, &mut state)?;
        let state = Arc::new(Mutex::new(state));
        let on_flushed = {
            let state = state.clone();
            Box::new(move |last_index| {
                let mut state = state.lock();
                state.flushed = state.flushed.max(last_index + 1);
                state.shrink_cache();
            })
        };
        let (commands, thread) = writer::spawn(dir.to_owned(), on_flushed)?;
        let dir = dir.to_owned();
        Ok(Self(Arc::new(Inner { dir, roll_at, state, commands: Some(commands), thread: Some(thread) })))
    }

    /// The offset that the next record will have.
    pub(crate) fn log_end_offset(&self) -> Offset {
        self.0.state.lock().next_offset
    }

    /// The offset after the last record of an entry; `None` if the log does not hold it.
    pub(crate) fn end_offset_of(&self, index: u64) -> Option<Offset> {
        let state = self.0.state.lock();
        state.place(index)?;
        Some(state.place(index + 1).map_or(state.next_offset, |next| next.base_offset))
    }

    /// Size of the log that no snapshot holds yet.
    pub(crate) fn unsnapshotted_bytes(&self) -> u64 {
        self.0.state.lock().bytes
    }

    /// The newest membership in the log.
    pub(crate) fn last_membership(&self) -> io::Result<Option<StoredMembership>> {
        let range = {
            let state = self.0.state.lock();
            state.first_index()..state.next_index()
        };
        for index in range.rev() {
            let Some(entry) = self.entry(index)? else { break };
            if let EntryPayload::Membership(membership) = entry.payload {
                return Ok(Some(StoredMembership::new(Some(entry.log_id), membership)));
            }
        }
        Ok(None)
    }

    /// Whether there is any entry, be it only in a snapshot.
    pub(crate) fn has_entries(&self) -> bool {
        self.0.state.lock().last_log_id().is_some()
    }

    fn entry(&self, index: u64) -> io::Result<Option<Entry>> {
        let place = {
            let state = self.0.state.lock();
            if let Some(entry) = state.cached(index) {
                return Ok(Some(entry.clone()));
            }
            let Some(place) = state.place(index) else { return Ok(None) };
            *place
        };
        let batch = segments::read_batch(&self.0.dir, place.segment, place.position, place.size)?;
        entry::decode(&batch, index).map(Some)
    }

    fn send(&self, command: Command) -> io::Result<()> {
        let sender = self.0.commands.as_ref().expect("there until the last handle is dropped");
        sender.send(command).map_err(|_| io::Error::other("the thread of the metadata log is gone"))
    }

    async fn execute(&self, command: impl FnOnce(Done) -> Command) -> io::Result<()> {
        let (done, finished) = oneshot::channel();
        self.send(command(done))?;
        finished.await.map_err(|_| io::Error::other("the thread of the metadata log is gone"))?
    }
}

fn recover(dir: &Path, anchor: Option<Anchor>, state: &mut State) -> io::Result<()> {
    let start = anchor.map_or(Offset::ZERO, |anchor| anchor.end_offset);
    state.last_purged = anchor.map(|anchor| anchor.last_log_id);
    let mut log_end = None;
    let last_epoch = state.vote.map_or(0, |vote| vote.leader_id.term);
    let last_epoch = LeaderEpoch(i32::try_from(last_epoch).map_err(invalid)?);
    let segments = segments::recover(dir, last_epoch, |found| {
        let header = found.batch.header();
        log_end = Some(header.next_offset());
        if found.position == 0 {
            state.segment_begun_ms = header.base_timestamp;
        }
        if header.next_offset() <= start {
            return Ok(());
        }
        if header.base_offset < start {
            return Err(invalid(format!("the snapshot ends at offset {start}, inside a batch")));
        }
        if state.places.is_empty() && header.base_offset != start {
            let base_offset = header.base_offset;
            return Err(invalid(format!("the metadata log starts at {base_offset}, but {start} is needed")));
        }
        let index = state.next_index();
        let entry = entry::decode(&found.batch, index)?;
        let size = found.batch.bytes().len();
        state.places.push_back(Place {
            term: entry.log_id.leader_id.term,
            base_offset: header.base_offset,
            segment: found.segment,
            position: found.position,
            size,
        });
        state.bytes += size as u64;
        state.cache_bytes += size;
        state.cache.push_back((entry, size));
        state.flushed = index + 1;
        state.shrink_cache();
        Ok(())
    })?;
    // A snapshot that came from elsewhere may be ahead of all the log.
    let (obsolete, kept) =
        if log_end.is_some_and(|end| end < start) { (segments, Vec::new()) } else { (Vec::new(), segments) };
    let obsolete: Vec<Offset> = obsolete.iter().map(|segment| segment.base_offset).collect();
    segments::remove(dir, &obsolete)?;
    state.segments = kept.into();
    state.next_offset = log_end.map_or(start, |end| end.max(start));
    state.flushed = state.next_index();
    Ok(())
}

impl RaftLogReader<Metadata> for LogStore {
    async fn try_get_log_entries<RB>(&mut self, range: RB) -> io::Result<Vec<Entry>>
    where
        RB: RangeBounds<u64> + Clone + Debug + OptionalSend,
    {
        let (first, next) = {
            let state = self.0.state.lock();
            (state.first_index(), state.next_index())
        };
        let start = match range.start_bound() {
            Bound::Included(&index) => index,
            Bound::Excluded(&index) => index + 1,
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&index) => index + 1,
            Bound::Excluded(&index) => index,
            Bound::Unbounded => u64::MAX,
        };
        let mut entries = Vec::new();
        for index in start.max(first)..end.min(next) {
            entries.extend(self.entry(index)?);
        }
        Ok(entries)
    }

    async fn read_vote(&mut self) -> io::Result<Option<Vote>> {
        Ok(self.0.state.lock().vote)
    }
}

impl RaftLogStorage<Metadata> for LogStore {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> io::Result<LogState<Metadata>> {
        let state = self.0.state.lock();
        Ok(LogState { last_purged_log_id: state.last_purged, last_log_id: state.last_log_id() })
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> io::Result<()> {
        self.execute(|done| Command::SaveVote { vote: *vote, done }).await?;
        self.0.state.lock().vote = Some(*vote);
        Ok(())
    }

    async fn append<I>(&mut self, entries: I, flushed: IOFlushed<Metadata>) -> io::Result<()>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let now_ms = now_ms();
        let mut state = self.0.state.lock();
        let mut writes = Vec::new();
        for entry in entries {
            if entry.log_id.index != state.next_index() {
                let (index, next) = (entry.log_id.index, state.next_index());
                return Err(invalid(format!("entry {index} was appended where {next} comes next")));
            }
            let leader = state.vote.map_or(NodeId::NONE, |vote| vote.leader_id.voted_for.id);
            let batch = entry::encode(&entry, state.next_offset, leader, now_ms)?;
            let place = state.push(entry, batch.len(), self.0.roll_at, now_ms);
            writes.push(Write { segment: place.segment, position: place.position, batch });
        }
        let last_index = state.next_index().saturating_sub(1);
        // Sent under the lock, so that the writer sees appends in the order of their places.
        self.send(Command::Append { writes, last_index, flushed })
    }

    async fn truncate_after(&mut self, last_log_id: Option<LogId>) -> io::Result<()> {
        let (remove, cut) = self.0.state.lock().truncate(last_log_id.map_or(0, |id| id.index + 1));
        self.execute(|done| Command::Truncate { remove, cut, done }).await
    }

    async fn purge(&mut self, id: LogId) -> io::Result<()> {
        let remove = self.0.state.lock().purge(id);
        self.execute(|done| Command::Purge { remove, done }).await
    }
}

/// For what is stored with a time but decided without.
pub(crate) fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

/// A quorum of one.
pub(crate) fn is_sole_voter(membership: &Membership, key: &crate::raft_types::VoterKey) -> bool {
    matches!(&membership.get_joint_config()[..], [voters] if voters.len() == 1 && voters.contains(key))
}
