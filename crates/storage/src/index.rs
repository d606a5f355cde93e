//! The sparse indexes of a segment: from offset to position, and from time to offset.
//!
//! An entry of the offset index says that the batch at `position` ends at an offset; one of the time index says that
//! up to the batch that ends at an offset no record is younger than a time. Offsets are relative to the segment's
//! base offset and strictly grow, and so do times. One entry is made per `index.interval.bytes` of log.
//!
//! The active segment's indexes are in memory and are written when it closes; a closed segment's are searched where
//! they lie. Kafka fills a file with zeros up to `segment.index.bytes` while it is in use, which is why only the front
//! part of a file that can be an index is taken for one. Nothing here is trusted over the log.
//!
//! Files: big-endian, `.index` with `relative offset: i32, position: i32`, `.timeindex` with `timestamp: i64,
//! relative offset: i32`.
//! Sources: KIP-33 (time index).

pub(crate) const OFFSET_ENTRY: usize = 8;
pub(crate) const TIME_ENTRY: usize = 12;

/// The batch at `position` ends at this offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OffsetEntry {
    pub(crate) relative_offset: u32,
    pub(crate) position: u32,
}

/// The greatest time so far, and where the batch ends that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeEntry {
    pub(crate) timestamp: i64,
    pub(crate) relative_offset: u32,
}

/// What both kinds of entry have in common.
pub(crate) trait Entry: Copy + Sized {
    const SIZE: usize;
    fn read(bytes: &[u8]) -> Self;
    fn write(&self, out: &mut Vec<u8>);
    /// Whether this may stand after `previous`, or at the front, in the index of a segment of `segment_size` bytes.
    fn follows(&self, previous: Option<&Self>, segment_size: u32) -> bool;
}

impl Entry for OffsetEntry {
    const SIZE: usize = OFFSET_ENTRY;

    fn read(bytes: &[u8]) -> Self {
        Self { relative_offset: u32_at(bytes, 0), position: u32_at(bytes, 4) }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.relative_offset.to_be_bytes());
        out.extend_from_slice(&self.position.to_be_bytes());
    }

    fn follows(&self, previous: Option<&Self>, segment_size: u32) -> bool {
        // No entry is made for the first batch, so that zeros never are one.
        let grows = previous.map_or(self.position > 0, |previous| {
            previous.relative_offset < self.relative_offset && previous.position < self.position
        });
        grows && self.position < segment_size && i32::try_from(self.relative_offset).is_ok()
    }
}

impl Entry for TimeEntry {
    const SIZE: usize = TIME_ENTRY;

    fn read(bytes: &[u8]) -> Self {
        let timestamp = i64::from_be_bytes(*bytes.first_chunk().expect("an entry has 12 bytes"));
        Self { timestamp, relative_offset: u32_at(bytes, 8) }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        out.extend_from_slice(&self.relative_offset.to_be_bytes());
    }

    fn follows(&self, previous: Option<&Self>, _segment_size: u32) -> bool {
        let grows = previous.map_or(
            self.timestamp > 0 || self.timestamp == 0 && self.relative_offset > 0,
            |previous| {
                previous.timestamp < self.timestamp && previous.relative_offset <= self.relative_offset
            },
        );
        grows && i32::try_from(self.relative_offset).is_ok()
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(*bytes[at..].first_chunk().expect("the entry is long enough"))
}

/// The front part of a file that can be an index.
pub(crate) fn decode<E: Entry>(bytes: &[u8], segment_size: u32) -> Vec<E> {
    let mut entries: Vec<E> = Vec::new();
    for chunk in bytes.chunks_exact(E::SIZE) {
        let entry = E::read(chunk);
        if !entry.follows(entries.last(), segment_size) {
            break;
        }
        entries.push(entry);
    }
    entries
}

pub(crate) fn encode<E: Entry>(entries: &[E]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * E::SIZE);
    entries.iter().for_each(|entry| entry.write(&mut bytes));
    bytes
}

