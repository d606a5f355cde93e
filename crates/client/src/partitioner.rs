//! Which partition a record goes to when its sender did not say.
//!
//! [`Partitioner::Kafka`]: with a key murmur2 of the key, as Kafka's own producers do it, so that equal keys of
//! different clients meet. Without, [`Sticky`] stays with one partition until about a batch's worth of bytes went there,
//! then draws another; the fewer batches wait for a partition the likelier it is, so that slow brokers get less and
//! otherwise each gets the same share of bytes (KIP-794). The others are librdkafka's by name and by hash, and Kafka's
//! round robin.
//!
//! Chance is a seeded sequence: equal seeds and records give equal choices.
use std::{fmt, sync::Arc};

/// How the partition of a record is chosen where its sender did not name one (`partitioner.class`, or librdkafka's
/// `partitioner`).
///
/// A hash of librdkafka's gives a key the partition that librdkafka gives it. "Random" in their names is for records
/// without a key, which the plain ones hash like an empty key.
#[derive(Clone, Default)]
pub enum Partitioner {
    /// Kafka's default: murmur2 of the key, else uniformly sticky.
    #[default]
    Kafka,
    /// Uniformly sticky, whatever the key (Kafka's default with `partitioner.ignore.keys`).
    Sticky,
    /// One after the other, whatever the key (Kafka's `RoundRobinPartitioner`).
    RoundRobin,
    /// Any, whatever the key.
    Random,
    /// CRC-32 of the key.
    Consistent,
    /// CRC-32 of the key, any where it is absent or empty (librdkafka's default).
    ConsistentRandom,
    Murmur2,
    /// As Kafka's default before it was sticky.
    Murmur2Random,
    /// 32-bit FNV-1a of the key, as Sarama computes it.
    Fnv1a,
    Fnv1aRandom,
    /// The program's own, see [`Partitioner::custom`].
    Custom(Custom),
}

type Custom = Arc<dyn Fn(&Unplaced<'_>) -> usize + Send + Sync>;

/// A record that has no partition yet, as [`Partitioner::custom`] sees it.
#[derive(Clone, Copy, Debug)]
pub struct Unplaced<'a> {
    pub topic: &'a str,
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    /// How many partitions the topic has, at least one.
    pub partitions: usize,
}

impl Partitioner {
    /// A choice by `choose`, which gives a partition below [`Unplaced::partitions`]; a record that gets another one is
    /// refused. It is called under the producer's lock, so it must not wait.
    ///
    /// ```
    /// # use mainstem_client::Partitioner;
    /// let by_length = Partitioner::custom(|record| record.value.map_or(0, <[u8]>::len) % record.partitions);
    /// ```
    pub fn custom(choose: impl Fn(&Unplaced<'_>) -> usize + Send + Sync + 'static) -> Self {
        Self::Custom(Arc::new(choose))
    }
}

impl fmt::Debug for Partitioner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kafka => "Kafka",
            Self::Sticky => "Sticky",
            Self::RoundRobin => "RoundRobin",
            Self::Random => "Random",
            Self::Consistent => "Consistent",
            Self::ConsistentRandom => "ConsistentRandom",
            Self::Murmur2 => "Murmur2",
            Self::Murmur2Random => "Murmur2Random",
            Self::Fnv1a => "Fnv1a",
            Self::Fnv1aRandom => "Fnv1aRandom",
            Self::Custom(_) => "Custom",
        })
    }
}

/// The choices for one topic.
#[derive(Debug)]
pub(crate) struct Chooser {
    partitioner: Partitioner,
    sticky: Sticky,
    chance: Chance,
    turn: usize,
}

/// What is known of a partition when one is to be drawn: how many batches wait for it, or `None` where it has no
/// leader or its leader takes nothing.
pub(crate) type Load = Option<usize>;

impl Chooser {
    pub(crate) fn new(partitioner: Partitioner, seed: u64) -> Self {
        Self { partitioner, sticky: Sticky::default(), chance: Chance(seed), turn: 0 }
    }

