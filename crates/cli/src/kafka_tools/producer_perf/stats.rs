//! What the test measured, by window and in all. Time is an argument, in milliseconds since the start.

/// At most so many latencies are kept for percentiles, evenly spread.
const KEPT: u64 = 500_000;

#[derive(Debug)]
pub(super) struct Stats {
    start_ms: u64,
    window_start_ms: u64,
    interval_ms: u64,
    sampling: u64,
    latencies: Vec<u32>,
    all: Sum,
    window: Sum,
    /// Measured after the warm-up.
    is_steady: bool,
    is_silent: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u64,
    bytes: u64,
    latency: u64,
    longest: u32,
}

impl Sum {
    fn add(&mut self, latency: u32, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
        self.latency += u64::from(latency);
        self.longest = self.longest.max(latency);
    }

    fn rates(&self, elapsed_ms: u64) -> (f64, f64, f64) {
        // What took less than a millisecond has no rate by this clock.
        let elapsed = elapsed_ms.max(1) as f64;
        let mib = 1000.0 * self.bytes as f64 / elapsed / f64::from(1 << 20);
        (1000.0 * self.count as f64 / elapsed, mib, self.latency as f64 / self.count as f64)
    }
}

impl Stats {
    pub(super) fn new(now_ms: u64, records: u64, interval_ms: u64, is_steady: bool) -> Self {
        Self {
            start_ms: now_ms,
            window_start_ms: now_ms,
            interval_ms,
            sampling: records / records.clamp(1, KEPT),
            latencies: Vec::new(),
            all: Sum::default(),
            window: Sum::default(),
            is_steady,
            is_silent: false,
        }
    }

    /// From here on windows are not told.
    pub(super) fn silence(&mut self) {
        self.is_silent = true;
    }

    /// A record that was acknowledged. What is to be told: whether the steady state begins, and a window that is full.
    pub(super) fn record(&mut self, now_ms: u64, latency_ms: u32, bytes: u64) -> Vec<String> {
        if self.all.count.is_multiple_of(self.sampling.max(1)) {
            self.latencies.push(latency_ms);
        }
        self.all.add(latency_ms, bytes);
        self.window.add(latency_ms, bytes);
        let mut told = Vec::new();
        if now_ms.saturating_sub(self.window_start_ms) < self.interval_ms {
            return told;
        }
        if self.is_steady && self.all.count == self.window.count {
            told.push("In steady state.".to_owned());
        }
        if !self.is_silent {
            told.push(self.window_line(now_ms));
        }
        self.window_start_ms = now_ms;
        self.window = Sum::default();
        told
    }

    fn window_line(&self, now_ms: u64) -> String {
        let (records, mib, mean) = self.window.rates(now_ms - self.window_start_ms);
        format!(
            "{} records sent, {records:.1} records/sec ({mib:.2} MB/sec), {mean:.1} ms avg latency, {:.1} ms max \
             latency.",
            self.window.count,
            f64::from(self.window.longest)
        )
    }

    pub(super) fn total_line(&mut self, now_ms: u64) -> String {
        let (records, mib, mean) = self.all.rates(now_ms - self.start_ms);
        self.latencies.sort_unstable();
        let at = |part: f64| {
            let index = (part * self.latencies.len() as f64) as usize;
            self.latencies.get(index).copied().unwrap_or(0)
        };
        let [p50, p95, p99, p999] = [0.5, 0.95, 0.99, 0.999].map(at);
        format!(
            "{}{} records sent, {records:.6} records/sec ({mib:.2} MB/sec), {mean:.2} ms avg latency, {:.2} ms max \
             latency, {p50} ms 50th, {p95} ms 95th, {p99} ms 99th, {p999} ms 99.9th.",
            self.all.count,
            if self.is_steady { " steady state" } else { "" },
            f64::from(self.all.longest)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_and_the_whole_are_summed() {
        let mut stats = Stats::new(0, 4, 1000, false);
        assert!(stats.record(10, 10, 1 << 20).is_empty());
        assert_eq!(
            stats.record(1000, 30, 1 << 20),
            ["2 records sent, 2.0 records/sec (2.00 MB/sec), 20.0 ms avg latency, 30.0 ms max latency."]
        );
        stats.silence();
        assert!(stats.record(2000, 5, 0).is_empty());
        assert_eq!(
            stats.total_line(2000),
            "3 records sent, 1.500000 records/sec (1.00 MB/sec), 15.00 ms avg latency, 30.00 ms max latency, \
             10 ms 50th, 30 ms 95th, 30 ms 99th, 30 ms 99.9th."
        );
    }

    #[test]
    fn a_run_within_a_millisecond_has_a_rate() {
        let mut stats = Stats::new(7, 1, 1000, false);
        assert!(stats.record(7, 0, 1 << 20).is_empty());
        assert!(stats.total_line(7).starts_with("1 records sent, 1000.000000 records/sec (1000.00 MB/sec)"));
    }

    #[test]
    fn the_steady_state_is_told_once() {
        let mut stats = Stats::new(0, 2, 10, true);
        assert_eq!(stats.record(10, 1, 1)[0], "In steady state.");
        assert_eq!(stats.record(20, 1, 1).len(), 1);
        assert!(stats.total_line(20).starts_with("2 steady state records sent, "));
    }
}
