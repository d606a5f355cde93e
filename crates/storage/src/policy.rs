//! When a segment closes and which segments go: decisions, without files.
use crate::LogConfig;
use base::Offset;
use std::ops::Range;

/// The active segment, as far as rolling depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActiveSegment {
    pub(crate) base: Offset,
    pub(crate) size: u64,
    /// The greatest time in its first batch.
    pub(crate) first_timestamp: Option<i64>,
    /// By this machine's clock.
    pub(crate) created_ms: i64,
    pub(crate) index_full: bool,
    /// Of those up to `segment.jitter.ms`, the one for this segment.
    pub(crate) jitter_ms: i64,
}

/// What is to be appended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming {
    pub(crate) size: u64,
    pub(crate) last_offset: Offset,
    pub(crate) max_timestamp: i64,
}

/// Whether the active segment is closed before something is appended.
pub(crate) fn must_roll(
    segment: &ActiveSegment,
    incoming: &Incoming,
    config: &LogConfig,
    now_ms: i64,
) -> bool {
    // Positions and offsets in a segment are 31 bits in Kafka's files.
    let limit = config.segment_bytes.0.min(i32::MAX as u64);
    let full = segment.size + incoming.size > limit;
    let far = i32::try_from(incoming.last_offset - segment.base).is_err();
    let waited = match segment.first_timestamp {
        Some(first) if first >= 0 => incoming.max_timestamp.saturating_sub(first),
        _ => now_ms.saturating_sub(segment.created_ms),
    };
    let old = waited > millis(config.segment_ms).saturating_sub(segment.jitter_ms);
    segment.size > 0 && (full || old || segment.index_full) || far
}

/// Whether a segment that nothing is appended to is closed, so that retention can reach what is in it.
pub(crate) fn is_overdue(segment: &ActiveSegment, config: &LogConfig, now_ms: i64) -> bool {
    let age = now_ms.saturating_sub(segment.created_ms);
    segment.size > 0 && age > millis(config.segment_ms).saturating_sub(segment.jitter_ms)
}

/// A number below `segment.jitter.ms` that depends on nothing but its arguments.
pub(crate) fn jitter_ms(config: &LogConfig, log: u64, base: Offset) -> i64 {
    let bound = millis(config.segment_jitter_ms);
    if bound == 0 {
        return 0;
    }
    // Fibonacci hashing: neighbours end up far apart.
    let hash = (log ^ base.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1;
    (hash % bound as u64) as i64
}

/// A segment smaller than this is given no room ahead: most partitions stay small.
pub(crate) const ROOM_FROM: u64 = 1 << 20;
/// Most room that a segment has ahead of it.
const ROOM_AHEAD: u64 = 16 << 20;

/// The part of a segment's file to reserve before `write`, if room ahead is used up.
///
/// The file system finds a place for 16 MiB at the price of finding one for 4 KiB, and a write that has its place costs a
/// fraction of one that does not. What is reserved is never more than what is in use, and never beyond the segment.
pub(crate) fn room_to_reserve(
    write: Range<u64>,
    reserved_end: u64,
    segment_bytes: u64,
) -> Option<Range<u64>> {
    if write.end <= reserved_end || write.end < ROOM_FROM {
        return None;
    }
    let end = (write.end + write.end.min(ROOM_AHEAD)).min(segment_bytes);
    (end > write.end).then(|| write.start.max(reserved_end)..end)
}

/// A segment, as far as retention depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aged {
    pub(crate) size: u64,
    /// The offset after its last.
    pub(crate) end: Offset,
    /// Its greatest record time, or the file's if it has none.
    pub(crate) largest_timestamp: i64,
}

/// How many of the oldest segments go. The last in the list is the active one.
///
/// Nothing at or above the high watermark goes, whatever its age.
pub(crate) fn deletable(
    segments: &[Aged],
    log_start: Offset,
    high_watermark: Offset,
    config: &LogConfig,
    now_ms: i64,
) -> usize {
    let mut surplus = match config.retention_bytes {
        Some(limit) if config.delete => {
            segments.iter().map(|segment| segment.size).sum::<u64>().saturating_sub(limit.0)
        }
        _ => 0,
    };
    let expires_ms = config.retention_ms.filter(|_| config.delete).map(millis);
    let mut count = 0;
    for (i, segment) in segments.iter().enumerate() {
        let is_active = i + 1 == segments.len();
        let passed = segment.end <= log_start && !is_active;
        let surplus_covers = surplus >= segment.size && surplus > 0;
        let expired =
            expires_ms.is_some_and(|limit| now_ms.saturating_sub(segment.largest_timestamp) > limit);
        let empty_active = is_active && segment.size == 0;
        if segment.end > high_watermark || empty_active || !(passed || surplus_covers || expired) {
            break;
        }
        surplus = surplus.saturating_sub(segment.size);
        count += 1;
    }
    count
}