/// Both indexes of a segment, in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Indexes {
    pub(crate) offsets: Vec<OffsetEntry>,
    pub(crate) times: Vec<TimeEntry>,
    /// Bytes of log since the last entry.
    pub(crate) unindexed_bytes: u32,
    /// The greatest time so far, indexed or not.
    pub(crate) largest: Option<TimeEntry>,
}

impl Indexes {
    /// Takes note of a batch. An entry is made before the first batch after more than `interval` bytes.
    pub(crate) fn add(&mut self, batch: IndexedBatch, interval: u64) {
        self.note_time(batch.max_timestamp, batch.relative_last_offset);
        if u64::from(self.unindexed_bytes) > interval {
            let (relative_offset, position) = (batch.relative_last_offset, batch.position);
            self.offsets.push(OffsetEntry { relative_offset, position });
            self.add_largest_time();
            self.unindexed_bytes = 0;
        }
        self.unindexed_bytes += batch.size;
    }

    /// Takes note of the greatest time in a batch that ends at an offset.
    pub(crate) fn note_time(&mut self, timestamp: i64, relative_offset: u32) {
        if timestamp >= 0 && self.largest.is_none_or(|largest| timestamp > largest.timestamp) {
            self.largest = Some(TimeEntry { timestamp, relative_offset });
        }
    }

    /// Makes an entry for the greatest time, as is done when a segment closes.
    pub(crate) fn add_largest_time(&mut self) {
        if let Some(largest) = self.largest
            && largest.follows(self.times.last(), 0)
        {
            self.times.push(largest);
        }
    }

    /// Whether an index has reached `segment.index.bytes`. One entry of the time index is kept free for the closing.
    pub(crate) fn is_full(&self, limit: u64) -> bool {
        self.offsets.len() as u64 >= limit / OFFSET_ENTRY as u64
            || self.times.len() as u64 + 1 >= limit / TIME_ENTRY as u64
    }

    /// Where to begin to look for an offset.
    pub(crate) fn position_before(&self, relative_offset: u32) -> u32 {
        let at = self.offsets.partition_point(|entry| entry.relative_offset <= relative_offset);
        at.checked_sub(1).map_or(0, |at| self.offsets[at].position)
    }

    /// The offset up to which no record is younger than `timestamp`.
    pub(crate) fn offset_before_time(&self, timestamp: i64) -> u32 {
        let at = self.times.partition_point(|entry| entry.timestamp <= timestamp);
        at.checked_sub(1).map_or(0, |at| self.times[at].relative_offset)
    }

    /// Forgets what is at or beyond an offset. Returns the position from which the log must be read again to know the
    /// greatest time and the bytes since the last entry.
    pub(crate) fn truncate(&mut self, relative_offset: u32) -> u32 {
        self.offsets.retain(|entry| entry.relative_offset < relative_offset);
        self.times.retain(|entry| entry.relative_offset < relative_offset);
        self.largest = self.times.last().copied();
        self.unindexed_bytes = 0;
        // A greater time may lie between the last entry of the time index and the end, but not before it.
        self.largest.map_or(0, |largest| self.position_before(largest.relative_offset))
    }
}

/// A batch, as the indexes see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndexedBatch {
    pub(crate) relative_last_offset: u32,
    pub(crate) position: u32,
    pub(crate) size: u32,
    pub(crate) max_timestamp: i64,
}

