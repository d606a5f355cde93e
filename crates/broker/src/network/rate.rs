//! How often something happens, as Kafka measures it: over windows of a fixed length, of which the last few count.
//!
//! A young measurement is judged as if its windows were full, so a burst may begin with the whole of what they
//! allow. What comes above that waits until the average is below the bound again, but never longer than one window.
//! Time is an argument. Sources: Kafka's `Rate` and `QuotaUtils`; KIP-612 (connection creation rate).
use std::{collections::VecDeque, time::Duration};

/// Over what a rate is measured (`quota.window.num`, `quota.window.size.seconds`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    pub count: u32,
    pub length: Duration,
}

impl Windows {
    /// How long the windows must have been going before they are judged by their real length.
    fn least(self) -> Duration {
        self.length * self.count.saturating_sub(1)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Rate {
    /// When each window began, and how often it happened in it.
    windows: VecDeque<(Duration, u32)>,
}

impl Rate {
    /// It happens once more. Returns how long to wait so that it is not more often than `per_second`.
    pub(crate) fn record(&mut self, now: Duration, windows: Windows, per_second: i32) -> Duration {
        let is_past = |begun: Duration| begun + windows.length * windows.count <= now;
        while self.windows.front().is_some_and(|(begun, _)| is_past(*begun)) {
            self.windows.pop_front();
        }
        match self.windows.back_mut() {
            Some((begun, count)) if *begun + windows.length > now => *count += 1,
            _ => self.windows.push_back((now, 1)),
        }
        let happened: f64 = self.windows.iter().map(|(_, count)| f64::from(*count)).sum();
        let elapsed = self.elapsed(now, windows).as_secs_f64();
        let bound = f64::from(per_second);
        let rate = happened / elapsed;
        if elapsed > 0.0 && rate <= bound {
            return Duration::ZERO;
        }
        let wait = (rate - bound) / bound * elapsed;
        Duration::try_from_secs_f64(wait).map_or(windows.length, |wait| wait.min(windows.length))
    }

    /// Since the oldest window began, with what is missing to [`Windows::least`] in whole windows.
    fn elapsed(&self, now: Duration, windows: Windows) -> Duration {
        let oldest = self.windows.front().map_or(now, |(begun, _)| *begun);
        let elapsed = now.saturating_sub(oldest);
        let full = u32::try_from(elapsed.as_millis() / windows.length.as_millis().max(1)).unwrap_or(u32::MAX);
        let least =
            u32::try_from(windows.least().as_millis() / windows.length.as_millis().max(1)).unwrap_or(0);
        elapsed + windows.length * least.saturating_sub(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KAFKAS: Windows = Windows { count: 11, length: Duration::from_secs(1) };

    /// Records at each of these times, in milliseconds, and says how long the last one waits.
    #[track_caller]
    fn check(times: impl IntoIterator<Item = u64>, windows: Windows, per_second: i32, expected_ms: u64) {
        let mut rate = Rate::default();
        let mut wait = Duration::ZERO;
        for ms in times {
            wait = rate.record(Duration::from_millis(ms), windows, per_second);
        }
        assert_eq!(wait, Duration::from_millis(expected_ms));
    }

    #[test]
    fn more_than_the_windows_allow_waits() {
        // Ten windows of one second at two in a second: twenty at once.
        check([0; 20], KAFKAS, 2, 0);
        check([0; 21], KAFKAS, 2, 500);
        // Never longer than a window.
        check([0; 30], KAFKAS, 2, 1000);
        check([0; 3], KAFKAS, 0, 1000);
        check([0; 1000], KAFKAS, i32::MAX, 0);
    }

    #[test]
    fn old_windows_are_forgotten() {
        check([0; 20].into_iter().chain([10_999]), KAFKAS, 2, 0);
        check([0; 20].into_iter().chain([9_999; 5]), KAFKAS, 2, 1000);
        check([0; 20].into_iter().chain([11_000; 20]), KAFKAS, 2, 0);
        let one = Windows { count: 1, length: Duration::from_secs(1) };
        check([0, 100, 200, 300], one, 10, 100);
        check([0, 100, 200, 1300], one, 10, 1000);
    }
}
