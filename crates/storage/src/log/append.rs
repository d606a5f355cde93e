//! Appending: checks, offsets, one write for all that wait, and then what readers see.
use super::{Log, Writer};
use crate::{
    Append, AppendInfo, AppendOrigin, Durability, Error, LogConfig,
    fs::{self, LogFile},
    names::suffix,
    open_files::FileKind,
    policy::{self, Incoming},
    producers::{BatchSpan, Check, CompletedTransaction, Undo, Verdict},
    segment::{indexed, relative},
    tail::CachedBatch,
    txn_index,
};
use base::Offset;
use bytes::{Bytes, BytesMut};
use records::{
    BatchHeader, Batches, ControlRecord, HEADER_LEN, RecordBatch, Records, TimestampType,
    control::EndTransactionMarker,
};
use std::{
    io::IoSlice,
    sync::{Arc, atomic::Ordering::Release},
};

/// One write takes no more than this, unless a batch is larger.
const WRITE_BYTES: usize = 1 << 20;

/// Below this, a copy costs less than a second piece, and pins no network buffer.
const COPY_BELOW: usize = 8 << 10;

/// A batch that pins so many times its own size is copied.
const PINNED_FACTOR: usize = 2;

/// Inflated size of a control record beyond which it is none.
const CONTROL_LIMIT: usize = 64 << 10;

/// A batch with its place in the log, not written yet.
struct Staged {
    header: BatchHeader,
    cached: CachedBatch,
    undo: Option<Undo>,
    completed: Option<CompletedTransaction>,
}

/// Batches that are written together.
#[derive(Default)]
struct Group {
    staged: Vec<Staged>,
    bytes: usize,
}

impl Group {
    /// The offset after the last batch.
    fn end(&self, written_end: Offset) -> Offset {
        self.staged.last().map_or(written_end, |staged| staged.header.next_offset())
    }
}

impl Log {
    /// Appends one batch; gives it its offsets.
    ///
    /// Blocks for a write to the page cache, typically 10 to 50 us; for the disk only when the kernel throttles. Threads
    /// that append to one log at the same time share writes.
    pub fn append_as_leader(&self, append: Append) -> Result<AppendInfo, Error> {
        self.append_all_as_leader(vec![append]).pop().expect("one batch has one result")
    }

    /// Appends batches in their order, in as few writes as may be. One that is refused keeps none of the others out.
    ///
    /// As many results as batches, in order.
    pub fn append_all_as_leader(&self, appends: Vec<Append>) -> Vec<Result<AppendInfo, Error>> {
        self.appends.run(appends, |jobs| {
            let jobs = match <[Vec<Append>; 1]>::try_from(jobs) {
                Ok([appends]) => return vec![self.append_all(appends)],
                Err(jobs) => jobs,
            };
            let lengths: Vec<usize> = jobs.iter().map(Vec::len).collect();
            let mut results = self.append_all(jobs.into_iter().flatten().collect()).into_iter();
            lengths.into_iter().map(|length| results.by_ref().take(length).collect()).collect()
        })
    }

    /// Appends batches that a leader has given offsets and epochs. Returns the log end offset.
    ///
    /// Their CRC is checked. Offsets may have gaps, as compaction leaves them, but do not go back.
    pub fn append_as_follower(&self, batches: Bytes, now_ms: i64) -> Result<Offset, Error> {
        let mut writer = self.writer.lock();
        self.check_usable()?;
        let config = self.config();
        let mut group = Group::default();
        let staged = self.stage_replicated(&mut writer, &config, &mut group, batches, now_ms);
        // What came before a bad batch is good.
        let written = self.write_group(&mut writer, &config, group, now_ms);
        staged.and(written)?;
        Ok(self.log_end_offset())
    }

    fn append_all(&self, appends: Vec<Append>) -> Vec<Result<AppendInfo, Error>> {
        let mut writer = self.writer.lock();
        let config = self.config();
        let mut group = Group::default();
        let mut results: Vec<Result<AppendInfo, Error>> = Vec::with_capacity(appends.len());
        // Which results stand and fall with the group.
        let mut in_group = Vec::new();
        let now_ms = appends.first().map_or(0, |append| append.now_ms);
        for append in appends {
            if self.breaks_group(&group, &config, &append) {
                let written = self.write_group(&mut writer, &config, std::mem::take(&mut group), now_ms);
                settle(&mut results, &mut in_group, &written);
            }
            let before = group.staged.len();
            let result = self.stage(&mut writer, &config, &mut group, &append);
            let repeats_staged = || {
                result.as_ref().is_ok_and(|info| info.duplicate && info.last_offset >= self.log_end_offset())
            };
            if group.staged.len() > before || repeats_staged() {
                in_group.push(results.len());
            }
            results.push(result);
        }
        let written = self.write_group(&mut writer, &config, group, now_ms);
        settle(&mut results, &mut in_group, &written);
        results
    }

