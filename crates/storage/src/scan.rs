//! Which part of a segment is valid: what recovery decides, over bytes.
//!
//! A batch is valid if it is whole, its CRC fits, and its offsets come after those before it and within the reach of
//! the segment. The valid part ends before the first batch that is not.
use base::Offset;
use records::{BatchHeader, HEADER_LEN};

/// What a segment's bytes are read against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub(crate) segment_base: Offset,
    /// The least offset that the next batch may start with.
    pub(crate) next: Offset,
    /// Whether the CRC is looked at.
    pub(crate) verify_crc: bool,
}

#[derive(Debug)]
pub(crate) enum Step {
    /// The bytes start with this batch.
    Batch(BatchHeader),
    /// More bytes are needed to say: as many as this in all. At the end of a file it means that the batch is torn.
    Incomplete(usize),
    Invalid(String),
}

/// Looks at the batch at the front of `bytes`. Without a CRC to verify, its header suffices.
pub(crate) fn step(bytes: &[u8], expected: &Expected) -> Step {
    if bytes.len() < HEADER_LEN {
        return Step::Incomplete(HEADER_LEN);
    }
    let header = match BatchHeader::read(bytes) {
        Ok(header) => header,
        Err(error) => return Step::Invalid(error.to_string()),
    };
    if let Err(why) = check_offsets(&header, expected) {
        return Step::Invalid(why);
    }
    if expected.verify_crc {
        let Some(batch) = bytes.get(..header.size_in_bytes()) else {
            return Step::Incomplete(header.size_in_bytes());
        };
        if let Err(error) = header.verify_crc(&batch[HEADER_LEN..]) {
            return Step::Invalid(error.to_string());
        }
    }
    Step::Batch(header)
}

fn check_offsets(header: &BatchHeader, expected: &Expected) -> Result<(), String> {
    let (base, last) = (header.base_offset, header.last_offset());
    if base < expected.next {
        return Err(format!("a batch at offset {base} stands where {} or more belongs", expected.next));
    }
    if i32::try_from(last - expected.segment_base).is_err() {
        return Err(format!("offset {last} is out of reach of a segment at {}", expected.segment_base));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::{BatchBuilder, Compression, NewRecord};

    fn batch(base_offset: i64) -> Vec<u8> {
        let mut builder = BatchBuilder::new(Compression::None).base_offset(Offset(base_offset));
        builder.append(&NewRecord { value: Some(b"value"), ..NewRecord::default() }).unwrap();
        builder.build().to_vec()
    }

    fn at(segment_base: i64, next: i64) -> Expected {
        Expected { segment_base: Offset(segment_base), next: Offset(next), verify_crc: true }
    }

    #[test]
    fn takes_what_is_whole_and_in_order() {
        let bytes = batch(5);
        for next in [0, 5] {
            assert!(
                matches!(step(&bytes, &at(0, next)), Step::Batch(header) if header.base_offset == Offset(5))
            );
        }
        assert!(matches!(step(&bytes, &at(0, 6)), Step::Invalid(_)));
        assert!(matches!(step(&batch(1 << 31), &at(0, 0)), Step::Invalid(_)));
        assert!(matches!(step(&batch((1 << 31) - 1), &at(0, 0)), Step::Batch(_)));
        for length in 0..bytes.len() {
            let needed = if length < HEADER_LEN { HEADER_LEN } else { bytes.len() };
            assert!(
                matches!(step(&bytes[..length], &at(0, 0)), Step::Incomplete(n) if n == needed),
                "{length}"
            );
        }
        assert!(matches!(step(&[0; 100], &at(0, 0)), Step::Invalid(_)));
    }

    #[test]
    fn every_flipped_bit_under_the_crc_is_found() {
        let bytes = batch(0);
        for bit in 16 * 8..bytes.len() * 8 {
            let mut broken = bytes.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(step(&broken, &at(0, 0)), Step::Batch(_)), "bit {bit}");
        }
    }
}
