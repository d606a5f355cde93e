//! Prints how fast a core checks, reads, writes and inflates batches. `cargo run --release -p mainstem-records --example speed`
use bytes::Bytes;
use mainstem_records::{
    BatchBuilder, Codec, Compression, NewRecord, RecordBatch,
    validate::{self, Depth, Rules},
};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const BATCH_LEN: usize = 1 << 20;

fn main() {
    for record_len in [100, 1000] {
        println!(
            "records of {record_len} bytes, batches of 1 MiB before compression; MB/s of that, the best of 5"
        );
        let (records, plain) = batch(Compression::None, record_len);
        report("build", || drop(black_box(batch(Compression::None, record_len))));
        report("verify CRC", || plain.verify_crc().expect("a good batch"));
        report("validate, header", || produce(&plain, Depth::Header));
        report("validate, every record", || produce(&plain, Depth::Uncompressed));
        for compression in [Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd] {
            let (_, compressed) = batch(compression, record_len);
            let ratio = plain.size_in_bytes() as f64 / compressed.size_in_bytes() as f64;
            println!("  {compression}: 1 : {ratio:.1}");
            let mut out = Vec::new();
            report("compress", || {
                out.clear();
                Codec::new(compression).compress(&records, &mut out);
            });
            report("validate, header", || produce(&compressed, Depth::Header));
            report("validate, every record", || produce(&compressed, Depth::All));
        }
    }
}

/// The records and the batch of them.
fn batch(compression: Compression, record_len: usize) -> (Bytes, RecordBatch) {
    let mut builder = BatchBuilder::new(compression);
    let mut state = 1u64;
    let mut value = vec![0; record_len];
    while builder.uncompressed_size() < BATCH_LEN {
        // Half noise, half the same, as benchmarks of brokers have it.
        for byte in &mut value[..record_len / 2] {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (state >> 56) as u8;
        }
        builder.append(&NewRecord { value: Some(&value), ..NewRecord::default() }).expect("1 MiB fits");
    }
    let batch = RecordBatch::parse(builder.build()).expect("a batch");
    (batch.records(2 * BATCH_LEN).expect("they inflate").body().clone(), batch)
}

fn produce(batch: &RecordBatch, depth: Depth) {
    let rules = Rules { depth, ..Rules::default() };
    black_box(validate::for_produce(batch, &rules, 0)).expect("a good batch");
}

fn report(what: &str, mut work: impl FnMut()) {
    let best = (0..5).map(|_| time_of(&mut work)).min().expect("5 runs");
    println!("    {what:<24} {:>8.0}", BATCH_LEN as f64 / best.as_secs_f64() / 1e6);
}

/// Time of one call, from as many as take 20 ms.
fn time_of(work: &mut impl FnMut()) -> Duration {
    let (start, mut calls) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(20) {
        work();
        calls += 1;
    }
    start.elapsed() / calls
}
