//! What is counted, and the lines of it, as `ConsumerPerformance` has them.
use ::client::TopicPartition;
use std::collections::BTreeSet;

pub(super) fn header(is_detailed: bool) -> String {
    let first = if is_detailed { "time, threadId" } else { "start.time, end.time" };
    format!(
        "{first}, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, \
         fetch.MB.sec, fetch.nMsg.sec"
    )
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    records: i64,
    bytes: u64,
}

#[derive(Debug)]
pub(super) struct Stats {
    all: Count,
    /// What was counted when it was last told.
    told: Count,
    told_at: i64,
    interval_ms: i64,
}

impl Stats {
    pub(super) fn new(started: i64, interval_ms: i64) -> Self {
        Self { all: Count::default(), told: Count::default(), told_at: started, interval_ms }
    }

    pub(super) fn records(&self) -> i64 {
        self.all.records
    }

    /// One more record; there is something to tell when an interval is over.
    pub(super) fn count(&mut self, now: i64, bytes: u64) -> Option<Report> {
        self.all.records += 1;
        self.all.bytes += bytes;
        let elapsed_ms = now - self.told_at;
        if elapsed_ms < self.interval_ms {
            return None;
        }
        let part =
            Count { records: self.all.records - self.told.records, bytes: self.all.bytes - self.told.bytes };
        (self.told, self.told_at) = (self.all, now);
        Some(Report { all: self.all, part, elapsed_ms })
    }

    /// Between two times, of which the group took `joined_ms`.
    pub(super) fn total_line(&self, times: &[String; 2], elapsed_ms: i64, joined_ms: i64) -> String {
        let (megabytes, records) = (megabytes(self.all.bytes), self.all.records as f64);
        let fetching_ms = elapsed_ms - joined_ms;
        let [all, fetching] = [elapsed_ms, fetching_ms].map(|ms| ms as f64 / 1000.0);
        format!(
            "{}, {}, {}, {}, {}, {}, {joined_ms}, {fetching_ms}, {}, {}",
            times[0],
            times[1],
            four(megabytes),
            four(megabytes / all),
            self.all.records,
            four(records / all),
            four(megabytes / fetching),
            four(records / fetching)
        )
    }
}

/// What an interval brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    all: Count,
    part: Count,
    elapsed_ms: i64,
}

impl Report {
    pub(super) fn line(&self, time: &str, joined_ms: i64) -> String {
        let (part, records) = (megabytes(self.part.bytes), self.part.records as f64);
        let elapsed = self.elapsed_ms as f64 / 1000.0;
        let fetching_ms = self.elapsed_ms - joined_ms;
        let fetching = fetching_ms as f64 / 1000.0;
        let per_second = |value: f64| if fetching_ms <= 0 { 0.0 } else { value / fetching };
        format!(
            "{time}, 0, {}, {}, {}, {}, {joined_ms}, {fetching_ms}, {}, {}",
            four(megabytes(self.all.bytes)),
            four(part / elapsed),
            self.all.records,
            four(records / elapsed),
            four(per_second(part)),
            four(per_second(records))
        )
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// With four decimals, and with Java's word for what is divided by nothing.
fn four(value: f64) -> String {
    match value {
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        other => format!("{other:.4}"),
    }
}

/// How long partitions were waited for. Only a member without any waits.
#[derive(Debug)]
pub(super) struct Joins {
    owned: BTreeSet<TopicPartition>,
    since: i64,
    total_ms: i64,
    round_ms: i64,
}

impl Joins {
    pub(super) fn new(started: i64) -> Self {
        Self { owned: BTreeSet::new(), since: started, total_ms: 0, round_ms: 0 }
    }

    pub(super) fn revoked(&mut self, now: i64, partitions: &[TopicPartition]) {
        self.owned.retain(|at| !partitions.contains(at));
        if self.owned.is_empty() {
            self.since = now;
        }
    }

    pub(super) fn assigned(&mut self, now: i64, partitions: &[TopicPartition]) {
        if self.owned.is_empty() {
            self.total_ms += now - self.since;
            self.round_ms += now - self.since;
        }
        self.owned.extend(partitions.iter().cloned());
    }

    pub(super) fn total(&self) -> i64 {
        self.total_ms
    }

    /// How long it was since this was last asked.
    pub(super) fn end_round(&mut self) -> i64 {
        std::mem::take(&mut self.round_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_told_once() {
        let mut stats = Stats::new(1000, 100);
        let told: Vec<_> = [1050, 1100, 1100, 1150, 1300]
            .into_iter()
            .map(|now| stats.count(now, 1 << 20).map(|report| report.line("T", 50)))
            .collect();
        let line = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                None,
                line("T, 0, 2.0000, 20.0000, 2, 20.0000, 50, 50, 40.0000, 40.0000"),
                None,
                None,
                line("T, 0, 5.0000, 15.0000, 5, 15.0000, 50, 150, 20.0000, 20.0000"),
            ]
        );
    }

    #[test]
    fn the_end_is_told() {
        let times = ["A".to_owned(), "B".to_owned()];
        for (bytes, elapsed_ms, joined_ms, expected) in [
            (1 << 20, 2000, 1000, "A, B, 1.0000, 0.5000, 1, 0.5000, 1000, 1000, 1.0000, 1.0000"),
            (1 << 20, 1000, 1000, "A, B, 1.0000, 1.0000, 1, 1.0000, 1000, 0, Infinity, Infinity"),
            (0, 1000, 1000, "A, B, 0.0000, 0.0000, 1, 1.0000, 1000, 0, NaN, Infinity"),
        ] {
            let mut stats = Stats::new(0, 5000);
            assert_eq!(stats.count(10, bytes), None);
            assert_eq!(stats.total_line(&times, elapsed_ms, joined_ms), expected);
        }
    }

    #[test]
    fn only_a_member_without_partitions_waits_for_them() {
        let [a, b] = [0, 1].map(|partition| TopicPartition::new("t", partition));
        let mut joins = Joins::new(100);
        joins.assigned(130, &[a.clone(), b.clone()]);
        joins.revoked(150, std::slice::from_ref(&a));
        joins.assigned(190, std::slice::from_ref(&a));
        assert_eq!((joins.total(), joins.end_round(), joins.end_round()), (30, 30, 0));
        joins.revoked(200, &[a, b]);
        joins.assigned(207, &[]);
        assert_eq!((joins.total(), joins.end_round()), (37, 7));
    }
}
