use std::fmt;

/// Position of a record in a partition's log. Valid offsets start at zero; Kafka writes "none" as -1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(pub i64);

impl Offset {
    pub const ZERO: Self = Self(0);
    /// What Kafka writes where there is no offset.
    pub const NONE: Self = Self(-1);
    pub const MAX: Self = Self(i64::MAX);

    /// The offset `count` records further on.
    ///
    /// # Panics
    /// If the sum leaves the range of `i64`, which takes 292,000 years at a million records per millisecond.
    #[must_use]
    pub fn plus(self, count: i64) -> Self {
        Self(self.0.checked_add(count).expect("an offset stays below i64::MAX"))
    }

    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }
}

/// How many offsets lie from `other` (inclusive) to `self` (exclusive).
impl std::ops::Sub for Offset {
    type Output = i64;

    fn sub(self, other: Self) -> i64 {
        self.0 - other.0
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
