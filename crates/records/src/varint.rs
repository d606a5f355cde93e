//! Zigzag varints at the front of a slice, the integers inside a record.
//!
//! As in Kafka, bits beyond the width of the type are dropped; a number that goes on after its longest form is an
//! error.
use crate::error::RecordFault;

/// Bytes of the longest `i32`.
pub(crate) const MAX_VARINT_LEN: usize = 5;
/// Bytes of the longest `i64`.
const MAX_VARLONG_LEN: usize = 10;

#[inline]
pub(crate) fn read_i32(input: &mut &[u8]) -> Result<i32, RecordFault> {
    if let Some(value) = read_one_byte(input) {
        return Ok(value);
    }
    let raw = read_long_form(input, MAX_VARINT_LEN)? as u32;
    Ok((raw >> 1) as i32 ^ -((raw & 1) as i32))
}

#[inline]
pub(crate) fn read_i64(input: &mut &[u8]) -> Result<i64, RecordFault> {
    if let Some(value) = read_one_byte(input) {
        return Ok(i64::from(value));
    }
    let raw = read_long_form(input, MAX_VARLONG_LEN)?;
    Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
}

/// Most numbers of a record are small.
#[inline]
fn read_one_byte(input: &mut &[u8]) -> Option<i32> {
    let (&byte, rest) = input.split_first()?;
    if byte >= 0x80 {
        return None;
    }
    *input = rest;
    let byte = i32::from(byte);
    Some((byte >> 1) ^ -(byte & 1))
}

#[inline]
fn read_long_form(input: &mut &[u8], longest: usize) -> Result<u64, RecordFault> {
    let mut value = 0u64;
    for (i, byte) in input.iter().take(longest).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if *byte < 0x80 {
            *input = &input[i + 1..];
            return Ok(value);
        }
    }
    Err(if input.len() < longest { RecordFault::Truncated } else { RecordFault::VarintTooLong })
}

pub(crate) fn write_i32(value: i32, out: &mut Vec<u8>) {
    write_i64(i64::from(value), out);
}

/// Zigzag gives an `i32` and the same number as `i64` the same bytes.
pub(crate) fn write_i64(value: i64, out: &mut Vec<u8>) {
    let mut raw = zigzag(value);
    while raw >= 0x80 {
        out.push(raw as u8 | 0x80);
        raw >>= 7;
    }
    out.push(raw as u8);
}

pub(crate) fn len_i32(value: i32) -> usize {
    len_i64(i64::from(value))
}

pub(crate) fn len_i64(value: i64) -> usize {
    let bits = 64 - (zigzag(value) | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_at_the_edges() {
        let edges = [0, -1, 1, 63, -64, 64, -65, 8191, 8192, -8193, 1 << 20, 1 << 27, 1 << 34];
        for value in edges.into_iter().chain([i64::from(i32::MIN), i64::from(i32::MAX), i64::MIN, i64::MAX]) {
            let mut bytes = Vec::new();
            write_i64(value, &mut bytes);
            assert_eq!(bytes.len(), len_i64(value), "{value}");
            assert_eq!(read_i64(&mut &bytes[..]), Ok(value));
            if let Ok(small) = i32::try_from(value) {
                assert_eq!(len_i32(small), bytes.len());
                assert_eq!(read_i32(&mut &bytes[..]), Ok(small));
            }
            assert_eq!(read_i64(&mut &bytes[..bytes.len() - 1]), Err(RecordFault::Truncated));
        }
    }

    #[test]
    fn stops_after_the_longest_form() {
        assert_eq!(read_i32(&mut &[0xff; 5][..]), Err(RecordFault::VarintTooLong));
        assert_eq!(read_i32(&mut &[0xff; 4][..]), Err(RecordFault::Truncated));
        assert_eq!(read_i64(&mut &[0xff; 10][..]), Err(RecordFault::VarintTooLong));
        assert_eq!(read_i64(&mut &[0xff; 9][..]), Err(RecordFault::Truncated));
    }
}
