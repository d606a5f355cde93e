//! Makes inputs from seeds, the same ones for the same number.

/// Bytes and numbers at the edges of what decoders look for.
const NUMBERS: [i64; 12] =
    [0, 1, -1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x7fff_ffff, 0x8000_0000, i64::MAX, i64::MIN];

pub(crate) struct Mutator<'a> {
    state: u64,
    seeds: &'a [Vec<u8>],
    max_len: usize,
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(seed: u64, seeds: &'a [Vec<u8>], max_len: usize) -> Self {
        Self { state: seed, seeds, max_len }
    }

    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let mut input = match self.below(8) {
            // Noise, of which most is short.
            0 => self.noise(),
            _ if self.seeds.is_empty() => self.noise(),
            _ => self.a_seed().to_vec(),
        };
        // One change finds what many would hide.
        for _ in 0..=self.below(6) {
            self.mutate(&mut input);
        }
        input.truncate(self.max_len);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + 1 + self.below(16)).min(input.len());
        match self.below(9) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..end)),
            2 => {
                let noise: Vec<_> = (0..self.below(16)).map(|_| self.random() as u8).collect();
                drop(input.splice(at..at, noise));
            }
            3 => {
                let copy = input[at..end].to_vec();
                let to = self.below(input.len() + 1);
                drop(input.splice(to..to, copy));
            }
            4 if !self.seeds.is_empty() => {
                let other = self.a_seed();
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            5 => {
                let number = NUMBERS[self.below(NUMBERS.len())].to_be_bytes();
                let width = 1 << self.below(4);
                for (byte, new) in input[at..].iter_mut().zip(&number[8 - width..]) {
                    *byte = *new;
                }
            }
            6 => input[at..end].iter_mut().for_each(|byte| *byte = self.random() as u8),
            7 => input[at..end].iter_mut().take(1).for_each(|byte| *byte = byte.wrapping_add(1)),
            _ => input[at..end].iter_mut().take(1).for_each(|byte| *byte ^= 1 << self.below(8)),
        }
    }

    fn noise(&mut self) -> Vec<u8> {
        let longest = 1 << self.below(11);
        (0..self.below(longest)).map(|_| self.random() as u8).collect()
    }

    fn a_seed(&mut self) -> &'a [u8] {
        let seeds = self.seeds;
        &seeds[self.below(seeds.len())]
    }

    fn below(&mut self, count: usize) -> usize {
        (self.random() % count.max(1) as u64) as usize
    }

    /// SplitMix64.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.state)
    }
}

fn scramble(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// Names an input.
pub(crate) fn hash(input: &[u8]) -> u64 {
    input.iter().fold(input.len() as u64, |hash, byte| scramble(hash ^ u64::from(*byte)))
}
