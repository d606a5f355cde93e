use std::{
    mem,
    time::{Duration, Instant},
};

/// Dashboards for Kafka expect quantiles and rates to follow the present.
const WINDOW: Duration = Duration::from_secs(60);

/// Earlier values of something that only grows, so that a scrape can tell what came lately: in the last one to two
/// minutes, if it is scraped that often, and at first since the start.
#[derive(Debug)]
pub struct Recent<T> {
    older: (T, Instant),
    newer: (T, Instant),
}

impl<T: Clone + Default> Recent<T> {
    pub fn since(start: Instant) -> Self {
        Self { older: (T::default(), start), newer: (T::default(), start) }
    }

    /// What to take off `value`, which holds at `now`, and how long ago that was.
    pub fn base(&mut self, now: Instant, value: &T) -> (&T, Duration) {
        if now.saturating_duration_since(self.newer.1) >= WINDOW {
            self.older = mem::replace(&mut self.newer, (value.clone(), now));
        }
        (&self.older.0, now.saturating_duration_since(self.older.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_follows_one_to_two_windows_behind() {
        let start = Instant::now();
        let mut recent = Recent::since(start);
        for (second, base, ago) in [
            (0, 0, 0),
            (59, 0, 59),
            (60, 0, 60),
            (119, 0, 119),
            (120, 60, 60),
            (179, 60, 119),
            (900, 120, 780),
        ] {
            let found = recent.base(start + Duration::from_secs(second), &second);
            assert_eq!(found, (&base, Duration::from_secs(ago)), "{second}");
        }
    }
}
