//! The newest batches of all logs, in memory: what consumers that keep up and followers are answered from.
//!
//! A batch is kept as the very bytes that were appended, by reference, as long as somebody follows the log: has read what is
//! here, or so near to the end, since as much was appended as all of the budget. What nobody reads would only keep memory from
//! being used again while a processor has it at hand. All logs share the budget; when it is used up the batches that were
//! appended first go first, whichever log they are of. Batches of one request lie in one buffer and were
//! appended together, so they go together, and counting each at its own size counts the buffer once.
//!
//! Invariant: the batches of a log's tail follow each other without a gap and end where the log ends.
use crate::{FetchedRecords, Read};
use base::Offset;
use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// A batch in one or two pieces.
#[derive(Clone, Debug)]
pub(crate) struct CachedBatch {
    pub(crate) base: Offset,
    pub(crate) last: Offset,
    pub(crate) head: Bytes,
    /// What follows the header, if it lies elsewhere.
    pub(crate) body: Option<Bytes>,
    /// Bytes of memory that this batch holds.
    pub(crate) retained: usize,
}

impl CachedBatch {
    pub(crate) fn size(&self) -> usize {
        self.head.len() + self.body.as_ref().map_or(0, Bytes::len)
    }
}

/// The budget that all tails share.
#[derive(Debug)]
pub(crate) struct TailCache {
    budget: usize,
    used: AtomicUsize,
    /// Groups of batches, oldest first: a tail, and the number up to which its batches belong to the group.
    order: Mutex<VecDeque<(Weak<Tail>, u64)>>,
}

#[derive(Debug)]
pub(crate) struct Tail {
    cache: Arc<TailCache>,
    inner: RwLock<Inner>,
    /// Bytes appended since somebody read here, up to a little more than the budget; more than that before anybody did.
    unread: AtomicUsize,
}

#[derive(Debug, Default)]
struct Inner {
    batches: VecDeque<(u64, CachedBatch)>,
    next_number: u64,
}

impl TailCache {
    pub(crate) fn new(budget: usize) -> Arc<Self> {
        Arc::new(Self { budget, used: AtomicUsize::new(0), order: Mutex::default() })
    }

    pub(crate) fn used(&self) -> usize {
        self.used.load(Relaxed)
    }

    fn evict(&self) {
        while self.used.load(Relaxed) > self.budget {
            // Only one lock at a time: another log's tail must not wait for this one's.
            let Some((tail, until)) = self.order.lock().pop_front() else { return };
            if let Some(tail) = tail.upgrade() {
                tail.drop_front(until);
            }
        }
    }
}

impl Tail {
    pub(crate) fn new(cache: &Arc<TailCache>) -> Arc<Self> {
        let unread = AtomicUsize::new(usize::MAX);
        Arc::new(Self { cache: Arc::clone(cache), inner: RwLock::default(), unread })
    }

    /// Somebody reads so many bytes before the end of the log.
    pub(crate) fn note_reader(&self, behind: usize) {
        if behind < self.cache.budget {
            self.unread.store(behind, Relaxed);
        }
    }

    /// Adds batches of so many bytes in all that follow the last one.
    pub(crate) fn append(self: &Arc<Self>, bytes: usize, batches: impl IntoIterator<Item = CachedBatch>) {
        let unread = self.unread.load(Relaxed);
        if unread >= self.cache.budget {
            return;
        }
        if self.unread.fetch_add(bytes, Relaxed) + bytes >= self.cache.budget {
            self.forget();
            return;
        }
        let mut retained = 0;
        let until = {
            let mut inner = self.inner.write();
            for batch in batches {
                retained += batch.retained;
                let number = inner.next_number;
                inner.next_number += 1;
                // Before anyone can take it out again.
                self.cache.used.fetch_add(batch.retained, Relaxed);
                inner.batches.push_back((number, batch));
            }
            inner.next_number
        };
        if retained > 0 {
            self.cache.order.lock().push_back((Arc::downgrade(self), until));
            self.cache.evict();
        }
    }

    fn drop_front(&self, until: u64) {
        let mut inner = self.inner.write();
        while let Some((_, batch)) = inner.batches.pop_front_if(|(number, _)| *number < until) {
            self.cache.used.fetch_sub(batch.retained, Relaxed);
        }
        if inner.batches.is_empty() {
            // An idle log holds no memory.
            inner.batches = VecDeque::new();
        }
    }

    /// Forgets batches that reach `offset`.
    pub(crate) fn truncate(&self, offset: Offset) {
        let mut inner = self.inner.write();
        while let Some((_, batch)) = inner.batches.pop_back_if(|(_, batch)| batch.last >= offset) {
            self.cache.used.fetch_sub(batch.retained, Relaxed);
        }
    }

    pub(crate) fn clear(&self) {
        self.drop_front(u64::MAX);
    }

    /// Gives all of it back, and its groups too, lest they collect where logs come and go.
    fn forget(&self) {
        self.clear();
        let own = std::ptr::from_ref(self);
        self.cache.order.lock().retain(|(tail, _)| tail.strong_count() > 0 && tail.as_ptr() != own);
    }

