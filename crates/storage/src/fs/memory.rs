use super::{Access, Entry, FileSystem, Lock, LogFile, Space};
use parking_lot::{Mutex, MutexGuard};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{self, IoSlice},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Files in memory, for tests.
///
/// It forgets as disks do: bytes are durable once their file was synced, names once their folder was, and names change
/// on the disk in the order in which they changed in memory. [`crash`](Self::crash) gives the disk as it may be found
/// after a loss of power at this point.
#[derive(Clone, Debug, Default)]
pub struct MemoryFileSystem(Arc<Mutex<State>>);

/// What can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Open,
    Read,
    Write,
    SetLen,
    Sync,
    SyncFolder,
    Rename,
    Remove,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    Error(io::ErrorKind),
    /// Takes that many bytes and says so.
    ShortWrite(usize),
}

/// A failure to come.
#[derive(Clone, Debug)]
pub struct Fault {
    pub operation: Operation,
    /// On paths that end like this.
    pub suffix: &'static str,
    /// How many operations go well before.
    pub skip: usize,
    /// How many fail then.
    pub times: usize,
    pub failure: Failure,
}

/// What another thread does meanwhile.
struct Interruption {
    /// How many operations go before.
    skip: usize,
    action: Box<dyn FnOnce() + Send>,
}

impl fmt::Debug for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interruption(after {})", self.skip)
    }
}

#[derive(Debug, Default)]
struct State {
    nodes: Tree,
    durable: Tree,
    /// Changes to names that are not durable yet, oldest first.
    journal: Vec<Change>,
    inodes: BTreeMap<u64, Inode>,
    next_inode: u64,
    locks: BTreeSet<PathBuf>,
    faults: Vec<Fault>,
    interruption: Option<Interruption>,
    capacity: Option<u64>,
    syncs: u64,
    writes: u64,
    bytes_read: u64,
}

type Tree = BTreeMap<PathBuf, Node>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(u64),
}

#[derive(Clone, Debug)]
enum Change {
    Put(PathBuf, Node),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

#[derive(Clone, Debug, Default)]
struct Inode {
    data: Vec<u8>,
    synced: Vec<u8>,
    /// Where room ends that was reserved.
    reserved_end: u64,
}

impl MemoryFileSystem {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn inject(&self, fault: Fault) {
        self.0.lock().faults.push(fault);
    }

    /// Runs `action` once, between two operations: after `skip` more of them, in the thread that asks for the next.
    ///
    /// So what two threads do to a log is put in one order after the other, and each can be had again. Not before a
    /// removal: those are made with locks held that the action may want.
    pub fn interrupt(&self, skip: usize, action: impl FnOnce() + Send + 'static) {
        self.0.lock().interruption = Some(Interruption { skip, action: Box::new(action) });
    }

    /// Takes an interruption back that has not happened. Returns whether there was one.
    pub fn stop_interrupting(&self) -> bool {
        self.0.lock().interruption.take().is_some()
    }

    /// Writes beyond this many bytes, over all files, find the disk full.
    pub fn limit_space(&self, capacity: Option<u64>) {
        self.0.lock().capacity = capacity;
    }

    pub fn used_bytes(&self) -> u64 {
        self.0.lock().used()
    }

    /// Room reserved beyond the ends of files.
    pub fn reserved_bytes(&self) -> u64 {
        let state = self.0.lock();
        state.inodes.values().map(|inode| inode.reserved_end.saturating_sub(inode.data.len() as u64)).sum()
    }

    /// How many files were synced so far.
    pub fn syncs(&self) -> u64 {
        self.0.lock().syncs
    }

    /// How many writes were asked for so far.
    pub fn writes(&self) -> u64 {
        self.0.lock().writes
    }

    /// How many bytes were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.0.lock().bytes_read
    }