    /// The partition for a record of `size` bytes; a [`Partitioner::custom`] may give one that does not exist.
    pub(crate) fn choose(
        &mut self,
        record: &Unplaced<'_>,
        load: impl Fn(usize) -> Load,
        size: usize,
        batch_size: usize,
    ) -> usize {
        let count = record.partitions;
        let key = record.key.unwrap_or_default();
        match (&self.partitioner, record.key) {
            (Partitioner::Kafka, Some(key)) => partition_for_key(key, count),
            (Partitioner::Kafka, None) | (Partitioner::Sticky, _) => {
                self.sticky.choose(&mut self.chance, count, load, size, batch_size)
            }
            (Partitioner::RoundRobin, _) => {
                self.turn = self.turn.wrapping_add(1);
                nth_available(self.turn - 1, count, load)
            }
            (Partitioner::Random, _) | (Partitioner::Murmur2Random | Partitioner::Fnv1aRandom, None) => {
                self.random(count, load)
            }
            (Partitioner::ConsistentRandom, _) if key.is_empty() => self.random(count, load),
            (Partitioner::Consistent | Partitioner::ConsistentRandom, _) => crc32(key) as usize % count,
            (Partitioner::Murmur2 | Partitioner::Murmur2Random, _) => partition_for_key(key, count),
            (Partitioner::Fnv1a | Partitioner::Fnv1aRandom, _) => fnv1a(key) as usize % count,
            (Partitioner::Custom(choose), _) => choose(record),
        }
    }

    fn random(&mut self, count: usize, load: impl Fn(usize) -> Load) -> usize {
        nth_available(self.chance.below(count), count, load)
    }
}

/// The `turn`th partition of those that have a leader, counted round; of all where none has.
fn nth_available(turn: usize, count: usize, load: impl Fn(usize) -> Load) -> usize {
    let all_available = (0..count).all(|partition| load(partition).is_some());
    let available = (0..count).filter(|&partition| load(partition).is_some()).count();
    if all_available || available == 0 {
        return turn % count;
    }
    let mut those = (0..count).filter(|&partition| load(partition).is_some());
    those.nth(turn % available).expect("the turn is below their number")
}

/// CRC-32 as zlib has it.
fn crc32(data: &[u8]) -> u32 {
    const TABLE: [u32; 256] = crc32_table();
    !data.iter().fold(!0u32, |crc, byte| (crc >> 8) ^ TABLE[(crc as u8 ^ byte) as usize])
}

/// The remainder of each byte.
const fn crc32_table() -> [u32; 256] {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

/// 32-bit FNV-1a, made positive as a signed number, as Sarama and librdkafka do it.
fn fnv1a(data: &[u8]) -> u32 {
    const OFFSET: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let hash = data.iter().fold(OFFSET, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME));
    (hash as i32).unsigned_abs()
}

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

/// The choice for records without a key (KIP-794).
#[derive(Clone, Debug, Default)]
pub(crate) struct Sticky {
    current: Option<usize>,
    bytes: usize,
}

impl Sticky {
    /// Where a record of `size` bytes goes. `switch_after` is the batch size.
    fn choose(
        &mut self,
        chance: &mut Chance,
        partitions: usize,
        load: impl Fn(usize) -> Load,
        size: usize,
        switch_after: usize,
    ) -> usize {
        let current = match self.current {
            Some(current) if self.bytes < switch_after && current < partitions && load(current).is_some() => {
                current
            }
            _ => {
                self.bytes = 0;
                draw(chance, partitions, load)
            }
        };
        self.current = Some(current);
        self.bytes += size;
        current
    }
}