    /// Whether the group is written before this batch is looked at: because it is large enough, or because the batch may
    /// begin a segment.
    fn breaks_group(&self, group: &Group, config: &LogConfig, append: &Append) -> bool {
        if group.staged.is_empty() {
            return false;
        }
        let Ok(header) = BatchHeader::read(&append.batch) else { return false };
        group.bytes + append.batch.len() > WRITE_BYTES
            || group.staged.len() * 2 + 2 > fs::MAX_BUFFERS
            || self.needs_roll(config, group, &header, group.end(self.log_end_offset()), append.now_ms)
    }

    /// Whether a batch that will start at `base` belongs into a new segment.
    fn needs_roll(
        &self,
        config: &LogConfig,
        group: &Group,
        header: &BatchHeader,
        base: Offset,
        now_ms: i64,
    ) -> bool {
        let incoming = Incoming {
            size: (group.bytes + header.size_in_bytes()) as u64,
            last_offset: base.plus(i64::from(header.last_offset_delta)),
            max_timestamp: header.max_timestamp,
        };
        let view = self.view.read();
        policy::must_roll(&self.active_facts(&view.active, config), &incoming, config, now_ms)
    }

    /// Checks a batch and gives it its place. A duplicate is answered and not staged.
    fn stage(
        &self,
        writer: &mut Writer,
        config: &LogConfig,
        group: &mut Group,
        append: &Append,
    ) -> Result<AppendInfo, Error> {
        self.check_usable()?;
        let batch =
            RecordBatch::parse(append.batch.clone()).map_err(|error| Error::InvalidBatch(Arc::new(error)))?;
        let mut header = *batch.header();
        if header.size_in_bytes() as u64 > config.segment_bytes.0 {
            let (size, segment_bytes) = (header.size_in_bytes(), config.segment_bytes.0);
            return Err(Error::BatchTooLarge { size, segment_bytes });
        }
        let latest = self.view.read().epochs.latest();
        if let Some(current) = latest.filter(|current| append.leader_epoch < *current) {
            return Err(Error::StaleLeaderEpoch { sent: append.leader_epoch, current });
        }
        let marker = read_marker(&header, || batch.body())?;
        if header.has_producer_id() {
            let check = match append.origin {
                AppendOrigin::Client => Check::Client(append.first_sequence),
                AppendOrigin::Coordinator => {
                    Check::Coordinator { transaction_version: append.transaction_version }
                }
            };
            if let Verdict::Duplicate(first) = self.producers.lock().check(&header, marker.as_ref(), check)? {
                return Ok(self.duplicate_info(config, &first));
            }
        }
        header.base_offset = group.end(self.log_end_offset());
        if group.staged.is_empty()
            && self.needs_roll(config, group, &header, header.base_offset, append.now_ms)
        {
            self.roll_to(writer, header.base_offset, append.now_ms)?;
        }
        header.partition_leader_epoch = append.leader_epoch;
        let mut log_append_time_ms = records::NO_TIMESTAMP;
        if config.timestamp_type == TimestampType::LogAppendTime {
            header.set_log_append_time(append.now_ms, batch.body_slice());
            log_append_time_ms = append.now_ms;
        }
        let cached = keep(&header, &batch, append.retained_bytes);
        group.bytes += cached.size();
        group.staged.push(self.apply(header, marker.as_ref(), cached));
        Ok(AppendInfo {
            first_offset: header.base_offset,
            last_offset: header.last_offset(),
            log_append_time_ms,
            log_start_offset: self.log_start_offset(),
            duplicate: false,
            durable: config.durability == Durability::Os,
        })
    }

    fn duplicate_info(&self, config: &LogConfig, first: &BatchSpan) -> AppendInfo {
        let last_offset = Offset(first.last_offset);
        let by_log = config.timestamp_type == TimestampType::LogAppendTime;
        AppendInfo {
            first_offset: first.first_offset(),
            last_offset,
            log_append_time_ms: if by_log { first.timestamp } else { records::NO_TIMESTAMP },
            log_start_offset: self.log_start_offset(),
            duplicate: true,
            durable: config.durability == Durability::Os || last_offset < self.flushed_offset(),
        }
    }