/// Number of leading entries for which `before` holds, among `count` sorted ones that are read one by one.
pub(crate) fn partition_point<E>(
    count: usize,
    mut read: impl FnMut(usize) -> Result<E, crate::Error>,
    before: impl Fn(&E) -> bool,
) -> Result<usize, crate::Error> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(&read(middle)?) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(relative_last_offset: u32, position: u32, size: u32, max_timestamp: i64) -> IndexedBatch {
        IndexedBatch { relative_last_offset, position, size, max_timestamp }
    }

    fn offset(relative_offset: u32, position: u32) -> OffsetEntry {
        OffsetEntry { relative_offset, position }
    }

    fn time(timestamp: i64, relative_offset: u32) -> TimeEntry {
        TimeEntry { timestamp, relative_offset }
    }

    /// Ten batches of 1000 bytes and ten records; time goes back at every third.
    fn ten() -> Indexes {
        let mut indexes = Indexes::default();
        for i in 0..10 {
            let timestamp = i64::from(if i % 3 == 2 { i - 2 } else { i }) + 100;
            indexes.add(batch(i * 10 + 9, i * 1000, 1000, timestamp), 2500);
        }
        indexes
    }

    #[test]
    fn an_entry_is_made_once_the_interval_is_passed() {
        let indexes = ten();
        assert_eq!(indexes.offsets, [offset(39, 3000), offset(69, 6000), offset(99, 9000)]);
        assert_eq!(indexes.times, [time(103, 39), time(106, 69), time(109, 99)]);
        assert_eq!(indexes.unindexed_bytes, 1000);
    }

    #[test]
    fn lookups_begin_at_or_before_the_target() {
        let indexes = ten();
        for (target, position) in
            [(0, 0), (38, 0), (39, 3000), (40, 3000), (69, 6000), (98, 6000), (99, 9000), (500, 9000)]
        {
            assert_eq!(indexes.position_before(target), position, "offset {target}");
        }
        for (timestamp, expected) in [(0, 0), (102, 0), (103, 39), (108, 69), (109, 99), (i64::MAX, 99)] {
            assert_eq!(indexes.offset_before_time(timestamp), expected, "time {timestamp}");
        }
    }

    #[test]
    fn truncation_forgets_what_follows() {
        for (target, entries, rescan_from) in
            [(100, 3, 9000), (99, 2, 6000), (40, 1, 3000), (39, 0, 0), (0, 0, 0)]
        {
            let mut indexes = ten();
            assert_eq!(indexes.truncate(target), rescan_from, "offset {target}");
            assert_eq!((indexes.offsets.len(), indexes.times.len()), (entries, entries), "offset {target}");
        }
    }

    #[test]
    fn files_have_kafkas_layout() {
        assert_eq!(
            encode(&[offset(1, 2), offset(0x0304, 0x0506)]),
            [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 3, 4, 0, 0, 5, 6]
        );
        assert_eq!(encode(&[time(0x0102, 3)]), [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 3]);
        let indexes = ten();
        assert_eq!(decode::<OffsetEntry>(&encode(&indexes.offsets), 10_000), indexes.offsets);
        assert_eq!(decode::<TimeEntry>(&encode(&indexes.times), 10_000), indexes.times);
    }

    #[test]
    fn only_the_sound_front_of_a_file_is_taken() {
        let mut padded = encode(&ten().offsets);
        padded.resize(10 << 10, 0);
        assert_eq!(decode::<OffsetEntry>(&padded, 10_000), ten().offsets);
        let mut padded = encode(&ten().times);
        padded.resize(10 << 10, 0);
        assert_eq!(decode::<TimeEntry>(&padded, 10_000), ten().times);

        assert_eq!(decode::<OffsetEntry>(&[0; 64], 10_000), []);
        assert_eq!(decode::<OffsetEntry>(&[0xff; 64], u32::MAX), []);
        assert_eq!(
            decode::<OffsetEntry>(&encode(&[offset(5, 10), offset(9, 20), offset(9, 30)]), 100).len(),
            2
        );
        // Beyond the end of the log.
        assert_eq!(decode::<OffsetEntry>(&encode(&[offset(5, 10), offset(9, 20)]), 20).len(), 1);
        // Cut off in the middle of an entry.
        assert_eq!(decode::<OffsetEntry>(&encode(&ten().offsets)[..21], 10_000).len(), 2);
    }

    #[test]
    fn fills_up() {
        let mut indexes = Indexes::default();
        for i in 0..1000 {
            assert_eq!(indexes.is_full(120), indexes.offsets.len() >= 9, "{i}");
            indexes.add(batch(i, i * 10, 10, i64::from(i)), 5);
        }
    }

    #[test]
    fn searches_what_is_read_one_by_one() {
        let entries = ten().offsets;
        for target in 0..110 {
            let found =
                partition_point(entries.len(), |i| Ok(entries[i]), |entry| entry.relative_offset <= target);
            assert_eq!(found.unwrap(), entries.partition_point(|entry| entry.relative_offset <= target));
        }
    }
}
