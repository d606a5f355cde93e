//! Which partition a record goes to when its sender did not say.
//!
//! With a key: murmur2 of the key, as Kafka's own producers do it, so that equal keys of different clients
//! meet. Without: [`Sticky`] stays with one partition until about a batch's worth of bytes went there, then
//! draws another among those that have a leader, so that each gets the same share of bytes (KIP-794).
//!
//! Not here: the adaptive part of KIP-794, which favours brokers that answer faster.

/// The 32-bit murmur2 variant with the seed that Kafka's clients use.
pub fn murmur2(data: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const M: u32 = 0x5bd1_e995;
    const R: u32 = 24;

    // Only the low half of a length matters; keys do not reach 4 GiB.
    let mut hash = SEED ^ data.len() as u32;
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes(word.try_into().expect("a chunk has four bytes"));
        k = k.wrapping_mul(M);
        k ^= k >> R;
        k = k.wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ k;
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        for (i, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * i);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

/// The partition of a keyed record in a topic of `partitions` partitions (at least one).
pub fn partition_for_key(key: &[u8], partitions: usize) -> usize {
    (murmur2(key) & 0x7fff_ffff) as usize % partitions
}

/// The choice for records without a key, one per topic.
#[derive(Clone, Debug)]
pub(crate) struct Sticky {
    chance: Chance,
    current: Option<usize>,
    bytes: usize,
}

impl Sticky {
    pub(crate) fn new(seed: u64) -> Self {
        Self { chance: Chance(seed), current: None, bytes: 0 }
    }

    /// Where a record of `size` bytes goes. `switch_after` is the batch size; `available` says which
    /// partitions have a leader, and is ignored when none has.
    pub(crate) fn choose(
        &mut self,
        partitions: usize,
        available: impl Fn(usize) -> bool,
        size: usize,
        switch_after: usize,
    ) -> usize {
        let current = match self.current {
            Some(current) if self.bytes < switch_after && current < partitions && available(current) => {
                current
            }
            _ => {
                self.bytes = 0;
                self.draw(partitions, available)
            }
        };
        self.current = Some(current);
        self.bytes += size;
        current
    }

    fn draw(&mut self, partitions: usize, available: impl Fn(usize) -> bool) -> usize {
        let count = (0..partitions).filter(|&i| available(i)).count();
        if count == 0 {
            return self.chance.below(partitions);
        }
        let nth = self.chance.below(count);
        (0..partitions).filter(|&i| available(i)).nth(nth).expect("nth is below the count")
    }
}

/// splitmix64: enough to spread records, reproducible from its seed.
#[derive(Clone, Debug)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn murmur2_is_kafkas() {
        // Values that Kafka's own tests hold its hash to, as signed 32-bit numbers.
        for (key, hash) in [
            (&b"21"[..], -973_932_308),
            (b"foobar", -790_332_482),
            (b"a-little-bit-long-string", -985_981_536),
            (b"a-little-bit-longer-string", -1_486_304_829),
            (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            (b"abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key) as i32, hash, "{key:?}");
        }
    }

    /// Sends `records` of 10 bytes with a batch size of 100 and counts them by partition.
    fn spread(partitions: usize, available: &[usize], records: usize) -> Vec<usize> {
        let mut sticky = Sticky::new(7);
        let mut counts = vec![0; partitions];
        for _ in 0..records {
            counts[sticky.choose(partitions, |p| available.contains(&p), 10, 100)] += 1;
        }
        counts
    }

    #[test]
    fn sticks_for_a_batch_then_moves() {
        assert_eq!(spread(8, &[0, 1, 2, 3, 4, 5, 6, 7], 10).iter().filter(|&&n| n > 0).count(), 1);
        let counts = spread(4, &[0, 1, 2, 3], 40_000);
        assert!(counts.iter().all(|n| (9_000..11_000).contains(n)), "{counts:?}");
        assert!(counts.iter().all(|n| n % 10 == 0), "{counts:?}");
    }

    #[test]
    fn avoids_partitions_without_a_leader() {
        let counts = spread(3, &[0, 2], 2_000);
        assert_eq!(counts[1], 0);
        assert!(counts[0] > 0 && counts[2] > 0);
        assert_eq!(spread(3, &[], 30).iter().sum::<usize>(), 30);
    }
}