pub(crate) fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::ByteCount;
    use std::time::Duration;

    const CONFIG: fn() -> LogConfig = || LogConfig {
        segment_bytes: ByteCount(1000),
        segment_ms: Duration::from_millis(100),
        retention_ms: None,
        ..LogConfig::default()
    };

    const SEGMENT: ActiveSegment = ActiveSegment {
        base: Offset(50),
        size: 600,
        first_timestamp: Some(5000),
        created_ms: 0,
        index_full: false,
        jitter_ms: 0,
    };
    const INCOMING: Incoming = Incoming { size: 400, last_offset: Offset(60), max_timestamp: 5100 };

    #[test]
    fn rolls_when_full_or_old_or_far() {
        for (segment, incoming, now_ms, expected) in [
            (SEGMENT, INCOMING, 9_999_999, false),
            (SEGMENT, Incoming { size: 401, ..INCOMING }, 0, true),
            (SEGMENT, Incoming { max_timestamp: 5101, ..INCOMING }, 0, true),
            (
                ActiveSegment { jitter_ms: 10, ..SEGMENT },
                Incoming { max_timestamp: 5091, ..INCOMING },
                0,
                true,
            ),
            (
                ActiveSegment { jitter_ms: 10, ..SEGMENT },
                Incoming { max_timestamp: 5090, ..INCOMING },
                0,
                false,
            ),
            (ActiveSegment { first_timestamp: Some(-1), ..SEGMENT }, INCOMING, 100, false),
            (ActiveSegment { first_timestamp: Some(-1), ..SEGMENT }, INCOMING, 101, true),
            (ActiveSegment { index_full: true, ..SEGMENT }, INCOMING, 0, true),
            (SEGMENT, Incoming { last_offset: Offset(50 + i64::from(i32::MAX)), ..INCOMING }, 0, false),
            (SEGMENT, Incoming { last_offset: Offset(51 + i64::from(i32::MAX)), ..INCOMING }, 0, true),
            // An empty segment takes whatever comes.
            (
                ActiveSegment { size: 0, first_timestamp: None, ..SEGMENT },
                Incoming { size: 5000, ..INCOMING },
                999,
                false,
            ),
        ] {
            assert_eq!(
                must_roll(&segment, &incoming, &CONFIG(), now_ms),
                expected,
                "{segment:?} {incoming:?} {now_ms}"
            );
        }
        assert!(is_overdue(&SEGMENT, &CONFIG(), 101) && !is_overdue(&SEGMENT, &CONFIG(), 100));
        assert!(!is_overdue(&ActiveSegment { size: 0, ..SEGMENT }, &CONFIG(), 101));
    }

    #[test]
    fn room_is_reserved_in_proportion_and_not_beyond_the_segment() {
        const KIB: u64 = 1 << 10;
        const MIB: u64 = 1 << 20;
        for (write, reserved_end, segment, expected) in [
            (0..100, 0, 1024 * MIB, None),
            (MIB - KIB..MIB - 1, 0, 1024 * MIB, None),
            (MIB - KIB..MIB, 0, 1024 * MIB, Some(MIB - KIB..2 * MIB)),
            (MIB..2 * MIB, 2 * MIB, 1024 * MIB, None),
            (MIB..2 * MIB + 1, 2 * MIB, 1024 * MIB, Some(2 * MIB..4 * MIB + 2)),
            (100 * MIB..101 * MIB, 0, 1024 * MIB, Some(100 * MIB..117 * MIB)),
            (100 * MIB..101 * MIB, 0, 110 * MIB, Some(100 * MIB..110 * MIB)),
            (100 * MIB..110 * MIB, 0, 110 * MIB, None),
        ] {
            assert_eq!(room_to_reserve(write.clone(), reserved_end, segment), expected, "{write:?}");
        }
    }

    #[test]
    fn jitter_stays_below_its_bound_and_spreads() {
        let config = LogConfig { segment_jitter_ms: Duration::from_millis(1000), ..CONFIG() };
        let values: std::collections::BTreeSet<_> =
            (0..100).map(|log| jitter_ms(&config, log, Offset(0))).collect();
        assert!(values.len() > 80 && values.iter().all(|jitter| (0..1000).contains(jitter)), "{values:?}");
        assert_eq!(jitter_ms(&CONFIG(), 7, Offset(9)), 0);
    }

    /// Three segments of 100 bytes, ending at 10, 20 and 30, with times 1000, 2000 and 3000.
    #[track_caller]
    fn check(config: LogConfig, log_start: i64, high_watermark: i64, now_ms: i64, expected: usize) {
        let segment = |i: i64| Aged { size: 100, end: Offset(i * 10), largest_timestamp: i * 1000 };
        let segments = [1, 2, 3].map(segment);
        let count = deletable(&segments, Offset(log_start), Offset(high_watermark), &config, now_ms);
        assert_eq!(count, expected);
    }

    #[test]
    fn old_segments_go() {
        let by_age = LogConfig { retention_ms: Some(Duration::from_millis(500)), ..CONFIG() };
        for (now_ms, expected) in [(1500, 0), (1501, 1), (2501, 2), (3501, 3)] {
            check(by_age, 0, 30, now_ms, expected);
        }
        check(by_age, 0, 19, 9999, 1);
        check(by_age, 0, 0, 9999, 0);
        check(LogConfig { delete: false, ..by_age }, 0, 30, 9999, 0);

        let by_size = |limit| LogConfig { retention_bytes: Some(ByteCount(limit)), ..CONFIG() };
        for (limit, expected) in [(300, 0), (201, 0), (200, 1), (101, 1), (100, 2), (0, 3)] {
            check(by_size(limit), 0, 30, 0, expected);
        }
        check(by_size(0), 0, 25, 0, 2);

        for (log_start, expected) in [(0, 0), (9, 0), (10, 1), (25, 2), (30, 2)] {
            check(CONFIG(), log_start, 30, 0, expected);
            check(LogConfig { delete: false, ..CONFIG() }, log_start, 30, 0, expected);
        }
    }
}
