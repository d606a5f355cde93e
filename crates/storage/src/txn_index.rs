//! The file `OFFSET.txnindex`: the aborted transactions whose markers lie in a segment, oldest first (KIP-98).
//!
//! It exists only where something was aborted. Format (big-endian): `version: i16 = 0, producer id: i64, first offset:
//! i64, last offset: i64, last stable offset: i64`.
use crate::AbortedTransaction;
use base::{Offset, ProducerId};

pub(crate) const ENTRY: usize = 34;

pub(crate) fn encode(aborted: &AbortedTransaction) -> [u8; ENTRY] {
    let mut bytes = [0; ENTRY];
    let fields =
        [aborted.producer_id.0, aborted.first_offset.0, aborted.last_offset.0, aborted.last_stable_offset.0];
    for (field, out) in fields.into_iter().zip(bytes[2..].chunks_exact_mut(8)) {
        out.copy_from_slice(&field.to_be_bytes());
    }
    bytes
}

/// The front part that can be an index of a segment that starts at `base`.
pub(crate) fn decode(bytes: &[u8], base: Offset) -> Vec<AbortedTransaction> {
    let mut entries: Vec<AbortedTransaction> = Vec::new();
    for chunk in bytes.chunks_exact(ENTRY) {
        let field = |at: usize| {
            i64::from_be_bytes(*chunk[2 + 8 * at..].first_chunk().expect("an entry has 34 bytes"))
        };
        let entry = AbortedTransaction {
            producer_id: ProducerId(field(0)),
            first_offset: Offset(field(1)),
            last_offset: Offset(field(2)),
            last_stable_offset: Offset(field(3)),
        };
        let grows = entries.last().is_none_or(|previous| previous.last_offset < entry.last_offset);
        let sound = chunk[..2] == [0, 0]
            && entry.producer_id.0 >= 0
            && (0..=entry.last_offset.0).contains(&entry.first_offset.0)
            && entry.last_offset >= base;
        if !grows || !sound {
            break;
        }
        entries.push(entry);
    }
    entries
}

/// The transactions among `entries` that overlap `from` to `to`, and whether later segments can have no more of them.
pub(crate) fn overlapping(
    entries: &[AbortedTransaction],
    from: Offset,
    to: Offset,
) -> (Vec<AbortedTransaction>, bool) {
    let mut found = Vec::new();
    for entry in entries {
        if entry.last_offset >= from && entry.first_offset < to {
            found.push(*entry);
        }
        // What is aborted later starts at or beyond the last stable offset.
        if entry.last_stable_offset >= to {
            return (found, true);
        }
    }
    (found, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aborted(producer_id: i64, first: i64, last: i64, last_stable: i64) -> AbortedTransaction {
        AbortedTransaction {
            producer_id: ProducerId(producer_id),
            first_offset: Offset(first),
            last_offset: Offset(last),
            last_stable_offset: Offset(last_stable),
        }
    }

    #[test]
    fn the_file_is_kafkas() {
        let entry = aborted(1, 2, 0x0304, 5);
        let mut expected = vec![0; ENTRY];
        (expected[9], expected[17], expected[24], expected[25], expected[33]) = (1, 2, 3, 4, 5);
        assert_eq!(encode(&entry)[..], expected);
        let file = [encode(&entry), encode(&aborted(1, 2, 0x0305, 6))].concat();
        assert_eq!(decode(&file, Offset(0)).len(), 2);
        assert_eq!(decode(&file[..60], Offset(0)), [entry]);
        assert_eq!(decode(&file, Offset(0x0305)), []);
        assert_eq!(decode(&[0xff; 68], Offset(0)), []);
    }

    #[test]
    fn finds_what_overlaps() {
        let entries = [aborted(1, 0, 10, 5), aborted(2, 5, 20, 15), aborted(3, 15, 30, 31)];
        for (from, to, ids, complete) in [
            (0, 5, &[1][..], true),
            (0, 6, &[1, 2], true),
            (11, 16, &[2, 3], true),
            (21, 40, &[3], false),
            (31, 40, &[], false),
        ] {
            let (found, done) = overlapping(&entries, Offset(from), Offset(to));
            assert_eq!(
                found.iter().map(|entry| entry.producer_id.0).collect::<Vec<_>>(),
                ids,
                "{from}..{to}"
            );
            assert_eq!(done, complete, "{from}..{to}");
        }
    }
}
