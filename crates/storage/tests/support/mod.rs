//! A log on a file system in memory, and short ways to write to it and read from it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a part of several tests")]
use base::{ByteCount, LeaderEpoch, NodeId, Offset, ProducerEpoch, ProducerId};
use bytes::Bytes;
use mainstem_storage::{
    Append, AppendInfo, CreateLog, Error, FileSystem, Log, LogConfig, LogManager, Read, StorageOptions,
    TopicPartition, fs::MemoryFileSystem,
};
use records::{BatchBuilder, Batches, Compression, NewRecord};
use std::{path::PathBuf, sync::Arc, time::Duration};

pub const DIR: &str = "/data";
pub const NOW: i64 = 1_000_000;

pub fn partition() -> TopicPartition {
    TopicPartition::new("orders", 0)
}

/// Small segments with dense indexes, so that a few batches meet every case.
pub fn config() -> LogConfig {
    LogConfig {
        segment_bytes: ByteCount(1000),
        index_interval_bytes: ByteCount(150),
        file_delete_delay_ms: Duration::ZERO,
        ..LogConfig::default()
    }
}

pub fn options(fs: &MemoryFileSystem) -> StorageOptions {
    StorageOptions {
        file_system: Arc::new(fs.clone()),
        recovery_threads_per_directory: 1,
        ..StorageOptions::new([DIR])
    }
}

pub fn try_open(options: StorageOptions, config: LogConfig) -> Result<LogManager, Error> {
    let manager = LogManager::open(options)?;
    manager.format("cluster", NodeId(1))?;
    manager.load(NOW, &|_| config)?;
    Ok(manager)
}

pub fn open(fs: &MemoryFileSystem, config: LogConfig) -> LogManager {
    try_open(options(fs), config).unwrap()
}

pub fn create(manager: &LogManager, config: LogConfig) -> Arc<Log> {
    let create = CreateLog { partition: partition(), topic_id: None, config, directory: None };
    manager.get_or_create(create, NOW).unwrap()
}

/// A manager and its one log. The manager is to be kept: it has the lock.
pub fn fresh(fs: &MemoryFileSystem, config: LogConfig) -> (LogManager, Arc<Log>) {
    let manager = open(fs, config);
    let log = create(&manager, config);
    (manager, log)
}

/// What a batch is made of.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    pub records: i64,
    pub value_bytes: usize,
    pub timestamp: i64,
    pub compression: Compression,
    pub producer: Option<(i64, i16, i32)>,
    pub transactional: bool,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            records: 1,
            value_bytes: 20,
            timestamp: NOW,
            compression: Compression::None,
            producer: None,
            transactional: false,
        }
    }
}

impl Batch {
    pub fn of(records: i64) -> Self {
        Self { records, ..Self::default() }
    }

    pub fn at(timestamp: i64) -> Self {
        Self { timestamp, ..Self::default() }
    }

    pub fn by(id: i64, epoch: i16, sequence: i32, records: i64) -> Self {
        Self { producer: Some((id, epoch, sequence)), records, ..Self::default() }
    }

    pub fn builder(&self) -> BatchBuilder {
        let mut builder = BatchBuilder::new(self.compression);
        if let Some((id, epoch, sequence)) = self.producer {
            builder = builder.producer(ProducerId(id), ProducerEpoch(epoch), sequence);
        }
        if self.transactional {
            builder = builder.transactional();
        }
        builder
    }

    fn fill(&self, mut builder: BatchBuilder) -> Bytes {
        let value = vec![b'v'; self.value_bytes];
        for i in 0..self.records {
            let record =
                NewRecord { timestamp: self.timestamp + i, value: Some(&value), ..NewRecord::default() };
            builder.append(&record).unwrap();
        }
        builder.build()
    }

    pub fn bytes(&self) -> Bytes {
        self.fill(self.builder())
    }

    /// As a leader would have stored it.
    pub fn stored(&self, base_offset: i64, epoch: i32) -> Bytes {
        self.fill(self.builder().base_offset(Offset(base_offset)).partition_leader_epoch(LeaderEpoch(epoch)))
    }
}

pub fn append(log: &Log, batch: Batch) -> Result<AppendInfo, Error> {
    log.append_as_leader(Append::new(batch.bytes(), LeaderEpoch(0), NOW))
}

/// Appends batches in one call.
pub fn append_all(log: &Log, batches: &[Batch]) -> Vec<Result<AppendInfo, Error>> {
    let appends = batches.iter().map(|batch| Append::new(batch.bytes(), LeaderEpoch(0), NOW));
    log.append_all_as_leader(appends.collect())
}

/// Appends so many batches of one record.
pub fn append_many(log: &Log, count: usize) {
    for _ in 0..count {
        append(log, Batch::default()).unwrap();
    }
}

pub fn read_from(log: &Log, from: i64) -> Result<mainstem_storage::FetchedRecords, Error> {
    log.read(Read { from: Offset(from), max_bytes: 1 << 20, upper_bound: Offset::MAX, min_one_batch: true })
}

/// Base offsets of all batches from `from` to the end, read call by call; every CRC is checked.
pub fn read_all(log: &Log, from: i64) -> Result<Vec<i64>, Error> {
    let mut bases = Vec::new();
    let mut at = from;
    while at < log.log_end_offset().0 {
        let found = read_from(log, at)?;
        if found.size == 0 {
            break;
        }
        let bytes = Bytes::from(found.chunks.concat());
        assert_eq!(bytes.len(), found.size);
        for batch in Batches::new(bytes) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            bases.push(batch.base_offset.0);
        }
        assert!(found.next_offset.0 > at);
        at = found.next_offset.0;
    }
    Ok(bases)
}

pub fn file(name: &str) -> PathBuf {
    PathBuf::from(format!("{DIR}/{}/{name}", partition()))
}

/// Names of the files in the log's folder.
pub fn listing(fs: &MemoryFileSystem) -> Vec<String> {
    let folder = file("x").parent().unwrap().to_owned();
    fs.list(&folder).unwrap().into_iter().map(|entry| entry.name).collect()
}

/// Equal numbers from equal seeds.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