    /// The disk after a loss of power now. Equal seeds lose equal things.
    #[must_use]
    pub fn crash(&self, seed: u64) -> Self {
        let state = self.0.lock();
        let mut random = SplitMix(seed);
        let mut nodes = state.durable.clone();
        let survivors = random.below(state.journal.len() + 1);
        for change in &state.journal[..survivors] {
            apply(&mut nodes, change);
        }
        let survive = |(&id, inode): (&u64, &Inode)| {
            let data = inode.after_crash(&mut random);
            (id, Inode { synced: data.clone(), data, ..*inode })
        };
        let inodes = state.inodes.iter().map(survive).collect();
        let after =
            State { durable: nodes.clone(), nodes, inodes, next_inode: state.next_inode, ..State::default() };
        Self(Arc::new(Mutex::new(after)))
    }

    /// The disk as another process finds it after this one was killed: nothing is lost but the locks.
    #[must_use]
    pub fn kill(&self) -> Self {
        let state = self.0.lock();
        let after = State {
            nodes: state.nodes.clone(),
            durable: state.durable.clone(),
            journal: state.journal.clone(),
            inodes: state.inodes.clone(),
            next_inode: state.next_inode,
            ..State::default()
        };
        Self(Arc::new(Mutex::new(after)))
    }

    /// Every file with its content.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let state = self.0.lock();
        let file = |(path, node): (&PathBuf, &Node)| match node {
            Node::Folder => None,
            Node::File(id) => Some((path.clone(), state.inodes[id].data.clone())),
        };
        state.nodes.iter().filter_map(file).collect()
    }

    /// Puts a file there, durably, as if by magic.
    pub fn plant(&self, path: impl AsRef<Path>, content: Vec<u8>) {
        let path = path.as_ref();
        let mut state = self.0.lock();
        for parent in path.ancestors().skip(1) {
            state.nodes.insert(parent.to_owned(), Node::Folder);
            state.durable.insert(parent.to_owned(), Node::Folder);
        }
        let id = state.new_inode(Inode { synced: content.clone(), data: content, ..Inode::default() });
        state.nodes.insert(path.to_owned(), Node::File(id));
        state.durable.insert(path.to_owned(), Node::File(id));
    }
}

impl Inode {
    /// What was synced stays; of what was appended since, a part, possibly in a file that has its full length already.
    fn after_crash(&self, random: &mut SplitMix) -> Vec<u8> {
        if !self.data.starts_with(&self.synced) {
            // Shortened or overwritten since, which may or may not have reached the disk.
            return if random.below(2) == 0 { self.synced.clone() } else { self.data.clone() };
        }
        let unsynced = self.data.len() - self.synced.len();
        let mut data = self.data[..self.synced.len() + random.below(unsynced + 1)].to_vec();
        if random.below(4) == 0 {
            data.resize(self.data.len(), 0);
        }
        data
    }
}

impl State {
    fn used(&self) -> u64 {
        let size =
            |node: &Node| if let Node::File(id) = node { self.inodes[id].data.len() as u64 } else { 0 };
        self.nodes.values().map(size).sum()
    }

    fn new_inode(&mut self, inode: Inode) -> u64 {
        self.next_inode += 1;
        self.inodes.insert(self.next_inode, inode);
        self.next_inode
    }

    fn change(&mut self, change: Change) {
        apply(&mut self.nodes, &change);
        self.journal.push(change);
    }

    /// The failure that is due, if any.
    fn fault(&mut self, operation: Operation, path: &Path) -> Option<Failure> {
        let name = path.to_string_lossy();
        let due = self.faults.iter_mut().find(|fault| {
            fault.operation == operation
                && name.ends_with(fault.suffix)
                && (fault.skip > 0 || fault.times > 0)
        })?;
        if due.skip > 0 {
            due.skip -= 1;
            return None;
        }
        due.times -= 1;
        Some(due.failure)
    }