    fn stage_replicated(
        &self,
        writer: &mut Writer,
        config: &LogConfig,
        group: &mut Group,
        bytes: Bytes,
        now_ms: i64,
    ) -> Result<(), Error> {
        for batch in Batches::new(bytes) {
            let invalid = |error| Error::InvalidBatch(Arc::new(error));
            let batch = batch.map_err(invalid)?;
            batch.verify_crc().map_err(invalid)?;
            let header = *batch.header();
            let end = group.end(self.log_end_offset());
            if header.base_offset < end {
                return Err(Error::UnexpectedOffset {
                    base: header.base_offset,
                    last: header.last_offset(),
                    end,
                });
            }
            if self.needs_roll(config, group, &header, header.base_offset, now_ms) {
                self.write_group(writer, config, std::mem::take(group), now_ms)?;
                self.roll_to(writer, header.base_offset, now_ms)?;
            }
            let marker = read_marker(&header, || batch.body())?;
            let size = header.size_in_bytes();
            let bytes = batch.into_bytes();
            let (base, last) = (header.base_offset, header.last_offset());
            let cached = CachedBatch { base, last, head: bytes, body: None, retained: size };
            group.bytes += size;
            group.staged.push(self.apply(header, marker.as_ref(), cached));
            if group.bytes > WRITE_BYTES || group.staged.len() == fs::MAX_BUFFERS {
                self.write_group(writer, config, std::mem::take(group), now_ms)?;
            }
        }
        Ok(())
    }

    fn apply(
        &self,
        header: BatchHeader,
        marker: Option<&EndTransactionMarker>,
        cached: CachedBatch,
    ) -> Staged {
        if !header.has_producer_id() {
            return Staged { header, cached, undo: None, completed: None };
        }
        let (completed, undo) = self.producers.lock().apply(&header, marker);
        Staged { header, cached, undo: Some(undo), completed }
    }

    /// Writes a group, or nothing of it, and shows it to readers.
    fn write_group(
        &self,
        writer: &mut Writer,
        config: &LogConfig,
        group: Group,
        now_ms: i64,
    ) -> Result<(), Error> {
        if group.staged.is_empty() {
            return Ok(());
        }
        let (base, position, txn_bytes) = {
            let view = self.view.read();
            (view.active.base, view.active.size, view.active.txn_bytes)
        };
        let written = self.write_aborted(base, txn_bytes, &group).and_then(|txn_bytes| {
            self.write_batches(writer, config, base, position, &group)?;
            Ok(txn_bytes)
        });
        let txn_bytes = match written {
            Ok(txn_bytes) => txn_bytes,
            Err(error) => {
                let mut producers = self.producers.lock();
                group
                    .staged
                    .into_iter()
                    .rev()
                    .filter_map(|staged| staged.undo)
                    .for_each(|undo| producers.undo(&undo));
                return Err(error);
            }
        };
        let (bytes, messages) =
            (group.bytes as u64, group.end(Offset::ZERO) - group.staged[0].header.base_offset);
        self.publish(config, group, txn_bytes);
        self.note_unflushed(writer, config, bytes, messages, now_ms);
        Ok(())
    }

    fn write_batches(
        &self,
        writer: &mut Writer,
        config: &LogConfig,
        base: Offset,
        position: u32,
        group: &Group,
    ) -> Result<(), Error> {
        let file = self.files.log_file(base)?;
        let end = u64::from(position) + group.bytes as u64;
        if let Some(room) =
            policy::room_to_reserve(u64::from(position)..end, writer.reserved_end, config.segment_bytes.0)
        {
            file.reserve(room.start, room.end - room.start);
            writer.reserved_end = room.end;
        }
        let mut buffers = Vec::with_capacity(group.staged.len() * 2);
        for staged in &group.staged {
            buffers.push(IoSlice::new(&staged.cached.head));
            buffers.extend(staged.cached.body.as_deref().map(IoSlice::new));
        }
        fs::write_all_at(&*file, &mut buffers, u64::from(position)).map_err(|error| {
            let failed = self.files.failed(base, FileKind::Log, &error);
            self.cut_off(&*file, base, position);
            failed
        })
    }

    /// After a failed write, so that the file ends where the log does.
    fn cut_off(&self, file: &dyn LogFile, base: Offset, position: u32) {
        if let Err(error) = file.set_len(u64::from(position)) {
            self.directory().fatal(&self.files.path(base, suffix::LOG), &error);
        }
    }

    /// Enters aborted transactions into the index ahead of their markers: an entry without its marker lies beyond what is
    /// valid and is written over. Returns the valid length with them.
    fn write_aborted(&self, base: Offset, txn_bytes: u32, group: &Group) -> Result<u32, Error> {
        let mut entries = Vec::new();
        {
            let producers = self.producers.lock();
            let completed = group.staged.iter().filter_map(|staged| staged.completed.as_ref());
            for completed in completed.filter(|completed| !completed.committed) {
                entries.extend_from_slice(&txn_index::encode(&producers.aborted(completed)));
            }
        }
        if entries.is_empty() {
            return Ok(txn_bytes);
        }
        self.write_txn_index(base, txn_bytes, &entries)?;
        Ok(txn_bytes + u32::try_from(entries.len()).expect("a group is small"))
    }

