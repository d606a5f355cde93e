//! How far long work is, on standard error, and only while somebody looks at it there.
use std::{
    io::{self, IsTerminal, Write as _},
    time::{Duration, Instant},
};

/// Between two looks.
const EVERY: Duration = Duration::from_millis(200);

/// What there is to do in all, where that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Total {
    #[default]
    Unknown,
    Bytes(u64),
    Records(u64),
}

#[derive(Debug)]
pub(crate) struct Progress {
    is_shown: bool,
    started: Instant,
    last: Instant,
    pub(crate) total: Total,
    pub(crate) records: u64,
    pub(crate) bytes: u64,
}

impl Progress {
    /// `is_torn`: something else is typed or shown on the same terminal meanwhile.
    pub(crate) fn new(total: Total, is_torn: bool) -> Self {
        let now = Instant::now();
        let is_shown = io::stderr().is_terminal() && !is_torn;
        Self { is_shown, started: now, last: now, total, records: 0, bytes: 0 }
    }

    pub(crate) fn is_shown(&self) -> bool {
        self.is_shown
    }

    pub(crate) fn show(&mut self) {
        if !self.is_shown || self.last.elapsed() < EVERY {
            return;
        }
        self.last = Instant::now();
        eprint!("\r{}\u{1b}[K", line(self.records, self.bytes, self.total, self.started.elapsed()));
        let _ = io::stderr().flush();
    }

    /// Takes the line away again, so that something else can be said.
    pub(crate) fn clear(&self) {
        if self.is_shown {
            eprint!("\r\u{1b}[K");
        }
    }

    pub(crate) fn finish(&self, what: &str) {
        if self.is_shown {
            self.clear();
            eprintln!("{} {what} in {:.2?}", counted(self.records, "record"), self.started.elapsed());
        }
    }
}

/// `1 record`, `2 records`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A bar where the end is known, else only how much there was. At most 79 characters up to a billion records.
fn line(records: u64, bytes: u64, total: Total, elapsed: Duration) -> String {
    const WIDTH: usize = 16;
    let mib = bytes as f64 / f64::from(1 << 20);
    let rate = mib / elapsed.as_secs_f64().max(0.001);
    let done = format!("{}, {mib:.1} MiB, {rate:.1} MiB/s", counted(records, "record"));
    let share = match total {
        Total::Bytes(total) if total > 0 => bytes as f64 / total as f64,
        Total::Records(total) if total > 0 => records as f64 / total as f64,
        _ => return done,
    };
    let share = share.min(1.0);
    let full = (share * WIDTH as f64) as usize;
    let bar = "#".repeat(full) + &"-".repeat(WIDTH - full);
    let left = Duration::from_secs_f64((elapsed.as_secs_f64() * (1.0 - share) / share.max(0.001)).min(1e6));
    format!("[{bar}] {:3.0} %  {done}, {} s left", share * 100.0, left.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_as_the_work_is_done() {
        let after = Duration::from_secs(2);
        assert_eq!(line(10, 4 << 20, Total::Unknown, after), "10 records, 4.0 MiB, 2.0 MiB/s");
        for (records, bytes, total, expected) in [
            (1, 0, Total::Bytes(4 << 20), "[----------------]   0 %  1 record, 0.0 MiB"),
            (10, 2 << 20, Total::Bytes(4 << 20), "[########--------]  50 %  10 records, 2.0 MiB"),
            (10, 4 << 20, Total::Bytes(4 << 20), "[################] 100 %"),
            (10, 5 << 20, Total::Bytes(4 << 20), "[################] 100 %"),
            (10, 5 << 20, Total::Records(40), "[####------------]  25 %"),
            (10, 5 << 20, Total::Records(0), "10 records"),
        ] {
            let shown = line(records, bytes, total, after);
            assert!(shown.starts_with(expected), "{shown}");
        }
    }

    #[test]
    fn the_bar_fits_a_terminal() {
        let shown = line(999_999_999, 99_999 << 20, Total::Bytes(1 << 40), Duration::from_secs(100));
        assert!(shown.len() < 90, "{} {shown}", shown.len());
    }
}