    fn check(&mut self, operation: Operation, path: &Path) -> io::Result<()> {
        match self.fault(operation, path) {
            Some(Failure::Error(kind)) => Err(kind.into()),
            _ => Ok(()),
        }
    }

    fn inode_at(&self, path: &Path) -> io::Result<u64> {
        match self.nodes.get(path) {
            Some(Node::File(id)) => Ok(*id),
            Some(Node::Folder) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

fn apply(tree: &mut Tree, change: &Change) {
    match change {
        Change::Put(path, node) => {
            tree.insert(path.clone(), *node);
        }
        Change::Rename(from, to) => {
            let moved: Vec<_> = tree.keys().filter(|path| path.starts_with(from)).cloned().collect();
            for path in moved {
                let node = tree.remove(&path).expect("it was listed");
                let rest = path.strip_prefix(from).expect("it starts so");
                tree.insert(if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) }, node);
            }
        }
        Change::Remove(path) => tree.retain(|candidate, _| !candidate.starts_with(path)),
    }
}

/// The state, for the next operation.
fn enter(state: &Mutex<State>) -> MutexGuard<'_, State> {
    let mut locked = state.lock();
    match &mut locked.interruption {
        None => return locked,
        Some(interruption) if interruption.skip > 0 => {
            interruption.skip -= 1;
            return locked;
        }
        Some(_) => {}
    }
    let due = locked.interruption.take();
    drop(locked);
    if let Some(due) = due {
        (due.action)();
    }
    state.lock()
}

