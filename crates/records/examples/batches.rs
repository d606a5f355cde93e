//! Prints one batch per codec, as name and hex, for other people's decoders:
//!
//! ```text
//! cargo run -p mainstem-records --example batches | java -cp 'LIBS/*' crates/records/tests/golden/GoldenBatches.java read
//! ```
use base::{LeaderEpoch, Offset, ProducerEpoch, ProducerId};
use mainstem_records::{BatchBuilder, Compression, Header, NewRecord};
use std::fmt::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let value = b"mainstem ".repeat(8_000);
    for compression in Compression::ALL {
        let mut builder = BatchBuilder::new(compression)
            .base_offset(Offset(100))
            .partition_leader_epoch(LeaderEpoch(7))
            .producer(ProducerId(4711), ProducerEpoch(3), i32::MAX - 1)
            .transactional();
        let headers = [Header { key: b"h", value: Some(b"1") }, Header { key: b"", value: None }];
        for i in 0..4 {
            let value = (i != 2).then_some(&value[..i * 20_000]);
            builder.append(&NewRecord {
                timestamp: 1_700_000_000_000,
                key: Some(b"k"),
                value,
                headers: &headers,
            })?;
        }
        let mut hex = String::new();
        builder.build().iter().try_for_each(|byte| write!(hex, "{byte:02x}"))?;
        println!("{compression} {hex}");
    }
    Ok(())
}
