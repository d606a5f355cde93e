//! LZ4 in its frame format (v1.5.1), as Kafka writes it: independent blocks of 64 KiB, no checksum of blocks or
//! content, one frame.
//!
//! Read are all frames that Kafka reads, and those with linked blocks. The frame is taken apart here rather than by
//! the codec's own reader, which reserves and clears the largest block that a frame of a few bytes announces, for
//! each frame anew.
//!
//! Source: the LZ4 frame format description; KIP-57 (the header checksum as the format says, since message format v1).
use super::{Fault, Output, xxh32::xxh32};
use lz4_flex::block::{
    CompressTable, DecompressError, compress_into_with_table, decompress_into, decompress_into_with_dict,
    get_maximum_output_size,
};
use std::io;

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// Version 1, independent blocks; blocks of 64 KiB; checksum of the two.
const WRITTEN_HEADER: [u8; 7] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
const WRITTEN_BLOCK_LEN: usize = 64 << 10;
const END_MARK: [u8; 4] = [0; 4];
/// Of a block's length: the block is stored as it is.
const STORED: u32 = 1 << 31;
/// How far back a linked block may reach.
const WINDOW: usize = 64 << 10;

pub(super) fn compress(records: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&WRITTEN_HEADER);
    let mut table = CompressTable::default();
    for block in records.chunks(WRITTEN_BLOCK_LEN) {
        let length_at = out.len();
        let data_at = length_at + 4;
        out.resize(data_at + get_maximum_output_size(block.len()), 0);
        let written = compress_into_with_table(block, &mut out[data_at..], &mut table)
            .expect("the buffer takes the worst case");
        let length = if written < block.len() {
            written as u32
        } else {
            out[data_at..data_at + block.len()].copy_from_slice(block);
            block.len() as u32 | STORED
        };
        out[length_at..data_at].copy_from_slice(&length.to_le_bytes());
        out.truncate(data_at + (length & !STORED) as usize);
    }
    out.extend_from_slice(&END_MARK);
}

/// Whether the checksum of a frame's head is looked at: Kafka's clients computed it of too much before KIP-57.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadChecksum {
    Verified,
    Ignored,
}

pub(super) fn inflate(
    compressed: &[u8],
    head_checksum: HeadChecksum,
    out: &mut Output<'_>,
) -> Result<(), Fault> {
    let mut input = Input(compressed);
    let frame = Frame::read(&mut input, head_checksum)?;
    loop {
        let length = input.u32()?;
        if length == 0 {
            break;
        }
        let block = input.take((length & !STORED) as usize)?;
        if block.len() > frame.max_block_len {
            return Err(Fault::broken("a block is larger than its frame allows"));
        }
        if frame.block_checksums && input.u32()? != xxh32(block) {
            return Err(Fault::broken("the checksum of a block is wrong"));
        }
        if length & STORED != 0 {
            out.append(block)?;
        } else {
            inflate_block(&frame, block, out)?;
        }
    }
    if frame.content_checksum && input.u32()? != xxh32(out.inflated()) {
        return Err(Fault::broken("the checksum of the content is wrong"));
    }
    if frame.content_size.is_some_and(|size| size != out.inflated().len() as u64) {
        return Err(Fault::broken("the content is not of the size that the frame says"));
    }
    Ok(())
}

fn inflate_block(frame: &Frame, block: &[u8], out: &mut Output<'_>) -> Result<(), Fault> {
    let (end, room_left) = (out.bytes.len(), out.room_left());
    // A byte of a block stands for at most 255. One more than is left tells a full block from one that is too large.
    let most = block.len().saturating_mul(255).min(frame.max_block_len).min(room_left.saturating_add(1));
    out.bytes.resize(end + most, 0);
    let (before, room) = out.bytes.split_at_mut(end);
    let window = if frame.linked { &before[out.start.max(end.saturating_sub(WINDOW))..] } else { &[] };
    let inflated = match window {
        [] => decompress_into(block, room),
        _ => decompress_into_with_dict(block, room, window),
    };
    match inflated {
        Ok(written) if written <= room_left => out.bytes.truncate(end + written),
        Ok(_) => return Err(Fault::TooLarge),
        Err(DecompressError::OutputTooSmall { .. }) if most > room_left => return Err(Fault::TooLarge),
        Err(error) => return Err(Fault::Broken(io::Error::new(io::ErrorKind::InvalidData, error))),
    }
    Ok(())
}

/// What the head of a frame says about its blocks.
struct Frame {
    linked: bool,
    block_checksums: bool,
    content_checksum: bool,
    content_size: Option<u64>,
    max_block_len: usize,
}

impl Frame {
    fn read(input: &mut Input<'_>, head_checksum: HeadChecksum) -> Result<Self, Fault> {
        if input.take(4)? != MAGIC {
            return Err(Fault::broken("the magic of an LZ4 frame is missing"));
        }
        let descriptor = input.0;
        let [flags, sizes] = *input.array()?;
        if flags >> 6 != 1 || flags & 0b10 != 0 || sizes & 0b1000_1111 != 0 {
            return Err(Fault::broken("the frame has flags of another version"));
        }
        if flags & 1 != 0 {
            return Err(Fault::broken("the frame asks for a dictionary"));
        }
        let max_block_len = match sizes >> 4 {
            id @ 4..=7 => 1usize << (8 + 2 * id),
            _ => return Err(Fault::broken("the frame's largest block has a size that does not exist")),
        };
        let content_size = if flags & 0b1000 != 0 { Some(u64::from_le_bytes(*input.array()?)) } else { None };
        let checksum = xxh32(&descriptor[..descriptor.len() - input.0.len()]) >> 8;
        let is_right = input.take(1)? == [checksum as u8];
        if !is_right && head_checksum == HeadChecksum::Verified {
            return Err(Fault::broken("the checksum of the frame's head is wrong"));
        }
        Ok(Self {
            linked: flags & 0b10_0000 == 0,
            block_checksums: flags & 0b1_0000 != 0,
            content_checksum: flags & 0b100 != 0,
            content_size,
            max_block_len,
        })
    }
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Fault::broken("the frame is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Fault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Fault::broken("the frame is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, Fault> {
        Ok(u32::from_le_bytes(*self.array()?))
    }
}
