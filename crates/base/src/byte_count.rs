use std::fmt;

/// A size in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteCount(pub u64);

impl ByteCount {
    pub const fn kib(count: u64) -> Self {
        Self(count << 10)
    }

    pub const fn mib(count: u64) -> Self {
        Self(count << 20)
    }

    pub const fn gib(count: u64) -> Self {
        Self(count << 30)
    }

    /// As a length in memory. Saturates on machines whose addresses are narrower than 64 bits.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// In the largest unit that divides the size without a rest: `64 KiB`, `1 GiB`, `1000 B`.
impl fmt::Display for ByteCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, shift) = match self.0 {
            0 => ("B", 0),
            n if n.trailing_zeros() >= 30 => ("GiB", 30),
            n if n.trailing_zeros() >= 20 => ("MiB", 20),
            n if n.trailing_zeros() >= 10 => ("KiB", 10),
            _ => ("B", 0),
        };
        write!(f, "{} {unit}", self.0 >> shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_in_the_largest_exact_unit() {
        for (bytes, text) in
            [(0, "0 B"), (1000, "1000 B"), (1 << 10, "1 KiB"), (3 << 20, "3 MiB"), (1 << 30, "1 GiB")]
        {
            assert_eq!(ByteCount(bytes).to_string(), text);
        }
    }
}
