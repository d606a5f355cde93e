//! How large something is, over many observations.
//!
//! An observation falls into one of the buckets of a fixed, roughly logarithmic scale: four for each power of
//! two, so a quantile is off by at most an eighth. Recording adds to two [`Counter`]s and allocates nothing.

use crate::Counter;
use std::time::Duration;

/// Values below 4 have a bucket each; above, four for each power of two.
const BUCKETS: usize = 4 + 4 * 62;

/// Recorded by one thread at a time, like a [`Counter`].
#[derive(Debug)]
pub struct Histogram {
    buckets: [Counter; BUCKETS],
    sum: Counter,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: [const { Counter::new() }; BUCKETS], sum: Counter::new() }
    }
}

impl Histogram {
    pub fn record(&self, value: u64) {
        self.buckets[bucket_of(value)].increment();
        self.sum.add(value);
    }

    /// In nanoseconds.
    pub fn record_duration(&self, duration: Duration) {
        self.record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }
}

/// What was recorded up to some moment, in one histogram or several.
#[derive(Clone, Debug)]
pub struct Snapshot {
    buckets: Box<[u64; BUCKETS]>,
    sum: u64,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self { buckets: Box::new([0; BUCKETS]), sum: 0 }
    }
}

impl Snapshot {
    /// Adds what `histogram` holds now.
    pub fn add(&mut self, histogram: &Histogram) {
        for (total, bucket) in self.buckets.iter_mut().zip(&histogram.buckets) {
            *total += bucket.get();
        }
        self.sum = self.sum.wrapping_add(histogram.sum.get());
    }

    /// There were `count` observations: those that were not recorded were 0.
    pub fn fill(&mut self, count: u64) {
        self.buckets[0] += count.saturating_sub(self.count());
    }

    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// What came after `earlier`, a snapshot of the same.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut rest = self.clone();
        for (count, earlier) in rest.buckets.iter_mut().zip(earlier.buckets.iter()) {
            *count = count.saturating_sub(*earlier);
        }
        rest.sum = rest.sum.wrapping_sub(earlier.sum);
        rest
    }

    /// The middle of the bucket in which the quantile lies; 0 if there is nothing.
    pub fn quantile(&self, quantile: f64) -> f64 {
        let rank = (self.count() as f64 * quantile).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return f64::midpoint(lower_end(bucket), upper_end(bucket));
            }
        }
        0.0
    }
}

fn bucket_of(value: u64) -> usize {
    if value < 4 {
        return value as usize;
    }
    let power = value.ilog2() as usize;
    4 * (power - 1) + (value >> (power - 2)) as usize - 4
}

/// The smallest value of a bucket.
fn lower_end(bucket: usize) -> f64 {
    if bucket < 4 {
        return bucket as f64;
    }
    let (power, quarter) = (bucket / 4 + 1, bucket % 4);
    (4 + quarter) as f64 * 2f64.powi(power as i32 - 2)
}

/// The largest value of a bucket.
fn upper_end(bucket: usize) -> f64 {
    lower_end(bucket + 1) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_gaps() {
        for value in (0..5000).chain([u64::MAX / 2, u64::MAX - 1, u64::MAX]) {
            let bucket = bucket_of(value);
            assert!(bucket < BUCKETS, "{value}");
            let range = lower_end(bucket)..=upper_end(bucket).max(lower_end(bucket));
            assert!(range.contains(&(value as f64)), "{value} in {range:?}");
        }
    }

    #[test]
    fn quantiles_are_close() {
        let histogram = Histogram::default();
        (1..=1000).for_each(|value| histogram.record(value));
        let mut snapshot = Snapshot::default();
        assert_eq!(snapshot.quantile(0.5), 0.0);
        snapshot.add(&histogram);
        assert_eq!((snapshot.count(), snapshot.sum()), (1000, 500_500));
        for (quantile, expected) in [(0.5, 500.0), (0.75, 750.0), (0.99, 990.0), (0.999, 999.0)] {
            let found = snapshot.quantile(quantile);
            assert!((found - expected).abs() < expected / 8.0, "{quantile}: {found}");
        }
    }

    #[test]
    fn what_was_not_recorded_was_zero() {
        let histogram = Histogram::default();
        histogram.record(7);
        let mut snapshot = Snapshot::default();
        snapshot.add(&histogram);
        snapshot.fill(10);
        assert_eq!((snapshot.count(), snapshot.sum()), (10, 7));
        assert_eq!((snapshot.quantile(0.9), snapshot.quantile(0.99)), (0.0, 7.0));
        // It may be behind, as the two are not read at once.
        snapshot.fill(9);
        assert_eq!(snapshot.count(), 10);
    }

    #[test]
    fn histograms_add_up_and_what_was_before_is_taken_off() {
        let (one, other) = (Histogram::default(), Histogram::default());
        one.record(5);
        let mut before = Snapshot::default();
        before.add(&one);
        other.record_duration(Duration::from_micros(7));
        let mut after = Snapshot::default();
        [&one, &other].into_iter().for_each(|histogram| after.add(histogram));
        let since = after.since(&before);
        assert_eq!((after.count(), since.count(), since.sum()), (2, 1, 7000));
        assert!((6000.0..8000.0).contains(&since.quantile(0.5)));
    }
}
