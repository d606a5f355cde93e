//! How far long work is, on standard error, and only while somebody looks at it there.
use std::{
    io::{self, IsTerminal, Write as _},
    time::{Duration, Instant},
};

/// Between two looks.
const EVERY: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(crate) struct Progress {
    is_shown: bool,
    started: Instant,
    last: Instant,
    /// Bytes there are in all, where that is known.
    total: Option<u64>,
    pub(crate) records: u64,
    pub(crate) bytes: u64,
}

impl Progress {
    pub(crate) fn new(total: Option<u64>) -> Self {
        let now = Instant::now();
        // What is typed or shown on the same terminal would be torn by it.
        let is_shown = io::stderr().is_terminal() && !io::stdin().is_terminal();
        Self { is_shown, started: now, last: now, total, records: 0, bytes: 0 }
    }

    pub(crate) fn show(&mut self) {
        if !self.is_shown || self.last.elapsed() < EVERY {
            return;
        }
        self.last = Instant::now();
        eprint!("\r{}\u{1b}[K", line(self.records, self.bytes, self.total, self.started.elapsed()));
        let _ = io::stderr().flush();
    }

    pub(crate) fn finish(&self, what: &str) {
        if self.is_shown {
            let plural = if self.records == 1 { "" } else { "s" };
            eprintln!("\r\u{1b}[K{} record{plural} {what} in {:.2?}", self.records, self.started.elapsed());
        }
    }
}

/// A bar where the end is known, else only how much there was.
fn line(records: u64, bytes: u64, total: Option<u64>, elapsed: Duration) -> String {
    const WIDTH: usize = 24;
    let mib = bytes as f64 / f64::from(1 << 20);
    let rate = mib / elapsed.as_secs_f64().max(0.001);
    let done = format!("{records} records, {mib:.1} MiB, {rate:.1} MiB/s");
    let Some(total) = total.filter(|total| *total > 0) else { return done };
    let share = (bytes as f64 / total as f64).min(1.0);
    let full = (share * WIDTH as f64) as usize;
    let left = Duration::from_secs_f64((elapsed.as_secs_f64() * (1.0 - share) / share.max(0.001)).min(1e6));
    let bar = "#".repeat(full) + &"-".repeat(WIDTH - full);
    format!("[{bar}] {:3.0} %  {done}, {} s left", share * 100.0, left.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_as_the_work_is_done() {
        let at = |bytes, total| line(10, bytes, total, Duration::from_secs(2));
        assert_eq!(at(4 << 20, None), "10 records, 4.0 MiB, 2.0 MiB/s");
        for (bytes, expected) in [
            (0, "[------------------------]   0 %"),
            (2 << 20, "[############------------]  50 %"),
            (4 << 20, "[########################] 100 %"),
            (5 << 20, "[########################] 100 %"),
        ] {
            assert!(at(bytes, Some(4 << 20)).starts_with(expected), "{}", at(bytes, Some(4 << 20)));
        }
    }
}
