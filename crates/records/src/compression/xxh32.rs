//! XXH32 with seed 0, the checksum of LZ4 frames. Source: the xxHash format description.

const PRIME: [u32; 5] = [0x9e37_79b1, 0x85eb_ca77, 0xc2b2_ae3d, 0x27d4_eb2f, 0x1656_67b1];

pub(super) fn xxh32(input: &[u8]) -> u32 {
    let (stripes, rest) = input.as_chunks::<16>();
    let mut hash = if stripes.is_empty() { PRIME[4] } else { converge(stripes) };
    hash = hash.wrapping_add(input.len() as u32);
    let (words, bytes) = rest.as_chunks::<4>();
    for word in words {
        hash = hash.wrapping_add(u32::from_le_bytes(*word).wrapping_mul(PRIME[2]));
        hash = hash.rotate_left(17).wrapping_mul(PRIME[3]);
    }
    for byte in bytes {
        hash = hash.wrapping_add(u32::from(*byte).wrapping_mul(PRIME[4]));
        hash = hash.rotate_left(11).wrapping_mul(PRIME[0]);
    }
    hash = (hash ^ hash >> 15).wrapping_mul(PRIME[1]);
    hash = (hash ^ hash >> 13).wrapping_mul(PRIME[2]);
    hash ^ hash >> 16
}

fn converge(stripes: &[[u8; 16]]) -> u32 {
    let mut lanes = [PRIME[0].wrapping_add(PRIME[1]), PRIME[1], 0, 0u32.wrapping_sub(PRIME[0])];
    for stripe in stripes {
        let (words, _) = stripe.as_chunks::<4>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = lane.wrapping_add(u32::from_le_bytes(*word).wrapping_mul(PRIME[1]));
            *lane = lane.rotate_left(13).wrapping_mul(PRIME[0]);
        }
    }
    let rotated = [1, 7, 12, 18].into_iter().zip(lanes).map(|(by, lane)| lane.rotate_left(by));
    rotated.fold(0, u32::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::xxh32;

    #[test]
    fn known_answers() {
        let cases: [(&[u8], u32); 4] = [
            (b"", 0x02cc_5d05),
            (b"a", 0x550d_7456),
            (b"abc", 0x32d1_53ff),
            (b"Nobody inspects the spammish repetition", 0xe229_3b2f),
        ];
        for (input, hash) in cases {
            assert_eq!(xxh32(input), hash);
        }
    }
}
