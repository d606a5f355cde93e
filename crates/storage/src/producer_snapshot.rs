//! The file `OFFSET.snapshot`: what was known about producers when the log ended at that offset.
//!
//! Format (big-endian): `version: i16 = 1, crc: u32, count: i32`, and for each producer `id: i64, epoch: i16,
//! last sequence: i32, last offset: i64, offset delta: i32, timestamp: i64, coordinator epoch: i32, first offset of the
//! open transaction: i64`. The CRC-32C covers what follows it. Of a producer's batches only the last is kept.
use crate::producers::{BatchSpan, ProducerState, Producers};
use records::NO_SEQUENCE;

const VERSION: i16 = 1;
const HEAD: usize = 6;
const ENTRY: usize = 46;
const NONE: i64 = -1;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("{0} bytes are too few")]
    Short(usize),
    #[error("version {0} is not 1")]
    Version(i16),
    #[error("the CRC-32C is {computed:#010x}, the file says {stored:#010x}")]
    Crc { stored: u32, computed: u32 },
    #[error("{count} producers do not fill {length} bytes")]
    Count { count: i32, length: usize },
}

fn crc32c(bytes: &[u8]) -> u32 {
    crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, bytes) as u32
}

pub(crate) fn encode(producers: &Producers) -> Vec<u8> {
    let states = producers.sorted();
    let mut bytes = Vec::with_capacity(HEAD + 4 + states.len() * ENTRY);
    bytes.extend_from_slice(&VERSION.to_be_bytes());
    bytes.extend_from_slice(&[0; 4]);
    let count = i32::try_from(states.len()).expect("producers fit in memory");
    bytes.extend_from_slice(&count.to_be_bytes());
    for (id, state) in states {
        let none =
            BatchSpan { last_sequence: NO_SEQUENCE, last_offset: NONE, offset_delta: 0, timestamp: NONE };
        let last = state.last_batch().copied().unwrap_or(none);
        bytes.extend_from_slice(&id.to_be_bytes());
        bytes.extend_from_slice(&state.epoch.to_be_bytes());
        bytes.extend_from_slice(&last.last_sequence.to_be_bytes());
        bytes.extend_from_slice(&last.last_offset.to_be_bytes());
        bytes.extend_from_slice(&last.offset_delta.to_be_bytes());
        bytes.extend_from_slice(&state.last_timestamp.to_be_bytes());
        bytes.extend_from_slice(&state.coordinator_epoch.to_be_bytes());
        bytes.extend_from_slice(&state.transaction_start.unwrap_or(NONE).to_be_bytes());
    }
    let crc = crc32c(&bytes[HEAD..]);
    bytes[2..HEAD].copy_from_slice(&crc.to_be_bytes());
    bytes
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Producers, Malformed> {
    let mut rest = bytes;
    let short = || Malformed::Short(bytes.len());
    let version = i16::from_be_bytes(take(&mut rest).ok_or_else(short)?);
    if version != VERSION {
        return Err(Malformed::Version(version));
    }
    let stored = u32::from_be_bytes(take(&mut rest).ok_or_else(short)?);
    let computed = crc32c(rest);
    if stored != computed {
        return Err(Malformed::Crc { stored, computed });
    }
    let count = i32::from_be_bytes(take(&mut rest).ok_or_else(short)?);
    if usize::try_from(count).ok().and_then(|count| count.checked_mul(ENTRY)) != Some(rest.len()) {
        return Err(Malformed::Count { count, length: rest.len() });
    }
    let mut producers = Producers::default();
    while let Some((id, state)) = entry(&mut rest) {
        producers.insert(id, state);
    }
    Ok(producers)
}

fn entry(rest: &mut &[u8]) -> Option<(i64, ProducerState)> {
    let id = i64::from_be_bytes(take(rest)?);
    let mut state = ProducerState::in_epoch(i16::from_be_bytes(take(rest)?));
    let last_sequence = i32::from_be_bytes(take(rest)?);
    let last_offset = i64::from_be_bytes(take(rest)?);
    let offset_delta = i32::from_be_bytes(take(rest)?);
    let timestamp = i64::from_be_bytes(take(rest)?);
    state.coordinator_epoch = i32::from_be_bytes(take(rest)?);
    let transaction_start = i64::from_be_bytes(take(rest)?);
    state.transaction_start = (transaction_start >= 0).then_some(transaction_start);
    if last_offset >= 0 {
        state.push(BatchSpan { last_sequence, last_offset, offset_delta, timestamp });
    }
    state.last_timestamp = timestamp;
    Some((id, state))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Producers {
        let mut producers = Producers::default();
        let mut writing = ProducerState::in_epoch(3);
        writing.coordinator_epoch = 4;
        writing.transaction_start = Some(90);
        writing.push(BatchSpan { last_sequence: 9, last_offset: 99, offset_delta: 9, timestamp: 1234 });
        producers.insert(17, writing);
        let mut quiet = ProducerState::in_epoch(1);
        quiet.last_timestamp = 55;
        producers.insert(5, quiet);
        producers
    }

    #[test]
    fn the_file_is_kafkas() {
        let bytes = encode(&sample());
        assert_eq!(bytes.len(), HEAD + 4 + 2 * ENTRY);
        assert_eq!(bytes[..2], [0, 1]);
        #[rustfmt::skip]
        assert_eq!(bytes[HEAD..], [
            0, 0, 0, 2,
            0, 0, 0, 0, 0, 0, 0, 5,  0, 1,  255, 255, 255, 255,  255, 255, 255, 255, 255, 255, 255, 255,
            0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 55,  255, 255, 255, 255,  255, 255, 255, 255, 255, 255, 255, 255,
            0, 0, 0, 0, 0, 0, 0, 17,  0, 3,  0, 0, 0, 9,  0, 0, 0, 0, 0, 0, 0, 99,
            0, 0, 0, 9,  0, 0, 0, 0, 0, 0, 4, 210,  0, 0, 0, 4,  0, 0, 0, 0, 0, 0, 0, 90,
        ]);
        assert_eq!(encode(&decode(&bytes).unwrap()), bytes);
        assert_eq!(decode(&bytes).unwrap().active(), sample().active());
        assert_eq!(decode(&bytes).unwrap().first_unstable_offset(), Some(base::Offset(90)));
        assert_eq!(encode(&Producers::default()).len(), HEAD + 4);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_found() {
        let bytes = encode(&sample());
        for at in 0..bytes.len() * 8 {
            let mut broken = bytes.clone();
            broken[at / 8] ^= 1 << (at % 8);
            assert!(decode(&broken).is_err(), "bit {at}");
        }
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err(), "length {length}");
        }
    }
}
