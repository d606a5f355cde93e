use super::*;
use AcknowledgeType::{Accept, Reject, Release, Renew};

/// `first-last` for each acquired range.
fn holding(ranges: &[(i64, i64)], present: &[i64], unreadable: &[(i64, i64)]) -> InFlight {
    let acquired = ranges.iter().map(|&(first, last)| Acquired { first, last, delivery_count: 1 });
    InFlight::new(&disjoint(acquired.collect()), present.iter().copied(), unreadable)
}

/// `first-last:kind` for each run.
fn shown(runs: &[Run]) -> String {
    let kinds = ["gap", "accept", "release", "reject", "renew"];
    let shown = runs.iter().map(|run| format!("{}-{}:{}", run.first, run.last, kinds[run.kind as usize]));
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn runs_join_what_follows_each_other() {
    for (ranges, present, unreadable, said, expected) in [
        (&[(0, 3)][..], &[0, 1, 2, 3][..], &[][..], &[][..], "0-3:accept"),
        (&[(0, 3)], &[0, 1, 2, 3], &[], &[(1, Release), (2, Release)], "0-0:accept 1-2:release 3-3:accept"),
        (&[(0, 9)], &[2, 3, 7], &[], &[], "0-1:gap 2-3:accept 4-6:gap 7-7:accept 8-9:gap"),
        (&[(0, 1), (5, 6)], &[0, 1, 2, 3, 4, 5, 6], &[], &[(6, Reject)], "0-1:accept 5-5:accept 6-6:reject"),
        (&[(0, 9)], &[0, 9], &[(3, 5)], &[], "0-0:accept 1-2:gap 3-5:reject 6-8:gap 9-9:accept"),
        (&[(4, 6)], &[], &[(0, 9)], &[], "4-6:reject"),
        // A range that no broker would give costs nothing.
        (&[(0, i64::MAX)], &[5], &[], &[], "0-4:gap 5-5:accept 6-9223372036854775807:gap"),
        (&[(7, 3)], &[5], &[], &[], ""),
        (
            &[(4, 6), (0, 5), (0, i64::MAX), (2, 3)],
            &[1, 6],
            &[],
            &[],
            "0-0:gap 1-1:accept 2-5:gap 6-6:accept 7-9223372036854775807:gap",
        ),
    ] {
        let mut held = holding(ranges, present, unreadable);
        for &(offset, kind) in said {
            assert!(held.acknowledge(offset, kind), "{offset}");
        }
        held.accept_rest();
        assert_eq!(shown(&held.take()), expected);
        assert!(held.is_empty());
        assert_eq!(held.take(), []);
    }
}

#[test]
fn the_last_word_on_an_offset_counts() {
    let run = |&(first, last, kind): &(i64, i64, AcknowledgeType)| Run { first, last, kind: kind.to_wire() };
    for (before, later, expected) in [
        (&[(7, 7, Accept)][..], &[(3, 3, Accept)][..], "3-3:accept 7-7:accept"),
        (&[(0, 9, Renew)], &[(0, 0, Accept)], "0-0:accept 1-9:renew"),
        (&[(0, 9, Renew)], &[(4, 5, Reject)], "0-3:renew 4-5:reject 6-9:renew"),
        (&[(0, 3, Renew), (5, 9, Release)], &[(2, 6, Accept)], "0-1:renew 2-6:accept 7-9:release"),
        (&[(1, 2, Renew), (4, 5, Renew)], &[(0, 9, Accept)], "0-9:accept"),
        (&[(0, 1, Accept), (4, 5, Accept)], &[(2, 3, Accept)], "0-5:accept"),
        (&[], &[(0, 0, Accept)], "0-0:accept"),
        (
            &[(i64::MAX, i64::MAX, Renew)],
            &[(i64::MAX, i64::MAX, Accept)],
            "9223372036854775807-9223372036854775807:accept",
        ),
    ] {
        let mut runs: Vec<Run> = before.iter().map(run).collect();
        merge(&mut runs, later.iter().map(run).collect());
        assert_eq!(shown(&runs), expected);
    }
}

#[test]
fn what_is_silent_stays_held() {
    let mut held = holding(&[(0, 3)], &[0, 1, 2, 3], &[]);
    assert!(held.acknowledge(1, Accept) && !held.acknowledge(4, Accept));
    assert_eq!(held.silent(), 3);
    assert_eq!(shown(&held.take()), "1-1:accept");
    assert!(!held.acknowledge(1, Release));
    held.accept_rest();
    assert_eq!(shown(&held.take()), "0-0:accept 2-3:accept");
}

#[test]
fn what_is_renewed_stays_held_and_may_be_acknowledged_later() {
    let mut held = holding(&[(0, 1)], &[0, 1], &[]);
    held.acknowledge(0, Renew);
    held.acknowledge(1, Accept);
    assert_eq!(shown(&held.take()), "0-0:renew 1-1:accept");
    assert_eq!(held.silent(), 0);
    assert!(!held.acknowledge(1, Accept));
    held.acknowledge(0, Reject);
    assert_eq!(shown(&held.take()), "0-0:reject");
    assert!(held.is_empty());
}
