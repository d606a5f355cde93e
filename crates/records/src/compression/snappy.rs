//! Snappy comes in two wrappings. Java's (`snappy-java`, also kafka-python and Go) is a header of 16 bytes and blocks,
//! each with its length before it; C clients send one bare block. Written is the first, read are both.
use super::{Fault, Output};
use snap::raw::{Decoder, Encoder, decompress_len, max_compress_len};

const MAGIC: [u8; 8] = *b"\x82SNAPPY\0";
/// Magic, version, and the oldest version that can read it.
const JAVA_HEADER: [u8; 16] = *b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01";
const BLOCK_LEN: usize = 32 << 10;

pub(super) fn compress(records: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&JAVA_HEADER);
    let mut encoder = Encoder::new();
    for block in records.chunks(BLOCK_LEN) {
        let length_at = out.len();
        out.resize(length_at + 4 + max_compress_len(block.len()), 0);
        let written =
            encoder.compress(block, &mut out[length_at + 4..]).expect("the buffer takes the worst case");
        out[length_at..length_at + 4].copy_from_slice(&(written as u32).to_be_bytes());
        out.truncate(length_at + 4 + written);
    }
}

pub(super) fn inflate(compressed: &[u8], out: &mut Output<'_>) -> Result<(), Fault> {
    let mut decoder = Decoder::new();
    if !compressed.starts_with(&MAGIC) {
        return inflate_block(&mut decoder, compressed, out);
    }
    let mut rest = compressed;
    while !rest.is_empty() {
        // Streams may follow one another, each with its header.
        if rest.starts_with(&MAGIC) {
            rest = rest.get(JAVA_HEADER.len()..).ok_or(Fault::broken("the header is cut off"))?;
            continue;
        }
        let (length, after) = rest.split_first_chunk().ok_or(Fault::broken("a block's length is cut off"))?;
        let (block, after) = after
            .split_at_checked(u32::from_be_bytes(*length) as usize)
            .ok_or(Fault::broken("a block is cut off"))?;
        inflate_block(&mut decoder, block, out)?;
        rest = after;
    }
    Ok(())
}

fn inflate_block(decoder: &mut Decoder, block: &[u8], out: &mut Output<'_>) -> Result<(), Fault> {
    let claimed = decompress_len(block).map_err(|error| Fault::Broken(error.into()))?;
    // The best that the format can do is a copy of 64 bytes in 3.
    if claimed / 22 > block.len() {
        return Err(Fault::broken("a block claims more than it can hold"));
    }
    let room = out.grow(claimed)?;
    decoder.decompress(block, room).map_err(|error| Fault::Broken(error.into()))?;
    Ok(())
}
