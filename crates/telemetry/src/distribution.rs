//! How large something is, over many observations.
//!
//! An observation falls into one of the buckets of a fixed, roughly logarithmic scale: four for each power of
//! two, so a quantile is off by at most an eighth. Recording is two uncontended additions. From the same
//! buckets come a Prometheus histogram, with the bounds that the caller chose, and a summary, whose quantiles
//! cover the last one to two minutes, as dashboards for Kafka expect them to follow the present.

use crate::{
    counter::{Padded, slot},
    encoder::{Family, Labels, Number},
};
use parking_lot::Mutex;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// In which unit observations are written. They are recorded as whole numbers of the small one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Recorded in nanoseconds, written in seconds.
    Seconds,
    /// Recorded in nanoseconds, written in milliseconds, as in Kafka's names.
    Milliseconds,
    /// Recorded and written as it is.
    Plain,
}

impl Unit {
    fn scale(self) -> f64 {
        match self {
            Self::Seconds => 1e9,
            Self::Milliseconds => 1e6,
            Self::Plain => 1.0,
        }
    }
}

/// How a distribution is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// With these upper bounds, rising, in the written unit.
    Histogram(Vec<f64>),
    /// With Kafka's quantiles.
    Summary,
}

const QUANTILES: [f64; 6] = [0.5, 0.75, 0.95, 0.98, 0.99, 0.999];

/// Values below 4 have a bucket each; above, four for each power of two.
const BUCKETS: usize = 4 + 4 * 62;

#[derive(Debug)]
struct Slot {
    buckets: [AtomicU64; BUCKETS],
    sum: AtomicU64,
}

impl Default for Slot {
    fn default() -> Self {
        Self { buckets: std::array::from_fn(|_| AtomicU64::new(0)), sum: AtomicU64::new(0) }
    }
}

/// What was recorded up to some moment.
#[derive(Clone, Debug)]
struct Snapshot {
    buckets: Box<[u64; BUCKETS]>,
    sum: u64,
}

#[derive(Debug)]
struct Inner {
    unit: Unit,
    shape: Shape,
    slots: Box<[Padded<Slot>]>,
    /// What a summary's quantiles leave out, and what they will leave out next.
    past: Mutex<Option<(Snapshot, Snapshot, Instant)>>,
}

/// Clones record together.
#[derive(Clone, Debug)]
pub struct Distribution(Arc<Inner>);

impl Distribution {
    pub fn new(shards: usize, unit: Unit, shape: Shape) -> Self {
        let slots = (0..shards.max(1)).map(|_| Padded::default()).collect();
        Self(Arc::new(Inner { unit, shape, slots, past: Mutex::new(None) }))
    }

    /// In the small unit.
    pub fn record(&self, value: u64) {
        let slot = &slot(&self.0.slots).0;
        slot.buckets[bucket_of(value)].fetch_add(1, Relaxed);
        slot.sum.fetch_add(value, Relaxed);
    }

    pub fn record_duration(&self, duration: Duration) {
        self.record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(crate) fn is_histogram(&self) -> bool {
        matches!(self.0.shape, Shape::Histogram(_))
    }

    pub(crate) fn encode(&self, family: &mut Family<'_>, labels: Labels<'_>, now: Instant) {
        let all = self.snapshot();
        let scale = self.0.unit.scale();
        match &self.0.shape {
            Shape::Histogram(bounds) => {
                for bound in bounds {
                    let below = all.count_below(bound * scale);
                    family.suffixed("_bucket", labels, Some(("le", Number::Float(*bound))), below);
                }
                let infinite = Some(("le", Number::Float(f64::INFINITY)));
                family.suffixed("_bucket", labels, infinite, all.count());
            }
            Shape::Summary => {
                let recent = self.recent(&all, now);
                for quantile in QUANTILES {
                    let value = recent.quantile(quantile) / scale;
                    family.suffixed("", labels, Some(("quantile", Number::Float(quantile))), value);
                }
            }
        }
        family.suffixed("_sum", labels, None, all.sum as f64 / scale);
        family.suffixed("_count", labels, None, all.count());
    }

    fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::empty();
        for Padded(slot) in &self.0.slots {
            for (total, bucket) in snapshot.buckets.iter_mut().zip(&slot.buckets) {
                *total += bucket.load(Relaxed);
            }
            snapshot.sum = snapshot.sum.wrapping_add(slot.sum.load(Relaxed));
        }
        snapshot
    }

    /// What came in the last one to two windows, as far as scrapes tell.
    fn recent(&self, all: &Snapshot, now: Instant) -> Snapshot {
        const WINDOW: Duration = Duration::from_secs(60);
        let mut past = self.0.past.lock();
        let (older, newer, since) = past.get_or_insert_with(|| (Snapshot::empty(), Snapshot::empty(), now));
        if now.saturating_duration_since(*since) >= WINDOW {
            *older = std::mem::replace(newer, all.clone());
            *since = now;
        }
        all.without(older)
    }
}

impl Snapshot {
    fn empty() -> Self {
        Self { buckets: Box::new([0; BUCKETS]), sum: 0 }
    }

    fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    fn without(&self, earlier: &Self) -> Self {
        let mut rest = self.clone();
        for (count, earlier) in rest.buckets.iter_mut().zip(earlier.buckets.iter()) {
            *count = count.saturating_sub(*earlier);
        }
        rest
    }

    /// Observations in the buckets that lie wholly at or below `bound`.
    fn count_below(&self, bound: f64) -> u64 {
        let within = |(bucket, _): &(usize, &u64)| upper_end(*bucket) <= bound;
        self.buckets.iter().enumerate().take_while(within).map(|(_, count)| count).sum()
    }

    /// The middle of the bucket in which the quantile lies; 0 if there is nothing.
    fn quantile(&self, quantile: f64) -> f64 {
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
    fn quantiles_are_close_and_follow_the_present() {
        let distribution = Distribution::new(1, Unit::Plain, Shape::Summary);
        let start = Instant::now();
        let median = |now| {
            let all = distribution.snapshot();
            distribution.recent(&all, now).quantile(0.5)
        };
        assert_eq!(median(start), 0.0);
        (1..=1000).for_each(|value| distribution.record(value));
        assert!((440.0..=570.0).contains(&median(start)), "{}", median(start));
        // Two windows later only what is new counts.
        for minute in 1..=2 {
            median(start + Duration::from_secs(60 * minute));
        }
        (0..10).for_each(|_| distribution.record(7_000_000));
        let now = median(start + Duration::from_secs(121));
        assert!((6_000_000.0..=8_000_000.0).contains(&now), "{now}");
    }
}