    fn publish(&self, config: &LogConfig, group: Group, txn_bytes: u32) {
        let end = group.end(self.log_end_offset());
        if group.staged.iter().any(|staged| staged.undo.is_some()) {
            self.note_first_unstable(&self.producers.lock());
        }
        {
            let mut view = self.view.write();
            let view = &mut *view;
            for Staged { header, .. } in &group.staged {
                view.active.add(header, config.index_interval_bytes.0);
                let epoch = header.partition_leader_epoch;
                view.epochs_unwritten |= view.epochs.assign(epoch, header.base_offset);
            }
            view.active.txn_bytes = txn_bytes;
            // Under the lock, so that whoever holds it finds the segments to end where the log does.
            self.set_end(end);
        }
        self.tail.append(group.bytes, group.staged.into_iter().map(|staged| staged.cached));
    }

    fn note_unflushed(
        &self,
        writer: &mut Writer,
        config: &LogConfig,
        bytes: u64,
        messages: i64,
        now_ms: i64,
    ) {
        writer.unflushed_bytes += bytes;
        writer.unflushed_messages += messages;
        writer.unflushed_since_ms.get_or_insert(now_ms);
        if writer.unflushed_bytes >= self.settings.unflushed_bytes {
            writer.unflushed_bytes = 0;
            self.request_checkpoint();
        }
        if writer.unflushed_messages >= config.flush_messages {
            writer.unflushed_messages = 0;
            self.request_flush(self.log_end_offset(), Box::new(|_| {}));
        }
    }

    pub(super) fn write_txn_index(&self, base: Offset, at: u32, entries: &[u8]) -> Result<(), Error> {
        let path = self.files.path(base, suffix::TXN_INDEX);
        let access = if at == 0 { fs::Access::Fresh } else { fs::Access::Existing };
        let write = || {
            let file = self.directory().fs.open(&path, access)?;
            fs::write_all_at(&*file, &mut [IoSlice::new(entries)], u64::from(at))
        };
        self.offsets.folder_unsynced.store(true, Release);
        write().map_err(|error| self.directory().failed(&path, &error))
    }
}

impl crate::segment::Active {
    /// Takes note of a batch at the end.
    pub(crate) fn add(&mut self, header: &BatchHeader, index_interval: u64) {
        debug_assert!(relative(self.base, header.last_offset()) <= i32::MAX as u32);
        if self.size == 0 {
            self.first_timestamp = Some(header.max_timestamp);
        }
        let batch = indexed(self.base, self.size, header);
        self.indexes.add(batch, index_interval);
        self.size += batch.size;
    }
}

/// Gives a failed group's error to all who were in it.
fn settle(results: &mut [Result<AppendInfo, Error>], in_group: &mut Vec<usize>, written: &Result<(), Error>) {
    for i in in_group.drain(..) {
        if let Err(error) = written {
            results[i] = Err(error.clone());
        }
    }
}

/// The batch as it is written and kept: in one exact piece if small, else a new header and the body where it lies.
fn keep(header: &BatchHeader, batch: &RecordBatch, retained_bytes: usize) -> CachedBatch {
    let size = batch.bytes().len();
    let (base, last) = (header.base_offset, header.last_offset());
    if size < COPY_BELOW || retained_bytes > size.saturating_mul(PINNED_FACTOR) {
        let mut copy = BytesMut::with_capacity(size);
        copy.extend_from_slice(&header.to_bytes());
        copy.extend_from_slice(batch.body_slice());
        return CachedBatch { base, last, head: copy.freeze(), body: None, retained: size };
    }
    let head = Bytes::copy_from_slice(&header.to_bytes());
    let retained = retained_bytes.max(size) + HEADER_LEN;
    CachedBatch { base, last, head, body: Some(batch.body()), retained }
}

/// What a control batch says about its producer's transaction. Other control batches say nothing here.
pub(super) fn read_marker(
    header: &BatchHeader,
    body: impl FnOnce() -> Bytes,
) -> Result<Option<EndTransactionMarker>, Error> {
    if !header.is_control() || !header.has_producer_id() || header.record_count == 0 {
        return Ok(None);
    }
    let malformed = || crate::ProducerError::MalformedMarker { producer_id: header.producer_id };
    let records = Records::open(header, body(), CONTROL_LIMIT).map_err(|_| malformed())?;
    let record = records.iter().next().ok_or_else(malformed)?.map_err(|_| malformed())?;
    match ControlRecord::read(&record).map_err(|_| malformed())? {
        ControlRecord::EndTransaction(marker) => Ok(Some(marker)),
        ControlRecord::Other(_) => Ok(None),
    }
}
