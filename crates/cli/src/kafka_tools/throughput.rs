//! A rate that a tool keeps to, in records a second: below zero there is none, and at zero nothing is sent.
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Pace {
    started: Instant,
    per_second: f64,
}

impl Pace {
    pub(super) fn new(started: Instant, per_second: f64) -> Self {
        Self { started, per_second }
    }

    /// Waits while `sent` records are more than there should be by now.
    pub(super) async fn keep(&self, sent: u64) {
        if self.per_second == 0.0 {
            return std::future::pending().await;
        }
        let wait = self.early_by(sent, self.started.elapsed());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    fn early_by(&self, sent: u64, elapsed: Duration) -> Duration {
        if self.per_second < 0.0 {
            return Duration::ZERO;
        }
        let due = Duration::try_from_secs_f64(sent as f64 / self.per_second).unwrap_or(Duration::MAX);
        due.saturating_sub(elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_early_waits() {
        for (per_second, sent, elapsed_ms, wait_ms) in [
            (-1.0, 1000, 0, 0),
            (10.0, 5, 400, 100),
            (10.0, 5, 500, 0),
            (10.0, 5, 900, 0),
            (0.5, 1, 500, 1500),
        ] {
            let pace = Pace::new(Instant::now(), per_second);
            let found = pace.early_by(sent, Duration::from_millis(elapsed_ms));
            assert_eq!(found, Duration::from_millis(wait_ms), "{per_second} {sent} {elapsed_ms}");
        }
    }
}