impl FileSystem for MemoryFileSystem {
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn LogFile>> {
        let mut state = enter(&self.0);
        state.check(Operation::Open, path)?;
        let inode = match (state.inode_at(path), access) {
            (Ok(inode), Access::Existing | Access::Kept) => inode,
            (Ok(inode), Access::Fresh) => {
                state.inodes.get_mut(&inode).expect("every name has its file").data.clear();
                inode
            }
            (Err(error), Access::Fresh | Access::Kept) if error.kind() == io::ErrorKind::NotFound => {
                let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
                if state.nodes.get(folder) != Some(&Node::Folder) {
                    return Err(io::ErrorKind::NotFound.into());
                }
                let inode = state.new_inode(Inode::default());
                state.change(Change::Put(path.to_owned(), Node::File(inode)));
                inode
            }
            (Err(error), _) => return Err(error),
        };
        Ok(Arc::new(MemoryFile { state: Arc::clone(&self.0), inode, path: path.to_owned() }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut state = enter(&self.0);
        state.check(Operation::Read, path)?;
        let inode = state.inode_at(path)?;
        let data = state.inodes[&inode].data.clone();
        state.bytes_read += data.len() as u64;
        Ok(data)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let state = enter(&self.0);
        if state.nodes.get(folder) != Some(&Node::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let children = state.nodes.iter().filter(|(path, _)| path.parent() == Some(folder));
        let entry = |(path, node): (&PathBuf, &Node)| Entry {
            name: path.file_name().expect("it has a parent").to_string_lossy().into_owned(),
            is_folder: *node == Node::Folder,
            length: if let Node::File(id) = node { state.inodes[id].data.len() as u64 } else { 0 },
            modified_ms: 0,
        };
        Ok(children.map(entry).collect())
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = enter(&self.0);
        let missing: Vec<_> = folder.ancestors().filter(|path| !state.nodes.contains_key(*path)).collect();
        for path in missing.into_iter().rev() {
            state.change(Change::Put(path.to_owned(), Node::Folder));
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = enter(&self.0);
        state.check(Operation::Rename, from)?;
        if !state.nodes.contains_key(from) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.change(Change::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.0.lock();
        state.check(Operation::Remove, path)?;
        state.inode_at(path)?;
        state.change(Change::Remove(path.to_owned()));
        Ok(())
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.0.lock();
        state.check(Operation::Remove, folder)?;
        state.change(Change::Remove(folder.to_owned()));
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = enter(&self.0);
        state.check(Operation::SyncFolder, folder)?;
        let touches = |change: &Change| match change {
            Change::Put(path, _) | Change::Remove(path) => path.starts_with(folder),
            Change::Rename(from, to) => from.starts_with(folder) || to.starts_with(folder),
        };
        let upto = state.journal.iter().rposition(touches).map_or(0, |last| last + 1);
        let committed: Vec<_> = state.journal.drain(..upto).collect();
        for change in &committed {
            apply(&mut state.durable, change);
        }
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Lock>>> {
        let free = enter(&self.0).locks.insert(path.to_owned());
        Ok(free.then(|| {
            Box::new(MemoryLock { state: Arc::clone(&self.0), path: path.to_owned() }) as Box<dyn Lock>
        }))
    }

    fn space(&self, _folder: &Path) -> io::Result<Space> {
        let state = enter(&self.0);
        let total_bytes = state.capacity.unwrap_or(1 << 40);
        Ok(Space { total_bytes, usable_bytes: total_bytes.saturating_sub(state.used()) })
    }
}

#[derive(Debug)]
struct MemoryFile {
    state: Arc<Mutex<State>>,
    inode: u64,
    path: PathBuf,
}

impl LogFile for MemoryFile {
    fn read_at(&self, buffer: &mut Vec<u8>, length: usize, position: u64) -> io::Result<()> {
        let mut state = enter(&self.state);
        state.check(Operation::Read, &self.path)?;
        let data = &state.inodes[&self.inode].data;
        let from = data.len().min(usize::try_from(position).unwrap_or(usize::MAX));
        let before = buffer.len();
        buffer.extend_from_slice(&data[from..data.len().min(from.saturating_add(length))]);
        state.bytes_read += (buffer.len() - before) as u64;
        Ok(())
    }

    fn write_at(&self, buffers: &[IoSlice<'_>], position: u64) -> io::Result<usize> {
        let mut state = enter(&self.state);
        state.writes += 1;
        let mut room = usize::MAX;
        match state.fault(Operation::Write, &self.path) {
            Some(Failure::Error(kind)) => return Err(kind.into()),
            Some(Failure::ShortWrite(bytes)) => room = bytes,
            None => {}
        }
        if let Some(capacity) = state.capacity {
            room = room.min(usize::try_from(capacity.saturating_sub(state.used())).unwrap_or(usize::MAX));
            if room == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        let data = &mut state.inodes.get_mut(&self.inode).expect("an open file exists").data;
        let mut bytes: Vec<u8> = buffers.iter().flat_map(|buffer| buffer.iter().copied()).collect();
        bytes.truncate(room);
        let from = usize::try_from(position).expect("test files are small");
        data.resize(data.len().max(from + bytes.len()), 0);
        data[from..from + bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut state = enter(&self.state);
        state.check(Operation::SetLen, &self.path)?;
        let length = usize::try_from(length).expect("test files are small");
        let inode = state.inodes.get_mut(&self.inode).expect("an open file exists");
        inode.data.resize(length, 0);
        inode.reserved_end = 0;
        Ok(())
    }

    fn reserve(&self, position: u64, length: u64) {
        let mut state = enter(&self.state);
        let inode = state.inodes.get_mut(&self.inode).expect("an open file exists");
        inode.reserved_end = inode.reserved_end.max(position + length);
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = enter(&self.state);
        state.check(Operation::Sync, &self.path)?;
        state.syncs += 1;
        let inode = state.inodes.get_mut(&self.inode).expect("an open file exists");
        inode.synced = inode.data.clone();
        Ok(())
    }
}

#[derive(Debug)]
struct MemoryLock {
    state: Arc<Mutex<State>>,
    path: PathBuf,
}

impl Lock for MemoryLock {}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.state.lock().locks.remove(&self.path);
    }
}

/// A tiny generator: what a crash loses must not depend on a crate's version.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
