//! What an append and a read cost, by batch size: CPU seconds per GiB, one thread, into the page cache.
//!
//! `cargo run --release -p mainstem-storage --example append -- [FOLDER] [MiB per size]`
use base::{LeaderEpoch, NodeId, Offset};
use bytes::Bytes;
use mainstem_storage::{
    Append, CreateLog, Durability, Log, LogConfig, LogManager, Read, StorageOptions, TopicPartition,
};
use records::{BatchBuilder, Compression, NewRecord};
use std::{path::PathBuf, sync::Arc, time::Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| std::env::temp_dir().join("mainstem-append"), PathBuf::from);
    let mib: usize = arguments.next().map_or(Ok(1024), |text| text.parse())?;
    println!(
        "{:>10} {:>24} {:>24} {:>24} {:>24}",
        "batch", "append", "read, memory", "read, file", "read, file, no CRC"
    );
    for kib in [1, 16, 256, 1024] {
        let append = measure(&folder, kib << 10, mib << 20)?;
        println!("{:>6} KiB {}", kib, append.join(" "));
    }
    Ok(())
}

fn measure(folder: &PathBuf, batch_bytes: usize, total: usize) -> Result<Vec<String>> {
    let _ = std::fs::remove_dir_all(folder);
    let batch = batch(batch_bytes);
    let count = total / batch.len();
    let mut figures = Vec::new();

    let manager = open(folder, true)?;
    let log = log(&manager)?;
    figures.push(figure(total, || {
        for _ in 0..count {
            log.append_as_leader(Append::new(batch.clone(), LeaderEpoch(0), 0))?;
        }
        Ok(())
    })?);
    let tail = log.log_end_offset().0 - ((32 << 20) / batch.len()) as i64;
    figures.push(figure(total, || {
        let mut left = count as i64;
        while left > 0 {
            left -= read(&log, tail)?;
        }
        Ok(())
    })?);
    drop((manager, log));
    for verify in [true, false] {
        let manager = open(folder, verify)?;
        let log = self::log(&manager)?;
        figures.push(figure(total, || read(&log, 0).map(drop))?);
    }
    std::fs::remove_dir_all(folder)?;
    Ok(figures)
}

fn open(folder: &PathBuf, verify_crc_on_read: bool) -> Result<LogManager> {
    let manager = LogManager::open(StorageOptions { verify_crc_on_read, ..StorageOptions::new([folder]) })?;
    manager.format("bench", NodeId(0))?;
    manager.load(0, &|_| config())?;
    Ok(manager)
}

fn config() -> LogConfig {
    LogConfig { durability: Durability::Os, ..LogConfig::default() }
}

fn log(manager: &LogManager) -> Result<Arc<Log>> {
    let partition = TopicPartition::new("bench", 0);
    Ok(manager
        .get_or_create(CreateLog { partition, topic_id: None, config: config(), directory: None }, 0)?)
}

/// Reads to the end, as consumers do; returns how many offsets that were.
fn read(log: &Log, from: i64) -> Result<i64> {
    let mut at = Offset(from);
    while at < log.log_end_offset() {
        let found =
            log.read(Read { from: at, max_bytes: 1 << 20, upper_bound: Offset::MAX, min_one_batch: true })?;
        at = found.next_offset;
    }
    Ok(at.0 - from)
}

fn batch(bytes: usize) -> Bytes {
    let value = vec![7; bytes - 80];
    let mut builder = BatchBuilder::new(Compression::None);
    builder.append(&NewRecord { value: Some(&value), ..NewRecord::default() }).expect("one record fits");
    builder.build()
}

/// Wall and CPU time of some work, the latter per GiB.
fn figure(total: usize, work: impl FnOnce() -> Result<()>) -> Result<String> {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    work()?;
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let gib = total as f64 / (1u64 << 30) as f64;
    Ok(format!("{:>7.3} CPU-s/GiB {:>5.2} GiB/s", cpu / gib, gib / wall))
}

/// Of all threads of this process.
fn cpu_seconds() -> f64 {
    let spent = |clock| rustix::time::clock_gettime(clock);
    let time = spent(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
