//! How long to wait before the next attempt.
//!
//! Doubles from `initial` up to `max`, then moves by up to a fifth either way but not beyond `max`, so that
//! clients which failed together do not return together. The chance is an argument: equal arguments give
//! equal waits.
//! Source: KIP-580.
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    pub initial: Duration,
    pub max: Duration,
}

const JITTER: f64 = 0.2;

impl Backoff {
    /// The wait after `failures` failed attempts (at least one). `chance` lies in `0.0..1.0`.
    #[must_use]
    pub fn wait(&self, failures: u32, chance: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let base = self.initial.saturating_mul(1 << doublings).min(self.max);
        base.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance.clamp(0.0, 1.0)).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_the_cap_and_wanders_by_a_fifth() {
        let backoff = Backoff { initial: Duration::from_millis(100), max: Duration::from_secs(1) };
        for (failures, chance, ms) in [
            (1, 0.5, 100),
            (2, 0.5, 200),
            (3, 0.5, 400),
            (4, 0.5, 800),
            (5, 0.5, 1000),
            (u32::MAX, 0.5, 1000),
            (1, 0.0, 80),
            (1, 1.0, 120),
            (5, 0.0, 800),
            (5, 1.0, 1000),
            (0, 0.5, 100),
        ] {
            assert_eq!(backoff.wait(failures, chance).as_millis(), ms, "{failures} {chance}");
        }
    }
}