    /// The answer, if the batch that contains the offset is here.
    pub(crate) fn read(&self, read: &Read) -> Option<FetchedRecords> {
        let inner = self.inner.read();
        let first = inner.batches.partition_point(|(_, batch)| batch.last < read.from);
        let here = inner.batches.get(first).is_some_and(|(_, batch)| first > 0 || batch.base <= read.from);
        if !here {
            return None;
        }
        self.note_reader(0);
        let mut found =
            FetchedRecords { base_offset: read.from, next_offset: read.from, ..FetchedRecords::default() };
        for (_, batch) in inner.batches.range(first..) {
            let size = batch.size();
            if batch.last >= read.upper_bound {
                break;
            }
            if found.size + size > read.max_bytes && !(found.size == 0 && read.min_one_batch) {
                found.first_batch_too_large = found.size == 0;
                break;
            }
            if found.size == 0 {
                found.base_offset = batch.base;
            }
            found.chunks.push(batch.head.clone());
            found.chunks.extend(batch.body.clone());
            found.size += size;
            found.next_offset = batch.last.next();
        }
        Some(found)
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A batch of ten offsets and `size` bytes.
    fn batch(base: i64, size: usize) -> CachedBatch {
        let head = Bytes::from(vec![base as u8; size]);
        CachedBatch { base: Offset(base), last: Offset(base + 9), head, body: None, retained: size }
    }

    /// One that somebody reads.
    fn followed(cache: &Arc<TailCache>) -> Arc<Tail> {
        let tail = Tail::new(cache);
        tail.note_reader(0);
        tail
    }

    fn append<const N: usize>(tail: &Arc<Tail>, batches: [CachedBatch; N]) {
        tail.append(batches.iter().map(CachedBatch::size).sum(), batches);
    }

    fn read(from: i64, max_bytes: usize, upper_bound: i64, min_one_batch: bool) -> Read {
        Read { from: Offset(from), max_bytes, upper_bound: Offset(upper_bound), min_one_batch }
    }

    #[test]
    fn returns_whole_batches_from_the_one_that_holds_the_offset() {
        let tail = followed(&TailCache::new(1000));
        append(&tail, [batch(100, 10), batch(110, 20), batch(120, 30)]);
        for (asked, expected) in [
            (read(100, 1000, 130, true), Some((100, 60, 130))),
            (read(105, 1000, 130, true), Some((100, 60, 130))),
            (read(119, 1000, 130, true), Some((110, 50, 130))),
            (read(100, 1000, 129, true), Some((100, 30, 120))),
            (read(100, 29, 130, true), Some((100, 10, 110))),
            (read(125, 1, 130, true), Some((120, 30, 130))),
            (read(125, 1, 130, false), Some((125, 0, 125))),
            (read(99, 1000, 130, true), None),
            (read(130, 1000, 130, true), None),
        ] {
            let found = tail.read(&asked).map(|found| (found.base_offset.0, found.size, found.next_offset.0));
            assert_eq!(found, expected, "{asked:?}");
        }
        assert!(tail.read(&read(125, 1, 130, false)).unwrap().first_batch_too_large);
        // A gap, as compaction leaves it, is no end.
        append(&tail, [batch(200, 1)]);
        assert_eq!(tail.read(&read(150, 100, 999, true)).unwrap().base_offset, Offset(200));
    }

    #[test]
    fn what_came_first_goes_first_whichever_log_it_is_of() {
        let cache = TailCache::new(100);
        let [a, b] = [(); 2].map(|()| followed(&cache));
        append(&a, [batch(0, 40)]);
        append(&b, [batch(0, 40)]);
        append(&a, [batch(10, 40)]);
        assert_eq!(cache.used(), 80);
        assert!(a.read(&read(0, 99, 99, true)).is_none());
        assert!(a.read(&read(10, 99, 99, true)).is_some() && b.read(&read(0, 99, 99, true)).is_some());
        append(&b, [batch(10, 50)]);
        assert_eq!(cache.used(), 90);
        assert!(b.read(&read(0, 99, 99, true)).is_none());
        // More than there may be takes nothing of others away.
        append(&b, [batch(20, 200)]);
        assert_eq!(cache.used(), 40);
        assert!(a.read(&read(10, 99, 99, true)).is_some());
    }

    #[test]
    fn what_nobody_reads_is_not_kept() {
        let cache = TailCache::new(100);
        let tail = Tail::new(&cache);
        append(&tail, [batch(0, 10)]);
        assert_eq!(cache.used(), 0);
        tail.note_reader(100);
        append(&tail, [batch(10, 10)]);
        assert_eq!(cache.used(), 0, "too far behind");
        tail.note_reader(60);
        append(&tail, [batch(20, 30)]);
        assert_eq!(cache.used(), 30);
        assert!(tail.read(&read(20, 99, 99, true)).is_some());
        // A reader came, so there is patience for as much again.
        append(&tail, [batch(30, 30), batch(40, 30)]);
        assert_eq!(cache.used(), 90);
        append(&tail, [batch(50, 40)]);
        assert_eq!((cache.used(), cache.order.lock().len()), (0, 0));
        append(&tail, [batch(60, 10)]);
        assert_eq!(cache.used(), 0);
        tail.note_reader(0);
        append(&tail, [batch(70, 10)]);
        assert_eq!(tail.read(&read(75, 99, 99, true)).unwrap().base_offset, Offset(70));
    }

    #[test]
    fn truncation_and_the_end_give_memory_back() {
        let cache = TailCache::new(100);
        let tail = followed(&cache);
        append(&tail, [batch(0, 30), batch(10, 30)]);
        tail.truncate(Offset(15));
        assert_eq!(cache.used(), 30);
        append(&tail, [batch(10, 30)]);
        drop(tail);
        assert_eq!((cache.used(), cache.order.lock().len()), (0, 0));
    }
}