/// Draws a partition that can be reached, each as likely as its queue is shorter than one more than the longest.
fn draw(chance: &mut Chance, partitions: usize, load: impl Fn(usize) -> Load) -> usize {
    let Some(longest) = (0..partitions).filter_map(&load).max() else {
        return chance.below(partitions);
    };
    let weight = |partition| load(partition).map_or(0, |waiting| longest + 1 - waiting);
    let mut left = chance.below((0..partitions).map(weight).sum());
    for partition in 0..partitions {
        match left.checked_sub(weight(partition)) {
            Some(less) => left = less,
            None => return partition,
        }
    }
    unreachable!("what was drawn lies below the sum of the weights")
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

    #[test]
    fn fnv1a_is_saramas() {
        // Values that librdkafka's own test holds its hash to.
        for (key, hash) in [
            (&b"kafka"[..], 0x0d33_c4e1),
            (b"giberish123456789", 0x77a5_8295),
            (b"1234", 0x023b_dd03),
            (b"4", 0x310c_a263),
            (b"PreAmbleWillBeRemoved,ThePrePartThatIs", 0x65cb_d69c),
            (b"", 0x7ee3_623b),
        ] {
            assert_eq!(fnv1a(key), hash, "{key:?}");
        }
    }

    #[test]
    fn crc32_is_zlibs() {
        for (key, crc) in [
            (&b""[..], 0),
            (b"123456789", 0xcbf4_3926),
            (b"The quick brown fox jumps over the lazy dog", 0x414f_a339),
        ] {
            assert_eq!(crc32(key), crc, "{key:?}");
        }
    }

    fn place(partitioner: &Partitioner, key: Option<&[u8]>, partitions: usize, nth: usize) -> usize {
        let mut chooser = Chooser::new(partitioner.clone(), 7);
        let record = Unplaced { topic: "t", key, value: Some(b"12345"), partitions };
        (0..=nth).map(|_| chooser.choose(&record, |_| Some(0), 10, 100)).last().expect("one at least")
    }

    /// What librdkafka's formulas give; `None` where chance decides.
    #[test]
    fn keys_go_where_librdkafka_puts_them() {
        use Partitioner as P;
        let key = &b"kafka"[..];
        for (partitioner, with_key, with_empty, without) in [
            (P::Kafka, Some(murmur(b"kafka", 17)), Some(murmur(b"", 17)), None),
            (P::Sticky, None, None, None),
            (P::Random, None, None, None),
            (P::Consistent, Some(crc32(key) as usize % 17), Some(0), Some(0)),
            (P::ConsistentRandom, Some(crc32(key) as usize % 17), None, None),
            (P::Murmur2, Some(murmur(b"kafka", 17)), Some(murmur(b"", 17)), Some(murmur(b"", 17))),
            (P::Murmur2Random, Some(murmur(b"kafka", 17)), Some(murmur(b"", 17)), None),
            (P::Fnv1a, Some(0x0d33_c4e1 % 17), Some(0x7ee3_623b % 17), Some(0x7ee3_623b % 17)),
            (P::Fnv1aRandom, Some(0x0d33_c4e1 % 17), Some(0x7ee3_623b % 17), None),
            (P::custom(|record| record.value.map_or(0, <[u8]>::len)), Some(5), Some(5), Some(5)),
        ] {
            for (key, expected) in [(Some(key), with_key), (Some(b""), with_empty), (None, without)] {
                let mut seen: Vec<usize> = (0..200).map(|nth| place(&partitioner, key, 17, nth)).collect();
                seen.sort_unstable();
                seen.dedup();
                match expected {
                    Some(partition) => assert_eq!(seen, [partition], "{partitioner:?} {key:?}"),
                    None => assert!(seen.len() > 8, "{partitioner:?} {key:?} {seen:?}"),
                }
            }
        }
    }

    fn murmur(key: &[u8], partitions: u32) -> usize {
        ((murmur2(key) & 0x7fff_ffff) % partitions) as usize
    }

    #[test]
    fn round_robin_takes_turns_among_those_with_a_leader() {
        let mut chooser = Chooser::new(Partitioner::RoundRobin, 7);
        let record = Unplaced { topic: "t", key: Some(b"k"), value: None, partitions: 3 };
        let mut turns = |available: &[usize]| -> Vec<usize> {
            let load = |partition| available.contains(&partition).then_some(0);
            (0..4).map(|_| chooser.choose(&record, load, 1, 1)).collect()
        };
        assert_eq!(turns(&[0, 1, 2]), [0, 1, 2, 0]);
        assert_eq!(turns(&[0, 2]), [0, 2, 0, 2]);
        assert_eq!(turns(&[]), [2, 0, 1, 2]);
    }

    /// Sends `records` of 10 bytes with a batch size of 100 and counts them by partition.
    fn spread(loads: &[Load], records: usize) -> Vec<usize> {
        let mut chooser = Chooser::new(Partitioner::Kafka, 7);
        let mut counts = vec![0; loads.len()];
        let record = Unplaced { topic: "t", key: None, value: None, partitions: loads.len() };
        for _ in 0..records {
            counts[chooser.choose(&record, |p| loads[p], 10, 100)] += 1;
        }
        counts
    }

    #[test]
    fn sticks_for_a_batch_then_moves() {
        assert_eq!(spread(&[Some(0); 8], 10).iter().filter(|&&n| n > 0).count(), 1);
        let counts = spread(&[Some(0); 4], 40_000);
        assert!(counts.iter().all(|n| (9_000..11_000).contains(n)), "{counts:?}");
        assert!(counts.iter().all(|n| n % 10 == 0), "{counts:?}");
    }

    #[test]
    fn avoids_partitions_without_a_leader() {
        let counts = spread(&[Some(0), None, Some(0)], 2_000);
        assert_eq!(counts[1], 0);
        assert!(counts[0] > 0 && counts[2] > 0);
        assert_eq!(spread(&[None; 3], 30).iter().sum::<usize>(), 30);
    }

    #[test]
    fn slow_partitions_get_less() {
        // Weights 1, 3 and 4.
        let counts = spread(&[Some(3), Some(1), Some(0)], 80_000);
        for (count, expected) in counts.iter().zip([10_000, 30_000, 40_000]) {
            assert!(count.abs_diff(expected) < expected / 10, "{counts:?}");
        }
    }
}
